# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scp, message by message: files come with their mode and go with it, and what is refused says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from junosim.device import Login, Recorder, Session
from junosim.scp import Scp

from .conftest import Channel


class Transfer:
    def __init__(self, sim: Any, command: str, login_class: str = "super-user") -> None:
        self.channel = Channel(sim.clock)
        self.scp = Scp(Session(sim.device, 1, Login("admin", login_class=login_class)), self.channel, command)
        self.scp.start()

    def send(self, data: bytes) -> bytes:
        self.channel.sent = b""
        self.scp.received(data)
        return self.channel.sent


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/var/tmp/new.pem", "/var/tmp/new.pem"),
        ("/var/tmp", "/var/tmp/sent.pem"),
        ("/var/tmp/", "/var/tmp/sent.pem"),
        (".", "/var/home/admin/sent.pem"),
        ("new.pem", "/var/home/admin/new.pem"),
    ],
)
def test_a_file_comes(sim: Callable[..., Any], target: str, path: str) -> None:
    made = sim()
    transfer = Transfer(made, f"scp -p -t {target}")
    assert transfer.channel.sent == b"\0"
    assert transfer.send(b"T1 0 1 0\n") == b"\0"
    assert transfer.send(b"C0600 6 sent.") == b""
    assert transfer.send(b"pem\nsec") == b"\0"
    assert (transfer.send(b"ret"), made.device.pki.files) == (b"", {})
    assert transfer.send(b"\0") == b"\0"
    assert (made.device.pki.files, made.device.pki.modes) == ({path: b"secret"}, {path: 0o600})
    transfer.scp.end_of_input()
    assert transfer.channel.gone == "exit 0"


@pytest.mark.parametrize(
    ("target", "message", "login_class", "text"),
    [
        ("/nowhere/a", b"C0600 1 a\n", "super-user", "/nowhere/a: No such file or directory"),
        ("/var/tmp/no/a", b"C0600 1 a\n", "super-user", "/var/tmp/no/a: No such file or directory"),
        ("/var/tmp/a", b"C0600 9999999 a\n", "super-user", "/var/tmp/a: No space left on device"),
        ("/var/tmp/a", b"C0600 1 a\n", "read-only", "/var/tmp/a: Permission denied"),
        ("/var/tmp/a", b"D0755 0 a\n", "super-user", "protocol error: expected control record"),
        ("/var/tmp/a", b"C0600 1 ../a\n", "super-user", "protocol error: expected control record"),
    ],
)
def test_a_file_that_is_refused(
    sim: Callable[..., Any], target: str, message: bytes, login_class: str, text: str
) -> None:
    made = sim()
    transfer = Transfer(made, f"scp -t {target}", login_class)
    assert transfer.send(message) == f"\x01scp: {text}\n".encode()
    assert (transfer.channel.gone, made.device.pki.files) == ("exit 1", {})


def test_a_file_goes_with_its_mode(sim: Callable[..., Any]) -> None:
    made = sim()
    made.device.pki.files["/var/home/admin/a.pem"] = b"text"
    made.device.pki.modes["/var/home/admin/a.pem"] = 0o640
    transfer = Transfer(made, "scp -f a.pem")
    assert transfer.channel.sent == b""
    assert transfer.send(b"\0") == b"C0640 4 a.pem\n"
    assert transfer.send(b"\0") == b"text\0"
    assert (transfer.send(b"\0"), transfer.channel.gone) == (b"", "exit 0")


def test_a_file_that_is_not_there(sim: Callable[..., Any]) -> None:
    transfer = Transfer(sim(), "scp -f a.pem")
    assert transfer.send(b"\0") == b"\x01scp: a.pem: No such file or directory\n"
    assert transfer.channel.gone == "exit 1"


@pytest.mark.parametrize(
    ("fault", "sent", "gone"),
    [
        ({"do": "drop"}, b"", "aborted"),
        ({"do": "error", "messages": ["disk is full"]}, b"\x01scp: disk is full\n", "exit 1"),
    ],
)
def test_faults_of_scp(sim: Callable[..., Any], fault: dict[str, Any], sent: bytes, gone: str) -> None:
    made = sim()
    made.device.faults.load([{"at": "scp", **fault}])
    channel = Transfer(made, "scp -t /var/tmp/a").channel
    assert (channel.sent, channel.gone) == (sent, gone)


def test_files_are_recorded_by_their_names(sim: Callable[..., Any], tmp_path: Path) -> None:
    made = sim()
    made.device.recorder = Recorder(tmp_path / "record.jsonl")
    Transfer(made, "scp -t /var/tmp/a").send(b"C0600 6 a\nsecret\0")
    made.talk().ask("<file-delete><purge/><path>/var/tmp/a</path></file-delete>")
    events = [json.loads(line) for line in (tmp_path / "record.jsonl").read_text().splitlines()]
    files = [{key: it for key, it in event.items() if key != "at"} for event in events if event["event"] == "file"]
    assert files == [
        {"device": "srx1", "event": "file", "did": "written", "file": "/var/tmp/a", "mode": "0600"},
        {"device": "srx1", "event": "file", "did": "removed", "file": "/var/tmp/a"},
    ]
    assert "secret" not in (tmp_path / "record.jsonl").read_text()
