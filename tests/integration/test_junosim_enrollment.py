# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated devices enroll with the test CA and renew, on a clock that the test moves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import junosim
import pytest
import testca
from cryptography import x509
from integration.pebble import free_ports
from jnpr.junos import Device as PyEZ
from junosim.client import Device

DOMAINS = ["c1.example.net", "c2.example.net"]
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PASSWORD, SECRET = "challenge-1", "secret-1"
ENTRY = "set security pki auto-re-enrollment {list} certificate-id c1 {statement}"


class Scene:
    """A CA and a device with one clock; ``profile`` is the CA's, its URL stands in the ca-profile ``issuer``."""

    def __init__(self, ca: testca.Ca, fleet: junosim.Fleet, device: Device) -> None:
        self.ca, self.fleet, self.device = ca, fleet, device

    def ask(self, rpc: str, **inputs: Any) -> None:
        device = self.device
        with PyEZ(device.host, port=device.port, user=device.user, passwd=device.password, hostkey_verify=False) as it:
            getattr(it.rpc, rpc)(**inputs)

    def enroll(self, protocol: str, **inputs: Any) -> dict[str, Any]:
        """A key pair, the certificate of the CA, a certificate."""
        kind = inputs.pop("kind", {"type": "ecdsa", "size": "256"})
        self.ask("generate_pki_key_pair", certificate_id="c1", **kind)
        if "c1" not in self.device.pki()["ca"]:
            self.device.hold_ca("issuer", self.ca.intermediate)
        if protocol == "acme":
            self.ask("generate_pki_key_pair", acme_key_id="k1", type="ecdsa", size="256")
        own: dict[str, dict[str, str]] = {
            "scep": {"challenge_password": PASSWORD, "subject": "CN=c1.example.net,OU=a"},
            "cmpv2": {"ca_secret": SECRET, "ca_reference": "ref-1", "subject": "CN=c1.example.net,OU=a"},
            "acme": {
                "acme_key_id": "k1",
                "letsencrypt_enrollment": "no",
                "domain_names": ",".join(DOMAINS),
                "email": "pki@example.net",
            },
        }
        rpc = f"request_security_local_certificate_enroll_{protocol}"
        self.ask(rpc, certificate_id="c1", ca_profile="issuer", **{**own[protocol], **inputs})
        return self.device.settled()

    def advance(self, **by: float) -> list[dict[str, Any]]:
        now = datetime.fromisoformat(self.device.pki()["now"])
        return self.fleet.advance(now + timedelta(**by))


@contextlib.contextmanager
def scene(
    folder: Path,
    protocol: str,
    statements: list[str],
    profile: Mapping[str, Any] | None = None,
    *,
    release: str = "24.2R1",
    where: str = "",
    **ca: Any,
) -> Iterator[Scene]:
    """``statements`` of the entry c1; ``where``: the list that it stands in, if not that of the protocol."""
    clock = folder / "clock"
    clock.write_text(f"{START.timestamp():.0f}")
    [http_port] = free_ports(1)
    hosts = dict.fromkeys(DOMAINS, "127.0.0.1")
    rules = {"lifetime": "6d", "http_port": http_port, "hosts": hosts, **(profile or {})}
    config = {
        "clock": str(clock),
        "challenge_password": PASSWORD,
        "cmp": {"secrets": {"ref-1": SECRET}},
        "profiles": {"p": rules},
        **ca,
    }
    with testca.start(config, state=folder / "ca") as authority:
        url = {"scep": authority.scep, "cmpv2": authority.cmp, "acme": authority.acme}[protocol]("p")
        lines = [
            f"set security pki ca-profile issuer enrollment url {url}",
            "set security pki ca-profile issuer enrollment retry 3",
            "set security pki ca-profile issuer enrollment retry-interval 600",
            *(ENTRY.format(list=where or protocol, statement=statement) for statement in statements),
        ]
        row = {"release": release, "http_port": http_port, "config": "\n".join(lines)}
        with junosim.start({"clock": str(clock), "devices": {"srx1": row}}, state=folder / "fleet") as fleet:
            yield Scene(authority, fleet, fleet.device("srx1"))


