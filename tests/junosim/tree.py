# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration tree: nodes in the order of the configuration, found by element name and key."""

from __future__ import annotations

from collections.abc import Iterator

from .grammar import CONTAINER, LEAF_LIST, LIST, Rule

Identity = tuple[str, str | None]
KEY_SEPARATOR = "\x1f"  # between the parts of a key of several elements (from-zone trust to-zone untrust)


class Node:
    """A container, a list entry, a leaf, or one value of a leaf-list.

    ``key`` names a list entry or a leaf-list value, ``value`` is a leaf's. Set only in documents to be loaded: ``op``
    (replace, delete), ``marks`` (inactive, active, protect, unprotect) and ``place`` (before, after or first, and the
    key it refers to). Set only in trees that show what a group brought: ``group``.
    """

    __slots__ = ("comment", "group", "inactive", "key", "kids", "marks", "op", "place", "protect", "rule", "value")

    def __init__(self, rule: Rule, key: str | None = None, value: str | None = None) -> None:
        self.rule = rule
        self.key = key
        self.value = value
        self.kids: dict[Identity, Node] = {}
        self.inactive = False
        self.protect = False
        self.comment: str | None = None
        self.group: str | None = None
        self.op: str | None = None
        self.marks: tuple[str, ...] = ()
        self.place: tuple[str, str | None] | None = None

    @property
    def identity(self) -> Identity:
        return (self.rule.name, self.key)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.kids.values())

    def add(self, node: Node) -> Node:
        self.kids[node.identity] = node
        return node

    def remove(self, node: Node) -> None:
        del self.kids[node.identity]

    def named(self, name: str) -> list[Node]:
        return [kid for kid in self if kid.rule.name == name]

    def find(self, *path: str | Identity) -> Node | None:
        """The node at a path of element names and (list name, key) pairs."""
        node: Node | None = self
        for step in path:
            node = node.kids.get(step if isinstance(step, tuple) else (step, None)) if node is not None else None
        return node

    def shell(self) -> Node:
        """This node without its children."""
        node = Node(self.rule, self.key, self.value)
        node.inactive, node.protect, node.comment, node.group = self.inactive, self.protect, self.comment, self.group
        node.op, node.marks, node.place = self.op, self.marks, self.place
        return node

    def copy(self) -> Node:
        node = self.shell()
        node.kids = {identity: kid.copy() for identity, kid in self.kids.items()}
        return node

    def same(self, other: Node) -> bool:
        """Same value, marks, children, and order of those whose order counts."""
        if self.own_state() != other.own_state() or self.kids.keys() != other.kids.keys():
            return False
        if ordered_keys(self) != ordered_keys(other):
            return False
        return all(kid.same(other.kids[identity]) for identity, kid in self.kids.items())

    def own_state(self) -> tuple[object, ...]:
        return (self.value, self.inactive, self.protect, self.comment)

    def words(self) -> list[str]:
        """The words that name this node on the command line, without a leaf's value."""
        if self.key is None:
            return [] if self.rule.nameless else [self.rule.name]
        if self.rule.kind == LEAF_LIST:
            return [self.rule.name]
        parts = self.key.split(KEY_SEPARATOR)
        if self.rule.key_words:
            return [word for pair in zip(self.rule.key_words, parts, strict=True) for word in pair]
        return parts if self.rule.nameless else [self.rule.name, *parts]


def ordered_keys(node: Node) -> list[Identity]:
    """The children whose order means something: list entries and leaf-list values."""
    return [identity for identity, kid in node.kids.items() if kid.rule.kind in (LIST, LEAF_LIST)]


def prune_empty(node: Node) -> None:
    """Remove containers that live only by their children and have none. Those that no table knows stay."""
    for kid in list(node):
        prune_empty(kid)
        known = kid.rule.kind == CONTAINER and kid.rule.kids
        if known and not kid.kids and not kid.protect and not kid.rule.facts.get("presence"):
            node.remove(kid)


def without_inactive(node: Node) -> Node:
    """A copy of what is in effect as far as deactivation goes."""
    copied = node.shell()
    for kid in node:
        if not kid.inactive:
            copied.add(without_inactive(kid))
    return copied


def walk(node: Node, path: tuple[Node, ...] = ()) -> Iterator[tuple[tuple[Node, ...], Node]]:
    """Every node below, with the nodes above it (the root left out)."""
    for kid in node:
        yield path, kid
        yield from walk(kid, (*path, kid))


def edit_path(path: tuple[Node, ...]) -> str:
    """``[edit security pki ca-profile corp-ca]``."""
    return "[" + " ".join(["edit", *(word for node in path for word in node.words())]) + "]"
