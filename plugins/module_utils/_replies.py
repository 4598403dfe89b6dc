# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's reply says: the release, warnings and errors, and what to do about them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ansible_collections.netpki.junos.plugins.module_utils._elements import children_of, every, text_of
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release, Running
from ansible_collections.netpki.junos.plugins.module_utils._secrets import mask_text
from ansible_collections.netpki.junos.plugins.module_utils._statements import KEY

#: The release in a namespace of a reply.
_NAMESPACE = re.compile(r"/junos/([^/]+)/junos$")


class Problem(NamedTuple):
    """One ``rpc-error``: ``place`` is its error-path and bad-element, ``message`` its text with secrets masked."""

    severity: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def problems(reply: Any) -> list[Problem]:
    """Every ``rpc-error`` of a reply, however deep it is nested; a severity that is not told counts as error."""
    return [
        Problem(
            severity=text_of(element, "error-severity") or "error",
            place=f"{text_of(element, 'error-path')} {text_of(element, 'error-info', 'bad-element')}".strip(),
            message=mask_text(one_line(text_of(element, "error-message"))),
        )
        for element in every(reply, "rpc-error")
    ]


def errors(reply: Any) -> list[Problem]:
    """Those of a reply that are no warnings."""
    return [problem for problem in problems(reply) if problem.severity != "warning"]


def warnings(reply: Any) -> tuple[str, ...]:
    """The texts of a reply's warnings."""
    return tuple(str(problem) for problem in problems(reply) if problem.severity == "warning")


def entry(element: Any, name: str, key: str) -> Any:
    """The child element of that name, and of that key where it is a list's entry; None where there is none."""
    for found, child in children_of(element) if element is not None else ():
        if found == name and (not key or text_of(child, KEY) == key):
            return child
    return None


def running(reply: Any) -> Running | None:
    """The release: ``<version>`` is the truth; the namespace of the reply may name an older one than what runs."""
    configuration = next(every(reply, "configuration"), None)
    namespaces = (_NAMESPACE.search(uri or "") for uri in reply.nsmap.values())
    told = [(text_of(configuration, "version"), True), *((found[1], False) for found in namespaces if found)]
    for text, exact in told:
        try:
            return Running(Release.parse(text), exact)
        except InputError:
            continue
    return None


def one_line(text: str) -> str:
    """A text of several lines as one."""
    return " ".join(text.split())


def refusal(host: str, doing: str, errors: Sequence[Problem], so_far: str) -> str:
    """The device's own words, and what to do where its words tell.

    :param so_far: what became of the configuration until then.
    """
    said = "; ".join(dict.fromkeys(str(problem) for problem in errors))
    for marker, happened, todo in _KNOWN_REFUSALS:
        if marker in said.lower():
            return " ".join(filter(None, (f"{host}: {happened} The device says: {said}.", so_far, todo)))
    return f"{host}: the device refuses {doing}: {said}"


#: What words of the PKI daemon mean, as seen on devices and in the vendor's tests. They come as errors or as output.
_MEANINGS = {
    "there already": ("already exist",),
    "not there": ("not found", "doesn't exist", "does not exist"),
    "refused": ("error", "command aborted", "not configured", "missing argument", "is not valid", "failed"),
    "verified": ("verification success", "verified successfully", "validation successful"),
    "going on": ("in progress",),
}


def means(said: str, *meanings: str) -> bool:
    """Whether a text of the PKI daemon means one of these: keys of the table above."""
    text = said.lower()
    return any(re.search(rf"\b{re.escape(words)}", text) for each in meanings for words in _MEANINGS[each])


PROTECTED = "is protected"

#: What a device's message contains, what that means, and what to do.
_KNOWN_REFUSALS = (
    (
        "configuration database locked by",
        "somebody else holds the configuration.",
        "Run again when they are done.",
    ),
    (
        "configuration database modified",
        "the shared candidate holds somebody's uncommitted edits.",
        "Their edits are as they were. Run again when they are committed or rolled back.",
    ),
    (
        "permission denied",
        "the user's login class does not permit this.",
        "The class needs view, configure, security and security-control, and maintenance to enroll.",
    ),
    (
        PROTECTED,
        "the statement is protected.",
        "Unprotect it first, or leave it out of the task.",
    ),
)
