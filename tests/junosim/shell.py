# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device's command line on an SSH channel: a shell with prompts, or one command.

Every command has a line in the record, what somebody answers to a question has none.
"""

from __future__ import annotations

from collections.abc import Callable

from . import caquestion, commands, rpcs
from .caquestion import Question
from .commands import Command
from .database import Refused
from .device import Session
from .faults import Fault
from .loading import Problem
from .transport import Channel

_MOST = 1 << 16  # bytes that wait to be read
_SETTINGS = {"screen-length": "Screen length set to {}", "screen-width": "Screen width set to {}"}
_COMPLETE = {"off": "Disabling complete-on-space", "on": "Enabling complete-on-space"}
_AT_THE_WORD = ("syntax error", "missing argument", "unknown command")


class Shell:
    """``terminal``: what is typed is echoed. ``command``: run this one and end. User root begins in a Unix shell."""

    def __init__(self, session: Session, channel: Channel, *, terminal: bool, command: str | None = None) -> None:
        self.session, self.channel = session, channel
        self._terminal, self._command = terminal, command
        self._unix = session.login.user == "root"
        self._input = bytearray()
        self._line = b""
        self._last = b""
        self._question: Question | None = None
        self._busy = self._closed = self._at_end = False
        self._status = 0

    # -- what the channel tells

    def start(self) -> None:
        if self._command is not None:
            self._enter(self._command)
            return
        if not self._unix:
            self._banner()
        self._prompt()

    def received(self, data: bytes) -> None:
        self._input += data[: _MOST - len(self._input)]
        self._pump()

    def end_of_input(self) -> None:
        self._at_end = True
        self._pump()

    def ended(self) -> None:
        self._closed = True

    # -- typing

    def _pump(self) -> None:
        while self._input and not self._busy and not self._closed:
            byte = bytes(self._input[:1])
            del self._input[:1]
            self._typed(byte)
        if self._at_end and not self._busy:
            self._end()

    def _typed(self, byte: bytes) -> None:
        last, self._last = self._last, byte
        if byte in (b"\r", b"\n"):
            if (last, byte) != (b"\r", b"\n"):
                self._echo("\n")
                line, self._line = self._line.decode(errors="replace"), b""
                self._enter(line)
        elif byte in (b"\x7f", b"\b"):
            self._line = self._line[:-1]
            self._echo("\b \b")
        elif byte == b"\x03":
            self._line, self._question = b"", None
            self._say("^C\n")
            self._done()
        elif byte == b"\x04":
            self._end()
        else:
            self._line += byte
            self._echo(byte.decode(errors="replace"))

    def _echo(self, text: str) -> None:
        if self._terminal:
            self._say(text)

    def _say(self, text: str) -> None:
        self.channel.write((text.replace("\n", "\r\n") if self._terminal else text).encode())

    # -- lines

    def _enter(self, line: str) -> None:
        if self._question is not None:
            self._answer(line)
        elif not line.strip():
            self._done(blank=False)
        elif self._unix:
            self._unix_command(line.strip())
        else:
            self._cli(line.strip())

    def _unix_command(self, line: str) -> None:
        """All that the shell of root knows is the way to the command line, and out."""
        word, _dummy, rest = line.partition(" ")
        if word == "exit":
            self._end()
        elif word == "cli" and rest:
            self._cli(rest.strip("'\""))
        elif word == "cli" and self._command is None:
            self._unix = False
            self._done(blank=False)
        else:
            self._status = 1
            self._say(f"{word}: Command not found.\n")
            self._done(blank=False)

    def _cli(self, line: str) -> None:
        device = self.session.device
        device.recorder.write(
            device=device.spec.name,
            session=self.session.number,
            event="cli",
            user=self.session.login.user,
            command=line,
        )
        fault = device.faults.hit(f"cli/{line}")
        if fault is not None and fault.do == "drop":
            self.channel.abort()
        elif fault is not None and fault.do == "delay":
            self._busy = True
            self.channel.later(fault.seconds, lambda: self._resumed(line))
        else:
            self._run(line, fault)

    def _resumed(self, line: str) -> None:
        self._busy = False
        if not self._closed:
            self._run(line, None)
            self._pump()

    def _run(self, line: str, fault: Fault | None) -> None:
        asked = commands.parse(line)
        try:
            if fault is not None and fault.do == "error":
                raise Refused(*fault.messages)
            if asked.words in (("exit",), ("quit",)):
                self._leave()
                return
            work = caquestion.asked(self.session, asked.words)
            if work is not None:
                self._ask(work)
                return
            self._say(self._output(asked))
        except Refused as refused:
            self._refused(line, refused)
        self._done()

    def _output(self, asked: Command) -> str:
        words = asked.words
        if words[:2] == ("set", "cli") and len(words) == 4:
            if words[2] in _SETTINGS and words[3].isdigit():
                return _SETTINGS[words[2]].format(words[3]) + "\n"
            if words[2] == "complete-on-space" and words[3] in _COMPLETE:
                return _COMPLETE[words[3]] + "\n"
            raise Refused(Problem("syntax error", words[2]))
        if words[0] not in ("show", "request", "clear", "file"):
            raise Refused(Problem("unknown command", words[0]))
        return rpcs.text_inside(rpcs.run(self.session, asked, "text"))

    def _refused(self, line: str, refused: Refused) -> None:
        """A problem with a word is marked under it, any other is an error."""
        self._status = 1
        for problem in refused.problems:
            message = problem.message.partition(",")[0]
            if message in _AT_THE_WORD:
                at = line.rfind(problem.bad) if problem.bad in line else len(line)
                self._say(f"{' ' * (len(self._prompt_text()) + at)}^\n{problem.message}.\n")
            else:
                self._say(f"error: {problem.message}\n")

    # -- questions

    def _ask(self, work: Callable[[], Question]) -> None:
        """Do the work beside everything else, then ask what it comes to."""
        outcome: list[Question | Refused] = []

        def job() -> None:
            try:
                outcome.append(work())
            except Refused as refused:
                outcome.append(refused)

        def then() -> None:
            self._busy = False
            if self._closed:
                return
            if isinstance(outcome[0], Question):
                self._question = outcome[0]
                self._say(outcome[0].text)
            else:
                self._refused("", outcome[0])
                self._done()
            self._pump()

        self._busy = True
        self.channel.apart(job, then)

    def _answer(self, line: str) -> None:
        question, self._question = self._question, None
        assert question is not None
        answer = "yes" if line.strip() == "yes" else "no"
        self.session.device.recorder.write(device=self.session.device.spec.name, event="answer", answer=answer)
        if answer == "yes":
            try:
                self._say(f"\n{question.yes()}\n")
            except Refused as refused:
                self._refused("", refused)
        self._done()

    # -- prompts and the end

    def _banner(self) -> None:
        self._say(f"--- JUNOS {self.session.device.spec.release} Kernel 64-bit\n")

    def _prompt_text(self) -> str:
        user, host = self.session.login.user, self.session.device.host_name
        return f"{user}@{host}:~ # " if self._unix else f"{user}@{host}> "

    def _prompt(self) -> None:
        node = "{primary:node0}\n" if self.session.device.nodes and not self._unix else ""
        self._say(node + self._prompt_text())

    def _done(self, *, blank: bool = True) -> None:
        """A command has ended: the next prompt, after an empty line."""
        if self._command is not None:
            self._end()
        elif not self._closed:
            if blank:
                self._say("\n")
            self._prompt()

    def _leave(self) -> None:
        """Out of the command line: root is back in the shell."""
        if self.session.login.user == "root" and self._command is None:
            self._unix = True
            self._done()
        else:
            self._end()

    def _end(self) -> None:
        if not self._closed:
            self._closed = True
            self.channel.exit(self._status if self._command is not None else 0)
