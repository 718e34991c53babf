"""The estimator's page in a real browser, on a phone's width, with every other host refused."""

import json
import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from estimator import link
from estimator.browser import respond
from tests import axe
from tests.conftest import ROOT
from tests.serving import TestSite, serving

PHONE = {"width": 360, "height": 740}
# The theme comes last, and marks that it is there.
THEME = "() => document.documentElement.classList.contains('js-focus-visible')"
STATE = "() => document.getElementById('estimator').dataset.state"
SOON = 60  # seconds; a start on a busy machine takes up to ten
# Six visits of 80.00 after a 300.00 deductible, then 20%.
SIX_VISITS = {
    "plan": "commercial-ppo",
    "network": "in",
    "cost_sharing": "deductible-coinsurance",
    "fee": "80.00",
    "allowed": "80.00",
    "deductible": "300.00",
    "deductible_met": "0",
    "coinsurance": "20",
    "visits": "6",
}


@pytest.fixture(scope="module")
def site():
    with serving(TestSite(ROOT / "site", prefix="/guide/")) as served:
        yield served


class Page:
    """A page that refuses every other host, and remembers what went wrong.

    Unless a test is about it, no service worker fetches files while requests are counted.
    """

    def __init__(self, browser, address, *, service_workers="block", **options):
        self.context = browser.new_context(
            viewport=PHONE, service_workers=service_workers, **options
        )
        self.context.route(self._is_foreign, self._refuse)
        self.tab = self.context.new_page()
        self.foreign, self.complaints = [], []
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.address = address

    def _is_foreign(self, url):
        return urlsplit(url).hostname not in ("localhost", None)

    def _refuse(self, route):
        self.foreign.append(route.request.url)
        route.abort()

    def _hear(self, message):
        if message.type in ("error", "warning") and "blocked by Playwright" not in message.text:
            self.complaints.append(message.text)

    def open(self, path="estimator/"):
        self.tab.goto(self.address + path)
        return self

    def ask(self, script):
        return self.tab.evaluate(script)

    def wait(self, script, wanted, seconds=SOON):
        """Ask again and again: Playwright's own waiting needs eval, which the policy forbids."""
        end = time.monotonic() + seconds
        while (found := self.ask(script)) != wanted:
            assert time.monotonic() < end, f"{script} is {found!r}, not {wanted!r}"
            time.sleep(0.02)

    def live(self):
        self.wait(STATE, "live")
        return self

    def fill(self, answers):
        for name, value in answers.items():
            field = self.tab.locator(f"#estimator [name={name}]")
            if field.first.get_attribute("type") == "radio":
                self.tab.locator(f"#estimator [name={name}][value={value}]").check()
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def wait_for_six_visits(self):
        """Wait for the last answer: only then are the ends of the range the same."""
        self.wait(
            "() => ['range.low', 'range.high', 'if_denied'].map(path =>"
            " document.querySelector(`[data-output='${path}']`).dataset.value).join()",
            "336.00,336.00,480.00",
        )

    def violations(self):
        """What axe finds wrong, and where."""
        self.ask(f"() => {{ {axe.LOAD} }}")
        return self.ask(f"() => {axe.FOUND}")

    def output(self, path):
        return f"() => document.querySelector('[data-output=\"{path}\"]').dataset.value"


@pytest.fixture
def page(chromium, site):
    made = Page(chromium, site.address)
    yield made
    made.context.close()


def test_it_goes_live_and_answers_without_any_other_host(page):
    page.open().live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", **SIX_VISITS})
    page.wait_for_six_visits()
    assert page.ask(page.output("if_denied")) == "480.00"
    assert page.ask(page.output("verdict")) == "unknown"
    assert page.foreign == []
    assert page.complaints == []


def test_it_shows_the_worked_example_until_something_is_answered(page):
    page.open()
    assert page.ask(page.output("range.likely")) == "336.00"
    page.live()
    assert page.ask(page.output("range.likely")) == "336.00"
    assert page.tab.locator(".example-note").count() == 1
    page.fill({"purpose": "relaxation"})
    page.wait(page.output("verdict"), "not-covered")
    assert page.tab.locator(".example-note").count() == 0
    page.tab.get_by_role("button", name="Start over").click()
    page.wait(page.output("verdict"), "covered")


