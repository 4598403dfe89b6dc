# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands as words: which RPC one stands for, and what its pipes leave of the output."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from .database import Refused
from .loading import Problem
from .setform import split

# A command, its RPC, and the words that stand before a value; None: the RPC itself says which it knows.
_PKI = "request security pki"
_SHOW = "show security pki"
_CLEAR = "clear security pki"
_COMMANDS: dict[str, tuple[str, tuple[str, ...] | None]] = {
    f"{_SHOW} local-certificate": ("get-pki-local-certificate", ("certificate-id",)),
    f"{_SHOW} ca-certificate": ("get-pki-ca-certificate", ("ca-profile",)),
    f"{_SHOW} certificate-request": ("get-pki-certificate-request", ("certificate-id",)),
    f"{_SHOW} crl": ("get-pki-crl", ("ca-profile",)),
    f"{_SHOW} statistics": ("get-pki-statistics", ()),
    f"{_PKI} generate-key-pair": ("generate-pki-key-pair", None),
    f"{_PKI} generate-certificate-request": ("generate-pki-certificate-request", None),
    f"{_PKI} ca-certificate load": ("load-pki-ca-certificate", None),
    f"{_PKI} ca-certificate verify": ("verify-pki-ca-certificate", None),
    f"{_PKI} local-certificate load": ("load-pki-local-certificate", None),
    f"{_PKI} local-certificate verify": ("verify-pki-local-certificate", None),
    f"{_PKI} local-certificate export": ("request-security-local-certificate-export", None),
    f"{_PKI} local-certificate enroll scep": ("request-security-local-certificate-enroll-scep", None),
    f"{_PKI} local-certificate enroll cmpv2": ("request-security-local-certificate-enroll-cmpv2", None),
    f"{_PKI} local-certificate enroll acme": ("request-security-local-certificate-enroll-acme", None),
    f"{_PKI} local-certificate re-enroll scep": ("request-security-local-cert-re-enroll-scep", None),
    f"{_PKI} local-certificate re-enroll cmpv2": ("request-security-local-cert-re-enroll-cmpv2", None),
    f"{_PKI} local-certificate re-enroll acme": ("request-security-local-cert-re-enroll-acme", None),
    f"{_CLEAR} local-certificate": ("clear-pki-local-certificate", None),
    f"{_CLEAR} ca-certificate": ("clear-pki-ca-certificate", None),
    f"{_CLEAR} key-pair": ("clear-pki-key-pair", None),
    f"{_CLEAR} certificate-request": ("clear-pki-certificate-request", None),
    f"{_CLEAR} acme account": ("clear-acme-account-request", None),
}
_BARE = {"file show": ("file-show", "filename"), "file delete": ("file-delete", "path")}  # the value without a word
_FLAGS = ("all", "brief", "detail", "system-generated", "re-generate-keypair", "purge")
_PIPE = re.compile(r'\|(?=(?:[^"]*"[^"]*")*[^"]*$)')  # one that does not stand in quotes


@dataclass(frozen=True, slots=True)
class Command:
    words: tuple[str, ...]
    pipes: tuple[tuple[str, ...], ...] = ()


def parse(line: str) -> Command:
    words, *pipes = [tuple(split(part)) for part in _PIPE.split(line)]
    return Command(words, tuple(pipes))


def as_rpc(words: tuple[str, ...]) -> etree._Element | None:
    """The RPC that a command is, None if it is none of its own."""
    for length in range(len(words), 1, -1):
        start = " ".join(words[:length])
        if start in _BARE and length < len(words):
            name, input_name = _BARE[start]
            return _rpc(name, dict.fromkeys(words[length:-1], "") | {input_name: words[-1]})
        if start in _COMMANDS:
            name, known = _COMMANDS[start]
            return _rpc(name, _inputs(words[length:], known))
    return None


def _inputs(words: tuple[str, ...], known: tuple[str, ...] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        if word in _FLAGS:
            found[word] = ""
        elif known is not None and (word not in known or not left):
            raise Refused(Problem("syntax error", word))
        else:
            found[word] = left.pop(0) if left else ""
    return found


def _rpc(name: str, inputs: dict[str, str]) -> etree._Element:
    rpc = etree.Element(name)
    for key, value in inputs.items():
        try:
            etree.SubElement(rpc, key).text = value
        except ValueError:
            raise Refused(Problem("syntax error", key)) from None
    return rpc


def piped(text: str, pipes: tuple[tuple[str, ...], ...]) -> str:
    """What match, except, last and count leave of a text; no-more leaves all."""
    lines = text.splitlines()
    for pipe in pipes:
        lines = _piped(lines, pipe)
    return "".join(f"{line}\n" for line in lines)


def _piped(lines: list[str], pipe: tuple[str, ...]) -> list[str]:
    if pipe == ("no-more",):
        return lines
    if pipe == ("count",):
        return [f"Count: {len(lines)} lines"]
    if len(pipe) == 2 and pipe[0] in ("match", "except"):
        try:
            pattern = re.compile(pipe[1], re.IGNORECASE)
        except re.error:
            raise Refused(Problem(f"invalid regular expression: {pipe[1]}")) from None
        return [line for line in lines if (pattern.search(line) is not None) == (pipe[0] == "match")]
    if len(pipe) == 2 and pipe[0] == "last" and pipe[1].isdigit():
        return lines[-int(pipe[1]) :] if int(pipe[1]) else []
    raise Refused(Problem("syntax error", pipe[0] if pipe else "|"))
