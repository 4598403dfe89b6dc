# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of junos_pki_certificate: its argument spec, and from validated options to what a task wants.

Everything that can be refused without asking the device is refused here.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _operations as operations
from ansible_collections.netpki.junos.plugins.module_utils._certificates import check_key, fingerprints_of
from ansible_collections.netpki.junos.plugins.module_utils._check import CONTROL
from ansible_collections.netpki.junos.plugins.module_utils._enrollment import CaCertificate, Want, plain_hex
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.netpki.junos.plugins.module_utils._secrets import MASK, NOT_SHOWN, PLACEHOLDERS

#: Key types, with their sizes in bits; the first one is the default. Source: the help texts of the models.
KEY_SIZES = {"rsa": (2048, 512, 1024, 4096), "dsa": (2048, 1024, 4096), "ecdsa": (256, 384, 521)}

_TEXTS = (
    "subject",
    "domain_name",
    "ip_address",
    "ipv6_address",
    "email",
    "ca_reference",
    "ca_dn",
    "acme_key_id",
)

CERTIFICATE_SPEC: dict[str, Any] = {
    "certificate_id": {"type": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent", "renewed"]},
    "ca_profile": {"type": "str"},
    "ca_certificate": {
        "type": "dict",
        "options": {
            "content": {"type": "str"},
            "sha256": {"type": "list", "elements": "str"},
            "sha1": {"type": "list", "elements": "str"},
            "accept_any_fingerprint": {"type": "bool", "default": False},
            "replace": {"type": "bool", "default": False},
        },
    },
    "key_pair": {
        "type": "dict",
        "no_log": False,
        "options": {
            "type": {"type": "str", "default": "rsa", "choices": list(KEY_SIZES)},
            "size": {"type": "int"},
        },
    },
    "protocol": {"type": "str", "choices": list(operations.ENROLL)},
    **{name: {"type": "str"} for name in _TEXTS},
    "digest": {"type": "str", "choices": ["sha-1", "sha-256", "sha-384"]},
    "challenge_password": {"type": "str", "no_log": True},
    "scep_encryption_algorithm": {"type": "str", "choices": ["des", "des3"]},
    "scep_digest_algorithm": {"type": "str", "choices": ["md5", "sha1"]},
    "ca_secret": {"type": "str", "no_log": True},
    "letsencrypt_enrollment": {"type": "bool"},
    "domain_names": {"type": "list", "elements": "str"},
    "terms_of_service": {"type": "str", "choices": ["agree", "disagree"]},
    "re_generate_keypair": {"type": "bool", "default": True, "no_log": False},
    "content": {"type": "str"},
    "private_key": {"type": "str", "no_log": True},
    "passphrase": {"type": "str", "no_log": True},
    "certificate_request": {"type": "bool", "default": False},
    "renew_within": {
        "type": "dict",
        "options": {"days": {"type": "int"}, "hours": {"type": "int"}, "percentage": {"type": "int"}},
    },
    "force": {"type": "bool", "default": False},
    "now": {"type": "str"},
    "verify": {"type": "str", "default": "new", "choices": ["new", "always", "never"]},
    "enroll_timeout": {"type": "int", "default": 300},
    "ssh_port": {"type": "int", "default": 22},
    **CONNECTION_SPEC,
}
CERTIFICATE_SPEC["acme_key_id"]["no_log"] = False

#: What an enrollment must have beside the certificate's name, by protocol.
_NEEDED = {
    "scep": ("ca_profile", "challenge_password", "subject"),
    "cmpv2": ("ca_profile", "ca_reference", "ca_secret", "subject"),
    "acme": ("ca_profile", "acme_key_id", "domain_names", "email", "letsencrypt_enrollment"),
}
#: The same for a renewal.
_NEEDED_AGAIN = {"scep": ("challenge_password",), "cmpv2": (), "acme": ("acme_key_id",)}
#: Every option that is an input of some request.
_INPUTS = {
    word.replace("-", "_"): word
    for table in (operations.ENROLL, operations.RE_ENROLL)
    for operation in table.values()
    for word in operation.inputs
} | {"passphrase": "passphrase"}

_LENGTHS = {"sha256": 64, "sha1": 40}


def want(params: Mapping[str, Any]) -> Want:
    """What a task declares, checked as far as that is possible without the device.

    :raises InputError: one sentence that names the certificate, the option and the rule.
    """
    _refuse_texts(params, "certificate_id")
    try:
        return _want(params)
    except InputError as error:
        raise InputError(f"certificate {params['certificate_id']}: {error}") from None


def _want(params: Mapping[str, Any]) -> Want:
    _refuse_texts(params, *_TEXTS, "ca_profile", *_SECRETS, "domain_names")
    _refuse_names(params)
    protocol, state = params["protocol"], params["state"]
    if params["content"] is not None and protocol:
        raise InputError("content: a certificate is loaded or enrolled. Leave protocol out, or content.")
    if state == "present":
        _check_presence(params)
    if state == "renewed":
        _check_renewal(params)
    if params["enroll_timeout"] < 0:
        raise InputError(f"enroll_timeout: {params['enroll_timeout']} is not a number of seconds.")
    if not 1 <= params["ssh_port"] <= 65535:
        raise InputError(f"ssh_port: {params['ssh_port']} is not a whole number from 1 to 65535.")
    return Want(
        certificate_id=params["certificate_id"],
        state=state,
        protocol=protocol or "",
        ca_profile=params["ca_profile"],
        ca_certificate=_ca_certificate(params),
        values={word: _plain(option, params[option]) for option, word in _INPUTS.items()},
        key=_key(params["key_pair"] or {"type": "rsa", "size": None}),
        content=params["content"],
        private_key=params["private_key"],
        request=params["certificate_request"],
        renew_within=params["renew_within"],
        force=params["force"],
    )


def _plain(option: str, value: Any) -> Any:
    return {True: "yes", False: "no", None: None}[value] if option == "letsencrypt_enrollment" else value


def _check_presence(params: Mapping[str, Any]) -> None:
    protocol = params["protocol"]
    _need(params, _NEEDED.get(protocol, ()), f"protocol {protocol}")
    own = {*operations.ENROLL[protocol].inputs} if protocol else set()
    if params["certificate_request"]:
        _need(params, ("subject",), "certificate_request")
        own |= {*operations.GENERATE_REQUEST.inputs}
        if params["content"] is not None:
            raise InputError("certificate_request: not for a certificate that is loaded. Leave it out, or content.")
    if params["content"] is not None:
        fingerprints_of(params["content"], "content")
        own.add("passphrase")
    elif params["private_key"] is not None:
        raise InputError("private_key: give content, the certificate that it belongs to.")
    if params["passphrase"] is not None and params["private_key"] is None:
        raise InputError("passphrase: give private_key, which it opens.")
    _refuse_foreign(params, own, f"protocol {protocol}" if protocol else "a task without protocol")
    names = params["domain_names"] or []
    if len(names) > 5:
        raise InputError(f"domain_names: {len(names)} names; a device takes at most 5.")
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name):
            wildcard = " A device enrolls no wildcard by ACME." if "*" in name else ""
            raise InputError(f"domain_names: {name!r} is no domain name.{wildcard}")
    _check_key(params)
    if params["renew_within"]:
        raise InputError("renew_within: only for state renewed.")


