# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._audit import audit
from ansible_collections.netpki.junos.plugins.module_utils._audit_checks import CHECKS
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError

NOW = datetime(2026, 2, 1, tzinfo=UTC)
Told = dict[str, Any]

ENTRY: Told = {
    "certificate_id": "vpn-01",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_enroll_trigger_time_percentage": 25,
    "re_generate_keypair": True,
}
PROFILE: Told = {"name": "corp-ca", "enrollment": {"url": "http://CA.example.net:8080/scep"}}
CERTIFICATE: Told = {
    "certificate_id": "vpn-01",
    "node": None,
    "subject": "O=example, CN=vpn-01.example.net",
    "issuer": "O=Example, Inc., CN=corp-ca",
    "serial_number": "0a",
    "signature_algorithm": "sha256WithRSAEncryption",
    "alternate_subjects": ["vpn-01.example.net"],
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
    "auto_re_enrollment": {
        "status": "Enabled",
        "next_trigger": "03-10-2026 21:55 UTC",
        "next_trigger_time": "2026-03-10T21:55:00Z",
    },
    "problems": [],
}
CA: Told = {
    "ca_profile": "corp-ca",
    "subject": "CN=Corp-CA, O=example, inc.",
    "not_after": "2036-01-01T00:00:00Z",
}


# Nothing is changed; None leaves the whole of it out.
SAME: Mapping[str, Any] = MappingProxyType({})


def host(
    *,
    entry: Mapping[str, Any] | None = SAME,
    profile: Mapping[str, Any] | None = SAME,
    certificate: Mapping[str, Any] | None = SAME,
    ca: Mapping[str, Any] | None = SAME,
    configuration: Told | None = None,
    **result: Any,
) -> Told:
    """What junos_pki_info answers of a host where nothing is wrong, with what a test changes."""
    return {
        "changed": False,
        "release": "24.4R1.9",
        "configuration": {
            "config": [] if entry is None else [ENTRY | entry],
            "ca_profiles": [] if profile is None else [PROFILE | profile],
            "deactivated": [],
            "certificate_uses": [{"certificate_id": "vpn-01", "path": "security ike policy a"}],
            "web_management_http_port": None,
            **(configuration or {}),
        },
        "local_certificates": [] if certificate is None else [CERTIFICATE | certificate],
        "ca_certificates": [] if ca is None else [CA | ca],
        "certificate_requests": [],
        "nodes": [],
        "filtered": False,
        "not_read": {},
        **result,
    }


def device(next_trigger: str | None, time: str | None = None, status: str | None = "Enabled") -> Told:
    return {"auto_re_enrollment": {"status": status, "next_trigger": next_trigger, "next_trigger_time": time}}


def codes(answer: Told) -> list[str]:
    return [finding["code"] for finding in answer["findings"]]


def found(results: Told, code: str, **arguments: Any) -> list[Told]:
    return [finding for finding in audit(results, NOW, **arguments)["findings"] if finding["code"] == code]


# ---- what is right ----


def test_nothing_to_find() -> None:
    assert audit({"fw1": host()}, NOW) == {
        "generated": "2026-02-01T00:00:00Z",
        "summary": {
            "hosts": 1,
            "hosts_read": 1,
            "certificates": 1,
            "renewing": 1,
            "errors": 0,
            "warnings": 0,
            "infos": 0,
            "next_trigger": "2026-03-10T21:55:00Z",
            "next_expiry": "2026-04-02T09:55:00Z",
        },
        "hosts": [
            {"host": "fw1", "release": "24.4R1.9", "read": True, "severity": "ok", "certificates": 1, "left_out": []}
        ],
        "certificates": [
            {
                "host": "fw1",
                "certificate_id": "vpn-01",
                "protocol": "scep",
                "ca_profile_name": "corp-ca",
                "ca": "ca.example.net",
                "subject": "O=example, CN=vpn-01.example.net",
                "issuer": "O=Example, Inc., CN=corp-ca",
                "serial_number": "0a",
                "not_before": "2026-01-02T09:55:00Z",
                "not_after": "2026-04-02T09:55:00Z",
                "trigger": "2026-03-10T21:55:00Z",
                "rule": "re-enroll-trigger-time-percentage",
                "lifetime_days": 90,
                "share_elapsed": 75,
                "days_left": 60,
                "due": False,
                "device_trigger": "2026-03-10T21:55:00Z",
                "device_status": "Enabled",
                "used_by": ["security ike policy a"],
                "nodes": [],
                "severity": "ok",
                "findings": [],
            }
        ],
        "findings": [],
        "load": [
            {
                "ca": "ca.example.net",
                "certificates": 1,
                "peak_day": {"day": "2026-03-10", "renewals": 1},
                "peak_hour": {"hour": "2026-03-10T21:00:00Z", "renewals": 1},
                "days": [{"day": "2026-03-10", "renewals": 1}],
            }
        ],
    }


# ---- every finding about a certificate, and beside it the nearest case without ----

ACME: Told = {"protocol": "acme", "acme_key_id": "key-1"}
KEYS: Told = {"acme_account_key": {"acme_key_id": ["key-0", "key-1"]}}
NODES = ["node0", "node1"]
ON_BOTH = [CERTIFICATE | {"node": "node1"}, CERTIFICATE | {"node": "node0"}]
OFF: Told = {
    "deactivated": [
        {"path": "security pki auto-re-enrollment scep certificate-id vpn-01", "certificate_ids": ["vpn-01"]},
        {"path": "security pki ca-profile lab", "certificate_ids": []},
    ]
}
UNUSED: Told = {"certificate_uses": [{"certificate_id": "other", "path": "system ntp nts"}]}
CMPV2 = ENTRY | {"protocol": "cmpv2"}
YEAR: Told = {"not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z", **device(None)}


def days(amount: int, unit: str = "days") -> Told:
    return {"re_enroll_trigger_time_percentage": None, "re_enroll_time": {unit: amount}}


def retrying(retry: object, retry_interval: object) -> Told:
    return {"enrollment": {"url": "http://ca.example.net", "retry": retry, "retry_interval": retry_interval}}


PUBLIC = (
    "A publicly trusted certificate lives {} days at most from {} on: re-enroll-time {}, {} hours ahead of the expiry, "
    "is then not later than the issue."
)
WEEKEND = "A CA that is down from Friday evening to Monday morning (64 hours) is too much: {}."

# Of 100 days, a quarter was left a week ago.
OVERDUE: Told = {"not_before": "2025-11-11T00:00:00Z", "not_after": "2026-02-19T00:00:00Z"}
RUNS_ON_ONE = [
    CERTIFICATE | device("Timer not started", status="Disabled") | {"node": "node0"},
    CERTIFICATE | device("12- 1-2027 09:55 UTC") | {"node": "node1"},
]
ODD = CA | {"problems": ["not_after: odd."], "not_after": None}
SELF_SIGNED: Told = {"certificate": {"subject": "CN=me", "issuer": "CN=me"}}

