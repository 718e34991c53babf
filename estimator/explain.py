"""The explanation: each dollar of the likely course traced to a step, each step to its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.cost import walk
from estimator.model import Step
from estimator.money import ZERO, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal

    from estimator.cost import Shares, Terms
    from estimator.model import Basis, Scenario, Visit
    from estimator.settle import Assumed, Settled

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
# The steps that add up to what the patient pays; what a limit or other coverage takes over
# stands below zero.
PATIENT_STEPS = (
    "deductible",
    "copay",
    "coinsurance",
    "oop-limit",
    "second-coverage",
    "balance-bill",
    "above-plan-limit",
    "not-covered",
    "medpay",
)
_PATIENT_PARTS = ("deductible", "copay", "coinsurance", "balance_bill", "not_covered")


def assumption_steps(settled: Settled) -> tuple[Step, ...]:
    """One step for each key nobody answered: what it was taken to be, or what sets it."""
    kinds: tuple[tuple[str, Basis, Mapping[str, Assumed]], ...] = (
        ("assumed", "assumed", settled.assumed),
        ("ruled", "rule", settled.ruled),
    )
    return tuple(
        Step(
            id=f"{group}.{key}",
            visit=None,
            rule=f"{group}.{key}",
            inputs={"value": item.value},
            value=item.value,
            basis=basis,
            sources=item.sources,
        )
        for group, basis, held in kinds
        for key, item in held.items()
    )


def visit_steps(
    settled: Settled, scenario: Scenario, sources: Mapping[str, tuple[str, ...]]
) -> tuple[Step, ...]:
    """The steps of every visit, in the order the money is split.

    The steps of a visit named in `PATIENT_STEPS` add up to its patient step; the patient steps
    add up to ``total.patient``.
    """
    steps: list[Step] = []
    walked = walk(settled.terms, settled.counters, settled.bookings)
    for visit, (shares, _, began) in zip(scenario.visits, walked, strict=True):

        def say(name: str, value: Decimal, *, of: Visit = visit, **inputs: Decimal) -> Step:
            told = {key: f"{item:f}" for key, item in inputs.items()}
            return _step(of, name, told, as_text(value), settled, sources)

        if began is not None:
            day = began.isoformat()
            steps.append(_step(visit, "plan-year", {"date": day}, day, settled, sources))
        steps += _of_visit(shares, settled.terms, say)
        parts = {name: getattr(visit, name) for name in _PATIENT_PARTS if getattr(visit, name)}
        steps.append(say("patient", visit.patient, plan=visit.plan, **parts))
    total = scenario.total
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
            basis="assumed" if settled.assumed else "rule",
            sources=sources.get("total.patient", ()),
        )
    )
    return tuple(steps)


type Say = Callable[..., Step]


def _of_visit(shares: Shares, terms: Terms, say: Say) -> Iterator[Step]:
    """A visit's steps; parts that are zero say nothing and are left out."""
    if not shares.counted:
        yield say("not-covered", shares.fee, fee=shares.fee)
    else:
        yield from _shared(shares, terms, say)
    if shares.medpay:
        yield say("medpay", -shares.medpay, filled=shares.medpay)


def _shared(shares: Shares, terms: Terms, say: Say) -> Iterator[Step]:
    """The steps of a visit that the plan counts: before the limit, what it saves, what is left."""
    fee, allowed, base, before = shares.fee, shares.recognized, shares.base, shares.before
    spared = before.total - shares.capped.total
    yield say("allowed", allowed, fee=fee)
    if base < allowed:
        yield say("visit-cap", base, allowed=allowed)
    if before.deductible:
        yield say("deductible", before.deductible, left=shares.deductible_left, base=base)
    if before.copay:
        yield say("copay", before.copay, copay=terms.copay)
    if before.coinsurance:
        reckoned = base - before.deductible - (0 if terms.full_allowed else before.copay)
        yield say("coinsurance", before.coinsurance, rate=terms.coinsurance, base=reckoned)
    if spared:
        yield say("oop-limit", -spared, spared=spared, left=shares.oop_left or ZERO)
    if shares.second:
        yield say("second-coverage", -shares.second, taken=shares.second)
    if shares.balance:
        yield say("balance-bill", shares.balance, fee=fee, allowed=allowed)
    if shares.above_maximum:
        yield say("above-plan-limit", shares.above_maximum)
    if shares.write_off:
        yield say("write-off", shares.write_off, fee=fee, allowed=allowed)


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
