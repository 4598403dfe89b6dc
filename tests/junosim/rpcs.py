# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every RPC that a device answers, and commands: those that are an RPC by another name are answered by it."""

from __future__ import annotations

from lxml import etree

from . import commands, configrpcs, enrollrpcs, facts, files, loads, operational, requests
from .commands import Command
from .database import Refused
from .device import Session
from .loading import Problem
from .release import order
from .xmlform import local, text_of

HANDLERS = {
    **facts.HANDLERS,
    **operational.HANDLERS,
    **configrpcs.HANDLERS,
    **requests.HANDLERS,
    **loads.HANDLERS,
    **files.HANDLERS,
    **enrollrpcs.HANDLERS,
}
_DISPLAYS = (("display", "set"), ("display", "xml"), ("display", "inheritance"))


def answer(session: Session, rpc: etree._Element) -> str:
    """The body of the reply; Refused has the errors."""
    if local(rpc) == "command":
        return _command(session, rpc)
    handler = HANDLERS.get(local(rpc))
    if handler is None:
        raise Refused(Problem("syntax error", local(rpc)))
    return handler(session, rpc)


def _command(session: Session, rpc: etree._Element) -> str:
    """``<command>``: newer releases take no pipe here."""
    asked = commands.parse(text_of(rpc))
    if asked.pipes and order(session.device.spec.release) >= order("25.4R1"):
        raise Refused(Problem("syntax error", asked.pipes[0][0] if asked.pipes[0] else "|"))
    return run(session, asked, "text" if requests.is_text(rpc) else "xml")


def run(session: Session, asked: Command, form: str) -> str:
    """The reply to a command, as XML or with its text inside."""
    displays = tuple(pipe for pipe in asked.pipes if pipe in _DISPLAYS)
    filters = tuple(pipe for pipe in asked.pipes if pipe not in _DISPLAYS)
    if ("display", "xml") in displays:
        form = "xml"
    rpc = commands.as_rpc(asked.words)
    if rpc is None:
        body = operational.command(session, Command(asked.words, displays), form)
    elif displays and displays != (("display", "xml"),):
        raise Refused(Problem("syntax error", displays[0][0]))
    else:
        rpc.set("format", form)
        body = answer(session, rpc)
    if form == "xml" and any(pipe != ("no-more",) for pipe in filters):
        raise Refused(Problem("syntax error", "|"))
    return _filtered(body, filters) if form == "text" else body


def _filtered(body: str, filters: tuple[tuple[str, ...], ...]) -> str:
    """The pipes on the text inside a reply."""
    if not filters:
        return body
    reply = etree.fromstring(f"<reply>{body}</reply>")
    for element in reply.iter():
        if len(element) == 0 and element.text and element.text.strip():
            element.text = "\n" + commands.piped(element.text.strip("\n"), filters)
    return "".join(etree.tostring(kid, encoding="unicode") for kid in reply)


def text_inside(body: str) -> str:
    """What a person sees of a reply in text form."""
    reply = etree.fromstring(f"<reply>{body}</reply>")
    return "".join(text.strip("\n") + "\n" for text in reply.itertext() if text.strip())
