"""YAML in: the only module that knows the format.

A file becomes a tree of text (so that ``NO`` stays a state and ``97124`` a code), refused
when it uses anything a person would not write on purpose: a key twice, an anchor, an alias,
a tag, a second document, nesting without end. Typed values are then read from the tree.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from estimator import read
from estimator.model import (
    COST_SHARING,
    KEYS,
    PLANS,
    STATES,
    Amount,
    Assumption,
    AutoInjury,
    BillingCode,
    Choice,
    DataError,
    Example,
    Field,
    Fixed,
    Group,
    Package,
    PlanLine,
    Rules,
    Source,
    StateRules,
    VisitRule,
    YearAmounts,
)
from estimator.money import as_text
from estimator.record import EMPTY, Record
from estimator.settle import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from estimator.read import Read, Tree

LARGEST_FILE = 5_000_000
DEEPEST = 20


def data_folder() -> Path:
    """Where the facts are: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"


def text_tree(content: bytes, where: str) -> Tree:
    """Parse YAML into mappings, lists and text.

    Args:
        content: The file's bytes: UTF-8, at most 5 MB.
        where: The file's name as messages show it.

    Raises:
        DataError: not UTF-8, too large, empty, not YAML, or using what is refused here.
    """
    if len(content) > LARGEST_FILE:
        raise DataError([f"{where}: expected at most 5 MB, got {len(content):,} bytes"])
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError([f"{where}: line {line}: expected UTF-8 text, got other bytes"]) from None
    try:
        events = yaml.parse(decoded, Loader=yaml.BaseLoader)
        return _document(_Events(events, where), where)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = 1 if mark is None else mark.line + 1
        problem = error.problem or "can't be read"
        raise DataError([f"{where}: line {line}: expected YAML, but {problem}"]) from None
    except yaml.YAMLError as error:
        said = str(error).splitlines()[0]
        raise DataError([f"{where}: expected YAML, but {said}"]) from None


class _Events:
    """PyYAML's events, one after the other, with what we refuse turned into messages."""

    def __init__(self, events: Iterable[yaml.Event], where: str) -> None:
        self._events = iter(events)
        self._where = where

    def next(self) -> yaml.Event:
        event = next(self._events)
        if isinstance(event, yaml.AliasEvent):
            raise self.refuse(event, "write the value out in place of the alias '*'")
        if getattr(event, "anchor", None):
            raise self.refuse(event, "leave out the anchor '&'")
        if getattr(event, "tag", None):
            raise self.refuse(event, "leave out the tag '!'")
        return event

    def refuse(self, event: yaml.Event, problem: str) -> DataError:
        line = event.start_mark.line + 1 if event.start_mark else 1
        return DataError([f"{self._where}: line {line}: {problem}"])


def _document(events: _Events, where: str) -> Tree:
    events.next()  # the stream's start
    if isinstance(events.next(), yaml.StreamEndEvent):
        raise DataError([f"{where}: the file is empty"])
    tree = _node(events, events.next(), 0)
    events.next()  # the document's end
    last = events.next()
    if not isinstance(last, yaml.StreamEndEvent):
        raise events.refuse(last, "expected one document, but a second begins here")
    if tree == "":
        raise DataError([f"{where}: the file is empty"])
    return tree


def _node(events: _Events, event: yaml.Event, depth: int) -> Tree:
    if isinstance(event, yaml.ScalarEvent):
        value: str = event.value
        return value
    if depth == DEEPEST:
        raise events.refuse(event, f"expected at most {DEEPEST} levels of nesting")
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Tree] = []
        while not isinstance(event := events.next(), yaml.SequenceEndEvent):
            items.append(_node(events, event, depth + 1))
        return items
    entries: dict[str, Tree] = {}
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise events.refuse(event, "expected a single word as the key")
        if event.value in entries:
            raise events.refuse(event, f"the key {read.shown(event.value)} is there twice")
        entries[event.value] = _node(events, events.next(), depth + 1)
    return entries


