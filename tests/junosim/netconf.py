# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One NETCONF session on an SSH channel: hello, framing, one reply for each RPC."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

from lxml import etree

from . import replies, rpcs
from .database import Refused
from .device import Session
from .faults import Fault
from .loading import Problem
from .release import namespace_release
from .transport import Channel
from .xmlform import elements, local

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
END = b"]]>]]>"
_CHUNK = re.compile(rb"\n#(?:(?P<size>[1-9][0-9]*)|(?P<end>#))\n")
CAPABILITIES = (
    "urn:ietf:params:netconf:capability:candidate:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:netconf:capability:validate:1.0",
    "urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file",
    "http://xml.juniper.net/netconf/junos/1.0",
    "http://xml.juniper.net/dmi/system/1.0",
)
# Where scripted errors stand, if not straight in the reply.
_SCRIPTED = {"load-configuration": replies.load_results, "commit-configuration": replies.commit_errors}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
# What tells two uses of one RPC apart in the record and in fault scripts: commit-configuration/check.
_USES = {
    "commit-configuration": ("check", "confirmed"),
    "commit": ("confirmed",),
    "open-configuration": ("private", "exclusive"),
}


def label(rpc: etree._Element) -> str:
    """The RPC's name, and behind a slash what it is used for."""
    name = local(rpc)
    if name in ("get-configuration", "load-configuration") and rpc.get("rollback") is not None:
        return name + ("/compare" if name == "get-configuration" else "/rollback")
    kids = {local(kid) for kid in elements(rpc)}
    use = next((use for use in _USES.get(name, ()) if use in kids), "")
    return f"{name}/{use}" if use else name


