# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CMS as SCEP needs it (RFC 5652): one signer, one recipient, attributes by their dotted object identifiers.

Structures by asn1crypto. Its registers of attribute names are left alone, other users of the library have their own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding

from .authority import Signer
from .signatures import HASHES, digest, public_key, valid

CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"

#: Content encryption, by asn1crypto's names: the length of the key and of a block. DES is Triple DES with one key.
CIPHERS = {
    "des": (8, 8),
    "tripledes_3key": (24, 8),
    "aes128_cbc": (16, 16),
    "aes192_cbc": (24, 16),
    "aes256_cbc": (32, 16),
}


class BadAlgorithm(Exception):
    """Well formed, and not known here."""


class BadMessage(Exception):
    """It cannot be read, or somebody changed it."""


class _Values(core.SetOf):
    _child_spec = core.Any


class _Attribute(core.Sequence):
    _fields = [("type", core.ObjectIdentifier), ("values", _Values)]  # noqa: RUF012 - asn1crypto declares structures by lists in classes


class _Attributes(core.SetOf):
    _child_spec = _Attribute


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed. ``attributes``: the single value of each, by its dotted identifier."""

    content: bytes
    attributes: Mapping[str, core.Asn1Value]
    signer: asn1.Certificate
    digest: str

    def text(self, attribute: str) -> str:
        """A string attribute; empty when it is not there."""
        value = self.attributes.get(attribute)
        return str(value.native) if isinstance(value, core.AbstractString) else ""

    def octets(self, attribute: str) -> bytes:
        value = self.attributes.get(attribute)
        return bytes(value.native) if isinstance(value, core.OctetString) else b""


def read_signed(message: bytes) -> tuple[Signed, bool]:
    """The message, and whether signature and digest are right. BadMessage when it is no such message."""
    try:
        info = cms.ContentInfo.load(message, strict=True)
        if info["content_type"].native != "signed_data":
            raise BadMessage("it is not signed")
        data = info["content"]
        [signer] = data["signer_infos"]
        certificate = _certificate(data["certificates"], signer["sid"])
        raw = signer["signed_attrs"].untag().dump()
        attributes = {row["type"].dotted: row["values"][0].parse() for row in _Attributes.load(raw)}
        hash_ = signer["digest_algorithm"]["algorithm"].native
        content = data["encap_content_info"]["content"].native or b""
        result = Signed(content, attributes, certificate, hash_)
        key = public_key(certificate.public_key)
        genuine = (
            hash_ in HASHES
            and result.octets(MESSAGE_DIGEST) == digest(hash_, content)
            and valid(key, signer["signature_algorithm"], signer["signature"].native, raw, hash_)
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadMessage(f"it is no signed message: {error}") from None
    return result, genuine


def _certificate(certificates: cms.CertificateSet, name: cms.SignerIdentifier) -> asn1.Certificate:
    for choice in certificates:
        certificate = choice.chosen
        if name.name == "issuer_and_serial_number":
            found = _issuer_and_serial(certificate).dump() == name.chosen.dump()
        else:
            found = certificate.key_identifier == name.chosen.native
        if found:
            return certificate
    raise BadMessage("the signer's certificate is not in it")


def sign(content: bytes, attributes: Sequence[tuple[str, core.Asn1Value]], signer: Signer, hash_: str) -> bytes:
    """``content`` empty: there is none, as in an answer that is no success."""
    own = [
        (CONTENT_TYPE, core.ObjectIdentifier("1.2.840.113549.1.7.1")),
        (MESSAGE_DIGEST, core.OctetString(digest(hash_, content))),
    ]
    rows = [{"type": oid, "values": _Values([value])} for oid, value in [*own, *attributes]]
    raw = _Attributes(rows).dump()
    certificate = to_asn1(signer.certificate)
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {"issuer_and_serial_number": _issuer_and_serial(certificate)},
            "digest_algorithm": {"algorithm": hash_},
            "signed_attrs": cms.CMSAttributes.load(raw),
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
            "signature": signer.key.sign(raw, PKCS1v15(), HASHES[hash_]()),
        }
    )
    inner = {"content_type": "data", **({"content": content} if content else {})}
    return _signed_data(inner, [certificate], [info], [{"algorithm": hash_}])


def certificates_only(certificates: Sequence[x509.Certificate]) -> bytes:
    """Signed data that nobody signed: a bag of certificates, which DER sorts."""
    return _signed_data({"content_type": "data"}, [to_asn1(certificate) for certificate in certificates], [], [])


def _signed_data(
    inner: Mapping[str, object],
    certificates: Sequence[asn1.Certificate],
    signers: Sequence[cms.SignerInfo],
    digests: Sequence[Mapping[str, str]],
) -> bytes:
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": digests,
            "encap_content_info": inner,
            "certificates": [cms.CertificateChoices({"certificate": certificate}) for certificate in certificates],
            "signer_infos": signers,
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def decrypt(message: bytes, recipients: Sequence[Signer]) -> tuple[bytes, str, Signer]:
    """The content, the cipher that hid it, and the recipient whom the sender meant."""
    try:
        info = cms.ContentInfo.load(message, strict=True)
        if info["content_type"].native != "enveloped_data":
            raise BadMessage("its content is not encrypted")
        data = info["content"]
        [recipient] = data["recipient_infos"]
        named = recipient.chosen["rid"].chosen.dump()
        owner = next((r for r in recipients if _issuer_and_serial(to_asn1(r.certificate)).dump() == named), None)
        if owner is None:
            raise BadMessage("it is encrypted to somebody else")
        hidden = data["encrypted_content_info"]
        algorithm = hidden["content_encryption_algorithm"]
        cipher = algorithm["algorithm"].native
        if cipher not in CIPHERS:
            raise BadAlgorithm(f"the content encryption {cipher} is not known")
        key = owner.key.decrypt(recipient.chosen["encrypted_key"].native, PKCS1v15())
        if len(key) != CIPHERS[cipher][0]:
            raise BadMessage("the key of its content cannot be read")
        reader = Cipher(block_cipher(cipher, key), modes.CBC(algorithm["parameters"].native)).decryptor()
        padded = reader.update(hidden["encrypted_content"].native) + reader.finalize()
        unpadder = PKCS7(CIPHERS[cipher][1] * 8).unpadder()
        return unpadder.update(padded) + unpadder.finalize(), cipher, owner
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadMessage(f"it cannot be decrypted: {error}") from None


def encrypt(content: bytes, recipient: asn1.Certificate, cipher: str) -> bytes:
    key_length, block = CIPHERS[cipher]
    owner = public_key(recipient.public_key)
    assert isinstance(owner, rsa.RSAPublicKey), "nothing else can be encrypted to"
    key, start = os.urandom(key_length), os.urandom(block)
    padder = PKCS7(block * 8).padder()
    writer = Cipher(block_cipher(cipher, key), modes.CBC(start)).encryptor()
    hidden = writer.update(padder.update(content) + padder.finalize()) + writer.finalize()
    data = cms.EnvelopedData(
        {
            "version": "v0",
            "recipient_infos": [
                cms.RecipientInfo(
                    {
                        "ktri": {
                            "version": "v0",
                            "rid": {"issuer_and_serial_number": _issuer_and_serial(recipient)},
                            "key_encryption_algorithm": {"algorithm": "rsaes_pkcs1v15"},
                            "encrypted_key": owner.encrypt(key, PKCS1v15()),
                        }
                    }
                )
            ],
            "encrypted_content_info": {
                "content_type": "data",
                "content_encryption_algorithm": algos.EncryptionAlgorithm(
                    {"algorithm": cipher, "parameters": core.OctetString(start)}
                ),
                "encrypted_content": hidden,
            },
        }
    )
    return bytes(cms.ContentInfo({"content_type": "enveloped_data", "content": data}).dump())


def to_asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def _issuer_and_serial(certificate: asn1.Certificate) -> cms.IssuerAndSerialNumber:
    return cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})


def block_cipher(cipher: str, key: bytes) -> BlockCipherAlgorithm:
    if cipher.startswith("aes"):
        return AES(key)
    return TripleDES(key * (24 // len(key)))
