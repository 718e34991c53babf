"""What insurers and programs have published about massage, for one plan line and in short."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import confirm
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from estimator.guide import Policies, Policy
    from estimator.publish.pages.site import Site

_HEADS = ("insurer", "covers", "says", "dated")
_YEAR, _MONTH = len("2025"), len("2025-06")
# So many texts stand open on a page.
_FEW = 2


def parts(site: Site) -> dict[str, Html]:
    """For each plan line what was published for it; what the texts are not; the one study."""
    held: Policies = site.guide["policies"]
    found = {f"policies-{plan}.html": _texts(site, plan) for plan in site.rules.plans}
    study = tag("p", escape(held.study["says"][site.language]))
    return found | {"policies-study.html": study}


def published(site: Site, plan: str) -> list[Policy]:
    """The texts that we show for a plan line, in the order of the file."""
    held: Policies = site.guide["policies"]
    return [policy for policy in held.policies.values() if plan in policy.plans]


def in_short(site: Site, plan: str) -> str:
    """How many texts say what, such as ``6 texts: 2 left out, 4 only with other therapy``."""
    say = site.messages.say
    counted = Counter(policy.covers for policy in published(site, plan))
    if not counted:
        return say("plans.published.none")
    if counted.total() == 1:
        (covers,) = counted
        words = site.messages.say(f"policies.in_short.{covers}")
        return say("plans.published.one", words=words[0].lower() + words[1:])
    said = (say(f"plans.published.{covers}", count=n) for covers, n in counted.most_common())
    return say("plans.published.many", count=counted.total(), words=", ".join(said))


def dated(site: Site, policy: Policy) -> str:
    """The date of a text as people write it: a year, a month, a day, or that it has none."""
    text = policy.dated
    if text is None:
        return site.messages.say("policies.no_date")
    if len(text) == _YEAR:
        return text
    if len(text) == _MONTH:
        return f"{site.messages.month(int(text[-2:]))} {text[:_YEAR]}"
    return site.messages.day(date.fromisoformat(text))


def _texts(site: Site, plan: str) -> Html:
    """The texts as a table, under what they are not; many are folded away under their sum."""
    rows = [_row(site, policy) for policy in published(site, plan)]
    if not rows:
        return tag("p", escape(site.messages.say("policies.none")))
    held: Policies = site.guide["policies"]
    heads = (site.messages.say(f"policies.{name}") for name in _HEADS)
    about = tag("p", escape(held.about[site.language]))
    summary = tag("summary", escape(in_short(site, plan)))
    shown = table(heads, rows, "policies")
    return join(about, tag("details", summary, shown, open=len(rows) <= _FEW))


def _row(site: Site, policy: Policy) -> tuple[Html, ...]:
    say = site.messages.say
    states = ", ".join(site.rules.states[state].name for state in policy.states)
    where = tag("small", escape(say("policies.where", states=states))) if states else Html("")
    read = tag("small", escape(say("policies.read", document=policy.document)))
    words = escape(f"{policy.says[site.language]} ")
    return (
        join(escape(policy.insurer), escape(" "), where),
        escape(say(f"policies.in_short.{policy.covers}")),
        join(words, confirm(site, policy.ask), escape(" "), read),
        escape(dated(site, policy)),
    )
