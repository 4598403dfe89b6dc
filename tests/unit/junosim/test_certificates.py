# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates in full: every element in its order, in both shapes and as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from junosim import madeup, names
from junosim.certificates import certificate, text_detail, xml_list

FULL = {
    "identifier": "vpn-01",
    "subject": "DC=example, CN=local, OU=network, OU=west, E=a@example.net, O=a & b, L=sunnyvale, ST=california, C=us",
    "issuer": "CN=corp-ca, serialNumber=7",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-12T09:55:00Z",
    "key_bits": 512,
    "signature_algorithm": "sha384WithRSAEncryption",
    "alternate_subjects": ["fw.example.net", "vpn@example.net"],
    "crl_urls": ["http://crl.example.net/?a&b", "ldap:///CN=a?certificateRevocationList?"],
    "ocsp_urls": ["http://ocsp.example.net"],
    "key_usage": ["Key encipherment", "Digital signature"],
    "cert_chain": "corp-ca",
    "key_location": "Keypair generated locally",
    "ca_profile": "corp-ca",
}
BARE = {key: FULL[key] for key in ("identifier", "subject", "issuer", "not_before", "not_after", "key_bits")}
ISSUER = (
    "<distinguished-name><common-name>corp-ca</common-name><dn-serial-number>7</dn-serial-number></distinguished-name>"
)
SUBJECT = (
    "<distinguished-name><domain-component>example</domain-component><common-name>local</common-name>"
    "<organizational-unit-name>network</organizational-unit-name>"
    "<organizational-unit-name>west</organizational-unit-name><email-address>a@example.net</email-address>"
    "<organization-name>a &amp; b</organization-name><locality-name>sunnyvale</locality-name>"
    "<state-or-province-name>california</state-or-province-name><country-name>us</country-name></distinguished-name>"
)
STRING = (
    "<subject-string-list><subject-string>DC=example, CN=local, OU=network, OU=west, E=a@example.net, O=a &amp; b, "
    "L=sunnyvale, ST=california, C=us</subject-string></subject-string-list>"
)
ALTERNATE = (
    "<alternate-subject-list><alternate-subject>fw.example.net</alternate-subject>"
    '<alternate-subject>"vpn@example.net"</alternate-subject></alternate-subject-list>'
)
VALIDITY = (
    "<validity><not-before>01- 2-2026 09:55 UTC</not-before><not-after>04-12-2026 09:55 UTC</not-after></validity>"
    "<public-key><public-key-algorithm>rsaEncryption</public-key-algorithm><public-key-length>512</public-key-length>"
)
LOCATION = "<public-key-location>Keypair generated locally</public-key-location>"
KEY = (
    "</public-key><public-key-contents-list><key-contents>30:48:02:41:00:ce:d1:23:da:5e:09:b1|"
    "5c:eb:eb:68:05:6b:36:c9:a2:3c:7a:55|23:aa:78:64:b0:1d:aa:fa:21:74:84:0a|3a:73:4e:81:51:12:87:09:92:e2:1f:6f|"
    "12:9d:3f:d3:95:4a:20:55:c5:40:2b:81|80:a1:7b:5e:cb:da:0b:22:83:02:03:01|00:01</key-contents>"
    "</public-key-contents-list>"
)
USES = (
    "<distribution-crl-list><distribution-crl>http://crl.example.net/?a&amp;b</distribution-crl>"
    "<distribution-crl>ldap:///CN=a?certificateRevocationList?</distribution-crl></distribution-crl-list>"
    "<authority-information-access-ocsp-list><authority-information-access-ocsp>http://ocsp.example.net"
    "</authority-information-access-ocsp></authority-information-access-ocsp-list><key-usage-list>"
    "<key-usage>Key encipherment</key-usage><key-usage>Digital signature</key-usage></key-usage-list>"
)
FINGERPRINT = (
    "<fingerprint><fingerprint-content>44:1d:66:f2:1a:52:85:3c:fb:0c:72:a8:7d:49:76:db:f6:cf:0b:f5"
    "</fingerprint-content><fingerprint-hash-algorithm>sha1</fingerprint-hash-algorithm><fingerprint-content>"
    "b8:a8:7b:9f:63:43:f5:5c:a5:e4:43:ba:09:e8:35:4d</fingerprint-content><fingerprint-hash-algorithm>md5"
    "</fingerprint-hash-algorithm></fingerprint>"
)
RENEWAL = (
    "<auto-re-enrollment><auto-re-enrollment-status>Disabled</auto-re-enrollment-status>"
    "<auto-re-enrollment-next-trigger-time>Timer not started</auto-re-enrollment-next-trigger-time>"
    "</auto-re-enrollment>"
)
NEW = (
    "<x509-pki-certificate-info-list><x509-certificate-info><identifier>vpn-01</identifier>{profile}"
    "<version>3</version><serial-number-list><serial-number-x509>00043da0</serial-number-x509>"
    f"<serial-number-dec-x509>277920</serial-number-dec-x509></serial-number-list><issuer>{ISSUER}</issuer>"
    f"<subject>{SUBJECT}</subject>{{chain}}{STRING}{{alternate}}{VALIDITY}{{location}}{KEY}<signature-algorithm>"
    f"{{algorithm}}WithRSAEncryption</signature-algorithm>{{uses}}{FINGERPRINT}{RENEWAL}</x509-certificate-info>"
    "</x509-pki-certificate-info-list>"
)
OLD = (
    "<x509-pki-certificate-info-list><pkid-x509-certificate-information><identifier>vpn-01</identifier>"
    "<version>3</version><serial-number-list><serial-number-x509>00043da0</serial-number-x509></serial-number-list>"
    f"<issuer-name>{ISSUER}</issuer-name><subject-name>{SUBJECT}</subject-name>{STRING}{{alternate}}{VALIDITY}{KEY}"
    f"<signature-algorithm>{{algorithm}}WithRSAEncryption</signature-algorithm>{{uses}}{FINGERPRINT}"
    "</pkid-x509-certificate-information></x509-pki-certificate-info-list>"
)
GIVEN = {
    "profile": "<ca-profile>corp-ca</ca-profile>",
    "chain": "<cert-chain>corp-ca</cert-chain>",
    "location": LOCATION,
    "alternate": ALTERNATE,
    "uses": USES,
    "algorithm": "sha384",
}
NOTHING = {**dict.fromkeys(GIVEN, ""), "algorithm": "sha256"}


