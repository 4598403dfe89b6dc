# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netpki.junos.plugins.module_utils._certificate_options import CERTIFICATE_SPEC, want
from ansible_collections.netpki.junos.plugins.module_utils._enrollment import CaCertificate
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._options import secrets_of, validated

PEM = """-----BEGIN CERTIFICATE-----
MIIBNDCB26ADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QwHhcN
-----END CERTIFICATE-----
"""
SHA1 = "48ad39fa6607c2f8bbeed8f0fa68dc2632a5b5a8"
SCEP = {"protocol": "scep", "ca_profile": "corp-ca", "subject": "CN=a,O=b", "challenge_password": "secret"}
CMPV2 = {"protocol": "cmpv2", "ca_profile": "corp-ca", "subject": "CN=a", "ca_reference": "r", "ca_secret": "s"}
ACME = {
    "protocol": "acme",
    "ca_profile": "le",
    "acme_key_id": "key",
    "domain_names": ["a.example.net"],
    "email": "me@example.net",
    "letsencrypt_enrollment": True,
}


def params(options: dict[str, Any]) -> dict[str, Any]:
    return validated(CERTIFICATE_SPEC, {"host": "192.0.2.1", "certificate_id": "vpn-01", **options})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, {"state": "present", "protocol": "", "key": {"type": "rsa", "size": 2048}, "ca_certificate": None}),
        ({"key_pair": {"type": "ecdsa"}}, {"key": {"type": "ecdsa", "size": 256}}),
        ({"key_pair": {"type": "rsa", "size": 4096}}, {"key": {"type": "rsa", "size": 4096}}),
        (SCEP, {"protocol": "scep", "ca_profile": "corp-ca", "request": False, "force": False}),
        (
            {
                "ca_profile": "corp-ca",
                "ca_certificate": {"sha1": "48:AD:39:FA 66:07:C2:F8:BB:EE:D8:F0:FA:68:DC:26:32:A5:B5:A8"},
            },
            {"ca_certificate": CaCertificate(None, {"sha1": (SHA1,)})},
        ),
        (
            {"ca_profile": "corp-ca", "ca_certificate": {"accept_any_fingerprint": True, "replace": True}},
            {"ca_certificate": CaCertificate(None, {}, accept_any=True, replace=True)},
        ),
        ({"state": "renewed", **SCEP, "renew_within": {"days": 3}}, {"state": "renewed", "request": False}),
        ({"state": "renewed", "protocol": "cmpv2", "force": True}, {"state": "renewed", "ca_profile": None}),
        ({"state": "renewed", **ACME, "force": True}, {"protocol": "acme"}),
        ({"certificate_request": True, "subject": "CN=a"}, {"request": True}),
        ({"state": "absent"}, {"state": "absent"}),
    ],
)
def test_what_is_wanted(options: dict[str, Any], told: dict[str, Any]) -> None:
    found = want(params(options))
    assert {name: getattr(found, name) for name in told} == told


