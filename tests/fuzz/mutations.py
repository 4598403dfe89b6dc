# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies as no device should send them: elements that are lost, doubled, renamed or moved, and broken bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fuzz.declarations import TELLING
from hypothesis import strategies as st
from lxml import etree

Element = etree._Element


@dataclass(frozen=True)
class Mutation:
    """One change. ``at`` and ``other`` choose the elements, or the bytes, by their number modulo how many there are."""

    name: str
    at: int
    other: int
    text: str


def mutations(names: Sequence[str]) -> st.SearchStrategy[list[Mutation]]:
    number = st.integers(0, 10_000)
    texts = st.sampled_from(
        [*TELLING, "", "0", "-1", "99999999999999999999", "04-31-2018 09:13 UTC", "2026", "(2 bits)"]
    )
    one = st.builds(Mutation, st.sampled_from(names), number, number, texts)
    return st.lists(one, min_size=1, max_size=5)


# --- of the structure ------------------------------------------------------------------------------------------------


def _lose(one: Element, other: Element, text: str) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _double(one: Element, other: Element, text: str) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.insert(parent.index(one), _copy(one))


def _rename(one: Element, other: Element, text: str) -> None:
    one.tag = other.tag


def _retext(one: Element, other: Element, text: str) -> None:
    one.text = text


def _tail(one: Element, other: Element, text: str) -> None:
    one.tail = text


def _copy_into(one: Element, other: Element, text: str) -> None:
    other.append(_copy(one))


def _empty(one: Element, other: Element, text: str) -> None:
    del one[:]


def _mark(one: Element, other: Element, text: str) -> None:
    one.set("{http://xml.juniper.net/junos/22.4R0/junos}group", text)
    one.set("inactive", "inactive")


def _no_namespace(one: Element, other: Element, text: str) -> None:
    one.tag = etree.QName(one).localname


def _remark(one: Element, other: Element, text: str) -> None:
    one.insert(0, etree.Comment("a remark"))
    one.append(etree.ProcessingInstruction("xml-stylesheet", "href='x'"))


def _wrap(one: Element, other: Element, text: str) -> None:
    inner = _copy(one)
    del one[:]
    one.append(inner)


def _copy(one: Element) -> Element:
    return etree.fromstring(etree.tostring(one, with_tail=False))


_OF_STRUCTURE: dict[str, Callable[[Element, Element, str], None]] = {
    "lose": _lose,
    "double": _double,
    "rename": _rename,
    "retext": _retext,
    "tail": _tail,
    "copy into": _copy_into,
    "empty": _empty,
    "mark": _mark,
    "no namespace": _no_namespace,
    "remark": _remark,
    "wrap": _wrap,
}


# --- of the bytes ----------------------------------------------------------------------------------------------------


def _cut(data: bytes, at: int, other: int, text: bytes) -> bytes:
    return data[:at]


def _leave_out(data: bytes, at: int, other: int, text: bytes) -> bytes:
    return data[: min(at, other)] + data[max(at, other) :]


def _repeat(data: bytes, at: int, other: int, text: bytes) -> bytes:
    return data[: max(at, other)] + data[min(at, other) :]


def _insert(data: bytes, at: int, other: int, text: bytes) -> bytes:
    return data[:at] + text + data[at:]


def _flip(data: bytes, at: int, other: int, text: bytes) -> bytes:
    return data[:at] + bytes([other % 256]) + data[at + 1 :]


_OF_BYTES: dict[str, Callable[[bytes, int, int, bytes], bytes]] = {
    "cut": _cut,
    "leave out": _leave_out,
    "repeat": _repeat,
    "insert": _insert,
    "flip": _flip,
}

STRUCTURE, BYTES = tuple(_OF_STRUCTURE), tuple(_OF_BYTES)
ANY = STRUCTURE * 2 + BYTES


def mutated(data: bytes, changes: Sequence[Mutation]) -> bytes:
    """A reply after the changes; those of the structure first, as long as there is one."""
    reply = etree.fromstring(data)
    for change in (one for one in changes if one.name in _OF_STRUCTURE):
        elements = [element for element in reply.iter() if isinstance(element.tag, str)]
        one, other = (elements[number % len(elements)] for number in (change.at, change.other))
        _OF_STRUCTURE[change.name](one, other, change.text)
    return mutated_bytes(etree.tostring(reply), changes)


def mutated_bytes(data: bytes, changes: Sequence[Mutation]) -> bytes:
    for change in (one for one in changes if one.name in _OF_BYTES):
        at, other = (number % (len(data) + 1) for number in (change.at, change.other))
        data = _OF_BYTES[change.name](data, at, other, change.text.encode())
    return data
