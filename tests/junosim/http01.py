# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answer to an http-01 challenge (RFC 8555, 8.3): a device listens for it as long as a challenge is open.

A thread of its own, because the enrollment that waits for the answer blocks.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator

from .enroll import Failed

PATH = "/.well-known/acme-challenge/"
SECONDS = 5.0  # a client that has not asked by then is let go
LONGEST = 8192  # bytes of a request


class Http01:
    """One device's listener. Several challenges may be open at a time, they share it."""

    def __init__(self, address: str, port: int) -> None:
        self.address, self.port = address, port
        self._open: dict[str, str] = {}  # key authorizations by token
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    @contextlib.contextmanager
    def answer(self, token: str, key_authorization: str) -> Iterator[None]:
        """Failed, where something else has the port already."""
        with self._lock:
            if self._socket is None:
                self._socket = self._listen()
            self._open[token] = key_authorization
        try:
            yield
        finally:
            with self._lock:
                del self._open[token]
                if not self._open:
                    self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept
                    self._socket.close()
                    self._socket = None

    def _listen(self) -> socket.socket:
        try:
            listener = socket.create_server((self.address, self.port))
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise Failed(f"no challenge can be answered at {self.address}:{self.port}: {why}") from error
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
        return listener

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _dummy = listener.accept()
            except OSError:  # closed
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(SECONDS)
                connection.sendall(self._reply(_read(connection)))

    def _reply(self, request: bytes) -> bytes:
        method, _dummy, rest = request.partition(b" ")
        path = rest.partition(b" ")[0].decode("ascii", "replace")
        found = self._open.get(path.removeprefix(PATH)) if method == b"GET" and path.startswith(PATH) else None
        status, body = ("404 Not Found", b"") if found is None else ("200 OK", found.encode())
        head = (f"HTTP/1.1 {status}", "Content-Type: text/plain", f"Content-Length: {len(body)}", "Connection: close")
        return "\r\n".join((*head, "", "")).encode() + body


def _read(connection: socket.socket) -> bytes:
    """A request until its head ends."""
    request = b""
    while b"\r\n\r\n" not in request and len(request) < LONGEST:
        piece = connection.recv(LONGEST)
        if not piece:
            break
        request += piece
    return request
