# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test CA, asked by clients that nobody here wrote: ``openssl cmp``, and ``pki --scep`` of strongSwan."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import testca
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from junosim.clock import Clock

PASSWORD, REFERENCE, SECRET = "sesame", "4711", "open-sesame"
PROFILES = {
    "six": {"lifetime": "6d"},
    "held": {"lifetime": "6d", "hold": True},
    "rsa": {"lifetime": 600, "key_types": ["rsa-2048"]},
    "careless": {"lifetime": "47d", "refuse_same_key": False},
}
SUBJECT = {
    "openssl": "/C=DE/O=Example/CN=srx1",
    "strongswan": "C=DE, O=Example, CN=srx1",
    "log": "C=DE,O=Example,CN=srx1",
}
NAMES = x509.SubjectAlternativeName([x509.DNSName("srx1.example.net")])
SAME_KEY = "the key has a certificate already, a new one needs a new key"

Decisions = list[tuple[str, str]]


class Holder:
    """A key in a file, and the certificate that it gets."""

    def __init__(self, folder: Path, name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self.key, self.key_file, self.file = key, folder / f"{name}.key", folder / f"{name}.pem"
        self.key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.file.read_bytes())


class Stranger:
    """A client in a folder of its own, and what the CA decided since the client is there."""

    def __init__(self, ca: testca.Ca, folder: Path) -> None:
        self.ca, self.folder, self._before = ca, folder, len(ca.log())

    def holder(self, name: str, curve: ec.EllipticCurve | None = None) -> Holder:
        key = ec.generate_private_key(curve) if curve else rsa.generate_private_key(65537, 2048)
        return Holder(self.folder, name, key)

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return self.ca.log()[self._before :]

    @property
    def outcome(self) -> Decisions:
        """What was decided, each with its reason; empty when there is none."""
        return [(entry["what"], entry.get("reason", "")) for entry in self.decisions]

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        words = list(map(str, command))
        return subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)

    def start(self, *command: object) -> subprocess.Popen[bytes]:
        words = list(map(str, command))
        return subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    # -- openssl

    def cmp(self, command: str, profile: str, new: Holder, *more: object) -> list[object]:
        first = [
            "openssl",
            "cmp",
            "-config",
            "",
            "-cmd",
            command,
            "-server",
            self.ca.cmp(profile),
            "-recipient",
            "/CN=CA",
        ]
        trust = ["-trusted", self.ca.state / "root.pem", "-untrusted", self.ca.state / "intermediate.pem"]
        return [*first, *trust, "-newkey", new.key_file, "-certout", new.file, *more]

    def ir(self, profile: str, new: Holder, *more: object) -> list[object]:
        name = ["-subject", SUBJECT["openssl"], "-sans", "srx1.example.net"]
        return self.cmp("ir", profile, new, "-ref", REFERENCE, "-secret", f"pass:{SECRET}", *name, *more)

    def kur(self, profile: str, old: Holder, new: Holder, *more: object) -> list[object]:
        return self.cmp("kur", profile, new, "-cert", old.file, "-key", old.key_file, *more)

    # -- strongSwan

    def ca_files(self, profile: str) -> tuple[Path, Path]:
        """The root and the intermediate, as the client got them by SCEP."""
        done = self.run(
            "pki", "--scepca", "--url", self.ca.scep(profile), "--caout", "ca.pem", "--outform", "pem", "--force"
        )
        assert done.returncode == 0, done.stderr
        return self.folder / "ca.pem", self.folder / "ca-1.pem"

    def scep(self, profile: str, new: Holder, *more: object) -> list[object]:
        root, intermediate = self.ca_files(profile)
        trust = ["--cacert-enc", intermediate, "--cacert-sig", intermediate, "--cacert", root]
        name = ["--dn", SUBJECT["strongswan"], "--san", "srx1.example.net"]
        return ["pki", "--scep", "--url", self.ca.scep(profile), "--in", new.key_file, *trust, *name, *more]

    def enroll(self, profile: str, new: Holder, *more: object) -> subprocess.CompletedProcess[str]:
        """strongSwan's certificate, which it writes to its standard output."""
        done = self.run(*self.scep(profile, new, "--outform", "pem", *(more or ("--password", PASSWORD))))
        new.file.write_text(done.stdout)
        return done

    def renew(self, profile: str, old: Holder, new: Holder) -> subprocess.CompletedProcess[str]:
        return self.enroll(profile, new, "--cert", old.file, "--key", old.key_file)


