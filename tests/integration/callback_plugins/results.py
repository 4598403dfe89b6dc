# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of each task on each host, as lines of JSON in the file that RESULTS_FILE names."""

from __future__ import annotations

import json
import os
from functools import partialmethod
from typing import Any

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: results
type: aggregate
short_description: Results of every task as JSON
description: For tests.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, status: str, task_result: Any, **_options: Any) -> None:
        # From 2.19 on, ansible-core leaves an empty list of warnings out by itself.
        data = {name: value for name, value in task_result._result.items() if name != "warnings" or value}
        fields = {"data": data, "args": task_result._task_fields["args"]}
        line = {"host": task_result._host.name, "status": status, **fields}
        with open(os.environ["RESULTS_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, cls=AnsibleJSONEncoder) + "\n")

    v2_runner_on_ok = partialmethod(_write, "ok")
    v2_runner_on_failed = partialmethod(_write, "failed")
    v2_runner_on_unreachable = partialmethod(_write, "unreachable")
    v2_runner_on_skipped = partialmethod(_write, "skipped")
