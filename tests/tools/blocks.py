# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every block of code that the documentation shows, page by page, and what it is."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]

_RST = re.compile(r"^( *)\.\. code-block:: *(?P<language>\S+)\n\n(?P<text>(?:\1 +.*\n|\n)+)", re.MULTILINE)
_MARKDOWN = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """``page``: the file, below the root. ``number``: which block of the page, from 1 on."""

    page: str
    number: int
    language: str
    text: str

    @property
    def content(self) -> Any:
        return yaml.safe_load(self.text)

    @property
    def kind(self) -> str:
        """What has to be done with it."""
        if self.language in ("shell", "console"):
            return "commands"
        if self.language not in ("yaml", "yaml+jinja"):
            return {"ini": "inventory", "jinja": "template", "python": "program", "text": "text"}[self.language]
        content = self.content
        if isinstance(content, list):
            return "plays" if "hosts" in content[0] else "tasks"
        if all(name.startswith(("pki_reenroll_", "pki_report_")) for name in content):
            return "variables of a role"
        if "devices" in content:
            return "fleet"
        groups = [group for group in content.values() if isinstance(group, dict)]
        return "inventory" if any("hosts" in group for group in groups) else "variables"


def blocks() -> Iterator[Block]:
    for file in sorted(ROOT.glob("docs/docsite/rst/*.rst")):
        yield from _numbered(file, _shown(_RST, file))
    for file in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("*/*/README.md"))):
        yield from _numbered(file, _shown(_MARKDOWN, file))
    for folder in ("modules", "filter"):
        for file in sorted(ROOT.glob(f"plugins/{folder}/*.py")):
            yield from _numbered(file, (("yaml", text) for text in _examples(file)))


def _shown(pattern: re.Pattern[str], file: Path) -> Iterator[tuple[str, str]]:
    for found in pattern.finditer(file.read_text()):
        yield found["language"], textwrap.dedent(found["text"])


def _examples(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES":
            yield ast.literal_eval(node.value)


def _numbered(file: Path, found: Iterator[tuple[str, str]]) -> Iterator[Block]:
    for number, (language, text) in enumerate(found, 1):
        yield Block(str(file.relative_to(ROOT)), number, language, text.strip("\n") + "\n")


PAGES: dict[str, list[Block]] = {}
for _block in blocks():
    PAGES.setdefault(_block.page, []).append(_block)
