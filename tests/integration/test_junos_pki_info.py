# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junos_pki_info: what is asked for, what comes of it, and what a device does wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from integration.playing import Stage, left_behind, real
from junosim.client import Device

MODULE = "netpki.junos.junos_pki_info"

CONFIG = """
set system services web-management http port 8080
set security ike policy to-hq certificate local-certificate vpn-01
set services ssl termination profile web server-certificate web-01
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki ca-profile corp-ca revocation-check crl url http://crl.example.net password Crl-Secret-1
set security pki ca-profile acme-ca ca-identity acme.example.net
set security pki trusted-ca-group ours ca-profiles corp-ca
set security pki trap all-certificates days 30
set security pki auto-re-enrollment scep certificate-id vpn-01 ca-profile-name corp-ca
set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time days 30
set security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password Challenge-1
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 ca-profile-name corp-ca
set security pki auto-re-enrollment cmpv2 certificate-id vpn-02 re-enroll-time percent 20
set security pki auto-re-enrollment acme certificate-id web-01 ca-profile-name acme-ca
set security pki auto-re-enrollment acme certificate-id web-01 acme-key-id web-key
set security pki auto-re-enrollment certificate-id old-01 ca-profile-name corp-ca
set security pki auto-re-enrollment certificate-id old-01 re-enroll-trigger-time-percentage 10
set security pki acme-account-key acme-key-id web-key
deactivate security pki auto-re-enrollment certificate-id old-01
deactivate security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time
""".strip()

CORP_CA = {
    "ca": True,
    "identifier": "corp-ca",
    "subject": "CN=corp-ca, O=example",
    "issuer": "CN=corp-ca, O=example",
    "not_before": "2020-04-03T09:13:00Z",
    "not_after": "2030-04-03T09:13:00Z",
    "serial": "00000d5f",
}


def certificate(identifier: str, **changes: Any) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "subject": f"CN={identifier}.example.net, O=example",
        "issuer": "CN=corp-ca, O=example",
        "not_before": "2026-01-02T09:55:00Z",
        "not_after": "2028-01-02T09:55:00Z",
        **changes,
    }


CERTIFICATES = [CORP_CA, {**CORP_CA, "identifier": "acme-ca"}, certificate("vpn-01"), certificate("vpn-02")]
TENANT = "set tenants T1 security pki ca-profile tenant-ca ca-identity tenant.example.net"
SYSTEM = "set logical-systems LS1 security pki auto-re-enrollment cmpv2 certificate-id ls-01 ca-profile-name ls-ca"
POLICY = "set logical-systems LS1 security ike policy to-hq certificate local-certificate ls-01"

DEVICES: dict[str, Any] = {
    name: {"release": "24.4R1", "config": CONFIG, "certificates": CERTIFICATES}
    for name in ("whole", "second-run", "check-mode", "subset", "one", "two", "profile", "refused", "dropped", "far")
} | {
    "old": {"release": "15.1X49-D170", "config": CONFIG.splitlines()[1], "certificates": CERTIFICATES},
    "cluster": {
        "release": "22.4R3",
        "cluster": True,
        "certificates": [certificate("vpn-01"), certificate("vpn-02", nodes=["node1"]), CORP_CA],
    },
    "empty": {"release": "23.1R1"},
    "switched-off": {"release": "24.4R1", "config": CONFIG + "\ndeactivate security pki"},
    "group": real("srx-group"),
    "full": {
        "release": "24.4R1",
        "certificates": [
            certificate(
                "vpn-01",
                alternate_subjects=["vpn@example.net", "vpn.example.net", "192.0.2.1"],
                signature_algorithm="sha384WithRSAEncryption",
                trigger="12- 1-2027 09:55 UTC",
                ca_profile="corp-ca",
            )
        ],
        "certificate_requests": [{"identifier": "vpn-09", "subject": "CN=vpn-09, OU=network, ST=california"}],
        "crls": [
            {
                "identifier": "corp-ca",
                "issuer": "CN=corp-ca",
                "number": "7",
                "effective": "01- 2-2026 09:55 UTC",
                "revoked": [["0a", "01- 1-2026 00:00 UTC"], ["0b", "01- 1-2026 00:00 UTC"]],
            },
            {"identifier": "acme-ca", "issuer": "CN=acme-ca"},
        ],
        "statistics": {"local certificates": 4, "enrollments failed": 1},
    },
    **{
        name: {"release": "24.4R1", "config": CONFIG, "certificates": CERTIFICATES}
        for name in ("malformed", "cut", "odd-date", "strange", "many", "text")
    },
    "uses": {"release": "24.4R1", "config": "USES"},
    "parts": {"release": "24.4R1", "config": "\n".join((TENANT, SYSTEM, POLICY)), "certificates": CERTIFICATES},
    "viewer": {
        "release": "24.4R1",
        "config": CONFIG,
        "users": [{"user": "viewer", "password": "Viewer-0", "login_class": "read-only"}],
    },
}

