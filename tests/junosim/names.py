# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names in a certificate: distinguished and alternate ones, as elements and in words."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.x509.oid import NameOID

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
    "E": ("email-address", "Email address"),
    "serialNumber": ("dn-serial-number", "Serial number"),
}
_OIDS = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "DC": NameOID.DOMAIN_COMPONENT,
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "serialNumber": NameOID.SERIAL_NUMBER,
}
_SHORT = {oid: short for short, oid in _OIDS.items()}
# What a subject may be made of in a request: a serial number is SN there.
_ASKED = {"SN" if short == "serialNumber" else short.upper(): oid for short, oid in _OIDS.items()}
_COMMA = re.compile(r"(?<!\\),")  # one that parts; one that belongs to a value has a backslash
_KINDS = ("email", "fqdn", "ipv4", "ipv6")  # of alternate names, in the order of the text


def _parts(text: str) -> list[tuple[str, str, str]]:
    """``CN=a, O=b`` as (element, words, value)."""
    parts = _split(text)
    if unknown := [key for key, _value in parts if key not in _NAMES]:
        raise ValueError(f"name {text!r}: {unknown[0]!r} is none of {', '.join(_NAMES)}")
    return [(*_NAMES[key], value) for key, value in parts]


def _split(text: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in _COMMA.split(text)] if text else []
    return [(key.strip(), value.strip().replace("\\,", ",")) for key, _dummy, value in parts]


def check(text: str) -> None:
    """ValueError for a distinguished name with a part that nobody could tell."""
    _parts(text)


def elements(text: str) -> str:
    """``CN=a, O=b`` as the elements of a distinguished name."""
    return "".join(f"<{element}>{escape(value)}</{element}>\n" for element, _dummy, value in _parts(text))


def in_words(text: str) -> str:
    return ", ".join(f"{words}: {value}" for _dummy, words, value in _parts(text))


def common(text: str) -> str:
    """The first common name, else nothing."""
    return next((value for key, value in _split(text) if key == "CN"), "")


def alternate(name: str) -> str:
    """An e-mail address stands in quotes."""
    return f'"{name}"' if "@" in name else name


def alternate_line(names: Iterable[str]) -> str:
    """The names by kind, and ``ipv4 empty`` where a kind has none."""
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for name in names:
        found[_kind(name)].append(alternate(name))
    return ", ".join(", ".join(found[kind]) or f"{kind} empty" for kind in _KINDS)


def _kind(name: str) -> str:
    if "@" in name:
        return "email"
    try:
        return f"ipv{ipaddress.ip_address(name).version}"
    except ValueError:
        return "fqdn"


# -- names in real certificates and requests


def of(name: x509.Name) -> str:
    """``CN=a, O=b``, in the order of the name; what a device has no element for is left out."""
    parts = ((_SHORT.get(part.oid), str(part.value).replace(",", "\\,")) for part in name)
    return ", ".join(f"{short}={value}" for short, value in parts if short)


def asked(subject: str) -> x509.Name:
    """The name that a request asks for, in the order it was written; ValueError for one that nobody can write."""
    parts = _split(subject)
    if unknown := [key for key, value in parts if key.upper() not in _ASKED or not value]:
        raise ValueError(f"subject {subject!r}: {unknown[0]!r}")
    return x509.Name([x509.NameAttribute(_ASKED[key.upper()], value) for key, value in parts])


def general(inputs: Mapping[str, str]) -> tuple[x509.GeneralName, ...]:
    """The alternate names that the inputs of a request ask for; ValueError for an address that is none."""
    found: list[x509.GeneralName] = []
    if email := inputs.get("email"):
        found.append(x509.RFC822Name(email))
    if domain := inputs.get("domain-name"):
        found.append(x509.DNSName(domain))
    if address := inputs.get("ip-address"):
        found.append(x509.IPAddress(ipaddress.IPv4Address(address)))
    if address := inputs.get("ipv6-address"):
        found.append(x509.IPAddress(ipaddress.IPv6Address(address)))
    return tuple(found)


def alternates(names: x509.SubjectAlternativeName) -> tuple[str, ...]:
    """E-mail addresses, domains and IP addresses, in the order of the certificate."""
    kinds = (x509.RFC822Name, x509.DNSName, x509.IPAddress)
    return tuple(str(name.value) for name in names if isinstance(name, kinds))
