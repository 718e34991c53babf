"""What to do, page by page: complete from the data, right, readable, and explained word by word."""

import re
import time
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from estimator import facts, guide
from estimator.engine import estimate
from estimator.markup import escape
from estimator.messages import Messages
from estimator.money import as_dollars, as_percent
from estimator.publish.finish import finish_page
from estimator.publish.pages import deadlines, words
from estimator.publish.pages.figures import figure
from estimator.publish.pages.site import open_site
from estimator.publish.runtime import OF_PAGES
from estimator.publish.terms import MOST, mark_terms, read_glossary
from tests.conftest import ROOT
from tests.reading import Article
from tests.serving import TestSite, serving
from tests.test_browser import Page

SITE = ROOT / "site"
CLIENT_PAGES = (
    "",
    "about/",
    "before/call/",
    "before/doctor/",
    "claims/denied/",
    "claims/steps/",
    "claims/superbill/",
    "glossary/",
    "pay/hsa-fsa/",
    "pay/paying-yourself/",
    "privacy/",
    "questions/",
)
OTHER_PAGES = (
    "clinics/",
    "clinics/privacy/",
    "clinics/promises/",
    "clinics/setup/",
    "clinics/superbill-and-notes/",
    "maintain/estimate/",
    "maintain/report/",
)


@pytest.fixture(scope="module")
def site():
    return open_site(ROOT, date(2026, 11, 21))


def read(path):
    return (SITE / path / "index.html").read_text("utf-8")


def article(path):
    return Article(read(path))


def plain(path):
    """All that an article says, with single spaces."""
    return article(path).text


def said(text):
    return " ".join(text.split())


def in_english(items):
    return [said(item) for item in items["en"]]


@pytest.mark.parametrize("path", CLIENT_PAGES + OTHER_PAGES)
def test_a_page_answers_first_in_at_most_three_lines(path):
    panel = re.findall(r'<div class="answer-first">(.*?)</div>', read(path), re.DOTALL)
    assert len(panel) == 1
    # A line of the panel holds about 75 letters.
    text = said(unescape(re.sub(r"<template.*?</template>|<[^>]+>", "", panel[0])))
    assert 40 < len(text) <= 3 * 90


@pytest.mark.parametrize("path", CLIENT_PAGES + OTHER_PAGES)
def test_a_page_says_nothing_we_never_say(path):
    text = plain(path)
    assert not re.search(
        r"\bsimply\b|\bunfortunately\b|\bcoming soon\b|\bTODO\b", text, re.IGNORECASE
    )
    assert not re.search(r"\w!(\s|$)", text)
    assert not re.search(r"success rate|\d+ ?(%|percent) of (appeals|claims|people|plans)", text)


@pytest.mark.parametrize(
    "path", [path for path in CLIENT_PAGES if path not in ("", "about/", "privacy/")]
)
def test_a_client_page_ends_with_its_sources_and_the_day_they_were_checked(path):
    foot = read(path).split('class="page-foot"')[1]
    assert re.search(r"Checked on November \d+, 2026\.", foot)
    assert foot.count("<li ") >= 3


@pytest.mark.parametrize(
    "path", [path for path in CLIENT_PAGES if "/" in path.rstrip("/") or path == "questions/"]
)
def test_a_client_page_leads_to_the_estimator_with_its_situation(path):
    links = [item["href"] for tag, item, _ in article(path).elements
             if tag == "a" and item.get("class") == "door"]  # fmt: skip
    assert len(links) == 1
    assert re.fullmatch(r"(\.\./)+estimator/#e=[A-Za-z0-9]+", links[0])


# --- the data stands on its pages -----------------------------------------------------------------


def test_every_question_of_the_call_stands_on_its_page_with_lines_to_write(site):
    text, call = plain("before/call/"), site.guide["call"]
    for asked in call.ask:
        question = said(site.messages.say(f"question.{asked.key}"))
        assert f"{question} {said(asked.note['en'])}".replace(" ", "") in text.replace(" ", "")
    for lines in (call.at_hand, call.write_down, call.after):
        assert all(line in text for line in in_english(lines))
    assert said(call.open_with["en"]) in text
    assert said(call.close_with["en"]) in text
    assert read("before/call/").count('class="write"') == len(call.ask) + len(call.write_down["en"])


