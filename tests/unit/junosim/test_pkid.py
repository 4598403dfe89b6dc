# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The PKI daemon, with a CA that is a function: when it tries, what it keeps, what it says."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from junosim.clock import Clock
from junosim.device import Device, Recorder, Spec
from junosim.enroll import Enrolled, Failed, Order, Pending
from junosim.pki import Local, PrivateKey, Timer
from junosim.pkid import advance, leads_to
from junosim.reenroll import Wanted

START = datetime(2026, 11, 1, tzinfo=UTC)
ENTRY = "set security pki auto-re-enrollment {} certificate-id {} {}"
SUBJECT = x509.Name.from_rfc4514_string("CN=c1.example.net,O=Example")
ALTERNATE = (x509.DNSName("c1.example.net"), x509.DNSName("c2.example.net"))
PROFILE = (
    "set security pki ca-profile corp ca-identity corp-id",
    "set security pki ca-profile corp enrollment url http://ca.example.net/scep",
    "set security pki ca-profile corp enrollment retry 2",
    "set security pki ca-profile corp enrollment retry-interval 60",
)
SCEP = ("ca-profile-name corp", "re-enroll-time days 2", "challenge-password pw-1")


class Authority:
    """Issues what is ordered, unless something else is planned for the next orders."""

    def __init__(self, name: str = "Test", lifetime: timedelta = timedelta(days=10)) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name, self.lifetime = x509.Name.from_rfc4514_string(f"CN={name}"), lifetime
        self.serial = itertools.count(1)
        self.orders: list[Order] = []
        self.plans: list[Exception] = []
        self.certificate = self.issue(self.name, self.key, START, timedelta(days=3650))

    def issue(
        self, subject: x509.Name, key: PrivateKey, begin: datetime, lifetime: timedelta, alternate: Any = ()
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(next(self.serial)).not_valid_before(begin).not_valid_after(begin + lifetime)
        if alternate:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternate), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def enroll(self, order: Order) -> Enrolled:
        self.orders.append(order)
        if self.plans:
            raise self.plans.pop(0)
        one = self.issue(order.subject, order.key, order.now(), self.lifetime, order.alternate)
        return Enrolled(one, (self.certificate,))


class Bench:
    """A device with one certificate of ten days, c1, that the authority has issued."""

    def __init__(self, folder: Path, lines: tuple[str, ...], release: str = "24.2R1", *, key: Any = None) -> None:
        file = folder / "clock"
        file.write_text(f"{START.timestamp():.0f}")
        self.clock, self.authority = Clock(file), Authority()
        self.record = folder / "record.jsonl"
        spec = Spec("srx1", release, "\n".join((*PROFILE, *lines)))
        self.device = Device(spec, Recorder(self.record), self.clock)
        self.daemon, self.pki = self.device.pkid, self.device.pki
        self.daemon.clients = dict.fromkeys(("scep", "cmpv2", "acme"), self.authority.enroll)
        self.pki.ca["corp"] = (self.authority.certificate,)
        self.first = self.hold("c1", key or ec.generate_private_key(ec.SECP256R1()))

    def hold(self, name: str, key: PrivateKey, lifetime: timedelta = timedelta(days=10)) -> Local:
        one = self.authority.issue(SUBJECT, key, self.clock.now(), lifetime, ALTERNATE)
        self.pki.key_pairs[name], self.pki.local[name] = key, Local(one, key)
        self.pki.on_change()
        return self.pki.local[name]

    def advance(self, **by: float) -> list[dict[str, Any]]:
        return asyncio.run(advance([self.daemon], self.clock, self.clock.now() + timedelta(**by)))

    def ask(self, wanted: Wanted) -> None:
        async def run() -> None:
            self.daemon.start(wanted)
            await self.daemon.settled()

        asyncio.run(run())


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    def make(*statements: str, protocol: str = "scep", lines: tuple[str, ...] = (), **options: Any) -> Bench:
        entry = tuple(ENTRY.format(protocol, "c1", statement) for statement in statements)
        return Bench(tmp_path, (*entry, *lines), **options)

    return make


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00Z")


def tries(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(event["at"], event["what"], event["text"]) for event in events]


# -- timers


def test_a_timer_for_what_the_configuration_names_and_the_store_holds(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, lines=(ENTRY.format("cmpv2", "not-there", "re-enroll-time days 1"),))
    assert it.pki.timers == {"c1": Timer("Enabled", at("09T00:00"))}


