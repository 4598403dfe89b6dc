# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told of the properties: how many cases each was tried on."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest
from fuzz import profiles

profiles.register()

_CASES = "cases of a property"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    told = re.findall(r"(\d+) passing", getattr(item, "hypothesis_statistics", ""))
    if report.when == "call" and told:
        report.user_properties.append((_CASES, sum(map(int, told))))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    tried = [
        (number, report.nodeid)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        for name, number in report.user_properties
        if name == _CASES
    ]
    terminalreporter.section(f"{sum(number for number, _test in tried)} cases of {len(tried)} properties")
    for number, test in sorted(tried, key=lambda row: row[1]):
        terminalreporter.write_line(f"{number:7} {test}")