@pytest.mark.parametrize(
    ("letter", "path"),
    [
        ("order", "before/doctor/"),
        ("letter-of-medical-necessity", "pay/hsa-fsa/"),
        ("superbill", "claims/superbill/"),
        ("appeal", "claims/denied/"),
        ("superbill", "clinics/superbill-and-notes/"),
        ("soap-note", "clinics/superbill-and-notes/"),
    ],
)
def test_every_item_of_a_letter_stands_on_its_page_with_its_reason(site, letter, path):
    text, held = plain(path), site.guide["letters"]["letters"][letter]
    for item in held.items:
        assert said(item.label["en"]) in text
        assert said(item.why["en"]) in text
    assert said(held.careful["en"]) in text


def test_every_step_of_a_claim_stands_on_its_page_in_order(site):
    text, html = plain("claims/steps/"), read("claims/steps/")
    places = []
    for number, step in enumerate(site.guide["claim"]["steps"], 1):
        places.append(html.index(f'<h2 id="{step.id}">{number}. {said(step.title["en"])}</h2>'))
        assert all(line in text for line in in_english(step.do) + in_english(step.papers))
    assert places == sorted(places)


def test_every_deadline_stands_on_the_page_of_steps_with_its_time(site):
    text = plain("claims/steps/")
    for item in site.guide["deadlines"]["deadlines"].values():
        assert said(item.what["en"]) in text
        assert deadlines.span(item, site.messages) in text


def test_a_deadline_of_weak_source_says_whom_to_ask(site):
    html = read("claims/steps/")
    table = html[html.rindex("Every time limit in one place") :]
    for item in site.guide["deadlines"]["deadlines"].values():
        row = table[table.index(escape(said(item.what["en"]))) :]
        row = row[: row.index("</tr>")]
        assert ('class="confirm"' in row) == item.confirm


def test_every_denial_says_how_it_reads_what_it_means_and_what_to_do(site):
    html = read("claims/denied/")
    for item in site.guide["denials"]["denials"].values():
        entry = html[html.index(f'<details id="{item.id}"') :]
        entry = unescape(re.sub(r"<[^>]+>", "", entry[: entry.index("</details>")]))
        for line in in_english(item.reads) + in_english(item.do):
            assert line in said(entry)
        assert said(item.means["en"]) in said(entry)
        assert said(site.messages.say(f"guide.appeal.{item.appeal}")) in said(entry)
        for name in item.deadlines:
            told = site.guide["deadlines"]["deadlines"][name]
            assert said(told.what["en"]) in said(entry)
        if item.confirm:
            assert "Confirm with" in entry


def test_a_denial_shows_its_deadline_in_the_same_words_everywhere(site):
    held = site.guide["deadlines"]["deadlines"]
    assert "At least 180 days from the date on the letter that says no." in plain("claims/denied/")
    assert deadlines.length(held["internal-appeal"], site.messages) == "180 days"
    assert deadlines.span(held["internal-appeal"], site.messages) == "at least 180 days"
    assert deadlines.span(held["estimate-booked-early"], site.messages) == "1 business day"


def test_the_ladder_of_appeals_takes_its_times_from_the_data(site):
    held = site.guide["deadlines"]["deadlines"]
    ladder = read("claims/denied/")
    ladder = ladder[ladder.index('aria-labelledby="drawing-appeal-ladder-title') :]
    ladder = ladder[: ladder.index("</svg>")]
    assert f"{held['internal-appeal'].days} days from the letter" in ladder
    assert f"{held['external-review'].months} months from the final no" in ladder
    assert "{" not in ladder


def test_a_drawing_with_a_blank_that_nobody_filled_is_refused():
    with pytest.raises(KeyError, match="external"):
        figure("appeal-ladder", "A ladder.", internal="180 days")


def test_every_term_stands_in_the_glossary_in_order_with_its_other_names(site):
    terms = site.guide["glossary"]["terms"]
    html, text = read("glossary/"), plain("glossary/")
    places = []
    for term in sorted(terms.values(), key=lambda item: item.term["en"].lower()):
        places.append(html.index(f'<div id="{term.id}"'))
        assert said(term.means["en"]) in text
        for name in term.also.get("en", ()):
            assert name in text
        assert all(f'href="#{item}"' in html for item in term.see)
    assert places == sorted(places)
    weak = [term for term in terms.values() if term.confirm]
    assert html.count('class="confirm"') == len(weak)


def test_every_question_of_the_front_desk_is_answered_under_its_heading(site):
    text = plain("questions/")
    held = site.guide["desk-questions"]["questions"].values()
    assert {item.group for item in held} == set(guide.QUESTION_GROUPS)
    for item in held:
        heading = text.index(site.messages.say(f"guide.questions.{item.group}"))
        assert text.index(said(item.asks["en"])) > heading
        assert said(item.answer["en"]) in text
    weak = [item for item in held if item.confirm]
    assert read("questions/").count('class="confirm"') == len(weak)


