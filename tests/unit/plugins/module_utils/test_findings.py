# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._findings import OK, SEVERITIES, Finding, worst


@pytest.mark.parametrize(
    ("severities", "answer"),
    [
        ([], "ok"),
        (["ok", "ok"], "ok"),
        (["info", "ok"], "info"),
        (["info", "warning", "info"], "warning"),
        (["warning", "error", "ok"], "error"),
    ],
)
def test_worst(severities: list[str], answer: str) -> None:
    assert worst(severities) == answer
    assert worst(iter(reversed(severities))) == answer


def test_the_worst_comes_first() -> None:
    assert (*SEVERITIES, OK) == ("error", "warning", "info", "ok")


def test_text() -> None:
    assert Finding("no-entry", "error", "Nothing renews it.", "Declare an entry.").text == (
        "Nothing renews it. Declare an entry."
    )
