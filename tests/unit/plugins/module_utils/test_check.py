# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._check import (
    broken_references,
    check_references,
    check_release,
    check_values,
    edit_path,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release, Running
from ansible_collections.netpki.junos.plugins.module_utils._statements import CA_PROFILE, PROTOCOLS
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, Slots, entry_from_options, from_xml


def entry(options: dict[str, Any], protocol: str = "scep") -> Node:
    return entry_from_options(PROTOCOLS[protocol], {"certificate_id": "vpn-01", **options}, "config")


def profile(options: dict[str, Any]) -> Node:
    return entry_from_options(CA_PROFILE, {"name": "corp-ca", **options}, "ca_profiles")


def running(text: str, exact: bool = True) -> Running:
    return Running(Release.parse(text), exact)


def refusal(function: Any, *arguments: Any) -> str:
    """The message of what is refused, "" where nothing is."""
    try:
        function(*arguments)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (entry({}), ""),
        (entry({"certificate_id": "x" * 32}), ""),
        (
            entry({"certificate_id": "x" * 33}),
            f"config[{'x' * 33}].certificate_id: '{'x' * 33}' must have 1 to 32 characters, it has 33.",
        ),
        (entry({"certificate_id": ""}), "config[].certificate_id: is empty."),
        (entry({"re_enroll_time": {"days": 0}}), ""),
        (entry({"re_enroll_time": {"days": 4294967295}}), ""),
        (
            entry({"re_enroll_time": {"days": 4294967296}}),
            "config[vpn-01].re_enroll_time.days: 4294967296 is not a whole number from 0 to 4294967295.",
        ),
        (
            entry({"re_enroll_time": {"hours": -1}}),
            "config[vpn-01].re_enroll_time.hours: -1 is not a whole number from 0 to 4294967295.",
        ),
        (entry({"re_enroll_time": {"percentage": 99}}), ""),
        (
            entry({"re_enroll_time": {"percentage": 100}}),
            "config[vpn-01].re_enroll_time.percentage: 100 is not a whole number from 1 to 99.",
        ),
        (
            entry({"re_enroll_trigger_time_percentage": 0}),
            "config[vpn-01].re_enroll_trigger_time_percentage: 0 is not a whole number from 1 to 99.",
        ),
        (
            entry({"re_enroll_time": {"days": 30, "percentage": 20}}),
            "config[vpn-01].re_enroll_time: days and percentage exclude each other. Give one of them.",
        ),
        (
            entry({"re_enroll_time": {}}),
            "config[vpn-01].re_enroll_time: give exactly one of days, hours, percentage.",
        ),
        (
            entry({"challenge_password": ""}),
            "config[vpn-01].challenge_password: is empty.",
        ),
        (entry({"challenge_password": "$9$7YdwgGDkTz6oJz69A1INdb"}), ""),
        (
            entry({"challenge_password": "$9$7YdwgGDkTz6oJz69A1INd"}),
            "config[vpn-01].challenge_password: ******** begins with $9$ but is damaged or cut short."
            " Give the whole text, or the clear secret.",
        ),
        *(
            (
                entry({"challenge_password": shown}),
                "config[vpn-01].challenge_password: ******** stands for a secret that was not shown."
                " Give the secret itself.",
            )
            for shown in ("********", "/* SECRET-DATA */", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$encrypted$")
        ),
        (profile({"ca_identity": "********"}), ""),
        (
            entry({"challenge_password": "two\nlines"}),
            "config[vpn-01].challenge_password: ******** holds a control character or a line break.",
        ),
        (profile({"enrollment": {"retry": 1080, "retry_interval": 0}}), ""),
        (
            profile({"enrollment": {"retry": 1081}}),
            "ca_profiles[corp-ca].enrollment.retry: 1081 is not a whole number from 0 to 1080.",
        ),
        (
            profile({"enrollment": {"retry_interval": 3601}}),
            "ca_profiles[corp-ca].enrollment.retry_interval: 3601 is not a whole number from 0 to 3600.",
        ),
        (profile({"source_address": "2001:db8::1"}), ""),
        (
            profile({"source_address": "192.0.2.256"}),
            "ca_profiles[corp-ca].source_address: '192.0.2.256' is not an IP address.",
        ),
        (
            profile({"revocation_check": {"use_crl": True, "disable": True}}),
            "ca_profiles[corp-ca].revocation_check: use_crl and disable exclude each other. Give one of them.",
        ),
        (profile({"revocation_check": {"use_crl": True, "disable": False}}), ""),
        (profile({"revocation_check": {"crl": {"refresh_interval": 8784, "url": [{"name": "u" * 500}]}}}), ""),
        (
            profile({"revocation_check": {"crl": {"refresh_interval": 8785}}}),
            "ca_profiles[corp-ca].revocation_check.crl.refresh_interval: 8785 is not a whole number from 0 to 8784.",
        ),
        (
            profile({"revocation_check": {"ocsp": {"url": ["u" * 501]}}}),
            f"ca_profiles[corp-ca].revocation_check.ocsp.url[{'u' * 501}]: '{'u' * 501}' must have 1 to 500 characters,"
            " it has 501.",
        ),
        (
            profile({"revocation_check": {"ocsp": {"nonce_payload": "maybe"}}}),
            "ca_profiles[corp-ca].revocation_check.ocsp.nonce_payload: 'maybe' is not one of enable, disable.",
        ),
        (
            entry({"ca_profile_name": "corp-ca "}),
            "config[vpn-01].ca_profile_name: 'corp-ca ' begins or ends with a blank.",
        ),
        (
            entry({"challenge_password": "日本"}),
            "config[vpn-01].challenge_password: ******** holds a character outside Latin-1."
            " How a device keeps those in a secret is not known.",
        ),
        (entry({"challenge_password": "é"}), ""),
        # allowed in some release, so it takes the device to tell
        (profile({"name": "corp.ca"}), ""),
        (
            profile({"name": "x" * 33}),
            f"ca_profiles[{'x' * 33}].name: '{'x' * 33}' must have 1 to 32 characters, it has 33.",
        ),
    ],
)
def test_values(node: Node, message: str) -> None:
    assert refusal(check_values, node) == message


