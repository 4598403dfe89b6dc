# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One NETCONF session to one device: reading, checking, committing. How it is opened, _connect knows.

Every failure leaves as a DeviceError of one sentence, and no failure leaves a lock or a candidate behind: what cannot
be discarded in order is discarded by dropping the session, which the device answers by discarding the candidate.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from ansible_collections.netpki.junos.plugins.module_utils import _connect, _replies
from ansible_collections.netpki.junos.plugins.module_utils._cli import Cli
from ansible_collections.netpki.junos.plugins.module_utils._edits import Scope, words
from ansible_collections.netpki.junos.plugins.module_utils._elements import every, is_inactive
from ansible_collections.netpki.junos.plugins.module_utils._errors import (
    DeviceError,
    LostAnswerError,
    RefusalError,
    ReplyError,
)
from ansible_collections.netpki.junos.plugins.module_utils._operations import LOG_REQUEST, Operation, file_delete
from ansible_collections.netpki.junos.plugins.module_utils._options import CommitOptions, Login
from ansible_collections.netpki.junos.plugins.module_utils._release import Running
from ansible_collections.netpki.junos.plugins.module_utils._secrets import mask_text
from ansible_collections.netpki.junos.plugins.module_utils._show import Shown, Store
from ansible_collections.netpki.junos.plugins.module_utils._statements import KEY
from ansible_collections.netpki.junos.plugins.module_utils._stores import by_node
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, Slot, from_xml

with suppress(ImportError):  # _connect tells it, before anything here needs them
    from jnpr.junos import exception as pyez
    from lxml import etree

#: A key pair of 4096 bits, or a CA that is slow to answer, takes a device longer than other requests.
_OPERATION_SECONDS = 120

#: How often a task that waits says so.
_PROGRESS_SECONDS = 10


class Reading(NamedTuple):
    """``[edit security pki]`` as committed, and the release (None where the device did not tell it).

    ``deactivated`` is the level, as words, that is deactivated as a whole, pki or above it; "" where there is none.
    ``configuration`` is the element that all of it stands in, with what was read beside it.
    """

    pki: Node
    running: Running | None
    deactivated: str = ""
    configuration: Any = None


class Loaded(NamedTuple):
    """What the device said of a candidate: its compare text ("" when not asked for) and its warnings."""

    diff: str = ""
    warnings: tuple[str, ...] = ()


