# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCEP and CMPv2 as a client, against the test CA in the same process: what they take for an answer, and what not."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from junosim.enroll import Enrolled, Failed, Order, Pending, cmpv2, scep
from junosim.enroll import http as transport
from junosim.pki import Local, PrivateKey
from testca import cmp_asn1 as cmp
from testca.authority import Authority
from testca.cmp import CmpServer
from testca.config import config
from testca.scep import ScepServer

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAME = x509.Name.from_rfc4514_string("CN=c1.example.net,OU=a")
ALTERNATE = (x509.DNSName("c1.example.net"), x509.RFC822Name("a@example.net"))
RSA = [rsa.generate_private_key(65537, 2048) for _dummy in range(2)]
EC = [ec.generate_private_key(ec.SECP256R1()) for _dummy in range(2)]


class Wire:
    """Between a client and the CA: keeps what went over it, and may change what comes back."""

    def __init__(self, **profile: Any) -> None:
        self.now = NOW
        rules = {"lifetime": "6d", **profile}
        given = {"profiles": {"p": rules}, "challenge_password": "pw-1", "cmp": {"secrets": {"ref-1": "secret-1"}}}
        self.authority = Authority(config(given), lambda: self.now)
        self.cmp, self.scep = CmpServer(self.authority, "p"), ScepServer(self.authority, "p")
        self.answers: list[bytes] = []
        self.change: Callable[[bytes], bytes] = lambda data: data

    def ask(self, url: str, query: Any = None, *, body: bytes | None = None, kind: str = "") -> bytes:
        if kind == "application/pkixcmp":
            assert body is not None
            answer = self.cmp.handle(body)
        else:
            assert kind == ("application/x-pki-message" if body else "")
            answer = self.scep.handle(query["operation"], body or b"")[1]
        self.answers.append(answer)
        return self.change(answer)

    def order(self, key: PrivateKey, **more: Any) -> Order:
        common = {"subject": NAME, "alternate": ALTERNATE, "ca": (self.authority.intermediate.certificate,)}
        secrets = {"challenge_password": "pw-1", "secret": "secret-1", "reference": "ref-1"}
        return Order(**{"url": "http://ca/", "key": key, "now": lambda: self.now, **common, **secrets, **more})


Client = tuple[Wire, Callable[[Order], Enrolled], list[Any]]


