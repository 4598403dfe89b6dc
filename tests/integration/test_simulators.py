# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated devices and the test CA start, and are used from Python, as their own pages say."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import junosim
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from jnpr.junos import Device as PyEZ
from junosim.client import Device
from junosim.enroll import Order, scep
from testca.client import Ca
from tools.blocks import PAGES, ROOT

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("page", ["tests/junosim/README.md", "tests/testca/README.md"])
def test_it_starts_as_its_page_says(page: str, tmp_path: Path) -> None:
    (tmp_path / "ca.yml").write_text(yaml.safe_dump({"profiles": {"vpn": {"lifetime": "6d"}}}))
    shown = PAGES[page][0].text.replace(" ca.yml", " /tmp/ca.yml").replace("/tmp", str(tmp_path))
    command, says = shown.removeprefix("$ ").splitlines()
    path, program, *arguments = shlex.split(command)
    assert (path, program) == ("PYTHONPATH=tests", "python")
    environment = {**os.environ, "PYTHONPATH": "tests"}
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert re.sub(r":\d+,", ":41385,", process.stdout.readline()) == f"{says}\n"
        finally:
            process.terminate()


def read(device: Device) -> None:
    login = {"user": device.user, "passwd": device.password, "hostkey_verify": False}
    with PyEZ(device.host, port=device.port, gather_facts=False, **login) as opened:
        opened.rpc.get_config()


def enroll(ca: Ca) -> None:
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name.from_rfc4514_string("CN=srx1")
    order = Order(
        url=ca.scep("six"),
        key=key,
        subject=subject,
        ca=(ca.intermediate,),
        now=lambda: START,
        challenge_password="sesame",
    )
    scep.enroll(order)


@pytest.mark.parametrize(
    ("page", "number", "done", "ends"),
    [
        ("tests/junosim/README.md", 2, "read(device)", START),
        ("tests/junosim/README.md", 3, "None", datetime(2028, 1, 1, tzinfo=UTC)),
        ("tests/testca/README.md", 2, "enroll(ca)", START),
    ],
)
def test_a_program_of_a_page(page: str, number: int, done: str, ends: datetime, tmp_path: Path) -> None:
    """Three dots stand for what is done there. What came of it, the program asserts; the clock is as it left it."""
    clock, program = tmp_path / "clock", tmp_path / "program.py"
    clock.write_text(f"{START.timestamp():.0f}")
    program.write_text(PAGES[page][number - 1].text.replace("...", done))
    given = {"clock": clock, "devices": {"srx1": {"release": "22.4R3"}}}
    names = {"UTC": UTC, "datetime": datetime, "enroll": enroll, "junosim": junosim, "read": read}
    runpy.run_path(str(program), {**names, **given})
    assert clock.read_text() == f"{ends.timestamp():.0f}"