#: Hashes that a request is signed with, by the type of the key. Source: the help texts of the models.
_DIGESTS = {"rsa": ("sha-1", "sha-256"), "dsa": ("sha-1",), "ecdsa": ("sha-256", "sha-384")}


def _check_key(params: Mapping[str, Any]) -> None:
    kind = (params["key_pair"] or {}).get("type", "rsa")
    if params["protocol"] == "scep" and kind != "rsa":
        raise InputError(f"key_pair.type: SCEP encrypts with the key, so it must be rsa, and is {kind}.")
    if params["key_pair"] and params["digest"] and params["digest"] not in _DIGESTS[kind]:
        raise InputError(f"digest: {params['digest']} does not go with a key of type {kind}.")
    if params["protocol"] == "acme" and "@" not in params["email"]:
        raise InputError(f"email: {params['email']!r} is no e-mail address.")
    if params["private_key"] is not None:
        check_key(params["content"], params["private_key"], params["passphrase"])


def _check_renewal(params: Mapping[str, Any]) -> None:
    protocol, within = params["protocol"], params["renew_within"]
    if params["certificate_request"]:
        raise InputError("certificate_request: only for state present.")
    if not protocol:
        raise InputError(f"state renewed: give protocol, one of {', '.join(operations.RE_ENROLL)}.")
    what = f"state renewed with protocol {protocol}"
    _need(params, _NEEDED_AGAIN[protocol], what)
    # What an enrollment takes is passed over, so that one set of options serves both states.
    _refuse_foreign(params, {*operations.RE_ENROLL[protocol].inputs, *operations.ENROLL[protocol].inputs}, what)
    if not params["force"] and not within:
        raise InputError(
            "state renewed: give renew_within, how close to the expiry a certificate is renewed, or force true."
        )
    given = [member for member, value in (within or {}).items() if value is not None]
    if within and len(given) != 1:
        raise InputError("renew_within: give exactly one of days, hours and percentage.")
    for member in given:
        if within[member] < 1 or (member == "percentage" and within[member] > 99):
            raise InputError(f"renew_within.{member}: {within[member]} is out of range.")


