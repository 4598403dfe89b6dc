# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An audit, written down for programs: JSON, CSV, a calendar and metrics. Pure: the same audit gives the same text.

Names of hosts and certificates, subjects and issuers are somebody else's text. Each format has its own way to take
them as text and nothing else.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._certificates import parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError

try:
    import icalendar
except ImportError:
    HAS_ICALENDAR = False
else:
    HAS_ICALENDAR = True

Row = Mapping[str, Any]


# ---- JSON ----

# Inside an HTML script element these would end it, or a line of the script. In JSON the escaped form is the same text.
_IN_HTML = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})


def to_json(report: Row) -> str:
    """JSON with a line for every row, keys sorted. It may stand inside a script element of an HTML page."""
    parts = (f"{_dump(key)}: {_rows(value)}" for key, value in sorted(report.items()))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _rows(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _dump(value)
    return "[\n" + ",\n".join(map(_dump, value)) + "\n]"


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False).translate(_IN_HTML)


# ---- CSV ----

_COLUMNS = (
    *("host", "certificate_id", "severity", "findings", "protocol", "ca_profile_name", "ca"),
    *("trigger", "rule", "due", "not_before", "not_after", "days_left", "device_status", "device_trigger"),
    *("subject", "issuer", "serial_number", "used_by", "nodes"),
)
# A spreadsheet takes a cell that begins so for a formula, and works it out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(report: Row) -> str:
    """RFC 4180, a line for every certificate. Text that a spreadsheet would work out has an apostrophe in front."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for row in report["certificates"]:
        writer.writerow([_cell(row[column]) for column in _COLUMNS])
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return _cell("; ".join(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else str(value)


# ---- calendar ----


def to_calendar(report: Row) -> str:
    """RFC 5545, an event for every renewal and every expiry. An event keeps its UID from run to run.

    :raises NetpkiError: the library icalendar is missing.
    """
    if not HAS_ICALENDAR:
        raise NetpkiError(
            "The calendar needs the Python library icalendar on the controller. Install it there: pip install icalendar"
        )
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//netpki.junos//reenroll_report//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Certificate renewals")
    stamp = parse_date(report["generated"], "generated")
    for row in report["certificates"]:
        for name, what in (("trigger", "renews"), ("not_after", "expires")):
            if row[name]:
                calendar.add_component(_event(row, name, what, stamp))
    return str(calendar.to_ical().decode())


def _event(row: Row, name: str, what: str, stamp: datetime) -> Any:
    event = icalendar.Event()
    key = "\0".join(str(row[part]) for part in ("host", "certificate_id", "protocol", "serial_number", "not_before"))
    event.add("uid", f"{hashlib.sha256(f'{key}{name}'.encode()).hexdigest()[:32]}@netpki.junos")
    event.add("dtstamp", stamp)
    event.add("dtstart", parse_date(row[name], name))
    event.add("summary", f"{row['host']} {row['certificate_id']} {what}")
    about = [f"Renews by {row['rule']}." if row["rule"] else "Nothing renews it."]
    about += [f"Findings: {', '.join(row['findings'])}."] if row["findings"] else []
    event.add("description", " ".join(about))
    event.add("transp", "TRANSPARENT")  # nobody is busy because a certificate renews
    return event


# ---- metrics ----

_PREFIX = "netpki_junos"


def to_metrics(report: Row) -> str:
    """The text format of Prometheus, for the textfile collector. Times are seconds since 1970."""
    certificates = report["certificates"]
    metrics: tuple[tuple[str, str, Iterable[tuple[dict[str, str], float]]], ...] = (
        ("report_timestamp_seconds", "When the report was made.", [({}, _seconds(report["generated"]))]),
        (
            "host_read",
            "Whether the host could be read.",
            [({"host": row["host"]}, int(row["read"])) for row in report["hosts"]],
        ),
        ("certificate_not_after_timestamp_seconds", "When the certificate expires.", _dated(certificates, "not_after")),
        ("certificate_trigger_timestamp_seconds", "When the device renews it.", _dated(certificates, "trigger")),
        ("certificate_findings", "Findings of the certificate by severity.", _by_certificate(report["findings"])),
        ("findings", "Findings of the fleet by code and severity.", _by_code(report["findings"])),
    )
    return "".join(_metric(f"{_PREFIX}_{name}", about, values) for name, about, values in metrics)


def _metric(name: str, about: str, values: Iterable[tuple[dict[str, str], float]]) -> str:
    lines = [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
    lines += [f"{name}{_labels(labels)} {value}" for labels, value in values]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _dated(certificates: Iterable[Row], name: str) -> list[tuple[dict[str, str], float]]:
    """One value for each certificate: of two that bear the same labels, the earlier one."""
    found: dict[tuple[str, ...], int] = {}
    for row in certificates:
        if row[name]:
            key = tuple(str(row[label] or "") for label in _OF_A_CERTIFICATE)
            found[key] = min(found.get(key, 2**62), _seconds(row[name]))
    return [(dict(zip(_OF_A_CERTIFICATE, key, strict=True)), value) for key, value in found.items()]


_OF_A_CERTIFICATE = ("host", "certificate_id", "protocol", "ca")


def _by_certificate(findings: Iterable[Row]) -> list[tuple[dict[str, str], float]]:
    labels = ("host", "certificate_id", "severity")
    count = Counter(tuple(row[label] for label in labels) for row in findings if row["certificate_id"])
    return [(dict(zip(labels, key, strict=True)), value) for key, value in sorted(count.items())]


def _by_code(findings: Iterable[Row]) -> list[tuple[dict[str, str], float]]:
    count = Counter((row["code"], row["severity"]) for row in findings)
    return [({"code": code, "severity": severity}, value) for (code, severity), value in sorted(count.items())]


def _seconds(date: str) -> int:
    return int(parse_date(date, "date").timestamp())


FORMATS: dict[str, Callable[[Row], str]] = {
    "json": to_json,
    "csv": to_csv,
    "calendar": to_calendar,
    "metrics": to_metrics,
}


def write(report: object, form: object) -> str:
    """An audit in one of FORMATS; InputError where it is none, or the format is not known."""
    if not isinstance(form, str) or form not in FORMATS:
        raise InputError(f"format: {form!r} is not one of {', '.join(FORMATS)}.")
    needed = ("generated", "summary", "hosts", "certificates", "findings", "load")
    missing = [name for name in needed if not isinstance(report, Mapping) or name not in report]
    if missing or not isinstance(report, Mapping):
        raise InputError(f"report: has no {missing[0]}. Give what reenroll_audit answers.")
    return FORMATS[form](report)
