"""The picture of an estimate: what the client and the plan pay at each visit, as SVG.

Lengths are in the drawing's own units, of which a phone shows about one a pixel; the axis of
visits is at y = 0 and bars grow upward, to negative y. Money is USD as Decimal.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING
from zlib import crc32

from estimator.markup import Html, escape, join, tag
from estimator.money import ZERO, as_dollars
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from estimator.messages import Messages
    from estimator.model import Estimate, Step, Visit

_WIDTH = 360
_HEIGHT = 120
# Letters' size, and what one takes of a line at that size: a little more than it does in the
# page's own font, because another may stand in for it.
_TEXT = 14
_LETTER = Decimal("7.2")
_LINE = 18
_SPACE = 6
_EDGE = 12
# Up to so many visits stand apart; of more, neighbors with equal amounts are one block.
_APART = 24
_BROADEST = 48
_SWATCH = 12
# Lines under the axis: the visits' numbers, what the client pays, the legend.
_NUMBERS_AT, _AMOUNTS_AT, _LEGEND_AT, _BOTTOM = 17, 38, 66, 74
# More changes than this are no longer heard, only endured.
_TOLD = 12
_HALF = Decimal("0.5")
_HUNDREDTH = Decimal("0.01")


class Frame(Record, kw_only=True):
    """The space the bars stand in.

    Attributes:
        left: Where the first visit's share of the axis begins.
        right: Where the last one's ends.
        count: The number of visits, from 1.
        top: USD that a bar of full height stands for; never 0.
    """

    left: Decimal
    right: Decimal
    count: int
    top: Decimal

    def x(self, visits: Decimal | int) -> Decimal:
        """Where so many visits end."""
        return self.left + (self.right - self.left) * visits / self.count

    def height(self, amount: Decimal) -> Decimal:
        """How high an amount of USD stands."""
        return amount * _HEIGHT / self.top

    @property
    def gap(self) -> Decimal:
        """What stays free between two bars."""
        slot = self.x(1) - self.x(0)
        return Decimal(0) if self.count > _APART else max(slot / 4, slot - _BROADEST)


class Mark(Record):
    """Something that changes who pays from here on.

    Attributes:
        kind: deductible, limit, out_of_pocket or plan_year.
        number: The visit in which it happens, or from which on it holds.
        place: After how many visits; half a visit where it happens inside one.
    """

    kind: str
    number: int
    place: Decimal

    @property
    def is_inside(self) -> bool:
        """Whether it happens inside a visit, not between two."""
        return self.place % 1 != 0


class Label(Record):
    """Where a mark's words stand: from `start` to `end` in a row, 0 the lowest; its line at `x`."""

    mark: Mark
    words: str
    x: Decimal
    start: Decimal
    end: Decimal
    row: int

    def is_clear_of(self, other: Label) -> bool:
        """Whether neither the words nor the lines of two labels meet."""
        if self.row == other.row:
            return self.end <= other.start or other.end <= self.start
        low, high = (self, other) if self.row < other.row else (other, self)
        return not low.start < high.x < low.end


def course(estimate: Estimate, messages: Messages, package: Decimal | None = None) -> Html:
    """The likely course as a picture: who pays how much of each visit, and what changes it.

    Its ids are made from what it shows: the same picture twice on a page has them twice.

    Args:
        estimate: Any; its likely scenario has at least one visit.
        messages: The page's language, with its `picture` section.
        package: USD for each visit of a cash package to compare with; None draws no line.
    """
    visits = estimate.scenarios["likely"].visits
    marks = changes(estimate)
    frame = _frame(visits, package, messages)
    you, plan = _bars(visits, frame)
    labels = _placed(_first_of_each(marks), frame, messages)
    rows = max((label.row + 1 for label in labels), default=0)
    above = _HEIGHT + _LINE + rows * _LINE
    told = " ".join(described(visits, _first_of_each(marks), package, messages))
    title = _counted("title", visits, messages)
    name = f"picture-{crc32(f'{title}{told}{you}{plan}'.encode()):08x}"
    return tag(
        "svg",
        tag("title", escape(title), id=f"{name}-title"),
        tag("desc", escape(told), id=f"{name}-desc"),
        tag("defs", hatch(f"{name}-hatch")),
        _axis(visits, frame, messages),
        tag("path", class_="plan", fill=f"url(#{name}-hatch)", d=plan) if plan else Html(""),
        tag("path", class_="you", d=you) if you else Html(""),
        _amounts(visits, frame, messages),
        _cash(package, frame, messages),
        _marks(marks, labels, visits, frame),
        _legend(visits, f"{name}-hatch", messages),
        class_="picture",
        viewBox=f"0 -{above} {_WIDTH} {above + _BOTTOM}",
        font_size=_TEXT,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
    )


