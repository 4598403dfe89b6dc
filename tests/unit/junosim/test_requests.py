# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests about keys, certificates and files: real keys, real certificates, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from junosim.certificates import Certificate
from junosim.clock import Clock
from junosim.device import Login
from junosim.pki import Local

PROFILE = "set security pki ca-profile corp-ca ca-identity corp.example.net"
KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "vpn", "other")}
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def certificate(
    subject: str, issuer: str, *, key: str, by: str, start: datetime = NOW, days: int = 30
) -> x509.Certificate:
    named = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in (subject, issuer)]
    builder = x509.CertificateBuilder().subject_name(named[0]).issuer_name(named[1])
    builder = builder.public_key(KEYS[key].public_key()).serial_number(0xBEEF)
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=days))
    return builder.sign(KEYS[by], hashes.SHA256())


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(item.public_bytes(serialization.Encoding.PEM) for item in certificates)


def key_pem(name: str, passphrase: bytes | None = None) -> bytes:
    hidden = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return KEYS[name].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


CA = certificate("corp-ca", "corp-ca", key="ca", by="ca", days=365)
VPN = certificate("vpn.example.net", "corp-ca", key="vpn", by="ca")


@pytest.fixture
def box(sim: Callable[..., Any], tmp_path: Path) -> Any:
    """A device on 1 June 2026 whose ca-profile is configured, with its files."""
    made = sim(PROFILE)
    made.device.clock = Clock(tmp_path / "clock")
    (tmp_path / "clock").write_text(str(NOW.timestamp()))
    made.device.pki.files.update(
        {"/var/tmp/ca.pem": pem(CA), "/var/tmp/vpn.pem": pem(VPN), "/var/tmp/vpn.key": key_pem("vpn", b"secret")}
    )
    return made


def element(name: str, **inputs: str) -> str:
    inner = "".join(f"<{key.replace('_', '-')}>{value}</{key.replace('_', '-')}>" for key, value in inputs.items())
    return f"<{name}>{inner}</{name}>"


KEY = "generate-pki-key-pair"


@pytest.mark.parametrize(
    ("inputs", "size", "kind"),
    [
        ({}, 2048, rsa.RSAPrivateKey),
        ({"size": "1024"}, 1024, rsa.RSAPrivateKey),
        ({"size": "1024", "type": "dsa"}, 1024, dsa.DSAPrivateKey),
        ({"size": "384", "type": "ecdsa"}, 384, ec.EllipticCurvePrivateKey),
    ],
)
def test_a_key_pair_is_made(sim: Callable[..., Any], inputs: dict[str, str], size: int, kind: type) -> None:
    made, changes = sim(), []
    made.device.pki.on_change = lambda: changes.append(1)
    reply = made.talk().ask(element(KEY, certificate_id="vpn-01", **inputs))
    assert changes == [1]
    assert reply.findtext("cert-key-pair/cert-key-pair-name") == "vpn-01"
    assert reply.findtext("cert-key-pair/cert-key-pair-size") == str(size)
    assert made.device.pki.key_pairs["vpn-01"].key_size == size
    assert isinstance(made.device.pki.key_pairs["vpn-01"], kind)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "missing argument"),
        ({"certificate_id": "a/b"}, "Must not contain '/', %, '.' or a space"),
        ({"certificate_id": "a" * 33}, "length 33 is not within range (1..32)"),
        ({"certificate_id": "a", "acme_key_id": "b"}, "syntax error"),
        ({"certificate_id": "a", "colour": "red"}, "syntax error"),
        ({"certificate_id": "a", "type": "ed25519"}, "invalid value ed25519"),
        ({"certificate_id": "a", "type": "ecdsa"}, "key size 2048 is not supported for ecdsa"),
        ({"certificate_id": "a", "size": "256"}, "key size 256 is not supported for rsa"),
        ({"certificate_id": "a", "size": "512"}, "key size 512 is not simulated"),
        ({"certificate_id": "there"}, "Command aborted as key pair already exists"),
    ],
)
def test_key_pairs_that_are_refused(sim: Callable[..., Any], inputs: dict[str, str], message: str) -> None:
    made = sim()
    made.device.pki.key_pairs["there"] = KEYS["vpn"]
    assert made.talk().problems(element(KEY, **inputs)) == [("error", message)]
    assert list(made.device.pki.key_pairs) == ["there"]


