# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _report
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._report import FORMATS, write
from hypothesis import given
from hypothesis import strategies as st

Row = dict[str, Any]

RENEWING: Row = {
    "host": "fw1",
    "certificate_id": "vpn-01",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "ca": "ca.example.net",
    "subject": "CN=vpn-01",
    "issuer": "O=Example, Inc., CN=corp-ca",
    "serial_number": "0a",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
    "trigger": "2026-03-10T21:55:00Z",
    "rule": "re-enroll-time days",
    "lifetime_days": 90,
    "share_elapsed": 74,
    "days_left": 60,
    "due": False,
    "device_trigger": None,
    "device_status": "Enabled",
    "used_by": ["security ike policy a", "system ntp nts"],
    "nodes": ["node0", "node1"],
    "severity": "ok",
    "findings": [],
}
LEFT: Row = RENEWING | {
    **dict.fromkeys(
        ("protocol", "ca_profile_name", "ca", "trigger", "rule", "share_elapsed", "issuer", "device_status")
    ),
    "host": "fw2",
    "days_left": -5,
    "due": True,
    "used_by": [],
    "nodes": [],
    "severity": "error",
    "findings": ["no-entry", "expired"],
}
FINDING: Row = {
    "host": "fw2",
    "certificate_id": "vpn-01",
    "code": "no-entry",
    "severity": "error",
    "sentence": "Nothing renews <it> & more.",
    "advice": "Declare an entry.",
}


def report(*certificates: Row, findings: list[Row] | None = None, hosts: list[Row] | None = None) -> Row:
    return {
        "generated": "2026-02-01T00:00:00Z",
        "summary": {"hosts": 2, "errors": 1},
        "hosts": hosts if hosts is not None else [{"host": "fw1", "read": True}, {"host": "fw2", "read": False}],
        "certificates": list(certificates),
        "findings": findings if findings is not None else [FINDING],
        "load": [],
    }


SMALL = report(RENEWING, LEFT)
# What somebody else may write into a name.
NASTY = [
    "</script><script>alert(1)</script>",
    "<!--",
    "]]>&amp;",
    "two\nlines",
    "two\r\nlines",
    "a\rb",
    "comma, semicolon; colon: \"quote\" 'single'",
    "back\\slash\\n",
    "ends with \\",
    '"',
    '{x="y"} 1',
    "\u2028line\u2029paragraph",
    "Köln 密码 🔑",
    "BEGIN:VEVENT\nEND:VCALENDAR",
    "x" * 200,
    "ü" * 100,
    " blanks ",
    "",
]
nasty = pytest.mark.parametrize("text", NASTY, ids=ascii)


# ---- JSON ----


def test_json() -> None:
    row = {"b": [1, None, True], "a": "x"}
    small = report(row, {}, hosts=[], findings=[FINDING]) | {"summary": {"z": 0.5, "a": {}}}
    assert write(small, "json") == (
        "{\n"
        '"certificates": [\n'
        '{"a": "x", "b": [1, null, true]},\n'
        "{}\n"
        "],\n"
        '"findings": [\n'
        '{"advice": "Declare an entry.", "certificate_id": "vpn-01", "code": "no-entry", "host": "fw2", '
        '"sentence": "Nothing renews \\u003cit\\u003e \\u0026 more.", "severity": "error"}\n'
        "],\n"
        '"generated": "2026-02-01T00:00:00Z",\n'
        '"hosts": [],\n'
        '"load": [],\n'
        '"summary": {"a": {}, "z": 0.5}\n'
        "}\n"
    )


@nasty
def test_json_round_trip(text: str) -> None:
    nasty_report = report(RENEWING | {"subject": text, text: [text]}) | {text or "more": text}
    written = write(nasty_report, "json")
    assert json.loads(written) == nasty_report
    assert re.findall("[<>&\u2028\u2029]", written) == []


# ---- CSV ----

