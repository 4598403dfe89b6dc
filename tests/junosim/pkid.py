# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The PKI daemon of one device: it enrolls what was asked for, and renews what is due.

Everything here runs in the event loop but the making of keys and the talk with the CA, which have threads of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from .clock import Clock
from .effective import in_effect
from .enroll import Enrolled, Failed, Order, Pending, acme, cmpv2, scep
from .pki import Local, PrivateKey, Timer
from .reenroll import Profile, Wanted, due, entries, profile
from .tree import Node

if TYPE_CHECKING:
    from .device import Device

Client = Callable[[Order], Enrolled]
CLIENTS: Mapping[str, Client] = {"scep": scep.enroll, "cmpv2": cmpv2.enroll, "acme": acme.enroll}
PID = 18143
# What 25.4R1 commits after an enrollment by ACME, in its order.
_OWN_ENTRY = (
    "re-enroll-time days 25",
    "acme-key-id {key}",
    "ca-profile-name {profile}",
    "re-enroll-trigger-time-percentage 72",
    "re-generate-keypair",
)


@dataclass(eq=False)
class Job:
    """A certificate on its way. What it rests on stays as it was; where that changes, another job takes its place."""

    wanted: Wanted
    profile: Profile | None
    ca: tuple[x509.Certificate, ...]
    current: Local | None  # what it renews
    at: datetime | None  # of the next attempt; None: given up
    asked: bool = False  # by somebody, and not by an entry
    running: bool = False
    failures: int = 0
    key: PrivateKey | None = None  # one that was made for it
    transaction: str = ""  # of a request that the CA holds back

    def rests_on(self, wanted: Wanted, profile: Profile | None, ca: tuple[x509.Certificate, ...], local: Local) -> bool:
        return (self.wanted, self.profile, self.ca) == (wanted, profile, ca) and self.current is local


