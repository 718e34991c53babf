"""From a case with holes to terms without any: each unknown takes a dated, sourced assumption.

What was assumed is remembered beside the value, so that the explanation can say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from estimator.cost import Counters, Terms
from estimator.dates import JANUARY_FIRST, visit_dates
from estimator.model import COST_SHARING, NONE, Absent, NoValueError
from estimator.money import ZERO, as_text, midpoint
from estimator.units import visit_units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from estimator.model import Assumption, Booking, Case, PlanLine, Rules

LOW, LIKELY, HIGH = "low", "likely", "high"
NOT_APPLIED = "not-applied"
# Limits that are never applied unasked, each with the counter that runs against it.
LIMITS = {
    "oop_max": "oop_met",
    "family_deductible": "family_deductible_met",
    "family_oop_max": "family_oop_met",
    "visit_cap": None,
    "plan_pays_max": "plan_paid",
    "visit_limit": "visits_used",
}


@dataclass(frozen=True, slots=True)
class Assumed:
    """What an unknown key was taken to be, as text, and the ids of the sources."""

    value: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """A case with nothing left open: ready to be counted."""

    terms: Terms
    counters: Counters
    bookings: tuple[tuple[date, Decimal, Decimal], ...]
    assumed: Mapping[str, Assumed]


def in_force(dated: Sequence[Assumption], on: date) -> Assumption | None:
    """The one of a dated series that holds on a day, or None."""
    for item in dated:
        if item.since <= on and (item.until is None or on <= item.until):
            return item
    return None


class Answers:
    """A case's answers, each unknown one filled from the data and remembered as assumed."""

    def __init__(
        self,
        case: Case,
        rules: Rules,
        plan: PlanLine | None,
        as_of: date,
        picks: Mapping[str, str],
    ) -> None:
        """Take the case, and for each open key the end of its range to pick.

        Args:
            case: The person's answers.
            rules: The data.
            plan: Their plan line; None where we hold no rules for it.
            as_of: The day whose figures are in force.
            picks: For a number ``low``, ``likely`` or ``high``; for a choice, its value.
        """
        self._case = case
        self._rules = rules
        self._plan = plan
        self.as_of = as_of
        self._picks = picks
        self.assumed: dict[str, Assumed] = {}

    def _take(self, key: str, value: str, sources: tuple[str, ...] = ()) -> None:
        self.assumed[key] = Assumed(value, sources)

    def default(self, key: str, value: str) -> str:
        """A choice that has one usual value, which is assumed until the person says."""
        given: str | None = getattr(self._case, key)
        if given is None:
            self._take(key, value)
        return given or value

    def choice(self, key: str) -> str:
        """A choice of the plan line's: the person's, the one picked, or the likely one."""
        given: str | None = getattr(self._case, key)
        if given is not None or self._plan is None:
            return given or ""
        of_plan = self._plan.network if key == "network" else self._plan.cost_sharing
        picked = self._picks.get(key, of_plan.likely)
        self._take(key, picked, of_plan.sources)
        return picked

    def assumption(self, key: str, network: str) -> Assumption:
        """What an unanswered number is taken to be on this side of the network.

        Raises:
            NoValueError: no figure is in force on the day asked about.
        """
        of_plan = self._plan.assumed.get(network, {}) if self._plan else {}
        dated = of_plan.get(key) or self._rules.assumed.get(key, ())
        found = in_force(dated, self.as_of)
        if found is None:
            known = ", ".join(f"from {item.since}" for item in dated) or "none at all"
            raise NoValueError(
                [f"{key}: we hold no figure for {self.as_of} ({known}). Give the plan's own"]
            )
        return found

    def number(self, key: str, network: str) -> Decimal:
        """A number of the plan's or the clinic's; ``none`` counts as zero."""
        given: Decimal | int | Absent | None = getattr(self._case, key)
        if isinstance(given, Absent):
            return ZERO
        if given is not None:
            return Decimal(given)
        found = self.assumption(key, network)
        picked: Decimal = getattr(found, self._picks.get(key, LIKELY))
        self._take(key, f"{picked:f}", found.sources)
        return picked

    def allowed(self, network: str) -> Decimal:
        """The plan's allowed amount: given, between a given low and high, or assumed."""
        low, high = self._case.allowed_low, self._case.allowed_high
        if low is None or high is None:
            return self.number("allowed", network)
        ends = {LOW: low, LIKELY: midpoint(low, high), HIGH: high}
        return ends[self._picks.get("allowed", LIKELY)]

    def limit(self, key: str) -> Decimal | None:
        """A yearly or per-visit limit: unknown ones are not applied, and that is remembered."""
        given: Decimal | int | Absent | None = getattr(self._case, key)
        if given is None:
            picked = self._picks.get(key)
            if picked is not None and self._plan is not None:
                found = in_force(self._plan.plausible_limits.get(key, ()), self.as_of)
                if found is not None:
                    return Decimal(getattr(found, picked))
            self._take(key, NOT_APPLIED)
        return None if given is None or given is NONE else Decimal(str(given))

    def counter(self, key: str, limit: Decimal | None) -> Decimal:
        """What has been used of a limit: given, else none of it, or all of it when picked so."""
        given: Decimal | int | None = getattr(self._case, key)
        if given is not None:
            return Decimal(given)
        if limit is None:
            return ZERO
        value = limit if self._picks.get(key) == HIGH else ZERO
        self._take(key, as_text(value) if key != "visits_used" else f"{value:.0f}")
        return value


