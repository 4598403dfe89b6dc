# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _operations as operations
from ansible_collections.netpki.junos.plugins.module_utils._operations import Operation
from lxml import etree


@pytest.mark.parametrize(
    ("operation", "values", "xml", "line"),
    [
        (
            operations.GENERATE_KEY_PAIR,
            {"certificate-id": "vpn-01", "type": "ecdsa", "size": 384},
            "<generate-pki-key-pair><certificate-id>vpn-01</certificate-id><size>384</size><type>ecdsa</type>"
            "</generate-pki-key-pair>",
            "request security pki generate-key-pair certificate-id vpn-01 size 384 type ecdsa",
        ),
        (
            operations.ENROLL["scep"],
            {
                "certificate-id": "vpn-01",
                "ca-profile": "corp-ca",
                "challenge-password": "Se&cret",
                "subject": "CN=a b,O=<x>",
                "email": None,
                "scep-digest-algorithm": "sha1",
                "ca-secret": "of another protocol",
            },
            "<request-security-local-certificate-enroll-scep><certificate-id>vpn-01</certificate-id>"
            "<ca-profile>corp-ca</ca-profile><challenge-password>Se&amp;cret</challenge-password>"
            "<subject>CN=a b,O=&lt;x&gt;</subject><scep-digest-algorithm>sha1</scep-digest-algorithm>"
            "</request-security-local-certificate-enroll-scep>",
            "request security pki local-certificate enroll scep certificate-id vpn-01 ca-profile corp-ca"
            ' challenge-password ******** subject "CN=a b,O=<x>" scep-digest-algorithm sha1',
        ),
        (
            operations.ENROLL["cmpv2"],
            {
                "certificate-id": "vpn-01",
                "ca-profile": "corp-ca",
                "ca-secret": "s",
                "ca-reference": "r1",
                "subject": 'CN="q"',
            },
            "<request-security-local-certificate-enroll-cmpv2><certificate-id>vpn-01</certificate-id>"
            "<ca-profile>corp-ca</ca-profile><ca-reference>r1</ca-reference><ca-secret>s</ca-secret>"
            '<subject>CN="q"</subject></request-security-local-certificate-enroll-cmpv2>',
            "request security pki local-certificate enroll cmpv2 certificate-id vpn-01 ca-profile corp-ca"
            ' ca-reference r1 ca-secret ******** subject "CN=\\"q\\""',
        ),
        (
            operations.ENROLL["acme"],
            {
                "acme-key-id": "k",
                "certificate-id": "web",
                "ca-profile": "le",
                "domain-names": ["a.example", "b.example"],
                "email": "me@example.net",
                "letsencrypt-enrollment": "no",
                "terms-of-service": None,
            },
            "<request-security-local-certificate-enroll-acme><acme-key-id>k</acme-key-id>"
            "<certificate-id>web</certificate-id><ca-profile>le</ca-profile>"
            "<domain-names>a.example,b.example</domain-names><email>me@example.net</email>"
            "<letsencrypt-enrollment>no</letsencrypt-enrollment></request-security-local-certificate-enroll-acme>",
            "request security pki local-certificate enroll acme acme-key-id k certificate-id web ca-profile le"
            " domain-names a.example,b.example email me@example.net letsencrypt-enrollment no",
        ),
        (
            operations.RE_ENROLL["cmpv2"],
            {"certificate-id": "vpn-01", "ca-profile": None, "re-generate-keypair": True},
            "<request-security-local-cert-re-enroll-cmpv2><certificate-id>vpn-01</certificate-id><re-generate-keypair>"
            "</re-generate-keypair></request-security-local-cert-re-enroll-cmpv2>",
            "request security pki local-certificate re-enroll cmpv2 certificate-id vpn-01 re-generate-keypair",
        ),
        (
            operations.RE_ENROLL["acme"],
            {"certificate-id": "web", "acme-key-id": "k", "re-generate-keypair": False, "domain-names": []},
            "<request-security-local-cert-re-enroll-acme><acme-key-id>k</acme-key-id>"
            "<certificate-id>web</certificate-id></request-security-local-cert-re-enroll-acme>",
            "request security pki local-certificate re-enroll acme acme-key-id k certificate-id web",
        ),
        (
            operations.LOAD_CERTIFICATE,
            {"certificate-id": "vpn-01", "filename": "/var/tmp/a.pem", "key": "/var/tmp/b.pem", "passphrase": "p"},
            "<load-pki-local-certificate><certificate-id>vpn-01</certificate-id><filename>/var/tmp/a.pem</filename>"
            "<key>/var/tmp/b.pem</key><passphrase>p</passphrase></load-pki-local-certificate>",
            "request security pki local-certificate load certificate-id vpn-01 filename /var/tmp/a.pem"
            " key /var/tmp/b.pem passphrase ********",
        ),
    ],
)
def test_an_operation_as_request_and_as_command(
    operation: Operation, values: dict[str, Any], xml: str, line: str
) -> None:
    assert (operation.xml(values), operation.line(values)) == (xml, line)
    assert etree.fromstring(xml).tag == operation.request


def test_a_file_is_overwritten_before_it_is_removed() -> None:
    assert operations.file_delete("/var/tmp/a&b") == (
        "<file-delete><purge/><path>/var/tmp/a&amp;b</path></file-delete>"
    )
