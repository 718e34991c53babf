"""The tools' pages in a real browser, on a phone's width, with every other host refused."""

import json
import time
from datetime import date

import pytest

from estimator import guide, load, tools
from tests.conftest import ROOT
from tests.serving import TestSite, serving
from tests.test_browser import Page

NAMES = tuple(tools.TOOLS)
STATE = "() => document.getElementById('tool').dataset.state"
SAID = "() => document.querySelector('[data-said]').textContent"
LOADED = (
    "() => performance.getEntriesByType('resource').map(entry => entry.name)"
    ".filter(name => name.includes('/runtime/') || name.endsWith('runtime.js'))"
)
# What is filled in, and one output with the value it must come to.
FILLED = {
    "units": ({"minutes-97124": "45", "minutes-97140": "15"}, "units.cms", "4"),
    "diagnosis-code": ({"code": "m5450", "on": "2021-09-30"}, "code.status", "unknown"),
    "letter": ({"paper": "superbill", "plan": "medicaid", "superbill.npi": "yes"}, "letter.have", "1/11"),
    "appeal-dates": ({"plan": "commercial-ppo", "final": "2026-10-31"}, "dates.external-review", "2027-02-28"),
    "eob": ({"billed": "$120", "allowed": "80", "paid": "24", "owed": "96", "network": "in"}, "eob.verdict", "ask"),
}  # fmt: skip


class Tool(Page):
    """A tool's page."""

    def start(self, name):
        self.open(f"tools/{name}/")
        self.name = name
        return self

    def live(self):
        self.wait(STATE, "live")
        return self

    def fill(self, answers):
        for name, value in answers.items():
            field = self.tab.locator(f'#tool [name="{name}"]')
            kind = field.first.get_attribute("type")
            if kind in ("radio", "checkbox"):
                self.tab.locator(f'#tool [name="{name}"][value="{value}"]').check()
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        return self

    def fill_in(self):
        """Fill in what `FILLED` says, and wait for what must come out."""
        answers, path, value = FILLED[self.name]
        self.fill(answers)
        self.wait(self.output(path), value)
        return self

    def output(self, path):
        return f"() => document.querySelector('[data-output=\"{path}\"]')?.dataset.value"

    def shown(self):
        return self.tab.locator("#tool-answer").inner_text()


@pytest.fixture(scope="module")
def site():
    with serving(TestSite(ROOT / "site", prefix="/guide/")) as served:
        yield served


@pytest.fixture
def page(chromium, site):
    made = Tool(chromium, site.address)
    yield made
    made.context.close()


