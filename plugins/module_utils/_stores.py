# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device's PKI stores hold: replies of ``show security pki``, as XML and as text, to records.

Sources: two XML shapes (published output of 15.1X49; the models of 16.1, 17.2R1 and from 23.1R1 on, which no published
output shows), the text of 15.1X49 and 25.4R1. Either may come from any release. No reply holds a certificate as PEM.
Nothing is required: what is missing stays empty, what is not known is kept under ``raw``, what cannot be understood is
told in ``problems`` of its record, and the other records are complete.

Replies are read by walking the elements by their local names. Turning them into mappings first (jxmlease) was
considered: the keys would carry the namespace or prefix that each release writes differently, an element would be
a mapping where it stands once and a list where it repeats, and the pairs that a fingerprint repeats flat would fall
apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from textwrap import dedent
from typing import Any
from xml.etree import ElementTree

from ansible_collections.netpki.junos.plugins.module_utils._certificates import Certificate, parse_junos_date
from ansible_collections.netpki.junos.plugins.module_utils._elements import every, leaves, text_of
from ansible_collections.netpki.junos.plugins.module_utils._errors import ReplyError

#: What a reading found: values by the name of their field, several where they repeat, and the rest under other names.
Found = dict[str, list[str]]

# ---- the words of both forms ----

# Where a field of a record stands: as the path of elements below an entry, and as the labels of the text.
# "" drops what tells nothing new. Everything that is not here goes under raw.
_ELEMENTS: dict[str, str] = {
    "identifier": "identifier",
    "version": "version",
    "serial-number-list/serial-number-x509": "serial_number",
    "serial-number-list/serial-number-dec-x509": "",
    "subject-string-list/subject-string": "",
    "validity/not-before": "not_before",
    "validity/not-after": "not_after",
    "public-key/public-key-algorithm": "public_key_algorithm",
    "public-key/public-key-length": "public_key_bits",
    "public-key/public-key-location": "key_location",
    "public-key-contents-list/key-contents": "",
    "alternate-subject-list/alternate-subject": "alternate_subjects",
    "signature-algorithm": "signature_algorithm",
    "distribution-crl-list/distribution-crl": "crl_urls",
    "authority-information-access-ocsp-list/authority-information-access-ocsp": "ocsp_urls",
    "key-usage-list/key-usage": "key_usage",
    "fingerprint/fingerprint-content": "fingerprint",
    "fingerprint/fingerprint-hash-algorithm": "hash_algorithm",
    "issue-info/issued-by": "issued_by",
    "ca-profile": "ca_profile",
    "cert-chain": "cert_chain",
    "status": "status",
    "auto-re-enrollment/auto-re-enrollment-status": "re_enrollment_status",
    "auto-re-enrollment/auto-re-enrollment-next-trigger-time": "next_trigger",
}
_LABELS: dict[str, str] = {
    "certificate identifier": "identifier",
    "certificate version": "version",
    "serial number": "serial_number",
    "subject string": "",
    "alternate subject": "alternate_subjects",
    "validity/not before": "not_before",
    "validity/not after": "not_after",
    "public key algorithm": "public_key",
    "keypair location": "key_location",
    "signature algorithm": "signature_algorithm",
    "distribution crl": "crl_urls",
    "authority information access ocsp": "ocsp_urls",
    "use for key": "key_usage",
    "fingerprint": "fingerprints",
    "issued by": "issued_by",
    "ca profile": "ca_profile",
    "cert-chain": "cert_chain",
    "status": "status",
    "lsys": "logical_system",
    "auto-re-enrollment/status": "re_enrollment_status",
    "auto-re-enrollment/next trigger time": "next_trigger",
}
# The attributes of a distinguished name: their element, their words in text, their short form.
_ATTRIBUTES = (
    ("common-name", "common name", "CN"),
    ("organization-name", "organization", "O"),
    ("organizational-unit-name", "organizational unit", "OU"),
    ("country-name", "country", "C"),
    ("state-or-province-name", "state", "ST"),
    ("locality-name", "locality", "L"),
    ("domain-component", "domain component", "DC"),
    ("email-address", "email address", "emailAddress"),
    ("dn-serial-number", "serial number", "serialNumber"),
)
_SHORT = {name: short for element, text, short in _ATTRIBUTES for name in (element, text)}


