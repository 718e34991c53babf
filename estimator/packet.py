"""The print packet: sheets for the phone, the doctor and the folder, in the clinic's name.

Four for a person with an estimate, three for a front desk that has nobody's answers; each is
meant for one printed page. What belongs to a person (answers, a diagnosis) is printed only
where that person gave it.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from estimator.guide import LENGTHS
from estimator.markup import Html, escape, join, tag
from estimator.model import COST_SHARING, KEYS, NONE
from estimator.money import ZERO, as_dollars, as_percent, as_whole_dollars
from estimator.record import EMPTY, Record
from estimator.settle import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from estimator.facts import Clinic
    from estimator.guide import Asked, ClaimStep, Deadline, LetterItem, PacketFacts, Words
    from estimator.messages import Messages
    from estimator.model import Case, Estimate, Key, Total, Visit

# What fits on a page: rows of visits (fewer, where there are many answers), questions with notes,
# deadlines. Where there are more, the type is smaller.
MOST_ROWS = 12
MOST_ANSWERS = 24
FEWER_ROWS = 6
MOST_WITH_NOTES = 6
MOST_DEADLINES = 5
_PARTS = ("deductible", "copay", "coinsurance", "balance_bill", "not_covered")
_AMOUNTS = ("fee", "patient", "plan", *_PARTS)
_KINDS = {key.name: key for key in KEYS}
# The counter that runs against each limit, and the numbers some orders of cost-sharing leave out.
_COUNTS_FOR = {counter: key for key, counter in {**LIMITS, "deductible": "deductible_met"}.items()}
_SHARED = ("deductible", "copay", "coinsurance")
# What an order from a doctor can settle.
_FOR_DOCTOR = ("purpose", "prescription", "referral")
_MARKS = {"covered": "✓", "conditional": "◐", "not-covered": "✕", "unknown": "?"}
_LINE = tag("span", class_="line")


class Paper(Record, kw_only=True):
    """What the sheets are made of, beside the person's own case.

    Attributes:
        messages: The page's language, with the sentences of ``packet/<language>.yaml``.
        told: The facts.
        clinic: In whose name it is printed.
        on: The day it is made.
        address: Where the guide is, as people type it; empty where that isn't known.
    """

    messages: Messages
    told: PacketFacts
    clinic: Clinic
    on: date
    address: str = ""

    def say(self, key: str, **inputs: object) -> Html:
        """One of the packet's own sentences."""
        return escape(self.messages.say(f"packet.{key}", **inputs))

    def words(self, words: Words) -> Html:
        """A fact's words in the packet's language, or in English where nobody has translated it."""
        return escape(words.get(self.messages.say("language")) or words["en"])

    def lines(self, lines: Mapping[str, tuple[str, ...]]) -> list[Html]:
        """A fact's lines, in the same way."""
        return [escape(line) for line in lines.get(self.messages.say("language")) or lines["en"]]

    def confirm(self, ask: str | None) -> Html:
        """With whom a fact is to be confirmed; nothing where it is certain."""
        if ask is None:
            return Html("")
        who = self.messages.say(f"ask.{ask}")
        words = self.messages.say("page.confirm", who=who)
        return join(Html(" "), tag("em", escape(words)))


def packet(case: Case, estimate: Estimate, paper: Paper) -> Html:
    """A person's packet: their estimate, their call, their order, their claim.

    Args:
        case: What they told us.
        estimate: What came of it, with its sentences written out.
        paper: Words, facts, name and day.

    Returns:
        Four elements ``section.sheet``.
    """
    sheets = (
        ("estimate", _estimate(paper, case, estimate)),
        ("call", _call(paper, case, estimate)),
        ("doctor", _doctor(paper, case, estimate)),
        ("claim", _claim(paper, case)),
    )
    return _bound(paper, sheets)


def blank(paper: Paper) -> Html:
    """A packet of nobody in particular: three sheets, without the estimate.

    What only some plans ask for is there, and says for which.
    """
    sheets = (("call", _call(paper)), ("doctor", _doctor(paper)), ("claim", _claim(paper)))
    return _bound(paper, sheets)


