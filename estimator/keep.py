"""What a person takes along: what the print packet is made of, and a calendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import facts, guide, load
from estimator.ics import Event, calendar_file
from estimator.packet import Paper
from estimator.view import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from estimator.messages import Messages
    from estimator.next_steps import NextStep

CALENDAR = "next-steps.ics"
# So many days before, the calendar reminds.
_REMIND = 1


def paper(folder: Path, messages: Messages, language: str, *, on: date, address: str = "") -> Paper:
    """What the sheets of the packet are made of, in a language.

    Args:
        folder: The data folder.
        messages: The estimator's sentences in that language.
        language: Its name, as the packet's file has it.
        on: The day the packet is made.
        address: Where the guide is, as people type it; empty where that isn't known.
    """
    return Paper(
        messages=messages.with_more(load.flat(folder, f"packet/{language}")),
        told=guide.packet_facts(folder),
        clinic=facts.clinic(folder),
        on=on,
        address=address,
    )


def calendar(
    steps: Iterable[NextStep], messages: Messages, as_of: date
) -> Mapping[str, str] | None:
    """The next steps that have a day, as a calendar file that names no person and no plan.

    Args:
        steps: From `next_steps`.
        messages: The page's language.
        as_of: Today.

    Returns:
        Its ``name``, ``type`` and ``text``; None where no step has a day.
    """
    events = [
        Event(
            uid=f"{step.id}-{step.day:%Y%m%d}@massage-coverage-guide",
            day=step.day,
            title=messages.say(f"next.event.{step.id}"),
            text="\n".join((sentence(step, messages), messages.say("next.event.note"))),
            remind=_REMIND,
        )
        for step in steps
        if step.day is not None
    ]
    if not events:
        return None
    # A day is stamp enough, and the clock stays at the edge.
    text = calendar_file(events, f"{as_of:%Y%m%d}T000000Z")
    return {"name": CALENDAR, "type": "text/calendar", "text": text}
