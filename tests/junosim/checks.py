# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commit check: the ``must`` rules of the release's model, evaluated on what is in effect."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .effective import in_effect
from .grammar import LIST
from .loading import Problem
from .tree import Node, edit_path, walk
from .words import Unparsable, locate

_TERM = re.compile(r'(?P<any>any\s+)?"(?P<path>[^"]+)"')


def check(root: Node) -> list[Problem]:
    """Every broken rule, in the order of the configuration."""
    effective = in_effect(root)
    problems: list[Problem] = []
    for path, node in walk(effective):
        facts = node.rule.facts
        value = node.value if node.value is not None else node.key
        rules = facts.get("must", [])
        if node.rule.kind == LIST:
            rules = [*rules, *facts.get("key", {}).get("must", [])]
        for rule in rules:
            if not holds(rule["expression"], value or "", path, effective):
                bad = " ".join([*node.words(), *([node.value] if node.value is not None else [])])
                problems.append(Problem(rule["message"], bad, edit_path(path)))
                break
    return problems


def holds(expression: str, value: str, path: tuple[Node, ...], root: Node) -> bool:
    """``("a $$" || any "b <*> c $$")``: one of the paths exists. ``$$`` is the value, ``..`` the parent."""
    return any(_exists(match["path"], value, path, root) for match in _TERM.finditer(expression))


def _exists(text: str, value: str, path: tuple[Node, ...], root: Node) -> bool:
    words = [value if word == "$$" else word for word in text.split()]
    if words[0] == "..":
        return _has(path[-1], words[1:])
    if any(_has(top, words) for top in _scopes(path, root)):
        return True
    return "<*>" in words and _has(root, words)


def _scopes(path: tuple[Node, ...], root: Node) -> Iterator[Node]:
    """Where a path may begin: the tenant or logical system that the statement stands in, else the root."""
    if path and path[0].rule.name in ("tenants", "logical-systems"):
        yield path[0]
    else:
        yield root


def _has(node: Node, words: list[str]) -> bool:
    if "<*>" in words:
        at = words.index("<*>")
        return any(_has(entry, words[at + 1 :]) for entry in node.named(words[0]) if at == 1)
    try:
        return bool(locate(node, words)[1])
    except Unparsable:
        return False
