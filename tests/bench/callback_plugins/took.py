# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When each task began and had its last result, in seconds, as JSON in the file that BENCH_TOOK names."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: took
type: aggregate
short_description: When each task began and ended
description: For the benchmarks.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "took"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[list[Any]] = []

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        now = time.monotonic()
        self._tasks.append([task.get_name(), now, now])

    def _ended(self, *_results: Any, **_options: Any) -> None:
        self._tasks[-1][2] = time.monotonic()

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = v2_runner_on_skipped = _ended

    def v2_playbook_on_stats(self, stats: Any) -> None:
        first = self._tasks[0][1] if self._tasks else 0.0
        took = [[name, start - first, end - first] for name, start, end in self._tasks]
        Path(os.environ["BENCH_TOOK"]).write_text(json.dumps(took))
