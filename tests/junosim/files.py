# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files on a device, as far as certificates need them: what is written and removed has a line in the record."""

from __future__ import annotations

import posixpath
import re
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from .database import Refused
from .device import Device, Session
from .inputs import inputs
from .loading import Problem

_HOSTS = b"128.0.0.1 master\n128.0.0.4 re0\n"
_BUILT_IN = {"/etc/hosts.junos": _HOSTS}
_FOLDERS = re.compile(r"/|/var|/var/(tmp|home|log|db)|/var/home/[^/]+|/tmp|/root|/config")


def home(user: str) -> str:
    return "/root" if user == "root" else f"/var/home/{user}"


def absolute(user: str, name: str) -> str:
    """A name as the user means it: relative ones begin at home."""
    return posixpath.normpath(posixpath.join(home(user), name))


def is_folder(path: str) -> bool:
    return _FOLDERS.fullmatch(path) is not None


def write(device: Device, path: str, data: bytes, mode: int = 0o644) -> None:
    device.pki.files[path] = data
    device.pki.modes[path] = mode
    device.recorder.write(device=device.spec.name, event="file", did="written", file=path, mode=f"{mode:04o}")


def read(device: Device, user: str, name: str) -> bytes:
    found = {**_BUILT_IN, **device.pki.files}.get(absolute(user, name))
    if found is None:
        raise Refused(Problem(f"could not resolve file: {name}"))
    return found


def remove(device: Device, path: str) -> None:
    if device.pki.files.pop(path, None) is None:
        raise Refused(Problem(f"{path}: No such file or directory"))
    device.pki.modes.pop(path, None)
    device.recorder.write(device=device.spec.name, event="file", did="removed", file=path)


# -- RPCs


def file_show(session: Session, rpc: etree._Element) -> str:
    name = inputs(rpc, need=("filename",))["filename"]
    text = read(session.device, session.login.user, name).decode(errors="replace")
    return f'<file-content filename={quoteattr(name)} encoding="text">\n{escape(text)}</file-content>\n'


def file_delete(session: Session, rpc: etree._Element) -> str:
    path = inputs(rpc, need=("path",), may=("purge",))["path"]
    session.need_permission()
    remove(session.device, absolute(session.login.user, path))
    return ""


HANDLERS = {"file-show": file_show, "file-delete": file_delete}
