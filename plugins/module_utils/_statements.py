# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every statement under ``[edit security pki]``, as data. The one place to add a statement: add a row.

Source: the vendor's published YANG models for SRX, 17.4R1 to 24.4R1 (configuration with extensions). ``since`` is the
first model that has the statement; an empty ``since`` means the oldest model already has it, and older releases are
judged by that one. The exceptions come from the vendor's reference pages and are marked ``[doc]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

Kind = Literal["container", "list", "leaf", "leaf-list"]

#: Junos' own word for the key of every list under ``[edit security pki]``.
KEY = "name"


@dataclass(frozen=True, slots=True)
class Must:
    """What a commit check demands of a statement's value.

    ``any_of`` holds paths of which one must exist in the configuration in effect. A path that begins with ``../``
    starts
    at the statement's parent, any other at ``[edit security pki]``; ``$$`` stands for the statement's value.
    ``message`` is the device's own.
    """

    any_of: tuple[str, ...]
    message: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a value must satisfy: on all releases, or from ``since`` on where a row gives more than one.

    ``length`` counts characters, ``bounds`` are inclusive, ``forbidden`` is a regular expression that may match
    nowhere.
    """

    since: str = ""
    length: tuple[int, int] | None = None
    bounds: tuple[int, int] | None = None
    enum: tuple[str, ...] = ()
    forbidden: str = ""
    message: str = ""
    ip_versions: tuple[int, ...] = (4, 6)


@dataclass(frozen=True, slots=True)
class Statement:
    """One row. ``path`` is below ``[edit security pki]``; its words are the CLI keywords and the XML element names.

    ``choice``: leaves with the same word under one parent exclude each other. ``presence``: the container means
    something without children. ``ordered``: the order of the list's entries has a meaning (a preference).
    ``option``: the Ansible option's name where it is not the statement's own in snake case.
    """

    path: str
    kind: Kind = "leaf"
    type: str = ""
    since: str = ""
    limits: tuple[Limits, ...] = ()
    must: tuple[Must, ...] = ()
    choice: str = ""
    secret: bool = False
    presence: bool = False
    ordered: bool = False
    deprecated: str = ""
    default: str = ""
    units: str = ""
    max_elements: int = 0
    option: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def option_name(self) -> str:
        return self.option or self.name.replace("-", "_")


def _limit(
    bounds: tuple[int, int] | None = None,
    length: tuple[int, int] | None = None,
    enum: tuple[str, ...] = (),
) -> tuple[Limits, ...]:
    return (Limits(length=length, bounds=bounds, enum=enum),)


_UP_TO_32 = Limits(length=(1, 32), message="Must be string of 32 characters or less")
_NAME_CHARACTERS = "Must not contain '/', %, '.' or a space"
_NAME_32 = (Limits(length=(1, 32), forbidden="[/%. ]", message=_NAME_CHARACTERS),)
#: The name of a ca-profile has been restricted, freed and restricted again.
_CA_PROFILE_NAME = (
    _UP_TO_32,
    Limits("18.2R3", length=(1, 32), forbidden="[/%. ]", message=_NAME_CHARACTERS),
    Limits("18.3R1", length=(1, 32), message="Must be string of 32 characters or less"),
    Limits("18.4R1", length=(1, 32), forbidden="[/%. ]", message=_NAME_CHARACTERS),
)
_TRACE_FLAGS = ("certificate-verification", "online-crl-check", "enrollment", "all")

_CA_PROFILE_DEFINED = Must(
    ("ca-profile/$$",), "Referenced ca-profile must be defined under [edit security pki ca-profile]"
)
_RE_ENROLL_PROFILE = (
    _CA_PROFILE_DEFINED,
    Must(
        ("../re-enroll-time", "../re-enroll-trigger-time-percentage"),
        "Re-enroll must configure the re-enroll-trigger-time-percentage or a re-enroll-time value",
        since="23.1R1",
    ),
    Must(
        ("ca-profile/$$/enrollment/url",),
        "Referenced ca-profile must have enrollment url configured under"
        " [edit security pki ca-profile <ca-profile-name> enrollment url]",
    ),
)


def _re_enrollment_list(above: str, since: str, time_since: str, deprecated: str = "") -> tuple[Statement, ...]:
    """The statements that all four re-enrollment lists share.

    ``percent`` is the keyword and the XML element; the vendor's page and help text write ``percentage``, as we do.
    """
    entry = f"{above}/certificate-id"
    time = f"{entry}/re-enroll-time"
    return (
        Statement(entry, "list", since=since, deprecated=deprecated),
        Statement(f"{entry}/{KEY}", type="string", since=since, limits=(_UP_TO_32,), option="certificate_id"),
        Statement(time, "container", since=time_since, presence=True),
        Statement(f"{time}/days", type="uint32", since=time_since, choice="re-enroll-time", units="days"),
        Statement(f"{time}/hours", type="uint32", since=time_since, choice="re-enroll-time", units="hours"),
        Statement(
            f"{time}/percent",
            type="uint32",
            since=time_since,
            limits=_limit((1, 99)),
            choice="re-enroll-time",
            units="percent of the lifetime that remains",
            option="percentage",
        ),
        Statement(f"{entry}/ca-profile-name", type="string", since=since, limits=(_UP_TO_32,), must=_RE_ENROLL_PROFILE),
        Statement(
            f"{entry}/re-enroll-trigger-time-percentage",
            type="uint32",
            since=since,
            limits=_limit((1, 99)),
            units="percent of the lifetime that remains",
        ),
        Statement(f"{entry}/re-generate-keypair", type="empty", since=since),
    )


def _scep_only(above: str, since: str) -> tuple[Statement, ...]:
    """The statements of an entry that re-enrolls by SCEP."""
    entry = f"{above}/certificate-id"
    encryption = f"{entry}/scep-encryption-algorithm"
    digest = f"{entry}/scep-digest-algorithm"
    return (
        Statement(f"{entry}/challenge-password", type="string", since=since, secret=True),
        Statement(encryption, "container", since=since, presence=True),
        Statement(f"{encryption}/des", type="empty", since=since, choice="scep-encryption-algorithm"),
        Statement(f"{encryption}/des3", type="empty", since=since, choice="scep-encryption-algorithm"),
        Statement(digest, "container", since=since, presence=True),
        Statement(f"{digest}/md5", type="empty", since=since, choice="scep-digest-algorithm"),
        Statement(f"{digest}/sha1", type="empty", since=since, choice="scep-digest-algorithm"),
    )


_OCSP = "ca-profile/revocation-check/ocsp"
_CRL = "ca-profile/revocation-check/crl"
_RE = "auto-re-enrollment"
_DOWNLOAD = "default-trusted-ca-certs/automatic-download"
_CLOUD = "cloud-certificate-profile"
_URL_500 = _limit(length=(1, 500))
_TRAP_DAYS = _limit((1, 100))

STATEMENTS: tuple[Statement, ...] = (
    Statement("ca-profile", "list"),
    Statement("ca-profile/name", type="string", limits=_CA_PROFILE_NAME),
    Statement("ca-profile/ca-identity", type="string"),
    Statement("ca-profile/source-address", type="ip-address", limits=(Limits(ip_versions=(4,)), Limits("18.1R1"))),
    # The device also demands [edit services proxy profile <name>], which a read of security pki does not show.
    Statement("ca-profile/proxy-profile", type="string", since="18.2R1"),
    # The device also demands [edit routing-instances <name>]; the same holds for the other routing-instance rows.
    Statement("ca-profile/routing-instance", type="string"),
    Statement("ca-profile/enrollment", "container"),
    Statement("ca-profile/enrollment/url", type="string"),
    Statement("ca-profile/enrollment/retry", type="uint32", limits=_limit((0, 1080)), default="1000"),
    Statement(
        "ca-profile/enrollment/retry-interval",
        type="uint32",
        limits=_limit((0, 3600)),
        default="600",
        units="seconds",
    ),
    Statement("ca-profile/revocation-check", "container"),
    Statement("ca-profile/revocation-check/use-crl", type="empty", choice="revocation-check"),
    Statement("ca-profile/revocation-check/use-ocsp", type="empty", choice="revocation-check"),
    Statement("ca-profile/revocation-check/disable", type="empty", choice="revocation-check"),
    Statement(_OCSP, "container", presence=True),
    Statement(f"{_OCSP}/url", "list", ordered=True),
    Statement(f"{_OCSP}/url/name", type="string", limits=_URL_500),
    Statement(f"{_OCSP}/nonce-payload", type="enumeration", limits=_limit(enum=("enable", "disable"))),
    Statement(f"{_OCSP}/disable-responder-revocation-check", type="empty"),
    Statement(f"{_OCSP}/accept-unknown-status", type="empty"),
    Statement(f"{_OCSP}/connection-failure", "container", presence=True),
    Statement(f"{_OCSP}/connection-failure/fallback-crl", type="empty", choice="connection-failure"),
    Statement(f"{_OCSP}/connection-failure/disable", type="empty", choice="connection-failure"),
    Statement(_CRL, "container"),
    Statement(f"{_CRL}/disable", "container"),
    Statement(f"{_CRL}/disable/on-download-failure", type="empty"),
    Statement(f"{_CRL}/url", "list", ordered=True),
    Statement(f"{_CRL}/url/name", type="string", limits=_URL_500),
    Statement(f"{_CRL}/url/password", type="string", secret=True),
    Statement(f"{_CRL}/refresh-interval", type="uint32", limits=_limit((0, 8784)), units="hours"),
    Statement("ca-profile/administrator", "container"),
    Statement("ca-profile/administrator/email-address", type="string"),
    Statement("trusted-ca-group", "list", since="18.1R1"),
    Statement("trusted-ca-group/name", type="string", since="18.1R1", limits=_limit(length=(1, 63))),
    Statement(
        "trusted-ca-group/ca-profiles",
        "leaf-list",
        type="string",
        since="18.1R1",
        limits=_limit(length=(1, 63)),
        max_elements=20,
    ),
    Statement("ca-profile-group", "list", since="23.2R1"),
    Statement("ca-profile-group/name", type="string", since="23.2R1", limits=_NAME_32),
    Statement("ca-profile-group/cert-base-count", type="uint32", since="23.2R1", limits=_limit((0, 2048))),
    Statement("default-trusted-ca-certs", "container", since="23.2R1", presence=True),
    Statement(_DOWNLOAD, "container", since="23.2R1", presence=True),
    Statement(f"{_DOWNLOAD}/deactivate", type="empty", since="23.2R1"),
    Statement(f"{_DOWNLOAD}/interval", "container", since="23.2R1", presence=True),
    Statement(
        f"{_DOWNLOAD}/interval/hours",
        type="uint32",
        since="23.2R1",
        limits=_limit((0, 336)),
        choice="interval",
        units="hours",
    ),
    Statement(f"{_DOWNLOAD}/url", type="string", since="23.2R1", limits=_URL_500),
    Statement(f"{_DOWNLOAD}/routing-instance", type="string", since="23.2R1"),
    Statement("trap", "container", since="20.1R1", presence=True),
    Statement("trap/certificate-id", "list", since="20.1R1"),
    Statement("trap/certificate-id/name", type="string", since="20.1R1"),
    Statement("trap/certificate-id/days", type="uint32", since="20.1R1", limits=_TRAP_DAYS, default="60", units="days"),
    Statement("trap/ca-identity", "list", since="20.1R1"),
    Statement("trap/ca-identity/name", type="string", since="20.1R1", must=(_CA_PROFILE_DEFINED,)),
    Statement("trap/ca-identity/days", type="uint32", since="20.1R1", limits=_TRAP_DAYS, default="60", units="days"),
    Statement("trap/all-certificates", "container", since="20.1R1", presence=True),
    Statement(
        "trap/all-certificates/days", type="uint32", since="20.1R1", limits=_TRAP_DAYS, default="60", units="days"
    ),
    Statement(_CLOUD, "list", since="23.1R1"),
    Statement(f"{_CLOUD}/name", type="string", since="23.1R1", limits=_NAME_32),
    Statement(f"{_CLOUD}/url", type="string", since="23.1R1", limits=_limit(length=(1, 1024))),
    Statement(f"{_CLOUD}/trusted-ca", type="string", since="23.1R1", limits=_NAME_32, must=(_CA_PROFILE_DEFINED,)),
    Statement(f"{_CLOUD}/routing-instance", type="string", since="23.1R1"),
    Statement(f"{_CLOUD}/source-address", type="ip-address", since="23.1R1"),
    Statement(_RE, "container"),
    Statement(f"{_RE}/scep", "container", since="15.1X49-D40", presence=True),  # [doc]
    *_re_enrollment_list(f"{_RE}/scep", since="15.1X49-D40", time_since="21.4R1"),
    *_scep_only(f"{_RE}/scep", since="15.1X49-D40"),
    Statement(f"{_RE}/cmpv2", "container", since="15.1X49-D40", presence=True),  # [doc]
    *_re_enrollment_list(f"{_RE}/cmpv2", since="15.1X49-D40", time_since="21.4R1"),
    Statement(f"{_RE}/acme", "container", since="22.4R1", presence=True),
    *_re_enrollment_list(f"{_RE}/acme", since="22.4R1", time_since="22.4R1"),
    Statement(f"{_RE}/acme/certificate-id/acme-key-id", type="string", since="22.4R1", limits=(_UP_TO_32,)),
    # The old direct list re-enrolls by SCEP and is there since 9.0 [doc].
    *_re_enrollment_list(_RE, since="", time_since="21.4R1", deprecated="23.1R1"),
    *_scep_only(_RE, since=""),
    Statement("traceoptions", "container"),
    Statement("traceoptions/no-remote-trace", type="empty"),
    Statement("traceoptions/file", "container"),
    Statement(
        "traceoptions/file/filename",
        type="string",
        limits=(Limits(length=(1, 1024), forbidden="[/ %]", message="Must not contain '/', % or a space"),),
    ),
    Statement("traceoptions/file/size", type="string"),
    Statement("traceoptions/file/files", type="uint32", limits=_limit((2, 1000)), default="3"),
    Statement("traceoptions/file/world-readable", type="empty", choice="world-readable"),
    Statement("traceoptions/file/no-world-readable", type="empty", choice="world-readable"),
    Statement("traceoptions/file/match", type="regular-expression"),
    Statement("traceoptions/flag", "list"),
    Statement(
        "traceoptions/flag/name",
        type="enumeration",
        limits=(Limits(enum=_TRACE_FLAGS), Limits("22.4R1", enum=(*_TRACE_FLAGS[:3], "acme-enrollment", "all"))),
    ),
    Statement("acme-account-key", "container", since="22.4R1"),
    Statement("acme-account-key/acme-key-id", "list", since="22.4R1"),
    Statement("acme-account-key/acme-key-id/name", type="string", since="22.4R1"),
)

#: The four lists of ``auto-re-enrollment``: the user's word for the protocol, and the path of the list.
PROTOCOLS: dict[str, str] = {
    "scep": f"{_RE}/scep/certificate-id",
    "cmpv2": f"{_RE}/cmpv2/certificate-id",
    "acme": f"{_RE}/acme/certificate-id",
    "direct": f"{_RE}/certificate-id",
}

CA_PROFILE = "ca-profile"

_BY_PATH = {row.path: row for row in STATEMENTS}
_BELOW: dict[str, tuple[Statement, ...]] = {}
for _row in STATEMENTS:
    _BELOW[_row.parent] = (*_BELOW.get(_row.parent, ()), _row)


def find(path: str) -> Statement | None:
    """The row of a path, or None for what the collection does not know."""
    return _BY_PATH.get(path)


def row(path: str) -> Statement:
    """The row of a path that is known to be there."""
    return _BY_PATH[path]


def children(path: str) -> tuple[Statement, ...]:
    """The rows directly below a path, in table order; a list's key is among them."""
    return _BELOW.get(path, ())


@cache
def is_switch(path: str) -> bool:
    """Whether a container only selects one of several words (``scep-digest-algorithm sha1``)."""
    below = children(path)
    return (
        _BY_PATH[path].kind == "container"
        and len(below) > 1
        and all(row.type == "empty" and row.choice and row.choice == below[0].choice for row in below)
    )


@cache
def is_plain_list(path: str) -> bool:
    """Whether a list's entries hold nothing but their key (``ocsp url``)."""
    return _BY_PATH[path].kind == "list" and len(children(path)) == 1


def below(path: str) -> Iterator[Statement]:
    """Every row below a path, at any depth."""
    return (row for row in STATEMENTS if row.path.startswith(f"{path}/"))
