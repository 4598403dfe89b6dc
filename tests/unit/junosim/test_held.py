# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How real certificates and requests are told: as those of a fleet file, with what is theirs."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID
from junosim import names
from junosim.certificates import Certificate
from junosim.pki import Local, Timer

START = datetime(2026, 1, 2, 9, 55, tzinfo=UTC)
CA_KEY = ec.generate_private_key(ec.SECP256R1())
KEY = rsa.generate_private_key(65537, 1024)
CA_NAME = names.asked("C=US,O=Example\\, Inc,CN=YR2")
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def sign(subject: x509.Name, key: Any, serial: int, *extensions: x509.ExtensionType) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(CA_NAME).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(START).not_valid_after(START + timedelta(days=90))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(CA_KEY, hashes.SHA256())


USAGE = dict.fromkeys(
    (
        "content_commitment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)
SIGNS = x509.KeyUsage(
    **{**USAGE, "key_cert_sign": True, "crl_sign": True}, digital_signature=True, key_encipherment=False
)
CA = sign(CA_NAME, CA_KEY, 0xD5F, SIGNS)
VPN = sign(
    names.asked("CN=vpn.example.net,OU=a,OU=b,SN=7"),
    KEY,
    0x5097BB730000000001A2,
    x509.SubjectAlternativeName(
        [
            x509.RFC822Name("vpn@example.net"),
            x509.DNSName("vpn.example.net"),
            x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        ]
    ),
    x509.KeyUsage(**USAGE, digital_signature=True, key_encipherment=True),
    x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier("http://ca.example.net/crl")], None, None, None)]
    ),
    x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(oid, x509.UniformResourceIdentifier(f"http://ca.example.net/{what}"))
            for oid, what in (
                (AuthorityInformationAccessOID.CA_ISSUERS, "ca"),
                (AuthorityInformationAccessOID.OCSP, "ocsp"),
            )
        ]
    ),
)


@pytest.fixture
def box(sim: Callable[..., Any]) -> Callable[..., Any]:
    def make(release: str = "23.4R2", **options: Any) -> Any:
        made = sim(release=release, **options)
        made.device.pki.local["vpn-01"] = Local(VPN, KEY)
        made.device.pki.ca["corp-ca"] = (CA,)
        return made

    return make


def texts(reply: Any, path: str) -> list[str]:
    return [element.text for element in reply.iterfind(f".//{path}")]


def test_all_that_a_real_certificate_says(box: Callable[..., Any]) -> None:
    reply = box().talk().ask("<get-pki-local-certificate/>")
    told = {
        path: texts(reply, path)
        for path in (
            "identifier",
            "serial-number-x509",
            "serial-number-dec-x509",
            "issuer//organization-name",
            "issuer//common-name",
            "subject//common-name",
            "subject//organizational-unit-name",
            "subject//dn-serial-number",
            "subject-string",
            "alternate-subject",
            "not-before",
            "not-after",
            "public-key-algorithm",
            "public-key-length",
            "public-key-location",
            "signature-algorithm",
            "distribution-crl",
            "authority-information-access-ocsp",
            "key-usage",
            "ca-profile",
            "cert-chain",
            "auto-re-enrollment-status",
            "auto-re-enrollment-next-trigger-time",
        )
    }
    assert told == {
        "identifier": ["vpn-01"],
        "serial-number-x509": ["5097bb730000000001a2"],
        "serial-number-dec-x509": [str(0x5097BB730000000001A2)],
        "issuer//organization-name": ["Example, Inc"],
        "issuer//common-name": ["YR2"],
        "subject//common-name": ["vpn.example.net"],
        "subject//organizational-unit-name": ["a", "b"],
        "subject//dn-serial-number": ["7"],
        "subject-string": ["CN=vpn.example.net, OU=a, OU=b, serialNumber=7"],
        "alternate-subject": ['"vpn@example.net"', "vpn.example.net", "192.0.2.1"],
        "not-before": ["01- 2-2026 09:55 UTC"],
        "not-after": ["04- 2-2026 09:55 UTC"],
        "public-key-algorithm": ["rsaEncryption"],
        "public-key-length": ["1024"],
        "public-key-location": ["Keypair generated locally"],
        "signature-algorithm": ["ecdsa-with-SHA256"],
        "distribution-crl": ["http://ca.example.net/crl"],
        "authority-information-access-ocsp": ["http://ca.example.net/ocsp"],
        "key-usage": ["Key encipherment", "Digital signature"],
        "ca-profile": ["corp-ca"],
        "cert-chain": ["YR2"],
        "auto-re-enrollment-status": ["Disabled"],
        "auto-re-enrollment-next-trigger-time": ["Timer not started"],
    }
    der = VPN.public_bytes(Encoding.DER)
    prints = [hashlib.new(name, der, usedforsecurity=False).digest().hex(":") for name in ("sha1", "md5")]
    assert texts(reply, "fingerprint-content") == prints
    [key] = texts(reply, "key-contents")
    assert bytes.fromhex(key.replace(":", "")) == KEY.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)


def test_the_old_elements_tell_less(box: Callable[..., Any]) -> None:
    reply = box("22.4R3").talk().ask("<get-pki-local-certificate/>")
    [entry] = reply.findall("x509-pki-certificate-info-list/pkid-x509-certificate-information")
    assert entry.findtext("subject-name/distinguished-name/common-name") == "vpn.example.net"
    for path in ("ca-profile", "cert-chain", "public-key/public-key-location", "auto-re-enrollment"):
        assert entry.find(path) is None


