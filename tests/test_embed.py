"""The estimator in a frame on somebody else's page, and what a clinic copies to put it there."""

import json
import re
import time
from html import unescape
from types import SimpleNamespace

import pytest

from estimator import load
from estimator.messages import Messages
from estimator.publish import policy
from estimator.publish.pages import embedding
from tests.conftest import ROOT
from tests.serving import TestSite, serving
from tests.test_browser import STATE, Page

SITE = ROOT / "site"
SCRIPT = SITE / "assets" / "embed" / "embed.js"
EMBED = (SITE / "embed" / "index.html").read_text("utf-8")
FRAME_HEIGHT = "() => document.querySelector('iframe').getBoundingClientRect().height"
# A page of the guide's own site that says what it is told to.
SPEAKER = b"<!doctype html><script>onmessage = ({data}) => parent.postMessage(data, '*')</script>"
SAY = "data => document.querySelector('iframe').contentWindow.postMessage(data, '*')"


@pytest.fixture(scope="module")
def guide():
    with serving(TestSite(SITE, prefix="/guide/", replaced={"speaker.html": SPEAKER})) as served:
        yield served


@pytest.fixture
def clinic(tmp_path):
    """Another website: its pages are what a test writes."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    with serving(TestSite(tmp_path)) as served:
        yield served


@pytest.fixture
def page(chromium, clinic):
    made = Page(chromium, clinic.address)
    yield made
    made.context.close()


def put(page, clinic, guide, *, path="embed/", sandbox="", script=True):
    """Open a page of the clinic's with the guide in a frame; answer with the frame."""
    tag = f'<script src="{guide.address}assets/embed/embed.js" async></script>' if script else ""
    clinic.replaced["page/"] = (
        f'<!doctype html><html lang="en"><title>Clinic</title><link rel="icon" href="data:,">'
        f'<iframe src="{guide.address}{path}" title="Guide" width="100%" height="900" style="border: 0" {sandbox}>'
        f"</iframe>{tag}"
    ).encode()
    page.open("page/")
    return page.tab.frame_locator("iframe")


def inside(page, guide):
    return next(frame for frame in page.tab.frames if frame.url.startswith(guide.address))


def wait_for_fit(page, guide):
    """Wait until the frame is as high as what is in it."""
    end = time.monotonic() + 60
    while True:
        content = inside(page, guide).evaluate(
            "() => Math.ceil(document.querySelector('.embed').getBoundingClientRect().height)"
        )
        shown = page.ask(FRAME_HEIGHT)
        if abs(shown - min(4000, content)) <= 1:
            return shown
        assert time.monotonic() < end, f"the frame is {shown} high, its content {content}"
        time.sleep(0.05)


def live(page, guide):
    end = time.monotonic() + 60
    while inside(page, guide).evaluate(STATE) != "live":
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_sandboxed_frame_answers_and_has_the_height_of_its_content(page, clinic, guide):
    frame = put(page, clinic, guide, sandbox='sandbox="allow-scripts allow-same-origin"')
    live(page, guide)
    before = wait_for_fit(page, guide)
    assert 300 <= before <= 4000
    frame.locator("[name=purpose][value=relaxation]").check()
    frame.locator('[data-output="verdict"][data-value="not-covered"]').wait_for()
    wait_for_fit(page, guide)
    frame.locator("#estimator details").last.locator("summary").first.click()
    assert page.ask("() => document.documentElement.scrollWidth") <= 360
    assert page.foreign == []
    assert page.complaints == []


def test_a_script_that_comes_late_still_fits_the_frame(page, clinic, guide):
    put(page, clinic, guide, script=False)
    live(page, guide)
    assert page.ask(FRAME_HEIGHT) == 900
    page.tab.add_script_tag(url=guide.address + "assets/embed/embed.js")
    assert wait_for_fit(page, guide) > 900


def test_without_the_script_the_frame_scrolls_to_its_end(page, clinic, guide):
    frame = put(page, clinic, guide, script=False)
    live(page, guide)
    frame.locator(".embed-foot").scroll_into_view_if_needed()
    assert frame.locator(".embed-foot a").is_visible()
    assert inside(page, guide).evaluate("() => document.scrollingElement.scrollTop") > 0


