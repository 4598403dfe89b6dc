# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the README shows is what a user gets: its playbook is run, and its output is compared."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from integration.playing import Stage

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "tests/junosim/fleets/configs/srx-hq-old.conf"
DEVICES = {"fw-berlin": {"address": "127.90.9.1", "release": "19.4R3", "config_file": str(CONFIG)}}

BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
PLAYBOOK = next(text for language, text in BLOCKS if language == "yaml")
DIFF, SECOND, COMMANDS = [text for language, text in BLOCKS if language == "text"]
VARIABLES = {"vault_challenge": "juniper"}


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_playbook_has_twenty_lines() -> None:
    assert len(lines(PLAYBOOK)) == 20


def test_the_output_is_the_real_one(stage: Stage) -> None:
    (play,) = yaml.safe_load(PLAYBOOK)
    device, tasks = stage["fw-berlin"], play.pop("tasks")
    play["hosts"] = "all"
    check = stage.play(device, *tasks, options=["--check", "--diff"], variables=VARIABLES, **play)
    assert lines(check.stdout[check.stdout.index("TASK") :]) == lines(DIFF)
    assert check.result["commands"] == lines(COMMANDS)
    assert stage.play(device, *tasks, variables=VARIABLES, **play).result["changed"] is True
    second = stage.play(device, *tasks, variables=VARIABLES, **play)
    assert lines(second.stdout)[-1] == lines(SECOND)[0]
