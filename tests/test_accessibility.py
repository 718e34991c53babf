"""Every page in a browser: no rule of accessibility broken, nothing outside the screen, no error."""

import pytest

from tests.conftest import ROOT
from tests.kinds import KINDS
from tests.serving import TestSite, serving
from tests.test_browser import Page

SITE = ROOT / "site"
NAMES = [page.relative_to(SITE).as_posix() for page in sorted(SITE.rglob("*.html"))]
PATHS = [name.removesuffix("index.html") for name in NAMES]
GROUPS = [PATHS[start :: len(PATHS) // 12] for start in range(len(PATHS) // 12)]
# A page that offers no choice of colors has nothing to follow.
FOLLOWS = """() => {
    const shown = document.querySelector("input[data-md-color-media]:checked");
    return !shown || matchMedia(shown.dataset.mdColorMedia).matches;
}"""
FADING = "() => document.getAnimations().filter(item => item instanceof CSSTransition).length"
SCREENS = {"phone": (360, 740), "desktop": (1280, 900)}
UNFOLD = "() => document.querySelectorAll('details').forEach(item => item.open = true)"
OUTSIDE = """() => [...document.querySelectorAll('.md-content :is(p, li, dt, dd, th, td, svg)')]
    .filter(item => item.checkVisibility() && item.getBoundingClientRect().right > innerWidth)
    .map(item => item.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def site():
    # At the root of its host: a page for missing addresses has no other way to find its styles.
    with serving(TestSite(SITE)) as served:
        yield served


def faults(page, path, width):
    """What is wrong with a page once everything on it is unfolded and a term is explained."""
    unfold(page, path)
    return [f"{path}: {fault}" for fault in seen(page, width)]


def unfold(page, path):
    page.open(path)
    page.ask(UNFOLD)
    if page.tab.locator("a.term").count():
        page.tab.locator("a.term").first.focus()
        page.tab.keyboard.press("Enter")
        page.wait("() => document.querySelectorAll('[aria-expanded=true].term').length", 1)


def seen(page, width):
    """What is wrong with a page as it stands."""
    found = []
    if page.ask("() => document.documentElement.scrollWidth") > width:
        found.append("wider than the screen")
    found += page.ask(OUTSIDE)
    return found + page.violations()


def complaints(page):
    """What the browser complained of, but for the missing page that was asked for."""
    return [line for line in page.complaints if "404 (Not Found)" not in line]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0] or 'home'} and more")
def test_every_page_is_accessible_on_a_phone(chromium, site, group):
    page = Page(chromium, site.address)
    assert [fault for path in group for fault in faults(page, path, 360)] == []
    assert complaints(page) == []
    page.context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_page_is_accessible_in_both_colors_and_widths(chromium, site, kind):
    page = Page(chromium, site.address)
    unfold(page, KINDS[kind])
    found = []
    for scheme, screen in (("dark", "phone"), ("light", "desktop"), ("dark", "desktop")):
        width, height = SCREENS[screen]
        page.tab.emulate_media(color_scheme=scheme)
        page.tab.set_viewport_size({"width": width, "height": height})
        # The page hears of the system's colors a moment later, and fades to them.
        page.wait(FOLLOWS, True)
        page.wait(FADING, 0)
        found += [f"{scheme} {screen}: {fault}" for fault in seen(page, width)]
    assert found == []
    assert complaints(page) == []
    page.context.close()


def test_a_fault_is_found(chromium):
    wrong = (
        b'<html lang="en"><title>x</title><main class="md-content"><h1>x</h1><img src="assets/images/logo.svg">\
        <p style="width: 800px">wide</p></main>'
    )
    with serving(TestSite(SITE, replaced={"wrong/": wrong})) as served:
        page = Page(chromium, served.address)
        found = "\n".join(faults(page, "wrong/", 360))
        page.context.close()
    assert "wrong/: wider than the screen" in found
    assert "wrong/: <p " in found
    assert "wrong/: image-alt: img" in found
