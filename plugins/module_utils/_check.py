# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuse what cannot be right, before anything is sent: values, releases, and what a commit check would demand.

Each check raises InputError with one sentence that names the option, the rule and, where there is one, the release.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Running
from ansible_collections.netpki.junos.plugins.module_utils._secrets import (
    MASK,
    NOT_SHOWN,
    PLACEHOLDERS,
    DamagedSecretError,
    decode9,
    is_type9,
)
from ansible_collections.netpki.junos.plugins.module_utils._statements import (
    KEY,
    Limits,
    Must,
    Statement,
    children,
    find,
    row,
)
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, Slot, Slots, join

#: What no value may hold: XML cannot carry most of it, and Junos writes a value on one line.
CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def edit_path(slots: Iterable[Slot]) -> str:
    """``[edit security pki …]`` as the device writes it."""
    words = (word for slot in slots for word in slot if word)
    return f"[edit security pki {' '.join(words)}]"


# --- values ----------------------------------------------------------------------------------------------------------


def check_values(entry: Node, running: Running | None = None) -> None:
    """Check every declared value below an entry, and its key.

    :param running: None before the device is asked: then only what no release accepts is refused.
    """
    for node in (entry, *(node for _slots, node in entry.walk())):
        statement = node.statement
        if statement is None:
            continue
        _check_choices(node)
        if statement.kind == "leaf" and statement.type != "empty":
            _check_value(statement, node.value, node.where, running)
        elif statement.kind == "list":
            key = row(join(node.path, KEY))
            _check_value(key, node.key, node.where if node is not entry else f"{node.where}.{key.option_name}", running)


def _check_choices(node: Node) -> None:
    """At most one of each choice; exactly one where a container is nothing but a choice."""
    chosen: dict[str, Node] = {}
    for child in node.children.values():
        statement = child.statement
        if statement is None or child.absent or not statement.choice:
            continue
        other = chosen.setdefault(statement.choice, child)
        if other is not child:
            names = " and ".join(find_option(one) for one in (other, child))
            raise InputError(f"{node.where}: {names} exclude each other. Give one of them.")
    options = children(node.path)
    if not chosen and options and len({child.choice for child in options}) == 1 and options[0].choice:
        names = ", ".join(child.option_name for child in options)
        raise InputError(f"{node.where}: give exactly one of {names}.")


def find_option(node: Node) -> str:
    """The last word of the option that declared a node."""
    return node.where.rpartition(".")[2]


def _check_value(statement: Statement, value: str, where: str, running: Running | None) -> None:
    if not value:
        raise InputError(f"{where}: is empty.")
    problems = []
    for limits in _limits(statement, running):
        problem = _problem(statement, limits, value)
        if problem is None:
            return
        problems.append(problem)
    if problems:
        shown = MASK if statement.secret else value if statement.type == "uint32" else repr(value)
        raise InputError(f"{where}: {shown} {problems[-1]}")


def _limits(statement: Statement, running: Running | None) -> Iterator[Limits]:
    """The limits in force: of the device's release, or of any release where it is not known yet."""
    rows = statement.limits or (Limits(),)
    if running is None:
        yield from rows
    else:
        yield [one for one in rows if not running.lacks(one.since)][-1]


def _problem(statement: Statement, limits: Limits, value: str) -> str | None:
    """Why a value is refused, as the rest of a sentence that begins with the value; None where it is not."""
    if statement.type == "uint32":
        low, high = limits.bounds or (0, 2**32 - 1)
        if not (value.isdecimal() and low <= int(value) <= high):
            return f"is not a whole number from {low} to {high}."
    elif statement.type == "ip-address":
        try:
            version = ipaddress.ip_address(value).version
        except ValueError:
            return "is not an IP address."
        if version not in limits.ip_versions:
            return "is not an IPv4 address, and this release takes no other."
    if statement.secret and value in PLACEHOLDERS:
        return NOT_SHOWN
    if statement.secret and is_type9(value):
        try:
            decode9(value)
        except DamagedSecretError:
            return "begins with $9$ but is damaged or cut short. Give the whole text, or the clear secret."
    if limits.length and not limits.length[0] <= len(value) <= limits.length[1]:
        return f"must have {limits.length[0]} to {limits.length[1]} characters, it has {len(value)}."
    if limits.forbidden and re.search(limits.forbidden, value):
        return f"is refused by Junos{_since(limits)}: {limits.message}."
    if limits.enum and value not in limits.enum:
        return f"is not one of {', '.join(limits.enum)}."
    if CONTROL.search(value):
        return "holds a control character or a line break."
    if value != value.strip():
        return "begins or ends with a blank."
    if statement.secret and any(ord(character) > 255 for character in value):
        return "holds a character outside Latin-1. How a device keeps those in a secret is not known."
    return None


