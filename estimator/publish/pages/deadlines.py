"""Deadlines in words: how long somebody has, from which day, to do what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.guide import LENGTHS
from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import confirm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.guide import Deadline
    from estimator.messages import Messages
    from estimator.publish.pages.site import Site


def held(site: Site) -> Mapping[str, Deadline]:
    """Every deadline by its id."""
    found: Mapping[str, Deadline] = site.guide["deadlines"]["deadlines"]
    return found


def length(deadline: Deadline, messages: Messages) -> str:
    """How long it is, without what it counts from: ``180 days``, ``1 month``."""
    unit = next(unit for unit in LENGTHS if getattr(deadline, unit) is not None)
    count = getattr(deadline, unit)
    return messages.say(f"guide.length.{unit}{'_one' if count == 1 else ''}", count=count)


def span(deadline: Deadline, messages: Messages) -> str:
    """How long it is, and whether it may be longer: ``at least 180 days``."""
    found = length(deadline, messages)
    return messages.say("guide.length.at_least", length=found) if deadline.at_least else found


def line(site: Site, deadline: Deadline, *, has_note: bool = True) -> Html:
    """A deadline in a line of text: the time, what it counts from, what has to be done.

    Args:
        site: The site.
        deadline: The one to tell.
        has_note: Whether to add what else there is to know, and with whom to confirm it.
    """
    say = site.messages.say
    time = span(deadline, site.messages)
    begins = say("guide.from", start=say(f"guide.counts_from.{deadline.counts_from}"))
    told = [
        tag("strong", escape(time[0].upper() + time[1:])),
        escape(f" {begins} {deadline.what[site.language]}"),
    ]
    if has_note:
        if deadline.note:
            told.append(escape(f" {deadline.note[site.language]}"))
        if deadline.confirm:
            told += [escape(" "), confirm(site, deadline.ask)]
    return join(*told)


def listed(site: Site, ids: Iterable[str], *, has_notes: bool = True) -> Html:
    """Deadlines as a list, in the order given."""
    lines = (line(site, held(site)[item], has_note=has_notes) for item in ids)
    return tag("ul", *(tag("li", told) for told in lines), class_="deadlines")


def sources(site: Site, ids: Iterable[str]) -> list[str]:
    """The sources of some deadlines."""
    return [source for item in ids for source in held(site)[item].sources]
