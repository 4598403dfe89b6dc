# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pebble, the ACME server that the makers of Let's Encrypt test clients with, on loopback; names by its own DNS."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

ADDRESS = "127.0.0.1"
SECONDS = 30  # until it must have started
LIFETIME = 1800  # seconds, even where nobody is left to end it


@dataclass(frozen=True)
class Pebble:
    """A running Pebble. It looks for answers to http-01 at ``http_port`` of the addresses in ``hosts``."""

    url: str  # of the directory
    trust: Path  # what its https is certified by
    http_port: int
    management: str

    @property
    def root(self) -> x509.Certificate:
        """Above all that it issues; another one with each start."""
        reply = requests.get(f"{self.management}/roots/0", verify=str(self.trust), timeout=10)
        return x509.load_pem_x509_certificate(reply.content)


@contextlib.contextmanager
def start(
    folder: Path, hosts: Mapping[str, str], *, lifetime: int = 600, reuse: int = 0, reject: int = 15
) -> Iterator[Pebble]:
    """``hosts``: addresses by domain, no other name has one. ``lifetime`` of a certificate in seconds.

    ``reuse``: how often, in percent, a domain that was validated before is not validated anew (0 still means one in a
    hundred). ``reject``: how many good nonces it calls bad, so that a client must know what to do then.
    """
    port, management, http_port, dns, names = free_ports(5)
    trust = _certify(folder)
    settings = {
        "listenAddress": f"{ADDRESS}:{port}",
        "managementListenAddress": f"{ADDRESS}:{management}",
        "certificate": str(folder / "server.pem"),
        "privateKey": str(folder / "server.key"),
        "httpPort": http_port,
        "tlsPort": http_port,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
        "certificateValidityPeriod": lifetime,
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))
    environment = {
        **os.environ,
        "PEBBLE_VA_NOSLEEP": "1",
        "PEBBLE_WFE_NONCEREJECT": str(reject),
        "PEBBLE_AUTHZREUSE": str(reuse),
    }
    dns_command = ["pebble-challtestsrv", "-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv4", ""]
    dns_command += ["-defaultIPv6", "", "-dns01", f"{ADDRESS}:{dns}", "-management", f"{ADDRESS}:{names}"]
    command = ["pebble", "-config", str(folder / "pebble.json"), "-dnsserver", f"{ADDRESS}:{dns}", "-strict"]
    with _process(dns_command, folder / "dns.log", environment, names):
        for domain, address in hosts.items():
            record = json.dumps({"host": domain, "addresses": [address]}).encode()
            request = urllib.request.Request(f"http://{ADDRESS}:{names}/add-a", record)
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()
        with _process(command, folder / "pebble.log", environment, port) as server:
            _answering(management, server, folder / "pebble.log")
            yield Pebble(
                url=f"https://{ADDRESS}:{port}/dir",
                trust=trust,
                http_port=http_port,
                management=f"https://{ADDRESS}:{management}",
            )


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server((ADDRESS, 0))) for _dummy in range(count)]
        return [int(one.getsockname()[1]) for one in sockets]


@contextlib.contextmanager
def _process(
    command: list[str], log: Path, environment: Mapping[str, str], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """For the length of a ``with`` block, and not for ever without it; it answers at ``port`` when the block begins."""
    program = shutil.which(command[0])
    assert program is not None, f"{command[0]} is missing: apt install pebble"
    with log.open("wb") as file:
        bounded = ["timeout", "--kill-after=5", str(LIFETIME), program, *command[1:]]
        process = subprocess.Popen(bounded, stdout=file, stderr=file, env=environment)
    try:
        _answering(port, process, log)
        yield process
    finally:
        process.terminate()  # timeout hands it on
        process.wait(10)


def _answering(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection((ADDRESS, port), timeout=1):
            return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def _certify(folder: Path) -> Path:
    """server.pem and server.key for the address, signed by the CA in trust.pem, which is returned."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TLS of the tests")])
    now = datetime.now(UTC)
    blank = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
    ca_identifier = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = (
        blank.subject_name(name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(False, False, False, False, False, True, False, False, False), critical=True)
        .add_extension(ca_identifier, critical=False)
        .sign(ca_key, SHA256())
    )
    server = (
        blank.subject_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ADDRESS))]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_identifier), critical=False)
        .sign(ca_key, SHA256())
    )
    trust = folder / "trust.pem"
    trust.write_bytes(ca.public_bytes(Encoding.PEM))
    (folder / "server.pem").write_bytes(server.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return trust
