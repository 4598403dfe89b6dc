# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What two simulated years are made of: thirty devices that must never expire, and those that are set up to fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2027, 1, 4, 8, tzinfo=UTC)  # a Monday
END = START + timedelta(days=730)
CHALLENGE, REFERENCE, SECRET = "Challenge-1", "reference-1", "Cmp-Secret-1"

LIFETIMES = (6, 47, 90, 398)  # days
PROTOCOLS = ("scep", "cmpv2", "acme")
STAGGER = {"from_hours": 504, "to_hours": 840}  # of the certificates of 90 days: 21 to 35 days before the expiry

#: By lifetime, in turn. None: the role's stagger.
TRIGGERS: Mapping[int, tuple[Mapping[str, Any] | None, ...]] = {
    6: (
        {"re_enroll_time": {"percentage": 33}},
        {"re_enroll_time": {"hours": 47}},
        {"re_enroll_trigger_time_percentage": 40},
    ),
    47: (
        {"re_enroll_time": {"days": 15}},
        {"re_enroll_trigger_time_percentage": 33},
        {"re_enroll_time": {"hours": 400}},
    ),
    90: (None, None),
    398: ({"re_enroll_time": {"days": 30}}, {"re_enroll_time": {"percentage": 9}}),
}
KEYS = {"scep": {"type": "rsa", "size": 1024}, "cmpv2": {"type": "ecdsa"}, "acme": {"type": "ecdsa"}}


@dataclass(frozen=True)
class Certificate:
    """One device with one certificate. ``at``: days after the start when the report is read that must name ``code``."""

    host: str
    protocol: str
    lifetime: int
    profile: str  # of the CA
    trigger: Mapping[str, Any] | None
    new_key: bool = True
    release: str = "24.4R1"
    enrollment: Mapping[str, int] = field(default_factory=lambda: {"retry": 30, "retry_interval": 3600})
    story: str = ""
    code: str = ""
    at: float = 0
    expires: bool = False  # it does, without being renewed
    address: str = "127.0.0.1"

    @property
    def entry(self) -> dict[str, Any]:
        """The declaration of its renewal, without what the role adds."""
        secret = {"challenge_password": CHALLENGE} if self.protocol == "scep" else {}
        account = {"acme_key_id": "account"} if self.protocol == "acme" else {}
        return {
            "certificate_id": "vpn-01",
            "protocol": self.protocol,
            "ca_profile_name": "ca",
            "re_generate_keypair": self.new_key,
            **(self.trigger or {}),
            **secret,
            **account,
        }


