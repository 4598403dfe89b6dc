# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""get-configuration with a filter of several subtrees at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

FILTER = (
    "<version/><security><pki></pki><ike><policy></policy></ike></security>"
    "<system><services><web-management></web-management></services></system><services><ssl></ssl></services>"
)
CONFIG = """
set security pki ca-profile corp-ca ca-identity corp
set security ike proposal other lifetime-seconds 3600
set security ike policy to-hq mode main
set security ike policy to-hq certificate local-certificate vpn-01
set security ike policy spare mode aggressive
set security zones security-zone trust screen s
set system host-name fw1
set system services ssh root-login deny
set system services web-management http port 8080
set services ssl termination profile web server-certificate web-01
set services proxy profile p protocol http port 3128
"""
PKI = "<pki><ca-profile><name>corp-ca</name><ca-identity>corp</ca-identity></ca-profile></pki>"
IKE = (
    "<ike><policy><name>to-hq</name><mode>main</mode><certificate><local-certificate>vpn-01</local-certificate>"
    "</certificate></policy><policy><name>spare</name><mode>aggressive</mode></policy></ike>"
)
WEB = (
    "<system><services><web-management><http><port>8080</port></http></web-management></services></system>"
    "<services><ssl><termination><profile><name>web</name><server-certificate>web-01</server-certificate></profile>"
    "</termination></ssl></services>"
)
VERSION = "<version>22.4R3</version>"
WHOLE = f"<security>{PKI}{IKE}</security>{WEB}"


def inside(config: str, path: str) -> str:
    return config.replace("\nset ", f"\nset {path} ")


def read(sim: Callable[..., Any], config: str, wanted: str, attributes: str = "", **options: Any) -> str:
    """What stands in <configuration>, in one line."""
    reply = sim(config.strip(), **options).talk().ask(
        f'<get-configuration database="committed" {attributes}><configuration>{wanted}</configuration>'
        "</get-configuration>"
    )  # fmt: skip
    etree.cleanup_namespaces(reply)
    [found] = reply
    assert found.tag == "configuration"
    text = (found.text or "") + "".join(etree.tostring(kid, encoding="unicode") for kid in found)
    return "".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("attributes", ["", 'inherit="inherit" groups="groups"', 'inherit="inherit"'])
def test_each_subtree_with_all_it_holds_and_nothing_else(sim: Callable[..., Any], attributes: str) -> None:
    assert read(sim, CONFIG, FILTER, attributes) == VERSION + WHOLE


def test_the_candidate_is_not_the_committed(sim: Callable[..., Any]) -> None:
    talk = sim(CONFIG.strip()).talk()
    talk.set("set security ike policy third mode main")
    for database, names in (("committed", ["to-hq", "spare"]), ("candidate", ["to-hq", "spare", "third"])):
        reply = talk.ask(
            f'<get-configuration database="{database}"><configuration>{FILTER}</configuration></get-configuration>'
        )
        assert [item.text for item in reply.findall("configuration/security/ike/policy/name")] == names


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        ("", VERSION),
        ("set system host-name fw1", VERSION),
        ("set security ike proposal other lifetime-seconds 3600", VERSION),
        ("set security ike policy spare mode main",
         f"{VERSION}<security><ike><policy><name>spare</name><mode>main</mode></policy></ike></security>"),
        ("set system services web-management http",
         f"{VERSION}<system><services><web-management><http/></web-management></services></system>"),
        ("set services ssl termination profile web",
         f"{VERSION}<services><ssl><termination><profile><name>web</name></profile></termination></ssl></services>"),
    ],
)  # fmt: skip
def test_what_is_not_configured_gives_nothing(sim: Callable[..., Any], config: str, shown: str) -> None:
    assert read(sim, config, FILTER) == shown


def test_a_device_without_any_of_it(sim: Callable[..., Any]) -> None:
    assert read(sim, "set system host-name fw1", FILTER, shows_version=False) == ""


