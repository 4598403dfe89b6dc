# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key pairs and certificate requests: made for real, and cleared. The names and inputs of the RPCs are the model's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from lxml import etree

from . import files, madeup, names
from .certificates import leaf
from .database import Refused
from .device import Device, Session
from .inputs import chosen, inputs, need_release, one_of
from .loading import Problem
from .pki import PrivateKey

Handler = Callable[[Session, etree._Element], str]
_CURVES: dict[int, type[ec.EllipticCurve]] = {256: ec.SECP256R1, 384: ec.SECP384R1, 521: ec.SECP521R1}
# Which sizes a type of key has, by the help texts of the model.
_SIZES = {"rsa": (512, 1024, 2048, 4096), "dsa": (1024, 2048, 4096), "ecdsa": tuple(_CURVES)}
_DIGESTS = {"rsa": ("sha-1", "sha-256"), "dsa": ("sha-1",), "ecdsa": ("sha-256", "sha-384")}
_HASHES: dict[str, hashes.SHA256 | hashes.SHA384] = {
    "sha-1": hashes.SHA256(),  # the library does not sign with SHA-1
    "sha-256": hashes.SHA256(),
    "sha-384": hashes.SHA384(),
}
NO_KEY = "Keypair doesn't exist for certificate"


def output(text: str) -> str:
    return f"<output>\n{escape(text.rstrip())}\n</output>\n"


def is_text(rpc: etree._Element) -> bool:
    return rpc.get("format") in ("text", "ascii")


# -- key pairs


def generate_key_pair(session: Session, rpc: etree._Element) -> str:
    found, device = inputs(rpc, may=("certificate-id", "acme-key-id", "size", "type")), session.device
    if "acme-key-id" in found:
        need_release(device, "22.4R1", "acme-key-id")
    what = one_of(found, "certificate-id", "acme-key-id")
    kind = chosen(found, "type", "rsa", tuple(_SIZES))
    size = int(chosen(found, "size", "2048", tuple(str(size) for sizes in _SIZES.values() for size in sizes)))
    if size not in _SIZES[kind]:
        raise Refused(Problem(f"key size {size} is not supported for {kind}", "size"))
    if size == 512:
        raise Refused(Problem("key size 512 is not simulated", "size"))
    session.need_permission()
    name, keys = found[what], device.pki.key_pairs if what == "certificate-id" else device.pki.acme_keys
    if name in keys:
        raise Refused(Problem("Command aborted as key pair already exists"))
    keys[name] = new_key(kind, size)
    device.pki.on_change()
    if is_text(rpc):
        return output(f"Generated key pair {name}, key size {size} bits")
    told = leaf("cert-key-pair-name", name) + leaf("cert-key-pair-size", str(size))
    return f"<cert-key-pair>\n{told}</cert-key-pair>\n"


def new_key(kind: str, size: int) -> PrivateKey:
    if kind == "rsa":
        return rsa.generate_private_key(65537, size)
    if kind == "dsa":
        return _dsa_parameters(size).generate_private_key()
    return ec.generate_private_key(_CURVES[size]())


_dsa_parameters = functools.cache(dsa.generate_parameters)  # slow, and free to be shared


def kind_of(key: PrivateKey) -> str:
    return "rsa" if isinstance(key, rsa.RSAPrivateKey) else "dsa" if isinstance(key, dsa.DSAPrivateKey) else "ecdsa"


# -- certificate requests

_NAMES = ("domain-name", "ip-address", "ipv6-address", "email")


def generate_certificate_request(session: Session, rpc: etree._Element) -> str:
    found = inputs(rpc, need=("certificate-id", "subject"), may=(*_NAMES, "digest", "filename"))
    session.need_permission()
    device, name = session.device, found["certificate-id"]
    key = device.pki.key_pairs.get(name)
    if key is None:
        raise Refused(Problem(NO_KEY))
    made = _request(key, found)
    device.pki.requests[name] = made
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    if filename := found.get("filename"):
        files.write(device, files.absolute(session.login.user, filename), pem.encode())
    device.pki.on_change()
    return output(f"Generated certificate request\n{pem}Fingerprint:\n{_fingerprints(made)}")


