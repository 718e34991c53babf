"""What the engine promises beyond the money of a visit: ranges, gaps, questions, explanation."""

import re
from datetime import date
from decimal import Decimal

import pytest

from estimator.explain import PATIENT_STEPS
from estimator.messages import as_data
from estimator.money import as_text
from tests.tables import AS_OF, OWN, estimated, rules, table

THREE_ANSWERS = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo"}
ALL_CASES = [
    pytest.param(case["given"], id=case["id"])
    for name in ("published", *OWN)
    for case in table(name)
]


@pytest.mark.parametrize("given", ALL_CASES)
def test_every_dollar_is_accounted_for(given):
    for scenario in estimated(given).scenarios.values():
        for visit in scenario.visits:
            parts = (visit.deductible, visit.copay, visit.coinsurance, visit.balance_bill,
                     visit.not_covered)  # fmt: skip
            assert visit.patient == sum(parts)
            assert visit.patient + visit.plan + visit.write_off == visit.fee
            assert all(amount >= 0 for amount in (*parts, visit.plan, visit.write_off))
        for name in set(scenario.total.names()) - {"pay_at_visit", "reimbursed"}:
            added = sum(getattr(visit, name) for visit in scenario.visits)
            assert getattr(scenario.total, name) == added
        assert scenario.total.pay_at_visit - scenario.total.reimbursed == scenario.total.patient


@pytest.mark.parametrize("given", ALL_CASES)
def test_the_steps_of_a_visit_add_up_to_the_visit_and_the_visits_to_the_total(given):
    found = estimated(given)
    steps = {step.id: step for step in found.steps}
    assert len(steps) == len(found.steps)
    likely = found.scenarios["likely"]
    for visit in likely.visits:
        parts = [steps.get(f"visit-{visit.number}.{name}") for name in PATIENT_STEPS]
        assert sum(Decimal(step.value) for step in parts if step) == visit.patient
        assert steps[f"visit-{visit.number}.patient"].value == as_text(visit.patient)
    assert steps["total.patient"].value == as_text(likely.total.patient)
    assert set(found.reasons) <= set(steps)


@pytest.mark.parametrize("given", ALL_CASES)
def test_low_is_at_most_likely_is_at_most_high(given):
    found = estimated(given)
    assert found.range.low <= found.range.likely <= found.range.high
    for end in ("low", "likely", "high"):
        assert found.scenarios[end].total.patient == getattr(found.range, end)
    if found.verdict == "not-covered":
        assert {found.range.low, found.range.likely, found.range.high} == {found.if_denied}


@pytest.mark.parametrize("given", ALL_CASES)
def test_the_same_input_gives_the_same_output(given):
    assert as_data(estimated(given)) == as_data(estimated(given))


def test_three_answers_already_give_a_range():
    found = estimated(THREE_ANSWERS)
    assert found.verdict == "unknown"
    assert found.range.low < found.range.likely < found.range.high
    assert {"network", "benefit", "prescription", "deductible", "coinsurance", "visits"} <= set(
        found.gaps
    )


def test_each_further_number_narrows_the_range():
    given = {**THREE_ANSWERS, "network": "in", "cost_sharing": "deductible-coinsurance"}
    widths = []
    answers = {"visits": "6", "fee": "105.00", "allowed": "90.87", "deductible": "1787.00",
               "deductible_met": "0.00", "coinsurance": "0.20"}  # fmt: skip
    for key, value in answers.items():
        found = estimated(given)
        widths.append(found.range.high - found.range.low)
        given[key] = value
    assert widths == sorted(widths, reverse=True)
    found = estimated(given)
    assert found.range.low == found.range.likely == found.range.high


def test_a_default_that_is_no_number_does_not_widen_the_range():
    found = estimated(table("commercial-ppo")[3]["given"])
    assert found.range.low == found.range.high
    assert "coinsurance_base" not in found.gaps


def test_the_question_that_moves_most_dollars_comes_first():
    swings = [question.swing for question in estimated(THREE_ANSWERS).questions]
    assert swings == sorted(swings, reverse=True)
    assert swings[0] > 0


