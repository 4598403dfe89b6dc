# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junos_pki_reenroll: every statement of the four lists, and what a release does not have yet."""

from __future__ import annotations

from typing import Any

import pytest
from integration.playing import Stage

MODULE = "netpki.junos.junos_pki_reenroll"
RE = "set security pki auto-re-enrollment"
CONFIG = "set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep"
READ = ["get-configuration", "close-session"]
# Whether groups apply, which could bring what is missing, is asked before an entry is refused.
READ_AND_GROUPS = ["get-configuration", *READ]

# The option and its value, and the words of the statement on the device.
COMMON = [
    ({"ca_profile_name": "corp-ca", "re_enroll_time": {"days": 0}}, "re-enroll-time days 0"),
    ({"re_enroll_time": {"days": 4294967295}}, "re-enroll-time days 4294967295"),
    ({"re_enroll_time": {"hours": 700}}, "re-enroll-time hours 700"),
    ({"re_enroll_time": {"percentage": 1}}, "re-enroll-time percent 1"),
    ({"re_enroll_time": {"percentage": 99}}, "re-enroll-time percent 99"),
    ({"re_enroll_trigger_time_percentage": 1}, "re-enroll-trigger-time-percentage 1"),
    ({"re_enroll_trigger_time_percentage": 99}, "re-enroll-trigger-time-percentage 99"),
    ({"re_generate_keypair": True}, "re-generate-keypair"),
]
SCEP = [
    *COMMON,
    ({"scep_encryption_algorithm": "des"}, "scep-encryption-algorithm des"),
    ({"scep_encryption_algorithm": "des3"}, "scep-encryption-algorithm des3"),
    ({"scep_digest_algorithm": "md5"}, "scep-digest-algorithm md5"),
    ({"scep_digest_algorithm": "sha1"}, "scep-digest-algorithm sha1"),
]
ACME = [*COMMON, ({"acme_key_id": "k" * 32}, f"acme-key-id {'k' * 32}")]
LISTS = {"scep": SCEP, "cmpv2": COMMON, "acme": ACME, "direct": SCEP}
#: The statements that are there throughout, so that each entry can be committed.
ALWAYS: dict[str, Any] = {"ca_profile_name": "corp-ca", "re_enroll_trigger_time_percentage": 50}

DEVICES = {
    **{protocol: {"release": "24.4R1", "config": CONFIG} for protocol in LISTS},
    "words": {"release": "24.4R1", "config": CONFIG},
    **{
        release: {"release": release, "config": CONFIG}
        for release in ("15.1X49-D30", "15.1X49-D40", "21.3R3-S5", "21.4R1", "22.3R3-S4", "22.4R1")
    },
    "told-by-namespace": {"release": "21.3R3", "config": "set version unknown"},
    "guarded": {"release": "23.1R1", "config": CONFIG},
}


