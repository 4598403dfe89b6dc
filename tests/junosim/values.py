# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a device of this release takes a value at all: types, ranges, lengths, patterns, enumerations."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from .grammar import LEAF, LEAF_LIST, LIST
from .tree import KEY_SEPARATOR, Node

_UINT32 = (0, 4294967295)
_WILDCARD = re.compile(r"<[^<>]*>|\$[A-Za-z][\w-]*")


def refused(node: Node, in_group: bool) -> str | None:
    """Why the node's own value or key is not taken; None when it is, or nothing is known about it."""
    if node.rule.kind == LEAF and node.value is not None:
        return complaint(node.value, node.rule.facts, in_group)
    if node.rule.kind == LEAF_LIST and node.key is not None:
        return complaint(node.key, node.rule.facts, in_group)
    if node.rule.kind == LIST and node.key is not None and "key" in node.rule.facts:
        return complaint(node.key.split(KEY_SEPARATOR)[0], node.rule.facts["key"], in_group)
    return None


def complaint(value: str, facts: dict[str, Any], in_group: bool = False) -> str | None:
    """The device's message about one value. Pattern messages are the model's; the others are guessed."""
    if in_group and _WILDCARD.fullmatch(value):
        return None
    if facts.get("type") == "uint32":
        return _number(value, facts.get("range") or _UINT32)
    if "enum" in facts and value not in facts["enum"]:
        return "invalid value"
    if facts.get("type") in ("ip-address", "ipv4-address") and not _address(value, facts["type"]):
        return "invalid ip address or hostname"
    if "length" in facts and not facts["length"][0] <= len(value) <= facts["length"][1]:
        low, high = facts["length"]
        return f"length {len(value)} is not within range ({low}..{high})"
    pattern = facts.get("pattern", "")
    if pattern.startswith("!"):
        return facts["pattern_message"] if re.search(pattern[1:], value) else None
    if pattern and not re.fullmatch(pattern, value):
        return str(facts["pattern_message"])
    return None


def _number(value: str, limits: tuple[int, int]) -> str | None:
    if not value.isascii() or not value.isdecimal():
        return "invalid value"
    low, high = limits
    return None if low <= int(value) <= high else f"Value {value} is not within range ({low}..{high})"


def _address(value: str, kind: str) -> bool:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return kind == "ip-address" or address.version == 4
