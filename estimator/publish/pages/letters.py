"""What a paper has to hold, as a list to check it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import confirm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.guide import Letter, LetterItem
    from estimator.publish.pages.site import Site


def held(site: Site) -> Mapping[str, Letter]:
    """Every paper by its id."""
    found: Mapping[str, Letter] = site.guide["letters"]["letters"]
    return found


def parts(site: Site) -> dict[str, Html]:
    """For each paper its list of items, and its warning."""
    found = {}
    for letter in held(site).values():
        found[f"letter-{letter.id}.html"] = _items(site, letter)
        found[f"letter-{letter.id}-careful.html"] = _careful(site, letter)
    return found


def sources(letter: Letter) -> list[str]:
    """The sources of a paper and of each of its items."""
    return [*letter.sources, *(source for item in letter.items for source in item.sources)]


def _items(site: Site, letter: Letter) -> Html:
    """What it must hold, what helps, and what only some payers ask for."""
    for_all = [item for item in letter.items if not item.payers]
    for_some = [item for item in letter.items if item.payers]
    groups = (
        ("must", [item for item in for_all if item.needed == "must"]),
        ("helps", [item for item in for_all if item.needed == "helps"]),
        ("some", for_some),
    )
    say = site.messages.say
    return join(
        *(
            join(
                tag("p", tag("strong", escape(say(f"guide.letter.{name}")))),
                tag("ul", *(_item(site, item) for item in items), class_="checklist"),
            )
            for name, items in groups
            if items
        )
    )


def _item(site: Site, item: LetterItem) -> Html:
    label = item.label[site.language]
    told = [tag("strong", escape(label if label.endswith(".") else f"{label}."))]
    if item.payers:
        named = payers(site, item.payers)
        told.append(escape(f" {site.messages.say('guide.letter.payers', payers=named)}"))
    told.append(escape(f" {item.why[site.language]}"))
    return tag("li", *told)


def payers(site: Site, plans: Iterable[str]) -> str:
    """Kinds of coverage, named shortly: ``PPO, HMO``."""
    return ", ".join(site.messages.say(f"guide.plan.{plan}") for plan in plans)


def _careful(site: Site, letter: Letter) -> Html:
    """The one thing that goes wrong most, and whom to ask."""
    if not letter.careful:
        return Html("")
    told = tag("p", escape(letter.careful[site.language] + " "), confirm(site, letter.ask))
    return tag("div", told, class_="careful")
