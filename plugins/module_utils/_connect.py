# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to a device: PyEZ's session and the SSH service, with the check of host keys, through a jump host or not.

What goes wrong on it is told apart here. What is said once a session is there, _device knows.
"""

from __future__ import annotations

import io
import os.path
import re
import shlex
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from itertools import chain
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _replies
from ansible_collections.netpki.junos.plugins.module_utils._errors import DeviceError, InputError, NetpkiError
from ansible_collections.netpki.junos.plugins.module_utils._known_hosts import KnownHosts
from ansible_collections.netpki.junos.plugins.module_utils._options import Login
from ansible_collections.netpki.junos.plugins.module_utils._transport import ProxyCommand, ProxyError, tune

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

#: The first PyEZ that every test passes with. Older ones take host_key_checking and proxy_command and ignore them.
_OLDEST_PYEZ = (2, 8, 0)

_NUMBER = re.compile(r"\d+")
#: What PyEZ takes for a host, from the release on in which it looks: a name or an address, IPv6 without brackets.
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")
#: Where no file can be.
_NO_FILE = os.path.join(os.devnull, "none")
#: A user that no program of an SSH configuration takes for anything else, whatever quotes are around it.
_PLAIN_USER = re.compile(r"[\w.@+][\w.@+-]*")

#: What an SSH configuration may say and is not used, by paramiko's name for it, with what helps.
_UNUSED = {
    "proxyjump": "ProxyJump of the SSH configuration is not used: write it as ProxyCommand ssh -W %h:%p JUMP",
    "include": "Include of the SSH configuration is not read: what the device needs has to stand in the file itself",
}


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
    if _numbers(pyez_version) < _OLDEST_PYEZ:
        raise NetpkiError(
            f"The Python library junos-eznc {pyez_version} is too old: it may ignore host_key_checking and"
            f" proxy_command. Install {'.'.join(map(str, _OLDEST_PYEZ))} or later: pip install --upgrade junos-eznc"
        )
    for option in ("ssh_private_key_file", "ssh_config"):
        path = getattr(login, option)
        if path and not os.path.isfile(os.path.expanduser(path)):
            raise InputError(f"{option}: there is no file {path}.")
    session, about = _unopened(login, login.port)
    proxies: list[ProxyCommand] = []
    tune(login.timeout, about.get("userknownhostsfile"), proxies)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session.open()
    except pyez.ConnectError as exc:
        raise DeviceError(_connect_message(login, about, exc)) from exc
    finally:
        # A thread of the session may be about to do that, and would end with this process.
        for proxy in () if session.connected else proxies:
            proxy.close()
    # The reply as it came: PyEZ's default drops the namespaces, and one of them tells the release.
    session.transform = lambda: _as_it_came
    return session


def ssh_client(login: Login, port: int) -> Any:
    """A connection to the SSH service, with the same login, check of the host key and way as the session."""
    device, about = _unopened(login, port)
    client = paramiko.SSHClient()
    if login.host_key_checking:
        client._system_host_keys = KnownHosts.of(about.get("userknownhostsfile"))
    else:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    proxy = ProxyCommand(device._proxy_command) if device._proxy_command else None
    try:
        client.connect(
            device._hostname,
            port=port,
            username=device._auth_user,
            password=device._auth_password,
            key_filename=device._ssh_private_key_file,
            allow_agent=device._allow_agent,
            look_for_keys=device._look_for_keys,
            timeout=login.timeout,
            banner_timeout=login.timeout,
            auth_timeout=login.timeout,
            sock=proxy,
        )
    except BaseException:
        if proxy:  # a thread of the client may be about to do that, and would end with this process
            proxy.close()
        client.close()
        raise
    return client


def _unopened(login: Login, port: int) -> tuple[Any, dict[str, Any]]:
    """PyEZ's idea of the device, without a connection, and what the SSH configuration says of the device.

    :raises InputError: the host, the user or the SSH configuration cannot be used.
    """
    if not _HOST.fullmatch(login.host):  # before a program gets it: a Match exec, or the proxy command
        raise InputError(f"host: {login.host!r} is neither a host name nor an address.")
    about = _ssh_configuration(login, port)
    without_credentials = not login.password and not login.ssh_private_key_file
    session = PyezDevice(
        # PyEZ takes an IPv6 address in brackets only, and ncclient without them only.
        host=f"[{login.host}]" if ":" in login.host else login.host,
        port=port,
        user=login.user or about.get("user"),
        password=login.password,
        ssh_private_key_file=login.ssh_private_key_file or about.get("identityfile"),
        # PyEZ would read the file again, and ncclient if PyEZ found one, and take its Port, which is that of a shell.
        ssh_config=_NO_FILE,
        proxy_command=_filled(login, port) if login.proxy_command else about.get("proxycommand"),
        hostkey_verify=login.host_key_checking,
        conn_open_timeout=login.timeout,
        # Trying every key of an agent first costs a round trip each, and some devices lock out on it.
        allow_agent=without_credentials,
        look_for_keys=without_credentials,
        gather_facts=False,
    )
    session._hostname = about.get("hostname", login.host)
    return session, about


def _filled(login: Login, port: int) -> str:
    """The option proxy_command, with the device's values in it."""
    user, command = login.user or "", login.proxy_command or ""
    if user.startswith("-"):
        raise InputError(f"user: {user!r} begins like an option, and proxy_command hands it to a program.")
    return command.replace("%h", login.host).replace("%p", str(port)).replace("%r", shlex.quote(user))


