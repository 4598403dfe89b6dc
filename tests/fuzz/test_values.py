# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets compare by what they mean, and releases stand in one order: against computations of the tests' own."""

from __future__ import annotations

from itertools import pairwise

from ansible_collections.netpki.junos.plugins.module_utils._check import check_values
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release, Running
from ansible_collections.netpki.junos.plugins.module_utils._secrets import (
    DamagedSecretError,
    decode9,
    mask_secrets,
    mask_text,
    same_secret,
)
from ansible_collections.netpki.junos.plugins.module_utils._statements import PROTOCOLS
from ansible_collections.netpki.junos.plugins.module_utils._tree import entry_from_options
from fuzz.declarations import PLACEHOLDERS
from fuzz.profiles import times
from fuzz.type9 import ALPHABET, encode
from hypothesis import assume, given
from hypothesis import strategies as st
from junosim.release import order

# --- secrets ---------------------------------------------------------------------------------------------------------

_clear = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda text: not text.startswith(("$8$", "$9$")) and text not in PLACEHOLDERS
)
#: Few, so that two of them are often the same.
_alike = st.sampled_from(["a", "b", "ab", "ä", "密码", "juniper", "Juniper", "juniper "]) | _clear
_salt = st.sampled_from(ALPHABET)
_padding = st.text(st.sampled_from(ALPHABET), min_size=3, max_size=3)


@times(10)
@given(_clear, _salt, _padding)
def test_what_a_device_obfuscates_is_read(clear: str, salt: str, padding: str) -> None:
    assert decode9(encode(clear.encode(), salt, padding)) == clear


@times(10)
@given(_alike, _alike, _salt, _salt)
def test_secrets_are_the_same_if_they_mean_the_same(one: str, other: str, salt: str, another: str) -> None:
    have, want = encode(one.encode(), salt), encode(other.encode(), another)
    assert [same_secret(*pair) for pair in ((have, want), (want, have))] == [one == other] * 2
    assert same_secret(have, other) is (one == other)


@times(10)
@given(_clear, _salt, st.integers(0, 200), st.sampled_from([*ALPHABET, "", "!", " ", "é"]))
def test_a_damaged_secret_is_refused_or_another_or_the_same(clear: str, salt: str, at: int, put: str) -> None:
    """One character changed, taken away or added: never another exception, on either side of the comparison."""
    whole = encode(clear.encode(), salt)
    at = 3 + at % (len(whole) - 3)
    damaged = whole[:at] + put + whole[at + 1 :]
    read = _decoded(damaged)
    assert same_secret(damaged, clear) is (read == clear)
    entry = entry_from_options(PROTOCOLS["scep"], {"certificate_id": "a", "challenge_password": damaged}, "config")
    assert _refused(entry) == (read is None)


def _decoded(text: str) -> str | None:
    try:
        return decode9(text)
    except DamagedSecretError:
        return None


def _refused(entry: object) -> bool:
    try:
        check_values(entry)  # type: ignore[arg-type] # what is no entry is tried, too
    except InputError:
        return True
    return False


@times(10)
@given(
    st.text(max_size=10), _clear, _salt, st.text(max_size=10), st.sampled_from(["", " ", "\n", '"', ";", "<", ">", "'"])
)
def test_an_obfuscated_secret_is_masked_wherever_it_stands(
    before: str, clear: str, salt: str, after: str, border: str
) -> None:
    secret = encode(clear.encode(), salt)
    text = f"{before}{border}{secret}{border}{after}"
    assert secret not in mask_secrets(text)
    assert secret not in mask_text(text)


# --- releases --------------------------------------------------------------------------------------------------------

#: As Juniper names its releases, in the order in which each stands behind the one before.
REAL = (
    *("10.4R1", "11.4R13", "12.1X44-D10", "12.1X46-D86", "12.1X47-D15", "12.3R12-S21", "12.3X48-D10", "12.3X48-D105"),
    *("14.1X53-D30", "15.1R7-S13", "15.1X49-D40", "15.1X49-D75.5", "15.1X49-D170.4", "15.1X53-D590", "16.1R7-S8"),
    *("17.3R3-S12", "17.4R1", "17.4R1.16", "17.4R1-S7", "17.4R3-S5", "18.1R1", "18.2R3", "18.2R3-S8.6", "18.3R1"),
    *("18.4R1", "18.4R3-S11", "19.1R3-S9", "19.4R3-S12", "20.1R1", "20.2R3-S10", "20.4R1-EVO", "20.4R3-S9", "21.1R1"),
    *("21.2R3-S7-EVO", "21.4R1", "21.4R3-S5.4", "21.4R3-S10.10", "22.1R3", "22.2R3-S4", "22.4R1", "22.4R1-S1"),
    *("22.4R1-S1.1", "22.4R2", "22.4R3-S6.5", "23.1R1", "23.2R1-S2", "23.2R2-S3-EVO", "23.4R2-S3.9", "24.2R1.17"),
    *("24.2R2", "24.4R1", "25.2R1", "25.4R1"),
)

_number = st.integers(0, 30)
_name = st.one_of(
    st.sampled_from(REAL),
    st.builds("{}.{}R{}".format, _number, _number, _number),
    st.builds("{}.{}R{}-S{}.{}".format, _number, _number, _number, _number, _number),
    st.builds("{}.{}X{}-D{}".format, _number, _number, _number, _number),
    st.builds("{}.{}R{}-S{}-EVO".format, _number, _number, _number, _number),
)


def test_real_releases_stand_in_their_order() -> None:
    read = [Release.parse(name) for name in REAL]
    assert all(one < other for one, other in pairwise(read))
    assert [str(one) for one in read] == [*REAL]


@times(10)
@given(st.lists(st.sampled_from(REAL), unique=True))
def test_any_of_them_are_sorted_into_it(names: list[str]) -> None:
    assert [str(one) for one in sorted(map(Release.parse, names))] == sorted(names, key=REAL.index)


@times(10)
@given(_name, _name, _name)
def test_the_order_is_total(one: str, other: str, third: str) -> None:
    first, second, last = sorted(map(Release.parse, (one, other, third)))
    assert first <= second <= last
    assert first <= last
    for left, right in ((first, second), (second, last), (first, last)):
        assert [left < right, left == right, left > right].count(True) == 1
        assert (left == right) == (hash(left) == hash(right))


@times(10)
@given(_name, _name)
def test_the_simulated_devices_have_the_same_order(one: str, other: str) -> None:
    """Within R or X: they put 15.1X49 before 15.1R. And they know no Junos OS Evolved."""
    assume(("X" in one) == ("X" in other))
    names = [name.removesuffix("-EVO") for name in (one, other)]
    left, right = map(Release.parse, names)
    assert (left < right) == (order(names[0]) < order(names[1]))
    assert Running(left, exact=True).lacks(names[1]) == (left < right)


@times(10)
@given(
    st.text()
    | _name.flatmap(
        lambda name: st.builds(
            lambda at, put: name[:at] + put + name[at + 1 :], st.integers(0, 12), st.text(max_size=2)
        )
    )
)
def test_any_other_text_is_no_release(text: str) -> None:
    read = _read(text)
    assert read in (
        text.strip(),
        f"{text!r} is not a Junos release. Write it as the device does, for example 22.4R1-S1.",
    )


def _read(text: str) -> str:
    try:
        return str(Release.parse(text))
    except InputError as error:
        return str(error)
