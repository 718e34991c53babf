"""The forms of the tools beside the estimator: each control is named as its tool reads it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from estimator.eob import MAIN, PARTS
from estimator.guide import CARE
from estimator.markup import Html, escape, join, tag
from estimator.model import PLANS
from estimator.tools.dates import APPEALED, CLOCKS
from estimator.tools.eob import INSURED
from estimator.tools.units import PAYERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from estimator.guide import Letter
    from estimator.model import BillingCode
    from estimator.publish.pages.site import Site
    from estimator.tools.form import Desk

# Of the billing codes, in the order of their file, so many stand in the open.
_CODES_SHOWN = 4
# Lines of the place where a letter is pasted.
_ROWS = 8


def form_of(tool: str, site: Site, desk: Desk) -> Html:
    """The fields of a tool's form, complete before Python and without it."""
    return _FORMS[tool](site, desk)


def _field(name: str, label: str, hint: str, make: Callable[..., Html]) -> Html:
    """A labeled control with its hint and a place for its error."""
    described = f"error-{name}"
    note = Html("")
    if hint:
        described = f"hint-{name} {described}"
        note = tag("span", escape(hint), class_="hint", id=f"hint-{name}")
    control = make(id=f"field-{name}", name=name, aria_describedby=described)
    title = tag("label", escape(label), for_=f"field-{name}")
    return tag("div", title, note, control, _error(name), class_="field")


def _error(name: str) -> Html:
    return tag("span", id=f"error-{name}", class_="error")


def _money(**told: str) -> Html:
    unit = tag("span", escape("$"), aria_hidden="true", class_="unit")
    box = tag("input", type="text", inputmode="decimal", **told)
    return tag("span", unit, box, class_="control")


_text = partial(tag, "input", type="text", autocapitalize="characters", spellcheck="false")
_number = partial(tag, "input", type="text", inputmode="numeric", class_="short")
_date = partial(tag, "input", type="date")


def _select(options: Iterable[tuple[str, str]], first: str) -> Callable[..., Html]:
    """A control that offers answers with their words, after a first one that is none."""

    def make(**told: str) -> Html:
        none = tag("option", escape(first), value="", selected=True)
        others = (tag("option", escape(words), value=value) for value, words in options)
        return tag("select", none, *others, **told)

    return make


def _choices(name: str, legend: str, hint: str, options: Iterable[tuple[str, str]]) -> Html:
    """Answers as large choices, of which one can be taken."""
    boxes = (_choice("radio", name, value, words) for value, words in options)
    return tag(
        "fieldset",
        tag("legend", escape(legend)),
        tag("span", escape(hint), class_="hint", id=f"hint-{name}"),
        *boxes,
        _error(name),
        class_="field",
        aria_describedby=f"hint-{name} error-{name}",
    )


def _choice(kind: str, name: str, value: str, words: str, *more: Html) -> Html:
    box = tag("input", type=kind, name=name, value=value)
    return tag("label", box, tag("span", escape(words), *more), class_="choice")


def _plan(desk: Desk, plans: Iterable[str], label: str, hint: str) -> Html:
    options = [(plan, desk.messages.option("plan", plan)) for plan in plans]
    return _field("plan", label, hint, _select(options, desk.say("unknown")))


def _words(field: str, desk: Desk) -> tuple[str, str]:
    """A field's label and its hint."""
    return desk.say(f"{field}.label"), desk.say(f"{field}.hint")


def _more(title: str, *children: Html) -> Html:
    return tag("details", tag("summary", escape(title)), *children)


def _units(site: Site, desk: Desk) -> Html:
    """A row of minutes for each code, and who pays."""
    rows = [_units_row(code, desk) for code in site.rules.codes.values()]
    payers = [(payer, desk.say(f"units.field.{payer}")) for payer in PAYERS]
    legend = tag("legend", escape(desk.say("units.legend")))
    hint = tag("p", escape(desk.say("units.legend_hint")), class_="hint")
    return join(
        tag("fieldset", legend, hint, *rows[:_CODES_SHOWN],
            _more(desk.say("units.more"), *rows[_CODES_SHOWN:]), class_="group"),
        _choices("payer", *_words("units.field.payer", desk), payers),
    )  # fmt: skip


