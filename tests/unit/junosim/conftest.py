# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated devices without a network: a session is asked through a channel that only keeps what is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest
from junosim.database import Refused
from junosim.device import Device, Login, Recorder, Session, Spec
from junosim.loading import Problem
from junosim.netconf import END, NetconfSession
from junosim.setform import lines
from lxml import etree


class Clock:
    """Timers that run when the test says so."""

    def __init__(self) -> None:
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def set(self, seconds: float, function: Callable[[], None]) -> Callable[[], None]:
        timer = (seconds, function)
        self.timers.append(timer)
        return lambda: self.timers.remove(timer)

    def run_out(self) -> None:
        timers, self.timers = self.timers, []
        for _dummy, function in timers:
            function()


class Channel:
    """Keeps what a session writes, and whether its connection is gone."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.sent = b""
        self.gone = ""

    def write(self, data: bytes) -> None:
        self.sent += data

    def exit(self, status: int) -> None:
        self.gone = f"exit {status}"

    def abort(self) -> None:
        self.gone = "aborted"

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        self.clock.set(seconds, function)

    def apart(self, job: Callable[[], None], then: Callable[[], None]) -> None:
        job()
        then()


class Talk:
    """One session of a device, asked in XML."""

    def __init__(self, sim: Sim, login: Login | None = None) -> None:
        self.session = Session(sim.device, sim.next_session(), login or sim.device.spec.logins[0])
        self.channel = Channel(sim.clock)
        self.netconf = NetconfSession(self.session, self.channel)
        self.netconf.start()
        self.netconf.received(b"<hello/>" + END)
        self.channel.sent = b""

    def send(self, body: str) -> bytes:
        self.channel.sent = b""
        self.netconf.received(f'<rpc message-id="7">{body}</rpc>'.encode() + END)
        return self.channel.sent

    def ask(self, body: str) -> etree._Element:
        """The reply without namespaces."""
        root = etree.fromstring(self.send(body).removesuffix(END + b"\n"))
        for element in root.iter():
            if isinstance(element.tag, str):
                element.tag = etree.QName(element).localname
            for name, value in list(element.attrib.items()):
                del element.attrib[name]
                element.set(etree.QName(name).localname, value)
        return root

    def problems(self, body: str) -> list[tuple[str, str]]:
        """(severity, message) of every rpc-error in the reply."""
        found = self.ask(body).iter("rpc-error")
        return [(str(item.findtext("error-severity")), str(item.findtext("error-message")).strip()) for item in found]

    def set(self, *commands: str) -> list[tuple[str, str]]:
        text = escape("\n".join(commands))
        return self.problems(
            f'<load-configuration action="set" format="text"><configuration-set>{text}</configuration-set>'
            "</load-configuration>"
        )

    def load(self, xml: str, action: str = "merge") -> list[tuple[str, str]]:
        return self.problems(
            f'<load-configuration action="{action}"><configuration>{xml}</configuration></load-configuration>'
        )


class Sim:
    """One device with a clock of its own."""

    def __init__(self, spec: Spec) -> None:
        self.clock = Clock()
        self.device = Device(spec, Recorder(None))
        self.device.database.set_timer = self.clock.set
        self._sessions = 0

    def next_session(self) -> int:
        self._sessions += 1
        return self._sessions

    def talk(self, login: Login | None = None) -> Talk:
        return Talk(self, login)

    @property
    def committed(self) -> list[str]:
        return list(lines(self.device.database.committed))[1:]  # without the version

    @property
    def candidate(self) -> list[str]:
        return list(lines(self.device.database.candidate(0)))[1:]


@pytest.fixture
def sim() -> Callable[..., Sim]:
    """Make a device: ``sim(config, release="22.4R3", ...)``."""

    def make(config: str = "", release: str = "22.4R3", **options: Any) -> Sim:
        return Sim(Spec("srx1", release, config, **options))

    return make


@pytest.fixture
def refusal() -> Callable[..., list[Problem]]:
    """The problems with which a call is refused."""

    def run(function: Callable[..., Any], *arguments: Any, **named: Any) -> list[Problem]:
        with pytest.raises(Refused) as caught:
            function(*arguments, **named)
        return caught.value.problems

    return run
