# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to a device: PyEZ's session and the SSH service, with the check of host keys, through a jump host or not.

What goes wrong on it is told apart here. What is said once a session is there, _device knows.
"""

from __future__ import annotations

import os.path
import re
import shlex
import warnings
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _replies
from ansible_collections.netpki.junos.plugins.module_utils._errors import DeviceError, InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._known_hosts import KnownHosts
from ansible_collections.netpki.junos.plugins.module_utils._options import Login
from ansible_collections.netpki.junos.plugins.module_utils._transport import tune

try:
    import paramiko
    from jnpr.junos import Device as PyezDevice
    from jnpr.junos import __version__ as pyez_version
    from jnpr.junos import exception as pyez
    from lxml import etree
    from ncclient.transport.errors import SSHUnknownHostError
except ImportError as error:
    PYEZ_ERROR: ImportError | None = error
else:
    PYEZ_ERROR = None

#: The first lxml that resolves no external entity unless it is told to. ncclient parses with what lxml does by itself.
_READS_NO_FILES = (5, 0)

#: The first PyEZ that does; the ones before take the option and ignore it.
_CHECKS_HOST_KEYS = (2, 7, 2)


def open_session(login: Login) -> Any:
    """PyEZ's session with the device, open.

    :raises InputError: an option cannot be used.
    :raises DeviceError: the device cannot be reached, or lets nobody in.
    :raises NetpkiError: a library is missing, or too old.
    """
    if PYEZ_ERROR is not None:
        raise NetpkiError(
            f"The Python library junos-eznc is needed where this task runs, and cannot be imported ({PYEZ_ERROR})."
            " Install it there: pip install junos-eznc"
        )
    if etree.LXML_VERSION[:2] < _READS_NO_FILES:
        version = ".".join(map(str, etree.LXML_VERSION[:3]))
        raise NetpkiError(
            f"The Python library lxml {version} would read files of this machine that"
            " a device's answer names. Install 5.0 or later: pip install --upgrade lxml"
        )
    if login.host_key_checking and _numbers(pyez_version) < _CHECKS_HOST_KEYS:
        raise NetpkiError(
            f"host_key_checking: junos-eznc {pyez_version} does not check host keys."
            f" Install {'.'.join(map(str, _CHECKS_HOST_KEYS))} or later: pip install --upgrade junos-eznc"
        )
    for option in ("ssh_private_key_file", "ssh_config"):
        path = getattr(login, option)
        if path and not os.path.isfile(os.path.expanduser(path)):
            raise InputError(f"{option}: there is no file {path}.")
    tune(login.timeout)
    session = _unopened(login, login.port)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session.open()
    except pyez.ConnectError as exc:
        raise DeviceError(_connect_message(login, session, exc)) from exc
    # The reply as it came: PyEZ's default drops the namespaces, and one of them tells the release.
    session.transform = lambda: _as_it_came
    return session


def _unopened(login: Login, port: int) -> Any:
    """PyEZ's idea of the device, without a connection."""
    # PyEZ takes an IPv6 address in brackets only, and ncclient without them only.
    host = f"[{login.host}]" if ":" in login.host else login.host
    proxy = login.proxy_command and login.proxy_command.replace("%r", _word(login.user or ""))
    without_credentials = not login.password and not login.ssh_private_key_file
    try:
        session = PyezDevice(
            host=host,
            port=port,
            user=login.user,
            password=login.password,
            ssh_private_key_file=login.ssh_private_key_file,
            ssh_config=login.ssh_config,
            proxy_command=proxy,
            hostkey_verify=login.host_key_checking,
            conn_open_timeout=login.timeout,
            # Trying every key of an agent first costs a round trip each, and some devices lock out on it.
            allow_agent=without_credentials,
            look_for_keys=without_credentials,
            gather_facts=False,
        )
    except UnicodeDecodeError as exc:
        raise InputError(f"ssh_config: {login.ssh_config or '~/.ssh/config'} is not a text.") from exc
    except ValueError as exc:
        raise InputError(f"host: {exc}") from exc
    if proxy and not getattr(session, "_proxy_command", None):
        raise NetpkiError(
            f"proxy_command: junos-eznc {pyez_version} does not know it. Update it: pip install --upgrade junos-eznc"
        )
    session._hostname = login.host
    session._port = port  # PyEZ has taken the Port of an ssh_config instead, which is the one of a shell
    return session


def _word(user: str) -> str:
    """The user as one word of a command, and none that a program takes for an option."""
    if user.startswith("-"):
        raise InputError(f"user: {user!r} begins like an option, and proxy_command hands it to a program.")
    return shlex.quote(user)