def test_before_23_1_an_entry_may_have_no_trigger_and_then_has_no_timer(bench: Callable[..., Bench]) -> None:
    it = bench("ca-profile-name corp", release="22.4R3")
    assert it.pki.timers == {}
    assert it.advance(days=30) == []


def test_a_timer_follows_each_commit(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP)
    it.device.commit_by([ENTRY.format("scep", "c1", "re-enroll-time hours 12")])
    assert it.pki.timers == {"c1": Timer("Enabled", at("10T12:00"))}
    it.device.commit_by(["deactivate security pki auto-re-enrollment scep"])
    assert it.pki.timers == {}
    it.device.commit_by(["activate security pki auto-re-enrollment scep"])
    assert it.pki.timers == {"c1": Timer("Enabled", at("10T12:00"))}


def test_a_timer_goes_with_its_certificate(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP)
    del it.pki.local["c1"]
    it.pki.on_change()
    assert it.pki.timers == {}
    assert it.advance(days=30) == []


def test_a_date_that_has_passed_is_due_at_once(bench: Callable[..., Bench]) -> None:
    it = bench()
    it.advance(days=9, hours=1)
    it.device.commit_by([ENTRY.format("scep", "c1", statement) for statement in SCEP])
    assert tries(it.advance(seconds=0)) == [("2026-11-10T01:00:00Z", "enrolled", "")]


def test_a_trigger_before_the_certificate_begins_renews_nothing(bench: Callable[..., Bench]) -> None:
    it = bench("ca-profile-name corp", "re-enroll-time days 30")
    assert it.pki.timers == {}
    assert it.advance(days=30) == []


# -- what is ordered, and what is kept


def test_a_renewal_orders_what_the_certificate_is_and_the_entry_says(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, "scep-encryption-algorithm des", "scep-digest-algorithm md5")
    assert tries(it.advance(days=8)) == [("2026-11-09T00:00:00Z", "enrolled", "")]
    [order] = it.authority.orders
    assert (order.url, order.ca_identity, order.challenge_password) == ("http://ca.example.net/scep", "corp-id", "pw-1")
    assert (order.encryption, order.digest, order.ca) == ("des", "md5", (it.authority.certificate,))
    assert (order.subject, order.alternate, order.current) == (SUBJECT, ALTERNATE, it.first)
    assert order.domains == ("c1.example.net", "c2.example.net")
    assert order.key is it.first.key
    held = it.pki.local["c1"]
    assert (held.certificate.serial_number, held.key, held.chain) == (3, it.first.key, (it.authority.certificate,))
    assert it.pki.timers == {"c1": Timer("Enabled", at("17T00:00"))}


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024),
        ec.generate_private_key(ec.SECP384R1()),
        dsa.generate_private_key(1024),
    ],
    ids=["rsa", "ecdsa", "dsa"],
)
def test_a_new_key_pair_is_like_the_old_one(bench: Callable[..., Bench], key: PrivateKey) -> None:
    it = bench(*SCEP, "re-generate-keypair", key=key)
    [event] = it.advance(days=8)
    made = it.authority.orders[0].key
    assert (type(made), made.key_size) == (type(key), key.key_size)
    assert made.public_key() != key.public_key()
    assert event["key_changed"] is True
    assert it.pki.key_pairs["c1"] is it.pki.local["c1"].key is made


def test_one_after_the_other_in_the_order_of_time(bench: Callable[..., Bench]) -> None:
    lines = [ENTRY.format("cmpv2", "c0", line) for line in ("ca-profile-name corp", "re-enroll-time days 1")]
    it = bench(*SCEP, lines=tuple(lines))
    it.hold("c0", ec.generate_private_key(ec.SECP256R1()), timedelta(days=4))
    seen = [(event["at"], event["identifier"], event["protocol"]) for event in it.advance(days=20)]
    assert seen == [
        ("2026-11-04T00:00:00Z", "c0", "cmpv2"),
        ("2026-11-09T00:00:00Z", "c1", "scep"),
        ("2026-11-13T00:00:00Z", "c0", "cmpv2"),
        ("2026-11-17T00:00:00Z", "c1", "scep"),
    ]
    assert it.clock.now() == START + timedelta(days=20)


