# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What devices do wrong: one clear error each, nothing half done, nothing left behind.

What belongs to a fleet, and most of what a connection can do, is a row of the table in tests/chaos.
"""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__ as ansible_version
from integration.playing import Run, Stage, left_behind
from junosim.client import Device
from packaging.version import Version

MODULE = "netpki.junos.junos_pki_reenroll"
CONFIG = """
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki auto-re-enrollment scep certificate-id old ca-profile-name corp-ca
set security pki auto-re-enrollment scep certificate-id old re-enroll-time days 30
""".strip()
LINES = ["set version 24.4R1", *CONFIG.splitlines()]
VIEWER = {"user": "viewer", "password": "Viewer-0", "login_class": "read-only"}

DEVICES = {
    name: {"release": "24.4R1", "config": CONFIG, "users": [VIEWER]}
    for name in (
        *("unresolved", "no-key", "other-key", "viewer"),
        *("locked", "locked-check", "modified", "check", "commit", "named-protect"),
        *("slow-load", "late-load", "slow-check", "late-commit", "lost-open", "lost-diff", "blind"),
        *("protected", "protected-pki", "protected-security", "task-timeout", "killed", "certificates"),
    )
}

ENTRY = {
    "certificate_id": "new",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_enroll_time": {"days": 20},
    "challenge_password": "Challenge-1",
}


def task(**options: Any) -> dict[str, Any]:
    return {MODULE: {"config": [ENTRY], **options}}


def check(**options: Any) -> dict[str, Any]:
    return {**task(**options), "check_mode": True}


def assert_untouched(device: Device) -> None:
    """Nothing committed, and nothing left behind."""
    assert left_behind(device) == {}
    assert (device.set_lines(), device.commits) == (LINES, [])


def one_error(run: Run) -> str:
    """The message of the only failure; nothing else is on the terminal."""
    assert (run.status, run.stderr, run.stdout.count("fatal: ")) == (2, "", 1)
    # From 2.19 on, ansible-core tells a failure in a line of its own, too.
    assert run.stdout.count("[ERROR]: ") == int(Version(ansible_version) >= Version("2.19"))
    assert len(run.result.error.splitlines()) == 1
    return run.result.error


# On the way to a session.


def test_a_host_name_that_cannot_be_resolved(stage: Stage) -> None:
    run = stage.play(stage["unresolved"], task(), variables={"ansible_host": "nowhere.invalid"})
    port = stage["unresolved"].port
    assert one_error(run) == (
        f"nowhere.invalid port {port}: the host name cannot be resolved. Check host, or ansible_host in the inventory."
    )


COMPARE = "Compare FINGERPRINT with the device's own key, which ssh-keygen -E md5 shows so, then"
SCAN = "ssh-keyscan -p PORT 127.0.0.1"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "no-key",
            f"127.0.0.1 port PORT: there is no SSH host key of the device in known_hosts. {COMPARE} add what {SCAN}"
            " shows; host_key_checking turns the check off.",
        ),
        (
            "other-key",
            "127.0.0.1 port PORT: the SSH host key of the device is not the one in known_hosts. Where nobody gave it a"
            f" new one, somebody else answers in its place. {COMPARE} take the old one out with"
            f" ssh-keygen -R [127.0.0.1]:PORT and add what {SCAN} shows.",
        ),
    ],
)
def test_a_host_key_that_is_not_the_known_one(stage: Stage, name: str, message: str, tmp_path: Path) -> None:
    device = stage[name]
    (tmp_path / ".ssh").mkdir()
    known = [line for line in stage.fleet.known_hosts.read_text().splitlines() if f"]:{device.port} " not in line]
    if name == "other-key":
        known.append(re.sub(r"^\S+", f"[127.0.0.1]:{device.port}", known[0]))
    (tmp_path / ".ssh" / "known_hosts").write_text("\n".join(known) + "\n")
    run = Stage(stage.player, stage.fleet, tmp_path).play(device, task())
    shown = re.sub(r"(?<=Compare )[0-9a-f:]{47} ", "FINGERPRINT ", one_error(run))
    assert shown == message.replace("PORT", str(device.port))
    assert [event["event"] for event in device.events if event["event"] != "close"] == []


# Somebody else.


@pytest.mark.parametrize("mode", ["private", "exclusive"])
def test_a_configuration_that_somebody_else_holds(stage: Stage, mode: str) -> None:
    device = stage["locked"]
    device.mark()
    if device.lock is None:
        device.lock_by("alice", 4711)
    message = one_error(stage.play(device, task(configuration_mode=mode)))
    assert re.sub(r"since .*, idle [\d:]+", "since T, idle T", message) == (
        "127.0.0.1: somebody else holds the configuration. The device says: configuration database locked by:"
        " alice terminal (pid 4711) on since T, idle T exclusive. Nothing was changed. Run again when they are done."
    )
    assert device.rpcs == ["get-configuration", f"open-configuration/{mode}", "close-session"]
    assert device.lock == {"user": "alice", "pid": 4711, "session": 0}
    assert (device.set_lines(), device.commits) == (LINES, [])


def test_check_mode_does_not_wait_for_somebody_where_nothing_changes(stage: Stage) -> None:
    device = stage["locked-check"]
    device.lock_by("alice", 4711)
    old = {"certificate_id": "old", "protocol": "scep", "re_enroll_time": {"days": 30}}
    run = stage.play(device, {MODULE: {"config": [old]}}, options=["--check"])
    assert run.result["changed"] is False
    assert device.lock == {"user": "alice", "pid": 4711, "session": 0}


MODIFIED = (
    "127.0.0.1: the shared candidate holds somebody's uncommitted edits."
    " The device says: configuration database modified. Nothing was changed. Their edits are as they were."
    " Run again when they are committed or rolled back."
)


@pytest.mark.parametrize("mode", ["private", "exclusive"])
@pytest.mark.parametrize("checking", [False, True])
def test_edits_of_somebody_else_in_the_shared_candidate(stage: Stage, mode: str, checking: bool) -> None:
    device = stage["modified"]
    edits = ["set system host-name edited", "delete security pki auto-re-enrollment scep certificate-id old"]
    if not device.candidate_dirty:
        device.edit_by(edits, "bob", 4712)
    theirs = device.candidate_set_lines()
    run = stage.play(device, task(configuration_mode=mode), options=["--check"] if checking else [])
    assert one_error(run) == MODIFIED
    assert device.candidate_set_lines() == theirs
    assert left_behind(device, but="candidate_dirty") == {}
    assert (device.set_lines(), device.commits) == (LINES, [])


@pytest.mark.parametrize("checking", [False, True])
def test_a_login_class_that_may_only_read(stage: Stage, checking: bool) -> None:
    device = stage["viewer"]
    viewer = {"ansible_user": "viewer", "ansible_password": "Viewer-0"}
    run = stage.play(device, task(), variables=viewer, options=["--check"] if checking else [])
    message = one_error(run)
    assert message == (
        "127.0.0.1: the user's login class does not permit this. The device says: permission denied. Nothing was"
        " changed. The class needs view, configure, security and security-control, and maintenance to enroll."
    )
    assert_untouched(device)


# What a device refuses.

BOOM = [{"message": "this cannot be", "path": "[edit security pki]", "bad": "ca-profile corp-ca"}, "check-out failed"]


def test_a_failed_commit_check(stage: Stage) -> None:
    device = stage["check"]
    device.fault("commit-configuration/check", "error", messages=BOOM)
    assert one_error(stage.play(device, check())) == (
        "127.0.0.1: the device refuses commit check: [edit security pki] ca-profile corp-ca: this cannot be;"
        " check-out failed"
    )
    assert device.rpcs[-2:] == ["close-configuration", "close-session"]
    assert_untouched(device)


@pytest.mark.parametrize("mode", ["private", "exclusive"])
def test_a_failed_commit(stage: Stage, mode: str) -> None:
    device = stage["commit"]
    device.mark()
    device.fault("commit-configuration", "error", messages=BOOM)
    assert one_error(stage.play(device, task(configuration_mode=mode))) == (
        "127.0.0.1: the device refuses the commit: [edit security pki] ca-profile corp-ca: this cannot be;"
        " check-out failed"
    )
    discarded = ["load-configuration/rollback"] if mode == "exclusive" else []
    assert device.rpcs[-3 - len(discarded) :] == [
        "commit-configuration",
        *discarded,
        "close-configuration",
        "close-session",
    ]
    assert_untouched(device)


def test_a_name_that_reads_like_a_reason_explains_nothing(stage: Stage) -> None:
    device = stage["named-protect"]
    profile = {"name": "protect-ca", "routing_instance": "nowhere"}
    assert one_error(stage.play(device, {MODULE: {"ca_profiles": [profile]}})) == (
        "127.0.0.1: the device refuses the commit: [edit security pki ca-profile protect-ca] routing-instance nowhere:"
        " referenced routing-instance must be defined; commit failed: (statements constraint check failed)"
    )
    assert_untouched(device)


def test_a_protected_statement_that_the_read_shows(stage: Stage) -> None:
    device = stage["protected"]
    device.commit_by(["protect security pki auto-re-enrollment scep"])
    assert one_error(stage.play(device, task())) == (
        "[edit security pki auto-re-enrollment scep] is protected on the device, and this task would set"
        " auto-re-enrollment scep certificate-id new re-enroll-time days."
        " Unprotect it first, or leave it out of the task."
    )
    assert device.rpcs == ["get-configuration", "close-session"]


@pytest.mark.parametrize(("name", "level"), [("protected-pki", "security pki"), ("protected-security", "security")])
@pytest.mark.parametrize("checking", [False, True])
def test_a_protected_level_above(stage: Stage, name: str, level: str, checking: bool) -> None:
    device = stage[name]
    if f"protect {level}" not in device.set_lines():
        device.commit_by([f"protect {level}"])
    commits = len(device.commits)
    message = one_error(stage.play(device, task(), options=["--check"] if checking else []))
    assert f"[{level}] is protected" in message or f"[edit {level}] is protected" in message
    assert message.endswith("Unprotect it first, or leave it out of the task.")
    assert left_behind(device) == {}
    assert len(device.commits) == commits


# What a device is slow to answer, or never answers.

UNCHANGED = "Nothing was changed."
DISCARDED = "Nothing was committed, the device discards the candidate."
# What comes before there is a candidate.
EARLY = ("reading the ", "opening the ")
UNKNOWN = "Whether it took effect is not known: run the task again, it changes only what is still missing."


@pytest.mark.parametrize(
    ("name", "at", "do", "change", "message"),
    [
        ("slow-load", "load-configuration", "delay", task(timeout=1), "loading the change within 1 seconds (timeout)"),
        ("late-load", "load-configuration", "late", task(timeout=1), "loading the change within 1 seconds (timeout)"),
        (
            "slow-check",
            "commit-configuration/check",
            "late",
            check(commit_timeout=1),
            "commit check within 1 seconds (commit_timeout)",
        ),
        (
            "certificates",
            "get-pki-local-certificate",
            "late",
            task(timeout=1, read_certificates=True),
            "reading the local certificates within 1 seconds (timeout)",
        ),
    ],
)
def test_no_answer_in_time(stage: Stage, name: str, at: str, do: str, change: dict[str, Any], message: str) -> None:
    device = stage[name]
    device.fault(at, do, seconds=2)
    assert one_error(stage.play(device, change)) == f"127.0.0.1: no answer to {message}. {so_far(message)}"
    assert_untouched(device)


def so_far(doing: str) -> str:
    """What has become of the change when the answer is lost."""
    return UNCHANGED if doing.startswith(EARLY) else DISCARDED


def test_no_answer_to_a_commit_in_time(stage: Stage) -> None:
    device = stage["late-commit"]
    device.fault("commit-configuration", "late", seconds=2)
    first, second = stage.play(device, {**task(commit_timeout=1), "diff": True}, task()).results
    # It did take effect, and that is what is told.
    assert (first.error, first["changed"], second["changed"]) == ("", True, False)
    assert first["warnings"] == [
        "127.0.0.1: No answer to the commit within 1 seconds (commit_timeout). Read again, the configuration is what"
        " was declared."
    ]
    assert first["diff"]["prepared"].startswith("[edit security")
    assert (len(device.commits), left_behind(device)) == (1, {})


def test_a_commit_whose_answer_is_lost_and_that_cannot_be_read_again(stage: Stage) -> None:
    device = stage["blind"]
    device.fault("commit-configuration", "drop-after")
    device.fault("get-configuration", "drop", nth=2, times=0)
    run = stage.play(device, task(timeout=1))
    assert one_error(run) == f"127.0.0.1: the session was lost during the commit. {UNKNOWN}"
    assert len(device.commits) == 1


@pytest.mark.parametrize(
    ("name", "at", "do", "change", "doing"),
    [
        ("lost-open", "open-configuration", "drop-after", task(), "opening the private configuration"),
        ("lost-diff", "get-configuration/compare", "drop", {**task(), "diff": True}, "comparing the candidate"),
    ],
)
def test_a_session_that_is_lost(stage: Stage, name: str, at: str, do: str, change: dict[str, Any], doing: str) -> None:
    device = stage[name]
    device.fault(at, do)
    assert one_error(stage.play(device, change)) == f"127.0.0.1: the session was lost during {doing}. {so_far(doing)}"
    assert_untouched(device)


# When the run is ended from outside.


def test_the_timeout_of_a_task_leaves_nothing_behind(stage: Stage) -> None:
    device = stage["task-timeout"]
    device.fault("load-configuration", "late", seconds=1.5)
    run = stage.play(device, {**task(configuration_mode="exclusive"), "timeout": 1})
    assert run.result.error == "Task failed: Timed out after 1 second(s)."
    assert_untouched(device)


def test_a_worker_that_is_killed_leaves_nothing_behind(stage: Stage) -> None:
    device = stage["killed"]
    device.fault("load-configuration", "late", seconds=20)
    with stage.meanwhile(device, task(configuration_mode="exclusive"), "load-configuration") as run:
        assert device.lock is not None
        for worker in stage.player.running()[1:]:
            os.kill(worker, signal.SIGKILL)
    assert run.result().status != 0
    assert_untouched(device)
