# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of playbooks/awx: what they make of an AWX, and what the jobs that they make do to devices.

The collection awx.awx speaks to a stub of AWX (tests/awx), which refuses what AWX refuses. The jobs run as AWX starts
them, against simulated devices.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from awx.launch import Launcher, Node, Slice, Unsafe
from awx.schema import ENDPOINTS, Field
from awx.server import TOKEN, Awx, serving
from integration.playing import HERE, Run, Stage, own_environment
from netutils.password import decrypt_juniper_type9
from tools.blocks import PAGES
from tools.samples import CORP_CA, VPN_01

ROOT = HERE.parents[1]
NOW = "2026-11-24T09:00:00Z"
#: With characters that a template would be made of.
CHALLENGE = "Challenge-{{ 7 * 191 }}-0"
#: The blocks of the guide: the image, the host keys, what a site says, the commands, what its inventory says.
_IMAGE, SSH_CONFIG, SITE, TYPED, INVENTORY = PAGES["docs/docsite/rst/guide_awx.rst"]
*_BEFORE, EXPORT, COMMAND = TYPED.text.splitlines()

GOOD = """
set security pki ca-profile corp-ca ca-identity corp.example.net
set security pki ca-profile corp-ca enrollment url http://ca.example.net/scep
""".strip()
FIREWALLS = ("fw1", "fw2", "fw3")
#: Of whom the guide's awx.yml speaks: netops, as everywhere here, and one who may only read.
AUDITOR = {"user": "auditor", "password": "Login-1", "login_class": "read-only"}
DEVICE = {"release": "22.4R3", "config": GOOD, "certificates": [VPN_01, CORP_CA], "users": [AUDITOR]}
DEVICES = dict.fromkeys((*FIREWALLS, "lab"), DEVICE)
#: None of them may be seen anywhere.
SECRETS = ("Challenge-", "Login-0", "Login-1", "Reference-")


@dataclass(frozen=True)
class Site:
    """An AWX that the playbooks were run for, with what came of that, and a fleet for its jobs."""

    awx: Awx
    url: str
    stage: Stage
    folder: Path

    def setup(self, *options: str, parts: Sequence[str] = ("setup",), **variables: Any) -> Run:
        """Run the playbook, or some of those that it consists of, with the guide's awx.yml and the changes given.

        A variable that is None is left out.
        """
        secrets = {
            "vault_auditor": "Login-1",
            "vault_netops": "Login-0",
            "vault_challenge": CHALLENGE,
            "vault_ca_secret": "Reference-0",
        }
        shared = {
            "pki_awx_report_directory": str(self.folder / "reports"),
            "pki_awx_ssh_config": str(self.folder / "ssh_config"),
        }
        given = {name: value for name, value in {**SITE.content, **shared, **variables}.items() if value is not None}
        (self.folder / "awx.yml").write_text(yaml.safe_dump(given))
        (self.folder / "vault.yml").write_text(yaml.dump(secrets, Dumper=Unsafe))
        _prompt, _program, playbook, *given_as = shlex.split(COMMAND)
        files = [word.replace("@", f"@{self.folder}/") for word in given_as]
        controller = dict(zip(re.findall(r"(\w+)=", EXPORT), (self.url, TOKEN), strict=True))
        self.awx.sent.clear()
        return self.stage.player.play(
            [{"ansible.builtin.import_playbook": playbook.replace("setup", part)} for part in parts],
            {"all": {"hosts": {"fw1": {}}}},
            self.stage.home,
            [*files, *options],
            {**controller, "ANSIBLE_PIPELINING": "1"},
        )

    def launcher(self, folder: Path, *names: str, **variables: Any) -> Launcher:
        """Starts jobs for these devices, of which an inventory tells what the guide's does, without a first enrollment.

        It knows no login: that is AWX's.
        """
        devices = [self.stage[name] for name in names]
        own = {**INVENTORY.content, "pki_reenroll_enroll": False, **variables}
        where = {one.name: {"ansible_host": one.host, "ansible_port": one.port, **own} for one in devices}
        return Launcher(self.awx, where, folder)

    def job(self, folder: Path, arguments: list[str]) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
        """Run a job: how it ended, and the artifacts that it hands on."""
        results = folder / "results"
        results.unlink(missing_ok=True)
        # As ansible-runner sets it, which AWX uses.
        environment = {"HOME": str(folder), "RESULTS_FILE": str(results), "ANSIBLE_HOST_KEY_CHECKING": "False"}
        command = [sys.executable, "-m", "ansible", "playbook", *arguments]
        ended = subprocess.run(
            command,
            env=own_environment(self.stage.player.folder) | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        told = [json.loads(line)["data"] for line in results.read_text().splitlines()] if results.exists() else []
        stats = [one["ansible_stats"]["data"] for one in told if "ansible_stats" in one]
        return ended, {name: value for each in stats for name, value in each.items()}


@pytest.fixture(scope="module", name="new")
def _new(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Run, list[Any]]]:
    """A site after the first run: the site, the run, what it has sent."""
    awx, folder = Awx(ROOT), tmp_path_factory.mktemp("site")
    (folder / "reports").mkdir()
    (folder / "ssh_config").write_text(
        SSH_CONFIG.text.replace("/srv/pki-ssh/known_hosts", str(stage.fleet.known_hosts))
    )
    with serving(awx) as url:
        site = Site(awx, url, stage, folder)
        run = site.setup()
        yield site, run, list(awx.sent)


