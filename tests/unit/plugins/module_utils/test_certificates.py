# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _certificates
from ansible_collections.netpki.junos.plugins.module_utils._certificates import (
    Certificate,
    certificate_from,
    iso,
    parse_date,
    parse_junos_date,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError, ReplyError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

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


# as a task's result


def test_result_of_everything() -> None:
    shown = Certificate(
        identifier="vpn-01",
        not_before=NOT_BEFORE,
        not_after=datetime(2026, 4, 2, 11, 55, 7, 999, tzinfo=timezone(timedelta(hours=2))),
        subject="O=Example, Inc., CN=vpn",
        issuer="CN=corp-ca",
        signature_algorithm="sha256WithRSAEncryption",
        node="node0",
        logical_system="root-logical-system",
        version="3",
        serial_number="00043da0",
        alternate_subjects=("vpn.example.net", "192.0.2.1"),
        public_key_algorithm="rsaEncryption",
        public_key_bits=2048,
        key_location="Keypair generated locally",
        crl_urls=("http://ca.example.net/crl",),
        ocsp_urls=("http://ca.example.net/ocsp",),
        key_usage=("CRL signing", "Digital signature"),
        fingerprints={"sha1": "a2:95"},
        ca_profile="corp-ca",
        cert_chain="corp-ca",
        status="Valid",
        re_enrollment_status="Enabled",
        next_trigger="03- 8-2026 09:55 UTC",
        raw={"certificate-type": "X.509", "more": ["1", "2"]},
        problems=("not_before: odd",),
    )
    assert shown.result("certificate_id") == {
        "certificate_id": "vpn-01",
        "not_before": "2026-01-02T09:55:00Z",
        "not_after": "2026-04-02T09:55:07Z",
        "subject": "O=Example, Inc., CN=vpn",
        "issuer": "CN=corp-ca",
        "signature_algorithm": "sha256WithRSAEncryption",
        "node": "node0",
        "logical_system": "root-logical-system",
        "version": "3",
        "serial_number": "00043da0",
        "alternate_subjects": ["vpn.example.net", "192.0.2.1"],
        "public_key_algorithm": "rsaEncryption",
        "public_key_bits": 2048,
        "key_location": "Keypair generated locally",
        "crl_urls": ["http://ca.example.net/crl"],
        "ocsp_urls": ["http://ca.example.net/ocsp"],
        "key_usage": ["CRL signing", "Digital signature"],
        "fingerprints": {"sha1": "a2:95"},
        "ca_profile": "corp-ca",
        "cert_chain": "corp-ca",
        "status": "Valid",
        "auto_re_enrollment": {
            "status": "Enabled",
            "next_trigger": "03- 8-2026 09:55 UTC",
            "next_trigger_time": "2026-03-08T09:55:00Z",
        },
        "raw": {"certificate-type": "X.509", "more": ["1", "2"]},
        "problems": ["not_before: odd"],
    }


def test_result_of_nothing() -> None:
    result = Certificate("", None, None).result("identifier")
    nothing = {"status": None, "next_trigger": None, "next_trigger_time": None}
    assert (result.pop("identifier"), result.pop("auto_re_enrollment")) == ("", nothing)
    lists = ("alternate_subjects", "crl_urls", "ocsp_urls", "key_usage", "problems")
    assert [result.pop(name) for name in (*lists, "fingerprints", "raw")] == [[], [], [], [], [], {}, {}]
    assert set(result.values()) == {None}


def test_result_may_name_the_ca_profile() -> None:
    result = Certificate("corp-ca-2", None, None, ca_profile="corp-ca").result("ca_profile")
    assert result["ca_profile"] == "corp-ca-2"
    assert "identifier" not in result


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("03- 8-2026 09:55 UTC", datetime(2026, 3, 8, 9, 55, tzinfo=UTC)),
        ("Timer not started", None),
        ("03- 8-2026 09:55", None),
        ("02-30-2026 09:55 UTC", None),
        ("", None),
        (None, None),
    ],
)
def test_next_trigger_time(text: str | None, date: datetime | None) -> None:
    assert Certificate("", None, None, next_trigger=text).next_trigger_time == date
