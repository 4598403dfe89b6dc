# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The elements of replies: errors, results, software information."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from .loading import Problem

CONFIG_TEXT = (
    "<configuration-information>\n<configuration-output>\n{}</configuration-output>\n</configuration-information>\n"
)


def rpc_error(problem: Problem) -> str:
    """One ``rpc-error``, error or warning."""
    parts = ["<rpc-error>\n<error-type>protocol</error-type>\n<error-tag>operation-failed</error-tag>\n"]
    parts.append(f"<error-severity>{problem.severity}</error-severity>\n")
    if problem.path:
        parts.append(f"<error-path>{escape(problem.path)}</error-path>\n")
    parts.append(f"<error-message>\n{escape(problem.message)}\n</error-message>\n")
    if problem.bad:
        parts.append(f"<error-info>\n<bad-element>{escape(problem.bad)}</bad-element>\n</error-info>\n")
    parts.append("</rpc-error>\n")
    return "".join(parts)


def rpc_errors(problems: Iterable[Problem]) -> str:
    return "".join(rpc_error(problem) for problem in problems)


def load_results(problems: list[Problem]) -> str:
    """Errors stand inside the results; warnings stand beside ``<ok/>``."""
    errors = [problem for problem in problems if problem.severity == "error"]
    outcome = "" if errors else "<ok/>\n"
    return f"<load-configuration-results>\n{rpc_errors(problems)}{outcome}</load-configuration-results>\n"


def commit_results(engines: Iterable[str], outcome: str, *, merged: bool = False) -> str:
    """``outcome`` is commit-success or commit-check-success; ``merged`` says that a private copy was merged in."""
    rows = "".join(f"<routing-engine>\n<name>{name}</name>\n<{outcome}/>\n</routing-engine>\n" for name in engines)
    return f"<commit-results>\n{'<load-success/>' if merged else ''}{rows}</commit-results>\n"


def commit_errors(problems: Iterable[Problem]) -> str:
    return f"<commit-results>\n{rpc_errors(problems)}</commit-results>\n"


def software(host_name: str, model: str, release: str) -> str:
    return (
        "<software-information>\n"
        f"<host-name>{escape(host_name)}</host-name>\n<product-model>{model}</product-model>\n"
        f"<product-name>{model}</product-name>\n<junos-version>{release}</junos-version>\n"
        f"<package-information>\n<name>junos</name>\n<comment>JUNOS Software Release [{release}]</comment>\n"
        "</package-information>\n</software-information>\n"
    )


def per_node(nodes: Iterable[str], body: str) -> str:
    """A chassis cluster's operational reply: one item per node, each with the same."""
    return by_node(dict.fromkeys(nodes, body))


def by_node(bodies: Mapping[str, str]) -> str:
    items = "".join(
        f"<multi-routing-engine-item>\n<re-name>{name}</re-name>\n{body}</multi-routing-engine-item>\n"
        for name, body in bodies.items()
    )
    return f"<multi-routing-engine-results>\n{items}</multi-routing-engine-results>\n"
