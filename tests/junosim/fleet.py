# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleet files: which devices there are, and what each is like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from .certificates import certificate
from .clock import Clock
from .device import Login, Spec
from .stores import crl, request

# Keys of a device that a fleet file writes in another form than the Spec holds.
_OWN_KEYS = {"config_file", "user", "password", "login_class", "authorized_keys", "users"}
_USER = {"user": "admin", "password": "admin123", "login_class": "super-user", "authorized_keys": []}


def load(source: Path | Mapping[str, Any]) -> list[Spec]:
    """The devices of a fleet file or of a mapping of the same form; ValueError names what is wrong.

    Paths in it are relative to the file (for a mapping: to the working directory).
    """
    fleet, folder = _read(source)
    defaults = fleet.get("defaults") or {}
    return [_spec(name, {**defaults, **(row or {})}, folder) for name, row in fleet["devices"].items()]


def clock(source: Path | Mapping[str, Any]) -> Clock:
    """The time of the fleet: of the file that it names, else the machine's."""
    fleet, folder = _read(source)
    found = Clock(folder / fleet["clock"] if fleet.get("clock") else None)
    try:
        found.now()
    except (OSError, ValueError) as error:
        raise ValueError(f"fleet: the clock file holds no time: {error}") from None
    return found


def _read(source: Path | Mapping[str, Any]) -> tuple[Mapping[str, Any], Path]:
    """The fleet, and where its relative paths begin."""
    fleet = yaml.safe_load(source.read_text()) if isinstance(source, Path) else source
    if unknown := set(fleet) - {"defaults", "devices", "clock"}:
        raise ValueError(f"fleet: unknown keys {sorted(unknown)}; known are clock, defaults and devices")
    return fleet, source.parent if isinstance(source, Path) else Path.cwd()


def _spec(name: str, row: dict[str, Any], folder: Path) -> Spec:
    known = {item.name for item in fields(Spec)} - {"name", "logins"} | _OWN_KEYS
    if unknown := set(row) - known:
        raise ValueError(f"device {name}: unknown keys {sorted(unknown)}; known are {sorted(known)}")
    if "release" not in row:
        raise ValueError(f"device {name}: release is missing")
    if not str(row.get("address", "127.0.0.1")).startswith("127."):
        raise ValueError(f"device {name}: address {row['address']} is not a loopback address")
    values = {key: value for key, value in row.items() if key not in _OWN_KEYS}
    if "config_file" in row:
        values["config"] = (folder / row["config_file"]).read_text()
    values["release"] = str(row["release"])
    values["logins"] = (_login(row), *(_login({**_USER, **user}) for user in row.get("users", ())))
    values["base"] = tuple(str(version) for version in row.get("base", ("1.0",)))
    values["certificates"] = tuple(certificate(item) for item in row.get("certificates", ()))
    values["certificate_requests"] = tuple(request(item) for item in row.get("certificate_requests", ()))
    values["crls"] = tuple(crl(item) for item in row.get("crls", ()))
    values["faults"] = tuple(row.get("faults", ()))
    for key in ("host_key", "ca_trust"):
        if row.get(key):
            values[key] = str(folder / row[key])
    return Spec(name=name, **values)


def _login(row: Mapping[str, Any]) -> Login:
    row = {**_USER, **row}
    password = row["password"]
    return Login(
        row["user"], None if password is None else str(password), tuple(row["authorized_keys"]), row["login_class"]
    )


def with_key(spec: Spec, public_key: str) -> Spec:
    """The device, taking one more public key for each of its logins."""
    return replace(spec, logins=tuple(replace(login, keys=(*login.keys, public_key)) for login in spec.logins))
