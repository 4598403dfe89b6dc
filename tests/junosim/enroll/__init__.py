# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device asks of a CA, and what a CA answers, the same for every protocol.

Each module in here has ``enroll(order) -> Enrolled``. It blocks, knows nothing of the device, raises Pending or Failed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from ..pki import Local, PrivateKey


@dataclass(frozen=True, kw_only=True)
class Order:
    """One request for one certificate. ``current``, the certificate that it renews, makes it a renewal."""

    url: str
    key: PrivateKey  # of the new certificate
    subject: x509.Name
    alternate: tuple[x509.GeneralName, ...] = ()
    ca: tuple[x509.Certificate, ...] = ()  # what the ca-profile holds
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ca_identity: str = ""
    challenge_password: str = ""
    secret: str = ""
    reference: str = ""
    ca_dn: str = ""
    encryption: str = "des3"
    digest: str = "sha1"
    current: Local | None = None
    transaction: str = ""  # of a pending request: ask for its certificate instead of asking anew
    account: PrivateKey | None = None  # ACME
    email: str = ""
    domains: tuple[str, ...] = ()
    trust: Path | None = None  # certificates (PEM) that an https server may have; None: those that the machine trusts
    #: http-01: ``answer(token, key_authorization)`` serves it while the block runs.
    answer: Callable[[str, str], AbstractContextManager[object]] = lambda token, text: nullcontext()


@dataclass(frozen=True)
class Enrolled:
    """The new certificate, and the certificates of CAs that came with it."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


class Pending(Exception):
    """The CA has taken the request and decides later: ask again under this transaction."""

    def __init__(self, transaction: str) -> None:
        super().__init__(f"the CA has not decided about request {transaction} yet")
        self.transaction = transaction


class Failed(Exception):
    """The CA refused, or could not be reached: one sentence."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
