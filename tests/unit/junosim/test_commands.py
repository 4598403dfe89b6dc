# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands by their words: which RPC each one is, what pipes leave, and the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from junosim import commands
from lxml import etree


@pytest.mark.parametrize(
    ("line", "rpc"),
    [
        (
            "request security pki generate-key-pair certificate-id vpn-01 size 2048",
            "<generate-pki-key-pair><certificate-id>vpn-01</certificate-id><size>2048</size></generate-pki-key-pair>",
        ),
        (
            'request security pki generate-certificate-request certificate-id a subject "CN=a b,O=c"',
            "<generate-pki-certificate-request><certificate-id>a</certificate-id>"
            "<subject>CN=a b,O=c</subject></generate-pki-certificate-request>",
        ),
        (
            "request security pki local-certificate re-enroll scep certificate-id a re-generate-keypair",
            "<request-security-local-cert-re-enroll-scep><certificate-id>a</certificate-id>"
            "<re-generate-keypair/></request-security-local-cert-re-enroll-scep>",
        ),
        ("clear security pki acme account", "<clear-acme-account-request/>"),
        ("clear security pki key-pair all", "<clear-pki-key-pair><all/></clear-pki-key-pair>"),
        (
            "show security pki ca-certificate ca-profile corp-ca detail",
            "<get-pki-ca-certificate><ca-profile>corp-ca</ca-profile><detail/></get-pki-ca-certificate>",
        ),
        ("file delete purge /var/tmp/a", "<file-delete><purge/><path>/var/tmp/a</path></file-delete>"),
        ("file show a", "<file-show><filename>a</filename></file-show>"),
        ("show version", None),
        ("", None),
    ],
)
def test_a_command_is_an_rpc(line: str, rpc: str | None) -> None:
    found = commands.as_rpc(commands.parse(line).words)
    assert (None if found is None else _canonical(etree.tostring(found))) == (rpc and _canonical(rpc))


def _canonical(text: str | bytes) -> str:
    return etree.tostring(etree.fromstring(text), method="c14n").decode()


LOG = [f"Jun  1 00:00:0{number} srx1 {what}" for number, what in enumerate(("PKID_A: x", "mgd: y", "pkid[1]: z"))]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("show log messages", LOG),
        ("show log messages | no-more", LOG),
        ("show log messages | match pkid", [LOG[0], LOG[2]]),
        ('show log messages | match "_A|mgd"', LOG[:2]),
        ("show log messages | except PKID", [LOG[1]]),
        ("show log messages | match pkid | last 1", [LOG[2]]),
        ("show log messages | last 0", []),
        ("show log messages | count", ["Count: 3 lines"]),
    ],
)
def test_pipes_choose_lines_of_the_log(sim: Callable[..., Any], command: str, shown: list[str]) -> None:
    made = sim()
    made.device.pki.log.extend(LOG)
    reply = made.talk().ask(f'<command format="text">{command}</command>')
    assert reply.findtext("output").strip().splitlines() == shown


def test_the_log_by_its_rpc(sim: Callable[..., Any]) -> None:
    made = sim(release="25.4R1")
    made.device.pki.log.extend(LOG)
    talk = made.talk()
    assert talk.ask("<get-log><filename>messages</filename></get-log>").findtext("output").strip().splitlines() == LOG
    problem = [("error", "could not resolve file: chassisd")]
    assert talk.problems("<get-log><filename>chassisd</filename></get-log>") == problem
    assert talk.problems("<command>show log chassisd</command>") == problem


@pytest.mark.parametrize("command", ["show log messages | match x", "show configuration | display set"])
def test_newer_releases_take_no_pipe_over_netconf(sim: Callable[..., Any], command: str) -> None:
    body = f'<command format="text">{command}</command>'
    assert sim(release="25.2R1").talk().problems(body) == []
    assert sim(release="25.4R1").talk().problems(body) == [("error", "syntax error")]


def test_a_pipe_of_text_is_none_of_elements(sim: Callable[..., Any]) -> None:
    assert sim().talk().problems("<command>show log messages | match x</command>") == [("error", "syntax error")]


def test_a_command_answers_as_its_rpc_does(sim: Callable[..., Any]) -> None:
    made = sim()
    make = "request security pki generate-key-pair certificate-id a size 1024"
    reply = made.talk().ask(f'<command format="text">{make}</command>')
    assert reply.findtext("output") == "\nGenerated key pair a, key size 1024 bits\n"
    problem = [("error", "Command aborted as key pair already exists")]
    assert made.talk().problems(f"<command>{make}</command>") == problem
