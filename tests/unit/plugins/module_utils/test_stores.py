# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._certificates import Certificate
from ansible_collections.netpki.junos.plugins.module_utils._errors import ReplyError
from ansible_collections.netpki.junos.plugins.module_utils._stores import (
    by_node,
    certificates_from_reply,
    certificates_from_saved,
    certificates_from_text,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

NO_CERTIFICATE = (
    "The text holds no certificate as 'show security pki local-certificate detail' writes it: "
    "a line 'Certificate identifier: NAME' begins each."
)
PARSERS = pytest.mark.parametrize("parse", [ElementTree.fromstring, etree.fromstring], ids=["xml.etree", "lxml"])


def told(certificate: Certificate) -> dict[str, Any]:
    """What a record says, without what is empty."""
    return {name: value for name, value in vars(certificate).items() if value not in (None, (), {})}


# ---- one certificate in every form that a device writes ----

BRANCH = Certificate(
    identifier="branch-7",
    not_before=datetime(2017, 5, 9, 6, 40, tzinfo=UTC),
    not_after=datetime(2018, 11, 23, 17, 5, tzinfo=UTC),
    subject="O=Example, Inc., OU=Status: Enabled, ST=Hessen, L=Köln, CN=branch-7.example.org, DC=example, DC=org",
    issuer='O=Example, Inc., C=de, CN=Issuing "CA" <2>',
    signature_algorithm="sha256WithRSAEncryption",
    version="3",
    serial_number="5097bb730000000001a2",
    alternate_subjects=("vpn@example.org", "branch-7.example.org", "192.0.2.7"),
    public_key_algorithm="rsaEncryption",
    public_key_bits=2048,
    crl_urls=("http://pki.example.org/a.crl?id=7", "ldap:///CN=Issuing, O=Example?certificateRevocationList?base"),
    ocsp_urls=("http://pki.example.org:8090/ocsp/",),
    key_usage=("Key encipherment", "Digital signature"),
    fingerprints={"sha1": "0f:1e:2d:3c:4b", "md5": "aa:bb:cc"},
    re_enrollment_status="Disabled",
    next_trigger="Timer not started",
)
DETAIL = """Certificate identifier: branch-7
  Certificate version: 3
  Serial number: 5097bb730000000001a2
  Issuer:
    Organization: Example, Inc., Country: de, Common name: Issuing "CA" <2>
  Subject:
    Organization: Example, Inc., Organizational unit: Status: Enabled, State: Hessen, Locality: Köln,
    Common name: branch-7.example.org, Domain component: example, Domain component: org
  Subject string:
    DC=org, DC=example, CN=branch-7.example.org, L=Köln, ST=Hessen, OU=Status: Enabled, O=Example, Inc.
  Alternate subject: "vpn@example.org", branch-7.example.org, 192.0.2.7, ipv6 empty
  Validity:
    Not before: 05- 9-2017 06:40 UTC
    Not after: 11-23-2018 17:05 UTC
  Public key algorithm: rsaEncryption(2048 bits)
    30:82:01:0a:02:82:01:01:00:b7:0e:5f:7c:aa:91:23:6d:18:e4:20
    41:73:0c:02:03:01:00:01
  Signature algorithm: sha256WithRSAEncryption
  Distribution CRL:
    http://pki.example.org/a.crl?id=7
    ldap:///CN=Issuing, O=Example?certificateRevocationList?base
  Authority Information Access OCSP:
    http://pki.example.org:8090/ocsp/
  Use for key: Key encipherment, Digital signature
  Fingerprint:
    0f:1e:2d:3c:4b (sha1)
    aa:bb:cc (md5)
  Auto-re-enrollment:
    Status: Disabled
    Next trigger time: Timer not started
"""
_SHARED = f"""
<identifier>branch-7</identifier>
<version>3</version>
<serial-number-list>
    <serial-number-x509>5097bb730000000001a2</serial-number-x509>
    <serial-number-dec-x509>380515823400000000418</serial-number-dec-x509>
</serial-number-list>
<ISSUER>
    <distinguished-name>
        <organization-name>Example, Inc.</organization-name>
        <country-name>de</country-name>
        <common-name>{escape('Issuing "CA" <2>')}</common-name>
    </distinguished-name>
</ISSUER>
<SUBJECT>
    <distinguished-name>
        <organization-name>Example, Inc.</organization-name>
        <organizational-unit-name>Status: Enabled</organizational-unit-name>
        <state-or-province-name>Hessen</state-or-province-name>
        <locality-name>Köln</locality-name>
        <common-name>branch-7.example.org</common-name>
        <domain-component>example</domain-component>
        <domain-component>org</domain-component>
    </distinguished-name>
</SUBJECT>
<subject-string-list><subject-string>DC=org, DC=example</subject-string></subject-string-list>
<validity>
    <not-before>05- 9-2017 06:40 UTC</not-before>
    <not-after>
        11-23-2018 17:05 UTC
    </not-after>
</validity>
<public-key>
    <public-key-algorithm>rsaEncryption</public-key-algorithm>
    <public-key-length>2048</public-key-length>
</public-key>
<public-key-contents-list><key-contents>30:82:01:0a</key-contents></public-key-contents-list>
<signature-algorithm>sha256WithRSAEncryption</signature-algorithm>
"""
_LAST = """
<auto-re-enrollment>
    <auto-re-enrollment-status>Disabled</auto-re-enrollment-status>
    <auto-re-enrollment-next-trigger-time>Timer not started</auto-re-enrollment-next-trigger-time>
</auto-re-enrollment>
"""
# As 15.1X49 writes it: lists in one element, with what there is none of beside them.
FIELD = f"""
<pkid-x509-certificate-information xmlns:junos="http://xml.juniper.net/junos/15.1X49/junos" junos:style="detail">
    {_SHARED.replace("ISSUER", "issuer-name").replace("SUBJECT", "subject-name")}
    <alternate-subject-list>
        <alternate-subject>"vpn@example.org"</alternate-subject>
        <alternate-subject>branch-7.example.org</alternate-subject>
        <alternate-subject>192.0.2.7</alternate-subject>
        <alternate-subject>ipv6 empty</alternate-subject>
    </alternate-subject-list>
    <distribution-crl-list>
        <distribution-crl>http://pki.example.org/a.crl?id=7</distribution-crl>
        <distribution-crl>ldap:///CN=Issuing, O=Example?certificateRevocationList?base</distribution-crl>
    </distribution-crl-list>
    <authority-information-access-ocsp-list>
        <authority-information-access-ocsp>http://pki.example.org:8090/ocsp/</authority-information-access-ocsp>
    </authority-information-access-ocsp-list>
    <key-usage-list>
        <key-usage>Key encipherment</key-usage>
        <key-usage>Digital signature</key-usage>
    </key-usage-list>
    <fingerprint>
        <fingerprint-content>0f:1e:2d:3c:4b</fingerprint-content>
        <fingerprint-hash-algorithm>sha1</fingerprint-hash-algorithm>
        <fingerprint-content>aa:bb:cc</fingerprint-content>
        <fingerprint-hash-algorithm>md5</fingerprint-hash-algorithm>
    </fingerprint>
    {_LAST}
</pkid-x509-certificate-information>
"""
# As the models from 23.1R1 on have it: a wrapper around each.
MODEL = f"""
<x509-certificate-info>
    <!-- the order means nothing -->
    {_LAST}
    <fingerprint>
        <fingerprint-content>0f:1e:2d:3c:4b</fingerprint-content>
        <fingerprint-hash-algorithm>sha1</fingerprint-hash-algorithm>
    </fingerprint>
    <fingerprint>
        <fingerprint-content>aa:bb:cc</fingerprint-content>
        <fingerprint-hash-algorithm>md5</fingerprint-hash-algorithm>
    </fingerprint>
    <alternate-subject-list><alternate-subject>"vpn@example.org"</alternate-subject></alternate-subject-list>
    <alternate-subject-list><alternate-subject>branch-7.example.org</alternate-subject></alternate-subject-list>
    <alternate-subject-list><alternate-subject>192.0.2.7</alternate-subject></alternate-subject-list>
    <key-usage-list><key-usage>Key encipherment</key-usage></key-usage-list>
    <key-usage-list><key-usage>Digital signature</key-usage></key-usage-list>
    <distribution-crl-list><distribution-crl>http://pki.example.org/a.crl?id=7</distribution-crl></distribution-crl-list>
    <distribution-crl-list>
        <distribution-crl>ldap:///CN=Issuing, O=Example?certificateRevocationList?base</distribution-crl>
    </distribution-crl-list>
    <authority-information-access-ocsp-list>
        <authority-information-access-ocsp>http://pki.example.org:8090/ocsp/</authority-information-access-ocsp>
    </authority-information-access-ocsp-list>
    {_SHARED.replace("ISSUER", "issuer").replace("SUBJECT", "subject")}
</x509-certificate-info>
"""


def listed(*entries: str) -> str:
    return f"<x509-pki-certificate-info-list>{''.join(entries)}</x509-pki-certificate-info-list>"


def replied(*parts: str) -> str:
    return f"<rpc-reply>{''.join(parts)}<cli><banner/></cli></rpc-reply>"


def on_node(name: str, *entries: str) -> str:
    return f"<multi-routing-engine-item>{name}{listed(*entries)}</multi-routing-engine-item>"


# ---- from XML ----


@PARSERS
@pytest.mark.parametrize(
    ("reply", "certificates"),
    [
        (replied(listed(FIELD)), [BRANCH]),
        (replied(listed(MODEL)), [BRANCH]),
        (listed(MODEL, FIELD), [BRANCH, BRANCH]),
        (replied(f'<l xmlns="http://xml.juniper.net/junos/23.4R1/junos-pki">{MODEL}</l>'), [BRANCH]),
        (FIELD, [BRANCH]),
        (replied(listed()), []),
        (replied(), []),
        ("<rpc-reply/>", []),
        (listed("<x509-certificate-info/>"), [Certificate("", None, None)]),
        (
            listed("<x509-certificate-info><identifier> a&lt;b&amp;ü </identifier></x509-certificate-info>"),
            [Certificate("a<b&ü", None, None)],
        ),
        (
            replied(
                "<multi-routing-engine-results>",
                on_node("<re-name>node0</re-name>", FIELD),
                on_node("<re-name>node1</re-name>"),
                on_node("", MODEL, MODEL),
                "</multi-routing-engine-results>",
            ),
            [replace(BRANCH, node="node0"), BRANCH, BRANCH],
        ),
    ],
    ids=[
        *("field", "model", "both", "namespace", "entry alone", "empty store", "no store", "nothing"),
        *("empty entry", "escaped", "cluster"),
    ],
)
def test_reply(parse: Any, reply: str, certificates: list[Certificate]) -> None:
    assert certificates_from_reply(parse(reply)) == certificates


@PARSERS
def test_a_prefix_of_every_name(parse: Any) -> None:
    entry = "<p:x509-certificate-info><p:identifier>a</p:identifier></p:x509-certificate-info>"
    assert certificates_from_reply(parse(f'<r xmlns:p="urn:p">{entry}</r>')) == [Certificate("a", None, None)]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<ca-profile>corp</ca-profile>", {"identifier": "corp", "ca_profile": "corp"}),
        (
            "<identifier>a</identifier><ca-profile>corp</ca-profile><cert-chain>Issuer CA Certificate Missing"
            "</cert-chain><status>Valid</status>",
            {
                "identifier": "a",
                "ca_profile": "corp",
                "cert_chain": "Issuer CA Certificate Missing",
                "status": "Valid",
            },
        ),
        (
            "<public-key><public-key-algorithm>id-ecPublicKey</public-key-algorithm><public-key-length>many"
            "</public-key-length><public-key-location>Keypair generated locally</public-key-location></public-key>",
            {
                "identifier": "",
                "public_key_algorithm": "id-ecPublicKey",
                "key_location": "Keypair generated locally",
            },
        ),
        # The brief form.
        (
            "<issue-info><recipient>fw1</recipient><issued-by>C = US, O = A=B, CN = R13</issued-by></issue-info>",
            {"identifier": "", "issuer": "C=US, O=A=B, CN=R13", "raw": {"issue-info/recipient": "fw1"}},
        ),
        (
            "<issue-info><issued-by>C = US</issued-by></issue-info><issuer><distinguished-name><common-name>x"
            "</common-name></distinguished-name></issuer>",
            {"identifier": "", "issuer": "CN=x"},
        ),
        # Every attribute of a name, and one that nobody knows.
        (
            "<subject><distinguished-name><common-name>a</common-name><organization-name>b</organization-name>"
            "<organizational-unit-name>c</organizational-unit-name><country-name>d</country-name>"
            "<state-or-province-name>e</state-or-province-name><locality-name>f</locality-name>"
            "<domain-component>g</domain-component><email-address>h</email-address>"
            "<dn-serial-number>i</dn-serial-number><title>j</title><locality-name/></distinguished-name></subject>",
            {
                "identifier": "",
                "subject": "CN=a, O=b, OU=c, C=d, ST=e, L=f, DC=g, emailAddress=h, serialNumber=i, title=j",
            },
        ),
        ("<subject><distinguished-name><common-name/></distinguished-name></subject>", {"identifier": ""}),
        ("<identifier/><version/><status/><ca-profile/><cert-chain/><signature-algorithm/>", {"identifier": ""}),
        # What is empty tells nothing, what is empty and unknown is kept.
        (
            "<validity/><public-key/><key-usage-list/><serial-number-list/><fingerprint/><auto-re-enrollment/>"
            "<alternate-subject-list/><distribution-crl-list/><authority-information-access-ocsp-list/><subject/>"
            "<issuer-name/><issue-info/><unknown/>",
            {"identifier": "", "raw": {"unknown": ""}},
        ),
        # What nobody knows is kept, by its path.
        (
            "<certificate-type>X.509</certificate-type><certificate-policy-list><certificate-policy>1.2"
            "</certificate-policy><certificate-policy>1.3</certificate-policy></certificate-policy-list><new/>",
            {
                "identifier": "",
                "raw": {
                    "certificate-type": "X.509",
                    "certificate-policy-list/certificate-policy": ["1.2", "1.3"],
                    "new": "",
                },
            },
        ),
        # Dates that cannot be read are told, and the rest is there.
        (
            "<identifier>a</identifier><validity><not-before>05- 9-2017 06:40</not-before><not-after>soon</not-after>"
            "</validity><version>3</version>",
            {
                "identifier": "a",
                "version": "3",
                "problems": (
                    "not_before: '05- 9-2017 06:40' is not a date as Junos writes it, "
                    "for example '04- 3-2018 09:13 UTC'.",
                    "not_after: 'soon' is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'.",
                ),
            },
        ),
        (
            "<alternate-subject-list><alternate-subject/><alternate-subject>email empty</alternate-subject>"
            "<alternate-subject>empty.example.net</alternate-subject></alternate-subject-list>"
            "<key-usage-list><key-usage/></key-usage-list>",
            {"identifier": "", "alternate_subjects": ("empty.example.net",)},
        ),
        ("<fingerprint><fingerprint-content>aa</fingerprint-content></fingerprint>", {"identifier": ""}),
    ],
)
def test_entry(inside: str, expected: dict[str, Any]) -> None:
    (certificate,) = certificates_from_reply(
        ElementTree.fromstring(f"<x509-certificate-info>{inside}</x509-certificate-info>")
    )
    assert told(certificate) == expected


