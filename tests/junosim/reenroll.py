# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the configuration in effect says about renewals: which certificate, how, from whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from netutils.password import decrypt_juniper_type9

from .tree import Node

RETRIES, INTERVAL = 1000, 600  # of a ca-profile that does not say: the defaults of the model
_LISTS = {"scep": ("scep",), "cmpv2": ("cmpv2",), "acme": ("acme",), "direct": ()}
_UNITS = ("days", "hours", "percent")


@dataclass(frozen=True)
class Profile:
    """A ca-profile, as far as an enrollment needs it."""

    name: str
    url: str = ""
    identity: str = ""
    retries: int = RETRIES
    interval: int = INTERVAL


@dataclass(frozen=True)
class Wanted:
    """A certificate that shall be enrolled, by an entry of the configuration or because somebody asked for it."""

    identifier: str
    protocol: str  # scep, cmpv2, acme
    profile: str
    trigger: tuple[str, int] | None = None  # a unit and a number
    new_key: bool = False
    challenge_password: str = ""
    encryption: str = "des3"
    digest: str = "sha1"
    acme_key_id: str = ""
    # Only of a first enrollment.
    subject: x509.Name | None = None  # None: a renewal, which keeps the names
    alternate: tuple[x509.GeneralName, ...] = ()
    reference: str = ""
    secret: str = ""
    ca_dn: str = ""
    email: str = ""


def profile(effective: Node, name: str) -> Profile | None:
    found = effective.find("security", "pki", ("ca-profile", name))
    if found is None:
        return None
    return Profile(
        name,
        _text(found, "enrollment", "url"),
        _text(found, "ca-identity"),
        int(_text(found, "enrollment", "retry") or RETRIES),
        int(_text(found, "enrollment", "retry-interval") or INTERVAL),
    )


def entries(effective: Node) -> Iterator[Wanted]:
    """Of ``auto-re-enrollment``, all four lists; the old direct one means SCEP."""
    for name, path in _LISTS.items():
        above = effective.find("security", "pki", "auto-re-enrollment", *path)
        for entry in above.named("certificate-id") if above is not None else ():
            yield _wanted(entry, "scep" if name == "direct" else name)


def _wanted(entry: Node, protocol: str) -> Wanted:
    return Wanted(
        entry.key or "",
        protocol,
        _text(entry, "ca-profile-name"),
        trigger=_trigger(entry),
        new_key=entry.find("re-generate-keypair") is not None,
        challenge_password=_clear(_text(entry, "challenge-password")),
        encryption=_choice(entry, "scep-encryption-algorithm", "des3"),
        digest=_choice(entry, "scep-digest-algorithm", "sha1"),
        acme_key_id=_text(entry, "acme-key-id"),
    )


def _trigger(entry: Node) -> tuple[str, int] | None:
    """re-enroll-time wins over the percentage."""
    for unit in _UNITS:
        if value := _text(entry, "re-enroll-time", unit):
            return unit, int(value)
    value = _text(entry, "re-enroll-trigger-time-percentage")
    return ("percent", int(value)) if value else None


def due(trigger: tuple[str, int] | None, certificate: x509.Certificate) -> datetime | None:
    """The first second at or after the trigger; None where nothing triggers.

    Days and hours count back from the end, percent is the share of the lifetime that is left by then. What would come
    before the certificate begins does not come at all: a renewal at once, again and again, would be the other way.
    """
    if trigger is None:
        return None
    unit, number = trigger
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    lifetime = int((end - begin).total_seconds())
    left = {"days": number * 86400, "hours": number * 3600, "percent": lifetime * number // 100}[unit]
    return end - timedelta(seconds=left) if left < lifetime else None


def _text(node: Node, *path: str) -> str:
    leaf = node.find(*path)
    return (leaf.value or "") if leaf is not None else ""


def _choice(entry: Node, name: str, default: str) -> str:
    """The name of the empty leaf that a container holds."""
    chosen = entry.find(name)
    return next((kid.rule.name for kid in chosen), default) if chosen is not None else default


def _clear(secret: str) -> str:
    """A device knows its own secrets; one under a master password ($8$), or a damaged one, nobody can decode here."""
    try:
        return str(decrypt_juniper_type9(secret)) if secret.startswith("$9$") else ""
    except (IndexError, KeyError, ValueError):
        return ""
