# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole job on a fleet of simulated devices: check, change, nothing left to change, and the report of the fleet.

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
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, NoReturn

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import cast  # noqa: E402 - found by the path above
import year  # noqa: E402 - found by the path above
from junosim import client  # noqa: E402 - found by the path above
from junosim.certificates import device_date  # noqa: E402 - found by the path above

FLEETS = (HERE.parent / "junosim" / "fleets" / "real.yml", HERE / "neglected.yml")
REPORT = Path(os.environ.get("DEMO_REPORT", "demo-report")).resolve()
CAST = os.environ.get("DEMO_CAST", "")
COLLECTIONS = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(Path(sys.prefix) / "collections"))
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WIDTH = 118

# What a run tells of each host: changed, release, and plan; the report's audit under "" (see the roles).
Results = dict[str, dict[str, Any]]


class DemoError(Exception):
    """A device did not do what is announced."""


def main() -> None:
    for number in STOPS:
        signal.signal(number, stop)
    if not Path(COLLECTIONS, "ansible_collections", "netpki", "junos").is_dir():
        sys.exit(f"The collection is not installed in {COLLECTIONS}. Run: make demo")
    try:
        with tempfile.TemporaryDirectory(prefix="netpki-demo-") as folder, recording():
            demo(Path(folder))
    except DemoError as error:
        sys.exit(f"The demo failed: {error}")


def recording() -> contextlib.AbstractContextManager[None]:
    """The screen recording, where the environment says into which file."""
    return cast.recorded(Path(CAST), "netpki.junos: certificates that renew") if CAST else contextlib.nullcontext()


def stop(number: int, _frame: FrameType | None) -> NoReturn:
    """End in order: every ``finally`` on the way out stops what was started. Once is enough."""
    for each in STOPS:
        signal.signal(each, signal.SIG_IGN)
    print("\nInterrupted. Stopping what was started.", flush=True)
    sys.exit(128 + number)


def demo(folder: Path) -> None:
    say("1", "Start the fleet: simulated devices on loopback, with configurations as people have them.")
    rows = fleet_rows()
    with client.start({"devices": without_ages(rows)}, state=folder / "fleet", lifetime=600) as fleet:
        devices = list(fleet.devices.values())
        for device in devices:
            print(f"     {device.name:<16} {device.release:<13} {device.host} port {device.port}")
        give_certificates_their_age(fleet, rows)
        connection = write_connection(fleet, folder)
        declared = [device for device in devices if device.name in yaml.safe_load(FLEETS[0].read_text())["devices"]]

        say("2", "Run the playbook in check mode with --diff: each device validates the change and discards it.")
        checked = reenroll(connection, folder, "--check", "--diff")
        touched = [device.name for device in devices if device.commits or device.lock or device.candidate_dirty]
        expect(touched == [], f"check mode left a commit, a lock or an edit on {', '.join(touched)}")
        print(f"   {changes(checked)} of {len(checked)} would change. Nothing was committed, no lock is left.")

        say("3", "Run it for real: the canary first, then growing batches, one session and one commit for each device.")
        sessions = open_sessions(fleet)
        done = reenroll(connection, folder)
        expect(changes(done) == changes(checked), "check mode told other changes than were made")
        expect(all(len(device.commits) == done[device.name]["changed"] for device in declared), "not one commit each")
        expect(open_sessions(fleet) - sessions == len(declared), "not one session each")
        print(f"   {changes(done)} of {len(done)} changed.")

        say("4", "Run it again: nothing may change.")
        again = reenroll(connection, folder)
        expect(changes(again) == 0, f"{changes(again)} devices changed in the second run")
        print(f"   {changes(again)} changed.")

        say("5", "When the certificates renew, and which statement decides it.")
        print_table(again)

        start_timers(fleet, rows, again)
        say("6", "Report on the whole fleet, with the devices that nobody has declared, and one that is switched off.")
        audit = report(connection, folder)
        print_findings(audit)
        codes = {finding["code"] for finding in audit["findings"]}
        expect(len(codes) >= 10, f"only {len(codes)} different findings")
        expect(audit["summary"]["hosts_read"] == len(devices), "not every device was read")

        say("7", "A firewall fresh from the box: enroll it with a CA by CMPv2, then let a year pass.")
        one_year(folder)
    print(f"\nThe fleet is stopped. The report is a page: {REPORT / 'report.html'}")


def one_year(folder: Path) -> None:
    """What is declared is enrolled, and renews by itself."""
    with year.firewall(folder) as (fleet, declared):
        connection = write_connection(fleet, folder, declared)
        done = run_playbook("netpki.junos.reenroll", connection, folder, "-e", f"pki_reenroll_hosts={year.NAME}")
        (plan,) = done[year.NAME]["plan"]
        renewals = year.pass_by(fleet, lambda line: print(f"     {line}"))
        expect(renewals[0]["at"][:16] == plan["trigger"][:16], "the first renewal did not come when the plan said")
        expect({event["what"] for event in renewals} == {"enrolled"}, "a renewal failed")
        ends = [plan["not_after"], *(event["not_after"] for event in renewals)]
        expect(all(event["at"] < end for event, end in zip(renewals, ends, strict=False)), "a certificate expired")
        print(f"   {len(renewals)} renewals in a year, each before the expiry. The plan had said: {plan['summary']}")


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