TABLE: list[tuple[str, str, str, list[Told], str, list[Told]]] = [
    (
        "no-entry",
        "error",
        "Nothing renews the certificate, and it is in use: security ike policy a, system ntp nts.",
        [
            {
                "entry": None,
                "configuration": {
                    "certificate_uses": [
                        {"certificate_id": "vpn-01", "path": "security ike policy a"},
                        {"certificate_id": "vpn-02", "path": "system services rest"},
                        {"certificate_id": "vpn-01", "path": "system ntp nts"},
                    ]
                },
            }
        ],
        "Declare a re-enrollment entry for the certificate.",
        [
            {"entry": None, "configuration": UNUSED},
            {"entry": None, "configuration": OFF},
            {"entry": None, "certificate": None},
            {"entry": ENTRY},
            SELF_SIGNED | {"entry": None},
        ],
    ),
    (
        "no-entry-unused",
        "warning",
        "Nothing renews the certificate. None of the statements that an audit looks at names it.",
        [{"entry": None, "configuration": UNUSED}, {"entry": None, "configuration": {"certificate_uses": None}}],
        "Find out whether anything uses it, and declare a re-enrollment entry if so.",
        [
            {"entry": None},
            {"entry": None, "configuration": UNUSED | OFF},
            {"configuration": UNUSED},
            {"entry": None, "certificate": None, "configuration": UNUSED},
            SELF_SIGNED | {"entry": None, "configuration": UNUSED},
        ],
    ),
    (
        "certificate-missing",
        "error",
        "The device holds no certificate of this name, and it is in use: security ike policy a.",
        [{"certificate": None}, {"certificate": None, "entry": None}],
        "Enroll or load the certificate.",
        [{}, {"certificate": None, "configuration": {"certificate_uses": []}}, {"local_certificates": None}],
    ),
    (
        "self-signed",
        "warning",
        "The certificate names itself as its issuer, so no CA renews it.",
        [SELF_SIGNED | {"entry": None}, SELF_SIGNED],
        "Enroll one from a CA, or replace it before it expires.",
        [{}, {"certificate": {"subject": None, "issuer": None}}, {"certificate": None}],
    ),
    (
        "entry-deactivated",
        "error",
        "Nothing renews the certificate, because this is deactivated: "
        "security pki auto-re-enrollment scep certificate-id vpn-01.",
        [{"entry": None, "configuration": OFF}],
        "Activate the statement.",
        [{"configuration": OFF}, {"entry": None, "configuration": {"deactivated": OFF["deactivated"][1:]}}],
    ),
    (
        "statement-deactivated",
        "warning",
        "Deactivated, and so without effect: security pki auto-re-enrollment scep certificate-id vpn-01.",
        [{"configuration": OFF}],
        "Activate or delete the statement.",
        [{"entry": None, "configuration": OFF}, {"configuration": {"deactivated": OFF["deactivated"][1:]}}],
    ),
    (
        "two-entries",
        "warning",
        "The certificate has an entry in several lists: scep, cmpv2.",
        [{"configuration": {"config": [ENTRY, CMPV2]}}],
        "Keep one: which of them counts is not documented.",
        [{"configuration": {"config": [ENTRY, CMPV2 | {"certificate_id": "vpn-02"}]}}],
    ),
    (
        "certificate-unreadable",
        "error",
        "What the device shows of the certificate cannot be understood: not_before: odd., not_after: odd.",
        [{"certificate": {"problems": ["not_before: odd.", "not_after: odd."], "not_before": None}}],
        "Look at it on the device, and report the form.",
        [{"certificate": {"problems": []}}, {"certificate": {"problems": None}}],
    ),
    (
        "nodes-differ",
        "error",
        "Of the nodes node0, node1, this certificate is on node1 only.",
        [{"certificate": {"node": "node1"}, "nodes": NODES}],
        "Compare the nodes, and copy the certificate to the one that lacks it.",
        [
            {"local_certificates": ON_BOTH, "nodes": NODES},
            {"certificate": {"node": "node0"}, "nodes": ["node0"]},
            {"certificate": {"node": "node0"}},
            {"certificate": None, "nodes": NODES},
        ],
    ),
    (
        "renewal-overdue",
        "error",
        "The trigger passed on 2026-01-25T00:00:00Z, the retries are over, and this is still the old certificate.",
        [
            {"certificate": OVERDUE, "profile": retrying(1000, 600)},
            {"certificate": OVERDUE, "profile": retrying(0, 0)},
        ],
        "Look at the log of the device, and enroll it by hand.",
        [
            {"certificate": OVERDUE, "profile": retrying(1008, 600)},
            {"certificate": OVERDUE | {"not_after": "2026-01-30T00:00:00Z"}, "profile": retrying(0, 0)},
            {"profile": retrying(0, 0)},
            {"certificate": OVERDUE, "profile": retrying(0, 0), "entry": None},
            # Before the issue: no renewal of this certificate was ever due.
            {"certificate": OVERDUE, "profile": retrying(0, 0), "entry": days(101, "days")},
        ],
    ),
    (
        "device-timer-not-started",
        "error",
        "The entry is there, but the device says: Disabled, Timer not started.",
        [{"certificate": device("Timer not started", status="Disabled")}],
        "Look at the log of the device for why it does not start its timer.",
        [
            {"certificate": device("Timer not started yet")},
            {"certificate": device(None, status="Enabled")},
            {"certificate": device("Timer not started"), "entry": None},
            # One node of a cluster runs the timer.
            {"nodes": NODES, "local_certificates": RUNS_ON_ONE},
            {"nodes": NODES, "local_certificates": RUNS_ON_ONE[::-1]},
            # Nothing asks for a timer.
            {"certificate": device("Timer not started"), "entry": {"re_enroll_trigger_time_percentage": None}},
            {"certificate": {"auto_re_enrollment": None}},
        ],
    ),
    (
        "device-trigger-after-expiry",
        "error",
        "The device says that it renews at 2026-04-02T09:56:00Z, after the expiry at 2026-04-02T09:55:00Z.",
        [{"certificate": device("later", "2026-04-02T09:56:00Z")}],
        "Set a trigger before the expiry.",
        [{"certificate": device("before", "2026-04-02T09:54:59Z")}, {"certificate": device("later")}],
    ),
    (
        "device-trigger-differs",
        "warning",
        "The device says that it renews at 2026-03-10T21:57:00Z, by re-enroll-trigger-time-percentage it is "
        "2026-03-10T21:55:00Z.",
        [{"certificate": device("x", "2026-03-10T21:57:00Z")}],
        "Watch which of the two comes true.",
        [
            {"certificate": device("x", "2026-03-10T21:56:59Z")},
            {"certificate": device("x", "2026-03-10T21:53:01Z")},
            {"certificate": device("x", "2026-03-10"), "entry": {}},
            {"certificate": device("x", "2026-03-10T00:00:00Z"), "entry": {"re_enroll_trigger_time_percentage": None}},
        ],
    ),
    (
        "device-trigger-unreadable",
        "info",
        "The device tells its next trigger time in a form that is not documented: 'in 3 days'.",
        [{"certificate": device("in 3 days")}, {"certificate": device("in 3 days", "soon"), "entry": None}],
        "Compare it with the date by hand.",
        [
            {"certificate": device("TIMER NOT STARTED")},
            {"certificate": device("03-10-2026 21:55 UTC", "2026-03-10T21:55:00Z")},
            {"certificate": device(None)},
            {"certificate": device("")},
        ],
    ),
    (
        "no-ca-profile",
        "error",
        "The entry names no CA profile.",
        [{"entry": {"ca_profile_name": None}}, {"entry": {"ca_profile_name": ""}}],
        "Set ca_profile_name.",
        [{}, {"entry": None}],
    ),
    (
        "ca-profile-missing",
        "error",
        "The entry names ca-profile corp-ca, and no such profile is in effect.",
        [{"profile": None}, {"profile": {"name": "Corp-CA"}}],
        "Declare the profile.",
        [{}, {"entry": {"ca_profile_name": None}}, {"entry": None, "profile": None}],
    ),
    (
        "no-enrollment-url",
        "error",
        "ca-profile corp-ca has no enrollment url.",
        [{"profile": {"enrollment": None}}, {"profile": {"enrollment": {"url": "", "retry": 5}}}],
        "Set enrollment.url of the profile.",
        [
            {"profile": {"enrollment": {"url": "x"}}},
            {"profile": None},
            {"entry": None, "profile": {"enrollment": None}},
        ],
    ),
    (
        "ca-certificate-missing",
        "error",
        "No CA certificate is loaded into ca-profile corp-ca.",
        [{"ca": None}, {"ca": {"ca_profile": "lab"}}],
        "Load or enroll the CA certificate.",
        [{"ca_certificates": None}, {"entry": {"ca_profile_name": None}, "ca": None}, {"entry": None, "ca": None}],
    ),
    (
        "ca-certificate-unreadable",
        "error",
        "What the device shows of the CA certificate of ca-profile corp-ca cannot be understood: not_after: odd.",
        [{"ca": {"problems": ["not_after: odd."], "not_after": None}}, {"ca_certificates": [ODD, ODD]}],
        "Look at it on the device, and report the form.",
        [{}, {"ca": {"problems": []}}, {"ca_certificates": [CA, ODD | {"ca_profile": "lab"}]}],
    ),
    (
        "ca-certificate-nodes-differ",
        "error",
        "Of the nodes node0, node1, the CA certificate of ca-profile corp-ca is on node1 only.",
        [{"nodes": NODES, "ca": {"node": "node1"}}],
        "Load the CA certificate on the node that lacks it.",
        [{}, {"nodes": NODES, "ca_certificates": [CA | {"node": node} for node in NODES]}, {"nodes": NODES}],
    ),
    (
        "ca-certificate-not-yet-valid",
        "error",
        "The CA certificate of ca-profile corp-ca is not valid before 2026-02-01T00:00:01Z.",
        [{"ca": {"not_before": "2026-02-01T00:00:01Z"}}],
        "Check the clock of the device, and the CA's certificate.",
        [
            {"ca": {"not_before": "2026-02-01T00:00:00Z"}},
            {
                "ca_certificates": [
                    CA | {"not_before": date} for date in ("2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
                ]
            },
        ],
    ),
    (
        "ca-certificate-expired",
        "error",
        "The CA certificate of ca-profile corp-ca expired on 2026-02-01T00:00:00Z.",
        [
            {"ca": {"not_after": "2026-02-01T00:00:00Z"}},
            # On one node of a cluster.
            {"ca_certificates": [CA | {"node": "node0"}, CA | {"node": "node1", "not_after": "2026-02-01T00:00:00Z"}]},
            {
                "ca_certificates": [
                    CA | {"not_after": "2026-02-01T00:00:00Z"},
                    CA | {"not_after": "2026-01-01T00:00:00Z"},
                    CA | {"not_after": None},
                    CA | {"ca_profile": "lab"},
                ]
            },
        ],
        "Load the CA's new certificate.",
        [
            {"ca": {"not_after": "2026-02-01T00:00:01Z"}},
            {"ca": {"not_after": None}},
            {"ca_certificates": [CA | {"not_after": "2026-02-01T00:00:00Z"}, CA]},
        ],
    ),
    (
        "ca-certificate-expires-first",
        "warning",
        "The CA certificate of ca-profile corp-ca expires on 2026-04-02T09:54:59Z, before the certificate "
        "(2026-04-02T09:55:00Z).",
        [{"ca": {"not_after": "2026-04-02T09:54:59Z"}}],
        "Load the CA's new certificate before then.",
        [
            {"ca": {"not_after": "2026-04-02T09:55:00Z"}},
            {"ca": {"not_after": "2026-02-01T00:00:00Z"}},
            {"ca": {"not_after": None}},
            {"certificate": None, "ca": {"not_after": "2026-03-02T09:55:00Z"}},
        ],
    ),
    (
        "issuer-mismatch",
        "error",
        "The certificate was issued by O=Example, Inc., CN=corp-ca, and ca-profile corp-ca holds the certificate of "
        "CN=corp-ca-2; CN=x.",
        [
            {
                "ca_certificates": [
                    *(CA | {"subject": subject} for subject in ("CN=corp-ca-2", "CN=x", "CN=x", None)),
                    CA | {"ca_profile": "lab"},
                ]
            }
        ],
        "Point ca_profile_name to a profile with the issuer's certificate: a CA may have rotated its intermediate.",
        [
            {},
            {"ca_certificates": [CA | {"subject": "CN=x"}, CA]},
            {"ca": {"subject": None}},
            {"ca": {"subject": "CN=x"}, "certificate": {"issuer": None}},
            {"ca": {"subject": "CN=x"}, "certificate": None},
            {"ca": {"subject": "CN=x"}, "entry": None},
        ],
    ),
    (
        "short-of-a-weekend",
        "warning",
        WEEKEND.format("the 63 retries of ca-profile corp-ca end after 63 hours"),
        [{"profile": retrying(63, 3600)}, {"profile": retrying("63", "3600")}],
        "Renew earlier, or retry longer.",
        [
            {"profile": retrying(64, 3600)},
            {"profile": retrying(None, None)},
            {"profile": retrying(384, None)},
            {"entry": days(64, "hours"), "certificate": device(None)},
            {"profile": retrying(1, 1), "certificate": None},
            {"profile": retrying(1, 1), "entry": {"re_enroll_trigger_time_percentage": None}},
            {"profile": None, "entry": days(1), "certificate": device(None)},
        ],
    ),
    (
        "acme-port-80",
        "error",
        "J-Web listens on port 80, where the CA asks for the challenge.",
        [{"entry": ACME, "configuration": KEYS | {"web_management_http_port": 80}}],
        "Move J-Web to another port, or to https only.",
        [
            {"entry": ACME, "configuration": KEYS | {"web_management_http_port": 8080}},
            {"entry": ACME, "configuration": KEYS},
            {"configuration": {"web_management_http_port": 80}},
            {"entry": None, "configuration": {"web_management_http_port": 80}},
        ],
    ),
    (
        "acme-wildcard",
        "error",
        "The certificate is for a wildcard name (*.).",
        [
            {"entry": ACME, "configuration": KEYS, "certificate": {"subject": "CN=*.example.net"}},
            {"entry": ACME, "configuration": KEYS, "certificate": {"alternate_subjects": ["a", "*.example.net"]}},
        ],
        "ACME on Junos cannot renew it: enroll each name by itself.",
        [
            {"certificate": {"subject": "CN=*.example.net"}},
            {"entry": ACME, "configuration": KEYS, "certificate": {"subject": "CN=*", "alternate_subjects": None}},
            {"entry": ACME, "configuration": KEYS, "certificate": None},
        ],
    ),
    (
        "acme-account-key",
        "warning",
        "acme-account-key has no acme-key-id key-1.",
        [
            {"entry": ACME, "configuration": {"acme_account_key": {"acme_key_id": ["key-11", "key"]}}},
            {"entry": ACME},
            {"entry": ACME, "configuration": {"acme_account_key": {"acme_key_id": None}}},
        ],
        "Check the account key on the device.",
        [{"entry": ACME, "configuration": KEYS}, {"entry": {"acme_key_id": "key-1"}}],
    ),
    (
        "acme-release",
        "warning",
        "ACME works from Junos 22.4R1-S1 on, and the device runs 22.4R1.10.",
        [{"entry": ACME, "configuration": KEYS, "release": "22.4R1.10"}],
        "Update the device.",
        [
            {"entry": ACME, "configuration": KEYS, "release": "22.4R1-S1"},
            {"entry": ACME, "configuration": KEYS, "release": "22.4R1-S2.3"},
            {"entry": ACME, "configuration": KEYS, "release": "22.4R2"},
            {"entry": ACME, "configuration": KEYS, "release": "22.4R0"},
            {"entry": ACME, "configuration": KEYS, "release": None},
            {"entry": ACME, "configuration": KEYS, "release": "newest"},
            {"release": "22.4R1.10"},
        ],
    ),
    (
        "acme-routing-instance",
        "warning",
        "ca-profile corp-ca uses routing-instance mgmt; the device answers the CA in inet.0 only.",
        [{"entry": ACME, "configuration": KEYS, "profile": {"routing_instance": "mgmt"}}],
        "Check that the CA reaches the device there.",
        [
            {"profile": {"routing_instance": "mgmt"}},
            {"entry": ACME, "configuration": KEYS},
            {"entry": ACME, "configuration": KEYS, "profile": None},
        ],
    ),
    (
        "revocation-check-disabled",
        "warning",
        "ca-profile corp-ca does not check for revoked certificates.",
        [{"profile": {"revocation_check": {"disable": True}}}],
        "Use use_crl or use_ocsp.",
        [
            {"profile": {"revocation_check": {"disable": False}}},
            {"profile": {"revocation_check": {"use_crl": True}}},
            {"profile": {"revocation_check": None}},
            {"profile": {"revocation_check": {"disable": True}}, "entry": None},
        ],
    ),
    (
        "direct-list",
        "warning",
        "The entry stands in the old direct list, which is deprecated from Junos 23.1R1 on.",
        [{"entry": {"protocol": "direct"}}],
        "Move it to protocol scep with state replaced, in one commit.",
        [{}, {"entry": None}],
    ),
    (
        "signature-weak",
        "warning",
        "The certificate is signed with ecdsa-with-SHA1.",
        [{"certificate": {"signature_algorithm": "ecdsa-with-SHA1"}}],
        "Have the CA sign with sha256 or better.",
        [
            *(
                {"certificate": {"signature_algorithm": name}}
                for name in ("sha128", "sha256WithRSAEncryption", "", None)
            ),
            {"certificate": None},
        ],
    ),
    (
        "lifetime-shrinks",
        "info",
        PUBLIC.format(47, "2029-03-15", "hours", 1128),
        [{"entry": days(1128, "hours"), "certificate": device(None)}],
        "Use a percentage if the CA is a public one.",
        [
            {"entry": days(1127, "hours"), "certificate": device(None)},
            {"entry": {"re_enroll_trigger_time_percentage": 99}, "certificate": device(None)},
            {"entry": days(99, "percentage"), "certificate": device(None)},
            {"entry": days(47), "certificate": YEAR | {"not_before": "2025-11-28T00:00:00Z"}},  # 399 days: a private CA
            {"entry": days(2**32 - 1), "certificate": device(None)},
            {"entry": days(99), "certificate": None},
        ],
    ),
    (
        "scep-digest-sha1",
        "info",
        "SCEP messages are signed over a sha1 digest.",
        [{"entry": {"scep_digest_algorithm": "sha1"}}],
        "Junos knows no better one for SCEP. CMPv2 has no such limit.",
        [{"entry": {"scep_digest_algorithm": "md5"}}, {"entry": {"scep_digest_algorithm": None}}],
    ),
    (
        "request-pending",
        "info",
        "The device holds a certificate request that is not answered yet.",
        [{"certificate_requests": [{"certificate_id": "other"}, {"certificate_id": "vpn-01"}]}],
        "See whether the CA has issued the certificate.",
        [{"certificate_requests": [{"certificate_id": "other"}]}, {"certificate_requests": None}],
    ),
]
WITH = [(row[0], row[1], row[2], row[4], told) for row in TABLE for told in row[3]]
WITHOUT = [(row[0], told) for row in TABLE for told in row[5]]


@pytest.mark.parametrize(("code", "severity", "sentence", "advice", "told"), WITH, ids=[row[0] for row in WITH])
def test_finding(code: str, severity: str, sentence: str, advice: str, told: Told) -> None:
    expected = {
        "host": "fw1",
        "certificate_id": "vpn-01",
        "code": code,
        "severity": severity,
        "sentence": sentence,
        "advice": advice,
    }
    answer = audit({"fw1": host(**told)}, NOW)
    assert [finding for finding in answer["findings"] if finding["code"] == code] == [expected]
    assert [row["certificate_id"] for row in answer["certificates"] if code in row["findings"]] == ["vpn-01"]


@pytest.mark.parametrize(("code", "told"), WITHOUT, ids=[row[0] for row in WITHOUT])
def test_no_such_finding(code: str, told: Told) -> None:
    assert [row for row in audit({"fw1": host(**told)}, NOW)["findings"] if row["code"] == code] == []


def test_every_finding_is_tested_and_in_order() -> None:
    assert [row[0] for row in TABLE] == list(CHECKS)
    assert [code for code, *_rest in WITHOUT if code not in CHECKS] == []
    assert {code for code, *_rest in WITHOUT} == set(CHECKS)


@pytest.mark.parametrize(
    ("code", "told", "sentence"),
    [
        (
            "two-entries",
            {"configuration": {"config": [ENTRY, CMPV2 | {"protocol": None}]}},
            "The certificate has an entry in several lists: scep, one not told.",
        ),
        (
            "device-timer-not-started",
            {"certificate": device("timer NOT started", status=None)},
            "The entry is there, but the device says: timer NOT started.",
        ),
        (
            "device-timer-not-started",
            {"certificate": device(None, status="Disabled")},
            "The entry is there, but the device says: Disabled.",
        ),
        (
            "device-trigger-differs",
            {"certificate": device("x", "2026-03-10T21:53:00Z")},
            "The device says that it renews at 2026-03-10T21:53:00Z, by re-enroll-trigger-time-percentage it is "
            "2026-03-10T21:55:00Z.",
        ),
        (
            "device-trigger-after-expiry",
            {"certificate": device("x", "2026-04-02T09:55:00Z"), "entry": None},
            "The device says that it renews at 2026-04-02T09:55:00Z, after the expiry at 2026-04-02T09:55:00Z.",
        ),
        (
            "short-of-a-weekend",
            {"entry": days(63, "hours"), "certificate": device(None)},
            WEEKEND.format("the certificate expires 63 hours after the trigger"),
        ),
        (
            "short-of-a-weekend",
            {"entry": days(1, "hours"), "certificate": device(None)},
            WEEKEND.format("the certificate expires 1 hour after the trigger"),
        ),
        # As many retries as there is time.
        (
            "short-of-a-weekend",
            {"entry": days(2, "hours"), "certificate": device(None), "profile": retrying(2, 3600)},
            WEEKEND.format("the certificate expires 2 hours after the trigger"),
        ),
        (
            "short-of-a-weekend",
            {"profile": retrying(0, 3600)},
            WEEKEND.format("the 0 retries of ca-profile corp-ca end after 0 minutes"),
        ),
        (
            "short-of-a-weekend",
            {"profile": retrying(5, 60)},
            WEEKEND.format("the 5 retries of ca-profile corp-ca end after 5 minutes"),
        ),
        (
            "short-of-a-weekend",
            {"profile": retrying(383, None)},
            WEEKEND.format("the 383 retries of ca-profile corp-ca end after 63 hours"),
        ),
        (
            "acme-account-key",
            {"entry": {"protocol": "acme"}, "configuration": KEYS},
            "The entry names no acme-key-id.",
        ),
        (
            "acme-release",
            {"entry": ACME, "configuration": KEYS, "release": "22.4R1"},
            "ACME works from Junos 22.4R1-S1 on, and the device runs 22.4R1.",
        ),
        (
            "signature-weak",
            {"certificate": {"signature_algorithm": "MD5-RSA"}},
            "The certificate is signed with MD5-RSA.",
        ),
        ("signature-weak", {"certificate": {"signature_algorithm": "sha-1"}}, "The certificate is signed with sha-1."),
        (
            "lifetime-shrinks",
            {"entry": days(200), "certificate": YEAR},
            PUBLIC.format(200, "2026-03-15", "days", 4800),
        ),
        (
            "lifetime-shrinks",
            {"entry": days(199), "certificate": YEAR},
            PUBLIC.format(100, "2027-03-15", "days", 4776),
        ),
        (
            "lifetime-shrinks",
            {"entry": days(99), "certificate": YEAR},
            PUBLIC.format(47, "2029-03-15", "days", 2376),
        ),
        (
            "lifetime-shrinks",
            {"entry": days(47), "certificate": YEAR | {"not_before": "2025-11-29T00:00:00Z"}},
            PUBLIC.format(47, "2029-03-15", "days", 1128),
        ),
    ],
)
def test_other_sentences(code: str, told: Told, sentence: str) -> None:
    assert [finding["sentence"] for finding in found({"fw1": host(**told)}, code)] == [sentence]


@pytest.mark.parametrize("both", [2**32 - 1, str(2**32 - 1)])
def test_retries_without_end(both: object) -> None:
    assert found({"fw1": host(profile=retrying(both, both))}, "short-of-a-weekend") == []


@pytest.mark.parametrize(
    ("told", "expected"), [({"entry": None}, ["no-entry"]), ({"entry": {"ca_profile_name": None}}, ["no-ca-profile"])]
)
def test_a_ca_certificate_without_a_name_belongs_to_nothing(told: Told, expected: list[str]) -> None:
    nameless = {"ca_profile": "", "subject": "CN=x", "not_after": "2020-01-01T00:00:00Z"}
    assert audit({"fw1": host(ca=nameless, **told)}, NOW)["certificates"][0]["findings"] == expected


def test_the_findings_of_the_date_come_along() -> None:
    answer = audit(
        {"fw1": host(entry={"re_generate_keypair": None, "re_enroll_time": {"days": 4}}, release="22.1R3")}, NOW
    )
    row = answer["certificates"][0]
    assert row["findings"] == [
        *("statements-disagree", "from-now", "too-late-for-retries", "key-not-regenerated"),
        "device-trigger-differs",
    ]
    assert (row["trigger"], row["rule"], row["severity"]) == ("2026-03-29T09:55:00Z", "re-enroll-time days", "warning")


@pytest.mark.parametrize(
    ("url", "name", "ca"),
    [
        ("http://ca.example.net/scep", "corp-ca", "ca.example.net"),
        ("HTTPS://User:pw@CA.example.net:8443/x@y?z", "corp-ca", "ca.example.net"),
        ("http://[2001:DB8::1]:80/", "corp-ca", "[2001:db8::1]"),
        ("http://192.0.2.1", "corp-ca", "192.0.2.1"),
        ("http://ca.example.net?x=/y@z", "corp-ca", "ca.example.net"),
        ("http://ca.example.net#x", "corp-ca", "ca.example.net"),
        ("http:///scep", "corp-ca", "corp-ca"),
        ("ca.example.net/scep", "corp-ca", "corp-ca"),
        ("", "corp-ca", "corp-ca"),
        (None, "corp-ca", "corp-ca"),
        ("http://ca.example.net", "lab", "lab"),  # the entry names a profile that is not there
        ("http://ca.example.net", None, None),
    ],
)
def test_ca(url: str | None, name: str | None, ca: str | None) -> None:
    answer = audit({"fw1": host(profile={"enrollment": {"url": url}}, entry={"ca_profile_name": name})}, NOW)
    assert answer["certificates"][0]["ca"] == ca
    assert [each["ca"] for each in answer["load"]] == ([ca] if ca else [])


# ---- hosts ----


@pytest.mark.parametrize(
    ("result", "why"),
    [
        ({"failed": True, "msg": "fw1: no answer."}, "fw1: no answer."),
        ({"unreachable": True, "changed": False, "msg": ""}, "its configuration was not read."),
        ({"skipped": True}, "its configuration was not read."),
        ({}, "its configuration was not read."),
        ({"msg": ["a", 1]}, "['a', 1]"),
        (host() | {"configuration": None}, "its configuration was not read."),
        (None, "what was read: expected a mapping, got a value of type NoneType."),
        ("failed", "what was read: expected a mapping, got a value of type str."),
        (host() | {"configuration": "x"}, "configuration: expected a mapping, got a value of type str."),
        (host(configuration={"config": {}}), "configuration.config: expected a list, got a value of type dict."),
        (host(configuration={"config": "x"}), "configuration.config: expected a list, got a value of type str."),
        (
            host(configuration={"config": [ENTRY, {"protocol": "scep"}]}),
            "configuration.config[1].certificate_id: is missing.",
        ),
        (host(configuration={"ca_profiles": [{}]}), "configuration.ca_profiles[0].name: is missing."),
        (
            host(configuration={"deactivated": [{"path": "x"}]}),
            "configuration.deactivated[0].certificate_ids: is missing.",
        ),
        (
            host(configuration={"deactivated": [{"certificate_ids": []}]}),
            "configuration.deactivated[0].path: is missing.",
        ),
        (
            host(configuration={"certificate_uses": [{"certificate_id": "x"}]}),
            "configuration.certificate_uses[0].path: is missing.",
        ),
        (
            host(local_certificates=[{"certificate_id": 7}]),
            "local_certificates[0].certificate_id: a value of type int cannot be understood here.",
        ),
        (host(local_certificates=[[]]), "local_certificates[0]: expected a mapping, got a value of type list."),
        (host(ca_certificates=[{}]), "ca_certificates[0].ca_profile: is missing."),
        (host(nodes=7), "nodes: expected a list, got a value of type int."),
        (host(not_read=["crls"]), "not_read: expected a mapping, got a value of type list."),
    ],
)
def test_host_that_was_not_read(result: object, why: str) -> None:
    answer = audit({"fw1": result, "fw2": host()}, NOW)
    assert answer["hosts"][0] == {
        "host": "fw1",
        "release": None,
        "read": False,
        "severity": "error",
        "certificates": 0,
        "left_out": [f"everything: {why}"],
    }
    assert answer["findings"] == [
        {
            "host": "fw1",
            "certificate_id": None,
            "code": "host-not-read",
            "severity": "error",
            "sentence": f"The host could not be read: {why.rstrip('.')}.",
            "advice": "Make the host readable, then run again.",
        }
    ]
    # The other host is complete.
    alone = audit({"fw2": host()}, NOW)
    assert (answer["hosts"][1:], answer["certificates"]) == (alone["hosts"], alone["certificates"])
    assert answer["load"] == alone["load"]
    assert answer["summary"] == alone["summary"] | {"hosts": 2, "errors": 1}


WRONG = (None, "soon", 7, 1.5, True, [], {}, ["x"], {"x": 1}, [None], [[]], datetime(2026, 3, 1, tzinfo=UTC), "gone")
FULL = host(
    entry=ACME | {"re_enroll_time": {"days": 20}, "scep_digest_algorithm": "md5"},
    profile={**retrying(5, 60), "revocation_check": {"disable": False}, "routing_instance": "r"},
    certificate={"node": "node0", "problems": ["x"]},
    configuration=KEYS | OFF,
    nodes=NODES,
    not_read={"crls": "x"},
    certificate_requests=[{"certificate_id": "vpn-01"}],
)


def places(value: object, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above, *(place for key, each in below for place in places(each, (*above, key)))]


@pytest.mark.parametrize("place", places(FULL), ids=lambda place: ".".join(map(str, place)))
def test_nothing_that_one_host_tells_takes_the_others_along(place: tuple[Any, ...]) -> None:
    alone = audit({"fw2": host()}, NOW)
    for wrong in WRONG:
        told: Any = {"fw1": deepcopy(FULL), "fw2": host()}
        *above, last = ("fw1", *place)
        inside = told
        for key in above:
            inside = inside[key]
        if wrong == "gone":
            del inside[last]
        else:
            inside[last] = deepcopy(wrong)
        answer = audit(told, NOW)
        assert [row for row in answer["certificates"] if row["host"] == "fw2"] == alone["certificates"]
        assert [row for row in answer["hosts"] if row["host"] == "fw2"] == alone["hosts"]
        assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("told", "left_out", "told_of"),
    [
        (
            {"local_certificates": None, "not_read": {"local_certificates": "no permission.", "crls": "x"}},
            ["crls: x", "local_certificates: no permission."],
            [("error", "certificates-not-read", "Not read, local_certificates: no permission.")],
        ),
        (
            {"ca_certificates": None, "not_read": None},
            [],
            [("warning", "ca-certificates-not-read", "Not read, ca_certificates: not asked for.")],
        ),
        (
            {"local_certificates": None, "ca_certificates": None},
            [],
            [
                ("error", "certificates-not-read", "Not read, local_certificates: not asked for."),
                ("warning", "ca-certificates-not-read", "Not read, ca_certificates: not asked for."),
            ],
        ),
        ({"certificate_requests": None, "not_read": {"crls": "x"}}, ["crls: x"], []),
    ],
)
def test_store_that_was_not_read(told: Told, left_out: list[str], told_of: list[tuple[str, str, str]]) -> None:
    answer = audit({"fw1": host(**told)}, NOW)
    assert answer["hosts"][0]["left_out"] == left_out
    rows = [finding for finding in answer["findings"] if finding["code"].endswith("not-read")]
    assert [(row["severity"], row["code"], row["sentence"]) for row in rows] == told_of
    assert {(row["host"], row["certificate_id"], row["advice"]) for row in rows} <= {
        ("fw1", None, "Read them: findings that need them are missing here.")
    }


