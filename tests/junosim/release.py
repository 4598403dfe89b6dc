# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Junos release strings in their order."""

from __future__ import annotations

import re

_FORM = re.compile(
    r"^(?P<year>\d+)\.(?P<half>\d+)"
    r"(?:(?P<line>[RXFB])(?P<number>\d+)(?:-D(?P<delta>\d+))?)?"
    r"(?:-S(?P<service>\d+))?(?:\.(?P<build>\d+))?(?:-EVO)?$"
)


def order(release: str) -> tuple[int, ...]:
    """A tuple that sorts as the releases do; ValueError for what is not a release.

    15.1X49-D40 < 15.1X49-D170 < 17.4R1 < 21.4R3 < 21.4R3-S5.4 < 22.4R1. A release without a letter (9.0) stands
    before all of its year and half.
    """
    match = _FORM.match(release)
    if match is None:
        raise ValueError(f"{release!r} is not a Junos release such as 21.4R3-S5.4 or 15.1X49-D170")
    numbers = {name: int(match[name] or 0) for name in ("year", "half", "number", "delta", "service", "build")}
    line = " BXFR".index(match["line"] or " ")
    return (
        numbers["year"],
        numbers["half"],
        line,
        numbers["number"],
        numbers["delta"],
        numbers["service"],
        numbers["build"],
    )


def namespace_release(release: str) -> str:
    """The release as it stands in ``xmlns:junos``.

    15.1X49-D170 writes 15.1X49; R releases write R and their number, newer ones R0 (20.2R0 and 22.4R0 were seen).
    Where exactly the change lies is not known: 20.1 is a guess.
    """
    year, half, line, number = order(release)[:4]
    if order(release) >= (20, 1) and " BXFR"[line] == "R":
        number = 0
    return f"{year}.{half}{' BXFR'[line].strip()}{number}"
