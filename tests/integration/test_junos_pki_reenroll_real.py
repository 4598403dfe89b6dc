# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junos_pki_reenroll on configurations as people have them, and on every release."""

from __future__ import annotations

from typing import Any

import pytest
from integration.playing import Stage, left_behind, real

MODULE = "netpki.junos.junos_pki_reenroll"
RE = "set security pki auto-re-enrollment"
READ = ["get-configuration", "close-session"]
MASK = "********"
RELEASES = ("15.1X49-D170", "19.4R3", "20.4R3", "21.4R3-S5.4", "22.4R3", "23.1R1", "24.4R1")

IN_A_GROUP = """
set groups standard security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set groups standard security pki ca-profile corp-ca revocation-check crl url http://crl.example.net
set apply-groups standard
"""
SCOPED = """
set SCOPE security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set SCOPE security pki auto-re-enrollment scep certificate-id old ca-profile-name corp-ca
set SCOPE security pki auto-re-enrollment scep certificate-id old re-enroll-time days 9
set security pki ca-profile main-ca ca-identity main
"""
SCOPES = {"logical-systems": "logical_system", "tenants": "tenant"}

DEVICES = {
    "direct": real("srx-hq-old"),
    "both": real("srx-hq-old"),
    "both-merged": real("srx-hq-old"),
    "acme": real("srx-acme"),
    "branch": real("srx-branch-scep"),
    "group": real("srx-group"),
    "group-deleted": real("srx-group"),
    "group-own": real("srx-group"),
    "group-profile": {"release": "24.4R1", "config": IN_A_GROUP},
    "inactive": real("srx-inactive"),
    "inactive-same": real("srx-inactive"),
    "inactive-list": real("srx-inactive"),
    "inactive-profile": real("srx-inactive"),
    "inactive-above": real("srx-inactive"),
    "from-now": real("srx-inactive"),
    "cluster": real("srx-cluster"),
    "deprecated": {"release": "23.1R1"},
    **{scope: {"release": "24.4R1", "config": SCOPED.replace("SCOPE", f"{scope} branch")} for scope in SCOPES},
    **{release: {"release": release} for release in RELEASES},
}