def example_of(name):
    return load.data_file(ROOT / "data", "tool-examples", guide.FILES["tool-examples"])["examples"][
        name
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_tool_goes_live_with_the_first_thing_filled_in_and_asks_no_other_host(page, site, name):
    page.start(name)
    time.sleep(0.5)
    assert page.ask(LOADED) == []
    assert page.ask(STATE) == "static"
    page.fill_in().live()
    assert page.ask("() => document.querySelectorAll('.example-note').length") == 0
    # Python is there; from now on the browser may still keep the site's files, and asks for no other.
    sent = len(site.requests)
    page.tab.locator("#tool-form [type=reset]").click()
    page.wait("() => document.querySelectorAll('.example-note').length", 1)
    page.fill_in()
    for request in site.requests[sent:]:
        path = request.path.removeprefix("/guide/")
        assert (ROOT / "site" / path).exists(), request.path
    assert page.foreign == []
    assert page.complaints == []
    assert page.ask("() => document.cookie") == ""
    kept = "() => JSON.stringify({...localStorage, ...sessionStorage})"
    typed = [value for value in FILLED[name][0].values() if len(value) > 2]
    assert not [value for value in typed if value in page.ask(kept)]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_and_cpython_give_the_same_answer(page, name):
    page.start(name).fill_in().live()
    answers = page.ask(
        "() => Object.fromEntries(new FormData(document.getElementById('tool-form')))"
    )
    built = page.ask("() => document.getElementById('tool').dataset.built")
    day = max(date.today(), date.fromisoformat(built))  # noqa: DTZ011
    reply = json.loads(tools.respond({"tool": name, "answers": answers}, day))
    shown = page.shown()
    page.tab.evaluate(
        "html => { document.getElementById('tool-answer').innerHTML = html }", reply["html"]
    )
    assert page.shown() == shown
    assert page.ask(SAID) == reply["status"]


@pytest.mark.parametrize("name", NAMES)
def test_without_javascript_form_and_worked_example_are_there(chromium, site, name):
    made = Tool(chromium, site.address, java_script_enabled=False).start(name)
    tab, example = made.tab, example_of(name)
    assert tab.locator("#tool").get_attribute("data-state") == "static"
    asked = {"tool": name, "answers": example.answers, "example": True}
    reply = json.loads(tools.respond(asked, example.as_of))
    assert reply["html"] in (ROOT / "site" / "tools" / name / "index.html").read_text("utf-8")
    assert tab.locator("#tool-form :is(input, select, textarea)").count() >= 3
    assert tab.locator("#tool-answer button").count() == 0
    assert tab.locator("noscript p").bounding_box()["height"] > 0
    assert tab.locator("#tool .example-note").is_visible()
    made.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_live_tool_has_no_accessibility_violations(chromium, site, name, scheme):
    made = Tool(chromium, site.address, color_scheme=scheme)
    made.open(f"tools/{name}/")
    made.name = name
    made.fill_in().live()
    made.ask("() => document.querySelectorAll('details').forEach(item => item.open = true)")
    assert made.violations() == []
    made.context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_no_tool_is_wider_than_the_screen(page, name, width):
    page.tab.set_viewport_size({"width": width, "height": 740})
    page.open(f"tools/{name}/")
    page.ask("() => document.querySelectorAll('details').forEach(item => item.open = true)")
    page.ask("() => document.querySelector('#tool [name=paper]')?.click()")
    assert page.ask("() => document.documentElement.scrollWidth") <= width
    outside = page.ask(
        "() => [...document.querySelectorAll('.md-content :is(p, li, td, label, input, select)')]"
        ".filter(item => item.getBoundingClientRect().right > innerWidth).length"
    )
    assert outside == 0


def test_units_with_the_keyboard_alone(page):
    page.start("units")
    page.tab.locator("[name=minutes-97124]").focus()
    page.tab.keyboard.type("30")
    page.tab.keyboard.press("Tab")
    page.tab.keyboard.type("15")
    page.wait(page.output("units.cms"), "3")
    for _ in range(4):  # past 97110, the hot pack and the other codes
        page.tab.keyboard.press("Tab")
    page.tab.keyboard.press("Space")
    page.wait("() => document.querySelector('[name=payer]:checked')?.value", "medicare-original")
    page.wait(page.output("units.billable"), "1")


def test_a_tab_through_a_page_loads_nothing(page):
    page.start("eob")
    page.tab.locator("[name=billed]").focus()
    for _ in range(12):
        page.tab.keyboard.press("Tab")
    time.sleep(0.5)
    assert page.ask(STATE) == "static"
    assert page.ask(LOADED) == []


def test_a_paper_s_list_is_shown_with_the_paper_and_can_be_ticked_with_the_keyboard(page):
    page.start("letter")
    assert page.tab.locator(".ticks:visible").count() == 0
    page.tab.locator("[name=paper]").first.focus()
    page.tab.keyboard.press("Space")
    assert page.tab.locator(".ticks:visible").count() == 1
    page.tab.keyboard.press("Tab")
    page.tab.keyboard.press("Space")
    page.wait(page.output("letter.have"), "1/10")


def test_a_found_word_is_ticked_from_the_answer_and_the_focus_goes_on(page):
    page.start("letter").fill({"paper": "order", "plan": "commercial-ppo",
                               "text": "Patient. Massage."}).live()  # fmt: skip
    page.wait("() => document.querySelectorAll('[data-tick]').length", 2)
    page.tab.locator("[data-tick='order.patient']").focus()
    page.tab.keyboard.press("Enter")
    page.wait(page.output("letter.have"), "1/10")
    assert page.tab.locator("[name='order.patient']").is_checked()
    page.wait("() => document.activeElement.dataset.tick", "order.service")
    page.tab.keyboard.press("Enter")
    page.wait(page.output("letter.have"), "2/10")
    page.wait("() => document.activeElement.id", "tool-answer")


def test_the_calendar_file_is_saved_as_python_made_it(page):
    page.start("appeal-dates").fill_in().live()
    with page.tab.expect_download() as coming:
        page.tab.get_by_role("button", name="Save the dates for my calendar").click()
    saved = coming.value
    assert saved.suggested_filename == "appeal-dates.ics"
    content = saved.path().read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert b"DTSTART;VALUE=DATE:20270228\r\n" in content
    assert page.complaints == []


def test_a_slip_is_answered_beside_the_field_and_the_rest_is_kept(page):
    page.start("eob").fill({"billed": "120", "allowed": "lots"}).live()
    page.fill({"paid": "24"})
    page.wait("() => document.getElementById('error-allowed').textContent",
              "Write an amount in dollars, like 1,500 or 96.50.")  # fmt: skip
    field = page.tab.locator("[name=allowed]")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == "hint-allowed error-allowed"
    page.wait(SAID, "So far so good Please check the marked answers.")
    page.fill({"allowed": "$80"})
    page.wait("() => document.querySelectorAll('[aria-invalid]').length", 0)
    page.wait("() => document.querySelectorAll('#tool-answer ol li').length", 2)


def test_what_came_out_is_said_once_to_a_screen_reader(page):
    page.start("diagnosis-code").fill({"code": "M54.5"}).live()
    page.wait(SAID, "M54.5: outdated.")
    assert page.tab.locator("[data-said]").get_attribute("role") == "status"


def test_a_missing_runtime_file_is_named_and_can_be_tried_again(chromium):
    wasm = next((ROOT / "site" / "runtime").rglob("*.wasm")).relative_to(ROOT / "site").as_posix()
    with serving(TestSite(ROOT / "site", replaced={wasm: None})) as broken:
        made = Tool(chromium, broken.address).start("units")
        made.fill({"minutes-97124": "60"})
        made.wait(STATE, "failed")
        assert "pyodide.asm.wasm" in made.tab.locator("[data-part]").inner_text()
        assert made.tab.locator(".example-note").is_visible()
        broken.replaced.clear()
        made.tab.get_by_role("button", name="Try again").click()
        made.live()
        made.wait(made.output("units.cms"), "4")
        made.context.close()


def test_it_keeps_working_when_the_network_is_gone(page):
    page.start("units").fill_in().live()
    page.context.set_offline(offline=True)
    page.fill({"minutes-97124": "30"})
    page.wait(page.output("units.cms"), "3")