def changes(estimate: Estimate) -> list[Mark]:
    """What changes who pays, in order of visits and as the engine's steps say it.

    The deductible and each limit are told once in a plan year.
    """
    likely = estimate.scenarios["likely"]
    # Where the plan never pays, there is no limit to reach.
    may_pay = likely.uncovered_visits < len(likely.visits) or estimate.verdict in (
        "covered",
        "conditional",
    )
    found: list[Mark] = []
    seen: set[str] = set()
    of_visits = (step for step in estimate.steps if step.visit is not None)
    for number, group in groupby(of_visits, key=attrgetter("visit")):
        steps = {step.rule.removeprefix("cost."): step for step in group}
        if "plan-year" in steps:
            seen.clear()
            found.append(Mark("plan_year", number, Decimal(number - 1)))
        for kind, place in _changes_in(steps, number):
            if kind not in seen and (kind != "limit" or may_pay):
                seen.add(kind)
                found.append(Mark(kind, number, place))
    return found


def _changes_in(steps: Mapping[str, Step], number: int) -> Iterator[tuple[str, Decimal]]:
    """What one visit changes and after how many visits, from its steps by rule."""
    before, inside, after = Decimal(number - 1), number - _HALF, Decimal(number)
    deductible, spared = steps.get("deductible"), steps.get("oop-limit")
    if deductible is not None and Decimal(deductible.inputs["left"]) == Decimal(deductible.value):
        # The out-of-pocket limit can stop the client before the deductible is paid.
        left = None if spared is None else Decimal(spared.inputs["left"])
        if left is None or left >= Decimal(deductible.value):
            is_whole = Decimal(deductible.inputs["base"]) == Decimal(deductible.value)
            yield "deductible", after if is_whole else inside
    if spared is not None:
        yield "out_of_pocket", inside if Decimal(spared.inputs["left"]) else before
    if "not-covered" in steps:
        yield "limit", before
    elif "above-plan-limit" in steps:
        # A cap on each visit leaves a part unpaid too; what goes beyond it is the year's limit.
        allowed = Decimal(steps["allowed"].value)
        capped = Decimal(steps["visit-cap"].value) if "visit-cap" in steps else allowed
        if Decimal(steps["above-plan-limit"].value) > allowed - capped:
            yield "limit", inside


def described(
    visits: Sequence[Visit], marks: Iterable[Mark], package: Decimal | None, messages: Messages
) -> Iterator[str]:
    """The picture in sentences: neighbors with equal amounts in one, then what changes them."""
    runs = _runs(visits, "patient", "plan")
    for run in runs[:_TOLD]:
        yield _counted(
            "visits", run, messages,
            first=run[0].number, last=run[-1].number, you=run[0].patient, plan=run[0].plan,
        )  # fmt: skip
    if len(runs) > _TOLD:
        yield messages.say("picture.rest")
    for mark in marks:
        yield messages.say(f"picture.told.{mark.kind}", number=mark.number)
    if package is not None:
        yield messages.say("picture.told.package", price=package)


def _counted(key: str, visits: Sequence[Visit], messages: Messages, **inputs: object) -> str:
    """A sentence that has a form for one visit and one for many."""
    form = "one" if len(visits) == 1 else "many"
    return messages.say(f"picture.{key}_{form}", count=len(visits), **inputs)


def _runs(visits: Sequence[Visit], *names: str) -> list[list[Visit]]:
    """Neighboring visits with equal amounts, together."""
    return [list(group) for _, group in groupby(visits, key=attrgetter(*names))]


def _first_of_each(marks: Sequence[Mark]) -> list[Mark]:
    """The first mark of each kind: in later plan years the same words would only crowd."""
    first = {mark.kind: mark for mark in reversed(marks)}
    return sorted(first.values(), key=attrgetter("place"))


def _frame(visits: Sequence[Visit], package: Decimal | None, messages: Messages) -> Frame:
    """Leave room for the words at both ends of the axis, and height for the largest amount."""
    highest = _highest(visits)
    names = (messages.say("picture.visit"), messages.say("picture.you"))
    left = max(_breadth(words) for words in (*names, as_dollars(highest)))
    right = Decimal(0)
    if package is not None:
        right = max(_breadth(messages.say("picture.package")), _breadth(as_dollars(package)))
    return Frame(
        left=left + _EDGE,
        right=_WIDTH - right - _EDGE,
        count=len(visits),
        top=max(highest, package or ZERO) or Decimal(1),
    )


def _breadth(words: str) -> Decimal:
    """How much of a line words may take."""
    return _LETTER * len(words)


def _highest(visits: Sequence[Visit]) -> Decimal:
    """The most that client and plan pay together for one visit, in USD."""
    return max(visit.patient + visit.plan for visit in visits)


