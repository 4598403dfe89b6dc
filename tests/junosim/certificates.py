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
    status: str | None = None  # raw text of the re-enrollment status; None: by the trigger
    signature_algorithm: str = "sha256WithRSAEncryption"
    alternate_subjects: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()  # of a chassis cluster, that hold it; empty: all
    ca_profile: str | None = None


def device_date(at: datetime) -> str:
    """``MM-DD-YYYY HH:MM UTC``, the day padded with a blank."""
    return f"{at.month:02d}-{at.day:2d}-{at.year} {at:%H:%M} UTC"


def new_shape(release: str) -> bool:
    return order(release) >= order("23.1R1")


# A distinguished name's short form, its XML element, and its words in text.
_NAMES = {
    "C": ("country-name", "Country"),
    "ST": ("state-or-province-name", "State"),
    "L": ("locality-name", "Locality"),
    "O": ("organization-name", "Organization"),
    "OU": ("organizational-unit-name", "Organizational unit"),
    "CN": ("common-name", "Common name"),
    "DC": ("domain-component", "Domain component"),
    "emailAddress": ("email-address", "Email address"),
    "serialNumber": ("dn-serial-number", "Serial number"),
}


def _parts(text: str) -> list[tuple[str, str, str]]:
    """``CN=a, O=b`` as (element, words, value)."""
    parts = [part.strip().partition("=") for part in text.split(",")]
    return [(*_NAMES[key.strip()], value.strip()) for key, _dummy, value in parts]


def named(text: str) -> str:
    """``CN=a, O=b`` as the elements of a distinguished name."""
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
    told = new or item.trigger or item.status
    renewal = (
        "<auto-re-enrollment>\n"
        f"<auto-re-enrollment-status>{escape(_status(item))}</auto-re-enrollment-status>\n"
        "<auto-re-enrollment-next-trigger-time>"
        f"{escape(item.trigger or 'Timer not started')}</auto-re-enrollment-next-trigger-time>\n</auto-re-enrollment>\n"
        if told and not item.ca
        else ""
    )
    profile = f"<ca-profile>{escape(item.ca_profile)}</ca-profile>\n" if new and item.ca_profile else ""
    names = "".join(
        f"<alternate-subject>{escape(_alternate(name))}</alternate-subject>\n" for name in item.alternate_subjects
    )
    return (
        f"<{entry}>\n<identifier>{escape(item.identifier)}</identifier>\n{profile}<version>3</version>\n"
        f"<serial-number-list>\n<serial-number-x509>{item.serial}</serial-number-x509>\n{decimal}</serial-number-list>\n"
        f"<{issuer}>\n<distinguished-name>\n{named(item.issuer)}</distinguished-name>\n</{issuer}>\n"
        f"<{subject}>\n<distinguished-name>\n{named(item.subject)}</distinguished-name>\n</{subject}>\n"
        f"<subject-string-list>\n<subject-string>{escape(item.subject)}</subject-string>\n</subject-string-list>\n"
        + (f"<alternate-subject-list>\n{names}</alternate-subject-list>\n" if names else "")
        + f"<validity>\n<not-before>{device_date(item.not_before)}</not-before>\n"
        f"<not-after>{device_date(item.not_after)}</not-after>\n</validity>\n"
        "<public-key>\n<public-key-algorithm>rsaEncryption</public-key-algorithm>\n"
        f"<public-key-length>{item.key_bits}</public-key-length>\n</public-key>\n"
        f"<signature-algorithm>{item.signature_algorithm}</signature-algorithm>\n{renewal}</{entry}>\n"
    )


def _status(item: Certificate) -> str:
    return item.status or ("Enabled" if item.trigger else "Disabled")


def _alternate(name: str) -> str:
    """An e-mail address stands in quotes."""
    return f'"{name}"' if "@" in name else name


def text_detail(certificates: list[Certificate]) -> str:
    return "".join(_text(item) for item in certificates)


def _text(item: Certificate) -> str:
    renewal = (
        f"  Auto-re-enrollment:\n    Status: {_status(item)}\n"
        f"    Next trigger time: {item.trigger or 'Timer not started'}\n"
    )
    names = f"  Alternate subject: {', '.join(map(_alternate, item.alternate_subjects))}\n"
    return (
        f"{'CA profile' if item.ca else 'Certificate identifier'}: {item.identifier}\n  Certificate version: 3\n"
        f"  Serial number: {item.serial}\n  Issuer:\n    {_in_words(item.issuer)}\n"
        f"  Subject:\n    {_in_words(item.subject)}\n  Subject string:\n    {item.subject}\n"
        f"{names if item.alternate_subjects else ''}"
        f"  Validity:\n    Not before: {device_date(item.not_before)}\n    Not after: {device_date(item.not_after)}\n"
        f"  Public key algorithm: rsaEncryption({item.key_bits} bits)\n"
        f"  Signature algorithm: {item.signature_algorithm}\n{'' if item.ca else renewal}"
    )


def certificate(row: dict[str, Any]) -> Certificate:
    """From a fleet file: dates in ISO form with their zone (YAML's own timestamps are taken as UTC)."""
    dates = {name: _aware(row[name]) for name in ("not_before", "not_after")}
    lists = {name: tuple(row[name]) for name in ("alternate_subjects", "nodes") if name in row}
    return Certificate(**{**row, **dates, **lists})


def _aware(value: str | datetime) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"certificate date {value!r}: write the zone, as in 2026-01-02T09:55:00Z")
    return at
