# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Held against paramiko's own reading of the same file."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._known_hosts import KnownHosts
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from paramiko import HostKeys

KEYS = [
    Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    .public_key()
    .public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    .decode()
    for number in (1, 2)
]
HASHED = HostKeys.hash_host("fw-9.example.net")

FILE = f"""# a comment

fw-1.example.net {KEYS[0]} somebody
fw-2.example.net,192.0.2.2 {KEYS[1]}
[192.0.2.3]:830 {KEYS[0]}
\tfw-4.example.net\t{KEYS[1]}
{HASHED} {KEYS[0]}
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


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KnownHosts().load(str(tmp_path / "known_hosts"))
