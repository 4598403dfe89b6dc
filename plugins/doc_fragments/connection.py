# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How to reach a device."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - Name or address of the device.
      - From the inventory when left out, that is C(ansible_host), or the inventory name.
    type: str
  port:
    description:
      - Port of NETCONF over SSH, 1 to 65535. C(ansible_port) when left out and set. The C(Port) of an SSH
        configuration, which is the one of a shell, does not count, and is not the C(%p) of a C(ProxyCommand).
    type: int
    default: 830
  user:
    description:
      - Login name. C(ansible_user), or the play's C(remote_user) when left out.
      - To read, the login class needs the permissions C(view) and C(view-configuration). To change something, also
        C(configure), C(security) and C(security-control), and C(secret) so that secrets can be compared. To enroll,
        also C(maintenance) and C(clear).
    type: str
  password:
    description:
      - Password, or the passphrase of O(ssh_private_key_file). C(ansible_password) when left out.
    type: str
  ssh_private_key_file:
    description:
      - Private key to log in with. C(ansible_ssh_private_key_file) when left out.
      - An Ed25519 key costs the controller a tenth of what an RSA key costs.
      - Without password and key file, the SSH agent and the keys in C(~/.ssh) are tried.
    type: path
  ssh_config:
    description:
      - OpenSSH client configuration to use, for example for C(UserKnownHostsFile), or for a jump host by
        C(ProxyCommand). C(ProxyJump) and C(Include) are not used.
      - C(ansible_netconf_ssh_config) or C(ansible_pyez_ssh_config) when left out, or else C(~/.ssh/config), if it is
        there.
    type: path
  proxy_command:
    description:
      - Command that leads to the device, for example C(ssh -W %h:%p jump) for a jump host. Its input and output are the
        connection. C(%h), C(%p) and C(%r) stand for host, port and user.
      - C(ansible_netconf_proxy_command) or C(ansible_paramiko_proxy_command) when left out.
    type: str
  host_key_checking:
    description:
      - Whether the device's SSH host key must be the one in C(known_hosts).
      - When left out, C(ansible_netconf_host_key_checking), C(ansible_ssh_host_key_checking) and
        C(ansible_host_key_checking) count, the first that is set, or else Ansible's setting C(host_key_checking).
      - A key that a line of C(known_hosts) marks as C(@revoked) is not accepted of any host.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for the connection, for each answer on the way to the session, and for the answer to each
        request that is no commit. C(ansible_command_timeout) when left out and set.
    type: int
    default: 30
requirements:
  - junos-eznc >= 2.8.0 where the task runs
  - lxml >= 5.0 where the task runs
  - netutils where the task runs, if a secret is compared
  - Python >= 3.11 where the task runs
notes:
  - The task runs on the controller in Ansible's worker process, whatever the connection of the host is, and opens its
    own NETCONF session. Delegated to a host of another connection than V(local), it runs there as a module.
  - An inventory made for the connection C(ansible.netcommon.netconf) works as it is, with its logins and its jump host.
    The task takes that connection's variables, and no such connection is opened. Of C(juniper.device.pyez), those
    variables count that begin with C(ansible_), and the host keys have to be known. The guide on reaching devices names
    them all.
"""
