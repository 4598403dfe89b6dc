# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulated device: who it is, its database, its sessions and its record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from .certificates import Certificate
from .clock import Clock
from .database import Database, Holder, Refused
from .effective import inherited
from .faults import Faults
from .grammar import grammar
from .http01 import Http01
from .loading import Loader, Problem
from .pki import Pki
from .pkid import Pkid
from .secret import Secrets
from .setform import lines
from .stores import Crl, Request
from .textform import parse
from .tree import Node

READ_ONLY_CLASSES = ("read-only", "operator", "unauthorized")


@dataclass(frozen=True, slots=True)
class Login:
    """A user: a password, public keys in OpenSSH form, a login class."""

    user: str
    password: str | None = None
    keys: tuple[str, ...] = ()
    login_class: str = "super-user"


@dataclass(frozen=True, slots=True)
class Spec:
    """A device as the fleet file describes it."""

    name: str
    release: str
    config: str = ""  # curly-brace text, or set lines
    address: str = "127.0.0.1"
    port: int = 0
    ssh_port: int | None = None  # beside NETCONF's: a command line and scp; None: there is none
    model: str = "srx345"
    logins: tuple[Login, ...] = (Login("admin", "admin123"),)
    cluster: bool = False
    base: tuple[str, ...] = ("1.0",)
    subsystem: bool = True
    master_password: bool = False
    unlock_discards: bool = False
    warns_on_open: bool = False
    namespace: str | None = None
    shows_version: bool = True
    serial: str = "SIM0000001"
    minute: float = 60.0
    host_key: str | None = None
    http_port: int = 80
    ca_trust: str | None = None
    certificates: tuple[Certificate, ...] = ()
    certificate_requests: tuple[Request, ...] = ()
    crls: tuple[Crl, ...] = ()
    statistics: Mapping[str, int] = field(default_factory=dict)
    reply_shape: str | None = None
    faults: tuple[dict[str, Any], ...] = ()
    locked_by: dict[str, Any] | None = None
    modified_by: dict[str, Any] | None = None


class Recorder:
    """Writes what happens, one JSON object a line; keeps nothing."""

    def __init__(self, path: Path | None, *, bodies: bool = False) -> None:
        self._file: IO[str] | None = path.open("a", buffering=1) if path else None
        self.bodies = bodies

    def write(self, **event: Any) -> None:
        if self._file is not None:
            self._file.write(json.dumps({"at": round(time.time(), 3), **event}) + "\n")


