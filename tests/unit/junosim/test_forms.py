# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Curly-brace text, set lines and XML hold the same configuration."""

from __future__ import annotations

from pathlib import Path

import junosim
import pytest
from junosim import fleet, setform, textform, xmlform
from junosim.device import Device, Recorder
from junosim.grammar import grammar
from junosim.loading import Loader
from junosim.secret import Secrets
from junosim.tree import Node
from junosim.words import quote
from lxml import etree

ROOT = grammar("22.4R3")
REAL = Path(junosim.__file__).parent / "fleets" / "real.yml"

TEXT = """\
security {
    pki {
        protect: ca-profile corp-ca {
            enrollment {
                url http://ca.example.net/scep;
            }
            revocation-check {
                crl {
                    url http://crl.example.net/a.crl {
                        password "$9$7YdwgGDkTz6oJz69A1INdb"; ## SECRET-DATA
                    }
                    url http://crl.example.net/b.crl;
                }
            }
        }
        auto-re-enrollment {
            scep {
                inactive: certificate-id vpn-01 {
                    re-enroll-time {
                        percent 10;
                    }
                    re-generate-keypair;
                }
            }
        }
        trusted-ca-group both {
            ca-profiles [ corp-ca other-ca ];
        }
        traceoptions {
            file pki.log size 1m;
        }
    }
    policies {
        from-zone trust to-zone untrust {
            policy all {
                then {
                    permit;
                }
            }
        }
    }
}
interfaces {
    ge-0/0/0 {
        description "uplink, provider A";
        unit 0 {
            family inet {
                address 203.0.113.2/30;
            }
        }
    }
}
"""
SET = """\
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
set security pki ca-profile corp-ca revocation-check crl url http://crl.example.net/a.crl password "$9$7YdwgGDkTz6oJz69A1INdb"
set security pki ca-profile corp-ca revocation-check crl url http://crl.example.net/b.crl
protect security pki ca-profile corp-ca
set security pki auto-re-enrollment scep certificate-id vpn-01 re-enroll-time percent 10
set security pki auto-re-enrollment scep certificate-id vpn-01 re-generate-keypair
deactivate security pki auto-re-enrollment scep certificate-id vpn-01
set security pki trusted-ca-group both ca-profiles corp-ca
set security pki trusted-ca-group both ca-profiles other-ca
set security pki traceoptions file pki.log
set security pki traceoptions file size 1m
set security policies from-zone trust to-zone untrust policy all then permit
set interfaces ge-0/0/0 description "uplink, provider A"
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.2/30
"""  # noqa: E501 - as a device shows it
XML = """\
<security>
    <pki>
        <ca-profile protect="protect">
            <name>corp-ca</name>
            <enrollment>
                <url>http://ca.example.net/scep</url>
            </enrollment>
            <revocation-check>
                <crl>
                    <url>
                        <name>http://crl.example.net/a.crl</name>
                        <password>$9$7YdwgGDkTz6oJz69A1INdb</password>
                    </url>
                    <url>
                        <name>http://crl.example.net/b.crl</name>
                    </url>
                </crl>
            </revocation-check>
        </ca-profile>
        <auto-re-enrollment>
            <scep>
                <certificate-id inactive="inactive">
                    <name>vpn-01</name>
                    <re-enroll-time>
                        <percent>10</percent>
                    </re-enroll-time>
                    <re-generate-keypair/>
                </certificate-id>
            </scep>
        </auto-re-enrollment>
        <trusted-ca-group>
            <name>both</name>
            <ca-profiles>corp-ca</ca-profiles>
            <ca-profiles>other-ca</ca-profiles>
        </trusted-ca-group>
        <traceoptions>
            <file>
                <filename>pki.log</filename>
                <size>1m</size>
            </file>
        </traceoptions>
    </pki>
    <policies>
        <policy>
            <from-zone-name>trust</from-zone-name>
            <to-zone-name>untrust</to-zone-name>
            <policy>
                <name>all</name>
                <then>
                    <permit/>
                </then>
            </policy>
        </policy>
    </policies>
</security>
<interfaces>
    <interface>
        <name>ge-0/0/0</name>
        <description>uplink, provider A</description>
        <unit>
            <name>0</name>
            <family>
                <inet>
                    <address>
                        <name>203.0.113.2/30</name>
                    </address>
                </inet>
            </family>
        </unit>
    </interface>
</interfaces>
"""


