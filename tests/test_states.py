"""The states' pages: all of them, with the data's own figures, and nothing said that isn't known."""

import re
from datetime import date
from html import unescape

import pytest

from estimator import facts, link, read
from estimator.engine import estimate
from estimator.model import STATES
from estimator.money import as_dollars, as_whole_dollars
from estimator.publish.pages import states
from estimator.publish.pages.site import open_site
from estimator.publish.pages.state_page import FEDERAL
from estimator.publish.pages.state_words import PLAN_PAGES, slug
from tests.conftest import ROOT
from tests.serving import TestSite, serving
from tests.tables import AS_OF, rules
from tests.test_browser import Page

NAMES = [pytest.param(state, id=state) for state in STATES]
AMOUNT = re.compile(r"\$\d+(?:,\d{3})*(?:\.\d\d)?")


@pytest.fixture(scope="module")
def site():
    return open_site(ROOT, date(2026, 11, 21))


@pytest.fixture(scope="module")
def pages(site):
    """Each state's page as Markdown, by the state's letters."""
    made = states.pages(site)
    return {state.state: made[f"states/{slug(state)}.md"] for state in site.rules.states.values()}


@pytest.fixture(scope="module")
def parts(site):
    return states.parts(site)


def words(html):
    """What a person reads, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


def panel(page):
    return words(page[page.index('<div class="answer-first">') : page.index("<dl")])


def section(page, anchor):
    """The text of a section, from its heading to the next."""
    return page.split(f"{{#{anchor}}}")[1].split("\n## ")[0]


def doors(html):
    """The answers in each link to the estimator, by the link's words."""
    found = re.findall(r'<a href="[^"]*#e=(\w+)"[^>]*>([^<]+)</a>', html)
    return {unescape(said): link.decode(code).answers for code, said in found}


# --- each state ----------------------------------------------------------------------------------


def test_every_state_and_dc_has_a_page(site):
    made = states.pages(site)
    assert len(made) == len(STATES) == 51
    assert {"states/florida.md", "states/new-york.md", "states/district-of-columbia.md"} <= set(
        made
    )


def test_no_two_pages_have_the_same_title_or_description(pages):
    heads = [page.split("---\n")[1] for page in pages.values()]
    for key, least, most in (("title", 20, 70), ("description", 40, 200)):
        found = [re.search(rf'^{key}: "(.+)"$', head, re.MULTILINE)[1] for head in heads]
        assert len(set(found)) == 51
        assert all(least <= len(text) <= most for text in found)


@pytest.mark.parametrize("state", NAMES)
def test_every_note_stands_on_the_page_with_its_sources_and_whom_to_confirm_it_with(
    site, pages, state
):
    page = pages[state]
    for notes in rules().states[state].notes.values():
        for note in notes:
            at = page.index(note.en.replace("'", "&#39;"))
            item = page[at : page.index("</li>", at)]
            for source in note.sources:
                assert f'href="#source-{source}"' in item
                assert f'id="source-{source}"' in page
            asked = f"Confirm with {site.messages.say(f'ask.{note.ask}')}." if note.ask else ""
            assert ("Confirm with" in item) == bool(note.ask)
            assert asked in words(item)


@pytest.mark.parametrize("state", NAMES)
def test_the_number_at_a_note_is_that_of_its_source_in_the_foot(pages, state):
    page = pages[state]
    listed = re.findall(r'<li id="source-([^"]+)">', page)
    cited = re.findall(r'<a href="#source-([^"]+)" aria-label="Source (\d+)">(\d+)</a>', page)
    assert cited
    for source, heard, number in cited:
        assert listed[int(number) - 1] == source
        assert heard == number
    assert {source for source, _, _ in cited} == set(listed)


