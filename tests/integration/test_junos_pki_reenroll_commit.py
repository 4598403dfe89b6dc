# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a change is committed: comment, synchronize, kinds of candidate, confirmed commits."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from integration.playing import Stage, left_behind
from junosim.client import Device

MODULE = "netpki.junos.junos_pki_reenroll"
CONFIG = """
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki auto-re-enrollment scep certificate-id old ca-profile-name corp-ca
set security pki auto-re-enrollment scep certificate-id old re-enroll-time days 30
""".strip()
LINES = ["set version 24.4R1", *CONFIG.splitlines()]

DEVICES = {
    name: {"release": "24.4R1", "config": CONFIG, "minute": 0.5, **more}
    for name, more in {
        "comment": {},
        "plain": {},
        "private": {},
        "exclusive": {},
        "exclusive-warned": {"warns_on_open": True},
        "unlocks": {"unlock_discards": True},
        "confirmed": {"minute": 60},
        "confirmed-check": {},
        "confirmed-nothing": {},
        "confirmed-master": {"minute": 60, "master_password": True},
        "unread": {},
        "changed": {"minute": 2},
        "protected": {"minute": 60},
        "edited": {"minute": 60},
        "locked": {"minute": 60},
        "slow-confirmation": {"minute": 60},
    }.items()
}


def task(**options: Any) -> dict[str, Any]:
    entry = {
        "certificate_id": "new",
        "protocol": "scep",
        "ca_profile_name": "corp-ca",
        "re_enroll_time": {"days": 20},
        "challenge_password": "Challenge-1",
    }
    return {MODULE: {"config": [entry], **options}}


def bodies(device: Device, rpc: str) -> list[str]:
    """The requests of that name, without what stands around them."""
    found = [event["body"] for event in device.events if event.get("rpc", "").partition("/")[0] == rpc]
    return [re.sub(r">\s+<", "><", re.sub(r"^.*?(?=<commit)|</(nc:)?rpc>\s*$", "", body, flags=re.S)) for body in found]


def rolled_back(device: Device) -> bool:
    """Whether the device goes back by itself."""
    deadline = time.monotonic() + 10
    while device.set_lines() != LINES:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_comment_and_synchronize_reach_the_device(stage: Stage) -> None:
    device = stage["comment"]
    stage.play(device, task(commit_comment='CHG-1 "two" & <three>', commit_synchronize=True))
    assert device.commits == [{"user": "netops", "comment": 'CHG-1 "two" & <three>', "confirm_minutes": 0.0}]
    (commit,) = bodies(device, "commit-configuration")
    assert commit == (
        '<commit-configuration><log>CHG-1 "two" &amp; &lt;three&gt;</log><synchronize/></commit-configuration>'
    )


def test_without_options_a_commit_is_plain_and_private(stage: Stage) -> None:
    device = stage["plain"]
    stage.play(device, task())
    assert bodies(device, "commit-configuration") == ["<commit-configuration/>"]
    assert "open-configuration/private" in device.rpcs


@pytest.mark.parametrize("name", ["private", "exclusive", "exclusive-warned", "unlocks"])
def test_both_kinds_of_candidate_commit_and_leave_nothing(stage: Stage, name: str) -> None:
    device = stage[name]
    mode = "private" if name == "private" else "exclusive"
    first, second = stage.play(device, *[task(configuration_mode=mode)] * 2).results
    assert (first["changed"], second["changed"]) == (True, False)
    assert device.rpcs == [
        "get-configuration",
        f"open-configuration/{mode}",
        "load-configuration",
        "commit-configuration",
        "close-configuration",
        "close-session",
        "get-configuration",
        "close-session",
    ]
    assert (left_behind(device), len(device.commits)) == ({}, 1)


# Confirmed commits.

CONFIRMED = [
    "get-configuration",
    "open-configuration/exclusive",
    "load-configuration",
    "commit-configuration/confirmed",
    "close-configuration",
    "close-session",
]


def not_confirmed(message: str) -> str:
    return f"{message}. The commit was not confirmed: the device rolls it back by itself within 2 minutes."


def test_a_confirmed_commit_is_confirmed_over_a_new_session(stage: Stage) -> None:
    device = stage["confirmed"]
    first, second = stage.play(device, *[task(commit_confirmed=2, commit_comment="CHG-2")] * 2).results
    assert (first["changed"], second["changed"]) == (True, False)
    assert device.rpcs == [
        *CONFIRMED,
        "get-configuration",
        "open-configuration/exclusive",
        "commit-configuration",
        "close-configuration",
        "close-session",
        "get-configuration",
        "close-session",
    ]
    assert len({event["session"] for event in device.events}) == 3
    assert bodies(device, "commit-configuration") == [
        "<commit-configuration><confirmed/><confirm-timeout>2</confirm-timeout><log>CHG-2</log></commit-configuration>",
        "<commit-configuration><log>CHG-2</log></commit-configuration>",
    ]
    assert left_behind(device) == {}


