"""Calendar files: all-day events that any calendar program can take in.

iCalendar as RFC 5545 has it: lines end with CR and LF, none is longer than 75 octets, and what
has a meaning in the format is escaped in text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

# Octets in a line, without its end.
LONGEST_LINE = 75
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_MAKER = "-//Massage Coverage Guide//EN"
# No text may hold control characters, but for tabs and line feeds.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MEANINGFUL = re.compile(r"([\\;,])")


class Event(Record, kw_only=True):
    """Something that concerns one whole day.

    Attributes:
        uid: Its name in the world, the same whenever the file is made anew: a calendar that
            knows it corrects its own entry and adds no second one.
        day: The day.
        title: What stands in the calendar.
        text: What else to know; may have several lines.
        remind: How many days before the calendar reminds; None for not at all.
    """

    uid: str
    day: date
    title: str
    text: str
    remind: int | None = None


def calendar_file(events: Sequence[Event], stamp: str) -> str:
    """The text of a calendar file, to be written as UTF-8.

    Args:
        events: At least one, each with a `uid` of its own.
        stamp: When the file is made, in UTC: ``20261121T080000Z``.

    Raises:
        ValueError: no events, two of one `uid`, or a stamp of another form.
    """
    if not events:
        raise ValueError("a calendar file holds at least one event")
    if len({event.uid for event in events}) < len(events):
        raise ValueError("two events have the same uid")
    if not _STAMP.fullmatch(stamp):
        raise ValueError(f"expected a stamp like 20261121T080000Z, got {stamp!r}")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_MAKER}", "CALSCALE:GREGORIAN"]
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for piece in _folded(lines))


def _event(event: Event, stamp: str) -> Iterator[str]:
    title = _escaped(event.title)
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(event.uid)}"
    yield f"DTSTAMP:{stamp}"
    # Without an end, an event that starts on a date takes that day.
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"SUMMARY:{title}"
    yield f"DESCRIPTION:{_escaped(event.text)}"
    # A deadline makes nobody busy.
    yield "TRANSP:TRANSPARENT"
    if event.remind is not None:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{title}",
                    f"TRIGGER:-P{event.remind}D", "END:VALARM")  # fmt: skip
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """Text as a property's value."""
    one_kind = re.sub(r"\r\n?|\u2028|\u2029|\x85", "\n", text)
    plain = _CONTROL.sub("", one_kind)
    return _MEANINGFUL.sub(r"\\\1", plain).replace("\n", r"\n")


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """Lines of at most 75 octets: a longer one goes on in the next, after a blank."""
    for line in lines:
        piece, size = "", 0
        for character in line:
            octets = len(character.encode())
            if size + octets > LONGEST_LINE:
                yield piece
                piece, size = " ", 1
            piece += character
            size += octets
        yield piece
