# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as a page for people: one file that asks for no other. Its parts are in the folder page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._report import to_json
from jinja2 import Environment, StrictUndefined

_PARTS = Path(__file__).parent / "page"


def to_html(report: Mapping[str, Any]) -> str:
    """The page of an audit. What devices and people named stays text in it."""
    # The template escapes what it writes; an automatic escape would do it to style, script and JSON as well.
    environment = Environment(trim_blocks=True, undefined=StrictUndefined, autoescape=False)
    page = environment.from_string(_part("report.html.j2"))
    return page.render(report=report, json=to_json(report), style=_part("report.css"), script=_part("report.js"))


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")
