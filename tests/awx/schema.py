# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of AWX's objects, by endpoint: those that its API takes in POST and PATCH, version 24.6.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field. ``refers``: it holds the number of an object of that endpoint. ``default``: where it is not given."""

    type: type
    default: Any = None
    choices: tuple[Any, ...] = ()
    longest: int = 0
    refers: str = ""
    required: bool = False


def text(longest: int = 0, *, required: bool = False, choices: tuple[str, ...] = (), default: str | None = "") -> Field:
    return Field(str, default, choices, longest, required=required)


def number(default: int = 0, *, choices: tuple[int, ...] = ()) -> Field:
    return Field(int, default, choices)


def refers(endpoint: str, *, required: bool = False) -> Field:
    return Field(int, refers=endpoint, required=required)


FLAG = Field(bool, False)
MAPPING = Field(dict, {})
COMMON = {"name": text(512, required=True), "description": text()}
OWNED = {**COMMON, "organization": refers("organizations")}
ASKS = ("variables", "limit", "scm_branch", "tags", "skip_tags", "inventory", "labels")
ASKS_OF_A_JOB = (
    *("diff_mode", "job_type", "verbosity", "credential", "execution_environment", "forks", "job_slice_count"),
    *("timeout", "instance_groups"),
)
PROMPTS = {
    "extra_data": MAPPING,
    "inventory": refers("inventories"),
    "scm_branch": text(default=None),
    "job_type": text(default=None, choices=("run", "check")),
    "job_tags": text(default=None),
    "skip_tags": text(default=None),
    "limit": text(default=None),
    "diff_mode": Field(bool),
    "verbosity": Field(int, choices=(0, 1, 2, 3, 4, 5)),
    "execution_environment": refers("execution_environments"),
    "forks": Field(int),
    "job_slice_count": Field(int),
    "timeout": Field(int),
}

ENDPOINTS: Mapping[str, Mapping[str, Field]] = {
    "organizations": COMMON,
    "execution_environments": {
        **OWNED,
        "image": text(1024, required=True),
        "credential": refers("credentials"),
        "pull": text(choices=("always", "missing", "never")),
    },
    "projects": {
        **OWNED,
        "scm_type": text(choices=("", "git", "svn", "insights", "archive")),
        "scm_url": text(1024),
        "scm_branch": text(256),
        "scm_refspec": text(1024),
        "scm_clean": FLAG,
        "scm_track_submodules": FLAG,
        "scm_delete_on_update": FLAG,
        "credential": refers("credentials"),
        "timeout": number(),
        "scm_update_on_launch": FLAG,
        "scm_update_cache_timeout": number(),
        "allow_override": FLAG,
        "default_environment": refers("execution_environments"),
    },
    "inventories": {
        **COMMON,
        "organization": refers("organizations", required=True),
        "kind": text(choices=("", "smart", "constructed")),
        "host_filter": text(default=None),
        "variables": text(),
        "prevent_instance_group_fallback": FLAG,
    },
    "inventory_sources": {
        **COMMON,
        "inventory": refers("inventories", required=True),
        "source": text(
            choices=(
                *("scm", "ec2", "gce", "azure_rm", "vmware", "satellite6", "openstack", "rhv", "controller"),
                *("insights", "terraform", "openshift_virtualization"),
            )
        ),
        "source_path": text(1024),
        "source_vars": text(),
        "source_project": refers("projects"),
        "scm_branch": text(1024),
        "credential": refers("credentials"),
        "enabled_var": text(),
        "enabled_value": text(),
        "host_filter": text(),
        "limit": text(),
        "overwrite": FLAG,
        "overwrite_vars": FLAG,
        "timeout": number(),
        "verbosity": number(1, choices=(0, 1, 2)),
        "update_on_launch": FLAG,
        "update_cache_timeout": number(),
        "execution_environment": refers("execution_environments"),
    },
    "credential_types": {
        **COMMON,
        # Those that anybody may make are cloud or net; the API has the others for its own.
        "kind": text(required=True, choices=("ssh", "vault", "net", "scm", "cloud", "insights")),
        "inputs": MAPPING,
        "injectors": MAPPING,
        "managed": FLAG,
    },
    "credentials": {**OWNED, "credential_type": refers("credential_types", required=True), "inputs": MAPPING},
    "notification_templates": {
        **COMMON,
        "organization": refers("organizations", required=True),
        "notification_type": text(
            required=True,
            choices=(
                *("awssns", "email", "grafana", "irc", "mattermost", "pagerduty", "rocketchat", "slack", "twilio"),
                "webhook",
            ),
        ),
        "notification_configuration": MAPPING,
        "messages": Field(dict),
    },
    "job_templates": {
        **OWNED,
        "job_type": text(choices=("run", "check"), default="run"),
        "inventory": refers("inventories"),
        "project": refers("projects"),
        "playbook": text(1024),
        "scm_branch": text(1024),
        "execution_environment": refers("execution_environments"),
        "forks": number(),
        "limit": text(),
        "verbosity": number(choices=(0, 1, 2, 3, 4, 5)),
        "extra_vars": text(),
        "job_tags": text(1024),
        "skip_tags": text(1024),
        "start_at_task": text(1024),
        "timeout": number(),
        "job_slice_count": number(1),
        "host_config_key": text(1024),
        "webhook_service": text(choices=("github", "gitlab", "")),
        **dict.fromkeys(("force_handlers", "use_fact_cache", "survey_enabled", "become_enabled", "diff_mode"), FLAG),
        **dict.fromkeys(("allow_simultaneous", "prevent_instance_group_fallback"), FLAG),
        **dict.fromkeys((f"ask_{what}_on_launch" for what in (*ASKS, *ASKS_OF_A_JOB)), FLAG),
    },
    "workflow_job_templates": {
        **OWNED,
        "extra_vars": text(),
        "survey_enabled": FLAG,
        "allow_simultaneous": FLAG,
        "inventory": refers("inventories"),
        "limit": text(default=None),
        "scm_branch": text(default=None),
        "job_tags": text(default=None),
        "skip_tags": text(default=None),
        **dict.fromkeys((f"ask_{what}_on_launch" for what in ASKS), FLAG),
    },
    "workflow_job_template_nodes": {
        **PROMPTS,
        "identifier": text(512, required=True),
        "workflow_job_template": refers("workflow_job_templates", required=True),
        "unified_job_template": refers("unified_job_templates"),
        "all_parents_must_converge": FLAG,
        "type": text(choices=("workflow_job_template_node",)),
    },
    "workflow_approval_templates": {**COMMON, "timeout": number()},
    "schedules": {
        **COMMON,
        **PROMPTS,
        "unified_job_template": refers("unified_job_templates", required=True),
        "rrule": text(required=True),
        "enabled": Field(bool, True),
    },
}

