# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._certificates import Certificate
from ansible_collections.netpki.junos.plugins.module_utils._errors import ReplyError
from ansible_collections.netpki.junos.plugins.module_utils._show import STORES, Shown
from lxml import etree

PARSERS = pytest.mark.parametrize("parse", [ElementTree.fromstring, etree.fromstring], ids=["xml.etree", "lxml"])


# requests


@pytest.mark.parametrize(
    ("store", "only", "request_xml"),
    [
        ("local_certificates", (), "<get-pki-local-certificate><detail/></get-pki-local-certificate>"),
        (
            "local_certificates",
            ["vpn-01"],
            "<get-pki-local-certificate><certificate-id>vpn-01</certificate-id><detail/></get-pki-local-certificate>",
        ),
        # It cannot name several: all are read.
        ("local_certificates", ["a", "b"], "<get-pki-local-certificate><detail/></get-pki-local-certificate>"),
        (
            "local_certificates",
            {"<a>&</b>"},
            "<get-pki-local-certificate><certificate-id>&lt;a&gt;&amp;&lt;/b&gt;</certificate-id><detail/>"
            "</get-pki-local-certificate>",
        ),
        ("ca_certificates", (), "<get-pki-ca-certificate><detail/></get-pki-ca-certificate>"),
        (
            "ca_certificates",
            ("corp-ca",),
            "<get-pki-ca-certificate><ca-profile>corp-ca</ca-profile><detail/></get-pki-ca-certificate>",
        ),
        ("certificate_requests", (), "<get-pki-certificate-request></get-pki-certificate-request>"),
        (
            "certificate_requests",
            ["vpn-01"],
            "<get-pki-certificate-request><certificate-id>vpn-01</certificate-id></get-pki-certificate-request>",
        ),
        ("crls", [], "<get-pki-crl></get-pki-crl>"),
        ("crls", ["corp-ca"], "<get-pki-crl><ca-profile>corp-ca</ca-profile></get-pki-crl>"),
        ("statistics", (), "<get-pki-statistics></get-pki-statistics>"),
        # Nothing of it can be selected.
        ("statistics", ["x"], "<get-pki-statistics></get-pki-statistics>"),
    ],
)
def test_request(store: str, only: Collection[str], request_xml: str) -> None:
    assert STORES[store].xml(only) == request_xml


@pytest.mark.parametrize("name", ["vpn-01", "a]]>b", "'\"", "<x a='1'/>", "ü &amp;"])
def test_a_name_stays_a_name(name: str) -> None:
    selected = ElementTree.fromstring(STORES["local_certificates"].xml([name])).find("certificate-id")
    assert selected is not None
    assert selected.text == name


def test_stores() -> None:
    assert [(name, store.doing, store.key, store.since) for name, store in STORES.items()] == [
        ("local_certificates", "reading the local certificates", "certificate_id", ""),
        ("ca_certificates", "reading the CA certificates", "ca_profile", ""),
        ("certificate_requests", "reading the certificate requests", "certificate_id", ""),
        ("crls", "reading the CRLs", "ca_profile", ""),
        ("statistics", "reading the PKI statistics", "", "21.4R1"),
    ]


# records


def cluster(**nodes: str) -> str:
    items = (
        f"<multi-routing-engine-item><re-name>{name}</re-name>{inside}</multi-routing-engine-item>"
        for name, inside in nodes.items()
    )
    return f"<rpc-reply><multi-routing-engine-results>{''.join(items)}</multi-routing-engine-results></rpc-reply>"


def entry(inside: str) -> str:
    return (
        "<x509-pki-certificate-info-list><x509-certificate-info>"
        f"{inside}</x509-certificate-info></x509-pki-certificate-info-list>"
    )


@PARSERS
@pytest.mark.parametrize(
    ("store", "inside", "key", "expected"),
    [
        (
            "local_certificates",
            "<identifier>vpn-01</identifier><ca-profile>corp</ca-profile><version>3</version>",
            "certificate_id",
            Certificate("vpn-01", None, None, ca_profile="corp", version="3"),
        ),
        ("certificate_requests", "<identifier>new</identifier>", "certificate_id", Certificate("new", None, None)),
        # The name of the profile is the identifier, unless the device tells it.
        ("ca_certificates", "<identifier>corp</identifier>", "ca_profile", Certificate("corp", None, None)),
        (
            "ca_certificates",
            "<identifier>corp-1</identifier><ca-profile>corp</ca-profile>",
            "ca_profile",
            Certificate("corp", None, None, ca_profile="corp"),
        ),
    ],
)
def test_certificates(parse: Any, store: str, inside: str, key: str, expected: Certificate) -> None:
    shown = STORES[store].read(parse(f"<rpc-reply>{entry(inside)}</rpc-reply>"))
    assert shown == Shown([expected.result(key)], ())


@pytest.mark.parametrize("store", STORES)
def test_nodes_that_hold_nothing_are_told(store: str) -> None:
    assert STORES[store].read(ElementTree.fromstring(cluster(node0="<ok/>", node1=""))) == Shown([], ("node0", "node1"))
    assert STORES[store].read(ElementTree.fromstring("<rpc-reply/>")) == Shown([], ())


