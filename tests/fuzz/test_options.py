# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a user writes: options are refused with one sentence, or they are a declaration and a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils import _certificate_options, _options
from ansible_collections.netpki.junos.plugins.module_utils._enrollment import Held, steps
from ansible_collections.netpki.junos.plugins.module_utils._errors import InputError
from ansible_collections.netpki.junos.plugins.module_utils._operations import ENROLL_CA_CERTIFICATE
from ansible_collections.netpki.junos.plugins.module_utils._stores import certificates_from_saved
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fuzz.declarations import TELLING, Limits, texts
from fuzz.profiles import times
from fuzz.test_replies import SAVED
from hypothesis import event, given
from hypothesis import strategies as st

NOW = datetime(2027, 1, 1, tzinfo=UTC)
#: Certificates that devices hold, as records.
RECORDS = [
    each.result(key)
    for key in ("certificate_id", "ca_profile")
    for saved in SAVED.values()
    for each in certificates_from_saved(saved.decode())
]
#: Text that is a certificate's, or looks like one.
PEM = (
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
    "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
)

_STATES = ("present", "renewed", "absent")


def _certificate() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vpn-01")])
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW.replace(year=2030))
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


CERTIFICATE = _certificate()
_anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**40)
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(TELLING),
    lambda below: (
        st.lists(below, max_size=2) | st.dictionaries(st.sampled_from(["name", "days", "a"]), below, max_size=2)
    ),
    max_leaves=4,
)


