# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The question of an http-01 challenge (RFC 8555, 8.3): does the host answer with what only the account can know?

Redirections are not followed. A name without an address is answered as Pebble does: the host could not be reached.
"""

from __future__ import annotations

import http.client

SECONDS = 5.0  # that a host has for its answer
LARGEST = 4096  # bytes of it


def ask(domain: str, address: str | None, port: int, token: str, expected: str) -> tuple[str, str] | None:
    """None, or what is wrong: ACME's word for it, and a sentence."""
    if address is None:
        return "connection", f"{domain} has no address"
    host = http.client.HTTPConnection(address, port, timeout=SECONDS)
    try:
        host.request("GET", f"/.well-known/acme-challenge/{token}", headers={"Host": domain})
        answer = host.getresponse()
        text = answer.read(LARGEST).decode("utf-8", "replace").rstrip()
    except (OSError, http.client.HTTPException) as error:
        return "connection", f"{domain} at {address}:{port} could not be asked: {type(error).__name__}"
    finally:
        host.close()
    if answer.status != 200:
        return "unauthorized", f"{domain} at {address}:{port} answered with HTTP status {answer.status}"
    if text != expected:
        return "unauthorized", f"{domain} at {address}:{port} answered with something else"
    return None
