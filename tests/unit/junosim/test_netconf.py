# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Framing, envelopes, labels, and faults by script."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from junosim.device import Device, Recorder, Session, Spec
from junosim.faults import fault
from junosim.netconf import END, NetconfSession, label
from lxml import etree

HELLO = b"<hello><capabilities><capability>urn:ietf:params:netconf:base:%s</capability></capabilities></hello>"
LOCK = b'<rpc message-id="a&amp;b"><lock-configuration/></rpc>'


def chunked(message: bytes, *sizes: int) -> bytes:
    parts, at = [], 0
    for size in (*sizes, len(message)):
        part = message[at : at + size]
        parts.append(b"\n#%d\n%b" % (len(part), part))
        at += len(part)
        if at >= len(message):
            break
    return b"".join(parts) + b"\n##\n"


def test_the_hello_names_versions_capabilities_and_session(sim: Callable[..., Any]) -> None:
    talk = sim(base=("1.0", "1.1")).talk()
    talk.netconf.start()
    hello = etree.fromstring(talk.channel.sent.removesuffix(END))
    texts = [element.text for element in hello.iter("{*}capability")]
    assert texts[:3] == [
        "urn:ietf:params:netconf:base:1.0",
        "urn:ietf:params:netconf:base:1.1",
        "urn:ietf:params:netconf:capability:candidate:1.0",
    ]
    assert hello.findtext("{*}session-id") == "1"


def test_replies_carry_the_release_and_the_attributes_of_the_request(sim: Callable[..., Any]) -> None:
    talk = sim(release="19.4R3").talk()
    talk.channel.sent = b""
    talk.netconf.received(LOCK + END)
    assert talk.channel.sent == (
        b'<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"'
        b' xmlns:junos="http://xml.juniper.net/junos/19.4R3/junos" message-id="a&amp;b">\n</rpc-reply>\n' + END + b"\n"
    )


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_messages_come_in_any_pieces(sim: Callable[..., Any], step: int) -> None:
    device = sim(base=("1.0", "1.1"))
    talk = device.talk()
    plain = (LOCK + END + b"\n") * 2
    netconf = NetconfSession(Session(device.device, 99, device.device.spec.logins[0]), talk.channel)
    framed = HELLO % b"1.1" + END + chunked(LOCK, 3, 1, 20) + chunked(LOCK)
    for session, data in ((talk.netconf, plain), (netconf, framed)):
        talk.channel.sent = b""
        for at in range(0, len(data), step):
            session.received(data[at : at + step])
        assert talk.channel.sent.count(b"</rpc-reply>") == 2
        # The first takes the lock, the second finds it taken: both were understood.
        assert talk.channel.sent.count(b"configuration database locked by") == 1
        assert b"syntax error" not in talk.channel.sent
        device.device.unlock_by()
    assert talk.channel.sent.startswith(b"\n#")
    assert talk.channel.sent.endswith(b"\n##\n")


def test_chunks_only_where_both_sides_know_them(sim: Callable[..., Any]) -> None:
    for base, client, marks in (
        (("1.0",), b"1.1", END),
        (("1.0", "1.1"), b"1.0", END),
        (("1.0", "1.1"), b"1.1", b"##"),
    ):
        device = sim(base=base)
        talk = device.talk()
        netconf = NetconfSession(Session(device.device, 9, device.device.spec.logins[0]), talk.channel)
        netconf.received(HELLO % client + END)
        talk.channel.sent = b""
        netconf.received(chunked(LOCK) if marks == b"##" else LOCK + END)
        assert talk.channel.sent.endswith(marks + b"\n")


def test_a_broken_chunk_ends_the_connection(sim: Callable[..., Any]) -> None:
    device = sim(base=("1.0", "1.1"))
    talk = device.talk()
    netconf = NetconfSession(Session(device.device, 9, device.device.spec.logins[0]), talk.channel)
    netconf.received(HELLO % b"1.1" + END + b"this is no chunk header at all")
    assert talk.channel.gone == "aborted"


