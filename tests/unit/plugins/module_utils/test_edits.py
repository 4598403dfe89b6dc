# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._edits import (
    MAIN,
    Edit,
    apply,
    command,
    commands,
    quote,
    scope,
    to_xml,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, Slot, from_xml

RE: Slot = ("auto-re-enrollment", "")
SCEP: Slot = ("scep", "")
VPN: Slot = ("certificate-id", "vpn-01")
CA: Slot = ("ca-profile", "corp-ca")
OCSP: tuple[Slot, ...] = (CA, ("revocation-check", ""), ("ocsp", ""))


def tree(xml: str) -> Node:
    return from_xml(ET.fromstring(xml))


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("vpn-01", "vpn-01"),
        ("http://ca.example.net:8080/scep", "http://ca.example.net:8080/scep"),
        ("http://ca.example.net/scep?id=1", '"http://ca.example.net/scep?id=1"'),
        ("", '""'),
        ("two words", '"two words"'),
        ('say "x"', '"say \\"x\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("a;b", '"a;b"'),
        ("{", '"{"'),
        ("#", '"#"'),
        ("é", '"é"'),
    ],
)
def test_quote(word: str, quoted: str) -> None:
    assert quote(word) == quoted


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (
            Edit("set", (RE, SCEP, VPN, ("re-enroll-time", ""), ("days", "")), "30"),
            "set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days 30",
        ),
        (
            Edit("set", (RE, VPN, ("re-generate-keypair", ""))),
            "set security pki auto-re-enrollment certificate-id vpn-01 re-generate-keypair",
        ),
        (Edit("delete", (RE, VPN)), "delete security pki auto-re-enrollment certificate-id vpn-01"),
        (Edit("activate", (RE,)), "activate security pki auto-re-enrollment"),
        (
            Edit("insert", (*OCSP, ("url", "http://b")), before="http://a?1"),
            'insert security pki ca-profile corp-ca revocation-check ocsp url http://b before url "http://a?1"',
        ),
        (
            Edit("set", (RE, SCEP, VPN, ("challenge-password", "")), "se cret"),
            "set security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password ********",
        ),
    ],
)
def test_command(edit: Edit, line: str) -> None:
    assert command(edit) == line


def test_secrets_are_shown_only_when_asked_for() -> None:
    edit = Edit("set", (RE, SCEP, VPN, ("challenge-password", "")), "se cret")
    assert (
        command(edit, show_secrets=True)
        == 'set security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password "se cret"'
    )


@pytest.mark.parametrize(
    ("logical_system", "tenant", "line"),
    [
        (None, None, "delete security pki ca-profile corp-ca"),
        ("ls 1", None, 'delete logical-systems "ls 1" security pki ca-profile corp-ca'),
        (None, "t1", "delete tenants t1 security pki ca-profile corp-ca"),
    ],
)
def test_scope(logical_system: str | None, tenant: str | None, line: str) -> None:
    assert commands([Edit("delete", (CA,))], scope(logical_system, tenant)) == [line]


def test_a_logical_system_and_a_tenant_exclude_each_other() -> None:
    with pytest.raises(InputError) as raised:
        scope("ls1", "t1")
    assert str(raised.value) == "logical_system and tenant exclude each other. Give one of them."


def test_xml_of_all_actions_shares_the_levels_above() -> None:
    edits = [
        Edit("delete", (RE, VPN)),
        Edit("activate", (RE, SCEP)),
        Edit("set", (RE, SCEP, VPN, ("challenge-password", "")), 'a<b&"c'),
        Edit("delete", (RE, SCEP, VPN, ("re-enroll-time", ""), ("hours", ""))),
        Edit("set", (RE, SCEP, VPN, ("re-enroll-time", ""), ("days", "")), "30"),
        Edit("set", (RE, SCEP, VPN, ("re-generate-keypair", ""))),
    ]
    assert to_xml(edits) == [
        "<configuration><security><pki><auto-re-enrollment>"
        '<certificate-id delete="delete"><name>vpn-01</name></certificate-id>'
        '<scep active="active"><certificate-id><name>vpn-01</name>'
        '<challenge-password>a&lt;b&amp;"c</challenge-password>'
        '<re-enroll-time><hours delete="delete" /><days>30</days></re-enroll-time>'
        "<re-generate-keypair />"
        "</certificate-id></scep></auto-re-enrollment></pki></security></configuration>"
    ]


def test_xml_moves_an_entry_when_it_is_there() -> None:
    edits = [
        Edit("set", (*OCSP, ("url", "http://b"))),
        Edit("insert", (*OCSP, ("url", "http://b")), before="http://a"),
        Edit("set", (CA, ("ca-identity", "")), "corp"),
    ]
    above = "<configuration><security><pki><ca-profile><name>corp-ca</name><revocation-check><ocsp>"
    assert to_xml(edits) == [
        f"{above}<url><name>http://b</name></url></ocsp></revocation-check>"
        "<ca-identity>corp</ca-identity></ca-profile></pki></security></configuration>",
        f'{above}<url insert="before" name="http://a"><name>http://b</name></url>'
        "</ocsp></revocation-check></ca-profile></pki></security></configuration>",
    ]


