# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter import parse_pki_certificates as plugin
from ansible_collections.netpki.junos.plugins.module_utils._certificates import Certificate

parse_pki_certificates = plugin.FilterModule().filters()["parse_pki_certificates"]

EMPTY = Certificate("", None, None).result("certificate_id")
DETAIL = """admin@fw-7> show security pki local-certificate detail
Certificate identifier: vpn-01
  Serial number: 0f31
  Subject:
    Organization: Example, Inc., Common name: vpn
  Validity:
    Not before: 01- 2-2026 09:55 UTC
    Not after: 04- 2-2026 09:55 UTC
  Auto-re-enrollment:
    Status: Enabled
    Next trigger time: 03- 8-2026 09:55 UTC
"""
XML = """<rpc-reply><x509-pki-certificate-info-list><x509-certificate-info>
<identifier>vpn-01</identifier>
<serial-number-list><serial-number-x509>0f31</serial-number-x509></serial-number-list>
<subject><distinguished-name><organization-name>Example, Inc.</organization-name><common-name>vpn</common-name>
</distinguished-name></subject>
<validity><not-before>01- 2-2026 09:55 UTC</not-before><not-after>04- 2-2026 09:55 UTC</not-after></validity>
<auto-re-enrollment><auto-re-enrollment-status>Enabled</auto-re-enrollment-status>
<auto-re-enrollment-next-trigger-time>03- 8-2026 09:55 UTC</auto-re-enrollment-next-trigger-time></auto-re-enrollment>
</x509-certificate-info></x509-pki-certificate-info-list></rpc-reply>
"""
VPN = EMPTY | {
    "certificate_id": "vpn-01",
    "serial_number": "0f31",
    "subject": "O=Example, Inc., CN=vpn",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
    "auto_re_enrollment": {
        "status": "Enabled",
        "next_trigger": "03- 8-2026 09:55 UTC",
        "next_trigger_time": "2026-03-08T09:55:00Z",
    },
}
CLUSTER = """node0:
--------------------------------------------------------------------------
LSYS: root-logical-system
Certificate identifier: a
  Issued to: fw, Issued by: C = US, CN = R13
  Validity:
    Not after: 04- 2-2026 09:55
  New label: <b>
"""


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (DETAIL, [VPN]),
        (DETAIL.replace("\n", "\r\n"), [VPN]),
        (XML, [VPN]),
        (
            CLUSTER,
            [
                EMPTY
                | {
                    "certificate_id": "a",
                    "node": "node0",
                    "logical_system": "root-logical-system",
                    "issuer": "C=US, CN=R13",
                    "raw": {"issued to": "fw", "new label": "<b>"},
                    "problems": [
                        "not_after: '04- 2-2026 09:55' is not a date as Junos writes it, "
                        "for example '04- 3-2018 09:13 UTC'."
                    ],
                }
            ],
        ),
        ("<rpc-reply><x509-pki-certificate-info-list/></rpc-reply>", []),
        ("", []),
        (" \n", []),
    ],
)
def test_records(text: str, records: list[dict[str, Any]]) -> None:
    assert parse_pki_certificates(text) == records


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "parse_pki_certificates: expected the output as a string, got a value of type NoneType."),
        (b"x", "parse_pki_certificates: expected the output as a string, got a value of type bytes."),
        ([DETAIL], "parse_pki_certificates: expected the output as a string, got a value of type list."),
        (
            "error: unknown command",
            "parse_pki_certificates: The text holds no certificate as 'show security pki local-certificate detail' "
            "writes it: a line 'Certificate identifier: NAME' begins each.",
        ),
        (
            "<a>",
            "parse_pki_certificates: The text begins like XML and is none: no element found: line 1, column 3.",
        ),
        (
            "<html/>",
            "parse_pki_certificates: The XML holds no x509-pki-certificate-info-list: it is no answer to "
            "'show security pki local-certificate'.",
        ),
    ],
)
def test_bad_input(text: object, message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        parse_pki_certificates(text)
    assert caught.value.message == message
