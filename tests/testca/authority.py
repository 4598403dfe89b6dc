# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The authority behind all protocols: it issues, refuses, lets wait, and writes down which of these it did.

Knows neither network nor disk; the time is an argument. The protocols ask it, and tell its decision in their own words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .config import Config, Profile

PublicKey = rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey

DECADES = timedelta(days=30 * 365)  # of a CA certificate: longer than any test
EMPTY = x509.Name([])


class Why(Enum):
    """Why a request is refused; each protocol has its own word for it."""

    KEY_TYPE = "key type"
    SAME_KEY = "same key"
    EXPIRED = "expired"  # the certificate that it renews
    UNKNOWN = "unknown"  # the certificate that it renews was not issued here
    REQUEST = "request"  # the request itself is wrong: its password, its proof of possession, its form


class Refused(Exception):
    """The request is refused for good; the text is one sentence for people."""

    def __init__(self, why: Why, reason: str) -> None:
        super().__init__(reason)
        self.why = why


class Held(Exception):
    """The request waits until the profile is released: ask ``held``, then ``issue`` again."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A CA certificate with its key. RSA, because SCEP encrypts to it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Issued:
    """``chain``: the intermediate that signed it, then the root."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


class Authority:
    """``log`` takes each decision as a mapping, in the order they were made. Threads may share an authority."""

    def __init__(
        self,
        config: Config,
        now: Callable[[], datetime],
        log: Callable[[dict[str, Any]], None] = lambda entry: None,
        on_rotation: Callable[[Signer], None] = lambda signer: None,
    ) -> None:
        self.config, self.now, self._log, self._on_rotation = config, now, log, on_rotation
        self._lock = threading.RLock()
        self._held = {name for name, profile in config.profiles.items() if profile.hold}
        self._down = False
        self._rotated = 0  # by hand, beside the rotations of the configuration
        self._keys: set[str] = set()  # fingerprints of keys that have a certificate
        self._issued: dict[int, bytes] = {}  # fingerprint by serial number
        self.root = self._ca(f"{config.name} Root", None)
        self._intermediates = [self._ca(f"{config.name} Intermediate 1", self.root)]

    # -- what the control and the clock change

    def hold(self, profile: str) -> None:
        self._held.add(profile)

    def release(self, profile: str) -> None:
        self._held.discard(profile)

    def held(self, profile: str) -> bool:
        return profile in self._held

    def rotate(self) -> None:
        """From now on a new intermediate, with a new key, signs."""
        with self._lock:
            self._rotated += 1

    def stop(self) -> None:
        self._down = True

    def resume(self) -> None:
        self._down = False

    def down(self, profile: str) -> bool:
        """Whether nothing answers now: by hand, or as the configuration says."""
        now = self.now()
        return self._down or any(
            outage.start <= now < outage.end and (outage.profiles is None or profile in outage.profiles)
            for outage in self.config.outages
        )

    @property
    def intermediate(self) -> Signer:
        """The one that signs now."""
        return self.intermediates[-1]

    @property
    def intermediates(self) -> Sequence[Signer]:
        """All so far, the current one last. The earlier ones only read and answer what is still sent to them."""
        with self._lock:
            now = self.now()
            wanted = 1 + self._rotated + sum(at <= now for at in self.config.rotations)
            while len(self._intermediates) < wanted:
                number = len(self._intermediates) + 1
                self._intermediates.append(self._ca(f"{self.config.name} Intermediate {number}", self.root))
                self._on_rotation(self._intermediates[-1])
            return tuple(self._intermediates)

    # -- decisions

    def issue(
        self,
        profile: str,
        protocol: str,
        public_key: PublicKey,
        subject: x509.Name,
        alternate: Sequence[x509.GeneralName] = (),
        previous: x509.Certificate | None = None,
    ) -> Issued:
        """A certificate for what was asked, Held, or Refused. ``previous``: the certificate that this renews."""
        rules = self.config.profiles[profile]
        with self._lock:
            now = self.now()
            facts = {"subject": text_of(subject), "key": fingerprint(public_key)}
            facts |= {"renews": f"{previous.serial_number:x}"} if previous else {}
            try:
                self._examine(rules, public_key, previous, now)
            except Refused as refused:
                self.record(profile, protocol, "refused", reason=str(refused), **facts)
                raise
            if self.held(profile):
                self.record(profile, protocol, "pending", **facts)
                raise Held
            signer = self.intermediate
            certificate = _end_entity(signer, public_key, subject, alternate, now, now + rules.lifetime)
            self._keys.add(facts["key"])
            self._issued[certificate.serial_number] = certificate.fingerprint(SHA256())
            self.record(
                profile,
                protocol,
                "issued",
                serial=f"{certificate.serial_number:x}",
                not_before=_iso(certificate.not_valid_before_utc),
                not_after=_iso(certificate.not_valid_after_utc),
                intermediate=common_name(signer.certificate.subject),
                **facts,
            )
            return Issued(certificate, (signer.certificate, self.root.certificate))

    def refuse(self, profile: str, protocol: str, reason: str, subject: x509.Name = EMPTY) -> NoReturn:
        """What a protocol refuses by itself, a wrong password for example: written down, then raised."""
        self.record(profile, protocol, "refused", reason=reason, subject=text_of(subject))
        raise Refused(Why.REQUEST, reason)

    def issued(self, certificate: x509.Certificate) -> bool:
        """Whether it is one of ours."""
        return self._issued.get(certificate.serial_number) == certificate.fingerprint(SHA256())

    def record(self, profile: str, protocol: str, what: str, **facts: str) -> None:
        self._log({"at": _iso(self.now()), "profile": profile, "protocol": protocol, "what": what, **facts})

    def _examine(self, rules: Profile, public_key: PublicKey, previous: x509.Certificate | None, now: datetime) -> None:
        kind, size = key_type(public_key)
        if rules.key_types is not None and not {kind, f"{kind}-{size}"} & set(rules.key_types):
            raise Refused(Why.KEY_TYPE, f"a key of the type {kind}-{size} is not taken")
        if previous is not None and not self.issued(previous):
            raise Refused(Why.UNKNOWN, "the certificate to renew was not issued here")
        if previous is not None and previous.not_valid_after_utc < now:
            raise Refused(Why.EXPIRED, f"the certificate to renew expired on {_iso(previous.not_valid_after_utc)}")
        if rules.refuse_same_key and fingerprint(public_key) in self._keys:
            raise Refused(Why.SAME_KEY, "the key has a certificate already, a new one needs a new key")

    def _ca(self, name: str, issuer: Signer | None) -> Signer:
        key = new_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        public = key.public_key()
        start = self.now()
        usage = x509.KeyUsage(
            True, False, True, False, False, True, True, False, False
        )  # as the SCEP and CMP server too
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + DECADES if issuer is None else issuer.certificate.not_valid_after_utc)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None if issuer is None else 0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        if issuer is not None:
            builder = builder.add_extension(_names_issuer(issuer), critical=False)
        return Signer(builder.sign(key if issuer is None else issuer.key, SHA256()), key)


