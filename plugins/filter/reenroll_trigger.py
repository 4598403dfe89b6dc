# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_trigger
short_description: When a device starts to re-enroll a certificate
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Answers the date on which a Junos device starts to renew a certificate by itself,
    from the dates of the certificate and the two statements of its re-enrollment entry.
  - Days and hours are counted back from the expiry. A percentage is the share of the lifetime that is B(left)
    at the trigger. V(25) on a certificate of 90 days means 22 days and 12 hours before it expires.
  - The arithmetic is exact. The answer is rounded down to the whole second.
positional: re_enroll_time, re_enroll_trigger_time_percentage
options:
  _input:
    description:
      - The certificate. A mapping with C(not_before) and C(not_after), PEM, DER, or DER in base64.
      - Dates are ISO-8601 with C(Z) or an offset (C(2026-01-02T09:55:00Z)), or as the device shows them
        (C(01- 2-2026 09:55 UTC)), or as C(community.crypto.x509_certificate_info) answers them (C(20260102095500Z)).
      - Of several certificates in PEM the first one counts.
    type: raw
    required: true
  re_enroll_time:
    description:
      - The statement C(re-enroll-time), with exactly one of its members.
      - Where both statements are set, this one wins.
    type: dict
    suboptions:
      days:
        description: Days before the expiry.
        type: int
      hours:
        description: Hours before the expiry.
        type: int
      percentage:
        description: Share of the lifetime that is left, V(1) to V(99).
        type: int
  re_enroll_trigger_time_percentage:
    description: The statement C(re-enroll-trigger-time-percentage). Share of the lifetime that is left, V(1) to V(99).
    type: int
requirements:
  - cryptography, for certificates in PEM and DER
seealso:
  - plugin: netpki.junos.reenroll_plan
    plugin_type: filter
  - plugin: netpki.junos.reenroll_stagger
    plugin_type: filter
"""

EXAMPLES = r"""
- name: A certificate of 90 days, renewed 25 days before it expires
  ansible.builtin.debug:
    msg: "{{ certificate | netpki.junos.reenroll_trigger({'days': 25}) }}"
  vars:
    certificate:
      not_before: "01- 2-2026 09:55 UTC"
      not_after: "04- 2-2026 09:55 UTC"
  # => 2026-03-08T09:55:00Z

- name: The same certificate, renewed when 72 percent of its lifetime are left
  ansible.builtin.debug:
    msg: >-
      {{
        certificate
        | netpki.junos.reenroll_trigger(re_enroll_trigger_time_percentage=72)
      }}
  vars:
    certificate:
      not_before: "2026-01-02T09:55:00Z"
      not_after: "2026-04-02T09:55:00Z"
  # => 2026-01-27T14:43:00Z

- name: A certificate in a file
  ansible.builtin.debug:
    msg: "{{ pem | netpki.junos.reenroll_trigger({'percentage': 20}) }}"
  vars:
    pem: "{{ lookup('ansible.builtin.file', 'vpn-01.pem') }}"
"""

RETURN = r"""
_value:
  description: The trigger, in ISO-8601 with C(Z). V(none) where neither statement is set.
  type: string
  sample: "2026-03-08T09:55:00Z"
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._certificates import certificate_from, iso
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._schedule import trigger


def reenroll_trigger(
    certificate: object, re_enroll_time: object = None, re_enroll_trigger_time_percentage: object = None
) -> str | None:
    try:
        decided = trigger(certificate_from(certificate), re_enroll_time, re_enroll_trigger_time_percentage)
        if decided is None:
            return None
        if decided.at is None:
            raise InputError(f"{decided.rule}: the trigger lies before the year 1, use a shorter time.")
        return iso(decided.at)
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_trigger": reenroll_trigger}
