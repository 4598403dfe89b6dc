# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit of a fleet: what junos_pki_info told of every host, joined into certificates, findings and loads.

Pure: the clock is an argument, and the same input gives the same answer. What one host told wrong becomes a finding of
that host; the others are audited all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._audit_case import Case, Host, Options, readable
from ansible_collections.netpki.junos.plugins.module_utils._audit_checks import check
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._findings import SEVERITIES, Finding, worst
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._schedule import cannot_plan

Row = dict[str, Any]

#: Renewals that a CA serves in an hour, where nobody says otherwise.
CA_CAPACITY = 60

_SPREAD = "Spread them, as the filter reenroll_stagger does."

# Without these, findings are missing; without the first one, nobody knows whether anything expires.
_NEEDED = (
    ("local_certificates", "certificates-not-read", "error"),
    ("ca_certificates", "ca-certificates-not-read", "warning"),
)


@dataclass(frozen=True)
class _Audited:
    """What is said of one host. Nothing else stays of it: a fleet has a hundred thousand certificates."""

    row: Row
    certificates: Sequence[Row]
    coming: Sequence[Row]  # those of the certificates whose renewal is still to come
    findings: Sequence[Row]


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
    rows: list[Row] = []
    certificates: list[Row] = []
    coming: list[Row] = []
    findings: list[Row] = []
    for name in sorted(hosts, key=str):
        host = _audited(str(name), hosts[name], now)
        rows.append(host.row)
        certificates += host.certificates
        coming += host.coming
        findings += host.findings
    hours = _hours(coming)
    findings += _overloads(hours, ca_capacity)
    return {
        "generated": iso(now),
        "summary": _summary(rows, certificates, findings, iso(now)),
        "hosts": rows,
        "certificates": sorted(certificates, key=_certificate_order),
        "findings": sorted(findings, key=_finding_order),
        "load": [_load(ca, hours[ca]) for ca in sorted(hours)],
    }


