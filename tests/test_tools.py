"""The tools beside the estimator: tables that a biller can check, slips, and hostile text."""

import html
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from estimator import diagnosis, facts, guide, load, read, tools
from estimator.deadlines import last_day
from estimator.guide import Deadline
from estimator.messages import PLACEHOLDER, Messages
from estimator.model import DataError
from estimator.papers import clues_in
from estimator.publish.pages import tools as pages
from estimator.tools import TOOLS
from estimator.tools.form import LONGEST_TEXT
from tests.conftest import ROOT
from tests.tables import AS_OF, rules

TABLES = Path(__file__).parent / "tools"
HOSTILE = "<img src=x onerror=alert(1)>\"'&"
DATA = ROOT / "data"
PAGE_READS = ("letters", "deadlines", "diagnoses", "glossary", "tool-examples")
OUTPUT = re.compile(r'data-output="([^"]+)" data-value="([^"]*)"')


def ask(tool, answers, as_of=AS_OF, **more):
    return json.loads(tools.respond({"tool": tool, "answers": answers, **more}, as_of))


def words(reply):
    """An answer's text, in one line."""
    inline = re.sub(r"</?(strong|span|mark|cite|small)\b[^>]*>", "", reply["html"])
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inline)).split())


def outputs(reply):
    return dict(OUTPUT.findall(reply["html"]))


def cases(name):
    path = TABLES / f"{name}.yaml"
    return [pytest.param(case, id=case["id"]) for case in load.file_tree(path, path.name)]


def holds_its_words(case, reply):
    shown = words(reply)
    assert [
        said for said in case["expect"].get("says", []) if said.lower() not in shown.lower()
    ] == []
    assert [said for said in case["expect"].get("not", []) if said in shown] == []


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_case_says_why(path):
    table = load.file_tree(path, path.name)
    assert [case["id"] for case in table if not case.get("why")] == []
    assert len({case["id"] for case in table}) == len(table)


# --- minutes to units -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("units"))
def test_minutes_become_units_by_both_rules(case):
    reply = ask("units", case["given"])
    found, expected = outputs(reply), case["expect"]
    assert reply["errors"] == {}
    assert (found["units.cms"], found["units.ama"]) == (expected["cms"], expected["ama"])
    assert found.get("units.billable") == expected.get("billable")
    told = re.search(r'class="caveats">.*?<ul>(.*?)</ul>', reply["html"])
    cautions = (
        [html.unescape(line) for line in re.findall("<li>(.*?)</li>", told[1])] if told else []
    )
    assert len(cautions) == len(expected["cautions"])
    for caution, wanted in zip(cautions, expected["cautions"], strict=True):
        assert wanted in caution


def test_how_the_units_were_counted_is_told_with_the_visit_s_own_minutes():
    shown = words(ask("units", {"minutes-97124": "24", "minutes-97140": "24"}))
    assert "24 + 24 = 48 minutes make 3 units" in shown
    assert "The rest, 1 unit, goes to the code with the most minutes left over: 97124." in shown
    assert "97124 with 24 minutes makes 2 units; 97140 with 24 minutes makes 2 units." in shown


@pytest.mark.parametrize("code", facts.codes(DATA))
def test_each_billing_code_can_be_counted(code):
    timed = facts.codes(DATA)[code].unit_minutes
    reply = ask("units", {f"minutes-{code}": "30"} if timed else {f"done-{code}": "yes"})
    assert reply["errors"] == {}
    assert outputs(reply)["units.cms"] == ("2" if timed else "0")


# --- diagnosis codes ------------------------------------------------------------------------------


@cache
def held():
    return guide.diagnoses(DATA)


def look_up(case):
    given = case["given"]
    on = read.day(given["on"], "on") if "on" in given else AS_OF
    return diagnosis.look_up(held(), diagnosis.tidied(given["code"]), on)


@pytest.mark.parametrize("case", cases("codes"))
def test_a_code_is_looked_up_for_the_day_of_the_visit(case):
    found, expected = look_up(case), case["expect"]
    assert found.status == expected["status"]
    assert found.code == expected.get("code", found.code)
    assert str(found.since) == expected.get("since", str(found.since))
    assert list(found.use) == expected.get("use", [])
    if "replaced_by" in expected:
        assert list(found.replaced_by) == expected["replaced_by"]


