# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._edits import MAIN, Scope, scope
from ansible_collections.netpki.junos.plugins.module_utils._uses import (
    beside,
    certificate_uses,
    web_management_http_port,
)
from lxml import etree

PARSERS = pytest.mark.parametrize("parse", [ElementTree.fromstring, etree.fromstring], ids=["xml.etree", "lxml"])


def nested(path: str, inside: str) -> str:
    """``a/b`` around something."""
    names = path.split("/")
    opened = "".join(f"<{name}>" for name in names)
    return opened + inside + "".join(f"</{name}>" for name in reversed(names))


def named(name: str, key: str, inside: str) -> str:
    return f"<{name}><name>{key}</name>{inside}</{name}>"


def configuration(*parts: str) -> str:
    return f"<configuration>{''.join(parts)}</configuration>"


IKE = nested(
    "security/ike",
    named("policy", "branch", "<certificate><local-certificate>vpn-01</local-certificate></certificate>"),
)
IKE_PATH = "security ike policy branch certificate local-certificate vpn-01"


# what to read


def test_levels_beside_pki() -> None:
    assert [" ".join(name for name, _key in path) for path in beside(MAIN)] == [
        "security group-vpn server",
        "security ike policy",
        "services ssl initiation",
        "services ssl proxy",
        "services ssl termination",
        "system ntp nts",
        "system services grpc-tunnel",
        "system services netconf",
        "system services rest",
        "system services web-management",
        "system services webapi",
        "system syslog host",
    ]


@pytest.mark.parametrize(
    ("where", "first"),
    [
        (MAIN, (("security", ""), ("group-vpn", ""), ("server", ""))),
        (
            scope(logical_system="shop"),
            (("logical-systems", "shop"), ("security", ""), ("group-vpn", ""), ("server", "")),
        ),
        (scope(tenant="t1"), (("tenants", "t1"), ("security", ""), ("group-vpn", ""), ("server", ""))),
    ],
)
def test_levels_of_a_logical_system(where: Scope, first: Scope) -> None:
    assert beside(where)[0] == first
    assert [path[-3:] for path in beside(where)] == beside(MAIN)


# who uses a certificate


@PARSERS
@pytest.mark.parametrize(
    ("xml", "certificate_id", "path"),
    [
        (IKE, "vpn-01", IKE_PATH),
        (
            nested(
                "security/group-vpn/server",
                named("group", "g", nested("server-member-communication/certificate", "gvpn")),
            ),
            "gvpn",
            "security group-vpn server group g server-member-communication certificate gvpn",
        ),
        (
            nested("services/ssl/initiation", named("profile", "out", nested("client-certificate", "c"))),
            "c",
            "services ssl initiation profile out client-certificate c",
        ),
        (
            nested("services/ssl/termination", named("profile", "two words", nested("server-certificate", "s"))),
            "s",
            'services ssl termination profile "two words" server-certificate s',
        ),
        (
            nested("services/ssl/proxy", named("profile", "p", nested("server-certificate", "web server"))),
            "web server",
            'services ssl proxy profile p server-certificate "web server"',
        ),
        (
            nested("system/services/web-management/https/pki-local-certificate", "web"),
            "web",
            "system services web-management https pki-local-certificate web",
        ),
        (
            nested(
                "system/services/web-management/https",
                named("virtual-domain", "vpn.example.org", nested("pki-local-certificate", "jsc")),
            ),
            "jsc",
            "system services web-management https virtual-domain vpn.example.org pki-local-certificate jsc",
        ),
        (
            nested("system/services/webapi/https/pki-local-certificate", "api"),
            "api",
            "system services webapi https pki-local-certificate api",
        ),
        (
            nested("system/services/rest/https/server-certificate", "r"),
            "r",
            "system services rest https server-certificate r",
        ),
        (
            nested("system/services/rest/https-5g/server-certificate", "r5"),
            "r5",
            "system services rest https-5g server-certificate r5",
        ),
        (
            nested("system/services/netconf/tls/local-certificate", "nc"),
            "nc",
            "system services netconf tls local-certificate nc",
        ),
        (
            nested(
                "system/services/grpc-tunnel/servers",
                named("server", "s1", nested("credentials/tls/certificate-id", "g")),
            ),
            "g",
            "system services grpc-tunnel servers server s1 credentials tls certificate-id g",
        ),
        (
            nested("system/syslog", named("host", "192.0.2.1", nested("tlsdetails/local-certificate", "log"))),
            "log",
            "system syslog host 192.0.2.1 tlsdetails local-certificate log",
        ),
        (nested("system/ntp/nts/local-certificate", "time"), "time", "system ntp nts local-certificate time"),
    ],
)
def test_use(parse: Any, xml: str, certificate_id: str, path: str) -> None:
    assert certificate_uses(parse(configuration(xml))) == [{"certificate_id": certificate_id, "path": path}]


