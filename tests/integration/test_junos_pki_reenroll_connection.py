# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a task runs, and how it finds and reaches the device."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from integration.jump import jump_host
from integration.playing import HERE, Stage

MODULE = "netpki.junos.junos_pki_reenroll"
CA_PROFILE = "netpki.junos.junos_pki_ca_profile"
READ = ["get-configuration", "close-session"]

DEVICES = {
    name: {"release": "24.4R1"}
    for name in ("shared", "delegated", "delegated-profile", "one", "two", "three", "fresh", "lost")
}
ENTRY = {
    "certificate_id": "vpn-01",
    "protocol": "scep",
    "ca_profile_name": "corp-ca",
    "re_enroll_time": {"days": 30},
    "challenge_password": "Canary-Challenge",
}
PROFILE = {"name": "corp-ca", "enrollment": {"url": "http://ca.example.net/scep"}}
# Changes nothing, but has to reach the device to know.
LOOK: dict[str, Any] = {"config": [{"certificate_id": "vpn-01"}], "state": "deleted"}
DECLARED: dict[str, Any] = {"config": [ENTRY], "ca_profiles": [PROFILE]}
NO_LOGIN = {"ansible_user": None, "ansible_password": None}


def vaulted(stage: Stage, tmp_path: Path, text: str) -> tuple[dict[str, Any], list[str]]:
    """A text as a vault keeps it in an inventory, and the option that opens the vault."""
    (tmp_path / "secret").write_text("vault-password\n")
    command = [sys.executable, "-m", "ansible", "vault", "encrypt_string", "--vault-password-file", "secret", text]
    home = {"HOME": str(tmp_path), "ANSIBLE_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | home, check=True, capture_output=True, text=True)
    lines = [line.strip() for line in done.stdout.splitlines()[1:]]
    return {"__ansible_vault": "\n".join(lines) + "\n"}, ["--vault-password-file", str(tmp_path / "secret")]


# How it finds the device.


@pytest.mark.parametrize(
    ("variables", "options", "keywords", "arguments"),
    [
        ({}, {}, {}, []),
        ({"ansible_user": None, "ansible_ssh_user": "netops"}, {}, {}, []),
        ({"ansible_password": None, "ansible_ssh_pass": "Login-0"}, {}, {}, []),
        ({"ansible_password": None, "ansible_ssh_password": "Login-0"}, {}, {}, []),
        ({"ansible_user": None}, {}, {"remote_user": "netops"}, []),
        ({"ansible_user": None}, {}, {}, ["--user", "netops"]),
        (NO_LOGIN, {"user": "netops", "password": "Login-0"}, {}, []),
        ({"ansible_user": "nobody", "ansible_password": "no"}, {"user": "netops", "password": "Login-0"}, {}, []),
        ({"ansible_password": "{{ 'Login-' ~ 0 }}", "ansible_user": "{{ who }}", "who": "netops"}, {}, {}, []),
        ({"ansible_port": None}, {"port": "{{ hostvars[inventory_hostname].its_port }}"}, {}, []),
        ({"ansible_host": None}, {"host": "{{ its_host }}"}, {}, []),
        ({"ansible_host": "{{ its_host }}", "ansible_port": "{{ its_port }}"}, {}, {}, []),
        ({"ansible_connection": "local"}, {}, {}, []),
        ({"ansible_connection": "ssh"}, {}, {}, []),
        ({}, {}, {"connection": "local"}, []),
        ({}, {}, {"module_defaults": {MODULE: {"timeout": 20}}}, []),
        (
            NO_LOGIN,
            {},
            {"module_defaults": {"group/netpki.junos.pki": {"user": "netops", "password": "Login-0"}}},
            [],
        ),
    ],
)
def test_the_device_is_found_and_entered(
    stage: Stage, variables: dict[str, Any], options: dict[str, Any], keywords: dict[str, Any], arguments: list[str]
) -> None:
    device = stage["shared"]
    device.mark()
    facts = {"its_host": device.host, "its_port": device.port}
    run = stage.play(device, {MODULE: LOOK | options}, variables={**facts, **variables}, options=arguments, **keywords)
    assert (run.result.error, run.result["changed"]) == ("", False)
    assert [event["user"] for event in device.events if event["event"] == "open"] == ["netops"]
    assert device.rpcs == READ


def test_a_vaulted_password_is_opened_and_not_shown(stage: Stage, tmp_path: Path) -> None:
    device = stage["shared"]
    device.mark()
    password, option = vaulted(stage, tmp_path, "Login-0")
    inventory = tmp_path / "vault.json"
    inventory.write_text(json.dumps({"all": {"vars": {"vaulted": password}}}))
    run = stage.play(
        device,
        {MODULE: LOOK},
        variables={"ansible_password": "{{ vaulted }}"},
        options=[*option, "-i", str(inventory), "-vvv"],
    )
    assert run.result["changed"] is False
    assert "Login-0" not in run.everything
    assert device.rpcs == READ


@pytest.mark.parametrize("variable", ["ansible_ssh_private_key_file", "ansible_private_key_file", "option", "argument"])
def test_a_key_file_opens_the_device(stage: Stage, variable: str) -> None:
    device = stage["shared"]
    key = str(stage.fleet.client_key)
    variables: dict[str, Any] = {"ansible_password": None}
    options, arguments = dict(LOOK), []
    if variable == "option":
        options["ssh_private_key_file"] = key
    elif variable == "argument":
        arguments = ["--private-key", key]
    else:
        variables[variable] = key
    run = stage.play(device, {MODULE: options}, variables=variables, options=arguments)
    assert (run.result.error, run.result["changed"]) == ("", False)


# Through a jump host.


@pytest.mark.parametrize("how", ["ssh_config", "proxy_command", "netconf", "netconf-config", "pyez"])
def test_a_jump_host(stage: Stage, tmp_path: Path, how: str) -> None:
    device = stage["shared"]
    device.mark()
    with jump_host(tmp_path, stage.fleet) as jump:
        config = str(jump.config)
        netconf = {"ansible_connection": "ansible.netcommon.netconf"}
        options, variables = {
            "ssh_config": ({"ssh_config": config}, {}),
            "proxy_command": ({"proxy_command": jump.command}, {}),
            # As inventories for other connections have it.
            "netconf": (
                {},
                netconf | {"ansible_netconf_proxy_command": jump.command, "ansible_netconf_ssh_config": True},
            ),
            "netconf-config": ({}, netconf | {"ansible_netconf_ssh_config": config}),
            "pyez": ({}, {"ansible_pyez_ssh_config": config}),
        }[how]
        run = stage.play(device, {MODULE: LOOK | options}, variables=variables)
    assert (run.result.error, run.result["changed"]) == ("", False)
    assert jump.led == [device.port]
    assert [event["event"] for event in device.events] == ["open", "rpc", "rpc", "close"]


@pytest.mark.parametrize("user", ["u -oProxyCommand='touch CANARY'", "-oProxyCommand=touch CANARY", "$(touch CANARY)"])
def test_a_user_is_no_part_of_the_proxy_command(stage: Stage, tmp_path: Path, user: str) -> None:
    canary = tmp_path / "canary"
    device = stage["shared"]
    device.mark()
    with jump_host(tmp_path, stage.fleet) as jump:
        command = jump.command.replace(" jump", " %r@jump")
        options = {"proxy_command": command, "user": user.replace("CANARY", str(canary)), "timeout": 5}
        run = stage.play(device, {MODULE: LOOK | options})
    assert run.result.error.startswith(
        f"user: {options['user']!r} begins" if user.startswith("-") else "127.0.0.1 port "
    )
    assert (run.status, device.rpcs) == (2, [])
    assert list(tmp_path.glob("canary*")) == []


def test_a_proxy_jump_is_named_when_the_device_is_not_reached(stage: Stage, tmp_path: Path) -> None:
    config = tmp_path / "ssh_config"
    config.write_text("Host 127.0.0.1\n  ProxyJump bastion\n")
    run = stage.play(stage["shared"], {MODULE: LOOK | {"ssh_config": str(config), "port": 9}})
    assert run.result.error == (
        "127.0.0.1 port 9: no NETCONF session: Could not open socket to 127.0.0.1:9. Check that the device is reachable"
        " and has: set system services netconf ssh. ProxyJump of the SSH configuration is not used: write it as"
        " ProxyCommand ssh -W %h:%p JUMP"
    )


# Host keys.


def strangers(stage: Stage, tmp_path: Path) -> Stage:
    """The same devices, for a user who knows none of them."""
    return Stage(stage.player, stage.fleet, tmp_path)


@pytest.mark.parametrize(
    ("variables", "options", "settings"),
    [
        ({"ansible_host_key_checking": False}, {}, None),
        ({"ansible_host_key_checking": "{{ 'no' }}"}, {}, None),
        ({"ansible_ssh_host_key_checking": "false"}, {}, None),
        ({}, {"host_key_checking": False}, None),
        ({}, {}, {"ANSIBLE_HOST_KEY_CHECKING": "false"}),
    ],
)
def test_the_check_of_host_keys_is_turned_off_explicitly(
    stage: Stage, tmp_path: Path, variables: dict[str, Any], options: dict[str, Any], settings: dict[str, str] | None
) -> None:
    run = strangers(stage, tmp_path).play(
        stage["shared"], {MODULE: LOOK | options}, variables=variables, settings=settings
    )
    assert (run.result.error, run.result["changed"]) == ("", False)


@pytest.mark.parametrize(
    ("variables", "options", "settings"),
    [
        ({}, {}, None),
        ({"ansible_host_key_checking": False}, {"host_key_checking": True}, None),
        ({"ansible_host_key_checking": True}, {}, {"ANSIBLE_HOST_KEY_CHECKING": "false"}),
    ],
)
def test_an_unknown_host_key_is_refused(
    stage: Stage, tmp_path: Path, variables: dict[str, Any], options: dict[str, Any], settings: dict[str, str] | None
) -> None:
    device = stage["shared"]
    device.mark()
    run = strangers(stage, tmp_path).play(device, {MODULE: LOOK | options}, variables=variables, settings=settings)
    assert "there is no SSH host key of the device in known_hosts." in run.result.error
    assert [event for event in device.events if event["event"] == "open"] == []


@pytest.mark.parametrize("given", ["option", "home"])
def test_known_hosts_of_an_ssh_config(stage: Stage, tmp_path: Path, given: str) -> None:
    (tmp_path / ".ssh").mkdir()
    config = tmp_path / ".ssh" / "config" if given == "home" else tmp_path / "ssh_config"
    config.write_text(f"Host *\n  UserKnownHostsFile {stage.fleet.known_hosts}\n")
    options = {"ssh_config": str(config)} if given == "option" else {}
    run = strangers(stage, tmp_path).play(stage["shared"], {MODULE: LOOK | options})
    assert (run.result.error, run.result["changed"]) == ("", False)


def test_an_ssh_config_does_not_override_what_the_task_says(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    lines = (f"UserKnownHostsFile {stage.fleet.known_hosts}", "Port 22", "User somebody")
    (tmp_path / ".ssh" / "config").write_text("\n  ".join(("Host *", *lines)) + "\n")
    run = strangers(stage, tmp_path).play(stage["shared"], {MODULE: LOOK})
    assert (run.result.error, run.result["changed"]) == ("", False)


# Where it runs.


@pytest.mark.parametrize("module", [MODULE, CA_PROFILE])
def test_a_task_runs_as_a_module_where_it_is_delegated_to(stage: Stage, module: str) -> None:
    device = stage["delegated" if module == MODULE else "delegated-profile"]
    options = DECLARED if module == MODULE else {"ca_profiles": [PROFILE]}
    task = {module: options, "delegate_to": "far"}
    run = stage.play([device], {**task, "check_mode": True, "diff": True}, task, task, options=["-vvv"], others=FAR)
    checked, first, second = run.results
    assert [result["changed"] for result in run.results] == [True, True, False]
    assert (checked["after"], second["before"]) == (first["after"], first["after"])
    assert checked["diff"]["prepared"].startswith("[edit]\n+   security {\n")
    # As a module: Ansible copied it over.
    assert run.stdout.count("PUT ") == 3
    assert device.rpcs == [
        "get-configuration",
        "open-configuration/private",
        "load-configuration",
        "get-configuration/compare",
        "commit-configuration/check",
        "close-configuration",
        "close-session",
        "get-configuration",
        "open-configuration/private",
        "load-configuration",
        "commit-configuration",
        "close-configuration",
        "close-session",
        *READ,
    ]
    assert "Canary" not in run.everything
    assert "Login-0" not in run.everything


FAR = {"far": {"ansible_connection": "elsewhere"}}


def test_a_module_tells_its_error_and_warnings_as_the_action_does(stage: Stage) -> None:
    device = stage["shared"]
    bad = {MODULE: {"config": [{**ENTRY, "protocol": "cmpv2"}]}, "ignore_errors": True}
    warned = {MODULE: {"config": [{"certificate_id": "x", "protocol": "scep", "re_generate_keypair": True}]}}
    tasks = [{**task, "check_mode": True, **where} for task in (bad, warned) for where in ({}, {"delegate_to": "far"})]
    bad_here, bad_there, warned_here, warned_there = stage.play([device], *tasks, others=FAR).results
    assert bad_here.error == bad_there.error
    assert bad_here.error.startswith("config[vpn-01].challenge_password: ")
    assert warned_here["warnings"] == warned_there["warnings"]
    assert len(warned_here["warnings"]) == 1


def test_a_delegated_run_says_nothing_beside_its_result(stage: Stage) -> None:
    run = stage.play([stage["shared"]], {MODULE: LOOK, "delegate_to": "far"}, others=FAR)
    assert run.stderr == ""
    assert "deprecations" not in run.result.data


def test_a_task_delegated_to_the_controller_runs_in_its_process(stage: Stage) -> None:
    device = stage["shared"]
    run = stage.play(device, {MODULE: LOOK, "delegate_to": "localhost"}, options=["-vvv"])
    assert run.result["changed"] is False
    assert "PUT " not in run.stdout


def test_many_devices_in_one_run(stage: Stage) -> None:
    devices = [stage[name] for name in ("one", "two", "three")]
    run = stage.play(devices, {MODULE: DECLARED}, {MODULE: DECLARED}, strategy="free")
    changed = {(result.host, result["changed"]) for result in run.results}
    assert changed == {(device.name, again) for device in devices for again in (True, False)}
    assert [len(device.commits) for device in devices] == [1, 1, 1]


# The libraries.


def test_pyez_is_imported_before_the_workers_are_forked(stage: Stage) -> None:
    task = {MODULE: LOOK}
    run = stage.play(stage["shared"], task, settings={"ANSIBLE_CALLBACKS_ENABLED": "results,imported"})
    assert run.status == 0
    assert run.stdout.splitlines()[-1] == "the parent process has imported jnpr.junos: True"


@pytest.mark.parametrize("delegated", [False, True])
@pytest.mark.parametrize(
    ("missing", "message"),
    [
        (
            "ncclient",
            "The Python library junos-eznc is needed where this task runs, and cannot be imported (no ncclient today)."
            " Install it there: pip install junos-eznc",
        ),
        (
            "netutils",
            "Reading a $9$ secret needs the Python library netutils. Install it with: pip install netutils",
        ),
    ],
)
def test_a_missing_library_is_named(stage: Stage, tmp_path: Path, missing: str, message: str, delegated: bool) -> None:
    # A module of that name comes first on the way of the imports, and refuses.
    (tmp_path / f"{missing}.py").write_text(f"raise ImportError('no {missing} today')\n")
    device = stage["fresh"]
    where = {"delegate_to": "far"} if delegated else {}
    path = os.pathsep.join((str(tmp_path), str(HERE.parents[4])))
    stage.play(device, {MODULE: DECLARED})
    run = stage.play([device], {MODULE: DECLARED, **where}, settings={"PYTHONPATH": path}, others=FAR)
    assert run.result.error == message
