# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test CA in a process of its own, started and asked from tests."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509

_PACKAGE = Path(__file__).parent


class CaError(Exception):
    """The CA did not start, or did not do what was asked."""


class Ca:
    """A running CA, by its state directory."""

    def __init__(self, state: Path) -> None:
        self.state = state
        facts = json.loads((state / "ca.json").read_text())
        self.pid: int = facts["pid"]
        self.url: str = facts["url"]
        self._secret: str = facts["control"]

    def scep(self, profile: str) -> str:
        return f"{self.url}/{profile}/scep"

    def cmp(self, profile: str) -> str:
        return f"{self.url}/{profile}/cmp"

    def acme(self, profile: str) -> str:
        return f"{self.url}/{profile}/acme/directory"

    @property
    def root(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.state / "root.pem").read_bytes())

    @property
    def intermediate(self) -> x509.Certificate:
        """The one that signs now."""
        self.ask("look")
        return x509.load_pem_x509_certificate((self.state / "intermediate.pem").read_bytes())

    # -- what happened

    def log(self, what: str | None = None) -> list[dict[str, Any]]:
        """What was decided so far, oldest first, whole lines only; ``what``: issued, refused, pending, confirmed."""
        with (self.state / "issued.jsonl").open() as file:
            entries = [json.loads(line) for line in file if line.endswith("\n")]
        return [entry for entry in entries if what in (None, entry["what"])]

    # -- scripts

    def hold(self, profile: str) -> None:
        """Requests wait from now on."""
        self.ask("hold", profile=profile)

    def release(self, profile: str) -> None:
        """What waits is decided when its client asks again; what comes is decided at once."""
        self.ask("release", profile=profile)

    def rotate(self) -> None:
        """A new intermediate signs from now on."""
        self.ask("rotate")

    def down(self) -> None:
        """Connections are closed without an answer, until ``up``."""
        self.ask("down")

    def up(self) -> None:
        self.ask("up")

    def ask(self, operation: str, **arguments: str) -> None:
        request = urllib.request.Request(
            f"{self.url}/control",
            json.dumps({"do": operation, **arguments}).encode(),
            {"Authorization": f"Bearer {self._secret}"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            reply = json.load(answer)
        if "error" in reply:
            raise CaError(reply["error"])


def attach(state: Path | str) -> Ca:
    """A CA that somebody else started with ``--state``."""
    return Ca(Path(state))


@contextlib.contextmanager
def start(config: Mapping[str, Any] | Path | str, *, state: Path | None = None, lifetime: float = 1800) -> Iterator[Ca]:
    """Run a CA (a mapping, or a configuration file) in a subprocess for the length of a ``with`` block."""
    folder = Path(tempfile.mkdtemp(prefix="testca-state-")) if state is None else state
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(config, Mapping):
        file = folder / "config.yml"
        file.write_text(yaml.safe_dump(dict(config)))
    else:
        file = Path(config)
    (folder / "ca.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "testca", str(file), "--state", str(folder), "--lifetime", str(lifetime)]
    environment = {**os.environ, "PYTHONPATH": str(_PACKAGE.parent)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--exit-with-parent"], stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment
        )
    try:
        _wait_ready(process, folder)
        yield Ca(folder)
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
    while not (folder / "ca.json").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CaError(f"the CA did not start: {(folder / 'log').read_text().strip()}")
        time.sleep(0.02)
