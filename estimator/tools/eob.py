"""Does my EOB add up: each step of the paper in a sentence, and what to ask when it doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import facts
from estimator.eob import AMOUNTS, MAIN, PARTS, Eob, explain
from estimator.markup import Html, escape, join, tag
from estimator.model import PLANS
from estimator.money import as_text
from estimator.tools.form import Field, Reply, left_out, panel, paragraph, section, typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from estimator.eob import Explained, Step
    from estimator.tools.form import Desk

# What somebody pays alone has no explanation of benefits.
INSURED = tuple(plan for plan in PLANS if plan != "self-pay")
FIELDS = (
    *(Field(name, "money") for name in AMOUNTS),
    Field("network", "choice", ("in", "out")),
    Field("plan", "choice", INSURED),
)
_TONES = {"adds-up": "good", "balance": "careful", "denied": "bad", "ask": "careful"}


def answer(answers: Mapping[str, object], desk: Desk) -> Reply:
    """Go through the paper from the price down."""
    values, errors = typed(answers, FIELDS, desk)
    plan = values.pop("plan", None)
    amounts = [name for name in AMOUNTS if name in values]
    if not amounts:
        return Reply(errors=errors)
    balance = desk.read(facts.plan_line, plan).balance_bill if plan else None
    found = explain(Eob(**values, balance=balance))
    html = join(
        left_out(errors, desk),
        _verdict(found, desk),
        section(desk.say("eob.steps"), _sentences(found.steps, "step", desk, ordered=True)),
        section(desk.say("eob.asks"), _sentences(found.asks, "ask", desk)),
        _missing(found, values, desk),
        paragraph(desk.say("eob.no_bill"), class_="promise"),
    )
    return Reply(html=html, status=desk.say(f"eob.verdict.{found.verdict}.word"), errors=errors)


def _verdict(found: Explained, desk: Desk) -> Html:
    words = (desk.say(f"eob.verdict.{found.verdict}.{part}") for part in ("word", "sentence"))
    word, sentence = words
    return tag(
        "div",
        panel(word, paragraph(sentence), tone=_TONES.get(found.verdict, "plain")),
        data_output="eob.verdict",
        data_value=found.verdict,
    )


def _sentences(steps: Sequence[Step], kind: str, desk: Desk, *, ordered: bool = False) -> Html:
    """Steps or questions in words, each with its exact amounts."""
    lines = [
        tag("li", escape(desk.say(f"eob.{kind}.{step.id}", **step.amounts)),
            data_output=f"eob.{step.id}",
            data_value=";".join(as_text(amount) for amount in step.amounts.values()))
        for step in steps
    ]  # fmt: skip
    return tag("ol" if ordered else "ul", *lines) if lines else Html("")


def _missing(found: Explained, values: Mapping[str, object], desk: Desk) -> Html:
    """What to write in to get further."""
    labels = [desk.say(f"eob.field.{name}.label") for name in found.missing]
    if not labels:
        is_bare = not values.keys() & set(PARTS)
        return paragraph(desk.say("eob.parts_help")) if is_bare else Html("")
    listed = ", ".join(f"“{label}”" for label in labels)
    return paragraph(desk.say("eob.missing", labels=listed, count=len(MAIN)))