def test_a_host_that_was_read_in_part_is_not_audited() -> None:
    answer = audit({"fw1": host(filtered=True), "fw2": host()}, NOW)
    why = "it was read with certificate_ids or ca_profiles, which leave out what an audit joins."
    assert [(row["host"], row["left_out"]) for row in answer["hosts"]] == [("fw1", [f"everything: {why}"]), ("fw2", [])]
    assert [row["host"] for row in answer["certificates"]] == ["fw2"]


def test_an_unreadable_date_leaves_what_the_entry_tells() -> None:
    unreadable = {"problems": ["not_after: odd."], "not_after": None}
    answer = audit({"fw1": host(certificate=unreadable, entry={"re_generate_keypair": None})}, NOW)
    assert codes(answer) == ["certificate-unreadable", "key-not-regenerated"]


def test_an_entry_without_a_certificate() -> None:
    answer = audit({"fw1": host(certificate=None), "fw2": host(local_certificates=None)}, NOW)
    assert [(row["host"], row["findings"]) for row in answer["certificates"]] == [
        ("fw1", ["certificate-missing"]),
        ("fw2", ["certificate-not-shown"]),
    ]
    row = answer["certificates"][0]
    assert {name: row[name] for name in row if row[name] not in (None, [])} == {
        "host": "fw1",
        "certificate_id": "vpn-01",
        "protocol": "scep",
        "ca_profile_name": "corp-ca",
        "ca": "ca.example.net",
        "rule": "re-enroll-trigger-time-percentage",
        "due": False,
        "used_by": ["security ike policy a"],
        "severity": "error",
        "findings": ["certificate-missing"],
    }
    assert answer["load"] == []
    assert (answer["summary"]["renewing"], answer["summary"]["next_trigger"]) == (0, None)


