# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is rare and legal: wildcards in groups, secrets of one character, IPv6, a store that cannot be read."""

from __future__ import annotations

import json
import socket
from typing import Any

from integration.playing import Stage

MODULE = "netpki.junos.junos_pki_reenroll"
ENTRY: dict[str, Any] = {
    "certificate_id": "vpn-01",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_enroll_time": {"hours": 7},
}
PROFILE = {"name": "corp-ca", "enrollment": {"url": "http://ca.example.net/scep"}}
GROUP = "set groups pki security pki"
CERTIFICATE = {
    "identifier": "vpn-01",
    "subject": "CN=vpn-01",
    "issuer": "CN=corp-ca",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
}
DEVICES: dict[str, Any] = {
    "wildcard": {
        "release": "24.4R1",
        "config": f"{GROUP} ca-profile <*> enrollment url http://ca.example.net/scep\nset apply-groups pki\n",
    },
    "choice": {
        "release": "24.4R1",
        "config": f"{GROUP} auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days 5\n"
        "set apply-groups pki\n",
    },
    "short": {"release": "24.4R1", "certificates": [CERTIFICATE]},
    "unreadable": {"release": "24.4R1"},
    "private": {"release": "24.4R1", "password": "Canary-Login"},
}


def test_what_a_wildcard_in_a_group_brings_is_left_to_the_device(stage: Stage) -> None:
    task = {MODULE: {"ca_profiles": [{"name": "corp-ca", "ca_identity": "corp"}], "config": [ENTRY]}}
    assert stage.play(stage["wildcard"], task, options=["--check"]).result["changed"] is True
    first = stage.play(stage["wildcard"], task).result
    assert (first["changed"], first.data.get("warnings", [])) == (True, [])
    assert stage.play(stage["wildcard"], task).result["changed"] is False


def test_a_group_does_not_save_an_entry_that_the_device_refuses(stage: Stage) -> None:
    task = {MODULE: {"config": [{**ENTRY, "certificate_id": "vpn-02", "ca_profile_name": "unknown"}]}}
    error = stage.play(stage["wildcard"], task, options=["--check"]).result.error
    assert "Referenced ca-profile must have enrollment url configured" in error
    assert error.startswith("127.0.0.1: the device refuses commit check: ")


def test_what_is_declared_hides_the_choice_of_a_group(stage: Stage) -> None:
    task = {MODULE: {"ca_profiles": [PROFILE], "config": [ENTRY], "state": "replaced"}}
    first = stage.play(stage["choice"], task).result
    assert (first["changed"], first.data.get("warnings", [])) == (True, [])
    assert first["after"]["config"][0]["re_enroll_time"] == {"hours": 7}
    second = stage.play(stage["choice"], task).result
    assert (second["changed"], second["before"]) == (False, first["after"])


def test_a_secret_of_one_character_blots_nothing_out(stage: Stage) -> None:
    entry = {**ENTRY, "challenge_password": "2"}
    result = stage.play(
        stage["short"], {MODULE: {"ca_profiles": [PROFILE], "config": [entry], "read_certificates": True}}
    ).result
    assert result["release"] == "24.4R1"
    assert result["certificates"][0]["not_before"] == "2026-01-02T09:55:00Z"
    assert result["after"]["config"] == [{**entry, "challenge_password": "********"}]


def test_certificates_that_cannot_be_read_do_not_stop_the_change(stage: Stage) -> None:
    device = stage["unreadable"]
    device.fault("get-pki-local-certificate", "error", messages=["command is not valid"])
    task = {MODULE: {"ca_profiles": [PROFILE], "config": [ENTRY], "read_certificates": True}}
    result = stage.play(device, task).result
    assert (result["changed"], result["certificates"]) == (True, None)
    assert result["warnings"] == [
        "127.0.0.1: The local certificates could not be read: 127.0.0.1: the device refuses reading the local"
        " certificates: command is not valid"
    ]


def test_the_login_of_the_inventory_is_no_argument_of_the_task(stage: Stage) -> None:
    result = stage.play(stage["private"], {MODULE: {"ca_profiles": [PROFILE]}}).result
    assert result["changed"] is True
    assert json.loads(json.dumps(result.args)) == {"ca_profiles": [PROFILE]}


def test_an_ipv6_address_is_reached(stage: Stage) -> None:
    with socket.socket(socket.AF_INET6) as closed:
        closed.bind(("::1", 0))
        port = closed.getsockname()[1]
        variables = {"ansible_host": "::1", "ansible_port": port}
        result = stage.play(stage["private"], {MODULE: {"ca_profiles": [PROFILE]}}, variables=variables).result
    assert result.error == (
        f"::1 port {port}: no NETCONF session: Could not open socket to ::1:{port}."
        " Check that the device is reachable and has: set system services netconf ssh"
    )