def test_a_bad_date_leaves_the_others_complete() -> None:
    bad = FIELD.replace("11-23-2018 17:05 UTC", "13-23-2018 17:05 UTC")
    first, second = certificates_from_reply(ElementTree.fromstring(listed(bad, MODEL)))
    problem = "not_after: '13-23-2018 17:05 UTC' is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'."
    assert first == replace(BRANCH, not_after=None, problems=(problem,))
    assert second == BRANCH


@PARSERS
@pytest.mark.parametrize(
    ("reply", "certificates"),
    [
        (f"<rpc-reply><output>\n{escape(DETAIL)}</output></rpc-reply>", [BRANCH]),
        ("<rpc-reply><output/><output> \n </output></rpc-reply>", []),
        (
            "<a><multi-routing-engine-item><re-name>node0</re-name>"
            f"<output>{escape(DETAIL)}</output></multi-routing-engine-item>"
            f"<multi-routing-engine-item><output>node1:\n---\n{escape(DETAIL)}</output></multi-routing-engine-item></a>",
            [replace(BRANCH, node="node0"), replace(BRANCH, node="node1")],
        ),
    ],
    ids=["alone", "empty", "cluster"],
)
def test_text_in_a_reply(parse: Any, reply: str, certificates: list[Certificate]) -> None:
    """The models of 17.4R1 to 22.4R1 leave it to the device."""
    assert certificates_from_reply(parse(reply)) == certificates
    assert certificates_from_saved(reply) == certificates


