# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What else a configuration says about certificates: which statements use one, and what listens on J-Web's port. Pure.

Source: the vendor's models for SRX, 17.4R1 to 24.4R1. No model ties these names to a certificate that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._edits import MAIN, Scope, words
from ansible_collections.netpki.junos.plugins.module_utils._elements import child_of, children_of, is_inactive, text_of
from ansible_collections.netpki.junos.plugins.module_utils._statements import KEY
from ansible_collections.netpki.junos.plugins.module_utils._tree import Slot, Slots

#: The statements whose value is the identifier of a local certificate.
#: Not here: ``services ssl proxy profile root-ca``, which is a CA's certificate that the device signs with;
#: ``web-management https local-certificate``, which names one of ``[edit security certificates]``; and
#: ``system radius-server tls`` (24.4R1), which cannot be read without the secrets beside it.
_USES = (
    "security/ike/policy/certificate/local-certificate",
    "security/group-vpn/server/group/server-member-communication/certificate",
    "services/ssl/initiation/profile/client-certificate",
    "services/ssl/termination/profile/server-certificate",
    "services/ssl/proxy/profile/server-certificate",
    "system/services/web-management/https/pki-local-certificate",
    "system/services/web-management/https/virtual-domain/pki-local-certificate",
    "system/services/webapi/https/pki-local-certificate",
    "system/services/rest/https/server-certificate",
    "system/services/rest/https-5g/server-certificate",
    "system/services/netconf/tls/local-certificate",
    "system/services/grpc-tunnel/servers/server/credentials/tls/certificate-id",
    "system/syslog/host/tlsdetails/local-certificate",
    "system/ntp/nts/local-certificate",
)
_HTTP = ("system", "services", "web-management", "http")
# A read names the statements of this level: what stands beside them, it does not ask for.
_LEVEL = 3


def beside(where: Scope) -> list[Scope]:
    """What to read beside ``pki``: of the main configuration, or of the logical system or tenant that pki stands in."""
    above = where[: -len(MAIN)]
    paths = {tuple(use.split("/")[:_LEVEL]) for use in _USES}
    return [(*above, *((word, "") for word in path)) for path in sorted(paths)]


def certificate_uses(configuration: Any, where: Scope = MAIN) -> list[dict[str, str]]:
    """The statements in effect that name a local certificate: ``certificate_id``, ``path`` as the CLI writes it."""
    top = _at(configuration, where[: -len(MAIN)])
    return [
        {"certificate_id": name, "path": words((*where[: -len(MAIN)], *slots, (name, "")))}
        for use in _USES
        for slots, name in _values(top, tuple(use.split("/")))
        if name
    ]


def _values(element: Any, path: tuple[str, ...], above: Slots = ()) -> Iterator[tuple[Slots, str]]:
    if element is None:
        return
    for name, child in children_of(element):
        if name != path[0] or is_inactive(child):
            continue
        if len(path) == 1:
            yield (*above, (name, "")), text_of(child)
        else:
            slot: Slot = (name, text_of(child, KEY))
            yield from _values(child, path[1:], (*above, slot))


def web_management_http_port(configuration: Any) -> int | None:
    """The port on which J-Web answers without TLS, 80 where none is set; None where it does not."""
    element = configuration
    for name in _HTTP:
        element = child_of(element, name)
        if element is None or is_inactive(element):
            return None
    port = child_of(element, "port")
    text = text_of(port) if port is not None and not is_inactive(port) else ""
    return int(text) if text.isdecimal() else 80


def _at(element: Any, where: Scope) -> Any:
    for name, key in where:
        found = (each for each_name, each in children_of(element) if each_name == name and text_of(each, KEY) == key)
        element = next(found, None)
        if element is None or is_inactive(element):
            return None
    return element
