# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test CA is told: lifetimes, moments, profiles, and what is wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from testca.config import Config, Outage, Profile, config, duration, moment

PLAIN = {"profiles": {"p": {"lifetime": "6d"}}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("6d", timedelta(days=6)),
        ("12h", timedelta(hours=12)),
        ("90m", timedelta(minutes=90)),
        ("600s", timedelta(seconds=600)),
        ("600", timedelta(seconds=600)),
        (600, timedelta(seconds=600)),
    ],
)
def test_a_lifetime(given: str | int, expected: timedelta) -> None:
    assert duration(given) == expected


@pytest.mark.parametrize("given", ["", "d", "0d", 0, -5, "6w", "6 d", "1.5d"])
def test_no_lifetime(given: str | int) -> None:
    with pytest.raises(ValueError, match=r"^lifetime: .* is not a time such as 6d, 12h, 600s or a number of seconds$"):
        duration(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2027-03-01T10:00:00Z", datetime(2027, 3, 1, 10, tzinfo=UTC)),
        ("2027-03-01T10:00:00+02:00", datetime(2027, 3, 1, 8, tzinfo=UTC)),
        ("2027-03-01", datetime(2027, 3, 1, tzinfo=UTC)),
        (datetime(2027, 3, 1, 10), datetime(2027, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_moment(given: str | datetime, expected: datetime) -> None:
    assert moment(given) == expected


def test_everything_at_once() -> None:
    given = {
        "clock": "now",
        "name": "Example CA",
        "address": "127.0.0.9",
        "port": 8080,
        "challenge_password": "sesame",
        "cmp": {"secrets": {4711: "open-sesame"}},
        "profiles": {
            "six": {"lifetime": "6d"},
            "web": {
                "lifetime": 3600,
                "key_types": ["rsa"],
                "hold": True,
                "refuse_same_key": False,
                "http_port": 8081,
                "hosts": {"srx1.example.net": "127.0.0.2"},
            },
        },
        "outages": [
            {"from": "2027-03-01", "until": "2027-03-02", "profiles": ["six"]},
            {"from": "2027-04-01", "until": "2027-04-02"},
        ],
        "rotations": ["2027-09-01", "2027-06-01"],
    }
    assert config(given, Path("/etc/testca")) == Config(
        profiles={
            "six": Profile(timedelta(days=6)),
            "web": Profile(timedelta(hours=1), ("rsa",), True, False, 8081, {"srx1.example.net": "127.0.0.2"}),
        },
        clock=Path("/etc/testca/now"),
        name="Example CA",
        address="127.0.0.9",
        port=8080,
        challenge_password="sesame",
        cmp_secrets={"4711": "open-sesame"},
        outages=(
            Outage(moment("2027-03-01"), moment("2027-03-02"), ("six",)),
            Outage(moment("2027-04-01"), moment("2027-04-02")),
        ),
        rotations=(moment("2027-06-01"), moment("2027-09-01")),
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "profiles: at least one is needed"),
        ({**PLAIN, "colour": "red"}, "colour"),
        ({"profiles": {"p": {}}}, "lifetime"),
        ({"profiles": {"p": {"lifetime": "6d", "colour": "red"}}}, "colour"),
        ({"profiles": {"a/b": {"lifetime": "6d"}}}, "profiles: 'a/b' cannot stand in a path"),
        ({**PLAIN, "cmp": {"colour": "red"}}, "colour"),
        ({**PLAIN, "outages": [{"from": "2027-03-01"}]}, "until"),
        ({**PLAIN, "outages": [{"from": "2027-03-01", "until": "2027-03-02", "colour": "red"}]}, "colour"),
        ({**PLAIN, "outages": [{"from": "2027-03-01", "until": "2027-03-02", "profiles": ["q"]}]}, "no profile 'q'"),
        ({**PLAIN, "rotations": ["soon"]}, "soon"),
        ({**PLAIN, "address": "0.0.0.0"}, "address: 0.0.0.0 is not a loopback address"),
    ],
)
def test_what_is_wrong(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("/", "\\/")):
        config(given)