@pytest.fixture(scope="module", name="clock")
def _clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    """The strangers look at the machine's clock, so ours starts there."""
    file = tmp_path_factory.mktemp("clock") / "now"
    file.write_text(f"{time.time():.0f}")
    return Clock(file)


@pytest.fixture(scope="module", name="ca")
def _ca(clock: Clock) -> Iterator[testca.Ca]:
    settings = {"challenge_password": PASSWORD, "cmp": {"secrets": {REFERENCE: SECRET}}, "profiles": PROFILES}
    with testca.start({**settings, "clock": str(clock.file)}) as started:
        yield started


@pytest.fixture(name="stranger")
def _stranger(ca: testca.Ca, tmp_path: Path) -> Stranger:
    return Stranger(ca, tmp_path)


def rejection(failure: str, text: str) -> str:
    """As openssl tells it."""
    return f'PKIStatus: rejection; PKIFailureInfo: {failure}; StatusString: "{text}"'


def assert_issued(stranger: Stranger, holder: Holder, days: int) -> None:
    """The certificate holds what was asked for, the log says so, and openssl trusts it."""
    certificate, decided = holder.certificate, stranger.ca.log("issued")[-1]
    assert certificate.public_key() == holder.key.public_key()
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "srx1"
    assert certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value == NAMES
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=days)
    assert (decided["serial"], decided["subject"]) == (f"{certificate.serial_number:x}", SUBJECT["log"])
    root, intermediate = stranger.ca.state / "root.pem", stranger.ca.state / "intermediate.pem"
    verified = stranger.run(
        "openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", intermediate, holder.file
    )
    assert verified.stdout == f"{holder.file}: OK\n", verified.stderr


# -- openssl cmp


def test_openssl_enrolls_confirms_and_renews(stranger: Stranger) -> None:
    first, second = stranger.holder("first"), stranger.holder("second")
    done = stranger.run(*stranger.ir("six", first))
    assert done.returncode == 0, done.stdout
    assert_issued(stranger, first, 6)
    done = stranger.run(*stranger.kur("six", first, second))
    assert done.returncode == 0, done.stdout
    assert_issued(stranger, second, 6)
    assert stranger.outcome == [("issued", ""), ("confirmed", "")] * 2
    assert [entry.get("renews") for entry in stranger.ca.log("issued")[-2:]] == [
        None,
        f"{first.certificate.serial_number:x}",
    ]


@pytest.mark.parametrize(
    "more",
    [
        ("-mac", "hmacWithSHA256", "-digest", "sha512"),
        ("-mac", "hmac-sha1", "-digest", "sha1"),
    ],
)
def test_openssl_chooses_how_it_protects(stranger: Stranger, more: tuple[str, ...]) -> None:
    holder = stranger.holder("curve", ec.SECP256R1())
    done = stranger.run(*stranger.ir("careless", holder, *more))
    assert done.returncode == 0, done.stdout
    assert_issued(stranger, holder, 47)


def test_openssl_does_without_a_confirmation(stranger: Stranger) -> None:
    holder = stranger.holder("implicit")
    done = stranger.run(*stranger.ir("six", holder, "-implicit_confirm"))
    assert done.returncode == 0, done.stdout
    assert stranger.outcome == [("issued", "")]


def test_openssl_turns_a_certificate_down(stranger: Stranger) -> None:
    holder, other = stranger.holder("unwanted"), stranger.holder("other")
    stranger.run("openssl", "req", "-x509", "-new", "-key", other.key_file, "-subj", "/CN=other", "-out", other.file)
    done = stranger.run(*stranger.ir("six", holder, "-out_trusted", other.file))
    assert "CMP client did not accept it" in done.stdout
    assert stranger.outcome == [("issued", ""), ("rejected", "")]