@pytest.fixture(name="site")
def _site(new: tuple[Site, Run, list[Any]]) -> Iterator[Site]:
    """The site as the first run has left it, whatever the test before did."""
    awx = new[0].awx
    kept = copy.deepcopy((awx.objects, awx.relations, awx.surveys))
    yield new[0]
    awx.objects, awx.relations, awx.surveys = kept


def changed(run: Run) -> list[Any]:
    """What the tasks of a run changed."""
    items = [item for one in run.results for item in one.data.get("results", [one.data])]
    return [item.get("item") or item for item in items if item.get("changed")]


# What is made.


def test_awx_takes_every_object(new: tuple[Site, Run, list[Any]]) -> None:
    site, run, sent = new
    assert (run.status, site.awx.refused) == (0, []), run.everything
    assert "[WARNING]" not in run.stderr
    assert sorted({method for method, _path, _body in sent}) == ["POST"]
    made = {
        endpoint: [one.get("name") or one["identifier"] for one in kept.values()]
        for endpoint, kept in site.awx.objects.items()
    }
    assert made == {
        "organizations": ["Default"],
        "execution_environments": ["Junos PKI"],
        "projects": ["Junos PKI", "Junos PKI inventory"],
        "inventories": ["Junos PKI"],
        "inventory_sources": ["Junos PKI inventory"],
        "credential_types": ["Machine", "Junos PKI secrets"],
        "credentials": ["Junos login to read", "Junos login to change", "Junos PKI secrets"],
        "notification_templates": ["Junos PKI"],
        "job_templates": [
            "PKI report",
            "PKI report: merge",
            "PKI report: on demand",
            "PKI re-enroll: check",
            "PKI re-enroll: apply",
        ],
        "workflow_job_templates": ["PKI report: whole fleet", "PKI re-enroll"],
        "workflow_job_template_nodes": ["read", "merge", "check", "approve", "apply", "report"],
        "workflow_approval_templates": ["PKI re-enroll approval"],
        "schedules": ["PKI report: daily"],
    }


