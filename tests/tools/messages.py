# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error message that a user can get, read from the source: what is handed to the exceptions of the one family.

A message is a text with holes, where the source puts a value in. A hole is filled only with what the source itself
says in words: a variable of the same function, a function or a constant of the collection.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TypeGuard

HOLE = "\N{REPLACEMENT CHARACTER}"
#: What stands for a secret.
MASK = "********"
FAMILY = "NetpkiError"
#: What hands on the text of its first argument, more or less.
_HANDS_ON = ("str", "mask_text", "one_line")
#: A message that says fewer letters itself is completed by those who call its function.
_FEW = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Message:
    """One that a user can get, and where it is raised."""

    text: str
    place: str

    @property
    def letters(self) -> int:
        """How many of its letters the source says itself."""
        return sum(character.isalpha() for character in self.text)


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: the function, and the module where those who call it shall be asked.

    ``seen`` are the names on the way there, so that none is looked up inside itself.
    """

    function: Function | None
    callers: ast.Module | None = None
    seen: frozenset[str] = frozenset()

    def with_seen(self, name: str) -> Scope:
        return replace(self, seen=self.seen | {name})


@dataclass
class Source:
    """The Python files below a folder."""

    folder: Path
    files: dict[Path, ast.Module] = field(init=False)

    def __post_init__(self) -> None:
        self.files = {file: ast.parse(file.read_text()) for file in sorted(self.folder.rglob("*.py"))}

    @cached_property
    def family(self) -> set[str]:
        """The names of the exceptions, each with those made of it."""
        family = {FAMILY}
        classes = [node for tree in self.files.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        while more := {one.name for one in classes if family & {_name(base) for base in one.bases}} - family:
            family |= more
        return family

    @cached_property
    def functions(self) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        for tree in self.files.values():
            for node in ast.walk(tree):
                if isinstance(node, Function):
                    found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """What a module names at its top, unless two modules name it."""
        found: dict[str, list[ast.expr]] = {}
        for tree in self.files.values():
            for node in tree.body:
                for name, value in _assigned(node):
                    found.setdefault(name, []).append(value)
        return {name: values[0] for name, values in found.items() if len(values) == 1}

    def messages(self) -> Iterator[Message]:
        for file, tree in self.files.items():
            for function, call in _calls(tree):
                if _name(call.func) in self.family and call.args:
                    place = f"{file.relative_to(self.folder)}:{function.name if function else ''}"
                    own = {Message(text, place) for text in self.texts(call.args[0], Scope(function))}
                    if any(message.letters < _FEW for message in own):
                        own = {Message(text, place) for text in self.texts(call.args[0], Scope(function, tree))}
                    yield from sorted(own, key=lambda message: message.text)

    def texts(self, node: ast.expr, scope: Scope) -> set[str]:
        """What an expression can say, with its holes."""
        if isinstance(node, ast.Constant):
            return {str(node.value).replace(MASK, HOLE)}
        parts: list[set[str]] = []
        match node:
            case ast.JoinedStr():
                parts = [self.texts(part, scope) for part in node.values]
            case ast.BinOp(op=ast.Add()):
                parts = [self.texts(part, scope) for part in (node.left, node.right)]
            case ast.FormattedValue():
                return self.texts(node.value, scope) if node.conversion == -1 else {HOLE}
            case ast.IfExp():
                return self.texts(node.body, scope) | self.texts(node.orelse, scope)
            case ast.BoolOp():
                return set().union(*(self.texts(value, scope) for value in node.values))
            case ast.Subscript(value=ast.Name()):
                return self._named(node.value.id, scope)
            case ast.Name():
                return self._named(node.id, scope)
            case ast.Call():
                return self._called(node, scope)
        if not parts:
            return {HOLE}
        return {_one_hole("".join(each)) for each in product(*parts)}

    def _named(self, name: str, scope: Scope) -> set[str]:
        """A variable of the function, one that it is called with, or a constant."""
        if name in scope.seen:
            return {HOLE}
        inner = scope.with_seen(name)
        if scope.function and (values := [value for each, value in _all_assigned(scope.function) if each == name]):
            said = self._any(values, inner)
            more = [node.value for node in ast.walk(scope.function) if _is_added_to(node, name)]
            return said | {_one_hole(text + end) for text in said for end in (self._any(more, inner) if more else ())}
        if scope.callers and scope.function and name in _parameters(scope.function):
            return self._any_of_callers(name, scope.function, scope.callers)
        if name in self.constants:
            return self.texts(self.constants[name], Scope(None, seen=inner.seen))
        return {HOLE}

    def _any(self, values: Iterable[ast.expr], scope: Scope) -> set[str]:
        said = (self.texts(value, scope) for value in values if not isinstance(value, ast.List) or value.elts)
        return set().union(*said) or {HOLE}

    def _any_of_callers(self, name: str, function: Function, tree: ast.Module) -> set[str]:
        """What a parameter is, wherever the module calls the function."""
        said: set[str] = set()
        position = _parameters(function).index(name)
        for caller, call in _calls(tree):
            if _name(call.func) == function.name:
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                value = given.get(name, call.args[position] if position < len(call.args) else None)
                said |= self.texts(value, Scope(caller)) if value else {HOLE}
        return said or {HOLE}

    def _called(self, call: ast.Call, scope: Scope) -> set[str]:
        name = _name(call.func)
        if name in _HANDS_ON and call.args:
            return self.texts(call.args[0], scope)
        if isinstance(call.func, ast.Attribute):
            if name in ("strip", "rstrip"):
                return self.texts(call.func.value, scope)
            if _name(call.func.value) != "self" and not _name(call.func.value).startswith("_"):
                return {HOLE}  # a method of something else
        found = self.functions.get(name, ())
        if len(found) != 1 or name in scope.seen:
            return {HOLE}
        said = [node.value for node in ast.walk(found[0]) if isinstance(node, ast.Return | ast.Yield) and node.value]
        inner = Scope(found[0], seen=scope.seen | {name})
        return self._any((value for value in said if not _is_none(value)), inner)


def _parameters(function: Function) -> list[str]:
    """Their names, without the object of a method."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return names[1:] if names[:1] == ["self"] else names


def _all_assigned(function: Function) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(function):
        yield from _assigned(node)


def _one_hole(text: str) -> str:
    while HOLE * 2 in text:
        text = text.replace(HOLE * 2, HOLE)
    return text


def _is_added_to(node: ast.AST, name: str) -> TypeGuard[ast.AugAssign]:
    return isinstance(node, ast.AugAssign) and _name(node.target) == name


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _name(node: ast.expr) -> str:
    """The last word of a name with dots."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The variables that a statement gives a value to, and the values."""
    match node:
        case ast.Assign():
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for each, value in zip(target.elts, node.value.elts, strict=False):
                        if isinstance(each, ast.Name):
                            yield each.id, value
        case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
            yield target.id, value
        case ast.For(target=ast.Name() as target):
            yield target.id, node.iter
        case ast.Call(func=ast.Attribute(value=ast.Name() as target, attr="append")):
            yield target.id, node.args[0]


def _calls(tree: ast.Module) -> Iterator[tuple[Function | None, ast.Call]]:
    """Every call, with the function that it stands in: the innermost one."""
    inside: dict[ast.AST, Function | None] = {tree: None}
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            inside[child] = node if isinstance(node, Function) else inside[node]
        if isinstance(node, ast.Call):
            yield inside[node], node