@pytest.mark.parametrize("state", NAMES)
def test_every_dollar_on_a_page_is_the_data_s_or_the_engine_s(site, pages, state):
    held = rules().states[state]
    known = [note.en for notes in held.notes.values() for note in notes]
    known += [text["en"] for text in held.in_short.values()]
    known += [policy.says["en"] for policy in site.guide["policies"].policies.values()]
    amounts = {amount for text in known for amount in AMOUNT.findall(text)}
    for item in (held.auto.minimum, held.medpay_minimum and held.medpay_minimum.value):
        amounts |= {as_whole_dollars(item)} if item else set()
    for example in held.examples.values():
        found = estimate(example.given, rules(), site.built)
        ends = (found.range.low, found.range.likely, found.range.high)
        amounts |= {as_dollars(found.if_denied), *map(as_dollars, ends)}
        amounts |= {as_whole_dollars(end) for end in ends}
        given = example.given.known()
        amounts |= {
            as_dollars(given[key]) for key in ("fee", "allowed", "deductible") if key in given
        }
    shown = set(AMOUNT.findall(words(pages[state].split("<footer")[0])))
    assert shown - amounts == set()


@pytest.mark.parametrize("state", NAMES)
def test_the_least_of_pip_stands_at_the_head_and_is_said_to_be_shared(pages, state):
    page, auto = pages[state], rules().states[state].auto
    head = words(page[page.index("<dl") : page.index("</dl>")])
    shared = "Every other bill from the crash draws on what PIP holds, too." in page
    assert shared == (auto.minimum is not None)
    if auto.minimum is None:
        assert not re.search(r"PIP (required|optional), from", head)
    else:
        assert f"PIP {auto.pip}, from {as_whole_dollars(auto.minimum)}" in head


@pytest.mark.parametrize("state", NAMES)
def test_what_nobody_has_checked_is_said_with_whom_to_ask(site, pages, state):
    anchors = {"auto": "car-crash", "provider_law": "health-plan", "massage": "license",
               "workers_comp": "work-injury"}  # fmt: skip
    for topic, ask in rules().states[state].not_checked.items():
        told = words(section(pages[state], anchors[topic]))
        who = site.messages.say(f"ask.{ask}")
        assert f"Nobody has checked this yet. Ask {who} " in told
    unchecked = pages[state].count("Nobody has checked this yet.")
    assert unchecked == len(rules().states[state].not_checked)


PROMISES = (
    "you have no pip", "there is no pip", "guarantee", "we promise", "will be paid", "is covered in",
    "usually cover", "most plans", "success", "unfortunately", "simply", "!", "always pays",
)  # fmt: skip


@pytest.mark.parametrize("state", NAMES)
def test_no_state_promises(pages, state):
    said = words(pages[state].split("<footer")[0].split("---\n", 2)[2]).lower()
    assert [item for item in PROMISES if item in said] == []
    assert "it depends on your plan." in panel(pages[state]).lower()


@pytest.mark.parametrize("state", NAMES)
def test_a_list_that_names_no_pip_law_is_never_the_reader_s_policy(pages, state):
    is_listed = rules().states[state].auto.pip != "none"
    page = words(pages[state])
    assert ("A list of laws is not your policy." in page) != is_listed
    assert ("names no personal injury protection (PIP) law here" in page) != is_listed


@pytest.mark.parametrize("state", NAMES)
def test_the_doors_fill_in_the_state_and_the_crash(pages, state):
    held, found = rules().states[state], doors(pages[state])
    place = "the District of Columbia" if state == "DC" else held.name
    assert found[f"See what you'd pay in {place}"] == {"state": state}
    assert found["See what you'd pay"] == {"state": state}
    for plan, name, is_there in (
        ("auto-pip", "PIP", held.auto.pip in ("required", "optional")),
        ("auto-medpay", "MedPay", held.medpay_minimum is not None),
    ):
        answers = found.get(f"See what you'd pay after a car crash ({name})")
        assert answers == ({"plan": plan, "state": state} if is_there else None)
        if answers:
            assert estimate(read.case(answers), rules(), AS_OF).verdict != "covered"


@pytest.mark.parametrize("plan", FEDERAL)
def test_a_federal_plan_leads_to_its_page_or_into_the_estimator(site, pages, plan):
    name = site.messages.option("plan", plan)
    page = PLAN_PAGES.get(plan, plan)
    if (ROOT / "docs" / "en" / "plans" / f"{page}.md").is_file():
        assert f'<a href="../../plans/{page}/">' in pages["FL"]
    else:
        assert doors(pages["FL"])[name] == {"plan": plan}


