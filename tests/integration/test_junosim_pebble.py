# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated device and Pebble, in real time: enrolled, the entry that the device writes itself, one true renewal."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import junosim
from cryptography import x509
from integration import pebble
from jnpr.junos import Device as PyEZ
from junosim.client import Device

DOMAINS = ("c1.example.net", "c2.example.net")
ADDRESS = "127.0.0.8"
LIFETIME = 100  # seconds: 98 percent of it are left after two
ENTRY = "set security pki auto-re-enrollment acme certificate-id c1 "
WRITTEN = [
    ENTRY + "re-enroll-time days 25",
    ENTRY + "acme-key-id k1",
    ENTRY + "ca-profile-name web",
    ENTRY + "re-enroll-trigger-time-percentage 72",
    ENTRY + "re-generate-keypair",
    "set security pki acme-account-key acme-key-id k1",
]


def enroll(device: Device) -> None:
    with PyEZ(device.host, port=device.port, user=device.user, passwd=device.password, hostkey_verify=False) as it:
        it.rpc.generate_pki_key_pair(certificate_id="c1", type="ecdsa", size="256")
        it.rpc.generate_pki_key_pair(acme_key_id="k1", type="ecdsa", size="256")
        it.rpc.request_security_local_certificate_enroll_acme(
            acme_key_id="k1",
            certificate_id="c1",
            letsencrypt_enrollment="no",
            domain_names=",".join(DOMAINS),
            email="pki@example.net",
            ca_profile="web",
            terms_of_service="agree",
        )


def renewed(device: Device, serial: str) -> dict[str, Any]:
    """What the device has, as soon as it is another certificate."""
    deadline = time.monotonic() + 30
    while (now := device.pki())["local"]["c1"]["serial"] == serial:
        assert time.monotonic() < deadline, now
        time.sleep(0.1)
    return now


def names(pem: str) -> tuple[str, list[str]]:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    alternate = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return certificate.subject.rfc4514_string(), alternate.get_values_for_type(x509.DNSName)


def test_enrolled_and_renewed_by_pebble(tmp_path: Path) -> None:
    with pebble.start(tmp_path, dict.fromkeys(DOMAINS, ADDRESS), lifetime=LIFETIME) as ca:
        config = f"set security pki ca-profile web enrollment url {ca.url}"
        row = {"release": "25.4R1", "config": config, "address": ADDRESS, "http_port": ca.http_port}
        fleet = {"devices": {"srx1": {**row, "ca_trust": str(ca.trust)}}}
        with junosim.start(fleet, state=tmp_path / "fleet") as running:
            device = running.device("srx1")
            before = device.set_lines()
            device.hold_ca("web", ca.root)
            enroll(device)
            first = device.settled()
            written = [line for line in device.set_lines() if line not in before]

            device.commit_by([ENTRY + "re-enroll-time percent 98"])
            second = renewed(device, first["local"]["c1"]["serial"])

    old, new = first["local"]["c1"], second["local"]["c1"]
    assert written == WRITTEN
    assert first["timers"] == {}  # 25 days before the end is before the beginning
    assert names(old["pem"]) == names(new["pem"]) == ("CN=c1.example.net", list(DOMAINS))
    assert old["key"] != new["key"]
    logged = [line.partition(": ")[2] for line in second["log"]]
    assert first["log"] == second["log"][:1]
    assert logged[:2] == ["PKID_ACME_EE_CERT_ENROLL: End-entity certificate c1 enrolled successfully"] * 2
