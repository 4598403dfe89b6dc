# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on findings has every code once, in its order, with the severity and the advice that a user gets."""

from __future__ import annotations

import csv
from pathlib import Path

from ansible_collections.netpki.junos.plugins.module_utils._audit_checks import CHECKS
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._schedule import FINDINGS, WITHOUT_DATES, cannot_plan

GUIDE = Path(__file__).resolve().parents[2] / "docs/docsite/rst/guide_findings.rst"
LINES = [line.strip() for line in GUIDE.read_text().splitlines() if line.startswith('   "')]
ROWS = list(csv.reader(LINES, skipinitialspace=True))
# Those about a host or a CA are no rows of a table: test_audit.py has them, each with its sentence.
OTHERS = ["host-not-read", "certificates-not-read", "ca-certificates-not-read", "same-hour-on-host", "ca-overload"]


def test_the_guide_tells_every_finding_as_the_code_does() -> None:
    kinds = {**FINDINGS, **WITHOUT_DATES, "cannot-plan": cannot_plan(InputError("odd")), **CHECKS}
    expected = [[code, kind.severity, kind.advice] for code, kind in kinds.items()]
    assert [[code, severity, advice] for code, severity, _what, advice in ROWS[: len(kinds)]] == expected
    assert [code for code, *_rest in ROWS[len(kinds) :]] == OTHERS


def test_every_finding_is_explained() -> None:
    assert [code for code, _severity, what, _advice in ROWS if not what.endswith(".")] == []
