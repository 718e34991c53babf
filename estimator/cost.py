"""What the patient and the plan each pay, visit by visit.

Everything here is known: the engine has already settled what to assume. Money is USD as
Decimal in whole cents; only coinsurance is ever rounded, half up, once a visit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.dates import plan_year_of
from estimator.model import COST_SHARING, Scenario, Total, Visit
from estimator.money import ZERO, cents
from estimator.record import EMPTY, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal


class Terms(Record, kw_only=True):
    """The plan's terms for a course; a limit of None does not apply.

    Attributes:
        pays: False when nothing is covered: the patient pays each fee and nothing accrues.
        pays_fee_first: The patient pays the clinic and is reimbursed later.
        balance_rate: The most the clinic may bill above the allowed amount, as a fraction of
            it; the rest is written off. 0 in network, None for any amount.
        coinsurance: The patient's part, a fraction from 0 to 1.
        full_allowed: Coinsurance is taken before the copay is subtracted.
        deductibles: The deductible of plan years (by the year they start in) that have one of
            their own; `deductible` holds for the others.
        aggregate: The family deductible alone decides; the person's own is ignored.
        deductible_visits_count: A visit paid wholly under the deductible uses up the limit.
        second: Which parts a second coverage takes over; they are never the patient's.
        second_writes_off: What it takes over is written off and may not be billed.
        medpay: USD that MedPay still holds to fill what the plan leaves.
        by_crash: Deductible and limits hold for one crash: they never start again.
    """

    pays: bool
    pays_fee_first: bool
    balance_rate: Decimal | None
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
    deductibles: Mapping[int, Decimal] = EMPTY
    second: tuple[str, ...] = ()
    second_writes_off: bool = False
    medpay: Decimal = ZERO
    by_crash: bool = False


class Counters(Record, kw_only=True):
    """What has been used of each yearly amount so far. All but MedPay start again each year."""

    deductible: Decimal = ZERO
    oop: Decimal = ZERO
    family_deductible: Decimal = ZERO
    family_oop: Decimal = ZERO
    visits: int = 0
    plan_paid: Decimal = ZERO
    medpay_paid: Decimal = ZERO


class Sharing(Record):
    """A visit's covered cost-sharing, each part in USD."""

    deductible: Decimal = ZERO
    copay: Decimal = ZERO
    coinsurance: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What the patient pays of the covered amount."""
        return self.deductible + self.copay + self.coinsurance


class Shares(Record, kw_only=True):
    """How one visit splits, stage by stage; all in USD.

    Attributes:
        counted: False past a limit or without coverage: the fee is the patient's.
        base: What the plan counts: the lower of fee and allowed amount, up to the visit cap.
        before: Cost-sharing by the plan's order.
        capped: The same after the out-of-pocket limit.
        plan: What the plan pays; `above_maximum` is what its yearly maximum left unpaid.
        balance: Billed above the allowed amount; `write_off` is what may not be billed.
        second: Taken over by a second coverage.
        medpay: Paid by MedPay.
    """

    counted: bool
    fee: Decimal
    recognized: Decimal
    base: Decimal = ZERO
    deductible_left: Decimal = ZERO
    oop_left: Decimal | None = None
    before: Sharing = Sharing()
    capped: Sharing = Sharing()
    plan: Decimal = ZERO
    above_maximum: Decimal = ZERO
    balance: Decimal = ZERO
    write_off: Decimal = ZERO
    second: Decimal = ZERO
    medpay: Decimal = ZERO

    @property
    def patient(self) -> Decimal:
        """What is left for the patient."""
        if not self.counted:
            return self.fee - self.medpay
        return self.recognized - self.plan - self.second + self.balance - self.medpay


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


def deductible_left(terms: Terms, used: Counters, year: int) -> Decimal:
    """USD of deductible still to pay before the plan shares the cost.

    Embedded: the person is through as soon as their own or the family's is met. Aggregate:
    only the family's counts; where it isn't known, the person's own stands in for it.
    """
    own = max(terms.deductibles.get(year, terms.deductible) - used.deductible, ZERO)
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


def is_past_limits(terms: Terms, used: Counters) -> bool:
    """Whether the year's visits or the plan's money are used up before this visit."""
    visits_gone = terms.visit_limit is not None and used.visits >= terms.visit_limit
    money_gone = terms.plan_pays_max is not None and used.plan_paid >= terms.plan_pays_max
    return visits_gone or money_gone


def share(fee: Decimal, allowed: Decimal, terms: Terms, used: Counters, year: int) -> Shares:
    """Split one visit, stage by stage.

    The plan's amount is the lower of fee and allowed amount, lowered again by a per-visit
    cap; the order of cost-sharing splits it; the out-of-pocket limit trims the patient's
    part; the annual maximum stops the plan's; what may be billed on top is limited; a second
    coverage and MedPay take over what they cover. Past a limit, and for care that isn't
    covered, the fee is the patient's (or MedPay's) and nothing accrues.

    Args:
        fee: USD the clinic charges, >= 0.
        allowed: USD the plan allows, >= 0.
        terms: The plan's terms.
        used: The year's counters before the visit; never changed here.
        year: The year in which the visit's plan year starts.

    Sources: hcgov-total-costs, uniform-glossary, hcgov-balance-billing, medpay, qmb
    """
    recognized = min(fee, allowed)
    medpay_left = max(terms.medpay - used.medpay_paid, ZERO)
    if not terms.pays or is_past_limits(terms, used):
        return Shares(counted=False, fee=fee, recognized=recognized, medpay=min(fee, medpay_left))
    base = recognized if terms.visit_cap is None else min(recognized, terms.visit_cap)
    own_left, limit_left = deductible_left(terms, used, year), oop_left(terms, used)
    before = split_base(base, terms, own_left)
    capped = cap_at(before, limit_left)
    plan = base - capped.total
    if terms.plan_pays_max is not None:
        plan = min(plan, terms.plan_pays_max - used.plan_paid)
    balance = above = fee - recognized
    if terms.balance_rate is not None:
        balance = min(above, cents(terms.balance_rate * recognized))
    second = sum((getattr(capped, part) for part in terms.second), ZERO)
    if terms.second_writes_off:
        balance = ZERO
    left = recognized - plan - second + balance
    return Shares(
        counted=True,
        fee=fee,
        recognized=recognized,
        base=base,
        deductible_left=own_left,
        oop_left=limit_left,
        before=before,
        capped=capped,
        plan=plan,
        above_maximum=recognized - capped.total - plan,
        balance=balance,
        write_off=above - balance,
        second=second,
        medpay=min(left, medpay_left),
    )


def as_visit(number: int, on: date, shares: Shares, terms: Terms, after: Counters) -> Visit:
    """Turn a visit's shares into the visit of a result.

    MedPay fills what isn't covered first, then coinsurance, copay, deductible, balance bill.

    Args:
        number: The visit's place in the course, from 1.
        on: Its date.
        shares: As `share` split it.
        terms: The plan's terms.
        after: The counters after the visit.

    Returns:
        The visit, with ``patient + plan + write_off == fee``.
    """
    parts = {
        "not_covered": shares.above_maximum if shares.counted else shares.fee,
        "coinsurance": shares.capped.coinsurance,
        "copay": shares.capped.copay,
        "deductible": shares.capped.deductible,
        "balance_bill": shares.balance,
    }
    parts |= dict.fromkeys(terms.second if shares.counted else (), ZERO)
    filling = shares.medpay
    for name, amount in parts.items():
        filled = min(filling, amount)
        parts[name] = amount - filled
        filling -= filled
    taken_over = ZERO if terms.second_writes_off else shares.second
    return Visit(
        number=number,
        date=on,
        fee=shares.fee,
        allowed=shares.recognized,
        **parts,
        write_off=shares.write_off + shares.second - taken_over,
        patient=sum(parts.values(), ZERO),
        plan=shares.plan + taken_over + shares.medpay,
        deductible_met_after=after.deductible,
        oop_met_after=after.oop,
        family_deductible_met_after=after.family_deductible,
        family_oop_met_after=after.family_oop,
        visits_used_after=after.visits,
        plan_paid_after=after.plan_paid,
    )


def counters_after(shares: Shares, terms: Terms, used: Counters) -> Counters:
    """The counters after a visit; one that the plan doesn't count moves only MedPay's."""
    medpay_paid = used.medpay_paid + shares.medpay
    if not shares.counted:
        return used.replace(medpay_paid=medpay_paid)
    under_deductible = shares.base > 0 and shares.capped.deductible == shares.base
    return Counters(
        deductible=used.deductible + shares.capped.deductible,
        oop=used.oop + shares.capped.total,
        family_deductible=used.family_deductible + shares.capped.deductible,
        family_oop=used.family_oop + shares.capped.total,
        visits=used.visits + (terms.deductible_visits_count or not under_deductible),
        plan_paid=used.plan_paid + shares.plan,
        medpay_paid=medpay_paid,
    )


def walk(
    terms: Terms, used: Counters, bookings: Sequence[tuple[date, Decimal, Decimal]]
) -> Iterator[tuple[Shares, Counters, date | None]]:
    """Every visit of a course in turn: its shares, the counters after it, a plan year's start.

    Args:
        terms: The plan's terms.
        used: The counters as they stand before the first visit, in its plan year.
        bookings: Date, fee and allowed amount of each visit, in order of date.

    Sources: sbc-plan-year
    """
    year: date | None = None
    for on, fee, allowed in bookings:
        this_year = plan_year_of(on, terms.plan_year_starts)
        began = None
        if year is not None and this_year != year and not terms.by_crash:
            used, began = Counters(medpay_paid=used.medpay_paid), this_year
        year = this_year
        shares = share(fee, allowed, terms, used, year.year)
        used = counters_after(shares, terms, used)
        yield shares, used, began


def patient_total(
    terms: Terms, used: Counters, bookings: Sequence[tuple[date, Decimal, Decimal]]
) -> Decimal:
    """What the patient pays for a course, without the visits: for trying many of them."""
    return sum((shares.patient for shares, _, _ in walk(terms, used, bookings)), ZERO)


def run_course(
    terms: Terms, used: Counters, bookings: Sequence[tuple[date, Decimal, Decimal]]
) -> Scenario:
    """Split every visit of a course and add them up; counters start again each plan year."""
    walked = list(walk(terms, used, bookings))
    visits = tuple(
        as_visit(number, on, shares, terms, after)
        for number, ((on, _, _), (shares, after, _)) in enumerate(
            zip(bookings, walked, strict=True), 1
        )
    )
    return Scenario(
        visits=visits,
        total=add_up(visits, pays_fee_first=terms.pays_fee_first),
        first_paid_visit=next((visit.number for visit in visits if visit.plan > 0), None),
        uncovered_visits=sum(not shares.counted for shares, _, _ in walked),
    )


def add_up(visits: Sequence[Visit], *, pays_fee_first: bool) -> Total:
    """Add a course up; out of network the patient pays the fee first and is reimbursed."""
    names = ("fee", "allowed", "deductible", "copay", "coinsurance", "balance_bill",
             "not_covered", "write_off", "patient", "plan")  # fmt: skip
    sums = {name: sum((getattr(visit, name) for visit in visits), ZERO) for name in names}
    return Total(
        **sums,
        pay_at_visit=sums["patient"] + sums["plan"] if pays_fee_first else sums["patient"],
        reimbursed=sums["plan"] if pays_fee_first else ZERO,
    )
