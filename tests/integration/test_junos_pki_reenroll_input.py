# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: one error that names the option and the rule, before a connection is opened."""

from __future__ import annotations

from typing import Any

import pytest
from integration.playing import Run, Stage

MODULE = "netpki.junos.junos_pki_reenroll"
CA_PROFILE = "netpki.junos.junos_pki_ca_profile"

DEVICES = {"asked": {"release": "24.4R1"}, "never": {"release": "24.4R1"}}


def entry(**options: Any) -> dict[str, Any]:
    return {"certificate_id": "vpn-01", "protocol": "scep", "ca_profile_name": "corp-ca", **options}


def config(*entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {MODULE: {"config": list(entries), **options}}


def one(**options: Any) -> dict[str, Any]:
    return config(entry(**options))


def profile(name: Any = "corp-ca", **options: Any) -> dict[str, Any]:
    return {CA_PROFILE: {"ca_profiles": [{"name": name, **options}]}}


ACME = "acme_key_id: protocol acme needs it, the id of the ACME account key."
PERCENT = "is not a whole number from 1 to 99."
NAME = "is refused by Junos from 18.4R1 on: Must not contain '/', %, '.' or a space."

CASES: dict[str, tuple[dict[str, Any], str]] = {
    # ranges
    "percentage 0": (
        one(re_enroll_time={"percentage": 0}),
        f"config[vpn-01].re_enroll_time.percentage: 0 {PERCENT}",
    ),
    "percentage 100": (
        one(re_enroll_time={"percentage": 100}),
        f"config[vpn-01].re_enroll_time.percentage: 100 {PERCENT}",
    ),
    "days -1": (
        one(re_enroll_time={"days": -1}),
        "config[vpn-01].re_enroll_time.days: -1 is not a whole number from 0 to 4294967295.",
    ),
    "hours 4294967296": (
        one(re_enroll_time={"hours": 4294967296}),
        "config[vpn-01].re_enroll_time.hours: 4294967296 is not a whole number from 0 to 4294967295.",
    ),
    "trigger 100": (
        one(re_enroll_trigger_time_percentage=100),
        f"config[vpn-01].re_enroll_trigger_time_percentage: 100 {PERCENT}",
    ),
    "retry 1081": (
        profile(enrollment={"retry": 1081}),
        "ca_profiles[corp-ca].enrollment.retry: 1081 is not a whole number from 0 to 1080.",
    ),
    "retry interval 3601": (
        profile(enrollment={"retry_interval": 3601}),
        "ca_profiles[corp-ca].enrollment.retry_interval: 3601 is not a whole number from 0 to 3600.",
    ),
    "refresh interval 8785": (
        profile(revocation_check={"crl": {"refresh_interval": 8785}}),
        "ca_profiles[corp-ca].revocation_check.crl.refresh_interval: 8785 is not a whole number from 0 to 8784.",
    ),
    # lengths and patterns
    "long certificate id": (
        one(certificate_id="c" * 33),
        f"config[{'c' * 33}].certificate_id: '{'c' * 33}' must have 1 to 32 characters, it has 33.",
    ),
    "long profile name in an entry": (
        one(ca_profile_name="p" * 33),
        f"config[vpn-01].ca_profile_name: '{'p' * 33}' must have 1 to 32 characters, it has 33.",
    ),
    "long acme key id": (
        one(protocol="acme", acme_key_id="k" * 33),
        f"config[vpn-01].acme_key_id: '{'k' * 33}' must have 1 to 32 characters, it has 33.",
    ),
    "long profile name": (
        profile("p" * 33),
        f"ca_profiles[{'p' * 33}].name: '{'p' * 33}' must have 1 to 32 characters, it has 33.",
    ),
    "no address": (
        profile(source_address="ca.example.net"),
        "ca_profiles[corp-ca].source_address: 'ca.example.net' is not an IP address.",
    ),
    "long url": (
        profile(revocation_check={"ocsp": {"url": ["u" * 501]}}),
        f"ca_profiles[corp-ca].revocation_check.ocsp.url[{'u' * 501}]: '{'u' * 501}' must have 1 to 500 characters,"
        " it has 501.",
    ),
    "line break": (
        profile(ca_identity="a\nb"),
        "ca_profiles[corp-ca].ca_identity: 'a\\nb' holds a control character or a line break.",
    ),
    "empty value": (
        profile(ca_identity=""),
        "ca_profiles[corp-ca].ca_identity: is empty.",
    ),
    "empty secret": (
        one(challenge_password=""),
        "config[vpn-01].challenge_password: is empty.",
    ),
    "empty certificate id": (one(certificate_id=""), "config[].certificate_id: is empty."),
    "certificate id without a value": (one(certificate_id=None), "config[].certificate_id: is empty."),
    "empty profile name": (profile(""), "ca_profiles[].name: is empty."),
    "damaged secret": (
        one(challenge_password="$9$ab"),
        "config[vpn-01].challenge_password: ******** begins with $9$ but is damaged or cut short."
        " Give the whole text, or the clear secret.",
    ),
    # choices
    "two of three times": (
        one(re_enroll_time={"days": 30, "hours": 1}),
        "config[vpn-01].re_enroll_time: days and hours exclude each other. Give one of them.",
    ),
    "no time of three": (
        one(re_enroll_time={}),
        "config[vpn-01].re_enroll_time: give exactly one of days, hours, percentage.",
    ),
    "two revocation checks": (
        profile(revocation_check={"use_crl": True, "disable": True}),
        "ca_profiles[corp-ca].revocation_check: use_crl and disable exclude each other. Give one of them.",
    ),
    "another digest": (
        one(scep_digest_algorithm="sha256"),
        "value of scep_digest_algorithm must be one of: md5, sha1, got: sha256 found in config",
    ),
    "another protocol": (
        one(protocol="est"),
        "value of protocol must be one of: scep, cmpv2, acme, direct, got: est found in config",
    ),
    # protocols
    "acme without key": (one(protocol="acme"), f"config[vpn-01].{ACME}"),
    "scep option on cmpv2": (
        one(protocol="cmpv2", scep_digest_algorithm="sha1"),
        "config[vpn-01].scep_digest_algorithm: scep-digest-algorithm is no statement of cmpv2."
        " It belongs to scep and direct.",
    ),
    "scep option on acme": (
        one(protocol="acme", acme_key_id="k", challenge_password="x"),
        "config[vpn-01].challenge_password: challenge-password is no statement of acme. It belongs to scep and direct.",
    ),
    "acme option on scep": (
        one(acme_key_id="k"),
        "config[vpn-01].acme_key_id: acme-key-id is no statement of scep. It belongs to acme.",
    ),
    "two protocols": (
        config(entry(), entry(protocol="cmpv2")),
        "config[vpn-01]: declared for scep and for cmpv2. A certificate re-enrolls by one protocol.",
    ),
    "no protocol": (
        config({"certificate_id": "vpn-01"}),
        "config[vpn-01].protocol: give one of scep, cmpv2, acme, direct.",
    ),
    # twice
    "certificate twice": (
        config(entry(), entry()),
        "config: certificate_id vpn-01 is declared twice. Join the two entries.",
    ),
    "profile twice": (
        {CA_PROFILE: {"ca_profiles": [{"name": "corp-ca"}, {"name": "corp-ca"}]}},
        "ca_profiles: name corp-ca is declared twice. Join the two entries.",
    ),
    # nothing
    "nothing": (
        {MODULE: {}},
        "state merged: give config or ca_profiles.",
    ),
    "nothing to override": (
        {CA_PROFILE: {"state": "overridden", "ca_profiles": []}},
        "state overridden: give ca_profiles.",
    ),
    # types, as Ansible tells them
    "no list of mappings": (
        config("vpn-01"),
        "config: give a mapping with protocol, certificate_id, re_enroll_time, ca_profile_name,"
        " re_enroll_trigger_time_percentage, re_generate_keypair, challenge_password, scep_encryption_algorithm,"
        " scep_digest_algorithm, acme_key_id.",
    ),
    "no mapping": (
        one(re_enroll_time=30),
        "config.re_enroll_time: give a mapping with days, hours, percentage.",
    ),
    "no mapping, but a text": (
        one(re_enroll_time="30"),
        "config.re_enroll_time: give a mapping with days, hours, percentage.",
    ),
    "misspelt option": (
        one(re_enroll_time={"day": 30}),
        "Unsupported parameters: config.re_enroll_time.day. Supported parameters include: days, hours, percentage.",
    ),
    "no certificate id": (config({"protocol": "scep"}), "missing required arguments: certificate_id found in config"),
    # commit and connection
    "private and confirmed": (
        config(entry(), commit_confirmed=5, configuration_mode="private"),
        "commit_confirmed: the device refuses a confirmed commit of a private configuration."
        " Use configuration_mode exclusive, or leave it out.",
    ),
    "confirmed in no time": (
        config(entry(), commit_confirmed=0),
        "commit_confirmed: 0 is not a number of minutes from 1 to 65535.",
    ),
    "confirmed in too long a time": (
        config(entry(), commit_confirmed=65536),
        "commit_confirmed: 65536 is not a number of minutes from 1 to 65535.",
    ),
    "logical system and tenant": (
        config(entry(), logical_system="a", tenant="b"),
        "logical_system and tenant exclude each other. Give one of them.",
    ),
    "certificates of a tenant": (
        config(entry(), tenant="b", read_certificates=True),
        "read_certificates: not possible with logical_system or tenant. Leave it out.",
    ),
    "no timeout": (config(entry(), timeout=0), "timeout: 0 is not a whole number from 1 to 86400."),
    "no commit timeout": (
        config(entry(), commit_timeout=0),
        "commit_timeout: 0 is not a whole number from 1 to 86400.",
    ),
    "no port": (config(entry(), port=0), "port: 0 is not a whole number from 1 to 65535."),
    "no such port": (config(entry(), port=65536), "port: 65536 is not a whole number from 1 to 65535."),
    "no key file": (
        config(entry(), ssh_private_key_file="/nowhere/key"),
        "ssh_private_key_file: there is no file /nowhere/key.",
    ),
    "no ssh_config": (config(entry(), ssh_config="/nowhere/config"), "ssh_config: there is no file /nowhere/config."),
}


@pytest.fixture(scope="module")
def answers(stage: Stage) -> Run:
    """Every case as a task of one play."""
    return stage.play(stage["never"], *({**body, "ignore_errors": True} for body, _message in CASES.values()))


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_one_error_that_names_the_option_and_the_rule(answers: Run, name: str) -> None:
    assert answers.results[list(CASES).index(name)].error == CASES[name][1]


def test_bad_input_opens_no_connection(stage: Stage, answers: Run) -> None:
    assert len(answers.results) == len(CASES)
    assert stage["never"].events == []


@pytest.mark.parametrize(
    ("body", "reads", "message"),
    [
        # A second read asks for apply-groups, which could bring what is missing.
        (
            one(re_enroll_time={"days": 30}),
            2,
            "config[vpn-01].ca_profile_name: 'corp-ca' is refused: Referenced ca-profile must be defined under"
            " [edit security pki ca-profile]. Declare that ca-profile in ca_profiles of the same task, or correct the"
            " name.",
        ),
        (
            config(entry(), ca_profiles=[{"name": "corp-ca", "enrollment": {"url": "http://ca.example.net"}}]),
            2,
            "config[vpn-01]: Re-enroll must configure the re-enroll-trigger-time-percentage or a re-enroll-time value."
            " Give re_enroll_time or re_enroll_trigger_time_percentage.",
        ),
        (profile("corp.ca", ca_identity="corp"), 1, f"ca_profiles[corp.ca].name: 'corp.ca' {NAME}"),
    ],
)
def test_what_the_device_must_be_asked_for_is_refused_without_a_candidate(
    stage: Stage, body: dict[str, Any], reads: int, message: str
) -> None:
    device = stage["asked"]
    device.mark()
    assert stage.play(device, body).result.error == message
    assert device.rpcs == ["get-configuration"] * reads + ["close-session"]
