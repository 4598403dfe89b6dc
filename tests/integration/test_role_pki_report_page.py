# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the role pki_report, as a person finds it in a browser. The pictures stay in build/report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from integration.pages import browser, fleet, report_of, resize, screenshot, show, write_page
from integration.playing import BUILD
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

PICTURES = BUILD / "report"
# One whose subject and name a page would run, if it took them for anything but text.
ATTACK = "<script>window.hacked = 1</script>"
NOT_KNOWN = "\N{EN DASH}"
IMAGE = "<img src=x onerror='window.hacked = 1'>"


class Written(NamedTuple):
    """A page, and the report that it was made of."""

    file: Path
    report: dict[str, Any]

    def rows(self, **values: Any) -> list[dict[str, Any]]:
        return [row for row in self.report["certificates"] if values.items() <= row.items()]


Make = Callable[[dict[str, dict[str, Any]]], Written]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def make(results: dict[str, dict[str, Any]]) -> Written:
        report = report_of(results)
        return Written(write_page(report, tmp_path_factory.mktemp("page")), report)

    return make


@pytest.fixture(scope="module")
def page(make: Make) -> Written:
    """A fleet that fits on the time line row by row, with all severities."""
    return make({name: told for number, (name, told) in enumerate(fleet(64).items()) if number % 4 in (0, 1, 3)})


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with browser(tmp_path_factory.mktemp("browser")) as driver:
        yield driver


def texts(driver: WebDriver, selector: str) -> list[str]:
    """The text of every such element, shown or not."""
    script = "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent.trim())"
    found: list[str] = driver.execute_script(script, selector)
    return found


def one(driver: WebDriver, selector: str) -> WebElement:
    return driver.find_element(By.CSS_SELECTOR, selector)


def column(driver: WebDriver, number: int) -> list[str]:
    return texts(driver, f"#certificates tbody tr > :nth-child({number})")


def sort_by(driver: WebDriver, number: int) -> None:
    driver.execute_script("arguments[0].click()", one(driver, f"#certificates thead th:nth-child({number}) button"))


def choose(driver: WebDriver, name: str, value: str) -> None:
    element = one(driver, f"#filter-{name}")
    script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    driver.execute_script(script, element, value)


def shown(driver: WebDriver) -> str:
    return one(driver, "#shown").text


def complaints(driver: WebDriver) -> list[str]:
    return [entry["message"] for entry in driver.get_log("browser")]