def test_every_page_a_question_sends_to_is_known(site):
    named = {
        name for item in site.guide["desk-questions"]["questions"].values() for name in item.see
    }
    assert named <= set(words.PAGES)


# --- figures --------------------------------------------------------------------------------------


def test_the_superbill_s_money_is_the_engine_s(site):
    example = next(item for item in site.examples if item.id == "out-of-network-superbill")
    total = estimate(example.given, site.rules, site.built).scenarios["likely"].total
    cells = re.findall(r'data-label="Amount">([^<]+)<', read("claims/superbill/"))
    assert cells == [
        as_dollars(item) for item in (total.pay_at_visit, total.reimbursed, total.patient)
    ]
    assert total.pay_at_visit - total.reimbursed == total.patient


def test_each_year_s_limits_are_the_data_s_and_no_missing_year_is_guessed():
    page, text = read("pay/hsa-fsa/"), plain("pay/hsa-fsa/")
    for year in facts.year_ids(ROOT / "data"):
        held = facts.year_amounts(ROOT / "data", year).amounts
        for key in ("hsa_self", "hsa_family", "hsa_catch_up", "fsa", "fsa_carryover",
                    "hdhp_deductible_self", "hdhp_oop_family"):  # fmt: skip
            row = page[page.index(key_words(key)) :]
            cell = re.search(rf'data-label="{year}">([^<]+)', row)[1].strip()
            assert cell == (as_dollars(held[key].value) if key in held
                            else "We have not read it yet. Ask your employer.")  # fmt: skip
    assert "We have not read it yet" in text  # the FSA's limit for 2027


def key_words(key):
    told = facts.load.flat(ROOT / "data", "messages/en")
    return str(escape(Messages(told).say(f"guide.year.{key}")))


def test_what_an_account_saves_is_the_rate_times_what_the_client_pays(site):
    text, page = plain("pay/hsa-fsa/"), read("pay/hsa-fsa/")
    pays = Decimal("336.00")
    assert f"the client pays {as_dollars(pays)}" in text
    # 22% and 7.65% of 336.00; 22% of it.
    assert "from an FSA saves $99.62" in text
    assert "An HSA you fill yourself saves $73.92" in text
    for bracket in site.rules.years[2026].federal_brackets["single"]:
        saved = (pays * (bracket.rate + Decimal("0.0765"))).quantize(Decimal("0.01"))
        row = page[page.index(f'scope="row">{as_percent(bracket.rate)}<') :]
        assert as_dollars(saved) in row[: row.index("</tr>")]
        assert as_dollars(bracket.since) in row[: row.index("</tr>")]


def test_the_standing_figures_on_the_pages_are_the_data_s(site):
    floor = site.rules.standing["deduction_floor"][-1].value
    assert f"above {as_percent(floor)} of your income" in plain("pay/hsa-fsa/")
    text = plain("pay/paying-yourself/")
    assert f"at least {as_dollars(site.rules.standing['good_faith_dispute'][-1].value)}" in text
    assert f"a {as_dollars(site.rules.standing['good_faith_fee'][-1].value)} fee" in text


def test_packages_are_compared_by_the_visits_really_used():
    cells = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', read("pay/paying-yourself/"))
    rows = {name: re.findall(r">([^<]+)</td>", rest) for name, rest in cells}
    assert rows["A package of 4"] == ["$360", "$90", "$120"]
    assert rows["A package of 8"] == ["$680", "$85", "$113.33"]
    assert "only if you come 4 times or more" in plain("pay/paying-yourself/")


def test_how_an_estimate_is_computed_names_every_rule_and_every_step(site):
    page = read("maintain/estimate/")
    for rule, cited in site.rules.rule_sources.items():
        if f"step.{rule}" in facts.load.flat(ROOT / "data", "messages/en"):
            assert f"<code>{rule}</code>" in page
            assert all(str(escape(site.sources[item].title)) in page for item in cited)
    for example in site.examples:
        for step in estimate(example.given, site.rules, site.built).steps:
            assert f"<code>{step.id}</code>" in page


def test_the_clinic_s_file_is_shown_as_it_is_with_every_key():
    page = plain("clinics/setup/")
    assert said((ROOT / "data" / "clinic.yaml").read_text()) in page
    for key in ("name", "state", "price.fee", "price.minutes", "packages[].visits"):
        assert key in page


# --- explanations beside words --------------------------------------------------------------------

PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("index.html"))


@pytest.mark.parametrize("name", PAGES)
def test_a_term_is_explained_at_most_once_a_page_and_only_in_running_text(name):
    html = (SITE / name).read_text("utf-8")
    if "<article" not in html:
        return
    marked = [(item, around) for tag, item, around in Article(html).elements
              if tag == "a" and item.get("class") == "term"]  # fmt: skip
    notes = [item["data-note"] for item, _ in marked]
    assert len(notes) == len(set(notes)) <= MOST
    for item, around in marked:
        assert {"p", "li"} & set(around)
        assert not {"a", "h1", "h2", "h3", "table", "form", "code", "summary", "footer"} & set(
            around
        )
        term = item["data-note"].removeprefix("term-")
        assert item["href"] == "../" * name.count("/") + f"glossary/#{term}"
        assert f'<template id="term-{term}">' in html


@pytest.mark.parametrize(
    "name", ["glossary/", "maintain/estimate/", "clinics/setup/", "estimator/"]
)
def test_pages_that_need_no_explanations_have_none(name):
    assert 'class="term"' not in read(name)


@pytest.fixture(scope="module")
def glossary():
    return read_glossary(ROOT / "data", "en")


def marked(glossary, article, name="plans/x/index.html"):
    html = mark_terms(f"<body><article>{article}</article></body>", name, glossary)
    return re.sub(r"<template.*</template>", "", html.split("<article>")[1].split("</article>")[0])


def link(term, text):
    return f'<a href="../../glossary/#{term}" class="term" data-note="term-{term}">{text}</a>'


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<p>Your copay.</p>", f"<p>Your {link('copay', 'copay')}.</p>"),
        ("<p>Copays and copays.</p>", f"<p>{link('copay', 'Copay')}s and copays.</p>"),
        ("<h2>Copay</h2><table><td><p>copay</p></td></table>", None),
        ('<p><a href="x">a copay</a></p>', None),
        ("<details><summary><p>copay</p></summary></details>", None),
        ("<p>A posh pip and an EPOS.</p>", None),
        ("<p>A POS plan.</p>", f"<p>A {link('pos', 'POS')} plan.</p>"),
        (
            "<p>A letter of medical necessity.</p>",
            f"<p>A {link('letter-of-medical-necessity', 'letter of medical necessity')}.</p>",
        ),
        (
            "<p>R&amp;D &lt; copay</p>\n<ul>\n<li>Größe, copay</li></ul>",
            f"<p>R&amp;D &lt; {link('copay', 'copay')}</p>\n<ul>\n<li>Größe, copay</li></ul>",
        ),
        (
            "<details><p>copay</p></details><p>copay</p>",
            f"<details><p>copay</p></details><p>{link('copay', 'copay')}</p>",
        ),
        ("<details><p>copay</p></details>",
         f"<details><p>{link('copay', 'copay')}</p></details>"),
    ],
)  # fmt: skip
def test_a_term_is_found_where_it_stands_for_itself(glossary, given, expected):
    assert marked(glossary, given) == (expected or given)


def test_no_page_has_more_explanations_than_it_can_bear(glossary):
    names = list(glossary.by_word)
    page = marked(glossary, "".join(f"<p>{name}</p>" for name in names))
    assert page.count('class="term"') == MOST


def test_pages_that_nobody_is_to_find_are_left_alone(glossary):
    html = ('<head><meta name="robots" content="noindex"></head>'
            "<body><article><p>copay</p></article></body>")  # fmt: skip
    assert mark_terms(html, "clinics-print/index.html", glossary) == html


def test_each_word_to_mark_belongs_to_one_term():
    terms = facts.load.data_file(ROOT / "data", "glossary", guide.FILES["glossary"])["terms"]
    named = [word for term in terms.values() for word in term.mark.get("en", ())]
    assert len(named) == len(set(named))


def test_only_pages_with_something_to_do_load_the_script():
    plain_page = "<html><head></head><body></body></html>"
    assert "guide.js" not in finish_page(plain_page, "x/index.html")
    busy = plain_page.replace("<body>", '<body><a class="term" href="">x</a>')
    assert 'src="../assets/guide/guide.js"></script></body>' in finish_page(busy, "x/index.html")