def test_what_is_typed_while_it_loads_is_kept_and_answered(page):
    page.open()
    page.fill(SIX_VISITS)
    page.live()
    page.wait_for_six_visits()
    assert page.tab.locator("[name=deductible]").input_value() == "300.00"


def test_a_slip_is_answered_beside_the_field_and_the_rest_is_kept(page):
    page.open().live()
    page.fill({**SIX_VISITS, "coinsurance": "0.2", "fee": "-5"})
    page.wait("() => document.getElementById('error-coinsurance').textContent.slice(0, 33)",
              "Write it as a percent: 20, not 0.")  # fmt: skip
    page.wait("() => document.getElementById('error-fee').textContent.slice(0, 28)",
              "Write an amount in dollars, ")  # fmt: skip
    assert page.tab.locator("[name=fee]").get_attribute("aria-invalid") == "true"
    page.fill({"coinsurance": "20%", "fee": "$80"})
    page.wait("() => document.querySelectorAll('[aria-invalid]').length", 0)
    page.wait_for_six_visits()


def test_two_answers_that_cannot_both_be_true_are_named_together(page):
    page.open().live()
    page.fill({"deductible": "300", "deductible_met": "400"})
    page.wait(
        "() => document.getElementById('error-deductible_met').textContent",
        'This is more than your answer to "Your deductible". Check both numbers.',
    )


def test_no_question_vanishes_from_the_group_that_somebody_is_answering(page):
    page.open().live()
    page.fill({"deductible": "300"})
    seen = "() => document.getElementById('field-{}').checkVisibility()"
    page.wait(page.output("verdict"), "unknown")  # without a plan, its numbers change nothing
    assert page.ask(seen.format("deductible_met"))
    page.fill({"visits": "3"})
    page.wait(seen.format("deductible_met"), wanted=False)


def test_the_result_is_said_once_to_a_screen_reader(page):
    page.open().live()
    page.fill(SIX_VISITS)
    status = "() => document.querySelector('[data-said]').textContent"
    page.wait(f"() => /336/.test(({status})())", wanted=True)
    assert page.tab.locator("[data-said]").get_attribute("role") == "status"
    assert "You'd likely pay $336" in page.ask(status)


def test_it_can_be_used_with_the_keyboard_alone(page):
    page.open().live()
    page.tab.locator("[name=purpose]").first.focus()
    page.tab.keyboard.press("ArrowDown")
    page.tab.keyboard.press("ArrowDown")
    page.wait(page.output("verdict"), "not-covered")
    page.tab.keyboard.press("Tab")
    assert page.ask("() => document.activeElement.name") == "provider"


def test_without_javascript_form_example_and_tables_are_there(chromium, site):
    made = Page(chromium, site.address, java_script_enabled=False)
    made.open()
    tab = made.tab
    assert tab.locator("#estimator").get_attribute("data-state") == "static"
    assert tab.locator('[data-output="range.likely"]').get_attribute("data-value") == "336.00"
    assert tab.locator("#estimator select, #estimator input").count() > 20
    assert tab.locator("table").count() >= 2
    assert tab.locator("noscript p").bounding_box()["height"] > 0
    made.context.close()


def test_a_missing_runtime_file_is_named_and_can_be_tried_again(chromium):
    wasm = next((ROOT / "site" / "runtime").rglob("*.wasm")).relative_to(ROOT / "site").as_posix()
    with serving(TestSite(ROOT / "site", replaced={wasm: None})) as broken:
        made = Page(chromium, broken.address).open()
        made.wait(STATE, "failed")
        assert "pyodide.asm.wasm" in made.tab.locator("[data-part]").inner_text()
        assert made.tab.get_by_text("The calculator could not start.").is_visible()
        assert made.ask(made.output("range.likely")) == "336.00"
        assert made.tab.get_by_role("heading", name="Call your insurer").is_visible()
        assert made.violations() == []
        broken.replaced.clear()
        made.tab.get_by_role("button", name="Try again").click()
        made.live()
        assert not made.tab.get_by_role("heading", name="Call your insurer").is_visible()
        made.context.close()


