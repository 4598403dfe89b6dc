# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests that change what a device's PKI holds, as data: each with its inputs and its command. Pure.

Source: the vendor's models, 17.4R1 to 24.4R1. None of them enrolls a CA certificate: that is a command only, see _cli.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from ansible_collections.netpki.junos.plugins.module_utils._secrets import MASK


@dataclass(frozen=True)
class Operation:
    """``inputs`` are elements of the request, which are the words of the command too. ``since``: the first release.

    ``request`` is empty where only the command line can do it. ``lost`` is what to do when its answer is lost.
    """

    request: str
    command: str
    doing: str
    inputs: tuple[str, ...]
    since: str = ""
    lost: str = "Run the task again: it does only what is still missing."

    def xml(self, values: Mapping[str, Any]) -> str:
        """The request. A value None or False is not sent, True is an empty element, a list stands with commas."""
        given = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in self._given(values))
        return f"<{self.request}>{given}</{self.request}>"

    def line(self, values: Mapping[str, Any]) -> str:
        """What a person would type for it, secrets masked."""
        words = [self.command]
        for name, text in self._given(values):
            words += [name, MASK if name in SECRET else _quoted(text)] if text else [name]
        return " ".join(words)

    def _given(self, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name in self.inputs:
            value = values.get(name)
            if isinstance(value, list):
                value = ",".join(value) or None
            if value is not None and value is not False:
                yield name, "" if value is True else str(value)


#: Inputs that no result, diff or command may show.
SECRET = ("challenge-password", "ca-secret", "passphrase")

_NAMES = ("subject", "domain-name", "ip-address", "ipv6-address", "email")
_SCEP = ("scep-encryption-algorithm", "scep-digest-algorithm")
_LOCAL = "request security pki local-certificate"
_MAYBE_RENEWED = "Look at the certificate before you run the task again with force: it would renew it once more."

GENERATE_KEY_PAIR = Operation(
    "generate-pki-key-pair",
    "request security pki generate-key-pair",
    "generating the key pair",
    ("certificate-id", "acme-key-id", "size", "type"),
)
GENERATE_REQUEST = Operation(
    "generate-pki-certificate-request",
    "request security pki generate-certificate-request",
    "generating the certificate request",
    ("certificate-id", *_NAMES, "digest"),
    lost="Run the task again with force true: a device does not show a request that it holds.",
)
LOAD_CA_CERTIFICATE = Operation(
    "load-pki-ca-certificate",
    "request security pki ca-certificate load",
    "loading the CA certificate",
    ("ca-profile", "filename"),
)
LOAD_CERTIFICATE = Operation(
    "load-pki-local-certificate",
    f"{_LOCAL} load",
    "loading the certificate",
    ("certificate-id", "filename", "key", "passphrase"),
)
VERIFY_CERTIFICATE = Operation(
    "verify-pki-local-certificate", f"{_LOCAL} verify", "verifying the certificate", ("certificate-id",)
)
CLEAR_CERTIFICATE = Operation(
    "clear-pki-local-certificate",
    "clear security pki local-certificate",
    "clearing the certificate",
    ("certificate-id",),
)
CLEAR_KEY_PAIR = Operation(
    "clear-pki-key-pair", "clear security pki key-pair", "clearing the key pair", ("certificate-id",)
)
CLEAR_REQUEST = Operation(
    "clear-pki-certificate-request",
    "clear security pki certificate-request",
    "clearing the certificate request",
    ("certificate-id",),
)
ENROLL_CA_CERTIFICATE = Operation(
    "", "request security pki ca-certificate enroll", "enrolling the CA certificate", ("ca-profile",)
)
CLEAR_CA_CERTIFICATE = Operation(
    "clear-pki-ca-certificate",
    "clear security pki ca-certificate",
    "clearing the CA certificate",
    ("ca-profile",),
)

#: The first enrollment, by protocol.
ENROLL: dict[str, Operation] = {
    "scep": Operation(
        "request-security-local-certificate-enroll-scep",
        f"{_LOCAL} enroll scep",
        "enrolling the certificate",
        ("certificate-id", "ca-profile", "challenge-password", *_NAMES, "digest", *_SCEP),
    ),
    "cmpv2": Operation(
        "request-security-local-certificate-enroll-cmpv2",
        f"{_LOCAL} enroll cmpv2",
        "enrolling the certificate",
        ("certificate-id", "ca-profile", "ca-dn", "ca-reference", "ca-secret", *_NAMES),
    ),
    "acme": Operation(
        "request-security-local-certificate-enroll-acme",
        f"{_LOCAL} enroll acme",
        "enrolling the certificate",
        (
            "acme-key-id",
            "certificate-id",
            "ca-profile",
            "domain-names",
            "email",
            "letsencrypt-enrollment",
            "terms-of-service",
        ),
        since="22.4R1",
    ),
}
#: A renewal now, by protocol.
RE_ENROLL: dict[str, Operation] = {
    "scep": Operation(
        "request-security-local-cert-re-enroll-scep",
        f"{_LOCAL} re-enroll scep",
        "re-enrolling the certificate",
        ("certificate-id", "ca-profile", "challenge-password", "re-generate-keypair", *_SCEP),
        lost=_MAYBE_RENEWED,
    ),
    "cmpv2": Operation(
        "request-security-local-cert-re-enroll-cmpv2",
        f"{_LOCAL} re-enroll cmpv2",
        "re-enrolling the certificate",
        ("certificate-id", "ca-profile", "re-generate-keypair"),
        lost=_MAYBE_RENEWED,
    ),
    "acme": Operation(
        "request-security-local-cert-re-enroll-acme",
        f"{_LOCAL} re-enroll acme",
        "re-enrolling the certificate",
        ("acme-key-id", "certificate-id", "ca-profile", "re-generate-keypair"),
        since="22.4R1",
        lost=_MAYBE_RENEWED,
    ),
}


def file_delete(path: str) -> str:
    """The request that removes a file. ``purge`` writes over it first: a private key may have been in it."""
    return f"<file-delete><purge/><path>{escape(path)}</path></file-delete>"


#: The system log, whole: newer releases take no pipe in a command over NETCONF (seen on 25.4R1).
LOG_REQUEST = "<get-log><filename>messages</filename></get-log>"


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[\w.@:/=,+*-]+", text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
