# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A jump host on the loopback: an SSH server that does nothing but lead on to other ports of 127.0.0.1."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
from junosim import Fleet


@dataclass
class Jump:
    """An OpenSSH configuration, or a command, by which 127.0.0.1 is reached. ``led``: the ports that it led on to.

    In the configuration, ``jump`` is the jump host, and ``stranger`` the same for somebody whom it does not let in.
    """

    config: Path
    command: str = ""
    led: list[int] = field(default_factory=list)


@contextmanager
def jump_host(folder: Path, fleet: Fleet) -> Iterator[Jump]:
    """For the length of a ``with`` block; the fleet's own key opens it."""
    jump = Jump(folder / "ssh_config")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(_listen(jump, folder, fleet), loop).result(10)
        yield jump
        loop.call_soon_threadsafe(server.close)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _listen(jump: Jump, folder: Path, fleet: Fleet) -> asyncssh.SSHAcceptor:
    class Server(asyncssh.SSHServer):
        def connection_requested(self, host: str, port: int, _from_host: str, _from_port: int) -> bool:
            jump.led.append(port)
            return host == "127.0.0.1"

    host_key = asyncssh.generate_private_key("ssh-ed25519")
    authorized = asyncssh.import_authorized_keys(
        asyncssh.read_private_key(fleet.client_key).export_public_key().decode()
    )
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Server, server_host_keys=[host_key], authorized_client_keys=authorized
    )
    jump.command = f"ssh -F {jump.config} -W %h:%p jump"
    known = folder / "known_jump"
    known.write_text(f"[127.0.0.1]:{server.get_port()} {host_key.export_public_key().decode()}")
    jump.config.write_text(
        "Host jump stranger\n"
        f"  HostName 127.0.0.1\n  Port {server.get_port()}\n  User jumper\n"
        f"  IdentitiesOnly yes\n  BatchMode yes\n  UserKnownHostsFile {known}\n"
        f"Host jump\n  IdentityFile {fleet.client_key}\n"
        "Host stranger\n  IdentityFile none\n"
        # A shell's port, as such a file has it: it is not the one that a task goes to.
        "Host 127.0.0.1\n  Port 22\n"
        f"  UserKnownHostsFile {fleet.known_hosts}\n  ProxyCommand {jump.command}\n"
    )
    return server