def loaded(form: str, content: str) -> Node:
    tree = Node(ROOT)
    loader = Loader(tree, Secrets())
    if form == "set":
        loader.commands(content)
    elif form == "text":
        loader.document(*_arguments(textform.parse(content, ROOT)))
    else:
        element = etree.fromstring(f'<configuration xmlns:junos="j">{content}</configuration>')
        loader.document(*_arguments(xmlform.parse(element, ROOT)))
    assert loader.problems == []
    return tree


def _arguments(parsed: tuple[Node, list[textform.Unparsable]]) -> tuple[Node, str, list[textform.Unparsable]]:
    return parsed[0], "merge", parsed[1]


@pytest.mark.parametrize(("form", "content"), [("text", TEXT), ("set", SET), ("xml", XML)])
def test_each_form_reads_into_the_same_tree_and_is_written_alike(form: str, content: str) -> None:
    tree = loaded(form, content)
    assert textform.render(tree) == TEXT
    assert setform.render(tree) == SET
    assert xmlform.render(tree) == XML


@pytest.mark.parametrize("name", [spec.name for spec in fleet.load(REAL)])
def test_real_configurations_keep_every_statement(name: str) -> None:
    spec = next(spec for spec in fleet.load(REAL) if spec.name == name)
    tree = Device(spec, Recorder(None)).database.committed
    again = Device(type(spec)(name, spec.release, textform.render(tree)), Recorder(None)).database.committed
    assert again.same(tree)
    words = len([line for line in spec.config.splitlines() if line.rstrip().endswith(";") and "{" not in line])
    assert len(list(setform.lines(tree))) >= words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("vpn-01", "vpn-01"),
        ("http://ca.example.net/a.dll", "http://ca.example.net/a.dll"),
        ("two words", '"two words"'),
        ("$9$abc", '"$9$abc"'),
        ('a"b', r'"a\"b"'),
        ("back\\slash", r'"back\\slash"'),
        ("a;b", '"a;b"'),
        ("", '""'),
        ("<*>", "<*>"),
        ("$variable", "$variable"),
        ("<![CDATA[x]]>", '"<![CDATA[x]]>"'),
        ('<a"b>', '"<a\\"b>"'),
    ],
)
def test_quoting_is_undone_by_both_parsers(value: str, shown: str) -> None:
    assert quote(value) == shown
    assert setform.split(f"set x {shown}")[2] == value
    assert [token for kind, token in textform.tokens(f"x {shown};") if kind == "word"] == ["x", value]


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("security { pki { nonsense 1; } }", "nonsense"),
        ("security { pki { ca-profile a { enrollment { uri x; } } } }", "uri"),
        ("security { pki { ca-profile a { enrollment { url; } } } }", "url"),
        ("security { pki {", "}"),
        ("security { } }", "}"),
    ],
)
def test_text_that_is_refused_names_the_word(text: str, bad: str) -> None:
    assert [error.word for error in textform.parse(text, ROOT)[1]] == [bad]


@pytest.mark.parametrize(
    ("xml", "word", "message"),
    [
        ("<security><pki><nonsense/></pki></security>", "nonsense", "syntax error"),
        ("<system><host-name/></system>", "host-name", "missing argument"),
        ("<security><pki><ca-profile><ca-identity>x</ca-identity></ca-profile></pki></security>", "ca-profile",
         "missing mandatory argument"),
    ],
)  # fmt: skip
def test_elements_that_are_refused(xml: str, word: str, message: str) -> None:
    document, errors = xmlform.parse(etree.fromstring(f"<configuration>{xml}<snmp/></configuration>"), ROOT)
    assert [(error.word, error.message) for error in errors] == [(word, message)]
    assert document.find("snmp") is not None


