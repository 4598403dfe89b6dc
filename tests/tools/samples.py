# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated firewall whose certificate renews as it should, for tests that need one and are about something else."""

from __future__ import annotations

from typing import Any

#: What it has in its configuration.
RENEWS = """
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki auto-re-enrollment cmpv2 certificate-id vpn-01 ca-profile-name corp-ca
set security pki auto-re-enrollment cmpv2 certificate-id vpn-01 re-enroll-trigger-time-percentage 20
set security pki auto-re-enrollment cmpv2 certificate-id vpn-01 re-generate-keypair
""".strip()


def certificate(identifier: str, until: str = "2028-01-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    """One that corp-ca has issued, as a fleet file has it."""
    names = {"subject": f"CN={identifier}", "issuer": "CN=corp-ca"}
    return {"identifier": identifier, **names, "not_before": "2026-01-01T00:00:00Z", "not_after": until, **more}


VPN_01 = certificate("vpn-01")
CORP_CA = certificate("corp-ca", "2040-01-01T00:00:00Z", not_before="2020-01-01T00:00:00Z", ca=True)
