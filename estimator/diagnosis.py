"""Whether a diagnosis code can stand on a claim on a day, and what stands in its way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from estimator.record import EMPTY, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from estimator.guide import Diagnoses

_JUNK = re.compile(r"[\s.]+|-+$")
_WHOLE = re.compile(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}", re.ASCII)
_CATEGORY = 3


class Finding(Record, kw_only=True):
    """What is known of a code on a day.

    Attributes:
        code: As the official list writes it.
        status: ``billable``, ``outdated``, ``incomplete``, or ``unknown``: not among the codes
            we hold, or not yet in force on that day.
        title: Its official title; empty where we hold none.
        since: For an outdated code the first day it could no longer be used; for one that is
            newer than the day, its first day; for a billable one that `begins` lists, too.
        replaced_by: The codes to choose from in its place.
        before: The code that held until `since`, where this one was not yet in force.
        mistaken_for: What people think it means, by language, where it means another disease.
        use: The codes that do mean that.
        not_with: How the codes begin that can't stand on one claim beside it.
        secondary: Why it normally stands second, by language.
        confirm: Whether `since` is to be confirmed, with `ask`.
    """

    code: str
    status: str
    title: str = ""
    since: date | None = None
    replaced_by: tuple[str, ...] = ()
    before: str = ""
    mistaken_for: Mapping[str, str] = EMPTY
    use: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    secondary: Mapping[str, str] = EMPTY
    confirm: bool = False
    ask: str | None = None


def tidied(typed: str) -> str:
    """What a person typed as the list writes it: ``m5450`` and ``M54.50 `` are ``M54.50``.

    What is no code comes back as it was.
    """
    bare = _JUNK.sub("", typed.strip().upper())
    if not _WHOLE.fullmatch(bare):
        return typed
    return bare[:_CATEGORY] + (f".{bare[_CATEGORY:]}" if len(bare) > _CATEGORY else "")


def look_up(held: Diagnoses, code: str, on: date) -> Finding:
    """What is known of a code on a day.

    A code from which a longer one that we hold begins is incomplete: the list has no code that
    is whole and goes on. Where a code was split, the new ones start on the day it ended.

    Args:
        held: The codes we hold.
        code: As `tidied` writes it.
        on: The day of the visit: a code is judged by it, not by today.

    Sources: icd10cm-april-2026, icd10cm-october-2026, icd10cm-code-dates
    """
    titles = held.titles()
    mistaken = held.wrong_disease.get(code)
    title = mistaken.title if mistaken else titles.get(code, "")
    if title:
        early = _not_yet(held, code, title, on)
        return early or Finding(
            code=code,
            status="billable",
            title=title,
            since=held.begins.get(code),
            mistaken_for=mistaken.mistaken_for if mistaken else EMPTY,
            use=mistaken.use if mistaken else (),
            not_with=_not_with(held, code),
            secondary=_secondary(held, code),
        )
    retired = held.not_billable.get(code)
    if retired is None:
        longer = tuple(other for other in titles if other.startswith(code) and other != code)
        return Finding(code=code, status="incomplete" if longer else "unknown", replaced_by=longer)
    if retired.since is not None and on < retired.since:
        return Finding(
            code=code,
            status="billable",
            title=retired.title,
            not_with=_not_with(held, code),
            secondary=_secondary(held, code),
        )
    return Finding(
        code=code,
        status=retired.status,
        title=retired.title,
        since=retired.since,
        replaced_by=retired.replaced_by,
        confirm=retired.confirm,
        ask=retired.ask,
    )


def _not_yet(held: Diagnoses, code: str, title: str, on: date) -> Finding | None:
    """What to say of a code on a day before its first one; None from that day on."""
    first, before = held.begins.get(code), ""
    confirm, ask = False, None
    for older, retired in held.not_billable.items():
        if retired.since is None:
            continue
        # A code that was split ends on the day its parts begin; a renamed one, on its new name's.
        if code.startswith(older) or (retired.since == first and code in retired.replaced_by):
            first, before = retired.since, older
            confirm, ask = retired.confirm, retired.ask
    if first is None or first <= on:
        return None
    return Finding(
        code=code, status="unknown", title=title, since=first, before=before,
        confirm=confirm, ask=ask,
    )  # fmt: skip


def conflicts(held: Diagnoses, code: str, others: Iterable[str]) -> tuple[str, ...]:
    """Those of a claim's other codes that can't stand beside a code.

    Args:
        held: The codes we hold.
        code: As `tidied` writes it.
        others: Further codes of the same claim.

    Sources: icd10cm-april-2026, icd10cm-october-2026
    """
    barred = _not_with(held, code)
    return tuple(other for other in others if any(begins(other, start) for start in barred))


def begins(code: str, start: str) -> bool:
    """Whether a code is one of those that are named by how they begin."""
    return code.startswith(start.rstrip("-."))


def _not_with(held: Diagnoses, code: str) -> tuple[str, ...]:
    """How the codes begin that can't stand beside one; the list's notes work both ways."""
    found: list[str] = []
    for trap in held.excludes:
        if begins(code, trap.code):
            found += trap.not_with
        elif any(begins(code, start) for start in trap.not_with):
            found.append(trap.code)
    return tuple(dict.fromkeys(found))


def _secondary(held: Diagnoses, code: str) -> Mapping[str, str]:
    return next((item.note for item in held.secondary if begins(code, item.code)), EMPTY)


def named(held: Diagnoses, start: str) -> str:
    """The official title of a code, or of the codes that begin so; empty where we hold none."""
    if start in held.wrong_disease:
        return held.wrong_disease[start].title
    retired = held.not_billable.get(start)
    return retired.title if retired else held.titles().get(start, "")


def codes_in(text: str) -> tuple[str, ...]:
    """What looks like diagnosis codes in a text, each once: a letter, two characters, a dot."""
    found = re.findall(r"\b[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b", text.upper(), re.ASCII)
    return tuple(dict.fromkeys(found))
