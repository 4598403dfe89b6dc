# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A row of a fleet file to the record that it describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

Record = TypeVar("Record")


def made(kind: type[Record], row: Mapping[str, Any], **changed: Any) -> Record:
    """The record, ``changed`` in place of what the row says; ValueError names what is wrong with the row."""
    columns = {item.name: item for item in fields(kind)}
    known = {key: item.default for key, item in columns.items()}
    name = f"{kind.__name__.lower()} {row.get('identifier', '')}".rstrip()
    if unknown := set(row) - set(known):
        raise ValueError(f"{name}: unknown keys {sorted(unknown)}; known are {sorted(known)}")
    if missing := {key for key, default in known.items() if default is MISSING} - set(row):
        raise ValueError(f"{name}: {', '.join(sorted(missing))} is missing")
    for key, value in row.items():
        if known[key] == () and not isinstance(value, (list, tuple)):
            raise ValueError(f"{name}: {key} is no list")
        if str(columns[key].type).startswith("str") and not isinstance(value, (str, type(None))):
            raise ValueError(f"{name}: {key} is no text: {value!r}")
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return kind(**{**row, **lists, **changed})