# ---- from XML ----

_LIST = "x509-pki-certificate-info-list"
_ENTRIES = {
    "pkid-x509-certificate-information",  # seen on 15.1X49
    "x509-certificate-info",  # the model, from 23.1R1
}
#: What certificates stand in: the list, an entry without it, or text.
CERTIFICATE_HOLDERS = (_LIST, *sorted(_ENTRIES), "output")
_NAMES = {
    "issuer-name/distinguished-name": "issuer",
    "issuer/distinguished-name": "issuer",
    "subject-name/distinguished-name": "subject",
    "subject/distinguished-name": "subject",
}
_CONTAINERS = {path.rpartition("/")[0] for path in (*_ELEMENTS, *_NAMES)}


def certificates_from_reply(reply: Any) -> list[Certificate]:
    """The certificates in the reply to ``get-pki-local-certificate`` or ``get-pki-ca-certificate``, in its order.

    Reads both shapes of the reply, and text in an ``output`` element, alone or wrapped by a chassis cluster (then with
    the node's name).

    :raises ReplyError: there is text in an ``output`` element, and no certificate in it.
    """
    certificates = []
    for node, part in by_node(reply):
        certificates += [_record(_from_entry(entry), node or None) for entry in every(part, *_ENTRIES)]
        for output in every(part, "output"):
            told = certificates_from_text(output.text or "")
            certificates += [replace(each, node=each.node or node or None) for each in told]
    return certificates


def by_node(reply: Any) -> list[tuple[str, Any]]:
    """The parts of a reply by the name of the node that they come from; "" where the device is no chassis cluster."""
    nodes = [(text_of(item, "re-name"), item) for item in every(reply, "multi-routing-engine-item")]
    return nodes or [("", reply)]


def _from_entry(entry: Any) -> Found:
    found: Found = {}
    for path, text in leaves(entry):
        above, _slash, name = path.rpartition("/")
        if above in _NAMES:
            found.setdefault(_NAMES[above], []).append(f"{_SHORT.get(name, name)}={text}" if text else "")
        elif path not in _CONTAINERS:  # one that is empty tells nothing
            found.setdefault(_ELEMENTS.get(path, f"raw/{path}"), []).append(text)
    return found


def certificates_from_saved(text: str) -> list[Certificate]:
    """The certificates in saved output, whether it is XML or text; ReplyError where it is neither."""
    lines = text.lstrip("\ufeff").splitlines()
    xml = "\n".join(line for line in lines if not _PROMPT.match(line) and not _AROUND.fullmatch(line)).strip()
    if not xml.startswith("<"):
        return certificates_from_text(text)
    if "<!DOCTYPE" in xml:
        raise ReplyError("The text begins like XML and has a document type, which no device writes.")
    try:
        reply = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise ReplyError(f"The text begins like XML and is none: {error}.") from None
    if next(every(reply, *CERTIFICATE_HOLDERS), None) is None:
        raise ReplyError(f"The XML holds no {_LIST}: it is no answer to 'show security pki local-certificate'.")
    return certificates_from_reply(reply)


# ---- from text ----

