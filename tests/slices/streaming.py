# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet in slices, by the commands of the guide: ansible-runner transmit, worker and process, joined by pipes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from integration.playing import children, own_environment


@dataclass(frozen=True)
class Place:
    """Where somebody stands who types the commands, and the home with the known_hosts of all the machines."""

    folder: Path
    home: Path

    def start(self, command: str) -> subprocess.Popen[str]:
        """A command of the guide. All the workers are this machine."""
        environment = {**own_environment(self.folder), "HOME": str(self.home), "ANSIBLE_FORKS": "5"}
        del environment["ANSIBLE_CALLBACKS_ENABLED"]
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        return subprocess.Popen(
            ["bash", "-c", re.sub(r"\bssh worker-\d+ ", "bash -c ", command)],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: str) -> tuple[int, str]:
        """A command's exit status, and what it printed."""
        process = self.start(command)
        printed, _none = process.communicate(timeout=600)
        return process.returncode, printed


def kill_worker(pipeline: subprocess.Popen[str]) -> None:
    """End the worker with all that it started, at once, as the end of its machine does."""
    (worker,) = (pid for pid in children(pipeline.pid) if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
    (playbook,) = children(worker)
    for pid in (worker, playbook):
        os.kill(pid, signal.SIGSTOP)
    for pid in (*children(playbook), playbook, worker):
        os.kill(pid, signal.SIGKILL)
