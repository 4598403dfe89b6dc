# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names in a certificate: distinguished and alternate ones, as elements and in words."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from xml.sax.saxutils import escape

# A distinguished name's short form, its XML element, and its words in text.
_NAMES = {
    "C": ("country-name", "Country"),
    "ST": ("state-or-province-name", "State"),
    "L": ("locality-name", "Locality"),
    "O": ("organization-name", "Organization"),
    "OU": ("organizational-unit-name", "Organizational unit"),
    "CN": ("common-name", "Common name"),
    "DC": ("domain-component", "Domain component"),
    "emailAddress": ("email-address", "Email address"),
    "E": ("email-address", "Email address"),
    "serialNumber": ("dn-serial-number", "Serial number"),
}
_KINDS = ("email", "fqdn", "ipv4", "ipv6")  # of alternate names, in the order of the text


def _parts(text: str) -> list[tuple[str, str, str]]:
    """``CN=a, O=b`` as (element, words, value)."""
    parts = [part.strip().partition("=") for part in text.split(",")]
    if unknown := [key for key, _dummy, _value in parts if key.strip() not in _NAMES]:
        raise ValueError(f"name {text!r}: {unknown[0]!r} is none of {', '.join(_NAMES)}")
    return [(*_NAMES[key.strip()], value.strip()) for key, _dummy, value in parts]


def check(text: str) -> None:
    """ValueError for a distinguished name with a part that nobody could tell."""
    _parts(text)


def elements(text: str) -> str:
    """``CN=a, O=b`` as the elements of a distinguished name."""
    return "".join(f"<{element}>{escape(value)}</{element}>\n" for element, _dummy, value in _parts(text))


def in_words(text: str) -> str:
    return ", ".join(f"{words}: {value}" for _dummy, words, value in _parts(text))


def alternate(name: str) -> str:
    """An e-mail address stands in quotes."""
    return f'"{name}"' if "@" in name else name


def alternate_line(names: Iterable[str]) -> str:
    """The names by kind, and ``ipv4 empty`` where a kind has none."""
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for name in names:
        found[_kind(name)].append(alternate(name))
    return ", ".join(", ".join(found[kind]) or f"{kind} empty" for kind in _KINDS)


def _kind(name: str) -> str:
    if "@" in name:
        return "email"
    try:
        return f"ipv{ipaddress.ip_address(name).version}"
    except ValueError:
        return "fqdn"
