# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The authority: what it issues, refuses, lets wait, and writes down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from testca.authority import EMPTY, Held, PublicKey, Refused, Why, fingerprint

from .conftest import START, Sim, key, name, self_signed

Bed = Callable[..., Sim]
SAME_KEY = "the key has a certificate already, a new one needs a new key"


def common_names(*certificates: x509.Certificate) -> list[str]:
    return [certificate.subject.rfc4514_string() for certificate in certificates]


def test_a_certificate_holds_what_was_asked_for(bed: Bed) -> None:
    sim = bed()
    sim.move(seconds=0.7)
    issued = sim.issue(1, names=["srx1.example.net", "vpn.example.net"])
    certificate = issued.certificate
    extensions = certificate.extensions
    assert certificate.public_key() == key(1).public_key()
    assert (certificate.subject, certificate.issuer) == (name("srx1"), name("Test CA Intermediate 1"))
    assert (certificate.not_valid_before_utc, certificate.not_valid_after_utc) == (START, START + timedelta(days=6))
    assert extensions.get_extension_for_class(x509.SubjectAlternativeName) == x509.Extension(
        x509.SubjectAlternativeName.oid,
        False,
        x509.SubjectAlternativeName([x509.DNSName("srx1.example.net"), x509.DNSName("vpn.example.net")]),
    )
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage == x509.KeyUsage(True, False, True, False, False, False, False, False, False)
    assert extensions.get_extension_for_class(x509.ExtendedKeyUsage).value == x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    )
    assert extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(False, None)
    subject_key = x509.SubjectKeyIdentifier.from_public_key(key(1).public_key())
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value == subject_key


def test_the_chain_leads_to_the_root(bed: Bed) -> None:
    issued = bed(name="Example").issue(1)
    intermediate, root = issued.chain
    assert common_names(intermediate, root) == ["CN=Example Intermediate 1", "CN=Example Root"]
    for certificate, issuer in ((issued.certificate, intermediate), (intermediate, root), (root, root)):
        certificate.verify_directly_issued_by(issuer)
    for certificate, issuer in ((issued.certificate, intermediate), (intermediate, root)):
        identifiers = [
            certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier,
            issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest,
        ]
        assert identifiers[0] == identifiers[1]


def test_names_are_critical_where_the_subject_is_empty(bed: Bed) -> None:
    issued = bed().authority.issue("p", "acme", key(1).public_key(), EMPTY, [x509.DNSName("a.example")])
    assert issued.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).critical


def test_the_key_of_a_curve_does_not_encipher(bed: Bed) -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    issued = bed().authority.issue("p", "cmpv2", public, name("srx1"))
    usage = issued.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage == x509.KeyUsage(True, False, False, False, False, False, False, False, False)


def test_the_log(bed: Bed) -> None:
    sim = bed()
    first = sim.issue(1).certificate
    sim.move(days=3)
    second = sim.issue(2, first).certificate
    with pytest.raises(Refused):
        sim.issue(2, second)
    keys = [fingerprint(key(number).public_key()) for number in (1, 2)]
    serials = [f"{certificate.serial_number:x}" for certificate in (first, second)]
    about = {"profile": "p", "protocol": "scep", "subject": "CN=srx1"}
    by = {"intermediate": "Test CA Intermediate 1"}
    day_1 = {"not_before": "2027-01-01T12:00:00Z", "not_after": "2027-01-07T12:00:00Z"}
    day_4 = {"not_before": "2027-01-04T12:00:00Z", "not_after": "2027-01-10T12:00:00Z"}
    assert sim.entries == [
        {"at": "2027-01-01T12:00:00Z", "what": "issued", "serial": serials[0], "key": keys[0], **day_1, **by, **about},
        {
            "at": "2027-01-04T12:00:00Z",
            "what": "issued",
            "serial": serials[1],
            "key": keys[1],
            "renews": serials[0],
            **day_4,
            **by,
            **about,
        },
        {
            "at": "2027-01-04T12:00:00Z",
            "what": "refused",
            "reason": SAME_KEY,
            "key": keys[1],
            "renews": serials[1],
            **about,
        },
    ]


@pytest.mark.parametrize(
    ("days", "seconds", "reason"),
    [
        (6, 0, None),
        (6, 1, "the certificate to renew expired on 2027-01-07T12:00:00Z"),
        (60, 0, "the certificate to renew expired on 2027-01-07T12:00:00Z"),
    ],
)
def test_a_certificate_is_renewed_until_it_expires(bed: Bed, days: int, seconds: int, reason: str | None) -> None:
    sim = bed()
    first = sim.issue(1).certificate
    sim.move(days=days, seconds=seconds)
    if reason is None:
        assert sim.issue(2, first).certificate.not_valid_before_utc == sim.now
    else:
        with pytest.raises(Refused) as refused:
            sim.issue(2, first)
        assert (str(refused.value), refused.value.why) == (reason, Why.EXPIRED)


def test_only_our_own_certificates_are_renewed(bed: Bed) -> None:
    sim, other = bed(), bed()
    forged = self_signed(1, sim.issue(3).certificate.serial_number).certificate
    for certificate in (self_signed(1).certificate, forged, other.issue(1).certificate):
        with pytest.raises(Refused) as refused:
            sim.issue(2, certificate)
        assert (str(refused.value), refused.value.why) == ("the certificate to renew was not issued here", Why.UNKNOWN)


