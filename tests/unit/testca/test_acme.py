# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test CA's ACME, request by request, without a network: what it answers, and what it refuses in which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from josepy.b64 import b64decode, b64encode
from josepy.jwa import ES256, ES384, RS256, JWASignature
from josepy.jwk import JWK, JWKEC, JWKRSA
from testca import acme_orders
from testca.acme import NONCES, AcmeServer

from .conftest import Sim, key

BASE = "http://127.0.0.1:80/p"
URL = f"{BASE}/acme"
ONE, TWO = "srx1.example.net", "srx2.example.net"
JOSE = {"Content-Type": "application/jose+json"}
IDENTIFIERS = [{"type": "dns", "value": ONE}]
AGREED = {"termsOfServiceAgreed": True}

MINE, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _dummy in range(2))
Owner = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Answer = tuple[int, dict[str, str], Any]


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def jwk(owner: Owner) -> JWK:
    return JWKRSA(key=owner) if isinstance(owner, rsa.RSAPrivateKey) else JWKEC(key=owner)


def thumbprint(owner: Owner) -> str:
    return b64(jwk(owner).thumbprint())


def account(owner: Owner) -> str:
    return f"{URL}/account/{thumbprint(owner)}"


def public(owner: Owner) -> dict[str, str]:
    members: dict[str, str] = jwk(owner).public_key().to_json()
    return members


class Client:
    """Signs what a test wants signed, also what nobody should sign."""

    def __init__(self, sim: Sim) -> None:
        self.sim, self.server = sim, AcmeServer(sim.authority, "p", BASE)

    def plain(self, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        status, told, data = self.server.handle(method, path, headers or {}, body)
        return status, told, json.loads(data) if data and "json" in told["Content-Type"] else data

    def nonce(self) -> str:
        return self.plain("/new-nonce", "HEAD")[1]["Replay-Nonce"]

    def signed(
        self,
        path: str,
        payload: Any = None,
        owner: Owner = MINE,
        by: JWASignature | None = None,
        without: str = "",
        **header: Any,
    ) -> dict[str, str]:
        by = by or (RS256 if isinstance(owner, rsa.RSAPrivateKey) else ES256)
        who = {"jwk": public(owner)} if path == "/new-account" else {"kid": account(owner)}
        claims = {"alg": by.name, "nonce": self.nonce(), "url": URL + path, **who, **header}
        protected = b64(json.dumps({name: value for name, value in claims.items() if name != without}).encode())
        data = payload if isinstance(payload, bytes) else b"" if payload is None else json.dumps(payload).encode()
        signature = by.sign(jwk(owner).key, f"{protected}.{b64(data)}".encode())
        return {"protected": protected, "payload": b64(data), "signature": b64(signature)}

    def send(self, path: str, body: Any) -> Answer:
        return self.plain(path, "POST", JOSE, json.dumps(body).encode())

    def post(self, path: str, payload: Any = None, owner: Owner = MINE, **more: Any) -> Answer:
        return self.send(path, self.signed(path, payload, owner, **more))

    # -- ways

    def order(self, *domains: str) -> dict[str, str]:
        """A new order: where it and its first authorization stand."""
        names = [{"type": "dns", "value": domain} for domain in domains or (ONE,)]
        _dummy, headers, body = self.post("/new-order", {"identifiers": names})
        authorization = body["authorizations"][0].removeprefix(URL)
        return {
            "order": headers["Location"].removeprefix(URL),
            "finalize": body["finalize"].removeprefix(URL),
            "authorization": authorization,
            "challenge": authorization.replace("authorization", "challenge"),
        }

    def ready(self, *domains: str) -> dict[str, str]:
        """An order whose domains are all shown to be ours."""
        places = self.order(*domains)
        for place in self.post(places["order"])[2]["authorizations"]:
            self.post(place.removeprefix(URL).replace("authorization", "challenge"), {})
        return places


def problem(answer: Answer) -> tuple[int, str, str]:
    """Its status, its word, what it says."""
    status, headers, body = answer
    prefix, _dummy, word = body["type"].rpartition(":")
    assert (headers["Content-Type"], prefix) == ("application/problem+json", "urn:ietf:params:acme:error")
    assert body["status"] == status
    return status, word, body["detail"]


def request(owner: Owner = OTHER, *names: x509.GeneralName, common: str = "", tamper: bool = False) -> dict[str, str]:
    """The payload of finalize; without names: for the first domain."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else [])
    alternate = x509.SubjectAlternativeName(names or (x509.DNSName(ONE),))
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(alternate, critical=False)
    der = builder.sign(owner, hashes.SHA256()).public_bytes(Encoding.DER)
    return {"csr": b64(der.replace(ONE.encode(), TWO.encode()) if tamper else der)}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What hosts were asked; each answers as it should, unless its name begins with ``bad``."""
    questions: list[tuple[object, ...]] = []

    def ask(domain: str, *more: object) -> tuple[str, str] | None:
        questions.append((domain, *more))
        return ("unauthorized", f"{domain} is bad") if domain.startswith("bad") else None

    monkeypatch.setattr(acme_orders, "ask", ask)
    return questions


@pytest.fixture
def client(bed: Callable[..., Sim], asked: list[tuple[object, ...]]) -> Client:
    it = Client(bed({"http_port": 8080, "hosts": {ONE: "127.0.0.5"}}))
    it.post("/new-account", AGREED)
    return it


# What is asked for without a signature.


def test_the_directory(client: Client) -> None:
    status, headers, body = client.plain("/directory")
    assert (status, "Replay-Nonce" in headers) == (200, False)
    assert body == {
        "newNonce": f"{URL}/new-nonce",
        "newAccount": f"{URL}/new-account",
        "newOrder": f"{URL}/new-order",
        "meta": {"termsOfService": "data:text/plain,none"},
    }


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204)])
def test_a_nonce_is_another_each_time(client: Client, method: str, status: int) -> None:
    answers = [client.plain("/new-nonce", method) for _dummy in range(3)]
    assert [(answer[0], answer[2]) for answer in answers] == [(status, b"")] * 3
    assert len({answer[1]["Replay-Nonce"] for answer in answers}) == 3


