# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set lines: parser of single commands, renderer of a whole tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .grammar import CONTAINER, LEAF, LEAF_LIST, LIST
from .tree import Node
from .words import Word, quote

_TOKEN = re.compile(r'"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<mark>[\[\]])|(?P<word>[^\s"\[\]]+)')


def split(line: str) -> list[str]:
    """The words of one command."""
    return [
        Word(re.sub(r"\\(.)", r"\1", match["quoted"]))
        if match["quoted"] is not None
        else match["mark"] or match["word"]
        for match in _TOKEN.finditer(line)
    ]


def lines(node: Node, prefix: tuple[str, ...] = ()) -> Iterator[str]:
    """The children of a node as ``set`` lines, with ``deactivate`` and ``protect`` lines after what they mark."""
    for kid in node:
        path = (*prefix, *(quote(word) for word in kid.words()))
        if kid.rule.kind == LEAF:
            yield " ".join(["set", *path, quote(kid.value or "")])
        elif kid.rule.kind == LEAF_LIST:
            value = kid.key or ""
            path = (*path, value if kid.rule.verbatim else quote(value))
            yield " ".join(["set", *path])
        elif kid.kids:
            yield from lines(kid, path)
        elif kid.rule.kind in (CONTAINER, LIST) or kid.key is None:
            yield " ".join(["set", *path])
        if kid.inactive:
            yield " ".join(["deactivate", *path])
        if kid.protect:
            yield " ".join(["protect", *path])


def render(node: Node) -> str:
    return "".join(line + "\n" for line in lines(node))
