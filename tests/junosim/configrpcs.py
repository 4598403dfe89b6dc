# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPCs that read and change the configuration: Junos's own, and the base protocol's forms of them.

A handler takes the session and the request element and answers the reply's content; ``Refused`` becomes rpc-errors.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from xml.sax.saxutils import escape

from lxml import etree

from . import replies, setform, textform, xmlform
from .compare import compare
from .database import CheckFailed, Refused
from .device import Device, Session
from .loading import Problem
from .tree import Node
from .xmlform import elements, local, text_of

Handler = Callable[[Session, etree._Element], str]


def configuration(device: Device, tree: Node, wanted: etree._Element | None, attributes: str) -> str:
    """A <configuration> element with what the filter selects."""
    if wanted is not None and len(wanted):
        tree = xmlform.select(tree, wanted) or tree.shell()
    return f'<configuration xmlns="{xmlform.XNM}"{attributes}>\n{xmlform.render(tree, 1)}</configuration>\n'


def _last(device: Device, committed: bool) -> str:
    """The first line of the text form."""
    commit = device.database.history[0]
    at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(commit.at if committed else time.time()))
    return f"## Last commit: {at} by {commit.user}\n" if committed else f"## Last changed: {at}\n"


def stamps(device: Device, committed: bool) -> str:
    commit = device.database.history[0]
    seconds = int(commit.at if committed else time.time())
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    if committed:
        user = escape(commit.user)
        return f' junos:commit-seconds="{seconds}" junos:commit-localtime="{shown}" junos:commit-user="{user}"'
    return f' junos:changed-seconds="{seconds}" junos:changed-localtime="{shown}"'


def get_configuration(session: Session, rpc: etree._Element) -> str:
    device, database = session.device, session.device.database
    if rpc.get("compare") == "rollback":
        return _compare(session, int(rpc.get("rollback", "0")))
    committed = rpc.get("database") == "committed"
    tree = database.committed if committed else database.candidate(session.number)
    if rpc.get("inherit") == "inherit":
        tree = device.inherited_of(tree, marked=rpc.get("groups") == "groups")
    wanted = next((kid for kid in elements(rpc) if local(kid) == "configuration"), None)
    form = rpc.get("format", "xml")
    if form == "xml":
        return configuration(device, tree, wanted, stamps(device, committed))
    if wanted is not None and len(wanted):
        tree = xmlform.select(tree, wanted) or tree.shell()
    if form == "set":
        return f"<configuration-set>\n{escape(setform.render(tree))}</configuration-set>\n"
    if form == "text":
        text = escape(_last(device, committed) + textform.render(tree))
        return f'<configuration-text xmlns="{xmlform.XNM}">\n{text}</configuration-text>\n'
    raise Refused(Problem(f"format {form} is not simulated", form))


def _compare(session: Session, number: int) -> str:
    database = session.device.database
    if not 0 <= number < len(database.history):
        raise Refused(Problem(f"rollback {number}: no such configuration", str(number)))
    private = database.private.get(session.number)
    base = private.base if private is not None and number == 0 else database.history[number].tree
    text = compare(base, database.candidate(session.number))
    return replies.CONFIG_TEXT.format(escape(text))


def load_configuration(session: Session, rpc: etree._Element) -> str:
    session.need_permission()
    database, who = session.device.database, session.holder
    if rpc.get("rollback") is not None:
        database.rollback(who, int(rpc.get("rollback", "0")))
        return "<load-configuration-results>\n<ok/>\n</load-configuration-results>\n"
    action = rpc.get("action", "merge")
    body = next(elements(rpc), None)
    if body is None:
        raise Refused(Problem("missing argument", "load-configuration"))
    name = local(body)
    if name == "configuration-set" or action == "set" or rpc.get("format") == "set":
        text = body.text or ""
        return replies.load_results(database.edit(who, lambda loader: loader.commands(text)))
    if action not in ("merge", "replace", "override", "update"):
        raise Refused(Problem("syntax error", action))
    if name == "configuration-text":
        document, errors = textform.parse(body.text or "", database.root)
    elif name == "configuration":
        document, errors = xmlform.parse(body, database.root)
    else:
        raise Refused(Problem("syntax error", name))
    return replies.load_results(database.edit(who, lambda loader: loader.document(document, action, errors)))


def lock_configuration(session: Session, rpc: etree._Element) -> str:
    session.need_permission()
    session.device.database.take_lock(session.holder)
    return ""


def unlock_configuration(session: Session, rpc: etree._Element) -> str:
    session.device.database.release_lock(session.number)
    return ""


