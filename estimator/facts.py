"""The facts an estimate rests on, as typed values: plan lines, states, years, codes, figures."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from estimator import load, read
from estimator.model import (
    COST_SHARING,
    KEYS,
    PLANS,
    STATES,
    Amount,
    Assumption,
    AutoInjury,
    BillingCode,
    Bracket,
    Choice,
    CodePair,
    DataError,
    Dated,
    Example,
    Field,
    Fixed,
    Group,
    License,
    Note,
    Package,
    PlanLine,
    Rules,
    Source,
    StateExample,
    StateRules,
    VisitRule,
    YearAmounts,
)
from estimator.money import as_text
from estimator.record import EMPTY, Record
from estimator.settle import LIMITS
from estimator.units import UNIT_MINUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from estimator.read import Read

# Whom to ask where a fact isn't certain; the words stand in messages/ under ``ask``.
ASK = (
    "insurer adjuster employer clinic state-insurance-department workers-comp-board massage-board"
    " medicare medicaid doctor tax-adviser lawyer"
).split()
# What pages tell of a state. Each topic has a note, or is named as not checked.
TOPICS = ("auto", "provider_law", "massage", "workers_comp")
# What only a state's page tells: the browser's wheel goes without.
PAGE_KEYS = ("massage_license", "in_short", "examples", "notes", "not_checked")


def _address(tree: object, where: str) -> str:
    address = read.text(tree, where)
    if not address.startswith("https://"):
        raise DataError([f"{where}: expected an address that begins with https://"])
    return address


# At least one source's id; that each resolves is checked once all files are read.
source_ids = read.shaped(read.listed(read.text, 1), "sources")
yes = read.flag("yes", "no")
true = read.flag("true", "false")
plan_name = read.one_of(*PLANS)
state_name = read.one_of(*STATES)
provider = read.one_of(*next(key.values for key in KEYS if key.name == "provider"))
# Text in each language the guide speaks.
words: Read[dict[str, str]] = read.record(dict, {"en": read.words}, {"es": read.words})
cited: dict[str, Read[Any]] = {"sources": source_ids}
doubt: dict[str, Read[Any]] = {"confirm": true, "ask": read.one_of(*ASK)}
DOUBT = {"confirm": "ask", "ask": "confirm"}


def _assumption(key: str) -> Read[Assumption]:
    """A reader of one dated assumption about a key of the case."""
    kind = next(item.kind for item in KEYS if item.name == key)
    number: Read[Decimal] = {"rate": read.rate, "money": read.money}.get(kind, _number)

    def make(**entry: Any) -> Assumption:  # noqa: ANN401 - each key was read by its own reader
        del entry["why"]
        return Assumption(since=entry.pop("from"), **{"until": None, **entry})

    return read.record(
        make,
        {"from": read.day, "low": number, "likely": number, "high": number, **cited,
         "why": read.words},
        {"until": read.day, "confirm": true},
    )  # fmt: skip


_count = read.whole(0, 1440)
_number = read.shaped(lambda tree, where: Decimal(_count(tree, where)), **read.shape_of(_count))


def _in_order(found: tuple[Assumption | Dated, ...], where: str) -> Iterator[str]:
    """A dated series: oldest first, no overlap, no gap."""
    for index, (earlier, later) in enumerate(pairwise(found), 1):
        if earlier.until is None or later.since <= earlier.until:
            yield f"{where}[{index}].from: overlaps the entry before it; end that one earlier"
        elif (later.since - earlier.until).days > 1:
            yield f"{where}[{index}].from: leaves a gap after {earlier.until}"


def _rising(found: tuple[Assumption, ...], where: str) -> Iterator[str]:
    """Low, likely and high in their order, and a series in its own."""
    for index, item in enumerate(found):
        if not item.low <= item.likely <= item.high:
            yield f"{where}[{index}]: expected low, likely and high to rise"
    yield from _in_order(found, where)


def _series(key: str) -> Read[tuple[Assumption, ...]]:
    """A reader of what a key is taken to be, over time."""
    return read.checked(read.listed(_assumption(key), 1), _rising)


def _choice(*values: str) -> Read[Choice]:
    """A reader of a choice's likely value and its plausible ones."""
    word = read.one_of(*values)

    def includes_likely(found: Choice, where: str) -> Iterator[str]:
        if found.likely not in found.plausible:
            yield f"{where}.plausible: expected {found.likely}, the likely one, too"

    fields = {"likely": word, "plausible": read.listed(word, 1), **cited}
    return read.checked(read.record(Choice, fields), includes_likely)


