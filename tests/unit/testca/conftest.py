# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test CA without a network, on a clock that only the test moves, with keys that are made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from testca import authority
from testca.authority import Authority, Signer
from testca.config import config

START = datetime(2027, 1, 1, 12, tzinfo=UTC)


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """Of a client; the CA's have numbers below zero."""
    return rsa.generate_private_key(65537, 2048)


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def self_signed(number: int, serial: int = 1) -> Signer:
    public = key(number).public_key()
    builder = x509.CertificateBuilder().subject_name(name("client")).issuer_name(name("client")).serial_number(serial)
    builder = builder.not_valid_before(START).not_valid_after(START + timedelta(days=1)).public_key(public)
    return Signer(builder.sign(key(number), SHA256()), key(number))


class Sim:
    """An authority, its clock and what it wrote down."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.now = START
        self.entries: list[dict[str, Any]] = []
        self.rotations: list[Signer] = []
        self.authority = Authority(config(settings), lambda: self.now, self.entries.append, self.rotations.append)

    def move(self, **time: float) -> None:
        self.now += timedelta(**time)

    def issue(
        self, number: int, previous: x509.Certificate | None = None, names: Sequence[str] = ()
    ) -> authority.Issued:
        alternate = [x509.DNSName(each) for each in names]
        return self.authority.issue("p", "scep", key(number).public_key(), name("srx1"), alternate, previous)

    def certified(self, number: int) -> Signer:
        return Signer(self.issue(number).certificate, key(number))

    @property
    def outcome(self) -> list[tuple[str, str]]:
        return [(entry["what"], entry.get("reason", "")) for entry in self.entries]


@pytest.fixture
def bed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sim]:
    """Makes a CA with the profile p; keywords are settings of the profile, or of the CA where it has them."""
    numbers = count(1)
    monkeypatch.setattr(authority, "new_key", lambda: key(-next(numbers)))

    def make(profile: dict[str, Any] | None = None, **settings: Any) -> Sim:
        return Sim({"profiles": {"p": {"lifetime": "6d", **(profile or {})}}, **settings})

    return make
