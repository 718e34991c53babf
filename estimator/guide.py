"""The facts that pages and tools show beside an estimate: denials, deadlines, letters, words.

Text for people is a mapping by language, so that a translation stands beside its original.
References between entries (a denial's deadlines, a condition's codes) are checked by `check`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from estimator import facts, load, read
from estimator.facts import DOUBT, cited, doubt, plan_name, state_name, words
from estimator.model import KEYS
from estimator.record import EMPTY, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from estimator.read import Read

type Words = Mapping[str, str]
type Lines = Mapping[str, tuple[str, ...]]

_lines: Read[dict[str, tuple[str, ...]]] = read.record(
    dict, {"en": read.listed(read.words, 1)}, {"es": read.listed(read.words, 1)}
)
_plans = read.listed(plan_name, 1)


class Retired(Record, kw_only=True):
    """A diagnosis code that can't stand on a claim, and what to write instead.

    `since` is the first day it could not; None where that could not be verified.
    """

    title: str
    status: str
    replaced_by: tuple[str, ...]
    since: date | None = None
    confirm: bool = False
    ask: str | None = None


class Mistaken(Record, kw_only=True):
    """A diagnosis code that can be billed but means another disease than people think."""

    title: str
    mistaken_for: Words
    use: tuple[str, ...]
    sources: tuple[str, ...]


class Excluded(Record, kw_only=True):
    """A code beside which others, named by how they begin, can't stand on one claim."""

    code: str
    not_with: tuple[str, ...]
    sources: tuple[str, ...]
    name: Words = EMPTY


class Secondary(Record, kw_only=True):
    """A code that normally stands second, behind that of the place that hurts."""

    code: str
    note: Words
    sources: tuple[str, ...]


class Diagnoses(Record, kw_only=True):
    """The diagnosis codes we hold: those that can be billed by group, and those that can't."""

    reviewed: date
    release: str
    sources: tuple[str, ...]
    billable: Mapping[str, Mapping[str, str]]
    not_billable: Mapping[str, Retired]
    begins: Mapping[str, date] = EMPTY
    wrong_disease: Mapping[str, Mistaken] = EMPTY
    excludes: tuple[Excluded, ...] = ()
    secondary: tuple[Secondary, ...] = ()

    def titles(self) -> dict[str, str]:
        """Every billable code's title."""
        return {code: title for codes in self.billable.values() for code, title in codes.items()}


_titles = read.mapped(lambda _: read.words, key=read.diagnosis)
_codes = read.listed(read.diagnosis, 1)
_prefix = read.matching(
    r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{0,4})?-?", "the beginning of a diagnosis code"
)
_diagnoses = read.record(
    Diagnoses,
    {
        "reviewed": read.day,
        "release": read.words,
        **cited,
        "billable": read.mapped(lambda _: _titles),
        "not_billable": read.mapped(
            lambda _: read.record(
                Retired,
                {"title": read.words, "status": read.one_of("outdated", "incomplete"),
                 "replaced_by": _codes},
                {"since": read.day, **doubt},
                together=DOUBT,
            ),
            key=read.diagnosis,
        ),
    },
    {
        "begins": read.mapped(lambda _: read.day, key=read.diagnosis),
        "wrong_disease": read.mapped(
            lambda _: read.record(
                Mistaken, {"title": read.words, "mistaken_for": words, "use": _codes, **cited}
            ),
            key=read.diagnosis,
        ),
        "excludes": read.listed(
            read.record(
                Excluded,
                {"code": _prefix, "not_with": read.listed(_prefix, 1), **cited},
                {"name": words},
            )
        ),
        "secondary": read.listed(
            read.record(Secondary, {"code": _prefix, "note": words, **cited})
        ),
    },
)  # fmt: skip


class Modifier(Record, kw_only=True):
    """Two characters added to a billing code, and who wants them."""

    id: str
    plain: Words
    sources: tuple[str, ...]
    who: Words = EMPTY
    confirm: bool = False
    ask: str | None = None


class Taxonomy(Record, kw_only=True):
    """The code by which a claim says what kind of provider sends it."""

    id: str
    provider: str
    plain: Words
    sources: tuple[str, ...]
    note: Words = EMPTY


