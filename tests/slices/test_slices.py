# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet read in four slices, one of them killed and repeated, gives the report of one run over all, byte for byte.

What is typed is what the guide shows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.playing import wait_for
from junosim import Fleet, client
from slices.streaming import Place, kill_worker
from tools.blocks import PAGES
from tools.samples import CORP_CA, RENEWS, certificate

HOSTS = int(os.environ["SLICES_HOSTS"])
SLICES = 4
GUIDE = PAGES["docs/docsite/rst/guide_scale.rst"]
SETTINGS = [block.content for block in GUIDE if block.language == "yaml"]
SLICE, MERGE = [block.text.strip() for block in GUIDE if block.language == "shell"]
(REFUSES,) = [block.text.strip() for block in GUIDE if block.language == "text"]
NOW = "2026-11-24T09:00:00Z"
LOGIN = {"user": "netops", "password": "Login-0"}
REFUSED = {"at": "login", "do": "refuse", "times": 0}


def device(number: int) -> dict[str, Any]:
    """Each has dates of its own. Some hold a certificate that nothing renews, and the last one lets nobody in."""
    mine = certificate("vpn-01", f"2028-{number % 12 + 1:02}-{number % 28 + 1:02}T00:00:00Z")
    held = [CORP_CA, mine]
    if number % 7 == 0:
        held.append(certificate("web-01", "2027-01-01T00:00:00Z"))
    return {"certificates": held, **({"faults": [REFUSED]} if number == HOSTS - 1 else {})}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    defaults = {"release": "23.4R2", "config": RENEWS, **LOGIN}
    devices = {f"fw{number:04}": device(number) for number in range(HOSTS)}
    with client.start({"defaults": defaults, "devices": devices}, state=tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture(scope="module")
def place(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The private data directory for ansible-runner, as the guide has it, and a home that knows the devices."""
    place = Place(tmp_path_factory.mktemp("controller"), tmp_path_factory.mktemp("home"))
    (place.home / ".ssh").mkdir(mode=0o700)
    (place.home / ".ssh" / "known_hosts").symlink_to(fleet.known_hosts)
    hosts = {one.name: {"ansible_host": one.host, "ansible_port": one.port} for one in fleet.devices.values()}
    login = {"ansible_user": LOGIN["user"], "ansible_password": LOGIN["password"]}
    firewalls = {"hosts": hosts, "vars": login}
    extravars, envvars = SETTINGS
    write(place.folder / "fleet/inventory/hosts.yml", {"all": {"children": {"firewalls": firewalls}}})
    write(place.folder / "fleet/env/extravars", {**extravars, "pki_report_now": NOW})
    write(place.folder / "fleet/env/envvars", envvars)
    return place


def write(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(dict(content)))


def slice_command(number: int) -> str:
    """The guide's command for its first slice of 250 devices, for this one of ours."""
    first, end = (HOSTS * edge // SLICES for edge in (number - 1, number))
    assert "[0:249]" in SLICE
    return SLICE.replace("slice-1", f"slice-{number}").replace("[0:249]", f"[{first}:{end - 1}]")


def refusal(first: int, end: int) -> str:
    """What the guide says that the merge says: there of fw0250 to fw0499 of 1000 devices, of these of ours here."""
    ours = {"1000": f"{HOSTS}", "250": f"{end - first}", "240": f"{end - first - 10}"}
    ours |= {f"fw{250 + number:04}": f"fw{first + number:04}" for number in range(10)}
    return re.sub(r"(fw)?\d+", lambda found: ours[found[0]], REFUSES)


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_slices_with_one_killed_and_repeated_give_the_report_of_one_run(fleet: Fleet, place: Place) -> None:
    one_run = (
        f"-i fleet/inventory netpki.junos.report -e @fleet/env/extravars -e pki_report_directory={place.folder}/one"
    )
    status, printed = place.run(f"ansible-playbook {one_run}")
    assert status == 0, printed
    assert f'"Hosts read: {HOSTS - 1} of {HOSTS}"' in printed

    # All four at once. In the second one a device in the middle answers no more, and its worker ends.
    first, end = (HOSTS * edge // SLICES for edge in (1, 2))
    begun, held = fleet.device(f"fw{first:04}"), fleet.device(f"fw{(first + end) // 2:04}")
    for one in (begun, held):
        one.mark()
    held.fault("get-pki-local-certificate", "hold")
    slices = {number: place.start(slice_command(number)) for number in range(1, SLICES + 1)}
    wait_for(held, "get-pki-local-certificate", seconds=30 + HOSTS // 5)
    wait_for(begun, "close-session")
    kill_worker(slices[2])
    ends = {number: (one.communicate(timeout=600)[0], one.returncode)[1] for number, one in slices.items()}
    held.clear_faults()
    # Whoever receives the stream does not say that it broke off.
    assert ends == dict.fromkeys(slices, 0)

    merge = f"{MERGE} -e pki_report_now={NOW}"
    status, printed = place.run(merge)
    assert status == 2
    assert f'"{refusal(first, end)}"' in printed
    assert (place.folder / "pki-report").exists() is False

    # What it was sent stays where it was killed, for nobody else to read, until it is repeated.
    assert [(file.name, file.stat().st_mode & 0o077) for file in place.folder.glob("slice-*")] == [("slice-2", 0)]

    status, printed = place.run(slice_command(2))
    assert status == 0, printed
    status, printed = place.run(merge)
    assert status == 0, printed
    assert f'"Hosts read: {HOSTS - 1} of {HOSTS}"' in printed
    assert list(place.folder.glob("slice-*")) == []
    merged, one = files(place.folder / "pki-report"), files(place.folder / "one")
    assert sorted(merged) == sorted(one)
    assert [name for name in one if merged[name] != one[name]] == []
    assert len(one) == HOSTS + 5

    status, printed = place.run(merge)
    assert (status, "changed=0" in printed) == (0, True), printed
