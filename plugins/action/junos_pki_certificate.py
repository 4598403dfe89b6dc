# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from functools import partial

from ansible.utils.display import Display
from ansible_collections.netpki.junos.plugins.module_utils._certificate_options import CERTIFICATE_SPEC
from ansible_collections.netpki.junos.plugins.module_utils._certify import certify
from ansible_collections.netpki.junos.plugins.plugin_utils._action import PkiActionBase


class ActionModule(PkiActionBase):
    ARGUMENT_SPEC = CERTIFICATE_SPEC
    TASK = staticmethod(partial(certify, tell=Display().display))
