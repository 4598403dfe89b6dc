# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit looks at: one host, and one certificate with all that belongs to its renewal. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._certificates import parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._schedule import Renewal

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Host:
    """What junos_pki_info told of one host. A store that was not read is None."""

    name: str
    read: bool = True
    release: Release | None = None
    configuration: Options = field(default_factory=dict)
    local_certificates: Sequence[Options] | None = None
    ca_certificates: Sequence[Options] | None = None
    certificate_requests: Sequence[Options] | None = None
    nodes: tuple[str, ...] = ()  # of a chassis cluster
    left_out: tuple[str, ...] = ()

    def listed(self, name: str) -> Sequence[Options]:
        """A list of the configuration; empty where there is none."""
        found: Sequence[Options] = self.configuration.get(name) or ()
        return found

    def named(self, name: str, key: str | None) -> list[Options]:
        """The rows of one list or store that bear a name."""
        return self._index[name].get(key, []) if key else []

    @cached_property
    def _index(self) -> dict[str, dict[str, list[Options]]]:
        # A hub has thousands of certificates: none of them looks through the lists of all.
        return {
            "config": _by(self.listed("config"), "certificate_id"),
            "certificate_uses": _by(self.listed("certificate_uses"), "certificate_id"),
            "ca_profiles": _by(self.listed("ca_profiles"), "name"),
            "ca_certificates": _by(self.ca_certificates or (), "ca_profile"),
            "certificate_requests": _by(self.certificate_requests or (), "certificate_id"),
            "deactivated": _by(
                ({"id": key, **each} for each in self.listed("deactivated") for key in each["certificate_ids"]), "id"
            ),
        }


def _by(rows: Iterable[Options], key: str) -> dict[str, list[Options]]:
    found: dict[str, list[Options]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


@dataclass(frozen=True)
class Case:
    """One certificate, its re-enrollment entry, or both where both are there."""

    host: Host
    certificate_id: str
    entry: Options | None
    certificate: Options | None
    renewal: Renewal
    now: datetime
    nodes: tuple[str, ...] = ()  # that hold this certificate

    @property
    def profile_name(self) -> str | None:
        return self.entry.get("ca_profile_name") if self.entry else None

    @property
    def profile(self) -> Options | None:
        """The CA profile that the entry names, where it is in effect."""
        return next(iter(self.host.named("ca_profiles", self.profile_name)), None)

    @property
    def enrollment(self) -> Options:
        """Where and how often that profile asks the CA."""
        return (self.profile or {}).get("enrollment") or {}

    @property
    def ca_certificates(self) -> list[Options]:
        """What is loaded into that profile."""
        return self.host.named("ca_certificates", self.profile_name)

    @property
    def missing(self) -> bool:
        """Whether the device is known not to hold the certificate."""
        return self.certificate is None and self.host.local_certificates is not None

    @property
    def self_signed(self) -> bool:
        """Whether the certificate names itself as its issuer: no CA renews such a one."""
        shown = self.certificate or {}
        return bool(shown.get("subject")) and shown.get("subject") == shown.get("issuer")

    @property
    def used_by(self) -> list[str]:
        return [use["path"] for use in self.host.named("certificate_uses", self.certificate_id)]

    @property
    def deactivated(self) -> list[str]:
        """The deactivated statements that the certificate's renewal would need."""
        return [each["path"] for each in self.host.named("deactivated", self.certificate_id)]

    @property
    def device_status(self) -> str | None:
        return self._device_says("status")

    @property
    def device_trigger(self) -> datetime | None:
        """When the device itself says that it renews, where that can be read."""
        text = self._device_says("next_trigger_time")
        try:
            return parse_date(text, "next_trigger_time") if text else None
        except InputError:
            return None

    @property
    def device_trigger_text(self) -> str | None:
        return self._device_says("next_trigger")

    def _device_says(self, name: str) -> str | None:
        told: str | None = ((self.certificate or {}).get("auto_re_enrollment") or {}).get(name)
        return told

    @property
    def ca(self) -> str | None:
        """The CA that a renewal is a load for: the host of the enrollment URL, or else the profile."""
        url = self.enrollment.get("url") or ""
        found = re.match(r"[a-z][a-z0-9+.-]*://(?:[^/@]*@)?(\[[^]/]+\]|[^/:?#]+)", str(url), re.ASCII | re.IGNORECASE)
        return found[1].lower() if found else self.profile_name
