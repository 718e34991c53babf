"""What an editor needs to know of the data files: JSON Schemas, made from the readers themselves.

A reader notes what it reads (`read.shape_of`); here that becomes the schema by which an editor
completes keys and underlines mistakes, and the data dictionary that people read. What one file
can't know alone (a source that isn't listed, dates that overlap) is left to `check`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from estimator import check, read
from estimator.model import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from estimator.model import Key
    from estimator.read import Read, Shape

type Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MOST_ITEMS = 10_000
# Longer lists of words are described, not listed.
_MOST_NAMED = 20
# An editor knows numbers and booleans where we read text: unquoted, they mean the same.
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_NOT_BLANK: Schema = {**_TEXT, "pattern": r"\S"}


def _matching(pattern: str) -> Schema:
    return {"type": "string", "pattern": rf"^\s*(?:{pattern})\s*$"}


def _or_number(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "number", "minimum": 0}]}


_MONEY = _or_number(_matching(r"\d{1,12}(\.\d{1,2})?|0\d{12}(\.\d{1,2})?|10{12}(\.0{1,2})?"))
_DAY = {**_matching(r"(199\d|20\d\d|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "format": "date"}
# Single values by the reader that reads them: their schema, and their type in words.
_SINGLE: dict[str, tuple[Schema, str]] = {
    "text": (_TEXT, "text"),
    "words": (_NOT_BLANK, "text"),
    "sources": (
        {"type": "array", "items": _TEXT, "minItems": 1},
        "a list of keys of `sources.yaml`",
    ),
    "money": (_MONEY, "US dollars, two decimals, in quotes"),
    "rate": (
        {"anyOf": [_matching(r"0{1,3}(\.\d{1,6})?|0{0,2}1(\.0{1,6})?"),
                   {"type": "number", "minimum": 0, "maximum": 1}]},
        "a fraction from 0 to 1, in quotes",
    ),
    "number": (
        _or_number(_matching(r"0*[1-6](\.\d{1,2})?|0*7(\.0{1,2})?|0+\.(\d?[1-9]|[1-9]\d?)")),
        "a number above 0 and up to 7",
    ),
    "day": (_DAY, "a date, YYYY-MM-DD"),
    "month_day": (
        _matching(r"(01|03|05|07|08|10|12)-(0[1-9]|[12]\d|3[01])"
                  r"|(04|06|09|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8])"),
        "a day of the year, MM-DD",
    ),
    "code": ({**_or_number(_matching("[A-Z0-9]{5}"))}, "a billing code, like 97124"),
    "diagnosis": (
        _matching(r"[A-Za-z][0-9][0-9A-Za-z](\.[0-9A-Za-z]{1,4})?"),
        "a diagnosis code, like M54.50",
    ),
    "ident": (_matching("[a-z0-9]+(-[a-z0-9]+)*"), "small letters, digits and hyphens"),
    "address": (_matching(r"https://.*"), "an address that begins with https://"),
}  # fmt: skip


def write_schemas(root: Path) -> None:
    """Write a schema for each kind of data file, which the files name in their first line.

    Args:
        root: The checkout, with `data/`.
    """
    folder = root / "data" / "schemas"
    folder.mkdir(exist_ok=True)
    wanted = {f"{schema_name(pattern)}.json": text for pattern, text in schemas().items()}
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def schemas() -> dict[str, str]:
    """The schema of each kind of data file, by its pattern in `check.FILES`, as JSON."""
    return {
        pattern: json.dumps({"$schema": _DIALECT, **schema(reader)}, indent=1) + "\n"
        for pattern, reader in check.FILES.items()
    }


def schema_name(pattern: str) -> str:
    """What a kind of data file is called: ``states/*`` is ``states``."""
    return pattern.partition("/")[0]


def schema(reader: Read[Any]) -> Schema:
    """The JSON Schema of what a reader accepts, as far as a schema can say it."""
    shape = read.shape_of(reader)
    kind: str = shape["kind"]
    if kind in _SINGLE:
        return _SINGLE[kind][0]
    return _COMPOSED[kind](shape)


def in_words(reader: Read[Any]) -> str:
    """What a reader accepts, in words for a person who writes it."""
    shape = read.shape_of(reader)
    kind: str = shape["kind"]
    if kind in _SINGLE:
        return _SINGLE[kind][1]
    match kind:
        case "choice":
            many = len(shape["values"]) > _MOST_NAMED
            return "a two-letter state" if many else "one of " + ", ".join(shape["values"])
        case "count":
            return f"a whole number from {shape['low']} to {shape['high']}"
        case "list":
            return f"a list: {in_words(shape['item'])}"
        case "either":
            return f"{', '.join(shape['words'])}, or {in_words(shape['other'])}"
        case "refers":
            return f"an entry of {shape['to']}"
        case "case":
            return "answers, as the estimator's form names them"
        case "pattern":
            return "text of one form"
        case "known":
            return in_words(shape["item"])
        case _:
            return "the keys below"


def _record(shape: Shape) -> Schema:
    readers = {**shape["required"], **shape["optional"]}
    found: Schema = {
        "type": "object",
        "properties": {key: schema(item) for key, item in readers.items()},
        "additionalProperties": False,
    }
    if shape["required"]:
        found["required"] = list(shape["required"])
    if shape["one_of_keys"]:
        found["oneOf"] = [{"required": [key]} for key in shape["one_of_keys"]]
    if shape["together"]:
        found["dependentRequired"] = {key: [other] for key, other in shape["together"].items()}
    return found


def _map(shape: Shape) -> Schema:
    item: Callable[[str], Read[Any]] = shape["item"]
    if shape["known"] is not None:
        known = {key: schema(item(key)) for key in shape["known"]}
        return {"type": "object", "properties": known, "additionalProperties": False}
    found: Schema = {"type": "object", "additionalProperties": schema(item("name"))}
    # A key is always text, whatever it looks like.
    names = schema(shape["key"])
    found["propertyNames"] = names.get("anyOf", [names])[0]
    return found


def _list(shape: Shape) -> Schema:
    found: Schema = {"type": "array", "items": schema(shape["item"])}
    if shape["low"]:
        found["minItems"] = shape["low"]
    if shape["high"] < _MOST_ITEMS:
        found["maxItems"] = shape["high"]
    return found


def _choice(shape: Shape) -> Schema:
    values: list[object] = list(shape["values"])
    if values == ["true", "false"]:
        values += [True, False]
    values += [int(word) for word in shape["values"] if word.isdigit()]
    return {"enum": values}


def _count(shape: Shape) -> Schema:
    low, high = shape["low"], shape["high"]
    whole = {"type": "integer", "minimum": low, "maximum": high}
    return {"anyOf": [_matching("0*(?:" + "|".join(between(low, high)) + ")"), whole]}


def between(low: int, high: int) -> list[str]:
    """Patterns that together match the whole numbers from `low` to `high`, and no others."""
    found = []
    for width in range(len(str(low)), len(str(high)) + 1):
        shortest = 10 ** (width - 1) if width > 1 else 0
        found += _padded(max(low, shortest), min(high, 10**width - 1), width)
    return found


def _padded(low: int, high: int, width: int) -> list[str]:
    """Patterns for the numbers from `low` to `high`, each written with `width` digits."""
    if width == 1:
        return [f"[{low}-{high}]"]
    size = 10 ** (width - 1)
    found = []
    for first in range(low // size, high // size + 1):
        start, end = max(low - first * size, 0), min(high - first * size, size - 1)
        if (start, end) == (0, size - 1):
            found.append(f"{first}\\d{{{width - 1}}}")
        else:
            found += [f"{first}{rest}" for rest in _padded(start, end, width - 1)]
    return found


def _either(shape: Shape) -> Schema:
    return {"anyOf": [{"enum": list(shape["words"])}, schema(shape["other"])]}


def _known(shape: Shape) -> Schema:
    return {"anyOf": [{"enum": [*read.UNKNOWN, None]}, schema(shape["item"])]}


def _sentences(_: Shape) -> Schema:
    nested = {"type": "object", "additionalProperties": {"$ref": "#/$defs/sentences"}}
    return {**nested, "$defs": {"sentences": {"anyOf": [_TEXT, nested]}}}


_COMPOSED: dict[str, Callable[[Shape], Schema]] = {
    "record": _record,
    "map": _map,
    "list": _list,
    "choice": _choice,
    "count": _count,
    "either": _either,
    "known": _known,
    "sentences": _sentences,
    "pattern": lambda shape: _matching(shape["pattern"]),
    "refers": lambda _: _TEXT,
    "case": lambda _: _case(),
}


def _case() -> Schema:
    """A case: every key may be absent, blank or ``unknown``."""
    properties = {key.name: {"anyOf": _answers(key)} for key in KEYS}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _answers(key: Key) -> list[Schema]:
    words: list[str | None] = [*read.UNKNOWN, None]
    if key.none:
        words.append("none")
    return [{"enum": words}, *_values(key)]


def _values(key: Key) -> list[Schema]:
    singles = {"money": "money", "rate": "rate", "number": "number", "date": "day",
               "month-day": "month_day", "code": "diagnosis"}  # fmt: skip
    if key.kind in singles:
        return [_SINGLE[singles[key.kind]][0]]
    if key.kind == "choice":
        return [{"enum": list(key.values)}]
    if key.kind == "codes":
        return [schema(read.services)]
    if key.kind == "packages":
        return [schema(read.packages)]
    whole = _count({"low": key.low, "high": key.high})
    return (
        [whole, schema(read.listed(read.booking, key.low, key.high))]
        if key.kind == "visits"
        else [whole]
    )
