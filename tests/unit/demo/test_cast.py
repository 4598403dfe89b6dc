# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recording of the demo: what came on the terminal, no more and no less, with its times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "demo"

# The second line comes from a process that it starts, when the first one has been recorded.
PROGRAM = """\
import subprocess, sys
from pathlib import Path
from cast import recorded
file = Path(sys.argv[1])
print("before")
with recorded(file, "A title"):
    print("größer", end=" ")
    print("first")
    while "first" not in file.read_text():
        pass
    subprocess.run(["echo", "second"], check=True)
    if sys.argv[2:]:
        sys.exit("the end")
print("after")
"""


def run(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), *arguments],
        cwd=FOLDER,
        env={"PYTHONPATH": str(FOLDER), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )


def test_what_comes_on_the_terminal_is_recorded(tmp_path: Path) -> None:
    done = run(tmp_path / "demo.cast")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "before\ngrößer first\nsecond\nafter\n")
    header, *events = [json.loads(line) for line in (tmp_path / "demo.cast").read_text().splitlines()]
    assert isinstance(header.pop("timestamp"), int)
    assert header == {"version": 2, "width": 120, "height": 36, "idle_time_limit": 2, "title": "A title"}
    assert "".join(text for _at, _kind, text in events) == "größer first\r\nsecond\r\n"
    assert {kind for _at, kind, _text in events} == {"o"}
    times = [at for at, _kind, _text in events]
    assert (times, times[0] >= 0, len(times) >= 2) == (sorted(times), True, True)


def test_a_run_that_fails_is_recorded_until_then(tmp_path: Path) -> None:
    done = run(tmp_path / "demo.cast", "fails")
    assert (done.returncode, done.stderr, done.stdout) == (1, "the end\n", "before\ngrößer first\nsecond\n")
    assert (tmp_path / "demo.cast").read_text().endswith('"second\\r\\n"]\n')