def test_a_certificate_without_an_entry() -> None:
    row = audit({"fw1": host(entry=None)}, NOW)["certificates"][0]
    assert (row["protocol"], row["ca_profile_name"], row["ca"], row["trigger"], row["rule"]) == (None,) * 5
    assert (row["days_left"], row["lifetime_days"], row["share_elapsed"]) == (60, 90, None)
    assert (row["severity"], row["findings"]) == ("error", ["no-entry"])


@pytest.mark.parametrize(
    ("certificate", "why", "dates"),
    [
        (
            {"not_after": "soon"},
            "certificate.not_after: 'soon' is not a date. Write it in ISO-8601, for example 2026-01-02T09:55:00Z, "
            "or as the device shows it, for example '01- 2-2026 09:55 UTC'.",
            ("2026-01-02T09:55:00Z", None),
        ),
        ({"not_before": None}, "certificate 'vpn-01': not_before is not known.", (None, "2026-04-02T09:55:00Z")),
        (
            {"not_before": "2026-04-02T09:55:00Z"},
            "certificate 'vpn-01': not_after (2026-04-02T09:55:00Z) is not later than not_before "
            "(2026-04-02T09:55:00Z).",
            ("2026-04-02T09:55:00Z", "2026-04-02T09:55:00Z"),
        ),
    ],
)
def test_a_malformed_date(certificate: Told, why: str, dates: tuple[str | None, str | None]) -> None:
    answer = audit({"fw1": host(certificate=certificate), "fw2": host()}, NOW)
    bad, good = answer["certificates"]
    assert (bad["not_before"], bad["not_after"]) == dates
    assert bad["findings"] == ["cannot-plan"]
    assert (bad["trigger"], bad["days_left"], bad["severity"]) == (None, None, "error")
    assert answer["findings"][0] == {
        "host": "fw1",
        "certificate_id": "vpn-01",
        "code": "cannot-plan",
        "severity": "error",
        "sentence": f"The date cannot be worked out. {why}",
        "advice": "Look at the certificate and its entry on the device.",
    }
    assert good == audit({"fw2": host()}, NOW)["certificates"][0]
    assert answer["summary"]["next_expiry"] == "2026-04-02T09:55:00Z"
    assert answer["summary"]["renewing"] == 1


