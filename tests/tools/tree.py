# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirror the work tree to the folder given as argument: what git tracks or would track, and nothing else.

Ansible finds a collection by its path, ``ansible_collections/netpki/junos``, and a clone may have any name. New files
are tested before they are committed; with ``--tracked`` they are left out, so that what lies about is not published.
A file that did not change is left alone, so that a test running in the mirror is not disturbed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
KEEP = (Path("tests/output"),)  # ansible-test writes its results there
KEEP_ANYWHERE = "__pycache__"


def git(*arguments: str) -> str:
    """What git says in the clone. SystemExit where it says nothing: not in a clone, or in another user's."""
    answer = subprocess.run(["git", *arguments], cwd=SOURCE, check=False, stdout=subprocess.PIPE, text=True)
    if answer.returncode:
        raise SystemExit(
            f"{SOURCE}: git does not say which files count, for the reason above. This takes a clone of your own"
        )
    return answer.stdout


def listed(*which: str) -> set[Path]:
    """Files of the clone, relative to the root; a tracked file that was deleted in the work tree is left out."""
    names = git("ls-files", "-z", *which).split("\0")
    return {Path(name) for name in names if name and os.path.lexists(SOURCE / name)}


def wanted(tracked: bool) -> set[Path]:
    """The files to mirror, new ones unless only ``tracked`` ones count."""
    files, new = listed("--cached"), listed("--others", "--exclude-standard")
    if not tracked:
        return files | new
    for file in sorted(new):
        print(f"{file} is left out: git does not track it")
    return files


def is_current(source: Path, copy: Path) -> bool:
    if not os.path.lexists(copy):
        return False
    ours, theirs = source.lstat(), copy.lstat()
    return (ours.st_mode, ours.st_size, ours.st_mtime_ns) == (theirs.st_mode, theirs.st_size, theirs.st_mtime_ns)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_stale(target: Path, files: set[Path]) -> None:
    """Delete what the mirror holds and the work tree does not."""
    folders = {parent for file in (*files, *(keep / "x" for keep in KEEP)) for parent in file.parents}
    for folder, folder_names, file_names in os.walk(target):
        here = Path(folder).relative_to(target)
        for name in [*folder_names]:
            if name == KEEP_ANYWHERE or here / name in KEEP:
                folder_names.remove(name)
            elif here / name not in folders:
                folder_names.remove(name)
                remove(target / here / name)
        for name in file_names:
            if here / name not in files:
                remove(target / here / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("--tracked", action="store_true", help="leave out new files, and say which")
    options = parser.parse_args()
    target, files = options.target, wanted(options.tracked)
    target.mkdir(parents=True, exist_ok=True)
    remove_stale(target, files)
    for file in sorted(files):
        if not is_current(SOURCE / file, target / file):
            remove(target / file)
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / file, target / file, follow_symlinks=False)


if __name__ == "__main__":
    main()