def file_tree(path: Path, where: str) -> Tree:
    """A file as a tree of text.

    Raises:
        DataError: it can't be opened, or `text_tree` refuses it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError([f"{where}: can't be opened: {error.strerror}"]) from None
    return text_tree(content, where)


def _ids(tree: object, where: str) -> tuple[str, ...]:
    """At least one source's id; that each resolves is checked once all files are read."""
    return read.listed(read.text, 1)(tree, where)


def _address(tree: object, where: str) -> str:
    address = read.text(tree, where)
    if not address.startswith("https://"):
        raise DataError([f"{where}: expected an address that begins with https://"])
    return address


def _flag(*words: str) -> Read[bool]:
    """A reader of two words, the first of which is yes."""
    return lambda tree, where: read.choice(tree, where, words) == words[0]


_true = _flag("true", "false")
_yes = _flag("yes", "no")


def _assumption(key: str) -> Read[Assumption]:
    """A reader of one dated assumption about a key of the case."""
    kind = next(item.kind for item in KEYS if item.name == key)
    number: Read[Decimal] = {"rate": read.rate, "money": read.money}.get(kind, _whole)

    def make(**entry: Any) -> Assumption:  # noqa: ANN401 - each key was read by its own reader
        del entry["why"]
        return Assumption(since=entry.pop("from"), **{"until": None, **entry})

    return read.record(
        make,
        {"from": read.day, "low": number, "likely": number, "high": number, "sources": _ids,
         "why": read.text},
        {"until": read.day, "confirm": _true},
    )  # fmt: skip


def _whole(tree: object, where: str) -> Decimal:
    return Decimal(read.count(tree, where, 0, 1440))


def _series(key: str) -> Read[tuple[Assumption, ...]]:
    """A reader of a dated series: oldest first, no overlap, no gap, low to high rising."""

    def reader(tree: object, where: str) -> tuple[Assumption, ...]:
        found = read.listed(_assumption(key), 1)(tree, where)
        problems = [
            f"{where}[{index}]: expected low, likely and high to rise"
            for index, item in enumerate(found)
            if not item.low <= item.likely <= item.high
        ]
        for index, (earlier, later) in enumerate(pairwise(found), 1):
            if earlier.until is None or later.since <= earlier.until:
                problems.append(
                    f"{where}[{index}].from: overlaps the entry before it; end that one earlier"
                )
            elif (later.since - earlier.until).days > 1:
                problems.append(f"{where}[{index}].from: leaves a gap after {earlier.until}")
        if problems:
            raise DataError(problems)
        return found

    return reader


def _choice(*values: str) -> Read[Choice]:
    """A reader of a choice's likely value and its plausible ones."""
    word = read.one_of(*values)
    fields = {"likely": word, "plausible": read.listed(word, 1), "sources": _ids}

    def reader(tree: object, where: str) -> Choice:
        found = read.record(Choice, fields)(tree, where)
        if found.likely not in found.plausible:
            raise DataError([f"{where}.plausible: expected {found.likely}, the likely one, too"])
        return found

    return reader


_NUMBERS = ("deductible", "coinsurance", "copay")
_YEARLY = (
    "medicare_part_b_deductible hsa_self hsa_family fsa hdhp_deductible_self"
    " hdhp_deductible_family hdhp_oop_self hdhp_oop_family aca_oop_self aca_oop_family"
).split()
_provider = read.one_of(*next(key.values for key in KEYS if key.name == "provider"))
_by_provider = read.mapped(lambda _: _ids, ("lmt", "pt-ot", "chiropractor", "physician"))
_amount = read.record(Amount, {"value": read.money, "sources": _ids})
_visit_rule = read.record(
    VisitRule,
    {"visits": read.whole(0, 366), "sources": _ids},
    {"days": read.whole(1, 366), "providers": read.listed(_provider, 1)},
)
_REQUIRED = ("prescription", "prior_auth", "referral", "claim")


def _balance_bill(tree: object, where: str) -> Decimal | None:
    """What may be billed above the allowed amount: any, none, or a fraction of it."""
    if tree == "any":
        return None
    return Decimal(0) if tree == "none" else read.rate(tree, where)


