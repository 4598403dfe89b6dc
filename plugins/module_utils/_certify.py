# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one task of junos_pki_certificate does: look, plan, and take the steps that are needed, one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _certificate_options, _device, _options
from ansible_collections.netpki.junos.plugins.module_utils._certificates import parse_date
from ansible_collections.netpki.junos.plugins.module_utils._cli import Cli, in_order, undisturbed
from ansible_collections.netpki.junos.plugins.module_utils._device import Device
from ansible_collections.netpki.junos.plugins.module_utils._edits import MAIN
from ansible_collections.netpki.junos.plugins.module_utils._enrollment import (
    Held,
    Record,
    Step,
    Want,
    accepts,
    steps,
)
from ansible_collections.netpki.junos.plugins.module_utils._errors import (
    DeviceError,
    InputError,
    LostAnswerError,
    NetpkiError,
)
from ansible_collections.netpki.junos.plugins.module_utils._operations import (
    ENROLL_CA_CERTIFICATE,
    GENERATE_REQUEST,
    VERIFY_CERTIFICATE,
)
from ansible_collections.netpki.junos.plugins.module_utils._options import Login
from ansible_collections.netpki.junos.plugins.module_utils._replies import means, one_line
from ansible_collections.netpki.junos.plugins.module_utils._secrets import each_text, mask_secrets
from ansible_collections.netpki.junos.plugins.module_utils._show import STORES, Shown
from ansible_collections.netpki.junos.plugins.module_utils._tree import configuration
from ansible_collections.netpki.junos.plugins.module_utils._uses import beside, certificate_uses

Tell = Callable[[str], None]


def certify(
    params: Mapping[str, Any], check_mode: bool, with_diff: bool, tell: Tell = lambda line: None
) -> dict[str, Any]:
    """Bring one certificate to what a task declares, or tell what that would take in check mode.

    :param params: the validated options of junos_pki_certificate.
    :param tell: called with a line of progress while the device enrolls.
    :returns: the module's result; no secret is in it.
    :raises NetpkiError: with one sentence for the user; no secret is in it either.
    """
    secrets = _options.secrets_of(_certificate_options.CERTIFICATE_SPEC, params)
    try:
        result = _certify(params, check_mode, with_diff, tell)
    except NetpkiError as error:
        raise type(error)(mask_secrets(str(error), secrets)) from None
    # What a device said may hold any secret. The rest is ours, where a secret such as "2" must not blot out a date.
    result["warnings"] = each_text(result["warnings"], lambda text: mask_secrets(text, secrets))
    masked: dict[str, Any] = each_text(result, mask_secrets)
    return masked


def _certify(params: Mapping[str, Any], check_mode: bool, with_diff: bool, tell: Tell) -> dict[str, Any]:
    want, login = _certificate_options.want(params), _options.login(params)
    now = _device.controllers_time() if params["now"] is None else parse_date(params["now"], "now")
    with Device(login) as device:
        held = _held(device, want)
        todo = steps(want, held, now)
        if todo:
            _check_device(device, want, held, todo)
        after = None if todo and check_mode else held.certificate
        work = _Work(device, login, want, held, params["ssh_port"], params["enroll_timeout"], tell)
        if not check_mode:
            with work.hands():
                for step in todo:
                    work.take(step)
            if work.taken:
                after = next(iter(_records(device, "local_certificates", want.certificate_id)), None)
            if after is not None and (
                params["verify"] == "always" or (params["verify"] == "new" and after != held.certificate)
            ):
                work.verify()
    taken = todo if check_mode else work.taken
    result: dict[str, Any] = {
        "changed": bool(taken),
        "before": held.certificate,
        "after": after,
        "csr": work.request,
        "commands": [step.line for step in taken],
        "reasons": [step.reason for step in taken],
        "warnings": [f"{login.host}: {warning}" for warning in (*_advice(want, held, after), *work.warnings)],
    }
    if with_diff and taken:
        result["diff"] = {"prepared": "".join(f"{line}\n" for line in result["commands"])}
    return result


# ---- looking ----


