"""Is the data fit to publish? Every problem of every file at once, in words to act on."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from estimator import facts, guide, load, read
from estimator.caveats import REVIEW_DAYS
from estimator.engine import estimate
from estimator.messages import LANGUAGES, PLACEHOLDER, Messages, written_out
from estimator.model import STATES, NoValueError
from estimator.view import caption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from estimator.model import Rules
    from estimator.read import Read, Shape

# What helps people and editors write the files, and is no data.
_FOR_PEOPLE = ("schemas", "templates")
# How long before a change by the calendar it is told.
_SOON_DAYS = 60
_BRACES = re.compile(r"[{}]")
# Folders of sentences, a file for each language: the estimator's, and those of the tools beside it.
SENTENCES = ("messages", "tools")

# Every file of the data folder, and what reads it; * stands for a name.
FILES: dict[str, Read[Any]] = {
    **facts.FILES,
    **guide.FILES,
    **{f"{kind}/*": load.sentences for kind in SENTENCES},
}


def problems(folder: Path, as_of: date) -> list[str]:
    """Everything that is wrong with a folder of data.

    Args:
        folder: The data folder.
        as_of: The day for which the worked examples must come out.

    Returns:
        A finished sentence for each problem; empty when the data is fit to publish.
    """
    found: list[str] = []
    readers: list[Callable[[], object]] = [
        lambda: facts.rules(folder),
        lambda: facts.sources(folder),
        lambda: facts.form(folder),
        lambda: facts.examples(folder),
        *(partial(load.data_file, folder, name, reader) for name, reader in guide.FILES.items()),
    ]
    for reader in readers:
        with read.collected(found):
            reader()
    for name in (f"{kind}/{language}" for kind in SENTENCES for language in LANGUAGES):
        with read.collected(found):
            found += _message_problems(load.flat(folder, name), f"{folder.name}/{name}.yaml")
    found += _strangers(folder)
    found += _missing_states(folder)
    if not found:
        found += _unresolved(folder)
    if not found:
        found += _pageless(folder)
    if not found:
        rules = facts.rules(folder)
        found += _wordless(folder, rules, as_of)
        found += _failing_state_examples(folder, rules, as_of)
    return found


def pattern_of(name: str) -> str | None:
    """The key of `FILES` for a file of the data folder, named without ``.yaml``."""
    first, _, rest = name.partition("/")
    pattern = f"{first}/*" if rest else first
    is_known = pattern in FILES and "/" not in rest
    if first in SENTENCES and rest not in LANGUAGES:
        return None
    return pattern if is_known else None


def _missing_states(folder: Path) -> list[str]:
    """States without a file: none is left blank silently."""
    held = {path.stem for path in (folder / "states").glob("*.yaml")}
    return [
        f"{folder.name}/states: no file for {state}. Copy {folder.name}/templates/state.yaml"
        for state in STATES
        if state.lower() not in held
    ]


def _unresolved(folder: Path) -> list[str]:
    """References to entries that aren't there: sources, deadlines, codes, files."""
    trees = {
        name: load.file_tree(path, name)
        for path in _files(folder)
        if (name := _name(folder, path)) is not None
    }
    known = _known(folder, trees)
    found = []
    for name, tree in trees.items():
        where = f"{folder.name}/{name}.yaml"
        for shape, value, place in leaves(FILES[pattern_of(name) or ""], tree, where):
            if shape["kind"] not in ("refers", "sources"):
                continue
            to = shape.get("to", "sources")
            for item in [value] if isinstance(value, str) else value:
                if item not in known[to]:
                    near = read.nearest(item, known[to])
                    tail = f". Did you mean {near}?" if near else ""
                    at = f"{folder.name}/{_HELD_IN.get(to, to)}"
                    found.append(f"{place}: no {to.rstrip('s')} {item} in {at}{tail}")
    return found


