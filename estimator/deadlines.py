"""From the day a clock starts to the last day, and the way of an appeal for a kind of plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from estimator.guide import RUNGS
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.guide import Deadline

_MONTHS_IN_YEAR = 12
# From Monday, 0, on.
_SATURDAY = 5
# Once a clock runs, these steps are behind the person.
_BEHIND = {"appeal-received": ("appeal",), "final-denial": ("appeal", "answer")}


class Due(Record):
    """A step of an appeal: how long it may take, and until when.

    `since` is the day it counts from, None where that isn't known; `last` the last day, None
    where there is none to count from, or where the length is one of hours or business days.
    `is_done` says that a later clock runs already.
    """

    deadline: Deadline
    since: date | None
    last: date | None
    is_done: bool = False

    def is_on_weekend(self) -> bool:
        """Whether the last day is a Saturday or a Sunday."""
        return self.last is not None and self.last.weekday() >= _SATURDAY


def last_day(deadline: Deadline, since: date) -> date | None:
    """The last day of a deadline, the day it counts from not included.

    Months end on the day of the same number; in a month that has no such day, on its last,
    which is earlier: 4 months from October 31 is February 28, or 29 in a leap year.

    Args:
        deadline: How long there is.
        since: The day the clock starts, such as the date on a letter.

    Returns:
        The day; None for hours and for business days, which a date alone can't tell.
    """
    if deadline.days is not None:
        return since + timedelta(days=deadline.days)
    if deadline.months is not None or deadline.years is not None:
        return _months_on(since, (deadline.months or 0) + _MONTHS_IN_YEAR * (deadline.years or 0))
    return None


def _months_on(since: date, months: int) -> date:
    first = _first_of_month(since, months)
    last = _first_of_month(since, months + 1) - timedelta(days=1)
    return min(first + timedelta(days=since.day - 1), last)


def _first_of_month(since: date, months: int) -> date:
    """The first day of the month that lies so many months after a day's."""
    year, month = divmod(since.year * _MONTHS_IN_YEAR + since.month - 1 + months, _MONTHS_IN_YEAR)
    return date(year, month + 1, 1)


def way(
    deadlines: Iterable[Deadline], plan: str, care: str | None, known: Mapping[str, date]
) -> tuple[Due, ...]:
    """The steps of an appeal under a kind of plan, from the first letter to the last review.

    Args:
        deadlines: All we hold; those without a `rung` are no step of an appeal.
        plan: The plan line.
        care: Which care it is about: ``had``, ``not-yet``, ``urgent``; None where nobody said,
            which keeps the steps for each.
        known: The days on which clocks start, by the name a deadline has for them.

    Returns:
        In the order of the steps; empty where we hold none for this kind of plan.
    """
    steps = [item for item in deadlines if item.rung is not None and plan in item.plans]
    # What is for one kind of care goes before what is for all.
    own = {item.rung for item in steps if item.care is not None and item.care == care}
    kept = [
        item
        for item in steps
        if care is None or item.care == care or (item.care is None and item.rung not in own)
    ]
    done = {rung for clock, rungs in _BEHIND.items() if clock in known for rung in rungs}
    found = []
    for item in sorted(kept, key=lambda item: RUNGS.index(item.rung or "")):
        since = known.get(item.counts_from)
        last = None if since is None else last_day(item, since)
        found.append(Due(item, since, last, item.rung in done))
    return tuple(found)
