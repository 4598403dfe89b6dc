# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a change is committed, and in which part of the configuration."""

    DOCUMENTATION = r"""
options:
  commit_comment:
    description:
      - Comment of the commit, as C(show system commit) shows it.
    type: str
  commit_confirmed:
    description:
      - Minutes within which the commit must be confirmed, or the device rolls it back by itself.
      - The task confirms it itself, after it has reached the device over a new connection and read back what it
        declared. If it cannot, it does not confirm, and the device rolls back.
      - Range 1 to 65535. Not possible with O(configuration_mode=private), because the device refuses it.
    type: int
  configuration_mode:
    description:
      - The candidate that the change is loaded into.
      - V(private) is a copy for this session, which nobody has to wait for. V(exclusive) locks the configuration
        meanwhile.
      - Both are refused by the device while somebody has uncommitted edits in the shared candidate.
      - V(exclusive) when left out and O(commit_confirmed) is given, V(private) otherwise.
    type: str
    choices: [private, exclusive]
  commit_synchronize:
    description:
      - Copy the commit to the other Routing Engine (C(commit synchronize)).
    type: bool
    default: false
  commit_timeout:
    description:
      - Seconds to wait for the answer to a commit or a commit check.
    type: int
    default: 120
  logical_system:
    description:
      - Work on C([edit logical-systems <name> security pki]). Excludes O(tenant).
    type: str
  tenant:
    description:
      - Work on C([edit tenants <name> security pki]). Excludes O(logical_system).
    type: str
  update_password:
    description:
      - V(always) writes a secret that differs from the declared one. V(on_create) writes it only where there is none.
      - Devices keep secrets as C($9$), which is compared decoded. Some secrets cannot be compared, namely C($8$) under
        a master password, and all of them for a login class without the permission C(secret). V(always) writes such a
        secret in every run. Use V(on_create) there.
    type: str
    choices: [always, on_create]
    default: always
"""
