# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``show | compare``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BEFORE = """\
set system host-name a
set security pki ca-profile one ca-identity 1
set security pki ca-profile two revocation-check crl url x
set security pki ca-profile two revocation-check crl url y
"""


@pytest.mark.parametrize(
    ("commands", "difference"),
    [
        ([], ""),
        (["set system host-name a"], ""),
        (["set system host-name b"], "[edit system]\n-   host-name a;\n+   host-name b;\n"),
        (
            ["set security pki ca-profile one enrollment url u", "set system domain-name d"],
            "[edit system]\n+   domain-name d;\n"
            "[edit security pki ca-profile one]\n+   enrollment {\n+       url u;\n+   }\n",
        ),
        (
            ["delete security pki ca-profile one"],
            "[edit security pki]\n-   ca-profile one {\n-       ca-identity 1;\n-   }\n",
        ),
        (["deactivate security pki ca-profile one"], "[edit security pki]\n!   inactive: ca-profile one { ... }\n"),
        (["protect system"], "[edit]\n!   protect: system { ... }\n"),
        (
            ["insert security pki ca-profile two revocation-check crl url y before x"],
            "[edit security pki ca-profile two revocation-check crl]\n!   url y { ... }\n!   url x { ... }\n",
        ),
    ],
)
def test_differences(sim: Callable[..., Any], commands: list[str], difference: str) -> None:
    talk = sim(BEFORE).talk()
    assert talk.set(*commands) == []
    reply = talk.ask('<get-configuration compare="rollback" rollback="0" format="text"/>')
    assert reply.findtext("configuration-information/configuration-output") == "\n" + difference


def test_an_annotation_is_a_difference(sim: Callable[..., Any]) -> None:
    talk = sim("set system host-name a").talk()
    text = "/* why */ system { host-name a; }"
    body = f'<load-configuration action="merge"><configuration-text>{text}</configuration-text></load-configuration>'
    assert talk.problems(body) == []
    reply = talk.ask('<get-configuration compare="rollback" rollback="0" format="text"/>')
    assert reply.findtext(".//configuration-output") == "\n[edit]\n+   /* why */\n"


def test_an_older_configuration_and_a_private_copy(sim: Callable[..., Any]) -> None:
    device = sim("set system host-name a")
    talk = device.talk()
    talk.set("set system host-name b")
    talk.ask("<commit-configuration/>")
    body = '<get-configuration compare="rollback" rollback="{}" format="text"/>'
    assert (
        talk.ask(body.format(1)).findtext(".//configuration-output")
        == "\n[edit system]\n-   host-name a;\n+   host-name b;\n"
    )
    assert talk.problems(body.format(9)) == [("error", "rollback 9: no such configuration")]
    talk.ask("<open-configuration><private/></open-configuration>")
    talk.set("set system host-name c")
    assert (
        talk.ask(body.format(0)).findtext(".//configuration-output")
        == "\n[edit system]\n-   host-name b;\n+   host-name c;\n"
    )
    assert device.talk().ask(body.format(0)).findtext(".//configuration-output") == "\n"
