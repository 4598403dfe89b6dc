# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stub of AWX refuses what AWX refuses: what it lets pass, the playbooks' test would not see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from awx import rules
from awx.server import HIDDEN, Awx

ROOT = Path(__file__).resolve().parents[2]
QUESTION = {"variable": "hosts", "question_name": "Limit", "type": "text", "required": True}
SURVEY = {"name": "s", "description": "", "spec": [QUESTION]}
SECRETS = {
    "name": "Secrets",
    "kind": "cloud",
    "inputs": {"fields": [{"id": "word", "label": "Word", "secret": True}, {"id": "user", "label": "User"}]},
    "injectors": {"extra_vars": {"the_word": "{{ word }}"}},
}
TEMPLATE = {"name": "Report", "project": 4, "inventory": 5, "playbook": "playbooks/report.yml"}


@pytest.fixture(name="awx")
def _awx() -> Awx:
    """With a project (4), an inventory (5), two workflows (6, 7) with nodes (8 and 9; 10), and a credential (11)."""
    awx = Awx(ROOT)
    owned = {"organization": 1}
    for endpoint, body in [
        ("credential_types", SECRETS),
        ("projects", {"name": "Project", **owned}),
        ("inventories", {"name": "Inventory", **owned}),
        ("workflow_job_templates", {"name": "One", **owned}),
        ("workflow_job_templates", {"name": "Other", **owned}),
        ("workflow_job_template_nodes", {"identifier": "first", "workflow_job_template": 6}),
        ("workflow_job_template_nodes", {"identifier": "second", "workflow_job_template": 6}),
        ("workflow_job_template_nodes", {"identifier": "first", "workflow_job_template": 7}),
        ("credentials", {"name": "Word", **owned, "credential_type": 3, "inputs": {"word": "Secret-0", "user": "u"}}),
    ]:
        status, told = awx.answer("POST", f"/api/v2/{endpoint}/", body)
        assert status == 201, told
    awx.sent.clear()
    return awx


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("projects/", {"name": "P", "colour": "red"}, {"colour": "There is no such field."}),
        ("projects/", {"scm_url": "u"}, {"name": "This field is required."}),
        ("projects/", {"name": "P", "timeout": "5"}, {"timeout": "'5' is not a int."}),
        ("projects/", {"name": "P", "scm_type": "hg"}, {"scm_type": '"hg" is not a valid choice.'}),
        ("projects/", {"name": ""}, {"name": "This field may not be blank."}),
        ("projects/", {"name": None}, {"name": "This field may not be null."}),
        (
            "projects/",
            {"name": "P" * 513},
            {"name": "Ensure this field has no more than 512 characters."},
        ),
        (
            "projects/",
            {"name": "P", "organization": 99},
            {"organization": 'Invalid pk "99" - object does not exist.'},
        ),
        (
            "projects/",
            {"name": "Project", "organization": 1},
            {"__all__": ["An object of this name already exists."]},
        ),
        (
            "job_templates/",
            {**TEMPLATE, "playbook": "playbooks/awx/vars/settings.yml"},
            {"__all__": ["Playbook not found for project."]},
        ),
        (
            "job_templates/",
            {"name": "Report", "playbook": "playbooks/report.yml"},
            {"__all__": ["Job Templates must have a project and an inventory assigned."]},
        ),
        ("job_templates/", {**TEMPLATE, "extra_vars": "[]"}, {"__all__": ["extra_vars is no mapping."]}),
        (
            "credentials/",
            {"name": "W", "credential_type": 3, "inputs": {"key": "x"}},
            {"__all__": ["Additional properties are not allowed: key"]},
        ),
        (
            "credential_types/",
            {**SECRETS, "name": "S", "kind": "ssh"},
            {"__all__": ["Must be 'cloud' or 'net', not ssh"]},
        ),
        (
            "credential_types/",
            {**SECRETS, "name": "S", "injectors": {"extra_vars": {"x": "{{ wrod }}"}}},
            {"__all__": ["x uses an undefined field ('wrod' is undefined)."]},
        ),
        (
            "inventory_sources/",
            {"name": "S", "inventory": 5, "source": "scm"},
            {"__all__": ["Project required for scm type sources."]},
        ),
        (
            "notification_templates/",
            {
                "name": "N",
                "organization": 1,
                "notification_type": "webhook",
                "notification_configuration": {"url": "u"},
            },
            {"__all__": ["Missing required fields for Notification Configuration: headers."]},
        ),
        (
            "schedules/",
            {"name": "S", "unified_job_template": 7, "rrule": "DTSTART:20260101T050000 RRULE:FREQ=DAILY;INTERVAL=1"},
            {"__all__": ["One DTSTART with a time zone is required in rrule."]},
        ),
        (
            "schedules/",
            {"name": "S", "unified_job_template": 7, "rrule": "DTSTART:20260101T050000Z RRULE:FREQ=DAILY"},
            {"__all__": ["INTERVAL required in rrule."]},
        ),
        (
            "workflow_job_templates/7/survey_spec/",
            {**SURVEY, "spec": []},
            {"error": "'spec' doesn't contain any items."},
        ),
        (
            "workflow_job_template_nodes/8/success_nodes/",
            {"id": 10},
            {"error": "A node leads to nodes of its own workflow only."},
        ),
        ("workflow_job_template_nodes/8/success_nodes/", {"id": 8}, {"error": "Cycle detected."}),
    ],
)
def test_awx_refuses(awx: Awx, path: str, body: Any, told: Any) -> None:
    assert awx.answer("POST", f"/api/v2/{path}", body) == (400, told)
    assert awx.refused == [(400, told)]
    assert awx.sent == [("POST", f"/api/v2/{path}", body)]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"type": "string"}, "'string' is not one of the allowed question types."),
        ({"required": "yes"}, "'required' of a survey question is missing, or no bool."),
        ({"default": 5}, "Default value 5 of hosts has the wrong type."),
        ({"min": "1"}, "A limit of hosts is no integer."),
        ({"type": "multiplechoice"}, "Survey question hosts must specify choices."),
        (
            {"type": "multiplechoice", "choices": ["a"], "default": "b"},
            "Default choice must be answered from the choices listed.",
        ),
    ],
)
def test_awx_refuses_a_survey(change: dict[str, Any], wrong: str) -> None:
    assert rules.survey(SURVEY) == ""
    assert rules.survey({**SURVEY, "spec": [{**QUESTION, **change}]}) == wrong


def test_awx_shows_no_secret_and_keeps_the_one_that_is_not_given_anew(awx: Awx) -> None:
    assert awx.answer("GET", "/api/v2/credentials/11/", None)[1]["inputs"] == {"word": HIDDEN, "user": "u"}
    status, told = awx.answer("PATCH", "/api/v2/credentials/11/", {"inputs": {"word": HIDDEN, "user": "v"}})
    assert (status, told["inputs"]) == (200, {"word": HIDDEN, "user": "v"})
    assert awx.named("credentials", "Word")["inputs"] == {"word": "Secret-0", "user": "v"}


def test_awx_looks_for_what_it_is_asked_for(awx: Awx) -> None:
    found = [one["name"] for one in awx.answer("GET", "/api/v2/unified_job_templates/?name=Other", None)[1]["results"]]
    assert found == ["Other"]
    assert awx.answer("GET", "/api/v2/projects/?name=Project&organization=2", None)[1]["count"] == 0