_plan_line = read.record(
    PlanLine,
    {
        "id": read.text,
        "reviewed": read.day,
        "pays_out_of_network": read.one_of("yes", "no", "ask"),
        "balance_bill": _balance_bill,
        "requires": read.mapped(lambda _: _ids, _REQUIRED),
        "network": _choice("in", "out"),
        "cost_sharing": _choice(*COST_SHARING),
        "assumed": read.mapped(lambda _: read.mapped(_series, _NUMBERS), ("in", "out")),
        "plausible_limits": read.mapped(_series, LIMITS),
    },
    {
        "settled_by": read.mapped(lambda _: read.listed(read.text, 1), _REQUIRED),
        "never_pays": _by_provider,
        "pays_by_rule": _by_provider,
        "episode": _visit_rule,
        "fixed": read.record(Fixed, {"answers": read.case, "sources": _ids}),
        "deductible_of_year": read.one_of(*_YEARLY),
    },
)
_state_rules = read.record(
    StateRules,
    {"state": read.one_of(*STATES), "reviewed": read.day},
    {
        "auto": read.record(
            AutoInjury,
            {"pip": read.one_of("required", "optional"), "minimum": read.money, "sources": _ids},
            {"confirm": _true},
        ),
        "pip_excludes_massage": _ids,
        "pip_pays_massage_therapists": _ids,
        "every_category": _ids,
        "medpay_minimum": _amount,
        "workers_comp_copay_after_mmi": _amount,
        "workers_comp_report_after": _visit_rule,
        "workers_comp_visit_cap": _visit_rule,
        "workers_comp_unauthorized": _visit_rule,
    },
)
_year_amounts = read.record(
    YearAmounts,
    {
        "year": read.whole(2000, 2100),
        "reviewed": read.day,
        "amounts": read.mapped(lambda _: _amount, _YEARLY),
    },
)
_ASSUMED = (*_NUMBERS, "fee", "allowed", "visits", "minutes", "medpay_max")


def _named[T](folder: Path, name: str, reader: Read[T], key: str, expected: object) -> T:
    """A file that says itself what it is about, which has to be what its name says."""
    tree, where = _file(folder, name)
    found = reader(tree, where)
    said = getattr(found, key)
    if said != expected:
        raise DataError([f"{where}: {key}: expected {expected}, the file's name, got {said}"])
    return found


def plan_line(folder: Path, plan_id: str) -> PlanLine:
    """A plan line, from ``plans/<id>.yaml``."""
    return _named(folder, f"plans/{plan_id}", _plan_line, "id", plan_id)


def state_rules(folder: Path, state: str) -> StateRules:
    """A state's rules, from ``states/<xx>.yaml``."""
    return _named(folder, f"states/{state.lower()}", _state_rules, "state", state)


def year_amounts(folder: Path, year: int) -> YearAmounts:
    """A calendar year's amounts, from ``years/<year>.yaml``."""
    return _named(folder, f"years/{year}", _year_amounts, "year", year)


def sources(folder: Path) -> dict[str, Source]:
    """Every source by its id, from ``sources.yaml``."""
    fields = {"title": read.text, "publisher": read.text, "retrieved": read.day,
              "grade": read.one_of("P", "M", "S", "K")}  # fmt: skip
    optional = {"section": read.text, "url": _address}

    def source(key: str) -> Read[Source]:
        return read.record(partial(Source, id=key), fields, optional)

    return read.mapped(source)(*_file(folder, "sources"))


def codes(folder: Path) -> dict[str, BillingCode]:
    """The billing codes in our own words, from ``codes.yaml``."""
    tree, where = _file(folder, "codes")
    entries = dict(read.mapping(tree, where))
    reviewed = entries.pop("reviewed", "")
    problems: list[str] = []
    with read.collected(problems):
        read.day(reviewed, f"{where}: reviewed")
    optional = {
        "unit_minutes": read.whole(1, 60),
        "daily_max": read.whole(0, 96),
        "active": _yes,
        "bundled": _yes,
        "not_beside": read.listed(read.code, 1),
    }

    def billing_code(key: str) -> Read[BillingCode]:
        def reader(tree: object, where: str) -> BillingCode:
            make = partial(BillingCode, code=read.code(key, where))
            return read.record(make, {"plain": read.text, "sources": _ids}, optional)(tree, where)

        return reader

    found: dict[str, BillingCode] = {}
    with read.collected(problems):
        found = read.mapped(billing_code)(entries, where)
    if problems:
        raise DataError(problems)
    return found


