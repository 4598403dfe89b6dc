# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``$9$`` by its published algorithm: the tests' own writing of it, beside netutils' that the collection reads it with.

Each byte becomes two to four characters. A character stands for its distance from the one before it in the alphabet;
the first one, the salt, says how many characters of padding follow it.
"""

from __future__ import annotations

_FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
ALPHABET = "".join(_FAMILIES)
_PADDING = {character: 3 - number for number, family in enumerate(_FAMILIES) for character in family}
_WEIGHTS = ((1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64))


def encode(secret: bytes, salt: str = "Q", padding: str = "zF3") -> str:
    """A device's ``$9$`` text for these bytes."""
    written, before = salt + padding[: _PADDING[salt]], salt
    for number, byte in enumerate(secret):
        weights, rest, steps = _WEIGHTS[number % len(_WEIGHTS)], byte, []
        for weight in reversed(weights):
            steps.append(rest // weight)
            rest %= weight
        for step in reversed(steps):
            before = ALPHABET[(ALPHABET.index(before) + step + 1) % len(ALPHABET)]
            written += before
    return f"$9${written}"
