# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one task of junos_pki_info does: one session, one request for each subset, nothing is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _options
from ansible_collections.netpki.junos.plugins.module_utils._device import Device, Reading
from ansible_collections.netpki.junos.plugins.module_utils._edits import MAIN, Scope, words
from ansible_collections.netpki.junos.plugins.module_utils._errors import DeviceError, InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._release import Running
from ansible_collections.netpki.junos.plugins.module_utils._secrets import each_text, mask_secrets
from ansible_collections.netpki.junos.plugins.module_utils._show import STORES, Store
from ansible_collections.netpki.junos.plugins.module_utils._statements import PROTOCOLS
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, Slots, configuration, to_options
from ansible_collections.netpki.junos.plugins.module_utils._uses import (
    beside,
    certificate_uses,
    web_management_http_port,
)

# Where a name that was asked for is expected: a request or a CRL of that name need not be there.
_NAMED_THERE = ("local_certificates", "ca_certificates")


def gather(params: Mapping[str, Any], check_mode: bool = False, with_diff: bool = False) -> dict[str, Any]:
    """Read the PKI of one device.

    :param params: the validated options of junos_pki_info. Check mode and diff change nothing here.
    :returns: the module's result; no secret is in it.
    :raises NetpkiError: the device cannot be reached, or its configuration cannot be read.
    """
    secrets = [params["password"]] if params["password"] else []
    try:
        told: dict[str, Any] = each_text(_gather(params), mask_secrets)
        # What a device wrote may hold the password, wherever it stands.
        said = {
            name: each_text(told[name], lambda text: mask_secrets(text, secrets)) for name in ("not_read", "warnings")
        }
        return told | said
    except NetpkiError as error:
        raise type(error)(mask_secrets(str(error), secrets)) from None


def _gather(params: Mapping[str, Any]) -> dict[str, Any]:
    chosen, where, login = _options.subsets(params), _scope(params), _options.login(params)
    only = _options.only(params)
    found: dict[str, Any] = {}
    not_read: dict[str, str] = {}
    warnings: list[str] = []
    nodes: dict[str, None] = {}
    running = None
    with Device(login) as device:
        if "config" in chosen:
            reading = device.look(where, beside(where))
            running = reading.running
            found["configuration"] = _configuration(reading, where, only)
        for name in (name for name in chosen if name in STORES):
            store, names = STORES[name], only.get(STORES[name].key) or ()
            missing = _missing(store, running, where)
            if missing:
                not_read[name] = missing
                continue
            try:
                if not device.connected:  # what one request broke must not take the next along
                    device.reopen()
                shown = device.show(store, names)
            except DeviceError as error:
                not_read[name] = str(error).removeprefix(f"{login.host}: ")
                # With the host in front: Ansible shows the same warning only once.
                warnings.append(f"{login.host}: {name} could not be read: {not_read[name]}")
                continue
            found[name] = [row for row in shown.records if not names or row[store.key] in names]
            if name in _NAMED_THERE:
                held = {row[store.key] for row in shown.records}
                warnings += [f"{login.host}: {name}: the device holds no {each}." for each in names if each not in held]
            nodes.update(dict.fromkeys(shown.nodes))
    if not found:
        raise DeviceError(f"{login.host}: {next(iter(not_read.values()))}")
    return {
        "changed": False,
        "release": str(running.release) if running else None,
        "configuration": None,
        **dict.fromkeys(STORES),
        **found,
        "nodes": list(nodes),
        "filtered": any(only.values()),
        "not_read": not_read,
        "warnings": warnings,
    }


def _scope(params: Mapping[str, Any]) -> Scope:
    where = _options.where(params)
    if where != MAIN and any(name in STORES for name in params["gather_subset"]):
        raise InputError(
            "gather_subset: with logical_system or tenant, only config can be read."
            " A device shows the certificates of its main system only."
        )
    return where


def _missing(store: Store, running: Running | None, where: Scope) -> str:
    """Why a device has no such store to show, or would show somebody else's; empty where it has."""
    if where != MAIN:
        # The models of these requests have no input for either.
        return f"A device shows the {store.what} of its main system only."
    if running and running.lacks(store.since):
        return f"Junos {running.release} has no {store.request}, which is there from {store.since} on."
    return ""


# ---- the configuration ----


def _configuration(reading: Reading, where: Scope, only: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """What is in effect, in the words of the options, and what is there without being in effect."""
    effective = Node() if reading.deactivated else reading.pki.in_effect()
    told = configuration(effective)
    ids, profiles = only["certificate_id"], only["ca_profile"]
    others = to_options(effective) if effective.children else {}
    return {
        **{name: value for name, value in others.items() if name not in ("ca_profile", "auto_re_enrollment")},
        "ca_profiles": [each for each in told["ca_profiles"] if not profiles or each["name"] in profiles],
        "config": [
            each
            for each in told["config"]
            if (not ids or each["certificate_id"] in ids) and (not profiles or each.get("ca_profile_name") in profiles)
        ],
        "deactivated": list(_deactivated(reading, where)),
        "certificate_uses": [
            each for each in certificate_uses(reading.configuration, where) if not ids or each["certificate_id"] in ids
        ],
        "web_management_http_port": web_management_http_port(reading.configuration),
    }


def _deactivated(reading: Reading, where: Scope) -> Iterator[dict[str, Any]]:
    """Every deactivated statement that no other one stands above, with the certificates whose entries it concerns."""
    entries = {slots: node.key for slots, node in reading.pki.walk() if node.path in PROTOCOLS.values()}
    if reading.deactivated:
        yield {"path": reading.deactivated, "certificate_ids": sorted(set(entries.values()))}
        return
    inactive: list[Slots] = []
    for slots, node in reading.pki.walk():
        if node.inactive and not any(slots[: len(above)] == above for above in inactive):
            inactive.append(slots)
            concerned = {
                key for entry, key in entries.items() if entry[: len(slots)] == slots or slots[: len(entry)] == entry
            }
            yield {"path": words((*where, *slots)), "certificate_ids": sorted(concerned)}