@pytest.mark.parametrize("case", cases("codes"))
def test_what_a_code_is_stands_in_words(case):
    reply = ask("diagnosis-code", case["given"])
    assert reply["errors"] == {}
    assert outputs(reply)["code.status"] == case["expect"]["status"]
    holds_its_words(case, reply)
    barred = re.search(r"but not beside ([\w., ]+)\.$", reply["status"])
    assert (barred[1].split(", ") if barred else []) == case["expect"].get("barred", [])


@pytest.mark.parametrize("typed", ["massage", "", "97124", "5M4.5", "M54.505050", "M54,5x!"])
def test_what_is_no_code_comes_back_as_it_was(typed):
    assert diagnosis.tidied(typed) == typed


@pytest.mark.parametrize("code", [*held().titles(), *held().not_billable, *held().wrong_disease])
def test_every_code_we_hold_is_found_however_it_is_typed(code):
    assert diagnosis.tidied(code.lower().replace(".", "")) == code
    status = diagnosis.look_up(held(), code, AS_OF).status
    assert status == getattr(held().not_billable.get(code), "status", "billable")


def test_no_code_can_be_billed_before_the_one_it_comes_from_ended():
    for older, retired in held().not_billable.items():
        for code in held().titles():
            if retired.since and code.startswith(older):
                before = date.fromordinal(retired.since.toordinal() - 1)
                assert diagnosis.look_up(held(), code, before).before == older
                assert diagnosis.look_up(held(), code, retired.since).status == "billable"


def test_codes_are_found_in_a_text_each_once():
    text = "Dx m54.50, (M54.50); s13.4xxa. Seen 12.5.2026 by A1 at 3.15. CPT 97124. U07.1"
    assert diagnosis.codes_in(text) == ("M54.50", "S13.4XXA")


# --- papers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("letters"))
def test_a_paper_is_held_against_its_list(case):
    reply, expected = ask("letter", case["given"]), case["expect"]
    assert reply["errors"] == {}
    if "have" in expected:
        assert outputs(reply)["letter.have"] == expected["have"]
    paper = case["given"]["paper"]
    labels = {item.label["en"]: item.id for item in guide.letters(DATA)[paper].items}
    if "must" in expected:
        missing = re.search(r'<section class="missing">(.*?)</section>', reply["html"])
        titles = re.findall(r"<strong>(.*?)\.</strong>", missing[1]) if missing else []
        assert [labels[html.unescape(title)] for title in titles] == expected["must"]
    if "maybe" in expected:
        assert re.findall(r'data-tick="[\w-]+\.([\w-]+)"', reply["html"]) == expected["maybe"]
    holds_its_words(case, reply)


@pytest.mark.parametrize("letter", guide.letters(DATA).values(), ids=lambda letter: letter.id)
def test_every_item_of_every_paper_can_be_ticked_and_is_found_by_each_of_its_words(letter):
    for item in letter.items:
        for word in item.looks_for.get("en", ()):
            assert clues_in(f"x {word.upper()} y", item, "en"), (item.id, word)
        plan = item.payers[0] if item.payers else "commercial-ppo"
        answers = {"paper": letter.id, "plan": plan, f"{letter.id}.{item.id}": "yes"}
        assert f"You ticked {item.label['en']}" in words(ask("letter", answers))


def test_a_word_is_shown_where_it_stands_cut_between_words():
    item = next(i for i in guide.letters(DATA)["order"].items if i.id == "frequency")
    text = (
        "This is a long letter about somebody who needs it weekly because of long pain in the neck"
    )
    (clue,) = clues_in(text, item, "en")
    assert (clue.before, clue.word, clue.after) == (
        "… somebody who needs it ", "weekly", " because of long pain in …",
    )  # fmt: skip


def test_no_answer_about_a_paper_tells_how_to_word_it_for_money():
    for paper in guide.letters(DATA):
        shown = words(ask("letter", {"paper": paper})).lower()
        assert not re.search(r"so that (it|they|the plan) pays|to get paid more|pays better", shown)
        assert "it has to be true" in shown


# --- appeal dates ---------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("dates"))
def test_a_letter_s_date_becomes_last_days(case):
    as_of = read.day(case.get("as_of", AS_OF.isoformat()), "as_of")
    reply = ask("appeal-dates", case["given"], as_of)
    assert reply["errors"] == {}
    days = {name.removeprefix("dates."): day for name, day in outputs(reply).items()}
    assert days == case["expect"]["days"]
    holds_its_words(case, reply)


