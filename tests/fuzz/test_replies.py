# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a device answers: a task ends with a result or with one sentence, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter.parse_pki_certificates import parse_pki_certificates
from ansible_collections.netpki.junos.plugins.module_utils import (
    _certificate_options,
    _certify,
    _gather,
    _options,
    _run,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import NetpkiError
from fuzz import inside
from fuzz.mutations import ANY, BYTES, Mutation, mutated, mutated_bytes, mutations
from fuzz.profiles import times
from fuzz.running import left_behind
from hypothesis import assume, event, given
from hypothesis import strategies as st
from junosim import fleet
from junosim.device import Device, Recorder
from lxml import etree

CERTIFICATE = {
    "identifier": "vpn-01",
    "subject": "CN=vpn-01, OU=vpn, O=Example, C=de",
    "issuer": "CN=corp-ca, C=de",
    "not_before": "2026-01-02T09:55:00Z",
    "not_after": "2028-04-02T09:55:00Z",
}
ROW: dict[str, Any] = {
    "config": """\
set security pki ca-profile corp-ca ca-identity corp
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki ca-profile corp-ca revocation-check crl url http://crl.example.net password secret
set security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name corp-ca
set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-trigger-time-percentage 10
set security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password secret
set groups g security pki ca-profile other-ca ca-identity other
set apply-groups g
set security ike policy p certificate local-certificate vpn-01
deactivate security pki ca-profile corp-ca revocation-check
""",
    "certificates": [CERTIFICATE, {**CERTIFICATE, "ca": True, "identifier": "corp-ca"}],
    "certificate_requests": [{"identifier": "vpn-09", "subject": "CN=vpn-09"}],
    "crls": [{"identifier": "corp-ca", "issuer": "CN=corp-ca", "revoked": [["0a", "01- 1-2026 00:00 UTC"]]}],
    "statistics": {"local certificates": 1},
}
FLEET = {
    "old": {**ROW, "release": "15.1X49-D170"},
    "new": {**ROW, "release": "23.4R1"},
    "cluster": {**ROW, "release": "24.4R1", "cluster": True},
}
ENTRY = {"protocol": "scep", "certificate_id": "vpn-01", "ca_profile_name": "corp-ca", "re_generate_keypair": True}
TASKS: dict[str, tuple[Callable[..., dict[str, Any]], dict[str, Any], dict[str, Any]]] = {
    "reenroll": (_run.configure, _options.REENROLL_SPEC, {"config": [ENTRY], "read_certificates": True}),
    "exactly": (
        _run.configure,
        _options.REENROLL_SPEC,
        {
            "config": [{**ENTRY, "re_enroll_trigger_time_percentage": 20}],
            "ca_profiles": [{"name": "corp-ca", "enrollment": {"url": "http://ca.example.net"}}],
            "state": "overridden",
            "commit_confirmed": 5,
        },
    ),
    "info": (_gather.gather, _options.INFO_SPEC, {}),
    "certificate": (
        _certify.certify,
        _certificate_options.CERTIFICATE_SPEC,
        {
            "certificate_id": "vpn-01",
            "protocol": "scep",
            "ca_profile": "corp-ca",
            "challenge_password": "secret",
            "subject": "CN=vpn-01",
            "force": True,
            "enroll_timeout": 0,
        },
    ),
    "certificate request": (
        _certify.certify,
        _certificate_options.CERTIFICATE_SPEC,
        {"certificate_id": "vpn-02", "certificate_request": True, "subject": "CN=vpn-02"},
    ),
    "absent": (
        _certify.certify,
        _certificate_options.CERTIFICATE_SPEC,
        {"certificate_id": "vpn-09", "state": "absent", "force": True},
    ),
}


def said(family: type[Exception], call: Callable[..., Any], *args: Any) -> Any:
    """What a call returns, or the text of an error of that family. Any other exception fails the test."""
    try:
        return call(*args)
    except family as error:
        return str(error)


def device(name: str) -> Device:
    (spec,) = fleet.load({"devices": {name: FLEET[name]}})
    made = Device(spec, Recorder(None))
    made.database.set_timer = lambda seconds, function: lambda: None
    return made


@pytest.mark.parametrize("task", TASKS)
@times(2)
@given(st.sampled_from([*FLEET]), st.integers(0, 9), mutations(ANY), st.booleans())
def test_a_task_survives_any_reply(
    task: str, name: str, which: int, changes: Sequence[Mutation], check_mode: bool
) -> None:
    """The ``which``-th reply is another than the device gave; 0 stands for all."""
    run, spec, options = TASKS[task]
    made, seen = device(name), []

    def change(request: str, reply: bytes) -> bytes:
        seen.append(request)
        return mutated(reply, changes) if which in (0, len(seen)) else reply

    with inside.reached(made, change):
        told = said(NetpkiError, run, _options.validated(spec, {"host": "inside", **options}), check_mode, False)
    assume(len(seen) >= which)
    assert left_behind(made) == {}
    assert not (check_mode and made.database.history[1:])
    if isinstance(told, str):
        event("an error")
        assert "\n" not in told
        return
    event("changed" if told["changed"] else "as it was")
    assert json.loads(json.dumps(told)) == told


# --- saved output ----------------------------------------------------------------------------------------------------


def saved(name: str, form: str) -> bytes:
    """What a terminal shows of ``show security pki local-certificate detail``, or of its XML."""
    shown = inside.session(device(name)).execute(
        f'<command format="{form}">show security pki local-certificate detail</command>'
    )
    if form == "text":
        return b"admin@srx> show security pki local-certificate detail\n" + "".join(shown.itertext()).encode()
    return etree.tostring(shown.getroottree())


SAVED = {f"{name} {form}": saved(name, form) for name in FLEET for form in ("text", "xml")}


@pytest.mark.parametrize("sample", SAVED)
def test_what_is_saved_is_read(sample: str) -> None:
    """Unchanged, the samples are what they look like."""
    records = parse_pki_certificates(SAVED[sample].decode())
    assert {(one["certificate_id"], one["not_after"]) for one in records} == {("vpn-01", "2028-04-02T09:55:00Z")}


def is_told(told: Any) -> bool:
    """Whether a filter said what it may: records of plain values, or an error of its own."""
    if isinstance(told, str):
        return told.startswith("parse_pki_certificates: ") and "\n" not in told
    return bool(json.loads(json.dumps(told)) == told)


@pytest.mark.parametrize("sample", SAVED)
@times(3)
@given(mutations(ANY), mutations(BYTES), st.sampled_from(["utf-8", "latin-1"]))
def test_the_filter_survives_any_text(
    sample: str, changes: Sequence[Mutation], more: Sequence[Mutation], encoding: str
) -> None:
    data = mutated(SAVED[sample], changes) if sample.endswith("xml") else mutated_bytes(SAVED[sample], more)
    text = data.decode(encoding, errors="replace")
    told = said(AnsibleFilterError, parse_pki_certificates, text)
    event("an error" if isinstance(told, str) else "records" if told else "nothing")
    assert is_told(told)


@times(3)
@given(st.text())
def test_the_filter_survives_text_of_no_device(text: str) -> None:
    assert is_told(said(AnsibleFilterError, parse_pki_certificates, text))