def test_there_is_nothing_elsewhere(client: Client) -> None:
    assert client.plain("/revoke-cert")[::2] == (404, b"there is nothing here\n")
    assert problem(client.plain("/new-order")) == (405, "malformed", "only POST is answered here")


# What a signed request must be.

NONCE = (400, "badNonce", "the nonce is not good, or no longer")
URL_OF_ANOTHER = (401, "unauthorized", "the request was signed for another url")
ALGORITHM = (400, "badSignatureAlgorithm", "the algorithm is not taken")
SIGNATURE = (400, "malformed", "the signature is wrong")
STRANGER = (400, "accountDoesNotExist", "there is no such account")
WHO = (400, "malformed", "the header needs jwk for a new account, and kid for everything else")


@pytest.mark.parametrize(
    ("signed", "answer"),
    [
        ({"without": "nonce"}, NONCE),
        ({"nonce": "x"}, NONCE),
        ({"without": "url"}, URL_OF_ANOTHER),
        ({"url": f"{URL}/new-account"}, URL_OF_ANOTHER),
        ({"without": "alg"}, ALGORITHM),
        ({"alg": "HS256"}, ALGORITHM),
        ({"alg": "none"}, ALGORITHM),
        ({"alg": "ES384"}, SIGNATURE),
        ({"by": ES384}, SIGNATURE),
        ({"owner": OTHER, "kid": account(MINE)}, SIGNATURE),
        ({"owner": key(1), "kid": account(MINE)}, SIGNATURE),
        ({"kid": account(OTHER)}, STRANGER),
        ({"kid": thumbprint(MINE)}, STRANGER),
        ({"kid": 1}, STRANGER),
        ({"without": "kid"}, WHO),
        ({"jwk": public(MINE)}, WHO),
        ({"without": "kid", "jwk": public(MINE)}, WHO),
        ({"payload": b"x"}, (400, "malformed", "the payload is no JSON")),
        ({"payload": [1]}, (400, "malformed", "the payload is no object")),
    ],
)
def test_what_a_request_must_claim(client: Client, signed: dict[str, Any], answer: tuple[int, str, str]) -> None:
    assert problem(client.post("/new-order", **{"payload": {"identifiers": IDENTIFIERS}, **signed})) == answer