@pytest.mark.parametrize(
    ("said", "height"),
    [
        ({"type": "massage-coverage-guide:height", "height": 1234}, 1234),
        ({"type": "massage-coverage-guide:height", "height": 1}, 300),
        ({"type": "massage-coverage-guide:height", "height": 1e9}, 4000),
        ({"type": "massage-coverage-guide:height", "height": "1234"}, 900),
        ({"type": "massage-coverage-guide:height"}, 900),
        ({"type": "somebody-else:height", "height": 1234}, 900),
        ("massage-coverage-guide:height", 900),
        (None, 900),
    ],
)
def test_a_height_is_taken_within_bounds_and_nothing_else_is(page, clinic, guide, said, height):
    put(page, clinic, guide, path="speaker.html")
    page.wait("() => performance.getEntriesByName(document.scripts[0].src).length", 1)
    page.tab.evaluate(SAY, said)
    if height == 900:
        time.sleep(0.3)
    page.wait(FRAME_HEIGHT, height)
    assert page.complaints == []


@pytest.mark.parametrize("speaker", ["another site", "a sandbox without an origin", "the page"])
def test_a_height_from_anybody_else_is_ignored(page, clinic, guide, speaker):
    clinic.replaced["speaker.html"] = SPEAKER
    sandbox = 'sandbox="allow-scripts"' if speaker.startswith("a sandbox") else ""
    put(page, clinic, guide, path="speaker.html", sandbox=sandbox)
    page.wait("() => performance.getEntriesByName(document.scripts[0].src).length", 1)
    said = {"type": "massage-coverage-guide:height", "height": 1234}
    if speaker == "another site":
        page.tab.frames[1].goto(clinic.address + "speaker.html")
    if speaker == "the page":
        page.tab.evaluate("data => postMessage(data, '*')", said)
    else:
        page.tab.evaluate(SAY, said)
    time.sleep(0.5)
    assert page.ask(FRAME_HEIGHT) == 900


def test_the_frame_s_page_tells_the_page_around_it_alone(page, clinic, guide):
    put(page, clinic, guide)
    live(page, guide)
    told = inside(page, guide).evaluate(
        "() => location.ancestorOrigins?.[0] ?? new URL(document.referrer).origin"
    )
    assert clinic.address.startswith(told)


def test_without_javascript_there_are_the_example_and_a_link(chromium, clinic, guide):
    page = Page(chromium, clinic.address, java_script_enabled=False)
    frame = put(page, clinic, guide)
    assert frame.locator('[data-output="range.likely"]').get_attribute("data-value") == "336.00"
    assert frame.locator("noscript p").is_visible()
    link = frame.get_by_role("link", name="Open the full guide")
    with page.context.expect_page() as opened:
        link.click()
    assert opened.value.url == guide.address
    page.context.close()


def test_links_leave_the_frame_and_places_in_it_do_not(page, clinic, guide):
    frame = put(page, clinic, guide)
    live(page, guide)
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Open the full guide").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == guide.address
    inside(page, guide).evaluate(
        "() => document.querySelector('.embed-foot').insertAdjacentHTML("
        "'beforeend', '<a href=\"#estimator\">up</a>')"
    )
    frame.get_by_role("link", name="up", exact=True).click()
    end = time.monotonic() + 10
    while not inside(page, guide).url.endswith("#estimator"):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert len(page.context.pages) == 2


@pytest.fixture(scope="module")
def root():
    """The guide at the root of its host, where its page for missing pages finds its styles."""
    with serving(TestSite(SITE)) as served:
        yield served


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_live_frame_has_no_accessibility_violations(chromium, root, scheme):
    page = Page(chromium, root.address, color_scheme=scheme).open("embed/").live()
    assert page.violations() == []
    assert page.ask("() => document.documentElement.scrollWidth") <= 360
    page.context.close()


def test_the_script_for_other_sites_is_small_and_stays_where_it_is():
    assert len(SCRIPT.read_bytes()) < 1000
    assert not re.search(r"\b(fetch|XMLHttpRequest|cookie|Storage|import)\b", SCRIPT.read_text())


def test_the_frame_s_page_has_nothing_around_the_estimator():
    assert "md-header" not in EMBED
    assert "md-footer" not in EMBED
    assert "md-sidebar" not in EMBED
    assert "/javascripts/" not in EMBED


