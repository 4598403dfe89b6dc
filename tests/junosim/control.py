# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running fleet from outside: a Unix socket, one JSON object a line each way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

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
        "clear_faults": device.faults.clear,
        "certificates": set_certificates,
        "certificate_requests": set_requests,
        "crls": set_crls,
        "statistics": set_statistics,
        "history": history,
        "minute": set_minute,
        "unreachable": lambda seconds=0.0: device.unreachable(seconds),
        "pki": lambda: pki_state(device),
    }


def answer(devices: Mapping[str, Device], line: bytes) -> dict[str, Any]:
    """One request: {"device": name, "do": operation, ...arguments}; answers {"ok": result} or {"error": text}."""
    try:
        asked = json.loads(line)
        device = devices[asked.pop("device")]
        operation = _operations(device)[asked.pop("do")]
        return {"ok": operation(**asked)}
    except (KeyError, TypeError, ValueError, Refused) as error:
        return {"error": f"{type(error).__name__}: {error}"}


async def serve(devices: Mapping[str, Device], clock: Clock, path: Path) -> asyncio.AbstractServer:
    """Beside what ``answer`` does, ``{"do": "advance", "to": ISO time}`` moves the clock of the fleet."""
    one_at_a_time = asyncio.Lock()

    async def reply(line: bytes) -> dict[str, Any]:
        asked = json.loads(line)
        if asked.get("do") != "advance":
            return answer(devices, line)
        try:
            async with one_at_a_time:
                to = datetime.fromisoformat(asked["to"])
                return {"ok": await advance([device.pkid for device in devices.values()], clock, to)}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": f"{type(error).__name__}: {error}"}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(await reply(line)).encode() + b"\n")
            await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(talk, path, limit=1 << 24)
