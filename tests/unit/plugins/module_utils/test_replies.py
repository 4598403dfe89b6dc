# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._replies import (
    Problem,
    entry,
    problems,
    refusal,
    running,
    warnings,
)
from lxml import etree

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def reply(content: str, release: str = "22.4R0") -> etree._Element:
    junos = f"http://xml.juniper.net/junos/{release}/junos"
    return etree.fromstring(f'<rpc-reply xmlns="{NETCONF}" xmlns:junos="{junos}">{content}</rpc-reply>')


@pytest.mark.parametrize(
    ("content", "namespace", "release", "exact"),
    [
        ("<configuration><version>22.4R3-S2.11</version></configuration>", "22.4R0", "22.4R3-S2.11", True),
        ("<configuration/>", "22.4R0", "22.4R0", False),
        ("<configuration/>", "15.1X49", "15.1X49", False),
        ("<configuration><version>20230101.0-nightly</version></configuration>", "22.4R0", "22.4R0", False),
        ("", "22.4R0", "22.4R0", False),
    ],
)
def test_release(content: str, namespace: str, release: str, exact: bool) -> None:
    found = running(reply(content, namespace))
    assert found is not None
    assert (str(found.release), found.exact) == (release, exact)


def test_a_release_that_nothing_tells() -> None:
    assert running(reply("<configuration/>", "unknown")) is None


ERROR = """<rpc-error><error-severity>error</error-severity><error-path>[edit security pki]</error-path>
<error-info><bad-element>ca-profile</bad-element></error-info><error-message>
one
   two
</error-message></rpc-error>"""
WARNING = (
    "<rpc-error><error-severity>warning</error-severity><error-message>mind the gap</error-message></rpc-error><ok/>"
)


def test_problems_are_found_however_deep() -> None:
    found = problems(reply(f"<commit-results><routing-engine>{ERROR}</routing-engine></commit-results>{WARNING}"))
    assert found == [
        Problem("error", "[edit security pki] ca-profile", "one two"),
        Problem("warning", "", "mind the gap"),
    ]
    assert [str(problem) for problem in found] == ["[edit security pki] ca-profile: one two", "mind the gap"]
    assert warnings(reply(ERROR + WARNING)) == ("mind the gap",)


def test_a_secret_in_a_message_is_masked() -> None:
    message = "<rpc-error><error-message>bad value: challenge-password s3cret</error-message></rpc-error>"
    assert [problem.message for problem in problems(reply(message))] == ["bad value: challenge-password ********"]


def test_a_problem_without_severity_is_an_error() -> None:
    assert problems(reply("<rpc-error/>")) == [Problem("error", "", "")]


def test_entry() -> None:
    lists = reply("<a><name>1</name></a><b/><a><name>2</name><x/></a>")
    found = entry(lists, "a", "2")
    assert [etree.QName(child).localname for child in found] == ["name", "x"]
    assert entry(lists, "a", "3") is None
    assert etree.QName(entry(lists, "b", "")).localname == "b"
    assert entry(None, "a", "") is None


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "configuration database locked by: root terminal p0 (pid 4242)",
            "fw1: somebody else holds the configuration. The device says: configuration database locked by:"
            " root terminal p0 (pid 4242). Nothing was changed. Run again when they are done.",
        ),
        (
            "configuration database modified",
            "fw1: the shared candidate holds somebody's uncommitted edits. The device says: configuration database"
            " modified. Nothing was changed. Their edits are as they were. Run again when they are committed or"
            " rolled back.",
        ),
        (
            "permission denied",
            "fw1: the user's login class does not permit this. The device says: permission denied. Nothing was changed."
            " The class needs view, configure, security and security-control, and maintenance to enroll.",
        ),
        (
            "[security] is protected, 'security pki' cannot be modified",
            "fw1: the statement is protected. The device says: [security] is protected, 'security pki' cannot be"
            " modified. Nothing was changed. Unprotect it first, or leave it out of the task.",
        ),
        ("commit failed: protect-ca", "fw1: the device refuses commit check: commit failed: protect-ca"),
    ],
)
def test_what_to_do_about_a_refusal(message: str, said: str) -> None:
    problem = Problem("error", "", message)
    assert refusal("fw1", "commit check", [problem, problem], "Nothing was changed.") == said
    assert refusal("fw1", "commit check", [problem], "") == said.replace(" Nothing was changed.", "")
