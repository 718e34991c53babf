"""Behavior at the edges of the rules, each where a bent rule once went unnoticed."""

from decimal import Decimal

import pytest

from estimator import read
from estimator.engine import estimate, needs
from estimator.model import Service
from estimator.units import billable, units
from tests.tables import AS_OF, OWN, estimated, rules, table

PPO = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo", "network": "in",
       "benefit": "covered", "prescription": "yes", "prior_auth": "not-needed", "visits": "2",
       "fee": "120.00", "allowed": "100.00", "cost_sharing": "deductible-coinsurance",
       "deductible": "500.00", "deductible_met": "0.00", "coinsurance": "0.20"}  # fmt: skip
PACKAGES = [{"visits": "2", "price": "150.00"}]


def ids(found):
    return {item.id for item in found.alternatives}


def test_a_plan_we_hold_no_rules_for_is_said_so_with_its_name():
    found = estimate(read.case(PPO), rules().replace(plans={}), AS_OF)
    assert found.verdict == "unknown"
    assert found.reasons == ("coverage.no-rules",)
    (step,) = [step for step in found.steps if step.id in found.reasons]
    assert step.inputs == {"plan": "commercial-ppo"}


@pytest.mark.parametrize(
    "changed",
    [
        {"plan": "self-pay", "network": "out"},
        {"purpose": "relaxation", "network": "out"},
        {"benefit": "excluded", "network": "out"},
    ],
)
def test_who_has_no_plan_to_pay_is_offered_neither_side_of_a_network(changed):
    assert not ids(estimated({**PPO, **changed})) & {"in-network", "superbill"}


def test_in_the_network_the_other_side_is_a_superbill_alone():
    assert "in-network" not in ids(estimated(PPO))
    assert "in-network" in ids(estimated({**PPO, "network": "out"}))


@pytest.mark.parametrize(
    ("changed", "may_pay_cash"),
    [
        ({}, False),
        ({"prior_auth": "needed"}, False),
        ({"network": "out"}, True),
        ({"network": "out", "provider": "pt-ot"}, True),
        ({"benefit": "excluded"}, True),
        ({"plan": "unknown"}, True),
        ({"plan": "medicaid"}, False),
        ({"plan": "medicaid", "benefit": "excluded"}, True),
        ({"plan": "medicare-original", "network": "unknown"}, True),
        ({"plan": "medicare-original", "network": "unknown", "provider": "pt-ot",
          "benefit": "excluded"}, False),
    ],
)  # fmt: skip
def test_packages_are_named_only_where_cash_may_be_paid(changed, may_pay_cash):
    found = estimated({**PPO, "packages": PACKAGES, **changed})
    assert ("package-2" in ids(found)) == may_pay_cash


def test_a_covered_massage_therapist_needs_no_physical_therapist():
    assert "pt-instead" not in ids(estimated(PPO))
    assert "pt-instead" not in ids(estimated({**PPO, "purpose": "relaxation"}))


def test_a_physical_therapist_is_priced_by_their_own_amounts():
    refused = {**PPO, "benefit": "therapy-only"}
    listed = {**refused, "allowed": "1.00", "visits": [{"fee": "9.00"}, {"fee": "9.00"}]}
    first, second = (
        next(item.patient for item in estimated(case).alternatives if item.id == "pt-instead")
        for case in (refused, listed)
    )
    assert first == second > 2


@pytest.mark.parametrize(
    ("changed", "basis"),
    [
        ({"account": "fsa", "lmn": "yes", "federal_rate": "0.22", "state_rate": "0.05"}, "fsa"),
        ({"account": "fsa", "lmn": "yes", "federal_rate": "0.22"}, "rates-unknown"),
        ({"account": "fsa", "lmn": "yes", "state_rate": "0.05"}, "rates-unknown"),
        ({"account": "fsa", "lmn": "yes"}, "rates-unknown"),
        ({"account": "fsa", "lmn": "no"}, "no-letter"),
        ({"account": "fsa", "lmn": "yes", "purpose": "relaxation"}, "relaxation"),
    ],
)
def test_a_tax_saving_says_what_it_rests_on(changed, basis):
    assert estimated({**PPO, **changed}).tax_saving.basis == basis


def test_payroll_tax_that_we_hold_no_figure_for_is_not_counted_and_is_said():
    given = {**PPO, "account": "fsa", "lmn": "yes", "federal_rate": "0.20", "state_rate": "0"}
    found = estimate(read.case(given), rules().replace(standing={}), AS_OF)
    assert found.tax_saving.basis == "rates-unknown"
    assert found.tax_saving.amount == found.scenarios["likely"].total.patient * Decimal("0.20")


def test_a_bundled_code_named_first_leaves_the_others_standing():
    codes = rules().codes
    earned = units((Service("97010", 10), Service("97124", 30)), "cms", codes)
    found, warned = billable(earned, ["97010", "97124"], codes, (), AS_OF, "medicare-original")
    assert (found, warned) == ({"97124": 2}, (("code-bundled", "97010"),))


