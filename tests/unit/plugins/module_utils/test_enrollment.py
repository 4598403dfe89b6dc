# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._enrollment import CaCertificate, Held, Want, accepts, steps
from ansible_collections.netpki.junos.plugins.module_utils._errors import DeviceError, InputError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHA1 = "48ad39fa6607c2f8bbeed8f0fa68dc2632a5b5a8"
MD5 = "cc192cfbf1deefc578033ad3d0158717"
SHA256 = "00" * 31 + "01"


def colons(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def pem(name: str) -> tuple[str, str]:
    """A CA certificate, and its SHA-1 fingerprint as a device shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, NOW, NOW + timedelta(days=9))
    certificate = builder.sign(key, hashes.SHA256())
    text = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return text, colons(certificate.fingerprint(hashes.SHA1()).hex())


ROOT, ROOT_SHA1 = pem("root")
OTHER, OTHER_SHA1 = pem("other")

WANT = Want(
    certificate_id="vpn-01",
    state="present",
    protocol="scep",
    ca_profile="corp-ca",
    ca_certificate=None,
    values={
        "certificate-id": "vpn-01",
        "ca-profile": "corp-ca",
        "challenge-password": "secret",
        "subject": "CN=a",
        "acme-key-id": "account",
        "passphrase": None,
        "re-generate-keypair": True,
    },
    key={"type": "rsa", "size": 2048},
)
NOTHING = Held((), (), ())


def certificate(**changes: Any) -> dict[str, Any]:
    return {
        "certificate_id": "vpn-01",
        "not_before": "2026-11-01T00:00:00Z",
        "not_after": "2026-12-01T00:00:00Z",
        "fingerprints": {},
        **changes,
    }


def ca(sha1: str = SHA1) -> dict[str, Any]:
    return {"ca_profile": "corp-ca", "subject": "CN=corp", "fingerprints": {"sha1": colons(sha1), "md5": colons(MD5)}}


HOLDS = Held((certificate(),), (), ())
REQUESTED = Held((), (), ({"certificate_id": "vpn-01"},))

KEY = "request security pki generate-key-pair certificate-id vpn-01 size 2048 type rsa"
ACCOUNT = "request security pki generate-key-pair acme-key-id account size 2048 type rsa"
CSR = "request security pki generate-certificate-request certificate-id vpn-01 subject CN=a"
SCEP = (
    "request security pki local-certificate enroll scep certificate-id vpn-01 ca-profile corp-ca"
    " challenge-password ******** subject CN=a"
)
CMPV2 = "request security pki local-certificate enroll cmpv2 certificate-id vpn-01 ca-profile corp-ca subject CN=a"
ACME = "request security pki local-certificate enroll acme acme-key-id account certificate-id vpn-01 ca-profile corp-ca"
AGAIN = (
    "request security pki local-certificate re-enroll scep certificate-id vpn-01 ca-profile corp-ca"
    " challenge-password ******** re-generate-keypair"
)
LOAD = "request security pki local-certificate load certificate-id vpn-01 filename /var/tmp/netpki-*.pem"
CLEAR = "clear security pki local-certificate certificate-id vpn-01"
CLEAR_KEY = "clear security pki key-pair certificate-id vpn-01"
CLEAR_CSR = "clear security pki certificate-request certificate-id vpn-01"
CA_ENROLL = "request security pki ca-certificate enroll ca-profile corp-ca"
CA_LOAD = "request security pki ca-certificate load ca-profile corp-ca filename /var/tmp/netpki-*.pem"
CA_CLEAR = "clear security pki ca-certificate ca-profile corp-ca"

PINNED = CaCertificate(None, {"sha1": [SHA1]})
GIVEN = CaCertificate(ROOT, {})


@pytest.mark.parametrize(
    ("want", "held", "lines"),
    [
        # From nothing, in the right order.
        ({}, NOTHING, [KEY, SCEP]),
        ({"protocol": "cmpv2"}, NOTHING, [KEY, CMPV2]),
        ({"protocol": "acme"}, NOTHING, [KEY, ACCOUNT, ACME]),
        ({"protocol": ""}, NOTHING, [KEY]),
        ({"protocol": "", "request": True}, NOTHING, [KEY, CSR]),
        ({"key": {"type": "ecdsa", "size": 256}}, NOTHING, [KEY.replace("2048 type rsa", "256 type ecdsa"), SCEP]),
        ({"protocol": "", "content": "PEM"}, NOTHING, [LOAD]),
        ({"protocol": "", "content": "PEM", "private_key": "KEY"}, NOTHING, [f"{LOAD} key /var/tmp/netpki-*.pem"]),
        # What is there stays.
        ({}, HOLDS, []),
        ({"protocol": "acme"}, HOLDS, []),
        ({"protocol": "", "content": ROOT}, HOLDS, []),
        ({"protocol": "", "content": ROOT}, Held((certificate(fingerprints={"SHA-1": ROOT_SHA1}),), (), ()), []),
        ({"protocol": "", "request": True}, HOLDS, []),
        # For a renewal by hand, with the key that is there.
        ({"protocol": "", "request": True, "force": True}, HOLDS, [CSR]),
        ({}, REQUESTED, [SCEP]),
        ({"protocol": "", "request": True}, REQUESTED, []),
        ({"protocol": "", "request": True, "force": True}, REQUESTED, [CSR]),
        ({"force": True}, HOLDS, [CLEAR, CLEAR_KEY, KEY, SCEP]),
        ({"force": True}, REQUESTED, [SCEP]),
        # What comes without its private key belongs to the key pair on the device.
        ({"protocol": "", "content": "PEM", "force": True}, HOLDS, [CLEAR, LOAD]),
        (
            {"protocol": "", "content": "PEM", "private_key": "KEY", "force": True},
            HOLDS,
            [CLEAR, CLEAR_KEY, f"{LOAD} key /var/tmp/netpki-*.pem"],
        ),
        ({"protocol": "", "force": True}, HOLDS, []),
        # The CA certificate comes first.
        ({"ca_certificate": PINNED}, NOTHING, [CA_ENROLL, KEY, SCEP]),
        ({"ca_certificate": GIVEN}, NOTHING, [CA_LOAD, KEY, SCEP]),
        ({"ca_certificate": PINNED}, replace(HOLDS, ca_certificates=(ca(),)), []),
        ({"ca_certificate": PINNED}, HOLDS, [CA_ENROLL]),
        ({"ca_certificate": CaCertificate(None, {}, accept_any=True)}, replace(HOLDS, ca_certificates=(ca(),)), []),
        ({"ca_certificate": GIVEN}, replace(HOLDS, ca_certificates=(ca(ROOT_SHA1.replace(":", "")),)), []),
        (
            {"ca_certificate": CaCertificate(ROOT + OTHER, {})},
            replace(HOLDS, ca_certificates=tuple(ca(each.replace(":", "")) for each in (OTHER_SHA1, ROOT_SHA1))),
            [],
        ),
        # A stranger beside the wanted one is another certificate.
        (
            {"ca_certificate": CaCertificate(ROOT, {}, replace=True)},
            replace(HOLDS, ca_certificates=tuple(ca(each.replace(":", "")) for each in (OTHER_SHA1, ROOT_SHA1))),
            [CA_CLEAR, CA_LOAD],
        ),
        (
            {"ca_certificate": CaCertificate(ROOT + OTHER, {}, replace=True)},
            replace(HOLDS, ca_certificates=(ca(ROOT_SHA1.replace(":", "")),)),
            [CA_CLEAR, CA_LOAD],
        ),
        (
            {"ca_certificate": CaCertificate(None, {"sha1": ["00" * 20]}, replace=True)},
            replace(HOLDS, ca_certificates=(ca(),)),
            [CA_CLEAR, CA_ENROLL],
        ),
        # Away with it.
        ({"state": "absent"}, NOTHING, []),
        ({"state": "absent", "ca_certificate": PINNED}, NOTHING, []),
        ({"state": "absent"}, HOLDS, [CLEAR, CLEAR_KEY]),
        ({"state": "absent"}, REQUESTED, [CLEAR_CSR, CLEAR_KEY]),
        ({"state": "absent"}, replace(HOLDS, requests=REQUESTED.requests), [CLEAR, CLEAR_CSR, CLEAR_KEY]),
        # Renewals: of 30 days, 6 days and 12 hours are left, 21 percent and a bit.
        ({"state": "renewed", "renew_within": {"days": 6}}, HOLDS, []),
        ({"state": "renewed", "renew_within": {"days": 7}}, HOLDS, [AGAIN]),
        ({"state": "renewed", "renew_within": {"hours": 155}}, HOLDS, []),
        ({"state": "renewed", "renew_within": {"hours": 156}}, HOLDS, [AGAIN]),
        ({"state": "renewed", "renew_within": {"percentage": 21}}, HOLDS, []),
        ({"state": "renewed", "renew_within": {"percentage": 22}}, HOLDS, [AGAIN]),
        ({"state": "renewed", "force": True}, HOLDS, [AGAIN]),
        ({"state": "renewed", "renew_within": {"days": 6}, "ca_certificate": PINNED}, HOLDS, [CA_ENROLL]),
        # One that has expired may be re-enrolled: the CA decides.
        (
            {"state": "renewed", "renew_within": {"days": 1}},
            Held((certificate(not_after="2026-11-20T00:00:00Z"),), (), ()),
            [AGAIN],
        ),
    ],
)
def test_the_steps_that_are_missing(want: dict[str, Any], held: Held, lines: list[str]) -> None:
    assert [step.line for step in steps(replace(WANT, **want), held, NOW)] == lines


def test_what_is_told_and_what_is_waited_for() -> None:
    found = steps(replace(WANT, protocol="acme", ca_certificate=GIVEN), NOTHING, NOW)
    assert [(step.reason, dict(step.files), step.settled, step.enrolls) for step in found] == [
        ("ca-profile corp-ca: the CA certificate is not loaded", {"filename": ROOT}, "", False),
        ("key pair vpn-01: there may be none yet", {}, "there already", False),
        ("ACME account key account: there may be none yet", {}, "there already", False),
        ("certificate vpn-01: not on the device", {}, "", True),
    ]


@pytest.mark.parametrize(
    ("want", "reason"),
    [
        ({"force": True}, "certificate vpn-01: force is given"),
        (
            {"renew_within": {"days": None, "hours": None, "percentage": 40}},
            "certificate vpn-01: it expires on 2026-12-01T00:00:00Z, and renew_within is 40 percent of its lifetime",
        ),
        (
            {"renew_within": {"days": 7}},
            "certificate vpn-01: it expires on 2026-12-01T00:00:00Z, and renew_within is 7 days",
        ),
    ],
)
def test_why_it_is_renewed(want: dict[str, Any], reason: str) -> None:
    assert [step.reason for step in steps(replace(WANT, state="renewed", **want), HOLDS, NOW)] == [reason]


@pytest.mark.parametrize(
    ("want", "held", "message"),
    [
        (
            {"state": "renewed", "force": True},
            NOTHING,
            "certificate vpn-01: the device holds none, so there is nothing to renew. State present enrolls one.",
        ),
        (
            {},
            Held((certificate(not_after="2026-11-24T12:00:00Z"),), (), ()),
            "certificate vpn-01: it has expired on 2026-11-24T12:00:00Z. State renewed re-enrolls it where the CA still"
            " accepts it; force true clears it and enrolls a new one.",
        ),
        (
            {"ca_certificate": CaCertificate(None, {"sha1": ["00" * 20]})},
            replace(HOLDS, ca_certificates=(ca(),)),
            "ca_certificate: the CA profile corp-ca holds another certificate, or one that cannot be compared"
            " with the wanted one. The device shows CN=corp with sha1"
            " 48:ad:39:fa:66:07:c2:f8:bb:ee:d8:f0:fa:68:dc:26:32:a5:b5:a8 and md5"
            f" cc:19:2c:fb:f1:de:ef:c5:78:03:3a:d3:d0:15:87:17. Wanted is sha1 {colons('00' * 20)}."
            " Give replace true to put the wanted one in its place.",
        ),
        (
            {"protocol": "", "content": ROOT},
            Held((certificate(fingerprints={"sha1": colons(SHA1)}),), (), ()),
            f"content: the device holds another certificate vpn-01, with sha1 {colons(SHA1)}. Give force true to clear"
            " that and load this one.",
        ),
        # One of the two is not a pinned one.
        (
            {"ca_certificate": CaCertificate(None, {"sha1": [SHA1]})},
            replace(HOLDS, ca_certificates=(ca(), ca("00" * 20))),
            f"ca_certificate: the CA profile corp-ca holds another certificate, or one that cannot be compared with the"
            f" wanted one. The device shows CN=corp with sha1 {colons(SHA1)} and md5 {colons(MD5)}; CN=corp with sha1"
            f" {colons('00' * 20)} and md5 {colons(MD5)}. Wanted is sha1 {colons(SHA1)}."
            " Give replace true to put the wanted one in its place.",
        ),
        # A SHA-256 pin proves nothing about what a device shows in SHA-1.
        (
            {"ca_certificate": CaCertificate(None, {"sha256": [SHA256]})},
            replace(HOLDS, ca_certificates=({"ca_profile": "corp-ca", "subject": "CN=corp", "fingerprints": {}},)),
            "ca_certificate: the CA profile corp-ca holds another certificate, or one that cannot be compared"
            " with the wanted one. The device shows CN=corp with no fingerprint. Wanted is sha256"
            f" {colons(SHA256)}."
            " Give replace true to put the wanted one in its place.",
        ),
    ],
)
def test_what_does_not_go_together(want: dict[str, Any], held: Held, message: str) -> None:
    with pytest.raises(InputError) as error:
        steps(replace(WANT, **want), held, NOW)
    assert str(error.value) == message


# what a device shows before it asks

FIELD = f"Fingerprint:\n  {colons(SHA1)} (sha1)\n  {colons(MD5)} (md5)\nDo you want to load the above CA certificate ? "


@pytest.mark.parametrize(
    ("pinned", "answer"),
    [
        (CaCertificate(None, {"sha1": [SHA1]}), FIELD),
        (CaCertificate(None, {"sha1": [SHA1]}), FIELD.upper()),
        (CaCertificate(None, {"sha1": [SHA1], "sha256": [SHA256]}), FIELD),
        (CaCertificate(None, {"sha256": [SHA256]}), FIELD + colons(SHA256)),
        # Several certificates: the device loads all or none, so each must be pinned.
        (CaCertificate(None, {"sha1": ["11" * 20, SHA1]}), f"{colons('11' * 20)}\n{FIELD}"),
        (CaCertificate(None, {}, accept_any=True), "what nobody knows"),
    ],
)
def test_a_fingerprint_that_is_accepted(pinned: CaCertificate, answer: str) -> None:
    assert accepts(pinned, "192.0.2.1", "corp-ca", answer) is None  # type: ignore[func-returns-value] # that is what is tested


NOT_THE_ONE = (
    f"192.0.2.1: the CA of profile corp-ca sent a certificate with sha1 {colons(SHA1)}, which is not pinned. Pinned is"
    f" {colons('00' * 20)}. Nothing was loaded of what it sent: sha1 {colons(SHA1)}; md5 {colons(MD5)}. Ask the CA"
    " which one is right; where it sends several, pin each of them."
)


@pytest.mark.parametrize(
    ("pins", "answer", "message"),
    [
        ({"sha1": ["00" * 20]}, FIELD, NOT_THE_ONE),
        # One digit less or more is another fingerprint.
        ({"sha1": ["00" * 20]}, FIELD + "\nab:" + colons("00" * 20), NOT_THE_ONE),
        # The right one does not bring another one along.
        (
            {"sha1": [SHA1]},
            f"{FIELD}\n{colons('11' * 20)}",
            f"192.0.2.1: the CA of profile corp-ca sent a certificate with sha1 {colons('11' * 20)}, which is not"
            f" pinned. Pinned is {colons(SHA1)}. Nothing was loaded of what it sent: sha1 {colons(SHA1)}; sha1"
            f" {colons('11' * 20)}; md5 {colons(MD5)}. Ask the CA which one is right; where it sends several, pin each"
            " of them.",
        ),
        (
            {"sha256": [SHA256]},
            FIELD,
            f"192.0.2.1: the CA of profile corp-ca: the device shows sha1 {colons(SHA1)}; md5 {colons(MD5)}, and none"
            " of sha256 that is pinned. The certificate was not loaded. Pin what the device shows, once you know it"
            " from the CA itself.",
        ),
        (
            {"sha1": [SHA1]},
            "Do you want to load it?",
            "192.0.2.1: the CA of profile corp-ca: the device shows no fingerprint, and none of sha1 that is pinned."
            " The certificate was not loaded. Pin what the device shows, once you know it from the CA itself.",
        ),
    ],
)
def test_a_fingerprint_that_is_refused(pins: dict[str, list[str]], answer: str, message: str) -> None:
    with pytest.raises(DeviceError) as error:
        accepts(CaCertificate(None, pins), "192.0.2.1", "corp-ca", answer)
    assert str(error.value) == message
