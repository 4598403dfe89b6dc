# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The list of CA profiles, shared by the modules that write them."""

    DOCUMENTATION = r"""
options:
  ca_profiles:
    description:
      - CA profiles, each C([edit security pki ca-profile <name>]).
      - Left out, the profiles on the device are not touched.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the profile, 1 to 32 characters. From Junos 18.4R1 on (and in 18.2R3) without C(/), C(%), C(.) and
            blanks.
        type: str
        required: true
      ca_identity:
        description: C(ca-identity), the CA's name for itself, as SCEP and CMPv2 requests carry it.
        type: str
      source_address:
        description: C(source-address), the address that requests to the CA come from. IPv6 needs Junos 18.1R1.
        type: str
      proxy_profile:
        description: C(proxy-profile), a profile of C([edit services proxy]). Needs Junos 18.2R1.
        type: str
      routing_instance:
        description: C(routing-instance), the instance to reach the CA through.
        type: str
      enrollment:
        description: C(enrollment), where and how often to ask the CA.
        type: dict
        suboptions:
          url:
            description:
              - C(url), the address of the CA's SCEP, CMPv2 or ACME service.
              - A device refuses a re-enrollment entry whose profile has none.
            type: str
          retry:
            description: C(retry), attempts after the first, 0 to 1080. The model's default is 1000.
            type: int
          retry_interval:
            description: C(retry-interval), seconds between attempts, 0 to 3600. The model's default is 600.
            type: int
      revocation_check:
        description: C(revocation-check). At most one of O(ca_profiles[].revocation_check.use_crl),
          O(ca_profiles[].revocation_check.use_ocsp) and O(ca_profiles[].revocation_check.disable) is V(true).
        type: dict
        suboptions:
          use_crl:
            description: C(use-crl), check against a certificate revocation list.
            type: bool
          use_ocsp:
            description: C(use-ocsp), ask an OCSP responder.
            type: bool
          disable:
            description: C(disable), no check.
            type: bool
          ocsp:
            description: C(ocsp), how to ask the responder.
            type: dict
            suboptions:
              url:
                description: C(url), the responders in order of preference. The order is kept. 1 to 500 characters each.
                type: list
                elements: str
              nonce_payload:
                description: C(nonce-payload), whether a request carries a nonce.
                type: str
                choices: [enable, disable]
              disable_responder_revocation_check:
                description: C(disable-responder-revocation-check).
                type: bool
              accept_unknown_status:
                description: C(accept-unknown-status), take the answer C(unknown) for good.
                type: bool
              connection_failure:
                description: C(connection-failure), what to do when no responder answers.
                type: str
                choices: [fallback-crl, disable]
          crl:
            description: C(crl), how to fetch revocation lists.
            type: dict
            suboptions:
              disable:
                description: C(disable), when not to check.
                type: dict
                suboptions:
                  on_download_failure:
                    description: C(on-download-failure), take a certificate for good when no list can be fetched.
                    type: bool
              url:
                description:
                  - C(url), the distribution points in order of preference. The order is kept.
                  - Mappings with C(name), because a distribution point may have a password.
                type: list
                elements: dict
                suboptions:
                  name:
                    description: The address, 1 to 500 characters.
                    type: str
                    required: true
                  password:
                    description: C(password) for the address. Compared decoded, never shown.
                    type: str
              refresh_interval:
                description: C(refresh-interval), hours between fetches, 0 to 8784.
                type: int
      administrator:
        description: C(administrator), whom a device sends certificate requests to by mail.
        type: dict
        suboptions:
          email_address:
            description: C(email-address).
            type: str
"""
