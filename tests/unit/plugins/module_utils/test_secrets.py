# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import html
import json

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _secrets
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._secrets import (
    MASK,
    DamagedSecretError,
    decode9,
    is_opaque,
    is_type9,
    mask_secrets,
    mask_text,
    same_secret,
)
from hypothesis import given
from hypothesis import strategies as st
from netutils.password import JUNIPER_KEYS_STRING, encrypt_juniper_type9

JUNIPER = "$9$7YdwgGDkTz6oJz69A1INdb"  # "juniper"
JUNIPER_TOO = encrypt_juniper_type9("juniper", 20)
OTHER = encrypt_juniper_type9("jumper", 35)
TYPE8 = "$8$aes256-gcm$hmac-sha2-256$100$y/4YMC4YDLU$fzYDI4jjN6YCyQsYLsaf8A$Ilu4jLcZarD9YnyD/Hejww$okhBlc0cGakSqYxKww"


def as_the_device(clear: str) -> str:
    """$9$ of the UTF-8 bytes: the library takes a character for a byte."""
    return encrypt_juniper_type9(clear.encode().decode("latin-1"), 17)


def same_in_every_run(value: object) -> str | None:
    """A test's name must not hold the salt, which is a random one: pytest-xdist compares the names."""
    return "$9$" if str(value).startswith("$9$") else None


NASTY = [
    'quo"te',
    "it's",
    "back\\slash",
    'both\\"',
    "with blanks in it",
    "<tag>&amp;",
    "a&b<c>d'e\"f\\g",
    "pässwörd",
    "密码🔑",
    "in$9$side",
    "$8",
    "semi;colon",
    "trailing ",
    'täb\t"quote"',
    "re.*gex[(",
    "***",
]


# decode9


def test_decode() -> None:
    assert decode9(JUNIPER) == "juniper"
    assert decode9(JUNIPER_TOO) == "juniper"


@pytest.mark.parametrize("clear", NASTY)
def test_decode_nasty(clear: str) -> None:
    assert decode9(as_the_device(clear)) == clear


def test_decode_latin_1() -> None:
    assert decode9(encrypt_juniper_type9("pässword", 17)) == "pässword"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.integers(1, 64))
def test_decode_is_the_inverse(clear: str, salt: int) -> None:
    assert decode9(encrypt_juniper_type9(clear.encode().decode("latin-1"), salt)) == clear


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("juniper", "it does not begin with $9$"),
        ("$9$", "it holds a character outside the $9$ alphabet, or none at all"),
        ("$9$7Ydw gGDkTz6oJz69A1INdb", "it holds a character outside the $9$ alphabet, or none at all"),
        ("$9$7YdwgGDkTz6oJz69A1INd!", "it holds a character outside the $9$ alphabet, or none at all"),
        ("$9$7YdwgGDkTz6oJz69A1INd\u00fc", "it holds a character outside the $9$ alphabet, or none at all"),
        ("$9$7", "it is cut off"),
        ("$9$7Y", "it is cut off"),
        ("$9$7YdwgGDkTz6oJz69A1INd", "it is cut off"),
        ("$9$7YdwgGDkTz6oJz69A1IN", "it is cut off"),
        ("$9$7YdwgGDkTz6oJz69A1INdbQ", "it is cut off"),
        ("$9$7YddgGDkTz6oJz69A1INdb", "the same character stands twice in a row"),
        (encrypt_juniper_type9("a\0b", 17), "a group of it stands for no character"),
        (encrypt_juniper_type9("a\u0190b", 17), "a group of it stands for no character"),
        ("$9$7YdwwGDkTz6oJz69A1INdb", "the same character stands twice in a row"),
        ("$9$7Y7wgGDkTz6oJz69A1INdb", "the same character stands twice in a row"),
    ],
    ids=same_in_every_run,
)
def test_damaged(text: str, why: str) -> None:
    with pytest.raises(DamagedSecretError) as caught:
        decode9(text)
    assert str(caught.value) == f"The $9$ secret is damaged: {why}. Set the secret anew."
    assert isinstance(caught.value, InputError)
    assert isinstance(caught.value, ValueError)


