# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one device of twelve does wrong, what the user is told, and what is true of the device afterwards."""

from __future__ import annotations

from typing import Any

from chaos.table import PROFILE, Fault, entry

QUICK = {"timeout": 1}
QUICK_COMMIT = {"commit_timeout": 1}
EXCLUSIVE = {"configuration_mode": "exclusive"}
CONFIRMED = {"commit_confirmed": 1}
#: A minute of confirm-timeout, in seconds: until it is over, a confirmation is tried.
SHORT_MINUTE = {"minute": 0.5}
LONG_ENOUGH = {"minute": 4}

UNCHANGED = "Nothing was changed."
DISCARDED = "Nothing was committed, the device discards the candidate."
UNKNOWN = "Whether it took effect is not known: run the task again, it changes only what is still missing."
NOT_DONE = (
    "Read again for 1 seconds, the configuration is not what was declared. The commit did not take effect, or the"
    " device is still at it: run the task again, it changes only what is still missing."
)
DONE = "Read again, the configuration is what was declared."
#: What the system says of a connection that is reset depends on when it notices.
RESET = "RESET"
REACH = "Check that the device is reachable and has: set system services netconf ssh"
NO_SESSION = "HOST port PORT: no NETCONF session: "
COMPARE = "Compare FINGERPRINT with the device's own key, which ssh-keygen -E md5 shows so, then"
UNKNOWN_KEY = (
    f"HOST port PORT: there is no SSH host key of the device in known_hosts. {COMPARE} add what"
    " ssh-keyscan -p PORT HOST shows; host_key_checking turns the check off."
)
OTHER_KEY = (
    "HOST port PORT: the SSH host key of the device is not the one in known_hosts. Where nobody gave it a new one,"
    f" somebody else answers in its place. {COMPARE} take the old one out with ssh-keygen -R [HOST]:PORT and add what"
    " ssh-keyscan -p PORT HOST shows."
)
LOGIN = (
    "HOST port PORT: the device refuses the login of user netops."
    " Check user, password, which may have expired, and ssh_private_key_file."
)
ROLLS_BACK = "The commit was not confirmed: the device rolls it back by itself within 1 minutes."


def at(rpc: str, do: str, **options: Any) -> tuple[dict[str, Any]]:
    return ({"at": rpc, "do": do, **options},)


def lost(doing: str, so_far: str = DISCARDED) -> str:
    return f"HOST: the session was lost during {doing}. {so_far}"


def late(doing: str, so_far: str = DISCARDED, option: str = "timeout") -> str:
    return f"HOST: no answer to {doing} within 1 seconds ({option}). {so_far}"


def odd(doing: str, so_far: str = DISCARDED, kind: str = "XMLSyntaxError") -> str:
    return f"HOST: the answer to {doing} cannot be understood ({kind}). {so_far}"


def refused(doing: str, said: str) -> str:
    return f"HOST: the device refuses {doing}: {said}"


LOCKED_BY_ALICE = (
    "HOST: somebody else holds the configuration. The device says: configuration database locked by:"
    " alice terminal (pid 4711) on since TIME, idle TIME exclusive. Nothing was changed. Run again when they are done."
)
ALICE = {"user": "alice", "pid": 4711}
EDITS_OF_BOB = {"lines": ["set system host-name edited"], "user": "bob", "pid": 4712}


def edited(so_far: str) -> str:
    return (
        "HOST: the shared candidate holds somebody's uncommitted edits."
        f" The device says: configuration database modified. {so_far}Their edits are as they were."
        " Run again when they are committed or rolled back."
    )


NEEDS_URL = (
    "ca-profile-name corp-ca: Referenced ca-profile must have enrollment url configured under"
    " [edit security pki ca-profile <ca-profile-name> enrollment url]; "
)
PLACE = "[edit security pki auto-re-enrollment scep certificate-id"
NO_PROFILE = f"{PLACE} old] {NEEDS_URL}{PLACE} new] {NEEDS_URL}commit failed: (statements constraint check failed)"
NEW_OF_BOB = entry(7)
OTHER_OF_BOB = entry(9, "theirs")
NOISE = "Nov 24 12:00:00  srx1 rpd[1234]: bgp_read_message: peer 192.0.2.1 (Internal AS 65000): 0 sent\n"
TEXT = "x" * 9950
BIG = (
    *(f"set security pki ca-profile big-{number} administrator email-address {TEXT}" for number in range(200)),
    *(f"set interfaces ge-0/0/{number} description {TEXT}" for number in range(1800)),
)