class Retired(Record, kw_only=True):
    """A diagnosis code that can't stand on a claim, and what to write instead.

    `since` is the first day it could not; None where that could not be verified.
    """

    title: str
    status: str
    replaced_by: tuple[str, ...]
    since: date | None = None


class Diagnoses(Record, kw_only=True):
    """The diagnosis codes we hold: those that can be billed by group, and those that can't."""

    reviewed: date
    release: str
    sources: tuple[str, ...]
    billable: Mapping[str, Mapping[str, str]]
    not_billable: Mapping[str, Retired]

    def titles(self) -> dict[str, str]:
        """Every billable code's title."""
        return {code: title for codes in self.billable.values() for code, title in codes.items()}


def diagnoses(folder: Path) -> Diagnoses:
    """The diagnosis codes, from ``diagnoses.yaml``; not needed for an estimate."""
    code = read.listed(read.diagnosis, 1)
    status = read.one_of("outdated", "incomplete")
    fields = {"title": read.text, "status": status, "replaced_by": code}
    retired = read.record(Retired, fields, {"since": read.day})

    def checked[T](reader: Read[T]) -> Callable[[str], Read[T]]:
        def of_key(key: str) -> Read[T]:
            return lambda tree, where: (read.diagnosis(key, where), reader(tree, where))[1]

        return of_key

    titles = read.mapped(checked(read.text))
    return read.record(
        Diagnoses,
        {
            "reviewed": read.day,
            "release": read.text,
            "sources": _ids,
            "billable": read.mapped(lambda _: titles),
            "not_billable": read.mapped(checked(retired)),
        },
    )(*_file(folder, "diagnoses"))


class Clinic(Record, kw_only=True):
    """The clinic that publishes the guide: what it fills in on the estimator's form."""

    name: str
    state: str | None = None
    price: Mapping[str, str] = EMPTY
    packages: tuple[Package, ...] = ()


def clinic(folder: Path) -> Clinic:
    """The clinic's own file, ``clinic.yaml``."""
    price: Read[dict[str, str]] = read.record(
        dict, {"fee": lambda tree, where: as_text(read.money(tree, where))},
        {"minutes": lambda tree, where: str(read.count(tree, where, 1, 1440))},
    )  # fmt: skip
    optional = {"state": read.one_of(*STATES), "price": price, "packages": read.packages}
    return read.record(Clinic, {"name": read.text}, optional)(*_file(folder, "clinic"))


_example = read.record(Example, {"id": read.text, "order": read.whole(1, 999), "given": read.case})


def example(folder: Path, example_id: str) -> Example:
    """A worked example, from ``examples/<id>.yaml``."""
    return _named(folder, f"examples/{example_id}", _example, "id", example_id)


def examples(folder: Path) -> tuple[Example, ...]:
    """The worked examples of ``examples/``, in their order."""
    found = [example(folder, path.stem) for path in sorted((folder / "examples").glob("*.yaml"))]
    return tuple(sorted(found, key=lambda item: item.order))


_CONTROLS = ("radios", "select", "money", "percent", "count", "date", "month")


def form(folder: Path) -> tuple[Group, ...]:
    """The form's questions in their groups, from ``form.yaml``."""
    names = tuple(key.name for key in KEYS)
    one = read.record(Field, {"key": read.one_of(*names), "control": read.one_of(*_CONTROLS)})

    def make(id: str, fields: tuple[Field, ...], open: bool = False) -> Group:  # noqa: A002, FBT001, FBT002
        return Group(id, fields, open)

    group = read.record(make, {"id": read.text, "fields": read.listed(one, 1)}, {"open": _yes})
    tree, where = _file(folder, "form")
    found: tuple[Group, ...] = read.record(lambda groups: groups, {"groups": read.listed(group)})(
        tree, where
    )
    keys = [item.key for part in found for item in part.fields]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise DataError([f"{where}: groups: {key} is asked twice" for key in twice])
    return found


