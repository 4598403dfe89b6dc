# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._edits import commands
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._plan import Plan, State, Want, plan
from ansible_collections.netpki.junos.plugins.module_utils._statements import CA_PROFILE, PROTOCOLS
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, entry_from_options, from_xml

# "juniper", obfuscated with two different salts; the third is cut short.
JUNIPER, JUNIPER_AGAIN, DAMAGED = "$9$7YdwgGDkTz6oJz69A1INdb", "$9$ua2PBRSvWxwYoreYoJGq.0BI", "$9$7YdwgGDkTz6oJz69A1INd"


OPAQUE_VALUE = "/* SECRET-DATA */"
OPAQUE = "cannot be compared ($8$, or no permission secret), so it is written again"


def have(xml: str) -> Node:
    return from_xml(ET.fromstring(f'<pki xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">{xml}</pki>'))


def scep(xml: str, list_attributes: str = "") -> str:
    return f"<auto-re-enrollment><scep{list_attributes}>{xml}</scep></auto-re-enrollment>"


def entry(protocol: str = "scep", **options: Any) -> Node:
    return entry_from_options(PROTOCOLS[protocol], {"certificate_id": "vpn-01", **options}, "config")


def profile(**options: Any) -> Node:
    return entry_from_options(CA_PROFILE, {"name": "corp-ca", **options}, "ca_profiles")


def planned(
    xml: str,
    *entries: Node,
    state: State = "merged",
    profiles: Sequence[Node] | None = None,
    **want: Any,
) -> Plan:
    return plan(have(xml), Want(state, ca_profiles=profiles, entries=entries, **want))


def lines(result: Plan) -> list[str]:
    """The commands, without what they all begin with."""
    return [line.replace("security pki ", "").replace("auto-re-enrollment ", "") for line in commands(result.edits)]


VPN = """<certificate-id><name>vpn-01</name><ca-profile-name>corp-ca</ca-profile-name>
<re-enroll-time><days>30</days></re-enroll-time><re-generate-keypair/></certificate-id>"""


@pytest.mark.parametrize(
    ("xml", "options", "state", "expected"),
    [
        # nothing there
        ("", {}, "merged", ["set scep certificate-id vpn-01"]),
        (
            "",
            {"re_enroll_time": {"percentage": 20}, "re_generate_keypair": True, "scep_digest_algorithm": "sha1"},
            "merged",
            [
                "set scep certificate-id vpn-01 re-enroll-time percent 20",
                "set scep certificate-id vpn-01 re-generate-keypair",
                "set scep certificate-id vpn-01 scep-digest-algorithm sha1",
            ],
        ),
        ("", {"re_generate_keypair": False}, "merged", ["set scep certificate-id vpn-01"]),
        # as declared already
        (scep(VPN), {"re_enroll_time": {"days": 30}, "re_generate_keypair": True}, "merged", []),
        (
            scep(VPN),
            {"ca_profile_name": "corp-ca", "re_enroll_time": {"days": 30}, "re_generate_keypair": True},
            "replaced",
            [],
        ),
        # a value, and one choice instead of another
        (
            scep(VPN),
            {"re_enroll_time": {"days": 14}},
            "merged",
            ["set scep certificate-id vpn-01 re-enroll-time days 14"],
        ),
        (
            scep(VPN),
            {"re_enroll_time": {"hours": 8}},
            "merged",
            [
                "delete scep certificate-id vpn-01 re-enroll-time days",
                "set scep certificate-id vpn-01 re-enroll-time hours 8",
            ],
        ),
        (
            scep(
                "<certificate-id><name>vpn-01</name><scep-digest-algorithm><md5/></scep-digest-algorithm></certificate-id>"
            ),
            {"scep_digest_algorithm": "sha1"},
            "merged",
            [
                "delete scep certificate-id vpn-01 scep-digest-algorithm md5",
                "set scep certificate-id vpn-01 scep-digest-algorithm sha1",
            ],
        ),
        # false takes away, and nothing where there is nothing
        (
            scep(VPN),
            {"re_generate_keypair": False},
            "merged",
            ["delete scep certificate-id vpn-01 re-generate-keypair"],
        ),
        # exact
        (
            scep(VPN),
            {"re_enroll_trigger_time_percentage": 10},
            "replaced",
            [
                "delete scep certificate-id vpn-01 ca-profile-name",
                "delete scep certificate-id vpn-01 re-enroll-time",
                "delete scep certificate-id vpn-01 re-generate-keypair",
                "set scep certificate-id vpn-01 re-enroll-trigger-time-percentage 10",
            ],
        ),
        # deactivated: an entry, a statement in it, the list
        (
            scep(VPN.replace("<certificate-id>", '<certificate-id inactive="inactive">')),
            {"re_enroll_time": {"days": 30}},
            "merged",
            ["activate scep certificate-id vpn-01"],
        ),
        (
            scep(VPN.replace("<days>", '<days inactive="inactive">')),
            {"re_enroll_time": {"days": 7}},
            "merged",
            [
                "activate scep certificate-id vpn-01 re-enroll-time days",
                "set scep certificate-id vpn-01 re-enroll-time days 7",
            ],
        ),
        (scep(VPN.replace("<days>", '<days inactive="inactive">')), {"ca_profile_name": "corp-ca"}, "merged", []),
        (scep(VPN, ' inactive="inactive"'), {"re_enroll_time": {"days": 30}}, "merged", ["activate scep"]),
        # another choice than the one of a group, which needs no edit and no warning
        (
            scep(
                "<certificate-id><name>vpn-01</name><re-enroll-time>"
                '<days junos:group="g">5</days></re-enroll-time><apply-groups>g</apply-groups></certificate-id>'
            ),
            {"re_enroll_time": {"hours": 8}},
            "replaced",
            ["set scep certificate-id vpn-01 re-enroll-time hours 8"],
        ),
        # from a group: seen, not written twice; another value of one's own
        (
            scep(
                '<certificate-id junos:group="g"><name>vpn-01</name><re-enroll-time junos:group="g">'
                '<days junos:group="g">30</days></re-enroll-time></certificate-id>'
            ),
            {"re_enroll_time": {"days": 30}},
            "replaced",
            [],
        ),
        (
            scep(
                '<certificate-id junos:group="g"><name>vpn-01</name><re-enroll-time junos:group="g">'
                '<days junos:group="g">30</days></re-enroll-time></certificate-id>'
            ),
            {"re_enroll_time": {"days": 14}},
            "merged",
            ["set scep certificate-id vpn-01 re-enroll-time days 14"],
        ),
    ],
)
def test_one_entry(xml: str, options: dict[str, Any], state: State, expected: list[str]) -> None:
    assert lines(planned(xml, entry(**options), state=state)) == expected


