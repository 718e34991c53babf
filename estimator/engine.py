"""The one pure function: a case, the rules and a day in; an estimate out.

No clock, no files, no globals. The holes of the case are filled at their likely values,
then each alone at each of its ends, then all at the ends that lowered (raised) the total:
the least and the greatest of these runs are the range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimator.cost import run_course
from estimator.coverage import decide_coverage
from estimator.dates import plan_year_of
from estimator.explain import assumption_steps, visit_steps
from estimator.model import (
    COST_SHARING,
    KEYS,
    Absent,
    Caveat,
    Estimate,
    Question,
    Range,
)
from estimator.settle import HIGH, LIMITS, LOW, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from decimal import Decimal

    from estimator.coverage import Decision
    from estimator.model import Case, PlanLine, Rules, Scenario
    from estimator.settle import Settled

_VOCABULARY = {key.name: place for place, key in enumerate(KEYS)}
# A fact that nobody has looked at for longer than this is named beside the result.
REVIEW_DAYS = 365


@dataclass(frozen=True, slots=True)
class Gap:
    """An open key and the ends it is tried at.

    Attributes:
        ends: What to pick for it in place of its likely value; empty where no figure bounds it.
        applied: Whether its ends belong in the range (a limit's don't: it is never applied
            unasked, only asked about).
        is_asked: False where the person has answered with a low and a high.
    """

    key: str
    ends: tuple[str, ...]
    applied: bool = True
    is_asked: bool = True


def estimate(case: Case, rules: Rules, as_of: date) -> Estimate:
    """Estimate whether a course of massage is covered and what the patient pays.

    Args:
        case: What the person has told us; every answer may be missing.
        rules: The data.
        as_of: The day on which figures must be in force; also the first visit's day where
            none is given.

    Returns:
        The estimate. ``range.low <= range.likely <= range.high``; all three equal
        `if_denied` when nothing is covered.

    Raises:
        NoValueError: an unknown number has no figure in force on `as_of`.
    """
    plan = rules.plans.get(case.plan or "")
    decision = decide_coverage(case, plan, rules.rule_sources)

    def run(picks: Mapping[str, str]) -> tuple[Settled, Scenario]:
        settled = settle(case, rules, plan, as_of, pays=decision.pays, picks=picks)
        return settled, run_course(settled.terms, settled.counters, settled.bookings)

    settled, likely = run({})
    refused = decision.verdict == "not-covered"
    open_gaps = [] if refused else gaps(case, plan, settled, decision)
    tried = {gap.key: [(end, run({gap.key: end})[1]) for end in gap.ends] for gap in open_gaps}
    low, high = _extremes(open_gaps, tried, likely, run)
    if_denied = likely.total.fee
    return Estimate(
        verdict=decision.verdict,
        reasons=decision.reasons,
        conditions=decision.conditions,
        range=Range(low.total.patient, likely.total.patient, high.total.patient),
        if_denied=if_denied,
        scenarios={"low": low, "likely": likely, "high": high},
        tax_saving=None,
        steps=(
            *decision.steps,
            *assumption_steps(settled),
            *visit_steps(settled, likely, rules.rule_sources),
        ),
        gaps=tuple(gap.key for gap in open_gaps if gap.is_asked),
        questions=_questions(open_gaps, tried, likely, decision, if_denied),
        alternatives=(),
        warnings=_caveats(case, rules, plan, settled, decision, as_of),
        as_of=as_of,
        data_version=rules.version,
    )


def gaps(case: Case, plan: PlanLine | None, settled: Settled, decision: Decision) -> list[Gap]:
    """The unanswered keys that matter here, in the order of the vocabulary.

    A key matters when its answer could change the verdict, or a number that one of the
    plausible orders of cost-sharing uses.
    """
    found = [Gap(key, ()) for key in _coverage_gaps(case, decision)]
    found += [
        Gap(key, (LOW, HIGH)) for key in ("fee", "visits", "minutes") if key in settled.assumed
    ]
    if decision.pays and plan is not None:
        found += _plan_gaps(case, plan, settled)
    seen: dict[str, Gap] = {}
    for gap in found:
        if gap.key not in seen or gap.ends:
            seen[gap.key] = gap
    return sorted(seen.values(), key=lambda gap: _VOCABULARY[gap.key])


def _coverage_gaps(case: Case, decision: Decision) -> list[str]:
    """Unanswered keys that the verdict hangs on."""
    keys = [item.key for item in decision.conditions if getattr(case, item.key) is None]
    if case.benefit is None and decision.pays:
        keys.append("benefit")
    if not decision.pays:
        keys += [key for key in ("purpose", "provider", "plan") if getattr(case, key) is None]
    return keys


def _plan_gaps(case: Case, plan: PlanLine, settled: Settled) -> list[Gap]:
    """Unanswered keys of the plan's numbers."""
    found = []
    if "allowed" in settled.assumed:
        found.append(Gap("allowed", (LOW, HIGH)))
    if case.allowed_low is not None:
        found.append(Gap("allowed", (LOW, HIGH), is_asked=False))
    for key, of_plan in (("network", plan.network), ("cost_sharing", plan.cost_sharing)):
        if getattr(case, key) is None:
            others = tuple(value for value in of_plan.plausible if value != of_plan.likely)
            found.append(Gap(key, others))
    orders = (case.cost_sharing,) if case.cost_sharing else plan.cost_sharing.plausible
    for key in ("deductible", "copay", "coinsurance"):
        used = any(key in COST_SHARING[order] for order in orders)
        if used and getattr(case, key) is None:
            found.append(Gap(key, (LOW, HIGH)))
    for key, counter in (("deductible", "deductible_met"), *LIMITS.items()):
        found += _limit_gaps(case, plan, key, counter, settled)
    return found


