# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _certificates
from ansible_collections.netpki.junos.plugins.module_utils._certificates import (
    Certificate,
    certificate_from,
    certificates_from_reply,
    iso,
    parse_date,
    parse_junos_date,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError, ReplyError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

NOT_BEFORE = datetime(2026, 1, 2, 9, 55, tzinfo=UTC)
NOT_AFTER = datetime(2026, 4, 2, 9, 55, 7, tzinfo=UTC)
DATES = Certificate(identifier="", not_before=NOT_BEFORE, not_after=NOT_AFTER)


def issue(encoding: Encoding) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vpn-01")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOT_BEFORE, NOT_AFTER)
    return builder.sign(key, None).public_bytes(encoding)


PEM = issue(Encoding.PEM)
DER = issue(Encoding.DER)


# dates


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("04- 3-2018 09:13 UTC", datetime(2018, 4, 3, 9, 13, tzinfo=UTC)),
        ("04-03-2018 09:13 UTC", datetime(2018, 4, 3, 9, 13, tzinfo=UTC)),
        ("04-21-2017 19:22 UTC", datetime(2017, 4, 21, 19, 22, tzinfo=UTC)),
        ("01- 2-2026 09:55 UTC", datetime(2026, 1, 2, 9, 55, tzinfo=UTC)),
        ("02-29-2028 23:59 UTC", datetime(2028, 2, 29, 23, 59, tzinfo=UTC)),
        ("  12-31-2049 00:00 UTC\n", datetime(2049, 12, 31, 0, 0, tzinfo=UTC)),
    ],
)
def test_junos_date(text: str, date: datetime) -> None:
    assert parse_junos_date(text) == date
    assert parse_junos_date(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Timer not started",
        "04- 3-2018 09:13",
        "04- 3-2018 09:13 CET",
        "04- 3-2018 09:13:05 UTC",
        "04- 3-2018 09:13 UTC+2",
        "02-29-2027 09:13 UTC",
        "13- 3-2018 09:13 UTC",
        "2018-04-03T09:13:00Z",
    ],
)
def test_junos_date_junk(text: str) -> None:
    with pytest.raises(ReplyError) as caught:
        parse_junos_date(text)
    assert str(caught.value) == f"{text!r} is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'."


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("2018-04-03T09:13:00Z", "2018-04-03T09:13:00Z"),
        ("2018-04-03T09:13Z", "2018-04-03T09:13:00Z"),
        ("2018-04-03 09:13:05+00:00", "2018-04-03T09:13:05Z"),
        ("2018-04-03T01:13:00+02:00", "2018-04-02T23:13:00Z"),
        ("2018-04-03T09:13:00.999999Z", "2018-04-03T09:13:00Z"),
        (" 2028-02-29T00:00:00Z ", "2028-02-29T00:00:00Z"),
        ("04- 3-2018 09:13 UTC", "2018-04-03T09:13:00Z"),
        ("20180403091307Z", "2018-04-03T09:13:07Z"),
        ("20180403011307Z", "2018-04-03T01:13:07Z"),
        (datetime(2018, 4, 3, 9, 13, 7, tzinfo=UTC), "2018-04-03T09:13:07Z"),
        (datetime(2018, 4, 3, 9, 13, tzinfo=timezone(timedelta(hours=-3))), "2018-04-03T12:13:00Z"),
        ("0999-12-31T00:00:00Z", "0999-12-31T00:00:00Z"),
    ],
)
def test_date(value: object, answer: str) -> None:
    assert iso(parse_date(value, "now")) == answer


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "2018-04-03T09:13:00",
            "now: '2018-04-03T09:13:00' has no time zone. Add Z or an offset, for example 2026-01-02T09:55:00Z.",
        ),
        ("2018-04-03", "now: '2018-04-03' has no time zone. Add Z or an offset, for example 2026-01-02T09:55:00Z."),
        (
            datetime(2018, 4, 3, 9, 13),
            "now: '2018-04-03 09:13:00' has no time zone. Add Z or an offset, for example 2026-01-02T09:55:00Z.",
        ),
        (
            "tomorrow",
            "now: 'tomorrow' is not a date. Write it in ISO-8601, for example 2026-01-02T09:55:00Z, "
            "or as the device shows it, for example '01- 2-2026 09:55 UTC'.",
        ),
        (
            "02-30-2026 09:55 UTC",
            "now: '02-30-2026 09:55 UTC' is not a date. Write it in ISO-8601, for example 2026-01-02T09:55:00Z, "
            "or as the device shows it, for example '01- 2-2026 09:55 UTC'.",
        ),
        (
            "20181303091300Z",
            "now: '20181303091300Z' is not a date. Write it in ISO-8601, for example 2026-01-02T09:55:00Z, "
            "or as the device shows it, for example '01- 2-2026 09:55 UTC'.",
        ),
        ("0001-01-01T00:00:00+01:00", "now: '0001-01-01T00:00:00+01:00' lies outside the years 1 to 9999."),
        (1522746780, "now: expected a date as a string, got a value of type int."),
        (None, "now: expected a date as a string, got nothing."),
    ],
)
def test_date_junk(value: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_date(value, "now")
    assert str(caught.value) == message


# what a user gives


@pytest.mark.parametrize(
    "value",
    [
        {"not_before": "2026-01-02T09:55:00Z", "not_after": "2026-04-02T09:55:07Z"},
        {"not_before": "01- 2-2026 09:55 UTC", "not_after": "2026-04-02T11:55:07+02:00", "else": 1},
        {"not_before": "20260102095500Z", "not_after": "20260402095507Z"},
        {"not_before": NOT_BEFORE, "not_after": NOT_AFTER},
        PEM,
        PEM.decode(),
        "Certificate:\n    Data: …\n" + PEM.decode() + PEM.decode(),
        DER,
        base64.b64encode(DER).decode(),
        base64.encodebytes(DER).decode(),
    ],
)
def test_certificate_from(value: object) -> None:
    assert certificate_from(value) == DATES


@pytest.mark.parametrize(
    ("names", "identifier"),
    [({}, ""), ({"certificate_id": "a"}, "a"), ({"identifier": "b", "certificate_id": "a"}, "b")],
)
def test_identifier(names: dict[str, str], identifier: str) -> None:
    dates = {"not_before": NOT_BEFORE, "not_after": NOT_AFTER}
    assert certificate_from(dates | names).identifier == identifier


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "certificate: not_before is missing. Give both not_before and not_after."),
        (
            {"not_before": NOT_BEFORE, "not_after": None},
            "certificate: not_after is missing. Give both not_before and not_after.",
        ),
        (
            {"not_before": NOT_BEFORE, "not_after": "2026-04-02"},
            "certificate.not_after: '2026-04-02' has no time zone. "
            "Add Z or an offset, for example 2026-01-02T09:55:00Z.",
        ),
        (None, "certificate: expected a mapping with not_before and not_after, PEM or DER, got nothing."),
        ([PEM], "certificate: expected a mapping with not_before and not_after, PEM or DER, got a value of type list."),
        ("no certificate", "certificate: the string is neither PEM nor DER in base64."),
        (base64.b64encode(DER).decode() + "!", "certificate: the string is neither PEM nor DER in base64."),
        ("café", "certificate: the string is neither PEM nor DER in base64."),
    ],
)
def test_certificate_from_junk(value: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        certificate_from(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "start"),
    [
        (DER[:-1], "certificate: the DER holds no certificate: "),
        (b"", "certificate: the DER holds no certificate: "),
        (base64.b64encode(DER[:40]).decode(), "certificate: the DER holds no certificate: "),
        (PEM.replace(b"CERTIFICATE", b"PRIVATE KEY"), "certificate: the PEM holds no certificate: "),
        (PEM[:99].decode(), "certificate: the PEM holds no certificate: "),
    ],
)
def test_certificate_from_damaged(value: object, start: str) -> None:
    with pytest.raises(InputError) as caught:
        certificate_from(value)
    # What follows is in the library's words.
    assert str(caught.value).startswith(start)
    assert len(str(caught.value)) > len(start)


