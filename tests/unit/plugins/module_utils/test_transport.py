# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is changed of ncclient and paramiko, on objects that look like theirs. tests/chaos tries it over real SSH."""

from __future__ import annotations

import socket
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _transport
from ncclient.transport.errors import SessionCloseError
from ncclient.transport.session import NetconfBase

REQUEST = "<get/>"
CHUNKED = b"\n#6\n<get/>\n##\n"
DELIMITED = b"<get/>]]>]]>"


class Session:
    """What a request is sent by: ``sent`` at once, ``queued`` for ncclient's loop."""

    def __init__(self, base: object, window: int, alive: bool = True, at_once: int = 10**6) -> None:
        self._base, self._channel = base, SimpleNamespace(out_window_size=window)
        self._alive, self._at_once = alive, at_once
        self.sent, self.queued = b"", []

    def is_alive(self) -> bool:
        return self._alive

    def _transport_write(self, data: bytes) -> int:
        self.sent += data[: self._at_once]
        return min(self._at_once, len(data))


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_transport, "_queue", lambda session, message: session.queued.append(message))


@pytest.mark.parametrize(
    ("session", "request_", "sent"),
    [
        (Session(NetconfBase.BASE_11, 10**6), REQUEST, CHUNKED),
        (Session(NetconfBase.BASE_10, 10**6), REQUEST, DELIMITED),
        # The network takes it in pieces.
        (Session(NetconfBase.BASE_11, 10**6, at_once=5), REQUEST, CHUNKED),
        # What ncclient's loop has to do: the hello, what is long, and what the device has no room for.
        (Session(NetconfBase.BASE_10, 10**6, alive=False), REQUEST, b""),
        (Session(NetconfBase.BASE_11, 10**6), "x" * 16_385, b""),
        (Session(NetconfBase.BASE_11, 0), REQUEST, b""),
        (Session(NetconfBase.BASE_11, 6 + 63), REQUEST, b""),
        (Session(NetconfBase.BASE_11, 6 + 64), REQUEST, CHUNKED),
    ],
)
def test_a_request_leaves_at_once_or_is_left_to_the_loop(session: Session, request_: str, sent: bytes) -> None:
    _transport._send(session, request_)
    assert (session.sent, session.queued) == (sent, [] if sent else [request_])


def test_a_session_that_takes_nothing_is_closed() -> None:
    with pytest.raises(SessionCloseError):
        _transport._send(Session(NetconfBase.BASE_11, 10**6, at_once=0), REQUEST)


def test_packets_leave_at_once_and_each_answer_is_waited_for_as_long_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(_transport, "_start_client", lambda transport, **options: started.append(options))
    with socket.socket() as sock:
        transport = SimpleNamespace(sock=sock)
        _transport._start_client_in_time(transport, 7, timeout=3)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    waits = ("banner_timeout", "handshake_timeout", "auth_timeout", "channel_timeout")
    assert [getattr(transport, name) for name in waits] == [7, 7, 7, 7]
    assert started == [{"timeout": 3}]


def test_a_proxy_command_has_no_such_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_transport, "_start_client", lambda transport: "started")
    assert _transport._start_client_in_time(SimpleNamespace(sock=object()), 7) == "started"


def test_an_answer_on_a_channel_that_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = SimpleNamespace(event=threading.Event())
    monkeypatch.setattr(_transport, "_wait", lambda channel: None)
    with pytest.raises(TimeoutError) as raised:
        _transport._wait_in_time(channel, 0)
    assert str(raised.value) == "no answer to a request on the SSH channel within 0 seconds"
    channel.event.set()
    assert _transport._wait_in_time(channel, 0) is None
