# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_plan
short_description: What will become of a certificate, and what is wrong with that
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Answers when a Junos device starts to renew a certificate by itself, which statement decides that,
    how much of the lifetime is gone by then, and what speaks against it.
  - The date is the one of P(netpki.junos.reenroll_trigger#filter), rounded down to the whole second.
positional: entry
options:
  _input:
    description:
      - The certificate. A mapping with C(not_before) and C(not_after), PEM, DER, or DER in base64,
        as P(netpki.junos.reenroll_trigger#filter) takes it.
    type: raw
    required: true
  entry:
    description:
      - The re-enrollment entry of the certificate, as O(netpki.junos.junos_pki_reenroll#module:config) takes it.
      - Read are C(re_enroll_time), C(re_enroll_trigger_time_percentage), C(re_generate_keypair),
        C(scep_encryption_algorithm) and C(scep_digest_algorithm).
    type: dict
    required: true
  now:
    description:
      - The time at which to look, in ISO-8601 with C(Z) or an offset.
      - The controller's clock when it is not given.
    type: string
  release:
    description:
      - The release of the device, for example V(22.3R3-S1). Without it, what depends on the release is not looked at.
    type: string
  ca_profile:
    description:
      - The ca-profile that the entry names, as O(netpki.junos.junos_pki_reenroll#module:ca_profiles) takes it.
      - Read are C(name), and C(retry) and C(retry_interval) of its C(enrollment).
        The device's defaults, 1000 and 600 seconds, stand in for what is not set.
      - Without O(ca_profile), the retries are not looked at.
    type: dict
requirements:
  - cryptography, for certificates in PEM and DER
seealso:
  - plugin: netpki.junos.reenroll_trigger
    plugin_type: filter
  - plugin: netpki.junos.reenroll_renewals
    plugin_type: filter
  - module: netpki.junos.junos_pki_reenroll
"""

EXAMPLES = r"""
- name: An entry as a device writes it by itself after an ACME enrollment
  ansible.builtin.debug:
    msg: "{{ certificate | netpki.junos.reenroll_plan(entry, now=at) }}"
  vars:
    at: "2026-02-01T00:00:00Z"
    certificate:
      not_before: "01- 2-2026 09:55 UTC"
      not_after: "04- 2-2026 09:55 UTC"
    entry:
      certificate_id: web-acme
      protocol: acme
      re_enroll_time:
        days: 25
      re_enroll_trigger_time_percentage: 72
      re_generate_keypair: true
  # => the sample below

- name: No certificate of the fleet may miss its renewal
  ansible.builtin.assert:
    that: "'error' not in plan.findings | map(attribute='severity')"
    fail_msg: "{{ plan.findings | map(attribute='sentence') | join(' ') }}"
  vars:
    plan: >-
      {{
        certificate
        | netpki.junos.reenroll_plan(entry, release='21.4R3', ca_profile=ca)
      }}
"""

RETURN = r"""
_value:
  description: The plan. All dates are in ISO-8601 with C(Z).
  type: dict
  contains:
    trigger:
      description:
        - When the device starts to renew.
        - V(none) where nothing says so, and where the date lies before the year 1 (then RV(_value.rule) is set).
      type: str
    rule:
      description: The statement that decides. V(none) where neither statement is set.
      type: str
    not_before:
      description: Start of the certificate's validity.
      type: str
    not_after:
      description: End of the certificate's validity.
      type: str
    lifetime_days:
      description: The validity in whole days, rounded down.
      type: int
    lifetime_seconds:
      description: The validity in seconds.
      type: int
    share_elapsed:
      description:
        - The part of the lifetime that is over at the trigger, in percent, rounded down.
        - Negative for a trigger before the issue.
      type: int
    days_left:
      description:
        - Whole days from O(now) to the end of the validity, rounded down.
        - Negative when the certificate has expired.
      type: int
    due:
      description: Whether the trigger has passed.
      type: bool
    findings:
      description: What speaks against this plan, errors first. An empty list is good.
      type: list
      elements: dict
      contains:
        code:
          description:
            - V(expired), V(no-trigger), V(trigger-before-issue), V(trigger-at-expiry), V(statements-disagree),
              V(from-now), V(too-late-for-retries), V(trigger-passed), V(not-yet-valid), V(key-not-regenerated),
              V(scep-encryption-des) or V(scep-digest-md5).
            - P(netpki.junos.reenroll_renewals#filter) knows V(no-certificate), V(certificate-not-shown) and
              V(cannot-plan) as well.
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
  sample:
    trigger: "2026-03-08T09:55:00Z"
    rule: re-enroll-time days
    not_before: "2026-01-02T09:55:00Z"
    not_after: "2026-04-02T09:55:00Z"
    lifetime_days: 90
    lifetime_seconds: 7776000
    share_elapsed: 72
    days_left: 60
    due: false
    findings:
      - code: statements-disagree
        severity: warning
        sentence: >-
          re-enroll-time days gives 2026-03-08T09:55:00Z, re-enroll-trigger-time-percentage gives 2026-01-27T14:43:00Z.
          The first one wins, by the vendor's reference page.
        advice: Keep one of the two statements. After an ACME enrollment the device writes both by itself.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._certificates import certificate_from, parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._schedule import plan


def reenroll_plan(
    certificate: object, entry: object, now: object = None, release: str | None = None, ca_profile: object = None
) -> dict[str, object]:
    try:
        return plan(
            certificate_from(certificate),
            _mapping(entry, "entry"),
            datetime.now(UTC) if now is None else parse_date(now, "now"),
            None if release is None else Release.parse(release),
            None if ca_profile is None else _mapping(ca_profile, "ca_profile"),
        ).result()
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: expected a mapping, got a value of type {type(value).__name__}.")
    return value


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_plan": reenroll_plan}
