# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module that writes the report, by itself: netpki.junos.junos_pki_report. Its role is tested with devices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._audit import audit
from ansible_collections.netpki.junos.plugins.module_utils._report import to_json
from ansible_collections.netpki.junos.plugins.plugin_utils._report_files import write
from integration.pages import NOW, fleet
from integration.playing import Player, Run

MODULE = "netpki.junos.junos_pki_report"
FILES = ["report.json", "report.csv", "calendar.ics", "metrics.prom", "report.html"]
ANSWERS = fleet(6)


@pytest.fixture
def parts(tmp_path: Path) -> list[str]:
    """Two reports, of one half of the hosts each."""
    names = sorted(ANSWERS)
    folders = [str(tmp_path / "one"), str(tmp_path / "other")]
    for folder, half in zip(folders, (names[:3], names[3:]), strict=True):
        answers = {name: ANSWERS[name] for name in half}
        write(folder, answers, audit(answers, NOW), check_mode=False)
    return folders


def run(player: Player, folder: Path, args: dict[str, Any], *options: str) -> Run:
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{MODULE: {"now": NOW.isoformat(), **args}}]}
    hosts = {"localhost": {"ansible_connection": "local"}}
    return player.play([play], {"all": {"hosts": hosts}}, folder, options)


def test_reports_are_joined_and_the_second_run_changes_nothing(
    player: Player, tmp_path: Path, parts: list[str]
) -> None:
    joined = tmp_path / "joined"
    args = {"directory": str(joined), "merge": parts}
    first = run(player, tmp_path, args).result.data
    report = audit(ANSWERS, NOW)
    hosts = [f"hosts/{name}.json" for name in sorted(ANSWERS)]
    assert (first["changed"], first["files"]) == (True, [*hosts, *FILES])
    assert (first["summary"], first["worst"]) == (report["summary"], report["findings"][:10])
    assert json.loads((joined / "report.json").read_text()) == report
    second = run(player, tmp_path, args).result.data
    assert (second["changed"], second["files"]) == (False, [])


def test_hosts_say_whom_the_report_is_about(player: Player, tmp_path: Path, parts: list[str]) -> None:
    joined = tmp_path / "joined"
    names = sorted(ANSWERS)
    told = run(player, tmp_path, {"directory": str(joined), "merge": parts, "hosts": [*names[1:], names[1]]}).result
    assert (told.error, told["summary"]["hosts"]) == ("", len(names) - 1)
    assert sorted(file.stem for file in (joined / "hosts").iterdir()) == names[1:]
    assert (joined / "report.json").read_text() == to_json(audit({name: ANSWERS[name] for name in names[1:]}, NOW))


@pytest.mark.parametrize(
    ("more", "told"), [(1, "new0"), (11, ", ".join(sorted(f"new{n}" for n in range(11))[:10]) + " and 1 more")]
)
def test_a_host_that_is_in_no_report_stops_the_merge(
    player: Player, tmp_path: Path, parts: list[str], more: int, told: str
) -> None:
    hosts = [*ANSWERS, *(f"new{number}" for number in range(more))]
    failed = run(player, tmp_path, {"directory": str(tmp_path / "joined"), "merge": parts, "hosts": hosts}).result
    assert failed.error == (
        f"merge: of {len(hosts)} hosts, {more} are in no report: {told}. "
        "Repeat the run that should have read them, then merge again."
    )
    assert (tmp_path / "joined").exists() is False


def test_check_mode_writes_nothing(player: Player, tmp_path: Path, parts: list[str]) -> None:
    told = run(player, tmp_path, {"directory": str(tmp_path / "joined"), "merge": parts}, "--check").result.data
    assert (told["changed"], len(told["files"])) == (True, len(FILES) + len(ANSWERS))
    assert (tmp_path / "joined").exists() is False


def test_what_hosts_registered_is_told_as_it_is(player: Player, tmp_path: Path) -> None:
    # A text that looks like a template, a host that registered that its task was left out, and one that nothing.
    fails = {"ansible.builtin.fail": {"msg": "{% raw %}{{ 1 + 1 }}{% endraw %}"}, "when": "number == 0"}
    tasks = [
        {"ansible.builtin.meta": "end_host", "when": "number == 2"},
        {**fails, "register": "told", "ignore_errors": True},
        {MODULE: {"directory": str(tmp_path / "report"), "registered": "told"}, "run_once": True},
    ]
    hosts = {f"fw{number}": {"ansible_connection": "local", "number": number} for number in range(3)}
    played = player.play([{"hosts": "all", "gather_facts": False, "tasks": tasks}], {"all": {"hosts": hosts}}, tmp_path)
    assert played.status == 0, played.everything
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert {row["host"]: row["sentence"] for row in report["findings"]} == {
        "fw0": "The host could not be read: {{ 1 + 1 }}.",
        "fw1": "The host could not be read: its configuration was not read.",
        "fw2": "The host could not be read: its configuration was not read.",
    }


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "Give one of registered and merge."),
        ({"registered": "pki", "merge": ["FOLDER"]}, "Give one of registered and merge."),
        ({"merge": ["FOLDER/none"]}, "merge: FOLDER/none holds no report: there is no report.json in it."),
        ({"merge": [], "hosts": []}, "hosts: no host is named."),
        ({"merge": []}, "merge: no directory holds a host."),
        ({"merge": [], "merge_within": -1}, "merge_within: -1 is not a whole number from 0 to 8760."),
        ({"merge": [], "merge_within": 10**12}, "merge_within: 1000000000000 is not a whole number from 0 to 8760."),
        (
            {"registered": "pki", "hosts": ["fw1"]},
            "hosts: only with merge. Without it, the report is about the hosts of the play.",
        ),
        ({"registered": "pki", "ca_capacity": 0}, "ca_capacity: 0 is not a whole number from 1 on."),
        ({"registered": "pki", "nwo": 1}, "Unsupported parameters: nwo. Supported parameters include: "),
        ({"registered": "pki", "now": "noon"}, "now: "),
    ],
)
def test_bad_input_is_refused(player: Player, tmp_path: Path, args: dict[str, Any], message: str) -> None:
    args = json.loads(json.dumps({"directory": "FOLDER/report", **args}).replace("FOLDER", str(tmp_path)))
    played = run(player, tmp_path, args)
    assert played.result.error.startswith(message.replace("FOLDER", str(tmp_path)))
    assert (tmp_path / "report").exists() is False
