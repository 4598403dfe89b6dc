# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the modules: their argument specs, and from validated options to what a task wants.

Everything that can be refused without asking the device is refused here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import NoLogError, UnsupportedError
from ansible_collections.netpki.junos.plugins.module_utils._check import CONTROL, check_values
from ansible_collections.netpki.junos.plugins.module_utils._edits import MAIN, Scope, scope
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._plan import State, Want
from ansible_collections.netpki.junos.plugins.module_utils._secrets import mask_text
from ansible_collections.netpki.junos.plugins.module_utils._show import STORES
from ansible_collections.netpki.junos.plugins.module_utils._statements import CA_PROFILE, PROTOCOLS, children, find
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, argument_spec, entry_from_options, join

CONNECTION_SPEC: dict[str, Any] = {
    "host": {"type": "str"},
    "port": {"type": "int", "default": 830},
    "user": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "ssh_private_key_file": {"type": "path"},
    "ssh_config": {"type": "path"},
    "proxy_command": {"type": "str"},
    "host_key_checking": {"type": "bool", "default": True},
    "timeout": {"type": "int", "default": 30},
}

COMMIT_SPEC: dict[str, Any] = {
    "commit_comment": {"type": "str"},
    "commit_confirmed": {"type": "int"},
    "configuration_mode": {"type": "str", "choices": ["private", "exclusive"]},
    "commit_synchronize": {"type": "bool", "default": False},
    "commit_timeout": {"type": "int", "default": 120},
    "logical_system": {"type": "str"},
    "tenant": {"type": "str"},
}

_CA_PROFILES = {"type": "list", "elements": "dict", "options": argument_spec(CA_PROFILE)}
_CONFIG = {
    "type": "list",
    "elements": "dict",
    "options": {"protocol": {"type": "str", "choices": list(PROTOCOLS)}, **argument_spec(*PROTOCOLS.values())},
}
_STATE: dict[str, Any] = {
    "state": {"type": "str", "default": "merged", "choices": ["merged", "replaced", "overridden", "deleted"]},
    "update_password": {"type": "str", "default": "always", "choices": ["always", "on_create"], "no_log": False},
}

#: What junos_pki_reenroll declares, without state, connection and commit.
DECLARATION_SPEC: dict[str, Any] = {"config": _CONFIG, "ca_profiles": _CA_PROFILES}
CA_PROFILE_SPEC: dict[str, Any] = {"ca_profiles": _CA_PROFILES, **_STATE, **CONNECTION_SPEC, **COMMIT_SPEC}
REENROLL_SPEC: dict[str, Any] = {
    **DECLARATION_SPEC,
    **_STATE,
    "read_certificates": {"type": "bool", "default": False},
    **CONNECTION_SPEC,
    **COMMIT_SPEC,
}
_SUBSETS = ["config", *STORES]
INFO_SPEC: dict[str, Any] = {
    "gather_subset": {
        "type": "list",
        "elements": "str",
        "default": ["all"],
        "choices": ["all", *_SUBSETS, *(f"!{name}" for name in _SUBSETS)],
    },
    "certificate_ids": {"type": "list", "elements": "str", "default": []},
    "ca_profiles": {"type": "list", "elements": "str", "default": []},
    "logical_system": {"type": "str"},
    "tenant": {"type": "str"},
    **CONNECTION_SPEC,
}


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach a device. ``timeout`` and ``commit_timeout`` are seconds, for one request and for a commit."""

    host: str
    port: int = 830
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ssh_private_key_file: str | None = None
    ssh_config: str | None = None
    proxy_command: str | None = None
    host_key_checking: bool = True
    timeout: int = 30
    commit_timeout: int = 120


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """``mode`` is the kind of candidate: private or exclusive. ``confirmed`` is in minutes."""

    mode: str = "private"
    comment: str | None = None
    confirmed: int | None = None
    synchronize: bool = False


def validated(spec: Mapping[str, Any], args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as the spec types them, defaults filled in; with Ansible's own validator and its messages.

    Not by ActionBase.validate_argument_spec: that one shows the arguments with its errors, secrets included.

    :raises InputError: one sentence that names the option, without any secret.
    """
    for problem in _untyped(spec, args):
        raise InputError(mask_text(problem, _secrets(spec, args)))
    found = ArgumentSpecValidator(spec).validate(args)
    # A NoLogError comes in front of an error that says the same and names the option.
    for error in found.errors.errors:
        if not isinstance(error, NoLogError):
            unsupported = "Unsupported parameters: " if isinstance(error, UnsupportedError) else ""
            raise InputError(mask_text(f"{unsupported}{error.msg}", _secrets(spec, args)))
    return dict(found.validated_parameters)