def deadline(**length):
    return Deadline(id="x", what={}, who="you", counts_from="bill", sources=(), **length)


@pytest.mark.parametrize(
    ("since", "months", "last"),
    [
        ("2026-10-31", 4, "2027-02-28"),
        ("2027-10-31", 4, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-30", 15, "2028-02-29"),
        ("2026-01-15", 12, "2027-01-15"),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_one_there_is(since, months, last):
    found = last_day(deadline(months=months), date.fromisoformat(since))
    assert found == date.fromisoformat(last)


def test_years_end_on_the_same_day_but_for_leap_day():
    assert last_day(deadline(years=1), date(2026, 5, 4)) == date(2027, 5, 4)
    assert last_day(deadline(years=1), date(2028, 2, 29)) == date(2029, 2, 28)
    assert last_day(deadline(years=4), date(2028, 2, 29)) == date(2032, 2, 29)


@pytest.mark.parametrize("length", [{"hours": 72}, {"business_days": 3}])
def test_what_a_date_alone_cannot_tell_has_no_last_day(length):
    assert last_day(deadline(**length), date(2026, 1, 1)) is None


def test_each_step_of_an_appeal_has_words_for_its_length_and_its_start():
    for item in guide.deadlines(DATA).values():
        if item.rung:
            for plan in item.plans:
                shown = words(ask("appeal-dates", {"plan": plan, "letter": "2026-11-01"}))
                assert item.what["en"] in shown or item.care


def test_no_date_of_an_appeal_is_borrowed_from_another_kind_of_plan():
    for plan in ("medicare-original", "medicaid", "tricare", "fehb", "medicare-advantage"):
        answers = {"plan": plan, "letter": "2026-11-01", "final": "2026-11-10"}
        for name in outputs(ask("appeal-dates", answers)):
            assert plan in guide.deadlines(DATA)[name.removeprefix("dates.")].plans


def test_the_calendar_file_has_a_day_for_each_last_day_that_lies_ahead():
    answers = {"plan": "commercial-ppo", "care": "had", "letter": "2026-06-30",
               "received": "2026-11-01", "final": "2026-11-15"}  # fmt: skip
    file = ask("appeal-dates", answers)["file"]
    assert (file["name"], file["type"]) == ("appeal-dates.ics", "text/calendar")
    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)", file["text"]) == ["20270315"]
    assert "UID:external-review-20261115@massage-coverage-guide" in file["text"]
    assert "DTSTAMP:20261121T000000Z" in file["text"]


def test_the_calendar_file_is_the_same_each_time_and_holds_nothing_about_the_person():
    answers = {"plan": "commercial-ppo", "letter": "2026-10-31"}
    first = ask("appeal-dates", answers)["file"]["text"]
    assert ask("appeal-dates", {**answers, "name": "Ann Example"})["file"]["text"] == first
    assert not re.search(r"PPO|Ann|ATTENDEE|ORGANIZER|LOCATION", first)


def test_there_is_nothing_to_save_without_a_date():
    reply = ask("appeal-dates", {"plan": "workers-comp", "letter": "2026-10-31"})
    assert reply["file"] is None
    assert "data-action" not in reply["html"]


LED_ON = [
    (
        "appeal-dates",
        {"plan": "commercial-ppo"},
        "Now write the date that is printed on the letter.",
    ),
    ("appeal-dates", {"letter": "2026-10-31"}, "Now choose the kind of plan."),
]


@pytest.mark.parametrize(("tool", "answers", "word"), LED_ON)
def test_half_an_answer_is_led_on(tool, answers, word):
    reply = ask(tool, answers)
    assert (words(reply), reply["status"], reply["errors"]) == (word, word, {})


# --- explanations of benefits ---------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("eob"))
def test_a_statement_is_gone_through_step_by_step(case):
    reply, expected = ask("eob", case["given"]), case["expect"]
    assert reply["errors"] == {}
    found = outputs(reply)
    assert found.pop("eob.verdict") == expected["verdict"]
    names = [name.removeprefix("eob.") for name in found]
    assert names == [*expected["steps"], *expected["asks"]]
    holds_its_words(case, reply)


@pytest.mark.parametrize("plan", [line for line in facts.plan_ids(DATA) if line != "self-pay"])
def test_every_kind_of_plan_says_who_bears_what_lies_above_its_price(plan):
    given = {"billed": "120", "allowed": "80", "network": "out", "plan": plan}
    (step,) = [name for name in outputs(ask("eob", given)) if name.startswith("eob.above")]
    may = facts.plan_line(DATA, plan).balance_bill
    kinds = {None: "may-be-billed", 0: "not-billed"}
    assert step == f"eob.above-{kinds.get(may, 'limited')}"


# --- what all of them share -----------------------------------------------------------------------


SLIPS = [
    ("units", {"minutes-97124": "x"}, {"minutes-97124": "Write a whole number from 0 to 1440."}),
    ("units", {"minutes-97124": "1441"}, {"minutes-97124": "Write a whole number from 0 to 1440."}),
    ("units", {"minutes-97124": "-5"}, {"minutes-97124": "Write a whole number from 0 to 1440."}),
    ("units", {"done-97010": "maybe"}, {"done-97010": "Choose one of the answers."}),
    ("units", {"payer": "me"}, {"payer": "Choose one of the answers."}),
    ("diagnosis-code", {"code": "massage"}, {"code": "Write a diagnosis code, like M54.50."}),
    ("diagnosis-code", {"code": "M54.5", "on": "2026-02-30"},
     {"on": "Write a date that exists, like 2026-12-01."}),
    ("diagnosis-code", {"code": "M54.5", "on": "0026-11-01"},
     {"on": "Write a date that exists, like 2026-12-01."}),
    ("diagnosis-code", {"code": "M54.5", "others": "M54.2, pain"},
     {"others": "Write diagnosis codes with a comma between them, like M54.50, M79.18. At most 12."}),
    ("diagnosis-code", {"code": "M54.5", "others": " ".join(f"M54.{n}" for n in range(13))},
     {"others": "Write diagnosis codes with a comma between them, like M54.50, M79.18. At most 12."}),
    ("letter", {"paper": "novel"}, {"paper": "Choose one of the answers."}),
    ("letter", {"paper": "order", "plan": "ppo"}, {"plan": "Choose one of the answers."}),
    ("letter", {"paper": "order", "order.patient": "on"},
     {"order.patient": "Choose one of the answers."}),
    ("letter", {"paper": "order", "text": "a " * LONGEST_TEXT},
     {"text": "That is too long to read at once. Paste at most 20,000 characters."}),
    ("appeal-dates", {"plan": "self-pay"}, {"plan": "Choose one of the answers."}),
    ("appeal-dates", {"plan": "fehb", "letter": "31.10.2026"},
     {"letter": "Write a date that exists, like 2026-12-01."}),
    ("appeal-dates", {"plan": "fehb", "letter": "2026-10-31", "received": "2026-10-30"},
     {"received": 'This is before "Date on the first letter that says no". Check both dates.'}),
    ("appeal-dates", {"plan": "fehb", "letter": "2026-10-31", "final": "2026-10-30"},
     {"final": 'This is before "Date on the first letter that says no". Check both dates.'}),
    ("appeal-dates", {"plan": "fehb", "received": "2026-10-31", "final": "2026-10-30"},
     {"final": 'This is before "Day your plan got your appeal". Check both dates.'}),
    ("eob", {"billed": "1.005"}, {"billed": "Write an amount in dollars, like 1,500 or 96.50."}),
    ("eob", {"paid": "-5"}, {"paid": "Write an amount in dollars, like 1,500 or 96.50."}),
    ("eob", {"owed": "10000000000000"}, {"owed": "Write an amount in dollars, like 1,500 or 96.50."}),
    ("eob", {"network": "maybe"}, {"network": "Choose one of the answers."}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "answers", "errors"), SLIPS)
def test_a_slip_gets_words_to_act_on_beside_its_field(tool, answers, errors):
    reply = ask(tool, answers)
    assert reply["errors"] == errors
    assert reply["status"].endswith("Please check the marked answers.")


def test_a_slip_is_left_out_and_the_rest_is_answered():
    reply = ask("eob", {"billed": "120", "allowed": "80", "paid": "much"})
    assert 'class="left-out"' in reply["html"]
    assert "$40" in words(reply)


@pytest.mark.parametrize("tool", TOOLS)
def test_nothing_filled_in_is_nothing_answered(tool):
    empty = {"html": "", "status": "", "errors": {}, "file": None}
    assert ask(tool, {}) == empty
    assert ask(tool, {"utm_source": "post", "code": "  ", "billed": "", "text": "unknown"}) == empty


def examples():
    return load.data_file(DATA, "tool-examples", guide.FILES["tool-examples"])["examples"]


def test_each_tool_has_a_worked_example_and_each_example_a_tool():
    assert set(examples()) == set(TOOLS)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_worked_example_is_answered_and_offers_no_button_that_does_nothing(tool):
    example = examples()[tool]
    reply = ask(tool, example.answers, example.as_of, example=True)
    assert reply["errors"] == {}
    assert outputs(reply)
    assert "<button" not in reply["html"]


@pytest.mark.parametrize("tool", TOOLS)
def test_markup_in_an_answer_never_reaches_the_page(tool):
    example = examples()[tool]
    for name in example.answers:
        reply = ask(tool, {**example.answers, name: HOSTILE})
        told = json.dumps({**reply, "file": ""})
        assert "<img" not in told
        assert "style=" not in reply["html"]
    assert "<img" not in json.dumps(ask(tool, {HOSTILE: HOSTILE}))


def test_pasted_markup_is_quoted_and_stays_text():
    reply = ask("letter", {"paper": "order", "text": f"patient {HOSTILE} diagnosis"})
    assert "&lt;img src=x" in reply["html"]
    assert "<img" not in reply["html"]


@pytest.mark.parametrize("value", [None, 5, ["x"], {"a": "b"}, "\0", "🙂" * 100])
def test_an_answer_of_any_kind_is_read_or_refused_and_never_an_error_of_ours(value):
    for tool, example in examples().items():
        for name in example.answers:
            reply = ask(tool, {**example.answers, name: value})
            assert set(reply) == {"html", "status", "errors", "file"}


def test_a_tool_nobody_knows_is_refused_with_the_nearest_one():
    with pytest.raises(DataError, match=r"no tool 'unit'\. Did you mean units"):
        ask("unit", {})


def test_the_estimator_starts_without_the_tools():
    """Whoever wants an estimate does not wait for them."""
    text = (ROOT / "estimator" / "browser.py").read_text("utf-8")
    assert not re.search(r"^(from|import) .*\btools\b", text, re.MULTILINE)


def test_no_sentence_of_the_tools_is_left_over(monkeypatch):
    """Each is said by a form, a state of a page, or the answer to a case of the tables."""
    used, say = set(), Messages.say

    def note(messages, key, **inputs):
        used.add(key)
        return say(messages, key, **inputs)

    monkeypatch.setattr(Messages, "say", note)
    for name, tool in {"units": "units", "codes": "diagnosis-code", "letters": "letter",
                       "dates": "appeal-dates", "eob": "eob"}.items():  # fmt: skip
        for case in load.file_tree(TABLES / f"{name}.yaml", name):
            ask(tool, case["given"], read.day(case.get("as_of", AS_OF.isoformat()), "as_of"))
    for tool, answers, _ in (*SLIPS, *LED_ON):
        ask(tool, answers)
    pages.parts(SimpleNamespace(
        root=ROOT, language="en", built=AS_OF, rules=rules(), sources=facts.sources(DATA),
        messages=tools.desk_of("en", AS_OF).messages, data=lambda: DATA,
        guide={name: load.data_file(DATA, name, guide.FILES[name]) for name in PAGE_READS},
    ))  # fmt: skip
    held = set(load.flat(DATA, "tools/en"))
    # What the data has no case of today: lengths, and an old code whose last day nobody knows.
    spare = {f"tool.dates.{unit}_{many}" for unit in ("days", "months", "years", "hours",
             "business_days") for many in ("one", "many")}  # fmt: skip
    assert held - used - spare == {"tool.code.outdated_undated.sentence"}


def test_the_tools_sentences_are_plain():
    """No exclamation marks, no words that the guide doesn't use."""
    for key, sentence in load.flat(DATA, "tools/en").items():
        plain = PLACEHOLDER.sub("x", sentence)
        assert "!" not in plain, key
        assert not re.search(r"\b(simply|unfortunately|guarantee|just)\b", plain, re.IGNORECASE), (
            key
        )
