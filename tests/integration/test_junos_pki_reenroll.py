# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junos_pki_reenroll: what a task sends, changes and answers; the states; check mode."""

from __future__ import annotations

from typing import Any

import pytest
from integration.playing import Stage, left_behind

MODULE = "netpki.junos.junos_pki_reenroll"

# One entry in each list, and a CA profile for them all.
CONFIG = """
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki ca-profile spare-ca ca-identity spare.example.net
set security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name corp-ca
set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days 30
set security pki auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 ca-profile-name corp-ca
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 re-enroll-trigger-time-percentage 20
set security pki auto-re-enrollment certificate-id vpn-03 ca-profile-name corp-ca
set security pki auto-re-enrollment certificate-id vpn-03 re-enroll-trigger-time-percentage 10
""".strip()
LINES = ["set version 24.4R1", *CONFIG.splitlines()]
RE = "set security pki auto-re-enrollment"
LINES_AND_LISTS = [*LINES[:4], f"{RE} scep", *LINES[4:7], f"{RE} cmpv2", *LINES[7:]]

READ = ["get-configuration", "close-session"]

DEVICES = {
    name: {"release": "24.4R1", "config": CONFIG}
    for name in (
        *("second-run", "check-mode", "exclusive", "refused", "same-after", "answer", "merged", "false", "replaced"),
        *("protocol", "overridden", "only-profiles", "deleted", "deleted-one", "deleted-all", "named", "together"),
        *("nothing", "order"),
    )
} | {
    "fresh": {"release": "24.4R1"},
    "fresh-check": {"release": "24.4R1"},
}


def entry(**options: Any) -> dict[str, Any]:
    return {"certificate_id": "vpn-01", "protocol": "scep", **options}


def task(**options: Any) -> dict[str, Any]:
    return {MODULE: options}


def without(*words: str, left: str = "") -> list[str]:
    """The lines without those that hold a word. ``left``: the list that stays though its only entry has gone."""
    lines = [line for line in LINES if not any(word in line for word in words)]
    return sorted([*lines, f"{RE} {left}"], key=LINES_AND_LISTS.index) if left else lines


VPN_01 = entry(ca_profile_name="corp-ca", re_enroll_time={"days": 30}, re_generate_keypair=True)
CORP_CA = {"name": "corp-ca", "ca_identity": "corp.example.net", "enrollment": {"url": "http://ca.example.net/scep"}}


# What is sent.


def test_the_first_run_commits_once_and_the_second_run_only_reads(stage: Stage) -> None:
    device = stage["second-run"]
    change = task(config=[entry(challenge_password="Challenge-1", re_enroll_time={"hours": 700})])
    first = stage.play(device, change)
    assert first.result["changed"] is True
    assert device.rpcs == [
        "get-configuration",
        "open-configuration/private",
        "load-configuration",
        "commit-configuration",
        "close-configuration",
        "close-session",
    ]
    assert [commit["user"] for commit in device.commits] == ["netops"]
    device.mark()
    second = stage.play(device, change)
    assert second.result["changed"] is False
    assert second.result["commands"] == []
    assert second.result["before"] == second.result["after"] == first.result["after"]
    assert device.rpcs == READ
    assert len(device.commits) == 1
    assert left_behind(device) == {}


def test_the_request_reads_only_what_is_committed_below_security_pki_and_the_version(stage: Stage) -> None:
    device = stage["nothing"]
    assert stage.play(device, task(config=[VPN_01])).result["changed"] is False
    (read,) = [event["body"] for event in device.events if event.get("rpc") == "get-configuration"]
    assert (
        '<get-configuration database="committed" inherit="inherit" groups="groups">'
        "<configuration><version/><security><pki/></security></configuration></get-configuration>"
    ) in read.replace("\n", "")


# Check mode.


def test_check_mode_is_validated_by_the_device_and_commits_nothing(stage: Stage) -> None:
    device = stage["check-mode"]
    change = task(config=[entry(challenge_password="Challenge-1", re_enroll_time={"hours": 700})])
    run = stage.play(device, change, options=["--check", "--diff"])
    assert device.rpcs == [
        "get-configuration",
        "open-configuration/private",
        "load-configuration",
        "get-configuration/compare",
        "commit-configuration/check",
        "close-configuration",
        "close-session",
    ]
    assert run.result["changed"] is True
    assert run.result["diff"] == {
        "prepared": (
            "[edit security pki auto-re-enrollment scep certificate-id vpn-01]\n"
            "+   challenge-password ********; ## SECRET-DATA\n"
            "[edit security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time]\n"
            "-   days 30;\n"
            "+   hours 700;\n"
        )
    }
    assert "\n+   challenge-password ********; ## SECRET-DATA\n" in run.stdout
    assert device.set_lines() == LINES
    assert device.commits == []
    assert left_behind(device) == {}