def test_elements_that_no_table_knows_take_the_shape_they_come_in() -> None:
    xml = (
        "<protocols>\n    <lldp>\n        <interface>\n            <name>all</name>\n            <disable/>\n"
        "        </interface>\n        <port-id>3</port-id>\n        <flag>a</flag>\n        <flag>b</flag>\n"
        "        <flag>c</flag>\n    </lldp>\n</protocols>\n"
    )
    tree = loaded("xml", xml)
    assert xmlform.render(tree) == xml
    assert textform.render(tree) == (
        "protocols {\n    lldp {\n        interface all {\n            disable;\n        }\n"
        "        port-id 3;\n        flag [ a b c ];\n    }\n}\n"
    )


def test_annotations_in_xml_are_shown_and_passed_over() -> None:
    tree = loaded("text", "/* why */ system { host-name a; }")
    shown = xmlform.render(tree)
    assert shown.startswith("<junos:comment>/* why */</junos:comment>\n<system>\n")
    assert setform.render(loaded("xml", shown)) == "set system host-name a\n"


def test_what_follows_a_refused_statement_is_still_read() -> None:
    document, errors = textform.parse("security { pki { foo { bar; } ca-profile a; } } system { host-name b; }", ROOT)
    assert [error.word for error in errors] == ["foo"]
    assert list(setform.lines(document)) == ["set security pki ca-profile a", "set system host-name b"]


def test_a_value_among_others_is_marked_by_its_own_words() -> None:
    group = "security pki trusted-ca-group both ca-profiles"
    text = f"set {group} a\nset {group} b\ndeactivate {group} b\nset {group} c\nprotect {group} c\n"
    assert setform.render(loaded("set", text)) == text


def test_comments_are_kept_and_secret_marks_are_not_read() -> None:
    text = "/* why */\nsystem {\n    host-name a; ## SECRET-DATA\n}\n"
    assert textform.render(loaded("text", text)) == "/* why */\nsystem {\n    host-name a;\n}\n"


@pytest.mark.parametrize(
    "line",
    [
        "set foo",
        "set foo bar",
        "set protocols lldp interface all",
        'set foo bar "two words" baz',
    ],
)
def test_statements_that_no_table_knows_come_back_as_they_were(line: str) -> None:
    tree = loaded("set", line)
    assert setform.render(tree) == line + "\n"
    assert setform.render(loaded("text", textform.render(tree))) == line + "\n"


def test_set_lines_follow_the_shape_that_the_configuration_has() -> None:
    tree = loaded("text", "protocols { lldp { interface all; } }")
    Loader(tree, Secrets()).commands("set protocols lldp port-id-subtype locally-assigned")
    assert textform.render(tree) == (
        "protocols {\n    lldp {\n        interface all;\n        port-id-subtype locally-assigned;\n    }\n}\n"
    )


FILTERS = [
    ("<system/>", "<system>\n    <host-name>a</host-name>\n</system>\n"),
    ("<system><host-name/></system>", "<system>\n    <host-name>a</host-name>\n</system>\n"),
    ("<snmp/>", ""),
    (
        "<security><pki><ca-profile><name>two</name></ca-profile></pki></security>",
        "<security>\n    <pki>\n        <ca-profile>\n            <name>two</name>\n"
        "            <ca-identity>2</ca-identity>\n        </ca-profile>\n    </pki>\n</security>\n",
    ),
    (
        "<security><pki><ca-profile><name/></ca-profile></pki></security>",
        "<security>\n    <pki>\n        <ca-profile>\n            <name>one</name>\n        </ca-profile>\n"
        "        <ca-profile>\n            <name>two</name>\n        </ca-profile>\n    </pki>\n</security>\n",
    ),
    ("<security><pki><ca-profile><name>three</name></ca-profile></pki></security>", ""),
]


@pytest.mark.parametrize(("wanted", "shown"), FILTERS)
def test_subtree_filters(wanted: str, shown: str) -> None:
    tree = loaded(
        "set",
        "set system host-name a\nset security pki ca-profile one ca-identity 1\n"
        "set security pki ca-profile two ca-identity 2",
    )
    chosen = xmlform.select(tree, etree.fromstring(f"<configuration>{wanted}</configuration>"))
    assert (xmlform.render(chosen) if chosen else "") == shown
