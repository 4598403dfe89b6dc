# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller ends in the middle, on all devices at once: none keeps a lock, and the next run brings them there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from chaos.endings import ENDINGS, Ending
from chaos.table import START, declared, entry
from chaos.world import World, lines, settled
from integration.playing import left_behind
from junosim.client import Device


@pytest.fixture
def devices(world: World) -> Iterator[list[Device]]:
    """Twelve, of which nothing is held back afterwards."""
    for device in world.twelve:
        device.mark()
    yield world.twelve
    for device in world.twelve:
        device.clear_faults()
        device.set_minute(60)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.name)
def test_the_controller_ends(world: World, devices: list[Device], ending: Ending) -> None:
    days = world.new_days()
    before = {device.name: lines(device) for device in devices}
    after = {device.name: sorted([*START, *entry(days)]) for device in devices}
    options = dict.fromkeys(before, ending.options)
    for device in devices:
        device.set_minute(ending.minute)
        device.fault(**ending.script)

    with world.meanwhile(devices, ending.at, lambda: world.play(devices, declared(days), options)) as future:
        start = time.monotonic()
        signalled(world, ending)
        for device in devices if ending.goes_on else []:
            device.clear_faults()
    world.ended[ending.name] = time.monotonic() - start
    assert future.result().status == ending.status
    awaited = after if ending.done else before
    assert {device.name: settled(device, awaited[device.name]) for device in devices} == awaited
    assert {device.name: left_behind(device) for device in devices} == {device.name: {} for device in devices}

    for device in devices:
        device.clear_faults()
    again = world.play(devices, declared(days))
    assert {result.host: result.error or result["changed"] for result in again.results} == dict.fromkeys(
        before, not ending.done
    )
    assert {device.name: lines(device) for device in devices} == after
    assert {device.name: left_behind(device) for device in devices} == {device.name: {} for device in devices}


def signalled(world: World, ending: Ending) -> None:
    main, *workers = world.player.running()
    assert len(workers) == len(world.twelve)
    for process in (main, *workers)[: 1 if ending.alone else None]:
        os.kill(process, ending.number)
