"""The result and the form as HTML, the same at build time and in the browser."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from estimator.markup import Html, escape, join, tag
from estimator.model import KEYS
from estimator.money import as_dollars, as_text, as_whole_dollars, cents
from estimator.picture import course
from estimator.record import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.messages import Messages
    from estimator.model import Estimate, Example, Field, Group, Source, Step, Total, Visit
    from estimator.next_steps import NextStep

# More than this at once is not read; the others are folded away.
_FIRST_QUESTIONS = 4
# Beside the color, each verdict has its own shape.
_MARKS = {"covered": "✓", "conditional": "◐", "not-covered": "✕", "unknown": "?"}
_KINDS = {key.name: key for key in KEYS}
_NOTHING = Html("")


def answer(
    estimate: Estimate,
    messages: Messages,
    sources: Mapping[str, Source],
    *,
    example: Example | None = None,
    left_out: int = 0,
    change: Html = _NOTHING,
    next_steps: Html = _NOTHING,
) -> Html:
    """The whole answer: verdict, dollars, picture, questions, conditions, visits and steps.

    Args:
        estimate: With its sentences written out.
        messages: The page's language.
        sources: To name what the steps rest on; those that aren't here are left out.
        example: The worked example these numbers are of, when they aren't the visitor's.
        left_out: How many answers could not be used and are marked in the form.
        change: What the last answer changed, in a sentence.
        next_steps: What to do next.
    """
    say = messages.say
    note = change
    if example is not None:
        title = tag("strong", escape(say("answer.example")))
        note = tag(
            "div",
            tag("p", title, escape(f". {say('answer.example_note')}")),
            tag("p", escape(caption(example, messages))),
            class_="example-note",
        )
    if left_out:
        note = tag("p", escape(say("answer.left_out")), class_="left-out")
    return join(
        note,
        _verdict(estimate, messages),
        _dollars(estimate, messages),
        tag("figure", course(estimate, messages, _cheapest_package(estimate)), class_="course"),
        _questions(estimate, messages),
        _list(say("answer.conditions"), (item.text for item in estimate.conditions), "conditions"),
        next_steps,
        _others(estimate, messages),
        _details(say("answer.by_visit"), _visits(estimate, messages)),
        _details(say("answer.steps"), _steps(estimate, messages, sources)),
        _list(say("answer.caveats"), (item.text for item in estimate.warnings), "caveats"),
        tag("p", escape(say("answer.as_of", date=estimate.as_of)), class_="as-of"),
    )


def changed(before: Mapping[str, str], estimate: Estimate, messages: Messages) -> Html:
    """What the last answer changed, and whose answer it was; nothing where it changed nothing.

    Args:
        before: The last result's `verdict` and `likely` as text, and the `key` answered since.
        estimate: The new result.
        messages: The page's language.
    """
    likely = as_text(estimate.range.likely)
    if before["likely"] == likely and before["verdict"] == estimate.verdict:
        return _NOTHING
    words = [
        messages.say(f"verdict.{verdict}.word") for verdict in (before["verdict"], estimate.verdict)
    ]
    told = {
        "label": messages.say(f"field.{before['key']}.label"),
        "from_amount": before["likely"],
        "to_amount": likely,
        "from_verdict": words[0],
        "to_verdict": words[1],
    }
    kinds = [
        kind
        for kind, is_so in (
            ("verdict", before["verdict"] != estimate.verdict),
            ("amount", before["likely"] != likely),
        )
        if is_so
    ]
    said = " ".join(messages.say(f"change.{kind}", **told) for kind in ("lead", *kinds))
    return tag("p", escape(said), class_="change")


def plan_of_action(steps: Iterable[NextStep], messages: Messages) -> Html:
    """What to do next, each step in a sentence with its date where there is one."""
    steps = tuple(steps)
    if not steps:
        return _NOTHING
    items = (tag("li", escape(sentence(step, messages))) for step in steps)
    calendar = tag("button", escape(messages.say("next.calendar")), type="button", class_="plain",
                   data_action="calendar")  # fmt: skip
    return tag("section", tag("h2", escape(messages.say("next.title"))), tag("ol", *items),
               tag("p", calendar) if any(step.day for step in steps) else _NOTHING,
               class_="next")  # fmt: skip


def sentence(step: NextStep, messages: Messages) -> str:
    """What to do, with the day where there is one."""
    told: dict[str, object] = {**step.inputs, "date": step.day}
    if "unit" in step.inputs:
        told["unit"] = messages.say(f"next.unit.{step.inputs['unit']}")
    dated = f"next.{step.id}-dated"
    name = dated if step.day is not None and messages.has(dated) else f"next.{step.id}"
    return messages.say(name, **told)


def caption(example: Example, messages: Messages) -> str:
    """What a worked example takes as given, in a sentence with its own figures."""
    told = {key.name: getattr(example.given, key.name) for key in KEYS}
    return messages.say(f"example.{example.id}", **told)


def summary(example: Example, estimate: Estimate, messages: Messages, *pieces: Html) -> Html:
    """A worked example for a page: what it takes as given, the dollars, then visit by visit.

    Args:
        example: It.
        estimate: Its own, with its sentences written out.
        messages: The page's language.
        pieces: What is to stand before the table of visits, such as the picture.
    """
    money, total = estimate.range, estimate.scenarios["likely"].total
    is_exact = money.low == money.high
    write = as_dollars if is_exact else as_whole_dollars
    say = messages.say
    between = f"{say('answer.between')} {write(money.low)} {say('answer.to')} {write(money.high)}. "
    # Where nobody pays but the client, there is one price.
    more = "" if is_exact else between
    if estimate.verdict != "not-covered":
        more += f"{say('answer.plan_pays')} {write(total.plan)}. "
        more += f"{say('answer.denied')}: {write(estimate.if_denied)}."
    word = say(f"verdict.{estimate.verdict}.word")
    line = tag(
        "p",
        Html("") if example.given.plan == "self-pay" else tag("strong", escape(f"{word}.")),
        escape(f" {lead(estimate, messages)} "),
        tag("strong", escape(write(total.patient))),
        escape(f" {for_visits(estimate, messages)}. {more}"),
    )
    given = tag("p", escape(caption(example, messages)))
    return join(given, line, *pieces, _details(say("answer.by_visit"), _visits(estimate, messages)))


def lead(estimate: Estimate, messages: Messages) -> str:
    """What stands before the likely figure: while the plan's word is open, that it hangs on it."""
    is_open = estimate.verdict in ("conditional", "unknown")
    return messages.say("answer.likely_if" if is_open else "answer.likely")


