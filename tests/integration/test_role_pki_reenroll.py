# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role pki_reenroll and the playbook that rolls it out: what is declared in layers, committed once, and told."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from integration.playing import Run, Stage, host_variables, left_behind
from junosim.client import Device

ROLE = {"ansible.builtin.import_role": {"name": "netpki.junos.pki_reenroll"}}
PLAYBOOK = {"ansible.builtin.import_playbook": "netpki.junos.reenroll"}

OLD = """
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki auto-re-enrollment certificate-id vpn-01 ca-profile-name corp-ca
set security pki auto-re-enrollment certificate-id vpn-01 re-enroll-trigger-time-percentage 10
set security pki auto-re-enrollment certificate-id vpn-01 re-generate-keypair
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 ca-profile-name corp-ca
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 re-enroll-trigger-time-percentage 20
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 re-generate-keypair
""".strip()
ODD = """
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 ca-profile-name corp-ca
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 re-enroll-time
set security pki auto-re-enrollment cmpv2 certificate-id vpn-03 ca-profile-name corp-ca
""".strip()
CERTIFICATES = [
    {"identifier": name, "subject": f"CN={name}", "issuer": "CN=corp-ca", "not_before": start, "not_after": end}
    for name, start, end in (
        ("vpn-01", "2096-01-02T09:55:00Z", "2098-01-01T09:55:00Z"),  # 730 days
        ("vpn-02", "2097-06-15T12:30:00Z", "2097-06-25T12:30:00Z"),  # 10 days
    )
]
BATCH = [f"fleet-{number}" for number in range(1, 6)]

DEVICES = {
    **{
        name: {"release": "23.4R2"}
        for name in ("fresh", "fresh-check", "layers", "options", "password", "stagger", "secret")
    },
    **{name: {"release": "21.4R3", "config": OLD} for name in (*BATCH, "input", "nothing", "survey", "order-b")},
    **{
        name: {"release": "19.4R3", "config": OLD, "certificates": CERTIFICATES}
        for name in ("moved", "told", "gone", "purpose")
    },
    "odd": {
        "release": "22.4R3",
        "config": ODD,
        "certificates": [{**CERTIFICATES[0], "not_after": CERTIFICATES[0]["not_before"]}, CERTIFICATES[1]],
    },
    "from-now": {"release": "22.1R3", "config": OLD, "certificates": CERTIFICATES},
    "system": {"release": "23.4R2", "config": "set logical-systems LS1 security pki ca-profile corp-ca ca-identity x"},
}

CORP_CA = {"name": "corp-ca", "ca_identity": "corp.example.net", "enrollment": {"url": "http://ca.example.net/scep"}}
DEFAULTS = {
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_generate_keypair": True,
    "re_enroll_trigger_time_percentage": 20,
}
VPN_01 = {"certificate_id": "vpn-01", "challenge_password": "Challenge-1"}
DECLARED = {
    "pki_reenroll_ca_profiles": [CORP_CA],
    "pki_reenroll_certificate_defaults": DEFAULTS,
    "pki_reenroll_certificates": [VPN_01],
}

READ = ["get-configuration", "get-pki-local-certificate"]
CHANGE = ["open-configuration/private", "load-configuration"]
END = ["close-configuration", "close-session"]


def run(stage: Stage, device: Device, *options: str, **variables: Any) -> Run:
    device.mark()
    return stage.play(device, ROLE, options=options, variables={**DECLARED, **variables})


def configured(run: Run) -> dict[str, Any]:
    """The result of the one task that speaks to the device."""
    (result,) = [dict(one.data) for one in run.results if "commands" in one.data]
    return result


def plan(run: Run) -> list[dict[str, Any]]:
    first, last = [one["ansible_facts"]["pki_reenroll_plan"] for one in run.results if "ansible_facts" in one.data]
    assert first == []
    rows: list[dict[str, Any]] = last
    return rows


def told(run: Run) -> list[str]:
    """The lines that the last task shows."""
    lines: list[str] = run.results[-1]["msg"]
    return lines


