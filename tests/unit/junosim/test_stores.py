# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's PKI holds besides certificates, and what is new of those: the replies, word for word."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from junosim import client
from junosim.certificates import certificate, text_detail, xml_list
from junosim.clock import Clock
from junosim.control import answer
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
    assert '  Alternate subject: "a@example.net", fw.example.net, ipv4 empty, ipv6 empty\n' in text
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
        "<effective-date>now</effective-date></crl-validity><crl-revocation-list>"
        "<revoked-cert-serial-number>0a</revoked-cert-serial-number><crl-revocation-date>then</crl-revocation-date>"
        "</crl-revocation-list></pkid-x509-crl-information></x509-pkid-crl-information-list>"
    )


def test_statistics_are_names_and_values_in_turn() -> None:
    assert statistics_xml({"a": 1, "b": 2}).replace("\n", "") == (
        "<pki-statistics><statistics-name>a</statistics-name><statistics-value>1</statistics-value>"
        "<statistics-name>b</statistics-name><statistics-value>2</statistics-value></pki-statistics>"
    )


@pytest.mark.parametrize(
    ("kind", "row", "message"),
    [
        (
            request,
            {"identifier": "vpn-09", "subject": "CN=a", "bits": 1},
            "request vpn-09: unknown keys ['bits']; known are ['identifier', 'key_algorithm', 'key_bits', 'subject']",
        ),
        (request, {"subject": "CN=a"}, "request: identifier is missing"),
        (
            request,
            {"identifier": "vpn-09", "subject": "CN=a, X=b"},
            "name 'CN=a, X=b': 'X' is none of C, ST, L, O, OU, CN, DC, emailAddress, E, serialNumber",
        ),
        (crl, {"identifier": "corp-ca", "issuer": "CN=a", "number": 7}, "crl corp-ca: number is no text: 7"),
        (crl, {"identifier": "corp-ca", "issuer": "CN=a", "revoked": "0a"}, "crl corp-ca: revoked is no list"),
        (
            crl,
            {"identifier": "corp-ca", "issuer": "CN=a", "revoked": [["0a"]]},
            "crl corp-ca: revoked holds pairs of serial number and date",
        ),
        (certificate, {"identifier": "a"}, "certificate a: issuer, not_after, not_before, subject is missing"),
        (certificate, {**VPN_01, "crl_urls": "http://a"}, "certificate vpn-01: crl_urls is no list"),
        (certificate, {**VPN_01, "serial": "0x1"}, "certificate vpn-01: serial '0x1' is not hexadecimal"),
        (certificate, {**VPN_01, "issuer": "corp-ca"}, "name 'corp-ca': 'corp-ca' is none of C, ST, L, O, OU, CN, DC, "
         "emailAddress, E, serialNumber"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named(kind: Callable[..., object], row: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is compared
        kind(row)
    assert str(caught.value) == message


def test_the_old_elements_of_requests_and_crls() -> None:
    assert requests_xml([request({"identifier": "vpn-09", "subject": "CN=a"})], new=False).replace("\n", "") == (
        "<x509-pki-certificate-info-list><pkid-x509-certificate-information><identifier>vpn-09</identifier>"
        "<subject-name><distinguished-name><common-name>a</common-name></distinguished-name></subject-name><public-key>"
        "<public-key-algorithm>rsaEncryption</public-key-algorithm><public-key-length>2048</public-key-length>"
        "</public-key></pkid-x509-certificate-information></x509-pki-certificate-info-list>"
    )
    row = {"identifier": "corp-ca", "issuer": "CN=a", "next_update": "soon", "last_download": "now"}
    validity = "<crl-validity><next-update>soon</next-update>{}</crl-validity>"
    for new, download in ((True, "<last-download>now</last-download>"), (False, "")):
        assert validity.format(download) in crls_xml([crl(row)], new=new).replace("\n", "")


STORES: dict[str, Any] = {
    "certificate_requests": tuple(request({"identifier": name, "subject": "CN=a"}) for name in ("vpn-08", "vpn-09")),
    "crls": tuple(crl({"identifier": name, "issuer": "CN=a"}) for name in ("corp-ca", "acme-ca")),
    "statistics": {"enrolled": 3},
}


@pytest.mark.parametrize(
    ("body", "top", "leaf", "texts"),
    [
        ("<get-pki-certificate-request/>", "x509-pki-certificate-info-list", "identifier", ["vpn-08", "vpn-09"]),
        (
            "<get-pki-certificate-request><certificate-id>vpn-09</certificate-id></get-pki-certificate-request>",
            "x509-pki-certificate-info-list",
            "identifier",
            ["vpn-09"],
        ),
        (
            "<get-pki-crl><detail/></get-pki-crl>",
            "x509-pkid-crl-information-list",
            "identifier",
            ["corp-ca", "acme-ca"],
        ),
        (
            "<get-pki-crl><ca-profile>acme-ca</ca-profile></get-pki-crl>",
            "x509-pkid-crl-information-list",
            "identifier",
            ["acme-ca"],
        ),
        ("<get-pki-crl><ca-profile>no</ca-profile></get-pki-crl>", "x509-pkid-crl-information-list", "identifier", []),
        ("<get-pki-statistics/>", "pki-statistics", "statistics-value", ["3"]),
    ],
)
def test_the_requests_for_the_stores(sim: Callable[..., Any], body: str, top: str, leaf: str, texts: list[str]) -> None:
    [answered] = sim(**STORES).talk().ask(body)
    assert (answered.tag, [item.text for item in answered.iter(leaf)]) == (top, texts)
    items = sim(cluster=True, **STORES).talk().ask(body).findall("multi-routing-engine-results/*")
    assert [(item.findtext("re-name"), item[1].tag) for item in items] == [("node0", top), ("node1", top)]
    assert [[found.text for found in item.iter(leaf)] for item in items] == [texts, texts]


@pytest.mark.parametrize("release", ["22.4R3", "23.1R1"])
def test_the_shape_of_a_request_is_the_release_s(sim: Callable[..., Any], release: str) -> None:
    [answered] = sim(release=release, **STORES).talk().ask("<get-pki-certificate-request/>")
    old, new = "pkid-x509-certificate-information", "x509-certificate-info"
    assert {entry.tag for entry in answered} == {new if release == "23.1R1" else old}


@pytest.mark.parametrize(("release", "told"), [("22.4R3", None), ("23.1R1", "now")])
def test_the_last_download_is_told_by_the_releases_that_have_it(
    sim: Callable[..., Any], release: str, told: str | None
) -> None:
    store = (crl({"identifier": "corp-ca", "issuer": "CN=a", "effective": "then", "last_download": "now"}),)
    [answered] = sim(release=release, crls=store).talk().ask("<get-pki-crl/>")
    assert answered.findtext("*/crl-validity/last-download") == told


def test_empty_stores_are_empty_elements(sim: Callable[..., Any]) -> None:
    talk = sim().talk()
    for name, top in (
        ("get-pki-certificate-request", "x509-pki-certificate-info-list"),
        ("get-pki-crl", "x509-pkid-crl-information-list"),
        ("get-pki-statistics", "pki-statistics"),
    ):
        [answered] = talk.ask(f"<{name}/>")
        assert (answered.tag, len(answered)) == (top, 0)


def test_statistics_came_with_21_4(sim: Callable[..., Any]) -> None:
    unknown = sim(release="21.3R3").talk().send("<no-such-rpc/>").replace(b"no-such-rpc", b"get-pki-statistics")
    assert sim(release="21.3R3", **STORES).talk().send("<get-pki-statistics/>") == unknown
    assert sim(release="21.4R1", **STORES).talk().problems("<get-pki-statistics/>") == []


def test_as_text_they_are_not_simulated(sim: Callable[..., Any]) -> None:
    for name in ("get-pki-crl", "get-pki-statistics"):
        assert sim().talk().problems(f'<{name} format="text"/>') == [("error", "format text is not simulated")]


def test_a_test_changes_the_stores(sim: Callable[..., Any]) -> None:
    device = sim(**STORES)

    class Fleet:
        """The control channel without a socket."""

        def ask(self, request: dict[str, Any]) -> Any:
            reply = asyncio.run(answer({"srx1": device.device}, Clock(), json.dumps(request).encode()))
            assert "error" not in reply
            return reply["ok"]

    row = {"address": "127.0.0.1", "port": 830, "user": "a", "password": "b", "release": "22.4R3"}
    seen = client.Device(cast(client.Fleet, Fleet()), "srx1", row)
    seen.set_certificate_requests([{"identifier": "new-01", "subject": "CN=b"}])
    seen.set_crls([{"identifier": "new-ca", "issuer": "CN=b"}])
    seen.set_statistics({"enrolled": 4})
    talk = device.talk()
    for name, leaf, text in (
        ("get-pki-certificate-request", "identifier", "new-01"),
        ("get-pki-crl", "identifier", "new-ca"),
        ("get-pki-statistics", "statistics-value", "4"),
    ):
        assert [item.text for item in talk.ask(f"<{name}/>").iter(leaf)] == [text]
    wrong = b'{"device": "srx1", "do": "crls", "rows": [{"identifier": "new-ca"}]}'
    assert asyncio.run(answer({"srx1": device.device}, Clock(), wrong)) == {
        "error": "ValueError: crl new-ca: issuer is missing"
    }