EXAMPLES = [
    pytest.param(state.state, topic, id=f"{state.state}-{topic}")
    for state in facts.rules(ROOT / "data").states.values()
    for topic in state.examples
]


@pytest.mark.parametrize(("state", "topic"), EXAMPLES)
def test_a_worked_example_shows_the_engine_s_verdict_figures_and_conditions(
    site, pages, state, topic
):
    example = rules().states[state].examples[topic]
    assert example.given.state == state
    found = estimate(example.given, rules(), site.built)
    said = words(pages[state])
    assert f"{site.messages.say(f'verdict.{found.verdict}.word')} . " in said
    denied, visits = as_dollars(found.if_denied), len(found.scenarios["likely"].visits)
    if found.verdict == "not-covered":
        assert f"You'd pay the whole price: {denied} for {visits} visits." in said
    elif found.range.low == found.range.high:
        pays = as_dollars(found.range.likely)
        assert (
            f"If it pays, you'd pay {pays} for {visits} visits. If nothing is paid: {denied}."
            in said
        )
    else:
        low, likely, high = map(
            as_whole_dollars, (found.range.low, found.range.likely, found.range.high)
        )
        assert (f"you'd likely pay {likely} for {visits} visits, at the least {low} and at the most"
                f" {high}. If nothing is paid: {denied}.") in said  # fmt: skip
    for item in found.conditions:
        name = item.id.removeprefix("coverage.").removesuffix("-open")
        own = f"condition.{name}"
        key = own if site.messages.has(own) else f"condition.{item.key}"
        assert site.messages.say(key) in said


def test_the_six_long_states_have_an_example_or_say_that_no_law_was_found():
    shown = {state for state in STATES if rules().states[state].examples}
    assert shown == {"CA", "FL", "NY", "OR", "WA"}
    assert "found no Massachusetts law" in rules().states["MA"].in_short["provider_law"]["en"]


def test_florida_says_never_before_anything_else_about_a_crash(pages):
    page = pages["FL"]
    never = "personal injury protection (PIP) never pays for massage here, whoever gives it."
    assert never in panel(page)
    crash = words(section(page, "car-crash"))
    assert crash.startswith(
        "Since January 1, 2013, Florida's PIP does not pay for massage, whoever"
    )
    assert "Not covered . You'd pay the whole price: $600 for 6 visits." in crash
    answers = doors(page)["See what you'd pay after a car crash (PIP)"]
    for provider in ("lmt", "pt-ot", "chiropractor", "physician"):
        case = read.case({**answers, "provider": provider, "purpose": "diagnosed"})
        assert estimate(case, rules(), AS_OF).verdict == "not-covered"


def test_washington_opens_the_plan_and_does_not_promise(pages):
    told = panel(pages["WA"])
    assert "must let you see licensed massage therapists. They may still limit your visits." in told
    assert "Maybe covered" in words(section(pages["WA"], "health-plan"))


def test_michigan_names_its_levels_and_no_single_least(pages):
    assert "it depends on the level of personal injury protection (PIP)" in panel(pages["MI"])
    assert "PIP required, from $50,000 by level, some have none" in words(pages["MI"])
    crash = words(section(pages["MI"], "car-crash"))
    assert "$250,000, $500,000 and no limit" in crash


def test_south_carolina_says_that_pip_is_not_known(pages):
    assert "We don't know if personal injury protection (PIP) is sold here." in panel(pages["SC"])
    assert "Car crash PIP not known" in words(pages["SC"])


def test_a_published_policy_is_told_once(pages):
    assert "UnitedHealthcare of California" in pages["CA"]
    assert "Blue Cross and Blue Shield of Vermont" in pages["VT"]
    # Washington's own notes tell of this one.
    assert "<strong>Premera" not in pages["WA"]


# --- the overview --------------------------------------------------------------------------------