def _need(params: Mapping[str, Any], options: tuple[str, ...], what: str) -> None:
    missing = [option for option in options if params[option] in (None, "", [])]
    if missing:
        raise InputError(f"{what}: give {' and '.join(missing)}.")


def _refuse_foreign(params: Mapping[str, Any], own: set[str], what: str) -> None:
    """Refuse an option that no request of this task takes."""
    own = own | {"certificate-id", "ca-profile", "re-generate-keypair"}
    for option, word in _INPUTS.items():
        if params[option] is not None and word not in own:
            raise InputError(f"{option}: {what} does not take it.")


def _key(given: Mapping[str, Any]) -> dict[str, Any]:
    sizes = KEY_SIZES[given["type"]]
    size = given["size"] if given["size"] is not None else sizes[0]
    if size not in sizes:
        raise InputError(f"key_pair.size: {size} is no size of {given['type']}; give {_choice(sorted(sizes))}.")
    return {"type": given["type"], "size": size}


def _choice(values: list[int]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}"


def _ca_certificate(params: Mapping[str, Any]) -> CaCertificate | None:
    given = params["ca_certificate"]
    if given is None:
        return None
    if not params["ca_profile"]:
        raise InputError("ca_certificate: give ca_profile, the profile that it is loaded into.")
    pins = {name: tuple(map(plain_hex, given[name])) for name in _LENGTHS if given[name]}
    for name, length in _LENGTHS.items():
        for text in given[name] or ():
            if not re.fullmatch(rf"[0-9a-f]{{{length}}}", plain_hex(text)):
                raise InputError(
                    f"ca_certificate.{name}: {text!r} is no {name} fingerprint, which has {length} digits."
                )
    if pins and given["accept_any_fingerprint"]:
        raise InputError("ca_certificate: a fingerprint is pinned, or any is accepted. Leave one of them out.")
    if given["content"] is not None:
        own = fingerprints_of(given["content"], "ca_certificate.content")
        if any(one[name] not in digits for one in own for name, digits in pins.items()):
            raise InputError("ca_certificate: content holds a certificate whose fingerprint is not pinned.")
    elif not pins and not given["accept_any_fingerprint"]:
        raise InputError(
            "ca_certificate: give sha256 or sha1, the fingerprint that the CA tells you, or content."
            " accept_any_fingerprint true would trust whatever answers."
        )
    elif not re.fullmatch(r"[\w:@+-]+", params["ca_profile"]):
        raise InputError(
            f"ca_profile: {params['ca_profile']!r} cannot be typed on a command line. Give ca_certificate.content."
        )
    return CaCertificate(given["content"], pins, given["accept_any_fingerprint"], given["replace"])


#: Names that a device takes from 1 to 32 characters long.
_SHORT = ("certificate_id", "ca_profile", "acme_key_id")
_SECRETS = ("challenge_password", "ca_secret", "passphrase")


def _refuse_texts(params: Mapping[str, Any], *options: str) -> None:
    for option in options:
        value = params[option]
        for text in [] if value is None else value if isinstance(value, list) else [value]:
            if CONTROL.search(text):
                raise InputError(f"{option}: holds a control character or a line break.")
            if option in _SECRETS and text in PLACEHOLDERS:
                raise InputError(f"{option}: {MASK} {NOT_SHOWN}")
            if option in _SHORT and not 1 <= len(text) <= 32:
                raise InputError(f"{option}: {text!r} is not 1 to 32 characters long.")


def _refuse_names(params: Mapping[str, Any]) -> None:
    for option, version in (("ip_address", 4), ("ipv6_address", 6)):
        if params[option] is not None and not _is_address(params[option], version):
            raise InputError(f"{option}: {params[option]!r} is no IPv{version} address.")
    for part in (params["subject"] or "").split(",") if params["subject"] is not None else ():
        if not re.fullmatch(r"\s*[A-Za-z]+=.+", part):
            raise InputError(
                f"subject: {part.strip()!r} is no part of a name. Write it as the device takes it, for example"
                " CN=vpn-01.example.net,OU=vpn,O=example,C=de."
            )


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False