@pytest.mark.parametrize(
    ("name", "fields", "credentials"),
    [
        (
            "PKI report",
            ("run", False, 2, "playbooks/awx/slice_report.yml"),
            ["Junos login to read"],
        ),
        ("PKI report: merge", ("run", False, 1, "playbooks/awx/merge_reports.yml"), []),
        (
            "PKI report: on demand",
            ("run", False, 1, "playbooks/awx/report_on_demand.yml"),
            ["Junos login to read"],
        ),
        (
            "PKI re-enroll: check",
            ("check", True, 2, "playbooks/awx/check.yml"),
            ["Junos login to change", "Junos PKI secrets"],
        ),
        (
            "PKI re-enroll: apply",
            ("run", True, 1, "playbooks/awx/apply.yml"),
            ["Junos login to change", "Junos PKI secrets"],
        ),
    ],
)
def test_job_templates(site: Site, name: str, fields: tuple[Any, ...], credentials: list[str]) -> None:
    made = site.awx.named("job_templates", name)
    assert tuple(made[field] for field in ("job_type", "diff_mode", "job_slice_count", "playbook")) == fields
    assert sorted(site.awx.related("job_templates", name, "credentials")) == sorted(credentials)
    where = [
        (field, site.awx.objects[endpoint][made[field]]["name"])
        for field, endpoint in (
            ("project", "projects"),
            ("inventory", "inventories"),
            ("execution_environment", "execution_environments"),
        )
    ]
    assert where == [("project", "Junos PKI"), ("inventory", "Junos PKI"), ("execution_environment", "Junos PKI")]


def test_surveys_ask_what_is_written_down(site: Site) -> None:
    surveys = yaml.safe_load((ROOT / "playbooks/awx/vars/surveys.yml").read_text())["pki_awx_surveys"]
    surveys["merge"]["spec"][0]["default"] = surveys["on_demand"]["spec"][1]["default"] = "error"
    asked = {
        "PKI report: on demand": "on_demand",
        "PKI report": "report",
        "PKI report: merge": "merge",
        "PKI re-enroll: check": "check",
        "PKI re-enroll: apply": "apply",
    }
    for name, survey in asked.items():
        assert site.awx.surveys[site.awx.named("job_templates", name)["id"]] == surveys[survey]
    for name, survey in {"PKI re-enroll": "apply", "PKI report: whole fleet": "merge"}.items():
        workflow = site.awx.named("workflow_job_templates", name)
        assert (workflow["survey_enabled"], site.awx.surveys[workflow["id"]]) == (True, surveys[survey])
    # A schedule answers nothing.
    assert [one["variable"] for one in surveys["merge"]["spec"] if one["required"]] == []


def test_the_workflow_waits_for_an_approval_before_it_changes_anything(site: Site) -> None:
    nodes = site.awx.objects["workflow_job_template_nodes"]
    edges = {
        one["identifier"]: site.awx.related("workflow_job_template_nodes", one["identifier"], "success_nodes")
        for one in nodes.values()
    }
    assert edges == {
        "read": ["merge"],
        "merge": [],
        "check": ["approve"],
        "approve": ["apply"],
        "apply": ["report"],
        "report": [],
    }
    # To AWX, a workflow that goes on after a failure has not failed.
    others = ("failure_nodes", "always_nodes")
    assert [linked for (_where, _one, kind), linked in site.awx.relations.items() if kind in others and linked] == []
    runs = {**site.awx.objects["job_templates"], **site.awx.objects["workflow_job_templates"]}
    runs |= site.awx.objects["workflow_approval_templates"]
    assert {one["identifier"]: runs[one["unified_job_template"]]["name"] for one in nodes.values()} == {
        "read": "PKI report",
        "merge": "PKI report: merge",
        "check": "PKI re-enroll: check",
        "approve": "PKI re-enroll approval",
        "apply": "PKI re-enroll: apply",
        "report": "PKI report: whole fleet",
    }
    assert site.awx.named("workflow_approval_templates", "PKI re-enroll approval")["timeout"] == 86400
    # What the fleet has elsewhere fails the report of every day, and not the change.
    assert site.awx.named("workflow_job_template_nodes", "report")["extra_data"] == {
        "pki_report_merge_fail_on": "never"
    }


