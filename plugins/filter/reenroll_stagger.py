# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_stagger
short_description: A stable spread of re-enrollment times over a window
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Picks a number of hours for each host and certificate, so that a fleet does not ask its CA in one minute.
  - The number comes from a hash of the host's name and the certificate identifier. It is the same on every controller,
    in every run and in every slice of a job, and nothing has to be stored.
  - A certificate keeps its hours as long as its host's name, its identifier and the window stay as they are.
positional: certificate_id
options:
  _input:
    description: The name of the host, C(inventory_hostname). Upper and lower case make two hosts.
    type: string
    required: true
  certificate_id:
    description: The certificate identifier on the device.
    type: string
    required: true
  from_hours:
    description: The shortest time before the expiry, in whole hours.
    type: int
    required: true
  to_hours:
    description: The longest time before the expiry, in whole hours. Both ends belong to the window.
    type: int
    required: true
seealso:
  - module: netpki.junos.junos_pki_reenroll
"""

EXAMPLES = r"""
- name: Renew every firewall 20 to 30 days before its certificate expires
  netpki.junos.junos_pki_reenroll:
    config:
      - certificate_id: vpn-01
        protocol: cmpv2
        ca_profile_name: corp-ca
        re_enroll_time: >-
          {{
            inventory_hostname
            | netpki.junos.reenroll_stagger('vpn-01', 480, 720)
          }}
        re_generate_keypair: true

- name: What one host gets
  ansible.builtin.debug:
    msg: >-
      {{
        'fw1.example.net'
        | netpki.junos.reenroll_stagger('vpn-01', from_hours=480, to_hours=720)
      }}
  # => {'hours': 523}
"""

RETURN = r"""
_value:
  description: What O(netpki.junos.junos_pki_reenroll#module:config[].re_enroll_time) takes.
  type: dict
  contains:
    hours:
      description: Hours before the expiry, from O(from_hours) to O(to_hours).
      type: int
  sample:
    hours: 523
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._schedule import stagger


def reenroll_stagger(host: object, certificate_id: object, from_hours: object, to_hours: object) -> dict[str, int]:
    try:
        return {"hours": stagger(host, certificate_id, from_hours, to_hours)}
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_stagger": reenroll_stagger}