@pytest.mark.parametrize(
    ("more", "failure", "reason"),
    [
        (("-secret", "pass:wrong"), "badMessageCheck", "the secret is wrong"),
        (("-ref", "4712"), "badMessageCheck", "the reference is not known"),
        (("-unprotected_requests",), "badMessageCheck", "the message is not protected"),
        (("-popo", "0"), "badPOP", "the request is not signed with the key that it wants certified"),
    ],
)
def test_openssl_is_refused(stranger: Stranger, more: tuple[str, ...], failure: str, reason: str) -> None:
    holder = stranger.holder("refused")
    done = stranger.run(*stranger.ir("six", holder, *more))
    assert rejection(failure, reason) in done.stdout
    assert stranger.outcome == [("refused", reason)]
    assert not holder.file.exists()


def test_openssl_is_refused_a_key_of_another_type(stranger: Stranger) -> None:
    done = stranger.run(*stranger.ir("rsa", stranger.holder("curve", ec.SECP384R1())))
    assert rejection("badCertTemplate", "a key of the type ecdsa-384 is not taken") in done.stdout


def test_openssl_is_refused_the_same_key(stranger: Stranger) -> None:
    holder = stranger.holder("same")
    stranger.run(*stranger.ir("six", holder))
    done = stranger.run(*stranger.kur("six", holder, holder))
    assert rejection("badCertTemplate", SAME_KEY) in done.stdout
    assert stranger.outcome == [("issued", ""), ("confirmed", ""), ("refused", SAME_KEY)]


def test_openssl_keeps_its_key_where_the_profile_lets_it(stranger: Stranger) -> None:
    holder = stranger.holder("same")
    for command in (stranger.ir("careless", holder), stranger.kur("careless", holder, holder)):
        done = stranger.run(*command)
        assert done.returncode == 0, done.stdout
        assert_issued(stranger, holder, 47)


def awaited(process: subprocess.Popen[bytes], stranger: Stranger, profile: str) -> int:
    """Releases a profile once the client's request is seen to wait, and gives what the client came to."""
    deadline = time.monotonic() + 30
    while not stranger.decisions and time.monotonic() < deadline:
        time.sleep(0.05)  # for a line in the log of another process
    try:
        stranger.ca.release(profile)
        return process.wait(30)
    finally:
        process.kill()
        stranger.ca.hold(profile)


def test_openssl_polls_until_it_is_released(stranger: Stranger) -> None:
    holder = stranger.holder("patient")
    process = stranger.start(*stranger.ir("held", holder))
    assert awaited(process, stranger, "held") == 0
    assert_issued(stranger, holder, 6)
    assert stranger.outcome == [("pending", ""), ("issued", ""), ("confirmed", "")]


# -- pki --scep


@pytest.mark.parametrize(
    ("cipher", "digest"), [("aes", "sha256"), ("aes", "sha512"), ("des3", "sha384"), ("des3", "sha1")]
)
def test_strongswan_enrolls_and_renews(stranger: Stranger, cipher: str, digest: str) -> None:
    first, second = stranger.holder("first"), stranger.holder("second")
    how = ("--cipher", cipher, "--digest", digest)
    done = stranger.enroll("six", first, "--password", PASSWORD, *how)
    assert done.returncode == 0, done.stderr
    assert_issued(stranger, first, 6)
    done = stranger.enroll("six", second, "--cert", first.file, "--key", first.key_file, *how)
    assert done.returncode == 0, done.stderr
    assert_issued(stranger, second, 6)
    assert stranger.outcome == [("issued", "")] * 2
    assert stranger.decisions[1]["renews"] == f"{first.certificate.serial_number:x}"


def test_strongswan_gets_the_certificates_of_the_ca(stranger: Stranger) -> None:
    root, intermediate = (x509.load_pem_x509_certificate(file.read_bytes()) for file in stranger.ca_files("six"))
    assert (root, intermediate) == (stranger.ca.root, stranger.ca.intermediate)


def test_strongswan_is_refused_a_wrong_password(stranger: Stranger) -> None:
    done = stranger.enroll("six", stranger.holder("wrong"), "--password", "guess")
    assert "failInfo:     badRequest" in done.stderr
    assert stranger.outcome == [("refused", "the challenge password is wrong")]


