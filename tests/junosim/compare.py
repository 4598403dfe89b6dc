# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The difference between two configurations in the form of ``show | compare``.

A block per changed level, ``[edit ...]``, then its removed (-), added (+) and otherwise changed (!) statements. The
device indents each sign's text by rules of its own; here it is always three blanks.
"""

from __future__ import annotations

from . import textform
from .grammar import LEAF_LIST, LIST
from .tree import Node, edit_path, ordered_keys

_INDENT = "   "


def compare(old: Node, new: Node) -> str:
    """Empty when both are the same."""
    blocks: list[str] = []
    _compare(old, new, (), blocks)
    return "".join(blocks)


def _compare(old: Node, new: Node, path: tuple[Node, ...], blocks: list[str]) -> None:
    lines: list[str] = []
    deeper: list[tuple[Node, Node]] = []
    for identity, was in old.kids.items():
        now = new.kids.get(identity)
        if now is None:
            lines += _signed("-", was)
        elif was.value != now.value:
            lines += _signed("-", was) + _signed("+", now)
        else:
            deeper.append((was, now))
    lines += [line for identity, now in new.kids.items() if identity not in old.kids for line in _signed("+", now)]
    for was, now in deeper:
        if (was.inactive, was.protect) != (now.inactive, now.protect):
            lines.append(f"!{_INDENT}{_turned(was, now)} {' '.join(now.words())} {{ ... }}\n")
        elif was.comment != now.comment:
            lines.append(f"+{_INDENT}/* {now.comment or ''} */\n")
    lines += [f"!{_INDENT}{' '.join(node.words())} {{ ... }}\n" for node in _moved(old, new)]
    if lines:
        blocks.append(edit_path(path) + "\n" + "".join(lines))
    for was, now in deeper:
        _compare(was, now, (*path, now), blocks)


def _signed(sign: str, node: Node) -> list[str]:
    parent = Node(node.rule)
    parent.add(node)
    return [f"{sign}{_INDENT}{line}\n" for line in textform.render(parent).splitlines()]


def _turned(was: Node, now: Node) -> str:
    if was.inactive != now.inactive:
        return "inactive:" if now.inactive else "active:"
    return "protect:" if now.protect else "unprotect:"


def _moved(old: Node, new: Node) -> list[Node]:
    """Entries that stand in another place among those that both have."""
    before = [identity for identity in ordered_keys(old) if identity in new.kids]
    after = [identity for identity in ordered_keys(new) if identity in old.kids]
    pairs = zip(before, after, strict=True)
    return [new.kids[now] for was, now in pairs if was != now and new.kids[now].rule.kind in (LIST, LEAF_LIST)]
