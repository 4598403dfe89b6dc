# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates a device says it has: replies of the show commands, in both XML shapes and as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import hexdigits
from typing import Any
from xml.sax.saxutils import escape

from . import madeup, names
from .release import order
from .rows import made


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
    key_algorithm: str = "rsaEncryption"
    ca: bool = False
    trigger: str | None = None  # raw text of the next trigger time; None: timer not started
    status: str | None = None  # raw text of the re-enrollment status; None: by the trigger
    signature_algorithm: str = "sha256WithRSAEncryption"
    alternate_subjects: tuple[str, ...] = ()
    crl_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    key_usage: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()  # of a chassis cluster, that hold it; empty: all
    # What only the new elements, and the text of those releases, tell.
    ca_profile: str | None = None
    cert_chain: str | None = None
    key_location: str | None = None

    @property
    def fingerprinted(self) -> bytes:
        """What the fingerprints are of: made up from the identifier and the serial number."""
        return f"{self.identifier} {self.serial}".encode()

    @property
    def key(self) -> bytes:
        """The public key, made up from the same."""
        return madeup.public_key(self.fingerprinted, self.key_bits)


def device_date(at: datetime) -> str:
    """``MM-DD-YYYY HH:MM UTC``, the day padded with a blank."""
    return f"{at.month:02d}-{at.day:2d}-{at.year} {at:%H:%M} UTC"


def new_shape(release: str, shape: str | None = None) -> bool:
    """Whether a device answers with the new elements. ``shape`` forces old or new."""
    return order(release) >= order("23.1R1") if shape is None else shape == "new"


def leaf(name: str, value: str | None) -> str:
    """An element; nothing where there is no value."""
    return f"<{name}>{escape(value)}</{name}>\n" if value else ""


def _series(name: str, values: Iterable[str]) -> str:
    """One list element with a leaf for each value; nothing where there is none."""
    leaves = "".join(leaf(name, value) for value in values)
    return f"<{name}-list>\n{leaves}</{name}-list>\n" if leaves else ""


def distinguished(element: str, name: str) -> str:
    return f"<{element}>\n<distinguished-name>\n{names.elements(name)}</distinguished-name>\n</{element}>\n"


def public_key(algorithm: str, bits: int, location: str | None = None) -> str:
    return (
        f"<public-key>\n{leaf('public-key-algorithm', algorithm)}"
        f"<public-key-length>{bits}</public-key-length>\n{leaf('public-key-location', location)}</public-key>\n"
    )


def xml_list(certificates: list[Certificate], release: str, shape: str | None = None) -> str:
    """The list element; empty for an empty store."""
    if not certificates:
        return "<x509-pki-certificate-info-list/>\n"
    entry = _new_entry if new_shape(release, shape) else _old_entry
    return f"<x509-pki-certificate-info-list>\n{''.join(map(entry, certificates))}</x509-pki-certificate-info-list>\n"


def _old_entry(item: Certificate) -> str:
    renewal = _renewal(item) if item.trigger or item.status else ""
    return (
        f"<pkid-x509-certificate-information>\n{leaf('identifier', item.identifier)}<version>3</version>\n"
        f"<serial-number-list>\n{leaf('serial-number-x509', item.serial)}</serial-number-list>\n"
        f"{distinguished('issuer-name', item.issuer)}{distinguished('subject-name', item.subject)}"
        f"{_extensions(item)}{renewal}</pkid-x509-certificate-information>\n"
    )


def _new_entry(item: Certificate) -> str:
    return (
        f"<x509-certificate-info>\n{leaf('identifier', item.identifier)}{leaf('ca-profile', item.ca_profile)}"
        f"<version>3</version>\n<serial-number-list>\n{leaf('serial-number-x509', item.serial)}"
        f"{leaf('serial-number-dec-x509', str(int(item.serial, 16)))}</serial-number-list>\n"
        f"{distinguished('issuer', item.issuer)}{distinguished('subject', item.subject)}"
        f"{leaf('cert-chain', item.cert_chain)}{_extensions(item, item.key_location)}{_renewal(item)}"
        "</x509-certificate-info>\n"
    )