def test_strongswan_is_refused_the_same_key(stranger: Stranger) -> None:
    holder = stranger.holder("same")
    stranger.enroll("six", holder)
    done = stranger.renew("six", holder, holder)
    assert "failInfo:     badRequest" in done.stderr
    assert stranger.outcome == [("issued", ""), ("refused", SAME_KEY)]


def test_strongswan_is_refused_with_a_certificate_from_elsewhere(stranger: Stranger) -> None:
    old, new = stranger.holder("old"), stranger.holder("new")
    stranger.run("openssl", "req", "-x509", "-new", "-key", old.key_file, "-subj", "/CN=elsewhere", "-out", old.file)
    done = stranger.renew("six", old, new)
    assert "failInfo:     badRequest" in done.stderr
    assert stranger.outcome == [("refused", "the certificate to renew was not issued here")]


def test_strongswan_polls_until_it_is_released(stranger: Stranger) -> None:
    holder = stranger.holder("patient")
    command = stranger.scep("held", holder, "--password", PASSWORD, "--interval", 1)
    assert awaited(stranger.start(*command), stranger, "held") == 0
    assert stranger.outcome == [("pending", ""), ("issued", "")]


# -- a CA that changes


def test_a_new_intermediate_signs_and_the_old_one_still_answers(stranger: Stranger) -> None:
    by_cmp, by_scep = stranger.holder("cmp"), stranger.holder("scep")
    stranger.run(*stranger.ir("six", by_cmp))
    command = stranger.scep("six", by_scep, "--password", PASSWORD, "--outform", "pem")  # encrypted to the old one
    before = stranger.ca.intermediate
    stranger.ca.rotate()
    after = stranger.ca.intermediate
    assert (before.public_key() == after.public_key(), before.subject == after.subject) == (False, False)
    done = stranger.run(*command)
    assert done.returncode == 0, done.stderr
    by_scep.file.write_text(done.stdout)
    assert_issued(stranger, by_scep, 6)
    renewed = stranger.holder("renewed")
    done = stranger.run(*stranger.kur("six", by_cmp, renewed))
    assert done.returncode == 0, done.stdout
    assert_issued(stranger, renewed, 6)
    issuers = [holder.certificate.issuer for holder in (by_cmp, by_scep, renewed)]
    assert issuers == [before.subject, after.subject, after.subject]


def test_a_ca_that_is_down_does_not_answer(stranger: Stranger) -> None:
    holder = stranger.holder("late")
    stranger.ca.down()
    try:
        assert stranger.run(*stranger.ir("six", holder, "-msg_timeout", 5)).returncode == 1
        assert stranger.outcome == []
    finally:
        stranger.ca.up()
    assert stranger.run(*stranger.ir("six", holder)).returncode == 0


# The last ones in this file: they leave the time of the CA ahead of that of the strangers.


def expired(holder: Holder, clock: Clock) -> str:
    """Waits until the certificate has expired, and gives the reason why it is not renewed any more."""
    expires = holder.certificate.not_valid_after_utc
    clock.move(expires + timedelta(seconds=1))
    return f"the certificate to renew expired on {expires:%Y-%m-%dT%H:%M:%SZ}"


def test_openssl_is_refused_what_has_expired(stranger: Stranger, clock: Clock) -> None:
    old, new = stranger.holder("old"), stranger.holder("new")
    stranger.run(*stranger.ir("six", old))
    reason = expired(old, clock)
    done = stranger.run(*stranger.kur("six", old, new))
    assert rejection("signerNotTrusted", reason) in done.stdout
    assert stranger.outcome[-1] == ("refused", reason)


def test_strongswan_is_refused_what_has_expired(stranger: Stranger, clock: Clock) -> None:
    old, new = stranger.holder("old"), stranger.holder("new")
    stranger.enroll("six", old)
    reason = expired(old, clock)
    done = stranger.renew("six", old, new)
    assert "failInfo:     badRequest" in done.stderr
    assert stranger.outcome[-1] == ("refused", reason)
