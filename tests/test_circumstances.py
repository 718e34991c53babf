"""The estimator where something is not as one hopes: slow, wrong clock, no storage, small screen."""

import json
from datetime import date

import pytest

from estimator import browser
from tests.conftest import ROOT
from tests.serving import Line, TestSite, serving
from tests.test_browser import PHONE, SIX_VISITS, STATE, Page, page, site  # noqa: F401 - fixtures

OTHERS = {"purpose": "diagnosed", "provider": "lmt"}
CASES = (
    {},
    {**OTHERS, "plan": "commercial-hdhp", "network": "in"},
    {**OTHERS, "plan": "medicare-original", "provider": "pt-ot"},
    {**OTHERS, "plan": "auto-pip", "state": "OR", "tax_account": "hsa"},
)
LATER = "() => { window.setTimeout = ((real) => (run, ms, ...more) => real(run, ms / 200, ...more))(setTimeout) }"
# A slow third-generation phone line.
SLOW = {"bits_per_second": 1_600_000, "latency": 0.15}


def test_after_a_while_it_says_what_works_meanwhile_and_then_answers(chromium):
    with serving(TestSite(ROOT / "site", line=Line(**SLOW))) as served:
        made = Page(chromium, served.address)
        made.tab.add_init_script(f"({LATER})()")  # 20 seconds pass in a tenth of one
        made.open()
        made.wait("() => document.getElementById('estimator').dataset.slow", "")
        slow = made.tab.get_by_text("This is taking a while.")
        assert slow.is_visible()
        made.fill(SIX_VISITS)
        assert made.violations() == []
        served.line.bits_per_second = 1_000_000_000
        served.line.latency = 0
        made.live()
        made.wait_for_six_visits()
        assert not slow.is_visible()
        made.context.close()


@pytest.mark.parametrize("year", [1970, 2024, 2031, 2099])
@pytest.mark.parametrize("answers", CASES)
def test_a_clock_that_is_wrong_by_years_neither_stops_it_nor_goes_unsaid(
    monkeypatch, year, answers
):
    class Wrong(date):
        @classmethod
        def today(cls):
            return date(year, 3, 1)

    monkeypatch.setattr(browser, "date", Wrong)
    reply = json.loads(browser.respond(json.dumps({"answers": answers, "built": "2026-11-21"})))
    if year < 2026:
        assert "Worked out for November 21, 2026" in reply["html"]
    else:
        assert f"Worked out for March 1, {year}" in reply["html"]
        assert "Some may have changed." in reply["html"]


REFUSED = """for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
    Object.defineProperty(window, name, {get() { throw new DOMException("no", "SecurityError") }})"""


def test_where_storage_is_refused_it_answers_and_offers_no_remembering(page):  # noqa: F811
    page.tab.add_init_script(REFUSED)
    page.open().live()
    page.fill(SIX_VISITS)
    page.wait_for_six_visits()
    assert not page.tab.locator(".remember").is_visible()


def test_where_less_motion_is_asked_for_nothing_moves(chromium, site):  # noqa: F811
    made = Page(chromium, site.address, reduced_motion="reduce").open()
    moving = made.ask(
        "() => [...document.querySelectorAll('.md-content *, .md-header *')].filter((item) => {"
        " const {transitionDuration, animationDuration, scrollBehavior} = getComputedStyle(item);"
        " return [transitionDuration, animationDuration].some((all) =>"
        " all.split(', ').some((one) => parseFloat(one) > 0.001)) || scrollBehavior === 'smooth'"
        " }).map((item) => item.className)"
    )
    assert moving == []
    made.context.close()


@pytest.mark.parametrize("path", ["estimator/", "tools/eob/", "tools/letter/", "embed/"])
def test_what_is_pressed_is_large_enough_for_a_thumb(chromium, site, path):  # noqa: F811
    made = Page(chromium, site.address).open(path)
    if path == "estimator/":
        made.live()
        made.fill({**OTHERS, **SIX_VISITS})
        made.wait_for_six_visits()
    made.ask("() => document.querySelectorAll('details').forEach(item => item.open = true)")
    small = made.ask(
        "() => [...document.querySelectorAll(':is(#estimator, #tool) :is(button, select, summary,"
        " input:not([type=radio], [type=checkbox]), label:has(input))')]"
        ".filter((item) => item.checkVisibility()).filter((item) => {"
        " const {width, height} = item.getBoundingClientRect(); return width < 44 || height < 44 })"
        ".map((item) => item.outerHTML.slice(0, 90))"
    )
    assert small == []
    made.context.close()


def test_at_twice_the_size_everything_can_still_be_read_and_pressed(chromium, site):  # noqa: F811
    made = Page(chromium, site.address, device_scale_factor=2)
    made.tab.set_viewport_size({"width": PHONE["width"] * 8 // 9, "height": 400})
    made.open().live()
    made.fill({**OTHERS, **SIX_VISITS})
    made.wait_for_six_visits()
    assert made.ask("() => document.documentElement.scrollWidth") <= 320
    # What stays at the foot must leave room to read.
    assert made.tab.locator("#estimator .bar").bounding_box()["height"] <= 70
    assert made.ask(STATE) == "live"
    made.context.close()
