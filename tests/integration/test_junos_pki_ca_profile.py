# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junos_pki_ca_profile: every statement, the states, check mode, the order of URLs."""

from __future__ import annotations

from typing import Any

import pytest
from integration.playing import Stage, left_behind, real

MODULE = "netpki.junos.junos_pki_ca_profile"
CA = "set security pki ca-profile"
READ = ["get-configuration", "close-session"]
MASK = "********"

CONFIG = f"""
{CA} corp-ca ca-identity corp.example.net
{CA} corp-ca enrollment url http://ca.example.net/scep
{CA} corp-ca enrollment retry 5
{CA} corp-ca revocation-check disable
{CA} spare-ca ca-identity spare.example.net
set security pki trusted-ca-group trusted ca-profiles spare-ca
""".strip()
LINES = ["set version 24.4R1", *CONFIG.splitlines()]

URLS = ("http://one.example.net", "http://two.example.net", "http://three.example.net")

DEVICES = {
    name: {"release": "24.4R1", "config": CONFIG}
    for name in (
        *(
            "second-run",
            "check-mode",
            "refused",
            "answer",
            "merged",
            "replaced",
            "overridden",
            "deleted",
            "deleted-all",
        ),
        *("choice", "empty"),
    )
} | {
    "statements": {
        "release": "24.4R1",
        "config": (
            "set services proxy profile web protocol http host 192.0.2.1\n"
            "set routing-instances mgmt instance-type virtual-router"
        ),
    },
    "order-ocsp": {"release": "24.4R1"},
    "order-crl": {"release": "24.4R1"},
    "order-replaced": {"release": "24.4R1"},
    "17.4R1": {"release": "17.4R1"},
    "17.4R1-address": {"release": "17.4R1"},
    "18.3R1": {"release": "18.3R1"},
    "branch": real("srx-branch-scep"),
    "group": real("srx-group"),
    "named": real("srx-acme"),
}


def task(*profiles: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {MODULE: {"ca_profiles": list(profiles), **options}}


def corp(**options: Any) -> dict[str, Any]:
    return {"name": "corp-ca", **options}


CORP = corp(
    ca_identity="corp.example.net",
    enrollment={"url": "http://ca.example.net/scep", "retry": 5},
    revocation_check={"disable": True},
)
SPARE = {"name": "spare-ca", "ca_identity": "spare.example.net"}


# Every statement.


# For each profile the option and its value, and the words of the statements on the device.
STATEMENTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"ca_identity": "a"}, ["ca-identity a"]),
    ({"source_address": "192.0.2.7"}, ["source-address 192.0.2.7"]),
    ({"source_address": "2001:db8::7"}, ["source-address 2001:db8::7"]),
    ({"proxy_profile": "web"}, ["proxy-profile web"]),
    ({"routing_instance": "mgmt"}, ["routing-instance mgmt"]),
    ({"enrollment": {"url": "http://ca.example.net/scep"}}, ["enrollment url http://ca.example.net/scep"]),
    ({"enrollment": {"retry": 0}}, ["enrollment retry 0"]),
    (
        {"enrollment": {"retry": 1080, "retry_interval": 3600}},
        ["enrollment retry 1080", "enrollment retry-interval 3600"],
    ),
    ({"enrollment": {"retry_interval": 0}}, ["enrollment retry-interval 0"]),
    ({"revocation_check": {"use_crl": True}}, ["revocation-check use-crl"]),
    ({"revocation_check": {"use_ocsp": True}}, ["revocation-check use-ocsp"]),
    ({"revocation_check": {"disable": True}}, ["revocation-check disable"]),
    ({"revocation_check": {"ocsp": {"url": list(URLS)}}}, [f"revocation-check ocsp url {url}" for url in URLS]),
    (
        {"revocation_check": {"ocsp": {"nonce_payload": "enable", "accept_unknown_status": True}}},
        ["revocation-check ocsp nonce-payload enable", "revocation-check ocsp accept-unknown-status"],
    ),
    ({"revocation_check": {"ocsp": {"nonce_payload": "disable"}}}, ["revocation-check ocsp nonce-payload disable"]),
    (
        {"revocation_check": {"ocsp": {"disable_responder_revocation_check": True}}},
        ["revocation-check ocsp disable-responder-revocation-check"],
    ),
    (
        {"revocation_check": {"ocsp": {"connection_failure": "fallback-crl"}}},
        ["revocation-check ocsp connection-failure fallback-crl"],
    ),
    (
        {"revocation_check": {"ocsp": {"connection_failure": "disable"}}},
        ["revocation-check ocsp connection-failure disable"],
    ),
    (
        {"revocation_check": {"crl": {"disable": {"on_download_failure": True}}}},
        ["revocation-check crl disable on-download-failure"],
    ),
    (
        {"revocation_check": {"crl": {"url": [{"name": URLS[1]}, {"name": URLS[0]}]}}},
        [f"revocation-check crl url {URLS[1]}", f"revocation-check crl url {URLS[0]}"],
    ),
    ({"revocation_check": {"crl": {"refresh_interval": 0}}}, ["revocation-check crl refresh-interval 0"]),
    ({"revocation_check": {"crl": {"refresh_interval": 8784}}}, ["revocation-check crl refresh-interval 8784"]),
    ({"administrator": {"email_address": "pki@example.net"}}, ["administrator email-address pki@example.net"]),
]


