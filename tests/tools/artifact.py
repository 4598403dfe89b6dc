# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewrite the collection artifact given as argument, so that the same files give the same bytes.

ansible-galaxy lists the files in the order in which the disk happens to hold them, and writes the time of the build and
of each file. Here they are sorted, and each has the same date. Nobody gets to see it: an installed file has the date of
its installation.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: 1980-01-01, the earliest date that every archive format can hold.
DATE = 315_532_800

MANIFEST, FILES = "MANIFEST.json", "FILES.json"

Member = tuple[tarfile.TarInfo, bytes]


def read(artifact: Path) -> dict[str, Member]:
    """What an artifact holds, by name. A folder and a link have no content."""
    with tarfile.open(artifact) as archive:
        return {member.name: (member, content(archive, member)) for member in archive}


def content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isreg() else None
    return file.read() if file else b""


def in_order(members: dict[str, Member]) -> Iterator[Member]:
    """The members, sorted and with one date. The manifest comes first, as ansible-galaxy has it."""
    files = json.loads(members[FILES][1])
    files["files"].sort(key=lambda file: file["name"])
    listing = as_json(files)
    manifest = json.loads(members[MANIFEST][1])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(listing).hexdigest()
    written = {MANIFEST: as_json(manifest), FILES: listing}
    for name in (*written, *sorted(members.keys() - written.keys())):
        member, data = members[name]
        data = written.get(name, data)
        member.mtime, member.size, member.pax_headers = DATE, len(data), {}
        yield member, data


def as_json(value: Any) -> bytes:
    """As ansible-galaxy writes it."""
    return json.dumps(value, indent=True).encode()


def packed(members: dict[str, Member]) -> bytes:
    file = io.BytesIO()
    # The header of gzip has a name and a date of its own.
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for member, data in in_order(members):
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def main() -> None:
    artifact = Path(sys.argv[1])
    fresh = artifact.with_suffix(".new")
    fresh.write_bytes(packed(read(artifact)))
    os.replace(fresh, artifact)


if __name__ == "__main__":
    main()
