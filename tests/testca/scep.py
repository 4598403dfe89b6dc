# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCEP (RFC 8894) in front of the authority.

The intermediate that a message is encrypted to answers it, also after another one has taken over to sign certificates.
A request that is sent again after its certificate was issued is refused as any other one for the same key.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from . import asked, cms
from .authority import Authority, Held, Issued, Refused, Signer, Why
from .signatures import public_key

PROTOCOL = "scep"

_VERISIGN = "2.16.840.1.113733.1.9."
MESSAGE_TYPE, PKI_STATUS, FAIL_INFO = _VERISIGN + "2", _VERISIGN + "3", _VERISIGN + "4"
SENDER_NONCE, RECIPIENT_NONCE, TRANSACTION_ID = _VERISIGN + "5", _VERISIGN + "6", _VERISIGN + "7"
FAIL_INFO_TEXT = "1.3.6.1.5.5.7.24.1"

CERT_REP, RENEWAL_REQ, PKCS_REQ, CERT_POLL = "3", "17", "19", "20"
SUCCESS, FAILURE, PENDING = "0", "2", "3"
BAD_ALG, BAD_MESSAGE_CHECK, BAD_REQUEST, BAD_CERT_ID = "0", "1", "2", "4"

#: strongSwan 5.9.8 takes SHA-384 for SCEPStandard (it mixes up bits and their numbers), and needs it to send AES.
CAPABILITIES = ["POSTPKIOperation", "Renewal", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "DES3", "AES", "SCEPStandard"]

