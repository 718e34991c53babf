"""What a person should know beside the result: of the year, the plan line, the account."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from estimator.compare import may_pay_cash
from estimator.coverage import STATE_REGULATED
from estimator.dates import in_force, plan_year_of
from estimator.model import Caveat
from estimator.money import as_text
from estimator.units import visit_units

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from estimator.coverage import Decision
    from estimator.model import Case, PlanLine, Rules
    from estimator.settle import Settled

# A fact that nobody has looked at for longer than this is named beside the result.
REVIEW_DAYS = 365
_BEFORE_DEDUCTIBLE = ("copay", "copay-coinsurance", "copay-deductible-coinsurance")
# Lines whose contracts often keep a clinic in the network from billing what was denied.
_CONTRACTS = (*STATE_REGULATED, "fehb", "medicare-advantage")


def caveats(
    case: Case,
    rules: Rules,
    plan: PlanLine | None,
    settled: Settled,
    decision: Decision,
    as_of: date,
) -> Iterator[Caveat]:
    """What the person should know beside the result.

    Args:
        case: The person's answers.
        rules: The data.
        plan: Their plan line.
        settled: The likely case.
        decision: What was decided about their coverage.
        as_of: The day of asking.
    """
    if settled.terms.pays:
        yield from _plan_numbers(case, settled, as_of)
        yield from _billing(case, plan, settled, decision)
    elif decision.verdict == "not-covered" and case.network == "in":
        yield Caveat("contract-price", "fee")
    if case.plan == "medicare-original":
        yield Caveat("medicare-notice", "if_denied")
    first = settled.bookings[0][0]
    if case.plan == "self-pay":
        yield from _of_law("good-faith-estimate", "fee", rules, "good_faith_dispute", first)
    if case.account not in (None, "none"):
        yield from _account(case, rules, first.year)
        yield from _of_law("deduction-floor", "account", rules, "deduction_floor", first)
    if case.plan == "commercial-hdhp" and settled.terms.pays:
        yield from _hdhp(case, rules, first.year)
    if case.diagnosis is not None:
        yield Caveat("diagnosis-never-decides", "diagnosis")
    if as_of > settled.bookings[-1][0]:
        yield Caveat("visits-are-past", "start")
    yield from _codes(case, rules, as_of)
    yield from _stale(case, rules, plan, as_of)


def _of_law(name: str, key: str, rules: Rules, figure: str, on: date) -> Iterator[Caveat]:
    """A right that hangs on a figure of the law: said only where we hold that day's figure.

    Sources: good-faith-estimate, pub-502
    """
    if held := in_force(rules.standing.get(figure, ()), on):
        yield Caveat(name, key, {"value": f"{held.value:f}"})


def _codes(case: Case, rules: Rules, on: date) -> Iterator[Caveat]:
    """Codes of a visit that can't be billed as they stand."""
    if case.codes:
        for name, code in visit_units(case, 0, rules.codes, rules.code_pairs, on)[1]:
            told = {"code": code, "most": str(rules.codes[code].daily_max)}
            yield Caveat(f"{name}-{code}", "codes", told)


def _plan_numbers(case: Case, settled: Settled, as_of: date) -> Iterator[Caveat]:
    """Numbers that may not mean what they seem to.

    Sources: aca-oop-benefits, sbc-plan-year
    """
    terms, used = settled.terms, settled.counters
    if terms.oop_max is not None or terms.family_oop_max is not None:
        yield Caveat("oop-may-not-count", "oop_max")
    if terms.aggregate and terms.family_deductible is None:
        yield Caveat("family-deductible-missing", "family_deductible")
    year = plan_year_of(settled.bookings[0][0], terms.plan_year_starts)
    has_counters = used.deductible or used.oop or used.visits or used.plan_paid
    is_later = year > plan_year_of(as_of, terms.plan_year_starts)
    if has_counters and is_later and not terms.by_crash:
        yield Caveat("counters-start-again", "start", {"date": year.isoformat()})
    if any(allowed > fee for _, fee, allowed in settled.bookings):
        yield Caveat("allowed-above-fee", "allowed")
    if settled.left_out:
        told = {"visits": str(len(settled.left_out)), "year": str(settled.left_out[0][0].year)}
        yield Caveat("year-not-known", "deductible", told)
    if case.plan == "auto-pip":
        yield Caveat("pip-is-shared", "plan_paid")


