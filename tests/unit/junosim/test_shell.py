# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: prompts, echo, settings, errors under the word, the question before a CA certificate, faults."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from junosim import caquestion
from junosim.device import Login, Recorder, Session
from junosim.enroll import Failed
from junosim.shell import Shell

from .conftest import Channel

CONFIG = """set system host-name fw1
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://127.0.0.1/scep
set security pki ca-profile bare ca-identity bare"""
BANNER = "--- JUNOS 22.4R3 Kernel 64-bit\n"
START = datetime(2026, 1, 1, tzinfo=UTC)
ENROLL = "request security pki ca-certificate enroll ca-profile corp-ca"


def ca(name: str) -> x509.Certificate:
    key, named = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]),
    )
    builder = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(START).not_valid_after(START + timedelta(days=9))
    return builder.sign(key, hashes.SHA256())


CA, OTHER = ca("corp-ca"), ca("other-ca")


def digest(name: str, item: x509.Certificate = CA) -> str:
    return hashlib.new(name, item.public_bytes(Encoding.DER), usedforsecurity=False).digest().hex(":")


SHOWN = f"Fingerprint:\n  {digest('sha1')} (sha1)\n  {digest('md5')} (md5)\n"
QUESTION = f"{SHOWN}Do you want to load the above CA certificate ? [yes,no] (no) "


class Line:
    """A command line of a device, typed at without a network."""

    def __init__(self, sim: Any, user: str = "admin", *, login_class: str = "super-user", **options: Any) -> None:
        self.channel = Channel(sim.clock)
        session = Session(sim.device, 1, Login(user, login_class=login_class))
        self.shell = Shell(session, self.channel, **{"terminal": False, **options})
        self.shell.start()

    def told(self) -> str:
        told, self.channel.sent = self.channel.sent.decode(), b""
        return told

    def type(self, text: str) -> str:
        self.shell.received(text.encode())
        return self.told()


