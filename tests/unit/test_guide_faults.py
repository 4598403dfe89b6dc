# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on faults has every row of the tables that `make chaos` proves, in their order and in their words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from chaos.evidence import TABLES, csv_lines

GUIDE = Path(__file__).resolve().parents[2] / "docs/docsite/rst/guide_faults.rst"


def test_the_guide_tells_every_fault_as_the_tests_have_it() -> None:
    written = [line.strip() for line in GUIDE.read_text().splitlines() if line.startswith('   "')]
    assert written == [line for table in TABLES for line in csv_lines(table)]


def test_every_row_is_a_test_of_its_own() -> None:
    names = Counter(name for table in TABLES for name in table.rows)
    assert (len(names) > 80, [name for name, times in names.items() if times > 1]) == (True, [])