def test_check_mode_in_an_exclusive_candidate_leaves_no_lock(stage: Stage) -> None:
    device = stage["exclusive"]
    change = task(config=[entry(re_enroll_time={"hours": 700})], configuration_mode="exclusive")
    assert stage.play(device, change, options=["--check"]).result["changed"] is True
    assert device.rpcs == [
        "get-configuration",
        "open-configuration/exclusive",
        "load-configuration",
        "commit-configuration/check",
        "load-configuration/rollback",
        "close-configuration",
        "close-session",
    ]
    assert device.set_lines() == LINES
    assert device.commits == []
    assert left_behind(device) == {}


@pytest.mark.parametrize("mode", ["private", "exclusive"])
def test_check_mode_tells_what_the_device_refuses_and_where(stage: Stage, mode: str) -> None:
    device = stage["refused"]
    device.mark()
    profile = {"name": "spare-ca", "routing_instance": "nowhere"}
    run = stage.play(device, task(ca_profiles=[profile], configuration_mode=mode), options=["--check"])
    assert run.result.error == (
        "127.0.0.1: the device refuses commit check: [edit security pki ca-profile spare-ca] routing-instance nowhere:"
        " referenced routing-instance must be defined;"
        " configuration check-out failed: (statements constraint check failed)"
    )
    assert device.rpcs[-2:] == ["close-configuration", "close-session"]
    assert device.commits == []
    assert left_behind(device) == {}


def test_check_mode_answers_what_the_run_answers_and_the_next_run_finds(stage: Stage) -> None:
    device = stage["same-after"]
    change = task(
        ca_profiles=[{"name": "new-ca", "enrollment": {"url": "http://new.example.net", "retry": 3}}],
        config=[
            {
                "certificate_id": "vpn-03",
                "protocol": "cmpv2",
                "ca_profile_name": "new-ca",
                "re_enroll_time": {"days": 9},
            }
        ],
        state="replaced",
    )
    checked, done, again = stage.play(device, {**change, "check_mode": True}, change, change).results
    assert checked.data == done.data
    assert again["changed"] is False
    assert again["before"] == checked["after"]
    assert checked["after"] != checked["before"]


def test_check_mode_on_a_fresh_device_validates_profile_and_entry_together(stage: Stage) -> None:
    device = stage["fresh-check"]
    run = stage.play(device, task(ca_profiles=[CORP_CA], config=[VPN_01]), options=["--check"])
    assert run.result["before"] == {"ca_profiles": [], "config": []}
    assert run.result["after"] == {"ca_profiles": [CORP_CA], "config": [VPN_01]}
    assert device.set_lines() == ["set version 24.4R1"]


# What is answered.


def test_a_result_says_what_was_and_what_is_and_why(stage: Stage) -> None:
    change = task(
        ca_profiles=[{"name": "corp-ca", "enrollment": {"retry": 5}}],
        config=[entry(re_enroll_time={"days": 20}, re_generate_keypair=False, challenge_password="Challenge-1")],
    )
    result = dict(stage.play(stage["answer"], change).result.data)
    others = [
        {
            "certificate_id": "vpn-02",
            "protocol": "cmpv2",
            "ca_profile_name": "corp-ca",
            "re_enroll_trigger_time_percentage": 20,
        },
        {
            "certificate_id": "vpn-03",
            "protocol": "direct",
            "ca_profile_name": "corp-ca",
            "re_enroll_trigger_time_percentage": 10,
        },
    ]
    spare = {"name": "spare-ca", "ca_identity": "spare.example.net"}
    enrollment = {"url": "http://ca.example.net/scep", "retry": 5}
    mask = "********"
    result.pop("_ansible_no_log", None)
    assert result == {
        "changed": True,
        "before": {"ca_profiles": [CORP_CA, spare], "config": [VPN_01, *others]},
        "after": {
            "ca_profiles": [{**CORP_CA, "enrollment": enrollment}, spare],
            "config": [
                entry(ca_profile_name="corp-ca", re_enroll_time={"days": 20}, challenge_password=mask),
                *others,
            ],
        },
        "commands": [
            "set security pki ca-profile corp-ca enrollment retry 5",
            f"{RE} scep certificate-id vpn-01 re-enroll-time days 20",
            "delete security pki auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair",
            f"{RE} scep certificate-id vpn-01 challenge-password {mask}",
        ],
        "reasons": [
            "ca-profile corp-ca enrollment retry: not on the device",
            "auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days: is 30, declared is 20",
            "auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair: declared as false",
            "auto-re-enrollment scep certificate-id vpn-01 challenge-password: not on the device",
        ],
        "release": "24.4R1",
    }


