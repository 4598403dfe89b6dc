# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the configuration says of renewals, and when they are due: dates worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from junosim.device import Device, Recorder, Spec
from junosim.effective import in_effect
from junosim.reenroll import Profile, Wanted, due, entries, profile

BEGIN = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name.from_rfc4514_string("CN=c1")


def certificate(lifetime: timedelta, begin: datetime = BEGIN) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME).public_key(KEY.public_key())
    builder = builder.serial_number(7).not_valid_before(begin).not_valid_after(begin + lifetime)
    return builder.sign(KEY, hashes.SHA256())


@pytest.mark.parametrize(
    ("lifetime", "trigger", "at"),
    [
        ({"days": 90}, None, None),
        ({"days": 90}, ("days", 30), "2026-04-30T12:00:30"),
        ({"days": 90}, ("days", 0), "2026-05-30T12:00:30"),
        ({"days": 90}, ("hours", 1), "2026-05-30T11:00:30"),
        ({"days": 90}, ("percent", 1), "2026-05-29T14:24:30"),  # 0.9 days are left
        ({"days": 90}, ("percent", 25), "2026-05-08T00:00:30"),  # 22.5 days are left
        ({"days": 90}, ("percent", 72), "2026-03-26T16:48:30"),  # 64.8 days are left
        ({"days": 90}, ("percent", 99), "2026-03-02T09:36:30"),
        ({"days": 6}, ("percent", 50), "2026-03-04T12:00:30"),
        # A part of a second: the trigger is the first whole second at or after it.
        ({"seconds": 650}, ("percent", 33), "2026-03-01T12:07:46"),  # 214.5 s are left, 435.5 s have gone
        # The whole lifetime, and more than it: no timer.
        ({"days": 6}, ("days", 6), None),
        ({"days": 6}, ("hours", 143), "2026-03-01T13:00:30"),
        ({"days": 6}, ("hours", 144), None),
        ({"days": 6}, ("days", 30), None),
        ({"days": 6}, ("days", 4294967295), None),
    ],
)
def test_trigger(lifetime: dict[str, int], trigger: tuple[str, int] | None, at: str | None) -> None:
    expected = datetime.fromisoformat(f"{at}+00:00") if at else None
    assert due(trigger, certificate(timedelta(**lifetime))) == expected


CONFIG = """
set security pki ca-profile corp ca-identity corp.example.net
set security pki ca-profile corp enrollment url http://ca.example.net/scep
set security pki ca-profile corp enrollment retry 5
set security pki ca-profile corp enrollment retry-interval 60
set security pki ca-profile plain enrollment url http://ca.example.net/cmp
set security pki ca-profile bare ca-identity x
set security pki auto-re-enrollment scep certificate-id s1 ca-profile-name corp
set security pki auto-re-enrollment scep certificate-id s1 re-enroll-time hours 12
set security pki auto-re-enrollment scep certificate-id s1 re-enroll-trigger-time-percentage 20
set security pki auto-re-enrollment scep certificate-id s1 challenge-password "Chal len&ge"
set security pki auto-re-enrollment scep certificate-id s1 scep-encryption-algorithm des
set security pki auto-re-enrollment scep certificate-id s1 scep-digest-algorithm md5
set security pki auto-re-enrollment cmpv2 certificate-id c1 ca-profile-name plain
set security pki auto-re-enrollment cmpv2 certificate-id c1 re-enroll-trigger-time-percentage 20
set security pki auto-re-enrollment cmpv2 certificate-id c1 re-generate-keypair
set security pki auto-re-enrollment cmpv2 certificate-id off ca-profile-name plain
set security pki auto-re-enrollment acme certificate-id a1 acme-key-id k1
set security pki auto-re-enrollment acme certificate-id a1 ca-profile-name plain
set security pki auto-re-enrollment acme certificate-id a1 re-enroll-time percent 33
set security pki auto-re-enrollment certificate-id d1 ca-profile-name corp
deactivate security pki auto-re-enrollment cmpv2 certificate-id off
set groups all security pki auto-re-enrollment cmpv2 certificate-id g1 ca-profile-name plain
set groups all security pki auto-re-enrollment certificate-id <*> re-enroll-time days 9
set apply-groups all
"""


def test_entries_in_effect() -> None:
    tree = in_effect(Device(Spec("a", "22.4R3", CONFIG), Recorder(None)).database.committed)
    assert list(entries(tree)) == [
        Wanted("s1", "scep", "corp", ("hours", 12), challenge_password="Chal len&ge", encryption="des", digest="md5"),
        Wanted("c1", "cmpv2", "plain", ("percent", 20), new_key=True),
        Wanted("g1", "cmpv2", "plain"),
        Wanted("a1", "acme", "plain", ("percent", 33), acme_key_id="k1"),
        Wanted("d1", "scep", "corp", ("days", 9)),
    ]


def test_no_entries() -> None:
    assert list(entries(in_effect(Device(Spec("a", "22.4R3"), Recorder(None)).database.committed))) == []


def test_a_secret_under_a_master_password_is_not_known_here() -> None:
    device = Device(Spec("a", "22.4R3", CONFIG, master_password=True), Recorder(None))
    assert next(entries(in_effect(device.database.committed))).challenge_password == ""


def test_profiles() -> None:
    tree = in_effect(Device(Spec("a", "22.4R3", CONFIG), Recorder(None)).database.committed)
    assert profile(tree, "corp") == Profile("corp", "http://ca.example.net/scep", "corp.example.net", 5, 60)
    assert profile(tree, "plain") == Profile("plain", "http://ca.example.net/cmp", "", 1000, 600)
    assert profile(tree, "bare") == Profile("bare", "", "x", 1000, 600)
    assert profile(tree, "none") is None


@pytest.mark.parametrize("damaged", ["$9$!", "$9$"])
def test_a_damaged_secret_is_not_known_either(damaged: str) -> None:
    lines = [
        "set security pki auto-re-enrollment scep certificate-id c1 ca-profile-name corp",
        f'set security pki auto-re-enrollment scep certificate-id c1 challenge-password "{damaged}"',
    ]
    tree = in_effect(Device(Spec("a", "22.4R3", "\n".join(lines)), Recorder(None)).database.committed)
    assert [one.challenge_password for one in entries(tree)] == [""]
