# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks run as people run them, against simulated devices, and what came of each task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from junosim.client import Device, Fleet

HERE = Path(__file__).resolve().parent
#: The folder that holds ansible_collections: Ansible finds the collection by its path.
BUILD = HERE.parents[4]
FLEETS = HERE.parent / "junosim" / "fleets"

Task = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """What a task answered on one host. ``status``: ok, failed, unreachable or skipped. ``args``: of the task."""

    host: str
    status: str
    data: Mapping[str, Any]
    args: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    @property
    def error(self) -> str:
        """The message of a task that failed, and nothing for any other."""
        return str(self.data["msg"]) if self.status == "failed" else ""


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook. ``rest``: what it left in files, if it was told to."""

    status: int
    stdout: str
    stderr: str
    results: tuple[Result, ...]
    rest: str = ""

    @property
    def result(self) -> Result:
        """The result of a run of one task on one host."""
        (only,) = self.results
        return only

    @property
    def everything(self) -> str:
        """All that anybody could read afterwards."""
        return "\n".join((self.stdout, self.stderr, self.rest, *(json.dumps(one.data) for one in self.results)))


@dataclass
class Player:
    """Runs ansible-playbook: in a fork of a server that has imported Ansible already, or as a process of its own."""

    folder: Path
    server: subprocess.Popen[str]
    _numbers: Iterator[int] = field(default_factory=count)

    def play(
        self,
        plays: Sequence[Mapping[str, Any]],
        inventory: Mapping[str, Any],
        home: Path,
        options: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> Run:
        """Run a playbook.

        :param home: the user's home, with .ssh/known_hosts in it.
        :param settings: variables of the environment that Ansible reads when it starts: given, a process of its own.
        """
        folder = self._folder()
        return self._run(folder, self.arguments(folder, plays, inventory, options), {"HOME": str(home)}, settings)

    def command(self, arguments: Sequence[str], home: Path, environment: Mapping[str, str]) -> Run:
        """Run ``ansible-playbook`` with these arguments."""
        return self._run(self._folder(), arguments, {"HOME": str(home), **environment})

    def _run(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        settings: Mapping[str, str] | None = None,
    ) -> Run:
        environment = {**environment, "RESULTS_FILE": str(folder / "results")}
        out, err = folder / "stdout", folder / "stderr"
        if settings is None:
            request = {
                "arguments": list(arguments),
                "environment": environment,
                "stdout": str(out),
                "stderr": str(err),
            }
            status = self._ask(request)
        else:
            with out.open("w") as stdout, err.open("w") as stderr:
                command = [sys.executable, "-m", "ansible", "playbook", *arguments]
                status = subprocess.run(
                    command,
                    env={**own_environment(self.folder), **environment, **settings},
                    stdout=stdout,
                    stderr=stderr,
                    timeout=300,
                    check=False,
                ).returncode
        lines = (folder / "results").read_text().splitlines() if (folder / "results").exists() else []
        run = Run(status, out.read_text(), err.read_text(), tuple(Result(**json.loads(line)) for line in lines))
        # Whatever happens: no library's traceback, and nothing that a library prints past Ansible.
        assert [word for word in ("Traceback", "errantly sent data") if word in run.everything] == [], run.everything
        return run

    @staticmethod
    def arguments(
        folder: Path, plays: Sequence[Mapping[str, Any]], inventory: Mapping[str, Any], options: Sequence[str]
    ) -> list[str]:
        """The playbook and the inventory as files, and the arguments of ansible-playbook that name them."""
        (folder / "play.yml").write_text(yaml.safe_dump(list(plays), sort_keys=False))
        (folder / "inventory.yml").write_text(yaml.safe_dump(dict(inventory)))
        return ["-i", str(folder / "inventory.yml"), str(folder / "play.yml"), *options]

    @contextmanager
    def started(
        self, plays: Sequence[Mapping[str, Any]], inventory: Mapping[str, Any], home: Path
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A playbook in a process group of its own, for tests that end it."""
        folder = self._folder()
        environment = own_environment(self.folder) | {"HOME": str(home), "RESULTS_FILE": str(folder / "results")}
        command = [sys.executable, "-m", "ansible", "playbook", *self.arguments(folder, plays, inventory, ())]
        with (folder / "stdout").open("wb") as out:
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def running(self) -> list[int]:
        """The processes of the run that the server has started: ansible-playbook, then its workers."""
        return [each for playbook in children(self.server.pid) for each in (playbook, *children(playbook))]

    def _folder(self) -> Path:
        """One for the next run."""
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        return folder

    def _ask(self, request: Mapping[str, Any]) -> int:
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        print(json.dumps(request), file=self.server.stdin, flush=True)
        return int(self.server.stdout.readline())