# Where the entries are that others refer to.
_HELD_IN = {
    "sources": "sources.yaml", "deadlines": "deadlines.yaml", "letters": "letters.yaml",
    "glossary": "glossary.yaml", "codes": "codes.yaml", "groups": "diagnoses.yaml", "files": "",
    "conditions": "conditions.yaml", "policies": "policies.yaml", "denials": "denials.yaml",
    "questions": "desk-questions.yaml", "situations": "situations.yaml",
}  # fmt: skip


def _known(folder: Path, trees: Mapping[str, Any]) -> dict[str, set[str]]:
    """The names that may be referred to, by kind."""
    files = {path.relative_to(folder).as_posix() for path in _files(folder)}
    return {
        "sources": set(trees["sources"]),
        "deadlines": set(trees["deadlines"]["deadlines"]),
        "letters": set(trees["letters"]["letters"]),
        "glossary": set(trees["glossary"]["terms"]),
        "codes": set(trees["codes"]["codes"]),
        "groups": set(trees["diagnoses"]["billable"]),
        "conditions": set(trees["conditions"]["conditions"]),
        "policies": set(trees["policies"]["policies"]),
        "denials": set(trees["denials"]["denials"]),
        "questions": set(trees["desk-questions"]["questions"]),
        "situations": set(trees["situations"]["situations"]),
        "files": files | {name.partition("/")[0] for name in files},
    }


def leaves(
    reader: Read[Any],
    tree: Any,  # noqa: ANN401 - of any shape
    where: str,
) -> Iterator[tuple[Shape, Any, str]]:
    """Each single value of a tree that its reader accepts: its shape, itself, its place."""
    shape = read.shape_of(reader)
    kind = shape["kind"]
    if kind == "record":
        readers = {**shape["required"], **shape["optional"]}
        for key, item in tree.items():
            yield from leaves(readers[key], item, read.at(where, key))
    elif kind == "map":
        for key, item in tree.items():
            yield from leaves(shape["item"](key), item, read.at(where, key))
    elif kind == "list":
        for index, item in enumerate(tree):
            yield from leaves(shape["item"], item, f"{where}[{index}]")
    else:
        yield shape, tree, where


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _name(folder: Path, path: Path) -> str | None:
    """A file's name as `FILES` knows it; None where nothing reads it."""
    name = path.relative_to(folder).with_suffix("").as_posix()
    return name if path.suffix == ".yaml" and pattern_of(name) else None


def _message_problems(templates: Mapping[str, str], where: str) -> list[str]:
    """Braces that are no placeholder: somebody mistyped one."""
    return [
        f"{where}: {key}: expected placeholders like {{name}} or {{name:money}},"
        f" got {read.shown(template)}"
        for key, template in templates.items()
        if _BRACES.search(PLACEHOLDER.sub("", template))
    ]


def _strangers(folder: Path) -> list[str]:
    """Files in the folder that nothing reads: most likely a name is mistyped."""
    names = [name for name in FILES if "/" not in name]
    found = []
    for path in _files(folder):
        inside = path.relative_to(folder)
        if _name(folder, path) is None and inside.parts[0] not in _FOR_PEOPLE:
            near = read.nearest(path.stem, names)
            tail = f". Did you mean {near}.yaml?" if near else ""
            found.append(f"{folder.name}/{inside.as_posix()}: nothing reads this file{tail}")
    return found


def _pageless(folder: Path) -> list[str]:
    """Landing pages without an example to show."""
    examples = {example.id for example in facts.examples(folder)}
    where = f"{folder.name}/situations.yaml: situations"
    missing = [name for name in guide.situations(folder).situations if name not in examples]
    return [f"{where}.{name}: no file {folder.name}/examples/{name}.yaml" for name in missing]


def _wordless(folder: Path, rules: Rules, as_of: date) -> list[str]:
    """Examples that can't be worked out, and sentences that are missing for them or the form."""
    found = []
    for language in LANGUAGES:
        templates = load.flat(folder, f"messages/{language}")
        where = f"{folder.name}/messages/{language}.yaml"
        captions = guide.captions(guide.situations(folder), language)
        messages = Messages({**templates, **captions})
        for example in facts.examples(folder):
            try:
                written_out(estimate(example.given, rules, as_of), messages)
                caption(example, messages)
            except KeyError as error:
                found.append(f"{where}: {error.args[0]}: missing")
            except NoValueError as error:
                found += [f"{folder.name}/examples/{example.id}.yaml: {e}" for e in error.problems]
        for group in facts.form(folder):
            needed = [f"group.{group.id}"]
            for item in group.fields:
                needed += [f"field.{item.key}.label", f"field.{item.key}.why"]
            found += [f"{where}: {key}: missing" for key in needed if key not in templates]
    return found


