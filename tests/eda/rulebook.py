# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-rulebook as people run it, with a rulebook of the collection, and what is posted to it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from integration.playing import own_environment

TOKEN = "Token-0"


@dataclass(frozen=True)
class Rulebook:
    """One that runs: ``log`` is what it printed."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def post(self, event: Any, token: str = TOKEN) -> int:
        """Post an event; the HTTP status of the answer."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}/event"
        request = urllib.request.Request(url, json.dumps(event).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return error.code


@contextmanager
def started(
    name: str,
    folder: Path,
    home: Path,
    variables: Mapping[str, Any],
    options: Sequence[str],
    settings: Mapping[str, str] | None = None,
) -> Iterator[Rulebook]:
    """Run a rulebook from when it listens to the end of a ``with`` block."""
    port = free_port()
    file, log = folder / "vars.yml", folder / "log"
    file.write_text(yaml.safe_dump({"pki_events_token": TOKEN, "pki_events_port": port, **variables}))
    program = Path(sys.executable).parent
    environment = {
        **own_environment(folder),
        "HOME": str(home),
        "EDA_JOB_TEMPLATE_REFRESH_DELAY": "0.1",
        **(settings or {}),
    }
    del environment["ANSIBLE_CALLBACKS_ENABLED"]
    environment["PATH"] = f"{program}:{environment['PATH']}"
    command = [str(program / "ansible-rulebook"), "--rulebook", f"netpki.junos.{name}", "--vars", str(file), *options]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        while not listens(port):
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        yield Rulebook(port, log, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