@pytest.mark.parametrize("store", STORES)
def test_something_else_than_the_store_is_no_empty_store(store: str) -> None:
    for reply in ("<rpc-reply><pki-new-list/><b/><cli/></rpc-reply>", cluster(node0="<pki-new-list/><b/>", node1="")):
        with pytest.raises(ReplyError) as caught:
            STORES[store].read(ElementTree.fromstring(reply))
        assert str(caught.value) == f"it holds pki-new-list, b, and no {STORES[store].holders[0]}."


CRL = """
<pkid-x509-crl-information>
    <identifier>corp-ca</identifier>
    <crl-version>2</crl-version>
    <crl-number>0400</crl-number>
    <crl-issuer>CN=corp-ca</crl-issuer>
    <crl-validity>
        <effective-date>05- 9-2017 06:40</effective-date>
        <next-update>06- 9-2017 06:40</next-update>
        <last-download>whenever</last-download>
    </crl-validity>
    {}
    <crl-kind>delta</crl-kind>
    <crl-validity-note/>
</pkid-x509-crl-information>
"""
FLAT = (
    "<crl-revocation-list>"
    "<revoked-cert-serial-number>01</revoked-cert-serial-number><crl-revocation-date>x</crl-revocation-date>"
    "<revoked-cert-serial-number>02</revoked-cert-serial-number><crl-revocation-date>y</crl-revocation-date>"
    "</crl-revocation-list>"
)
WRAPPED = 3 * (
    "<crl-revocation-list><revoked-cert-serial-number>01</revoked-cert-serial-number>"
    "<crl-revocation-date>x</crl-revocation-date></crl-revocation-list>"
)
CORP = {
    "ca_profile": "corp-ca",
    "node": None,
    "version": "2",
    "number": "0400",
    "issuer": "CN=corp-ca",
    "effective_date": "05- 9-2017 06:40",
    "next_update": "06- 9-2017 06:40",
    "last_download": "whenever",
    "revoked": 0,
    "raw": {"crl-kind": "delta", "crl-validity-note": ""},
}
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("node", "version", "number", "issuer", "effective_date", "next_update", "last_download")),
    "ca_profile": "",
    "revoked": 0,
    "raw": {},
}


def in_list(*crls: str) -> str:
    return f"<x509-pkid-crl-information-list>{''.join(crls)}</x509-pkid-crl-information-list>"


@PARSERS
@pytest.mark.parametrize(
    ("reply", "records"),
    [
        (in_list(CRL.format("")), [CORP]),
        (in_list(CRL.format(FLAT)), [CORP | {"revoked": 2}]),
        (in_list(CRL.format(WRAPPED)), [CORP | {"revoked": 3}]),
        (in_list("<pkid-x509-crl-information/>", CRL.format("")), [EMPTY, CORP]),
        (
            in_list("<pkid-x509-crl-information><crl-number/><u>1</u><u>2</u></pkid-x509-crl-information>"),
            [EMPTY | {"raw": {"u": ["1", "2"]}}],
        ),
        (
            cluster(node0=in_list(CRL.format(FLAT)), node1=in_list(CRL.format(""))),
            [CORP | {"revoked": 2, "node": "node0"}, CORP | {"node": "node1"}],
        ),
        (in_list(), []),
    ],
    ids=["one", "flat", "wrapped", "empty", "repeated", "cluster", "none"],
)
def test_crls(parse: Any, reply: str, records: list[dict[str, Any]]) -> None:
    assert STORES["crls"].read(parse(reply)).records == records


def pair(name: str, value: str) -> str:
    return f"<statistics-name>{name}</statistics-name><statistics-value>{value}</statistics-value>"


def counted(name: str, value: object, node: str | None = None) -> dict[str, object]:
    return {"name": name, "value": value, "node": node}


@PARSERS
@pytest.mark.parametrize(
    ("reply", "records"),
    [
        (
            f"<pki-statistics>{pair('CRL downloads', '7')}{pair('OCSP', ' 0 ')}</pki-statistics>",
            [counted("CRL downloads", 7), counted("OCSP", 0)],
        ),
        # An element around each.
        (
            f"<pki-statistics><e>{pair('a', '1')}</e><e>{pair('b', '2')}</e></pki-statistics>",
            [counted("a", 1), counted("b", 2)],
        ),
        (f"<pki-statistics>{pair('a', 'none')}</pki-statistics>", [counted("a", "none")]),
        (f"<pki-statistics>{pair('a', '-1')}</pki-statistics>", [counted("a", -1)]),
        # A name without a value, a value without a name.
        (
            "<pki-statistics><statistics-value>9</statistics-value><statistics-name>a</statistics-name>"
            f"{pair('b', '1')}</pki-statistics>",
            [counted("a", None), counted("b", 1)],
        ),
        (
            cluster(node0=pair("a", "1"), node1=pair("a", "2")),
            [counted("a", 1, "node0"), counted("a", 2, "node1")],
        ),
        (
            cluster(node0=pair("a", "1"), node1=f"<statistics-value>9</statistics-value>{pair('a', '2')}"),
            [counted("a", 1, "node0"), counted("a", 2, "node1")],
        ),
        ("<pki-statistics/>", []),
    ],
)
def test_statistics(parse: Any, reply: str, records: list[dict[str, object]]) -> None:
    assert STORES["statistics"].read(parse(reply)).records == records
