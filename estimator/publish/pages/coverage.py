"""Is it covered, and is it medical: the states' laws, the comparison, what a visit note records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import confirm, door, foot
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from estimator.guide import Letter, LetterItem
    from estimator.publish.pages.site import Site

_ROWS = ("goal", "order", "who", "papers", "plan", "cost", "account", "plan_pays")
# What the pages' own sentences rest on, beside what their parts name.
_CHAIN_SOURCES = (
    *("insurer-policies", "massage-study-northeast", "irs-general-health", "wa-order-guidance"),
    *("premera-massage", "hcgov-balance-billing", "hcgov-plan-types", "wa-lni-massage"),
    *("wa-every-category", "told-then-denied"),
)
_SPA_SOURCES = (
    *("insurer-policies", "irs-general-health", "lmn-fsafeds", "wa-order-guidance"),
    *("abmp-licensing-2025", "fsmtb-regulation", "massage-prices-web", "code-follows-service"),
)


def parts(site: Site) -> dict[str, Html]:
    """The parts of both pages, their doors and their feet."""
    note: Letter = site.guide["letters"]["letters"]["soap-note"]
    noted = [source for item in note.items for source in item.sources]
    reviewed = site.guide["letters"]["reviewed"]
    return {
        "coverage-provider-law.html": join(*_provider_law(site)),
        "coverage-foot.html": foot(site, site.guide["policies"].reviewed, _CHAIN_SOURCES),
        "coverage-door.html": door(site, {"purpose": "diagnosed"}, depth=2),
        "spa-comparison.html": _comparison(site),
        "spa-price.html": _price(site),
        "spa-note.html": _note(site, note),
        "spa-door.html": door(site, {"provider": "lmt"}, depth=2),
        "spa-foot.html": foot(site, reviewed, [*_SPA_SOURCES, *note.sources, *noted]),
    }


def _provider_law(site: Site) -> Iterator[Html]:
    """What the states say whose law opens plans to every kind of licensed provider."""
    for state in site.rules.states.values():
        if state.every_category:
            notes = (
                tag(
                    "li", escape(getattr(note, site.language)), escape(" "), confirm(site, note.ask)
                )
                for note in state.notes["provider_law"]
            )
            yield join(tag("p", tag("strong", escape(state.name))), tag("ul", *notes))


def _comparison(site: Site) -> Html:
    """Medical and spa massage, side by side."""
    say = site.messages.say
    columns = ("what", "medical", "spa")
    rows = ([escape(say(f"spa.rows.{row}.{column}")) for column in columns] for row in _ROWS)
    return table([say(f"spa.head.{column}") for column in columns], rows)


def _price(site: Site) -> Html:
    """The published prices of an hour."""
    fee = site.rules.assumed["fee"][-1]
    return tag("p", escape(site.messages.say("spa.price", low=fee.low, high=fee.high)))


def _note(site: Site, note: Letter) -> Html:
    """What a visit note records, and why."""
    language = site.language
    heads = [site.messages.say(f"spa.note.{name}") for name in ("item", "why", "needed")]
    rows = ((item.label[language], item.why[language], _needed(site, item)) for item in note.items)
    return table(heads, (map(escape, row) for row in rows))


def _needed(site: Site, item: LetterItem) -> str:
    """Whether an item has to be there, and for which plans where it isn't for all."""
    say = site.messages.say
    plans = ", ".join(say(f"plans.name.{plan}") for plan in item.payers)
    return f"{say(f'spa.note.{item.needed}')}: {plans}" if plans else say(f"spa.note.{item.needed}")
