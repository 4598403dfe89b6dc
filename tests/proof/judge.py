# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection predicts of a renewal, from the entry that a device shows and the dates of a certificate."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.netpki.junos.plugins.filter.reenroll_plan import reenroll_plan
from proof.years import Issued, Years, moment


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def predicted(years: Years, host: str, certificate: Issued, shown: bool = False) -> datetime:
    """When the filter reenroll_plan says that a certificate is renewed; ``shown``: from dates to the minute."""
    exact = {"not_before": certificate.not_before, "not_after": certificate.not_after}
    dates = {name: (minute(at) if shown else at).isoformat() for name, at in exact.items()}
    told = reenroll_plan(dates, years.entries[host], now=certificate.at.isoformat())["trigger"]
    assert isinstance(told, str), f"{host}: the plan names no trigger"
    return moment(told)