# Each statement that can name a local certificate, once.
USES = """
security group-vpn server group g1 server-member-communication certificate
security ike policy p1 certificate local-certificate
services ssl initiation profile s1 client-certificate
services ssl termination profile s1 server-certificate
services ssl proxy profile s1 server-certificate
system services web-management https pki-local-certificate
system services web-management https virtual-domain vpn.example.net pki-local-certificate
system services webapi https pki-local-certificate
system services rest https server-certificate
system services rest https-5g server-certificate
system services netconf tls local-certificate
system services grpc-tunnel servers server s1 credentials tls certificate-id
system syslog host log.example.net tlsdetails local-certificate
system ntp nts local-certificate
""".strip().splitlines()
NO_USES = """
set services ssl proxy profile s1 root-ca signing-ca
set security ike policy p2 certificate local-certificate off
deactivate security ike policy p2
"""
DEVICES["uses"]["config"] = "\n".join(f"set {path} cert-{number}" for number, path in enumerate(USES)) + NO_USES

REQUESTS = {
    "config": "get-configuration",
    "local_certificates": "get-pki-local-certificate",
    "ca_certificates": "get-pki-ca-certificate",
    "certificate_requests": "get-pki-certificate-request",
    "crls": "get-pki-crl",
    "statistics": "get-pki-statistics",
}


def task(**options: Any) -> dict[str, Any]:
    return {MODULE: options}


def bodies(device: Device, name: str) -> list[str]:
    return [event["body"] for event in device.events if event["event"] == "rpc" and event["rpc"] == name]


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["certificate_id"] for row in rows]


# What is read, and by how many requests.


def test_everything_in_one_session_with_a_request_each(stage: Stage) -> None:
    result = stage.play(stage["whole"], task()).result
    assert stage["whole"].rpcs == [*REQUESTS.values(), "close-session"]
    assert (result["changed"], result["release"], result["nodes"], result["filtered"]) == (False, "24.4R1", [], False)
    assert (result["not_read"], result.data.get("warnings", [])) == ({}, [])
    configuration = result["configuration"]
    assert configuration == {
        "trusted_ca_group": [{"name": "ours", "ca_profiles": ["corp-ca"]}],
        "trap": {"all_certificates": {"days": 30}},
        "acme_account_key": {"acme_key_id": ["web-key"]},
        "ca_profiles": [
            {
                "name": "corp-ca",
                "ca_identity": "corp.example.net",
                "enrollment": {"url": "http://ca.example.net/scep"},
                "revocation_check": {"crl": {"url": [{"name": "http://crl.example.net", "password": "********"}]}},
            },
            {"name": "acme-ca", "ca_identity": "acme.example.net"},
        ],
        "config": [
            {
                "certificate_id": "vpn-01",
                "protocol": "scep",
                "ca_profile_name": "corp-ca",
                "challenge_password": "********",
            },
            {
                "certificate_id": "vpn-02",
                "protocol": "cmpv2",
                "ca_profile_name": "corp-ca",
                "re_enroll_time": {"percentage": 20},
            },
            {
                "certificate_id": "web-01",
                "protocol": "acme",
                "ca_profile_name": "acme-ca",
                "acme_key_id": "web-key",
            },
        ],
        "deactivated": [
            {
                "path": "security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time",
                "certificate_ids": ["vpn-01"],
            },
            {"path": "security pki auto-re-enrollment certificate-id old-01", "certificate_ids": ["old-01"]},
        ],
        "certificate_uses": [
            {
                "certificate_id": "vpn-01",
                "path": "security ike policy to-hq certificate local-certificate vpn-01",
            },
            {
                "certificate_id": "web-01",
                "path": "services ssl termination profile web server-certificate web-01",
            },
        ],
        "web_management_http_port": 8080,
    }
    shown = result["local_certificates"][0]
    dates = ("certificate_id", "subject", "issuer", "not_before", "not_after", "serial_number", "public_key_bits")
    assert [shown[name] for name in dates] == [
        "vpn-01",
        "CN=vpn-01.example.net, O=example",
        "CN=corp-ca, O=example",
        "2026-01-02T09:55:00Z",
        "2028-01-02T09:55:00Z",
        "00043da0",
        2048,
    ]
    assert shown["auto_re_enrollment"] == {
        "status": "Disabled",
        "next_trigger": "Timer not started",
        "next_trigger_time": None,
    }
    assert ids(result["local_certificates"]) == ["vpn-01", "vpn-02"]
    assert [(row["ca_profile"], row["not_after"]) for row in result["ca_certificates"]] == [
        ("corp-ca", "2030-04-03T09:13:00Z"),
        ("acme-ca", "2030-04-03T09:13:00Z"),
    ]
    assert (result["certificate_requests"], result["crls"], result["statistics"]) == ([], [], [])


