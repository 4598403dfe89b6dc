# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the guide on trigger dates are what the filter computes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from ansible_collections.netpki.junos.plugins.filter.reenroll_plan import reenroll_plan

GUIDE = Path(__file__).resolve().parents[2] / "docs/docsite/rst/guide_trigger_dates.rst"
LINES = [line.strip() for line in GUIDE.read_text().splitlines() if line.startswith('   "')]
ROWS = list(csv.reader(LINES, skipinitialspace=True))


def entry(statement: str, value: str) -> dict[str, object]:
    if statement == "re-enroll-trigger-time-percentage":
        return {"re_enroll_trigger_time_percentage": value}
    return {"re_enroll_time": {statement.split()[1].replace("percent", "percentage"): value}}


def test_the_guide_has_its_tables() -> None:
    assert len(ROWS) == 11


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_a_row_is_what_the_filter_computes(row: list[str]) -> None:
    issued, expires, statement, value, renews, elapsed = row
    plan = reenroll_plan({"not_before": issued, "not_after": expires}, entry(statement, value), now=issued)
    assert (plan["trigger"], f"{plan['share_elapsed']} %") == (renews, elapsed)