def _untyped(spec: Mapping[str, Any], args: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """What Ansible's validator stumbles over, or takes in a form that nobody means.

    It raises a TypeError of its own for a number in place of a mapping and an OverflowError for an infinite number,
    makes a text of a mapping, a number of a list, and a mapping of a text, whose secrets nobody would know.
    """
    for option, about in spec.items():
        value = args.get(option)
        if value is None:
            continue
        if about.get("no_log") and (isinstance(value, bool) or not isinstance(value, (str, int, float))):
            yield f"{where}{option}: give a text."
        if about["type"] == "int" and (isinstance(value, (list, tuple, Mapping)) or _is_too_large(value)):
            yield f"{where}{option}: give a whole number."
        for item in (value if isinstance(value, list) else [value]) if "options" in about else ():
            if isinstance(item, Mapping):
                yield from _untyped(about["options"], item, f"{where}{option}.")
            else:
                yield f"{where}{option}: give a mapping with {', '.join(about['options'])}."


def _is_too_large(value: Any) -> bool:
    """Whether a number is infinite, or as good as that: 1e999999999 would take long as a whole number."""
    try:
        return math.isinf(float(value))
    except OverflowError:
        return True
    except (TypeError, ValueError):
        return False


def login(params: Mapping[str, Any]) -> Login:
    """The connection options as one record."""
    if not params["host"]:
        raise InputError("host: give the device's name or address.")
    for option, highest in (("port", 65535), ("timeout", 86400), ("commit_timeout", 86400)):
        if option in params and not 1 <= params[option] <= highest:
            raise InputError(f"{option}: {params[option]} is not a whole number from 1 to {highest}.")
    return Login(**{option: params[option] for option in (*CONNECTION_SPEC, "commit_timeout") if option in params})


def commit_options(params: Mapping[str, Any]) -> CommitOptions:
    """The commit options as one record. The candidate is private, but a confirmed commit needs an exclusive one."""
    confirmed, mode = params["commit_confirmed"], params["configuration_mode"]
    _refuse_control_characters(params, "commit_comment")
    if confirmed is not None:
        if not 1 <= confirmed <= 65535:
            raise InputError(f"commit_confirmed: {confirmed} is not a number of minutes from 1 to 65535.")
        if mode == "private":
            raise InputError(
                "commit_confirmed: the device refuses a confirmed commit of a private configuration."
                " Use configuration_mode exclusive, or leave it out."
            )
    return CommitOptions(
        mode=mode or ("exclusive" if confirmed else "private"),
        comment=params["commit_comment"],
        confirmed=confirmed,
        synchronize=params["commit_synchronize"],
    )


def where(params: Mapping[str, Any]) -> Scope:
    """Which ``[edit security pki]``: the main one, a logical system's or a tenant's."""
    _refuse_control_characters(params, "logical_system", "tenant")
    place = scope(params["logical_system"], params["tenant"])
    if params.get("read_certificates") and place != MAIN:
        # The request's model has no input for either, so it would show the certificates of somebody else.
        raise InputError("read_certificates: not possible with logical_system or tenant. Leave it out.")
    return place


def subsets(params: Mapping[str, Any]) -> list[str]:
    """What junos_pki_info shall read: the named subsets, or all, without those that a ``!`` excludes."""
    named = params["gather_subset"]
    wanted = {name for name in named if not name.startswith("!")}
    if not wanted or "all" in wanted:
        wanted = set(_SUBSETS)
    chosen = [name for name in _SUBSETS if name in wanted and f"!{name}" not in named]
    if not chosen:
        raise InputError("gather_subset: excludes all that it names, so there is nothing to read.")
    return chosen


def only(params: Mapping[str, Any]) -> dict[str, list[str]]:
    """What junos_pki_info shall be limited to, by the key of the records; an empty list is no limit."""
    limits = {"certificate_id": "certificate_ids", "ca_profile": "ca_profiles"}
    for option in limits.values():
        for name in params[option]:
            if not name or CONTROL.search(name):
                raise InputError(f"{option}: a name is empty, or holds a control character or a line break.")
    return {key: params[option] for key, option in limits.items()}


def _refuse_control_characters(params: Mapping[str, Any], *options: str) -> None:
    for option in options:
        if CONTROL.search(params[option] or ""):
            raise InputError(f"{option}: holds a control character or a line break.")


def want(params: Mapping[str, Any]) -> Want:
    """What a task declares, checked as far as that is possible without the device.

    :param params: options of either module, defaults filled in.
    :raises InputError: one sentence that names the option and the rule.
    """
    state = cast(State, params["state"])
    config, profiles = params.get("config"), params["ca_profiles"]
    lists = [name for name in ("config", "ca_profiles") if name in params]
    if state != "deleted" and not config and not profiles:
        raise InputError(f"state {state}: give {' or '.join(lists)}.")
    for name in lists:
        if state in ("overridden", "deleted") and params[name] == []:
            # It would delete all there is, and an empty list is more often a mistake in a template.
            raise InputError(
                f"{name}: is empty, with state {state}. Leave it out; to delete all, give state deleted and no list."
            )
    if state == "deleted" and config is None and profiles is None:
        # Nothing named: everything that the module stands for.
        config, profiles = ([], None) if "config" in params else (None, [])
    declared = None if config is None else list(_entries(config, state))
    return Want(
        state=state,
        ca_profiles=None if profiles is None else _profiles(profiles, state),
        entries=None if declared is None else [entry for entry in declared if isinstance(entry, Node)],
        delete_everywhere=[entry for entry in declared or () if isinstance(entry, str)],
        update_password=params["update_password"],
    )


def _profiles(profiles: Sequence[Mapping[str, Any]], state: State) -> list[Node]:
    """The declared CA profiles; with state deleted, only their names."""
    if state == "deleted":
        profiles = [{"name": options["name"]} for options in profiles]
    nodes = [entry_from_options(CA_PROFILE, options, "ca_profiles") for options in profiles]
    _refuse_twice((node.key for node in nodes), "ca_profiles", "name")
    for node in nodes:
        check_values(node)
    return nodes


def _entries(config: Sequence[Mapping[str, Any]], state: State) -> Iterator[Node | str]:
    """The declared entries; with state deleted and no protocol, only the certificate's id."""
    protocols: dict[str, str] = {}
    for options in config:
        key, protocol = options["certificate_id"], options["protocol"]
        if protocol and protocols.get(key, protocol) != protocol:
            raise InputError(
                f"config[{key}]: declared for {protocols[key]} and for {protocol}."
                " A certificate re-enrolls by one protocol."
            )
        protocols.setdefault(key, protocol)
    _refuse_twice((options["certificate_id"] for options in config), "config", "certificate_id")
    for options in config:
        key, protocol = options["certificate_id"], options["protocol"]
        if state == "deleted":
            yield Node(PROTOCOLS[protocol], key=key) if protocol else key
            continue
        if not protocol:
            raise InputError(f"config[{key}].protocol: give one of {', '.join(PROTOCOLS)}.")
        _refuse_foreign(options, protocol)
        if protocol == "acme" and not options["acme_key_id"]:
            raise InputError(f"config[{key}].acme_key_id: protocol acme needs it, the id of the ACME account key.")
        entry = entry_from_options(PROTOCOLS[protocol], options, "config")
        check_values(entry)
        yield entry


def _refuse_twice(keys: Iterable[str], option: str, name: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise InputError(f"{option}: {name} {key} is declared twice. Join the two entries.")
        seen.add(key)


def _refuse_foreign(options: Mapping[str, Any], protocol: str) -> None:
    """Refuse an option whose statement the protocol's list does not have."""
    own = {child.option_name for child in children(PROTOCOLS[protocol])} | {"protocol"}
    for option, value in options.items():
        if value is None or option in own:
            continue
        name = option.replace("_", "-")
        having = [other for other, path in PROTOCOLS.items() if find(join(path, name))]
        raise InputError(
            f"config[{options['certificate_id']}].{option}: {name} is no statement of {protocol}."
            f" It belongs to {' and '.join(having)}."
        )


def secrets(params: Mapping[str, Any]) -> list[str]:
    """Every secret among the options, to be masked in whatever is said."""
    return secrets_of(REENROLL_SPEC, params)


def secrets_of(spec: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    """The same of the options of another module."""
    return list(_secrets(spec, params))


def _secrets(spec: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[str]:
    for option, about in spec.items():
        value = params.get(option)
        if value is None:
            continue
        if about.get("no_log"):
            yield str(value)
        for item in (value if isinstance(value, list) else [value]) if "options" in about else ():
            if isinstance(item, Mapping):
                yield from _secrets(about["options"], item)
