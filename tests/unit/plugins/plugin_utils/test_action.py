# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a task finds its connection options. That they lead to a device, tests/integration tries."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants as C
from ansible_collections.netpki.junos.plugins.plugin_utils._action import INVENTORY_VARIABLES, PkiActionBase

#: What the connection ansible.netcommon.netconf 8 documents, the variable that counts first. Ansible takes the last of
#: a plugin's list.
NETCONF = {
    "host_key_checking": [
        "ansible_netconf_host_key_checking",
        "ansible_ssh_host_key_checking",
        "ansible_host_key_checking",
    ],
    "proxy_command": ["ansible_netconf_proxy_command", "ansible_paramiko_proxy_command"],
    "ssh_config": ["ansible_netconf_ssh_config"],
    "timeout": ["ansible_command_timeout"],
    "password": ["ansible_netconf_password"],
}
#: What it takes from Ansible itself, which takes the first of a list.
ANSIBLE = {
    "host": "remote_addr",
    "port": "port",
    "user": "remote_user",
    "password": "password",
    "ssh_private_key_file": "private_key_file",
}
EACH = [(option, name) for option, names in INVENTORY_VARIABLES.items() for name in names]


def found(variables: dict[str, Any], args: dict[str, Any] | None = None, **play: Any) -> dict[str, Any]:
    """The arguments of a task with these variables of its host."""
    action = object.__new__(PkiActionBase)
    action._task = SimpleNamespace(args=args or {})
    action._play_context = SimpleNamespace(**play)
    action._templar = SimpleNamespace(template=lambda value: value)
    return action._with_inventory(variables)


@pytest.mark.parametrize(("option", "name"), EACH)
def test_each_variable_counts_alone(option: str, name: str) -> None:
    assert found({name: "it"})[option] == "it"


@pytest.mark.parametrize("option", INVENTORY_VARIABLES)
def test_of_all_variables_of_an_option_the_first_counts_and_the_next_where_it_is_not_set(option: str) -> None:
    names = INVENTORY_VARIABLES[option]
    variables: dict[str, Any] = {name: name for name in names}
    for name in names:
        assert found(variables)[option] == name
        variables[name] = None


@pytest.mark.parametrize("option", INVENTORY_VARIABLES)
def test_the_task_counts_more_than_any_variable(option: str) -> None:
    assert found(dict.fromkeys(INVENTORY_VARIABLES[option], "theirs"), {option: "its own"})[option] == "its own"


@pytest.mark.parametrize(
    ("option", "keyword"),
    [("user", "remote_user"), ("password", "password"), ("ssh_private_key_file", "private_key_file")],
)
def test_the_play_counts_less_than_a_variable(option: str, keyword: str) -> None:
    assert found({}, **{keyword: "the play's"})[option] == "the play's"
    assert found({INVENTORY_VARIABLES[option][-1]: "the host's"}, **{keyword: "the play's"})[option] == "the host's"


@pytest.mark.parametrize("option", NETCONF)
def test_the_order_is_the_one_of_the_netconf_connection(option: str) -> None:
    assert [name for name in INVENTORY_VARIABLES[option] if name in NETCONF[option]] == NETCONF[option]


@pytest.mark.parametrize("option", ANSIBLE)
def test_the_order_is_the_one_of_ansible(option: str) -> None:
    its = C.MAGIC_VARIABLE_MAPPING[ANSIBLE[option]]
    assert INVENTORY_VARIABLES[option][: len(its)] == its


@pytest.mark.parametrize("value", [True, False, "yes", "False"])
def test_a_truth_value_is_no_ssh_config(value: object) -> None:
    assert "ssh_config" not in found({"ansible_netconf_ssh_config": value})


def test_without_a_word_of_it_host_keys_are_checked_as_ansible_is_set() -> None:
    assert found({}) == {"host_key_checking": C.HOST_KEY_CHECKING}


def _itself(text: Any) -> Any:
    return text


def _opened(_text: Any) -> Any:
    return Told("the secret")


class Told(str):
    """As ansible-core keeps a text: with what it knows of where it comes from. str() may give it back as it is."""

    __slots__ = ()
    __str__ = _itself


class Vaulted:
    """As ansible-core before 2.19 keeps an encrypted text: it is opened where it is made a text."""

    __ENCRYPTED__ = True
    __str__ = _opened


def test_texts_are_plain_at_any_depth() -> None:
    entry = {Told("certificate_id"): Told("vpn-01"), Told("url"): [Told("http://ca.example.net")], Told("retry"): 5}
    args = found({"ansible_host": Told("192.0.2.1")}, {Told("config"): [entry]})
    assert args == {"host": "192.0.2.1", "config": [entry], "host_key_checking": C.HOST_KEY_CHECKING}
    assert {type(text) for text in texts(args)} == {str}


def texts(value: object) -> Iterator[str]:
    """All texts in a value, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts([*value, *value.values()])
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_an_encrypted_text_is_opened() -> None:
    args = found({"ansible_password": Vaulted()}, {"config": [{"challenge_password": Vaulted()}]})
    assert args["password"] == "the secret"
    assert args["config"] == [{"challenge_password": "the secret"}]
    assert {type(text) for text in texts(args)} == {str}
