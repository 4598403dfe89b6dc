# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Candidates: the shared one, private copies, locks, commits, rollbacks and confirmation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from junosim.database import ROLLBACKS
from junosim.device import Login
from junosim.netconf import END

HOST = "set system host-name {}"
LOCK = "<lock-configuration/>"
UNLOCK = "<unlock-configuration/>"
PRIVATE = "<open-configuration><private/></open-configuration>"
EXCLUSIVE = "<open-configuration><exclusive/></open-configuration>"
CLOSE = "<close-configuration/>"
COMMIT = "<commit-configuration/>"
CONFIRMED = "<commit-configuration><confirmed/><confirm-timeout>5</confirm-timeout></commit-configuration>"
MODIFIED = [("error", "configuration database modified")]
NOT_OPEN = [("error", "Configuration database is not open")]


def locked_by(user: str, pid: int, problems: list[tuple[str, str]]) -> bool:
    [(severity, message)] = problems
    first, who, mode = message.splitlines()
    return (
        severity == "error"
        and first == "configuration database locked by:"
        and who.startswith(f"  {user} terminal  (pid {pid}) on since ")
        and mode == "      exclusive"
    )


def results(reply: Any) -> list[str]:
    """The elements of commit-results, flat."""
    found = reply.find("commit-results").iter()
    return [element.tag + (f"={element.text}" if element.tag == "name" else "") for element in found]


def test_the_shared_candidate_is_everybodys(sim: Callable[..., Any]) -> None:
    device = sim()
    one, two = device.talk(), device.talk()
    one.set(HOST.format("one"))
    two.set("set system domain-name two")
    assert results(two.ask(COMMIT)) == ["commit-results", "routing-engine", "name=re0", "commit-success"]
    assert device.committed == ["set system host-name one", "set system domain-name two"]


