# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter import reenroll_audit as plugin
from ansible_collections.netpki.junos.plugins.module_utils._audit import CA_CAPACITY
from ansible_collections.netpki.junos.plugins.module_utils._audit_checks import CHECKS
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso

reenroll_audit = plugin.FilterModule().filters()["reenroll_audit"]

NOW = "2026-02-01T00:00:00Z"
CERTIFICATE = {
    "certificate_id": "vpn-01",
    "issuer": "CN=corp-ca",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
}
ENTRY = {
    "certificate_id": "vpn-01",
    "protocol": "cmpv2",
    "ca_profile_name": "corp-ca",
    "re_enroll_time": {"days": 25},
    "re_generate_keypair": True,
}


def told(*entries: dict[str, Any], **result: Any) -> dict[str, Any]:
    """What junos_pki_info answers."""
    return {
        "release": "24.4R1",
        "configuration": {
            "config": list(entries),
            "ca_profiles": [{"name": "corp-ca", "enrollment": {"url": "http://ca.example.net/cmp"}}],
        },
        "local_certificates": [CERTIFICATE],
        "ca_certificates": [{"ca_profile": "corp-ca", "subject": "CN=corp-ca", "not_after": "2030-01-01T00:00:00Z"}],
        **result,
    }


@pytest.mark.parametrize(
    ("results", "arguments", "summary", "findings"),
    [
        ({}, {}, (0, 0, 0, 0, 0), []),
        ({"fw1": told(ENTRY)}, {}, (1, 1, 1, 0, 0), []),
        (
            {"fw1": told(ENTRY | {"re_generate_keypair": False}), "fw2": {"failed": True, "msg": "No answer."}},
            {},
            (2, 1, 1, 1, 1),
            [
                ("error", "fw2", None, "The host could not be read: No answer."),
                (
                    "warning",
                    "fw1",
                    "vpn-01",
                    "The renewal keeps the key, and CAs refuse a new certificate for an unchanged key.",
                ),
            ],
        ),
        (
            {"fw1": told()},
            {},
            (1, 1, 1, 0, 1),
            [
                (
                    "warning",
                    "fw1",
                    "vpn-01",
                    "Nothing renews the certificate. None of the statements that an audit looks at names it.",
                )
            ],
        ),
        (
            {"fw1": told(ENTRY), "fw2": told(ENTRY)},
            {"ca_capacity": " 1 "},
            (2, 2, 2, 0, 1),
            [("warning", None, None, "ca.example.net gets 2 renewals in the hour 2026-03-08T09:00:00Z, and serves 1.")],
        ),
        ({"fw1": told(ENTRY), "fw2": told(ENTRY)}, {"ca_capacity": 2}, (2, 2, 2, 0, 0), []),
    ],
)
def test_audit(
    results: dict[str, Any],
    arguments: dict[str, Any],
    summary: tuple[int, ...],
    findings: list[tuple[str | None, ...]],
) -> None:
    answer = reenroll_audit(results, NOW, **arguments)
    names = ("hosts", "hosts_read", "certificates", "errors", "warnings")
    assert tuple(answer["summary"][name] for name in names) == summary
    keys = ("severity", "host", "certificate_id", "sentence")
    assert [tuple(row[key] for key in keys) for row in answer["findings"]] == findings


ANSWER = yaml.safe_load(plugin.RETURN)["_value"]["contains"]


def test_documentation_names_every_finding() -> None:
    description = " ".join(ANSWER["findings"]["contains"]["code"]["description"])
    codes = [
        *CHECKS,
        "host-not-read",
        "certificates-not-read",
        "ca-certificates-not-read",
        "same-hour-on-host",
        "ca-overload",
    ]
    assert sorted(re.findall(r"V\(([^)]+)\)", description)) == sorted(codes)
    # Those about the date are told there.
    for name in ("reenroll_plan", "reenroll_renewals"):
        assert f"P(netpki.junos.{name}#filter)" in description


def test_documentation_names_every_field() -> None:
    results = {"fw1": told(ENTRY | {"re_generate_keypair": False}), "fw2": {}}
    answer = reenroll_audit(results, NOW)
    assert sorted(ANSWER) == sorted(answer)
    assert sorted(ANSWER["summary"]["contains"]) == sorted(answer["summary"])
    for name in ("hosts", "certificates", "findings", "load"):
        assert [sorted(row) for row in answer[name]] == [sorted(ANSWER[name]["contains"])] * len(answer[name])
        assert answer[name] != []


def test_documentation_names_the_default() -> None:
    assert yaml.safe_load(plugin.DOCUMENTATION)["options"]["ca_capacity"]["default"] == CA_CAPACITY


def test_clock_of_the_controller() -> None:
    now = datetime.now(UTC)
    young = CERTIFICATE | {
        "not_before": iso(now - timedelta(days=1)),
        "not_after": iso(now + timedelta(days=10, hours=1)),
    }
    answer = reenroll_audit({"fw1": told(ENTRY, local_certificates=[young])})
    assert answer["certificates"][0]["days_left"] == 10
    assert iso(now) <= answer["generated"] <= iso(datetime.now(UTC))


FROM_1 = "is not a whole number from 1 on."


@pytest.mark.parametrize(
    ("results", "arguments", "message"),
    [
        ([], {}, "results: expected a mapping, got a value of type list."),
        (None, {}, "results: expected a mapping, got a value of type NoneType."),
        (
            {},
            {"now": "2026-02-01"},
            "now: '2026-02-01' has no time zone. Add Z or an offset, for example 2026-01-02T09:55:00Z.",
        ),
        ({}, {"now": 7}, "now: expected a date as a string, got a value of type int."),
        ({}, {"ca_capacity": 0}, f"ca_capacity: 0 {FROM_1}"),
        ({}, {"ca_capacity": "0"}, f"ca_capacity: '0' {FROM_1}"),
        ({}, {"ca_capacity": -1}, f"ca_capacity: -1 {FROM_1}"),
        ({}, {"ca_capacity": True}, f"ca_capacity: True {FROM_1}"),
        ({}, {"ca_capacity": 1.0}, f"ca_capacity: 1.0 {FROM_1}"),
        ({}, {"ca_capacity": "many"}, f"ca_capacity: 'many' {FROM_1}"),
        ({}, {"ca_capacity": "٣"}, f"ca_capacity: '٣' {FROM_1}"),
        ({}, {"ca_capacity": "²"}, f"ca_capacity: '²' {FROM_1}"),
        ({}, {"ca_capacity": ""}, f"ca_capacity: '' {FROM_1}"),
        ({}, {"ca_capacity": None}, f"ca_capacity: None {FROM_1}"),
        ({}, {"ca_capacity": [1]}, f"ca_capacity: [1] {FROM_1}"),
    ],
)
def test_bad_input(results: object, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_audit(results, **{"now": NOW, **arguments})
    assert caught.value.message == message