def test_text_in_a_reply_that_holds_no_certificate() -> None:
    with pytest.raises(ReplyError) as caught:
        certificates_from_reply(ElementTree.fromstring("<rpc-reply><output>error: denied</output></rpc-reply>"))
    assert str(caught.value) == NO_CERTIFICATE


def test_parts_by_node() -> None:
    item = "<multi-routing-engine-item><re-name>{}</re-name></multi-routing-engine-item>"
    cluster = ElementTree.fromstring(f"<a><b>{item.format('node0')}{item.format('')}</b></a>")
    assert [node for node, _part in by_node(cluster)] == ["node0", ""]
    alone = ElementTree.fromstring("<a/>")
    assert by_node(alone) == [("", alone)]


# ---- from text ----


@pytest.mark.parametrize("entry", [FIELD, MODEL], ids=["field", "model"])
def test_text_and_xml_give_the_same_records(entry: str) -> None:
    assert certificates_from_text(DETAIL) == [BRANCH]
    assert certificates_from_saved(DETAIL) == certificates_from_saved(replied(listed(entry)))


BRIEF = """LSYS: root-logical-system
Certificate identifier: shop-acme
  Issued to: shop.example.org, Issued by: C = DE, O = Example Trust, Inc., CN = E7
  Validity:
    Not before: 08- 1-2026 22:10 UTC
    Not after: 10-30-2026 22:10 UTC
  Public key algorithm: ecPublicKey(384 bits)
  Keypair Location: Keypair generated locally
Certificate identifier: old
  Issued to: , Issued by: CN = corp
  Validity:
    Not before: 09-13-2011 08:33
    Not after: 03- 3-2015 13:31 UTC
  Public key algorithm: rsaEncryption
"""
SHOP: dict[str, Any] = {
    "identifier": "shop-acme",
    "not_before": datetime(2026, 8, 1, 22, 10, tzinfo=UTC),
    "not_after": datetime(2026, 10, 30, 22, 10, tzinfo=UTC),
    "issuer": "C=DE, O=Example Trust, Inc., CN=E7",
    "logical_system": "root-logical-system",
    "public_key_algorithm": "ecPublicKey",
    "public_key_bits": 384,
    "key_location": "Keypair generated locally",
    "raw": {"issued to": "shop.example.org"},
}
OLD: dict[str, Any] = {
    "identifier": "old",
    "not_before": None,
    "not_after": datetime(2015, 3, 3, 13, 31, tzinfo=UTC),
    "issuer": "CN=corp",
    "logical_system": "root-logical-system",
    "public_key_algorithm": "rsaEncryption",
    "raw": {"issued to": ""},
    "problems": (
        "not_before: '09-13-2011 08:33' is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'.",
    ),
}
LONE = Certificate(**SHOP)
SECOND = replace(BRANCH, identifier="branch-8")
OTHER = DETAIL.replace("Certificate identifier: branch-7", "Certificate identifier: branch-8")
PROMPT = "admin@fw-7> show security pki local-certificate detail\n"


