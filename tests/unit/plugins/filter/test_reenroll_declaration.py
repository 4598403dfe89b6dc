# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter import reenroll_declaration as plugin
from ansible_collections.netpki.junos.plugins.module_utils._schedule import stagger

reenroll_declaration = plugin.FilterModule().filters()["reenroll_declaration"]

SCEP = {"protocol": "scep", "re_enroll_trigger_time_percentage": 20}
WINDOW = {"stagger": {"from_hours": 480, "to_hours": 720}, "host": "fw1.example.net"}


def test_sample_in_the_documentation() -> None:
    example = yaml.safe_load(plugin.EXAMPLES)[0]["vars"]
    answer = reenroll_declaration([example["group"], example["host"]], example["defaults"])
    assert answer == yaml.safe_load(plugin.RETURN)["_value"]["sample"]


def entry(name: object = "a", **options: object) -> dict[str, object]:
    return {"certificate_id": name, **options}


@pytest.mark.parametrize(
    ("layers", "arguments", "entries"),
    [
        # The later layer wins, and the order is the one in which they are named.
        ([[entry()]], {"defaults": SCEP}, [entry(**SCEP)]),
        ([[entry(protocol="acme")]], {"defaults": SCEP}, [entry(**SCEP | {"protocol": "acme"})]),
        (
            [[entry("b", acme_key_id="x"), entry()], [entry("c"), entry("b", acme_key_id="y")]],
            {},
            [entry("b", acme_key_id="y"), entry(), entry("c")],
        ),
        ([[entry()], [entry("A")]], {}, [entry(), entry("A")]),
        # Names are text.
        ([[entry(1)], [entry("1", protocol="scep")]], {}, [entry("1", protocol="scep")]),
        ([[entry(1), entry("b")]], {}, [entry("1"), entry("b")]),
        # A layer that names either trigger hides both beneath.
        (
            [[entry(re_enroll_time={"days": 30})]],
            {"defaults": SCEP},
            [entry(protocol="scep", re_enroll_time={"days": 30})],
        ),
        (
            [[entry(re_enroll_time={"days": 30})], [entry(re_enroll_time={"hours": 7})]],
            {},
            [entry(re_enroll_time={"hours": 7})],
        ),
        (
            [[entry(re_enroll_time={"days": 30})], [entry(re_enroll_trigger_time_percentage=5)]],
            {},
            [entry(re_enroll_trigger_time_percentage=5)],
        ),
        (
            [[entry()], [entry(re_enroll_time={"days": 3}, re_enroll_trigger_time_percentage=5)]],
            {"defaults": SCEP},
            [entry(protocol="scep", re_enroll_time={"days": 3}, re_enroll_trigger_time_percentage=5)],
        ),
        # Null counts as not given, at any depth and in the defaults as well.
        ([[entry(protocol=None)]], {"defaults": SCEP}, [entry(**SCEP)]),
        ([[entry(re_enroll_time=None)]], {"defaults": SCEP}, [entry(**SCEP)]),
        ([[entry(re_enroll_time={"days": None})]], {"defaults": SCEP}, [entry(**SCEP)]),
        (
            [[entry(re_enroll_time={})]],
            {"defaults": SCEP | {"protocol": None}},
            [entry(re_enroll_trigger_time_percentage=20)],
        ),
        (
            [[entry(re_generate_keypair=False)]],
            {"defaults": {"re_generate_keypair": True}},
            [entry(re_generate_keypair=False)],
        ),
        # The window fills in where nobody names a trigger.
        ([[entry("vpn-01")]], WINDOW, [entry("vpn-01", re_enroll_time={"hours": 523})]),
        ([[entry("vpn-01", re_enroll_time=None)]], WINDOW, [entry("vpn-01", re_enroll_time={"hours": 523})]),
        ([[entry(7)]], WINDOW, [entry("7", re_enroll_time={"hours": stagger("fw1.example.net", "7", 480, 720)})]),
        ([[entry()]], WINDOW | {"defaults": SCEP}, [entry(**SCEP)]),
        ([[entry()], [entry(re_enroll_time={"days": 3})]], WINDOW, [entry(re_enroll_time={"days": 3})]),
        # To be deleted: the entry, in whichever list.
        ([[entry(challenge_password="x")]], WINDOW | {"defaults": SCEP, "state": "deleted"}, [entry()]),
        ([[entry(**SCEP)]], {"state": "deleted"}, [entry(protocol="scep")]),
    ],
)
def test_entries(layers: list[Any], arguments: dict[str, Any], entries: list[Any]) -> None:
    given = [{"config": layer} for layer in layers]
    kept = copy.deepcopy((given, arguments))
    assert reenroll_declaration(given, **arguments) == {"config": entries}
    assert (given, arguments) == kept


