# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one task does: options in, one session, result out. The action plugins and the modules both call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _options
from ansible_collections.netpki.junos.plugins.module_utils._check import (
    broken_references,
    check_references,
    check_release,
    check_values,
)
from ansible_collections.netpki.junos.plugins.module_utils._device import Device, Loaded, Reading
from ansible_collections.netpki.junos.plugins.module_utils._edits import Scope, commands, to_xml
from ansible_collections.netpki.junos.plugins.module_utils._errors import (
    DeviceError,
    InputError,
    LostAnswerError,
    NetpkiError,
)
from ansible_collections.netpki.junos.plugins.module_utils._options import CommitOptions
from ansible_collections.netpki.junos.plugins.module_utils._plan import Plan, Want, plan
from ansible_collections.netpki.junos.plugins.module_utils._release import Running
from ansible_collections.netpki.junos.plugins.module_utils._schedule import FROM_NOW, may_count_from_now
from ansible_collections.netpki.junos.plugins.module_utils._secrets import each_text, mask_secrets
from ansible_collections.netpki.junos.plugins.module_utils._show import STORES
from ansible_collections.netpki.junos.plugins.module_utils._statements import PROTOCOLS
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, configuration

# What a task that configures tells of a certificate; junos_pki_info tells all.
_SHOWN = ("certificate_id", "subject", "issuer", "not_before", "not_after")


def configure(params: Mapping[str, Any], check_mode: bool, with_diff: bool) -> dict[str, Any]:
    """Bring one device to what a task declares, or let it validate that in check mode.

    :param params: the validated options of junos_pki_reenroll or junos_pki_ca_profile.
    :returns: the module's result; no secret is in it.
    :raises NetpkiError: with one sentence for the user; no secret is in it either.
    """
    secrets = _options.secrets(params)
    try:
        result = _configure(params, check_mode, with_diff)
    except NetpkiError as error:
        raise type(error)(mask_secrets(str(error), secrets)) from None
    # What a device wrote may hold any secret, wherever it stands. The rest is ours, and its secrets are masked by
    # statement: there a secret such as "2" must not blot out a date.
    for key in result.keys() & {"diff", "warnings"}:
        result[key] = each_text(result[key], lambda text: mask_secrets(text, secrets))
    masked: dict[str, Any] = each_text(result, mask_secrets)
    return masked


def _configure(params: Mapping[str, Any], check_mode: bool, with_diff: bool) -> dict[str, Any]:
    want, where = _options.want(params), _options.where(params)
    options, login = _options.commit_options(params), _options.login(params)
    loaded = Loaded()
    with Device(login) as device:
        reading = device.read(where)
        # A change of the configuration does not change them, and a failure to read them must not follow a commit.
        certificates, unread = _certificates(device) if params.get("read_certificates") else (None, [])
        todo = _checked_plan(reading, want)
        try:
            check_references(todo.before, todo.after, todo.touched, reading.running)
        except InputError:
            # A group may bring what is missing by a wildcard: where groups apply, the device judges.
            if not device.applies_groups(where):
                raise
        if todo.edits:
            change = to_xml(todo.edits, where)
            if check_mode:
                loaded = device.check(change, options.mode, with_diff)
            else:
                loaded = _commit(device, change, want, where, options, with_diff)
                if options.confirmed:
                    _confirm(device, want, where, options)
    shown = configuration if "config" in params else _only_profiles
    before = shown(todo.before)
    result: dict[str, Any] = {
        "changed": bool(todo.edits),
        "before": before,
        "after": shown(todo.after) if todo.edits else before,
        "commands": commands(todo.edits, where),
        "release": str(reading.running.release) if reading.running else None,
        "reasons": list(todo.reasons),
        # With the host in front: Ansible shows the same warning only once.
        "warnings": [
            f"{login.host}: {warning}"
            for warning in (*todo.warnings, *_advice(todo, reading.running), *unread, *loaded.warnings)
        ],
    }
    if with_diff and todo.edits:
        result["diff"] = {"prepared": loaded.diff + "\n"}
    if params.get("read_certificates"):
        result["certificates"] = certificates
    return result


def _certificates(device: Device) -> tuple[list[dict[str, Any]] | None, list[str]]:
    """The local certificates, or None and why they could not be read: that is no reason not to configure."""
    try:
        shown = device.show(STORES["local_certificates"]).records
    except DeviceError as error:
        if not device.connected:
            raise
        return None, [f"The local certificates could not be read: {error}"]
    # The nodes of a chassis cluster tell the same certificates each: they are told once.
    rows = [{name: row[name] for name in _SHOWN} for row in shown]
    unclear = [f"Certificate '{row['certificate_id']}', {problem}" for row in shown for problem in row["problems"]]
    return [row for number, row in enumerate(rows) if row not in rows[:number]], list(dict.fromkeys(unclear))


