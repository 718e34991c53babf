"""What a paper (an order, a letter, a superbill) has of what it needs, and what it lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from estimator.diagnosis import codes_in
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection

    from estimator.guide import Letter, LetterItem

# A code itself suggests the item that asks for one; no list of words could name them all.
_CODE_ITEM = "diagnosis-code"
# Of the text around a word that was found, so much on either side.
_AROUND = 28


class Clue(Record):
    """A word of a text that suggests an item is there, between what stands around it."""

    before: str
    word: str
    after: str


class Checked(Record, kw_only=True):
    """A paper, held against its list.

    Attributes:
        there: What the person ticked.
        maybe: What wasn't ticked but may be there, each with the words that suggest it.
        must: What is missing and has to be there, but for what may be.
        helps: What is missing and would help.
        elsewhere: What only some kinds of plans ask for, where the plan isn't known.
    """

    there: tuple[LetterItem, ...]
    maybe: tuple[tuple[LetterItem, tuple[Clue, ...]], ...]
    must: tuple[LetterItem, ...]
    helps: tuple[LetterItem, ...]
    elsewhere: tuple[LetterItem, ...]


def check(
    letter: Letter, ticked: Collection[str], plan: str | None, text: str, language: str
) -> Checked:
    """Hold a paper against the list of what it needs.

    Args:
        letter: The paper's list.
        ticked: The ids of the items that the person says are there.
        plan: The plan line it is for; None where nobody said.
        text: What was pasted; may be empty. Words in it are clues and never proof.
        language: In which the clues are looked for.
    """
    asked = [item for item in letter.items if not item.payers or plan in item.payers]
    open_ = [item for item in asked if item.id not in ticked]
    clues = {item.id: found for item in open_ if (found := clues_in(text, item, language))}
    missing = [item for item in open_ if item.id not in clues]
    return Checked(
        there=tuple(item for item in letter.items if item.id in ticked),
        maybe=tuple((item, clues[item.id]) for item in open_ if item.id in clues),
        must=tuple(item for item in missing if item.needed == "must"),
        helps=tuple(item for item in missing if item.needed == "helps"),
        elsewhere=tuple(
            item for item in letter.items
            if plan is None and item.payers and item.id not in ticked
        ),
    )  # fmt: skip


def clues_in(text: str, item: LetterItem, language: str) -> tuple[Clue, ...]:
    """The words of a text that suggest an item is there: each word once, where it stands first.

    Of words that begin at the same place ("ICD", "ICD-10"), the longest.
    """
    line = " ".join(text.split())
    found: dict[int, Clue] = {}
    # A paper is written in English more often than not, whatever language its reader speaks.
    words = item.looks_for.get("en", ()) + item.looks_for.get(language, ()) * (language != "en")
    if item.id == _CODE_ITEM:
        words += codes_in(line)
    for word in words:
        match = re.search(_whole(word), line, re.IGNORECASE)
        if match:
            start, end = match.span()
            if start in found and len(found[start].word) > end - start:
                continue
            found[start] = Clue(
                _shortened(line[:start], at_end=False), line[start:end],
                _shortened(line[end:], at_end=True),
            )  # fmt: skip
    return tuple(found[start] for start in sorted(found))


def _whole(word: str) -> str:
    """A pattern that finds a word, but not inside a longer one: "pt" is not in "September"."""
    pattern = re.escape(word).replace(r"\ ", " ")
    for end, before in ((0, True), (-1, False)):
        kind = r"[^\W\d_]" if word[end].isalpha() else r"\d" if word[end].isdigit() else None
        if kind:
            pattern = f"(?<!{kind}){pattern}" if before else f"{pattern}(?!{kind})"
    return pattern


def _shortened(text: str, *, at_end: bool) -> str:
    """The part of a text next to a word, cut between words."""
    if len(text) <= _AROUND:
        return text
    if at_end:
        return text[:_AROUND].rpartition(" ")[0] + " …"
    return "… " + text[-_AROUND:].partition(" ")[2]
