# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact: the same bytes from the same files, nothing in it that a user cannot use, and it installs."""

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

#: To develop the collection takes a clone.
DEVELOPED = {
    *(".ci", ".github", ".gitignore", ".yamllint", "Makefile", "pyproject.toml", "requirements"),
    "extensions/molecule",
    *(f"tests/{name}" for name in ("bench", "chaos", "fuzz", "integration", "proof", "release", "tools", "unit")),
}
#: The simulated devices and their CA, for anybody's playbooks, and the demo that shows both.
USED = {"LICENSES", "REUSE.toml", "docs", "playbooks", "tests/demo", "tests/junosim", "tests/testca"}


def ansible_galaxy(*arguments: str, home: Path) -> None:
    """Run ansible-galaxy, which would have nothing to install where it sees the collection elsewhere."""
    settings = {"HOME": home, "COLLECTIONS_PATH": home, "COLLECTIONS_SCAN_SYS_PATH": "false", "NOCOLOR": "1"}
    environment = {**os.environ, **{f"ANSIBLE_{name}": str(value) for name, value in settings.items()}}
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Artifact:
    path: Path

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
    """The artifact of a copy of the repository whose files are of that date."""
    tree = folder / "copy"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".ansible", "output"))
    for file in (*tree.rglob("*"), tree):
        os.utime(file, (date, date), follow_symlinks=False)
    ansible_galaxy("build", str(tree), "--output-path", str(folder), home=folder / "home")
    (path,) = folder.glob("*.tar.gz")
    subprocess.run([sys.executable, str(ROOT / "tests/tools/artifact.py"), str(path)], check=True)
    return Artifact(path)


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
    assert {name for name in DEVELOPED if not (ROOT / name).exists()} == set()
    assert DEVELOPED & artifact.members.keys() == set()
    assert USED - artifact.members.keys() == set()
    # Galaxy lints the artifact by these settings.
    assert [name for name in artifact.members if Path(name).name.startswith(".")] == [".ansible-lint"]


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
