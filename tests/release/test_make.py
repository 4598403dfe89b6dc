# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make` asks for before it begins, and which files it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = ["make", f"--assume-old={sys.prefix}/.made", f"VENV={sys.prefix}", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ("lint unit", []),
        ("lint integration", ["chromium", "pebble"]),
        ("lint events", ["java"]),
        ("lint integration events", ["chromium", "pebble", "java"]),
    ],
)
def test_of_the_system_only_what_a_wanted_step_needs(steps: str, wanted: list[str]) -> None:
    ended = make("--dry-run", "test", f"STEPS={steps}")
    before, _line, rest = ended.stdout.partition("==> make lint")
    assert (ended.returncode, [name for name in ("chromium", "pebble", "java") if name in before]) == (0, wanted)
    assert "ruff check ." in rest


def test_a_path_with_a_blank(tmp_path: Path) -> None:
    folder = tmp_path / "my clone"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    ended = make("help", folder=folder)
    said = f'make takes no path with a blank, and this clone lies in "{folder}": move it.'
    assert ended.returncode == 2
    assert ended.stderr.partition("*** ")[2] == f"{said}  Stop.\n"


def tree(clone: Path, *arguments: str) -> tuple[list[str], list[str]]:
    """What is mirrored, and what is said."""
    target = clone.parent / "tree"
    command = [sys.executable, "tests/tools/tree.py", str(target), *arguments]
    ended = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=True)
    files = sorted(str(file.relative_to(target)) for file in target.rglob("*") if file.is_file())
    return files, ended.stdout.splitlines()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    (folder / "tests/tools").mkdir(parents=True)
    shutil.copy(ROOT / "tests/tools/tree.py", folder / "tests/tools")
    return folder


def test_the_tree_has_new_files_and_what_is_published_has_not(clone: Path) -> None:
    (clone / ".gitignore").write_text("/build/\n")
    (clone / "gone").touch()
    for command in (["git", "init", "--quiet"], ["git", "add", "--all"]):
        subprocess.run(command, cwd=clone, check=True)
    (clone / "gone").unlink()
    (clone / "new").touch()
    (clone / "build").mkdir()
    (clone / "build/made").touch()
    tracked = [".gitignore", "tests/tools/tree.py"]
    assert tree(clone) == (sorted(["new", *tracked]), [])
    assert tree(clone, "--tracked") == (tracked, ["new is left out: git does not track it"])


def test_git_does_not_say_which_files_count(clone: Path, tmp_path: Path) -> None:
    command = [sys.executable, "tests/tools/tree.py", str(tmp_path / "tree")]
    ended = subprocess.run(
        command,
        cwd=clone,
        env={**os.environ, "GIT_DIR": "none", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{clone}: git does not say which files count, for the reason above. This takes a clone of your own"
    assert (ended.returncode, ended.stderr.splitlines()[1:]) == (1, [said])
    assert ended.stderr.startswith("fatal: not a git repository")
    assert not (tmp_path / "tree").exists()
