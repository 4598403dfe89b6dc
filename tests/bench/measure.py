# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of one contender on a fleet: what is written for it, what it cost, what the devices saw."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import junosim

from .contenders import FORKS, HERE, VENDOR, Contender
from .fleet import inventory

#: A line of the recap at the end of ansible-playbook's output.
_RECAP = re.compile(r"^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=0 +failed=0 ", re.MULTILINE)
_COLLECTIONS = "ANSIBLE_COLLECTIONS_PATH"
Row = dict[str, Any]


class WrongError(Exception):
    """A run that did not do what it is measured for."""


def run(contender: Contender, fleet: junosim.Fleet, folder: Path) -> Row:
    """The figures of a run, per host where that makes sense. ``folder`` keeps what it wrote."""
    folder = folder / f"{len(fleet.devices)}-{contender.key}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "home" / ".ssh").mkdir(parents=True, mode=0o700)
    (folder / "home" / ".ssh" / "known_hosts").symlink_to(fleet.known_hosts)
    hosts, mark, before = len(fleet.devices), fleet.record_length(), processor_seconds(fleet.pid)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as sockets:  # a Unix socket's path must be short
        cost = watched(_command(contender, fleet, folder), folder, _settings(contender, folder, sockets))
    _check(contender, hosts, folder, cost)
    return {
        "key": contender.key,
        "what": contender.what,
        "hosts": hosts,
        "cpu_ms": 1000 * cost["cpu"] / hosts,
        "wall_ms": 1000 * cost["wall"] / hosts,
        "wall": cost["wall"],
        **_seen(fleet, mark, hosts),
        "controller_mb": cost["controller"] / 1e6,
        "worker_mb": cost["worker"] / 1e6,
        "all_mb": cost["all"] / 1e6,
        "devices_cpu_ms": 1000 * (processor_seconds(fleet.pid) - before) / hosts,
        "load": load,
        "took": json.loads((folder / "took").read_text()) if (folder / "took").exists() else [],
    }


def watched(command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Row:
    """Run a command, its output in the folder, and tell its cost."""
    watch = [sys.executable, str(HERE / "watch.py"), str(folder / "cost"), *command]
    with (folder / "stdout").open("w") as out, (folder / "stderr").open("w") as err:
        subprocess.run(
            watch, env={**settings}, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, check=True
        )
    cost: Row = json.loads((folder / "cost").read_text())
    return cost


def ansible(folder: Path, plays: Sequence[Mapping[str, Any]], hosts: Mapping[str, Any], *options: str) -> list[str]:
    """The files of a run of ansible-playbook, and its command. JSON is YAML, and quicker to write."""
    (folder / "play.yml").write_text(json.dumps(plays))
    (folder / "inventory.yml").write_text(json.dumps(hosts))
    return [sys.executable, "-m", "ansible", "playbook", "-i", "inventory.yml", "play.yml", *options]


def settings(folder: Path) -> dict[str, str]:
    """Nothing of the user's: the defaults of Ansible, but for the forks."""
    (folder / "ansible.cfg").touch()
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ["PYTHONPATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder / "home"),
        "ANSIBLE_HOME": str(folder / "home" / ".ansible"),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": ":".join(filter(None, map(os.environ.get, (_COLLECTIONS, VENDOR)))),
        "ANSIBLE_ACTION_PLUGINS": str(HERE / "action_plugins"),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "took",
        "ANSIBLE_FORKS": str(FORKS),
        "ANSIBLE_INVENTORY_ENABLED": "yaml",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
        "BENCH_TOOK": str(folder / "took"),
    }


def _settings(contender: Contender, folder: Path, sockets: str) -> dict[str, str]:
    return {**settings(folder), "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": sockets, **contender.settings}


def _command(contender: Contender, fleet: junosim.Fleet, folder: Path) -> list[str]:
    if not contender.tasks:
        return [sys.executable, str(HERE / "threads.py"), str(fleet.state / "fleet.json"), str(FORKS)]
    play: Row = {"hosts": "all", "gather_facts": False, "tasks": contender.tasks}
    if contender.serial:
        play["serial"] = contender.serial
    return ansible(folder, [play], inventory(fleet, **contender.variables), *contender.options)


def _check(contender: Contender, hosts: int, folder: Path, cost: Row) -> None:
    """Every host did what is measured, and nothing else."""
    said = (folder / "stdout").read_text()
    recap = _RECAP.findall(said)
    if not contender.tasks:
        right = f"read {hosts}\n" == said
    else:
        wanted = None if contender.changed is None else ("1", str(int(contender.changed)))
        right = len(recap) == hosts and all(wanted in (None, (ok, changed)) for _host, ok, changed in recap)
    if cost["status"] or not right:
        raise WrongError(f"{contender.key}, {contender.what}: status {cost['status']}, see {folder}")


def _seen(fleet: junosim.Fleet, mark: int, hosts: int) -> Row:
    """What the devices have in their record, per host."""
    events = fleet.record(mark)
    count = Counter(event["event"] for event in events)
    names = Counter(event["rpc"] for event in events if event["event"] == "rpc")
    return {
        "rpcs": count["rpc"] / hosts,
        "sessions": count["open"] / hosts,
        "names": {name: number / hosts for name, number in sorted(names.items())},
    }


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
