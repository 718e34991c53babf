"""The drawings of `publish/drawings/` as figures: with a caption, and with their blanks filled."""

from __future__ import annotations

import re
from pathlib import Path

from estimator.markup import Html, escape, tag

_FOLDER = Path(__file__).resolve().parents[1] / "drawings"
_BLANK = re.compile(r"\{(\w+)\}")


def figure(name: str, caption: str, **filled: str) -> Html:
    """A drawing with what its caption says of it; at most once a page, since it holds ids.

    Args:
        name: The file's name in `publish/drawings/`, without ``.svg``.
        caption: What the drawing shows, and what it isn't.
        filled: The words for its blanks, such as ``{internal}``.

    Raises:
        KeyError: a blank has no words.
    """
    picture = (_FOLDER / f"{name}.svg").read_text("utf-8")
    words = _BLANK.sub(lambda blank: escape(filled[blank[1]]), picture)
    # One line: a blank line inside would end the block for Markdown.
    inline = Html("".join(line.strip() for line in words.splitlines()))
    return tag("figure", inline, tag("figcaption", escape(caption)), class_="drawn")
