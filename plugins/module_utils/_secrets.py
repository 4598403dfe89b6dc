# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets as Junos keeps them: compared by what they mean, never shown.

``$9$`` is a salted, reversible obfuscation: the same secret reads differently each time, so it is compared decoded.
``$8$`` is encrypted with the device's master password and opaque to everybody else.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError

try:
    from netutils.password import (
        JUNIPER_CHARACTER_KEYS,
        JUNIPER_ENCODING,
        JUNIPER_KEYS_STRING,
        decrypt_juniper_type9,
    )
except ImportError:
    HAS_NETUTILS = False
else:
    HAS_NETUTILS = True

MASK = "********"

#: What a login class without the permission ``secret`` is shown for a secret: well known, but in none of the models.
HIDDEN = "/* SECRET-DATA */"
#: What is no secret, and might be taken for one where somebody declares what was shown: by us, Junos, Ansible or AWX.
PLACEHOLDERS = (MASK, HIDDEN, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$encrypted$")
NOT_SHOWN = "stands for a secret that was not shown. Give the secret itself."


class DamagedSecretError(InputError, ValueError):
    """A ``$9$`` text that no device wrote like this: cut off, or changed. The message does not repeat it."""


def is_type9(text: str) -> bool:
    return text.startswith("$9$")


def is_opaque(text: str) -> bool:
    """Whether a text keeps a secret from everybody but the device."""
    return text.startswith("$8$") or text == HIDDEN


def decode9(text: str) -> str:
    """The clear secret in a ``$9$`` text.

    Raises DamagedSecretError where the text is damaged, NetpkiError where netutils is not installed.
    ``$9$`` holds bytes. They are read as UTF-8, and as Latin-1 where they are not UTF-8: which of the two a device
    writes for a secret outside ASCII is not documented.
    """
    if not HAS_NETUTILS:
        raise NetpkiError(
            "Reading a $9$ secret needs the Python library netutils. Install it with: pip install netutils"
        )
    _check9(text)
    characters = decrypt_juniper_type9(text)
    if any(not 0 < ord(character) < 256 for character in characters):
        raise _damaged("a group of it stands for no character")
    secret = characters.encode("latin-1")
    try:
        return secret.decode("utf-8")
    except UnicodeDecodeError:
        return characters


def _check9(text: str) -> None:
    """Whether the library can be trusted with the text: given damaged text it fails in odd ways or answers garbage."""
    if not is_type9(text):
        raise _damaged("it does not begin with $9$")
    body = text[len("$9$") :]
    if not body or not set(body) <= set(JUNIPER_KEYS_STRING):
        raise _damaged("it holds a character outside the $9$ alphabet, or none at all")
    # The first character says how many characters of padding follow it. After them each character of the secret is a
    # group of two to four, every one coded as its distance from the one before, which is never zero.
    chain = body[0] + body[1 + JUNIPER_CHARACTER_KEYS[body[0]] :]
    if any(left == right for left, right in pairwise(chain)):
        raise _damaged("the same character stands twice in a row")
    left, groups = len(chain) - 1, 0
    while left > 0:
        left -= len(JUNIPER_ENCODING[groups % len(JUNIPER_ENCODING)])
        groups += 1
    if left < 0 or not groups:
        raise _damaged("it is cut off")


def _damaged(why: str) -> DamagedSecretError:
    return DamagedSecretError(f"The $9$ secret is damaged: {why}. Set the secret anew.")


def same_secret(have: str, want: str) -> bool | None:
    """Whether the device's secret ``have`` is the declared secret ``want``; None where nobody but the device can know.

    Both may be clear, ``$9$`` or ``$8$``. A damaged ``$9$`` on the device is different from everything, so that it is
    written anew. A damaged ``$9$`` in the declaration raises DamagedSecretError.
    """
    wanted = decode9(want) if is_type9(want) else want
    if is_opaque(have) or is_opaque(want):
        return True if have == want else None
    try:
        return (decode9(have) if is_type9(have) else have) == wanted
    except DamagedSecretError:
        return False


# A value as the CLI and the configuration write it: quoted, quoted and not closed (to the end of the line), or bare.
_VALUE = r'(?P<value>"(?:[^"\\\n]|\\.)*"|\\?"[^\n]*|\S+?(?=;?(?:\s|$)))'
# What a device shows for a secret, wherever it stands.
_OBSCURED = re.compile(r"(?P<value>\$[89]\$[^\s\"'`<>;&\\]+)")
# The password in http://user:password@host.
_CREDENTIALS = re.compile(r"//[^/@\s:]*:(?P<value>[^/@\s]+)@")
_STATEMENTS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # challenge-password VALUE
        r"\bchallenge-password[ \t]+" + _VALUE,
        # password VALUE: as a line of a configuration or its diff, and in a set command. Not in prose.
        r"(?:^[-+! \t]*|\{[ \t]*)password[ \t]+(?=[^\n]*;)" + _VALUE,
        r"\b(?:set|delete)[ \t][^\n]*?[ \t]password[ \t]+" + _VALUE,
        # <challenge-password>VALUE</challenge-password>
        r"<(?:[\w.-]+:)?(?:challenge-)?password(?:\s[^>]*)?>(?P<value>(?:<!\[CDATA\[.*?\]\]>|[^<])+)</",
    )
)