def test_on_a_metered_line_it_waits_for_a_touch_and_says_the_size(chromium, site):
    made = Page(chromium, site.address)
    made.tab.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    made.open()
    time.sleep(1)
    assert made.ask(STATE) == "static"
    assert re.search(r"\d\.\d MB", made.tab.locator(".on-waiting").inner_text())
    loaded = made.ask(
        "() => performance.getEntriesByType('resource').map(entry => entry.name)"
        ".filter(name => name.includes('/runtime/')).map(name => name.split('/').pop())"
    )
    assert loaded == ["download.mjs"]  # a few bytes that the page names ahead
    made.tab.get_by_role("button", name="Load it now").click()
    made.live()
    made.context.close()


def test_it_keeps_working_when_the_network_is_gone(page):
    page.open().live()
    page.context.set_offline(offline=True)
    page.fill(SIX_VISITS)
    page.wait_for_six_visits()


def test_nothing_is_kept_and_no_answer_is_sent(page, site):
    page.open().live()
    page.wait(THEME, wanted=True)
    sent = len(site.requests)
    page.fill(SIX_VISITS)
    page.wait_for_six_visits()
    assert site.requests[sent:] == []
    assert page.ask("() => document.cookie") == ""
    assert page.ask("() => Object.values({...localStorage, ...sessionStorage})"
                    ".filter(value => /300|diagnosed|commercial/.test(value))") == []  # fmt: skip


@pytest.mark.parametrize("path", ["", "plans/ppo/", "about/", "decisions/"])
def test_no_other_page_loads_python(page, path):
    page.open(path)
    time.sleep(0.5)
    names = page.ask("() => performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [name for name in names if "/runtime/" in name] == []
    assert page.foreign == []
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "estimator/", "plans/ppo/"])
def test_pages_have_no_accessibility_violations(chromium, site, path, scheme):
    made = Page(chromium, site.address, color_scheme=scheme).open(path)
    if path == "estimator/":
        made.live()
    assert made.violations() == []
    made.context.close()


# 320 is also how wide a screen of 640 is at a zoom of 200%.
@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("path", ["", "estimator/", "plans/ppo/", "tools/eob/"])
def test_no_page_is_wider_than_the_screen(chromium, site, path, width):
    made = Page(chromium, site.address)
    made.tab.set_viewport_size({"width": width, "height": 740})
    made.open(path)
    made.ask("() => document.querySelectorAll('details').forEach(item => item.open = true)")
    assert made.ask("() => document.documentElement.scrollWidth") <= width
    outside = made.ask(
        "() => [...document.querySelectorAll('.md-content :is(p, li, td)')]"
        ".filter(item => item.getBoundingClientRect().right > innerWidth).length"
    )
    assert outside == 0
    made.context.close()


def test_the_page_and_cpython_give_the_same_answer(page):
    page.open().live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", **SIX_VISITS})
    page.wait_for_six_visits()
    # Nothing new is typed: the sentence about what the last field changed goes, if there was time for one.
    page.ask(
        "() => { document.getElementById('estimator-form').dispatchEvent(new Event('input')) }"
    )
    page.wait("() => document.querySelectorAll('#estimator-answer .change').length", 0)
    request = page.ask(
        "() => JSON.stringify({"
        "answers: Object.fromEntries(new FormData(document.getElementById('estimator-form'))),"
        "built: document.getElementById('estimator').dataset.built, filled: {}})"
    )
    shown, same, expected = page.tab.evaluate(
        """html => {
             const shown = document.getElementById("estimator-answer");
             const fresh = shown.cloneNode(false);
             fresh.innerHTML = html;
             return [shown.textContent, shown.isEqualNode(fresh), fresh.textContent];
        }""",
        json.loads(respond(request))["html"],
    )
    assert shown == expected
    assert same


