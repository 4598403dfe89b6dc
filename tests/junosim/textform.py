# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Curly-brace text: parser and renderer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .grammar import EMPTY, LEAF, LEAF_LIST, LIST, Rule
from .tree import Node
from .words import Unparsable, Word, build, quote

_TOKEN = re.compile(
    r'/\*(?P<comment>.*?)\*/|(?P<line>#[^\n]*)|"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<mark>[{};\[\]])|(?P<word>[^\s{};\[\]"#]+)',
    re.DOTALL,
)
_MARKS = {
    "inactive:": "inactive",
    "protect:": "protect",
    "unprotect:": "unprotect",
    "active:": "active",
    "replace:": "replace",
    "delete:": "delete",
}


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text): kind is comment, mark or word; line comments, as ## SECRET-DATA, say nothing and are left out."""
    for match in _TOKEN.finditer(text):
        if match["comment"] is not None:
            yield "comment", match["comment"].strip()
        elif match["quoted"] is not None:
            yield "word", Word(re.sub(r"\\(.)", r"\1", match["quoted"]))
        elif match["mark"]:
            yield "mark", match["mark"]
        elif match["word"]:
            yield "word", match["word"]


def parse(text: str, root: Rule) -> tuple[Node, list[Unparsable]]:
    """The document, and one error for each statement that the device would not take (the rest is read on)."""
    top = Node(root)
    # The open blocks: the node that statements go into, None inside a block that was refused, and the words that
    # stand before each statement of the block (a grouped list's keyword).
    stack: list[tuple[Node | None, list[str]]] = [(top, [])]
    errors: list[Unparsable] = []
    words: list[str] = []
    marks: list[str] = []
    comment: str | None = None
    for kind, token in tokens(text):
        if kind == "comment":
            comment = token
        elif kind == "word" and token in _MARKS and not words and not isinstance(token, Word):
            marks.append(_MARKS[token])
        elif kind == "word" or token in "[]":
            words.append(token)
        elif token == "}":
            if len(stack) == 1:
                errors.append(Unparsable("}"))
                return top, errors
            stack.pop()
        else:
            parent, before = stack[-1]
            if token == "{" and parent is not None and _opens_group(parent, words):
                stack.append((parent, words))
            else:
                node = _statement(parent, [*before, *words], marks, token == "{", errors)
                if node is not None and comment:
                    node.comment = comment
                if token == "{":
                    stack.append((node, []))
            words, marks, comment = [], [], None
    if words or len(stack) > 1:
        errors.append(Unparsable(words[0] if words else "}", "syntax error"))
    return top, errors


def _opens_group(parent: Node, words: list[str]) -> bool:
    rule = parent.rule.words.get(words[0]) if len(words) == 1 else None
    return rule is not None and rule.kind == LIST


def _statement(
    parent: Node | None, words: list[str], marks: list[str], block: bool, errors: list[Unparsable]
) -> Node | None:
    if parent is None or not words:
        return None
    try:
        if marks == ["delete"]:
            node = build_delete(parent, words)
        else:
            node = build(parent, words, block)
            if block and node.rule.kind in (LEAF, LEAF_LIST, EMPTY):
                raise Unparsable(words[-1])
    except Unparsable as error:
        errors.append(error)
        return None
    for mark in marks:
        set_mark(node, mark)
    return node


def build_delete(parent: Node, words: list[str]) -> Node:
    """A node that says: delete this. The words may stop at a list's or a leaf's name."""
    rule = parent.rule.words.get(words[-1])
    if len(words) == 1 and rule is not None:
        return parent.add(Node(rule))
    return build(parent, words)


def set_mark(node: Node, mark: str) -> None:
    """What a document says about a node: replace or delete it, or turn one of its marks on or off."""
    if mark in ("replace", "delete"):
        node.op = mark
        return
    node.marks = (*node.marks, mark)


def render(node: Node, depth: int = 0) -> str:
    """The children of a node as curly-brace text, indented by four blanks."""
    lines: list[str] = []
    _render(node, depth, lines)
    return "".join(line + "\n" for line in lines)


def _prefix(node: Node) -> str:
    return ("protect: " if node.protect else "") + ("inactive: " if node.inactive else "")


def _render(node: Node, depth: int, lines: list[str]) -> None:
    done: set[str] = set()
    for kid in node:
        if kid.comment:
            lines.append("    " * depth + f"/* {kid.comment} */")
        if kid.rule.verbatim:
            lines.append("    " * depth + f"{_prefix(kid)}{kid.rule.name} {kid.key};")
        elif kid.rule.grouped:
            if kid.rule.name not in done:
                done.add(kid.rule.name)
                lines.append("    " * depth + f"{kid.rule.name} {{")
                for entry in node.named(kid.rule.name):
                    _render_one(entry, depth + 1, lines)
                lines.append("    " * depth + "}")
        elif kid.rule.joined and not kid.inactive and not kid.protect:
            for below in kid:
                _render_one(below, depth, lines, f"{kid.rule.name} ")
        elif kid.rule.kind == LEAF_LIST:
            if kid.rule.name not in done:
                done.add(kid.rule.name)
                lines.append("    " * depth + _leaf_list(kid, node))
        else:
            _render_one(kid, depth, lines)


def _leaf_list(kid: Node, parent: Node) -> str:
    values = [item.key or "" for item in parent.named(kid.rule.name)]
    shown = [quote(value) for value in values]
    text = shown[0] if len(shown) == 1 else "[ " + " ".join(shown) + " ]"
    return f"{_prefix(kid)}{kid.rule.name} {text};"


def _render_one(kid: Node, depth: int, lines: list[str], before: str = "") -> None:
    words = kid.words()[1:] if kid.rule.grouped else kid.words()
    head = "    " * depth + _prefix(kid) + before + " ".join(quote(word) for word in words)
    if kid.rule.kind == LEAF:
        secret = " ## SECRET-DATA" if kid.rule.secret else ""
        value = quote(kid.value or "")
        if kid.rule.secret and not value.startswith('"'):
            value = f'"{value}"'
        lines.append(f"{head}{'' if kid.rule.nameless else ' '}{value};{secret}")
        return
    one_line = next((item for item in kid if item.rule.nameless and item.rule.kind == LEAF), None)
    if one_line is not None:
        lines.append(f"{head} " + " ".join(_inline(item) for item in kid) + ";")
    elif not kid.kids:
        lines.append(head + ";")
    else:
        lines.append(head + " {")
        _render(kid, depth + 1, lines)
        lines.append("    " * depth + "}")


def _inline(node: Node) -> str:
    """A leaf inside a one-line statement, as in ``file pki.log size 1m;``."""
    return " ".join([*node.words(), *([quote(node.value)] if node.value is not None else [])])