#: Everything else is a bad request.
FAILURES = {Why.KEY_TYPE: BAD_ALG}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A request that was held."""

    request: asked.Asked
    previous: x509.Certificate | None


@dataclass(frozen=True, slots=True)
class _Message:
    """A request, open: its signed shell, what was encrypted in it, how, and to whom."""

    signed: cms.Signed
    content: bytes
    cipher: str
    owner: Signer

    @property
    def transaction(self) -> str:
        return self.signed.text(TRANSACTION_ID)


class _Failed(Exception):
    """``info``: failInfo."""

    def __init__(self, info: str, reason: str) -> None:
        super().__init__(reason)
        self.info = info


class ScepServer:
    """One profile's SCEP server. ``handle`` takes an operation and its message, and gives a content type and a body."""

    def __init__(self, authority: Authority, profile: str) -> None:
        self._authority, self._profile = authority, profile
        self._waiting: dict[str, _Waiting] = {}  # by transaction
        self._lock = threading.Lock()

    def handle(self, operation: str, message: bytes) -> tuple[str, bytes]:
        """ValueError for what is not SCEP at all."""
        match operation:
            case "GetCACaps":
                return "text/plain", "".join(f"{word}\n" for word in CAPABILITIES).encode()
            case "GetCACert":
                chain = [self._authority.intermediate.certificate, self._authority.root.certificate]
                return "application/x-x509-ca-ra-cert", cms.certificates_only(chain)
            case "PKIOperation":
                return "application/x-pki-message", self._operation(message)
        raise ValueError(f"the operation {operation!r} is not known")

    def _operation(self, data: bytes) -> bytes:
        try:
            signed, genuine = cms.read_signed(data)
        except cms.BadMessage as error:
            raise ValueError(str(error)) from None
        owner, cipher = self._authority.intermediate, "tripledes_3key"
        try:
            if not genuine:
                self._refuse(BAD_MESSAGE_CHECK, "the signature of the message is wrong")
            if not isinstance(public_key(signed.signer.public_key), rsa.RSAPublicKey):
                self._refuse(BAD_ALG, "nothing can be encrypted to a key that is not RSA")
            try:
                content, cipher, owner = cms.decrypt(signed.content, self._authority.intermediates)
            except cms.BadMessage as error:
                self._refuse(BAD_MESSAGE_CHECK, str(error))
            except cms.BadAlgorithm as error:
                self._refuse(BAD_ALG, str(error))
            issued = self._dispatch(_Message(signed, content, cipher, owner))
        except _Failed as failed:
            reason = core.UTF8String(str(failed))
            return _answer(signed, owner, FAILURE, [(FAIL_INFO, _word(failed.info)), (FAIL_INFO_TEXT, reason)])
        except Held:
            return _answer(signed, owner, PENDING)
        inner = cms.certificates_only([issued.certificate, *issued.chain])
        return _answer(signed, owner, SUCCESS, content=cms.encrypt(inner, signed.signer, cipher))

    def _dispatch(self, message: _Message) -> Issued:
        if not message.transaction:
            self._refuse(BAD_REQUEST, "the message names no transaction")
        kind = message.signed.text(MESSAGE_TYPE)
        answers = {PKCS_REQ: self._enroll, RENEWAL_REQ: self._renew, CERT_POLL: self._poll}
        if kind not in answers:
            self._refuse(BAD_REQUEST, f"messages of the type {kind!r} are not answered")
        return answers[kind](message)

    def _enroll(self, message: _Message) -> Issued:
        """PKCSReq: whoever knows the password."""
        request = self._request(message)
        if request.public_key != public_key(message.signed.signer.public_key):
            self._refuse(BAD_REQUEST, "the message is not signed with the key of its request", request)
        wanted = self._authority.config.challenge_password
        if wanted and request.challenge_password != wanted:
            self._refuse(BAD_REQUEST, "the challenge password is wrong", request)
        return self._issue(message.transaction, _Waiting(request, None))

    def _renew(self, message: _Message) -> Issued:
        """RenewalReq: whoever signs with a certificate from here."""
        request = self._request(message)
        try:
            previous = x509.load_der_x509_certificate(message.signed.signer.dump())
        except ValueError as error:
            self._refuse(BAD_REQUEST, f"the certificate to renew cannot be read: {error}", request)
        return self._issue(message.transaction, _Waiting(request, previous))

    def _poll(self, message: _Message) -> Issued:
        """CertPoll: what became of a request that was held. Whoever asks must be who made the request."""
        with self._lock:
            waiting = self._waiting.get(message.transaction)
        if waiting is None:
            self._refuse(BAD_CERT_ID, "no request of this transaction waits")
        signer = public_key(message.signed.signer.public_key)
        if signer != (waiting.previous.public_key() if waiting.previous else waiting.request.public_key):
            self._refuse(BAD_REQUEST, "the request of this transaction is somebody else's")
        if self._authority.held(self._profile):
            raise Held
        return self._issue(message.transaction, waiting)

    def _request(self, message: _Message) -> asked.Asked:
        try:
            request = asked.read(message.content)
        except ValueError as error:
            self._refuse(BAD_REQUEST, f"it is no PKCS#10 request: {error}")
        if not request.proven:
            self._refuse(BAD_MESSAGE_CHECK, "the signature of the PKCS#10 request is wrong", request)
        return request

    def _issue(self, transaction: str, waiting: _Waiting) -> Issued:
        request = waiting.request
        with self._lock:
            self._waiting.pop(transaction, None)
            try:
                return self._authority.issue(
                    self._profile, PROTOCOL, request.public_key, request.subject, request.alternate, waiting.previous
                )
            except Held:
                self._waiting[transaction] = waiting
                raise
            except Refused as refused:
                raise _Failed(FAILURES.get(refused.why, BAD_REQUEST), str(refused)) from None

    def _refuse(self, info: str, reason: str, request: asked.Asked | None = None) -> NoReturn:
        try:
            self._authority.refuse(self._profile, PROTOCOL, reason, *([request.subject] if request else []))
        except Refused:
            raise _Failed(info, reason) from None


def _word(text: str) -> core.PrintableString:
    return core.PrintableString(text)


def _answer(
    request: cms.Signed,
    owner: Signer,
    status: str,
    more: Sequence[tuple[str, core.Asn1Value]] = (),
    content: bytes = b"",
) -> bytes:
    attributes = [
        (MESSAGE_TYPE, _word(CERT_REP)),
        (PKI_STATUS, _word(status)),
        (TRANSACTION_ID, _word(request.text(TRANSACTION_ID))),
        (RECIPIENT_NONCE, core.OctetString(request.octets(SENDER_NONCE))),
        (SENDER_NONCE, core.OctetString(os.urandom(16))),
        *more,
    ]
    return cms.sign(content, attributes, owner, request.digest)
