"""Which of the form's questions can change this person's result, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.coverage import STATE_REGULATED
from estimator.model import COST_SHARING, KEYS, Absent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from estimator.model import Case, Estimate, Rules

# Asked of everybody: what it is about, and what the clinic alone knows.
_ALWAYS = ("purpose", "provider", "plan", "visits", "fee", "account")
# When the visits are matters once a plan pays: counters start again with the plan year.
_DATES = ("start", "per_week", "plan_year_start")
_BY_CLAIM = ("auto-pip", "auto-medpay", "workers-comp")
_BOTH_SHARES = {"copay", "coinsurance"}


def relevant(case: Case, estimate: Estimate, rules: Rules) -> Mapping[str, Decimal | None]:
    """The questions that can change the result, each with the dollars its answer could move.

    Args:
        case: The person's answers.
        estimate: Their estimate.
        rules: The data, with their plan line and state.

    Returns:
        By case key, in the order of the vocabulary: USD, or None where the answer changes
        the verdict or a part of the reasoning and no sum is known. A question that has been
        answered stays, so that it can be changed.
    """
    swings = {question.key: question.swing or None for question in estimate.questions}
    shown = {*_ALWAYS, *estimate.gaps, *swings, *(item.key for item in estimate.conditions)}
    shown |= {key.name for key in KEYS if getattr(case, key.name) is not None}
    shown |= set(_by_other_answers(case, rules))
    if estimate.verdict != "not-covered" and case.plan not in (None, "self-pay"):
        shown |= set(_DATES)
    return {key.name: swings.get(key.name) for key in KEYS if key.name in shown}


def _by_other_answers(case: Case, rules: Rules) -> Iterator[str]:
    """Questions that another answer brings up."""
    if case.plan in (*_BY_CLAIM, *STATE_REGULATED):
        yield "state"
    if case.plan in STATE_REGULATED and case.state in rules.states:
        yield "funding"
    if case.plan in _BY_CLAIM:
        yield "claim"
    state = rules.states.get(case.state or "")
    if case.plan == "workers-comp" and state and state.workers_comp_copay_after_mmi:
        yield "after_mmi"
    if set(COST_SHARING.get(case.cost_sharing or "", ())) >= _BOTH_SHARES:
        yield "coinsurance_base"
    if case.visit_limit is not None and not isinstance(case.visit_limit, Absent):
        yield "deductible_visits_count"
    if case.family_deductible is not None and not isinstance(case.family_deductible, Absent):
        yield "deductible_type"
    if case.account not in (None, "none"):
        yield from ("federal_rate", "state_rate", "lmn")
