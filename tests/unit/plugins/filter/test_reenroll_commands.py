# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter.reenroll_commands import FilterModule, reenroll_commands

DECLARATION: dict[str, Any] = {
    "ca_profiles": [
        {
            "name": "corp-ca",
            "enrollment": {"url": "http://ca.example.net/scep?x=1"},
            "revocation_check": {"use_crl": True, "crl": {"url": [{"name": "http://crl", "password": "crl secret"}]}},
        }
    ],
    "config": [
        {
            "certificate_id": "vpn-01",
            "protocol": "scep",
            "ca_profile_name": "corp-ca",
            "challenge_password": "s3cret",
            "re_enroll_time": {"days": "30"},
            "re_generate_keypair": "yes",
            "scep_encryption_algorithm": "des3",
        }
    ],
}


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "{challenge-password ********}"),
        ({"show_secrets": True}, "{challenge-password s3cret}"),
    ],
)
def test_lines(options: dict[str, Any], line: str) -> None:
    profile = "set security pki ca-profile corp-ca"
    entry = "set security pki auto-re-enrollment scep certificate-id vpn-01"
    secret = '"crl secret"' if options else "********"
    assert reenroll_commands(DECLARATION, **options) == [
        f'{profile} enrollment url "http://ca.example.net/scep?x=1"',
        f"{profile} revocation-check use-crl",
        f"{profile} revocation-check crl url http://crl password {secret}",
        f"{entry} re-enroll-time days 30",
        f"{entry} ca-profile-name corp-ca",
        f"{entry} re-generate-keypair",
        f"{entry} {line[1:-1]}",
        f"{entry} scep-encryption-algorithm des3",
    ]


class Vaulted:
    """As ansible-core before 2.19 keeps an encrypted text: it is opened where it is made a text."""

    __ENCRYPTED__ = True

    def __str__(self) -> str:
        return "s3cret"


def test_an_encrypted_secret_is_opened() -> None:
    entry = {"certificate_id": "a", "protocol": "scep", "challenge_password": Vaulted()}
    lines = reenroll_commands({"config": [entry]}, show_secrets=True)
    assert lines == ["set security pki auto-re-enrollment scep certificate-id a challenge-password s3cret"]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({"tenant": "t1"}, ["set tenants t1 security pki auto-re-enrollment cmpv2 certificate-id a"]),
        ({"logical_system": "l1"}, ["set logical-systems l1 security pki auto-re-enrollment cmpv2 certificate-id a"]),
        ({"release": "15.1X49-D40"}, ["set security pki auto-re-enrollment cmpv2 certificate-id a"]),
    ],
)
def test_scope_and_release(options: dict[str, Any], lines: list[str]) -> None:
    assert reenroll_commands({"config": [{"certificate_id": "a", "protocol": "cmpv2"}]}, **options) == lines


@pytest.mark.parametrize(
    ("declaration", "options", "message"),
    [
        ([], {}, "declaration: expected a mapping with config or ca_profiles, got a value of type list."),
        ({}, {}, "state merged: give config or ca_profiles."),
        (
            {"config": [{"certificate_id": "a", "protocol": "est"}]},
            {},
            "value of protocol must be one of: scep, cmpv2, acme, direct, got: est found in config",
        ),
        (
            {"config": [{"certificate_id": "a", "protocol": "cmpv2", "re_enroll_time": {"percentage": 0}}]},
            {},
            "config[a].re_enroll_time.percentage: 0 is not a whole number from 1 to 99.",
        ),
        (
            {"config": [{"certificate_id": "a", "protocol": "cmpv2", "re_enroll_time": {"days": 3}}]},
            {"release": "20.4R3"},
            "config[a].re_enroll_time: the statement auto-re-enrollment cmpv2 certificate-id re-enroll-time needs"
            " Junos 21.4R1 or later, the device runs 20.4R3. Leave the option out for this device, or upgrade it.",
        ),
        (
            {"ca_profiles": [{"name": "corp.ca"}]},
            {"release": "18.4R1"},
            "ca_profiles[corp.ca].name: 'corp.ca' is refused by Junos from 18.4R1 on:"
            " Must not contain '/', %, '.' or a space.",
        ),
        (
            {"config": [{"certificate_id": "a", "protocol": "cmpv2"}]},
            {"release": "newest"},
            "'newest' is not a Junos release. Write it as the device does, for example 22.4R1-S1.",
        ),
        (
            {"config": [{"certificate_id": "a", "protocol": "cmpv2"}]},
            {"tenant": "t", "logical_system": "l"},
            "logical_system and tenant exclude each other. Give one of them.",
        ),
    ],
)
def test_bad_input(declaration: object, options: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as raised:
        reenroll_commands(declaration, **options)
    assert str(raised.value) == message


def test_a_plain_value_in_place_of_a_mapping() -> None:
    with pytest.raises(AnsibleFilterError) as raised:
        reenroll_commands({"config": [{"certificate_id": "a", "protocol": "cmpv2", "re_enroll_time": 30}]})
    assert str(raised.value) == "config.re_enroll_time: give a mapping with days, hours, percentage."


def test_the_input_is_not_changed() -> None:
    declaration = {"config": [{"certificate_id": "a", "protocol": "cmpv2"}]}
    reenroll_commands(declaration)
    assert declaration == {"config": [{"certificate_id": "a", "protocol": "cmpv2"}]}


def test_ansible_finds_the_filter() -> None:
    assert FilterModule().filters() == {"reenroll_commands": reenroll_commands}
