"""The pages on coverage, plan types and costs: what the data says, in words that are easy to read."""

import re
import shutil
from html import unescape
from urllib.parse import urlsplit

import pytest

from estimator import check, facts, guide, link, load
from estimator.engine import estimate
from estimator.messages import Messages
from estimator.model import COST_SHARING, Service
from estimator.money import as_dollars
from estimator.publish.pages import plans
from estimator.publish.pages.policies import dated
from estimator.publish.pages.site import open_site
from estimator.units import units
from tests.conftest import ROOT
from tests.reading import Article, sentences, unmarked
from tests.serving import TestSite, serving
from tests.tables import AS_OF, rules
from tests.test_browser import Page
from tests.test_site import Elements, text

DATA = ROOT / "data"
DOCS = ROOT / "docs" / "en"
MESSAGES = Messages(load.flat(DATA, "messages/en") | load.flat(DATA, "pages/en"))
GUIDE = {name: load.data_file(DATA, name, reader) for name, reader in guide.FILES.items()}
EXAMPLES = facts.examples(DATA)
PAGES = sorted(
    path.relative_to(DOCS).with_suffix("").as_posix().removesuffix("index")
    for folder in ("coverage", "plans", "costs")
    for path in (DOCS / folder).glob("*.md")
)


def page(name):
    return unmarked(text(f"{name.rstrip('/')}/index.html"))