def test_the_map_has_each_state_once():
    placed = [name for line in states.MAP for name in line.split() if name != ".."]
    assert sorted(placed) == sorted(STATES)
    assert {len(line.split()) for line in states.MAP} == {11}


def test_a_tile_says_its_state_and_its_rule_in_words(parts):
    tiles = re.findall(r'<a href="([^"]+)/" class="(\w+)">(.*?)</a>', parts["states-map.html"])
    said = {"required": "required", "optional": "optional", "none": "none listed",
            "unknown": "not known"}  # fmt: skip
    assert len(tiles) == 51
    held = {slug(state): state for state in rules().states.values()}
    for address, pattern, html in tiles:
        state = held[address]
        assert pattern == state.auto.pip
        assert words(html) == f"{state.state} , {state.name}: PIP {said[pattern]}"
    counts = map(int, re.findall(r"\((\d+)\)", words(parts["states-map.html"])))
    assert sum(counts) == 51


def test_the_table_holds_each_state_in_order_with_the_data_s_figures(parts):
    rows = re.findall(r"<tr.*?</tr>", parts["states-table.html"])[1:]
    held = sorted(rules().states.values(), key=lambda state: state.name)
    kinds = {"required": "State license needed", "certificate": "a certificate is a choice",
             "register": "there is a register", "none": "No state license"}  # fmt: skip
    for row, state in zip(rows, held, strict=True):
        said = words(row)
        assert f'href="{slug(state)}/"' in row
        assert said.startswith(f"{state.name} ")
        assert kinds[state.massage_license.status] in said
        least = state.auto.minimum
        assert (f"from {as_whole_dollars(least)}" in said) if least else (">from $" not in row)
        assert ("PIP never pays for massage" in said) == bool(state.pip_excludes_massage)
        assert ("Regulated plans must let you see" in said) == bool(state.every_category)


def test_each_letter_leads_to_its_first_state(parts):
    letters = re.findall(r'href="#(states-\w)">(\w)<', parts["states-letters.html"])
    assert len(letters) == len({state.name[0] for state in rules().states.values()})
    for anchor, letter in letters:
        row = parts["states-table.html"].split(f'id="{anchor}"')[1]
        assert words(row.split("</th>")[0].split(">", 1)[1]).startswith(letter)


def test_the_overview_names_the_states_whose_rule_is_their_own(parts):
    assert "massage therapist only in Washington." in words(parts["states-answer.html"])
    assert "In Florida it never does." in words(parts["states-pip.html"])


# --- in the browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served():
    with serving(TestSite(ROOT / "site", prefix="/guide/")) as found:
        yield found


BOXES = """(css) => [...document.querySelectorAll(css)].map(item => item.getBoundingClientRect())
    .filter(box => box.height > 0).map(box => [box.width, box.height])"""


def test_on_a_phone_the_list_stands_for_the_map_and_fits_a_finger(chromium, served):
    made = Page(chromium, served.address)
    made.open("states/")
    assert made.tab.evaluate(BOXES, ".tiles a") == []
    rows = made.tab.evaluate(BOXES, "table.states th a")
    assert len(rows) == 51
    assert min(height for _, height in rows) >= 44
    letters = made.tab.evaluate(BOXES, ".letters a")
    assert min(side for box in letters for side in box) >= 44
    made.context.close()


def test_on_a_desktop_the_map_is_walked_by_keyboard_without_javascript(chromium, served):
    made = Page(chromium, served.address, java_script_enabled=False)
    made.tab.set_viewport_size({"width": 1280, "height": 900})
    made.open("states/")
    made.tab.locator(".tiles a").first.focus()
    made.tab.keyboard.press("Tab")
    made.tab.keyboard.press("Enter")
    made.tab.wait_for_url("**/states/maine/")
    made.context.close()


def test_the_pages_stay_out_of_the_navigation(chromium, served):
    made = Page(chromium, served.address)
    made.open("states/florida/")
    links = made.ask("() => [...document.querySelectorAll('.md-nav--primary a')].map(a => a.href)")
    assert any(address.endswith("/states/") for address in links)
    assert not [address for address in links if address.endswith("/states/georgia/")]
    made.context.close()