class Device:
    """One session. Use it as a context manager; :meth:`reopen` gives the same object a new session."""

    def __init__(self, login: Login) -> None:
        self.login = login
        self._session: Any = None
        #: What to tell of the configuration when something fails.
        self._so_far = "Nothing was changed."
        self._done: list[str] = []

    def __enter__(self) -> Device:
        self._session = _connect.open_session(self.login)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._close()

    @property
    def connected(self) -> bool:
        """Whether the session is still there."""
        return self._session is not None

    def hang_up(self) -> None:
        """End the session without a word."""
        self._drop()

    def reopen(self) -> None:
        """End the session and open another one."""
        self._close()
        self._session = _connect.open_session(self.login)

    # --- reading -----------------------------------------------------------------------------------------------------

    def read(self, where: Scope) -> Reading:
        """Read the committed ``[edit security pki]`` with what apply-groups bring, and the release: one request.

        :raises DeviceError: ``pki`` or a level above it is deactivated, so nothing in it could come into effect.
        """
        reading = self.look(where)
        if reading.deactivated:
            raise DeviceError(
                f"{self.login.host}: [edit {reading.deactivated}] is deactivated, so nothing in it can come into"
                f" effect. Activate it first: activate {reading.deactivated}"
            )
        return reading

    def look(self, where: Scope, beside: Sequence[Scope] = ()) -> Reading:
        """The same for who changes nothing: what is deactivated is told. ``beside``: more to read in that request."""
        reply = self._rpc(
            '<get-configuration database="committed" inherit="inherit" groups="groups">'
            f"<configuration><version/>{_subtrees((where, *beside))}</configuration></get-configuration>",
            "reading the configuration",
        )
        configuration = next(every(reply, "configuration"), None)
        element, deactivated = configuration, ""
        for depth, (name, key) in enumerate(where):
            element = _replies.entry(element, name, key)
            if element is None:
                break
            if not deactivated and is_inactive(element):
                deactivated = words(where[: depth + 1])
        pki = Node() if element is None else from_xml(element)
        return Reading(pki, _replies.running(reply), deactivated, configuration)

    def read_until(self, where: Scope, arrived: Callable[[Reading], bool], seconds: int) -> bool:
        """Read the configuration, over a new session, until it is as awaited; whether it is, after so many seconds.

        :raises DeviceError: the device could not be read to the end.
        """
        deadline, pause = time.monotonic() + seconds, 0.25
        while True:
            failed = None
            try:
                if not self.connected:
                    self.reopen()
                if arrived(self.look(where)):
                    return True
            except DeviceError as error:
                failed = error
            if time.monotonic() >= deadline:
                if failed:
                    raise failed
                return False
            time.sleep(min(pause, max(deadline - time.monotonic(), 0.01)))
            pause = min(pause * 2, 5)

    def applies_groups(self, where: Scope) -> bool:
        """Whether apply-groups may bring more than :meth:`read` shows: a wildcard does, once an entry is there.

        A request of its own, because a reply with what is inherited leaves the names of the groups out.
        """
        names = [(*where[:depth], ("apply-groups", "")) for depth in range(len(where))]
        reply = self._rpc(
            '<get-configuration database="committed"><configuration>'
            f"{_subtrees((*names, where))}</configuration></get-configuration>",
            "reading the names of the groups",
        )
        return next(every(reply, "apply-groups"), None) is not None

    def show(self, store: Store, only: Collection[str] = ()) -> Shown:
        """The records of a store, or the one named: one request."""
        reply = self._rpc(store.xml(only), store.doing)
        try:
            return store.read(reply)
        except ReplyError as error:
            raise DeviceError(
                f"{self.login.host}: the answer to {store.doing} cannot be understood: {error}"
            ) from error

    # --- changing ----------------------------------------------------------------------------------------------------

    def check(self, documents: Sequence[str], mode: str, with_diff: bool) -> Loaded:
        """Let the device validate a change, and discard it."""
        with self._candidate(mode):
            said = self._load(documents)
            diff = self._compare() if with_diff else ""
            reply = self._rpc(
                "<commit-configuration><check/></commit-configuration>",
                "commit check",
                self.login.commit_timeout,
            )
            return Loaded(diff, (*said, *_replies.warnings(reply)))

    def commit(self, documents: Sequence[str], options: CommitOptions, with_diff: bool) -> Loaded:
        """Load a change and commit it, once."""
        with self._candidate(options.mode) as candidate:
            said = self._load(documents)
            diff = self._compare() if with_diff else ""
            lost = "Whether it took effect is not known: run the task again, it changes only what is still missing."
            if options.confirmed:
                lost = (
                    "Whether it took effect is not known. If it did, it is not confirmed, and the device rolls it back"
                    f" by itself within {options.confirmed} minutes: run the task again after that."
                )
            self._so_far = ""
            try:
                reply = self._commit(options, lost)
            except LostAnswerError as error:
                error.loaded = Loaded(diff, said)
                raise
            except RefusalError as error:
                if next(every(error.reply, "commit-success"), None) is None:
                    raise
                candidate.committed = True
                what = "; ".join(str(each) for each in _replies.errors(error.reply))
                what = f"{self.login.host}: the device answers the commit with success and with errors: {what}"
                raise LostAnswerError(f"{what}. {lost}", what, Loaded(diff, said)) from error
            candidate.committed = True
            if next(every(reply, "commit-success", "ok"), None) is None:
                said = (*said, "The device committed nothing: its candidate equals what is active.")
            return Loaded(diff, (*said, *_replies.warnings(reply)))

    def confirm(self, options: CommitOptions) -> None:
        """Confirm a confirmed commit.

        Under an exclusive candidate, so that no edit that somebody made meanwhile is committed along.
        """
        with self._candidate("exclusive") as candidate:
            lost = (
                "Whether the commit is confirmed now is not known. If it is not, the device rolls it back by itself"
                f" within {options.confirmed} minutes: run the task again after that."
            )
            self._commit(CommitOptions(comment=options.comment, synchronize=options.synchronize), lost)
            candidate.committed = True

    def _load(self, documents: Sequence[str]) -> tuple[str, ...]:
        said: tuple[str, ...] = ()
        for document in documents:
            request = f'<load-configuration action="merge" format="xml">{document}</load-configuration>'
            said += _replies.warnings(self._rpc(request, "loading the change"))
        # The device only warns of a protected statement, and would commit the rest.
        protected = [_replies.Problem("error", "", warning) for warning in said if _replies.PROTECTED in warning]
        if protected:
            raise DeviceError(_replies.refusal(self.login.host, "loading the change", protected, self._so_far))
        return said

    def _compare(self) -> str:
        reply = self._rpc(
            '<get-configuration compare="rollback" rollback="0" format="text"/>', "comparing the candidate"
        )
        text = "".join(element.text or "" for element in every(reply, "configuration-output"))
        return mask_text(text.strip("\n"))

    def _commit(self, options: CommitOptions, lost: str) -> Any:
        parts = []
        if options.confirmed:
            parts.append(f"<confirmed/><confirm-timeout>{options.confirmed}</confirm-timeout>")
        if options.comment:
            parts.append(f"<log>{escape(options.comment)}</log>")
        if options.synchronize:
            parts.append("<synchronize/>")
        request = f"<commit-configuration>{''.join(parts)}</commit-configuration>"
        return self._rpc(request, "the commit", self.login.commit_timeout, lost)

    @contextmanager
    def _candidate(self, mode: str) -> Iterator[_Candidate]:
        """A private or exclusive candidate, discarded on every way out but a commit."""
        self._rpc(f"<open-configuration><{mode}/></open-configuration>", f"opening the {mode} configuration")
        candidate = _Candidate()
        self._so_far = self._so_far and "Nothing was committed, the device discards the candidate."
        try:
            yield candidate
        finally:
            try:
                if mode == "exclusive" and not candidate.committed:
                    self._rpc('<load-configuration rollback="0"/>', "discarding the change")
                self._rpc("<close-configuration/>", "closing the configuration")
            except DeviceError:
                self._drop()

    # --- the PKI daemon ----------------------------------------------------------------------------------------------

    def operate(self, operation: Operation, values: Mapping[str, Any]) -> list[str]:
        """Send one request that changes what the PKI holds; what the device says, each node of a cluster for itself.

        :raises LostAnswerError: no answer came; the request may have taken effect.
        """
        lost = " ".join(
            ("Whether it took effect is not known.", operation.lost, *([self._so_far] if self._done else ()))
        )
        timeout = max(self.login.timeout, _OPERATION_SECONDS)
        reply = self._rpc(operation.xml(values), operation.doing, timeout, lost, "timeout")
        texts = ("\n".join(part.itertext()).strip("\n") for _node, part in by_node(reply))
        return [text for text in texts if text.strip()]

    def refused(self, operation: Operation, said: Sequence[str]) -> DeviceError:
        """The error for a refusal that came as the output of a command."""
        problems = [_replies.Problem("error", "", _replies.one_line(text)) for text in said]
        return DeviceError(_replies.refusal(self.login.host, operation.doing, problems, self._so_far))

    def done(self, line: str) -> None:
        """Tell with every failure from now on what was done before it."""
        self._done.append(line)
        self._so_far = f"Done before: {'; '.join(self._done)}."

    @property
    def so_far(self) -> str:
        """What was done until now, as a sentence."""
        return self._so_far

    def wait_for(
        self, store: Store, name: str, arrived: Callable[[Shown], bool], seconds: int, tell: Callable[[str], None]
    ) -> Shown:
        """Ask for the records of one name until they are as awaited, or so many seconds are over; what was shown last.

        :param tell: called with a line of progress now and then.
        """
        start, pause = time.monotonic(), 0.25
        told = start
        while True:
            try:
                if not self.connected:
                    self.reopen()
                shown = self.show(store, (name,))
            except DeviceError:
                if self.connected:
                    raise
                shown = Shown([], ())  # the session is gone, the enrollment goes on
            elapsed = time.monotonic() - start
            if arrived(shown) or elapsed >= seconds:
                return shown
            if time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                tell(f"{self.login.host}: waiting for certificate {name}, {elapsed:.0f} of {seconds} seconds")
            time.sleep(min(pause, max(seconds - elapsed, 0.01)))
            pause = min(pause * 1.5, 5)

    def pki_log(self) -> list[str]:
        """The lines of the system log that are the PKI daemon's.

        :raises DeviceError: the device does not show its log.
        """
        reply = self._rpc(LOG_REQUEST, "reading the system log")
        return [line.strip() for line in "".join(reply.itertext()).splitlines() if "pkid" in line.lower()]

    def remove(self, path: str) -> None:
        """Remove a file that was copied to the device.

        :raises DeviceError: it is still there.
        """
        try:
            if not self.connected:
                self.reopen()
            self._rpc(file_delete(path), f"removing the file {path}")
        except DeviceError as error:
            if "no such file" not in str(error).lower():  # the copy has not come so far
                raise

    def cli(self, port: int) -> Cli:
        """The device's command line: a connection of its own, with the same login and check of the host key."""
        login = self.login
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                client = _connect.ssh_client(login, port)
        except Exception as error:  # paramiko's, and whatever the system says of the connection
            raise DeviceError(
                f"{login.host} port {port}: no SSH session: {_replies.one_line(str(error)) or type(error).__name__}."
                " NETCONF has no request for this, so it needs the SSH service too: set system services ssh,"
                f" and ssh_port if it is not {port}. {self._so_far}"
            ) from error
        return Cli(client, login.host, max(login.timeout, _OPERATION_SECONDS))

    # --- the session -------------------------------------------------------------------------------------------------

    def _rpc(
        self, request: str, doing: str, timeout: int | None = None, lost: str = "", option: str = "commit_timeout"
    ) -> Any:
        """Send one request and return the whole ``rpc-reply``; every error it holds is raised as one DeviceError.

        :param timeout: seconds in place of the login's, which ``option`` sets.
        :param lost: what to tell when no answer comes to a request that may have taken effect.
        :raises LostAnswerError: no answer came to such a request.
        """
        host = self.login.host
        if self._session is None:
            raise DeviceError(f"{host}: the session is gone; {doing} was not possible.")
        if timeout is None:
            timeout, option = self.login.timeout, "timeout"
        self._session.timeout = timeout
        try:
            with warnings.catch_warnings():
                # PyEZ announces what it does not know as a RuntimeWarning on the terminal; it is raised as well.
                warnings.simplefilter("ignore")
                answer = self._session.execute(request)
        except pyez.RpcTimeoutError as exc:
            raise self._lost(f"no answer to {doing} within {timeout} seconds ({option})", lost) from exc
        except pyez.RpcError as exc:
            if exc.rsp is None:
                raise DeviceError(f"{host}: {doing} failed: {_replies.one_line(str(exc.message))}") from exc
            answer = exc.rsp
        except pyez.ConnectClosedError as exc:
            raise self._lost(f"the session was lost during {doing}", lost) from exc
        except Exception as exc:
            # ncclient raises whatever its XML parser or its transport threw.
            what = type(exc).__name__
            raise self._lost(f"the answer to {doing} cannot be understood ({what})", lost) from exc
        if answer is True:  # PyEZ's word for a reply without any element
            return etree.Element("rpc-reply")
        reply = answer.getroottree().getroot()
        errors = _replies.errors(reply)
        if errors:
            raise RefusalError(_replies.refusal(host, doing, errors, self._so_far), reply)
        return reply

    def _lost(self, what: str, lost: str) -> DeviceError:
        """The error for an answer that is lost. The session ends with it, so that the device discards the candidate."""
        self._drop()
        if lost:
            return LostAnswerError(f"{self.login.host}: {what}. {lost}", f"{self.login.host}: {what}")
        return DeviceError(f"{self.login.host}: {what}. {self._so_far}".rstrip())

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.close()
        except Exception:
            _hang_up(session)

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            _hang_up(session)


def controllers_time() -> datetime:
    """The time where the task runs."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Candidate:
    committed: bool = False


def _hang_up(session: Any) -> None:
    """End the transport without a word: the device discards what the session held."""
    session.connected = False
    try:
        session._conn._session.close()  # PyEZ and ncclient offer no public way that does not wait for a reply
    except Exception:  # it is gone already
        return


def _subtrees(paths: Iterable[Scope]) -> str:
    """What to read, as XML: the whole of what stands at each path."""
    below: dict[Slot, list[Scope]] = {}
    for first, *rest in filter(None, paths):
        below.setdefault(first, []).append(tuple(rest))
    return "".join(_level(slot, _subtrees(rest)) for slot, rest in below.items())


def _level(slot: Slot, below: str) -> str:
    name, key = slot
    return f"<{name}>{f'<{KEY}>{escape(key)}</{KEY}>' if key else ''}{below}</{name}>"
