# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CA certificates on the command line: what is fetched or read is shown, asked about, and then held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from . import files, loads, madeup, names
from .database import Refused
from .device import Device, Session
from .enroll import Failed, scep
from .loading import Problem

_PREFIX = ("request", "security", "pki", "ca-certificate")


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    yes: Callable[[], str]  # what is said once it is done


def asked(session: Session, words: tuple[str, ...]) -> Callable[[], Question] | None:
    """For a command that asks: the work that leads to its question, which may block and may be refused."""
    if words[:4] != _PREFIX or words[4:5] not in (("enroll",), ("load",)):
        return None
    inputs = _inputs(words[5:], ("ca-profile",) if words[4] == "enroll" else ("ca-profile", "filename"))
    session.need_permission()
    device, name = session.device, inputs["ca-profile"]
    loads.need_free_profile(device, name)
    if words[4] == "load":
        data = files.read(device, session.login.user, inputs["filename"])
        return lambda: _question(device, name, loads.certificates_in(data), "this")
    url, identity = _where(device, name)

    def work() -> Question:
        try:
            found = scep.ca_certificates(url, identity)
        except Failed as failed:
            raise Refused(Problem(failed.text)) from None
        return _question(device, name, list(found), "the above")

    return work


def _inputs(words: tuple[str, ...], need: tuple[str, ...]) -> dict[str, str]:
    found = dict(zip(words[::2], (*words[1::2], ""), strict=False))
    if unknown := [word for word in found if word not in need]:
        raise Refused(Problem("syntax error", unknown[0]))
    if missing := [word for word in need if not found.get(word)]:
        raise Refused(Problem("missing argument", missing[0]))
    return found


def _where(device: Device, name: str) -> tuple[str, str]:
    """The URL and the CA's identity, of the ca-profile."""
    tree = device.inherited_of(device.database.committed, marked=False)
    profile = tree.find("security", "pki", ("ca-profile", name))
    url = profile.find("enrollment", "url") if profile is not None else None
    identity = profile.find("ca-identity") if profile is not None else None
    if url is None or not url.value:
        raise Refused(Problem(f"enrollment url of CA profile {name} is not configured"))
    return url.value, (identity.value if identity is not None else None) or name


def _question(device: Device, name: str, certificates: list[x509.Certificate], which: str) -> Question:
    def load() -> str:
        loads.need_free_profile(device, name)
        loads.hold_ca(device, name, certificates)
        return loads.CA_LOADED.format(name)

    shown = _one(certificates[0]) if len(certificates) == 1 else _several(certificates)
    return Question(f"{shown}Do you want to load {which} CA certificate ? [yes,no] (no) ", load)


def _one(certificate: x509.Certificate) -> str:
    prints = madeup.fingerprints(certificate.public_bytes(Encoding.DER))
    return "Fingerprint:\n" + "".join(f"  {content} ({name})\n" for content, name in prints)


def _several(certificates: list[x509.Certificate]) -> str:
    """As an old page shows it: one fingerprint each, of SHA-1."""
    rows = (
        f"Certificate: {names.of(item.subject)}\n"
        f"  Fingerprint: {madeup.fingerprints(item.public_bytes(Encoding.DER))[0][0]}\n"
        for item in certificates
    )
    return "Received following certificates:\n" + "".join(rows)