def test_the_same_key_is_refused_whoever_asks(bed: Bed) -> None:
    sim = bed()
    sim.issue(1)
    with pytest.raises(Refused) as refused:
        sim.authority.issue("p", "acme", key(1).public_key(), name("srx2"))
    assert (str(refused.value), refused.value.why) == (SAME_KEY, Why.SAME_KEY)
    assert sim.outcome == [("issued", ""), ("refused", SAME_KEY)]


def test_the_same_key_is_taken_where_the_profile_says_so(bed: Bed) -> None:
    sim = bed({"refuse_same_key": False})
    assert sim.issue(1).certificate.serial_number != sim.issue(1).certificate.serial_number


RSA = key(1).public_key()
DSA = dsa.generate_private_key(1024).public_key()
EC = ec.generate_private_key(ec.SECP384R1()).public_key()


@pytest.mark.parametrize(
    ("types", "public", "refused"),
    [
        (None, DSA, None),
        (["rsa"], RSA, None),
        (["rsa-2048"], RSA, None),
        (["rsa-4096", "ecdsa"], EC, None),
        (["rsa-4096"], RSA, "a key of the type rsa-2048 is not taken"),
        (["rsa"], EC, "a key of the type ecdsa-384 is not taken"),
        (["rsa", "ecdsa"], DSA, "a key of the type dsa-1024 is not taken"),
    ],
)
def test_types_of_keys(bed: Bed, types: list[str] | None, public: PublicKey, refused: str | None) -> None:
    sim = bed({"key_types": types})
    if refused is None:
        assert sim.authority.issue("p", "cmpv2", public, name("srx1")).certificate.public_key() == public
    else:
        with pytest.raises(Refused) as raised:
            sim.authority.issue("p", "cmpv2", public, name("srx1"))
        assert (str(raised.value), raised.value.why) == (refused, Why.KEY_TYPE)


def test_a_request_waits_until_it_is_released(bed: Bed) -> None:
    sim = bed({"hold": True})
    with pytest.raises(Held):
        sim.issue(1)
    assert sim.authority.held("p")
    sim.authority.release("p")
    assert not sim.authority.held("p")
    sim.issue(1)
    sim.authority.hold("p")
    with pytest.raises(Held):
        sim.issue(2)
    assert sim.outcome == [("pending", ""), ("issued", ""), ("pending", "")]


def test_what_is_refused_does_not_wait(bed: Bed) -> None:
    sim = bed({"hold": True, "key_types": ["ecdsa"]})
    with pytest.raises(Refused):
        sim.issue(1)
    assert sim.outcome == [("refused", "a key of the type rsa-2048 is not taken")]


def test_a_protocol_refuses_in_its_own_words(bed: Bed) -> None:
    sim = bed()
    with pytest.raises(Refused, match=r"^the password is wrong$") as refused:
        sim.authority.refuse("p", "scep", "the password is wrong", name("srx1"))
    assert refused.value.why == Why.REQUEST
    about = {"at": "2027-01-01T12:00:00Z", "profile": "p", "protocol": "scep", "subject": "CN=srx1"}
    assert sim.entries == [{**about, "what": "refused", "reason": "the password is wrong"}]


OUTAGES = [
    {"from": "2027-01-02", "until": "2027-01-03"},
    {"from": "2027-02-02", "until": "2027-02-03", "profiles": ["q"]},
]


@pytest.mark.parametrize(
    ("at", "down"),
    [
        ("2027-01-01T23:59:59Z", {"p": False, "q": False}),
        ("2027-01-02T00:00:00Z", {"p": True, "q": True}),
        ("2027-01-02T23:59:59Z", {"p": True, "q": True}),
        ("2027-01-03T00:00:00Z", {"p": False, "q": False}),
        ("2027-02-02T12:00:00Z", {"p": False, "q": True}),
    ],
)
def test_outages(bed: Bed, at: str, down: dict[str, bool]) -> None:
    profiles = {"p": {"lifetime": "6d"}, "q": {"lifetime": "6d"}}
    sim = bed(profiles=profiles, outages=OUTAGES)
    sim.now = datetime.fromisoformat(at)
    assert {profile: sim.authority.down(profile) for profile in profiles} == down


def test_down_by_hand(bed: Bed) -> None:
    sim = bed()
    sim.authority.stop()
    before = sim.authority.down("p")
    sim.authority.resume()
    assert (before, sim.authority.down("p")) == (True, False)


def test_intermediates_follow_each_other(bed: Bed) -> None:
    sim = bed(rotations=["2027-01-03T12:00", "2027-01-05T12:00"])
    issuers = []
    for number in range(7):
        issuers += common_names(sim.issue(number).chain[0])
        if number == 5:
            sim.authority.rotate()
        sim.move(days=1)
    numbers = [1, 1, 2, 2, 3, 3, 4]
    assert issuers == [f"CN=Test CA Intermediate {number}" for number in numbers]
    made = sim.authority.intermediates
    assert list(made[1:]) == sim.rotations
    assert len({fingerprint(signer.key.public_key()) for signer in made}) == 4
    assert [signer.certificate.not_valid_before_utc.day for signer in made] == [1, 3, 5, 7]


def test_two_rotations_at_once_are_two(bed: Bed) -> None:
    sim = bed(rotations=["2027-01-03", "2027-01-05"])
    sim.move(days=10)
    assert common_names(sim.authority.intermediate.certificate) == ["CN=Test CA Intermediate 3"]


def test_keys_of_the_ca_are_rsa(bed: Bed) -> None:
    sim = bed()
    assert [type(signer.key.public_key()) for signer in (sim.authority.root, sim.authority.intermediate)] == [
        type(RSA),
        type(RSA),
    ]
    assert isinstance(RSA, rsa.RSAPublicKey)
