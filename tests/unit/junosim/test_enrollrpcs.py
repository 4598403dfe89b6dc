# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enrollment RPCs: what they refuse and in which words, and what they ask the PKI daemon for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from junosim import names
from junosim.certificates import certificate
from junosim.device import Login
from junosim.loads import LOCAL_OCCUPIED
from junosim.pki import Local
from junosim.reenroll import Wanted

CONFIG = """
set security pki ca-profile corp enrollment url http://ca.example.net/
set security pki ca-profile empty enrollment url http://ca.example.net/
set security pki ca-profile no-url ca-identity x
set security pki auto-re-enrollment cmpv2 certificate-id old ca-profile-name corp
set security pki auto-re-enrollment cmpv2 certificate-id old re-enroll-time days 1
"""
ENROLL, RENEW = "request-security-local-certificate-enroll", "request-security-local-cert-re-enroll"
SCEP = {"certificate-id": "new", "ca-profile": "corp", "challenge-password": "pw", "subject": "CN=a,OU=b"}
INPUTS: dict[str, dict[str, str]] = {
    ENROLL: SCEP,
    f"{ENROLL}-scep": SCEP,
    f"{ENROLL}-cmpv2": {
        "certificate-id": "new", "ca-profile": "corp", "ca-secret": "s", "ca-reference": "r", "subject": "CN=a,OU=b"
    },
    f"{ENROLL}-acme": {
        "acme-key-id": "k1", "certificate-id": "new", "letsencrypt-enrollment": "no", "domain-names": "a.b,c.d",
        "email": "a@b.c", "ca-profile": "corp",
    },
    f"{RENEW}-scep": {"certificate-id": "old", "challenge-password": "pw", "ca-profile": "corp"},
    f"{RENEW}-cmpv2": {"certificate-id": "old", "ca-profile": "corp"},
    f"{RENEW}-acme": {"acme-key-id": "k1", "certificate-id": "old", "ca-profile": "corp"},
}  # fmt: skip
OPTIONAL = {(f"{RENEW}-{name}", "ca-profile") for name in ("scep", "cmpv2", "acme")}
SUBJECT = names.asked("CN=a,OU=b")


class Asked:
    """A device that writes down what its RPCs ask the PKI daemon for."""

    def __init__(self, sim: Any) -> None:
        self.sim, self.started = sim, []
        self.device = sim.device
        self.device.pkid.start = self.started.append
        key = ec.generate_private_key(ec.SECP256R1())
        pki = self.device.pki
        pki.key_pairs |= {"new": key, "old": key}
        pki.acme_keys["k1"] = key
        pki.ca |= {"corp": (), "no-url": ()}
        pki.local["old"] = Local(None, key)  # type: ignore[arg-type] # no test looks at its certificate

    def ask(self, rpc: str, inputs: dict[str, str], login: Login | None = None) -> list[tuple[str, str]]:
        body = "".join(f"<{name}>{value}</{name}>" for name, value in inputs.items())
        found = self.sim.talk(login).ask(f"<{rpc}>{body}</{rpc}>").iter("rpc-error")
        return [(str(it.findtext("error-message")).strip(), it.findtext(".//bad-element") or "") for it in found]


@pytest.fixture
def asked(sim: Callable[..., Any]) -> Asked:
    return Asked(sim(CONFIG, release="24.2R1"))


NAMES = {"domain-name": "a.b", "ip-address": "192.0.2.1", "ipv6-address": "2001:db8::1", "email": "a@b"}
ALTERNATE = names.general(NAMES)