FORM = "the body is no JWS with one signature and one protected header"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda body: [], "the body is no JWS"),
        (lambda body: {"payload": "", "signature": ""}, "the body is no JWS"),
        (lambda body: {**body, "protected": "e"}, "the body is no JWS"),
        (lambda body: {**body, "protected": b64(b"x")}, "the body is no JWS"),
        (lambda body: {**body, "protected": b64(b"[]")}, FORM),
        (lambda body: {**body, "header": {}}, FORM),
        (lambda body: {**body, "signatures": []}, FORM),
        (lambda body: {**body, "signature": b64(b"x" * 64)}, "the signature is wrong"),
        (lambda body: {**body, "signature": body["signature"][4:]}, "the signature is wrong"),
        (lambda body: {**body, "payload": b64(b"{}")}, "the signature is wrong"),
    ],
)
def test_what_a_body_must_be(client: Client, change: Callable[[dict[str, str]], Any], text: str) -> None:
    body = client.signed("/new-order", {"identifiers": IDENTIFIERS})
    assert problem(client.send("/new-order", change(body))) == (400, "malformed", text)


def test_a_request_says_what_it_is(client: Client) -> None:
    body = json.dumps(client.signed("/new-order", {"identifiers": IDENTIFIERS})).encode()
    answer = client.plain("/new-order", "POST", {"Content-Type": "application/json"}, body)
    assert problem(answer) == (415, "malformed", "the content must be application/jose+json")


def test_a_nonce_serves_once(client: Client) -> None:
    body = client.signed("/new-order", {"identifiers": IDENTIFIERS})
    first, second = client.send("/new-order", body), client.send("/new-order", body)
    assert (first[0], problem(second)) == (201, NONCE)
    assert client.post("/new-order", {"identifiers": IDENTIFIERS}, nonce=second[1]["Replay-Nonce"])[0] == 201


def test_the_oldest_nonces_are_forgotten(client: Client) -> None:
    body = client.signed("/new-order", {"identifiers": IDENTIFIERS})
    for _dummy in range(NONCES):
        client.nonce()
    assert problem(client.send("/new-order", body)) == NONCE


# Accounts.


def test_a_key_has_one_account(client: Client) -> None:
    given = {**AGREED, "contact": ["mailto:a@example.net"]}
    first = client.post("/new-account", given, key(1))
    again = client.post("/new-account", {**AGREED, "contact": ["mailto:b@example.net"]}, key(1))
    body = {"status": "valid", "contact": ["mailto:a@example.net"]}
    assert (first[0], first[1]["Location"], first[2]) == (201, account(key(1)), body)
    assert (again[0], again[1]["Location"], again[2]) == (200, account(key(1)), body)
    assert client.post(f"/account/{thumbprint(key(1))}", owner=key(1))[::2] == (200, body)


CONTACT = (400, "malformed", "contact must be a list of texts")
INVALID = (400, "invalidContact", "the contact is no e-mail address")


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ({}, (403, "agreementRequired", "the terms of service are not agreed to")),
        ({"termsOfServiceAgreed": "yes"}, (403, "agreementRequired", "the terms of service are not agreed to")),
        (
            {**AGREED, "onlyReturnExisting": True},
            (400, "accountDoesNotExist", "there is no account with this key"),
        ),
        ({**AGREED, "contact": "mailto:a@example.net"}, CONTACT),
        ({**AGREED, "contact": [1]}, CONTACT),
        (
            {**AGREED, "contact": ["tel:+49"]},
            (400, "unsupportedContact", "only mailto is taken as contact"),
        ),
        ({**AGREED, "contact": ["mailto:a"]}, INVALID),
        ({**AGREED, "contact": ["mailto:a b@example.net"]}, INVALID),
    ],
)
def test_what_makes_no_account(client: Client, payload: dict[str, Any], answer: tuple[int, str, str]) -> None:
    assert problem(client.post("/new-account", payload, OTHER)) == answer
    assert problem(client.post("/new-order", {"identifiers": IDENTIFIERS}, OTHER)) == STRANGER


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ({"kty": "oct", "k": "AAAA"}, "the jwk is no RSA or ECDSA key"),
        ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "the jwk is no key"),
        ({"kty": "RSA"}, "the jwk is no key"),
        ("x", "the jwk is no key"),
    ],
)
def test_what_is_no_key_for_an_account(client: Client, member: object, text: str) -> None:
    assert problem(client.post("/new-account", AGREED, jwk=member)) == (400, "malformed", text)


