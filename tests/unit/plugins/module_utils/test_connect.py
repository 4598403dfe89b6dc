# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused before a session is opened. The rest is tested against simulated devices, in tests/integration."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.netpki.junos.plugins.module_utils import _connect
from ansible_collections.netpki.junos.plugins.module_utils._device import Device
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._options import Login

NOWHERE = "127.90.0.1"


@pytest.mark.parametrize(
    ("version", "refused"),
    [("2.6.8", True), ("2.7.1", True), ("2.7.2", False), ("2.7.2rc1", False), ("2.8.2", False), ("2.10.0", False)],
)
def test_a_pyez_that_ignores_host_keys_is_refused(
    version: str, refused: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_connect, "pyez_version", version)
    # what comes next is refused as well, so nothing is opened
    login = Login(NOWHERE, ssh_config=str(tmp_path / "config"))
    with pytest.raises(NetpkiError) as raised, Device(login):
        pass
    assert str(raised.value) == (
        f"host_key_checking: junos-eznc {version} does not check host keys."
        " Install 2.7.2 or later: pip install --upgrade junos-eznc"
        if refused
        else f"ssh_config: there is no file {tmp_path / 'config'}."
    )


def test_an_old_pyez_will_do_without_host_key_checking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_connect, "pyez_version", "2.6.8")
    with (
        pytest.raises(InputError) as raised,
        Device(Login(NOWHERE, host_key_checking=False, ssh_private_key_file=str(tmp_path / "key"))),
    ):
        pass
    assert str(raised.value) == f"ssh_private_key_file: there is no file {tmp_path / 'key'}."


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


def test_a_host_that_is_no_host_name() -> None:
    with pytest.raises(InputError) as raised, Device(Login("fw 1")):
        pass
    assert str(raised.value).startswith("host: Invalid 'host' value 'fw 1': ")
