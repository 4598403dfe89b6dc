# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX checks beyond the fields: what a survey, a credential type, a rule of recurrence may say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
QUESTIONS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("text", "textarea", "password", "multiplechoice", "multiselect"), (str,)),
    "integer": (int,),
    "float": (float, int),
}
#: What the configuration of a notification holds: the type of what must be there, or what AWX puts in.
NOTIFICATIONS: Mapping[str, Mapping[str, Any]] = {
    "webhook": {
        "url": str,
        "http_method": "POST",
        "disable_ssl_verification": False,
        "username": "",
        "password": "",
        "headers": dict,
    },
    "email": {
        **dict.fromkeys(("host", "username", "password", "sender"), str),
        "port": int,
        "use_tls": bool,
        "use_ssl": bool,
        "recipients": list,
        "timeout": 30,
    },
}


def survey(spec: Mapping[str, Any]) -> str:
    """What is wrong with a survey, or nothing."""
    for field, wanted in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(spec.get(field), wanted):
            return f"Field '{field}' is missing from survey spec."
    if not spec["spec"]:
        return "'spec' doesn't contain any items."
    variables = [str(question.get("variable")) for question in spec["spec"]]
    if len(set(variables)) < len(variables):
        return "'variable' is duplicated."
    return next((wrong for question in spec["spec"] if (wrong := _question(question))), "")


def _question(question: Mapping[str, Any]) -> str:
    for field, wanted in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if type(question.get(field)) not in (wanted,):  # True is no number
            return f"'{field}' of a survey question is missing, or no {wanted.__name__}."
    kind, default = question["type"], question.get("default", "")
    if kind not in QUESTIONS:
        return f"'{kind}' is not one of the allowed question types."
    if default != "" and not isinstance(default, QUESTIONS[kind]):
        return f"Default value {default} of {question['variable']} has the wrong type."
    if any(type(question.get(limit, 0)) not in (int,) for limit in ("min", "max")):
        return f"A limit of {question['variable']} is no integer."
    if kind in ("multiplechoice", "multiselect"):
        if "choices" not in question:
            return f"Survey question {question['variable']} must specify choices."
        if default and default not in question["choices"]:
            return "Default choice must be answered from the choices listed."
    return ""


def answers(spec: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """What is wrong with the answers to a survey."""
    return [wrong for question in spec["spec"] if (wrong := answer(question, given))]


def answer(question: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """What is wrong with the answer to one question, or nothing."""
    name, kind = question["variable"], question["type"]
    if name not in given:
        return f"'{name}' value missing" if question["required"] else ""
    value = given[name]
    if kind in ("multiplechoice", "multiselect"):
        chosen = value if kind == "multiselect" else [value]
        return "" if set(chosen) <= set(question["choices"]) else f"Value {value} for '{name}' is none of the choices."
    if type(value) not in QUESTIONS[kind]:
        return f"Value {value} for '{name}' has the wrong type."
    size = len(value) if isinstance(value, str) else value
    if size < question.get("min", size):
        return f"'{name}' value {value} is too small (must be at least {question['min']})."
    if size > question.get("max", size):
        return f"'{name}' value {value} is too large (must be no more than {question['max']})."
    return ""


def credential_type(given: Mapping[str, Any]) -> str:
    """What is wrong with a credential type, or nothing."""
    if given.get("kind") not in ("cloud", "net"):
        return f"Must be 'cloud' or 'net', not {given.get('kind')}"
    inputs, injectors = given.get("inputs", {}), given.get("injectors", {})
    if inputs.keys() - {"fields", "required"} or injectors.keys() - {"extra_vars"}:
        return "Additional properties are not allowed."
    known = {"id", "label", "type", "format", "choices", "help_text", "multiline", "secret", "default"}
    for field in inputs.get("fields", []):
        if not {"id", "label"} <= field.keys() <= known or not NAME.fullmatch(field["id"]):
            return f"{field} is no field of a credential type."
    examples = {field["id"]: "EXAMPLE" for field in inputs.get("fields", [])}
    for variable, template in injectors.get("extra_vars", {}).items():
        if not NAME.fullmatch(variable):
            return f"{variable} is no name of a variable."
        try:
            ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(examples)
        except TemplateError as error:
            return f"{variable} uses an undefined field ({error})."
    return ""


def notification(kind: str, configuration: Mapping[str, Any]) -> str:
    """What is wrong with the configuration of a notification, or nothing."""
    fields = NOTIFICATIONS[kind]
    types = {name: about if isinstance(about, type) else type(about) for name, about in fields.items()}
    if missing := [name for name, about in fields.items() if about is types[name] and name not in configuration]:
        return f"Missing required fields for Notification Configuration: {', '.join(missing)}."
    wrong = [name for name, value in configuration.items() if type(value) not in (types.get(name),)]
    return f"Configuration field '{wrong[0]}' incorrect type." if wrong else ""


def completed(kind: str, configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a notification as AWX keeps it."""
    return {name: about for name, about in NOTIFICATIONS[kind].items() if not isinstance(about, type)} | {
        **configuration
    }


def recurrence(rule: str) -> str:
    """What is wrong with a rule of recurrence, or nothing."""
    if len(re.findall(r"DTSTART(?:;[^:]+)?:\d+T\d+Z?", rule)) != 1 or re.search(r"DTSTART:\d+T\d+ ", rule):
        return "One DTSTART with a time zone is required in rrule."
    rules = re.findall(r"RRULE:\S+", rule)
    if not rules or any("INTERVAL=" not in one or "SECONDLY" in one for one in rules):
        return "INTERVAL required in rrule."
    return ""


def leads_back(edges: Mapping[int, Sequence[int]], node: int) -> bool:
    """Whether the edges of a workflow lead from a node back to it."""
    found: set[int] = set()
    following = list(edges.get(node, ()))
    while following:
        found.add(one := following.pop())
        following += [each for each in edges.get(one, ()) if each not in found]
    return node in found
