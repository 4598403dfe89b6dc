# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.netpki.junos.plugins.module_utils._audit import CA_CAPACITY, audit, capacity
from ansible_collections.netpki.junos.plugins.module_utils._certificates import parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import validated
from ansible_collections.netpki.junos.plugins.plugin_utils._report_files import of_hosts, read, write

ARGUMENT_SPEC: dict[str, Any] = {
    "directory": {"type": "path", "required": True},
    "registered": {"type": "str"},
    "merge": {"type": "list", "elements": "path"},
    "hosts": {"type": "list", "elements": "str"},
    "merge_within": {"type": "int", "default": 12},
    "now": {"type": "str"},
    "ca_capacity": {"type": "int", "default": CA_CAPACITY},
}
#: In hours.
A_YEAR = 8760
#: Findings in the result. All of them are in the files.
WORST = 10


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            return {**result, **self._report(validated(ARGUMENT_SPEC, self._task.args), task_vars or {})}
        except NetpkiError as error:
            return {**result, "failed": True, "msg": str(error)}

    def _report(self, params: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if (params["registered"] is None) == (params["merge"] is None):
            raise InputError("Give one of registered and merge.")
        if params["hosts"] is not None and params["merge"] is None:
            raise InputError("hosts: only with merge. Without it, the report is about the hosts of the play.")
        if not 0 <= params["merge_within"] <= A_YEAR:
            raise InputError(f"merge_within: {params['merge_within']} is not a whole number from 0 to {A_YEAR}.")
        now = parse_date(params["now"], "now") if params["now"] else datetime.now(UTC)
        if params["merge"] is None:
            answers = _of_the_play(params["registered"], task_vars)
        else:
            answers = of_hosts(params["hosts"], read(params["merge"], timedelta(hours=params["merge_within"])))
        audited = audit(answers, now, capacity(params["ca_capacity"]))
        files = write(params["directory"], answers, audited, self._task.check_mode)
        return {
            "changed": bool(files),
            "files": files,
            "summary": audited["summary"],
            "worst": audited["findings"][:WORST],
        }


def _of_the_play(variable: str, task_vars: dict[str, Any]) -> dict[str, Any]:
    """What each host of the play registered; nothing for a host that had failed before.

    As it was registered. In a template each text of it would be looked through, which for the certificates of a large
    fleet takes longer than all the rest.
    """
    hostvars = task_vars["hostvars"]
    return {str(host): hostvars.raw_get(host).get(variable, {}) for host in task_vars["ansible_play_hosts_all"]}