def test_an_account_is_its_owner_s_and_stays_as_it_is(client: Client) -> None:
    client.post("/new-account", AGREED, OTHER)
    place = f"/account/{thumbprint(MINE)}"
    assert problem(client.post(place, owner=OTHER)) == (403, "unauthorized", "it is somebody else's account")
    assert problem(client.post(place, {"status": "deactivated"})) == (
        400,
        "malformed",
        "an account cannot be changed here",
    )


# Orders.


def test_an_order_from_its_beginning_to_its_certificate(client: Client, asked: list[tuple[object, ...]]) -> None:
    status, headers, new = client.post(
        "/new-order", {"identifiers": [*IDENTIFIERS, {"type": "dns", "value": ONE.upper()}]}
    )
    order, (authorization,) = headers["Location"].removeprefix(URL), new["authorizations"]
    name = authorization.rpartition("/")[2]
    finalize = f"/finalize/{order.rpartition('/')[2]}"
    pending = {
        "status": "pending",
        "expires": "2027-01-02T12:00:00Z",
        "identifiers": IDENTIFIERS,
        "authorizations": [f"{URL}/authorization/{name}"],
        "finalize": f"{URL}{finalize}",
    }
    assert (status, new) == (201, pending)

    body = client.post(f"/authorization/{name}")[2]
    token = body["challenges"][0]["token"]
    challenge = {"type": "http-01", "url": f"{URL}/challenge/{name}", "token": token, "status": "pending"}
    assert len(b64decode(token)) == 32
    assert body == {
        "status": "pending",
        "expires": "2027-01-01T13:00:00Z",
        "identifier": IDENTIFIERS[0],
        "challenges": [challenge],
    }

    client.sim.move(minutes=1)
    status, headers, answered = client.post(f"/challenge/{name}", {})
    valid = {**challenge, "status": "valid", "validated": "2027-01-01T12:01:00Z"}
    links = f'<{URL}/directory>;rel="index", <{authorization}>;rel="up"'
    assert (status, headers["Link"], answered) == (200, links, valid)
    assert asked == [(ONE, "127.0.0.5", 8080, token, f"{token}.{thumbprint(MINE)}")]
    assert client.post(f"/authorization/{name}")[2] == {**body, "status": "valid", "challenges": [valid]}
    assert client.post(order)[2] == {**pending, "status": "ready"}

    done = {**pending, "status": "valid", "certificate": f"{URL}{order.replace('order', 'certificate')}"}
    status, headers, finalized = client.post(finalize, request())
    assert (status, headers["Location"], finalized) == (200, URL + order, done)
    assert client.post(order)[2] == done

    status, headers, pem = client.post(order.replace("order", "certificate"))
    certificate, intermediate = x509.load_pem_x509_certificates(pem)
    assert (status, headers["Content-Type"]) == (200, "application/pem-certificate-chain")
    assert intermediate == client.sim.authority.intermediate.certificate
    assert certificate.public_key() == OTHER.public_key()
    assert certificate.subject.rfc4514_string() == f"CN={ONE}"
    alternate = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternate == x509.SubjectAlternativeName([x509.DNSName(ONE)])
    certificate.verify_directly_issued_by(intermediate)
    assert [(entry["protocol"], entry["what"], entry["subject"]) for entry in client.sim.entries] == [
        ("acme", "issued", f"CN={ONE}")
    ]


