# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets to report on, the pages that the role makes of them, and a browser to look at them."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.netpki.junos.plugins.module_utils._audit import audit
from ansible_collections.netpki.junos.plugins.plugin_utils._page import to_html
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

# As a browser is run by a test: as root, without a screen, and without asking anybody for anything.
_SWITCHES = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)


def fleet(hosts: int) -> dict[str, dict[str, Any]]:
    """What junos_pki_info would answer for a fleet: renewals over two years, several CAs, a bit of everything."""
    return {f"srx-{_SITES[number % 5]}-{number:04}": _host(number) for number in range(hosts)}


_SITES = ("berlin", "oslo", "porto", "quito", "sydney")


def _host(number: int) -> dict[str, Any]:
    if number % 97 == 53:
        return {"failed": True, "msg": "127.0.0.1 port 830: no NETCONF session: Connection refused."}
    ca = f"{('corp', 'branch', 'lab', 'vpn', 'web', 'dc', 'ot')[number % 7]}-ca"
    ids = ["vpn-01", "vpn-02", "web", "mgmt"][: 1 + number % 4 if number % 3 else 4]
    profile = {"name": ca, "enrollment": {"url": f"http://{ca}.example.net/scep"}}
    if number % 11 == 3:
        profile["enrollment"] |= {"retry": 3, "retry_interval": 60}
    return {
        "release": ("19.4R3", "21.4R3-S5.4", "22.4R3", "24.4R1")[number % 4],
        "configuration": {
            "ca_profiles": [profile],
            "config": [_entry(number, each, ca) for each in ids if (number + len(each)) % 23],
            "deactivated": [],
            "certificate_uses": [
                {"certificate_id": "vpn-01", "path": "security ike policy hq certificate local-certificate vpn-01"}
            ],
        },
        "local_certificates": [_certificate(number, place, each, ca) for place, each in enumerate(ids)],
        "ca_certificates": [{"ca_profile": ca, "subject": f"O=example, CN={ca}", "not_after": "2034-01-01T00:00:00Z"}],
        "certificate_requests": [],
    }


def _entry(number: int, certificate_id: str, ca: str) -> dict[str, Any]:
    entry = {"certificate_id": certificate_id, "protocol": ("scep", "cmpv2")[number % 2], "ca_profile_name": ca}
    if number % 31 != 7:
        entry["re_enroll_trigger_time_percentage"] = 15 + number % 10
    return {**entry, "re_generate_keypair": number % 13 != 1}


def _certificate(number: int, place: int, certificate_id: str, ca: str) -> dict[str, Any]:
    days = (365, 398, 730, 90)[place]
    issued = NOW - timedelta(days=(number * 37 + place * 11) % int(days * 0.8), hours=number % 24, minutes=place)
    if number % 59 == 20:
        issued -= timedelta(days=days)
    return {
        "certificate_id": certificate_id,
        "subject": f"O=example, CN={certificate_id}.srx-{number:04}.example.net",
        "issuer": f"O=example, CN={ca}",
        "serial_number": f"{number:06x}{place:02x}",
        "not_before": issued.isoformat(),
        "not_after": (issued + timedelta(days=days)).isoformat(),
    }


def report_of(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return audit(results, NOW)


def write_page(report: dict[str, Any], folder: Path) -> Path:
    """The page of a report."""
    page = folder / "report.html"
    page.write_text(to_html(report))
    return page


def _command(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is needed to test the page (Debian: apt install chromium chromium-driver)"
    return found


@contextmanager
def browser(folder: Path) -> Iterator[WebDriver]:
    """Chromium with a profile of its own; it ends with the block."""
    options = webdriver.ChromeOptions()
    options.binary_location = _command("chromium")
    for switch in (*_SWITCHES, f"--user-data-dir={folder}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(_command("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def show(driver: WebDriver, page: Path, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
    """Open a page in a window of that size, and wait until it is usable."""
    resize(driver, width, height)
    # Without motion, what is clicked stands still.
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    media = {"media": "", "features": [{"name": name, "value": value} for name, value in features.items()]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    driver.get("about:blank")
    driver.get(page.as_uri())
    ready = "return document.documentElement.dataset.ready === 'true'"
    WebDriverWait(driver, 20, poll_frequency=0.05).until(lambda each: each.execute_script(ready))


def resize(driver: WebDriver, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def screenshot(driver: WebDriver, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    file.write_bytes(base64.b64decode(shot["data"]))
