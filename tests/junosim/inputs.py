# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inputs of an RPC, by name: which there may be, which there must be, and what the model says of identifiers."""

from __future__ import annotations

import re

from lxml import etree

from .database import Refused
from .device import Device
from .loading import Problem
from .release import order
from .xmlform import elements, local, text_of

_IDENTIFIERS = ("certificate-id", "ca-profile", "acme-key-id")
_FORBIDDEN = re.compile(r"[/% .]")


def inputs(rpc: etree._Element, need: tuple[str, ...] = (), may: tuple[str, ...] = ()) -> dict[str, str]:
    """Refused for an element that the RPC does not know, for one that is missing, and for no identifier."""
    found = {local(kid): text_of(kid) for kid in elements(rpc)}
    for name in found:
        if name not in (*need, *may):
            raise Refused(Problem("syntax error", name))
    for name in need:
        if not found.get(name):
            raise Refused(Problem("missing argument", name))
    for name in _IDENTIFIERS:
        if name in found:
            identifier(name, found[name])
    return found


def identifier(name: str, value: str) -> None:
    if not 1 <= len(value) <= 32:
        raise Refused(Problem(f"length {len(value)} is not within range (1..32)", name))
    if _FORBIDDEN.search(value):
        raise Refused(Problem("Must not contain '/', %, '.' or a space", name))


def one_of(found: dict[str, str], *names: str) -> str:
    """The name of the one that is given."""
    given = [name for name in names if name in found]
    if not given:
        raise Refused(Problem("missing argument", names[0]))
    if len(given) > 1:
        raise Refused(Problem("syntax error", given[1]))
    return given[0]


def chosen(found: dict[str, str], name: str, default: str, among: tuple[str, ...]) -> str:
    value = found.get(name, default)
    if value not in among:
        raise Refused(Problem(f"invalid value {value}", name))
    return value


def need_release(device: Device, since: str, word: str) -> None:
    """What an older release does not know is a syntax error."""
    if order(device.spec.release) < order(since):
        raise Refused(Problem("syntax error", word))
