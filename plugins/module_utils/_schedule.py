# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a device starts to re-enroll a certificate, and what is wrong with that moment.

Pure: the clock is an argument. Exact: whole numbers, rounded in one place, down to the whole second.
The rules, from the vendor's reference pages: ``re-enroll-time`` wins over ``re-enroll-trigger-time-percentage``; days
and hours are counted back from the expiry; a percentage is the share of the lifetime that is left at the trigger.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.netpki.junos.plugins.module_utils._certificates import Validity, iso
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._findings import Finding
from ansible_collections.netpki.junos.plugins.module_utils._release import Release

#: A second in hundredths of a microsecond: so much of a unit that a percentage of a lifetime is whole, too.
SECOND = 100_000_000
_UINT32 = 2**32 - 1
# The members of re-enroll-time, each with its range [model] and its seconds; a percentage is a share instead.
_MEMBERS: dict[str, tuple[int, int, int | None]] = {
    "days": (0, _UINT32, 86400),
    "hours": (0, _UINT32, 3600),
    "percentage": (1, 99, None),
}
RETRY = {"retry": 1000, "retry_interval": 600}  # defaults of ca-profile enrollment [model], the interval in seconds
_YEAR_1 = datetime.min.replace(tzinfo=UTC)


class Trigger(NamedTuple):
    """The moment one statement stands for."""

    rule: str  # the statement, with its member: "re-enroll-time days"
    ahead: int  # of the expiry, in hundredths of a microsecond
    at: datetime | None  # rounded down to the whole second; None where it lies before the year 1


@dataclass(frozen=True)
class Renewal:
    """What will become of one certificate under one entry. What is None is not known, or does not apply."""

    trigger: datetime | None = None
    rule: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    lifetime_days: int | None = None  # whole days, rounded down
    lifetime_seconds: int | None = None
    share_elapsed: int | None = None  # of the lifetime at the trigger, in percent, rounded down
    days_left: int | None = None  # until the expiry, rounded down: negative when expired
    due: bool = False
    findings: tuple[Finding, ...] = ()

    def result(self) -> dict[str, object]:
        """The same for a task's result: dates in ISO-8601 with ``Z``, findings as mappings in a list."""
        return {key: iso(value) if isinstance(value, datetime) else value for key, value in vars(self).items()} | {
            "findings": [finding._asdict() for finding in self.findings]
        }


def trigger(
    certificate: Validity, re_enroll_time: object = None, re_enroll_trigger_time_percentage: object = None
) -> Trigger | None:
    """The moment that decides, None where neither statement is set.

    ``re_enroll_time`` is a mapping with one of days, hours and percentage; InputError for anything else.
    """
    return next(iter(_triggers(certificate, re_enroll_time, re_enroll_trigger_time_percentage)), None)


def plan(
    certificate: Validity,
    entry: Mapping[str, object] | None,
    now: datetime,
    release: Release | None = None,
    ca_profile: Mapping[str, object] | None = None,
) -> Renewal:
    """What will become of the certificate under a re-enrollment entry, seen at ``now`` (aware).

    ``entry`` and ``ca_profile`` use the options of junos_pki_reenroll. The findings that need an entry, a release or a
    ca-profile are left out where it is not given.
    """
    not_before, not_after = _validity(certificate)
    triggers = [_trigger(not_before, not_after, each) for each in _statements_of(entry or {})]
    decided, lifetime = triggers[0] if triggers else None, _span(not_after - not_before)
    case = _Case(not_before, not_after, lifetime, now, release, ca_profile, triggers, decided)
    return Renewal(
        trigger=decided.at if decided else None,
        rule=decided.rule if decided else None,
        not_before=not_before,
        not_after=not_after,
        lifetime_days=(not_after - not_before).days,
        lifetime_seconds=lifetime // SECOND,
        share_elapsed=(lifetime - decided.ahead) * 100 // lifetime if decided else None,
        days_left=(not_after - now).days,
        due=case.due,
        findings=_findings(entry, case),
    )


def plan_without_dates(entry: Mapping[str, object], code: str) -> Renewal:
    """What can be told of an entry whose certificate is not there or not shown; ``code`` is a key of WITHOUT_DATES."""
    statements = _statements_of(entry)
    findings = (*_findings(entry), WITHOUT_DATES[code])
    return Renewal(rule=statements[0].rule if statements else None, findings=findings)


