# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain ncclient, with no vendor's handler: the base protocol in both framings."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import junosim
import pytest
from lxml import etree
from ncclient.operations.rpc import RPCError
from ncclient.transport.errors import AuthenticationError, SSHUnknownHostError

Connect = Callable[..., contextlib.AbstractContextManager[Any]]

HOST = "<config><configuration><system><host-name>{}</host-name></system></configuration></config>"


@pytest.mark.parametrize(("name", "versions"), [("srx1", {"1.0"}), ("srx2", {"1.0", "1.1"})])
def test_the_base_protocol(fleet: junosim.Fleet, ncclient: Connect, name: str, versions: set[str]) -> None:
    device = fleet.device(name)
    with ncclient(device) as nc:
        spoken = {item.rpartition(":")[2] for item in nc.server_capabilities if ":netconf:base:" in item}
        assert spoken == versions
        with nc.locked("candidate"):
            assert device.lock == {"user": "admin", "pid": 10000 + int(nc.session_id), "session": int(nc.session_id)}
            assert nc.edit_config(target="candidate", config=HOST.format("edited")).ok
            assert nc.validate("candidate").ok
            narrow = ("subtree", "<configuration><system/></configuration>")
            candidate = nc.get_config("candidate", filter=narrow).data_ele
            assert candidate.findtext(".//{*}host-name") == "edited"
            assert nc.get_config("running", filter=narrow).data_ele.findtext(".//{*}host-name") == "srx1"
            assert nc.commit().ok
        assert "set system host-name edited" in device.set_lines()
        nc.edit_config(target="candidate", config=HOST.format("dropped"))
        assert device.candidate_dirty
        assert nc.discard_changes().ok
        assert not device.candidate_dirty
    assert device.rpcs == [
        "lock", "edit-config", "validate", "get-config", "get-config", "commit", "unlock",
        "edit-config", "discard-changes", "close-session",
    ]  # fmt: skip


def test_a_reply_longer_than_a_packet_comes_whole(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx2")
    device.commit_by([f"set security pki ca-profile ca{number} ca-identity c{number}" for number in range(3000)])
    with ncclient(device) as nc:
        data = nc.get_config("running").data_ele
    assert len(list(data.iter("{*}ca-profile"))) == 3001


def test_a_large_load_comes_whole(fleet: junosim.Fleet, ncclient: Connect) -> None:
    profiles = "".join(f"<ca-profile><name>ca{number}</name></ca-profile>" for number in range(3000))
    config = f"<config><configuration><security><pki>{profiles}</pki></security></configuration></config>"
    for name in ("srx1", "srx2"):
        with ncclient(fleet.device(name)) as nc:
            nc.edit_config(target="candidate", config=config)
            nc.commit()
        assert len(fleet.device(name).set_lines()) > 3000


def test_errors_reach_the_client(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.edit_by(["set system host-name theirs"])
    with ncclient(device) as nc:
        with pytest.raises(RPCError, match="configuration database modified"):
            nc.lock("candidate")
        with pytest.raises(RPCError, match="syntax error"):
            nc.dispatch(etree.Element("no-such-rpc"))
    device.discard()


def test_logins_by_key_and_by_password(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    with ncclient(device, password=None, key_filename=str(fleet.client_key)) as nc:
        assert nc.connected
    with pytest.raises(AuthenticationError), ncclient(device, username="nobody"):
        pass


def test_host_keys_are_those_of_the_known_hosts_file(fleet: junosim.Fleet, ncclient: Connect, tmp_path: Path) -> None:
    device = fleet.device("srx1")
    for known, accepted in ((fleet.known_hosts.read_text(), True), ("", False)):
        (tmp_path / "known_hosts").write_text(known)
        (tmp_path / "config").write_text(f"Host *\n  UserKnownHostsFile {tmp_path}/known_hosts\n")
        options = {"hostkey_verify": True, "ssh_config": str(tmp_path / "config")}
        if accepted:
            with ncclient(device, **options) as nc:
                assert nc.connected
        else:
            with pytest.raises(SSHUnknownHostError), ncclient(device, **options):
                pass


def test_the_exec_fallback_where_the_subsystem_is_refused(fleet: junosim.Fleet, ncclient: Connect) -> None:
    device = fleet.device("srx1")
    device.fault("subsystem", "refuse", times=0)
    with ncclient(device, device_params={"name": "junos"}) as nc:
        reply = nc.rpc("<get-software-information/>")
        assert reply.xpath("//software-information/junos-version")[0].text == "22.4R3"
