# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test CA's ACME, request by request, without a network: what it answers, and what it refuses in which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from josepy.b64 import b64encode
from josepy.jwa import ES256, ES384, RS256, JWASignature
from josepy.jwk import JWK, JWKEC, JWKRSA
from testca import acme_orders
from testca.acme import NONCES, AcmeServer
from testca.authority import Authority
from testca.config import config

BASE = "http://127.0.0.1:80/web"
URL = f"{BASE}/acme"
START = datetime(2026, 1, 1, tzinfo=UTC)
ONE, TWO = "srx1.example.net", "srx2.example.net"
JOSE = {"Content-Type": "application/jose+json"}
IDENTIFIERS = [{"type": "dns", "value": ONE}]

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
Owner = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Answer = tuple[int, dict[str, str], Any]


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def jwk(key: Owner) -> JWK:
    return JWKRSA(key=key) if isinstance(key, rsa.RSAPrivateKey) else JWKEC(key=key)


class Client:
    """Signs what a test wants signed, also what it should not. ``hosts`` answer a challenge when they are in here."""

    def __init__(self, authority: Authority, now: list[datetime]) -> None:
        self.authority, self._now = authority, now
        self.server = AcmeServer(authority, "web", BASE)

    def later(self, **by: float) -> None:
        self._now[0] += timedelta(**by)

    def get(self, path: str, method: str = "GET") -> Answer:
        return read(self.server.handle(method, path, {}, b""))

    def nonce(self) -> str:
        return self.get("/new-nonce", "HEAD")[1]["Replay-Nonce"]

    def signed(
        self,
        path: str,
        payload: Any = None,
        owner: Owner = KEY,
        by: JWASignature = ES256,
        without: str = "",
        **header: Any,
    ) -> dict[str, str]:
        who = {"jwk": jwk(owner.public_key()).to_json()} if path == "/new-account" else {"kid": account(owner)}  # type: ignore[arg-type]
        full = {"alg": by.name, "nonce": self.nonce(), "url": URL + path, **who, **header}
        full = {name: value for name, value in full.items() if name != without}
        protected = b64(json.dumps(full).encode())
        data = "" if payload is None else b64(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
        signature = by.sign(jwk(owner).key, f"{protected}.{data}".encode())
        return {"protected": protected, "payload": data, "signature": b64(signature)}

    def send(self, path: str, body: Any) -> Answer:
        return read(self.server.handle("POST", path, JOSE, json.dumps(body).encode()))

    def post(self, path: str, payload: Any = None, owner: Owner = KEY, **more: Any) -> Answer:
        return self.send(path, self.signed(path, payload, owner, **more))

    def register(self, owner: Owner = KEY, **more: Any) -> Answer:
        return self.post("/new-account", {"termsOfServiceAgreed": True, **more}, owner)

    def order(self, *domains: str) -> dict[str, str]:
        """A new order: where it stands, and its parts."""
        names = [{"type": "dns", "value": domain} for domain in domains or (ONE,)]
        _, headers, body = self.post("/new-order", {"identifiers": names})
        places = {"order": headers["Location"], "finalize": body["finalize"], "authorization": body["authorizations"][0]}
        return {name: place.removeprefix(URL) for name, place in places.items()}

    def ready(self, *domains: str) -> dict[str, str]:
        places = self.order(*domains)
        for place in self.post(places["order"])[2]["authorizations"]:
            self.post(place.removeprefix(URL).replace("authorization", "challenge"), {})
        return places


def account(owner: Owner) -> str:
    return f"{URL}/account/{b64(jwk(owner).thumbprint())}"


def read(answer: tuple[int, dict[str, str], bytes]) -> Answer:
    status, headers, body = answer
    return status, headers, json.loads(body) if "json" in headers["Content-Type"] and body else body


def problem(answer: Answer) -> tuple[int, str, str]:
    """Its status twice, its last word, and what it says."""
    status, headers, body = answer
    assert headers["Content-Type"] == "application/problem+json"
    assert (body["status"], body["type"].rpartition(":")[0]) == (status, "urn:ietf:params:acme:error")
    return status, body["type"].rpartition(":")[2], body["detail"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What hosts were asked; all of them answer as they should."""
    questions: list[tuple[object, ...]] = []

    def ask(*question: object) -> None:
        questions.append(question)

    monkeypatch.setattr(acme_orders, "ask", ask)
    return questions


@pytest.fixture(scope="module")
def certified() -> Authority:
    """Its keys are made once."""
    return Authority(config({"profiles": {"web": {"lifetime": "6d"}}}), lambda: START)


@pytest.fixture
def client(certified: Authority, asked: list[tuple[object, ...]]) -> Client:
    now = [START]
    web = {"lifetime": "6d", "http_port": 8080, "hosts": {ONE: "127.0.0.5"}}
    authority = Authority.__new__(Authority)
    authority.__dict__.update(certified.__dict__)
    authority.__dict__.update(config=config({"profiles": {"web": web}}), now=lambda: now[0], _keys=set(), _held=set())
    log: list[dict[str, Any]] = []
    authority.__dict__.update(_log=log.append, log=log)
    return Client(authority, now)


def request(key: Any = OTHER, names: tuple[x509.GeneralName, ...] | None = None, common: str = "") -> dict[str, str]:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else [])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    if names is None or names:
        alternate = x509.SubjectAlternativeName(names or (x509.DNSName(ONE),))
        builder = builder.add_extension(alternate, critical=False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return {"csr": b64(builder.sign(key, digest).public_bytes(Encoding.DER))}


# What is asked for without an account.


def test_the_directory(client: Client) -> None:
    status, headers, body = client.get("/directory")
    assert (status, "Replay-Nonce" in headers) == (200, False)
    assert body == {
        "newNonce": f"{URL}/new-nonce",
        "newAccount": f"{URL}/new-account",
        "newOrder": f"{URL}/new-order",
        "meta": {"termsOfService": "data:text/plain,none"},
    }


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204)])
def test_a_nonce_is_new_each_time(client: Client, method: str, status: int) -> None:
    answers = [client.get("/new-nonce", method) for _ in range(3)]
    assert [answer[0] for answer in answers] == [status] * 3
    assert len({answer[1]["Replay-Nonce"] for answer in answers}) == 3


def test_old_nonces_are_forgotten(client: Client) -> None:
    body = client.signed("/new-account", {"termsOfServiceAgreed": True})
    for _ in range(NONCES):
        client.nonce()
    assert problem(client.send("/new-account", body)) == (400, "badNonce", "the nonce is not good, or no longer")


def test_there_is_nothing_elsewhere(client: Client) -> None:
    assert client.get("/revoke-cert")[::2] == (404, b"there is nothing here\n")


# What a signed request must be.


def test_a_nonce_serves_once(client: Client) -> None:
    body = client.signed("/new-account", {"termsOfServiceAgreed": True})
    first, second = client.send("/new-account", body), client.send("/new-account", body)
    assert first[0] == 201
    assert problem(second) == (400, "badNonce", "the nonce is not good, or no longer")
    assert "Replay-Nonce" in second[1]


WHO = "the header needs jwk for a new account, and kid for everything else"
FORM = "the body is no JWS with one signature and one protected header"


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ({"without": "nonce"}, (400, "badNonce", "the nonce is not good, or no longer")),
        ({"nonce": "x"}, (400, "badNonce", "the nonce is not good, or no longer")),
        ({"url": f"{URL}/new-account"}, (401, "unauthorized", "the request was signed for another url")),
        ({"without": "url"}, (401, "unauthorized", "the request was signed for another url")),
        ({"alg": "HS256"}, (400, "badSignatureAlgorithm", "the algorithm is not taken")),
        ({"without": "alg"}, (400, "badSignatureAlgorithm", "the algorithm is not taken")),
        ({"alg": "ES384"}, (400, "malformed", "the signature is wrong")),
        ({"by": ES384}, (400, "malformed", "the signature is wrong")),
        ({"kid": account(OTHER)}, (400, "accountDoesNotExist", "there is no such account")),
        ({"kid": account(KEY).rpartition("/")[2]}, (400, "accountDoesNotExist", "there is no such account")),
        ({"kid": account(RSA)}, (400, "malformed", "the signature is wrong")),
        ({"without": "kid"}, (400, "malformed", WHO)),
        ({"jwk": jwk(KEY).public_key().to_json()}, (400, "malformed", WHO)),
        ({"without": "kid", "jwk": jwk(KEY).public_key().to_json()}, (400, "malformed", WHO)),
        ({"payload": b"x"}, (400, "malformed", "the payload is no JSON")),
        ({"payload": [1]}, (400, "malformed", "the payload is no object")),
    ],
)
def test_what_a_header_and_a_payload_must_be(
    client: Client, header: dict[str, Any], answer: tuple[int, str, str]
) -> None:
    client.register()
    client.register(RSA, by=None) if False else client.post(
        "/new-account", {"termsOfServiceAgreed": True}, RSA, by=RS256
    )
    payload = {"payload": {"identifiers": IDENTIFIERS}, **header}
    assert problem(client.post("/new-order", **payload)) == answer
