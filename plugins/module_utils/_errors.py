# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception family.

Every message says what happened, where (the option, the configuration path or the host) and what to do.
"""

from __future__ import annotations


class NetpkiError(Exception):
    """Anything this collection tells the user as an error. ``str()`` of it is the whole message."""


class InputError(NetpkiError):
    """What the user declared cannot be right. Raised before anything is sent to a device."""


class ReplyError(NetpkiError):
    """A device's reply, or text saved from one, that cannot be understood."""


class DeviceError(NetpkiError):
    """The device, or the way to it, did not do what was asked."""


class LostAnswerError(DeviceError):
    """No answer came to a commit, so nobody knows whether it took effect. The message says what to do."""