def test_a_malformed_date_of_a_ca_certificate() -> None:
    answer = audit({"fw1": host(ca={"not_after": "soon"}), "fw2": host()}, NOW)
    assert [row["findings"] for row in answer["certificates"]] == [["cannot-plan"], []]
    # What is known of the certificate's own date stays.
    assert answer["certificates"][0]["trigger"] == "2026-03-10T21:55:00Z"


@pytest.mark.parametrize(
    "not_after",
    ["2026-04-02T11:55:00+02:00", datetime(2026, 4, 2, 9, 55, tzinfo=UTC), "04- 2-2026 09:55 UTC", "20260402095500Z"],
)
def test_dates_as_users_save_them(not_after: object) -> None:
    assert audit({"fw1": host(certificate={"not_after": not_after})}, NOW) == audit({"fw1": host()}, NOW)


# ---- a chassis cluster ----


def test_cluster() -> None:
    answer = audit({"fw1": host(local_certificates=ON_BOTH, nodes=NODES)}, NOW)
    (row,) = answer["certificates"]
    assert (row["nodes"], row["findings"]) == (NODES, [])
    assert answer["load"][0]["certificates"] == 1


def test_nodes_with_certificates_of_their_own() -> None:
    """One was renewed on one node only."""
    newer = {"node": "node1", "serial_number": "0b", "not_after": "2026-05-02T09:55:00Z", **device(None)}
    answer = audit(
        {"fw1": host(local_certificates=[CERTIFICATE | {"node": "node0"}, CERTIFICATE | newer], nodes=NODES)}, NOW
    )
    assert [(row["serial_number"], row["nodes"], row["findings"]) for row in answer["certificates"]] == [
        ("0a", ["node0"], ["nodes-differ"]),
        ("0b", ["node1"], ["nodes-differ"]),
    ]


