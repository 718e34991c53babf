"""Minutes to billing units: what each rule makes of a visit, and what can be billed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import facts
from estimator.markup import Html, escape, join, table, tag
from estimator.model import Service
from estimator.tools.form import Field, Reply, bullets, left_out, panel, paragraph, section, typed
from estimator.units import RULES, UNIT_MINUTES, billable, holds, units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from estimator.model import BillingCode, CodePair
    from estimator.tools.form import Desk

MEDICARE = "medicare-original"
PAYERS = (MEDICARE, "other")


def fields(codes: Mapping[str, BillingCode]) -> tuple[Field, ...]:
    """The form: minutes for each timed code, a tick for the others, and who pays."""
    return (
        *(
            Field(f"minutes-{code.code}", "minutes")
            if code.unit_minutes
            else Field(f"done-{code.code}", "tick")
            for code in codes.values()
        ),
        Field("payer", "choice", PAYERS),
    )


def answer(answers: Mapping[str, object], desk: Desk) -> Reply:
    """Units by both rules, how they come about, and what to be careful of."""
    codes = desk.read(facts.codes)
    values, errors = typed(answers, fields(codes), desk)
    timed = {code: values.get(f"minutes-{code}", 0) for code in codes}
    services = [Service(code, minutes) for code, minutes in timed.items() if minutes]
    named = [code for code in codes if timed[code] or f"done-{code}" in values]
    if not named:
        return Reply(errors=errors)
    earned = {rule: units(services, rule, codes) for rule in RULES}
    payer = values.get("payer")
    pairs = desk.read(facts.code_pairs)
    can_be, warnings = billable(earned["cms"], named, codes, pairs, desk.as_of, payer)
    cautions = [
        *_cautions(warnings, codes, desk),
        *_separate(named, pairs, desk),
        *(desk.say("units.not_timed", code=code) for code in named
          if not codes[code].unit_minutes and not codes[code].bundled),
    ]  # fmt: skip
    totals = {rule: sum(earned[rule].values()) for rule in RULES}
    html = join(
        left_out(errors, desk),
        _head(totals, can_be if payer == MEDICARE else None, desk),
        _by_code(named, timed, earned, codes, desk) if services else Html(""),
        section(desk.say("units.careful"), bullets(cautions), name="caveats"),
        section(desk.say("units.how"), *(paragraph(line) for line in _how(timed, earned, desk))),
        section(desk.say("units.notes"), bullets(_notes(named, codes, desk))),
        paragraph(desk.say("units.code_follows"), class_="promise"),
    )
    status = desk.say("units.status", cms=_units(totals["cms"], desk), ama=totals["ama"])
    return Reply(html=html, status=status, errors=errors)


def _units(count: int, desk: Desk) -> str:
    return desk.say("units.one" if count == 1 else "units.many", count=count)


def _head(totals: Mapping[str, int], paid: Mapping[str, int] | None, desk: Desk) -> Html:
    """The units by each rule, and what Medicare pays of them where it is the payer."""
    lines = [
        tag("p", tag("strong", escape(_units(totals[rule], desk)), class_="count",
                     data_output=f"units.{rule}", data_value=totals[rule]),
            escape(f" {desk.say(f'units.by_{rule}')}"))
        for rule in RULES
    ]  # fmt: skip
    if paid is None:
        lines.append(paragraph(desk.say("units.ask_rule")))
    else:
        count = sum(paid.values())
        told = desk.say("units.medicare", units=_units(count, desk))
        lines.append(tag("p", escape(told), data_output="units.billable", data_value=count))
    return panel(desk.say("units.head"), *lines)


def _by_code(
    named: Sequence[str],
    timed: Mapping[str, int],
    earned: Mapping[str, Mapping[str, int]],
    codes: Mapping[str, BillingCode],
    desk: Desk,
) -> Html:
    """A row for each code: its minutes, and its units by each rule."""
    heads = [desk.say(f"units.{name}") for name in ("code", "minutes", *RULES)]
    rows = []
    for code in named:
        spent = str(timed[code]) if codes[code].unit_minutes else desk.say("units.untimed")
        counts = [str(earned[rule].get(code, desk.say("units.not_by_minutes"))) for rule in RULES]
        rows.append([escape(text) for text in (code, spent, *counts)])
    return table(heads, rows)


def _how(
    timed: Mapping[str, int], earned: Mapping[str, Mapping[str, int]], desk: Desk
) -> Iterator[str]:
    """How each rule counted, with this visit's own minutes."""
    spent = {code: timed[code] for code in earned["cms"]}
    if not spent:
        return
    total = sum(earned["cms"].values())
    minutes = sum(spent.values())
    summed = " + ".join(str(one) for one in spent.values())
    yield desk.say(
        "units.cms_one" if len(spent) == 1 else "units.cms_sum",
        summed=summed, minutes=minutes, units=_units(total, desk),
    )  # fmt: skip
    extra = [code for code, count in earned["cms"].items() if count > spent[code] // UNIT_MINUTES]
    if extra and len(spent) > 1:
        full = total - len(extra)
        yield desk.say("units.cms_rest", full=_units(full, desk), codes=", ".join(extra),
                       rest=_units(len(extra), desk))  # fmt: skip
    alone = [
        desk.say("units.ama_one", code=code, minutes=spent[code], units=_units(count, desk))
        for code, count in earned["ama"].items()
    ]
    yield desk.say("units.ama_each", each="; ".join(alone))


def _cautions(
    warnings: Sequence[tuple[str, str]], codes: Mapping[str, BillingCode], desk: Desk
) -> Iterator[str]:
    """What `billable` warns of, in the estimator's own words."""
    for kind, code in warnings:
        yield desk.messages.say(f"caveat.{kind}", code=code, most=codes[code].daily_max)


def _separate(named: Sequence[str], pairs: Sequence[CodePair], desk: Desk) -> Iterator[str]:
    """Pairs of which Medicare pays both only where they were truly separate."""
    for pair in pairs:
        is_both = {pair.paid, pair.not_paid} <= set(named)
        if is_both and pair.modifier == "allowed" and holds(pair, desk.as_of):
            yield desk.say("units.separate", paid=pair.paid, not_paid=pair.not_paid)


def _notes(named: Sequence[str], codes: Mapping[str, BillingCode], desk: Desk) -> Iterator[str]:
    for code in named:
        if codes[code].note:
            yield f"{code}: {desk.told(codes[code].note)}"