COLUMNS = (
    "host,certificate_id,severity,findings,protocol,ca_profile_name,ca,trigger,rule,due,not_before,not_after,days_left,"
    "device_status,device_trigger,subject,issuer,serial_number,used_by,nodes"
)


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_csv() -> None:
    assert write(SMALL, "csv") == (
        f"{COLUMNS}\r\n"
        "fw1,vpn-01,ok,,scep,corp-ca,ca.example.net,2026-03-10T21:55:00Z,re-enroll-time days,false,"
        "2026-01-02T09:55:00Z,2026-04-02T09:55:00Z,60,Enabled,,CN=vpn-01,"
        '"O=Example, Inc., CN=corp-ca",0a,security ike policy a; system ntp nts,node0; node1\r\n'
        "fw2,vpn-01,error,no-entry; expired,,,,,,true,2026-01-02T09:55:00Z,2026-04-02T09:55:00Z,-5,,,"
        "CN=vpn-01,,0a,,\r\n"
    )
    assert write(report(), "csv") == f"{COLUMNS}\r\n"


@nasty
def test_csv_is_read_back(text: str) -> None:
    (row,) = read_csv(write(report(RENEWING | {"subject": text, "used_by": [text, text]}), "csv"))
    assert row["subject"] == text
    assert row["used_by"] == f"{text}; {text}"
    assert (row["host"], row["nodes"]) == ("fw1", "node0; node1")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"], ids=ascii)
def test_no_cell_is_a_formula(begin: str) -> None:
    formula = f'{begin}cmd|" /c calc"!A0'
    strings = [name for name in RENEWING if name not in ("days_left", "due", "lifetime_days", "share_elapsed")]
    told = {name: [formula, formula] if isinstance(RENEWING[name], list) else formula for name in strings}
    (row,) = read_csv(write(report(RENEWING | told), "csv"))
    lists = {"findings", "used_by", "nodes"}
    assert {name: value for name, value in row.items() if name in lists} == dict.fromkeys(
        lists, f"'{formula}; {formula}"
    )
    assert {value for name, value in row.items() if name not in {*lists, "days_left", "due"}} == {f"'{formula}"}
    # Numbers are numbers.
    assert read_csv(write(report(LEFT), "csv"))[0]["days_left"] == "-5"


def test_only_the_beginning_of_a_cell_counts() -> None:
    (row,) = read_csv(write(report(RENEWING | {"subject": "a=1+1", "issuer": "'=1", "host": " =1"}), "csv"))
    assert (row["subject"], row["issuer"], row["host"]) == ("a=1+1", "'=1", " =1")


# ---- calendar ----