def _bars(visits: Sequence[Visit], frame: Frame) -> tuple[str, str]:
    """The outlines of what the client pays and, standing on it, of what the plan pays."""
    pieces = [[visit] for visit in visits]
    if len(visits) > _APART:
        pieces = _runs(visits, "patient", "plan")
    you, plan = [], []
    for piece in pieces:
        start, end = _span(piece, frame)
        lower, upper = frame.height(piece[0].patient), frame.height(piece[0].plan)
        you.append(_box(start, ZERO, end - start, lower))
        plan.append(_box(start, lower, end - start, upper))
    return "".join(you), "".join(plan)


def _span(run: Sequence[Visit], frame: Frame) -> tuple[Decimal, Decimal]:
    """From where to where neighboring visits stand on the axis."""
    half = frame.gap / 2
    return frame.x(run[0].number - 1) + half, frame.x(run[-1].number) - half


def _box(x: Decimal, from_height: Decimal, width: Decimal, height: Decimal) -> str:
    """A rectangle as a path's data; nothing for no height."""
    if not height:
        return ""
    tall = _n(height)
    return f"M{_n(x)} {_n(-from_height)}v-{tall}h{_n(width)}v{tall}z"


def _n(length: Decimal | int) -> str:
    """A length as SVG reads it: at most two decimals and none that say nothing."""
    return f"{Decimal(length).quantize(_HUNDREDTH) + 0:f}".rstrip("0").rstrip(".")


def _text(x: Decimal | int, y: Decimal | int, words: str, anchor: str | None = None) -> Html:
    """Words at a place; `anchor` is start (unless told), middle or end."""
    return tag("text", escape(words), x=_n(x), y=_n(y), text_anchor=anchor)


def hatch(name: str) -> Html:
    """The plan's fill: stripes on a tint, so that it also reads in black and white."""
    return tag(
        "pattern",
        tag("rect", class_="tint", width=6, height=6),
        tag("path", class_="stripe", d="M0 6L6 0M-1 1L1 -1M5 7L7 5"),
        id=name,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )


def _axis(visits: Sequence[Visit], frame: Frame, messages: Messages) -> Html:
    """The axis of visits with as many numbers as fit, nothing and the top amount beside it."""
    highest = _highest(visits)
    edge = frame.left - _EDGE + 2
    top = -frame.height(highest)
    return tag(
        "g",
        tag("path", d=f"M{_n(frame.left)} {_n(top)}H{_n(frame.right)}", class_="grid"),
        tag("path", d=f"M{_n(frame.left)} 0H{_n(frame.right)}"),
        _text(edge, top + 5, as_dollars(highest), "end") if highest else Html(""),
        _text(edge, 0, as_dollars(ZERO), "end"),
        _text(edge, _NUMBERS_AT, messages.say("picture.visit"), "end"),
        *(_text(frame.x(n - _HALF), _NUMBERS_AT, str(n), "middle") for n in _numbers(frame)),
        class_="axis",
    )


def _numbers(frame: Frame) -> list[int]:
    """The visits that have room for their number: the last, round ones, the first."""
    room = _breadth(str(frame.count)) + _SPACE - 2
    least = room / (frame.x(1) - frame.x(0))
    step = next(n for n in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500) if n >= least)
    shown: list[int] = []
    for number in (frame.count, *range(step, frame.count, step), 1):
        if all(abs(frame.x(number) - frame.x(other)) >= room for other in shown):
            shown.append(number)
    return sorted(shown)


def _amounts(visits: Sequence[Visit], frame: Frame, messages: Messages) -> Html:
    """What the client pays, under each visit if that fits, else under equal neighbors."""
    runs = [[visit] for visit in visits]
    slot = frame.x(1) - frame.x(0)
    if any(_breadth(as_dollars(visit.patient)) + _SPACE > slot for visit in visits):
        runs = _runs(visits, "patient")
    parts = [part for run in runs for part in _amount(run, frame, messages)]
    if not parts:
        return Html("")
    who = _text(frame.left - _EDGE + 2, _AMOUNTS_AT, messages.say("picture.you"), "end")
    return tag("g", who, *parts, class_="amounts")


def _amount(run: Sequence[Visit], frame: Frame, messages: Messages) -> Iterator[Html]:
    """What the client pays at each visit of a run, under a line as long as it; if it fits."""
    start, end = _span(run, frame)
    alone = as_dollars(run[0].patient)
    each = messages.say("picture.each", you=run[0].patient) if len(run) > 1 else alone
    words = next((w for w in (each, alone) if _breadth(w) <= end - start + frame.gap), None)
    if words is None:
        return
    if len(run) > 1:
        yield tag("path", d=f"M{_n(start)} {_AMOUNTS_AT - _TEXT}H{_n(end)}")
    yield _text((start + end) / 2, _AMOUNTS_AT, words, "middle")


