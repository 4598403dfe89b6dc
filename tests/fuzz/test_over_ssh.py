# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few of the same cases over SSH, with PyEZ and ncclient in between: nothing comes out otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _run
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from fuzz import inside
from fuzz.declarations import RELEASES
from fuzz.facts import on
from fuzz.profiles import times
from fuzz.promises import promised
from fuzz.running import arguments, configure
from fuzz.situations import Situation, any_situation
from hypothesis import given
from junosim import client
from junosim.setform import lines

FLEET = {"defaults": {"user": "netops", "password": "Login-0"}, "devices": {one: {"release": one} for one in RELEASES}}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[client.Fleet]:
    with client.start(FLEET, state=tmp_path_factory.mktemp("fleet")) as running:
        yield running


def over_ssh(device: client.Device, known_hosts: Path, args: dict[str, Any]) -> dict[str, Any] | str:
    config = known_hosts.with_name("ssh_config")
    config.write_text(f"Host *\n  UserKnownHostsFile {known_hosts}\n")
    login = {"host": device.host, "port": device.port, "user": device.user, "password": device.password}
    try:
        return _run.configure({**args, **login, "ssh_config": str(config)}, check_mode=False, with_diff=True)
    except NetpkiError as error:
        return str(error).replace(device.host, "inside")


@times(0.2)
@given(drawn=any_situation())
def test_ssh_makes_no_difference(fleet: client.Fleet, drawn: tuple[str, Situation]) -> None:
    state, situation = drawn
    device = fleet.device(situation.release)
    expected = promised(situation.have, situation.task, state)
    made = inside.device(situation.release, situation.have, situation.scope, later=expected)
    device.commit_by(["delete", *lines(made.database.committed)])
    told = over_ssh(device, fleet.known_hosts, arguments(situation, state))
    foreseen = configure(made, situation, state)
    if isinstance(told, dict) and isinstance(foreseen, dict):
        for result in (told, foreseen):
            result["warnings"] = [warning.partition(": ")[2] for warning in result["warnings"]]
            result.pop("diff", None)  # a secret is obfuscated anew each time
    assert told == foreseen
    rebuilt = inside.device(situation.release, {}, situation.scope)
    inside.load(rebuilt, ["delete", *device.set_lines()])
    assert on(rebuilt.database.candidate(0), situation.scope) == on(made.database.committed, situation.scope)
