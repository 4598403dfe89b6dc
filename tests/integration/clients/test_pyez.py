# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PyEZ as it is: Device and Config."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import junosim
import pytest
from jnpr.junos.exception import CommitError, ConfigLoadError, ConnectAuthError, LockError, RpcError, UnlockError
from jnpr.junos.utils.config import Config

Connect = Callable[..., contextlib.AbstractContextManager[Any]]

ENTRY = "security pki auto-re-enrollment certificate-id vpn-01"


def test_facts(fleet: junosim.Fleet, pyez: Connect) -> None:
    with pyez(fleet.device("srx1")) as dev:
        facts = [dev.facts[name] for name in ("version", "hostname", "model", "serialnumber", "2RE", "master")]
    assert facts == ["22.4R3", "srx1", "SRX345", "SIM0000001", False, "RE0"]


def test_facts_of_a_cluster_by_the_exec_fallback(fleet: junosim.Fleet, pyez: Connect) -> None:
    with pyez(fleet.device("srx3")) as dev:
        assert dev.facts["junos_info"]["node1"]["text"] == "22.4R3"
        assert dev.facts["hostname_info"] == {"node0": "srx1", "node1": "srx1"}


def test_opening_a_session_costs_no_rpc(fleet: junosim.Fleet, pyez: Connect) -> None:
    with pyez(fleet.device("srx1")):
        assert fleet.device("srx1").rpcs == []
    events = [event["event"] for event in fleet.device("srx1").events]
    assert events[:2] == ["open", "rpc"]
    assert fleet.device("srx1").rpcs == ["close-session"]


FORMS: list[tuple[str, str, str]] = [
    ("set", f"set {ENTRY} re-enroll-trigger-time-percentage 20\ndelete {ENTRY} ca-profile-name", "merge"),
    (
        "text",
        "security { pki { auto-re-enrollment { certificate-id vpn-01 { re-enroll-trigger-time-percentage 20; "
        "delete: ca-profile-name; } } } }",
        "replace",
    ),
    (
        "xml",
        "<configuration><security><pki><auto-re-enrollment><certificate-id><name>vpn-01</name>"
        "<re-enroll-trigger-time-percentage>20</re-enroll-trigger-time-percentage>"
        '<ca-profile-name delete="delete"/></certificate-id></auto-re-enrollment></pki></security></configuration>',
        "replace",
    ),
]


@pytest.mark.parametrize(("form", "content", "action"), FORMS, ids=[row[0] for row in FORMS])
def test_load_diff_check_commit(fleet: junosim.Fleet, pyez: Connect, form: str, content: str, action: str) -> None:
    device = fleet.device("srx1")
    before = device.set_lines()
    with pyez(device) as dev, Config(dev, mode="exclusive") as config:
        config.load(content, format=form, merge=action == "merge")
        assert config.diff() == (
            f"\n[edit {ENTRY}]\n-   ca-profile-name corp-ca;\n-   re-enroll-trigger-time-percentage 10;\n"
            "+   re-enroll-trigger-time-percentage 20;\n"
        )
        assert config.commit_check() is True
        assert device.set_lines() == before
        assert config.commit(comment="CHG-7") is True
        assert config.diff() is None
    assert [line for line in device.set_lines() if "percentage" in line or "profile-name" in line] == [
        f"set {ENTRY} re-enroll-trigger-time-percentage 20"
    ]
    assert [(item["user"], item["comment"]) for item in device.commits] == [("admin", "CHG-7")]
    assert device.lock is None


def test_private_mode(fleet: junosim.Fleet, pyez: Connect) -> None:
    device = fleet.device("srx2")
    with pyez(device) as dev, Config(dev, mode="private") as config:
        config.load("set system host-name mine", format="set")
        assert config.diff() == "\n[edit system]\n-   host-name srx1;\n+   host-name mine;\n"
        assert len(device.private_sessions) == 1
        assert not device.candidate_dirty
        assert config.commit_check() is True
        assert config.commit() is True
        config.load("set system host-name forgotten", format="set")
    assert device.private_sessions == []
    assert "set system host-name mine" in device.set_lines()