def test_a_question_s_swing_is_what_its_ends_cost():
    given = {**THREE_ANSWERS, "network": "in", "cost_sharing": "copay", "fee": "100.00",
             "allowed": "90.00", "visits": "2"}  # fmt: skip
    questions = {question.key: question.swing for question in estimated(given).questions}
    low = estimated({**given, "copay": "25.00"}).range.likely
    high = estimated({**given, "copay": "100.00"}).range.likely
    assert questions["copay"] == high - low
    # If the plan pays nothing, two visits cost 200.
    assert questions["benefit"] == Decimal("200.00") - estimated(given).range.likely


def test_unknown_limits_are_not_applied_and_are_said_to_be_open():
    given = {**THREE_ANSWERS, "network": "in", "cost_sharing": "deductible-coinsurance",
             "fee": "100.00", "allowed": "100.00", "deductible": "0.00", "coinsurance": "0.20",
             "visits": "60", "start": "2026-01-05", "per_week": "5"}  # fmt: skip
    found = estimated(given)
    assert found.scenarios["likely"].uncovered_visits == 0
    assert {"oop_max", "visit_limit", "visit_cap", "plan_pays_max"} <= set(found.gaps)
    swings = {question.key: question.swing for question in found.questions}
    # With a limit of six, 54 of the 60 visits would be the client's: 54 times 80 more.
    assert swings["visit_limit"] == Decimal("4320.00")


def test_none_says_there_is_no_limit_and_leaves_no_gap():
    given = {**THREE_ANSWERS, "oop_max": "none", "visit_limit": "none", "visit_cap": "none",
             "plan_pays_max": "none", "family_deductible": "none", "family_oop_max": "none"}  # fmt: skip
    limits = {"oop_max", "visit_limit", "visit_cap", "plan_pays_max", "family_deductible",
              "family_oop_max"}  # fmt: skip
    assert not limits & set(estimated(given).gaps)


def test_what_was_assumed_is_marked_with_its_source():
    steps = {step.id: step for step in estimated({"plan": "commercial-ppo"}).steps}
    assert steps["assumed.deductible"].basis == "assumed"
    assert steps["assumed.deductible"].value == "1787.00"
    assert steps["assumed.deductible"].sources == ("kff-2024-deductible",)
    assert steps["visit-1.deductible"].basis == "assumed"


def test_what_was_given_is_not_marked_as_assumed():
    given = {"plan": "commercial-ppo", "network": "in", "cost_sharing": "copay", "copay": "25.00",
             "fee": "100.00", "allowed": "100.00", "visits": "1"}  # fmt: skip
    steps = {step.id: step for step in estimated(given).steps}
    assert steps["visit-1.copay"].basis == "rule"


def test_amounts_met_this_year_are_questioned_when_the_next_one_comes_first():
    given = {"plan": "commercial-ppo", "deductible": "500.00", "deductible_met": "400.00",
             "start": "2027-01-04"}  # fmt: skip
    assert "counters-start-again" in [item.id for item in estimated(given).warnings]
    assert "counters-start-again" not in [
        item.id for item in estimated(given, date(2027, 1, 2)).warnings
    ]


def test_a_fact_past_its_review_date_is_said_beside_the_result():
    late = estimated({"plan": "commercial-ppo"}, date(2027, 12, 1))
    assert "stale-plans/commercial-ppo" in [item.id for item in late.warnings]
    assert not [item for item in estimated({}).warnings if item.id.startswith("stale")]


def test_an_aggregate_family_deductible_nobody_knows_is_warned_about():
    given = {"plan": "commercial-ppo", "deductible_type": "aggregate", "deductible": "10.00"}
    assert "family-deductible-missing" in [item.id for item in estimated(given).warnings]


@pytest.mark.parametrize("given", [{}, {"plan": "tricare"}, {"purpose": "relaxation"}])
def test_the_price_if_nothing_is_paid_is_always_there(given):
    found = estimated(given)
    assert found.if_denied == found.scenarios["likely"].total.fee > 0