def _only_profiles(root: Node) -> dict[str, Any]:
    return {"ca_profiles": configuration(root)["ca_profiles"]}


def _checked_plan(reading: Reading, want: Want) -> Plan:
    """The plan, refused where the release is too old for it or something still names what it deletes."""
    running = reading.running
    declared = [*(want.ca_profiles or ()), *(want.entries or ())] if want.state != "deleted" else []
    if running:
        for entry in declared:
            check_release(entry, running)
            check_values(entry, running)
    todo = plan(reading.pki, want)
    broken = broken_references(todo.before, todo.after)
    if broken:
        named = "; ".join(f"{profile} by {place}" for profile, place in broken)
        raise InputError(f"ca_profiles: still named on the device: {named}. Delete or change what names them first.")
    return todo


def _advice(todo: Plan, running: Running | None) -> list[str]:
    """What a device accepts without a word, and a user should know."""
    advice = []
    if running is None:
        advice.append("The device did not tell its release, so no statement was checked against it.")
    effective = todo.after.in_effect()
    for slots in todo.touched:
        entry = effective.at(slots)
        if entry is None or entry.path not in PROTOCOLS.values():
            continue
        names = {child.name for child in entry.children.values()}
        if not names & {"re-enroll-time", "re-enroll-trigger-time-percentage"}:
            advice.append(
                f"config[{entry.key}]: neither re_enroll_time nor re_enroll_trigger_time_percentage is set:"
                " the device will not renew the certificate by itself"
                + (", unless an apply-group says when." if todo.before.at(slots) is None else ".")
            )
        if names >= {"re-enroll-time", "re-enroll-trigger-time-percentage"}:
            advice.append(
                f"config[{entry.key}]: re_enroll_time and re_enroll_trigger_time_percentage are both set:"
                " re_enroll_time decides."
            )
        rules = [" ".join(name for name, _key in below) for below, _node in entry.walk()]
        if running and any(may_count_from_now(running.release, rule) for rule in rules):
            advice.append(f"config[{entry.key}].re_enroll_time: {FROM_NOW.format(release=running.release)}.")
        statement = entry.statement
        if statement and statement.deprecated and running and not running.lacks(statement.deprecated):
            advice.append(
                f"config[{entry.key}]: the direct list is deprecated from {statement.deprecated} on."
                " Use protocol scep with state replaced: the entry moves in one commit."
            )
    return advice


def _commit(
    device: Device, change: Sequence[str], want: Want, where: Scope, options: CommitOptions, with_diff: bool
) -> Loaded:
    """Commit, once. Where the answer is lost, what is true is read: a commit is not undone by hanging up.

    Not of a confirmed commit, which may be rolled back by then.
    """
    try:
        return device.commit(change, options, with_diff)
    except LostAnswerError as lost:
        if options.confirmed:
            raise
        seconds = device.login.timeout
        try:
            # A secret that the device keeps as $8$ would differ forever: here it only has to be there.
            declared = replace(want, update_password="on_create")
            took = device.read_until(where, lambda reading: not plan(reading.pki, declared).edits, seconds)
        except DeviceError:
            raise lost from None
        if not took:
            raise DeviceError(
                f"{lost.what}. Read again for {seconds} seconds, the configuration is not what was declared. The commit"
                " did not take effect, or the device is still at it: run the task again, it changes only what is still"
                " missing."
            ) from lost
        said = lost.what.removeprefix(f"{device.login.host}: ")
        warning = f"{said[0].upper()}{said[1:]}. Read again, the configuration is what was declared."
        return Loaded(lost.loaded.diff, (*lost.loaded.warnings, warning))


def _confirm(device: Device, want: Want, where: Scope, options: CommitOptions) -> None:
    """Confirm a confirmed commit, once the device can be reached anew and holds what was declared."""
    host, minutes = device.login.host, options.confirmed
    try:
        device.reopen()
        # A secret that the device keeps as $8$ would differ forever: here it only has to be there.
        left = plan(device.read(where).pki, replace(want, update_password="on_create")).edits
        if left:
            raise DeviceError(f"{host}: read again, the configuration is not what was committed.")
        device.confirm(options)
    except LostAnswerError:
        raise
    except NetpkiError as error:
        said = str(error).rstrip(".")
        raise DeviceError(
            f"{said}. The commit was not confirmed: the device rolls it back by itself within {minutes} minutes."
        ) from error