def test_the_second_run_answers_the_same(stage: Stage) -> None:
    first, second = (stage.play(stage["second-run"], task()).result.data for _run in range(2))
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def test_check_mode_reads_the_same(stage: Stage) -> None:
    device = stage["check-mode"]
    real_run = stage.play(device, task()).result.data
    device.mark()
    checked = stage.play(device, task(), options=["--check", "--diff"]).result.data
    assert device.rpcs == [*REQUESTS.values(), "close-session"]
    assert checked == real_run
    assert left_behind(device) == {}


@pytest.mark.parametrize(
    ("subset", "read"),
    [
        (["config"], ["config"]),
        (["local_certificates"], ["local_certificates"]),
        (["statistics", "ca_certificates"], ["ca_certificates", "statistics"]),
        (["all", "!crls", "!statistics"], ["config", "local_certificates", "ca_certificates", "certificate_requests"]),
        (["!config"], [name for name in REQUESTS if name != "config"]),
        (["crls", "config", "!config"], ["crls"]),
    ],
)
def test_only_what_is_asked_for_is_read(stage: Stage, subset: list[str], read: list[str]) -> None:
    device = stage["subset"]
    device.mark()
    result = stage.play(device, task(gather_subset=subset)).result
    assert device.rpcs == [*(REQUESTS[name] for name in read), "close-session"]
    answered = ["config" if name == "configuration" else name for name in result.data if result.data[name] is not None]
    assert [name for name in REQUESTS if name in answered] == read
    assert result["release"] == ("24.4R1" if "config" in read else None)


def test_one_certificate_is_all_that_the_device_sends(stage: Stage) -> None:
    device = stage["one"]
    result = stage.play(device, task(gather_subset=["config", "local_certificates"], certificate_ids=["vpn-02"])).result
    (body,) = bodies(device, "get-pki-local-certificate")
    assert "<certificate-id>vpn-02</certificate-id><detail/>" in body
    assert ids(result["local_certificates"]) == ["vpn-02"]
    assert ids(result["configuration"]["config"]) == ["vpn-02"]
    assert result["configuration"]["certificate_uses"] == []
    assert result["filtered"] is True


def test_of_several_certificates_the_others_are_left_out(stage: Stage) -> None:
    device = stage["two"]
    result = stage.play(device, task(certificate_ids=["vpn-01", "web-01"])).result
    assert result["warnings"] == ["127.0.0.1: local_certificates: the device holds no web-01."]
    assert "certificate-id" not in bodies(device, "get-pki-local-certificate")[0]
    assert ids(result["local_certificates"]) == ["vpn-01"]
    assert ids(result["configuration"]["config"]) == ["vpn-01", "web-01"]
    assert [row["ca_profile"] for row in result["ca_certificates"]] == ["corp-ca", "acme-ca"]


def test_one_ca_profile(stage: Stage) -> None:
    device = stage["profile"]
    result = stage.play(device, task(ca_profiles=["acme-ca"])).result
    assert "<ca-profile>acme-ca</ca-profile>" in bodies(device, "get-pki-ca-certificate")[0]
    assert "<ca-profile>acme-ca</ca-profile>" in bodies(device, "get-pki-crl")[0]
    assert [row["ca_profile"] for row in result["ca_certificates"]] == ["acme-ca"]
    assert [row["name"] for row in result["configuration"]["ca_profiles"]] == ["acme-ca"]
    assert ids(result["configuration"]["config"]) == ["web-01"]


