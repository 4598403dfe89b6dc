# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junos_pki_certificate: from nothing to a certificate that a CA has signed, and what is refused on the way."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import testca
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from integration.jump import jump_host
from integration.playing import Player, Run, Stage, left_behind, wait_for
from junosim import client
from junosim.client import Device
from testca.client import Ca

MODULE = "netpki.junos.junos_pki_certificate"
LOGIN = {"user": "netops", "password": "Login-0", "ssh_port": 0}
SECRETS = ["Challenge-1", "Cmp-Secret-1", "Pass-Phrase-1", "Login-0"]

SCEP = "scep-ca"
CMPV2 = "cmp-ca"
ACME = "acme-ca"

NAMES = (
    "first", "second-run", "check-mode", "cmpv2", "acme", "key", "csr", "load", "renew", "absent", "used", "not-pinned",
    "another", "wrong-password", "down", "no-profile", "no-ca", "no-url", "old", "no-ssh", "stranger", "expired",
    "verify", "slow", "remote", "reader", "lost", "left", "no-wait", "both-left", "broken-copy",
    "interrupted-SIGINT", "interrupted-SIGTERM", "as-text", "not-loaded", "waiting", "differs", "by-hand", "lost-load",
    "root", "cli-error", "verifying", "no-log", "names", "cluster", "half-cluster", "named", "chain",
    "jump-ssh_config", "jump-proxy_command",
)  # fmt: skip


@pytest.fixture(scope="module", name="ca")
def _ca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ca]:
    config = {
        "challenge_password": "Challenge-1",
        "cmp": {"secrets": {"reference-1": "Cmp-Secret-1"}},
        "profiles": {
            SCEP: {"lifetime": "90d"},
            CMPV2: {"lifetime": "90d"},
            "short": {"lifetime": 2},
            ACME: {"lifetime": "90d", "http_port": HTTP_PORT, "hosts": {"fw.example.net": "127.0.0.1"}},
        },
    }
    with testca.start(config, state=tmp_path_factory.mktemp("ca")) as running:
        yield running


HTTP_PORT = 5002


