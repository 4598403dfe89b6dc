# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test CA is told before it starts: profiles, secrets, when it is down, when a new intermediate signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of certificate is issued.

    ``key_types``: rsa, dsa, ecdsa, also with a size (rsa-2048); None takes all. ``hold``: requests wait until they are
    released. ``http_port`` and ``hosts`` (address by domain): where ACME looks for the answer to its challenge.
    """

    lifetime: timedelta
    key_types: tuple[str, ...] | None = None
    hold: bool = False
    refuse_same_key: bool = True
    http_port: int = 80
    hosts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outage:
    """From ``start`` until just before ``end`` nothing answers; ``profiles`` None: none of them."""

    start: datetime
    end: datetime
    profiles: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Config:
    profiles: Mapping[str, Profile]
    clock: Path | None = None
    name: str = "Test CA"
    address: str = "127.0.0.1"
    port: int = 0
    challenge_password: str = ""  # of SCEP; empty: none is asked for
    cmp_secrets: Mapping[str, str] = field(default_factory=dict)  # by reference
    outages: tuple[Outage, ...] = ()
    rotations: tuple[datetime, ...] = ()


def config(given: Mapping[str, Any], folder: Path = Path()) -> Config:
    """What was read from YAML; ``folder`` is where a relative path starts. ValueError names what is wrong."""
    rest = dict(given)
    if not rest.get("profiles"):
        raise ValueError("profiles: at least one is needed")
    try:
        if rest.get("clock"):
            rest["clock"] = folder / rest["clock"]
        rest["profiles"] = {name: _profile(row) for name, row in rest["profiles"].items()}
        rest["cmp_secrets"] = {str(ref): str(secret) for ref, secret in _cmp(**rest.pop("cmp", {})).items()}
        rest["outages"] = tuple(map(_outage, rest.get("outages", ())))
        rest["rotations"] = tuple(sorted(map(moment, rest.get("rotations", ()))))
        result = Config(**rest)
    except (TypeError, KeyError) as error:  # a name that no field has, or one that is missing
        raise ValueError(f"the configuration: {error}") from None
    for outage in result.outages:
        for name in set(outage.profiles or ()) - set(result.profiles):
            raise ValueError(f"outages: there is no profile {name!r}")
    for name in result.profiles:
        if quote(name, safe="") != name:
            raise ValueError(f"profiles: {name!r} cannot stand in a path")
    if not result.address.startswith("127."):
        raise ValueError(f"address: {result.address} is not a loopback address")
    return result


def duration(given: str | int) -> timedelta:
    """``6d``, ``12h``, ``90m``, ``600s``, or a number of seconds."""
    text = str(given)
    number, unit = (text[:-1], _UNITS[text[-1]]) if text[-1:] in _UNITS else (text, "seconds")
    if not number.isdecimal() or not int(number):
        raise ValueError(f"lifetime: {given!r} is not a time such as 6d, 12h, 600s or a number of seconds")
    return timedelta(**{unit: int(number)})


def moment(given: str | datetime) -> datetime:
    """ISO text, or what YAML made of it; without a zone it is UTC."""
    time = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _profile(row: Mapping[str, Any]) -> Profile:
    rest = dict(row)
    if "lifetime" in rest:
        rest["lifetime"] = duration(rest["lifetime"])
    if rest.get("key_types"):
        rest["key_types"] = tuple(rest["key_types"])
    return Profile(**rest)


def _outage(row: Mapping[str, Any]) -> Outage:
    rest = dict(row)
    profiles = rest.pop("profiles", None)
    return Outage(moment(rest.pop("from")), moment(rest.pop("until")), tuple(profiles) if profiles else None, **rest)


def _cmp(secrets: Mapping[str, str] | None = None) -> Mapping[str, str]:
    return secrets or {}