def _ssh_configuration(login: Login, port: int) -> dict[str, Any]:
    """What the SSH configuration says of the device, by paramiko's names, with all values filled in.

    :raises InputError: it cannot be used.
    """
    path = login.ssh_config or "~/.ssh/config"
    file = os.path.expanduser(path)
    if not os.path.exists(file):
        return {}
    # What comes first counts: what the task says, as ssh has it from its command line.
    said = [f"Port {port}"]
    if _PLAIN_USER.fullmatch(login.user or ""):
        said.append(f"User {login.user}")
    try:
        with open(file, encoding="utf-8") as lines, _no_terminal():
            return dict(paramiko.SSHConfig.from_file(chain(said, lines)).lookup(login.host))
    except Exception as exc:  # paramiko's own, and those of invoke, which runs the command of a Match exec
        problem = _replies.one_line(str(exc)).rstrip(".") or type(exc).__name__
        raise InputError(f"ssh_config: {path} cannot be used: {problem}.") from exc


@contextmanager
def _no_terminal() -> Iterator[None]:
    """While a Match exec may run: Ansible's workers have no input, which invoke minds, and the terminal is not its."""
    before = sys.stdin
    with open(os.devnull) as nothing, redirect_stderr(io.StringIO()):
        sys.stdin = nothing
        try:
            yield
        finally:
            sys.stdin = before


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, _NUMBER.findall(version)[:3]))


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
    *("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError", "ProxyError"),
)


def _connect_message(login: Login, about: dict[str, Any], error: Any) -> str:
    """What went wrong, told apart: PyEZ reports an unknown host key like a closed port, and a lost login as refused."""
    where = f"{login.host} port {login.port}"
    reach = _to_check(login, about)
    cause = getattr(error, "_orig", None) or error.__context__ or error
    ended = next((each for each in _causes(error) if isinstance(each, ProxyError)), None)
    if ended:
        return f"{where}: {ended}. Try the command by hand, where this task runs."
    if isinstance(cause, SSHUnknownHostError):
        return f"{where}: {_host_key_message(login, about, cause)}"
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


def _to_check(login: Login, about: dict[str, Any]) -> str:
    """What to look at where there is no session."""
    if login.proxy_command or about.get("proxycommand"):
        return "Check that the device is reachable by the proxy command and has: set system services netconf ssh"
    todo = "Check that the device is reachable and has: set system services netconf ssh"
    for name, hint in _UNUSED.items():
        if name in about:
            todo += f". {hint}"
    return todo


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it comes of."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _host_key_message(login: Login, about: dict[str, Any], error: Any) -> str:
    scan = f"ssh-keyscan -p {login.port} {error.host}"
    compare = f"Compare {error.fingerprint} with the device's own key, which ssh-keygen -E md5 shows so"
    names = (error.host, f"[{error.host}]:{login.port}")
    known = KnownHosts.of(about.get("userknownhostsfile"))
    if known.revokes(error.fingerprint):
        return (
            "the SSH host key of the device is marked @revoked in known_hosts. Somebody else may answer in its place,"
            f" with a key that was stolen. Give the device a new key, compare, then add what {scan} shows."
        )
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
