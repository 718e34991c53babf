"""What every tool beside the estimator shares: what a person typed, read; the reply; its pieces."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from estimator import diagnosis, read
from estimator.markup import Html, escape, tag
from estimator.model import DataError
from estimator.record import EMPTY, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from estimator.messages import Messages

# What a person pastes: more than any letter has, and little enough to search while they type.
LONGEST_TEXT = 20_000
LONGEST_ANSWER = 200
MOST_CODES = 12
MOST_MINUTES = 1440


@cache
def _read[T](reader: Callable[..., T], folder: Path, *names: str) -> T:
    return reader(folder, *names)


class Desk(Record, kw_only=True):
    """What a tool works with: the facts, the words, the day.

    Attributes:
        data: The folder of the facts.
        messages: The sentences, the tools' own among them, in `language`.
        language: The page's.
        as_of: Today.
        is_example: Whether the answer stands on a page before Python: buttons would do nothing.
    """

    data: Path
    messages: Messages
    language: str
    as_of: date
    is_example: bool = False

    def read[T](self, reader: Callable[..., T], *names: str) -> T:
        """Facts from the folder, read once: a person types faster than files are read.

        Args:
            reader: Such as `guide.letters`: takes the folder, then the names.
            names: Which of them, such as a plan's.
        """
        found: T = _read(reader, self.data, *names)
        return found

    def say(self, key: str, **inputs: object) -> str:
        """One of the tools' sentences, named without the `tool` they all begin with."""
        return self.messages.say(f"tool.{key}", **inputs)

    def told(self, words: Mapping[str, str]) -> str:
        """Text of a data file in the page's language, or in English where nobody translated it."""
        return words.get(self.language) or words.get("en", "")

    def confirm(self, ask: str | None) -> Html:
        """With whom a fact is to be confirmed; nothing where it is certain."""
        if ask is None:
            return Html("")
        said = self.messages.say("page.confirm", who=self.messages.say(f"ask.{ask}"))
        return tag("span", escape(said), class_="confirm")


class Field(Record):
    """A field of a tool's form: its name, and how what is typed there is read.

    `kind` is money, minutes, date, code, codes, choice, text or tick; `values` are a choice's.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()


class File(Record):
    """A file that the page offers to save: made in the browser, sent nowhere."""

    name: str
    type: str
    text: str


class Reply(Record, kw_only=True):
    """What goes back to the page.

    Attributes:
        html: The answer; empty while there is nothing to answer.
        status: The answer in a sentence, for a screen reader.
        errors: A message for each field that could not be read, by name.
        file: What the page offers to save.
    """

    html: Html = Html("")
    status: str = ""
    errors: Mapping[str, str] = EMPTY
    file: File | None = None

    def as_json(self) -> str:
        """The reply as the page takes it."""
        file = self.file and {name: getattr(self.file, name) for name in File.names()}
        return json.dumps(
            {"html": self.html, "status": self.status, "errors": dict(self.errors), "file": file}
        )


def typed(
    answers: Mapping[str, object], fields: Iterable[Field], desk: Desk
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a person typed, read; and a message for each field that can't be.

    Forgives ``$1,500``, blanks, and codes without their dot. A field that is blank, or that
    nobody asked for, is left out.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        found = str(answers.get(field.name, "")).strip()
        if found in read.UNKNOWN:
            continue
        try:
            values[field.name] = _value(field, found)
        except (DataError, ValueError):
            errors[field.name] = _error(field, desk)
    return values, errors


def _value(field: Field, found: str) -> object:
    if len(found) > (LONGEST_TEXT if field.kind == "text" else LONGEST_ANSWER):
        raise ValueError(field.name)
    return _READERS[field.kind](field, found)


def _code(field: Field, found: str) -> str:
    return read.diagnosis(diagnosis.tidied(found), field.name)


def _codes(field: Field, found: str) -> tuple[str, ...]:
    pieces = [piece for piece in re.split(r"[\s,;]+", found) if piece]
    if len(pieces) > MOST_CODES:
        raise ValueError(field.name)
    return tuple(dict.fromkeys(_code(field, piece) for piece in pieces))


_READERS: dict[str, Callable[[Field, str], object]] = {
    "money": lambda field, found: read.money(re.sub(r"[\s$,]", "", found), field.name),
    "minutes": lambda field, found: read.count(found, field.name, 0, MOST_MINUTES),
    "date": lambda field, found: read.day(found, field.name),
    "code": _code,
    "codes": _codes,
    "choice": lambda field, found: read.choice(found, field.name, field.values),
    "text": lambda _, found: found,
    "tick": lambda field, found: read.choice(found, field.name, ("yes",)) == "yes",
}


def _error(field: Field, desk: Desk) -> str:
    """What to write instead, in words."""
    say = desk.messages.say
    match field.kind:
        case "minutes":
            return say("error.count", low=0, high=MOST_MINUTES)
        case "codes":
            return desk.say("error.codes", most=MOST_CODES)
        case "text":
            return desk.say("error.text", most=f"{LONGEST_TEXT:,}")
        case "tick":
            return say("error.choice")
        case kind:
            return say(f"error.{kind}")


def panel(word: str, *more: Html, tone: str = "plain") -> Html:
    """The head of an answer: its gist in words, with a tone beside it and never alone."""
    return tag(
        "div", tag("p", tag("strong", escape(word)), class_="word"), *more, class_=f"result {tone}"
    )


def paragraph(text: str, **attributes: str | None) -> Html:
    """A paragraph of plain text."""
    return tag("p", escape(text), **attributes)


def bullets(lines: Iterable[str], *, ordered: bool = False) -> Html:
    """Lines of text as a list; nothing where there are none."""
    items = [tag("li", escape(line)) for line in lines]
    return tag("ol" if ordered else "ul", *items) if items else Html("")


def section(title: str, *children: Html, name: str | None = None) -> Html:
    """A titled part of an answer; nothing where there is nothing in it."""
    if not any(children):
        return Html("")
    return tag("section", tag("h2", escape(title)), *children, class_=name)


def left_out(errors: Mapping[str, str], desk: Desk) -> Html:
    """A word above the answer that something was left out of it."""
    if not errors:
        return Html("")
    return paragraph(desk.messages.say("answer.left_out"), class_="left-out")
