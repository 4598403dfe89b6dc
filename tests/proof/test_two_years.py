# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Thirty devices renew by themselves for two simulated years; seven more fail, each named by the report in time."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from ansible_collections.netpki.junos.plugins.filter.reenroll_stagger import reenroll_stagger
from proof.evidence import pairs
from proof.judge import minute, predicted
from proof.scenario import END, FAILURES, FLEET, LIFETIMES, PROTOCOLS, STAGGER, START, WEEKEND, Certificate
from proof.years import Years

ISO = "%Y-%m-%dT%H:%M:%SZ"
EACH = pytest.mark.parametrize("each", FLEET, ids=lambda each: f"{each.host}-{each.protocol}-{each.lifetime}d")
FAILING = pytest.mark.parametrize("each", FAILURES, ids=lambda each: each.host)


def test_the_fleet_is_what_it_claims_to_be() -> None:
    assert len(FLEET) == 30
    assert {(each.protocol, each.lifetime) for each in FLEET} == {
        (protocol, days) for protocol in PROTOCOLS for days in LIFETIMES
    }
    assert (END - START).days == 730


@EACH
def test_every_renewal_came_at_the_predicted_minute(years: Years, each: Certificate) -> None:
    issued = years.issued[each.host]
    told = [predicted(years, each.host, one) for one in issued]
    assert [minute(one.at) for one in issued[1:]] == [minute(at) for at in told[:-1]]
    # And none is missing: the next one lies behind the end.
    assert told[-1] > END
    # A device shows its dates without the seconds: what is planned with those may be less than a minute early.
    early = [now.at - predicted(years, each.host, before, shown=True) for before, now in pairs(issued)]
    assert (min(early) >= timedelta(0), max(early) < timedelta(minutes=1)) == (True, True)


@EACH
def test_no_certificate_was_ever_expired(years: Years, each: Certificate) -> None:
    issued = years.issued[each.host]
    assert [now.at for before, now in pairs(issued) if now.at >= before.not_after] == []
    assert [now.not_before for before, now in pairs(issued) if now.not_before > before.not_after] == []
    assert issued[0].at == START
    assert issued[-1].not_after > END
    assert {one.not_after - one.not_before for one in issued} == {timedelta(days=each.lifetime)}


@EACH
def test_keys_changed_where_declared_and_not_elsewhere(years: Years, each: Certificate) -> None:
    assert {one.key_changed for one in years.issued[each.host][1:]} == {each.new_key}


@EACH
def test_no_attempt_failed(years: Years, each: Certificate) -> None:
    assert years.failures(each.host) == []
    assert [code for code, severity in years.codes(each.host, 0).items() if severity == "error"] == []


@EACH
def test_the_ca_signed_each_of_them_and_no_other(years: Years, each: Certificate) -> None:
    told = [(one["at"], int(one["serial"], 16), one["not_after"]) for one in years.certified(each.host)]
    seen = [(f"{one.at:{ISO}}", int(one.serial, 16), f"{one.not_after:{ISO}}") for one in years.issued[each.host]]
    assert seen == told
    assert {one["protocol"] for one in years.certified(each.host)} == {each.protocol}
    years.held[each.host].verify_directly_issued_by(years.signers[each.host])


def test_the_load_of_the_ca_is_what_the_audit_of_the_first_day_said(years: Years) -> None:
    """Of the first renewal of each certificate, day by day."""
    mine = {each.host for each in FLEET}
    rows = [row for row in years.reports[0]["certificates"] if row["host"] in mine]
    told = Counter(row["trigger"][:13] for row in rows)
    seen = Counter(f"{years.issued[each.host][1].at:%Y-%m-%dT%H}" for each in FLEET)
    assert seen == told


def test_the_load_never_exceeds_what_the_stagger_promises(years: Years) -> None:
    staggered = [each for each in FLEET if each.trigger is None]
    hours = {each.host: reenroll_stagger(each.host, "vpn-01", **STAGGER)["hours"] for each in staggered}
    assert (len(staggered), {each.lifetime for each in staggered}) == (6, {90})
    # Six hosts in a window of 337 hours: each has its own.
    assert len(set(hours.values())) == 6
    rounds = min(len(years.issued[each.host]) for each in staggered)
    assert rounds > 10
    for number in range(1, rounds):
        at = Counter(f"{years.issued[each.host][number].at:%Y-%m-%dT%H}" for each in staggered)
        assert set(at.values()) == {1}
    # And each renews within the window before its expiry.
    left = [before.not_after - now.at for each in staggered for before, now in pairs(years.issued[each.host])]
    window = [timedelta(hours=STAGGER[name]) for name in ("from_hours", "to_hours")]
    assert (min(left) >= window[0], max(left) <= window[1]) == (True, True)


# Set up to fail.


@FAILING
def test_each_failure_is_in_the_report_before_the_expiry(years: Years, each: Certificate) -> None:
    first = years.issued[each.host][0]
    assert START + timedelta(days=each.at) < first.not_after
    assert each.code in years.codes(each.host, each.at)
    # It is no finding that everybody has.
    quiet = next(other for other in FLEET if (other.protocol, other.lifetime) == (each.protocol, each.lifetime))
    assert each.code not in years.codes(quiet.host, each.at)


@FAILING
def test_what_is_named_came_true(years: Years, each: Certificate) -> None:
    issued = years.issued[each.host]
    if each.expires:
        assert (len(issued), issued[0].not_after < END) == (1, True)
    else:
        assert [now.at for before, now in pairs(issued) if now.at >= before.not_after] == []
        assert issued[-1].not_after > END


def test_a_weekend_without_the_ca_is_recovered_by_retries(years: Years) -> None:
    at = years.issued["weekend"][1].at
    tried = years.failures("weekend")
    assert len(tried) == 46  # every hour from Saturday 08:00 to Monday 05:00
    assert at == WEEKEND[1]


def test_what_the_ca_says_of_those_that_fail(years: Years) -> None:
    told = {
        each.host: (
            len(years.certified(each.host)),
            Counter(one["reason"] for one in years.certified(each.host, "refused")),
        )
        for each in FAILURES
        if each.expires
    }
    unchanged = "the key has a certificate already, a new one needs a new key"
    assert told == {
        # It did not answer.
        "impatient": (1, {}),
        "gone": (1, {}),
        "same-key": (1, {unchanged: 31}),
        # It signed, each time, with an intermediate that the device does not know.
        "rotated": (32, {}),
        # Nobody asked it.
        "static": (1, {}),
        "silent": (1, {}),
    }


@pytest.mark.parametrize(
    ("host", "attempts", "why"),
    [
        ("impatient", 6, "; given up"),
        ("gone", 21, "; given up"),
        ("same-key", 31, "; given up"),
        (
            "rotated",
            31,
            "the new certificate does not chain to the CA certificate of ca-profile ca; given up",
        ),
        ("static", 0, ""),
        ("silent", 0, ""),
    ],
)
def test_how_each_of_them_ended(years: Years, host: str, attempts: int, why: str) -> None:
    failed = years.failures(host)
    assert len(failed) == attempts
    assert [event["text"] for event in failed[-1:] if not event["text"].endswith(why)] == []
