"""From a case with holes to terms without any: each unknown takes a dated, sourced assumption.

What was assumed is remembered beside the value, so that the explanation can say so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from estimator.cost import Counters, Terms
from estimator.dates import JANUARY_FIRST, in_force, visit_dates
from estimator.model import COST_SHARING, NONE, Absent, NoValueError
from estimator.money import ZERO, as_text, midpoint
from estimator.record import Record
from estimator.units import visit_units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from estimator.model import Assumption, Booking, Case, PlanLine, Rules, StateRules

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


class Assumed(Record):
    """What an unknown key was taken to be, as text, and the ids of the sources."""

    value: str
    sources: tuple[str, ...] = ()


type Bookings = tuple[tuple[date, Decimal, Decimal], ...]


class Settled(Record):
    """A case with nothing left open: ready to be counted.

    Attributes:
        bookings: The visits that can be counted: date, fee and allowed amount.
        left_out: Visits of years for which the deductible isn't known: never guessed.
        assumed: What each unknown key was taken to be.
        ruled: What the plan line or the state sets, by key.
    """

    terms: Terms
    counters: Counters
    bookings: Bookings
    left_out: Bookings
    assumed: Mapping[str, Assumed]
    ruled: Mapping[str, Assumed]


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

    def picked(self, key: str, usual: str) -> str:
        """A choice with a usual value, or the one picked in its place; given ones may vary too."""
        given: str | None = getattr(self._case, key)
        if given is None:
            self._take(key, self._picks.get(key, usual))
        return self._picks.get(key, given or usual)

    def medpay(self) -> Decimal:
        """What MedPay still holds; nothing unless the person says so."""
        return self._case.medpay_max or ZERO

    def injury_maximum(self, plan: str) -> Decimal:
        """The most auto injury coverage pays: the person's, or the least a policy must hold.

        Sources: pip-minimums, medpay-required
        """
        self.assumed.pop("plan_pays_max", None)
        state = self._rules.states.get(self._case.state or "")
        if plan == "auto-pip":
            if state is None or state.auto is None or state.auto.minimum is None:
                raise NoValueError(["plan_pays_max: we hold no minimum for this state. Give yours"])
            self._take("plan_pays_max", as_text(state.auto.minimum), state.auto.sources)
            return state.auto.minimum
        if self._case.medpay_max is not None:
            return self._case.medpay_max
        if state is not None and state.medpay_minimum is not None:
            minimum = state.medpay_minimum
            self._take("medpay_max", as_text(minimum.value), minimum.sources)
            return minimum.value
        return self.number("medpay_max", "in")

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
        NoValueError: an unknown number has no figure in force on `as_of`, or no visit falls
            in a year whose deductible is known.
    """
    ruled: dict[str, Assumed] = {}
    if pays and plan is not None:
        case, ruled = with_rules(case, plan, rules.states.get(case.state or ""))
    answers = Answers(case, rules, plan, as_of, picks)
    network = answers.choice("network") if pays else case.network or "in"
    terms, counters = _nothing_paid(case), Counters()
    deductibles: dict[int, Decimal] = {}
    if pays and plan is not None:
        if plan.deductible_of_year is not None and case.deductible is None:
            deductibles = _yearly(rules, plan.deductible_of_year)
        terms, counters = _plan_side(case, answers, network, plan, deductibles)
    bookings = _bookings(case, rules, answers, network, with_plan=pays)
    known = bookings
    if deductibles:
        known = tuple(item for item in bookings if item[0].year in deductibles)
        ruled["deductible"] = _deductible_ruled(rules, plan, known, deductibles, bookings)
    left_out = tuple(item for item in bookings if item not in known)
    return Settled(terms, counters, known, left_out, answers.assumed, ruled)


def with_rules(
    case: Case, plan: PlanLine, state: StateRules | None
) -> tuple[Case, dict[str, Assumed]]:
    """The case with what its plan line and its state set, where the person hasn't said.

    Sources: fl-workers-comp
    """
    held: dict[str, tuple[object, tuple[str, ...]]] = {}
    if plan.fixed is not None:
        for item in plan.fixed.answers.names():
            value = getattr(plan.fixed.answers, item)
            if value is not None:
                held[item] = (value, plan.fixed.sources)
    copay = state.workers_comp_copay_after_mmi if state else None
    if case.plan == "workers-comp" and case.after_mmi == "yes" and copay is not None:
        held["cost_sharing"] = ("copay", copay.sources)
        held["copay"] = (copay.value, copay.sources)
    new = {key: item for key, item in held.items() if getattr(case, key) is None}
    values: dict[str, Any] = {key: value for key, (value, _) in new.items()}
    return case.replace(**values), {
        key: Assumed(_as_written(value), sources) for key, (value, sources) in new.items()
    }