def _extensions(item: Certificate, location: str | None = None) -> str:
    """What stands behind the names, alike in both shapes."""
    fingerprints = "".join(
        leaf("fingerprint-content", content) + leaf("fingerprint-hash-algorithm", algorithm)
        for content, algorithm in madeup.fingerprints(item.fingerprinted)
    )
    return (
        _series("subject-string", [item.subject])
        + _series("alternate-subject", map(names.alternate, item.alternate_subjects))
        + f"<validity>\n{leaf('not-before', device_date(item.not_before))}"
        + f"{leaf('not-after', device_date(item.not_after))}</validity>\n"
        + public_key(item.key_algorithm, item.key_bits, location)
        + f"<public-key-contents-list>\n{leaf('key-contents', _key(item, 12))}</public-key-contents-list>\n"
        + leaf("signature-algorithm", item.signature_algorithm)
        + _series("distribution-crl", item.crl_urls)
        + _series("authority-information-access-ocsp", item.ocsp_urls)
        + _series("key-usage", item.key_usage)
        + f"<fingerprint>\n{fingerprints}</fingerprint>\n"
    )


def _renewal(item: Certificate) -> str:
    if item.ca:
        return ""
    return (
        f"<auto-re-enrollment>\n{leaf('auto-re-enrollment-status', _status(item))}"
        f"{leaf('auto-re-enrollment-next-trigger-time', _trigger(item))}</auto-re-enrollment>\n"
    )


def _status(item: Certificate) -> str:
    return item.status or ("Enabled" if item.trigger else "Disabled")


def _trigger(item: Certificate) -> str:
    return item.trigger or "Timer not started"


def _key(item: Certificate, width: int, indent: str = "") -> str:
    return madeup.folded(item.key, width, indent)


def text_detail(certificates: list[Certificate], *, new: bool = False) -> str:
    """``new``: of a release that tells the new elements."""
    return "".join("".join(f"{line}\n" for line in _text(item, new)) for item in certificates)


def _text(item: Certificate, new: bool) -> Iterable[str]:
    yield f"Certificate identifier: {item.identifier}"
    yield "  Certificate version: 3"
    yield f"  Serial number: {item.serial}"
    yield f"  Issuer:\n    {names.in_words(item.issuer)}"
    yield f"  Subject:\n    {names.in_words(item.subject)}"
    yield f"  Subject string:\n    {item.subject}"
    if item.alternate_subjects:
        yield f"  Alternate subject: {names.alternate_line(item.alternate_subjects)}"
    if new and item.cert_chain:
        yield f"  Cert-Chain: {item.cert_chain}"
    yield f"  Validity:\n    Not before: {device_date(item.not_before)}\n    Not after: {device_date(item.not_after)}"
    yield f"  Public key algorithm: {item.key_algorithm}({item.key_bits} bits)\n    {_key(item, 20, '    ')}"
    if new and item.key_location:
        yield f"  Keypair Location: {item.key_location}"
    yield f"  Signature algorithm: {item.signature_algorithm}"
    yield from _below("Distribution CRL", item.crl_urls)
    yield from _below("Authority Information Access OCSP", item.ocsp_urls)
    if item.key_usage:
        yield f"  Use for key: {', '.join(item.key_usage)}"
    yield from _below(
        "Fingerprint", [f"{content} ({name})" for content, name in madeup.fingerprints(item.fingerprinted)]
    )
    if not item.ca:
        yield f"  Auto-re-enrollment:\n    Status: {_status(item)}\n    Next trigger time: {_trigger(item)}"


def _below(label: str, values: Iterable[str]) -> Iterable[str]:
    """A label, and the values in the lines below it; nothing where there is none."""
    lines = [f"    {value}" for value in values]
    return [f"  {label}:", *lines] if lines else []


def certificate(row: Mapping[str, Any]) -> Certificate:
    """From a fleet file: dates in ISO form with their zone (YAML's own timestamps are taken as UTC)."""
    item = made(Certificate, row, **{key: _aware(row[key]) for key in ("not_before", "not_after") if key in row})
    for name in (item.subject, item.issuer):
        names.check(name)
    if not set(item.serial) <= set(hexdigits):
        raise ValueError(f"certificate {item.identifier}: serial {item.serial!r} is not hexadecimal")
    return item


def _aware(value: str | datetime) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"certificate date {value!r}: write the zone, as in 2026-01-02T09:55:00Z")
    return at
