# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make collection` leaves: the same bytes from the same files, what a user can use, and it installs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = ("netpki", "junos")

#: All that is in it, of the folders DEEP one level more. To develop the collection takes a clone: the rest is for that,
#: and stands in build_ignore of galaxy.yml.
SHIPPED = {
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "LICENSES", "README.md", "REUSE.toml"),
    *("bindep.txt", "changelogs", "docs", "execution-environment", "meta", "requirements.txt"),
    *("playbooks", "plugins", "roles", "FILES.json", "MANIFEST.json"),
    "extensions/eda",
    # Galaxy lints the artifact by these settings, and tests it by the others.
    *(".ansible-lint", "tests/config.yml"),
    # The simulated devices and their CA, for anybody's playbooks, and the demo that shows both.
    *("tests/demo", "tests/junosim", "tests/testca"),
}
DEEP = ("extensions", "tests")

#: What lies about in a clone.
UNTRACKED = ("my-vault.yml", "plugins/modules/mine.py")


def ansible_galaxy(*arguments: str, home: Path) -> None:
    """Run ansible-galaxy, which would have nothing to install where it sees the collection elsewhere."""
    settings = {"HOME": home, "COLLECTIONS_PATH": home, "COLLECTIONS_SCAN_SYS_PATH": "false", "NOCOLOR": "1"}
    environment = {**os.environ, **{f"ANSIBLE_{name}": str(value) for name, value in settings.items()}}
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Artifact:
    path: Path
    told: list[str]

    @cached_property
    def members(self) -> dict[str, tarfile.TarInfo]:
        with tarfile.open(self.path) as archive:
            return {member.name: member for member in archive}

    def listed(self, name: str) -> dict[str, str]:
        """The files that a manifest lists, with their checksums."""
        with tarfile.open(self.path) as archive:
            file = archive.extractfile(name)
            assert file is not None
            rows = json.load(file)["files"]
        return {row["name"]: row["chksum_sha256"] for row in rows if row["ftype"] == "file"}


def built(folder: Path, date: int) -> Artifact:
    """The artifact of a clone whose files are of that date, and UNTRACKED ones beside them."""
    clone = folder / "clone"
    shutil.copytree(ROOT, clone, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".ansible", "output"))
    for command in (["git", "init", "--quiet"], ["git", "add", "--all"]):
        subprocess.run(command, cwd=clone, check=True)
    for name in UNTRACKED:
        (clone / name).write_text("secret: hunter2\n")
    for file in (*clone.rglob("*"), clone):
        os.utime(file, (date, date), follow_symlinks=False)
    # The environment that this runs in does, whatever its date.
    environment = [f"--assume-old={sys.prefix}/.made", f"VENV={sys.prefix}"]
    command = ["make", *environment, f"BUILD={folder / 'build'}", "collection"]
    ended = subprocess.run(command, cwd=clone, check=True, stdout=subprocess.PIPE, text=True)
    (path,) = folder.glob("build/*.tar.gz")
    return Artifact(path, ended.stdout.splitlines())


def parent(name: str) -> str:
    """Where in the repository a member lies, as SHIPPED says it."""
    parts = name.split("/")
    return "/".join(parts[: 2 if parts[0] in DEEP else 1])


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    return built(tmp_path_factory.mktemp("artifact"), 1_700_000_000)


def test_the_same_files_give_the_same_bytes(artifact: Artifact, tmp_path: Path) -> None:
    again = built(tmp_path, 1_600_000_000)
    assert again.path.name == artifact.path.name
    assert again.path.read_bytes() == artifact.path.read_bytes()


def test_nothing_of_the_build_is_in_it(artifact: Artifact) -> None:
    # Two builds may be of the same second, and find the same order on the disk.
    assert {member.mtime for member in artifact.members.values()} == {315_532_800}
    assert artifact.path.read_bytes()[4:8] == bytes(4)
    names = list(artifact.members)
    assert names == ["MANIFEST.json", "FILES.json", *sorted(names[2:])]
    assert list(artifact.listed("FILES.json")) == sorted(artifact.listed("FILES.json"))


def test_it_holds_what_a_user_can_use(artifact: Artifact) -> None:
    assert {parent(name) for name in artifact.members} - {*DEEP} == SHIPPED
    assert [name for name in artifact.members if Path(name).name.startswith(".")] == [".ansible-lint"]


def test_it_holds_what_git_tracks(artifact: Artifact) -> None:
    assert [line for line in artifact.told if "left out" in line] == [
        f"{name} is left out: git does not track it" for name in UNTRACKED
    ]
    assert artifact.members.keys() & {*UNTRACKED} == set()


def test_it_installs_into_an_empty_path(artifact: Artifact, tmp_path: Path) -> None:
    ansible_galaxy("install", "--offline", "-p", str(tmp_path), str(artifact.path), home=tmp_path)
    installed = tmp_path.joinpath("ansible_collections", *NAME)
    files = [file for file in sorted(installed.rglob("*")) if file.is_file()]
    sums = {str(file.relative_to(installed)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    listed = artifact.listed("FILES.json")
    assert {name: sums[name] for name in listed} == listed
    assert sums.keys() - listed.keys() == {"FILES.json", "MANIFEST.json"}
    manifest = json.loads((installed / "MANIFEST.json").read_text())
    assert manifest["file_manifest_file"]["chksum_sha256"] == sums["FILES.json"]
