# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A signed request of ACME (RFC 8555, 6.2): a flattened JWS, all that it claims stands under the signature."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from josepy.b64 import b64decode, b64encode
from josepy.errors import Error as JoseError
from josepy.jwa import ES256, ES384, ES512, RS256, JWASignature
from josepy.jwk import JWK, JWKEC, JWKRSA

ALGORITHMS = ("RS256", "ES256", "ES384", "ES512")
_EC: dict[str, JWASignature] = {"secp256r1": ES256, "secp384r1": ES384, "secp521r1": ES512}


@dataclass(frozen=True, slots=True)
class Jws:
    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    def object(self) -> dict[str, Any] | None:
        """The payload; None where there is none."""
        if not self.payload:
            return None
        try:
            result = json.loads(self.payload)
        except ValueError:
            raise ValueError("the payload is no JSON") from None
        if not isinstance(result, dict):
            raise ValueError("the payload is no object")
        return result

    def proves(self, key: JWK) -> bool:
        """Whether the key made the signature, with the one algorithm that goes with it."""
        algorithm = RS256 if isinstance(key, JWKRSA) else _EC[key.key.curve.name]
        return self.header.get("alg") == algorithm.name and bool(algorithm.verify(key.key, self.signed, self.signature))


def read(body: bytes) -> Jws:
    """ValueError tells what is wrong with its form."""
    try:
        outer = json.loads(body)
        protected, payload, signature = (outer[name] for name in ("protected", "payload", "signature"))
        header = json.loads(b64decode(protected))
        signed = f"{protected}.{payload}".encode()
        result = Jws(header, b64decode(payload), signed, b64decode(signature))
    except (ValueError, KeyError, TypeError):
        raise ValueError("the body is no JWS") from None
    if not isinstance(header, dict) or set(outer) != {"protected", "payload", "signature"}:
        raise ValueError("the body is no JWS with one signature and one protected header")
    return result


def public_key(member: Any) -> JWK:
    """The key in a ``jwk`` member; ValueError when it is none of ours."""
    try:
        key = JWK.from_json(member)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("the jwk is no key") from None
    if not isinstance(key, JWKRSA | JWKEC):
        raise ValueError("the jwk is no RSA or ECDSA key")
    return key


def thumbprint(key: JWK) -> str:
    """RFC 7638: what names a key, and stands behind the token in a key authorization."""
    members = {name: value for name, value in key.to_json().items() if name in key.required}
    return base64url(sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest())


def base64url(data: bytes) -> str:
    return b64encode(data).decode()