def _cash(package: Decimal | None, frame: Frame, messages: Messages) -> Html:
    """The line at a cash package's price for one visit; its words stand at its end."""
    if package is None:
        return Html("")
    y = -frame.height(package)
    x = frame.right + 4
    return tag(
        "g",
        _line(f"M{_n(frame.left)} {_n(y)}H{_n(frame.right)}"),
        _text(x, y - 4, messages.say("picture.package")),
        _text(x, y + 12, as_dollars(package)),
        class_="cash",
    )


def _line(path: str) -> Html:
    """A line that stays visible across dark bars: on a broader one in the page's color."""
    return join(tag("path", d=path, class_="halo"), tag("path", d=path))


def _placed(marks: Sequence[Mark], frame: Frame, messages: Messages) -> list[Label]:
    """Give each mark's words a place where they meet no others, in as few rows as do."""
    told = [(mark, messages.say(f"picture.mark.{mark.kind}")) for mark in marks]
    for rows in range(1, len(told) + 1):
        if found := _fitted(told, [], frame, rows):
            return found
    # No room, as beside amounts of trillions: one above the other, whatever the lines cross.
    return [
        next(_places(mark, words, frame, range(row, row + 1)))
        for row, (mark, words) in enumerate(reversed(told))
    ]


def _fitted(
    told: Sequence[tuple[Mark, str]], placed: list[Label], frame: Frame, rows: int
) -> list[Label]:
    """What is placed already and the rest with it; empty if they don't fit in so many rows."""
    if not told:
        return placed
    for label in _places(*told[0], frame, range(rows)):
        if all(label.is_clear_of(other) for other in placed):
            found = _fitted(told[1:], [*placed, label], frame, rows)
            if found:
                return found
    return []


def _places(mark: Mark, words: str, frame: Frame, rows: range) -> Iterator[Label]:
    """Where a mark's words could stand: right of its line, left of it, else above it."""
    x, width = frame.x(mark.place), _breadth(words) + _SPACE
    for row in rows:
        # Beside the lowest row, a package's words may stand.
        right = Decimal(_WIDTH) if row else frame.right
        if x + width <= right:
            yield Label(mark, words, x, x, x + width, row)
        if x >= width:
            yield Label(mark, words, x, x - width, x, row)
        if x + width > right and x < width:
            start = max(min(x - width / 2, right - width), Decimal(0))
            yield Label(mark, words, x, start, start + width, row)


def _marks(
    marks: Sequence[Mark], labels: Sequence[Label], visits: Sequence[Visit], frame: Frame
) -> Html:
    """The lines of all labels and of every plan year, then the words."""
    named = [label.mark for label in labels]
    parts = [
        tag("path", class_="year", d=f"M{_n(frame.x(mark.place))} 0V-{_HEIGHT}")
        for mark in marks
        if mark.kind == "plan_year" and mark not in named
    ]
    for label in labels:
        visit = visits[label.mark.number - 1]
        # Inside a visit the line points at its bar; between two it parts them.
        foot = frame.height(visit.patient + visit.plan) if label.mark.is_inside else ZERO
        y = -(_HEIGHT + _SPACE + 3 + label.row * _LINE)
        is_above = label.start < label.x < label.end
        head = y + 4 if is_above else y - 10
        parts.append(_line(f"M{_n(label.x)} {_n(-foot)}V{head}"))
        if label.start == label.x:
            parts.append(_text(label.x + 5, y, label.words))
        elif is_above:
            parts.append(_text((label.start + label.end) / 2, y, label.words, "middle"))
        else:
            parts.append(_text(label.x - 5, y, label.words, "end"))
    return tag("g", *parts, class_="mark") if parts else Html("")


def _legend(visits: Sequence[Visit], hatch: str, messages: Messages) -> Html:
    """What dark and hatched mean, in words; the plan only where it pays."""
    kinds = ("you", "plan") if any(visit.plan for visit in visits) else ("you",)
    parts, x = [], Decimal(0)
    for kind in kinds:
        words = messages.say(f"picture.legend.{kind}")
        fill = f"url(#{hatch})" if kind == "plan" else None
        parts += [
            tag("rect", class_=kind, fill=fill, x=_n(x + 1), y=_LEGEND_AT - _SWATCH + 1,
                width=_SWATCH, height=_SWATCH),
            _text(x + _SWATCH + _SPACE + 1, _LEGEND_AT, words),
        ]  # fmt: skip
        x += _SWATCH + _breadth(words) + 4 * _SPACE
    return tag("g", *parts, class_="legend")