@pytest.mark.parametrize(
    ("device", "declared", "update_password", "expected"),
    [
        (JUNIPER, "juniper", "always", []),
        (JUNIPER, JUNIPER_AGAIN, "always", []),
        (JUNIPER, "Juniper", "always", ["differs from the declared one"]),
        (JUNIPER, "Juniper", "on_create", []),
        (DAMAGED, "juniper", "always", ["differs from the declared one"]),
        ("$8$aes256-gcm$x", "juniper", "always", [OPAQUE]),
        ("/* SECRET-DATA */", "juniper", "always", [OPAQUE]),
        ("/* SECRET-DATA */", "juniper", "on_create", []),
        ("$8$aes256-gcm$x", "juniper", "on_create", []),
        ("$8$aes256-gcm$x", "$8$aes256-gcm$x", "always", []),
        ("", "juniper", "on_create", ["not on the device"]),
    ],
)
def test_secrets(device: str, declared: str, update_password: str, expected: list[str]) -> None:
    secret = f"<challenge-password>{device}</challenge-password>" if device else ""
    result = planned(
        scep(f"<certificate-id><name>vpn-01</name>{secret}</certificate-id>"),
        entry(challenge_password=declared),
        update_password=update_password,
    )
    path = "auto-re-enrollment scep certificate-id vpn-01 challenge-password"
    assert list(result.reasons) == [f"{path}: {reason}" for reason in expected]
    assert [edit.value for edit in result.edits] == [declared for _reason in expected]


DIRECT = f"<auto-re-enrollment>{VPN}</auto-re-enrollment>"
BOTH = f"<auto-re-enrollment>{VPN}<scep>{VPN}</scep></auto-re-enrollment>"


def test_an_entry_moves_from_the_direct_list_in_one_plan() -> None:
    result = planned(DIRECT, entry(re_enroll_time={"days": 30}), state="replaced")
    assert lines(result) == [
        "delete certificate-id vpn-01",
        "set scep certificate-id vpn-01 re-enroll-time days 30",
    ]
    assert result.reasons == (
        "auto-re-enrollment certificate-id vpn-01: moved to auto-re-enrollment scep certificate-id vpn-01",
        "auto-re-enrollment scep certificate-id vpn-01: not on the device",
    )
    assert result.warnings == ()


def test_an_entry_leaves_the_other_list_where_both_hold_it() -> None:
    declared = entry(ca_profile_name="corp-ca", re_enroll_time={"days": 30}, re_generate_keypair=True)
    assert lines(planned(BOTH, declared, state="replaced")) == ["delete certificate-id vpn-01"]
    assert lines(planned(BOTH, declared, state="overridden")) == ["delete certificate-id vpn-01"]


