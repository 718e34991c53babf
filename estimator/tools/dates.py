"""Appeal dates: from the date on a letter to each last day, and a calendar file with them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from estimator import guide
from estimator.deadlines import way
from estimator.ics import Event, calendar_file
from estimator.markup import Html, escape, join, tag
from estimator.model import PLANS
from estimator.tools.form import Field, File, Reply, left_out, panel, paragraph, typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from estimator.deadlines import Due
    from estimator.guide import Deadline
    from estimator.tools.form import Desk

# The form's dates, each under the name that deadlines have for it, in the order they happen.
CLOCKS = {
    "letter": "denial-notice",
    "received": "appeal-received",
    "final": "final-denial",
}
APPEALED = tuple(plan for plan in PLANS if plan != "self-pay")
FIELDS = (
    Field("plan", "choice", APPEALED),
    Field("care", "choice", guide.CARE),
    *(Field(name, "date") for name in CLOCKS),
)
CALENDAR = "appeal-dates.ics"
_LENGTHS = ("days", "months", "years", "hours", "business_days")
# So many days before a last day of the person's own, the calendar reminds.
_REMIND = 14


def answer(answers: Mapping[str, object], desk: Desk) -> Reply:
    """Each step of the appeal with its last day, and what to do about it."""
    values, errors = typed(answers, FIELDS, desk)
    errors |= _out_of_order(values, desk)
    known = {
        clock: values[name]
        for name, clock in CLOCKS.items()
        if name in values and name not in errors
    }
    plan = values.get("plan")
    if plan is None or not known:
        return _unfinished(plan, known, errors, desk)
    steps = way(desk.read(guide.deadlines).values(), plan, values.get("care"), known)
    if not steps:
        html = panel(desk.say("dates.none"), paragraph(desk.say("dates.none_why")), tone="careful")
        return Reply(html=html, status=desk.say("dates.none"), errors=errors)
    html = join(
        left_out(errors, desk),
        _head(steps, known, desk),
        tag("ol", *(_step(due, known, desk) for due in steps), class_="dates"),
        _download(steps, desk),
        paragraph(desk.say("dates.letter_decides"), class_="promise"),
    )
    return Reply(html=html, status=_status(steps, desk), errors=errors, file=_file(steps, desk))


def _out_of_order(values: Mapping[str, date], desk: Desk) -> dict[str, str]:
    """A date that lies before one that has to come first: one of the two is a slip."""
    found, names = {}, [name for name in CLOCKS if name in values]
    for earlier, later in pairwise(names):
        if values[later] < values[earlier]:
            label = desk.say(f"dates.field.{earlier}.label")
            found[later] = desk.say("dates.out_of_order", label=label)
    return found


def _unfinished(
    plan: str | None, known: Mapping[str, date], errors: Mapping[str, str], desk: Desk
) -> Reply:
    """What is still needed, once something was answered."""
    if plan is None and not known:
        return Reply(errors=errors)
    word = desk.say("dates.need_plan" if plan is None else "dates.need_date")
    return Reply(html=join(left_out(errors, desk), panel(word)), status=word, errors=errors)


def _own(steps: Sequence[Due]) -> list[Due]:
    """The last days that the person still has to keep."""
    return [due for due in steps if due.deadline.who == "you" and due.last and not due.is_done]


def _head(steps: Sequence[Due], known: Mapping[str, date], desk: Desk) -> Html:
    """The next last day the person has to keep, or that it has passed."""
    lines = [paragraph(desk.say("dates.future", date=day)) for day in known.values()
             if day > desk.as_of]  # fmt: skip
    for due in _own(steps):
        told = paragraph(desk.told(due.deadline.what))
        if due.last and due.last < desk.as_of:
            word = desk.say("dates.late", day=_day(due.last, desk))
            return panel(word, told, paragraph(desk.say("dates.late_do")), *lines, tone="bad")
        word = desk.say("dates.head", day=_day(due.last, desk))
        early = paragraph(desk.say("dates.send_early"))
        return panel(word, told, early, *lines, tone="careful")
    return panel(desk.say("dates.waiting"), *lines)


def _day(day: date | None, desk: Desk) -> str:
    """A date with the day of its week: ``Thursday, April 29, 2027``."""
    if day is None:
        return ""
    weekday = desk.say("weekdays").split()[day.weekday()]
    return f"{weekday}, {desk.messages.day(day)}"


def _step(due: Due, known: Mapping[str, date], desk: Desk) -> Html:
    """One step: what, by whom, until when, counted from what."""
    deadline = due.deadline
    is_own = deadline.who == "you"
    received = known.get("appeal-received")
    lines = [
        tag("p", tag("strong", escape(desk.told(deadline.what)))),
        tag("p", *_until(due, desk), class_="day"),
    ]
    if is_own and due.is_done and due.last and received and received > due.last:
        lines.append(paragraph(desk.say("dates.got_late")))
    is_ahead = not due.is_done and due.last is not None and due.last >= desk.as_of
    if is_own and is_ahead and due.is_on_weekend():
        lines.append(paragraph(desk.say("dates.weekend")))
    if deadline.at_least and is_ahead:
        lines.append(paragraph(desk.say("dates.at_least")))
    note = [escape(f"{desk.told(deadline.note)} ")] if deadline.note else []
    if note or deadline.ask:
        lines.append(tag("p", *note, desk.confirm(deadline.ask), class_="note"))
    return tag("li", *lines, class_="done" if due.is_done else deadline.who)


def _until(due: Due, desk: Desk) -> list[Html]:
    """The last day, or how long it takes where there is no day to count from."""
    deadline = due.deadline
    length = _length(deadline, desk)
    start = desk.say(f"dates.from.{deadline.counts_from}")
    if due.last is None:
        within = desk.say("dates.within", length=length, start=start)
        return [escape(desk.say("dates.done") if due.is_done else within)]
    day = tag("strong", escape(_day(due.last, desk)), data_output=f"dates.{deadline.id}",
              data_value=due.last.isoformat())  # fmt: skip
    counted = desk.say("dates.counted", length=length, start=start, since=due.since)
    return [day, escape(f". {counted} {_left(due, due.last, desk)}")]


def _left(due: Due, last: date, desk: Desk) -> str:
    """How far off a day is."""
    days = (last - desk.as_of).days
    if due.is_done:
        return desk.say("dates.done")
    if days < 0:
        return desk.say("dates.past" if due.deadline.who == "you" else "dates.past_other")
    if days == 0:
        return desk.say("dates.today")
    return desk.say("dates.left_one" if days == 1 else "dates.left_many", days=days)


def _length(deadline: Deadline, desk: Desk) -> str:
    """How long, in words: ``180 days``, ``4 months``."""
    unit = next(name for name in _LENGTHS if getattr(deadline, name) is not None)
    count = getattr(deadline, unit)
    return desk.say(f"dates.{unit}_{'one' if count == 1 else 'many'}", count=count)


def _dated(steps: Sequence[Due]) -> list[tuple[Due, date]]:
    """The steps that lie ahead, with their days."""
    return [(due, due.last) for due in steps if due.last and not due.is_done]


def _download(steps: Sequence[Due], desk: Desk) -> Html:
    if desk.is_example or not _dated(steps):
        return Html("")
    button = tag("button", escape(desk.say("dates.download")), type="button", data_action="save")
    return tag("div", button, paragraph(desk.say("dates.download_note")), class_="save")


def _file(steps: Sequence[Due], desk: Desk) -> File | None:
    """The calendar file: a day for each step that has one, and nothing about the person."""
    events = [_event(due, last, desk) for due, last in _dated(steps)]
    if not events:
        return None
    # A day is stamp enough, and the clock stays at the edge.
    stamp = f"{desk.as_of:%Y%m%d}T000000Z"
    return File(CALENDAR, "text/calendar", calendar_file(events, stamp))


def _event(due: Due, last: date, desk: Desk) -> Event:
    deadline = due.deadline
    is_own = deadline.who == "you"
    what = desk.told(deadline.what).removesuffix(".")
    title = desk.say("dates.event_own" if is_own else "dates.event_other", what=what)
    start = desk.say(f"dates.from.{deadline.counts_from}")
    lines = [
        desk.say("dates.event_counted", length=_length(deadline, desk), start=start),
        desk.told(deadline.note),
        desk.say("dates.send_early") if is_own else "",
        desk.say("dates.letter_decides"),
    ]
    since = due.since or last
    return Event(
        uid=f"{deadline.id}-{since:%Y%m%d}@massage-coverage-guide",
        day=last,
        title=title,
        text="\n".join(line for line in lines if line),
        remind=_REMIND if is_own else None,
    )


def _status(steps: Sequence[Due], desk: Desk) -> str:
    """The last days to keep, in a sentence."""
    days = [desk.say("dates.status", what=desk.told(due.deadline.what), day=_day(due.last, desk))
            for due in _own(steps)]  # fmt: skip
    return " ".join(days) or desk.say("dates.waiting")
