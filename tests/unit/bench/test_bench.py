# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the benchmarks measure with, and what they make of the figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench import tables, watch

# Leaves a process behind, which uses up a fifth of a second once this one has ended, and then writes a file.
LEAVES = """
import os, sys, time
end, held = os.pipe()
if os.fork() == 0:
    os.close(held)
    os.setsid()
    os.read(end, 1)
    while time.process_time() < 0.2:
        pass
    open(sys.argv[1], "w").close()
    os._exit(0)
os._exit(3)
"""


def test_what_detaches_is_waited_for_and_counted(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LEAVES, str(tmp_path / "written")]
    subprocess.run([sys.executable, watch.__file__, str(tmp_path / "cost"), *command], check=True)
    assert (tmp_path / "written").exists()
    cost = json.loads((tmp_path / "cost").read_text())
    assert (cost["status"], cost["cpu"] >= 0.2) == (3, True)


# Two processes with memory of their own, which they hold until they are told to end.
HOLDS = """
import os, sys
memory = b"x" * 50_000_000
if os.fork() == 0:
    memory = b"y" * 50_000_000
    sys.stdin.read()
    os._exit(0)
os.wait()
"""


def test_memory_is_that_of_all_processes() -> None:
    child = subprocess.Popen([sys.executable, "-c", HOLDS], stdin=subprocess.PIPE)
    cost = watch.Cost()
    while cost.all < 100_000_000 and child.poll() is None:
        cost.look(child.pid)
    assert child.stdin is not None
    child.stdin.close()
    child.wait()
    assert cost.processes >= 2
    assert cost.controller >= 50_000_000
    assert cost.worker >= 50_000_000


def row(key: str, **more: Any) -> dict[str, Any]:
    usual = {
        "key": key,
        "what": f"contender {key}",
        "hosts": 1000,
        "cpu_ms": 50.0,
        "wall_ms": 40.0,
        "wall": 40.0,
        "rpcs": 2.0,
        "sessions": 1.0,
        "names": {"get-configuration": 1.0, "commit-configuration": 1.0},
        "controller_mb": 100.0,
        "worker_mb": 30.0,
        "all_mb": 300.0,
    }
    return usual | more


def results(*rows: dict[str, Any], **pure: float) -> dict[str, Any]:
    alone = [{"what": what, "certificates": 10_000, "wall": wall} for what, wall in pure.items()]
    return {"side_by_side": list(rows), "curve": [], "pure": alone}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (results(row("a"), row("g", cpu_ms=25.0)), "met    1000 hosts, CPU of a to g: 2.00, at most 2"),
        (results(row("a"), row("g", cpu_ms=20.0)), "MISSED 1000 hosts, CPU of a to g: 2.50, at most 2"),
        (results(row("a"), row("d1", cpu_ms=500.0)), "met    1000 hosts, CPU of a to d1: 0.10, at most 0.1"),
        (results(row("a"), row("e1", cpu_ms=400.0)), "MISSED 1000 hosts, CPU of a to e1: 0.12, at most 0.1"),
        (results(row("a", wall=91.0)), "MISSED 1000 hosts, a: wall, s: 91.00, at most 90"),
        (results(row("a", sessions=2.0)), "MISSED 1000 hosts, a: sessions: 2.00, at most 1"),
        (results(row("a", names={"get-configuration": 2.0})), "MISSED 1000 hosts, a: reads: 2.00, at most 1"),
        (results(row("a", controller_mb=401.0)), "MISSED 1000 hosts, a: controller, MB: 401.00, at most 400"),
        (results(row("b", rpcs=9.0)), "MISSED 1000 hosts, b: RPCs: 9.00, at most 8"),
        (results(row("b", names={"commit-configuration": 2.0})), "MISSED 1000 hosts, b: commits: 2.00, at most 1"),
        (results(reenroll_plan=10.5), "MISSED reenroll_plan, 10,000 certificates, s: 10.50, at most 10"),
        (results(reenroll_audit=9.5), "met    reenroll_audit, 10,000 certificates, s: 9.50, at most 10"),
        (results(role=19.5), "met    role, 10,000 certificates, s: 19.50, at most 20"),
    ],
)
def test_targets(given: dict[str, Any], verdict: str) -> None:
    lines = tables.verdicts(given).splitlines()
    assert [line for line in lines if line[7:].split(":")[:-1] == verdict[7:].split(":")[:-1]] == [verdict]


def test_tables_compare_with_the_engine() -> None:
    text = tables.rst(results(row("g", cpu_ms=20.0), row("a")))
    assert text.startswith("1,000 hosts:\n\n.. csv-table::\n")
    assert '"a", "contender a", "50", "2.5", "40", "1", "2", "100", "30", "300"' in text
