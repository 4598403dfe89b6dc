# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operational RPCs: what the PKI holds, the log, and the commands that are no RPC of their own."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

from lxml import etree

from . import certificates, held, replies, setform, stores, textform, xmlform
from .certificates import Certificate
from .commands import Command
from .database import Refused
from .device import Device, Session
from .facts import per_node, software_information
from .inputs import inputs
from .loading import Problem
from .release import order
from .tree import Node
from .words import Unparsable, locate
from .xmlform import elements, local, text_of

Handler = Callable[[Session, etree._Element], str]


def local_certificates(session: Session, rpc: etree._Element) -> str:
    return _certificates(session, rpc, ca=False, named="certificate-id")


def ca_certificates(session: Session, rpc: etree._Element) -> str:
    return _certificates(session, rpc, ca=True, named="ca-profile")


def _certificates(session: Session, rpc: etree._Element, *, ca: bool, named: str) -> str:
    if rpc.get("format") in ("text", "ascii"):
        return _text(session.device, ca, _asked(rpc, named))
    return _xml(session.device, ca, _asked(rpc, named))


def _asked(rpc: etree._Element, name: str) -> str | None:
    """The one that a request selects, None where it is for all."""
    return next((text_of(kid) for kid in elements(rpc) if local(kid) == name), None)


def _chosen(device: Device, ca: bool, identifier: str | None, node: str = "") -> list[Certificate]:
    return [
        item
        for item in (*device.certificates, *held.certificates(device))
        if item.ca == ca and identifier in (None, item.identifier) and (not item.nodes or node in item.nodes)
    ]


def _xml(device: Device, ca: bool, identifier: str | None) -> str:
    def body(node: str) -> str:
        found = _chosen(device, ca, identifier, node)
        return certificates.xml_list(found, device.spec.release, device.spec.reply_shape)

    return replies.by_node({node: body(node) for node in device.nodes}) if device.nodes else body("")


def _text(device: Device, ca: bool, identifier: str | None) -> str:
    def body(node: str) -> str:
        return certificates.text_detail(_chosen(device, ca, identifier, node), new=_new(device))

    return _per_node_text(device, body)


def _per_node_text(device: Device, body: Callable[[str], str]) -> str:
    """On a cluster one part for each node, under its name and a rule."""
    text = "".join(f"{node}:\n{'-' * 74}\n{body(node)}\n" for node in device.nodes) or body("")
    return f"<output>\n{escape(text)}</output>\n"


def _new(device: Device) -> bool:
    return certificates.new_shape(device.spec.release, device.spec.reply_shape)


def _xml_only(rpc: etree._Element) -> None:
    """Nobody knows what these look like as text."""
    if rpc.get("format", "xml") != "xml":
        raise Refused(Problem(f"format {rpc.get('format')} is not simulated", local(rpc)))


def certificate_requests(session: Session, rpc: etree._Element) -> str:
    asked, device = _asked(rpc, "certificate-id"), session.device
    rows = (*device.certificate_requests, *held.requests(device))
    found = [item for item in rows if asked in (None, item.identifier)]
    if rpc.get("format") in ("text", "ascii"):
        return _per_node_text(device, lambda node: stores.requests_text(found))
    return per_node(device, stores.requests_xml(found, new=_new(device)))


def crls(session: Session, rpc: etree._Element) -> str:
    _xml_only(rpc)
    asked, device = _asked(rpc, "ca-profile"), session.device
    found = [item for item in device.crls if asked in (None, item.identifier)]
    return per_node(device, stores.crls_xml(found, new=_new(device)))


def statistics(session: Session, rpc: etree._Element) -> str:
    if order(session.device.spec.release) < order("21.4R1"):
        raise Refused(Problem("syntax error", local(rpc)))
    _xml_only(rpc)
    return per_node(session.device, stores.statistics_xml(session.device.statistics))


# -- commands


def command(session: Session, asked: Command, form: str) -> str:
    """Commands that no RPC of ours stands for: show version, show log and show configuration."""
    words, device = asked.words, session.device
    if words[:2] == ("show", "configuration"):
        return _show_configuration(session, list(words[2:]), asked.pipes, form)
    if asked.pipes and asked.pipes != (("display", "xml"),):
        raise Refused(Problem("syntax error", "|"))
    if words == ("show", "version"):
        return _text_version(device) if form == "text" else software_information(session, etree.Element("x"))
    if words[:2] == ("show", "log") and len(words) == 3:
        return _log(device, words[2])
    raise Refused(Problem("syntax error, expecting <command>", words[0] if words else ""))


def log(session: Session, rpc: etree._Element) -> str:
    return _log(session.device, inputs(rpc, need=("filename",))["filename"])


def _log(device: Device, name: str) -> str:
    if name != "messages":
        raise Refused(Problem(f"could not resolve file: {name}"))
    lines = "".join(f"{line}\n" for line in device.pki.log)
    return f"<output>\n{escape(lines)}</output>\n"


def _text_version(device: Device) -> str:
    body = f"Hostname: {device.host_name}\nModel: {device.spec.model}\nJunos: {device.spec.release}\n"
    return _per_node_text(device, lambda node: body)


def _show_configuration(session: Session, words: list[str], shown: tuple[tuple[str, ...], ...], form: str) -> str:
    """The committed configuration, below a path, as text, set lines, XML, or with what groups bring."""
    device = session.device
    tree = device.database.committed
    if ("display", "inheritance") in shown:
        tree = device.inherited_of(tree, marked=False)
    try:
        parents, found = locate(tree, words)
    except Unparsable as error:
        raise Refused(Problem("syntax error", error.word)) from None
    path = [*parents[1:], *found] if words else []
    below = found[0] if len(found) == 1 else Node(device.database.root)
    if ("display", "set") in shown:
        prefix = tuple(word for node in path for word in node.words())
        text = "".join(line + "\n" for line in setform.lines(below, prefix))
        return replies.CONFIG_TEXT.format(escape(text))
    if form == "xml":
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
    "get-pki-certificate-request": certificate_requests,
    "get-pki-crl": crls,
    "get-pki-statistics": statistics,
    "get-log": log,
}
