# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which release knows which statement, and how its limits changed."""

from __future__ import annotations

import ast
from pathlib import Path

import junosim
import pytest
from junosim.grammar import Rule, grammar

SIM = Path(junosim.__file__).parent


def known(release: str, path: str) -> Rule | None:
    rule: Rule | None = grammar(release).kids["security"].kids["pki"]
    for name in path.split("/"):
        rule = rule.kids.get(name) if rule is not None else None
    return rule


@pytest.mark.parametrize(
    ("path", "first", "last_without"),
    [
        ("auto-re-enrollment/certificate-id", "12.3X48-D40", None),
        ("auto-re-enrollment/scep", "15.1X49-D40", "15.1X49-D35"),
        ("auto-re-enrollment/cmpv2/certificate-id", "15.1X49-D40", "12.3X48-D40"),
        ("trusted-ca-group", "18.1R1", "17.4R3"),
        ("ca-profile/proxy-profile", "18.2R1", "18.1R3"),
        ("trap", "20.1R1", "19.4R3"),
        ("auto-re-enrollment/scep/certificate-id/re-enroll-time/days", "21.4R1", "21.3R3"),
        ("auto-re-enrollment/certificate-id/re-enroll-time", "21.4R1", "21.3R3"),
        ("auto-re-enrollment/acme", "22.4R1", "22.3R3"),
        ("acme-account-key/acme-key-id", "22.4R1", "22.3R3"),
        ("cloud-certificate-profile", "23.1R1", "22.4R3"),
        ("default-trusted-ca-certs/automatic-download", "23.2R1", "23.1R1"),
    ],
)
def test_first_releases(path: str, first: str, last_without: str | None) -> None:
    assert known(first, path) is not None
    assert last_without is None or known(last_without, path) is None


@pytest.mark.parametrize(
    ("release", "pattern"),
    [
        ("17.4R1", "^.{1,32}$"),
        ("18.2R3", "![/%. ]"),
        ("18.3R1", "^.{1,32}$"),
        ("18.4R1", "![/ %.]"),
        ("24.4R1", "![/%. ]"),
    ],
)
def test_the_pattern_of_ca_profile_names_changed(release: str, pattern: str) -> None:
    rule = known(release, "ca-profile")
    assert rule is not None
    assert rule.facts["key"]["pattern"] == pattern


@pytest.mark.parametrize(("release", "rules"), [("22.4R3", 2), ("23.1R1", 3)])
def test_the_trigger_rule_came_with_23_1(release: str, rules: int) -> None:
    rule = known(release, "auto-re-enrollment/scep/certificate-id/ca-profile-name")
    assert rule is not None
    assert len(rule.facts["must"]) == rules


def test_the_same_subtree_stands_under_groups_tenants_and_logical_systems() -> None:
    root = grammar("22.4R3")
    pki = root.kids["security"].kids["pki"]
    for name in ("groups", "tenants", "logical-systems"):
        assert root.kids[name].kids["security"].kids["pki"] is pki


def test_the_simulator_shares_no_code_with_what_it_judges() -> None:
    names = {
        name
        for file in SIM.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in getattr(node, "names", [])]
        )
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name for name in names if "plugins" in name or name.startswith("ansible")} == set()
    assert "asyncssh" in names
