# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m junosim fleet.yml``: start a fleet, say when it is ready, stop by itself."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import asyncssh

from . import control, fleet
from .device import Device, Recorder
from .server import Listener, quiet_logs
from .setform import lines


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="junosim", description="A fleet of simulated Junos devices on loopback.")
    parser.add_argument("fleet", type=Path, help="fleet file (YAML)")
    parser.add_argument(
        "--state", type=Path, help="directory for fleet.json, known_hosts, record.jsonl, running/ (default: a new one)"
    )
    parser.add_argument(
        "--lifetime", type=float, default=1800, metavar="SECONDS", help="stop after this time (default 1800)"
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input is closed")
    parser.add_argument(
        "--record-bodies", action="store_true", help="record the text of each RPC too (it may hold secrets)"
    )
    return parser.parse_args()


def prepare(state: Path) -> asyncssh.SSHKey:
    """The state directory with the client key that every device of the fleet takes."""
    (state / "running").mkdir(parents=True, exist_ok=True)
    key = asyncssh.generate_private_key("ssh-ed25519", comment="junosim")
    path = state / "id_ed25519"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    key.write_private_key(path)
    key.write_public_key(state / "id_ed25519.pub")
    return key


def dump(device: Device, folder: Path) -> None:
    """The committed configuration as set lines, replaced in one step."""
    new = folder / f".{device.spec.name}.new"
    new.write_text("".join(line + "\n" for line in lines(device.database.committed)))
    new.replace(folder / f"{device.spec.name}.set")


def committed(device: Device, folder: Path) -> None:
    dump(device, folder)
    device.pkid.refresh()


async def run(options: argparse.Namespace, state: Path) -> None:
    client_key = prepare(state).export_public_key().decode().strip()
    recorder = Recorder(state / "record.jsonl", bodies=options.record_bodies)
    devices: dict[str, Device] = {}
    listeners: list[Listener] = []
    known_hosts: list[str] = []
    clock = fleet.clock(options.fleet)
    for spec in fleet.load(options.fleet):
        device = devices[spec.name] = Device(fleet.with_key(spec, client_key), recorder, clock)
        host_key = (
            asyncssh.read_private_key(spec.host_key) if spec.host_key else asyncssh.generate_private_key("ssh-ed25519")
        )
        listener = Listener(device, host_key)
        await listener.listen()
        listeners.append(listener)
        for port in (device.port, device.ssh_port):
            if port is not None:
                host = spec.address if port == 22 else f"[{spec.address}]:{port}"
                known_hosts.append(f"{host} {host_key.export_public_key().decode().strip()}\n")
        device.database.on_commit = functools.partial(committed, device, state / "running")
        device.database.on_commit()
    (state / "known_hosts").write_text("".join(known_hosts))
    sockets = Path(tempfile.mkdtemp(prefix="junosim-"))  # a Unix socket's path must be short
    try:
        await control.serve(devices, clock, sockets / "control")
        ready(state, devices, sockets / "control")
        await until_told(options)
    finally:
        for listener in listeners:
            listener.close()
        shutil.rmtree(sockets)


def ready(state: Path, devices: dict[str, Device], socket: Path) -> None:
    """fleet.json appears, whole, when every device takes connections."""
    rows = {
        name: {
            "address": device.spec.address,
            "port": device.port,
            "ssh_port": device.ssh_port,
            "user": device.spec.logins[0].user,
            "password": device.spec.logins[0].password,
            "release": device.spec.release,
        }
        for name, device in devices.items()
    }
    facts = {"pid": os.getpid(), "control": str(socket), "devices": rows}
    new = state / "fleet.json.new"
    new.write_text(json.dumps(facts, indent=1))
    new.replace(state / "fleet.json")
    print(f"junosim: {len(rows)} devices ready, state in {state}", flush=True)


async def until_told(options: argparse.Namespace) -> None:
    """Until a signal, the end of standard input (if asked for), or the end of the lifetime."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_parent:
        loop.add_reader(sys.stdin.fileno(), _at_end, stop)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(stop.wait(), options.lifetime)


def _at_end(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        stop.set()


def main() -> None:
    options = arguments()
    quiet_logs()
    state = options.state or Path(tempfile.mkdtemp(prefix="junosim-state-"))
    try:
        asyncio.run(run(options, state))
    except (ValueError, OSError) as error:
        sys.exit(f"junosim: {error}")


if __name__ == "__main__":
    main()
