# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated devices, and clients that nobody here wrote."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import junosim
import pytest
from jnpr.junos import Device as PyEZ
from ncclient import manager

Connect = Callable[..., contextlib.AbstractContextManager[Any]]

CONFIG = """\
system {
    host-name srx1;
}
security {
    pki {
        ca-profile corp-ca {
            ca-identity corp.example.net;
            enrollment {
                url http://ca.example.net/scep;
            }
        }
        auto-re-enrollment {
            certificate-id vpn-01 {
                ca-profile-name corp-ca;
                challenge-password "$9$7YdwgGDkTz6oJz69A1INdb"; ## SECRET-DATA
                re-enroll-trigger-time-percentage 10;
            }
        }
    }
}
"""


@pytest.fixture
def fleet() -> Iterator[junosim.Fleet]:
    """srx1 speaks base:1.0, srx2 chunked base:1.1, srx3 is a cluster without the netconf subsystem."""
    common = {"release": "22.4R3", "config": CONFIG, "minute": 0.2}
    devices = {
        "srx1": common,
        "srx2": {**common, "base": ["1.0", "1.1"]},
        "srx3": {**common, "cluster": True, "subsystem": False},
    }
    with junosim.start({"devices": devices}, lifetime=120) as running:
        yield running


@pytest.fixture
def pyez() -> Connect:
    """PyEZ's Device, opened for a ``with`` block."""

    @contextlib.contextmanager
    def connect(device: junosim.Device) -> Iterator[PyEZ]:
        login = {"user": device.user, "password": device.password, "look_for_keys": False}
        with PyEZ(host=device.host, port=device.port, **login) as connected:
            yield connected

    return connect


@pytest.fixture
def ncclient() -> Connect:
    """A plain ncclient manager, without a vendor's device handler unless asked for."""

    @contextlib.contextmanager
    def connect(device: junosim.Device, **options: object) -> Iterator[manager.Manager]:
        login = {"username": device.user, "password": device.password, "hostkey_verify": False}
        fixed = {"look_for_keys": False, "allow_agent": False, "timeout": 20}
        with manager.connect(host=device.host, port=device.port, **{**login, **fixed, **options}) as connected:
            yield connected

    return connect