def error(run: Run) -> str:
    (message,) = [one.error for one in run.results if one.error]
    return message


def sessions(device: Device) -> int:
    return sum(event["event"] == "open" for event in device.events)


# One session, one commit.


def test_check_mode_of_the_first_run_on_a_fresh_device(stage: Stage) -> None:
    device = stage["fresh-check"]
    before = device.set_lines()
    check = run(stage, device, "--check")
    assert check.status == 0
    assert configured(check)["changed"] is True
    assert device.rpcs == [*READ, *CHANGE, "commit-configuration/check", *END]
    assert (sessions(device), device.set_lines(), device.commits, left_behind(device)) == (1, before, [], {})
    assert told(check) == ["vpn-01: No certificate on the device yet. Enroll the certificate."]
    assert plan(check) == [
        {
            "certificate_id": "vpn-01",
            "protocol": "scep",
            "ca_profile_name": "corp-ca",
            "trigger": None,
            "rule": "re-enroll-trigger-time-percentage",
            "not_before": None,
            "not_after": None,
            "lifetime_days": None,
            "lifetime_seconds": None,
            "share_elapsed": None,
            "days_left": None,
            "due": False,
            "findings": [
                {
                    "code": "no-certificate",
                    "severity": "warning",
                    "sentence": "No certificate on the device yet.",
                    "advice": "Enroll the certificate.",
                }
            ],
            "summary": "vpn-01: No certificate on the device yet. Enroll the certificate.",
        }
    ]


def test_the_first_run_commits_once_and_the_second_run_only_reads(stage: Stage) -> None:
    device = stage["fresh"]
    first = run(stage, device)
    lines = [line for line in device.set_lines() if "challenge-password" not in line]
    assert configured(first)["changed"] is True
    assert (sessions(device), device.rpcs) == (1, [*READ, *CHANGE, "commit-configuration", *END])
    assert lines == [
        "set version 23.4R2",
        "set security pki ca-profile corp-ca ca-identity corp.example.net",
        "set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep",
        "set security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name corp-ca",
        "set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-trigger-time-percentage 20",
        "set security pki auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair",
    ]
    second = run(stage, device)
    assert configured(second)["changed"] is False
    assert (sessions(device), device.rpcs, len(device.commits)) == (1, [*READ, "close-session"], 1)


# What is told.


def test_a_moved_entry_is_told_with_its_date_once(stage: Stage) -> None:
    moved = run(stage, stage["moved"], pki_reenroll_state="replaced")
    assert configured(moved)["commands"][0] == "delete security pki auto-re-enrollment certificate-id vpn-01"
    # A fifth of 730 days is 146 days.
    assert [(row["certificate_id"], row["protocol"], row["trigger"], row["rule"]) for row in plan(moved)] == [
        ("vpn-01", "scep", "2097-08-08T09:55:00Z", "re-enroll-trigger-time-percentage"),
        ("vpn-02", "cmpv2", "2097-06-23T12:30:00Z", "re-enroll-trigger-time-percentage"),
    ]


def test_the_lines_tell_each_certificate_and_what_is_wrong_with_it(stage: Stage) -> None:
    late = {**CORP_CA, "enrollment": {**CORP_CA["enrollment"], "retry": 100, "retry_interval": 3600}}
    run_ = run(stage, stage["told"], "--check", pki_reenroll_ca_profiles=[late], pki_reenroll_state="replaced")
    assert told(run_) == [
        "vpn-01: renews 2097-08-08T09:55:00Z by re-enroll-trigger-time-percentage, expires 2098-01-01T09:55:00Z."
        " The certificate is not valid before 2096-01-02T09:55:00Z. Check the clocks of the device and of the CA.",
        "vpn-02: renews 2097-06-23T12:30:00Z by re-enroll-trigger-time-percentage, expires 2097-06-25T12:30:00Z."
        " From the trigger to the expiry there are 2 days, 100 retries every 3600 seconds (ca-profile corp-ca) take"
        " 4 days 04:00:00. How a device retries a failed re-enrollment is not documented. Renew earlier, or retry"
        " faster."
        " The certificate is not valid before 2097-06-15T12:30:00Z. Check the clocks of the device and of the CA.",
    ]