FAULTS = (
    # On the way to a session.
    Fault(
        "refused",
        "connect",
        "nobody listens at the port",
        f"{NO_SESSION}Could not open socket to HOST:PORT. {REACH}",
        before=(("unreachable", {}),),
        over=(("reachable", {}),),
    ),
    Fault(
        "dropped",
        "connect",
        "no packet is answered (a black hole)",
        f"{NO_SESSION}Could not open socket to HOST:PORT. {REACH}",
        before=(("unreachable", {"how": "drop"}),),
        over=(("reachable", {}),),
        options=QUICK,
    ),
    Fault(
        "mute",
        "connect",
        "the connection is taken, and nothing is ever said",
        f"{NO_SESSION}Negotiation failed: Error reading SSH protocol banner. {REACH}",
        before=(("unreachable", {"how": "silent"}),),
        over=(("reachable", {}),),
        options=QUICK,
    ),
    Fault(
        "reset-connect",
        "connect",
        "reset before the SSH banner",
        f"{NO_SESSION}{RESET}. {REACH}",
        at("connect", "reset"),
    ),
    Fault("unknown-key", "connect", "known_hosts has no key of the device", UNKNOWN_KEY, known_hosts="nothing"),
    Fault("changed-key", "connect", "known_hosts has another key of the device", OTHER_KEY, known_hosts="another"),
    Fault(
        "login",
        "connect",
        "the login is refused",
        LOGIN,
        at("login", "refuse"),
    ),
    Fault(
        "reset-login",
        "connect",
        "reset during the login",
        f"{NO_SESSION}the connection was lost during the login. {REACH}",
        at("login", "reset"),
    ),
    Fault(
        "expired",
        "connect",
        "the password has expired",
        LOGIN,
        at("login", "expire"),
    ),
    Fault(
        "login-banner",
        "connect",
        "a banner of 200 lines before the login",
        "",
        at("login", "noise", body="AUTHORISED USE ONLY\n", repeat=200),
        commits=1,
    ),
    Fault(
        "no-subsystem",
        "hello",
        "the netconf subsystem is refused, the command xml-mode is not",
        "",
        at("subsystem", "refuse"),
        commits=1,
    ),
    Fault(
        "mute-channel",
        "hello",
        "no answer when the SSH channel is opened",
        f"{NO_SESSION}Timeout opening channel. {REACH}",
        at("channel", "silent"),
        options=QUICK,
    ),
    Fault(
        "mute-subsystem",
        "hello",
        "no answer when the netconf subsystem is asked for",
        f"{NO_SESSION}no answer to a request on the SSH channel within 1 seconds. {REACH}",
        at("subsystem", "silent"),
        options=QUICK,
    ),
    Fault(
        "reset-hello",
        "hello",
        "reset instead of the hello",
        f"{NO_SESSION}{RESET}. {REACH}",
        at("hello", "reset", times=0),
    ),
    Fault(
        "mute-hello",
        "hello",
        "the hello never comes",
        f"{NO_SESSION}Capability exchange timed out. {REACH}",
        at("hello", "silent"),
        options=QUICK,
    ),
    Fault(
        "banner-comment",
        "hello",
        "comments before the hello",
        "",
        at("hello", "noise", body="<!-- user netops, class super-user -->\n"),
        commits=1,
    ),
    Fault(
        "banner-text",
        "hello",
        "a banner of plain text before the hello",
        f"{NO_SESSION}Capability exchange timed out. {REACH}",
        at("hello", "noise", body="AUTHORISED USE ONLY\n"),
        options=QUICK,
    ),
    # While it reads.
    Fault(
        "reset-read",
        "read",
        "reset",
        lost("reading the configuration", UNCHANGED),
        at("get-configuration", "drop"),
    ),
    Fault(
        "cut-read",
        "read",
        "reset in the middle of the answer",
        lost("reading the configuration", UNCHANGED),
        at("get-configuration", "cut"),
    ),
    Fault(
        "slow-read",
        "read",
        "no answer in time",
        late("reading the configuration", UNCHANGED),
        at("get-configuration", "hold"),
        options=QUICK,
    ),
    Fault(
        "garbage-read",
        "read",
        "an answer that is no XML",
        odd("reading the configuration", UNCHANGED),
        at("get-configuration", "answer", body="<configuration><<\x01 &nbsp;</"),
    ),
    Fault(
        "error-read",
        "read",
        "an error inside a configuration",
        refused("reading the configuration", "could not open configuration database"),
        at(
            "get-configuration",
            "warn",
            messages=[{"message": "could not open configuration database", "severity": "error"}],
        ),
    ),
    Fault(
        "noise-read",
        "read",
        "50,000 lines of syslog in the answer",
        "",
        at("get-configuration", "noise", body=NOISE, repeat=50000),
        commits=1,
    ),
    # While it opens the candidate: the lock.
    Fault(
        "reset-open",
        "open",
        "reset before the private copy is there",
        lost("opening the private configuration", UNCHANGED),
        at("open-configuration", "drop"),
    ),
    Fault(
        "reset-lock",
        "open",
        "reset once the lock is taken",
        lost("opening the exclusive configuration", UNCHANGED),
        at("open-configuration", "drop-after"),
        options=EXCLUSIVE,
    ),
    Fault(
        "slow-lock",
        "open",
        "the lock is taken, the answer does not come in time",
        late("opening the exclusive configuration", UNCHANGED),
        at("open-configuration", "late", seconds=3),
        options={**EXCLUSIVE, **QUICK},
    ),
    Fault(
        "locked",
        "open",
        "a person holds the lock",
        LOCKED_BY_ALICE,
        before=(("lock_by", ALICE),),
        over=(("unlock", {}),),
        left={"lock": {**ALICE, "session": 0}},
    ),
    Fault(
        "locked-exclusive",
        "open",
        "a person holds the lock, and the task asks for it",
        LOCKED_BY_ALICE,
        before=(("lock_by", ALICE),),
        over=(("unlock", {}),),
        left={"lock": {**ALICE, "session": 0}},
        options=EXCLUSIVE,
    ),
    Fault(
        "edited",
        "open",
        "a person has uncommitted edits in the shared candidate",
        edited("Nothing was changed. "),
        before=(("edit_by", EDITS_OF_BOB),),
        over=(("discard", {}),),
        left={"candidate_dirty": True},
    ),
    Fault(
        "committed-before-open",
        "open",
        "somebody commits the same entry after we have read",
        "",
        at("open-configuration", "hold"),
        meanwhile=("open-configuration/private", ("commit_by", {"lines": list(NEW_OF_BOB), "user": "bob"})),
        commits=1,
    ),
    # While it loads.
    Fault(
        "reset-load",
        "load",
        "reset before the change is loaded",
        lost("loading the change"),
        at("load-configuration", "drop"),
    ),
    Fault(
        "reset-load-exclusive",
        "load",
        "reset once the change is loaded, under the lock",
        lost("loading the change"),
        at("load-configuration", "drop-after"),
        options=EXCLUSIVE,
    ),
    Fault(
        "slow-load",
        "load",
        "loaded under the lock, the answer does not come in time",
        late("loading the change"),
        at("load-configuration", "late", seconds=3),
        options={**EXCLUSIVE, **QUICK},
    ),
    Fault(
        "garbage-load",
        "load",
        "an answer that is no XML",
        odd("loading the change"),
        at("load-configuration", "answer", body="<ok"),
    ),
    Fault(
        "error-load",
        "load",
        "an error beside the word of success",
        refused("loading the change", "[edit security] pki: syntax error"),
        at(
            "load-configuration",
            "warn",
            messages=[{"message": "syntax error", "path": "[edit security]", "bad": "pki", "severity": "error"}],
        ),
    ),
    Fault(
        "noise-load",
        "load",
        "50,000 lines of syslog in the answer",
        "",
        at("load-configuration", "noise", body=NOISE, repeat=50000),
        commits=1,
    ),
    Fault(
        "edited-meanwhile",
        "load",
        "a person edits the shared candidate meanwhile",
        edited(""),
        at("load-configuration", "hold"),
        meanwhile=("load-configuration", ("edit_by", EDITS_OF_BOB)),
        over=(("discard", {}),),
        left={"candidate_dirty": True},
    ),
    # The commit check.
    Fault(
        "refused-check",
        "check",
        "the commit check is refused",
        refused("commit check", "[edit security pki] ca-profile corp-ca: this cannot be; check-out failed"),
        at(
            "commit-configuration/check",
            "error",
            messages=[
                {"message": "this cannot be", "path": "[edit security pki]", "bad": "ca-profile corp-ca"},
                "check-out failed",
            ],
        ),
        check=True,
    ),
    Fault(
        "reset-check",
        "check",
        "reset before the answer",
        lost("commit check"),
        at("commit-configuration/check", "drop-after"),
        check=True,
    ),
    Fault(
        "slow-check",
        "check",
        "no answer in time, under the lock",
        late("commit check", option="commit_timeout"),
        at("commit-configuration/check", "late", seconds=3),
        options={**EXCLUSIVE, **QUICK_COMMIT},
        check=True,
    ),
    # The commit.
    Fault(
        "refused-commit",
        "commit",
        "the commit is refused",
        refused("the commit", "[edit security pki] ca-profile corp-ca: this cannot be; check-out failed"),
        at(
            "commit-configuration",
            "error",
            messages=[
                {"message": "this cannot be", "path": "[edit security pki]", "bad": "ca-profile corp-ca"},
                "check-out failed",
            ],
        ),
        options=EXCLUSIVE,
    ),
    Fault(
        "full",
        "commit",
        "the device's disk is full",
        refused("the commit", "/var: write failed, filesystem is full; could not write configuration"),
        at(
            "commit-configuration",
            "error",
            messages=["/var: write failed, filesystem is full", "could not write configuration"],
        ),
    ),
    Fault(
        "warned",
        "commit",
        "the commit succeeds with a warning",
        "",
        at("commit-configuration", "warn", messages=["graceful-switchover is not configured"]),
        warnings=("HOST: graceful-switchover is not configured",),
        commits=1,
    ),
    Fault(
        "committed-meanwhile",
        "commit",
        "somebody commits another entry before us",
        "",
        at("commit-configuration", "hold"),
        meanwhile=("commit-configuration", ("commit_by", {"lines": list(OTHER_OF_BOB), "user": "bob"})),
        theirs=OTHER_OF_BOB,
        commits=1,
    ),
    Fault(
        "same-meanwhile",
        "commit",
        "somebody commits the same entry before us",
        refused(
            "the commit",
            f"{PLACE} new re-enroll-time] days: statement was changed by another user: 'days'",
        ),
        at("commit-configuration", "hold"),
        meanwhile=("commit-configuration", ("commit_by", {"lines": list(NEW_OF_BOB), "user": "bob"})),
        theirs=NEW_OF_BOB,
    ),
    Fault(
        "deleted-meanwhile",
        "commit",
        "somebody deletes the CA profile before us",
        refused("the commit", NO_PROFILE),
        at("commit-configuration", "hold"),
        meanwhile=(
            "commit-configuration",
            ("commit_by", {"lines": ["delete security pki ca-profile corp-ca"], "user": "bob"}),
        ),
        over=(("commit_by", {"lines": [PROFILE], "user": "bob"}),),
        gone=(PROFILE,),
    ),
    Fault(
        "reset-commit",
        "commit",
        "reset before the commit is done",
        lost("the commit", NOT_DONE),
        at("commit-configuration", "drop"),
        options=QUICK,
    ),
    Fault(
        "reset-committed",
        "commit",
        "reset once the commit is done",
        "",
        at("commit-configuration", "drop-after"),
        warnings=(f"HOST: The session was lost during the commit. {DONE}",),
        commits=1,
    ),
    Fault(
        "slow-committed",
        "commit",
        "the commit is done, the answer does not come in time",
        "",
        at("commit-configuration", "late", seconds=3),
        options=QUICK_COMMIT,
        warnings=(f"HOST: No answer to the commit within 1 seconds (commit_timeout). {DONE}",),
        commits=1,
    ),
    Fault(
        "slow-commit",
        "commit",
        "no answer in time, and the device completes the commit after that",
        "",
        at("commit-configuration", "finish", seconds=2),
        options={**EXCLUSIVE, **QUICK_COMMIT},
        warnings=(f"HOST: No answer to the commit within 1 seconds (commit_timeout). {DONE}",),
        commits=1,
    ),
    Fault(
        "slow-commit-later",
        "commit",
        "the same, long after that",
        late("the commit", NOT_DONE, "commit_timeout"),
        at("commit-configuration", "finish", seconds=4),
        options={**QUICK, **QUICK_COMMIT},
        commits=1,
    ),
    Fault(
        "garbage-commit",
        "commit",
        "an answer that is no XML, and no commit",
        odd("the commit", NOT_DONE),
        at("commit-configuration", "answer", body="<ok"),
        options=QUICK,
    ),
    Fault(
        "cut-commit",
        "commit",
        "reset in the middle of the answer",
        "",
        at("commit-configuration", "cut"),
        warnings=(f"HOST: The session was lost during the commit. {DONE}",),
        commits=1,
    ),
    Fault(
        "gone-commit",
        "commit",
        "reset once the commit is done, and the device cannot be reached any more",
        lost("the commit", UNKNOWN),
        (*at("commit-configuration", "drop-after"), *at("connect", "reset", nth=2, times=0)),
        options=QUICK,
        commits=1,
    ),
    Fault(
        "error-commit",
        "commit",
        "an error beside the word of success",
        "",
        at(
            "commit-configuration",
            "warn",
            messages=[{"message": "rpd: cannot reread the configuration", "severity": "error"}],
        ),
        warnings=(
            "HOST: The device answers the commit with success and with errors: rpd: cannot reread the configuration."
            f" {DONE}",
        ),
        commits=1,
    ),
    Fault(
        "noise-commit",
        "commit",
        "50,000 lines of syslog in the answer",
        "",
        at("commit-configuration", "noise", body=NOISE, repeat=50000),
        commits=1,
    ),
    # A confirmed commit, and its confirmation.
    Fault(
        "reset-confirmed",
        "confirm",
        "reset once the confirmed commit is done",
        "HOST: the session was lost during the commit. Whether it took effect is not known. If it did, it is not"
        " confirmed, and the device rolls it back by itself within 1 minutes: run the task again after that.",
        at("commit-configuration/confirmed", "drop-after"),
        options=CONFIRMED,
        device=SHORT_MINUTE,
        rolled_back=True,
    ),
    Fault(
        "unreachable",
        "confirm",
        "the device cannot be reached any more after a confirmed commit",
        f"{NO_SESSION}{RESET}. {REACH}. {ROLLS_BACK}",
        at("connect", "reset", nth=2, times=0),
        options=CONFIRMED,
        device=SHORT_MINUTE,
        rolled_back=True,
    ),
    Fault(
        "refused-confirmation",
        "confirm",
        "the confirmation is refused",
        f"{refused('the commit', 'no space left on device')}. {ROLLS_BACK}",
        at("commit-configuration", "error", nth=2, messages=["no space left on device"]),
        options=CONFIRMED,
        device=LONG_ENOUGH,
        rolled_back=True,
    ),
    Fault(
        "reset-confirmation",
        "confirm",
        "reset once the commit is confirmed",
        "HOST: the session was lost during the commit. Whether the commit is confirmed now is not known. If it is not,"
        " the device rolls it back by itself within 1 minutes: run the task again after that.",
        at("commit-configuration", "drop-after", nth=2),
        options=CONFIRMED,
        confirmations=1,
        commits=1,
    ),
    # Afterwards.
    Fault(
        "reset-close",
        "close",
        "reset instead of closing the candidate",
        "",
        at("close-configuration", "drop"),
        commits=1,
    ),
    Fault(
        "reset-end",
        "close",
        "reset instead of closing the session",
        "",
        at("close-session", "drop"),
        options=EXCLUSIVE,
        commits=1,
    ),
    # All the way.
    Fault(
        "slow",
        "all",
        "every answer takes half a second",
        "",
        tuple(
            script
            for rpc in ("get", "open", "load", "commit", "close")
            for script in at(f"{rpc}-configuration", "late", seconds=0.5)
        ),
        commits=1,
    ),
    Fault(
        "big",
        "all",
        "a configuration of 20 MB, a tenth of it in [edit security pki]",
        "",
        has=BIG,
        commits=1,
    ),
)