#: What is not known of the releases that :func:`may_count_from_now` names.
FROM_NOW = (
    "In {release} the device's own model explains days and hours as counted from now, the vendor's reference page "
    "as ahead of the expiry. Which of the two it does is not known"
)


def may_count_from_now(release: Release, rule: str) -> bool:
    """Whether nobody knows what the statement ``rule`` (``re-enroll-time days``) counts from in that release."""
    # By the base version: a namespace such as 21.4R0 or 22.4R0 names a train, not what runs.
    unclear = (21, 4) <= (release.major, release.minor) < (22, 4)
    return unclear and rule in ("re-enroll-time days", "re-enroll-time hours")


def stagger(host: object, certificate_id: object, low: object, high: object) -> int:
    """Hours from ``low`` to ``high``, both included: a hash of the host and the certificate picks one.

    The same everywhere and always for the same four values, and spread evenly over many hosts. Changing the window
    moves the hosts.
    """
    for name, value in (("host", host), ("certificate_id", certificate_id)):
        if not isinstance(value, str) or not value:
            raise InputError(f"{name}: expected a string that is not empty, got {value!r}.")
    first = _whole(low, "from_hours", *_MEMBERS["hours"][:2])
    last = _whole(high, "to_hours", *_MEMBERS["hours"][:2])
    if first > last:
        raise InputError(f"from_hours: {first} is more than to_hours, which is {last}.")
    digest = hashlib.sha256(f"{host}\0{certificate_id}".encode()).digest()
    return first + int.from_bytes(digest, "big") % (last - first + 1)


# ---- the formula ----


class _Statement(NamedTuple):
    """What one statement asks for: 30 days, 700 hours, 20 percent."""

    rule: str  # the statement, with its member: "re-enroll-time days"
    member: str
    amount: int


def _triggers(certificate: Validity, re_enroll_time: object, percentage: object) -> tuple[Trigger, ...]:
    """The triggers of the statements that are set, the one that wins first."""
    not_before, not_after = _validity(certificate)
    return tuple(_trigger(not_before, not_after, each) for each in _statements(re_enroll_time, percentage))


def _trigger(not_before: datetime, not_after: datetime, statement: _Statement) -> Trigger:
    amount, unit = statement.amount, _MEMBERS[statement.member][2]
    ahead = amount * unit * SECOND if unit else _span(not_after - not_before) * amount // 100
    since_year_1 = (_span(not_after - _YEAR_1) - ahead) // SECOND
    return Trigger(statement.rule, ahead, _YEAR_1 + timedelta(seconds=since_year_1) if since_year_1 >= 0 else None)


def _span(time: timedelta) -> int:
    return (time.days * 86400 + time.seconds) * SECOND + time.microseconds * 100


# ---- reading the input ----


def _validity(certificate: Validity) -> tuple[datetime, datetime]:
    not_before, not_after = certificate.not_before, certificate.not_after
    name = f"certificate '{certificate.identifier}'" if certificate.identifier else "certificate"
    if not_before is None or not_after is None:
        raise InputError(f"{name}: {'not_before' if not_before is None else 'not_after'} is not known.")
    if not_after <= not_before:
        raise InputError(f"{name}: not_after ({iso(not_after)}) is not later than not_before ({iso(not_before)}).")
    return not_before, not_after


def _statements(re_enroll_time: object, percentage: object, prefix: str = "") -> list[_Statement]:
    """The statements that are set, the one that wins first."""
    found = []
    if re_enroll_time is not None:
        member, amount = _member(re_enroll_time, f"{prefix}re_enroll_time")
        found.append(_Statement(f"re-enroll-time {member}", member, amount))
    if percentage is not None:
        where = f"{prefix}re_enroll_trigger_time_percentage"
        amount = _whole(percentage, where, *_MEMBERS["percentage"][:2])
        found.append(_Statement("re-enroll-trigger-time-percentage", "percentage", amount))
    return found


def _statements_of(entry: Mapping[str, object]) -> list[_Statement]:
    """The statements of an entry. A device may hold re-enroll-time with nothing in it, which triggers nothing."""
    re_enroll_time = entry.get("re_enroll_time")
    percentage = entry.get("re_enroll_trigger_time_percentage")
    return _statements(None if re_enroll_time == {} else re_enroll_time, percentage, "entry.")


