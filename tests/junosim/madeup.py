# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a fleet file does not give of a certificate and a device tells: a public key, fingerprints.

They are made up: the same seed gives the same key, another seed another one. Nothing is signed with them.
"""

from __future__ import annotations

import hashlib


def public_key(seed: bytes, bits: int) -> bytes:
    """The form of an RSA public key of that length (PKCS #1, DER)."""
    number = bytearray(hashlib.shake_256(seed).digest(bits // 8))
    number[0] |= 0x80
    number[-1] |= 1
    return _der(0x30, _der(0x02, b"\0" + number) + _der(0x02, b"\1\0\1"))


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    packed = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (packed if size < 0x80 else bytes([0x80 | len(packed)]) + packed) + body


def fingerprints(data: bytes) -> list[tuple[str, str]]:
    """(content, algorithm) in the order of a device."""
    return [(hashlib.new(name, data, usedforsecurity=False).digest().hex(":"), name) for name in ("sha1", "md5")]


def folded(data: bytes, width: int, indent: str = "") -> str:
    """Lines of so many bytes, as pairs of digits with colons between them."""
    parts = (data[at : at + width].hex(":") for at in range(0, len(data), width))
    return f"\n{indent}".join(parts)
