"""What to do next, and by when."""

import json
import re
from datetime import date

import pytest

from estimator import guide, load, read
from estimator.browser import respond
from estimator.engine import estimate
from estimator.next_steps import next_steps
from tests.tables import AS_OF, rules

PPO = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo", "benefit": "covered"}
DEADLINES = guide.deadlines(load.data_folder())


def steps(**given):
    case = read.case({**PPO, **given})
    return next_steps(case, estimate(case, rules(), AS_OF), DEADLINES)


def days(found):
    return {step.id: step.day for step in found if step.day}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"network": "in"}, ["call", "order", "approval-within", "ask-again", "appeal"]),
        ({"network": "in", "prescription": "yes", "prior_auth": "approved"},
         ["call", "ask-again", "appeal"]),
        ({"plan": "commercial-hmo", "network": "in", "prescription": "yes"},
         ["call", "referral", "approval-within", "ask-again", "appeal"]),
        ({"network": "out", "prescription": "yes", "prior_auth": "approved",
          "deductible": "0.00"}, ["call", "superbill", "ask-again", "appeal"]),
        ({"plan": "workers-comp", "state": "OH"}, ["call", "order", "claim", "approval", "appeal-ask"]),
        ({"plan": "auto-pip", "state": "OR"}, ["call", "order", "claim", "appeal-ask"]),
        ({"plan": "auto-pip", "state": "FL"}, []),
        ({"benefit": "excluded"}, []),
        ({"prior_auth": "denied", "network": "in"}, ["appeal"]),
        ({"plan": "self-pay"}, []),
        ({"purpose": "relaxation"}, []),
    ],
)  # fmt: skip
def test_the_steps_are_those_that_are_still_open_in_order(given, expected):
    assert [step.id for step in steps(**given)] == expected


def test_dates_follow_from_the_visits_and_the_plan_s_own_deadline():
    found = steps(network="in", start="2026-12-01", visits="6", per_week="1")
    assert days(found) == {"first-visit": date(2026, 12, 1), "ask-again": date(2027, 2, 4)}


def test_no_date_is_worked_out_from_a_first_visit_that_nobody_named():
    assert days(steps(network="in")) == {}


@pytest.mark.parametrize(
    ("plan", "provider", "length", "unit"),
    [
        ("commercial-ppo", "lmt", "180", "days"),
        ("medicare-original", "pt-ot", "120", "days"),
        ("tricare", "pt-ot", "90", "days"),
    ],
)
def test_the_time_to_appeal_is_the_plan_line_s_own(plan, provider, length, unit):
    found = steps(plan=plan, provider=provider, benefit="unknown", prior_auth="denied")
    (appeal,) = [step for step in found if step.id == "appeal"] or [None]
    assert (appeal.inputs["length"], appeal.inputs["unit"]) == (length, unit)


def test_every_step_has_its_words_on_the_page():
    answers = {**PPO, "network": "in", "start": "2026-12-01", "visits": "6"}
    html = json.loads(respond(json.dumps({"answers": answers, "built": "2026-11-21"})))["html"]
    assert "December 1, 2026: your first visit." in html
    assert "February 4, 2027: if your plan has not decided" in html
    assert "you can appeal within 180 days of the letter." in html


def test_the_dates_go_into_a_calendar_that_tells_nobody_what_they_are_for():
    answers = {**PPO, "network": "in", "start": "2026-12-01", "visits": "6"}
    request = {"answers": answers, "built": "2026-11-21", "make": "calendar"}
    file = json.loads(respond(json.dumps(request)))["file"]
    assert (file["name"], file["type"]) == ("next-steps.ics", "text/calendar")
    events = file["text"].split("BEGIN:VEVENT")[1:]
    assert [re.search(r"DTSTART;VALUE=DATE:(\d+)", item)[1] for item in events] == [
        "20261201",
        "20270204",
    ]
    assert [re.search(r"SUMMARY:(.*?)\r", item)[1] for item in events] == [
        "First visit",
        "Call and ask about the claim",
    ]
    assert not re.search(r"massage therap|PPO|pain", file["text"], re.IGNORECASE)


def test_without_a_date_there_is_no_calendar_to_save():
    request = {"answers": {**PPO, "network": "in"}, "built": "2026-11-21"}
    assert json.loads(respond(json.dumps({**request, "make": "calendar"})))["file"] is None
    assert 'data-action="calendar"' not in json.loads(respond(json.dumps(request)))["html"]


def test_every_step_that_can_have_a_day_has_a_title_for_a_calendar():
    messages = load.flat(load.data_folder(), "messages/en")
    dated = {
        key.removesuffix("-dated") for key in messages if re.fullmatch(r"next\.[a-z-]+-dated", key)
    }
    titles = {key for key in messages if key.startswith("next.event.")} - {"next.event.note"}
    assert titles == {key.replace("next.", "next.event.") for key in dated | {"next.first-visit"}}


def test_the_first_answer_comes_without_them():
    answers = {**PPO, "network": "in", "start": "2026-12-01"}
    request = {"answers": answers, "built": "2026-11-21", "cited": False}
    assert "What to do next" not in json.loads(respond(json.dumps(request)))["html"]


def test_the_first_answer_says_and_draws_the_same_and_leaves_how_it_was_got_for_later():
    answers = {**PPO, "network": "in", "visits": "6", "deductible": "300"}
    request = {"answers": answers, "built": "2026-11-21"}
    first, whole = (
        json.loads(respond(json.dumps({**request, "cited": cited})))["html"]
        for cited in (False, True)
    )
    whole = re.sub(r"<section[^>]*><h2>What to do next.*?</section>", "", whole)
    up_to = "<summary>How we got this</summary>"
    said, rest = first.split(up_to)
    assert whole.startswith(said + up_to)
    assert len(rest) < len(whole.split(up_to)[1]) / 2
