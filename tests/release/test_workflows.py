# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows run what a developer runs: targets of the Makefile, on the Python releases that are supported.

What is released was tested: a tag may stand on any commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .matrix import ROWS

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = {file.name: yaml.safe_load(file.read_text()) for file in sorted(ROOT.glob(".github/workflows/*.yml"))}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
ENVIRONMENT = yaml.safe_load((ROOT / "execution-environment/execution-environment.yml").read_text())
PYTHONS = sorted({row.python for row in ROWS}, key=lambda python: int(python.rpartition(".")[2]))


def jobs(name: str) -> list[dict[str, Any]]:
    """The jobs that a workflow has itself."""
    return [job for job in WORKFLOWS[name]["jobs"].values() if "steps" in job]


def steps(name: str, key: str) -> Iterator[str]:
    return (step[key] for job in jobs(name) for step in job["steps"] if key in step)


def test_there_is_one_for_each_change_and_one_for_each_release() -> None:
    runs = {name: [words.split()[:2] for words in steps(name, "run")] for name in WORKFLOWS}
    assert runs == {"ci.yml": [["make", "test"]], "release.yml": [["make", "release-check"]]}
    assert {target for words in runs.values() for _make, target in words} - TARGETS == set()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_and_no_more(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    assert [job["permissions"] for job in jobs(name) if "permissions" in job] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_token_lies_beside_what_others_wrote(name: str) -> None:
    checkouts = [step for job in jobs(name) for step in job["steps"] if "actions/checkout" in step.get("uses", "")]
    assert [step["with"] for step in checkouts] == [{"persist-credentials": False}]


def test_what_is_released_was_tested() -> None:
    # To YAML, `on` is a truth value.
    assert "workflow_call" in WORKFLOWS["ci.yml"][True]
    test, check = (WORKFLOWS["release.yml"]["jobs"][name] for name in ("test", "check"))
    assert (test, check["needs"]) == ({"uses": "./.github/workflows/ci.yml"}, "test")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_an_action_is_pinned_by_its_major_version(name: str) -> None:
    assert [used for used in steps(name, "uses") if not re.fullmatch(r"actions/[a-z-]+@v\d+", used)] == []


def test_every_supported_python_is_tested() -> None:
    (test,) = jobs("ci.yml")
    assert test["strategy"]["matrix"]["python"] == PYTHONS
    (check,) = jobs("release.yml")
    (pythons,) = [step["with"]["python-version"] for step in check["steps"] if "setup-python" in step.get("uses", "")]
    assert sorted(pythons.split()) == PYTHONS
    # make ee, a part of make test, takes the Python that it finds, and so in one of the jobs that of the image.
    assert ENVIRONMENT["dependencies"]["python_interpreter"]["package_system"].removeprefix("python") in PYTHONS