@pytest.fixture(scope="module")
def stage(player: Player, ca: Ca, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("home")
    config = "".join(
        f"set security pki ca-profile {name} ca-identity {name}\n"
        f"set security pki ca-profile {name} enrollment url {url}\n"
        for name, url in (
            (SCEP, ca.scep(SCEP)),
            ("short", ca.scep("short")),
            (CMPV2, ca.cmp(CMPV2)),
            (ACME, ca.acme(ACME)),
            ("nobody", "http://127.0.0.1:9/scep"),
        )
    )
    config += "set security pki ca-profile silent ca-identity silent\n"
    devices: dict[str, Any] = {name: {"release": "24.4R1", "config": config} for name in NAMES}
    devices["old"]["release"] = "21.4R1"
    devices["used"]["config"] += "set security ike policy to-hq certificate local-certificate vpn-01\n"
    devices["acme"]["http_port"] = HTTP_PORT
    devices["reader"]["login_class"] = "read-only"
    devices["no-ssh"]["ssh_port"] = None
    devices["root"]["user"] = "root"
    devices["cluster"]["cluster"] = devices["half-cluster"]["cluster"] = True
    devices["half-cluster"]["certificates"] = [
        {
            "identifier": "vpn-01",
            "subject": "CN=vpn-01",
            "issuer": "CN=ca",
            "not_before": "2026-01-02T09:55:00Z",
            "not_after": "2098-01-01T09:55:00Z",
            "nodes": ["node1"],
        }
    ]
    fleet = {"defaults": LOGIN, "devices": devices}
    with client.start(fleet, state=tmp_path_factory.mktemp("fleet"), bodies=True) as running:
        (home / ".ssh").mkdir(mode=0o700)
        (home / ".ssh" / "known_hosts").symlink_to(running.known_hosts)
        yield Stage(player, running, home)


def enroll(device: Device, **changes: Any) -> dict[str, Any]:
    """A task that enrolls by SCEP; a change to None leaves an option out."""
    options = {
        "certificate_id": "vpn-01",
        "ca_profile": SCEP,
        "ca_certificate": {"accept_any_fingerprint": True},
        "protocol": "scep",
        "subject": "CN=vpn-01.example.net,OU=vpn,O=example",
        "domain_name": "vpn-01.example.net",
        "challenge_password": "Challenge-1",
        "enroll_timeout": 30,
        "ssh_port": getattr(device, "ssh_port", None),
        **changes,
    }
    return {MODULE: {name: value for name, value in options.items() if value is not None}}


def commands(run: Run) -> list[str]:
    return list(run.result["commands"])


def nothing_leaks(run: Run, device: Device) -> None:
    """No secret in anything that was told or written, nor on the device's command line; no file left there."""
    assert [secret for secret in SECRETS if secret in run.everything] == []
    typed = [event["command"] for event in device.events if event["event"] == "cli"]
    assert [secret for secret in SECRETS if secret in "\n".join(typed)] == []
    files = [event for event in device.events if event["event"] == "file"]
    written = {event["file"] for event in files if event["did"] == "written"}
    assert written == {event["file"] for event in files if event["did"] == "removed"}
    assert [event["mode"] for event in files if event["did"] == "written" and event["mode"] != "0600"] == []
    assert left_behind(device) == {}


CA_ENROLL = f"request security pki ca-certificate enroll ca-profile {SCEP}"
KEY = "request security pki generate-key-pair certificate-id vpn-01 size 2048 type rsa"
ENROLL = (
    f"request security pki local-certificate enroll scep certificate-id vpn-01 ca-profile {SCEP}"
    " challenge-password ******** subject CN=vpn-01.example.net,OU=vpn,O=example domain-name vpn-01.example.net"
)


def test_from_nothing_to_a_certificate(stage: Stage, ca: Ca) -> None:
    device = stage["first"]
    run = stage.play(device, enroll(device, ca_certificate={"sha1": pins(ca)}), options=["--diff"])
    result = run.result
    assert run.result.error == ""
    assert (result["changed"], result["before"], result["csr"]) == (True, None, None)
    assert commands(run) == [CA_ENROLL, KEY, ENROLL]
    assert result["diff"] == {"prepared": f"{CA_ENROLL}\n{KEY}\n{ENROLL}\n"}
    assert result["reasons"] == [
        f"ca-profile {SCEP}: the CA certificate is not loaded",
        "key pair vpn-01: there may be none yet",
        "certificate vpn-01: not on the device",
    ]
    held = device.pki()["local"]["vpn-01"]
    assert held["subject"] == "O=example,OU=vpn,CN=vpn-01.example.net"
    after = result["after"]
    assert (after["certificate_id"], after["alternate_subjects"]) == ("vpn-01", ["vpn-01.example.net"])
    assert after["not_after"][:16] == held["not_after"][:16]
    certificate = x509.load_pem_x509_certificate(held["pem"].encode())
    certificate.verify_directly_issued_by(ca.intermediate)
    nothing_leaks(run, device)


def test_a_second_run_changes_nothing_and_asks_twice(stage: Stage, ca: Ca) -> None:
    device = stage["second-run"]
    task = enroll(device, ca_certificate={"sha1": pins(ca)})
    first = stage.play(device, task).result
    device.mark()
    second = stage.play(device, task).result
    assert (first["changed"], second["changed"]) == (True, False)
    assert (second["before"], second["after"]) == (first["after"], first["after"])
    assert (second["commands"], second["reasons"], second.data.get("warnings")) == ([], [], None)
    assert device.rpcs == ["get-pki-local-certificate", "get-pki-ca-certificate", "close-session"]


def test_check_mode_tells_and_changes_nothing(stage: Stage) -> None:
    device = stage["check-mode"]
    device.mark()
    run = stage.play(device, enroll(device), options=["--check", "--diff"])
    assert (run.result["changed"], run.result["before"], run.result["after"]) == (True, None, None)
    assert commands(run) == [CA_ENROLL, KEY, ENROLL]
    assert device.rpcs == [
        "get-pki-local-certificate",
        "get-pki-ca-certificate",
        "get-pki-certificate-request",
        "get-configuration",
        "close-session",
    ]
    assert (device.pki()["key_pairs"], device.pki()["local"], device.pki()["ca"]) == ([], {}, {})


def test_by_cmpv2_with_an_elliptic_curve(stage: Stage, ca: Ca) -> None:
    device = stage["cmpv2"]
    task = enroll(
        device,
        protocol="cmpv2",
        ca_profile=CMPV2,
        ca_certificate={"content": chain(ca)},
        key_pair={"type": "ecdsa", "size": 384},
        challenge_password=None,
        ca_reference="reference-1",
        ca_secret="Cmp-Secret-1",
    )
    run = stage.play(device, task)
    assert run.result.error == ""
    assert commands(run) == [
        f"request security pki ca-certificate load ca-profile {CMPV2} filename /var/tmp/netpki-*.pem",
        "request security pki generate-key-pair certificate-id vpn-01 size 384 type ecdsa",
        f"request security pki local-certificate enroll cmpv2 certificate-id vpn-01 ca-profile {CMPV2} ca-reference"
        " reference-1 ca-secret ******** subject CN=vpn-01.example.net,OU=vpn,O=example domain-name vpn-01.example.net",
    ]
    nothing_leaks(run, device)
    assert stage.play(device, task).result["changed"] is False


def test_by_acme_and_what_the_device_writes_itself(stage: Stage, ca: Ca) -> None:
    device = stage["acme"]
    task = {
        MODULE: {
            "certificate_id": "web-01",
            "ca_profile": ACME,
            "ca_certificate": {"content": chain(ca)},
            "protocol": "acme",
            "acme_key_id": "web-key",
            "domain_names": ["fw.example.net"],
            "email": "pki@example.net",
            "letsencrypt_enrollment": False,
            "terms_of_service": "agree",
            "enroll_timeout": 30,
            "ssh_port": device.ssh_port,
        }
    }
    run = stage.play(device, task)
    assert run.result.error == ""
    assert commands(run)[1:] == [
        "request security pki generate-key-pair certificate-id web-01 size 2048 type rsa",
        "request security pki generate-key-pair acme-key-id web-key size 2048 type rsa",
        "request security pki local-certificate enroll acme acme-key-id web-key certificate-id web-01 ca-profile"
        f" {ACME} domain-names fw.example.net email pki@example.net letsencrypt-enrollment no terms-of-service agree",
    ]
    assert run.result["after"]["alternate_subjects"] == ["fw.example.net"]
    assert "set security pki acme-account-key acme-key-id web-key" in device.set_lines()
    assert stage.play(device, task).result["changed"] is False


def test_a_key_pair_only(stage: Stage) -> None:
    device = stage["key"]
    task = {MODULE: {"certificate_id": "vpn-01", "key_pair": {"type": "ecdsa"}}}
    first, second = stage.play(device, task), stage.play(device, task)
    assert commands(first) == ["request security pki generate-key-pair certificate-id vpn-01 size 256 type ecdsa"]
    # The device says that it exists already: that is no change.
    assert (second.result["changed"], commands(second)) == (False, [])


def test_a_request_and_its_answer(stage: Stage) -> None:
    device = stage["csr"]
    task = {
        MODULE: {
            "certificate_id": "vpn-02",
            "certificate_request": True,
            "subject": "CN=vpn-02.example.net,O=example",
            "domain_name": "vpn-02.example.net",
        }
    }
    first, second = stage.play(device, task).result, stage.play(device, task).result
    request = x509.load_pem_x509_csr(first["csr"].encode())
    assert first["csr"].splitlines()[0] == "-----BEGIN CERTIFICATE REQUEST-----"
    assert request.subject.rfc4514_string() == "O=example,CN=vpn-02.example.net"
    assert (second["changed"], second["csr"]) == (False, None)
    answer = {
        MODULE: {
            "certificate_id": "vpn-02",
            "content": signed(request.public_key(), "vpn-02.example.net"),
            "verify": "never",
            "ssh_port": device.ssh_port,
        }
    }
    device.mark()
    third = stage.play(device, answer)
    assert third.result.error == ""
    assert third.result["after"]["subject"] == "CN=vpn-02.example.net"
    nothing_leaks(third, device)
    assert stage.play(device, answer).result["changed"] is False


def test_a_certificate_with_its_key(stage: Stage) -> None:
    device = stage["load"]
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"Pass-Phrase-1"),
    ).decode()
    options = {
        "certificate_id": "web-01",
        "content": signed(key.public_key(), "web-01.example.net"),
        "private_key": private,
        "verify": "never",
        "ssh_port": device.ssh_port,
    }
    device.mark()
    wrong = stage.play(device, {MODULE: {**options, "passphrase": "wrong"}})
    assert wrong.result.error == (
        "certificate web-01: private_key: it is no private key in PEM, or passphrase does not open it, or it"
        " needs none."
    )
    assert device.rpcs == []
    run = stage.play(device, {MODULE: {**options, "passphrase": "Pass-Phrase-1"}})
    assert run.result.error == ""
    assert commands(run) == [
        "request security pki local-certificate load certificate-id web-01 filename /var/tmp/netpki-*.pem"
        " key /var/tmp/netpki-*.pem passphrase ********"
    ]
    nothing_leaks(run, device)
    assert private.splitlines()[1] not in run.everything
    assert len([event for event in device.events if event["event"] == "file"]) == 4


