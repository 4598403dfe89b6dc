# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import random

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release

# Every neighbour in this list is a strict step upwards.
IN_ORDER = [
    "9.0R1",
    "12.1X46-D10",
    "15.1R7",
    "15.1X49",
    "15.1X49-D40",
    "15.1X49-D100",
    "15.1X49-D100.6",
    "15.1X49-D170.4",
    "17.4R1",
    "18.2R3",
    "18.4R3",
    "18.4R3.3",
    "18.4R3-S2",
    "18.4R3-S10",
    "19.4R1",
    "21.4R1",
    "21.4R3-S5",
    "21.4R3-S5.4",
    "21.4R3-S5.10",
    "22.3R3-S9",
    "22.4R0",
    "22.4R1",
    "22.4R1-S1",
    "23.4R2",
    "23.4R2-EVO",
    "23.4R2-S3",
    "23.4R2-S3-EVO",
    "23.4R2-S3.7-EVO",
    "24.2R1",
    "24.2R1.17",
    "24.4R1",
]


def test_order_is_total() -> None:
    shuffled = [Release.parse(text) for text in IN_ORDER]
    random.Random(7).shuffle(shuffled)
    assert [str(release) for release in sorted(shuffled)] == IN_ORDER
    for lower, higher in itertools.combinations(IN_ORDER, 2):
        assert Release.parse(lower) < Release.parse(higher)
        assert Release.parse(higher) > Release.parse(lower)
        assert Release.parse(lower) != Release.parse(higher)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("15.1X49-D170.4", (15, 1, "X", 49, 170, 0, 4, False)),
        ("15.1X49", (15, 1, "X", 49, 0, 0, 0, False)),
        ("17.4R1", (17, 4, "R", 1, 0, 0, 0, False)),
        ("18.4R3-S2", (18, 4, "R", 3, 0, 2, 0, False)),
        ("21.4R3-S5.4", (21, 4, "R", 3, 0, 5, 4, False)),
        ("23.4R2-EVO", (23, 4, "R", 2, 0, 0, 0, True)),
        ("23.4R2-S3-EVO", (23, 4, "R", 2, 0, 3, 0, True)),
        ("24.2R1.17", (24, 2, "R", 1, 0, 0, 17, False)),
        ("22.4R0", (22, 4, "R", 0, 0, 0, 0, False)),
    ],
)
def test_fields(text: str, fields: tuple[object, ...]) -> None:
    release = Release.parse(text)
    assert (
        release.major,
        release.minor,
        release.train,
        release.number,
        release.drop,
        release.service,
        release.spin,
        release.evolved,
    ) == fields


@pytest.mark.parametrize("text", IN_ORDER)
def test_str_is_the_text(text: str) -> None:
    assert str(Release.parse(f" {text}\n")) == text


def test_equal_releases_hash_alike() -> None:
    assert Release.parse("15.1X49") == Release.parse("15.1X49-D0")
    assert len({Release.parse("15.1X49"), Release.parse("15.1X49-D0"), Release.parse("15.1X49-D1")}) == 2


@pytest.mark.parametrize(
    "junk", ["", "22.4", "22.4R", "R1", "22.4R1-S", "22.4R1-EVOX", "22.4I1", "v22.4R1", "22.4R1 or so", "٢٢.4R1"]
)
def test_junk(junk: str) -> None:
    with pytest.raises(InputError) as caught:
        Release.parse(junk)
    assert str(caught.value) == f"{junk!r} is not a Junos release. Write it as the device does, for example 22.4R1-S1."


def test_not_a_string() -> None:
    with pytest.raises(InputError, match=r"^22\.4 is not a Junos release"):
        Release.parse(22.4)  # type: ignore[arg-type] # that is what is tested
