# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import calendar
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._certificates import Certificate, iso, parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._findings import Finding
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._schedule import (
    FINDINGS,
    SECOND,
    Renewal,
    plan,
    stagger,
    trigger,
)
from hypothesis import given
from hypothesis import strategies as st

UINT32_MAX = 4294967295


def certificate(not_before: str, not_after: str) -> Certificate:
    return Certificate("vpn-01", parse_date(not_before, "not_before"), parse_date(not_after, "not_after"))


DAYS_90 = certificate("2026-01-02T09:55:00Z", "2026-04-02T09:55:00Z")
DAYS_47 = certificate("2029-03-15T00:00:00Z", "2029-05-01T00:00:00Z")
DAYS_6 = certificate("2026-01-01T00:00:00Z", "2026-01-07T00:00:00Z")
SOON = datetime(2026, 1, 20, tzinfo=UTC)  # early in the life of DAYS_90


# trigger


@pytest.mark.parametrize(
    ("subject", "re_enroll_time", "percentage", "at", "rule"),
    [
        # 90 days as ACME has them: day 65 by the days, and by the percentage "every 25 days"
        (DAYS_90, {"days": 25}, 72, "2026-03-08T09:55:00Z", "re-enroll-time days"),
        (DAYS_90, {"days": 25}, None, "2026-03-08T09:55:00Z", "re-enroll-time days"),
        (DAYS_90, None, 72, "2026-01-27T14:43:00Z", "re-enroll-trigger-time-percentage"),
        (DAYS_90, {"percentage": 72}, 10, "2026-01-27T14:43:00Z", "re-enroll-time percentage"),
        (DAYS_90, {"hours": 600}, 10, "2026-03-08T09:55:00Z", "re-enroll-time hours"),
        (DAYS_90, {"hours": 1}, None, "2026-04-02T08:55:00Z", "re-enroll-time hours"),
        (DAYS_90, {"days": 0}, None, "2026-04-02T09:55:00Z", "re-enroll-time days"),
        # what an argument spec and a template make of it
        (DAYS_90, {"days": 25, "hours": None, "percentage": None}, None, "2026-03-08T09:55:00Z", "re-enroll-time days"),
        (DAYS_90, {"days": " 25 "}, "72", "2026-03-08T09:55:00Z", "re-enroll-time days"),
        # 47 days, renewed after 17
        (DAYS_47, {"days": 30}, None, "2029-04-01T00:00:00Z", "re-enroll-time days"),
        # earlier than the issue: told as it is
        (DAYS_6, {"days": 30}, None, "2025-12-08T00:00:00Z", "re-enroll-time days"),
        # leap days
        (
            certificate("02-28-2028 00:00 UTC", "03- 1-2028 00:00 UTC"),
            {"days": 1},
            None,
            "2028-02-29T00:00:00Z",
            "re-enroll-time days",
        ),
        (
            certificate("02-28-2027 00:00 UTC", "03- 1-2027 00:00 UTC"),
            {"hours": 25},
            None,
            "2027-02-27T23:00:00Z",
            "re-enroll-time hours",
        ),
        (
            certificate("02-29-2028 12:34 UTC", "02-28-2029 12:34 UTC"),
            None,
            50,
            "2028-08-30T00:34:00Z",
            "re-enroll-trigger-time-percentage",
        ),
        # one percent of 1 minute is 0.6 s: rounded down to the second below
        (
            certificate("01- 1-2026 00:00 UTC", "01- 1-2026 00:01 UTC"),
            None,
            1,
            "2026-01-01T00:00:59Z",
            "re-enroll-trigger-time-percentage",
        ),
        # 33 percent of 89 days 23:59:59 is 2566079.67 s
        (
            certificate("2026-01-01T00:00:00Z", "2026-03-31T23:59:59Z"),
            None,
            33,
            "2026-03-02T07:11:59Z",
            "re-enroll-trigger-time-percentage",
        ),
        # 10 percent of 8000 years, which are 2921940 days, and a second
        (
            certificate("1000-01-01T00:00:00Z", "9000-01-01T00:00:01Z"),
            None,
            10,
            "8200-01-01T00:00:00Z",
            "re-enroll-trigger-time-percentage",
        ),
    ],
)
def test_trigger(subject: Certificate, re_enroll_time: object, percentage: object, at: str, rule: str) -> None:
    decided = trigger(subject, re_enroll_time, percentage)
    assert decided is not None
    assert decided.at is not None
    assert (iso(decided.at), decided.rule) == (at, rule)
    assert decided.at.microsecond == 0


