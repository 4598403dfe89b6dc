# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CMP (RFC 4210, RFC 9480) in front of the authority: ir, cr and kur, their confirmation, polling, errors.

ir and cr are protected by a shared secret, kur by a signature with the certificate that it renews. Where a message says
whom it is meant for, that intermediate answers, also after another one has taken over to sign certificates.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from asn1crypto import core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from . import cmp_protection, cms
from .asked import Asked, alternate_names, names
from .authority import EMPTY, Authority, Held, Issued, PublicKey, Refused, Signer, Why, text_of
from .cmp_asn1 import (
    Body,
    CertId,
    CertOrEncCert,
    CertReqMsg,
    CertRequest,
    CertStatus,
    CertStatuses,
    CertTemplate,
    Header,
    Message,
    PollReqs,
    ProtectedPart,
)
from .cmp_protection import BadProtection, Certified, Secret, Sender, Signature
from .signatures import digest, public_key, valid

PROTOCOL = "cmpv2"
ANSWERS = {"ir": "ip", "cr": "cp", "kur": "kup"}
IMPLICIT_CONFIRM, OLD_CERT_ID = "1.3.6.1.5.5.7.4.13", "1.3.6.1.5.5.7.5.1.5"
VERSIONS = (2, 3)
CHECK_AFTER = 1  # second until a client that waits may ask again

FAILURES = {
    Why.KEY_TYPE: "badCertTemplate",
    Why.SAME_KEY: "badCertTemplate",
    Why.EXPIRED: "signerNotTrusted",
    Why.UNKNOWN: "signerNotTrusted",
}


class _Failed(Exception):
    """``info``: PKIFailureInfo."""

    def __init__(self, info: str, reason: str) -> None:
        super().__init__(reason)
        self.info = info


@dataclass
class _Transaction:
    """One request, from its first message to its confirmation."""

    answer: str  # ip, cp or kup
    request: int  # certReqId
    sender: Sender
    asked: Asked
    previous: x509.Certificate | None
    implicit: bool  # whether the client wants to do without a confirmation
    issued: Issued | None = None
    nonce: bytes = b""  # the one that was sent last


