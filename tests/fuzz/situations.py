# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task meets: a release, a configuration that is there, a declaration, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fuzz import declarations as declare
from fuzz.facts import PKI, Fact, Facts, Path, clear, declared, is_secret, words_of
from fuzz.promises import pruned
from hypothesis import strategies as st

STATES = ("merged", "replaced", "overridden", "deleted")
_LEVELS = {"logical_system": "logical-systems", "tenant": "tenants"}


@dataclass(frozen=True)
class Situation:
    """``task``: config and ca_profiles; ``where``: the option that names a logical system or a tenant, if any."""

    release: str
    have: Facts
    task: Mapping[str, Any]
    where: Mapping[str, str]

    @property
    def scope(self) -> Path:
        return (*((_LEVELS[level], name) for level, name in self.where.items()), *PKI)


@st.composite
def situations(draw: st.DrawFn, state: str) -> Situation:
    release = draw(declare.releases)
    there = draw(declare.configurations(release))
    have = draw(committed(there))
    task = draw(deletions(release, have) if state == "deleted" else declare.declarations(release, there))
    level = draw(st.sampled_from(["", "", "", "", *_LEVELS]))
    return Situation(release, have, task, {level: draw(declare.texts(declare.Limits()))} if level else {})


def any_situation() -> st.SearchStrategy[tuple[str, Situation]]:
    """A state, and a situation for it."""
    return st.sampled_from(STATES).flatmap(lambda state: st.tuples(st.just(state), situations(state)))


@st.composite
def committed(draw: st.DrawFn, there: declare.Options) -> Facts:
    """A device's configuration, some of it deactivated."""
    found = {path: Fact(clear(value) if is_secret(path) else value) for path, value in told(there)}
    have = pruned(found)
    for path in draw(st.lists(st.sampled_from(list(have)), max_size=3)) if have and draw(st.booleans()) else ():
        have[path] = replace(have[path], inactive=True)
    return have


def told(options: declare.Options) -> Iterator[tuple[Path, str]]:
    """The statements that options make, without those that shall not be there."""
    return ((path, value) for path, value in declared((), options) if value is not None)


def _without_none(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _names(have: Facts, *lists: str) -> list[str]:
    return [path[-1][1] for path in have if words_of(path) in lists]


@st.composite
def deletions(draw: st.DrawFn, release: str, have: Facts) -> dict[str, Any]:
    """What shall be gone: some of what is there, or what is not; nothing named stands for all."""
    task: dict[str, Any] = {}
    if draw(st.booleans()):
        names = st.sampled_from(_names(have, *declare.PROTOCOLS.values()) or ["vpn-01"])
        protocol = st.sampled_from([None, *declare.protocols(release)])
        ids = draw(st.lists(names, min_size=1, max_size=3, unique=True))
        task["config"] = [_without_none(certificate_id=name, protocol=draw(protocol)) for name in ids]
    if draw(st.booleans()):
        names = st.sampled_from(_names(have, "ca-profile") or ["corp-ca"])
        task["ca_profiles"] = [{"name": name} for name in draw(st.lists(names, min_size=1, max_size=3, unique=True))]
    return task