class NetconfSession:
    """Reads messages, answers them in turn. A delayed answer holds back those behind it."""

    def __init__(self, session: Session, channel: Channel) -> None:
        self.session, self.channel = session, channel
        self.device = session.device
        self._buffer = b""
        self._chunks: list[bytes] = []
        self._waiting: deque[bytes] = deque()
        self._greeted = self._chunked = self._busy = self._closed = False
        self._finishing = False  # an RPC that is executed even if the session ends before
        self._reply_open = _reply_open(self.device.spec.release, self.device.spec.namespace)

    def start(self) -> None:
        device = self.device
        device.recorder.write(
            device=device.spec.name, session=self.session.number, event="open", user=self.session.login.user
        )
        fault = device.faults.hit("hello")
        if fault is not None and fault.do != "noise":
            if fault.do == "reset":
                self.channel.abort()
            return
        base = [f"urn:ietf:params:netconf:base:{version}" for version in device.spec.base]
        capabilities = "".join(f"<capability>{item}</capability>\n" for item in (*base, *CAPABILITIES))
        self.channel.write(
            f'{_noise(fault)}<hello xmlns="{BASE}">\n<capabilities>\n{capabilities}</capabilities>\n'
            f"<session-id>{self.session.number}</session-id>\n</hello>\n".encode()
            + END
        )

    def received(self, data: bytes) -> None:
        self._buffer += data
        while not self._closed and (message := self._next_message()) is not None:
            self._waiting.append(message)
            if not self._greeted:
                self._greet(self._waiting.popleft())
        self._pump()

    def end_of_input(self) -> None:
        self.channel.exit(0)

    def ended(self) -> None:
        """The connection is gone, for whatever reason."""
        if not self._closed:
            self._closed = True
            device = self.device
            if not self._finishing:
                device.database.end_session(self.session.number)
            device.recorder.write(device=device.spec.name, session=self.session.number, event="close")

    def _next_message(self) -> bytes | None:
        if self._chunked:
            return self._next_chunked()
        end = self._buffer.find(END)
        if end < 0:
            return None
        message, self._buffer = self._buffer[:end], self._buffer[end + len(END) :]
        return message

    def _next_chunked(self) -> bytes | None:
        while match := _CHUNK.match(self._buffer):
            if match["end"]:
                message = b"".join(self._chunks)
                self._chunks, self._buffer = [], self._buffer[match.end() :]
                return message
            end = match.end() + int(match["size"])
            if len(self._buffer) < end:
                return None
            self._chunks.append(self._buffer[match.end() : end])
            self._buffer = self._buffer[end:]
        if len(self._buffer) > 16:  # longer than any chunk header
            self.channel.abort()
        return None

    def _greet(self, message: bytes) -> None:
        self._greeted = True
        self._chunked = "1.1" in self.device.spec.base and b"urn:ietf:params:netconf:base:1.1" in message

    def _pump(self) -> None:
        while self._waiting and not self._busy and not self._closed:
            self._answer(self._waiting.popleft())

    def _answer(self, message: bytes) -> None:
        try:
            envelope = etree.fromstring(message.strip(), _PARSER)
            rpc = next(elements(envelope))
        except (etree.XMLSyntaxError, StopIteration):
            self._send("", replies.rpc_error(Problem("syntax error", "rpc")))
            return
        # The attributes of <rpc> come back in the reply.
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in envelope.attrib.items() if name[0] != "{")
        name = label(rpc)
        self.device.rpcs += 1
        self._record(name, message)
        fault = self.device.faults.hit(name)
        if fault is not None and fault.do == "delay":
            self._hold(fault.seconds, lambda: self._execute(attributes, name, rpc, None))
        elif fault is not None and fault.do == "hold":
            self.device.held.append(self._pause(lambda: self._execute(attributes, name, rpc, None)))
        elif fault is not None and fault.do == "finish":
            self._finishing = True
            self._hold(fault.seconds, lambda: self._finish(attributes, name, rpc))
        elif fault is not None and fault.do == "drop":
            self.channel.abort()
        else:
            self._execute(attributes, name, rpc, fault)

    def _record(self, name: str, message: bytes) -> None:
        event = {"device": self.device.spec.name, "session": self.session.number, "event": "rpc", "rpc": name}
        if self.device.recorder.bodies:
            event["body"] = message.decode(errors="replace")
        self.device.recorder.write(**event)

    def _hold(self, seconds: float, then: Callable[[], None]) -> None:
        """Answer nothing for a while, then go on, unless the session has ended."""
        self.channel.later(seconds, self._pause(then))

    def _pause(self, then: Callable[[], None]) -> Callable[[], None]:
        """Answer nothing until the function is called that is returned."""

        def resume() -> None:
            self._busy = False
            if not self._closed or self._finishing:
                then()
                self._pump()

        self._busy = True
        return resume

    def _finish(self, attributes: str, name: str, rpc: etree._Element) -> None:
        """Execute, and end what the client has left meanwhile."""
        self._finishing = False
        if not self._closed:
            self._execute(attributes, name, rpc, None)
            return
        self._body(rpc, None)
        self.device.database.end_session(self.session.number)

    def _execute(self, attributes: str, name: str, rpc: etree._Element, fault: Fault | None) -> None:
        if fault is not None and fault.do == "message":
            self.channel.write(self._framed_message(fault.body.replace("{attributes}", attributes)))
            return
        body = self._body(rpc, fault)
        if fault is not None and fault.do == "drop-after":
            self.channel.abort()
            return
        if fault is not None and fault.do == "late":
            self._hold(fault.seconds, lambda: self._send(attributes, body))
            return
        if fault is not None and fault.do == "cut":
            data = self._framed(attributes, body)
            self.channel.write(data[: len(data) // 2])
            self._busy = True  # nothing is answered behind it
            self.channel.later(0.05, self.channel.abort)  # once it is on its way
            return
        self._send(attributes, body)
        if name == "close-session":
            self.ended()
            self.channel.exit(0)
        elif fault is not None and fault.do == "unreachable":
            self.device.unreachable(fault.seconds, "refuse")

    def _body(self, rpc: etree._Element, fault: Fault | None) -> str:
        name = local(rpc)
        if fault is not None and fault.do == "error":
            return _SCRIPTED.get(name, replies.rpc_errors)(list(fault.messages))
        if fault is not None and fault.do == "answer":
            return fault.body
        if name == "close-session":
            return "<ok/>\n"
        try:
            body = rpcs.answer(self.session, rpc)
        except Refused as refused:
            return replies.rpc_errors(refused.problems)
        said = replies.rpc_errors(fault.messages) if fault is not None and fault.do == "warn" else ""
        return _noise(fault) + said + body

    def _send(self, attributes: str, body: str) -> None:
        self.channel.write(self._framed(attributes, body))

    def _framed(self, attributes: str, body: str) -> bytes:
        return self._framed_message(f"{self._reply_open}{attributes}>\n{body}</rpc-reply>\n")

    def _framed_message(self, message: str) -> bytes:
        data = message.encode()
        return b"\n#%d\n%b\n##\n" % (len(data), data) if self._chunked else data + END + b"\n"


def _noise(fault: Fault | None) -> str:
    return fault.body * fault.repeat if fault is not None and fault.do == "noise" else ""


def _reply_open(release: str, namespace: str | None) -> str:
    named = namespace or namespace_release(release)
    return f'<rpc-reply xmlns="{BASE}" xmlns:junos="http://xml.juniper.net/junos/{named}/junos"'
