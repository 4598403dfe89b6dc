# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated devices and the playbooks that are run against them.

A test file says in DEVICES which devices it wants, in the form of a fleet file; each test takes its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from integration.playing import Player, Stage, player
from junosim import client

LOGIN = {"user": "netops", "password": "Login-0"}


@pytest.fixture(scope="session", name="player")
def _player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    with player(tmp_path_factory.mktemp("plays")) as started:
        yield started


@pytest.fixture(scope="module")
def stage(player: Player, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("home")
    fleet = {"defaults": LOGIN, "devices": request.module.DEVICES}
    with client.start(fleet, state=tmp_path_factory.mktemp("fleet"), bodies=True) as running:
        (home / ".ssh").mkdir(mode=0o700)
        (home / ".ssh" / "known_hosts").symlink_to(running.known_hosts)
        yield Stage(player, running, home)
