# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing a private copy's changes to a configuration that was committed meanwhile."""

from __future__ import annotations

from .loading import Problem
from .tree import Node, edit_path, ordered_keys


def rebase(base: Node, mine: Node, theirs: Node) -> Node:
    """``theirs`` with every change that leads from ``base`` to ``mine``."""
    result = theirs.copy()
    _rebase(base, mine, result)
    return result


def _rebase(base: Node, mine: Node, result: Node) -> None:
    for identity, was in base.kids.items():
        if identity not in mine.kids:
            result.kids.pop(identity, None)
        elif not was.same(mine.kids[identity]):
            now = mine.kids[identity]
            into = result.kids.get(identity)
            if into is None:
                result.add(now.copy())
                continue
            for mark in ("value", "inactive", "protect", "comment"):
                if getattr(was, mark) != getattr(now, mark):
                    setattr(into, mark, getattr(now, mark))
            _rebase(was, now, into)
    for identity, now in mine.kids.items():
        if identity not in base.kids:
            into = result.kids.get(identity)
            if into is None:
                result.add(now.copy())
            else:
                into.value = now.value
                _rebase(Node(now.rule, now.key), now, into)
    _reorder(base, mine, result)


def _reorder(base: Node, mine: Node, result: Node) -> None:
    """Where the private copy moved entries, its order stands."""
    before = [identity for identity in ordered_keys(base) if identity in mine.kids]
    if before == [identity for identity in ordered_keys(mine) if identity in base.kids]:
        return
    place = {identity: index for index, identity in enumerate(mine.kids)}
    ordered = sorted(result.kids, key=lambda identity: place.get(identity, len(place)))
    result.kids = {identity: result.kids[identity] for identity in ordered}


def conflicts(base: Node, mine: Node, theirs: Node, path: tuple[Node, ...] = ()) -> list[Problem]:
    """Statements that both sides changed since ``base``, to something different."""
    found: list[Problem] = []
    for identity in [*base.kids, *(i for i in mine.kids if i not in base.kids)]:
        was, now, other = base.kids.get(identity), mine.kids.get(identity), theirs.kids.get(identity)
        if _same(was, now) or _same(was, other) or _same(now, other):
            continue
        known = now or other or was
        assert known is not None
        if now is not None and other is not None and now.value == other.value and now.kids and other.kids:
            found += conflicts(was or Node(known.rule, known.key), now, other, (*path, known))
        else:
            words = " ".join(known.words())
            found.append(Problem(f"statement was changed by another user: '{words}'", words, edit_path(path)))
    return found


def _same(one: Node | None, other: Node | None) -> bool:
    return one is other or (one is not None and other is not None and one.same(other))
