# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPCs that enroll and re-enroll: they answer at once, empty as the model has it; the PKI daemon does the work."""

from __future__ import annotations

from collections.abc import Callable

from cryptography import x509
from lxml import etree

from . import names
from .database import Refused
from .device import Device, Session
from .inputs import chosen, inputs, need_release
from .loading import Problem
from .loads import LOCAL_OCCUPIED
from .reenroll import Wanted
from .requests import NO_KEY, need_profile

Handler = Callable[[Session, etree._Element], str]
_NAMES = ("domain-name", "ip-address", "ipv6-address", "email")
_ALGORITHMS = ("scep-encryption-algorithm", "scep-digest-algorithm")
_FIRST = "15.1X49-D40"  # that tells SCEP from CMPv2
_FIRST_ACME = "22.4R1"
MOST_DOMAINS = 5


def enroll_scep(session: Session, rpc: etree._Element) -> str:
    need_release(session.device, _FIRST, "request-security-local-certificate-enroll-scep")
    return enroll_scep_old(session, rpc)


def enroll_scep_old(session: Session, rpc: etree._Element) -> str:
    found = inputs(
        rpc,
        need=("certificate-id", "ca-profile", "challenge-password", "subject"),
        may=(*_NAMES, "digest", *_ALGORITHMS),
    )
    chosen(found, "digest", "sha-1", ("sha-1", "sha-256"))
    encryption, digest = _algorithms(found)
    subject, alternate = _names(found)
    _need(session, found)
    wanted = Wanted(
        found["certificate-id"],
        "scep",
        found["ca-profile"],
        challenge_password=found["challenge-password"],
        encryption=encryption,
        digest=digest,
        subject=subject,
        alternate=alternate,
    )
    return _start(session.device, wanted)


def enroll_cmpv2(session: Session, rpc: etree._Element) -> str:
    need_release(session.device, _FIRST, "request-security-local-certificate-enroll-cmpv2")
    found = inputs(
        rpc,
        need=("certificate-id", "ca-profile", "ca-secret", "ca-reference", "subject"),
        may=(*_NAMES, "ca-dn"),
    )
    subject, alternate = _names(found)
    _need(session, found)
    wanted = Wanted(
        found["certificate-id"],
        "cmpv2",
        found["ca-profile"],
        secret=found["ca-secret"],
        reference=found["ca-reference"],
        ca_dn=found.get("ca-dn", ""),
        subject=subject,
        alternate=alternate,
    )
    return _start(session.device, wanted)


def enroll_acme(session: Session, rpc: etree._Element) -> str:
    need_release(session.device, _FIRST_ACME, "request-security-local-certificate-enroll-acme")
    found = inputs(
        rpc,
        need=("acme-key-id", "certificate-id", "letsencrypt-enrollment", "domain-names", "email", "ca-profile"),
        may=("terms-of-service",),
    )
    chosen(found, "letsencrypt-enrollment", "", ("yes", "no"))
    chosen(found, "terms-of-service", "agree", ("agree", "disagree"))
    domains = _domains(found["domain-names"])
    _need(session, found)
    wanted = Wanted(
        found["certificate-id"],
        "acme",
        found["ca-profile"],
        acme_key_id=found["acme-key-id"],
        subject=names.asked(f"CN={domains[0]}"),
        alternate=tuple(x509.DNSName(domain) for domain in domains),
        email=found["email"],
    )
    return _start(session.device, wanted)


def re_enroll_scep(session: Session, rpc: etree._Element) -> str:
    need_release(session.device, _FIRST, "request-security-local-cert-re-enroll-scep")
    may = ("ca-profile", "re-generate-keypair", *_ALGORITHMS)
    found = inputs(rpc, need=("certificate-id", "challenge-password"), may=may)
    encryption, digest = _algorithms(found)
    wanted = _renewed(
        session, found, "scep", challenge_password=found["challenge-password"], encryption=encryption, digest=digest
    )
    return _start(session.device, wanted)


