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

from ansible_collections.netpki.junos.plugins.module_utils._certificates import Validity, parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._schedule import (
    RETRY,
    Renewal,
    plan,
    plan_without_dates,
    plan_without_readable_dates,
)

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
    def profiles(self) -> dict[str | None, Profile]:
        """The CA profiles that its entries name. Who names none has the one of no name."""
        names = {None, *(entry.get("ca_profile_name") for entry in self.listed("config"))}
        return {
            name: Profile(name, next(iter(self.named("ca_profiles", name)), None), self.named("ca_certificates", name))
            for name in names
        }

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
class Profile:
    """A CA profile that entries name, and what is loaded into it. What many certificates ask for is worked out once."""

    name: str | None
    options: Options | None  # where it is in effect
    ca_certificates: Sequence[Options]

    @cached_property
    def enrollment(self) -> Options:
        """Where and how often it asks the CA."""
        return (self.options or {}).get("enrollment") or {}

    @cached_property
    def ca(self) -> str | None:
        """The CA that a renewal is a load for: the host of the enrollment URL, or else the profile."""
        found = _HOST_OF_URL.match(str(self.enrollment.get("url") or ""))
        return found[1].lower() if found else self.name

    @property
    def retry(self) -> int:
        return self._number("retry")

    @cached_property
    def retried(self) -> int:
        """For how many seconds it asks the CA again."""
        return self.retry * self._number("retry_interval")

    def _number(self, name: str) -> int:
        text = str(self.enrollment.get(name))
        return int(text) if text.isascii() and text.isdigit() else RETRY[name]

    @cached_property
    def start(self) -> datetime | None:
        """From when on it has a CA certificate."""
        starts = (
            parse_date(each["not_before"], "not_before") for each in self.ca_certificates if each.get("not_before")
        )
        return min(starts, default=None)

    @cached_property
    def end(self) -> datetime | None:
        """Until when it has a CA certificate: on the node of a cluster where that ends first."""
        ends: dict[str | None, list[datetime]] = {}
        for each in self.ca_certificates:
            if each.get("not_after"):
                ends.setdefault(each.get("node"), []).append(parse_date(each["not_after"], "not_after"))
        return min(map(max, ends.values()), default=None)

    @cached_property
    def problems(self) -> list[str]:
        """What could not be understood of its CA certificates."""
        return list(dict.fromkeys(told for each in self.ca_certificates for told in each.get("problems") or ()))

    @cached_property
    def nodes(self) -> set[str]:
        """The nodes of a chassis cluster that hold a CA certificate of it."""
        return {each["node"] for each in self.ca_certificates if each.get("node")}

    @cached_property
    def subjects(self) -> dict[str, list[str]]:
        """The subjects of its CA certificates, each with its name for comparing."""
        return {each["subject"]: comparable(each["subject"]) for each in self.ca_certificates if each.get("subject")}


_HOST_OF_URL = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/@]*@)?(\[[^]/]+\]|[^/:?#]+)", re.ASCII | re.IGNORECASE)


def comparable(name: str) -> list[str]:
    """A distinguished name for comparing: neither case nor blanks nor the order of its attributes count."""
    return sorted("".join(part.split()).casefold() for part in name.split(","))


@dataclass(frozen=True)
class Case:
    """One certificate, its re-enrollment entry, or both where both are there."""

    host: Host
    certificate_id: str
    entry: Options | None
    certificate: Options | None
    now: datetime
    nodes: tuple[str, ...] = ()  # that hold this certificate

    @cached_property
    def profile(self) -> Profile:
        """The CA profile that the entry names."""
        return self.host.profiles[self.entry.get("ca_profile_name") if self.entry else None]

    @cached_property
    def renewal(self) -> Renewal:
        try:
            if self.certificate is not None:
                validity = _validity(self.certificate)
                return plan(validity, self.entry, self.now, self.host.release, self.profile.options)
            if self.entry is None:
                return Renewal()
            return plan_without_dates(self.entry, "no-certificate" if self.missing else "certificate-not-shown")
        except InputError as error:
            return plan_without_readable_dates(self.entry, error)

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

    @cached_property
    def device_trigger(self) -> datetime | None:
        """When the device itself says that it renews, where that can be read."""
        return readable(self._device_says("next_trigger_time"))

    @property
    def device_trigger_text(self) -> str | None:
        return self._device_says("next_trigger")

    def _device_says(self, name: str) -> str | None:
        told: str | None = ((self.certificate or {}).get("auto_re_enrollment") or {}).get(name)
        return told


def readable(date: object) -> datetime | None:
    """The date, in any form that parse_date takes; None where there is none, or it cannot be understood."""
    try:
        return parse_date(date, "date") if date else None
    except InputError:
        return None


def _validity(shown: Options) -> Validity:
    return Validity(shown["certificate_id"], _date(shown, "not_before"), _date(shown, "not_after"))


def _date(shown: Options, name: str) -> datetime | None:
    return parse_date(shown[name], f"certificate.{name}") if shown.get(name) else None