def ssh_client(login: Login, port: int) -> Any:
    """A connection to the SSH service, with what PyEZ and ncclient make of login, host keys and SSH configuration."""
    device = _unopened(login, port)
    about = _ssh_configuration(device)
    client = paramiko.SSHClient()
    if login.host_key_checking:
        client._system_host_keys = KnownHosts.of(about.get("userknownhostsfile"))
    else:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    proxy = about.get("proxycommand")
    if device._proxy_command:
        proxy = device._proxy_command.replace("%h", device._hostname).replace("%p", str(port))
    client.connect(
        about.get("hostname", device._hostname),
        port=port,
        username=device._auth_user,
        password=device._auth_password,
        key_filename=device._ssh_private_key_file,
        allow_agent=device._allow_agent,
        look_for_keys=device._look_for_keys,
        timeout=login.timeout,
        banner_timeout=login.timeout,
        auth_timeout=login.timeout,
        sock=paramiko.ProxyCommand(proxy) if proxy else None,
    )
    return client


def _ssh_configuration(device: Any) -> dict[str, Any]:
    """What the SSH configuration says of the device."""
    if not device._sshconf_path:
        return {}
    configuration = paramiko.SSHConfig.from_path(os.path.expanduser(device._sshconf_path))
    return dict(configuration.lookup(device._hostname))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def _as_it_came(reply: Any) -> Any:
    return reply


def _is_readable_key(login: Login) -> bool:
    passphrase = login.password.encode() if login.password else None
    try:
        paramiko.PKey.from_path(os.path.expanduser(login.ssh_private_key_file or ""), passphrase)
    except Exception:  # paramiko raises a dozen types for what is no key
        return False
    return True


#: How paramiko tells that a connection ended, or stood still, before the device had answered a login.
_LOST_AT_LOGIN = (
    *("saw EOF", "EOFError", "Socket is closed", "Authentication timeout", "TimeoutError"),
    *("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError"),
)


def _connect_message(login: Login, session: Any, error: Any) -> str:
    """What went wrong, told apart: PyEZ reports an unknown host key like a closed port, and a lost login as refused."""
    where = f"{login.host} port {login.port}"
    reach = "Check that the device is reachable and has: set system services netconf ssh"
    about = _ssh_configuration(session)
    if "proxyjump" in about and "proxycommand" not in about and not login.proxy_command:
        reach += ". ProxyJump of the SSH configuration is not used: write it as ProxyCommand ssh -W %h:%p JUMP"
    cause = getattr(error, "_orig", None) or error.__context__ or error
    if isinstance(cause, SSHUnknownHostError):
        return f"{where}: {_host_key_message(login, session, cause)}"
    if isinstance(error, pyez.ConnectAuthError):
        if any(each in str(cause) for each in _LOST_AT_LOGIN):
            return f"{where}: no NETCONF session: the connection was lost during the login. {reach}"
        if login.ssh_private_key_file and not _is_readable_key(login):
            return (
                f"{where}: ssh_private_key_file {login.ssh_private_key_file} cannot be read as a private key, so nobody"
                " was logged in. If it has a passphrase, give it as password."
            )
        return (
            f"{where}: the device refuses the login of user {login.user or 'nobody in particular'}."
            " Check user, password, which may have expired, and ssh_private_key_file."
        )
    if isinstance(error, pyez.ConnectUnknownHostError):
        return f"{where}: the host name cannot be resolved. Check host, or ansible_host in the inventory."
    return f"{where}: no NETCONF session: {_replies.one_line(str(cause)).rstrip('.') or type(cause).__name__}. {reach}"


def _host_key_message(login: Login, session: Any, error: Any) -> str:
    scan = f"ssh-keyscan -p {login.port} {error.host}"
    compare = f"Compare {error.fingerprint} with the device's own key, which ssh-keygen -E md5 shows so"
    names = (error.host, f"[{error.host}]:{login.port}")
    known = KnownHosts.of(_ssh_configuration(session).get("userknownhostsfile"))
    if any(known.lookup(name) for name in names):
        return (
            "the SSH host key of the device is not the one in known_hosts. Where nobody gave it a new one, somebody"
            f" else answers in its place. {compare}, then take the old one out with ssh-keygen -R {names[1]} and add"
            f" what {scan} shows."
        )
    return (
        f"there is no SSH host key of the device in known_hosts. {compare}, then add what {scan} shows;"
        " host_key_checking turns the check off."
    )
