# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines of known_hosts are about a host: what paramiko says of the same file, however many lines there are."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._known_hosts import KnownHosts
from paramiko import Ed25519Key, HostKeys

NAME = "[192.0.2.1]:830"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA"
HASHED = HostKeys.hash_host(NAME)

#: A line, and whether it tells the key of NAME.
LINES = {
    f"{NAME} {KEY}": True,
    f"{NAME} {KEY} a comment": True,
    f"  {NAME}\t{KEY}".replace(" AAAA", "\tAAAA"): True,
    f"fw-berlin,{NAME} {KEY}": True,
    f"{NAME},fw-berlin {KEY}": True,
    f"{HASHED} {KEY}": True,
    f"{HostKeys.hash_host('fw-berlin')} {KEY}": False,
    f"192.0.2.1 {KEY}": False,
    f"[192.0.2.1]:22 {KEY}": False,
    f"x{NAME} {KEY}": False,
    f"fw-berlin {KEY} {NAME} ": False,
    f"# {NAME} {KEY}": False,
    f"{NAME} ssh-ed25519 not-base64": False,
    f"{NAME} ssh-ed25519": False,
    f"{NAME} a-kind-that-nobody-knows AAAA": False,
    "": False,
}


@pytest.mark.parametrize(("line", "told"), LINES.items())
def test_lines(tmp_path: Path, line: str, told: bool) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"fw-one {OTHER}\n\n{line}\nfw-two {OTHER}\n")
    found = KnownHosts.of(str(file)).lookup(NAME)
    assert (found is not None and found["ssh-ed25519"].get_base64() == KEY.split()[1]) is told
    # paramiko by itself ends at a key that is no base64.
    if "not-base64" not in line:
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
    "line", ["@revoked", f"@revoked {KEY}", "@revoked * ssh-ed25519 =broken", f"# @revoked * {KEY}"]
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