def test_the_text_is_that_of_the_fleet_file_s_rows(box: Callable[..., Any]) -> None:
    reply = box().talk().ask('<get-pki-local-certificate format="text"/>')
    lines = reply.findtext("output").splitlines()
    for line in (
        "Certificate identifier: vpn-01",
        "  Serial number: 5097bb730000000001a2",
        '  Alternate subject: "vpn@example.net", vpn.example.net, 192.0.2.1, ipv6 empty',
        "  Cert-Chain: YR2",
        "  Public key algorithm: rsaEncryption(1024 bits)",
        "  Use for key: Key encipherment, Digital signature",
        "    Next trigger time: Timer not started",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("timer", "status", "trigger"),
    [
        (Timer("Enabled", datetime(2026, 3, 4, 5, 6, tzinfo=UTC)), "Enabled", "03- 4-2026 05:06 UTC"),
        (Timer("Failed", None), "Failed", "Timer not started"),
    ],
)
@pytest.mark.parametrize("release", ["22.4R3", "23.4R2"])
def test_a_timer_is_told(box: Callable[..., Any], release: str, timer: Timer, status: str, trigger: str) -> None:
    made = box(release)
    made.device.pki.timers["vpn-01"] = timer
    reply = made.talk().ask("<get-pki-local-certificate/>")
    assert texts(reply, "auto-re-enrollment-status") == [status]
    assert texts(reply, "auto-re-enrollment-next-trigger-time") == [trigger]


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "00000001"), (0x43DA0, "00043da0"), (0x123456789, "0123456789"), (0xABCDEF0123, "abcdef0123")],
)
def test_a_serial_number_is_told_in_whole_bytes(box: Callable[..., Any], number: int, told: str) -> None:
    made = box()
    made.device.pki.ca["corp-ca"] = (sign(CA_NAME, CA_KEY, number),)
    assert texts(made.talk().ask("<get-pki-ca-certificate/>"), "serial-number-x509") == [told]


def test_without_its_ca_the_chain_is_missing(box: Callable[..., Any]) -> None:
    made = box()
    stranger = x509.CertificateBuilder().subject_name(CA_NAME).issuer_name(CA_NAME).public_key(OTHER_KEY.public_key())
    stranger = stranger.serial_number(1).not_valid_before(START).not_valid_after(START + timedelta(days=1))
    made.device.pki.ca["corp-ca"] = (stranger.sign(OTHER_KEY, hashes.SHA256()),)
    reply = made.talk().ask("<get-pki-local-certificate/>")
    assert (texts(reply, "cert-chain"), texts(reply, "ca-profile")) == (["Issuer CA Certificate Missing"], [])


def test_ca_certificates_of_one_profile_are_entries_of_one_name(box: Callable[..., Any]) -> None:
    made = box()
    made.device.pki.ca["corp-ca"] = (CA, VPN)
    made.device.certificates.append(Certificate("old-ca", "CN=old", "CN=old", START, START, ca=True))
    reply = made.talk().ask("<get-pki-ca-certificate/>")
    assert texts(reply, "identifier") == ["old-ca", "corp-ca", "corp-ca"]
    assert texts(reply, "serial-number-x509")[1:] == ["00000d5f", "5097bb730000000001a2"]
    assert texts(reply, "key-usage")[:3] == ["CRL signing", "Certificate signing", "Digital signature"]
    assert texts(reply, "auto-re-enrollment") == []
    one = made.talk().ask("<get-pki-ca-certificate><ca-profile>old-ca</ca-profile></get-pki-ca-certificate>")
    assert texts(one, "identifier") == ["old-ca"]


@pytest.mark.parametrize(
    ("key", "algorithm", "bits"),
    [
        (CA_KEY, "id-ecPublicKey", "256"),
        (KEY, "rsaEncryption", "1024"),
        (dsa.generate_private_key(1024), "dsaEncryption", "1024"),
    ],
)
@pytest.mark.parametrize(("release", "subject"), [("22.4R3", "subject-name"), ("23.4R2", "subject")])
def test_requests_are_told(
    sim: Callable[..., Any], release: str, subject: str, key: Any, algorithm: str, bits: str
) -> None:
    made = sim(release=release)
    builder = x509.CertificateSigningRequestBuilder().subject_name(names.asked("CN=fw1,O=a\\, b"))
    made.device.pki.requests["web"] = builder.sign(key, hashes.SHA256())
    reply = made.talk().ask("<get-pki-certificate-request/>")
    found = {path: texts(reply, path) for path in ("identifier", f"{subject}//organization-name")}
    assert found == {"identifier": ["web"], f"{subject}//organization-name": ["a, b"]}
    assert (texts(reply, "public-key-algorithm"), texts(reply, "public-key-length")) == ([algorithm], [bits])
    reply = made.talk().ask('<get-pki-certificate-request format="text"/>')
    assert reply.findtext("output").strip().splitlines() == [
        "Certificate identifier: web",
        "  Issued to: fw1",
        f"  Public key algorithm: {algorithm}({bits} bits)",
    ]


def test_a_name_s_text_leaves_out_what_has_no_element() -> None:
    odd = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "a"),
            x509.NameAttribute(x509.NameOID.GIVEN_NAME, "b"),
            x509.NameAttribute(x509.NameOID.EMAIL_ADDRESS, "c@d"),
        ]
    )
    assert names.of(odd) == "CN=a, emailAddress=c@d"
    assert names.of(x509.Name([])) == ""
    assert names.elements("") == ""
