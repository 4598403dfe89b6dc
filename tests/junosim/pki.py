# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the PKI daemon of one device keeps: real keys, real certificates, requests, timers, its log.

A device answers from here and from the rows that its fleet file makes up (``Device.certificates``). Everything in here
is signed by somebody; everything there is only told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

PrivateKey = rsa.RSAPrivateKey | dsa.DSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Local:
    """A local certificate with its key, and the certificates that the CA sent along. ``loaded``: from a file."""

    certificate: x509.Certificate
    key: PrivateKey | None
    chain: tuple[x509.Certificate, ...] = ()
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """What a device tells of a re-enrollment: ``status`` raw, ``at`` the next trigger (None: not started)."""

    status: str
    at: datetime | None


@dataclass
class Pki:
    """Everything is keyed by certificate identifier, but ``acme_keys`` by acme-key-id and ``ca`` by ca-profile."""

    key_pairs: dict[str, PrivateKey] = field(default_factory=dict)
    acme_keys: dict[str, PrivateKey] = field(default_factory=dict)
    local: dict[str, Local] = field(default_factory=dict)
    ca: dict[str, tuple[x509.Certificate, ...]] = field(default_factory=dict)
    requests: dict[str, x509.CertificateSigningRequest] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)  # by absolute path: what was copied to the device
    modes: dict[str, int] = field(default_factory=dict)  # of files, by path
    log: list[str] = field(default_factory=list)  # lines of /var/log/messages, oldest first
    #: Called after anything above has changed: the daemon looks at its timers again.
    on_change: Callable[[], None] = lambda: None
