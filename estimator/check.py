"""Is the data fit to publish? Every problem of every file at once, in words to act on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from estimator import load, read
from estimator.caveats import REVIEW_DAYS
from estimator.engine import estimate
from estimator.messages import LANGUAGES, PLACEHOLDER, Messages, written_out
from estimator.model import NoValueError
from estimator.view import caption

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

_BRACES = re.compile(r"[{}]")


def problems(folder: Path, as_of: date) -> list[str]:
    """Everything that is wrong with a folder of data.

    Args:
        folder: The data folder.
        as_of: The day for which the worked examples must come out.

    Returns:
        A finished sentence for each problem; empty when the data is fit to publish.
    """
    found: list[str] = []
    readers: tuple[Callable[[], object], ...] = (
        lambda: load.rules(folder),
        lambda: load.form(folder),
        lambda: load.examples(folder),
        lambda: load.diagnoses(folder),
    )
    for reader in readers:
        with read.collected(found):
            reader()
    for language in LANGUAGES:
        with read.collected(found):
            found += _message_problems(load.flat(folder, f"messages/{language}"), folder, language)
    found += _strangers(folder)
    if not found:
        found += _wordless(folder, as_of)
    return found


def _message_problems(templates: Mapping[str, str], folder: Path, language: str) -> list[str]:
    """Braces that are no placeholder: somebody mistyped one."""
    where = f"{folder.name}/messages/{language}.yaml"
    return [
        f"{where}: {key}: expected placeholders like {{name}} or {{name:money}},"
        f" got {read.shown(template)}"
        for key, template in templates.items()
        if _BRACES.search(PLACEHOLDER.sub("", template))
    ]


def _strangers(folder: Path) -> list[str]:
    """Files in the folder that nothing reads: most likely a name is mistyped."""
    known = {"sources", "rules", "assumptions", "codes", "clinic", "form", "diagnoses"}
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_dir():
            continue
        is_ours = path.suffix == ".yaml" and (
            (len(inside.parts) == 1 and path.stem in known)
            or inside.parts[0] in ("plans", "examples", "states", "years")
            or (inside.parts[0] == "messages" and path.stem in LANGUAGES)
        )
        if not is_ours:
            near = read.nearest(path.stem, known)
            tail = f". Did you mean {near}.yaml?" if near else ""
            found.append(f"{folder.name}/{inside.as_posix()}: nothing reads this file{tail}")
    return found


def _wordless(folder: Path, as_of: date) -> list[str]:
    """Examples that can't be worked out, and sentences that are missing for them or the form."""
    rules = load.rules(folder)
    found = []
    for language in LANGUAGES:
        templates = load.flat(folder, f"messages/{language}")
        where = f"{folder.name}/messages/{language}.yaml"
        messages = Messages(templates)
        for example in load.examples(folder):
            try:
                written_out(estimate(example.given, rules, as_of), messages)
                caption(example, messages)
            except KeyError as error:
                found.append(f"{where}: {error.args[0]}: missing")
            except NoValueError as error:
                found += [f"{folder.name}/examples/{example.id}.yaml: {e}" for e in error.problems]
        for group in load.form(folder):
            needed = [f"group.{group.id}"]
            for item in group.fields:
                needed += [f"field.{item.key}.label", f"field.{item.key}.why"]
            found += [f"{where}: {key}: missing" for key in needed if key not in templates]
    return found


def stale(folder: Path, on: date) -> list[str]:
    """Files and sources whose review date has passed, oldest first.

    Args:
        folder: The data folder.
        on: The day to look from.

    Raises:
        DataError: the data can't be read.
    """
    rules = load.rules(folder)
    dated = [(reviewed, f"{folder.name}/{name}.yaml") for name, reviewed in rules.reviewed.items()]
    dated += [
        (source.retrieved, f"{folder.name}/sources.yaml: {source.id}")
        for source in rules.sources.values()
    ]
    return [
        f"{where}: last checked on {reviewed}, more than {REVIEW_DAYS} days before {on}"
        for reviewed, where in sorted(dated)
        if (on - reviewed).days > REVIEW_DAYS
    ]
