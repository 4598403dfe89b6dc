# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a row of the tables of faults is, and what a device is like before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MODULE = "netpki.junos.junos_pki_reenroll"

#: What each device has at first, and what each run declares beside it.
PROFILE = "set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep"
OLD = "set security pki auto-re-enrollment scep certificate-id old"
NEW = "set security pki auto-re-enrollment scep certificate-id new"
START = (PROFILE, f"{OLD} ca-profile-name corp-ca", f"{OLD} re-enroll-time days 30")


def declared(days: int, name: str = "new") -> list[dict[str, Any]]:
    """An entry, as the option ``config`` has it."""
    return [
        {
            "certificate_id": name,
            "protocol": "scep",
            "ca_profile_name": "corp-ca",
            "re_enroll_time": {"days": days},
        }
    ]


def entry(days: int, name: str = "new") -> tuple[str, ...]:
    """The same, as the device shows it."""
    place = f"set security pki auto-re-enrollment scep certificate-id {name}"
    return (f"{place} ca-profile-name corp-ca", f"{place} re-enroll-time days {days}")


#: Something that somebody does at the device: a method of junosim's client, and its arguments.
Act = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Fault:
    """What one device of the fleet does wrong while a play runs over all of them.

    ``script``: faults of junosim. ``before`` and ``over``: what somebody does before the play, and before the next one.
    ``meanwhile``: what somebody does once the device holds that request back. ``options``: of the task on this device.
    """

    name: str
    phase: str
    what: str
    told: str  # the whole message, as world.shown makes it; "" where the task succeeds
    script: tuple[Mapping[str, Any], ...] = ()
    before: tuple[Act, ...] = ()
    meanwhile: tuple[str, Act] | None = None
    over: tuple[Act, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    device: Mapping[str, Any] = field(default_factory=dict)
    known_hosts: str = ""  # what the user knows of the device: "nothing", or "another" key
    check: bool = False
    warnings: tuple[str, ...] = ()
    commits: int = 0  # how often the first run took effect: never more than once
    rolled_back: bool = False  # it took effect for a while
    theirs: tuple[str, ...] = ()  # what somebody else committed: it stays
    confirmations: int = 0  # commits of ours that confirm, and change nothing
    has: tuple[str, ...] = ()  # what the device has beside START
    gone: tuple[str, ...] = ()  # what somebody else took away
    left: Mapping[str, Any] = field(default_factory=dict)  # what somebody else holds: it stays


#: Where in a run it happens, for people.
PHASES = {
    "connect": "connecting",
    "hello": "the hello",
    "read": "reading",
    "open": "opening the candidate",
    "load": "loading",
    "check": "commit check (check mode)",
    "commit": "the commit",
    "confirm": "a confirmed commit",
    "close": "closing",
    "all": "everywhere",
}