def _answer_to(key: str) -> Read[str]:
    """A reader of one of the answers that a key of the case may have."""
    return read.one_of(*next(item.values for item in KEYS if item.name == key))


def _balance_bill(tree: object, where: str) -> Decimal | None:
    """What may be billed above the allowed amount: any, none, or a fraction of it."""
    if tree == "any":
        return None
    return Decimal(0) if tree == "none" else read.rate(tree, where)


_NUMBERS = ("deductible", "coinsurance", "copay")
_ASSUMED = (*_NUMBERS, "fee", "allowed", "visits", "minutes", "medpay_max")
_REQUIRED = ("prescription", "prior_auth", "referral", "claim")
_YEARLY = (
    "medicare_part_b_deductible medicare_kx_threshold medicare_kx_review hsa_self hsa_family"
    " hsa_catch_up fsa fsa_carryover hdhp_deductible_self hdhp_deductible_family hdhp_oop_self"
    " hdhp_oop_family aca_oop_self aca_oop_family social_security_wage_base"
    " standard_deduction_single standard_deduction_joint"
).split()
_by_provider = read.mapped(lambda _: source_ids, ("lmt", "pt-ot", "chiropractor", "physician"))
_amount = read.record(Amount, {"value": read.money, **cited}, doubt, together=DOUBT)
_visit_rule = read.record(
    VisitRule,
    {"visits": read.whole(0, 366), **cited},
    {"days": read.whole(1, 366), "providers": read.listed(provider, 1), **doubt},
    together=DOUBT,
)
note = read.record(Note, {"en": read.words, **cited}, {"es": read.words, **doubt}, together=DOUBT)
_license = read.record(
    License,
    {"status": read.one_of("required", "certificate", "register", "none"), **cited},
    doubt,
    together=DOUBT,
)
_state_example = read.record(StateExample, {"says": words, "given": read.case})

_plan_line = read.record(
    PlanLine,
    {
        "id": plan_name,
        "reviewed": read.day,
        "pays_out_of_network": read.one_of("yes", "no", "ask"),
        "balance_bill": read.shaped(
            _balance_bill, "either", words=("any", "none"), other=read.rate
        ),
        "requires": read.mapped(lambda _: source_ids, _REQUIRED),
        "network": _choice("in", "out"),
        "cost_sharing": _choice(*COST_SHARING),
        "assumed": read.mapped(lambda _: read.mapped(_series, _NUMBERS), ("in", "out")),
        "plausible_limits": read.mapped(_series, LIMITS),
    },
    {
        "settled_by": read.mapped(lambda key: read.listed(_answer_to(key), 1), _REQUIRED),
        "never_pays": _by_provider,
        "pays_by_rule": _by_provider,
        "episode": _visit_rule,
        "fixed": read.record(Fixed, {"answers": read.case, **cited}),
        "deductible_of_year": read.one_of(*_YEARLY),
    },
)


def _says_all(found: StateRules, where: str) -> Iterator[str]:
    """No topic of a state is left blank, and none is both told and not checked."""
    for topic in TOPICS:
        if topic not in found.notes and topic not in found.not_checked:
            yield f"{where}: {topic}: expected it under notes or under not_checked"
        if topic in found.notes and topic in found.not_checked:
            yield f"{where}: {topic}: expected it under notes or under not_checked, not both"


