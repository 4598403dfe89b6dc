# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From any configuration to any declaration, through each state: the device has what the state promises.

The task runs as Ansible runs it, from its arguments to its result, against a simulated device in this process.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._edits import commands, to_xml
from ansible_collections.netpki.junos.plugins.module_utils._plan import plan
from fuzz import inside
from fuzz.facts import Fact, Facts, on
from fuzz.profiles import times
from fuzz.promises import in_order, orders, promised
from fuzz.running import configure, left_behind, read, wanted
from fuzz.situations import STATES, Situation, any_situation, situations, told
from hypothesis import event, given
from hypothesis import strategies as st
from junosim.checks import check

#: Few, so that what is declared is there already, elsewhere in the list.
_urls = st.lists(st.sampled_from([f"http://{name}.example.net" for name in "abcde"]), min_size=1, unique=True)


def refused(situation: Situation, wanted: Facts) -> list[str]:
    """What the device says of a configuration when it is committed."""
    made = inside.device(situation.release, wanted, situation.scope)
    return [problem.message for problem in check(made.database.committed)]


@pytest.mark.parametrize("state", STATES)
@times(2)
@given(st.data())
def test_a_state_keeps_its_promise(state: str, data: st.DataObject) -> None:
    situation = data.draw(situations(state))
    expected = promised(situation.have, situation.task, state)
    made = inside.device(situation.release, situation.have, situation.scope, later=expected)
    foreseen = configure(made, situation, state, check_mode=True)
    assert on(made.database.committed, situation.scope) == situation.have
    done = configure(made, situation, state)
    after = on(made.database.committed, situation.scope)
    assert left_behind(made) == {}
    if isinstance(done, str):
        event("refused")
        assert (type(foreseen), after) == (str, situation.have)
        assert refused(situation, expected) != []  # a device would have refused it, too
        return
    event("changed" if done["changed"] else "as it was")
    assert after == expected
    assert foreseen == done
    was, asked = orders(situation.have), orders(promised({}, situation.task, "merged")) if state != "deleted" else {}
    for place, keys in orders(after).items():
        assert in_order(was.get(place, ()), asked.get(place, ()), keys)
    again = configure(made, situation, state)
    assert not isinstance(again, str)
    assert (again["changed"], again["commands"], again["before"]) == (False, [], done["after"])


def with_urls(kind: str, urls: list[str]) -> dict[str, Any]:
    """A CA profile with URLs, which are in an order of preference."""
    named = urls if kind == "ocsp" else [{"name": url} for url in urls]
    return {"ca_profile": [{"name": "corp-ca", "revocation_check": {kind: {"url": named}}}]}


@times(2)
@given(st.sampled_from(STATES[:3]), st.sampled_from(["ocsp", "crl"]), _urls, _urls)
def test_urls_come_into_the_declared_order(state: str, kind: str, before: list[str], asked: list[str]) -> None:
    have = {path: Fact(value) for path, value in told(with_urls(kind, before))}
    situation = Situation("24.4R1", have, {"ca_profiles": with_urls(kind, asked)["ca_profile"]}, {})
    made = inside.device("24.4R1", have)
    assert not isinstance(configure(made, situation, state), str)
    after = next(iter(orders(on(made.database.committed)).values()))
    assert set(after) == {*asked} | ({*before} if state == "merged" else set())
    assert in_order(before, asked, after)
    again = configure(made, situation, state)
    assert not isinstance(again, str)
    assert again["commands"] == []


@given(any_situation())
def test_the_lines_that_are_shown_do_what_the_xml_does(drawn: tuple[str, Situation]) -> None:
    state, situation = drawn
    typed, sent = (inside.device(situation.release, situation.have, situation.scope) for _dummy in range(2))
    edits = plan(read(sent, situation), wanted(situation, state)).edits
    event("some edits" if edits else "no edits")
    assert inside.load(typed, commands(edits, situation.scope, show_secrets=True)) == []
    assert inside.load_xml(sent, to_xml(edits, situation.scope)) == []
    one, other = (on(made.database.candidate(0), situation.scope) for made in (typed, sent))
    assert (one, orders(one)) == (other, orders(other))