def test_commit_confirmed_is_confirmed_or_rolls_back(fleet: junosim.Fleet, pyez: Connect) -> None:
    device = fleet.device("srx1")
    with pyez(device) as dev:
        config = Config(dev)
        for confirmed in (True, False):
            config.load(f"set system host-name confirmed-{confirmed}", format="set")
            assert config.commit(confirm=5) is True  # a minute is 0.2 s here
            assert device.awaiting_confirm
            assert config.commit() is True if confirmed else True
            wait_until(lambda: not device.awaiting_confirm)
    assert "set system host-name confirmed-True" in device.set_lines()


def test_rollback(fleet: junosim.Fleet, pyez: Connect) -> None:
    device = fleet.device("srx1")
    with pyez(device) as dev:
        config = Config(dev)
        config.load("set system host-name second", format="set")
        config.commit()
        config.load("set system host-name third", format="set")
        config.rollback(0)
        assert not device.candidate_dirty
        config.rollback(1)
        assert config.diff() == "\n[edit system]\n-   host-name second;\n+   host-name srx1;\n"
        assert config.diff(rb_id=1) is None


def test_errors_become_the_exceptions_that_pyez_has_for_them(fleet: junosim.Fleet, pyez: Connect) -> None:
    device = fleet.device("srx1")
    device.lock_by(user="kim", pid=4711)
    with pyez(device) as dev:
        config = Config(dev)
        with pytest.raises(LockError, match=r"configuration database locked by:\n +kim terminal  \(pid 4711\)"):
            config.lock()
        with pytest.raises(UnlockError, match="Configuration database is not open"):
            config.unlock()
        device.unlock()
        with pytest.raises(ConfigLoadError) as load:
            config.load(f"set {ENTRY} re-enroll-trigger-time-percentage 0\nset security pki x 1", format="set")
        assert [(error["message"], error["bad_element"]) for error in load.value.errs] == [
            ("Value 0 is not within range (1..99)", "re-enroll-trigger-time-percentage 0"),
            ("syntax error", "x"),
        ]
        config.load("delete security pki ca-profile corp-ca", format="set")
        with pytest.raises(CommitError) as commit:
            config.commit_check()
        assert [error["message"] for error in commit.value.errs] == [
            "Referenced ca-profile must have enrollment url configured under "
            "[edit security pki ca-profile <ca-profile-name> enrollment url]",
            "configuration check-out failed: (statements constraint check failed)",
        ]
        assert commit.value.errs[0]["edit_path"] == f"[edit {ENTRY}]"
        with pytest.raises(ConfigLoadError, match="statement not found"):
            config.load("delete security pki ca-profile other", format="set")
        assert config.load("delete security pki ca-profile other", format="set", ignore_warning=True) is not None
        with pytest.raises(RpcError, match="syntax error"):
            dev.rpc.get_no_such_thing()
    assert device.candidate_dirty  # what was loaded before the failed check is still there


def test_a_wrong_password_is_an_authentication_error(fleet: junosim.Fleet, pyez: Connect) -> None:
    device = fleet.device("srx1")
    device.password = "wrong"
    with pytest.raises(ConnectAuthError), pyez(device):
        pass
    assert [event["event"] for event in device.events] == ["refused-login"]


def test_inherited_statements_show_their_group(fleet: junosim.Fleet, pyez: Connect) -> None:
    device = fleet.device("srx2")
    device.commit_by(["set groups g security pki ca-profile group-ca ca-identity g", "set apply-groups g"])
    with pyez(device) as dev:
        data = dev.rpc.get_config(
            filter_xml="<configuration><version/><security><pki/></security></configuration>",
            options={"database": "committed", "inherit": "inherit", "groups": "groups"},
        )
    assert data.findtext("version") == "22.4R3"
    profiles = {item.findtext("name"): item.get("group") for item in data.iter("ca-profile")}
    assert profiles == {"corp-ca": None, "group-ca": "g"}
    assert [element.tag for element in data] == ["version", "security"]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not happen in ten seconds"
        time.sleep(0.05)
