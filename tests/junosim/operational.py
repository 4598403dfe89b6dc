# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operational RPCs: show pki certificates, and CLI commands."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

from lxml import etree

from . import certificates, replies, setform, textform, xmlform
from .certificates import Certificate
from .database import Refused
from .device import Device, Session
from .facts import per_node, software_information
from .loading import Problem
from .tree import Node
from .words import Unparsable, locate
from .xmlform import elements, local, text_of

Handler = Callable[[Session, etree._Element], str]


def local_certificates(session: Session, rpc: etree._Element) -> str:
    return _certificates(session, rpc, ca=False, named="certificate-id")


def ca_certificates(session: Session, rpc: etree._Element) -> str:
    return _certificates(session, rpc, ca=True, named="ca-profile")


def _certificates(session: Session, rpc: etree._Element, *, ca: bool, named: str) -> str:
    device = session.device
    asked = {local(kid): text_of(kid) for kid in elements(rpc)}
    found = _chosen(device, ca, asked.get(named))
    if rpc.get("format") in ("text", "ascii"):
        return f"<output>\n{escape(certificates.text_detail(found))}</output>\n"
    return per_node(device, certificates.xml_list(found, device.spec.release, device.spec.reply_shape))


def _chosen(device: Device, ca: bool, identifier: str | None) -> list[Certificate]:
    return [item for item in device.certificates if item.ca == ca and identifier in (None, item.identifier)]


# -- commands


def command(session: Session, rpc: etree._Element) -> str:
    """``<command>``: show version, show configuration and the two show pki commands; else a syntax error."""
    words, *pipes = [part.split() for part in text_of(rpc).split("|")]
    form = "text" if rpc.get("format") in ("text", "ascii") else "xml"
    if words[:2] == ["show", "configuration"]:
        return _show_configuration(session, words[2:], pipes, form)
    if pipes and pipes != [["no-more"]] and pipes != [["display", "xml"]]:
        raise Refused(Problem("syntax error", "|"))
    if words == ["show", "version"]:
        return _text_version(session.device) if form == "text" else software_information(session, rpc)
    for start, ca, name in (
        (["show", "security", "pki", "local-certificate"], False, "certificate-id"),
        (["show", "security", "pki", "ca-certificate"], True, "ca-profile"),
    ):
        if words[: len(start)] == start:
            rest = [word for word in words[len(start) :] if word != "detail"]
            if rest and (rest[0] != name or len(rest) != 2):
                raise Refused(Problem("syntax error", rest[0]))
            found = _chosen(session.device, ca, rest[1] if rest else None)
            if form == "text":
                return f"<output>\n{escape(certificates.text_detail(found))}</output>\n"
            spec = session.device.spec
            return per_node(session.device, certificates.xml_list(found, spec.release, spec.reply_shape))
    raise Refused(Problem("syntax error, expecting <command>", words[0] if words else ""))


def _text_version(device: Device) -> str:
    body = f"Hostname: {device.host_name}\nModel: {device.spec.model}\nJunos: {device.spec.release}\n"
    rule = "-" * 74
    text = "".join(f"{node}:\n{rule}\n{body}\n" for node in device.nodes) or body
    return f"<output>\n{escape(text)}</output>\n"


def _show_configuration(session: Session, words: list[str], pipes: list[list[str]], form: str) -> str:
    """The committed configuration, below a path, as text, set lines, XML, or with what groups bring."""
    device = session.device
    shown = [pipe for pipe in pipes if pipe != ["no-more"]]
    tree = device.database.committed
    if ["display", "inheritance"] in shown:
        tree = device.inherited_of(tree, marked=False)
    try:
        parents, found = locate(tree, words)
    except Unparsable as error:
        raise Refused(Problem("syntax error", error.word)) from None
    path = [*parents[1:], *found] if words else []
    below = found[0] if len(found) == 1 else Node(device.database.root)
    if ["display", "set"] in shown:
        prefix = tuple(word for node in path for word in node.words())
        text = "".join(line + "\n" for line in setform.lines(below, prefix))
        return replies.CONFIG_TEXT.format(escape(text))
    if ["display", "xml"] in shown or form == "xml":
        return f'<configuration xmlns="{xmlform.XNM}">\n{xmlform.render(_under(device, path), 1)}</configuration>\n'
    return replies.CONFIG_TEXT.format(escape(textform.render(below)))


def _under(device: Device, path: list[Node]) -> Node:
    """A tree that holds only what stands at a path."""
    if not path:
        return device.database.committed
    top = Node(device.database.root)
    at = top
    for node in path[:-1]:
        at = at.add(node.shell())
    at.add(path[-1])
    return top


HANDLERS: dict[str, Handler] = {
    "get-pki-local-certificate": local_certificates,
    "get-pki-ca-certificate": ca_certificates,
    "command": command,
}
