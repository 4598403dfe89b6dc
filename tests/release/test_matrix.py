# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict of the matrix: that nothing failed, and that nothing was left out. Its Pythons are stand-ins here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .matrix import ROWS

ROOT = Path(__file__).resolve().parents[2]

#: A Python that makes environments in which it is itself, has four releases installed, and FAILS in some of its rows.
PYTHON = """#!/bin/sh
case "$*" in
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
*importlib*) echo 2.0 2.8 5.0 43.0 ;;
*{fails}*) exit 1 ;;
esac
"""
#: What pyenv has on the PATH for a Python that it was not told to use.
SHIM = "#!/bin/sh\necho pyenv: python3.13: command not found >&2\nexit 127\n"

HEAD = "row      Python  ansible-core  junos-eznc  lxml    cryptography  result"
LINE = "{:<8} {:<7} 2.0           2.8         5.0     43.0          passed in 0 s"


def matrix(folder: Path, *rows: str, fails: str = "no-such-call", **others: str) -> tuple[int, list[str], str]:
    """How it ended, the lines of its table, and its error."""
    (folder / "bin").mkdir()
    for name in ("python3.11", "python3.12", "python3.13"):
        file = folder / "bin" / name
        file.write_text(others.get(name.replace(".", "_"), PYTHON.format(fails=fails)))
        file.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tests/release/matrix.py"), str(folder / "matrix"), *rows],
        env={"PATH": f"{folder / 'bin'}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = re.sub(r"in \d+ s$", "in 0 s", ended.stdout, flags=re.MULTILINE).splitlines()
    return ended.returncode, lines[lines.index(HEAD) + 1 :] if HEAD in lines else lines, ended.stderr


def test_all_rows_pass(tmp_path: Path) -> None:
    table = [LINE.format(row.name, row.python) for row in ROWS]
    assert matrix(tmp_path) == (0, table, "")


def test_the_rows_that_are_named_pass(tmp_path: Path) -> None:
    table = [LINE.format("oldest", "3.11"), LINE.format("2.20", "3.12")]
    assert matrix(tmp_path, "2.20", "oldest", python3_13=SHIM) == (0, table, "")


@pytest.mark.parametrize(
    ("fails", "result"), [("pytest*matrix/2.18", "failed"), ("install*~=2.18.0", "cannot be installed")]
)
def test_one_row_fails_and_the_others_are_run(tmp_path: Path, fails: str, result: str) -> None:
    code, table, error = matrix(tmp_path, fails=fails)
    assert (code, error) == (1, "")
    assert [line[:8].strip() for line in table] == [row.name for row in ROWS]
    assert [line for line in table if "passed" not in line and f" {result} in " in line] == [table[2]]


def test_a_row_without_its_python_is_no_success(tmp_path: Path) -> None:
    assert matrix(tmp_path, python3_13=SHIM) == (
        1,
        [],
        "Not on the PATH, or without the venv module: python3.13 (row newest). Put it there, or run the other "
        "rows, which is not enough for a release: ROWS='oldest 2.17 2.18 2.19 2.20'\n",
    )


def test_no_row_has_its_python(tmp_path: Path) -> None:
    missing = "Not on the PATH, or without the venv module: python3.13 (row newest). Put it there\n"
    assert matrix(tmp_path, "newest", python3_13=SHIM) == (1, [], missing)


def test_a_row_that_is_none(tmp_path: Path) -> None:
    error = "There is no row 2.16, newset. The rows are oldest 2.17 2.18 2.19 2.20 newest\n"
    assert matrix(tmp_path, "newset", "oldest", "2.16") == (1, [], error)
