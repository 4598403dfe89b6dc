# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long each task took for all its hosts, in seconds, as JSON in the file that BENCH_TOOK names."""

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
short_description: Seconds for each task
description: For the benchmarks.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "took"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._begun: list[tuple[str, float]] = []

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._begun.append((task.get_name(), time.monotonic()))

    def v2_playbook_on_stats(self, stats: Any) -> None:
        ends = [*(start for _name, start in self._begun[1:]), time.monotonic()]
        took = [[name, end - start] for (name, start), end in zip(self._begun, ends, strict=True)]
        Path(os.environ["BENCH_TOOK"]).write_text(json.dumps(took))
