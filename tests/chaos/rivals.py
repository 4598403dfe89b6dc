# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two controllers at once: what each is told, and whose change is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EXCLUSIVE = {"configuration_mode": "exclusive"}
LOCKED = (
    "HOST: somebody else holds the configuration. The device says: configuration database locked by: netops terminal"
    " (pid PID) on since TIME, idle TIME exclusive. Nothing was changed. Run again when they are done."
)
CHANGED_BY_ANOTHER = (
    "HOST: the device refuses the commit: [edit security pki auto-re-enrollment scep certificate-id new re-enroll-time]"
    " days: statement was changed by another user: 'days'"
)


@dataclass(frozen=True)
class Rival:
    """Every device holds the request ``at`` of the first controller; the second runs from beginning to end meanwhile.

    ``told``: to the first and to the second, "" where it changes the device. ``there``: whose change, of 0 and 1.
    """

    name: str
    phase: str
    what: str
    at: str
    awaited: str
    told: tuple[str, str]
    there: tuple[int, ...] = ()
    same: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


RIVALS = (
    Rival(
        "two-entries",
        "load",
        "each declares another entry, in private",
        "load-configuration",
        "load-configuration",
        ("", ""),
        there=(0, 1),
    ),
    Rival(
        "two-same-read",
        "open",
        "both declare the same entry otherwise; the second commits after the first has read",
        "open-configuration",
        "open-configuration/private",
        ("", ""),
        there=(0,),
        same=True,
    ),
    Rival(
        "two-same-load",
        "commit",
        "both declare the same entry otherwise; the second commits while the first edits",
        "commit-configuration",
        "commit-configuration",
        (CHANGED_BY_ANOTHER, ""),
        there=(1,),
        same=True,
    ),
    Rival(
        "two-exclusive",
        "load",
        "each declares another entry, and both ask for the lock",
        "load-configuration",
        "load-configuration",
        ("", LOCKED),
        there=(0,),
        options=EXCLUSIVE,
    ),
)

#: The first is stopped, and keeps its connections.
STOPPED = (
    Rival("stopped-private", "load", "in private", "load-configuration", "load-configuration", ("", "")),
    Rival(
        "stopped-lock",
        "load",
        "under the lock",
        "load-configuration",
        "load-configuration",
        ("", LOCKED),
        options=EXCLUSIVE,
    ),
)
