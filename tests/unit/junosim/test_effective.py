# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What groups bring, and what is in effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from junosim import setform, xmlform
from junosim.effective import in_effect, inherited
from junosim.tree import Node

PKI = "security pki auto-re-enrollment scep certificate-id"


def shown(tree: Node) -> list[str]:
    return list(setform.lines(tree))[1:]


def test_groups_are_merged_own_statements_win_and_groups_leave(sim: Callable[..., Any]) -> None:
    tree = sim(
        f"set groups g {PKI} a re-enroll-trigger-time-percentage 10\n"
        f"set groups g {PKI} a re-generate-keypair\n"
        f"set groups h {PKI} a re-enroll-trigger-time-percentage 30\n"
        f"set groups h {PKI} b re-generate-keypair\n"
        "set apply-groups g\nset apply-groups h\n"
        f"set {PKI} b re-enroll-trigger-time-percentage 50\n"
    ).device.database.committed
    assert shown(inherited(tree)) == [
        f"set {PKI} b re-enroll-trigger-time-percentage 50",
        f"set {PKI} b re-generate-keypair",
        f"set {PKI} a re-enroll-trigger-time-percentage 10",
        f"set {PKI} a re-generate-keypair",
    ]


def test_each_inherited_element_names_its_group(sim: Callable[..., Any]) -> None:
    tree = sim(
        f"set groups g {PKI} a re-generate-keypair\nset apply-groups g\nset {PKI} a ca-profile-name c"
    ).device.database.committed
    assert xmlform.render(inherited(tree).find("security", "pki", "auto-re-enrollment", "scep")) == (
        "<certificate-id>\n    <name>a</name>\n    <ca-profile-name>c</ca-profile-name>\n"
        '    <re-generate-keypair junos:group="g"/>\n</certificate-id>\n'
    )
    assert "junos:group" not in xmlform.render(inherited(tree, marked=False))


def test_an_inherited_entry_is_marked_with_its_key(sim: Callable[..., Any]) -> None:
    tree = sim(f"set groups g {PKI} a re-generate-keypair\nset apply-groups g").device.database.committed
    scep = inherited(tree).find("security", "pki", "auto-re-enrollment", "scep")
    assert scep.group == "g"
    assert '<certificate-id junos:group="g">\n    <name junos:group="g">a</name>' in xmlform.render(scep)


def test_a_wildcard_reaches_only_entries_that_are_there(sim: Callable[..., Any]) -> None:
    tree = sim(
        f"set groups g {PKI} <vpn-*> re-generate-keypair\nset apply-groups g\n"
        f"set {PKI} vpn-1 ca-profile-name c\nset {PKI} web ca-profile-name c"
    ).device.database.committed
    assert shown(inherited(tree)) == [
        f"set {PKI} vpn-1 ca-profile-name c",
        f"set {PKI} vpn-1 re-generate-keypair",
        f"set {PKI} web ca-profile-name c",
    ]


def test_apply_groups_below_the_root_and_except(sim: Callable[..., Any]) -> None:
    group = f"set groups g {PKI} a re-generate-keypair\n"
    below = sim(group + "set security pki apply-groups g").device.database.committed
    assert shown(inherited(below)) == [f"set {PKI} a re-generate-keypair"]
    denied = sim(group + "set apply-groups g\nset security pki apply-groups-except g").device.database.committed
    assert shown(inherited(denied)) == ["set security pki"]


def test_inactive_groups_parts_and_applications_bring_nothing(sim: Callable[..., Any]) -> None:
    base = f"set groups g {PKI} a re-generate-keypair\nset apply-groups g\n"
    for line in ("deactivate groups g", f"deactivate groups g {PKI} a", "deactivate apply-groups g"):
        tree = sim(base + line).device.database.committed
        assert [item for item in shown(inherited(tree)) if "keypair" in item] == [], line


def test_a_members_own_choice_keeps_the_groups_out(sim: Callable[..., Any]) -> None:
    tree = sim(
        f"set groups g {PKI} a re-enroll-time days 30\nset apply-groups g\nset {PKI} a re-enroll-time percent 10"
    ).device.database.committed
    assert shown(inherited(tree)) == [f"set {PKI} a re-enroll-time percent 10"]


def test_a_cluster_node_takes_its_own_group(sim: Callable[..., Any]) -> None:
    config = 'set groups node0 system host-name n0\nset groups node1 system host-name n1\nset apply-groups "${node}"'
    assert sim(config, cluster=True).device.host_name == "n0"


def test_what_is_deactivated_is_not_in_effect(sim: Callable[..., Any]) -> None:
    tree = sim(
        f"set {PKI} a ca-profile-name c\nset {PKI} b ca-profile-name c\ndeactivate {PKI} a"
    ).device.database.committed
    assert shown(in_effect(tree)) == [f"set {PKI} b ca-profile-name c"]
    assert f"deactivate {PKI} a" in shown(inherited(tree))