def _held(device: Device, want: Want) -> Held:
    """What the device holds, with no more requests than the task needs."""
    store = STORES["local_certificates"]
    shown = device.show(store, (want.certificate_id,))
    certificates = [record for record in shown.records if record[store.key] == want.certificate_id]
    having = {record["node"] for record in certificates}
    absent = want.state == "absent"
    profile = want.ca_profile if not absent and (want.ca_certificate or not certificates) else None
    requested = absent or (want.state == "present" and want.content is None and (want.force or not certificates))
    return Held(
        certificates=certificates,
        ca_certificates=_records(device, "ca_certificates", profile) if profile else (),
        requests=_records(device, "certificate_requests", want.certificate_id) if requested else (),
        lacking=[node for node in shown.nodes if node not in having] if certificates else (),
    )


def _records(device: Device, name: str, only: str) -> list[dict[str, Any]]:
    store = STORES[name]
    return [record for record in device.show(store, (only,)).records if record[store.key] == only]


def _check_device(device: Device, want: Want, held: Held, todo: list[Step]) -> None:
    """Refuse, before the first step, what a later one would fail at: one more request."""
    reading = device.look(MAIN, beside(MAIN))
    told: dict[str, Any] = {} if reading.deactivated else configuration(reading.pki.in_effect())
    entries = [entry for entry in told.get("config", ()) if entry["certificate_id"] == want.certificate_id]
    for step in todo:
        since = step.operation.since
        if since and reading.running and reading.running.lacks(since):
            raise InputError(
                f"protocol {want.protocol}: it needs Junos {since}, and the device runs {reading.running.release}."
            )
    if want.state == "absent":
        _refuse_used(want, certificate_uses(reading.configuration), entries)
    elif want.ca_profile:
        _check_profile(want, held, todo, told)
    elif want.state == "renewed" and not any(entry.get("ca_profile_name") for entry in entries):
        raise InputError(
            f"certificate {want.certificate_id}: no re-enrollment entry on the device names a CA profile for it."
            " Give ca_profile."
        )


def _refuse_used(want: Want, uses: list[dict[str, str]], entries: list[dict[str, Any]]) -> None:
    """Refuse to clear a certificate that the configuration names."""
    named = [use["path"] for use in uses if use["certificate_id"] == want.certificate_id]
    named += [f"security pki auto-re-enrollment, protocol {entry['protocol']}" for entry in entries]
    if named and not want.force:
        raise InputError(
            f"certificate {want.certificate_id}: the configuration still names it: {'; '.join(named)}."
            " Change that first, or give force true."
        )


def _check_profile(want: Want, held: Held, todo: list[Step], told: Mapping[str, Any]) -> None:
    profile = next((each for each in told.get("ca_profiles", ()) if each["name"] == want.ca_profile), None)
    if profile is None:
        raise InputError(
            f"ca_profile: the device has no CA profile {want.ca_profile} in effect."
            " Declare it first, with junos_pki_ca_profile."
        )
    if any(step.enrolls or step.operation is ENROLL_CA_CERTIFICATE for step in todo) and not (
        profile.get("enrollment") or {}
    ).get("url"):
        raise InputError(
            f"ca_profile: {want.ca_profile} has no enrollment url on the device, so there is nobody to ask."
        )
    enrolling = want.state == "present" and any(step.enrolls for step in todo)
    if enrolling and not held.ca_certificates and not want.ca_certificate and not want.values["ca-dn"]:
        raise InputError(
            f"ca_profile: no CA certificate is loaded into {want.ca_profile}, and without one a device enrolls nothing."
            " Give ca_certificate."
        )


def _advice(want: Want, held: Held, record: Record | None) -> Iterator[str]:
    """Where a node of a cluster has not got the certificate, or that not the names that were asked for."""
    if record is None or want.state == "absent":
        return
    if "missing" in (record["cert_chain"] or "").lower():
        yield (
            f"certificate {want.certificate_id}: the device says of its chain: {record['cert_chain']}. Load the"
            " certificate of the CA that signed it, an intermediate for example, with ca_certificate."
        )
    if record is held.certificate and held.lacking:
        yield f"certificate {want.certificate_id}: {' and '.join(held.lacking)} does not hold it."
    asked = [want.values[name] for name in ("domain-name", "ip-address", "ipv6-address", "email") if want.values[name]]
    asked = want.values["domain-names"] or asked
    names = {name.strip('"').lower() for name in record["alternate_subjects"]}
    missing = [name for name in asked if name.lower() not in names]
    if names and missing:
        yield (
            f"certificate {want.certificate_id}: it has not got the name {', '.join(missing)}."
            " It stays as it is: force true enrolls a new one."
        )