def test_the_release_is_looked_at(stage: Stage) -> None:
    variables = {"pki_reenroll_host_certificates": [{"certificate_id": "vpn-01", "re_enroll_time": {"days": 30}}]}
    rows = plan(run(stage, stage["from-now"], "--check", pki_reenroll_state="replaced", **variables))
    assert [finding["code"] for finding in rows[0]["findings"]] == ["from-now", "not-yet-valid"]


def test_the_certificates_of_a_logical_system_are_not_told(stage: Stage) -> None:
    device = stage["system"]
    run_ = run(stage, device, "--check", pki_reenroll_logical_system="LS1")
    assert device.rpcs == ["get-configuration", *CHANGE, "commit-configuration/check", *END]
    assert configured(run_)["commands"][0] == (
        "set logical-systems LS1 security pki ca-profile corp-ca ca-identity corp.example.net"
    )
    assert [row["findings"][0]["code"] for row in plan(run_)] == ["certificate-not-shown"]
    assert told(run_) == [
        "vpn-01: The certificates were not read, so the date is not known."
        " A device shows those of its main system only, and only to a user who may see them."
    ]


def test_what_is_deleted_is_not_told(stage: Stage) -> None:
    """The entry lies in the direct list, the group's defaults say scep, and a CA profile is declared: it stays."""
    gone = run(stage, stage["gone"], pki_reenroll_state="deleted")
    assert configured(gone)["commands"] == ["delete security pki auto-re-enrollment certificate-id vpn-01"]
    assert [row["certificate_id"] for row in plan(gone)] == ["vpn-02"]


def test_a_ca_profile_is_deleted_on_purpose(stage: Stage) -> None:
    device = stage["purpose"]
    both = [VPN_01, {"certificate_id": "vpn-02", "protocol": "cmpv2"}]
    variables = {"pki_reenroll_state": "deleted", "pki_reenroll_certificates": both}
    gone = run(stage, device, **variables, pki_reenroll_delete_ca_profiles=True)
    left = [line for line in device.set_lines() if "ca-profile" in line or "certificate-id" in line]
    assert (gone.status, left, plan(gone)) == (0, [], [])


def test_what_cannot_be_planned_fails_no_task(stage: Stage) -> None:
    """Entries that nobody declared: one with an empty re-enroll-time, one whose certificate lives no day."""
    device = stage["odd"]
    odd = run(stage, device)
    assert (odd.status, len(device.commits)) == (0, 1)
    assert {row["certificate_id"]: [finding["code"] for finding in row["findings"]] for row in plan(odd)} == {
        "vpn-01": ["cannot-plan"],
        "vpn-02": ["no-trigger", "not-yet-valid", "key-not-regenerated"],
        "vpn-03": ["no-trigger", "key-not-regenerated", "no-certificate"],
    }


def test_a_run_that_fails_leaves_no_plan_of_an_earlier_one(stage: Stage) -> None:
    device = stage["input"]
    stale = {"ansible.builtin.set_fact": {"pki_reenroll_plan": ["stale"]}}
    fails = {"block": [ROLE], "rescue": [{"ansible.builtin.debug": {"msg": "{{ pki_reenroll_plan }}"}}]}
    run_ = stage.play(device, stale, fails, variables={**DECLARED, "pki_reenroll_timeout": 0})
    assert (run_.status, run_.results[-1]["msg"]) == (0, [])


# The layers: defaults, group, host.

SCEP = "set security pki auto-re-enrollment scep certificate-id"
CA = "set security pki ca-profile corp-ca"
PROFILE = [f"{CA} ca-identity corp.example.net", f"{CA} enrollment url http://ca.example.net/scep"]


def entry(name: str, trigger: str, *more: str) -> list[str]:
    """The lines of an entry; its challenge password is left out."""
    statements = ("ca-profile-name corp-ca", "re-generate-keypair", trigger, *more)
    return [f"{SCEP} {name} {statement}" for statement in statements]


