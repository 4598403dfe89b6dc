# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show RPCs and commands: software, certificates in both shapes and as text, configuration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from junosim.certificates import Certificate, device_date

LOCAL = Certificate(
    "vpn-01",
    "CN=vpn.example.net, O=example",
    "CN=corp-ca, O=example",
    datetime(2026, 1, 2, 9, 55, tzinfo=UTC),
    datetime(2026, 4, 12, 9, 55, tzinfo=UTC),
)
CA = Certificate("corp-ca", "CN=corp-ca", "CN=corp-ca", LOCAL.not_before, LOCAL.not_after, ca=True)
STORE = {"certificates": (LOCAL, CA)}


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2018, 4, 3, 9, 13, tzinfo=UTC), "04- 3-2018 09:13 UTC"),
        (datetime(2026, 12, 31, 0, 0, tzinfo=UTC), "12-31-2026 00:00 UTC"),
    ],
)
def test_dates_pad_the_day_with_a_blank(at: datetime, shown: str) -> None:
    assert device_date(at) == shown


@pytest.mark.parametrize(
    ("release", "options", "entry", "subject"),
    [
        ("22.4R3", {}, "pkid-x509-certificate-information", "subject-name"),
        ("23.1R1", {}, "x509-certificate-info", "subject"),
        ("23.1R1", {"reply_shape": "old"}, "pkid-x509-certificate-information", "subject-name"),
    ],
)
def test_both_shapes(sim: Callable[..., Any], release: str, options: dict[str, Any], entry: str, subject: str) -> None:
    reply = (
        sim(release=release, **STORE, **options)
        .talk()
        .ask("<get-pki-local-certificate><detail/></get-pki-local-certificate>")
    )
    [found] = reply.findall(f"x509-pki-certificate-info-list/{entry}")
    assert found.findtext("identifier") == "vpn-01"
    assert found.findtext("validity/not-before") == "01- 2-2026 09:55 UTC"
    assert found.findtext("validity/not-after") == "04-12-2026 09:55 UTC"
    assert found.findtext(f"{subject}/distinguished-name/common-name") == "vpn.example.net"
    next_trigger = found.findtext("auto-re-enrollment/auto-re-enrollment-next-trigger-time")
    assert next_trigger == ("Timer not started" if entry == "x509-certificate-info" else None)


def test_an_empty_store_gives_an_empty_list(sim: Callable[..., Any]) -> None:
    talk = sim().talk()
    for name in ("get-pki-local-certificate", "get-pki-ca-certificate"):
        reply = talk.ask(f"<{name}/>")
        assert [element.tag for element in reply] == ["x509-pki-certificate-info-list"]
        assert len(reply[0]) == 0


def test_one_certificate_by_name_and_the_cas_apart(sim: Callable[..., Any]) -> None:
    talk = sim(**STORE).talk()
    for body, names in (
        ("<get-pki-local-certificate/>", ["vpn-01"]),
        ("<get-pki-local-certificate><certificate-id>other</certificate-id></get-pki-local-certificate>", []),
        ("<get-pki-ca-certificate><ca-profile>corp-ca</ca-profile></get-pki-ca-certificate>", ["corp-ca"]),
        ("<command>show security pki local-certificate detail</command>", ["vpn-01"]),
        ("<command>show security pki ca-certificate ca-profile corp-ca</command>", ["corp-ca"]),
    ):
        assert [element.text for element in talk.ask(body).iter("identifier")] == names


def test_a_cluster_answers_for_each_node(sim: Callable[..., Any]) -> None:
    talk = sim(cluster=True, **STORE).talk()
    for body, below in (
        ("<get-pki-local-certificate/>", "x509-pki-certificate-info-list"),
        ("<get-software-information/>", "software-information"),
    ):
        items = talk.ask(body).findall("multi-routing-engine-results/multi-routing-engine-item")
        assert [(item.findtext("re-name"), item[1].tag) for item in items] == [("node0", below), ("node1", below)]


