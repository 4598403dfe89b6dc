#!/usr/bin/python

# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_pki_report
short_description: Audit a fleet and write the report of its renewals on the controller
version_added: 0.1.0
description:
  - Joins what M(netpki.junos.junos_pki_info) read of many hosts, as P(netpki.junos.reenroll_audit#filter) does, and
    writes the report. No device is asked anything. The role P(netpki.junos.pki_report#role) reads the hosts first.
  - Writes C(report.html), a page for people, C(report.json), C(report.csv), C(calendar.ics) and C(metrics.prom). In the
    folder C(hosts) it writes a file for each host with what was read of it, and removes those of hosts that the report
    is not about.
  - Reports of parts of a fleet, such as the slices of a job, become one report by O(merge). It is the same, byte for
    byte, as if one run had read all the hosts.
  - The same input gives the same bytes. Each file is whole at any time.
  - Runs on the controller. Run it once, with C(run_once).
author:
  - netpki.junos contributors (@netpki)
attributes:
  check_mode:
    description: Can run in check mode and tell what it would change.
    support: full
  diff_mode:
    description: Returns details of what has changed, or would change, with C(--diff).
    support: none
    details:
      - The files are too long to be read as a difference.
  idempotent:
    description: When run twice in a row with the same options, the second run changes nothing.
    support: partial
    details:
      - With O(now), or O(merge) and O(now). Otherwise the report tells when it was made.
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  action:
    description: Has an action plugin of the same name, so parts of it run on the controller.
    support: full
    details:
      - All of it runs on the controller.
options:
  directory:
    description:
      - Where to write, on the controller. It is made if it is not there.
    type: path
    required: true
  registered:
    description:
      - The name of the variable in which each host of the play has registered what M(netpki.junos.junos_pki_info)
        answered.
      - A host without it is told as not read.
      - Give this or O(merge).
    type: str
  merge:
    description:
      - Directories that this module has written before. The new report is about all of their hosts.
      - Of a host that is in several of them, the newest report counts.
    type: list
    elements: path
  merge_within:
    description:
      - With O(merge), how many hours the times of the reports may lie apart, at most 8760. Where one is older, nothing
        is written and the task fails. What an earlier round has left must not count as what is true today.
    type: int
    default: 12
  hosts:
    description:
      - With O(merge), the hosts that the report is about. Where one is in none of the directories, nothing is written
        and the task fails. Others that are in them are left out.
      - All that are in the directories when it is not given.
    type: list
    elements: str
  now:
    description:
      - The time at which to look, in ISO-8601 with C(Z) or an offset.
      - The controller's clock when it is not given or empty.
    type: str
  ca_capacity:
    description: How many renewals a CA serves in an hour. More of them in one hour are a finding.
    type: int
    default: 60
requirements:
  - icalendar, on the controller
seealso:
  - module: netpki.junos.junos_pki_info
  - plugin: netpki.junos.reenroll_audit
    plugin_type: filter
  - plugin: netpki.junos.reenroll_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read every host
  netpki.junos.junos_pki_info:
    gather_subset:
      - config
      - local_certificates
      - ca_certificates
      - certificate_requests
  register: pki
  ignore_errors: true

- name: Write the report
  netpki.junos.junos_pki_report:
    directory: /srv/reports/pki
    registered: pki
  run_once: true

- name: Join the reports of two halves of the fleet
  netpki.junos.junos_pki_report:
    directory: /srv/reports/pki
    merge: [/srv/reports/pki-1, /srv/reports/pki-2]
    hosts: "{{ query('ansible.builtin.inventory_hostnames', 'firewalls') }}"
"""

RETURN = r"""
files:
  description: The files that changed, or in check mode would change, below O(directory). A removed file is one of them.
  returned: success
  type: list
  elements: str
  sample: [hosts/fw1.json, report.json, report.html]
summary:
  description: The figures of the report, as P(netpki.junos.reenroll_audit#filter) documents them.
  returned: success
  type: dict
worst:
  description:
    - The first ten findings of the report, errors first, as P(netpki.junos.reenroll_audit#filter) documents them. The
      files hold all of them.
  returned: success
  type: list
  elements: dict
"""
