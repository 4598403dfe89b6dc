# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what stands in the way of a release, a line each; ends with 1 if there is anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from tree import git

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def announced(releases: dict[str, Any]) -> set[str]:
    """The modules, filters and roles that the changelog has told of."""
    names = set()
    for release in releases.values():
        plugins, objects = release.get("plugins", {}), release.get("objects", {})
        for kind in (release.get("modules", []), *plugins.values(), *objects.values()):
            names |= {row["name"] for row in kind}
    return names


def present() -> set[str]:
    """The modules, filters and roles that are there."""
    plugins = [file.stem for kind in ("modules", "filter") for file in ROOT.glob(f"plugins/{kind}/*.py")]
    return {*(name for name in plugins if name != "__init__"), *(folder.name for folder in ROOT.glob("roles/*/"))}


def obstacles() -> Iterator[str]:
    version, releases = read("galaxy.yml")["version"], read("changelogs/changelog.yaml")["releases"]
    if version not in releases:
        yield f"changelogs/changelog.yaml has no release {version}: antsibull-changelog release"
    for fragment in sorted(ROOT.glob("changelogs/fragments/*")):
        yield f"{fragment.relative_to(ROOT)} is in no release: antsibull-changelog release"
    for name in sorted(announced(releases) ^ present()):
        yield f"{name} is new in no release of the changelog, or gone: antsibull-changelog release --refresh-plugins"
    uncommitted = git("status", "--porcelain").splitlines()
    if uncommitted:
        yield f"{len(uncommitted)} files or folders are not committed: git status"
    tags = git("tag", "--points-at", "HEAD").splitlines()
    if tags and version not in tags:
        yield f"galaxy.yml says {version}, the tag {', '.join(tags)}"


def main() -> int:
    found = list(obstacles())
    print("\n".join(found) or f"netpki.junos {read('galaxy.yml')['version']} is ready to be released")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
