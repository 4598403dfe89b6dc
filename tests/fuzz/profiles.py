# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many cases each property is tried on.

``ci`` tries the same cases in every run: a failure is the change's, and not the day's. ``long`` tries new ones each
time, ten times as many, and ``night`` a hundred times as many.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings

ONCE = 100
# A case takes what a machine takes for it, so no case has a deadline: the number of cases is the limit.
_ALIKE: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


def register() -> None:
    """Before pytest's option chooses one."""
    settings.register_profile("ci", max_examples=ONCE, derandomize=True, database=None, **_ALIKE)
    settings.register_profile("long", max_examples=10 * ONCE, print_blob=True, **_ALIKE)
    settings.register_profile("night", max_examples=100 * ONCE, print_blob=True, **_ALIKE)
    settings.load_profile("ci")


def times(factor: float) -> settings:
    """A property whose cases cost less than others, or more, gets as many times the cases of the profile."""
    return settings(max_examples=max(1, int(settings.default.max_examples * factor)))
