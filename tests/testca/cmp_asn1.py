# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The structures of CMP (RFC 4210, RFC 9480) and CRMF (RFC 4211), as far as a certificate is asked for and confirmed.

CMP's module tags explicitly, CRMF's implicitly (but for names, which are choices). What is never read here is ``Any``.
"""

from __future__ import annotations

from asn1crypto import algos, core, keys
from asn1crypto import x509 as asn1

# ruff: noqa: RUF012 - asn1crypto declares structures by lists in classes


class AlgorithmIdentifier(core.Sequence):
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class InfoTypeAndValue(core.Sequence):
    _fields = [("type", core.ObjectIdentifier), ("value", core.Any, {"optional": True})]


class InfoTypesAndValues(core.SequenceOf):
    _child_spec = InfoTypeAndValue


class FreeText(core.SequenceOf):
    _child_spec = core.UTF8String


class Certificates(core.SequenceOf):
    _child_spec = asn1.Certificate


class Anything(core.SequenceOf):
    _child_spec = core.Any


class Header(core.Sequence):
    _fields = [
        ("pvno", core.Integer),
        ("sender", asn1.GeneralName),
        ("recipient", asn1.GeneralName),
        ("message_time", core.GeneralizedTime, {"explicit": 0, "optional": True}),
        ("protection_alg", AlgorithmIdentifier, {"explicit": 1, "optional": True}),
        ("sender_kid", core.OctetString, {"explicit": 2, "optional": True}),
        ("recip_kid", core.OctetString, {"explicit": 3, "optional": True}),
        ("transaction_id", core.OctetString, {"explicit": 4, "optional": True}),
        ("sender_nonce", core.OctetString, {"explicit": 5, "optional": True}),
        ("recip_nonce", core.OctetString, {"explicit": 6, "optional": True}),
        ("free_text", FreeText, {"explicit": 7, "optional": True}),
        ("general_info", InfoTypesAndValues, {"explicit": 8, "optional": True}),
    ]


# A request


class CertTemplate(core.Sequence):
    _fields = [
        ("version", core.Integer, {"implicit": 0, "optional": True}),
        ("serial_number", core.Integer, {"implicit": 1, "optional": True}),
        ("signing_alg", AlgorithmIdentifier, {"implicit": 2, "optional": True}),
        ("issuer", asn1.Name, {"explicit": 3, "optional": True}),
        ("validity", Anything, {"implicit": 4, "optional": True}),
        ("subject", asn1.Name, {"explicit": 5, "optional": True}),
        ("public_key", keys.PublicKeyInfo, {"implicit": 6, "optional": True}),
        ("issuer_uid", core.BitString, {"implicit": 7, "optional": True}),
        ("subject_uid", core.BitString, {"implicit": 8, "optional": True}),
        ("extensions", asn1.Extensions, {"implicit": 9, "optional": True}),
    ]


class CertId(core.Sequence):
    _fields = [("issuer", asn1.GeneralName), ("serial_number", core.Integer)]


class CertRequest(core.Sequence):
    _fields = [
        ("cert_req_id", core.Integer),
        ("cert_template", CertTemplate),
        ("controls", InfoTypesAndValues, {"optional": True}),
    ]


class PopoSigningKey(core.Sequence):
    _fields = [
        ("poposk_input", Anything, {"implicit": 0, "optional": True}),
        ("algorithm", algos.SignedDigestAlgorithm),
        ("signature", core.OctetBitString),
    ]


class ProofOfPossession(core.Choice):
    _alternatives = [
        ("ra_verified", core.Null, {"implicit": 0}),
        ("signature", PopoSigningKey, {"implicit": 1}),
        ("key_encipherment", core.Any, {"explicit": 2}),
        ("key_agreement", core.Any, {"explicit": 3}),
    ]


class CertReqMsg(core.Sequence):
    _fields = [
        ("cert_req", CertRequest),
        ("popo", ProofOfPossession, {"optional": True}),
        ("reg_info", Anything, {"optional": True}),
    ]


class CertReqMessages(core.SequenceOf):
    _child_spec = CertReqMsg


# An answer


class FailureInfo(core.BitString):
    _map = {
        0: "badAlg",
        1: "badMessageCheck",
        2: "badRequest",
        4: "badCertId",
        5: "badDataFormat",
        9: "badPOP",
        13: "badRecipientNonce",
        19: "badCertTemplate",
        20: "signerNotTrusted",
        23: "notAuthorized",
    }


class Status(core.Integer):
    _map = {0: "accepted", 1: "grantedWithMods", 2: "rejection", 3: "waiting"}


class StatusInfo(core.Sequence):
    _fields = [
        ("status", Status),
        ("status_string", FreeText, {"optional": True}),
        ("fail_info", FailureInfo, {"optional": True}),
    ]


class CertOrEncCert(core.Choice):
    _alternatives = [("certificate", asn1.Certificate, {"explicit": 0}), ("encrypted", core.Any, {"explicit": 1})]


class CertifiedKeyPair(core.Sequence):
    _fields = [
        ("cert_or_enc_cert", CertOrEncCert),
        ("private_key", core.Any, {"explicit": 0, "optional": True}),
        ("publication_info", core.Any, {"explicit": 1, "optional": True}),
    ]


class CertResponse(core.Sequence):
    _fields = [
        ("cert_req_id", core.Integer),
        ("status", StatusInfo),
        ("certified_key_pair", CertifiedKeyPair, {"optional": True}),
        ("rsp_info", core.OctetString, {"optional": True}),
    ]


class CertResponses(core.SequenceOf):
    _child_spec = CertResponse


class CertRepMessage(core.Sequence):
    _fields = [("ca_pubs", Certificates, {"explicit": 1, "optional": True}), ("response", CertResponses)]


class ErrorMsgContent(core.Sequence):
    _fields = [
        ("pki_status_info", StatusInfo),
        ("error_code", core.Integer, {"optional": True}),
        ("error_details", FreeText, {"optional": True}),
    ]


# Confirming and polling


class CertStatus(core.Sequence):
    _fields = [
        ("cert_hash", core.OctetString),
        ("cert_req_id", core.Integer),
        ("status_info", StatusInfo, {"optional": True}),
        ("hash_alg", algos.DigestAlgorithm, {"explicit": 0, "optional": True}),
    ]


class CertStatuses(core.SequenceOf):
    _child_spec = CertStatus


class PollReq(core.Sequence):
    _fields = [("cert_req_id", core.Integer)]


class PollReqs(core.SequenceOf):
    _child_spec = PollReq


class PollRep(core.Sequence):
    _fields = [
        ("cert_req_id", core.Integer),
        ("check_after", core.Integer),
        ("reason", FreeText, {"optional": True}),
    ]


class PollReps(core.SequenceOf):
    _child_spec = PollRep


# The message around it


class Body(core.Choice):
    _alternatives = [
        ("ir", CertReqMessages, {"explicit": 0}),
        ("ip", CertRepMessage, {"explicit": 1}),
        ("cr", CertReqMessages, {"explicit": 2}),
        ("cp", CertRepMessage, {"explicit": 3}),
        ("p10cr", core.Any, {"explicit": 4}),
        ("kur", CertReqMessages, {"explicit": 7}),
        ("kup", CertRepMessage, {"explicit": 8}),
        ("rr", core.Any, {"explicit": 11}),
        ("pkiconf", core.Null, {"explicit": 19}),
        ("genm", core.Any, {"explicit": 21}),
        ("error", ErrorMsgContent, {"explicit": 23}),
        ("cert_conf", CertStatuses, {"explicit": 24}),
        ("poll_req", PollReqs, {"explicit": 25}),
        ("poll_rep", PollReps, {"explicit": 26}),
    ]


class Message(core.Sequence):
    _fields = [
        ("header", Header),
        ("body", Body),
        ("protection", core.OctetBitString, {"explicit": 0, "optional": True}),
        ("extra_certs", Certificates, {"explicit": 1, "optional": True}),
    ]


class ProtectedPart(core.Sequence):
    _fields = [("header", Header), ("body", Body)]


class PbmParameter(core.Sequence):
    _fields = [
        ("salt", core.OctetString),
        ("owf", AlgorithmIdentifier),
        ("iteration_count", core.Integer),
        ("mac", AlgorithmIdentifier),
    ]
