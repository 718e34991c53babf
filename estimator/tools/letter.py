"""Does my letter have everything: a paper held against its list, never a word about its wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import guide
from estimator.diagnosis import codes_in
from estimator.markup import Html, escape, join, tag
from estimator.model import PLANS
from estimator.papers import check
from estimator.tools.code import lines_of
from estimator.tools.form import Field, Reply, bullets, left_out, panel, paragraph, section, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.guide import Letter, LetterItem
    from estimator.papers import Checked, Clue
    from estimator.tools.form import Desk


def fields(letters: Mapping[str, Letter]) -> tuple[Field, ...]:
    """The form: which paper, for which plan, a tick for each item of each paper, and a text."""
    return (
        Field("paper", "choice", tuple(letters)),
        Field("plan", "choice", PLANS),
        Field("text", "text"),
        *(
            Field(f"{name}.{item.id}", "tick")
            for name, letter in letters.items()
            for item in letter.items
        ),
    )


def answer(answers: Mapping[str, object], desk: Desk) -> Reply:
    """What is there, what may be, and what is missing, with the reason for each."""
    letters = desk.read(guide.letters)
    values, errors = typed(answers, fields(letters), desk)
    name = values.get("paper")
    if name is None:
        return Reply(errors=errors)
    letter, text = letters[name], values.get("text", "")
    ticked = {item.id for item in letter.items if f"{name}.{item.id}" in values}
    found = check(letter, ticked, values.get("plan"), text, desk.language)
    missing = len(found.must)
    html = join(
        left_out(errors, desk),
        _head(letter, found, desk),
        _items(desk.say("letter.must"), found.must, "missing", desk),
        _maybe(name, found, desk),
        _old_codes(text, desk),
        _items(desk.say("letter.helps"), found.helps, "helps", desk),
        _items(desk.say("letter.elsewhere"), found.elsewhere, "helps", desk, is_for_some=True),
        section(desk.say("letter.there"), bullets(desk.told(item.label) for item in found.there)),
        _careful(letter, desk),
        paragraph(desk.say("letter.truth"), class_="promise"),
    )
    status = desk.say(
        "letter.status_one" if missing == 1 else "letter.status_many",
        missing=missing, maybe=len(found.maybe),
    )  # fmt: skip
    return Reply(html=html, status=status, errors=errors)


def _head(letter: Letter, found: Checked, desk: Desk) -> Html:
    """How much of what it must have is there, and what the paper is for."""
    have = sum(item.needed == "must" for item in found.there)
    unread = sum(item.needed == "must" for item, _ in found.maybe)
    asked = have + unread + len(found.must)
    is_whole = have == asked
    word = desk.say("letter.whole" if is_whole else "letter.part", have=have, asked=asked)
    return tag(
        "div",
        panel(
            word,
            paragraph(desk.say("letter.no_promise")) if is_whole else Html(""),
            paragraph(f"{desk.told(letter.title)}. {desk.told(letter.purpose)}"),
            tone="good" if is_whole else "careful",
        ),
        data_output="letter.have",
        data_value=f"{have}/{asked}",
    )


def _items(
    title: str, items: Iterable[LetterItem], name: str, desk: Desk, *, is_for_some: bool = False
) -> Html:
    """Items with why each matters."""
    lines = []
    for item in items:
        more = [escape(f" {desk.told(item.why)}")]
        if is_for_some:
            plans = "; ".join(desk.messages.option("plan", plan) for plan in item.payers)
            more.append(tag("small", escape(desk.say("letter.for_some", plans=plans))))
        lines.append(tag("li", tag("strong", escape(f"{desk.told(item.label)}.")), *more))
    return section(title, tag("ul", *lines), name=name) if lines else Html("")


def _maybe(name: str, found: Checked, desk: Desk) -> Html:
    """Items whose words were found in the text: the person looks, and ticks."""
    lines = []
    for item, clues in found.maybe:
        button = tag(
            "button",
            escape(desk.say("letter.tick")),
            type="button",
            class_="plain",
            data_tick=f"{name}.{item.id}",
            aria_describedby=f"maybe-{item.id}",
        )
        label = tag("strong", escape(f"{desk.told(item.label)}."), id=f"maybe-{item.id}")
        # On the page before Python, the button would do nothing.
        buttons = () if desk.is_example else (button,)
        lines.append(tag("li", label, tag("p", *_quoted(clues, desk)), *buttons))
    if not lines:
        return Html("")
    return section(desk.say("letter.maybe"), paragraph(desk.say("letter.maybe_note")),
                   tag("ul", *lines), name="maybe")  # fmt: skip


def _quoted(clues: Iterable[Clue], desk: Desk) -> list[Html]:
    """The words that were found, the first with what stands around it."""
    first, *rest = clues
    pieces = [
        escape(f"{desk.say('letter.found')} “{first.before}"),
        tag("mark", escape(first.word)),
        escape(f"{first.after}”"),
    ]
    if rest:
        words = ", ".join(f"“{clue.word}”" for clue in rest)
        pieces.append(escape(f" {desk.say('letter.also_found', words=words)}"))
    return pieces


def _old_codes(text: str, desk: Desk) -> Html:
    """Diagnosis codes in the text that a claim can't use today."""
    codes = codes_in(text)
    lines = list(lines_of(codes, desk.as_of, desk)) if codes else []
    return section(desk.say("letter.codes"), bullets(lines), name="missing") if lines else Html("")


def _careful(letter: Letter, desk: Desk) -> Html:
    if not letter.careful:
        return Html("")
    told = tag("p", escape(f"{desk.told(letter.careful)} "), desk.confirm(letter.ask))
    return section(desk.say("letter.careful"), told)
