# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases in their order, and as the reply namespace names them."""

from __future__ import annotations

import pytest
from junosim.release import namespace_release, order

ASCENDING = [
    "9.0",
    "12.3X48-D40.5",
    "15.1X49-D40",
    "15.1X49-D170",
    "17.4R1",
    "18.2R1",
    "18.2R3",
    "19.4R3",
    "21.4R3",
    "21.4R3-S5",
    "21.4R3-S5.4",
    "22.4R1",
    "22.4R1-S1",
    "23.4R2-EVO",
    "24.2R1.17",
    "24.4R1",
]


def test_releases_sort_as_they_came_out() -> None:
    assert sorted(sorted(ASCENDING), key=order) == ASCENDING


@pytest.mark.parametrize("text", ["", "junos", "22", "22.4R", "22.4R1-D2x"])
def test_what_is_not_a_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Junos release"):
        order(text)


@pytest.mark.parametrize(
    ("release", "named"),
    [
        ("15.1X49-D170", "15.1X49"),
        ("19.4R3", "19.4R3"),
        ("20.2R3-S1", "20.2R0"),
        ("22.4R3", "22.4R0"),
    ],
)
def test_namespace_release(release: str, named: str) -> None:
    assert namespace_release(release) == named
