# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible says in the demo: one line per device, the difference below it, and the results as a file."""

from __future__ import annotations

import json
import os
import textwrap
from typing import Any

from ansible.executor.task_result import CallbackTaskResult
from ansible.playbook.play import Play
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: demo
type: stdout
short_description: The compact output of the demo
description:
  - One line per device. With C(--diff) in check mode, the device's own compare text below it.
  - The results of the run go to the file that the environment variable C(DEMO_RESULTS) names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "demo"

    def __init__(self) -> None:
        super().__init__()
        self._batch = 0
        self._results: dict[str, dict[str, Any]] = {}

    def v2_playbook_on_play_start(self, play: Play) -> None:
        self._batch += 1
        hosts = play.get_variable_manager().get_vars(play=play)["ansible_play_batch"]
        self._display.display(f"   batch {self._batch}: {', '.join(hosts)}")

    def v2_runner_on_ok(self, result: CallbackTaskResult) -> None:
        facts = result.result.get("ansible_facts", {})
        if "pki_reenroll_plan" in facts:
            self._results.setdefault(result.host.get_name(), {})["plan"] = facts["pki_reenroll_plan"]
        elif "local_certificates" in result.result:
            count = len(result.result["local_certificates"] or ())
            read = f"{count} certificate{'' if count == 1 else 's'}"
            self._display.display(f"     {result.host.get_name():<16} {result.result['release']:<13} {read}")
        elif "commands" in result.result:
            self._configured(result)

    def _configured(self, result: CallbackTaskResult) -> None:
        host, told = result.host.get_name(), result.result
        self._results[host] = {"changed": told["changed"], "release": told["release"]}
        changed = "would change" if result.task.check_mode else "changed"
        count = len(told["commands"])
        what = f"{changed}, {count} line{'' if count == 1 else 's'}" if told["changed"] else "nothing to change"
        self._display.display(f"     {host:<16} {told['release']:<13} {what}")
        difference = told.get("diff", {}).get("prepared", "")
        for line in difference.splitlines() if result.task.check_mode else ():
            self._display.display(f"       {line}".rstrip())
        for warning in told.get("warnings", ()) if told["changed"] else ():
            self._display.display(textwrap.indent(textwrap.fill(f"warning: {warning}", 110), "       "))

    def v2_runner_item_on_ok(self, result: CallbackTaskResult) -> None:
        """A certificate that was enrolled: the commands that a person would have typed."""
        for command in result.result.get("commands", ()):
            self._display.display(
                textwrap.fill(
                    command, 110, initial_indent="       ", subsequent_indent="         ", break_on_hyphens=False
                )
            )

    def v2_runner_on_failed(self, result: CallbackTaskResult, ignore_errors: bool = False) -> None:
        self._display.display(f"     {result.host.get_name():<16} failed: {result.result.get('msg')}")

    v2_runner_on_unreachable = v2_runner_on_failed

    def v2_playbook_on_stats(self, stats: Any) -> None:
        with open(os.environ["DEMO_RESULTS"], "w", encoding="utf-8") as file:
            json.dump(self._results, file)
