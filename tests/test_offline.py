"""A later visit without a network, and a newer version of the site: in a real browser."""

import json
import re
import shutil
import time

import pytest

from estimator import link
from estimator.publish.precache import PrecacheError, write_service_worker
from tests.conftest import ROOT
from tests.kept_memory import IS_THERE, rewrite
from tests.serving import TestSite, serving
from tests.test_browser import SIX_VISITS, STATE, Page

SITE = ROOT / "site"
SCRIPT = (SITE / "service-worker.js").read_text("utf-8")
VERSION = "() => document.querySelector('meta[name=version]').content"
NOTICE = "() => document.querySelectorAll('[data-service-worker] .update').length"
CACHES = "() => caches.keys()"
ACTIVE = """() => navigator.serviceWorker.getRegistration().then(
    (found) => found?.active?.state === "activated" && !found.installing)"""
IS_KEPT = """() => navigator.serviceWorker.getRegistration().then(({installing}) =>
    caches.keys().then((names) => !installing && names.some((name) => name.endsWith(
        document.querySelector("meta[name=version]").content))))"""
VERSIONS_KEPT = "() => caches.keys().then(names => names.map(name => name.split(' ').pop()).join())"
LOOK_FOR_UPDATES = "() => navigator.serviceWorker.getRegistration().then((found) => found.update())"


def listed(name, script=SCRIPT):
    """What the build wrote after `const NAME =`."""
    return json.loads(re.search(rf"^const {name} = (.*?);", script, re.MULTILINE)[1])


def another_build(folder, to):
    """The site as a build would make it after one byte of a style has changed."""
    shutil.copytree(folder, to)
    version = listed("VERSION")
    assets = listed("FILES")[0].split("/")[1]
    names = {version: version[::-1], assets: assets[::-1]}
    assert all(old != new for old, new in names.items())
    (to / "assets" / assets).rename(to / "assets" / names[assets])
    style = to / "assets" / names[assets] / "styles" / "guide.css"
    style.write_bytes(style.read_bytes() + b"\n")
    for path in [*to.rglob("*.html"), to / "service-worker.js"]:
        text = path.read_text("utf-8")
        for old, new in names.items():
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    return to


@pytest.fixture
def site():
    """A site of one's own: its server can be stopped, and its files changed."""
    with serving(TestSite(SITE, prefix="/guide/")) as served:
        yield served


@pytest.fixture
def page(chromium, site):
    made = Page(chromium, site.address, service_workers="allow")
    yield made
    made.context.close()


def kept(page, path="estimator/"):
    """Visit the page until the browser keeps the guide."""
    page.open(path).live()
    page.wait(ACTIVE, wanted=True)
    return page


def test_every_file_on_the_list_exists_and_its_name_says_what_is_in_it():
    for path in listed("FILES") + listed("DATA"):
        assert (SITE / path).is_file(), path
    for path in listed("PAGES"):
        assert (SITE / path / "index.html").is_file(), path
    assert {"", "estimator/", "offline/"} <= set(listed("PAGES"))
    assert all(
        re.search(r"/[0-9a-f]{12,16}/|\.[0-9a-f]{8}\.min\.", path) for path in listed("FILES")
    )


def test_every_page_carries_the_version_of_the_service_worker():
    stamp = f'<meta name="version" content="{listed("VERSION")}">'
    for path in SITE.rglob("*.html"):
        assert path.read_text("utf-8").count(stamp) == 1, path


def test_a_page_that_loads_a_file_the_site_does_not_have_stops_the_build(tmp_path):
    script = '<script type="module" src="../assets/estimator/offline.js"></script>'
    pages = {"estimator/index.html": script, "index.html": "", "offline/index.html": ""}
    with pytest.raises(PrecacheError, match=r"doesn't have: assets/estimator/offline\.js"):
        write_service_worker(tmp_path, pages, "1")


def test_everything_the_estimator_s_page_asks_for_is_on_the_list(chromium, site):
    page = Page(chromium, site.address)
    page.open().live()
    page.fill(SIX_VISITS)
    page.wait_for_six_visits()
    asked = {request.path.removeprefix(site.prefix) for request in site.requests}
    assert asked - {*listed("FILES"), *listed("DATA"), *listed("PAGES")} == set()
    page.context.close()


def test_a_second_visit_works_with_the_server_stopped(page, site):
    kept(page)
    site.stop()
    page.open("estimator/?utm_source=post#e=").live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", **SIX_VISITS})
    page.wait_for_six_visits()
    page.open("estimator/index.html").live()
    assert page.complaints == []