@pytest.mark.parametrize(
    ("release", "exact", "message"),
    [
        ("17.4R1", True, ""),
        ("18.2R2", True, ""),
        ("18.2R3", True, "from 18.2R3 on"),
        ("18.3R1", True, ""),
        ("18.4R1", True, "from 18.4R1 on"),
        ("24.4R1", True, "from 18.4R1 on"),
        # a namespace says 18.2R0 for any 18.2: what is surely older than 18.2R3 is not known
        ("18.2R0", False, "from 18.2R3 on"),
    ],
)
def test_names_of_ca_profiles_by_release(release: str, exact: bool, message: str) -> None:
    said = refusal(check_values, profile({"name": "corp.ca"}), running(release, exact))
    rest = (
        f"ca_profiles[corp.ca].name: 'corp.ca' is refused by Junos {message}: Must not contain '/', %, '.' or a space."
    )
    assert said == (rest if message else "")


@pytest.mark.parametrize(
    ("address", "release", "refused"),
    [
        ("192.0.2.1", "17.4R1", False),
        ("2001:db8::1", "17.4R3", True),
        ("2001:db8::1", "18.1R1", False),
        ("2001:db8::1", "24.4R1", False),
    ],
)
def test_an_ipv6_source_address_by_release(address: str, release: str, refused: bool) -> None:
    assert refusal(check_values, profile({"source_address": address}), running(release)) == (
        f"ca_profiles[corp-ca].source_address: '{address}' is not an IPv4 address, and this release takes no other."
        if refused
        else ""
    )


@pytest.mark.parametrize(
    ("node", "statement", "where", "since", "older"),
    [
        (
            entry({"re_enroll_time": {"days": 3}}),
            "auto-re-enrollment scep certificate-id re-enroll-time",
            ".re_enroll_time",
            "21.4R1",
            "21.3R3",
        ),
        (entry({}), "auto-re-enrollment scep certificate-id", "", "15.1X49-D40", "15.1X49-D39"),
        (entry({}, "cmpv2"), "auto-re-enrollment cmpv2 certificate-id", "", "15.1X49-D40", "15.1X49-D39"),
        (entry({"acme_key_id": "k"}, "acme"), "auto-re-enrollment acme certificate-id", "", "22.4R1", "22.3R3-S3"),
        (profile({"proxy_profile": "p"}), "ca-profile proxy-profile", ".proxy_profile", "18.2R1", "18.1R3"),
    ],
)
def test_statements_newer_than_the_release(node: Node, statement: str, where: str, since: str, older: str) -> None:
    assert refusal(check_release, node, running(since)) == ""
    assert refusal(check_release, node, running(older)) == (
        f"{node.where}{where}: the statement {statement} needs Junos {since} or later, the device runs {older}."
        " Leave the option out for this device, or upgrade it."
    )


def test_a_release_from_a_namespace_may_be_older_than_what_runs() -> None:
    node = entry({"re_enroll_time": {"days": 3}})
    assert refusal(check_release, node, running("21.4R0", exact=False)) == ""
    assert "needs Junos 21.4R1" in refusal(check_release, node, running("21.4R0"))
    assert "needs Junos 21.4R1" in refusal(check_release, node, running("21.3R0", exact=False))
    assert refusal(check_release, entry({}), running("15.1X49", exact=False)) == ""


def test_the_direct_list_is_there_in_every_release() -> None:
    assert refusal(check_release, entry({"challenge_password": "x"}, "direct"), running("9.0R1")) == ""