def test_shared_edits_outlive_their_session(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.set(HOST.format("left-behind"))
    talk.netconf.ended()
    assert device.candidate == ["set system host-name left-behind"]
    assert device.device.database.dirty


def test_a_lock_keeps_others_out_and_says_who(sim: Callable[..., Any]) -> None:
    device = sim()
    one, two = device.talk(), device.talk()
    assert one.problems(LOCK) == []
    check = "<commit-configuration><check/></commit-configuration>"
    for body in (
        LOCK,
        EXCLUSIVE,
        PRIVATE,
        COMMIT,
        check,
        "<discard-changes/>",
        "<lock><target><candidate/></target></lock>",
    ):
        assert locked_by("admin", 10001, two.problems(body)), body
    assert locked_by("admin", 10001, two.set(HOST.format("x")))
    assert two.problems(UNLOCK) == NOT_OPEN
    one.problems(UNLOCK)
    assert two.problems(LOCK) == []


def test_a_script_can_hold_the_lock(sim: Callable[..., Any]) -> None:
    device = sim(locked_by={"user": "kim", "pid": 4711})
    assert locked_by("kim", 4711, device.talk().problems(LOCK))
    device.device.unlock_by()
    assert device.talk().problems(LOCK) == []


def test_somebodys_edits_keep_lock_and_private_out(sim: Callable[..., Any]) -> None:
    device = sim(modified_by={"lines": [HOST.format("theirs")]})
    talk = device.talk()
    for body in (LOCK, PRIVATE, EXCLUSIVE):
        assert talk.problems(body) == MODIFIED
    assert device.candidate == ["set system host-name theirs"]


def test_edits_that_come_to_nothing_do_not_count(sim: Callable[..., Any]) -> None:
    talk = sim("set system host-name a").talk()
    talk.set(HOST.format("b"), HOST.format("a"))
    assert talk.problems(LOCK) == []


def test_unlock_leaves_the_edits_in_the_candidate_unless_told_otherwise(sim: Callable[..., Any]) -> None:
    for discards in (False, True):
        device = sim(unlock_discards=discards)
        talk = device.talk()
        for body in (LOCK, UNLOCK):
            talk.problems(body)
            talk.set(HOST.format("edited")) if body == LOCK else None
        assert device.device.database.dirty is not discards


def test_the_end_of_a_session_drops_its_lock_and_what_was_edited_under_it(sim: Callable[..., Any]) -> None:
    for body in (LOCK, EXCLUSIVE):
        device = sim()
        talk = device.talk()
        talk.problems(body)
        talk.set(HOST.format("edited"))
        talk.netconf.ended()
        assert not device.device.database.dirty
        assert device.talk().problems(LOCK) == []


def test_a_private_copy_is_seen_by_its_session_only_and_ends_with_it(sim: Callable[..., Any]) -> None:
    for end in ("close", "session"):
        device = sim()
        talk = device.talk()
        assert talk.problems(PRIVATE) == []
        talk.set(HOST.format("mine"))
        assert talk.ask("<get-configuration/>").findtext(".//host-name") == "mine"
        assert device.talk().ask("<get-configuration/>").findtext(".//host-name") is None
        assert not device.device.database.dirty
        talk.problems(CLOSE) if end == "close" else talk.netconf.ended()
        assert device.device.database.private == {}
        assert device.committed == []
    assert sim().talk().problems(CLOSE) == NOT_OPEN


def test_the_warning_on_opening_comes_where_asked_for(sim: Callable[..., Any]) -> None:
    assert sim(warns_on_open=True).talk().problems(PRIVATE) == [
        ("warning", "uncommitted changes will be discarded on exit")
    ]


def test_private_commits_of_different_statements_both_stand(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a\nset system domain-name a")
    one, two = device.talk(), device.talk()
    one.problems(PRIVATE), two.problems(PRIVATE)
    one.set(HOST.format("one"))
    two.set("set system domain-name two", "delete system host-name", "set system time-zone UTC")
    two.set(HOST.format("a"))
    merged = ["commit-results", "load-success", "routing-engine", "name=re0", "commit-success"]
    assert results(one.ask(COMMIT)) == merged
    assert results(two.ask(COMMIT)) == merged
    assert device.committed == [
        "set system host-name one",
        "set system domain-name two",
        "set system time-zone UTC",
    ]


def test_private_commits_below_what_both_made_and_of_order(sim: Callable[..., Any]) -> None:
    urls = "set security pki ca-profile a revocation-check crl url {}"
    device = sim("\n".join(urls.format(name) for name in "xyz"))
    one, two = device.talk(), device.talk()
    one.problems(PRIVATE), two.problems(PRIVATE)
    one.set("set system host-name one", urls.format("new"))
    two.set("set system domain-name two", urls.format("z").replace("set", "insert") + " before x")
    assert one.problems(COMMIT) + two.problems(COMMIT) == []
    assert device.committed == [
        *(urls.format(name) for name in ("z", "x", "y", "new")),
        "set system host-name one",
        "set system domain-name two",
    ]


def test_private_commits_of_the_same_statement_clash_once(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a")
    one, two = device.talk(), device.talk()
    one.problems(PRIVATE), two.problems(PRIVATE)
    one.set(HOST.format("one")), two.set(HOST.format("two"))
    one.problems(COMMIT)
    assert two.problems("<commit-configuration><check/></commit-configuration>") != []
    assert two.problems(COMMIT) == [("error", "statement was changed by another user: 'host-name'")]
    assert device.committed == ["set system host-name one"]
    assert two.problems(COMMIT) == []
    assert device.committed == ["set system host-name two"]


def test_an_empty_private_commit_answers_empty_results(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.problems(PRIVATE)
    assert results(talk.ask(COMMIT)) == ["commit-results"]
    assert device.device.state()["commits"] == []


def test_a_private_commit_needs_a_clean_and_free_shared_candidate(sim: Callable[..., Any]) -> None:
    device = sim()
    one, two = device.talk(), device.talk()
    one.problems(PRIVATE)
    one.set(HOST.format("mine"))
    two.set("set system domain-name theirs")
    assert one.problems(COMMIT) == MODIFIED
    two.problems("<load-configuration rollback='0'/>")
    two.problems(LOCK)
    assert locked_by("admin", 10002, one.problems(COMMIT))
    two.problems(UNLOCK)
    assert one.problems(COMMIT) == []
    assert device.committed == ["set system host-name mine"]


def test_commit_confirmed_is_refused_in_private(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.problems(PRIVATE)
    talk.set(HOST.format("mine"))
    assert talk.problems(CONFIRMED) == [("error", "commit confirmed is not allowed in private mode")]
    assert device.committed == []


def test_an_unconfirmed_commit_rolls_back_by_itself(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a", minute=2.0)
    talk = device.talk()
    talk.set(HOST.format("b"))
    assert talk.problems(CONFIRMED) == []
    assert device.committed == ["set system host-name b"]
    assert [seconds for seconds, _dummy in device.clock.timers] == [10.0]
    device.clock.run_out()
    assert device.committed == ["set system host-name a"]
    assert [item["comment"] for item in device.device.state()["commits"]] == ["", "rollback after commit confirmed"]


def test_a_commit_or_a_check_confirms_from_any_session(sim: Callable[..., Any]) -> None:
    for body in (COMMIT, "<commit-configuration><check/></commit-configuration>", "<commit/>"):
        device = sim("set system host-name a")
        talk = device.talk()
        talk.set(HOST.format("b"))
        talk.problems(CONFIRMED)
        talk.netconf.ended()
        assert device.device.database.awaiting_confirm
        device.talk().problems(body)
        assert not device.device.database.awaiting_confirm
        assert device.clock.timers == []
        assert device.committed == ["set system host-name b"]


def test_a_second_confirmed_commit_goes_back_to_before_both(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a")
    talk = device.talk()
    for name in ("b", "c"):
        talk.set(HOST.format(name))
        talk.problems(CONFIRMED)
    assert len(device.clock.timers) == 1
    device.clock.run_out()
    assert device.committed == ["set system host-name a"]


def test_rollbacks_are_kept_to_their_limit(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name first")
    talk = device.talk()
    for number in range(ROLLBACKS + 5):
        talk.set(HOST.format(f"n{number}"))
        talk.problems(COMMIT)
    assert len(device.device.database.history) == 50
    assert talk.problems('<load-configuration rollback="49"/>') == []
    assert device.candidate == ["set system host-name n4"]
    assert talk.problems('<load-configuration rollback="50"/>') == [("error", "rollback 50: no such configuration")]


def test_rollback_zero_drops_the_edits(sim: Callable[..., Any]) -> None:
    for body in ('<load-configuration rollback="0"/>', "<discard-changes/>"):
        device = sim("set system host-name a")
        talk = device.talk()
        talk.set(HOST.format("b"))
        assert talk.problems(body) == []
        assert not device.device.database.dirty


def test_a_class_without_permission_reads_only(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a")
    talk = device.talk(Login("viewer", "x", (), "read-only"))
    assert talk.ask("<get-configuration/>").findtext(".//host-name") == "a"
    for body in (LOCK, PRIVATE, COMMIT, "<commit/>", '<load-configuration rollback="0"/>',
                 "<edit-config><target><candidate/></target><config/></edit-config>"):  # fmt: skip
        assert talk.problems(body) == [("error", "permission denied")]


def test_a_cluster_commits_on_both_nodes(sim: Callable[..., Any]) -> None:
    device = sim(cluster=True)
    talk = device.talk()
    talk.set(HOST.format("a"))
    assert results(talk.ask(COMMIT))[1:] == [
        *("routing-engine", "name=node0", "commit-success"),
        *("routing-engine", "name=node1", "commit-success"),
    ]


def test_comments_and_users_are_kept(sim: Callable[..., Any]) -> None:
    device = sim()
    talk = device.talk()
    talk.set(HOST.format("a"))
    talk.problems("<commit-configuration><log>CHG-1 &amp; more</log></commit-configuration>")
    assert device.device.state()["commits"] == [{"user": "admin", "comment": "CHG-1 & more", "confirm_minutes": 0}]


def test_what_the_committed_database_shows_is_not_the_candidate(sim: Callable[..., Any]) -> None:
    talk = sim("set system host-name a").talk()
    talk.set(HOST.format("b"))
    assert talk.ask('<get-configuration database="committed"/>').findtext(".//host-name") == "a"
    assert talk.ask("<get-configuration/>").findtext(".//host-name") == "b"
    assert talk.ask("<get-config><source><running/></source></get-config>").findtext(".//host-name") == "a"
    assert talk.ask("<get-config><source><candidate/></source></get-config>").findtext(".//host-name") == "b"


def test_only_the_candidate_can_be_locked_by_the_base_protocol(sim: Callable[..., Any]) -> None:
    device = sim()
    assert device.talk().problems("<lock><target><startup/></target></lock>") == [("error", "syntax error")]
    assert device.talk().problems("<lock/>") == [("error", "syntax error")]
    assert device.device.database.lock is None


def test_edit_config_of_the_base_protocol(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a\nset system domain-name b")
    talk = device.talk()
    body = (
        "<edit-config><target><candidate/></target><config><configuration><system>"
        '<host-name>c</host-name><domain-name operation="delete"/></system></configuration></config></edit-config>'
    )
    assert talk.send(body).endswith(b"<ok/>\n</rpc-reply>\n" + END + b"\n")
    assert device.candidate == ["set system host-name c"]
    assert talk.problems(body.replace("candidate", "running")) == [("error", "edit-config on running is not supported")]
    assert talk.ask("<validate><source><candidate/></source></validate>").find("ok") is not None
    assert talk.ask("<commit/>").find("ok") is not None
    assert device.committed == ["set system host-name c"]


def test_somebody_elses_commit_leaves_our_copy_and_is_told(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a")
    told: list[list[str]] = []
    device.device.database.on_commit = lambda: told.append(device.committed)
    talk = device.talk()
    talk.problems(PRIVATE)
    device.device.commit_by(["set system domain-name theirs"], user="kim")
    assert told == [["set system host-name a", "set system domain-name theirs"]]
    assert [item["user"] for item in device.device.state()["commits"]] == ["kim"]
    talk.set(HOST.format("mine"))
    talk.problems('<load-configuration rollback="0"/>')
    talk.set("set system time-zone UTC")
    assert talk.problems(COMMIT) == []
    assert device.committed == [
        "set system host-name a",
        "set system domain-name theirs",
        "set system time-zone UTC",
    ]
