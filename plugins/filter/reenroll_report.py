# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reenroll_report
short_description: The audit of a fleet as JSON, CSV, calendar or metrics
version_added: 0.1.0
author:
  - netpki.junos contributors (@netpki)
description:
  - Writes what P(netpki.junos.reenroll_audit#filter) answers as the text of a file. The same audit gives the same text.
  - The role P(netpki.junos.pki_report#role) writes all of these files, and a page for people.
positional: format
options:
  _input:
    description: What P(netpki.junos.reenroll_audit#filter) answers.
    type: dict
    required: true
  format:
    description:
      - V(json) is the audit itself, with sorted keys and a line for each row. It may stand in a script element of an
        HTML page.
      - V(csv) has a line for each certificate (RFC 4180). A text that a spreadsheet would take for a formula has an
        apostrophe in front.
      - V(calendar) has an event for each renewal and each expiry (RFC 5545). Needs the Python library icalendar.
      - V(metrics) is the text format of Prometheus, for the textfile collector.
    type: string
    choices: [json, csv, calendar, metrics]
    required: true
requirements:
  - icalendar, for O(format=calendar)
seealso:
  - plugin: netpki.junos.reenroll_audit
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Put the dates of the renewals into a calendar
  ansible.builtin.copy:
    content: "{{ audit | netpki.junos.reenroll_report('calendar') }}"
    dest: /srv/www/calendar.ics
    mode: "0644"
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._report import write


def reenroll_report(report: object, format: object) -> str:
    try:
        return write(report, format)
    except NetpkiError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible looks for the filter here."""

    def filters(self) -> dict[str, object]:
        return {"reenroll_report": reenroll_report}