def test_acme_account_keys_stand_apart_from_release_22_4(sim: Callable[..., Any]) -> None:
    old, new = sim(release="22.3R1"), sim(PROFILE, release="22.4R1")
    assert old.talk().problems(element(KEY, acme_key_id="web-key")) == [("error", "syntax error")]
    talk = new.talk()
    assert talk.problems(element(KEY, acme_key_id="web-key", size="1024")) == []
    assert (list(new.device.pki.acme_keys), new.device.pki.key_pairs) == (["web-key"], {})
    clear = "clear-acme-account-request"
    assert talk.problems(element(clear, ca_profile="other")) == [("error", "CA profile other is not configured")]
    assert talk.problems(element(clear, ca_profile="corp-ca", acme_key_id="no")) == [
        ("error", "no not found in local database")
    ]
    assert talk.problems(element(clear, ca_profile="corp-ca", acme_key_id="web-key")) == []
    assert new.device.pki.acme_keys == {}


REQUEST = "generate-pki-certificate-request"


def test_a_certificate_request_is_signed_with_the_key_pair(box: Any) -> None:
    box.device.pki.key_pairs["vpn-01"] = KEYS["vpn"]
    reply = box.talk().ask(
        element(
            REQUEST,
            certificate_id="vpn-01",
            subject="CN=vpn.example.net,OU=net\\, work,DC=example,SN=77,C=US",
            domain_name="vpn.example.net",
            ip_address="192.0.2.1",
            ipv6_address="2001:db8::1",
            email="vpn@example.net",
            filename="req.pem",
        )
    )
    text = reply.findtext("output").strip()
    assert text.startswith("Generated certificate request\n-----BEGIN CERTIFICATE REQUEST-----\n")
    made = x509.load_pem_x509_csr(text.partition("\n")[2].encode())
    assert made == box.device.pki.requests["vpn-01"]
    assert box.device.pki.files["/var/home/admin/req.pem"] == made.public_bytes(serialization.Encoding.PEM)
    assert made.is_signature_valid
    assert made.public_key() == KEYS["vpn"].public_key()
    assert [(part.oid._name, part.value) for part in made.subject] == [
        ("commonName", "vpn.example.net"),
        ("organizationalUnitName", "net, work"),
        ("domainComponent", "example"),
        ("serialNumber", "77"),
        ("countryName", "US"),
    ]
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["vpn@example.net", "vpn.example.net", "192.0.2.1", "2001:db8::1"]
    der = made.public_bytes(serialization.Encoding.DER)
    sha1, md5 = (hashlib.new(name, der, usedforsecurity=False).digest().hex(":") for name in ("sha1", "md5"))
    assert text.splitlines()[-3:] == ["Fingerprint:", f"{sha1} (sha1)", f"{md5} (md5)"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"subject": "CN=a"}, "missing argument"),
        ({"certificate_id": "vpn-01"}, "missing argument"),
        ({"certificate_id": "none", "subject": "CN=a"}, "Keypair doesn't exist for certificate"),
        ({"certificate_id": "vpn-01", "subject": "X=a"}, "invalid value: subject 'X=a': 'X'"),
        ({"certificate_id": "vpn-01", "subject": "CN=a", "digest": "sha-1"}, "invalid value sha-1"),
    ],
)
def test_certificate_requests_that_are_refused(box: Any, inputs: dict[str, str], message: str) -> None:
    box.device.pki.key_pairs["vpn-01"] = KEYS["vpn"]
    assert box.talk().problems(element(REQUEST, **inputs)) == [("error", message)]
    assert box.device.pki.requests == {}


LOAD_CA = "load-pki-ca-certificate"
OCCUPIED = "Command aborted as CA certificate already exists. Retry after clearing the existing CA certificate"


def test_ca_certificates_from_a_file(box: Any) -> None:
    box.device.pki.files["/var/tmp/two.pem"] = pem(CA, VPN)
    talk = box.talk()
    for profile, file, message in (
        ("other", "/var/tmp/ca.pem", "CA profile other is not configured"),
        ("corp-ca", "/var/tmp/none.pem", "could not resolve file: /var/tmp/none.pem"),
        ("corp-ca", "/var/tmp/vpn.key", "the file holds no certificate"),
    ):
        assert talk.problems(element(LOAD_CA, ca_profile=profile, filename=file)) == [("error", message)]
    reply = talk.ask(element(LOAD_CA, ca_profile="corp-ca", filename="/var/tmp/two.pem"))
    assert reply.findtext("cert-ca-load-status/cert-ca-profile") == "corp-ca"
    assert box.device.pki.ca == {"corp-ca": (CA, VPN)}
    again = element(LOAD_CA, ca_profile="corp-ca", filename="/var/tmp/ca.pem")
    assert talk.problems(again) == [("error", OCCUPIED)]
    assert talk.problems(element("clear-pki-ca-certificate", ca_profile="corp-ca")) == []
    reply = talk.ask(again.replace(f"<{LOAD_CA}>", f'<{LOAD_CA} format="text">'))
    assert reply.findtext("output") == "\nCA certificate for profile corp-ca loaded successfully\n"


