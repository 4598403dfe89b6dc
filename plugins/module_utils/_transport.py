# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is changed of ncclient and paramiko, each with the reason beside it. Imported by _connect alone.

Everything is guarded: with a release of theirs that is built in another way, it is as they have it.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from contextlib import suppress
from functools import partial, partialmethod
from select import select
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._known_hosts import KnownHosts

_Proxy: Any = object
_ProxyError: Any = Exception
try:
    import ncclient.transport.session as ncclient_session
    import ncclient.transport.ssh as ncclient_ssh
    import paramiko
    from ncclient.transport.errors import SessionCloseError
except ImportError as error:  # told by _connect, before it tunes anything
    NCCLIENT_ERROR: ImportError | None = error
else:
    NCCLIENT_ERROR = None
    _queue = ncclient_ssh.SSHSession.send
    _start_client = paramiko.Transport.start_client
    _wait: Any = getattr(paramiko.Channel, "_wait_for_event", None)
    _Proxy, _ProxyError = paramiko.ProxyCommand, paramiko.ProxyCommandFailure

#: The longest request, in bytes, that the network takes whether or not the device reads it.
_AT_ONCE = 16_384
#: What NETCONF puts around a request, and more.
_FRAME = 64
#: Of what a proxy command says on its stderr, as many bytes are kept as a pipe holds, and the last lines told.
_KEPT = 65_536
_TOLD = 2
#: Seconds for a proxy command that has closed its output to end, and say why.
_ENDING = 1.0


def tune(seconds: int, known_hosts: str | None, proxies: list[ProxyCommand]) -> None:
    """Before a session is opened.

    :param seconds: how long to wait for each answer on the way to it.
    :param known_hosts: the value of a UserKnownHostsFile.
    :param proxies: takes the proxy command that the session starts.
    """
    # ncclient logs every request at level INFO, clear secrets included, and Ansible's log_path listens at that level.
    # paramiko prints a traceback when a device hangs up early, for what is told once as an error here.
    for name in ("ncclient", "paramiko"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    if hasattr(ncclient_ssh.SSHSession, "_transport_write"):
        ncclient_ssh.SSHSession.send = _send
    if hasattr(ncclient_ssh.SSHSession, "load_known_hosts"):
        ncclient_ssh.SSHSession.load_known_hosts = partialmethod(_load_known_hosts, known_hosts)
    paramiko.proxy.ProxyCommand = partial(_start_proxy, proxies)
    paramiko.Transport.start_client = partialmethod(_start_client_in_time, seconds)
    if hasattr(paramiko.Channel, "_wait_for_event"):
        paramiko.Channel._wait_for_event = partialmethod(_wait_in_time, seconds)
    for thread in (ncclient_ssh.SSHSession, paramiko.Transport):
        if issubclass(thread, threading.Thread):
            thread.start = _start_deaf


def _send(session: Any, message: str) -> None:
    """Send a request at once.

    ncclient leaves it to a loop that looks for requests every tenth of a second, its TICK. With a shorter TICK that
    loop spins while a device takes its seconds for a commit.
    """
    data = message.encode()
    # The hello goes out as the loop starts. And the loop may wait for a device that takes only half of a request, which
    # is what its window says.
    if not session.is_alive() or len(data) > min(_AT_ONCE, session._channel.out_window_size - _FRAME):
        _queue(session, message)
        return
    if session._base == ncclient_session.NetconfBase.BASE_11:
        data = b"\n#%d\n%s%s" % (len(data), data, ncclient_session.END_DELIM)
    else:
        data += ncclient_session.MSG_DELIM
    while data:
        sent = session._transport_write(data)
        if not sent:
            raise SessionCloseError("")
        data = data[sent:]


def _start_client_in_time(transport: Any, seconds: int, *args: Any, **options: Any) -> Any:
    """Begin an SSH session that waits as long as it was told, and whose packets leave at once.

    ncclient hands its time limit on to nothing but the connect: paramiko would wait for a banner for 15 seconds. And
    the kernel keeps every second small packet back until the device has acknowledged the one before, which devices put
    off by 40 or 100 ms: several times at each login, and once for each request.
    """
    transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = seconds
    transport.channel_timeout = seconds
    if hasattr(transport.sock, "setsockopt"):  # not so a ProxyCommand
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _start_client(transport, *args, **options)


def _wait_in_time(channel: Any, seconds: int) -> None:
    """Wait for the answer to a request on a channel: paramiko has no end to that, whatever it was told."""
    if not channel.event.wait(seconds):
        raise TimeoutError(f"no answer to a request on the SSH channel within {seconds} seconds")
    _wait(channel)


def _start_deaf(thread: threading.Thread) -> None:
    """Start a thread that no signal reaches.

    Python runs the handler of a signal in the main thread only. If the system hands the signal to another thread, the
    main one goes on waiting for its answer, and an interrupted run keeps the device's lock until then.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        threading.Thread.start(thread)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _load_known_hosts(session: Any, files: str | None, _filename: str | None = None) -> None:
    """In place of ncclient's own, which takes the square of the file's length: see _known_hosts."""
    session._host_keys = KnownHosts.of(files)


def _start_proxy(proxies: list[ProxyCommand], command: str) -> ProxyCommand:
    proxies.append(ProxyCommand(command))
    return proxies[-1]


class ProxyError(_ProxyError):  # type: ignore[misc] # paramiko has no types
    """The program of a proxy command is of no use. ``str()`` tells why; paramiko hands it on as it is."""

    def __init__(self, what: str) -> None:
        super().__init__("", what)

    def __str__(self) -> str:
        return str(self.error)


class ProxyCommand(_Proxy):  # type: ignore[misc] # the same
    """The program that leads to a device, used as a socket.

    paramiko's own waits until all bytes that it asks for are there, never sees that the program has ended, and leaves
    what it says on its stderr in a pipe, where a program that says much gets stuck.
    """

    def __init__(self, command: str) -> None:
        self._said = b""
        try:
            super().__init__(command)
        except (OSError, ValueError) as error:
            raise ProxyError(f"the proxy command cannot be started: {error}") from error
        #: Its output, and its stderr while that is open.
        self._open = [self.process.stdout, self.process.stderr]

    def send(self, content: bytes) -> int:
        try:
            return int(super().send(content))
        except paramiko.ProxyCommandFailure as error:
            raise self._ended() from error

    def recv(self, size: int) -> bytes:
        ready = select(self._open, [], [], self.timeout)[0]
        if self.process.stderr in ready:
            self._listen()
        if self.process.stdout not in ready:
            raise TimeoutError
        data = os.read(self.process.stdout.fileno(), size)
        if not data:
            raise self._ended()
        return data

    def close(self) -> None:
        with suppress(OSError):  # of somebody else's program: it ends with its input
            self.process.terminate()

    def _listen(self) -> None:
        """Take what the program says on its stderr, which is there."""
        said = os.read(self.process.stderr.fileno(), _KEPT)
        self._said = (self._said + said)[-_KEPT:]
        if not said:
            self._open.remove(self.process.stderr)

    def _ended(self) -> ProxyError:
        until = time.monotonic() + _ENDING
        while self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        if select(self._open[1:], [], [], 0)[0]:
            self._listen()
        status = self.process.returncode
        lines = self._said.decode(errors="replace").strip().splitlines()[-_TOLD:]
        told = "; ".join(" ".join(line.split()).rstrip(".") for line in lines) or "it said nothing"
        if status is None:
            return ProxyError(f"the proxy command has closed the connection: {told}")
        return ProxyError(f"the proxy command ended with status {status}: {told}")
