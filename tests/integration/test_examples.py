# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the documentation is executed, page by page, from top to bottom, as a reader would.

A page has a device of its own. Tasks and plays run in check mode, then for real; variables of a role are given to the
role in check mode; commands are run with the page's device in the inventory. Lines that begin with set or delete are
the configuration to start with where they come first, and what the last task has committed where they come later.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import testca
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from integration.playing import Player, Run, Stage, host_variables, own_environment
from junosim import client
from junosim.client import Device
from testca.client import Ca
from tools.blocks import PAGES, ROOT, Block

GUIDES = "docs/docsite/rst/"

#: Blocks that are not executed here: the page, the number of the block on it, and why.
NOT_EXECUTED = {
    ("CONTRIBUTING.md", 1): "a fragment of the changelog: make lint looks at those that there are",
    ("README.md", 1): "test_readme.py plays it, and compares the blocks 2, 3 and 5",
    ("README.md", 2): "see 1",
    ("README.md", 3): "see 1",
    ("README.md", 5): "see 1",
    (GUIDES + "guide_connections.rst", 2): "test_junos_pki_reenroll_connection.py goes through such a jump host",
    (GUIDES + "guide_connections.rst", 3): "the same",
    (GUIDES + "guide_connections.rst", 5): "test_junos_pki_reenroll_connection.py has such a password in its inventory",
    (GUIDES + "guide_scale.rst", 2): "settings of ansible-runner: tests/slices runs it",
    (GUIDES + "guide_scale.rst", 3): "ansible-runner over SSH: tests/slices runs the three parts on one machine",
    (GUIDES + "guide_scale.rst", 4): "tests/slices runs it, on the reports of slices",
    (GUIDES + "guide_scale.rst", 5): "tests/slices compares it",
    (GUIDES + "guide_events.rst", 1): "variables of a rulebook: tests/eda has its own",
    (GUIDES + "guide_events.rst", 2): "it runs until it is ended: tests/eda starts it so",
    (GUIDES + "guide_events.rst", 3): "tests/eda posts such events",
    (GUIDES + "guide_events.rst", 4): "tests/eda plays it, with a rulebook that runs",
    (GUIDES + "guide_awx.rst", 1): "a container engine builds it: make ee makes the context of the same file",
    (GUIDES + "guide_awx.rst", 2): "test_playbooks_awx.py has the jobs of AWX read it",
    (GUIDES + "guide_awx.rst", 3): "test_playbooks_awx.py gives it to the command of block 4",
    (GUIDES + "guide_awx.rst", 4): "test_playbooks_awx.py runs it, without Galaxy, for a stub of AWX",
    (GUIDES + "guide_awx.rst", 5): "test_playbooks_awx.py has it in the inventory of AWX's jobs",
    (GUIDES + "guide_trigger_dates.rst", 1): "a formula: tests/unit/test_guide_trigger_dates.py has its numbers",
    ("tests/junosim/README.md", 1): "test_simulators.py starts it, and compares what it says",
    ("tests/junosim/README.md", 2): "test_simulators.py runs it",
    ("tests/junosim/README.md", 3): "test_simulators.py runs it",
    ("tests/testca/README.md", 1): "test_simulators.py starts it, and compares what it says",
    ("tests/testca/README.md", 2): "test_simulators.py runs it",
}
#: Commands that are not run: how they begin, and why.
NOT_RUN = {
    "ansible-galaxy collection install netpki.junos": "it needs Galaxy; make install installs the artifact",
    "pip install": "it needs PyPI; the requirements are what the tests have",
    "ssh-keyscan": "the host keys of simulated devices are in a file already",
    "cat key": "the same",
    "make": "they would run these tests; test_a_target_of_the_makefile_is_there looks them up",
}
#: Tasks that are played in check mode only, and why.
ONLY_IN_CHECK_MODE = {
    "The answer, and the certificate of the CA": "the certificate is signed for another key",
    "Its answer, and the certificate of the CA": "the same",
}
#: Pages whose devices enroll: each block has a fresh one, and the CA is there.
ENROLLS = (GUIDES + "guide_enroll.rst", "plugins/modules/junos_pki_certificate.py")