def for_visits(estimate: Estimate, messages: Messages) -> str:
    """How many visits the figures are for: ``for 6 visits``."""
    count = len(estimate.scenarios["likely"].visits)
    return messages.say("answer.visits_one" if count == 1 else "answer.visits_many", count=count)


def _verdict(estimate: Estimate, messages: Messages) -> Html:
    """The verdict's shape, word and sentence, then why."""
    verdict = estimate.verdict
    open_ids = {item.id for item in estimate.conditions}
    reasons = [
        step.text
        for step in estimate.steps
        if step.id in estimate.reasons and step.id not in open_ids
    ]
    return tag(
        "div",
        tag(
            "p",
            tag("span", escape(_MARKS[verdict]), class_="mark", aria_hidden="true"),
            tag("strong", escape(messages.say(f"verdict.{verdict}.word")),
                data_output="verdict", data_value=verdict),
            class_="word",
        ),
        tag("p", escape(messages.say(f"verdict.{verdict}.sentence"))),
        tag("ul", *(tag("li", escape(text)) for text in reasons), class_="reasons"),
        class_=f"verdict {verdict}",
    )  # fmt: skip


def _dollars(estimate: Estimate, messages: Messages) -> Html:
    """What the patient pays: likely, the range, and the price if it is denied."""
    say, money = messages.say, estimate.range
    visits = estimate.scenarios["likely"].visits
    count = for_visits(estimate, messages)
    total = estimate.scenarios["likely"].total
    plan_pays = f"{say('answer.plan_pays')} {as_dollars(total.plan)}."
    lines = []
    if estimate.verdict != "not-covered":
        first = estimate.scenarios["likely"].first_paid_visit
        past = estimate.scenarios["likely"].uncovered_visits
        if first is not None and first > 1:
            lines.append(say("answer.first_paid", number=first))
        elif first is None and total.plan == 0 and total.deductible:
            lines.append(say("answer.never_paid"))
        if past and past < len(visits):
            lines.append(say("answer.past_limit", count=past))
        if total.reimbursed:
            lines.append(
                say("answer.pay_at_visit", amount=total.pay_at_visit, back=total.reimbursed)
            )
    is_exact = money.low == money.high
    likely = _output("range.likely", money.likely, is_exact=is_exact)
    lead = tag("p", escape(say("answer.likely")), class_="lead-in")
    figure = tag("p", likely, escape(f" {count}"), class_="figure")
    if not is_exact:
        ends = join(
            _output("range.low", money.low, is_exact=False),
            escape(f" {say('answer.to')} "),
            _output("range.high", money.high, is_exact=False),
        )
        lead = tag("p", escape(say("answer.between")), class_="lead-in")
        figure = tag("p", ends, escape(f" {count}"), class_="figure")
        lines.insert(0, say("answer.unknown_yet"))
    each = cents(money.likely / len(visits))
    per_visit = say("answer.each", amount=each if is_exact else _whole(each))
    detail = escape(per_visit)
    if not is_exact:
        detail = join(escape(f"{say('answer.likely_part')} "), likely, escape(f", {per_visit}"))
    return tag(
        "div",
        lead,
        figure,
        *([tag("p", detail, class_="likely")] if len(visits) > 1 or not is_exact else []),
        tag("p", escape(say("answer.promise")), class_="promise"),
        tag("p", escape(f"{say('answer.denied')}: "), _output("if_denied", estimate.if_denied),
            escape(". "), escape(say("answer.denied_note")), class_="denied"),
        tag("p", escape(plan_pays)) if total.plan else _NOTHING,
        *(tag("p", escape(line)) for line in lines),
        *([tag("dl",
            _pair("↓", "range.low", money.low), _pair("↑", "range.high", money.high),
            class_="ends", aria_hidden="true")] if is_exact else []),
        class_="dollars",
    )  # fmt: skip


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP)


