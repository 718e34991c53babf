"""One visit's price as a bar: who pays which part of it, and what the clinic gives up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from zlib import crc32

from estimator.markup import Html, escape, tag
from estimator.picture import hatch
from estimator.record import Record

if TYPE_CHECKING:
    from estimator.messages import Messages
    from estimator.model import Visit

# In the drawing's own units, of which a phone shows about one a pixel.
_WIDTH, _HEIGHT, _TOP = 320, 34, 24
_ROW, _SWATCH, _TEXT = 22, 14, 16
_GAP = 2
# The parts of a price in the order they stand in the bar, each with its look.
_LOOKS = {
    "deductible": "you",
    "copay": "you",
    "coinsurance": "you",
    "balance_bill": "you",
    "not_covered": "you",
    "plan": "plan",
    "write_off": "given-up",
}


class Part(Record):
    """A part of a price: its number in the bar, its look, its name with its amount, its place."""

    number: int
    look: str
    words: str
    start: Decimal
    width: Decimal


def bar(visit: Visit, messages: Messages) -> Html:
    """The parts of one visit's price, as wide as they are large, each named with its amount.

    Args:
        visit: With a fee above 0. The parts add up to it; those of nothing are left out.
        messages: With the section ``costs.bar``.
    """
    shown = _parts(visit, messages)
    told = " ".join(f"{part.number}. {part.words}." for part in shown)
    name = f"bar-{crc32(told.encode()):08x}"
    fill = f"url(#{name}-hatch)"
    return tag(
        "svg",
        tag("title", escape(messages.say("costs.bar.title", fee=visit.fee)), id=f"{name}-title"),
        tag("desc", escape(told), id=f"{name}-desc"),
        tag("defs", hatch(f"{name}-hatch")),
        *(_segment(part, fill) for part in shown),
        *(_legend(part, fill) for part in shown),
        class_="picture",
        viewBox=f"0 0 {_WIDTH} {_row(len(shown) + 1)}",
        font_size=_TEXT,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
    )


def _parts(visit: Visit, messages: Messages) -> list[Part]:
    found: list[Part] = []
    start = Decimal(0)
    for name, look in _LOOKS.items():
        if amount := getattr(visit, name):
            words = messages.say(f"costs.bar.{name}", amount=amount)
            width = amount * _WIDTH / visit.fee
            found.append(Part(len(found) + 1, look, words, start, width))
            start += width
    return found


def _segment(part: Part, fill: str) -> Html:
    """A part of the bar, with its number above it."""
    width = max(part.width - 2 * _GAP, Decimal(1))
    middle = part.start + part.width / 2
    return tag(
        "g",
        _box(part, fill, part.start + _GAP, _TOP, width, _HEIGHT),
        tag("text", escape(str(part.number)), x=_n(middle), y=_TOP - 7, text_anchor="middle"),
    )


def _row(number: int) -> int:
    """Where a line of the legend begins."""
    return _TOP + _HEIGHT + 12 + _ROW * (number - 1)


def _legend(part: Part, fill: str) -> Html:
    """A line below the bar: the part's number, its look, its name and its amount."""
    y = _row(part.number)
    foot = y + _SWATCH - 1
    return tag(
        "g",
        tag("text", escape(str(part.number)), x=2, y=foot),
        _box(part, fill, Decimal(18), y, Decimal(_SWATCH), _SWATCH),
        tag("text", escape(part.words), x=40, y=foot),
    )


def _box(part: Part, fill: str, x: Decimal, y: int, width: Decimal, height: int) -> Html:
    hatched = fill if part.look == "plan" else None
    return tag("rect", x=_n(x), y=y, width=_n(width), height=height, class_=part.look, fill=hatched)


def _n(length: Decimal) -> str:
    """A length as SVG reads it, with at most two decimals."""
    return f"{length.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")
