# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any valid declaration and any valid configuration, drawn from the table of statements.

Every statement is drawn with its type, its range, its choice and the release that has it. A statement that is added to
the table is drawn from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._statements import (
    CA_PROFILE,
    KEY,
    PROTOCOLS,
    Limits,
    Statement,
    children,
    is_plain_list,
    is_switch,
    row,
)
from fuzz.facts import clear
from fuzz.type9 import ALPHABET, encode
from hypothesis import strategies as st
from junosim.release import order

Options = dict[str, Any]

#: One of each kind: before and after a statement came or its limits changed, with and without a service release.
RELEASES = (
    *("12.3X48-D10", "15.1X49-D170.4", "17.4R1", "18.1R1", "18.2R3", "18.3R1-S4", "18.4R3-S2.5", "20.1R1", "21.3R3"),
    *("21.4R1", "21.4R3-S5.4", "22.3R3", "22.4R1", "22.4R1-S1", "23.1R1", "23.2R2-EVO", "24.4R1", "25.4R1-S1"),
)
releases = st.sampled_from(RELEASES)

# What XML 1.0 cannot carry, and what would not stay on its line.
_NEVER = [*map(chr, (*range(0x09), *range(0x0A, 0x20), 0x7F, 0xFFFE, 0xFFFF))]
_characters = st.characters(codec="utf-8", exclude_characters=_NEVER)
#: Texts that mean something to somebody on the way: XML, NETCONF's framing, the command line, templates, the masks.
TELLING = (
    *("<a/>", "&lt;", "&amp;amp;", "]]>", "]]>]]>", "<![CDATA[x]]>", "<!--", "\n#1\n".strip(), "%file;", "&x;", "'"),
    *('"', 'a"b', "\\", 'a\\"', "a;b", "a b", "a\tb", "[ a b ]", "[", "{", "}", "#", "/* a */", "*", "<*>", "$x", "?"),
    *("{{ a }}", "{% a %}", "!vault", "name", "set", "inactive", "delete", "|", "None", "False", "0", "-1", "1e3"),
    *("\u2028", "\x85", "\xa0x\xa0x", "\ufeffx", "ä", "e\u0301", "\U0001f511", "\u202ex"),
)
_some_text = st.one_of(
    st.sampled_from(TELLING),
    st.text(st.sampled_from("abz09-_.:/"), min_size=1, max_size=12),
    st.text(_characters, min_size=1, max_size=40),
    st.lists(st.sampled_from(TELLING), min_size=2, max_size=3).map("".join),
)
#: Names: few, so that they meet each other, and any.
_some_name = st.one_of(st.sampled_from(["vpn-01", "vpn-02", "corp-ca", "a"]), _some_text)


def in_force(statement: Statement, release: str) -> Limits:
    """The limits of a value in a release."""
    limits = [one for one in statement.limits if not one.since or order(one.since) <= order(release)]
    return limits[-1] if limits else Limits()


def has(release: str, statement: Statement) -> bool:
    return not statement.since or order(statement.since) <= order(release)


def texts(limits: Limits, some: st.SearchStrategy[str] = _some_text) -> st.SearchStrategy[str]:
    low, high = limits.length or (1, 10_000)
    forbidden = set(limits.forbidden.strip("[]"))
    return some.map(lambda text: "".join(one for one in text if one not in forbidden)[:high].strip()).filter(
        lambda text: low <= len(text) and bool(text)
    )


