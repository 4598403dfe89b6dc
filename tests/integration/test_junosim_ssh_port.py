# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The second port of a simulated device, which is like port 22, spoken to by paramiko, scp and PyEZ."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import junosim
import paramiko
import pytest
import testca
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from jnpr.junos import Device as PyEZ
from junosim.client import Device, Fleet
from scp import SCPClient, SCPException

ENROLL = "request security pki ca-certificate enroll ca-profile {}"
QUESTION = "Do you want to load the above CA certificate ? [yes,no] (no) "


@pytest.fixture(scope="module", name="ca")
def _ca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[testca.Ca]:
    with testca.start({"profiles": {"p": {"lifetime": "6d"}}}, state=tmp_path_factory.mktemp("ca")) as running:
        yield running


@pytest.fixture(scope="module")
def fleet(ca: testca.Ca) -> Iterator[Fleet]:
    lines = ["set system host-name fw1"]
    for profile in ("shell", "exec", "no"):
        lines += [f"set security pki ca-profile {profile} enrollment url {ca.scep('p')}"]
    own = {"release": "24.2R1", "config": "\n".join(lines)}
    with junosim.start(
        {"defaults": own, "devices": {"srx1": {"ssh_port": 0}, "bare": {}, "gone": {"ssh_port": 0}}}
    ) as it:
        yield it


@pytest.fixture
def device(fleet: Fleet) -> Device:
    found = fleet.device("srx1")
    found.mark()
    return found


def connect(fleet: Fleet, device: Device, port: int | None) -> paramiko.SSHClient:
    """The host key of either port stands in the fleet's known_hosts."""
    client = paramiko.SSHClient()
    client.load_host_keys(str(fleet.known_hosts))
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    options: dict[str, Any] = {"look_for_keys": False, "allow_agent": False, "timeout": 10}
    client.connect(device.host, port or 0, device.user, device.password, **options)
    return client


@pytest.fixture
def client(fleet: Fleet, device: Device) -> Iterator[paramiko.SSHClient]:
    with connect(fleet, device, device.ssh_port) as connected:
        yield connected


def read(shell: paramiko.Channel, until: str) -> str:
    shell.settimeout(10)
    text = ""
    while not text.endswith(until):
        data = shell.recv(4096)
        assert data, f"ended after {text!r}"
        text += data.decode()
    return text.replace("\r\n", "\n")


def sha1(item: x509.Certificate) -> str:
    return item.fingerprint(hashes.SHA1()).hex(":")


def test_a_ca_certificate_is_enrolled_in_a_shell(client: Any, device: Device, ca: testca.Ca) -> None:
    shell = client.invoke_shell()
    assert read(shell, "> ") == "--- JUNOS 24.2R1 Kernel 64-bit\nadmin@fw1> "
    shell.send(ENROLL.format("shell") + "\n")
    shown = read(shell, QUESTION)
    held = sorted((ca.root, ca.intermediate), key=lambda item: shown.index(sha1(item)))  # in the order of the bag
    rows = [f"Certificate: {item.subject.rfc4514_string()}\n  Fingerprint: {sha1(item)}\n" for item in held]
    assert shown == f"{ENROLL.format('shell')}\nReceived following certificates:\n{''.join(rows)}{QUESTION}"
    assert "shell" not in device.pki()["ca"]
    shell.send("yes\n")
    told = "yes\n\nCA certificate for profile shell loaded successfully\n\nadmin@fw1> "
    assert read(shell, "> ") == told
    assert [one["serial"] for one in device.pki()["ca"]["shell"]] == [f"{one.serial_number:x}" for one in held]
    assert [event["command"] for event in device.events if event["event"] == "cli"] == [ENROLL.format("shell")]


@pytest.mark.parametrize(("profile", "answer", "loaded"), [("exec", "yes", True), ("no", "no", False)])
def test_a_command_of_its_own_is_answered_on_its_standard_input(
    client: Any, device: Device, profile: str, answer: str, loaded: bool
) -> None:
    stdin, stdout, _stderr = client.exec_command(ENROLL.format(profile), timeout=10)
    stdin.write(f"{answer}\n")
    said = stdout.read().decode()
    assert QUESTION in said
    assert (f"CA certificate for profile {profile} loaded successfully" in said) is loaded
    assert stdout.channel.recv_exit_status() == 0
    assert (profile in device.pki()["ca"]) is loaded


def test_a_file_comes_goes_and_is_deleted(client: Any, device: Device, tmp_path: Path) -> None:
    with SCPClient(client.get_transport(), socket_timeout=10) as scp:
        scp.putfo(io.BytesIO(b"a secret"), "/var/tmp/a.pem", mode="0600")
        assert device.files == {"/var/tmp/a.pem": "0600"}
        scp.get("/var/tmp/a.pem", str(tmp_path / "back"))
        with pytest.raises(SCPException, match=r"/nowhere/a\.pem: No such file or directory"):
            scp.putfo(io.BytesIO(b"a secret"), "/nowhere/a.pem")
    assert (tmp_path / "back").read_bytes() == b"a secret"
    with session(device, device.port) as netconf:
        netconf.rpc.file_delete(path="/var/tmp/a.pem")
    assert device.files == {}
    files = [(event["did"], event["file"]) for event in device.events if event["event"] == "file"]
    assert files == [("written", "/var/tmp/a.pem"), ("removed", "/var/tmp/a.pem")]
    assert "a secret" not in str(device.events)


def session(device: Device, port: int | None) -> PyEZ:
    return PyEZ(device.host, port=port, user=device.user, passwd=device.password, hostkey_verify=False)


def test_netconf_is_spoken_on_both_ports(device: Device) -> None:
    for port in (device.port, device.ssh_port):
        with session(device, port) as netconf:
            assert netconf.rpc.get_software_information().findtext("host-name") == "fw1"


def test_the_first_port_takes_netconf_only(fleet: Fleet, device: Device) -> None:
    with connect(fleet, device, device.port) as netconf_only:
        for use in (
            netconf_only.invoke_shell,
            lambda: netconf_only.exec_command("show version"),
            lambda: netconf_only.exec_command("scp -t /var/tmp/a.pem"),
        ):
            with pytest.raises(paramiko.SSHException):
                use()
    assert [event["event"] for event in device.events] == []


def test_a_device_has_a_second_port_only_if_it_is_given_one(fleet: Fleet) -> None:
    bare = fleet.device("bare")
    assert bare.ssh_port is None
    assert [line.split()[0] for line in fleet.known_hosts.read_text().splitlines() if f":{bare.port} " in line] == [
        f"[127.0.0.1]:{bare.port}"
    ]


def test_out_of_reach_is_every_port(fleet: Fleet) -> None:
    gone = fleet.device("gone")
    with connect(fleet, gone, gone.ssh_port) as connected:
        shell = connected.invoke_shell()
        read(shell, "> ")
        gone.unreachable()
        shell.settimeout(10)
        assert shell.recv(1) == b""
    for port in (gone.port, gone.ssh_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((gone.host, port or 0), timeout=10)
