# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device's answer to http-01: the right text under the right path, and a closed port when no challenge is open."""

from __future__ import annotations

import socket

import pytest
from junosim.enroll import Failed
from junosim.http01 import PATH, Http01

ADDRESS = "127.0.0.6"
FOUND = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nt1.abc"
MISSING = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def device() -> Http01:
    with socket.create_server((ADDRESS, 0)) as probe:
        port = probe.getsockname()[1]
    return Http01(ADDRESS, port)


def ask(device: Http01, *pieces: str) -> str:
    """What comes back until the connection ends; ``refused`` where nobody listens."""
    try:
        connection = socket.create_connection((device.address, device.port), timeout=5)
    except ConnectionRefusedError:
        return "refused"
    with connection:
        for piece in pieces:
            connection.sendall(piece.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


def get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: srx1.example.net\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "reply"),
    [
        ((get(f"{PATH}t1"),), FOUND),
        ((f"GET {PATH}t1 HT", "TP/1.1\r\nHost: a\r\n", "\r\n"), FOUND),
        ((get(f"{PATH}t2"),), MISSING),
        ((get(PATH),), MISSING),
        ((get("/t1"),), MISSING),
        ((get("t1"),), MISSING),
        ((f"POST {PATH}t1 HTTP/1.1\r\nHost: a\r\n\r\n",), MISSING),
        (("\r\n\r\n",), MISSING),
        (("",), MISSING),
    ],
)
def test_a_challenge_is_answered_under_its_path_alone(device: Http01, pieces: tuple[str, ...], reply: str) -> None:
    with device.answer("t1", "t1.abc"):
        assert ask(device, *pieces) == reply


def test_the_port_is_open_as_long_as_a_challenge_is(device: Http01) -> None:
    before = ask(device, get(f"{PATH}t1"))
    with device.answer("t1", "t1.abc"), device.answer("t2", "t2.abc"):
        both = [ask(device, get(f"{PATH}{token}"))[-6:] for token in ("t1", "t2")]
    with device.answer("t1", "t1.abc"):
        with device.answer("t2", "t2.abc"):
            pass
        one = [ask(device, get(f"{PATH}t1")), ask(device, get(f"{PATH}t2"))]
    assert (before, both, one) == ("refused", ["t1.abc", "t2.abc"], [FOUND, MISSING])
    assert ask(device, get(f"{PATH}t1")) == "refused"


def test_a_failure_closes_the_port_too(device: Http01) -> None:
    with pytest.raises(ZeroDivisionError), device.answer("t1", "t1.abc"):
        _dummy = 1 // 0
    assert ask(device, get(f"{PATH}t1")) == "refused"


def test_a_connection_that_says_nothing_does_not_keep_others_waiting_for_ever(
    device: Http01, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("junosim.http01.SECONDS", 0.05)
    with device.answer("t1", "t1.abc"), socket.create_connection((device.address, device.port)):
        assert ask(device, get(f"{PATH}t1")) == FOUND


def test_a_port_that_something_else_has(device: Http01) -> None:
    with (
        socket.create_server((device.address, device.port)),
        pytest.raises(Failed) as failed,
        device.answer("t1", "t1.abc"),
    ):
        pass
    assert failed.value.text == f"no challenge can be answered at {ADDRESS}:{device.port}: Address already in use"
    with device.answer("t1", "t1.abc"):
        assert ask(device, get(f"{PATH}t1")) == FOUND
