# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP in front of the protocols (``/PROFILE/scep``, ``/PROFILE/cmp``, ``/PROFILE/acme/...``), and a control."""

from __future__ import annotations

import base64
import hmac
import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .acme import AcmeServer
from .authority import Authority
from .cmp import CmpServer
from .scep import ScepServer

LARGEST = 1 << 20  # bytes of a request
CONNECTIONS = 256  # at a time; more wait
IDLE = 30  # seconds of silence that end a connection

Answer = tuple[int, dict[str, str], bytes]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, authority: Authority, secret: str) -> None:
        self.authority, self.secret = authority, secret
        self._room = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__((authority.config.address, authority.config.port), _Handler)
        self.url = f"http://{authority.config.address}:{self.server_port}"
        profiles = authority.config.profiles
        self.scep = {name: ScepServer(authority, name) for name in profiles}
        self.cmp = {name: CmpServer(authority, name) for name in profiles}
        self.acme = {name: AcmeServer(authority, name, f"{self.url}/{name}") for name in profiles}

    def server_bind(self) -> None:
        """Without the name of the host, which HTTPServer looks up and nobody here needs."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment] # an Internet address

    def process_request(self, request: Any, client_address: Any) -> None:
        self._room.acquire()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell; everything else is a mistake in here, and goes to the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # head and body leave together
    timeout = IDLE
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """The authority's log says what happened."""

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_HEAD = do_GET

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(413, {}, b"a request needs a length, at most 1 MiB\n")
            return
        body = self.rfile.read(int(length))
        target = urlsplit(self.path)
        if target.path == "/control":
            self._send(*self._control(body))
            return
        profile, _dummy, rest = target.path.removeprefix("/").partition("/")
        if profile not in self.server.authority.config.profiles:
            self._send(404, {}, f"there is no profile {profile!r}\n".encode())
        elif self.server.authority.down(profile):
            self.close_connection = True
        elif rest == "scep":
            self._send(*self._scep(profile, target.query, body))
        elif rest == "cmp":
            self._send(*self._cmp(profile, body))
        elif rest.startswith("acme/"):
            server = self.server.acme[profile]
            path, headers = rest.removeprefix("acme"), self.headers
            self._send(*server.handle(self.command, path, headers, body))  # type: ignore[arg-type] # a mapping all but in name
        else:
            self._send(404, {}, b"scep, cmp and acme/directory are answered here\n")

    def _scep(self, profile: str, query: str, body: bytes) -> Answer:
        given = parse_qs(query.replace("+", "%2B"))  # base64 in a query, by clients that do not escape it
        try:
            operation = given.get("operation", [""])[0]
            # GetCACert names a CA in its message, and nobody asks here which.
            sent = self.command != "POST" and operation == "PKIOperation"
            message = base64.b64decode(given.get("message", [""])[0]) if sent else body
            kind, answer = self.server.scep[profile].handle(operation, message)
        except ValueError as error:
            return 400, {}, f"{error}\n".encode()
        return 200, {"Content-Type": kind}, answer

    def _cmp(self, profile: str, body: bytes) -> Answer:
        try:
            return 200, {"Content-Type": "application/pkixcmp"}, self.server.cmp[profile].handle(body)
        except ValueError as error:
            return 400, {}, f"{error}\n".encode()

    def _control(self, body: bytes) -> Answer:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.server.secret.encode()):
            return 403, {}, b"the control needs its secret\n"
        try:
            request = json.loads(body)
            control(self.server.authority, request.pop("do"), **request)
            result = {"ok": ""}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        return 200, {"Content-Type": "application/json"}, json.dumps(result).encode()

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def control(authority: Authority, operation: str, profile: str | None = None) -> None:
    """What a test may do to the authority. Every answer comes after the intermediate of this moment was made."""
    if profile is not None and profile not in authority.config.profiles:
        raise ValueError(f"there is no profile {profile!r}")
    operations: dict[str, Callable[..., None]] = {
        "hold": authority.hold,
        "release": authority.release,
        "rotate": authority.rotate,
        "down": authority.stop,
        "up": authority.resume,
        "look": lambda: None,
    }
    operations[operation](*([profile] if profile is not None else []))
    _dummy = authority.intermediate
