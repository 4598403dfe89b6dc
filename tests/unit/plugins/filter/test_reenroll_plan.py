# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter import reenroll_plan as plugin
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso
from ansible_collections.netpki.junos.plugins.module_utils._schedule import FINDINGS, WITHOUT_DATES

reenroll_plan = plugin.FilterModule().filters()["reenroll_plan"]

EXAMPLE = yaml.safe_load(plugin.EXAMPLES)[0]["vars"]
CERTIFICATE, ENTRY = EXAMPLE["certificate"], EXAMPLE["entry"]
SAMPLE = yaml.safe_load(plugin.RETURN)["_value"]["sample"]


def test_sample_in_the_documentation() -> None:
    assert reenroll_plan(CERTIFICATE, ENTRY, now="2026-02-01T00:00:00Z") == SAMPLE


def test_documentation_names_every_finding() -> None:
    description = " ".join(
        yaml.safe_load(plugin.RETURN)["_value"]["contains"]["findings"]["contains"]["code"]["description"]
    )
    codes = [*FINDINGS, *WITHOUT_DATES, "cannot-plan"]
    assert [code for code in codes if f"V({code})" not in description] == []
    assert description.count("V(") == len(codes)


def test_clock_of_the_controller() -> None:
    now = datetime.now(UTC)
    young = {"not_before": now - timedelta(days=1, hours=1), "not_after": now + timedelta(days=10, hours=1)}
    answer = reenroll_plan(young, {"re_enroll_time": {"days": 11}, "re_generate_keypair": True})
    assert answer["days_left"] == 10
    assert answer["due"] is True
    assert answer["trigger"] == iso(young["not_after"] - timedelta(days=11))


def test_release_and_ca_profile() -> None:
    answer = reenroll_plan(
        CERTIFICATE,
        {"re_enroll_time": {"days": 2}, "re_generate_keypair": True},
        now="01-20-2026 00:00 UTC",
        release="22.2R3",
        ca_profile={"name": "corp-ca", "enrollment": {"url": "http://ca.example.net"}},
    )
    assert [finding["code"] for finding in answer["findings"]] == ["from-now", "too-late-for-retries"]


@pytest.mark.parametrize(
    ("certificate", "entry", "arguments", "message"),
    [
        (CERTIFICATE, None, {}, "entry: expected a mapping, got a value of type NoneType."),
        (CERTIFICATE, ENTRY, {"ca_profile": "corp-ca"}, "ca_profile: expected a mapping, got a value of type str."),
        (
            CERTIFICATE,
            ENTRY,
            {"release": "22.4"},
            "'22.4' is not a Junos release. Write it as the device does, for example 22.4R1-S1.",
        ),
        (
            CERTIFICATE,
            ENTRY,
            {"now": "2026-02-01"},
            "now: '2026-02-01' has no time zone. Add Z or an offset, for example 2026-01-02T09:55:00Z.",
        ),
        ({}, ENTRY, {}, "certificate: not_before is missing. Give both not_before and not_after."),
    ],
)
def test_bad_input(certificate: object, entry: object, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_plan(certificate, entry, **arguments)
    assert caught.value.message == message


PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  vars:
    from_yaml: {not_before: 2026-01-02T09:55:00Z, not_after: 2026-04-02T09:55:00Z}
    templated:
      re_enroll_time: "{{ {'days': days} }}"
      re_enroll_trigger_time_percentage: "{{ '72' }}"
      re_generate_keypair: "{{ 'true' }}"
    days: "{{ '2' ~ '5' }}"
    answers:
      plan: "{{ from_yaml | netpki.junos.reenroll_plan(templated, now='2026-02-01T00:00:00Z') }}"
      trigger: "{{ from_yaml | netpki.junos.reenroll_trigger(templated.re_enroll_time) }}"
      none: "{{ from_yaml | netpki.junos.reenroll_trigger(none, none) }}"
      pem: "{{ lookup('ansible.builtin.file', 'certificate.pem') | netpki.junos.reenroll_trigger({'days': 25}) }}"
      stagger: "{{ 'fw1.example.net' | netpki.junos.reenroll_stagger('vpn-01', from_hours=480, to_hours=720) }}"
  tasks:
    - ansible.builtin.copy: {dest: "{{ out }}", content: "{{ answers | to_json }}", mode: "0600"}
    - ansible.builtin.debug: {msg: "{{ from_yaml | netpki.junos.reenroll_trigger({'days': 1, 'hours': 1}) }}"}
"""

# CN=vpn-01, 2026-01-02 09:55 to 2026-04-02 09:55
PEM = """-----BEGIN CERTIFICATE-----
MIHOMIGBoAMCAQICAQEwBQYDK2VwMBExDzANBgNVBAMMBnZwbi0wMTAeFw0yNjAx
MDIwOTU1MDBaFw0yNjA0MDIwOTU1MDBaMBExDzANBgNVBAMMBnZwbi0wMTAqMAUG
AytlcAMhADtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdopMAUGAytlcANB
AFKQnJfEZbKp34muW7lAKdRHyx9/SdihiCLQgED9fTlGZndLIj8/B0bnbxz/q3Qc
jeALt7I+2VkKbHXtKJ4srwU=
-----END CERTIFICATE-----
"""


def test_in_a_playbook(tmp_path: Path) -> None:
    """What templates deliver: tagged strings, dates that YAML has read, numbers in strings."""
    (tmp_path / "play.yml").write_text(PLAYBOOK)
    (tmp_path / "certificate.pem").write_text(PEM)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "ansible",
            "playbook",
            "play.yml",
            "-e",
            f"out={tmp_path / 'out.json'}",
            "-e",
            f"ansible_python_interpreter={sys.executable}",
        ],
        cwd=tmp_path,
        env=os.environ
        | {
            "ANSIBLE_COLLECTIONS_PATH": str(Path(plugin.__file__).parents[5]),
            "ANSIBLE_HOME": str(tmp_path),
            "ANSIBLE_NOCOLOR": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert json.loads((tmp_path / "out.json").read_text()) == {
        "plan": SAMPLE,
        "trigger": "2026-03-08T09:55:00Z",
        "none": None,
        "pem": "2026-03-08T09:55:00Z",
        "stagger": {"hours": 523},
    }, run.stderr
    assert run.returncode == 2
    message = "re_enroll_time: give exactly one of days, hours and percentage; given: days, hours."
    assert message in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