def test_the_browser_s_wheel_leaves_out_what_only_pages_say():
    whole = (ROOT / "data" / "messages" / "en.yaml").read_bytes()
    kept = OF_PAGES.sub(b"", whole)
    assert b"\nguide:" in whole
    assert b"\nguide:" not in kept
    assert (
        OF_PAGES.sub(b"", b"a: 1\nguide:\n  x: 1\n\n  # why\n  y: 2\nb:\n  c: 3\n")
        == b"a: 1\nb:\n  c: 3\n"
    )


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served():
    with serving(TestSite(SITE, prefix="/guide/")) as running:
        yield running


@pytest.fixture
def page(chromium, served):
    made = Page(chromium, served.address)
    made.tab.set_default_timeout(60_000)
    yield made
    made.context.close()


EXPANDED = "() => document.querySelector('a.term').getAttribute('aria-expanded')"


def test_a_term_is_explained_by_touch_by_mouse_and_by_keyboard(chromium, served):
    made = Page(chromium, served.address, has_touch=True)
    made.open("claims/superbill/")
    term = made.tab.locator("a.term").first
    assert term.get_attribute("role") == "button"
    term.tap()
    made.wait(EXPANDED, "true")
    note = made.tab.locator(".term-note")
    assert note.inner_text().splitlines()[0] == "Out of network"
    assert note.get_by_role("link").get_attribute("href") == "../../glossary/#out-of-network"
    made.tab.keyboard.press("Escape")
    made.wait(EXPANDED, "false")
    term.focus()
    made.tab.keyboard.press("Enter")
    made.wait(EXPANDED, "true")
    made.tab.keyboard.press("Tab")
    assert made.ask("() => document.activeElement.textContent") == "In the glossary"
    made.tab.keyboard.press("Escape")
    made.wait(EXPANDED, "false")
    term.focus()
    made.tab.keyboard.press(" ")
    made.wait(EXPANDED, "true")
    made.tab.keyboard.press("Escape")
    made.wait(EXPANDED, "false")
    term.hover()
    made.wait(EXPANDED, "true")
    made.tab.mouse.move(5, 700)
    made.wait(EXPANDED, "false")
    assert made.tab.url.endswith("/claims/superbill/")
    assert made.complaints == []
    made.context.close()


def test_without_javascript_a_term_leads_to_the_glossary(chromium, served):
    made = Page(chromium, served.address, java_script_enabled=False)
    made.open("claims/superbill/")
    assert (
        made.tab.locator(".finder:visible, [data-print]:visible, .term-note:visible").count() == 0
    )
    made.tab.locator("a.term").first.click()
    assert made.tab.url.endswith("/glossary/#out-of-network")
    made.context.close()


def test_a_reason_is_found_by_words_of_the_letter(page):
    page.open("claims/denied/")
    box = page.tab.get_by_label("Type a few words from your letter")
    shown = (
        "() => [...document.querySelectorAll('details.denial:not([hidden])')].map(item => item.id)"
    )
    box.fill("Claim was received after the filing deadline")
    page.wait(shown, ["late-claim"])
    box.fill("not a medical necessity")
    page.wait(f"() => ({shown})().includes('not-medically-necessary')", wanted=True)
    box.fill("xyzzy")
    page.wait("() => document.querySelector('.finder [role=status]').textContent.slice(0, 14)",
              "No reason here")  # fmt: skip
    everything = page.ask("() => document.querySelectorAll('details.denial').length")
    page.wait(f"() => ({shown})().length", everything)
    box.fill("")
    page.wait("() => document.querySelector('.finder [role=status]').textContent", "")


def test_a_link_to_a_reason_opens_it(page):
    page.open("claims/denied/#late-claim")
    page.wait("() => document.getElementById('late-claim').open", wanted=True)


def test_headings_without_an_answer_left_step_aside(page):
    page.open("questions/")
    page.tab.get_by_label("Look for a question").fill("husband")
    page.wait(
        "() => [...document.querySelectorAll('article h2')]"
        ".filter(item => !item.hidden).map(item => item.textContent)",
        ["Who can see it?", "Read on"],
    )


def test_in_print_the_call_has_lines_to_write_on_and_no_buttons(page):
    page.open("before/call/")
    page.tab.emulate_media(media="print")
    time.sleep(0.2)
    visible = (
        "() => [...document.querySelectorAll('{}')].filter(item => item.checkVisibility()).length"
    )
    lines = page.ask("() => document.querySelectorAll('.write > span').length")
    assert lines >= 60
    assert page.ask(visible.format(".write > span")) == lines
    for hidden in (".by-script", "a.door", ".md-header"):
        assert page.ask(visible.format(hidden)) == 0
    assert page.ask(
        "() => getComputedStyle(document.querySelector('a.term')).textDecorationLine"
    ) == "none"  # fmt: skip