def _since(limits: Limits) -> str:
    return f" from {limits.since} on" if limits.since else ""


# --- releases --------------------------------------------------------------------------------------------------------


def check_release(entry: Node, running: Running) -> None:
    """Refuse a declared statement that the device's release is too old for."""
    nodes = [entry, *(node for _slots, node in entry.walk() if not node.absent)]
    for node in nodes:
        statement = node.statement
        if statement and running.lacks(statement.since):
            raise InputError(
                f"{node.where}: the statement {statement.path.replace('/', ' ')} needs Junos {statement.since}"
                f" or later, the device runs {running.release}."
                " Leave the option out for this device, or upgrade it."
            )


# --- what a commit check demands -------------------------------------------------------------------------------------


def check_references(before: Node, after: Node, touched: Iterable[Slots], running: Running | None) -> None:
    """Refuse what a commit check would: an entry without trigger, or without its ca-profile and the profile's url.

    Every declared entry counts, and of the others those that were right before.

    :param touched: paths of the entries that the task declares.
    """
    declared = set(touched)
    unmet = list(_unmet(after.in_effect(), running))
    known = {(slots, must) for slots, _node, must in _unmet(before.in_effect(), running)} if unmet else set()
    for slots, node, must in unmet:
        entry = slots[:-1]
        if entry in declared:
            raise InputError(_explain(must, f"config[{entry[-1][1]}]", ".ca_profile_name", node.value))
        if (slots, must) not in known:
            raise InputError(_explain(must, edit_path(entry), f" {node.name}", node.value))


def broken_references(before: Node, after: Node) -> list[tuple[str, str]]:
    """The ca-profiles that ``before`` has, that ``after`` lacks, and that a statement in effect still names.

    :returns: pairs of the profile's name and the configuration path that names it.
    """
    was, remains = (
        {key for key, node in root.entries("ca-profile").items() if not node.inactive} for root in (before, after)
    )
    gone = was - remains
    broken = []
    for slots, node in after.in_effect().walk() if gone else ():
        statement = node.statement
        value = node.value
        if statement and statement.kind == "list":
            statement, value = find(join(statement.path, KEY)), node.key
        if statement and value in gone and any("ca-profile/$$" in must.any_of for must in statement.must):
            broken.append((value, edit_path(slots if node.key else slots[:-1])))
    return broken


def _unmet(root: Node, running: Running | None) -> Iterator[tuple[Slots, Node, Must]]:
    """Every statement of a configuration in effect whose value a commit check would refuse."""
    for slots, node in root.walk():
        statement = node.statement
        for must in statement.must if statement else ():
            applies = not must.since or (running is not None and not running.lacks(must.since))
            if applies and not any(_exists(root, slots, path, node.value) for path in must.any_of):
                yield slots, node, must


def _exists(root: Node, slots: Slots, path: str, value: str) -> bool:
    node: Node | None = root
    words = path.split("/")
    if words[0] == "..":
        node = root.at(slots[:-1])
        words = words[1:]
    while node and words:
        word = words.pop(0)
        key = value if words and words[0] == "$$" else ""
        words = words[1:] if key else words
        node = node.children.get((word, key))
    return node is not None


def _explain(must: Must, entry: str, leaf: str, profile: str) -> str:
    """The device's own sentence, with what to do."""
    if must.any_of[0].startswith("../"):
        return f"{entry}: {must.message}. Give re_enroll_time or re_enroll_trigger_time_percentage."
    todo = (
        "Declare that ca-profile in ca_profiles of the same task, or correct the name."
        if must.any_of[0].endswith("$$")
        else "Declare its enrollment.url in ca_profiles of the same task."
    )
    return f"{entry}{leaf}: {profile!r} is refused: {must.message}. {todo}"