def events(text: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_calendar() -> None:
    text = write(SMALL, "calendar")
    calendar = icalendar.Calendar.from_ical(text)
    assert (calendar["version"], calendar["prodid"], calendar["x-wr-calname"]) == (
        "2.0",
        "-//netpki.junos//reenroll_report//EN",
        "Certificate renewals",
    )
    by = "Renews by re-enroll-time days."
    expiry, trigger = datetime(2026, 4, 2, 9, 55, tzinfo=UTC), datetime(2026, 3, 10, 21, 55, tzinfo=UTC)
    assert [(str(each["summary"]), each.decoded("dtstart"), str(each["description"])) for each in events(text)] == [
        ("fw1 vpn-01 renews", trigger, by),
        ("fw1 vpn-01 expires", expiry, by),
        ("fw2 vpn-01 expires", expiry, "Nothing renews it. Findings: no-entry, expired."),
    ]
    assert {each.decoded("dtstamp") for each in events(text)} == {datetime(2026, 2, 1, tzinfo=UTC)}
    assert {str(each["transp"]) for each in events(text)} == {"TRANSPARENT"}
    # Lines end as the standard has it, and no date is a local one.
    assert text.count("\r\n") == text.count("\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert re.findall(r"DTST\w+:(.*)\r", text) == [
        *("20260310T215500Z", "20260201T000000Z", "20260402T095500Z"),
        *("20260201T000000Z", "20260402T095500Z", "20260201T000000Z"),
    ]


def uids(*certificates: Row, **other: Any) -> list[str]:
    return [str(each["uid"]) for each in events(write(report(*certificates) | other, "calendar"))]


def test_an_event_keeps_its_uid() -> None:
    assert uids(RENEWING) == [
        "ec5f12b095b7a1ec71cdb0fc91ff8207@netpki.junos",
        "1b131c83234342abf2344ff87d381b54@netpki.junos",
    ]
    moved = RENEWING | {"trigger": "2026-03-11T00:00:00Z", "severity": "error", "findings": ["x"], "subject": "CN=y"}
    assert uids(moved, generated="2026-02-02T00:00:00Z") == uids(RENEWING)


@pytest.mark.parametrize(
    "other",
    [
        {"host": "fw2"},
        {"certificate_id": "vpn-02"},
        {"protocol": "cmpv2"},
        {"serial_number": "0b"},
        {"not_before": "2026-01-03T09:55:00Z"},
        # What is joined to one key must not run into each other.
        {"host": "fw1vpn-01", "certificate_id": ""},
    ],
)
def test_two_certificates_have_uids_of_their_own(other: Row) -> None:
    assert len(set(uids(RENEWING, RENEWING | other))) == 4


def test_certificates_without_a_serial_number_have_uids_of_their_own() -> None:
    bare = RENEWING | {"serial_number": None}
    assert len(set(uids(bare, bare | {"not_before": "2026-01-03T09:55:00Z"}))) == 4


@nasty
def test_calendar_is_read_back(text: str) -> None:
    written = write(report(RENEWING | {"host": text, "findings": [text]}), "calendar")
    renews, expires = events(written)
    as_lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert str(renews["summary"]) == f"{as_lines} vpn-01 renews"
    assert str(expires["description"]) == f"Renews by re-enroll-time days. Findings: {as_lines}."
    assert len(icalendar.Calendar.from_ical(written).subcomponents) == 2


def test_calendar_without_dates() -> None:
    assert uids(RENEWING | {"trigger": None, "not_after": None}) == []
    assert uids() == []


def test_icalendar_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_report, "HAS_ICALENDAR", False)
    with pytest.raises(NetpkiError) as caught:
        write(SMALL, "calendar")
    assert str(caught.value) == (
        "The calendar needs the Python library icalendar on the controller. Install it there: pip install icalendar"
    )
    assert write(report(), "csv") == f"{COLUMNS}\r\n"


# ---- metrics ----


def metric(name: str, about: str, *lines: str) -> str:
    name = f"netpki_junos_{name}"
    values = "".join(f"{name}{line}\n" for line in lines)
    return f"# HELP {name} {about}\n# TYPE {name} gauge\n{values}"


def series(text: str) -> list[str]:
    """Every line with a value, without it."""
    return [line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")]


def test_metrics() -> None:
    findings = [
        FINDING,
        FINDING | {"code": "expired"},
        FINDING | {"code": "request-pending", "severity": "info"},
        FINDING | {"host": "fw1"},
        FINDING | {"host": "fw2", "certificate_id": None, "code": "host-not-read"},
        FINDING | {"host": None, "certificate_id": None, "code": "ca-overload", "severity": "warning"},
    ]
    fw1 = '{host="fw1",certificate_id="vpn-01",protocol="scep",ca="ca.example.net"}'
    fw2 = '{host="fw2",certificate_id="vpn-01",protocol="",ca=""}'
    assert write(report(RENEWING, LEFT, findings=findings), "metrics") == (
        metric("report_timestamp_seconds", "When the report was made.", " 1769904000")
        + metric("host_read", "Whether the host could be read.", '{host="fw1"} 1', '{host="fw2"} 0')
        + metric(
            "certificate_not_after_timestamp_seconds",
            "When the certificate expires.",
            f"{fw1} 1775123700",
            f"{fw2} 1775123700",
        )
        + metric("certificate_trigger_timestamp_seconds", "When the device renews it.", f"{fw1} 1773179700")
        + metric(
            "certificate_findings",
            "Findings of the certificate by severity.",
            '{host="fw1",certificate_id="vpn-01",severity="error"} 1',
            '{host="fw2",certificate_id="vpn-01",severity="error"} 2',
            '{host="fw2",certificate_id="vpn-01",severity="info"} 1',
        )
        + metric(
            "findings",
            "Findings of the fleet by code and severity.",
            '{code="ca-overload",severity="warning"} 1',
            '{code="expired",severity="error"} 1',
            '{code="host-not-read",severity="error"} 1',
            '{code="no-entry",severity="error"} 2',
            '{code="request-pending",severity="info"} 1',
        )
    )


def test_metrics_of_nothing() -> None:
    text = write(report(findings=[], hosts=[]), "metrics")
    assert series(text) == ["netpki_junos_report_timestamp_seconds"]
    assert text.endswith("netpki_junos_findings gauge\n")


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("back\\slash", "back\\\\slash"),
        ('quo"te', 'quo\\"te'),
        ("new\nline", "new\\nline"),
        ("\\n", "\\\\n"),
        ('\\"\n', '\\\\\\"\\n'),
        ("Köln, {x=1} ", "Köln, {x=1} "),
    ],
)
def test_labels_are_escaped(host: str, label: str) -> None:
    row, finding = RENEWING | {"host": host}, FINDING | {"host": host}
    text = write(report(row, findings=[finding], hosts=[{"host": host, "read": True}]), "metrics")
    assert [line for line in text.split("\n") if line.startswith("netpki_junos_host_read")] == [
        f'netpki_junos_host_read{{host="{label}"}} 1'
    ]
    assert text.count(f'host="{label}"') == 4