# ---- the hour, the fleet ----


def several(*identifiers: str, **certificate: Any) -> Told:
    """A host with an entry and a certificate for each identifier."""
    return host(
        configuration={"config": [ENTRY | {"certificate_id": each} for each in identifiers], "certificate_uses": []},
        local_certificates=[CERTIFICATE | {"certificate_id": each, **certificate} for each in identifiers],
    )


def test_same_hour_on_host() -> None:
    results = {"fw1": several("b", "a"), "fw2": several("a")}
    assert found(results, "same-hour-on-host") == [
        {
            "host": "fw1",
            "certificate_id": None,
            "code": "same-hour-on-host",
            "severity": "warning",
            "sentence": "a, b renew in the same hour, 2026-03-10T21:00:00Z.",
            "advice": "Spread them, as the filter reenroll_stagger does.",
        }
    ]


def test_same_hour_is_by_the_hour() -> None:
    close = several("a", "b")
    close["local_certificates"][1] |= {"not_before": "2026-01-02T10:00:00Z", "not_after": "2026-04-02T10:00:00Z"}
    # 21:55 and 22:00 are five minutes, and two hours.
    assert found({"fw1": close}, "same-hour-on-host") == []
    close["local_certificates"][1] |= {"not_before": "2026-01-02T09:00:00Z", "not_after": "2026-04-02T09:00:00Z"}
    assert len(found({"fw1": close}, "same-hour-on-host")) == 1


