# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters by themselves, without Ansible, and the report with it, on answers that no device had to give."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.netpki.junos.plugins.filter.reenroll_audit import reenroll_audit
from ansible_collections.netpki.junos.plugins.filter.reenroll_plan import reenroll_plan
from ansible_collections.netpki.junos.plugins.filter.reenroll_renewals import reenroll_renewals
from ansible_collections.netpki.junos.plugins.filter.reenroll_report import reenroll_report

from .measure import Row, WrongError, ansible, settings, watched
from .told import VARIABLE, told

NOW = "2027-06-01T00:00:00Z"
#: Of each answer.
CERTIFICATES = 3


def filters(certificates: int) -> list[Row]:
    """Plans and findings of so many certificates."""
    answers = {f"fw{number:05}": told(f"fw{number:05}") for number in range(-(-certificates // CERTIFICATES))}

    def plans() -> int:
        found = 0
        for answer in answers.values():
            entries = {entry["certificate_id"]: entry for entry in answer["configuration"]["config"]}
            for certificate in answer["local_certificates"]:
                entry = entries[certificate["certificate_id"]]
                found += bool(reenroll_plan(certificate, entry, NOW, answer["release"])["trigger"])
        return found

    def renewals() -> int:
        found = 0
        for answer in answers.values():
            result = {"after": answer["configuration"], "certificates": answer["local_certificates"]}
            found += len(reenroll_renewals({**result, "release": answer["release"]}, NOW))
        return found

    audited: Any = {}

    def audit() -> int:
        audited.update(reenroll_audit(answers, NOW))
        return len(audited["certificates"])

    def report() -> int:
        for format in ("json", "csv", "calendar", "metrics"):
            reenroll_report(audited, format)
        return len(audited["certificates"])

    return [
        _timed("reenroll_plan, one call a certificate", plans),
        _timed("reenroll_renewals, one call a host", renewals),
        _timed("reenroll_audit, one call", audit),
        _timed("reenroll_report, its four formats", report),
    ]


def _timed(what: str, work: Callable[[], int]) -> Row:
    wall, cpu, load = time.monotonic(), time.process_time(), os.getloadavg()[0]
    done = work()
    return {
        "what": what,
        "certificates": done,
        "cpu": time.process_time() - cpu,
        "wall": time.monotonic() - wall,
        "load": load,
    }


#: The role's own tasks, after one that tells what a device would have told.
_TASKS = [
    {"name": "Tell", "bench_told": {}, "register": "__pki_report_read"},
    *(
        {"name": name, "ansible.builtin.import_role": {"name": "netpki.junos.pki_report", "tasks_from": name}}
        for name in ("write", "verdict")
    ),
]


def report(certificates: int, folder: Path) -> Row:
    """The role pki_report through Ansible, for so many certificates."""
    folder = folder / f"report-{certificates}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "home").mkdir(parents=True)
    hosts = -(-certificates // CERTIFICATES)
    inventory = {
        "all": {
            "vars": {"pki_report_directory": str(folder / "report"), "pki_report_now": NOW},
            "hosts": {f"fw{number:05}": {} for number in range(hosts)},
        }
    }
    play = {"hosts": "all", "gather_facts": False, "tasks": _TASKS}
    environment = {**settings(folder), VARIABLE: os.environ[VARIABLE]}
    load = os.getloadavg()[0]
    cost = watched(ansible(folder, [play], inventory), folder, environment)
    if cost["status"]:
        raise WrongError(f"the report: status {cost['status']}, see {folder}")
    # The first task tells, the others are the report's, with what Ansible does between them.
    (_tell, *tasks) = json.loads((folder / "took").read_text())
    return {
        "what": f"role pki_report, {hosts:,} hosts",
        "certificates": hosts * CERTIFICATES,
        "wall": tasks[-1][2] - tasks[0][1],
        "cpu": cost["cpu"],
        "controller_mb": cost["controller"] / 1e6,
        "worker_mb": cost["worker"] / 1e6,
        "took": {name.rpartition(" : ")[2]: end - start for name, start, end in tasks},
        "load": load,
    }
