# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loading a document into a candidate: merge, replace, update, override, and set commands."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import setform
from .grammar import LEAF_LIST
from .secret import Secrets
from .tree import Node, edit_path, prune_empty, walk
from .values import refused
from .words import Unparsable, build, locate

ROOT: tuple[Node, ...] = ()
_VERBS = ("set", "delete", "deactivate", "activate", "protect", "unprotect", "insert")


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or warning of a load or a check; path as ``[edit ...]``, bad the statement's words."""

    message: str
    bad: str = ""
    path: str = ""
    severity: str = "error"


@dataclass(slots=True)
class Loader:
    """Puts documents into one candidate. What cannot be taken is left out and told; the rest is taken."""

    candidate: Node
    secrets: Secrets
    honour_replace: bool = True
    problems: list[Problem] = field(default_factory=list)

    def document(self, document: Node, action: str, errors: list[Unparsable]) -> None:
        self.problems += [Problem(error.message, error.word, error.path) for error in errors]
        self.honour_replace = action != "merge"
        if action in ("override", "update") or document.op == "replace":
            for kid in list(self.candidate):
                self._delete(self.candidate, kid, ROOT)
        self._merge(self.candidate, document, ROOT)
        prune_empty(self.candidate)

    def commands(self, text: str) -> None:
        """Set lines, each for itself: one that is refused does not stop those after it."""
        for line in text.split("\n"):  # not where Python sees lines: a value may hold U+2028
            words = setform.split(line)
            if not words or line.lstrip().startswith("#"):
                continue
            try:
                self._command(words[0], words[1:])
            except Unparsable as error:
                self.problems.append(Problem(error.message, error.word))
        prune_empty(self.candidate)

    def _command(self, verb: str, words: list[str]) -> None:
        if verb not in _VERBS:
            raise Unparsable(verb)
        if verb == "set":
            document = Node(self.candidate.rule)
            build(document, words, shape=self.candidate)
            # A command is taken as a whole or not at all.
            refusals = [found for path, node in walk(document) if (found := _refusal(node, path)) is not None]
            self.problems += refusals
            if not refusals:
                self._merge(self.candidate, document, ROOT)
        elif verb == "insert":
            self._insert(words)
        else:
            self._existing(verb, words)

    def _existing(self, verb: str, words: list[str]) -> None:
        parents, found = locate(self.candidate, words)
        if not found:
            if verb == "protect":
                build(self.candidate, words)
                parents, found = locate(self.candidate, words)
            else:
                self._warn("statement not found", words[-1], parents)
                return
        if not words:
            found = list(self.candidate)
        for node in found:
            if verb == "delete":
                self._delete(parents[-1], node, tuple(parents[1:]))
            elif verb == "unprotect" or not self._guarded((*parents[1:], node), "modified"):
                name = "inactive" if verb.endswith("activate") else "protect"
                setattr(node, name, verb in ("deactivate", "protect"))

    def _insert(self, words: list[str]) -> None:
        """``insert <statement> before|after <key>``."""
        at = next((i for i, word in enumerate(words) if word in ("before", "after")), None)
        if at is None:
            raise Unparsable(words[-1] if words else "insert", "missing argument")
        parents, found = locate(self.candidate, words[:at])
        if len(found) != 1 or not self._place(parents[-1], found[0], (words[at], words[-1])):
            self._warn("statement not found", words[-1], parents)

    def _merge(self, target: Node, document: Node, path: tuple[Node, ...]) -> None:
        for kid in document:
            self._merge_one(target, kid, path)

    def _merge_one(self, target: Node, kid: Node, path: tuple[Node, ...]) -> None:
        existing = target.kids.get(kid.identity)
        if kid.op == "delete":
            found = [existing] if existing else target.named(kid.rule.name) if kid.key is None else []
            if not found:
                self._warn("statement not found", kid.rule.name, (self.candidate, *path))
            for node in found:
                self._delete(target, node, path)
            return
        new = existing is None or existing.value != kid.value
        if new and not self._acceptable(target, kid, path, existing):
            return
        if kid.op == "replace" and self.honour_replace and existing is not None:
            for node in list(existing):
                self._delete(existing, node, (*path, existing))
            if not existing.kids:
                existing.inactive = False
        if existing is None:
            existing = target.add(Node(kid.rule, kid.key))
        marks = kid.marks
        if marks and marks != ("unprotect",) and self._guarded((*path, existing), "modified"):
            marks = ()
        if "inactive" in marks or "active" in marks:
            existing.inactive = "inactive" in marks
        if "unprotect" in marks:
            existing.protect = False
        if kid.value is not None:
            existing.value = self.secrets.store(kid.rule, kid.value)
        if kid.comment:
            existing.comment = kid.comment
        if kid.place:
            self._place(target, existing, kid.place)
        self._merge(existing, kid, (*path, existing))
        if "protect" in marks:
            existing.protect = True

    def _acceptable(self, target: Node, kid: Node, path: tuple[Node, ...], existing: Node | None) -> bool:
        """Whether a new statement, or a new value, may be written; makes room for it among exclusive siblings."""
        if self._guarded((*path, existing) if existing else path, "modified" if existing else "created", kid):
            return False
        problem = _refusal(kid, path)
        if problem is not None:
            self.problems.append(problem)
            return False
        most = kid.rule.facts.get("max_elements") if kid.rule.kind == LEAF_LIST else None
        if most and len(target.named(kid.rule.name)) >= int(most):
            self.problems.append(Problem(f"number of elements exceeds limit of {most}", kid.rule.name, edit_path(path)))
            return False
        if kid.rule.choice:
            for other in [node for node in target if node.rule.choice == kid.rule.choice and node.rule is not kid.rule]:
                target.remove(other)
        return True

    def _guarded(self, path: tuple[Node, ...], what: str, new: Node | None = None) -> bool:
        """Warn and answer true where a protected statement stands in the way."""
        guard = next((index for index, node in enumerate(path) if node.protect), None)
        if guard is None:
            return False
        words = [word for node in path for word in node.words()]
        if new is not None and what == "created":
            words += new.words()
        where = edit_path(path[: guard + 1]).removeprefix("[edit ").removesuffix("]")
        text = f"[{where}] is protected, '{' '.join(words)}' cannot be {what}"
        self.problems.append(Problem(text, severity="warning"))
        return True

    def _delete(self, parent: Node, node: Node, path: tuple[Node, ...]) -> None:
        """Remove a node; protected ones below it stay, and with them what leads there."""
        if self._guarded((*path, node), "deleted"):
            return
        if any(kid.protect for kid in _below(node)):
            for kid in list(node):
                self._delete(node, kid, (*path, node))
            if node.kids:
                return
        parent.remove(node)

    def _place(self, parent: Node, node: Node, place: tuple[str, str | None]) -> bool:
        where, key = place
        others = [kid for kid in parent.named(node.rule.name) if kid is not node]
        beside = others[:1] if where == "first" else [kid for kid in others if kid.key == key]
        if not beside and others:
            return False
        order = [kid for kid in parent if kid is not node]
        at = order.index(beside[0]) + (where == "after") if beside else len(order)
        order.insert(at, node)
        parent.kids = {kid.identity: kid for kid in order}
        return True

    def _warn(self, message: str, bad: str, path: tuple[Node, ...] | list[Node]) -> None:
        self.problems.append(Problem(message, bad, edit_path(tuple(path)[1:]), "warning"))


def _below(node: Node) -> list[Node]:
    return [kid for child in node for kid in (child, *_below(child))]


def _refusal(node: Node, path: tuple[Node, ...]) -> Problem | None:
    """Why the release does not take a node's own value or key."""
    message = refused(node, in_group=bool(path) and path[0].rule.name == "groups")
    if message is None:
        return None
    value = node.key if node.rule.kind == LEAF_LIST else node.value
    return Problem(message, " ".join([*node.words(), *([value] if value is not None else [])]), edit_path(path))
