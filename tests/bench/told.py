# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What junos_pki_info answers of many hosts: the answer of one simulated device, varied by the name of the host."""

from __future__ import annotations

import json
import os
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import junosim

#: The file with the answer of one device.
VARIABLE = "BENCH_TOLD"


def ask(device: junosim.Device) -> dict[str, Any]:
    """What one device answers, by what the module does."""
    # Here, because who only tells needs no PyEZ.
    from ansible_collections.netpki.junos.plugins.module_utils._gather import gather
    from ansible_collections.netpki.junos.plugins.module_utils._options import INFO_SPEC, validated

    login = {"host": device.host, "port": device.port, "user": device.user, "password": device.password}
    return gather(validated(INFO_SPEC, {**login, "host_key_checking": False}))


def told(host: str) -> dict[str, Any]:
    """The answer of one host, with dates and serial numbers of its own."""
    answer: dict[str, Any] = json.loads(_answer())
    begin = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(minutes=zlib.crc32(host.encode()) % 500_000)
    for number, certificate in enumerate(answer["local_certificates"]):
        certificate["not_before"] = f"{begin:%Y-%m-%dT%H:%M:%SZ}"
        certificate["not_after"] = f"{begin + timedelta(days=730):%Y-%m-%dT%H:%M:%SZ}"
        certificate["serial_number"] = f"{zlib.crc32(host.encode()):08x}{number:02x}"
    return answer


@cache
def _answer() -> str:
    return Path(os.environ[VARIABLE]).read_text()