@pytest.fixture
def box(sim: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A device whose CA has one certificate."""
    asked: list[tuple[str, str]] = []

    def certificates(url: str, identity: str) -> tuple[x509.Certificate, ...]:
        asked.append((url, identity))
        return (CA,)

    monkeypatch.setattr(caquestion.scep, "ca_certificates", certificates)
    made = sim(CONFIG)
    made.asked = asked
    return made


@pytest.fixture
def recorded(sim: Callable[..., Any], tmp_path: Path) -> Any:
    made = sim(CONFIG)
    made.device.recorder = Recorder(tmp_path / "record.jsonl")
    made.events = lambda: [json.loads(line) for line in (tmp_path / "record.jsonl").read_text().splitlines()]
    return made


def test_a_terminal_echoes_and_ends_lines_as_terminals_do(box: Any) -> None:
    line = Line(box, terminal=True)
    assert line.told() == "--- JUNOS 22.4R3 Kernel 64-bit\r\nadmin@fw1> "
    assert line.type("show vers") == "show vers"
    assert line.type("x\x7fion | match Junos\r\n") == "x\b \bion | match Junos\r\nJunos: 22.4R3\r\n\r\nadmin@fw1> "
    assert line.type("\r") == "\r\nadmin@fw1> "
    assert line.type("abc\x03") == "abc^C\r\n\r\nadmin@fw1> "


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("set cli screen-length 0", "Screen length set to 0\n"),
        ("set cli screen-width 511", "Screen width set to 511\n"),
        ("set cli complete-on-space off", "Disabling complete-on-space\n"),
        ("set cli colour off", " " * 19 + "^\nsyntax error.\n"),
        ("show version | match Model | no-more", "Model: srx345\n"),
        ("show configuration system | display set", "set system host-name fw1\n"),
        ("show chassis hardware", " " * 11 + "^\nsyntax error, expecting <command>.\n"),
        ("ping 192.0.2.1", " " * 11 + "^\nunknown command.\n"),
        ("request security pki generate-key-pair", " " * 49 + "^\nmissing argument.\n"),
        (
            "request security pki generate-key-pair certificate-id a size 1024",
            "Generated key pair a, key size 1024 bits\n",
        ),
        ("clear security pki key-pair certificate-id b", "error: b not found in local database\n"),
        ("request security pki ca-certificate enroll ca-profile no", "error: CA profile no is not configured\n"),
        (
            "request security pki ca-certificate enroll ca-profile bare",
            "error: enrollment url of CA profile bare is not configured\n",
        ),
    ],
)
def test_commands_and_their_answers(box: Any, typed: str, answer: str) -> None:
    line = Line(box)
    assert line.told() == f"{BANNER}admin@fw1> "
    assert line.type(f"{typed}\n") == f"{answer}\nadmin@fw1> "


def test_the_prompt_of_a_cluster_names_the_node(sim: Callable[..., Any]) -> None:
    assert Line(sim(CONFIG, cluster=True)).told() == f"{BANNER}{{primary:node0}}\nadmin@fw1> "


def test_a_ca_certificate_is_loaded_after_yes(box: Any) -> None:
    changes: list[int] = []
    box.device.pki.on_change = lambda: changes.append(1)
    line = Line(box)
    line.told()
    assert line.type(f"{ENROLL}\n") == QUESTION
    assert (box.asked, box.device.pki.ca) == ([("http://127.0.0.1/scep", "corp.example.net")], {})
    assert line.type("yes\n") == "\nCA certificate for profile corp-ca loaded successfully\n\nadmin@fw1> "
    assert (box.device.pki.ca, changes) == ({"corp-ca": (CA,)}, [1])
    assert line.type(f"{ENROLL}\n") == (
        "error: Command aborted as CA certificate already exists. Retry after clearing the existing CA certificate\n"
        "\nadmin@fw1> "
    )


@pytest.mark.parametrize("answer", ["no", "", "y", "Yes please", "\x03"])
def test_nothing_but_yes_loads_it(box: Any, answer: str) -> None:
    line = Line(box)
    line.type(f"{ENROLL}\n")
    line.type(f"{answer}\n")
    assert box.device.pki.ca == {}
    assert line.type("show version | match Junos\n") == "Junos: 22.4R3\n\nadmin@fw1> "


def test_an_interrupt_takes_the_question_away(box: Any) -> None:
    line = Line(box)
    line.type(f"{ENROLL}\n\x03")
    assert "unknown command" in line.type("yes\n")
    assert box.device.pki.ca == {}


def test_somebody_else_loads_it_while_the_question_stands(box: Any) -> None:
    line = Line(box)
    line.type(f"{ENROLL}\n")
    box.device.pki.ca["corp-ca"] = (OTHER,)
    assert "error: Command aborted as CA certificate already exists" in line.type("yes\n")
    assert box.device.pki.ca == {"corp-ca": (OTHER,)}


def test_several_certificates_are_shown_by_name(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caquestion.scep, "ca_certificates", lambda url, identity: (CA, OTHER))
    line = Line(box)
    line.told()
    assert line.type(f"{ENROLL}\n") == (
        f"Received following certificates:\nCertificate: CN=corp-ca\n  Fingerprint: {digest('sha1')}\n"
        f"Certificate: CN=other-ca\n  Fingerprint: {digest('sha1', OTHER)}\n"
        "Do you want to load the above CA certificate ? [yes,no] (no) "
    )
    line.type("yes\n")
    assert box.device.pki.ca == {"corp-ca": (CA, OTHER)}


def test_a_ca_that_cannot_be_reached(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(url: str, identity: str) -> None:
        raise Failed(f"nobody at {url}")

    monkeypatch.setattr(caquestion.scep, "ca_certificates", fails)
    line = Line(box)
    line.told()
    assert line.type(f"{ENROLL}\n") == "error: nobody at http://127.0.0.1/scep\n\nadmin@fw1> "


def test_the_command_line_asks_before_a_file_is_loaded_too(box: Any) -> None:
    box.device.pki.files["/var/tmp/ca.pem"] = CA.public_bytes(Encoding.PEM)
    line = Line(box)
    line.told()
    load = "request security pki ca-certificate load ca-profile corp-ca filename /var/tmp/ca.pem\n"
    assert line.type(load) == f"{SHOWN}Do you want to load this CA certificate ? [yes,no] (no) "
    assert box.device.pki.ca == {}
    line.type("yes\n")
    assert box.device.pki.ca == {"corp-ca": (CA,)}


def test_who_may_only_read_enrolls_nothing(box: Any) -> None:
    line = Line(box, login_class="read-only")
    line.told()
    assert line.type(f"{ENROLL}\n") == "error: permission denied\n\nadmin@fw1> "
    assert box.asked == []


def test_a_command_of_its_own_ends_and_its_question_is_answered_on_standard_input(box: Any) -> None:
    line = Line(box, command=ENROLL)
    assert line.told() == QUESTION
    assert line.type("yes\n") == "\nCA certificate for profile corp-ca loaded successfully\n"
    assert line.channel.gone == "exit 0"
    assert box.device.pki.ca == {"corp-ca": (CA,)}


@pytest.mark.parametrize(
    ("command", "told", "status"),
    [
        ("show version | match Junos", "Junos: 22.4R3\n", 0),
        ("clear security pki key-pair certificate-id b", "error: b not found in local database\n", 1),
        ("exit", "", 0),
    ],
)
def test_a_command_of_its_own_has_no_prompt(box: Any, command: str, told: str, status: int) -> None:
    line = Line(box, command=command)
    assert (line.told(), line.channel.gone) == (told, f"exit {status}")


def test_the_end_of_input_is_no_yes(box: Any) -> None:
    line = Line(box, command=ENROLL)
    line.shell.end_of_input()
    assert (line.channel.gone, box.device.pki.ca) == ("exit 0", {})


@pytest.mark.parametrize("word", ["exit", "quit", "\x04"])
def test_the_way_out(box: Any, word: str) -> None:
    line = Line(box)
    line.type(f"{word}\n")
    assert line.channel.gone == "exit 0"


def test_root_begins_in_a_shell(box: Any) -> None:
    line = Line(box, "root")
    assert line.told() == "root@fw1:~ # "
    assert line.type("ls -l\n") == "ls: Command not found.\nroot@fw1:~ # "
    assert line.type("cli\n") == "root@fw1> "
    assert line.type("show version | match Junos\n") == "Junos: 22.4R3\n\nroot@fw1> "
    assert line.type("exit\n") == "\nroot@fw1:~ # "
    line.type("exit\n")
    assert line.channel.gone == "exit 0"


@pytest.mark.parametrize(
    ("command", "told", "status"),
    [("cli show version | match Junos", "Junos: 22.4R3\n", 0), ("show version", "show: Command not found.\n", 1)],
)
def test_a_command_of_root(box: Any, command: str, told: str, status: int) -> None:
    line = Line(box, "root", command=command)
    assert (line.told(), line.channel.gone) == (told, f"exit {status}")


def test_commands_are_recorded_and_whether_an_answer_is_yes(recorded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caquestion.scep, "ca_certificates", lambda url, identity: (CA,))
    line = Line(recorded)
    line.type(f"{ENROLL}\nSecret\n{ENROLL}\nyes\n\nexit\n")
    found = [{key: value for key, value in event.items() if key != "at"} for event in recorded.events()]
    common = {"device": "srx1", "session": 1, "event": "cli", "user": "admin"}
    answer = {"device": "srx1", "event": "answer"}
    assert found == [
        {**common, "command": ENROLL},
        {**answer, "answer": "no"},
        {**common, "command": ENROLL},
        {**answer, "answer": "yes"},
        {**common, "command": "exit"},
    ]


def test_faults_of_the_command_line(box: Any) -> None:
    faults = box.device.faults
    faults.load(
        [
            {"at": "cli/show version", "do": "error", "messages": ["not now"]},
            {"at": "cli", "do": "delay", "seconds": 3, "nth": 2},
            {"at": "cli", "do": "drop", "nth": 3},
        ]
    )
    line = Line(box)
    line.told()
    assert line.type("show version\n") == "error: not now\n\nadmin@fw1> "
    assert line.type("show version | match Junos\nshow version | match Model\n") == ""
    assert line.channel.gone == ""
    box.clock.run_out()
    assert line.told() == "Junos: 22.4R3\n\nadmin@fw1> "
    assert line.channel.gone == "aborted"


def test_what_waits_is_not_done_once_the_session_has_ended(box: Any) -> None:
    box.device.faults.load([{"at": "cli", "do": "delay", "seconds": 3}])
    line = Line(box)
    line.told()
    line.type("request security pki generate-key-pair certificate-id a size 1024\n")
    line.shell.ended()
    box.clock.run_out()
    assert (line.told(), box.device.pki.key_pairs) == ("", {})