def shown(html):
    """A page's words, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def words(name):
    return shown(page(name))


def plain(said):
    return " ".join(said.split())


@pytest.fixture(scope="module")
def opened():
    return open_site(ROOT, AS_OF)


# --- plan types -----------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", rules().plans.values(), ids=lambda plan: plan.id)
def test_a_plan_s_page_names_what_its_data_requires(plan):
    told = words(f"plans/{plans.PAGE_OF[plan.id]}")
    for key in plan.requires:
        own = f"plans.requires.{plan.id}.{key}.what"
        assert MESSAGES.say(own if MESSAGES.has(own) else f"plans.requires.{key}.what") in told
    for provider in (*plan.never_pays, *plan.pays_by_rule):
        assert MESSAGES.say(f"plans.provider.{provider}") in told
    if plan.never_pays:
        assert "It never pays" in told
    assert ("It pays nothing" in told) == (
        plan.pays_out_of_network == "no" and plan.id != "self-pay"
    )
    if plan.balance_bill:
        assert "at most 15% more than that price" in told


@pytest.mark.parametrize("plan", rules().plans.values(), ids=lambda plan: plan.id)
def test_a_plan_s_page_asks_about_what_it_requires(plan):
    html = page(f"plans/{plans.PAGE_OF[plan.id]}")
    for key in plan.requires:
        own = f"plans.asks.{plan.id}.{key}"
        said = MESSAGES.say(own if MESSAGES.has(own) else f"question.{key}")
        assert plain(said) in shown(html)


@pytest.mark.parametrize("plan", rules().plans.values(), ids=lambda plan: plan.id)
def test_a_plan_s_page_opens_the_estimator_with_that_plan(plan):
    html = page(f"plans/{plans.PAGE_OF[plan.id]}")
    fragments = [
        urlsplit(item["href"]).fragment
        for tag, item in Elements(html).found
        if tag == "a" and item.get("class") == "door"
    ]
    answers = [link.decode(fragment.removeprefix("e=")).answers for fragment in fragments]
    assert {"plan": plan.id} in answers


@pytest.mark.parametrize("policy", GUIDE["policies"].policies.values(), ids=lambda item: item.id)
def test_a_published_text_stands_on_each_of_its_plans_pages_with_its_date(policy, opened):
    for plan in policy.plans:
        told = words(f"plans/{plans.PAGE_OF[plan]}")
        assert plain(policy.says["en"]) in told
        assert policy.document in told
        assert dated(opened, policy) in told
        assert "They are not your plan." in told
        if policy.ask:
            assert f"Confirm with {MESSAGES.say(f'ask.{policy.ask}')}." in told


@pytest.mark.parametrize(
    ("text_of", "wanted"),
    [("2021", "2021"), ("2025-06", "June 2025"), ("2023-12-01", "December 1, 2023"),
     (None, "No date on it")],
)  # fmt: skip
def test_the_date_of_a_text_is_as_exact_as_it_is_known(text_of, wanted, opened):
    policy = next(iter(GUIDE["policies"].policies.values()))
    assert dated(opened, policy.replace(dated=text_of)) == wanted


def test_the_comparison_has_a_row_for_each_plan_and_leads_to_its_page():
    html = page("plans/")
    for plan in rules().plans.values():
        name = MESSAGES.say(f"plans.name.{plan.id}").replace("'", "&#39;")
        assert f'<th scope="row"><a href="{plans.PAGE_OF[plan.id]}/">{name}</a></th>' in html


def test_amounts_of_each_year_are_the_data_s_and_an_unknown_one_is_said():
    for name, keys in plans._YEARS.items():
        html = page(f"plans/{name}")
        for key in keys:
            row = html[html.index(f'<th scope="row">{MESSAGES.say(f"plans.years.{key}")}</th>') :]
            row = row[: row.index("</tr>")]
            for year, held in rules().years.items():
                amount = held.amounts.get(key)
                said = "not known yet" if amount is None else as_dollars(amount.value)
                assert f'<td data-label="{year}">{said}</td>' in row


def test_the_va_s_first_authorization_is_the_data_s():
    episode = rules().plans["va-community-care"].episode
    said = f"The first approval is for {episode.visits} visits in {episode.days} days."
    assert said in words("plans/va")


def test_states_rules_on_work_injuries_are_the_data_s():
    told = words("plans/workers-comp")
    for state in rules().states.values():
        if rule := state.workers_comp_report_after:
            assert f"{state.name} A progress report is due after {rule.visits} visits." in told
        if rule := state.workers_comp_visit_cap:
            assert f"{state.name} For each injury, at most {rule.visits} visits each" in told
        if state.workers_comp_unauthorized:
            assert f"{state.name} A massage therapist may not treat work injuries" in told
        if copay := state.workers_comp_copay_after_mmi:
            assert f"{state.name} You pay {as_dollars(copay.value)} a visit" in told


# --- worked numbers -------------------------------------------------------------------------------


# The other examples have a page of their own under situations/, and their own tests.
ON_THESE_PAGES = [item for item in EXAMPLES if item.id not in GUIDE["situations"].situations]


@pytest.mark.parametrize("example", ON_THESE_PAGES, ids=lambda item: item.id)
def test_a_worked_example_stands_on_a_page_with_the_engine_s_figures(example):
    found = estimate(example.given, rules(), AS_OF).scenarios["likely"]
    patient, plan = as_dollars(found.total.patient), as_dollars(found.total.plan)
    count = len(found.visits)
    course = f"for {count} visits" if count > 1 else "for 1 visit"
    said = f"ou'd likely pay {patient} {course}."
    if found.total.plan:
        said += f" Your plan would pay {plan}."
    if example.given.plan == "self-pay":
        said = f"{count} visits at {as_dollars(example.given.fee)} each cost you {patient}."
    assert any(said in words(name).replace(" .", ".") for name in PAGES)


def costs():
    return words("costs/what-it-costs")


def likely(name, **changes):
    example = next(item for item in EXAMPLES if item.id == name)
    return estimate(example.given.replace(**changes), rules(), AS_OF).scenarios["likely"]


@pytest.mark.parametrize(
    "said",
    [
        # The deductible of 300 takes three visits of 80 and 60 of the fourth: 60 + 20% of 20.
        "it is met at visit 4. For all 6 visits you pay $336, and the plan pays $144.",
        "The clinic charges $100, and the plan allows $80. In the network the clinic gives up the other $20",
        "With a copay of $30, you pay that, and the plan pays the other $65 of its $95 price.",
        "At 20%, you pay $16 of an allowed amount of $80. The plan pays $64.",
        # 100 are left to the limit: three visits at 30, and 10 of the fourth.
        "You have paid $3,900 of a $4,000 limit. So you pay only $100 more for these 6 visits.",
        # 40% of 80, and the 40 above it.
        "You pay your percent, $32, and the rest of the price, $40. Together that is $72.",
        "The plan pays for 10 visits, and 2 are used. Of 10 more visits, the last 2 cost you the full $150 each.",
        # Of one's own 100 are left: 80, 20 + 12, then 16 four times. Of the family's 2,800.
        "you pay $176 for 6 visits. If only the family's counts, you pay $480.",
        "starts again on January 1, 2027. You pay $54 for the 3 visits before that day, and $270 for the 3 after it.",
        # 40 of the deductible, 20 copay, then 20% of 60, or of 80.
        "you pay $76.",
    ],
)  # fmt: skip
def test_a_cost_is_worked_out_as_one_does_by_hand(said):
    assert said in costs()


def test_each_order_of_the_parts_shows_what_the_engine_makes_of_it():
    html = page("costs/what-it-costs")
    for order in COST_SHARING:
        visit = likely("deductible-copay-and-percent", cost_sharing=order).visits[0]
        row = html[html.index(f'<th scope="row">{MESSAGES.option("cost_sharing", order)}</th>') :]
        cells = re.findall(r"<td[^>]*>([^<]*)</td>", row[: row.index("</tr>")])
        amounts = (visit.deductible, visit.copay, visit.coinsurance, visit.patient, visit.plan)
        assert cells == [as_dollars(amount) for amount in amounts]


def test_every_term_of_the_costs_page_has_a_picture():
    html = page("costs/what-it-costs")
    parts = re.split(r"<h2", html)[1:]
    pictured = [shown("<h2" + part.partition("</h2>")[0]) for part in parts if "<svg" in part]
    assert pictured == [
        "The plan's price", "Deductible", "Copay", "Your percent (coinsurance)",
        "Out-of-pocket limit", "Balance bill", "When the visits run out", "In a family plan",
        "When the year starts again",
    ]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_no_two_drawings_of_a_page_share_an_id(name):
    ids = [item["id"] for _, item in Elements(page(name)).found if "id" in item]
    assert len(ids) == len(set(ids))


# --- codes and conditions -------------------------------------------------------------------------


def rows_of(html):
    """The rows of a page's tables: the words of each cell."""
    return {
        tuple(shown(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL))
        for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    }


