# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's PKI holds besides certificates: requests, CRLs and statistics, as the models from 23.1R1 shape them.

No real reply of these was found: the names of the elements are the models', the layout and every value is a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from .certificates import named


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate request that waits to be answered."""

    identifier: str
    subject: str
    key_bits: int = 2048


@dataclass(frozen=True, slots=True)
class Crl:
    """A CRL of a ca-profile. The dates are raw text; ``revoked`` holds pairs of serial number and date."""

    identifier: str
    issuer: str
    number: str = "1"
    effective: str = ""
    next_update: str = ""
    revoked: tuple[tuple[str, str], ...] = ()


def request(row: Mapping[str, Any]) -> Request:
    return Request(**row)


def crl(row: Mapping[str, Any]) -> Crl:
    return Crl(**{**row, "revoked": tuple(tuple(map(str, pair)) for pair in row.get("revoked", ()))})


def requests_xml(requests: Iterable[Request]) -> str:
    """The entry of a certificate with what a request has of it."""
    entries = "".join(
        f"<x509-certificate-info>\n<identifier>{escape(item.identifier)}</identifier>\n"
        f"<subject>\n<distinguished-name>\n{named(item.subject)}</distinguished-name>\n</subject>\n"
        "<public-key>\n<public-key-algorithm>rsaEncryption</public-key-algorithm>\n"
        f"<public-key-length>{item.key_bits}</public-key-length>\n</public-key>\n</x509-certificate-info>\n"
        for item in requests
    )
    return f"<x509-pki-certificate-info-list>\n{entries}</x509-pki-certificate-info-list>\n"


def crls_xml(crls: Iterable[Crl]) -> str:
    return f"<x509-pkid-crl-information-list>\n{''.join(map(_crl_xml, crls))}</x509-pkid-crl-information-list>\n"


def _crl_xml(item: Crl) -> str:
    revoked = "".join(
        f"<crl-revocation-list>\n<revoked-cert-serial-number>{escape(serial)}</revoked-cert-serial-number>\n"
        f"<crl-revocation-date>{escape(date)}</crl-revocation-date>\n</crl-revocation-list>\n"
        for serial, date in item.revoked
    )
    return (
        f"<pkid-x509-crl-information>\n<identifier>{escape(item.identifier)}</identifier>\n<crl-version>2</crl-version>\n"
        f"<crl-number>{escape(item.number)}</crl-number>\n<crl-issuer>{escape(item.issuer)}</crl-issuer>\n"
        f"<crl-validity>\n<effective-date>{escape(item.effective)}</effective-date>\n"
        f"<next-update>{escape(item.next_update)}</next-update>\n</crl-validity>\n{revoked}</pkid-x509-crl-information>\n"
    )


def statistics_xml(counters: Mapping[str, int]) -> str:
    """Names and values in turn, as the model has them: no element stands around a pair."""
    pairs = "".join(
        f"<statistics-name>{escape(name)}</statistics-name>\n<statistics-value>{value}</statistics-value>\n"
        for name, value in counters.items()
    )
    return f"<pki-statistics>\n{pairs}</pki-statistics>\n"
