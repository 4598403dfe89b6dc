# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACME (RFC 8555) in front of the authority: signed requests, nonces, accounts; the orders are next door.

What a device does not ask for is not here: wildcards, external account binding, revocation, another key for an account.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from . import jws
from .acme_orders import Account, Orders, Problem, Reply, Request
from .authority import Authority

NONCES = 4096  # that are good at a time; the oldest go first
JOSE = "application/jose+json"
TERMS = "data:text/plain,none"


class AcmeServer:
    """One profile's ACME server. ``base_url`` ends with the profile, ``/acme`` and what stands behind it are added."""

    def __init__(self, authority: Authority, profile: str, base_url: str) -> None:
        self.url = f"{base_url}/acme"
        self._lock = threading.Lock()
        self._nonces: dict[str, bool] = {}
        self._accounts: dict[str, Account] = {}  # by name, the thumbprint of the key
        orders = Orders(authority, profile, self.url, self._accounts)
        self._places: dict[str, Callable[[Request, str], Reply]] = {
            "new-account": self._new_account,
            "account": self._account,
            "new-order": orders.new,
            "order": orders.look,
            "finalize": orders.finalize,
            "certificate": orders.certificate,
            "authorization": orders.authorization,
            "challenge": orders.challenge,
        }

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """``path`` is what stands behind ``/PROFILE/acme``, with the slash: ``/directory``."""
        common = {"Cache-Control": "no-store"}
        if method == "POST" or path == "/new-nonce":
            common["Replay-Nonce"] = self._nonce()
        try:
            reply = self._plain(method, path) or self._signed(method, path, headers, body)
        except Problem as problem:
            reply = Reply(problem.document, problem.status, {"Content-Type": "application/problem+json"})
        given = {"Content-Type": "application/json", **reply.headers}
        links = [f'<{self.url}/directory>;rel="index"', *([given["Link"]] if "Link" in given else [])]
        data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        return reply.status, {**common, **given, "Link": ", ".join(links)}, data

    # -- requests

    def _plain(self, method: str, path: str) -> Reply | None:
        """What is asked for without a signature."""
        if path == "/directory" and method in ("GET", "HEAD"):
            known = {"newNonce": "new-nonce", "newAccount": "new-account", "newOrder": "new-order"}
            return Reply(
                {name: f"{self.url}/{place}" for name, place in known.items()} | {"meta": {"termsOfService": TERMS}}
            )
        if path == "/new-nonce" and method in ("GET", "HEAD"):
            return Reply(b"", 200 if method == "HEAD" else 204)
        return None

    def _signed(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        place, _dummy, name = path.removeprefix("/").partition("/")
        if place not in self._places:
            return Reply(b"there is nothing here\n", 404, {"Content-Type": "text/plain"})
        if method != "POST":
            raise Problem("malformed", "only POST is answered here", 405)
        if headers.get("Content-Type", "") != JOSE:
            raise Problem("malformed", f"the content must be {JOSE}", 415)
        return self._places[place](self._verified(path, body), name)

    def _verified(self, path: str, body: bytes) -> Request:
        try:
            signed = jws.read(body)
            account = self._signer(signed.header, path)
            if signed.header.get("alg") not in jws.ALGORITHMS:
                raise Problem("badSignatureAlgorithm", "the algorithm is not taken", algorithms=jws.ALGORITHMS)
            if not signed.proves(account.key):
                raise ValueError("the signature is wrong")
            payload = signed.object()
        except ValueError as error:
            raise Problem("malformed", str(error)) from None
        with self._lock:
            good = self._nonces.pop(str(signed.header.get("nonce")), False)
        if not good:
            raise Problem("badNonce", "the nonce is not good, or no longer")
        if signed.header.get("url") != self.url + path:
            raise Problem("unauthorized", "the request was signed for another url", 401)
        return Request(account, payload)

    def _signer(self, header: Mapping[str, Any], path: str) -> Account:
        """The account that the header names; where an account is asked for, one of the key in the header."""
        if ("jwk" in header) == ("kid" in header) or ("jwk" in header) != (path == "/new-account"):
            raise ValueError("the header needs jwk for a new account, and kid for everything else")
        if "jwk" in header:
            key = jws.public_key(header["jwk"])
            return Account(jws.thumbprint(key), key, [])
        place, _dummy, name = str(header["kid"]).rpartition("/")
        account = self._accounts.get(name)
        if account is None or place != f"{self.url}/account":
            raise Problem("accountDoesNotExist", "there is no such account")
        return account

    def _nonce(self) -> str:
        nonce = secrets.token_urlsafe(16)
        with self._lock:
            self._nonces[nonce] = True
            while len(self._nonces) > NONCES:
                del self._nonces[next(iter(self._nonces))]
        return nonce

    # -- accounts

    def _new_account(self, request: Request, _dummy: str) -> Reply:
        given, status = request.payload or {}, 200
        with self._lock:
            account = self._accounts.get(request.account.name)
            if account is None:
                if given.get("onlyReturnExisting"):
                    raise Problem("accountDoesNotExist", "there is no account with this key")
                if given.get("termsOfServiceAgreed") is not True:
                    raise Problem("agreementRequired", "the terms of service are not agreed to", 403)
                account, status = replace(request.account, contact=_contact(given.get("contact", []))), 201
                self._accounts[account.name] = account
        return Reply(_show(account), status, {"Location": f"{self.url}/account/{account.name}"})

    def _account(self, request: Request, name: str) -> Reply:
        if request.account.name != name:
            raise Problem("unauthorized", "it is somebody else's account", 403)
        if request.payload is not None:
            raise Problem("malformed", "an account cannot be changed here")
        return Reply(_show(request.account))


def _show(account: Account) -> dict[str, Any]:
    return {"status": "valid", "contact": account.contact}


def _contact(given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Problem("malformed", "contact must be a list of texts")
    for one in given:
        if not one.startswith("mailto:"):
            raise Problem("unsupportedContact", "only mailto is taken as contact")
        if not re.fullmatch(r"[\x21-\x7e]+@[\x21-\x7e]+", one.removeprefix("mailto:")):
            raise Problem("invalidContact", "the contact is no e-mail address")
    return given
