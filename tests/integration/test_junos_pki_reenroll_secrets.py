# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: compared by what they mean, and shown nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from integration.playing import Player, Run, Stage, host_variables

MODULE = "netpki.junos.junos_pki_reenroll"
CA_PROFILE = "netpki.junos.junos_pki_ca_profile"
READ = ["get-configuration", "close-session"]
RE = "security pki auto-re-enrollment scep certificate-id vpn-01"

# The same secret, as two devices keep it.
CLEAR = "juniper"
SAME, AGAIN = "$9$7YdwgGDkTz6oJz69A1INdb", "$9$n9EO9tOhSeX7V1R7VwYZG69A"
CONFIG = f"""
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set {RE} ca-profile-name corp-ca
set {RE} re-enroll-trigger-time-percentage 50
"""
STORED = f'set {RE} challenge-password "{{}}"'

# Quotes, brackets and an ampersand are written in another way wherever they pass a format; the words are not.
CHALLENGE = "Canary<&>\"'Challenge"
CRL = "Canary<&>\"'Crl"
LOGIN = "Canary-Login"
STALE = "Canary-Stale"
CANARIES = re.compile(r"Canary|\$[89]\$\w")

DEVICES = {
    "clear": {"release": "24.4R1", "config": CONFIG + STORED.format(SAME)},
    "encoded": {"release": "24.4R1", "config": CONFIG + STORED.format(SAME)},
    "other": {"release": "24.4R1", "config": CONFIG + STORED.format("another")},
    "kept": {"release": "24.4R1", "config": CONFIG + STORED.format("another")},
    "cut": {"release": "24.4R1", "config": CONFIG + STORED.format(SAME[:-1])},
    "scribble": {"release": "24.4R1", "config": CONFIG + STORED.format("$9$abc#def")},
    "master": {"release": "24.4R1", "master_password": True, "config": CONFIG + STORED.format(CLEAR)},
    "master-kept": {"release": "24.4R1", "master_password": True, "config": CONFIG},
    "crl": {"release": "24.4R1"},
    **{
        name: {"release": "24.4R1", "password": LOGIN, "config": CONFIG + STORED.format(STALE)}
        for name in ("runs", "fails", "warns", "checks", "slow", "delegates")
    },
}


def task(challenge: str, **options: Any) -> dict[str, Any]:
    entry = {"certificate_id": "vpn-01", "protocol": "scep", "challenge_password": challenge}
    return {MODULE: {"config": [entry], **options}}


def stored(lines: list[str]) -> str:
    """The secret as the device holds it."""
    (line,) = [line for line in lines if "challenge-password" in line]
    return line.split()[-1].strip('"')


# Compared by what they mean.


@pytest.mark.parametrize(("name", "challenge"), [("clear", CLEAR), ("encoded", AGAIN)])
def test_the_same_secret_in_clear_or_with_another_salt_changes_nothing(stage: Stage, name: str, challenge: str) -> None:
    device = stage[name]
    assert stage.play(device, task(challenge)).result["changed"] is False
    assert device.rpcs == READ


@pytest.mark.parametrize("name", ["other", "cut", "scribble"])
def test_a_secret_that_differs_or_is_damaged_is_written_anew(stage: Stage, name: str) -> None:
    device = stage[name]
    first, second = stage.play(device, *[task(CLEAR)] * 2).results
    assert first["commands"] == [f"set {RE} challenge-password ********"]
    assert first["reasons"] == [f"{RE.removeprefix('security pki ')} challenge-password: differs from the declared one"]
    assert second["changed"] is False
    assert stored(device.set_lines()).startswith("$9$")


def test_on_create_leaves_the_secret_that_is_there(stage: Stage) -> None:
    device = stage["kept"]
    before = device.set_lines()
    assert stage.play(device, task(CLEAR, update_password="on_create")).result["changed"] is False
    assert device.set_lines() == before