def test_merged_leaves_the_other_list_and_says_so() -> None:
    result = planned(BOTH, entry(re_enroll_time={"days": 30}))
    assert lines(result) == []
    assert result.warnings == (
        "config[vpn-01]: [edit security pki auto-re-enrollment certificate-id vpn-01] is there as well."
        " Use state replaced to move the certificate out of that list.",
    )


OTHERS = """<auto-re-enrollment><certificate-id><name>old</name></certificate-id>
<scep><certificate-id><name>vpn-01</name></certificate-id></scep>
<cmpv2><certificate-id><name>cmp</name></certificate-id></cmpv2></auto-re-enrollment>
<ca-profile><name>corp-ca</name></ca-profile><ca-profile><name>spare</name></ca-profile>"""


@pytest.mark.parametrize(
    ("want", "expected"),
    [
        (Want("overridden", entries=[entry()]), ["delete cmpv2 certificate-id cmp", "delete certificate-id old"]),
        (Want("overridden", ca_profiles=[profile()]), ["delete ca-profile spare"]),
        (Want("deleted", entries=[entry()]), ["delete scep certificate-id vpn-01"]),
        (Want("deleted", entries=[entry("cmpv2")]), []),
        (Want("deleted", entries=[], delete_everywhere=["old", "gone"]), ["delete certificate-id old"]),
        (
            Want("deleted", entries=[]),
            ["delete scep certificate-id vpn-01", "delete cmpv2 certificate-id cmp", "delete certificate-id old"],
        ),
        (Want("deleted", ca_profiles=[profile()]), ["delete ca-profile corp-ca"]),
        (Want("deleted", ca_profiles=[]), ["delete ca-profile corp-ca", "delete ca-profile spare"]),
    ],
)
def test_what_is_not_declared(want: Want, expected: list[str]) -> None:
    assert lines(plan(have(OTHERS), want)) == expected


def ocsp(*urls: str, attributes: str = "") -> str:
    entries = "".join(f"<url{attributes}><name>{url}</name></url>" for url in urls)
    return f"<ca-profile><name>corp-ca</name><revocation-check><ocsp>{entries}</ocsp></revocation-check></ca-profile>"


@pytest.mark.parametrize(
    ("on_device", "declared", "state", "expected"),
    [
        ("ab", "ab", "merged", []),
        ("ab", "ba", "merged", ["insert b before a"]),
        ("abc", "cba", "merged", ["insert b before a", "insert c before b"]),
        ("abc", "bac", "merged", ["insert b before a"]),
        ("xab", "ab", "merged", []),
        ("a", "ba", "merged", ["set b", "insert b before a"]),
        ("a", "ab", "merged", ["set b"]),
        ("ab", "b", "merged", []),
        ("ab", "b", "replaced", ["delete a"]),
        ("abc", "ca", "replaced", ["delete b", "insert c before a"]),
        ("", "ba", "replaced", ["set b", "set a"]),
    ],
)
def test_the_order_of_urls_counts(on_device: str, declared: str, state: State, expected: list[str]) -> None:
    want = profile(revocation_check={"ocsp": {"url": list(declared)}})
    result = plan(have(ocsp(*on_device)), Want(state, ca_profiles=[want]))
    short = [
        line.replace("ca-profile corp-ca revocation-check ocsp url ", "").replace("before url", "before")
        for line in lines(result)
    ]
    assert short == expected
    urls = [node.key for _slots, node in result.after.walk() if node.name == "url"]
    assert [url for url in urls if url in declared] == list(declared)


def test_the_reason_of_a_move() -> None:
    want = profile(revocation_check={"ocsp": {"url": ["b", "a"]}})
    assert plan(have(ocsp("a", "b")), Want("merged", ca_profiles=[want])).reasons == (
        "ca-profile corp-ca revocation-check ocsp url b: not before a",
    )


def test_the_order_of_entries_does_not_count() -> None:
    xml = scep("<certificate-id><name>b</name></certificate-id><certificate-id><name>a</name></certificate-id>")
    assert lines(planned(xml, entry(certificate_id="a"), entry(certificate_id="b"), state="overridden")) == []


def test_unknown_statements_survive_a_merge() -> None:
    xml = scep("<certificate-id><name>vpn-01</name><validity-period>1</validity-period><odd/></certificate-id>")
    assert planned(xml, entry()).edits == ()
    result = planned(xml, entry(), state="replaced")
    assert lines(result) == [
        "delete scep certificate-id vpn-01 validity-period",
        "delete scep certificate-id vpn-01 odd",
    ]
    assert result.warnings == (
        "[edit security pki auto-re-enrollment scep certificate-id vpn-01] holds statements that this collection does"
        " not know, and an exact declaration removes them: validity-period, odd.",
    )