def test_a_certificate_is_issued_at_the_second_of_its_trigger(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP)
    it.advance(days=12)
    assert it.pki.local["c1"].certificate.not_valid_before_utc == at("09T00:00")


# -- what fails


def test_failed_attempts_are_made_again_and_given_up(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, "re-generate-keypair")
    it.authority.plans = [Failed("it rains")] * 9
    assert tries(it.advance(days=8)) == [("2026-11-09T00:00:00Z", "failed", "it rains")]
    assert it.pki.timers == {"c1": Timer("Enabled", at("09T00:01"))}
    assert tries(it.advance(days=1)) == [
        ("2026-11-09T00:01:00Z", "failed", "it rains"),
        ("2026-11-09T00:02:00Z", "failed", "it rains; given up"),
    ]
    assert it.pki.timers == {"c1": Timer("Failed", None)}
    assert it.pki.local["c1"] is it.first
    # All three with the key that was made for the first of them.
    assert len({id(order.key) for order in it.authority.orders}) == 1


def test_a_commit_about_something_else_changes_nothing_of_it(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP)
    it.authority.plans = [Failed("it rains")]
    it.advance(days=8)
    it.device.commit_by(["set system host-name other"])
    assert it.pki.timers == {"c1": Timer("Enabled", at("09T00:01"))}


@pytest.mark.parametrize(
    "line",
    ["set security pki ca-profile corp enrollment url http://b/", ENTRY.format("scep", "c1", "re-enroll-time days 3")],
)
def test_after_giving_up_a_change_of_what_it_rests_on_starts_anew(bench: Callable[..., Bench], line: str) -> None:
    it = bench(*SCEP)
    it.authority.plans = [Failed("it rains")] * 3
    it.advance(days=9)
    it.device.commit_by([line])
    assert tries(it.advance(seconds=0)) == [("2026-11-10T00:00:00Z", "enrolled", "")]


def test_no_retry_at_all(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, lines=("set security pki ca-profile corp enrollment retry 0",))
    it.authority.plans = [Failed("it rains")]
    assert tries(it.advance(days=9)) == [("2026-11-09T00:00:00Z", "failed", "it rains; given up")]


def test_without_a_word_in_the_ca_profile_a_thousand_times_every_ten_minutes(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, lines=("delete security pki ca-profile corp enrollment retry",))
    it.device.commit_by(["delete security pki ca-profile corp enrollment retry-interval"])
    it.authority.plans = [Failed("it rains")] * 1099
    events = it.advance(days=17)
    assert [event["at"] for event in events[:3]] == [f"2026-11-09T00:{minute}:00Z" for minute in ("00", "10", "20")]
    assert (len(events), events[-1]["at"]) == (1001, "2026-11-15T22:40:00Z")


def test_a_pending_request_keeps_its_transaction_and_its_key(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, "re-generate-keypair")
    it.authority.plans = [Pending("t-1"), Pending("t-1")]
    text = "the CA has not decided about request t-1 yet"
    assert tries(it.advance(days=9)) == [
        ("2026-11-09T00:00:00Z", "pending", text),
        ("2026-11-09T00:01:00Z", "pending", text),
        ("2026-11-09T00:02:00Z", "enrolled", ""),
    ]
    assert [order.transaction for order in it.authority.orders] == ["", "t-1", "t-1"]
    assert len({id(order.key) for order in it.authority.orders}) == 1


def test_a_request_that_was_refused_later_is_made_anew(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP)
    it.authority.plans = [Pending("t-1"), Failed("no")]
    assert [event["what"] for event in it.advance(days=9)] == ["pending", "failed", "enrolled"]
    assert [order.transaction for order in it.authority.orders] == ["", "t-1", ""]


def test_what_does_not_chain_to_the_ca_profile_is_not_taken(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, "re-generate-keypair")
    it.pki.ca["corp"] = (Authority("Another").certificate,)
    it.pki.on_change()
    text = "the new certificate does not chain to the CA certificate of ca-profile corp"
    assert tries(it.advance(days=8)) == [("2026-11-09T00:00:00Z", "failed", text)]
    assert it.pki.local["c1"] is it.first
    # The key of a certificate that was not taken is not used again.
    it.advance(seconds=60)
    assert len({id(order.key) for order in it.authority.orders}) == 2
    # With the right CA certificate there is no waiting for the next retry.
    it.pki.ca["corp"] = (it.authority.certificate,)
    it.pki.on_change()
    assert tries(it.advance(seconds=0)) == [("2026-11-09T00:01:00Z", "enrolled", "")]