_state_rules = read.checked(
    read.record(
        StateRules,
        {"state": state_name, "name": read.words, "reviewed": read.day},
        {
            "auto": read.record(
                AutoInjury,
                {"pip": read.one_of("required", "optional", "none", "unknown"), **cited},
                {
                    "system": read.one_of("no-fault", "choice", "add-on", "fault"),
                    "minimum": read.money,
                    "levels": true,
                    **doubt,
                },
                together=DOUBT,
            ),
            "pip_excludes_massage": source_ids,
            "pip_pays_massage_therapists": source_ids,
            "every_category": source_ids,
            "medpay_minimum": _amount,
            "workers_comp_copay_after_mmi": _amount,
            "workers_comp_report_after": _visit_rule,
            "workers_comp_visit_cap": _visit_rule,
            "workers_comp_unauthorized": _by_provider,
            "massage_license": _license,
            "in_short": read.mapped(lambda _: words, TOPICS),
            "examples": read.mapped(lambda _: _state_example, TOPICS),
            "notes": read.mapped(lambda _: read.listed(note, 1), TOPICS),
            "not_checked": read.mapped(lambda _: read.one_of(*ASK), TOPICS),
        },
    ),
    _says_all,
)


def _bracket(**entry: Any) -> Bracket:  # noqa: ANN401 - each key was read by its own reader
    return Bracket(since=entry["from"], rate=entry["rate"])


def _brackets_rise(found: tuple[Bracket, ...], where: str) -> Iterator[str]:
    if found[0].since != 0:
        yield f"{where}[0].from: expected 0.00"
    for index, (lower, higher) in enumerate(pairwise(found), 1):
        if higher.since <= lower.since or higher.rate <= lower.rate:
            yield f"{where}[{index}]: expected brackets to rise"


_brackets = read.checked(
    read.listed(read.record(_bracket, {"from": read.money, "rate": read.rate}), 1), _brackets_rise
)
_year_amounts = read.record(
    YearAmounts,
    {
        "year": read.whole(2000, 2100),
        "reviewed": read.day,
        "amounts": read.mapped(lambda _: _amount, _YEARLY),
    },
    {
        "federal_brackets": read.record(
            dict, {"single": _brackets, "joint": _brackets, **cited}, doubt,
            together=DOUBT,
        )
    },
)  # fmt: skip


def _dated(number: Read[Decimal]) -> Read[tuple[Dated, ...]]:
    """A reader of an amount or a rate that holds until a law changes it."""

    def make(**entry: Any) -> Dated:  # noqa: ANN401 - each key was read by its own reader
        return Dated(since=entry.pop("from"), **{"until": None, **entry})

    one = read.record(
        make, {"value": number, "from": read.day, **cited}, {"until": read.day, **doubt},
        together=DOUBT,
    )  # fmt: skip
    return read.checked(read.listed(one, 1), _in_order)


_STANDING = {
    "payroll_tax": read.rate,
    "deduction_floor": read.rate,
    "good_faith_dispute": read.money,
    "good_faith_fee": read.money,
}


def _source(key: str) -> Read[Source]:
    return read.record(
        partial(Source, id=key),
        {"title": read.words, "publisher": read.words, "retrieved": read.day,
         "grade": read.one_of("P", "M", "S", "K")},
        {"section": read.words, "url": read.shaped(_address, "address")},
    )  # fmt: skip


def _quarter(tree: object, where: str) -> int:
    return int(read.choice(tree, where, (str(UNIT_MINUTES),)))


def _code_of(key: str) -> Read[BillingCode]:
    return read.record(
        partial(BillingCode, code=key),
        {"plain": read.words, **cited},
        {
            # Both rules in use count in quarters of an hour.
            "unit_minutes": read.shaped(_quarter, "choice", values=(str(UNIT_MINUTES),)),
            "daily_max": read.whole(0, 96),
            "active": yes,
            "bundled": yes,
            "billed_by": read.listed(provider, 1),
            "medicare_status": read.one_of("payable", "bundled", "contractor-priced", "not-valid"),
            "note": words,
        },
    )


def _pair(**entry: Any) -> CodePair:  # noqa: ANN401 - each key was read by its own reader
    return CodePair(since=entry.pop("from", None), **entry)


_pairs: Read[dict[str, Any]] = read.record(
    dict,
    {
        "reviewed": read.day,
        "file": words,
        **cited,
        "pairs": read.listed(
            read.record(
                _pair,
                {"paid": read.refers("codes"), "not_paid": read.refers("codes"),
                 "modifier": read.one_of("never", "allowed", "none")},
                {"from": read.day, "until": read.day, "note": words, "sources": source_ids},
            ),
            1,
        ),
    },
)  # fmt: skip


