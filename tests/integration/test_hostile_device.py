# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hostile device sends reaches no file and no other machine, and does not grow: entities and inclusions."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.playing import Stage, left_behind

CANARY = "Canary-of-the-controller"
INFO = {"netpki.junos.junos_pki_info": {"gather_subset": ["config"]}}
REENROLL: dict[str, Any] = {
    "netpki.junos.junos_pki_reenroll": {
        "ca_profiles": [{"name": "corp-ca", "enrollment": {"url": "http://ca.example.net/scep"}}]
    }
}
DEVICES: dict[str, Any] = {name: {"release": "24.4R1"} for name in ("reply", "hello", "template")}
LEVELS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))

REFUSED = (
    "127.0.0.1: the answer to reading the configuration cannot be understood (XMLSyntaxError). Nothing was changed."
)
FILE, URL = "{file}", "{url}"
#: The document type of a reply, what stands in it for the ca-identity of a CA profile, and what that is told as: None
#: where nothing is understood of the reply.
HOSTILE: dict[str, tuple[str, str, Any]] = {
    "a file": (f'<!DOCTYPE r [<!ENTITY x SYSTEM "{FILE}">]>', "&x;", None),
    "another machine": (f'<!DOCTYPE r [<!ENTITY x SYSTEM "{URL}/x">]>', "&x;", None),
    "a document type of another machine": (f'<!DOCTYPE r SYSTEM "{URL}/x.dtd">', "x", "x"),
    "a parameter": (f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{FILE}"> %p;]>', "x", None),
    "a parameter of another machine": (f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{URL}/p"> %p;]>', "&x;", None),
    "an inclusion": (
        "",
        f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{FILE}" parse="text"/>',
        {"include": "********"},
    ),
    "a style sheet": (f'<?xml-stylesheet href="{URL}/x.xsl" type="text/xsl"?>', "x", "x"),
    "a billion laughs": (f'<!DOCTYPE r [<!ENTITY l0 "ha">{LEVELS}]>', "&l10;", None),
}


def reply(doctype: str, identity: str) -> str:
    return (
        f'{doctype}<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"{{attributes}}><configuration>'
        "<version>24.4R1</version><security><pki><ca-profile><name>old</name>"
        f"<ca-identity>{identity}</ca-identity></ca-profile></pki></security></configuration></rpc-reply>"
    )


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Another machine, that notices who calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("task", [INFO, REENROLL], ids=["info", "reenroll"])
def test_a_reply_reaches_nothing(
    stage: Stage, kind: str, task: dict[str, Any], listener: socket.socket, tmp_path: Path
) -> None:
    device = stage["reply"]
    canary = tmp_path / "canary"
    canary.write_text(CANARY)
    places = {FILE: canary.as_uri(), URL: f"http://127.0.0.1:{listener.getsockname()[1]}"}
    doctype, identity, told = HOSTILE[kind]
    body = reply(doctype, identity)
    for place, where in places.items():
        body = body.replace(place, where)
    device.fault("get-configuration", "message", body=body)
    run = stage.play(device, task)
    device.clear_faults()
    assert [word for word in (CANARY, "haha") if word in run.everything] == []
    assert run.result.error == (REFUSED if told is None else "")
    if told is not None:
        read = run.result.data.get("configuration") or run.result["before"]
        assert read["ca_profiles"] == [{"name": "old", "ca_identity": told}]
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert left_behind(device) == {}


def test_a_hello_reaches_nothing(stage: Stage, listener: socket.socket) -> None:
    device = stage["hello"]
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    device.fault("hello", "noise", body=f'<!DOCTYPE hello SYSTEM "{url}/x" [<!ENTITY % p SYSTEM "{url}/y"> %p;]>')
    error = stage.play(device, INFO).result.error
    assert error.startswith(f"127.0.0.1 port {device.port}: no NETCONF session: Entity 'p' not defined")
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_what_a_device_says_is_no_template(stage: Stage, tmp_path: Path) -> None:
    """Not where it is shown, and not where a filter has made records of it."""
    device = stage["template"]
    (tmp_path / "canary").write_text(CANARY)
    template = f"{{{{ lookup('file', '{tmp_path / 'canary'}') }}}}"
    device.fault("get-configuration", "message", body=reply("", template))
    shown = {
        "identity": "{{ told.configuration.ca_profiles[0].ca_identity }}",
        "profiles": "{{ told.configuration.ca_profiles | map(attribute='ca_identity') | join(' ') }}",
        "saved": "{{ (saved | netpki.junos.parse_pki_certificates)[0].certificate_id }}",
    }
    saved = "Certificate identifier: {{ told.configuration.ca_profiles[0].ca_identity }}\n  Certificate version: 3\n"
    debug = {"ansible.builtin.debug": {"msg": shown}, "vars": {"saved": saved}}
    run = stage.play(device, {**INFO, "register": "told"}, debug)
    assert run.results[1]["msg"] == dict.fromkeys(shown, template)
    assert CANARY not in run.everything
