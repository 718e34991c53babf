"""The one pure function: a case, the rules and a day in; an estimate out.

No clock, no files, no globals. The holes of the case are filled at their likely values,
then each alone at each of its ends, then all at the ends that lowered (raised) the total:
the least and the greatest of these runs are the range.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from estimator.caveats import caveats
from estimator.compare import alternatives
from estimator.cost import patient_total, run_course
from estimator.coverage import decide_coverage, with_renewals
from estimator.dates import in_force
from estimator.explain import assumption_steps, visit_steps
from estimator.model import (
    COST_SHARING,
    KEYS,
    Absent,
    Estimate,
    Question,
    Range,
)
from estimator.money import ZERO
from estimator.record import Record
from estimator.settle import HIGH, LIMITS, LOW, SECOND_FOR, settle
from estimator.tax import tax_saving

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from decimal import Decimal

    from estimator.coverage import Decision
    from estimator.model import Case, PlanLine, Rules, Scenario
    from estimator.settle import Settled

_VOCABULARY = {key.name: place for place, key in enumerate(KEYS)}


class Gap(Record):
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


def needs(case: Case) -> frozenset[str]:
    """Which parts of the data a case may use, beside plan lines, states and assumptions.

    Reading all of it would keep a person on a phone waiting: the rest may be left empty.

    Returns:
        Of ``codes``, ``years`` and ``standing``, those that `estimate` could look into.
    """
    found = set()
    if case.codes or case.price_per == "unit":
        found.add("codes")
    has_account = case.account not in (None, "none")
    if has_account or case.plan in ("commercial-hdhp", "medicare-original"):
        found.add("years")
    if has_account or case.plan == "self-pay":
        found.add("standing")
    return frozenset(found)


def estimate(case: Case, rules: Rules, as_of: date) -> Estimate:
    """Estimate whether a course of massage is covered and what the patient pays.

    Args:
        case: What the person has told us; every answer may be missing.
        rules: The data; of its parts that `needs` names, at least those.
        as_of: The day on which figures must be in force; also the first visit's day where
            none is given.

    Returns:
        The estimate. ``range.low <= range.likely <= range.high``; all three equal
        `if_denied` when nothing is covered.

    Raises:
        NoValueError: an unknown number has no figure in force on `as_of`.
    """
    plan = rules.plans.get(case.plan or "")
    decision = decide_coverage(case, plan, rules)

    def run(picks: Mapping[str, str]) -> tuple[Settled, Scenario]:
        settled = settle(case, rules, plan, as_of, pays=decision.pays, picks=picks)
        return settled, run_course(settled.terms, settled.counters, settled.bookings)

    def price(other: Case) -> tuple[Decision, Scenario]:
        decided = decide_coverage(other, plan, rules)
        there = settle(other, rules, plan, as_of, pays=decided.pays, picks={})
        return decided, run_course(there.terms, there.counters, there.bookings)

    def total(picks: Mapping[str, str]) -> Decimal:
        tried = settle(case, rules, plan, as_of, pays=decision.pays, picks=picks)
        return patient_total(tried.terms, tried.counters, tried.bookings)

    settled, likely = run({})
    decision = with_renewals(decision, case, plan, rules, [on for on, _, _ in settled.bookings])
    refused = decision.verdict == "not-covered"
    open_gaps = [] if refused else gaps(case, plan, settled, decision)
    tried = {gap.key: [(end, total({gap.key: end})) for end in gap.ends] for gap in open_gaps}
    lowest, highest = _extremes(open_gaps, tried, likely.total.patient, total)
    low = run(lowest)[1] if lowest else likely
    high = run(highest)[1] if highest else likely
    if_denied = likely.total.fee + sum((fee for _, fee, _ in settled.left_out), ZERO)
    payroll = in_force(rules.standing.get("payroll_tax", ()), settled.bookings[0][0])
    saving = tax_saving(case, likely.total.patient, payroll.value if payroll else None)
    return Estimate(
        verdict=decision.verdict,
        reasons=decision.reasons,
        conditions=decision.conditions,
        range=Range(low.total.patient, likely.total.patient, high.total.patient),
        if_denied=if_denied,
        scenarios={"low": low, "likely": likely, "high": high},
        tax_saving=saving,
        steps=(
            *decision.steps,
            *assumption_steps(settled),
            *visit_steps(settled, likely, rules.rule_sources),
        ),
        gaps=tuple(gap.key for gap in open_gaps if gap.is_asked),
        questions=_questions(open_gaps, tried, likely, decision, if_denied),
        alternatives=alternatives(case, plan, rules, decision, likely, saving=saving, price=price),
        warnings=tuple(caveats(case, rules, plan, settled, decision, as_of)),
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
    if decision.reasons[0] == "coverage.benefit-unknown":
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
        others = tuple(value for value in of_plan.plausible if value != of_plan.likely)
        if getattr(case, key) is None and others:
            found.append(Gap(key, others))
    orders = (case.cost_sharing,) if case.cost_sharing else plan.cost_sharing.plausible
    for key in ("deductible", "copay", "coinsurance"):
        used = any(key in COST_SHARING[order] for order in orders)
        if used and getattr(case, key) is None and not settled.terms.deductibles:
            found.append(Gap(key, (LOW, HIGH)))
    for key, counter in (("deductible", "deductible_met"), *LIMITS.items()):
        found += _limit_gaps(case, plan, key, counter, settled)
    found += _line_gaps(case, plan, settled)
    # What the line itself sets is no question.
    return [gap for gap in found if gap.key not in settled.ruled or gap.key == "deductible"]


def _line_gaps(case: Case, plan: PlanLine, settled: Settled) -> list[Gap]:
    """Unanswered keys that only some plan lines know."""
    found = []
    if plan.id in SECOND_FOR:
        if case.secondary is None:
            found.append(Gap("secondary", ("medicaid", "medigap")))
        elif case.secondary == "medigap":
            found.append(Gap("secondary", ("medigap-all", "none"), is_asked=False))
        elif case.secondary == "other":
            found.append(Gap("secondary", ("medigap-all",), is_asked=False))
    if "medpay_max" in settled.assumed:
        found.append(Gap("medpay_max", (LOW, HIGH)))
    if "plan_paid" in settled.assumed:
        # Auto injury coverage is shared with every other bill from the crash.
        found.append(Gap("plan_paid", (HIGH,)))
    if settled.left_out:
        found.append(Gap("deductible", ()))
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
    tried: Mapping[str, list[tuple[str, Decimal]]],
    likely: Decimal,
    total: Callable[[Mapping[str, str]], Decimal],
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What to pick in the runs in which the patient pays least and most."""
    runs: list[tuple[Decimal, dict[str, str]]] = [(likely, {})]
    lowering: dict[str, str] = {}
    raising: dict[str, str] = {}
    for gap in open_gaps:
        if not gap.applied or not tried[gap.key]:
            continue
        ends = sorted(tried[gap.key], key=lambda item: item[1])
        runs += [(amount, {gap.key: end}) for end, amount in ends]
        if ends[0][1] < likely:
            lowering[gap.key] = ends[0][0]
        if ends[-1][1] > likely:
            raising[gap.key] = ends[-1][0]
    runs += [(total(picks), picks) for picks in (lowering, raising) if len(picks) > 1]
    amount = itemgetter(0)
    return min(runs, key=amount)[1], max(runs, key=amount)[1]


def _questions(
    open_gaps: list[Gap],
    tried: Mapping[str, list[tuple[str, Decimal]]],
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
        totals = [likely.total.patient, *(amount for _, amount in tried[gap.key])]
        if gap.key in hanging:
            totals.append(if_denied)
        found.append(Question(gap.key, max(totals) - min(totals)))
    return tuple(sorted(found, key=lambda item: (-item.swing, _VOCABULARY[item.key])))