def settle(
    case: Case,
    rules: Rules,
    plan: PlanLine | None,
    as_of: date,
    *,
    pays: bool,
    picks: Mapping[str, str],
) -> Settled:
    """Fill every hole of a case that counts, at the ends of the ranges that `picks` names.

    Raises:
        NoValueError: an unknown number has no figure in force on `as_of`.
    """
    answers = Answers(case, rules, plan, as_of, picks)
    network = answers.choice("network") if pays else case.network or "in"
    terms, counters = (
        _plan_side(case, answers, network) if pays else (_nothing_paid(case), Counters())
    )
    bookings = _bookings(case, rules, answers, network, with_plan=pays)
    return Settled(terms, counters, bookings, answers.assumed)


def _nothing_paid(case: Case) -> Terms:
    """The terms of a course that the plan has no part in."""
    return Terms(
        pays=False,
        in_network=True,
        cost_sharing="none",
        full_allowed=False,
        deductible=ZERO,
        copay=ZERO,
        coinsurance=ZERO,
        oop_max=None,
        family_deductible=None,
        family_oop_max=None,
        aggregate=False,
        visit_cap=None,
        plan_pays_max=None,
        visit_limit=None,
        deductible_visits_count=True,
        plan_year_starts=case.plan_year_start or JANUARY_FIRST,
    )


def _plan_side(case: Case, answers: Answers, network: str) -> tuple[Terms, Counters]:
    """The plan's terms and what has been used of them."""
    order = answers.choice("cost_sharing")
    uses = COST_SHARING[order]
    numbers = {
        name: answers.number(name, network) if name in uses else ZERO
        for name in ("deductible", "copay", "coinsurance")
    }
    needed = [key for key in LIMITS if key != "family_deductible" or "deductible" in uses]
    limits = {key: answers.limit(key) if key in needed else None for key in LIMITS}
    base = "net-of-copay"
    if "copay" in uses and "coinsurance" in uses:
        base = answers.default("coinsurance_base", base)
    kind = case.deductible_type or "embedded"
    if limits["family_deductible"] is not None:
        kind = answers.default("deductible_type", kind)
    visit_limit = limits["visit_limit"]
    count_all = "yes"
    if visit_limit is not None:
        count_all = answers.default("deductible_visits_count", count_all)
    terms = Terms(
        pays=True,
        in_network=network == "in",
        cost_sharing=order,
        full_allowed=base == "full-allowed",
        deductible=numbers["deductible"],
        copay=numbers["copay"],
        coinsurance=numbers["coinsurance"],
        oop_max=limits["oop_max"],
        family_deductible=limits["family_deductible"],
        family_oop_max=limits["family_oop_max"],
        aggregate=kind == "aggregate",
        visit_cap=limits["visit_cap"],
        plan_pays_max=limits["plan_pays_max"],
        visit_limit=None if visit_limit is None else int(visit_limit),
        deductible_visits_count=count_all == "yes",
        plan_year_starts=case.plan_year_start or JANUARY_FIRST,
    )
    own = terms.deductible if "deductible" in uses else None
    counters = Counters(
        deductible=answers.counter("deductible_met", own),
        oop=answers.counter("oop_met", terms.oop_max),
        family_deductible=answers.counter("family_deductible_met", terms.family_deductible),
        family_oop=answers.counter("family_oop_met", terms.family_oop_max),
        visits=int(answers.counter("visits_used", visit_limit)),
        plan_paid=answers.counter("plan_paid", terms.plan_pays_max),
    )
    return terms, counters


def _bookings(
    case: Case, rules: Rules, answers: Answers, network: str, *, with_plan: bool
) -> tuple[tuple[date, Decimal, Decimal], ...]:
    """The course's visits: date, fee and allowed amount of each."""
    listed: tuple[Booking | None, ...]
    if isinstance(case.visits, tuple):
        listed = case.visits
    else:
        listed = (None,) * int(answers.number("visits", network))
    dates = _dates(case, answers, listed)
    units = _units(case, rules, answers, network)
    needs_fee = any(item is None or item.fee is None for item in listed)
    fee = answers.number("fee", network) if needs_fee else ZERO
    needs_allowed = with_plan and any(item is None or item.allowed is None for item in listed)
    allowed = answers.allowed(network) if needs_allowed else None
    found = []
    for on, item in zip(dates, listed, strict=True):
        own_fee = fee if item is None or item.fee is None else item.fee
        own_fee *= units if "fee" not in answers.assumed else 1
        own = item.allowed if item is not None and item.allowed is not None else allowed
        if own is None:
            own = own_fee
        elif "allowed" not in answers.assumed:
            own *= units
        found.append((on, own_fee, own))
    return tuple(found)


def _dates(case: Case, answers: Answers, listed: Sequence[Booking | None]) -> tuple[date, ...]:
    """When the visits are: as listed, or evenly from the start."""
    if case.plan_year_start is None:
        answers.assumed["plan_year_start"] = Assumed("01-01")
    days = [item.date for item in listed if item is not None and item.date is not None]
    if days:
        return tuple(days)
    start = case.start or answers.as_of
    if case.start is None:
        answers.assumed["start"] = Assumed(start.isoformat())
    if case.per_week is None and len(listed) > 1:
        answers.assumed["per_week"] = Assumed("1")
    return visit_dates(start, case.per_week or Decimal(1), len(listed))


def _units(case: Case, rules: Rules, answers: Answers, network: str) -> int:
    """By how many units a visit's prices are multiplied: 1 where they are for the visit."""
    if case.price_per != "unit":
        return 1
    minutes = 0 if case.codes else int(answers.number("minutes", network))
    if case.unit_rule is None:
        answers.assumed["unit_rule"] = Assumed("cms")
    return visit_units(case, minutes, rules.codes)
