# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who takes part: for each, what is run on every host and what must come of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .fleet import DECLARED, LINES, SECRET_LINE

HERE = Path(__file__).parent
FORKS = 20
#: The folder with ansible_collections/juniper/device, for who has it: it is not on PyPI.
VENDOR = "BENCH_JUNIPER_DEVICE"


@dataclass(frozen=True)
class Contender:
    """``changed``: what the one task says on every host. None: it may say either."""

    key: str
    what: str
    tasks: Sequence[Mapping[str, Any]] = ()
    changed: bool | None = False
    options: Sequence[str] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    #: A persistent connection keeps a process for each host until its play ends: no more than so many at once.
    serial: int = 0
    #: Another hand's collection: compared, and left out of large fleets unless asked for.
    peer: bool = False


_OURS = {"netpki.junos.junos_pki_reenroll": DECLARED}
_INFO = {"gather_subset": ["config", "local_certificates", "ca_certificates", "certificate_requests"]}
_ROLE = {"ansible.builtin.import_role": {"name": "netpki.junos.pki_report"}}

NOOP = Contender("g", "Ansible's engine: an action plugin that does nothing", [{"bench_noop": {}}])
LOOP = Contender("f", "PyEZ alone: one process with threads, one read, no check of host keys", changed=None)
CHECK = Contender("c", "junos_pki_reenroll, check mode with a change", [_OURS], changed=True, options=["--check"])
APPLY = Contender("b", "junos_pki_reenroll, first apply", [_OURS], changed=True)
SAME = Contender("a", "junos_pki_reenroll, no change", [_OURS])
INFO = Contender("h1", "junos_pki_info, three certificates a host", [{"netpki.junos.junos_pki_info": _INFO}])
REPORT = Contender(
    "h2",
    "role pki_report, three certificates a host",
    [_ROLE],
    changed=None,
    variables={"pki_report_directory": "{{ playbook_dir }}/report"},
)


def _netconf(key: str, what: str, lines: Sequence[str], changed: bool | None) -> Contender:
    return Contender(
        key,
        f"junipernetworks.junos.junos_config, {what}",
        [{"junipernetworks.junos.junos_config": {"lines": list(lines)}}],
        changed,
        variables={
            "ansible_connection": "ansible.netcommon.netconf",
            "ansible_network_os": "junipernetworks.junos.junos",
            "ansible_python_interpreter": sys.executable,
        },
        settings={"ANSIBLE_HOST_KEY_CHECKING": "false", "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "60"},
        serial=50,
        peer=True,
    )


def _vendor(key: str, what: str, lines: Sequence[str], changed: bool | None) -> Contender:
    options = {"config_mode": "exclusive", "load": "set", "lines": list(lines)}
    login = {"host": "{{ ansible_host }}", "port": "{{ ansible_port }}", "user": "{{ ansible_user }}"}
    return Contender(
        key,
        f"juniper.device.config, {what}",
        [{"juniper.device.config": {**options, **login, "passwd": "{{ ansible_password }}"}}],
        changed,
        variables={"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
        peer=True,
    )


#: The challenge password in clear makes them commit in every run, so they take part with it and without it. One host
#: in 65 has nothing to change by chance: the password is hidden with the same salt again.
_USES = (
    ("no change, without the secret", LINES, False),
    ("with the secret: commits every time", [*LINES, SECRET_LINE], None),
)

#: In the order of the runs. The engine comes next to what is compared with it: minutes later a machine is another one.
CONTENDERS = (
    *(LOOP, CHECK, APPLY, NOOP, SAME, INFO, REPORT),
    *(_netconf(f"d{number}", *use) for number, use in enumerate(_USES, 1)),
    *(_vendor(f"e{number}", *use) for number, use in enumerate(_USES, 1) if os.environ.get(VENDOR)),
)