def mask_text(text: str, secrets: Iterable[str | None] = ()) -> str:
    """A text that a device or a library wrote, with MASK in place of every secret.

    Masked is what :func:`mask_secrets` masks, and the value of every ``challenge-password`` and ``password`` statement:
    in a ``set`` command, in curly braces or their diff, in XML.
    """
    return _masked(text, _pattern_spans(text, (_OBSCURED, _CREDENTIALS, *_STATEMENTS)), _literal_spans(text, secrets))


def mask_secrets(text: str, secrets: Iterable[str | None] = ()) -> str:
    """A text of our own with MASK in place of ``$9$`` and ``$8$`` texts, passwords in URLs, and each of ``secrets``.

    The secrets are found as they are, and as XML, JSON, Python or the CLI write them. Empty ones are ignored.
    """
    return _masked(text, _pattern_spans(text, (_OBSCURED, _CREDENTIALS)), _literal_spans(text, secrets))


def _masked(text: str, *found: Iterable[tuple[int, int]]) -> str:
    # All spans are found in the text as it was: what one of them covers cannot hide another that overlaps it.
    masked, done = [], 0
    for start, end in _merged(sorted(set(chain(*found)))):
        masked += [text[done:start], MASK]
        done = end
    return "".join(masked) + text[done:]


def _pattern_spans(text: str, patterns: Iterable[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield found.span("value")


def _literal_spans(text: str, secrets: Iterable[str | None]) -> Iterator[tuple[int, int]]:
    for form in {form for secret in secrets if secret for form in _forms(secret)}:
        # A lookahead consumes nothing: occurrences that overlap each other are all found.
        for found in re.finditer(f"(?={re.escape(form)})", text):
            yield found.start(), found.start() + len(form)


def _forms(secret: str) -> set[str]:
    """The secret as the CLI may quote it, that as XML may escape it, and that as JSON or Python may write it."""
    forms = {secret, secret.replace("\\", "\\\\").replace('"', '\\"')}
    forms |= {escaped for form in forms for escaped in _xml_forms(form)}
    return forms | {written for form in forms for written in _string_literals(form)}


def _xml_forms(text: str) -> Iterator[str]:
    element = html.escape(text, quote=False)
    for quote, apostrophe in (
        ('"', "'"),
        ("&quot;", "'"),
        ("&quot;", "&apos;"),
        ("&quot;", "&#39;"),
        ("&quot;", "&#x27;"),
    ):
        form = element.replace('"', quote).replace("'", apostrophe)
        yield form
        yield form.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _string_literals(text: str) -> tuple[str, ...]:
    """The text as JSON and Python write it between quotes."""
    # A Python string that holds both quotes escapes the single one: the text may stand inside such a string. In any
    # other string it is written as JSON does.
    return (
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr("'\"" + text)[len("'\\'\"") : -1],
    )


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans, sorted by their start, with those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same value with every text in it changed, at any depth."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: each_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    return value
