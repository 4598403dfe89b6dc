# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make docs` fails where a page refers to what is not there, and does so again where nothing was mended."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = """\
.. _here:

Page
====

:ref:`here`, :ref:`Ansible's <common_return_values>`, :ref:`ansible_collections.netpki.junos.docsite.nowhere`,
:ref:`it <too>`
"""


def test_a_reference_that_leads_nowhere_fails_each_time(tmp_path: Path) -> None:
    (tmp_path / "index.rst").write_text(PAGE)
    (options,) = re.findall(r"\tsphinx-build (.*) \$.* \$.*", (ROOT / "Makefile").read_text())
    command = [sys.executable, "-m", "sphinx", *options.split(), str(tmp_path), str(tmp_path / "html")]
    warnings = [
        f"{tmp_path / 'index.rst'}:6: WARNING: undefined label: '{label}' [ref.ref]"
        for label in ("ansible_collections.netpki.junos.docsite.nowhere", "too")
    ]
    for _time in range(2):
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr.splitlines()) == (1, warnings)