@pytest.mark.parametrize(
    ("text", "certificates"),
    [
        (BRIEF, [LONE, Certificate(**OLD)]),
        (DETAIL + OTHER, [BRANCH, SECOND]),
        (f"\n\n{DETAIL}\n \n\t\n{OTHER}\n\n", [BRANCH, SECOND]),
        (DETAIL.replace("\n", "\r\n"), [BRANCH]),
        (DETAIL.replace("\n", " \t \n"), [BRANCH]),
        (DETAIL.rstrip("\n"), [BRANCH]),
        (DETAIL.replace("    ", "\t\t").replace("  ", "\t"), [BRANCH]),
        (DETAIL.replace("    ", "\t"), [BRANCH]),
        (f"{PROMPT}{DETAIL}\nadmin@fw-7> ", [BRANCH]),
        (f"root@fw-7% cli -c 'show'\n{DETAIL}\nroot@fw-7% exit\n", [BRANCH]),
        # In configuration mode.
        (f"[edit]\nadmin@fw-7# run show\n{DETAIL}\n[edit]\nadmin@fw-7# ", [BRANCH]),
        (f"{{primary:node0}}[edit]\nadmin@fw-7# run show\n{DETAIL}\n{{primary:node0}}[edit]\nadmin@fw-7#", [BRANCH]),
        (f"{DETAIL}---(more)---\n{OTHER}Connection to fw-7 closed.\n", [BRANCH, SECOND]),
        # Two devices, or two commands, in one file.
        (f"{PROMPT}{DETAIL}\n{PROMPT}{OTHER}", [BRANCH, SECOND]),
        (
            f"{PROMPT}{BRIEF}\n{PROMPT}{DETAIL}",
            [LONE, Certificate(**OLD), BRANCH],
        ),
        (f"{PROMPT}node1:\n-----\n{DETAIL}\n{PROMPT}{OTHER}", [replace(BRANCH, node="node1"), SECOND]),
        # A chassis cluster.
        (
            f"{{primary:node0}}\n{PROMPT}node0:\n{'-' * 74}\n{DETAIL}\nnode1:\n{'-' * 74}\n{OTHER}\n"
            "{primary:node0}\nadmin@fw-7> ",
            [replace(BRANCH, node="node0"), replace(SECOND, node="node1")],
        ),
        (
            f"node0:\n---\nLSYS: shop\n{DETAIL}\nnode1:\n---\n{OTHER}",
            [replace(BRANCH, node="node0", logical_system="shop"), replace(SECOND, node="node1")],
        ),
        (f"node0:\n---\n\nnode1:\n---\n{DETAIL}", [replace(BRANCH, node="node1")]),
        (f"node0:  \n---  \nLSYS: shop \n{DETAIL}", [replace(BRANCH, node="node0", logical_system="shop")]),
        # Logical systems.
        (
            f"LSYS: root-logical-system\n{DETAIL}LSYS: shop\n{OTHER}",
            [replace(BRANCH, logical_system="root-logical-system"), replace(SECOND, logical_system="shop")],
        ),
        # The profile of a CA's certificate, in front of the identifier or alone.
        (f"CA profile: corp\n{DETAIL}", [replace(BRANCH, ca_profile="corp")]),
        (
            f"CA profile: corp\n{DETAIL}CA profile: lab\n{OTHER}",
            [replace(BRANCH, ca_profile="corp"), replace(SECOND, ca_profile="lab")],
        ),
        (
            DETAIL.replace("Certificate identifier: branch-7", "CA profile: corp") + OTHER,
            [replace(BRANCH, identifier="corp", ca_profile="corp"), SECOND],
        ),
        (f"LSYS: shop\nCA profile: corp\n{DETAIL}", [replace(BRANCH, ca_profile="corp", logical_system="shop")]),
        (
            DETAIL.replace("  Certificate version: 3\n", "  Certificate version: 3\n  CA profile: corp\n"),
            [replace(BRANCH, ca_profile="corp")],
        ),
        (
            DETAIL.replace("  Certificate version: 3\n", "  Certificate version: 3\n  LSYS: shop\n"),
            [replace(BRANCH, logical_system="shop")],
        ),
        # Pasted from somewhere: all of it is indented.
        ("".join(f"    {line}\n" for line in (DETAIL + OTHER).splitlines()), [BRANCH, SECOND]),
        (f"\ufeff{DETAIL}", [BRANCH]),
        # Nothing.
        ("", []),
        (" \r\n\t\n", []),
        ("admin@fw-7> show security pki local-certificate detail\n\nadmin@fw-7> ", []),
        ("[edit]\nadmin@fw-7# run show security pki local-certificate detail\n\n[edit]\nadmin@fw-7# ", []),
        ("{primary:node0}\nnode0:\n------\n\nnode1:\n------\n", []),
    ],
)
def test_text(text: str, certificates: list[Certificate]) -> None:
    assert certificates_from_text(text) == certificates
    assert certificates_from_saved(text) == certificates


