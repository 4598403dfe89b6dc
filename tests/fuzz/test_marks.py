# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is protected, and what apply-groups bring: no task touches the one, or repeats itself over the other."""

from __future__ import annotations

from dataclasses import replace

from fuzz import inside
from fuzz.declarations import configurations
from fuzz.facts import PKI, Fact, Facts, Path, on, put
from fuzz.promises import promised
from fuzz.running import configure, left_behind
from fuzz.situations import STATES, committed, situations
from hypothesis import event, given
from hypothesis import strategies as st
from junosim.effective import in_effect
from junosim.grammar import APPLY_GROUPS
from junosim.tree import Node


@given(st.data())
def test_what_is_protected_stays(data: st.DataObject) -> None:
    state = data.draw(st.sampled_from(STATES))
    situation = data.draw(situations(state).filter(lambda one: one.have))
    guarded = data.draw(st.lists(st.sampled_from(list(situation.have)), min_size=1, max_size=2, unique=True))
    have = {path: replace(fact, protected=path in guarded) for path, fact in situation.have.items()}
    expected = promised(situation.have, situation.task, state)
    made = inside.device(situation.release, have, situation.scope, later=expected)
    done = configure(made, situation, state)
    after = on(made.database.committed, situation.scope)
    assert left_behind(made) == {}
    event("refused" if isinstance(done, str) else "changed" if done["changed"] else "as it was")
    if isinstance(done, str):
        assert after == have
        return
    for path in guarded:
        assert _below(after, path) == _below(have, path)
    assert {path: replace(fact, protected=False) for path, fact in after.items()} == expected


def _below(facts: Facts, path: Path) -> Facts:
    return {here: fact for here, fact in facts.items() if here[: len(path)] == path}


@given(st.data())
def test_what_groups_bring_is_hidden_once(data: st.DataObject) -> None:
    """A second run changes nothing, and what is declared is in effect, whatever groups bring into it."""
    state = data.draw(st.sampled_from(STATES))
    situation = data.draw(situations(state))
    brought = data.draw(configurations(situation.release).flatmap(committed).map(_with_wildcards))
    expected = promised(situation.have, situation.task, state)
    made = inside.device(situation.release, situation.have, later={**brought, **expected})
    group: Path = (("groups", "g"), *PKI)
    root = made.database.committed
    put(root, {}, made.database.secrets, group)
    put(root, brought, made.database.secrets, group)
    root.add(Node(APPLY_GROUPS, key="g"))
    situation = replace(situation, where={})
    done = configure(made, situation, state)
    event("refused" if isinstance(done, str) else "changed" if done["changed"] else "as it was")
    assert left_behind(made) == {}
    if isinstance(done, str):
        assert on(made.database.committed) == situation.have
        return
    effective = on(in_effect(made.database.committed))
    for path, fact in promised({}, situation.task, "merged").items() if state != "deleted" else ():
        assert effective.get(path) == fact, path
    again = configure(made, situation, state)
    assert not isinstance(again, str)
    assert (again["changed"], again["commands"]) == (False, [])


def _with_wildcards(have: Facts) -> Facts:
    """A group whose entries stand for every entry of their list."""
    return {
        tuple((name, "<*>" if key == "vpn-02" else key) for name, key in path): Fact(fact.value)
        for path, fact in have.items()
    }
