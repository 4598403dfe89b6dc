# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures as text: a line while it runs, tables for the documentation, and which targets are met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from .measure import Row


def line(row: Row) -> str:
    if "key" not in row:
        return f"{row['what']}: {row['certificates']:,} certificates, {row['wall']:.1f} s, load {row['load']:.1f}"
    return (
        f"{row['hosts']:5} hosts, {row['key']:2} {row['what']}:"
        f" {row['cpu_ms']:.0f} ms CPU, {row['wall_ms']:.0f} ms wall, {row['rpcs']:g} RPCs, {row['sessions']:g} sessions"
        f" a host; {row['wall']:.0f} s; controller {row['controller_mb']:.0f}, worker {row['worker_mb']:.0f},"
        f" all {row['all_mb']:.0f} MB; devices {row['devices_cpu_ms']:.0f} ms CPU; load {row['load']:.1f}"
    )


def rst(results: Row) -> str:
    parts = []
    for hosts in dict.fromkeys(row["hosts"] for row in results["side_by_side"]):
        rows = [row for row in results["side_by_side"] if row["hosts"] == hosts]
        rows.sort(key=lambda row: float(row["cpu_ms"]))
        parts.append(f"{hosts:,} hosts:\n\n" + table(_SIDE_BY_SIDE, _compared(rows)))
    parts.append("Scaling:\n\n" + table(_CURVE, _compared(results["curve"])))
    parts.append("By themselves:\n\n" + table(_PURE, results["pure"]))
    return "\n".join(parts)


def _compared(rows: Sequence[Row]) -> Iterator[Row]:
    """Each row with what the engine alone takes on as many hosts."""
    floors = {row["hosts"]: row["cpu_ms"] for row in rows if row["key"] == "g"}
    for row in rows:
        floor = floors.get(row["hosts"])
        yield {**row, "times": f"{row['cpu_ms'] / floor:.1f}" if floor else ""}


Columns = Sequence[tuple[str, Callable[[Row], object]]]

_SIDE_BY_SIDE: Columns = (
    ("", lambda row: row["key"]),
    ("What", lambda row: row["what"]),
    ("CPU, ms a host", lambda row: round(row["cpu_ms"])),
    ("times the engine", lambda row: row["times"]),
    ("wall, ms a host", lambda row: round(row["wall_ms"])),
    ("sessions", lambda row: f"{row['sessions']:g}"),
    ("RPCs", lambda row: f"{row['rpcs']:g}"),
    ("controller, MB", lambda row: round(row["controller_mb"])),
    ("worker, MB", lambda row: round(row["worker_mb"])),
    ("all, MB", lambda row: round(row["all_mb"])),
)
_CURVE: Columns = (
    ("Hosts", lambda row: f"{row['hosts']:,}"),
    ("What", lambda row: row["what"]),
    ("CPU, ms a host", lambda row: round(row["cpu_ms"])),
    ("times the engine", lambda row: row["times"]),
    ("wall, s", lambda row: f"{row['wall']:.1f}"),
    ("controller, MB", lambda row: round(row["controller_mb"])),
    ("devices' CPU, ms a host", lambda row: round(row["devices_cpu_ms"])),
)
_PURE: Columns = (
    ("What", lambda row: row["what"]),
    ("Certificates", lambda row: f"{row['certificates']:,}"),
    ("wall, s", lambda row: f"{row['wall']:.1f}"),
)


def table(columns: Columns, rows: Iterable[Row]) -> str:
    lines = [".. csv-table::", "   :header: " + _csv(title for title, _value in columns), ""]
    lines += ["   " + _csv(value(row) for _title, value in columns) for row in rows]
    return "\n".join(lines) + "\n"


def _csv(cells: Iterable[object]) -> str:
    return ", ".join(f'"{cell}"' for cell in cells)


# ---- the targets ----


def verdicts(results: Row) -> str:
    """Each target whose figures were measured, and whether it is met."""
    rows = {(row["key"], row["hosts"]): row for row in [*results["curve"], *results["side_by_side"]]}
    sizes = sorted({hosts for _key, hosts in rows})
    lines = [_verdict(*each) for hosts in sizes for each in _of_fleet(rows, hosts)]
    lines += [
        _verdict(f"{row['what']}, {row['certificates']:,} certificates, s", row["wall"], limit)
        for row in results["pure"]
        for begin, limit in _OF_FILTERS.items()
        if row["what"].startswith(begin)
    ]
    controllers = {hosts: row["controller_mb"] for (key, hosts), row in rows.items() if key == "a"}
    if {100, 1000} <= controllers.keys():
        lines.append(_verdict("controller at 1,000 hosts to 100", controllers[1000] / controllers[100], 1.5))
    return "\n".join(lines)


#: Seconds, by what a row begins with: plans and findings, the audit of a fleet, its report.
_OF_FILTERS = {"reenroll_plan": 10, "reenroll_renewals": 10, "reenroll_audit": 10, "role": 20}


def _of_fleet(rows: dict[tuple[str, int], Row], hosts: int) -> Iterator[tuple[str, float, float]]:
    of = {key: row for (key, size), row in rows.items() if size == hosts}
    if "a" in of and "g" in of:
        yield f"{hosts} hosts, CPU of a to g", of["a"]["cpu_ms"] / of["g"]["cpu_ms"], 2
    if "a" in of:
        yield f"{hosts} hosts, a: sessions", of["a"]["sessions"], 1
        yield f"{hosts} hosts, a: reads", of["a"]["names"].get("get-configuration", 0), 1
        yield f"{hosts} hosts, a: controller, MB", of["a"]["controller_mb"], 400
    if "a" in of and hosts == 1000:
        yield f"{hosts} hosts, a: wall, s", of["a"]["wall"], 90
    if "b" in of:
        yield f"{hosts} hosts, b: sessions", of["b"]["sessions"], 1
        yield f"{hosts} hosts, b: commits", of["b"]["names"].get("commit-configuration", 0), 1
        yield f"{hosts} hosts, b: RPCs", of["b"]["rpcs"], 8
    for peer in ("d1", "e1"):
        if "a" in of and peer in of:
            yield f"{hosts} hosts, CPU of a to {peer}", of["a"]["cpu_ms"] / of[peer]["cpu_ms"], 0.1


def _verdict(what: str, value: float, limit: float) -> str:
    return f"{'met   ' if value <= limit else 'MISSED'} {what}: {value:.2f}, at most {limit:g}"
