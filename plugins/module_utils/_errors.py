# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception family.

Every message says what happened, where (the option, the configuration path or the host) and what to do.
"""

from __future__ import annotations

from typing import Any


class NetpkiError(Exception):
    """Anything this collection tells the user as an error. ``str()`` of it is the whole message."""


class InputError(NetpkiError):
    """What the user declared cannot be right. Raised before anything is sent to a device."""


class ReplyError(NetpkiError):
    """A device's reply, or text saved from one, that cannot be understood."""


class DeviceError(NetpkiError):
    """The device, or the way to it, did not do what was asked."""


class RefusalError(DeviceError):
    """The device answered with errors. ``reply`` is all that it answered."""

    def __init__(self, message: str, reply: Any = None) -> None:
        super().__init__(message)
        self.reply = reply


class LostAnswerError(DeviceError):
    """Nobody knows whether a request took effect, because its answer is lost or says both. The message says what to do.

    ``what`` is what happened, without that. ``loaded`` is what the device said of a candidate before.
    """

    def __init__(self, message: str, what: str = "", loaded: Any = None) -> None:
        super().__init__(message)
        self.what, self.loaded = what, loaded