def test_a_secret_under_a_master_password_is_written_in_every_run(stage: Stage) -> None:
    device = stage["master"]
    before = stored(device.set_lines())
    assert before.startswith("$8$")
    first, second = stage.play(device, *[task(CLEAR)] * 2).results
    assert (first["changed"], second["changed"]) == (True, True)
    assert first["reasons"] == second["reasons"]
    assert first["reasons"][0].startswith(f"{RE.removeprefix('security pki ')} challenge-password: ")
    assert len(device.commits) == 2
    after = stored(device.set_lines())
    assert (after.startswith("$8$"), after != before) == (True, True)
    # The very text that the device holds is the one thing that can be compared.
    assert stage.play(device, task(after)).result["changed"] is False


def test_on_create_writes_a_secret_under_a_master_password_once(stage: Stage) -> None:
    device = stage["master-kept"]
    first, second = stage.play(device, *[task(CLEAR, update_password="on_create")] * 2).results
    assert (first["changed"], second["changed"]) == (True, False)
    assert stored(device.set_lines()).startswith("$8$")


def test_the_password_of_a_crl_url_is_a_secret_too(stage: Stage) -> None:
    device = stage["crl"]

    def profile(password: str) -> dict[str, Any]:
        url = {"name": "http://crl.example.net", "password": password}
        return {CA_PROFILE: {"ca_profiles": [{"name": "corp-ca", "revocation_check": {"crl": {"url": [url]}}}]}}

    results = stage.play(device, profile("one"), profile("one"), profile("two"), profile("two")).results
    assert [result["changed"] for result in results] == [True, False, True, False]
    assert results[2]["commands"] == [
        "set security pki ca-profile corp-ca revocation-check crl url http://crl.example.net password ********"
    ]
    assert results[2]["reasons"] == [
        "ca-profile corp-ca revocation-check crl url http://crl.example.net password: differs from the declared one"
    ]


# Shown nowhere.


DECLARED: dict[str, Any] = {
    "ca_profiles": [
        {
            "name": "corp-ca",
            "revocation_check": {"crl": {"url": [{"name": "http://crl.example.net", "password": "{{ crl }}"}]}},
        }
    ],
    "config": [{"certificate_id": "vpn-01", "protocol": "scep", "challenge_password": "{{ challenge }}"}],
}
WRONG: dict[str, Any] = {"certificate_id": "vpn-01", "protocol": "scep", "challenge_password": "{{ challenge }}"}
SAID = f"no way: challenge-password {CHALLENGE}; <password>{CRL}</password> {SAME}"

# A name, the device, the task, its status, and a part of its message.
SCENES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("check", "runs", {MODULE: DECLARED, "check_mode": True}, "ok", ""),
    ("run", "runs", {MODULE: DECLARED}, "ok", ""),
    ("again", "runs", {MODULE: DECLARED}, "ok", ""),
    ("the device refuses", "fails", {MODULE: DECLARED}, "failed", "the device refuses the commit: "),
    ("the device warns", "warns", {MODULE: DECLARED}, "ok", ""),
    ("the check is refused", "checks", {MODULE: DECLARED, "check_mode": True}, "failed", "refuses commit check: "),
    ("too slow", "slow", {MODULE: {**DECLARED, "timeout": 1}}, "failed", "no answer to loading the change"),
    (
        "no such option",
        "runs",
        {MODULE: {"config": [{**WRONG, "challenge": "{{ challenge }}"}]}},
        "failed",
        "config.challenge",
    ),
    (
        "another type",
        "runs",
        {MODULE: {"config": [{**WRONG, "re_enroll_time": "{{ challenge }}"}]}},
        "failed",
        "a mapping",
    ),
    ("no entry", "runs", {MODULE: {"config": ["{{ challenge }}"]}}, "failed", "a mapping"),
    ("no choice", "runs", {MODULE: {"config": [{**WRONG, "protocol": "{{ challenge }}"}]}}, "failed", "must be one of"),
    (
        "a mapping",
        "runs",
        {MODULE: {"config": [{**WRONG, "challenge_password": {"a": "{{ crl }}"}}]}},
        "failed",
        "text",
    ),
    ("damaged", "runs", {MODULE: {"config": [{**WRONG, "challenge_password": "$9$Canary"}]}}, "failed", "is damaged"),
    (
        "foreign",
        "runs",
        {MODULE: {"config": [{**WRONG, "protocol": "cmpv2"}]}},
        "failed",
        "challenge-password is no statement of cmpv2",
    ),
    ("wrong login", "runs", {MODULE: {**DECLARED, "password": "{{ crl }}"}}, "failed", "refuses the login"),
    ("elsewhere, check", "delegates", {MODULE: DECLARED, "check_mode": True, "delegate_to": "far"}, "ok", ""),
    ("elsewhere, run", "delegates", {MODULE: DECLARED, "delegate_to": "far"}, "ok", ""),
    ("elsewhere, failed", "fails", {MODULE: DECLARED, "delegate_to": "far"}, "failed", "the device refuses the commit"),
    (
        "elsewhere, no such option",
        "runs",
        {MODULE: {"config": [{**WRONG, "challenge": "{{ challenge }}"}]}, "delegate_to": "far"},
        "failed",
        "config.challenge",
    ),
]


