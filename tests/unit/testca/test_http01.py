# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the test CA makes of a host's answer to http-01."""

from __future__ import annotations

import socket
import threading

import pytest
from testca import http01

HOST, ADDRESS = "srx1.example.net", "127.0.0.7"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: "
SOMETHING_ELSE = ("unauthorized", "answered with something else")


def asking(reply: bytes) -> tuple[object, int, bytes]:
    """What is made of a reply, the port that was asked, the question."""
    question: list[bytes] = []
    with socket.create_server((ADDRESS, 0)) as host:

        def answer() -> None:
            connection, _dummy = host.accept()
            with connection:
                question.append(connection.recv(4096))
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        port = host.getsockname()[1]
        try:
            result = http01.ask(HOST, ADDRESS, port, "t1", "t1.abc")
        finally:
            thread.join()
    return result, port, question[0]


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        (OK + b"6\r\n\r\nt1.abc", None),
        (OK + b"8\r\n\r\nt1.abc\r\n", None),
        (OK + b"7\r\n\r\n t1.abc", SOMETHING_ELSE),
        (OK + b"6\r\n\r\nt1.abd", SOMETHING_ELSE),
        (OK + b"0\r\n\r\n", SOMETHING_ELSE),
        (OK + b"2\r\n\r\n\xff\xff", SOMETHING_ELSE),
        (OK + b"5000\r\n\r\nt1.abc" + b" " * 4990 + b"more", None),  # only its beginning is read
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nt1.abc",
            ("unauthorized", "answered with HTTP status 404"),
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
            ("unauthorized", "answered with HTTP status 302"),
        ),
        (b"SSH-2.0-OpenSSH_7.5\r\n", ("connection", "could not be asked: BadStatusLine")),
        (b"", ("connection", "could not be asked: RemoteDisconnected")),
    ],
)
def test_what_a_host_answers(reply: bytes, wrong: tuple[str, str] | None) -> None:
    result, port, question = asking(reply)
    assert result == (wrong and (wrong[0], f"{HOST} at {ADDRESS}:{port} {wrong[1]}"))
    first, *headers = question.decode().splitlines()
    assert (first, headers.count(f"Host: {HOST}")) == ("GET /.well-known/acme-challenge/t1 HTTP/1.1", 1)


def unused() -> int:
    with socket.create_server((ADDRESS, 0)) as probe:
        return int(probe.getsockname()[1])


def test_a_host_that_does_not_listen() -> None:
    port = unused()
    text = f"{HOST} at {ADDRESS}:{port} could not be asked: ConnectionRefusedError"
    assert http01.ask(HOST, ADDRESS, port, "t1", "t1.abc") == ("connection", text)


def test_a_host_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http01, "SECONDS", 0.05)
    with socket.create_server((ADDRESS, 0)) as host:
        port = host.getsockname()[1]
        text = f"{HOST} at {ADDRESS}:{port} could not be asked: TimeoutError"
        assert http01.ask(HOST, ADDRESS, port, "t1", "t1.abc") == ("connection", text)


def test_a_name_without_an_address() -> None:
    assert http01.ask(HOST, None, 80, "t1", "t1.abc") == ("connection", f"{HOST} has no address")
