"""Pages for maintainers: the data dictionary, what changes when, decisions, what others made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from estimator import load, read
from estimator.markup import Html, escape, join, tag
from estimator.model import DataError
from estimator.publish import vendored
from estimator.publish.pages.dictionary import dictionary
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site
    from estimator.read import Read


def parts(site: Site) -> dict[str, Html]:
    """The dictionary, the calendar, decisions, what others made, and what is done to the page."""
    return {
        "dictionary.html": dictionary(site.data()),
        "calendar.html": _calendar(site),
        "decisions.html": _decisions(site),
        "runtime-files.html": _runtime_files(site),
        "components.html": _components(site),
        "faults.html": _faults(site),
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


def _runtime_files(site: Site) -> Html:
    """Every file of the runtime: who made it, which version, which license, its checksum."""
    held = {one.name: one for one in vendored.components(site.root)}
    rows = []
    for file in vendored.served(site.root):
        maker = held.get(file.maker)
        made = f"{maker.name} {maker.version}" if maker else file.maker
        license_ = maker.license if maker else "MIT"
        rows.append((file.name, made, license_, f"{file.bytes:,}", file.sha256))
    return table(
        ("File", "From", "License", "Bytes", "SHA-256"), (map(escape, row) for row in rows)
    )


def _components(site: Site) -> Html:
    """Everything by others that a browser may get."""
    rows = [(one.name, one.version, one.license) for one in vendored.components(site.root)]
    return table(("Name", "Version", "License"), (map(escape, row) for row in rows))


_FAULT: Read[dict[str, Any]] = read.record(
    dict,
    {
        "fault": read.words,
        "what": read.words,
        "ends": read.one_of("failed", "works"),
    },
    {"files": read.listed(read.words, 1), "names": read.flag("yes", "no")},
)
FAULTS: Read[dict[str, Any]] = read.record(
    dict, {"files": read.listed(_FAULT, 1), "others": read.listed(_FAULT, 1)}
)
_ENDS = {
    "works": "It works.",
    "failed": "It says so and offers “Try again”, which works once the fault is gone.",
}
_NAMED = "It names the file and offers “Try again”, which works once the fault is gone."


def _faults(site: Site) -> Html:
    """What is done to the estimator's page before each version, and what happens."""
    path = site.root / "docs" / "faults.yaml"
    held = FAULTS(load.file_tree(path, path.name), path.name)
    rows = []
    for fault in (*held["files"], *held["others"]):
        files = ", ".join(fault.get("files", ())) or "–"
        then = _NAMED if fault.get("names") else _ENDS[fault["ends"]]
        rows.append((fault["fault"].capitalize(), fault["what"], files, then))
    heads = ("Fault", "What is done", "With", "What happens")
    return table(heads, (map(escape, row) for row in rows))
