# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The statement table against the vendor's models, as the simulator keeps them: two readings of one source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._statements import (
    PROTOCOLS,
    STATEMENTS,
    children,
    find,
    is_plain_list,
    is_switch,
    row,
)

DATA = Path(__file__).resolve().parents[3] / "junosim/data"
MODEL: dict[str, dict[str, Any]] = {
    entry["path"]: entry for entry in json.loads((DATA / "pki-statements.json").read_text())["statements"]
}
OLDEST = "17.4R1"
#: From the vendor's reference pages: older than the oldest model.
DOCUMENTED = {"auto-re-enrollment/scep": "15.1X49-D40", "auto-re-enrollment/cmpv2": "15.1X49-D40"}
#: What a read of security pki does not show: left to the device's commit check.
OUTSIDE = ("services proxy profile", "routing-instances", "system tracing")
WORDS_32 = "^.{1,32}$"


def documented(path: str) -> str:
    return next((since for above, since in DOCUMENTED.items() if f"{path}/".startswith(f"{above}/")), "")


def test_there_is_a_row_for_every_statement_and_no_other() -> None:
    assert sorted(statement.path for statement in STATEMENTS) == sorted(MODEL)


@pytest.mark.parametrize("path", MODEL)
def test_a_row_says_what_the_newest_model_says(path: str) -> None:
    statement, model = row(path), MODEL[path]
    since = documented(path) if model["since"] == OLDEST else model["since"]
    limits = statement.limits[-1] if statement.limits else None
    pattern = model.get("pattern", "")
    length = [1, 32] if pattern == WORDS_32 else model.get("length")
    assert {
        "kind": statement.kind,
        "type": statement.type,
        "since": statement.since,
        "secret": statement.secret,
        "presence": statement.presence,
        "in a choice": bool(statement.choice),
        "default": statement.default,
        "max_elements": statement.max_elements,
        "deprecated": bool(statement.deprecated),
        "range": list(limits.bounds) if limits and limits.bounds else None,
        "length": list(limits.length) if limits and limits.length else None,
        "forbidden": limits.forbidden if limits else "",
        "enum": list(limits.enum) if limits else [],
        "must": sorted(must.message for must in statement.must),
    } == {
        "kind": model["kind"],
        "type": model.get("type", ""),
        "since": since,
        "secret": model.get("secret", False),
        "presence": model.get("presence", False),
        "in a choice": "choice" in model,
        "default": model.get("default", ""),
        "max_elements": int(model.get("max_elements", 0)),
        "deprecated": model.get("status") == "deprecated",
        "range": model.get("range"),
        "length": length,
        "forbidden": pattern[1:] if pattern.startswith("!") else "",
        "enum": model.get("enum", []),
        "must": sorted(
            must["message"]
            for must in model.get("must", [])
            if not any(place in must["expression"] for place in OUTSIDE)
        ),
    }


@pytest.mark.parametrize("path", [path for path, model in MODEL.items() if "choice" in model])
def test_choices_group_the_same_leaves(path: str) -> None:
    def together(rows: dict[str, str]) -> set[str]:
        return {other for other, choice in rows.items() if choice == rows[path]}

    siblings = [other for other in MODEL if other.rpartition("/")[0] == path.rpartition("/")[0]]
    assert together({other: row(other).choice for other in siblings}) == together(
        {other: MODEL[other].get("choice", "") for other in siblings}
    )


@pytest.mark.parametrize("path", [path for path, model in MODEL.items() if "changes" in model])
def test_changes_between_releases_are_kept(path: str) -> None:
    """What changed from one model to the next is in the row: limits by release, must by release, deprecation."""
    changed = {change["what"]: change["release"] for change in MODEL[path]["changes"]}
    statement = row(path)
    kept = {
        "status": statement.deprecated,
        "enum": statement.limits[-1].since if statement.limits else "",
        "must": max((must.since for must in statement.must), default=""),
        "length": statement.limits[-1].since if statement.limits else "",
        # The last change only writes the same characters in another order.
        "pattern": "18.4R2" if statement.limits and statement.limits[-1].since == "18.4R1" else "",
        "pattern_message": statement.limits[-1].since if statement.limits else "",
        "type": statement.limits[-1].since if statement.limits else "",
    }
    if path == "ca-profile/routing-instance":  # left to the device, which knows the routing instances
        kept["must"] = "21.1R1"
    assert {what: kept[what] for what in changed} == changed


def test_limits_of_a_row_ascend() -> None:
    for statement in STATEMENTS:
        releases = [Release.parse(limits.since) for limits in statement.limits if limits.since]
        assert releases == sorted(releases), statement.path


@pytest.mark.parametrize(
    ("protocol", "options"),
    [
        (
            "scep",
            "certificate_id re_enroll_time ca_profile_name re_enroll_trigger_time_percentage re_generate_keypair"
            " challenge_password scep_encryption_algorithm scep_digest_algorithm",
        ),
        (
            "direct",
            "certificate_id re_enroll_time ca_profile_name re_enroll_trigger_time_percentage re_generate_keypair"
            " challenge_password scep_encryption_algorithm scep_digest_algorithm",
        ),
        (
            "cmpv2",
            "certificate_id re_enroll_time ca_profile_name re_enroll_trigger_time_percentage re_generate_keypair",
        ),
        (
            "acme",
            "certificate_id re_enroll_time ca_profile_name re_enroll_trigger_time_percentage re_generate_keypair"
            " acme_key_id",
        ),
    ],
)
def test_the_options_of_each_protocol(protocol: str, options: str) -> None:
    assert [child.option_name for child in children(PROTOCOLS[protocol])] == options.split()


def test_shapes() -> None:
    switches = [
        statement.path for statement in STATEMENTS if statement.kind == "container" and is_switch(statement.path)
    ]
    plain = [statement.path for statement in STATEMENTS if statement.kind == "list" and is_plain_list(statement.path)]
    assert switches == [
        "ca-profile/revocation-check/ocsp/connection-failure",
        "auto-re-enrollment/scep/certificate-id/scep-encryption-algorithm",
        "auto-re-enrollment/scep/certificate-id/scep-digest-algorithm",
        "auto-re-enrollment/certificate-id/scep-encryption-algorithm",
        "auto-re-enrollment/certificate-id/scep-digest-algorithm",
    ]
    assert plain == ["ca-profile/revocation-check/ocsp/url", "traceoptions/flag", "acme-account-key/acme-key-id"]


def test_what_is_not_known_has_no_row() -> None:
    assert find("auto-re-enrollment/est") is None
