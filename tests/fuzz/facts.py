# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration as facts: every statement below ``[edit security pki]`` by its path, and what it says.

This is how the tests see a device: read from the simulator's own tree, past every reader of the collection. A fact is
there for each leaf, list entry and container; a secret stands as what it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._statements import (
    KEY,
    Statement,
    children,
    find,
    is_plain_list,
    is_switch,
)
from junosim.secret import Secrets
from junosim.tree import Node
from netutils.password import decrypt_juniper_type9

#: Steps from ``[edit security pki]`` down: the statement, and the key where it is an entry of a list.
Path = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fact:
    value: str = ""
    inactive: bool = False
    protected: bool = False


#: In the order of the configuration.
Facts = dict[Path, Fact]

PKI: Path = (("security", ""), ("pki", ""))


def words_of(path: Path) -> str:
    return "/".join(name for name, _key in path)


def statement_of(path: Path) -> Statement | None:
    return find(words_of(path))


def is_secret(path: Path) -> bool:
    statement = statement_of(path)
    return bool(statement and statement.secret)


def clear(value: str) -> str:
    return str(decrypt_juniper_type9(value)) if value.startswith("$9$") else value


def on(root: Node, scope: Path = PKI) -> Facts:
    """The facts of a simulated device's configuration."""
    found: Node | None = root.find(*((name, key or None) for name, key in scope))
    return dict(_below(found, ())) if found is not None else {}


def _below(node: Node, path: Path) -> Iterator[tuple[Path, Fact]]:
    for kid in node:
        here = (*path, (kid.rule.name, kid.key or ""))
        value = kid.value or ""
        yield here, Fact(clear(value) if kid.rule.secret else value, kid.inactive, kid.protect)
        yield from _below(kid, here)


def declared(path: Path, options: Mapping[str, Any]) -> Iterator[tuple[Path, str | None]]:
    """What the options of a statement's children say: a value for what shall be there, None for what shall not."""
    for child in children(words_of(path)):
        value = options.get(child.option_name)
        if value is None or child.name == KEY:
            continue
        here = (*path, (child.name, ""))
        if child.kind == "leaf":
            yield here, (None if value is False else "") if child.type == "empty" else str(value)
        elif is_switch(child.path):
            yield from ((here, ""), ((*here, (value, "")), ""))
        elif child.kind == "container":
            yield here, ""
            yield from declared(here, value)
        else:
            plain = child.kind == "leaf-list" or is_plain_list(child.path)
            for item in value:
                key = item if plain else item[find(f"{child.path}/{KEY}").option_name]  # type: ignore[union-attr] # a list has a key
                yield (*path, (child.name, key)), ""
                if not plain:
                    yield from declared((*path, (child.name, key)), item)


def beside(facts: Facts, scope: Path = PKI) -> Iterator[Path]:
    """What a configuration names and that stands elsewhere: its routing instances and proxy profiles."""
    for path, fact in facts.items():
        if path[-1][0] == "routing-instance":
            yield (*scope[:-2], ("routing-instances", ""), ("instance", fact.value))
        elif path[-1][0] == "proxy-profile":
            yield (*scope[:-2], ("services", ""), ("proxy", ""), ("profile", fact.value))


def put(root: Node, facts: Facts, secrets: Secrets, scope: Path = PKI) -> None:
    """Write facts into a simulated device's configuration."""
    for path in (*beside(facts, scope), scope):
        for depth in range(1, len(path) + 1):
            _enter(root, path[:depth], Fact(), secrets)
    for path, fact in facts.items():
        _enter(root, (*scope, *path), fact, secrets)


def _enter(root: Node, path: Path, fact: Fact, secrets: Secrets) -> None:
    *above, (name, key) = path
    parent = root.find(*((step, key or None) for step, key in above))
    if parent is None:
        raise KeyError(path)
    node = parent.kids.get((name, key or None)) or parent.add(Node(parent.rule.kids[name], key or None))
    if fact.value:
        node.value = secrets.store(node.rule, fact.value)
    node.inactive, node.protect = fact.inactive, fact.protected
