# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the collection stands in galaxy.yml, and nothing else says another one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
RELEASES = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())["releases"]

#: The changelog tells of other releases. The pins are of other hands' packages.
OTHERS = {Path("CHANGELOG.md"), Path("changelogs/changelog.yaml"), *map(Path, ("requirements/dev.txt", "LICENSE"))}

SUFFIXES = ("", ".cfg", ".json", ".md", ".py", ".rst", ".toml", ".txt", ".yaml", ".yml")
#: What tools leave in the tree.
MADE = {".ansible", ".git", "output"}

NUMBER = r"""["'v]?(\d+\.\d+\.\d+[\w.-]*)"""
#: A release of this collection: behind its name, also in a file's name, and in what it ships as a version.
NAMED = re.compile(rf"""netpki[.-]junos["']?[\s:=@-]+(?:version["']?[\s:=]+)?{NUMBER}""")
CONSTANT = re.compile(rf"""\bversion(?:__)?["']?\s*[:=]\s*{NUMBER}""", re.IGNORECASE)
#: What AWX fetches and runs.
FETCHED = re.compile(rf"""(?:pki_awx_project_branch|junos-pki): ?{NUMBER}""")
SHIPPED = ("galaxy.yml", "meta", "playbooks", "plugins", "roles")
ADDED = re.compile(rf"^\s*version_added:\s*{NUMBER}", re.MULTILINE)


def texts() -> Iterator[tuple[Path, str]]:
    for file in sorted(ROOT.rglob("*")):
        name = file.relative_to(ROOT)
        if file.is_file() and file.suffix in SUFFIXES and name not in OTHERS and not MADE.intersection(name.parts):
            yield name, file.read_text()


def test_the_version_is_semantic() -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9a-z]+(\.[0-9a-z]+)*)?", VERSION)


def test_no_file_names_another_version() -> None:
    named = [(str(name), found) for name, text in texts() for how in (NAMED, FETCHED) for found in how.findall(text)]
    named += [
        (str(name), found) for name, text in texts() if name.parts[0] in SHIPPED for found in CONSTANT.findall(text)
    ]
    assert {("galaxy.yml", VERSION), ("playbooks/awx/vars/settings.yml", VERSION)} <= {*named}
    assert [(name, found) for name, found in named if found != VERSION] == []


def test_nothing_was_added_later() -> None:
    added = [(str(name), found) for name, text in texts() for found in ADDED.findall(text)]
    assert len(added) >= 10
    assert [(name, found) for name, found in added if Version(found) > Version(VERSION)] == []


def test_no_release_is_later() -> None:
    assert [release for release in RELEASES if Version(release) > Version(VERSION)] == []


def test_the_changelog_is_what_its_data_say(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "changelogs", tmp_path / "changelogs")
    shutil.copy(ROOT / "galaxy.yml", tmp_path)
    subprocess.run(["antsibull-changelog", "generate"], cwd=tmp_path, check=True)
    assert (tmp_path / "CHANGELOG.md").read_text() == (ROOT / "CHANGELOG.md").read_text()
