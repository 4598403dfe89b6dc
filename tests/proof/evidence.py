# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is left of two simulated years: a table, and a picture of each renewal over time."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from proof.judge import predicted
from proof.scenario import END, FAILURES, FLEET, START, Certificate
from proof.years import Issued, Years

COLOURS = {"scep": "#0b6e99", "cmpv2": "#b35900", "acme": "#2e7d32"}
RED = "#c62828"
GAP = 1.2  # rows between the fleet and those that are set up to fail


def write(years: Years, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "proof.md").write_text(table(years))
    picture(years, folder / "proof.png")


def table(years: Years) -> str:
    """Markdown: a line for each device."""
    lines = [
        f"{START:%Y-%m-%d} to {END:%Y-%m-%d}, simulated.",
        "",
        "| device | protocol | lifetime | trigger | renewals | off by, at most | shortest time left | new keys |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in FLEET:
        issued = years.issued[each.host]
        renewals = issued[1:]
        off = max(
            (abs(now.at - predicted(years, each.host, before, shown=True)) for before, now in pairs(issued)),
            default=None,
        )
        left = min((before.not_after - now.at for before, now in pairs(issued)), default=None)
        keys = sum(one.key_changed for one in renewals)
        lines.append(
            f"| {each.host} | {each.protocol} | {each.lifetime} d | {rule(years, each)} | {len(renewals)} |"
            f" {shown(off)} | {shown(left)} | {keys or 'none'} |"
        )
    lines += [
        "",
        "| set up to fail | what happens | finding, before the expiry | on day | outcome |",
        "| --- | --- | --- | --- | --- |",
    ]
    for each in FAILURES:
        issued = years.issued[each.host]
        outcome = (
            f"expired on day {(issued[-1].not_after - START).days}" if each.expires else f"{len(issued) - 1} renewals"
        )
        lines.append(f"| {each.host} | {each.story} | `{each.code}` | {each.at:g} | {outcome} |")
    total = sum(len(found) - 1 for found in years.issued.values())
    return "\n".join([*lines, "", f"{total} renewals."]) + "\n"


def pairs(issued: list[Issued]) -> list[tuple[Issued, Issued]]:
    """Each certificate with the one that renewed it."""
    return list(pairwise(issued))


def rule(years: Years, each: Certificate) -> str:
    entry: dict[str, Any] = dict(years.entries[each.host])
    for name in ("re_enroll_time", "re_enroll_trigger_time_percentage"):
        value = entry.get(name)
        if isinstance(value, dict):
            return " ".join(f"{unit} {number}" for unit, number in value.items() if number is not None)
        if value is not None:
            return f"{name.replace('_', '-')} {value}"
    return "none"


def shown(span: timedelta | None) -> str:
    if span is None:
        return "-"
    seconds = int(span.total_seconds())
    return (
        f"{seconds} s"
        if seconds < 120
        else f"{seconds / 3600:.1f} h"
        if seconds < 172800
        else f"{seconds / 86400:.1f} d"
    )


def picture(years: Years, file: Path) -> None:
    """Each device is a row, each renewal a stroke, each certificate that ran out a cross and a red line."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import dates, pyplot

    rows = sorted(FLEET, key=lambda each: (each.lifetime, each.protocol, each.host)) + FAILURES
    at = {each.host: line + (GAP if each in FAILURES else 0) for line, each in enumerate(rows)}
    figure, axes = pyplot.subplots(figsize=(12, 8.9), layout="constrained")
    for each in rows:
        line, issued = at[each.host], years.issued[each.host]
        covered = [(number(one.not_before), number(min(one.not_after, END))) for one in issued]
        axes.broken_barh([(begin, end - begin) for begin, end in covered], (line - 0.36, 0.72), color="#e8eef2")
        strokes = [number(one.at) for one in issued[1:]]
        axes.vlines(strokes, line - 0.36, line + 0.36, COLOURS[each.protocol], linewidth=1)
        if each.story:
            named = number(START + timedelta(days=each.at))
            axes.plot(named, line, marker="o", color=RED, fillstyle="none", markersize=6, zorder=3)
        if each.expires:
            end = number(issued[-1].not_after)
            axes.plot([end, number(END)], [line, line], color=RED, linewidth=1, linestyle=":")
            axes.plot(end, line, marker="x", color=RED)
            behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            axes.text(end + 10, line, f"{each.story}: {each.code}", va="center", fontsize=8, color=RED, bbox=behind)
        elif each.story:
            axes.text(number(START), line - 0.5, f"{each.story}: {each.code}", va="bottom", fontsize=8, color="#444")
    axes.axhline(len(FLEET) - 0.25, color="#999", linewidth=0.8)
    labels = [f"{each.host}  {each.protocol} {each.lifetime} d" for each in rows]
    axes.set_yticks([at[each.host] for each in rows], labels, fontsize=8)
    axes.set_ylim(max(at.values()) + 0.6, -0.6)
    axes.set_xlim(number(START) - 6, number(END) + 6)
    axes.xaxis.set_major_locator(dates.MonthLocator(interval=3))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%Y-%m"))
    total = sum(len(years.issued[each.host]) - 1 for each in FLEET)
    axes.set_title(
        f"Two simulated years: {total} renewals of {len(FLEET)} devices at the predicted minute, none expired;"
        f" below, {len(FAILURES)} set up to fail",
        fontsize=10,
        loc="left",
    )
    handles = [axes.plot([], [], color=colour, label=f"renewed by {name}")[0] for name, colour in COLOURS.items()]
    handles += axes.plot([], [], color=RED, marker="o", fillstyle="none", linestyle="", label="named by the report")
    handles += axes.plot([], [], color=RED, marker="x", linestyle="", label="expired")
    axes.legend(handles=handles, loc="lower center", ncol=5, fontsize=8, bbox_to_anchor=(0.5, -0.09), frameon=False)
    figure.savefig(file, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def number(at: datetime) -> float:
    from matplotlib import dates

    return float(dates.date2num(at))
