#!/usr/bin/python

# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_pki_info
short_description: Read what a Junos device's PKI is configured to do and what it holds
version_added: 0.1.0
description:
  - Reads the configuration of PKI, the certificates of the device and of its CAs, certificate requests, CRLs and PKI
    statistics, in one session.
  - Sends one request for each subset that O(gather_subset) asks for, and none else. No lock is taken.
  - Reads what devices show in either of the two known forms, whatever their release. What is not known is kept as it
    is.
  - No known reply of a device holds a certificate as PEM, so there is none in the answer.
author:
  - netpki.junos contributors (@netpki)
extends_documentation_fragment:
  - netpki.junos.attributes.info
  - netpki.junos.connection
options:
  gather_subset:
    description:
      - What to read. A name with C(!) in front is left out; with nothing but such names, all others are read.
      - V(config) is RV(configuration), with RV(release). The others are the results of the same name.
      - With O(logical_system) or O(tenant), only V(config) can be read, because a device shows the certificates of its
        main system only. There, V(all) means V(config).
    type: list
    elements: str
    default: [all]
    choices:
      - all
      - config
      - local_certificates
      - ca_certificates
      - certificate_requests
      - crls
      - statistics
      - "!config"
      - "!local_certificates"
      - "!ca_certificates"
      - "!certificate_requests"
      - "!crls"
      - "!statistics"
  certificate_ids:
    description:
      - Only these certificates, requests, re-enrollment entries and uses. One alone is all that the device sends.
      - A certificate that the device does not hold is a warning.
    type: list
    elements: str
    default: []
  ca_profiles:
    description:
      - Only these CA profiles, what is loaded into them, and the entries that name them. One alone is all that the
        device sends of a store.
    type: list
    elements: str
    default: []
  logical_system:
    description:
      - Read C([edit logical-systems <name> security pki]). Excludes O(tenant).
    type: str
  tenant:
    description:
      - Read C([edit tenants <name> security pki]). Excludes O(logical_system).
    type: str
seealso:
  - plugin: netpki.junos.reenroll_audit
    plugin_type: filter
  - plugin: netpki.junos.parse_pki_certificates
    plugin_type: filter
  - module: netpki.junos.junos_pki_reenroll
"""

EXAMPLES = r"""
- name: Read everything
  netpki.junos.junos_pki_info:
  register: pki

- name: What stands in the way of a renewal
  ansible.builtin.debug:
    msg: "{{ audit.findings }}"
  vars:
    audit: "{{ {inventory_hostname: pki} | netpki.junos.reenroll_audit }}"

- name: When does one certificate expire, with one request to each device
  netpki.junos.junos_pki_info:
    gather_subset: [local_certificates]
    certificate_ids: [vpn-01]

- name: Everything but the CRLs
  netpki.junos.junos_pki_info:
    gather_subset: ["!crls"]
"""

RETURN = r"""
release:
  description: The device's Junos release. Null where it was not told, and without V(config) in O(gather_subset).
  returned: success
  type: str
  sample: 22.4R3