def test_no_trigger() -> None:
    assert trigger(DAYS_90) is None


def test_trigger_before_the_year_1() -> None:
    decided = trigger(DAYS_90, {"days": UINT32_MAX})
    assert decided is not None
    assert decided.at is None
    assert decided.ahead == UINT32_MAX * 86400 * SECOND


def test_trigger_at_the_edge_of_the_calendar() -> None:
    young = certificate("0001-01-01T00:00:00Z", "0001-01-03T00:00:00Z")
    first, before = trigger(young, {"days": 2}), trigger(young, {"hours": 49})
    assert first is not None
    assert before is not None
    assert (first.at, before.at) == (datetime(1, 1, 1, tzinfo=UTC), None)


INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(INSTANTS, INSTANTS, st.sampled_from(["days", "hours", "percentage"]), st.integers(1, 99))
def test_trigger_against_another_way_of_counting(a: datetime, b: datetime, member: str, amount: int) -> None:
    """The same date from the issue forward, in seconds since 1970, instead of from the expiry back."""
    if a == b:
        return
    issued, expires = (
        calendar.timegm(date.utctimetuple()) + Fraction(date.microsecond, 10**6) for date in sorted((a, b))
    )
    if member == "percentage":
        expected = issued + (expires - issued) * (1 - Fraction(amount) / 100)
    else:
        expected = expires - amount * {"days": 24, "hours": 1}[member] * 60 * 60
    decided = trigger(Certificate("", *sorted((a, b))), {member: amount})
    assert decided is not None
    assert decided.at is not None
    assert calendar.timegm(decided.at.utctimetuple()) == expected.numerator // expected.denominator
    assert decided.ahead == (expires - expected) * SECOND


@given(st.integers(1, 10**10), st.sampled_from(["days", "hours", "percentage"]), st.integers(1, 98))
def test_more_is_earlier(lifetime: int, member: str, amount: int) -> None:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    subject = Certificate("", start, start + timedelta(seconds=lifetime))
    less, more = trigger(subject, {member: amount}), trigger(subject, {member: amount + 1})
    assert less is not None
    assert more is not None
    assert more.ahead > less.ahead
    assert less.at is not None
    assert more.at is not None
    assert more.at <= less.at


@given(st.integers(1, 10**10), st.integers(1, 99))
def test_a_percentage_lies_inside_the_lifetime(lifetime: int, percentage: int) -> None:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    decided = trigger(Certificate("", start, start + timedelta(seconds=lifetime)), None, percentage)
    assert decided is not None
    assert decided.at is not None
    assert start <= decided.at < start + timedelta(seconds=lifetime)


