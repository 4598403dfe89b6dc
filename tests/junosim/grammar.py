# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which statement is a container, a list, a leaf: one tree of rules per release.

Three sources: data/pki-statements.json (the vendor's models) for everything under ``security pki``,
data/documented-since.json (the vendor's pages) for first releases older than the models, and data/generic.txt (the
command line as people write it, not checked against a model) for the rest of a firewall's configuration.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .release import order

CONTAINER, LIST, LEAF, LEAF_LIST, EMPTY = "container", "list", "leaf", "leaf-list", "empty"
DATA = Path(__file__).parent / "data"
# Groups, tenants and logical systems repeat the hierarchy that stands at the root.
REPEATS_ROOT = ("groups", "logical-systems", "tenants")


@dataclass(eq=False, slots=True)
class Rule:
    """One statement. ``kids`` by XML element name, ``words`` by command line keyword."""

    name: str
    kind: str
    keys: tuple[str, ...] = ("name",)  # list: the elements that hold the key
    key_words: tuple[
        str, ...
    ] = ()  # list: the keywords before each part of the key; empty: its own name before the first
    nameless: bool = False  # written without its own keyword: interfaces ge-0/0/0, file pki.log
    joined: bool = False  # written on one line with each of its children: family inet { ... }
    grouped: bool = False  # list: its entries stand in one block, by their keys: name-server { 192.0.2.53; }
    open: bool = False  # accepts children without a rule
    verbatim: bool = False  # a guessed statement of several words, its text kept as it came
    secret: str = ""  # "encode": clear text becomes $9$; "keep": shown as secret, stored as it is
    choice: str = ""
    facts: dict[str, Any] = field(default_factory=dict)  # range, length, pattern, enum, must, ... of the release
    kids: dict[str, Rule] = field(default_factory=dict)
    words: dict[str, Rule] = field(default_factory=dict)
    unnamed: Rule | None = None

    def add(self, rule: Rule) -> Rule:
        self.kids[rule.name] = rule
        if rule.nameless:
            self.unnamed = rule
        else:
            self.words[rule.key_words[0] if rule.key_words else rule.name] = rule
        return rule


def guessed(name: str, kind: str) -> Rule:
    """A rule for a statement that no table knows, from the shape it came in."""
    return Rule(name, kind, open=kind in (CONTAINER, LIST))


APPLY_GROUPS = Rule("apply-groups", LEAF_LIST)
APPLY_GROUPS_EXCEPT = Rule("apply-groups-except", LEAF_LIST)
ANYWHERE = {rule.name: rule for rule in (APPLY_GROUPS, APPLY_GROUPS_EXCEPT)}


@functools.cache
def _models() -> tuple[dict[str, Any], ...]:
    statements: list[dict[str, Any]] = json.loads((DATA / "pki-statements.json").read_text())["statements"]
    since = json.loads((DATA / "documented-since.json").read_text())["since"]
    oldest = order(json.loads((DATA / "pki-statements.json").read_text())["oldest"])
    for statement in statements:
        # What the oldest model has is older than we can know, unless a page names its release.
        statement["first"] = None if order(statement["since"]) <= oldest else statement["since"]
        if statement["path"] in since:
            statement["first"] = since[statement["path"]]
    return tuple(statements)


def facts_of(statement: dict[str, Any], release: str) -> dict[str, Any]:
    """The statement's properties as they were in one release: later changes taken back, the newest first."""
    facts = {name: value for name, value in statement.items() if name != "changes"}
    for change in reversed(statement.get("changes", [])):
        if order(release) < order(change["release"]):
            facts[change["what"]] = change["from"]
    return {name: value for name, value in facts.items() if value is not None}


def pki_rule(release: str) -> Rule:
    """The ``security pki`` subtree of one release."""
    root = Rule("pki", CONTAINER)
    found = {"": root}
    for statement in _models():
        first = statement["first"]
        parent, _dummy, name = statement["path"].rpartition("/")
        if parent not in found or (first is not None and order(release) < order(first)):
            continue
        if found[parent].kind == LIST and name in found[parent].keys:
            found[parent].facts["key"] = facts_of(statement, release)
            continue
        facts = facts_of(statement, release)
        kind = EMPTY if facts.get("type") == "empty" else facts["kind"]
        rule = Rule(
            name, kind, choice=facts.get("choice", ""), facts=facts, secret="encode" if facts.get("secret") else ""
        )
        # The command line writes `file pki.log size 1m`, without the word filename.
        rule.nameless = statement["path"] == "traceoptions/file/filename"
        found[statement["path"]] = found[parent].add(rule)
    return root


def _generic_rows() -> list[list[str]]:
    lines = (DATA / "generic.txt").read_text().splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def _path_rule(root: Rule, path: list[str]) -> Rule:
    """The rule at a path of element names, containers made on the way."""
    for name in path:
        root = root.kids.get(name) or root.add(Rule(name, CONTAINER, open=True))
    return root


@functools.cache
def grammar(release: str) -> Rule:
    """The whole configuration's rule for one release."""
    root = Rule("configuration", CONTAINER, open=True)
    for path, kind, *flags in _generic_rows():
        *parents, name = path.split("/")
        if kind == CONTAINER and not flags:
            _path_rule(root, [*parents, name]).facts = {"presence": True}
            continue
        rule = Rule(name, kind, open=kind in (CONTAINER, LIST))
        for flag in flags:
            option, _dummy, value = flag.partition("=")
            if option == "keys":
                pairs = [pair.split(":") for pair in value.split(",")]
                rule.keys = tuple(element for element, _dummy in pairs)
                rule.key_words = tuple(word for _dummy, word in pairs)
            elif option == "secret":
                rule.secret = value
            else:
                setattr(rule, option, True)
        _path_rule(root, parents).add(rule)
    _path_rule(root, ["security"]).add(pki_rule(release))
    for name in REPEATS_ROOT:
        repeated = root.kids[name]
        repeated.kids, repeated.words = root.kids, root.words
    return root
