# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The XML form: documents to be loaded, subtree filters, and the renderer."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree

from .grammar import ANYWHERE, CONTAINER, EMPTY, LEAF, LEAF_LIST, LIST, Rule, guessed
from .textform import set_mark
from .tree import KEY_SEPARATOR, Node
from .words import Unparsable

XNM = "http://xml.juniper.net/xnm/1.1/xnm"
_ATTRIBUTES = ("delete", "replace", "inactive", "active", "protect", "unprotect")
_OPERATIONS = {"delete": "delete", "remove": "delete", "replace": "replace"}  # of the base protocol's edit-config


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def elements(element: etree._Element) -> Iterator[etree._Element]:
    return (kid for kid in element if isinstance(kid.tag, str))


def text_of(element: etree._Element) -> str:
    return (element.text or "").strip()


def parse(element: etree._Element, root: Rule) -> tuple[Node, list[Unparsable]]:
    """The document below a <configuration> element, and one error for each element that is refused."""
    top = Node(root)
    errors: list[Unparsable] = []
    _attributes(element, top)
    for kid in elements(element):
        _parse(kid, top, errors)
    return top, errors


def _parse(element: etree._Element, parent: Node, errors: list[Unparsable]) -> None:
    name = local(element)
    if element.tag != name and name == "comment":  # junos:comment: an annotation, not a statement
        return
    rule = parent.rule.kids.get(name) or ANYWHERE.get(name)
    if rule is None and parent.rule.open:
        rule = _shape(element, parent)
    if rule is None:
        errors.append(Unparsable(name))
        return
    node = Node(rule)
    _attributes(element, node)
    rest: list[etree._Element] = list(elements(element))
    if rule.kind in (LEAF, LEAF_LIST):
        text = text_of(element)
        if not text and node.op != "delete":
            errors.append(Unparsable(name, "missing argument"))
            return
        if rule.kind == LEAF:
            node.value = text or None
        else:
            node.key = text or None
    elif rule.kind == LIST:
        keys = {local(kid): text_of(kid) for kid in rest if local(kid) in rule.keys}
        rest = [kid for kid in rest if local(kid) not in rule.keys]
        if len(keys) == len(rule.keys) and all(keys.values()):
            node.key = KEY_SEPARATOR.join(keys[key] for key in rule.keys)
        elif node.op != "delete":
            errors.append(Unparsable(name, "missing mandatory argument"))
            return
    node = parent.kids.get(node.identity) or parent.add(node)
    for kid in rest:
        _parse(kid, node, errors)


def _attributes(element: etree._Element, node: Node) -> None:
    for name, value in element.attrib.items():
        name = etree.QName(name).localname
        if name in _ATTRIBUTES:
            set_mark(node, name)
        elif name == "operation" and value in _OPERATIONS:
            set_mark(node, _OPERATIONS[value])
        elif name == "insert":
            node.place = (value, element.get("name"))


def _shape(element: etree._Element, parent: Node) -> Rule:
    """A rule for an element that no table knows, from what it holds."""
    name = local(element)
    kids = [local(kid) for kid in elements(element)]
    seen = parent.named(name)
    if kids:
        return guessed(name, LIST if kids[0] == "name" else CONTAINER)
    if not text_of(element):
        return guessed(name, EMPTY)
    if seen and seen[0].rule.kind == LEAF:
        first = seen[0]
        parent.remove(first)
        parent.add(Node(guessed(name, LEAF_LIST), key=first.value))
    return guessed(name, LEAF_LIST if seen else LEAF)


def select(node: Node, wanted: etree._Element) -> Node | None:
    """What a subtree filter lets through: the node with the selected part of its children, or None."""
    rest = list(elements(wanted))
    if node.rule.kind == LIST:
        parts = (node.key or "").split(KEY_SEPARATOR)
        for kid in list(rest):
            if local(kid) in node.rule.keys:
                rest.remove(kid)
                text = text_of(kid)
                if text and text != parts[node.rule.keys.index(local(kid))]:
                    return None
                if not text and not rest:
                    return node.shell()
    if not rest:
        return node
    chosen = node.shell()
    for part in node:
        for want in rest:
            if local(want) == part.rule.name and (found := select(part, want)) is not None:
                chosen.add(_both(chosen.kids[part.identity], found, part) if part.identity in chosen.kids else found)
    return chosen if chosen.kids else None


def _both(one: Node, other: Node, whole: Node) -> Node:
    """Two selections of one node, which a filter names twice."""
    joined = whole.shell()
    for kid in whole:
        parts = [part.kids[kid.identity] for part in (one, other) if kid.identity in part.kids]
        if parts:
            joined.add(_both(parts[0], parts[-1], kid))
    return joined


def render(node: Node, indent: int = 0) -> str:
    """The children of a node as XML elements."""
    lines: list[str] = []
    _render(node, "    " * indent, lines)
    return "".join(lines)


def _render(node: Node, pad: str, lines: list[str]) -> None:
    for kid in node:
        name, marks = kid.rule.name, _marks(kid)
        if kid.comment:
            lines.append(f"{pad}<junos:comment>/* {escape(kid.comment)} */</junos:comment>\n")
        if kid.rule.kind in (LEAF, LEAF_LIST):
            value = kid.value if kid.rule.kind == LEAF else kid.key
            lines.append(f"{pad}<{name}{marks}>{escape(value or '')}</{name}>\n")
            continue
        if kid.key is None and not kid.kids:
            lines.append(f"{pad}<{name}{marks}/>\n")
            continue
        lines.append(f"{pad}<{name}{marks}>\n")
        if kid.key is not None:
            group = f' junos:group="{escape(kid.group)}"' if kid.group else ""
            for key, part in zip(kid.rule.keys, kid.key.split(KEY_SEPARATOR), strict=True):
                lines.append(f"{pad}    <{key}{group}>{escape(part)}</{key}>\n")
        _render(kid, pad + "    ", lines)
        lines.append(f"{pad}</{name}>\n")


def _marks(node: Node) -> str:
    if not (node.inactive or node.protect or node.group):
        return ""
    marks = ' inactive="inactive"' if node.inactive else ""
    marks += ' protect="protect"' if node.protect else ""
    return marks + (f' junos:group="{escape(node.group)}"' if node.group else "")
