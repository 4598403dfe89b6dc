# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall fresh from the box: it enrolls with a CA, and then a year passes in a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import testca
from cryptography.hazmat.primitives.serialization import Encoding
from junosim import client

NAME = "srx-new"
YEAR = timedelta(days=365)


@contextmanager
def firewall(folder: Path) -> Iterator[tuple[client.Fleet, dict[str, Any]]]:
    """The device, and what an inventory says of its certificate."""
    clock = folder / "clock"
    clock.write_text(f"{datetime.now(UTC).replace(second=0).timestamp():.0f}")
    config = {
        "clock": str(clock),
        "cmp": {"secrets": {"reference-1": "Cmp-Secret-1"}},
        "profiles": {"vpn": {"lifetime": "47d"}},
    }
    device = {"release": "24.4R1", "user": "netops", "password": "Login-0", "ssh_port": 0}
    fleet = {"clock": str(clock), "devices": {NAME: device}}
    with (
        testca.start(config, state=folder / "ca", lifetime=300) as ca,
        client.start(fleet, state=folder / "new", lifetime=300) as running,
    ):
        chain = "".join(each.public_bytes(Encoding.PEM).decode() for each in (ca.intermediate, ca.root))
        yield (
            running,
            {
                "pki_reenroll_ca_profiles": [
                    {"name": "corp-ca", "ca_identity": "corp", "enrollment": {"url": ca.cmp("vpn"), "retry": 100}}
                ],
                "pki_reenroll_certificates": [
                    {
                        "certificate_id": "vpn-01",
                        "protocol": "cmpv2",
                        "ca_profile_name": "corp-ca",
                        "re_enroll_time": {"percentage": 33},
                        "re_generate_keypair": True,
                    }
                ],
                "pki_reenroll_enroll": True,
                "pki_reenroll_ca_certificates": [{"ca_profile": "corp-ca", "content": chain}],
                "pki_reenroll_enrollments": [
                    {
                        "certificate_id": "vpn-01",
                        "key_pair": {"type": "ecdsa"},
                        "subject": f"CN={NAME}.example.net,O=example",
                        "ca_reference": "reference-1",
                        "ca_secret": "Cmp-Secret-1",
                    }
                ],
                "pki_reenroll_ssh_port": running.device(NAME).ssh_port,
            },
        )


def pass_by(fleet: client.Fleet, show: Callable[[str], None]) -> list[dict[str, Any]]:
    """Move the clock of the device and of its CA by a year; the renewals."""
    start = datetime.fromisoformat(fleet.device(NAME).pki()["now"])
    renewals = fleet.advance(start + YEAR)
    for event in renewals:
        show(f"{event['at'][:16].replace('T', ' ')}  renewed, valid until {event['not_after'][:10]}")
    return renewals