# What devices are like.


def test_every_store_of_a_device_that_has_them_all(stage: Stage) -> None:
    result = stage.play(stage["full"], task(gather_subset=["!config"])).result
    (shown,) = result["local_certificates"]
    names = ("alternate_subjects", "signature_algorithm", "ca_profile", "auto_re_enrollment")
    assert [shown[name] for name in names] == [
        ["vpn@example.net", "vpn.example.net", "192.0.2.1"],
        "sha384WithRSAEncryption",
        "corp-ca",
        {"status": "Enabled", "next_trigger": "12- 1-2027 09:55 UTC", "next_trigger_time": "2027-12-01T09:55:00Z"},
    ]
    (request,) = result["certificate_requests"]
    told = [request[name] for name in ("certificate_id", "subject", "public_key_bits", "not_after")]
    assert told == ["vpn-09", "CN=vpn-09, OU=network, ST=california", 2048, None]
    assert [(row["ca_profile"], row["number"], row["effective_date"], row["revoked"]) for row in result["crls"]] == [
        ("corp-ca", "7", "01- 2-2026 09:55 UTC", 2),
        ("acme-ca", "1", None, 0),
    ]
    assert result["statistics"] == [
        {"name": "enrollments failed", "value": 1, "node": None},
        {"name": "local certificates", "value": 4, "node": None},
    ]


def test_every_statement_that_names_a_certificate(stage: Stage) -> None:
    result = stage.play(stage["uses"], task(gather_subset=["config"])).result
    found = {use["path"]: use["certificate_id"] for use in result["configuration"]["certificate_uses"]}
    assert found == {f"{path} cert-{number}": f"cert-{number}" for number, path in enumerate(USES)}


def test_an_old_device_has_no_statistics_and_is_not_asked(stage: Stage) -> None:
    result = stage.play(stage["old"], task()).result
    assert "get-pki-statistics" not in stage["old"].rpcs
    why = "Junos 15.1X49-D170 has no get-pki-statistics, which is there from 21.4R1 on."
    assert (result["not_read"], result["statistics"]) == ({"statistics": why}, None)
    assert result.data.get("warnings", []) == []
    assert [row["issuer"] for row in result["local_certificates"]] == ["CN=corp-ca, O=example"] * 2


def test_each_node_of_a_cluster_tells_its_own(stage: Stage) -> None:
    result = stage.play(stage["cluster"], task()).result
    assert result["nodes"] == ["node0", "node1"]
    assert [(row["certificate_id"], row["node"]) for row in result["local_certificates"]] == [
        ("vpn-01", "node0"),
        ("vpn-01", "node1"),
        ("vpn-02", "node1"),
    ]


def test_an_empty_device_answers_empty_lists(stage: Stage) -> None:
    result = stage.play(stage["empty"], task()).result
    assert result["configuration"] == {
        "ca_profiles": [],
        "config": [],
        "deactivated": [],
        "certificate_uses": [],
        "web_management_http_port": None,
    }
    stores = ("local_certificates", "ca_certificates", "certificate_requests", "crls", "statistics")
    assert [result[name] for name in stores] == [[], [], [], [], []]


def test_pki_that_is_deactivated_as_a_whole_is_told(stage: Stage) -> None:
    result = stage.play(stage["switched-off"], task(gather_subset=["config"])).result
    assert result["configuration"]["config"] == []
    assert result["configuration"]["ca_profiles"] == []
    assert result["configuration"]["deactivated"] == [
        {"path": "security pki", "certificate_ids": ["old-01", "vpn-01", "vpn-02", "web-01"]}
    ]


def test_what_groups_bring_is_in_effect(stage: Stage) -> None:
    result = stage.play(stage["group"], task(gather_subset=["config"])).result
    assert ids(result["configuration"]["config"]) == ["own-vpn", "group-vpn"]


