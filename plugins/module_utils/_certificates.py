# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates as records, from what a user gives and from what a device shows. Dates are aware datetimes in UTC.

Replies are read by walking the elements by their local names. Turning them into mappings first (jxmlease) was
considered: the keys would carry the namespace or prefix that each release writes differently, an element would be
a mapping where it stands once and a list where it repeats, and the pairs that a fingerprint repeats flat would fall
apart.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._elements import child_of, children_of, every, text_of
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError, ReplyError

try:
    from cryptography import x509
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True


@dataclass(frozen=True)
class Certificate:
    """One certificate. What the source does not tell is None, or empty for the identifier."""

    identifier: str
    not_before: datetime | None
    not_after: datetime | None
    subject: str | None = None
    issuer: str | None = None
    signature_algorithm: str | None = None
    node: str | None = None  # of a chassis cluster, where each node answers for itself


# ---- dates ----

# "04- 3-2018 09:13 UTC", seen on devices: the day padded with a blank, always UTC, no seconds.
_JUNOS_DATE = re.compile(r"(\d{1,2})-\s?(\d{1,2})-(\d{4})\s+(\d{1,2}):(\d{2})\s+UTC", re.ASCII)
# "20180403091300Z": ASN.1 GeneralizedTime, as community.crypto.x509_certificate_info answers.
_ASN1_DATE = re.compile(r"\d{14}Z", re.ASCII)


def iso(date: datetime) -> str:
    """ISO-8601 in UTC with ``Z``, to the second below."""
    return date.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


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
        if _JUNOS_DATE.fullmatch(text):
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
    if not HAS_CRYPTOGRAPHY:
        raise NetpkiError(
            f"{where}: reading PEM and DER needs the Python library cryptography. Install it with: "
            "pip install cryptography, or give a mapping with not_before and not_after."
        )
    pem = b"-----BEGIN" in data
    try:
        certificate = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
        return Certificate("", _x509_date(certificate, "not_valid_before"), _x509_date(certificate, "not_valid_after"))
    except (ValueError, x509.InvalidVersion) as error:
        raise InputError(f"{where}: the {'PEM' if pem else 'DER'} holds no certificate: {error}") from None


def _x509_date(certificate: object, name: str) -> datetime:
    # Before its release 42, cryptography has only the dates without a time zone, in UTC.
    date: datetime = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name)
    return date.replace(tzinfo=UTC)


# ---- what a device shows ----

_ENTRIES = {
    "pkid-x509-certificate-information",  # seen on 15.1X49
    "x509-certificate-info",  # the model, from 23.1R1
}
# The attributes of a distinguished name that were seen; the others keep their element's name.
_ATTRIBUTES = {"common-name": "CN", "organization-name": "O", "country-name": "C"}


def certificates_from_reply(reply: Any) -> list[Certificate]:
    """The certificates in the reply to ``get-pki-local-certificate`` or ``get-pki-ca-certificate``, in its order.

    Reads both shapes of the reply, alone or wrapped by a chassis cluster (then with the node's name). Any element may
    be missing; an empty list has no certificates. ReplyError where a date is there and cannot be read.
    """
    nodes = list(every(reply, "multi-routing-engine-item"))
    return [
        _from_entry(entry, text_of(node, "re-name") or None)
        for node in nodes or [reply]
        for entry in every(node, *_ENTRIES)
    ]


def _from_entry(entry: Any, node: str | None) -> Certificate:
    identifier = text_of(entry, "identifier")
    return Certificate(
        identifier=identifier,
        not_before=_entry_date(entry, identifier, "not-before"),
        not_after=_entry_date(entry, identifier, "not-after"),
        subject=_distinguished_name(entry, "subject") or _distinguished_name(entry, "subject-name"),
        issuer=_distinguished_name(entry, "issuer") or _distinguished_name(entry, "issuer-name"),
        signature_algorithm=text_of(entry, "signature-algorithm") or None,
        node=node,
    )


def _entry_date(entry: Any, identifier: str, name: str) -> datetime | None:
    text = text_of(entry, "validity", name)
    try:
        return parse_junos_date(text) if text else None
    except ReplyError as error:
        raise ReplyError(f"Certificate '{identifier}', {name}: {error}") from None


def _distinguished_name(entry: Any, holder: str) -> str | None:
    """``O=example, CN=corp-ca, C=us``: the attributes as they stand."""
    name = child_of(child_of(entry, holder), "distinguished-name")
    if name is None:
        return None
    parts = ((kind, text_of(part)) for kind, part in children_of(name))
    return ", ".join(f"{_ATTRIBUTES.get(kind, kind)}={text}" for kind, text in parts if text) or None