def _cheapest_package(estimate: Estimate) -> Decimal | None:
    """What a visit costs in the cheapest package that may be paid in cash, or None."""
    prices = [
        cents(Decimal(item.inputs["price"]) / int(item.inputs["visits"]))
        for item in estimate.alternatives
        if item.id.startswith("package-")
    ]
    return min(prices, default=None)


def _pair(term: str, path: str, amount: Decimal) -> Html:
    return join(tag("dt", escape(term)), tag("dd", _output(path, amount)))


def _output(path: str, amount: Decimal, *, is_exact: bool = True) -> Html:
    """A figure that tests, embeds and styles may find by its path.

    One that rests on assumptions is shown in whole dollars: cents would claim too much.
    """
    words = as_dollars(amount) if is_exact else as_whole_dollars(amount)
    return tag("strong", escape(words), data_output=path, data_value=as_text(amount))


def _list(title: str, lines: Iterable[str], name: str) -> Html:
    """A titled list, or nothing when it would be empty."""
    items = [tag("li", escape(line)) for line in lines]
    if not items:
        return _NOTHING
    return tag("section", tag("h2", escape(title)), tag("ul", *items), class_=name)


def _questions(estimate: Estimate, messages: Messages) -> Html:
    """What to ask, the answer worth most dollars first; all but the first few are folded away."""
    say = messages.say
    worth = [
        tag("li", escape(f"{question.text} "),
            tag("span", escape(say("answer.swing", amount=question.swing)), class_="swing"),
            escape(" "), _answer_it(question.key, messages))
        for question in estimate.questions
        if question.swing
    ]  # fmt: skip
    rest = worth[_FIRST_QUESTIONS:] + [
        tag("li", escape(f"{item.text} "), _answer_it(item.key, messages))
        for item in estimate.questions
        if not item.swing
    ]
    first = tag("ol", *worth[:_FIRST_QUESTIONS])
    return join(
        tag("section", tag("h2", escape(say("answer.questions"))), first,
            class_="questions") if worth else _NOTHING,
        _details(say("answer.more_questions"), tag("ul", *rest)) if rest else _NOTHING,
    )  # fmt: skip


