# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps from what a device holds of a certificate to what a task wants of it, each only if it is needed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _operations as operations
from ansible_collections.netpki.junos.plugins.module_utils._certificates import (
    certificate_from,
    fingerprints_of,
    iso,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import DeviceError, InputError
from ansible_collections.netpki.junos.plugins.module_utils._operations import Operation
from ansible_collections.netpki.junos.plugins.module_utils._schedule import trigger

Record = Mapping[str, Any]


@dataclass(frozen=True)
class CaCertificate:
    """What shall be in the CA profile. ``pins``: fingerprints in lower-case hex without colons, by the algorithm."""

    content: str | None
    pins: Mapping[str, Sequence[str]]
    accept_any: bool = False
    replace: bool = False


@dataclass(frozen=True)
class Want:
    """What a task declares. ``values``: the inputs of the requests, by their elements."""

    certificate_id: str
    state: str  # present, absent or renewed
    protocol: str  # empty: none
    ca_profile: str | None
    ca_certificate: CaCertificate | None
    values: Mapping[str, Any]
    key: Mapping[str, Any]  # type and size
    content: str | None = None
    private_key: str | None = field(default=None, repr=False)
    request: bool = False
    renew_within: Mapping[str, Any] | None = None
    force: bool = False


@dataclass(frozen=True)
class Held:
    """What the device holds of it: records as junos_pki_info has them. ``lacking``: nodes of a cluster without it."""

    certificates: Sequence[Record]
    ca_certificates: Sequence[Record]
    requests: Sequence[Record]
    lacking: Sequence[str] = ()

    @property
    def certificate(self) -> Record | None:
        return self.certificates[0] if self.certificates else None


@dataclass(frozen=True)
class Step:
    """One change. ``enrolls``: the device answers at once, and the certificate comes later.

    ``files`` are inputs that name a file on the device, with what shall be in it. A refusal that means ``settled`` (see
    _replies.means) says that there is nothing to do.
    """

    operation: Operation
    values: Mapping[str, Any]
    reason: str
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    settled: str = ""
    enrolls: bool = False

    @property
    def line(self) -> str:
        return self.operation.line({**self.values, **dict.fromkeys(self.files, "/var/tmp/netpki-*.pem")})


def steps(want: Want, held: Held, now: datetime) -> list[Step]:
    """What to do, in order; nothing where the device holds it all.

    :raises InputError: what is wanted does not go with what is there; the message says what would.
    """
    if want.state == "absent":
        return list(_removal(want, held))
    todo = list(_ca_certificate(want, held))
    if want.state == "renewed":
        return todo + list(_renewal(want, held, now))
    return todo + list(_presence(want, held, now))


# ---- the CA certificate ----


def _ca_certificate(want: Want, held: Held) -> Iterator[Step]:
    ca, profile = want.ca_certificate, {"ca-profile": want.ca_profile}
    if ca is None:
        return
    if held.ca_certificates:
        if _is_wanted(ca, [_digests(record) for record in held.ca_certificates]):
            return
        if not ca.replace:
            shown = "; ".join(f"{each['subject']} with {_shown(each['fingerprints'])}" for each in held.ca_certificates)
            raise InputError(
                f"ca_certificate: the CA profile {want.ca_profile} holds another certificate, or one that cannot be"
                f" compared with the wanted one. The device shows {shown}. Wanted is {_told(ca)}."
                " Give replace true to put the wanted one in its place."
            )
        yield Step(operations.CLEAR_CA_CERTIFICATE, profile, f"ca-profile {want.ca_profile}: holds another certificate")
    reason = f"ca-profile {want.ca_profile}: the CA certificate is not loaded"
    if ca.content is None:
        yield Step(operations.ENROLL_CA_CERTIFICATE, profile, reason)
    else:
        yield Step(operations.LOAD_CA_CERTIFICATE, profile, reason, files={"filename": ca.content})


def _is_wanted(ca: CaCertificate, held: Sequence[Mapping[str, str]]) -> bool:
    """Whether the certificates of a CA profile are the wanted ones, by the fingerprints that the device shows."""
    if ca.accept_any:
        return True
    if ca.content is not None:
        given = [_as_pins(each) for each in fingerprints_of(ca.content, "ca_certificate.content")]
        missing = [each for each in given if not any(_matches(one, each) for one in held)]
        return not missing and all(any(_matches(one, each) for each in given) for one in held)
    return all(_matches(one, ca.pins) for one in held)


def _told(ca: CaCertificate) -> str:
    given = [ca.pins] if ca.content is None else map(_as_pins, fingerprints_of(ca.content, "ca_certificate.content"))
    each = [f"{name} {_colons(digits)}" for pins in given for name, found in pins.items() for digits in found]
    return " or ".join(each)


def _as_pins(digests: Mapping[str, str]) -> dict[str, Sequence[str]]:
    return {name: [digits] for name, digits in digests.items()}


_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}  # by the number of digits
_FINGERPRINT = re.compile(r"(?<![0-9a-f:])(?:[0-9a-f]{2}:){15,31}[0-9a-f]{2}(?![0-9a-f:])", re.IGNORECASE)