IDENTIFIER = (400, "malformed", "an order needs identifiers")
NAME = (400, "malformed", "this is no name of a host")


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (None, IDENTIFIER),
        ({}, IDENTIFIER),
        ({"identifiers": []}, IDENTIFIER),
        ({"identifiers": [ONE]}, IDENTIFIER),
        ({"identifiers": {"type": "dns", "value": ONE}}, IDENTIFIER),
        (
            {"identifiers": [{"type": "ip", "value": "192.0.2.1"}]},
            (400, "unsupportedIdentifier", "only names are certified here"),
        ),
        (
            {"identifiers": [{"type": "dns", "value": "*.example.net"}]},
            (400, "rejectedIdentifier", "wildcards are not certified here"),
        ),
        *(
            ({"identifiers": [{"type": "dns", "value": value}]}, NAME)
            for value in ("", ".", "a.", ".a", "a..b", "-a.b", "a-.b", "a_b", "a b", "a" * 64, "a." * 127 + "a", "1.2")
        ),
    ],
)
def test_what_makes_no_order(client: Client, payload: Any, answer: tuple[int, str, str]) -> None:
    assert problem(client.post("/new-order", payload)) == answer


@pytest.mark.parametrize(
    "domain", ["localhost", "a.b", "xn--bcher-kva.example", "1.example", "a" * 63, "a." * 126 + "a"]
)
def test_names_of_hosts(client: Client, domain: str) -> None:
    assert client.post("/new-order", {"identifiers": [{"type": "dns", "value": domain}]})[0] == 201


def test_a_name_that_is_too_long_for_a_common_name_is_none(client: Client) -> None:
    domain = f"{'a' * 50}.{'b' * 50}.example.net"
    places = client.ready(domain)
    client.post(places["finalize"], request(OTHER, x509.DNSName(domain)))
    pem = client.post(places["order"].replace("order", "certificate"))[2]
    certificate = x509.load_pem_x509_certificates(pem)[0]
    alternate = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert (certificate.subject.rfc4514_string(), alternate.get_values_for_type(x509.DNSName)) == ("", [domain])


OTHER_NAMES = (403, "unauthorized", "the request asks for other names than the order")


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ({}, (400, "badCSR", "it is no PKCS#10 request: TypeError")),
        ({"csr": "AAAA"}, (400, "badCSR", "it is no PKCS#10 request: ValueError")),
        (request(tamper=True), (400, "badCSR", "the signature of the PKCS#10 request is wrong")),
        (request(MINE), (400, "badCSR", "the key is the key of an account")),
        (request(OTHER, x509.DNSName(TWO)), OTHER_NAMES),
        (request(OTHER, x509.DNSName(ONE), x509.DNSName(TWO)), OTHER_NAMES),
        (request(OTHER, x509.DNSName(ONE), x509.RFC822Name("a@example.net")), OTHER_NAMES),
        (request(common=TWO), OTHER_NAMES),
    ],
)
def test_what_is_not_certified(client: Client, payload: dict[str, str], answer: tuple[int, str, str]) -> None:
    places = client.ready()
    refused = client.post(places["finalize"], payload)
    entries = [(entry["what"], entry["reason"], entry["subject"]) for entry in client.sim.entries]
    assert problem(refused) == answer
    assert entries == [("refused", answer[2], f"CN={ONE}")]
    assert client.post(places["order"])[2]["status"] == "ready"
    assert client.post(places["finalize"], request(common=ONE.upper()))[2]["status"] == "valid"


def test_what_the_authority_refuses(client: Client) -> None:
    first, second = client.ready(), client.ready()
    client.post(first["finalize"], request())
    text = "the key has a certificate already, a new one needs a new key"
    assert problem(client.post(second["finalize"], request())) == (400, "badCSR", text)
    assert client.post(second["order"])[2]["status"] == "ready"


def test_a_host_that_answers_wrongly(client: Client) -> None:
    places = client.order("bad.example.net", ONE)
    error = {"type": "urn:ietf:params:acme:error:unauthorized", "detail": "bad.example.net is bad", "status": 400}
    challenge = client.post(places["challenge"], {})[2]
    authorization, order = client.post(places["authorization"])[2], client.post(places["order"])[2]
    assert (challenge["status"], challenge["error"]) == ("invalid", error)
    assert (authorization["status"], authorization["challenges"]) == ("invalid", [challenge])
    assert (order["status"], order["error"]) == ("invalid", error)
    assert client.sim.outcome == [("refused", "bad.example.net is bad")]
    not_pending = (400, "malformed", "the challenge is not pending")
    not_ready = (403, "orderNotReady", "the order is invalid, not ready")
    assert problem(client.post(places["challenge"], {})) == not_pending
    assert problem(client.post(places["finalize"], request())) == not_ready