class Condition(Record, kw_only=True):
    """What people are treated for: its groups of diagnosis codes, and what supports the need."""

    id: str
    name: Words
    groups: tuple[str, ...]
    supports: Words
    sources: tuple[str, ...]
    careful: Words = EMPTY
    confirm: bool = False
    ask: str | None = None


class Conditions(Record, kw_only=True):
    """All conditions, and the sentence that stands above them."""

    reviewed: date
    always: Mapping[str, Any]
    conditions: Mapping[str, Condition]


class Policy(Record, kw_only=True):
    """What an insurer or a program has published, with the date of the text."""

    id: str
    insurer: str
    plans: tuple[str, ...]
    document: str
    covers: str
    says: Words
    sources: tuple[str, ...]
    states: tuple[str, ...] = ()
    dated: str | None = None
    confirm: bool = False
    ask: str | None = None


class Policies(Record, kw_only=True):
    """All published policies, what they are not, and the one study we know of."""

    reviewed: date
    about: Words
    policies: Mapping[str, Policy]
    study: Mapping[str, Any]


class Deadline(Record, kw_only=True):
    """How long somebody has, from which day on.

    Exactly one of the lengths is set. `at_least` says that it is the shortest there may be.
    `rung` is its place on the way of an appeal; `care` says which care it is about, where that
    makes a difference.
    """

    id: str
    what: Words
    who: str
    counts_from: str
    sources: tuple[str, ...]
    days: int | None = None
    business_days: int | None = None
    months: int | None = None
    years: int | None = None
    hours: int | None = None
    at_least: bool = False
    rung: str | None = None
    care: str | None = None
    plans: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    note: Words = EMPTY
    confirm: bool = False
    ask: str | None = None


class Denial(Record, kw_only=True):
    """A reason for not paying: how it reads on the letter, what it means, what to do."""

    id: str
    reads: Lines
    means: Words
    do: Lines
    appeal: str
    sources: tuple[str, ...]
    deadlines: tuple[str, ...] = ()
    bring: tuple[str, ...] = ()
    confirm: bool = False
    ask: str | None = None


class LetterItem(Record, kw_only=True):
    """One thing a letter has to say, or that helps; `looks_for` are words that suggest it."""

    id: str
    label: Words
    why: Words
    needed: str
    sources: tuple[str, ...]
    looks_for: Lines = EMPTY
    payers: tuple[str, ...] = ()


class Letter(Record, kw_only=True):
    """A paper that a claim needs, who writes it, and what it contains."""

    id: str
    title: Words
    written_by: str
    purpose: Words
    items: tuple[LetterItem, ...]
    sources: tuple[str, ...]
    careful: Words = EMPTY
    confirm: bool = False
    ask: str | None = None


class ClaimStep(Record, kw_only=True):
    """One of the steps from asking to being paid."""

    id: str
    title: Words
    do: Lines
    papers: Lines
    sources: tuple[str, ...]
    deadlines: tuple[str, ...] = ()


class Asked(Record, kw_only=True):
    """A question of the call: the case's key whose sentence it is, and what to listen for.

    `part` is what it is about: ``covered``, ``pay``, or ``some`` for some people only.
    `plans` are the kinds of coverage it is for; empty for all.
    """

    key: str
    part: str
    note: Words = EMPTY
    plans: tuple[str, ...] = ()


class CallScript(Record, kw_only=True):
    """What to have at hand, ask and write down when calling the insurer."""

    reviewed: date
    at_hand: Lines
    open_with: Words
    ask: tuple[Asked, ...]
    write_down: Lines
    close_with: Words
    after: Lines
    sources: tuple[str, ...]


class PacketFacts(Record, kw_only=True):
    """What the print packet tells beside the person's own estimate.

    `reviewed` is the oldest day on which a person checked one of its files.
    """

    reviewed: date
    call: CallScript
    order: Letter
    steps: tuple[ClaimStep, ...]
    deadlines: Mapping[str, Deadline]


class Term(Record, kw_only=True):
    """A word of the field in plain words; `mark` are the words pages explain by it."""

    id: str
    term: Words
    means: Words
    mark: Lines = EMPTY
    confirm: bool = False
    ask: str | None = None
    also: Lines = EMPTY
    see: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Change(Record, kw_only=True):
    """What changes by the calendar, in which files, and where to look it up."""

    id: str
    on: tuple[int, int]
    every: str
    what: Words
    files: tuple[str, ...]
    look_at: Words
    sources: tuple[str, ...] = ()
    confirm: bool = False
    ask: str | None = None