def _request(key: PrivateKey, found: dict[str, str]) -> x509.CertificateSigningRequest:
    kind = kind_of(key)
    digest = chosen(found, "digest", _DIGESTS[kind][0], _DIGESTS[kind])
    try:
        subject, alternate = names.asked(found["subject"]), names.general(found)
    except ValueError as error:
        raise Refused(Problem(f"invalid value: {error}")) from None
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    if alternate:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternate), critical=False)
    return builder.sign(key, _HASHES[digest])


def _fingerprints(request: x509.CertificateSigningRequest) -> str:
    der = request.public_bytes(serialization.Encoding.DER)
    return "".join(f"{content} ({name})\n" for content, name in madeup.fingerprints(der))


# -- clear


def clear_local_certificate(session: Session, rpc: etree._Element) -> str:
    choice = ("certificate-id", "all", "system-generated")
    device = session.device
    return _cleared(session, rpc, choice, device.pki.local, device.certificates, lambda row: not row.ca)


def clear_ca_certificate(session: Session, rpc: etree._Element) -> str:
    device = session.device
    return _cleared(session, rpc, ("ca-profile", "all"), device.pki.ca, device.certificates, lambda row: row.ca)


def clear_key_pair(session: Session, rpc: etree._Element) -> str:
    return _cleared(session, rpc, ("certificate-id", "all"), session.device.pki.key_pairs, [])


def clear_certificate_request(session: Session, rpc: etree._Element) -> str:
    device = session.device
    return _cleared(session, rpc, ("certificate-id", "all"), device.pki.requests, device.certificate_requests)


def clear_acme_account(session: Session, rpc: etree._Element) -> str:
    need_release(session.device, "22.4R1", "clear-acme-account-request")
    found, device = inputs(rpc, need=("ca-profile",), may=("acme-key-id",)), session.device
    session.need_permission()
    need_profile(device, found["ca-profile"])
    for name in [found["acme-key-id"]] if "acme-key-id" in found else list(device.pki.acme_keys):
        if device.pki.acme_keys.pop(name, None) is None:
            raise Refused(Problem(f"{name} not found in local database"))
    device.pki.on_change()
    return ""


def _cleared(
    session: Session,
    rpc: etree._Element,
    choice: tuple[str, ...],
    store: dict[str, Any],
    rows: list[Any],
    belongs: Callable[[Any], bool] = lambda row: True,
) -> str:
    """Empty one store, or take one out of it: what is real, and the rows of the fleet file that belong there."""
    found = inputs(rpc, may=choice)
    what = one_of(found, *choice)
    session.need_permission()
    if what == "system-generated":
        return ""
    name = None if what == "all" else found[what]
    keys = [key for key in store if name in (None, key)]
    leaving = [row for row in rows if belongs(row) and name in (None, row.identifier)]
    if name is not None and not keys and not leaving:
        raise Refused(Problem(f"{name} not found in local database"))
    for key in keys:
        del store[key]
    for row in leaving:
        rows.remove(row)
    session.device.pki.on_change()
    return ""


def need_profile(device: Device, name: str) -> None:
    """The ca-profile must be configured."""
    tree = device.inherited_of(device.database.committed, marked=False)
    profile = tree.find("security", "pki", ("ca-profile", name))
    if profile is None or profile.inactive:
        raise Refused(Problem(f"CA profile {name} is not configured"))


HANDLERS: dict[str, Handler] = {
    "generate-pki-key-pair": generate_key_pair,
    "generate-pki-certificate-request": generate_certificate_request,
    "clear-pki-local-certificate": clear_local_certificate,
    "clear-pki-ca-certificate": clear_ca_certificate,
    "clear-pki-key-pair": clear_key_pair,
    "clear-pki-certificate-request": clear_certificate_request,
    "clear-acme-account-request": clear_acme_account,
}
