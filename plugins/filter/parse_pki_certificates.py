# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: parse_pki_certificates
short_description: Saved output of show security pki local-certificate as records
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Reads the output of C(show security pki local-certificate detail) that was saved by other means to the records that
    M(netpki.junos.junos_pki_info) answers as RV(netpki.junos.junos_pki_info#module:local_certificates).
  - The forms C(brief) and C(| display xml), and the nodes of a chassis cluster, are read as well. What a terminal shows
    around the output is skipped.
  - What the output shows and this collection does not know is kept under C(raw), and what cannot be understood is told
    in C(problems).
options:
  _input:
    description: The output, as text.
    type: string
    required: true
seealso:
  - module: netpki.junos.junos_pki_info
"""

EXAMPLES = r"""
- name: When do the certificates of a saved output expire
  ansible.builtin.debug:
    msg: >-
      {{
        output | netpki.junos.parse_pki_certificates
        | items2dict('certificate_id', 'not_after')
      }}
  vars:
    output: "{{ lookup('ansible.builtin.file', 'srx-berlin.txt') }}"
  # => vpn-01: "2018-04-03T09:13:00Z"
"""

RETURN = r"""
_value:
  description: The records, as RV(netpki.junos.junos_pki_info#module:local_certificates) describes them.
  type: list
  elements: dict
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._stores import certificates_from_saved


def parse_pki_certificates(text: object) -> list[dict[str, object]]:
    try:
        if not isinstance(text, str):
            raise InputError(f"expected the output as a string, got a value of type {type(text).__name__}.")
        return [certificate.result("certificate_id") for certificate in certificates_from_saved(text)]
    except NetpkiError as error:
        raise AnsibleFilterError(f"parse_pki_certificates: {error}") from error


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"parse_pki_certificates": parse_pki_certificates}