# The states.


def test_merged_adds_and_changes_what_is_named(stage: Stage) -> None:
    device = stage["merged"]
    new = {
        "certificate_id": "vpn-04",
        "protocol": "cmpv2",
        "ca_profile_name": "corp-ca",
        "re_enroll_time": {"hours": 9},
    }
    assert stage.play(device, task(config=[entry(re_enroll_time={"days": 20}), new])).result["changed"] is True
    assert sorted(device.set_lines()) == sorted(
        [
            *(line for line in LINES if "days 30" not in line),
            f"{RE} scep certificate-id vpn-01 re-enroll-time days 20",
            f"{RE} cmpv2 certificate-id vpn-04 re-enroll-time hours 9",
            f"{RE} cmpv2 certificate-id vpn-04 ca-profile-name corp-ca",
        ]
    )


def test_merged_takes_away_a_switch_that_is_false_and_nothing_else(stage: Stage) -> None:
    device = stage["false"]
    first, second = stage.play(device, *[task(config=[entry(re_generate_keypair=False)])] * 2).results
    assert (first["changed"], second["changed"]) == (True, False)
    assert device.set_lines() == [line for line in LINES if "re-generate-keypair" not in line]


def test_replaced_makes_the_named_entry_exactly_so(stage: Stage) -> None:
    device = stage["replaced"]
    change = task(config=[entry(ca_profile_name="corp-ca", re_enroll_trigger_time_percentage=15)], state="replaced")
    first, second = stage.play(device, change, change).results
    assert (first["changed"], second["changed"]) == (True, False)
    assert sorted(device.set_lines()) == sorted(
        [
            *(line for line in LINES if "days 30" not in line and "re-generate-keypair" not in line),
            f"{RE} scep certificate-id vpn-01 re-enroll-trigger-time-percentage 15",
        ]
    )


@pytest.mark.parametrize(
    ("certificate", "old", "new"),
    [
        ("vpn-02", "cmpv2 certificate-id", "certificate-id"),
        ("vpn-03", "certificate-id", "acme certificate-id"),
    ],
)
def test_replaced_moves_a_certificate_between_lists_in_one_commit(
    stage: Stage, certificate: str, old: str, new: str
) -> None:
    device = stage["protocol"]
    commits = len(device.commits)
    moved = {"certificate_id": certificate, "ca_profile_name": "corp-ca", "re_enroll_trigger_time_percentage": 20}
    if new.startswith("acme"):
        moved |= {"protocol": "acme", "acme_key_id": "web-key"}
    else:
        moved |= {"protocol": "direct"}
    run = stage.play(device, task(config=[moved], state="replaced"))
    assert run.result["reasons"][0] == (
        f"auto-re-enrollment {old} {certificate}: moved to auto-re-enrollment {new} {certificate}"
    )
    assert len(device.commits) == commits + 1
    lines = [line for line in device.set_lines() if certificate in line]
    assert [line for line in lines if not line.startswith(f"{RE} {new} {certificate} ")] == []
    assert f"{RE} {new} {certificate} re-enroll-trigger-time-percentage 20" in lines


def test_overridden_makes_the_four_lists_exactly_so_and_leaves_the_profiles(stage: Stage) -> None:
    device = stage["overridden"]
    change = task(config=[VPN_01], state="overridden")
    first, second = stage.play(device, change, change).results
    assert first["commands"] == [
        "delete security pki auto-re-enrollment cmpv2 certificate-id vpn-02",
        "delete security pki auto-re-enrollment certificate-id vpn-03",
    ]
    assert second["changed"] is False
    assert device.set_lines() == without("vpn-02", "vpn-03", left="cmpv2")


