"""The form's side: what a person types, how it is forgiven, and how it is shown."""

import json

import pytest

from estimator import browser, facts, load, view
from estimator.browser import answers_tree, as_typed, respond
from estimator.markup import escape, tag
from estimator.messages import Messages, written_out
from tests.conftest import ROOT
from tests.tables import estimated, rules

EXAMPLE = "six-visits-after-a-deductible"
HOSTILE = "<img src=x onerror=alert(1)>\"'&"


@pytest.fixture(scope="module")
def messages():
    return Messages(load.flat(load.data_folder(), "messages/en"))


def ask(answers, built="2026-11-21", **more):
    return json.loads(respond(json.dumps({"answers": answers, "built": built, **more})))


@pytest.mark.parametrize(
    ("key", "typed", "meant"),
    [
        ("fee", "$1,500", "1500"),
        ("fee", " 96.50 ", "96.50"),
        ("deductible", "None", "none"),
        ("oop_max", "no limit", "none"),
        ("coinsurance", "20", "0.2"),
        ("coinsurance", "20 %", "0.2"),
        ("coinsurance", "12.5%", "0.125"),
        ("coinsurance", "0", "0"),
        ("coinsurance", "100", "1"),
        ("visits", "1 2", "12"),
        ("start", "2026-12-01", "2026-12-01"),
        ("plan_year_start", "07-01", "07-01"),
    ],
)
def test_formats_are_forgiven(messages, key, typed, meant):
    assert answers_tree({key: typed}, messages) == ({key: meant}, {})


@pytest.mark.parametrize("typed", ["", "  ", "unknown"])
def test_no_answer_is_unknown_and_no_mistake(messages, typed):
    assert answers_tree({"fee": typed}, messages) == ({}, {})


@pytest.mark.parametrize(
    ("key", "typed", "message"),
    [
        ("coinsurance", "0.20", "Write it as a percent: 20, not 0.20. Did you mean 20?"),
        ("coinsurance", ".3", "Write it as a percent: 20, not 0.20. Did you mean 30?"),
        ("coinsurance", "120", "Write a percent from 0 to 100, like 20."),
        ("coinsurance", "-1", "Write a percent from 0 to 100, like 20."),
        ("fee", "-5", "Write an amount in dollars, like 1,500 or 96.50."),
        ("fee", "free", "Write an amount in dollars, like 1,500 or 96.50."),
        ("fee", "9" * 1000, "Write an amount in dollars, like 1,500 or 96.50."),
        ("visits", "0", "Write a whole number from 1 to 366."),
        ("per_week", "0", "Write a number above 0, up to 7."),
        ("start", "2026-02-30", "Write a date that exists, like 2026-12-01."),
        ("plan", "ppo", "Choose one of the answers."),
    ],
)
def test_a_slip_gets_words_to_act_on(messages, key, typed, message):
    _, errors = answers_tree({key: typed}, messages)
    assert errors == {key: message}


def test_a_field_nobody_knows_is_left_alone(messages):
    assert answers_tree({"utm_source": "post"}, messages) == ({}, {})


def test_nothing_answered_shows_the_worked_example():
    reply = ask({"fee": "", "purpose": "unknown"})
    assert "example-note" in reply["html"]
    assert 'data-value="336.00"' in reply["html"]


def test_an_answer_that_was_rehearsed_reads_no_file_any_more(monkeypatch):
    for kept in vars(browser).values():
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()
    example = load.file_tree(ROOT / "data" / "examples" / f"{EXAMPLE}.yaml", EXAMPLE)
    before = {"verdict": "conditional", "likely": "0", "key": "fee"}
    rehearsed = ask({}, rehearse=True, example=EXAMPLE, before=before)
    monkeypatch.setattr(load, "text_tree", lambda *asked: pytest.fail(f"reads {asked[1]}"))
    answered = ask(as_typed(example["given"]), before=before)
    assert answered["html"] == rehearsed["html"]
    assert answered["fields"] == rehearsed["fields"]


