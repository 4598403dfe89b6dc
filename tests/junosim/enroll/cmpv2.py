# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CMPv2 as a client (RFC 4210, over HTTP as RFC 6712 has it).

A first request (ir) is protected by a MAC that a shared secret gives, a renewal (kur) by the key of the current
certificate. What is issued is confirmed (certConf); what is not decided yet is polled for (pollReq). The structures
are shared with the test CA, which `openssl cmp` keeps honest.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import TypeVar

from asn1crypto import algos, core, parser
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from testca import cmp_asn1 as cmp

from ..names import asked
from ..pki import PrivateKey
from . import Enrolled, Failed, Order, Pending
from .http import ask

PASSWORD_BASED_MAC, IMPLICIT_CONFIRM, OLD_CERT_ID = (
    "1.2.840.113533.7.66.13",
    "1.3.6.1.5.5.7.4.13",
    "1.3.6.1.5.5.7.5.1.5",
)
SHA256, HMAC_SHA1, HMAC_SHA256 = "2.16.840.1.101.3.4.2.1", "1.3.6.1.5.5.8.1.2", "1.2.840.113549.2.9"
_HASHES = {SHA256: "sha256", "1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.3": "sha512"}
_MACS = {HMAC_SHA1: "sha1", "1.2.840.113549.2.7": "sha1", HMAC_SHA256: "sha256"}
_ITERATIONS, _MOST_ITERATIONS = 500, 100_000
_SIGNATURES = {
    rsa.RSAPrivateKey: "sha256_rsa",
    dsa.DSAPrivateKey: "sha256_dsa",
    ec.EllipticCurvePrivateKey: "sha256_ecdsa",
}


Value = TypeVar("Value", bound=core.Asn1Value)


@dataclass(frozen=True)
class _Talk:
    """One transaction: who speaks, with what protection."""

    order: Order
    transaction: bytes

    def ask(self, body: cmp.Body, recipient_nonce: bytes | None = None) -> cmp.Message:
        """The CA's answer, its protection and its nonce right."""
        nonce = os.urandom(16)
        message = self._message(_encoded(body), nonce, recipient_nonce)
        data = ask(self.order.url, body=message.dump(), kind="application/pkixcmp")
        answer = cmp.Message.load(data, strict=True)
        header = answer["header"]
        if header["transaction_id"].native != self.transaction or header["recip_nonce"].native != nonce:
            raise Failed("the CA answered another request")
        refused = answer["body"].name == "error"
        if answer["protection"]:
            self._verify(answer)
        elif not refused:  # an error may come without
            raise Failed("the CA's answer is not protected")
        if refused:
            raise Failed(_reason(answer["body"].chosen["pki_status_info"]))
        return answer

    def pending(self, last: bytes) -> Pending:
        """To be asked again: the transaction, and the nonce that the next message answers."""
        return Pending(f"{self.transaction.hex()}:{last.hex()}")

    # -- what goes out

    def _message(self, body: cmp.Body, nonce: bytes, recipient_nonce: bytes | None) -> cmp.Message:
        order, current = self.order, self.order.current
        fields = {
            "pvno": 2,
            "sender": _directory(order.subject if current is None else current.certificate.subject),
            "recipient": _directory(_ca_name(order)),
            "message_time": order.now().replace(microsecond=0),
            "transaction_id": self.transaction,
            "sender_nonce": nonce,
        }
        if recipient_nonce is not None:
            fields["recip_nonce"] = recipient_nonce
        if current is None:
            parameter = cmp.PbmParameter(
                {
                    "salt": os.urandom(16),
                    "owf": {"algorithm": SHA256},
                    "iteration_count": _ITERATIONS,
                    "mac": {"algorithm": HMAC_SHA256},
                }
            )
            fields["sender_kid"] = order.reference.encode()
            fields["protection_alg"] = {"algorithm": PASSWORD_BASED_MAC, "parameters": parameter}
            header = _encoded(cmp.Header(fields))
            protection = _mac(parameter, order.secret, _protected(header, body))
            return cmp.Message({"header": header, "body": body, "protection": protection})
        if current.key is None:
            raise Failed("Keypair doesn't exist for certificate")
        fields["sender_kid"] = x509.SubjectKeyIdentifier.from_public_key(current.key.public_key()).digest
        algorithm = _signature_algorithm(current.key)
        fields["protection_alg"] = cmp.AlgorithmIdentifier.load(algorithm.dump())
        header = _encoded(cmp.Header(fields))
        return cmp.Message(
            {
                "header": header,
                "body": body,
                "protection": _sign(current.key, _protected(header, body)),
                "extra_certs": [_asn1(one) for one in (current.certificate, *current.chain)],
            }
        )

    # -- what comes back

    def _verify(self, answer: cmp.Message) -> None:
        header, given = answer["header"], answer["protection"].native
        part = _protected(header, answer["body"])
        algorithm = header["protection_alg"]
        if algorithm["algorithm"].native == PASSWORD_BASED_MAC:
            parameter = algorithm["parameters"].parse(cmp.PbmParameter)
            if not self.order.secret or not hmac.compare_digest(_mac(parameter, self.order.secret, part), given):
                raise Failed("the protection of the CA's answer is wrong")
            return
        # Anybody who signed will do: what counts is whether the new certificate leads to the ca-profile.
        sent = [_loaded(one) for one in answer["extra_certs"] or ()]
        signature = algos.SignedDigestAlgorithm.load(algorithm.untag().dump())
        if not any(_signed(one, signature, given, part) for one in (*sent, *self.order.ca)):
            raise Failed("the protection of the CA's answer is wrong")


