# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is posted to the rulebooks, and what they start: playbooks on simulated devices, templates of a stub of AWX."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from eda import awx, rulebook
from integration.playing import host_variables, own_environment, wait_for
from junosim import Fleet, client
from tools.blocks import PAGES

ROOT = Path(__file__).resolve().parents[2]
LOGIN = {"user": "netops", "password": "Login-0"}
READ = [
    *("get-configuration", "get-pki-local-certificate", "get-pki-ca-certificate", "get-pki-certificate-request"),
    "close-session",
]
NAMES = ("enrolled", "failed", "expired", "other", "found", "fine", "impostor", "last")
PROFILE = "set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep"
ENTRY = "set security pki auto-re-enrollment cmpv2 certificate-id vpn-01"
DECLARED = [
    {
        "certificate_id": "vpn-01",
        "protocol": "cmpv2",
        "ca_profile_name": "corp-ca",
        "re_enroll_trigger_time_percentage": 20,
    }
]

#: As published from a device, and as junosim tells of a failure.
ENROLLED = "Nov 24 09:00:00 fw pkid[18143]: PKID_ACME_EE_CERT_ENROLL: End-entity certificate c1 enrolled successfully"
FAILED = "Nov 24 09:00:00 fw pkid[18143]: PKID_EE_CERT_ENROLL_FAIL: Enrollment of certificate c1: it rains"
OTHER = "Nov 24 09:00:00 fw sshd[1]: error: PAM: authentication error"
NO_ENTRY = {"certificate_id": "vpn-01", "code": "no-entry", "severity": "error"}
EXPIRED = {"certificate_id": "vpn-01", "code": "expired", "severity": "error"}
INFO = {"certificate_id": "vpn-01", "code": "device-trigger-unreadable", "severity": "info"}

#: What starts nothing.
IGNORED: list[Any] = [
    {"host": "other", "message": OTHER},
    {"host": "other", "message": "pkid[18143]: PKID_PV_KEYPAIR_GEN: key pair c1 generated"},
    {"host": "fine", **INFO},
    {"host": "{{ lookup('ansible.builtin.pipe', 'touch FOLDER/opened') }}", "message": FAILED},
    {"host": "@/etc/hosts", **NO_ENTRY},
    {"message": FAILED},
    {"host": ["other"], "message": FAILED},
    {"host": "other", "message": None},
    ["other"],
    "other",
]


def ruleset(name: str) -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / f"extensions/eda/rulebooks/{name}.yml").read_text())
    rules: dict[str, Any] = found
    return rules


def test_both_rulebooks_take_the_same_events() -> None:
    playbooks, templates = (copy.deepcopy(ruleset(name)) for name in ("pki_events", "pki_events_awx"))
    assert [one.pop("execution_strategy") for one in (playbooks, templates)] == ["sequential", "parallel"]
    actions = [[next(iter(rule.pop("action"))) for rule in one["rules"]] for one in (playbooks, templates)]
    assert playbooks == templates
    assert actions == [["run_playbook"] * 2, ["run_job_template", "run_workflow_template"]]