@pytest.fixture(params=["scep", "cmpv2"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Client:
    wire, module = Wire(), {"scep": scep, "cmpv2": cmpv2}[request.param]
    monkeypatch.setattr(module, "ask", wire.ask)
    return wire, module.enroll, RSA if request.param == "scep" else EC


def renewal(wire: Wire, key: PrivateKey, old: Enrolled, old_key: PrivateKey) -> Order:
    return wire.order(key, current=Local(old.certificate, old_key, old.chain), challenge_password="", secret="")


def test_a_certificate_and_its_renewal(client: Client) -> None:
    wire, enroll, keys = client
    first = enroll(wire.order(keys[0]))
    assert first.certificate.subject == NAME
    names = first.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert (tuple(names), first.certificate.public_key()) == (ALTERNATE, keys[0].public_key())
    assert set(first.chain) == {wire.authority.intermediate.certificate, wire.authority.root.certificate}
    wire.now += timedelta(days=3)
    second = enroll(renewal(wire, keys[1], first, keys[0]))
    assert second.certificate.public_key() == keys[1].public_key()
    assert second.certificate.not_valid_before_utc == wire.now


def test_held_back_and_polled_for(client: Client) -> None:
    wire, enroll, keys = client
    wire.authority.hold("p")
    order = wire.order(keys[0])
    for _dummy in range(3):
        with pytest.raises(Pending) as pending:
            enroll(order)
        order = replace(order, transaction=pending.value.transaction)
    wire.authority.release("p")
    assert enroll(order).certificate.public_key() == keys[0].public_key()


def test_a_renewal_held_back(client: Client) -> None:
    wire, enroll, keys = client
    order = renewal(wire, keys[1], enroll(wire.order(keys[0])), keys[0])
    wire.authority.hold("p")
    with pytest.raises(Pending) as pending:
        enroll(order)
    wire.authority.release("p")
    done = enroll(replace(order, transaction=pending.value.transaction))
    assert done.certificate.public_key() == keys[1].public_key()


def failure(enroll: Callable[[Order], Enrolled], order: Order) -> str:
    with pytest.raises(Failed) as failed:
        enroll(order)
    return failed.value.text


@pytest.mark.parametrize("digits", [b"no answer", b"", b"\x30\x03\x02\x01\x05"])
def test_what_is_no_answer(client: Client, digits: bytes) -> None:
    wire, enroll, keys = client
    wire.change = lambda data: digits
    assert failure(enroll, wire.order(keys[0])).startswith("the CA's answer cannot be read: ")


def test_an_answer_of_another_time(client: Client) -> None:
    wire, enroll, keys = client
    enroll(wire.order(keys[0]))
    old = wire.answers[0]
    wire.change = lambda data: old
    assert failure(enroll, wire.order(keys[1])) == "the CA answered another request"


def test_cmpv2_takes_no_answer_that_was_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    monkeypatch.setattr(cmpv2, "ask", wire.ask)
    wire.change = lambda data: data.replace(b"c1.example.net", b"c2.example.net")
    assert failure(cmpv2.enroll, wire.order(EC[0])) == "the protection of the CA's answer is wrong"


@pytest.mark.parametrize("place", [-20, 400], ids=["the signature", "the content"])
def test_scep_takes_no_answer_that_was_changed(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    wire = Wire()
    monkeypatch.setattr(scep, "ask", wire.ask)
    wire.change = lambda data: data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    assert failure(scep.enroll, wire.order(RSA[0])) == "the CA's answer cannot be read: InvalidSignature"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"secret": "other"}, "the CA refused: badMessageCheck, the secret is wrong"),
        ({"reference": "other"}, "the CA refused: badMessageCheck, the reference is not known"),
    ],
)
def test_cmpv2_with_a_wrong_secret(monkeypatch: pytest.MonkeyPatch, more: dict[str, str], text: str) -> None:
    wire = Wire()
    monkeypatch.setattr(cmpv2, "ask", wire.ask)
    assert failure(cmpv2.enroll, wire.order(EC[0], **more)) == text


def changed(data: bytes, change: Callable[[cmp.Message], None]) -> bytes:
    message = cmp.Message.load(data)
    change(message)
    return bytes(message.dump(force=True))