def _bound(paper: Paper, sheets: tuple[tuple[str, Html], ...]) -> Html:
    """The sheets in order, each with the clinic's name above and where it comes from below."""
    below = [paper.say("from", address=paper.address)] if paper.address else []
    below += [
        paper.say("made", date=paper.on),
        paper.say("checked", date=paper.told.reviewed),
        paper.say("advice"),
    ]
    foot = tag("footer", *(tag("span", part) for part in below))
    made = []
    for number, (name, content) in enumerate(sheets, 1):
        place = paper.say("sheet", number=number, count=len(sheets))
        head = tag("header", tag("strong", escape(paper.clinic.name)), tag("span", place))
        title = tag("h2", paper.say(f"{name}.title"))
        made.append(tag("section", head, title, content, foot, class_=f"sheet sheet-{name}"))
    return join(*made)


# The first sheet: the estimate.


def _estimate(paper: Paper, case: Case, estimate: Estimate) -> Html:
    say = paper.messages.say
    conditions = [tag("li", escape(item.text)) for item in estimate.conditions]
    caveats = [tag("li", escape(item.text)) for item in estimate.warnings]
    given = list(_given(paper.messages, case))
    assumed = [step.text for step in estimate.steps if step.id.startswith("assumed.")]
    is_crowded = len(given) + len(assumed) > MOST_ANSWERS
    return join(
        _verdict(paper, estimate),
        _figures(paper, estimate),
        _listed(escape(say("answer.conditions")), conditions, "check"),
        _answers(paper, given, assumed),
        tag("h3", escape(say("answer.by_visit"))),
        _visits(paper, estimate, FEWER_ROWS if is_crowded else MOST_ROWS),
        _listed(escape(say("answer.caveats")), caveats, "fine"),
    )


def _verdict(paper: Paper, estimate: Estimate) -> Html:
    """The verdict's shape, word and sentence, then what led to it."""
    say, verdict = paper.messages.say, estimate.verdict
    open_ids = {item.id for item in estimate.conditions}
    reasons = [
        step.text
        for step in estimate.steps
        if step.id in estimate.reasons and step.id not in open_ids
    ]
    mark = tag("span", escape(f"{_MARKS[verdict]} "), aria_hidden="true")
    word = tag("strong", mark, escape(say(f"verdict.{verdict}.word")))
    told = " ".join([f". {say(f'verdict.{verdict}.sentence')}", *reasons])
    return tag("p", word, escape(told), class_="verdict")


def _figures(paper: Paper, estimate: Estimate) -> Html:
    """The three amounts, then the range, what comes back later, and that nothing is promised."""
    say, money = paper.messages.say, estimate.range
    likely = estimate.scenarios["likely"]
    count = len(likely.visits)
    course = say("answer.visits_one" if count == 1 else "answer.visits_many", count=count)
    is_exact = money.low == money.high
    write = as_dollars if is_exact else as_whole_dollars
    figures = (
        (say("answer.likely"), write(money.likely), course),
        (say("answer.plan_pays"), write(likely.total.plan), ""),
        (say("answer.denied"), as_dollars(estimate.if_denied), ""),
    )
    pairs = [
        join(tag("dt", escape(term)), tag("dd", tag("strong", escape(amount)), escape(f" {more}")))
        for term, amount, more in figures
    ]
    lines = [] if is_exact else [say("packet.estimate.range", low=money.low, high=money.high)]
    if estimate.verdict != "not-covered" and likely.total.reimbursed:
        told = {"amount": likely.total.pay_at_visit, "back": likely.total.reimbursed}
        lines.append(say("answer.pay_at_visit", **told))
    promise = tag("strong", escape(say("answer.promise")))
    return join(
        tag("dl", *pairs, class_="figures"),
        tag("p", escape("".join(f"{line} " for line in lines)), promise),
    )


def _answers(paper: Paper, given: list[tuple[str, str]], assumed: list[str]) -> Html:
    """What the person told us, then what was assumed, with room for the true values."""
    told = [tag("li", _answer(term, value)) for term, value in given]
    open_ones = [tag("li", tag("span", escape(text)), _LINE) for text in assumed]
    note = paper.say("estimate.correct") if assumed else escape(paper.messages.say("answer.exact"))
    return join(
        _listed(
            paper.say("estimate.given"),
            told or [tag("li", paper.say("estimate.nothing_given"))],
            "two",
        ),
        tag("h3", paper.say("estimate.assumed")),
        tag("p", note),
        tag("ul", *open_ones, class_="assumed two") if assumed else Html(""),
    )


