# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A screen recording in text: what comes on the terminal, with its times, as asciinema plays it (asciicast v2)."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

WIDTH, HEIGHT = 120, 36
#: Nobody watches a pause longer than this many seconds.
PAUSE = 2


@contextlib.contextmanager
def recorded(file: Path, title: str) -> Iterator[None]:
    """Record what this process and all that it starts write to standard output, on its way to the terminal."""
    header = {
        "version": 2,
        "width": WIDTH,
        "height": HEIGHT,
        "timestamp": int(time.time()),
        "idle_time_limit": PAUSE,
        "title": title,
    }
    terminal = os.dup(1)
    source, sink = os.pipe()
    sys.stdout.flush()
    os.dup2(sink, 1)
    os.close(sink)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a terminal or a file, which have it
    with file.open("w", encoding="utf-8") as cast:
        print(json.dumps(header), file=cast)
        copying = threading.Thread(target=_copy, args=(source, terminal, cast), daemon=True)
        copying.start()
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(terminal, 1)
            copying.join(5)  # what still holds the pipe then is not waited for


def _copy(source: int, terminal: int, cast: TextIO) -> None:
    start, decoder = time.monotonic(), codecs.getincrementaldecoder("utf-8")("replace")
    while data := os.read(source, 65536):
        _write(terminal, data)
        # A terminal begins a line where the last one ended, unless it is told to go back.
        text = decoder.decode(data).replace("\n", "\r\n")
        print(json.dumps([round(time.monotonic() - start, 6), "o", text]), file=cast, flush=True)


def _write(terminal: int, data: bytes) -> None:
    while data:
        data = data[os.write(terminal, data) :]
