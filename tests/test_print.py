"""Pages on paper, in a real browser: whole, black on white, and the packet on four pages."""

import re

import pytest

from estimator import packet, read
from tests.conftest import ROOT
from tests.serving import TestSite, serving
from tests.test_packet import CASES, PAPER, SIX, THREE, found

PAGES = ("", "estimator/", "plans/ppo/", "about/", "maintain/facts/")
FILL = "html => { document.getElementById('estimator-packet').innerHTML = html }"
ASK_FOR_IT = "() => document.documentElement.classList.add('prints-packet')"
# What Chromium writes for each page of a PDF.
PAGE = re.compile(rb"/Type /Page\b")


@pytest.fixture(scope="module")
def site():
    with serving(TestSite(ROOT / "site", prefix="/guide/")) as served:
        yield served


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(viewport={"width": 718, "height": 972})
    made = context.new_page()
    made.set_default_timeout(60_000)
    yield made
    context.close()


def packet_of(given):
    return packet.packet(read.case(given), found(given), PAPER)


def pages(tab, paper="Letter"):
    return len(PAGE.findall(tab.pdf(format=paper)))


def printed(tab, script, given=None):
    """What a script finds while the page is as it prints."""
    tab.emulate_media(media="print")
    # What was folded away is laid out with the next frame.
    tab.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    answer = tab.evaluate(script, given)
    tab.emulate_media(media="screen")
    return answer


SEEN = "selector => [...document.querySelectorAll(selector)].filter(item => item.checkVisibility()).length"


def seen(tab, selector):
    """How many elements are printed."""
    return printed(tab, SEEN, selector)


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize("name", ["six visits", "three", "nothing", "a long course"])
def test_a_packet_is_four_pages(tab, site, name, paper):
    tab.goto(site.address + "estimator/")
    tab.evaluate(FILL, packet_of(CASES[name]))
    tab.evaluate(ASK_FOR_IT)
    assert pages(tab, paper) == 4


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_the_front_desk_s_packet_is_three_pages(tab, site, paper):
    tab.goto(site.address + "clinics/print/")
    assert pages(tab, paper) == 3


def test_the_words_of_the_packet_are_printed_and_nothing_else(tab, site):
    tab.goto(site.address + "estimator/")
    tab.evaluate(FILL, packet_of(SIX))
    tab.evaluate(ASK_FOR_IT)
    words = printed(tab, "() => document.body.innerText")
    for line in ("Your estimate", "$336", "An estimate, not a promise.", "Call your insurer",
                 "Ask your doctor", "Claim checklist", "Elm Street Massage"):  # fmt: skip
        assert line in words
    assert "Worked example" not in words
    assert seen(tab, "h1, #estimator, .md-header, .md-footer, table.cards") == 0
    assert seen(tab, ".sheet") == 4


@pytest.mark.parametrize("given", [THREE, SIX], ids=["three", "six visits"])
def test_no_line_of_a_sheet_runs_off_the_paper(tab, site, given):
    tab.goto(site.address + "estimator/")
    tab.evaluate(FILL, packet_of(given))
    tab.evaluate(ASK_FOR_IT)
    outside = printed(
        tab,
        "() => [...document.querySelectorAll('.sheet *')]"
        ".filter(item => item.getBoundingClientRect().right > innerWidth + 1).length",
    )
    assert outside == 0


def test_the_packet_is_out_of_sight_until_it_is_asked_for(tab, site):
    tab.goto(site.address + "estimator/")
    assert tab.evaluate(SEEN, ".sheet") == 0
    assert seen(tab, ".sheet") == 0
    assert seen(tab, "#estimator-answer") == 1
    assert tab.locator("#estimator-packet .sheet").count() == 3


