# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._audit import audit
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.plugin_utils import _report_files
from ansible_collections.netpki.junos.plugins.plugin_utils._report_files import FILES, read, write

WITHIN = timedelta(hours=12)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANSWER: dict[str, Any] = {
    "release": "22.4R3",
    "configuration": {"ca_profiles": [], "config": []},
    "local_certificates": [{"certificate_id": "vpn-01", "subject": "CN=Ærø", "not_after": "2027-01-01T00:00:00Z"}],
    "not_read": {},
}


def written(folder: Path, answers: dict[str, Any], check_mode: bool = False, now: datetime = NOW) -> list[str]:
    return write(str(folder), answers, audit(answers, now), check_mode)


def below(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    answers = {"fw1": ANSWER, "fw2": {"failed": True, "msg": "no"}, "fw3": "?"}
    assert written(tmp_path / "a", answers) == [*(f"hosts/fw{number}.json" for number in (1, 2, 3)), *FILES]
    assert read([str(tmp_path / "a")], WITHIN) == {"fw1": ANSWER, "fw2": {"msg": "no"}, "fw3": {}}
    assert [file.stat().st_mode & 0o777 for file in (tmp_path / "a").rglob("*.*")] == [0o644] * 8


def test_what_no_audit_looks_at_is_not_kept(tmp_path: Path) -> None:
    written(tmp_path, {"fw1": ANSWER | {"invocation": {"module_args": {"password": "x"}}, "statistics": {}}})
    assert json.loads((tmp_path / "hosts" / "fw1.json").read_text()) == {"host": "fw1", "answer": ANSWER}


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path, {"fw1": ANSWER})
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in below(tmp_path)}
    assert written(tmp_path, {"fw1": ANSWER}) == []
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in below(tmp_path)} == before


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_host_that_is_no_more_loses_its_file(tmp_path: Path, check_mode: bool) -> None:
    written(tmp_path, {"fw1": ANSWER, "fw2": ANSWER})
    for name in ("notes.txt", "somebodys.json", "fw9.json"):
        (tmp_path / "hosts" / name).write_text('{"host": "fw3", "answer": {}}')
    before = below(tmp_path)
    changed = written(tmp_path, {"fw1": ANSWER}, check_mode)
    assert changed == ["hosts/fw2.json", *FILES]
    assert below(tmp_path) == (before if check_mode else [name for name in before if name != "hosts/fw2.json"])


def test_check_mode_makes_no_directory(tmp_path: Path) -> None:
    assert written(tmp_path / "a" / "b", {"fw1": ANSWER}, check_mode=True) == ["hosts/fw1.json", *FILES]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["../fw1", "/etc/fw1", "a/b", "..", ".", "%2e%2e", "fw 1", "Ærø", "fw\n1", "火" * 200])
def test_a_name_of_a_host_leads_nowhere(tmp_path: Path, host: str) -> None:
    written(tmp_path / "report", {host: ANSWER})
    assert sorted(file.parent.name for file in tmp_path.rglob("*.*")) == ["hosts"] + ["report"] * 5
    assert read([str(tmp_path / "report")], WITHIN) == {host: ANSWER}


def test_of_a_host_in_several_directories_the_newest_report_counts(tmp_path: Path) -> None:
    written(tmp_path / "a", {"fw1": ANSWER, "fw2": ANSWER}, now=NOW)
    written(tmp_path / "b", {"fw1": {"msg": "no"}, "fw3": ANSWER}, now=NOW - WITHIN)
    one, other = str(tmp_path / "a"), str(tmp_path / "b")
    assert read([one, other], WITHIN) == read([other, one], WITHIN) == {"fw1": ANSWER, "fw2": ANSWER, "fw3": ANSWER}


def test_a_report_of_an_earlier_round_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "a", {"fw1": ANSWER}, now=NOW)
    written(tmp_path / "b", {"fw2": ANSWER}, now=NOW - WITHIN - timedelta(seconds=1))
    with pytest.raises(InputError) as raised:
        read([str(tmp_path / "a"), str(tmp_path / "b")], WITHIN)
    assert str(raised.value) == (
        f"merge: {tmp_path}/b is of {iso(NOW - WITHIN - timedelta(seconds=1))}, more than 12 hours before the newest,"
        f" which is of {iso(NOW)}. Repeat the run that should have written it, or set merge_within."
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"generated": "soon"}', '{"generated": 1}'])
def test_a_report_whose_time_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InputError, match=r"report\.json"):
        read([str(tmp_path)], WITHIN)


def test_parts_joined_are_the_whole_byte_for_byte(tmp_path: Path) -> None:
    answers = {f"fw{number}": ANSWER | {"release": f"2{number}.4R1"} for number in range(4)}
    written(tmp_path / "whole", answers)
    for part in ("02", "13"):
        written(tmp_path / part, {f"fw{number}": answers[f"fw{number}"] for number in part})
    written(tmp_path / "joined", read([str(tmp_path / "02"), str(tmp_path / "13")], WITHIN))
    assert below(tmp_path / "joined") == below(tmp_path / "whole") != []
    for name in below(tmp_path / "whole"):
        assert (tmp_path / "joined" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.parametrize("text", ["", "[]", '{"host": "fw1"}', "\xff", '"fw1"'])
def test_a_file_that_no_report_wrote_is_named(tmp_path: Path, text: str) -> None:
    written(tmp_path, {"fw1": ANSWER})
    file = tmp_path / "hosts" / "fw1.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(InputError) as raised:
        read([str(tmp_path)], WITHIN)
    assert str(raised.value).startswith(f"merge: {file} is not what a report wrote: ")


def test_a_directory_without_a_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read([str(tmp_path)], WITHIN)
    assert str(raised.value) == f"merge: {tmp_path} holds no report: there is no report.json in it."


def test_a_write_that_fails_leaves_the_file_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"fw1": ANSWER})
    before = {name: (tmp_path / name).read_bytes() for name in below(tmp_path)}

    def full(_file: str, _mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_report_files.os, "chmod", full)
    with pytest.raises(NetpkiError) as raised:
        written(tmp_path, {"fw1": {"msg": "no"}})
    assert str(raised.value) == "The report cannot be written: [Errno 28] No space left on device."
    assert {name: (tmp_path / name).read_bytes() for name in below(tmp_path)} == before