@pytest.mark.parametrize(
    ("rpc", "more", "wanted"),
    [
        (ENROLL, {}, Wanted("new", "scep", "corp", challenge_password="pw", subject=SUBJECT)),
        (
            f"{ENROLL}-scep",
            {"scep-encryption-algorithm": "des", "scep-digest-algorithm": "md5", "digest": "sha-256"},
            Wanted("new", "scep", "corp", challenge_password="pw", encryption="des", digest="md5", subject=SUBJECT),
        ),
        (
            f"{ENROLL}-scep",
            NAMES,
            Wanted("new", "scep", "corp", challenge_password="pw", subject=SUBJECT, alternate=ALTERNATE),
        ),
        (
            f"{ENROLL}-cmpv2",
            {"ca-dn": "CN=ca", "ca-profile": "empty", "domain-name": "a.b"},
            Wanted(
                "new", "cmpv2", "empty", subject=SUBJECT, alternate=ALTERNATE[1:2],
                reference="r", secret="s", ca_dn="CN=ca",
            ),
        ),
        (
            f"{ENROLL}-acme",
            {"terms-of-service": "agree"},
            Wanted(
                "new", "acme", "corp", acme_key_id="k1", email="a@b.c",
                subject=names.asked("CN=a.b"), alternate=(x509.DNSName("a.b"), x509.DNSName("c.d")),
            ),
        ),
        (f"{RENEW}-scep", {}, Wanted("old", "scep", "corp", challenge_password="pw")),
        (f"{RENEW}-cmpv2", {"re-generate-keypair": ""}, Wanted("old", "cmpv2", "corp", new_key=True)),
        (f"{RENEW}-cmpv2", {"ca-profile": None}, Wanted("old", "cmpv2", "corp")),
        (f"{RENEW}-acme", {}, Wanted("old", "acme", "corp", acme_key_id="k1")),
    ],
)  # fmt: skip
def test_what_is_asked_for(asked: Asked, rpc: str, more: dict[str, Any], wanted: Wanted) -> None:
    given = {name: value for name, value in {**INPUTS[rpc], **more}.items() if value is not None}
    body = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
    assert list(asked.sim.talk().ask(f"<{rpc}>{body}</{rpc}>")) == []
    assert asked.started == [wanted]


@pytest.mark.parametrize(
    ("rpc", "name"),
    [(rpc, name) for rpc, inputs in INPUTS.items() for name in inputs if (rpc, name) not in OPTIONAL],
)
def test_what_must_be_given(asked: Asked, rpc: str, name: str) -> None:
    given = {key: value for key, value in INPUTS[rpc].items() if key != name}
    assert asked.ask(rpc, given) == [("missing argument", name)]
    assert asked.started == []


@pytest.mark.parametrize("rpc", INPUTS)
def test_who_may_only_read_enrolls_nothing(asked: Asked, rpc: str) -> None:
    assert asked.ask(rpc, INPUTS[rpc], Login("eve", "x", (), "read-only")) == [("permission denied", "")]
    assert asked.started == []