def test_a_code_that_is_not_timed_earns_nothing_and_warns_of_nothing():
    codes = rules().codes
    assert billable({}, ["97012"], codes, (), AS_OF, "medicare-original") == ({}, ())


@pytest.mark.parametrize(
    ("changed", "is_paid"),
    [
        ({}, False),
        ({"since": AS_OF}, False),
        ({"since": AS_OF.replace(day=22)}, True),
        ({"until": AS_OF}, False),
        ({"until": AS_OF.replace(day=20)}, True),
        ({"modifier": "allowed"}, True),
        ({"modifier": "none"}, True),
    ],
)
def test_a_code_pair_counts_while_it_is_in_force(changed, is_paid):
    codes, both = rules().codes, ["97124", "97140"]
    (pair,) = [item for item in rules().code_pairs if item.modifier == "never"]
    assert (pair.paid, pair.not_paid) == ("97140", "97124")
    earned = {"97124": 1, "97140": 1}
    found, _ = billable(earned, both, codes, (pair.replace(**changed),), AS_OF, "medicare-original")
    assert found == {"97124": int(is_paid), "97140": 1}


def test_with_a_deductible_of_their_own_a_person_is_through_at_theirs_not_the_family_s():
    family = {"family_deductible": "3000.00", "family_deductible_met": "0.00",
              "deductible_type": "embedded", "deductible": "50.00"}  # fmt: skip
    visit = estimated({**PPO, **family}).scenarios["likely"].visits[0]
    assert (visit.deductible, visit.coinsurance) == (Decimal("50.00"), Decimal("10.00"))


PIP = {**PPO, "plan": "auto-pip", "state": "OR", "claim": "accepted", "plan_paid": "0.00",
       "deductible": "100.00", "coinsurance": "0.20", "visits": "1", "fee": "200.00",
       "allowed": "200.00"}  # fmt: skip


def test_medpay_fills_one_part_after_the_other_and_no_more_than_it_holds():
    visit = estimated({**PIP, "medpay_max": "50.00"}).scenarios["likely"].visits[0]
    assert (visit.coinsurance, visit.deductible) == (Decimal("0.00"), Decimal("70.00"))
    assert visit.patient == Decimal("70.00")


def test_medpay_still_pays_when_the_policy_is_used_up():
    used_up = {**PIP, "plan_pays_max": "500.00", "plan_paid": "500.00", "medpay_max": "150.00"}
    visit = estimated(used_up).scenarios["likely"].visits[0]
    assert (visit.plan, visit.patient) == (Decimal("150.00"), Decimal("50.00"))


def test_the_counters_after_each_visit_are_told():
    found = estimated({**PPO, "visit_limit": "9", "visits_used": "3", "deductible_met": "400.00",
                       "plan_pays_max": "900.00", "plan_paid": "10.00"})  # fmt: skip
    visits = found.scenarios["likely"].visits
    assert [visit.visits_used_after for visit in visits] == [4, 5]
    assert [visit.plan_paid_after for visit in visits] == [Decimal("10.00"), Decimal("90.00")]


def test_the_steps_say_what_was_left_of_deductible_and_limit():
    found = estimated({**PPO, "visits": "1", "deductible_met": "470.00", "oop_max": "1000.00",
                       "oop_met": "965.00"})  # fmt: skip
    left = {step.rule: step.inputs["left"] for step in found.steps if "left" in step.inputs}
    assert left == {"cost.deductible": "30.00", "cost.oop-limit": "35.00"}


@pytest.mark.parametrize(("fee", "used"), [("0.00", 1), ("0.50", 0), ("1.00", 0)])
def test_only_a_visit_that_costs_something_is_paid_wholly_under_the_deductible(fee, used):
    free = {**PPO, "visits": "1", "fee": fee, "allowed": fee, "deductible_visits_count": "no",
            "visit_limit": "9", "visits_used": "0"}  # fmt: skip
    assert estimated(free).scenarios["likely"].visits[0].visits_used_after == used


def test_the_plan_pays_first_where_it_pays_its_first_cents():
    small = {**PPO, "fee": "1.00", "allowed": "1.00", "deductible": "none"}
    assert estimated(small).scenarios["likely"].first_paid_visit == 1


@pytest.mark.parametrize("name", OWN)
def test_the_parts_of_the_data_that_a_case_needs_are_enough_for_it(name):
    for case in table(name):
        given = read.case(case["given"])
        parts = needs(given)
        lean = rules().replace(
            **({} if "codes" in parts else {"codes": {}, "code_pairs": ()}),
            **({} if "years" in parts else {"years": {}}),
            **({} if "standing" in parts else {"standing": {}}),
        )
        if "raises" not in case.get("expect", {}):
            assert estimate(given, lean, AS_OF) == estimate(given, rules(), AS_OF), case
