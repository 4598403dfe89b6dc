# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loads: what they change, what they refuse, and with which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from netutils.password import decrypt_juniper_type9

SCEP = "security pki auto-re-enrollment scep certificate-id vpn-01"
CONFIG = f"""\
set security pki ca-profile corp-ca ca-identity corp
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set {SCEP} ca-profile-name corp-ca
set {SCEP} re-enroll-trigger-time-percentage 10
"""


def entry(content: str, attributes: str = "") -> str:
    return (
        "<security><pki><auto-re-enrollment><scep>"
        f"<certificate-id {attributes}><name>vpn-01</name>{content}</certificate-id>"
        "</scep></auto-re-enrollment></pki></security>"
    )


def test_merge_adds_and_changes_only_what_it_names(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG)
    talk = device.talk()
    assert talk.load(entry("<re-enroll-trigger-time-percentage>20</re-enroll-trigger-time-percentage>")) == []
    assert device.candidate == [*CONFIG.splitlines()[:3], f"set {SCEP} re-enroll-trigger-time-percentage 20"]
    assert device.committed == CONFIG.splitlines()


def test_replace_needs_its_attribute_and_its_action(sim: Callable[..., Any]) -> None:
    one = "<re-generate-keypair/>"
    for action, attributes, left in (
        ("replace", 'replace="replace"', 1),
        ("merge", 'replace="replace"', 3),
        ("replace", "", 3),
    ):
        device = sim(CONFIG)
        device.talk().load(entry(one, attributes), action)
        assert len([line for line in device.candidate if "vpn-01" in line]) == left, (action, attributes)


@pytest.mark.parametrize("action", ["override", "update"])
def test_override_and_update_leave_only_what_they_hold(sim: Callable[..., Any], action: str) -> None:
    device = sim(CONFIG)
    device.talk().load("<system><host-name>new</host-name></system>", action)
    assert list(device.candidate) == []  # the version went too: the one line that stands in its place is cut off
    assert device.device.database.candidate(0).find("system", "host-name").value == "new"


def test_delete_by_element_and_by_command(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG)
    talk = device.talk()
    assert talk.load(entry('<re-enroll-trigger-time-percentage delete="delete"/>')) == []
    assert talk.set("delete security pki ca-profile") == []
    assert device.candidate == [f"set {SCEP} ca-profile-name corp-ca"]


def test_deleting_what_is_not_there_is_a_warning_beside_ok(sim: Callable[..., Any]) -> None:
    talk = sim(CONFIG).talk()
    reply = talk.ask(
        '<load-configuration action="set"><configuration-set>delete security pki ca-profile other</configuration-set>'
        "</load-configuration>"
    )
    assert reply.findtext(".//error-severity") == "warning"
    assert reply.findtext(".//error-message") == "\nstatement not found\n"
    assert reply.find("load-configuration-results/ok") is not None


def test_a_container_that_lives_by_its_children_goes_with_them(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG)
    device.talk().set("delete security pki ca-profile corp-ca", f"delete {SCEP}")
    # scep has presence in the model, auto-re-enrollment has none.
    assert device.candidate == ["set security pki auto-re-enrollment scep"]


def test_elements_that_are_not_there_and_containers_left_empty(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG)
    talk = device.talk()
    gone = '<security><pki><ca-profile delete="delete"><name>{}</name></ca-profile></pki></security>'
    assert talk.load(gone.format("other")) == [("warning", "statement not found")]
    assert talk.load(entry("", 'delete="delete"')) == []
    assert talk.load(gone.format("corp-ca")) == []
    assert (
        talk.load('<security><pki><auto-re-enrollment><scep delete="delete"/></auto-re-enrollment></pki></security>')
        == []
    )
    assert device.candidate == []
    assert talk.set("insert security pki ca-profile a before b") == [("warning", "statement not found")]


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("delete security pki nonsense", ("error", "syntax error")),
        ("delete system nonsense", ("warning", "statement not found")),
        ("delete security pki ca-profile corp-ca ca-identity other", ("warning", "statement not found")),
        ("frobnicate system", ("error", "syntax error")),
        ("insert security pki ca-profile corp-ca", ("error", "missing argument")),
    ],
)
def test_commands_that_find_nothing(sim: Callable[..., Any], command: str, problem: tuple[str, str]) -> None:
    assert sim(CONFIG).talk().set(command) == [problem]


def test_a_command_ends_with_its_line_only(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG)
    talk = device.talk()
    assert talk.set(f'set {SCEP} challenge-password "$8$a\u2028b\x85c"', f"delete {SCEP} ca-profile-name") == []
    assert device.candidate[2:] == [
        f"set {SCEP} re-enroll-trigger-time-percentage 10",
        f'set {SCEP} challenge-password "$8$a\u2028b\x85c"',
    ]


def test_a_whole_configuration_replaced_by_its_root(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG)
    device.talk().problems(
        '<edit-config><target><candidate/></target><config><configuration operation="replace"><version>22.4R3</version>'
        "<system><host-name>a</host-name></system></configuration></config></edit-config>"
    )
    assert device.candidate == ["set system host-name a"]


