# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two simulated years: the fleet is enrolled and configured by the role, then time is moved from one look to the next.

What happened is what the devices recorded, and what the report said at each look.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import testca
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from integration.playing import Player, Run, host_variables
from junosim import client
from junosim.client import Fleet
from proof.scenario import (
    END,
    EVERYTHING,
    FAILURES,
    ROTATION,
    START,
    Certificate,
    ca_config,
    devices,
    variables,
)
from testca.client import Ca

STEP = timedelta(days=73)  # ten lines of progress


@dataclass(frozen=True)
class Issued:
    """A certificate that a device got, by what it recorded."""

    at: datetime
    not_before: datetime
    not_after: datetime
    serial: str
    key_changed: bool

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Issued:
        at, begin, end = (moment(event[name]) for name in ("at", "not_before", "not_after"))
        return cls(at, begin, end, event["serial"], event["key_changed"])


@dataclass
class Years:
    """``reports``: the audit of every host at each look, by days after the start.

    ``decided`` is what the CAs wrote down for themselves; ``held`` the certificate of each device in the end.
    """

    configured: Run
    events: list[dict[str, Any]]
    entries: Mapping[str, Mapping[str, Any]]  # by host: the entry as junos_pki_info told it on the first day
    reports: dict[float, dict[str, Any]] = field(default_factory=dict)
    decided: list[dict[str, Any]] = field(default_factory=list)
    held: dict[str, x509.Certificate] = field(default_factory=dict)
    signers: dict[str, x509.Certificate] = field(default_factory=dict)

    @cached_property
    def issued(self) -> dict[str, list[Issued]]:
        """By host, the first one first."""
        found: dict[str, list[Issued]] = {each.host: [] for each in EVERYTHING}
        for event in self.events:
            if event["what"] == "enrolled":
                found[event["device"]].append(Issued.of(event))
        return found

    def certified(self, host: str, what: str = "issued") -> list[dict[str, Any]]:
        """What the CAs say that they decided about a device."""
        return [one for one in self.decided if one["what"] == what and f"CN={host}.example.net" in one["subject"]]

    def failures(self, host: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["device"] == host and event["what"] == "failed"]

    def codes(self, host: str, days: float) -> dict[str, str]:
        """The findings about a host in a report, code to severity."""
        rows = self.reports[days]["findings"]
        return {row["code"]: row["severity"] for row in rows if row["host"] == host}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def live(player: Player, folder: Path, tell: Any = print) -> Years:
    """Run it all."""
    with ExitStack() as stack:
        stage = _stage(stack, player, folder)
        tell(f"{START:%Y-%m-%d}: {len(EVERYTHING)} devices, enrolled and configured by the role")
        years = Years(stage.configure(), [], {})
        assert years.configured.status == 0, years.configured.stdout[-3000:]
        looks = sorted({0.0, *(each.at for each in FAILURES)})
        for days in looks:
            years.events = stage.until(START + timedelta(days=days), tell)
            years.reports[days] = stage.report(days)
            tell(f"{stage.now:%Y-%m-%d}: the report, with {len(years.reports[days]['findings'])} findings")
            if not years.entries:
                years.entries = stage.entries
        years.events = stage.until(END, tell)
        years.decided = [one for ca in stage.cas for one in ca.log()]
        for each in EVERYTHING:
            pem = stage.fleet.device(each.host).pki()["local"]["vpn-01"]["pem"]
            years.held[each.host] = x509.load_pem_x509_certificate(pem.encode())
            years.signers[each.host] = stage.cas[0].intermediate
        return years


@dataclass
class _Stage:
    player: Player
    folder: Path
    home: Path
    fleet: Fleet
    inventory: dict[str, Any]
    cas: tuple[Ca, Ca]
    now: datetime = START
    entries: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def configure(self) -> Run:
        role = {"ansible.builtin.import_role": {"name": "netpki.junos.pki_reenroll"}}
        play = {"hosts": "all", "gather_facts": False, "tasks": [role]}
        return self.player.play([play], self.inventory, self.home)

    def report(self, days: float) -> dict[str, Any]:
        """What the role pki_report says of the fleet at this time."""
        directory = self.folder / f"report-{days}"
        role = {"ansible.builtin.import_role": {"name": "netpki.junos.pki_report"}}
        asked = {"pki_report_directory": str(directory), "pki_report_now": self.now.isoformat()}
        play = {"hosts": "all", "gather_facts": False, "vars": asked, "tasks": [role]}
        run = self.player.play([play], self.inventory, self.home)
        assert run.status == 0, run.stdout[-3000:]
        for result in run.results:
            if "configuration" in result.data:
                (self.entries[result.host],) = result["configuration"]["config"]
        (file,) = directory.glob("*.json")
        told: dict[str, Any] = json.loads(file.read_text())
        return told

    def until(self, to: datetime, tell: Any) -> list[dict[str, Any]]:
        """Move the time; everything that was recorded since the start."""
        while self.now < to:
            self.now = min(to, self.now + STEP)
            events = self.fleet.advance(self.now)
            done = sum(event["what"] == "enrolled" for event in events)
            tell(f"{self.now:%Y-%m-%d}: {done} renewals, {len(events) - done} attempts that failed")
        return [event for event in self.fleet.record() if event["event"] == "enrollment"]


def _stage(stack: ExitStack, player: Player, folder: Path) -> _Stage:
    clock = folder / "clock"
    clock.write_text(f"{START.timestamp():.0f}")
    port = _free_port()
    ca = stack.enter_context(testca.start(ca_config(str(clock), port), state=folder / "ca"))
    rotating = stack.enter_context(
        testca.start(ca_config(str(clock), port, rotations=(ROTATION,)), state=folder / "rotating-ca")
    )
    fleet = stack.enter_context(client.start(devices(str(clock), port), state=folder / "fleet"))
    home = folder / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    (home / ".ssh" / "known_hosts").symlink_to(fleet.known_hosts)
    hosts = dict(_hosts(fleet, ca, rotating))
    return _Stage(player, folder, home, fleet, {"all": {"hosts": hosts}}, (ca, rotating))


def _hosts(fleet: Fleet, ca: Ca, rotating: Ca) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in EVERYTHING:
        device, whose = fleet.device(each.host), rotating if each.profile == "rotating" else ca
        # The root and the intermediate; one profile holds the intermediate only, and will not know the next one.
        pem = (whose.intermediate if each.profile == "rotating" else whose.root).public_bytes(Encoding.PEM).decode()
        if each.profile != "rotating":
            pem += whose.intermediate.public_bytes(Encoding.PEM).decode()
        more = {"pki_reenroll_ssh_port": device.ssh_port}
        yield each.host, host_variables(device, variables(each, _url(whose, each), pem) | more)


def _url(ca: Ca, each: Certificate) -> str:
    return {"scep": ca.scep, "cmpv2": ca.cmp, "acme": ca.acme}[each.protocol](each.profile)


def _free_port() -> int:
    """For the answers to http-01: each device has an address of its own, so that one port serves all."""
    with socket.socket() as probe:
        probe.bind(("127.1.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
