# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit looks for, as a table: what joins a certificate, its entry and its CA profile, and what a host shows.

The findings about the date alone are those of _schedule. A check tells what is the case, or None. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ansible_collections.netpki.junos.plugins.module_utils._audit_case import Case, comparable
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso
from ansible_collections.netpki.junos.plugins.module_utils._findings import Finding
from ansible_collections.netpki.junos.plugins.module_utils._release import Release

#: Friday 17:00 to Monday 09:00: as long as a CA can be down before somebody looks.
WEEKEND = timedelta(hours=64)
#: A device tells its dates without seconds, so two minutes are no difference.
_SAME = timedelta(minutes=2)
#: From when on a publicly trusted TLS certificate lives how many days at most (CA/Browser Forum, ballot SC-081v3).
PUBLIC_LIFETIMES = (
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
)
#: No publicly trusted certificate lived longer when these limits were decided: what does is none.
_PUBLIC_DAYS = 398


# ---- is there anything that renews it ----


def _no_entry(case: Case) -> str | None:
    if case.entry or not case.certificate or not case.used_by or case.deactivated or case.self_signed:
        return None
    return f"Nothing renews the certificate, and it is in use: {_listed(case.used_by)}."


def _no_entry_unused(case: Case) -> str | None:
    if case.entry or not case.certificate or case.used_by or case.deactivated or case.self_signed:
        return None
    return "Nothing renews the certificate. None of the statements that an audit looks at names it."


def _certificate_missing(case: Case) -> str | None:
    if not case.missing or not case.used_by:
        return None
    return f"The device holds no certificate of this name, and it is in use: {_listed(case.used_by)}."


def _self_signed(case: Case) -> str | None:
    if not case.self_signed:
        return None
    return "The certificate names itself as its issuer, so no CA renews it."


def _entry_deactivated(case: Case) -> str | None:
    if case.entry or not case.deactivated:
        return None
    return f"Nothing renews the certificate, because this is deactivated: {_listed(case.deactivated)}."


def _statement_deactivated(case: Case) -> str | None:
    if not case.entry or not case.deactivated:
        return None
    return f"Deactivated, and so without effect: {_listed(case.deactivated)}."


def _two_entries(case: Case) -> str | None:
    own = case.host.named("config", case.certificate_id)
    if len(own) < 2 or case.entry is not own[0]:  # told once
        return None
    lists = _listed(each.get("protocol") or "one not told" for each in own)
    return f"The certificate has an entry in several lists: {lists}."


def _certificate_unreadable(case: Case) -> str | None:
    problems = (case.certificate or {}).get("problems")
    return f"What the device shows of the certificate cannot be understood: {_listed(problems)}" if problems else None


def _nodes_differ(case: Case) -> str | None:
    if not case.certificate or not case.host.nodes or set(case.nodes) == set(case.host.nodes):
        return None
    return f"Of the nodes {_listed(case.host.nodes)}, this certificate is on {_listed(case.nodes)} only."


def _request_pending(case: Case) -> str | None:
    if not case.host.named("certificate_requests", case.certificate_id):
        return None
    return "The device holds a certificate request that is not answered yet."


def _renewal_overdue(case: Case) -> str | None:
    """Whether the device should have renewed it long ago, and has no retries left to do so."""
    issue, trigger, expiry = case.renewal.not_before, case.renewal.trigger, case.renewal.not_after
    if issue is None or trigger is None or expiry is None or not issue <= trigger <= case.now <= expiry:
        return None
    if _seconds(case.now - trigger) <= case.profile.retried:
        return None
    return f"The trigger passed on {iso(trigger)}, the retries are over, and this is still the old certificate."


# ---- what the device itself says of the timer ----


# What a device was seen to say of a timer that does not run: its status, and its next trigger time.
_NOT_STARTED = {"disabled", "timer not started"}


def _device_timer_not_started(case: Case) -> str | None:
    told = [text for text in (case.device_status, case.device_trigger_text) if text]
    if case.entry is None or not case.renewal.rule or _NOT_STARTED.isdisjoint(map(str.lower, told)):
        return None
    return f"The entry is there, but the device says: {_listed(told)}."


def _device_trigger_differs(case: Case) -> str | None:
    theirs, ours = case.device_trigger, case.renewal.trigger
    if theirs is None or ours is None or abs(theirs - ours) < _SAME:
        return None
    return f"The device says that it renews at {iso(theirs)}, by {case.renewal.rule} it is {iso(ours)}."