def test_where_names_the_option() -> None:
    with pytest.raises(InputError, match=r"^here\.not_before: 'x' is not a date\."):
        certificate_from({"not_before": "x", "not_after": "y"}, "here")


def test_cryptography_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_certificates, "HAS_CRYPTOGRAPHY", False)
    assert certificate_from({"not_before": NOT_BEFORE, "not_after": NOT_AFTER}) == DATES
    with pytest.raises(NetpkiError) as caught:
        certificate_from(PEM)
    assert str(caught.value) == (
        "certificate: reading PEM and DER needs the Python library cryptography. Install it with: "
        "pip install cryptography, or give a mapping with not_before and not_after."
    )


def test_cryptography_before_its_release_42(monkeypatch: pytest.MonkeyPatch) -> None:
    old = SimpleNamespace(
        not_valid_before=NOT_BEFORE.replace(tzinfo=None), not_valid_after=NOT_AFTER.replace(tzinfo=None)
    )
    monkeypatch.setattr(x509, "load_der_x509_certificate", lambda data: old)
    assert certificate_from(DER) == DATES


# what a device shows

OLD_SHAPE = """
<rpc-reply xmlns:junos="http://xml.juniper.net/junos/15.1X49/junos">
    <x509-pki-certificate-info-list xmlns="http://xml.juniper.net/junos/15.1X49/junos-pki">
        <!-- two of them -->
        <pkid-x509-certificate-information junos:style="detail">
            <identifier>vpn-01</identifier>
            <issuer-name>
                <distinguished-name>
                    <organization-name>example</organization-name>
                    <common-name>corp-ca</common-name>
                    <country-name>us</country-name>
                </distinguished-name>
            </issuer-name>
            <subject-name>
                <distinguished-name>
                    <common-name>local</common-name>
                    <domain-component>example</domain-component>
                    <locality/>
                    <!-- all of it -->
                </distinguished-name>
            </subject-name>
            <validity>
                <not-before>04- 3-2017 09:13 UTC</not-before>
                <not-after>
                    04- 3-2018 09:13 UTC
                </not-after>
            </validity>
            <signature-algorithm>sha256WithRSAEncryption</signature-algorithm>
        </pkid-x509-certificate-information>
        <pkid-x509-certificate-information junos:style="detail">
            <identifier>vpn-02</identifier>
            <validity><not-before>04- 3-2017 09:13 UTC</not-before></validity>
            <signature-algorithm/>
        </pkid-x509-certificate-information>
        <pkid-x509-certificate-information/>
    </x509-pki-certificate-info-list>
    <cli><banner></banner></cli>
</rpc-reply>
"""
OLD_CERTIFICATES = [
    Certificate(
        identifier="vpn-01",
        not_before=datetime(2017, 4, 3, 9, 13, tzinfo=UTC),
        not_after=datetime(2018, 4, 3, 9, 13, tzinfo=UTC),
        subject="CN=local, domain-component=example",
        issuer="O=example, CN=corp-ca, C=us",
        signature_algorithm="sha256WithRSAEncryption",
    ),
    Certificate("vpn-02", datetime(2017, 4, 3, 9, 13, tzinfo=UTC), None),
    Certificate("", None, None),
]

