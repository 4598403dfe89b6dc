# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on error messages has each one that the source can raise, and no other.

``…`` in the guide stands for anything. A message is in the guide where an entry fits it, and says at least two fifths
of the letters that the source says: an entry for everything is an entry for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.netpki.junos.plugins.module_utils import _replies
from tools.messages import HOLE, Message, Source

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/docsite/rst/guide_troubleshooting.rst").read_text()
_HEAD, SEPARATOR, BODY = GUIDE.partition("\nSoftware on the controller\n")
#: An entry: its messages, one a line, then its cause and its cure.
ENTRIES = re.split(r"^\* (?=``)", BODY, flags=re.MULTILINE)[1:]
LINES = [
    line for entry in ENTRIES for line in re.findall(r"^ *``(.*)``$", entry.partition("*Cause:*")[0], re.MULTILINE)
]

#: Where nothing of a message is the collection's own, and whose it is.
HANDED_ON = {
    "module_utils/_audit.py:_check": "where in the value an error is",
    "module_utils/_audit.py:_host": "what the task said that read the host, and an error with its place",
    "module_utils/_certify.py:_enroll_ca_certificate": "the error about a pin, with what was done before it",
    "module_utils/_device.py:_load": "a refusal of the device, see refusals()",
    "module_utils/_device.py:_rpc": "the same",
    "module_utils/_device.py:refused": "the same",
    "module_utils/_gather.py:_gather": "an error that is raised elsewhere, with the host",
    "module_utils/_options.py:validated": "Ansible's own validator",
}


def refusals() -> Iterator[Message]:
    """What is said of a device's refusal, by what its words mean."""
    for words, *_meaning in _replies._KNOWN_REFUSALS:
        problem = _replies.Problem("error", HOLE, f"{HOLE}{words}{HOLE}")
        text = _replies.refusal(HOLE, HOLE, [problem], HOLE)
        yield Message(text.replace(str(problem), HOLE), "module_utils/_replies.py:refusal")


def checks() -> Iterator[Message]:
    """What the checks of the roles and of the playbooks say."""
    for file in sorted((*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/**/*.yml"))):
        for task in tasks_in(yaml.safe_load(file.read_text())):
            text = str(task.get("ansible.builtin.assert", {}).get("fail_msg", ""))
            text = text or str(task.get("vars", {}).get("__no_host", "")).replace("%s", HOLE)
            yield Message(re.sub(r"\{\{.*?\}\}", HOLE, text.strip(), flags=re.DOTALL), str(file.relative_to(ROOT)))


def tasks_in(content: Any) -> Iterator[dict[str, Any]]:
    """The tasks of a file, and those inside plays and blocks."""
    for task in content if isinstance(content, list) else ():
        yield task
        for word in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
            yield from tasks_in(task.get(word))


MESSAGES = [*Source(ROOT / "plugins").messages(), *refusals(), *(each for each in checks() if each.letters)]


def letters(line: str) -> int:
    return sum(map(str.isalpha, line))


def fits(line: str, message: Message) -> bool:
    pattern = ".*".join(map(re.escape, line.split("…")))
    return letters(line) * 5 >= message.letters * 2 and re.fullmatch(pattern, message.text, re.DOTALL) is not None


def test_the_source_is_read() -> None:
    texts = {message.text for message in MESSAGES}
    assert len(texts) > 200
    # One of each kind: a constant, a variable that is one of two, what another function says, a row of a table.
    expected = {
        "renew_within: only for state renewed.",
        f"{HOLE}: the PEM holds no certificate: {HOLE}",
        f"{HOLE}: {HOLE} begins or ends with a blank.",
        f"{HOLE}: the statement is protected. The device says: {HOLE}. {HOLE} Unprotect it first,"
        " or leave it out of the task.",
    }
    assert expected - texts == set()


def test_every_message_of_the_source_has_its_entry() -> None:
    own = [message for message in MESSAGES if message.letters]
    assert [message for message in own if not any(fits(line, message) for line in LINES)] == []


def test_what_is_handed_on_is_known() -> None:
    assert {message.place for message in MESSAGES if not message.letters} == set(HANDED_ON)


def test_every_line_of_the_guide_is_a_message_of_the_source() -> None:
    assert SEPARATOR
    assert [line for line in LINES if not any(fits(line, message) for message in MESSAGES)] == []


def test_no_message_is_there_twice() -> None:
    assert sorted(LINES) == sorted(set(LINES))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.partition("``\n")[0][2:62])
def test_an_entry_has_its_cause_and_its_cure(entry: str) -> None:
    assert re.findall(r"^  \*(Cause|Cure):\* \S", entry, re.MULTILINE) == ["Cause", "Cure"]


def test_what_became_of_the_device_is_explained() -> None:
    device = (ROOT / "plugins/module_utils/_device.py").read_text()
    sentences = re.findall(r"^\* ``(.*?) ?…?``", GUIDE.partition("Software on the controller")[0], re.MULTILINE)
    assert (len(sentences), [sentence for sentence in sentences if sentence not in device]) == (4, [])
