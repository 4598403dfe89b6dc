# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter.reenroll_stagger import EXAMPLES, RETURN, FilterModule

reenroll_stagger = FilterModule().filters()["reenroll_stagger"]


def test_stagger() -> None:
    assert reenroll_stagger("fw1.example.net", "vpn-01", from_hours=480, to_hours=720) == {"hours": 523}
    assert reenroll_stagger("fw1.example.net", "vpn-01", from_hours="24", to_hours="24") == {"hours": 24}


def test_sample_in_the_documentation() -> None:
    answer = reenroll_stagger("fw1.example.net", "vpn-01", 480, 720)
    assert answer == yaml.safe_load(RETURN)["_value"]["sample"]
    assert f"# => {answer}" in EXAMPLES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fw1", "vpn-01", 3, 2), "from_hours: 3 is more than to_hours, which is 2."),
        (("fw1", "vpn-01", 3, None), "to_hours: None is not a whole number."),
        (({}, "vpn-01", 1, 2), "host: expected a string that is not empty, got {}."),
    ],
)
def test_bad_input(arguments: tuple, message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_stagger(*arguments)
    assert caught.value.message == message