def capacity(value: object) -> int:
    """The renewals that a CA serves in an hour, from an option; a survey delivers it as a string."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InputError(f"ca_capacity: {value!r} is not a whole number from 1 on.")
    return int(text)


def _certificate_order(row: Row) -> tuple[str, ...]:
    names = ("host", "certificate_id", "protocol", "not_after", "not_before", "serial_number", "subject")
    return tuple([row[name] or "" for name in names])


def _finding_order(row: Row) -> tuple[int | str, ...]:
    names = ("code", "host", "certificate_id", "sentence")
    return (SEVERITIES.index(row["severity"]), *[row[name] or "" for name in names])


# ---- one host ----


def _audited(name: str, result: object, now: datetime) -> _Audited:
    try:
        host = _host(name, result)
    except InputError as error:
        why = str(error)
        advice = "Make the host readable, then run again."
        finding = Finding("host-not-read", "error", f"The host could not be read: {why.rstrip('.')}.", advice)
        return _rows(Host(name, read=False, left_out=(f"everything: {why}",)), (), [finding])
    return _rows(host, _cases(host, now), _stores_not_read(host))


def _rows(host: Host, cases: Iterable[Case], findings: Iterable[Finding]) -> _Audited:
    certificates, coming = [], []
    rows = [_finding_row(finding, host.name) for finding in findings]
    for case in cases:
        found = _checked(case)
        row = _certificate_row(case, found)
        certificates.append(row)
        rows += [_finding_row(finding, host.name, case.certificate_id) for finding in found]
        if case.renewal.trigger and case.renewal.trigger >= case.now:
            coming.append(row)
    rows += _same_hour(host, coming)
    return _Audited(_host_row(host, certificates, rows), certificates, coming, rows)


def _host(name: str, result: object) -> Host:
    """What one host told, looked at closely enough that nothing after this stumbles over its form."""
    told = _mapping(result, "what was read")
    if told.get("configuration") is None:
        raise InputError(str(told.get("msg") or "its configuration was not read."))
    if told.get("filtered"):
        raise InputError("it was read with certificate_ids or ca_profiles, which leave out what an audit joins.")
    try:
        _check(told, _HOST)
    except InputError as error:
        raise InputError(str(error).removeprefix(".")) from None
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
# type. Any name may be missing or null, but for what a thing is known by.
_KNOWN_BY = ("certificate_id", "certificate_ids", "ca_profile", "name", "path")
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
        "config": [{"certificate_id": str, **dict.fromkeys(("protocol", "ca_profile_name", "acme_key_id"), str)}],
        "ca_profiles": [
            {"name": str, "routing_instance": str, "enrollment": {"url": str}, "revocation_check": {"disable": bool}}
        ],
        "deactivated": [{"path": str, "certificate_ids": [str]}],
        "certificate_uses": [{"certificate_id": str, "path": str}],
        "web_management_http_port": int,
        "acme_account_key": {"acme_key_id": [str]},
    },
    "local_certificates": [{"certificate_id": str, **_CERTIFICATE}],
    "ca_certificates": [{"ca_profile": str, **_CERTIFICATE}],
    "certificate_requests": [{"certificate_id": str}],
}


#: What an audit looks at in what junos_pki_info answered, and in what a task left that failed.
LOOKED_AT = (*_HOST, "filtered", "msg")


def _check(value: Any, form: Any) -> None:
    """Refuse a value that has not the form. The path to what is wrong is made on the way back, and only there."""
    # A dict is a Mapping and a list a Sequence, too: named first, they are told sooner.
    if isinstance(form, dict):
        if not isinstance(value, (dict, Mapping)):
            raise InputError(f": expected a mapping, got a value of type {type(value).__name__}.")
        for name, below in form.items():
            inside = value.get(name)
            try:
                if inside is None and name in _KNOWN_BY:
                    raise InputError(": is missing.")
                if inside is not None and inside.__class__ is not below:
                    _check(inside, below)
            except InputError as error:
                raise InputError(f".{name}{error}") from None
    elif isinstance(form, list):
        if isinstance(value, str) or not isinstance(value, (list, Sequence)):
            raise InputError(f": expected a list, got a value of type {type(value).__name__}.")
        for number, each in enumerate(value):
            try:
                if each.__class__ is not form[0]:
                    _check(each, form[0])
            except InputError as error:
                raise InputError(f"[{number}]{error}") from None
    elif not isinstance(value, form):
        raise InputError(f": a value of type {type(value).__name__} cannot be understood here.")


@lru_cache  # a fleet runs few releases
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
            yield Case(host, entry["certificate_id"], entry, certificate, now, nodes)
        if not own:
            yield Case(host, entry["certificate_id"], entry, None, now)
    named = {entry["certificate_id"] for entry in entries}
    for key in held.keys() - named:
        for certificate, nodes in held[key]:
            yield Case(host, key, None, certificate, now, nodes)
    if host.local_certificates is not None:
        for key in {use["certificate_id"] for use in host.listed("certificate_uses")} - named - held.keys():
            yield Case(host, key, None, None, now)


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


def _same_hour(host: Host, coming: Iterable[Row]) -> Iterator[Row]:
    hours: dict[str, set[str]] = {}
    for row in coming:
        hours.setdefault(_hour(row), set()).add(row["certificate_id"])
    for hour, keys in hours.items():
        if len(keys) > 1:
            what = f"{', '.join(sorted(keys))} renew in the same hour, {hour}."
            yield _finding_row(Finding("same-hour-on-host", "warning", what, _SPREAD), host.name)


# ---- the whole fleet ----


def _hours(coming: Iterable[Row]) -> dict[str, Counter[str]]:
    """For each CA, the renewals of every hour that has some."""
    hours: dict[str, Counter[str]] = {}
    for row in coming:
        if row["ca"]:
            hours.setdefault(row["ca"], Counter())[_hour(row)] += 1
    return hours


def _hour(row: Row) -> str:
    return f"{row['trigger'][:13]}:00:00Z"


def _overloads(hours: Mapping[str, Counter[str]], capacity: int) -> Iterator[Row]:
    for ca, counted in hours.items():
        for hour, renewals in counted.items():
            if renewals > capacity:
                what = f"{ca} gets {renewals} renewals in the hour {hour}, and serves {capacity}."
                yield _finding_row(Finding("ca-overload", "warning", what, _SPREAD))


def _load(ca: str, hours: Counter[str]) -> Row:
    """The renewals of one CA, for every day that has some."""
    days: Counter[str] = Counter()
    for hour, renewals in hours.items():
        days[hour[:10]] += renewals
    return {
        "ca": ca,
        "certificates": hours.total(),
        "peak_day": _peak(days, "day"),
        "peak_hour": _peak(hours, "hour"),
        "days": [{"day": day, "renewals": renewals} for day, renewals in sorted(days.items())],
    }


def _peak(counted: Counter[str], name: str) -> Row:
    """The first of the units with the most renewals."""
    when, renewals = min(counted.items(), key=lambda each: (-each[1], each[0]))
    return {name: when, "renewals": renewals}


def _summary(hosts: Sequence[Row], certificates: Sequence[Row], findings: Sequence[Row], now: str) -> Row:
    severities = Counter(row["severity"] for row in findings)
    coming = {
        name: min((row[name] for row in certificates if row[name] and row[name] >= now), default=None)
        for name in ("trigger", "not_after")
    }
    return {
        "hosts": len(hosts),
        "hosts_read": sum(row["read"] for row in hosts),
        "certificates": len(certificates),
        "renewing": sum(bool(row["trigger"]) and row["severity"] != "error" for row in certificates),
        "errors": severities["error"],
        "warnings": severities["warning"],
        "infos": severities["info"],
        "next_trigger": coming["trigger"],
        "next_expiry": coming["not_after"],
    }


# ---- rows of the answer ----


def _host_row(host: Host, certificates: Sequence[Row], findings: Iterable[Row]) -> Row:
    return {
        "host": host.name,
        "release": str(host.release) if host.release else None,
        "read": host.read,
        "severity": worst(row["severity"] for row in findings),
        "certificates": len(certificates),
        "left_out": list(host.left_out),
    }


def _certificate_row(case: Case, findings: Sequence[Finding]) -> Row:
    entry, shown, renewal = case.entry or {}, case.certificate or {}, case.renewal
    return {
        "host": case.host.name,
        "certificate_id": case.certificate_id,
        "protocol": entry.get("protocol"),
        "ca_profile_name": case.profile.name,
        "ca": case.profile.ca,
        "subject": shown.get("subject"),
        "issuer": shown.get("issuer"),
        "serial_number": shown.get("serial_number"),
        "not_before": _iso(renewal.not_before or readable(shown.get("not_before"))),
        "not_after": _iso(renewal.not_after or readable(shown.get("not_after"))),
        "trigger": _iso(renewal.trigger),
        "rule": renewal.rule,
        "lifetime_days": renewal.lifetime_days,
        "share_elapsed": renewal.share_elapsed,
        "days_left": renewal.days_left,
        "due": renewal.due,
        "device_trigger": _iso(case.device_trigger),
        "device_status": case.device_status,
        "used_by": case.used_by,
        "nodes": list(case.nodes),
        "severity": worst(finding.severity for finding in findings),
        "findings": [finding.code for finding in findings],
    }


def _iso(date: datetime | None) -> str | None:
    return iso(date) if date else None


def _finding_row(finding: Finding, host: str | None = None, certificate_id: str | None = None) -> Row:
    return {"host": host, "certificate_id": certificate_id, **finding._asdict()}


# ---- reading the input ----


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: expected a mapping, got a value of type {type(value).__name__}.")
    return value
