# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The in-process shell: an Ansible worker runs the task itself.

Ansible loads an action plugin in the parent process before it forks a worker per host. Importing PyEZ costs half a
second, and here it is imported (by _run, through _device) once per run, not once per host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import NoLogError, UnsupportedError
from ansible.plugins.action import ActionBase
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import secrets
from ansible_collections.netpki.junos.plugins.module_utils._run import configure
from ansible_collections.netpki.junos.plugins.module_utils._secrets import mask_text

#: Connection options, and the inventory variables that stand in for them, in the order of preference.
INVENTORY_VARIABLES = {
    "host": ("ansible_host", "inventory_hostname"),
    "port": ("ansible_port",),
    "user": ("ansible_user", "ansible_ssh_user"),
    "password": ("ansible_password", "ansible_ssh_password", "ansible_ssh_pass"),
    "ssh_private_key_file": ("ansible_ssh_private_key_file", "ansible_private_key_file"),
    "host_key_checking": ("ansible_host_key_checking", "ansible_ssh_host_key_checking"),
}
#: The same from the play and the command line (``-u``, ``-k``, ``--private-key``).
PLAY_ATTRIBUTES = {"user": "remote_user", "password": "password", "ssh_private_key_file": "private_key_file"}


def _plain_for_mapping(
    spec: Mapping[str, Any], args: Mapping[str, Any], where: str = ""
) -> Iterator[tuple[str, Iterable[str]]]:
    """The options that hold a number or the like in place of a mapping, with the names of its options.

    Ansible's validator stumbles over these with a TypeError of its own. What it does with a text, it does well.
    """
    for option, about in spec.items():
        value = args.get(option)
        if "options" not in about or value is None:
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                yield from _plain_for_mapping(about["options"], item, f"{where}{option}.")
            elif not isinstance(item, str):
                yield f"{where}{option}", about["options"]


class PkiActionBase(ActionBase):
    """Runs ``configure`` in the worker, or the module on another host where the task is delegated to one."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True
    ARGUMENT_SPEC: dict[str, Any]

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        self._task.args = self._with_inventory(task_vars or {})
        params = self._validated(self._task.args)
        if self._task.delegate_to and self._connection.transport != "local":
            return {**result, **self._execute_module(task_vars=task_vars)}
        try:
            return {**result, **configure(params, self._task.check_mode, self._task.diff)}
        except NetpkiError as error:
            # The one sentence is the whole story; a traceback of ours would not help the user.
            raise AnsibleActionFail(str(error)) from None

    def _validated(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the spec types them, defaults filled in.

        Not by ActionBase.validate_argument_spec: that one shows the arguments with its errors, secrets included.
        """
        for option, names in _plain_for_mapping(self.ARGUMENT_SPEC, args):
            raise AnsibleActionFail(f"{option}: give a mapping with {', '.join(names)}.")
        found = ArgumentSpecValidator(self.ARGUMENT_SPEC).validate(args)
        # A NoLogError comes in front of an error that says the same and names the option.
        for error in found.errors.errors:
            if not isinstance(error, NoLogError):
                unsupported = isinstance(error, UnsupportedError)
                where = f"Unsupported parameters for ({self._task.action}) module: " if unsupported else ""
                raise AnsibleActionFail(mask_text(f"{where}{error.msg}", secrets(args)))
        return dict(found.validated_parameters)

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
        args.setdefault("host_key_checking", C.HOST_KEY_CHECKING)
        return args
