"""Other ways to have the same care paid, and what each would cost: cheapest first.

Nothing here suggests what a contract or a law forbids: no cash for care that an in-network
plan covers, no superbill where nothing would be reimbursed, no therapist's bill under another
provider's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.model import Alternative
from estimator.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from estimator.coverage import Decision
    from estimator.model import Case, Package, PlanLine, Rules, Scenario, TaxSaving

# The numbers of one side of the network say nothing about the other.
_OF_ONE_SIDE = (
    "allowed",
    "allowed_low",
    "allowed_high",
    "deductible",
    "deductible_met",
    "copay",
    "coinsurance",
    "oop_max",
    "oop_met",
    "family_deductible",
    "family_deductible_met",
    "family_oop_max",
    "family_oop_met",
)
# Lines under which the clinic may not take cash for the care, or must file the claim itself.
_NO_CASH = ("medicaid", "va-community-care", "workers-comp")

type Price = Callable[[Case], tuple[Decision, Scenario]]


def alternatives(
    case: Case,
    plan: PlanLine | None,
    rules: Rules,
    decision: Decision,
    likely: Scenario,
    *,
    saving: TaxSaving | None,
    price: Price,
) -> tuple[Alternative, ...]:
    """The other ways that are open to this person, cheapest first.

    Args:
        case: The person's answers.
        plan: Their plan line.
        rules: The data, with the clinic's packages.
        decision: What was decided about their coverage.
        likely: Their likely course.
        saving: What an account saves on it.
        price: Decides and counts another case at its likely values.
    """
    found = [*_other_side(case, plan, decision, price)]
    if may_pay_cash(case, plan, decision):
        packages = rules.packages if case.packages is None else case.packages
        found += _packages(packages, likely)
    if (therapist := _therapist(case, plan, decision, price)) is not None:
        found.append(therapist)
    if saving is not None and saving.amount > 0:
        left = likely.total.patient - saving.amount
        found.append(Alternative("tax-account", left, inputs={"saved": f"{saving.amount}"}))
    return tuple(sorted(found, key=lambda item: (item.patient, item.id)))


def _other_side(
    case: Case, plan: PlanLine | None, decision: Decision, price: Price
) -> Sequence[Alternative]:
    """The same plan, on the other side of its network; that side's numbers are assumed."""
    if plan is None or case.plan == "self-pay" or case.purpose == "relaxation":
        return []
    found = []
    unknown = dict.fromkeys(_OF_ONE_SIDE)
    if case.network == "out" and case.benefit != "excluded":
        inside = case.replace(network="in", **unknown)
        decided, scenario = price(inside)
        if decided.pays:
            found.append(Alternative("in-network", scenario.total.patient))
    reimburses = plan.pays_out_of_network == "yes" and plan.balance_bill is None
    if decision.pays and reimburses:
        outside = case if case.network == "out" else case.replace(network="out", **unknown)
        _, scenario = price(outside)
        total = scenario.total
        told = {"pay_at_visit": f"{total.pay_at_visit}", "reimbursed": f"{total.reimbursed}"}
        # Out of network even a claim that brings nothing back counts toward that side's deductible.
        if total.reimbursed or case.network == "out":
            found.append(Alternative("superbill", total.patient, inputs=told))
    return found


def may_pay_cash(case: Case, plan: PlanLine | None, decision: Decision) -> bool:
    """Whether paying cash can be named at all.

    Not where the plan would cover the visit and the clinic is in its network, nor where the
    payer's rules make the clinic file the claim.
    """
    if case.plan in _NO_CASH and decision.verdict != "not-covered":
        return False
    if case.plan == "medicare-original" and case.provider == "pt-ot":
        return False
    covers = plan is not None and decision.verdict in ("covered", "conditional")
    return not (covers and case.network == "in")


def _packages(packages: Sequence[Package], likely: Scenario) -> list[Alternative]:
    """Each of the clinic's packages, the rest of the course at the single price."""
    fees = [visit.fee for visit in likely.visits]
    found = []
    for package in packages:
        bundles, rest = divmod(len(fees), package.visits)
        if not bundles:
            continue
        cost = bundles * package.price + sum(fees[len(fees) - rest :], ZERO)
        told = {"visits": str(package.visits), "price": f"{package.price}"}
        overtakes = _overtakes(package, fees, likely)
        if overtakes is not None:
            told["overtakes"] = str(overtakes)
        found.append(Alternative(f"package-{package.visits}", cost, inputs=told))
    return found


def _overtakes(package: Package, fees: Sequence[Decimal], likely: Scenario) -> int | None:
    """The first visit by which insurance has cost less than the packages, or None."""
    insured = ZERO
    for number, visit in enumerate(likely.visits, 1):
        insured += visit.patient
        bundles, rest = divmod(number, package.visits)
        cash = bundles * package.price
        cash += min(sum(fees[number - rest : number], ZERO), package.price)
        if insured < cash:
            return number
    return None


def _therapist(
    case: Case, plan: PlanLine | None, decision: Decision, price: Price
) -> Alternative | None:
    """The PT's own work where a massage therapist isn't paid, priced from the PT's amounts.

    It is never a massage therapist's visit billed under another's name. An evaluation at the
    first visit comes on top; its price isn't known.
    """
    refused = decision.verdict == "not-covered" and case.provider == "lmt"
    if plan is None or not refused or case.purpose == "relaxation":
        return None
    unknown = dict.fromkeys(("fee", "allowed", "allowed_low", "allowed_high"))
    other = case.replace(provider="pt-ot", price_per=None, codes=None, **unknown)
    if isinstance(other.visits, tuple):
        other = other.replace(visits=len(other.visits))
    decided, scenario = price(other)
    if not decided.pays:
        return None
    return Alternative("pt-instead", scenario.total.patient)
