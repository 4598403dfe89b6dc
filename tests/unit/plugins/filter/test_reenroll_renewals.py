# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter import reenroll_renewals as plugin
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso
from ansible_collections.netpki.junos.plugins.module_utils._schedule import FINDINGS, plan_without_dates

reenroll_renewals = plugin.FilterModule().filters()["reenroll_renewals"]

NOW = "2026-02-01T00:00:00Z"
GOOD = {
    "certificate_id": "vpn-01",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_enroll_time": {"days": 25},
    "re_generate_keypair": True,
}
SHOWN = {
    "certificate_id": "vpn-01",
    "subject": "CN=vpn-01",
    "issuer": None,
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
}


def answered(*entries: dict[str, Any], **result: Any) -> dict[str, Any]:
    """The result of the module."""
    return {
        "changed": True,
        "release": "24.4R1",
        "after": {"config": list(entries), "ca_profiles": [{"name": "corp-ca", "enrollment": {"retry": 5}}]},
        "certificates": [SHOWN],
        **result,
    }


def undated(*findings: tuple[str, str, str, str], rule: str | None = None) -> dict[str, Any]:
    empty = ("trigger", "not_before", "not_after", "lifetime_days", "lifetime_seconds", "share_elapsed", "days_left")
    found = [dict(zip(("code", "severity", "sentence", "advice"), finding, strict=True)) for finding in findings]
    return {**dict.fromkeys(empty), "rule": rule, "due": False, "findings": found}


NO_TRIGGER = (
    "no-trigger",
    "error",
    "Nothing says when to renew: the device lets the certificate expire.",
    "Set re_enroll_time or re_enroll_trigger_time_percentage.",
)
KEY = (
    "key-not-regenerated",
    "warning",
    "The renewal keeps the key, and CAs refuse a new certificate for an unchanged key.",
    "Set re_generate_keypair to true.",
)
DES = (
    "scep-encryption-des",
    "warning",
    "SCEP messages are encrypted with des.",
    "Set scep_encryption_algorithm to des3.",
)
MD5 = (
    "scep-digest-md5",
    "warning",
    "SCEP messages are signed over an md5 digest.",
    "Set scep_digest_algorithm to sha1.",
)
NONE = ("no-certificate", "warning", "No certificate on the device yet.", "Enroll the certificate.")
HIDDEN = (
    "certificate-not-shown",
    "warning",
    "The certificates were not read, so the date is not known.",
    "A device shows those of its main system only, and only to a user who may see them.",
)
DATED = {
    "trigger": "2026-03-08T09:55:00Z",
    "rule": "re-enroll-time days",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2026-04-02T09:55:00Z",
    "lifetime_days": 90,
    "lifetime_seconds": 7776000,
    "share_elapsed": 72,
    "days_left": 60,
    "due": False,
    "findings": [],
}
DAYS = "re-enroll-time days"
TWO = "entry.re_enroll_time: give exactly one of days, hours and percentage; given: days, hours."


def text(finding: tuple[str, str, str, str]) -> str:
    return f"{finding[2]} {finding[3]}"


def cannot(why: str) -> tuple[str, str, str, str]:
    what = f"The date cannot be worked out. {why}"
    return ("cannot-plan", "error", what, "Look at the certificate and its entry on the device.")


@pytest.mark.parametrize(
    ("result", "renewal"),
    [
        (answered(GOOD), DATED),
        # No certificate of that name: what the entry alone tells, and no promise.
        (answered(GOOD, certificates=[]), undated(NONE, rule=DAYS)),
        (answered(GOOD | {"certificate_id": "VPN-01"}), undated(NONE, rule=DAYS)),
        (
            answered(
                {
                    "certificate_id": "vpn-02",
                    "scep_encryption_algorithm": "des",
                    "scep_digest_algorithm": "md5",
                }
            ),
            undated(NO_TRIGGER, KEY, DES, MD5, NONE),
        ),
        (
            answered(GOOD | {"re_enroll_trigger_time_percentage": 9, "re_enroll_time": {}}, certificates=[]),
            undated(NONE, rule="re-enroll-trigger-time-percentage"),
        ),
        # Not read.
        (answered(GOOD, certificates=None), undated(HIDDEN, rule=DAYS)),
        (answered(GOOD | {"re_enroll_time": {}}, certificates=None), undated(NO_TRIGGER, HIDDEN)),
        # A device may hold re-enroll-time with nothing in it.
        (
            answered(GOOD | {"re_enroll_time": {}}),
            DATED | undated(NO_TRIGGER) | {key: DATED[key] for key in DATED if key.startswith(("not", "life", "days"))},
        ),
        # What cannot be worked out is told as it is.
        (
            answered(GOOD, certificates=[SHOWN | {"not_after": SHOWN["not_before"]}]),
            undated(
                cannot(
                    "certificate 'vpn-01': not_after (2026-01-02T09:55:00Z) is not later than not_before"
                    " (2026-01-02T09:55:00Z)."
                )
            ),
        ),
        (
            answered(GOOD, certificates=[SHOWN | {"not_before": None}]),
            undated(cannot("certificate 'vpn-01': not_before is not known.")),
        ),
        (
            answered(GOOD | {"re_enroll_time": {"days": 5, "hours": 7}}),
            undated(cannot(TWO)),
        ),
        (
            answered(GOOD | {"re_enroll_time": {"days": 5, "hours": 7}}, certificates=[]),
            undated(cannot(TWO)),
        ),
        (
            answered(GOOD, release="newest"),
            undated(cannot("'newest' is not a Junos release. Write it as the device does, for example 22.4R1-S1.")),
        ),
        (answered(GOOD, release=None), DATED),
    ],
)
def test_renewal(result: dict[str, Any], renewal: dict[str, Any]) -> None:
    (row,) = reenroll_renewals(result, now=NOW)
    (entry,) = result["after"]["config"]
    names = {name: entry.get(name) for name in ("certificate_id", "protocol", "ca_profile_name")}
    assert {key: value for key, value in row.items() if key != "summary"} == {**names, **renewal}