@pytest.mark.parametrize(
    ("re_enroll_time", "percentage", "message"),
    [
        (
            {"days": 30, "hours": 1},
            None,
            "re_enroll_time: give exactly one of days, hours and percentage; given: days, hours.",
        ),
        ({}, None, "re_enroll_time: give exactly one of days, hours and percentage; given: none."),
        ({"days": None}, None, "re_enroll_time: give exactly one of days, hours and percentage; given: none."),
        ({"percent": 10}, None, "re_enroll_time: give exactly one of days, hours and percentage; given: percent."),
        (30, None, "re_enroll_time: expected a mapping such as {'days': 30}, got 30."),
        ("days 30", None, "re_enroll_time: expected a mapping such as {'days': 30}, got 'days 30'."),
        ({"days": -1}, None, "re_enroll_time.days: -1 is not in the range 0 to 4294967295."),
        ({"hours": UINT32_MAX + 1}, None, "re_enroll_time.hours: 4294967296 is not in the range 0 to 4294967295."),
        ({"percentage": 0}, None, "re_enroll_time.percentage: 0 is not in the range 1 to 99."),
        ({"percentage": 100}, None, "re_enroll_time.percentage: 100 is not in the range 1 to 99."),
        ({"days": True}, None, "re_enroll_time.days: True is not a whole number."),
        ({"days": 1.5}, None, "re_enroll_time.days: 1.5 is not a whole number."),
        ({"days": "1.5"}, None, "re_enroll_time.days: '1.5' is not a whole number."),
        ({"days": "٣"}, None, "re_enroll_time.days: '٣' is not a whole number."),
        ({"days": [30]}, None, "re_enroll_time.days: [30] is not a whole number."),
        (None, 0, "re_enroll_trigger_time_percentage: 0 is not in the range 1 to 99."),
        (None, "100", "re_enroll_trigger_time_percentage: 100 is not in the range 1 to 99."),
        (None, "", "re_enroll_trigger_time_percentage: '' is not a whole number."),
        # the statement that loses must be right, too
        ({"days": 30}, False, "re_enroll_trigger_time_percentage: False is not a whole number."),
    ],
)
def test_trigger_bad_input(re_enroll_time: object, percentage: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        trigger(DAYS_90, re_enroll_time, percentage)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        (Certificate("vpn-01", None, SOON), "certificate 'vpn-01': not_before is not known."),
        (Certificate("", SOON, None), "certificate: not_after is not known."),
        (
            Certificate("vpn-01", SOON, SOON),
            "certificate 'vpn-01': not_after (2026-01-20T00:00:00Z) is not later than not_before "
            "(2026-01-20T00:00:00Z).",
        ),
    ],
)
def test_no_lifetime(subject: Certificate, message: str) -> None:
    with pytest.raises(InputError) as caught:
        trigger(subject, {"days": 1})
    assert str(caught.value) == message
    with pytest.raises(InputError) as caught:
        plan(subject, {}, SOON)
    assert str(caught.value) == message


# plan


def test_plan_as_acme_writes_it() -> None:
    entry = {
        "certificate_id": "web-acme",
        "protocol": "acme",
        "re_enroll_time": {"days": 25},
        "re_enroll_trigger_time_percentage": 72,
        "re_generate_keypair": True,
    }
    renewal = plan(DAYS_90, entry, datetime(2026, 2, 1, tzinfo=UTC))
    disagree = Finding(
        "statements-disagree",
        "warning",
        "re-enroll-time days gives 2026-03-08T09:55:00Z, re-enroll-trigger-time-percentage gives 2026-01-27T14:43:00Z. "
        "The first one wins, by the vendor's reference page.",
        "Keep one of the two statements. After an ACME enrollment the device writes both by itself.",
    )
    assert renewal == Renewal(
        trigger=datetime(2026, 3, 8, 9, 55, tzinfo=UTC),
        rule="re-enroll-time days",
        not_before=datetime(2026, 1, 2, 9, 55, tzinfo=UTC),
        not_after=datetime(2026, 4, 2, 9, 55, tzinfo=UTC),
        lifetime_days=90,
        lifetime_seconds=7776000,
        share_elapsed=72,
        days_left=60,
        due=False,
        findings=(disagree,),
    )
    assert renewal.result() == {
        "trigger": "2026-03-08T09:55:00Z",
        "rule": "re-enroll-time days",
        "not_before": "2026-01-02T09:55:00Z",
        "not_after": "2026-04-02T09:55:00Z",
        "lifetime_days": 90,
        "lifetime_seconds": 7776000,
        "share_elapsed": 72,
        "days_left": 60,
        "due": False,
        "findings": [
            {
                "code": "statements-disagree",
                "severity": "warning",
                "sentence": disagree.sentence,
                "advice": "Keep one of the two statements. After an ACME enrollment the device writes both by itself.",
            },
        ],
    }