BEGIN = "Certificate identifier: a\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("  Cert-Chain: Issuer CA Certificate Missing\n", {"cert_chain": "Issuer CA Certificate Missing"}),
        ("  Status: Valid\n", {"status": "Valid"}),
        # A status of its own, and the one of the timer.
        (
            "  Status: Valid\n  Auto-re-enrollment:\n    Status: Enabled\n    Next trigger time: 03- 8-2026 09:55 UTC\n"
            "  Signature algorithm: sha512\n",
            {
                "status": "Valid",
                "re_enrollment_status": "Enabled",
                "next_trigger": "03- 8-2026 09:55 UTC",
                "signature_algorithm": "sha512",
            },
        ),
        (
            "  Auto-re-enrollment:\n    Status: Enabled\n  Status: Valid\n",
            {"re_enrollment_status": "Enabled", "status": "Valid"},
        ),
        # What nobody knows, with what stands below it.
        (
            "  Certificate policy:\n    Policy identifier: 1.3.6.1\n    CPS: http://x\n  New: 1\n  New: 2\n  Empty:\n"
            "  Certificate version: 3\n",
            {
                "version": "3",
                "raw": {
                    "certificate policy": ["Policy identifier: 1.3.6.1", "CPS: http://x"],
                    "new": ["1", "2"],
                },
            },
        ),
        ("  Issuer:\n    Title: Dr., Common name: x\n", {"issuer": "title=Dr., CN=x"}),
        ("  Subject:\n    Serial number: 4711, Common name: x\n", {"subject": "serialNumber=4711, CN=x"}),
        ("  Subject:\n    Email address: a@b, Common name: x: y\n", {"subject": "emailAddress=a@b, CN=x: y"}),
        # A value may hold what looks like an attribute.
        (
            "  Subject:\n    Organization: Acme, Division: West, Common name: x\n",
            {"subject": "O=Acme, Division: West, CN=x"},
        ),
        (
            '  Subject:\n    Common name: <script>alert(1)</script>, Organization: "Q" ü, Country: us\n',
            {"subject": 'CN=<script>alert(1)</script>, O="Q" ü, C=us'},
        ),
        # Text of somebody else never begins a certificate or a section.
        (
            "  Subject:\n    Organizational unit: Certificate identifier: b, Common name: Validity:\n"
            "  Serial number: 0a\n",
            {"subject": "OU=Certificate identifier: b, CN=Validity:", "serial_number": "0a"},
        ),
        (
            "  Alternate subject: email empty, fqdn empty, 192.0.2.10\n",
            {"alternate_subjects": ("192.0.2.10",)},
        ),
        (
            "  Alternate subject: www.example.net,\n    DNS: b.example.net\n",
            {"alternate_subjects": ("www.example.net,", "DNS: b.example.net")},
        ),
        (
            "  Use for key:\n    CRL signing\n    Certificate signing\n",
            {"key_usage": ("CRL signing", "Certificate signing")},
        ),
        (
            "  Distribution CRL:\n    http://user@ca.example.net/crl%20list.crl\n",
            {"crl_urls": ("http://user@ca.example.net/crl%20list.crl",)},
        ),
        ("  Public key algorithm: dsa\n    30:81\n", {"public_key_algorithm": "dsa"}),
        (
            "  Comment:\n    Issued to: x, Issued by: y\n  Issued to: a, Issued by: b\n",
            {"issuer": "b", "raw": {"comment": "Issued to: x, Issued by: y", "issued to": "a"}},
        ),
        ("  Issued by: C = US, CN = R13\n", {"issuer": "C=US, CN=R13"}),
        ("  something odd\n  Certificate version: 3\n", {"version": "3"}),
        ("  Fingerprint:\n    AA:0b (sha256)\n", {"fingerprints": {"sha256": "AA:0b"}}),
        # Unknown words beside the known ones of a section change neither.
        (
            "  Auto-re-enrollment:\n    Status: Enabled\n    Next trigger time: Timer not started\n"
            "    Last error: none\n",
            {
                "re_enrollment_status": "Enabled",
                "next_trigger": "Timer not started",
                "raw": {"auto-re-enrollment/last error": "none"},
            },
        ),
        # Cut off.
        ("  Validity:\n    Not before: 05- 9-2017 06:40 UTC\n", {"not_before": BRANCH.not_before}),
        ("  Validity:\n    Not after:\n", {}),
        (
            "  Validity:\n    Not after: 11-23-20\n",
            {
                "problems": (
                    "not_after: '11-23-20' is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'.",
                )
            },
        ),
        ("  Issuer:\n", {}),
        ("", {}),
    ],
)
def test_lines(lines: str, expected: dict[str, Any]) -> None:
    (certificate,) = certificates_from_text(BEGIN + lines)
    assert told(certificate) == {"identifier": "a"} | expected


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("".join(f"{line.strip()}\n" for line in (DETAIL + OTHER).splitlines()), ["branch-7", "branch-8"]),
        ("Certificate identifier: a\nIssuer:\nCommon name: x\n", ["a"]),
        ("Certificate identifier: a\nValidity:\n", ["a"]),
        ("Certificate identifier: a\nCertificate version: 3\n", ["a"]),
    ],
)
def test_lines_that_have_lost_their_indent_are_told(text: str, identifiers: list[str]) -> None:
    problem = "the lines below it have lost their indent, and cannot be told apart."
    expected = [{"identifier": each, "problems": (problem,)} for each in identifiers]
    assert [told(each) for each in certificates_from_text(text)] == expected


