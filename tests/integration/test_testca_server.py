# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process of the test CA: how it starts and stops, its files, HTTP, its control."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import testca
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from junosim.clock import Clock
from testca.config import moment

SIX = {"profiles": {"six": {"lifetime": "6d"}}}
OUTAGE = {"from": "2027-02-01", "until": "2027-02-03", "profiles": ["six"]}


@pytest.fixture(scope="module", name="clock")
def _clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    file = tmp_path_factory.mktemp("clock") / "now"
    file.write_text(f"{moment('2027-01-01').timestamp():.0f}")
    return Clock(file)


@pytest.fixture(scope="module", name="ca")
def _ca(clock: Clock) -> Iterator[testca.Ca]:
    profiles = {"six": {"lifetime": "6d"}, "other": {"lifetime": "6d"}}
    settings = {"profiles": profiles, "outages": [OUTAGE], "rotations": ["2027-03-01"]}
    with testca.start({**settings, "clock": str(clock.file)}) as started:
        yield started


@pytest.fixture(name="http")
def _http(ca: testca.Ca) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(urlsplit(ca.url).netloc, timeout=10)
    yield connection
    connection.close()


def ask(http: HTTPConnection, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, bytes]:
    """Status, content type and body of an answer."""
    http.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = http.getresponse()
    return answer.status, answer.headers.get("Content-Type", ""), answer.read()


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", (404, "", b"there is no profile ''\n")),
        ("GET", "/seven/scep", (404, "", b"there is no profile 'seven'\n")),
        ("GET", "/six/est", (404, "", b"scep, cmp and acme/directory are answered here\n")),
        ("GET", "/six/scep?operation=GetNextCACert", (400, "", b"the operation 'GetNextCACert' is not known\n")),
        ("POST", "/control", (403, "", b"the control needs its secret\n")),
    ],
)
def test_answers(http: HTTPConnection, method: str, path: str, expected: tuple[int, str, bytes]) -> None:
    assert ask(http, method, path) == expected
    assert ask(http, method, path) == expected  # over the same connection


def test_nonsense_is_a_bad_request(http: HTTPConnection) -> None:
    message = base64.b64encode(b"nonsense").decode()
    for question in (
        ("POST", "/six/cmp", b"nonsense"),
        ("POST", "/six/scep?operation=PKIOperation", b"nonsense"),
        ("GET", f"/six/scep?operation=PKIOperation&message={message}"),
    ):
        assert ask(http, *question)[0] == 400


def test_a_message_in_a_path_may_hold_a_plus_as_it_is(http: HTTPConnection) -> None:
    plain, escaped = (ask(http, "GET", f"/six/scep?operation=PKIOperation&message={plus}wAA") for plus in ("+", "%2B"))
    assert plain == escaped


@pytest.mark.parametrize("length", ["1048577", "-1", "many"])
def test_a_request_that_is_too_long(http: HTTPConnection, length: str) -> None:
    assert ask(http, "POST", "/six/cmp", Content_Length=length)[0] == 413


def test_its_files(ca: testca.Ca) -> None:
    facts = json.loads((ca.state / "ca.json").read_text())
    root, intermediate = ca.root, ca.intermediate
    assert facts == {
        "pid": ca.pid,
        "url": ca.url,
        "root": root.fingerprint(SHA256()).hex(),
        "control": facts["control"],
    }
    assert (ca.state / "ca.json").stat().st_mode & 0o777 == 0o600
    assert x509.load_pem_x509_certificates((ca.state / "chain.pem").read_bytes()) == [intermediate, root]
    assert ca.log() == []


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        ("hold", {"profile": "seven"}, "ValueError: there is no profile 'seven'"),
        ("dance", {}, "KeyError: 'dance'"),
        ("rotate", {"colour": "red"}, "TypeError"),
    ],
)
def test_a_control_that_cannot_be_done(ca: testca.Ca, operation: str, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(testca.CaError, match=message):
        ca.ask(operation, **arguments)


def test_the_clock_brings_outages_and_rotations(ca: testca.Ca, clock: Clock, http: HTTPConnection) -> None:
    before = ca.intermediate
    seen: dict[str, dict[str, int]] = {}
    for at in ("2027-01-31", "2027-02-02", "2027-02-03", "2027-03-01"):
        clock.move(moment(at))
        for profile in ("six", "other"):
            try:
                status = ask(http, "GET", f"/{profile}/scep?operation=GetCACaps")[0]
            except RemoteDisconnected:
                status = 0
            seen.setdefault(at, {})[profile] = status
    up, down = {"six": 200, "other": 200}, {"six": 0, "other": 200}
    assert seen == {"2027-01-31": up, "2027-02-02": down, "2027-02-03": up, "2027-03-01": up}
    after = ca.intermediate
    assert [each.subject.rfc4514_string() for each in (before, after)] == [
        "CN=Test CA Intermediate 1",
        "CN=Test CA Intermediate 2",
    ]
    assert after.not_valid_before_utc == moment("2027-03-01")


def test_down_and_up(ca: testca.Ca, http: HTTPConnection) -> None:
    ca.down()
    with pytest.raises(RemoteDisconnected):
        ask(http, "GET", "/other/scep?operation=GetCACaps")
    ca.up()
    assert ask(http, "GET", "/other/scep?operation=GetCACaps")[0] == 200


# -- how it starts and stops


def run(file: Path, state: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "testca", str(file), "--state", str(state), *more]
    environment = {**os.environ, "PYTHONPATH": str(Path(testca.__file__).parents[1])}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, env=environment, text=True, **pipes)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    file = tmp_path / "ca.yml"
    file.write_text(json.dumps(SIX))
    return file


def test_it_stops_with_its_parent(file: Path, tmp_path: Path) -> None:
    process = run(file, tmp_path / "state", "--exit-with-parent")
    assert process.stdout is not None
    url = process.stdout.readline().split()[3].rstrip(",")
    assert url == testca.attach(tmp_path / "state").url
    process.communicate(timeout=10)  # closes its standard input
    assert process.returncode == 0


def test_it_stops_at_the_end_of_its_life(file: Path, tmp_path: Path) -> None:
    process = run(file, tmp_path / "state", "--lifetime", "0.5")
    assert process.wait(20) == 0
    process.communicate()


def test_it_stops_when_it_is_told(file: Path, tmp_path: Path) -> None:
    process = run(file, tmp_path / "state")
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    assert process.wait(20) == 0
    process.communicate()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[]", "testca: {file}: a mapping is needed"),
        ("{}", "testca: profiles: at least one is needed"),
        (json.dumps({**SIX, "address": "0.0.0.0"}), "testca: address: 0.0.0.0 is not a loopback address"),
    ],
)
def test_a_configuration_that_is_wrong(file: Path, tmp_path: Path, settings: str, message: str) -> None:
    file.write_text(settings)
    process = run(file, tmp_path / "state")
    output, _dummy = process.communicate(timeout=20)
    assert (process.returncode, output) == (1, message.format(file=file) + "\n")


def test_what_is_wrong_reaches_the_test() -> None:
    with (
        pytest.raises(testca.CaError, match=r"^the CA did not start: testca: profiles: at least one is needed$"),
        testca.start({"profiles": {}}),
    ):
        pass