NEW_ENTRY = """
<x509-pki-certificate-info-list>
    <x509-certificate-info>
        <identifier>vpn-01</identifier>
        <issuer><distinguished-name><common-name>corp-ca</common-name></distinguished-name></issuer>
        <subject><distinguished-name><common-name>local</common-name></distinguished-name></subject>
        <validity>
            <not-before>01- 2-2026 09:55 UTC</not-before>
            <not-after>04- 2-2026 09:55 UTC</not-after>
        </validity>
        <public-key><public-key-algorithm>rsaEncryption</public-key-algorithm></public-key>
    </x509-certificate-info>
</x509-pki-certificate-info-list>
"""


def new_certificate(node: str | None) -> Certificate:
    return Certificate(
        identifier="vpn-01",
        not_before=datetime(2026, 1, 2, 9, 55, tzinfo=UTC),
        not_after=datetime(2026, 4, 2, 9, 55, tzinfo=UTC),
        subject="CN=local",
        issuer="CN=corp-ca",
        node=node,
    )


CLUSTER = f"""
<rpc-reply>
    <multi-routing-engine-results>
        <multi-routing-engine-item><re-name>node0</re-name>{NEW_ENTRY}</multi-routing-engine-item>
        <multi-routing-engine-item><re-name>node1</re-name><x509-pki-certificate-info-list/></multi-routing-engine-item>
        <multi-routing-engine-item>{NEW_ENTRY}</multi-routing-engine-item>
    </multi-routing-engine-results>
</rpc-reply>
"""


@pytest.mark.parametrize("parse", [ElementTree.fromstring, etree.fromstring], ids=["xml.etree", "lxml"])
@pytest.mark.parametrize(
    ("reply", "certificates"),
    [
        (OLD_SHAPE, OLD_CERTIFICATES),
        (f"<rpc-reply>{NEW_ENTRY}</rpc-reply>", [new_certificate(None)]),
        (NEW_ENTRY, [new_certificate(None)]),
        (CLUSTER, [new_certificate("node0"), new_certificate(None)]),
        ("<rpc-reply><x509-pki-certificate-info-list/></rpc-reply>", []),
        ("<rpc-reply/>", []),
    ],
    ids=["old", "new", "without rpc-reply", "cluster", "empty list", "nothing"],
)
def test_reply(parse: object, reply: str, certificates: list[Certificate]) -> None:
    assert callable(parse)
    assert certificates_from_reply(parse(reply)) == certificates


def test_reply_with_an_unreadable_date() -> None:
    reply = ElementTree.fromstring(NEW_ENTRY.replace("04- 2-2026 09:55 UTC", "soon"))
    with pytest.raises(ReplyError) as caught:
        certificates_from_reply(reply)
    assert str(caught.value) == (
        "Certificate 'vpn-01', not-after: 'soon' is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'."
    )
