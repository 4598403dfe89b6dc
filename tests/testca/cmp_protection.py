# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who sent a CMP message: who knows a shared secret (PBM, RFC 4210 section 5.1.3.1), or who signs with a certificate.

The answer goes out protected the same way: with that secret, or with the signature of an intermediate.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from asn1crypto import algos, core
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from .authority import Signer
from .cmp_asn1 import AlgorithmIdentifier, Message, PbmParameter, ProtectedPart
from .signatures import digest, public_key, valid

PBM = "1.2.840.113533.7.66.13"
MACS = {
    "1.3.6.1.5.5.8.1.2": "sha1",
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}
MOST_ITERATIONS = 100_000  # nobody makes the CA compute for minutes


class BadProtection(Exception):
    """Nobody known protected the message, or it was changed since."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A shared secret with the parameters that the client chose; the answer takes them with a salt of its own."""

    reference: bytes  # senderKID
    secret: bytes
    hash: str
    iterations: int
    mac: str  # an identifier of MACS
    salt: bytes

    def algorithm(self) -> AlgorithmIdentifier:
        parameter = PbmParameter(
            {
                "salt": self.salt,
                "owf": {"algorithm": algos.DigestAlgorithmId.unmap(self.hash)},
                "iteration_count": self.iterations,
                "mac": {"algorithm": self.mac},
            }
        )
        return AlgorithmIdentifier({"algorithm": PBM, "parameters": parameter})

    def protect(self, data: bytes) -> bytes:
        key = self.secret + self.salt
        for _dummy in range(self.iterations):
            key = digest(self.hash, key)
        return hmac.digest(key, data, MACS[self.mac])

    def same(self, other: object) -> bool:
        return isinstance(other, Secret) and (self.reference, self.secret) == (other.reference, other.secret)

    def answering(self) -> Secret:
        return replace(self, salt=os.urandom(16))


@dataclass(frozen=True, slots=True)
class Certified:
    """The holder of a certificate; whether it is one of ours, and still valid, is for the authority to say."""

    certificate: x509.Certificate

    def same(self, other: object) -> bool:
        return isinstance(other, Certified) and self.certificate == other.certificate


Sender = Secret | Certified


@dataclass(frozen=True, slots=True)
class Signature:
    """How an intermediate protects what it sends."""

    signer: Signer

    @property
    def reference(self) -> bytes:
        return self.signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest

    def algorithm(self) -> AlgorithmIdentifier:
        sha256_rsa = algos.SignedDigestAlgorithmId.unmap("sha256_rsa")
        return AlgorithmIdentifier({"algorithm": sha256_rsa, "parameters": core.Null()})

    def protect(self, data: bytes) -> bytes:
        return self.signer.key.sign(data, PKCS1v15(), SHA256())


def sender(message: Message, secrets: Mapping[str, str]) -> Sender:
    """Who protected the message, or BadProtection. ValueError and the like when its parts cannot be read."""
    header = message["header"]
    if header["protection_alg"].native is None or message["protection"].native is None:
        raise BadProtection("the message is not protected")
    data = ProtectedPart({"header": header, "body": message["body"]}).dump()
    protection = message["protection"].native
    algorithm = header["protection_alg"].untag()
    if algorithm["algorithm"].dotted != PBM:
        return _certified(message, algos.SignedDigestAlgorithm.load(algorithm.dump()), protection, data)
    reference = header["sender_kid"].native or b""
    secret = secrets.get(reference.decode("ascii", "replace"))
    if secret is None:
        raise BadProtection("the reference is not known")
    known = _secret(reference, secret, algorithm["parameters"].parse(PbmParameter))
    if not hmac.compare_digest(known.protect(data), protection):
        raise BadProtection("the secret is wrong")
    return known


def _secret(reference: bytes, secret: str, parameter: PbmParameter) -> Secret:
    mac, iterations = parameter["mac"]["algorithm"].dotted, parameter["iteration_count"].native
    hash_ = algos.DigestAlgorithmId(parameter["owf"]["algorithm"].dotted).native
    if mac not in MACS or hash_ not in MACS.values() or not 0 < iterations <= MOST_ITERATIONS:
        raise BadProtection("the parameters of the protection by a secret are not taken")
    return Secret(reference, secret.encode(), hash_, iterations, mac, parameter["salt"].native)


def _certified(message: Message, algorithm: algos.SignedDigestAlgorithm, protection: bytes, data: bytes) -> Certified:
    """The certificate that the sender names by its key identifier, otherwise the first one, as RFC 4210 has it."""
    if not message["extra_certs"]:
        raise BadProtection("the message is signed, and the certificate of who signed it is not in it")
    certificates = list(message["extra_certs"])
    name = message["header"]["sender_kid"].native
    own = next((row for row in certificates if name and row.key_identifier == name), certificates[0])
    if not valid(public_key(own.public_key), algorithm, protection, data):
        raise BadProtection("the signature of the message is wrong")
    return Certified(x509.load_der_x509_certificate(own.dump()))
