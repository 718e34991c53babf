"""Pages for maintainers: the data dictionary, the calendar of changes, the list of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import load
from estimator.markup import Html, escape, join, tag
from estimator.model import DataError
from estimator.publish.pages.dictionary import dictionary
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site


def parts(site: Site) -> dict[str, Html]:
    """The dictionary, the calendar and the list of decisions."""
    return {
        "dictionary.html": dictionary(site.data()),
        "calendar.html": _calendar(site),
        "decisions.html": _decisions(site),
    }


def _decisions(site: Site) -> Html:
    """Every decision record by its own title, in order, from the records themselves."""
    items = []
    for path in sorted((site.root / "docs" / site.language / "decisions").glob("[0-9]*.md")):
        matter = path.read_text(encoding="utf-8").split("---\n")[1]
        head = load.text_tree(matter.encode(), path.name)
        if not isinstance(head, dict):
            raise DataError([f"docs/{site.language}/decisions/{path.name}: expected front matter"])
        about = str(head["description"]).removeprefix("Decision record. ")
        to_record = tag("a", escape(str(head["title"])), href=f"{path.stem}/")
        items.append(tag("li", join(to_record, escape(f". {about}"))))
    return tag("ol", *items)


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