def test_same_hour_needs_two_certificates_and_time_to_come() -> None:
    two_lists = host(configuration={"config": [ENTRY, CMPV2]})
    with_another = several("b", "a")
    with_another["configuration"]["config"].append(CMPV2 | {"certificate_id": "b"})
    assert [row["sentence"] for row in found({"fw1": with_another}, "same-hour-on-host")] == [
        "a, b renew in the same hour, 2026-03-10T21:00:00Z."
    ]
    assert found({"fw1": two_lists}, "same-hour-on-host") == []
    past = several("a", "b", not_before="2025-01-01T00:00:00Z", not_after="2025-05-01T00:00:00Z")
    assert found({"fw1": past}, "same-hour-on-host") == []


@pytest.mark.parametrize(
    ("capacity", "sentences"),
    [(2, ["ca.example.net gets 3 renewals in the hour 2026-03-10T21:00:00Z, and serves 2."]), (3, [])],
)
def test_ca_overload(capacity: int, sentences: list[str]) -> None:
    results = {"fw1": several("a", "b"), "fw2": several("a"), "fw3": host(profile={"enrollment": {"url": "http://b"}})}
    rows = found(results, "ca-overload", ca_capacity=capacity)
    assert [row["sentence"] for row in rows] == sentences
    assert [{**row, "sentence": ""} for row in rows] == [
        {
            "host": None,
            "certificate_id": None,
            "code": "ca-overload",
            "severity": "warning",
            "sentence": "",
            "advice": "Spread them, as the filter reenroll_stagger does.",
        }
    ] * len(sentences)


def test_the_default_capacity() -> None:
    fleet = {f"fw{number:02}": host() for number in range(61)}
    assert [row["sentence"] for row in found(fleet, "ca-overload")] == [
        "ca.example.net gets 61 renewals in the hour 2026-03-10T21:00:00Z, and serves 60."
    ]
    del fleet["fw00"]
    assert found(fleet, "ca-overload") == []


