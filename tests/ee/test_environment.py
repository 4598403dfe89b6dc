# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment, as far as that goes without a container: `make ee` made what is looked at here.

In the folder EE: the build context, what ansible-builder finds that the collection needs, a virtual environment with
that and ansible-core, and the collection, installed from its artifact.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml
from junosim import client
from tools.samples import CORP_CA, RENEWS, VPN_01

EE = Path(os.environ["EE"])
INSTALLED = EE / "collections/ansible_collections/netpki/junos"
ROOT = Path(__file__).resolve().parents[2]
LOGIN = {"user": "netops", "password": "Login-0"}
DEVICE = {"release": "20.4R3", "config": RENEWS, "certificates": [CORP_CA, VPN_01], **LOGIN}


def lines(file: Path) -> list[str]:
    """What a file of requirements asks for, without its remarks."""
    asked = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    return [line.replace(" ", "") for line in asked if line]


def test_the_context_has_the_collection_and_the_python_that_it_needs() -> None:
    context = EE / "context"
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    assert yaml.safe_load((context / "_build/requirements.yml").read_text()) == {
        "collections": [{"name": "netpki.junos", "version": version}]
    }
    containerfile = (context / "Containerfile").read_text()
    stages = ("base", "galaxy", "builder", "final")
    assert [stage for stage in stages if f" AS {stage}\n" in containerfile] == list(stages)
    arguments = {
        name: value.strip('"')
        for line in containerfile.splitlines()
        if line.startswith("ARG ") and "=" in line
        for name, _equals, value in [line.removeprefix("ARG ").partition("=")]
    }
    wanted = ("EE_BASE_IMAGE", "PYCMD", "PYPKG")
    assert [arguments[name] for name in wanted] == ["docker.io/redhat/ubi9:latest", "/usr/bin/python3.12", "python3.12"]


def test_ansible_builder_finds_what_the_collection_says_that_it_needs() -> None:
    # Without that file it would look at those two all the same, by their names.
    assert yaml.safe_load((INSTALLED / "meta/execution-environment.yml").read_text()) == {
        "version": 3,
        "dependencies": {"python": "requirements.txt", "system": "bindep.txt"},
    }
    assert lines(EE / "requirements.txt") == lines(ROOT / "requirements.txt")
    assert lines(EE / "bindep.txt") == lines(ROOT / "bindep.txt")
    assert lines(ROOT / "bindep.txt") == ["openssh-clients[platform:rpm]", "openssh-client[platform:dpkg]"]


def test_the_report_runs_in_it(tmp_path: Path) -> None:
    with client.start({"devices": {"fw1": DEVICE, "fw2": DEVICE}}, state=tmp_path / "fleet") as fleet:
        (tmp_path / ".ssh").mkdir(mode=0o700)
        (tmp_path / ".ssh" / "known_hosts").symlink_to(fleet.known_hosts)
        hosts: dict[str, Any] = {
            one.name: {
                "ansible_host": one.host,
                "ansible_port": one.port,
                "ansible_user": one.user,
                "ansible_password": one.password,
            }
            for one in fleet.devices.values()
        }
        (tmp_path / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
        told = {"pki_report_hosts": "all", "pki_report_now": "2026-11-24T09:00:00Z", "pki_report_directory": "report"}
        command = [str(EE / "venv/bin/ansible-playbook"), "-i", "inventory.yml", "netpki.junos.report"]
        environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(tmp_path),
            "PWD": str(tmp_path),
            "ANSIBLE_COLLECTIONS_PATH": str(EE / "collections"),
        }
        ended = subprocess.run(
            [*command, "-e", json.dumps(told)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    summary = json.loads((tmp_path / "report/report.json").read_text())["summary"]
    assert (summary["hosts"], summary["hosts_read"], summary["renewing"], summary["errors"]) == (2, 2, 2, 0)
    assert sorted(file.name for file in (tmp_path / "report").iterdir()) == [
        *("calendar.ics", "hosts", "metrics.prom", "report.csv", "report.html", "report.json"),
    ]
