"""What surrounds a page: its colors before the first paint, and the theme's script when it is due."""

import pytest

from tests.conftest import ROOT
from tests.serving import TestSite, serving
from tests.test_browser import STATE, THEME, Page

SITE = ROOT / "site"
SCRIPT = next((SITE / "assets" / "javascripts").glob("bundle.*.js")).relative_to(SITE).as_posix()
WASM = next((SITE / "runtime").rglob("*.wasm")).relative_to(SITE).as_posix()
COLORS = "() => [document.body.dataset.mdColorScheme, document.documentElement.style.colorScheme]"
LIGHT, DARK = ["default", "light"], ["slate", "dark"]
OFFERED = (
    "() => [...document.querySelectorAll('.md-header label[title]:not([hidden])')]"
    ".map(label => label.title)"
)
KEPT = "() => Object.keys(localStorage).length"


@pytest.fixture
def site():
    with serving(TestSite(SITE)) as served:
        yield served


@pytest.fixture
def page(chromium, site):
    made = Page(chromium, site.address, color_scheme="dark")
    yield made
    made.context.close()


def asked_for(site, path):
    return [request for request in site.requests if request.path.endswith(path)]


@pytest.mark.parametrize("path", ["plans/ppo/", "estimator/"])
def test_dark_pages_are_dark_without_the_themes_script(page, site, path):
    site.replaced[SCRIPT] = None
    page.open(path)
    assert page.ask(COLORS) == DARK
    assert page.ask(OFFERED) == ["Use light colors"]


def test_colors_follow_the_system_and_nothing_is_kept_until_somebody_chooses(page):
    page.open("plans/ppo/").wait(THEME, wanted=True)
    page.tab.emulate_media(color_scheme="light")
    page.wait(COLORS, LIGHT)
    assert page.ask(KEPT) == 0
    page.tab.get_by_title("Use dark colors").click()
    page.wait(COLORS, DARK)
    page.open("about/").wait(THEME, wanted=True)
    assert page.ask(COLORS) == DARK
    assert page.ask(KEPT) == 1


def test_colors_are_chosen_with_the_keyboard(page):
    page.open("plans/ppo/")
    page.tab.locator("#__palette_1").focus()
    page.tab.keyboard.press("Enter")
    assert page.ask(COLORS) == LIGHT
    page.tab.keyboard.press("Enter")
    assert page.ask(COLORS) == DARK
    assert page.ask("() => document.activeElement.id") == "__palette_1"


def test_a_choice_kept_in_another_shape_is_as_good_as_none(page):
    page.open("plans/ppo/")
    for kept in ('{"index":7}', '{"index":"x"}', "null", "[]"):
        page.tab.evaluate("kept => localStorage.setItem('/.__palette', kept)", kept)
        page.open("plans/ppo/")
        assert page.ask(COLORS) == DARK
    page.tab.evaluate("() => localStorage.setItem('/.__palette', '{\"index\":0}')")
    page.open("plans/ppo/")
    assert page.ask(COLORS) == LIGHT


def test_on_the_estimators_page_the_themes_script_waits_for_the_first_estimate(page, site):
    site.delays[WASM] = 3
    page.open()
    assert page.ask(STATE) == "loading"
    assert asked_for(site, SCRIPT) == []
    page.live()
    page.wait(THEME, wanted=True)
    assert page.complaints == []


def test_the_themes_script_comes_when_python_does_not(page, site):
    site.replaced[WASM] = None
    page.open().wait(STATE, "failed")
    page.wait(THEME, wanted=True)


def test_who_reaches_for_the_search_does_not_wait_for_python(page, site):
    site.delays[WASM] = 30
    page.open().tab.set_viewport_size({"width": 1280, "height": 800})
    page.tab.locator("[data-md-component=search-query]").fill("97124")
    page.tab.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    assert page.ask(STATE) == "loading"
    assert len(asked_for(site, SCRIPT)) == 1