def _answer_it(key: str, messages: Messages) -> Html:
    """A link to the question's field in the form, so that an answer narrows the result at once."""
    return tag("a", escape(messages.say("answer.answer_it")), href=f"#field-{key}",
               data_goto=key, aria_label=messages.say("answer.answer_label",
               label=messages.say(f"field.{key}.label")), class_="answer-it")  # fmt: skip


def _others(estimate: Estimate, messages: Messages) -> Html:
    """Other ways to pay, cheapest first, and what an account would save."""
    items = [
        tag(
            "li",
            tag("strong", escape(f"{item.label}: {as_whole_dollars(item.patient)}")),
            escape(f". {item.note}"),
        )
        for item in estimate.alternatives
    ]
    saving = estimate.tax_saving
    if saving is not None and saving.amount:
        items.append(tag("li", escape(messages.say("answer.tax_saving", amount=saving.amount))))
    if not items:
        return _NOTHING
    return tag("section", tag("h2", escape(messages.say("answer.others"))), tag("ul", *items),
               class_="others")  # fmt: skip


def _details(title: str, *children: Html) -> Html:
    return tag("details", tag("summary", escape(title)), *children)


def _visits(estimate: Estimate, messages: Messages) -> Html:
    """The table of visits: what the patient pays, what the plan pays, and what it is made of."""
    say = messages.say
    heads = [say(f"answer.{name}") for name in ("visit", "date", "fee", "you", "plan", "of_that")]
    likely = estimate.scenarios["likely"]
    rows = [
        _row(heads, str(visit.number), messages.day(visit.date), visit, messages)
        for visit in likely.visits
    ]
    foot = _row(heads, say("answer.total"), "", likely.total, messages)
    head = tag("tr", *(tag("th", escape(name), scope="col") for name in heads))
    return tag(
        "table", tag("thead", head), tag("tbody", *rows), tag("tfoot", foot), class_="cards visits"
    )


def _row(heads: list[str], first: str, on: str, money: Visit | Total, messages: Messages) -> Html:
    """A visit or the total; each cell names its column, so that a phone can show a card."""
    amounts = (money.fee, money.patient, money.plan)
    cells = [on, *(as_dollars(amount) for amount in amounts), _made_of(money, messages)]
    return tag(
        "tr",
        tag("th", escape(first), scope="row", data_label=heads[0]),
        *(
            tag("td", escape(text), data_label=name) if text else tag("td", class_="empty")
            for name, text in zip(heads[1:], cells, strict=True)
        ),
    )


def _made_of(money: Visit | Total, messages: Messages) -> str:
    """The parts of what the patient pays, in words."""
    parts = [
        messages.say(f"answer.{name}", amount=getattr(money, name))
        for name in ("deductible", "copay", "coinsurance", "balance_bill", "not_covered")
        if getattr(money, name)
    ]
    return ", ".join(parts) or messages.say("answer.nothing")


def _steps(estimate: Estimate, messages: Messages, sources: Mapping[str, Source]) -> Html:
    """Each written step, with what it rests on; a visit's steps stand under its number."""
    groups: dict[int | None, list[Html]] = {}
    for step in estimate.steps:
        if step.text:
            groups.setdefault(step.visit, []).append(_step(step, messages, sources))
    parts = []
    for number, items in groups.items():
        if number is not None:
            parts.append(
                tag("p", tag("strong", escape(f"{messages.say('answer.visit')} {number}")))
            )
        parts.append(tag("ul", *items, class_="steps"))
    return join(*parts)


def _step(step: Step, messages: Messages, sources: Mapping[str, Source]) -> Html:
    known = [sources[item] for item in step.sources if item in sources]
    named = "; ".join(f"{source.title}, {source.publisher}" for source in known)
    basis = tag("span", escape(messages.say(f"answer.{step.basis}")), class_=f"basis {step.basis}")
    cited = (
        tag("small", escape(f"{messages.say('answer.sources')}: {named}")) if named else _NOTHING
    )
    key = step.rule.partition(".")[2]
    replace = _NOTHING
    if step.basis == "assumed" and messages.has(f"field.{key}.label"):
        replace = join(escape(" "), _answer_it(key, messages))
    return tag("li", escape(step.text), escape(" "), basis, replace, escape(" "), cited)


