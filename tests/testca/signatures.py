# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signatures as SCEP and CMP carry them: an algorithm identifier, and what it means for a key of some kind."""

from __future__ import annotations

from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_der_public_key

from .authority import PublicKey

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "md5": hashes.MD5,
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def public_key(info: keys.PublicKeyInfo) -> PublicKey:
    """ValueError for a kind of key that nobody here knows."""
    try:
        key = load_der_public_key(info.dump())
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    if not isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey):
        raise ValueError(f"a key of the kind {type(key).__name__} is not known")
    return key


def digest(name: str, data: bytes) -> bytes:
    state = hashes.Hash(HASHES[name]())
    state.update(data)
    return state.finalize()


def valid(
    key: PublicKey, algorithm: algos.SignedDigestAlgorithm, signature: bytes, data: bytes, hash_: str = ""
) -> bool:
    """``hash_`` for an algorithm that does not name one itself, as rsaEncryption in CMS."""
    try:
        function = HASHES[hash_ or algorithm.hash_algo]()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, PKCS1v15(), function)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(function))
        else:
            key.verify(signature, data, function)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, KeyError):
        return False
    return True
