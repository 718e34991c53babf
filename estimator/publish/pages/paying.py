"""Paying with an account that saves tax, and paying without insurance."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from estimator import facts, load
from estimator.dates import in_force
from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.model import Case, Package
from estimator.money import ZERO, as_dollars, as_percent, cents
from estimator.publish.pages import deadlines, letters
from estimator.publish.pages.pieces import confirm, door, foot
from estimator.publish.pages.tables import table
from estimator.tax import tax_saving

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from estimator.model import Amount, Dated, YearAmounts
    from estimator.publish.pages.site import Site

_LIMITS = (
    "hsa_self",
    "hsa_family",
    "hsa_catch_up",
    "fsa",
    "fsa_carryover",
)
# What a plan has to be like so that it goes with an HSA.
_PLAN_LIMITS = (
    "hdhp_deductible_self",
    "hdhp_deductible_family",
    "hdhp_oop_self",
    "hdhp_oop_family",
)
_ACCOUNTS = ("fsa", "hsa-direct")
# The federal rate of the example in the text; the table has them all.
_RATE = Decimal("0.22")
_ESTIMATES = ("estimate-booked-early", "estimate-booked-very-early", "estimate-on-request")
_ACCOUNT_SOURCES = ("irs-general-health", "hdhp-notice-2026-5", "hsa-family")
_CASH_SOURCES = ("cash-in-network", "hipaa-restriction", "hcgov-total-costs", "copay-waiver")
# Round numbers to compare by, where the clinic has written none of its own.
_PRICE = Decimal("100.00")
_PACKAGES = (Package(4, Decimal("360.00")), Package(8, Decimal("680.00")))


def parts(site: Site) -> dict[str, Html]:
    """The parts of both pages."""
    return {**_accounts(site), **_self_pay(site)}


# --- HSA and FSA ----------------------------------------------------------------------------------


def _accounts(site: Site) -> dict[str, Html]:
    letter = letters.held(site)["letter-of-medical-necessity"]
    amounts = [year.amounts[key] for year in site.rules.years.values()
               for key in (*_LIMITS, *_PLAN_LIMITS) if key in year.amounts]  # fmt: skip
    floor, payroll = _standing(site, "deduction_floor"), _standing(site, "payroll_tax")
    cited = [
        *_ACCOUNT_SOURCES,
        *letters.sources(letter),
        *(source for amount in amounts for source in amount.sources),
        *_bracket_year(site).federal_brackets["sources"],
        *floor.sources,
        *payroll.sources,
    ]
    reviewed = min(_standing_reviewed(site), *(year.reviewed for year in site.rules.years.values()))
    answers = {"purpose": "diagnosed", "account": "fsa", "lmn": "yes"}
    say = site.messages.say
    return {
        "account-limits.html": _limits(site, _LIMITS),
        "account-plans.html": _limits(site, _PLAN_LIMITS),
        "account-saving.html": _saving(site, payroll),
        "account-floor.html": tag(
            "p",
            escape(say("guide.account.floor", rate=floor.value) + " "),
            confirm(site, floor.ask),
        ),
        "account-foot.html": join(door(site, answers, depth=2), foot(site, reviewed, cited)),
    }


def _standing(site: Site, name: str) -> Dated:
    """The figure in force on the day the site is built.

    Raises:
        ValueError: there is none.
    """
    found = in_force(site.rules.standing[name], site.built)
    if found is None:
        raise ValueError(f"standing.{name}: nothing in force on {site.built}")
    return found


def _standing_reviewed(site: Site) -> date:
    found: date = load.data_file(site.data(), "standing", facts.FILES["standing"])["reviewed"]
    return found


def _limits(site: Site, keys: Iterable[str]) -> Html:
    """What each year allows; a year nobody has announced, or we have not read, says so."""
    years = [site.rules.years[year] for year in sorted(site.rules.years)]
    heads = [site.messages.say("guide.account.limit"), *(str(year.year) for year in years)]
    rows = []
    for key in keys:
        cells = [_amount(site, year.amounts.get(key)) for year in years]
        rows.append((escape(site.messages.say(f"guide.year.{key}")), *cells))
    return table(heads, rows)


def _amount(site: Site, amount: Amount | None) -> Html:
    if amount is None:
        return escape(site.messages.say("guide.account.not_read"))
    return join(escape(as_dollars(amount.value) + " "), confirm(site, amount.ask))


def _bracket_year(site: Site) -> YearAmounts:
    """The latest year whose tax brackets we hold."""
    return max(
        (year for year in site.rules.years.values() if year.federal_brackets),
        key=lambda year: year.year,
    )


def _saving(site: Site, payroll: Dated) -> Html:
    """What an account saves on the first worked example: at one rate, then at every rate."""
    likely = estimate(site.examples[0].given, site.rules, site.built).scenarios["likely"]
    pays, year = likely.total.patient, _bracket_year(site)
    say = site.messages.say

    def saved(rate: Decimal) -> tuple[Decimal, ...]:
        return tuple(_saved(account, rate, pays, payroll.value) for account in _ACCOUNTS)

    wages, direct = saved(_RATE)
    told = say("guide.account.example", visits=len(likely.visits), amount=pays, rate=_RATE,
               wages=wages, direct=direct)  # fmt: skip
    heads = ("rate", "single", "joint", "saves_wages", "saves_direct")
    both = zip(year.federal_brackets["single"], year.federal_brackets["joint"], strict=True)
    rows = [
        [
            escape(as_percent(single.rate)),
            *(escape(as_dollars(amount)) for amount in (single.since, joint.since)),
            *(escape(as_dollars(amount)) for amount in saved(single.rate)),
        ]
        for single, joint in both
    ]
    limit = year.amounts["social_security_wage_base"].value
    note = say("guide.account.rest", rate=payroll.value, wages=limit, year=year.year)
    title = tag("summary", escape(say("guide.account.rates", year=year.year)))
    return join(
        tag("p", escape(told)),
        tag("p", escape(note)),
        tag("details", title, table([say(f"guide.account.{name}") for name in heads], rows)),
    )


def _saved(account: str, federal: Decimal, pays: Decimal, payroll: Decimal) -> Decimal:
    """The tax saved on what the client pays, with no state tax."""
    case = Case(
        purpose="diagnosed", account=account, federal_rate=federal, state_rate=ZERO, lmn="yes"
    )
    saving = tax_saving(case, pays, payroll)
    if saving is None:
        raise ValueError(account)
    return saving.amount


# --- paying yourself ------------------------------------------------------------------------------


def _self_pay(site: Site) -> dict[str, Html]:
    cited = [*_CASH_SOURCES, *deadlines.sources(site, [*_ESTIMATES, "bill-dispute"])]
    reviewed = min(_standing_reviewed(site), site.guide["deadlines"]["reviewed"])
    answers = {"purpose": "diagnosed", "provider": "lmt", "plan": "self-pay"}
    return {
        "cash-packages.html": _packages(site),
        "cash-estimate.html": deadlines.listed(site, _ESTIMATES),
        "cash-dispute.html": deadlines.listed(site, ["bill-dispute"]),
        "cash-foot.html": join(door(site, answers, depth=2), foot(site, reviewed, cited)),
    }


def _packages(site: Site) -> Html:
    """Single visits beside packages, when all visits are used and when one in four is not."""
    own = site.rules.packages
    packages = own or _PACKAGES
    clinic = facts.clinic(site.data())
    fee = Decimal(clinic.price["fee"]) if "fee" in clinic.price else _PRICE
    say = site.messages.say
    heads = [say(f"guide.package.{name}") for name in ("what", "price", "each", "unused")]
    rows = [_row(say("guide.package.single"), fee, 1, 1)]
    for item in packages:
        used = item.visits - max(1, item.visits // 4)
        rows.append(
            _row(say("guide.package.of", visits=item.visits), item.price, item.visits, used)
        )
    which = "guide.package.own" if own else "guide.package.made_up"
    return join(
        tag("p", escape(say(which))),
        table(heads, rows),
        tag("p", escape(_break_even(site, packages[0], fee))),
    )


def _row(name: str, price: Decimal, visits: int, used: int) -> list[Html]:
    each, if_unused = cents(price / visits), cents(price / used)
    cells = (name, as_dollars(price), as_dollars(each), as_dollars(if_unused))
    return [escape(cell) for cell in cells]


def _break_even(site: Site, package: Package, fee: Decimal) -> str:
    """How many visits of a package have to be used before it is the cheaper way."""
    needed = int(package.price // fee) + 1
    return site.messages.say(
        "guide.package.break_even", visits=package.visits, price=package.price, needed=needed
    )