#: What stands for a secret that is not shown: hypothesis takes constants of the code.
PLACEHOLDERS = ("********", "/* SECRET-DATA */", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$encrypted$")


def secrets() -> st.SearchStrategy[str]:
    """In clear, and as a device obfuscates it. How devices keep more than ASCII is not documented, see _check.py."""
    plain = texts(Limits()).map(lambda text: "".join(filter(str.isascii, text)).strip()).filter(_is_clear)
    return plain | st.builds(lambda text, salt: encode(text.encode(), salt), plain, st.sampled_from(ALPHABET))


def _is_clear(text: str) -> bool:
    return bool(text) and not text.startswith(("$8$", "$9$")) and text not in PLACEHOLDERS


def leaf(statement: Statement, release: str) -> st.SearchStrategy[Any]:
    limits = in_force(statement, release)
    if statement.type == "empty":
        return st.booleans()
    if statement.type == "uint32":
        low, high = limits.bounds or (0, 2**32 - 1)
        return st.sampled_from([low, high]) | st.integers(low, high)
    if statement.type == "ip-address":
        return st.one_of([st.ip_addresses(v=version).map(str) for version in limits.ip_versions])
    if limits.enum:
        return st.sampled_from(limits.enum)
    if statement.secret:
        return secrets()
    return texts(limits, _some_name if statement.name == KEY or statement.must else _some_text)


def key_of(list_path: str, release: str) -> st.SearchStrategy[str]:
    return leaf(row(f"{list_path}/{KEY}"), release)


def value(statement: Statement, release: str) -> st.SearchStrategy[Any]:
    """What an option says of a statement and all below it."""
    path = statement.path
    if statement.kind == "leaf":
        return leaf(statement, release)
    if is_switch(path):
        return st.sampled_from([child.name for child in children(path) if has(release, child)])
    if statement.kind == "container":
        return members(path, release)
    if statement.kind == "leaf-list":
        one, most = leaf(statement, release), statement.max_elements or 4
        return st.lists(one, min_size=1, max_size=min(most, 4), unique=True)
    if is_plain_list(path):
        return st.lists(key_of(path, release), min_size=1, max_size=4, unique=True)
    name = row(f"{path}/{KEY}").option_name
    return st.lists(members(path, release), min_size=1, max_size=3, unique_by=lambda item: str(item[name]))


@st.composite
def varied(draw: st.DrawFn, statement: Statement, old: Any, release: str) -> Any:
    """What an option may say of a statement that is there: the same, in another order, or partly something else."""
    path = statement.path
    if statement.kind == "container" and not is_switch(path):
        return draw(members(path, release, old))
    if statement.secret:
        return draw(st.sampled_from([old, encode(clear(old).encode(), draw(st.sampled_from(ALPHABET)))]))
    if not isinstance(old, list):
        return old
    some = draw(st.permutations(old))[: draw(st.integers(1, len(old)))]
    return some if not isinstance(old[0], dict) else [draw(members(path, release, one)) for one in some]


@st.composite
def members(draw: st.DrawFn, path: str, release: str, old: Mapping[str, Any] | None = None) -> Options:
    """The options below a container, or of one list entry.

    :param old: what is there; an entry keeps its name.
    """
    below, old = [child for child in children(path) if has(release, child)], old or {}
    options: Options = {}
    for child in below:
        name = child.option_name
        if child.name != KEY and not draw(st.integers(0, 3) if name in old else st.booleans()):
            continue
        keeps = name in old and (child.name == KEY or draw(st.integers(0, 7)) > 0)
        options[name] = draw(varied(child, old[name], release) if keeps else value(child, release))
    for choice in dict.fromkeys(child.choice for child in below if child.choice):
        _choose(draw, [child for child in below if child.choice == choice], options, len(below), release)
    return options


def _choose(draw: st.DrawFn, ones: Sequence[Statement], options: Options, siblings: int, release: str) -> None:
    """At most one of a choice; one of it where a container is nothing but that choice."""
    names = [one.option_name for one in ones]
    chosen = [name for name in names if options.get(name, False) is not False]
    for name in chosen[1:]:
        del options[name]
    if len(names) == siblings and not chosen:
        one = draw(st.sampled_from(ones))
        options[one.option_name] = True if one.type == "empty" else draw(value(one, release))


# --- a declaration of junos_pki_reenroll -----------------------------------------------------------------------------


def protocols(release: str) -> list[str]:
    return [protocol for protocol, path in PROTOCOLS.items() if has(release, row(path))]


@st.composite
def some_of(draw: st.DrawFn, path: str, release: str, there: Sequence[Options]) -> list[Options]:
    """Up to three entries of a list: new ones, and others of what is there."""
    name = row(f"{path}/{KEY}").option_name
    kinds = draw(st.lists(st.booleans(), max_size=3))
    found = [draw(members(path, release, draw(st.sampled_from(there)) if old and there else None)) for old in kinds]
    return list({str(one[name]): one for one in found}.values())


@st.composite
def entries(draw: st.DrawFn, release: str, known: Sequence[str], there: Options) -> list[Options]:
    """Entries of the four lists. Most name a ca-profile that is known, and have a trigger."""
    found: dict[str, Options] = {}
    lists = there.get("auto_re_enrollment") or {}
    for protocol in draw(st.lists(st.sampled_from(protocols(release)), max_size=3, unique=True)):
        # One of another list, now and then: it moves.
        old = _entries_of(lists) if draw(st.integers(0, 3)) == 0 else _entries_of(lists, protocol)
        for one in draw(some_of(PROTOCOLS[protocol], release, old)):
            referring(draw, one, "ca_profile_name", known, release)
            if protocol == "acme":
                one.setdefault("acme_key_id", "acc-1")
            found.setdefault(one["certificate_id"], {"protocol": protocol, **one})
    return list(found.values())


def referring(draw: st.DrawFn, one: Options, option: str, known: Sequence[str], release: str) -> Options:
    """An entry whose reference leads somewhere, most of the time: what leads nowhere is refused, and tests little."""
    if option in one and draw(st.integers(0, 9)):
        if known:
            one[option] = draw(st.sampled_from(known))
        else:
            del one[option]
        if option == "ca_profile_name":
            one.setdefault("re_enroll_trigger_time_percentage", draw(st.integers(1, 99)))
    return one


def with_url(draw: st.DrawFn, found: Sequence[Options]) -> list[str]:
    """Give the ca-profiles an enrollment url, most of the time; the names of those that have one."""
    for profile in found:
        if draw(st.integers(0, 4)):
            profile.setdefault("enrollment", {}).setdefault("url", "http://ca.example.net/scep")
    return [profile["name"] for profile in found if profile.get("enrollment", {}).get("url")]


@st.composite
def declarations(draw: st.DrawFn, release: str, there: Options) -> Options:
    """What a task declares: ``config`` and ``ca_profiles``, never both empty.

    :param there: what the device has, see :func:`configurations`.
    """
    profiles = there.get("ca_profile", [])
    found = draw(some_of(CA_PROFILE, release, profiles))
    names = [*with_url(draw, found), *(one["name"] for one in profiles if one.get("enrollment", {}).get("url"))]
    config = draw(entries(release, names, there))
    if not found and not config:
        config = [{"protocol": "direct", "certificate_id": draw(key_of(PROTOCOLS["direct"], release))}]
    return {name: given for name, given in (("ca_profiles", found), ("config", config)) if given}


# --- a configuration -------------------------------------------------------------------------------------------------


@st.composite
def configurations(draw: st.DrawFn, release: str) -> Options:
    """All of ``[edit security pki]`` as nested options, statements that no module manages included."""
    found = draw(members("", release))
    _refer(draw, found, release)
    found.get("traceoptions", {}).pop("no_remote_trace", None)  # a device demands [edit system tracing] for it
    return found


def _refer(draw: st.DrawFn, found: Options, release: str) -> None:
    """References that lead somewhere."""
    names = with_url(draw, found.get("ca_profile", ()))
    lists: Mapping[str, Any] = found.get("auto_re_enrollment") or {}
    for one in _entries_of(lists):
        referring(draw, one, "ca_profile_name", names, release)
        one.setdefault("re_enroll_trigger_time_percentage", 50)
    for one in found.get("cloud_certificate_profile", ()):
        referring(draw, one, "trusted_ca", names, release)
    trap = found.get("trap") or {}
    if "ca_identity" in trap:
        kept = [one for one in trap["ca_identity"] if one["name"] in names]
        trap.pop("ca_identity")
        if kept:
            trap["ca_identity"] = kept


def _entries_of(lists: Mapping[str, Any], *protocols: str) -> list[Options]:
    """The entries of the lists of some protocols, or of all."""
    return [
        one
        for protocol in protocols or PROTOCOLS
        for one in ((lists if protocol == "direct" else lists.get(protocol)) or {}).get("certificate_id", ())
    ]
