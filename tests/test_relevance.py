"""Which questions the form shows: those that can change this person's result, with how much."""

import json
from decimal import Decimal

import pytest

from estimator import link, read
from estimator.browser import respond
from estimator.engine import estimate
from estimator.relevance import relevant
from tests.tables import AS_OF, OWN, rules, table

PPO = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo"}
FIELDS = ["purpose", "provider", "plan", "deductible", "coinsurance", "fee", "visits"]


def shown(given):
    case = read.case(given)
    return relevant(case, estimate(case, rules(), AS_OF), rules())


def ask(answers, **more):
    request = {"answers": answers, "built": "2026-11-21", **more}
    return json.loads(respond(json.dumps(request)))


@pytest.mark.parametrize(
    ("given", "there", "absent"),
    [
        (PPO, {"deductible", "benefit", "network", "state"}, {"claim", "secondary", "medpay_max"}),
        ({**PPO, "purpose": "relaxation"}, {"fee", "visits"}, {"deductible", "benefit", "start"}),
        ({**PPO, "plan": "self-pay"}, {"fee", "account"}, {"deductible", "network", "start"}),
        ({**PPO, "plan": "workers-comp", "state": "FL"}, {"claim", "after_mmi"}, {"deductible"}),
        ({**PPO, "plan": "workers-comp", "state": "OH"}, {"claim"}, {"after_mmi"}),
        ({**PPO, "state": "WA"}, {"funding"}, {"after_mmi"}),
        ({**PPO, "plan": "medicare-original", "provider": "pt-ot"}, {"secondary"}, {"claim"}),
        ({**PPO, "cost_sharing": "copay"}, {"copay"}, {"deductible", "coinsurance"}),
        ({**PPO, "cost_sharing": "copay-coinsurance"}, {"coinsurance_base"}, {"deductible_type"}),
        ({**PPO, "visit_limit": "8"}, {"visits_used", "deductible_visits_count"}, set()),
        ({**PPO, "visit_limit": "none"}, set(), {"deductible_visits_count"}),
        ({**PPO, "family_deductible": "3000"}, {"deductible_type"}, set()),
        ({**PPO, "account": "fsa"}, {"lmn", "federal_rate"}, set()),
        ({**PPO, "account": "none"}, set(), {"lmn", "federal_rate"}),
    ],
)
def test_a_question_is_shown_when_its_answer_can_change_the_result(given, there, absent):
    keys = set(shown(given))
    assert there <= keys
    assert not absent & keys


@pytest.mark.parametrize("name", OWN)
def test_whatever_was_answered_or_is_asked_stays_in_sight(name):
    for item in table(name):
        case = read.case(item["given"])
        found = estimate(case, rules(), AS_OF)
        keys = relevant(case, found, rules())
        assert {question.key for question in found.questions} <= set(keys)
        assert {key for key in item["given"] if getattr(case, key) is not None} <= set(keys)


def test_the_dollars_beside_a_question_are_those_it_could_move():
    case = read.case(PPO)
    found = estimate(case, rules(), AS_OF)
    swings = {question.key: question.swing for question in found.questions if question.swing}
    assert {key: value for key, value in shown(PPO).items() if value} == swings
    said = ask(PPO)["fields"]["deductible"]
    dollars = swings["deductible"].quantize(Decimal(1))
    assert said == f"Could move your cost by up to ${dollars:,}."


def test_nobody_has_answered_yet_and_every_question_is_there():
    assert "fields" not in ask({})


# --- links ---------------------------------------------------------------------------------------


def test_a_link_fills_in_what_is_blank_and_says_so():
    code = link.encode({**PPO, "coinsurance": "0.2", "deductible": "none"})
    reply = ask({"plan": "unknown", "fee": ""}, link=code, fields=FIELDS)
    assert reply["fill"] == {**PPO, "deductible": "none", "coinsurance": "20"}
    assert reply["notice"] == "The link filled in 5 of your answers. Check that they are yours."
    assert reply["link"] == code


def test_what_was_typed_before_the_link_was_read_stays():
    code = link.encode({**PPO, "fee": "90.00"})
    reply = ask({"fee": "120"}, link=code, fields=FIELDS)
    assert "fee" not in reply["fill"]
    assert link.decode(reply["link"]).answers["fee"] == "120.00"


def test_answers_that_the_form_does_not_ask_for_are_left_out_and_counted():
    code = link.encode({**PPO, "minutes": "60"})
    reply = ask({}, link=code, fields=FIELDS)
    assert "minutes" not in reply["fill"]
    assert "1 of the link's answers could not be read" in reply["notice"]


@pytest.mark.parametrize("hostile", ["", "<script>alert(1)</script>", "1" * 3000, "ÿ\x00", "1ZZZZ"])
def test_a_hostile_link_fills_nothing_in(hostile):
    reply = ask({}, link=hostile, fields=FIELDS)
    assert reply["fill"] == {}
    assert "<" not in reply["notice"]
    assert "fields" not in reply


def test_a_newer_link_asks_for_a_new_page():
    reply = ask({}, link="9abc", fields=FIELDS)
    assert reply["notice"].startswith("This link was made by a newer version of the page.")


def test_the_link_says_what_it_carries_and_what_it_does_not():
    holds = ask(PPO)["holds"]
    assert "How will you pay?" in holds
    assert "no diagnosis" in holds


# --- what an answer changed ------------------------------------------------------------------------


def test_what_the_last_answer_changed_is_said_with_both_figures():
    before = {"verdict": "unknown", "likely": "630.00", "key": "plan"}
    html = ask(PPO, before=before)["html"]
    likely = estimate(read.case(PPO), rules(), AS_OF).range.likely.quantize(Decimal(1))
    assert f"you&#39;d likely pay ${likely}, before it was $630." in html
    assert "How will you pay?" in html
    assert "now it is" not in html


def test_a_changed_verdict_is_said_in_words():
    before = {"verdict": "covered", "likely": "630.00", "key": "purpose"}
    html = ask({**PPO, "purpose": "relaxation"}, before=before)["html"]
    assert "it was &quot;Likely covered&quot;, now it is &quot;Not covered&quot;." in html
    assert "before it was" not in html


def test_an_answer_that_changed_nothing_says_nothing():
    found = estimate(read.case(PPO), rules(), AS_OF)
    before = {"verdict": found.verdict, "likely": f"{found.range.likely}", "key": "plan"}
    assert 'class="change"' not in ask(PPO, before=before)["html"]
