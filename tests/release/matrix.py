# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests with each release of ansible-core that is supported, and with the oldest and the newest libraries.

Called by ``make matrix``, in the tree that Ansible finds the collection in. Each row of ROWS has a virtual environment
of its own in the folder given as argument, and is run to its end whatever became of the others. The names of rows that
follow it are those that are wanted. Nothing is pinned but what the row says: what pip finds today is what a user gets
today.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: What the tests below import, beside what the collection needs.
TOOLS = ("acme", "asn1crypto", "asyncssh", "hypothesis", "jxmlease", "pytest", "pytest-xdist", "selenium")

#: The units, and every module and role against simulated devices: what a task runs in a user's Python.
TESTS = (
    "tests/unit/plugins",
    *(f"tests/integration/test_{which}.py" for which in ("junos_pki_*", "role_pki_reenroll*", "role_pki_report")),
)

#: Not run before ansible-core 2.19: they hold what ansible-core itself says, in the words that it has from there on.
ITS_WORDS = (
    "tests/integration/test_junos_pki_reenroll_faults.py::test_the_timeout_of_a_task_leaves_nothing_behind",
    *(
        f"tests/integration/test_junos_pki_reenroll_input.py::test_bad_input_is_one_error_that_names_the_option_and_the_rule[{case}]"
        for case in ("no mapping, but a text", "no list of mappings", "certificate id without a value")
    ),
    "tests/integration/test_role_pki_reenroll.py::test_bad_input[an entry and a profile twice]",
    "tests/integration/test_role_pki_reenroll.py::test_bad_input[a window the wrong way round]",
    "tests/integration/test_role_pki_reenroll.py::test_bad_input[minutes that are no number]",
    "tests/integration/test_role_pki_reenroll.py::test_the_rollout_has_no_hosts_of_its_own",
    "tests/integration/test_role_pki_report.py::test_bad_input_is_refused_before_anything_is_read"
    "[variables1-argument 'pki_report_ca_capacity' is of type str]",
    "tests/unit/plugins/filter/test_reenroll_plan.py::test_in_a_playbook",
)
OLD_LIBRARIES = (
    # icalendar 6 writes a backslash as it should, and reads another text back.
    "tests/unit/plugins/module_utils/test_report.py::test_calendar_is_read_back",
)

#: What a row's line of the table tells, of what was installed.
TOLD = ("ansible-core", "junos-eznc", "lxml", "cryptography")


@dataclass(frozen=True)
class Row:
    """``core``: which ansible-core. ``oldest``: the oldest libraries that requirements.txt takes, else the newest.

    ``but``: the tests that are not for it.
    """

    name: str
    python: str
    core: str = ""
    oldest: bool = False
    but: tuple[str, ...] = ()


ROWS = (
    Row("oldest", "3.11", "==2.17.0", oldest=True, but=(*ITS_WORDS, *OLD_LIBRARIES)),
    Row("2.17", "3.11", "~=2.17.0", but=ITS_WORDS),
    Row("2.18", "3.11", "~=2.18.0", but=ITS_WORDS),
    Row("2.19", "3.11", "~=2.19.0"),
    Row("2.20", "3.12", "~=2.20.0"),
    Row("newest", "3.13"),
)


@dataclass(frozen=True)
class Outcome:
    row: Row
    result: str
    seconds: float
    installed: tuple[str, ...] = ()


def requirements(row: Row) -> Iterator[str]:
    """What the row's environment holds, as pip takes it."""
    yield f"ansible-core{row.core}"
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        wanted = line.partition("#")[0].strip()
        if wanted:
            yield wanted.replace(">=", "==") if row.oldest else wanted
    yield from TOOLS


def interpreter(version: str) -> str | None:
    """A Python of that release that can make virtual environments."""
    found = shutil.which(f"python{version}")
    works = (
        found and subprocess.run([found, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
    )
    return found if works else None


def wanted(names: list[str]) -> dict[Row, str]:
    """The rows of those names, all without any, each with its Python. SystemExit where one of them cannot be run."""
    unknown = sorted({*names} - {row.name for row in ROWS})
    if unknown:
        raise SystemExit(f"There is no row {', '.join(unknown)}. The rows are {' '.join(row.name for row in ROWS)}")
    rows = [row for row in ROWS if not names or row.name in names]
    able = {row: python for row in rows if (python := interpreter(row.python))}
    missing = ", ".join(f"python{row.python} (row {row.name})" for row in rows if row not in able)
    if missing:
        others = f"ROWS='{' '.join(row.name for row in able)}'"
        rest = f", or run the other rows, which is not enough for a release: {others}" if able else ""
        raise SystemExit(f"Not on the PATH, or without the venv module: {missing}. Put it there{rest}")
    return able


def run(row: Row, python: str, folder: Path) -> Outcome:
    """Make the row's environment and run the tests in it."""
    print(f"\n==> {row.name}: Python {row.python}, {' '.join(requirements(row))}", flush=True)
    start = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    own = folder / "bin/python"
    pip = [str(own), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    if subprocess.run([*pip, "install", *requirements(row)], check=False).returncode:
        return Outcome(row, "cannot be installed", time.monotonic() - start)
    tests = [str(file) for pattern in TESTS for file in sorted(ROOT.glob(pattern))]
    options = [
        *(f"--deselect={each}" for each in row.but),
        "-q",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-o",
        f"cache_dir={folder / 'cache'}",
    ]
    environment = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    failed = subprocess.run(
        [str(own), "-m", "pytest", *options, *tests], cwd=ROOT, env=environment, check=False
    ).returncode
    return Outcome(row, "failed" if failed else "passed", time.monotonic() - start, installed(own))


def installed(python: Path) -> tuple[str, ...]:
    """The releases of what is TOLD."""
    ask = f"from importlib.metadata import version; print(*map(version, {TOLD}))"
    answer = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True)
    return tuple(answer.stdout.split())


def lines(outcomes: list[Outcome]) -> Iterator[str]:
    """The table: which row, what it ran with, what came of it."""
    form = "{:<8} {:<7} {:<13} {:<11} {:<7} {:<13} {}"
    yield form.format("row", "Python", *TOLD, "result")
    for each in outcomes:
        told = each.installed or ("-",) * len(TOLD)
        yield form.format(each.row.name, each.row.python, *told, f"{each.result} in {each.seconds:.0f} s")


def main() -> int:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    outcomes = [run(row, python, folder / row.name) for row, python in wanted(names).items()]
    print("\n" + "\n".join(lines(outcomes)))
    return 0 if {each.result for each in outcomes} == {"passed"} else 1


if __name__ == "__main__":
    sys.exit(main())