def _as_written(value: object) -> str:
    """A value as a case writes it."""
    if isinstance(value, Absent):
        return "none"
    if isinstance(value, tuple):
        return "-".join(f"{part:02}" for part in value)
    return str(value)


def _yearly(rules: Rules, key: str) -> dict[int, Decimal]:
    """An amount that changes with the calendar year, for each year we hold it for."""
    return {
        number: year.amounts[key].value
        for number, year in rules.years.items()
        if key in year.amounts
    }


def _deductible_ruled(
    rules: Rules,
    plan: PlanLine | None,
    known: Bookings,
    deductibles: Mapping[int, Decimal],
    bookings: Bookings,
) -> Assumed:
    """The known years' deductible, as a rule; refused where no visit falls in one of them."""
    if not known or plan is None or plan.deductible_of_year is None:
        years = ", ".join(str(year) for year in deductibles)
        asked = bookings[0][0].year
        known_years = f"we hold no figure for {asked} (known: {years})"
        raise NoValueError([f"deductible: {known_years}. Give the one for {asked}"])
    first = known[0][0].year
    amount = rules.years[first].amounts[plan.deductible_of_year]
    return Assumed(as_text(amount.value), amount.sources)


def _nothing_paid(case: Case) -> Terms:
    """The terms of a course that the plan has no part in."""
    return Terms(
        pays=False,
        pays_fee_first=False,
        balance_rate=ZERO,
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


def _plan_side(
    case: Case,
    answers: Answers,
    network: str,
    plan: PlanLine,
    deductibles: Mapping[int, Decimal],
) -> tuple[Terms, Counters]:
    """The plan's terms and what has been used of them."""
    order = answers.choice("cost_sharing")
    uses = COST_SHARING[order]
    numbers = {
        name: answers.number(name, network)
        if name in uses and not (name == "deductible" and deductibles)
        else ZERO
        for name in ("deductible", "copay", "coinsurance")
    }
    needed = [key for key in LIMITS if key != "family_deductible" or "deductible" in uses]
    limits = {key: answers.limit(key) if key in needed else None for key in LIMITS}
    if plan.id in BY_CRASH and limits["plan_pays_max"] is None:
        limits["plan_pays_max"] = answers.injury_maximum(plan.id)
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
        pays_fee_first=network == "out" and plan.balance_bill is None,
        balance_rate=ZERO if network == "in" else plan.balance_bill,
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
        deductibles=deductibles,
        medpay=answers.medpay() if plan.id == "auto-pip" else ZERO,
        by_crash=plan.id in BY_CRASH,
        **_second_coverage(answers, plan),
    )
    own = terms.deductible if "deductible" in uses else None
    if own is not None and deductibles:
        own = max(deductibles.values())
    counters = Counters(
        deductible=answers.counter("deductible_met", own),
        oop=answers.counter("oop_met", terms.oop_max),
        family_deductible=answers.counter("family_deductible_met", terms.family_deductible),
        family_oop=answers.counter("family_oop_met", terms.family_oop_max),
        visits=int(answers.counter("visits_used", visit_limit)),
        plan_paid=answers.counter("plan_paid", terms.plan_pays_max),
    )
    return terms, counters


# Which parts a second coverage takes over under Medicare. `medigap-all` is a policy that pays
# the deductible too: only some do, so it is the low end and not the likely one.
_SECOND = {
    "none": (),
    "other": (),
    "medigap": ("coinsurance",),
    "medigap-all": ("deductible", "copay", "coinsurance"),
    "medicaid": ("deductible", "copay", "coinsurance"),
}
SECOND_FOR = ("medicare-original", "medicare-advantage")
# Coverage of an auto policy: what it holds is for one crash, whichever year a visit falls in.
BY_CRASH = ("auto-pip", "auto-medpay")


def _second_coverage(answers: Answers, plan: PlanLine) -> dict[str, Any]:
    """What a second coverage takes over.

    Sources: qmb
    """
    if plan.id not in SECOND_FOR:
        return {}
    second = answers.picked("secondary", "none")
    return {"second": _SECOND[second], "second_writes_off": second == "medicaid"}


def _bookings(
    case: Case, rules: Rules, answers: Answers, network: str, *, with_plan: bool
) -> Bookings:
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
    if case.plan_year_start is None and case.plan not in BY_CRASH:
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
    return visit_units(case, minutes, rules.codes, rules.code_pairs, answers.as_of)[0]