class Clinic(Record, kw_only=True):
    """The clinic that publishes the guide: who it is, and what it fills in on the form.

    `networks` are the insurers' networks it has joined; `billing` is ``direct`` where it sends
    claims itself, or ``superbill`` where clients do.
    """

    name: str
    state: str | None = None
    provider: str | None = None
    price: Mapping[str, str] = EMPTY
    packages: tuple[Package, ...] = ()
    networks: tuple[str, ...] = ()
    billing: str | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    website: str = ""

    def answers(self) -> dict[str, str]:
        """What it answers on the form, by case key; a visitor can change each."""
        known = {"state": self.state, "provider": self.provider, "fee": self.price.get("fee")}
        if self.billing == "superbill":
            known["network"] = "out"
        return {key: value for key, value in known.items() if value is not None}


def _as_typed(number: Read[Any], write: Callable[[Any], str]) -> Read[str]:
    """A number kept as the form shows it."""
    shape = read.shape_of(number)
    return read.shaped(lambda tree, where: write(number(tree, where)), **shape)


_clinic = read.record(
    Clinic,
    {"name": read.words},
    {
        "state": state_name,
        "price": read.record(
            dict,
            {"fee": _as_typed(read.money, as_text)},
            {"minutes": _as_typed(read.whole(1, 1440), str)},
        ),
        "packages": read.packages,
        "provider": provider,
        "networks": read.listed(read.words, 1),
        "billing": read.one_of("direct", "superbill"),
        "phone": read.words,
        "email": read.words,
        "address": read.words,
        "website": read.shaped(_address, "address"),
    },
)
_example = read.record(Example, {"id": read.text, "order": read.whole(1, 999), "given": read.case})
_CONTROLS = ("radios", "select", "money", "percent", "count", "date", "month")


def _group(id: str, fields: tuple[Field, ...], open: bool = False) -> Group:  # noqa: A002, FBT001, FBT002
    return Group(id, fields, open)


def _asked_once(groups: tuple[Group, ...], where: str) -> Iterator[str]:
    keys = [item.key for part in groups for item in part.fields]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{where}: groups: {key} is asked twice"


_field = read.record(
    Field, {"key": read.one_of(*(key.name for key in KEYS)), "control": read.one_of(*_CONTROLS)}
)
_form: Read[tuple[Group, ...]] = read.checked(
    read.record(
        lambda groups: groups,
        {
            "groups": read.listed(
                read.record(_group, {"id": read.text, "fields": read.listed(_field, 1)},
                            {"open": yes}),
                1,
            )
        },
    ),
    _asked_once,
)  # fmt: skip

# Every file of the data folder that an estimate or its form rests on, and what reads it.
FILES: dict[str, Read[Any]] = {
    "assumptions": read.record(
        dict, {"reviewed": read.day, "assumptions": read.mapped(_series, _ASSUMED)}
    ),
    "clinic": _clinic,
    "code-pairs": _pairs,
    "codes": read.record(
        dict, {"reviewed": read.day, "codes": read.mapped(_code_of, key=read.code)}
    ),
    "examples/*": _example,
    "form": _form,
    "plans/*": _plan_line,
    "rules": read.record(
        dict, {"reviewed": read.day, "rules": read.mapped(lambda _: source_ids)}
    ),
    "sources": read.mapped(_source, key=read.ident),
    "standing": read.record(
        dict,
        {"reviewed": read.day, "standing": read.record(
            dict, {key: _dated(number) for key, number in _STANDING.items()})},
    ),
    "states/*": _state_rules,
    "years/*": _year_amounts,
}  # fmt: skip


def plan_line(folder: Path, plan_id: str) -> PlanLine:
    """A plan line, from ``plans/<id>.yaml``."""
    return load.named_file(folder, f"plans/{plan_id}", _plan_line, "id", plan_id)


def state_rules(folder: Path, state: str) -> StateRules:
    """A state's rules, from ``states/<xx>.yaml``."""
    return load.named_file(folder, f"states/{state.lower()}", _state_rules, "state", state)


def year_amounts(folder: Path, year: int) -> YearAmounts:
    """A calendar year's amounts, from ``years/<year>.yaml``."""
    return load.named_file(folder, f"years/{year}", _year_amounts, "year", year)


