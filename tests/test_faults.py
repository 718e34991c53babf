"""What the estimator's page does when something breaks: the table that its page for maintainers shows.

Each time something has been typed before; in the end it is answered, and nothing of it was lost.
"""

from fnmatch import fnmatchcase

import pytest

from estimator import load
from estimator.publish.pages.maintain import FAULTS
from tests.conftest import ROOT
from tests.kept_memory import IS_THERE, rewrite
from tests.serving import TestSite, serving
from tests.test_browser import SIX_VISITS, STATE, Page

SITE = ROOT / "site"
TABLE = FAULTS(load.file_tree(ROOT / "docs" / "faults.yaml", "faults.yaml"), "faults.yaml")
PATHS = [path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()]
PAGE = (SITE / "maintain" / "faults" / "index.html").read_text("utf-8")
CASES = [
    pytest.param(
        fault,
        name,
        id=f"{fault['fault']}-{name}".replace(" ", "-"),
        marks=[pytest.mark.thorough] if number else [],
    )
    for fault in TABLE["files"]
    for number, name in enumerate(fault["files"])
]
REFUSE_MEMORY = b"""
const refuse = () => { throw new RangeError("WebAssembly.Memory(): could not allocate memory") };
WebAssembly.Memory = refuse;
WebAssembly.instantiateStreaming = async () => refuse();
"""


@pytest.fixture
def site():
    with serving(TestSite(SITE)) as served:
        yield served


@pytest.fixture
def page(chromium, site):
    made = Page(chromium, site.address)
    yield made
    made.context.close()


def path_of(name):
    """The one file of the site with a name of the table."""
    (found,) = [
        path
        for path in PATHS
        if fnmatchcase(path.rpartition("/")[2], name) and path.startswith(("runtime/", "assets/"))
    ]
    return found


def inject(site, fault, path):
    """Do to a file what a row of the table says."""
    whole = (SITE / path).read_bytes()
    match fault:
        case "missing":
            site.replaced[path] = None
        case "cut":
            site.replaced[path] = whole[: len(whole) // 2]
        case "changed":
            middle = len(whole) // 2
            site.replaced[path] = (
                whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
            )
        case "dropped":
            site.dropped.add(path)
        case "wrong type":
            site.types[path] = "text/plain; charset=utf-8"
        case "slow":
            site.delays[path] = 3.0
        case _:
            pytest.fail(f"nobody knows the fault {fault!r}")


def mend(site):
    """Take all faults back."""
    for faults in (site.replaced, site.types, site.delays, site.dropped):
        faults.clear()


def typed(page):
    """Open the page and type, however far it is."""
    page.open()
    page.fill(SIX_VISITS)
    return page


def kept(page):
    """What was typed stands in the form."""
    for name in ("fee", "deductible", "visits"):
        assert page.tab.locator(f"#estimator [name={name}]").input_value() == SIX_VISITS[name]


def fails(page):
    """The page says what is wrong, offers another try, and still shows form and example."""
    page.wait(STATE, "failed")
    said = page.tab.locator("[data-part]").inner_text()
    assert said
    assert page.tab.get_by_role("button", name="Try again").is_visible()
    assert page.ask(page.output("range.likely")) == "336.00"
    kept(page)
    return said


def works(page):
    """The page answers what was typed."""
    page.live()
    page.wait_for_six_visits()
    kept(page)


def try_again(page):
    page.tab.get_by_role("button", name="Try again").click()
    works(page)


@pytest.mark.parametrize(("fault", "name"), CASES)
def test_a_fault_of_a_file_ends_as_the_table_says(page, site, fault, name):
    path = path_of(name)
    inject(site, fault["fault"], path)
    typed(page)
    if fault["ends"] == "works":
        works(page)
        return
    said = fails(page)
    assert said == path.rpartition("/")[2] if fault["names"] else said
    mend(site)
    try_again(page)


def memory_refused(page, site):
    path = path_of("start.mjs")
    site.replaced[path] = REFUSE_MEMORY + (SITE / path).read_bytes()
    typed(page)
    fails(page)
    mend(site)
    try_again(page)


def another_version(page, site):
    for path in PATHS:
        if path.startswith("runtime/"):
            site.replaced[path] = None
    typed(page)
    fails(page)
    # A page of the site as it is now finds its own.
    mend(site)
    try_again(page)


def network_gone(page, site):
    site.dropped.update(path for path in PATHS if path.startswith("runtime/"))
    typed(page)
    fails(page)
    mend(site)
    try_again(page)


def tab_asleep(page, site):
    site.delays[path_of("pyodide.asm.wasm")] = 1.0
    typed(page)
    browser = page.context.new_cdp_session(page.tab)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.tab.wait_for_timeout(2000)
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    works(page)


def two_tabs(page, site):
    typed(page)
    other = page.context.new_page()
    other.goto(site.address + "estimator/")
    other.locator("[name=visits]").fill("3")
    works(page)
    end = "() => document.querySelector('[name=visits]').value"
    assert other.evaluate(end) == "3"
    first, page.tab = page.tab, other
    page.live()
    page.tab = first
    works(page)


def kept_memory_changed(page, site):
    visitor = Page(page.context.browser, site.address, service_workers="allow")
    visitor.open().live()
    visitor.wait(f"() => {IS_THERE}", wanted=True)
    assert visitor.ask(f"() => {rewrite('Not your numbers', 'Not your NUMBERS', sealed=False)}") > 0
    typed(visitor)
    works(visitor)
    assert visitor.complaints == []
    visitor.context.close()


OTHERS = {
    "memory refused": memory_refused,
    "another version": another_version,
    "network gone": network_gone,
    "tab asleep": tab_asleep,
    "two tabs": two_tabs,
    "kept memory changed": kept_memory_changed,
}


@pytest.mark.parametrize(
    "fault", TABLE["others"], ids=lambda fault: fault["fault"].replace(" ", "-")
)
def test_another_fault_ends_as_the_table_says(page, site, fault):
    OTHERS[fault["fault"]](page, site)


def test_the_page_shows_the_table_and_each_row_has_a_test():
    rows = [*TABLE["files"], *TABLE["others"]]
    assert {fault["fault"] for fault in TABLE["others"]} == set(OTHERS)
    for fault in rows:
        assert fault["fault"].capitalize() in PAGE
        assert fault["what"].replace("'", "&#39;") in PAGE
