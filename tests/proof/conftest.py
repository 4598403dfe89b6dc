# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two years are lived once, and each test looks at another side of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from integration.playing import BUILD, player
from proof import evidence
from proof.years import Years, live


@pytest.fixture(scope="session")
def years(tmp_path_factory: pytest.TempPathFactory, aloud: None) -> Years:
    folder = tmp_path_factory.mktemp("years")
    start = time.monotonic()
    with player(tmp_path_factory.mktemp("plays")) as started:
        lived = live(started, folder, lambda line: print(f"  {line}", flush=True))
    print(f"  two years took {time.monotonic() - start:.0f} s", flush=True)
    evidence.write(lived, BUILD / "proof")
    return lived


@pytest.fixture(scope="session")
def aloud(request: pytest.FixtureRequest) -> Iterator[None]:
    """Progress is for people: pytest does not swallow what is printed meanwhile."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        yield
