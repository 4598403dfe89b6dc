# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated device in this process: the collection's requests and the device's replies, without SSH in between.

``reached(device)`` puts it where PyEZ's session is, so that all of ``_device.py`` but the opening is at work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from ansible_collections.netpki.junos.plugins.module_utils import _connect, _device
from fuzz.facts import PKI, Facts, Path, beside, put
from junosim.database import Holder
from junosim.device import Device, Recorder, Session, Spec
from junosim.netconf import END, NetconfSession
from lxml import etree

#: What a reply goes through on its way; the request is told with it.
Change = Callable[[str, bytes], bytes]


def device(release: str, facts: Facts, scope: Path = PKI, later: Facts | None = None, **options: Any) -> Device:
    """A device with a configuration, and with what that and a later one name elsewhere."""
    made = Device(Spec("inside", release, http_port=0, **options), Recorder(None))
    root, secrets = made.database.committed, made.database.secrets
    put(root, {}, secrets, scope)
    for path in beside(later or {}, scope):
        put(root, {}, secrets, path)
    put(root, facts, secrets, scope)
    return made


def load(made: Device, lines: Iterable[str]) -> list[Any]:
    """Set lines into the shared candidate, one by one; what the device says of them."""

    def enter(loader: Any) -> None:
        for line in lines:
            loader.commands(line)

    return made.database.edit(Holder("root", 1), enter)


def load_xml(made: Device, documents: Iterable[str]) -> list[Any]:
    """Documents into the shared candidate, one by one, by the request that the collection sends."""
    with reached(made) as login:
        session = _device.Device(login)
        with session:
            return list(session._load(list(documents)))


class _Channel:
    """Keeps what a session writes. Nothing here takes time."""

    def __init__(self) -> None:
        self.sent = b""

    def write(self, data: bytes) -> None:
        self.sent += data

    def exit(self, status: int) -> None: ...

    def abort(self) -> None: ...

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        function()

    def apart(self, job: Callable[[], None], then: Callable[[], None]) -> None:
        job()
        then()


class _Session:
    """What ``_device.py`` uses of PyEZ's session."""

    connected = True
    timeout = 0

    def __init__(self, made: Device, number: int, change: Change) -> None:
        self.channel, self.change = _Channel(), change
        self.netconf = NetconfSession(Session(made, number, made.spec.logins[0]), self.channel)
        self.netconf.start()
        self.netconf.received(b"<hello/>" + END)

    def execute(self, request: str) -> Any:
        self.channel.sent = b""
        self.netconf.received(f'<rpc message-id="7">{request}</rpc>'.encode() + END)
        reply = etree.fromstring(self.change(request, self.channel.sent.removesuffix(END + b"\n")))
        return next((element for element in reply if isinstance(element.tag, str)), True)

    def close(self) -> None:
        self.netconf.ended()

    @property
    def _conn(self) -> Any:
        return mock.Mock(_session=self)


def session(made: Device) -> _Session:
    """To ask the device itself."""
    return _Session(made, 1, lambda request, reply: reply)


@contextmanager
def reached(made: Device, change: Change = lambda request, reply: reply) -> Iterator[_device.Login]:
    """Whoever opens a session meanwhile gets one of this device."""
    numbers = iter(range(1, 1000))
    opened = mock.patch.object(
        _connect, "open_session", side_effect=lambda login: _Session(made, next(numbers), change)
    )
    with opened:
        yield _device.Login("inside")