def task(*entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {MODULE: {"config": list(entries), **options}}


def place(protocol: str) -> str:
    return "certificate-id" if protocol == "direct" else f"{protocol} certificate-id"


@pytest.mark.parametrize("protocol", LISTS)
def test_every_statement_of_a_list_is_set_once_and_read_back_the_same(stage: Stage, protocol: str) -> None:
    device = stage[protocol]
    declared = []
    for number, (options, _words) in enumerate(LISTS[protocol]):
        entry = {"certificate_id": f"c{number}", "protocol": protocol, **ALWAYS, **options}
        if protocol == "acme":
            entry.setdefault("acme_key_id", "web-key")
        declared.append(entry)
    first, second = stage.play(device, *[task(*declared)] * 2).results
    assert first["after"]["config"] == second["before"]["config"]
    assert sorted(first["after"]["config"], key=lambda entry: int(entry["certificate_id"][1:])) == declared
    assert (first["changed"], second["changed"]) == (True, False)
    lines = device.set_lines()
    for number, (_options, words) in enumerate(LISTS[protocol]):
        expected = {
            "ca-profile-name corp-ca",
            *([] if "trigger" in words else ["re-enroll-trigger-time-percentage 50"]),
            *(["acme-key-id web-key"] if protocol == "acme" and "acme" not in words else []),
            words,
        }
        start = f"{RE} {place(protocol)} c{number} "
        assert {line.removeprefix(start) for line in lines if line.startswith(start)} == expected


def test_words_that_need_quotes_or_escapes_arrive_as_they_are(stage: Stage) -> None:
    device = stage["words"]
    entry = {
        "certificate_id": "a \"b\" <c> & 'd' \\e",
        "protocol": "scep",
        "challenge_password": "x \"y\" <z> & 'ü' \\ $9$",
        **ALWAYS,
    }
    profile = {"name": "query-ca", "enrollment": {"url": "http://ca.example.net/?a=1&b=<2>;c='3'"}}
    first, second = stage.play(device, *[task(entry, ca_profiles=[profile])] * 2).results
    assert second["changed"] is False
    assert first["after"]["config"] == [{**entry, "challenge_password": "********"}]
    start = 'set security pki auto-re-enrollment scep certificate-id "a \\"b\\" <c> & \'d\' \\\\e"'
    assert f"{start} ca-profile-name corp-ca" in device.set_lines()
    assert f"{start} ca-profile-name corp-ca" in first["commands"]
    assert (
        "set security pki ca-profile query-ca enrollment url \"http://ca.example.net/?a=1&b=<2>;c='3'\""
        in device.set_lines()
    )


@pytest.mark.parametrize(
    ("release", "entry", "message"),
    [
        (
            "15.1X49-D30",
            {"protocol": "scep"},
            "config[vpn-01]: the statement auto-re-enrollment scep certificate-id needs Junos 15.1X49-D40 or later,"
            " the device runs 15.1X49-D30.",
        ),
        (
            "15.1X49-D30",
            {"protocol": "cmpv2"},
            "config[vpn-01]: the statement auto-re-enrollment cmpv2 certificate-id needs Junos 15.1X49-D40 or later,"
            " the device runs 15.1X49-D30.",
        ),
        (
            "21.3R3-S5",
            {"protocol": "direct", "re_enroll_time": {"days": 30}},
            "config[vpn-01].re_enroll_time: the statement auto-re-enrollment certificate-id re-enroll-time needs Junos"
            " 21.4R1 or later, the device runs 21.3R3-S5.",
        ),
        (
            "22.3R3-S4",
            {"protocol": "acme", "acme_key_id": "web-key"},
            "config[vpn-01]: the statement auto-re-enrollment acme certificate-id needs Junos 22.4R1 or later,"
            " the device runs 22.3R3-S4.",
        ),
        (
            "told-by-namespace",
            {"protocol": "acme", "acme_key_id": "web-key"},
            "config[vpn-01]: the statement auto-re-enrollment acme certificate-id needs Junos 22.4R1 or later,"
            " the device runs 21.3R0.",
        ),
    ],
)
def test_a_statement_newer_than_the_release_is_refused_after_the_read(
    stage: Stage, release: str, entry: dict[str, Any], message: str
) -> None:
    device = stage[release]
    device.mark()
    run = stage.play(device, task({"certificate_id": "vpn-01", **ALWAYS, **entry}))
    assert run.result.error == f"{message} Leave the option out for this device, or upgrade it."
    assert device.rpcs == READ
    assert device.commits == []


@pytest.mark.parametrize(
    ("release", "entry"),
    [
        ("15.1X49-D30", {"protocol": "direct"}),
        ("15.1X49-D40", {"protocol": "scep"}),
        ("15.1X49-D40", {"protocol": "cmpv2"}),
        ("21.4R1", {"protocol": "scep", "re_enroll_time": {"days": 30}}),
        ("22.4R1", {"protocol": "acme", "acme_key_id": "web-key"}),
    ],
)
def test_a_statement_as_old_as_the_release_is_taken(stage: Stage, release: str, entry: dict[str, Any]) -> None:
    device = stage[release]
    run = stage.play(device, task({"certificate_id": "vpn-02", **ALWAYS, **entry}))
    assert run.result["changed"] is True
    assert [line for line in device.set_lines() if "vpn-02" in line] != []


def test_from_23_1_on_an_entry_needs_a_trigger(stage: Stage) -> None:
    device = stage["guarded"]
    entry = {"certificate_id": "vpn-01", "protocol": "scep", "ca_profile_name": "corp-ca"}
    run = stage.play(device, task(entry))
    assert run.result.error == (
        "config[vpn-01]: Re-enroll must"
        " configure the re-enroll-trigger-time-percentage or a re-enroll-time value."
        " Give re_enroll_time or re_enroll_trigger_time_percentage."
    )
    assert device.rpcs == READ_AND_GROUPS


def test_before_23_1_an_entry_without_a_trigger_is_taken_and_told(stage: Stage) -> None:
    entry = {"certificate_id": "vpn-01", "protocol": "scep", "ca_profile_name": "corp-ca"}
    run = stage.play(stage["22.4R1"], task(entry))
    assert run.result["changed"] is True
    assert run.result["warnings"] == [
        "127.0.0.1: config[vpn-01]: neither re_enroll_time nor re_enroll_trigger_time_percentage is set: the device"
        " will not renew the certificate by itself, unless an apply-group says when."
    ]


@pytest.mark.parametrize(
    ("profiles", "message"),
    [
        (
            None,
            "Referenced ca-profile must be defined under [edit security pki ca-profile]."
            " Declare that ca-profile in ca_profiles of the same task, or correct the name.",
        ),
        (
            [{"name": "other-ca", "ca_identity": "other"}],
            "Referenced ca-profile must have enrollment url configured under"
            " [edit security pki ca-profile <ca-profile-name> enrollment url]."
            " Declare its enrollment.url in ca_profiles of the same task.",
        ),
    ],
)
def test_an_entry_needs_a_profile_with_an_enrollment_url(
    stage: Stage, profiles: list[dict[str, Any]] | None, message: str
) -> None:
    device = stage["guarded"]
    device.mark()
    entry = {"certificate_id": "vpn-01", "protocol": "cmpv2", **ALWAYS, "ca_profile_name": "other-ca"}
    run = stage.play(device, task(entry, ca_profiles=profiles))
    assert run.result.error == f"config[vpn-01].ca_profile_name: 'other-ca' is refused: {message}"
    assert device.rpcs == READ_AND_GROUPS
