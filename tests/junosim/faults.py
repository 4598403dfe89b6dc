# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults by script: what one device does wrong, when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from .loading import Problem

# What a fault may do, and where it may stand: an RPC (its label, or the name before the slash), or a stage before RPCs.
ACTIONS = {
    "delay": "wait `seconds`, then execute the RPC (not if the session has ended by then)",
    "hold": "wait until the faults are cleared, then execute the RPC (not if the session has ended by then)",
    "late": "execute the RPC, answer it after `seconds`",
    "drop": "close the connection instead of executing the RPC",
    "drop-after": "execute the RPC, then close the connection without a reply",
    "error": "answer `messages` as rpc-errors instead of executing the RPC",
    "answer": "answer `body`, as it is, in place of what the RPC would answer",
    "message": "send `body` in place of the whole reply; {attributes} in it stands for the attributes of the request",
    "cut": "execute the RPC, send the first half of the answer, then reset the connection",
    "warn": "execute the RPC, answer `messages` as warnings in front of the reply",
    "finish": "wait `seconds`, then execute the RPC, and keep what the session holds until then, even if it has ended",
    "noise": "answer `body`, `repeat` times, in front of what the RPC answers, or of the hello, or as a login banner",
    "unreachable": "execute and answer the RPC, then take no connection for `seconds`",
    "refuse": "refuse the login, or the netconf subsystem",
    "expire": "take the password, and ask for a new one",
    "reset": "reset the connection before the banner, during the login, or instead of the hello",
    "silent": "never answer the request for the subsystem, or for a channel, or never send the hello",
}
STAGES = {
    "connect": ("reset",),
    "login": ("refuse", "expire", "noise", "reset"),
    "channel": ("silent",),
    "subsystem": ("refuse", "silent"),
    "hello": ("reset", "silent", "noise"),
}
_ONLY_AT_STAGES = {action for actions in STAGES.values() for action in actions} - {"noise"}
_WITH_BODY = ("answer", "message", "noise")


@dataclass(slots=True)
class Fault:
    """``nth`` is the first occurrence that it hits, counted from when it was set, ``times`` how many (0: all)."""

    at: str
    do: str
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    messages: tuple[Problem, ...] = ()
    body: str = ""
    repeat: int = 1
    seen: int = 0

    def hits(self, label: str) -> bool:
        """Count an occurrence; answer whether it is one to hit."""
        if self.at not in (label, label.partition("/")[0]):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times == 0 or self.seen < self.nth + self.times)


def fault(script: dict[str, Any]) -> Fault:
    """A fault from a fleet file or the control channel; ValueError says what is wrong with it."""
    known = {item.name for item in fields(Fault)} - {"seen"}
    if unknown := set(script) - known:
        raise ValueError(f"fault: unknown keys {sorted(unknown)}; known are {sorted(known)}")
    if "at" not in script or script.get("do") not in ACTIONS:
        raise ValueError(f"fault {script}: needs 'at', and 'do' as one of {sorted(ACTIONS)}")
    at, do = script["at"], script["do"]
    if do not in STAGES[at] if at in STAGES else do in _ONLY_AT_STAGES:
        raise ValueError(f"fault {script}: {do} cannot stand at {at}")
    if (do in _WITH_BODY) != isinstance(script.get("body"), str):
        raise ValueError(f"fault {script}: {', '.join(_WITH_BODY)} need a text as 'body', nothing else takes one")
    messages = tuple(_problem(item, script["do"]) for item in script.get("messages", ()))
    return Fault(**{**script, "messages": messages})


def _problem(item: str | dict[str, str], action: str) -> Problem:
    severity = "warning" if action == "warn" else "error"
    return Problem(item, severity=severity) if isinstance(item, str) else Problem(**{"severity": severity, **item})


class Faults(list[Fault]):
    """The faults of one device."""

    def load(self, scripts: Iterable[dict[str, Any]]) -> None:
        self.extend(fault(script) for script in scripts)

    def hit(self, label: str) -> Fault | None:
        """Count an occurrence for every fault; answer the first that hits."""
        hits = [item for item in self if item.hits(label)]
        return hits[0] if hits else None