@pytest.mark.parametrize("field", ["transaction_id", "recip_nonce"])
def test_cmpv2_takes_no_answer_to_something_else(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    wire = Wire()
    monkeypatch.setattr(cmpv2, "ask", wire.ask)
    wire.change = lambda data: changed(data, lambda message: message["header"].__setitem__(field, b"other"))
    assert failure(cmpv2.enroll, wire.order(EC[0])) == "the CA answered another request"


def test_scep_takes_no_answer_with_another_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    wire, verified = Wire(), scep._verified

    def strange(data: bytes) -> scep._Reply:
        reply = verified(data)
        return replace(reply, attributes={**reply.attributes, scep.RECIPIENT_NONCE: b"other"})

    monkeypatch.setattr(scep, "ask", wire.ask)
    monkeypatch.setattr(scep, "_verified", strange)
    assert failure(scep.enroll, wire.order(RSA[0])) == "the CA's answer has another nonce"


def test_a_certificate_for_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    wire, cmp_request, scep_request = Wire(), cmpv2._request, scep._request
    for module in (cmpv2, scep):
        monkeypatch.setattr(module, "ask", wire.ask)
    old = cmpv2.enroll(wire.order(RSA[0]))
    monkeypatch.setattr(cmpv2, "_request", lambda order: cmp_request(replace(order, key=EC[1])))
    monkeypatch.setattr(scep, "_request", lambda order, key: scep_request(order, RSA[1]))
    text = "the CA's answer holds no certificate for our key"
    assert failure(cmpv2.enroll, wire.order(EC[0])) == text
    assert failure(scep.enroll, renewal(wire, RSA[0], old, RSA[0])) == text


def test_cmpv2_takes_no_answer_without_protection(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    monkeypatch.setattr(cmpv2, "ask", wire.ask)
    wire.change = lambda data: changed(data, lambda message: message.__delitem__("protection"))
    assert failure(cmpv2.enroll, wire.order(EC[0])) == "the CA's answer is not protected"


def test_cmpv2_takes_no_renewal_that_somebody_else_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    wire, other = Wire(), Wire()
    monkeypatch.setattr(cmpv2, "ask", wire.ask)
    order = renewal(wire, EC[1], cmpv2.enroll(wire.order(EC[0])), EC[0])
    stranger = other.authority.root.certificate

    def strange(message: cmp.Message) -> None:
        message["extra_certs"] = [cmpv2._asn1(stranger)]

    wire.change = lambda data: changed(data, strange)
    order = replace(order, ca=(stranger,))
    assert failure(cmpv2.enroll, order) == "the protection of the CA's answer is wrong"


@pytest.mark.parametrize("key", [RSA[0], dsa.generate_private_key(2048)], ids=["rsa", "dsa"])
def test_cmpv2_with_other_keys(monkeypatch: pytest.MonkeyPatch, key: PrivateKey) -> None:
    wire = Wire()
    monkeypatch.setattr(cmpv2, "ask", wire.ask)
    first = cmpv2.enroll(wire.order(key))
    assert cmpv2.enroll(renewal(wire, EC[1], first, key)).certificate.public_key() == EC[1].public_key()


@pytest.mark.parametrize("encryption", ["des", "des3"])
@pytest.mark.parametrize("digest", ["md5", "sha1"])
def test_scep_with_each_algorithm(monkeypatch: pytest.MonkeyPatch, encryption: str, digest: str) -> None:
    wire = Wire()
    monkeypatch.setattr(scep, "ask", wire.ask)
    done = scep.enroll(wire.order(RSA[0], encryption=encryption, digest=digest))
    assert done.certificate.public_key() == RSA[0].public_key()


def test_scep_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    monkeypatch.setattr(scep, "ask", wire.ask)
    text = failure(scep.enroll, wire.order(RSA[0], challenge_password="other"))
    assert text == "the CA refused: badRequest, the challenge password is wrong"


def test_scep_takes_rsa_keys_only(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    monkeypatch.setattr(scep, "ask", wire.ask)
    assert failure(scep.enroll, wire.order(EC[0])) == "SCEP needs an RSA key pair"
    current = Local(wire.authority.root.certificate, EC[0])
    assert failure(scep.enroll, wire.order(RSA[0], current=current)) == "SCEP needs an RSA key pair"
    assert wire.answers == []


def test_scep_asks_for_the_certificates_of_the_ca(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    monkeypatch.setattr(scep, "ask", wire.ask)
    both = (wire.authority.intermediate.certificate, wire.authority.root.certificate)
    assert set(scep.ca_certificates("http://ca/", "x")) == set(both)
    wire.change = lambda data: both[1].public_bytes(scep.serialization.Encoding.DER)
    assert scep.ca_certificates("http://ca/", "x") == both[1:]
    wire.change = lambda data: b"\x30\x03\x02\x01\x05"
    with pytest.raises(Failed, match="answered GetCACert with what is no certificate"):
        scep.ca_certificates("http://ca/", "x")


@pytest.fixture
def troubled() -> Iterator[str]:
    """A server that answers with status 503."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(503)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_trouble_on_the_way(troubled: str) -> None:
    with pytest.raises(Failed) as failed:
        transport.ask(troubled, body=b"x", kind="a/b")
    assert failed.value.text == f"the CA at {troubled} answered with HTTP status 503"
    with pytest.raises(Failed) as failed:
        transport.ask("http://127.0.0.1:1/")
    assert failed.value.text == "the CA at http://127.0.0.1:1/ could not be reached: ConnectionError"
