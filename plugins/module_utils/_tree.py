# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration below ``[edit security pki]`` as one tree, whether it comes from a device or from a task's options.

The statement table decides every conversion; there is no branch for a particular statement. Replies are walked as
elements, not through jxmlease: a configuration's meaning sits in attributes (``inactive``, ``protect``,
``junos:group``) and in the order of repeated elements, which a mapping would hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._elements import children_of, local_name, text_of
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._secrets import MASK
from ansible_collections.netpki.junos.plugins.module_utils._statements import (
    CA_PROFILE,
    KEY,
    PROTOCOLS,
    Statement,
    children,
    find,
    is_plain_list,
    is_switch,
    row,
)

#: One step of a configuration path: the statement's name, and the key where it is a list entry ("" elsewhere).
Slot = tuple[str, str]
#: A path below ``[edit security pki]``.
Slots = tuple[Slot, ...]


@dataclass(slots=True)
class Node:
    """A statement in a configuration: as read (have), or as declared (want).

    ``group`` names the apply-group that an inherited statement comes from; it is empty for the device's own.
    ``absent`` marks a declared statement that must not be there; ``where`` is the option that declared it.
    """

    path: str = ""
    key: str = ""
    value: str = ""
    group: str = ""
    inactive: bool = False
    protected: bool = False
    absent: bool = False
    where: str = ""
    children: dict[Slot, Node] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def slot(self) -> Slot:
        return (self.name, self.key)

    @property
    def statement(self) -> Statement | None:
        return find(self.path)

    def add(self, child: Node) -> Node:
        return self.children.setdefault(child.slot, child)

    def at(self, slots: Iterable[Slot]) -> Node | None:
        """The node at the end of a path of slots, or None."""
        node: Node | None = self
        for slot in slots:
            node = node.children.get(slot) if node else None
        return node

    def entries(self, list_path: str) -> dict[str, Node]:
        """The entries of a list by key, in order, whether in effect or not."""
        *above, name = list_path.split("/")
        parent = self.at((word, "") for word in above)
        return {node.key: node for slot, node in parent.children.items() if slot[0] == name} if parent else {}

    def in_effect(self) -> Node:
        """A copy without what is deactivated."""
        kept = {slot: node.in_effect() for slot, node in self.children.items() if not node.inactive}
        return Node(self.path, self.key, self.value, self.group, protected=self.protected, children=kept)

    def copy(self) -> Node:
        return Node(
            self.path,
            self.key,
            self.value,
            self.group,
            self.inactive,
            self.protected,
            self.absent,
            self.where,
            {slot: node.copy() for slot, node in self.children.items()},
        )

    def walk(self) -> Iterator[tuple[Slots, Node]]:
        """Every node below this one with its path of slots, parents first."""
        for slot, node in self.children.items():
            yield (slot,), node
            for slots, deeper in node.walk():
                yield (slot, *slots), deeper


def join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


# --- from a device's reply -------------------------------------------------------------------------------------------


def from_xml(element: Any, path: str = "") -> Node:
    """Decode a ``<pki>`` element (or what is below it at ``path``), unknown statements included.

    :param element: an element of lxml or of xml.etree.
    """
    marks = {local_name(name): value for name, value in element.attrib.items()}
    node = Node(
        path,
        group=marks.get("group", ""),
        inactive="inactive" in marks,
        protected="protect" in marks,
    )
    below = list(children_of(element))
    statement = find(path)
    if statement and statement.kind == "leaf-list":
        node.key = text_of(element)
    elif not below:
        node.value = text_of(element)
    elif below[0][0] == KEY and (statement is None or statement.kind == "list"):
        node.key = text_of(below.pop(0)[1])
    for name, child in below:
        found = from_xml(child, join(path, name))
        # An entry without a key says nothing of anything: no device sends one.
        nameless = found.statement and found.statement.kind == "list" and not found.key
        if name != "comment" and not nameless:
            node.add(found)
    return node


# --- from and to a task's options ------------------------------------------------------------------------------------


def argument_spec(*list_paths: str) -> dict[str, Any]:
    """The suboptions of one entry, as Ansible's argument spec; several lists give the union of theirs."""
    return {
        child.option_name: _argument(child)
        for list_path in list_paths
        for child in sorted(children(list_path), key=lambda child: child.name != KEY)
    }


