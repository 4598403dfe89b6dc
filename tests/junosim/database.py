# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One device's configuration database: what is committed, the shared candidate, private copies, locks, rollbacks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .checks import check
from .grammar import Rule
from .loading import Loader, Problem
from .merge3 import conflicts, rebase
from .secret import Secrets
from .tree import Node

ROLLBACKS = 49


class Refused(Exception):
    """An operation that the device refuses, with what it says."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = [Problem(item) if isinstance(item, str) else item for item in problems]
        super().__init__("; ".join(problem.message for problem in self.problems))


class CheckFailed(Refused):
    """A commit check that found something: its messages stand inside the results."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who edits or holds the configuration: a session of ours, or somebody whom a script brought in."""

    user: str
    pid: int
    session: int = 0  # 0: not a session
    since: float = field(default_factory=time.time)


@dataclass(frozen=True, slots=True)
class Commit:
    """One committed configuration."""

    tree: Node
    user: str
    at: float
    comment: str = ""
    confirm_minutes: float = 0


@dataclass(slots=True)
class Private:
    """A private copy: the committed configuration that it came from, and its edited form."""

    base: Node
    tree: Node
    refused_once: bool = False


class Database:
    """``set_timer(seconds, function)`` starts a timer and answers its cancel function; the server gives the loop's."""

    def __init__(self, root: Rule, initial: Node, secrets: Secrets, *, unlock_discards: bool = False) -> None:
        self.root, self.secrets, self.unlock_discards = root, secrets, unlock_discards
        self.history = [Commit(initial, "root", time.time())]
        self.shared: Node | None = None  # None: nobody edited
        self.editor: Holder | None = None  # who edited the shared candidate last
        self.lock: Holder | None = None
        self.private: dict[int, Private] = {}
        self.minute = 60.0  # seconds in a minute of confirm-timeout: tests shorten it
        self.set_timer: Callable[[float, Callable[[], None]], Callable[[], None]] | None = None
        self._cancel: Callable[[], None] | None = None
        self._before_confirmed: Commit | None = None
        self.on_commit: Callable[[], None] = lambda: None

    @property
    def committed(self) -> Node:
        return self.history[0].tree

    @property
    def dirty(self) -> bool:
        return self.shared is not None and not self.shared.same(self.committed)

    @property
    def awaiting_confirm(self) -> bool:
        return self._before_confirmed is not None

    def candidate(self, session: int) -> Node:
        """What a session sees as its candidate: its private copy, else the shared one."""
        private = self.private.get(session)
        if private is not None:
            return private.tree
        return self.shared if self.shared is not None else self.committed

    # -- locks and private copies

    def take_lock(self, who: Holder) -> None:
        if self.lock is not None:
            raise Refused(self.locked_message())
        if self.dirty:
            raise Refused("configuration database modified")
        self.lock, self.shared = who, None

    def release_lock(self, session: int) -> None:
        if self.lock is None or self.lock.session != session:
            raise Refused("Configuration database is not open")
        self.lock = None
        if self.unlock_discards:
            self.shared = None

    def open_private(self, who: Holder) -> None:
        self._not_locked_by_other(who.session)
        if self.dirty:
            raise Refused("configuration database modified")
        if who.session in self.private or self.lock is not None:
            raise Refused("Configuration database is already open")
        self.private[who.session] = Private(self.committed, self.committed.copy())

    def close(self, session: int) -> None:
        """close-configuration: the private copy goes, or the exclusive candidate with its edits."""
        if self.private.pop(session, None) is None:
            if self.lock is None or self.lock.session != session:
                raise Refused("Configuration database is not open")
            self.lock = self.shared = None

    def end_session(self, session: int) -> None:
        """For any reason: the private copy, the lock and what was edited under it go; shared edits stay."""
        self.private.pop(session, None)
        if self.lock is not None and self.lock.session == session:
            self.lock = self.shared = None

    def locked_message(self) -> str:
        assert self.lock is not None
        since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.lock.since))
        idle = time.strftime("%H:%M:%S", time.gmtime(max(0.0, time.time() - self.lock.since)))
        who = f"{self.lock.user} terminal  (pid {self.lock.pid}) on since {since}, idle {idle}"
        return f"configuration database locked by:\n  {who}\n      exclusive"

    def _not_locked_by_other(self, session: int) -> None:
        if self.lock is not None and (self.lock.session != session or session == 0):
            raise Refused(self.locked_message())

    # -- editing

    def edit(self, who: Holder, change: Callable[[Loader], None]) -> list[Problem]:
        """Let ``change`` load into the session's candidate; answers its errors and warnings."""
        private = self.private.get(who.session)
        if private is None:
            self._not_locked_by_other(who.session)
            if self.shared is None:
                self.shared = self.committed.copy()
            self.editor = who
        loader = Loader(private.tree if private else self.shared, self.secrets)  # type: ignore[arg-type] # made above if it was not there
        change(loader)
        return loader.problems

    def rollback(self, who: Holder, number: int) -> None:
        if not 0 <= number < len(self.history):
            raise Refused(Problem(f"rollback {number}: no such configuration", str(number)))
        tree = self.history[number].tree.copy()
        if who.session in self.private:
            self.private[who.session] = Private(self.committed, tree)
        else:
            self._not_locked_by_other(who.session)
            self.shared = None if number == 0 else tree

    def discard(self, who: Holder) -> None:
        self.rollback(who, 0)

    # -- commit

    def check(self, session: int) -> None:
        self._may_commit(session)
        problems = check(self._merged(session, count=False))
        if problems:
            raise CheckFailed(*problems, "configuration check-out failed: (statements constraint check failed)")
        self._confirmed()  # a commit check confirms as well

    def commit(self, who: Holder, comment: str = "", confirm_minutes: float = 0) -> bool:
        """Make the session's candidate the active configuration; answers whether there was anything to commit.

        A plain commit confirms one that waits for its confirmation.
        """
        private = self.private.get(who.session)
        if private is not None and confirm_minutes:
            raise Refused("commit confirmed is not allowed in private mode")
        self._may_commit(who.session)
        tree = self._merged(who.session, count=True)
        changed = not tree.same(self.committed)
        if changed or confirm_minutes:
            problems = check(tree)
            if problems:
                raise CheckFailed(*problems, "commit failed: (statements constraint check failed)")
        # A confirmed commit after another goes back to what was there before both.
        before = self._before_confirmed or self.history[0]
        self._confirmed()
        if changed or private is None:
            self._activate(Commit(tree.copy(), who.user, time.time(), comment, confirm_minutes))
            if confirm_minutes:
                self._await_confirm(before, confirm_minutes)
        if private is not None:
            self.private[who.session] = Private(self.committed, self.committed.copy())
        else:
            self.shared = None
        return changed

    def _may_commit(self, session: int) -> None:
        self._not_locked_by_other(session)
        if session in self.private and self.dirty:
            raise Refused("configuration database modified")

    def _merged(self, session: int, *, count: bool) -> Node:
        """What a commit would make active: a private copy's changes are brought to what is committed by now.

        Where both changed the same statement the first try is refused; the next one wins.
        """
        private = self.private.get(session)
        if private is None or private.base is self.committed:
            return self.candidate(session)
        clashes = conflicts(private.base, private.tree, self.committed)
        if clashes and not private.refused_once:
            private.refused_once = count
            raise Refused(*clashes)
        return rebase(private.base, private.tree, self.committed)

    def activate(self, tree: Node, user: str) -> None:
        """Somebody else's commit, past the candidates."""
        self._activate(Commit(tree, user, time.time()))

    def _activate(self, commit: Commit) -> None:
        self.history = [commit, *self.history][: ROLLBACKS + 1]
        self.on_commit()

    def _await_confirm(self, before: Commit, minutes: float) -> None:
        self._before_confirmed = before
        assert self.set_timer is not None, "a server gives the timer"
        self._cancel = self.set_timer(minutes * self.minute, self._roll_back)

    def _confirmed(self) -> None:
        if self._cancel is not None:
            self._cancel()
        self._cancel = self._before_confirmed = None

    def _roll_back(self) -> None:
        """No confirmation came: the configuration from before is active again, and the shared candidate follows it."""
        before, self._before_confirmed, self._cancel = self._before_confirmed, None, None
        if before is not None:
            self._activate(Commit(before.tree, "root", time.time(), "rollback after commit confirmed"))
            self.shared = None
