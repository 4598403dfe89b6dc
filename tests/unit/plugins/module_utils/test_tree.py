# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._secrets import MASK
from ansible_collections.netpki.junos.plugins.module_utils._statements import CA_PROFILE, PROTOCOLS
from ansible_collections.netpki.junos.plugins.module_utils._tree import (
    Node,
    argument_spec,
    configuration,
    entry_from_options,
    from_xml,
    to_options,
)

#: An old direct list and a ca-profile, as a device answers: namespaces, a comment, marks, what nobody knows.
REPLY = """
<pki xmlns="http://xml.juniper.net/xnm/1.1/xnm" xmlns:junos="http://xml.juniper.net/junos/22.4R0/junos">
    <junos:comment>/* since 2014 */</junos:comment>
    <ca-profile>
        <name>corp-ca</name>
        <ca-identity>corp.example.net</ca-identity>
        <enrollment>
            <url>http://ca.example.net/certsrv/mscep/mscep.dll</url>
            <retry junos:group="pki">5</retry>
        </enrollment>
        <revocation-check>
            <crl>
                <url><name>http://crl.example.net/1.crl</name><password>$9$7YdwgGDkTz6oJz69A1INdb</password></url>
                <url><name>http://crl.example.net/2.crl</name></url>
            </crl>
            <ocsp>
                <url><name>http://ocsp2.example.net</name></url>
                <url><name>http://ocsp1.example.net</name></url>
                <connection-failure><fallback-crl/></connection-failure>
            </ocsp>
        </revocation-check>
    </ca-profile>
    <!-- not a statement -->
    <auto-re-enrollment>
        <certificate-id protect="protect">
            <name>vpn-01</name>
            <ca-profile-name>corp-ca</ca-profile-name>
            <re-enroll-trigger-time-percentage>10</re-enroll-trigger-time-percentage>
            <re-generate-keypair/>
            <scep-digest-algorithm><sha1/></scep-digest-algorithm>
            <validity-period>365</validity-period>
        </certificate-id>
        <scep>
            <certificate-id inactive="inactive">
                <name>vpn-02</name>
                <re-enroll-time><percent>20</percent></re-enroll-time>
            </certificate-id>
            <certificate-id junos:group="pki">
                <name junos:group="pki">vpn-03</name>
                <re-enroll-time junos:group="pki"><days junos:group="pki">30</days></re-enroll-time>
            </certificate-id>
        </scep>
    </auto-re-enrollment>
</pki>
"""


@pytest.fixture
def root() -> Node:
    return from_xml(ET.fromstring(REPLY))


def test_what_is_in_effect_in_the_words_of_the_options(root: Node) -> None:
    assert configuration(root) == {
        "ca_profiles": [
            {
                "name": "corp-ca",
                "ca_identity": "corp.example.net",
                "enrollment": {"url": "http://ca.example.net/certsrv/mscep/mscep.dll", "retry": 5},
                "revocation_check": {
                    "crl": {
                        "url": [
                            {"name": "http://crl.example.net/1.crl", "password": MASK},
                            {"name": "http://crl.example.net/2.crl"},
                        ]
                    },
                    "ocsp": {
                        "url": ["http://ocsp2.example.net", "http://ocsp1.example.net"],
                        "connection_failure": "fallback-crl",
                    },
                },
            }
        ],
        "config": [
            {
                "certificate_id": "vpn-03",
                "protocol": "scep",
                "re_enroll_time": {"days": 30},
            },
            {
                "certificate_id": "vpn-01",
                "protocol": "direct",
                "ca_profile_name": "corp-ca",
                "re_enroll_trigger_time_percentage": 10,
                "re_generate_keypair": True,
                "scep_digest_algorithm": "sha1",
                "validity_period": MASK,
            },
        ],
    }


def test_marks_are_kept(root: Node) -> None:
    assert [
        ("/".join(name for name, _key in slots), node.key, node.group, node.inactive, node.protected)
        for slots, node in root.walk()
        if node.group or node.inactive or node.protected
    ] == [
        ("ca-profile/enrollment/retry", "", "pki", False, False),
        ("auto-re-enrollment/certificate-id", "vpn-01", "", False, True),
        ("auto-re-enrollment/scep/certificate-id", "vpn-02", "", True, False),
        ("auto-re-enrollment/scep/certificate-id", "vpn-03", "pki", False, False),
        ("auto-re-enrollment/scep/certificate-id/re-enroll-time", "", "pki", False, False),
        ("auto-re-enrollment/scep/certificate-id/re-enroll-time/days", "", "pki", False, False),
    ]


def test_an_unknown_list_keeps_its_keys() -> None:
    root = from_xml(ET.fromstring("<pki><est><name>a</name><x>1</x></est><est><name>b</name></est></pki>"))
    assert list(root.children) == [("est", "a"), ("est", "b")]
    assert root.at([("est", "a"), ("x", "")]) == Node("est/x", value="1")


def test_entries_of_a_list_that_is_not_there() -> None:
    assert Node().entries("auto-re-enrollment/scep/certificate-id") == {}