def _end_entity(
    signer: Signer,
    public_key: PublicKey,
    subject: x509.Name,
    alternate: Sequence[x509.GeneralName],
    start: datetime,
    end: datetime,
) -> x509.Certificate:
    rsa_key = isinstance(public_key, rsa.RSAPublicKey)
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.certificate.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, False, rsa_key, False, False, False, False, False, False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_names_issuer(signer), critical=False)
    )
    if alternate:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternate), critical=subject == EMPTY)
    return builder.sign(signer.key, SHA256())


def _names_issuer(issuer: Signer) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def key_type(public_key: PublicKey) -> tuple[str, int]:
    kind = {rsa.RSAPublicKey: "rsa", dsa.DSAPublicKey: "dsa", ec.EllipticCurvePublicKey: "ecdsa"}
    return next(name for type_, name in kind.items() if isinstance(public_key, type_)), public_key.key_size


def fingerprint(public_key: PublicKey) -> str:
    """SHA-256 of the public key (SubjectPublicKeyInfo), as hexadecimal digits."""
    return sha256(public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def text_of(name: x509.Name) -> str:
    """In the order of the certificate: ``C=DE,CN=srx1``."""
    return ",".join(relative.rfc4514_string() for relative in name.rdns)


def common_name(name: x509.Name) -> str:
    return str(name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
