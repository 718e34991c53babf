"""From text to typed values: a tree of text becomes a Case, or a list of what is wrong with it.

Every reader takes text and a path to name in the message, and raises `DataError` with one
finished sentence for each problem: where, what was expected, what was found, the nearest
right thing. Cases, the form, links and the data files all come through here.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from estimator.model import (
    KEYS,
    NONE,
    STATES,
    Absent,
    Booking,
    Case,
    DataError,
    Key,
    Package,
    Service,
)
from estimator.money import LARGEST, as_text
from estimator.record import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# What a YAML file gives us once everything in it is text.
type Tree = str | list[Tree] | dict[str, Tree]
# A reader: the text and where it stands in, a typed value out, or DataError.
type Read[T] = Callable[[object, str], T]

# What a reader reads, noted on it for whoever describes files in place of reading them.
type Shape = dict[str, Any]

UNKNOWN = ("", "unknown")
_MONEY = re.compile(r"\d{1,13}(\.\d{1,2})?", re.ASCII)
_RATE = re.compile(r"\d{1,3}(\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,7}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH_DAY = re.compile(r"\d{2}-\d{2}", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{5}", re.ASCII)
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", re.ASCII)
_IDENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST_SHOWN = 60
_MOST_LISTED = 16


def shown(tree: object) -> str:
    """A value as a message quotes it: short, on one line, whatever it holds."""
    if isinstance(tree, dict):
        return "a mapping"
    if isinstance(tree, list):
        return "a list"
    text = str(tree)
    text = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
    return repr(text)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one most likely meant, or None if none is close.

    Close means at most a third of its letters differ (insertions, deletions, replacements).
    """
    wanted = word[:_LONGEST_SHOWN].strip().lower().replace(" ", "-")
    candidates = []
    for name in known:
        gap = _edits(wanted.replace("_", "-"), name.lower().replace("_", "-"))
        if gap <= max(1, len(name) // 3):
            candidates.append((gap, name))
    return min(candidates)[1] if candidates else None


def _edits(left: str, right: str) -> int:
    """How many single-letter changes turn one word into the other."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def shaped[T](reader: Read[T], kind: str, **parts: object) -> Read[T]:
    """The same reader, with a note of what it reads: `shape_of` finds it."""
    vars(reader)["shape"] = {"kind": kind, **parts}
    return reader


def shape_of(reader: Read[Any]) -> Shape:
    """What a reader reads: its kind, and the parts that kind has."""
    found: Shape = vars(reader).get("shape") or {"kind": getattr(reader, "__name__", "")}
    return found


def _wrong(where: str, expected: str, found: object, suggestion: str | None = None) -> DataError:
    """The one shape of a message about a value."""
    tail = f". Did you mean {suggestion}?" if suggestion else ""
    return DataError([f"{where}: expected {expected}, got {shown(found)}{tail}"])


def text(tree: object, where: str) -> str:
    """A single piece of text."""
    if not isinstance(tree, str):
        raise _wrong(where, "one value", tree)
    return tree.strip()


def words(tree: object, where: str) -> str:
    """Text for people to read: not blank."""
    found = text(tree, where)
    if not found:
        raise _wrong(where, "some words", found)
    return found


def matching(pattern: str, expected: str) -> Read[str]:
    """A reader of text of one form, which messages call by what was expected."""
    form = re.compile(pattern, re.ASCII)

    def reader(tree: object, where: str) -> str:
        found = text(tree, where)
        if not form.fullmatch(found):
            raise _wrong(where, expected, found)
        return found

    return shaped(reader, "pattern", pattern=pattern)


def refers(to: str) -> Read[str]:
    """A reader of the name of an entry somewhere else; that it is there is checked later."""
    # A function of its own each time: the note must not land on `text` itself.
    return shaped(lambda tree, where: text(tree, where), "refers", to=to)  # noqa: PLW0108


def mapping(tree: object, where: str) -> dict[str, Any]:
    """A mapping of keys to values."""
    if not isinstance(tree, dict):
        raise _wrong(where, "keys with values", tree)
    return tree


def sequence(tree: object, where: str) -> list[Any]:
    """A list."""
    if not isinstance(tree, list):
        raise _wrong(where, "a list", tree)
    return tree


def choice(tree: object, where: str, values: Iterable[str]) -> str:
    """One of a few words; the nearest is offered when it is none of them."""
    found = text(tree, where)
    allowed = tuple(values)
    if found not in allowed:
        few = ", ".join(allowed[:_MOST_LISTED]) + (", …" if len(allowed) > _MOST_LISTED else "")
        expected = "a two-letter US state or DC" if allowed == STATES else f"one of {few}"
        raise _wrong(where, expected, found, nearest(found, allowed))
    return found


def money(tree: object, where: str) -> Decimal:
    """An amount in USD, from 0.00 to 10^12, with at most two decimals."""
    found = text(tree, where)
    if not _MONEY.fullmatch(found) or Decimal(found) > LARGEST:
        raise _wrong(where, f"an amount from 0.00 to {LARGEST:f}", found, _nearest_money(found))
    return Decimal(found).quantize(Decimal("0.01"))


def _nearest_money(found: str) -> str | None:
    bare = re.sub(r"[\s$,]", "", found[:_LONGEST_SHOWN])
    if not re.fullmatch(r"-?\d{1,13}(\.\d+)?", bare, re.ASCII):
        return None
    amount = abs(Decimal(bare))
    return as_text(amount) if amount <= LARGEST else None


def rate(tree: object, where: str) -> Decimal:
    """A fraction from 0 to 1; 20 per cent is 0.20."""
    found = text(tree, where)
    if not _RATE.fullmatch(found) or Decimal(found) > 1:
        raise _wrong(where, "a fraction from 0 to 1", found, _nearest_rate(found))
    return Decimal(found)


def _nearest_rate(found: str) -> str | None:
    bare = found.removesuffix("%").strip()
    if _RATE.fullmatch(bare) and 1 < Decimal(bare) <= 100:  # noqa: PLR2004
        return f"{max(Decimal(bare) / 100, Decimal('0.00')):.2f}"
    return None


def count(tree: object, where: str, low: int, high: int) -> int:
    """A whole number between two bounds, both included."""
    found = text(tree, where)
    if not _WHOLE.fullmatch(found) or not low <= int(found) <= high:
        raise _wrong(where, f"a whole number from {low} to {high}", found)
    return int(found)


def number(tree: object, where: str) -> Decimal:
    """Visits a week: more than 0, at most 7, two decimals at the most."""
    found = text(tree, where)
    if not _MONEY.fullmatch(found) or not 0 < Decimal(found) <= 7:  # noqa: PLR2004
        raise _wrong(where, "a number above 0 and up to 7", found)
    return Decimal(found)


def day(tree: object, where: str) -> date:
    """A date that exists, YYYY-MM-DD."""
    found = text(tree, where)
    if not _DATE.fullmatch(found):
        raise _wrong(where, "a date YYYY-MM-DD", found)
    try:
        parsed = date.fromisoformat(found)
    except ValueError:
        raise _wrong(where, "a date that exists, YYYY-MM-DD", found) from None
    # Visits are counted up to seven years on; both ends leave room for that.
    if not 1990 <= parsed.year <= 2100:  # noqa: PLR2004
        raise _wrong(where, "a date from 1990 to 2100", found)
    return parsed


def month_day(tree: object, where: str) -> tuple[int, int]:
    """The day of the year on which a plan year starts, MM-DD; 29 February is refused."""
    found = text(tree, where)
    if found == "02-29":
        raise _wrong(where, "a day that every year has, MM-DD", found, "03-01")
    if _MONTH_DAY.fullmatch(found):
        try:
            date.fromisoformat(f"2001-{found}")
        except ValueError:
            pass
        else:
            return int(found[:2]), int(found[3:])
    raise _wrong(where, "a month and day MM-DD", found)


def code(tree: object, where: str) -> str:
    """A five-character billing code (CPT or HCPCS)."""
    found = text(tree, where)
    if not _CODE.fullmatch(found):
        raise _wrong(where, "a billing code of five characters, like 97124", found)
    return found


def ident(tree: object, where: str) -> str:
    """The name by which other files refer to an entry: small letters, digits and hyphens."""
    found = text(tree, where)
    if not _IDENT.fullmatch(found):
        near = re.sub(r"[^a-z0-9]+", "-", found[:_LONGEST_SHOWN].lower()).strip("-")
        raise _wrong(where, "a name of small letters, digits and hyphens", found, near or None)
    return found


def diagnosis(tree: object, where: str) -> str:
    """An ICD-10-CM code's form; whether it exists is looked up elsewhere."""
    found = text(tree, where).upper()
    if not _DIAGNOSIS.fullmatch(found):
        raise _wrong(where, "a diagnosis code, like M54.50", found)
    return found


def at(where: str, key: str) -> str:
    """A place inside a place: ``case 3: fee``, then ``case 3: visits[0].fee``."""
    if not where:
        return key
    return f"{where}.{key}" if ": " in where else f"{where}: {key}"


def only(tree: Mapping[str, object], where: str, known: Iterable[str]) -> list[str]:
    """Problems with keys nobody knows: each names the nearest known one."""
    names = tuple(known)
    found = []
    for key in tree:
        if key not in names:
            near = nearest(str(key), names)
            tail = f". Did you mean {near}?" if near else ""
            found.append(f"{at(where, str(key)[:_LONGEST_SHOWN])}: unknown key{tail}")
    return found


def record[T](
    make: Callable[..., T],
    required: Mapping[str, Read[Any]],
    optional: Mapping[str, Read[Any]] = EMPTY,
    *,
    one_of_keys: tuple[str, ...] = (),
    together: Mapping[str, str] = EMPTY,
) -> Read[T]:
    """A reader of mappings with known keys, each read by its own reader.

    Args:
        make: Called with the values by keyword, once all of them could be read.
        required: Readers of the keys that must be there.
        optional: Readers of those that may be.
        one_of_keys: Optional keys of which exactly one must be there.
        together: Optional keys, and the one that has to stand beside each.
    """
    readers = {**required, **optional}

    def reader(tree: object, where: str) -> T:
        entries = mapping(tree, where)
        problems = only(entries, where, readers)
        problems += [f"{at(where, key)}: missing" for key in required if key not in entries]
        problems += [
            f"{at(where, key)}: expected {other} beside it"
            for key, other in together.items()
            if key in entries and other not in entries
        ]
        if one_of_keys and len(entries.keys() & set(one_of_keys)) != 1:
            problems.append(f"{where}: expected exactly one of {', '.join(one_of_keys)}")
        values: dict[str, Any] = {}
        for key, read_value in readers.items():
            if key in entries:
                with collected(problems):
                    values[key] = read_value(entries[key], at(where, key))
        if problems:
            raise DataError(problems)
        return make(**values)

    return shaped(
        reader, "record", required=required, optional=optional, one_of_keys=one_of_keys,
        together=together,
    )  # fmt: skip


def listed[T](item: Read[T], low: int = 0, high: int = 10_000) -> Read[tuple[T, ...]]:
    """A reader of lists of `low` to `high` items, each read by the same reader."""

    def reader(tree: object, where: str) -> tuple[T, ...]:
        entries = sequence(tree, where)
        if not low <= len(entries) <= high:
            expected = f"{low} to {high}" if high < 10_000 else f"at least {low}"  # noqa: PLR2004
            raise DataError([f"{where}: expected {expected} items, got {len(entries)}"])
        problems: list[str] = []
        found = []
        for index, entry in enumerate(entries):
            with collected(problems):
                found.append(item(entry, f"{where}[{index}]"))
        if problems:
            raise DataError(problems)
        return tuple(found)

    return shaped(reader, "list", item=item, low=low, high=high)


def mapped[T](
    item: Callable[[str], Read[T]],
    known: Iterable[str] | None = None,
    key: Read[str] | None = None,
) -> Read[dict[str, T]]:
    """A reader of mappings whose values are all of one kind.

    Args:
        item: Gives the reader for a key.
        known: The keys there may be; None for any.
        key: What a key has to look like, where any may be.
    """
    names = None if known is None else tuple(known)
    key_reader = text if key is None else key

    def reader(tree: object, where: str) -> dict[str, T]:
        entries = mapping(tree, where)
        problems = only(entries, where, names) if names is not None else []
        found = {}
        for name, entry in entries.items():
            if names is None or name in names:
                with collected(problems):
                    found[key_reader(name, where)] = item(name)(entry, at(where, name))
        if problems:
            raise DataError(problems)
        return found

    return shaped(reader, "map", item=item, known=names, key=key_reader)


def checked[T](reader: Read[T], check: Callable[[T, str], Iterable[str]]) -> Read[T]:
    """A reader whose values must also satisfy a check that names what is wrong with them."""

    def strict(tree: object, where: str) -> T:
        found = reader(tree, where)
        if problems := list(check(found, where)):
            raise DataError(problems)
        return found

    vars(strict)["shape"] = shape_of(reader)
    return strict


@contextmanager
def collected(problems: list[str]) -> Iterator[None]:
    """Keep the problems of what is read inside, and carry on."""
    try:
        yield
    except DataError as error:
        problems += error.problems


def one_of(*values: str) -> Read[str]:
    """A reader of one of a few words."""
    return shaped(lambda tree, where: choice(tree, where, values), "choice", values=values)


def flag(*two: str) -> Read[bool]:
    """A reader of two words, the first of which is yes."""
    return shaped(lambda tree, where: choice(tree, where, two) == two[0], "choice", values=two)


def whole(low: int, high: int) -> Read[int]:
    """A reader of whole numbers between two bounds."""
    return shaped(lambda tree, where: count(tree, where, low, high), "count", low=low, high=high)


def _if_known[T](reader: Read[T]) -> Read[T | None]:
    """A reader to which blank and ``unknown`` are None."""
    return shaped(
        lambda tree, where: None if tree in UNKNOWN else reader(tree, where), "known", item=reader
    )


services = listed(record(Service, {"code": code, "minutes": whole(1, 1440)}))
packages = listed(record(Package, {"visits": whole(1, 366), "price": money}))
booking = record(
    Booking, {}, {"date": _if_known(day), "fee": _if_known(money), "allowed": _if_known(money)}
)


def visits(tree: object, where: str, low: int, high: int) -> int | tuple[Booking, ...]:
    """How many visits, or a list of them with what differs from the case."""
    if not isinstance(tree, list):
        return count(tree, where, low, high)
    found = listed(booking, low, high)(tree, where)
    dates = [item.date for item in found if item.date]
    if dates and len(dates) != len(found):
        raise DataError([f"{where}: expected a date for each visit, or for none"])
    if dates != sorted(dates):
        raise DataError([f"{where}: expected dates in the order of the visits"])
    return found


def value(key: Key, tree: object, where: str) -> object:
    """One answer of a case, read by its key's kind; None when it is unknown."""
    if isinstance(tree, str):
        found = tree.strip()
        if found in UNKNOWN:
            return None
        if key.none and found == "none":
            return NONE
    match key.kind:
        case "choice":
            return choice(tree, where, key.values)
        case "count":
            return count(tree, where, key.low, key.high)
        case "visits":
            return visits(tree, where, key.low, key.high)
        case _:
            return _READERS[key.kind](tree, where)


_READERS: dict[str, Callable[[object, str], object]] = {
    "money": money,
    "rate": rate,
    "number": number,
    "date": day,
    "month-day": month_day,
    "code": diagnosis,
    "codes": services,
    "packages": packages,
}
_BY_NAME = {key.name: key for key in KEYS}


def case(tree: object, where: str = "") -> Case:
    """A case from a tree of text.

    Args:
        tree: A mapping whose keys are the vocabulary's; an absent key is unknown.
        where: Put before each message, such as ``case 3``.

    Raises:
        DataError: with every problem of the case: unknown keys, values that can't be read,
            answers that contradict each other.
    """
    entries = mapping(tree, where or "case")
    problems = only(entries, where, _BY_NAME)
    answers: dict[str, Any] = {}
    for name, entry in entries.items():
        if name in _BY_NAME:
            with collected(problems):
                answers[name] = value(_BY_NAME[name], entry, at(where, name))
    if problems:
        raise DataError(problems)
    found = Case(**answers)
    if contradictions := [at(where, line) for line in _contradictions(found)]:
        raise DataError(contradictions)
    return found


# A counter can't have passed its own limit: one of the two answers is a slip.
_COUNTERS = (
    ("deductible_met", "deductible"),
    ("oop_met", "oop_max"),
    ("family_deductible_met", "family_deductible"),
    ("family_oop_met", "family_oop_max"),
    ("plan_paid", "plan_pays_max"),
    ("visits_used", "visit_limit"),
)


def _contradictions(found: Case) -> list[str]:
    """Pairs of answers that can't both be true, each named with both values."""
    problems = []
    for counter, limit in _COUNTERS:
        used, most = getattr(found, counter), getattr(found, limit)
        if used is not None and most is not None and not isinstance(most, Absent) and used > most:
            problems.append(
                f"{counter}: expected at most the {limit} of {most}, got '{used}'."
                f" Check both numbers"
            )
    if (found.allowed_low is None) != (found.allowed_high is None):
        lone, other = "allowed_low", "allowed_high"
        if found.allowed_low is None:
            lone, other = other, lone
        problems.append(f"{lone}: expected {other} beside it")
    if found.allowed_low is not None and found.allowed_high is not None:
        if found.allowed is not None:
            problems.append("allowed: expected either allowed, or allowed_low with allowed_high")
        if found.allowed_low > found.allowed_high:
            problems.append(
                f"allowed_low: expected at most the allowed_high of {found.allowed_high},"
                f" got '{found.allowed_low}'"
            )
    return problems
