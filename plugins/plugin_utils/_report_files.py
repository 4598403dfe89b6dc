# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a report: what is written of an audit, and what other reports wrote of their hosts.

In the folder HOSTS each host has a file with what was read of it. Reports of parts of a fleet are joined from those.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible_collections.netpki.junos.plugins.module_utils._audit import LOOKED_AT
from ansible_collections.netpki.junos.plugins.module_utils._certificates import iso, parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._report import to_calendar, to_csv, to_json, to_metrics
from ansible_collections.netpki.junos.plugins.plugin_utils._page import to_html

HOSTS = "hosts"
#: A name of a file has 255 bytes at most, and an unfinished one is longer than the finished.
_LONGEST = 150
#: Hosts that a message names. It counts the others.
_TOLD = 10
#: The page is written last: where it is, the rest is.
FILES = {
    "report.json": to_json,
    "report.csv": to_csv,
    "calendar.ics": to_calendar,
    "metrics.prom": to_metrics,
    "report.html": to_html,
}


def read(directories: Iterable[str], within: timedelta) -> dict[str, Any]:
    """What was read of each host, by its name. Of a host in several directories, what the newest report tells.

    :param within: how far apart the times of the reports may lie.
    :raises InputError: a directory holds no report, one of its files is none of a report, or a report is too old.
    """
    made = sorted((_made(directory), directory) for directory in directories)
    if made and made[-1][0] - made[0][0] > within:
        (oldest, directory), newest = made[0], made[-1][0]
        raise InputError(
            f"merge: {directory} is of {iso(oldest)}, more than {within // timedelta(hours=1)} hours before the newest,"
            f" which is of {iso(newest)}. Repeat the run that should have written it, or set merge_within."
        )
    return {host: answer for _when, directory in made for host, answer in _hosts(directory)}


def _made(directory: str) -> datetime:
    """The time at which a report looks at its hosts."""
    file = Path(directory) / "report.json"
    if not file.is_file():
        raise InputError(f"merge: {directory} holds no report: there is no {file.name} in it.")
    return parse_date(_loaded(file, "generated")[0], f"{file}: generated")


def _hosts(directory: str) -> Iterator[tuple[str, Any]]:
    for file in sorted((Path(directory) / HOSTS).glob("*.json")):
        host, answer = _loaded(file, "host", "answer")
        yield str(host), answer


def _loaded(file: Path, *names: str) -> list[Any]:
    """These values of a file that a report has written."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return [told[name] for name in names]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"merge: {file} is not what a report wrote: {error!r}.") from error


def of_hosts(hosts: Sequence[str] | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of these hosts and no others, or of all.

    :raises InputError: there is none of a host, or there is no host at all.
    """
    if hosts is None and not answers:
        raise InputError("merge: no directory holds a host.")
    if hosts is None:
        return dict(answers)
    if not hosts:
        raise InputError("hosts: no host is named.")
    if missing := sorted({*hosts} - answers.keys()):
        told = f"{', '.join(missing[:_TOLD])}{f' and {len(missing) - _TOLD} more' if len(missing) > _TOLD else ''}"
        raise InputError(
            f"merge: of {len({*hosts})} hosts, {len(missing)} are in no report: {told}. "
            "Repeat the run that should have read them, then merge again."
        )
    return {host: answers[host] for host in {*hosts}}


def write(directory: str, answers: Mapping[str, Any], audit: Mapping[str, Any], check_mode: bool) -> list[str]:
    """Write all files; the names of those that changed, in check mode of those that would.

    Each is whole at any time: it is replaced by a finished one. Afterwards only the hosts of this report have a file.

    :raises NetpkiError: a file cannot be written.
    """
    folder = Path(directory)
    try:
        return [name for name, text in _texts(folder, answers, audit) if _write(folder / name, text, check_mode)]
    except OSError as error:
        raise NetpkiError(f"The report cannot be written: {error}.") from error


def _texts(folder: Path, answers: Mapping[str, Any], audit: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Each file with its text. None: there should be no such file."""
    names = {_name(host): host for host in answers}
    for name, host in sorted(names.items()):
        answer = answers[host]
        told = {key: answer[key] for key in LOOKED_AT if key in answer} if isinstance(answer, Mapping) else {}
        text = json.dumps({"host": host, "answer": told}, sort_keys=True, ensure_ascii=False, indent=1)
        yield f"{HOSTS}/{name}", text + "\n"
    for file in sorted((folder / HOSTS).glob("*.json")):
        if file.name not in names and _is_of_a_report(file):
            yield f"{HOSTS}/{file.name}", None
    for name, to_text in FILES.items():
        yield name, to_text(audit)


def _name(host: str) -> str:
    name = quote(host, safe="")
    if len(name) > _LONGEST:
        name = f"{name[:_LONGEST]}-{hashlib.sha256(host.encode()).hexdigest()}"
    return f"{name}.json"


def _is_of_a_report(file: Path) -> bool:
    """Whether a report wrote it: the folder may be somebody's who has other files there."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.keys() == {"host", "answer"} and _name(str(told["host"])) == file.name


def _write(file: Path, text: str | None, check_mode: bool) -> bool:
    """Whether the file was, or in check mode would be, changed."""
    data = None if text is None else text.encode()
    if data == (file.read_bytes() if file.is_file() else None):
        return False
    if check_mode:
        return True
    if data is None:
        file.unlink()
        return True
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, file)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return True