def flat(folder: Path, name: str) -> dict[str, str]:
    """A file of sentences, its nested keys joined by dots."""
    found: dict[str, str] = {}

    def walk(tree: Tree, path: str, where: str) -> None:
        if isinstance(tree, dict):
            for key, item in tree.items():
                walk(item, f"{path}.{key}" if path else key, where)
        else:
            found[path] = read.text(tree, f"{where}: {path}")

    tree, where = _file(folder, name)
    walk(tree, "", where)
    return found


def plan_ids(folder: Path) -> tuple[str, ...]:
    """The plan lines we hold a file for, in the order of the vocabulary."""
    held = {path.stem for path in (folder / "plans").glob("*.yaml")}
    if unknown := held - set(PLANS):
        name = min(unknown)
        near = read.nearest(name, PLANS)
        tail = f". Did you mean {near}?" if near else ""
        raise DataError([f"{folder.name}/plans/{name}.yaml: not a plan we know{tail}"])
    return tuple(plan for plan in PLANS if plan in held)


def state_ids(folder: Path) -> tuple[str, ...]:
    """The states we hold a file for."""
    held = {path.stem for path in (folder / "states").glob("*.yaml")}
    if unknown := held - {state.lower() for state in STATES}:
        name = min(unknown)
        raise DataError([f"{folder.name}/states/{name}.yaml: not a state or DC"])
    return tuple(state for state in STATES if state.lower() in held)


def year_ids(folder: Path) -> tuple[int, ...]:
    """The years we hold a file for, in order and without a gap."""
    names = sorted(path.stem for path in (folder / "years").glob("*.yaml"))
    found = tuple(
        read.count(name, f"{folder.name}/years/{name}.yaml", 2000, 2100) for name in names
    )
    for earlier, later in pairwise(found):
        if later != earlier + 1:
            raise DataError([f"{folder.name}/years: no file for {earlier + 1}, between two others"])
    return found


def version(folder: Path) -> str:
    """A fingerprint of all data: it changes when any file of it does."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:12]


def _each[K, T](names: Iterable[K], folder: Path, reader: Callable[[Path, K], T]) -> dict[K, T]:
    """One file after the other, with the problems of all of them."""
    problems: list[str] = []
    found = {}
    for name in names:
        with read.collected(problems):
            found[name] = reader(folder, name)
    if problems:
        raise DataError(problems)
    return found


def rules(
    folder: Path, plans: Iterable[str] | None = None, states: Iterable[str] | None = None
) -> Rules:
    """All data an estimate needs.

    Args:
        folder: The data folder, such as `data_folder()`.
        plans: The plan lines to read; None for all. The browser reads only what it needs.
        states: The states to read; None for all.

    Raises:
        DataError: with every problem of every file it reads, unresolved sources included.
    """
    problems: list[str] = []
    held: dict[str, Any] = {}
    readers: dict[str, Callable[[], object]] = {
        "sources": lambda: sources(folder),
        "codes": lambda: codes(folder),
        "clinic": lambda: clinic(folder),
        "assumptions": lambda: _reviewed(folder, "assumptions", read.mapped(_series, _ASSUMED)),
        "rules": lambda: _rules(folder),
        "plans": lambda: _each(plan_ids(folder) if plans is None else plans, folder, plan_line),
        "states": lambda: _each(
            state_ids(folder) if states is None else states, folder, state_rules
        ),
        "years": lambda: _each(year_ids(folder), folder, year_amounts),
    }
    for name, reader in readers.items():
        with read.collected(problems):
            held[name] = reader()
    if problems:
        raise DataError(problems)
    reviewed, assumed = held["assumptions"]
    found = Rules(
        version=version(folder),
        plans=held["plans"],
        assumed=assumed,
        rule_sources=held["rules"],
        codes=held["codes"],
        states=held["states"],
        years=held["years"],
        sources=held["sources"],
        reviewed={"assumptions": reviewed}
        | {f"plans/{plan.id}": plan.reviewed for plan in held["plans"].values()}
        | {f"states/{key.lower()}": state.reviewed for key, state in held["states"].items()}
        | {f"years/{key}": year.reviewed for key, year in held["years"].items()},
        packages=held["clinic"].packages,
    )
    if unresolved := unresolved_sources(found, folder.name):
        raise DataError(unresolved)
    return found


def _file(folder: Path, name: str) -> tuple[Tree, str]:
    """A data file's tree, and its name as messages show it."""
    where = f"{folder.name}/{name}.yaml"
    return file_tree(folder / f"{name}.yaml", where), where


