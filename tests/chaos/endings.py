# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a controller ends in the middle of a run over twelve devices, and what is true of all of them afterwards."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ending:
    """The signal comes when all devices hold the request ``at``, or have executed it and do not answer.

    ``alone``: the signal is for the main process; the others are its workers. ``goes_on``: the devices answer then.
    """

    name: str
    phase: str
    how: str
    when: str
    number: signal.Signals
    at: str  # a request of junosim's record, or open; with a number: the nth of that name
    script: Mapping[str, Any]
    status: int  # of ansible-playbook
    done: bool = False  # whether the change is there afterwards
    alone: bool = False
    goes_on: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def minute(self) -> float:
        """Seconds until a commit that is not confirmed is rolled back: few, where that is what happens."""
        return 60 if self.done else 0.5


EXCLUSIVE = {"configuration_mode": "exclusive"}
#: Who waits for the answer, though told to end, does not end while the test lasts.
PATIENT = EXCLUSIVE | {"timeout": 600}
CONFIRMED = {"commit_confirmed": 1}


def holds(rpc: str, nth: int = 1) -> dict[str, Any]:
    """The device has the request, and does not execute it."""
    return {"at": rpc, "do": "hold", "nth": nth}


def unanswered(rpc: str, nth: int = 1) -> dict[str, Any]:
    """The device has executed the request, and answers it in ten minutes."""
    return {"at": rpc, "do": "late", "seconds": 600, "nth": nth}


def finishes(rpc: str) -> dict[str, Any]:
    """The device is at it, and finishes it whoever waits."""
    return {"at": rpc, "do": "finish", "seconds": 2}


def killed(
    phase: str,
    when: str,
    at: str,
    script: Mapping[str, Any],
    options: Mapping[str, Any] | None = None,
    done: bool = False,
) -> Ending:
    name = "-".join(["killed", *when.split()])
    return Ending(name, phase, "SIGKILL", when, signal.SIGKILL, at, script, -9, done, options=options or {})


ENDINGS = (
    killed("hello", "before the hello", "open", {"at": "hello", "do": "silent"}),
    killed("read", "reading", "get-configuration", holds("get-configuration")),
    killed(
        "open",
        "with the lock",
        "open-configuration/exclusive",
        unanswered("open-configuration"),
        EXCLUSIVE,
    ),
    killed("load", "with a private copy", "load-configuration", unanswered("load-configuration")),
    killed("load", "with a change under the lock", "load-configuration", unanswered("load-configuration"), EXCLUSIVE),
    killed(
        "check",
        "during the commit check",
        "commit-configuration/check",
        holds("commit-configuration"),
        EXCLUSIVE | {"check": True},
    ),
    killed("commit", "before the commit begins", "commit-configuration", holds("commit-configuration"), EXCLUSIVE),
    killed("commit", "while the device commits", "commit-configuration", finishes("commit-configuration"), done=True),
    killed("commit", "once it is committed", "commit-configuration", unanswered("commit-configuration"), done=True),
    killed(
        "confirm",
        "after a confirmed commit",
        "commit-configuration/confirmed",
        unanswered("commit-configuration/confirmed"),
        CONFIRMED,
    ),
    killed("confirm", "before the confirmation", "get-configuration 2", holds("get-configuration", 2), CONFIRMED),
    killed(
        "confirm",
        "once it is confirmed",
        "commit-configuration",
        unanswered("commit-configuration", 2),
        CONFIRMED,
        done=True,
    ),
    killed("close", "before it closes", "close-configuration", holds("close-configuration"), EXCLUSIVE, done=True),
    Ending(
        "killed-alone",
        "load",
        "SIGKILL of the main process, whose workers end what they began",
        "with a private copy",
        signal.SIGKILL,
        "load-configuration",
        holds("load-configuration"),
        -9,
        done=True,
        alone=True,
        goes_on=True,
    ),
    Ending(
        "interrupted",
        "load",
        "Ctrl-C",
        "with a change under the lock",
        signal.SIGINT,
        "load-configuration",
        unanswered("load-configuration"),
        99,
        alone=True,
        options=PATIENT,
    ),
    Ending(
        "interrupted-committing",
        "commit",
        "Ctrl-C",
        "while the device commits",
        signal.SIGINT,
        "commit-configuration",
        finishes("commit-configuration"),
        99,
        done=True,
        alone=True,
    ),
    Ending(
        "terminated",
        "load",
        "SIGTERM, as a job that is cancelled",
        "with a change under the lock",
        signal.SIGTERM,
        "load-configuration",
        unanswered("load-configuration"),
        -15,
        alone=True,
        options=PATIENT,
    ),
)
