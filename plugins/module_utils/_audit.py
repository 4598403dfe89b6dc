# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit of a fleet: what junos_pki_info told of every host, joined into certificates, findings and loads.

Pure: the clock is an argument, and the same input gives the same answer. What one host told wrong becomes a finding of
that host; the others are audited all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._audit_case import Case, Host, Options
from ansible_collections.netpki.junos.plugins.module_utils._audit_checks import check
from ansible_collections.netpki.junos.plugins.module_utils._certificates import Certificate, iso, parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._findings import SEVERITIES, Finding, worst
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._schedule import (
    Renewal,
    cannot_plan,
    plan,
    plan_without_dates,
    plan_without_readable_dates,
)

Row = dict[str, Any]

#: Renewals that a CA serves in an hour, where nobody says otherwise.
CA_CAPACITY = 60

# Without these, findings are missing; without the first one, nobody knows whether anything expires.
_NEEDED = (
    ("local_certificates", "certificates-not-read", "error"),
    ("ca_certificates", "ca-certificates-not-read", "warning"),
)
_CERTIFICATE_ORDER = ("host", "certificate_id", "protocol", "not_after", "not_before", "serial_number", "subject")


@dataclass(frozen=True)
class _Audited:
    """One host: its cases with their findings, and the findings about the host as a whole."""

    host: Host
    cases: tuple[tuple[Case, tuple[Finding, ...]], ...] = ()
    findings: tuple[Finding, ...] = ()


def audit(results: object, now: datetime, ca_capacity: int = CA_CAPACITY) -> Row:
    """The state of a fleet at ``now`` (aware).

    :param results: for each host by its name, what junos_pki_info answered, or what a task left that failed.
    :param ca_capacity: how many renewals a CA serves in an hour.
    :returns: generated, summary, hosts, certificates, findings and load, as the filter reenroll_audit documents them.
    :raises InputError: ``results`` is no mapping of hosts.
    """
    hosts = _mapping(results, "results")
    if {"configuration", "local_certificates", "not_read"} <= hosts.keys():
        raise InputError(
            "results: this is the result of one host. Give a mapping, with the name of the host as the key."
        )
    fleet = [_audited(str(name), hosts[name], now) for name in sorted(hosts, key=str)]
    cases = [case for each in fleet for case, _findings in each.cases]
    findings = [
        *(_finding_row(finding) for finding in _overloads(cases, ca_capacity)),
        *(_finding_row(finding, each.host.name) for each in fleet for finding in each.findings),
        *(
            _finding_row(finding, case.host.name, case.certificate_id)
            for each in fleet
            for case, found in each.cases
            for finding in found
        ),
    ]
    certificates = [_certificate_row(case, found) for each in fleet for case, found in each.cases]
    return {
        "generated": iso(now),
        "summary": _summary(fleet, certificates, findings, now),
        "hosts": [_host_row(each) for each in fleet],
        "certificates": sorted(certificates, key=lambda row: _order(row, *_CERTIFICATE_ORDER)),
        "findings": sorted(
            findings,
            key=lambda row: (
                SEVERITIES.index(row["severity"]),
                *_order(row, "code", "host", "certificate_id", "sentence"),
            ),
        ),
        "load": _load(cases),
    }


