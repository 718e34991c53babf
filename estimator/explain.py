"""The explanation: each dollar of the likely course traced to a step, each step to its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.cost import Counters, deductible_left, oop_left, split_base
from estimator.dates import plan_year_of
from estimator.model import Step
from estimator.money import ZERO, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal

    from estimator.cost import Terms
    from estimator.model import Basis, Scenario, Visit
    from estimator.settle import Settled

# Which answers each rule of a visit rests on: if one of them was assumed, so is its value.
_RESTS_ON = {
    "allowed": ("fee", "allowed", "minutes"),
    "deductible": ("allowed", "fee", "cost_sharing", "deductible", "deductible_met", "network"),
    "copay": ("allowed", "fee", "cost_sharing", "copay", "network"),
    "coinsurance": ("allowed", "fee", "cost_sharing", "coinsurance", "deductible",
                    "deductible_met", "copay", "network"),
    "oop-limit": ("oop_met", "family_oop_met"),
    "balance-bill": ("fee", "allowed", "network"),
    "write-off": ("fee", "allowed", "network"),
    "not-covered": ("fee", "visits_used", "plan_paid"),
}  # fmt: skip
_PATIENT_PARTS = ("deductible", "copay", "coinsurance", "balance_bill", "not_covered")


def assumption_steps(settled: Settled) -> tuple[Step, ...]:
    """One step for each unknown key: what it was taken to be, and from which source."""
    return tuple(
        Step(
            id=f"assumed.{key}",
            visit=None,
            rule=f"assumed.{key}",
            inputs={"value": item.value},
            value=item.value,
            basis="assumed",
            sources=item.sources,
        )
        for key, item in settled.assumed.items()
    )


def visit_steps(
    settled: Settled, scenario: Scenario, sources: Mapping[str, tuple[str, ...]]
) -> tuple[Step, ...]:
    """The steps of every visit, in the order the money is split.

    The steps named deductible, copay, coinsurance, oop-limit (what it saves, below zero),
    balance-bill, above-plan-limit and not-covered of a visit add up to its patient step; the
    patient steps add up to ``total.patient``.
    """
    steps: list[Step] = []
    used, year = settled.counters, None
    for visit in scenario.visits:
        this_year = plan_year_of(visit.date, settled.terms.plan_year_starts)
        if year not in (None, this_year):
            used = Counters()
            steps.append(_step(visit, "plan-year", {"date": this_year.isoformat()},
                               this_year.isoformat(), settled, sources))  # fmt: skip
        year = this_year
        steps += _of_visit(visit, used, settled, sources)
        used = _after(visit)
    total = scenario.total
    assumed: Basis = "assumed" if settled.assumed else "rule"
    steps.append(
        Step(
            id="total.patient",
            visit=None,
            rule="total.patient",
            inputs={
                "visits": str(len(scenario.visits)),
                "fee": as_text(total.fee),
                "plan": as_text(total.plan),
                "write_off": as_text(total.write_off),
            },
            value=as_text(total.patient),
            basis=assumed,
            sources=sources.get("total.patient", ()),
        )
    )
    return tuple(steps)


def _after(visit: Visit) -> Counters:
    """The counters as a visit left them."""
    return Counters(
        deductible=visit.deductible_met_after,
        oop=visit.oop_met_after,
        family_deductible=visit.family_deductible_met_after,
        family_oop=visit.family_oop_met_after,
        visits=visit.visits_used_after,
        plan_paid=visit.plan_paid_after,
    )


type Say = Callable[..., Step]


def _of_visit(
    visit: Visit, used: Counters, settled: Settled, sources: Mapping[str, tuple[str, ...]]
) -> Iterator[Step]:
    """A visit's steps; parts that are zero say nothing and are left out."""

    def say(name: str, value: Decimal, **inputs: Decimal) -> Step:
        told = {key: f"{item:f}" for key, item in inputs.items()}
        return _step(visit, name, told, as_text(value), settled, sources)

    if visit.not_covered == visit.fee and visit.plan == 0:
        yield say("not-covered", visit.not_covered, fee=visit.fee)
    else:
        yield from _shared(visit, used, settled.terms, say)
    parts = {name: getattr(visit, name) for name in _PATIENT_PARTS if getattr(visit, name)}
    yield say("patient", visit.patient, plan=visit.plan, **parts)


def _shared(visit: Visit, used: Counters, terms: Terms, say: Say) -> Iterator[Step]:
    """The steps of a visit that the plan counts: before the limit, what it saves, what is left."""
    fee, allowed = visit.fee, visit.allowed
    base = allowed if terms.visit_cap is None else min(allowed, terms.visit_cap)
    left = deductible_left(terms, used)
    before = split_base(base, terms, left)
    spared = before.total - visit.deductible - visit.copay - visit.coinsurance
    yield say("allowed", allowed, fee=fee)
    if base < allowed:
        yield say("visit-cap", base, allowed=allowed)
    if before.deductible:
        yield say("deductible", before.deductible, left=left, base=base)
    if before.copay:
        yield say("copay", before.copay, copay=terms.copay)
    if before.coinsurance:
        reckoned = base - before.deductible - (0 if terms.full_allowed else before.copay)
        yield say("coinsurance", before.coinsurance, rate=terms.coinsurance, base=reckoned)
    if spared:
        yield say("oop-limit", -spared, spared=spared, left=oop_left(terms, used) or ZERO)
    if visit.balance_bill:
        yield say("balance-bill", visit.balance_bill, fee=fee, allowed=allowed)
    if visit.not_covered:
        yield say("above-plan-limit", visit.not_covered)
    if visit.write_off:
        yield say("write-off", visit.write_off, fee=fee, allowed=allowed)


def _step(
    visit: Visit,
    name: str,
    inputs: Mapping[str, str],
    value: str,
    settled: Settled,
    sources: Mapping[str, tuple[str, ...]],
) -> Step:
    rests_on = _RESTS_ON.get(name, ())
    is_assumed = any(key in settled.assumed for key in rests_on)
    rule = f"cost.{name}"
    return Step(
        id=f"visit-{visit.number}.{name}",
        visit=visit.number,
        rule=rule,
        inputs=inputs,
        value=value,
        basis="assumed" if is_assumed else "rule",
        sources=sources.get(rule, ()),
    )
