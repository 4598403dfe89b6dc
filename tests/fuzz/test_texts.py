# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any text that a user gives comes to the device as it is, and is never read as anything but a text."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _device, _edits
from ansible_collections.netpki.junos.plugins.module_utils._operations import ENROLL, RE_ENROLL, Operation, file_delete
from ansible_collections.netpki.junos.plugins.module_utils._options import CommitOptions
from ansible_collections.netpki.junos.plugins.module_utils._show import STORES, Store
from fuzz import inside
from fuzz.declarations import Limits, texts
from fuzz.facts import Fact
from fuzz.profiles import times
from hypothesis import given
from hypothesis import strategies as st
from junosim.setform import split
from lxml import etree

ANY = texts(Limits())
OPERATIONS = {operation.request: operation for table in (ENROLL, RE_ENROLL) for operation in table.values()}


def shape(request: str) -> list[tuple[str, str | None]]:
    """The elements of a request with their texts, in order: no more than that is in it."""
    root = etree.fromstring(request)
    assert all(isinstance(element.tag, str) and not element.attrib and not element.tail for element in root.iter())
    return [(str(element.tag), element.text) for element in root.iter()]


@given(ANY)
def test_a_commit_comment(comment: str) -> None:
    made = inside.device("24.4R1", {})
    with inside.reached(made) as login, _device.Device(login) as session:
        document = "<configuration><system><host-name>a</host-name></system></configuration>"
        session.commit([document], CommitOptions(comment=comment), with_diff=False)
    assert [commit.comment for commit in made.database.history[:-1]] == [comment]


@given(ANY, st.sampled_from(["logical_system", "tenant"]))
def test_the_name_of_a_logical_system(name: str, level: str) -> None:
    """It is read and written under that name and no other."""
    scope = _edits.scope(**{level: name})
    made = inside.device("24.4R1", {(("ca-profile", "a"),): Fact()}, scope)
    with inside.reached(made) as login, _device.Device(login) as session:
        assert [*session.read(scope).pki.entries("ca-profile")] == ["a"]
        assert not session.applies_groups(scope)


@pytest.mark.parametrize(
    "store", [store for store in STORES.values() if store.selects], ids=lambda store: store.request
)
@given(ANY)
def test_a_name_that_is_asked_for(store: Store, name: str) -> None:
    level = [(store.level.strip("</>"), None)] if store.level else []
    assert shape(store.xml([name])) == [(store.request, None), (store.selects, name), *level]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@given(st.data())
def test_the_inputs_of_a_request(operation: Operation, data: st.DataObject) -> None:
    values: dict[str, Any] = {name: data.draw(ANY) for name in operation.inputs}
    assert shape(operation.xml(values)) == [(operation.request, None), *values.items()]


@given(ANY)
def test_the_path_of_a_file(path: str) -> None:
    assert shape(file_delete(path)) == [("file-delete", None), ("purge", None), ("path", path)]


@times(5)
@given(st.lists(ANY, min_size=1, max_size=4))
def test_a_line_for_the_command_line_has_the_words_that_it_was_made_of(words: list[str]) -> None:
    assert split(" ".join(map(_edits.quote, words))) == words


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@given(st.data())
def test_a_command_has_the_words_of_its_request(operation: Operation, data: st.DataObject) -> None:
    values = {name: data.draw(ANY) for name in operation.inputs}
    secret = {"challenge-password", "ca-secret"}
    told = [(name, "********" if name in secret else value) for name, value in values.items()]
    assert split(operation.line(values))[len(operation.command.split()) :] == [word for pair in told for word in pair]