def test_renewed_when_it_is_time_or_forced(stage: Stage) -> None:
    device = stage["renew"]
    before = stage.play(device, enroll(device)).result["after"]
    key = device.pki()["local"]["vpn-01"]["key"]
    options = {"state": "renewed", "ca_certificate": None}
    at = datetime.now(UTC)
    early = stage.play(device, enroll(device, **options, renew_within={"days": 30}))
    assert (early.result["changed"], commands(early)) == (False, [])
    # Seen 61 days later, and in check mode.
    later = (at + timedelta(days=61)).isoformat()
    task = enroll(device, **options, renew_within={"days": 30}, now=later)
    check = stage.play(device, task, options=["--check"])
    run = stage.play(device, task)
    again = (
        f"request security pki local-certificate re-enroll scep certificate-id vpn-01 ca-profile {SCEP}"
        " challenge-password ******** re-generate-keypair"
    )
    assert (commands(check), commands(run), run.result.error) == ([again], [again], "")
    assert run.result["reasons"] == [
        f"certificate vpn-01: it expires on {before['not_after']}, and renew_within is 30 days"
    ]
    assert run.result["before"] == before
    assert run.result["after"]["serial_number"] != before["serial_number"]
    assert device.pki()["local"]["vpn-01"]["key"] != key
    nothing_leaks(run, device)
    # The CA takes no new certificate for the old key, and the device says so in its log.
    kept = stage.play(device, enroll(device, **options, force=True, re_generate_keypair=False, enroll_timeout=2))
    assert kept.result.error.startswith(
        "127.0.0.1: certificate vpn-01: no new one within 2 seconds (enroll_timeout), and the device may still be at"
        " it. The PKI daemon's last lines in its log: "
    )
    assert "a new one needs a new key" in kept.result.error
    assert kept.result.error.endswith(" When the cause is mended, run the task again.")