def test_every_statement_is_set_once_and_read_back_the_same(stage: Stage) -> None:
    device = stage["statements"]
    declared = [{"name": f"p{number}", **options} for number, (options, _words) in enumerate(STATEMENTS)]
    first, second = stage.play(device, *[task(*declared)] * 2).results
    assert first["after"] == second["before"] == {"ca_profiles": declared}
    assert (first["changed"], second["changed"]) == (True, False)
    lines = device.set_lines()
    for number, (_options, words) in enumerate(STATEMENTS):
        start = f"{CA} p{number} "
        assert [line.removeprefix(start) for line in lines if line.startswith(start)] == words


# What is sent.


def test_the_first_run_commits_once_and_the_second_run_only_reads(stage: Stage) -> None:
    device = stage["second-run"]
    url = {"name": "http://crl.example.net", "password": "Crl-Password-1"}
    change = task(corp(revocation_check={"use_crl": True, "crl": {"url": [url]}}))
    first = stage.play(device, change)
    assert device.rpcs == [
        "get-configuration",
        "open-configuration/private",
        "load-configuration",
        "commit-configuration",
        "close-configuration",
        "close-session",
    ]
    device.mark()
    second = stage.play(device, change)
    assert (first.result["changed"], second.result["changed"]) == (True, False)
    assert second.result["before"] == second.result["after"] == first.result["after"]
    assert device.rpcs == READ
    assert len(device.commits) == 1
    assert left_behind(device) == {}


def test_check_mode_is_validated_by_the_device_and_commits_nothing(stage: Stage) -> None:
    device = stage["check-mode"]
    url = {"name": "http://crl.example.net", "password": "Crl-Password-1"}
    change = task(corp(enrollment={"retry": 7}, revocation_check={"crl": {"url": [url]}}))
    checked = stage.play(device, change, options=["--check", "--diff"])
    assert device.rpcs == [
        "get-configuration",
        "open-configuration/private",
        "load-configuration",
        "get-configuration/compare",
        "commit-configuration/check",
        "close-configuration",
        "close-session",
    ]
    assert checked.result["diff"] == {
        "prepared": (
            "[edit security pki ca-profile corp-ca enrollment]\n"
            "-   retry 5;\n"
            "+   retry 7;\n"
            "[edit security pki ca-profile corp-ca revocation-check]\n"
            "+   crl {\n"
            "+       url http://crl.example.net {\n"
            "+           password ********; ## SECRET-DATA\n"
            "+       }\n"
            "+   }\n"
        )
    }
    assert (device.set_lines(), device.commits, left_behind(device)) == (LINES, [], {})
    done, again = stage.play(device, change, change).results
    assert checked.result["after"] == done["after"] == again["before"]
    assert again["changed"] is False


def test_check_mode_tells_what_the_device_refuses_and_where(stage: Stage) -> None:
    device = stage["refused"]
    run = stage.play(device, task(corp(proxy_profile="nowhere")), options=["--check"])
    assert run.result.error == (
        "127.0.0.1: the device refuses commit check: [edit security pki ca-profile corp-ca] proxy-profile nowhere:"
        " Referenced Proxy profile must be defined under [edit services proxy profile];"
        " configuration check-out failed: (statements constraint check failed)"
    )
    assert (device.set_lines(), device.commits, left_behind(device)) == (LINES, [], {})


# What is answered.


def test_a_result_speaks_of_profiles_alone(stage: Stage) -> None:
    result = dict(stage.play(stage["answer"], task(corp(enrollment={"retry_interval": 60}))).result.data)
    result.pop("_ansible_no_log", None)
    after = {**CORP, "enrollment": {"url": "http://ca.example.net/scep", "retry": 5, "retry_interval": 60}}
    assert result == {
        "changed": True,
        "before": {"ca_profiles": [CORP, SPARE]},
        "after": {"ca_profiles": [after, SPARE]},
        "commands": [f"{CA} corp-ca enrollment retry-interval 60"],
        "reasons": ["ca-profile corp-ca enrollment retry-interval: not on the device"],
        "release": "24.4R1",
    }