class DeskQuestion(Record, kw_only=True):
    """A question people ask, and its honest answer; `group` is what it is about."""

    id: str
    group: str
    asks: Words
    answer: Words
    sources: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    confirm: bool = False
    ask: str | None = None


# The kinds of plans that state law doesn't decide: what each state's page says of them.
_EVERYWHERE = ("self-funded", "medicare-original", "medicare-advantage", "va-community-care",
               "tricare", "fehb", "medicaid")  # fmt: skip


class ToolExample(Record, kw_only=True):
    """What somebody fills in on a tool's page, for the worked example that stands there."""

    as_of: date
    says: Words
    answers: Mapping[str, str]


class Situation(Record, kw_only=True):
    """What the landing page of a worked example says, and what it shows from other files.

    `caption` is what the example takes as given; empty where the estimator says it itself.
    `notes` are topics of the example's state; `see` are pages below the pages' folder.
    """

    id: str
    group: str
    title: Words
    description: Words
    answer: Words
    know: Lines
    next: Lines
    asks: Lines
    search: Lines
    post: Words
    sources: tuple[str, ...]
    caption: Words = EMPTY
    notes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    confirm: bool = False
    ask: str | None = None


class Situations(Record, kw_only=True):
    """All landing pages: the words they share, the parts of their list, and each one's own."""

    reviewed: date
    page: Mapping[str, Words]
    groups: Mapping[str, Words]
    situations: Mapping[str, Situation]


LENGTHS = ("days", "business_days", "months", "years", "hours")
RUNGS = ("appeal", "answer", "review", "review-answer")
CARE = ("had", "not-yet", "urgent")
# What a question of the call, and what one at the front desk, can be about.
CALL_PARTS = ("covered", "pay", "some")
QUESTION_GROUPS = ("paid", "first", "asked", "order", "year", "accounts", "privacy", "refused")
_COUNTS_FROM = (
    "denial-notice final-denial bill visit claim-received request-received appeal-received"
    " visit-scheduled accident order-signed"
).split()
_told: Read[dict[str, Any]] = read.record(dict, {"says": words, **cited}, doubt, together=DOUBT)


def _deadline(key: str) -> Read[Deadline]:
    return read.record(
        partial(Deadline, id=key),
        {"what": words, "who": read.one_of("you", "plan", "provider", "reviewer"),
         "counts_from": read.one_of(*_COUNTS_FROM), **cited},
        {**{name: read.whole(1, 1000) for name in LENGTHS}, "at_least": facts.true,
         "rung": read.one_of(*RUNGS), "care": read.one_of(*CARE),
         "plans": _plans, "states": read.listed(state_name, 1), "note": words, **doubt},
        one_of_keys=LENGTHS,
        together=DOUBT,
    )  # fmt: skip


def _denial(key: str) -> Read[Denial]:
    return read.record(
        partial(Denial, id=key),
        {"reads": _lines, "means": words, "do": _lines,
         "appeal": read.one_of("often", "sometimes", "rarely", "not-an-appeal"), **cited},
        {"deadlines": read.listed(read.refers("deadlines")),
         "bring": read.listed(read.refers("letters")), **doubt},
        together=DOUBT,
    )  # fmt: skip


_letter_item = read.record(
    LetterItem,
    {
        "id": read.ident,
        "label": words,
        "why": words,
        "needed": read.one_of("must", "helps"),
        **cited,
    },
    {"looks_for": _lines, "payers": _plans},
)


def _letter(key: str) -> Read[Letter]:
    return read.record(
        partial(Letter, id=key),
        {"title": words, "written_by": read.one_of("doctor", "therapist", "clinic", "you"),
         "purpose": words, "items": read.listed(_letter_item, 1), **cited},
        {"careful": words, **doubt},
        together=DOUBT,
    )  # fmt: skip


_claim_step = read.record(
    ClaimStep,
    {"id": read.ident, "title": words, "do": _lines, "papers": _lines, **cited},
    {"deadlines": read.listed(read.refers("deadlines"))},
)
_call = read.record(
    CallScript,
    {
        "reviewed": read.day,
        "at_hand": _lines,
        "open_with": words,
        "ask": read.listed(
            read.record(
                Asked,
                {"key": read.one_of(*(key.name for key in KEYS)),
                 "part": read.one_of(*CALL_PARTS)},
                {"note": words, "plans": _plans},
            ),
            1,
        ),
        "write_down": _lines,
        "close_with": words,
        "after": _lines,
        **cited,
    },
)  # fmt: skip


