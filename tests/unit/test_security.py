# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection never does, whoever asks: start a program, write a file, trust a host key that nobody knows.

Read from the sources, like test_contract.py: it holds for every line, not only for those that a test runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter.parse_pki_certificates import parse_pki_certificates
from ansible_collections.netpki.junos.plugins.module_utils._certificate_options import CERTIFICATE_SPEC
from ansible_collections.netpki.junos.plugins.module_utils._options import CA_PROFILE_SPEC, INFO_SPEC, REENROLL_SPEC

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(ROOT.glob("plugins/**/*.py"))
TASKS = sorted([*ROOT.glob("roles/*/*/*.yml"), *ROOT.glob("playbooks/**/*.yml")])

PROGRAMS = {"subprocess", "pty", "multiprocessing", "ctypes"}
RUNS = {
    "system",
    "popen",
    "Popen",
    "run_command",
    "check_output",
    "eval",
    "exec",
    "exec_command",
    "posix_spawn",
    "fork",
}
RUNS |= {f"{kind}{how}" for kind in ("exec", "spawn") for how in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")}
#: The user's own ProxyCommand is one, and OpenSSH's clients run it as well.
RUNS |= {"ProxyCommand"}
FILES = {"tempfile", "shutil", "pickle", "marshal", "shelve"}
WRITES = {
    "fdopen",
    "write_text",
    "write_bytes",
    "mkstemp",
    "mkdtemp",
    "NamedTemporaryFile",
    "makedirs",
    "mkdir",
    "atomic_move",
}
#: The one that writes the report.
WRITER = "_report_files.py"
SHA256 = re.compile("--hash=sha256:[0-9a-f]{64}")
SHELLS = {"command", "shell", "raw", "script", "expect"}


def imported(file: Path) -> set[str]:
    """The packages that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    """What a file calls, by the last word of its name."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


@pytest.mark.parametrize("file", PLUGINS, ids=lambda file: file.stem)
def test_no_plugin_starts_a_program(file: Path) -> None:
    assert imported(file) & PROGRAMS == set()
    allowed = {"ProxyCommand"} if file.name in ("_connect.py", "_transport.py") else set()
    assert [name for name, _call in calls(file) if name in RUNS - allowed] == []
    assert [word.arg for _name, call in calls(file) for word in call.keywords if word.arg == "shell"] == []


@pytest.mark.parametrize("file", [file for file in PLUGINS if file.name != WRITER], ids=lambda file: file.stem)
def test_one_plugin_writes_files(file: Path) -> None:
    assert imported(file) & FILES == set()
    assert [name for name, _call in calls(file) if name in WRITES] == []
    # open() is for reading: no mode is given, neither by position nor by name.
    opened = [call for name, call in calls(file) if name == "open" and (call.args or call.keywords)]
    assert [
        call.lineno
        for call in opened
        if len(call.args) != isinstance(call.func, ast.Name) or "mode" in {word.arg for word in call.keywords}
    ] == []


class _Loader(yaml.SafeLoader):
    """With the one tag of Ansible's that a playbook here has: a text that is no template."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@pytest.mark.parametrize("file", TASKS, ids=lambda file: "/".join(file.parts[-3:]))
def test_no_role_runs_a_command(file: Path) -> None:
    words = {key.rpartition(".")[2] for key in every_key(yaml.load(file.read_text(), _Loader))}
    assert words & SHELLS == set()


def every_key(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from every_key(item)


@pytest.mark.parametrize("spec", [CA_PROFILE_SPEC, CERTIFICATE_SPEC, INFO_SPEC, REENROLL_SPEC])
def test_host_keys_are_checked_unless_somebody_says_otherwise(spec: dict[str, Any]) -> None:
    assert spec["host_key_checking"] == {"type": "bool", "default": True}


LEVELS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))


@pytest.mark.parametrize(
    ("doctype", "identifier"),
    [
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "FILE">]>', "&x;"),
        ('<!DOCTYPE r [<!ENTITY % p SYSTEM "FILE"> %p;]>', "&x;"),
        ('<!DOCTYPE r SYSTEM "FILE">', "&x;"),
        (f'<!DOCTYPE r [<!ENTITY l0 "ha">{LEVELS}]>', "&l10;"),
    ],
    ids=["a file", "a parameter", "a document type", "a billion laughs"],
)
def test_saved_output_reaches_no_file_and_does_not_grow(doctype: str, identifier: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("Canary")
    entry = f"<x509-certificate-info><identifier>{identifier}</identifier></x509-certificate-info>"
    with pytest.raises(AnsibleFilterError) as caught:
        parse_pki_certificates(f"{doctype.replace('FILE', canary.as_uri())}<r>{entry}</r>")
    assert str(caught.value) == (
        "parse_pki_certificates: The text begins like XML and has a document type, which no device writes."
    )


def locked(name: str) -> dict[str, list[str]]:
    """What a file of requirements pins, each with its hashes."""
    text = "\n".join(line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#"))
    logical = text.replace("\\\n", " ").splitlines()
    return {pin: hashes for pin, *hashes in (line.split() for line in logical)}


@pytest.mark.parametrize("name", ["requirements/dev.txt", "requirements/importer.txt", "requirements/peers.txt"])
def test_what_is_installed_to_develop_is_pinned_with_its_hashes(name: str) -> None:
    pins = locked(name)
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin)] == []
    wrong = [pin for pin, hashes in pins.items() if not hashes or not all(map(SHA256.fullmatch, hashes))]
    assert wrong == []


def test_every_tool_is_pinned() -> None:
    tools = re.findall(r"^([\w.-]+)", (ROOT / "requirements/dev.in").read_text(), re.MULTILINE)
    pinned = {pin.partition("==")[0] for pin in locked("requirements/dev.txt")}
    assert {re.sub(r"[-_.]+", "-", tool).lower() for tool in tools} - pinned == set()