def test_an_order_waits_for_all_its_domains(client: Client) -> None:
    places = client.order(ONE, TWO)
    client.post(places["challenge"], {})
    answer = problem(client.post(places["finalize"], request(OTHER, x509.DNSName(ONE), x509.DNSName(TWO))))
    assert answer == (403, "orderNotReady", "the order is pending, not ready")


@pytest.mark.parametrize(("minutes", "states"), [(59, ("pending", "pending")), (60, ("invalid", "invalid"))])
def test_a_challenge_waits_for_an_hour(client: Client, minutes: int, states: tuple[str, str]) -> None:
    places = client.order()
    client.sim.move(minutes=minutes)
    assert (client.post(places["authorization"])[2]["status"], client.post(places["order"])[2]["status"]) == states
    assert client.post(places["challenge"], {})[0] == (200 if minutes < 60 else 400)


@pytest.mark.parametrize(("hours", "state"), [(23, "ready"), (24, "invalid")])
def test_a_ready_order_waits_for_a_day(client: Client, hours: int, state: str) -> None:
    places = client.ready()
    client.sim.move(hours=hours)
    assert client.post(places["order"])[2]["status"] == state
    assert client.post(places["finalize"], request())[0] == (200 if hours < 24 else 403)


def test_an_order_that_is_held_is_decided_when_it_is_asked_for_after_the_release(client: Client) -> None:
    authority, places = client.sim.authority, client.ready()
    authority.hold("p")
    finalized = client.post(places["finalize"], request())
    client.sim.move(days=40)
    looked = client.post(places["order"])
    authority.release("p")
    after = client.post(places["order"])
    assert [answer[2]["status"] for answer in (finalized, looked, after)] == ["processing", "processing", "valid"]
    assert [answer[1].get("Retry-After") for answer in (finalized, looked, after)] == ["3600", "3600", None]
    assert client.sim.outcome == [("pending", ""), ("issued", "")]


def test_an_order_that_was_held_may_be_refused(client: Client) -> None:
    authority, first, second = client.sim.authority, client.ready(), client.ready()
    authority.hold("p")
    client.post(first["finalize"], request())
    client.post(second["finalize"], request())
    authority.release("p")
    client.post(first["order"])
    order = client.post(second["order"])[2]
    detail = "the key has a certificate already, a new one needs a new key"
    error = {"type": "urn:ietf:params:acme:error:badCSR", "detail": detail, "status": 400}
    assert (order["status"], order["error"]) == ("invalid", error)
    assert problem(client.post(second["order"].replace("order", "certificate"))) == (
        404,
        "malformed",
        "there is no certificate yet",
    )


@pytest.mark.parametrize("what", ["order", "finalize", "authorization", "challenge", "certificate"])
def test_what_is_another_account_s(client: Client, what: str) -> None:
    client.post("/new-account", AGREED, OTHER)
    places = client.ready()
    place = places.get(what) or places["order"].replace("order", what)
    payload = request() if what == "finalize" else None
    assert problem(client.post(place, payload, OTHER)) == (403, "unauthorized", "it is another account's")
    nowhere = f"/{what}/x"
    assert problem(client.post(nowhere, payload)) == (404, "malformed", "there is nothing here")


@pytest.mark.parametrize(
    ("what", "payload", "text"),
    [
        ("order", {}, "this takes no payload"),
        ("authorization", {"status": "deactivated"}, "this takes no payload"),
        ("finalize", None, "the payload is missing"),
    ],
)
def test_reading_takes_no_payload_and_finalizing_does(client: Client, what: str, payload: Any, text: str) -> None:
    assert problem(client.post(client.ready()[what], payload)) == (400, "malformed", text)