def test_away_with_it(stage: Stage) -> None:
    device = stage["absent"]
    stage.play(device, enroll(device))
    task = {MODULE: {"certificate_id": "vpn-01", "state": "absent"}}
    check, first, second = (
        stage.play(device, task, options=["--check"]),
        stage.play(device, task),
        stage.play(device, task),
    )
    gone = [
        "clear security pki local-certificate certificate-id vpn-01",
        "clear security pki key-pair certificate-id vpn-01",
    ]
    assert (commands(check), commands(first), commands(second)) == (gone, gone, [])
    assert (first.result["after"], second.result["before"]) == (None, None)
    assert (device.pki()["local"], device.pki()["key_pairs"]) == ({}, [])


def test_not_while_it_is_in_use(stage: Stage) -> None:
    device = stage["used"]
    stage.play(device, enroll(device))
    task = {"certificate_id": "vpn-01", "state": "absent"}
    assert stage.play(device, {MODULE: task}).result.error == (
        "certificate vpn-01: the configuration still names it: security ike policy to-hq certificate local-certificate"
        " vpn-01. Change that first, or give force true."
    )
    assert list(device.pki()["local"]) == ["vpn-01"]
    assert stage.play(device, {MODULE: {**task, "force": True}}).result["changed"] is True
    assert device.pki()["local"] == {}


def test_not_while_an_entry_would_renew_it(stage: Stage) -> None:
    device = stage["named"]
    entry = "set security pki auto-re-enrollment scep certificate-id vpn-01"
    stage.play(device, enroll(device))
    device.commit_by([f"{entry} ca-profile-name {SCEP}", f"{entry} re-enroll-time days 30"])
    assert stage.play(device, {MODULE: {"certificate_id": "vpn-01", "state": "absent"}}).result.error == (
        "certificate vpn-01: the configuration still names it: security pki auto-re-enrollment, protocol scep."
        " Change that first, or give force true."
    )
    # It names the CA profile of a renewal, too.
    task = {"certificate_id": "vpn-01", "state": "renewed", "protocol": "scep", "challenge_password": "Challenge-1"}
    assert stage.play(device, {MODULE: {**task, "force": True}}).result["changed"] is True
    device.commit_by(["delete security pki auto-re-enrollment"])
    assert stage.play(device, {MODULE: {**task, "force": True}}).result.error == (
        "certificate vpn-01: no re-enrollment entry on the device names a CA profile for it. Give ca_profile."
    )


def test_a_chain_that_the_device_misses_is_a_warning(stage: Stage, ca: Ca) -> None:
    device = stage["chain"]
    root = ca.root.public_bytes(serialization.Encoding.PEM).decode()
    task = enroll(
        device,
        protocol="cmpv2",
        ca_profile=CMPV2,
        ca_certificate={"content": root},
        challenge_password=None,
        ca_reference="reference-1",
        ca_secret="Cmp-Secret-1",
    )
    run = stage.play(device, task)
    assert run.result["warnings"] == [
        "127.0.0.1: certificate vpn-01: the device says of its chain: Issuer CA Certificate Missing. Load the"
        " certificate of the CA that signed it, an intermediate for example, with ca_certificate."
    ]


def test_only_the_pinned_ca_is_answered_with_yes(stage: Stage, ca: Ca) -> None:
    device = stage["not-pinned"]
    run = stage.play(device, enroll(device, ca_certificate={"sha1": "00" * 20}))
    (root, intermediate) = sorted(pins(ca))
    assert ", which is not pinned. Pinned is 00:" in run.result.error
    assert (root in run.result.error, intermediate in run.result.error) == (True, True)
    # The right one alone does not let in what comes along with it.
    device.mark()
    half = stage.play(device, enroll(device, ca_certificate={"sha1": pins(ca)[:1]}))
    assert "where it sends several, pin each of them. Nothing was changed." in half.result.error
    assert (device.pki()["ca"], device.pki()["key_pairs"]) == ({}, [])
    assert [event["answer"] for event in device.events if event["event"] == "answer"] == ["no"]
    assert [event["command"] for event in device.events if event["event"] == "cli"] == [
        "set cli complete-on-space off",
        "set cli screen-length 0",
        CA_ENROLL,
    ]
    # A device that shows no SHA-256 cannot prove one.
    blind = stage.play(device, enroll(device, ca_certificate={"sha256": "00" * 32}))
    assert ", and none of sha256 that is pinned. The certificate was not loaded." in blind.result.error
    assert device.pki()["ca"] == {}
    nothing_leaks(run, device)


def test_another_ca_certificate_is_replaced_when_asked_only(stage: Stage, ca: Ca) -> None:
    device = stage["another"]
    device.hold_ca(SCEP, ca.root)
    task = enroll(
        device,
        ca_certificate={"content": chain(ca)},
        protocol=None,
        subject=None,
        domain_name=None,
        challenge_password=None,
    )
    assert stage.play(device, task).result.error.startswith(
        f"ca_certificate: the CA profile {SCEP} holds another certificate, or one that cannot be compared with the"
        " wanted one. The device shows CN=Test CA"
    )
    task[MODULE]["ca_certificate"]["replace"] = True
    run = stage.play(device, task)
    assert commands(run)[:2] == [
        f"clear security pki ca-certificate ca-profile {SCEP}",
        f"request security pki ca-certificate load ca-profile {SCEP} filename /var/tmp/netpki-*.pem",
    ]
    assert len(device.pki()["ca"][SCEP]) == 2


