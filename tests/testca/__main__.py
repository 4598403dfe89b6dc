# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m testca CONFIG.yml --state DIR``: start a CA, say when it is ready, stop by itself."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from junosim.clock import Clock

from .authority import Authority, Signer
from .config import config
from .server import Server


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="testca", description="A certification authority for tests, on loopback.")
    parser.add_argument("config", type=Path, help="configuration (YAML)")
    parser.add_argument(
        "--state", type=Path, help="directory for ca.json, certificates, issued.jsonl (default: a new one)"
    )
    parser.add_argument(
        "--lifetime", type=float, default=1800, metavar="SECONDS", help="stop after this time (default 1800)"
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input is closed")
    return parser.parse_args()


def run(options: argparse.Namespace, state: Path) -> None:
    given = yaml.safe_load(options.config.read_text())
    if not isinstance(given, dict):
        raise ValueError(f"{options.config}: a mapping is needed")
    settings = config(given, options.config.parent)
    state.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe()
    with (state / "issued.jsonl").open("w", buffering=1) as log:

        def write(entry: dict[str, Any]) -> None:
            log.write(json.dumps(entry) + "\n")

        authority = Authority(
            settings, Clock(settings.clock).now, write, lambda signer: publish(state, authority, signer)
        )
        publish(state, authority, authority.intermediate)
        server = Server(authority, secret)
        stop_by_itself(server, options)
        ready(state, server)
        server.serve_forever(0.1)
        server.server_close()


def publish(state: Path, authority: Authority, current: Signer) -> None:
    """The certificates of the CA as files; called again when another intermediate has taken over."""
    root, intermediate = (signer.certificate.public_bytes(Encoding.PEM) for signer in (authority.root, current))
    for name, content in (("root", root), ("intermediate", intermediate), ("chain", intermediate + root)):
        replace(state / f"{name}.pem", content)


def ready(state: Path, server: Server) -> None:
    """ca.json appears, whole, when the CA takes connections. It holds the secret of the control."""
    facts = {
        "pid": os.getpid(),
        "url": server.url,
        "root": server.authority.root.certificate.fingerprint(SHA256()).hex(),
        "control": server.secret,
    }
    replace(state / "ca.json", json.dumps(facts, indent=1).encode())
    print(f"testca: ready at {server.url}, state in {state}", flush=True)


def replace(file: Path, content: bytes) -> None:
    """In one step, readable for the owner only."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_bytes(content)
    new.replace(file)


def stop_by_itself(server: Server, options: argparse.Namespace) -> None:
    """After a signal, at the end of standard input (if asked for), or at the end of the lifetime."""

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()  # it waits for the loop of this very thread

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    timer = threading.Timer(options.lifetime, stop)
    timer.daemon = True
    timer.start()
    if options.exit_with_parent:

        def watch() -> None:
            while os.read(sys.stdin.fileno(), 4096):
                pass
            stop()

        threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    options = arguments()
    state = options.state or Path(tempfile.mkdtemp(prefix="testca-state-"))
    try:
        run(options, state)
    except (ValueError, OSError, yaml.YAMLError) as error:
        sys.exit(f"testca: {error}")


if __name__ == "__main__":
    main()