def accepts(ca: CaCertificate, host: str, profile: str, answer: str) -> None:
    """Judge what a device shows before it asks whether to load a CA certificate.

    The form is known from devices: ``48:ad:...:a8 (sha1)`` and ``... (md5)``. A line tells its algorithm by its length.

    A CA may send several certificates, and the device loads all or none: each must be a pinned one.

    :raises DeviceError: one of them is not, or the device shows nothing to compare. The device is to be told no.
    """
    if ca.accept_any:
        return
    shown: dict[str, list[str]] = {}
    for text in _FINGERPRINT.findall(answer):
        digits = plain_hex(text)
        if len(digits) in _HASHES:
            shown.setdefault(_HASHES[len(digits)], []).append(digits)
    told = (
        "; ".join(f"{name} {_colons(digits)}" for name, found in shown.items() for digits in found) or "no fingerprint"
    )
    where = f"{host}: the CA of profile {profile}"
    comparable = [name for name in ca.pins if name in shown]
    if not comparable:
        raise DeviceError(
            f"{where}: the device shows {told}, and none of {' and '.join(ca.pins)} that is pinned."
            " The certificate was not loaded. Pin what the device shows, once you know it from the CA itself."
        )
    for name in comparable:
        strange = [digits for digits in shown[name] if digits not in ca.pins[name]]
        if strange:
            raise DeviceError(
                f"{where} sent a certificate with {name} {' and '.join(map(_colons, strange))}, which is not pinned."
                f" Pinned is {' and '.join(map(_colons, ca.pins[name]))}. Nothing was loaded of what it sent: {told}."
                " Ask the CA which one is right; where it sends several, pin each of them."
            )


def _matches(held: Mapping[str, str], wanted: Mapping[str, Sequence[str]]) -> bool:
    """Whether a certificate is a wanted one, by every algorithm that both know."""
    common = held.keys() & wanted.keys()
    return bool(common) and all(held[name] in wanted[name] for name in common)


def _digests(record: Record) -> dict[str, str]:
    """The fingerprints of a record by the algorithm, in digits."""
    return {name.lower().replace("-", ""): plain_hex(text) for name, text in record["fingerprints"].items()}


def plain_hex(text: str) -> str:
    """A fingerprint as lower-case digits, however it is written."""
    return re.sub(r"[\s:]", "", text).lower()


