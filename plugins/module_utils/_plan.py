# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to change: have + want + state to a Plan. Pure, nothing is read and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from ansible_collections.netpki.junos.plugins.module_utils._check import edit_path
from ansible_collections.netpki.junos.plugins.module_utils._edits import Edit, apply, words
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._secrets import HIDDEN, same_secret
from ansible_collections.netpki.junos.plugins.module_utils._statements import CA_PROFILE, PROTOCOLS
from ansible_collections.netpki.junos.plugins.module_utils._tree import Node, Slot, Slots

State = Literal["merged", "replaced", "overridden", "deleted"]


@dataclass(frozen=True, slots=True)
class Want:
    """What a task declares. ``ca_profiles`` and ``entries`` are None where the task does not speak of that list.

    ``delete_everywhere``: with state ``deleted``, the certificate ids that leave whichever list holds them.
    """

    state: State
    ca_profiles: Sequence[Node] | None = None
    entries: Sequence[Node] | None = None
    delete_everywhere: Sequence[str] = ()
    update_password: Literal["always", "on_create"] = "always"


@dataclass(frozen=True, slots=True)
class Plan:
    """The way from ``before`` to ``after``. ``reasons`` says for each change what differed."""

    before: Node
    after: Node
    edits: tuple[Edit, ...] = ()
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    touched: tuple[Slots, ...] = ()


def plan(have: Node, want: Want) -> Plan:
    """Compute the edits that bring a committed configuration to what is declared.

    :param have: ``[edit security pki]`` as committed, with what apply-groups bring marked as inherited.
    :raises InputError: a statement that has to change is protected on the device.
    """
    planner = _Planner(have, want)
    planner.run()
    return Plan(
        before=have,
        after=apply(have, planner.edits),
        edits=tuple(planner.edits),
        reasons=tuple(planner.reasons),
        warnings=tuple(dict.fromkeys(planner.warnings)),
        touched=tuple(planner.touched),
    )


def list_slots(list_path: str, key: str) -> Slots:
    """The path of slots of a list entry."""
    *above, name = list_path.split("/")
    return (*((word, "") for word in above), (name, key))