ANSWER = "() => document.getElementById('estimator-answer').innerText"
EXAMPLE_NOTE = "Not your numbers yet"
ALTERED_NOTE = "Not your numbers YET"


def with_memory_kept(page, path="estimator/"):
    """Visit the page until the browser keeps Python's memory too."""
    kept(page, path).wait(f"() => {IS_THERE}", wanted=True)
    return page


def test_a_later_visit_goes_on_from_the_memory_that_was_kept(page, site):
    with_memory_kept(page)
    assert page.ask(f"() => {rewrite(EXAMPLE_NOTE, ALTERED_NOTE, sealed=True)}") > 0
    site.stop()
    page.open().live()
    assert ALTERED_NOTE in page.ask(ANSWER)
    page.fill({"purpose": "diagnosed", "provider": "lmt", **SIX_VISITS})
    page.wait_for_six_visits()
    page.tab.locator("[data-action=call]").click()
    page.wait("() => document.querySelectorAll('.sheet-call h2').length", 1)
    assert page.complaints == []


def test_memory_that_has_changed_is_not_used_and_is_taken_anew(page, site):
    with_memory_kept(page)
    assert page.ask(f"() => {rewrite(EXAMPLE_NOTE, ALTERED_NOTE, sealed=False)}") > 0
    site.stop()
    page.open().live()
    assert EXAMPLE_NOTE in page.ask(ANSWER)
    page.wait(f"() => {rewrite(ALTERED_NOTE, EXAMPLE_NOTE, sealed=False)}", 0)
    page.wait(f"() => {IS_THERE}", wanted=True)
    assert page.complaints == []


def test_no_answer_is_in_the_memory_that_is_kept(page):
    """Neither from a link nor typed while Python starts; what it was asked itself is there."""
    page.open(f"estimator/#e={link.encode({'fee': '5432.10'})}")
    page.fill({"allowed": "4321.5"})
    page.live()
    assert page.tab.locator("[name=fee]").input_value() == "5432.10"
    page.wait(f"() => {IS_THERE}", wanted=True)
    assert page.tab.locator("[name=allowed]").input_value() == "4321.5"
    for typed in ("5432.1", "4321.5"):
        assert page.ask(f"() => {rewrite(typed, typed, sealed=False)}") == 0
    asked = "six-visits-after-a-deductible"
    assert page.ask(f"() => {rewrite(asked, asked, sealed=False)}") > 0


def test_keeping_the_guide_loads_nothing_big_twice(page, site):
    """No matter what the browser's own cache holds: under test, nothing."""
    kept(page)
    big = [item.path for item in site.requests if item.path.endswith((".wasm", ".pack"))]
    assert sorted(set(big)) == sorted(big)
    assert len(big) == 2  # the engine and the pack
    assert [name for name in page.ask(CACHES) if "handed" in name] == []


def test_the_tools_work_with_the_server_stopped(page, site):
    kept(page)
    site.stop()
    page.open("tools/units/")
    field = page.tab.locator("#tool-form input:not([type=radio])").first
    field.fill("45")
    page.wait("() => document.getElementById('tool').dataset.state", "live")
    assert page.complaints == []


def test_pages_that_were_read_stay_readable(page, site):
    page.open("plans/ppo/")
    kept(page)
    page.open("about/")
    page.wait("() => caches.match(location.href).then(Boolean)", wanted=True)
    site.stop()
    for path, words in {"plans/ppo/": "PPO", "about/": "About", "": "insurance pay"}.items():
        page.open(path)
        assert words in page.tab.locator("h1").inner_text()
        assert page.ask("() => getComputedStyle(document.querySelector('.md-typeset')).fontFamily"
                        ).startswith('"Source Sans 3"')  # fmt: skip
    page.open("decisions/")
    assert page.tab.locator("h1").inner_text() == "You are offline"
    with page.tab.expect_navigation():
        page.tab.locator(".doors").get_by_role("link", name="Check my coverage").click()
    page.live()


def test_online_a_page_is_as_new_as_the_site(page, site):
    kept(page, "estimator/")
    site.replaced["about/index.html"] = site.replaced["about/"] = b"<!doctype html><h1>Newer</h1>"
    page.open("about/")
    assert page.tab.locator("h1").inner_text() == "Newer"
    page.open("no-such-page/")
    assert page.tab.locator("h1").inner_text() == "There is no page here"