def _device_trigger_after_expiry(case: Case) -> str | None:
    theirs, expiry = case.device_trigger, case.renewal.not_after
    if theirs is None or expiry is None or theirs < expiry:
        return None
    return f"The device says that it renews at {iso(theirs)}, after the expiry at {iso(expiry)}."


def _device_trigger_unreadable(case: Case) -> str | None:
    text = case.device_trigger_text
    if not text or case.device_trigger or text.lower() in _NOT_STARTED:
        return None
    return f"The device tells its next trigger time in a form that is not documented: {text!r}."


# ---- the CA profile and the CA's certificate ----


def _no_ca_profile(case: Case) -> str | None:
    return "The entry names no CA profile." if case.entry and not case.profile.name else None


def _ca_profile_missing(case: Case) -> str | None:
    if not case.profile.name or case.profile.options is not None:
        return None
    return f"The entry names ca-profile {case.profile.name}, and no such profile is in effect."


def _no_enrollment_url(case: Case) -> str | None:
    if case.profile.options is None or case.profile.enrollment.get("url"):
        return None
    return f"ca-profile {case.profile.name} has no enrollment url."


def _ca_certificate_missing(case: Case) -> str | None:
    if not case.profile.name or case.host.ca_certificates is None or case.profile.ca_certificates:
        return None
    return f"No CA certificate is loaded into ca-profile {case.profile.name}."


def _ca_certificate_unreadable(case: Case) -> str | None:
    if not case.profile.problems:
        return None
    told = _listed(case.profile.problems)
    return f"What the device shows of the CA certificate of ca-profile {case.profile.name} cannot be understood: {told}"


def _ca_certificate_nodes_differ(case: Case) -> str | None:
    holding = case.profile.nodes
    if not holding or not case.host.nodes or holding == set(case.host.nodes):
        return None
    return (
        f"Of the nodes {_listed(case.host.nodes)}, the CA certificate of ca-profile {case.profile.name} is on"
        f" {_listed(sorted(holding))} only."
    )


def _ca_certificate_not_yet_valid(case: Case) -> str | None:
    start = case.profile.start
    if start is None or start <= case.now:
        return None
    return f"The CA certificate of ca-profile {case.profile.name} is not valid before {iso(start)}."


def _ca_certificate_expired(case: Case) -> str | None:
    end = case.profile.end
    if end is None or end > case.now:
        return None
    return f"The CA certificate of ca-profile {case.profile.name} expired on {iso(end)}."


def _ca_certificate_expires_first(case: Case) -> str | None:
    end, expiry = case.profile.end, case.renewal.not_after
    if end is None or expiry is None or not case.now < end < expiry:
        return None
    return (
        f"The CA certificate of ca-profile {case.profile.name} expires on {iso(end)}, "
        f"before the certificate ({iso(expiry)})."
    )


def _issuer_mismatch(case: Case) -> str | None:
    issuer = (case.certificate or {}).get("issuer")
    subjects = case.profile.subjects
    if not issuer or not subjects or comparable(issuer) in subjects.values():
        return None
    return (
        f"The certificate was issued by {issuer}, and ca-profile {case.profile.name} holds the certificate of "
        f"{_listed(subjects, '; ')}."
    )


def _revocation_check_disabled(case: Case) -> str | None:
    if not ((case.profile.options or {}).get("revocation_check") or {}).get("disable"):
        return None
    return f"ca-profile {case.profile.name} does not check for revoked certificates."


def _short_of_a_weekend(case: Case) -> str | None:
    """Whether the retries end, or the certificate does, before somebody is back in the office."""
    if case.profile.options is None or case.renewal.trigger is None or case.renewal.not_after is None:
        return None
    retried, ahead = case.profile.retried, _seconds(case.renewal.not_after - case.renewal.trigger)
    if min(retried, ahead) >= _seconds(WEEKEND):
        return None
    what = (
        f"the {case.profile.retry} retries of ca-profile {case.profile.name} end after {_hours(retried)}"
        if retried < ahead
        else f"the certificate expires {_hours(ahead)} after the trigger"
    )
    return f"A CA that is down from Friday evening to Monday morning ({_hours(_seconds(WEEKEND))}) is too much: {what}."


