#!/usr/bin/python

# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_pki_reenroll
short_description: Declare how the certificates of a Junos device renew themselves
version_added: 0.1.0
description:
  - Manages C([edit security pki auto-re-enrollment]) in all of its four lists (SCEP, CMPv2, ACME and the old direct
    list), together with the CA profiles that the entries name, in one commit.
  - One request is sent when nothing has to change, and no lock is taken then.
  - A statement that the device's release does not have, a value out of range, an entry whose CA profile is missing or
    has no C(enrollment url) is refused before anything is sent, with the option's name.
author:
  - netpki.junos contributors (@netpki)
extends_documentation_fragment:
  - netpki.junos.attributes
  - netpki.junos.ca_profiles
  - netpki.junos.commit
  - netpki.junos.connection
options:
  config:
    description:
      - The re-enrollment entries. One certificate re-enrolls by one protocol, so its id stands here once.
    type: list
    elements: dict
    suboptions:
      certificate_id:
        description: Identifier of the local certificate, 1 to 32 characters.
        type: str
        required: true
      protocol:
        description:
          - The list that the entry belongs to. Required unless O(state=deleted).
          - V(scep) is C(auto-re-enrollment scep certificate-id), from Junos 15.1X49-D40 on.
          - V(cmpv2) is C(auto-re-enrollment cmpv2 certificate-id), from Junos 15.1X49-D40 on.
          - V(acme) is C(auto-re-enrollment acme certificate-id), from Junos 22.4R1 on.
          - V(direct) is the old C(auto-re-enrollment certificate-id), which is SCEP and is deprecated from Junos
            23.1R1 on.
        type: str
        choices: [scep, cmpv2, acme, direct]
      ca_profile_name:
        description: C(ca-profile-name), the CA profile to renew through. It must have O(ca_profiles[].enrollment.url).
        type: str
      re_enroll_time:
        description:
          - C(re-enroll-time), when to renew. Give exactly one of the three. Needs Junos 21.4R1.
          - It wins over O(config[].re_enroll_trigger_time_percentage) where both are set.
          - The models of 21.4R1 to 22.3R1 explain days and hours as counted from now, later ones as ahead of
            expiration. Which one those devices do is not known.
        type: dict
        suboptions:
          days:
            description: C(days) before expiry.
            type: int
          hours:
            description: C(hours) before expiry.
            type: int
          percentage:
            description: C(percent) of the lifetime that remains, 1 to 99.
            type: int
      re_enroll_trigger_time_percentage:
        description:
          - C(re-enroll-trigger-time-percentage), renew when this share of the lifetime remains, 1 to 99.
          - From Junos 23.1R1 on an entry with a CA profile must have this or O(config[].re_enroll_time).
        type: int
      re_generate_keypair:
        description: C(re-generate-keypair), renew with a new key. Many CAs refuse a new certificate for the old key.
        type: bool
      challenge_password:
        description:
          - C(challenge-password) of SCEP, with O(config[].protocol=scep) and O(config[].protocol=direct) only.
          - In clear, or as the C($9$) text of a device. Compared decoded, never shown.
        type: str
      scep_encryption_algorithm:
        description: C(scep-encryption-algorithm), with O(config[].protocol=scep) and O(config[].protocol=direct) only.
        type: str
        choices: [des, des3]
      scep_digest_algorithm:
        description: C(scep-digest-algorithm), with O(config[].protocol=scep) and O(config[].protocol=direct) only.
        type: str
        choices: [md5, sha1]
      acme_key_id:
        description: C(acme-key-id), the ACME account key. Required with, and only with, O(config[].protocol=acme).
        type: str
  read_certificates:
    description:
      - Read the local certificates as well, in the same session, and return them as RV(certificates).
      - Not with O(logical_system) or O(tenant).
    type: bool
    default: false
  state:
    description:
      - V(merged) adds and changes what is named. A Boolean option that is V(false) takes its statement away.
      - V(replaced) makes each named entry exactly so. A certificate that stands in another list as well leaves it.
      - V(overridden) makes each list that the task gives exactly so. The four lists of C(auto-re-enrollment) count as
        one.
      - V(deleted) removes the named entries, from the list of O(config[].protocol) or, without it, from whichever holds
        them. Without O(config) and O(ca_profiles) it removes all entries, and no CA profile. An empty list is refused.
        A CA profile that something on the device still names is not removed but refused.
      - A device to which apply-groups apply judges by itself whether an entry has a CA profile, its URL and a trigger.
        A group may bring them by a wildcard, which no read shows before the entry is there.
      - A deactivated statement counts as not in effect, and is activated when it is declared.
      - What apply-groups bring counts as there. It is not written twice, and it cannot be deleted here.
    type: str
    choices: [merged, replaced, overridden, deleted]
    default: merged