def example(folder: Path, example_id: str) -> Example:
    """A worked example, from ``examples/<id>.yaml``."""
    return load.named_file(folder, f"examples/{example_id}", _example, "id", example_id)


def _held(folder: Path, name: str) -> Any:  # noqa: ANN401 - FILES knows the type
    """A file that stands alone."""
    return load.data_file(folder, name, FILES[name])


def sources(folder: Path) -> dict[str, Source]:
    """Every source by its id, from ``sources.yaml``."""
    found: dict[str, Source] = _held(folder, "sources")
    return found


def codes(folder: Path) -> dict[str, BillingCode]:
    """The billing codes in our own words, from ``codes.yaml``."""
    found: dict[str, BillingCode] = _held(folder, "codes")["codes"]
    return found


def code_pairs(folder: Path) -> tuple[CodePair, ...]:
    """Which codes aren't paid beside each other, from ``code-pairs.yaml``."""
    found: tuple[CodePair, ...] = _held(folder, "code-pairs")["pairs"]
    return found


def clinic(folder: Path) -> Clinic:
    """The clinic's own file, ``clinic.yaml``."""
    found: Clinic = _held(folder, "clinic")
    return found


def examples(folder: Path) -> tuple[Example, ...]:
    """The worked examples of ``examples/``, in their order."""
    found = [example(folder, path.stem) for path in sorted((folder / "examples").glob("*.yaml"))]
    return tuple(sorted(found, key=lambda item: item.order))


def form(folder: Path) -> tuple[Group, ...]:
    """The form's questions in their groups, from ``form.yaml``."""
    found: tuple[Group, ...] = _held(folder, "form")
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


PARTS = ("codes", "standing", "years")


def rules(
    folder: Path,
    plans: Iterable[str] | None = None,
    states: Iterable[str] | None = None,
    parts: Iterable[str] = PARTS,
) -> Rules:
    """All data an estimate needs.

    Args:
        folder: The data folder, such as `load.data_folder()`.
        plans: The plan lines to read; None for all. The browser reads only what it needs.
        states: The states to read; None for all.
        parts: Of `PARTS`, those to read; the others stay empty.

    Raises:
        DataError: with every problem of every file it reads.
    """
    readers: dict[str, Callable[[], object]] = {
        name: partial(_held, folder, name) for name in ("assumptions", "clinic", "rules")
    }
    readers["plans"] = lambda: _each(
        plan_ids(folder) if plans is None else plans, folder, plan_line
    )
    readers["states"] = lambda: _each(
        state_ids(folder) if states is None else states, folder, state_rules
    )
    if "codes" in parts:
        readers |= {name: partial(_held, folder, name) for name in ("codes", "code-pairs")}
    if "standing" in parts:
        readers["standing"] = partial(_held, folder, "standing")
    if "years" in parts:
        readers["years"] = lambda: _each(year_ids(folder), folder, year_amounts)
    problems: list[str] = []
    held: dict[str, Any] = {}
    for name, reader in readers.items():
        with read.collected(problems):
            held[name] = reader()
    if problems:
        raise DataError(problems)
    return Rules(
        version=load.version(folder),
        plans=held["plans"],
        assumed=held["assumptions"]["assumptions"],
        rule_sources=held["rules"]["rules"],
        codes=held["codes"]["codes"] if "codes" in held else EMPTY,
        code_pairs=held["code-pairs"]["pairs"] if "code-pairs" in held else (),
        states=held["states"],
        years=held.get("years", EMPTY),
        standing=held["standing"]["standing"] if "standing" in held else EMPTY,
        reviewed=_reviewed(held),
        packages=held["clinic"].packages,
    )


def _reviewed(held: Mapping[str, Any]) -> dict[str, date]:
    """When a person last checked each file, by its name."""
    found: dict[str, date] = {"assumptions": held["assumptions"]["reviewed"]}
    found |= {f"plans/{plan.id}": plan.reviewed for plan in held["plans"].values()}
    found |= {f"states/{key.lower()}": state.reviewed for key, state in held["states"].items()}
    years = held.get("years", EMPTY)
    return found | {f"years/{key}": year.reviewed for key, year in years.items()}
