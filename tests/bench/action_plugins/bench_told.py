# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What junos_pki_info answers on a host with three certificates, without a device: what a report costs by itself."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from bench.told import told


class ActionModule(ActionBase):
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        return {**result, **told((task_vars or {})["inventory_hostname"])}
