# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command and tell what it cost, with all that it started: ``python watch.py OUT COMMAND...``.

Also what detaches from it (the daemons of a persistent connection): this process adopts it, waits for its end, and the
kernel adds up the processor time of all that was waited for. Memory is sampled while the command runs.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
#: Between two looks at the memory. A look at twenty workers costs this process some milliseconds, the command nothing.
SECONDS = 0.25
#: The longest run, and the longest that what has detached may take to end by itself.
LONGEST, LONGEST_END = 3600, 120


@dataclass
class Cost:
    """Seconds, and the highest figures seen, in bytes.

    ``controller``: resident memory of the command's own process. ``worker``: PSS of the largest of the others, which
    is what it has of its own and its share of the rest. ``all``: PSS of all together, which is what the machine needs.
    """

    status: int = -1
    wall: float = 0.0
    cpu: float = 0.0
    controller: int = 0
    worker: int = 0
    all: int = 0
    processes: int = 0

    def look(self, root: int) -> None:
        sizes = dict(_sizes())
        if not sizes:
            return
        self.controller = max(self.controller, _figure(f"/proc/{root}/status", "VmHWM:"))
        self.all = max(self.all, sum(sizes.values()))
        self.processes = max(self.processes, len(sizes))
        self.worker = max([self.worker, *(size for pid, size in sizes.items() if pid != root)])


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            found.setdefault(int(fields[1]), []).append(int(entry))
    return found


def _sizes() -> Iterator[tuple[int, int]]:
    """The PSS of everything below this process. What has detached is below it, too."""
    children, todo = _children(), [os.getpid()]
    while todo:
        for pid in children.get(todo.pop(), ()):
            todo.append(pid)
            if size := _figure(f"/proc/{pid}/smaps_rollup", "Pss:"):
                yield pid, size


def _figure(file: str, name: str) -> int:
    """A figure that the kernel tells in kB, in bytes; 0 where the process has ended meanwhile."""
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


def watch(command: list[str]) -> Cost:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "this process cannot adopt what detaches")
    cost, start = Cost(), time.monotonic()
    child = subprocess.Popen(command)
    ended = os.pidfd_open(child.pid)
    while not select.select([ended], [], [], SECONDS)[0]:
        cost.look(child.pid)
        if time.monotonic() - start > LONGEST:
            child.terminate()
    cost.wall = time.monotonic() - start
    cost.status = child.wait()
    _wait_for_all(time.monotonic() + LONGEST_END)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost.cpu = used.ru_utime + used.ru_stime
    return cost


def _wait_for_all(deadline: float) -> None:
    """Wait for what has detached. The kernel knows no way to wait for any child with a time limit but to ask again."""
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.05)
        except ChildProcessError:
            return
    raise TimeoutError("what the command left behind does not end")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asdict(watch(sys.argv[2:]))))