def test_the_findings_without_a_date() -> None:
    without = [name for name, kind in FINDINGS.items() if kind.of_entry]
    assert without == [NO_TRIGGER[0], KEY[0], DES[0], MD5[0]]
    codes = [finding.code for finding in plan_without_dates({}, "no-certificate").findings]
    assert codes == ["no-trigger", "key-not-regenerated", "no-certificate"]


def test_the_release_and_the_ca_profile_count() -> None:
    slow = {"name": "corp-ca", "enrollment": {"retry": 1000, "retry_interval": 3600}}
    result = answered(GOOD, release="22.1R3")
    result["after"]["ca_profiles"] = [{"name": "other"}, slow]
    (row,) = reenroll_renewals(result, NOW)
    assert [finding["code"] for finding in row["findings"]] == ["from-now", "too-late-for-retries"]


def test_each_entry_and_each_certificate_of_it() -> None:
    newer = SHOWN | {"not_after": "2026-07-01T09:55:00Z"}
    other = {"certificate_id": "web", "protocol": "direct"}
    rows = reenroll_renewals(answered(GOOD, other, certificates=[newer, SHOWN]), NOW)
    assert [(row["certificate_id"], row["protocol"], row["trigger"]) for row in rows] == [
        ("vpn-01", "scep", "2026-06-06T09:55:00Z"),
        ("vpn-01", "scep", "2026-03-08T09:55:00Z"),
        ("web", "direct", None),
    ]
    assert reenroll_renewals(answered(), NOW) == []


@pytest.mark.parametrize(
    ("result", "summary"),
    [
        (answered(GOOD), yaml.safe_load(plugin.RETURN)["_value"]["contains"]["summary"]["sample"]),
        (answered(GOOD, certificates=[]), f"vpn-01: {text(NONE)}"),
        (answered(GOOD | {"re_generate_keypair": False}, certificates=None), f"vpn-01: {text(KEY)} {text(HIDDEN)}"),
        (
            answered(GOOD | {"re_enroll_time": None}),
            f"vpn-01: does not renew by itself, expires 2026-04-02T09:55:00Z. {text(NO_TRIGGER)}",
        ),
    ],
)
def test_summary(result: dict[str, Any], summary: str) -> None:
    assert reenroll_renewals(result, NOW)[0]["summary"] == summary


def test_a_trigger_before_the_calendar_begins() -> None:
    (row,) = reenroll_renewals(answered(GOOD | {"re_enroll_time": {"days": 4294967295}}), NOW)
    assert row["summary"].split(", expires")[0] == "vpn-01: renews before the year 1 by re-enroll-time days"


def test_clock_of_the_controller() -> None:
    now = datetime.now(UTC)
    young = SHOWN | {"not_before": iso(now - timedelta(days=1)), "not_after": iso(now + timedelta(days=10, hours=1))}
    assert reenroll_renewals(answered(GOOD, certificates=[young]))[0]["days_left"] == 10


@pytest.mark.parametrize(
    ("result", "now", "message"),
    [
        ([], NOW, "result: expected a mapping, got a value of type list."),
        (
            {"failed": True, "msg": "secret"},
            NOW,
            "result: has no after. Give what junos_pki_reenroll answers where it does not fail.",
        ),
        (
            answered(GOOD),
            "soon",
            "now: 'soon' is not a date. Write it in ISO-8601, for example 2026-01-02T09:55:00Z, or"
            " as the device shows it, for example '01- 2-2026 09:55 UTC'.",
        ),
    ],
)
def test_bad_input(result: object, now: str, message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_renewals(result, now)
    assert caught.value.message == message
