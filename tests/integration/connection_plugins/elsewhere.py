# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another host, as far as Ansible can tell: it copies modules over and runs them, though it is this machine."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: elsewhere
short_description: Runs modules on this machine as if it were another one
description: For tests.
author: netpki.junos contributors (@netpki)
extends_documentation_fragment: connection_pipelining
"""


class Connection(LocalConnection):
    transport = "elsewhere"