def capacity(value: object) -> int:
    """The renewals that a CA serves in an hour, from an option; a survey delivers it as a string."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InputError(f"ca_capacity: {value!r} is not a whole number from 1 on.")
    return int(text)


def _order(row: Row, *names: str) -> tuple[str, ...]:
    return tuple(str(row[name] or "") for name in names)


# ---- one host ----


def _audited(name: str, result: object, now: datetime) -> _Audited:
    try:
        host = _host(name, result)
    except InputError as error:
        why = str(error)
        advice = "Make the host readable, then run again."
        finding = Finding("host-not-read", "error", f"The host could not be read: {why.rstrip('.')}.", advice)
        return _Audited(Host(name, read=False, left_out=(f"everything: {why}",)), findings=(finding,))
    cases = tuple((case, tuple(_checked(case))) for case in _cases(host, now))
    return _Audited(host, cases, (*_stores_not_read(host), *_same_hour(case for case, _found in cases)))


def _host(name: str, result: object) -> Host:
    """What one host told, looked at closely enough that nothing after this stumbles over its form."""
    told = _mapping(result, "what was read")
    if told.get("configuration") is None:
        raise InputError(str(told.get("msg") or "its configuration was not read."))
    if told.get("filtered"):
        raise InputError("it was read with certificate_ids or ca_profiles, which leave out what an audit joins.")
    _check(told, _HOST, "")
    left_out = [f"{store}: {why}" for store, why in sorted((told.get("not_read") or {}).items())]
    return Host(
        name=name,
        release=_release(told.get("release")),
        configuration=told["configuration"],
        local_certificates=told.get("local_certificates"),
        ca_certificates=told.get("ca_certificates"),
        certificate_requests=told.get("certificate_requests"),
        nodes=tuple(told.get("nodes") or ()),
        left_out=tuple(left_out),
    )


# The form of what junos_pki_info answers, as far as an audit looks at it: a mapping of names, a list of one form, or a
# type. A name with a ! must be there; any other may be missing or null.
_CERTIFICATE = {
    **dict.fromkeys(("subject", "issuer", "serial_number", "signature_algorithm", "node"), str),
    **dict.fromkeys(("not_before", "not_after"), (str, datetime)),
    **{name: [str] for name in ("alternate_subjects", "problems")},
    "auto_re_enrollment": dict.fromkeys(("status", "next_trigger", "next_trigger_time"), str),
}
_HOST: dict[str, Any] = {
    "release": str,
    "nodes": [str],
    "not_read": {},
    "configuration": {
        "config": [{"!certificate_id": str, **dict.fromkeys(("protocol", "ca_profile_name", "acme_key_id"), str)}],
        "ca_profiles": [
            {"!name": str, "routing_instance": str, "enrollment": {"url": str}, "revocation_check": {"disable": bool}}
        ],
        "deactivated": [{"!path": str, "!certificate_ids": [str]}],
        "certificate_uses": [{"!certificate_id": str, "!path": str}],
        "web_management_http_port": int,
        "acme_account_key": {"acme_key_id": [str]},
    },
    "local_certificates": [{"!certificate_id": str, **_CERTIFICATE}],
    "ca_certificates": [{"!ca_profile": str, **_CERTIFICATE}],
    "certificate_requests": [{"!certificate_id": str}],
}


#: What an audit looks at in what junos_pki_info answered, and in what a task left that failed.
LOOKED_AT = (*_HOST, "filtered", "msg")


def _check(value: Any, form: Any, where: str) -> None:
    """Refuse a value that has not the form."""
    if isinstance(form, dict):
        told = _mapping(value, where or "what was read")
        for key, below in form.items():
            name = key.removeprefix("!")
            inside = f"{where}.{name}" if where else name
            if told.get(name) is not None:
                _check(told[name], below, inside)
            elif key.startswith("!"):
                raise InputError(f"{inside}: is missing.")
    elif isinstance(form, list):
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise InputError(f"{where}: expected a list, got a value of type {type(value).__name__}.")
        for number, each in enumerate(value):
            _check(each, form[0], f"{where}[{number}]")
    elif not isinstance(value, form):
        raise InputError(f"{where}: a value of type {type(value).__name__} cannot be understood here.")


def _release(text: Any) -> Release | None:
    """The release; one that cannot be understood is none, and the findings that need it are left out."""
    try:
        return Release.parse(text)
    except InputError:
        return None


def _cases(host: Host, now: datetime) -> Iterator[Case]:
    """Every entry with each certificate that it stands for, every other certificate, and what is in use without one."""
    held: dict[str, list[tuple[Options, tuple[str, ...]]]] = {}
    for certificate, nodes in _held(host.local_certificates or ()):
        held.setdefault(certificate["certificate_id"], []).append((certificate, nodes))
    entries = host.listed("config")
    for entry in entries:
        own = held.get(entry["certificate_id"], ())
        for certificate, nodes in own:
            yield _case(host, entry, certificate, nodes, now)
        if not own:
            yield _case(host, entry, None, (), now)
    named = {entry["certificate_id"] for entry in entries}
    for key in held.keys() - named:
        for certificate, nodes in held[key]:
            yield _case(host, None, certificate, nodes, now)
    if host.local_certificates is not None:
        for key in {use["certificate_id"] for use in host.listed("certificate_uses")} - named - held.keys():
            yield _case(host, None, None, (), now, key)


def _held(certificates: Iterable[Options]) -> Iterator[tuple[Options, tuple[str, ...]]]:
    """The certificates, with the nodes that hold the same one: each node of a chassis cluster tells its own.

    Which node of a cluster runs the timer is not documented: a node that says that it does is the one to believe.
    """
    found: dict[tuple[Any, ...], tuple[Options, list[str]]] = {}
    for each in sorted(certificates, key=lambda each: (not _runs_timer(each), each.get("node") or "")):
        same = tuple(map(each.get, ("certificate_id", "serial_number", "subject", "not_before", "not_after")))
        _first, nodes = found.setdefault(same, (each, []))
        nodes += [each["node"]] if each.get("node") else []
    for certificate, nodes in found.values():
        yield certificate, tuple(sorted(nodes))


def _runs_timer(certificate: Options) -> bool:
    told: Options = certificate.get("auto_re_enrollment") or {}
    return bool(told.get("next_trigger")) and str(told["next_trigger"]).lower() != "timer not started"


def _case(
    host: Host, entry: Options | None, certificate: Options | None, nodes: tuple[str, ...], now: datetime, key: str = ""
) -> Case:
    key = key or (certificate or entry or {})["certificate_id"]
    case = Case(host, key, entry, certificate, Renewal(), now, nodes)
    return Case(host, key, entry, certificate, _renewal(case), now, nodes)


def _renewal(case: Case) -> Renewal:
    try:
        if case.certificate is not None:
            return plan(_certificate(case.certificate), case.entry, case.now, case.host.release, case.profile)
        if case.entry is None:
            return Renewal()
        return plan_without_dates(case.entry, "no-certificate" if case.missing else "certificate-not-shown")
    except InputError as error:
        return plan_without_readable_dates(case.entry, error)


def _certificate(shown: Options) -> Certificate:
    not_before, not_after = (
        parse_date(shown[name], f"certificate.{name}") if shown.get(name) else None
        for name in ("not_before", "not_after")
    )
    return Certificate(shown["certificate_id"], not_before, not_after)


def _checked(case: Case) -> list[Finding]:
    try:
        return check(case)
    except InputError as error:
        return [*case.renewal.findings, cannot_plan(error)]


def _stores_not_read(host: Host) -> Iterator[Finding]:
    for store, code, severity in _NEEDED:
        if getattr(host, store) is None:
            why = next((text for text in host.left_out if text.startswith(f"{store}: ")), f"{store}: not asked for.")
            yield Finding(code, severity, f"Not read, {why}", "Read them: findings that need them are missing here.")


def _same_hour(cases: Iterable[Case]) -> Iterator[Finding]:
    hours: dict[str, list[str]] = {}
    for case, at in _coming(cases):
        hours.setdefault(_hour(at), []).append(case.certificate_id)
    for hour, keys in sorted(hours.items()):
        if len(set(keys)) > 1:
            what = f"{', '.join(sorted(set(keys)))} renew in the same hour, {hour}."
            yield Finding("same-hour-on-host", "warning", what, "Spread them, as the filter reenroll_stagger does.")


# ---- the whole fleet ----


def _overloads(cases: Iterable[Case], capacity: int) -> Iterator[Finding]:
    count = Counter((case.ca, _hour(at)) for case, at in _coming(cases) if case.ca)
    for (ca, hour), renewals in sorted(count.items()):
        if renewals > capacity:
            yield Finding(
                "ca-overload",
                "warning",
                f"{ca} gets {renewals} renewals in the hour {hour}, and serves {capacity}.",
                "Spread them, as the filter reenroll_stagger does.",
            )


def _coming(cases: Iterable[Case]) -> Iterator[tuple[Case, datetime]]:
    """The renewals that are still to come."""
    for case in cases:
        if case.renewal.trigger and case.renewal.trigger >= case.now:
            yield case, case.renewal.trigger


def _load(cases: Iterable[Case]) -> list[Row]:
    """For each CA, the renewals of every day that has some."""
    triggers: dict[str, list[datetime]] = {}
    for case, at in _coming(cases):
        if case.ca:
            triggers.setdefault(case.ca, []).append(at)
    return [
        {
            "ca": ca,
            "certificates": len(dates),
            "peak_day": _peak(dates, _day, "day"),
            "peak_hour": _peak(dates, _hour, "hour"),
            "days": [{"day": day, "renewals": count} for day, count in sorted(Counter(map(_day, dates)).items())],
        }
        for ca, dates in sorted(triggers.items())
    ]


def _peak(dates: Iterable[datetime], unit: Callable[[datetime], str], name: str) -> Row:
    """The first of the units with the most renewals."""
    when, count = min(Counter(map(unit, dates)).items(), key=lambda each: (-each[1], each[0]))
    return {name: when, "renewals": count}


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _hour(at: datetime) -> str:
    return iso(at.replace(minute=0, second=0))


def _summary(fleet: Sequence[_Audited], certificates: Sequence[Row], findings: Sequence[Row], now: datetime) -> Row:
    severities = Counter(row["severity"] for row in findings)
    coming = {
        name: min((row[name] for row in certificates if row[name] and row[name] >= iso(now)), default=None)
        for name in ("trigger", "not_after")
    }
    return {
        "hosts": len(fleet),
        "hosts_read": sum(each.host.read for each in fleet),
        "certificates": len(certificates),
        "renewing": sum(bool(row["trigger"]) and row["severity"] != "error" for row in certificates),
        "errors": severities["error"],
        "warnings": severities["warning"],
        "infos": severities["info"],
        "next_trigger": coming["trigger"],
        "next_expiry": coming["not_after"],
    }


# ---- rows of the answer ----


def _host_row(each: _Audited) -> Row:
    found = [*each.findings, *(finding for _case, found in each.cases for finding in found)]
    return {
        "host": each.host.name,
        "release": str(each.host.release) if each.host.release else None,
        "read": each.host.read,
        "severity": worst(finding.severity for finding in found),
        "certificates": len(each.cases),
        "left_out": list(each.host.left_out),
    }


def _certificate_row(case: Case, findings: Sequence[Finding]) -> Row:
    shown, renewal = case.certificate or {}, case.renewal.result()
    entry = case.entry or {}
    return {
        "host": case.host.name,
        "certificate_id": case.certificate_id,
        "protocol": entry.get("protocol"),
        "ca_profile_name": case.profile_name,
        "ca": case.ca,
        **{name: shown.get(name) for name in ("subject", "issuer", "serial_number")},
        **{name: _readable(shown.get(name)) for name in ("not_before", "not_after")},
        **{name: renewal[name] for name in ("trigger", "rule", "lifetime_days", "share_elapsed", "days_left", "due")},
        "device_trigger": iso(case.device_trigger) if case.device_trigger else None,
        "device_status": case.device_status,
        "used_by": case.used_by,
        "nodes": list(case.nodes),
        "severity": worst(finding.severity for finding in findings),
        "findings": [finding.code for finding in findings],
    }


def _readable(date: object) -> str | None:
    try:
        return iso(parse_date(date, "date")) if date else None
    except InputError:
        return None


def _finding_row(finding: Finding, host: str | None = None, certificate_id: str | None = None) -> Row:
    return {"host": host, "certificate_id": certificate_id, **vars(finding)}


# ---- reading the input ----


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: expected a mapping, got a value of type {type(value).__name__}.")
    return value