@dataclass(slots=True)
class _Planner:
    have: Node
    want: Want
    edits: list[Edit] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    touched: list[Slots] = field(default_factory=list)

    # --- states ------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        if self.want.state == "deleted":
            self._delete()
            return
        for declared in (*(self.want.ca_profiles or ()), *(self.want.entries or ())):
            self._entry(declared)
        if self.want.state == "overridden":
            if self.want.entries is not None:
                self._delete_others(PROTOCOLS.values(), self.want.entries)
            if self.want.ca_profiles is not None:
                self._delete_others((CA_PROFILE,), self.want.ca_profiles)

    def _delete(self) -> None:
        if self.want.entries is not None:
            if self.want.entries or self.want.delete_everywhere:
                for entry in self.want.entries:
                    self._remove(list_slots(entry.path, entry.key), "declared as deleted")
                for key in self.want.delete_everywhere:
                    for path in PROTOCOLS.values():
                        self._remove(list_slots(path, key), "declared as deleted")
            else:
                self._delete_others(PROTOCOLS.values(), ())
        if self.want.ca_profiles is not None:
            for profile in self.want.ca_profiles:
                self._remove(list_slots(CA_PROFILE, profile.key), "declared as deleted")
            if not self.want.ca_profiles:
                self._delete_others((CA_PROFILE,), ())

    def _delete_others(self, list_paths: Iterable[str], declared: Sequence[Node]) -> None:
        kept = {(node.path, node.key) for node in declared}
        for path in list_paths:
            for key in self.have.entries(path):
                slots = list_slots(path, key)
                if (path, key) not in kept and not any(edit.slots == slots for edit in self.edits):
                    self._remove(slots, "not declared")

    # --- one entry ---------------------------------------------------------------------------------------------------

    def _entry(self, declared: Node) -> None:
        slots = list_slots(declared.path, declared.key)
        self.touched.append(slots)
        if declared.path in PROTOCOLS.values():
            self._leave_other_lists(declared)
        for depth in range(1, len(slots)):
            above = self.have.at(slots[:depth])
            if above and above.inactive:
                self._activate(slots[:depth])
                self.warnings.append(
                    f"{edit_path(slots[:depth])} was deactivated as a whole: everything in it comes into effect,"
                    " not only what this task declares."
                )
        self._merge(slots, declared, exact=self.want.state != "merged")

    def _leave_other_lists(self, declared: Node) -> None:
        """One certificate re-enrolls by one protocol: an exact declaration takes the entry out of the other lists."""
        for path in PROTOCOLS.values():
            if path == declared.path or declared.key not in self.have.entries(path):
                continue
            slots = list_slots(path, declared.key)
            if self.want.state == "merged" and self.have.in_effect().at(slots) is None:
                continue
            if self.want.state == "merged":
                self.warnings.append(
                    f"{declared.where}: {edit_path(slots)} is there as well. Use state replaced to move the certificate"
                    " out of that list."
                )
            else:
                self._remove(slots, f"moved to {words(list_slots(declared.path, declared.key))}")

    # --- one statement -----------------------------------------------------------------------------------------------

    def _merge(self, slots: Slots, want: Node, exact: bool) -> None:
        have = self.have.at(slots)
        if want.absent:
            if have:
                self._remove(slots, "declared as false")
            return
        if have is None:
            self._create(slots, want)
            return
        statement = want.statement
        if statement and statement.kind == "leaf":
            self._leaf(slots, have, want)
            return
        if have.inactive:
            self._activate(slots)
        hidden = self._displace(slots, have, want)
        if exact:
            self._remove_undeclared(slots, have, want, hidden)
        for slot, child in want.children.items():
            self._merge((*slots, slot), child, exact)
        self._reorder(slots, have, want)

    def _leaf(self, slots: Slots, have: Node, want: Node) -> None:
        why = self._difference(have, want)
        if have.inactive:
            # The device asks for the value here, too. It keeps its own, unless it only shows that there is one.
            self._activate(slots, want.value if why or have.value == HIDDEN else have.value)
        if why:
            self._set(slots, want, why)

    def _difference(self, have: Node, want: Node) -> str:
        """Why a leaf has to be set; empty where it is as declared."""
        statement = want.statement
        if statement is None or have.value == want.value:
            return ""
        if not statement.secret:
            return f"is {have.value}, declared is {want.value}"
        if self.want.update_password == "on_create":
            return ""
        same = same_secret(have.value, want.value)
        if same is None:
            return "cannot be compared ($8$, or no permission secret), so it is written again"
        return "" if same else "differs from the declared one"

    def _create(self, slots: Slots, want: Node) -> None:
        count = len(self.edits)
        self._create_below(slots, want)
        if len(self.edits) > count:
            self.reasons.append(f"{words(slots)}: not on the device")

    def _create_below(self, slots: Slots, want: Node) -> None:
        statement = want.statement
        count = len(self.edits)
        for slot, child in want.children.items():
            if not child.absent:
                self._create_below((*slots, slot), child)
        means_nothing = statement and statement.kind == "container" and not statement.presence
        # What stands below brings it along, unless that means nothing itself.
        if len(self.edits) == count and not means_nothing:
            self._edit(Edit("set", slots, want.value))

    def _set(self, slots: Slots, want: Node, why: str) -> None:
        self._edit(Edit("set", slots, want.value))
        self.reasons.append(f"{words(slots)}: {why}")

    def _activate(self, slots: Slots, value: str = "") -> None:
        edit = Edit("activate", slots, value)
        if edit not in self.edits:
            self._edit(edit)
            self.reasons.append(f"{words(slots)}: deactivated")

    def _displace(self, slots: Slots, have: Node, want: Node) -> set[Slot]:
        """Setting one of several exclusive statements takes away the one that was there.

        :returns: those that apply-groups bring. They need no edit: what is the device's own hides them.
        """
        hidden = set()
        chosen = {
            child.statement.choice: slot
            for slot, child in want.children.items()
            if child.statement and child.statement.choice and not child.absent
        }
        for slot, child in have.children.items():
            choice = child.statement.choice if child.statement else ""
            if choice not in chosen or slot in want.children:
                continue
            if child.group:
                hidden.add(slot)
            else:
                self._remove((*slots, slot), f"excluded by {chosen[choice][0]}")
        return hidden

    def _remove_undeclared(self, slots: Slots, have: Node, want: Node, hidden: set[Slot]) -> None:
        unknown = []
        for slot, child in have.children.items():
            # Which groups apply is no statement of the entry's own.
            if slot in want.children or slot in hidden or child.name in ("apply-groups", "apply-groups-except"):
                continue
            if any(edit.slots == (*slots, slot) for edit in self.edits):
                continue
            if child.statement is None:
                unknown.append(child.name)
            self._remove((*slots, slot), "not declared")
        if unknown:
            self.warnings.append(
                f"{edit_path(slots)} holds statements that this collection does not know, and an exact declaration"
                f" removes them: {', '.join(unknown)}."
            )

    def _reorder(self, slots: Slots, have: Node, want: Node) -> None:
        """Bring the declared entries of an ordered list (URLs) into the declared order."""
        for name in dict.fromkeys(
            child.name for child in want.children.values() if child.statement and child.statement.ordered
        ):
            removed = {edit.slots[-1] for edit in self.edits if edit.action == "delete" and edit.slots[:-1] == slots}
            order = [child.key for slot, child in have.children.items() if child.name == name and slot not in removed]
            declared = [child.key for child in want.children.values() if child.name == name]
            order += [key for key in declared if key not in order]
            for key, follower in reversed(list(pairwise(declared))):
                if order.index(key) > order.index(follower):
                    order.remove(key)
                    order.insert(order.index(follower), key)
                    self._edit(Edit("insert", (*slots, (name, key)), before=follower))
                    self.reasons.append(f"{words((*slots, (name, key)))}: not before {follower}")

    # --- what every edit goes through --------------------------------------------------------------------------------

    def _remove(self, slots: Slots, why: str) -> None:
        node = self.have.at(slots)
        if node is None:
            return
        if any(not below.group for _slots, below in node.walk()) or not node.group:
            self._edit(Edit("delete", slots))
            self.reasons.append(f"{words(slots)}: {why}")
        groups = sorted({below.group for below in (node, *(below for _slots, below in node.walk())) if below.group})
        if groups:
            self.warnings.append(
                f"{edit_path(slots)} comes from apply-groups {', '.join(groups)} and stays in effect:"
                f" it cannot be deleted here. Change [edit groups {groups[0]}]."
            )

    def _edit(self, edit: Edit) -> None:
        self._refuse_protected(edit)
        self.edits.append(edit)

    def _refuse_protected(self, edit: Edit) -> None:
        places = [edit.slots[:depth] for depth in range(1, len(edit.slots) + 1)]
        node = self.have.at(edit.slots)
        if edit.action == "delete" and node:
            places += [(*edit.slots, *below) for below, _node in node.walk()]
        for place in places:
            protected = self.have.at(place)
            if protected and protected.protected:
                raise InputError(
                    f"{edit_path(place)} is protected on the device, and this task would {edit.action}"
                    f" {words(edit.slots)}. Unprotect it first, or leave it out of the task."
                )