def _answer(term: str, value: str) -> Html:
    """A question's words and its answer; a question mark needs no colon."""
    said = f"{term} " if term.endswith("?") else f"{term}: "
    return tag("span", escape(said), tag("b", escape(value)))


def _given(messages: Messages, case: Case) -> Iterator[tuple[str, str]]:
    """Each answer of a case: the question's words and the answer's."""
    for key in KEYS:
        if getattr(case, key.name) is not None:
            yield label(messages, key.name), in_words(messages, key, case)


def label(messages: Messages, key: str) -> str:
    """The words of a case's key: those of the form, or the packet's own."""
    of_form = f"field.{key}.label"
    return messages.say(of_form if messages.has(of_form) else f"packet.label.{key}")


def in_words(messages: Messages, key: Key, case: Case) -> str:
    """A case's answer to a key, as a person reads it.

    Args:
        messages: With the packet's sentences.
        key: The key, which the case has an answer to.
        case: The case.
    """
    value = getattr(case, key.name)
    if value is NONE:
        return messages.say("packet.value.none")
    if isinstance(value, tuple) and key.kind != "month-day":
        return _several(messages, key.kind, value)
    by_kind = {
        "choice": lambda: messages.option(key.name, value),
        "money": lambda: as_dollars(value),
        "rate": lambda: as_percent(value),
        "number": lambda: f"{value:f}",
        "date": lambda: messages.day(value),
        "month-day": lambda: f"{messages.month(value[0])} {value[1]}",
    }
    return by_kind[key.kind]() if key.kind in by_kind else str(value)


def _several(messages: Messages, kind: str, items: tuple[object, ...]) -> str:
    """A list of codes or packages; of a list of visits, how many."""
    if kind == "visits":
        return str(len(items))
    name = {"codes": "code", "packages": "package"}[kind]
    return "; ".join(messages.say(f"packet.value.{name}", **vars(item)) for item in items)


class _Row(Record):
    """A row of the table of visits: the first and the last visit it stands for, and amounts."""

    first: Visit
    last: Visit
    amounts: Mapping[str, Decimal]
    is_sum: bool = False


def _rows(visits: tuple[Visit, ...], most: int) -> Iterator[_Row]:
    """Each visit of a short course; of a long one, equal neighbors together, and the rest."""
    runs = [[visit] for visit in visits]
    if len(visits) > most:
        runs = [list(run) for _, run in groupby(visits, _amounts)]
    shown = runs if len(runs) <= most else runs[: most - 1]
    for run in shown:
        yield _Row(run[0], run[-1], dict(zip(_AMOUNTS, _amounts(run[0]), strict=True)))
    if len(shown) < len(runs):
        rest = visits[sum(map(len, shown)) :]
        sums = {name: sum((getattr(item, name) for item in rest), ZERO) for name in _AMOUNTS}
        yield _Row(rest[0], rest[-1], sums, is_sum=True)


def _amounts(visit: Visit | Total) -> tuple[Decimal, ...]:
    return tuple(getattr(visit, name) for name in _AMOUNTS)


def _visits(paper: Paper, estimate: Estimate, most: int) -> Html:
    """The table of visits, at most so many rows and the total."""
    messages, likely = paper.messages, estimate.scenarios["likely"]
    heads = ("visit", "date", "fee", "you", "plan", "of_that")
    head = (tag("th", escape(messages.say(f"answer.{name}")), scope="col") for name in heads)
    rows = [_row(paper, row) for row in _rows(likely.visits, most)]
    total = dict(zip(_AMOUNTS, _amounts(likely.total), strict=True))
    name = tag("th", escape(messages.say("answer.total")), scope="row", colspan=2)
    return join(
        tag("p", paper.say("estimate.alike")) if len(rows) < len(likely.visits) else Html(""),
        tag(
            "table",
            tag("thead", tag("tr", *head)),
            tag("tbody", *rows),
            tag("tfoot", tag("tr", name, *_cells(messages, total))),
            class_="course crowded" if most < len(likely.visits) else "course",
        ),
    )


