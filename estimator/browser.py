"""What the page's worker calls: the form's answers in, HTML out.

One of the three edges (with the command line and the build) where the clock is read.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from estimator import facts, link, load, read, view
from estimator.engine import estimate, needs
from estimator.markup import Html
from estimator.messages import Messages, written_out
from estimator.model import KEYS, Case, DataError, NoValueError
from estimator.record import EMPTY
from estimator.relevance import relevant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from estimator.guide import Deadline
    from estimator.model import Estimate, Example, Key, Rules, Source
    from estimator.next_steps import NextStep
    from estimator.read import Tree

_KINDS = {key.name: key for key in KEYS}
_LONGEST = 40
_NONE_WORDS = ("none", "no", "no limit", "n/a")


@cache
def _messages(language: str) -> Messages:
    return Messages(load.Sentences(load.data_folder(), f"messages/{language}"))


@cache
def _base(parts: frozenset[str]) -> Rules:
    """What every estimate needs, read once; plan lines and states come when they are asked for."""
    return facts.rules(load.data_folder(), plans=(), states=(), parts=parts)


@cache
def _rules(plan: str | None, state: str | None, parts: frozenset[str]) -> Rules:
    """The data for one kind of case: reading all of it would keep a person waiting."""
    folder = load.data_folder()
    plans = [name for name in facts.plan_ids(folder) if name == plan]
    states = [name for name in facts.state_ids(folder) if name == state]
    lines = {name: facts.plan_line(folder, name) for name in plans}
    held = {name: facts.state_rules(folder, name) for name in states}
    return _base(parts).replace(plans=lines, states=held)


@cache
def _deadlines() -> Mapping[str, Deadline]:
    from estimator import guide  # noqa: PLC0415 - a hundred readers the first answer can do without

    return guide.deadlines(load.data_folder())


def _next_steps(case: Case, found: Estimate) -> tuple[NextStep, ...]:
    from estimator.next_steps import next_steps  # noqa: PLC0415 - rests on those readers too

    return next_steps(case, found, _deadlines())


@cache
def _sources() -> Mapping[str, Source]:
    return load.Entries(load.data_folder(), "sources", facts.FILES["sources"])


@cache
def _example(name: str | None) -> Example:
    folder = load.data_folder()
    return facts.examples(folder)[0] if name is None else facts.example(folder, name)


def _given(name: str | None) -> dict[str, str]:
    """The answers of an example."""
    folder = load.data_folder()
    path = folder / "examples" / f"{_example(name).id}.yaml"
    return as_typed(read.mapping(load.file_tree(path, path.name), path.name)["given"])


def respond(request: str) -> str:
    """Answer one request of the page.

    Args:
        request: JSON with ``answers`` (the form's fields as text, by name), ``built`` (the
            day the site was built), ``example`` (the worked example shown while nothing is
            answered; the first where it isn't named), ``filled`` (what the clinic has
            filled in), ``language``, ``before`` (see `view.changed`), ``link`` (the fragment
            of a link that was opened, or of one this browser ``remembered``) with ``fields``
            (the form's keys), and ``cited`` (false for the first answer: how it was got stands
            folded away, the sources and the deadlines are long lists, and all of it can be read
            once the figures stand). One to ``rehearse`` is answered as if somebody had given the
            example's answers: all that the first real one will need is read then. With ``make``,
            ``"packet"`` or ``"calendar"``, the reply is that alone: the sheets as ``html``
            (with ``address``, where the guide is), or ``file``. A request with ``tool`` goes to
            `tools.respond`.

    Returns:
        JSON with ``html`` (the answer), ``status`` (what a screen reader says once),
        ``errors`` (a message for each field that was left out of the answer), ``fill`` and
        ``notice`` (what an opened link brought); once something is answered also ``fields``
        (the questions that can change the result, each with how much, in words), ``link``
        and ``holds`` (the answers as a link, and what it contains).
    """
    asked = json.loads(request)
    # A wrong clock must not bring back figures older than the page itself.
    as_of = max(date.today(), date.fromisoformat(asked["built"]))  # noqa: DTZ011
    if "tool" in asked:
        from estimator import tools  # noqa: PLC0415 - the estimator starts without them

        return tools.respond(asked, as_of)
    messages = _messages(asked.get("language", "en"))
    if asked.get("rehearse"):
        asked["answers"] = _given(asked.get("example"))
    opened = _opened(asked, messages)
    asked["answers"] = {**opened["fill"], **_typed(asked["answers"])}
    case, errors = _case(asked["answers"], asked.get("filled", {}), messages)
    example = None if case else _example(asked.get("example"))
    asked_of = example.given if example else case or Case()
    rules = _rules(asked_of.plan, asked_of.state, needs(asked_of))
    is_whole = asked.get("cited", True)
    try:
        found = written_out(estimate(asked_of, rules, as_of), messages, is_whole=is_whole)
    except NoValueError as error:
        return _no_figure(error, asked["answers"], asked, messages)
    if "make" in asked and case:
        return _made(asked, case, found, as_of)
    sources = _sources() if is_whole else EMPTY
    before = asked.get("before")
    change = view.changed(before, found, messages) if before and case else Html("")
    steps = _next_steps(case, found) if case and is_whole else ()
    html = view.answer(
        found,
        messages,
        sources,
        example=example,
        left_out=len(errors),
        change=change,
        next_steps=view.plan_of_action(steps, messages),
    )
    status = _status(found, messages, is_example=example is not None, left_out=len(errors))
    reply: dict[str, Any] = {"html": html, "status": status, "errors": errors, **opened}
    if case is not None:
        reply["fields"] = {
            key: messages.say("form.worth", amount=swing) if swing else ""
            for key, swing in relevant(case, found, rules).items()
        }
        reply |= _link(case, asked, messages)
    return json.dumps(reply)


def _made(asked: dict[str, Any], case: Case, found: Estimate, as_of: date) -> str:
    """What a person takes along."""
    from estimator import keep, packet  # noqa: PLC0415 - not before somebody asks for it

    language = asked.get("language", "en")
    messages = _messages(language)
    if asked["make"] == "calendar":
        steps = _next_steps(case, found)
        return json.dumps({"file": keep.calendar(steps, messages, as_of)})
    address = str(asked.get("address", ""))
    paper = keep.paper(load.data_folder(), messages, language, on=as_of, address=address)
    return json.dumps({"html": packet.packet(case, found, paper)})


def _typed(answers: dict[str, str]) -> dict[str, str]:
    """The fields that somebody has filled in."""
    return {
        name: value for name, value in answers.items() if str(value).strip() not in read.UNKNOWN
    }


def _opened(asked: dict[str, Any], messages: Messages) -> dict[str, Any]:
    """What a link brings: answers as the form shows them, and a sentence about it."""
    if "link" not in asked:
        return {"fill": {}, "notice": ""}
    decoded = link.decode(asked["link"])
    shown = as_typed({key: text for key, text in decoded.answers.items() if key in asked["fields"]})
    kept = {key: value for key, value in shown.items() if key not in _typed(asked["answers"])}
    lost = decoded.dropped + len(decoded.answers) - len(shown)
    said = [messages.say("link.newer")] if decoded.newer else []
    if shown:
        name = "link.remembered" if asked.get("remembered") else "link.restored"
        said.append(messages.say(name, count=len(shown)))
    if lost:
        said.append(messages.say("link.dropped", count=lost))
    return {"fill": kept, "notice": " ".join(said)}


def as_typed(case: Mapping[str, Tree]) -> dict[str, str]:
    """A case's text as a person types it into the form: a rate is a percent.

    What no field of the form can hold, such as visits by dates, is left out.
    """
    return {
        name: f"{(Decimal(value) * 100).normalize():f}" if _KINDS[name].kind == "rate" else value
        for name, value in case.items()
        if isinstance(value, str)
    }


def _link(case: Case, asked: dict[str, Any], messages: Messages) -> dict[str, str]:
    """The link that carries the answers, and what it says it contains."""
    tree, _ = answers_tree(asked["answers"], messages)
    usable = {key: value for key, value in tree.items() if getattr(case, key) is not None}
    labels = ", ".join(messages.say(f"field.{key}.label") for key in link.contents(usable))
    return {"link": link.encode(usable), "holds": messages.say("link.holds", labels=labels)}


def _no_figure(
    error: NoValueError, answers: dict[str, str], asked: dict[str, Any], messages: Messages
) -> str:
    """The answer without the plan's money, and beside the field what is missing to count it."""
    key = error.problems[0].partition(":")[0]
    rest = {name: value for name, value in answers.items() if name != "plan"}
    reply = json.loads(respond(json.dumps({**asked, "answers": rest})))
    reply["errors"][key] = messages.say("error.no_figure")
    return json.dumps(reply)