def enroll(order: Order) -> Enrolled:
    try:
        return _enroll(order)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Failed(f"the CA's answer cannot be read: {type(error).__name__}") from error


def _enroll(order: Order) -> Enrolled:
    if order.transaction:
        transaction, nonce = map(bytes.fromhex, order.transaction.split(":"))
        talk, body = _Talk(order, transaction), cmp.Body("poll_req", [{"cert_req_id": 0}])
    else:
        talk, nonce = _Talk(order, os.urandom(16)), None
        body = cmp.Body("ir" if order.current is None else "kur", [_request(order)])
    answer = talk.ask(body, nonce)
    last = answer["header"]["sender_nonce"].native
    if answer["body"].name == "poll_rep":
        raise talk.pending(last)
    if answer["body"].name != ("ip" if order.current is None else "kup"):
        raise Failed(f"the CA answered with {answer['body'].name}")
    content = answer["body"].chosen
    response = content["response"][0]
    if response["status"]["status"].native == "waiting":
        raise talk.pending(last)
    if response["status"]["status"].native not in ("accepted", "grantedWithMods"):
        raise Failed(_reason(response["status"]))
    certificate = _loaded(response["certified_key_pair"]["cert_or_enc_cert"].chosen)
    if certificate.public_key() != order.key.public_key():
        raise Failed("the CA's answer holds no certificate for our key")
    if not any(one["type"].native == IMPLICIT_CONFIRM for one in answer["header"]["general_info"] or ()):
        # By the hash of the certificate's own signature.
        name = certificate.signature_hash_algorithm.name if certificate.signature_hash_algorithm else "sha256"
        summary = hashlib.new(name, certificate.public_bytes(Encoding.DER), usedforsecurity=False).digest()
        status = {"cert_hash": summary, "cert_req_id": 0, "status_info": {"status": "accepted"}}
        confirmed = talk.ask(cmp.Body("cert_conf", [status]), last)
        if confirmed["body"].name != "pkiconf":
            raise Failed(f"the CA answered the confirmation with {confirmed['body'].name}")
    came = [*(content["ca_pubs"] or ()), *(answer["extra_certs"] or ())]
    return Enrolled(certificate, tuple(dict.fromkeys(one for one in map(_loaded, came) if one != certificate)))


def _request(order: Order) -> cmp.CertReqMsg:
    public = order.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    template = {"subject": _name(order.subject), "public_key": asn1.PublicKeyInfo.load(public)}
    if order.alternate:
        names = x509.SubjectAlternativeName(order.alternate).public_bytes()
        template["extensions"] = [{"extn_id": "subject_alt_name", "extn_value": core.ParsableOctetString(names)}]
    asked_for = {"cert_req_id": 0, "cert_template": template}
    if order.current is not None:
        old = order.current.certificate
        identifier = cmp.CertId({"issuer": _directory(old.issuer), "serial_number": old.serial_number})
        asked_for["controls"] = [{"type": OLD_CERT_ID, "value": identifier}]
    request = _encoded(cmp.CertRequest(asked_for))
    proof = {"algorithm": _signature_algorithm(order.key), "signature": _sign(order.key, request.dump())}
    return cmp.CertReqMsg({"cert_req": request, "popo": cmp.ProofOfPossession("signature", proof)})


def _ca_name(order: Order) -> x509.Name:
    if order.current is not None:
        return order.current.certificate.issuer
    if order.ca_dn:
        return asked(order.ca_dn)
    return order.ca[0].subject if order.ca else x509.Name([])


def _protected(header: cmp.Header, body: cmp.Body) -> bytes:
    """The sequence of both, which a protection is for."""
    data: bytes = parser.emit(0, 1, core.Sequence.tag, header.dump() + body.dump())
    return data


def _encoded(value: Value) -> Value:
    """As it was read: asn1crypto encodes what was built anew at each step above it, and that once for each level."""
    read: Value = value.load(value.dump())
    return read


def _mac(parameter: cmp.PbmParameter, secret: str, data: bytes) -> bytes:
    count = parameter["iteration_count"].native
    if not 0 < count <= _MOST_ITERATIONS:
        raise Failed("the CA asks for too many iterations")
    name = _HASHES[parameter["owf"]["algorithm"].native]
    key = secret.encode() + parameter["salt"].native
    for _dummy in range(count):
        key = hashlib.new(name, key, usedforsecurity=False).digest()
    return hmac.digest(key, data, _MACS[parameter["mac"]["algorithm"].native])


def _signature_algorithm(key: PrivateKey) -> algos.SignedDigestAlgorithm:
    name = next(name for kind, name in _SIGNATURES.items() if isinstance(key, kind))
    return algos.SignedDigestAlgorithm({"algorithm": name})


def _sign(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA256()))
    return key.sign(data, hashes.SHA256())


def _signed(by: x509.Certificate, algorithm: algos.SignedDigestAlgorithm, signature: bytes, data: bytes) -> bool:
    public, digest = by.public_key(), getattr(hashes, algorithm.hash_algo.upper())()
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, PKCS1v15(), digest)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _reason(status: cmp.StatusInfo) -> str:
    """What the CA says of its refusal."""
    words = sorted(status["fail_info"].native or ())
    words += status["status_string"].native or ()
    return f"the CA refused: {', '.join(words) or 'no reason'}"


def _name(name: x509.Name) -> asn1.Name:
    return asn1.Name.load(name.public_bytes())


def _directory(name: x509.Name) -> asn1.GeneralName:
    return asn1.GeneralName("directory_name", _name(name))


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def _loaded(certificate: asn1.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.untag().dump())