def test_a_replaced_entry_is_active_again(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG + f"deactivate {SCEP}\n")
    device.talk().load(entry("<re-generate-keypair/>", 'replace="replace"'), "replace")
    assert device.candidate[2:] == [f"set {SCEP} re-generate-keypair"]


def test_protecting_what_is_not_there_makes_it(sim: Callable[..., Any]) -> None:
    device = sim()
    assert device.talk().set("protect system host-name a") == []
    assert device.candidate == ["set system host-name a", "protect system host-name"]


def test_inactive_and_active_turn_an_entry_off_and_on(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG)
    talk = device.talk()
    talk.load(entry("", 'inactive="inactive"'))
    assert device.candidate[-1] == f"deactivate {SCEP}"
    talk.load(entry("<re-generate-keypair/>"))
    assert device.candidate[-1] == f"deactivate {SCEP}"  # a merge alone does not activate
    talk.load(entry("", 'active="active"'))
    assert f"deactivate {SCEP}" not in device.candidate
    talk.set(f"deactivate {SCEP}", "activate security pki ca-profile corp-ca")
    assert device.candidate[-1] == f"deactivate {SCEP}"


def test_insert_places_an_entry(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    base = "security pki ca-profile a revocation-check crl url"
    talk.set(*(f"set {base} {name}" for name in ("one", "two", "three")))
    talk.set(f"insert {base} three before one")
    assert [line.split()[-1] for line in device.candidate] == ["three", "one", "two"]
    url = (
        "<security><pki><ca-profile><name>a</name><revocation-check><crl>{}</crl></revocation-check></ca-profile>"
        "</pki></security>"
    )
    talk.load(url.format('<url insert="after" name="one"><name>four</name></url>'))
    talk.load(url.format('<url insert="first"><name>two</name></url>'))
    assert [line.split()[-1] for line in device.candidate] == ["two", "three", "one", "four"]


def test_protected_statements_stay_as_they_are_with_a_warning(sim: Callable[..., Any]) -> None:
    device = sim(CONFIG + "protect security pki ca-profile corp-ca\n")
    talk = device.talk()
    where = "[security pki ca-profile corp-ca] is protected, 'security pki ca-profile corp-ca"
    assert talk.set("set security pki ca-profile corp-ca ca-identity other") == [
        ("warning", f"{where} ca-identity' cannot be modified")
    ]
    assert talk.set("set security pki ca-profile corp-ca enrollment retry 3") == [
        ("warning", f"{where} enrollment retry' cannot be created")
    ]
    assert talk.set("delete security pki ca-profile corp-ca") == [("warning", f"{where}' cannot be deleted")]
    assert talk.set("deactivate security pki ca-profile corp-ca") == [("warning", f"{where}' cannot be modified")]
    assert talk.set("delete security pki") == [("warning", f"{where}' cannot be deleted")]
    assert device.candidate == [*CONFIG.splitlines()[:2], "protect security pki ca-profile corp-ca"]
    assert talk.set("unprotect security pki ca-profile corp-ca", "delete security pki") == []
    assert device.candidate == []


def test_members_of_a_choice_replace_each_other(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.set(f"set {SCEP} re-enroll-time days 30", f"set {SCEP} re-enroll-time percent 10")
    talk.set(f"set {SCEP} scep-digest-algorithm sha1", f"set {SCEP} scep-digest-algorithm md5")
    assert device.candidate == [f"set {SCEP} re-enroll-time percent 10", f"set {SCEP} scep-digest-algorithm md5"]


REFUSED = [
    ("22.4R3", f"{SCEP} re-enroll-trigger-time-percentage 0", "Value 0 is not within range (1..99)"),
    ("22.4R3", f"{SCEP} re-enroll-trigger-time-percentage 100", "Value 100 is not within range (1..99)"),
    ("22.4R3", f"{SCEP} re-enroll-time percent 100", "Value 100 is not within range (1..99)"),
    ("22.4R3", f"{SCEP} re-enroll-time days -1", "invalid value"),
    ("22.4R3", f"{SCEP} re-enroll-time days 4294967296", "Value 4294967296 is not within range (0..4294967295)"),
    ("21.3R3", f"{SCEP} re-enroll-time days 3", "syntax error"),
    ("22.3R3", "security pki auto-re-enrollment acme certificate-id a re-generate-keypair", "syntax error"),
    ("22.4R3", f"security pki auto-re-enrollment scep certificate-id {'x' * 33}",
     "Must be string of 32 characters or less"),
    ("22.4R3", "security pki ca-profile a.b", "Must not contain '/', %, '.' or a space"),
    ("22.4R3", f"security pki ca-profile {'x' * 33}", "length 33 is not within range (1..32)"),
    ("17.4R1", f"security pki ca-profile {'x' * 33}", "Must be string of 32 characters or less"),
    ("22.4R3", "security pki ca-profile a enrollment retry 1081", "Value 1081 is not within range (0..1080)"),
    ("22.4R3", "security pki ca-profile a source-address nowhere", "invalid ip address or hostname"),
    ("17.4R1", "security pki ca-profile a source-address 2001:db8::1", "invalid ip address or hostname"),
    ("22.4R3", "security pki ca-profile a revocation-check ocsp nonce-payload maybe", "invalid value"),
    ("22.4R3", "security pki ca-profile a enrollment url", "missing argument"),
    ("22.4R3", "security pki traceoptions flag acme", "invalid value"),
    ("22.3R3", "security pki traceoptions flag acme-enrollment", "invalid value"),
]  # fmt: skip


@pytest.mark.parametrize(("release", "statement", "message"), REFUSED)
def test_values_that_the_release_refuses(sim: Callable[..., Any], release: str, statement: str, message: str) -> None:
    device = sim(release=release)
    assert device.talk().set(f"set {statement}") == [("error", message)]


@pytest.mark.parametrize(
    ("release", "statement"),
    [
        ("22.4R3", f"{SCEP} re-enroll-time days 0"),
        ("22.4R3", f"{SCEP} re-enroll-time hours 4294967295"),
        ("17.4R1", "security pki ca-profile a.b/c"),
        ("18.1R1", "security pki ca-profile a source-address 2001:db8::1"),
        ("22.4R3", "groups g security pki auto-re-enrollment scep certificate-id <*> re-enroll-time days <*>"),
        ("22.4R3", "groups g security pki auto-re-enrollment scep certificate-id a re-enroll-time days $days"),
        ("22.4R3", "tenants t security pki ca-profile a ca-identity b"),
        ("22.4R3", "logical-systems l security pki ca-profile a ca-identity b"),
    ],
)
def test_values_that_the_release_takes(sim: Callable[..., Any], release: str, statement: str) -> None:
    device = sim(release=release)
    assert device.talk().set(f"set {statement}") == []
    assert device.candidate == [f"set {statement}"]


def test_an_error_stands_in_the_results_with_its_place_and_the_rest_is_loaded(sim: Callable[..., Any]) -> None:
    device = sim()
    reply = device.talk().ask(
        '<load-configuration action="merge"><configuration><system><host-name>a</host-name></system>'
        + entry("<re-enroll-trigger-time-percentage>500</re-enroll-trigger-time-percentage><re-generate-keypair/>")
        + "</configuration></load-configuration>"
    )
    error = reply.find("load-configuration-results/rpc-error")
    assert error.findtext("error-path") == f"[edit {SCEP}]"
    assert error.findtext("error-info/bad-element") == "re-enroll-trigger-time-percentage 500"
    assert reply.find("load-configuration-results/ok") is None
    assert device.candidate == ["set system host-name a", f"set {SCEP} re-generate-keypair"]


def stored(device: Any) -> str:
    value = device.device.database.candidate(0).find(
        "security", "pki", "auto-re-enrollment", "scep", ("certificate-id", "vpn-01"), "challenge-password"
    )
    return str(value.value)


def test_secrets_in_clear_are_encoded_with_a_fresh_salt_each_time(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    seen = set()
    for _dummy in range(5):
        talk.set(f"set {SCEP} challenge-password Clear-Text-1")
        seen.add(stored(device))
    assert len(seen) > 1
    assert {decrypt_juniper_type9(value) for value in seen} == {"Clear-Text-1"}


def test_encoded_secrets_stay_as_they_are(sim: Callable[..., Any]) -> None:
    device = sim()
    for value in ("$9$7YdwgGDkTz6oJz69A1INdb", "$8$aes256-gcm$x"):
        device.talk().set(f'set {SCEP} challenge-password "{value}"')
        assert stored(device) == value


def test_a_master_password_makes_secrets_opaque(sim: Callable[..., Any]) -> None:
    device = sim(master_password=True)
    device.talk().set(f"set {SCEP} challenge-password Clear-Text-1")
    assert stored(device).startswith("$8$aes256-gcm$hmac-sha2-256$100$")
    assert "Clear" not in stored(device)


def test_a_leaf_list_has_its_limit(sim: Callable[..., Any]) -> None:
    device = sim()
    names = [f"set security pki trusted-ca-group g ca-profiles ca{number}" for number in range(21)]
    assert device.talk().set(*names) == [("error", "number of elements exceeds limit of 20")]
    assert len(device.candidate) == 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("replace: security { pki { ca-profile b; } }", ["set security pki ca-profile b"]),
        ("security { pki { delete: ca-profile corp-ca; } }", CONFIG.splitlines()[2:]),
        ("security { pki { inactive: ca-profile corp-ca; } }",
         [*CONFIG.splitlines()[:2], "deactivate security pki ca-profile corp-ca", *CONFIG.splitlines()[2:]]),
    ],
)  # fmt: skip
def test_tags_in_text(sim: Callable[..., Any], text: str, expected: list[str]) -> None:
    device = sim(CONFIG)
    body = f'<load-configuration action="replace"><configuration-text>{text}</configuration-text></load-configuration>'
    assert device.talk().problems(body) == []
    assert device.candidate == expected