# The states.


def test_merged_adds_and_changes_what_is_named(stage: Stage) -> None:
    device = stage["merged"]
    stage.play(device, task(corp(enrollment={"retry": 6}), {"name": "new-ca", "ca_identity": "new"}))
    assert sorted(device.set_lines()) == sorted(
        [*(line.replace("retry 5", "retry 6") for line in LINES), f"{CA} new-ca ca-identity new"]
    )


def test_one_of_several_exclusive_statements_takes_away_the_other(stage: Stage) -> None:
    device = stage["choice"]
    change = task(corp(revocation_check={"use_crl": True}))
    first, second = stage.play(device, change, change).results
    assert first["after"]["ca_profiles"][0]["revocation_check"] == {"use_crl": True}
    assert first["reasons"] == [
        "ca-profile corp-ca revocation-check disable: excluded by use-crl",
        "ca-profile corp-ca revocation-check use-crl: not on the device",
    ]
    assert second["changed"] is False
    assert device.set_lines() == [
        line.replace("revocation-check disable", "revocation-check use-crl") for line in LINES
    ]


def test_replaced_makes_the_named_profile_exactly_so(stage: Stage) -> None:
    device = stage["replaced"]
    change = task(corp(enrollment={"url": "http://ca.example.net/scep"}), state="replaced")
    first, second = stage.play(device, change, change).results
    assert first["commands"] == [
        "delete security pki ca-profile corp-ca ca-identity",
        "delete security pki ca-profile corp-ca revocation-check",
        "delete security pki ca-profile corp-ca enrollment retry",
    ]
    assert second["changed"] is False
    gone = ("ca-identity corp", "retry", "revocation-check")
    assert device.set_lines() == [line for line in LINES if not any(word in line for word in gone)]


def test_overridden_makes_the_whole_list_exactly_so(stage: Stage) -> None:
    device = stage["overridden"]
    run = stage.play(device, task(CORP, state="overridden"))
    # A trusted-ca-group may name what is not there: no commit check rule speaks of it.
    assert run.result["commands"] == ["delete security pki ca-profile spare-ca"]
    assert device.set_lines() == [line for line in LINES if "ca-profile spare-ca" not in line]


@pytest.mark.parametrize("options", [{"ca_profiles": [{"name": "spare-ca"}]}, {}], ids=["named", "all"])
def test_deleted(stage: Stage, options: dict[str, Any]) -> None:
    device = stage["deleted" if options else "deleted-all"]
    change = {MODULE: {"state": "deleted", **options}}
    first, second = stage.play(device, change, change).results
    assert (first["changed"], second["changed"]) == (True, False)
    gone = "ca-profile spare-ca" if options else "ca-profile "
    assert device.set_lines() == [line for line in LINES if gone not in line]


def test_a_profile_that_an_entry_names_is_not_deleted(stage: Stage) -> None:
    device = stage["named"]
    run = stage.play(device, task({"name": "Example_ACME"}, state="deleted"))
    assert run.result.error == (
        "ca_profiles: still named on the device: Example_ACME by [edit security pki auto-re-enrollment acme"
        " certificate-id web-acme]. Delete or change what names them first."
    )
    assert device.rpcs == READ


def test_what_a_named_profile_loses_is_refused_where_an_entry_needs_it(stage: Stage) -> None:
    device = stage["named"]
    before = device.set_lines()
    run = stage.play(device, task({"name": "Example_ACME", "ca_identity": "Example_ACME"}, state="replaced"))
    assert "must have enrollment url configured" in run.result.error
    assert device.set_lines() == before


# Preference.


def ocsp(*urls: str) -> dict[str, Any]:
    return task(corp(revocation_check={"ocsp": {"url": list(urls)}}))


def crl(*urls: str) -> dict[str, Any]:
    rows = [{"name": url, "password": f"Password-of-{url}"} for url in urls]
    return task(corp(revocation_check={"crl": {"url": rows}}))


@pytest.mark.parametrize(("name", "url"), [("order-ocsp", ocsp), ("order-crl", crl)])
def test_the_order_of_urls_counts(stage: Stage, name: str, url: Any) -> None:
    device = stage[name]
    tasks = [url("a", "b", "c"), url("a", "c"), url("c", "a", "b"), url("c", "a", "b"), url("d", "a"), url("d", "a")]
    results = stage.play(device, *tasks).results
    assert [result["changed"] for result in results] == [True, False, True, False, True, False]
    kind = name.removeprefix("order-")
    assert results[2]["commands"] == [
        f"insert security pki ca-profile corp-ca revocation-check {kind} url c before url a"
    ]
    words = [line.split(f" {kind} url ")[1].split()[0] for line in device.set_lines() if f" {kind} url " in line]
    assert words == ["c", "d", "a", "b"]


