# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACME as a client (RFC 8555), on the library acme: an account by its key, an order, http-01 for each of its domains.

A renewal is a new order. The library's own polling begins with a second of sleep, so the looking is done here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from acme import challenges, errors, messages
from acme.client import ClientNetwork, ClientV2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from josepy.errors import Error as JoseError
from josepy.jwa import ES256, ES384, ES512, RS256
from josepy.jwk import JWKEC, JWKRSA

from . import Enrolled, Failed, Order, Pending

SECONDS = 15.0  # a CA that does not answer by then is down
_FIRST_LOOK, _LAST_LOOK = 0.002, 0.5  # seconds between two looks: each takes twice as long as the one before
_EC = {"secp256r1": ES256, "secp384r1": ES384, "secp521r1": ES512}
_UNDECIDED = (messages.STATUS_PENDING, messages.STATUS_PROCESSING)
_own = threading.local()


class Network(ClientNetwork):
    """Past the proxies of the environment; with more patience for nonces than the library, which asks twice."""

    def __init__(self, trust: Path | None) -> None:
        super().__init__(user_agent="junosim", timeout=int(SECONDS))
        self.verify_ssl = str(trust) if trust is not None else True  # type: ignore[assignment] # requests takes a path, too
        self.session.trust_env = False

    def post(self, *args: Any, **kwargs: Any) -> requests.Response:
        for _dummy in range(4):
            try:
                return super().post(*args, **kwargs)
            except messages.Error as error:
                if error.code != "badNonce":
                    raise
        return super().post(*args, **kwargs)


def enroll(order: Order) -> Enrolled:
    """Pending, where the CA takes its time over an order: ask again under its transaction."""
    try:
        client = _client(order)
        _account(client, order)
        if order.transaction:
            body, uri = _look_at_order(client, order.transaction), order.transaction
        else:
            placed = client.new_order(_request(order))
            for authorization in placed.authorizations:
                _authorize(client, authorization, order)
            body, uri = client.begin_finalization(placed).body, placed.uri
        return _fetched(client, body, uri, order)
    except messages.Error as error:
        raise Failed(f"the CA refused: {_word(error)}") from error
    except requests.JSONDecodeError as error:
        raise Failed("the CA's answer cannot be read: JSONDecodeError") from error
    except requests.RequestException as error:
        raise Failed(f"the CA at {order.url} could not be reached: {type(error).__name__}") from error
    except (errors.Error, JoseError, ValueError, KeyError, AttributeError) as error:
        reply = error.args[0] if error.args else None
        if isinstance(reply, requests.Response):
            raise Failed(f"the CA at {order.url} answered with HTTP status {reply.status_code}") from error
        raise Failed(f"the CA's answer cannot be read: {type(error).__name__}") from error


def _client(order: Order) -> ClientV2:
    """One for each thread and server, so that a connection and a nonce serve from order to order."""
    if not hasattr(_own, "clients"):
        _own.clients = {}
    where = (order.url, order.trust)
    if where not in _own.clients:
        net = Network(order.trust)
        _own.clients[where] = ClientV2(ClientV2.get_directory(order.url, net), net)
    client: ClientV2 = _own.clients[where]
    return client


def _account(client: ClientV2, order: Order) -> None:
    """The account of the key: a new one, or the one that the CA knows already."""
    key, net = order.account, client.net
    if isinstance(key, rsa.RSAPrivateKey):
        net.key, net.alg = JWKRSA(key=key), RS256
    elif isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _EC:
        net.key, net.alg = JWKEC(key=key), _EC[key.curve.name]
    else:
        raise Failed("ACME needs an account key, RSA or ECDSA")
    net.account = None
    try:
        client.new_account(messages.NewRegistration.from_data(email=order.email or None, terms_of_service_agreed=True))
    except errors.ConflictError as known:
        net.account = messages.RegistrationResource(body=messages.Registration(), uri=known.location)


def _request(order: Order) -> bytes:
    """Names, and nothing else: what else the certificate tells is the CA's business."""
    if not isinstance(order.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Failed("ACME needs an RSA or ECDSA key pair")
    if not order.domains:
        raise Failed("ACME needs a domain name")
    names = x509.SubjectAlternativeName([x509.DNSName(domain) for domain in order.domains])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(names, critical=False)
    return builder.sign(order.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _authorize(client: ClientV2, authorization: messages.AuthorizationResource, order: Order) -> None:
    """Show that the domain is ours, unless the CA remembers it from an earlier order."""
    domain = authorization.body.identifier.value
    if authorization.body.status != messages.STATUS_VALID:
        offered = (one for one in authorization.body.challenges if isinstance(one.chall, challenges.HTTP01))
        challenge = next(offered, None)
        if challenge is None:
            raise Failed(f"the CA offers no http-01 for {domain}")
        response, text = challenge.chall.response_and_validation(client.net.key)
        with order.answer(challenge.chall.encode("token"), text):
            client.answer_challenge(challenge, response)
            body = _until_decided(lambda: client.poll(authorization)[0].body)
        if body.status != messages.STATUS_VALID:
            why = next((one.error for one in body.challenges if one.error is not None), None)
            raise Failed(f"the CA could not validate {domain}: {_word(why) if why else body.status.name}")


def _fetched(client: ClientV2, body: messages.Order, uri: str, order: Order) -> Enrolled:
    if body.status in _UNDECIDED:
        body = _until_decided(lambda: _look_at_order(client, uri))
    if body.status in _UNDECIDED:
        raise Pending(uri)
    if body.status != messages.STATUS_VALID or body.certificate is None:
        raise Failed(f"the CA refused: {_word(body.error) if body.error else body.status.name}")
    chain = x509.load_pem_x509_certificates(_post_as_get(client, body.certificate).content)
    if chain[0].public_key() != order.key.public_key():
        raise Failed("the CA's answer holds no certificate for our key")
    return Enrolled(chain[0], tuple(chain[1:]))


def _until_decided(look: Callable[[], Any]) -> Any:
    """Look soon, then ever more seldom; what is still undecided after some seconds is given back as it is."""
    end, wait = time.monotonic() + SECONDS, _FIRST_LOOK
    while (body := look()).status in _UNDECIDED and time.monotonic() < end:
        time.sleep(wait)
        wait = min(2 * wait, _LAST_LOOK)
    return body


def _look_at_order(client: ClientV2, uri: str) -> messages.Order:
    reply = _post_as_get(client, uri)
    body: messages.Order = messages.Order.from_json(reply.json())
    later = reply.headers.get("Retry-After", "")
    if body.status in _UNDECIDED and later.isdecimal() and int(later) > SECONDS:
        raise Pending(uri)
    return body


def _post_as_get(client: ClientV2, uri: str) -> requests.Response:
    return client.net.post(uri, None, new_nonce_url=client.directory.newNonce)


def _word(error: messages.Error) -> str:
    """The last word of an error's type: unauthorized, badCSR. Its details may tell anything."""
    return str(error.typ).rpartition(":")[2]
