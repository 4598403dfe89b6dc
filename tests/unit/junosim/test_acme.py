# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ACME client, and servers that answer slowly, oddly or not at all.

The server is the test CA's without a network; a test changes what it answers. What good servers answer is in
tests/integration/test_acme_servers.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from junosim.enroll import Failed, Order, Pending, acme
from testca import acme_orders
from testca.acme import AcmeServer
from testca.authority import Authority
from testca.config import config

DOMAIN = "srx1.example.net"
NUMBERS = count(1)

Answer = tuple[int, dict[str, str], bytes]
Change = Callable[[str, int, Answer], Answer]


class Server:
    """``change(place, nth, answer)`` says what is answered instead to the nth request of a place; ``asked``: places."""

    def __init__(self, authority: Authority) -> None:
        self.base = f"http://ca.example.net/{next(NUMBERS)}"  # the client keeps what it knows of a server
        self.acme = AcmeServer(authority, "p", self.base)
        self.change: Change = lambda path, nth, answer: answer
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        path = str(request.url).removeprefix(f"{self.base}/acme")
        place = path.split("/")[1]
        self.asked.append(place)
        headers = {name: str(text) for name, text in request.headers.items()}
        answer = self.acme.handle(str(request.method), path, headers, str(request.body or "").encode())
        status, headers, data = self.change(place, self.asked.count(place), answer)
        response = requests.Response()
        response.status_code, response._content, response.request = status, data, request
        response.headers.update(headers)
        return response