def task(*entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {MODULE: {"config": list(entries), **options}}


def added(before: list[str], after: list[str]) -> list[str]:
    return [line for line in after if line not in before]


def removed(before: list[str], after: list[str]) -> list[str]:
    return [line for line in before if line not in after]


VPN_01 = {
    "certificate_id": "vpn-01",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "challenge_password": "juniper",
    "re_enroll_trigger_time_percentage": 10,
    "re_generate_keypair": True,
    "scep_encryption_algorithm": "des3",
    "scep_digest_algorithm": "sha1",
}
SHOWN = {**VPN_01, "challenge_password": MASK}


# The old direct list.


def test_an_entry_of_the_old_list_moves_to_scep_in_one_task_and_one_commit(stage: Stage) -> None:
    device = stage["direct"]
    before = device.set_lines()
    change = task(VPN_01, state="replaced")
    checked, first, second = stage.play(device, {**change, "check_mode": True}, change, change).results
    assert checked.data == first.data
    assert first["before"]["config"] == [{**SHOWN, "protocol": "direct"}]
    assert first["after"]["config"] == [SHOWN]
    assert first["commands"] == [
        "delete security pki auto-re-enrollment certificate-id vpn-01",
        f"{RE} scep certificate-id vpn-01 ca-profile-name corp-ca",
        f"{RE} scep certificate-id vpn-01 re-enroll-trigger-time-percentage 10",
        f"{RE} scep certificate-id vpn-01 re-generate-keypair",
        f"{RE} scep certificate-id vpn-01 challenge-password {MASK}",
        f"{RE} scep certificate-id vpn-01 scep-encryption-algorithm des3",
        f"{RE} scep certificate-id vpn-01 scep-digest-algorithm sha1",
    ]
    assert first["reasons"] == [
        "auto-re-enrollment certificate-id vpn-01: moved to auto-re-enrollment scep certificate-id vpn-01",
        "auto-re-enrollment scep certificate-id vpn-01: not on the device",
    ]
    assert (second["changed"], len(device.commits)) == (False, 1)
    after = device.set_lines()
    assert all(line.startswith(f"{RE} certificate-id vpn-01 ") for line in removed(before, after))
    assert all(line.startswith(f"{RE} scep certificate-id vpn-01 ") for line in added(before, after))
    assert len(removed(before, after)) == len(added(before, after)) == 6


def test_an_entry_in_both_lists_leaves_the_old_one(stage: Stage) -> None:
    device = stage["both"]
    device.commit_by([f"{RE} scep certificate-id vpn-01 ca-profile-name corp-ca"])
    before = device.set_lines()
    first, second = stage.play(device, *[task(VPN_01, state="replaced")] * 2).results
    assert [row["protocol"] for row in first["before"]["config"]] == ["scep", "direct"]
    assert first["after"]["config"] == [SHOWN]
    assert (second["changed"], len(device.commits)) == (False, 2)
    assert [line for line in device.set_lines() if line.startswith(f"{RE} certificate-id")] == []
    assert len(removed(before, device.set_lines())) == 6


def test_merged_leaves_an_entry_in_both_lists_and_says_so(stage: Stage) -> None:
    device = stage["both-merged"]
    before = device.set_lines()
    first, second = stage.play(device, *[task(VPN_01)] * 2).results
    assert first["warnings"] == [
        "127.0.0.1: config[vpn-01]: [edit security pki auto-re-enrollment certificate-id vpn-01] is there as well."
        " Use state replaced to move the certificate out of that list."
    ]
    assert removed(before, device.set_lines()) == []
    assert second["changed"] is False


def test_the_old_list_is_told_to_be_deprecated(stage: Stage) -> None:
    profile = {"name": "corp-ca", "enrollment": {"url": "http://ca.example.net/scep"}}
    run = stage.play(stage["deprecated"], task({**VPN_01, "protocol": "direct"}, ca_profiles=[profile]))
    assert run.result["warnings"] == [
        "127.0.0.1: config[vpn-01]: the direct list is deprecated from 23.1R1 on."
        " Use protocol scep with state replaced: the entry moves in one commit."
    ]


# What a device wrote itself.


WEB_ACME = {
    "certificate_id": "web-acme",
    "protocol": "acme",
    "acme_key_id": "web-key",
    "ca_profile_name": "Example_ACME",
    "re_enroll_time": {"days": 25},
    "re_generate_keypair": True,
}
BOTH = {**WEB_ACME, "re_enroll_trigger_time_percentage": 72}


def test_an_entry_with_both_triggers_is_left_as_the_device_wrote_it(stage: Stage) -> None:
    device = stage["acme"]
    run = stage.play(device, task(WEB_ACME), task(BOTH, state="replaced"))
    for result in run.results:
        assert (result["changed"], result["commands"]) == (False, [])
        assert result["before"]["config"] == [BOTH]
        assert result["warnings"] == [
            "127.0.0.1: config[web-acme]: re_enroll_time and re_enroll_trigger_time_percentage are both set:"
            " re_enroll_time decides."
        ]
    assert device.rpcs == READ * 2
    # The account key is not the task's business, also where the whole list is.
    run = stage.play(device, task(WEB_ACME, state="overridden"))
    assert run.result["commands"] == [
        "delete security pki auto-re-enrollment acme certificate-id web-acme re-enroll-trigger-time-percentage"
    ]
    assert "set security pki acme-account-key acme-key-id web-key" in device.set_lines()


def test_what_the_modules_do_not_manage_stays(stage: Stage) -> None:
    device = stage["branch"]
    before = device.set_lines()
    cmp = {
        "certificate_id": "branch-cmp",
        "protocol": "cmpv2",
        "ca_profile_name": "cmp-ca",
        "re_enroll_trigger_time_percentage": 20,
        "re_generate_keypair": True,
    }
    result = stage.play(device, task(cmp, state="overridden")).result
    assert result["commands"] == ["delete security pki auto-re-enrollment scep certificate-id branch-scep"]
    assert len(removed(before, device.set_lines())) == 4
    assert added(before, device.set_lines()) == [f"{RE} scep"]


# What groups bring.


GROUP_VPN = {
    "certificate_id": "group-vpn",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_enroll_trigger_time_percentage": 25,
    "re_generate_keypair": True,
    "challenge_password": "Group-Challenge-3",
}


@pytest.mark.parametrize("state", ["merged", "replaced"])
def test_what_a_group_brings_is_seen_and_not_written_twice(stage: Stage, state: str) -> None:
    device = stage["group"]
    device.mark()
    run = stage.play(device, task(GROUP_VPN, state=state))
    assert run.result["changed"] is False
    assert {**GROUP_VPN, "challenge_password": MASK} in run.result["before"]["config"]
    assert device.rpcs == READ


def test_what_a_group_brings_is_changed_by_one_own_statement(stage: Stage) -> None:
    device = stage["group-own"]
    before = device.set_lines()
    first, second = stage.play(device, *[task({**GROUP_VPN, "re_enroll_trigger_time_percentage": 26})] * 2).results
    line = f"{RE} scep certificate-id group-vpn re-enroll-trigger-time-percentage 26"
    assert first["commands"] == [line]
    assert second["changed"] is False
    assert added(before, device.set_lines()) == [line]
    deleted = task({"certificate_id": "group-vpn"}, state="deleted")
    first, second = stage.play(device, deleted, deleted).results
    assert first["commands"] == ["delete security pki auto-re-enrollment scep certificate-id group-vpn"]
    assert (first["changed"], second["changed"]) == (True, False)
    assert device.set_lines() == before


def test_what_a_group_brings_cannot_be_deleted_and_that_is_told(stage: Stage) -> None:
    device = stage["group-deleted"]
    before = device.set_lines()
    run = stage.play(device, task({"certificate_id": "group-vpn"}, state="deleted"))
    assert run.result["changed"] is False
    assert run.result["warnings"] == [
        "127.0.0.1: [edit security pki auto-re-enrollment scep certificate-id group-vpn] comes from apply-groups"
        " pki-standard and stays in effect: it cannot be deleted here. Change [edit groups pki-standard]."
    ]
    assert (device.rpcs, device.set_lines()) == (READ, before)
    own = {"certificate_id": "own-vpn", "protocol": "scep", "ca_profile_name": "corp-ca"}
    run = stage.play(device, task({**own, "re_enroll_trigger_time_percentage": 30}, state="overridden"))
    assert run.result["commands"] == [
        "delete security pki auto-re-enrollment scep certificate-id own-vpn challenge-password"
    ]
    assert len(run.result["warnings"]) == 1


def test_a_profile_of_a_group_is_extended_by_what_is_missing(stage: Stage) -> None:
    device = stage["group-profile"]
    before = device.set_lines()
    profile = {
        "name": "corp-ca",
        "enrollment": {"url": "http://ca.example.net/scep", "retry": 5},
        "revocation_check": {"crl": {"url": [{"name": "http://crl.example.net"}]}},
    }
    entry = {**VPN_01, "re_enroll_time": {"days": 20}}
    first, second = stage.play(device, *[task(entry, ca_profiles=[profile])] * 2).results
    assert first["commands"][0] == "set security pki ca-profile corp-ca enrollment retry 5"
    assert second["changed"] is False
    lines = [line for line in added(before, device.set_lines()) if "auto-re-enrollment" not in line]
    assert lines == ["set security pki ca-profile corp-ca enrollment retry 5"]


# What is deactivated.


LAB_VPN = {
    "certificate_id": "lab-vpn",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_enroll_trigger_time_percentage": 50,
}
LAB = "security pki auto-re-enrollment scep certificate-id lab-vpn"


def test_a_deactivated_entry_is_not_in_effect_and_is_activated(stage: Stage) -> None:
    device = stage["inactive"]
    before = device.set_lines()
    first, second = stage.play(device, *[task(LAB_VPN)] * 2).results
    assert [row["certificate_id"] for row in first["before"]["config"]] == ["dc-vpn"]
    assert first["after"]["config"][1] == LAB_VPN
    assert first["commands"] == [f"activate {LAB}", f"set {LAB} ca-profile-name corp-ca"]
    assert first["reasons"] == [
        "auto-re-enrollment scep certificate-id lab-vpn: deactivated",
        "auto-re-enrollment scep certificate-id lab-vpn ca-profile-name: is retired-ca, declared is corp-ca",
    ]
    assert second["changed"] is False
    assert removed(before, device.set_lines()) == [f"set {LAB} ca-profile-name retired-ca", f"deactivate {LAB}"]
    assert added(before, device.set_lines()) == [f"set {LAB} ca-profile-name corp-ca"]


@pytest.mark.parametrize(
    ("statement", "declared"),
    [
        ("challenge-password", {"challenge_password": "Corp-Challenge-1"}),
        ("re-enroll-time", {"re_enroll_time": {"days": 30}}),
        ("re-enroll-time days", {"re_enroll_time": {"days": 30}}),
        ("re-generate-keypair", {"re_generate_keypair": True}),
        ("ca-profile-name", {"ca_profile_name": "corp-ca"}),
    ],
)
def test_a_deactivated_statement_of_the_declared_value_is_activated(
    stage: Stage, statement: str, declared: dict[str, Any]
) -> None:
    device = stage["inactive-same"]
    before = device.set_lines()
    place = f"security pki auto-re-enrollment scep certificate-id dc-vpn {statement}"
    device.commit_by([f"deactivate {place}"])
    change = task({"certificate_id": "dc-vpn", "protocol": "scep", **declared})
    checked, first, second = stage.play(device, {**change, "check_mode": True}, change, change).results
    assert (checked["commands"], first["commands"]) == ([f"activate {place}"], [f"activate {place}"])
    assert second["changed"] is False
    assert [line.partition(" challenge-password ")[0] for line in device.set_lines()] == [
        line.partition(" challenge-password ")[0] for line in before
    ]


@pytest.mark.parametrize("level", ["auto-re-enrollment", "auto-re-enrollment scep"])
def test_a_deactivated_level_above_is_activated_and_that_is_told(stage: Stage, level: str) -> None:
    device = stage["inactive-list"]
    device.commit_by([f"deactivate security pki {level}"])
    before = device.set_lines()
    dc_vpn = {"certificate_id": "dc-vpn", "protocol": "scep", "re_generate_keypair": True}
    first, second = stage.play(device, *[task(dc_vpn)] * 2).results
    assert first["before"]["config"] == []
    assert first["commands"] == [f"activate security pki {level}"]
    assert first["warnings"][0] == (
        f"127.0.0.1: [edit security pki {level}] was deactivated as a whole: everything in it comes into effect,"
        " not only what this task declares."
    )
    assert second["changed"] is False
    assert removed(before, device.set_lines()) == [f"deactivate security pki {level}"]
    assert added(before, device.set_lines()) == []


@pytest.mark.parametrize("level", ["security", "security pki"])
def test_security_pki_itself_deactivated_is_refused(stage: Stage, level: str) -> None:
    device = stage["inactive-above"]
    device.commit_by([f"deactivate {level}"])
    device.mark()
    run = stage.play(device, task(LAB_VPN))
    device.commit_by([f"activate {level}"])
    assert run.result.error == (
        f"127.0.0.1: [edit {level}] is deactivated, so nothing in it can come into effect."
        f" Activate it first: activate {level}"
    )
    assert device.rpcs == READ


def test_a_deactivated_profile_is_not_there_for_an_entry_that_names_it(stage: Stage) -> None:
    device = stage["inactive-profile"]
    entry = {**LAB_VPN, "certificate_id": "new", "ca_profile_name": "retired-ca"}
    run = stage.play(device, task(entry))
    assert run.result.error == (
        "config[new].ca_profile_name: 'retired-ca' is refused: Referenced ca-profile must be defined under"
        " [edit security pki ca-profile]. Declare that ca-profile in ca_profiles of the same task, or correct the name."
    )
    # Before it is refused, whether groups apply is asked, which could bring the profile.
    assert device.rpcs == ["get-configuration", *READ]
    profile = {"name": "retired-ca", "enrollment": {"url": "http://retired.example.net"}}
    run = stage.play(device, task(entry, ca_profiles=[profile]))
    assert run.result["commands"][0] == "activate security pki ca-profile retired-ca"
    assert "deactivate security pki ca-profile retired-ca" not in device.set_lines()


# Devices of other kinds, and every release.


def test_a_cluster_commits_on_both_nodes_and_shows_each_certificate_once(stage: Stage) -> None:
    device = stage["cluster"]
    change = task(
        {"certificate_id": "cluster-vpn", "protocol": "scep", "re_enroll_time": {"percentage": 30}},
        read_certificates=True,
        commit_synchronize=True,
    )
    first, second = stage.play(device, change, change).results
    assert first["commands"] == [f"{RE} scep certificate-id cluster-vpn re-enroll-time percent 30"]
    assert second["changed"] is False
    assert (
        first["certificates"]
        == second["certificates"]
        == [
            {
                "certificate_id": "cluster-vpn",
                "subject": "CN=srx-cluster.example.net, O=example",
                "issuer": "CN=corp-ca, O=example, C=us",
                "not_before": "2026-02-28T23:59:00Z",
                "not_after": "2028-02-29T23:59:00Z",
            }
        ]
    )
    (commit,) = [event for event in device.events if event.get("rpc") == "commit-configuration"]
    assert "<synchronize/>" in commit["body"]
    assert device.rpcs[-3:] == ["get-configuration", "get-pki-local-certificate", "close-session"]


def test_days_that_may_count_from_now_are_told(stage: Stage) -> None:
    run = stage.play(
        stage["from-now"], task({"certificate_id": "dc-vpn", "protocol": "scep", "re_enroll_time": {"days": 9}})
    )
    assert run.result["warnings"] == [
        "127.0.0.1: config[dc-vpn].re_enroll_time: In 21.4R3-S5.4 the device's own model explains days and hours as"
        " counted from now, the vendor's reference page as ahead of the expiry. Which of the two it does is not known."
    ]


@pytest.mark.parametrize("release", RELEASES)
def test_every_release_takes_what_it_has(stage: Stage, release: str) -> None:
    device = stage[release]
    profile = {"name": "corp-ca", "enrollment": {"url": "http://ca.example.net/scep"}}
    cmpv2 = {
        "certificate_id": "vpn-02",
        "protocol": "cmpv2",
        "ca_profile_name": "corp-ca",
        "re_enroll_trigger_time_percentage": 20,
    }
    change = task(VPN_01, cmpv2, ca_profiles=[profile])
    checked, first, second = stage.play(device, {**change, "check_mode": True}, change, change).results
    assert checked.data == first.data
    assert (first["release"], first["changed"], second["changed"]) == (release, True, False)
    assert (first["after"]["config"], first["after"]["ca_profiles"]) == ([SHOWN, cmpv2], [profile])
    assert len(device.commits) == 1
    assert left_behind(device) == {}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_logical_system_or_a_tenant_has_a_security_pki_of_its_own(stage: Stage, scope: str) -> None:
    device = stage[scope]
    before = device.set_lines()
    change = task({**VPN_01, "re_enroll_time": {"days": 20}}, state="overridden", **{SCOPES[scope]: "branch"})
    level = f"{scope} branch security pki"
    checked, first, second = stage.play(device, {**change, "check_mode": True, "diff": True}, change, change).results
    assert first["before"] == {
        "ca_profiles": [{"name": "corp-ca", "enrollment": {"url": "http://ca.example.net/scep"}}],
        "config": [
            {"certificate_id": "old", "protocol": "scep", "ca_profile_name": "corp-ca", "re_enroll_time": {"days": 9}}
        ],
    }
    assert checked["commands"] == first["commands"]
    assert all(line.split(" ", 1)[1].startswith(f"{level} ") for line in first["commands"])
    assert checked["diff"]["prepared"].startswith(f"[edit {level} auto-re-enrollment scep]\n")
    assert second["changed"] is False
    place = f"set {level} auto-re-enrollment scep certificate-id"
    assert {line.split(" certificate-id ")[0] for line in added(before, device.set_lines())} == {
        place.rpartition(" ")[0]
    }
    assert removed(before, device.set_lines()) == [
        f"{place} old ca-profile-name corp-ca",
        f"{place} old re-enroll-time days 9",
    ]
