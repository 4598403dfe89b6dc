# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The in-process shell: an Ansible worker runs the task itself.

Ansible loads an action plugin in the parent process before it forks a worker per host. Importing PyEZ costs half a
second, and here it is imported (by what the task does, through _device) once per run, not once per host.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from ansible import constants as C
from ansible.module_utils.parsing.convert_bool import BOOLEANS
from ansible.plugins.action import ActionBase
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import validated
from ansible_collections.netpki.junos.plugins.plugin_utils._plain import plain

#: Connection options, and the inventory variables that stand in for them: the first that is set counts. Their order is
#: that of the connection ansible.netcommon.netconf, where Ansible looks at its own old names first (ansible_ssh_user),
#: and at the one of the plugin before the one of all plugins.
INVENTORY_VARIABLES = {
    "host": ("ansible_ssh_host", "ansible_host", "inventory_hostname"),
    "port": ("ansible_ssh_port", "ansible_port"),
    "user": ("ansible_ssh_user", "ansible_user"),
    "password": ("ansible_ssh_pass", "ansible_password", "ansible_ssh_password", "ansible_netconf_password"),
    "ssh_private_key_file": ("ansible_ssh_private_key_file", "ansible_private_key_file"),
    "ssh_config": ("ansible_netconf_ssh_config", "ansible_pyez_ssh_config"),
    "proxy_command": ("ansible_netconf_proxy_command", "ansible_paramiko_proxy_command"),
    "host_key_checking": (
        "ansible_netconf_host_key_checking",
        "ansible_ssh_host_key_checking",
        "ansible_host_key_checking",
    ),
    "timeout": ("ansible_command_timeout",),
}
#: The same from the play and the command line (``-u``, ``-k``, ``--private-key``).
PLAY_ATTRIBUTES = {"user": "remote_user", "password": "password", "ssh_private_key_file": "private_key_file"}


class PkiActionBase(ActionBase):
    """Runs the task in the worker, or the module on another host where the task is delegated to one."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True
    ARGUMENT_SPEC: dict[str, Any]
    #: What the task does: its validated options, check mode and diff in, its result out.
    TASK: Callable[[dict[str, Any], bool, bool], dict[str, Any]]

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        # This process lives for one task. What it has from its parent, the inventory of the fleet, is not garbage, and
        # a look at it all would copy it.
        gc.freeze()
        result: dict[str, Any] = super().run(tmp, task_vars)
        # The task keeps its own arguments: callbacks see those, and the inventory's password is none of them.
        args = self._with_inventory(task_vars or {})
        try:
            params = validated(self.ARGUMENT_SPEC, args)
            if self._task.delegate_to and self._connection.transport != "local":
                return {**result, **self._execute_module(module_args=args, task_vars=task_vars)}
            return {**result, **self.TASK(params, self._task.check_mode, self._task.diff)}
        except NetpkiError as error:
            # Returned, not raised: Ansible before 2.19 would announce an exception in front of the one sentence.
            return {**result, "failed": True, "msg": str(error)}

    def _with_inventory(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """The task's arguments, with the connection options that it leaves out taken from the inventory."""
        args = dict(self._task.args)
        for option, names in INVENTORY_VARIABLES.items():
            if args.get(option) is None:
                value = next((task_vars[name] for name in names if task_vars.get(name) is not None), None)
                if value is None and option in PLAY_ATTRIBUTES:
                    value = getattr(self._play_context, PLAY_ATTRIBUTES[option], None)
                if value is not None:
                    args[option] = self._templar.template(value)
        # ansible.netcommon.netconf takes true for ~/.ssh/config, which counts here anyway.
        if not self._task.args.get("ssh_config") and str(args.get("ssh_config")).lower() in BOOLEANS:
            del args["ssh_config"]
        args.setdefault("host_key_checking", C.HOST_KEY_CHECKING)
        return dict(plain(args))
