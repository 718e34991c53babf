"""What to do next, in order, with the dates that follow from the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.deadlines import last_day
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
APPROVAL = "decision-before-care"


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
        yield _approval(case, deadlines)
    if first is not None:
        yield NextStep(id="first-visit", day=first)
    if estimate.scenarios["likely"].total.reimbursed:
        yield NextStep(id="superbill")
    decision = deadlines.get(DECISION)
    if decision is not None and case.plan in decision.plans:
        day = last_day(decision, visits[-1].date) if has_dates else None
        yield NextStep(id="ask-again", day=day, inputs={"days": str(decision.days)})
    yield from _appeal(case, deadlines)


def _was_refused(case: Case) -> bool:
    """Whether somebody has said no, rather than a rule that holds for everybody."""
    return "denied" in (case.prior_auth, case.claim)


def _approval(case: Case, deadlines: Mapping[str, Deadline]) -> NextStep:
    """The request for approval, with how long this plan line has to decide on it."""
    decision = deadlines.get(APPROVAL)
    if decision is None or case.plan not in decision.plans:
        return NextStep(id="approval")
    return NextStep(id="approval-within", inputs={"days": str(decision.days)})


def _length(deadline: Deadline) -> dict[str, str]:
    """How long, as a sentence's blanks."""
    unit = next(name for name in _LENGTHS if getattr(deadline, name) is not None)
    count = getattr(deadline, unit)
    return {"length": f"{count}", "unit": unit if count > 1 else unit.removesuffix("s")}


def _appeal(case: Case, deadlines: Mapping[str, Deadline]) -> Iterator[NextStep]:
    """How long there is to appeal, where we hold this plan line's own deadline."""
    for item in deadlines.values():
        is_own = item.who == "you" and item.counts_from == "denial-notice"
        if is_own and case.plan in item.plans:
            yield NextStep(id="appeal", inputs=_length(item))
            return
    yield NextStep(id="appeal-ask")
