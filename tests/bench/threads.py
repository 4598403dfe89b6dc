# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floor of the client: PyEZ in one process with threads, no Ansible. ``python threads.py FLEET.json THREADS``.

Each host: connect, read what the collection reads, close. Without a check of the host key: ncclient reads known_hosts
anew for each session, in the square of its length, which for a thousand hosts takes ten times as long as all the rest.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jnpr.junos import Device
from lxml import etree

PKI = etree.XML("<configuration><version/><security><pki/></security></configuration>")


def read(row: Mapping[str, Any]) -> int:
    with Device(
        host=row["address"],
        port=row["port"],
        user=row["user"],
        password=row["password"],
        hostkey_verify=False,
        allow_agent=False,
        look_for_keys=False,
        gather_facts=False,
    ) as device:
        options = {"database": "committed", "inherit": "inherit", "groups": "groups"}
        return len(device.rpc.get_config(filter_xml=PKI, options=options))


def main() -> None:
    devices = json.loads(Path(sys.argv[1]).read_text())["devices"]
    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        read_from = sum(1 for size in pool.map(read, devices.values()) if size)
    print(f"read {read_from}")


if __name__ == "__main__":
    main()
