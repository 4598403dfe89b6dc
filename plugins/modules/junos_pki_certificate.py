#!/usr/bin/python

# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: junos_pki_certificate
short_description: Enroll, load, renew or clear a certificate of a Junos device
version_added: 0.1.0
description:
  - Brings a device from nothing to an enrolled certificate. The CA certificate, the key pair, the certificate, each
    step only if it is needed.
  - Waits until the certificate is there, because a device answers the request for an enrollment at once and enrolls
    afterwards.
  - What renews the certificate later is a re-enrollment entry, see M(netpki.junos.junos_pki_reenroll). The CA profile
    must be configured before, see M(netpki.junos.junos_pki_ca_profile). The role C(netpki.junos.pki_reenroll) does all
    of it in the right order.
  - Passwords and secrets are sent inside NETCONF requests, and never typed on the device's command line.
author:
  - netpki.junos contributors (@netpki)
extends_documentation_fragment:
  - netpki.junos.attributes.pki
  - netpki.junos.connection
options:
  certificate_id:
    description: The identifier of the certificate on the device, 1 to 32 characters.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the device holds a certificate of that name. One that is there stays, whatever its
        names are. One that has expired, or that is another than O(content), is an error that says what to do.
      - V(absent) clears the certificate, its request and its key pair. A key pair alone no device shows, so it stays.
        Refused while the configuration uses the certificate, unless O(force) is true.
      - V(renewed) re-enrolls a certificate now, if it is close enough to its expiry (O(renew_within)) or O(force) is
        true. The device must hold it.
    type: str
    choices: [present, absent, renewed]
    default: present
  ca_profile:
    description: The CA profile, by its name. It must be configured on the device, with an C(enrollment url) to enroll.
    type: str
  ca_certificate:
    description:
      - What must be loaded into O(ca_profile) first. Without it, a CA profile that holds no certificate is an error.
      - Left out, the CA profile is not looked at once there is a certificate.
    type: dict
    suboptions:
      content:
        description:
          - The CA certificate as PEM, or several. They are copied to the device over SSH, loaded, and the file is
            removed.
          - Without it, the device asks the CA for its certificate by SCEP. It shows a fingerprint and asks whether to
            load it, on its command line only. It is told yes if the fingerprint is the pinned one, and no otherwise.
        type: str
      sha256:
        description:
          - Fingerprint of the CA certificate, 64 hexadecimal digits, with or without colons.
          - Where the CA sends several certificates, the device loads all of them or none, so each must be in the list.
          - A device that shows no SHA-256 fingerprint cannot prove it, and then nothing is loaded. The vendor's own
            output shows SHA-1 and MD5. Give O(ca_certificate.sha1) or O(ca_certificate.content) there.
        type: list
        elements: str
      sha1:
        description: The same in SHA-1, 40 hexadecimal digits.
        type: list
        elements: str
      accept_any_fingerprint:
        description: Load whatever answers at the enrollment URL. Only where the way to the CA cannot be tampered with.
        type: bool
        default: false
      replace:
        description:
          - Whether another certificate in the CA profile is cleared for this one. An error tells of it otherwise.
          - It is cleared before the new one is loaded. If that is refused, the CA profile is left empty.
        type: bool
        default: false
  key_pair:
    description:
      - The key pair to generate where there is neither a certificate nor a certificate request. One that is there
        already is used as it is, whatever its type is.
    type: dict
    suboptions:
      type:
        description: Its algorithm. A CA that speaks SCEP needs V(rsa).
        type: str
        choices: [rsa, dsa, ecdsa]
        default: rsa
      size:
        description:
          - Its length in bits. 512, 1024, 2048 or 4096 for V(rsa), 1024, 2048 or 4096 for V(dsa), 256, 384 or 521 for
            V(ecdsa).
          - When left out, 2048, for V(ecdsa) 256.
        type: int
  protocol:
    description:
      - How to enroll or renew. V(acme) needs Junos 22.4R1.
      - Without it, and without O(content) and O(certificate_request), there will be a key pair and no certificate.
    type: str
    choices: [scep, cmpv2, acme]
  subject:
    description:
      - The subject, as the device takes it, C(DC=...,CN=...,OU=...,O=...,SN=...,L=...,ST=...,C=...).
      - Needed for V(scep), V(cmpv2) and O(certificate_request).
    type: str
  domain_name:
    description: A domain name among the alternative names.
    type: str
  ip_address:
    description: An IPv4 address among the alternative names.
    type: str
  ipv6_address:
    description: An IPv6 address among the alternative names.
    type: str
  email:
    description:
      - An e-mail address among the alternative names. With V(acme), the address of the account, which is needed.
    type: str
  digest:
    description:
      - The hash that the request is signed with. V(sha-1) and V(sha-256) for RSA keys, V(sha-256) and V(sha-384) for
        ECDSA.
    type: str
    choices: [sha-1, sha-256, sha-384]
  challenge_password:
    description: The password of SCEP.
    type: str
  scep_encryption_algorithm:
    description: How SCEP messages are encrypted.
    type: str
    choices: [des, des3]
  scep_digest_algorithm:
    description: The hash of SCEP messages.
    type: str
    choices: [md5, sha1]
  ca_secret:
    description: The secret that the CA has given for a first enrollment by CMPv2.
    type: str
  ca_reference:
    description: The reference that belongs to O(ca_secret).
    type: str
  ca_dn:
    description: The distinguished name of a CMPv2 server, where no CA certificate is loaded.
    type: str
  acme_key_id:
    description: The key of the ACME account, by its name. It is generated if there is none of that name.
    type: str
  letsencrypt_enrollment:
    description: Whether the ACME server is Let's Encrypt. Needed for V(acme).
    type: bool
  domain_names:
    description:
      - One to five domain names for an enrollment by ACME. The CA asks each of them on TCP port 80, which the device
        answers in C(inet.0) only. No wildcard.
    type: list
    elements: str
  terms_of_service:
    description: Whether the terms of service of the ACME server are accepted.
    type: str
    choices: [agree, disagree]
  re_generate_keypair:
    description:
      - Whether V(renewed) makes a new key pair. Many CAs refuse a new certificate for the old key.
      - For what the device renews by itself, see O(netpki.junos.junos_pki_reenroll#module:config).
    type: bool
    default: true
  content:
    description: A certificate as PEM to load, instead of O(protocol).
    type: str
  private_key:
    description:
      - The private key of O(content) as PEM. Left out where the device has generated the key.
      - It is copied to the device over SSH into a file that only the user may read, which is overwritten and removed
        afterwards, also when the task fails or is told to end. A controller that is lost meanwhile leaves it there, as
        C(/var/tmp/netpki-*.pem).
    type: str
  passphrase:
    description: The passphrase of O(private_key).
    type: str
  certificate_request:
    description:
      - Generate a PKCS#10 request with O(subject) and the names, and return it as RV(csr), for a CA that is asked by
        other means. Its answer is loaded with O(content).
      - A device does not show the text of a request again. One that is there stays, and RV(csr) is null. O(force) makes
        another one with the same key, also for a certificate that is there.
    type: bool
    default: false
  renew_within:
    description: How close to its expiry a certificate is renewed, for V(renewed). Exactly one of the three.
    type: dict
    suboptions:
      days:
        description: Days before the expiry.
        type: int
      hours:
        description: Hours before the expiry.
        type: int
      percentage:
        description: Percent of the lifetime that remain, 1 to 99.
        type: int
  force:
    description:
      - With V(present), a certificate that is there is cleared with its key pair, and enrolled or loaded anew. Until
        the new one is there, the device has none. Where O(content) is loaded without O(private_key), the key pair
        stays, on devices that do not clear it along with the certificate, as the vendor says of MX and EX.
      - With V(renewed), renews whatever the date of expiry is. With V(absent), clears a certificate that is in use.
    type: bool
    default: false
  now:
    description:
      - The point in time that counts as now, in ISO-8601 with a time zone. The clock of the controller when left out.
    type: str
  verify:
    description:
      - Which certificate the device verifies, the chain to the CA certificate included. The task fails where it does
        not verify.
      - With V(new), one that this run brought. One whose verification has failed is not looked at again in the next
        run, with V(always) it is. Never in check mode.
    type: str
    choices: [new, always, never]
    default: new
  enroll_timeout:
    description:
      - Seconds to wait for the certificate, after the device has taken the request for it. With V(0), it is not waited
        for, and a run that does not find it yet asks for it again.
      - When they are over, the task fails with the last lines that the PKI daemon has written to the system log, those
        about the certificate if there are any.
    type: int
    default: 300
  ssh_port:
    description:
      - Port of the device's SSH service, for what NETCONF cannot do. That is copying a file (O(ca_certificate.content),
        O(content)) and letting the device ask the CA for its certificate (O(ca_certificate) without content).
      - The port of NETCONF does not take such a session. It is opened only when needed, with the same login and the
        same check of the host key.
    type: int
    default: 22