def shown(row: dict[str, Any], release: str, shape: str | None = None) -> str:
    text = xml_list([certificate(row)], release, shape)
    # The lines of a key stay apart.
    return "".join(line if line.endswith(">") else line + "|" for line in text.splitlines())


@pytest.mark.parametrize(("row", "given"), [(FULL, GIVEN), (BARE, NOTHING)])
def test_all_that_is_given_and_nothing_else(row: dict[str, Any], given: dict[str, str]) -> None:
    assert shown(row, "23.1R1") == NEW.format(**given)
    assert shown(row, "22.4R3") == OLD.format(**given)
    assert shown(row, "24.4R1", "old") == OLD.format(**given)


TEXT = """\
Certificate identifier: vpn-01
  Certificate version: 3
  Serial number: 00043da0
  Issuer:
    Common name: corp-ca, Serial number: 7
  Subject:
    Domain component: example, Common name: local, Organizational unit: network, Organizational unit: west, \
Email address: a@example.net, Organization: a & b, Locality: sunnyvale, State: california, Country: us
  Subject string:
    DC=example, CN=local, OU=network, OU=west, E=a@example.net, O=a & b, L=sunnyvale, ST=california, C=us
{alternate}{chain}\
  Validity:
    Not before: 01- 2-2026 09:55 UTC
    Not after: 04-12-2026 09:55 UTC
  Public key algorithm: rsaEncryption(512 bits)
    30:48:02:41:00:ce:d1:23:da:5e:09:b1:5c:eb:eb:68:05:6b:36:c9
    a2:3c:7a:55:23:aa:78:64:b0:1d:aa:fa:21:74:84:0a:3a:73:4e:81
    51:12:87:09:92:e2:1f:6f:12:9d:3f:d3:95:4a:20:55:c5:40:2b:81
    80:a1:7b:5e:cb:da:0b:22:83:02:03:01:00:01
{location}\
  Signature algorithm: {algorithm}WithRSAEncryption
{uses}\
  Fingerprint:
    44:1d:66:f2:1a:52:85:3c:fb:0c:72:a8:7d:49:76:db:f6:cf:0b:f5 (sha1)
    b8:a8:7b:9f:63:43:f5:5c:a5:e4:43:ba:09:e8:35:4d (md5)
  Auto-re-enrollment:
    Status: Disabled
    Next trigger time: Timer not started
"""
TEXT_GIVEN = {
    "alternate": '  Alternate subject: "vpn@example.net", fw.example.net, ipv4 empty, ipv6 empty\n',
    "chain": "  Cert-Chain: corp-ca\n",
    "location": "  Keypair Location: Keypair generated locally\n",
    "uses": (
        "  Distribution CRL:\n    http://crl.example.net/?a&b\n    ldap:///CN=a?certificateRevocationList?\n"
        "  Authority Information Access OCSP:\n    http://ocsp.example.net\n"
        "  Use for key: Key encipherment, Digital signature\n"
    ),
    "algorithm": "sha384",
}
TEXT_NOTHING = {**dict.fromkeys(TEXT_GIVEN, ""), "algorithm": "sha256"}