_BEGINS = ("certificate identifier", "ca profile")
_SECTIONS = ("validity", "auto-re-enrollment")
_DISTINGUISHED = ("issuer", "subject")
_LABEL = re.compile(r"\s*(?P<name>[A-Z][A-Za-z0-9 -]*):(?:\s+(?P<value>.*))?")
_NODE = re.compile(r"(node\d+):")
# What a terminal shows around the answer: the prompt, and rules and the state of the cluster.
_PROMPT = re.compile(r"(?!<)\S+@\S+[>#%]")
_AROUND = re.compile(r"-{3,}|(\{[\w:.-]+\})?(\[edit[^\]]*\])?")
# The brief form has two labels on one line.
_ISSUED = re.compile(r"Issued to: (?P<to>.*), Issued by: (?P<by>.*)")
_BITS = re.compile(r"(?P<algorithm>[^(]+)\((?P<bits>\d+) bits\)")
_FINGERPRINT = re.compile(r"(?P<content>[0-9a-fA-F:]+) \((?P<algorithm>[^)]+)\)")
# Between the attributes of a distinguished name: a value may hold a comma, the words behind it tell.
_ATTRIBUTE = re.compile(rf",\s+(?=(?:{'|'.join(text for _element, text, _short in _ATTRIBUTES)}): )", re.IGNORECASE)


def certificates_from_text(text: str) -> list[Certificate]:
    """The certificates in saved output of ``show security pki local-certificate`` or ``ca-certificate``.

    Reads the forms detail and brief, of one device and of the nodes of a chassis cluster, and skips what a terminal
    shows around them.

    :raises ReplyError: there is text, and no certificate in it.
    """
    lines = [line.expandtabs().rstrip() for line in text.lstrip("\ufeff").splitlines()]
    kept = dedent("\n".join(line for line in lines if line)).splitlines()
    reader = _TextReader()
    for line in kept:
        reader.read(line)
    certificates = reader.finish()
    if not certificates and not all(map(_is_around, kept)):
        raise ReplyError(
            "The text holds no certificate as 'show security pki local-certificate detail' writes it:"
            " a line 'Certificate identifier: NAME' begins each."
        )
    return certificates


def _is_around(line: str) -> bool:
    return bool(_NODE.fullmatch(line) or _PROMPT.match(line) or _AROUND.fullmatch(line))


class _TextReader:
    """Reads line by line. What begins at the margin begins a certificate, or belongs to none.

    Below that, the indent tells the labels of a certificate from what stands under a label.
    """

    def __init__(self) -> None:
        self._certificates: list[Certificate] = []
        self._found: Found = {}
        self._node = self._logical_system = ""
        self._margin = 0  # the indent of the labels of the certificate; 0 before the first one
        self._section = self._at = ""  # the label with labels below it, the field that the next lines belong to

    def read(self, line: str) -> None:
        indent = len(line) - len(line.lstrip())
        if indent == 0:
            self._begin(line)
        elif self._found:
            self._margin = self._margin or indent
            self._field(line.strip(), indent <= self._margin)

    def finish(self) -> list[Certificate]:
        self._end()
        return self._certificates

    def _begin(self, line: str) -> None:
        node, label = _NODE.fullmatch(line), _LABEL.fullmatch(line)
        name, value = (label["name"].lower(), (label["value"] or "").strip()) if label else ("", "")
        if node or _PROMPT.match(line):
            self._end()
            self._node, self._logical_system = node[1] if node else "", ""
        elif name == "lsys":
            self._end()
            self._logical_system = value
        elif name in _BEGINS:
            if self._margin or _LABELS[name] in self._found:
                self._end()
            self._found[_LABELS[name]] = [value]
        elif self._found and name in (*_LABELS, *_SECTIONS, *_DISTINGUISHED):
            self._found["problems"] = ["the lines below it have lost their indent, and cannot be told apart."]

    def _field(self, line: str, outer: bool) -> None:
        issued, label = _ISSUED.fullmatch(line), _LABEL.fullmatch(line)
        if outer and issued:
            self._add("raw/issued to", issued["to"])
            self._add("issued_by", issued["by"])
        elif label and (outer or self._section):
            name, value = label["name"].lower(), (label["value"] or "").strip()
            if outer:
                self._section = name if name in _SECTIONS else ""
            path = name if outer else f"{self._section}/{name}"
            self._at = path if path in _DISTINGUISHED else _LABELS.get(path, f"raw/{path}")
            if value and path not in _SECTIONS:
                self._add(self._at, value)
        else:
            self._add(self._at, line)

    def _add(self, name: str, text: str) -> None:
        if name:
            self._found.setdefault(name, []).append(text)

    def _end(self) -> None:
        if self._found:
            self._certificates.append(_record(_spread(self._found), self._node or None, self._logical_system))
        self._found, self._margin, self._section, self._at = {}, 0, "", ""