@pytest.mark.parametrize(
    ("line", "change", "text"),
    [
        ("", lambda it: it.pki.ca.clear(), "ca-profile corp has no CA certificate"),
        (
            "delete security pki ca-profile corp enrollment url",
            lambda it: None,
            "ca-profile corp has no enrollment url",
        ),
        ("delete security pki ca-profile corp", lambda it: None, "ca-profile corp has no enrollment url"),
    ],
)
def test_what_is_missing_is_told(
    bench: Callable[..., Bench], line: str, change: Callable[[Bench], None], text: str
) -> None:
    it = bench(*SCEP)
    change(it)
    it.device.commit_by([line])
    assert it.advance(days=8)[0]["text"] == text
    assert it.authority.orders == []


def test_a_chain_may_go_over_certificates_that_came_along() -> None:
    root, middle, other = Authority("Root"), Authority("Middle"), Authority("Other")
    between = root.issue(middle.name, middle.key, START, timedelta(days=100))
    leaf = middle.issue(SUBJECT, other.key, START, timedelta(days=1))
    assert leads_to(Enrolled(leaf, (other.certificate, between)), [root.certificate])
    assert leads_to(Enrolled(leaf, ()), [between])
    assert not leads_to(Enrolled(leaf, ()), [root.certificate])
    assert not leads_to(Enrolled(leaf, (between, root.certificate)), [other.certificate])
    assert not leads_to(Enrolled(leaf, (between,)), [])
    # Somebody of the same name with another key.
    assert not leads_to(Enrolled(leaf, (between,)), [Authority("Root").certificate])


# -- what it says


def test_log_and_record(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP, lines=("set system host-name fw-7",))
    it.authority.plans = [Failed("it rains")]
    it.advance(days=9)
    assert it.pki.log == [
        "Nov  9 00:00:00 fw-7 pkid[18143]: PKID_EE_CERT_ENROLL_FAIL: Enrollment of certificate c1: it rains",
        "Nov  9 00:01:00 fw-7 pkid[18143]: PKID_SCEP_EE_CERT_ENROLL: End-entity certificate c1 enrolled successfully",
    ]
    common = {"device": "srx1", "event": "enrollment", "identifier": "c1", "protocol": "scep"}
    assert [json.loads(line) for line in it.record.read_text().splitlines()] == [
        {**common, "at": "2026-11-09T00:00:00Z", "what": "failed", "text": "it rains"},
        {
            **common,
            "at": "2026-11-09T00:01:00Z",
            "what": "enrolled",
            "text": "",
            "serial": "3",
            "not_before": "2026-11-09T00:01:00Z",
            "not_after": "2026-11-19T00:01:00Z",
            "key_changed": False,
        },
    ]


# -- ACME writes its own configuration

ACME = Wanted("a1", "acme", "corp", acme_key_id="k1", subject=SUBJECT, alternate=ALTERNATE, email="a@example.net")


def test_after_an_enrollment_by_acme_the_device_configures_its_renewal(bench: Callable[..., Bench]) -> None:
    it = bench()
    it.pki.key_pairs["a1"] = ec.generate_private_key(ec.SECP256R1())
    it.pki.acme_keys["k1"] = account = ec.generate_private_key(ec.SECP256R1())
    before = set(it.device.state()["set_lines"])
    it.ask(ACME)
    [order] = it.authority.orders
    assert (order.account, order.email, order.domains) == (
        account,
        "a@example.net",
        ("c1.example.net", "c2.example.net"),
    )
    assert order.current is None
    entry = "set security pki auto-re-enrollment acme certificate-id a1 "
    assert [line for line in it.device.state()["set_lines"] if line not in before] == [
        entry + "re-enroll-time days 25",
        entry + "acme-key-id k1",
        entry + "ca-profile-name corp",
        entry + "re-enroll-trigger-time-percentage 72",
        entry + "re-generate-keypair",
        "set security pki acme-account-key acme-key-id k1",
    ]
    assert len(it.device.state()["commits"]) == 1
    # Twenty-five days are more than such a certificate has.
    assert it.pki.timers == {}