# ---- working ----


@dataclass
class _Work:
    """The steps of one task as they are taken, and what comes of them."""

    device: Device
    login: Login
    want: Want
    held: Held
    ssh_port: int
    enroll_timeout: int
    tell: Tell
    taken: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    request: str | None = None
    _cli: Cli | None = None

    @contextmanager
    def hands(self) -> Iterator[None]:
        """While the steps are taken: the command line is closed at the end, if one was opened."""
        try:
            yield
        finally:
            if self._cli is not None:
                self._cli.close()

    def take(self, step: Step) -> None:
        if step.operation is ENROLL_CA_CERTIFICATE:
            self._enroll_ca_certificate(step)
        elif step.files:
            self._load(step)
        elif not self._operate(step, step.values):
            return
        self.taken.append(step)
        if not step.enrolls:
            self.device.done(step.line)

    def _operate(self, step: Step, values: Mapping[str, Any]) -> bool:
        """Send the request of a step. False where what it makes is there already."""
        try:
            said = self.device.operate(step.operation, values)
            if any(_is_refusal(text, step) for text in said):
                raise self.device.refused(step.operation, said)
        except LostAnswerError:
            raise
        except DeviceError as error:
            if step.settled and means(str(error), step.settled):
                return False
            raise
        if step.operation is GENERATE_REQUEST:
            self.request = _pem("\n".join(said), self.login.host)
        if step.enrolls:
            self.device.done(step.line)
            self._await(" ".join(said))
        return True

    def _await(self, said: str) -> None:
        """An enrollment is answered at once, and the certificate comes later, or a line in the log."""
        name = self.want.certificate_id
        if self.enroll_timeout == 0:
            self.warnings.append(f"certificate {name}: its enrollment was started, and not waited for.")
            return
        old = [_identity(record) for record in self.held.certificates]

        def new(shown: Shown) -> set[str | None]:
            mine = [record for record in shown.records if record["certificate_id"] == name]
            return {record["node"] for record in mine if _identity(record) not in old}

        def arrived(shown: Shown) -> bool:
            # On a cluster, the nodes may get it one after the other.
            return bool(new(shown)) and new(shown).issuperset(shown.nodes)

        store = STORES["local_certificates"]
        shown = self.device.wait_for(store, name, arrived, self.enroll_timeout, self.tell)
        late = [node for node in shown.nodes if node not in new(shown)]
        if new(shown) and late:
            self.warnings.append(
                f"certificate {name}: no new one on {' and '.join(late)} within {self.enroll_timeout} seconds"
                " (enroll_timeout)."
            )
        elif not new(shown):
            answered = f" It had answered: {one_line(said).rstrip('.')}." if said.strip() else ""
            raise DeviceError(
                f"{self.login.host}: certificate {name}: no new one within {self.enroll_timeout} seconds"
                f" (enroll_timeout), and the device may still be at it.{answered} {self._logged()} {self.device.so_far}"
                " When the cause is mended, run the task again."
            )

    def _logged(self) -> str:
        try:
            lines = self.device.pki_log()
        except DeviceError as error:
            return str(error).removeprefix(f"{self.login.host}: ") + "."
        # Those of this certificate, where there are any: others may be at work as well.
        lines = [line for line in lines if self.want.certificate_id in line] or lines
        return f"The PKI daemon's last lines in its log: {' / '.join(map(one_line, lines[-3:])) or 'none'}."

    # ---- what NETCONF alone cannot do ----

    @property
    def cli(self) -> Cli:
        if self._cli is None:
            self._cli = self.device.cli(self.ssh_port)
        return self._cli

    def _load(self, step: Step) -> None:
        """Load what has to be a file on the device first, and see whether it is there then."""
        with in_order(), self._files(step) as paths:
            self._operate(step, {**step.values, **paths})
        store, name = (
            ("local_certificates", self.want.certificate_id)
            if "certificate-id" in step.values
            else ("ca_certificates", step.values["ca-profile"])
        )
        if not _records(self.device, store, name):
            raise DeviceError(
                f"{self.login.host}: the device took the request for {step.operation.doing}, and holds nothing of it."
                f" {self.device.so_far}"
            )

    @contextmanager
    def _files(self, step: Step) -> Iterator[dict[str, str]]:
        """The paths of a step's files, as long as they are on the device. They are removed, whatever happens."""
        paths = {name: self.cli.new_path() for name in step.files}
        failed = ""
        try:
            for name, content in step.files.items():
                self.cli.put(paths[name], content)
            yield paths
        except DeviceError as error:
            failed = str(error)
            raise
        except KeyboardInterrupt:
            self.device.hang_up()  # the session may wait for an answer, and removing must not wait for that
            raise
        finally:
            undisturbed()
            left = [path for path in reversed(paths.values()) if not self._removed(path)]
            if left:
                happened = failed.rstrip(".") or f"{self.login.host}: what was copied to the device cannot be removed"
                raise DeviceError(f"{happened}. Still on the device, remove by hand: {' and '.join(left)}")

    def _removed(self, path: str) -> bool:
        try:
            self.device.remove(path)
        except DeviceError:
            return False
        return True

    def _enroll_ca_certificate(self, step: Step) -> None:
        """Answer the device's question with yes only if it shows the fingerprint that the user knows."""
        profile = step.values["ca-profile"]
        answer = self.cli.ask(step.line)
        if self.want.ca_certificate and self.cli.is_question(answer):
            try:
                accepts(self.want.ca_certificate, self.login.host, profile, answer)
            except DeviceError as error:
                self.cli.ask("no")
                raise DeviceError(f"{error} {self.device.so_far}") from error
            answer = self.cli.ask("yes")
        if not _records(self.device, "ca_certificates", profile):
            raise DeviceError(
                f"{self.login.host}: the CA certificate of profile {profile} was not loaded."
                f" The device says: {one_line(answer) or 'nothing'}. {self.device.so_far}"
            )

    def verify(self) -> None:
        """Let the device verify the certificate."""
        answers = self.device.operate(VERIFY_CERTIFICATE, {"certificate-id": self.want.certificate_id})
        said = "; ".join(map(one_line, answers))
        if any(means(answer, "going on") for answer in answers):
            self.warnings.append(f"certificate {self.want.certificate_id}: its verification goes on: {said}")
        elif not answers or not all(means(answer, "verified") for answer in answers):
            raise DeviceError(
                f"{self.login.host}: certificate {self.want.certificate_id} is on the device, and its verification"
                f" failed: {said or 'the device says nothing'}. Is the certificate of its CA loaded (ca_certificate)?"
                f" The next run looks again with verify always. {self.device.so_far}"
            )


def _is_refusal(said: str, step: Step) -> bool:
    """Whether an answer in words says no. Names are taken out of it: one of them may be a word that means something."""
    if "-----BEGIN" in said:
        return False
    for value in step.values.values():
        if isinstance(value, str) and value:
            said = re.sub(rf"(?<!\S){re.escape(value)}(?=[\s,.:;]|$)", "", said)
    return means(said, "refused", "there already", "not there")


def _pem(said: str, host: str) -> str:
    """The request out of what the device writes around it."""
    found = re.search(r"-----BEGIN [A-Z ]*REQUEST-----.*?-----END [A-Z ]*REQUEST-----", said, re.DOTALL)
    if found is None:
        raise DeviceError(f"{host}: the device made a certificate request and shows no PEM: {one_line(said)}")
    return "".join(f"{line.strip()}\n" for line in found[0].splitlines())


def _identity(record: Record) -> tuple[Any, ...]:
    return record["node"], record["serial_number"], record["not_before"], record["not_after"]