def _seconds(span: timedelta) -> int:
    return span.days * 86400 + span.seconds


def _hours(seconds: int) -> str:
    number, unit = (seconds // 3600, "hour") if seconds >= 3600 else (seconds // 60, "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"


# ---- what is out of date, or will be ----


def _lifetime_shrinks(case: Case) -> str | None:
    renewal = case.renewal
    if renewal.rule not in ("re-enroll-time days", "re-enroll-time hours"):
        return None
    if renewal.not_after is None or renewal.trigger is None or (renewal.lifetime_days or 0) > _PUBLIC_DAYS:
        return None
    ahead = renewal.not_after - renewal.trigger
    broken = [(since, days) for since, days in PUBLIC_LIFETIMES if ahead >= timedelta(days=days)]
    if not broken:
        return None
    since, days = broken[0]
    return (
        f"A publicly trusted certificate lives {days} days at most from {since:%Y-%m-%d} on: {renewal.rule}, "
        f"{_hours(_seconds(ahead))} ahead of the expiry, is then not later than the issue."
    )


def _direct_list(case: Case) -> str | None:
    if case.entry is None or case.entry.get("protocol") != "direct":
        return None
    return "The entry stands in the old direct list, which is deprecated from Junos 23.1R1 on."


def _scep_sha1(case: Case) -> str | None:
    if case.entry is None or case.entry.get("scep_digest_algorithm") != "sha1":
        return None
    return "SCEP messages are signed over a sha1 digest."


_WEAK = re.compile(r"md5|sha-?1(?!\d)", re.ASCII | re.IGNORECASE)


def _weak_signature(case: Case) -> str | None:
    algorithm = (case.certificate or {}).get("signature_algorithm") or ""
    return f"The certificate is signed with {algorithm}." if _WEAK.search(algorithm) else None


# ---- ACME: http-01 only, answered on port 80 in inet.0 ----


def _is_acme(case: Case) -> bool:
    return case.entry is not None and case.entry.get("protocol") == "acme"


def _acme_port_80(case: Case) -> str | None:
    if not _is_acme(case) or case.host.configuration.get("web_management_http_port") != 80:
        return None
    return "J-Web listens on port 80, where the CA asks for the challenge."


def _acme_wildcard(case: Case) -> str | None:
    if not _is_acme(case):
        return None
    shown = case.certificate or {}
    names = (shown.get("subject") or "", *(shown.get("alternate_subjects") or ()))
    return "The certificate is for a wildcard name (*.)." if any("*." in name for name in names) else None


def _acme_release(case: Case) -> str | None:
    release = case.host.release
    if not _is_acme(case) or release is None or not Release.parse("22.4R1") <= release < Release.parse("22.4R1-S1"):
        return None
    return f"ACME works from Junos 22.4R1-S1 on, and the device runs {release}."


def _acme_account_key(case: Case) -> str | None:
    if not _is_acme(case):
        return None
    keys = (case.host.configuration.get("acme_account_key") or {}).get("acme_key_id") or ()
    name = (case.entry or {}).get("acme_key_id")
    if name in keys:
        return None
    return f"acme-account-key has no acme-key-id {name}." if name else "The entry names no acme-key-id."


def _acme_routing_instance(case: Case) -> str | None:
    instance = (case.profile.options or {}).get("routing_instance")
    if not _is_acme(case) or not instance:
        return None
    return f"ca-profile {case.profile.name} uses routing-instance {instance}; the device answers the CA in inet.0 only."


def _listed(texts: Iterable[str] | None, between: str = ", ") -> str:
    return between.join(texts or ())


@dataclass(frozen=True)
class Kind:
    """A kind of finding: how bad, what to do, and the check that tells what is the case."""

    severity: str
    advice: str
    check: Callable[[Case], str | None]


#: Every finding about one certificate that needs more than its dates.
CHECKS: dict[str, Kind] = {
    "no-entry": Kind("error", "Declare a re-enrollment entry for the certificate.", _no_entry),
    "no-entry-unused": Kind(
        "warning", "Find out whether anything uses it, and declare a re-enrollment entry if so.", _no_entry_unused
    ),
    "certificate-missing": Kind("error", "Enroll or load the certificate.", _certificate_missing),
    "self-signed": Kind("warning", "Enroll one from a CA, or replace it before it expires.", _self_signed),
    "entry-deactivated": Kind("error", "Activate the statement.", _entry_deactivated),
    "statement-deactivated": Kind("warning", "Activate or delete the statement.", _statement_deactivated),
    "two-entries": Kind("warning", "Keep one: which of them counts is not documented.", _two_entries),
    "certificate-unreadable": Kind("error", "Look at it on the device, and report the form.", _certificate_unreadable),
    "nodes-differ": Kind(
        "error", "Compare the nodes, and copy the certificate to the one that lacks it.", _nodes_differ
    ),
    "renewal-overdue": Kind("error", "Look at the log of the device, and enroll it by hand.", _renewal_overdue),
    "device-timer-not-started": Kind(
        "error", "Look at the log of the device for why it does not start its timer.", _device_timer_not_started
    ),
    "device-trigger-after-expiry": Kind("error", "Set a trigger before the expiry.", _device_trigger_after_expiry),
    "device-trigger-differs": Kind("warning", "Watch which of the two comes true.", _device_trigger_differs),
    "device-trigger-unreadable": Kind("info", "Compare it with the date by hand.", _device_trigger_unreadable),
    "no-ca-profile": Kind("error", "Set ca_profile_name.", _no_ca_profile),
    "ca-profile-missing": Kind("error", "Declare the profile.", _ca_profile_missing),
    "no-enrollment-url": Kind("error", "Set enrollment.url of the profile.", _no_enrollment_url),
    "ca-certificate-missing": Kind("error", "Load or enroll the CA certificate.", _ca_certificate_missing),
    "ca-certificate-unreadable": Kind(
        "error", "Look at it on the device, and report the form.", _ca_certificate_unreadable
    ),
    "ca-certificate-nodes-differ": Kind(
        "error", "Load the CA certificate on the node that lacks it.", _ca_certificate_nodes_differ
    ),
    "ca-certificate-not-yet-valid": Kind(
        "error", "Check the clock of the device, and the CA's certificate.", _ca_certificate_not_yet_valid
    ),
    "ca-certificate-expired": Kind("error", "Load the CA's new certificate.", _ca_certificate_expired),
    "ca-certificate-expires-first": Kind(
        "warning", "Load the CA's new certificate before then.", _ca_certificate_expires_first
    ),
    "issuer-mismatch": Kind(
        "error",
        "Point ca_profile_name to a profile with the issuer's certificate: a CA may have rotated its intermediate.",
        _issuer_mismatch,
    ),
    "short-of-a-weekend": Kind("warning", "Renew earlier, or retry longer.", _short_of_a_weekend),
    "acme-port-80": Kind("error", "Move J-Web to another port, or to https only.", _acme_port_80),
    "acme-wildcard": Kind("error", "ACME on Junos cannot renew it: enroll each name by itself.", _acme_wildcard),
    "acme-account-key": Kind("warning", "Check the account key on the device.", _acme_account_key),
    "acme-release": Kind("warning", "Update the device.", _acme_release),
    "acme-routing-instance": Kind("warning", "Check that the CA reaches the device there.", _acme_routing_instance),
    "revocation-check-disabled": Kind("warning", "Use use_crl or use_ocsp.", _revocation_check_disabled),
    "direct-list": Kind("warning", "Move it to protocol scep with state replaced, in one commit.", _direct_list),
    "signature-weak": Kind("warning", "Have the CA sign with sha256 or better.", _weak_signature),
    "lifetime-shrinks": Kind("info", "Use a percentage if the CA is a public one.", _lifetime_shrinks),
    "scep-digest-sha1": Kind("info", "Junos knows no better one for SCEP. CMPv2 has no such limit.", _scep_sha1),
    "request-pending": Kind("info", "See whether the CA has issued the certificate.", _request_pending),
}


# What a check tells better than the finding about the date that comes with it.
_TOLD_BETTER_BY = {"cannot-plan": "certificate-unreadable", "no-certificate": "certificate-missing"}


def check(case: Case) -> list[Finding]:
    """What speaks against the renewal of one certificate, its date included."""
    found = [
        Finding(code, kind.severity, what, kind.advice) for code, kind in CHECKS.items() if (what := kind.check(case))
    ]
    codes = {finding.code for finding in found}
    return [*(each for each in case.renewal.findings if _TOLD_BETTER_BY.get(each.code) not in codes), *found]