def _row(paper: Paper, row: _Row) -> Html:
    first, last, messages = row.first, row.last, paper.messages
    number, on = escape(str(first.number)), escape(messages.day(first.date))
    if first is not last:
        kind = "others" if row.is_sum else "span"
        number = paper.say(f"estimate.{kind}", first=first.number, last=last.number)
        on = paper.say("estimate.since", date=first.date)
    return tag("tr", tag("th", number, scope="row"), tag("td", on), *_cells(messages, row.amounts))


def _cells(messages: Messages, amounts: Mapping[str, Decimal]) -> list[Html]:
    """Price, what the patient pays, what the plan pays, and what the patient's part is made of."""
    money = [
        tag("td", escape(as_dollars(amounts[name])), class_="money")
        for name in ("fee", "patient", "plan")
    ]
    parts = [
        messages.say(f"answer.{name}", amount=amounts[name]) for name in _PARTS if amounts[name]
    ]
    made_of = ", ".join(parts) or messages.say("answer.nothing")
    return [*money, tag("td", escape(made_of))]


# The second sheet: the call.


class _Script(Record, kw_only=True):
    """The questions of a call, sorted for one person or for nobody in particular.

    Attributes:
        first: The questions with their notes: the person's own, or whether it pays at all.
        then: The other questions.
        some: Questions for some plans only, where the plan isn't known; their notes say for which.
        follow: A limit's counter, asked in one breath with the limit, by the limit's key.
        before: What to find out from others first, in the estimate's order.
        check: What was answered already: the question and the answer.
        swings: What an answer could change, in USD, by key.
    """

    first: tuple[Asked, ...]
    then: tuple[Asked, ...]
    some: tuple[Asked, ...]
    follow: Mapping[str, str]
    before: tuple[str, ...] = ()
    check: tuple[tuple[str, str], ...] = ()
    swings: Mapping[str, Decimal] = EMPTY


def _follow(asks: Iterable[Asked]) -> dict[str, str]:
    """The counters among some questions whose limits are among them too, by the limit's key."""
    keys = [item.key for item in asks]
    return {limit: key for key in keys if (limit := _COUNTS_FOR.get(key, "")) in keys}


def _blank_script(asks: tuple[Asked, ...]) -> _Script:
    """The standard questions: first those whether it is paid at all, then the numbers."""
    follow = _follow(asks)
    leading = [item for item in asks if item.key not in follow.values()]
    first = [item for item in leading if item.part == "covered"][:MOST_WITH_NOTES]
    return _Script(
        first=tuple(first),
        then=tuple(item for item in leading if item.part != "some" and item not in first),
        some=tuple(item for item in leading if item.part == "some"),
        follow=follow,
    )


def _own_script(
    messages: Messages, asks: tuple[Asked, ...], case: Case, estimate: Estimate
) -> _Script:
    """The person's open questions, costliest first; then what else their plan can be asked."""
    by_key = {item.key: item for item in asks}
    swings = {item.key: item.swing for item in estimate.questions}
    own = [by_key[key] for key in swings if key in by_key]
    first = [item for item in own if swings[item.key]][:MOST_WITH_NOTES]
    known = [item.key for item in asks if getattr(case, item.key) is not None]
    rest = [
        item
        for item in asks
        if item not in own and item.key not in known and _can_matter(item, case, estimate)
    ]
    # A counter that is a question of its own keeps its place.
    follow = {limit: key for limit, key in _follow([*own, *rest]).items() if key not in swings}
    rest = [item for item in rest if item.key not in follow.values()]
    some = [] if case.plan else [item for item in rest if item.part == "some"]
    told = [(label(messages, key), in_words(messages, _KINDS[key], case)) for key in known]
    return _Script(
        first=tuple(first),
        then=tuple(own[len(first) :] + [item for item in rest if item not in some]),
        some=tuple(some),
        follow=follow,
        before=tuple(item.text for item in estimate.questions if item.key not in by_key),
        check=tuple(told),
        swings=swings,
    )