def _member(re_enroll_time: object, where: str) -> tuple[str, int]:
    """The one member of re-enroll-time that is set, and its value."""
    if not isinstance(re_enroll_time, Mapping):
        raise InputError(f"{where}: expected a mapping such as {{'days': 30}}, got {re_enroll_time!r}.")
    members = {str(member): value for member, value in re_enroll_time.items() if value is not None}
    if len(members) != 1 or not members.keys() <= _MEMBERS.keys():
        given = ", ".join(sorted(members)) or "none"
        raise InputError(f"{where}: give exactly one of days, hours and percentage; given: {given}.")
    ((member, value),) = members.items()
    low, high, _unit = _MEMBERS[member]
    return member, _whole(value, f"{where}.{member}", low, high)


def _whole(value: object, where: str, low: int, high: int) -> int:
    """A whole number; templates deliver it as a string."""
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value.strip(), re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{where}: {value!r} is not a whole number.")
    if not low <= value <= high:
        raise InputError(f"{where}: {value} is not in the range {low} to {high}.")
    return int(value)


# ---- the findings ----


class _Case(NamedTuple):
    """All that a finding about the dates may depend on."""

    not_before: datetime
    not_after: datetime
    lifetime: int
    now: datetime
    release: Release | None
    ca_profile: Mapping[str, object] | None
    triggers: Sequence[Trigger]
    trigger: Trigger | None  # the one that wins

    @property
    def expired(self) -> bool:
        """Then there is nothing left to renew in time, and what else is wrong with the trigger is no help."""
        return self.now > self.not_after

    @property
    def due(self) -> bool:
        return self.trigger is not None and (self.trigger.at is None or self.now >= self.trigger.at)


def _expired(case: _Case) -> str | None:
    return f"The certificate expired on {iso(case.not_after)}." if case.expired else None


def _not_yet_valid(case: _Case) -> str | None:
    return f"The certificate is not valid before {iso(case.not_before)}." if case.now < case.not_before else None


def _no_trigger(entry: Mapping[str, object]) -> str | None:
    return None if _statements_of(entry) else "Nothing says when to renew: the device lets the certificate expire."


def _trigger_before_issue(case: _Case) -> str | None:
    if case.trigger is None or case.trigger.ahead < case.lifetime:
        return None
    return (
        f"The trigger ({_when(case.trigger)}) is not later than the issue ({iso(case.not_before)}): "
        f"{case.trigger.rule} asks for {_duration(case.trigger.ahead)} before the expiry, the certificate lives "
        f"{_duration(case.lifetime)}. What a device does then is not documented."
    )


def _trigger_at_expiry(case: _Case) -> str | None:
    if case.trigger is None or case.trigger.ahead > 0:
        return None
    return f"The trigger is the expiry itself ({iso(case.not_after)})."


def _trigger_passed(case: _Case) -> str | None:
    if case.trigger is None or not case.due or case.expired:
        return None
    return f"The trigger ({_when(case.trigger)}) has passed: the certificate is due for renewal."


def _statements_disagree(case: _Case) -> str | None:
    if len(case.triggers) < 2:
        return None
    winner, loser = case.triggers
    if winner.at == loser.at:
        return None
    return (
        f"{winner.rule} gives {_when(winner)}, {loser.rule} gives {_when(loser)}. The first one wins, "
        "by the vendor's reference page."
    )


def _from_now(case: _Case) -> str | None:
    release, decided = case.release, case.trigger
    if release is None or decided is None or not may_count_from_now(release, decided.rule):
        return None
    return f"{FROM_NOW.format(release=release)}; {_when(decided)} is ahead of the expiry."


def _too_late_for_retries(case: _Case) -> str | None:
    if case.ca_profile is None or case.trigger is None or case.expired:
        return None
    enrollment = case.ca_profile.get("enrollment") or {}
    if not isinstance(enrollment, Mapping):
        raise InputError(f"ca_profile.enrollment: expected a mapping, got {enrollment!r}.")
    retry, interval = (
        default
        if enrollment.get(name) is None
        else _whole(enrollment[name], f"ca_profile.enrollment.{name}", 0, _UINT32)
        for name, default in RETRY.items()
    )
    if case.trigger.ahead >= retry * interval * SECOND:
        return None
    return (
        f"From the trigger to the expiry there are {_duration(case.trigger.ahead)}, {retry} retries every {interval} "
        f"seconds (ca-profile {case.ca_profile.get('name')}) take {_duration(retry * interval * SECOND)}. "
        "How a device retries a failed re-enrollment is not documented."
    )


