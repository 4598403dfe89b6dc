# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One fleet for all faults, and two controllers; what held is left in build/chaos."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chaos import evidence
from chaos.faults import FAULTS
from chaos.world import World, fleet
from integration.playing import BUILD, player
from junosim import client


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    state = tmp_path_factory.mktemp("fleet")
    with (
        player(tmp_path_factory.mktemp("plays")) as one,
        player(tmp_path_factory.mktemp("plays")) as other,
        client.start(fleet(FAULTS, state), state=state) as running,
    ):
        world = World(one, other, running, tmp_path_factory.mktemp("world"))
        yield world
    evidence.write({**_HELD, **world.ended}, BUILD / "chaos")


_HELD: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A row holds if its test does; its seconds are told, nothing is decided by them."""
    if report.when == "call" and report.passed:
        _HELD[report.nodeid.partition("[")[2].rstrip("]")] = report.duration