@pytest.mark.parametrize("name", ["coverage/codes", "coverage/conditions"])
def test_codes_that_cannot_be_billed_say_what_replaced_them(name):
    held = GUIDE["diagnoses"]
    by_code = {row[0]: row for row in rows_of(page(name)) if len(row) == 3}
    for code, old in held.not_billable.items():
        groups = {
            group for group, codes in held.billable.items() if codes.keys() & {*old.replaced_by}
        }
        on_page = groups if name.endswith("codes") else groups & named_groups()
        if on_page:
            status = by_code[code][2]
            assert status.startswith("No longer" if old.status == "outdated" else "Not complete")
            assert all(other in status for other in old.replaced_by)
    assert "means another disease" in by_code["M79.3"][2]
    assert "fibromyalgia: that is M79.7" in by_code["M79.3"][2]
    assert by_code["M67.A01"][2] == "Yes, for visits since October 1, 2026"


def named_groups():
    told = GUIDE["conditions"].conditions.values()
    return {group for condition in told for group in condition.groups}


def test_every_code_that_can_be_billed_is_in_the_look_up_with_its_title():
    found = rows_of(page("coverage/codes"))
    for code, title in GUIDE["diagnoses"].titles().items():
        assert any(row[:2] == (code, plain(title)) and row[2].startswith("Yes") for row in found)


@pytest.mark.parametrize("one", GUIDE["conditions"].conditions.values(), ids=lambda one: one.id)
def test_a_condition_has_its_heading_and_what_is_said_of_it(one):
    html = page("coverage/conditions")
    assert f'<h2 id="{one.id}">' in html
    part = shown(html[html.index(f'<h2 id="{one.id}">') :].split("<h2")[1])
    assert plain(one.supports["en"]) in part
    assert plain(one.careful.get("en", "")) in part
    for group in one.groups:
        assert all(code in part for code in GUIDE["diagnoses"].billable[group])


def test_a_diagnosis_alone_never_decides_stands_first_on_the_conditions_page():
    assert (
        Article(page("coverage/conditions")).lines[0].startswith("A diagnosis alone never decides.")
    )


def test_minutes_become_units_as_the_engine_counts_them():
    rows = {row[0]: row[1:] for row in rows_of(page("coverage/codes")) if len(row) == 3}
    for minutes, told in ((7, "1 to 7"), (8, "8 to 22"), (60, "53 to 67"), (127, "113 to 127")):
        done = (Service("97124", minutes),)
        counted = (units(done, rule, rules().codes)["97124"] for rule in ("cms", "ama"))
        assert rows[told] == tuple(map(str, counted))
    mixed = "8 minutes of 97140 and 8 minutes of 97110"
    assert rows[mixed] == ("1 (1 of 97140, 0 of 97110)", "2 (1 of 97140, 1 of 97110)")


