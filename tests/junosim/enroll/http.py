# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP as the enrollment protocols use it: bytes there, bytes back, every trouble one sentence."""

from __future__ import annotations

import threading

import requests

from . import Failed

SECONDS = 15.0  # a CA that does not answer by then is down
_own = threading.local()


def _session() -> requests.Session:
    """One for each thread, so that a connection serves many requests; past the proxies of the environment."""
    if not hasattr(_own, "session"):
        _own.session = requests.Session()
        _own.session.trust_env = False
    session: requests.Session = _own.session
    return session


def ask(url: str, query: dict[str, str] | None = None, *, body: bytes | None = None, kind: str = "") -> bytes:
    """GET, or with a body POST; Failed unless the answer is 200."""
    headers = {"Content-Type": kind} if kind else {}
    try:
        reply = _session().request(
            "GET" if body is None else "POST", url, params=query, data=body, headers=headers, timeout=SECONDS
        )
    except requests.RequestException as error:
        raise Failed(f"the CA at {url} could not be reached: {type(error).__name__}") from error
    if reply.status_code != 200:
        raise Failed(f"the CA at {url} answered with HTTP status {reply.status_code}")
    return reply.content
