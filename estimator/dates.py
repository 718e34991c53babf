"""Visit dates and plan years. No clock: every date comes in as an argument."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from estimator.model import Assumption, Dated

JANUARY_FIRST = (1, 1)


def in_force[T: (Assumption, Dated)](dated: Iterable[T], on: date) -> T | None:
    """The one of a dated series that holds on a day, or None."""
    for item in dated:
        if item.since <= on and (item.until is None or on <= item.until):
            return item
    return None


def plan_year_of(day: date, starts: tuple[int, int]) -> date:
    """The first day of the plan year that a day falls in.

    Args:
        day: Any date.
        starts: Month and day on which the plan year begins; 29 February is never one
            (`read` refuses it, since most years don't have it).
    """
    this_year = date(day.year, *starts)
    return this_year if day >= this_year else date(day.year - 1, *starts)


def visit_dates(start: date, per_week: Decimal, count: int) -> tuple[date, ...]:
    """The dates of a course that begins on `start`, spread evenly at `per_week` visits a week.

    Args:
        start: The first visit.
        per_week: Visits a week, more than 0 and at most 7.
        count: How many visits, 1 to 366.
    """
    return tuple(start + timedelta(days=int(7 * index / per_week)) for index in range(count))