def questions(
    group: Group,
    messages: Messages,
    plans: Iterable[str],
    filled: Mapping[str, str],
    clinic: str,
    notes: Mapping[str, str] = EMPTY,
) -> Html:
    """One group of the form: every control is named as its case key, every option as its value.

    Args:
        group: The questions in order, from ``data/form.yaml``.
        messages: The page's language.
        plans: The plan lines on offer.
        filled: Answers the clinic has filled in, by key.
        clinic: Its name, said beside what it filled in.
        notes: What it says beside a question, by key.
    """
    fields = [_field(item, messages, plans, filled, clinic, notes) for item in group.fields]
    title = tag("summary", escape(messages.say(f"group.{group.id}")))
    return tag("details", title, *fields, open=group.is_open, class_="group")


def _field(
    field: Field,
    messages: Messages,
    plans: Iterable[str],
    filled: Mapping[str, str],
    clinic: str,
    notes: Mapping[str, str],
) -> Html:
    """One question: label, why it is asked, the control, where to find the answer, its error."""
    key = field.key
    hint = [escape(messages.say(f"field.{key}.why"))]
    if _KINDS[key].none:
        hint.append(escape(" " + messages.say("form.none_hint")))
    where = _NOTHING
    if messages.has(f"field.{key}.where"):
        where = tag("span", tag("b", escape(messages.say("form.where") + ": ")),
                    escape(messages.say(f"field.{key}.where")), class_="where")  # fmt: skip
    if key in filled:
        where = join(where, tag("span", escape(messages.say("form.from_clinic", clinic=clinic)),
                                class_="where"))  # fmt: skip
    if key in notes:
        where = join(where, tag("span", escape(notes[key]), class_="where"))
    note = tag("span", *hint, escape(" "), where, class_="hint", id=f"hint-{key}")
    error = tag("span", id=f"error-{key}", class_="error")
    label = escape(messages.say(f"field.{key}.label"))
    worth = tag("span", class_="worth", data_worth=True)
    if field.control == "radios":
        options = [
            _radio(key, value, messages, is_on=filled.get(key) == value)
            for value in _offered(field, plans)
        ]
        return tag("fieldset", tag("legend", label), note, *options, error, class_="field",
                   data_key=key, aria_describedby=f"hint-{key} error-{key}")  # fmt: skip
    control = _control(field, messages, plans, filled.get(key, ""))
    return tag("div", tag("label", label, for_=f"field-{key}"), worth, note, control, error,
               class_="field", data_key=key)  # fmt: skip


def _offered(field: Field, plans: Iterable[str]) -> tuple[str, ...]:
    """The answers on offer, "I don't know" last."""
    values = tuple(plans) if field.key == "plan" else _KINDS[field.key].values
    if field.control == "month":
        values = tuple(f"{month:02}-01" for month in range(1, 13))
    return (*values, "unknown")


def _radio(key: str, value: str, messages: Messages, *, is_on: bool) -> Html:
    words = messages.option(key, value)
    if words == "unknown":
        words = messages.say("form.unknown")
    box = tag("input", type="radio", name=key, value=value, checked=is_on)
    return tag("label", box, tag("span", escape(words)), class_="choice")


def _control(field: Field, messages: Messages, plans: Iterable[str], filled: str) -> Html:
    key = field.key
    told = {"id": f"field-{key}", "name": key, "aria_describedby": f"hint-{key} error-{key}"}
    if field.control in ("select", "month"):
        first = tag("option", escape(messages.say("form.choose")), value="unknown",
                    selected=not filled)  # fmt: skip
        values = _offered(field, plans)[:-1]
        options = [
            tag(
                "option",
                escape(_option_words(field, value, messages)),
                value=value,
                selected=value == filled,
            )
            for value in values
        ]
        return tag("select", first, *options, **told)
    if field.control == "date":
        return tag("input", type="date", **told)
    sign = {"money": "$", "percent": "%"}.get(field.control)
    keyboard = "decimal" if sign else "numeric"
    box = tag("input", type="text", inputmode=keyboard, value=filled or None, **told)
    unit = tag("span", escape(sign), aria_hidden="true", class_="unit") if sign else _NOTHING
    return tag("span", unit, box, class_=f"control {field.control}")


def _option_words(field: Field, value: str, messages: Messages) -> str:
    if field.control == "month":
        return messages.month(int(value[:2]))
    return messages.option(field.key, value)
