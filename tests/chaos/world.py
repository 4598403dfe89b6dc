# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twelve devices in one play: some that are well in every run, and one of its own for each fault."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from chaos.table import MODULE, START, Fault
from integration.playing import Player, Run, host_variables, wait_for
from junosim.client import Device, Fleet

WELL = tuple(f"well-{number:02}" for number in range(1, 13))
RELEASE = "24.4R1"
#: Options that a host may have for itself.
_OPTIONS = ("commit_confirmed", "commit_timeout", "configuration_mode", "timeout")
#: No run ends by itself before its faults are over.
_LONG = ("--forks", "12")


@dataclass
class World:
    """The fleet, two controllers, and how many seconds after a signal a run ended."""

    player: Player
    other: Player
    fleet: Fleet
    folder: Path
    ended: dict[str, float] = field(default_factory=dict)
    _days: Iterator[int] = field(default_factory=lambda: count(40))

    @property
    def twelve(self) -> list[Device]:
        """Devices that nothing is wrong with."""
        return [self.fleet.device(name) for name in WELL]

    def new_days(self) -> int:
        """A value that no device has yet: whoever is reached is changed."""
        return next(self._days)

    def home(self, device: Device | None = None, knows: str = "") -> Path:
        """A user's home, whose known_hosts has every device, but of this one nothing or another key."""
        home = self.folder / f"home-{knows or 'all'}"
        (home / ".ssh").mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = self.fleet.known_hosts.read_text().splitlines()
        if device is not None and knows:
            mine = f"[{device.host}]:{device.port} "
            others = [line for line in lines if not line.startswith(mine)]
            lines = others + ([re.sub(r"^\S+ ", mine, others[0])] if knows == "another" else [])
        (home / ".ssh" / "known_hosts").write_text("\n".join(lines) + "\n")
        return home

    def play(
        self,
        devices: Sequence[Device],
        config: Sequence[Mapping[str, Any]],
        options: Mapping[str, Mapping[str, Any]] | None = None,
        home: Path | None = None,
        player: Player | None = None,
    ) -> Run:
        """Declare the same on each of these devices; some have options of their own, or only a check."""
        task = {
            MODULE: {
                "config": list(config),
                **{name: f"{{{{ its.{name} | default(omit) }}}}" for name in _OPTIONS},
            },
            "check_mode": "{{ its.check | default(false) }}",
        }
        hosts = {
            device.name: {**host_variables(device, {}), "its": dict((options or {}).get(device.name, {}))}
            for device in devices
        }
        plays = [{"hosts": "all", "gather_facts": False, "tasks": [task]}]
        inventory = {"all": {"hosts": hosts}}
        return (player or self.player).play(plays, inventory, home or self.home(), _LONG)

    @contextmanager
    def meanwhile(self, awaited: Sequence[Device], rpc: str, play: Callable[[], Run]) -> Iterator[Future[Run]]:
        """Start a run, and come back when each of these devices has got that request, which it holds."""
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(play)
            for device in awaited:
                wait_for(device, *nth(rpc))
            yield future


def nth(rpc: str) -> tuple[str, int]:
    """A request, and for which time: ``get-configuration 2``."""
    name, _dummy, number = rpc.partition(" ")
    return name, int(number or 1)


def fleet(faults: Sequence[Fault], folder: Path) -> dict[str, Any]:
    """The fleet file: what junosim is started with. What is too long for it stands in files of the folder."""
    for fault in faults:
        if fault.has:
            (folder / f"{fault.name}.set").write_text("\n".join((*START, *fault.has)))
    same = {"release": RELEASE, "config": "\n".join(START), "user": "netops", "password": "Login-0"}
    return {
        "defaults": same,
        "devices": {**{name: {} for name in WELL}, **{fault.name: row(fault) for fault in faults}},
    }


def row(fault: Fault) -> dict[str, Any]:
    """Its device in the fleet file."""
    return {**fault.device, **({"config_file": f"{fault.name}.set"} if fault.has else {})}


def shown(text: str, device: Device) -> str:
    """A message without what differs from run to run."""
    for pattern, word in (
        (rf"\b{device.port}\b", "PORT"),
        (r"since \d\S* \S+ UTC, idle [\d:]+", "since TIME, idle TIME"),
        (r"[0-9a-f]{2}(:[0-9a-f]{2}){15}", "FINGERPRINT"),
        (r"\bpid 1\d{4}\b", "pid PID"),
        (r"127\.0\.0\.1", "HOST"),
    ):
        text = re.sub(pattern, word, text)
    return text


#: How a system, paramiko or ncclient names a connection that is reset: which of them notices is chance.
RESETS = tuple(
    f"{doing}{what}"
    for doing in ("", "Negotiation failed: ", "Negotiation failed: Error reading SSH protocol banner")
    for what in (
        "Could not open socket to HOST:PORT",
        "[Errno 104] Connection reset by peer",
        "EOFError",
        "Socket is closed",
        "Unexpected session close",
    )
)


def forms(told: str) -> list[str]:
    """The messages that a row of a table stands for."""
    return [told.replace("RESET", one) for one in RESETS] if "RESET" in told else [told]


def lines(device: Device) -> list[str]:
    """The committed configuration without the version, sorted: an order means nothing here."""
    return sorted(device.set_lines()[1:])


def settled(device: Device, awaited: Sequence[str]) -> list[str]:
    """The same, as awaited or as it is after a while: a device may roll back, or complete a commit."""
    deadline = time.monotonic() + 10
    while lines(device) != sorted(awaited) and time.monotonic() < deadline:
        time.sleep(0.05)
    return lines(device)
