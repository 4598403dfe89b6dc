# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each file has its licence, and nobody else's file passes for ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: One of each kind that bears no header, beside ours.
FOREIGN = {
    "docs/images/theirs.png",
    "meta/theirs.json",
    "roles/pki_report/theirs.md",
    "tests/junosim/data/theirs.json",
    "tests/junosim/data/theirs.txt",
    "tests/junosim/fleets/configs/theirs.conf",
    "theirs.gitignore",
}


def test_only_the_files_that_are_known_bear_no_header(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".ansible", "output"))
    for name in FOREIGN:
        (folder / name).write_bytes(b"anything")
    command = [sys.executable, "-m", "reuse", "--root", str(folder), "lint", "--lines"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    named = {str(Path(line.partition(": ")[0]).relative_to(folder)) for line in ended.stdout.splitlines()}
    assert (ended.returncode, named, ended.stderr) == (1, FOREIGN, "")