def _status(found: Estimate, messages: Messages, *, is_example: bool, left_out: int) -> str:
    """The result in one sentence, for a screen reader."""
    said = messages.say("status.live")
    if not is_example:
        said = messages.say(
            "status.updated",
            verdict=messages.say(f"verdict.{found.verdict}.word"),
            likely=found.range.likely,
            low=found.range.low,
            high=found.range.high,
        )
    return f"{said} {messages.say('status.check')}" if left_out else said


def _case(
    answers: dict[str, str], filled: dict[str, str], messages: Messages
) -> tuple[Case | None, dict[str, str]]:
    """The form as a case, with what can't be used left out and named beside its field.

    The case is None where the visitor has answered nothing yet.
    """
    tree, errors = answers_tree(answers, messages)
    if not errors and all(value == filled.get(key) for key, value in tree.items()):
        return None, {}
    while True:
        try:
            return read.case(tree), errors
        except DataError as error:
            wrong = _beside_fields(error, messages)
            errors |= wrong
            tree = {key: value for key, value in tree.items() if key not in wrong}


def answers_tree(
    answers: dict[str, str], messages: Messages
) -> tuple[dict[str, str], dict[str, str]]:
    """What a person typed, as a case's text; and a message for each field it can't be read from.

    Forgives ``$1,500``, ``20%`` and spaces. A rate is typed as a percent.
    """
    tree: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, typed in answers.items():
        value = str(typed).strip()
        if name not in _KINDS or value in read.UNKNOWN:
            continue
        key = _KINDS[name]
        try:
            written = _case_text(key, value)
            read.value(key, written, name)
            tree[name] = written
        except (DataError, ValueError):
            errors[name] = _error(key, value, messages)
    return tree, errors