def test_the_report_comes_every_day_and_people_are_told(site: Site) -> None:
    schedule = site.awx.named("schedules", "PKI report: daily")
    workflow = site.awx.named("workflow_job_templates", "PKI report: whole fleet")
    assert (schedule["unified_job_template"], schedule["enabled"], schedule["rrule"]) == (
        workflow["id"],
        True,
        "DTSTART:20260101T050000Z RRULE:FREQ=DAILY;INTERVAL=1",
    )
    told = {
        (name, when): site.awx.related("workflow_job_templates", name, f"notification_templates_{when}")
        for name in ("PKI re-enroll", "PKI report: whole fleet")
        for when in ("success", "error", "approvals")
    }
    assert {key for key, names in told.items() if names == ["Junos PKI"]} == {
        ("PKI re-enroll", "success"),
        ("PKI re-enroll", "error"),
        ("PKI re-enroll", "approvals"),
        ("PKI report: whole fleet", "error"),
    }
    assert site.awx.named("notification_templates", "Junos PKI")["notification_configuration"] == {
        "url": "https://chat.example.net/hooks/netops",
        "http_method": "POST",
        "headers": {},
        "disable_ssl_verification": False,
        "username": "",
        "password": "",
    }


def test_secrets_go_into_credentials_and_nowhere_else(new: tuple[Site, Run, list[Any]]) -> None:
    site, run, sent = new
    holding = [path for _method, path, body in sent if any(secret in json.dumps(body) for secret in SECRETS)]
    assert holding == ["/api/v2/credentials/"] * 3
    assert [word for word in (*SECRETS, TOKEN) if word in run.stdout + run.stderr] == []
    inputs = {one["name"]: one["inputs"] for one in site.awx.objects["credentials"].values()}
    assert inputs == {
        "Junos login to read": {"username": "auditor", "password": "Login-1"},
        "Junos login to change": {"username": "netops", "password": "Login-0"},
        "Junos PKI secrets": {"challenge_password": CHALLENGE, "ca_reference": "4711", "ca_secret": "Reference-0"},
    }


def test_a_second_run_changes_nothing_and_sends_nothing(site: Site) -> None:
    run = site.setup()
    assert (run.status, changed(run), site.awx.sent) == (0, [], []), run.everything


def test_the_inventory_is_fetched_before_it_is_filled_and_the_playbooks_stay_what_they_were(site: Site) -> None:
    inventory, playbooks = (site.awx.named("projects", name) for name in ("Junos PKI inventory", "Junos PKI"))
    assert (inventory["scm_update_on_launch"], inventory["scm_branch"]) == (True, "main")
    assert site.awx.named("inventory_sources", "Junos PKI inventory")["update_on_launch"] is True
    assert playbooks["scm_branch"] == yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]


def test_a_secret_that_has_changed_is_sent_when_it_is_asked_for(site: Site) -> None:
    rotated = {"pki_awx_secrets": {**SITE.content["pki_awx_secrets"], "ca_secret": "Reference-1"}}
    assert (site.setup(parts=["credentials"], **rotated).status, site.awx.sent) == (0, [])
    run = site.setup(parts=["credentials"], **rotated, pki_awx_update_secrets=True)
    assert run.status == 0, run.everything
    assert site.awx.named("credentials", "Junos PKI secrets")["inputs"]["ca_secret"] == "Reference-1"
    assert "Reference-" not in run.stdout + run.stderr


def test_what_somebody_has_added_stays(site: Site) -> None:
    """Without a notification of ours, and with a credential that is named, such as one for vaulted values."""
    awx = site.awx
    awx.add("credential_types", name="Vault", kind="vault", inputs={"fields": [{"id": "vault_password"}]})
    awx.add("credentials", name="Vault", organization=1, credential_type=awx.named("credential_types", "Vault")["id"])
    given = {"pki_awx_notification": None, "pki_awx_more_credentials": ["Vault"]}
    run = site.setup(parts=["job_templates", "workflows"], **given)
    assert run.status == 0, run.everything
    assert [body for _method, _path, body in awx.sent if "disassociate" in body] == []
    jobs = [one["name"] for one in awx.objects["job_templates"].values()]
    assert [name for name in jobs if "Vault" not in awx.related("job_templates", name, "credentials")] == []


