# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of what is survived, for people: as Markdown after a run, as lines of the guide on faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from chaos.endings import ENDINGS, Ending
from chaos.faults import FAULTS
from chaos.rivals import RIVALS, STOPPED, Rival
from chaos.table import PHASES, Fault

CHANGED = "(changed)"
#: What stays on a device that somebody else holds.
THEIRS = {"lock": "their lock is theirs", "candidate_dirty": "their edits are as they were"}


class Table(NamedTuple):
    """Rows by the name of the test that proves them."""

    title: str
    head: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


def fault(row: Fault) -> tuple[str, ...]:
    told = " ".join([row.told or CHANGED, *(f"Warning: {text}" for text in row.warnings)])
    state = "changed" if row.commits else "as before"
    if row.rolled_back:
        state = "as before, rolled back by itself"
    elif row.theirs or row.gone:
        state = "changed, beside their change" if row.commits else "as they left it"
    afterwards = "; ".join([state, *(THEIRS[name] for name in row.left)])
    return (PHASES[row.phase], row.what, told, afterwards, "nothing to do" if row.commits else "changes it")


def ending(row: Ending) -> tuple[str, ...]:
    state = "changed" if row.done else "as before"
    if row.phase == "confirm" and not row.done:
        state += ", rolled back by itself"
    return (PHASES[row.phase], row.how, row.when, state, "nothing to do" if row.done else "changes them")


def rival(row: Rival) -> tuple[str, ...]:
    one, other = (text or CHANGED for text in row.told)
    return (PHASES[row.phase], row.what, one if row not in STOPPED else "(stopped)", other)


TABLES = (
    Table(
        "One device of twelve",
        ("When", "What happens", "What the task says", "The device afterwards", "The next run"),
        {row.name: fault(row) for row in FAULTS},
    ),
    Table(
        "The controller, in the middle of twelve devices",
        ("When", "What ends it", "How far the devices are", "The devices afterwards", "The next run"),
        {row.name: ending(row) for row in ENDINGS},
    ),
    Table(
        "Two controllers at once",
        ("When", "What happens", "What the first is told", "What the second is told"),
        {row.name: rival(row) for row in (*RIVALS, *STOPPED)},
    ),
)


def csv_lines(table: Table) -> list[str]:
    """The rows as they stand in the guide."""
    return [", ".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table.rows.values()]


def write(took: Mapping[str, float], folder: Path) -> None:
    """The rows that held in this run, and the seconds that each took; of a controller that ends, from the signal on."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chaos.md").write_text("\n".join(line for table in TABLES for line in markdown(table, took)))


def markdown(table: Table, took: Mapping[str, float]) -> list[str]:
    rows = [(name, *cells, f"{took[name]:.1f} s") for name, cells in table.rows.items() if name in took]
    head = ("Test", *table.head, "Took")
    lines = [head, ("---",) * len(head), *rows]
    return [f"## {table.title}", "", *(f"| {' | '.join(line)} |" for line in lines), ""]
