# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates a device says it has: replies of the show commands, in both XML shapes and as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from .release import order


@dataclass(frozen=True, slots=True)
class Certificate:
    """``not_before`` and ``not_after`` as aware datetimes; ``ca`` says that it is a ca-profile's certificate."""

    identifier: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    serial: str = "00043da0"
    key_bits: int = 2048
    ca: bool = False
    trigger: str | None = None  # raw text of the next trigger time; None: timer not started


def device_date(at: datetime) -> str:
    """``MM-DD-YYYY HH:MM UTC``, the day padded with a blank."""
    return f"{at.month:02d}-{at.day:2d}-{at.year} {at:%H:%M} UTC"


def new_shape(release: str) -> bool:
    return order(release) >= order("23.1R1")


# A distinguished name's short form, its XML element, and its words in text.
_NAMES = {
    "C": ("country-name", "Country"),
    "ST": ("state-name", "State"),
    "L": ("locality-name", "Locality"),
    "O": ("organization-name", "Organization"),
    "OU": ("organization-unit-name", "Organizational unit"),
    "CN": ("common-name", "Common name"),
    "DC": ("domain-component", "Domain component"),
}


def _parts(text: str) -> list[tuple[str, str, str]]:
    """``CN=a, O=b`` as (element, words, value)."""
    parts = [part.strip().partition("=") for part in text.split(",")]
    return [(*_NAMES[key.strip()], value.strip()) for key, _dummy, value in parts]


def _name(text: str) -> str:
    return "".join(f"<{element}>{escape(value)}</{element}>\n" for element, _dummy, value in _parts(text))


def _in_words(text: str) -> str:
    return ", ".join(f"{words}: {value}" for _dummy, words, value in _parts(text))


def xml_list(certificates: list[Certificate], release: str, shape: str | None = None) -> str:
    """The list element; empty for an empty store. ``shape`` forces old or new."""
    new = new_shape(release) if shape is None else shape == "new"
    if not certificates:
        return "<x509-pki-certificate-info-list/>\n"
    entries = "".join(_entry(certificate, new) for certificate in certificates)
    return f"<x509-pki-certificate-info-list>\n{entries}</x509-pki-certificate-info-list>\n"


def _entry(item: Certificate, new: bool) -> str:
    entry, issuer, subject = (
        ("x509-certificate-info", "issuer", "subject")
        if new
        else ("pkid-x509-certificate-information", "issuer-name", "subject-name")
    )
    decimal = f"<serial-number-dec-x509>{int(item.serial, 16)}</serial-number-dec-x509>\n" if new else ""
    renewal = (
        "<auto-re-enrollment>\n"
        f"<auto-re-enrollment-status>{'Enabled' if item.trigger else 'Disabled'}</auto-re-enrollment-status>\n"
        "<auto-re-enrollment-next-trigger-time>"
        f"{escape(item.trigger or 'Timer not started')}</auto-re-enrollment-next-trigger-time>\n</auto-re-enrollment>\n"
        if new and not item.ca
        else ""
    )
    return (
        f"<{entry}>\n<identifier>{escape(item.identifier)}</identifier>\n<version>3</version>\n"
        f"<serial-number-list>\n<serial-number-x509>{item.serial}</serial-number-x509>\n{decimal}</serial-number-list>\n"
        f"<{issuer}>\n<distinguished-name>\n{_name(item.issuer)}</distinguished-name>\n</{issuer}>\n"
        f"<{subject}>\n<distinguished-name>\n{_name(item.subject)}</distinguished-name>\n</{subject}>\n"
        f"<subject-string-list>\n<subject-string>{escape(item.subject)}</subject-string>\n</subject-string-list>\n"
        f"<validity>\n<not-before>{device_date(item.not_before)}</not-before>\n"
        f"<not-after>{device_date(item.not_after)}</not-after>\n</validity>\n"
        "<public-key>\n<public-key-algorithm>rsaEncryption</public-key-algorithm>\n"
        f"<public-key-length>{item.key_bits}</public-key-length>\n</public-key>\n"
        f"<signature-algorithm>sha256WithRSAEncryption</signature-algorithm>\n{renewal}</{entry}>\n"
    )


def text_detail(certificates: list[Certificate]) -> str:
    return "".join(_text(item) for item in certificates)


def _text(item: Certificate) -> str:
    renewal = (
        f"  Auto-re-enrollment:\n    Status: {'Enabled' if item.trigger else 'Disabled'}\n"
        f"    Next trigger time: {item.trigger or 'Timer not started'}\n"
    )
    return (
        f"{'CA profile' if item.ca else 'Certificate identifier'}: {item.identifier}\n  Certificate version: 3\n"
        f"  Serial number: {item.serial}\n  Issuer:\n    {_in_words(item.issuer)}\n"
        f"  Subject:\n    {_in_words(item.subject)}\n  Subject string:\n    {item.subject}\n"
        f"  Validity:\n    Not before: {device_date(item.not_before)}\n    Not after: {device_date(item.not_after)}\n"
        f"  Public key algorithm: rsaEncryption({item.key_bits} bits)\n"
        f"  Signature algorithm: sha256WithRSAEncryption\n{'' if item.ca else renewal}"
    )


def certificate(row: dict[str, Any]) -> Certificate:
    """From a fleet file: dates in ISO form with their zone (YAML's own timestamps are taken as UTC)."""
    dates = {name: _aware(row[name]) for name in ("not_before", "not_after")}
    return Certificate(**{**row, **dates})


def _aware(value: str | datetime) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"certificate date {value!r}: write the zone, as in 2026-01-02T09:55:00Z")
    return at
