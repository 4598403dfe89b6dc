# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a task of junos_pki_reenroll, as Ansible does, on a simulated device in this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _device, _options, _run
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._plan import Want
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node
from fuzz import inside
from fuzz.situations import Situation
from hypothesis import note
from junosim.device import Device


def arguments(situation: Situation, state: str) -> dict[str, Any]:
    args = {"host": "inside", **situation.task, **situation.where, "state": state}
    return _options.validated(_options.REENROLL_SPEC, args)


def wanted(situation: Situation, state: str) -> Want:
    return _options.want(arguments(situation, state))


def configure(made: Device, situation: Situation, state: str, check_mode: bool = False) -> dict[str, Any] | str:
    """The result of the task, or its error."""
    with inside.reached(made):
        try:
            return _run.configure(arguments(situation, state), check_mode, with_diff=True)
        except NetpkiError as error:
            note(f"refused: {error}")
            return str(error)


def read(made: Device, situation: Situation) -> Node:
    """The configuration as the collection reads it."""
    with inside.reached(made) as login, _device.Device(login) as session:
        return session.read(situation.scope).pki


def left_behind(made: Device) -> Mapping[str, Any]:
    state = made.state()
    return {name: state[name] for name in ("lock", "private", "candidate_dirty") if state[name]}
