"""What it costs: each term with a small picture and one number, worked out by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.model import COST_SHARING
from estimator.money import ZERO, as_dollars
from estimator.picture import course
from estimator.publish.pages.bar import bar
from estimator.publish.pages.pieces import door, foot
from estimator.publish.pages.plans import amounts_by_year
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from decimal import Decimal

    from estimator.model import Case, Estimate, Visit
    from estimator.publish.pages.site import Site

# The terms that the page explains, as the glossary names them: their sources are the page's.
_TERMS = (
    *("allowed-amount", "deductible", "copay", "coinsurance", "out-of-pocket-limit"),
    *("balance-bill", "visit-limit", "embedded-deductible", "aggregate-deductible", "plan-year"),
)
_ALSO = ("opic-procedure-cost", "aca-oop-limits", "insurer-policies")
_LIMITS = ("aca_oop_self", "aca_oop_family")


def parts(site: Site) -> dict[str, Html]:
    """A part for each term, the orders of the parts, the yearly limits, the foot."""
    lessons = {
        "allowed": _allowed,
        "deductible": _deductible,
        "copay": _copay,
        "coinsurance": _coinsurance,
        "oop-max": _oop_max,
        "balance-bill": _balance_bill,
        "visit-limit": _visit_limit,
        "family": _family,
        "plan-year": _plan_year,
        "order": _order,
    }
    found = {f"cost-{name}.html": lesson(site) for name, lesson in lessons.items()}
    found["cost-limits.html"] = amounts_by_year(site, "costs.each_year", _LIMITS)
    found["cost-door.html"] = door(site, {"purpose": "diagnosed"}, depth=2)
    return found | {"cost-foot.html": _foot(site)}


def _given(site: Site, name: str) -> Case:
    """What a worked example takes as given."""
    return next(item.given for item in site.examples if item.id == name)


def _found(site: Site, case: Case) -> Estimate:
    return estimate(case, site.rules, site.built)


def _visits(found: Estimate) -> tuple[Visit, ...]:
    return found.scenarios["likely"].visits


def _total(visits: tuple[Visit, ...], name: str = "patient") -> Decimal:
    return sum((getattr(visit, name) for visit in visits), ZERO)


def _lesson(site: Site, key: str, *pictures: Html, **figures: object) -> Html:
    """The sentence with its figures, then the pictures."""
    words = tag("p", escape(site.messages.say(f"costs.{key}", **figures)))
    return tag("div", words, *pictures, class_="example")


def _allowed(site: Site) -> Html:
    visit = _visits(_found(site, _given(site, "six-visits-after-a-deductible")))[0]
    return _lesson(site, "allowed", bar(visit, site.messages), fee=visit.fee,
                   allowed=visit.allowed, write_off=visit.write_off)  # fmt: skip


def _deductible(site: Site) -> Html:
    case = _given(site, "six-visits-after-a-deductible")
    found = _found(site, case)
    visits = _visits(found)
    met = next(v.number for v in visits if v.deductible_met_after == case.deductible)
    return _lesson(site, "deductible", course(found, site.messages), deductible=case.deductible,
                   each=visits[0].patient, met=met, visits=len(visits), patient=_total(visits),
                   plan=_total(visits, "plan"))  # fmt: skip


def _copay(site: Site) -> Html:
    visit = _visits(_found(site, _given(site, "hmo-with-a-referral")))[0]
    return _lesson(site, "copay", bar(visit, site.messages), copay=visit.copay, plan=visit.plan,
                   allowed=visit.allowed)  # fmt: skip


def _coinsurance(site: Site) -> Html:
    case = _given(site, "six-visits-after-a-deductible")
    visit = _visits(_found(site, case))[-1]
    return _lesson(site, "coinsurance", bar(visit, site.messages), coinsurance=case.coinsurance,
                   part=visit.coinsurance, allowed=visit.allowed, plan=visit.plan)  # fmt: skip


def _oop_max(site: Site) -> Html:
    case = _given(site, "epo-near-its-limit")
    found = _found(site, case)
    visits = _visits(found)
    return _lesson(site, "oop_max", course(found, site.messages), met=case.oop_met,
                   limit=case.oop_max, patient=_total(visits), visits=len(visits),
                   plan=_total(visits, "plan"))  # fmt: skip


def _balance_bill(site: Site) -> Html:
    visit = _visits(_found(site, _given(site, "out-of-network-superbill")))[0]
    return _lesson(site, "balance_bill", bar(visit, site.messages), fee=visit.fee,
                   allowed=visit.allowed, part=visit.coinsurance, balance=visit.balance_bill,
                   patient=visit.patient)  # fmt: skip


def _visit_limit(site: Site) -> Html:
    case = _given(site, "a-copay-and-a-visit-limit")
    found = _found(site, case)
    visits = _visits(found)
    past = found.scenarios["likely"].uncovered_visits
    return _lesson(site, "visit_limit", course(found, site.messages), limit=case.visit_limit,
                   used=case.visits_used, visits=len(visits), past=past, fee=case.fee)  # fmt: skip


def _family(site: Site) -> Html:
    case = _given(site, "a-family-deductible")
    found = {
        kind: _found(site, case.replace(deductible_type=kind)) for kind in ("embedded", "aggregate")
    }
    pictures = [
        join(tag("p", tag("strong", escape(site.messages.say(f"costs.family_{kind}")))),
             course(each, site.messages))
        for kind, each in found.items()
    ]  # fmt: skip
    totals = {kind: _total(_visits(each)) for kind, each in found.items()}
    return _lesson(site, "family", *pictures, visits=case.visits, **totals)


def _plan_year(site: Site) -> Html:
    found = _found(site, _given(site, "pos-over-the-new-year"))
    visits = _visits(found)
    begins = next(step for step in found.steps if step.rule == "cost.plan-year")
    old = tuple(visit for visit in visits if visit.number < (begins.visit or 0))
    new = visits[len(old) :]
    return _lesson(site, "plan_year", course(found, site.messages), day=begins.value,
                   before=_total(old), old=len(old), after=_total(new), new=len(new))  # fmt: skip


def _order(site: Site) -> Html:
    """The same visit under each order of the parts, and under the other base of the percent."""
    say = site.messages.say
    case = _given(site, "deductible-copay-and-percent")
    names = ("deductible", "copay", "coinsurance", "patient", "plan")
    heads = [say("costs.order.head"), *(say(f"name.{name}") for name in names[:3]),
             say("answer.you"), say("answer.plan")]  # fmt: skip
    rows = []
    for order in COST_SHARING:
        visit = _visits(_found(site, case.replace(cost_sharing=order)))[0]
        amounts = (as_dollars(getattr(visit, name)) for name in names)
        rows.append((escape(site.messages.option("cost_sharing", order)), *map(escape, amounts)))
    whole = _visits(_found(site, case.replace(coinsurance_base="full-allowed")))[0]
    after = tag("p", escape(say("costs.full_allowed", patient=whole.patient)))
    return join(table(heads, rows), after)


def _foot(site: Site) -> Html:
    terms = site.guide["glossary"]
    sources = [source for name in _TERMS for source in terms["terms"][name].sources]
    return foot(site, terms["reviewed"], [*sources, *_ALSO])
