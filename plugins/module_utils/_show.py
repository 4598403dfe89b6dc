# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests that show what a device's PKI holds, as data, and the records in their replies. Source: the models."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from ansible_collections.netpki.junos.plugins.module_utils._elements import (
    children_of,
    every,
    leaves,
    name_of,
    text_of,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import ReplyError
from ansible_collections.netpki.junos.plugins.module_utils._stores import (
    CERTIFICATE_HOLDERS,
    by_node,
    certificates_from_reply,
    one_or_several,
)

Records = list[dict[str, Any]]

# What may stand around a store in a reply.
_AROUND = ("re-name", "cli", "ok", "rpc-error", "multi-routing-engine-results")


class Shown(NamedTuple):
    """The records of a reply, and the nodes of a chassis cluster that answered, also those that hold nothing."""

    records: Records
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Store:
    """One request: ``what`` it shows, and the ``reader`` of its reply.

    ``holders`` are the elements that its records stand in. ``selects`` is the input of the request that names one
    record, ``key`` what that is called in a record. ``since`` is the release that first has the request.
    """

    request: str
    what: str
    reader: Callable[[Any], Records]
    holders: tuple[str, ...]
    selects: str = ""
    key: str = ""
    level: str = ""
    since: str = ""

    @property
    def doing(self) -> str:
        return f"reading the {self.what}"

    def xml(self, only: Collection[str] = ()) -> str:
        """The request for all records, or for one. It cannot name several: of those the caller picks."""
        name = next(iter(only)) if len(only) == 1 and self.selects else None
        selected = "" if name is None else f"<{self.selects}>{escape(name)}</{self.selects}>"
        return f"<{self.request}>{selected}{self.level}</{self.request}>"

    def read(self, reply: Any) -> Shown:
        """The records of a reply; ReplyError where it holds something else than the store."""
        for _node, part in by_node(reply):
            strange = [name for name, _child in children_of(part) if name not in _AROUND]
            if strange and next(every(part, *self.holders), None) is None:
                raise ReplyError(f"it holds {', '.join(dict.fromkeys(strange))}, and no {self.holders[0]}.")
        return Shown(self.reader(reply), tuple(node for node, _part in by_node(reply) if node))


def _certificates(reply: Any) -> Records:
    return [each.result("certificate_id") for each in certificates_from_reply(reply)]


def _ca_certificates(reply: Any) -> Records:
    # The identifier is the profile's name; where a device tells the profile beside it, that one counts.
    found = certificates_from_reply(reply)
    return [replace(each, identifier=each.ca_profile or each.identifier).result("ca_profile") for each in found]


_CRL = {
    "identifier": "ca_profile",
    "crl-version": "version",
    "crl-number": "number",
    "crl-issuer": "issuer",
    "crl-validity/effective-date": "effective_date",
    "crl-validity/next-update": "next_update",
    "crl-validity/last-download": "last_download",
}
_REVOKED = "crl-revocation-list/"


def _crls(reply: Any) -> Records:
    """Dates stay as the device writes them: their form is not documented. Of what is revoked, the number is told."""
    records = []
    for node, part in by_node(reply):
        for entry in every(part, "pkid-x509-crl-information"):
            told: dict[str, list[str]] = {}
            for path, text in leaves(entry):
                told.setdefault(path, []).append(text)
            named = {name: " ".join(told.pop(path, ())) or None for path, name in _CRL.items()}
            revoked = told.pop(f"{_REVOKED}revoked-cert-serial-number", [])
            raw = {path: texts for path, texts in told.items() if not path.startswith(_REVOKED)}
            named["ca_profile"] = named["ca_profile"] or ""
            records.append({**named, "node": node or None, "revoked": len(revoked), "raw": one_or_several(raw)})
    return records


def _statistics(reply: Any) -> Records:
    """Counters. Their names and values stand in turn, without an element around each pair."""
    records: Records = []
    for node, part in by_node(reply):
        name = None
        for element in every(part, "statistics-name", "statistics-value"):
            if name_of(element) == "statistics-name":
                name = text_of(element)
                records.append({"name": name, "value": None, "node": node or None})
            elif name is not None:
                value = text_of(element)
                records[-1]["value"] = int(value) if value.removeprefix("-").isdecimal() else value
    return records


#: By the name of the subset that stands for it, in the order of the requests.
STORES: dict[str, Store] = {
    "local_certificates": Store(
        request="get-pki-local-certificate",
        what="local certificates",
        reader=_certificates,
        holders=CERTIFICATE_HOLDERS,
        selects="certificate-id",
        key="certificate_id",
        level="<detail/>",
    ),
    "ca_certificates": Store(
        request="get-pki-ca-certificate",
        what="CA certificates",
        reader=_ca_certificates,
        holders=CERTIFICATE_HOLDERS,
        selects="ca-profile",
        key="ca_profile",
        level="<detail/>",
    ),
    "certificate_requests": Store(
        request="get-pki-certificate-request",
        what="certificate requests",
        reader=_certificates,
        holders=CERTIFICATE_HOLDERS,
        selects="certificate-id",
        key="certificate_id",
    ),
    "crls": Store(
        request="get-pki-crl",
        what="CRLs",
        reader=_crls,
        holders=("x509-pkid-crl-information-list",),
        selects="ca-profile",
        key="ca_profile",
    ),
    "statistics": Store(
        request="get-pki-statistics",
        what="PKI statistics",
        reader=_statistics,
        holders=("pki-statistics", "statistics-name", "statistics-value"),
        since="21.4R1",
    ),
}