def test_an_answer_that_changes_leaves_what_is_unfolded_and_where_the_keyboard_is(page):
    page.open().live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", **SIX_VISITS})
    page.wait_for_six_visits()
    page.tab.locator("#estimator-answer details > summary").last.focus()
    page.tab.keyboard.press("Enter")
    # What a timer or another window would do: nobody's hands leave the answer.
    page.ask(
        "() => { const input = document.querySelector('#estimator [name=visits]'); input.value = '5';"
        " input.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    page.wait(page.output("range.low"), "320.00")
    last = "[...document.querySelectorAll('#estimator-answer details')].at(-1)"
    assert page.ask(f"() => {last}.open")
    assert page.ask(f"() => document.activeElement === {last}.querySelector('summary')")


LINK = "() => document.querySelector('[data-link]').hash"
VALUE = "() => document.querySelector('#estimator [name={}]').value"
FIRST_THREE = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo"}


def test_a_link_restores_the_answers_and_leaves_the_address_alone(page):
    page.open().live()
    page.fill({**FIRST_THREE, **SIX_VISITS})
    page.wait_for_six_visits()
    code = page.ask(LINK)
    assert len(code) < 600
    assert page.ask("() => location.hash") == ""
    page.tab.goto("about:blank")
    page.open(f"estimator/{code}&utm_source=x").live()
    page.wait_for_six_visits()
    page.wait(VALUE.format("coinsurance"), "20")
    assert page.ask(LINK) == code
    notice = page.ask("() => document.querySelector('[data-notice]').textContent")
    assert notice.startswith("The link filled in 11 of your answers.")


def test_a_hostile_link_leaves_an_empty_form(page):
    page.open("estimator/#e=%3Cimg%20src=x%20onerror=alert(1)%3E").live()
    assert page.ask("() => document.querySelectorAll('#estimator img').length") == 0
    assert page.ask(VALUE.format("plan")) == "unknown"
    assert page.complaints == []


def test_nothing_is_kept_until_somebody_asks_and_all_is_forgotten_at_once(page):
    kept = "() => JSON.stringify(Object.keys(localStorage))"
    page.open().live()
    page.fill({"plan": "commercial-ppo", "visits": "6"})
    page.wait("() => document.querySelector('[data-link]').hash.length > 3", True)
    assert page.ask(kept) == "[]"
    page.tab.locator("[data-remember]").check()
    page.wait(kept, '["massage-coverage-guide:answers"]')
    page.open().live()
    page.wait(VALUE.format("visits"), "6")
    page.tab.get_by_role("button", name="Start over and forget everything").click()
    page.wait(VALUE.format("visits"), "")
    assert page.ask(kept) == "[]"
    page.open().live()
    assert page.ask(VALUE.format("visits")) == ""


def test_questions_that_change_nothing_are_folded_away_and_can_be_shown(page):
    hidden = "() => document.querySelector('[data-key=copay]').hidden"
    page.open().live()
    assert page.ask(hidden) is False
    page.fill({**FIRST_THREE, "cost_sharing": "deductible-coinsurance"})
    page.wait(hidden, True)
    page.tab.get_by_role("button", name="Show the questions that don't change your answer").click()
    page.wait(hidden, False)


def test_a_question_of_the_answer_leads_to_its_field_and_says_what_it_changed(page):
    page.open().live()
    page.fill(FIRST_THREE)
    page.wait("() => !!document.querySelector('[data-goto=deductible]')", True)
    page.tab.locator("[data-goto=deductible]").first.click()
    page.wait("() => document.activeElement.name", "deductible")
    page.tab.keyboard.type("0")
    page.wait(
        "() => (document.querySelector('.change')?.textContent ?? '').includes('Your deductible')",
        True,
    )


PRINTING = """window.printed = []; window.print = () => {
    window.printed.push([document.documentElement.className.includes("prints-packet"),
        document.querySelector("#estimator-packet .sheet-estimate").textContent]);
    dispatchEvent(new Event("afterprint")) }"""


def test_the_packet_is_printed_with_one_press_and_holds_the_answers(page):
    page.tab.add_init_script(PRINTING)
    page.open().live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", **SIX_VISITS})
    page.wait_for_six_visits()
    page.tab.locator(".actions [data-action=packet]").click()
    page.wait("() => window.printed.length", 1)
    [[is_alone, said]] = page.ask("() => window.printed")
    assert is_alone
    assert "$336" in said
    assert "localhost" in said
    assert "prints-packet" not in page.ask("() => document.documentElement.className")
    page.tab.emulate_media(media="print")
    page.ask("() => document.documentElement.classList.add('prints-packet')")
    assert page.tab.locator(".sheet:visible").count() == 4
    assert page.complaints == []


def test_the_call_script_shows_what_to_ask_and_follows_the_answers(page):
    page.open().live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo"})
    button = page.tab.locator(".bar [data-action=call]")
    button.click()
    sheet = page.tab.locator("#estimator-packet .sheet-call")
    page.wait("() => document.activeElement.closest('.sheet-call') !== null", True)
    assert sheet.is_visible()
    assert page.tab.locator(".sheet:visible").count() == 1
    assert button.get_attribute("aria-expanded") == "true"
    count = "() => document.querySelectorAll('.sheet-call .asks > li').length"
    asked = page.ask(count)
    page.fill({"network": "in"})
    page.wait(count, asked - 1)
    assert page.violations() == []
    button.click()
    page.wait("() => document.getElementById('estimator-packet').hidden", True)
    assert page.complaints == []


def test_the_foot_of_the_screen_keeps_the_figure_and_what_to_do_with_it(page):
    page.open()
    assert not page.tab.locator("#estimator .bar").is_visible()
    page.live()
    page.fill(SIX_VISITS)
    page.wait_for_six_visits()
    bar = page.tab.locator("#estimator .bar")
    result = bar.locator("[data-result]")
    assert result.inner_text() == "$336"
    assert result.get_attribute("aria-label") == "$336. See the answer"
    box = bar.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(PHONE["height"], abs=1)
    for item in bar.locator("a, button").all():
        size = item.bounding_box()
        assert size["height"] >= 44
        assert size["width"] >= 44
    page.tab.locator("[name=fee]").focus()
    assert page.ask("() => { const box = document.activeElement.getBoundingClientRect();"
                    " return document.elementFromPoint(box.x + 5, box.y + 5) === document.activeElement }")  # fmt: skip


def test_the_dates_are_saved_as_a_calendar_file(page):
    page.open().live()
    page.fill({"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo",
               "network": "in", "start": "2026-12-01"})  # fmt: skip
    button = page.tab.get_by_role("button", name="Put the dates in my calendar")
    with page.tab.expect_download() as saved:
        button.click()
    assert saved.value.suggested_filename == "next-steps.ics"
    assert "DTSTART;VALUE=DATE:20261201" in Path(saved.value.path()).read_text("utf-8")
    assert page.complaints == []


def test_the_link_is_copied_with_one_press(chromium, site):
    page = Page(chromium, site.address, permissions=["clipboard-read", "clipboard-write"])
    page.open().live()
    page.fill(FIRST_THREE)
    page.wait("() => document.querySelector('.actions').hidden", False)
    page.tab.get_by_role("button", name="Copy a link to these answers").click()
    page.wait("() => document.querySelector('[data-done]').textContent", "The link is copied.")
    copied = page.ask("() => navigator.clipboard.readText()")
    assert copied == page.ask("() => document.querySelector('[data-link]').href")
    page.context.close()


@pytest.mark.parametrize(
    ("action", "taken"),
    [("copy", "() => navigator.clipboard.readText()"), ("share", "() => window.shared")],
    ids=["copied", "shared"],
)
def test_a_link_taken_right_after_an_edit_holds_that_edit(chromium, site, action, taken):
    page = Page(chromium, site.address, permissions=["clipboard-read", "clipboard-write"])
    page.context.add_init_script("navigator.share = async ({ url }) => { window.shared = url; }")
    page.open().live()
    page.fill(FIRST_THREE)
    page.wait("() => document.querySelector('.actions').hidden", False)
    page.ask(f"""() => {{
        const field = document.querySelector('[name=network]');
        field.value = 'in';
        field.dispatchEvent(new Event('input', {{ bubbles: true }}));
        document.querySelector('[data-action={action}]').click();
    }}""")
    wanted = f"{site.address}estimator/#e={link.encode({**FIRST_THREE, 'network': 'in'})}"
    page.wait("() => document.querySelector('[data-link]').href", wanted)
    page.wait(
        "() => Boolean(document.querySelector('[data-done]').textContent || window.shared)", True
    )
    assert page.ask(taken) == wanted
    page.context.close()