def test_a_row_of_the_fleet_file_occupies_its_place(box: Any) -> None:
    rows = [Certificate(name, "CN=a", "CN=a", NOW, NOW, ca=ca) for name, ca in (("corp-ca", True), ("vpn-01", False))]
    box.device.certificates[:] = rows
    talk = box.talk()
    load_ca = element(LOAD_CA, ca_profile="corp-ca", filename="/var/tmp/ca.pem")
    load = element(LOAD, certificate_id="vpn-01", filename="/var/tmp/vpn.pem")
    assert talk.problems(load_ca) == [("error", OCCUPIED)]
    assert talk.problems(load) == [("error", OCCUPIED.replace("CA certificate", "local certificate"))]
    assert talk.problems("<clear-pki-ca-certificate><all/></clear-pki-ca-certificate>") == []
    assert box.device.certificates == rows[1:]
    assert talk.problems(load_ca) == []


LOAD = "load-pki-local-certificate"


def test_a_local_certificate_and_its_key_from_files(box: Any) -> None:
    talk = box.talk()
    inputs = {"certificate_id": "vpn-01", "filename": "/var/tmp/vpn.pem"}
    for more, message in (
        ({}, "Keypair doesn't exist for certificate"),
        ({"key": "/var/tmp/vpn.key"}, "the private key cannot be read"),
        ({"key": "/var/tmp/vpn.key", "passphrase": "wrong"}, "the private key cannot be read"),
    ):
        assert talk.problems(element(LOAD, **inputs, **more)) == [("error", message)]
    reply = talk.ask(element(LOAD, **inputs, key="/var/tmp/vpn.key", passphrase="secret"))
    assert reply.findtext("cert-load-status/cert-certificate-id") == "vpn-01"
    held = box.device.pki.local["vpn-01"]
    assert (held.certificate, held.loaded) == (VPN, True)
    assert held.key == box.device.pki.key_pairs["vpn-01"]


def test_a_certificate_belongs_to_the_key_pair_that_is_there(box: Any) -> None:
    talk, keys = box.talk(), box.device.pki.key_pairs
    load = element(LOAD, certificate_id="vpn-01", filename="/var/tmp/vpn.pem")
    keys["vpn-01"] = KEYS["other"]
    assert talk.problems(load) == [("error", "certificate and key pair of vpn-01 do not match")]
    with_key = element(LOAD, certificate_id="vpn-01", filename="/var/tmp/vpn.pem", key="/var/tmp/vpn.key")
    assert talk.problems(with_key) == [
        ("error", "Command aborted as key file already exists. Retry after clearing the existing key file")
    ]
    keys["vpn-01"] = KEYS["vpn"]
    box.device.pki.files["/var/tmp/vpn.pem"] = pem(VPN, CA)
    assert talk.problems(load) == []
    held = box.device.pki.local["vpn-01"]
    assert (held.certificate, held.chain) == (VPN, (CA,))


@pytest.mark.parametrize(
    ("release", "start", "days", "ca", "answer"),
    [
        ("22.4R3", NOW, 30, CA, "Local certificate vpn-01 verification success"),
        ("25.4R1", NOW, 30, CA, "local certificate vpn-01 verification success"),
        ("22.4R3", NOW + timedelta(days=1), 30, CA, "Local certificate vpn-01 is not valid yet"),
        ("22.4R3", NOW - timedelta(days=2), 1, CA, "Local certificate vpn-01 has expired"),
        (
            "22.4R3",
            NOW,
            30,
            None,
            "Local certificate vpn-01 verification failed: issuer CA certificate is missing",
        ),
        (
            "22.4R3",
            NOW,
            30,
            certificate("corp-ca", "corp-ca", key="other", by="other"),
            "Local certificate vpn-01 verification failed: issuer CA certificate is missing",
        ),
    ],
)
def test_a_local_certificate_is_verified(
    box: Any,
    sim: Callable[..., Any],
    release: str,
    start: datetime,
    days: int,
    ca: x509.Certificate | None,
    answer: str,
) -> None:
    device = sim(PROFILE, release=release)
    device.device.clock = box.device.clock
    item = certificate("vpn", "corp-ca", key="vpn", by="ca", start=start, days=days)
    device.device.pki.local["vpn-01"] = Local(item, KEYS["vpn"])
    if ca is not None:
        device.device.pki.ca["corp-ca"] = (ca,)
    reply = device.talk().ask(element("verify-pki-local-certificate", certificate_id="vpn-01"))
    assert reply.findtext("output").strip() == answer


