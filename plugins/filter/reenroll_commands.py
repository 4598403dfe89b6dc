# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_commands
short_description: The set lines of a declaration, without a device
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Renders CA profiles and re-enrollment entries as the C(set) lines that M(netpki.junos.junos_pki_reenroll) would
    write to a device that has none of them.
  - The declaration is checked like a task's, as far as that is possible without a device. That a CA profile exists is
    not checked, because the device may have it.
positional: release
options:
  _input:
    description:
      - A mapping with C(config), C(ca_profiles) or both, as O(netpki.junos.junos_pki_reenroll#module:config) and
        O(netpki.junos.junos_pki_reenroll#module:ca_profiles) take them.
    type: dict
    required: true
  release:
    description:
      - A Junos release, for example V(21.4R3-S5.4). A statement that it does not have is refused.
    type: string
  show_secrets:
    description: Whether secrets are shown in clear. They are masked otherwise.
    type: bool
    default: false
  logical_system:
    description: Render for C([edit logical-systems <name> security pki]). Excludes O(tenant).
    type: string
  tenant:
    description: Render for C([edit tenants <name> security pki]). Excludes O(logical_system).
    type: string
seealso:
  - module: netpki.junos.junos_pki_reenroll
"""

EXAMPLES = r"""
- name: What would a device need?
  ansible.builtin.debug:
    msg: "{{ declaration | netpki.junos.reenroll_commands(release='22.4R3') }}"
  vars:
    declaration:
      ca_profiles:
        - name: corp-ca
          enrollment:
            url: http://ca.example.net/scep
      config:
        - certificate_id: vpn-01
          protocol: scep
          ca_profile_name: corp-ca
          challenge_password: "{{ vault_challenge }}"
          re_enroll_time:
            days: 30
          re_generate_keypair: true
  # => the sample below
"""

RETURN = r"""
_value:
  description: One line per statement.
  type: list
  elements: str
  sample:
    - set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
    - set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days 30
    - set security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name corp-ca
    - set security pki auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair
    - set security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password ********
"""

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._check import check_release, check_values
from ansible_collections.netpki.junos.plugins.module_utils._edits import commands, scope
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import DECLARATION_SPEC, validated, want
from ansible_collections.netpki.junos.plugins.module_utils._plan import plan
from ansible_collections.netpki.junos.plugins.module_utils._release import Release, Running
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node
from ansible_collections.netpki.junos.plugins.plugin_utils._plain import plain


def reenroll_commands(
    declaration: object,
    release: str | None = None,
    show_secrets: bool = False,
    logical_system: str | None = None,
    tenant: str | None = None,
) -> list[str]:
    try:
        wanted = want(_validated(declaration))
        if release is not None:
            running = Running(Release.parse(release), exact=True)
            for entry in (*(wanted.ca_profiles or ()), *(wanted.entries or ())):
                check_release(entry, running)
                check_values(entry, running)
        return commands(plan(Node(), wanted).edits, scope(logical_system, tenant), show_secrets)
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


def _validated(declaration: object) -> dict[str, object]:
    if not isinstance(declaration, Mapping):
        kind = type(declaration).__name__
        raise InputError(f"declaration: expected a mapping with config or ca_profiles, got a value of type {kind}.")
    return {"state": "merged", "update_password": "always", **validated(DECLARATION_SPEC, plain(declaration))}


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_commands": reenroll_commands}