def fleet_rows() -> dict[str, dict[str, Any]]:
    """The devices of both fleet files, in the form of one."""
    rows = {}
    for file in FLEETS:
        fleet = yaml.safe_load(file.read_text())
        for name, row in fleet["devices"].items():
            config = {"config_file": str(file.parent / row["config_file"])} if "config_file" in row else {}
            certificates = [dict(each) for each in row.get("certificates", ())]
            rows[name] = {**fleet["defaults"], **row, **config, "certificates": certificates}
    return rows


def without_ages(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The certificates come with their age, when the devices run."""
    return {name: {key: value for key, value in row.items() if key != "certificates"} for name, row in rows.items()}


def give_certificates_their_age(fleet: client.Fleet, rows: dict[str, dict[str, Any]]) -> None:
    """Date the certificates anew, lifetimes unchanged: the demo shows living ones whenever it runs.

    ``elapsed`` is the part of the lifetime that is over; a third where a file does not say.
    """
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    for name, row in rows.items():
        for certificate in row["certificates"]:
            lifetime = certificate["not_after"] - certificate["not_before"]
            not_before = now - lifetime * certificate.pop("elapsed", 1 / 3)
            not_before = not_before.replace(second=0, microsecond=0)
            certificate["not_before"] = not_before.isoformat()
            certificate["not_after"] = (not_before + lifetime).isoformat()
        fleet.device(name).set_certificates(row["certificates"])


def start_timers(fleet: client.Fleet, rows: dict[str, dict[str, Any]], results: Results) -> None:
    """Simulated devices start no timers. This stands in for it: what was declared, a device says to have started.

    How a real device writes the date of a timer is not documented.
    """
    for name, result in results.items():
        triggers = {plan["certificate_id"]: plan["trigger"] for plan in result["plan"] if plan["trigger"]}
        for certificate in rows[name]["certificates"]:
            if certificate["identifier"] in triggers and not certificate.get("ca"):
                certificate["trigger"] = device_date(datetime.fromisoformat(triggers[certificate["identifier"]]))
        fleet.device(name).set_certificates(rows[name]["certificates"])


def write_connection(fleet: client.Fleet, folder: Path, more: dict[str, Any] | None = None) -> Path:
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
            "pki_report_ssh_config": str(ssh_config),
            **(more or {}),
        }
        for device in fleet.devices.values()
    }
    hosts["srx-gone"] = {"ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_user": "netops"}
    inventory = folder / "connection.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    return inventory


def reenroll(connection: Path, folder: Path, *options: str) -> Results:
    return run_playbook("netpki.junos.reenroll", connection, folder, "-e", "pki_reenroll_hosts=firewalls", *options)


def report(connection: Path, folder: Path) -> dict[str, Any]:
    """The audit that the report is made of."""
    options = ("-e", "pki_report_hosts=all", "-e", f"pki_report_directory={REPORT}")
    run_playbook("netpki.junos.report", connection, folder, *options)
    audit: dict[str, Any] = json.loads((REPORT / "report.json").read_text())
    return audit


def run_playbook(playbook: str, connection: Path, folder: Path, *options: str) -> Results:
    """Run one of the collection's playbooks; what it tells goes to the terminal as it comes."""
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
    command = [sys.executable, "-m", "ansible", "playbook", playbook, *options]
    command += ["-i", str(HERE / "inventory"), "-i", str(connection)]
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
            about = f"{host} {plan['certificate_id']}, {finding['severity']}"
            sentence = f"{about}: {finding['sentence']} {finding['advice']}"
            print(textwrap.fill(sentence, WIDTH, initial_indent="   ", subsequent_indent="     "))


def print_findings(audit: dict[str, Any]) -> None:
    """The figures, and one line for each kind of finding."""
    summary = audit["summary"]
    print(
        f"   {summary['hosts_read']} of {summary['hosts']} hosts read, {summary['renewing']} of"
        f" {summary['certificates']} certificates renew: {summary['errors']} errors, {summary['warnings']} warnings,"
        f" {summary['infos']} notes"
    )
    kinds = Counter((finding["severity"], finding["code"]) for finding in audit["findings"])
    for severity in ("error", "warning", "info"):
        codes = [f"{code} ({count})" for (each, code), count in sorted(kinds.items()) if each == severity]
        print(textwrap.fill(f"{severity}: {', '.join(codes)}", WIDTH, initial_indent="   ", subsequent_indent="     "))


def short(date: str | None) -> str:
    """``2026-01-02T09:55:00Z`` as ``2026-01-02 09:55``."""
    return date[:16].replace("T", " ") if date else "-"


if __name__ == "__main__":
    main()
