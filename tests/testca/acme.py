# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACME (RFC 8555) in front of the authority. Nothing yet."""

from __future__ import annotations

from collections.abc import Mapping

from .authority import Authority


class AcmeServer:
    """One profile's ACME server. ``base_url`` ends with the profile, ``/acme`` and what stands behind it are added."""

    def __init__(self, authority: Authority, profile: str, base_url: str) -> None:
        self.authority, self.profile, self.base_url = authority, profile, base_url

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """``path`` is what stands behind ``/PROFILE/acme``, with the slash: ``/directory``."""
        return 501, {"Content-Type": "text/plain"}, b"not yet"
