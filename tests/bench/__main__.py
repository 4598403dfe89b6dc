# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m bench OUT``: all of it, side by side on the same simulated fleets; figures and tables are left in OUT."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from . import fleet as fleets
from . import pure, tables
from .contenders import APPLY, CONTENDERS, NOOP, SAME, Contender
from .measure import Row, run
from .told import VARIABLE, ask

LIBRARIES = ("ansible-core", "junos-eznc", "ncclient", "paramiko", "lxml")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the figures and the files of the runs")
    parser.add_argument("--hosts", type=int, nargs="*", default=[100, 1000], help="fleets for every contender")
    parser.add_argument("--peer-hosts", type=int, default=100, help="the largest fleet for other hands' collections")
    parser.add_argument("--curve", type=int, nargs="*", default=[10, 30, 100, 300, 1000, 3000], help="fleets for a, g")
    parser.add_argument("--certificates", type=int, default=100_000, help="for the filters; a tenth for the report")
    parser.add_argument("--only", nargs="*", help="keys of contenders; b comes before a")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    chosen = [each for each in CONTENDERS if not options.only or each.key in options.only]
    results: Row = {"about": about(), "side_by_side": [], "curve": [], "pure": []}
    for name, part in (
        ("side_by_side", lambda: side_by_side(chosen, options)),
        ("curve", lambda: curve(options)),
        ("pure", lambda: alone(options)),
    ):
        for row in part():
            results[name].append(row)
            print(tables.line(row), flush=True)
            # Whatever ends it early, what was measured is there.
            (options.out / "results.json").write_text(json.dumps(results, indent=1))
    (options.out / "tables.rst").write_text(tables.rst(results))
    print(tables.verdicts(results))


def about() -> Row:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def side_by_side(chosen: Iterable[Contender], options: argparse.Namespace) -> Iterator[Row]:
    for hosts in options.hosts:
        fitting = [each for each in chosen if not each.peer or hosts <= options.peer_hosts]
        yield from best(fitting, hosts, options.out)


def curve(options: argparse.Namespace) -> Iterator[Row]:
    for hosts in options.curve:
        rows = best([APPLY, NOOP, SAME], hosts, options.out)
        yield from (row for row in rows if row["key"] != APPLY.key)


def best(contenders: Iterable[Contender], hosts: int, out: Path) -> list[Row]:
    """A row for each, of a fresh fleet.

    Small fleets are run more often: what took the least processor time counts. Not for the peers, which take minutes.
    """
    rows: dict[str, list[Row]] = {}
    for number in range(max(1, min(3, 300 // hosts))):
        with fleets.start(hosts) as fleet:
            for contender in contenders:
                if number == 0 or not contender.peer:
                    rows.setdefault(contender.key, []).append(run(contender, fleet, out / "runs"))
    return [min(each, key=lambda row: row["cpu_ms"]) for each in rows.values()]


def alone(options: argparse.Namespace) -> Iterator[Row]:
    if not options.certificates:
        return
    answer = options.out / "told.json"
    with fleets.start(1) as fleet:
        (device,) = fleet.devices.values()
        device.commit_by([*fleets.LINES, fleets.SECRET_LINE])
        answer.write_text(json.dumps(ask(device)))
    os.environ[VARIABLE] = str(answer.resolve())
    yield from pure.filters(options.certificates)
    yield pure.report(options.certificates // 10, options.out / "runs")


if __name__ == "__main__":
    main()
