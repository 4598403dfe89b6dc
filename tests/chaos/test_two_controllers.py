# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two controllers configure the same twelve devices at once: each tells what is true, and both end where they agree."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence

import pytest
from chaos.rivals import RIVALS, STOPPED, Rival
from chaos.table import START, declared, entry
from chaos.world import World, lines, shown
from integration.playing import Player, Run, left_behind
from junosim.client import Device


@pytest.fixture
def devices(world: World) -> Iterator[list[Device]]:
    """Twelve, as they were at first."""
    for device in world.twelve:
        here = {line.split()[6] for line in lines(device) if line not in START}
        device.commit_by([f"delete security pki auto-re-enrollment scep certificate-id {name}" for name in here])
        device.mark()
    yield world.twelve
    for device in world.twelve:
        device.clear_faults()


def told(run: Run, devices: Sequence[Device]) -> dict[str, set[str]]:
    """What the task says, and on how many devices: "" where it changes them."""
    by_name = {device.name: device for device in devices}
    texts = [(shown(one.error, by_name[one.host]) or ("" if one["changed"] else "unchanged")) for one in run.results]
    return {text: {one.host for one, said in zip(run.results, texts, strict=True) if said == text} for text in texts}


def nothing_left(devices: Sequence[Device]) -> bool:
    return all(left_behind(device) == {} for device in devices)


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
def test_two_controllers_at_once(world: World, devices: list[Device], rival: Rival) -> None:
    everywhere = {device.name for device in devices}
    options = dict.fromkeys(everywhere, rival.options)
    days = world.new_days(), world.new_days()
    names = "new", "new" if rival.same else "theirs"

    def play(number: int, player: Player) -> Run:
        return world.play(devices, declared(days[number], names[number]), options, player=player)

    for device in devices:
        device.fault(rival.at, "hold")
    with world.meanwhile(devices, rival.awaited, lambda: play(0, world.player)) as one:
        other = play(1, world.other)
        for device in devices:
            device.clear_faults()
    assert told(one.result(), devices) == {rival.told[0]: everywhere}
    assert told(other, devices) == {rival.told[1]: everywhere}
    expected = [line for number in rival.there for line in entry(days[number], names[number])]
    assert {device.name: lines(device) for device in devices} == dict.fromkeys(everywhere, sorted([*START, *expected]))
    assert nothing_left(devices)

    # Both again, one after the other.
    for number, player in enumerate((world.player, world.other)):
        assert [result.error for result in play(number, player).results] == [""] * len(devices)
    last = entry(days[1], names[1]) if rival.same else (*entry(days[0], names[0]), *entry(days[1], names[1]))
    assert {device.name: lines(device) for device in devices} == dict.fromkeys(everywhere, sorted([*START, *last]))
    assert nothing_left(devices)


@pytest.mark.parametrize("stopped", STOPPED, ids=lambda stopped: stopped.name)
def test_a_controller_that_is_there_and_does_nothing(world: World, devices: list[Device], stopped: Rival) -> None:
    """Its connections stay open, as those of a machine that has lost its power or its network, until it is gone."""
    everywhere = {device.name for device in devices}
    days = world.new_days()
    for device in devices:
        device.fault("load-configuration", "hold")
    options = {device.name: stopped.options for device in devices}
    with world.meanwhile(devices, stopped.awaited, lambda: world.play(devices, declared(1), options)) as one:
        processes = world.player.running()
        try:
            signalled(processes, signal.SIGSTOP)
            for device in devices:
                device.clear_faults()
            other = world.play(devices, declared(days), options, player=world.other)
        finally:
            signalled(processes, signal.SIGKILL)
    assert one.result().status == -signal.SIGKILL
    assert told(other, devices) == {stopped.told[1]: everywhere}
    assert nothing_left(devices)
    again = world.play(devices, declared(days), options, player=world.other)
    assert told(again, devices) == {"" if stopped.told[1] else "unchanged": everywhere}
    expected = sorted([*START, *entry(days)])
    assert {device.name: lines(device) for device in devices} == dict.fromkeys(everywhere, expected)


def signalled(processes: Sequence[int], number: int) -> None:
    for process in processes:
        os.kill(process, number)
