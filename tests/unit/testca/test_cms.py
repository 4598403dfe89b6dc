# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CMS: what is signed and encrypted reads again, what somebody changed does not."""

from __future__ import annotations

import pytest
from asn1crypto import cms as pkcs7
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from testca import cms

from .conftest import self_signed

OID = "2.16.840.1.113733.1.9.7"


def signed(content: bytes = b"content", digest: str = "sha256", text: str = "abc") -> bytes:
    return cms.sign(content, [(OID, core.PrintableString(text))], self_signed(1), digest)


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
def test_what_is_signed_reads_again(digest: str) -> None:
    message, genuine = cms.read_signed(signed(digest=digest))
    assert (message.content, message.text(OID), message.digest, genuine) == (b"content", "abc", digest, True)
    assert message.signer.dump() == cms.to_asn1(self_signed(1).certificate).dump()


def test_attributes_that_are_not_there_are_empty() -> None:
    message, _dummy = cms.read_signed(signed(content=b""))
    assert (message.content, message.text("1.2.3"), message.octets("1.2.3"), message.octets(OID)) == (b"", "", b"", b"")


@pytest.mark.parametrize(("old", "new"), [(b"content", b"CONTENT"), (b"abc", b"abd")])
def test_what_was_changed_is_not_genuine(old: bytes, new: bytes) -> None:
    message = signed()
    assert message.count(old) == 1
    _dummy, genuine = cms.read_signed(message.replace(old, new))
    assert not genuine


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"", "it is no signed message"),
        (b"no asn1", "it is no signed message"),
        (signed()[:-1], "it is no signed message"),
        (signed() + b"\0", "it is no signed message"),
        (cms.encrypt(b"x", cms.to_asn1(self_signed(1).certificate), "des"), "it is not signed"),
        (cms.certificates_only([self_signed(1).certificate]), "it is no signed message"),
    ],
)
def test_no_signed_message(message: bytes, reason: str) -> None:
    with pytest.raises(cms.BadMessage, match=reason):
        cms.read_signed(message)


def test_certificates_come_in_the_order_of_a_set() -> None:
    certificates = [cms.to_asn1(self_signed(number).certificate).dump() for number in (1, 2, 3)]
    for given in (certificates, certificates[::-1]):
        message = cms.certificates_only([x509.load_der_x509_certificate(each) for each in given])
        found = pkcs7.ContentInfo.load(message)["content"]["certificates"]
        assert [choice.chosen.dump() for choice in found] == sorted(certificates)


@pytest.mark.parametrize("cipher", ["des", "tripledes_3key", "aes128_cbc", "aes192_cbc", "aes256_cbc"])
def test_what_is_encrypted_reads_again(cipher: str) -> None:
    one, two = self_signed(1), self_signed(2)
    hidden = cms.encrypt(b"content", cms.to_asn1(one.certificate), cipher)
    assert b"content" not in hidden
    assert cms.decrypt(hidden, [one]) == (b"content", cipher, one)
    with pytest.raises(cms.BadMessage, match=r"cannot be (read|decrypted)"):
        # Both have the same name and the same number, so that only the key tells.
        cms.decrypt(hidden, [two])


def test_it_is_for_somebody_else() -> None:
    hidden = cms.encrypt(b"content", cms.to_asn1(self_signed(1).certificate), "des")
    with pytest.raises(cms.BadMessage, match="it is encrypted to somebody else"):
        cms.decrypt(hidden, [])


def test_a_cipher_that_nobody_knows() -> None:
    hidden = pkcs7.ContentInfo.load(cms.encrypt(b"content", cms.to_asn1(self_signed(1).certificate), "aes128_cbc"))
    changed = hidden.dump().replace(bytes.fromhex("060960864801650304 0102"), bytes.fromhex("060960864801650304 0103"))
    with pytest.raises(cms.BadAlgorithm, match="the content encryption aes128_ofb is not known"):
        cms.decrypt(changed, [self_signed(1)])


def test_a_key_of_another_length() -> None:
    hidden = cms.encrypt(b"content", cms.to_asn1(self_signed(1).certificate), "aes128_cbc")
    changed = hidden.replace(bytes.fromhex("060960864801650304 0102"), bytes.fromhex("060960864801650304 012a"))
    with pytest.raises(cms.BadMessage, match="the key of its content cannot be read"):
        cms.decrypt(changed, [self_signed(1)])


def test_what_is_not_encrypted() -> None:
    with pytest.raises(cms.BadMessage, match="its content is not encrypted"):
        cms.decrypt(signed(), [self_signed(1)])


def test_single_des_is_des() -> None:
    # FIPS 81's example of CBC, by way of the triple cipher that takes its place.
    block = cms.block_cipher("des", bytes.fromhex("0123456789abcdef"))
    writer = Cipher(block, modes.CBC(bytes.fromhex("1234567890abcdef"))).encryptor()
    assert writer.update(b"Now is the time for all ") == bytes.fromhex(
        "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"
    )