def test_what_a_group_brings_cannot_be_deleted_here() -> None:
    xml = scep(
        '<certificate-id><name>vpn-01</name><re-generate-keypair junos:group="pki"/>'
        "<ca-profile-name>x</ca-profile-name></certificate-id>"
    )
    result = planned(xml, entry(), state="deleted")
    assert lines(result) == ["delete scep certificate-id vpn-01"]
    assert result.warnings == (
        "[edit security pki auto-re-enrollment scep certificate-id vpn-01] comes from apply-groups pki and stays in"
        " effect: it cannot be deleted here. Change [edit groups pki].",
    )


@pytest.mark.parametrize(
    ("device", "update_password", "activated", "written"),
    [
        (JUNIPER, "always", "new", ["new"]),
        (JUNIPER, "on_create", JUNIPER, []),
        (OPAQUE_VALUE, "on_create", "new", []),
    ],
)
def test_a_deactivated_secret(device: str, update_password: str, activated: str, written: list[str]) -> None:
    secret = f'<challenge-password inactive="inactive">{device}</challenge-password>'
    xml = scep(f"<certificate-id><name>vpn-01</name>{secret}</certificate-id>")
    edits = planned(xml, entry(challenge_password="new"), update_password=update_password).edits
    assert [edit.value for edit in edits if edit.action == "activate"] == [activated]
    assert [edit.value for edit in edits if edit.action == "set"] == written


def test_an_activated_list_brings_others_into_effect() -> None:
    result = planned(scep(VPN, ' inactive="inactive"'), entry(), entry(certificate_id="vpn-02"))
    assert lines(result) == ["activate scep", "set scep certificate-id vpn-02"]
    assert result.reasons[0] == "auto-re-enrollment scep: deactivated"
    assert result.warnings[0] == (
        "[edit security pki auto-re-enrollment scep] was deactivated as a whole: everything in it comes into effect,"
        " not only what this task declares."
    )


@pytest.mark.parametrize(
    ("xml", "state", "message"),
    [
        (
            scep('<certificate-id protect="protect"><name>vpn-01</name></certificate-id>'),
            "merged",
            "[edit security pki auto-re-enrollment scep certificate-id vpn-01] is protected on the device,"
            " and this task would set auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair."
            " Unprotect it first, or leave it out of the task.",
        ),
        (
            scep(
                '<certificate-id><name>vpn-01</name><ca-profile-name protect="protect">x</ca-profile-name>'
                "</certificate-id>"
            ),
            "deleted",
            "[edit security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name] is protected on the"
            " device, and this task would delete auto-re-enrollment scep certificate-id vpn-01."
            " Unprotect it first, or leave it out of the task.",
        ),
    ],
)
def test_a_protected_statement_is_not_touched(xml: str, state: State, message: str) -> None:
    with pytest.raises(InputError) as raised:
        planned(xml, entry(re_generate_keypair=True), state=state)
    assert str(raised.value) == message


def test_a_protected_statement_that_stays_as_it_is_does_no_harm() -> None:
    xml = scep('<certificate-id protect="protect"><name>vpn-01</name></certificate-id>')
    assert planned(xml, entry()).edits == ()


def test_reasons_name_what_differs() -> None:
    result = planned(scep(VPN), entry(re_enroll_time={"hours": 8}, ca_profile_name="new-ca"), state="replaced")
    above = "auto-re-enrollment scep certificate-id vpn-01"
    assert result.reasons == (
        f"{above} re-generate-keypair: not declared",
        f"{above} re-enroll-time days: excluded by hours",
        f"{above} re-enroll-time hours: not on the device",
        f"{above} ca-profile-name: is corp-ca, declared is new-ca",
    )
    assert result.touched == ((("auto-re-enrollment", ""), ("scep", ""), ("certificate-id", "vpn-01")),)


def test_the_second_plan_is_empty() -> None:
    """What a plan leads to is what it wants: planned again from its own result, nothing is left."""
    declared = entry(
        ca_profile_name="corp-ca", re_enroll_time={"hours": 8}, challenge_password="x", re_generate_keypair=False
    )
    urls = profile(enrollment={"url": "http://ca"}, revocation_check={"ocsp": {"url": ["b", "a"]}, "use_ocsp": True})
    states: tuple[State, ...] = ("merged", "replaced", "overridden")
    for state in states:
        want = Want(state, ca_profiles=[urls], entries=[declared])
        first = plan(have(BOTH + ocsp("a", "b", "c")), want)
        assert first.edits != ()
        assert plan(first.after, want).edits == ()


@pytest.mark.parametrize("below", [{"administrator": {}}, {"enrollment": {}}, {"revocation_check": {"crl": {}}}])
def test_an_entry_that_holds_only_what_means_nothing_is_created(below: dict[str, Any]) -> None:
    """As a template with a default of {} declares it."""
    first = plan(Node(), Want("merged", ca_profiles=[profile(**below)]))
    assert commands(first.edits) == ["set security pki ca-profile corp-ca"]
    assert plan(first.after, Want("merged", ca_profiles=[profile(**below)])).edits == ()