@given(st.text(st.sampled_from(JUNIPER_KEYS_STRING + "$! \u00e9"), max_size=24))
def test_any_text_decodes_or_is_damaged(body: str) -> None:
    """Never another exception, never an empty secret."""
    try:
        secret = decode9("$9$" + body)
    except DamagedSecretError:
        return
    assert secret != ""


def test_netutils_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_secrets, "HAS_NETUTILS", False)
    assert same_secret("clear", "clear") is True
    with pytest.raises(NetpkiError) as caught:
        same_secret(JUNIPER, "juniper")
    assert str(caught.value) == (
        "Reading a $9$ secret needs the Python library netutils. Install it with: pip install netutils"
    )


def test_types() -> None:
    assert (is_type9(JUNIPER), is_type9(TYPE8), is_type9("in$9$side")) == (True, False, False)
    assert (is_opaque(TYPE8), is_opaque(JUNIPER), is_opaque("in$8$side")) == (True, False, False)


# same_secret


@pytest.mark.parametrize(
    ("have", "want", "same"),
    [
        ("juniper", "juniper", True),
        ("juniper", "jumper", False),
        (JUNIPER, "juniper", True),
        (JUNIPER, "jumper", False),
        (JUNIPER, JUNIPER, True),
        (JUNIPER, JUNIPER_TOO, True),
        (JUNIPER, OTHER, False),
        ("juniper", JUNIPER, True),
        (JUNIPER[:-1], "juniper", False),
        (JUNIPER[:-1], JUNIPER, False),
        (TYPE8, TYPE8, True),
        (TYPE8, TYPE8 + "x", None),
        (TYPE8, "juniper", None),
        (TYPE8, JUNIPER, None),
        (JUNIPER, TYPE8, None),
        ("juniper", TYPE8, None),
        ("", "juniper", False),
        ("", "", True),
        (as_the_device("pässwörd"), "pässwörd", True),
        (encrypt_juniper_type9("pässwörd", 17), "pässwörd", True),
        (as_the_device("pässwörd"), "passwörd", False),
    ],
    ids=same_in_every_run,
)
def test_same_secret(have: str, want: str, same: bool | None) -> None:
    assert same_secret(have, want) is same


@pytest.mark.parametrize("clear", NASTY)
def test_same_nasty_secret(clear: str) -> None:
    assert same_secret(as_the_device(clear), clear) is True
    assert same_secret(as_the_device(clear), clear + "x") is False


def test_damaged_declaration_is_an_error() -> None:
    with pytest.raises(DamagedSecretError, match="it is cut off"):
        same_secret(JUNIPER, JUNIPER[:-1])


# mask_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        # a device's own texts, wherever they stand
        (f"a {JUNIPER} b", f"a {MASK} b"),
        (f'"{JUNIPER}"; ## SECRET-DATA', f'"{MASK}"; ## SECRET-DATA'),
        (f"'{TYPE8}', {JUNIPER}; <a>{JUNIPER}</a>", f"'{MASK}', {MASK}; <a>{MASK}</a>"),
        ("$9$ab!cd", MASK),
        ("the $9$ secret is damaged", "the $9$ secret is damaged"),
        # set
        (
            "set security pki auto-re-enrollment scep certificate-id a challenge-password hunter2",
            f"set security pki auto-re-enrollment scep certificate-id a challenge-password {MASK}",
        ),
        (
            'set … certificate-id a challenge-password "hunter two"\nset … certificate-id a re-generate-keypair',
            f"set … certificate-id a challenge-password {MASK}\nset … certificate-id a re-generate-keypair",
        ),
        ('set x challenge-password "a\\"b \\\\" tail', f"set x challenge-password {MASK} tail"),
        ('set x challenge-password "a b', f"set x challenge-password {MASK}"),
        ("set x challenge-password a;b", f"set x challenge-password {MASK}"),
        (
            'set security pki ca-profile c revocation-check crl url "http://x/ y" password hunter2',
            f'set security pki ca-profile c revocation-check crl url "http://x/ y" password {MASK}',
        ),
        (
            "delete security pki ca-profile c revocation-check crl url http://x/ password",
            "delete security pki ca-profile c revocation-check crl url http://x/ password",
        ),
        ("delete x challenge-password\nset y z", "delete x challenge-password\nset y z"),
        # curly braces and their diff
        (
            '[edit security pki]\n- challenge-password old; ## SECRET-DATA\n+   challenge-password "n e w";\n  foo;',
            f"[edit security pki]\n- challenge-password {MASK}; ## SECRET-DATA\n+   challenge-password {MASK};\n  foo;",
        ),
        (
            'url http://x/ {\n    password "a\\"b;c"; ## SECRET-DATA\n}\n+  password hunter2;\n',
            f"url http://x/ {{\n    password {MASK}; ## SECRET-DATA\n}}\n+  password {MASK};\n",
        ),
        ("url http://x/ { password hunter2; }", f"url http://x/ {{ password {MASK}; }}"),
        # XML
        (
            "<challenge-password>hunter2</challenge-password><a>b</a>",
            f"<challenge-password>{MASK}</challenge-password><a>b</a>",
        ),
        (
            '<c:password inactive="inactive">a &amp; b\n</c:password>',
            f'<c:password inactive="inactive">{MASK}</c:password>',
        ),
        ("<password><![CDATA[a<b]]></password>", f"<password>{MASK}</password>"),
        (
            "<password/><challenge-password></challenge-password>",
            "<password/><challenge-password></challenge-password>",
        ),
        # JSON of a diff
        (json.dumps('challenge-password "hunter2";'), f'"challenge-password {MASK}'),
        # prose stays
        ("password authentication failed", "password authentication failed"),
        (
            "Give password or ssh_private_key_file; one is enough.",
            "Give password or ssh_private_key_file; one is enough.",
        ),
        ("", ""),
    ],
)
def test_mask_without_knowing_the_secret(text: str, masked: str) -> None:
    assert mask_text(text) == masked
    assert mask_text(mask_text(text)) == masked


