"""Pages are found: each has a title and a description of its own, and the guide's search knows them."""

import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from jinja2 import Template

from tests.conftest import ROOT
from tests.serving import TestSite, serving
from tests.test_browser import Page

SITE = ROOT / "site"
NAMES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
LISTED = [
    name for name in NAMES if name not in ("404.html", "embed/index.html", "offline/index.html")
]
TITLE = re.compile(r"<title>([^<]+)</title>")
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]+)">')


def one(pattern, name):
    """What stands once in a page."""
    found = pattern.findall((SITE / name).read_text("utf-8"))
    assert len(found) == 1, name
    return unescape(found[0])


@pytest.mark.parametrize("pattern", [TITLE, DESCRIPTION], ids=["title", "description"])
def test_no_two_pages_say_the_same_of_themselves(pattern):
    said = {name: one(pattern, name) for name in LISTED}
    twice = {text for text in said.values() if list(said.values()).count(text) > 1}
    assert [name for name, text in said.items() if text in twice] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_title_fits_in_a_list_of_results(name):
    assert 10 <= len(one(TITLE, name)) <= 70


def test_the_list_for_search_engines_leaves_out_what_is_not_to_be_listed():
    template = Template((ROOT / "docs" / "theme" / "sitemap.xml").read_text("utf-8"))
    listed = template.render(
        pages=[
            {"canonical_url": "https://clinic.test/guide/?a=1&b=2", "meta": {}},
            {"canonical_url": "https://clinic.test/guide/embed/", "meta": {"robots": "noindex"}},
        ]
    )
    found = [item.text for item in ET.fromstring(listed).iter() if (item.text or "").strip()]
    assert found == ["https://clinic.test/guide/?a=1&b=2"]


# --- the guide's own search -----------------------------------------------------------------------

WANTED = {
    "97124": "coverage/codes/",
    "PIP": "plans/auto/",
    "superbill": "claims/superbill/",
    "Florida": "states/florida/",
    "deductible": "costs/what-it-costs/",
    "denied": "claims/denied/",
    "Medicare": "plans/medicare-original/",
    "HSA": "pay/hsa-fsa/",
}
FIRST = """() => [...document.querySelectorAll('.md-search-result__item > a')]
    .slice(0, 5).map(link => new URL(link.href).pathname)"""


@pytest.fixture(scope="module")
def page(chromium):
    with serving(TestSite(SITE)) as served:
        made = Page(chromium, served.address)
        made.tab.set_viewport_size({"width": 1280, "height": 900})
        made.open("")
        made.tab.locator(".md-search__input").click()
        yield made
        made.context.close()


@pytest.mark.parametrize("typed", WANTED)
def test_the_search_finds_the_page_among_the_first_five(page, typed):
    box = page.tab.locator(".md-search__input")
    box.fill("")
    box.press_sequentially(typed)
    page.wait(f"() => ({FIRST})().includes('/{WANTED[typed]}')", wanted=True, seconds=20)


def asked_for(site):
    return [sent.path for sent in site.requests if sent.path.endswith("search_index.json")]


def test_the_search_loads_its_list_once_somebody_searches(chromium):
    with serving(TestSite(SITE)) as site:
        page = Page(chromium, site.address).open("plans/ppo/")
        page.tab.wait_for_load_state("networkidle")
        assert asked_for(site) == []
        page.tab.locator("label[for=__search]").first.click()
        page.tab.locator(".md-search__input").press_sequentially("97124")
        page.wait(f"() => ({FIRST})().includes('/coverage/codes/')", wanted=True)
        assert len(asked_for(site)) == 1
        page.context.close()


def test_a_link_to_a_search_shows_what_it_finds(chromium):
    with serving(TestSite(SITE)) as site:
        page = Page(chromium, site.address).open("?q=superbill")
        page.wait(f"() => ({FIRST})().includes('/claims/superbill/')", wanted=True)
        page.context.close()
