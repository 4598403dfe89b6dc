# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write requirements/NAME.txt: what requirements/NAME.in comes to, each release with the hashes of all its files.

pip resolves, without installing anything, and keeps the pins that NAME.txt has; ``--upgrade`` takes what is newest. The
hashes come from the package index that pip uses. An environment of the oldest Python runs it, for which the newest
releases of some packages are older: ``.venv/bin/python tests/tools/lock.py``. NAME is dev where none is given.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
ABOUT = """\
# What requirements/{name}.in comes to, each release with the SHA-256 of all its files: pip takes no other file.
# Made by tests/tools/lock.py, not by hand.
"""


def pins(lock: Iterable[str]) -> list[str]:
    """The pins of a lock, without hashes."""
    return [line.partition(" ")[0] for line in lock if "==" in line]


def resolved(wishes: Path, constraints: Iterable[str]) -> dict[str, str]:
    """The releases that pip would install for a file of wishes, by name."""
    with tempfile.TemporaryDirectory() as folder:
        file, report = Path(folder) / "constraints.txt", Path(folder) / "report.json"
        file.write_text("\n".join(constraints))
        wanted = ["--requirement", str(wishes), "--constraint", str(file), "--report", str(report)]
        subprocess.run([*PIP, "install", "--dry-run", "--ignore-installed", "--quiet", *wanted], check=True)
        found = json.loads(report.read_text())["install"]
    return {canonicalize_name(one["metadata"]["name"]): one["metadata"]["version"] for one in found}


def index() -> str:
    """The package index that pip uses."""
    told = subprocess.run([*PIP, "config", "get", "global.index-url"], capture_output=True, text=True, check=False)
    return (os.environ.get("PIP_INDEX_URL") or told.stdout.strip() or "https://pypi.org/simple").rstrip("/")


def hashes(url: str, name: str, version: str) -> list[str]:
    """The hashes of a release's files, as the index tells them."""
    request = urllib.request.Request(f"{url}/{name}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        files = json.load(reply)["files"]
    found = sorted({file["hashes"]["sha256"] for file in files if release_of(file["filename"]) == Version(version)})
    if not found:
        raise SystemExit(f"{name} {version}: the index tells no file")
    return found


def release_of(filename: str) -> Version | None:
    """The release that a file is of; None where pip takes no such file."""
    try:
        return parse_wheel_filename(filename)[1] if filename.endswith(".whl") else parse_sdist_filename(filename)[1]
    except (InvalidSdistFilename, InvalidWheelFilename):
        return None


def lines(releases: Mapping[str, str]) -> Iterator[str]:
    url = index()
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda release: hashes(url, *release), sorted(releases.items()))
        for (name, version), digests in zip(sorted(releases.items()), found, strict=True):
            yield " \\\n    ".join((f"{name}=={version}", *(f"--hash=sha256:{digest}" for digest in digests)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", nargs="?", default="dev", help="which file of requirements; dev where none is given")
    parser.add_argument("--upgrade", action="store_true", help="take the newest releases, not those that are pinned")
    options = parser.parse_args()
    lock = REQUIREMENTS / f"{options.name}.txt"
    keep = [] if options.upgrade or not lock.exists() else pins(lock.read_text().splitlines())
    releases = resolved(lock.with_suffix(".in"), keep)
    lock.write_text(ABOUT.format(name=options.name) + "".join(f"{line}\n" for line in lines(releases)))
    print(f"{lock}: {len(releases)} releases")


if __name__ == "__main__":
    main()
