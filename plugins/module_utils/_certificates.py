# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate as a record, its dates, and what a user gives for one. Dates are aware datetimes in UTC.

What a device shows is read in _stores.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError, ReplyError

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True


@dataclass(frozen=True)
class Validity:
    """From when until when a certificate is valid: all that a renewal depends on."""

    identifier: str
    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True)
class Certificate(Validity):
    """One certificate. What the source does not tell is None, or empty."""

    subject: str | None = None
    issuer: str | None = None
    signature_algorithm: str | None = None
    node: str | None = None  # of a chassis cluster, where each node answers for itself
    logical_system: str | None = None
    version: str | None = None
    serial_number: str | None = None  # hexadecimal
    alternate_subjects: tuple[str, ...] = ()
    public_key_algorithm: str | None = None
    public_key_bits: int | None = None
    key_location: str | None = None
    crl_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    key_usage: tuple[str, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)  # by the hash algorithm
    ca_profile: str | None = None
    cert_chain: str | None = None
    status: str | None = None
    re_enrollment_status: str | None = None
    next_trigger: str | None = None  # as the device says it: the form of a date there is not documented
    raw: Mapping[str, Any] = field(default_factory=dict)  # what the source tells and nothing above stands for
    problems: tuple[str, ...] = ()  # what could not be understood

    def result(self, key: str) -> dict[str, Any]:
        """The same for a task's result, with the identifier under ``key`` and dates in ISO-8601 with ``Z``."""
        told = {name: _plain(value) for name, value in vars(self).items()}
        identifier = told.pop("identifier")
        told["auto_re_enrollment"] = {
            "status": told.pop("re_enrollment_status"),
            "next_trigger": told.pop("next_trigger"),
            "next_trigger_time": iso(self.next_trigger_time) if self.next_trigger_time else None,
        }
        return told | {key: identifier}

    @property
    def next_trigger_time(self) -> datetime | None:
        """The device's own next trigger time, where it reads as a date."""
        try:
            return parse_junos_date(self.next_trigger) if self.next_trigger else None
        except ReplyError:
            return None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return list(value) if isinstance(value, tuple) else value


# ---- dates ----

# "04- 3-2018 09:13 UTC", seen on devices: the day padded with a blank, always UTC, no seconds.
_JUNOS_DATE = re.compile(r"(\d{1,2})-\s?(\d{1,2})-(\d{4})\s+(\d{1,2}):(\d{2})\s+UTC", re.ASCII)
# "20180403091300Z": ASN.1 GeneralizedTime, as community.crypto.x509_certificate_info answers.
_ASN1_DATE = re.compile(r"\d{14}Z", re.ASCII)


def iso(date: datetime) -> str:
    """ISO-8601 in UTC with ``Z``, to the second below."""
    return date.astimezone(UTC).isoformat()[:19] + "Z"


def parse_junos_date(text: str) -> datetime:
    """``04- 3-2018 09:13 UTC`` (or ``04-03-2018``); ReplyError for anything else."""
    found = _JUNOS_DATE.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        month, day, year, hour, minute = map(int, found.groups())
        return datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        raise ReplyError(f"{text!r} is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'.") from None


def parse_date(value: object, where: str) -> datetime:
    """A user's point in time: a datetime, or a string in ISO-8601, the device's form or ASN.1's (20180403091300Z).

    ``where`` names the option in the InputError. Without a time zone it could be hours off, so it is refused.
    """
    date = value if isinstance(value, datetime) else _parse_text(value, where)
    if date.utcoffset() is None:
        raise InputError(f"{where}: '{value}' has no time zone. Add Z or an offset, for example 2026-01-02T09:55:00Z.")
    try:
        return date.astimezone(UTC)
    except OverflowError:
        raise InputError(f"{where}: '{value}' lies outside the years 1 to 9999.") from None


def _parse_text(value: object, where: str) -> datetime:
    if not isinstance(value, str):
        raise InputError(f"{where}: expected a date as a string, got {_kind(value)}.")
    text = value.strip()
    try:
        if text.endswith("UTC"):
            return parse_junos_date(text)
        if _ASN1_DATE.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
        return datetime.fromisoformat(text)
    except (ReplyError, ValueError):
        raise InputError(
            f"{where}: {value!r} is not a date. Write it in ISO-8601, for example 2026-01-02T09:55:00Z, "
            "or as the device shows it, for example '01- 2-2026 09:55 UTC'."
        ) from None


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a value of type {type(value).__name__}"


# ---- what a user gives ----


def certificate_from(value: object, where: str = "certificate") -> Certificate:
    """A certificate from a mapping with ``not_before`` and ``not_after``, PEM, DER, or DER in base64.

    The mapping may name itself with ``identifier`` or ``certificate_id``; other keys are ignored. Of several
    certificates in PEM the first one counts. From PEM and DER only the dates are read. ``where`` names the
    option in the InputError; NetpkiError says that the library cryptography is missing.
    """
    if isinstance(value, Mapping):
        return Certificate(
            identifier=str(value.get("identifier") or value.get("certificate_id") or ""),
            not_before=_date_in(value, "not_before", where),
            not_after=_date_in(value, "not_after", where),
        )
    if isinstance(value, str):
        return _from_encoded(value.encode() if "-----BEGIN" in value else _from_base64(value, where), where)
    if isinstance(value, bytes):
        return _from_encoded(value, where)
    raise InputError(f"{where}: expected a mapping with not_before and not_after, PEM or DER, got {_kind(value)}.")


def _date_in(value: Mapping[str, object], key: str, where: str) -> datetime:
    if value.get(key) is None:
        raise InputError(f"{where}: {key} is missing. Give both not_before and not_after.")
    return parse_date(value[key], f"{where}.{key}")


def _from_base64(text: str, where: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"{where}: the string is neither PEM nor DER in base64.") from None


def _from_encoded(data: bytes, where: str) -> Certificate:
    _need_cryptography(where)
    pem = b"-----BEGIN" in data
    try:
        certificate = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
        return Certificate("", certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    except (ValueError, x509.InvalidVersion) as error:
        raise InputError(f"{where}: the {'PEM' if pem else 'DER'} holds no certificate: {error}") from None


def fingerprints_of(pem: str, where: str) -> list[dict[str, str]]:
    """Of each certificate in a PEM text, its fingerprints by the algorithm, in lower-case hexadecimal digits."""
    _need_cryptography(where)
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise InputError(f"{where}: the PEM holds no certificate: {error}") from None
    algorithms = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}
    return [{name: each.fingerprint(by).hex() for name, by in algorithms.items()} for each in certificates]


def check_key(content: str, private_key: str, passphrase: str | None) -> None:
    """Whether a private key in PEM opens with its passphrase and belongs to the first certificate of a PEM text.

    :raises InputError: it does not; no part of the key or of the passphrase is in the message.
    """
    _need_cryptography("private_key")
    password = passphrase.encode() if passphrase else None
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError(
            "private_key: it is no private key in PEM, or passphrase does not open it, or it needs none."
        ) from None
    if key.public_key() != x509.load_pem_x509_certificates(content.encode())[0].public_key():
        raise InputError("private_key: it does not belong to the certificate in content.")


def _need_cryptography(where: str) -> None:
    if not HAS_CRYPTOGRAPHY:
        raise NetpkiError(
            f"{where}: reading PEM and DER needs the Python library cryptography. Install it with: "
            "pip install cryptography, or give a mapping with not_before and not_after."
        )
