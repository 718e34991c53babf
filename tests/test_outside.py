"""Nothing leaves: every page and every state of the estimator, behind a proxy that notes all hosts.

The pages are served with the headers that a host sends, so that what they say is tried too.
"""

import shutil

import pytest

from tests.conftest import ROOT
from tests.kept_memory import IS_THERE
from tests.proxy import recording
from tests.serving import TestSite, serving
from tests.test_browser import SIX_VISITS, STATE, Page

SITE = ROOT / "site"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
# Python is started by the estimator, its frame and the tools: they have tests of their own.
STARTING = {name for name in PAGES if ' data-worker="' in (SITE / name).read_text("utf-8")}
READ = [name for name in PAGES if name not in STARTING]
GROUPS = 6
ELSEWHERE = b'<!doctype html><link rel="icon" href="data:,"><img src="http://elsewhere.test/1.png">'
# Chromium itself asks its maker how to fill in a form, with a number made from the fields' names.
BROWSER_S_OWN = {"content-autofill.googleapis.com:443"}
STORED = """async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
})"""
# The addresses of all that the browser's caches hold.
CACHED = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const { url } of await cache.keys()) found.push(url);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def proxy():
    with recording() as started:
        yield started


@pytest.fixture(scope="module")
def site():
    headers = (SITE / "_headers").read_text("utf-8")
    replaced = {"elsewhere/": ELSEWHERE}
    with serving(TestSite(SITE, headers=headers, replaced=replaced)) as served:
        yield served


@pytest.fixture(scope="module")
def firefox(playwright, proxy):
    """Firefox, all of whose requests go through the proxy."""
    program = shutil.which("firefox-esr")
    if program is None:
        pytest.skip("firefox is not installed")
    browser = playwright.firefox.launch(
        executable_path=program, channel="moz-firefox", proxy={"server": proxy.address}
    )
    yield browser
    browser.close()


@pytest.fixture(params=["chromium", pytest.param("firefox", marks=pytest.mark.thorough)])
def page(request, site, proxy):
    """A page whose browser reaches all but localhost through the proxy."""
    # Chromium calls home by itself; what a context asks for can be told apart from that.
    through = {"server": proxy.address, "bypass": "localhost"}
    told = {"proxy": through} if request.param == "chromium" else {}
    made = Visitor(request.getfixturevalue(request.param), site.address, told)
    proxy.asked.clear()
    yield made
    made.context.close()


class Visitor(Page):
    """A page that leaves it to the proxy to refuse other hosts."""

    def __init__(self, browser, address, told):
        super().__init__(browser, address, service_workers="allow", **told)
        self.context.unroute(self._is_foreign)


def asked(proxy):
    """The hosts that pages have asked for."""
    return [host for host in proxy.asked if host not in BROWSER_S_OWN]


def held(page):
    """What the browser keeps."""
    return page.ask(STORED)


NOTHING = {"local": [], "session": [], "cookies": "", "databases": [], "caches": []}


def test_the_proxy_notices_what_a_page_loads_from_elsewhere(page, proxy):
    page.open("elsewhere/")
    page.wait("() => document.querySelector('img').complete", wanted=True)
    assert proxy.asked == ["http://elsewhere.test/1.png"]


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_page_to_read_asks_nobody_else_and_keeps_nothing(page, proxy, group):
    for name in READ[group::GROUPS]:
        page.open(name.removesuffix("index.html"))
    assert held(page) == NOTHING
    assert asked(proxy) == []
    assert page.complaints == []


def test_the_estimator_asks_nobody_else_and_keeps_only_the_guide_itself(page, proxy, site):
    page.open().live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", **SIX_VISITS})
    page.wait_for_six_visits()
    code = page.ask("() => document.querySelector('[data-link]').hash")
    page.wait("() => navigator.serviceWorker.ready.then(() => true)", wanted=True)
    found = held(page)
    assert found | {"caches": []} == NOTHING
    assert len(found["caches"]) == 1
    page.wait(f"() => {IS_THERE}", wanted=True)
    cached = page.ask(CACHED)
    assert len(cached) > 20
    made_here = [url for url in cached if url.endswith("/memory")]
    assert len(made_here) == 1
    for url in set(cached) - set(made_here):
        path = url.removeprefix(site.address)
        assert (SITE / path).exists(), url
    page.tab.goto("about:blank")
    page.open(f"estimator/{code}").live()
    page.wait_for_six_visits()
    page.tab.get_by_role("button", name="Start over").click()
    assert held(page) | {"caches": []} == NOTHING
    assert asked(proxy) == []
    assert page.complaints == []
    assert not [request for request in site.requests if code[3:] in request.path]


def test_an_answer_is_kept_only_where_somebody_asked_for_it(page, proxy):
    page.open().live()
    page.fill({"visits": "6"})
    page.wait("() => document.querySelector('[data-link]').hash.length > 3", wanted=True)
    page.tab.locator("[data-remember]").check()
    assert held(page)["local"] == ["massage-coverage-guide:answers"]
    page.tab.locator("[data-remember]").uncheck()
    assert held(page)["local"] == []
    assert asked(proxy) == []


@pytest.mark.parametrize("path", sorted(STARTING - {"estimator/index.html"}))
def test_a_tool_and_the_frame_ask_nobody_else(page, proxy, path):
    page.open(path.removesuffix("index.html"))
    element = "estimator" if path.startswith("embed") else "tool"
    if element == "tool":
        page.tab.locator("#tool-form :is(input, select)").first.press("Tab")
        page.tab.locator("#tool-form input").first.dispatch_event("input", {"bubbles": True})
    page.wait(STATE.replace("estimator", element), "live")
    assert held(page) | {"caches": []} == NOTHING
    assert asked(proxy) == []
    assert page.complaints == []


def test_the_site_has_pages_of_both_kinds():
    assert len(READ) > 100
    assert {"estimator/index.html", "embed/index.html", "tools/units/index.html"} <= STARTING