PERCENTAGE_20 = "re-enroll-trigger-time-percentage 20"
LAYERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "defaults fill in": ({}, [*PROFILE, *entry("vpn-01", PERCENTAGE_20)]),
    "the group overrides the defaults": (
        {"pki_reenroll_certificates": [{**VPN_01, "re_enroll_trigger_time_percentage": 30}]},
        [*PROFILE, *entry("vpn-01", "re-enroll-trigger-time-percentage 30")],
    ),
    "the host overrides the group": (
        {
            "pki_reenroll_certificates": [{**VPN_01, "re_enroll_trigger_time_percentage": 30}],
            "pki_reenroll_host_certificates": [
                {"certificate_id": "vpn-01", "re_enroll_trigger_time_percentage": 40, "scep_digest_algorithm": "sha1"}
            ],
        },
        [
            *PROFILE,
            *entry("vpn-01", "re-enroll-trigger-time-percentage 40", "scep-digest-algorithm sha1"),
        ],
    ),
    "the host adds to the group": (
        {"pki_reenroll_host_certificates": [{"certificate_id": "vpn-02"}, {"certificate_id": "VPN-01"}]},
        [
            *PROFILE,
            *entry("vpn-01", PERCENTAGE_20),
            *entry("vpn-02", PERCENTAGE_20),
            *entry("VPN-01", PERCENTAGE_20),
        ],
    ),
    "one trigger hides the other of the layer before": (
        {
            "pki_reenroll_certificates": [{**VPN_01, "re_enroll_time": {"days": 30}}],
            "pki_reenroll_host_certificates": [{"certificate_id": "vpn-02", "re_enroll_time": {"hours": 700}}],
        },
        [
            *PROFILE,
            *entry("vpn-01", "re-enroll-time days 30"),
            *entry("vpn-02", "re-enroll-time hours 700"),
        ],
    ),
    "a trigger is replaced, not mixed": (
        {
            "pki_reenroll_certificate_defaults": {**DEFAULTS, "re_enroll_time": {"days": 30}},
            "pki_reenroll_host_certificates": [{"certificate_id": "vpn-01", "re_enroll_time": {"percentage": 15}}],
        },
        [*PROFILE, *entry("vpn-01", "re-enroll-time percent 15")],
    ),
    "both triggers of one layer stay": (
        {
            "pki_reenroll_certificates": [
                {**VPN_01, "re_enroll_time": {"days": 30}, "re_enroll_trigger_time_percentage": 9}
            ]
        },
        [*PROFILE, *entry("vpn-01", "re-enroll-time days 30", "re-enroll-trigger-time-percentage 9")],
    ),
    "a CA profile is joined at any depth, and its lists are replaced": (
        {
            "pki_reenroll_ca_profiles": [
                {**CORP_CA, "revocation_check": {"use_ocsp": True, "ocsp": {"url": ["http://a/", "http://b/"]}}}
            ],
            "pki_reenroll_host_ca_profiles": [
                {
                    "name": "corp-ca",
                    "enrollment": {"retry": 5},
                    "revocation_check": {"ocsp": {"url": ["http://c/"]}},
                },
                {"name": "CORP-CA", "ca_identity": "other.example.net"},
            ],
        },
        [
            *PROFILE,
            f"{CA} enrollment retry 5",
            f"{CA} revocation-check use-ocsp",
            f"{CA} revocation-check ocsp url http://c/",
            "set security pki ca-profile CORP-CA ca-identity other.example.net",
            *entry("vpn-01", PERCENTAGE_20),
        ],
    ),
}


@pytest.mark.parametrize("case", LAYERS)
def test_layers(stage: Stage, case: str) -> None:
    variables, expected = LAYERS[case]
    result = configured(run(stage, stage["layers"], "--check", **variables))
    assert sorted(line for line in result["commands"] if "challenge" not in line) == sorted(expected)


def test_an_empty_list_leaves_the_device_alone(stage: Stage) -> None:
    device = stage["nothing"]
    variables = {"pki_reenroll_certificates": [], "pki_reenroll_state": "overridden"}
    assert configured(run(stage, device, **variables))["commands"] == []
    assert device.commits == []


