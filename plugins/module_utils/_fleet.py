# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a fleet needs around a task: one declaration out of layers, and a list of renewals out of a result.

Pure: the clock is an argument. No error here shows a value of an option, because it may be a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._certificates import Certificate, iso, parse_date
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._release import Release
from ansible_collections.netpki.junos.plugins.module_utils._schedule import (
    Renewal,
    cannot_plan,
    plan,
    plan_without_dates,
    stagger,
)

Options = dict[str, Any]

_TRIGGERS = {"re_enroll_time", "re_enroll_trigger_time_percentage"}


# ---- from layers to a declaration ----


def declaration(
    layers: object, defaults: object = None, window: object = None, host: object = None, state: str = "merged"
) -> dict[str, list[Options]]:
    """One declaration, as junos_pki_reenroll takes it, out of layers of which the later one wins.

    ``layers`` is a list of mappings with ``config``, ``ca_profiles`` or both. An empty list is not in the answer: for
    the module it would mean that there shall be none. ``defaults`` are options of every entry of config. ``window``, a
    mapping with from_hours and to_hours, fills in the time of ``host``'s entries that name no trigger.
    """
    rows = [_mapping(layer, "layers") for layer in _list(layers, "layers")]
    profiles = [_keyed(layer.get("ca_profiles"), "ca_profiles", "name") for layer in rows]
    entries = [_keyed(layer.get("config"), "config", "certificate_id") for layer in rows]
    twice = [name for each in (*profiles, *entries) for name, found in each.items() if len(found) > 1]
    if twice:
        raise InputError(f"Declared twice in one list: {', '.join(dict.fromkeys(twice))}. Join the entries.")
    config = _joined(entries, _over)
    if state == "deleted":
        # Other options are of no use; a protocol only where the entry itself names one: without, the module finds it.
        config = {key: _only(entry, "certificate_id", "protocol") for key, entry in config.items()}
    else:
        first = _given(_mapping({} if defaults is None else defaults, "defaults"))
        config = {key: _over(first, entry) for key, entry in config.items()}
        if window is not None:
            hours = _mapping(window, "stagger")
            config = {key: _spread(key, entry, hours, host) for key, entry in config.items()}
    declared = {"config": list(config.values()), "ca_profiles": list(_joined(profiles, _deep).values())}
    return {name: items for name, items in declared.items() if items}


def _keyed(items: object, where: str, key: str) -> dict[str, list[Options]]:
    """The items of one list by their key, as text: 1 and "1" name the same."""
    found: dict[str, list[Options]] = {}
    for item in _list([] if items is None else items, where):
        options = _given(_mapping(item, where))
        if key not in options:
            raise InputError(f"{where}: an entry has no {key}.")
        options[key] = str(options[key])
        found.setdefault(options[key], []).append(options)
    return found


def _given(options: Mapping[str, Any]) -> Options:
    """The options that say something, at any depth: null, or a mapping of nothing, counts as not given."""
    kept = {str(key): _given(value) if isinstance(value, Mapping) else value for key, value in options.items()}
    return {key: value for key, value in kept.items() if value is not None and value != {}}


def _joined(
    layers: Sequence[Mapping[str, list[Options]]], over: Callable[[Options, Options], Options]
) -> dict[str, Options]:
    joined: dict[str, Options] = {}
    for layer in layers:
        for key, (options,) in layer.items():
            joined[key] = over(joined.get(key, {}), options)
    return joined


def _over(below: Options, layer: Options) -> Options:
    """An entry with a layer on top. A layer that names either trigger hides both beneath: together they would mean
    something else than what that layer says."""
    hidden = _TRIGGERS if _TRIGGERS & layer.keys() else set()
    return {key: value for key, value in below.items() if key not in hidden} | layer


def _deep(below: Options, layer: Options) -> Options:
    """A mapping with another on top, joined at any depth. A list counts as one value."""
    both = {
        key: _deep(below[key], value)
        for key, value in layer.items()
        if isinstance(value, dict) and isinstance(below.get(key), dict)
    }
    return below | layer | both


def _spread(certificate_id: str, entry: Options, window: Mapping[str, Any], host: object) -> Options:
    """The entry, with an hour of the window where it names no trigger."""
    if _TRIGGERS & entry.keys():
        return entry
    try:
        hours = stagger(host, certificate_id, window.get("from_hours"), window.get("to_hours"))
    except InputError as error:
        raise InputError(f"stagger: {error}") from None
    return entry | {"re_enroll_time": {"hours": hours}}


def _only(entry: Options, *names: str) -> Options:
    return {name: entry[name] for name in names if name in entry}


# ---- from a result to renewals ----


def renewals(result: object, now: datetime) -> list[Options]:
    """For each entry in effect and each certificate that it stands for: what will become of it, seen at ``now``.

    ``result`` is what junos_pki_reenroll answers. A renewal that cannot be worked out is told as a finding, because the
    task that asks has changed the device already.
    """
    told = _mapping(result, "result")
    if "after" not in told:
        raise InputError("result: has no after. Give what junos_pki_reenroll answers where it does not fail.")
    after = told["after"]
    profiles = {profile["name"]: profile for profile in after["ca_profiles"]}
    rows = []
    for entry in after["config"]:
        profile = profiles.get(entry.get("ca_profile_name"))
        for renewal in _renewals(entry, told, profile, now):
            about = {name: entry.get(name) for name in ("certificate_id", "protocol", "ca_profile_name")}
            rows.append({**about, **renewal.result(), "summary": f"{about['certificate_id']}: {_summary(renewal)}"})
    return rows


def _renewals(entry: Options, told: Mapping[str, Any], profile: Options | None, now: datetime) -> list[Renewal]:
    certificates = told.get("certificates")
    own = [each for each in certificates or () if each["certificate_id"] == entry["certificate_id"]]
    if not own:
        return [
            _planned(plan_without_dates, entry, "certificate-not-shown" if certificates is None else "no-certificate")
        ]
    return [_planned(_plan, each, entry, now, told.get("release"), profile) for each in own]


def _planned(work: Callable[..., Renewal], *arguments: object) -> Renewal:
    try:
        return work(*arguments)
    except InputError as error:
        return Renewal(findings=(cannot_plan(error),))


def _plan(shown: Options, entry: Options, now: datetime, release: str | None, profile: Options | None) -> Renewal:
    return plan(_certificate(shown), entry, now, Release.parse(release) if release else None, profile)


def _certificate(shown: Options) -> Certificate:
    not_before, not_after = (
        None if shown[name] is None else parse_date(shown[name], f"certificate.{name}")
        for name in ("not_before", "not_after")
    )
    return Certificate(shown["certificate_id"], not_before, not_after)


def _summary(renewal: Renewal) -> str:
    """``renews 2027-10-21T09:55:00Z by re-enroll-time days, expires 2028-01-02T09:55:00Z.``, and what was found."""
    sentences = [finding.text for finding in renewal.findings]
    if renewal.not_after:
        at = iso(renewal.trigger) if renewal.trigger else "before the year 1"
        renews = f"renews {at} by {renewal.rule}" if renewal.rule else "does not renew by itself"
        sentences.insert(0, f"{renews}, expires {iso(renewal.not_after)}.")
    return " ".join(sentences)


# ---- reading the input ----


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: expected a mapping, got a value of type {type(value).__name__}.")
    return value


def _list(value: object, where: str) -> Sequence[object]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InputError(f"{where}: expected a list, got a value of type {type(value).__name__}.")
    return value
