# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One device of twelve does wrong: it alone, it tells what is true, it loses nothing, and the next run mends it."""

from __future__ import annotations

from typing import Any

import pytest
from chaos.faults import FAULTS
from chaos.table import START, Act, Fault, declared, entry
from chaos.world import World, forms, lines, settled, shown
from integration.playing import Run, left_behind
from junosim.client import Device

UNDISTURBED = [
    "get-configuration",
    "open-configuration/private",
    "load-configuration",
    "commit-configuration",
    "close-configuration",
    "close-session",
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_one_device_of_twelve(world: World, fault: Fault) -> None:
    device, well, days = world.fleet.device(fault.name), world.twelve[1:], world.new_days()
    for one in (device, *well):
        one.mark()
    for script in fault.script:
        device.fault(**script)
    act(device, fault.before)

    run = played(world, device, fault, days)

    # The others.
    results = {result.host: result for result in run.results}
    assert {one.name: results[one.name].error or results[one.name]["changed"] for one in well} == {
        one.name: True for one in well
    }
    assert {one.name: one.rpcs for one in well} == {one.name: UNDISTURBED for one in well}
    assert {one.name: left_behind(one) for one in well} == {one.name: {} for one in well}
    assert {one.name: lines(one) for one in well} == {one.name: sorted([*START, *entry(days)]) for one in well}

    # What the user is told.
    mine = results[fault.name]
    assert shown(mine.error, device) in forms(fault.told)
    assert (mine.error == "" and mine["changed"]) is (fault.told == "")
    assert [shown(text, device) for text in mine.data.get("warnings", [])] == list(fault.warnings)
    assert run.stderr.splitlines() == [f"[WARNING]: {text}" for text in mine.data.get("warnings", [])]

    # What is true.
    before = [line for line in (*START, *fault.has) if line not in fault.gone] + list(fault.theirs)
    first = [*before, *entry(days)] if fault.commits else before
    assert settled(device, first) == sorted(first)
    assert left(device, fault) == fault.left
    assert ours(device) == fault.commits + fault.rolled_back + fault.confirmations

    # And once more, when it is over.
    device.clear_faults()
    act(device, fault.over)
    again = world.play([device], declared(days)).result
    assert (again.error, again["changed"]) == ("", not fault.commits)
    last = {*START, *fault.has, *fault.theirs, *entry(days)} - set(first_differs(fault))
    assert lines(device) == sorted(last)
    assert left_behind(device) == {}


def played(world: World, device: Device, fault: Fault, days: int) -> Run:
    """The play over all twelve, and what somebody does meanwhile."""
    options = {device.name: {**fault.options, "check": fault.check}}
    home = world.home(device, fault.known_hosts)

    def play() -> Run:
        return world.play([device, *world.twelve[1:]], declared(days), options, home)

    if fault.meanwhile is None:
        return play()
    rpc, deed = fault.meanwhile
    with world.meanwhile([device], rpc, play) as future:
        act(device, (deed,))
        device.clear_faults()
    return future.result()


def act(device: Device, deeds: tuple[Act, ...]) -> None:
    for method, arguments in deeds:
        getattr(device, method)(**arguments)


def ours(device: Device) -> int:
    return sum(commit["user"] == "netops" for commit in device.commits)


def left(device: Device, fault: Fault) -> dict[str, Any]:
    """What is held on the device, once the session has ended there too."""
    found = left_behind(device, but=next(iter(fault.left), ""))
    return {**found, **{name: device.state[name] for name in fault.left}}


def first_differs(fault: Fault) -> list[str]:
    """Of what somebody else committed, what the next run replaces: the same entry."""
    return [line for line in fault.theirs if line.startswith(entry(0)[1].rpartition(" ")[0])]
