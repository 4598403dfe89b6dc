# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's PKI really holds, as the records that its replies are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from . import names
from .certificates import Certificate, device_date
from .device import Device
from .loads import issued
from .pki import Local, Timer
from .stores import Request

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_LOCATION = "Keypair generated locally"
_MISSING = "Issuer CA Certificate Missing"
# In the order of a device, which is that of the bits from behind.
_USES = {
    "crl_sign": "CRL signing",
    "key_cert_sign": "Certificate signing",
    "key_agreement": "Key agreement",
    "data_encipherment": "Data encipherment",
    "key_encipherment": "Key encipherment",
    "content_commitment": "Non repudiation",
    "digital_signature": "Digital signature",
}


@dataclass(frozen=True, slots=True)
class Held(Certificate):
    """A record whose public key and fingerprints are those of a real certificate."""

    real: x509.Certificate | None = None

    @property
    def fingerprinted(self) -> bytes:
        assert self.real is not None
        return self.real.public_bytes(Encoding.DER)

    @property
    def key(self) -> bytes:
        assert self.real is not None
        return _key_bytes(self.real.public_key())


def certificates(device: Device) -> Iterator[Certificate]:
    pki = device.pki
    for name, local in pki.local.items():
        yield _local(device, name, local, pki.timers.get(name))
    for name, chain in pki.ca.items():
        yield from (_record(name, item, ca=True) for item in chain)


def requests(device: Device) -> Iterator[Request]:
    for name, item in device.pki.requests.items():
        algorithm, bits = _key_of(item.public_key())
        yield Request(name, names.of(item.subject), bits, algorithm)


def _local(device: Device, name: str, local: Local, timer: Timer | None) -> Held:
    profile, issuer = next(
        ((profile, by) for profile, chain in device.pki.ca.items() for by in chain if issued(local.certificate, by)),
        (None, None),
    )
    return _record(
        name,
        local.certificate,
        trigger=device_date(timer.at) if timer and timer.at else None,
        status=timer.status if timer else None,
        ca_profile=profile,
        cert_chain=_common_name(issuer) if issuer else _MISSING,
        key_location=_LOCATION,
    )


def _record(name: str, item: x509.Certificate, **more: object) -> Held:
    algorithm, bits = _key_of(item.public_key())
    return Held(
        identifier=name,
        subject=names.of(item.subject),
        issuer=names.of(item.issuer),
        not_before=item.not_valid_before_utc,
        not_after=item.not_valid_after_utc,
        serial=_serial(item.serial_number),
        key_bits=bits,
        key_algorithm=algorithm,
        signature_algorithm=item.signature_algorithm_oid._name,
        alternate_subjects=_alternates(item),
        crl_urls=tuple(_crl_urls(item)),
        ocsp_urls=tuple(_ocsp_urls(item)),
        key_usage=tuple(_key_usage(item)),
        real=item,
        **more,  # type: ignore[arg-type] # of the kinds that Held names
    )


def _serial(number: int) -> str:
    """Whole bytes, four and more."""
    digits = f"{number:08x}"
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def _common_name(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else names.of(certificate.subject)


# -- keys


def _key_of(key: object) -> tuple[str, int]:
    """The name of its algorithm as OpenSSL has it, and its length in bits."""
    if isinstance(key, rsa.RSAPublicKey):
        return "rsaEncryption", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "id-ecPublicKey", key.key_size
    return "dsaEncryption", key.key_size if isinstance(key, dsa.DSAPublicKey) else 0


def _key_bytes(key: object) -> bytes:
    """What stands inside the certificate: PKCS #1 for RSA, the point of a curve, the whole for others."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert isinstance(key, dsa.DSAPublicKey)
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


# -- extensions


def _extension(item: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return item.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _alternates(item: x509.Certificate) -> tuple[str, ...]:
    found = _extension(item, x509.SubjectAlternativeName)
    return names.alternates(found) if found is not None else ()


def _crl_urls(item: x509.Certificate) -> Iterator[str]:
    for point in _extension(item, x509.CRLDistributionPoints) or ():
        yield from (
            str(name.value) for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)
        )


def _ocsp_urls(item: x509.Certificate) -> Iterator[str]:
    for access in _extension(item, x509.AuthorityInformationAccess) or ():
        if access.access_method == AuthorityInformationAccessOID.OCSP:
            yield str(access.access_location.value)


def _key_usage(item: x509.Certificate) -> Iterator[str]:
    found = _extension(item, x509.KeyUsage)
    return (words for name, words in _USES.items() if found is not None and getattr(found, name))