def _fleet() -> list[Certificate]:
    rows = []
    for number in range(30):
        protocol, lifetime = PROTOCOLS[number % 3], LIFETIMES[number // 3 % 4]
        triggers = TRIGGERS[lifetime]
        kept = number % 5 == 4  # the key pair: the CA of these takes the old one
        rows.append(
            Certificate(
                host=f"fw-{number + 1:02d}",
                protocol=protocol,
                lifetime=lifetime,
                profile=f"keep-{lifetime}" if kept else f"days-{lifetime}",
                trigger=triggers[number // 12 % len(triggers)],
                new_key=not kept,
                enrollment={"retry": 40 if lifetime == 6 else 100, "retry_interval": 3600},
                address=f"127.1.0.{number + 1}",
            )
        )
    return rows


FLEET = _fleet()

#: A weekend without the CA, from Friday evening to Monday morning.
WEEKEND = (datetime(2027, 2, 5, 18, tzinfo=UTC), datetime(2027, 2, 8, 6, tzinfo=UTC))
#: A CA that is gone for a week.
GONE = (START + timedelta(days=3), START + timedelta(days=10))
#: The day when another intermediate signs.
ROTATION = START + timedelta(days=30)

_SATURDAY = {"re_enroll_time": {"days": 14}}  # of 47 days: triggers on Saturday morning

FAILURES = [
    Certificate(
        "weekend",
        "scep",
        47,
        "weekend",
        _SATURDAY,
        enrollment={"retry": 100, "retry_interval": 3600},
        story="CA down for a weekend, retries for four days",
        code="trigger-passed",
        at=33.5,
    ),
    Certificate(
        "impatient",
        "cmpv2",
        47,
        "weekend",
        _SATURDAY,
        enrollment={"retry": 5, "retry_interval": 600},
        story="CA down for a weekend, retries for an hour",
        code="short-of-a-weekend",
        expires=True,
    ),
    Certificate(
        "gone",
        "acme",
        6,
        "gone",
        {"re_enroll_time": {"percentage": 33}},
        enrollment={"retry": 20, "retry_interval": 3600},
        story="CA down past the expiry",
        code="renewal-overdue",
        at=5.5,
        expires=True,
        address="127.1.0.51",
    ),
    Certificate(
        "same-key",
        "scep",
        47,
        "days-47",
        {"re_enroll_time": {"days": 15}},
        new_key=False,
        story="unchanged key, which the CA refuses",
        code="key-not-regenerated",
        expires=True,
    ),
    Certificate(
        "rotated",
        "scep",
        90,
        "rotating",
        {"re_enroll_time": {"days": 30}},
        story="CA signs with another intermediate",
        code="renewal-overdue",
        at=65,
        expires=True,
    ),
    Certificate(
        "static",
        "cmpv2",
        6,
        "days-6",
        {"re_enroll_time": {"days": 30}},
        story="days 30 on a certificate of 6 days",
        code="trigger-before-issue",
        expires=True,
    ),
    Certificate(
        "silent",
        "scep",
        47,
        "days-47",
        {},
        release="22.2R3",
        story="no trigger, which 22.2 commits without a word",
        code="no-trigger",
        expires=True,
    ),
]

EVERYTHING = [*FLEET, *FAILURES]


def ca_config(clock: str, http_port: int, rotations: tuple[datetime, ...] = ()) -> dict[str, Any]:
    """Of the CA: a profile for each lifetime, also one that takes old keys, and those that fail."""
    hosts = {f"{each.host}.example.net": each.address for each in EVERYTHING if each.protocol == "acme"}
    acme = {"http_port": http_port, "hosts": hosts}
    profiles: dict[str, Any] = {}
    for days in LIFETIMES:
        profiles[f"days-{days}"] = {"lifetime": f"{days}d", **acme}
        profiles[f"keep-{days}"] = {"lifetime": f"{days}d", "refuse_same_key": False, **acme}
    profiles["weekend"] = {"lifetime": "47d"}
    profiles["gone"] = {"lifetime": "6d", **acme}
    profiles["rotating"] = {"lifetime": "90d"}
    return {
        "clock": clock,
        "challenge_password": CHALLENGE,
        "cmp": {"secrets": {REFERENCE: SECRET}},
        "profiles": profiles,
        "outages": [
            {"from": WEEKEND[0].isoformat(), "until": WEEKEND[1].isoformat(), "profiles": ["weekend"]},
            {"from": GONE[0].isoformat(), "until": GONE[1].isoformat(), "profiles": ["gone"]},
        ],
        "rotations": [each.isoformat() for each in rotations],
    }


def devices(clock: str, http_port: int) -> dict[str, Any]:
    """The fleet file."""
    return {
        "clock": clock,
        "defaults": {"user": "netops", "password": "Login-0", "ssh_port": 0},
        "devices": {
            each.host: {"release": each.release, "address": each.address}
            | ({"http_port": http_port} if each.protocol == "acme" else {})
            for each in EVERYTHING
        },
    }


def variables(each: Certificate, url: str, ca_pem: str) -> dict[str, Any]:
    """What the inventory says of a device, for the role that enrolls and configures."""
    names = (
        {"domain_names": [f"{each.host}.example.net"], "email": "pki@example.net", "letsencrypt_enrollment": False}
        if each.protocol == "acme"
        else {"subject": f"CN={each.host}.example.net,O=example"}
    )
    cmp = {"ca_reference": REFERENCE, "ca_secret": SECRET} if each.protocol == "cmpv2" else {}
    stagger = {"pki_reenroll_stagger": STAGGER} if each.trigger is None else {}
    return {
        "pki_reenroll_state": "replaced",
        "pki_reenroll_ca_profiles": [
            {"name": "ca", "ca_identity": "ca", "enrollment": {"url": url, **each.enrollment}}
        ],
        "pki_reenroll_certificates": [each.entry],
        "pki_reenroll_enroll": True,
        "pki_reenroll_ca_certificates": [{"ca_profile": "ca", "content": ca_pem}],
        "pki_reenroll_enrollments": [{"certificate_id": "vpn-01", "key_pair": KEYS[each.protocol], **names, **cmp}],
        "pki_reenroll_enroll_timeout": 60,
        **stagger,
    }
