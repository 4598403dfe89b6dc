# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated device's ACME client cannot tell the test CA from Pebble: each test here runs against both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import testca
from acme import messages
from acme.client import ClientV2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from integration import pebble
from josepy.b64 import b64encode
from josepy.jwa import ES256
from josepy.jwk import JWKEC
from junosim.enroll import Enrolled, Failed, Order, Pending, acme
from junosim.http01 import Http01

ADDRESS = "127.0.0.5"
ONE, TWO = "srx1.example.net", "srx2.example.net"
HOSTS = {ONE: ADDRESS, TWO: ADDRESS}
SERVERS = ("testca", "pebble", "pebble-reuses")

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def key(kind: str = "secp256r1") -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    curves = {curve.name: curve for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())}
    return ec.generate_private_key(curves[kind])


@dataclass(frozen=True)
class Server:
    """``lifetime`` is what a certificate says: Pebble counts its last second in (RFC 5280), the test CA does not."""

    url: str
    device: Http01
    root: x509.Certificate
    lifetime: timedelta
    trust: Path | None = None
    ca: testca.Ca | None = None

    def order(self, **changes: Any) -> Order:
        order = Order(
            url=self.url,
            key=key(),
            subject=x509.Name([]),
            account=key(),
            domains=(ONE,),
            answer=self.device.answer,
            trust=self.trust,
        )
        return replace(order, **changes)

    def failure(self, **changes: Any) -> str:
        with pytest.raises(Failed) as failed:
            acme.enroll(self.order(**changes))
        return failed.value.text

    def account(self, owner: ec.EllipticCurvePrivateKey) -> tuple[str, tuple[str, ...]]:
        """URL and contact of the account that the server has for a key; or its word for none."""
        net = acme.Network(self.trust)
        net.key, net.alg = JWKEC(key=owner), ES256
        client = ClientV2(ClientV2.get_directory(self.url, net), net)
        try:
            found = client.query_registration(messages.RegistrationResource(body=messages.Registration()))
        except messages.Error as error:
            return str(error.code), ()
        return found.uri, found.body.contact


@contextmanager
def started(kind: str, folder: Path) -> Iterator[Server]:
    if kind == "testca":
        (port,) = pebble.free_ports(1)
        profile = {"lifetime": 600, "hosts": HOSTS, "http_port": port}
        with testca.start({"profiles": {"web": profile}}, state=folder) as ca:
            yield Server(ca.acme("web"), Http01(ADDRESS, port), ca.root, timedelta(seconds=600), ca=ca)
    else:
        with pebble.start(folder, HOSTS, lifetime=600, reuse=100 if kind == "pebble-reuses" else 0) as it:
            yield Server(it.url, Http01(ADDRESS, it.http_port), it.root, timedelta(seconds=599), it.trust)


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with ExitStack() as stack:
        yield stack.enter_context(started(request.param, tmp_path_factory.mktemp("server")))


@pytest.fixture(scope="module")
def only_testca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with ExitStack() as stack:
        yield stack.enter_context(started("testca", tmp_path_factory.mktemp("testca")))


def names(certificate: x509.Certificate) -> tuple[str, list[str]]:
    alternate = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return certificate.subject.rfc4514_string(), sorted(alternate.get_values_for_type(x509.DNSName))


@pytest.mark.parametrize("account", ["secp256r1", "secp384r1", "secp521r1", "rsa"])
@pytest.mark.parametrize("own", ["secp256r1", "secp384r1", "rsa"])
def test_a_certificate_is_enrolled(server: Server, account: str, own: str) -> None:
    order = server.order(account=key(account), key=key(own), email="pki@example.net")
    new = acme.enroll(order)
    assert names(new.certificate) == (f"CN={ONE}", [ONE])
    assert new.certificate.public_key() == order.key.public_key()
    assert new.certificate.not_valid_after_utc - new.certificate.not_valid_before_utc == server.lifetime
    assert len(new.chain) == 1
    new.certificate.verify_directly_issued_by(new.chain[0])
    new.chain[0].verify_directly_issued_by(server.root)


def test_a_certificate_has_all_domains_of_its_order(server: Server) -> None:
    new = acme.enroll(server.order(domains=(ONE, TWO)))
    assert names(new.certificate) == (f"CN={ONE}", [ONE, TWO])


def test_a_renewal_is_another_certificate_for_another_key(server: Server) -> None:
    first = server.order()
    second = replace(first, key=key())
    old, new = acme.enroll(first), acme.enroll(second)
    assert new.certificate.serial_number != old.certificate.serial_number
    assert (old.certificate.public_key(), new.certificate.public_key()) == (
        first.key.public_key(),
        second.key.public_key(),
    )
    assert names(new.certificate) == names(old.certificate)
    assert new.chain == old.chain


def test_a_key_has_one_account(server: Server) -> None:
    owner = ec.generate_private_key(ec.SECP256R1())
    before = server.account(owner)
    acme.enroll(server.order(account=owner, email="first@example.net"))
    first = server.account(owner)
    acme.enroll(server.order(account=owner, email="second@example.net"))
    assert before == ("accountDoesNotExist", ())
    assert first[0].startswith(server.url.rpartition("/")[0])
    assert first[1] == ("mailto:first@example.net",)
    assert server.account(owner) == first


