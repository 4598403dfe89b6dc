# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device makes of a secret it is given: $9$ with a fresh salt, or $8$ under a master password."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from netutils.password import encrypt_juniper_type9

from .grammar import Rule


@dataclass(frozen=True, slots=True)
class Secrets:
    """How one device stores secrets. With ``master_password`` it writes $8$ texts that nobody can decode here."""

    master_password: bool = False

    def store(self, rule: Rule, value: str) -> str:
        """The stored form: clear text is encoded anew each time, what is encoded already stays as it is."""
        if rule.secret != "encode" or value.startswith(("$9$", "$8$")):
            return value
        if self.master_password:
            parts = (base64.b64encode(os.urandom(size)).decode() for size in (8, 16, 16, max(len(value), 16)))
            return "$8$aes256-gcm$hmac-sha2-256$100$" + "$".join(parts)
        return str(encrypt_juniper_type9(value))
