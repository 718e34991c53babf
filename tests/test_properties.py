"""What must hold for any course, tried on thousands of them; and a second opinion."""

import os
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from estimator.cost import Counters, Terms, run_course
from estimator.model import COST_SHARING
from tests.plain import plain_course

FULL = os.environ.get("FUZZ") == "full"
THOUSANDS = settings(max_examples=2000, deadline=None)
START = date(2026, 3, 2)

money = st.integers(0, 60_000).map(lambda cents: Decimal(cents) / 100)
large = st.integers(0, 300_000).map(lambda cents: Decimal(cents) / 100)
rates = st.integers(0, 100).map(lambda percent: Decimal(percent) / 100)
maybe = lambda some: st.none() | some  # noqa: E731


@st.composite
def terms(draw):
    return Terms(
        pays=True,
        pays_fee_first=False,
        balance_rate=draw(st.sampled_from([None, Decimal(0), Decimal("0.15")])),
        cost_sharing=draw(st.sampled_from(sorted(COST_SHARING))),
        full_allowed=draw(st.booleans()),
        deductible=draw(large),
        copay=draw(money),
        coinsurance=draw(rates),
        oop_max=draw(maybe(large)),
        family_deductible=draw(maybe(large)),
        family_oop_max=draw(maybe(large)),
        aggregate=draw(st.booleans()),
        visit_cap=draw(maybe(money)),
        plan_pays_max=draw(maybe(large)),
        visit_limit=draw(maybe(st.integers(0, 12))),
        deductible_visits_count=draw(st.booleans()),
        plan_year_starts=draw(st.sampled_from([(1, 1), (3, 20), (7, 1)])),
    )


@st.composite
def counters(draw):
    return Counters(
        deductible=draw(money),
        oop=draw(money),
        family_deductible=draw(large),
        family_oop=draw(large),
        visits=draw(st.integers(0, 6)),
        plan_paid=draw(money),
    )


@st.composite
def courses(draw):
    days = draw(st.lists(st.integers(0, 30), min_size=1, max_size=14))
    found, day = [], START
    for gap in days:
        found.append((day, draw(money), draw(money)))
        day += timedelta(days=gap)
    return tuple(found)


@THOUSANDS
@given(terms(), counters(), courses())
def test_patient_plan_and_write_off_are_the_fee(terms, used, course):
    for visit in run_course(terms, used, course).visits:
        assert visit.patient + visit.plan + visit.write_off == visit.fee
        assert min(visit.patient, visit.plan, visit.write_off) >= 0


@THOUSANDS
@given(terms(), counters(), courses())
def test_in_network_nobody_pays_above_the_allowed_amount_for_a_covered_visit(terms, used, course):
    terms = terms.replace(balance_rate=Decimal(0), plan_pays_max=None, visit_limit=None)
    for visit in run_course(terms, used, course).visits:
        assert visit.patient <= visit.allowed


@THOUSANDS
@given(terms(), courses())
def test_covered_cost_sharing_never_passes_the_out_of_pocket_limit(terms, course):
    terms = terms.replace(oop_max=Decimal(200), plan_year_starts=(1, 1))
    likely = run_course(terms, Counters(), course)
    total = likely.total
    assert total.deductible + total.copay + total.coinsurance <= 200


@THOUSANDS
@given(terms(), courses(), money, money)
def test_more_deductible_met_never_costs_more_where_nothing_runs_out(terms, course, less, more):
    terms = terms.replace(plan_pays_max=None, visit_limit=None, full_allowed=False)
    less, more = sorted((less, more))
    before = run_course(terms, Counters(deductible=less), course).total.patient
    after = run_course(terms, Counters(deductible=more), course).total.patient
    assert after <= before


@THOUSANDS
@given(terms(), counters(), courses(), rates, rates)
def test_a_higher_percent_never_costs_less_where_nothing_runs_out(
    terms, used, course, low, high
):  # fmt: skip
    low, high = sorted((low, high))
    terms = terms.replace(plan_pays_max=None, visit_limit=None)
    cheap = run_course(terms.replace(coinsurance=low), used, course).total.patient
    dear = run_course(terms.replace(coinsurance=high), used, course).total.patient
    assert cheap <= dear


@THOUSANDS
@given(terms(), counters(), courses(), st.integers(1, 13))
def test_a_course_split_in_two_with_its_counters_carried_over_is_the_same(
    terms, used, course, cut
):  # fmt: skip
    terms = terms.replace(plan_year_starts=(1, 1))
    whole = run_course(terms, used, course)
    first = run_course(terms, used, course[:cut])
    if course[cut:] and course[cut][0].year == course[cut - 1][0].year:
        last = first.visits[-1]
        carried = Counters(
            deductible=last.deductible_met_after,
            oop=last.oop_met_after,
            family_deductible=last.family_deductible_met_after,
            family_oop=last.family_oop_met_after,
            visits=last.visits_used_after,
            plan_paid=last.plan_paid_after,
        )
        rest = run_course(terms, carried, course[cut:])
        assert first.total.patient + rest.total.patient == whole.total.patient
        assert first.uncovered_visits + rest.uncovered_visits == whole.uncovered_visits


@settings(max_examples=10_000 if FULL else 2000, deadline=None)
@given(terms(), counters(), courses())
def test_a_second_plain_implementation_agrees(terms, used, course):
    found = run_course(terms, used, course)
    expected = plain_course(
        order=terms.cost_sharing,
        full_base=terms.full_allowed,
        balance_rate=terms.balance_rate,
        amounts={
            "deductible": terms.deductible, "copay": terms.copay,
            "coinsurance": terms.coinsurance, "oop_max": terms.oop_max,
            "family_deductible": terms.family_deductible,
            "family_oop_max": terms.family_oop_max, "visit_cap": terms.visit_cap,
            "plan_pays_max": terms.plan_pays_max,
        },
        visit_limit=terms.visit_limit,
        aggregate=terms.aggregate,
        all_visits_count=terms.deductible_visits_count,
        year_starts=terms.plan_year_starts,
        used={
            "deductible": used.deductible, "oop": used.oop,
            "family_deductible": used.family_deductible, "family_oop": used.family_oop,
            "visits": used.visits, "plan": used.plan_paid,
        },
        course=course,
    )  # fmt: skip
    assert [(visit.patient, visit.plan) for visit in found.visits] == expected


def test_with_a_yearly_maximum_more_deductible_met_can_cost_more():
    """The plan's money runs out sooner, and a visit past it costs the whole fee."""
    terms = Terms(
        pays=True, pays_fee_first=False, balance_rate=Decimal(0), cost_sharing="deductible-coinsurance", full_allowed=False,
        deductible=Decimal(100), copay=Decimal(0), coinsurance=Decimal(0), oop_max=None,
        family_deductible=None, family_oop_max=None, aggregate=False, visit_cap=None,
        plan_pays_max=Decimal(100), visit_limit=None, deductible_visits_count=True,
        plan_year_starts=(1, 1),
    )  # fmt: skip
    course = tuple((START + timedelta(days=7 * n), Decimal(200), Decimal(100)) for n in range(2))
    unmet = run_course(terms, Counters(), course).total.patient
    met = run_course(terms, Counters(deductible=Decimal(100)), course).total.patient
    assert (unmet, met) == (Decimal(100), Decimal(200))