requirements:
  - cryptography where the task runs, for O(content) and O(ca_certificate.content)
notes:
  - A CA profile that is not committed yet is an error in check mode as well. The role C(netpki.junos.pki_reenroll)
    passes over what cannot be looked at then.
  - Of a logical system or a tenant, a device shows no certificate, so there is no option for them.
  - Whether a device writes the inputs of NETCONF requests to its log of commands is not documented.
seealso:
  - module: netpki.junos.junos_pki_ca_profile
  - module: netpki.junos.junos_pki_info
  - module: netpki.junos.junos_pki_reenroll
"""

EXAMPLES = r"""
- name: A certificate by SCEP, from nothing
  netpki.junos.junos_pki_certificate:
    certificate_id: vpn-01
    ca_profile: corp-ca
    ca_certificate:
      sha1: 48:ad:39:fa:66:07:c2:f8:bb:ee:d8:f0:fa:68:dc:26:32:a5:b5:a8
    protocol: scep
    subject: "CN={{ inventory_hostname }},OU=vpn,O=example,C=de"
    domain_name: "{{ inventory_hostname }}"
    challenge_password: "{{ vault_challenge }}"

- name: By CMPv2, with an elliptic curve, and the CA certificate from a file
  netpki.junos.junos_pki_certificate:
    certificate_id: vpn-01
    ca_profile: corp-ca
    ca_certificate:
      content: "{{ lookup('ansible.builtin.file', 'corp-ca.pem') }}"
    key_pair: {type: ecdsa, size: 384}
    protocol: cmpv2
    subject: "CN={{ inventory_hostname }},O=example"
    ca_reference: "{{ vault_cmp_reference }}"
    ca_secret: "{{ vault_cmp_secret }}"

