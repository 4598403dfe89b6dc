# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_declaration
short_description: One declaration out of what a group and a host declare
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Joins layers of CA profiles and re-enrollment entries, of which the later one wins, to what
    M(netpki.junos.junos_pki_reenroll) takes.
  - Entries are joined by C(certificate_id), option by option. The two triggers count as one option. A layer that names
    C(re_enroll_time) or C(re_enroll_trigger_time_percentage) hides both of the layers before.
  - CA profiles are joined by C(name), at any depth. A list counts as one value.
  - Null counts as not given, and so does a mapping in which nothing is given.
positional: defaults
options:
  _input:
    description:
      - The layers, for example a group's and a host's. Each is a mapping with C(config), C(ca_profiles) or both,
        as O(netpki.junos.junos_pki_reenroll#module:config) and O(netpki.junos.junos_pki_reenroll#module:ca_profiles)
        take them.
      - A name may stand only once in a list.
    type: list
    elements: dict
    required: true
  defaults:
    description: What every entry of C(config) has that does not say otherwise.
    type: dict
  stagger:
    description:
      - A mapping with C(from_hours) and C(to_hours). An entry in which no layer names a trigger gets
        C(re_enroll_time) from that window, as by P(netpki.junos.reenroll_stagger#filter).
    type: dict
  host:
    description: The name of the host, C(inventory_hostname). Needed for O(stagger).
    type: string
  state:
    description:
      - The state that the declaration is for.
      - With V(deleted), entries keep C(certificate_id), and C(protocol) where a layer names it. The one of
        O(defaults) does not count, so the module removes the entry from whichever list holds it.
    type: string
    default: merged
seealso:
  - module: netpki.junos.junos_pki_reenroll
  - plugin: netpki.junos.reenroll_commands
    plugin_type: filter
"""

EXAMPLES = r"""
- name: What does this host declare?
  ansible.builtin.debug:
    msg: "{{ [group, host] | netpki.junos.reenroll_declaration(defaults) }}"
  vars:
    defaults:
      protocol: scep
      ca_profile_name: corp-ca
      re_enroll_trigger_time_percentage: 20
    group:
      ca_profiles:
        - name: corp-ca
          enrollment:
            url: http://ca.example.net/scep
            retry: 5
      config:
        - certificate_id: vpn-01
    host:
      ca_profiles:
        - name: corp-ca
          enrollment:
            url: http://ca.branch.example.net/scep
      config:
        - certificate_id: vpn-01
          re_enroll_time:
            days: 60
  # => the sample below
"""

RETURN = r"""
_value:
  description:
    - A mapping with C(config) and C(ca_profiles). What is empty is left out. For the module, an empty list would mean
      that there shall be none.
    - It holds secrets where the layers hold them.
  type: dict
  sample:
    config:
      - protocol: scep
        ca_profile_name: corp-ca
        certificate_id: vpn-01
        re_enroll_time:
          days: 60
    ca_profiles:
      - name: corp-ca
        enrollment:
          url: http://ca.branch.example.net/scep
          retry: 5
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._fleet import declaration


def reenroll_declaration(
    layers: object, defaults: object = None, stagger: object = None, host: object = None, state: str = "merged"
) -> dict[str, object]:
    try:
        return dict(declaration(layers, defaults, stagger, host, state))
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_declaration": reenroll_declaration}