def test_a_wrong_password_ends_with_what_the_device_logs(stage: Stage) -> None:
    device = stage["wrong-password"]
    task = enroll(device, challenge_password="Wrong-Password-1", enroll_timeout=2)
    run = stage.play(device, task)
    assert run.result.error.startswith(
        "127.0.0.1: certificate vpn-01: no new one within 2 seconds (enroll_timeout), and the device may still be at"
        " it."
    )
    assert run.result.error.endswith(
        f" Done before: {CA_ENROLL}; {KEY}; {ENROLL}. When the cause is mended, run the task again."
    )
    (logged,) = re.findall(r"its log: (.*?)\. Done", run.result.error)
    assert re.fullmatch(r"\w+ +\d+ [\d:]+ wrong-password pkid\[\d+\]: .*certificate vpn-01: .*", logged)
    assert "Wrong-Password-1" not in run.everything
    # Run again with the right one, it does what is still missing.
    assert commands(stage.play(device, enroll(device))) == [ENROLL]


def test_no_waiting(stage: Stage) -> None:
    device = stage["no-wait"]
    run = stage.play(device, enroll(device, enroll_timeout=0))
    assert run.result["changed"] is True
    assert run.result["warnings"] == ["127.0.0.1: certificate vpn-01: its enrollment was started, and not waited for."]
    device.settled()
    assert list(device.pki()["local"]) == ["vpn-01"]


def test_progress_is_told_while_it_waits(stage: Stage, ca: Ca) -> None:
    device = stage["slow"]
    ca.hold(SCEP)
    try:
        run = stage.play(device, enroll(device, enroll_timeout=20))
    finally:
        ca.release(SCEP)
    assert re.search(r"127\.0\.0\.1: waiting for certificate vpn-01, 1\d of 20 seconds", run.stdout)
    assert run.result.status == "failed"


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        (
            "no-profile",
            {"ca_profile": "missing"},
            "ca_profile: the device has no CA profile missing in effect. Declare it first, with junos_pki_ca_profile.",
        ),
        (
            "no-url",
            {"ca_profile": "silent"},
            "ca_profile: silent has no enrollment url on the device, so there is nobody to ask.",
        ),
        (
            "no-ca",
            {"ca_certificate": None},
            f"ca_profile: no CA certificate is loaded into {SCEP}, and without one a device enrolls nothing."
            " Give ca_certificate.",
        ),
        (
            "old",
            {
                "protocol": "acme",
                "ca_profile": ACME,
                "subject": None,
                "domain_name": None,
                "challenge_password": None,
                "acme_key_id": "k",
                "email": "a@b.example",
                "domain_names": ["a.example"],
                "letsencrypt_enrollment": False,
            },
            "protocol acme: it needs Junos 22.4R1, and the device runs 21.4R1.",
        ),
    ],
)
def test_what_is_refused_before_the_first_step(stage: Stage, name: str, changes: dict[str, Any], message: str) -> None:
    device = stage[name]
    assert stage.play(device, enroll(device, **changes)).result.error == message
    assert (device.pki()["key_pairs"], device.pki()["ca"]) == ([], {})


def test_a_ca_that_does_not_answer(stage: Stage) -> None:
    device = stage["down"]
    run = stage.play(device, enroll(device, ca_profile="nobody"))
    assert run.result.error.startswith(
        "127.0.0.1: the CA certificate of profile nobody was not loaded. The device says: "
    )
    assert run.result.error.endswith(" Nothing was changed.")


def test_a_device_without_ssh_beside_netconf(stage: Stage) -> None:
    device = stage["no-ssh"]
    run = stage.play(device, enroll(device, ssh_port=device.port))
    assert run.result.error == (
        "127.0.0.1: the device gives no command line: Channel closed. Check ssh_port: the port of NETCONF takes no"
        " other session."
    )


def test_the_host_key_of_the_ssh_service_is_checked_too(stage: Stage, ca: Ca, tmp_path: Path) -> None:
    device = stage["stranger"]
    (tmp_path / ".ssh").mkdir(mode=0o700)
    lines = stage.fleet.known_hosts.read_text().splitlines(keepends=True)
    (tmp_path / ".ssh" / "known_hosts").write_text(
        "".join(line for line in lines if f":{device.ssh_port} " not in line)
    )
    elsewhere = Stage(stage.player, stage.fleet, tmp_path)
    run = elsewhere.play(device, enroll(device))
    assert run.result.error == (
        f"127.0.0.1 port {device.ssh_port}: no SSH session: Server '[127.0.0.1]:{device.ssh_port}' not found in"
        " known_hosts. NETCONF has no request for this, so it needs the SSH service too: set system services ssh, and"
        f" ssh_port if it is not {device.ssh_port}. Nothing was changed."
    )
    # The file of an SSH configuration counts, as it does for NETCONF.
    config = tmp_path / "config"
    config.write_text(f"Host *\n  UserKnownHostsFile {stage.fleet.known_hosts}\n  Port 1\n")
    assert elsewhere.play(device, enroll(device, ssh_config=str(config))).result["changed"] is True
    task = enroll(device, force=True, ca_certificate={"content": chain(ca), "replace": True})
    task[MODULE]["host_key_checking"] = False
    assert elsewhere.play(device, task).result.error == ""


