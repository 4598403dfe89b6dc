# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewalls of the benchmarks, and what is declared for them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import junosim

RELEASE = "23.4R2"
LOGIN = {"user": "netops", "password": "Login-0"}

#: Two certificates renew already. The third one's entry is what the benchmarks declare.
CONFIG = """\
set system host-name firewall
set security pki ca-profile old-ca ca-identity old.example.net
set security pki ca-profile old-ca enrollment url http://old.example.net/scep
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 ca-profile-name old-ca
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 re-enroll-trigger-time-percentage 25
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 re-generate-keypair
set security pki auto-re-enrollment cmpv2 certificate-id vpn-03 ca-profile-name old-ca
set security pki auto-re-enrollment cmpv2 certificate-id vpn-03 re-enroll-trigger-time-percentage 25
set security pki auto-re-enrollment cmpv2 certificate-id vpn-03 re-generate-keypair
"""
#: As a vault delivers it.
SECRET = "Challenge-0"
DECLARED: dict[str, Any] = {
    "ca_profiles": [
        {
            "name": "corp-ca",
            "ca_identity": "corp.example.net",
            "enrollment": {"url": "http://ca.example.net/scep", "retry": 5, "retry_interval": 60},
        }
    ],
    "config": [
        {
            "certificate_id": "vpn-01",
            "protocol": "scep",
            "ca_profile_name": "corp-ca",
            "challenge_password": SECRET,
            "re_enroll_time": {"days": 30},
            "re_generate_keypair": True,
        }
    ],
}
#: The same as a person types it.
LINES = [
    "set security pki ca-profile corp-ca ca-identity corp.example.net",
    "set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep",
    "set security pki ca-profile corp-ca enrollment retry 5",
    "set security pki ca-profile corp-ca enrollment retry-interval 60",
    "set security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name corp-ca",
    "set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days 30",
    "set security pki auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair",
]
SECRET_LINE = f"set security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password {SECRET}"


def _certificate(identifier: str, issuer: str, **more: Any) -> dict[str, Any]:
    dates = {"not_before": "2026-01-02T09:55:00Z", "not_after": "2028-01-02T09:55:00Z"}
    return {"identifier": identifier, "subject": f"CN={identifier}, O=Example", "issuer": f"CN={issuer}"} | dates | more


CERTIFICATES = [
    *(_certificate(ca, ca, ca=True, not_after="2040-01-02T09:55:00Z") for ca in ("corp-ca", "old-ca")),
    *(
        _certificate(identifier, ca, crl_urls=[f"http://{ca}.example.net/crl"], key_usage=["Digital signature"])
        for identifier, ca in (("vpn-01", "corp-ca"), ("vpn-02", "old-ca"), ("vpn-03", "old-ca"))
    ),
]


def devices(hosts: int) -> dict[str, Any]:
    common = {"release": RELEASE, "config": CONFIG, "certificates": CERTIFICATES, **LOGIN}
    return {"defaults": common, "devices": {f"fw{number:05}": {} for number in range(hosts)}}


@contextlib.contextmanager
def start(hosts: int) -> Iterator[junosim.Fleet]:
    """The simulated devices in a process of their own, on the last core that this process may use."""
    with junosim.start(devices(hosts), lifetime=6 * 3600) as fleet:
        os.sched_setaffinity(fleet.pid, {max(os.sched_getaffinity(0))})
        yield fleet


def inventory(fleet: junosim.Fleet, **variables: Any) -> dict[str, Any]:
    login = {"ansible_user": LOGIN["user"], "ansible_password": LOGIN["password"]}
    hosts = {one.name: {"ansible_host": one.host, "ansible_port": one.port} for one in fleet.devices.values()}
    return {"all": {"vars": login | variables, "hosts": hosts}}