@pytest.mark.parametrize(
    ("now", "days_left", "found"),
    [
        ("2026-01-01T00:00:00Z", 91, ["not-yet-valid"]),
        ("2026-01-20T00:00:00Z", 72, []),
        ("2026-04-02T09:55:01Z", -1, ["expired"]),
    ],
)
def test_plan_of_a_certificate_without_an_entry(now: str, days_left: int, found: list[str]) -> None:
    """What an entry alone would tell is left out, also what speaks against one that says nothing."""
    profile = {"name": "corp-ca", "enrollment": {"retry": 1080, "retry_interval": 3600}}
    renewal = plan(DAYS_90, None, parse_date(now, "now"), Release.parse("22.1R3"), profile)
    assert [finding.code for finding in renewal.findings] == found
    assert renewal == Renewal(
        not_before=DAYS_90.not_before,
        not_after=DAYS_90.not_after,
        lifetime_days=90,
        lifetime_seconds=7776000,
        days_left=days_left,
        findings=renewal.findings,
    )


def codes(renewal: Renewal) -> list[str]:
    return [finding.code for finding in renewal.findings]


GOOD = {"re_enroll_time": {"days": 30}, "re_generate_keypair": True}


def test_nothing_to_find() -> None:
    profile = {"name": "corp-ca", "enrollment": {"url": "http://ca.example.net"}}
    entry = GOOD | {"protocol": "scep", "scep_encryption_algorithm": "des3", "scep_digest_algorithm": "sha1"}
    renewal = plan(DAYS_90, entry, SOON, Release.parse("24.4R1"), profile)
    assert renewal.findings == ()
    assert (renewal.due, renewal.share_elapsed, renewal.days_left) == (False, 66, 72)


@pytest.mark.parametrize(
    ("now", "due", "days_left", "found"),
    [
        ("2026-01-02T09:54:59Z", False, 90, ["not-yet-valid"]),
        ("2026-01-02T09:55:00Z", False, 90, []),
        ("2026-01-02T09:55:01Z", False, 89, []),
        ("2026-03-03T09:54:59Z", False, 30, []),
        ("2026-03-03T09:55:00Z", True, 30, ["trigger-passed"]),
        ("2026-04-02T09:54:59Z", True, 0, ["trigger-passed"]),
        ("2026-04-02T09:55:00Z", True, 0, ["trigger-passed"]),
        ("2026-04-02T09:55:01Z", True, -1, ["expired"]),
        ("2026-04-04T09:55:00Z", True, -2, ["expired"]),
    ],
)
def test_plan_over_time(now: str, due: bool, days_left: int, found: list[str]) -> None:
    renewal = plan(DAYS_90, GOOD, parse_date(now, "now"))
    assert (renewal.due, renewal.days_left, codes(renewal)) == (due, days_left, found)


@pytest.mark.parametrize(
    ("subject", "entry", "share"),
    [
        (DAYS_47, {"re_enroll_time": {"days": 30}}, 36),  # after 17 days of 47
        (DAYS_90, {"re_enroll_trigger_time_percentage": 10}, 90),
        (DAYS_90, {"re_enroll_trigger_time_percentage": 99}, 1),
        (DAYS_90, {"re_enroll_time": {"days": 0}}, 100),
        (DAYS_90, {"re_enroll_time": {"hours": 1}}, 99),
        (DAYS_6, {"re_enroll_time": {"days": 30}}, -400),
        (DAYS_90, {}, None),
    ],
)
def test_share_elapsed(subject: Certificate, entry: dict[str, object], share: int | None) -> None:
    assert plan(subject, entry, SOON).share_elapsed == share


def test_lifetime_is_rounded_down() -> None:
    renewal = plan(certificate("2026-01-01T00:00:00Z", "2026-03-31T23:59:59Z"), GOOD, SOON)
    assert (renewal.lifetime_days, renewal.lifetime_seconds) == (89, 7775999)


def test_what_has_expired_has_no_use_for_an_earlier_trigger() -> None:
    profile = {"name": "corp-ca", "enrollment": {"retry": 1000, "retry_interval": 3600}}
    for now, found in ((DAYS_90.not_after, ["too-late-for-retries", "trigger-passed"]), (None, ["expired"])):
        at = now or datetime(2026, 4, 3, tzinfo=UTC)
        assert codes(plan(DAYS_90, GOOD, at, None, profile)) == found


