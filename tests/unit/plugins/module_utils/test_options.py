# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.netpki.junos.plugins.module_utils._edits import scope
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._options import (
    CA_PROFILE_SPEC,
    REENROLL_SPEC,
    CommitOptions,
    Login,
    commit_options,
    login,
    secrets,
    validated,
    want,
    where,
)


def params(spec: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    result = ArgumentSpecValidator(spec or REENROLL_SPEC).validate({"host": "192.0.2.1", **options})
    assert result.error_messages == []
    validated: dict[str, Any] = result.validated_parameters
    return validated


def vpn(**options: Any) -> dict[str, Any]:
    return {"certificate_id": "vpn-01", "protocol": "scep", **options}


def profile(**options: Any) -> dict[str, Any]:
    return {"name": "corp-ca", **options}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "state merged: give config or ca_profiles."),
        ({"config": [], "state": "replaced"}, "state replaced: give config or ca_profiles."),
        (
            {"config": [], "ca_profiles": [profile()], "state": "overridden"},
            "config: is empty, with state overridden. Leave it out; to delete all, give state deleted and no list.",
        ),
        (
            {"ca_profiles": [], "state": "deleted"},
            "ca_profiles: is empty, with state deleted. Leave it out; to delete all, give state deleted and no list.",
        ),
        (
            {"config": [vpn(), vpn()]},
            "config: certificate_id vpn-01 is declared twice. Join the two entries.",
        ),
        (
            {"config": [vpn(), vpn(protocol="cmpv2")]},
            "config[vpn-01]: declared for scep and for cmpv2. A certificate re-enrolls by one protocol.",
        ),
        (
            {"ca_profiles": [profile(), profile()]},
            "ca_profiles: name corp-ca is declared twice. Join the two entries.",
        ),
        (
            {"config": [{"certificate_id": "vpn-01"}]},
            "config[vpn-01].protocol: give one of scep, cmpv2, acme, direct.",
        ),
        (
            {"config": [vpn(protocol="acme")]},
            "config[vpn-01].acme_key_id: protocol acme needs it, the id of the ACME account key.",
        ),
        (
            {"config": [vpn(acme_key_id="k")]},
            "config[vpn-01].acme_key_id: acme-key-id is no statement of scep. It belongs to acme.",
        ),
        (
            {"config": [vpn(protocol="cmpv2", challenge_password="x")]},
            "config[vpn-01].challenge_password: challenge-password is no statement of cmpv2."
            " It belongs to scep and direct.",
        ),
        (
            {"config": [vpn(protocol="acme", acme_key_id="k", scep_digest_algorithm="md5")]},
            "config[vpn-01].scep_digest_algorithm: scep-digest-algorithm is no statement of acme."
            " It belongs to scep and direct.",
        ),
        (
            {"config": [vpn(re_enroll_time={"days": 1, "hours": 1})]},
            "config[vpn-01].re_enroll_time: days and hours exclude each other. Give one of them.",
        ),
        (
            {"ca_profiles": [profile(enrollment={"retry": -1})]},
            "ca_profiles[corp-ca].enrollment.retry: -1 is not a whole number from 0 to 1080.",
        ),
    ],
)
def test_bad_declarations(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        want(params(**options))
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("options", "entries", "everywhere", "profiles"),
    [
        ({"config": [vpn()]}, ["auto-re-enrollment/scep/certificate-id vpn-01"], [], None),
        ({"config": [vpn(protocol="direct")]}, ["auto-re-enrollment/certificate-id vpn-01"], [], None),
        ({"ca_profiles": [profile()]}, None, [], ["corp-ca"]),
        ({"config": [], "ca_profiles": [profile()]}, [], [], ["corp-ca"]),
        ({"state": "deleted"}, [], [], None),
        ({"state": "deleted", "ca_profiles": [profile()]}, None, [], ["corp-ca"]),
        (
            {"state": "deleted", "config": [vpn(), {"certificate_id": "old"}]},
            ["auto-re-enrollment/scep/certificate-id vpn-01"],
            ["old"],
            None,
        ),
    ],
)
def test_what_a_task_wants(
    options: dict[str, Any], entries: list[str] | None, everywhere: list[str], profiles: list[str] | None
) -> None:
    wanted = want(params(**options))
    assert wanted.state == options.get("state", "merged")
    assert (None if wanted.entries is None else [f"{node.path} {node.key}" for node in wanted.entries]) == entries
    assert list(wanted.delete_everywhere) == everywhere
    assert (None if wanted.ca_profiles is None else [node.key for node in wanted.ca_profiles]) == profiles


def test_what_the_profile_module_wants() -> None:
    assert want(params(CA_PROFILE_SPEC, state="deleted")).ca_profiles == []
    with pytest.raises(InputError) as raised:
        want(params(CA_PROFILE_SPEC))
    assert str(raised.value) == "state merged: give ca_profiles."


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, CommitOptions("private", None, None, False)),
        ({"configuration_mode": "exclusive"}, CommitOptions("exclusive", None, None, False)),
        ({"commit_confirmed": 5}, CommitOptions("exclusive", None, 5, False)),
        (
            {"commit_confirmed": 65535, "configuration_mode": "exclusive"},
            CommitOptions("exclusive", None, 65535, False),
        ),
        ({"commit_comment": "CHG1", "commit_synchronize": True}, CommitOptions("private", "CHG1", None, True)),
    ],
)
def test_commit_options(options: dict[str, Any], expected: CommitOptions) -> None:
    assert commit_options(params(**options)) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"commit_confirmed": 0}, "commit_confirmed: 0 is not a number of minutes from 1 to 65535."),
        ({"commit_comment": "two\nlines"}, "commit_comment: holds a control character or a line break."),
        ({"commit_confirmed": 65536}, "commit_confirmed: 65536 is not a number of minutes from 1 to 65535."),
        (
            {"commit_confirmed": 5, "configuration_mode": "private"},
            "commit_confirmed: the device refuses a confirmed commit of a private configuration."
            " Use configuration_mode exclusive, or leave it out.",
        ),
    ],
)
def test_bad_commit_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        commit_options(params(**options))
    assert str(raised.value) == message