def test_of_two_certificates_with_the_same_labels_the_earlier_dates_count() -> None:
    newer = RENEWING | {"serial_number": "0b", "not_after": "2026-05-02T09:55:00Z", "trigger": "2026-04-02T09:55:00Z"}
    for certificates in ((RENEWING, newer), (newer, RENEWING)):
        text = write(report(*certificates), "metrics")
        assert len(set(series(text))) == len(series(text))
        assert re.findall(r"certificate_(?:not_after|trigger)_timestamp_seconds\S+ (\d+)", text) == [
            "1775123700",
            "1773179700",
        ]


@nasty
def test_no_series_twice_and_no_line_broken(text: str) -> None:
    rows = [RENEWING | {"host": text}, RENEWING | {"host": text, "ca": text}, LEFT | {"certificate_id": text}]
    written = write(report(*rows), "metrics")
    lines = written.removesuffix("\n").split("\n")
    sample = re.compile(r'netpki_junos_\w+(\{(\w+="([^"\\]|\\["\\n])*",?)+\})? \d+')
    assert [line for line in lines if not line.startswith("# ") and not sample.fullmatch(line)] == []
    assert len(set(lines)) == len(lines)


# ---- every format ----


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_audit_gives_the_same_text(form: str) -> None:
    again = json.loads(json.dumps(SMALL))
    assert write(SMALL, form) == write(again, form)
    assert again == SMALL


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t")))
def test_any_name_is_written(text: str) -> None:
    named = report(RENEWING | {"host": text, "subject": text}, findings=[FINDING | {"host": text}])
    assert json.loads(write(named, "json")) == named
    assert read_csv(write(named, "csv"))[0]["subject"].removeprefix("'") == text.removeprefix("'")
    assert len(events(write(named, "calendar"))) == 2
    assert len(set(series(write(named, "metrics").replace("\r", " ")))) > 0


@pytest.mark.parametrize(
    ("value", "form", "message"),
    [
        (SMALL, "xml", "format: 'xml' is not one of json, csv, calendar, metrics."),
        (SMALL, "JSON", "format: 'JSON' is not one of json, csv, calendar, metrics."),
        (SMALL, None, "format: None is not one of json, csv, calendar, metrics."),
        (SMALL, ["json"], "format: ['json'] is not one of json, csv, calendar, metrics."),
        ({}, "json", "report: has no generated. Give what reenroll_audit answers."),
        ([], "csv", "report: has no generated. Give what reenroll_audit answers."),
        (None, "metrics", "report: has no generated. Give what reenroll_audit answers."),
        ("certificates", "calendar", "report: has no generated. Give what reenroll_audit answers."),
        *(
            (
                {key: value for key, value in SMALL.items() if key != name},
                "json",
                f"report: has no {name}. Give what reenroll_audit answers.",
            )
            for name in SMALL
        ),
    ],
)
def test_bad_input(value: object, form: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        write(value, form)
    assert str(caught.value) == message