@pytest.fixture(scope="module")
def scenes(stage: Stage, player: Player, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All of it in one run, as talkative as it gets, with a log."""
    stage["fails"].fault("commit-configuration", "error", times=2, messages=[SAID])
    stage["warns"].fault("load-configuration", "warn", messages=[SAID])
    stage["checks"].fault("commit-configuration/check", "error", messages=[SAID])
    stage["slow"].fault("load-configuration", "delay", seconds=3)
    hosts: dict[str, Any] = {name: host_variables(stage[name], {}) for name in {scene[1] for scene in SCENES}}
    plays = [
        {
            "hosts": host,
            "gather_facts": False,
            "tasks": [{"name": name, **body, "ignore_errors": True}],
        }
        for name, host, body, _status, _message in SCENES
    ]
    # As a vault gives them. (Ansible shows the lines of a playbook in front of a task that failed, all by itself.)
    variables = {"challenge": CHALLENGE, "crl": CRL}
    inventory = {"all": {"hosts": {**hosts, "far": {"ansible_connection": "elsewhere"}}, "vars": variables}}
    log: Path = tmp_path_factory.mktemp("log") / "ansible.log"
    run = player.play(plays, inventory, stage.home, ["-vvv", "--diff"], {"ANSIBLE_LOG_PATH": str(log)})
    return Run(run.status, run.stdout, run.stderr, run.results, log.read_text())


@pytest.mark.parametrize("number", range(len(SCENES)), ids=[scene[0] for scene in SCENES])
def test_no_secret_is_in_the_result_whatever_happens(scenes: Run, number: int) -> None:
    result = scenes.results[number]
    _name, host, _task, status, message = SCENES[number]
    assert (result.host, result.status) == (host, status)
    assert message in result.error
    assert CANARIES.findall(str(result.data)) == []


def test_no_secret_is_on_the_terminal_or_in_the_log(scenes: Run) -> None:
    assert len(scenes.results) == len(SCENES)
    for text in (scenes.stdout, scenes.stderr, scenes.rest):
        lines = [line for line in text.splitlines() if CANARIES.search(line)]
        assert lines == []
    # It did speak.
    assert "challenge-password ********" in scenes.stdout
    assert "no way: challenge-password ********" in scenes.stderr
    assert "TASK [the device refuses]" in scenes.rest


def test_what_the_device_says_of_a_secret_is_masked_and_the_rest_is_not(scenes: Run) -> None:
    names = [scene[0] for scene in SCENES]
    said = "no way: challenge-password ********; <password>********</password> ********"
    assert scenes.results[names.index("the device refuses")].error == (
        f"127.0.0.1: the device refuses the commit: {said}"
    )
    assert f"127.0.0.1: {said}" in scenes.results[names.index("the device warns")]["warnings"]


def test_the_device_got_the_secrets(stage: Stage, scenes: Run) -> None:
    # What was masked was not masked on the way to the device.
    assert scenes.status == 0
    device = stage["delegates"]
    assert stage.play(device, task(CHALLENGE)).result["changed"] is False