FULL_PROFILE: dict[str, Any] = {
    "name": "corp-ca",
    "ca_identity": "corp.example.net",
    "source_address": "192.0.2.1",
    "proxy_profile": "out",
    "routing_instance": "mgmt",
    "enrollment": {"url": "http://ca.example.net/scep", "retry": 0, "retry_interval": 3600},
    "revocation_check": {
        "use_ocsp": True,
        "ocsp": {
            "url": ["http://b.example.net", "http://a.example.net"],
            "nonce_payload": "enable",
            "disable_responder_revocation_check": True,
            "accept_unknown_status": True,
            "connection_failure": "disable",
        },
        "crl": {
            "disable": {"on_download_failure": True},
            "url": [{"name": "http://crl.example.net", "password": MASK}],
            "refresh_interval": 24,
        },
    },
    "administrator": {"email_address": "pki@example.net"},
}
FULL_ENTRY: dict[str, Any] = {
    "certificate_id": "vpn-01",
    "re_enroll_time": {"percentage": 20},
    "ca_profile_name": "corp-ca",
    "re_enroll_trigger_time_percentage": 20,
    "re_generate_keypair": True,
    "challenge_password": MASK,
    "scep_encryption_algorithm": "des3",
    "scep_digest_algorithm": "sha1",
}


@pytest.mark.parametrize(
    ("path", "options"),
    [
        (CA_PROFILE, FULL_PROFILE),
        (PROTOCOLS["scep"], FULL_ENTRY),
        (PROTOCOLS["direct"], FULL_ENTRY),
        (PROTOCOLS["acme"], {"certificate_id": "web", "re_enroll_time": {"hours": 8}, "acme_key_id": "k"}),
        (PROTOCOLS["cmpv2"], {"certificate_id": "vpn", "re_enroll_time": {"days": 0}}),
    ],
)
def test_options_come_back_as_they_were(path: str, options: dict[str, Any]) -> None:
    assert to_options(entry_from_options(path, options, "here")) == options


def test_every_option_is_in_one_of_the_full_examples() -> None:
    assert argument_spec(CA_PROFILE).keys() == FULL_PROFILE.keys()
    assert argument_spec(PROTOCOLS["scep"]).keys() == FULL_ENTRY.keys()


def test_a_declared_statement_names_its_option() -> None:
    node = entry_from_options(
        CA_PROFILE,
        {"name": "corp-ca", "revocation_check": {"crl": {"url": [{"name": "http://x", "password": "p"}]}}},
        "ca_profiles",
    )
    assert [below.where for _slots, below in node.walk()] == [
        "ca_profiles[corp-ca].revocation_check",
        "ca_profiles[corp-ca].revocation_check.crl",
        "ca_profiles[corp-ca].revocation_check.crl.url[http://x]",
        "ca_profiles[corp-ca].revocation_check.crl.url[http://x].password",
    ]


def test_false_declares_that_a_statement_is_not_there() -> None:
    node = entry_from_options(PROTOCOLS["scep"], {"certificate_id": "a", "re_generate_keypair": False}, "config")
    assert node.children == {
        ("re-generate-keypair", ""): Node(
            "auto-re-enrollment/scep/certificate-id/re-generate-keypair",
            where="config[a].re_generate_keypair",
            absent=True,
        )
    }


def test_the_argument_spec_of_an_entry() -> None:
    assert argument_spec(PROTOCOLS["acme"]) == {
        "certificate_id": {"type": "str", "required": True, "no_log": False},
        "re_enroll_time": {
            "type": "dict",
            "options": {
                "days": {"type": "int", "no_log": False},
                "hours": {"type": "int", "no_log": False},
                "percentage": {"type": "int", "no_log": False},
            },
        },
        "ca_profile_name": {"type": "str", "no_log": False},
        "re_enroll_trigger_time_percentage": {"type": "int", "no_log": False},
        "re_generate_keypair": {"type": "bool", "no_log": False},
        "acme_key_id": {"type": "str", "no_log": False},
    }


def test_secrets_are_marked_in_the_argument_spec() -> None:
    spec = argument_spec(PROTOCOLS["scep"])
    profile = argument_spec(CA_PROFILE)
    assert [option for option, about in spec.items() if about.get("no_log")] == ["challenge_password"]
    urls = profile["revocation_check"]["options"]["crl"]["options"]["url"]
    assert urls["options"] == {
        "name": {"type": "str", "required": True, "no_log": False},
        "password": {"type": "str", "no_log": True},
    }
    assert spec["scep_digest_algorithm"] == {"type": "str", "choices": ["md5", "sha1"]}


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        # No device sends an entry without its name.
        (
            "<ca-profile><name>a</name></ca-profile><ca-profile><ca-identity>x</ca-identity></ca-profile>",
            {"ca_profile": [{"name": "a"}]},
        ),
        ("<new><name>a</name><leaf>1</leaf></new><new><leaf>2</leaf></new>", {"new": {"leaf": MASK}}),
        ("<new><leaf>2</leaf></new><new><name>a</name></new>", {"new": MASK}),
    ],
)
def test_entries_without_a_name_break_nothing(xml: str, told: dict[str, Any]) -> None:
    assert to_options(from_xml(ET.fromstring(f"<pki>{xml}</pki>"))) == told


def test_a_profile_without_a_name_is_none() -> None:
    root = from_xml(ET.fromstring("<pki><ca-profile><ca-identity>x</ca-identity></ca-profile></pki>"))
    assert configuration(root) == {"ca_profiles": [], "config": []}