def test_the_day_of_asking_and_the_data_are_named():
    found = estimated({})
    assert found.as_of == AS_OF
    assert len(found.data_version) == 12


@pytest.mark.parametrize("plan", sorted(rules().plans))
@pytest.mark.parametrize("network", ["in", "out", "unknown"])
@pytest.mark.parametrize("order", ["unknown", "deductible-copay-coinsurance"])
def test_no_combination_of_answers_is_without_an_estimate(plan, network, order):
    for provider in ("lmt", "pt-ot", "chiropractor", "physician", "unknown"):
        for benefit in ("covered", "therapy-only", "excluded", "unknown"):
            given = {"plan": plan, "provider": provider, "benefit": benefit, "network": network,
                     "cost_sharing": order, "state": "OR", "purpose": "diagnosed"}  # fmt: skip
            found = estimated(given)
            assert found.range.low <= found.range.likely <= found.range.high
            assert found.reasons


@pytest.mark.parametrize("given", ALL_CASES)
def test_every_open_condition_is_among_the_reasons_under_its_own_name(given):
    found = estimated(given)
    ids = [item.id for item in found.conditions]
    assert all(re.fullmatch(r"coverage\.[a-z-]+-open", item) for item in ids)
    if found.verdict == "conditional":
        assert set(ids) <= set(found.reasons)


@pytest.mark.parametrize("given", ALL_CASES)
def test_a_verdict_from_a_rule_names_the_rule_s_sources(given):
    by_data = (
        "never-pays",
        "pays-by-rule",
        "pip-excludes",
        "pip-pays",
        "relaxation",
        "therapy-only-p",
    )
    steps = [step for step in estimated(given).steps if step.value.startswith(by_data)]
    assert [step.id for step in steps if not step.sources] == []


# given, the step that decides, its inputs, its basis, its sources
LINKS = [
    ({"purpose": "relaxation"}, "relaxation", {"purpose": "relaxation"}, "rule",
     ("insurer-policies", "irs-general-health")),
    ({"plan": "self-pay"}, "self-pay", {"plan": "self-pay"}, "rule", ()),
    ({"plan": "medicare-original", "provider": "lmt"}, "never-pays",
     {"plan": "medicare-original", "provider": "lmt"}, "rule", ("medicare-policy-15-230",)),
    ({"plan": "auto-pip", "state": "FL"}, "pip-excludes-massage",
     {"plan": "auto-pip", "state": "FL"}, "rule", ("fl-627-736",)),
    ({"plan": "commercial-ppo", "benefit": "excluded"}, "benefit-excluded",
     {"benefit": "excluded"}, "given", ()),
    ({"plan": "commercial-ppo", "benefit": "covered"}, "benefit-covered",
     {"benefit": "covered"}, "given", ()),
    ({"plan": "commercial-ppo"}, "benefit-unknown", {"benefit": "unknown"}, "rule",
     ("insurer-policies", "massage-study-northeast")),
    ({"plan": "commercial-ppo", "benefit": "therapy-only", "provider": "lmt"},
     "therapy-only-provider", {"benefit": "therapy-only", "provider": "lmt"}, "rule",
     ("insurer-policies", "massage-study-northeast")),
    ({"plan": "commercial-epo", "network": "out"}, "network-out",
     {"network": "out", "plan": "commercial-epo"}, "rule", ()),
    ({"plan": "commercial-ppo", "prior_auth": "denied"}, "prior-auth-refused",
     {"prior_auth": "denied"}, "rule", ()),
    ({}, "plan-unknown", {"plan": "unknown"}, "rule", ()),
    ({"plan": "auto-pip", "state": "OH"}, "pip-state-unknown",
     {"plan": "auto-pip", "state": "OH"}, "rule", ()),
    ({"plan": "va-community-care", "provider": "lmt"}, "pays-by-rule",
     {"plan": "va-community-care", "provider": "lmt"}, "rule",
     ("va-massage-2025", "va-massage-criteria")),
    ({"plan": "auto-pip", "state": "OR", "provider": "lmt"}, "pip-pays-massage-therapists",
     {"plan": "auto-pip", "provider": "lmt", "state": "OR"}, "rule",
     ("oregon-pip", "oregon-pip-massage")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "name", "inputs", "basis", "sources"), LINKS)
