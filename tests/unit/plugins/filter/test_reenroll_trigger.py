# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netpki.junos.plugins.filter.reenroll_trigger import RETURN, FilterModule

reenroll_trigger = FilterModule().filters()["reenroll_trigger"]

FROM_THE_DEVICE = {"not_before": "01- 2-2026 09:55 UTC", "not_after": "04- 2-2026 09:55 UTC"}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"re_enroll_time": {"days": 25}}, "2026-03-08T09:55:00Z"),
        ({"re_enroll_time": {"hours": "600"}}, "2026-03-08T09:55:00Z"),
        ({"re_enroll_time": {"percentage": 33}}, "2026-03-03T17:07:00Z"),
        ({"re_enroll_trigger_time_percentage": 72}, "2026-01-27T14:43:00Z"),
        ({"re_enroll_time": {"days": 25}, "re_enroll_trigger_time_percentage": 72}, "2026-03-08T09:55:00Z"),
        ({"re_enroll_time": None, "re_enroll_trigger_time_percentage": None}, None),
        ({}, None),
    ],
)
def test_trigger(arguments: dict[str, object], answer: str | None) -> None:
    assert reenroll_trigger(FROM_THE_DEVICE, **arguments) == answer


def test_sample_in_the_documentation() -> None:
    assert reenroll_trigger(FROM_THE_DEVICE, {"days": 25}) == yaml.safe_load(RETURN)["_value"]["sample"]


@pytest.mark.parametrize(
    ("certificate", "arguments", "message"),
    [
        (
            FROM_THE_DEVICE,
            {"re_enroll_time": {"days": 4, "hours": 3}},
            "re_enroll_time: give exactly one of days, hours and percentage; given: days, hours.",
        ),
        (
            FROM_THE_DEVICE,
            {"re_enroll_time": {"days": 4294967295}},
            "re-enroll-time days: the trigger lies before the year 1, use a shorter time.",
        ),
        (None, {}, "certificate: expected a mapping with not_before and not_after, PEM or DER, got nothing."),
        ("a name", {}, "certificate: the string is neither PEM nor DER in base64."),
        (
            {"not_before": "2026-01-02T09:55:00Z"},
            {},
            "certificate: not_after is missing. Give both not_before and not_after.",
        ),
    ],
)
def test_bad_input(certificate: object, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        reenroll_trigger(certificate, **arguments)
    assert caught.value.message == message
