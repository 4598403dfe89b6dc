# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks on an SSH channel, and what it asks of the channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Channel(Protocol):
    """What a session needs of its transport."""

    def write(self, data: bytes) -> None: ...
    def exit(self, status: int) -> None: ...
    def abort(self) -> None: ...
    def later(self, seconds: float, function: Callable[[], None]) -> None: ...

    def apart(self, job: Callable[[], None], then: Callable[[], None]) -> None:
        """Run ``job``, which may take its time, beside everything else, and ``then`` after it."""


class Talker(Protocol):
    """NETCONF, a command line, scp: what a channel carries."""

    def start(self) -> None: ...
    def received(self, data: bytes) -> None: ...
    def end_of_input(self) -> None: ...
    def ended(self) -> None: ...