def test_a_fingerprint_that_cannot_be_read_leaves_the_others_complete() -> None:
    odd = DETAIL.replace("aa:bb:cc (md5)", "not shown")
    (certificate,) = certificates_from_text(odd)
    assert certificate.fingerprints["sha1"] == BRANCH.fingerprints["sha1"]
    assert replace(certificate, fingerprints=BRANCH.fingerprints) == BRANCH


@pytest.mark.parametrize("length", range(1, len(DETAIL), 7))
def test_output_that_is_cut_off(length: int) -> None:
    """What was complete is there; what is not is missing or told, and the certificate in front is whole."""
    certificates = certificates_from_text(OTHER + DETAIL[:length])
    assert certificates[0] == SECOND or length < len("Certificate identifier:")
    if len(certificates) > 1:
        known = {"not_before": (None, BRANCH.not_before), "not_after": (None, BRANCH.not_after)}
        assert all(getattr(certificates[1], name) in dates for name, dates in known.items())


@pytest.mark.parametrize(
    "text",
    [
        "error: permission denied\n",
        "Certificate version: 3\n  Validity:\n",
        "node0:\n-----\nwarning: something\n",
        "admin@fw-7> show security pki\n                    ^\nsyntax error.\n",
    ],
)
def test_text_without_a_certificate(text: str) -> None:
    with pytest.raises(ReplyError) as caught:
        certificates_from_text(text)
    assert str(caught.value) == NO_CERTIFICATE


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ReplyError):
        assert [each for each in certificates_from_text(text) if not isinstance(each, Certificate)] == []