def test_the_deciding_link_says_what_it_looked_at_and_why(given, name, inputs, basis, sources):
    first = estimated(given).steps[0]
    assert (first.id, first.rule, first.value) == (f"coverage.{name}", f"coverage.{name}", name)
    assert (first.inputs, first.basis, first.sources) == (inputs, basis, sources)


ORDERED = {"purpose": "diagnosed", "prescription": "yes", "prior_auth": "approved",
           "claim": "accepted"}  # fmt: skip
RENEWALS = [
    ({"plan": "va-community-care", "provider": "lmt", "network": "in", "visits": "13"},
     "episode-renewal", ("va-massage-2025",)),
    ({"plan": "workers-comp", "provider": "lmt", "state": "WA", "visits": "7"},
     "report-due", ("wa-lni-massage",)),
    ({"plan": "workers-comp", "provider": "pt-ot", "state": "CA", "visits": "25"},
     "visit-cap-reached", ("ca-labor-4604-5",)),
]  # fmt: skip


@pytest.mark.parametrize(("given", "name", "sources"), RENEWALS)
def test_what_a_long_course_has_to_renew_is_a_condition_with_its_source(given, name, sources):
    found = estimated({**ORDERED, **given})
    assert found.verdict == "conditional"
    assert [item.id for item in found.conditions] == [f"coverage.{name}-open"]
    step = next(step for step in found.steps if step.id == f"coverage.{name}-open")
    assert (step.sources, step.inputs) == (sources, {"prior_auth": "approved"})


def test_a_long_course_leaves_an_unknown_verdict_unknown():
    given = {**ORDERED, "plan": "workers-comp", "provider": "lmt", "state": "WA", "visits": "7"}
    assert estimated({**given, "claim": "denied"}).verdict == "not-covered"
    found = estimated({**given, "provider": "unknown"})
    assert found.verdict == "unknown"
    assert "coverage.report-due-open" in [item.id for item in found.conditions]


def test_a_state_s_work_injury_rule_does_not_reach_other_coverage():
    given = {**ORDERED, "plan": "commercial-ppo", "provider": "lmt", "state": "WA", "network": "in",
             "benefit": "covered", "visits": "7"}  # fmt: skip
    assert estimated(given).verdict == "covered"


def other_ways(**given):
    return {item.id: item for item in estimated({"purpose": "diagnosed", **given}).alternatives}


def test_a_superbill_from_inside_the_network_uses_no_number_of_the_inside():
    found = other_ways(plan="commercial-ppo", provider="lmt", network="in", benefit="covered",
                       cost_sharing="copay", copay="10.00", fee="150.00", allowed="140.00",
                       visits="2")  # fmt: skip
    # Out of network: the assumed copay of 38 and the 59.13 above the assumed 90.87, twice.
    assert found["superbill"].patient == Decimal("194.26")
    assert found["superbill"].inputs == {"pay_at_visit": "300.00", "reimbursed": "105.74"}


def test_the_other_side_is_not_named_where_it_would_bring_nothing():
    ppo = {"plan": "commercial-ppo", "provider": "lmt", "network": "out"}
    assert "in-network" in other_ways(**ppo, benefit="covered")
    assert "in-network" not in other_ways(**ppo, benefit="excluded")
    assert "in-network" not in other_ways(**{**ppo, "network": "in"}, benefit="covered")
    assert other_ways(**{**ppo, "purpose": "relaxation"}) == {}
    assert other_ways(**{**ppo, "plan": "self-pay"}) == {}


def test_an_account_s_saving_is_named_down_to_the_cent():
    given = {"plan": "self-pay", "fee": "1.00", "visits": "1", "account": "hsa-direct",
             "federal_rate": "0.10", "state_rate": "0", "lmn": "yes"}  # fmt: skip
    found = other_ways(**given)["tax-account"]
    assert (found.patient, found.inputs) == (Decimal("0.90"), {"saved": "0.10"})