def _case_text(key: Key, typed: str) -> str:
    """The case's way of writing what was typed."""
    if len(typed) > _LONGEST:
        raise ValueError(key.name)
    if key.none and typed.lower() in _NONE_WORDS:
        return "none"
    if key.kind in ("money", "count", "number", "visits"):
        return re.sub(r"[\s$,]", "", typed)
    if key.kind == "rate":
        bare = typed.removesuffix("%").strip()
        # 0.2 is more likely a fraction than a fifth of a percent: ask, don't guess.
        if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", bare, re.ASCII) or 0 < Decimal(bare) < 1:
            raise ValueError(key.name)
        return f"{Decimal(bare) / 100:f}"
    return typed


def _error(key: Key, typed: str, messages: Messages) -> str:
    """What to write instead, in words."""
    if key.kind == "rate" and re.fullmatch(r"0?\.\d{1,4}", typed, re.ASCII):
        suggestion = f"{(Decimal(typed) * 100).normalize():f}"
        return messages.say("error.rate_fraction", suggestion=suggestion)
    return messages.say(f"error.{key.kind}", low=key.low, high=key.high)


def _beside_fields(error: DataError, messages: Messages) -> dict[str, str]:
    """Problems of the case as a whole, each put beside the field it names first."""
    found = {}
    for problem in error.problems:
        name, _, rest = problem.partition(": ")
        limit = re.search(r"at most the (\w+)", rest)
        if name in _KINDS and limit:
            label = messages.say(f"field.{limit[1]}.label")
            found[name] = messages.say("error.contradiction", limit=label)
        else:
            found[name] = problem
    return found
