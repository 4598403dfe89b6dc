# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SSH side: the ports of a device, logins, and what a channel may carry; one process for all.

The first port takes NETCONF sessions only. The second, if a device has one, is like port 22, which has a command line
and scp.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import struct
from collections.abc import Awaitable, Callable

import asyncssh

from . import scp
from .device import Device, Login, Session
from .netconf import NetconfSession
from .scp import Scp
from .shell import Shell
from .transport import Talker

FALLBACK = "xml-mode netconf need-trailer"
# Few algorithms, fast ones: a session's cost is mostly its key exchange.
_ALGORITHMS = {
    "kex_algs": ["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256"],
    "encryption_algs": ["aes128-gcm@openssh.com", "aes128-ctr", "aes256-ctr"],
    "mac_algs": ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-256"],
    "compression_algs": ["none"],
}
# What meets a connection to a device that is out of reach: nobody listens, nobody speaks, no packet is answered.
REACH = ("refuse", "silent", "drop")
_session_numbers = itertools.count(1)


class _Channel(asyncssh.SSHServerSession[bytes]):
    """An SSH channel, which carries one NETCONF session, one command line or one transfer."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._talker: Talker | None = None
        self._make: Callable[[Session], Talker] = lambda session: NetconfSession(session, self)
        self._terminal = False

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: object, term_modes: object) -> bool:
        self._terminal = self._connection.cli
        return self._terminal

    def shell_requested(self) -> bool:
        self._make = lambda session: Shell(session, self, terminal=self._terminal)
        return self._connection.cli

    def exec_requested(self, command: str) -> bool:
        if command == FALLBACK:
            return True
        if scp.wanted(command):
            self._make = lambda session: Scp(session, self, command)
        else:
            self._make = lambda session: Shell(session, self, terminal=self._terminal, command=command)
        return self._connection.cli

    def subsystem_requested(self, subsystem: str) -> bool:
        device = self._connection.device
        hit = device.faults.hit("subsystem")
        if hit is not None and hit.do == "silent":
            self._channel._report_response = lambda _result: None  # asyncssh answers in any case
        return subsystem == "netconf" and device.spec.subsystem and hit is None

    def session_started(self) -> None:
        device, login = self._connection.device, self._connection.login
        assert login is not None, "a session starts after a login"
        self._talker = self._make(Session(device, next(_session_numbers), login))
        self._talker.start()

    def data_received(self, data: bytes, datatype: int | None) -> None:
        if self._talker is not None:
            self._talker.received(data)

    def eof_received(self) -> bool:
        if self._talker is not None:
            self._talker.end_of_input()
        return True  # what is still to be said goes out

    def connection_lost(self, exc: Exception | None) -> None:
        if self._talker is not None:
            self._talker.ended()

    # -- what a talker asks of its transport

    def write(self, data: bytes) -> None:
        assert self._channel is not None
        self._channel.write(data)

    def exit(self, status: int) -> None:
        assert self._channel is not None
        self._channel.exit(status)

    def abort(self) -> None:
        self._connection.abort()

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, function)

    def apart(self, job: Callable[[], None], then: Callable[[], None]) -> None:
        future = asyncio.get_running_loop().run_in_executor(None, job)
        future.add_done_callback(lambda _future: then())


class _Connection(asyncssh.SSHServer):
    """One SSH connection to one device. ``cli``: to the port that has a command line."""

    def __init__(self, device: Device, connections: set[_Connection], *, cli: bool) -> None:
        self.device, self.cli = device, cli
        self.login: Login | None = None
        self._expired = False
        self._connections = connections
        self._ssh: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._ssh = conn
        self._connections.add(self)
        fault = self.device.faults.hit("connect")
        if fault is not None and fault.do == "reset":
            self.device.recorder.write(device=self.device.spec.name, event="reset")
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)

    def begin_auth(self, username: str) -> bool:
        fault = self.device.faults.hit("login")
        self._expired = fault is not None and fault.do == "expire"
        if fault is not None and fault.do == "noise" and self._ssh is not None:
            self._ssh.send_auth_banner(fault.body * fault.repeat)
        if fault is not None and fault.do == "reset":
            self.abort()
        if fault is None or fault.do != "refuse":
            self.login = next((login for login in self.device.spec.logins if login.user == username), None)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        entered = self._told(self.login is not None and self.login.password == password)
        if entered and self._expired:
            raise asyncssh.PasswordChangeRequired("Your password has expired. New password: ")
        return entered

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        keys = self.login.keys if self.login is not None else ()
        return self._told(any(key == asyncssh.import_public_key(line) for line in keys))

    def session_requested(self) -> _Channel | Awaitable[_Channel]:
        return _Channel(self) if self.device.faults.hit("channel") is None else asyncio.Future()

    def _told(self, entered: bool) -> bool:
        if not entered:
            self.device.recorder.write(device=self.device.spec.name, event="refused-login")
        return entered

    def abort(self) -> None:
        """Reset the connection, as a device does that dies."""
        if self._ssh is not None:
            sock: socket.socket | None = self._ssh.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._ssh.abort()


class Listener:
    """One device's ports."""

    def __init__(self, device: Device, host_key: asyncssh.SSHKey) -> None:
        self.device, self.host_key = device, host_key
        self._connections: set[_Connection] = set()
        self._acceptors: list[asyncssh.SSHAcceptor] = []
        self._holes: list[socket.socket] = []
        device.unreachable, device.reachable = self.leave, self.come_back
        device.database.set_timer = _timer

    async def listen(self) -> None:
        device = self.device
        device.port = await self._listen(device.port, cli=False)
        if device.ssh_port is not None:
            device.ssh_port = await self._listen(device.ssh_port, cli=True)

    async def _listen(self, port: int, *, cli: bool) -> int:
        """The port that it is."""
        acceptor = await asyncssh.create_server(
            lambda: _Connection(self.device, self._connections, cli=cli),
            self.device.spec.address,
            port,
            server_host_keys=[self.host_key],
            server_version="OpenSSH_7.5",
            encoding=None,
            line_editor=False,
            x509_trusted_certs=None,
            gss_host=None,
            host_based_auth=False,
            kbdint_auth=False,
            agent_forwarding=False,
            login_timeout=30,
            backlog=256,
            **_ALGORITHMS,
        )
        self._acceptors.append(acceptor)
        return acceptor.get_port()

    def close(self) -> None:
        while self._acceptors:
            self._acceptors.pop().close()
        while self._holes:
            self._holes.pop().close()
        for connection in list(self._connections):
            connection.abort()

    def leave(self, seconds: float, how: str = "refuse") -> None:
        """Out of reach: connections die, and new ones meet one of REACH; back after ``seconds`` (0: never)."""
        if how not in REACH:
            raise ValueError(f"unreachable: {how} is none of {', '.join(REACH)}")
        loop = asyncio.get_running_loop()
        # The reply that was just written still goes out.
        loop.call_later(0.05, self._leave, how)
        if seconds:
            loop.call_later(seconds, lambda: loop.create_task(self.come_back()))

    async def come_back(self) -> None:
        self.close()
        await self.listen()

    def _leave(self, how: str) -> None:
        self.close()
        if how != "refuse":
            address = self.device.spec.address
            for port in filter(None, (self.device.port, self.device.ssh_port)):
                self._holes += _hole(address, port, drops=how == "drop")


def _hole(address: str, port: int, *, drops: bool) -> list[socket.socket]:
    """A port that nobody answers at. The system completes connections to it, or, once its queue is full, does not."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    listening.listen(0 if drops else 256)
    queued = [socket.socket() for _number in range(2 if drops else 0)]
    for one in queued:
        one.setblocking(False)
        one.connect_ex((address, port))
    return [listening, *queued]


def _timer(seconds: float, function: Callable[[], None]) -> Callable[[], None]:
    return asyncio.get_running_loop().call_later(seconds, function).cancel


def quiet_logs() -> None:
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