def _billing(
    case: Case, plan: PlanLine | None, settled: Settled, decision: Decision
) -> Iterator[Caveat]:
    """What the clinic may and may not bill."""
    if settled.terms.pays_fee_first:
        yield Caveat("out-of-network-numbers", "network")
    if case.plan == "medicare-advantage":
        yield Caveat("confirm-balance-bill", "network")
    if case.network != "out" and case.plan in _CONTRACTS:
        yield Caveat("in-network-denial", "if_denied")
    if not may_pay_cash(case, plan, decision):
        yield Caveat("cash-may-not-be-allowed", "network")


def _stale(case: Case, rules: Rules, plan: PlanLine | None, as_of: date) -> Iterator[Caveat]:
    """Facts used here whose review date has passed."""
    files = ["assumptions"]
    if plan is not None:
        files.append(f"plans/{plan.id}")
    if case.state is not None:
        files.append(f"states/{case.state.lower()}")
    for name in files:
        reviewed = rules.reviewed.get(name)
        if reviewed is not None and (as_of - reviewed).days > REVIEW_DAYS:
            yield Caveat(f"stale-{name}", "as_of", {"date": reviewed.isoformat()})


def _hdhp(case: Case, rules: Rules, year: int) -> Iterator[Caveat]:
    """Numbers that a plan for an HSA can't have; bronze and catastrophic plans are excepted.

    Sources: hsa-2026, hdhp-notice-2026-5, hdhp-embedded
    """
    if case.cost_sharing in _BEFORE_DEDUCTIBLE:
        yield Caveat("hdhp-copay-before-deductible", "cost_sharing")
    held = rules.years.get(year)
    limits = (
        ("deductible", "hdhp_deductible_self", "least"),
        ("family_deductible", "hdhp_deductible_family", "least"),
        ("oop_max", "hdhp_oop_self", "most"),
        ("family_oop_max", "hdhp_oop_family", "most"),
    )
    for key, name, kind in limits:
        given = getattr(case, key)
        if not isinstance(given, Decimal):
            continue
        if held is None or name not in held.amounts:
            yield Caveat(
                f"no-figure-{key}", key, {"year": str(year), "last": str(max(rules.years))}
            )
            continue
        limit = held.amounts[name].value
        if (kind == "least" and given < limit) or (kind == "most" and given > limit):
            told = {"limit": as_text(limit), "year": str(year)}
            yield Caveat(f"hdhp-{key.replace('_', '-')}", key, told)
    family = held.amounts.get("hdhp_deductible_family") if held else None
    own = case.deductible
    has_family = case.deductible_type == "embedded" and case.family_deductible is not None
    if family and has_family and isinstance(own, Decimal) and own < family.value:
        told = {"limit": as_text(family.value), "year": str(year)}
        yield Caveat("hdhp-embedded-deductible", "deductible", told)


def _account(case: Case, rules: Rules, year: int) -> Iterator[Caveat]:
    """The year's limit on what may be paid in.

    Sources: hsa-2026, fsa-2026
    """
    held = rules.years.get(year)
    name = "fsa" if case.account == "fsa" else "hsa_self"
    if held is None or name not in held.amounts:
        yield Caveat(
            "no-figure-account", "account", {"year": str(year), "last": str(max(rules.years))}
        )
    else:
        told = {"limit": as_text(held.amounts[name].value), "year": str(year)}
        yield Caveat(f"{name.replace('_', '-')}-limit", "account", told)