@pytest.mark.parametrize(
    ("row", "release", "given"),
    [
        (FULL, "25.4R1", TEXT_GIVEN),
        (FULL, "22.4R3", {**TEXT_GIVEN, "chain": "", "location": ""}),
        (BARE, "25.4R1", TEXT_NOTHING),
    ],
)
def test_text(sim: Callable[..., Any], row: dict[str, Any], release: str, given: dict[str, str]) -> None:
    talk = sim(release=release, certificates=(certificate(row),)).talk()
    for body in (
        '<get-pki-local-certificate format="text"><detail/></get-pki-local-certificate>',
        '<command format="text">show security pki local-certificate detail</command>',
    ):
        assert talk.ask(body).findtext("output") == "\n" + TEXT.format(**given)


def test_the_text_of_a_ca_certificate() -> None:
    text = text_detail([certificate({**BARE, "ca": True, "trigger": "soon"})])
    assert text == TEXT.format(**TEXT_NOTHING).partition("  Auto-re-enrollment:")[0]


def test_text_on_a_cluster(sim: Callable[..., Any]) -> None:
    """Each node says what it holds, under its name."""
    both, one = certificate(BARE), certificate({**BARE, "identifier": "vpn-02", "nodes": ["node1"]})
    talk = sim(cluster=True, certificates=(both, one)).talk()
    reply = talk.ask('<command format="text">show security pki local-certificate detail</command>')
    rule = "-" * 74
    assert reply.findtext("output") == (
        f"\nnode0:\n{rule}\n{text_detail([both])}\nnode1:\n{rule}\n{text_detail([both, one])}\n"
    )


def test_a_node_answers_with_what_it_holds(sim: Callable[..., Any]) -> None:
    store = (certificate(BARE), certificate({**BARE, "identifier": "vpn-02", "nodes": ["node1"]}))
    items = (
        sim(cluster=True, certificates=store)
        .talk()
        .ask("<get-pki-local-certificate/>")
        .iter("multi-routing-engine-item")
    )
    held = {item.findtext("re-name"): [found.text for found in item.iter("identifier")] for item in items}
    assert held == {"node0": ["vpn-01"], "node1": ["vpn-01", "vpn-02"]}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (["192.0.2.1"], "email empty, fqdn empty, 192.0.2.1, ipv6 empty"),
        (["b.example.net", "2001:db8::1", "a.example.net"],
         "email empty, b.example.net, a.example.net, ipv4 empty, 2001:db8::1"),
        (["2001:db8::1", "192.0.2.1", "a.example.net", "a@example.net"],
         '"a@example.net", a.example.net, 192.0.2.1, 2001:db8::1'),
    ],
)  # fmt: skip
def test_alternate_names_stand_by_kind(given: list[str], line: str) -> None:
    assert names.alternate_line(given) == line


@pytest.mark.parametrize(
    ("bits", "head", "size"),
    [
        (512, "30:48:02:41:00", 74),
        (1024, "30:81:89:02:81:81:00", 140),
        (2048, "30:82:01:0a:02:82:01:01:00", 270),
        (4096, "30:82:02:0a:02:82:02:01:00", 526),
    ],
)
def test_a_made_up_key_has_the_form_of_a_real_one(bits: int, head: str, size: int) -> None:
    key = madeup.public_key(b"vpn-01 0a", bits)
    assert (key.hex(":")[: len(head)], len(key), key[-5:].hex(":")) == (head, size, "02:03:01:00:01")
    number = int.from_bytes(key[-5 - bits // 8 : -5], "big")
    assert (number.bit_length(), number % 2) == (bits, 1)


def test_what_is_made_up_follows_name_and_serial_number() -> None:
    rows = [BARE, dict(BARE), {**BARE, "serial": "0b"}, {**BARE, "identifier": "vpn-02"}]
    told = [shown(row, "23.1R1").partition("<public-key-contents-list>")[2] for row in rows]
    assert told[0] == told[1]
    assert len(set(told)) == 3
