"""Before the visit: the call to the insurer, and the talk with the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.guide import CALL_PARTS
from estimator.markup import Html, escape, join, tag
from estimator.publish.pages import letters
from estimator.publish.pages.figures import figure
from estimator.publish.pages.pieces import bullets, door, foot
from estimator.publish.pages.words import answers, question_sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from estimator.guide import Asked, CallScript
    from estimator.publish.pages.site import Site

# What people ask about the order; the answers stand among the questions of the front desk.
_ABOUT_ORDERS = (
    "who-can-order",
    "telehealth-order",
    "how-old-is-the-order",
    "referral-or-order",
)
_LINES_FOR_ANSWERS = 2


def parts(site: Site) -> dict[str, Html]:
    """The call script in pieces, and what the doctor has to know."""
    call: CallScript = site.guide["call"]
    language = site.language
    order = letters.held(site)["order"]
    step = next(item for item in site.guide["claim"]["steps"] if item.id == "see-a-provider")
    return {
        "call-card.html": figure("card", site.messages.say("guide.drawing.card")),
        "call-at-hand.html": bullets(call.at_hand[language]),
        "call-open.html": _spoken(call.open_with[language]),
        **{
            f"call-{part}.html": _asked(site, (item for item in call.ask if item.part == part))
            for part in CALL_PARTS
        },
        "call-write-down.html": _to_fill_in(call.write_down[language]),
        "call-close.html": _spoken(call.close_with[language]),
        "call-after.html": bullets(call.after[language]),
        "call-print.html": print_button(site),
        "call-foot.html": join(
            door(site, {"purpose": "diagnosed", "provider": "lmt"}, depth=2),
            foot(site, call.reviewed, call.sources),
        ),
        "doctor-visit.html": bullets(step.do[language], ordered=True),
        "doctor-orders.html": answers(site, _ABOUT_ORDERS, depth=2),
        "doctor-foot.html": join(
            door(site, {"purpose": "symptom", "provider": "lmt", "prescription": "no"}, depth=2),
            foot(
                site,
                site.guide["letters"]["reviewed"],
                [*letters.sources(order), *step.sources, *question_sources(site, _ABOUT_ORDERS)],
            ),
        ),
    }


def print_button(site: Site) -> Html:
    """A button that prints the page; the script shows it where it can work."""
    words = escape(site.messages.say("guide.print"))
    return tag("p", tag("button", words, type="button", data_print=True), class_="by-script",
               hidden=True)  # fmt: skip


def _spoken(words: str) -> Html:
    return tag("blockquote", tag("p", escape(words)), class_="spoken")


def _asked(site: Site, asked: Iterable[Asked]) -> Html:
    """Questions as the estimator words them, each with what to listen for and room to write."""
    items = []
    for item in asked:
        told = [tag("strong", escape(site.messages.say(f"question.{item.key}")))]
        if item.note:
            told.append(tag("span", escape(item.note[site.language]), class_="note"))
        items.append(tag("li", *told, _room(_LINES_FOR_ANSWERS)))
    return tag("ol", *items, class_="call")


def _to_fill_in(lines: Iterable[str]) -> Html:
    return tag("ul", *(tag("li", escape(item), _room(1)) for item in lines), class_="call")


def _room(lines: int) -> Html:
    """Lines to write on, in print; nothing to a screen reader."""
    return tag("span", *(tag("span") for _ in range(lines)), class_="write", aria_hidden="true")