def test_a_tenant_and_a_logical_system(stage: Stage) -> None:
    device = stage["parts"]
    tenant = stage.play(device, task(tenant="T1")).result
    assert device.rpcs == ["get-configuration", "close-session"]
    assert [row["name"] for row in tenant["configuration"]["ca_profiles"]] == ["tenant-ca"]
    assert tenant["local_certificates"] is None
    assert tenant["not_read"]["local_certificates"] == (
        "A device shows the local certificates of its main system only."
    )
    system = stage.play(device, task(logical_system="LS1", gather_subset=["config"])).result
    assert ids(system["configuration"]["config"]) == ["ls-01"]
    assert system["configuration"]["certificate_uses"] == [
        {
            "certificate_id": "ls-01",
            "path": "logical-systems LS1 security ike policy to-hq certificate local-certificate ls-01",
        }
    ]


def test_a_user_who_may_only_read_is_enough(stage: Stage) -> None:
    login = {"ansible_user": "viewer", "ansible_password": "Viewer-0"}
    result = stage.play(stage["viewer"], task(), variables=login).result
    assert ids(result["configuration"]["config"]) == ["vpn-01", "vpn-02", "web-01"]


def test_no_secret_is_told(stage: Stage) -> None:
    run = stage.play(stage["whole"], task(), options=["-vvv"])
    found = [secret for secret in ("Challenge-1", "Crl-Secret-1", "Login-0", "$9$") if secret in run.everything]
    assert found == []


def test_delegated_to_another_host_it_runs_there(stage: Stage) -> None:
    far = {"far-away": {"ansible_connection": "elsewhere"}}
    result = stage.play(stage["far"], {**task(), "delegate_to": "far-away"}, others=far).result
    here = stage.play(stage["far"], task()).result
    assert {**here.data, "_ansible_no_log": None} == {
        **{name: result.data[name] for name in here.data if name in result.data},
        "_ansible_no_log": None,
    }


# What goes wrong.


def test_a_store_that_is_refused_leaves_the_others(stage: Stage) -> None:
    device = stage["refused"]
    device.fault("get-pki-ca-certificate", "error", messages=["permission denied"])
    result = stage.play(device, task()).result
    why = (
        "the user's login class does not permit this. The device says: permission denied. Nothing was changed."
        " The class needs view, configure, security and security-control, and maintenance to enroll."
    )
    assert (result["not_read"], result["ca_certificates"]) == ({"ca_certificates": why}, None)
    assert result["warnings"] == [f"127.0.0.1: ca_certificates could not be read: {why}"]
    assert ids(result["local_certificates"]) == ["vpn-01", "vpn-02"]


def test_a_connection_that_breaks_leaves_what_was_read_and_what_comes_next(stage: Stage) -> None:
    device = stage["dropped"]
    device.fault("get-pki-local-certificate", "drop")
    result = stage.play(device, task(gather_subset=["config", "local_certificates", "ca_certificates"])).result
    why = "the session was lost during reading the local certificates. Nothing was changed."
    assert result["not_read"] == {"local_certificates": why}
    assert [row["ca_profile"] for row in result["ca_certificates"]] == ["corp-ca", "acme-ca"]
    assert sum(event["event"] == "open" for event in device.events) == 2


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("malformed", {"do": "answer", "body": "<x509-pki-certificate-info-list><identifier>vpn-01</x>"}),
        ("cut", {"do": "cut"}),
    ],
)
def test_an_answer_that_is_no_xml_or_ends_early(stage: Stage, name: str, fault: dict[str, Any]) -> None:
    device = stage[name]
    device.fault("get-pki-local-certificate", **fault)
    subset = ["config", "local_certificates", "ca_certificates"]
    result = stage.play(device, task(gather_subset=subset, timeout=5)).result
    assert list(result["not_read"]) == ["local_certificates"]
    why = result["not_read"]["local_certificates"]
    assert why in (
        "the answer to reading the local certificates cannot be understood (XMLSyntaxError). Nothing was changed.",
        "the session was lost during reading the local certificates. Nothing was changed.",
    )
    assert result["warnings"] == [f"127.0.0.1: local_certificates could not be read: {why}"]
    assert result["local_certificates"] is None
    assert [row["ca_profile"] for row in result["ca_certificates"]] == ["corp-ca", "acme-ca"]
    assert ids(result["configuration"]["config"]) == ["vpn-01", "vpn-02", "web-01"]
    assert left_behind(device) == {}


def entry(identifier: str, not_after: str = "04- 2-2026 09:55 UTC", more: str = "") -> str:
    return (
        f"<x509-certificate-info><identifier>{identifier}</identifier><validity><not-before>01- 2-2026 09:55 UTC"
        f"</not-before><not-after>{not_after}</not-after></validity>{more}</x509-certificate-info>"
    )