#: What can be scheduled, and run by a node of a workflow.
UNIFIED = ("job_templates", "workflow_job_templates", "projects", "inventory_sources", "workflow_approval_templates")

_NOTIFIED = tuple(f"notification_templates_{when}" for when in ("started", "success", "error"))
_EDGES = ("success_nodes", "failure_nodes", "always_nodes")
#: The lists of other objects that an object leads to, and the endpoint of what is in them.
RELATIONS: Mapping[str, Mapping[str, str]] = {
    "projects": dict.fromkeys(_NOTIFIED, "notification_templates"),
    "inventory_sources": dict.fromkeys(_NOTIFIED, "notification_templates"),
    "job_templates": {**dict.fromkeys(_NOTIFIED, "notification_templates"), "credentials": "credentials"},
    "workflow_job_templates": dict.fromkeys((*_NOTIFIED, "notification_templates_approvals"), "notification_templates"),
    "workflow_job_template_nodes": dict.fromkeys(_EDGES, "workflow_job_template_nodes"),
}


def mistakes(endpoint: str, given: Mapping[str, Any], *, whole: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the fields of an object, by field. ``whole``: it is new, so nothing may be missing."""
    fields = ENDPOINTS[endpoint]
    for name, about in fields.items():
        if whole and about.required and name not in given:
            yield name, "This field is required."
    for name, value in given.items():
        if name not in fields:
            yield name, "There is no such field."
        elif value is None:
            if fields[name].default is not None or fields[name].required:
                yield name, "This field may not be null."
        elif type(value) not in (fields[name].type,):  # True is no number
            yield name, f"{value!r} is not a {fields[name].type.__name__}."
        elif fields[name].choices and value not in fields[name].choices:
            yield name, f'"{value}" is not a valid choice.'
        elif fields[name].longest and len(value) > fields[name].longest:
            yield name, f"Ensure this field has no more than {fields[name].longest} characters."
        elif fields[name].required and value == "":
            yield name, "This field may not be blank."
