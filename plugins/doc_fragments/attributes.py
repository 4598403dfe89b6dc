# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module promises."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and tell what it would change.
    support: full
    details:
      - The device validates the change, too. It is loaded into a private or exclusive candidate, checked with
        C(commit check) and discarded. Nothing is committed, and nobody's uncommitted edits are touched.
      - Where nothing would change, the configuration is read and that is all.
      - While somebody else's C(commit confirmed) waits to be confirmed, a commit check may confirm it. No read shows
        that one is waiting.
  diff_mode:
    description: Returns details of what has changed, or would change, with C(--diff).
    support: full
    details:
      - The device's own compare text, with every secret masked.
  idempotent:
    description: When run twice in a row with the same options, the second run changes nothing.
    support: partial
    details:
      - A secret that cannot be compared is written again, see O(update_password).
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    description: Target systems that this works on.
    platforms: junos
    support: full
    details:
      - Junos OS from 15.1X49 to 24.4 on SRX, after the vendor's published models. Tested against a simulated device.
"""

    # Of a module that only reads.
    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode.
    support: full
    details:
      - Nothing is changed in any mode.
  diff_mode:
    description: Returns details of what has changed, or would change, with C(--diff).
    support: none
  idempotent:
    description: When run twice in a row with the same options, the second run changes nothing.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    description: Target systems that this works on.
    platforms: junos
    support: full
    details:
      - Junos OS from 15.1X49 to 24.4 on SRX, after the vendor's published models. Tested against a simulated device.
"""

    # Of a module that changes what a device's PKI holds.
    PKI = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and tell what it would change.
    support: partial
    details:
      - What the device holds is read, and the steps that are missing are told. A device cannot try an enrollment, so
        whether the CA would take it stays open.
      - Whether there is a key pair without a certificate or a request, no device shows. In check mode it counts as
        missing.
  diff_mode:
    description: Returns details of what has changed, or would change, with C(--diff).
    support: full
    details:
      - The commands that a person would type, with every secret masked.
  idempotent:
    description: When run twice in a row with the same options, the second run changes nothing.
    support: partial
    details:
      - O(force) does again what it does.
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    description: Target systems that this works on.
    platforms: junos
    support: full
    details:
      - Junos OS from 15.1X49 to 24.4 on SRX, after the vendor's published models. Tested against a simulated device
        that enrolls with real CAs.
"""