def open_configuration(session: Session, rpc: etree._Element) -> str:
    session.need_permission()
    mode = next((local(kid) for kid in elements(rpc)), "")
    if mode == "private":
        session.device.database.open_private(session.holder)
    elif mode == "exclusive":
        session.device.database.take_lock(session.holder)
    else:
        raise Refused(Problem("syntax error", mode or "open-configuration"))
    if not session.device.warns_on_open:
        return ""
    return replies.rpc_error(Problem("uncommitted changes will be discarded on exit", severity="warning"))


def close_configuration(session: Session, rpc: etree._Element) -> str:
    session.device.database.close(session.number)
    return ""


def commit_configuration(session: Session, rpc: etree._Element) -> str:
    session.need_permission()
    asked = {local(kid): text_of(kid) for kid in elements(rpc)}
    device, database = session.device, session.device.database
    if "check" in asked:
        try:
            database.check(session.number)
        except CheckFailed as failed:
            return replies.commit_errors(failed.problems)
        return replies.commit_results(device.engines, "commit-check-success")
    minutes = float(asked.get("confirm-timeout") or 10) if "confirmed" in asked else 0.0
    private = session.number in database.private
    try:
        changed = database.commit(session.holder, asked.get("log", ""), minutes)
    except CheckFailed as failed:
        return replies.commit_errors(failed.problems)
    if private and not changed:
        return "<commit-results>\n</commit-results>\n"
    engines = device.engines if "synchronize" in asked or len(device.nodes) > 1 else device.engines[:1]
    return replies.commit_results(engines, "commit-success", merged=private)


# -- the base protocol


def _target(session: Session, rpc: etree._Element, name: str) -> str:
    holder = next((kid for kid in elements(rpc) if local(kid) == name), None)
    store = next((local(kid) for kid in elements(holder)), "") if holder is not None else ""
    if store not in ("candidate", "running"):
        raise Refused(Problem("syntax error", store or name))
    return store


def get_config(session: Session, rpc: etree._Element) -> str:
    device, database = session.device, session.device.database
    running = _target(session, rpc, "source") == "running"
    tree = database.committed if running else database.candidate(session.number)
    narrow = next((kid for kid in elements(rpc) if local(kid) == "filter"), None)
    wanted = (
        next((kid for kid in elements(narrow) if local(kid) == "configuration"), None) if narrow is not None else None
    )
    return f"<data>\n{configuration(device, tree, wanted, stamps(device, running))}</data>\n"


def edit_config(session: Session, rpc: etree._Element) -> str:
    session.need_permission()
    if _target(session, rpc, "target") != "candidate":
        raise Refused("edit-config on running is not supported")
    parts = {local(kid): kid for kid in elements(rpc)}
    default = text_of(parts["default-operation"]) if "default-operation" in parts else "merge"
    database, who = session.device.database, session.holder
    if "config-text" in parts:
        text = next((kid.text or "" for kid in elements(parts["config-text"])), "")
        document, errors = textform.parse(text, database.root)
    else:
        body = next(elements(parts["config"]), None) if "config" in parts else None
        if body is None or local(body) != "configuration":
            raise Refused(Problem("syntax error", "config"))
        document, errors = xmlform.parse(body, database.root)
    # The operation attributes count under merge as well: operation="replace" is not the replace tag of a text file.
    action = "override" if default == "replace" else "replace"
    problems = database.edit(who, lambda loader: loader.document(document, action, errors))
    if any(problem.severity == "error" for problem in problems):
        raise Refused(*problems)
    return replies.rpc_errors(problems) + "<ok/>\n"


def lock(session: Session, rpc: etree._Element) -> str:
    _target(session, rpc, "target")
    return lock_configuration(session, rpc) or "<ok/>\n"


def unlock(session: Session, rpc: etree._Element) -> str:
    return unlock_configuration(session, rpc) or "<ok/>\n"


def commit(session: Session, rpc: etree._Element) -> str:
    """Seconds here; the number of Routing Engines is not told."""
    session.need_permission()
    asked = {local(kid): text_of(kid) for kid in elements(rpc)}
    seconds = float(asked.get("confirm-timeout") or 600) if "confirmed" in asked else 0.0
    session.device.database.commit(session.holder, "", seconds / 60)
    return "<ok/>\n"


def discard_changes(session: Session, rpc: etree._Element) -> str:
    session.device.database.discard(session.holder)
    return "<ok/>\n"


def validate(session: Session, rpc: etree._Element) -> str:
    session.device.database.check(session.number)
    return "<ok/>\n"


HANDLERS: dict[str, Handler] = {
    "get-configuration": get_configuration,
    "load-configuration": load_configuration,
    "lock-configuration": lock_configuration,
    "unlock-configuration": unlock_configuration,
    "open-configuration": open_configuration,
    "close-configuration": close_configuration,
    "commit-configuration": commit_configuration,
    "get-config": get_config,
    "edit-config": edit_config,
    "lock": lock,
    "unlock": unlock,
    "commit": commit,
    "discard-changes": discard_changes,
    "validate": validate,
}