def _term(key: str) -> Read[Term]:
    return read.record(
        partial(Term, id=key),
        {"term": words, "means": words},
        {
            "mark": _lines,
            "also": _lines,
            "see": read.listed(read.refers("glossary")),
            **cited,
            **doubt,
        },
        together=DOUBT,
    )


def _change(key: str) -> Read[Change]:
    return read.record(
        partial(Change, id=key),
        {"on": read.month_day, "every": read.one_of("year", "quarter"), "what": words,
         "files": read.listed(read.refers("files"), 1), "look_at": words},
        {**cited, **doubt},
        together=DOUBT,
    )  # fmt: skip


def _desk_question(key: str) -> Read[DeskQuestion]:
    return read.record(
        partial(DeskQuestion, id=key),
        {"group": read.one_of(*QUESTION_GROUPS), "asks": words, "answer": words},
        {**cited, "see": read.listed(read.words), **doubt},
        together=DOUBT,
    )


def _condition(key: str) -> Read[Condition]:
    return read.record(
        partial(Condition, id=key),
        {"name": words, "groups": read.listed(read.refers("groups")), "supports": words, **cited},
        {"careful": words, **doubt},
        together=DOUBT,
    )


def _policy(key: str) -> Read[Policy]:
    covers = ("excluded", "with-therapy", "stand-alone", "rider", "authorization", "optional")
    return read.record(
        partial(Policy, id=key),
        {"insurer": read.words, "plans": _plans, "document": read.words,
         "covers": read.one_of(*covers), "says": words, **cited},
        {"states": read.listed(state_name, 1),
         "dated": read.matching(r"(19|20)\d\d(-\d\d){0,2}", "a year, month or day, like 2023-12"),
         **doubt},
        together=DOUBT,
    )  # fmt: skip


# What every landing page says; the code that makes them names these.
_PAGE = (
    "cost question depends asks closed dollars know law policies condition letter denied asked"
    " next related also published dated spread if-denied refused price own-price"
    " account in-tax account-price promise picture scan no-address"
).split()

# Files whose entries a landing page shows by naming them.
_SHOWN = ("conditions", "policies", "letters", "denials", "questions")


def _situation(key: str) -> Read[Situation]:
    return read.record(
        partial(Situation, id=key),
        {"group": read.ident, "title": words, "description": words, "answer": words,
         "know": _lines, "next": _lines, "asks": _lines, "search": _lines, "post": words, **cited},
        {"caption": words, "notes": read.listed(read.one_of(*facts.TOPICS), 1),
         "see": read.listed(read.words, 1), "related": read.listed(read.refers("situations"), 1),
         **{name: read.listed(read.refers(name), 1) for name in _SHOWN}, **doubt},
        together=DOUBT,
    )  # fmt: skip


def _complete(found: Situations, where: str) -> Iterator[str]:
    """Every shared sentence is there, and each situation stands in a part of the list."""
    for name in sorted(set(_PAGE) ^ set(found.page)):
        problem = "missing" if name in _PAGE else f"expected one of {', '.join(_PAGE)}"
        yield f"{where}: page.{name}: {problem}"
    for item in found.situations.values():
        if item.group not in found.groups:
            known = ", ".join(found.groups)
            yield f"{where}: situations.{item.id}.group: expected one of {known}, got {item.group}"


def _modifier(key: str) -> Read[Modifier]:
    return read.record(
        partial(Modifier, id=key),
        {"plain": words, **cited},
        {"who": words, **doubt},
        together=DOUBT,
    )


def _taxonomy(key: str) -> Read[Taxonomy]:
    return read.record(
        partial(Taxonomy, id=key),
        {"provider": facts.provider, "plain": words, **cited},
        {"note": words},
    )


def _by_id(name: str, item: Callable[[str], Read[Any]], key: Read[str] = read.ident) -> Read[Any]:
    """A reader of a reviewed file that holds its entries by id, under its own name."""
    return read.record(dict, {"reviewed": read.day, name: read.mapped(item, key=key)})


