# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of a guide, for the test that does what they say."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

GUIDES = Path(__file__).resolve().parents[2] / "docs/docsite/rst"
_BLOCK = re.compile(r"^\.\. code-block:: (\S+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)


def blocks(guide: str, language: str) -> list[str]:
    """Those in one language, in order."""
    text = (GUIDES / f"{guide}.rst").read_text()
    return [textwrap.dedent(block).strip() for kind, block in _BLOCK.findall(text) if kind == language]