def answered(stage: Stage, name: str, *entries: str) -> list[dict[str, Any]]:
    body = f"<x509-pki-certificate-info-list>{''.join(entries)}</x509-pki-certificate-info-list>"
    stage[name].fault("get-pki-local-certificate", "answer", body=body)
    rows: list[dict[str, Any]] = stage.play(stage[name], task(gather_subset=["local_certificates"])).result[
        "local_certificates"
    ]
    return rows


def test_a_date_in_another_form_is_told_with_its_certificate(stage: Stage) -> None:
    first, second = answered(stage, "odd-date", entry("vpn-01", "2026-04-02 09:55"), entry("vpn-02"))
    assert (first["not_after"], first["not_before"], first["problems"]) == (
        None,
        "2026-01-02T09:55:00Z",
        ["not_after: '2026-04-02 09:55' is not a date as Junos writes it, for example '04- 3-2018 09:13 UTC'."],
    )
    assert (second["not_after"], second["problems"]) == ("2026-04-02T09:55:00Z", [])


def test_what_is_not_known_is_kept(stage: Stage) -> None:
    (row,) = answered(
        stage, "strange", entry("vpn-01", more="<a><b>1</b><b>2</b></a><certificate-type>x</certificate-type>")
    )
    assert row["raw"] == {"a/b": ["1", "2"], "certificate-type": "x"}


def test_ten_thousand_certificates_of_one_device(stage: Stage) -> None:
    rows = answered(stage, "many", *(entry(f"vpn-{number}") for number in range(10000)))
    assert (len(rows), rows[-1]["certificate_id"]) == (10000, "vpn-9999")


def test_an_answer_in_text_is_read(stage: Stage) -> None:
    text = "Certificate identifier: vpn-07\n  Validity:\n    Not after: 04- 2-2026 09:55 UTC\n"
    stage["text"].fault("get-pki-local-certificate", "answer", body=f"<output>\n{text}</output>")
    stage["text"].fault("get-pki-ca-certificate", "answer", body="<output>error: command is not valid</output>")
    result = stage.play(stage["text"], task(gather_subset=["local_certificates", "ca_certificates"])).result
    assert [(row["certificate_id"], row["not_after"]) for row in result["local_certificates"]] == [
        ("vpn-07", "2026-04-02T09:55:00Z")
    ]
    assert result["not_read"] == {
        "ca_certificates": "the answer to reading the CA certificates cannot be understood: The text holds no"
        " certificate as 'show security pki local-certificate detail' writes it:"
        " a line 'Certificate identifier: NAME' begins each."
    }


def test_nothing_that_was_read_is_a_failure(stage: Stage) -> None:
    device = stage["dropped"]
    device.clear_faults()
    device.fault("get-pki-local-certificate", "error", messages=["command is not valid"])
    result = stage.play(device, task(gather_subset=["local_certificates"])).result
    assert result.error == ("127.0.0.1: the device refuses reading the local certificates: command is not valid")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gather_subset": ["everything"]}, "value of gather_subset must be one or more of"),
        (
            {"gather_subset": ["crls", "!crls"]},
            "gather_subset: excludes all that it names, so there is nothing to read.",
        ),
        (
            {"tenant": "T1", "gather_subset": ["crls"]},
            "gather_subset: with logical_system or tenant, only config can be read."
            " A device shows the certificates of its main system only.",
        ),
        ({"tenant": "T1", "logical_system": "LS1"}, "logical_system and tenant exclude each other. Give one of them."),
        ({"logical_system": ""}, "logical_system: is empty. Leave it out for the main system."),
        (
            {"certificate_ids": ["vpn-01", ""]},
            "certificate_ids: a name is empty, or holds a control character or a line break.",
        ),
        (
            {"ca_profiles": ["corp\x07ca"]},
            "ca_profiles: a name is empty, or holds a control character or a line break.",
        ),
        ({"timeout": 0}, "timeout: 0 is not a whole number from 1 to 86400."),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(stage: Stage, options: dict[str, Any], message: str) -> None:
    device = stage["empty"]
    device.mark()
    error = stage.play(device, task(**options)).result.error
    assert error[: len(message)] == message
    assert device.events == []