def options(spec: Mapping[str, Any], wrong: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments for a spec: of its types mostly, some of none."""
    members = {name: member(about, wrong) for name, about in spec.items()}
    required = {name: drawn for name, drawn in members.items() if spec[name].get("required")}
    rest = {name: drawn for name, drawn in members.items() if name not in required}
    return st.fixed_dictionaries(required, optional=rest)


def member(about: Mapping[str, Any], wrong: bool) -> st.SearchStrategy[Any]:
    right = _typed(about, about["type"], wrong)
    return st.integers(0, 29).flatmap(lambda number: right if number or not wrong else _anything)


def _typed(about: Mapping[str, Any], kind: str, wrong: bool) -> st.SearchStrategy[Any]:
    if kind == "list":
        return st.lists(_typed(about, about["elements"], wrong), max_size=3)
    if kind == "dict":
        return options(about["options"], wrong) | st.just({})
    if about.get("choices"):
        return st.sampled_from(about["choices"])
    if kind == "bool":
        return st.booleans()
    if kind == "int":
        return st.sampled_from([-1, 0, 1, 50, 99, 100, 2048]) | st.integers(-(2**33), 2**33)
    names = st.sampled_from(["vpn-01", "corp-ca", "CN=a,O=b", "192.0.2.1", "2001:db8::1", "a@b.example", "a.b.example"])
    return st.one_of(names, texts(Limits()), st.sampled_from(["", *PEM, CERTIFICATE]), st.text())


_NAMES = {"subject": "CN=vpn-01,O=b", "ca_profile": "corp-ca", "email": "a@b.example"}
_SCEP = {"protocol": "scep", "challenge_password": "c", **_NAMES}
_CMPV2 = {"protocol": "cmpv2", "ca_reference": "1", "ca_secret": "c", **_NAMES}
_ACME = {"protocol": "acme", "acme_key_id": "k", "letsencrypt_enrollment": True, "domain_names": ["a.b.example"]}
#: Options that are right as they are.
RIGHT: tuple[dict[str, Any], ...] = (
    *({"state": state, "renew_within": None, "force": True, **one} for one in (_SCEP, _CMPV2) for state in _STATES),
    *({"ca_profile": "corp-ca", "email": "a@b.example", "state": state, **_ACME, "force": True} for state in _STATES),
    {**_SCEP, "ca_certificate": {"sha256": ["ab" * 32], "replace": True}},
    {**_SCEP, "ca_certificate": {"accept_any_fingerprint": True}},
    {"content": CERTIFICATE, "private_key": "any", "passphrase": "any"},
    {"certificate_request": True, "subject": "CN=a"},
    {"state": "renewed", "renew_within": {"percentage": 30}, **_SCEP},
)


def nearly_right() -> st.SearchStrategy[dict[str, Any]]:
    """Right options, and a few of any kind over them."""
    spec = _certificate_options.CERTIFICATE_SPEC
    few = st.lists(st.sampled_from([*spec]), max_size=2, unique=True)
    over = few.flatmap(lambda names: st.fixed_dictionaries({name: member(spec[name], True) for name in names}))
    name = st.fixed_dictionaries({"certificate_id": st.just("vpn-01") | texts(Limits(length=(1, 32)))})
    return st.builds(
        lambda *parts: {key: one for part in parts for key, one in part.items()}, name, st.sampled_from(RIGHT), over
    )


def refused_or(call: Callable[..., Any], *args: Any) -> Any:
    """What a call returns, or an InputError as a text of one line."""
    try:
        return call(*args)
    except InputError as error:
        return str(error)


@times(5)
@given(options({**_options.REENROLL_SPEC}))
def test_a_declaration_is_refused_or_taken(args: dict[str, Any]) -> None:
    params = refused_or(_options.validated, _options.REENROLL_SPEC, args)
    told = params if isinstance(params, str) else refused_or(_options.want, params)
    event("refused by type" if isinstance(params, str) else "refused" if isinstance(told, str) else "taken")
    if isinstance(told, str):
        assert told
        return
    for read in (_options.where, _options.commit_options, _options.login):
        assert refused_or(read, params) != ""


@times(5)
@given(options(_options.INFO_SPEC))
def test_what_shall_be_read_is_refused_or_taken(args: dict[str, Any]) -> None:
    params = refused_or(_options.validated, _options.INFO_SPEC, args)
    for read in (_options.subsets, _options.only, _options.where) if not isinstance(params, str) else ():
        assert refused_or(read, params) != ""
    assert params != ""


@times(10)
@given(
    options(_certificate_options.CERTIFICATE_SPEC) | nearly_right(),
    st.lists(st.sampled_from(RECORDS), max_size=2),
    st.lists(st.sampled_from(RECORDS), max_size=2),
    st.lists(st.sampled_from(RECORDS), max_size=1),
)
def test_a_certificate_is_refused_or_planned(
    args: dict[str, Any], certificates: list[Any], ca_certificates: list[Any], requests: list[Any]
) -> None:
    params = refused_or(_options.validated, _certificate_options.CERTIFICATE_SPEC, args)
    want = params if isinstance(params, str) else refused_or(_certificate_options.want, params)
    if isinstance(want, str):
        event("refused by type" if isinstance(params, str) else "refused")
        assert want
        return
    todo = refused_or(steps, want, Held(certificates, ca_certificates, requests), NOW)
    event("refused for what is there" if isinstance(todo, str) else f"{len(todo)} steps")
    assert todo != ""
    for step in todo if not isinstance(todo, str) else ():
        assert "\n" not in step.line
        typed = step.operation is ENROLL_CA_CERTIFICATE
        assert not typed or set(step.line) & set("|;&`$<>\"'\\ \t") <= {" "}


@times(5)
@given(texts(Limits(length=(1, 32))))
def test_the_command_that_is_typed_holds_a_name_and_no_more(name: str) -> None:
    args = {**_SCEP, "certificate_id": "vpn-01", "ca_profile": name, "ca_certificate": {"accept_any_fingerprint": True}}
    want = refused_or(_certificate_options.want, _options.validated(_certificate_options.CERTIFICATE_SPEC, args))
    plain = all(one.isalnum() or one in "_:@+-" for one in name)
    event("plain" if plain else "not plain")
    assert isinstance(want, str) == (not plain)
    if plain:
        line = steps(want, Held([], [], []), NOW)[0].line
        assert line == f"request security pki ca-certificate enroll ca-profile {name}"