WORDS = st.text(st.sampled_from("aZ9 -.,:=\"'<>/ü"), min_size=1, max_size=12).map(str.strip).filter(bool)


@given(WORDS)
def test_any_common_name_alone_is_the_same_in_text_and_xml(name: str) -> None:
    reply = f"<subject><distinguished-name><common-name>{escape(name)}</common-name></distinguished-name></subject>"
    (from_xml,) = certificates_from_saved(listed(f"<x509-certificate-info>{reply}</x509-certificate-info>"))
    (from_text,) = certificates_from_saved(f"{BEGIN}  Subject:\n    Common name: {name}\n")
    assert (from_text.identifier, from_text.subject) == ("a", from_xml.subject)


# ---- saved output of either kind ----

NAMED = Certificate("a@b", None, None)


@pytest.mark.parametrize(
    ("text", "certificates"),
    [
        (replied(listed(FIELD)), [BRANCH]),
        (f"\n\n  {replied(listed(MODEL))}\n", [BRANCH]),
        (f"<?xml version='1.0' encoding='us-ascii'?>\n{replied(listed(FIELD))}", [BRANCH]),
        (replied(listed()), []),
        (f"\ufeff{replied(listed(FIELD))}", [BRANCH]),
        # Not indented, and on one line.
        ("\n".join(line.strip() for line in replied(listed(FIELD)).splitlines()), [BRANCH]),
        ("".join(line.strip() for line in replied(listed(MODEL)).splitlines()), [BRANCH]),
        (listed("<x509-certificate-info><identifier>a@b</identifier></x509-certificate-info>"), [NAMED]),
        # What a terminal shows around it.
        (f"admin@fw-7> show security pki local-certificate detail | display xml\n{replied(listed(FIELD))}", [BRANCH]),
        (f"{replied(listed(FIELD))}\n\n{{primary:node0}}\nadmin@fw-7> ", [BRANCH]),
        (f"[edit]\nadmin@fw-7# run show | display xml\n{replied(listed(FIELD))}\n\n[edit]\nadmin@fw-7# ", [BRANCH]),
    ],
)
def test_saved_xml(text: str, certificates: list[Certificate]) -> None:
    assert certificates_from_saved(text) == certificates


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<rpc-reply><x", "The text begins like XML and is none: unclosed token: line 1, column 11."),
        ("<a></b>", "The text begins like XML and is none: mismatched tag: line 1, column 5."),
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "The text begins like XML and has a document type, which no device writes.",
        ),
        ("hello", NO_CERTIFICATE),
        (
            "<rpc-reply><rpc-error/></rpc-reply>",
            "The XML holds no x509-pki-certificate-info-list: it is no answer to "
            "'show security pki local-certificate'.",
        ),
        ("<rpc-reply><output>error: denied</output></rpc-reply>", NO_CERTIFICATE),
    ],
)
def test_saved_junk(text: str, message: str) -> None:
    with pytest.raises(ReplyError) as caught:
        certificates_from_saved(text)
    assert str(caught.value) == message