# Every file of the data folder that pages and tools show, and what reads it.
FILES: dict[str, Read[Any]] = {
    "calendar": _by_id("changes", _change),
    "call": _call,
    "claim": read.record(
        dict, {"reviewed": read.day, "steps": read.listed(_claim_step, 1)}
    ),
    "conditions": read.record(
        Conditions,
        {"reviewed": read.day, "always": _told,
         "conditions": read.mapped(_condition, key=read.ident)},
    ),
    "deadlines": _by_id("deadlines", _deadline),
    "denials": _by_id("denials", _denial),
    "desk-questions": _by_id("questions", _desk_question),
    "diagnoses": _diagnoses,
    "dictionary": read.record(
        dict,
        {
            "common": read.mapped(lambda _: words),
            "files": read.mapped(
                lambda _: read.record(dict, {"about": words, "keys": read.mapped(lambda _: words)})
            ),
        },
    ),
    "glossary": _by_id("terms", _term),
    "letters": _by_id("letters", _letter),
    "modifiers": _by_id(
        "modifiers", _modifier, read.matching("[A-Z0-9]{2}", "two characters, like GP")
    ),
    "policies": read.record(
        Policies,
        {"reviewed": read.day, "about": words,
         "policies": read.mapped(_policy, key=read.ident), "study": _told},
    ),
    "situations": read.checked(
        read.record(
            Situations,
            {"reviewed": read.day,
             "page": read.mapped(lambda _: words, key=read.ident),
             "groups": read.mapped(lambda _: words, key=read.ident),
             "situations": read.mapped(_situation, key=read.ident)},
        ),
        _complete,
    ),
    "state-pages": read.record(
        dict,
        {"reviewed": read.day, "everywhere": read.mapped(lambda _: facts.note, _EVERYWHERE),
         "words": read.mapped(lambda _: words)},
    ),
    "taxonomy": _by_id(
        "taxonomy", _taxonomy, read.matching("[0-9A-Z]{10}", "a taxonomy code of ten characters")
    ),
    "tool-examples": read.record(
        dict,
        {"examples": read.mapped(
            lambda _: read.record(
                ToolExample,
                {"as_of": read.day, "says": words, "answers": read.mapped(lambda _: read.text)},
            ),
            key=read.ident,
        )},
    ),
}  # fmt: skip


def _held(folder: Path, name: str) -> Any:  # noqa: ANN401 - FILES knows the type
    return load.data_file(folder, name, FILES[name])


def diagnoses(folder: Path) -> Diagnoses:
    """The diagnosis codes, from ``diagnoses.yaml``."""
    found: Diagnoses = _held(folder, "diagnoses")
    return found


def letters(folder: Path) -> dict[str, Letter]:
    """What each paper has to say, from ``letters.yaml``."""
    found: dict[str, Letter] = _held(folder, "letters")["letters"]
    return found


def deadlines(folder: Path) -> dict[str, Deadline]:
    """How long somebody has, from ``deadlines.yaml``."""
    found: dict[str, Deadline] = _held(folder, "deadlines")["deadlines"]
    return found


def situations(folder: Path) -> Situations:
    """What the landing pages say, from ``situations.yaml``."""
    found: Situations = _held(folder, "situations")
    return found


def captions(found: Situations, language: str) -> dict[str, str]:
    """What worked examples take as given, as sentences by their key among the messages."""
    held = found.situations.values()
    return {
        f"example.{item.id}": item.caption[language] for item in held if language in item.caption
    }


def calendar(folder: Path) -> dict[str, Change]:
    """What changes by the calendar, from ``calendar.yaml``."""
    found: dict[str, Change] = _held(folder, "calendar")["changes"]
    return found


def packet_facts(folder: Path) -> PacketFacts:
    """What the print packet tells, from the call script, the order, the claim and its deadlines.

    Four files, of which two are long: the browser reads them when a packet is asked for.
    """
    names = ("call", "letters", "claim", "deadlines")
    call, papers, claim, clocks = (_held(folder, name) for name in names)
    return PacketFacts(
        reviewed=min(call.reviewed, *(held["reviewed"] for held in (papers, claim, clocks))),
        call=call,
        order=papers["letters"]["order"],
        steps=claim["steps"],
        deadlines=clocks["deadlines"],
    )
