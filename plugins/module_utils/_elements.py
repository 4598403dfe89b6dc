# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Walk the elements of a reply by their local names, of lxml or of xml.etree alike.

Releases differ in the namespaces and prefixes that they write, and any element may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def local_name(word: str) -> str:
    """An element's or attribute's name without its namespace, whether written ``{uri}name`` or ``prefix:name``."""
    return word.rpartition("}")[2].rpartition(":")[2]


def name_of(element: Any) -> str:
    """The local name of an element; empty for a comment or a processing instruction, whose tag is no string."""
    return local_name(element.tag) if isinstance(element.tag, str) else ""


def children_of(element: Any) -> Iterator[tuple[str, Any]]:
    """The child elements with their local names."""
    return ((name, child) for child in element if (name := name_of(child)))


def every(element: Any, *names: str) -> Iterator[Any]:
    """The element itself and all below it that bear one of the names, in document order."""
    return (below for below in element.iter() if name_of(below) in names)


def child_of(element: Any, name: str) -> Any:
    """The first child element of that name; None where there is none, or no element."""
    return (
        next((child for found, child in children_of(element) if found == name), None) if element is not None else None
    )


def text_of(element: Any, *path: str) -> str:
    """The text at the end of a path of local names, without the blanks around it; empty where there is none."""
    for name in path:
        element = child_of(element, name)
    return (element.text or "").strip(" \t\r\n") if element is not None else ""


def is_inactive(element: Any) -> bool:
    """Whether an element of a configuration is deactivated."""
    return any(local_name(mark) == "inactive" for mark in element.attrib)


def leaves(element: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Every element below that holds no other: its path of local names, and its text."""
    for name, child in children_of(element):
        if next(children_of(child), None) is None:
            yield above + name, text_of(child)
        else:
            yield from leaves(child, f"{above}{name}/")