def test_a_newer_version_is_told_and_waits_for_a_press(page, site, tmp_path):
    kept(page)
    page.fill(SIX_VISITS)
    old, before = page.ask(VERSION), page.ask(CACHES)
    site.folder = another_build(SITE, tmp_path / "newer")
    site.requests.clear()
    page.ask(LOOK_FOR_UPDATES)
    page.wait(NOTICE, 1)
    # What didn't change isn't loaded again.
    assert [request for request in site.requests if "/runtime/" in request.path] == []
    page.fill({"visits": "3"})
    page.wait(page.output("range.likely"), "240.00")
    assert page.ask(VERSION) == old
    assert before[0] in page.ask(CACHES)
    with page.tab.expect_event("domcontentloaded"):
        page.tab.get_by_role("button", name="Reload").click()
    page.live()
    assert page.ask(VERSION) == old[::-1]
    # The answers come along, and the address is as before.
    page.wait(page.output("range.likely"), "240.00")
    page.wait("() => location.hash", "")
    assert page.ask(CACHES) == [before[0].replace(old, old[::-1])]
    assert page.ask(NOTICE) == 0
    loaded = page.ask("() => performance.getEntriesByType('resource').map(entry => entry.name)")
    of_ours = {name.split("/")[5] for name in loaded if re.search(r"/assets/[0-9a-f]{12}/", name)}
    assert len(of_ours) == 1
    site.stop()
    page.open().live()
    assert page.ask(VERSION) == old[::-1]


def test_a_page_that_is_as_new_already_is_told_nothing(page, site, tmp_path):
    kept(page)
    old = page.ask(VERSION)
    site.folder = another_build(SITE, tmp_path / "newer")
    page.open().live()
    assert page.ask(VERSION) == old[::-1]
    page.wait(IS_KEPT, wanted=True)
    time.sleep(0.5)
    assert page.ask(NOTICE) == 0
    # A browser may let the old worker finish first; a later visit finds the new one alone.
    later = page.context.new_page()
    page.tab.close()
    page.tab = later
    page.open().live()
    page.wait(VERSIONS_KEPT, old[::-1])
    assert page.ask(NOTICE) == 0


def test_another_page_of_the_old_version_keeps_its_files(page, site, tmp_path):
    kept(page)
    other = page.context.new_page()
    other.goto(site.address + "estimator/")
    old = page.ask(VERSION)
    site.folder = another_build(SITE, tmp_path / "newer")
    page.open().live()
    page.ask(LOOK_FOR_UPDATES)
    page.wait("() => navigator.serviceWorker.getRegistration().then(found => !!found.waiting)",
              wanted=True)  # fmt: skip
    time.sleep(0.5)
    assert old in page.ask("() => caches.keys().then(names => names.join())")
    page.wait("() => 1", 1)
    assert other.evaluate(VERSION) == old


def test_half_a_new_version_is_not_kept(page, site, tmp_path):
    kept(page)
    before = page.ask(CACHES)
    newer = another_build(SITE, tmp_path / "newer")
    site.replaced["service-worker.js"] = (newer / "service-worker.js").read_bytes()
    page.ask(LOOK_FOR_UPDATES)
    page.wait(ACTIVE, wanted=True)
    page.wait(CACHES, before)
    assert page.ask(NOTICE) == 0


def test_where_nothing_can_be_kept_the_page_works(page):
    page.tab.add_init_script(
        "navigator.serviceWorker.register = () => Promise.reject(new DOMException('SecurityError'))"
    )
    page.open().live()
    page.fill(SIX_VISITS)
    page.wait_for_six_visits()
    time.sleep(0.5)
    assert page.ask(CACHES) == []
    assert page.complaints == []


def test_a_metered_line_keeps_nothing(chromium, site):
    page = Page(chromium, site.address, service_workers="allow")
    page.tab.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    page.open()
    page.tab.get_by_role("button", name="Load it now").click()
    page.live()
    time.sleep(1)
    assert page.ask("() => navigator.serviceWorker.getRegistration().then(Boolean)") is False
    page.context.close()


@pytest.mark.parametrize("path", ["", "plans/ppo/", "embed/"])
def test_a_guide_page_and_the_frame_keep_nothing(page, path):
    page.open(path)
    if path == "embed/":
        page.wait(STATE, "live")
    time.sleep(1)
    assert page.ask("() => navigator.serviceWorker.getRegistration().then(Boolean)") is False
