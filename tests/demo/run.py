# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole job on a fleet of simulated devices: check, change, nothing left to change, and the dates of the renewals.

Called by ``make demo``, which installs the collection first. Ends with 1 when a device did not do what is announced.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, NoReturn

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from junosim import client  # noqa: E402

FLEET = HERE.parent / "junosim" / "fleets" / "real.yml"
COLLECTIONS = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(Path(sys.prefix) / "collections"))
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WIDTH = 118

# What a run tells of each host: changed, release, and plan (see the role).
Results = dict[str, dict[str, Any]]


class DemoError(Exception):
    """A device did not do what is announced."""


def main() -> None:
    for number in STOPS:
        signal.signal(number, stop)
    if not Path(COLLECTIONS, "ansible_collections", "netpki", "junos").is_dir():
        sys.exit(f"The collection is not installed in {COLLECTIONS}. Run: make demo")
    try:
        with tempfile.TemporaryDirectory(prefix="netpki-demo-") as folder:
            demo(Path(folder))
    except DemoError as error:
        sys.exit(f"The demo failed: {error}")


def stop(number: int, _frame: FrameType | None) -> NoReturn:
    """End in order: every ``finally`` on the way out stops what was started. Once is enough."""
    for each in STOPS:
        signal.signal(each, signal.SIG_IGN)
    print("\nInterrupted. Stopping what was started.", flush=True)
    sys.exit(128 + number)


def demo(folder: Path) -> None:
    say("1", "Start the fleet: simulated devices on loopback, with configurations as people have them.")
    with client.start(FLEET, state=folder / "fleet", lifetime=600) as fleet:
        devices = list(fleet.devices.values())
        for device in devices:
            print(f"     {device.name:<16} {device.release:<13} {device.host} port {device.port}")
        give_each_certificate_a_third_of_its_life(fleet)
        connection = write_connection(fleet, folder)

        say("2", "Run the playbook in check mode with --diff: each device validates the change and discards it.")
        checked = run_playbook(connection, folder, "--check", "--diff")
        touched = [device.name for device in devices if device.commits or device.lock or device.candidate_dirty]
        expect(touched == [], f"check mode left a commit, a lock or an edit on {', '.join(touched)}")
        print(f"   {changes(checked)} of {len(checked)} would change. Nothing was committed, no lock is left.")

        say("3", "Run it for real: the canary first, then growing batches, one session and one commit for each device.")
        sessions = open_sessions(fleet)
        done = run_playbook(connection, folder)
        expect(changes(done) == changes(checked), "check mode told other changes than were made")
        expect(all(len(device.commits) == done[device.name]["changed"] for device in devices), "not one commit each")
        expect(open_sessions(fleet) - sessions == len(devices), "not one session each")
        print(f"   {changes(done)} of {len(done)} changed.")

        say("4", "Run it again: nothing may change.")
        again = run_playbook(connection, folder)
        expect(changes(again) == 0, f"{changes(again)} devices changed in the second run")
        print(f"   {changes(again)} changed.")

        say("5", "When the certificates renew, and which statement decides it.")
        print_table(again)
    print("\nThe fleet is stopped.")


def say(number: str, sentence: str) -> None:
    print(f"\n{number}. {sentence}", flush=True)


def expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise DemoError(otherwise)


def changes(results: Results) -> int:
    return sum(result["changed"] for result in results.values())


def open_sessions(fleet: client.Fleet) -> int:
    """Sessions opened since the start, on all devices together."""
    return sum(event["event"] == "open" for event in fleet.record())


def give_each_certificate_a_third_of_its_life(fleet: client.Fleet) -> None:
    """Date the certificates anew, lifetimes unchanged: the demo shows living ones whenever it runs."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    for name, row in yaml.safe_load(FLEET.read_text())["devices"].items():
        certificates = []
        for certificate in row.get("certificates", ()):
            lifetime = certificate["not_after"] - certificate["not_before"]
            not_before = now - lifetime / 3
            dates = {"not_before": not_before.isoformat(), "not_after": (not_before + lifetime).isoformat()}
            certificates.append({**certificate, **dates})
        fleet.device(name).set_certificates(certificates)


def write_connection(fleet: client.Fleet, folder: Path) -> Path:
    """A second inventory, with what only this run knows: where the devices listen, and their host keys."""
    ssh_config = folder / "ssh_config"
    ssh_config.write_text(f"Host *\n  UserKnownHostsFile {fleet.known_hosts}\n")
    hosts = {
        device.name: {
            "ansible_host": device.host,
            "ansible_port": device.port,
            "ansible_user": device.user,
            "ansible_password": device.password,
            "pki_reenroll_ssh_config": str(ssh_config),
        }
        for device in fleet.devices.values()
    }
    inventory = folder / "connection.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    return inventory


def run_playbook(connection: Path, folder: Path, *options: str) -> Results:
    """Run the collection's playbook; what it tells goes to the terminal as it comes."""
    results = folder / "results.json"
    results.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHONPATH"))}
    environment |= {
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_HOME": str(folder / "home"),
        "DEMO_RESULTS": str(results),
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, "-m", "ansible", "playbook", "netpki.junos.reenroll", *options]
    command += ["-i", str(HERE / "inventory"), "-i", str(connection), "-e", "pki_reenroll_hosts=firewalls"]
    complaints = folder / "complaints"
    with complaints.open("wb") as stderr, started(command, environment, stderr) as process:
        status = process.wait()
    print(complaints.read_text(), end="")
    expect(status == 0 and results.exists(), f"ansible-playbook ended with {status}")
    told: Results = json.loads(results.read_text())
    return told


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str], stderr: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    """A process that a terminal's ^C does not reach, ended on the way out. Ansible ends its workers when it is told to.

    Its complaints go to a file: what it says of being told to end is of no use to anybody.
    """
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdin=nothing, stderr=stderr, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def print_table(results: Results) -> None:
    plans = [(host, result, plan) for host, result in sorted(results.items()) for plan in result["plan"]]
    heading = ("HOST", "JUNOS", "CERTIFICATE", "LIST", "RENEWS (UTC)", "DECIDED BY", "EXPIRES")
    rows = [
        (
            host,
            result["release"],
            plan["certificate_id"],
            plan["protocol"],
            short(plan["trigger"]) if plan["not_after"] else "no certificate yet",
            plan["rule"] or "-",
            short(plan["not_after"])[:10],
        )
        for host, result, plan in plans
    ]
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    for row in (heading, *rows):
        print("   " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for host, _result, plan in plans:
        for finding in plan["findings"] if plan["not_after"] else ():
            sentence = f"{host} {plan['certificate_id']}, {finding['severity']}: {finding['sentence']} {finding['advice']}"
            print(textwrap.fill(sentence, WIDTH, initial_indent="   ", subsequent_indent="     "))


def short(date: str | None) -> str:
    """``2026-01-02T09:55:00Z`` as ``2026-01-02 09:55``."""
    return date[:16].replace("T", " ") if date else "-"


if __name__ == "__main__":
    main()