def _key_not_regenerated(entry: Mapping[str, object]) -> str | None:
    value = entry.get("re_generate_keypair")
    try:
        regenerated = value is not None and boolean(value)
    except TypeError:
        raise InputError(f"entry.re_generate_keypair: {value!r} is neither true nor false.") from None
    return None if regenerated else "The renewal keeps the key, and CAs refuse a new certificate for an unchanged key."


def _des(entry: Mapping[str, object]) -> str | None:
    return "SCEP messages are encrypted with des." if entry.get("scep_encryption_algorithm") == "des" else None


def _md5(entry: Mapping[str, object]) -> str | None:
    return "SCEP messages are signed over an md5 digest." if entry.get("scep_digest_algorithm") == "md5" else None


@dataclass(frozen=True)
class _Kind:
    """A kind of finding. Its check looks at the entry or at the dates, and tells what is the case, or None."""

    severity: str
    advice: str  # what to do
    of_entry: Callable[[Mapping[str, object]], str | None] | None = None
    of_dates: Callable[[_Case], str | None] | None = None


# Every finding of a plan, in the order in which they are told.
FINDINGS: dict[str, _Kind] = {
    "expired": _Kind("error", "Enroll the certificate anew.", of_dates=_expired),
    "no-trigger": _Kind("error", "Set re_enroll_time or re_enroll_trigger_time_percentage.", of_entry=_no_trigger),
    "trigger-before-issue": _Kind("error", "Use a percentage, or a shorter time.", of_dates=_trigger_before_issue),
    "trigger-at-expiry": _Kind("error", "Leave time to renew.", of_dates=_trigger_at_expiry),
    "statements-disagree": _Kind(
        "warning",
        "Keep one of the two statements. After an ACME enrollment the device writes both by itself.",
        of_dates=_statements_disagree,
    ),
    "from-now": _Kind("warning", "Use a percentage, or check the first renewal.", of_dates=_from_now),
    "too-late-for-retries": _Kind("warning", "Renew earlier, or retry faster.", of_dates=_too_late_for_retries),
    "trigger-passed": _Kind("warning", "Check that the device renews the certificate.", of_dates=_trigger_passed),
    "not-yet-valid": _Kind("warning", "Check the clocks of the device and of the CA.", of_dates=_not_yet_valid),
    "key-not-regenerated": _Kind("warning", "Set re_generate_keypair to true.", of_entry=_key_not_regenerated),
    "scep-encryption-des": _Kind("warning", "Set scep_encryption_algorithm to des3.", of_entry=_des),
    "scep-digest-md5": _Kind("warning", "Set scep_digest_algorithm to sha1.", of_entry=_md5),
}

# Why there are no dates.
WITHOUT_DATES: dict[str, Finding] = {
    finding.code: finding
    for finding in (
        Finding("no-certificate", "warning", "No certificate on the device yet.", "Enroll the certificate."),
        Finding(
            "certificate-not-shown",
            "warning",
            "The certificates were not read, so the date is not known.",
            "A device shows those of its main system only, and only to a user who may see them.",
        ),
    )
}


def cannot_plan(error: InputError) -> Finding:
    """For a fleet, where one certificate that cannot be planned must not take the others along."""
    what = f"The date cannot be worked out. {error}"
    return Finding("cannot-plan", "error", what, "Look at the certificate and its entry on the device.")


def plan_without_readable_dates(entry: Mapping[str, object] | None, error: InputError) -> Renewal:
    """What can be told of an entry all the same where the dates of its certificate cannot be understood."""
    try:
        findings = _findings(entry)
    except InputError:  # the entry is what cannot be understood
        findings = ()
    return Renewal(findings=(*findings, cannot_plan(error)))


def _findings(entry: Mapping[str, object] | None, case: _Case | None = None) -> tuple[Finding, ...]:
    """What the table finds; without an entry or a case, only what needs none."""
    found = []
    for code, kind in FINDINGS.items():
        what = kind.of_entry(entry) if kind.of_entry and entry is not None else None
        if kind.of_dates and case:
            what = kind.of_dates(case)
        if what:
            found.append(Finding(code, kind.severity, what, kind.advice))
    return tuple(found)


def _when(trigger: Trigger) -> str:
    return iso(trigger.at) if trigger.at else "before the year 1"


def _duration(span: int) -> str:
    """``6 days 22:40:00``, of any length: a timedelta ends at 2.7 million years, uint32 days do not."""
    days, rest = divmod(span // SECOND, 86400)
    clock = f" {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}" if rest else ""
    return f"{days} day{'' if days == 1 else 's'}{clock}"
