# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands where ansible-test expects the get-pip script, which it would download otherwise.

Installs what it is told to with the pip wheel that lies beside it: a wheel of pip runs as it is.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

# Options of get-pip that pip does not know; a virtual environment made without pip has nothing to leave out.
FOREIGN = ("--no-setuptools", "--no-wheel")

if __name__ == "__main__":
    (wheel,) = Path(__file__).resolve().parent.glob("pip-*.whl")
    sys.path.insert(0, str(wheel))
    sys.argv[1:] = ["install", *(word for word in sys.argv[1:] if word not in FOREIGN)]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
