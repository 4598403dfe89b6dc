# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of Sphinx, as near to those of Ansible's own documentation as it takes to see what is wrong with a page."""

from __future__ import annotations

from typing import Any

from docutils import nodes

project = "netpki.junos"
extensions = ["sphinx_antsibull_ext"]
html_theme = "alabaster"
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"

#: Labels of Ansible's own pages, which are not built here, and where they lead. Any other must be on a page of ours.
ANSIBLES_OWN = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}


def ansibles_own(_app: Any, _env: Any, node: nodes.Element, text: nodes.Node) -> nodes.Node | None:
    """The link for a reference whose label is not found; None where it is none of Ansible's own."""
    page = ANSIBLES_OWN.get(node["reftarget"])
    return nodes.reference("", "", text, refuri=f"https://docs.ansible.com/ansible/latest/{page}") if page else None


def setup(app: Any) -> None:
    app.connect("missing-reference", ansibles_own)