def profile(name: object = "ca", **options: object) -> dict[str, object]:
    return {"name": name, **options}


@pytest.mark.parametrize(
    ("layers", "profiles"),
    [
        ([[profile("b"), profile("a")], [profile("A")]], [profile("b"), profile("a"), profile("A")]),
        ([[profile(1, ca_identity="x")], [profile("1", ca_identity="y")]], [profile("1", ca_identity="y")]),
        (
            [
                [profile(enrollment={"url": "u", "retry": 5}, revocation_check={"ocsp": {"url": ["a", "b"]}})],
                [profile(enrollment={"url": "v", "retry": None}, revocation_check={"ocsp": {"url": ["c"]}})],
            ],
            [profile(enrollment={"url": "v", "retry": 5}, revocation_check={"ocsp": {"url": ["c"]}})],
        ),
        (
            [[profile(revocation_check={"crl": {"disable": True}})], [profile(revocation_check={"use_ocsp": True})]],
            [profile(revocation_check={"crl": {"disable": True}, "use_ocsp": True})],
        ),
    ],
)
def test_profiles(layers: list[Any], profiles: list[Any]) -> None:
    given = [{"ca_profiles": layer} for layer in layers]
    kept = copy.deepcopy(given)
    assert reenroll_declaration(given) == {"ca_profiles": profiles}
    assert given == kept


@pytest.mark.parametrize("layers", [[], [{}], [{"config": [], "ca_profiles": None}], [{"config": None}, {}]])
def test_nothing_declared(layers: list[Any]) -> None:
    assert reenroll_declaration(layers, SCEP, **WINDOW) == {}


@pytest.mark.parametrize(
    ("layers", "arguments", "message"),
    [
        (
            [
                {"config": [entry("b"), entry(1), entry("1")]},
                {"config": [entry("b")], "ca_profiles": [profile(), profile()]},
            ],
            {},
            "Declared twice in one list: ca, 1. Join the entries.",
        ),
        (
            [{"config": [entry()]}],
            WINDOW | {"host": None},
            "stagger: host: expected a string that is not empty, got None.",
        ),
        (
            [{"config": [entry()]}],
            WINDOW | {"stagger": {"from_hours": 9, "to_hours": 1}},
            "stagger: from_hours: 9 is more than to_hours, which is 1.",
        ),
        (
            [{"config": [entry()]}],
            WINDOW | {"stagger": {"to_hours": 1}},
            "stagger: from_hours: None is not a whole number.",
        ),
        ([{"config": [entry()]}], WINDOW | {"stagger": 7}, "stagger: expected a mapping, got a value of type int."),
        ([{"config": [entry()]}], {"defaults": ["secret"]}, "defaults: expected a mapping, got a value of type list."),
        ({"config": []}, {}, "layers: expected a list, got a value of type dict."),
        (["secret"], {}, "layers: expected a mapping, got a value of type str."),
        ([{"config": "secret"}], {}, "config: expected a list, got a value of type str."),
        ([{"ca_profiles": ["secret"]}], {}, "ca_profiles: expected a mapping, got a value of type str."),
        ([{"config": [{"challenge_password": "secret"}]}], {}, "config: an entry has no certificate_id."),
        ([{"ca_profiles": [{"name": None}]}], {}, "ca_profiles: an entry has no name."),
    ],
)
def test_bad_input(layers: object, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_declaration(layers, **arguments)
    assert caught.value.message == message