def cli(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


WRITERS = [
    str,
    xml,
    html.escape,
    lambda text: xml(text).replace('"', "&quot;"),
    lambda text: xml(text).replace('"', "&quot;").replace("'", "&apos;"),
    lambda text: xml(text).replace('"', "&quot;").replace("'", "&#39;"),
    lambda text: xml(text).encode("ascii", "xmlcharrefreplace").decode(),
    cli,
    lambda text: xml(cli(text)),
    json.dumps,
    lambda text: json.dumps(text, ensure_ascii=False),
    lambda text: json.dumps(cli(text)),
    lambda text: json.dumps(xml(text)),
    repr,
    lambda text: repr({"both": f"'\"{text}"}),
    lambda text: repr(cli(text)),
]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("secret", NASTY)
def test_mask_known_secret_however_written(secret: str, writer: object) -> None:
    assert callable(writer)
    written, empty = writer(secret), writer("")
    masked = mask_text(f"before {written} after", [secret])
    # Exactly the secret goes: the quotes (of either kind) and what else the writer puts around an empty text stay.
    assert masked.replace(MASK, "", 1).replace('"', "'") == f"before {empty} after".replace('"', "'")


def test_mask_every_occurrence_and_every_secret() -> None:
    assert mask_text("one two one three", ["one", "three"]) == f"{MASK} two {MASK} {MASK}"


def test_mask_overlapping_secrets() -> None:
    assert mask_text("x abcd x", ["abc", "bcd"]) == f"x {MASK} x"
    assert mask_text("x abcd x", ["ab", "cd"]) == f"x {MASK} x"
    assert mask_text("x aXaXa x", ["aXa"]) == f"x {MASK} x"
    assert mask_text("x hunter2 hunter x", ["hunter", "hunter2"]) == f"x {MASK} {MASK} x"


def test_mask_secret_that_overlaps_a_device_text() -> None:
    assert mask_text("x pre$9$abc def x", ["pre$9$abc def"]) == f"x {MASK} x"
    assert mask_text(f"x pre{JUNIPER} x", ["pre$9"]) == f"x {MASK} x"


def test_mask_ignores_empty_secrets() -> None:
    assert mask_text("nothing here", ["", None]) == "nothing here"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("cmpv2 has challenge-password no more", "cmpv2 has challenge-password no more"),
        (f"challenge-password {JUNIPER};", f"challenge-password {MASK};"),
        (f"in {TYPE8} and pa&lt;ss", f"in {MASK} and {MASK}"),
    ],
)
def test_our_own_sentences_keep_their_words(text: str, masked: str) -> None:
    assert mask_secrets(text, ["pa<ss", None, ""]) == masked
