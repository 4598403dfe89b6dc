# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role pki_report: what it reads, what it writes, and how it ends."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import icalendar
import pytest
from integration.playing import Run, Stage, host_variables
from tools.samples import CORP_CA, RENEWS, VPN_01

ROLE = {"ansible.builtin.import_role": {"name": "netpki.junos.pki_report"}}
PLAYBOOK = {"ansible.builtin.import_playbook": "netpki.junos.report"}
NOW = "2026-11-24T09:00:00Z"
FILES = ["calendar.ics", "metrics.prom", "report.csv", "report.html", "report.json"]
READ = [
    *("get-configuration", "get-pki-local-certificate", "get-pki-ca-certificate", "get-pki-certificate-request"),
    "close-session",
]

FORGOTTEN = "set security ike policy to-hq certificate local-certificate vpn-01"
# What Ansible would work out, if it took it for a template, and what a page would run.
HOSTILE = {**VPN_01, "subject": "CN={{ lookup('pipe' 'id') }}, O=<script>alert(1)</script>", "identifier": "vpn-01"}

DEVICES = {
    "good": {"release": "20.4R3", "config": RENEWS, "certificates": [CORP_CA, VPN_01]},
    "forgotten": {"release": "20.4R3", "config": FORGOTTEN, "certificates": [VPN_01]},
    "hostile": {"release": "20.4R3", "config": RENEWS, "certificates": [CORP_CA, HOSTILE]},
    "gone": {"release": "20.4R3", "config": RENEWS},
}
NO_ENTRY = {
    "host": "forgotten",
    "certificate_id": "vpn-01",
    "code": "no-entry",
    "severity": "error",
    "sentence": "Nothing renews the certificate, and it is in use:"
    " security ike policy to-hq certificate local-certificate vpn-01.",
    "advice": "Declare a re-enrollment entry for the certificate.",
}


def run(stage: Stage, folder: Path, *names: str, options: tuple[str, ...] = (), **variables: Any) -> Run:
    devices = [stage[name] for name in names]
    for device in devices:
        device.mark()
    told = {"pki_report_directory": str(folder / "report"), "pki_report_now": NOW, **variables}
    return stage.play(devices, ROLE, options=options, variables=told)


def report(folder: Path) -> dict[str, Any]:
    audit: dict[str, Any] = json.loads((folder / "report" / "report.json").read_text())
    return audit


def changed(run: Run) -> list[str]:
    """The files that a run changed."""
    return sorted(name for one in run.results for name in one.data.get("files", ()))


def test_every_host_is_read_once_and_every_file_written(stage: Stage, tmp_path: Path) -> None:
    played = run(stage, tmp_path, "good", "forgotten")
    assert (played.status, changed(played)) == (0, sorted([*FILES, "hosts/forgotten.json", "hosts/good.json"]))
    assert [stage[name].rpcs for name in ("good", "forgotten")] == [READ, READ]
    audit = report(tmp_path)
    assert audit["generated"] == NOW
    assert audit["summary"] == {
        "hosts": 2,
        "hosts_read": 2,
        "certificates": 2,
        "renewing": 1,
        "errors": 1,
        "warnings": 0,
        "infos": 0,
        "next_trigger": "2027-08-08T00:00:00Z",
        "next_expiry": "2028-01-01T00:00:00Z",
    }
    assert audit["findings"] == [NO_ENTRY]
    folder = tmp_path / "report"
    rows = list(csv.DictReader((folder / "report.csv").open(newline="")))
    assert [(row["host"], row["trigger"]) for row in rows] == [("forgotten", ""), ("good", "2027-08-08T00:00:00Z")]
    events = icalendar.Calendar.from_ical((folder / "calendar.ics").read_bytes()).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == [
        "forgotten vpn-01 expires",
        "good vpn-01 renews",
        "good vpn-01 expires",
    ]
    labels = '{host="good",certificate_id="vpn-01",protocol="cmpv2",ca="ca.example.net"}'
    metric = f"netpki_junos_certificate_trigger_timestamp_seconds{labels} 1817683200"
    assert metric in (folder / "metrics.prom").read_text().splitlines()
    outcome = next(one["msg"] for one in played.results if isinstance(one.data.get("msg"), list))
    assert outcome == [
        "Hosts read: 2 of 2",
        "Certificates that renew: 1 of 2",
        "Findings: errors 1, warnings 0, notes 0",
        str(folder / "report.html"),
    ]


def test_the_second_run_writes_the_same_bytes(stage: Stage, tmp_path: Path) -> None:
    run(stage, tmp_path, "good", "forgotten")
    first = {name: (tmp_path / "report" / name).read_bytes() for name in FILES}
    played = run(stage, tmp_path, "forgotten", "good")
    assert changed(played) == []
    assert {name: (tmp_path / "report" / name).read_bytes() for name in FILES} == first


def test_check_mode_audits_and_writes_nothing(stage: Stage, tmp_path: Path) -> None:
    played = run(stage, tmp_path, "good", "forgotten", options=("--check", "--diff"), pki_report_fail_on="error")
    assert list(tmp_path.iterdir()) == []
    assert [stage[name].rpcs for name in ("good", "forgotten")] == [READ, READ]
    assert played.status == 2
    assert "Findings: errors 1, warnings 0, notes 0" in played.results[-1].error


