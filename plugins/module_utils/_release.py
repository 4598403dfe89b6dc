# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Junos release strings, parsed and in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError

# 15.1X49-D170.4, 21.4R3-S5.4, 24.2R1.17, 23.4R2-S3-EVO: train, drop or service release, spin, Evolved.
_RELEASE = re.compile(
    r"(?P<major>\d+)\.(?P<minor>\d+)(?P<train>[RX])(?P<number>\d+)"
    r"(?:-D(?P<drop>\d+))?(?:-S(?P<service>\d+))?(?:\.(?P<spin>\d+))?(?P<evolved>-EVO)?",
    re.ASCII,
)


@dataclass(frozen=True, order=True)
class Release:
    """One Junos release.

    The fields are compared from the first to the last, so their order is the order of the releases: an X train
    (15.1X49) sorts by its base version, a service release after its release, a spin after what it spins, Junos OS
    Evolved after the Junos of the same number. The text as it was written takes no part: ``15.1X49`` equals
    ``15.1X49-D0``.
    """

    major: int
    minor: int
    train: str
    number: int
    drop: int
    service: int
    spin: int
    evolved: bool
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Release:
        """``22.4R1-S1`` and the like; InputError for anything else."""
        found = _RELEASE.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None:
            raise InputError(f"{text!r} is not a Junos release. Write it as the device does, for example 22.4R1-S1.")
        return cls(
            major=int(found["major"]),
            minor=int(found["minor"]),
            train=found["train"],
            number=int(found["number"]),
            drop=int(found["drop"] or 0),
            service=int(found["service"] or 0),
            spin=int(found["spin"] or 0),
            evolved=found["evolved"] is not None,
            text=text.strip(),
        )

    def __str__(self) -> str:
        return self.text


class Running(NamedTuple):
    """The release that a device runs. ``exact`` is false where only the reply's namespace told it: that one may be
    older than what really runs, and lacks the service release."""

    release: Release
    exact: bool

    def lacks(self, since: str) -> bool:
        """Whether what came with the release ``since`` is surely newer than this one."""
        if not since:
            return False
        first = Release.parse(since)
        if self.exact:
            return self.release < first
        return (self.release.major, self.release.minor) < (first.major, first.minor)
