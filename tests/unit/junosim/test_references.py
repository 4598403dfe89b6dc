# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statements that name a local certificate, and the ports of J-Web: their kinds, and the way through every form."""

from __future__ import annotations

import pytest
from junosim import setform, textform, xmlform
from junosim.grammar import LEAF, LEAF_LIST, grammar
from junosim.loading import Loader
from junosim.secret import Secrets
from junosim.tree import Node, walk
from lxml import etree

ROOT = grammar("24.4R1")
LEAVES = """
security ike policy p certificate local-certificate
security group-vpn server group g server-member-communication certificate
services ssl initiation profile p client-certificate
services ssl termination profile p server-certificate
system services web-management https pki-local-certificate
system services web-management https local-certificate
system services web-management https virtual-domain vpn.example.net pki-local-certificate
system services web-management https port
system services web-management http port
system services webapi https pki-local-certificate
system services webapi https port
system services webapi http port
system services rest https server-certificate
system services rest https-5g server-certificate
system services rest http port
system services netconf tls local-certificate
system services grpc-tunnel servers server s credentials tls certificate-id
system services xnm-ssl local-certificate
system services service-deployment local-certificate
system services jeb tls certificate
system syslog host log.example.net tlsdetails local-certificate
system ntp nts local-certificate
system radius-server 192.0.2.9 tls mutual-authentication certificate-id
system accounting destination radius server 192.0.2.9 tls mutual-authentication certificate-id
access radsec destination d tls-certificate
access saml service-provider s sp-certificate
"""
LISTS = """
services ssl proxy profile p root-ca
services ssl proxy profile p server-certificate
system services extension-service request-response grpc ssl local-certificate
system services web-management http interface
system services web-management https interface
"""
PATHS = [(path, LEAF) for path in LEAVES.strip().splitlines()] + [
    (path, LEAF_LIST) for path in LISTS.strip().splitlines()
]


def loaded(form: str, content: str) -> Node:
    tree = Node(ROOT)
    loader = Loader(tree, Secrets())
    if form == "set":
        loader.commands(content)
    elif form == "text":
        document, errors = textform.parse(content, ROOT)
        loader.document(document, "merge", errors)
    else:
        document, errors = xmlform.parse(etree.fromstring(f"<configuration>{content}</configuration>"), ROOT)
        loader.document(document, "merge", errors)
    assert loader.problems == []
    return tree


@pytest.mark.parametrize("above", ["", "groups g ", "logical-systems ls1 ", "tenants t1 "])
@pytest.mark.parametrize(("path", "kind"), PATHS)
def test_every_form_holds_the_same(path: str, kind: str, above: str) -> None:
    lines = [f"set {above}{path} one", f"set {above}{path} two"]
    tree = loaded("set", "\n".join(lines))
    assert list(setform.lines(tree)) == (lines[1:] if kind == LEAF else lines)
    leaves = [(parents, node) for parents, node in walk(tree) if not node.kids]
    # A table knows it: no rule was guessed from the shape it came in.
    assert all(parents[-1].rule.kids.get(node.rule.name) is node.rule for parents, node in leaves)
    names = path.split()
    assert {(node.rule.kind, node.rule.name, node.rule.open) for _parents, node in leaves} == {(kind, names[-1], False)}
    for form, module in (("text", textform), ("xml", xmlform)):
        again = loaded(form, module.render(tree))
        assert again.same(tree)
        assert list(setform.lines(again)) == list(setform.lines(tree))


@pytest.mark.parametrize(
    ("line", "xml"),
    [
        (
            "system services web-management http interface ge-0/0/0.0",
            "<system><services><web-management><http><interface>ge-0/0/0.0</interface></http></web-management></services>"
            "</system>",
        ),
        (
            "system services web-management http",
            "<system><services><web-management><http/></web-management></services></system>",
        ),
        (
            "system services web-management https virtual-domain a.example.net pki-local-certificate web-01",
            "<system><services><web-management><https><virtual-domain><name>a.example.net</name><pki-local-certificate>"
            "web-01</pki-local-certificate></virtual-domain></https></web-management></services></system>",
        ),
        (
            "services ssl proxy profile p root-ca ours",
            "<services><ssl><proxy><profile><name>p</name><root-ca>ours</root-ca></profile></proxy></ssl></services>",
        ),
        (
            "system radius-server 192.0.2.9 tls mutual-authentication certificate-id c",
            "<system><radius-server><name>192.0.2.9</name><tls><mutual-authentication><certificate-id>c</certificate-id>"
            "</mutual-authentication></tls></radius-server></system>",
        ),
    ],
)  # fmt: skip
def test_the_elements(line: str, xml: str) -> None:
    assert "".join(part.strip() for part in xmlform.render(loaded("set", f"set {line}")).splitlines()) == xml


@pytest.mark.parametrize(
    "path", ["system radius-server 192.0.2.9", "system accounting destination radius server 192.0.2.9"]
)
def test_the_secret_of_a_radius_server_is_stored_encoded(path: str) -> None:
    [line] = setform.lines(loaded("set", f"set {path} secret in-clear"))
    assert line.startswith(f'set {path} secret "$9$')