def test_a_file_that_cannot_be_removed_is_told(stage: Stage, ca: Ca) -> None:
    device = stage["left"]
    device.fault("file-delete", "error", messages=["the file system is read-only"])
    run = stage.play(device, enroll(device, ca_certificate={"content": chain(ca)}))
    (path,) = [event["file"] for event in device.events if event["event"] == "file"]
    assert run.result.error == (
        f"127.0.0.1: what was copied to the device cannot be removed. Still on the device, remove by hand: {path}"
    )


def loading(device: Device, **changes: Any) -> dict[str, Any]:
    """A task that loads a certificate with its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    options = {
        "certificate_id": "web-01",
        "content": signed(key.public_key(), "web-01.example.net"),
        "private_key": private.decode(),
        "verify": "never",
        "ssh_port": device.ssh_port,
    }
    return {MODULE: {**options, **changes}}


@pytest.mark.parametrize("how", ["ssh_config", "proxy_command"])
def test_a_jump_host_leads_to_both_ports(stage: Stage, tmp_path: Path, how: str) -> None:
    device = stage[f"jump-{how}"]
    with jump_host(tmp_path, stage.fleet) as jump:
        way = {"ssh_config": str(jump.config)} if how == "ssh_config" else {"proxy_command": jump.command}
        run = stage.play(device, loading(device, **way))
    assert (run.result.error, run.result["changed"]) == ("", True)
    assert (jump.led[0], set(jump.led)) == (device.port, {device.port, device.ssh_port})
    nothing_leaks(run, device)


def test_a_jump_host_that_is_out_of_order_for_the_ssh_service(stage: Stage, tmp_path: Path) -> None:
    device = stage["jump-proxy_command"]
    with jump_host(tmp_path, stage.fleet) as jump:
        command = f"sh -c 'test %p != {device.ssh_port} && exec {jump.command}; echo closed >&2; exit 3'"
        run = stage.play(device, loading(device, certificate_id="vpn-02", proxy_command=command))
    assert run.result.error == (
        f"127.0.0.1 port {device.ssh_port}: no SSH session: the proxy command ended with status 3: closed. NETCONF has"
        f" no request for this, so it needs the SSH service too: set system services ssh, and ssh_port if it is not"
        f" {device.ssh_port}. Nothing was changed."
    )


def test_what_is_left_is_named_and_why_it_failed(stage: Stage) -> None:
    device = stage["both-left"]
    device.fault("file-delete", "error", messages=["the file system is read-only"], times=2)
    device.fault("load-pki-local-certificate", "error", messages=["the certificate is odd"])
    run = stage.play(device, loading(device))
    first, second = [event["file"] for event in device.events if event["event"] == "file"]
    assert run.result.error == (
        "127.0.0.1: the device refuses loading the certificate: the certificate is odd. Still on the device, remove by"
        f" hand: {second} and {first}"
    )


def test_a_copy_that_breaks_off_leaves_nothing(stage: Stage) -> None:
    device = stage["broken-copy"]
    device.fault("scp", "drop", nth=2)
    run = stage.play(device, loading(device))
    assert run.result.error.startswith("127.0.0.1: ")
    assert "/var/tmp/netpki-" in run.result.error
    nothing_leaks(run, device)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_where_a_run_is_interrupted(stage: Stage, number: signal.Signals) -> None:
    device = stage[f"interrupted-{number.name}"]
    device.fault("load-pki-local-certificate", "delay", seconds=30)
    with stage.started(device, loading(device)) as process:
        wait_for(device, "load-pki-local-certificate")
        assert len(device.files) == 2
        os.killpg(process.pid, number)
        process.wait(20)
    deadline = time.monotonic() + 10
    while device.files and time.monotonic() < deadline:
        time.sleep(0.05)
    assert device.files == {}


def refusing(text: str) -> dict[str, Any]:
    return {"do": "answer", "body": f"<output>\n{text}\n</output>"}


def test_a_refusal_that_comes_as_text_is_one(stage: Stage) -> None:
    device = stage["as-text"]
    text = "Command aborted as key file already exists. Retry after clearing the existing key file"
    device.fault("load-pki-local-certificate", **refusing(text))
    run = stage.play(device, loading(device))
    assert run.result.error == f"127.0.0.1: the device refuses loading the certificate: {text}"
    # A name is no refusal, whatever it is.
    device.fault("generate-pki-key-pair", **refusing("Generated key pair not-found-error, key size 2048 bits"))
    named = stage.play(device, {MODULE: {"certificate_id": "not-found-error"}})
    assert (named.result.error, named.result["changed"]) == ("", True)
    # What it says of a key pair that is there already is no change.
    device.fault("generate-pki-key-pair", **refusing("Command aborted as key pair already exists"))
    second = stage.play(device, {MODULE: {"certificate_id": "vpn-01"}})
    assert (second.result.error, second.result["changed"]) == ("", False)


def test_what_is_said_to_be_loaded_and_is_not(stage: Stage, ca: Ca) -> None:
    device = stage["not-loaded"]
    device.fault("load-pki-local-certificate", **refusing("Done"))
    run = stage.play(device, loading(device))
    assert run.result.error == (
        "127.0.0.1: the device took the request for loading the certificate, and holds nothing of it. Nothing was"
        " changed."
    )
    device.fault("load-pki-ca-certificate", **refusing("Done"))
    run = stage.play(device, enroll(device, ca_certificate={"content": chain(ca)}))
    assert run.result.error == (
        "127.0.0.1: the device took the request for loading the CA certificate, and holds nothing of it. Nothing was"
        " changed."
    )


def test_a_session_that_is_lost_while_it_waits(stage: Stage) -> None:
    device = stage["waiting"]
    device.fault("get-pki-local-certificate", "drop", nth=2, times=2)
    run = stage.play(device, enroll(device))
    assert (run.result.error, run.result["changed"]) == ("", True)
    assert len([event for event in device.events if event["event"] == "open"]) == 3


def test_another_certificate_than_the_given_one_is_told(stage: Stage) -> None:
    device = stage["differs"]
    assert stage.play(device, loading(device)).result["changed"] is True
    run = stage.play(device, loading(device))
    assert run.result.error.startswith("content: the device holds another certificate web-01, with sha1 ")
    assert run.result.error.endswith(". Give force true to clear that and load this one.")
    assert stage.play(device, loading(device, force=True)).result["changed"] is True


def test_a_certificate_is_renewed_by_hand_with_the_key_that_is_there(stage: Stage) -> None:
    device = stage["by-hand"]
    key = device_key(stage, device)
    request = {"certificate_request": True, "subject": "CN=vpn-01.example.net", "verify": "never"}
    task = {MODULE: {"certificate_id": "vpn-01", **request}}
    assert stage.play(device, task).result["changed"] is False
    made = stage.play(device, {MODULE: {**task[MODULE], "force": True}}).result
    public = x509.load_pem_x509_csr(made["csr"].encode()).public_key()
    assert public == key
    options = {"content": signed(public, "vpn-01.example.net"), "force": True, "verify": "never"}
    loaded = stage.play(device, {MODULE: {"certificate_id": "vpn-01", "ssh_port": device.ssh_port, **options}})
    assert loaded.result.error == ""
    assert loaded.result["before"]["serial_number"] != loaded.result["after"]["serial_number"]
    assert device_key(stage, device) == key


def device_key(stage: Stage, device: Device) -> Any:
    """The public key of vpn-01, which is enrolled where it is not there."""
    if "vpn-01" not in device.pki()["local"]:
        assert stage.play(device, enroll(device)).result.error == ""
    return x509.load_pem_x509_certificate(device.pki()["local"]["vpn-01"]["pem"].encode()).public_key()


def test_a_session_that_is_lost_while_it_loads_leaves_nothing(stage: Stage) -> None:
    device = stage["lost-load"]
    device.fault("load-pki-local-certificate", "drop-after")
    run = stage.play(device, loading(device))
    assert run.result.error == (
        "127.0.0.1: the session was lost during loading the certificate. Whether it took effect is not known. Run the"
        " task again: it does only what is still missing."
    )
    nothing_leaks(run, device)


def test_user_root_has_a_shell_first(stage: Stage) -> None:
    device = stage["root"]
    run = stage.play(device, enroll(device))
    assert (run.result.error, commands(run)) == ("", [CA_ENROLL, KEY, ENROLL])
    assert [event["answer"] for event in device.events if event["event"] == "answer"] == ["yes"]


def test_what_the_device_says_to_a_refused_command_is_told(stage: Stage) -> None:
    device = stage["cli-error"]
    device.fault(f"cli/{CA_ENROLL}", "error", messages=["the CA does not answer"])
    run = stage.play(device, enroll(device))
    assert run.result.error == (
        f"127.0.0.1: the CA certificate of profile {SCEP} was not loaded. The device says: error: the CA does not"
        " answer. Nothing was changed."
    )


def test_a_verification_that_goes_on_is_a_warning(stage: Stage) -> None:
    device = stage["verifying"]
    text = (
        "Local certificate vpn-01: CRL verification in progress. Please check the PKId debug logs for completion status"
    )
    device.fault("verify-pki-local-certificate", **refusing(text))
    run = stage.play(device, enroll(device))
    assert run.result["warnings"] == [f"127.0.0.1: certificate vpn-01: its verification goes on: {text}"]
    # Without success it is none, whatever the words.
    device.fault("verify-pki-local-certificate", **refusing("local certificate vpn-01 verification unsuccessful"))
    assert stage.play(device, enroll(device)).result["changed"] is False
    assert stage.play(device, enroll(device, verify="always")).result.error == (
        "127.0.0.1: certificate vpn-01 is on the device, and its verification failed: local certificate vpn-01"
        " verification unsuccessful. Is the certificate of its CA loaded (ca_certificate)? The next run looks again"
        " with verify always. Nothing was changed."
    )


def test_a_log_that_may_not_be_read_is_no_other_error(stage: Stage) -> None:
    device = stage["no-log"]
    device.fault("get-log", "error", messages=["permission denied"])
    run = stage.play(device, enroll(device, challenge_password="Wrong-Password-1", enroll_timeout=1))
    assert "at it. the user's login class does not permit this. The device says: permission denied." in run.result.error


def test_names_that_are_missing_are_a_warning(stage: Stage) -> None:
    device = stage["names"]
    stage.play(device, enroll(device))
    run = stage.play(device, enroll(device, domain_name="vpn-02.example.net", ip_address="192.0.2.7"))
    assert run.result["warnings"] == [
        "127.0.0.1: certificate vpn-01: it has not got the name vpn-02.example.net, 192.0.2.7. It stays as it is: force"
        " true enrolls a new one."
    ]


def test_a_cluster(stage: Stage) -> None:
    device = stage["cluster"]
    run = stage.play(device, enroll(device))
    assert (run.result.error, run.result.data.get("warnings")) == ("", None)
    one = "<multi-routing-engine-item><re-name>{}</re-name><output>{}</output></multi-routing-engine-item>"
    body = one.format("node0", "verification success") + one.format("node1", "vpn-01 not found in local database")
    device.fault(
        "verify-pki-local-certificate",
        "answer",
        body=f"<multi-routing-engine-results>{body}</multi-routing-engine-results>",
    )
    assert stage.play(device, enroll(device, verify="always")).result.error == (
        "127.0.0.1: certificate vpn-01 is on the device, and its verification failed: node0 verification success;"
        " node1 vpn-01 not found in local database. Is the certificate of its CA loaded (ca_certificate)? The next run"
        " looks again with verify always. Nothing was changed."
    )


def test_a_node_of_a_cluster_without_the_certificate_is_a_warning(stage: Stage) -> None:
    device = stage["half-cluster"]
    run = stage.play(device, {MODULE: {"certificate_id": "vpn-01", "verify": "never"}})
    assert run.result["warnings"] == ["127.0.0.1: certificate vpn-01: node0 does not hold it."]


def test_delegated_it_runs_as_a_module_and_tells_the_same(stage: Stage) -> None:
    device = stage["remote"]
    task = {**enroll(device), "delegate_to": "far"}
    others = {"far": {"ansible_connection": "elsewhere"}}
    run = stage.play([device], task, {**task, "check_mode": True}, options=["-vvv", "--diff"], others=others)
    first, second = run.results
    assert (first["commands"], second["commands"]) == ([CA_ENROLL, KEY, ENROLL], [])
    assert (first["diff"], second["before"]) == ({"prepared": f"{CA_ENROLL}\n{KEY}\n{ENROLL}\n"}, first["after"])
    nothing_leaks(run, device)


def test_a_login_class_that_may_only_read(stage: Stage) -> None:
    device = stage["reader"]
    run = stage.play(device, {MODULE: {"certificate_id": "vpn-01"}})
    assert run.result.error == (
        "127.0.0.1: the user's login class does not permit this. The device says: permission denied. Nothing was"
        " changed. The class needs view, configure, security and security-control, and maintenance to enroll."
    )


def test_a_lost_answer_is_no_harm(stage: Stage) -> None:
    device = stage["lost"]
    device.fault("generate-pki-key-pair", "drop-after")
    run = stage.play(device, enroll(device))
    assert run.result.error == (
        "127.0.0.1: the session was lost during generating the key pair. Whether it took effect is not known. Run the"
        f" task again: it does only what is still missing. Done before: {CA_ENROLL}."
    )
    assert commands(stage.play(device, enroll(device))) == [ENROLL]


def test_an_expired_certificate_is_told(stage: Stage) -> None:
    device = stage["expired"]
    stage.play(device, enroll(device))
    later = (datetime.now(UTC) + timedelta(days=91)).isoformat()
    run = stage.play(device, enroll(device, now=later))
    assert "certificate vpn-01: it has expired on 20" in run.result.error
    forced = stage.play(device, enroll(device, now=later, force=True))
    assert commands(forced)[:2] == [
        "clear security pki local-certificate certificate-id vpn-01",
        "clear security pki key-pair certificate-id vpn-01",
    ]


def test_a_certificate_that_does_not_verify(stage: Stage) -> None:
    device = stage["verify"]
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    options = {
        "certificate_id": "web-01",
        "content": signed(key.public_key(), "web-01.example.net"),
        "private_key": private,
        "ssh_port": device.ssh_port,
    }
    run = stage.play(device, {MODULE: options})
    assert "127.0.0.1: " in run.result.error
    assert "verif" in run.result.error
    assert run.result.error.endswith(
        "Done before: request security pki local-certificate load certificate-id web-01"
        " filename /var/tmp/netpki-*.pem key /var/tmp/netpki-*.pem."
    )


def pins(ca: Ca) -> list[str]:
    """The fingerprints of what the CA sends."""
    return [each.fingerprint(hashes.SHA1()).hex(":") for each in (ca.intermediate, ca.root)]


def chain(ca: Ca) -> str:
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in (ca.intermediate, ca.root))


def signed(key: Any, name: str) -> str:
    """A certificate by a CA that the device does not know."""
    issuer = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        x509.Name.from_rfc4514_string("CN=somebody"),
        x509.Name.from_rfc4514_string(f"CN={name}"),
        key,
        x509.random_serial_number(),
        now - timedelta(days=1),
        now + timedelta(days=30),
    )
    return builder.sign(issuer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
