# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCEP as a client (RFC 8894): a request signed by its sender, inside it a PKCS #10 encrypted for the CA.

The first request is signed with a certificate that the sender made for itself, a renewal with the current one. The
answer is encrypted for the certificate that signed the request, which is why SCEP takes RSA keys only.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from . import Enrolled, Failed, Order, Pending
from .http import ask

PKCS_REQ, RENEWAL_REQ, CERT_POLL, CERT_REP = "19", "17", "20", "3"
SUCCESS, FAILURE, PENDING = "0", "2", "3"
FAILURES = {"0": "badAlg", "1": "badMessageCheck", "2": "badRequest", "3": "badTime", "4": "badCertId"}
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}
_CIPHERS = {"des": ("des", 8), "des3": ("tripledes_3key", 24)}  # what a Junos device may choose
_CHALLENGE_PASSWORD = x509.ObjectIdentifier("1.2.840.113549.1.9.7")


class _Subject(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """IssuerAndSubject: what a poll asks for."""

    _fields: ClassVar = [("issuer", asn1.Name), ("subject", asn1.Name)]


_VERISIGN = "2.16.840.1.113733.1.9."


def _attribute(oid: str, name: str, kind: type[core.Asn1Value]) -> str:
    """Teach asn1crypto an attribute of SCEP."""
    cms.CMSAttributeType._map[oid] = name
    cms.CMSAttribute._oid_specs[name] = type(f"SetOf_{name}", (core.SetOf,), {"_child_spec": kind})
    return name


MESSAGE_TYPE = _attribute(_VERISIGN + "2", "scep_message_type", core.PrintableString)
STATUS = _attribute(_VERISIGN + "3", "scep_pki_status", core.PrintableString)
FAIL_INFO = _attribute(_VERISIGN + "4", "scep_fail_info", core.PrintableString)
FAIL_TEXT = _attribute("1.3.6.1.5.5.7.24.1", "scep_fail_info_text", core.UTF8String)
SENDER_NONCE = _attribute(_VERISIGN + "5", "scep_sender_nonce", core.OctetString)
RECIPIENT_NONCE = _attribute(_VERISIGN + "6", "scep_recipient_nonce", core.OctetString)
TRANSACTION = _attribute(_VERISIGN + "7", "scep_transaction_id", core.PrintableString)


@dataclass(frozen=True)
class _Reply:
    """A CertRep whose signature holds: its attributes, and the encrypted part."""

    attributes: dict[str, Any]
    content: bytes | None


def ca_certificates(url: str, identity: str) -> tuple[x509.Certificate, ...]:
    """GetCACert: one certificate, or several in a PKCS #7 without a signer."""
    data = ask(url, {"operation": "GetCACert", "message": identity})
    with contextlib.suppress(ValueError):
        return (x509.load_der_x509_certificate(data),)
    try:
        return _certificates(cms.ContentInfo.load(data))
    except (ValueError, TypeError, KeyError) as error:
        raise Failed(f"the CA at {url} answered GetCACert with what is no certificate") from error


def enroll(order: Order) -> Enrolled:
    key = order.key
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Failed("SCEP needs an RSA key pair")
    signer_key, signer = key, None
    if order.current is not None:
        if not isinstance(order.current.key, rsa.RSAPrivateKey):
            raise Failed("SCEP needs an RSA key pair")
        signer_key, signer = order.current.key, order.current.certificate
    ca = order.ca or ca_certificates(order.url, order.ca_identity)
    if signer is None:
        signer = _self_signed(order, key)
    if order.transaction:
        kind, transaction = CERT_POLL, order.transaction
        body = _Subject({"issuer": _name(_recipient(ca).subject), "subject": _name(order.subject)}).dump()
    else:
        kind = PKCS_REQ if order.current is None else RENEWAL_REQ
        request = _request(order, key)
        transaction, body = hashlib.sha256(request).hexdigest()[:32], request
    nonce = os.urandom(16)
    message = _signed(
        _enveloped(body, _recipient(ca), order.encryption),
        {MESSAGE_TYPE: kind, TRANSACTION: transaction, SENDER_NONCE: nonce},
        signer,
        signer_key,
        order.digest,
    )
    data = ask(order.url, {"operation": "PKIOperation"}, body=message, kind="application/x-pki-message")
    try:
        return _outcome(_verified(data), transaction, nonce, key, signer_key)
    except (ValueError, KeyError, TypeError, IndexError, InvalidSignature) as error:
        raise Failed(f"the CA's answer cannot be read: {type(error).__name__}") from error


def _outcome(
    reply: _Reply, transaction: str, nonce: bytes, key: rsa.RSAPrivateKey, signer_key: rsa.RSAPrivateKey
) -> Enrolled:
    told = reply.attributes
    if told.get(MESSAGE_TYPE) != CERT_REP or told.get(TRANSACTION) != transaction:
        raise Failed("the CA answered another request")
    if not hmac.compare_digest(told.get(RECIPIENT_NONCE, b""), nonce):
        raise Failed("the CA's answer has another nonce")
    status = told.get(STATUS)
    if status == PENDING:
        raise Pending(transaction)
    if status == FAILURE:
        why = [FAILURES.get(told.get(FAIL_INFO, ""), "no reason"), told.get(FAIL_TEXT)]
        raise Failed(f"the CA refused: {', '.join(word for word in why if word)}")
    if status != SUCCESS or reply.content is None:
        raise ValueError(status)
    found = _certificates(cms.ContentInfo.load(_opened(reply.content, signer_key)))
    ours = [one for one in found if one.public_key() == key.public_key()]
    if len(ours) != 1:
        raise Failed("the CA's answer holds no certificate for our key")
    return Enrolled(ours[0], tuple(one for one in found if one is not ours[0]))


# -- what goes out


def _recipient(ca: tuple[x509.Certificate, ...]) -> x509.Certificate:
    """Whom the request is for: the first CA that another one certified, else the first."""
    found = [one for one in ca if isinstance(one.public_key(), rsa.RSAPublicKey)]
    if not found:
        raise Failed("the CA has no RSA key to encrypt for")
    return next((one for one in found if one.issuer != one.subject), found[0])


def _name(name: x509.Name) -> asn1.Name:
    return asn1.Name.load(name.public_bytes())


def _request(order: Order, key: rsa.RSAPrivateKey) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(order.subject)
    if order.alternate:
        builder = builder.add_extension(x509.SubjectAlternativeName(order.alternate), critical=False)
    if order.challenge_password:
        builder = builder.add_attribute(_CHALLENGE_PASSWORD, order.challenge_password.encode())
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _self_signed(order: Order, key: rsa.RSAPrivateKey) -> x509.Certificate:
    now = order.now()
    builder = x509.CertificateBuilder().subject_name(order.subject).issuer_name(order.subject)
    builder = builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=30))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.sign(key, hashes.SHA256())