class Device:
    """The state that all sessions of one device share."""

    def __init__(self, spec: Spec, recorder: Recorder, clock: Clock | None = None) -> None:
        self.spec, self.recorder, self.clock = spec, recorder, clock or Clock()
        self.pki = Pki()
        self.faults = Faults()
        self.faults.load(spec.faults)
        self.held: list[Callable[[], None]] = []  # what goes on when the faults are cleared
        root = grammar(spec.release)
        self.database = Database(root, Node(root), Secrets(spec.master_password), unlock_discards=spec.unlock_discards)
        self.database.minute = spec.minute
        self.certificates = list(spec.certificates)
        self.certificate_requests = list(spec.certificate_requests)
        self.crls = list(spec.crls)
        self.statistics = dict(spec.statistics)
        self.port, self.ssh_port = spec.port, spec.ssh_port
        self.rpcs = 0
        # The server's: close the port in some way, and open it again.
        self.unreachable: Callable[[float, str], None] = lambda seconds, how: None
        self.reachable: Callable[[], object] = lambda: None
        self._inherited: dict[bool, tuple[Node, Node]] = {}
        self._load_initial()
        self.http01 = Http01(spec.address, spec.http_port)
        self.pkid = Pkid(self)
        self.pki.on_change = self.database.on_commit = self.pkid.refresh

    @property
    def nodes(self) -> tuple[str, ...]:
        return ("node0", "node1") if self.spec.cluster else ()

    @property
    def engines(self) -> tuple[str, ...]:
        return self.nodes or ("re0",)

    @property
    def warns_on_open(self) -> bool:
        return self.spec.warns_on_open

    @property
    def host_name(self) -> str:
        tree = self.inherited_of(self.database.committed, marked=False)
        leaf = tree.find("system", "host-name")
        return leaf.value or self.spec.name if leaf is not None else self.spec.name

    def inherited_of(self, tree: Node, *, marked: bool) -> Node:
        """With what groups bring; kept for the committed configuration, which never changes in place."""
        if tree is not self.database.committed:
            return inherited(tree, marked=marked)
        kept = self._inherited.get(marked)
        if kept is None or kept[0] is not tree:
            kept = self._inherited[marked] = (tree, inherited(tree, marked=marked))
        return kept[1]

    def _load_initial(self) -> None:
        """The configuration that the fleet file gives, active from the start; an error in it is the file's error."""
        tree = Node(self.database.root)
        loader = Loader(tree, self.database.secrets)
        first = next((line for line in self.spec.config.splitlines() if line.strip()), "")
        if first.startswith(("set ", "deactivate ", "protect ")):
            loader.commands(self.spec.config)
        else:
            document, errors = parse(self.spec.config, self.database.root)
            loader.document(document, "merge", errors)
        if loader.problems:
            raise ValueError(f"device {self.spec.name}: configuration: {loader.problems[0]}")
        if not self.spec.shows_version:
            for leaf in tree.named("version"):
                tree.remove(leaf)
        elif tree.find("version") is None:
            version = Node(self.database.root.kids["version"], value=self.spec.release)
            tree.kids = {version.identity: version, **tree.kids}
        self.database.history[0] = type(self.database.history[0])(tree, "root", time.time())
        if self.spec.locked_by is not None:
            self.lock_by(**self.spec.locked_by)
        if self.spec.modified_by is not None:
            self.edit_by(**self.spec.modified_by)

    # -- somebody else, by script

    def lock_by(self, user: str = "root", pid: int = 4242) -> None:
        self.database.take_lock(Holder(user, pid))

    def unlock_by(self) -> None:
        self.database.lock = None

    def edit_by(self, lines: list[str], user: str = "root", pid: int = 4242) -> None:
        """Uncommitted edits in the shared candidate."""
        problems = self.database.edit(Holder(user, pid), lambda loader: loader.commands("\n".join(lines)))
        if problems:
            raise Refused(*problems)

    def commit_by(self, lines: list[str], user: str = "root", pid: int = 4242) -> None:
        """A change that somebody else commits, past our candidates and locks."""
        tree = self.database.committed.copy()
        loader = Loader(tree, self.database.secrets)
        loader.commands("\n".join(lines))
        if loader.problems:
            raise Refused(*loader.problems)
        self.database.activate(tree, user)

    def clear_faults(self) -> None:
        self.faults.clear()
        held, self.held = self.held, []
        for resume in held:
            resume()

    def state(self) -> dict[str, Any]:
        """What a test wants to know, as JSON."""
        database = self.database
        lock = database.lock
        return {
            "set_lines": list(lines(database.committed)),
            "candidate_dirty": database.dirty,
            "candidate_set_lines": list(lines(database.shared or database.committed)),
            "lock": None if lock is None else {"user": lock.user, "pid": lock.pid, "session": lock.session},
            "private": sorted(database.private),
            "awaiting_confirm": database.awaiting_confirm,
            "commits": [
                {"user": item.user, "comment": item.comment, "confirm_minutes": item.confirm_minutes}
                for item in reversed(database.history[:-1])
            ],
            "port": self.port,
            "files": {path: f"{mode:04o}" for path, mode in self.pki.modes.items()},
        }


@dataclass(slots=True)
class Session:
    """One NETCONF session, as the handlers see it."""

    device: Device
    number: int
    login: Login
    holder: Holder = field(init=False)

    def __post_init__(self) -> None:
        self.holder = Holder(self.login.user, 10000 + self.number, self.number)

    def need_permission(self) -> None:
        if self.login.login_class in READ_ONLY_CLASSES:
            raise Refused(Problem("permission denied"))