def test_what_is_declared_as_false_needs_no_release() -> None:
    node = profile({"revocation_check": {"use_ocsp": False}})
    node.children[("revocation-check", "")].children[("use-ocsp", "")].path = "trap"
    assert refusal(check_release, node, running("17.4R1")) == ""


URL = "<enrollment><url>http://ca</url></enrollment>"
VPN: Slots = (("auto-re-enrollment", ""), ("scep", ""), ("certificate-id", "vpn-01"))
ABOVE = "[edit security pki auto-re-enrollment scep certificate-id vpn-01]"
NO_TRIGGER = (
    "config[vpn-01]: Re-enroll must configure the re-enroll-trigger-time-percentage or a re-enroll-time value."
    " Give re_enroll_time or re_enroll_trigger_time_percentage."
)
NO_URL = (
    "config[vpn-01].ca_profile_name: 'corp-ca' is refused: Referenced ca-profile must have enrollment url configured"
    " under [edit security pki ca-profile <ca-profile-name> enrollment url]. Declare its enrollment.url in ca_profiles"
    " of the same task."
)
NO_PROFILE = (
    "config[vpn-01].ca_profile_name: 'corp-ca' is refused: Referenced ca-profile must be defined under [edit security"
    " pki ca-profile]. Declare that ca-profile in ca_profiles of the same task, or correct the name."
)


def tree(profile_xml: str, entry_xml: str, profile_attributes: str = "") -> Node:
    return from_xml(
        ET.fromstring(
            f"<pki><ca-profile{profile_attributes}><name>corp-ca</name>{profile_xml}</ca-profile>"
            "<auto-re-enrollment><scep><certificate-id><name>vpn-01</name><ca-profile-name>corp-ca</ca-profile-name>"
            f"{entry_xml}</certificate-id></scep></auto-re-enrollment></pki>"
        )
    )


DAYS = "<re-enroll-time><days>30</days></re-enroll-time>"
PERCENTAGE = "<re-enroll-trigger-time-percentage>10</re-enroll-trigger-time-percentage>"


@pytest.mark.parametrize(
    ("after", "release", "message"),
    [
        (tree(URL, DAYS), "23.1R1", ""),
        (tree(URL, PERCENTAGE), "23.1R1", ""),
        (tree(URL, ""), "22.4R3", ""),
        (tree(URL, ""), "23.1R1", NO_TRIGGER),
        (tree(URL, DAYS.replace("<re-enroll-time>", '<re-enroll-time inactive="inactive">')), "24.4R1", NO_TRIGGER),
        (tree("", DAYS), "17.4R1", NO_URL),
        (tree(URL, DAYS, ' inactive="inactive"'), "17.4R1", NO_PROFILE),
    ],
)
def test_what_a_commit_check_demands_of_a_declared_entry(after: Node, release: str, message: str) -> None:
    assert refusal(check_references, after, after, [VPN], running(release)) == message


def test_an_undeclared_entry_counts_only_where_the_change_breaks_it() -> None:
    right, wrong = tree(URL, DAYS), tree("", DAYS)
    assert refusal(check_references, wrong, wrong, [], running("24.4R1")) == ""
    assert refusal(check_references, right, wrong, [], running("24.4R1")) == NO_URL.replace(
        "config[vpn-01].ca_profile_name", f"{ABOVE} ca-profile-name"
    )


def test_without_a_release_the_newer_rule_does_not_count() -> None:
    assert refusal(check_references, tree(URL, ""), tree(URL, ""), [VPN], None) == ""
    assert refusal(check_references, tree("", ""), tree("", ""), [VPN], None) == NO_URL


def test_an_unknown_ca_profile() -> None:
    after = tree(URL, DAYS)
    del after.children[("ca-profile", "corp-ca")]
    assert refusal(check_references, after, after, [VPN], running("24.4R1")) == NO_PROFILE


def test_a_ca_profile_that_is_still_named() -> None:
    naming = (
        "<trap><ca-identity><name>corp-ca</name></ca-identity></trap>"
        "<cloud-certificate-profile><name>cloud</name><trusted-ca>corp-ca</trusted-ca></cloud-certificate-profile>"
    )
    before = tree(URL, DAYS)
    before.children.update(from_xml(ET.fromstring(f"<pki>{naming}</pki>")).children)
    after = before.copy()
    del after.children[("ca-profile", "corp-ca")]
    assert broken_references(before, before) == []
    assert broken_references(before, after) == [
        ("corp-ca", ABOVE),
        ("corp-ca", "[edit security pki trap ca-identity corp-ca]"),
        ("corp-ca", "[edit security pki cloud-certificate-profile cloud]"),
    ]
    # what was gone before is not this change's doing
    assert broken_references(after, after) == []
    before.children[("ca-profile", "corp-ca")].inactive = True
    assert broken_references(before, after) == []


def test_edit_path() -> None:
    assert edit_path(VPN) == ABOVE
