# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The device's command line over SSH, for the two things that NETCONF has no request for.

Enrolling a CA certificate: the command shows a fingerprint and asks, and no request of the models does the same.
Copying a file: loading a certificate takes the name of a file on the device.

The port of NETCONF takes NETCONF sessions only and rejects others (the vendor's page on NETCONF over SSH), so this is a
connection of its own, to the device's SSH service, opened only when one of the two is needed.
"""

from __future__ import annotations

import io
import re
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._errors import DeviceError

# The last line of what the device has sent: a prompt of its CLI, or of a shell (as user root has).
_PROMPT = re.compile(r"(?:^|[\r\n])(?P<prompt>[^\r\n]*(?P<mark>[>#%$]) ?)$")
# A line of a banner may look like one: it is a prompt if nothing comes for so many seconds.
_SILENCE = 0.3
# On a cluster, a line in front of the prompt: {primary:node0}.
_NODE = re.compile(r"\{[\w:-]+\}\s*$")
_QUESTION = re.compile(r"\[yes,no\](?: \(\w+\))? ?$")
_PORT = "Check ssh_port: the port of NETCONF takes no other session."
# Terminals' escape sequences, and the bell.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x07")


@contextmanager
def in_order() -> Iterator[None]:
    """While files are on a device: being told to end becomes an exception, so that whoever put them there removes them.

    Ansible ends its workers by SIGTERM, and Python's way to end by a signal runs no ``finally``.
    """

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGINT)
    try:
        before = {number: signal.signal(number, end) for number in numbers}
    except ValueError:  # not the main thread, which is the only one that signals reach
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def undisturbed() -> None:
    """From now on, until the end of :func:`in_order`, being told to end once more changes nothing."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    except ValueError:
        return


class Cli:
    """An SSH client that is connected to a device. ``timeout``: seconds for each answer."""

    def __init__(self, client: Any, host: str, timeout: int) -> None:
        self._client, self._host, self._timeout = client, host, timeout
        self._shell: Any = None
        self._prompt = ""

    def close(self) -> None:
        self._client.close()

    # ---- files ----

    @staticmethod
    def new_path() -> str:
        """A path for a file whose name nobody can guess."""
        return f"/var/tmp/netpki-{secrets.token_hex(8)}.pem"

    def put(self, path: str, content: str) -> None:
        """Write a file that only the user may read."""
        from scp import SCPClient, SCPException

        try:
            with SCPClient(self._client.get_transport(), socket_timeout=self._timeout) as scp:
                scp.putfo(io.BytesIO(content.encode()), path, mode="0600")
        except (SCPException, OSError, EOFError) as error:
            raise DeviceError(f"{self._host}: copying a file to {path} failed: {_said(error)}.") from error
        except Exception as error:  # paramiko raises its own for a channel that is refused
            raise DeviceError(f"{self._host}: the device takes no file by scp: {_said(error)}. {_PORT}") from error

    # ---- commands ----

    def ask(self, command: str) -> str:
        """Type a command; what the device answers until its prompt, or until it asks a question."""
        if self._shell is None:
            self._start()
        return self._typed(command)

    @staticmethod
    def is_question(answer: str) -> bool:
        """Whether a device waits for yes or no behind this answer."""
        return _QUESTION.search(answer) is not None

    def _start(self) -> None:
        try:
            self._shell = self._client.invoke_shell(width=500, height=100)
        except Exception as error:  # paramiko's own exceptions, for a device without a shell on this port
            raise DeviceError(f"{self._host}: the device gives no command line: {_said(error)}. {_PORT}") from error
        found = self._read_prompt()
        if found["mark"] != ">":  # a shell
            self._shell.send("cli\n")
            found = self._read_prompt()
        self._prompt = found["prompt"].strip()
        # A blank must not complete a word, and a long answer must not wait for a key.
        for command in ("set cli complete-on-space off", "set cli screen-length 0"):
            self._typed(command)

    def _typed(self, line: str) -> str:
        self._shell.send(line + "\n")
        text = self._read(lambda text: _QUESTION.search(text) or text.rstrip().endswith(self._prompt), f'"{line}"')
        # The terminal echoes what was typed.
        _echo, _found, answer = text.partition(line)
        return _NODE.sub("", answer.rstrip().removesuffix(self._prompt)).strip()

    def _read_prompt(self) -> Any:
        text = self._read(_PROMPT.search, "the login")
        while more := self._receive(_SILENCE):
            text = self._read(_PROMPT.search, "the login", text + more)
        return _PROMPT.search(text)

    def _read(self, complete: Any, what: str, text: str = "") -> str:
        deadline = time.monotonic() + self._timeout
        while not complete(text):
            data = self._receive(max(deadline - time.monotonic(), 0.01))
            if data is None:
                last = (text.strip().splitlines() or ["nothing"])[-1]
                raise DeviceError(
                    f"{self._host}: no answer to {what} on the command line within {self._timeout} seconds."
                    f" The last line of the device: {last}"
                )
            if not data:
                raise DeviceError(f"{self._host}: the device ended the command line during {what}.")
            text += data
        return text

    def _receive(self, seconds: float) -> str | None:
        """What comes within so many seconds: None for nothing, an empty text where the device has hung up."""
        self._shell.settimeout(seconds)
        try:
            return _CONTROL.sub("", self._shell.recv(65536).decode(errors="replace"))
        except TimeoutError:
            return None


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