def test_an_activated_leaf_has_its_value() -> None:
    edit = Edit("activate", (RE, SCEP, VPN, ("challenge-password", "")), "se cret")
    assert command(edit) == "activate security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password"
    assert '<challenge-password active="active">se cret</challenge-password>' in to_xml([edit])[0]


def test_xml_of_a_leaf_list_and_a_scope() -> None:
    edits = [Edit("delete", (("trusted-ca-group", "g"), ("ca-profiles", "corp-ca")))]
    assert to_xml(edits, scope(tenant="t1")) == [
        "<configuration><tenants><name>t1</name><security><pki>"
        '<trusted-ca-group><name>g</name><ca-profiles delete="delete">corp-ca</ca-profiles></trusted-ca-group>'
        "</pki></security></tenants></configuration>"
    ]


HAVE = """
<pki xmlns:junos="http://xml.juniper.net/junos/22.4R1/junos">
  <ca-profile><name>corp-ca</name><revocation-check><ocsp>
    <url><name>http://a</name></url><url><name>http://b</name></url>
  </ocsp></revocation-check><enrollment><retry>5</retry></enrollment></ca-profile>
  <auto-re-enrollment inactive="inactive">
    <certificate-id><name>vpn-01</name><ca-profile-name>corp-ca</ca-profile-name>
      <re-generate-keypair junos:group="g"/></certificate-id>
  </auto-re-enrollment>
</pki>
"""


def rows(node: Node) -> list[str]:
    return [
        " ".join(word for slot in slots for word in slot if word) + (f" = {below.value}" if below.value else "")
        for slots, below in node.walk()
        if not below.children
    ]


@pytest.mark.parametrize(
    ("edits", "after"),
    [
        (
            [],
            [
                "ca-profile corp-ca revocation-check ocsp url http://a",
                "ca-profile corp-ca revocation-check ocsp url http://b",
                "ca-profile corp-ca enrollment retry = 5",
                "auto-re-enrollment certificate-id vpn-01 ca-profile-name = corp-ca",
                "auto-re-enrollment certificate-id vpn-01 re-generate-keypair",
            ],
        ),
        (
            [Edit("insert", (*OCSP, ("url", "http://b")), before="http://a"), Edit("delete", (RE, VPN))],
            [
                "ca-profile corp-ca revocation-check ocsp url http://b",
                "ca-profile corp-ca revocation-check ocsp url http://a",
                "ca-profile corp-ca enrollment retry = 5",
                # what the group brings stays
                "auto-re-enrollment certificate-id vpn-01 re-generate-keypair",
            ],
        ),
        (
            # the container enrollment means nothing when it is empty
            [Edit("delete", (CA, ("enrollment", ""), ("retry", ""))), Edit("set", (RE, SCEP, VPN, ("x", "")), "1")],
            [
                "ca-profile corp-ca revocation-check ocsp url http://a",
                "ca-profile corp-ca revocation-check ocsp url http://b",
                "auto-re-enrollment certificate-id vpn-01 ca-profile-name = corp-ca",
                "auto-re-enrollment certificate-id vpn-01 re-generate-keypair",
                "auto-re-enrollment scep certificate-id vpn-01 x = 1",
            ],
        ),
        (
            # the container ocsp means something when it is empty
            [Edit("delete", (*OCSP, ("url", "http://a"))), Edit("delete", (*OCSP, ("url", "http://b")))],
            [
                "ca-profile corp-ca revocation-check ocsp",
                "ca-profile corp-ca enrollment retry = 5",
                "auto-re-enrollment certificate-id vpn-01 ca-profile-name = corp-ca",
                "auto-re-enrollment certificate-id vpn-01 re-generate-keypair",
            ],
        ),
    ],
)
def test_apply(edits: list[Edit], after: list[str]) -> None:
    before = tree(HAVE)
    assert rows(apply(before, edits)) == after
    assert before == tree(HAVE)


def test_what_is_set_hides_the_others_of_its_choice() -> None:
    before = tree(
        "<pki xmlns:junos='x'><auto-re-enrollment><scep><certificate-id><name>vpn-01</name>"
        "<re-enroll-time><days junos:group='g'>5</days></re-enroll-time>"
        "</certificate-id></scep></auto-re-enrollment></pki>"
    )
    after = apply(before, [Edit("set", (RE, SCEP, VPN, ("re-enroll-time", ""), ("hours", "")), "7")])
    assert rows(after) == ["auto-re-enrollment scep certificate-id vpn-01 re-enroll-time hours = 7"]


def test_a_password_in_a_url_is_masked() -> None:
    edit = Edit("set", (CA, ("enrollment", ""), ("url", "")), "http://user:s3cret@ca.example.net/scep")
    above = "set security pki ca-profile corp-ca enrollment url"
    assert command(edit) == f"{above} http://user:********@ca.example.net/scep"
    assert command(edit, show_secrets=True) == f"{above} http://user:s3cret@ca.example.net/scep"


def test_apply_activates_and_makes_own() -> None:
    after = apply(tree(HAVE), [Edit("activate", (RE,)), Edit("set", (RE, VPN, ("re-generate-keypair", "")))])
    keypair = after.at((RE, VPN, ("re-generate-keypair", "")))
    assert keypair is not None
    assert keypair.group == ""
    assert rows(after.in_effect())[-1] == "auto-re-enrollment certificate-id vpn-01 re-generate-keypair"
    assert MAIN == (("security", ""), ("pki", ""))