def test_an_entry_that_is_there_stays_as_it_is_even_without_effect(bench: Callable[..., Bench]) -> None:
    entry = ENTRY.format("acme", "a1", "re-enroll-time days 2")
    it = bench(lines=(entry, "deactivate security pki auto-re-enrollment acme certificate-id a1"))
    it.pki.key_pairs["a1"] = ec.generate_private_key(ec.SECP256R1())
    it.ask(ACME)
    assert it.pki.local["a1"].certificate.subject == SUBJECT
    assert it.device.state()["commits"] == []


# -- asked for by somebody


def test_what_was_asked_for_is_tried_again_as_well(bench: Callable[..., Bench]) -> None:
    it = bench()
    it.pki.key_pairs["n1"] = ec.generate_private_key(ec.SECP256R1())
    it.authority.plans = [Failed("it rains"), Pending("t-1")]
    it.ask(Wanted("n1", "cmpv2", "corp", subject=SUBJECT, reference="r", secret="s", ca_dn="CN=Test"))
    order = it.authority.orders[0]
    assert (order.reference, order.secret, order.ca_dn, order.alternate) == ("r", "s", "CN=Test", ())
    assert it.pki.timers == {}
    assert [event["what"] for event in it.advance(minutes=5)] == ["pending", "enrolled"]
    assert it.pki.local["n1"].certificate.subject == SUBJECT


def test_what_was_asked_for_is_forgotten_when_it_is_given_up(bench: Callable[..., Bench]) -> None:
    it = bench()
    it.pki.key_pairs["n1"] = ec.generate_private_key(ec.SECP256R1())
    it.authority.plans = [Failed("it rains")] * 9
    it.ask(Wanted("n1", "scep", "corp", subject=SUBJECT))
    assert [event["text"] for event in it.advance(days=1)] == ["it rains", "it rains; given up"]
    assert it.daemon.jobs == {}


def test_asked_to_renew_before_the_time(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP)
    it.advance(days=1)
    it.ask(Wanted("c1", "scep", "corp", new_key=True, challenge_password="other"))
    assert it.authority.orders[0].challenge_password == "other"
    assert it.pki.local["c1"].certificate.not_valid_before_utc == at("02T00:00")
    assert it.pki.local["c1"].key is not it.first.key
    assert it.pki.timers == {"c1": Timer("Enabled", at("10T00:00"))}


def test_what_was_asked_for_goes_before_the_entry(bench: Callable[..., Bench]) -> None:
    it = bench(*SCEP)
    it.advance(days=1)
    it.authority.plans = [Failed("it rains")]
    it.ask(Wanted("c1", "cmpv2", "corp"))
    assert [(event["at"], event["protocol"]) for event in it.advance(days=8)] == [
        ("2026-11-02T00:01:00Z", "cmpv2"),
    ]


def test_in_real_time_what_was_asked_for_is_ordered_once(bench: Callable[..., Bench]) -> None:
    it = bench()
    it.clock.file = None
    it.pki.key_pairs["n1"] = ec.generate_private_key(ec.SECP256R1())

    async def run() -> None:
        it.daemon.start(Wanted("n1", "scep", "corp", subject=SUBJECT))
        await asyncio.sleep(0)  # a timer that is due by now has its turn
        await it.daemon.settled()

    asyncio.run(run())
    assert len(it.authority.orders) == 1


def test_in_real_time_the_loop_calls(bench: Callable[..., Bench]) -> None:
    it = bench()

    async def run() -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def enroll(order: Order) -> Enrolled:
            loop.call_soon_threadsafe(done.set)
            return it.authority.enroll(order)

        it.daemon.clients = {"scep": enroll}
        it.clock.file = None
        begin = datetime.now(UTC) - timedelta(hours=23, minutes=59, seconds=59)
        key = it.first.key
        assert key is not None
        one = it.authority.issue(SUBJECT, key, begin, timedelta(days=3))
        it.pki.local["c1"] = Local(one, key)
        it.device.commit_by([ENTRY.format("scep", "c1", statement) for statement in SCEP])
        assert not done.is_set()
        await asyncio.wait_for(done.wait(), 10)
        await it.daemon.settled()
        timer = it.pki.timers["c1"].at
        assert timer is not None
        assert timer - it.pki.local["c1"].certificate.not_valid_before_utc == timedelta(days=8)

    asyncio.run(run())
