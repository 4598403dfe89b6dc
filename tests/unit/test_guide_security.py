# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every claim of the guide on security names a test, and the test is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/docsite/rst/guide_security.rst").read_text()


def test_every_test_that_the_guide_names_is_there() -> None:
    named = re.findall(r"``(test_\w+)``", GUIDE)
    written = {
        name for file in ROOT.glob("tests/*/**/test_*.py") for name in re.findall(r"^def (\w+)", file.read_text(), re.M)
    }
    assert (len(named) > 30, [name for name in named if name not in written]) == (True, [])


def test_every_row_names_one() -> None:
    rows = [row for row in re.split(r"^  \* - ", GUIDE, flags=re.MULTILINE)[1:] if not row.startswith("what\n")]
    assert (len(rows) > 15, [row for row in rows if "``test_" not in row.partition("\n    - ")[2]]) == (True, [])
