# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role describes the module's options once more: the two descriptions cannot drift apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.netpki.junos.plugins.module_utils._certificate_options import CERTIFICATE_SPEC
from ansible_collections.netpki.junos.plugins.module_utils._options import (
    CA_PROFILE_SPEC,
    CONNECTION_SPEC,
    REENROLL_SPEC,
)

ROLE = Path(__file__).resolve().parents[2] / "roles" / "pki_reenroll"
OPTIONS = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
VARIABLES = {name.removeprefix("pki_reenroll_"): option for name, option in OPTIONS.items()}

# What the inventory says, or the role itself.
NOT_OF_THE_ROLE = {
    "host", "port", "user", "password", "ssh_private_key_file", "proxy_command", "host_key_checking",
    "read_certificates",
}  # fmt: skip
# Lists of the role, each with the module's list that it becomes.
LISTS = {
    "certificates": "config",
    "host_certificates": "config",
    "ca_profiles": "ca_profiles",
    "host_ca_profiles": "ca_profiles",
}
# What the first enrollment takes, which another module does.
ENROLLING = {
    "enroll", "enrollments", "enrollment_defaults", "ca_certificates", "enroll_timeout", "ssh_port",
}  # fmt: skip
ONLY_IN_THE_ROLE = {"certificate_defaults", "stagger", "delete_ca_profiles", *LISTS, *ENROLLING}
# Of the module that enrolls: what an entry says, what the inventory says, and what the role has no use for.
OF_THE_ENTRY = {
    "certificate_id", "protocol", "ca_profile", "challenge_password", "scep_encryption_algorithm",
    "scep_digest_algorithm", "acme_key_id",
}  # fmt: skip
NOT_ENROLLING = {
    "state", "certificate_request", "content", "private_key", "passphrase", "re_generate_keypair", "renew_within",
    "force", "now", "verify",
}  # fmt: skip


def said(options: dict[str, Any]) -> dict[str, Any]:
    """What a description says of options: type, choices and so on, at any depth.

    Whether one is a secret, only the module says.
    """
    names = ("type", "elements", "choices", "required", "default")
    return {
        option: {name: about[name] for name in names if about.get(name) is not None}
        | ({"options": said(about["options"])} if "options" in about else {})
        for option, about in options.items()
    }


def without_revocation(options: dict[str, Any]) -> dict[str, Any]:
    """The role refers to the module for what is below revocation_check."""
    below = {"revocation_check": {"type": "dict"}} if "revocation_check" in options else {}
    return said({**options, **below})


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_the_options_of_the_modules_list(name: str) -> None:
    ours, the_modules = VARIABLES[name], REENROLL_SPEC[LISTS[name]]
    assert said(ours["options"]) == without_revocation(the_modules["options"])
    assert (ours["type"], ours["elements"]) == (the_modules["type"], the_modules["elements"])


def test_the_defaults_have_the_options_of_an_entry_but_its_name() -> None:
    expected = said(REENROLL_SPEC["config"]["options"])
    del expected["certificate_id"]
    assert said(VARIABLES["certificate_defaults"]["options"]) == expected


def test_every_other_option_is_the_modules() -> None:
    ours = {name: option for name, option in VARIABLES.items() if name not in ONLY_IN_THE_ROLE}
    others = NOT_OF_THE_ROLE | set(LISTS.values())
    the_modules = {name: spec for name, spec in REENROLL_SPEC.items() if name not in others}
    # The answer of a survey may be empty: the module gets what is left. And it looks for a timeout in the inventory.
    assert said(ours) == said(the_modules) | {"commit_confirmed": {"type": "raw"}, "timeout": {"type": "int"}}


def test_the_task_gives_the_module_every_option() -> None:
    (task,) = yaml.safe_load((ROLE / "tasks/configure.yml").read_text())
    given = set(task["netpki.junos.junos_pki_reenroll"])
    assert given == (REENROLL_SPEC.keys() - NOT_OF_THE_ROLE) | {"read_certificates"}


def test_an_enrollment_has_the_options_of_the_module_that_enrolls() -> None:
    left = {
        name: spec
        for name, spec in CERTIFICATE_SPEC.items()
        if name not in {*CONNECTION_SPEC, *OF_THE_ENTRY, *NOT_ENROLLING, *ENROLLING, "ca_certificate"}
    }
    assert said(VARIABLES["enrollment_defaults"]["options"]) == said(left)
    own = {"certificate_id": {"type": "str", "required": True}}
    assert said(VARIABLES["enrollments"]["options"]) == said(left) | own
    profile = {"ca_profile": {"type": "str", "required": True}}
    below = said(CERTIFICATE_SPEC["ca_certificate"]["options"])
    assert said(VARIABLES["ca_certificates"]["options"]) == below | profile
    for name in ("enroll_timeout", "ssh_port"):
        assert said({name: VARIABLES[name]}) == said({name: CERTIFICATE_SPEC[name]})


def test_the_tasks_give_the_modules_that_enroll_every_option() -> None:
    profiles, enroll, _told = yaml.safe_load((ROLE / "tasks/enroll.yml").read_text())
    given = set(enroll["netpki.junos.junos_pki_certificate"])
    assert given == (CERTIFICATE_SPEC.keys() - NOT_OF_THE_ROLE) - NOT_ENROLLING
    others = {"logical_system", "tenant"}  # refused before: a device shows no certificate of one
    assert set(profiles["netpki.junos.junos_pki_ca_profile"]) == (CA_PROFILE_SPEC.keys() - NOT_OF_THE_ROLE) - others


def test_the_defaults_of_the_variables_are_those_that_are_described() -> None:
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    assert defaults == {name: option["default"] for name, option in OPTIONS.items() if "default" in option}
