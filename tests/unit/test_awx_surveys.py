# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the surveys of playbooks/awx ask, against what gets the answers: the module, the roles, the playbooks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.netpki.junos.plugins.module_utils._audit import capacity
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._options import COMMIT_SPEC, commit_options
from awx import rules

ROOT = Path(__file__).resolve().parents[2]
SURVEYS: dict[str, Any] = yaml.safe_load((ROOT / "playbooks/awx/vars/surveys.yml").read_text())["pki_awx_surveys"]
SETTINGS: dict[str, Any] = yaml.safe_load((ROOT / "playbooks/awx/vars/settings.yml").read_text())
QUESTIONS = {question["variable"]: question for survey in SURVEYS.values() for question in survey["spec"]}
TYPES = {"text": "str", "multiplechoice": "str", "integer": "int"}


def role_options(role: str) -> dict[str, Any]:
    specs = yaml.safe_load((ROOT / f"roles/{role}/meta/argument_specs.yml").read_text())
    options: dict[str, Any] = specs["argument_specs"]["main"]["options"]
    return options


#: What gets each answer: an option of a role or, where the role takes whatever a survey hands it, of the module.
OPTIONS = {
    **role_options("pki_report"),
    **role_options("pki_reenroll"),
    "pki_reenroll_commit_confirmed": COMMIT_SPEC["commit_confirmed"],
    "pki_report_merge_fail_on": role_options("pki_report")["pki_report_fail_on"],
}
#: What the playbooks themselves read. Their pages describe it.
OF_PLAYBOOKS = {"pki_reenroll_hosts": "reenroll", "pki_reenroll_serial": "reenroll", "pki_report_hosts": "report"}


def test_each_answer_goes_to_an_option_or_a_variable_that_is_there() -> None:
    assert sorted(QUESTIONS.keys() - OPTIONS.keys()) == sorted(OF_PLAYBOOKS)
    playbooks = {name: (ROOT / f"playbooks/{file}.yml").read_text() for name, file in OF_PLAYBOOKS.items()}
    assert [name for name, text in playbooks.items() if f"{{{{ {name}" not in text] == []


@pytest.mark.parametrize("name", sorted(QUESTIONS.keys() & OPTIONS.keys()))
def test_an_answer_has_the_type_and_the_choices_of_its_option(name: str) -> None:
    question, option = QUESTIONS[name], OPTIONS[name]
    assert (TYPES[question["type"]], question.get("choices")) == (option["type"], option.get("choices"))


@pytest.mark.parametrize("name", sorted(SURVEYS))
def test_awx_takes_the_survey(name: str) -> None:
    spec = [{**one, "default": answered(one["default"])} for one in SURVEYS[name]["spec"]]
    assert rules.survey({**SURVEYS[name], "spec": spec}) == ""


def answered(default: Any) -> Any:
    """A default, with the setting that it may name in place."""
    named = re.fullmatch(r"\{\{ (\w+) \}\}", str(default))
    return SETTINGS[named[1]] if named else default


def minutes(given: int) -> None:
    commit_options({**dict.fromkeys(COMMIT_SPEC), "commit_synchronize": False, "commit_confirmed": given})


@pytest.mark.parametrize(
    ("name", "given", "use"),
    [
        *(("pki_reenroll_commit_confirmed", given, minutes) for given in (-1, 0, 1, 5, 65535, 65536)),
        *(("pki_report_ca_capacity", given, capacity) for given in (-1, 0, 1, 60, 1000000)),
    ],
)
def test_a_survey_refuses_what_the_module_refuses(name: str, given: int, use: Callable[[int], object]) -> None:
    try:
        use(given)
        refused = False
    except InputError:
        refused = True
    assert bool(rules.answer(QUESTIONS[name], {name: given})) == refused


def test_a_limit_must_be_given() -> None:
    name = "pki_reenroll_hosts"
    assert rules.answer(QUESTIONS[name], {}) == f"'{name}' value missing"
    assert rules.answer(QUESTIONS[name], {name: ""}) == f"'{name}' value  is too small (must be at least 1)."
    assert rules.answer(QUESTIONS[name], {name: "lab-fw:branches"}) == ""


def test_batches_are_what_ansible_takes_for_some() -> None:
    question = QUESTIONS["pki_reenroll_serial"]
    sizes = [size for choice in question["choices"] for size in choice.split(",")]
    assert [size for size in sizes if not re.fullmatch(r"\d+%?", size)] == []
    # The playbook's own batches, if nobody says otherwise.
    assert f"default('{question['default']}', true)" in (ROOT / "playbooks/reenroll.yml").read_text()
