# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the repository as a whole: everything is tested, and the rooms of the code keep to themselves.

Read from the sources alone, nothing is imported: a rule that is broken is named even where the code does not run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OURS = "ansible_collections.netpki.junos"

FOLDERS = ("extensions", "plugins", "roles", "tests")
SOURCES = sorted(file.relative_to(ROOT) for folder in FOLDERS for file in ROOT.glob(f"{folder}/**/*.py"))
TESTS = [file for file in SOURCES if file.name.startswith("test_")]

# Without these, a file knows neither clock, disk, network nor machine.
IMPURE = ("os", "pathlib", "random", "shutil", "socket", "subprocess", "tempfile", "time", "urllib")
CLOCKS = {"now", "today", "utcnow"}


class Written(NamedTuple):
    """A test as it is written: how often it asserts or expects an error, how often it asserts that values are equal."""

    name: str
    asserts: int
    equals: int


def names(folder: str) -> list[str]:
    """The public plugins in a folder."""
    return sorted(file.stem for file in (ROOT / folder).glob("*.py") if not file.stem.startswith("_"))


def roles() -> list[str]:
    return sorted(folder.parent.name for folder in ROOT.glob("roles/*/tasks"))


@cache
def text(file: Path) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(text(file), filename=str(file))


def under(*folders: str) -> list[Path]:
    return [file for file in SOURCES if str(file).startswith(folders)]


# All but those that speak to the device, and what they read for that.
IMPURE_FILES = ("_device.py", "_connect.py", "_cli.py", "_transport.py", "_known_hosts.py")
PURE = [file for file in under("plugins/module_utils/") if file.name not in IMPURE_FILES]


def imports(file: Path) -> Iterator[str]:
    """Every name that a file imports, with the module that it comes from: ``os``, ``jnpr.junos.Device``."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def imports_any(file: Path, packages: tuple[str, ...]) -> list[str]:
    return [name for name in imports(file) if name.split(".")[0] in packages]


def attributes(file: Path) -> set[str]:
    return {node.attr for node in ast.walk(parsed(file)) if isinstance(node, ast.Attribute)}


def called(node: ast.AST) -> str:
    """The name of what is called, without what stands before it: ``raises`` of ``pytest.raises(...)``."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or called(node) == "raises" or called(node).startswith("assert_")


def asserts_equal(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) and any(isinstance(part, ast.Eq) for part in ast.walk(node.test))


def written_in(file: Path) -> list[Written]:
    return [
        Written(node.name, sum(map(asserts, ast.walk(node))), sum(map(asserts_equal, ast.walk(node))))
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


def lacking(files: list[Path], *parts: str) -> list[str]:
    """Of the parts of a test's name, those that no test bears which asserts that values are equal."""
    tests = [test for file in files for test in written_in(file) if test.equals]
    return [part for part in parts if not any(part in test.name for test in tests)]


# Everything is tested.


@pytest.mark.parametrize(
    ("name", "stem"),
    [(name, f"test_{name}") for name in names("plugins/modules")] + [(name, f"test_role_{name}") for name in roles()],
)
def test_a_module_or_role_is_run_twice_and_in_check_mode(name: str, stem: str) -> None:
    # Its tests are in tests/integration, in files that begin with the stem.
    files = [file for file in under("tests/integration/") if file.stem.startswith(stem)]
    running = [file for file in files if f"netpki.junos.{name}" in text(file)]
    assert running != [], f"no tests/integration/{stem}.py runs netpki.junos.{name}"
    assert lacking(files, "second_run", "check_mode") == []


@pytest.mark.parametrize("name", names("plugins/filter"))
def test_a_filter_has_a_table_of_exact_values(name: str) -> None:
    file = Path(f"tests/unit/plugins/filter/test_{name}.py")
    assert file in TESTS, f"{file} has to hold a table of input and exact output"
    assert "parametrize" in attributes(file), f"{file} has no table"
    assert any(f"plugins.filter.{name}" in imported for imported in imports(file)), f"{file} does not call the filter"
    assert lacking([file], "test_") == []


@pytest.mark.parametrize("file", TESTS, ids=str)
def test_every_test_asserts(file: Path) -> None:
    assert [test.name for test in written_in(file) if not test.asserts] == []


@pytest.mark.parametrize("file", TESTS, ids=str)
def test_no_test_is_skipped_or_expected_to_fail(file: Path) -> None:
    assert attributes(file) & {"importorskip", "skip", "skipif", "xfail"} == set()


def test_sanity_ignores_nothing() -> None:
    assert list((ROOT / "tests/sanity").glob("ignore*")) == []


# The way into the collection.


def test_a_module_has_its_action_plugin_and_stands_in_the_action_group() -> None:
    runtime = yaml.safe_load(text(Path("meta/runtime.yml")))
    assert names("plugins/action") == names("plugins/modules")
    # Not the one that asks no device: what a group sets for its modules, their connection, it would refuse.
    assert runtime["action_groups"]["pki"] == [each for each in names("plugins/modules") if each != "junos_pki_report"]


def test_no_action_plugin_is_named_junos() -> None:
    # ansible-core would send every junos_* module of any collection through it.
    assert "junos" not in names("plugins/action")


# The rooms.


@pytest.mark.parametrize("file", SOURCES, ids=str)
def test_every_file_names_its_licence(file: Path) -> None:
    assert "# SPDX-License-Identifier: GPL-3.0-or-later" in text(file).splitlines()[:8]


@pytest.mark.parametrize("file", under("plugins/"), ids=str)
def test_plugins_know_nothing_of_the_tests(file: Path) -> None:
    assert [name for name in imports(file) if name.startswith(("tests", "junosim", f"{OURS}.tests"))] == []


@pytest.mark.parametrize("file", under("tests/junosim/"), ids=str)
def test_the_simulator_knows_nothing_of_the_plugins(file: Path) -> None:
    # It judges the collection: what both had from one source, both would have wrong.
    assert imports_any(file, ("ansible", "ansible_collections", "plugins")) == []


@pytest.mark.parametrize("file", under("plugins/", "roles/"), ids=str)
def test_three_files_know_pyez_and_what_it_stands_on(file: Path) -> None:
    assert file.name in ("_connect.py", "_device.py", "_transport.py") or imports_any(file, ("jnpr", "ncclient")) == []


def test_only_the_one_that_speaks_to_devices_knows_how_ncclient_is_changed() -> None:
    knowing = [file.name for file in under("plugins/", "roles/") if any("_transport" in name for name in imports(file))]
    assert [name for name in knowing if not name.startswith("_transport")] == ["_connect.py"]


@pytest.mark.parametrize("file", PURE, ids=str)
def test_a_pure_file_reads_no_clock_and_does_no_input_or_output(file: Path) -> None:
    assert imports_any(file, IMPURE) == []
    assert {called(node) for node in ast.walk(parsed(file))} & {*CLOCKS, "open"} == set()


@pytest.mark.parametrize("file", under("plugins/module_utils/"), ids=str)
def test_only_the_shells_end_a_task(file: Path) -> None:
    assert attributes(file) & {"exit_json", "fail_json"} == set()
    assert [name for name in imports(file) if name.endswith(("AnsibleModule", "AnsibleActionFail"))] == []