def _enveloped(body: bytes, recipient: x509.Certificate, encryption: str) -> bytes:
    name, size = _CIPHERS[encryption]
    secret, start = os.urandom(size), os.urandom(8)
    # Single DES is triple DES with the same key three times.
    cipher = Cipher(TripleDES(secret * (24 // size)), modes.CBC(start)).encryptor()
    padder = padding.PKCS7(64).padder()
    encrypted = cipher.update(padder.update(body) + padder.finalize()) + cipher.finalize()
    public = recipient.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    whom = {
        "version": "v0",
        "rid": cms.RecipientIdentifier("issuer_and_serial_number", _issuer_and_serial(recipient)),
        "key_encryption_algorithm": {"algorithm": "rsaes_pkcs1v15"},
        "encrypted_key": public.encrypt(secret, PKCS1v15()),
    }
    what = {
        "content_type": "data",
        "content_encryption_algorithm": {"algorithm": name, "parameters": core.OctetString(start)},
        "encrypted_content": encrypted,
    }
    envelope = cms.EnvelopedData(
        {
            "version": "v0",
            "recipient_infos": [cms.RecipientInfo("ktri", whom)],
            "encrypted_content_info": what,
        }
    )
    data: bytes = cms.ContentInfo({"content_type": "enveloped_data", "content": envelope}).dump()
    return data


def _signed(
    content: bytes, told: dict[str, str | bytes], signer: x509.Certificate, key: rsa.RSAPrivateKey, digest: str
) -> bytes:
    algorithm = _DIGESTS[digest]
    summary = hashlib.new(digest, content, usedforsecurity=False).digest()
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [summary]},
            *({"type": name, "values": [value]} for name, value in told.items()),
        ]
    )
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", _issuer_and_serial(signer)),
        "digest_algorithm": {"algorithm": digest},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
        "signature": key.sign(attributes.dump(), PKCS1v15(), algorithm),
    }
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": digest}],
            "encap_content_info": {"content_type": "data", "content": content},
            "certificates": [asn1.Certificate.load(signer.public_bytes(serialization.Encoding.DER))],
            "signer_infos": [info],
        }
    )
    data: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return data


def _issuer_and_serial(certificate: x509.Certificate) -> cms.IssuerAndSerialNumber:
    return cms.IssuerAndSerialNumber({"issuer": _name(certificate.issuer), "serial_number": certificate.serial_number})


# -- what comes back


def _certificates(content: cms.ContentInfo) -> tuple[x509.Certificate, ...]:
    chosen = (one.chosen for one in content["content"]["certificates"])
    return tuple(x509.load_der_x509_certificate(one.dump()) for one in chosen)


def _verified(data: bytes) -> _Reply:
    """The signature by the certificate that came along: the ca-profile decides on what is in it, not on the signer."""
    signed = cms.ContentInfo.load(data)["content"]
    info = signed["signer_infos"][0]
    serial = info["sid"].chosen["serial_number"].native
    signer = next(one for one in _certificates(cms.ContentInfo.load(data)) if one.serial_number == serial)
    digest = info["digest_algorithm"]["algorithm"].native
    content: bytes | None = signed["encap_content_info"]["content"].native
    attributes = {one["type"].native: one["values"][0].native for one in info["signed_attrs"]}
    if attributes["message_digest"] != hashlib.new(digest, content or b"", usedforsecurity=False).digest():
        raise InvalidSignature
    public = signer.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    # Signed as a SET OF, sent under an implicit tag.
    public.verify(info["signature"].native, info["signed_attrs"].untag().dump(), PKCS1v15(), _DIGESTS[digest])
    return _Reply(attributes, content)


def _opened(data: bytes, key: rsa.RSAPrivateKey) -> bytes:
    envelope = cms.ContentInfo.load(data)["content"]
    secret = key.decrypt(envelope["recipient_infos"][0].chosen["encrypted_key"].native, PKCS1v15())
    what = envelope["encrypted_content_info"]
    algorithm: algos.EncryptionAlgorithm = what["content_encryption_algorithm"]
    size = algorithm.encryption_block_size
    by = algorithms.AES(secret) if algorithm.encryption_cipher == "aes" else TripleDES(secret * (24 // len(secret)))
    cipher = Cipher(by, modes.CBC(algorithm.encryption_iv)).decryptor()
    unpadder = padding.PKCS7(size * 8).unpadder()
    plain = cipher.update(what["encrypted_content"].native) + cipher.finalize()
    return unpadder.update(plain) + unpadder.finalize()