seealso:
  - name: Junos OS CLI reference, auto-re-enrollment
    description: The vendor's page on the statement.
    link: https://www.juniper.net/documentation/us/en/software/junos/cli-reference/topics/ref/statement/security-edit-auto-re-enrollment.html
  - module: netpki.junos.junos_pki_ca_profile
  - plugin: netpki.junos.reenroll_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Renew the VPN certificate by SCEP, 30 days before it expires
  netpki.junos.junos_pki_reenroll:
    ca_profiles:
      - name: corp-ca
        ca_identity: corp.example.net
        enrollment:
          url: http://ca.example.net/scep
          retry: 100
          retry_interval: 3600
        revocation_check:
          use_ocsp: true
          ocsp:
            url: [http://ocsp.example.net]
            nonce_payload: enable
    config:
      - certificate_id: vpn-01
        protocol: scep
        ca_profile_name: corp-ca
        challenge_password: "{{ vault_challenge }}"
        re_enroll_time:
          days: 30
        re_generate_keypair: true
        scep_encryption_algorithm: des3
        scep_digest_algorithm: sha1

- name: Renew by CMPv2, and let a device that gets lost roll back by itself
  netpki.junos.junos_pki_reenroll:
    config:
      - certificate_id: vpn-02
        protocol: cmpv2
        ca_profile_name: corp-ca
        re_enroll_time:
          percentage: 20
        re_generate_keypair: true
    commit_confirmed: 5
    commit_comment: CHG0012345

- name: Renew a web certificate by ACME
  netpki.junos.junos_pki_reenroll:
    config:
      - certificate_id: web-acme
        protocol: acme
        acme_key_id: web-key
        ca_profile_name: Example_ACME
        re_enroll_time:
          days: 25
        re_generate_keypair: true

- name: Move a certificate from the old direct list to SCEP, in one commit
  netpki.junos.junos_pki_reenroll:
    config:
      - certificate_id: vpn-01
        protocol: scep
        ca_profile_name: corp-ca
        challenge_password: "{{ vault_challenge }}"
        re_enroll_time: >-
          {{
            inventory_hostname
            | netpki.junos.reenroll_stagger('vpn-01', 720, 888)
          }}
        re_generate_keypair: true
    state: replaced

- name: Stop renewing one certificate
  netpki.junos.junos_pki_reenroll:
    config:
      - certificate_id: vpn-01
    state: deleted
"""

RETURN = r"""
before:
  description:
    - What was in effect in the lists, in the words of the options, secrets masked. Deactivated statements are left out.
  returned: success
  type: dict
  sample:
    ca_profiles:
      - name: corp-ca
        ca_identity: corp.example.net
        enrollment: {url: "http://ca.example.net/scep"}
    config:
      - certificate_id: vpn-01
        protocol: direct
        ca_profile_name: corp-ca
        challenge_password: "********"
        re_enroll_trigger_time_percentage: 10
after:
  description:
    - The same as it is after the change, from the plan. In check mode, as it would be.
    - What an apply-group brings only then is not shown here. That is a statement of the group that a deleted one hid,
      and what a wildcard in the group brings to a new entry.
  returned: success
  type: dict
  sample:
    ca_profiles:
      - name: corp-ca
        ca_identity: corp.example.net
        enrollment: {url: "http://ca.example.net/scep"}
    config:
      - certificate_id: vpn-01
        protocol: scep
        ca_profile_name: corp-ca
        challenge_password: "********"
        re_enroll_time: {days: 30}
certificates:
  description:
    - The local certificates on the device. Together with RV(after) they are what
      P(netpki.junos.reenroll_plan#filter) takes.
    - The nodes of a chassis cluster tell the same certificates each, and they are told once here.
    - Null, with a warning, where the device does not let them be read.
  returned: with O(read_certificates=true)
  type: list
  elements: dict
  sample:
    - certificate_id: vpn-01
      subject: O=example, CN=local
      issuer: O=example, CN=corp-ca
      not_before: "2026-01-02T09:55:00Z"
      not_after: "2026-04-02T09:55:00Z"
commands:
  description: The lines that a person would type for the change, secrets masked. Empty when nothing changes.
  returned: success
  type: list
  elements: str
  sample:
    - delete security pki auto-re-enrollment certificate-id vpn-01
    - set security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name corp-ca
    - set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days 30
reasons:
  description: For each change, what differed.
  returned: success
  type: list
  elements: str
  sample:
    - "auto-re-enrollment certificate-id vpn-01: moved to auto-re-enrollment scep certificate-id vpn-01"
    - "auto-re-enrollment scep certificate-id vpn-01: not on the device"
release:
  description: The device's Junos release, null where the device did not tell it.
  returned: success
  type: str
  sample: 22.4R3
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import REENROLL_SPEC
from ansible_collections.netpki.junos.plugins.module_utils._run import configure


def main() -> None:
    module = AnsibleModule(argument_spec=REENROLL_SPEC, supports_check_mode=True)
    try:
        result = configure(module.params, module.check_mode, module._diff)
    except NetpkiError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
