"""The pages of plan types: what is taken for unknown numbers, what to ask, the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape, tag
from estimator.money import as_dollars, as_percent
from estimator.publish.pages.pieces import foot
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.messages import Messages
    from estimator.model import Assumption, PlanLine, Source
    from estimator.publish.pages.site import Site


def parts(site: Site) -> dict[str, Html]:
    """For each plan line its figures, its questions and its foot."""
    found = {}
    for plan in site.rules.plans.values():
        found[f"plan-{plan.id}-figures.html"] = _figures(site, plan)
        found[f"plan-{plan.id}-asks.html"] = _asks(plan, site.messages)
        found[f"plan-{plan.id}-foot.html"] = foot(site, plan.reviewed, _plan_sources(plan))
    return found


def _figures(site: Site, plan: PlanLine) -> Html:
    """What we take a plan's unknown numbers to be, with where each comes from."""
    heads = ("Number", "In network", "Out of network", "Since", "Where it comes from")
    rows = []
    for key in ("deductible", "coinsurance", "copay", "fee", "allowed"):
        both = [
            dated[-1]
            for side in ("in", "out")
            if (dated := plan.assumed.get(side, {}).get(key) or site.rules.assumed.get(key))
        ]
        if len(both) == len(("in", "out")):
            cited = _titles({item for one in both for item in one.sources}, site.sources)
            rows.append((_label(key, site.messages), *(_spread(key, one) for one in both),
                         str(both[0].since.year), cited))  # fmt: skip
    return table(heads, (map(escape, row) for row in rows))


def _label(key: str, messages: Messages) -> str:
    return messages.say(f"name.{key}")


def _spread(key: str, item: Assumption) -> str:
    """Low to high with the likely value, and whether it is to be confirmed."""
    write = as_percent if key == "coinsurance" else as_dollars
    ends = f"{write(item.low)} to {write(item.high)}, likely {write(item.likely)}"
    return f"{ends} (confirm)" if item.confirm else ends


def _titles(ids: Iterable[str], sources: Mapping[str, Source]) -> str:
    return "; ".join(sorted(f"{sources[i].title}, {sources[i].publisher}" for i in ids))


def _asks(plan: PlanLine, messages: Messages) -> Html:
    """What to ask the insurer, in the words the estimator uses."""
    keys = ("benefit", "network", *plan.requires, "cost_sharing", "deductible", "deductible_met",
            "coinsurance", "allowed", "visit_limit", "oop_max")  # fmt: skip
    return tag("ol", *(tag("li", escape(messages.say(f"question.{key}"))) for key in keys))


def _plan_sources(plan: PlanLine) -> tuple[str, ...]:
    named = [item for ids in plan.requires.values() for item in ids]
    named += [*plan.network.sources, *plan.cost_sharing.sources]
    for numbers in (*plan.assumed.values(), plan.plausible_limits):
        named += [source for dated in numbers.values() for item in dated for source in item.sources]
    return tuple(dict.fromkeys(named))