class CmpServer:
    """One profile's CMP server: a message in, a message out."""

    def __init__(self, authority: Authority, profile: str) -> None:
        self._authority, self._profile = authority, profile
        self._open: dict[bytes, _Transaction] = {}
        self._lock = threading.Lock()

    def handle(self, data: bytes) -> bytes:
        """ValueError for what is no CMP message."""
        try:
            message = Message.load(data, strict=True)
            with self._lock:
                return self._answer(message)
        except (TypeError, KeyError, AttributeError) as error:  # asn1crypto reads a part when it is looked at
            raise ValueError(f"{type(error).__name__}: {error}") from None

    def _answer(self, message: Message) -> bytes:
        identifier = message["header"]["transaction_id"].native or b""
        nonce = os.urandom(16)
        sender: Sender | None = None
        confirmed = False
        try:
            sender = self._sender(message)
            body = self._dispatch(identifier, message, sender)
        except _Failed as failed:
            body = Body("error", {"pki_status_info": _rejection(failed.info, str(failed))})
        current = self._open.get(identifier)
        if current is not None and current.sender.same(sender):
            current.nonce = nonce
            confirmed = current.issued is not None and current.implicit
            if confirmed or body.name == "error":
                del self._open[identifier]
        return self._sealed(message["header"], body, sender, nonce, confirmed)

    def _sender(self, message: Message) -> Sender:
        if message["header"]["pvno"].native not in VERSIONS:
            self._refuse("badRequest", "the version of the message is not 2 or 3")
        try:
            return cmp_protection.sender(message, self._authority.config.cmp_secrets)
        except (BadProtection, ValueError) as error:
            self._refuse("badMessageCheck", str(error))

    # -- what is asked

    def _dispatch(self, identifier: bytes, message: Message, sender: Sender) -> Body:
        kind, content = message["body"].name, message["body"].chosen
        if kind in ANSWERS:
            return self._request(identifier, message, sender)
        answer = {"cert_conf": self._confirm, "poll_req": self._poll}.get(kind)
        if answer is None:
            self._refuse("badRequest", f"{kind} is not answered")
        current = self._open.get(identifier)
        if current is None or not current.sender.same(sender):
            self._refuse("badRequest", f"there is no transaction of this sender for {kind}")
        if message["header"]["recip_nonce"].native != current.nonce:
            self._refuse("badRecipientNonce", "the message answers another one than the last")
        return answer(identifier, current, content)

    def _request(self, identifier: bytes, message: Message, sender: Sender) -> Body:
        kind, content = message["body"].name, message["body"].chosen
        if not identifier or identifier in self._open:
            self._refuse("badRequest", "a request needs a transaction identifier of its own")
        if len(content) != 1:
            self._refuse("badRequest", "one certificate at a time")
        if isinstance(sender, Certified) != (kind == "kur"):
            self._refuse("notAuthorized", "ir and cr are protected by a secret, kur by the certificate that it renews")
        previous = sender.certificate if isinstance(sender, Certified) else None
        asked = self._read(content[0], previous)
        implicit = any(row["type"].dotted == IMPLICIT_CONFIRM for row in message["header"]["general_info"] or ())
        number = content[0]["cert_req"]["cert_req_id"].native
        self._open[identifier] = _Transaction(ANSWERS[kind], number, sender, asked, previous, implicit)
        return self._decide(identifier, self._open[identifier])

    def _read(self, message: CertReqMsg, previous: x509.Certificate | None) -> Asked:
        template = message["cert_req"]["cert_template"]
        try:
            asked = from_template(template)
        except (ValueError, TypeError) as error:
            self._refuse("badCertTemplate", f"the template cannot be read: {error}")
        if previous is not None:
            if not _renews(message["cert_req"], previous):
                self._refuse("badCertId", "the certificate to renew is not the one that signs", asked)
            asked = replace(
                asked,
                subject=previous.subject if asked.subject == EMPTY else asked.subject,
                alternate=asked.alternate or alternate_names(previous),
            )
        if not _proven(asked.public_key, message):
            self._refuse("badPOP", "the request is not signed with the key that it wants certified", asked)
        return asked

    def _decide(self, identifier: bytes, current: _Transaction) -> Body:
        asked = current.asked
        try:
            current.issued = self._authority.issue(
                self._profile, PROTOCOL, asked.public_key, asked.subject, asked.alternate, current.previous
            )
        except Held:
            return _response(current, {"status": "waiting"})
        except Refused as refused:
            del self._open[identifier]
            return _response(current, _rejection(FAILURES[refused.why], str(refused)))
        return _response(current, {"status": "accepted"}, current.issued)

    # -- what comes after

    def _poll(self, identifier: bytes, current: _Transaction, polled: PollReqs) -> Body:
        if current.issued is not None:
            self._refuse("badRequest", "there is nothing to wait for")
        if self._authority.held(self._profile):
            return Body("poll_rep", [{"cert_req_id": current.request, "check_after": CHECK_AFTER}])
        return self._decide(identifier, current)

    def _confirm(self, identifier: bytes, current: _Transaction, statuses: CertStatuses) -> Body:
        """certConf ends a transaction, whether the client takes the certificate or not: no status means it does not."""
        if current.issued is None:
            self._refuse("badRequest", "nothing was issued that could be confirmed")
        certificate = current.issued.certificate
        taken = len(statuses) == 1 and _accepts(statuses[0])
        if taken:
            named = statuses[0]["hash_alg"].native
            hash_ = named["algorithm"] if named else "sha256"  # otherwise that of the certificate's signature
            if statuses[0]["cert_hash"].native != digest(hash_, certificate.public_bytes(Encoding.DER)):
                self._refuse("badCertId", "another certificate is confirmed than was issued")
        del self._open[identifier]
        facts = {"subject": text_of(certificate.subject), "serial": f"{certificate.serial_number:x}"}
        self._authority.record(self._profile, PROTOCOL, "confirmed" if taken else "rejected", **facts)
        return Body("pkiconf", core.Null())

    # -- the answer

    def _sealed(self, request: Header, body: Body, sender: Sender | None, nonce: bytes, confirmed: bool) -> bytes:
        signer = self._addressed(request["recipient"])
        shield = sender.answering() if isinstance(sender, Secret) else Signature(signer)
        header: dict[str, Any] = {
            "pvno": request["pvno"].native if request["pvno"].native in VERSIONS else VERSIONS[0],
            "sender": _directory_name(signer),
            "recipient": request["sender"],
            "message_time": self._authority.now().replace(microsecond=0),
            "protection_alg": shield.algorithm(),
            "sender_kid": shield.reference,
            "sender_nonce": nonce,
        }
        for answer, question in (("transaction_id", "transaction_id"), ("recip_nonce", "sender_nonce")):
            if request[question].native is not None:
                header[answer] = request[question].native
        if confirmed:
            header["general_info"] = [{"type": IMPLICIT_CONFIRM, "value": core.Null()}]
        if body.name == "ip":
            body.chosen["ca_pubs"] = [cms.to_asn1(self._authority.root.certificate)]
        data = ProtectedPart({"header": header, "body": body}).dump()
        part = ProtectedPart.load(data)  # what is read is not encoded again
        chain = (signer.certificate, self._authority.intermediate.certificate, self._authority.root.certificate)
        sealed = {
            "header": part["header"],
            "body": part["body"],
            "protection": shield.protect(data),
            "extra_certs": [cms.to_asn1(certificate) for certificate in dict.fromkeys(chain)],
        }
        return bytes(Message(sealed).dump())

    def _addressed(self, recipient: asn1.GeneralName) -> Signer:
        """The intermediate that the message names, otherwise the current one."""
        named = [signer for signer in self._authority.intermediates if _directory_name(signer) == recipient]
        return named[0] if named else self._authority.intermediate

    def _refuse(self, info: str, reason: str, asked: Asked | None = None) -> NoReturn:
        try:
            self._authority.refuse(self._profile, PROTOCOL, reason, asked.subject if asked else EMPTY)
        except Refused:
            raise _Failed(info, reason) from None