def test_nobody_lists_the_frame_s_page_or_the_offline_page():
    index = json.loads((SITE / "search" / "search_index.json").read_text("utf-8"))
    for name in ("embed/", "offline/"):
        html = (SITE / name / "index.html").read_text("utf-8")
        assert html.count('<meta name="robots" content="noindex">') == 1
        assert [item for item in index["docs"] if item["location"].startswith(name)] == []
        assert name not in (SITE / "sitemap.xml").read_text("utf-8").replace("clinics/embed/", "")
    assert "noindex" not in (SITE / "clinics" / "embed" / "index.html").read_text("utf-8")
    assert "Disallow" not in (SITE / "robots.txt").read_text("utf-8")


def test_the_snippets_carry_the_site_s_own_address():
    messages = Messages(load.flat(ROOT / "data", "messages/en"))
    site = SimpleNamespace(messages=messages, address="https://clinic.test/guide/")
    found = {name: unescape(html) for name, html in embedding.parts(site).items()}
    assert 'src="https://clinic.test/guide/embed/"' in found["embed-frame.html"]
    assert "<script" not in found["embed-frame.html"]
    script = '<script src="https://clinic.test/guide/assets/embed/embed.js" async></script>'
    assert script in found["embed-fitted.html"]
    link = '<a href="https://clinic.test/guide/estimator/"'
    assert all(link in html for html in found.values())


def test_a_site_without_an_address_says_where_to_put_it():
    html = (SITE / "clinics" / "embed" / "index.html").read_text("utf-8")
    assert html.count("YOUR-GUIDE-ADDRESS") in {1, 7}


def test_a_snippet_is_copied_with_one_press_and_that_is_said(chromium, guide):
    page = Page(chromium, guide.address, permissions=["clipboard-read", "clipboard-write"])
    page.open("clinics/embed/")
    for number, name in enumerate(["link", "fitted", "frame"]):
        button = page.tab.get_by_role("button", name="Copy").nth(number)
        button.focus()
        page.tab.keyboard.press("Enter")
        page.wait(f"() => document.querySelectorAll('.snippet [role=status]')[{number}].textContent",
                  "Copied")  # fmt: skip
        assert page.ask("() => navigator.clipboard.readText()") == page.ask(
            f"() => document.getElementById('snippet-{name}').textContent"
        )
    assert page.complaints == []
    page.context.close()


def test_where_copying_is_refused_the_text_is_marked(chromium, guide):
    page = Page(chromium, guide.address)
    page.tab.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no'))"
    )
    page.open("clinics/embed/")
    page.tab.get_by_role("button", name="Copy").first.click()
    page.wait("() => getSelection().toString().slice(0, 8)", "<a href=")
    assert "Mark the text" in page.tab.locator(".snippet [role=status]").first.inner_text()
    page.context.close()


def test_a_page_that_is_missing_helps(chromium, root):
    page = Page(chromium, root.address).open("no-such-page/")
    assert page.tab.locator("h1").inner_text() == "There is no page here"
    assert page.tab.locator(".doors a").count() == 3
    page.tab.get_by_role("link", name="Search the guide").click()
    page.wait("() => document.activeElement?.matches('[data-md-component=search-query]')",
              wanted=True)  # fmt: skip
    page.context.close()


def test_only_the_frame_s_page_may_be_framed_by_others():
    pages = ["index.html", "404.html", "embed/index.html", "plans/ppo/index.html",
             "es/index.html", "es/embed/index.html", "es/plans/ppo/index.html"]  # fmt: skip
    written = policy.headers(pages, ["embed", "es/embed"], ["runtime"])
    rules = dict(re.findall(r"^(/\S*)\n((?:  .+\n)+)", written, re.MULTILINE))
    framed = {path for path, rule in rules.items() if "frame-ancestors *" in rule}
    unframed = {path for path, rule in rules.items() if "frame-ancestors 'self'" in rule}
    assert framed == {"/embed/*", "/es/embed/*"}
    assert unframed == {"/", "/404.html", "/index.html", "/plans/*",
                        "/es/", "/es/index.html", "/es/plans/*"}  # fmt: skip
    assert "no-cache" in rules["/service-worker.js"]
    assert "immutable" in rules["/runtime/*"]
