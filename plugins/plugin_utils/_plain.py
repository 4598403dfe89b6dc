# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as Ansible has them, without what it keeps with each of them."""

from __future__ import annotations

from typing import Any


def plain(value: Any) -> Any:
    """The same without what ansible-core keeps with a text, where it comes from: whoever copies one copies that.

    Before 2.19 a text that is encrypted is none for anybody who asks its type.
    """
    if getattr(value, "__ENCRYPTED__", False):
        value = str(value)
    if isinstance(value, str):
        return str.__str__(value)  # str() may give the same back
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