def test_what_the_clinic_filled_in_is_no_answer_yet():
    assert "example-note" in ask({"fee": "90.00"}, filled={"fee": "90.00"})["html"]
    assert "example-note" not in ask({"fee": "95.00"}, filled={"fee": "90.00"})["html"]


def test_the_day_is_never_before_the_build():
    assert "January 1, 2100" in ask({"visits": "1"}, built="2100-01-01")["html"]


def test_a_mistake_is_left_out_and_said_beside_the_field_and_the_answer():
    reply = ask({"fee": "x", "visits": "3"})
    assert list(reply["errors"]) == ["fee"]
    assert 'class="left-out"' in reply["html"]
    assert reply["status"].endswith("Please check the marked answers.")
    rest = '<div class="verdict'
    assert reply["html"].partition(rest)[2] == ask({"visits": "3"})["html"].partition(rest)[2]


def test_a_mistake_alone_is_no_reason_to_show_the_example():
    assert "example-note" not in ask({"fee": "x"})["html"]


def test_two_answers_that_cannot_both_be_true_are_named_in_words():
    reply = ask({"visit_limit": "3", "visits_used": "4"})
    assert reply["errors"] == {
        "visits_used": 'This is more than your answer to "How many visits does your plan pay for'
        ' in a year?". Check both numbers.'
    }


@pytest.mark.parametrize(
    "key", ["fee", "start", "plan", "visits", "coinsurance", "plan_year_start"]
)
def test_markup_in_an_answer_never_reaches_the_page(key):
    told = json.dumps(ask({key: HOSTILE}))
    assert "<img" not in told


def test_everything_a_file_says_is_escaped(messages):
    hostile = Messages({**messages._templates, "verdict.unknown.word": HOSTILE,
                        "step.coverage.plan-unknown": HOSTILE, "answer.promise": HOSTILE})  # fmt: skip
    html = view.answer(
        written_out(estimated({}), hostile), hostile, facts.sources(load.data_folder())
    )
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;") >= 3


def test_a_tag_escapes_its_attributes_and_leaves_out_what_is_none():
    assert tag("input", value='"><b>', hidden=True, id=None) == (
        '<input value="&quot;&gt;&lt;b&gt;" hidden>'
    )
    assert tag("p", escape("a & b"), class_="x", data_value="1") == (
        '<p class="x" data-value="1">a &amp; b</p>'
    )


@pytest.mark.parametrize("given", [{}, {"plan": "commercial-ppo"}, {"purpose": "relaxation"}])
def test_each_figure_stands_once_with_its_raw_value(messages, given):
    found = written_out(estimated(given), messages)
    html = view.answer(found, messages, facts.sources(load.data_folder()))
    for path in ("verdict", "range.low", "range.likely", "range.high", "if_denied"):
        assert html.count(f'data-output="{path}"') == 1
    assert f'data-output="range.likely" data-value="{found.range.likely}"' in html
    assert "style=" not in html


def test_every_question_is_named_as_its_key_and_offers_the_values(messages):
    groups = facts.form(load.data_folder())
    html = "".join(view.questions(group, messages, rules().plans, {}, "x") for group in groups)
    for group in groups:
        for item in group.fields:
            assert f'name="{item.key}"' in html
            assert f'id="error-{item.key}"' in html
    assert 'value="commercial-ppo"' in html


@pytest.mark.parametrize("plan", sorted(rules().plans))
def test_every_plan_line_on_the_form_is_answered(plan):
    answers = {"plan": plan, "purpose": "diagnosed", "provider": "pt-ot", "state": "OR"}
    reply = ask({**answers, "start": "2026-12-01", "visits": "2"})
    assert reply["errors"] == {}
    assert 'data-output="verdict"' in reply["html"]


def test_a_year_without_a_known_deductible_is_asked_for_and_never_guessed():
    answers = {"plan": "medicare-original", "provider": "pt-ot", "purpose": "diagnosed",
               "start": "2029-02-01", "visits": "2"}  # fmt: skip
    reply = ask(answers)
    assert reply["errors"] == {
        "deductible": "We hold no figure for this day. Write the one from your plan."
    }
    assert ask({**answers, "deductible": "300"})["errors"] == {}