def re_enroll_cmpv2(session: Session, rpc: etree._Element) -> str:
    need_release(session.device, _FIRST, "request-security-local-cert-re-enroll-cmpv2")
    found = inputs(rpc, need=("certificate-id",), may=("ca-profile", "re-generate-keypair"))
    return _start(session.device, _renewed(session, found, "cmpv2"))


def re_enroll_acme(session: Session, rpc: etree._Element) -> str:
    need_release(session.device, _FIRST_ACME, "request-security-local-cert-re-enroll-acme")
    found = inputs(rpc, need=("acme-key-id", "certificate-id"), may=("ca-profile", "re-generate-keypair"))
    return _start(session.device, _renewed(session, found, "acme", acme_key_id=found["acme-key-id"]))


# -- what they have in common


def _need(session: Session, found: dict[str, str]) -> None:
    """What must be there, and what must not, before a first enrollment."""
    session.need_permission()
    device, name = session.device, found["certificate-id"]
    _need_ca(device, found["ca-profile"], without="ca-dn" in found)
    if name not in device.pki.key_pairs:
        raise Refused(Problem(NO_KEY))
    if name in device.pki.local or any(not item.ca and item.identifier == name for item in device.certificates):
        raise Refused(Problem(LOCAL_OCCUPIED))
    _need_account(device, found)


def _need_ca(device: Device, name: str, *, without: bool = False) -> None:
    need_profile(device, name)
    profile = device.pkid.profile(name)
    if profile is None or not profile.url:
        raise Refused(Problem(f"enrollment url of CA profile {name} is not configured"))
    if name not in device.pki.ca and not without:
        raise Refused(Problem(f"CA certificate {name} not found in local database"))


def _need_account(device: Device, found: dict[str, str]) -> None:
    if "acme-key-id" in found and found["acme-key-id"] not in device.pki.acme_keys:
        raise Refused(Problem(f"{found['acme-key-id']} not found in local database"))


def _renewed(session: Session, found: dict[str, str], protocol: str, **more: str) -> Wanted:
    """Without a ca-profile the one of the certificate's entry is meant."""
    session.need_permission()
    device, name = session.device, found["certificate-id"]
    if name not in device.pki.local:
        raise Refused(Problem(f"{name} not found in local database"))
    entry = device.pkid.entry(name, protocol)
    profile = found.get("ca-profile") or (entry.profile if entry is not None else "")
    if not profile:
        raise Refused(Problem("missing argument", "ca-profile"))
    _need_ca(device, profile)
    _need_account(device, found)
    return Wanted(name, protocol, profile, new_key="re-generate-keypair" in found, **more)


def _start(device: Device, wanted: Wanted) -> str:
    device.pkid.start(wanted)
    return ""


def _algorithms(found: dict[str, str]) -> tuple[str, str]:
    encryption = chosen(found, "scep-encryption-algorithm", "des3", ("des", "des3"))
    return encryption, chosen(found, "scep-digest-algorithm", "sha1", ("md5", "sha1"))


def _names(found: dict[str, str]) -> tuple[x509.Name, tuple[x509.GeneralName, ...]]:
    try:
        return names.asked(found["subject"]), names.general(found)
    except ValueError as error:
        raise Refused(Problem(f"invalid value: {error}")) from None


def _domains(text: str) -> list[str]:
    if "_" in text or " " in text:
        raise Refused(Problem("Must not contain '_' or space", "domain-names"))
    domains = text.split(",")
    if len(domains) > MOST_DOMAINS or not all(domains):
        raise Refused(Problem(f"invalid value {text}", "domain-names"))
    return domains


HANDLERS: dict[str, Handler] = {
    "request-security-local-certificate-enroll": enroll_scep_old,
    "request-security-local-certificate-enroll-scep": enroll_scep,
    "request-security-local-certificate-enroll-cmpv2": enroll_cmpv2,
    "request-security-local-certificate-enroll-acme": enroll_acme,
    "request-security-local-cert-re-enroll-scep": re_enroll_scep,
    "request-security-local-cert-re-enroll-cmpv2": re_enroll_cmpv2,
    "request-security-local-cert-re-enroll-acme": re_enroll_acme,
}
