# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the lines of requirements/dev.txt that files of requirements come to, with all that those need in turn.

What installs them, with their hashes, has what the tests have and no more. Run in the environment of the tests, which
knows what needs what: ``.venv/bin/python tests/tools/pinned.py requirements.txt``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).resolve().parents[2] / "requirements" / "dev.txt"


def asked(file: str) -> list[str]:
    """What a file of requirements asks for, without its remarks."""
    lines = (line.partition("#")[0].strip() for line in Path(file).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def needed(requirements: Iterable[str]) -> set[str]:
    """The names of all packages that requirements come to."""
    found: set[str] = set()
    following = list(requirements)
    while following:
        requirement = Requirement(following.pop())
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and name not in found:
            found.add(name)
            following += distribution(name).requires or ()
    return found


def main() -> None:
    names = needed(requirement for file in sys.argv[1:] for requirement in asked(file))
    pins = LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    print("\n".join(line for line in pins if line.partition("==")[0] in names))


if __name__ == "__main__":
    main()