def test_a_confirmed_commit_of_a_secret_that_cannot_be_compared(stage: Stage) -> None:
    device = stage["confirmed-master"]
    assert stage.play(device, task(commit_confirmed=2)).result["changed"] is True
    assert left_behind(device) == {}


def test_check_mode_of_a_confirmed_commit_confirms_nothing(stage: Stage) -> None:
    device = stage["confirmed-check"]
    assert stage.play(device, task(commit_confirmed=2), options=["--check"]).result["changed"] is True
    assert "open-configuration/exclusive" in device.rpcs
    assert (device.commits, left_behind(device)) == ([], {})


def test_where_nothing_changes_nothing_is_confirmed(stage: Stage) -> None:
    device = stage["confirmed-nothing"]
    old = {"certificate_id": "old", "protocol": "scep", "re_enroll_time": {"days": 30}}
    assert stage.play(device, {MODULE: {"config": [old], "commit_confirmed": 2}}).result["changed"] is False
    assert device.rpcs == ["get-configuration", "close-session"]


def test_a_device_that_cannot_be_read_again_rolls_back_by_itself(stage: Stage) -> None:
    device = stage["unread"]
    device.fault("get-configuration", "error", nth=2, messages=["out of memory"])
    run = stage.play(device, task(commit_confirmed=2))
    assert run.result.error == not_confirmed("127.0.0.1: the device refuses reading the configuration: out of memory")
    assert rolled_back(device)
    assert left_behind(device) == {}


# Between the commit and its confirmation.


@pytest.mark.parametrize("name", ["changed", "protected"])
def test_a_commit_that_is_not_what_is_read_again_is_not_confirmed(stage: Stage, name: str) -> None:
    device = stage[name]
    place = "security pki auto-re-enrollment scep certificate-id new"
    theirs = [f"delete {place} re-enroll-time"] + ([f"protect {place}"] if name == "protected" else [])
    device.fault("get-configuration", "delay", nth=2, seconds=1)
    with stage.meanwhile(device, task(commit_confirmed=2), "get-configuration", 2) as run:
        device.commit_by(theirs, "bob")
    message = {
        "changed": "127.0.0.1: read again, the configuration is not what was committed",
        "protected": f"[edit {place}] is protected on the device, and this task would set"
        f" {place.removeprefix('security pki ')} re-enroll-time days."
        " Unprotect it first, or leave it out of the task",
    }[name]
    assert run.result().result.error == not_confirmed(message)
    assert left_behind(device, but="awaiting_confirm") == {}
    assert name == "protected" or rolled_back(device)


def test_edits_of_somebody_else_are_neither_committed_nor_lost(stage: Stage) -> None:
    device = stage["edited"]
    device.fault("get-configuration", "delay", nth=2, seconds=1)
    with stage.meanwhile(device, task(commit_confirmed=2), "get-configuration", 2) as run:
        device.edit_by(["set system host-name edited"], "bob")
    assert run.result().result.error == not_confirmed(
        "127.0.0.1: the shared candidate holds somebody's uncommitted edits."
        " The device says: configuration database modified. Their edits are as they were."
        " Run again when they are committed or rolled back"
    )
    assert "set system host-name edited" in device.candidate_set_lines()
    assert "set system host-name edited" not in device.set_lines()
    assert (device.lock, device.awaiting_confirm) == (None, True)


def test_a_lock_of_somebody_else(stage: Stage) -> None:
    device = stage["locked"]
    device.fault("get-configuration", "delay", nth=2, seconds=1)
    with stage.meanwhile(device, task(commit_confirmed=2), "get-configuration", 2) as run:
        device.lock_by("bob", 4712)
    error = re.sub(r"since .*, idle [\d:]+", "since T, idle T", run.result().result.error)
    assert error == not_confirmed(
        "127.0.0.1: somebody else holds the configuration. The device says: configuration database locked by:"
        " bob terminal (pid 4712) on since T, idle T exclusive. Run again when they are done"
    )
    assert device.awaiting_confirm
    assert device.lock == {"user": "bob", "pid": 4712, "session": 0}


UNKNOWN = (
    "Whether the commit is confirmed now is not known. If it is not, the device rolls it back by itself within 2"
    " minutes: run the task again after that."
)


def test_a_confirmation_whose_answer_is_late(stage: Stage) -> None:
    device = stage["slow-confirmation"]
    device.fault("commit-configuration", "late", nth=2, seconds=2)
    run = stage.play(device, task(commit_confirmed=2, commit_timeout=1))
    assert run.result.error == f"127.0.0.1: no answer to the commit within 1 seconds (commit_timeout). {UNKNOWN}"
    assert left_behind(device) == {}
