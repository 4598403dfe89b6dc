# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From words (a command line, or a statement in curly-brace text) to nodes, by the grammar."""

from __future__ import annotations

import re

from .grammar import ANYWHERE, CONTAINER, EMPTY, LEAF, LEAF_LIST, LIST, Rule, guessed
from .tree import KEY_SEPARATOR, Node

_PLAIN = re.compile(r"[A-Za-z0-9_.:/@%+=,~^-]+|<[\w.*?!-]*>|\$[A-Za-z][\w-]*")


class Unparsable(Exception):
    """A statement that the device does not take: the word it stopped at, and its message."""

    def __init__(self, word: str, message: str = "syntax error", path: str = "") -> None:
        super().__init__(f"{message}: {word}")
        self.word = word
        self.message = message
        self.path = path


class Word(str):
    """A word that stood in quotes, and so is never punctuation."""

    __slots__ = ()


def quote(text: str) -> str:
    """As the device shows a value: in quotes unless it is plain."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def rule_for(parent: Node, word: str, shape: Node | None = None) -> Rule | None:
    """The rule of a word under a node: the grammar's, else the shape that the tree (or another like it) already has."""
    rule = parent.rule.words.get(word) or ANYWHERE.get(word)
    if rule is None and parent.rule.open:
        known = [*parent, *(shape or ())]
        rule = next((kid.rule for kid in known if kid.rule.name == word), None)
    return rule


def take_key(rule: Rule, words: list[str]) -> tuple[str, int]:
    """A list entry's key from the words after its first keyword, and how many words it took."""
    parts, used = [], 0
    for index in range(len(rule.keys)):
        if index and rule.key_words:
            if words[used : used + 1] != [rule.key_words[index]]:
                raise Unparsable(words[used] if used < len(words) else rule.name)
            used += 1
        if used >= len(words):
            raise Unparsable(rule.name, "missing argument")
        parts.append(words[used])
        used += 1
    return KEY_SEPARATOR.join(parts), used


def build(top: Node, words: list[str], block: bool = False, shape: Node | None = None) -> Node:
    """Make the nodes that the words name, under ``top``; answers the last one.

    ``block`` says that a block of statements follows, ``shape`` is a tree that shows what unknown statements look like.
    A leaf may be followed by its siblings on the same line.
    """
    node, last, index = top, top, 0
    while index < len(words):
        word = words[index]
        rule = rule_for(node, word, shape)
        rest = words[index + 1 :]
        if rule is None and node.rule.unnamed is not None:
            rule, rest = node.rule.unnamed, words[index:]
            index -= 1
        if rule is None:
            if not node.rule.open:
                raise Unparsable(word)
            return _guess(node, words[index:], block)
        index += 1
        if rule.kind == LIST:
            key, used = take_key(rule, rest)
            last = node = _enter(node, rule, key)
            shape = shape.kids.get(node.identity) if shape else None
            index += used
        elif rule.kind == CONTAINER:
            last = node = _enter(node, rule, None)
            shape = shape.kids.get(node.identity) if shape else None
        elif rule.kind == EMPTY:
            last = _enter(node, rule, None)
        elif not rest:
            raise Unparsable(word, "missing argument")
        elif rule.kind == LEAF:
            last = _enter(node, rule, None)
            last.value = rest[0]
            index += 1
        else:
            values, used = _values(rest)
            for value in values:
                last = _enter(node, rule, value)
            index += used
    return last


def _enter(parent: Node, rule: Rule, key: str | None) -> Node:
    return parent.kids.get((rule.name, key)) or parent.add(Node(rule, key))


def _values(words: list[str]) -> tuple[list[str], int]:
    """A leaf-list's values: one word, or several in brackets."""
    if words[0] != "[" or isinstance(words[0], Word):
        return words[:1], 1
    end = next((i for i, word in enumerate(words) if word == "]" and not isinstance(word, Word)), len(words))
    return words[1:end], end + 1


def _guess(parent: Node, words: list[str], block: bool) -> Node:
    """A statement that no table knows: container, list entry, leaf or leaf-list, by its shape."""
    name, rest = words[0], words[1:]
    if rest[:1] == ["["]:
        last = parent
        for value in _values(rest)[0]:
            last = _enter(parent, guessed(name, LEAF_LIST), value)
        return last
    if block:
        if not rest:
            return _enter(parent, guessed(name, CONTAINER), None)
        entry = _enter(parent, guessed(name, LIST), rest[0])
        return build(entry, rest[1:], block) if rest[1:] else entry
    if not rest:
        return _enter(parent, guessed(name, EMPTY), None)
    if len(rest) == 1:
        leaf = _enter(parent, guessed(name, LEAF), None)
        leaf.value = rest[0]
        return leaf
    # Several words without a rule: kept as they are, told apart by their text.
    return _enter(parent, Rule(name, LEAF_LIST, verbatim=True), " ".join(quote(word) for word in rest))


def locate(top: Node, words: list[str]) -> tuple[list[Node], list[Node]]:
    """The nodes that the words name in an existing tree, none where there is no such statement, and those above them.

    The words may name a whole list (all its entries), or a leaf with or without its value.
    """
    parents, found, index = [top], [top], 0
    while index < len(words):
        if len(found) != 1 or found[0].rule.kind in (LEAF, LEAF_LIST, EMPTY):
            raise Unparsable(words[index])
        if found[0] is not top:
            parents.append(found[0])
        parent, word, rest = found[0], words[index], words[index + 1 :]
        rule = rule_for(parent, word)
        if rule is None and parent.rule.unnamed is not None:
            rule, rest = parent.rule.unnamed, words[index:]
        if rule is None:
            if parent.rule.open:
                return parents, []
            raise Unparsable(word)
        found = parent.named(rule.name)
        index = len(words) - len(rest)
        if not rest or rule.kind in (CONTAINER, EMPTY):
            used = 0
        elif rule.kind == LIST:
            key, used = take_key(rule, rest)
            found = [kid for kid in found if kid.key == key]
        elif rule.verbatim:
            used = len(rest)
            found = [kid for kid in found if kid.key == " ".join(quote(word) for word in rest)]
        else:
            used = 1
            found = [kid for kid in found if rest[0] in (kid.key, kid.value)]
        index += used
        if not found:
            return parents, []
    return parents, found