ENROLLED = "Jan  1 00:00:00 srx1 pkid[18143]: PKID_{}_EE_CERT_ENROLL: End-entity certificate c1 enrolled successfully"
RSA = {"type": "rsa", "size": "2048"}
TRIGGER = ["ca-profile-name issuer", "re-enroll-time days 2"]
STATEMENTS = {
    "scep": [*TRIGGER, f"challenge-password {PASSWORD}", "re-generate-keypair"],
    "cmpv2": [*TRIGGER, "re-generate-keypair"],
    "acme": [*TRIGGER, "acme-key-id k1", "re-generate-keypair"],
}
KEYS = {"scep": RSA, "cmpv2": {"type": "ecdsa", "size": "384"}, "acme": {"type": "ecdsa", "size": "256"}}
NAMES = {
    "scep": ("OU=a,CN=c1.example.net", ["pki@example.net", "c1.example.net", "192.0.2.7"]),
    "cmpv2": ("OU=a,CN=c1.example.net", ["pki@example.net", "c1.example.net", "192.0.2.7"]),
    "acme": ("CN=c1.example.net", ["c1.example.net", "c2.example.net"]),
}
PROTOCOLS = ["scep", "cmpv2", "acme"]


def shown(events: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    return [(event["at"], event["what"], event["key_changed"]) for event in events]


def failures(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(event["at"], event["what"], event["text"]) for event in events]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_enrolled_and_renewed_again_and_again(tmp_path: Path, protocol: str) -> None:
    with scene(tmp_path, protocol, STATEMENTS[protocol]) as it:
        names = {} if protocol == "acme" else {"domain_name": "c1.example.net", "ip_address": "192.0.2.7"}
        names |= {} if protocol == "acme" else {"email": "pki@example.net"}
        first = it.enroll(protocol, kind=KEYS[protocol], **names)
        assert first["log"] == [ENROLLED.format(protocol.upper())]
        assert first["timers"] == {"c1": {"status": "Enabled", "at": "2026-01-05T00:00:00Z"}}
        assert shown(it.advance(days=13)) == [
            ("2026-01-05T00:00:00Z", "enrolled", True),
            ("2026-01-09T00:00:00Z", "enrolled", True),
            ("2026-01-13T00:00:00Z", "enrolled", True),
        ]
        now = it.device.pki()
        assert now["now"] == "2026-01-14T00:00:00Z"
        assert now["timers"] == {"c1": {"status": "Enabled", "at": "2026-01-17T00:00:00Z"}}
        issued = it.ca.log("issued")
        assert [row["not_before"] for row in issued] == [f"2026-01-{day:02d}T00:00:00Z" for day in (1, 5, 9, 13)]
        held = now["local"]["c1"]
        assert (held["serial"], held["key"], held["not_after"]) == (
            issued[3]["serial"],
            issued[3]["key"],
            "2026-01-19T00:00:00Z",
        )
        assert [row.get("renews") for row in issued] == (
            [None] * 4 if protocol == "acme" else [None, *(row["serial"] for row in issued[:3])]
        )
        one = x509.load_pem_x509_certificate(held["pem"].encode())
        alternate = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert (held["subject"], [str(name.value) for name in alternate]) == NAMES[protocol]
        assert one.public_key().key_size == int(KEYS[protocol]["size"])
        recorded = [event for event in it.device.events if event["event"] == "enrollment"]
        assert [(event["protocol"], event["identifier"], event["serial"]) for event in recorded] == [
            (protocol, "c1", row["serial"]) for row in issued
        ]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_key_stays_unless_it_is_to_be_made_anew(tmp_path: Path, protocol: str) -> None:
    statements = [one for one in STATEMENTS[protocol] if one != "re-generate-keypair"]
    with scene(tmp_path, protocol, statements, {"refuse_same_key": False}) as it:
        first = it.enroll(protocol, kind=RSA)
        assert shown(it.advance(days=5)) == [("2026-01-05T00:00:00Z", "enrolled", False)]
        assert it.device.pki()["local"]["c1"]["key"] == first["local"]["c1"]["key"]


@pytest.mark.parametrize(
    ("protocol", "why"),
    [
        ("scep", "badRequest, the key has a certificate already, a new one needs a new key"),
        ("cmpv2", "badCertTemplate, the key has a certificate already, a new one needs a new key"),
        ("acme", "badCSR"),
    ],
)
def test_an_unchanged_key_is_refused_until_the_device_gives_up(tmp_path: Path, protocol: str, why: str) -> None:
    statements = [one for one in STATEMENTS[protocol] if one != "re-generate-keypair"]
    with scene(tmp_path, protocol, statements) as it:
        it.enroll(protocol, kind=RSA)
        text = f"the CA refused: {why}"
        assert failures(it.advance(days=9)) == [
            ("2026-01-05T00:00:00Z", "failed", text),
            ("2026-01-05T00:10:00Z", "failed", text),
            ("2026-01-05T00:20:00Z", "failed", text),
            ("2026-01-05T00:30:00Z", "failed", f"{text}; given up"),
        ]
        now = it.device.pki()
        assert now["timers"] == {"c1": {"status": "Failed", "at": None}}
        logged = "PKID_EE_CERT_ENROLL_FAIL: Enrollment of certificate c1"
        assert now["log"][-1] == f"Jan  5 00:30:00 srx1 pkid[18143]: {logged}: {text}; given up"
        # Somebody corrects the entry: the overdue renewal comes at once, and the CA takes no expired certificate.
        it.device.commit_by([ENTRY.format(list=protocol, statement="re-generate-keypair")])
        [event, *_dummy] = it.advance(seconds=0)
        assert event["at"] == "2026-01-10T00:00:00Z"
        # ACME knows no renewal, to it any order is as good as the first.
        expired = "the certificate to renew expired on 2026-01-07T00:00:00Z"
        assert (event["what"], expired in event["text"]) == (
            ("enrolled", False) if protocol == "acme" else ("failed", True)
        )


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_ca_that_was_down_is_asked_again(tmp_path: Path, protocol: str) -> None:
    outage = {"from": "2026-01-04T00:00:00Z", "until": "2026-01-05T00:20:00Z"}
    with scene(tmp_path, protocol, STATEMENTS[protocol], outages=[outage]) as it:
        it.enroll(protocol, kind=KEYS[protocol])
        events = it.advance(days=5)
        assert [(event["at"], event["what"]) for event in events] == [
            ("2026-01-05T00:00:00Z", "failed"),
            ("2026-01-05T00:10:00Z", "failed"),
            ("2026-01-05T00:20:00Z", "enrolled"),
        ]
        assert " could not be reached: ConnectionError" in events[0]["text"]
        # The next renewal is counted from the new certificate.
        assert it.device.pki()["timers"] == {"c1": {"status": "Enabled", "at": "2026-01-09T00:20:00Z"}}


@pytest.mark.parametrize("protocol", ["scep", "cmpv2"])
def test_a_request_that_the_ca_holds_back_is_polled_for(tmp_path: Path, protocol: str) -> None:
    with scene(tmp_path, protocol, STATEMENTS[protocol], {"hold": True}) as it:
        first = it.enroll(protocol, kind=KEYS[protocol])
        assert first["local"] == {}
        assert [event["what"] for event in it.advance(minutes=15)] == ["pending"]
        it.ca.release("p")
        assert shown(it.advance(minutes=15)) == [("2026-01-01T00:20:00Z", "enrolled", True)]
        it.ca.hold("p")
        [held] = it.advance(days=3, hours=23, minutes=55)
        assert (held["at"], held["what"]) == ("2026-01-05T00:20:00Z", "pending")
        it.ca.release("p")
        assert shown(it.advance(minutes=15)) == [("2026-01-05T00:30:00Z", "enrolled", True)]
        # One transaction each, not a request anew.
        assert [row["what"] for row in it.ca.log() if row["what"] != "confirmed"].count("issued") == 2


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_rotated_intermediate_breaks_the_chain(tmp_path: Path, protocol: str) -> None:
    with scene(tmp_path, protocol, STATEMENTS[protocol], rotations=["2026-01-03T00:00:00Z"]) as it:
        first = it.enroll(protocol, kind=KEYS[protocol])
        text = "the new certificate does not chain to the CA certificate of ca-profile issuer"
        assert failures(it.advance(days=4)) == [("2026-01-05T00:00:00Z", "failed", text)]
        assert it.device.pki()["local"] == first["local"]
        # With the new intermediate in the ca-profile the next attempt, at once, gets a certificate for a new key.
        it.device.hold_ca("issuer", it.ca.intermediate)
        assert shown(it.advance(minutes=1)) == [("2026-01-05T00:00:00Z", "enrolled", True)]
        assert it.device.pki()["local"]["c1"]["issuer"] == "CN=Test CA Intermediate 2"


def test_the_root_in_the_ca_profile_outlives_a_rotation(tmp_path: Path) -> None:
    with scene(tmp_path, "cmpv2", STATEMENTS["cmpv2"], rotations=["2026-01-03T00:00:00Z"]) as it:
        it.enroll("cmpv2")
        it.device.hold_ca("issuer", it.ca.root)
        assert shown(it.advance(days=4)) == [("2026-01-05T00:00:00Z", "enrolled", True)]


def test_the_old_direct_list_is_scep_with_the_algorithms_that_it_names(tmp_path: Path) -> None:
    statements = [*STATEMENTS["scep"], "scep-encryption-algorithm des", "scep-digest-algorithm md5"]
    statements = [one.replace("re-enroll-time days 2", "re-enroll-trigger-time-percentage 25") for one in statements]
    with scene(tmp_path, "scep", statements, release="20.4R3", where="") as it:
        it.enroll("scep", kind=RSA)
        assert shown(it.advance(days=5)) == [("2026-01-05T12:00:00Z", "enrolled", True)]


def test_what_is_deactivated_starts_no_timer(tmp_path: Path) -> None:
    with scene(tmp_path, "cmpv2", STATEMENTS["cmpv2"]) as it:
        it.enroll("cmpv2")
        it.device.commit_by(["deactivate security pki auto-re-enrollment cmpv2 certificate-id c1"])
        assert it.device.pki()["timers"] == {}
        assert it.advance(days=30) == []


def test_asked_to_renew_now(tmp_path: Path) -> None:
    with scene(tmp_path, "cmpv2", STATEMENTS["cmpv2"]) as it:
        it.enroll("cmpv2")
        it.advance(days=1)
        it.ask("request_security_local_cert_re_enroll_cmpv2", certificate_id="c1", re_generate_keypair=True)
        now = it.device.settled()
        assert now["local"]["c1"]["not_before"] == "2026-01-02T00:00:00Z"
        assert now["timers"] == {"c1": {"status": "Enabled", "at": "2026-01-06T00:00:00Z"}}


def test_acme_without_an_entry_leaves_one_that_renews_25_days_before_the_end(tmp_path: Path) -> None:
    with scene(tmp_path, "acme", [], {"lifetime": "90d"}, release="25.4R1") as it:
        before = it.device.set_lines()
        it.enroll("acme")
        entry = "set security pki auto-re-enrollment acme certificate-id c1 "
        assert [line for line in it.device.set_lines() if line not in before] == [
            entry + "re-enroll-time days 25",
            entry + "acme-key-id k1",
            entry + "ca-profile-name issuer",
            entry + "re-enroll-trigger-time-percentage 72",
            entry + "re-generate-keypair",
            "set security pki acme-account-key acme-key-id k1",
        ]
        assert [commit["user"] for commit in it.device.commits] == ["root"]
        assert shown(it.advance(days=89)) == [("2026-03-07T00:00:00Z", "enrolled", True)]


def test_the_clock_cannot_go_back(tmp_path: Path) -> None:
    with scene(tmp_path, "cmpv2", []) as it, pytest.raises(junosim.SimError, match="the clock cannot go back from"):
        it.fleet.advance(START - DAY)