def _argument(statement: Statement) -> dict[str, Any]:
    path = statement.path
    if statement.kind == "leaf":
        spec: dict[str, Any] = {"type": {"uint32": "int", "empty": "bool"}.get(statement.type, "str")}
        if statement.name == KEY:
            spec["required"] = True
        if statement.type == "enumeration":
            spec["choices"] = list(statement.limits[-1].enum)
        # Said for every leaf: Ansible would guess from the name, and take "challenge_password" right, "key" wrong.
        spec["no_log"] = statement.secret
        return spec
    if is_switch(path):
        return {"type": "str", "choices": [child.name for child in children(path)]}
    if statement.kind == "leaf-list" or is_plain_list(path):
        return {"type": "list", "elements": "str"}
    if statement.kind == "list":
        return {"type": "list", "elements": "dict", "options": argument_spec(path)}
    return {"type": "dict", "options": {child.option_name: _argument(child) for child in children(path)}}


def _declared(path: str, value: Any, where: str) -> list[Node]:
    """The nodes that one option declares (one, or one per entry of a list)."""
    statement = row(path)
    if is_switch(path):
        return [Node(path, where=where, children={(value, ""): Node(join(path, value), where=where)})]
    if statement.kind == "leaf-list":
        return [Node(path, key=key, where=where) for key in value]
    if is_plain_list(path):
        return [Node(path, key=key, where=f"{where}[{key}]") for key in value]
    if statement.kind == "list":
        return [entry_from_options(path, item, where) for item in value]
    if statement.kind == "container":
        return [_with_children(Node(path, where=where), value)]
    if statement.type == "empty":
        return [Node(path, where=where, absent=not value)]
    return [Node(path, value=str(value), where=where)]


def _with_children(node: Node, options: Mapping[str, Any]) -> Node:
    for child in children(node.path):
        value = options.get(child.option_name)
        if value is not None and child.name != KEY:
            for declared in _declared(child.path, value, f"{node.where}.{child.option_name}"):
                if declared.slot in node.children:
                    raise InputError(f"{declared.where}: is declared twice.")
                node.add(declared)
    return node


def entry_from_options(list_path: str, options: Mapping[str, Any], where: str) -> Node:
    """One declared list entry. ``where`` names the option that holds the list, for messages."""
    key = str(options[row(join(list_path, KEY)).option_name])
    return _with_children(Node(list_path, key=key, where=f"{where}[{key}]"), options)


def to_options(node: Node) -> Any:
    """What is in effect of a node, in the words and types of the options; secrets are masked."""
    statement = node.statement
    if statement and is_switch(node.path):
        return next((slot[0] for slot, child in node.children.items() if not child.inactive), "")
    if node.children or (statement and statement.kind in ("container", "list")):
        return _entry_to_options(node)
    if statement is None or statement.type != "empty":
        return _leaf_to_option(statement, node.value)
    return True


def _leaf_to_option(statement: Statement | None, value: str) -> Any:
    if statement is None or statement.secret:
        return MASK  # what an unknown statement holds may be a secret
    return int(value) if statement.type == "uint32" and value.isdecimal() else value


def _entry_to_options(node: Node) -> dict[str, Any]:
    options: dict[str, Any] = {}
    key = find(join(node.path, KEY))
    if node.key:
        options[key.option_name if key else KEY] = node.key
    for child in node.children.values():
        if child.inactive:
            continue
        statement = child.statement
        name = statement.option_name if statement else child.name.replace("-", "_")
        if statement and (statement.kind == "leaf-list" or is_plain_list(child.path)):
            options.setdefault(name, []).append(child.key)
        elif child.key and isinstance(options.setdefault(name, []), list):
            options[name].append(_entry_to_options(child))
        else:
            options[name] = to_options(child)
    return options


def protocol_entries(root: Node) -> Iterator[tuple[str, Node]]:
    """Every re-enrollment entry with its protocol, in the order of the protocol table."""
    for protocol, path in PROTOCOLS.items():
        for node in root.entries(path).values():
            yield protocol, node


def configuration(root: Node) -> dict[str, list[dict[str, Any]]]:
    """The part of a tree that the modules manage, in the words of their options: what is in effect, secrets masked."""
    effective = root.in_effect()
    return {
        "ca_profiles": [to_options(node) for node in effective.entries(CA_PROFILE).values()],
        "config": [{**to_options(node), "protocol": protocol} for protocol, node in protocol_entries(effective)],
    }