def test_what_came_along_leads_to_the_ca(box: Any) -> None:
    old = {"start": NOW - timedelta(days=9), "days": 1}
    middle, expired = (certificate("middle", "corp-ca", key="other", by="ca", **dates) for dates in ({}, old))
    item = certificate("vpn", "middle", key="vpn", by="other")
    device, ask = box.device, element("verify-pki-local-certificate", certificate_id="vpn-01")
    missing = "verification failed: issuer CA certificate is missing"
    for ca, chain, answer in (
        (CA, (), missing),
        (CA, (expired,), missing),
        (CA, (middle,), "verification success"),
        (certificate("corp-ca", "corp-ca", key="ca", by="ca", **old), (middle,), missing),
    ):
        device.pki.ca["corp-ca"] = (ca,)
        device.pki.local["vpn-01"] = Local(item, KEYS["vpn"], chain)
        assert box.talk().ask(ask).findtext("output").strip() == f"Local certificate vpn-01 {answer}"


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        ((), "CA certificate corp-ca not found in local database"),
        ((CA,), "CA certificate corp-ca verified successfully"),
        (
            (certificate("ca", "ca", key="ca", by="ca", start=NOW - timedelta(days=9), days=1),),
            "CA certificate corp-ca has expired",
        ),
    ],
)
def test_a_ca_certificate_is_verified(box: Any, held: tuple[x509.Certificate, ...], answer: str) -> None:
    box.device.pki.ca["corp-ca"] = held
    reply = box.talk().ask(element("verify-pki-ca-certificate", ca_profile="corp-ca"))
    assert reply.findtext("output").strip() == answer


def test_a_certificate_goes_to_a_file_that_can_be_shown_and_deleted(box: Any) -> None:
    export = "request-security-local-certificate-export"
    talk, files = box.talk(), box.device.pki.files
    box.device.pki.local["vpn-01"] = Local(VPN, KEYS["vpn"])
    assert talk.problems(element(export, certificate_id="vpn-01", filename="/var/tmp/out.der", type="der")) == []
    assert files["/var/tmp/out.der"] == VPN.public_bytes(serialization.Encoding.DER)
    assert talk.problems(element(export, certificate_id="vpn-01", filename="/var/tmp/out.pem")) == []
    reply = talk.ask(element("file-show", filename="/var/tmp/out.pem"))
    assert reply.findtext("file-content").encode().strip() == pem(VPN).strip()
    delete = element("file-delete", path="/var/tmp/out.pem")
    assert talk.problems(delete) == []
    assert "/var/tmp/out.pem" not in files
    assert box.device.state()["files"] == {"/var/tmp/out.der": "0644"}
    assert talk.problems(delete) == [("error", "/var/tmp/out.pem: No such file or directory")]


@pytest.mark.parametrize(
    ("rpc", "store"),
    [
        ("clear-pki-local-certificate", "local"),
        ("clear-pki-key-pair", "key_pairs"),
        ("clear-pki-certificate-request", "requests"),
    ],
)
def test_clearing_one_and_all(box: Any, rpc: str, store: str) -> None:
    held = getattr(box.device.pki, store)
    held.update({"a": 1, "b": 2, "c": 3})
    changes: list[int] = []
    box.device.pki.on_change = lambda: changes.append(len(held))
    talk = box.talk()
    assert talk.problems(element(rpc)) == [("error", "missing argument")]
    assert talk.problems(element(rpc, certificate_id="d")) == [("error", "d not found in local database")]
    assert talk.problems(element(rpc, certificate_id="b")) == []
    assert sorted(held) == ["a", "c"]
    assert talk.problems(element(rpc, all="")) == []
    assert held == {}
    assert changes == [2, 0]


@pytest.mark.parametrize(
    "body",
    [
        element(KEY, certificate_id="a"),
        element(REQUEST, certificate_id="a", subject="CN=a"),
        element(LOAD_CA, ca_profile="corp-ca", filename="/var/tmp/ca.pem"),
        element(LOAD, certificate_id="a", filename="/var/tmp/vpn.pem"),
        element("request-security-local-certificate-export", certificate_id="a", filename="a"),
        element("clear-pki-local-certificate", all=""),
        element("clear-pki-ca-certificate", all=""),
        element("clear-pki-key-pair", all=""),
        element("clear-pki-certificate-request", all=""),
        element("clear-acme-account-request", ca_profile="corp-ca"),
        element("file-delete", path="/var/tmp/ca.pem"),
    ],
)
def test_who_may_only_read_changes_nothing(box: Any, body: str) -> None:
    before = dict(box.device.pki.files)
    reader = Login("reader", "x", login_class="read-only")
    assert box.talk(reader).problems(body) == [("error", "permission denied")]
    assert (box.device.pki.files, box.device.pki.key_pairs, box.device.pki.ca) == (before, {}, {})