def test_private_repositories_and_registries_have_their_credentials(site: Site) -> None:
    settings = {f"pki_awx_{what}_credential": "Junos login to read" for what in ("image", "project", "inventory")}
    run = site.setup("--check", parts=["content"], **settings)
    changing = [one.args["name"] for one in run.results if one.data.get("changed")]
    assert (run.status, changing) == (0, ["Junos PKI", "Junos PKI", "Junos PKI inventory"]), run.everything


def test_check_mode_tells_what_would_change_and_sends_nothing(site: Site) -> None:
    run = site.setup("--check", pki_awx_slices=4)
    assert (run.status, len(changed(run)), site.awx.sent) == (0, 2, []), run.everything
    changing = [one.args["name"] for one in run.results if one.data.get("changed")]
    assert changing == ["PKI report", "PKI re-enroll: check"]


# The schema.


def documented(module: str) -> dict[str, Any]:
    """The options of a module of awx.awx, as it documents them."""
    (file,) = (
        path
        for folder in os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":")
        for path in Path(folder).glob(f"ansible_collections/awx/awx/plugins/modules/{module}.py")
    )
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            options: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))["options"]
            return options
    raise AssertionError(f"{file} has no documentation")


def told(field: Field) -> set[str]:
    """How a module may document the type of a field: what it refers to is named, mappings become text."""
    if field.refers:
        return {"str"}
    return {str: {"str", "dict"}, int: {"int", "str"}, bool: {"bool"}, dict: {"dict"}}[field.type]


@pytest.mark.parametrize("endpoint", sorted(ENDPOINTS.keys() - {"organizations", "workflow_approval_templates"}))
def test_the_stub_takes_what_the_modules_document(endpoint: str) -> None:
    options = documented("inventory" if endpoint == "inventories" else endpoint.removesuffix("s"))
    shared: Mapping[str, Field] = {name: field for name, field in ENDPOINTS[endpoint].items() if name in options}
    assert [name for name, field in shared.items() if options[name]["type"] not in told(field)] == []
    choices = {name: options[name].get("choices") for name, field in shared.items() if not field.refers}
    if endpoint == "projects":  # what the API has no word for
        choices["scm_type"] = ["" if one == "manual" else one for one in choices["scm_type"]]
    ours = {name: list(shared[name].choices) for name in choices}
    assert {name: sorted(map(str, some or ())) for name, some in choices.items()} == {
        name: sorted(map(str, some)) for name, some in ours.items()
    }


# The jobs.

APPLY = {
    "pki_reenroll_hosts": "lab",
    "pki_reenroll_serial": "1",
    "pki_reenroll_commit_comment": "CHG-4711",
    "pki_reenroll_commit_confirmed": 5,
}


def test_what_each_job_of_a_workflow_is_given(site: Site, tmp_path: Path) -> None:
    launcher = site.launcher(tmp_path)
    fleet = {"pki_report_merge_fail_on": "error", "pki_report_ca_capacity": 60}
    quiet = {**fleet, "pki_report_merge_fail_on": "never"}
    read = {"pki_report_hosts": "all"}
    assert list(launcher.nodes("PKI report: whole fleet", {})) == [
        Node("PKI report", read, fleet),
        Node("PKI report: merge", {}, fleet),
    ]
    assert list(launcher.nodes("PKI re-enroll", APPLY)) == [
        Node("PKI re-enroll: check", {}, APPLY),
        Node("PKI re-enroll: apply", {}, APPLY),
        Node("PKI report", read, quiet),
        Node("PKI report: merge", {}, quiet),
    ]