def test_software_information(sim: Callable[..., Any]) -> None:
    reply = (
        sim("set system host-name fw1", release="21.4R3-S5.4", model="srx380").talk().ask("<get-software-information/>")
    )
    found = reply.find("software-information")
    assert [found.findtext(name) for name in ("host-name", "product-model", "junos-version")] == [
        "fw1",
        "srx380",
        "21.4R3-S5.4",
    ]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("show configuration system", "\nhost-name fw1;\n"),
        ("show configuration system | display set", "\nset system host-name fw1\n"),
        ("show configuration | display set | no-more", "\nset version 22.4R3\nset system host-name fw1\n"),
        ("show configuration snmp", "\n"),
    ],
)
def test_show_configuration(sim: Callable[..., Any], command: str, shown: str) -> None:
    talk = sim("set system host-name fw1").talk()
    talk.set("set system host-name candidate-only")
    reply = talk.ask(f'<command format="text">{command}</command>')
    assert reply.findtext("configuration-information/configuration-output") == shown


@pytest.mark.parametrize(
    "command",
    [
        "show chassis hardware",
        "show version | begin x",
        "show security pki local-certificate foo",
        "show security pki local-certificate certificate-id",
        "show security pki ca-certificate | display set",
        "request security pki local-certificate wash certificate-id a",
    ],
)
def test_commands_that_are_not_simulated_are_syntax_errors(sim: Callable[..., Any], command: str) -> None:
    [(severity, message)] = sim().talk().problems(f'<command format="text">{command}</command>')
    assert severity == "error"
    assert message.startswith("syntax error")


def test_the_forms_of_get_configuration(sim: Callable[..., Any]) -> None:
    talk = sim("set system host-name fw1\nset snmp location here").talk()
    part = "<configuration><system/></configuration>"
    reply = talk.ask(f'<get-configuration database="committed" format="set">{part}</get-configuration>')
    assert reply.findtext("configuration-set") == "\nset system host-name fw1\n"
    reply = talk.ask(f'<get-configuration database="committed" format="text">{part}</get-configuration>')
    first, *rest = reply.findtext("configuration-text").strip().splitlines()
    assert first.startswith("## Last commit: ")
    assert first.endswith(" UTC by root")
    assert rest == ["system {", "    host-name fw1;", "}"]
    reply = talk.ask('<get-configuration database="committed"/>')
    assert [element.tag for element in reply[0]] == ["version", "system", "snmp"]
    assert reply[0].get("commit-user") == "root"
    assert talk.problems('<get-configuration format="json"/>') == [("error", "format json is not simulated")]


GROUP = "set groups g system domain-name from-g\nset apply-groups g\nset system host-name fw1"


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ("", ["version", "groups", "name", "system", "domain-name", "apply-groups", "system", "host-name"]),
        ('inherit="inherit"', ["version", "system", "host-name", "domain-name"]),
        ('inherit="inherit" groups="groups"', ["version", "system", "host-name", "domain-name of g"]),
    ],
)
def test_what_groups_bring_is_read_on_request(sim: Callable[..., Any], attributes: str, shown: list[str]) -> None:
    talk = sim(GROUP).talk()
    for database in ("committed", "candidate"):
        reply = talk.ask(f'<get-configuration database="{database}" {attributes}/>')
        below = list(reply[0].iter())[1:]
        assert [item.tag + (f" of {item.get('group')}" if item.get("group") else "") for item in below] == shown


def test_show_configuration_with_inheritance_and_as_xml(sim: Callable[..., Any]) -> None:
    talk = sim(GROUP).talk()
    reply = talk.ask('<command format="text">show configuration system | display inheritance</command>')
    assert reply.findtext(".//configuration-output") == "\nhost-name fw1;\ndomain-name from-g;\n"
    for command, tags in (
        ("show configuration system", ["system"]),
        ("show configuration", ["version", "groups", "apply-groups", "system"]),
    ):
        assert [element.tag for element in talk.ask(f"<command>{command}</command>").find("configuration")] == tags


def test_a_device_may_keep_its_version_to_itself(sim: Callable[..., Any]) -> None:
    for shows in (True, False):
        config = "version 22.4R3;\nsystem {\n    host-name a;\n}\n"
        reply = sim(config, shows_version=shows).talk().ask("<get-configuration/>")
        assert (reply.find("configuration/version") is not None) is shows