class Pkid:
    """``jobs`` by certificate identifier."""

    def __init__(self, device: Device, clients: Mapping[str, Client] | None = None) -> None:
        self.device, self.clients = device, clients or CLIENTS
        self.jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._effective: tuple[Node, Node] | None = None
        self._stop: Callable[[], None] = lambda: None  # the timer

    # -- what is to be done

    def refresh(self) -> None:
        """Look at the configuration and at the certificates again: after each commit, after each change of a store."""
        pki = self.device.pki
        effective = self._in_effect()
        kept = {name: job for name, job in self.jobs.items() if job.asked}
        for wanted in entries(effective):
            local = pki.local.get(wanted.identifier)
            if local is None or wanted.identifier in kept:
                continue
            whom, ca = profile(effective, wanted.profile), pki.ca.get(wanted.profile, ())
            job = self.jobs.get(wanted.identifier)
            if job is None or not job.rests_on(wanted, whom, ca, local):
                at = due(wanted.trigger, local.certificate)
                job = Job(wanted, whom, ca, local, at) if at is not None else None
            if job is not None:
                kept[wanted.identifier] = job
        self.jobs = kept
        pki.timers = {
            name: Timer("Enabled" if job.at else "Failed", job.at) for name, job in kept.items() if not job.asked
        }
        self._set_timer()

    def start(self, wanted: Wanted) -> None:
        """Somebody asks for a certificate: in the background, and at once."""
        current = None if wanted.subject is not None else self.device.pki.local[wanted.identifier]
        ca = self.device.pki.ca.get(wanted.profile, ())
        whom = self.profile(wanted.profile)
        job = Job(wanted, whom, ca, current, self.device.clock.now(), asked=True)
        self.jobs[wanted.identifier] = job
        self._spawn(job)
        self.refresh()

    def profile(self, name: str) -> Profile | None:
        """A ca-profile in effect."""
        return profile(self._in_effect(), name)

    def entry(self, name: str, protocol: str) -> Wanted | None:
        """What the configuration in effect says of a certificate's renewal."""
        found = entries(self._in_effect())
        return next((one for one in found if (one.identifier, one.protocol) == (name, protocol)), None)

    def next(self) -> tuple[datetime, Job] | None:
        """The attempt that is next."""
        waiting = [(job.at, job) for job in self.jobs.values() if job.at is not None and not job.running]
        return min(waiting, key=lambda one: (one[0], one[1].wanted.identifier), default=None)

    async def settled(self) -> None:
        """When no attempt is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _in_effect(self) -> Node:
        """Made once for each committed configuration."""
        committed = self.device.database.committed
        if self._effective is None or self._effective[0] is not committed:
            self._effective = (committed, in_effect(committed))
        return self._effective[1]

    def _set_timer(self) -> None:
        """In real time the loop calls; a clock that a test moves brings nothing about by itself."""
        self._stop()
        found = self.next()
        if self.device.clock.file is None and found is not None:
            seconds = max(0.0, (found[0] - self.device.clock.now()).total_seconds())
            job = found[1]
            self._stop = asyncio.get_running_loop().call_later(seconds, lambda: self._spawn(job)).cancel

    def _spawn(self, job: Job) -> None:
        job.running = True  # from now on: the timer must not begin it a second time
        task = asyncio.get_running_loop().create_task(self.attempt(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- one attempt

    async def attempt(self, job: Job) -> dict[str, Any]:
        """Answers what is recorded of it."""
        job.running = True
        try:
            enrolled, key = await self._enrolled(job)
        except Pending as pending:
            job.transaction = pending.transaction
            event = self._not_yet(job, "pending", str(pending))
        except Failed as failed:
            job.transaction = ""
            event = self._not_yet(job, "failed", failed.text)
        else:
            event = self._took(job, enrolled, key)
        finally:
            job.running = False
        self.refresh()
        return event

    async def _enrolled(self, job: Job) -> tuple[Enrolled, PrivateKey]:
        """The new certificate and its key."""
        order = self._order(job)
        if job.wanted.new_key and job.key is None:
            job.key = await asyncio.to_thread(_like, order.key)
        if job.key is not None:
            order = replace(order, key=job.key)
        enrolled = await asyncio.to_thread(self.clients[job.wanted.protocol], order)
        if job.ca and not leads_to(enrolled, job.ca):
            job.key = None  # it has a certificate now, and a CA wants another key for the next one
            raise Failed(f"the new certificate does not chain to the CA certificate of ca-profile {job.wanted.profile}")
        return enrolled, order.key

    def _order(self, job: Job) -> Order:
        wanted, current, pki = job.wanted, job.current, self.device.pki
        key = pki.key_pairs.get(wanted.identifier) or (current.key if current is not None else None)
        if key is None:
            raise Failed("Keypair doesn't exist for certificate")
        if job.profile is None or not job.profile.url:
            raise Failed(f"ca-profile {wanted.profile} has no enrollment url")
        if not job.ca and not wanted.ca_dn:
            raise Failed(f"ca-profile {wanted.profile} has no CA certificate")
        subject, alternate = wanted.subject, wanted.alternate
        if subject is None:
            assert current is not None, "without a subject it renews"
            subject, alternate = current.certificate.subject, alternate_names(current.certificate)
        return Order(
            url=job.profile.url,
            key=key,
            subject=subject,
            alternate=alternate,
            ca=job.ca,
            now=self.device.clock.now,
            ca_identity=job.profile.identity,
            challenge_password=wanted.challenge_password,
            secret=wanted.secret,
            reference=wanted.reference,
            ca_dn=wanted.ca_dn,
            encryption=wanted.encryption,
            digest=wanted.digest,
            current=current,
            transaction=job.transaction,
            account=pki.acme_keys.get(wanted.acme_key_id),
            email=wanted.email,
            domains=tuple(str(name.value) for name in alternate if isinstance(name, x509.DNSName)),
            trust=Path(self.device.spec.ca_trust) if self.device.spec.ca_trust else None,
            answer=self.device.http01.answer,
        )

    # -- what came of it

    def _took(self, job: Job, enrolled: Enrolled, key: PrivateKey) -> dict[str, Any]:
        wanted, pki, certificate = job.wanted, self.device.pki, enrolled.certificate
        if self.jobs.get(wanted.identifier) is job:
            del self.jobs[wanted.identifier]
        pki.key_pairs[wanted.identifier] = key
        pki.local[wanted.identifier] = Local(certificate, key, enrolled.chain)
        self._log(
            f"PKID_{wanted.protocol.upper()}_EE_CERT_ENROLL: "
            f"End-entity certificate {wanted.identifier} enrolled successfully"
        )
        event = self._record(
            job,
            "enrolled",
            "",
            serial=f"{certificate.serial_number:x}",
            not_before=_iso(certificate.not_valid_before_utc),
            not_after=_iso(certificate.not_valid_after_utc),
            key_changed=job.current is None or job.current.certificate.public_key() != certificate.public_key(),
        )
        if wanted.protocol == "acme":
            self._write_entry(wanted)
        return event

    def _not_yet(self, job: Job, what: str, text: str) -> dict[str, Any]:
        """Try again, as often as the ca-profile says."""
        wanted, whom = job.wanted, job.profile or Profile(job.wanted.profile)
        job.failures += 1
        again = job.failures <= whom.retries
        job.at = self.device.clock.now() + timedelta(seconds=whom.interval) if again else None
        if not again and job.asked and self.jobs.get(wanted.identifier) is job:
            del self.jobs[wanted.identifier]
        end = "" if again else "; given up"
        self._log(f"PKID_EE_CERT_ENROLL_FAIL: Enrollment of certificate {wanted.identifier}: {text}{end}")
        return self._record(job, what, text + end)

    def _write_entry(self, wanted: Wanted) -> None:
        """Where there is no entry yet, the device makes one: a commit of its own."""
        acme = self.device.database.committed.find("security", "pki", "auto-re-enrollment", "acme")
        if acme is not None and acme.find(("certificate-id", wanted.identifier)) is not None:
            return
        entry = f"set security pki auto-re-enrollment acme certificate-id {wanted.identifier} "
        lines = [entry + line.format(key=wanted.acme_key_id, profile=wanted.profile) for line in _OWN_ENTRY]
        lines.append(f"set security pki acme-account-key acme-key-id {wanted.acme_key_id}")
        self.device.commit_by(lines)

    def _log(self, text: str) -> None:
        """As in /var/log/messages."""
        device = self.device
        device.pki.log.append(f"{device.clock.now():%b %e %H:%M:%S} {device.host_name} pkid[{PID}]: {text}")

    def _record(self, job: Job, what: str, text: str, **facts: Any) -> dict[str, Any]:
        event = {
            "device": self.device.spec.name,
            "event": "enrollment",
            "at": _iso(self.device.clock.now()),
            "identifier": job.wanted.identifier,
            "protocol": job.wanted.protocol,
            "what": what,
            "text": text,
            **facts,
        }
        self.device.recorder.write(**event)
        return event


async def advance(daemons: Iterable[Pkid], clock: Clock, to: datetime) -> list[dict[str, Any]]:
    """Move the clock, and let each daemon do at its time what falls due; what is under way already is waited for."""
    daemons, events = list(daemons), []
    for daemon in daemons:
        await daemon.settled()
    while True:
        waiting = [(found, daemon) for daemon in daemons if (found := daemon.next()) is not None]
        (at, job), daemon = min(waiting, key=lambda one: one[0][0], default=((to, None), None))
        if job is None or daemon is None or at > to:
            break
        clock.move(max(at, clock.now()))
        events.append(await daemon.attempt(job))
    clock.move(to)
    return events


def leads_to(enrolled: Enrolled, ca: Iterable[x509.Certificate]) -> bool:
    """Whether a certificate leads to one of these, if need be by what came along with it."""
    anchors, left, at = list(ca), list(enrolled.chain), enrolled.certificate
    while not any(_issued(at, by) for by in anchors):
        above = next((one for one in left if _issued(at, one)), None)
        if above is None:
            return False
        left.remove(above)
        at = above
    return True


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _like(key: PrivateKey) -> PrivateKey:
    """A new key pair of the same type and size."""
    if isinstance(key, rsa.RSAPrivateKey):
        return rsa.generate_private_key(65537, key.key_size)
    if isinstance(key, dsa.DSAPrivateKey):
        return key.parameters().generate_private_key()
    return ec.generate_private_key(key.curve)


def alternate_names(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return ()


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