configuration:
  description:
    - What is in effect in C([edit security pki]), secrets masked, and what else the configuration says of certificates.
    - Null without V(config) in O(gather_subset).
  returned: success
  type: dict
  contains:
    ca_profiles:
      description: The CA profiles, as O(netpki.junos.junos_pki_reenroll#module:ca_profiles) takes them.
      type: list
      elements: dict
    config:
      description:
        - The re-enrollment entries of all four lists, as O(netpki.junos.junos_pki_reenroll#module:config) takes them.
      type: list
      elements: dict
    deactivated:
      description: What is there without being in effect. C(path) is the statement, C(certificate_ids) whom it concerns.
      type: list
      elements: dict
    certificate_uses:
      description: The statements that name a local certificate. C(certificate_id), and C(path) as the CLI writes it.
      type: list
      elements: dict
    web_management_http_port:
      description: The port on which J-Web answers without TLS, null where it does not.
      type: int
    trap:
      description:
        - The SNMP traps of C([edit security pki trap]). Every other statement of C([edit security pki]) stands beside
          it in the same way, by its name in snake case, for example C(trusted_ca_group) and C(acme_account_key).
      returned: where it is configured
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
    deactivated: []
    certificate_uses:
      - certificate_id: vpn-01
        path: security ike policy to-hq certificate local-certificate
    web_management_http_port: null
local_certificates:
  description:
    - The certificates of the device. Dates are in ISO-8601 with C(Z). Null where they were not read.
  returned: success
  type: list
  elements: dict
  contains:
    certificate_id:
      description: The identifier. Of a CA certificate, it is called C(ca_profile).
      type: str
    node:
      description: The node of a chassis cluster that holds it. Each node shows its own.
      type: str
    logical_system:
      description: The logical system, where the device tells one.
      type: str
    version:
      description: The version of the certificate.
      type: str
    serial_number:
      description: The serial number in hexadecimal.
      type: str
    subject:
      description: The subject, its attributes as the device orders them.
      type: str
    issuer:
      description: The issuer in the same way.
      type: str
    alternate_subjects:
      description: The alternate names.
      type: list
      elements: str
    not_before:
      description: Start of the validity, to the minute.
      type: str
    not_after:
      description: End of the validity, to the minute.
      type: str
    public_key_algorithm:
      description: The algorithm of the key.
      type: str
    public_key_bits:
      description: The length of the key.
      type: int
    key_location:
      description: Where the key pair is from.
      type: str
    signature_algorithm:
      description: The algorithm of the signature.
      type: str
    crl_urls:
      description: Where its CRL is.
      type: list
      elements: str
    ocsp_urls:
      description: Its OCSP responders.
      type: list
      elements: str
    key_usage:
      description: What the key may be used for.
      type: list
      elements: str
    fingerprints:
      description: The fingerprints by their hash algorithm.
      type: dict
    ca_profile:
      description: The CA profile, where the device tells one.
      type: str
    cert_chain:
      description: The certificate chain, where the device tells one.
      type: str
    status:
      description: The status, where the device tells one.
      type: str
    auto_re_enrollment:
      description:
        - What the device itself says of its timer. C(status) and C(next_trigger) are its own words, and
          C(next_trigger_time) is the date where they hold one. How an enabled timer reads is not documented.
      type: dict
    raw:
      description: What the device shows and this collection does not know, by the path of its elements.
      type: dict
    problems:
      description: What could not be understood. Dates that are concerned are null.
      type: list
      elements: str
  sample:
    - certificate_id: vpn-01
      node: null
      serial_number: 00043da0
      subject: O=example, CN=local
      issuer: O=example, CN=corp-ca
      not_before: "2026-01-02T09:55:00Z"
      not_after: "2026-04-02T09:55:00Z"
      public_key_algorithm: rsaEncryption
      public_key_bits: 2048
      auto_re_enrollment: {status: Disabled, next_trigger: Timer not started, next_trigger_time: null}
      problems: []
ca_certificates:
  description: The certificates of CAs, in the same form, with C(ca_profile) in place of C(certificate_id).
  returned: success
  type: list
  elements: dict
certificate_requests:
  description: The certificate requests that wait to be answered, in the same form. A request has no dates.
  returned: success
  type: list
  elements: dict
crls:
  description: The CRLs.
  returned: success
  type: list
  elements: dict
  contains:
    ca_profile:
      description: The CA profile.
      type: str
    node:
      description: The node of a chassis cluster that holds it.
      type: str
    version:
      description: The version, as the device writes it.
      type: str
    number:
      description: The sequence number.
      type: str
    issuer:
      description: The issuer, as the device writes it.
      type: str
    effective_date:
      description: From when on it counts, as the device writes it. The form of the dates of a CRL is not documented.
      type: str
    next_update:
      description: Until when it counts, as the device writes it.
      type: str
    last_download:
      description: When it was last fetched, as the device writes it.
      type: str
    revoked:
      description: How many certificates it revokes.
      type: int
    raw:
      description: What the device shows and this collection does not know, by the path of its elements.
      type: dict
statistics:
  description: The PKI statistics, from Junos 21.4R1 on.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The counter, in the device's own words.
      type: str
    value:
      description: Its value.
      type: int
    node:
      description: The node of a chassis cluster that counts.
      type: str
nodes:
  description: The nodes of a chassis cluster that answered, empty for any other device.
  returned: success
  type: list
  elements: str
filtered:
  description: Whether O(certificate_ids) or O(ca_profiles) left something out.
  returned: success
  type: bool
not_read:
  description:
    - What was not read, by its name, and why. What the device refused is a warning as well; what its release does not
      have, or a tenant or logical system cannot show, is not.
  returned: success
  type: dict
  sample: {}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._gather import gather
from ansible_collections.netpki.junos.plugins.module_utils._options import INFO_SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=INFO_SPEC, supports_check_mode=True)
    try:
        result = gather(module.params)
    except NetpkiError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