def _colons(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _shown(fingerprints: Mapping[str, str]) -> str:
    return " and ".join(f"{name} {text}" for name, text in fingerprints.items()) or "no fingerprint"


# ---- the certificate ----


def _presence(want: Want, held: Held, now: datetime) -> Iterator[Step]:
    there = held.certificate
    if there is not None and want.force and (want.protocol or want.content):
        # What is loaded without its private key belongs to the key pair that the device holds.
        keeps_key = want.content is not None and want.private_key is None
        yield from _clearing(want, held, "force is given", keeps_key)
        held, there = replace(held, certificates=(), requests=()), None
    if there is not None:
        if want.request and want.force:
            yield Step(
                operations.GENERATE_REQUEST, want.values, f"certificate request {want.certificate_id}: force is given"
            )
        elif want.content is not None:
            _refuse_another(want.content, there)
        else:
            refuse_expired(there, now)
        return
    missing = f"certificate {want.certificate_id}: not on the device"
    identity = {"certificate-id": want.certificate_id}
    if want.content is not None:
        files = {"filename": want.content, **({"key": want.private_key} if want.private_key else {})}
        values = {**identity, "passphrase": want.values.get("passphrase")}
        yield Step(operations.LOAD_CERTIFICATE, values, missing, files=files)
        return
    if not held.requests:
        # No request shows key pairs: a certificate or a request of that name proves that there is one.
        yield Step(
            operations.GENERATE_KEY_PAIR,
            {**identity, **want.key},
            f"key pair {want.certificate_id}: there may be none yet",
            settled="there already",
        )
    if want.request and (want.force or not held.requests):
        why = "force is given" if held.requests else "not on the device"
        yield Step(operations.GENERATE_REQUEST, want.values, f"certificate request {want.certificate_id}: {why}")
    if want.protocol == "acme":
        account = {"acme-key-id": want.values["acme-key-id"], "type": "rsa", "size": 2048}
        reason = f"ACME account key {account['acme-key-id']}: there may be none yet"
        yield Step(operations.GENERATE_KEY_PAIR, account, reason, settled="there already")
    if want.protocol:
        yield Step(operations.ENROLL[want.protocol], want.values, missing, enrolls=True)


def _refuse_another(content: str, record: Record) -> None:
    """
    :raises InputError: the device holds another certificate than the given one.
    """
    (wanted, *_rest), held = fingerprints_of(content, "content"), _digests(record)
    if held.keys() & wanted.keys() and not _matches(held, _as_pins(wanted)):
        raise InputError(
            f"content: the device holds another certificate {record['certificate_id']}, with"
            f" {_shown(record['fingerprints'])}. Give force true to clear that and load this one."
        )


def refuse_expired(record: Record, now: datetime) -> None:
    """A certificate that has expired is there, and is none: what to do about it is the user's decision.

    :raises InputError: it has expired.
    """
    if record["not_after"] and record["not_after"] <= iso(now):
        raise InputError(
            f"certificate {record['certificate_id']}: it has expired on {record['not_after']}."
            " State renewed re-enrolls it where the CA still accepts it; force true clears it and enrolls a new one."
        )


def _renewal(want: Want, held: Held, now: datetime) -> Iterator[Step]:
    record = held.certificate
    if record is None:
        raise InputError(
            f"certificate {want.certificate_id}: the device holds none, so there is nothing to renew."
            " State present enrolls one."
        )
    where = f"certificate {want.certificate_id}"
    due = None if want.force else trigger(certificate_from(record, where), want.renew_within)
    if due and due.at and due.at > now:
        return
    reason = f"{where}: it expires on {record['not_after']}, and {_within(want)}" if due else f"{where}: force is given"
    yield Step(operations.RE_ENROLL[want.protocol], want.values, reason, enrolls=True)


def _within(want: Want) -> str:
    ((member, amount),) = ((name, value) for name, value in (want.renew_within or {}).items() if value is not None)
    what = "percent of its lifetime" if member == "percentage" else member
    return f"renew_within is {amount} {what}"


# ---- taking away ----


def _removal(want: Want, held: Held) -> Iterator[Step]:
    if held.certificates or held.requests:
        yield from _clearing(want, held, "shall be absent")


def _clearing(want: Want, held: Held, why: str, keeps_key: bool = False) -> Iterator[Step]:
    identity = {"certificate-id": want.certificate_id}
    if held.certificates:
        yield Step(operations.CLEAR_CERTIFICATE, identity, f"certificate {want.certificate_id}: {why}")
    if held.requests:
        yield Step(operations.CLEAR_REQUEST, identity, f"certificate request {want.certificate_id}: {why}")
    if keeps_key:
        return
    # MX and EX devices clear it along with the certificate (the vendor's pages).
    yield Step(operations.CLEAR_KEY_PAIR, identity, f"key pair {want.certificate_id}: {why}", settled="not there")
