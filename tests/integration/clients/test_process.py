# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process around the devices: ready, faults on the wire, and an end in every case."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import junosim
import paramiko
import pytest
import yaml
from ncclient.operations.errors import TimeoutExpiredError
from ncclient.transport.errors import AuthenticationError, SessionCloseError, SSHError, TransportError

Connect = Callable[..., contextlib.AbstractContextManager[Any]]

SIM = Path(junosim.__file__).parent
EDIT = "<config><configuration><system><host-name>x</host-name></system></configuration></config>"
FLEET = {"devices": {"a": {"release": "22.4R3"}, "b": {"release": "19.4R3", "address": "127.90.2.2"}}}


def launch(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """The command line, until it says that it is ready."""
    (folder / "fleet.yml").write_text(yaml.safe_dump(FLEET))
    command = [sys.executable, "-m", "junosim", str(folder / "fleet.yml"), "--state", str(folder / "state"), *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SIM.parent)}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"junosim: 2 devices ready, state in {folder / 'state'}\n".encode()
    return process


def test_the_command_line_says_where_everything_is_and_ends_on_a_signal(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        process = launch(tmp_path)
        state = tmp_path / "state"
        facts = json.loads((state / "fleet.json").read_text())
        assert facts["pid"] == process.pid
        row = facts["devices"]["b"]
        assert (row["address"], row["release"], row["user"]) == ("127.90.2.2", "19.4R3", "admin")
        assert f"[127.90.2.2]:{row['port']} ssh-ed25519 " in (state / "known_hosts").read_text()
        assert (state / "running" / "b.set").read_text() == "set version 19.4R3\n"
        fleet = junosim.attach(state)
        fleet.device("b").commit_by(["set system host-name seen"])
        assert (state / "running" / "b.set").read_text() == "set version 19.4R3\nset system host-name seen\n"
        process.send_signal(number)
        assert process.wait(10) == 0
        assert not Path(facts["control"]).parent.exists()


def test_it_ends_with_its_standard_input_if_told_so(tmp_path: Path) -> None:
    process = launch(tmp_path, "--exit-with-parent")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 0


def test_it_ends_after_its_lifetime(tmp_path: Path) -> None:
    assert launch(tmp_path, "--lifetime", "0.3").wait(10) == 0


def test_a_mistake_in_the_fleet_is_one_line(tmp_path: Path) -> None:
    missing = r"did not start: junosim: device a: release is missing$"
    with pytest.raises(junosim.SimError, match=missing), junosim.start({"devices": {"a": {}}}, state=tmp_path):
        pass


def test_a_connection_is_reset_before_the_banner(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.fault("connect", "reset", times=2)
    # On a busy machine the reset arrives while the connection is still being made.
    with pytest.raises(ConnectionResetError), socket.create_connection((device.host, device.port), timeout=5) as raw:
        raw.recv(100)
    # Which of them ncclient lets through depends on when it reads.
    with pytest.raises((SSHError, EOFError, OSError)), ncclient(device):
        pass
    with ncclient(device) as nc:
        assert nc.connected


def test_a_login_is_refused(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.fault("login", "refuse")
    with pytest.raises(AuthenticationError), ncclient(device):
        pass
    with ncclient(device) as nc:
        assert nc.connected


def test_a_connection_dropped_in_the_middle_frees_the_lock(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.fault("edit-config", "drop-after")
    # How ncclient's own close-session ends on a connection that is gone depends on when it notices.
    with contextlib.suppress(TransportError, TimeoutExpiredError), ncclient(device) as nc:
        nc.lock("candidate")
        with pytest.raises(SessionCloseError):
            nc.edit_config(target="candidate", config=EDIT)
    deadline = time.monotonic() + 10
    while device.lock is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert device.lock is None
    assert not device.candidate_dirty


def test_a_device_out_of_reach_comes_back(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.unreachable(1.0)
    time.sleep(0.3)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((device.host, device.port), timeout=5)
    time.sleep(1.0)
    with ncclient(device) as nc:
        assert nc.connected


def test_out_of_reach_in_silence_or_without_an_answer(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    for how in ("silent", "drop"):
        device.unreachable(how=how)
        out_of_reach(device)
        with socket.socket() as probe:
            probe.settimeout(0.5)
            assert (probe.connect_ex((device.host, device.port)) == 0) is (how == "silent")
        device.reachable()
        within_reach(device)
        with ncclient(device) as nc:
            assert nc.connected


def within_reach(device: junosim.Device) -> None:
    """Wait until it says the first word of a connection again."""
    while True:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.settimeout(0.3)
            probe.connect((device.host, device.port))
            if probe.recv(1):
                return


def out_of_reach(device: junosim.Device) -> None:
    """Wait until it no longer says the first word of a connection."""
    while True:
        with socket.socket() as probe:
            probe.settimeout(0.3)
            try:
                probe.connect((device.host, device.port))
                if not probe.recv(1):
                    return
            except TimeoutError:
                return
            except OSError:
                continue


def test_a_password_that_has_expired_and_a_banner(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.fault("login", "expire")
    with pytest.raises(AuthenticationError), ncclient(device):
        pass
    device.clear_faults()
    device.fault("login", "noise", body="AUTHORISED USE ONLY\n", repeat=2)
    client = paramiko.Transport((device.host, device.port))
    client.start_client()
    client.auth_password(device.user, device.password)
    assert client.get_banner() == b"AUTHORISED USE ONLY\n" * 2
    client.close()


def test_a_slow_rpc_outlasts_an_impatient_client(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.fault("commit", "late", seconds=2)
    with ncclient(device) as nc:
        nc.edit_config(target="candidate", config=EDIT)
        nc.timeout = 0.7
        with pytest.raises(TimeoutExpiredError):
            nc.commit()
        nc.timeout = 20
    assert "set system host-name x" in device.set_lines()