def test_each_finding_that_starts_something_is_one_of_the_audit() -> None:
    guide = (ROOT / "docs/docsite/rst/guide_findings.rst").read_text()
    known = set(re.findall(r'^   "([a-z0-9-]+)", "(?:error|warning|info)"', guide, re.MULTILINE))
    lists = [rule["condition"].partition("event.payload.code in ")[2] for rule in ruleset("pki_events")["rules"]]
    started = [re.findall('"([^"]+)"', codes) for codes in lists]
    assert [len(codes) for codes in started] == [4, 11]
    assert set(started[0]) | set(started[1]) <= known
    assert set(started[0]) & set(started[1]) == set()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    devices: dict[str, Any] = {name: {} for name in NAMES}
    defaults = {"release": "23.4R2", "config": PROFILE, **LOGIN}
    with client.start({"defaults": defaults, "devices": devices}, state=tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture
def home(fleet: Fleet, tmp_path: Path) -> Path:
    (tmp_path / "home/.ssh").mkdir(mode=0o700, parents=True)
    # Of one device, the key of another.
    impostor, other = (f"]:{fleet.device(name).port} " for name in ("impostor", "other"))
    lines = [line for line in fleet.known_hosts.read_text().splitlines() if impostor not in line]
    (theirs,) = (line for line in lines if other in line)
    (tmp_path / "home/.ssh/known_hosts").write_text("\n".join([*lines, theirs.replace(other, impostor), ""]))
    return tmp_path / "home"


def test_events_start_playbooks_on_their_host(fleet: Fleet, home: Path, tmp_path: Path) -> None:
    inventory = {name: host_variables(fleet.device(name), {"pki_reenroll_certificates": DECLARED}) for name in NAMES}
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": inventory}}))
    variables = {"pki_events_reports": str(tmp_path / "reports")}
    options = ["--inventory", str(tmp_path / "inventory.yml")]
    with rulebook.started("pki_events", tmp_path, home, variables, options) as running:
        assert running.post({"host": "enrolled", "message": ENROLLED}, token="other") == 401
        for event in json.loads(json.dumps(IGNORED).replace("FOLDER", str(tmp_path))):
            assert running.post(event) == 200
        assert running.post({"host": "enrolled", "message": ENROLLED}) == 200
        assert running.post({"host": "failed", "message": FAILED}) == 200
        assert running.post({"host": "failed", "message": FAILED}) == 200
        assert running.post({"host": "expired", **EXPIRED}) == 200
        assert running.post({"host": "impostor", **NO_ENTRY}) == 200
        assert running.post({"host": "impostor", **EXPIRED}) == 200
        # A group, and somebody whom nobody knows.
        for name in ("all", "stranger"):
            assert running.post({"host": name, **NO_ENTRY}) == 200
            assert running.post({"host": name, **EXPIRED}) == 200
        post_findings(running, tmp_path, [{"host": "found", **NO_ENTRY}, {"host": "fine", **INFO}])
        assert running.post({"host": "last", "message": FAILED}) == 200
        # One playbook after the other.
        for name in ("expired", "last"):
            wait_for(fleet.device(name), "close-session")
    assert {name: fleet.device(name).rpcs for name in NAMES if name != "found"} == {
        **dict.fromkeys(("enrolled", "failed", "expired", "last"), READ),
        "other": [],
        "fine": [],
        "impostor": [],
    }
    assert fleet.device("found").set_lines()[1:] == [
        PROFILE,
        f"{ENTRY} ca-profile-name corp-ca",
        f"{ENTRY} re-enroll-trigger-time-percentage 20",
    ]
    assert (tmp_path / "opened").exists() is False
    (finding,) = json.loads((tmp_path / "reports/impostor/report.json").read_text())["findings"]
    assert "the SSH host key of the device is not the one in known_hosts" in finding["sentence"]
    assert sorted(folder.name for folder in (tmp_path / "reports").iterdir()) == [
        *("enrolled", "expired", "failed", "impostor", "last"),
    ]
    for name in ("all", "stranger"):
        told = f"pki_event_host: {name} is no host of the inventory. Have the sender name it as the inventory does."
        assert told in running.log.read_text()
    for name in ("enrolled", "failed"):
        report = json.loads((tmp_path / "reports" / name / "report.json").read_text())
        assert [row["host"] for row in report["hosts"]] == [name]


def test_events_launch_templates_for_their_host(home: Path, tmp_path: Path) -> None:
    with awx.started() as controller:
        settings = {"EDA_CONTROLLER_URL": controller.url, "EDA_CONTROLLER_TOKEN": "Token-1"}
        with rulebook.started("pki_events_awx", tmp_path, home, {}, [], settings) as running:
            for event in IGNORED:
                assert running.post(event) == 200
            assert running.post({"host": "failed", "message": FAILED}) == 200
            assert running.post({"host": "failed", "message": FAILED}) == 200
            assert running.post({"host": "found", **NO_ENTRY}) == 200
            assert running.post({"host": "last", "message": ENROLLED}) == 200
            # Although none of the jobs has ended.
            wait(lambda: len(controller.launched) == 3)
            controller.ends = True
    assert controller.launched == [
        ("PKI report: on demand", {"pki_report_hosts": "failed"}),
        ("PKI re-enroll", {"pki_reenroll_hosts": "found"}),
        ("PKI report: on demand", {"pki_report_hosts": "last"}),
    ]


def post_findings(running: rulebook.Rulebook, folder: Path, findings: list[dict[str, Any]]) -> None:
    """By the guide's play, from a report."""
    (play,) = [one.text for one in PAGES["docs/docsite/rst/guide_events.rst"] if one.language == "yaml+jinja"]
    (folder / "post.yml").write_text(play)
    (folder / "report.json").write_text(json.dumps({"findings": findings}))
    variables = f"pki_report_directory={folder} pki_events_token={rulebook.TOKEN} pki_events_port={running.port}"
    command = [sys.executable, "-m", "ansible", "playbook", str(folder / "post.yml"), "-e", variables]
    told = subprocess.run(command, env=own_environment(folder), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert told.stdout.count("=> (item=") == 1


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
