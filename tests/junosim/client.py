# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet in a process of its own, started and asked from tests."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_PACKAGE = Path(__file__).parent


class SimError(Exception):
    """The fleet did not start, or did not do what was asked."""


class Device:
    """One simulated device, seen from a test."""

    def __init__(self, fleet: Fleet, name: str, row: Mapping[str, Any]) -> None:
        self._fleet, self.name = fleet, name
        self.host: str = row["address"]
        self.port: int = row["port"]
        self.ssh_port: int | None = row.get("ssh_port")
        self.user: str = row["user"]
        self.password: str = row["password"]
        self.release: str = row["release"]
        self._mark = 0

    # -- what happened

    def mark(self) -> None:
        """Forget what was recorded so far: ``events`` and ``rpcs`` start anew."""
        self._mark = self._fleet.record_length()

    @property
    def events(self) -> list[dict[str, Any]]:
        """Everything recorded since the mark: event is open, rpc, close, cli, file, refused-login or reset."""
        return [event for event in self._fleet.record(self._mark) if event["device"] == self.name]

    @property
    def rpcs(self) -> list[str]:
        """RPC names since the mark, in order; behind a slash the use: commit-configuration/check."""
        return [event["rpc"] for event in self.events if event["event"] == "rpc"]

    # -- what it is like now

    @property
    def state(self) -> dict[str, Any]:
        result: dict[str, Any] = self.ask("state")
        return result

    @property
    def files(self) -> dict[str, str]:
        """The files that were copied to it or that it wrote: path and mode."""
        return dict(self.state["files"])

    def set_lines(self) -> list[str]:
        """The committed configuration."""
        return list(self.state["set_lines"])

    def candidate_set_lines(self) -> list[str]:
        """The shared candidate."""
        return list(self.state["candidate_set_lines"])

    @property
    def candidate_dirty(self) -> bool:
        return bool(self.state["candidate_dirty"])

    @property
    def lock(self) -> dict[str, Any] | None:
        """Who holds the configuration exclusively: user, pid, session (0: somebody by script)."""
        holder: dict[str, Any] | None = self.state["lock"]
        return holder

    @property
    def private_sessions(self) -> list[int]:
        return list(self.state["private"])

    @property
    def commits(self) -> list[dict[str, Any]]:
        """Commits since the start, oldest first: user, comment, confirm_minutes."""
        return list(self.state["commits"])

    @property
    def awaiting_confirm(self) -> bool:
        return bool(self.state["awaiting_confirm"])

    def rollback_lines(self, number: int) -> list[str]:
        lines: list[str] = self.ask("history", number=number)
        return lines

    # -- scripts

    def lock_by(self, user: str = "root", pid: int = 4242) -> None:
        """Somebody else takes the configuration exclusively."""
        self.ask("lock", user=user, pid=pid)

    def unlock(self) -> None:
        """Whoever holds the lock lets it go."""
        self.ask("unlock")

    def edit_by(self, lines: list[str], user: str = "root", pid: int = 4242) -> None:
        """Somebody else's uncommitted edits in the shared candidate."""
        self.ask("edit", lines=lines, user=user, pid=pid)

    def discard(self) -> None:
        """The shared candidate is dropped."""
        self.ask("discard")

    def commit_by(self, lines: list[str], user: str = "root") -> None:
        """Somebody else commits these set lines (checked for syntax, not by commit check)."""
        self.ask("commit", lines=lines, user=user)

    def fault(self, at: str, do: str, **options: Any) -> None:
        """A fault from now on; see faults.py."""
        self.ask("fault", script={"at": at, "do": do, **options})

    def clear_faults(self) -> None:
        """No fault from now on; what is held goes on."""
        self.ask("clear_faults")

    def set_certificates(self, rows: list[dict[str, Any]]) -> None:
        """The certificate store, in the fleet file's form."""
        self.ask("certificates", rows=rows)

    def set_certificate_requests(self, rows: list[dict[str, Any]]) -> None:
        self.ask("certificate_requests", rows=rows)

    def set_crls(self, rows: list[dict[str, Any]]) -> None:
        self.ask("crls", rows=rows)

    def set_statistics(self, counters: dict[str, int]) -> None:
        self.ask("statistics", counters=counters)

    def set_minute(self, seconds: float) -> None:
        """How long a minute of confirm-timeout takes."""
        self.ask("minute", seconds=seconds)

    def unreachable(self, seconds: float = 0.0, how: str = "refuse") -> None:
        """Take no connection for so long (0: never again): refuse it, take it and stay silent, or drop its packets."""
        self.ask("unreachable", seconds=seconds, how=how)

    def pki(self) -> dict[str, Any]:
        """What its PKI daemon holds: local, timers, ca, key_pairs, log and more; see pkistate.py."""
        state: dict[str, Any] = self.ask("pki")
        return state

    def hold_ca(self, profile: str, *certificates: x509.Certificate) -> None:
        """A ca-profile holds these from now on."""
        pem = "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)
        self.ask("hold_ca", profile=profile, pem=pem)

    def settled(self) -> dict[str, Any]:
        """Wait until no enrollment is under way (one that is to be tried again later is not); answers ``pki``."""
        self.ask("settled")
        return self.pki()

    def reachable(self) -> None:
        """It takes connections again."""
        self.ask("reachable")

    def ask(self, operation: str, **arguments: Any) -> Any:
        return self._fleet.ask({"device": self.name, "do": operation, **arguments})