def _spread(found: Found) -> Found:
    """What text has in one line and XML in several elements, as XML has it."""
    spread = {name: texts for name, texts in found.items() if name not in ("public_key", "fingerprints")}
    for name in _DISTINGUISHED:
        parts = (part.partition(": ") for part in _ATTRIBUTE.split(" ".join(found.get(name, ()))) if part)
        if name in found:
            spread[name] = [f"{_SHORT.get(kind.lower(), kind.lower())}={value}" for kind, _colon, value in parts]
    for text in found.get("public_key", ())[:1]:
        bits = _BITS.fullmatch(text)
        spread["public_key_algorithm"] = [bits["algorithm"] if bits else text]
        spread["public_key_bits"] = [bits["bits"]] if bits else []
    for text in found.get("fingerprints", ()):
        written = _FINGERPRINT.fullmatch(text)
        for name, part in (("fingerprint", "content"), ("hash_algorithm", "algorithm")):
            spread.setdefault(name, []).append(written[part] if written else text)
    for name in ("key_usage", "alternate_subjects"):
        if name in found:
            spread[name] = [part for text in found[name] for part in text.split(", ")]
    return spread


# ---- to a record ----

_SEVERAL = ("crl_urls", "ocsp_urls", "key_usage")
_ONE = (
    *("signature_algorithm", "version", "serial_number", "public_key_algorithm", "key_location"),
    *("ca_profile", "cert_chain", "status", "re_enrollment_status", "next_trigger"),
)


def _record(found: Found, node: str | None, logical_system: str | None = None) -> Certificate:
    problems = list(found.get("problems", ()))
    one = {name: " ".join(filter(None, texts)) or None for name, texts in found.items()}
    bits = one.get("public_key_bits")
    issued_by = re.sub(r" = ", "=", one.get("issued_by") or "")
    raw = {name.removeprefix("raw/"): texts for name, texts in found.items() if name.startswith("raw/")}
    alike: dict[str, Any] = {name: one.get(name) for name in _ONE}
    alike |= {name: tuple(filter(None, found.get(name, ()))) for name in _SEVERAL}
    return Certificate(
        identifier=one.get("identifier") or one.get("ca_profile") or "",
        not_before=_date(one.get("not_before"), "not_before", problems),
        not_after=_date(one.get("not_after"), "not_after", problems),
        subject=", ".join(filter(None, found.get("subject", ()))) or None,
        issuer=", ".join(filter(None, found.get("issuer", ()))) or issued_by or None,
        node=node,
        logical_system=one.get("logical_system") or logical_system or None,
        alternate_subjects=tuple(_alternate(found.get("alternate_subjects", ()))),
        public_key_bits=int(bits) if bits and bits.isdecimal() else None,
        fingerprints=dict(zip(found.get("hash_algorithm", ()), found.get("fingerprint", ()), strict=False)),
        raw=one_or_several(raw),
        problems=tuple(problems),
        **alike,
    )


def one_or_several(found: Found) -> dict[str, Any]:
    """A text where a name stands once, a list where it repeats."""
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def _alternate(texts: Iterable[str]) -> Iterator[str]:
    """The alternate names: an e-mail stands in quotes, and what there is none of as ``ipv4 empty``."""
    for text in texts:
        if not text.endswith(" empty") and text:
            yield text.strip('"')


def _date(text: str | None, name: str, problems: list[str]) -> datetime | None:
    try:
        return parse_junos_date(text) if text else None
    except ReplyError as error:
        problems.append(f"{name}: {error}")
        return None
