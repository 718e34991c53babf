"""What the patient and the plan each pay, visit by visit.

Everything here is known: the engine has already settled what to assume. Money is USD as
Decimal in whole cents; only coinsurance is ever rounded, half up, once a visit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from estimator.dates import plan_year_of
from estimator.model import COST_SHARING, Scenario, Total, Visit
from estimator.money import ZERO, cents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The plan's terms for a course; a limit of None does not apply.

    Attributes:
        pays: False when nothing is covered: the patient pays each fee and nothing accrues.
        in_network: True writes off what is above the allowed amount; False leaves it to the
            patient as a balance bill, which counts toward nothing.
        coinsurance: The patient's part, a fraction from 0 to 1.
        full_allowed: Coinsurance is taken before the copay is subtracted.
        aggregate: The family deductible alone decides; the person's own is ignored.
        deductible_visits_count: A visit paid wholly under the deductible uses up the limit.
    """

    pays: bool
    in_network: bool
    cost_sharing: str
    full_allowed: bool
    deductible: Decimal
    copay: Decimal
    coinsurance: Decimal
    oop_max: Decimal | None
    family_deductible: Decimal | None
    family_oop_max: Decimal | None
    aggregate: bool
    visit_cap: Decimal | None
    plan_pays_max: Decimal | None
    visit_limit: int | None
    deductible_visits_count: bool
    plan_year_starts: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What has been used of each yearly amount so far. All start again with the plan year."""

    deductible: Decimal = ZERO
    oop: Decimal = ZERO
    family_deductible: Decimal = ZERO
    family_oop: Decimal = ZERO
    visits: int = 0
    plan_paid: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Sharing:
    """A visit's covered cost-sharing, each part in USD."""

    deductible: Decimal = ZERO
    copay: Decimal = ZERO
    coinsurance: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What the patient pays of the covered amount."""
        return self.deductible + self.copay + self.coinsurance


def split_base(base: Decimal, terms: Terms, deductible_left: Decimal) -> Sharing:
    """Split a visit's covered amount by the plan's order of cost-sharing.

    Each part is taken from what the parts before it left over, so that together they never
    exceed the covered amount. Coinsurance comes last in every order; on the full allowed
    amount it is reckoned as if the copay had not been taken, after the deductible.

    Args:
        base: USD the plan recognizes for the visit, >= 0.
        terms: The order and its numbers.
        deductible_left: USD of deductible not yet met, >= 0.

    Sources: hcgov-coinsurance, opic-procedure-cost, hcgov-copayment
    """
    rest, deductible, copay, coinsurance = base, ZERO, ZERO, ZERO
    for part in COST_SHARING[terms.cost_sharing]:
        if part == "deductible":
            deductible = min(deductible_left, rest)
            rest -= deductible
        elif part == "copay":
            copay = min(terms.copay, rest)
            rest -= copay
        else:
            reckoned = rest + copay if terms.full_allowed else rest
            coinsurance = min(cents(terms.coinsurance * reckoned), rest)
    return Sharing(deductible, copay, coinsurance)


def cap_at(sharing: Sharing, oop_left: Decimal | None) -> Sharing:
    """Trim cost-sharing to what the out-of-pocket limit leaves: coinsurance, copay, deductible.

    Args:
        sharing: The visit's parts before the limit.
        oop_left: USD until the limit, >= 0; None when no limit applies.

    Sources: hcgov-total-costs
    """
    if oop_left is None or sharing.total <= oop_left:
        return sharing
    over = sharing.total - oop_left
    coinsurance = max(sharing.coinsurance - over, ZERO)
    over -= sharing.coinsurance - coinsurance
    copay = max(sharing.copay - over, ZERO)
    over -= sharing.copay - copay
    return Sharing(sharing.deductible - over, copay, coinsurance)


def deductible_left(terms: Terms, used: Counters) -> Decimal:
    """USD of deductible still to pay before the plan shares the cost.

    Embedded: the person is through as soon as their own or the family's is met. Aggregate:
    only the family's counts; where it isn't known, the person's own stands in for it.
    """
    own = max(terms.deductible - used.deductible, ZERO)
    if terms.family_deductible is None:
        return own
    family = max(terms.family_deductible - used.family_deductible, ZERO)
    return family if terms.aggregate else min(own, family)


def oop_left(terms: Terms, used: Counters) -> Decimal | None:
    """USD until the out-of-pocket limit: the smaller of the person's and the family's."""
    left = [
        max(limit - spent, ZERO)
        for limit, spent in ((terms.oop_max, used.oop), (terms.family_oop_max, used.family_oop))
        if limit is not None
    ]
    return min(left) if left else None


def _is_past_limits(terms: Terms, used: Counters) -> bool:
    """Whether the year's visits or the plan's money are used up before this visit."""
    visits_gone = terms.visit_limit is not None and used.visits >= terms.visit_limit
    money_gone = terms.plan_pays_max is not None and used.plan_paid >= terms.plan_pays_max
    return visits_gone or money_gone


def split_visit(
    number: int, on: date, fee: Decimal, allowed: Decimal, terms: Terms, used: Counters
) -> tuple[Visit, Counters]:
    """Split one visit between patient, plan and write-off, and move the counters on.

    The plan's amount is the lower of fee and allowed amount, lowered again by a per-visit
    cap; the order of cost-sharing splits it; the out-of-pocket limit trims the patient's
    part; the annual maximum stops the plan's. Past a limit, and for care that isn't covered,
    the patient pays the fee and nothing accrues.

    Args:
        number: The visit's place in the course, from 1.
        on: Its date.
        fee: USD the clinic charges, >= 0.
        allowed: USD the plan allows, >= 0.
        terms: The plan's terms.
        used: The year's counters before the visit; never changed here.

    Returns:
        The visit, with ``patient + plan + write_off == fee``, and the counters after it.

    Sources: hcgov-total-costs, uniform-glossary, hcgov-balance-billing
    """
    recognized = min(fee, allowed)
    if not terms.pays or _is_past_limits(terms, used):
        return _visit(number, on, fee, recognized, Sharing(), used, not_covered=fee), used
    base = recognized if terms.visit_cap is None else min(recognized, terms.visit_cap)
    sharing = split_base(base, terms, deductible_left(terms, used))
    sharing = cap_at(sharing, oop_left(terms, used))
    plan = base - sharing.total
    if terms.plan_pays_max is not None:
        plan = min(plan, terms.plan_pays_max - used.plan_paid)
    under_deductible = base > 0 and sharing.deductible == base
    counts = terms.deductible_visits_count or not under_deductible
    after = Counters(
        deductible=used.deductible + sharing.deductible,
        oop=used.oop + sharing.total,
        family_deductible=used.family_deductible + sharing.deductible,
        family_oop=used.family_oop + sharing.total,
        visits=used.visits + counts,
        plan_paid=used.plan_paid + plan,
    )
    above = fee - recognized
    visit = _visit(
        number,
        on,
        fee,
        recognized,
        sharing,
        after,
        plan=plan,
        not_covered=recognized - sharing.total - plan,
        write_off=above if terms.in_network else ZERO,
        balance_bill=ZERO if terms.in_network else above,
    )
    return visit, after


def _visit(
    number: int,
    on: date,
    fee: Decimal,
    allowed: Decimal,
    sharing: Sharing,
    after: Counters,
    *,
    plan: Decimal = ZERO,
    not_covered: Decimal = ZERO,
    write_off: Decimal = ZERO,
    balance_bill: Decimal = ZERO,
) -> Visit:
    """Put a visit's parts together; the patient's is their sum."""
    return Visit(
        number=number,
        date=on,
        fee=fee,
        allowed=allowed,
        deductible=sharing.deductible,
        copay=sharing.copay,
        coinsurance=sharing.coinsurance,
        balance_bill=balance_bill,
        not_covered=not_covered,
        write_off=write_off,
        patient=sharing.total + balance_bill + not_covered,
        plan=plan,
        deductible_met_after=after.deductible,
        oop_met_after=after.oop,
        family_deductible_met_after=after.family_deductible,
        family_oop_met_after=after.family_oop,
        visits_used_after=after.visits,
        plan_paid_after=after.plan_paid,
    )


def run_course(
    terms: Terms, used: Counters, bookings: Sequence[tuple[date, Decimal, Decimal]]
) -> Scenario:
    """Split every visit of a course in turn; counters start again with each plan year.

    Args:
        terms: The plan's terms.
        used: The counters as they stand before the first visit, in its plan year.
        bookings: Date, fee and allowed amount of each visit, in order of date.

    Sources: sbc-plan-year
    """
    visits: list[Visit] = []
    uncovered = 0
    year = plan_year_of(bookings[0][0], terms.plan_year_starts)
    for number, (on, fee, allowed) in enumerate(bookings, 1):
        if plan_year_of(on, terms.plan_year_starts) != year:
            year, used = plan_year_of(on, terms.plan_year_starts), Counters()
        uncovered += not terms.pays or _is_past_limits(terms, used)
        visit, used = split_visit(number, on, fee, allowed, terms, used)
        visits.append(visit)
    return Scenario(
        visits=tuple(visits),
        total=add_up(visits, pays_fee_first=not terms.in_network),
        first_paid_visit=next((visit.number for visit in visits if visit.plan > 0), None),
        uncovered_visits=uncovered,
    )


def add_up(visits: Sequence[Visit], *, pays_fee_first: bool) -> Total:
    """Add a course up; out of network the patient pays the fee first and is reimbursed."""
    sums = {
        name: sum((getattr(visit, name) for visit in visits), ZERO)
        for name in (
            "fee",
            "allowed",
            "deductible",
            "copay",
            "coinsurance",
            "balance_bill",
            "not_covered",
            "write_off",
            "patient",
            "plan",
        )
    }
    return Total(
        **sums,
        pay_at_visit=sums["fee"] if pays_fee_first else sums["patient"],
        reimbursed=sums["plan"] if pays_fee_first else ZERO,
    )


def without_plan(terms: Terms) -> Terms:
    """The same terms with nothing covered."""
    return replace(terms, pays=False)
