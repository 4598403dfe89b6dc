# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CMP: what is answered to messages that no decent client sends. What decent clients get is in test_testca.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from asn1crypto import algos, core, keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from testca import cms
from testca.authority import Signer
from testca.cmp import IMPLICIT_CONFIRM, OLD_CERT_ID, CmpServer
from testca.cmp_asn1 import Body, CertId, CertReqMsg, CertRequest, Message, PopoSigningKey, ProtectedPart
from testca.cmp_protection import Secret, Signature
from testca.signatures import digest

from .conftest import START, Sim, key, name

SECRET = Secret(b"4711", b"open-sesame", "sha256", 500, "1.3.6.1.5.5.8.1.2", b"salt")
SAME_KEY = "the key has a certificate already, a new one needs a new key"
NAMES = asn1.Extensions([{"extn_id": "subject_alt_name", "extn_value": [asn1.GeneralName("dns_name", "a.example")]}])


def to_name(value: x509.Name) -> asn1.Name:
    return asn1.Name.load(value.public_bytes())


def request(
    number: int, *, named: bool = True, signed_by: int | None = None, old: CertId | None = None, indirect: bool = False
) -> CertReqMsg:
    info = keys.PublicKeyInfo.load(
        key(number).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    template = {"public_key": info, **({"subject": to_name(name("srx1")), "extensions": NAMES} if named else {})}
    controls = {"controls": [{"type": OLD_CERT_ID, "value": old}]} if old is not None else {}
    wanted = CertRequest({"cert_req_id": 0, "cert_template": template, **controls})
    signature = key(number if signed_by is None else signed_by).sign(wanted.dump(), PKCS1v15(), SHA256())
    proof = PopoSigningKey({"algorithm": {"algorithm": "sha256_rsa"}, "signature": signature})
    if indirect:  # then the signature would have to be over this, and not over the request
        proof["poposk_input"] = [core.Integer(1)]
    return CertReqMsg({"cert_req": wanted, "popo": {"signature": proof}})


class Client:
    """One that keeps to nothing. ``shield`` protects what it sends, as the CA's own messages are protected."""

    def __init__(self, sim: Sim, shield: Secret | Signature = SECRET) -> None:
        self.sim, self.shield = sim, shield
        self.server = CmpServer(sim.authority, "p")
        self.recipient = sim.authority.intermediate.certificate.subject
        self.nonce = b""  # of the answer before
        self.in_front: list[x509.Certificate] = []  # of the certificate that signs

    def send(self, kind: str, content: Any, header: Mapping[str, Any] | None = None, damage: bytes = b"") -> Message:
        """The answer, whose protection holds. ``damage`` goes in front of the protection."""
        sender = name("client")
        if isinstance(self.shield, Signature):
            sender = self.shield.signer.certificate.subject
        head: dict[str, Any] = {
            "pvno": 2,
            "sender": asn1.GeneralName("directory_name", to_name(sender)),
            "recipient": asn1.GeneralName("directory_name", to_name(self.recipient)),
            "protection_alg": self.shield.algorithm(),
            "sender_kid": self.shield.reference,
            "transaction_id": b"T",
            "sender_nonce": b"N" * 16,
            **({"recip_nonce": self.nonce} if self.nonce else {}),
            **(header or {}),
        }
        part = ProtectedPart({"header": head, "body": Body(kind, content)})
        message = {
            "header": part["header"],
            "body": part["body"],
            "protection": damage + self.shield.protect(part.dump()),
        }
        if isinstance(self.shield, Signature):
            message["extra_certs"] = list(map(cms.to_asn1, [*self.in_front, self.shield.signer.certificate]))
        answer = Message.load(self.server.handle(Message(message).dump()), strict=True)
        self.nonce = answer["header"]["sender_nonce"].native
        assert answer["header"]["recip_nonce"].native == b"N" * 16
        return answer

    def ask(self, *message: Any, **more: Any) -> tuple[str, str, str, str]:
        """The answer's kind, its status, failure and text."""
        answer = self.send(*message, **more)["body"]
        told = {"status": "", "fail_info": None, "status_string": None}
        if answer.name == "error":
            told = answer.chosen["pki_status_info"].native
        elif answer.name in ("ip", "cp", "kup"):
            told = answer.chosen["response"][0]["status"].native
        failure, text = told["fail_info"] or {""}, told["status_string"] or [""]
        return answer.name, told["status"], *failure, *text  # type: ignore[return-value] # asn1crypto has no types

    def confirm(self, **changed: Any) -> tuple[str, str, str, str]:
        certificate = self.certificate.public_bytes(Encoding.DER)
        return self.ask("cert_conf", [{"cert_hash": digest("sha256", certificate), "cert_req_id": 0, **changed}])

    def enroll(self, number: int, **header: Any) -> Message:
        answer = self.send("ir", [request(number)], header)
        pair = answer["body"].chosen["response"][0]["certified_key_pair"]
        self.certificate = x509.load_der_x509_certificate(pair["cert_or_enc_cert"].chosen.untag().dump())
        return answer


@pytest.fixture
def client(bed: Callable[..., Sim]) -> Callable[..., Client]:
    return lambda **profile: Client(bed(profile, cmp={"secrets": {"4711": "open-sesame", "4712": "other"}}))


def error(failure: str, text: str) -> tuple[str, str, str, str]:
    return "error", "rejection", failure, text


def test_an_answer_belongs_to_its_request(client: Callable[..., Client]) -> None:
    sender = client()
    answer = sender.enroll(1)
    header, root = answer["header"], cms.to_asn1(sender.sim.authority.root.certificate)
    assert (header["pvno"].native, header["message_time"].native) == (2, START)
    assert (header["transaction_id"].native, header["sender_kid"].native) == (b"T", b"4711")
    assert (header["sender"].chosen, header["recipient"].chosen) == (to_name(sender.recipient), to_name(name("client")))
    assert [each.dump() for each in answer["body"].chosen["ca_pubs"]] == [root.dump()]
    assert [each.subject.native["common_name"] for each in answer["extra_certs"]] == [
        "Test CA Intermediate 1",
        "Test CA Root",
    ]
    parameter = header["protection_alg"].untag()["parameters"].native
    shield = replace(SECRET, salt=parameter["0"])
    part = ProtectedPart({"header": header, "body": answer["body"]})
    assert (answer["protection"].native, parameter["0"] == SECRET.salt) == (shield.protect(part.dump()), False)


def test_protection_by_a_secret() -> None:
    # Computed once by openssl: 2 rounds of SHA-256 over secret and salt, the first with both.
    shield = Secret(b"", b"secret", "sha256", 2, "1.2.840.113549.2.9", b"salt")
    inner = digest("sha256", digest("sha256", b"secretsalt"))
    assert inner.hex() == "36024d2b38b91650945d1bb27bbb7819c2b36f1507baa06f8e17ff5ed4e6c6c6"
    assert shield.protect(b"data").hex() == "6ad392bbc807531021946c6160ef9f26a0aaa2a8c41ad7abb229e2aa0753c92d"


@pytest.mark.parametrize(
    ("kind", "message", "header", "expected"),
    [
        ("ir", [request(1)], {}, ("ip", "accepted", "", "")),
        ("cr", [request(1)], {"pvno": 3}, ("cp", "accepted", "", "")),
        ("ir", [request(1)], {"pvno": 1}, error("badRequest", "the version of the message is not 2 or 3")),
        (
            "ir",
            [request(1)],
            {"transaction_id": b""},
            error("badRequest", "a request needs a transaction identifier of its own"),
        ),
        ("ir", [], {}, error("badRequest", "one certificate at a time")),
        ("ir", [request(1), request(2)], {}, error("badRequest", "one certificate at a time")),
        (
            "ir",
            [request(1, signed_by=2)],
            {},
            error("badPOP", "the request is not signed with the key that it wants certified"),
        ),
        (
            "ir",
            [request(1, indirect=True)],
            {},
            error("badPOP", "the request is not signed with the key that it wants certified"),
        ),
        (
            "kur",
            [request(1)],
            {},
            error("notAuthorized", "ir and cr are protected by a secret, kur by the certificate that it renews"),
        ),
        ("ir", [request(1)], {"sender_kid": b"4713"}, error("badMessageCheck", "the reference is not known")),
        ("pkiconf", core.Null(), {}, error("badRequest", "pkiconf is not answered")),
        ("cert_conf", [], {}, error("badRequest", "there is no transaction of this sender for cert_conf")),
        ("poll_req", [], {}, error("badRequest", "there is no transaction of this sender for poll_req")),
    ],
)
def test_answers(
    client: Callable[..., Client], kind: str, message: Any, header: dict[str, Any], expected: tuple[str, str, str, str]
) -> None:
    sender = client()
    assert sender.ask(kind, message, header) == expected
    assert sender.sim.outcome == [("refused", expected[3]) if expected[3] else ("issued", "")]


@pytest.mark.parametrize(
    ("shield", "reason"),
    [
        (replace(SECRET, secret=b"guess"), "the secret is wrong"),
        (replace(SECRET, iterations=100_001), "the parameters of the protection by a secret are not taken"),
        (replace(SECRET, hash="md5"), "the parameters of the protection by a secret are not taken"),
        (replace(SECRET, iterations=0), "the parameters of the protection by a secret are not taken"),
    ],
)
def test_secrets(client: Callable[..., Client], shield: Secret, reason: str) -> None:
    sender = client()
    sender.shield = shield
    assert sender.ask("ir", [request(1)]) == error("badMessageCheck", reason)


def test_a_message_that_was_changed(client: Callable[..., Client]) -> None:
    sender = client()
    assert sender.ask("ir", [request(1)], damage=b"x") == error("badMessageCheck", "the secret is wrong")
    sender.shield = Signature(sender.sim.certified(1))
    wrong = error("badMessageCheck", "the signature of the message is wrong")
    assert sender.ask("kur", [request(2)], damage=b"x") == wrong


def test_a_confirmation(client: Callable[..., Client]) -> None:
    sender = client()
    sender.enroll(1)
    assert sender.confirm() == ("pkiconf", "", "", "")
    assert sender.confirm() == error("badRequest", "there is no transaction of this sender for cert_conf")
    assert [what for what, _dummy in sender.sim.outcome] == ["issued", "confirmed", "refused"]


@pytest.mark.parametrize(
    ("changed", "decided"),
    [
        ({"status_info": {"status": "accepted"}}, "confirmed"),
        ({"status_info": {"status": "rejection"}}, "rejected"),
    ],
)
def test_a_confirmation_with_a_status(client: Callable[..., Client], changed: dict[str, Any], decided: str) -> None:
    sender = client()
    sender.enroll(1)
    assert sender.confirm(**changed) == ("pkiconf", "", "", "")
    serial = f"{sender.certificate.serial_number:x}"
    about = {"at": "2027-01-01T12:00:00Z", "profile": "p", "protocol": "cmpv2", "subject": "CN=srx1", "serial": serial}
    assert sender.sim.entries[-1] == {**about, "what": decided}


def test_a_confirmation_of_nothing_turns_all_down(client: Callable[..., Client]) -> None:
    sender = client()
    sender.enroll(1)
    assert sender.ask("cert_conf", []) == ("pkiconf", "", "", "")
    assert sender.sim.outcome[-1] == ("rejected", "")


def test_a_confirmation_of_another_certificate(client: Callable[..., Client]) -> None:
    sender = client()
    sender.enroll(1)
    other = error("badCertId", "another certificate is confirmed than was issued")
    assert sender.confirm(cert_hash=b"x" * 32) == other


def test_a_confirmation_names_its_hash(client: Callable[..., Client]) -> None:
    sender = client()
    sender.enroll(1, pvno=3)
    hash_ = digest("sha512", sender.certificate.public_bytes(Encoding.DER))
    assert sender.confirm(cert_hash=hash_, hash_alg=algos.DigestAlgorithm({"algorithm": "sha512"}))[0] == "pkiconf"


def test_a_confirmation_answers_the_last_message(client: Callable[..., Client]) -> None:
    sender = client()
    sender.enroll(1)
    sender.nonce = b"x" * 16
    assert sender.confirm() == error("badRecipientNonce", "the message answers another one than the last")


@pytest.mark.parametrize("other", [replace(SECRET, reference=b"4712", secret=b"other"), None])
def test_a_confirmation_by_somebody_else(client: Callable[..., Client], other: Secret | None) -> None:
    sender = client()
    sender.enroll(1)
    own, sender.shield = sender.shield, other or Signature(sender.sim.certified(2))
    before = sender.nonce
    assert sender.confirm() == error("badRequest", "there is no transaction of this sender for cert_conf")
    sender.shield, sender.nonce = own, before
    assert sender.confirm() == ("pkiconf", "", "", "")


def test_a_transaction_is_used_once(client: Callable[..., Client]) -> None:
    sender = client()
    sender.enroll(1)
    again = error("badRequest", "a request needs a transaction identifier of its own")
    assert sender.ask("ir", [request(2)]) == again


def test_no_confirmation_is_needed_where_the_client_says_so(client: Callable[..., Client]) -> None:
    sender = client()
    wish = [{"type": IMPLICIT_CONFIRM, "value": core.Null()}]
    answer = sender.enroll(1, general_info=wish)
    assert [row["type"].dotted for row in answer["header"]["general_info"]] == [IMPLICIT_CONFIRM]
    assert sender.confirm() == error("badRequest", "there is no transaction of this sender for cert_conf")
    assert sender.enroll(2)["header"]["general_info"].native is None


def test_a_held_request(client: Callable[..., Client]) -> None:
    sender = client(hold=True)
    assert sender.ask("ir", [request(1)]) == ("ip", "waiting", "", "")
    assert sender.send("poll_req", [{"cert_req_id": 0}])["body"].native == [
        {"cert_req_id": 0, "check_after": 1, "reason": None}
    ]
    sender.sim.authority.release("p")
    assert sender.ask("poll_req", [{"cert_req_id": 0}]) == ("ip", "accepted", "", "")
    assert sender.ask("poll_req", [{"cert_req_id": 0}]) == error("badRequest", "there is nothing to wait for")
    assert [what for what, _dummy in sender.sim.outcome] == ["pending", "issued", "refused"]


def test_what_waits_cannot_be_confirmed(client: Callable[..., Client]) -> None:
    sender = client(hold=True)
    sender.send("ir", [request(1)])
    assert sender.ask("cert_conf", []) == error("badRequest", "nothing was issued that could be confirmed")
    # An error ends a transaction.
    gone = error("badRequest", "there is no transaction of this sender for poll_req")
    assert sender.ask("poll_req", [{"cert_req_id": 0}]) == gone


# -- kur


@pytest.fixture
def holder(client: Callable[..., Client]) -> Client:
    """A client with a certificate for key 1."""
    sender = client()
    sender.shield = Signature(Signer(sender.sim.issue(1, names=["b.example"]).certificate, key(1)))
    return sender


def current(sender: Client) -> x509.Certificate:
    assert isinstance(sender.shield, Signature)
    return sender.shield.signer.certificate


def test_a_renewal(holder: Client) -> None:
    answer = holder.send("kur", [request(2)])
    assert answer["body"].name == "kup"
    assert answer["header"]["protection_alg"].untag()["algorithm"].dotted == "1.2.840.113549.1.1.11"
    part = ProtectedPart({"header": answer["header"], "body": answer["body"]}).dump()
    intermediate = holder.sim.authority.intermediate
    intermediate.key.public_key().verify(answer["protection"].native, part, PKCS1v15(), SHA256())
    assert holder.sim.entries[-1]["renews"] == f"{current(holder).serial_number:x}"


@pytest.mark.parametrize(("named", "expected"), [(True, "a.example"), (False, "b.example")])
def test_a_renewal_without_names_keeps_those_that_were(holder: Client, named: bool, expected: str) -> None:
    answer = holder.send("kur", [request(2, named=named)])
    pair = answer["body"].chosen["response"][0]["certified_key_pair"]
    certificate = x509.load_der_x509_certificate(pair["cert_or_enc_cert"].chosen.untag().dump())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert (certificate.subject, names) == (name("srx1"), x509.SubjectAlternativeName([x509.DNSName(expected)]))


def old_certificate(certificate: x509.Certificate, number: int) -> CertId:
    issuer = asn1.GeneralName("directory_name", to_name(certificate.issuer))
    return CertId({"issuer": issuer, "serial_number": number})


def test_a_renewal_names_the_certificate_that_signs(holder: Client) -> None:
    certificate = current(holder)
    wrong = old_certificate(certificate, certificate.serial_number + 1)
    elsewhere = old_certificate(holder.sim.authority.root.certificate, certificate.serial_number)
    for old in (wrong, elsewhere):
        expected = error("badCertId", "the certificate to renew is not the one that signs")
        assert holder.ask("kur", [request(2, old=old)]) == expected
    right = old_certificate(certificate, certificate.serial_number)
    assert holder.ask("kur", [request(2, old=right)]) == ("kup", "accepted", "", "")


def test_the_certificate_that_signs_is_found_by_its_key_identifier(holder: Client) -> None:
    holder.in_front = [holder.sim.authority.intermediate.certificate]
    assert holder.ask("kur", [request(2)]) == ("kup", "accepted", "", "")


def test_a_renewal_with_the_same_key(holder: Client) -> None:
    assert holder.ask("kur", [request(1)]) == ("kup", "rejection", "badCertTemplate", SAME_KEY)
    # A refusal ends the transaction: its name is free again.
    assert holder.ask("kur", [request(2)]) == ("kup", "accepted", "", "")


def test_a_renewal_that_comes_too_late(holder: Client) -> None:
    holder.sim.move(days=6, seconds=1)
    reason = "the certificate to renew expired on 2027-01-07T12:00:00Z"
    assert holder.ask("kur", [request(2)]) == ("kup", "rejection", "signerNotTrusted", reason)


def test_a_renewal_with_a_certificate_from_elsewhere(client: Callable[..., Client], bed: Callable[..., Sim]) -> None:
    sender = client()
    sender.shield = Signature(bed().certified(1))
    reason = "the certificate to renew was not issued here"
    assert sender.ask("kur", [request(2)]) == ("kup", "rejection", "signerNotTrusted", reason)


def test_a_first_request_takes_no_certificate(holder: Client) -> None:
    expected = error("notAuthorized", "ir and cr are protected by a secret, kur by the certificate that it renews")
    assert holder.ask("ir", [request(2)]) == expected


def test_whom_the_message_names_answers(holder: Client) -> None:
    holder.sim.authority.rotate()
    answer = holder.send("kur", [request(2)])
    assert answer["header"]["sender"].chosen == to_name(name("Test CA Intermediate 1"))
    assert holder.sim.entries[-1]["intermediate"] == "Test CA Intermediate 2"
    holder.recipient = name("nobody")
    answer = holder.send("kur", [request(3)], {"transaction_id": b"U"})
    assert answer["header"]["sender"].chosen == to_name(name("Test CA Intermediate 2"))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x30\x00"])
def test_what_is_no_cmp(client: Callable[..., Client], data: bytes) -> None:
    sender = client()
    with pytest.raises(ValueError):  # noqa: PT011 - the text is asn1crypto's
        sender.server.handle(data)
    assert sender.sim.entries == []