def test_the_report_of_a_fleet_with_an_error_is_joined_and_red(site: Site, tmp_path: Path) -> None:
    """After a change the same report is green: what the fleet has elsewhere is no failure of the change."""
    launcher, late = site.launcher(tmp_path, "lab"), {"pki_report_now": "2090-01-01T00:00:00Z"}
    for start, workflow, answers, status in (
        (90, "PKI report: whole fleet", {}, 2),
        (92, "PKI re-enroll", APPLY, 0),
    ):
        handed: dict[str, Any] = {}
        read, merge = list(launcher.nodes(workflow, answers))[-2:]
        for number, node, ends in ((start, read, 0), (start + 1, merge, status)):
            given = {**late, **handed, **node.workflow}
            ended, handed = site.job(tmp_path, launcher.arguments(node.template, node.answers, number, **given))
            assert ended.returncode == ends, ended.stdout
        assert handed["pki_report"]["errors"] == 1


def test_the_check_looks_at_all_hosts_whatever_the_batches(site: Site, tmp_path: Path) -> None:
    launcher = site.launcher(tmp_path, "lab", "fw1")
    check, *_others = launcher.nodes("PKI re-enroll", {**APPLY, "pki_reenroll_hosts": "lab:fw1"})
    ended, _artifacts = site.job(tmp_path, launcher.arguments(check.template, check.answers, 6, **check.workflow))
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.count("PLAY [") == 1


@pytest.mark.parametrize(
    ("template", "limit"),
    [("PKI re-enroll: apply", "pki_reenroll_hosts"), ("PKI report: on demand", "pki_report_hosts")],
)
def test_a_limit_that_names_no_host_is_no_success(site: Site, tmp_path: Path, template: str, limit: str) -> None:
    arguments = site.launcher(tmp_path, "lab").arguments(template, {limit: "alb"}, 7)
    ended, _artifacts = site.job(tmp_path, arguments)
    assert ended.returncode == 2
    assert "Limit: alb names no host of the inventory. Look for a typing error." in ended.stdout


def test_a_slice_may_have_no_host_of_the_limit(site: Site, tmp_path: Path) -> None:
    assert site.setup(parts=["job_templates"], pki_awx_apply_slices=2).status == 0
    arguments = site.launcher(tmp_path, "lab").arguments("PKI re-enroll: apply", {"pki_reenroll_hosts": "fw1"}, 9)
    ended, _artifacts = site.job(tmp_path, arguments)
    assert ended.returncode == 0, ended.stdout


