"""How an estimate is computed: every rule, and the worked examples step by step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from estimator import load
from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.messages import PLACEHOLDER, written_out
from estimator.money import as_percent
from estimator.publish.pages.tables import table
from estimator.view import caption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from estimator.model import Example, PlanLine, Step
    from estimator.publish.pages.site import Site

# The groups of rules, as the sentences of the steps are grouped.
_GROUPS = ("coverage", "assumed", "ruled", "cost", "total")
_DASHES = re.compile(r"[-_]")


def parts(site: Site) -> dict[str, Html]:
    """The tables of rules, of plan lines, and the examples with each of their steps."""
    return {
        **{f"rules-{group}.html": _rules(site, group) for group in _GROUPS},
        "rules-plans.html": _plans(site),
        "rules-examples.html": join(*(_worked(site, item) for item in site.examples)),
    }


def _rules(site: Site, group: str) -> Html:
    """Each rule of a group: its name, the sentence that a person reads, its sources."""
    prefix = f"step.{group}."
    rows = []
    for key, template in load.flat(site.data(), f"messages/{site.language}").items():
        if key.startswith(prefix):
            rule = key.removeprefix("step.")
            cited = site.rules.rule_sources.get(rule, ())
            rows.append(
                (
                    tag("code", escape(rule)),
                    escape(PLACEHOLDER.sub(_blank, template)),
                    escape(_titles(site, cited)),
                )
            )
    return table(("Rule", "What a person reads", "Sources"), rows)


def _blank(match: re.Match[str]) -> str:
    """A placeholder in words: ``{left:money}`` becomes ``[left]``."""
    return f"[{_DASHES.sub(' ', match[1])}]"


def _titles(site: Site, ids: Iterable[str]) -> str:
    named = [f"{site.sources[item].title}, {site.sources[item].publisher}" for item in ids]
    return "; ".join(named) or "the plan's or the state's own file, or arithmetic"


def _plans(site: Site) -> Html:
    """What each kind of coverage asks for, and the most that may be billed on top."""
    heads = ("Kind of coverage", "Asks for", "Pays out of network", "Most billed above its price",
             "Never pays")  # fmt: skip
    rows = []
    for plan in site.rules.plans.values():
        never = ", ".join(site.messages.option("provider", who) for who in plan.never_pays)
        cells = (
            plan.id,
            ", ".join(plan.requires) or "nothing",
            plan.pays_out_of_network,
            _balance(plan),
            never or "no kind is ruled out",
        )
        rows.append([escape(cell) for cell in cells])
    return table(heads, rows)


def _balance(plan: PlanLine) -> str:
    if plan.balance_bill is None:
        return "any amount, out of network"
    return as_percent(plan.balance_bill) if plan.balance_bill else "nothing"


def _worked(site: Site, example: Example) -> Html:
    """An example: what is given, and each step with its value, its basis and its rule."""
    found = written_out(estimate(example.given, site.rules, site.built), site.messages)
    heads = ("Step", "What it says", "Value", "Rests on")
    rows = [
        (tag("code", escape(step.id)), escape(step.text), escape(_value(step)), escape(step.basis))
        for step in found.steps
    ]
    folded = tag("details", tag("summary", escape(f"All {len(rows)} steps")), table(heads, rows))
    return tag("div", tag("p", escape(caption(example, site.messages))), folded, class_="example")


def _value(step: Step) -> str:
    return step.value if step.value != step.id.partition(".")[2] else "decided"
