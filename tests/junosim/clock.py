# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time that a fleet believes in: the machine's, or the one in a file that a test moves forward.

The file holds one number, the seconds since 1970 in UTC. Whoever shares the file shares the time: the test CA does.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path


class Clock:
    """``file`` None: the machine's own time, which nobody can move."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file

    def now(self) -> datetime:
        if self.file is None:
            return datetime.now(UTC)
        return datetime.fromtimestamp(float(self.file.read_text()), UTC)

    def move(self, to: datetime) -> None:
        """Forward only; in one step, so that a reader never sees half a number."""
        if self.file is None:
            raise ValueError("the machine's clock cannot be moved: give the fleet a clock file")
        if to < self.now():
            raise ValueError(f"the clock cannot go back from {self.now():%Y-%m-%d %H:%M} to {to:%Y-%m-%d %H:%M}")
        new = self.file.with_suffix(".new")
        new.write_text(f"{to.timestamp():.0f}")
        os.replace(new, self.file)
