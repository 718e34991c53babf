"""What pages of every kind are made of: the foot, a door to the estimator, who to confirm with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import link
from estimator.markup import Html, escape, join, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from estimator.publish.pages.site import Site


def foot(site: Site, reviewed: date, ids: Iterable[str], *, is_open: bool = False) -> Html:
    """The foot of a page: when a person last checked its facts, and their sources.

    Args:
        site: The site.
        reviewed: The oldest day on which one of the page's files was checked.
        ids: The sources, in the order they are to be listed; repeated ones are listed once.
            Text can point at one: it stands under ``source-<id>``.
        is_open: Whether the list is open from the start, as where text points into it.
    """
    items = []
    for item in dict.fromkeys(ids):
        source = site.sources[item]
        title = escape(source.title)
        linked = tag("a", title, href=source.url, rel="noreferrer") if source.url else title
        more = f", {source.publisher}" + (f": {source.section}" if source.section else "")
        read_on = f"{more}. Read {site.messages.day(source.retrieved)}."
        items.append(tag("li", linked, escape(read_on), id=f"source-{item}"))
    checked = tag("p", escape(f"Checked on {site.messages.day(reviewed)}."))
    listed = tag("details", tag("summary", escape("Sources")), tag("ol", *items), open=is_open)
    return tag("footer", checked, listed, class_="page-foot", data_search_exclude=True)


def door(site: Site, answers: Mapping[str, str], *, depth: int, words: str | None = None) -> Html:
    """A link to the estimator with a page's situation filled in.

    Args:
        site: The site.
        answers: Answers by case key, as a case writes them.
        depth: How many folders the page lies below the site's root; 1 for ``states/``'s own.
        words: What the link says; None for the usual words.
    """
    href = f"{'../' * depth}estimator/#e={link.encode(answers)}"
    said = site.messages.say("page.door") if words is None else words
    return tag("p", tag("a", escape(said), href=href, class_="door"))


def confirm(site: Site, ask: str | None) -> Html:
    """A note that a fact is to be confirmed, and with whom; nothing where it is certain."""
    if ask is None:
        return Html("")
    words = site.messages.say("page.confirm", who=site.messages.say(f"ask.{ask}"))
    return tag("span", escape(words), class_="confirm")


def bullets(lines: Iterable[str], *, ordered: bool = False) -> Html:
    """Lines of text as a list."""
    return tag("ol" if ordered else "ul", *(tag("li", escape(line)) for line in lines))


def said(pairs: Iterable[tuple[str, Html]]) -> Html:
    """Terms with what is said of each, as a description list."""
    return tag("dl", *(join(tag("dt", escape(term)), tag("dd", told)) for term, told in pairs))