def test_what_no_survey_asks_for_is_ignored_by_awx(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Nobody asks for pki_report_directory: AWX ignores it\."):
        site.launcher(tmp_path).arguments("PKI report", {"pki_report_directory": "x"}, 8)


def test_the_check_shows_the_change_and_makes_none(site: Site, tmp_path: Path) -> None:
    lab = site.stage["lab"]
    before = lab.set_lines()
    launcher = site.launcher(tmp_path, "lab")
    ended, _artifacts = site.job(tmp_path, launcher.arguments("PKI re-enroll: check", {"pki_reenroll_hosts": "lab"}, 1))
    assert ended.returncode == 0, ended.stdout
    assert re.search(r"^\+ +scep \{$", ended.stdout, re.MULTILINE), ended.stdout
    assert lab.set_lines() == before


def test_the_guides_inventory_enrolls_by_both_protocols(site: Site, tmp_path: Path) -> None:
    launcher = site.launcher(tmp_path, "lab", pki_reenroll_enroll=True)
    arguments = launcher.arguments("PKI re-enroll: check", {"pki_reenroll_hosts": "lab"}, 5)
    ended, _artifacts = site.job(tmp_path, arguments)
    assert ended.returncode == 0, ended.stdout
    assert "changed: [lab] => (item=vpn-02)" in ended.stdout
    assert [word for word in SECRETS if word in ended.stdout + ended.stderr] == []


def test_a_device_that_is_another_one_gets_no_password(site: Site, tmp_path: Path) -> None:
    """Although ansible-runner, which AWX uses, turns the check of host keys off."""
    lab, other = (site.stage[name] for name in ("lab", "fw1"))
    lines = site.stage.fleet.known_hosts.read_text().splitlines()
    (theirs,) = (line for line in lines if f"]:{other.port} " in line)
    (tmp_path / "known_hosts").write_text(theirs.replace(f":{other.port} ", f":{lab.port} ") + "\n")
    config = site.folder / "ssh_config"
    right = config.read_text()
    config.write_text(f"Host *\n  UserKnownHostsFile {tmp_path / 'known_hosts'}\n")
    lab.mark()
    for number, (template, asked) in enumerate(
        [("PKI report: on demand", "pki_report_hosts"), ("PKI re-enroll: apply", "pki_reenroll_hosts")]
    ):
        ended, _artifacts = site.job(
            tmp_path, site.launcher(tmp_path, "lab").arguments(template, {asked: "lab"}, 60 + number)
        )
        assert ended.returncode == 2
        assert "the SSH host key of the device is not the one in known_hosts" in ended.stdout
    config.write_text(right)
    assert lab.rpcs == []


def test_a_report_on_demand_is_red_where_a_certificate_will_not_renew(site: Site, tmp_path: Path) -> None:
    launcher = site.launcher(tmp_path, "lab")
    asked = {"pki_report_hosts": "lab"}
    ended, artifacts = site.job(tmp_path, launcher.arguments("PKI report: on demand", asked, 70, pki_report_now=NOW))
    assert (ended.returncode, artifacts["pki_report"]["errors"]) == (0, 0), ended.stdout
    # Long after the end of its validity.
    late = {"pki_report_now": "2090-01-01T00:00:00Z"}
    ended, artifacts = site.job(tmp_path, launcher.arguments("PKI report: on demand", asked, 71, **late))
    assert (ended.returncode, artifacts["pki_report"]["errors"]) == (2, 1), ended.stdout
    written = {file.parent.name for file in (site.folder / "reports/on-demand").glob("*/report.html")}
    assert {"70", "71"} <= written


@pytest.mark.parametrize("template", ["PKI report", "PKI report: merge", "PKI report: on demand"])
def test_a_folder_that_awx_does_not_show_stops_the_job(site: Site, tmp_path: Path, template: str) -> None:
    missing = site.folder / "reports"
    kept = missing.rename(site.folder / "kept")
    site.stage["lab"].mark()
    ended, _artifacts = site.job(tmp_path, site.launcher(tmp_path, "lab").arguments(template, {}, 80))
    made = missing.exists()
    kept.rename(missing)
    assert (ended.returncode, site.stage["lab"].rpcs, made) == (2, [], False)
    assert (
        f"pki_awx_report_directory: {missing} is not a folder that this job can write to. Have AWX show it to its jobs"
        " (Settings, Jobs, Paths to expose to isolated jobs), on all nodes the same."
    ) in ended.stdout


def test_apply_changes_the_devices_and_hides_the_secrets(site: Site, tmp_path: Path) -> None:
    fw1 = site.stage["fw1"]
    answers = {
        "pki_reenroll_hosts": "fw1",
        "pki_reenroll_commit_comment": "CHG-4711 {{ 7 * 191 }}",
        "pki_reenroll_commit_confirmed": 3,
    }
    arguments = site.launcher(tmp_path, "fw1").arguments("PKI re-enroll: apply", answers, 2)
    assert [word for word in SECRETS if word in " ".join(arguments)] == []
    ended, _artifacts = site.job(tmp_path, arguments)
    assert ended.returncode == 0, ended.stdout
    assert [word for word in SECRETS if word in ended.stdout + ended.stderr] == []
    assert fw1.commits[-1]["comment"] == "CHG-4711 {{ 7 * 191 }}"
    assert fw1.awaiting_confirm is False
    entry = "set security pki auto-re-enrollment scep certificate-id vpn-01 challenge-password "
    (line,) = (line for line in fw1.set_lines() if line.startswith(entry))
    assert decrypt_juniper_type9(line.removeprefix(entry).strip('"')) == CHALLENGE
    again, _artifacts = site.job(tmp_path, site.launcher(tmp_path, "fw1").arguments("PKI re-enroll: apply", answers, 3))
    assert "changed=0" in again.stdout


def test_what_the_survey_refuses_starts_no_job(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'pki_reenroll_commit_confirmed' value 65536 is too large"):
        site.launcher(tmp_path, "fw1").arguments(
            "PKI re-enroll: apply", {"pki_reenroll_hosts": "all", "pki_reenroll_commit_confirmed": 65536}, 4
        )


def test_slices_join_into_the_report_that_one_job_would_have_written(site: Site, tmp_path: Path) -> None:
    launcher = site.launcher(tmp_path, *FIREWALLS)
    reports = site.folder / "reports"
    (old := reports / "parts" / "30").mkdir(parents=True)
    os.utime(old, (0, 0))
    run: dict[str, Any] = {}
    for number in (1, 2):
        part = Slice(number, 2, workflow_job=40)
        arguments = launcher.arguments("PKI report", {"pki_report_hosts": "all"}, 40 + number, part, pki_report_now=NOW)
        ended, artifacts = site.job(tmp_path, arguments)
        assert ended.returncode == 0, ended.stdout
        assert (artifacts["pki_report_run"], artifacts["pki_report_hosts"]) == (40, "all")
        run |= artifacts
    written = sorted(str(file.relative_to(reports)) for file in reports.glob("parts/40/*/hosts/*.json"))
    assert written == [f"parts/40/{job}/hosts/{name}.json" for job, name in ((41, "fw1"), (41, "fw3"), (42, "fw2"))]
    arguments = launcher.arguments(
        "PKI report: merge",
        {"pki_report_merge_fail_on": "never"},
        43,
        pki_report_now=NOW,
        **{name: run[name] for name in ("pki_report_run", "pki_report_hosts")},
    )
    ended, artifacts = site.job(tmp_path, arguments)
    assert ended.returncode == 0, ended.stdout
    assert (artifacts["pki_report"]["hosts"], artifacts["pki_report"]["hosts_read"]) == (3, 3)
    assert ((reports / "parts/40").exists(), old.exists()) == (True, False)

    devices = [site.stage[name] for name in FIREWALLS]
    told = {"pki_report_directory": str(tmp_path / "whole"), "pki_report_now": NOW}
    role = {"ansible.builtin.import_role": {"name": "netpki.junos.pki_report"}}
    assert site.stage.play(devices, role, variables=told).status == 0
    others = ("parts/", "on-demand/")
    joined = {name: data for name, data in contents(reports).items() if not name.startswith(others)}
    assert joined == contents(tmp_path / "whole")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_merge_fails_as_it_was_asked_to_and_where_there_is_nothing(site: Site, tmp_path: Path) -> None:
    launcher = site.launcher(tmp_path, "lab")
    ended, artifacts = site.job(tmp_path, launcher.arguments("PKI report", {}, 50, pki_report_now=NOW))
    assert (ended.returncode, artifacts["pki_report_run"]) == (0, 50)
    asked = {"pki_report_merge_fail_on": "warning"}
    run = artifacts
    ended, artifacts = site.job(tmp_path, launcher.arguments("PKI report: merge", asked, 51, **run))
    assert ended.returncode == 2
    assert "Findings: errors 0, warnings 1, notes 0." in ended.stdout
    assert artifacts["pki_report"]["warnings"] == 1
    # The inventory has grown, and no slice has read the new host.
    grown = site.launcher(tmp_path, "lab", "fw1")
    ended, _artifacts = site.job(tmp_path, grown.arguments("PKI report: merge", asked, 52, **run))
    assert ended.returncode == 2
    assert "merge: of 2 hosts, 1 are in no report: fw1. Repeat the run that should have read them" in ended.stdout
