"""The same smoke test in the three engines that browsers are made of.

Chromium and Firefox by Playwright, WebKit by its own driver. Where an engine isn't installed the
test says so and is skipped; `make setup` installs all three on Debian.
"""

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import axe
from tests.conftest import ROOT
from tests.kept_memory import IS_THERE, rewrite
from tests.kinds import KINDS
from tests.serving import TestSite, serving

WEBKIT = Path("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser")
ANSWERS = {
    "purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo", "network": "in",
    "benefit": "covered", "cost_sharing": "deductible-coinsurance", "fee": "80.00",
    "allowed": "80.00", "deductible": "300.00", "deductible_met": "0", "coinsurance": "20",
    "visits": "6",
}  # fmt: skip
FILL = """
    for (const [name, value] of Object.entries(ANSWERS)) {
      const control = document.getElementById("estimator-form").elements[name];
      control.value = value;
      (control[0] instanceof HTMLInputElement ? control[0] : control)
        .dispatchEvent(new Event("input", { bubbles: true }));
    }
""".replace("ANSWERS", json.dumps(ANSWERS))
FIGURES = """return ["range.low", "range.high", "if_denied"]
    .map((path) => document.querySelector(`[data-output="${path}"]`)?.dataset.value).join()"""

# The browser keeps the guide, and is done with it.
KEPT = """return navigator.serviceWorker.getRegistration()
    .then((found) => found?.active?.state === "activated" && !found.installing)"""


class Played:
    """Chromium or Firefox."""

    def __init__(self, browser):
        self._page = browser.new_page()

    def open(self, address):
        self._page.goto(address)

    def ask(self, body):
        return self._page.evaluate(f"() => {{ {body} }}")

    def axe(self):
        self._page.evaluate(f"() => {{ {axe.LOAD} }}")
        return self._page.evaluate(f"() => {axe.FOUND}")


class Driven:
    """WebKit."""

    def __init__(self, driver):
        self._driver = driver
        driver.set_script_timeout(60)

    def open(self, address):
        self._driver.get(address)

    def ask(self, body):
        return self._driver.execute_script(body)

    def axe(self):
        self._driver.execute_script(axe.LOAD)
        return self._driver.execute_async_script(f"{axe.FOUND}.then(arguments[0])")


@contextmanager
def played(name, playwright):
    programs = {"chromium": ("chromium", "google-chrome"), "firefox": ("firefox-esr",)}[name]
    program = next(filter(None, map(shutil.which, programs)), None)
    if program is None:
        pytest.skip(f"{name} is not installed")
    told = {"args": ["--no-sandbox"]} if name == "chromium" else {"channel": "moz-firefox"}
    browser = getattr(playwright, name).launch(executable_path=program, **told)
    try:
        yield Played(browser)
    finally:
        browser.close()


@contextmanager
def driven():
    from selenium import webdriver  # noqa: PLC0415 - only where it is used

    service = shutil.which("WebKitWebDriver")
    if service is None or not WEBKIT.exists() or shutil.which("Xvfb") is None:
        pytest.skip("WebKit is not installed")
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as screen:  # fmt: skip
        try:
            display = screen.stdout.readline().strip()
            options = webdriver.WebKitGTKOptions()
            options.binary_location = str(WEBKIT)
            options.add_argument("--automation")
            env = {**os.environ, "DISPLAY": f":{display}"}
            driver = webdriver.WebKitGTK(
                options=options, service=webdriver.WebKitGTKService(service, env=env)
            )
            try:
                yield Driven(driver)
            finally:
                driver.quit()
        finally:
            screen.terminate()


def wait(browser, body, wanted, seconds=90):
    end = time.monotonic() + seconds
    while (found := browser.ask(body)) != wanted:
        assert time.monotonic() < end, f"{body} is {found!r}, not {wanted!r}"
        time.sleep(0.1)


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def browser(request):
    """A browser of each engine, started once for all tests."""
    name = request.param
    with (
        driven() if name == "webkit" else played(name, request.getfixturevalue("playwright"))
    ) as started:
        yield started


@pytest.fixture
def site():
    """A site of one's own, whose server can be stopped."""
    with serving(TestSite(ROOT / "site")) as served:
        yield served


def test_it_goes_live_answers_restores_a_link_and_needs_no_server_again(browser, site):
    state = "return document.getElementById('estimator')?.dataset.state"
    browser.open(site.address + "estimator/")
    wait(browser, state, "live")
    browser.ask(FILL)
    wait(browser, FIGURES, "336.00,336.00,480.00")
    assert browser.axe() == []
    code = browser.ask("return document.querySelector('[data-link]').hash")
    browser.open(site.address + "plans/ppo/")
    browser.open(f"{site.address}estimator/{code}")
    wait(browser, state, "live")
    wait(browser, FIGURES, "336.00,336.00,480.00")
    wait(browser, KEPT, wanted=True)
    wait(browser, f"return {IS_THERE}", wanted=True)
    altered = rewrite("Not your numbers yet", "Not your numbers YET", sealed=True)
    assert browser.ask(f"return {altered}") > 0
    site.stop()
    browser.open(f"{site.address}estimator/?later{code}")
    wait(browser, state, "live")
    wait(browser, FIGURES, "336.00,336.00,480.00")
    # It went on from the memory of the visit before.
    browser.open(f"{site.address}estimator/?example")
    wait(browser, state, "live")
    answer = "return document.getElementById('estimator-answer').innerText"
    assert "Not your numbers YET" in browser.ask(answer)


def test_a_tool_starts_with_a_touch_and_shows_the_list_of_the_paper_that_was_chosen(browser, site):
    browser.open(site.address + "tools/letter/")
    shown = """return [...document.querySelectorAll(".ticks")]
        .filter((list) => list.getClientRects().length).length"""
    wait(browser, shown, 0)
    browser.ask("document.querySelector('[name=paper][value=appeal]').click()")
    wait(browser, shown, 1)
    wait(browser, "return document.getElementById('tool').dataset.state", "live")
    browser.ask("document.querySelector('[name=\"appeal.claim\"]').click()")
    wait(
        browser,
        "return document.querySelector('[data-output=\"letter.have\"]')?.dataset.value",
        "1/8",
    )
    assert browser.axe() == []


@pytest.mark.thorough
def test_each_kind_of_page_is_accessible(browser, site):
    found = {}
    for kind, path in KINDS.items():
        browser.open(site.address + path)
        wait(browser, "return document.readyState", "complete")
        if broken := browser.axe():
            found[kind] = broken
    assert found == {}