def test_plan_without_trigger() -> None:
    result = plan(DAYS_90, {}, SOON).result()
    assert (result["trigger"], result["rule"], result["due"]) == (None, None, False)


def test_plan_with_huge_days() -> None:
    renewal = plan(DAYS_90, GOOD | {"re_enroll_time": {"days": UINT32_MAX}}, SOON)
    assert (renewal.trigger, renewal.rule, renewal.due) == (None, "re-enroll-time days", True)
    assert [finding.text for finding in renewal.findings] == [
        "The trigger (before the year 1) is not later than the issue (2026-01-02T09:55:00Z): re-enroll-time days asks "
        "for 4294967295 days before the expiry, the certificate lives 90 days. What a device does then is not "
        "documented. Use a percentage, or a shorter time.",
        "The trigger (before the year 1) has passed: the certificate is due for renewal. "
        "Check that the device renews the certificate.",
    ]


# the findings, one by one

PROFILE = {"name": "corp-ca", "enrollment": {"url": "http://ca.example.net"}}


def retrying(retry: object, retry_interval: object) -> dict[str, object]:
    return {"name": "corp-ca", "enrollment": {"retry": retry, "retry_interval": retry_interval}}


RELEASE = Release.parse("22.3R3-S1")
TABLE = [
    (
        "expired",
        "error",
        (certificate("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), GOOD, SOON),
        "The certificate expired on 2026-01-01T00:00:00Z. Enroll the certificate anew.",
    ),
    (
        "no-trigger",
        "error",
        (DAYS_90, {"re_enroll_time": None, "re_enroll_trigger_time_percentage": None}, SOON),
        "Nothing says when to renew: the device lets the certificate expire. "
        "Set re_enroll_time or re_enroll_trigger_time_percentage.",
    ),
    (
        "trigger-before-issue",
        "error",
        (DAYS_6, GOOD, SOON),
        "The trigger (2025-12-08T00:00:00Z) is not later than the issue (2026-01-01T00:00:00Z): re-enroll-time days "
        "asks for 30 days before the expiry, the certificate lives 6 days. What a device does then is not documented. "
        "Use a percentage, or a shorter time.",
    ),
    (
        "trigger-at-expiry",
        "error",
        (DAYS_90, {"re_enroll_time": {"hours": 0}}, SOON),
        "The trigger is the expiry itself (2026-04-02T09:55:00Z). Leave time to renew.",
    ),
    (
        "statements-disagree",
        "warning",
        (DAYS_90, GOOD | {"re_enroll_trigger_time_percentage": 10}, SOON),
        "re-enroll-time days gives 2026-03-03T09:55:00Z, re-enroll-trigger-time-percentage gives 2026-03-24T09:55:00Z. "
        "The first one wins, by the vendor's reference page. "
        "Keep one of the two statements. After an ACME enrollment the device writes both by itself.",
    ),
    (
        "from-now",
        "warning",
        (DAYS_90, GOOD, SOON, RELEASE),
        "In 22.3R3-S1 the device's own model explains days and hours as counted from now, the vendor's reference page "
        "as ahead of the expiry. Which of the two it does is not known; 2026-03-03T09:55:00Z is ahead of the expiry. "
        "Use a percentage, or check the first renewal.",
    ),
    (
        "too-late-for-retries",
        "warning",
        (DAYS_90, GOOD | {"re_enroll_time": {"days": 6}}, SOON, None, PROFILE),
        "From the trigger to the expiry there are 6 days, 1000 retries every 600 seconds (ca-profile corp-ca) take "
        "6 days 22:40:00. How a device retries a failed re-enrollment is not documented. "
        "Renew earlier, or retry faster.",
    ),
    (
        "trigger-passed",
        "warning",
        (DAYS_90, GOOD, datetime(2026, 3, 10, tzinfo=UTC)),
        "The trigger (2026-03-03T09:55:00Z) has passed: the certificate is due for renewal. "
        "Check that the device renews the certificate.",
    ),
    (
        "not-yet-valid",
        "warning",
        (DAYS_90, GOOD, datetime(2026, 1, 1, tzinfo=UTC)),
        "The certificate is not valid before 2026-01-02T09:55:00Z. Check the clocks of the device and of the CA.",
    ),
    (
        "key-not-regenerated",
        "warning",
        (DAYS_90, {"re_enroll_time": {"days": 30}}, SOON),
        "The renewal keeps the key, and CAs refuse a new certificate for an unchanged key. "
        "Set re_generate_keypair to true.",
    ),
    (
        "scep-encryption-des",
        "warning",
        (DAYS_90, GOOD | {"scep_encryption_algorithm": "des"}, SOON),
        "SCEP messages are encrypted with des. Set scep_encryption_algorithm to des3.",
    ),
    (
        "scep-digest-md5",
        "warning",
        (DAYS_90, GOOD | {"scep_digest_algorithm": "md5"}, SOON),
        "SCEP messages are signed over an md5 digest. Set scep_digest_algorithm to sha1.",
    ),
]


@pytest.mark.parametrize(("code", "severity", "arguments", "sentence"), TABLE, ids=[row[0] for row in TABLE])
def test_finding(code: str, severity: str, arguments: tuple, sentence: str) -> None:
    found = [(finding.code, finding.severity, finding.text) for finding in plan(*arguments).findings]
    assert (code, severity, sentence) in found


def test_every_finding_is_tested_and_in_order() -> None:
    assert [row[0] for row in TABLE] == list(FINDINGS)
    severities = [kind.severity for kind in FINDINGS.values()]
    assert severities == sorted(severities)  # errors first


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"days": 90}, True),  # the issue itself
        ({"days": 89}, False),
        ({"hours": 2160}, True),
        ({"hours": 2159}, False),
        ({"percentage": 99}, False),
    ],
)
def test_trigger_before_issue(entry: dict[str, int], found: bool) -> None:
    assert ("trigger-before-issue" in codes(plan(DAYS_90, {"re_enroll_time": entry}, SOON))) is found