def test_overridden_with_profiles_alone_leaves_the_entries(stage: Stage) -> None:
    device = stage["only-profiles"]
    run = stage.play(device, task(ca_profiles=[CORP_CA], state="overridden"))
    assert run.result["commands"] == ["delete security pki ca-profile spare-ca"]
    assert device.set_lines() == [line for line in LINES if "spare-ca" not in line]


def test_deleted_takes_the_named_entry_from_whichever_list_holds_it(stage: Stage) -> None:
    device = stage["deleted"]
    names = [{"certificate_id": "vpn-01"}, {"certificate_id": "vpn-03"}, {"certificate_id": "vpn-99"}]
    change = task(config=names, state="deleted")
    first, second = stage.play(device, change, change).results
    assert first["commands"] == [
        "delete security pki auto-re-enrollment scep certificate-id vpn-01",
        "delete security pki auto-re-enrollment certificate-id vpn-03",
    ]
    assert (second["changed"], second["before"]) == (False, first["after"])
    assert device.set_lines() == without("vpn-01", "vpn-03", left="scep")


def test_deleted_with_a_protocol_looks_into_that_list_alone(stage: Stage) -> None:
    device = stage["deleted-one"]
    for protocol, changed in (("cmpv2", False), ("scep", True)):
        run = stage.play(device, task(config=[entry(protocol=protocol)], state="deleted"))
        assert run.result["changed"] is changed
    assert device.set_lines() == without("vpn-01", left="scep")


def test_deleted_without_a_name_takes_every_entry_and_no_profile(stage: Stage) -> None:
    device = stage["deleted-all"]
    first, second = stage.play(device, *[task(state="deleted")] * 2).results
    assert first["after"]["config"] == []
    assert second["changed"] is False
    assert device.set_lines() == [*without("vpn-"), f"{RE} scep", f"{RE} cmpv2"]


@pytest.mark.parametrize("state", ["deleted", "overridden"])
def test_a_profile_that_an_entry_names_is_not_deleted(stage: Stage, state: str) -> None:
    device = stage["named"]
    device.mark()
    profiles = [{"name": "corp-ca"}] if state == "deleted" else [{"name": "spare-ca"}]
    run = stage.play(device, task(ca_profiles=profiles, state=state))
    places = [
        f"corp-ca by [edit security pki auto-re-enrollment {place}]"
        for place in ("scep certificate-id vpn-01", "cmpv2 certificate-id vpn-02", "certificate-id vpn-03")
    ]
    assert run.result.error == (
        f"ca_profiles: still named on the device: {'; '.join(places)}. Delete or change what names them first."
    )
    assert device.rpcs == READ
    assert device.set_lines() == LINES


def test_a_profile_goes_together_with_the_entries_that_name_it(stage: Stage) -> None:
    device = stage["together"]
    names = [{"certificate_id": "vpn-01"}, {"certificate_id": "vpn-02"}, {"certificate_id": "vpn-03"}]
    run = stage.play(device, task(ca_profiles=[{"name": "corp-ca"}], config=names, state="deleted"))
    assert run.result["changed"] is True
    assert len(device.commits) == 1
    assert device.set_lines() == [*without("vpn-", "corp-ca"), f"{RE} scep", f"{RE} cmpv2"]


def test_the_order_of_entries_means_nothing(stage: Stage) -> None:
    device = stage["order"]
    change = task(
        ca_profiles=[{"name": "spare-ca"}, CORP_CA],
        config=[
            {
                "certificate_id": "vpn-03",
                "protocol": "direct",
                "ca_profile_name": "corp-ca",
                "re_enroll_trigger_time_percentage": 10,
            },
            VPN_01,
        ],
    )
    run = stage.play(device, change)
    assert run.result["changed"] is False
    assert device.rpcs == READ


def test_a_fresh_device_takes_profile_and_entry_in_one_commit(stage: Stage) -> None:
    device = stage["fresh"]
    change = task(ca_profiles=[CORP_CA], config=[VPN_01])
    first, second = stage.play(device, change, change).results
    assert (first["changed"], second["changed"]) == (True, False)
    assert len(device.commits) == 1
    assert sorted(device.set_lines()) == sorted(without("spare-ca", "vpn-02", "vpn-03"))
