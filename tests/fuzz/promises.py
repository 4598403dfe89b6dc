# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each state promises, written down without a look at how ``_plan.py`` keeps it.

=============  ========================================================================================================
merged         What is declared is there and in effect. What excludes it is gone, what is declared false is gone.
replaced       The same, and a declared entry holds nothing else; a certificate leaves the lists of other protocols.
overridden     The same, and of the lists that the task speaks of, what it does not declare is gone.
deleted        What is named is gone; all of the lists where nothing is named.
always         Everything else is as it was, deactivated or not.
=============  ========================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._statements import CA_PROFILE, PROTOCOLS
from fuzz.facts import Fact, Facts, Path, clear, declared, is_secret, statement_of, words_of

Options = Mapping[str, Any]


def list_path(words: str, key: str) -> Path:
    *above, name = words.split("/")
    return (*((word, "") for word in above), (name, key))


def named(task: Options) -> Iterator[tuple[Path, Options]]:
    """The entries that a task declares, by their paths."""
    for options in task.get("ca_profiles") or ():
        yield list_path(CA_PROFILE, options["name"]), options
    for options in task.get("config") or ():
        for protocol, words in PROTOCOLS.items():
            if options.get("protocol") in (protocol, None):
                yield list_path(words, options["certificate_id"]), options


def promised(have: Facts, task: Options, state: str, on_create: bool = False) -> Facts:
    """The configuration after the task, in no particular order."""
    after = dict(have)
    if state == "deleted":
        for path, _options in named(task):
            _drop(after, path)
        if not task:
            _drop_lists(after, PROTOCOLS.values(), ())
        return pruned(after)
    for path, options in named(task):
        if state != "merged":
            _drop(after, path)
            if "protocol" in options:
                for other in PROTOCOLS.values():
                    _drop(after, list_path(other, path[-1][1]))
    for path, options in named(task):
        _declare(after, path, "")
        for here, value in declared(path, options):
            _say(after, have, here, value, on_create)
    if state == "overridden":
        kept = [path for path, _options in named(task)]
        if task.get("config"):
            _drop_lists(after, PROTOCOLS.values(), kept)
        if task.get("ca_profiles"):
            _drop_lists(after, (CA_PROFILE,), kept)
    return pruned(after)


def _say(after: Facts, have: Facts, path: Path, value: str | None, on_create: bool) -> None:
    if value is None:
        _drop(after, path)
        return
    secret = is_secret(path)
    if secret and on_create and path in have:
        value = have[path].value
    _declare(after, path, clear(value) if secret else value)


def _declare(after: Facts, path: Path, value: str) -> None:
    """It is there and in effect, and so is all above it; the others of its choice are not."""
    for depth in range(1, len(path)):
        here = path[:depth]
        after[here] = Fact(after[here].value if here in after else "")
    statement = statement_of(path)
    if statement and statement.choice:
        for other in [one for one in after if one[:-1] == path[:-1] and one != path]:
            about = statement_of(other)
            if about and about.choice == statement.choice:
                _drop(after, other)
    after[path] = Fact(value)


def _drop(after: Facts, path: Path) -> None:
    for here in [one for one in after if one[: len(path)] == path]:
        del after[here]


def _drop_lists(after: Facts, lists: Any, kept: Sequence[Path]) -> None:
    for path in [one for one in after if words_of(one) in lists and one not in kept]:
        _drop(after, path)


def pruned(after: Facts) -> Facts:
    """Without the containers that mean nothing when they are empty."""
    while True:
        empty = [path for path in after if _means_nothing(path) and not any(one[:-1] == path for one in after)]
        if not empty:
            return after
        for path in empty:
            del after[path]


def _means_nothing(path: Path) -> bool:
    statement = statement_of(path)
    return bool(statement and statement.kind == "container" and not statement.presence)


def orders(facts: Facts) -> dict[tuple[Path, str], list[str]]:
    """The order of the lists in which an order means something: the keys, by the place of the list."""
    found: dict[tuple[Path, str], list[str]] = {}
    for path in facts:
        statement = statement_of(path)
        if statement and statement.ordered:
            found.setdefault((path[:-1], path[-1][0]), []).append(path[-1][1])
    return found


def in_order(before: Sequence[str], wanted: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a list has what is wanted in that order, and the rest in the order in which it was."""
    rest = [key for key in after if key not in wanted]
    return [key for key in after if key in wanted] == list(wanted) and rest == [key for key in before if key in rest]
