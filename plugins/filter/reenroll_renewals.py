# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_renewals
short_description: What will become of every certificate of a device
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Answers for each re-enrollment entry in effect, and for each certificate that it stands for, what
    P(netpki.junos.reenroll_plan#filter) answers for one.
  - An entry without a certificate is told as well. A renewal that cannot be worked out is a finding, not an error.
positional: now
options:
  _input:
    description:
      - The result of M(netpki.junos.junos_pki_reenroll). Without
        O(netpki.junos.junos_pki_reenroll#module:read_certificates) no date is known.
    type: dict
    required: true
  now:
    description:
      - The time at which to look, in ISO-8601 with C(Z) or an offset.
      - The controller's clock when it is not given.
    type: string
seealso:
  - plugin: netpki.junos.reenroll_plan
    plugin_type: filter
  - module: netpki.junos.junos_pki_reenroll
"""

EXAMPLES = r"""
- name: Declare the entries, and read the certificates in the same session
  netpki.junos.junos_pki_reenroll:
    config: "{{ declared_entries }}"
    read_certificates: true
  register: result

- name: No certificate of the fleet may miss its renewal
  ansible.builtin.assert:
    that: "'error' not in findings | map(attribute='severity')"
    fail_msg: "{{ renewals | map(attribute='summary') | join(' ') }}"
  vars:
    findings: "{{ renewals | map(attribute='findings') | flatten }}"
    renewals: "{{ result | netpki.junos.reenroll_renewals }}"
"""

RETURN = r"""
_value:
  description: A mapping for each entry in effect and each certificate that it stands for.
  type: list
  elements: dict
  contains:
    certificate_id:
      description: The identifier of the certificate.
      type: str
    protocol:
      description: The list that the entry belongs to.
      type: str
    ca_profile_name:
      description: The CA profile that the entry names.
      type: str
    trigger:
      description:
        - This and RV(_value[].rule), C(not_before), C(not_after), C(lifetime_days), C(lifetime_seconds),
          C(share_elapsed), C(days_left) and C(due) are those of P(netpki.junos.reenroll_plan#filter).
        - Without the dates of a certificate, all but RV(_value[].rule) and C(due) are V(none).
      type: str
    rule:
      description: The statement that decides. V(none) where neither statement is set.
      type: str
    findings:
      description: What speaks against this plan, errors first. An empty list is good.
      type: list
      elements: dict
      contains:
        code:
          description:
            - What P(netpki.junos.reenroll_plan#filter) finds, or one of these.
            - V(no-certificate), the device has no certificate of that identifier.
            - V(certificate-not-shown), the certificates were not read.
            - V(cannot-plan), the dates or the entry cannot be understood.
          type: str
        severity:
          description: V(error) where no renewal in time can be expected, V(warning) for the rest.
          type: str
        sentence:
          description: What is the case.
          type: str
        advice:
          description: What to do.
          type: str
    summary:
      description: The same in one line.
      type: str
      sample: "vpn-01: renews 2026-03-08T09:55:00Z by re-enroll-time days, expires 2026-04-02T09:55:00Z."
"""

from datetime import UTC, datetime

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._certificates import parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._fleet import renewals


def reenroll_renewals(result: object, now: object = None) -> list[dict[str, object]]:
    try:
        return renewals(result, datetime.now(UTC) if now is None else parse_date(now, "now"))
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_renewals": reenroll_renewals}