- name: By ACME
  netpki.junos.junos_pki_certificate:
    certificate_id: web-01
    ca_profile: acme-ca
    ca_certificate:
      content: "{{ lookup('ansible.builtin.file', 'acme-chain.pem') }}"
    protocol: acme
    acme_key_id: web-key
    domain_names: [fw.example.net]
    email: pki@example.net
    letsencrypt_enrollment: true
    terms_of_service: agree

- name: Renew now what expires within 30 days
  netpki.junos.junos_pki_certificate:
    certificate_id: vpn-01
    state: renewed
    ca_profile: corp-ca # or the one of its re-enrollment entry
    protocol: scep
    challenge_password: "{{ vault_challenge }}"
    renew_within: {days: 30}

- name: A request for a CA that is asked by hand
  netpki.junos.junos_pki_certificate:
    certificate_id: vpn-02
    certificate_request: true
    subject: CN=vpn-02.example.net,O=example
  register: request

- name: Its answer, and the certificate of the CA
  netpki.junos.junos_pki_certificate:
    certificate_id: vpn-02
    ca_profile: corp-ca
    ca_certificate:
      content: "{{ lookup('ansible.builtin.file', 'corp-ca.pem') }}"
    content: "{{ lookup('ansible.builtin.file', 'vpn-02.pem') }}"
"""

RETURN = r"""
before:
  description:
    - The certificate on the device before, as RV(netpki.junos.junos_pki_info#module:local_certificates) has it.
  returned: success
  type: dict
after:
  description:
    - The certificate on the device afterwards, null where there is none. In check mode, null where it would be another.
  returned: success
  type: dict
csr:
  description: The certificate request as PEM, null where none was generated.
  returned: success
  type: str
commands:
  description: What a person would type for what was done, secrets masked. Empty when nothing changes.
  returned: success
  type: list
  elements: str
  sample:
    - request security pki generate-key-pair certificate-id vpn-01 size 2048 type rsa
reasons:
  description: For each of them, what was missing.
  returned: success
  type: list
  elements: str
  sample:
    - "certificate vpn-01: not on the device"
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netpki.junos.plugins.module_utils._certificate_options import CERTIFICATE_SPEC
from ansible_collections.netpki.junos.plugins.module_utils._certify import certify
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError


def main() -> None:
    module = AnsibleModule(argument_spec=CERTIFICATE_SPEC, supports_check_mode=True)
    try:
        result = certify(module.params, module.check_mode, module._diff)
    except NetpkiError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
