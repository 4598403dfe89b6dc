# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a finding is: something that speaks against a renewal, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

#: ``error``: no renewal in time can be expected. ``warning``: it is at risk. ``info``: worth knowing. Worst first.
SEVERITIES = ("error", "warning", "info")

#: The severity of what has no findings.
OK = "ok"
_ALL = (*SEVERITIES, OK)


class Finding(NamedTuple):
    code: str
    severity: str  # one of SEVERITIES
    sentence: str  # what is the case
    advice: str  # what to do

    @property
    def text(self) -> str:
        return f"{self.sentence} {self.advice}"


def worst(severities: Iterable[str]) -> str:
    """The worst of some severities; OK where there is none."""
    return min(severities, key=_ALL.index, default=OK)