# The stagger.


def hours(host: str, certificate_id: str, low: int, high: int) -> int:
    """The filter's documented hash, worked out here anew."""
    digest = int(hashlib.sha256(f"{host}\0{certificate_id}".encode()).hexdigest(), 16)
    return low + digest % (high - low + 1)


def test_the_stagger_fills_in_the_missing_triggers_alone(stage: Stage) -> None:
    run_ = run(
        stage,
        stage["stagger"],
        "--check",
        pki_reenroll_certificate_defaults={"protocol": "scep", "ca_profile_name": "corp-ca"},
        pki_reenroll_certificates=[VPN_01, {"certificate_id": "vpn-02"}],
        pki_reenroll_host_certificates=[{"certificate_id": "vpn-03", "re_enroll_trigger_time_percentage": 20}],
        pki_reenroll_stagger={"from_hours": 720, "to_hours": 888},
    )
    triggers = [line.removeprefix(SCEP) for line in configured(run_)["commands"] if "re-enroll-t" in line]
    assert triggers == [
        f" vpn-01 re-enroll-time hours {hours('stagger', 'vpn-01', 720, 888)}",
        f" vpn-02 re-enroll-time hours {hours('stagger', 'vpn-02', 720, 888)}",
        " vpn-03 re-enroll-trigger-time-percentage 20",
    ]


# The options of the commit. Those that need no device stand among the bad input below.


def test_the_options_of_the_commit_reach_the_device(stage: Stage) -> None:
    device = stage["options"]
    changed = run(
        stage,
        device,
        pki_reenroll_commit_comment="CHG0012345",
        pki_reenroll_commit_confirmed=5,
        pki_reenroll_commit_synchronize=True,
    )
    assert configured(changed)["changed"] is True
    assert [(commit["comment"], commit["confirm_minutes"]) for commit in device.commits] == [
        ("CHG0012345", 5),
        ("CHG0012345", 0),
    ]
    commits = [event["body"] for event in device.events if event.get("rpc", "").startswith("commit-configuration")]
    assert ["<synchronize/>" in body for body in commits] == [True, True]
    assert (device.awaiting_confirm, left_behind(device)) == (False, {})


def test_a_secret_is_left_as_it_is_when_told_so(stage: Stage) -> None:
    device = stage["password"]
    other = {**VPN_01, "challenge_password": "Challenge-2"}
    variables = {"pki_reenroll_certificates": [other], "pki_reenroll_update_password": "on_create"}
    assert configured(run(stage, device))["changed"] is True
    assert configured(run(stage, device, **variables))["changed"] is False


# Bad input, before any connection.

