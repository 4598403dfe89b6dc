#!/usr/bin/python

# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_pki_ca_profile
short_description: Declare the CA profiles of a Junos device
version_added: 0.1.0
description:
  - Manages C([edit security pki ca-profile]).
  - To write a CA profile and the re-enrollment entries that name it in one commit, give it to
    M(netpki.junos.junos_pki_reenroll) instead.
  - One request is sent when nothing has to change, and no lock is taken then.
author:
  - netpki.junos contributors (@netpki)
extends_documentation_fragment:
  - netpki.junos.attributes
  - netpki.junos.ca_profiles
  - netpki.junos.commit
  - netpki.junos.connection
options:
  state:
    description:
      - V(merged) adds and changes what is named. A Boolean option that is V(false) takes its statement away.
      - V(replaced) makes each named profile exactly so.
      - V(overridden) makes the whole list exactly so.
      - V(deleted) removes the named profiles, or all of them when none is named. A profile that something in
        C([edit security pki]) still names is not removed but refused, with the places that name it.
      - A deactivated statement counts as not in effect, and is activated when it is declared.
      - What apply-groups bring counts as there. It is not written twice, and it cannot be deleted here.
    type: str
    choices: [merged, replaced, overridden, deleted]
    default: merged
seealso:
  - name: Junos OS CLI reference, ca-profile
    description: The vendor's page on the statement.
    link: https://www.juniper.net/documentation/us/en/software/junos/cli-reference/topics/ref/statement/security-edit-ca-profile.html
  - module: netpki.junos.junos_pki_reenroll
"""

EXAMPLES = r"""
- name: A CA profile with two OCSP responders, the first one preferred
  netpki.junos.junos_pki_ca_profile:
    ca_profiles:
      - name: corp-ca
        ca_identity: corp.example.net
        enrollment:
          url: http://ca.example.net/scep
        revocation_check:
          use_ocsp: true
          ocsp:
            url:
              - http://ocsp1.example.net
              - http://ocsp2.example.net
            connection_failure: fallback-crl

- name: Take the revocation check back in, and nothing else
  netpki.junos.junos_pki_ca_profile:
    ca_profiles:
      - name: corp-ca
        revocation_check:
          disable: false
          use_crl: true

- name: Remove a CA profile that nothing names any more
  netpki.junos.junos_pki_ca_profile:
    ca_profiles:
      - name: old-ca
    state: deleted
"""

RETURN = r"""
before:
  description:
    - The profiles that were in effect, in the words of the options, secrets masked. Deactivated statements are left
      out.
  returned: success
  type: dict
  sample:
    ca_profiles:
      - name: corp-ca
        ca_identity: corp.example.net
        enrollment: {url: "http://ca.example.net/scep"}
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
        enrollment: {url: "http://ca.example.net/scep", retry: 5}
commands:
  description: The lines that a person would type for the change, secrets masked. Empty when nothing changes.
  returned: success
  type: list
  elements: str
  sample:
    - set security pki ca-profile corp-ca enrollment retry 5
reasons:
  description: For each change, what differed.
  returned: success
  type: list
  elements: str
  sample:
    - "ca-profile corp-ca enrollment retry: not on the device"
release:
  description: The device's Junos release, null where the device did not tell it.
  returned: success
  type: str
  sample: 22.4R3
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import CA_PROFILE_SPEC
from ansible_collections.netpki.junos.plugins.module_utils._run import configure


def main() -> None:
    module = AnsibleModule(argument_spec=CA_PROFILE_SPEC, supports_check_mode=True)
    try:
        result = configure(module.params, module.check_mode, module._diff)
    except NetpkiError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