def test_a_percentage_of_a_second_is_inside_the_lifetime() -> None:
    """Rounded to the second it falls on the issue; exactly it does not."""
    subject = certificate("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
    renewal = plan(subject, GOOD | {"re_enroll_time": {"percentage": 50}}, datetime(2026, 1, 1, tzinfo=UTC))
    assert renewal.trigger == datetime(2026, 1, 1, tzinfo=UTC)
    assert codes(renewal) == ["trigger-passed"]


@pytest.mark.parametrize(
    ("release", "statement", "found"),
    [
        ("21.3R3-S5", {"days": 30}, False),
        ("21.4R1", {"days": 30}, True),
        ("21.4R1", {"hours": 30}, True),
        ("21.4R1", {"percentage": 30}, False),
        ("21.4R3-S5.4-EVO", {"days": 30}, True),
        ("22.3R3-S9", {"days": 30}, True),
        ("21.4R0", {"days": 30}, True),
        ("22.4R0", {"days": 30}, False),
        ("22.4R1", {"days": 30}, False),
        ("24.2R1.17", {"days": 30}, False),
    ],
)
def test_from_now(release: str, statement: dict[str, int], found: bool) -> None:
    renewal = plan(DAYS_90, GOOD | {"re_enroll_time": statement}, SOON, Release.parse(release))
    assert ("from-now" in codes(renewal)) is found


def test_from_now_not_for_the_old_percentage() -> None:
    assert (
        codes(plan(DAYS_90, {"re_enroll_trigger_time_percentage": 30, "re_generate_keypair": True}, SOON, RELEASE))
        == []
    )


@pytest.mark.parametrize(
    ("days", "profile", "found"),
    [
        (6, PROFILE, True),
        (7, PROFILE, False),
        (6, {"name": "corp-ca"}, True),
        (6, {"name": "corp-ca", "enrollment": None}, True),
        (6, retrying(None, None), True),
        (1, retrying(5, 60), False),
        (1, retrying(24, 3600), False),  # exactly enough
        (1, retrying("25", "3600"), True),
        (1, retrying(1080, None), True),
        (0, retrying(0, None), False),
        (UINT32_MAX, PROFILE, False),
        (0, None, False),
    ],
)
def test_too_late_for_retries(days: int, profile: dict[str, object] | None, found: bool) -> None:
    renewal = plan(DAYS_90, {"re_enroll_time": {"days": days}}, SOON, None, profile)
    assert ("too-late-for-retries" in codes(renewal)) is found


def test_statements_that_agree() -> None:
    assert (
        codes(plan(DAYS_90, GOOD | {"re_enroll_time": {"days": 9}, "re_enroll_trigger_time_percentage": 10}, SOON))
        == []
    )


@pytest.mark.parametrize(
    ("value", "found"), [(True, False), ("yes", False), ("true", False), (False, True), ("false", True), (None, True)]
)
def test_key_not_regenerated(value: object, found: bool) -> None:
    renewal = plan(DAYS_90, {"re_enroll_time": {"days": 30}, "re_generate_keypair": value}, SOON)
    assert ("key-not-regenerated" in codes(renewal)) is found


@pytest.mark.parametrize(
    ("entry", "profile", "message"),
    [
        (
            {"re_enroll_time": {"days": 1, "percentage": 2}},
            None,
            "entry.re_enroll_time: give exactly one of days, hours and percentage; given: days, percentage.",
        ),
        (
            {"re_enroll_time": {"days": "soon"}},
            None,
            "entry.re_enroll_time.days: 'soon' is not a whole number.",
        ),
        (
            {"re_enroll_trigger_time_percentage": 100},
            None,
            "entry.re_enroll_trigger_time_percentage: 100 is not in the range 1 to 99.",
        ),
        (
            GOOD | {"re_generate_keypair": "maybe"},
            None,
            "entry.re_generate_keypair: 'maybe' is neither true nor false.",
        ),
        (GOOD, {"enrollment": "http://ca"}, "ca_profile.enrollment: expected a mapping, got 'http://ca'."),
        (GOOD, retrying(-1, 60), "ca_profile.enrollment.retry: -1 is not in the range 0 to 4294967295."),
        (GOOD, retrying(5, "1h"), "ca_profile.enrollment.retry_interval: '1h' is not a whole number."),
    ],
)
def test_plan_bad_input(entry: dict[str, object], profile: dict[str, object] | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        plan(DAYS_90, entry, SOON, None, profile)
    assert str(caught.value) == message


# stagger


@pytest.mark.parametrize(
    ("host", "certificate_id", "hours"),
    [("fw1.example.net", "vpn-01", 523), ("fw2.example.net", "vpn-01", 597), ("fw1.example.net", "vpn-02", 702)],
)
def test_stagger_never_changes(host: str, certificate_id: str, hours: int) -> None:
    assert stagger(host, certificate_id, 480, 720) == hours


def test_stagger_covers_the_window_evenly() -> None:
    hours = Counter(stagger(f"fw{number}", "vpn-01", 10, 19) for number in range(10_000))
    assert set(hours) == set(range(10, 20))
    assert all(900 < count < 1100 for count in hours.values())


def test_stagger_keeps_host_and_certificate_apart() -> None:
    assert stagger("fw1", "1a", 0, UINT32_MAX) != stagger("fw11", "a", 0, UINT32_MAX)


def test_stagger_window_of_one_hour() -> None:
    assert stagger("fw1", "vpn-01", "24", 24) == 24


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "vpn-01", 1, 2), "host: expected a string that is not empty, got ''."),
        ((None, "vpn-01", 1, 2), "host: expected a string that is not empty, got None."),
        (("fw1", 7, 1, 2), "certificate_id: expected a string that is not empty, got 7."),
        (("fw1", "vpn-01", 3, 2), "from_hours: 3 is more than to_hours, which is 2."),
        (("fw1", "vpn-01", -1, 2), "from_hours: -1 is not in the range 0 to 4294967295."),
        (("fw1", "vpn-01", 1, 1.5), "to_hours: 1.5 is not a whole number."),
    ],
)
def test_stagger_bad_input(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError) as caught:
        stagger(*arguments)
    assert str(caught.value) == message