class Fleet:
    """A running fleet, by its state directory."""

    def __init__(self, state: Path) -> None:
        self.state = state
        facts = json.loads((state / "fleet.json").read_text())
        self.pid: int = facts["pid"]
        self.known_hosts = state / "known_hosts"
        self.client_key = state / "id_ed25519"
        self.devices = {name: Device(self, name, row) for name, row in facts["devices"].items()}
        self._control = facts["control"]

    def device(self, name: str) -> Device:
        return self.devices[name]

    def record_length(self) -> int:
        return (self.state / "record.jsonl").stat().st_size

    def record(self, since: int = 0) -> list[dict[str, Any]]:
        """All recorded events, whole lines only; ``since`` is an earlier ``record_length``."""
        with (self.state / "record.jsonl").open("rb") as file:
            file.seek(since)
            return [json.loads(line) for line in file if line.endswith(b"\n")]

    def advance(self, to: datetime, timeout: float = 600) -> list[dict[str, Any]]:
        """Move the fleet's clock; answers what was enrolled, failed or is pending on the way, in order of time."""
        events: list[dict[str, Any]] = self.ask({"do": "advance", "to": to.isoformat()}, timeout)
        return events

    def ask(self, request: dict[str, Any], timeout: float = 30) -> Any:
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(timeout)
            channel.connect(self._control)
            channel.sendall(json.dumps(request).encode() + b"\n")
            reply = json.loads(channel.makefile("rb").readline())
        if "error" in reply:
            raise SimError(reply["error"])
        return reply["ok"]


def attach(state: Path | str) -> Fleet:
    """A fleet that somebody else started with ``--state``."""
    return Fleet(Path(state))


@contextlib.contextmanager
def start(
    fleet: Mapping[str, Any] | Path | str, *, state: Path | None = None, lifetime: float = 1800, bodies: bool = False
) -> Iterator[Fleet]:
    """Run a fleet (a mapping, or a fleet file) in a subprocess for the length of a ``with`` block."""
    folder = Path(tempfile.mkdtemp(prefix="junosim-state-")) if state is None else state
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(fleet, Mapping):
        file = folder / "fleet.yml"
        file.write_text(yaml.safe_dump(dict(fleet)))
    else:
        file = Path(fleet)
    (folder / "fleet.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "junosim", str(file), "--state", str(folder), "--lifetime", str(lifetime)]
    command += ["--exit-with-parent", *(["--record-bodies"] if bodies else [])]
    environment = {**os.environ, "PYTHONPATH": str(_PACKAGE.parent)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment)
    try:
        _wait_ready(process, folder)
        yield Fleet(folder)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if state is None:
            shutil.rmtree(folder)


def _wait_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while not (folder / "fleet.json").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SimError(f"the fleet did not start: {(folder / 'log').read_text().strip()}")
        time.sleep(0.02)
