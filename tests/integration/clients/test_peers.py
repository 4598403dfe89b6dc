# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junos_facts, junos_command and junos_config of junipernetworks.junos, over ansible.netcommon.netconf, as released."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import junosim
import pytest

PLAYBOOK = """\
- hosts: all
  gather_facts: false
  tasks:
    - name: Facts
      junipernetworks.junos.junos_facts:
        gather_subset: [min, config]
    - name: Commands
      junipernetworks.junos.junos_command:
        commands: [show version, show configuration system, show configuration system]
        display: text
    - name: Lines
      junipernetworks.junos.junos_config:
        lines:
          - set system host-name by-lines
          - delete system domain-name
        comment: by the peer
    - name: Again
      junipernetworks.junos.junos_config:
        lines: [set system host-name by-lines]
    - name: Text
      junipernetworks.junos.junos_config:
        src: "{{ playbook_dir }}/part.conf"
        src_format: text
        update: merge
        confirm: 2
    - name: Confirm
      junipernetworks.junos.junos_config:
        confirm_commit: true
    - name: Refused
      junipernetworks.junos.junos_config:
        lines: [set security pki auto-re-enrollment certificate-id vpn-01 re-enroll-trigger-time-percentage 0]
      ignore_errors: true
    - name: Back
      junipernetworks.junos.junos_config:
        rollback: 2
"""
PART = "system { domain-name example.net; }\n"


def peers() -> Path:
    """Where the other hands' collections are."""
    places = [os.environ.get("NETPKI_PEERS", ""), *os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")]
    places += [str(folder / "build" / "peers") for folder in Path(__file__).parents]
    found = [
        Path(place) for place in places if place and (Path(place) / "ansible_collections/junipernetworks").is_dir()
    ]
    assert found, "junipernetworks.junos is not there: run `make peers`, or set NETPKI_PEERS"
    return found[0]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The results by task name, and what the device saw: rpcs, set lines and commits."""
    folder = tmp_path_factory.mktemp("peers")
    (folder / "play.yml").write_text(PLAYBOOK)
    (folder / "part.conf").write_text(PART)
    config = "system {\n    host-name srx1;\n    domain-name old.example.net;\n}\n"
    with junosim.start({"devices": {"srx1": {"release": "21.4R3-S5.4", "config": config}}}, lifetime=300) as fleet:
        device = fleet.device("srx1")
        variables = {
            "ansible_host": device.host,
            "ansible_port": device.port,
            "ansible_user": device.user,
            "ansible_password": device.password,
            "ansible_connection": "ansible.netcommon.netconf",
            "ansible_network_os": "junipernetworks.junos.junos",
            "ansible_python_interpreter": sys.executable,
        }
        (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": {"srx1": variables}}}))
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(peers()),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "30",
        }
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "hosts.json", "play.yml"]
        run = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        tasks = json.loads(run.stdout[run.stdout.index("{") :])["plays"][0]["tasks"]
        saw = {"rpcs": device.rpcs, "set_lines": device.set_lines(), "commits": device.commits, "lock": device.lock}
    return {task["task"]["name"]: task["hosts"]["srx1"] for task in tasks}, saw


def test_facts(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    facts = played[0]["Facts"]["ansible_facts"]
    assert {name: facts[f"ansible_net_{name}"] for name in ("hostname", "version", "model", "serialnum")} == {
        "hostname": "srx1",
        "version": "21.4R3-S5.4",
        "model": "srx345",
        "serialnum": "SIM0000001",
    }
    assert "domain-name old.example.net;" in facts["ansible_net_config"]


def test_commands(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert played[0]["Commands"]["stdout"][:2] == [
        "Hostname: srx1\nModel: srx345\nJunos: 21.4R3-S5.4",
        "host-name srx1;\ndomain-name old.example.net;",
    ]


def test_config(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    results, saw = played
    changed = {name: results[name]["changed"] for name in ("Lines", "Again", "Text", "Confirm", "Back")}
    assert changed == {"Lines": True, "Again": False, "Text": True, "Confirm": True, "Back": True}
    assert "Value 0 is not within range (1..99)" in results["Refused"]["msg"]
    assert [(item["comment"], item["confirm_minutes"]) for item in saw["commits"]] == [
        ("by the peer", 0),
        ("configured by junos_config", 2),
        ("", 0),
        ("configured by junos_config", 0),
    ]
    assert saw["set_lines"] == ["set version 21.4R3-S5.4", "set system host-name by-lines"]
    assert saw["lock"] is None
    assert "validate" in saw["rpcs"]