def _reviewed[T](folder: Path, name: str, reader: Read[T]) -> tuple[date, T]:
    """A file whose `reviewed` date stands beside its entries."""
    tree, where = _file(folder, name)
    entries = dict(read.mapping(tree, where))
    reviewed = read.day(entries.pop("reviewed", ""), f"{where}: reviewed")
    return reviewed, reader(entries, where)


def _rules(folder: Path) -> dict[str, tuple[str, ...]]:
    fields = {"reviewed": read.day, "rules": read.mapped(lambda _: _ids)}
    held: dict[str, Any] = read.record(dict, fields)(*_file(folder, "rules"))
    found: dict[str, tuple[str, ...]] = held["rules"]
    return found


def unresolved_sources(found: Rules, folder: str) -> list[str]:
    """Sources that are named but not listed: each with the place that names it."""
    named: list[tuple[str, tuple[str, ...]]] = [
        (f"{folder}/rules.yaml: rules.{rule}", ids) for rule, ids in found.rule_sources.items()
    ]
    named += [(f"{folder}/codes.yaml: {code.code}", code.sources) for code in found.codes.values()]
    for key, dated in found.assumed.items():
        named += [(f"{folder}/assumptions.yaml: {key}[{n}]", item.sources)
                  for n, item in enumerate(dated)]  # fmt: skip
    for state in found.states.values():
        where = f"{folder}/states/{state.state.lower()}.yaml"
        named += [(f"{where}: {path}", ids) for path, ids in _cited_by_state(state)]
    for year in found.years.values():
        named += [(f"{folder}/years/{year.year}.yaml: amounts.{key}", amount.sources)
                  for key, amount in year.amounts.items()]  # fmt: skip
    for plan in found.plans.values():
        named += [(f"{folder}/plans/{plan.id}.yaml: {path}", ids) for path, ids in _cited(plan)]
    problems = []
    for place, ids in named:
        for item in ids:
            if item not in found.sources:
                near = read.nearest(item, found.sources)
                tail = f". Did you mean {near}?" if near else ""
                problems.append(f"{place}.sources: no source {item} in {folder}/sources.yaml{tail}")
    return problems


def _cited_by_state(state: StateRules) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every place of a state's file that names sources."""
    for name in state.names():
        value = getattr(state, name)
        if isinstance(value, tuple):
            yield name, value
        elif isinstance(value, (AutoInjury, Amount, VisitRule)):
            yield name, value.sources


def _cited(plan: PlanLine) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every place of a plan's file that names sources."""
    for key, ids in plan.requires.items():
        yield f"requires.{key}", ids
    for name in ("never_pays", "pays_by_rule"):
        for provider, ids in getattr(plan, name).items():
            yield f"{name}.{provider}", ids
    for name in ("episode", "fixed"):
        if (held := getattr(plan, name)) is not None:
            yield name, held.sources
    yield "network", plan.network.sources
    yield "cost_sharing", plan.cost_sharing.sources
    series = {f"assumed.{side}": numbers for side, numbers in plan.assumed.items()}
    for path, numbers in {**series, "plausible_limits": plan.plausible_limits}.items():
        for key, dated in numbers.items():
            for index, item in enumerate(dated):
                yield f"{path}.{key}[{index}]", item.sources
