# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""known_hosts for fleets: only the lines of the host that is looked up become keys.

paramiko makes a key of each line and compares it with all the lines before, for each session anew. With the lines of a
thousand devices that is a tenth of a second of processor time per device, more than all the rest of a session.
"""

from __future__ import annotations

import base64
import hmac
import os.path
import shlex
from hashlib import md5
from typing import Any

try:
    from paramiko import SSHException
    from paramiko.hostkeys import HostKeyEntry, HostKeys, InvalidHostKey
except ImportError:  # told where PyEZ is needed, which brings it
    HostKeys = object


#: How a line goes on after a name.
_AFTER_A_NAME = (" ", ",", "\t")
#: What hashed names have, and hardly any other line. A single character is found sixty times as fast as what they
#: begin with.
_HASHED = "|"
_REVOKED = "@revoked"


class KnownHosts(HostKeys):  # type: ignore[misc] # paramiko has no types
    """What paramiko and ncclient look up."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        #: Keys that must not be accepted, of any host, in base64.
        self._revoked: set[str] = set()
        #: What was looked up before: the same two names are, four times in each session.
        self._about: dict[str, list[Any]] = {}

    @classmethod
    def of(cls, files: str | None) -> KnownHosts:
        """What the files of a UserKnownHostsFile hold; a file that is not there holds nothing.

        :raises OSError: none of the files that somebody named can be read.
        """
        known = cls()
        names = [os.path.expanduser(name) for name in shlex.split(files or "~/.ssh/known_hosts")]
        there = [name for name in names if os.path.isfile(name)]
        for name in there if there or not files else names:
            known.load(name)
        return known

    def __bool__(self) -> bool:
        return bool(self._text.strip())

    def load(self, filename: str) -> None:
        """Read a file in the form of OpenSSH.

        :raises OSError: it cannot be read.
        """
        with open(filename, encoding="utf-8", errors="replace") as file:
            self._text += f"{file.read()}\n"
        marked = [line.split() for line in self._lines(_REVOKED)] if _REVOKED[0] in self._text else []
        self._revoked = {words[3] for words in marked if words[0] == _REVOKED and len(words) > 3}
        self._about.clear()

    def lookup(self, hostname: str) -> Any:
        if hostname not in self._about:
            maybe = self._lines(*(hostname + end for end in _AFTER_A_NAME), _HASHED)
            self._about[hostname] = [entry for line in maybe for entry in self._entry(line, hostname)]
        self._entries = self._about[hostname]
        return super().lookup(hostname)

    def _lines(self, *words: str) -> list[str]:
        """The lines with one of the words in them. A fleet's file is not taken apart for the few about a host."""
        found = set()
        for word in words:
            at = self._text.find(word)
            while at >= 0:
                end = self._text.index("\n", at)
                found.add((self._text.rfind("\n", 0, at) + 1, end))
                at = self._text.find(word, end)
        return [self._text[start:end] for start, end in sorted(found)]

    def _hostname_matches(self, hostname: str, entry: Any) -> bool:
        """As paramiko decides it, which takes five times as long for a hashed name, and ends at a broken one."""
        return any(name == hostname or _is_hash_of(name, hostname) for name in entry.hostnames)

    def _entry(self, line: str, hostname: str) -> list[Any]:
        """The key of a line that is about the host; nothing where it is about another one, or is broken."""
        line = " ".join(line.split())
        if not self._hostname_matches(hostname, HostKeyEntry(line.partition(" ")[0].split(","))):
            return []
        try:
            entry = HostKeyEntry.from_line(line)
        except (InvalidHostKey, SSHException, ValueError, OverflowError):
            return []
        return [entry] if entry and entry.key.get_base64() not in self._revoked else []

    def revokes(self, fingerprint: str) -> bool:
        """Whether a key is one that must not be accepted. ``fingerprint``: of MD5, pairs of digits with colons."""
        return any(_fingerprint(key) == fingerprint for key in self._revoked)


def _fingerprint(key: str) -> str:
    try:
        return md5(base64.b64decode(key), usedforsecurity=False).digest().hex(":")
    except ValueError:
        return ""


def _is_hash_of(hashed: str, name: str) -> bool:
    """Whether it is the HMAC-SHA1 of the name, behind its salt: ``|1|salt|digest``, see sshd(8)."""
    if not hashed.startswith("|1|"):
        return False
    salt, _bar, digest = hashed.removeprefix("|1|").partition("|")
    try:
        key, told = (base64.b64decode(text, validate=True) for text in (salt, digest))
    except ValueError:
        return False
    return hmac.digest(key, name.encode(), "sha1") == told
