# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused before a session is opened. The rest is tested against simulated devices, in tests/integration."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import paramiko
import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _connect, _transport
from ansible_collections.netpki.junos.plugins.module_utils._device import Device
from ansible_collections.netpki.junos.plugins.module_utils._errors import DeviceError, InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import Login

NOWHERE = "127.90.0.1"


@pytest.mark.parametrize(
    ("version", "refused"),
    [("2.6.8", True), ("2.7.99", True), ("2.8.0", False), ("2.8.0rc1", False), ("2.8.2", False), ("2.10.0", False)],
)
@pytest.mark.parametrize("checking", [True, False])
def test_a_pyez_that_is_too_old_is_refused(
    version: str, refused: bool, checking: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_connect, "pyez_version", version)
    # what comes next is refused as well, so nothing is opened
    login = Login(NOWHERE, ssh_config=str(tmp_path / "config"), host_key_checking=checking)
    with pytest.raises(NetpkiError) as raised, Device(login):
        pass
    assert str(raised.value) == (
        f"The Python library junos-eznc {version} is too old: it may ignore host_key_checking and proxy_command."
        " Install 2.8.0 or later: pip install --upgrade junos-eznc"
        if refused
        else f"ssh_config: there is no file {tmp_path / 'config'}."
    )


@pytest.mark.parametrize("option", ["ssh_config", "ssh_private_key_file"])
def test_a_file_that_is_not_there(option: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised, Device(Login(NOWHERE, **{option: str(tmp_path / "it")})):
        pass
    assert str(raised.value) == f"{option}: there is no file {tmp_path / 'it'}."


@pytest.mark.parametrize(
    ("version", "refused"), [((4, 9, 4, 0), True), ((5, 0, 0, 0), False), ((6, 1, 3, 0), False), ((10, 0, 0, 0), False)]
)
def test_an_lxml_that_reads_files_is_refused(
    version: tuple[int, ...], refused: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_connect.etree, "LXML_VERSION", version)
    with pytest.raises(NetpkiError) as raised, Device(Login(NOWHERE, ssh_config=str(tmp_path / "config"))):
        pass
    assert str(raised.value) == (
        "The Python library lxml 4.9.4 would read files of this machine that a device's answer names. Install 5.0 or"
        " later: pip install --upgrade lxml"
        if refused
        else f"ssh_config: there is no file {tmp_path / 'config'}."
    )


def test_a_missing_pyez_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_connect, "PYEZ_ERROR", ImportError("No module named 'jnpr'"))
    with pytest.raises(NetpkiError) as raised, Device(Login(NOWHERE)):
        pass
    assert str(raised.value) == (
        "The Python library junos-eznc is needed where this task runs, and cannot be imported (No module named 'jnpr')."
        " Install it there: pip install junos-eznc"
    )


@pytest.mark.parametrize("host", ["fw 1", "", "-oProxyCommand=x", "$(x)", "fw1;x", "[::1]", "fw1\n", "%h", "fw."])
def test_a_host_that_is_no_host_name(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_connect, "_ssh_configuration", None)  # its programs do not get it
    with pytest.raises(InputError) as raised, Device(Login(host)):
        pass
    assert str(raised.value) == f"host: {host!r} is neither a host name nor an address."


@pytest.mark.parametrize("host", ["fw1", "FW_1.example-1.net", "192.0.2.1", "2001:db8::1", "::1", "f"])
def test_a_host(host: str) -> None:
    session, _about = _connect._unopened(Login(host, user="netops", password="Login-0"), 830)
    assert session._hostname == host


@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("netops", "netops"),
        ("first.last@example-1", "first.last@example-1"),
        # Not into a shell: the one who runs Ansible stands in its place, as before it was read.
        *(
            (user, getpass.getuser())
            for user in ("$(x)", "-x", "a b", "'", '"', "`x`", "a\nProxyCommand x", "%h", "~", "", None)
        ),
    ],
)
def test_the_user_in_an_ssh_configuration(user: str | None, path: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("ProxyCommand go %r@jump %h %p\nPort 22\nHost fw1\n  HostName 192.0.2.1\n")
    session, about = _connect._unopened(Login("fw1", user=user, ssh_config=str(tmp_path / "config")), 830)
    assert (session._proxy_command, session._port) == (f"go {path}@jump 192.0.2.1 830", 830)
    assert (session._hostname, session._auth_user) == ("192.0.2.1", user or os.getenv("USER"))
    assert "\n" not in str(about)


def test_the_oldest_pyez_is_the_one_of_the_requirements() -> None:
    requirements = (Path(__file__).resolve().parents[4] / "requirements.txt").read_text()
    assert f"junos-eznc >= {'.'.join(map(str, _connect._OLDEST_PYEZ))} #" in requirements


@pytest.mark.parametrize(
    ("begin", "error"),
    [(_connect.open_session, DeviceError), (lambda login: _connect.ssh_client(login, 22), paramiko.SSHException)],
)
def test_a_proxy_command_that_leads_nowhere_has_ended_when_that_is_told(
    begin: Callable[[Login], Any], error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by a thread later, which ends with this process. The libraries leave it to that one where it has begun."""
    started: list[_connect.ProxyCommand] = []
    for module in (_connect, _transport):
        monkeypatch.setattr(module, "ProxyCommand", lambda command: started.append(Proxy(command)) or started[-1])
    for client in (paramiko.SSHClient, paramiko.Transport):
        monkeypatch.setattr(client, "close", lambda _self: None)
    with pytest.raises(error):
        begin(Login(NOWHERE, user="netops", proxy_command="sleep 60", password="x", timeout=1))
    (proxy,) = started
    assert threading.current_thread() in proxy.closed_by
    assert proxy.process.wait(5) == -signal.SIGTERM


def test_a_proxy_command_of_somebody_else_is_left_to_end_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as sudo: what went wrong is told nevertheless."""
    monkeypatch.setattr(subprocess.Popen, "terminate", Mock(side_effect=PermissionError))
    with pytest.raises(DeviceError) as raised:
        _connect.open_session(Login(NOWHERE, user="netops", proxy_command="sh -c 'exit 3'", password="x", timeout=5))
    assert str(raised.value).startswith(f"{NOWHERE} port 830: the proxy command ended with status 3: it said nothing.")


def test_nothing_of_an_ssh_configuration_reaches_the_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Port in it is that of a shell."""
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Host *\n  Port 22\n  HostName 192.0.2.9\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    session, _about = _connect._unopened(Login("fw1", user="netops"), 830)
    assert (session._port, session._hostname, session._sshconf_path) == (830, "192.0.2.9", None)


class Proxy(_connect.ProxyCommand):
    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.closed_by: list[threading.Thread] = []

    def close(self) -> None:
        self.closed_by.append(threading.current_thread())
        super().close()
