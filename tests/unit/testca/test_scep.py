# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCEP: what is answered to requests that no decent client sends. What decent clients get is in test_testca.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import cms as pkcs7
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID
from testca import cms, scep
from testca.authority import Signer

from .conftest import START, Sim, key, name, self_signed

PASSWORD = "sesame"
NONCE = bytes(range(16))
SAME_KEY = "the key has a certificate already, a new one needs a new key"


def request(number: int, password: str = PASSWORD) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(name("srx1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("srx1.example.net")]), critical=False)
    if password:
        builder = builder.add_attribute(AttributeOID.CHALLENGE_PASSWORD, password.encode())
    return builder.sign(key(number), SHA256()).public_bytes(Encoding.DER)


def subjects(message: bytes) -> set[str]:
    """Of the certificates in a bag."""
    found = pkcs7.ContentInfo.load(message)["content"]["certificates"]
    return {choice.chosen.subject.native["common_name"] for choice in found}


class Client:
    def __init__(self, sim: Sim) -> None:
        self.sim, self.server = sim, scep.ScepServer(sim.authority, "p")
        self.ca = sim.authority.intermediate

    def message(
        self, kind: str, content: bytes, signer: Signer, transaction: str = "T", cipher: str = "tripledes_3key"
    ) -> bytes:
        hidden = cms.encrypt(content, cms.to_asn1(self.ca.certificate), cipher)
        attributes = [
            (scep.MESSAGE_TYPE, core.PrintableString(kind)),
            (scep.TRANSACTION_ID, core.PrintableString(transaction)),
            (scep.SENDER_NONCE, core.OctetString(NONCE)),
        ]
        return cms.sign(hidden, attributes, signer, "sha256")

    def send(self, message: bytes) -> cms.Signed:
        kind, body = self.server.handle("PKIOperation", message)
        assert kind == "application/x-pki-message"
        answer, genuine = cms.read_signed(body)
        assert genuine
        return answer

    def ask(self, *message: Any, **more: Any) -> tuple[str, str, str]:
        """pkiStatus, failInfo and its text."""
        answer = self.send(self.message(*message, **more))
        names = (scep.PKI_STATUS, scep.FAIL_INFO, scep.FAIL_INFO_TEXT)
        return tuple(answer.text(oid) for oid in names)  # type: ignore[return-value] # as many as there are names


@pytest.fixture
def client(bed: Callable[..., Sim]) -> Callable[..., Client]:
    return lambda **profile: Client(bed(profile, challenge_password=PASSWORD))


def test_an_answer_belongs_to_its_request(client: Callable[..., Client]) -> None:
    sender = client()
    answer = sender.send(sender.message("19", request(1), self_signed(1), transaction="T-1", cipher="aes128_cbc"))
    told = (scep.MESSAGE_TYPE, scep.PKI_STATUS, scep.TRANSACTION_ID)
    assert [answer.text(oid) for oid in told] == ["3", "0", "T-1"]
    assert answer.octets(scep.RECIPIENT_NONCE) == NONCE
    assert answer.signer.dump() == cms.to_asn1(sender.ca.certificate).dump()
    content, cipher, _dummy = cms.decrypt(answer.content, [self_signed(1)])
    assert cipher == "aes128_cbc"
    assert subjects(content) == {"srx1", "Test CA Intermediate 1", "Test CA Root"}


@pytest.mark.parametrize(
    ("kind", "content", "signer", "more", "expected"),
    [
        ("19", request(1), 1, {}, ("0", "", "")),
        ("19", request(1), 1, {"cipher": "des"}, ("0", "", "")),
        ("19", request(1, "guess"), 1, {}, ("2", "2", "the challenge password is wrong")),
        ("19", request(1, ""), 1, {}, ("2", "2", "the challenge password is wrong")),
        ("19", request(1), 2, {}, ("2", "2", "the message is not signed with the key of its request")),
        ("17", request(2), 1, {}, ("2", "2", "the certificate to renew was not issued here")),
        ("20", request(1), 1, {}, ("2", "4", "no request of this transaction waits")),
        ("22", request(1), 1, {}, ("2", "2", "messages of the type '22' are not answered")),
        ("19", request(1), 1, {"transaction": ""}, ("2", "2", "the message names no transaction")),
        (
            "19",
            request(1).replace(b"srx1.example.net", b"srx2.example.net"),
            1,
            {},
            ("2", "1", "the signature of the PKCS#10 request is wrong"),
        ),
    ],
)
def test_answers(
    client: Callable[..., Client],
    kind: str,
    content: bytes,
    signer: int,
    more: dict[str, str],
    expected: tuple[str, str, str],
) -> None:
    sender = client()
    assert sender.ask(kind, content, self_signed(signer), **more) == expected
    assert sender.sim.outcome == [("refused", expected[2]) if expected[2] else ("issued", "")]


def test_no_pkcs10(client: Callable[..., Client]) -> None:
    status, info, text = client().ask("19", b"nonsense", self_signed(1))
    assert (status, info, text.split(":")[0]) == ("2", "2", "it is no PKCS#10 request")


def test_a_message_that_was_changed(client: Callable[..., Client]) -> None:
    sender = client()
    message = sender.message("19", request(1), self_signed(1), transaction="T-1")
    answer = sender.send(message.replace(b"T-1", b"T-2"))
    told = (scep.PKI_STATUS, scep.FAIL_INFO, scep.FAIL_INFO_TEXT)
    assert [answer.text(oid) for oid in told] == ["2", "1", "the signature of the message is wrong"]


def test_a_message_for_somebody_else(client: Callable[..., Client]) -> None:
    sender = client()
    sender.ca = self_signed(3)
    assert sender.ask("19", request(1), self_signed(1)) == ("2", "1", "it is encrypted to somebody else")


class Curve:
    """A key of a curve that signs where CMS expects RSA."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        builder = x509.CertificateBuilder().subject_name(name("client")).issuer_name(name("client")).serial_number(1)
        builder = builder.not_valid_before(START).not_valid_after(START).public_key(self.key.public_key())
        self.signer = Signer(builder.sign(self.key, SHA256()), self)  # type: ignore[arg-type] # it stands in for a CA

    def sign(self, data: bytes, _padding: object, hash_: HashAlgorithm) -> bytes:
        return self.key.sign(data, ec.ECDSA(hash_))


def test_a_signer_that_nothing_can_be_encrypted_to(client: Callable[..., Client]) -> None:
    expected = ("2", "0", "nothing can be encrypted to a key that is not RSA")
    assert client().ask("19", request(1), Curve().signer) == expected


def test_a_key_type_that_is_not_taken(client: Callable[..., Client]) -> None:
    sender = client(key_types=["rsa-4096"])
    assert sender.ask("19", request(1), self_signed(1)) == ("2", "0", "a key of the type rsa-2048 is not taken")


def test_a_renewal_needs_no_password_and_another_key(client: Callable[..., Client]) -> None:
    sender = client()
    current = sender.sim.certified(1)
    assert sender.ask("17", request(1, ""), current) == ("2", "2", SAME_KEY)
    assert sender.ask("17", request(2, ""), current) == ("0", "", "")
    sender.sim.move(days=7)
    expired = "the certificate to renew expired on 2027-01-07T12:00:00Z"
    assert sender.ask("17", request(3, ""), current) == ("2", "2", expired)


def test_a_held_request(client: Callable[..., Client]) -> None:
    sender = client(hold=True)
    assert sender.ask("19", request(1), self_signed(1)) == ("3", "", "")
    assert sender.ask("20", b"whatever", self_signed(1)) == ("3", "", "")
    sender.sim.authority.release("p")
    assert sender.ask("20", b"", self_signed(2)) == ("2", "2", "the request of this transaction is somebody else's")
    assert sender.ask("20", b"", self_signed(1), transaction="U") == ("2", "4", "no request of this transaction waits")
    assert sender.ask("20", b"", self_signed(1)) == ("0", "", "")
    assert sender.ask("20", b"", self_signed(1)) == ("2", "4", "no request of this transaction waits")
    assert [what for what, _dummy in sender.sim.outcome] == ["pending", "refused", "refused", "issued", "refused"]


def test_a_held_renewal_is_polled_by_the_certificate_that_it_renews(client: Callable[..., Client]) -> None:
    sender = client()
    current = sender.sim.certified(1)
    sender.sim.authority.hold("p")
    assert sender.ask("17", request(2), current) == ("3", "", "")
    sender.sim.authority.release("p")
    assert sender.ask("20", b"", current) == ("0", "", "")


def test_the_old_intermediate_answers_and_the_new_one_signs(client: Callable[..., Client]) -> None:
    sender = client()
    sender.sim.authority.rotate()
    answer = sender.send(sender.message("19", request(1), self_signed(1)))
    assert answer.signer.dump() == cms.to_asn1(sender.ca.certificate).dump()
    assert sender.sim.entries[-1]["intermediate"] == "Test CA Intermediate 2"


def test_certificates_and_capabilities(client: Callable[..., Client]) -> None:
    sender = client()
    sender.sim.authority.rotate()
    kind, body = sender.server.handle("GetCACert", b"")
    assert kind == "application/x-x509-ca-ra-cert"
    assert subjects(body) == {"Test CA Intermediate 2", "Test CA Root"}
    assert sender.server.handle("GetCACaps", b"") == (
        "text/plain",
        b"POSTPKIOperation\nRenewal\nSHA-1\nSHA-256\nSHA-384\nSHA-512\nDES3\nAES\nSCEPStandard\n",
    )


@pytest.mark.parametrize("operation", ["", "GetNextCACert"])
def test_an_operation_that_nobody_knows(client: Callable[..., Client], operation: str) -> None:
    with pytest.raises(ValueError, match=f"^the operation '{operation}' is not known$"):
        client().server.handle(operation, b"")


def test_what_is_no_scep(client: Callable[..., Client]) -> None:
    with pytest.raises(ValueError, match="it is no signed message"):
        client().server.handle("PKIOperation", b"nonsense")