def _can_matter(item: Asked, case: Case, estimate: Estimate) -> bool:
    """Whether a question that moved nothing in the estimate can still matter to this plan."""
    if case.plan is not None and item.plans and case.plan not in item.plans:
        return False
    ruled = {step.rule.removeprefix("ruled.") for step in estimate.steps}
    limit = _COUNTS_FOR.get(item.key, item.key)
    if limit in ruled or item.key in ruled or getattr(case, limit) is NONE:
        return False
    # Numbers that the plan's order of sharing doesn't use stay out.
    used = COST_SHARING.get(case.cost_sharing or "", _SHARED)
    return limit not in _SHARED or limit in used


def _call(paper: Paper, case: Case | None = None, estimate: Estimate | None = None) -> Html:
    call = paper.told.call
    if case is None or estimate is None:
        script, order = _blank_script(call.ask), "call.first"
    else:
        script, order = _own_script(paper.messages, call.ask, case, estimate), "call.first_own"
    before = [tag("li", escape(text)) for text in script.before]
    at_hand = [tag("li", line) for line in paper.lines(call.at_hand)]
    fields = [_field(paper.say(f"call.{name}")) for name in ("when", "who", "reference")]
    check = [tag("li", _answer(term, value), _LINE) for term, value in script.check]
    return join(
        _in_line(paper.say("call.before"), before),
        _in_line(paper.say("call.at_hand"), at_hand),
        tag("ul", *fields, class_="fields"),
        tag("p", tag("b", paper.say("call.say_first")), Html(" "), paper.words(call.open_with)),
        _questions(paper, paper.say(order), script.first, script, notes=True),
        _questions(paper, paper.say("call.then"), script.then, script),
        _questions(paper, paper.say("call.some"), script.some, script, notes=True),
        _listed(paper.say("call.check"), check, "assumed two"),
        tag("p", tag("b", paper.say("call.say_last")), Html(" "), paper.words(call.close_with)),
    )


def _questions(
    paper: Paper, title: Html, asks: tuple[Asked, ...], script: _Script, *, notes: bool = False
) -> Html:
    """Questions with a line for the answer each; with notes, across the page, else in columns."""
    items = []
    for item in asks:
        keys = [item.key, script.follow[item.key]] if item.key in script.follow else [item.key]
        said = " ".join(paper.messages.say(f"question.{key}") for key in keys)
        parts = [tag("b", escape(said))]
        if item.note and notes:
            parts += [Html(" "), tag("small", paper.words(item.note))]
        swing = script.swings.get(item.key)
        worth = escape(paper.messages.say("answer.swing", amount=swing)) if swing else Html("")
        items.append(tag("li", tag("span", *parts), tag("span", worth, class_="line")))
    crowded = " crowded" if script.some else ""
    return _listed(title, items, f"asks{'' if notes else ' two'}{crowded}")


# The third sheet: the order.


def _doctor(paper: Paper, case: Case | None = None, estimate: Estimate | None = None) -> Html:
    order = paper.told.order
    plan = case.plan if case else None
    common = [item for item in order.items if not item.payers or plan in item.payers]
    some = [] if plan else [item for item in order.items if item.payers]
    fields = [_field(paper.say(f"doctor.{name}")) for name in ("patient", "birth_date")]
    if case is not None:
        fields += [
            _field(paper.say(f"doctor.{key}"), in_words(paper.messages, _KINDS[key], case))
            for key in ("plan", "diagnosis")
            if getattr(case, key) is not None
        ]
    still = [
        tag("li", escape(item.text))
        for item in (estimate.conditions if estimate else ())
        if item.key in _FOR_DOCTOR
    ]
    lists = [
        (name, [_order_item(paper, item) for item in common if item.needed == name])
        for name in ("must", "helps")
    ]
    lists.append(
        ("some", [_order_item(paper, item, _for_plans(paper, item.payers)) for item in some])
    )
    careful = [paper.words(order.careful)] if order.careful else []
    return join(
        tag("p", paper.say("doctor.lead"), paper.confirm(order.ask)),
        tag("ul", *fields, class_="fields"),
        _listed(paper.say("doctor.open"), still, "check"),
        *(_listed(paper.say(f"doctor.{name}"), items, "check two") for name, items in lists),
        *(tag("p", text) for text in careful),
        tag("p", tag("strong", paper.say("doctor.decides")), class_="verdict"),
    )