def test_every_pair_of_codes_stands_with_the_date_of_its_list():
    told = words("coverage/codes")
    found = rows_of(page("coverage/codes"))
    assert "July 1, 2024" in told
    for pair in rules().code_pairs:
        answer = MESSAGES.say(f"codes.pairs.{pair.modifier}")
        assert any(
            pair.paid in row[0] and pair.not_paid in row[1] and row[2].startswith(answer)
            for row in found
            if len(row) == 3
        )


def test_every_billing_code_modifier_and_kind_of_provider_is_told():
    told = words("coverage/codes")
    for code in rules().codes.values():
        assert f"{code.code} {code.plain[0].upper()}{code.plain[1:]}." in told
    for one in GUIDE["modifiers"]["modifiers"].values():
        assert f"{one.id} {plain(one.plain['en'])}" in told
    for one in GUIDE["taxonomy"]["taxonomy"].values():
        assert f"{one.id} {one.plain['en']}." in told


# --- medical or spa, is it covered ----------------------------------------------------------------


def test_what_a_visit_note_records_is_told_whole():
    told = words("coverage/medical-or-spa")
    for item in GUIDE["letters"]["letters"]["soap-note"].items:
        assert plain(item.label["en"]) in told


def test_the_study_is_told_as_what_it_is():
    told = words("coverage/is-it-covered")
    assert plain(GUIDE["policies"].study["says"]["en"]) in told
    assert "19 percent" not in told.replace(plain(GUIDE["policies"].study["says"]["en"]), "")


def test_the_seven_links_stand_in_the_order_of_the_chain():
    html = page("coverage/is-it-covered")
    heads = re.findall(r'<h2 id="(\d)-', html)
    assert heads == list("1234567")
    assert html.index("drawing-chain-title") < html.index('<h2 id="1-')


# --- every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_starts_with_its_answer_and_ends_with_its_sources(name):
    html = page(name)
    article = html[html.index("<h1") :]
    assert article.index('class="answer-first"') < article.index("<h2")
    assert "Checked on November 21, 2026." in article
    assert article.index('class="page-foot"') > article.rindex("<h2")
    assert 'class="door"' in article or name == "plans/"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_promises_nothing_and_claims_no_rate(name):
    told = sentences(page(name)).lower()
    claims = re.findall(
        r"\bmost (?:plans|insurers|policies|people)\b|success rate|unfortunately|\bsimply\b|!|"
        r"\bguarantee|\b(?:most|usually|generally|typically|always) (?:\w+ ){0,2}cover(?:s|ed)?\b",
        told,
    )
    assert claims == []


@pytest.mark.parametrize("name", PAGES)
def test_no_figure_or_code_is_typed_by_hand(name):
    path = DOCS / (f"{name}index.md" if name.endswith("/") else f"{name}.md")
    typed = re.sub(r'--8<-- ".*?"', "", path.read_text("utf-8"))
    found = re.findall(
        r"\$\d[\d,.]*|\d+ ?(?:%|percent|visits|days|minutes|months)|\b9\d{4}\b|\b[A-Z]\d\d\.\d|\b20\d\d\b",
        typed,
    )
    assert found == []


def test_words_of_pages_with_a_mistyped_placeholder_are_refused(tmp_path):
    data = shutil.copytree(DATA, tmp_path / "data")
    path = data / "pages" / "en.yaml"
    path.write_text(path.read_text().replace("{visits} visits in", "{visits visits in"))
    (problem,) = check.problems(data, AS_OF)
    assert problem.startswith("data/pages/en.yaml: plans.episode: expected placeholders")


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served():
    with serving(TestSite(ROOT / "site", prefix="/guide/")) as site:
        yield site


def test_without_scripts_a_folded_table_opens_with_the_keyboard(chromium, served):
    made = Page(chromium, served.address, java_script_enabled=False).open("plans/ppo/")
    folded = made.tab.locator("details:has(table.policies)")
    table = folded.locator("table.policies")
    assert not table.is_visible()
    folded.locator("summary").first.focus()
    made.tab.keyboard.press("Enter")
    assert table.is_visible()
    made.context.close()
