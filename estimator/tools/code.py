"""The diagnosis-code checker: can this code stand on a claim, and beside which others not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import guide
from estimator.diagnosis import conflicts, look_up, named
from estimator.markup import Html, escape, join, tag
from estimator.tools.form import Field, Reply, left_out, panel, paragraph, section, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from estimator.diagnosis import Finding
    from estimator.guide import Diagnoses
    from estimator.tools.form import Desk

FIELDS = (Field("code", "code"), Field("on", "date"), Field("others", "codes"))
_TONES = {"billable": "good", "outdated": "bad", "incomplete": "bad"}
_MOST_LISTED = 12


def answer(answers: Mapping[str, object], desk: Desk) -> Reply:
    """What is known of a code on the day of the visit."""
    values, errors = typed(answers, FIELDS, desk)
    code = values.get("code")
    if code is None:
        return Reply(errors=errors)
    held = desk.read(guide.diagnoses)
    on: date = values.get("on", desk.as_of)
    found = look_up(held, code, on)
    others = [look_up(held, other, on) for other in values.get("others", ()) if other != code]
    barred = _barred(held, found, others)
    html = join(
        left_out(errors, desk),
        _verdict(found, barred, on, desk),
        _instead(found, held, desk),
        _others(others, found, held, desk),
        _beside(found, held, desk),
        section(desk.say("code.second"), paragraph(desk.told(found.secondary)))
        if found.secondary
        else Html(""),
        paragraph(desk.say("code.who_picks"), class_="promise"),
        paragraph(desk.say("code.release", release=held.release), class_="as-of"),
    )
    return Reply(html=html, status=f"{_word(found, barred, desk)}.", errors=errors)


def _barred(held: Diagnoses, found: Finding, others: Iterable[Finding]) -> tuple[str, ...]:
    """The codes of a claim that one can't stand beside; one that isn't valid stands beside none."""
    if found.status != "billable":
        return ()
    return conflicts(held, found.code, [one.code for one in others if one.status == "billable"])


def _word(found: Finding, barred: Iterable[str], desk: Desk) -> str:
    """The code and what is the matter with it, in a few words."""
    says = desk.say(f"code.{_kind(found)}.word")
    if listed := ", ".join(barred):
        says = desk.say("code.but", says=says, codes=listed)
    return f"{found.code}: {says}"


def _kind(found: Finding) -> str:
    """What the answer is about: the status, or what matters more."""
    if found.status == "billable" and found.mistaken_for:
        return "mistaken"
    if found.status == "unknown" and found.since:
        return "early"
    return found.status


def _verdict(found: Finding, barred: Sequence[str], on: date, desk: Desk) -> Html:
    """The code, its status in a word and a sentence, its official title."""
    kind = _kind(found)
    told = {
        "code": found.code,
        "since": found.since or on,
        "on": on,
        "disease": desk.told(found.mistaken_for),
        "before": found.before,
    }
    name = kind if kind != "outdated" or found.since else "outdated_undated"
    lines = [tag("p", escape(desk.say(f"code.{name}.sentence", **told)), escape(" "),
                 desk.confirm(found.ask))]  # fmt: skip
    if found.before:
        lines.append(paragraph(desk.say("code.before", **told)))
    if found.title:
        title = tag("cite", escape(found.title))
        lines.append(tag("p", escape(desk.say("code.title") + " "), title))
    if barred:
        lines.append(paragraph(desk.say("code.conflict_do")))
    tone = "careful" if barred and kind == "billable" else _tone(kind)
    shown = panel(_word(found, barred, desk), *lines, tone=tone)
    return tag("div", shown, data_output="code.status", data_value=found.status)


def _tone(kind: str) -> str:
    return "careful" if kind in ("mistaken", "early") else _TONES.get(kind, "plain")


def _instead(found: Finding, held: Diagnoses, desk: Desk) -> Html:
    """The codes that took its place, or that mean what people think it means."""
    instead = found.use or found.replaced_by
    if not instead:
        return Html("")
    title = "code.meant" if found.use else f"code.instead_of_{found.status}"
    more = len(instead) - _MOST_LISTED
    return section(
        desk.say(title, disease=desk.told(found.mistaken_for)),
        _listed(instead[:_MOST_LISTED], held),
        paragraph(desk.say("code.more", count=more)) if more > 0 else Html(""),
        paragraph(desk.say("code.held_only")) if found.status == "incomplete" else Html(""),
        paragraph(desk.say("code.ask_provider")),
    )


def _others(others: Sequence[Finding], found: Finding, held: Diagnoses, desk: Desk) -> Html:
    """What is known of the other codes on the claim, and which can't stand beside which."""
    lines = []
    for one in others:
        says = [desk.say(f"code.{_kind(one)}.word")]
        beside = [other for other in (found, *others) if other.code != one.code]
        if barred := _barred(held, one, beside):
            says.append(desk.say("code.conflict", codes=", ".join(barred)))
        if one.secondary:
            says.append(desk.say("code.second"))
        lines.append(tag("li", tag("strong", escape(one.code)), escape(f": {'. '.join(says)}.")))
    return section(desk.say("code.others"), tag("ul", *lines)) if lines else Html("")


def _beside(found: Finding, held: Diagnoses, desk: Desk) -> Html:
    """The codes that can't stand on one claim beside it."""
    if not found.not_with:
        return Html("")
    return section(
        desk.say("code.not_with"),
        paragraph(desk.say("code.not_with_why", code=found.code)),
        _listed(found.not_with, held),
        paragraph(desk.say("code.not_with_all")),
    )


def _listed(codes: Iterable[str], held: Diagnoses) -> Html:
    """Codes with their official titles; one that stands for all that begin so, with a dash."""
    return tag("ul", *(_line(code, held) for code in codes), class_="codes")


def _line(code: str, held: Diagnoses) -> Html:
    title = named(held, code)
    is_whole = code in held.titles() or code in held.wrong_disease
    shown = code if is_whole else f"{code.rstrip('-.')}…"
    return tag("li", tag("strong", escape(shown)), escape(f" {title}" if title else ""))


def lines_of(codes: Iterable[str], on: date, desk: Desk) -> Iterator[str]:
    """A line for each code of a text that can't stand on a claim as it is.

    Args:
        codes: As `diagnosis.tidied` writes them.
        on: The day of the visit.
        desk: What the tool works with.
    """
    held = desk.read(guide.diagnoses)
    for code in codes:
        kind = _kind(look_up(held, code, on))
        if kind not in ("billable", "unknown"):
            yield f"{code}: {desk.say(f'code.{kind}.word')}"
