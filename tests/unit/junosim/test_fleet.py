# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleet files, what is wrong with them, and the fleet of real configurations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import junosim
import pytest
from junosim import fleet
from junosim.checks import check
from junosim.device import Device, Login, Recorder, Spec

REAL = Path(junosim.__file__).parent / "fleets" / "real.yml"


def test_defaults_rows_and_users() -> None:
    [one, two] = fleet.load(
        {
            "defaults": {"release": "22.4R3", "user": "ops", "password": 123},
            "devices": {"a": None, "b": {"release": 23.2, "users": [{"user": "eve", "login_class": "read-only"}]}},
        }
    )
    assert (one.name, one.release, one.logins) == ("a", "22.4R3", (Login("ops", "123"),))
    assert (two.release, two.logins) == ("23.2", (Login("ops", "123"), Login("eve", "admin123", (), "read-only")))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"devices": {"a": {}}}, "device a: release is missing"),
        ({"devices": {"a": {"release": "22.4R3", "colour": 1}}}, r"device a: unknown keys \['colour'\]"),
        ({"devices": {"a": {"release": "22.4R3", "address": "0.0.0.0"}}},
         "device a: address 0.0.0.0 is not a loopback address"),
        ({"device": {}}, r"fleet: unknown keys \['device'\]"),
        ({"devices": {"a": {"release": "22.4R3", "certificates": [
            {"identifier": "x", "subject": "CN=x", "issuer": "CN=x", "not_before": "2026-01-01", "not_after": "2026-02"}
        ]}}}, "certificate date '2026-01-01': write the zone"),
    ],
)  # fmt: skip
def test_mistakes_are_named(source: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fleet.load(source)


def test_a_configuration_that_its_own_release_refuses_is_a_mistake_in_the_file() -> None:
    with pytest.raises(ValueError, match=r"device a: configuration: .*syntax error"):
        Device(Spec("a", "21.4R1", "set security pki auto-re-enrollment acme"), Recorder(None))


def test_the_real_fleet_is_what_it_says() -> None:
    devices = {spec.name: Device(spec, Recorder(None)) for spec in fleet.load(REAL)}
    assert {name: device.spec.release for name, device in devices.items()} == {
        "srx-hq-old": "15.1X49-D170",
        "srx-branch-scep": "19.4R3",
        "srx-group": "20.4R3",
        "srx-inactive": "21.4R3-S5.4",
        "srx-cluster": "22.4R3",
        "srx-fresh": "23.1R1",
        "srx-acme": "24.4R1",
    }
    for device in devices.values():
        assert check(device.database.committed) == []
    old = devices["srx-hq-old"].state()["set_lines"]
    base = "set security pki auto-re-enrollment certificate-id vpn-01"
    assert [line for line in old if "auto-re-enrollment" in line] == [
        f"{base} ca-profile-name corp-ca",
        f'{base} challenge-password "$9$7YdwgGDkTz6oJz69A1INdb"',
        f"{base} re-enroll-trigger-time-percentage 10",
        f"{base} re-generate-keypair",
        f"{base} scep-encryption-algorithm des3",
        f"{base} scep-digest-algorithm sha1",
    ]
    acme = devices["srx-acme"].state()["set_lines"]
    base = "set security pki auto-re-enrollment acme certificate-id web-acme"
    assert [line for line in acme if "auto-re-enrollment" in line or "acme-account-key" in line] == [
        f"{base} re-enroll-time days 25",
        f"{base} acme-key-id web-key",
        f"{base} ca-profile-name Example_ACME",
        f"{base} re-enroll-trigger-time-percentage 72",
        f"{base} re-generate-keypair",
        "set security pki acme-account-key acme-key-id web-key",
    ]
    assert devices["srx-cluster"].host_name == "srx-cluster-n0"
    assert [line for line in devices["srx-fresh"].state()["set_lines"] if "pki" in line] == []
    assert devices["srx-fresh"].certificates == []