PROFILES = """\
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki ca-profile acme-ca ca-identity acme.example.net
set security pki ca-profile acme-ca enrollment url http://ca.example.net/acme
set security pki ca-profile Example_ACME ca-identity acme.example.net
set security pki ca-profile Example_ACME enrollment url http://ca.example.net/acme
set security pki ca-profile old-ca ca-identity old.example.net
"""
DIRECT = """\
set security pki auto-re-enrollment certificate-id vpn-01 ca-profile-name corp-ca
set security pki auto-re-enrollment certificate-id vpn-01 re-enroll-trigger-time-percentage 10
"""
#: What a page's device is configured with, where it is not PROFILES, and the page does not begin with it.
CONFIGURATIONS = {
    GUIDES + "guide_changes.rst": PROFILES + DIRECT,
    GUIDES + "guide_from_templates.rst": "set system host-name fw1",
    GUIDES + "guide_rollout.rst": PROFILES + DIRECT,
    "roles/pki_reenroll/README.md": "set system host-name fw1",
}
#: Blocks of which the page says that they change nothing more.
CHANGE_NOTHING = {(GUIDES + "guide_from_templates.rst", 4)}
#: How a page's other modules reach the device.
BY_NETCONF = {
    "ansible_connection": "ansible.netcommon.netconf",
    "ansible_network_os": "junipernetworks.junos.junos",
}
#: What the examples take for granted.
VARIABLES: dict[str, Any] = {
    "vault_challenge": "Challenge-1",
    "vault_cmp_reference": "reference-1",
    "vault_cmp_secret": "Cmp-Secret-1",
    "pki_challenge_password": "Challenge-1",
    "pki_ca_reference": "reference-1",
    "pki_ca_secret": "Cmp-Secret-1",
    "audit": "{{ {} | netpki.junos.reenroll_audit }}",
    "certificate": {"not_before": "2026-01-02T09:55:00Z", "not_after": "2096-01-02T09:55:00Z"},
    "entry": {"certificate_id": "vpn-01", "re_enroll_time": {"percentage": 20}, "re_generate_keypair": True},
    "ca": {"name": "corp-ca"},
    "declared_entries": [
        {
            "certificate_id": "vpn-01",
            "protocol": "scep",
            "ca_profile_name": "corp-ca",
            "challenge_password": "Challenge-1",
            "re_enroll_time": {"days": 30},
            "re_generate_keypair": True,
        }
    ],
}
CERTIFICATE = {
    "identifier": "vpn-01",
    "subject": "CN=fw.example.net",
    "issuer": "CN=Corp CA",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2096-01-02T09:55:00Z",
}
SAVED = """\
Certificate identifier: vpn-01
  Validity:
    Not before: 04- 3-2017 09:13 UTC
    Not after: 04- 3-2018 09:13 UTC
"""
HTTP_PORT = 5012

SIMULATED = GUIDES + "guide_simulated_devices.rst"
EXECUTED = [
    page for page in PAGES if page != SIMULATED and any((page, each.number) not in NOT_EXECUTED for each in PAGES[page])
]


def stem(page: str) -> str:
    """A name for a device: reenroll-plan, guide-enroll, roles-pki-report."""
    path = Path(page)
    name = f"{path.parts[0]}-{path.parts[1]}" if path.stem == "README" and path.parent.parts else path.stem
    return name.replace("_", "-")


def devices(ca: Ca) -> dict[str, Any]:
    """One for each page, by the page's stem; one for each of its blocks where something is enrolled."""
    rows: dict[str, Any] = {}
    for page in EXECUTED:
        begins_with = [block.text for block in PAGES[page][:2] if block.text.startswith("set ")]
        config = begins_with[0] if begins_with and page not in CONFIGURATIONS else CONFIGURATIONS.get(page, PROFILES)
        rows[stem(page)] = {"config": config, "certificates": [CERTIFICATE]}
        for block in PAGES[page] if page in ENROLLS else ():
            url = (
                ca.cmp("vpn")
                if "protocol: cmpv2" in block.text and "protocol: scep" not in block.text
                else ca.scep("vpn")
            )
            config = PROFILES.replace("http://ca.example.net/scep", url)
            config = config.replace("http://ca.example.net/acme", ca.acme("vpn"))
            rows[f"{stem(page)}-{block.number}"] = {"config": config, "http_port": HTTP_PORT}
    return rows


@pytest.fixture(scope="module", name="ca")
def _ca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ca]:
    config = {
        "challenge_password": "Challenge-1",
        "cmp": {"secrets": {"reference-1": "Cmp-Secret-1"}},
        "profiles": {"vpn": {"lifetime": "90d", "http_port": HTTP_PORT, "hosts": {"fw.example.net": "127.0.0.1"}}},
    }
    with testca.start(config, state=tmp_path_factory.mktemp("ca")) as running:
        yield running