@pytest.fixture(scope="module")
def authority() -> Authority:
    settings = {"profiles": {"p": {"lifetime": "6d", "hosts": {DOMAIN: "127.0.0.5"}}}}
    return Authority(config(settings), lambda: datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def server(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Server:
    it = Server(authority)
    monkeypatch.setattr(
        requests.adapters.HTTPAdapter, "send", lambda adapter, request, **more: it.send(request, **more)
    )
    monkeypatch.setattr(acme_orders, "ask", lambda *question: None)
    return it


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client loses its patience."""
    monkeypatch.setattr(acme, "SECONDS", 0.3)


def order(server: Server, **changes: Any) -> Order:
    key, account = (ec.generate_private_key(ec.SECP256R1()) for _dummy in range(2))
    url = f"{server.base}/acme/directory"
    return replace(Order(url=url, key=key, subject=x509.Name([]), account=account, domains=(DOMAIN,)), **changes)


def told(**members: Any) -> Callable[[Answer], Answer]:
    """The same answer, some of its members changed; without those that are None."""

    def changed(answer: Answer) -> Answer:
        body = {**json.loads(answer[2]), **members}
        return answer[0], answer[1], json.dumps({k: v for k, v in body.items() if v is not None}).encode()

    return changed


def instead(status: int, body: bytes, kind: str = "text/plain") -> Callable[[Answer], Answer]:
    return lambda answer: (status, {**answer[1], "Content-Type": kind}, body)


def without(header: str) -> Callable[[Answer], Answer]:
    return lambda answer: (answer[0], {name: text for name, text in answer[1].items() if name != header}, answer[2])


def problem(word: str) -> Callable[[Answer], Answer]:
    document = {"type": f"urn:ietf:params:acme:error:{word}", "detail": "Secret-1"}
    return instead(400, json.dumps(document).encode(), "application/problem+json")


def test_an_enrollment_takes_nine_requests_and_the_next_one_seven(server: Server) -> None:
    first = order(server)
    acme.enroll(first)
    asked, server.asked = server.asked, []
    acme.enroll(replace(first, key=ec.generate_private_key(ec.SECP256R1())))
    seven = ["new-account", "new-order", "authorization", "challenge", "authorization", "finalize", "certificate"]
    assert (asked, server.asked) == (["directory", "new-nonce", *seven], seven)


UNREADABLE = "the CA's answer cannot be read: "
STATUS = "the CA at {url} answered with HTTP status "


@pytest.mark.parametrize(
    ("place", "change", "text"),
    [
        ("directory", instead(503, b"down"), f"{STATUS}503"),
        ("directory", instead(200, b"hello"), f"{UNREADABLE}ClientError"),
        ("directory", told(newOrder=None), f"{UNREADABLE}KeyError"),
        ("new-nonce", without("Replay-Nonce"), f"{UNREADABLE}MissingNonce"),
        ("new-account", problem("externalAccountRequired"), "the CA refused: externalAccountRequired"),
        ("new-account", without("Location"), "the CA refused: malformed"),
        ("new-order", problem("rateLimited"), "the CA refused: rateLimited"),
        ("new-order", instead(500, b"x"), f"{STATUS}500"),
        ("new-order", instead(201, b"x"), f"{UNREADABLE}JSONDecodeError"),
        ("new-order", told(status="odd"), f"{UNREADABLE}DeserializationError"),
        ("authorization", told(challenges=[]), f"the CA offers no http-01 for {DOMAIN}"),
        (
            "authorization",
            told(challenges=[{"type": "dns-01", "token": "A" * 43, "url": "x", "status": "pending"}]),
            f"the CA offers no http-01 for {DOMAIN}",
        ),
        ("challenge", problem("malformed"), "the CA refused: malformed"),
        ("finalize", problem("badCSR"), "the CA refused: badCSR"),
        ("finalize", told(status="invalid"), "the CA refused: invalid"),
        (
            "finalize",
            told(status="invalid", error={"type": "urn:ietf:params:acme:error:caa"}),
            "the CA refused: caa",
        ),
        ("finalize", told(certificate=None), "the CA refused: valid"),
        ("certificate", problem("unauthorized"), "the CA refused: unauthorized"),
        ("certificate", instead(200, b"x"), f"{UNREADABLE}ValueError"),
    ],
)
def test_an_answer_that_brings_no_certificate(
    server: Server, place: str, change: Callable[[Answer], Answer], text: str
) -> None:
    server.change = lambda at, nth, answer: change(answer) if at == place else answer
    wanted = order(server)
    with pytest.raises(Failed) as failed:
        acme.enroll(wanted)
    assert failed.value.text == text.format(url=wanted.url)
    assert server.asked.count(place) == 1


def test_a_certificate_for_another_key(server: Server) -> None:
    pems = []

    def change(place: str, nth: int, answer: Answer) -> Answer:
        if place == "certificate":
            pems.append(answer[2])
        return (*answer[:2], pems[0]) if place == "certificate" else answer

    server.change = change
    acme.enroll(order(server))
    with pytest.raises(Failed) as failed:
        acme.enroll(order(server))
    assert failed.value.text == "the CA's answer holds no certificate for our key"


@pytest.mark.parametrize("bad", [1, 5, 9])
def test_a_nonce_that_the_server_calls_bad_is_replaced(server: Server, bad: int) -> None:
    server.change = lambda place, nth, answer: (
        problem("badNonce")(answer) if place == "new-order" and nth <= bad else answer
    )
    acme.enroll(order(server))
    assert server.asked.count("new-order") == bad + 1


def test_a_server_that_likes_no_nonce_at_all(server: Server) -> None:
    server.change = lambda place, nth, answer: problem("badNonce")(answer) if place == "new-order" else answer
    with pytest.raises(Failed) as failed:
        acme.enroll(order(server))
    assert failed.value.text == "the CA refused: badNonce"


def test_a_server_that_decides_after_some_looks(server: Server) -> None:
    def change(place: str, nth: int, answer: Answer) -> Answer:
        if place == "authorization" and nth < 4:
            return told(status="pending")(answer)
        if place == "finalize" or (place == "order" and nth < 3):
            return told(status="processing", certificate=None)(without("Retry-After")(answer))
        return answer[0], {**answer[1], "Retry-After": "3600"}, answer[2]  # it says nothing where all is decided

    server.change = change
    acme.enroll(order(server))
    assert (server.asked.count("authorization"), server.asked.count("order")) == (4, 3)


@pytest.mark.usefixtures("soon")
def test_a_server_that_never_decides_about_a_domain(server: Server) -> None:
    open_now: list[str] = []

    @contextmanager
    def answer(token: str, text: str) -> Any:
        open_now.append(token)
        yield
        open_now.remove(token)

    def change(place: str, nth: int, answer: Answer) -> Answer:
        assert len(open_now) == (place == "challenge" or (place == "authorization" and nth > 1))
        return told(status="pending")(answer) if place == "authorization" else answer

    server.change = change
    serving: Callable[[str, str], AbstractContextManager[object]] = answer
    with pytest.raises(Failed) as failed:
        acme.enroll(order(server, answer=serving))
    assert failed.value.text == f"the CA could not validate {DOMAIN}: pending"


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(("later", "looks"), [("3600", "one"), ("0", "several"), ("", "several")])
def test_a_server_that_takes_its_time_over_an_order(server: Server, later: str, looks: str) -> None:
    def change(place: str, nth: int, answer: Answer) -> Answer:
        if place not in ("finalize", "order"):
            return answer
        status, headers, body = told(status="processing", certificate=None)(answer)
        return status, {**headers, "Retry-After": later}, body

    server.change = change
    wanted = order(server)
    with pytest.raises(Pending) as pending:
        acme.enroll(wanted)
    assert pending.value.transaction.startswith(f"{server.base}/acme/order/")
    assert ("one" if server.asked.count("order") == 1 else "several") == looks

    server.change = lambda place, nth, answer: answer
    server.asked = []
    acme.enroll(replace(wanted, transaction=pending.value.transaction))
    assert server.asked == ["new-account", "order", "certificate"]
