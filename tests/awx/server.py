# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of an AWX, and its API over HTTP on 127.0.0.1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import rules
from .schema import ENDPOINTS, RELATIONS, UNIFIED, mistakes

TOKEN = "Token-0"
HIDDEN = "$encrypted$"
PATH = re.compile(r"/api/v2/(?P<endpoint>\w+)/(?:(?P<number>\d+)/(?:(?P<relation>\w+)/)?)?")
#: A playbook, as AWX finds them in a project.
PLAYBOOK = re.compile(r"^\s*-?\s*?(?:hosts|(?:ansible\.builtin\.)?import_playbook):", re.MULTILINE)
#: The type of credential that AWX brings for logins.
MACHINE = {
    "name": "Machine",
    "kind": "ssh",
    "managed": True,
    "inputs": {
        "fields": [
            {"id": "username", "label": "Username"},
            *({"id": name, "label": name, "secret": True} for name in ("password", "ssh_key_data", "ssh_key_unlock")),
        ]
    },
}

Object = dict[str, Any]


class Refused(Exception):
    """What AWX answers to a request that it refuses: a status and a body."""

    def __init__(self, status: int, **body: Any) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


@dataclass
class Awx:
    """An AWX whose projects all hold the files of one folder.

    ``sent``: what changes something, as it came: method, path and body. ``refused``: the answers that refuse.
    """

    project: Path
    objects: dict[str, dict[int, Object]] = field(default_factory=lambda: {endpoint: {} for endpoint in ENDPOINTS})
    relations: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)
    surveys: dict[int, Object] = field(default_factory=dict)
    sent: list[tuple[str, str, Any]] = field(default_factory=list)
    refused: list[tuple[int, Any]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _lock: Any = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._store("organizations", {"name": "Default"})
        self._store("credential_types", MACHINE)

    def named(self, endpoint: str, name: str) -> Object:
        """The object of that name (a node: of that identifier), as it is kept, with secrets."""
        called = "identifier" if endpoint == "workflow_job_template_nodes" else "name"
        (found,) = (each for each in self.objects[endpoint].values() if each[called] == name)
        return found

    def related(self, endpoint: str, name: str, relation: str) -> list[str]:
        """The names of what an object leads to."""
        kept = self.objects[RELATIONS[endpoint][relation]]
        numbers = self.relations.get((endpoint, self.named(endpoint, name)["id"], relation), [])
        return [kept[number].get("name") or kept[number]["identifier"] for number in numbers]

    def add(self, endpoint: str, **given: Any) -> None:
        """Put in an object as somebody else has made it."""
        self._store(endpoint, {"inputs": {}, **given})

    def playbooks(self) -> list[str]:
        """The playbooks of the project."""
        files = self.project.glob("playbooks/**/*.yml")
        return sorted(str(file.relative_to(self.project)) for file in files if PLAYBOOK.search(file.read_text()))

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        """The status and the body that a request is answered with."""
        with self._lock:
            parts = urlsplit(url)
            if method != "GET":
                self.sent.append((method, parts.path, body))
            try:
                return self._answer(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), body)
            except Refused as refused:
                self.refused.append((refused.status, refused.body))
                return refused.status, refused.body

    def _answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        match = PATH.fullmatch(path)
        if match is None:
            raise Refused(404, detail="Not found.")
        endpoint, relation = match["endpoint"], match["relation"]
        number = int(match["number"] or 0)
        if endpoint == "project_updates":
            return 200, {"id": number, "status": "successful"}
        if not number:
            return self._list(endpoint, query) if method == "GET" else self._create(endpoint, body)
        if number not in self.objects.get(endpoint, {}):
            raise Refused(404, detail="Not found.")
        if relation == "survey_spec":
            return self._survey(number, body if method == "POST" else None)
        if relation == "create_approval_template":
            status, made = self._create("workflow_approval_templates", body)
            self.objects[endpoint][number]["unified_job_template"] = made["id"]
            return status, made
        if relation:
            return self._relation(endpoint, number, relation, body if method == "POST" else None)
        if method == "PATCH":
            self._check(endpoint, body, self.objects[endpoint][number])
            self.objects[endpoint][number] |= self._kept(endpoint, body, self.objects[endpoint][number])
        elif method != "GET":
            raise Refused(405, detail=f'Method "{method}" not allowed.')
        return 200, self._shown(endpoint, self.objects[endpoint][number])

    def _list(self, endpoint: str, query: Mapping[str, str]) -> tuple[int, Any]:
        endpoints = UNIFIED if endpoint == "unified_job_templates" else (endpoint,)
        if not set(endpoints) <= set(self.objects):
            raise Refused(404, detail="Not found.")
        shown = [self._shown(one, each) for one in endpoints for each in self.objects[one].values()]
        if unknown := [name for name in query if shown and not any(name in each for each in shown)]:
            raise Refused(400, detail=f"{unknown[0]} is no field to look for.")
        results = [each for each in shown if all(str(each.get(name)) == value for name, value in query.items())]
        return 200, {"count": len(results), "next": None, "previous": None, "results": results}

    def _create(self, endpoint: str, body: Any) -> tuple[int, Any]:
        if endpoint not in self.objects or endpoint == "organizations":
            raise Refused(405, detail='Method "POST" not allowed.')
        self._check(endpoint, body, None)
        made = self._store(endpoint, self._kept(endpoint, body, {}))
        shown = self._shown(endpoint, made)
        if endpoint == "projects":  # AWX fetches it at once
            shown["summary_fields"] = {"current_update": {"id": made["id"]}}
        return 201, shown

    def _store(self, endpoint: str, given: Object) -> Object:
        defaults = {name: about.default for name, about in ENDPOINTS[endpoint].items()}
        number = next(self._numbers)
        self.objects[endpoint][number] = {**defaults, **given, "id": number}
        return self.objects[endpoint][number]

    def _check(self, endpoint: str, given: Object, existing: Object | None) -> None:
        """Refuse what AWX would refuse, and what it would ignore."""
        wrong = dict(mistakes(endpoint, given, whole=existing is None))
        for name, about in ENDPOINTS[endpoint].items():
            if about.refers and given.get(name) is not None and not self._knows(about.refers, given[name]):
                wrong[name] = f'Invalid pk "{given[name]}" - object does not exist.'
        if wrong:
            raise Refused(400, **wrong)
        whole = {**(existing or {}), **given}
        twins = [one for one in self.objects[endpoint].values() if one is not existing and _same(endpoint, one, whole)]
        if twins:
            raise Refused(400, __all__=["An object of this name already exists."])
        if problem := self._problem(endpoint, given, whole):
            raise Refused(400, __all__=[problem])

    def _problem(self, endpoint: str, given: Object, whole: Object) -> str:
        """What is wrong with an object whose fields are right, or nothing."""
        if endpoint == "credential_types":
            return rules.credential_type(whole)
        if endpoint == "credentials":
            known = {
                one["id"] for one in self.objects["credential_types"][whole["credential_type"]]["inputs"]["fields"]
            }
            extra = sorted(whole.get("inputs", {}).keys() - known)
            return f"Additional properties are not allowed: {', '.join(extra)}" if extra else ""
        if endpoint == "notification_templates":
            return rules.notification(whole["notification_type"], whole["notification_configuration"])
        if endpoint == "schedules":
            return rules.recurrence(whole["rrule"])
        if endpoint == "inventory_sources" and whole["source"] == "scm" and not whole.get("source_project"):
            return "Project required for scm type sources."
        if endpoint == "job_templates":
            if whole.get("playbook") not in self.playbooks():
                return "Playbook not found for project."
            if not whole.get("project") or not whole.get("inventory"):
                return "Job Templates must have a project and an inventory assigned."
        for name in ("extra_vars", "variables", "source_vars"):
            if given.get(name) and not isinstance(json.loads(given[name]), dict):
                return f"{name} is no mapping."
        return ""

    def _knows(self, endpoint: str, number: int) -> bool:
        return any(
            number in self.objects[one] for one in (UNIFIED if endpoint == "unified_job_templates" else [endpoint])
        )

    def _kept(self, endpoint: str, given: Object, existing: Object) -> Object:
        """What AWX keeps of what it was given."""
        if endpoint == "credentials" and "inputs" in given:  # what is hidden stays as it was
            was = existing.get("inputs", {})
            inputs = {name: was[name] if value == HIDDEN else value for name, value in given["inputs"].items()}
            return {**given, "inputs": inputs}
        if endpoint == "notification_templates" and "notification_configuration" in given:
            kind = {**existing, **given}["notification_type"]
            return {
                **given,
                "notification_configuration": rules.completed(kind, given["notification_configuration"]),
            }
        if endpoint == "job_templates" and "project" in given:
            return {**given, "organization": self.objects["projects"][given["project"]]["organization"]}
        return given

    def _shown(self, endpoint: str, kept: Object) -> Object:
        """An object as the API shows it."""
        url = f"/api/v2/{endpoint}/{kept['id']}/"
        related = {"survey_spec": f"{url}survey_spec/"}
        if unified := kept.get("unified_job_template"):
            (where,) = (one for one in UNIFIED if unified in self.objects[one])
            related["unified_job_template"] = f"/api/v2/{where}/{unified}/"
        shown = {"type": _singular(endpoint), **kept, "url": url, "related": related, "summary_fields": {}}
        if endpoint == "credentials":
            fields = self.objects["credential_types"][kept["credential_type"]]["inputs"]["fields"]
            secret = {one["id"] for one in fields if one.get("secret")}
            shown["inputs"] = {name: HIDDEN if name in secret else value for name, value in kept["inputs"].items()}
        if endpoint == "projects":
            shown["scm_revision"] = "0" * 40
        if endpoint == "workflow_job_template_nodes":
            shown["type"] = "workflow_job_template_node"
        return shown

    def _survey(self, number: int, posted: Any) -> tuple[int, Any]:
        if posted is None:
            return 200, self.surveys.get(number, {})
        if wrong := rules.survey(posted):
            raise Refused(400, error=wrong)
        self.surveys[number] = posted
        return 200, {}

    def _relation(self, endpoint: str, number: int, relation: str, posted: Any) -> tuple[int, Any]:
        if relation not in RELATIONS.get(endpoint, {}):
            raise Refused(404, detail="Not found.")
        other = RELATIONS[endpoint][relation]
        linked = self.relations.setdefault((endpoint, number, relation), [])
        if posted is None:
            results = [self._shown(other, self.objects[other][one]) for one in linked]
            return 200, {"count": len(results), "next": None, "previous": None, "results": results}
        if posted.keys() - {"id", "disassociate"} or posted["id"] not in self.objects[other]:
            raise Refused(400, msg=f"{posted} is nothing to associate.")
        if posted.get("disassociate"):
            linked.remove(posted["id"])
            return 204, None
        if wrong := self._not_together(endpoint, number, relation, posted["id"]):
            raise Refused(400, error=wrong)
        linked.append(posted["id"])
        return 204, None

    def _not_together(self, endpoint: str, number: int, relation: str, other: int) -> str:
        """Why an object may not lead to another, or nothing."""
        if relation == "credentials":
            kept = self.objects["credentials"]
            types = [kept[one]["credential_type"] for one in self.relations[endpoint, number, relation]]
            if kept[other]["credential_type"] in types:
                return "Cannot assign multiple credentials of one type."
        if endpoint == "workflow_job_template_nodes":
            nodes = self.objects[endpoint]
            if nodes[number]["workflow_job_template"] != nodes[other]["workflow_job_template"]:
                return "A node leads to nodes of its own workflow only."
            edges: dict[int, list[int]] = {number: [other]}
            for (_where, one, _kind), linked in self.relations.items():
                if one in nodes:
                    edges.setdefault(one, []).extend(linked)
            if rules.leads_back(edges, number):
                return "Cycle detected."
        return ""


def _same(endpoint: str, one: Object, other: Object) -> bool:
    """Whether AWX takes two objects for one: the same name, in the same place."""
    if endpoint == "workflow_approval_templates":
        return False
    place = {"workflow_job_template_nodes": ("identifier", "workflow_job_template"), "schedules": ("name",)}
    keys = place.get(endpoint, ("name", "organization", "credential_type", "inventory" if "source" in endpoint else ""))
    return all(one.get(key) == other.get(key) for key in keys)


def _singular(endpoint: str) -> str:
    return "inventory" if endpoint == "inventories" else endpoint.removesuffix("s")


@contextmanager
def serving(awx: Awx) -> Iterator[str]:
    """The API over HTTP, as long as the block lasts: its URL."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                status, told = 401, {"detail": "Authentication credentials were not provided."}
            else:
                status, told = awx.answer(self.command, self.path, json.loads(body) if body else None)
            data = b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = _handle

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests look at what was sent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
