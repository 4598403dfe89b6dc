# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter import reenroll_report as plugin
from ansible_collections.netpki.junos.plugins.module_utils import _report

reenroll_report = plugin.FilterModule().filters()["reenroll_report"]

AUDIT: dict[str, Any] = {
    "generated": "2026-02-01T00:00:00Z",
    "summary": {},
    "hosts": [],
    "certificates": [],
    "findings": [],
    "load": [],
}
METRICS = (
    ("report_timestamp_seconds", "When the report was made."),
    ("host_read", "Whether the host could be read."),
    ("certificate_not_after_timestamp_seconds", "When the certificate expires."),
    ("certificate_trigger_timestamp_seconds", "When the device renews it."),
    ("certificate_findings", "Findings of the certificate by severity."),
    ("findings", "Findings of the fleet by code and severity."),
)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (
            "json",
            '{\n"certificates": [],\n"findings": [],\n"generated": "2026-02-01T00:00:00Z",\n"hosts": [],\n'
            '"load": [],\n"summary": {}\n}\n',
        ),
        (
            "csv",
            "host,certificate_id,severity,findings,protocol,ca_profile_name,ca,trigger,rule,due,not_before,not_after,"
            "days_left,device_status,device_trigger,subject,issuer,serial_number,used_by,nodes\r\n",
        ),
        (
            "calendar",
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//netpki.junos//reenroll_report//EN\r\n"
            "X-WR-CALNAME:Certificate renewals\r\nEND:VCALENDAR\r\n",
        ),
        (
            "metrics",
            "".join(
                f"# HELP netpki_junos_{name} {about}\n# TYPE netpki_junos_{name} gauge\n"
                f"{'netpki_junos_report_timestamp_seconds 1769904000' + chr(10) if name.startswith('report') else ''}"
                for name, about in METRICS
            ),
        ),
    ],
)
def test_report(form: str, text: str) -> None:
    assert reenroll_report(AUDIT, form) == text


def test_documentation_names_every_format() -> None:
    option = yaml.safe_load(plugin.DOCUMENTATION)["options"]["format"]
    assert option["choices"] == list(_report.FORMATS)
    assert [form for form in _report.FORMATS if f"V({form})" not in " ".join(option["description"])] == []


@pytest.mark.parametrize(
    ("report", "form", "message"),
    [
        (AUDIT, "pdf", "format: 'pdf' is not one of json, csv, calendar, metrics."),
        (AUDIT, {}, "format: {} is not one of json, csv, calendar, metrics."),
        ({"failed": True}, "json", "report: has no generated. Give what reenroll_audit answers."),
        (7, "csv", "report: has no generated. Give what reenroll_audit answers."),
    ],
)
def test_bad_input(report: object, form: object, message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_report(report, form)
    assert caught.value.message == message


def test_icalendar_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_report, "HAS_ICALENDAR", False)
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_report(AUDIT, "calendar")
    assert caught.value.message == (
        "The calendar needs the Python library icalendar on the controller. Install it there: pip install icalendar"
    )
