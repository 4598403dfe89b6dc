# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPCs that fact gathering asks (PyEZ, junos_facts), in the shapes of the replies in PyEZ's own tests."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from . import replies
from .database import Refused
from .device import Device, Session
from .loading import Problem
from .xmlform import elements, local, text_of

Handler = Callable[[Session, etree._Element], str]
# A cluster's node0 that is primary, cluster-id 1: the second octet is the id times 16.
_CLUSTER_ADDRESSES = ("129.16.0.1/2", "143.16.0.1/2")


def per_node(device: Device, body: str) -> str:
    return replies.per_node(device.nodes, body) if device.nodes else body


def software_information(session: Session, rpc: etree._Element) -> str:
    device = session.device
    return per_node(device, replies.software(device.host_name, device.spec.model, device.spec.release))


def chassis_inventory(session: Session, rpc: etree._Element) -> str:
    spec = session.device.spec
    return per_node(
        session.device,
        "<chassis-inventory>\n<chassis>\n<name>Chassis</name>\n"
        f"<serial-number>{spec.serial}</serial-number>\n<description>{spec.model.upper()}</description>\n"
        "</chassis>\n</chassis-inventory>\n",
    )


def route_engine_information(session: Session, rpc: etree._Element) -> str:
    return per_node(
        session.device,
        "<route-engine-information>\n<route-engine>\n<status>OK</status>\n"
        f"<model>RE-{session.device.spec.model.upper()}</model>\n<up-time>1 day</up-time>\n"
        "<last-reboot-reason>0x1:power cycle/failure</last-reboot-reason>\n</route-engine>\n"
        "</route-engine-information>\n",
    )


def cluster_status(session: Session, rpc: etree._Element) -> str:
    if not session.device.nodes:
        raise Refused(Problem("Chassis cluster is not enabled"))
    stats = "".join(
        f"<device-name>{node}</device-name>\n<device-priority>{priority}</device-priority>\n"
        f"<redundancy-group-status>{status}</redundancy-group-status>\n<preempt>no</preempt>\n"
        "<failover-mode>no</failover-mode>\n<monitor-failures>None</monitor-failures>\n"
        for node, priority, status in (("node0", 200, "primary"), ("node1", 100, "secondary"))
    )
    return (
        "<chassis-cluster-status>\n<cluster-id>1</cluster-id>\n<redundancy-group>\n<cluster-id>1</cluster-id>\n"
        "<redundancy-group-id>0</redundancy-group-id>\n"
        "<redundancy-group-failover-count>1</redundancy-group-failover-count>\n"
        f"<device-stats>\n{stats}</device-stats>\n</redundancy-group>\n</chassis-cluster-status>\n"
    )


def interface_information(session: Session, rpc: etree._Element) -> str:
    """Only the internal routing instance, by which a client learns which Routing Engine it talks to."""
    asked = {local(kid): text_of(kid) for kid in elements(rpc)}
    if asked.get("routing-instance") != "__juniper_private1__":
        raise Refused(Problem("syntax error", "get-interface-information"))
    addresses = _CLUSTER_ADDRESSES if session.device.nodes else ("128.0.0.4/2",)
    rows = "".join(f"<interface-address>\n<ifa-local>{it}</ifa-local>\n</interface-address>\n" for it in addresses)
    return (
        "<interface-information>\n<physical-interface>\n<logical-interface>\n<name>em0.0</name>\n<address-family>\n"
        f"<address-family-name>inet</address-family-name>\n{rows}</address-family>\n</logical-interface>\n"
        "</physical-interface>\n</interface-information>\n"
    )


HANDLERS: dict[str, Handler] = {
    "get-software-information": software_information,
    "get-chassis-inventory": chassis_inventory,
    "get-route-engine-information": route_engine_information,
    "get-chassis-cluster-status": cluster_status,
    "get-interface-information": interface_information,
}