def _failing_state_examples(folder: Path, rules: Rules, as_of: date) -> list[str]:
    """Worked examples of states that can't be worked out, or whose sentence can't be filled in."""
    messages = Messages(load.flat(folder, f"messages/{LANGUAGES[0]}"))
    found = []
    for name, state in rules.states.items():
        for topic, example in state.examples.items():
            where = f"{folder.name}/states/{name.lower()}.yaml: examples.{topic}"
            try:
                estimate(example.given, rules, as_of)
                for text in example.says.values():
                    messages.fill(text, **example.given.known())
            except KeyError as error:
                found.append(f"{where}.says: nothing to fill in for {{{error.args[0]}}}")
            except NoValueError as error:
                found += [f"{where}: {line}" for line in error.problems]
    return found


def stale(folder: Path, on: date) -> list[str]:
    """What a person should look at again: facts not checked for a year, or changed since.

    Args:
        folder: The data folder.
        on: The day to look from.

    Returns:
        A sentence for each file or source that is due, the longest unchecked first.

    Raises:
        DataError: the data can't be read.
    """
    reviewed = _reviewed(folder)
    dated = [(day, f"{folder.name}/{name}") for name, day in reviewed.items()]
    dated += [
        (source.retrieved, f"{folder.name}/sources.yaml: {source.id}")
        for source in facts.sources(folder).values()
    ]
    found = [
        f"{where}: last checked on {day}, more than {REVIEW_DAYS} days before {on}"
        for day, where in sorted(dated)
        if (on - day).days > REVIEW_DAYS and not _is_closed(where, on)
    ]
    for change in guide.calendar(folder).values():
        changed = max(day for day in _days(change, on.year) if day <= on)
        found += [
            f"{folder.name}/{name}: last checked on {day}, before the change of {changed}:"
            f" {change.what['en']} Look at: {change.look_at['en']}"
            for name, day in reviewed.items()
            if (name in change.files or name.partition("/")[0] in change.files)
            and day < changed
            and not _is_closed(name, on)
        ]
    return found


def coming(folder: Path, on: date) -> list[str]:
    """What changes by the calendar in the next weeks, soonest first.

    Args:
        folder: The data folder.
        on: The day to look from.
    """
    soon = sorted(
        (
            (day, change)
            for change in guide.calendar(folder).values()
            for day in _days(change, on.year)
            if 0 < (day - on).days <= _SOON_DAYS
        ),
        key=lambda pair: pair[0],
    )
    return [
        f"{day}: {change.what['en']} Files: {', '.join(change.files)}."
        f" Look at: {change.look_at['en']}"
        for day, change in soon
    ]


def _days(change: guide.Change, year: int) -> list[date]:
    """The days on which something changes, from the year before a year to the one after."""
    month, day = change.on
    months = range((month - 1) % 3 + 1, 13, 3) if change.every == "quarter" else (month,)
    return [date(y, m, day) for y in (year - 1, year, year + 1) for m in months]


def _reviewed(folder: Path) -> dict[str, date]:
    """When a person last checked each file that says so, by its path in the folder."""
    found = {}
    for path in _files(folder):
        if _name(folder, path) is not None:
            tree = load.file_tree(path, path.name)
            if isinstance(tree, dict) and "reviewed" in tree:
                found[path.relative_to(folder).as_posix()] = read.day(tree["reviewed"], path.name)
    return found


def _is_closed(where: str, on: date) -> bool:
    """Whether a file is of a year that is over: its figures stay as they are."""
    year = re.search(r"years/(\d{4})\.yaml$", where)
    return year is not None and int(year[1]) < on.year
