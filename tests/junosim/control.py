# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running fleet from outside: a Unix socket, one JSON object a line each way."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from . import loads
from .certificates import certificate
from .clock import Clock
from .database import Refused
from .device import Device
from .pkid import advance
from .pkistate import pki_state
from .setform import lines
from .stores import crl, request

Operation = Callable[..., Any]


def _operations(device: Device) -> dict[str, Operation]:
    def set_certificates(rows: list[dict[str, Any]]) -> None:
        device.certificates[:] = [certificate(row) for row in rows]

    def set_requests(rows: list[dict[str, Any]]) -> None:
        device.certificate_requests[:] = [request(row) for row in rows]

    def set_crls(rows: list[dict[str, Any]]) -> None:
        device.crls[:] = [crl(row) for row in rows]

    def set_statistics(counters: dict[str, int]) -> None:
        device.statistics = counters

    def history(number: int) -> list[str]:
        return list(lines(device.database.history[number].tree))

    def set_minute(seconds: float) -> None:
        device.database.minute = seconds

    return {
        "state": device.state,
        "lock": device.lock_by,
        "unlock": device.unlock_by,
        "edit": device.edit_by,
        "commit": device.commit_by,
        "discard": lambda: setattr(device.database, "shared", None),
        "fault": lambda script: device.faults.load([script]),
        "clear_faults": device.clear_faults,
        "certificates": set_certificates,
        "certificate_requests": set_requests,
        "crls": set_crls,
        "statistics": set_statistics,
        "history": history,
        "minute": set_minute,
        "unreachable": lambda seconds=0.0, how="refuse": device.unreachable(seconds, how),
        "reachable": device.reachable,
        "pki": lambda: pki_state(device),
        "hold_ca": lambda profile, pem: loads.hold_ca(device, profile, x509.load_pem_x509_certificates(pem.encode())),
        "settled": device.pkid.settled,
    }


async def answer(devices: Mapping[str, Device], clock: Clock, line: bytes) -> dict[str, Any]:
    """One request: {"device": name, "do": operation, ...arguments}; answers {"ok": result} or {"error": text}.

    One is for the whole fleet: {"do": "advance", "to": ISO time}.
    """
    try:
        asked = json.loads(line)
        if asked["do"] == "advance":
            daemons = [device.pkid for device in devices.values()]
            return {"ok": await advance(daemons, clock, datetime.fromisoformat(asked["to"]))}
        device = devices[asked.pop("device")]
        operation = _operations(device)[asked.pop("do")]
        result = operation(**asked)
        return {"ok": await result if inspect.isawaitable(result) else result}
    except (KeyError, TypeError, ValueError, Refused) as error:
        return {"error": f"{type(error).__name__}: {error}"}


async def serve(devices: Mapping[str, Device], clock: Clock, path: Path) -> asyncio.AbstractServer:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(await answer(devices, clock, line)).encode() + b"\n")
            await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(talk, path, limit=1 << 24)
