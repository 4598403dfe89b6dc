# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commit checks: the rules of the models, in their releases, on what is in effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from junosim.checks import check

SCEP = "security pki auto-re-enrollment scep certificate-id vpn-01"
PROFILE = "set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep\n"
ENTRY = f"set {SCEP} ca-profile-name corp-ca\n"
USES_INSTANCE = "set security pki ca-profile a routing-instance ri\n"
TRIGGER = f"set {SCEP} re-enroll-trigger-time-percentage 10\n"

NO_PROFILE = "Referenced ca-profile must be defined under [edit security pki ca-profile]"
NO_URL = (
    "Referenced ca-profile must have enrollment url configured under "
    "[edit security pki ca-profile <ca-profile-name> enrollment url]"
)
NO_TRIGGER = "Re-enroll must configure the re-enroll-trigger-time-percentage or a re-enroll-time value"
NO_INSTANCE = "referenced routing-instance must be defined"


@pytest.mark.parametrize(
    ("release", "config", "message"),
    [
        ("22.4R3", PROFILE + ENTRY, None),
        ("23.1R1", PROFILE + ENTRY, NO_TRIGGER),
        ("23.1R1", PROFILE + ENTRY + TRIGGER, None),
        ("23.1R1", PROFILE + ENTRY + f"set {SCEP} re-enroll-time hours 5\n", None),
        ("22.4R3", ENTRY, NO_URL),
        ("22.4R3", "set security pki ca-profile corp-ca ca-identity x\n" + ENTRY, NO_URL),
        ("15.1X49-D170", "set security pki ca-profile corp-ca ca-identity x\n" + ENTRY, NO_URL),
        ("22.4R3", PROFILE + "deactivate security pki ca-profile corp-ca\n" + ENTRY, NO_URL),
        ("22.4R3", PROFILE + "deactivate security pki ca-profile corp-ca enrollment url\n" + ENTRY, NO_URL),
        ("22.4R3", ENTRY + f"deactivate {SCEP}\n", None),
        ("22.4R3", PROFILE.replace("set ", "set groups g ") + "set apply-groups g\n" + ENTRY, None),
        ("22.4R3", PROFILE.replace("set ", "set groups g ") + ENTRY, NO_URL),
        ("22.4R3", ENTRY.replace("set ", "set groups g "), None),
        ("22.4R3", ENTRY.replace("set ", "set groups g ") + "set apply-groups g\n", NO_URL),
        ("22.4R3", "set security pki trap ca-identity corp-ca days 3\n", NO_PROFILE),
        ("22.4R3", PROFILE + "set security pki trap ca-identity corp-ca days 3\n", None),
        ("22.4R3", USES_INSTANCE, NO_INSTANCE),
        ("22.4R3", USES_INSTANCE + "set routing-instances ri description x\n", None),
        ("22.4R3", USES_INSTANCE + "set tenants t routing-instances ri description x\n", None),
        ("20.4R3", USES_INSTANCE + "set tenants t routing-instances ri description x\n", NO_INSTANCE),
        ("22.4R3", "set security pki ca-profile a proxy-profile p\n",
         "Referenced Proxy profile must be defined under [edit services proxy profile]"),
        ("22.4R3", "set security pki traceoptions no-remote-trace\n",
         "'no-remote-trace' is valid only when [system tracing] is configured"),
        ("22.4R3", PROFILE + ENTRY.replace("set ", "set tenants t "), NO_URL),
        ("22.4R3", (PROFILE + ENTRY).replace("set ", "set tenants t "), None),
    ],
)  # fmt: skip
def test_rules(sim: Callable[..., Any], release: str, config: str, message: str | None) -> None:
    problems = check(sim(config, release=release).device.database.committed)
    assert [problem.message for problem in problems] == ([] if message is None else [message])


def test_a_failed_check_names_place_and_statement_and_leaves_everything(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.set(ENTRY)
    reply = talk.ask("<commit-configuration><check/></commit-configuration>")
    first, last = reply.findall("commit-results/rpc-error")
    assert first.findtext("error-path") == f"[edit {SCEP}]"
    assert first.findtext("error-info/bad-element") == "ca-profile-name corp-ca"
    assert first.findtext("error-message").strip() == NO_URL
    assert last.findtext("error-message").strip() == (
        "configuration check-out failed: (statements constraint check failed)"
    )
    assert talk.problems("<commit-configuration/>")[1:] == [
        ("error", "commit failed: (statements constraint check failed)")
    ]
    assert device.committed == []
    assert device.candidate == [ENTRY.strip()]


def test_both_in_one_commit_pass(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.set(ENTRY + PROFILE)
    reply = talk.ask("<commit-configuration><check/></commit-configuration>")
    assert reply.find("commit-results/routing-engine/commit-check-success") is not None
    assert reply.findtext("commit-results/routing-engine/name") == "re0"
    assert device.committed == []