@pytest.mark.parametrize(
    ("rpc", "changes", "message", "bad"),
    [
        (f"{ENROLL}-scep", {"ca-profile": "none"}, "CA profile none is not configured", ""),
        (f"{ENROLL}-scep", {"ca-profile": "no-url"}, "enrollment url of CA profile no-url is not configured", ""),
        (f"{ENROLL}-scep", {"ca-profile": "empty"}, "CA certificate empty not found in local database", ""),
        (f"{ENROLL}-cmpv2", {"ca-profile": "empty"}, "CA certificate empty not found in local database", ""),
        (f"{RENEW}-cmpv2", {"ca-profile": "empty"}, "CA certificate empty not found in local database", ""),
        (f"{ENROLL}-scep", {"certificate-id": "other"}, "Keypair doesn't exist for certificate", ""),
        (
            f"{ENROLL}-cmpv2",
            {"certificate-id": "old"},
            "Command aborted as local certificate already exists. Retry after clearing the existing local certificate",
            "",
        ),
        (f"{RENEW}-scep", {"certificate-id": "new"}, "new not found in local database", ""),
        (f"{RENEW}-acme", {"acme-key-id": "k2"}, "k2 not found in local database", ""),
        (f"{ENROLL}-acme", {"acme-key-id": "k2"}, "k2 not found in local database", ""),
        (f"{RENEW}-scep", {"ca-profile": ""}, "length 0 is not within range (1..32)", "ca-profile"),
        (f"{ENROLL}-scep", {"scep-digest-algorithm": "sha256"}, "invalid value sha256", "scep-digest-algorithm"),
        (f"{ENROLL}-scep", {"scep-encryption-algorithm": "aes"}, "invalid value aes", "scep-encryption-algorithm"),
        (f"{ENROLL}-scep", {"digest": "md5"}, "invalid value md5", "digest"),
        (f"{ENROLL}-scep", {"ca-secret": "x"}, "syntax error", "ca-secret"),
        (f"{ENROLL}-acme", {"letsencrypt-enrollment": "maybe"}, "invalid value maybe", "letsencrypt-enrollment"),
        (f"{ENROLL}-acme", {"terms-of-service": "no"}, "invalid value no", "terms-of-service"),
        (f"{ENROLL}-acme", {"domain-names": "a.b, c.d"}, "Must not contain '_' or space", "domain-names"),
        (f"{ENROLL}-acme", {"domain-names": "a_b.c"}, "Must not contain '_' or space", "domain-names"),
        (f"{ENROLL}-acme", {"domain-names": "a,b,c,d,e,f"}, "invalid value a,b,c,d,e,f", "domain-names"),
        (f"{ENROLL}-acme", {"domain-names": "a,,b"}, "invalid value a,,b", "domain-names"),
    ],
)
def test_what_is_refused(asked: Asked, rpc: str, changes: dict[str, str], message: str, bad: str) -> None:
    assert asked.ask(rpc, {**INPUTS[rpc], **changes}) == [(message, bad)]
    assert asked.started == []


def test_a_certificate_that_the_fleet_file_tells_of_is_in_the_way_too(sim: Callable[..., Any]) -> None:
    dates = {"not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z"}
    row = certificate({"identifier": "new", "subject": "CN=a", "issuer": "CN=b", **dates})
    it = Asked(sim(CONFIG, release="24.2R1", certificates=(row,)))
    assert it.ask(ENROLL, INPUTS[ENROLL]) == [(LOCAL_OCCUPIED, "")]


def test_a_subject_that_nobody_can_write(asked: Asked) -> None:
    [(message, bad)] = asked.ask(f"{ENROLL}-scep", {**INPUTS[f"{ENROLL}-scep"], "subject": "X=a"})
    assert (message.startswith("invalid value: "), bad) == (True, "")


def test_a_renewal_without_a_ca_profile_anywhere(asked: Asked) -> None:
    asked.device.commit_by(["delete security pki auto-re-enrollment"])
    assert asked.ask(f"{RENEW}-cmpv2", {"certificate-id": "old"}) == [("missing argument", "ca-profile")]


@pytest.mark.parametrize(
    ("release", "rpc", "known"),
    [
        ("22.3R3", f"{ENROLL}-acme", False),
        ("22.4R1", f"{ENROLL}-acme", True),
        ("22.3R3", f"{RENEW}-acme", False),
        ("22.4R1", f"{RENEW}-acme", True),
        ("15.1X49-D30", f"{ENROLL}-scep", False),
        ("15.1X49-D40", f"{ENROLL}-scep", True),
        ("15.1X49-D30", f"{ENROLL}-cmpv2", False),
        ("15.1X49-D40", f"{ENROLL}-cmpv2", True),
        ("15.1X49-D30", f"{RENEW}-scep", False),
        ("15.1X49-D40", f"{RENEW}-scep", True),
        ("15.1X49-D30", f"{RENEW}-cmpv2", False),
        ("15.1X49-D40", f"{RENEW}-cmpv2", True),
        ("15.1X49-D30", ENROLL, True),
    ],
)
def test_releases(sim: Callable[..., Any], release: str, rpc: str, known: bool) -> None:
    config = "".join(line + "\n" for line in CONFIG.splitlines() if "auto-re-enrollment" not in line)
    it = Asked(sim(config, release=release))
    assert it.ask(rpc, INPUTS[rpc]) == ([] if known else [("syntax error", rpc)])
    assert len(it.started) == known
