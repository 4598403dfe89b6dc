# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role netpki.junos.pki_reenroll with pki_reenroll_enroll: from a fresh device to certificates that renew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import testca
from cryptography.hazmat.primitives.serialization import Encoding
from integration.playing import Player, Run, Stage, left_behind
from junosim import client
from junosim.client import Device
from testca.client import Ca

ROLE = {"ansible.builtin.import_role": {"name": "netpki.junos.pki_reenroll"}}
NAMES = ("fresh", "second-run", "check-mode", "again", "refused", "partly", "typo", "lacks", "deleted", "system")


@pytest.fixture(scope="module", name="ca")
def _ca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ca]:
    config = {
        "challenge_password": "Challenge-1",
        "cmp": {"secrets": {"reference-1": "Cmp-Secret-1"}},
        "profiles": {"vpn": {"lifetime": "90d"}},
    }
    with testca.start(config, state=tmp_path_factory.mktemp("ca")) as running:
        yield running


@pytest.fixture(scope="module")
def stage(player: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("home")
    devices = {name: {"release": "24.4R1"} for name in NAMES}
    fleet = {"defaults": {"user": "netops", "password": "Login-0", "ssh_port": 0}, "devices": devices}
    with client.start(fleet, state=tmp_path_factory.mktemp("fleet"), bodies=True) as running:
        (home / ".ssh").mkdir(mode=0o700)
        (home / ".ssh" / "known_hosts").symlink_to(running.known_hosts)
        yield Stage(player, running, home)


def run(stage: Stage, ca: Ca, device: Device, *options: str, **variables: Any) -> Run:
    pem = "".join(each.public_bytes(Encoding.PEM).decode() for each in (ca.intermediate, ca.root))
    declared = {
        "pki_reenroll_ca_profiles": [
            {"name": "scep-ca", "ca_identity": "scep", "enrollment": {"url": ca.scep("vpn")}},
            {"name": "cmp-ca", "ca_identity": "cmp", "enrollment": {"url": ca.cmp("vpn")}},
        ],
        "pki_reenroll_certificate_defaults": {"re_generate_keypair": True, "re_enroll_time": {"days": 30}},
        "pki_reenroll_certificates": [
            {
                "certificate_id": "vpn-01",
                "protocol": "scep",
                "ca_profile_name": "scep-ca",
                "challenge_password": "Challenge-1",
            },
            {"certificate_id": "vpn-02", "protocol": "cmpv2", "ca_profile_name": "cmp-ca"},
        ],
        "pki_reenroll_enroll": True,
        "pki_reenroll_ca_certificates": [
            {"ca_profile": "scep-ca", "accept_any_fingerprint": True},
            {"ca_profile": "cmp-ca", "content": pem},
        ],
        "pki_reenroll_enrollment_defaults": {
            "subject": "CN={{ inventory_hostname }},O=example",
            "key_pair": {"type": "rsa", "size": 2048},
        },
        "pki_reenroll_enrollments": [
            {
                "certificate_id": "vpn-02",
                "key_pair": {"type": "ecdsa"},
                "ca_reference": "reference-1",
                "ca_secret": "Cmp-Secret-1",
            }
        ],
        "pki_reenroll_enroll_timeout": 30,
        "pki_reenroll_ssh_port": device.ssh_port,
        **variables,
    }
    device.mark()
    return stage.play(device, ROLE, options=options, variables=declared)


def spoken(run: Run) -> list[dict[str, Any]]:
    """What came of the tasks that speak to the device, in order, each item of a loop for itself."""
    every = [each for result in run.results for each in result.data.get("results", [result.data])]
    return [each for each in every if "commands" in each]


def changed(run: Run) -> list[bool]:
    return [each["changed"] for each in spoken(run)]


def leaks(run: Run) -> list[str]:
    return [secret for secret in ("Challenge-1", "Cmp-Secret-1", "Login-0") if secret in run.everything]


def test_from_a_fresh_device_to_certificates_that_renew(stage: Stage, ca: Ca) -> None:
    device = stage["fresh"]
    result = run(stage, ca, device, "--diff")
    assert (result.status, leaks(result)) == (0, [])
    pki = device.pki()
    assert {name: held["subject"] for name, held in pki["local"].items()} == {
        "vpn-01": "O=example,CN=fresh",
        "vpn-02": "O=example,CN=fresh",
    }
    # First the profiles, then what is enrolled through them, then the entries: the device plans the renewals itself.
    assert [len(commit["comment"]) for commit in device.commits] == [0, 0]
    assert sorted(pki["timers"]) == ["vpn-01", "vpn-02"]
    told = {row["certificate_id"]: row["trigger"] for row in plan(result)}
    assert {name: at[:16] for name, at in told.items()} == {
        name: timer["at"][:16] for name, timer in pki["timers"].items()
    }
    assert left_behind(device) == {}


def test_the_second_run_changes_nothing(stage: Stage, ca: Ca) -> None:
    device = stage["second-run"]
    run(stage, ca, device)
    second = run(stage, ca, device)
    assert (second.status, changed(second)) == (0, [False] * 4)
    assert device.rpcs.count("get-configuration") == 2
    assert [rpc for rpc in device.rpcs if not rpc.startswith(("get-", "close-session"))] == []


def test_check_mode_on_a_fresh_device_says_how_far_it_sees(stage: Stage, ca: Ca) -> None:
    device = stage["check-mode"]
    check = run(stage, ca, device, "--check")
    assert check.status == 0
    messages = [result.data["msg"] for result in check.results if isinstance(result.data.get("msg"), str)]
    assert messages[-1] == (
        "CA profiles that are not on the device yet: scep-ca, cmp-ca. Check mode does not look further. A run would"
        " enroll, where they are not there: vpn-01, vpn-02"
    )
    assert (device.pki()["local"], device.set_lines()) == ({}, ["set version 24.4R1"])
    run(stage, ca, device)
    # Now the profiles are there, and check mode sees what is missing.
    assert changed(run(stage, ca, device, "--check")) == [False] * 4


def test_a_certificate_that_is_added_is_enrolled_alone(stage: Stage, ca: Ca) -> None:
    device = stage["again"]
    run(stage, ca, device)
    before = device.pki()["local"]["vpn-01"]["serial"]
    more = [
        {
            "certificate_id": "vpn-03",
            "protocol": "scep",
            "ca_profile_name": "scep-ca",
            "challenge_password": "Challenge-1",
        }
    ]
    check = run(stage, ca, device, "--check", pki_reenroll_host_certificates=more)
    added = run(stage, ca, device, pki_reenroll_host_certificates=more)
    for result in (check, added):
        commands = [line for each in spoken(result) for line in each["commands"] if line.startswith("request ")]
        assert commands == [
            "request security pki generate-key-pair certificate-id vpn-03 size 2048 type rsa",
            "request security pki local-certificate enroll scep certificate-id vpn-03 ca-profile scep-ca"
            " challenge-password ******** subject CN=again,O=example",
        ]
    assert device.pki()["local"]["vpn-01"]["serial"] == before
    assert sorted(device.pki()["timers"]) == ["vpn-01", "vpn-02", "vpn-03"]


def test_a_refusal_of_the_ca_leaves_no_entry(stage: Stage, ca: Ca) -> None:
    device = stage["refused"]
    wrong = [{"certificate_id": "vpn-01", "challenge_password": "Wrong-Password-1"}]
    result = run(stage, ca, device, pki_reenroll_host_certificates=wrong, pki_reenroll_enroll_timeout=2)
    assert result.status == 2
    assert "no new one within 2 seconds (enroll_timeout)" in result.everything
    assert "Wrong-Password-1" not in result.everything
    assert [line for line in device.set_lines() if "auto-re-enrollment" in line] == []
    # Mended, the next run goes on where this one ended.
    assert run(stage, ca, device).status == 0


def test_check_mode_looks_at_what_has_its_ca_profile(stage: Stage, ca: Ca) -> None:
    device = stage["partly"]
    run(stage, ca, device)
    more = {
        "pki_reenroll_host_ca_profiles": [
            {"name": "new-ca", "ca_identity": "new", "enrollment": {"url": ca.scep("vpn")}},
            {"name": "scep-ca", "enrollment": {"retry": 7}},
        ],
        "pki_reenroll_host_certificates": [
            {
                "certificate_id": "vpn-03",
                "protocol": "scep",
                "ca_profile_name": "new-ca",
                "challenge_password": "Challenge-1",
            },
        ],
    }
    check = run(stage, ca, device, "--check", **more)
    messages = [result.data["msg"] for result in check.results if isinstance(result.data.get("msg"), str)]
    assert messages[-1] == (
        "CA profiles that are not on the device yet: new-ca. Check mode does not look further. A run would enroll,"
        " where they are not there: vpn-03"
    )
    # The profiles and the entries would change; of the certificates that can be looked at, none would.
    assert changed(check) == [True, False, False, True]


def test_a_name_that_nothing_is_declared_with_is_refused(stage: Stage, ca: Ca) -> None:
    device = stage["typo"]
    variables = {
        "pki_reenroll_enrollments": [{"certificate_id": "vpn-2"}],
        "pki_reenroll_ca_certificates": [{"ca_profile": "scep-cb", "accept_any_fingerprint": True}],
    }
    result = run(stage, ca, device, **variables)
    (message,) = [one.error for one in result.results if one.error]
    assert message == (
        "pki_reenroll_enrollments and pki_reenroll_ca_certificates name what no certificate of this host is declared"
        " with: vpn-2, scep-cb"
    )
    assert device.rpcs == []


def test_what_an_enrollment_lacks_is_told_before_anything_is_sent(stage: Stage, ca: Ca) -> None:
    device = stage["lacks"]
    result = run(stage, ca, device, pki_reenroll_enrollment_defaults={}, pki_reenroll_enrollments=[])
    (message,) = [one.error for one in result.results if one.error]
    assert message == (
        "pki_reenroll_enrollments and pki_reenroll_enrollment_defaults do not say, of certificates that may have to be"
        " enrolled: vpn-01 subject, vpn-02 subject, vpn-02 ca_reference, vpn-02 ca_secret"
    )
    assert device.rpcs == []


@pytest.mark.parametrize(
    ("name", "variables"),
    [("deleted", {"pki_reenroll_state": "deleted"}), ("system", {"pki_reenroll_tenant": "T1"})],
)
def test_what_enrolling_does_not_go_with(stage: Stage, ca: Ca, name: str, variables: dict[str, Any]) -> None:
    device = stage[name]
    result = run(stage, ca, device, **variables)
    (message,) = [one.error for one in result.results if one.error]
    assert message == (
        "pki_reenroll_enroll: not with pki_reenroll_state deleted, and not in a logical system or a tenant, of which a"
        " device shows no certificate. Leave it out."
    )
    assert device.rpcs == []


def plan(run: Run) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        one["ansible_facts"]["pki_reenroll_plan"] for one in run.results if "ansible_facts" in one.data
    ][-1]
    return rows
