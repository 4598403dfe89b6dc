# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edits of a configuration, and their renderings: the XML that is loaded, and the lines that a person would type."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._secrets import MASK, mask_secrets
from ansible_collections.netpki.junos.plugins.module_utils._statements import KEY, find
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, Slot, Slots, join

#: The way from the root of a configuration to ``pki``: in the main configuration, a logical system or a tenant.
Scope = Slots

#: ``[edit security pki]`` itself.
MAIN: Scope = (("security", ""), ("pki", ""))

_PLAIN_WORD = re.compile(r"[A-Za-z0-9_.:/@%+=,~*$-]+")


def scope(logical_system: str | None = None, tenant: str | None = None) -> Scope:
    """The scope of ``[edit security pki]`` itself, or of the one in a logical system or a tenant."""
    if logical_system is not None and tenant is not None:
        raise InputError("logical_system and tenant exclude each other. Give one of them.")
    for option, level, name in (("logical_system", "logical-systems", logical_system), ("tenant", "tenants", tenant)):
        if name is not None:
            if not name:  # never silently the main system
                raise InputError(f"{option}: is empty. Leave it out for the main system.")
            return ((level, name), *MAIN)
    return MAIN


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. ``slots`` is the path below ``[edit security pki]``, ``before`` the list key to move in front of.

    ``value`` is a leaf's value, also where the leaf is activated: the device asks for it there, too.
    """

    action: Literal["set", "delete", "activate", "insert"]
    slots: Slots
    value: str = ""
    before: str = ""

    @property
    def path(self) -> str:
        return "/".join(name for name, _key in self.slots)

    @property
    def secret(self) -> bool:
        statement = find(self.path)
        return bool(statement and statement.secret)


# --- lines -----------------------------------------------------------------------------------------------------------


def quote(word: str) -> str:
    """A word as the CLI takes it: in quotes where it holds more than plain characters."""
    if _PLAIN_WORD.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def words(slots: Iterable[Slot]) -> str:
    """A path as the CLI writes it."""
    return " ".join(quote(word) for slot in slots for word in slot if word)


def command(edit: Edit, where: Scope = MAIN, show_secrets: bool = False) -> str:
    """The ``set``, ``delete``, ``activate`` or ``insert`` line of one edit."""
    line = f"{edit.action} {words((*where, *edit.slots))}"
    if edit.action == "insert":
        return f"{line} before {edit.slots[-1][0]} {quote(edit.before)}"
    if edit.action == "set" and edit.value:
        value = quote(edit.value if show_secrets or not edit.secret else MASK)
        line = f"{line} {value}"
    return line if show_secrets else mask_secrets(line)


def commands(edits: Iterable[Edit], where: Scope = MAIN, show_secrets: bool = False) -> list[str]:
    """The lines of several edits, in order."""
    return [command(edit, where, show_secrets) for edit in edits]


# --- XML -------------------------------------------------------------------------------------------------------------


_Made = dict[Slots, ET.Element]


def to_xml(edits: Sequence[Edit], where: Scope = MAIN) -> list[str]:
    """The ``<configuration>`` documents to load one after the other with action ``merge``.

    One is enough, but for moves: the vendor's older pages speak of moving an existing element only, so what is moved is
    there before the second document is loaded.
    """
    moves = [edit for edit in edits if edit.action == "insert"]
    others = [edit for edit in edits if edit.action != "insert"]
    return [_document(part, where) for part in (others, moves) if part]


def _document(edits: Iterable[Edit], where: Scope) -> str:
    """Elements to set, and attributes for the rest."""
    root = ET.Element("configuration")
    pki = root
    made: _Made = {(): root}
    for depth in range(len(where)):
        pki = _element(made, where[: depth + 1], "")
    made = {(): pki}
    for edit in edits:
        for depth in range(1, len(edit.slots)):
            _element(made, edit.slots[:depth], edit.path)
        element = _element(made, edit.slots, edit.path)
        if edit.value:
            element.text = edit.value
        if edit.action == "delete":
            element.set("delete", "delete")
        elif edit.action == "activate":
            element.set("active", "active")
        elif edit.action == "insert":
            element.set("insert", "before")
            element.set(KEY, edit.before)
    return ET.tostring(root, encoding="unicode")


def _element(made: _Made, slots: Slots, path: str) -> ET.Element:
    """The element of a path of slots, made below its parent when it is not there yet."""
    if slots in made:
        return made[slots]
    name, key = slots[-1]
    element = made[slots] = ET.SubElement(made[slots[:-1]], name)
    statement = find("/".join(path.split("/")[: len(slots)])) if path else None
    if key and statement and statement.kind == "leaf-list":
        element.text = key
    elif key:
        ET.SubElement(element, KEY).text = key
    return element


# --- the result ------------------------------------------------------------------------------------------------------


def apply(root: Node, edits: Iterable[Edit]) -> Node:
    """The tree as it is after the edits; the given one is not changed."""
    after = root.copy()
    for edit in edits:
        parent = after
        for name, key in edit.slots[:-1]:
            parent = parent.add(Node(join(parent.path, name), key=key))
            parent.group = ""
        name, key = edit.slots[-1]
        node = parent.children.get((name, key))
        if edit.action == "set":
            node = node or parent.add(Node(join(parent.path, name), key=key))
            node.value, node.group = edit.value, ""
            _hide_others(parent, node)
        elif edit.action == "delete" and node:
            del parent.children[(name, key)]
            left = _inherited(node)
            if left:
                parent.add(left)
        elif edit.action == "activate" and node:
            node.inactive = False
        elif edit.action == "insert" and node:
            _move(parent, edit)
    _prune(after)
    return after


def _hide_others(parent: Node, chosen: Node) -> None:
    """What is set hides the others of its choice, those of apply-groups included."""
    choice = chosen.statement.choice if chosen.statement else ""
    for slot, child in list(parent.children.items()):
        if choice and child is not chosen and child.statement and child.statement.choice == choice:
            del parent.children[slot]


def _prune(node: Node) -> None:
    """Drop the containers that mean nothing without children, as the device does."""
    for slot, child in list(node.children.items()):
        _prune(child)
        statement = child.statement
        if statement and statement.kind == "container" and not statement.presence and not child.children:
            del node.children[slot]


def _inherited(node: Node) -> Node | None:
    """What apply-groups still bring of a node whose own part is deleted."""
    kept = [child for child in map(_inherited, node.children.values()) if child]
    if not node.group and not kept:
        return None
    group = node.group or kept[0].group
    return Node(node.path, node.key, node.value, group, children={child.slot: child for child in kept})


def _move(parent: Node, edit: Edit) -> None:
    moved = parent.children.pop(edit.slots[-1])
    reordered: dict[Slot, Node] = {}
    for slot, child in parent.children.items():
        if slot == (moved.name, edit.before):
            reordered[moved.slot] = moved
        reordered[slot] = child
    parent.children = reordered