def from_template(template: CertTemplate) -> Asked:
    key = template["public_key"].untag()
    subject = asn1.Name.load(template["subject"].chosen.dump()) if template["subject"] else asn1.Name.build({})
    extensions = template["extensions"].untag() if template["extensions"] else None
    return Asked(public_key(key), *names(subject, key, extensions))


def _renews(request: CertRequest, certificate: x509.Certificate) -> bool:
    """Whether the control oldCertID, if it is there, names this certificate."""
    named = [row["value"].parse(CertId) for row in request["controls"] or () if row["type"].dotted == OLD_CERT_ID]
    issuer = asn1.GeneralName("directory_name", cms.to_asn1(certificate).issuer)
    return all(row["serial_number"].native == certificate.serial_number and row["issuer"] == issuer for row in named)


def _proven(key: PublicKey, message: CertReqMsg) -> bool:
    """By a signature over the request, made with the key that it wants certified."""
    popo = message["popo"]
    if popo.native is None or popo.name != "signature" or popo.chosen["poposk_input"]:
        return False
    return valid(key, popo.chosen["algorithm"], popo.chosen["signature"].native, message["cert_req"].dump())


def _accepts(status: CertStatus) -> bool:
    info = status["status_info"].native
    return info is None or info["status"] == "accepted"


def _directory_name(signer: Signer) -> asn1.GeneralName:
    return asn1.GeneralName("directory_name", cms.to_asn1(signer.certificate).subject)


def _rejection(info: str, reason: str) -> dict[str, Any]:
    return {"status": "rejection", "status_string": [reason], "fail_info": {info}}


def _response(current: _Transaction, status: dict[str, Any], issued: Issued | None = None) -> Body:
    row: dict[str, Any] = {"cert_req_id": current.request, "status": status}
    if issued is not None:
        certificate = CertOrEncCert("certificate", cms.to_asn1(issued.certificate))
        row["certified_key_pair"] = {"cert_or_enc_cert": certificate}
    return Body(current.answer, {"response": [row]})