def test_the_order_of_urls_is_made_exactly_so_in_one_commit(stage: Stage) -> None:
    device = stage["order-replaced"]
    replaced = [{MODULE: {**one[MODULE], "state": "replaced"}} for one in (ocsp("a", "b", "c"), ocsp("z", "c", "a"))]
    results = stage.play(device, replaced[0], replaced[1], replaced[1]).results
    assert [result["changed"] for result in results] == [True, True, False]
    assert results[1]["after"]["ca_profiles"] == [corp(revocation_check={"ocsp": {"url": ["z", "c", "a"]}})]
    assert device.set_lines()[1:] == [f"{CA} corp-ca revocation-check ocsp url {url}" for url in ("z", "c", "a")]
    assert len(device.commits) == 2


# Releases, groups, what is there already.


def test_what_a_release_does_not_have_is_refused_after_the_read(stage: Stage) -> None:
    device = stage["17.4R1"]
    run = stage.play(device, task(corp(proxy_profile="web")))
    assert run.result.error == (
        "ca_profiles[corp-ca].proxy_profile: the statement ca-profile proxy-profile needs Junos 18.2R1 or later,"
        " the device runs 17.4R1. Leave the option out for this device, or upgrade it."
    )
    assert device.rpcs == READ


def test_an_ipv6_address_is_refused_where_the_release_takes_none(stage: Stage) -> None:
    device = stage["17.4R1-address"]
    run = stage.play(device, task(corp(source_address="2001:db8::7")))
    assert run.result.error == (
        "ca_profiles[corp-ca].source_address: '2001:db8::7' is not an IPv4 address, and this release takes no other."
    )
    assert device.rpcs == READ


@pytest.mark.parametrize(("release", "changed"), [("17.4R1", True), ("18.3R1", True)])
def test_a_name_with_a_dot_is_taken_where_the_release_takes_it(stage: Stage, release: str, changed: bool) -> None:
    run = stage.play(stage[release], task({"name": "corp.ca", "ca_identity": "corp"}))
    assert run.result["changed"] is changed


def test_a_name_with_a_dot_is_refused_by_the_rule_of_the_release(stage: Stage) -> None:
    run = stage.play(stage["empty"], task({"name": "corp.ca", "ca_identity": "corp"}))
    assert run.result.error == (
        "ca_profiles[corp.ca].name: 'corp.ca' is refused by Junos from 18.4R1 on:"
        " Must not contain '/', %, '.' or a space."
    )


def test_a_profile_as_people_have_it_is_seen_as_declared(stage: Stage) -> None:
    device = stage["branch"]
    profile = {
        "name": "corp-ca",
        "ca_identity": "corp.example.net",
        "enrollment": {"url": "http://ca.example.net/scep", "retry": 5, "retry_interval": 60},
        "revocation_check": {
            "crl": {
                "disable": {"on_download_failure": True},
                "url": [
                    {"name": "http://crl1.example.net/corp.crl", "password": "crl-Password-4"},
                    {"name": "http://crl2.example.net/corp.crl"},
                ],
                "refresh_interval": 24,
            }
        },
        "administrator": {"email_address": "pki-team@example.net"},
    }
    run = stage.play(device, task(profile, state="replaced"))
    assert run.result["changed"] is False
    profile["revocation_check"]["crl"]["url"][0]["password"] = MASK
    assert run.result["before"]["ca_profiles"][0] == profile
    assert device.rpcs == READ


def test_a_profile_of_a_group_is_not_written_twice(stage: Stage) -> None:
    device = stage["group"]
    profile = {
        "name": "corp-ca",
        "ca_identity": "corp.example.net",
        "enrollment": {"url": "http://ca.example.net/scep"},
        "revocation_check": {"use_ocsp": True, "ocsp": {"url": ["http://ocsp.example.net"], "nonce_payload": "enable"}},
    }
    run = stage.play(device, task(profile, state="overridden"))
    assert (run.result["changed"], run.result["before"]["ca_profiles"]) == (False, [profile])
    assert device.rpcs == READ


def test_an_option_without_content_changes_nothing(stage: Stage) -> None:
    device = stage["empty"]
    device.mark()
    run = stage.play(device, task(corp(enrollment={}, revocation_check={"crl": {"url": []}}, administrator={})))
    assert run.result["changed"] is False
    assert device.rpcs == READ