@pytest.fixture(scope="module")
def stage(player: Player, ca: Ca, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("home")
    defaults = {"user": "netops", "password": "Login-0", "release": "24.4R1", "ssh_port": 0}
    fleet = {"defaults": defaults, "devices": devices(ca)}
    with client.start(fleet, state=tmp_path_factory.mktemp("fleet")) as running:
        (home / ".ssh").mkdir(mode=0o700)
        (home / ".ssh" / "known_hosts").symlink_to(running.known_hosts)
        yield Stage(player, running, home)


@pytest.fixture(scope="module")
def real(ca: Ca, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What stands in the examples for something of the reader's, and what is here."""
    folder = tmp_path_factory.mktemp("reader")
    chain = "".join(each.public_bytes(Encoding.PEM).decode() for each in (ca.intermediate, ca.root))
    files = {"corp-ca.pem": chain, "acme-chain.pem": chain, "vpn-01.pem": chain, "vpn-02.pem": chain}
    for name, text in {**files, "srx-berlin.txt": SAVED}.items():
        (folder / name).write_text(text)
    for name in ("pki-1", "pki-2"):
        (folder / "reports" / name / "hosts").mkdir(parents=True)
        (folder / "reports" / name / "report.json").write_text('{"generated": "2026-11-24T09:00:00Z"}')
    (folder / "reports/pki-1/hosts/junos-pki-report.json").write_text('{"host": "junos-pki-report", "answer": {}}')
    (folder / "www").mkdir()
    first, second = (each.fingerprint(hashes.SHA1()).hex(":") for each in (ca.intermediate, ca.root))
    pin = "48:ad:39:fa:66:07:c2:f8:bb:ee:d8:f0:fa:68:dc:26:32:a5:b5:a8"
    return {
        **{f"'{name}'": f"'{folder / name}'" for name in (*files, "srx-berlin.txt")},
        f"sha1: {pin}": f'sha1: ["{first}", "{second}"]',
        pin: first,
        "11:96:1a:0b:3f:d7:90:25:c0:52:8d:4d:a3:0f:6a:13:66:eb:ff:0c": second,
        "/srv/reports": str(folder / "reports"),
        "/srv/www": str(folder / "www"),
        "{{ inventory_hostname }}.csr": f"{folder}/{{{{ inventory_hostname }}}}.csr",
    }


@dataclass
class Reader:
    """Somebody who does what a page says, block by block."""

    stage: Stage
    device: Device
    folder: Path
    real: Mapping[str, str]
    variables: dict[str, Any] = field(default_factory=lambda: dict(VARIABLES))
    role: dict[str, Any] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)

    def does(self, block: Block) -> None:
        do = {
            "commands": self.runs,
            "inventory": self.writes_the_inventory,
            "plays": self.plays,
            "tasks": self.plays_tasks,
            "template": self.writes_the_template,
            "text": self.compares,
            "variables": self.keeps,
            "variables of a role": self.gives_to_the_role,
        }
        do[block.kind](block)

    def content(self, block: Block) -> Any:
        text = block.text.replace("'reenroll.j2'", f"'{self.folder}/reenroll.j2'")
        for shown, here in self.real.items():
            text = text.replace(shown, here)
        return yaml.safe_load(text)

    def play(self, play: Mapping[str, Any], *options: str, **variables: Any) -> Run:
        own = {**self.variables, "pki_report_directory": str(self.folder / "report"), **variables}
        hosts = {self.device.name: {**host_variables(self.device, {}), **own}}
        inventory = {"all": {"children": {"firewalls": {"hosts": hosts}}}}
        run = self.stage.player.play([{**play, "hosts": "all"}], inventory, self.stage.home, options)
        return self.done(run)

    def done(self, run: Run) -> Run:
        """Nothing failed; a report may fail because of what it found."""
        errors = [error for result in run.results if (error := result.error) and not error.startswith("Findings: ")]
        assert (errors, run.status in (0, 2)) == ([], True), run.everything
        every = [each for result in run.results for each in result.data.get("results", [result.data])]
        told = [each["commands"] for each in every if each.get("commands")]
        self.commands = [line for commands in told for line in commands] or self.commands
        return run

    # ---- the kinds ----

    def plays_tasks(self, block: Block) -> None:
        tasks = [self.with_port(task) for task in self.content(block)]
        if block.page in ENROLLS:  # what is renewed has to be there
            self.plays_for_real(tasks)
        check = self.play({"gather_facts": False, "tasks": tasks}, "--check", "--diff")
        assert len(check.results) >= len(tasks)
        self.finds_the_answers(block, check)
        if block.page not in ENROLLS:
            told = self.commands
            self.plays_for_real(tasks)
            self.commands = told

    def plays_for_real(self, tasks: list[dict[str, Any]]) -> None:
        self.play({"gather_facts": False, "tasks": [task for task in tasks if task["name"] not in ONLY_IN_CHECK_MODE]})

    def with_port(self, task: dict[str, Any]) -> dict[str, Any]:
        """The simulated device has no port 22."""
        name = "netpki.junos.junos_pki_certificate"
        return {**task, name: {"ssh_port": self.device.ssh_port, **task[name]}} if name in task else task

    def finds_the_answers(self, block: Block, run: Run) -> None:
        """What a comment behind a task says that comes out."""
        for number, text in enumerate(re.split(r"^- name: ", block.text, flags=re.MULTILINE)[1:]):
            for answer in re.findall(r"^  # => (.*)$", text, re.MULTILINE):
                if answer != "the sample below":  # the unit tests of the filters compare those
                    said = run.results[number]["msg"]
                    assert str(said) == str(yaml.safe_load(answer) if ": " in answer else answer)

    def plays(self, block: Block) -> None:
        (play,) = self.content(block)
        (self.folder / "site.yml").write_text(yaml.safe_dump([play]))
        run = self.play(play, "--check", "--diff")
        if (block.page, block.number) in CHANGE_NOTHING:
            assert [result.data for result in run.results if result["changed"]] == []

    def keeps(self, block: Block) -> None:
        self.variables |= self.content(block)

    def gives_to_the_role(self, block: Block) -> None:
        self.role |= self.content(block)
        name = "netpki.junos." + "_".join(next(iter(self.role)).split("_")[:2])
        tasks = [{"name": "The role", "ansible.builtin.import_role": {"name": name}}]
        self.play({"gather_facts": False, "tasks": tasks}, "--check", "--diff", **self.role)

    def writes_the_inventory(self, block: Block) -> None:
        file = self.folder / ("shown" if block.language == "ini" else "shown.yml")
        file.write_text(block.text)
        hosts = InventoryManager(DataLoader(), [str(file)]).get_hosts("firewalls")
        assert [host for host in hosts if not {"ansible_host", "ansible_user"} <= host.get_vars().keys()] == []
        assert hosts

    def writes_the_template(self, block: Block) -> None:
        (self.folder / "reenroll.j2").write_text(block.text)

    def compares(self, block: Block) -> None:
        shown = block.text.splitlines()
        if self.commands:
            assert shown == self.commands
        else:
            there = {each for line in self.device.set_lines() for each in as_words(line)}
            assert [line for line in shown if not set(as_words(line)) <= there] == []

    def runs(self, block: Block) -> None:
        for line in block.text.replace("\\\n", "").splitlines():
            if not any(line.startswith(f"{command} ") or line == command for command in NOT_RUN):
                program, *arguments = shlex.split(line, comments=True)
                {"ansible-playbook": self.runs_a_playbook, "ansible-doc": self.runs_ansible_doc}[program](arguments)

    def runs_a_playbook(self, arguments: list[str]) -> None:
        variables = {**self.variables, **self.role}
        hosts = {self.device.name: host_variables(self.device, {})}
        groups = {name: {"hosts": hosts, "vars": variables} for name in ("firewalls", "branches", "lab-fw")}
        (self.folder / "inventory.yml").write_text(yaml.safe_dump({"all": {"children": groups}}))
        files = {"inventory": str(self.folder / "inventory.yml"), "site.yml": str(self.folder / "site.yml")}
        run = self.stage.player.command(
            [files.get(argument, argument) for argument in arguments], self.stage.home, {"PWD": str(self.folder)}
        )
        assert self.device.name in {result.host for result in self.done(run).results}

    def runs_ansible_doc(self, arguments: list[str]) -> None:
        command = ["ansible-doc", *arguments]
        environment = own_environment(self.folder)
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert (run.returncode, "NETPKI.JUNOS." in run.stdout.upper()) == (0, True)


def as_words(line: str) -> list[tuple[str, ...]]:
    """A line without its quotes; several of them where it has a list in brackets."""
    before, _open, inside = line.partition("[")
    words = tuple(shlex.split(before))
    return [(*words, each) for each in inside.rstrip("] ").split()] or [words]


@pytest.mark.parametrize("page", EXECUTED)
def test_the_examples_of_a_page(page: str, stage: Stage, real: Mapping[str, str], tmp_path: Path) -> None:
    reader = Reader(stage, stage[stem(page)], tmp_path, real)
    reader.variables |= BY_NETCONF if "junipernetworks" in str(PAGES[page]) else {}
    blocks = [block for block in PAGES[page] if (page, block.number) not in NOT_EXECUTED]
    for block in blocks:
        if page in ENROLLS:
            reader = Reader(stage, stage[f"{stem(page)}-{block.number}"], tmp_path, real)
        reader.does(block)
    assert blocks


#: How a page shows code: fences; directives, and paragraphs that end with two colons.
SHOWS = {
    ".md": re.compile(r"^ *(```|~~~).*?^ *\1$", re.MULTILINE | re.DOTALL),
    ".rst": re.compile(
        r"^ *\.\. (?:code|code-block|sourcecode|parsed-literal|literalinclude)::|^(?! *\.\. ).*::$", re.MULTILINE
    ),
}


def test_every_block_that_a_page_shows_is_found() -> None:
    pages = [file for suffix in SHOWS for file in ROOT.glob(f"**/*{suffix}")]
    shown = {str(page.relative_to(ROOT)): len(SHOWS[page.suffix].findall(page.read_text())) for page in pages}
    found = {page: len(blocks) for page, blocks in PAGES.items() if not page.startswith("plugins/")}
    assert {page: number for page, number in shown.items() if number} == found


def test_examples_of_plugins_fit_a_terminal() -> None:
    shown = [(page, line) for page, blocks in PAGES.items() for block in blocks for line in block.text.splitlines()]
    assert [(page, line) for page, line in shown if page.startswith("plugins/") and len(line) > 80] == []


def test_what_is_not_executed_is_there() -> None:
    there = {(block.page, block.number) for blocks in PAGES.values() for block in blocks}
    assert NOT_EXECUTED.keys() - there == set()
    names = {
        task.get("name") for page in ENROLLS for block in PAGES[page] for task in block.content if block.kind == "tasks"
    }
    assert ONLY_IN_CHECK_MODE.keys() - names == set()
    commands = [block.text for blocks in PAGES.values() for block in blocks if block.kind == "commands"]
    assert [command for command in NOT_RUN if not re.search(rf"^{command}\b", "\n".join(commands), re.MULTILINE)] == []


def test_a_target_of_the_makefile_is_there() -> None:
    commands = [block.text for blocks in PAGES.values() for block in blocks if block.kind == "commands"]
    shown = set(re.findall(r"^make (\w+)", "\n".join(commands), re.MULTILINE))
    there = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert (shown > {"demo", "test"}, shown - there) == (True, set())


def test_simulated_devices_as_the_guide_has_them(player: Player, tmp_path: Path) -> None:
    _install, fleet, start, inventory, play, command, committed = PAGES[SIMULATED]
    for name, block in (("fleet.yml", fleet), ("lab.yml", inventory), ("site.yml", play)):
        (tmp_path / name).write_text(block.text)
    path, program, *arguments = shlex.split(start.text)
    assert (path.rpartition("/")[2], program) == ("tests", "python")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as simulator:
        try:
            assert simulator.stdout is not None
            assert simulator.stdout.readline() == "junosim: 3 devices ready, state in fleet\n"
            options = [
                str(tmp_path / word) if word.endswith(".yml") else word for word in shlex.split(command.text)[1:]
            ]
            run = player.command(options, tmp_path, {})
        finally:
            simulator.terminate()
    outcome = {result.host: result.error or result["changed"] for result in run.results}
    refused = "127.8.3.3: the device refuses the commit: could not open configuration database"
    assert outcome == {"fw-old": True, "fw-new": True, "fw-broken": refused}
    assert f"``{refused}``" in (ROOT / SIMULATED).read_text()
    pattern = re.escape(committed.text.strip()).replace("…", ".*")
    assert re.fullmatch(pattern, (tmp_path / "fleet/running/fw-new.set").read_text().strip())