def _units_row(code: BillingCode, desk: Desk) -> Html:
    told = {"code": code.code, "plain": code.plain}
    if code.unit_minutes:
        label = desk.say("units.field.minutes.label", **told)
        hint = desk.say("units.field.minutes.hint", **told)
        return _field(f"minutes-{code.code}", label, hint, _number)
    name = f"done-{code.code}"
    box = _choice("checkbox", name, "yes", desk.say("units.field.done.label", **told))
    return tag("div", box, _error(name), class_="field")


def _code(_: Site, desk: Desk) -> Html:
    """The code, the day of the visit, the other codes on the claim."""
    controls = {"code": _text, "on": _date, "others": _text}
    return join(
        *(
            _field(name, *_words(f"code.field.{name}", desk), control)
            for name, control in controls.items()
        )
    )  # fmt: skip


def _letter(site: Site, desk: Desk) -> Html:
    """Which paper, with a list of ticks for each; for whom; and a place to paste."""
    letters: Mapping[str, Letter] = site.guide["letters"]["letters"]
    area = partial(tag, "textarea", rows=_ROWS, spellcheck="false")
    return join(
        tag("fieldset", tag("legend", escape(desk.say("letter.field.paper.label"))),
            *(_paper(name, letter, desk) for name, letter in letters.items()),
            _error("paper"), class_="field", aria_describedby="error-paper"),
        _plan(desk, PLANS, *_words("letter.field.plan", desk)),
        _field("text", *_words("letter.field.text", desk), area),
    )  # fmt: skip


def _paper(name: str, letter: Letter, desk: Desk) -> Html:
    """A paper, and its list, which the styles show once the paper is chosen."""
    by = tag("small", escape(desk.say(f"letter.by.{letter.written_by}")))
    boxes = []
    for item in letter.items:
        words = desk.say(f"letter.{item.needed}_mark")
        if item.payers:
            plans = "; ".join(desk.messages.option("plan", plan) for plan in item.payers)
            words = f"{words}. {desk.say('letter.for_some', plans=plans)}"
        mark = tag("small", escape(words), class_=item.needed)
        label = f"{desk.told(item.label)} "
        boxes.append(_choice("checkbox", f"{name}.{item.id}", "yes", label, mark))
    legend = tag("legend", escape(desk.say("letter.ticks")))
    return join(
        _choice("radio", "paper", name, f"{desk.told(letter.title)} ", by),
        tag("fieldset", legend, *boxes, class_="field ticks"),
    )


def _dates(_: Site, desk: Desk) -> Html:
    """The kind of plan, what the letter is about, and the dates."""
    care = [(value, desk.say(f"dates.field.care.{value}")) for value in CARE]
    return join(
        _plan(desk, APPEALED, *_words("dates.field.plan", desk)),
        _choices("care", *_words("dates.field.care", desk), care),
        *(
            _field(name, *_words(f"dates.field.{name}", desk), _date)
            for name in CLOCKS
        ),
    )  # fmt: skip


def _eob(_: Site, desk: Desk) -> Html:
    """The four numbers, the lines between them, the network and the kind of plan."""

    def amount(name: str) -> Html:
        return _field(name, *_words(f"eob.field.{name}", desk), _money)

    networks = [(value, desk.say(f"eob.field.network.{value}")) for value in ("in", "out")]
    legend = tag("legend", escape(desk.say("eob.legend")))
    note = tag("p", escape(desk.say("eob.legend_hint")), class_="hint")
    return join(
        tag("fieldset", legend, note, *map(amount, MAIN), class_="group"),
        _choices("network", *_words("eob.field.network", desk), networks),
        _more(
            desk.say("eob.more"),
            *map(amount, (*PARTS, "not_covered")),
            _plan(desk, INSURED, *_words("eob.field.plan", desk)),
        ),
    )


_FORMS: dict[str, Callable[[Site, Desk], Html]] = {
    "units": _units,
    "diagnosis-code": _code,
    "letter": _letter,
    "appeal-dates": _dates,
    "eob": _eob,
}