def test_a_host_that_is_gone_is_a_finding(stage: Stage, tmp_path: Path) -> None:
    device = stage["gone"]
    device.fault("login", "refuse", times=0)
    played = run(stage, tmp_path, "good", "gone")
    assert played.status == 0
    audit = report(tmp_path)
    why = (
        f"127.0.0.1 port {device.port}: the device refuses the login of user netops."
        " Check user, password, which may have expired, and ssh_private_key_file."
    )
    assert audit["findings"] == [
        {
            "host": "gone",
            "certificate_id": None,
            "code": "host-not-read",
            "severity": "error",
            "sentence": f"The host could not be read: {why}",
            "advice": "Make the host readable, then run again.",
        }
    ]
    assert [(row["host"], row["read"], row["left_out"]) for row in audit["hosts"]] == [
        ("gone", False, [f"everything: {why}"]),
        ("good", True, []),
    ]
    assert [row["host"] for row in audit["certificates"]] == ["good"]


def test_a_host_that_failed_before_is_a_finding(stage: Stage, tmp_path: Path) -> None:
    told = {"pki_report_directory": str(tmp_path / "report"), "pki_report_now": NOW}
    first = {"ansible.builtin.fail": {"msg": "no"}, "when": "inventory_hostname == 'forgotten'"}
    stage.play([stage["good"], stage["forgotten"]], first, ROLE, variables=told)
    audit = report(tmp_path)
    assert [(row["host"], row["code"], row["sentence"]) for row in audit["findings"]] == [
        ("forgotten", "host-not-read", "The host could not be read: its configuration was not read.")
    ]


def test_a_hostile_subject_stays_a_text(stage: Stage, tmp_path: Path) -> None:
    played = run(stage, tmp_path, "hostile")
    assert played.status == 0
    assert report(tmp_path)["certificates"][0]["subject"] == HOSTILE["subject"]
    page = (tmp_path / "report" / "report.html").read_text()
    assert "<script>alert(1)" not in page
    assert "\\u003cscript\\u003ealert(1)" in page


FAILURE = f"Findings: errors 1, warnings 0, notes 0. See FOLDER/report.html.\nforgotten vpn-01: {NO_ENTRY['sentence']}"


@pytest.mark.parametrize(
    ("names", "fail_on", "message"),
    [
        (("good", "forgotten"), "never", ""),
        (("good", "forgotten"), "error", f"{FAILURE} {NO_ENTRY['advice']}"),
        (("good", "forgotten"), "warning", f"{FAILURE} {NO_ENTRY['advice']}"),
        (("good",), "warning", ""),
    ],
)
def test_how_it_ends(stage: Stage, tmp_path: Path, names: tuple[str, ...], fail_on: str, message: str) -> None:
    played = run(stage, tmp_path, *names, pki_report_fail_on=fail_on)
    assert sorted(file.name for file in (tmp_path / "report").glob("*.*")) == FILES
    assert played.status == (2 if message else 0)
    assert played.results[-1].error.strip() == message.replace("FOLDER", str(tmp_path / "report"))


def test_a_warning_fails_only_where_warnings_count(stage: Stage, tmp_path: Path) -> None:
    # More renewals in an hour than a CA of that size serves.
    variables = {"pki_report_ca_capacity": 1, "pki_report_fail_on": "error"}
    assert run(stage, tmp_path, "good", "hostile", **variables).status == 0
    played = run(stage, tmp_path, "good", "hostile", **variables | {"pki_report_fail_on": "warning"})
    assert played.results[-1].error.strip().splitlines() == [
        f"Findings: errors 0, warnings 1, notes 0. See {tmp_path / 'report'}/report.html.",
        "ca.example.net gets 2 renewals in the hour 2027-08-08T00:00:00Z, and serves 1."
        " Spread them, as the filter reenroll_stagger does.",
    ]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"pki_report_fail_on": "always"}, "value of pki_report_fail_on must be one of: never, error, warning"),
        ({"pki_report_ca_capacity": "many"}, "argument 'pki_report_ca_capacity' is of type str"),
    ],
)
def test_bad_input_is_refused_before_anything_is_read(
    stage: Stage, tmp_path: Path, variables: dict[str, Any], message: str
) -> None:
    played = run(stage, tmp_path, "good", **variables)
    assert message in played.result.error
    assert stage["good"].events == []


def test_a_play_in_batches_is_refused(stage: Stage, tmp_path: Path) -> None:
    told = {"pki_report_directory": str(tmp_path / "report"), "pki_report_now": NOW}
    played = stage.play([stage["good"], stage["forgotten"]], ROLE, variables=told, serial=1)
    assert played.results[-1].error == (
        "The play runs in batches, and each would write a report of its own over the last one. Take serial out of it."
    )
    assert list(tmp_path.iterdir()) == []


def test_the_playbook_reports_on_the_hosts_that_it_is_given(stage: Stage, tmp_path: Path) -> None:
    told = {"pki_report_directory": str(tmp_path / "report"), "pki_report_now": NOW}
    hosts = {name: host_variables(stage[name], told) for name in ("good", "forgotten", "gone")}
    # Whatever strategy somebody's ansible.cfg has.
    asked, free = ["-e", "pki_report_hosts=good:forgotten"], {"ANSIBLE_STRATEGY": "free"}
    played = stage.player.play([PLAYBOOK], {"all": {"hosts": hosts}}, stage.home, asked, free)
    assert played.status == 0
    assert report(tmp_path)["summary"]["hosts"] == 2
    assert len([one for one in played.results if "files" in one.data]) == 1
