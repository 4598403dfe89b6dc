# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders and authorizations of ACME (RFC 8555, 7.1): what an account may have, and what it has to show for it.

A domain is validated anew for each order, within the request that says that the answer stands ready.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from josepy.b64 import b64decode
from josepy.jwk import JWK

from .asked import alternate_names
from .authority import Authority, Held, Issued, PublicKey, Refused
from .http01 import ask

PROTOCOL = "acme"
AUTHORIZATION_TIME, ORDER_TIME = timedelta(hours=1), timedelta(days=1)
LATER = 3600  # seconds after which to ask again for what is held
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}$)(?!.*(^|\.)[0-9]+$){_LABEL}(\.{_LABEL})*")


class Problem(Exception):
    """What a request is answered with instead (RFC 7807)."""

    def __init__(self, kind: str, detail: str, status: int = 400, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.document = {"type": f"urn:ietf:params:acme:error:{kind}", "detail": detail, "status": status, **more}


@dataclass
class Account:
    name: str
    key: JWK
    contact: list[str]


@dataclass
class Authorization:
    """Of one domain for one order, with its only challenge. They share their name."""

    name: str
    account: Account
    domain: str
    expires: datetime
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    state: str = "pending"  # processing while the host is asked, then valid or invalid
    validated: datetime | None = None
    error: dict[str, Any] | None = None

    def status(self, now: datetime) -> str:
        return "invalid" if self.state == "pending" and self.expires <= now else self.state


@dataclass
class Order:
    name: str
    account: Account
    authorizations: list[Authorization]
    expires: datetime
    key: PublicKey | None = None  # of the certificate: the order is finalized
    issued: Issued | None = None
    problem: dict[str, Any] | None = None  # why nothing was issued

    @property
    def domains(self) -> list[str]:
        return [one.domain for one in self.authorizations]

    @property
    def error(self) -> dict[str, Any] | None:
        return self.problem or next((one.error for one in self.authorizations if one.error), None)

    def status(self, now: datetime) -> str:
        states = {one.status(now) for one in self.authorizations}
        if self.issued is not None:
            return "valid"
        if self.error is not None or (self.key is None and ("invalid" in states or self.expires <= now)):
            return "invalid"
        if self.key is not None:
            return "processing"
        return "ready" if states == {"valid"} else "pending"


@dataclass(frozen=True)
class Request:
    """A signed request whose signature holds."""

    account: Account
    payload: dict[str, Any] | None  # None: POST-as-GET


@dataclass(frozen=True)
class Reply:
    body: Any  # bytes, or what becomes JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Orders:
    """All orders of one profile. ``url`` is that of the ACME server, ``accounts`` are its accounts."""

    def __init__(self, authority: Authority, profile: str, url: str, accounts: Mapping[str, Account]) -> None:
        self._authority, self._profile, self._url, self._accounts = authority, profile, url, accounts
        self._rules = authority.config.profiles[profile]
        self._lock = threading.RLock()
        self._orders: dict[str, Order] = {}
        self._authorizations: dict[str, Authorization] = {}

    # -- orders

    def new(self, request: Request, _dummy: str) -> Reply:
        now, account = self._authority.now(), request.account
        domains = _domains((request.payload or {}).get("identifiers"))
        authorizations = [Authorization(_name(), account, domain, now + AUTHORIZATION_TIME) for domain in domains]
        order = Order(_name(), account, authorizations, now + ORDER_TIME)
        with self._lock:
            self._authorizations.update((one.name, one) for one in authorizations)
            self._orders[order.name] = order
        return self._show(order, 201)

    def look(self, request: Request, name: str) -> Reply:
        order: Order = _own(self._orders, name, request)
        with self._lock:
            if order.status(self._authority.now()) == "processing" and not self._authority.held(self._profile):
                try:
                    self._issue(order)
                except Problem as problem:
                    order.problem = problem.document
        return self._show(order)

    def finalize(self, request: Request, name: str) -> Reply:
        order: Order = _own(self._orders, name, request, reads=False)
        with self._lock:
            status = order.status(self._authority.now())
            if status != "ready":
                raise Problem("orderNotReady", f"the order is {status}, not ready", 403)
            order.key = self._asked(order, (request.payload or {}).get("csr"))
            try:
                self._issue(order)
            except Problem:
                order.key = None  # another request may please
                raise
        return self._show(order)

    def certificate(self, request: Request, name: str) -> Reply:
        order: Order = _own(self._orders, name, request)
        if order.issued is None:
            raise Problem("malformed", "there is no certificate yet", 404)
        chain = (order.issued.certificate, order.issued.chain[0])  # the root is known to the client, or not trusted
        pem = b"".join(one.public_bytes(Encoding.PEM) for one in chain)
        return Reply(pem, headers={"Content-Type": "application/pem-certificate-chain"})

    def _asked(self, order: Order, text: Any) -> PublicKey:
        """The key of a request for a certificate that asks for the domains of the order, and for nothing else."""
        try:
            request = x509.load_der_x509_csr(b64decode(text))
            alternate = alternate_names(request)
            proven, key = request.is_signature_valid, request.public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise self._refused("badCSR", f"it is no PKCS#10 request: {type(error).__name__}", order.domains) from None
        if not proven:
            raise self._refused("badCSR", "the signature of the PKCS#10 request is wrong", order.domains)
        names = [*alternate, *map(_common_name, request.subject.get_attributes_for_oid(NameOID.COMMON_NAME))]
        if {one.value.lower() if isinstance(one, x509.DNSName) else None for one in names} != set(order.domains):
            raise self._refused("unauthorized", "the request asks for other names than the order", order.domains, 403)
        if any(key == account.key.key._wrapped for account in self._accounts.values()):
            raise self._refused("badCSR", "the key is the key of an account", order.domains)
        return key  # type: ignore[return-value] # not of the other kinds that the library names

    def _issue(self, order: Order) -> None:
        """Nothing, while it is held: the order is processing."""
        assert order.key is not None
        names = [x509.DNSName(domain) for domain in order.domains]
        with contextlib.suppress(Held):
            try:
                order.issued = self._authority.issue(self._profile, PROTOCOL, order.key, _subject(order.domains), names)
            except Refused as refused:
                raise Problem("badCSR", str(refused)) from None

    def _show(self, order: Order, status: int = 200) -> Reply:
        state = order.status(self._authority.now())
        body: dict[str, Any] = {
            "status": state,
            "expires": iso(order.expires),
            "identifiers": [{"type": "dns", "value": domain} for domain in order.domains],
            "authorizations": [f"{self._url}/authorization/{one.name}" for one in order.authorizations],
            "finalize": f"{self._url}/finalize/{order.name}",
        }
        if state == "valid":
            body["certificate"] = f"{self._url}/certificate/{order.name}"
        if order.error is not None:
            body["error"] = order.error
        headers = {"Location": f"{self._url}/order/{order.name}"}
        return Reply(body, status, headers | ({"Retry-After": str(LATER)} if state == "processing" else {}))

    # -- authorizations

    def authorization(self, request: Request, name: str) -> Reply:
        authorization: Authorization = _own(self._authorizations, name, request)
        body = {
            "status": authorization.status(self._authority.now()).replace("processing", "pending"),
            "expires": iso(authorization.expires),
            "identifier": {"type": "dns", "value": authorization.domain},
            "challenges": [self._show_challenge(authorization)],
        }
        return Reply(body)

    def challenge(self, request: Request, name: str) -> Reply:
        authorization: Authorization = _own(self._authorizations, name, request, reads=request.payload is None)
        if request.payload is not None:
            with self._lock:
                if authorization.status(self._authority.now()) != "pending":
                    raise Problem("malformed", "the challenge is not pending")
                authorization.state = "processing"
            self._validate(authorization)
        up = f'<{self._url}/authorization/{name}>;rel="up"'
        return Reply(self._show_challenge(authorization), headers={"Link": up})

    def _validate(self, authorization: Authorization) -> None:
        domain, token = authorization.domain, authorization.token
        expected = f"{token}.{authorization.account.name}"
        wrong = ask(domain, self._rules.hosts.get(domain), self._rules.http_port, token, expected)
        authorization.validated = self._authority.now()
        if wrong is not None:
            authorization.error = self._refused(*wrong, [domain]).document
        authorization.state = "valid" if wrong is None else "invalid"

    def _show_challenge(self, authorization: Authorization) -> dict[str, Any]:
        body = {
            "type": "http-01",
            "url": f"{self._url}/challenge/{authorization.name}",
            "token": authorization.token,
            "status": authorization.state,
        }
        validated = {"validated": iso(authorization.validated)} if authorization.validated else {}
        return body | validated | ({"error": authorization.error} if authorization.error else {})

    def _refused(self, kind: str, reason: str, domains: list[str], status: int = 400) -> Problem:
        """The problem to answer with, written down as what the authority refuses."""
        with contextlib.suppress(Refused):
            self._authority.refuse(self._profile, PROTOCOL, reason, _subject(domains))
        return Problem(kind, reason, status)


def _name() -> str:
    """Of an order or authorization: nobody guesses it."""
    return secrets.token_urlsafe(12)


def _own(known: Mapping[str, Any], name: str, request: Request, *, reads: bool = True) -> Any:
    """One of the account's own things; what only reads has no payload."""
    found = known.get(name)
    if found is None:
        raise Problem("malformed", "there is nothing here", 404)
    if found.account is not request.account:
        raise Problem("unauthorized", "it is another account's", 403)
    if reads == (request.payload is not None):
        raise Problem("malformed", "this takes no payload" if reads else "the payload is missing")
    return found


def _domains(identifiers: Any) -> list[str]:
    """In the order of the request, each once."""
    if not isinstance(identifiers, list) or not identifiers or not all(isinstance(one, dict) for one in identifiers):
        raise Problem("malformed", "an order needs identifiers")
    domains = []
    for one in identifiers:
        domain = str(one.get("value", "")).lower()
        if one.get("type") != "dns":
            raise Problem("unsupportedIdentifier", "only names are certified here")
        if domain.startswith("*."):
            raise Problem("rejectedIdentifier", "wildcards are not certified here")
        if not _DOMAIN.fullmatch(domain):
            raise Problem("malformed", "this is no name of a host")
        domains.append(domain)
    return list(dict.fromkeys(domains))


def _subject(domains: list[str]) -> x509.Name:
    """The first domain, as far as a common name may be that long."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain) for domain in domains[:1] if len(domain) <= 64])


def _common_name(attribute: x509.NameAttribute[str | bytes]) -> x509.DNSName:
    return x509.DNSName(str(attribute.value))


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