def _limit_gaps(
    case: Case, plan: PlanLine, key: str, counter: str | None, settled: Settled
) -> list[Gap]:
    """A limit nobody has told us, and the counter that runs against one we know."""
    found = []
    if key in LIMITS and key in settled.assumed:
        ends = (LOW, HIGH) if key in plan.plausible_limits else ()
        found.append(Gap(key, ends, applied=False))
    limit = getattr(case, key)
    is_bounded = limit is not None and not isinstance(limit, Absent) and limit > 0
    is_known = is_bounded or key == "deductible"
    if counter is not None and counter in settled.assumed and is_known and limit != 0:
        found.append(Gap(counter, (HIGH,)))
    return found


def _extremes(
    open_gaps: list[Gap],
    tried: Mapping[str, list[tuple[str, Scenario]]],
    likely: Scenario,
    run: Callable[[Mapping[str, str]], tuple[Settled, Scenario]],
) -> tuple[Scenario, Scenario]:
    """The runs in which the patient pays least and most."""
    runs = [likely]
    lowering: dict[str, str] = {}
    raising: dict[str, str] = {}
    middle = likely.total.patient
    for gap in open_gaps:
        if not gap.applied or not tried[gap.key]:
            continue
        runs += [scenario for _, scenario in tried[gap.key]]
        ends = sorted(tried[gap.key], key=_patient)
        if _patient(ends[0]) < middle:
            lowering[gap.key] = ends[0][0]
        if _patient(ends[-1]) > middle:
            raising[gap.key] = ends[-1][0]
    for picks in (lowering, raising):
        if len(picks) > 1:
            runs.append(run(picks)[1])
    runs.sort(key=lambda scenario: scenario.total.patient)
    return runs[0], runs[-1]


def _patient(tried: tuple[str, Scenario]) -> Decimal:
    return tried[1].total.patient


def _questions(
    open_gaps: list[Gap],
    tried: Mapping[str, list[tuple[str, Scenario]]],
    likely: Scenario,
    decision: Decision,
    if_denied: Decimal,
) -> tuple[Question, ...]:
    """Each gap with the spread of the patient's total that its answer could bring, largest first.

    An answer the verdict hangs on can turn the likely total into the whole price.
    """
    hanging = {item.key for item in decision.conditions} | {"benefit"}
    found = []
    for gap in open_gaps:
        if not gap.is_asked:
            continue
        totals = [likely.total.patient, *(_patient(item) for item in tried[gap.key])]
        if gap.key in hanging:
            totals.append(if_denied)
        found.append(Question(gap.key, max(totals) - min(totals)))
    return tuple(sorted(found, key=lambda item: (-item.swing, _VOCABULARY[item.key])))


def _caveats(
    case: Case,
    rules: Rules,
    plan: PlanLine | None,
    settled: Settled,
    decision: Decision,
    as_of: date,
) -> tuple[Caveat, ...]:
    """What the person should know beside the result."""
    found = []
    terms, first = settled.terms, settled.bookings[0][0]
    if terms.pays and (terms.oop_max is not None or terms.family_oop_max is not None):
        found.append(Caveat("oop-may-not-count", "oop_max"))
    if terms.pays and terms.aggregate and terms.family_deductible is None:
        found.append(Caveat("family-deductible-missing", "family_deductible"))
    has_counters = any(
        getattr(settled.counters, name) for name in ("deductible", "oop", "visits", "plan_paid")
    )
    year = plan_year_of(first, terms.plan_year_starts)
    if terms.pays and has_counters and year > plan_year_of(as_of, terms.plan_year_starts):
        found.append(Caveat("counters-start-again", "start", {"date": year.isoformat()}))
    if terms.pays and any(allowed > fee for _, fee, allowed in settled.bookings):
        found.append(Caveat("allowed-above-fee", "allowed"))
    if terms.pays and terms.in_network:
        found.append(Caveat("in-network-denial", "if_denied"))
    if terms.pays and not terms.in_network:
        found.append(Caveat("out-of-network-numbers", "network"))
    files = ["assumptions"] + ([f"plans/{plan.id}"] if plan else [])
    for name in files:
        reviewed = rules.reviewed.get(name)
        if reviewed is not None and (as_of - reviewed).days > REVIEW_DAYS:
            told = {"file": name, "date": reviewed.isoformat()}
            found.append(Caveat(f"stale-{name}", "as_of", told))
    if decision.verdict == "not-covered" and case.network == "in":
        found.append(Caveat("contract-price", "fee"))
    return tuple(found)
