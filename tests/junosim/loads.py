# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates from files on the device: loaded, verified, written back to a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from lxml import etree

from . import files
from .certificates import leaf
from .database import Refused
from .device import Device, Session
from .inputs import chosen, inputs
from .loading import Problem
from .pki import Local, PrivateKey
from .release import order
from .requests import NO_KEY, Handler, is_text, need_profile, output

CA_OCCUPIED = "Command aborted as CA certificate already exists. Retry after clearing the existing CA certificate"
CA_LOADED = "CA certificate for profile {} loaded successfully"
LOCAL_OCCUPIED = (
    "Command aborted as local certificate already exists. Retry after clearing the existing local certificate"
)
_KEY_OCCUPIED = "Command aborted as key file already exists. Retry after clearing the existing key file"


def load_ca(session: Session, rpc: etree._Element) -> str:
    found, device = inputs(rpc, need=("ca-profile", "filename")), session.device
    session.need_permission()
    name = found["ca-profile"]
    need_free_profile(device, name)
    hold_ca(device, name, certificates_in(files.read(device, session.login.user, found["filename"])))
    if is_text(rpc):
        return output(CA_LOADED.format(name))
    return f"<cert-ca-load-status>\n{leaf('cert-ca-profile', name)}</cert-ca-load-status>\n"


def need_free_profile(device: Device, name: str) -> None:
    """A ca-profile that is configured and holds no certificate."""
    need_profile(device, name)
    if name in device.pki.ca or any(item.ca and item.identifier == name for item in device.certificates):
        raise Refused(Problem(CA_OCCUPIED))


def hold_ca(device: Device, name: str, certificates: Iterable[x509.Certificate]) -> None:
    device.pki.ca[name] = tuple(certificates)
    device.pki.on_change()


def load_local(session: Session, rpc: etree._Element) -> str:
    found = inputs(rpc, need=("certificate-id", "filename"), may=("key", "passphrase"))
    session.need_permission()
    device, user, name = session.device, session.login.user, found["certificate-id"]
    if name in device.pki.local or any(not item.ca and item.identifier == name for item in device.certificates):
        raise Refused(Problem(LOCAL_OCCUPIED))
    certificate, *chain = certificates_in(files.read(device, user, found["filename"]))
    stored = device.pki.key_pairs.get(name)
    if "key" in found:
        if stored is not None:
            raise Refused(Problem(_KEY_OCCUPIED))
        stored = _key(files.read(device, user, found["key"]), found.get("passphrase"))
    if stored is None:
        raise Refused(Problem(NO_KEY))
    if certificate.public_key() != stored.public_key():
        raise Refused(Problem(f"certificate and key pair of {name} do not match"))
    device.pki.key_pairs[name] = stored
    device.pki.local[name] = Local(certificate, stored, tuple(chain), loaded=True)
    device.pki.on_change()
    if is_text(rpc):
        return output("Local certificate loaded successfully")
    return f"<cert-load-status>\n{leaf('cert-certificate-id', name)}</cert-load-status>\n"


def certificates_in(data: bytes) -> list[x509.Certificate]:
    """One as DER, or one and more as PEM."""
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except ValueError:
        raise Refused(Problem("the file holds no certificate")) from None


def _key(data: bytes, passphrase: str | None) -> PrivateKey:
    try:
        secret = passphrase.encode() if passphrase else None
        return serialization.load_pem_private_key(data, secret)  # type: ignore[return-value] # no other kind is here
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused(Problem("the private key cannot be read")) from None


# -- verify


def verify_ca(session: Session, rpc: etree._Element) -> str:
    name, device = inputs(rpc, need=("ca-profile",))["ca-profile"], session.device
    need_profile(device, name)
    held = device.pki.ca.get(name)
    if not held:
        return output(f"CA certificate {name} not found in local database")
    problem = next((text for item in held if (text := _outside(item, device.clock.now()))), None)
    return output(f"CA certificate {name} {problem}" if problem else f"CA certificate {name} verified successfully")


def verify_local(session: Session, rpc: etree._Element) -> str:
    name, device = inputs(rpc, need=("certificate-id",))["certificate-id"], session.device
    word = "local" if order(device.spec.release) >= order("25.4R1") else "Local"
    held = device.pki.local.get(name)
    if held is None:
        return output(f"{word} certificate {name} not found in local database")
    now = device.clock.now()
    if problem := _outside(held.certificate, now):
        return output(f"{word} certificate {name} {problem}")
    if not _trusted(device, held, now):
        return output(f"{word} certificate {name} verification failed: issuer CA certificate is missing")
    return output(f"{word} certificate {name} verification success")


def _outside(certificate: x509.Certificate, now: datetime) -> str | None:
    if now < certificate.not_valid_before_utc:
        return "is not valid yet"
    return "has expired" if now > certificate.not_valid_after_utc else None


def _trusted(device: Device, held: Local, now: datetime) -> bool:
    """Whether it leads to a CA certificate that is held and in its dates, if need be by what came along with it."""
    anchors = [item for certificates in device.pki.ca.values() for item in certificates]
    at, left = held.certificate, list(held.chain)
    while True:
        if any(issued(at, by) and not _outside(by, now) for by in anchors):
            return True
        above = next((item for item in left if issued(at, item) and not _outside(item, now)), None)
        if above is None:
            return False
        left.remove(above)
        at = above


def issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    """Whether one certificate is signed by the other."""
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


# -- export


def export(session: Session, rpc: etree._Element) -> str:
    found = inputs(rpc, need=("certificate-id", "filename"), may=("type",))
    form = chosen(found, "type", "pem", ("pem", "der"))
    session.need_permission()
    device, name = session.device, found["certificate-id"]
    held = device.pki.local.get(name)
    if held is None:
        raise Refused(Problem(f"{name} not found in local database"))
    encoding = serialization.Encoding.PEM if form == "pem" else serialization.Encoding.DER
    path = files.absolute(session.login.user, found["filename"])
    files.write(device, path, held.certificate.public_bytes(encoding))
    return output("certificate exported successfully")


HANDLERS: dict[str, Handler] = {
    "load-pki-ca-certificate": load_ca,
    "verify-pki-ca-certificate": verify_ca,
    "load-pki-local-certificate": load_local,
    "verify-pki-local-certificate": verify_local,
    "request-security-local-certificate-export": export,
}