def _order_item(paper: Paper, item: LetterItem, *whom: Html) -> Html:
    """One thing an order contains, for whom where that isn't everybody, and why."""
    why = tag("small", paper.words(item.why))
    return tag("li", *whom, tag("b", paper.words(item.label)), Html(" "), why)


def _for_plans(paper: Paper, plans: Iterable[str]) -> Html:
    """The kinds of coverage that something is for, in words."""
    named = "; ".join(paper.messages.option("plan", plan) for plan in plans)
    return join(tag("small", paper.say("doctor.only", plans=named)), Html(" "))


# The fourth sheet: the claim.


def _claim(paper: Paper, case: Case | None = None) -> Html:
    clocks = [
        [item for name in step.deadlines if _runs(item := paper.told.deadlines[name], case, paper)]
        for step in paper.told.steps
    ]
    steps = [
        tag("li", *_step(paper, number, step, runs, case))
        for number, (step, runs) in enumerate(zip(paper.told.steps, clocks, strict=True), 1)
    ]
    is_crowded = sum(map(len, clocks)) > MOST_DEADLINES
    whose = "mixed" if case is None or case.plan is None else "own"
    lead = tag("p", paper.say("claim.lead"), Html(" "), paper.say(f"claim.{whose}"))
    return join(lead, tag("ul", *steps, class_=f"steps two{' crowded' if is_crowded else ''}"))


def _step(
    paper: Paper, number: int, step: ClaimStep, runs: list[Deadline], case: Case | None
) -> tuple[Html, Html, Html, Html]:
    """A step of the claim: its title, what to do, which papers it takes, until when."""
    clocks = [_deadline(paper, item, case) for item in runs]
    return (
        tag("h3", escape(f"{number}. "), paper.words(step.title)),
        tag("ul", *(tag("li", line) for line in paper.lines(step.do)), class_="check"),
        _in_line(paper.say("claim.papers"), [tag("li", line) for line in paper.lines(step.papers)]),
        tag("ul", *clocks, class_="clocks") if clocks else Html(""),
    )


def _runs(item: Deadline, case: Case | None, paper: Paper) -> bool:
    """Whether a deadline is printed: the client's and the clinic's, not how long a plan may take.

    Where the plan isn't known, the client's alone, and none of other states: there are many.
    """
    if case is None or case.plan is None:
        state = (case.state if case else None) or paper.clinic.state
        return item.who == "you" and (not item.states or state in item.states)
    if case.state is not None and item.states and case.state not in item.states:
        return False
    return item.who in ("you", "provider") and (not item.plans or case.plan in item.plans)


def _deadline(paper: Paper, item: Deadline, case: Case | None) -> Html:
    """What has to be done, how long there is from when, and room for one's own plan's last day."""
    (name,) = (name for name in LENGTHS if getattr(item, name) is not None)
    count = getattr(item, name)
    length = paper.messages.say(
        f"packet.length.{name}_{'one' if count == 1 else 'many'}", count=count
    )
    if item.at_least:
        length = paper.messages.say("packet.claim.at_least", length=length)
    day = paper.messages.say(f"packet.day.{item.counts_from}")
    told = tag(
        "span",
        paper.words(item.what),
        Html(" "),
        tag("b", paper.say("claim.deadline", length=length, day=day)),
        paper.confirm(item.ask),
    )
    if item.who != "you" or case is None or case.plan is None:
        return tag("li", told)
    return tag("li", told, tag("span", paper.say("claim.last_day"), _LINE))


# Pieces of every sheet.


def _listed(title: Html, items: list[Html], name: str) -> Html:
    """A titled list, or nothing when it would be empty."""
    return join(tag("h3", title), tag("ul", *items, class_=name)) if items else Html("")


def _in_line(title: Html, items: list[Html]) -> Html:
    """The same within a line of text, the title as its first words."""
    return tag("ul", tag("li", title), *items, class_="in-line") if items else Html("")


def _field(title: Html, value: str = "") -> Html:
    """A title with what is known of it, or with a line to write on."""
    return tag("li", tag("span", title), tag("b", escape(value)) if value else _LINE)