@pytest.mark.parametrize(
    "xml",
    [
        "",
        # Other stores, and what the device signs with.
        nested("services/ssl/proxy", named("profile", "p", nested("root-ca", "ca"))),
        nested("system/services/web-management/https/local-certificate", "text"),
        nested("system/services/web-management/https/system-generated-certificate", ""),
        # The same words elsewhere.
        nested("security/ike", named("gateway", "g", nested("certificate/local-certificate", "x"))),
        nested("groups", IKE),
        nested("security/ike", named("policy", "p", nested("certificate/local-certificate", "  "))),
        nested("security/ike", named("policy", "p", "<certificate/>")),
        # Deactivated, at any level.
        IKE.replace("<local-certificate>", '<local-certificate inactive="inactive">'),
        IKE.replace("<certificate>", '<certificate inactive="inactive">'),
        IKE.replace("<policy>", '<policy inactive="inactive">'),
        IKE.replace("<security>", '<security inactive="inactive">'),
    ],
)
def test_no_use(xml: str) -> None:
    assert certificate_uses(ElementTree.fromstring(configuration(xml))) == []


def test_every_use_of_a_certificate() -> None:
    """In the order of the statements, several in one place, and what comes from a group or is protected."""
    policies = named("policy", "a", nested("certificate/local-certificate", "vpn-01")) + named(
        "policy", "b", nested("certificate/local-certificate", "vpn-01")
    ).replace("<policy>", '<policy xmlns:junos="urn:j" junos:group="all" protect="protect">')
    proxy = named(
        "profile", "p", "<server-certificate>x</server-certificate><server-certificate>y</server-certificate>"
    )
    xml = configuration(
        nested("system/ntp/nts/local-certificate", "x"),
        nested("services/ssl/proxy", proxy),
        nested("security/ike", policies),
    )
    assert [use["path"] for use in certificate_uses(ElementTree.fromstring(xml))] == [
        "security ike policy a certificate local-certificate vpn-01",
        "security ike policy b certificate local-certificate vpn-01",
        "services ssl proxy profile p server-certificate x",
        "services ssl proxy profile p server-certificate y",
        "system ntp nts local-certificate x",
    ]


def test_uses_of_a_logical_system() -> None:
    other = IKE.replace("vpn-01", "main")
    xml = configuration(other, named("logical-systems", "lab", other), named("logical-systems", "shop", IKE))
    found = certificate_uses(ElementTree.fromstring(xml), scope(logical_system="shop"))
    assert found == [{"certificate_id": "vpn-01", "path": f"logical-systems shop {IKE_PATH}"}]
    assert certificate_uses(ElementTree.fromstring(xml), scope(logical_system="none")) == []
    assert certificate_uses(ElementTree.fromstring(xml), scope(tenant="shop")) == []


def test_a_deactivated_logical_system_uses_nothing() -> None:
    xml = named("logical-systems", "shop", IKE).replace("<logical-systems>", '<logical-systems inactive="inactive">')
    assert certificate_uses(ElementTree.fromstring(configuration(xml)), scope(logical_system="shop")) == []


@pytest.mark.parametrize("read", [certificate_uses, web_management_http_port])
def test_a_namespace_means_nothing(read: Any) -> None:
    xml = configuration(IKE, nested("system/services/web-management/http/port", "8080"))
    in_namespace = xml.replace("<configuration>", '<configuration xmlns="http://xml.juniper.net/xnm/1.1/xnm">')
    assert read(ElementTree.fromstring(in_namespace)) == read(ElementTree.fromstring(xml))
    assert read(ElementTree.fromstring(xml)) in ([{"certificate_id": "vpn-01", "path": IKE_PATH}], 8080)


# J-Web without TLS


@PARSERS
@pytest.mark.parametrize(
    ("xml", "port"),
    [
        ("<http/>", 80),
        ("<http><port>8080</port></http>", 8080),
        ("<http><interface>ge-0/0/0.0</interface></http>", 80),
        ("<http><port>80</port><interface>fxp0.0</interface></http><https/>", 80),
        ("<http><port>&lt;*&gt;</port></http>", 80),
        ('<http><port inactive="inactive">8080</port></http>', 80),
        ("<https><port>80</port></https>", None),
        ("", None),
        ('<http inactive="inactive"><port>80</port></http>', None),
    ],
)
def test_http_port(parse: Any, xml: str, port: int | None) -> None:
    assert web_management_http_port(parse(configuration(nested("system/services/web-management", xml)))) == port


@pytest.mark.parametrize(
    ("xml", "port"),
    [
        (configuration(), None),
        (
            configuration(
                nested("system", '<services inactive="inactive"><web-management><http/></web-management></services>')
            ),
            None,
        ),
        (
            configuration(
                '<system inactive="inactive"><services><web-management><http/></web-management></services></system>'
            ),
            None,
        ),
        (configuration(nested("system/services/web-management", "")), None),
        (configuration(nested("system/services/webapi/http/port", "8080")), None),
    ],
)
def test_no_http(xml: str, port: int | None) -> None:
    assert web_management_http_port(ElementTree.fromstring(xml)) == port