FILTER = "Task failed: The filter plugin 'netpki.junos.reenroll_declaration' failed: "
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "nothing declared": (
        {"pki_reenroll_ca_profiles": [], "pki_reenroll_certificates": []},
        "Nothing is declared for this host: pki_reenroll_certificates, pki_reenroll_ca_profiles and what the host adds"
        " to them are empty. Name what state merged is about.",
    ),
    "nothing to delete": (
        {"pki_reenroll_ca_profiles": [], "pki_reenroll_certificates": [], "pki_reenroll_state": "deleted"},
        "Nothing is declared for this host: pki_reenroll_certificates, pki_reenroll_ca_profiles and what the host adds"
        " to them are empty. Name what state deleted is about."
        " CA profiles count with pki_reenroll_delete_ca_profiles only.",
    ),
    "CA profiles to delete": (
        {"pki_reenroll_certificates": [], "pki_reenroll_state": "deleted"},
        "Nothing is declared for this host: pki_reenroll_certificates, pki_reenroll_ca_profiles and what the host adds"
        " to them are empty. Name what state deleted is about."
        " CA profiles count with pki_reenroll_delete_ca_profiles only.",
    ),
    "an entry and a profile twice": (
        {
            "pki_reenroll_certificates": [VPN_01, {**VPN_01, "protocol": "cmpv2"}],
            "pki_reenroll_host_ca_profiles": [CORP_CA, CORP_CA],
        },
        FILTER + "Declared twice in one list: corp-ca, vpn-01. Join the entries.",
    ),
    "an unknown option": (
        {"pki_reenroll_certificates": [{**VPN_01, "re_enrol_time": {"days": 30}}]},
        "Validation of arguments failed:\n"
        "pki_reenroll_certificates.re_enrol_time. Supported parameters include: acme_key_id, ca_profile_name,"
        " certificate_id, challenge_password, protocol, re_enroll_time, re_enroll_trigger_time_percentage,"
        " re_generate_keypair, scep_digest_algorithm, scep_encryption_algorithm.",
    ),
    "a window the wrong way round": (
        {
            "pki_reenroll_certificate_defaults": {"protocol": "scep", "ca_profile_name": "corp-ca"},
            "pki_reenroll_stagger": {"from_hours": 900, "to_hours": 700},
        },
        FILTER + "stagger: from_hours: 900 is more than to_hours, which is 700.",
    ),
    "no minutes to confirm in": (
        {"pki_reenroll_commit_confirmed": 0},
        "commit_confirmed: 0 is not a number of minutes from 1 to 65535.",
    ),
    "minutes that are no number": (
        {"pki_reenroll_commit_confirmed": "soon"},
        "argument 'commit_confirmed' is of type str and we were unable to convert to int: \"'soon'\" cannot be"
        " converted to an int",
    ),
    "a logical system without a name": (
        {"pki_reenroll_logical_system": ""},
        "logical_system: is empty. Leave it out for the main system.",
    ),
    "a tenant without a name": (
        {"pki_reenroll_tenant": ""},
        "tenant: is empty. Leave it out for the main system.",
    ),
    "a private candidate, and a confirmed commit": (
        {"pki_reenroll_commit_confirmed": 5, "pki_reenroll_configuration_mode": "private"},
        "commit_confirmed: the device refuses a confirmed commit of a private configuration. Use configuration_mode"
        " exclusive, or leave it out.",
    ),
    "a logical system and a tenant": (
        {"pki_reenroll_logical_system": "LS1", "pki_reenroll_tenant": "T1"},
        "logical_system and tenant exclude each other. Give one of them.",
    ),
    "no time to wait": ({"pki_reenroll_timeout": 0}, "timeout: 0 is not a whole number from 1 to 86400."),
    "no time to wait for any command": (
        {"ansible_command_timeout": 0},
        "timeout: 0 is not a whole number from 1 to 86400.",
    ),
    "no time to commit": (
        {"pki_reenroll_commit_timeout": 0},
        "commit_timeout: 0 is not a whole number from 1 to 86400.",
    ),
    "an ssh_config that is not there": (
        {"pki_reenroll_ssh_config": "/nowhere/ssh_config"},
        "ssh_config: there is no file /nowhere/ssh_config.",
    ),
    "what the module refuses": (
        {"pki_reenroll_certificate_defaults": {**DEFAULTS, "re_enroll_trigger_time_percentage": 100}},
        "config[vpn-01].re_enroll_trigger_time_percentage: 100 is not a whole number from 1 to 99.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(stage: Stage, case: str) -> None:
    variables, message = BAD[case]
    device = stage["input"]
    run_ = run(stage, device, **variables)
    assert error(run_) == message
    assert (run_.status, device.events) == (2, [])


# No secret.


@pytest.mark.parametrize(
    ("status", "variables"),
    [
        (0, {}),
        (0, {"pki_reenroll_certificate_defaults": {**DEFAULTS, "challenge_password": "Canary-Challenge-1"}}),
        (2, {"pki_reenroll_certificate_defaults": {**DEFAULTS, "protocol": "est"}}),
        (2, {"pki_reenroll_certificates": [{"challenge_password": "Canary-Challenge-1"}]}),
        (2, {"pki_reenroll_certificates": {"vpn-01": {"challenge_password": "Canary-Challenge-1"}}}),
        (2, {"pki_reenroll_certificates": ["challenge_password=Canary-Challenge-1"]}),
        (2, {"pki_reenroll_certificate_defaults": ["Canary-Challenge-1"]}),
        (2, {"pki_reenroll_certificate_defaults": {**DEFAULTS, "ca_profile_name": "nowhere"}}),
        (2, {"pki_reenroll_host_certificates": [{"certificate_id": "vpn-02", "re_enroll_time": {"days": []}}]}),
        (2, {"pki_reenroll_stagger": {"from_hours": 9, "to_hours": 1}, "pki_reenroll_certificate_defaults": {}}),
    ],
)
def test_no_output_holds_a_secret(stage: Stage, status: int, variables: dict[str, Any]) -> None:
    canaries = {
        "pki_reenroll_ca_profiles": [
            {**CORP_CA, "revocation_check": {"crl": {"url": [{"name": "http://a/", "password": "Canary-Crl-2"}]}}}
        ],
        "pki_reenroll_certificates": [{"certificate_id": "vpn-01", "challenge_password": "Canary-Challenge-1"}],
    }
    run_ = run(stage, stage["secret"], "--check", "--diff", "-vvv", **{**canaries, **variables})
    assert run_.status == status
    assert [text for text in ("Canary-", "$9$", "Login-0") if text in run_.everything] == []


# The rollout.


def roll_out(stage: Stage, names: list[str], *options: str, **variables: Any) -> Run:
    variables = {"hosts": "all", **variables}
    hosts = {name: host_variables(stage[name], DECLARED) for name in names}
    for name in names:
        stage[name].mark()
    extra = ("--extra-vars", json.dumps({f"pki_reenroll_{name}": value for name, value in variables.items()}))
    # Whatever strategy somebody's ansible.cfg has.
    free = {"ANSIBLE_STRATEGY": "free"}
    return stage.player.play([PLAYBOOK], {"all": {"hosts": hosts}}, stage.home, [*extra, *options], free)


def batches(run: Run) -> int:
    return run.stdout.count("PLAY [Roll out")


def test_the_rollout_stops_at_the_canary(stage: Stage) -> None:
    stage["fleet-1"].fault("commit-configuration", "error", messages=["disk full"])
    stopped = roll_out(stage, BATCH)
    assert error(stopped) == "127.0.0.1: the device refuses the commit: disk full"
    assert (stopped.status, batches(stopped)) == (2, 1)
    assert [name for name in BATCH if stage[name].events] == ["fleet-1"]


def test_the_rollout_grows_and_stops_at_the_first_failed_batch(stage: Stage) -> None:
    stage["fleet-3"].fault("commit-configuration", "error", messages=["disk full"])
    stopped = roll_out(stage, BATCH, serial=[1, "40%", "100%"])
    assert (stopped.status, batches(stopped)) == (2, 2)
    assert {name: len(stage[name].commits) for name in BATCH} == {
        "fleet-1": 1, "fleet-2": 1, "fleet-3": 0, "fleet-4": 0, "fleet-5": 0,
    }  # fmt: skip
    assert [name for name in BATCH if stage[name].events] == ["fleet-1", "fleet-2", "fleet-3"]
    done = roll_out(stage, BATCH, serial=[1, "40%", "100%"])
    assert (done.status, batches(done)) == (0, 3)
    assert {name: len(stage[name].commits) for name in BATCH} == dict.fromkeys(BATCH, 1)


def test_the_answers_of_a_survey(stage: Stage) -> None:
    answers = dict.fromkeys(("serial", "max_fail_percentage", "commit_comment", "commit_confirmed"), "")
    check = roll_out(stage, ["survey", "order-b"], "--check", **answers)
    assert (check.status, batches(check)) == (0, 2)
    check = roll_out(stage, ["survey", "order-b"], "--check", hosts="order-b:all", serial="1, 100%")
    assert [one.host for one in check.results if "commands" in one.data] == ["order-b", "survey"]


def test_the_rollout_has_no_hosts_of_its_own(stage: Stage) -> None:
    unsaid = roll_out(stage, ["survey"], hosts="")
    assert "Keyword 'hosts' is required, and cannot have empty values." in unsaid.stderr
    assert (unsaid.status, unsaid.results) == (4, ())