def test_the_inputs_of_the_requests() -> None:
    given = {name: value for name, value in want(params(ACME)).values.items() if value is not None}
    assert given == {
        "certificate-id": "vpn-01",
        "ca-profile": "le",
        "acme-key-id": "key",
        "domain-names": ["a.example.net"],
        "email": "me@example.net",
        "letsencrypt-enrollment": "yes",
        "re-generate-keypair": True,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"certificate_id": ""}, "certificate_id: '' is not 1 to 32 characters long."),
        ({"certificate_id": "x" * 33}, f"certificate_id: '{'x' * 33}' is not 1 to 32 characters long."),
        ({"certificate_id": "a\nb"}, "certificate_id: holds a control character or a line break."),
        ({**SCEP, "challenge_password": "a\nb"}, "challenge_password: holds a control character or a line break."),
        (
            {**SCEP, "challenge_password": "$encrypted$"},
            "challenge_password: ******** stands for a secret that was not shown. Give the secret itself.",
        ),
        ({**SCEP, "subject": "CN=a\x01"}, "subject: holds a control character or a line break."),
        ({**ACME, "domain_names": ["a\x00.b"]}, "domain_names: holds a control character or a line break."),
        (
            {**SCEP, "subject": "vpn-01"},
            "subject: 'vpn-01' is no part of a name. Write it as the device takes it, for example"
            " CN=vpn-01.example.net,OU=vpn,O=example,C=de.",
        ),
        ({**SCEP, "ip_address": "2001:db8::1"}, "ip_address: '2001:db8::1' is no IPv4 address."),
        ({**SCEP, "ipv6_address": "192.0.2.1"}, "ipv6_address: '192.0.2.1' is no IPv6 address."),
        ({**SCEP, "ip_address": "host"}, "ip_address: 'host' is no IPv4 address."),
        ({"protocol": "scep"}, "protocol scep: give ca_profile and challenge_password and subject."),
        ({**CMPV2, "ca_secret": ""}, "protocol cmpv2: give ca_secret."),
        ({**ACME, "domain_names": []}, "protocol acme: give domain_names."),
        ({**ACME, "domain_names": ["a.b"] * 6}, "domain_names: 6 names; a device takes at most 5."),
        (
            {**ACME, "domain_names": ["*.example.net"]},
            "domain_names: '*.example.net' is no domain name. A device enrolls no wildcard by ACME.",
        ),
        ({**ACME, "domain_names": ["host"]}, "domain_names: 'host' is no domain name."),
        ({**SCEP, "ca_secret": "s"}, "ca_secret: protocol scep does not take it."),
        ({**ACME, "subject": "CN=a"}, "subject: protocol acme does not take it."),
        ({"subject": "CN=a"}, "subject: a task without protocol does not take it."),
        ({"certificate_request": True}, "certificate_request: give subject."),
        (
            {"protocol": "scep", "content": PEM},
            "content: a certificate is loaded or enrolled. Leave protocol out, or content.",
        ),
        ({"private_key": "KEY"}, "private_key: give content, the certificate that it belongs to."),
        ({"passphrase": "p"}, "passphrase: give private_key, which it opens."),
        ({"key_pair": {"size": 256}}, "key_pair.size: 256 is no size of rsa; give 512, 1024, 2048 or 4096."),
        (
            {"key_pair": {"type": "ecdsa", "size": 2048}},
            "key_pair.size: 2048 is no size of ecdsa; give 256, 384 or 521.",
        ),
        ({"key_pair": {"type": "dsa", "size": 512}}, "key_pair.size: 512 is no size of dsa; give 1024, 2048 or 4096."),
        (
            {**SCEP, "key_pair": {"type": "ecdsa"}},
            "key_pair.type: SCEP encrypts with the key, so it must be rsa, and is ecdsa.",
        ),
        (
            {**SCEP, "key_pair": {"type": "rsa"}, "digest": "sha-384"},
            "digest: sha-384 does not go with a key of type rsa.",
        ),
        ({**ACME, "email": "nobody"}, "email: 'nobody' is no e-mail address."),
        (
            {"state": "renewed", **CMPV2, "force": True, "certificate_request": True},
            "certificate_request: only for state present.",
        ),
        ({"renew_within": {"days": 3}}, "renew_within: only for state renewed."),
        ({"state": "renewed"}, "state renewed: give protocol, one of scep, cmpv2, acme."),
        (
            {"state": "renewed", "protocol": "scep", "force": True},
            "state renewed with protocol scep: give challenge_password.",
        ),
        (
            {"state": "renewed", "protocol": "acme", "force": True},
            "state renewed with protocol acme: give acme_key_id.",
        ),
        (
            {"state": "renewed", "protocol": "cmpv2"},
            "state renewed: give renew_within, how close to the expiry a certificate is renewed, or force true.",
        ),
        (
            {"state": "renewed", "protocol": "cmpv2", "renew_within": {"days": 3, "hours": 2}},
            "renew_within: give exactly one of days, hours and percentage.",
        ),
        (
            {"state": "renewed", "protocol": "cmpv2", "renew_within": {}},
            "renew_within: give exactly one of days, hours and percentage.",
        ),
        (
            {"state": "renewed", "protocol": "cmpv2", "renew_within": {"percentage": 100}},
            "renew_within.percentage: 100 is out of range.",
        ),
        (
            {"state": "renewed", "protocol": "cmpv2", "renew_within": {"days": 0}},
            "renew_within.days: 0 is out of range.",
        ),
        (
            {"state": "renewed", "protocol": "cmpv2", "force": True, "challenge_password": "x"},
            "challenge_password: state renewed with protocol cmpv2 does not take it.",
        ),
        (
            {"ca_certificate": {"sha1": SHA1}},
            "ca_certificate: give ca_profile, the profile that it is loaded into.",
        ),
        (
            {"ca_profile": "c", "ca_certificate": {}},
            "ca_certificate: give sha256 or sha1, the fingerprint that the CA tells you, or content."
            " accept_any_fingerprint true would trust whatever answers.",
        ),
        (
            {"ca_profile": "c", "ca_certificate": {"sha256": SHA1}},
            f"ca_certificate.sha256: '{SHA1}' is no sha256 fingerprint, which has 64 digits.",
        ),
        (
            {"ca_profile": "c", "ca_certificate": {"sha1": "x" * 40}},
            f"ca_certificate.sha1: '{'x' * 40}' is no sha1 fingerprint, which has 40 digits.",
        ),
        (
            {"ca_profile": "c d", "ca_certificate": {"sha1": SHA1}},
            "ca_profile: 'c d' cannot be typed on a command line. Give ca_certificate.content.",
        ),
        (
            {"ca_profile": "c|d", "ca_certificate": {"accept_any_fingerprint": True}},
            "ca_profile: 'c|d' cannot be typed on a command line. Give ca_certificate.content.",
        ),
        (
            {"ca_profile": "c", "ca_certificate": {"sha1": SHA1, "accept_any_fingerprint": True}},
            "ca_certificate: a fingerprint is pinned, or any is accepted. Leave one of them out.",
        ),
        (
            {"ca_profile": "c", "ca_certificate": {"sha1": [SHA1, "x"]}},
            "ca_certificate.sha1: 'x' is no sha1 fingerprint, which has 40 digits.",
        ),
        ({"enroll_timeout": -1}, "enroll_timeout: -1 is not a number of seconds."),
        ({"ssh_port": 0}, "ssh_port: 0 is not a whole number from 1 to 65535."),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        want(params(options))
    assert str(error.value) == (message if message.startswith("certificate_id") else f"certificate vpn-01: {message}")


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"content": PEM}, "content"),
        ({"content": "no PEM"}, "content"),
        ({"ca_profile": "c", "ca_certificate": {"content": PEM}}, "ca_certificate.content"),
    ],
)
def test_what_is_no_certificate(options: dict[str, Any], option: str) -> None:
    with pytest.raises(InputError) as error:
        want(params(options))
    assert str(error.value).startswith(f"certificate vpn-01: {option}: the PEM holds no certificate: ")


def test_every_secret_is_known_as_one() -> None:
    given = {
        **SCEP,
        "ca_secret": "s2",
        "private_key": "s3",
        "passphrase": "s4",
        "password": "s5",
        "key_pair": {"type": "rsa"},
    }
    assert sorted(secrets_of(CERTIFICATE_SPEC, params(given))) == ["s2", "s3", "s4", "s5", "secret"]
