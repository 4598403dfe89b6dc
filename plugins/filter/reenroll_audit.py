# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_audit
short_description: Whether every certificate of a fleet will renew, when, and what stands in the way
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Joins what M(netpki.junos.junos_pki_info) answered for each host into certificates, findings, and the load on each
    CA.
  - The dates are those of P(netpki.junos.reenroll_plan#filter), and so are the findings about them.
  - A host that could not be read, and a certificate that cannot be understood, are findings. The rest is audited all
    the same.
  - Looked at is the main system of a device. What its logical systems and tenants use and renew is not.
  - The role P(netpki.junos.pki_report#role) does all of it for a fleet.
positional: now
options:
  _input:
    description:
      - For each host by its name, the result of M(netpki.junos.junos_pki_info), also of a task that failed.
      - One that was read with O(netpki.junos.junos_pki_info#module:certificate_ids) or
        O(netpki.junos.junos_pki_info#module:ca_profiles) counts as not read. They leave out what an audit joins.
    type: dict
    required: true
  now:
    description:
      - The time at which to look, in ISO-8601 with C(Z) or an offset.
      - The controller's clock when it is not given.
    type: string
  ca_capacity:
    description:
      - How many renewals a CA serves in an hour. More of them in one hour are a finding.
    type: int
    default: 60
seealso:
  - module: netpki.junos.junos_pki_info
  - plugin: netpki.junos.reenroll_report
    plugin_type: filter
  - plugin: netpki.junos.reenroll_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the PKI of the device
  netpki.junos.junos_pki_info:
  register: pki

- name: Nothing may stand in the way of a renewal of this device
  ansible.builtin.assert:
    that: audit.summary.errors == 0
    fail_msg: "{{ audit.findings | map(attribute='sentence') | join(' ') }}"
  vars:
    audit: "{{ {inventory_hostname: pki} | netpki.junos.reenroll_audit }}"

- name: The same for all hosts of the play
  ansible.builtin.set_fact:
    audit: "{{ results | netpki.junos.reenroll_audit(ca_capacity=200) }}"
  vars:
    hosts: "{{ ansible_play_hosts_all }}"
    results: "{{ dict(hosts | zip(hosts | map('extract', hostvars, 'pki'))) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The audit. All dates are in ISO-8601 with C(Z). The same input gives the same answer.
  type: dict
  contains:
    generated:
      description: The time at which it was looked.
      type: str
      sample: "2026-02-01T00:00:00Z"
    summary:
      description: The fleet in figures.
      type: dict
      contains:
        hosts:
          description: Hosts that were asked for.
          type: int
        hosts_read:
          description: Hosts that could be read.
          type: int
        certificates:
          description: Rows of RV(_value.certificates).
          type: int
        renewing:
          description: Certificates with a trigger and no finding of severity V(error).
          type: int
        errors:
          description: Findings of severity V(error).
          type: int
        warnings:
          description: Findings of severity V(warning).
          type: int
        infos:
          description: Findings of severity V(info).
          type: int
        next_trigger:
          description: The next date at which a device renews, V(none) where there is none.
          type: str
        next_expiry:
          description: The next date at which a certificate expires, V(none) where there is none.
          type: str
    hosts:
      description: The hosts, by name.
      type: list
      elements: dict
      contains:
        host:
          description: The name.
          type: str
        release:
          description: Its Junos release, V(none) where it is not known.
          type: str
        read:
          description: Whether it could be read.
          type: bool
        severity:
          description: The worst severity of its findings, V(ok) without any.
          type: str
        certificates:
          description: How many rows of RV(_value.certificates) it has.
          type: int
        left_out:
          description: What was not read of it, and why.
          type: list
          elements: str
    certificates:
      description: A row for each entry with each certificate that it stands for, and for each certificate without one.
      type: list
      elements: dict
      contains:
        host:
          description: The name of the host.
          type: str
        certificate_id:
          description: The identifier of the certificate.
          type: str
        protocol:
          description: The list that the entry stands in. V(none) without an entry.
          type: str
        ca_profile_name:
          description: The CA profile that the entry names.
          type: str
        ca:
          description: The host in the profile's C(enrollment url), or else the profile. Its load is counted.
          type: str
        subject:
          description: The subject, as the device shows it.
          type: str
        issuer:
          description: The issuer, as the device shows it.
          type: str
        serial_number:
          description: The serial number in hexadecimal.
          type: str
        not_before:
          description: Start of the validity.
          type: str
        not_after:
          description: End of the validity.
          type: str
        trigger:
          description: When the device starts to renew.
          type: str
        rule:
          description: The statement that decides.
          type: str
        lifetime_days:
          description: The validity in whole days.
          type: int
        share_elapsed:
          description: The part of the lifetime that is over at the trigger, in percent.
          type: int
        days_left:
          description: Whole days to the end of the validity, negative when it is over.
          type: int
        due:
          description: Whether the trigger has passed.
          type: bool
        device_trigger:
          description: When the device itself says that it renews, V(none) where it does not, or not in a known form.
          type: str
        device_status:
          description: The status that the device itself tells.
          type: str
        used_by:
          description: The statements of the configuration that name the certificate.
          type: list
          elements: str
        nodes:
          description: The nodes of a chassis cluster that hold this certificate.
          type: list
          elements: str
        severity:
          description: The worst severity of its findings, V(ok) without any.
          type: str
        findings:
          description: The codes of its findings.
          type: list
          elements: str
    findings:
      description: What stands in the way, the worst first.
      type: list
      elements: dict
      contains:
        host:
          description: The name of the host, V(none) for a finding about a CA.
          type: str
        certificate_id:
          description: The certificate, V(none) for a finding about a host or a CA.
          type: str
        code:
          description:
            - What P(netpki.junos.reenroll_plan#filter) and P(netpki.junos.reenroll_renewals#filter) find, or one of
              these.
            - About the entry, V(no-entry), V(no-entry-unused), V(entry-deactivated), V(statement-deactivated),
              V(two-entries), V(direct-list), V(no-ca-profile), V(lifetime-shrinks) or V(scep-digest-sha1).
            - About the CA profile, V(ca-profile-missing), V(no-enrollment-url), V(ca-certificate-missing),
              V(ca-certificate-unreadable), V(ca-certificate-nodes-differ), V(ca-certificate-not-yet-valid),
              V(ca-certificate-expired), V(ca-certificate-expires-first), V(issuer-mismatch), V(short-of-a-weekend)
              or V(revocation-check-disabled).
            - About the certificate, V(certificate-missing), V(certificate-unreadable), V(nodes-differ), V(self-signed),
              V(renewal-overdue), V(signature-weak) or V(request-pending).
            - About what the device itself says, V(device-timer-not-started), V(device-trigger-differs),
              V(device-trigger-after-expiry) or V(device-trigger-unreadable).
            - About ACME, V(acme-port-80), V(acme-wildcard), V(acme-account-key), V(acme-release) or
              V(acme-routing-instance).
            - About a host or a CA, V(host-not-read), V(certificates-not-read), V(ca-certificates-not-read),
              V(same-hour-on-host) or V(ca-overload).
          type: str
        severity:
          description:
            - V(error) where no renewal in time can be expected, V(warning) where it is at risk, V(info) for what is
              worth knowing.
          type: str
        sentence:
          description: What is the case.
          type: str
        advice:
          description: What to do.
          type: str
    load:
      description: The renewals to come, for each CA.
      type: list
      elements: dict
      contains:
        ca:
          description: The CA.
          type: str
        certificates:
          description: How many of them.
          type: int
        peak_day:
          description: The C(day) with the most C(renewals), in UTC.
          type: dict
        peak_hour:
          description: The C(hour) with the most C(renewals).
          type: dict
        days:
          description: Every C(day) that has C(renewals).
          type: list
          elements: dict
"""

from datetime import UTC, datetime

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._audit import CA_CAPACITY, audit, capacity
from ansible_collections.netpki.junos.plugins.module_utils._certificates import parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError


def reenroll_audit(results: object, now: object = None, ca_capacity: object = CA_CAPACITY) -> dict[str, object]:
    try:
        return audit(results, datetime.now(UTC) if now is None else parse_date(now, "now"), capacity(ca_capacity))
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_audit": reenroll_audit}
