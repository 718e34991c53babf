"""What to do next, in order, with the dates that follow from the answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from estimator.record import EMPTY, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from estimator.guide import Deadline
    from estimator.model import Case, Estimate

# A condition that is still open, and the step that settles it.
_SETTLED_BY = {"referral": "referral", "prescription": "order", "claim": "claim"}
_LENGTHS = ("days", "months", "years")
DECISION = "decision-after-care"


class NextStep(Record, kw_only=True):
    """One thing to do; `day` is None where no date follows from the answers."""

    id: str
    day: date | None = None
    inputs: Mapping[str, str] = EMPTY


def next_steps(
    case: Case, estimate: Estimate, deadlines: Mapping[str, Deadline]
) -> tuple[NextStep, ...]:
    """What to do next, in order.

    Args:
        case: The person's answers.
        estimate: Their estimate.
        deadlines: From ``data/deadlines.yaml``.

    Returns:
        Steps with a date only where the person has said when the visits are: a date worked
        out from an assumed first visit would be taken for a real one.
    """
    if case.plan in (None, "self-pay") or case.purpose == "relaxation":
        return ()
    return tuple(_steps(case, estimate, deadlines))


def _steps(case: Case, estimate: Estimate, deadlines: Mapping[str, Deadline]) -> Iterator[NextStep]:
    visits = estimate.scenarios["likely"].visits
    has_dates = case.start is not None or isinstance(case.visits, tuple)
    first = visits[0].date if has_dates else None
    open_keys = [item.key for item in estimate.conditions]
    if estimate.verdict == "not-covered":
        if _was_refused(case):
            yield from _appeal(case, deadlines)
        return
    if estimate.questions:
        yield NextStep(id="call")
    for key, name in _SETTLED_BY.items():
        if key in open_keys:
            yield NextStep(id=name)
    if "prior_auth" in open_keys:
        yield NextStep(id="approval")
    if first is not None:
        yield NextStep(id="first-visit", day=first)
    if estimate.scenarios["likely"].total.reimbursed:
        yield NextStep(id="superbill")
    decision = deadlines.get(DECISION)
    if decision is not None and case.plan in decision.plans and decision.days is not None:
        day = visits[-1].date + timedelta(days=decision.days) if has_dates else None
        yield NextStep(id="ask-again", day=day, inputs={"days": str(decision.days)})
    yield from _appeal(case, deadlines)


def _was_refused(case: Case) -> bool:
    """Whether somebody has said no, rather than a rule that holds for everybody."""
    return "denied" in (case.prior_auth, case.claim)


def _appeal(case: Case, deadlines: Mapping[str, Deadline]) -> Iterator[NextStep]:
    """How long there is to appeal, where we hold this plan line's own deadline."""
    for item in deadlines.values():
        is_own = item.who == "you" and item.counts_from == "denial-notice"
        if is_own and case.plan in item.plans:
            for unit in _LENGTHS:
                if (length := getattr(item, unit)) is not None:
                    yield NextStep(id="appeal", inputs={"length": f"{length}", "unit": unit})
            return
    yield NextStep(id="appeal-ask")
