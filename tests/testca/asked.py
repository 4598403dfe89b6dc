# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody asks to have certified: a PKCS#10 request, or CMP's template, in the words of cryptography."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import csr, keys
from asn1crypto import x509 as asn1
from cryptography import x509

from .authority import PublicKey
from .signatures import public_key, valid


@dataclass(frozen=True, slots=True)
class Asked:
    public_key: PublicKey
    subject: x509.Name
    alternate: Sequence[x509.GeneralName]
    challenge_password: str = ""
    #: Whether the request is signed with the key that it wants certified.
    proven: bool = False


def read(der: bytes) -> Asked:
    """ValueError when it is no PKCS#10 request. A signature that is wrong is not an error here, see ``proven``."""
    try:
        request = csr.CertificationRequest.load(der, strict=True)
        info = request["certification_request_info"]
        attributes = {row["type"].native: row["values"][0] for row in info["attributes"]}
        subject, alternate = names(info["subject"], info["subject_pk_info"], attributes.get("extension_request"))
        key = public_key(info["subject_pk_info"])
        password = attributes["challenge_password"].native if "challenge_password" in attributes else ""
        proven = valid(key, request["signature_algorithm"], request["signature"].native, info.dump())
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError(str(error)) from None
    return Asked(key, subject, alternate, password, proven)


def names(
    subject: asn1.Name, key: keys.PublicKeyInfo, extensions: asn1.Extensions | None
) -> tuple[x509.Name, tuple[x509.GeneralName, ...]]:
    """The subject and the alternate names, by way of a request that is as DER wants it and that nobody signs.

    cryptography reads names out of a request only, and no request whose attributes are in another order: strongSwan's.
    """
    attributes = [{"type": "extension_request", "values": [extensions]}] if extensions is not None else []
    info = {"version": "v1", "subject": subject, "subject_pk_info": key, "attributes": attributes}
    form = csr.CertificationRequest(
        {
            "certification_request_info": csr.CertificationRequestInfo(info),
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": b"",
        }
    )
    request = x509.load_der_x509_csr(form.dump())
    return request.subject, alternate_names(request)


def alternate_names(source: x509.CertificateSigningRequest | x509.Certificate) -> tuple[x509.GeneralName, ...]:
    try:
        return tuple(source.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return ()