def requested(driver: WebDriver) -> list[str]:
    """Every address that was asked for since the last time, but by the browser's own first page, which may be late."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    urls = [each["request"]["url"] for each in sent if not each["documentURL"].startswith("chrome:")]
    return [url for url in urls if not url.startswith(("about:", "data:"))]


# It loads, and says what the report says.


def test_it_asks_for_nothing_and_complains_of_nothing(driver: WebDriver, page: Written) -> None:
    requested(driver)
    show(driver, page.file)
    assert requested(driver) == [page.file.as_uri()]
    assert complaints(driver) == []


def test_the_numbers_are_those_of_the_report(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    summary = page.report["summary"]
    names = ("certificates", "renewing", "errors", "warnings", "infos")
    assert [texts(driver, f"#figure-{name} dd") for name in names] == [[str(summary[name])] for name in names]
    assert texts(driver, "#figure-hosts dd") == [f"{summary['hosts_read']} of {summary['hosts']}"]
    dates = [summary[name][:16].replace("T", " ") for name in ("next_trigger", "next_expiry")]
    assert texts(driver, ".figures .date dd") == dates
    severities = [row["severity"] for row in page.report["certificates"]]
    assert texts(driver, ".legend strong") == [
        str(severities.count(each)) for each in ("error", "warning", "info", "ok") if each in severities
    ]
    assert shown(driver) == f"{len(severities)} certificates of {len(severities)} shown."
    assert json.loads(texts(driver, "#report")[0]) == page.report


def test_every_finding_stands_under_what_to_do(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    codes = [finding["code"] for finding in page.report["findings"]]
    groups = dict(zip(texts(driver, ".groups code"), texts(driver, ".groups .count"), strict=True))
    expected = {code: f"{codes.count(code)} case{'' if codes.count(code) == 1 else 's'}" for code in codes}
    assert groups == expected
    one(driver, ".groups summary").click()
    first = texts(driver, ".groups details:first-of-type code")[0]
    sentences = [finding["sentence"] for finding in page.report["findings"] if finding["code"] == first]
    assert texts(driver, ".groups details:first-of-type li > span") == sentences


def test_the_load_tells_the_peak_of_each_ca(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    driver.execute_script("document.querySelector('.multiples .more').click()")
    peaks = dict(zip(texts(driver, ".load h3"), texts(driver, ".bars span"), strict=True))
    assert peaks == {
        row["ca"]: f"{row['peak_day']['renewals']} on {row['peak_day']['day']}" for row in page.report["load"]
    }


def test_the_time_line_marks_every_renewal_on_it(driver: WebDriver, make: Make) -> None:
    small = make(dict(list(fleet(10).items())))
    show(driver, small.file)
    rows = small.report["certificates"]
    assert len(texts(driver, ".life")) == len(rows)
    script = "return [...document.querySelectorAll('.labels a')].map((each) => each.getAttribute('aria-label'))"
    words = {"error": "Error", "warning": "Warning", "info": "Note", "ok": "OK"}
    assert sorted(driver.execute_script(script)) == sorted(
        f"{row['host']} {row['certificate_id']}, {words[row['severity']]}" for row in rows
    )
    # From the left to the right in time, and no mark that has no renewal.
    script = "return [...document.querySelectorAll('.life .sign-of')].map((each) => each.getBoundingClientRect().x)"
    marks = driver.execute_script(script)
    assert marks == sorted(marks)
    assert 0 < len(marks) <= sum(row["trigger"] is not None for row in rows)


def test_the_keyboard_shows_the_dates_of_a_life(driver: WebDriver, make: Make) -> None:
    small = make(dict(list(fleet(10).items())))
    show(driver, small.file)
    (row,) = small.rows(host="srx-oslo-0001", certificate_id="vpn-01")
    ActionChains(driver).send_keys(Keys.TAB).perform()
    label = one(driver, f".labels [aria-label^='{row['host']} {row['certificate_id']}']")
    driver.execute_script("arguments[0].focus()", label)
    trigger, expiry = (row[name][:16].replace("T", " ") for name in ("trigger", "not_after"))
    assert texts(driver, "#tip:not([hidden]) > *")[:3] == [
        f"{row['host']} {row['certificate_id']}",
        f"renews {trigger} by {row['rule']}",
        f"expires {expiry}",
    ]
    driver.execute_script("arguments[0].blur()", label)
    assert texts(driver, "#tip:not([hidden]) > *") == []


def test_the_keyboard_goes_through_a_dense_time_line(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    # By renewal, then by expiry; what never renews comes last.
    rows = sorted(page.rows(), key=lambda row: (row["trigger"] or "9999", row["not_after"]))
    driver.execute_script("arguments[0].focus()", one(driver, ".field"))
    seen = []
    for key in (Keys.HOME, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.END):
        ActionChains(driver).send_keys(key).perform()
        seen += texts(driver, "#tip:not([hidden]) b")
    assert seen == [f"{rows[n]['host']} {rows[n]['certificate_id']}" for n in (0, 1, 2, 1, -1)]
    ActionChains(driver).send_keys(Keys.ENTER).perform()
    assert one(driver, "#detail-title").text == rows[-1]["host"]


def test_a_life_that_is_over_is_told_in_words(driver: WebDriver, make: Make) -> None:
    name = "srx-berlin-0020"
    over = make({name: fleet(21)[name]})
    show(driver, over.file)
    (expiry,) = {row["not_after"][:10] for row in over.report["certificates"]}
    assert texts(driver, ".life text") == [f"expired {expiry}"]
    driver.get(f"{over.file.as_uri()}#host={name}")
    assert f"{expiry} 13:00, 157 days ago" in texts(driver, "#detail .facts dd")


# The table.


def test_a_column_sorts_both_ways(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    dates = sorted(row["not_after"][:16].replace("T", " ") for row in page.report["certificates"])
    assert len(dates) <= 200
    for direction, expected in (("ascending", dates), ("descending", dates[::-1])):
        sort_by(driver, 8)
        assert one(driver, "#certificates thead th:nth-child(8)").get_attribute("aria-sort") == direction
        assert column(driver, 8) == expected[:100]
    assert len(driver.find_elements(By.CSS_SELECTOR, "th[aria-sort]")) == 1


def test_what_is_not_known_stands_last_both_ways(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    choose(driver, "severity", "error")
    without = len([row for row in page.rows(severity="error") if row["trigger"] is None])
    assert without > 0
    for _direction in range(2):
        sort_by(driver, 6)
        assert column(driver, 6)[-without:] == [NOT_KNOWN] * without


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"text": "OSLO vpn-01"}, lambda row: "oslo" in row["host"] and row["certificate_id"] == "vpn-01"),
        ({"text": "key-not-regenerated"}, lambda row: "key-not-regenerated" in row["findings"]),
        ({"severity": "warning"}, lambda row: row["severity"] == "warning"),
        ({"protocol": "none"}, lambda row: row["protocol"] is None),
        ({"ca": "lab-ca.example.net"}, lambda row: row["ca"] == "lab-ca.example.net"),
        (
            {"text": "vpn-02", "severity": "warning", "protocol": "cmpv2"},
            lambda row: (
                row["certificate_id"] == "vpn-02" and row["severity"] == "warning" and row["protocol"] == "cmpv2"
            ),
        ),
        ({"text": "no such thing"}, lambda _row: False),
    ],
    ids=["text", "code", "severity", "protocol", "ca", "together", "nothing"],
)
def test_filters(
    driver: WebDriver, page: Written, filters: dict[str, str], wanted: Callable[[dict[str, Any]], bool]
) -> None:
    show(driver, page.file)
    for name, value in filters.items():
        choose(driver, name, value)
    rows = [row for row in page.report["certificates"] if wanted(row)]
    total = len(page.report["certificates"])
    assert shown(driver) == f"{len(rows)} certificate{'' if len(rows) == 1 else 's'} of {total} shown."
    sort_by(driver, 2)
    assert column(driver, 2) == sorted(row["host"] for row in rows)[:100]
    one(driver, "#filter-clear").click()
    assert shown(driver) == f"{total} certificates of {total} shown."


def test_pages_of_the_table(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    sort_by(driver, 8)
    dates = sorted(row["not_after"][:16].replace("T", " ") for row in page.report["certificates"])
    driver.execute_script("arguments[0].click()", one(driver, "#page-next"))
    assert column(driver, 8) == dates[100:200]
    assert one(driver, "#page").text == f"Page 2 of {-(-len(dates) // 100)}"


# One host.


def test_the_keyboard_opens_and_closes_a_host(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    link = one(driver, "#certificates tbody th a")
    name = link.text
    driver.execute_script("arguments[0].focus()", link)
    ActionChains(driver).send_keys(Keys.ENTER).perform()
    assert one(driver, "#detail").get_attribute("open") is not None
    assert one(driver, "#detail-title").text == name
    assert driver.execute_script("return decodeURIComponent(location.hash)") == f"#host={name}"
    own = page.rows(host=name)
    assert texts(driver, "#detail article h3") == [
        row["certificate_id"] + {"error": "Error", "warning": "Warning", "info": "Note", "ok": "OK"}[row["severity"]]
        for row in own
    ]
    found = [finding for finding in page.report["findings"] if finding["host"] == name]
    assert sorted(texts(driver, "#detail .said strong")) == sorted(finding["advice"] for finding in found)
    ActionChains(driver).send_keys(Keys.ESCAPE).perform()
    assert one(driver, "#detail").get_attribute("open") is None
    assert driver.execute_script("return document.activeElement.textContent") == name
    assert driver.execute_script("return location.hash") == ""


def test_an_address_opens_a_host(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    name = page.report["hosts"][-1]["host"]
    driver.get(f"{page.file.as_uri()}#host={name}")
    driver.refresh()
    assert one(driver, "#detail-title").text == name
    driver.get(f"{page.file.as_uri()}#host=%zz")
    driver.refresh()
    assert one(driver, "#detail").get_attribute("open") is None
    assert complaints(driver) == []


# Text of others.


def test_markup_of_others_stays_text(driver: WebDriver, make: Make) -> None:
    name, told = next(iter(fleet(1).items()))
    hostile = json.loads(json.dumps(told).replace(name, IMAGE))
    for certificate in hostile["local_certificates"]:
        certificate["subject"] = f"CN={ATTACK}"
        certificate["issuer"] = f"CN={IMAGE}"
    page = make({IMAGE: hostile})
    show(driver, page.file)
    assert column(driver, 2)[0] == IMAGE
    assert texts(driver, "#certificates tbody td small")[0] == f"CN={ATTACK}"
    one(driver, "#certificates tbody th a").click()
    assert one(driver, "#detail-title").text == IMAGE
    assert f"CN={IMAGE}" in texts(driver, "#detail .facts dd")
    for details in driver.find_elements(By.CSS_SELECTOR, "details"):
        driver.execute_script("arguments[0].open = true", details)
    assert driver.execute_script("return [window.hacked, document.images.length]") == [None, 0]
    assert complaints(driver) == []


# What it looks like, and who can use it.


def test_pictures(driver: WebDriver, make: Make) -> None:
    chosen = (0, 1, 3, 7, 8, 14, 16, 20, 23, 38, 53)
    page = make({name: told for number, (name, told) in enumerate(fleet(54).items()) if number in chosen})
    sizes = {
        "report-1280": (1280, 1600, "light"),
        "report-dark": (1280, 1600, "dark"),
        "report-390": (390, 2600, "light"),
    }
    for name, (width, height, scheme) in sizes.items():
        show(driver, page.file, width, height, scheme)
        screenshot(driver, PICTURES / f"{name}.png")
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert (wide, (PICTURES / f"{name}.png").stat().st_size > 20000) == (width, True)
    resize(driver, 1280, 900)


def test_dark_and_light_differ(driver: WebDriver, page: Written) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    shades = []
    for scheme in ("light", "dark"):
        show(driver, page.file, scheme=scheme)
        shades.append(driver.execute_script(colour))
    assert shades == ["rgb(245, 246, 248)", "rgb(16, 21, 27)"]


def test_paper_shows_no_controls_and_every_row(driver: WebDriver, page: Written) -> None:
    show(driver, page.file, scheme="dark")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    hidden = [one(driver, selector).is_displayed() for selector in (".filters", "nav", ".pager", ".skip")]
    assert hidden == [False] * 4
    assert len(column(driver, 2)) == len(page.report["certificates"])
    assert driver.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert driver.execute_script("return [...document.querySelectorAll('details')].every((each) => each.open)") is True
    driver.execute_script("dispatchEvent(new Event('afterprint'))")
    assert len(column(driver, 2)) == 100
    assert driver.execute_script("return document.querySelectorAll('details[open]').length") == 0


def test_everything_has_a_name(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    script = """
        const named = (each) => each.textContent.trim() || each.getAttribute('aria-label');
        return [
            document.documentElement.lang,
            document.querySelectorAll('h1').length,
            document.querySelectorAll('main').length,
            [...document.querySelectorAll('button, a')].filter((each) => !named(each)).length,
            [...document.querySelectorAll('input, select')].filter((each) => !each.labels.length).length,
            [...document.querySelectorAll('[role=img]')].filter((each) => !each.getAttribute('aria-label')).length,
            [...document.querySelectorAll('table')].filter((each) => !each.caption).length,
            [...document.querySelectorAll('section')].filter((each) => !each.getAttribute('aria-labelledby')).length,
        ];
    """
    assert driver.execute_script(script) == ["en", 1, 1, 0, 0, 0, 0, 0]


def test_the_first_stop_of_the_keyboard_skips_to_the_report(driver: WebDriver, page: Written) -> None:
    show(driver, page.file)
    ActionChains(driver).send_keys(Keys.TAB).perform()
    assert driver.execute_script("return document.activeElement.textContent") == "Skip to the report"
    ActionChains(driver).send_keys(Keys.ENTER).perform()
    assert driver.execute_script("return document.activeElement.id") == "main"


def test_without_javascript_the_figures_are_there(driver: WebDriver, page: Written) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(page.file.as_uri())
        assert one(driver, "#figure-errors dd").text == str(page.report["summary"]["errors"])
        assert one(driver, "noscript p").text.startswith("These are the key figures.")
        assert one(driver, "main").is_displayed() is False
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("results", [{}, {"srx-empty": {"configuration": {}, "local_certificates": []}}])
def test_a_fleet_without_certificates(driver: WebDriver, make: Make, results: dict[str, dict[str, Any]]) -> None:
    show(driver, make(results).file)
    assert texts(driver, ".chart p") == ["There is no certificate to show."]
    assert shown(driver) == "0 certificates of 0 shown."
    assert complaints(driver) == []


def test_ten_thousand_certificates_are_usable_in_two_seconds(driver: WebDriver, make: Make) -> None:
    page = make(fleet(3500))
    total = len(page.report["certificates"])
    assert total > 10000
    script = """
        const filter = document.getElementById('filter-text');
        const start = performance.now();
        filter.value = 'srx-oslo-0001 vpn-01';
        filter.dispatchEvent(new Event('input', {bubbles: true}));
        return [performance.getEntriesByName('report-ready')[0].startTime, performance.now() - start];
    """
    took = []
    for _load in range(3):
        show(driver, page.file)
        took.append(sum(driver.execute_script(script)))
        assert shown(driver) == f"1 certificate of {total:,} shown."
    assert min(took) < 2000
    show(driver, page.file)
    screenshot(driver, PICTURES / "report-10000.png")
    # Paper has an end, and says so.
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert shown(driver) == f"The first 2,000 of {total:,} certificates of {total:,} shown."
    driver.execute_script("dispatchEvent(new Event('afterprint'))")
