# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in effect: what groups bring is merged in, what is deactivated is left out."""

from __future__ import annotations

import fnmatch

from .grammar import LEAF_LIST, LIST
from .tree import Node, walk, without_inactive

Source = tuple[str, Node]  # a group's name, and its part for one hierarchy level
_OWN = ("apply-groups", "apply-groups-except", "groups")


def inherited(root: Node, *, marked: bool = True) -> Node:
    """The whole configuration with what groups bring, each such node marked with its group; groups left out."""
    top = root.copy()
    _inherit(top, [], root, ())
    if not marked:
        for _dummy, node in walk(top):
            node.group = None
    for name in _OWN:
        _strip(top, name)
    return top


def in_effect(root: Node) -> Node:
    return without_inactive(inherited(root))


def _inherit(node: Node, sources: list[Source], root: Node, path: tuple[Node, ...]) -> None:
    """Merge the sources into a node: its own statements win, then the nearest apply-groups, then the first named."""
    denied = {item.key for item in node.named("apply-groups-except")}
    # On a cluster every node applies its own group; the simulated device is always node0.
    names = [(item.key or "").replace("${node}", "node0") for item in node.named("apply-groups") if not item.inactive]
    own = [(name, _group_at(root, name, path)) for name in names]
    sources = [(name, part) for name, part in own if part is not None] + [s for s in sources if s[0] not in denied]
    for name, part in sources:
        for kid in part:
            if kid.inactive or _is_pattern(kid) or kid.rule.name in _OWN:
                continue
            if kid.identity not in node.kids and not _excluded(node, kid):
                added = kid.shell()
                added.group, added.comment = name, None
                node.add(added)
    for kid in node:
        if kid.rule.name != "groups" or path:
            _inherit(kid, _matching(sources, kid), root, (*path, kid))


def _group_at(root: Node, name: str, path: tuple[Node, ...]) -> Node | None:
    part = root.find(("groups", name))
    if part is None or part.inactive:
        return None
    for step in path:
        part = next((kid for kid in part if _matches(kid, step) and not kid.inactive), None)
        if part is None:
            return None
    return part


def _matching(sources: list[Source], kid: Node) -> list[Source]:
    return [(name, part) for name, above in sources for part in above if _matches(part, kid) and not part.inactive]


def _is_pattern(node: Node) -> bool:
    return node.rule.kind == LIST and (node.key or "").startswith("<")


def _matches(part: Node, node: Node) -> bool:
    if part.rule.name != node.rule.name:
        return False
    if _is_pattern(part):
        return fnmatch.fnmatchcase(node.key or "", (part.key or "")[1:-1])
    return part.key == node.key


def _excluded(node: Node, kid: Node) -> bool:
    """Whether the node has another member of the same choice: its own choice stands."""
    return bool(kid.rule.choice) and any(
        other.rule.choice == kid.rule.choice and other.rule is not kid.rule
        for other in node
        if other.rule.kind != LEAF_LIST
    )


def _strip(node: Node, name: str) -> None:
    for kid in node.named(name):
        node.remove(kid)
    for kid in node:
        _strip(kid, name)