def test_load() -> None:
    later = {"not_before": "2026-01-03T09:55:00Z", "not_after": "2026-04-03T09:55:00Z", **device(None)}
    past = {"not_before": "2025-01-01T00:00:00Z", "not_after": "2025-05-01T00:00:00Z", **device(None)}
    results = {
        "fw1": host(certificate=later),
        "fw2": host(certificate=later),
        "fw3": host(),
        "fw4": host(certificate=past),
        "fw5": host(entry={"ca_profile_name": None}),
        "fw6": host(profile={"enrollment": {"url": "http://a.example.net"}}, certificate=later),
        "fw7": host(profile={"enrollment": {"url": "http://a.example.net"}}),
    }
    assert audit(results, NOW)["load"] == [
        {
            "ca": "a.example.net",
            "certificates": 2,
            "peak_day": {"day": "2026-03-10", "renewals": 1},
            "peak_hour": {"hour": "2026-03-10T21:00:00Z", "renewals": 1},
            "days": [{"day": "2026-03-10", "renewals": 1}, {"day": "2026-03-11", "renewals": 1}],
        },
        {
            "ca": "ca.example.net",
            "certificates": 3,
            "peak_day": {"day": "2026-03-11", "renewals": 2},
            "peak_hour": {"hour": "2026-03-11T21:00:00Z", "renewals": 2},
            "days": [{"day": "2026-03-10", "renewals": 1}, {"day": "2026-03-11", "renewals": 2}],
        },
    ]


def test_a_renewal_of_this_second_is_still_to_come() -> None:
    at = datetime(2026, 3, 10, 21, 55, tzinfo=UTC)
    assert audit({"fw1": host()}, at)["summary"]["next_trigger"] == iso(at)
    assert audit({"fw1": host()}, at)["load"][0]["certificates"] == 1
    after = audit({"fw1": host()}, at + timedelta(seconds=1))
    assert (after["summary"]["next_trigger"], after["load"]) == (None, [])
    assert audit({"fw1": host()}, datetime(2026, 4, 2, 9, 55, 1, tzinfo=UTC))["summary"]["next_expiry"] is None


def test_summary() -> None:
    later = {"not_before": "2026-01-03T09:55:00Z", "not_after": "2026-04-03T09:55:00Z", **device(None)}
    results = {
        "fw1": host(certificate=later, entry={"scep_digest_algorithm": "sha1", "protocol": "direct"}),
        "fw2": host(profile={"enrollment": None}),  # has a trigger, and will not renew
        "fw3": host(entry=None),
        "fw4": {"msg": "gone"},
    }
    assert audit(results, NOW)["summary"] == {
        "hosts": 4,
        "hosts_read": 3,
        "certificates": 3,
        "renewing": 1,
        "errors": 3,
        "warnings": 1,
        "infos": 1,
        "next_trigger": "2026-03-10T21:55:00Z",
        "next_expiry": "2026-04-02T09:55:00Z",
    }
    assert [row["severity"] for row in audit(results, NOW)["hosts"]] == ["warning", "error", "error", "error"]


def test_nothing_at_all() -> None:
    assert audit({}, NOW) == {
        "generated": "2026-02-01T00:00:00Z",
        "summary": {
            **dict.fromkeys(("hosts", "hosts_read", "certificates", "renewing", "errors", "warnings", "infos"), 0),
            "next_trigger": None,
            "next_expiry": None,
        },
        "hosts": [],
        "certificates": [],
        "findings": [],
        "load": [],
    }


@pytest.mark.parametrize(("results", "kind"), [(None, "NoneType"), ([], "list"), ("fw1", "str"), (7, "int")])
def test_no_mapping_of_hosts(results: object, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        audit(results, NOW)
    assert str(caught.value) == f"results: expected a mapping, got a value of type {kind}."


def test_the_result_of_one_host_is_no_mapping_of_hosts() -> None:
    with pytest.raises(InputError) as caught:
        audit(host(), NOW)
    assert str(caught.value) == (
        "results: this is the result of one host. Give a mapping, with the name of the host as the key."
    )


# ---- order ----


def fleet() -> Told:
    serials = [{"serial_number": serial, "node": None} for serial in ("0c", "0a", "0b")]
    config = [ENTRY, CMPV2, ENTRY | {"certificate_id": "a"}]
    return {
        "fw2": host(configuration={"config": config}, nodes=NODES, local_certificates=ON_BOTH),
        "fw10": host(local_certificates=[CERTIFICATE | each for each in serials], certificate_requests=None),
        "fw1": several("b", "c", "a", signature_algorithm="md5", alternate_subjects=[]),
        "gone": None,
    }


def test_order() -> None:
    answer = audit(fleet(), NOW, 1)
    assert [row["host"] for row in answer["hosts"]] == ["fw1", "fw10", "fw2", "gone"]
    assert [
        (row["host"], row["certificate_id"], row["protocol"], row["serial_number"]) for row in answer["certificates"]
    ] == [
        *(("fw1", each, "scep", "0a") for each in "abc"),
        *(("fw10", "vpn-01", "scep", each) for each in ("0a", "0b", "0c")),
        ("fw2", "a", "scep", None),
        ("fw2", "vpn-01", "cmpv2", "0a"),
        ("fw2", "vpn-01", "scep", "0a"),
    ]
    # The worst first, then by code, host and certificate; what concerns the fleet before what concerns a host.
    assert [(row["severity"], row["code"], row["host"], row["certificate_id"]) for row in answer["findings"]] == [
        ("error", "host-not-read", "gone", None),
        ("warning", "ca-overload", None, None),
        ("warning", "no-certificate", "fw2", "a"),
        ("warning", "same-hour-on-host", "fw1", None),
        *(("warning", "signature-weak", "fw1", each) for each in "abc"),
        ("warning", "two-entries", "fw2", "vpn-01"),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_same_input_in_another_order_gives_the_same_answer(seed: int) -> None:
    chance = random.Random(seed)

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in chance.sample(list(value), len(value))}
        return value

    results = shuffled(fleet())
    for result in filter(None, results.values()):
        for store in ("local_certificates", "ca_certificates", "certificate_requests", "nodes"):
            chance.shuffle(result[store] or [])
    assert json.dumps(audit(results, NOW, 1)["certificates"]) == json.dumps(audit(fleet(), NOW, 1)["certificates"])
    answer, expected = audit(results, NOW, 1), audit(fleet(), NOW, 1)
    assert {**answer, "hosts": None} == {**expected, "hosts": None}
    assert answer["hosts"] == expected["hosts"]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("not_after", "2026-04-02T09:55:00Z", "2026-05-02T09:55:00Z"),
        ("not_before", "2026-01-01T09:55:00Z", "2026-01-02T09:55:00Z"),
        ("serial_number", "0a", "0b"),
        ("subject", "CN=a", "CN=b"),
    ],
)
def test_certificates_of_one_name_are_in_order(name: str, first: str, second: str) -> None:
    pair = [CERTIFICATE | {"serial_number": None, name: value} for value in (second, first)]
    for held in (pair, pair[::-1]):
        rows = audit({"fw1": host(local_certificates=held)}, NOW)["certificates"]
        assert [row[name] for row in rows] == [first, second]


def test_the_input_stays_as_it_is() -> None:
    results = fleet()
    audit(results, NOW)
    assert results == fleet()


def test_ten_thousand_certificates() -> None:
    names = [f"vpn-{number}" for number in range(100)]
    answer = audit({f"fw{number:02}": several(*names) for number in range(100)}, NOW)
    assert (answer["summary"]["certificates"], answer["summary"]["renewing"]) == (10_000, 10_000)
    assert answer["load"][0]["peak_hour"] == {"hour": "2026-03-10T21:00:00Z", "renewals": 10_000}
    assert {row["code"]: row["host"] for row in answer["findings"]} == {
        "ca-overload": None,
        "same-hour-on-host": "fw99",
    }
