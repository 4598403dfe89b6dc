# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job as AWX starts it: from a job template, the answers to its survey, and its credentials.

AWX writes variables and secrets to files that only the job can read, and hands over the names of the files. It takes
nobody's answer for a template: only the variables that the job template itself brings may be one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from . import rules
from .schema import UNIFIED
from .server import Awx, Object


class Unsafe(yaml.SafeDumper):
    """Writes each text as one that Ansible never takes for a template."""


Unsafe.add_representer(str, lambda dumper, value: dumper.represent_scalar("!unsafe", value))


@dataclass(frozen=True)
class Slice:
    """The hosts of a slice: each count-th, from this one on. ``workflow_job``: what the slices of a run share."""

    number: int
    count: int
    workflow_job: int


@dataclass(frozen=True)
class Node:
    """A job of a workflow. ``workflow``: its variables, which each job gets, asked or not, and which count most."""

    template: str
    answers: Mapping[str, Any]
    workflow: Mapping[str, Any]


@dataclass(frozen=True)
class Launcher:
    """Starts jobs of an AWX for an inventory of hosts with their variables; its files lie in a folder."""

    awx: Awx
    inventory: Mapping[str, Mapping[str, Any]]
    folder: Path

    def nodes(self, workflow: str, answers: Mapping[str, Any]) -> Iterator[Node]:
        """The jobs of a workflow in the order in which they run, with those of the workflows that it runs.

        :param answers: to its survey.
        :raises ValueError: an answer is refused.
        """
        made = self.awx.named("workflow_job_templates", workflow)
        variables = self._answered(made, answers)
        for node in self.awx.objects["workflow_job_template_nodes"].values():
            if node["workflow_job_template"] != made["id"]:
                continue
            (endpoint,) = (one for one in UNIFIED if node["unified_job_template"] in self.awx.objects[one])
            runs = self.awx.objects[endpoint][node["unified_job_template"]]
            if endpoint == "workflow_job_templates":
                given = {**node["extra_data"], **variables}
                yield from self.nodes(runs["name"], {name: given[name] for name in self._asked(runs) if name in given})
            elif endpoint == "job_templates":
                yield Node(runs["name"], node["extra_data"], variables)

    def arguments(
        self, template: str, answers: Mapping[str, Any], job: int, part: Slice | None = None, **handed: Any
    ) -> list[str]:
        """The arguments of ansible-playbook for a job.

        :param job: its number.
        :param handed: what a workflow hands to it unasked: what jobs before it have told, and its own variables.
        :raises ValueError: an answer is refused.
        """
        made = self.awx.named("job_templates", template)
        own = json.loads(made["extra_vars"] or "{}")
        about = {"awx_job_id": job, **({"awx_workflow_job_id": part.workflow_job} if part else {})}
        folder = self.folder / str(job)
        folder.mkdir()
        arguments = ["-i", _write(folder / "hosts", _inventory(self.inventory, part))]
        for name in self.awx.related("job_templates", template, "credentials"):
            arguments += self._login_or_secrets(self.awx.named("credentials", name), folder)
        if made["job_type"] == "check":
            arguments.append("--check")
        if made["diff_mode"]:
            arguments.append("--diff")
        arguments.append(f"--forks={made['forks']}")
        variables = _extra_vars({**own, **self._answered(made, answers, handed), **handed, **about}, own)
        return [
            *arguments,
            "-e",
            f"@{_write(folder / 'extravars', variables)}",
            str(self.awx.project / made["playbook"]),
        ]

    def _asked(self, made: Object) -> Mapping[str, Mapping[str, Any]]:
        """The questions of a template's survey, by variable."""
        survey = self.awx.surveys.get(made["id"], {"spec": []})
        return {question["variable"]: question for question in survey["spec"]}

    def _answered(
        self, made: Object, answers: Mapping[str, Any], elsewhere: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The variables that come of answers to a survey; ``elsewhere``: what is answered in another way."""
        asked = self._asked(made)
        given = {name: one["default"] for name, one in asked.items() if one["default"] != ""} | {**answers}
        wrong = [f"Nobody asks for {name}: AWX ignores it." for name in given if name not in asked]
        wrong += rules.answers({"spec": list(asked.values())}, {**(elsewhere or {}), **given})
        if wrong:
            raise ValueError("; ".join(wrong))
        return given

    def _login_or_secrets(self, credential: Object, folder: Path) -> Sequence[str]:
        kind = self.awx.objects["credential_types"][credential["credential_type"]]
        if kind["name"] == "Machine":
            # AWX types the password in where ansible-playbook asks for it.
            password = _write(folder / "password", credential["inputs"]["password"])
            return "-u", credential["inputs"]["username"], "--connection-password-file", password
        render = ImmutableSandboxedEnvironment().from_string
        injected = {
            name: render(template).render(credential["inputs"])
            for name, template in kind["injectors"]["extra_vars"].items()
        }
        return "-e", f"@{_write(folder / kind['name'].replace(' ', '-'), yaml.dump(injected, Dumper=Unsafe))}"


def _inventory(hosts: Mapping[str, Mapping[str, Any]], part: Slice | None) -> str:
    names = sorted(hosts)[part.number - 1 :: part.count] if part else sorted(hosts)
    return yaml.safe_dump({"all": {"hosts": {name: dict(hosts[name]) for name in names}}})


def _extra_vars(variables: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """All variables; those of the job template itself may be templates."""
    dumped = (
        yaml.dump({name: value}, Dumper=yaml.SafeDumper if own.get(name) == value else Unsafe)
        for name, value in variables.items()
    )
    return "".join(dumped)


def _write(file: Path, text: str) -> str:
    file.write_text(text)
    file.chmod(0o600)
    return str(file)
