"""Pages for those who keep the facts current: the data dictionary, the calendar of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape
from estimator.publish.pages.dictionary import dictionary
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site


def parts(site: Site) -> dict[str, Html]:
    """The dictionary and the calendar."""
    return {"dictionary.html": dictionary(site.data()), "calendar.html": _calendar(site)}


def _calendar(site: Site) -> Html:
    """What changes by the calendar, and where to look it up."""
    heads = ("When", "What changes", "Where to look", "Files")
    rows = []
    for change in site.guide["calendar"]["changes"].values():
        month, day = change.on
        when = f"{site.messages.month(month)} {day}"
        if change.every == "quarter":
            when += " and every three months"
        rows.append((when, change.what["en"], change.look_at["en"], ", ".join(change.files)))
    return table(heads, (map(escape, row) for row in rows))