def children(process: int) -> list[int]:
    """The processes that a process has started, those that still run."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def own_environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's: Ansible's settings for a run, for the collection as it is mirrored in BUILD."""
    collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(BUILD))
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(BUILD),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "results",
        "ANSIBLE_CONNECTION_PLUGINS": str(HERE / "connection_plugins"),
        "ANSIBLE_FORKS": "10",
        "ANSIBLE_INVENTORY_ENABLED": "yaml",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }


@contextmanager
def player(folder: Path) -> Iterator[Player]:
    """A player for the length of a ``with`` block; its files stay in the folder."""
    (folder / "ansible.cfg").touch()
    command = [sys.executable, str(HERE / "playbook_server.py")]
    server = subprocess.Popen(
        command, env=own_environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Player(folder, server)
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait()


@dataclass(frozen=True)
class Stage:
    """A fleet, and playbooks for it."""

    player: Player
    fleet: Fleet
    home: Path

    def __getitem__(self, name: str) -> Device:
        return self.fleet.device(name)

    def play(
        self,
        device: Device | Sequence[Device],
        *tasks: Task,
        options: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
        variables: Mapping[str, Any] | None = None,
        others: Mapping[str, Any] | None = None,
        **keywords: Any,
    ) -> Run:
        """Run tasks on a device, or on several.

        :param variables: of the inventory; None takes one away.
        :param others: hosts of the inventory that no task runs for, with their variables.
        :param keywords: of the play.
        """
        devices = [device] if isinstance(device, Device) else device
        hosts = {one.name: host_variables(one, variables or {}) for one in devices}
        play = {"hosts": list(hosts), "gather_facts": False, **keywords, "tasks": list(tasks)}
        return self.player.play([play], {"all": {"hosts": {**hosts, **(others or {})}}}, self.home, options, settings)

    @contextmanager
    def started(self, device: Device, task: Task) -> Iterator[subprocess.Popen[bytes]]:
        """Run a task on a device in a process group of its own."""
        play = {"hosts": [device.name], "gather_facts": False, "tasks": [task]}
        inventory = {"all": {"hosts": {device.name: host_variables(device, {})}}}
        with self.player.started([play], inventory, self.home) as process:
            yield process

    @contextmanager
    def meanwhile(self, device: Device, task: Task, rpc: str, nth: int = 1) -> Iterator[Future[Run]]:
        """Run a task, and come back when the device has got that request: what the block does happens meanwhile.

        The device must be slow to answer that request (a fault) for the block to come first.
        """
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(self.play, device, task)
            wait_for(device, rpc, nth)
            yield future


def wait_for(device: Device, rpc: str, nth: int = 1, seconds: int = 30) -> None:
    """Wait until the device has got a request of that name, for the nth time since the mark; ``open``: a session."""
    deadline = time.monotonic() + seconds
    while [event.get("rpc", event["event"]) for event in device.events].count(rpc) < nth:
        assert time.monotonic() < deadline, f"{device.name} got no {rpc}"
        time.sleep(0.02)


def host_variables(device: Device, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What an inventory says of a device."""
    usual = {
        "ansible_host": device.host,
        "ansible_port": device.port,
        "ansible_user": device.user,
        "ansible_password": device.password,
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def left_behind(device: Device, but: str = "") -> dict[str, Any]:
    """What a task must not leave on a device: empty where it left nothing.

    A device notices the end of a connection a moment after the client: it is asked until nothing is left.

    :param but: what somebody else left there.
    """
    deadline = time.monotonic() + 3
    while True:
        state = device.state
        names = ("lock", "private", "candidate_dirty", "awaiting_confirm")
        left = {name: state[name] for name in names if state[name] and name != but}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def real(name: str, **changes: Any) -> dict[str, Any]:
    """A device of fleets/real.yml, for a fleet of a test: as people have it, on 127.0.0.1 and any free port."""
    row = yaml.safe_load((FLEETS / "real.yml").read_text())["devices"][name]
    del row["address"]
    return {**row, "config_file": str(FLEETS / row["config_file"]), **changes}
