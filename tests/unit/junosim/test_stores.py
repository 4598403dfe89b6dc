# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's PKI holds besides certificates, and what is new of those: the replies, word for word."""

from __future__ import annotations

import pytest
from junosim.certificates import certificate, text_detail, xml_list
from junosim.faults import fault
from junosim.stores import crl, crls_xml, request, requests_xml, statistics_xml

VPN_01 = {
    "identifier": "vpn-01",
    "subject": "CN=local, OU=network, ST=california, emailAddress=a@example.net, serialNumber=7",
    "issuer": "CN=corp-ca",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
}


def shown(shape: str, **changes: object) -> str:
    return xml_list([certificate({**VPN_01, **changes})], "24.4R1", shape).replace("\n", "")


def test_a_distinguished_name_has_the_elements_of_the_models() -> None:
    assert (
        "<subject><distinguished-name><common-name>local</common-name>"
        "<organizational-unit-name>network</organizational-unit-name>"
        "<state-or-province-name>california</state-or-province-name>"
        "<email-address>a@example.net</email-address><dn-serial-number>7</dn-serial-number></distinguished-name></subject>"
    ) in shown("new")


def test_alternate_subjects_stand_in_one_list() -> None:
    names = ["a@example.net", "fw.example.net"]
    assert (
        '<alternate-subject-list><alternate-subject>"a@example.net"</alternate-subject>'
        "<alternate-subject>fw.example.net</alternate-subject></alternate-subject-list><validity>"
    ) in shown("new", alternate_subjects=names)
    text = text_detail([certificate({**VPN_01, "alternate_subjects": names})])
    assert '  Alternate subject: "a@example.net", fw.example.net\n' in text
    assert "alternate" not in shown("new")


@pytest.mark.parametrize(
    ("shape", "changes", "told"),
    [
        ("new", {}, "Disabled, Timer not started"),
        ("new", {"trigger": "soon"}, "Enabled, soon"),
        ("new", {"status": "Waiting"}, "Waiting, Timer not started"),
        ("old", {"trigger": "soon"}, "Enabled, soon"),
        ("old", {}, ""),
        ("new", {"ca": True, "trigger": "soon"}, ""),
    ],
)
def test_what_a_device_says_of_its_timer(shape: str, changes: dict[str, object], told: str) -> None:
    status, _comma, trigger = told.partition(", ")
    expected = (
        f"<auto-re-enrollment><auto-re-enrollment-status>{status}</auto-re-enrollment-status>"
        f"<auto-re-enrollment-next-trigger-time>{trigger}</auto-re-enrollment-next-trigger-time></auto-re-enrollment>"
    )
    text = shown(shape, **changes)
    start = text.find("<auto-re-enrollment>")
    found = text[start : text.find("</auto-re-enrollment>") + 21] if start >= 0 else ""
    assert found == (expected if told else "")


def test_the_ca_profile_is_told_in_the_new_elements_only() -> None:
    told = ["<ca-profile>corp-ca</ca-profile>" in shown(shape, ca_profile="corp-ca") for shape in ("new", "old")]
    assert told == [True, False]


def test_a_request_has_no_dates() -> None:
    assert requests_xml([request({"identifier": "vpn-09", "subject": "CN=a", "key_bits": 4096})]).replace("\n", "") == (
        "<x509-pki-certificate-info-list><x509-certificate-info><identifier>vpn-09</identifier><subject>"
        "<distinguished-name><common-name>a</common-name></distinguished-name></subject><public-key>"
        "<public-key-algorithm>rsaEncryption</public-key-algorithm><public-key-length>4096</public-key-length>"
        "</public-key></x509-certificate-info></x509-pki-certificate-info-list>"
    )


def test_a_crl_lists_what_it_revokes() -> None:
    row = {"identifier": "corp-ca", "issuer": "CN=a & b", "effective": "now", "revoked": [["0a", "then"]]}
    assert crls_xml([crl(row)]).replace("\n", "") == (
        "<x509-pkid-crl-information-list><pkid-x509-crl-information><identifier>corp-ca</identifier>"
        "<crl-version>2</crl-version><crl-number>1</crl-number><crl-issuer>CN=a &amp; b</crl-issuer><crl-validity>"
        "<effective-date>now</effective-date><next-update></next-update></crl-validity><crl-revocation-list>"
        "<revoked-cert-serial-number>0a</revoked-cert-serial-number><crl-revocation-date>then</crl-revocation-date>"
        "</crl-revocation-list></pkid-x509-crl-information></x509-pkid-crl-information-list>"
    )


def test_statistics_are_names_and_values_in_turn() -> None:
    assert statistics_xml({"a": 1, "b": 2}).replace("\n", "") == (
        "<pki-statistics><statistics-name>a</statistics-name><statistics-value>1</statistics-value>"
        "<statistics-name>b</statistics-name><statistics-value>2</statistics-value></pki-statistics>"
    )


def test_a_scripted_answer_is_taken_as_it_is() -> None:
    assert fault({"at": "get-pki-crl", "do": "answer", "body": "<odd>"}).body == "<odd>"


def test_a_row_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        crl({"identifier": "corp-ca", "issuer": "CN=a", "numbr": "1"})
    assert str(caught.value) == "Crl.__init__() got an unexpected keyword argument 'numbr'"