def test_without_scripts_the_blank_packet_follows_the_page(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(site.address + "estimator/")
    tab.emulate_media(media="print")
    assert tab.locator(".sheet").first.is_visible()
    assert tab.locator("#estimator-answer").is_visible()
    tab.emulate_media(media="screen")
    assert not tab.locator(".sheet").first.is_visible()
    context.close()


def test_the_front_desk_s_button_prints_the_page(tab, site):
    tab.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")
    tab.goto(site.address + "clinics/print/")
    tab.get_by_role("button", name="Print this page").click()
    assert tab.evaluate("() => window.printed") == 1


def test_without_scripts_the_front_desk_has_no_button_that_does_nothing(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(site.address + "clinics/print/")
    assert not tab.locator("[data-action=print-packet]").is_visible()
    assert tab.locator(".sheet").count() == 3
    context.close()


def test_search_engines_and_the_search_leave_the_front_desk_s_page_out(tab, site):
    tab.goto(site.address + "clinics/print/")
    assert tab.locator("meta[name=robots]").get_attribute("content") == "noindex"
    index = (ROOT / "site" / "search" / "search_index.json").read_text("utf-8")
    assert "clinics/print" not in index
    assert "Say first" not in index
    assert "Your own words here" not in index


@pytest.mark.parametrize("path", PAGES)
def test_only_the_page_itself_is_printed(tab, site, path):
    tab.goto(site.address + path)
    hidden = (
        ".md-header, .md-footer, .md-sidebar, .md-search, .md-skip, .md-dialog, nav, button, input,"
        " select, .door, noscript"
    )
    assert seen(tab, hidden) == 0
    assert seen(tab, "h1") == 1


@pytest.mark.parametrize("path", PAGES)
def test_what_is_folded_away_is_printed(tab, site, path):
    tab.goto(site.address + path)
    folded = printed(
        tab,
        "() => [...document.querySelectorAll('.md-content details:not([open]) > :not(summary)')]"
        ".filter(item => item.closest('.ask, .more, [hidden]') === null)"
        ".filter(item => !item.checkVisibility({contentVisibilityAuto: true})"
        " || item.getBoundingClientRect().height === 0).length",
    )
    assert folded == 0
    if path == "plans/ppo/":
        assert tab.locator("details:not([open])").count() > 0


@pytest.mark.parametrize("path", PAGES)
def test_dark_pages_print_black_on_white(chromium, site, path):
    context = chromium.new_context(color_scheme="dark", viewport={"width": 718, "height": 972})
    tab = context.new_page()
    tab.goto(site.address + path)
    assert tab.evaluate("() => document.body.dataset.mdColorScheme") == "slate"
    colors = printed(
        tab,
        "() => [...new Set([...document.querySelectorAll('.md-content *')]"
        ".filter(item => item.checkVisibility()).map(item => getComputedStyle(item).color))]",
    )
    light = [color for color in colors if max(map(int, re.findall(r"\d+", color)[:3])) > 0x66]
    assert light == []
    grounds = printed(
        tab,
        "() => [...new Set([document.documentElement, document.body,"
        " ...document.querySelectorAll('.md-content *:not(svg, svg *)')]"
        ".filter(item => item.checkVisibility()).map(item => getComputedStyle(item).backgroundColor))]",
    )
    assert [
        item for item in grounds if item not in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    ] == []
    context.close()


def test_addresses_of_other_sites_are_printed_and_our_own_are_not(tab, site):
    tab.goto(site.address + "plans/ppo/")
    after = printed(
        tab,
        "() => [...document.querySelectorAll('.md-content a[href]')].map(item =>"
        " [item.getAttribute('href'), getComputedStyle(item, '::after').content])",
    )
    assert len(after) > 3
    for href, content in after:
        assert (href in content) == href.startswith("http"), href


def test_a_table_keeps_its_rows_and_columns_on_paper(tab, site):
    tab.goto(site.address + "plans/ppo/")
    styles = printed(
        tab,
        "() => { const style = one => getComputedStyle(document.querySelector(one));"
        " return [style('table.cards tr').display, style('table.cards tr').breakInside,"
        " style('table.cards').breakInside] }",
    )
    assert styles == ["table-row", "avoid", "avoid"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [718, 688])
def test_no_page_is_wider_than_the_paper(chromium, site, path, width):
    context = chromium.new_context(viewport={"width": width, "height": 972})
    tab = context.new_page()
    tab.goto(site.address + path)
    assert printed(tab, "() => document.documentElement.scrollWidth") <= width
    context.close()