@pytest.mark.parametrize(
    ("body", "message"),
    [("<no-such-rpc/>", "syntax error"), ("<broken", "syntax error"), ("", "syntax error")],
)
def test_what_is_not_understood_is_a_syntax_error(sim: Callable[..., Any], body: str, message: str) -> None:
    assert sim().talk().problems(body) == [("error", message)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<commit-configuration/>", "commit-configuration"),
        ("<commit-configuration><check/></commit-configuration>", "commit-configuration/check"),
        ("<commit-configuration><confirmed/><log>x</log></commit-configuration>", "commit-configuration/confirmed"),
        ("<open-configuration><private/></open-configuration>", "open-configuration/private"),
        ('<get-configuration compare="rollback" rollback="0"/>', "get-configuration/compare"),
        ('<load-configuration rollback="0"/>', "load-configuration/rollback"),
        ("<get-configuration/>", "get-configuration"),
    ],
)
def test_labels(body: str, expected: str) -> None:
    assert label(etree.fromstring(body)) == expected


def test_the_end_of_input_ends_it(sim: Callable[..., Any]) -> None:
    talk = sim().talk()
    talk.netconf.end_of_input()
    assert talk.channel.gone == "exit 0"


def test_close_session_ends_it(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.ask("<lock-configuration/>")
    assert talk.ask("<close-session/>").find("ok") is not None
    assert talk.channel.gone == "exit 0"
    assert device.device.database.lock is None
    assert talk.send("<get-configuration/>") == b""


def with_fault(sim: Callable[..., Any], **script: Any) -> tuple[Any, Any]:
    device = sim(faults=(script,))
    return device, device.talk()


def test_drop_before_and_after(sim: Callable[..., Any]) -> None:
    for do, held in (("drop", False), ("drop-after", True)):
        device, talk = with_fault(sim, at="lock-configuration", do=do)
        assert talk.send("<lock-configuration/>") == b""
        assert talk.channel.gone == "aborted"
        assert (device.device.database.lock is not None) is held


def test_the_nth_occurrence_and_how_many(sim: Callable[..., Any]) -> None:
    _dummy, talk = with_fault(sim, at="get-configuration", do="error", nth=2, times=2, messages=["no"])
    assert [len(talk.problems("<get-configuration/>")) for _dummy in range(5)] == [0, 1, 1, 0, 0]
    _dummy, talk = with_fault(sim, at="get-configuration", do="error", times=0, messages=["no"])
    assert [len(talk.problems("<get-configuration/>")) for _dummy in range(3)] == [1, 1, 1]


def test_a_fault_for_one_use_leaves_the_others(sim: Callable[..., Any]) -> None:
    _dummy, talk = with_fault(sim, at="commit-configuration/check", do="error", messages=["failed"])
    assert talk.problems("<commit-configuration/>") == []
    assert talk.problems("<commit-configuration><check/></commit-configuration>") == [("error", "failed")]


@pytest.mark.parametrize(
    ("at", "body", "inside"),
    [
        ("lock-configuration", "<lock-configuration/>", "rpc-error"),
        ("commit-configuration", "<commit-configuration/>", "commit-results/rpc-error"),
        ("load-configuration", '<load-configuration rollback="0"/>', "load-configuration-results/rpc-error"),
    ],
)
def test_scripted_errors_stand_where_a_device_puts_them(
    sim: Callable[..., Any], at: str, body: str, inside: str
) -> None:
    _dummy, talk = with_fault(sim, at=at, do="error", messages=["no"])
    assert len(talk.ask(body).findall(inside)) == 1


def test_scripted_errors_and_warnings_have_their_shape(sim: Callable[..., Any]) -> None:
    message = {"message": "dhcp is unhappy", "path": "[edit system]", "bad": "services"}
    device, talk = with_fault(sim, at="commit-configuration", do="warn", messages=[message])
    talk.set("set system host-name a")
    reply = talk.ask("<commit-configuration/>")
    assert [element.tag for element in reply] == ["rpc-error", "commit-results"]
    assert reply.findtext("rpc-error/error-severity") == "warning"
    assert reply.findtext("rpc-error/error-path") == "[edit system]"
    assert reply.findtext("rpc-error/error-info/bad-element") == "services"
    assert device.committed == ["set system host-name a"]


def test_a_delayed_answer_holds_back_those_behind_it(sim: Callable[..., Any]) -> None:
    for do, done in (("delay", False), ("late", True)):
        device, talk = with_fault(sim, at="lock-configuration", do=do, seconds=3)
        assert talk.send("<lock-configuration/>") == b""
        assert talk.send("<get-configuration/>") == b""
        assert (device.device.database.lock is not None) is done
        assert [seconds for seconds, _dummy in device.clock.timers] == [3]
        device.clock.run_out()
        assert talk.channel.sent.count(b"</rpc-reply>") == 2
        assert device.device.database.lock is not None


def test_a_delayed_rpc_is_not_executed_for_a_session_that_has_gone(sim: Callable[..., Any]) -> None:
    device, talk = with_fault(sim, at="lock-configuration", do="delay", seconds=3)
    talk.send("<lock-configuration/>")
    talk.netconf.ended()
    device.clock.run_out()
    assert device.device.database.lock is None


def test_unreachable_after_a_commit_answers_it_first(sim: Callable[..., Any]) -> None:
    device, talk = with_fault(sim, at="commit-configuration/confirmed", do="unreachable", seconds=4)
    left: list[tuple[float, str]] = []
    device.device.unreachable = lambda seconds, how: left.append((seconds, how))
    talk.set("set system host-name a")
    assert talk.problems("<commit-configuration><confirmed/></commit-configuration>") == []
    assert left == [(4, "refuse")]


def test_what_is_held_goes_on_when_the_faults_are_cleared(sim: Callable[..., Any]) -> None:
    for gone in (False, True):
        device, talk = with_fault(sim, at="lock-configuration", do="hold", times=0)
        talk.send("<lock-configuration/>")
        assert talk.send("<get-configuration/>") == b""
        if gone:
            talk.netconf.ended()
        device.device.clear_faults()
        assert (device.device.database.lock is None) is gone
        assert talk.channel.sent.count(b"</rpc-reply>") == (0 if gone else 2)
        assert (device.device.held, device.device.faults.hit("lock-configuration")) == ([], None)


def test_a_commit_is_finished_whoever_waits_for_it(sim: Callable[..., Any]) -> None:
    for gone in (False, True):
        device, talk = with_fault(sim, at="commit-configuration", do="finish", seconds=3)
        talk.send("<open-configuration><exclusive/></open-configuration>")
        talk.set("set system host-name a")
        assert talk.send("<commit-configuration/>") == b""
        if gone:
            talk.netconf.ended()
        database = device.device.database
        assert (device.committed, database.lock is not None) == ([], True)
        device.clock.run_out()
        assert (device.committed, database.lock is None) == (["set system host-name a"], gone)
        assert talk.channel.sent.count(b"</rpc-reply>") == (0 if gone else 1)


def test_noise_stands_in_front_of_what_is_answered(sim: Callable[..., Any]) -> None:
    noise = {"do": "noise", "body": "ge-0/0/0 is down\n", "repeat": 2}
    device = sim(faults=({"at": "lock-configuration", **noise}, {"at": "get-configuration", **noise}))
    talk = device.talk()
    assert talk.ask("<lock-configuration/>").text == "\nge-0/0/0 is down\nge-0/0/0 is down\n"
    assert device.device.database.lock is not None
    assert talk.ask("<get-configuration/>").findtext("configuration/version") == "22.4R3"


def test_a_message_in_place_of_the_whole_reply(sim: Callable[..., Any]) -> None:
    body = "<!DOCTYPE a><rpc-reply{attributes}>]]</rpc-reply>"
    device, talk = with_fault(sim, at="lock-configuration", do="message", body=body)
    assert talk.send("<lock-configuration/>") == b'<!DOCTYPE a><rpc-reply message-id="7">]]</rpc-reply>]]>]]>\n'
    assert device.device.database.lock is None
    assert talk.ask("<get-configuration/>").findtext("configuration/version") == "22.4R3"


def test_faults_of_the_hello(sim: Callable[..., Any]) -> None:
    plain = hello_of(sim())
    assert plain[0].startswith(b"<hello ")
    noisy = hello_of(sim(faults=({"at": "hello", "do": "noise", "body": "<!-- banner -->\n"},)))
    assert noisy == (b"<!-- banner -->\n" + plain[0], "")
    assert hello_of(sim(faults=({"at": "hello", "do": "reset"},))) == (b"", "aborted")
    assert hello_of(sim(faults=({"at": "hello", "do": "silent"},))) == (b"", "")


def hello_of(device: Any) -> tuple[bytes, str]:
    """What a session gets before it says anything, and how its connection ended."""
    talk = device.talk()
    first = NetconfSession(Session(device.device, 1, device.device.spec.logins[0]), talk.channel)
    device.device.faults.load(device.device.spec.faults)
    talk.channel.sent, talk.channel.gone = b"", ""
    first.start()
    return talk.channel.sent, talk.channel.gone


ODD = "<pki-statistics><odd/>&unknown;</pki-statistics><x> \u00e9"


@pytest.mark.parametrize("body", [ODD, "", "<identifier>many</identifier>\n" * 10000])
def test_a_scripted_answer_stands_in_place_of_the_content(sim: Callable[..., Any], body: str) -> None:
    device, talk = with_fault(sim, at="lock-configuration", do="answer", body=body)
    assert talk.send("<lock-configuration/>").decode() == (
        '<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"'
        f' xmlns:junos="http://xml.juniper.net/junos/22.4R0/junos" message-id="7">\n{body}</rpc-reply>\n]]>]]>\n'
    )
    assert device.device.database.lock is None  # nothing was executed
    assert talk.problems("<lock-configuration/>") == []
    assert device.device.database.lock is not None


def test_an_answer_is_cut_in_the_middle_and_nothing_comes_behind_it(sim: Callable[..., Any]) -> None:
    whole = sim().talk().send("<get-configuration database='committed'/>")
    device, talk = with_fault(sim, at="get-configuration", do="cut")
    assert talk.send("<get-configuration database='committed'/>") == whole[: len(whole) // 2]
    assert talk.send("<lock-configuration/>") == b""
    assert (talk.channel.gone, device.device.database.lock) == ("", None)
    device.clock.run_out()
    assert (talk.channel.gone, talk.channel.sent, device.device.database.lock) == ("aborted", b"", None)


def test_what_is_cut_was_executed(sim: Callable[..., Any]) -> None:
    device, talk = with_fault(sim, at="lock-configuration", do="cut")
    assert talk.send("<lock-configuration/>").startswith(b"<rpc-reply ")
    assert device.device.database.lock is not None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ({"at": "x", "do": "explode"}, "needs 'at', and 'do' as one of"),
        ({"do": "drop"}, "needs 'at', and 'do' as one of"),
        ({"at": "login", "do": "drop"}, "drop cannot stand at login"),
        ({"at": "connect", "do": "refuse"}, "refuse cannot stand at connect"),
        ({"at": "lock-configuration", "do": "refuse"}, "refuse cannot stand at lock-configuration"),
        ({"at": "x", "do": "drop", "whenever": 1}, r"unknown keys \['whenever'\]"),
        ({"at": "x", "do": "answer"}, "answer, message, noise need a text as 'body', nothing else takes one"),
        (
            {"at": "x", "do": "answer", "body": ["<a/>"]},
            "answer, message, noise need a text as 'body', nothing else takes one",
        ),
        (
            {"at": "x", "do": "cut", "body": "<a/>"},
            "answer, message, noise need a text as 'body', nothing else takes one",
        ),
        ({"at": "x", "do": "noise"}, "answer, message, noise need a text as 'body', nothing else takes one"),
        ({"at": "hello", "do": "drop"}, "drop cannot stand at hello"),
        ({"at": "x", "do": "silent"}, "silent cannot stand at x"),
        ({"at": "login", "do": "answer", "body": ""}, "answer cannot stand at login"),
        ({"at": "connect", "do": "cut"}, "cut cannot stand at connect"),
    ],
)
def test_a_wrong_script_is_refused(script: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fault(script)


def test_the_record_holds_sessions_and_rpcs_and_bodies_where_asked_for(tmp_path: Path) -> None:
    for bodies in (False, True):
        path = tmp_path / f"record-{bodies}"
        device = Device(Spec("srx1", "22.4R3"), Recorder(path, bodies=bodies))

        class Null:
            def write(self, data: bytes) -> None: ...
            def close(self) -> None: ...
            def abort(self) -> None: ...
            def later(self, seconds: float, function: Callable[[], None]) -> None: ...

        netconf = NetconfSession(Session(device, 5, device.spec.logins[0]), Null())
        netconf.start()
        netconf.received(HELLO % b"1.0" + END + LOCK + END)
        netconf.ended()
        netconf.ended()
        events = [json.loads(line) for line in path.read_text().splitlines()]
        assert [event.pop("at") > 0 for event in events] == [True] * 3
        assert events[0] == {"device": "srx1", "session": 5, "event": "open", "user": "admin"}
        assert events[1].pop("body", "") == (LOCK.decode() if bodies else "")
        assert events[1] == {"device": "srx1", "session": 5, "event": "rpc", "rpc": "lock-configuration"}
        assert events[2] == {"device": "srx1", "session": 5, "event": "close"}
