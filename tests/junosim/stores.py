# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's PKI holds besides certificates: requests, CRLs and statistics, as the models from 23.1R1 shape them.

No real reply of these was found, but for the text of requests: the names of the elements are the models', the layout
and every value is a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import names
from .certificates import distinguished, leaf, public_key
from .rows import made


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate request that waits to be answered."""

    identifier: str
    subject: str
    key_bits: int = 2048
    key_algorithm: str = "rsaEncryption"


@dataclass(frozen=True, slots=True)
class Crl:
    """A CRL of a ca-profile. The dates are raw text; ``revoked`` holds pairs of serial number and date."""

    identifier: str
    issuer: str
    number: str = "1"
    effective: str = ""
    next_update: str = ""
    last_download: str | None = None  # told by the new elements only
    revoked: tuple[tuple[str, str], ...] = ()


def request(row: Mapping[str, Any]) -> Request:
    item = made(Request, row)
    names.check(item.subject)
    return item


def crl(row: Mapping[str, Any]) -> Crl:
    item = made(Crl, row)
    if any(len(pair) != 2 for pair in item.revoked):
        raise ValueError(f"crl {item.identifier}: revoked holds pairs of serial number and date")
    return replace(item, revoked=tuple((str(serial), str(date)) for serial, date in item.revoked))


def requests_xml(requests: Iterable[Request], *, new: bool = True) -> str:
    """The entry of a certificate with what a request has of it."""
    entry, subject = (
        ("x509-certificate-info", "subject") if new else ("pkid-x509-certificate-information", "subject-name")
    )
    entries = "".join(
        f"<{entry}>\n{leaf('identifier', item.identifier)}{distinguished(subject, item.subject)}"
        f"{public_key(item.key_algorithm, item.key_bits)}</{entry}>\n"
        for item in requests
    )
    return f"<x509-pki-certificate-info-list>\n{entries}</x509-pki-certificate-info-list>\n"


def requests_text(requests: Iterable[Request]) -> str:
    return "".join(
        f"Certificate identifier: {item.identifier}\n  Issued to: {names.common(item.subject)}\n"
        f"  Public key algorithm: {item.key_algorithm}({item.key_bits} bits)\n"
        for item in requests
    )


def crls_xml(crls: Iterable[Crl], *, new: bool = True) -> str:
    entries = "".join(_crl_xml(item, new) for item in crls)
    return f"<x509-pkid-crl-information-list>\n{entries}</x509-pkid-crl-information-list>\n"


def _crl_xml(item: Crl, new: bool) -> str:
    revoked = "".join(
        f"<crl-revocation-list>\n{leaf('revoked-cert-serial-number', serial)}"
        f"{leaf('crl-revocation-date', date)}</crl-revocation-list>\n"
        for serial, date in item.revoked
    )
    return (
        f"<pkid-x509-crl-information>\n{leaf('identifier', item.identifier)}<crl-version>2</crl-version>\n"
        f"{leaf('crl-number', item.number)}{leaf('crl-issuer', item.issuer)}<crl-validity>\n"
        f"{leaf('effective-date', item.effective)}{leaf('next-update', item.next_update)}"
        f"{leaf('last-download', item.last_download if new else None)}</crl-validity>\n"
        f"{revoked}</pkid-x509-crl-information>\n"
    )


def statistics_xml(counters: Mapping[str, int]) -> str:
    """Names and values in turn, as the model has them: no element stands around a pair."""
    pairs = "".join(
        leaf("statistics-name", name) + leaf("statistics-value", str(value)) for name, value in counters.items()
    )
    return f"<pki-statistics>\n{pairs}</pki-statistics>\n"