def test_what_the_device_answers_is_the_token_and_the_key_of_the_account(server: Server) -> None:
    owner = ec.generate_private_key(ec.SECP256R1())
    thumbprint = b64encode(JWKEC(key=owner).thumbprint()).decode()
    asked: list[tuple[str, str]] = []

    def answer(token: str, text: str) -> AbstractContextManager[None]:
        asked.append((token, text))
        return server.device.answer(token, text)

    acme.enroll(server.order(account=owner, answer=answer))
    assert [text for _dummy, text in asked] == [f"{token}.{thumbprint}" for token, _dummy in asked]
    assert len(asked) == 1


Answer = Callable[[str, str], AbstractContextManager[object]]
WRONG: dict[str, tuple[Callable[[Http01], Answer], str]] = {
    "something else": (lambda device: lambda token, text: device.answer(token, "x"), "unauthorized"),
    "another token": (lambda device: lambda token, text: device.answer("x", text), "unauthorized"),
    "nobody listens": (lambda device: lambda token, text: nullcontext(), "connection"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_answer_to_the_challenge(server: Server, what: str) -> None:
    answer, word = WRONG[what]
    assert server.failure(answer=answer(server.device)) == f"the CA could not validate {ONE}: {word}"


def test_a_domain_that_has_no_address(server: Server) -> None:
    assert server.failure(domains=("x.example.org",)) == "the CA could not validate x.example.org: connection"


def test_one_of_two_domains_fails(server: Server) -> None:
    assert server.failure(domains=(ONE, "x.example.org")) == "the CA could not validate x.example.org: connection"


def test_after_a_failure_the_next_order_succeeds(server: Server) -> None:
    order = server.order()
    text = server.failure(account=order.account, answer=lambda token, text: nullcontext())
    assert text == f"the CA could not validate {ONE}: connection"
    assert names(acme.enroll(order).certificate) == (f"CN={ONE}", [ONE])


def test_the_key_of_the_account_is_no_key_for_a_certificate(server: Server) -> None:
    owner = key()
    assert server.failure(account=owner, key=owner) == "the CA refused: badCSR"


@pytest.mark.parametrize("domain", ["not a name", "127.0.0.1", f"{'x.' * 126}xx", "srx1.example.net."])
def test_what_is_no_name(server: Server, domain: str) -> None:
    assert server.failure(domains=(domain,)) == "the CA refused: malformed"


def test_an_e_mail_address_that_is_none(server: Server) -> None:
    assert server.failure(email="nobody") == "the CA refused: invalidContact"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"account": None}, "ACME needs an account key, RSA or ECDSA"),
        ({"account": dsa.generate_private_key(1024)}, "ACME needs an account key, RSA or ECDSA"),
        ({"key": dsa.generate_private_key(1024)}, "ACME needs an RSA or ECDSA key pair"),
        ({"domains": ()}, "ACME needs a domain name"),
    ],
)
def test_what_the_client_does_not_even_ask_for(server: Server, changes: dict[str, Any], text: str) -> None:
    assert server.failure(**changes) == text


def test_a_server_that_nobody_runs(server: Server) -> None:
    scheme, _dummy, rest = server.url.partition("://")
    (port,) = pebble.free_ports(1)
    url = f"{scheme}://127.0.0.1:{port}/{rest.partition('/')[2]}"
    assert server.failure(url=url) == f"the CA at {url} could not be reached: ConnectionError"


def test_a_path_that_is_no_directory(server: Server) -> None:
    url = server.url + "x"
    assert server.failure(url=url) == f"the CA at {url} answered with HTTP status 404"


def test_nothing_listens_when_the_challenge_is_over(server: Server) -> None:
    acme.enroll(server.order())
    with server.device.answer("token", "text"):  # the port is free
        text = server.failure(answer=Http01(ADDRESS, server.device.port).answer)
    assert text == f"no challenge can be answered at {ADDRESS}:{server.device.port}: Address already in use"


# What only one of them can show.


def test_a_server_whose_certificate_is_not_trusted(tmp_path: Path) -> None:
    with started("pebble", tmp_path) as it:
        text = it.failure(trust=None)
    assert text == f"the CA at {it.url} could not be reached: SSLError"


def test_a_domain_that_the_ca_remembers_is_not_asked_for_again(tmp_path: Path) -> None:
    with started("pebble-reuses", tmp_path) as it:
        order = it.order()
        acme.enroll(order)
        new = acme.enroll(replace(order, key=key(), answer=lambda token, text: nullcontext()))
    assert names(new.certificate) == (f"CN={ONE}", [ONE])


def test_a_request_that_is_held_is_asked_for_again(only_testca: Server) -> None:
    ca, order = only_testca.ca, only_testca.order()
    assert ca is not None
    ca.hold("web")
    with pytest.raises(Pending) as first:
        acme.enroll(order)
    order = replace(order, transaction=first.value.transaction)
    with pytest.raises(Pending) as second:
        acme.enroll(order)
    ca.release("web")
    new = acme.enroll(order)
    assert second.value.transaction == first.value.transaction
    assert first.value.transaction.startswith(f"{ca.url}/web/acme/order/")
    assert isinstance(new, Enrolled)
    assert new.certificate.public_key() == order.key.public_key()


def test_a_key_that_has_a_certificate_gets_no_other(only_testca: Server) -> None:
    order = only_testca.order()
    acme.enroll(order)
    assert only_testca.failure(account=order.account, key=order.key) == "the CA refused: badCSR"


def test_a_ca_that_is_down_and_up_again(only_testca: Server) -> None:
    ca = only_testca.ca
    assert ca is not None
    order = only_testca.order()
    ca.down()
    text = only_testca.failure()
    ca.up()
    assert text == f"the CA at {order.url} could not be reached: ConnectionError"
    assert names(acme.enroll(order).certificate) == (f"CN={ONE}", [ONE])
