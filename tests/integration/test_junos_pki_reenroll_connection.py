# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a task runs, and how it finds and reaches the device."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.jump import jump_host
from integration.playing import HERE, Stage
from tools.blocks import PAGES

MODULE = "netpki.junos.junos_pki_reenroll"
CA_PROFILE = "netpki.junos.junos_pki_ca_profile"
READ = ["get-configuration", "close-session"]

DEVICES: dict[str, Any] = {
    name: {"release": "24.4R1"}
    for name in ("shared", "delegated", "delegated-profile", "one", "two", "three", "fresh", "lost")
}
DEVICES["reset"] = {"release": "24.4R1", "faults": [{"at": "login", "do": "reset"}]}
DEVICES["drops"] = {"release": "24.4R1", "faults": [{"at": "get-configuration", "do": "drop"}]}
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


class Vaulted(str):
    """Ciphertext, written with the tag that says so."""

    __slots__ = ()


yaml.SafeDumper.add_representer(Vaulted, lambda to, text: to.represent_scalar("!vault", str(text), style="|"))


def vaulted(tmp_path: Path, text: str) -> tuple[Vaulted, list[str]]:
    """A text as a vault keeps it in an inventory, and the option that opens the vault."""
    (tmp_path / "secret").write_text("vault-password\n")
    command = [sys.executable, "-m", "ansible", "vault", "encrypt_string", "--vault-password-file", "secret", text]
    home = {"HOME": str(tmp_path), "ANSIBLE_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | home, check=True, capture_output=True, text=True)
    lines = [line.strip() for line in done.stdout.splitlines()[1:]]
    return Vaulted("\n".join(lines) + "\n"), ["--vault-password-file", str(tmp_path / "secret")]


# How it finds the device.


@pytest.mark.parametrize(
    ("variables", "options", "keywords", "arguments"),
    [
        ({}, {}, {}, []),
        ({"ansible_user": None, "ansible_ssh_user": "netops"}, {}, {}, []),
        ({"ansible_password": None, "ansible_ssh_pass": "Login-0"}, {}, {}, []),
        ({"ansible_password": None, "ansible_ssh_password": "Login-0"}, {}, {}, []),
        ({"ansible_password": None, "ansible_netconf_password": "Login-0"}, {}, {}, []),
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


@pytest.mark.parametrize("place", ["a variable in a variable", "a variable", "the task"])
def test_a_vaulted_password_is_opened_and_not_shown(stage: Stage, tmp_path: Path, place: str) -> None:
    device = stage["shared"]
    device.mark()
    password, option = vaulted(tmp_path, "Login-0")
    inventory = tmp_path / "vault.yml"
    inventory.write_text(yaml.safe_dump({"all": {"vars": {"vaulted": password}}}))
    run = stage.play(
        device,
        {MODULE: {**LOOK, "password": password} if place == "the task" else LOOK},
        variables={"ansible_password": password if place == "a variable" else "{{ vaulted }}"},
        options=[*option, "-i", str(inventory), "-vvv"],
    )
    assert run.result["changed"] is False, run.result.error
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


@pytest.mark.parametrize("how", ["ssh_config", "proxy_command", "netconf", "paramiko", "netconf-config", "pyez"])
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
            "paramiko": ({}, netconf | {"ansible_paramiko_proxy_command": jump.command}),
            "netconf-config": ({}, netconf | {"ansible_netconf_ssh_config": config}),
            "pyez": ({}, {"ansible_pyez_ssh_config": config}),
        }[how]
        run = stage.play(device, {MODULE: LOOK | options}, variables=variables)
    assert (run.result.error, run.result["changed"]) == ("", False)
    assert jump.led == [device.port]
    assert [event["event"] for event in device.events] == ["open", "rpc", "rpc", "close"]


@pytest.mark.parametrize("number", [2, 3])
def test_a_jump_host_as_the_guide_has_it(stage: Stage, tmp_path: Path, number: int) -> None:
    block = PAGES["docs/docsite/rst/guide_connections.rst"][number - 1]
    with jump_host(tmp_path, stage.fleet) as jump:
        here = {
            "ssh ": f"ssh -F {jump.config} ",
            "jump.example.net": "jump",
            "192.0.2.*": "127.0.0.*",
            "~/.ssh/known_firewalls": str(stage.fleet.known_hosts),
        }
        for shown, real in here.items():
            block = replace(block, text=block.text.replace(shown, real))
        if block.language == "text":
            (tmp_path / "of-the-guide").write_text(block.text)
            home, variables = strangers(stage, tmp_path), {"ansible_netconf_ssh_config": str(tmp_path / "of-the-guide")}
        else:
            home, variables = stage, block.content["firewalls"]["vars"]
        run = home.play(stage["shared"], {MODULE: LOOK}, variables=variables)
    assert (run.result.error, jump.led) == ("", [stage["shared"].port])


#: Commands that do not lead to the device, and what becomes of them.
PROBLEMS = {
    "ssh -F CONFIG -p 9 -W %h:%p jump": (
        "ended with status 255: ssh: connect to host 127.0.0.1 port 9: Connection refused"
    ),
    "ssh -F CONFIG -W %h:%p stranger": ("ended with status 255: jumper@127.0.0.1: Permission denied (publickey)"),
    "ssh -F /nonexistent -W %h:%p jump": (
        "ended with status 255: Can't open user config file /nonexistent: No such file or directory"
    ),
    "ssh -F CONFIG -W %h:9 jump": (
        "ended with status 255: channel 0: open failed: connect failed: [Errno 111] Connect call failed ('127.0.0.1',"
        " 9); stdio forwarding failed"
    ),
    "true": "ended with status 0: it said nothing",
    "sh -c 'exec >&-; echo no way >&2; exec sleep 9'": "has closed the connection: no way",
    "no-such-program %h": "cannot be started: [Errno 2] No such file or directory: 'no-such-program'",
    "ssh 'jump": "cannot be started: No closing quotation",
}


@pytest.mark.parametrize("command", PROBLEMS)
@pytest.mark.parametrize("how", ["option", "configuration"])
def test_what_is_wrong_on_the_way_is_told_at_once(stage: Stage, tmp_path: Path, command: str, how: str) -> None:
    device = stage["shared"]
    with jump_host(tmp_path, stage.fleet) as jump:
        line = command.replace("CONFIG", str(jump.config))
        other = tmp_path / "other"
        other.write_text(f"Host 127.0.0.1\n  ProxyCommand {line}\n")
        options = {"proxy_command": line} if how == "option" else {"ssh_config": str(other)}
        before = time.monotonic()
        run = stage.play(device, {MODULE: LOOK | options | {"timeout": 60}})
        took = time.monotonic() - before
    assert run.result.error == (
        f"127.0.0.1 port {device.port}: the proxy command {PROBLEMS[command]}."
        " Try the command by hand, where this task runs."
    )
    assert took < 10


def test_a_proxy_command_that_leads_nowhere_is_named(stage: Stage) -> None:
    device = stage["shared"]
    run = stage.play(device, {MODULE: LOOK | {"proxy_command": "sleep 9", "timeout": 1}})
    assert run.result.error == (
        f"127.0.0.1 port {device.port}: no NETCONF session: Negotiation failed: Error reading SSH protocol banner."
        " Check that the device is reachable by the proxy command and has: set system services netconf ssh"
    )


def test_a_way_that_ends_during_the_login_is_no_refused_login(stage: Stage, tmp_path: Path) -> None:
    device = stage["reset"]
    with jump_host(tmp_path, stage.fleet) as jump:
        run = stage.play(device, {MODULE: LOOK | {"proxy_command": jump.command}})
    assert run.result.error == (
        f"127.0.0.1 port {device.port}: no NETCONF session: the connection was lost during the login. Check that the"
        " device is reachable by the proxy command and has: set system services netconf ssh"
    )


def test_a_way_that_ends_during_the_work_is_told_at_once(stage: Stage, tmp_path: Path) -> None:
    device = stage["drops"]
    with jump_host(tmp_path, stage.fleet) as jump:
        run = stage.play(device, {MODULE: LOOK | {"proxy_command": jump.command, "timeout": 60}})
    assert run.result.error == (
        "127.0.0.1: the session was lost during reading the configuration. Nothing was changed."
    )


def test_a_proxy_command_that_says_much_goes_on(stage: Stage, tmp_path: Path) -> None:
    with jump_host(tmp_path, stage.fleet) as jump:
        command = f"sh -c 'yes much | head -c 200000 >&2; exec {jump.command}'"
        run = stage.play(stage["shared"], {MODULE: LOOK | {"proxy_command": command}})
    assert (run.result.error, run.result["changed"]) == ("", False)


def test_a_proxy_command_does_not_outlive_its_task(stage: Stage, tmp_path: Path) -> None:
    with jump_host(tmp_path, stage.fleet) as jump:
        # It does not mind that its input has ended.
        command = f"sh -c 'echo $$ > {tmp_path}/pid; exec {jump.command.replace('ssh', 'ssh -vvv', 1)}'"
        run = stage.play(stage["shared"], {MODULE: LOOK | {"proxy_command": command}})
        assert run.result.error == ""
        assert not Path("/proc", (tmp_path / "pid").read_text().strip(), "exe").exists()


# The SSH configuration.


@pytest.mark.parametrize("settings", [None, {}])
@pytest.mark.parametrize("line", ["Match exec true", "Match exec false", "Match originalhost elsewhere exec true"])
def test_a_match_exec_of_an_ssh_config(
    stage: Stage, tmp_path: Path, line: str, settings: dict[str, str] | None
) -> None:
    known = f"  UserKnownHostsFile {stage.fleet.known_hosts}\n"
    config = tmp_path / "ssh_config"
    own = line == "Match exec true"
    config.write_text(f"{line}\n{known if own else '  UserKnownHostsFile /nonexistent'}\nHost *\n{known}")
    run = strangers(stage, tmp_path).play(
        stage["shared"], {MODULE: LOOK | {"ssh_config": str(config)}}, settings=settings
    )
    assert (run.result.error, run.result["changed"]) == ("", False)
    assert run.stderr == ""


def test_a_match_exec_is_run_once_a_session(stage: Stage, tmp_path: Path) -> None:
    config = tmp_path / "ssh_config"
    config.write_text(f'Match exec "echo %h %p %r >> {tmp_path}/run; echo noise; echo noise >&2"\n  Port 22\n')
    device = stage["shared"]
    run = stage.play(device, {MODULE: LOOK | {"ssh_config": str(config)}})
    assert (run.result.error, "noise" in run.everything) == ("", False)
    # paramiko looks twice, for the sake of Match final.
    assert (tmp_path / "run").read_text().splitlines() == [f"127.0.0.1 {device.port} netops"] * 2


@pytest.mark.parametrize("given", ["option", "home"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"garbage\n", "Unparsable line garbage"),
        (b"Match all host x\n", "Match does not allow 'all' mixed with anything but 'canonical'"),
        (b"# \xff\n", "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"),
    ],
)
def test_an_ssh_config_that_cannot_be_used_is_named(
    stage: Stage, tmp_path: Path, content: bytes, problem: str, given: str
) -> None:
    (tmp_path / ".ssh").mkdir()
    config = tmp_path / ".ssh" / "config" if given == "home" else tmp_path / "ssh_config"
    config.write_bytes(content)
    options, path = ({}, "~/.ssh/config") if given == "home" else ({"ssh_config": str(config)}, config)
    run = strangers(stage, tmp_path).play(stage["shared"], {MODULE: LOOK | options})
    assert run.result.error == f"ssh_config: {path} cannot be used: {problem}."


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


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (
            "ProxyJump bastion",
            "ProxyJump of the SSH configuration is not used: write it as ProxyCommand ssh -W %h:%p JUMP",
        ),
        (
            "Include jump.config",
            "Include of the SSH configuration is not read: what the device needs has to stand in the file itself",
        ),
    ],
)
def test_what_is_not_used_is_named_when_the_device_is_not_reached(
    stage: Stage, tmp_path: Path, line: str, hint: str
) -> None:
    config = tmp_path / "ssh_config"
    config.write_text(f"Host 127.0.0.1\n  {line}\n")
    run = stage.play(stage["shared"], {MODULE: LOOK | {"ssh_config": str(config), "port": 9}})
    assert run.result.error == (
        "127.0.0.1 port 9: no NETCONF session: Could not open socket to 127.0.0.1:9. Check that the device is reachable"
        f" and has: set system services netconf ssh. {hint}"
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
        ({"ansible_netconf_host_key_checking": False}, {}, None),
        ({"ansible_netconf_host_key_checking": False, "ansible_host_key_checking": True}, {}, None),
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
        # Off for servers, on for firewalls.
        ({"ansible_netconf_host_key_checking": True, "ansible_host_key_checking": False}, {}, None),
        ({"ansible_ssh_host_key_checking": True, "ansible_host_key_checking": False}, {}, None),
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


def test_a_revoked_host_key_is_refused(stage: Stage, tmp_path: Path) -> None:
    device = stage["shared"]
    device.mark()
    (tmp_path / ".ssh").mkdir()
    known = stage.fleet.known_hosts.read_text()
    (line,) = (line for line in known.splitlines() if f":{device.port} " in line)
    (tmp_path / ".ssh" / "known_hosts").write_text(f"{known}@revoked * {line.partition(' ')[2]}\n")
    run = strangers(stage, tmp_path).play(device, {MODULE: LOOK})
    assert run.result.error == (
        f"127.0.0.1 port {device.port}: the SSH host key of the device is marked @revoked in known_hosts. Somebody else"
        " may answer in its place, with a key that was stolen. Give the device a new key, compare, then add what"
        f" ssh-keyscan -p {device.port} 127.0.0.1 shows."
    )
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