@pytest.mark.parametrize(
    ("statement", "old", "new"),
    [
        ("security", "<security>", '<security inactive="inactive">'),
        ("security ike", "<ike>", '<ike inactive="inactive">'),
        ("security ike policy to-hq", "<policy><name>to-hq", '<policy inactive="inactive"><name>to-hq'),
        ("security ike policy to-hq certificate", "<certificate>", '<certificate inactive="inactive">'),
        ("security pki", "<pki>", '<pki inactive="inactive">'),
        ("system services web-management http", "<http>", '<http inactive="inactive">'),
        ("services ssl", "<ssl>", '<ssl inactive="inactive">'),
    ],
)
def test_what_is_deactivated_is_told_and_marked(sim: Callable[..., Any], statement: str, old: str, new: str) -> None:
    for attributes in ("", 'inherit="inherit" groups="groups"'):
        shown = read(sim, f"{CONFIG}deactivate {statement}", FILTER, attributes)
        assert shown == VERSION + WHOLE.replace(old, new, 1)


INHERITED = inside(CONFIG, "groups g") + "set apply-groups g\nset security ike policy own mode main"
MARKED = (
    f"{VERSION}<security><ike><policy><name>own</name><mode>main</mode></policy>"
    '<policy group="g"><name group="g">to-hq</name><mode group="g">main</mode><certificate group="g">'
    '<local-certificate group="g">vpn-01</local-certificate></certificate></policy>'
    '<policy group="g"><name group="g">spare</name><mode group="g">aggressive</mode></policy></ike>'
    '<pki group="g"><ca-profile group="g"><name group="g">corp-ca</name><ca-identity group="g">corp</ca-identity>'
    "</ca-profile></pki></security>"
    '<system group="g"><services group="g"><web-management group="g"><http group="g"><port group="g">8080</port>'
    '</http></web-management></services></system><services group="g"><ssl group="g"><termination group="g">'
    '<profile group="g"><name group="g">web</name><server-certificate group="g">web-01</server-certificate></profile>'
    "</termination></ssl></services>"
)


def test_what_a_group_brings_is_marked_on_request(sim: Callable[..., Any]) -> None:
    own = f"{VERSION}<security><ike><policy><name>own</name><mode>main</mode></policy></ike></security>"
    assert read(sim, INHERITED, FILTER) == own
    assert read(sim, INHERITED, FILTER, 'inherit="inherit" groups="groups"') == MARKED
    assert read(sim, INHERITED, FILTER, 'inherit="inherit"') == MARKED.replace(' group="g"', "")


@pytest.mark.parametrize("kind", ["logical-systems", "tenants"])
def test_below_a_key(sim: Callable[..., Any], kind: str) -> None:
    both = CONFIG + inside(CONFIG, f"{kind} one") + inside(CONFIG, f"{kind} two")
    below = FILTER.removeprefix("<version/>")
    wanted = f"<version/><{kind}><name>two</name>{below}</{kind}>"
    for attributes in ("", 'inherit="inherit" groups="groups"'):
        assert read(sim, both, wanted, attributes) == f"{VERSION}<{kind}><name>two</name>{WHOLE}</{kind}>"
        assert read(sim, CONFIG, wanted, attributes) == VERSION
        bare = f"set {kind} two system host-name fw2"
        assert read(sim, bare, wanted, attributes) == VERSION


def test_below_a_key_what_a_group_of_its_own_brings(sim: Callable[..., Any]) -> None:
    config = """
set groups g tenants <*> security pki ca-profile corp-ca ca-identity corp
set apply-groups g
set tenants one system host-name fw2
"""
    wanted = f"<tenants><name>one</name>{FILTER.removeprefix('<version/>')}</tenants>"
    assert read(sim, config, wanted, 'inherit="inherit" groups="groups"') == (
        '<tenants><name>one</name><security group="g"><pki group="g"><ca-profile group="g">'
        '<name group="g">corp-ca</name><ca-identity group="g">corp</ca-identity></ca-profile></pki></security>'
        "</tenants>"
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "<security><pki/></security><security><ike><policy/></ike></security>",
        "<security><pki/><pki><ca-profile/></pki><ike><policy/></ike></security>",
        "<security><ike><policy><name>spare</name></policy></ike></security><security><pki/><ike><policy>"
        "<name>to-hq</name></policy></ike></security>",
    ],
)
def test_what_a_filter_names_twice_is_told_once(sim: Callable[..., Any], wanted: str) -> None:
    assert read(sim, CONFIG, wanted) == f"<security>{PKI}{IKE}</security>"
