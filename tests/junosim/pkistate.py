# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's PKI daemon holds, as JSON, for tests."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .device import Device


def pki_state(device: Device) -> dict[str, Any]:
    pki = device.pki
    return {
        "now": iso(device.clock.now()),
        "key_pairs": sorted(pki.key_pairs),
        "acme_keys": sorted(pki.acme_keys),
        "local": {
            name: {**_certificate(local.certificate), "chain": [_certificate(one) for one in local.chain]}
            for name, local in pki.local.items()
        },
        "ca": {name: [_certificate(one) for one in found] for name, found in pki.ca.items()},
        "timers": {
            name: {"status": timer.status, "at": iso(timer.at) if timer.at else None}
            for name, timer in pki.timers.items()
        },
        "log": list(pki.log),
    }


def _certificate(certificate: x509.Certificate) -> dict[str, str]:
    public = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}",
        "key": sha256(public).hexdigest(),
        "not_before": iso(certificate.not_valid_before_utc),
        "not_after": iso(certificate.not_valid_after_utc),
        "pem": certificate.public_bytes(Encoding.PEM).decode(),
    }


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
