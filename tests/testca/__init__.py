# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""testca: a certification authority for tests. See README.md beside this file."""

from __future__ import annotations

from .client import Ca, CaError, attach, start

__all__ = ["Ca", "CaError", "attach", "start"]