def test_login() -> None:
    assert login(params(user="netops", password="x", timeout=10)) == Login(
        host="192.0.2.1", port=830, user="netops", password="x", timeout=10, commit_timeout=120, host_key_checking=True
    )
    assert "canary" not in repr(login(params(password="canary")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": ""}, "host: give the device's name or address."),
        ({"port": 0}, "port: 0 is not a whole number from 1 to 65535."),
        ({"port": 65536}, "port: 65536 is not a whole number from 1 to 65535."),
        ({"timeout": 0}, "timeout: 0 is not a whole number from 1 to 86400."),
        ({"commit_timeout": -1}, "commit_timeout: -1 is not a whole number from 1 to 86400."),
    ],
)
def test_bad_login(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        login(params(**options))
    assert str(raised.value) == message


def test_where() -> None:
    assert where(params()) == scope()
    assert where(params(logical_system="ls1")) == scope("ls1")
    assert where(params(tenant="t1")) == scope(None, "t1")
    with pytest.raises(InputError) as raised:
        where(params(tenant=""))
    assert str(raised.value) == "tenant: is empty. Leave it out for the main system."
    with pytest.raises(InputError) as raised:
        where(params(logical_system="ls\x01"))
    assert str(raised.value) == "logical_system: holds a control character or a line break."
    with pytest.raises(InputError) as raised:
        where(params(tenant="t1", read_certificates=True))
    assert str(raised.value) == "read_certificates: not possible with logical_system or tenant. Leave it out."


def test_all_secrets_are_found() -> None:
    crl = {"url": [{"name": "http://a", "password": "crl-secret"}, {"name": "http://b"}]}
    options = params(
        password="login-secret",
        config=[vpn(challenge_password="challenge-secret"), vpn(certificate_id="b")],
        ca_profiles=[profile(revocation_check={"crl": crl}), profile(name="b")],
    )
    assert sorted(secrets(options)) == ["challenge-secret", "crl-secret", "login-secret"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bogus": 1}, "Unsupported parameters: bogus. Supported parameters include: "),
        ({"config": [vpn(bogus=1)]}, "Unsupported parameters: config.bogus. Supported parameters include: "),
        ({"config": [vpn(re_enroll_time=30)]}, "config.re_enroll_time: give a mapping with days, hours, percentage."),
        ({"config": [vpn(challenge_password={"a": "b"})]}, "config.challenge_password: give a text."),
        ({"config": [vpn(challenge_password=True)]}, "config.challenge_password: give a text."),
        (
            {"config": [vpn(re_enroll_time={"days": float("inf")})]},
            "config.re_enroll_time.days: give a whole number.",
        ),
        ({"config": [vpn(re_enroll_time={"days": "1e999999999"})]}, "config.re_enroll_time.days: give a whole number."),
        ({"timeout": "-Infinity"}, "timeout: give a whole number."),
        ({"timeout": 10**400}, "timeout: give a whole number."),
        ({"timeout": [0, [1], 3]}, "timeout: give a whole number."),
        ({"port": "ten"}, "argument 'port' is of type "),
        ({"config": ["certificate_id=vpn-01"]}, "config: give a mapping with "),
        ({"config": ['{"certificate_id": "a", "challenge_password": "s3cret"}']}, "config: give a mapping with "),
        ({"config": [{"protocol": "scep"}]}, "missing required arguments: certificate_id found in config"),
        (
            {"config": [vpn(re_enroll_trigger_time_percentage="s3cret", challenge_password="s3cret")]},
            "argument 're_enroll_trigger_time_percentage' is of type ",
        ),
    ],
)
def test_what_the_spec_refuses(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        validated(REENROLL_SPEC, options)
    assert str(raised.value)[: len(message)] == message
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("text", ["inf", "1e999", "Infinity"])
def test_a_text_may_look_like_a_number(text: str) -> None:
    options = {"host": text, "password": text, "config": [vpn(challenge_password=text)]}
    found = validated(REENROLL_SPEC, options)
    assert (found["host"], found["password"], found["config"][0]["challenge_password"]) == (text, text, text)


def test_of_a_profile_that_shall_go_only_the_name_counts() -> None:
    shown = profile(revocation_check={"crl": {"url": [{"name": "http://a", "password": "********"}]}})
    wanted = want(params(state="deleted", ca_profiles=[shown]))
    assert [(node.key, node.children) for node in wanted.ca_profiles or ()] == [("corp-ca", {})]
    with pytest.raises(InputError) as raised:
        want(params(state="deleted", ca_profiles=[shown | {"name": "a" * 33}]))
    assert str(raised.value).endswith("must have 1 to 32 characters, it has 33.")


def test_what_the_spec_fills_in() -> None:
    found = validated(REENROLL_SPEC, {"config": [vpn(re_enroll_time={"days": "30"})]})
    assert (found["state"], found["port"], found["config"][0]["re_enroll_time"]["days"]) == ("merged", 830, 30)


def test_a_url_cannot_be_declared_twice() -> None:
    crl = {"url": [{"name": "http://a", "password": "x"}, {"name": "http://a"}]}
    with pytest.raises(InputError) as raised:
        want(params(ca_profiles=[profile(revocation_check={"crl": crl})]))
    assert str(raised.value) == "ca_profiles[corp-ca].revocation_check.crl.url[http://a]: is declared twice."
