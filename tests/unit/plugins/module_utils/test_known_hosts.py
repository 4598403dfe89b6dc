# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Held against paramiko's own reading of the same file."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._known_hosts import KnownHosts
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from paramiko import Ed25519Key, HostKeys, Message

KEYS = [
    Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    .public_key()
    .public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    .decode()
    for number in (1, 2)
]
HASHED_9 = HostKeys.hash_host("fw-9.example.net")

FILE = f"""# a comment

fw-1.example.net {KEYS[0]} somebody
fw-2.example.net,192.0.2.2 {KEYS[1]}
[192.0.2.3]:830 {KEYS[0]}
\tfw-4.example.net\t{KEYS[1]}
{HASHED_9} {KEYS[0]}
fw-6.example.net
*.example.org {KEYS[0]}
fw-1.example.net {KEYS[1]}
"""


@pytest.mark.parametrize(
    "name",
    [
        "fw-1.example.net",
        "fw-2.example.net",
        "192.0.2.2",
        "192.0.2.3",
        "[192.0.2.3]:830",
        "fw-9.example.net",
        "fw-6.example.net",
        "a.example.org",
        "*.example.org",
        "w-1.example.net",
        "fw-1",
        "nobody",
    ],
)
def test_a_host_has_the_keys_that_paramiko_finds(name: str, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(FILE.replace("\tfw-4.example.net\t", "fw-4.example.net "))
    ours, theirs = KnownHosts(), HostKeys()
    for each in (ours, theirs):
        each.load(str(file))
    assert found(ours, name) == found(theirs, name)
    assert bool(ours) is True


def found(keys: HostKeys, name: str) -> dict[str, bytes] | None:
    told = keys.lookup(name)
    return None if told is None else {kind: told[kind].asbytes() for kind in told}


def test_what_is_known_and_what_is_not(tmp_path: Path) -> None:
    """So that both being wrong in the same way is no success."""
    file = tmp_path / "known_hosts"
    file.write_text(FILE)
    keys = KnownHosts()
    assert bool(keys) is False
    keys.load(str(file))
    known = ["fw-1.example.net", "192.0.2.2", "[192.0.2.3]:830", "fw-4.example.net", "fw-9.example.net"]
    assert [list(found(keys, name) or ()) for name in known] == [["ssh-ed25519"]] * 5
    assert [found(keys, name) for name in ("192.0.2.3", "fw-6.example.net", "fw-8.example.net")] == [None] * 3


def test_a_broken_line_of_another_host_is_no_matter(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    revoked = f"@revoked fw-5.example.net {KEYS[1]}"
    file.write_text(f"fw-7.example.net ssh-ed25519 !!!\n{revoked}\nfw-1.example.net {KEYS[0]}\n")
    keys = KnownHosts()
    keys.load(str(file))
    assert (found(keys, "fw-7.example.net"), found(keys, "fw-5.example.net")) == (None, None)
    assert list(found(keys, "fw-1.example.net") or ()) == ["ssh-ed25519"]


@pytest.mark.parametrize(
    "broken", ["|1|", "|1|AAAA|AAAA", "|1|a", "|1|!!!|x", "|1|a|b|c", "|1|\N{SNOWMAN}|\N{SNOWMAN}"]
)
def test_a_broken_hash_of_another_host_is_no_matter(broken: str, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"{broken} {KEYS[0]}\n{HASHED_9} {KEYS[1]}\n")
    assert list(found(KnownHosts.of(str(file)), "fw-9.example.net") or ()) == ["ssh-ed25519"]


@pytest.mark.parametrize("names", [(HASHED_9, "fw-9.example.net"), ("fw-9.example.net", HASHED_9)])
def test_of_two_keys_of_a_kind_the_first_counts(names: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("".join(f"{name} {key}\n" for name, key in zip(names, KEYS, strict=True)))
    name = "fw-9.example.net"
    assert found(KnownHosts.of(str(file)), name) == found(HostKeys(str(file)), name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KnownHosts().load(str(tmp_path / "known_hosts"))


NAME = "[192.0.2.1]:830"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA"
HASHED = HostKeys.hash_host(NAME)

#: An RSA key that says of itself that its exponent is below zero.
_RSA = Message()
_RSA.add_string("ssh-rsa")
_RSA.add_mpint(-65_535)
_RSA.add_mpint(2**1023 + 1)
NEGATIVE = base64.b64encode(_RSA.asbytes()).decode()

#: A line, and whether it tells the key of NAME.
LINES = {
    f"{NAME} {KEY}": True,
    f"{NAME} {KEY} a comment": True,
    f"  {NAME}\t{KEY}".replace(" AAAA", "\tAAAA"): True,
    f"fw-berlin,{NAME} {KEY}": True,
    f"{NAME},fw-berlin {KEY}": True,
    f"{HASHED} {KEY}": True,
    f"{HostKeys.hash_host('fw-berlin')} {KEY}": False,
    f"{HASHED},fw-berlin {KEY}": True,
    f"fw-berlin,{HASHED} {KEY}": True,
    HASHED.replace("|1|", "|2|") + f" {KEY}": False,
    # None of these is a hashed name.
    f"#{HASHED} {KEY}": False,
    f"!{HASHED} {KEY}": False,
    f"fw-berlin,!{HASHED} {KEY}": False,
    f"x{HASHED} {KEY}": False,
    f"\ufeff{HASHED} {KEY}": False,
    HASHED.replace("|1|", "|1|!!") + f" {KEY}": False,
    f"192.0.2.1 {KEY}": False,
    f"[192.0.2.1]:22 {KEY}": False,
    f"x{NAME} {KEY}": False,
    f"fw-berlin {KEY} {NAME} ": False,
    f"# {NAME} {KEY}": False,
    f"{NAME} ssh-ed25519 not-base64": False,
    f"{NAME} ssh-ed25519": False,
    f"{NAME} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5": False,
    f"{NAME} ssh-rsa {NEGATIVE}": False,
    f"{NAME} a-kind-that-nobody-knows AAAA": False,
    "": False,
}


@pytest.mark.parametrize(("line", "told"), LINES.items())
def test_lines(tmp_path: Path, line: str, told: bool) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"fw-one {OTHER}\n\n{line}\nfw-two {OTHER}\n")
    found = KnownHosts.of(str(file)).lookup(NAME)
    assert (found is not None and found["ssh-ed25519"].get_base64() == KEY.split()[1]) is told
    # paramiko by itself ends at a key that is none.
    if not line.endswith(("not-base64", "AAAAC3NzaC1lZDI1NTE5", NEGATIVE)):
        assert (HostKeys(str(file)).lookup(NAME) is not None) is told


def test_a_key_that_is_another_one(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"{NAME} {OTHER}\n")
    known = KnownHosts.of(str(file))
    assert known.check(NAME, Ed25519Key(data=base64.b64decode(OTHER.split()[1])))
    assert not known.check(NAME, Ed25519Key(data=base64.b64decode(KEY.split()[1])))


@pytest.mark.parametrize(
    "line",
    [
        f"@revoked {NAME} {KEY}",
        f"@revoked * {KEY}",
        f"  @revoked\t{HASHED} {KEY} stolen",
        # A key that is stolen is nobody's any more, whatever its host was called.
        f"@revoked fw-old {KEY}",
    ],
)
def test_a_revoked_key_is_not_accepted(tmp_path: Path, line: str) -> None:
    key, other = (Ed25519Key(data=base64.b64decode(each.split()[1])) for each in (KEY, OTHER))
    for content in (f"{line}\n{NAME} {KEY}\n{NAME} {OTHER}\n", f"{NAME} {KEY}\n{NAME} {OTHER}\n{line}\n"):
        (tmp_path / "known_hosts").write_text(content)
        known = KnownHosts.of(str(tmp_path / "known_hosts"))
        assert (known.check(NAME, key), known.check(NAME, other)) == (False, True)
        told = [known.revokes(each.get_fingerprint().hex(":")) for each in (key, other)]
        assert told == [True, False]


def test_a_revoked_key_of_another_file_counts_too(tmp_path: Path) -> None:
    (tmp_path / "one").write_text(f"{NAME} {KEY}\n")
    (tmp_path / "two").write_text(f"@revoked * {KEY}\n")
    assert KnownHosts.of(f"{tmp_path}/one {tmp_path}/two").lookup(NAME) is None


@pytest.mark.parametrize(
    "line",
    [
        *("@revoked", f"@revoked {KEY}", "@revoked * ssh-ed25519 =broken", f"# @revoked * {KEY}"),
        *(f"#@revoked * {KEY}", f"@cert-authority * {KEY} @revoked"),
    ],
)
def test_what_revokes_nothing(tmp_path: Path, line: str) -> None:
    (tmp_path / "known_hosts").write_text(f"{line}\n{NAME} {KEY}\n")
    known = KnownHosts.of(str(tmp_path / "known_hosts"))
    assert (known.lookup(NAME) is None, known.revokes("00")) == (False, False)


def test_what_is_looked_up_before_another_file_is_read(tmp_path: Path) -> None:
    first, second = tmp_path / "known hosts", tmp_path / "more"
    first.write_text(f"fw-one {OTHER}\n")
    second.write_text(f"{NAME} {KEY}\n")
    known = KnownHosts.of(f"'{first}'")
    assert known.lookup(NAME) is None
    known.load(str(second))
    assert known.lookup(NAME) is not None


def test_no_file(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text(f"{NAME} {KEY}\n")
    assert KnownHosts.of(f"{tmp_path / 'missing'} {there}").lookup(NAME) is not None
    with pytest.raises(FileNotFoundError):
        KnownHosts.of(str(tmp_path / "missing"))
