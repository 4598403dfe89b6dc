# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scp on the device's side: ``scp -t`` takes a file, ``scp -f`` gives one (the protocol that OpenSSH calls legacy)."""

from __future__ import annotations

import posixpath
import re
import shlex

from . import files
from .database import Refused
from .device import Session
from .transport import Channel

_FILE = re.compile(rb"C(?P<mode>[0-7]{4}) (?P<size>[0-9]+) (?P<name>[^/\n]+)\n")
_MOST = 1 << 20  # bytes of one file


def wanted(command: str) -> bool:
    return command.startswith("scp ")


class Scp:
    """One file or more, one way, on one channel."""

    def __init__(self, session: Session, channel: Channel, command: str) -> None:
        self.session, self.channel = session, channel
        words = shlex.split(command)
        self._taking = "-t" in words
        self._name = words[-1] if len(words) > 2 else "."
        self._buffer = b""
        self._file: tuple[str, int, int] | None = None  # path, mode and size of what comes
        self._given = [] if self._taking else self._to_give()
        self._failed = self._ended = False

    def start(self) -> None:
        fault = self.session.device.faults.hit("scp")
        if fault is not None and fault.do == "drop":
            self.channel.abort()
        elif fault is not None and fault.do == "error":
            self._refuse(fault.messages[0].message if fault.messages else "lost connection")
        elif self._taking:
            self.channel.write(b"\0")

    def received(self, data: bytes) -> None:
        self._buffer += data
        if self._taking:
            while not self._ended and self._take():
                pass
        else:
            self._give()

    def end_of_input(self) -> None:
        self._end()

    def ended(self) -> None:
        self._ended = True

    # -- a file comes

    def _take(self) -> bool:
        """One message of the other side; False: there is none yet."""
        if self._file is not None:
            path, mode, size = self._file
            if len(self._buffer) <= size:
                return False
            data, self._buffer, self._file = self._buffer[:size], self._buffer[size + 1 :], None
            files.write(self.session.device, path, data, mode)
            self.channel.write(b"\0")
            return True
        line, newline, rest = self._buffer.partition(b"\n")
        if not newline:
            return False
        self._buffer = rest
        if line.startswith(b"T"):  # times, which nobody asks for
            self.channel.write(b"\0")
        elif match := _FILE.fullmatch(line + newline):
            self._announced(match["name"].decode(errors="replace"), int(match["mode"], 8), int(match["size"]))
        else:
            self._refuse("protocol error: expected control record")
        return True

    def _announced(self, name: str, mode: int, size: int) -> None:
        path = files.absolute(self.session.login.user, self._name)
        if files.is_folder(path):
            path = posixpath.join(path, name)
        if not files.is_folder(posixpath.dirname(path)):
            self._refuse(f"{path}: No such file or directory")
        elif size > _MOST:
            self._refuse(f"{path}: No space left on device")
        elif not self._permitted():
            self._refuse(f"{path}: Permission denied")
        else:
            self._file = (path, mode, size)
            self.channel.write(b"\0")

    def _permitted(self) -> bool:
        try:
            self.session.need_permission()
        except Refused:
            return False
        return True

    # -- a file goes

    def _to_give(self) -> list[bytes]:
        """What is sent in turn, each after the other side has said yes."""
        device, path = self.session.device, files.absolute(self.session.login.user, self._name)
        data = device.pki.files.get(path)
        if data is None:
            return []
        head = f"C{device.pki.modes.get(path, 0o644):04o} {len(data)} {posixpath.basename(path)}\n"
        return [head.encode(), data + b"\0"]

    def _give(self) -> None:
        if not self._given and not self._failed and self._buffer.startswith(b"\0") and self._unknown():
            return
        while self._buffer.startswith(b"\0"):
            self._buffer = self._buffer[1:]
            if not self._given:
                self._end()
                return
            self.channel.write(self._given.pop(0))
        if self._buffer:
            self._end()

    def _unknown(self) -> bool:
        path = files.absolute(self.session.login.user, self._name)
        if path in self.session.device.pki.files:
            return False
        self._refuse(f"{self._name}: No such file or directory")
        return True

    # -- the end

    def _refuse(self, text: str) -> None:
        self._failed = True
        self.channel.write(f"\x01scp: {text}\n".encode())
        self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self.channel.exit(1 if self._failed else 0)
