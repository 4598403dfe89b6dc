# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""As much of AWX as ansible-rulebook asks to launch a job template; what was launched is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]
SURVEYS = yaml.safe_load((ROOT / "playbooks/awx/vars/surveys.yml").read_text())["pki_awx_surveys"]
#: Names of templates, each with what it is and what its survey asks for.
TEMPLATES = {
    "PKI report: on demand": ("job", SURVEYS["on_demand"]["spec"]),
    "PKI re-enroll": ("workflow_job", SURVEYS["apply"]["spec"]),
}
NAMES = tuple(TEMPLATES)
API = "/api/v2"


class Awx(ThreadingHTTPServer):
    """``launched``: the template, with the variables posted that it takes. ``ends``: whether the jobs have ended."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.launched: list[tuple[str, dict[str, Any]]] = []
        self.ends = False


class _Handler(BaseHTTPRequestHandler):
    server: Awx

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == f"{API}/unified_job_templates/":
            names = parse_qs(url.query)["name"]
            found = [template(number, name) for number, name in enumerate(NAMES) if name in names]
            self._answer({"results": found, "next": None})
        elif url.path in (f"{API}/jobs/", f"{API}/workflow_jobs/"):
            status = "successful" if self.server.ends else "running"
            done = {"status": status, "created": "2026-11-24T09:00:00Z", "artifacts": {}}
            self._answer({"results": [{"id": int(one), **done} for one in parse_qs(url.query)["id__in"][0].split(",")]})
        else:
            self._answer({"version": "24.6.1"})

    def do_POST(self) -> None:
        posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = NAMES[int(self.path.split("/")[-3])]
        kind, asked = TEMPLATES[name]
        known = {question["variable"] for question in asked}
        taken = {variable: value for variable, value in posted["extra_vars"].items() if variable in known}
        self.server.launched.append((name, taken))
        number = len(self.server.launched)
        self._answer({"id": number, "url": f"{API}/{kind}s/{number}/"})

    def _answer(self, content: Mapping[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


def template(number: int, name: str) -> dict[str, Any]:
    """A template, as far as ansible-rulebook looks at it."""
    kind, _asked = TEMPLATES[name]
    asks = dict.fromkeys((f"ask_{what}_on_launch" for what in ("limit", "inventory", "variables", "labels")), False)
    return {
        "id": number,
        "type": f"{kind}_template",
        "name": name,
        "summary_fields": {"organization": {"name": "Default"}},
        "related": {"launch": f"{API}/{kind}_templates/{number}/launch/"},
        **asks,
    }


@contextmanager
def started() -> Iterator[Awx]:
    """It listens on loopback for the length of a ``with`` block."""
    with Awx() as awx:
        thread = Thread(target=awx.serve_forever, daemon=True)
        thread.start()
        try:
            yield awx
        finally:
            awx.shutdown()
            thread.join()
