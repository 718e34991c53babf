"""What every generated part of a page is made from: the facts, the words, the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from estimator import check, facts, guide, load
from estimator.messages import Messages
from estimator.model import DataError
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from estimator.model import Example, Rules, Source

LANGUAGE = "en"


class Site(Record, kw_only=True):
    """The site as it is being built.

    Attributes:
        root: The checkout.
        language: Of its pages.
        built: The day: no figure older than it is shown in the browser.
        rules: What estimates rest on.
        sources: Every source by its id.
        messages: The sentences of the estimator and of pages, in the site's language.
        examples: The worked examples, in order.
        guide: The files that pages show, by name.
    """

    root: Path
    language: str
    built: date
    rules: Rules
    sources: Mapping[str, Source]
    messages: Messages
    examples: tuple[Example, ...]
    guide: Mapping[str, Any]

    def data(self) -> Path:
        """The folder of the facts."""
        return self.root / "data"


def open_site(root: Path, built: date) -> Site:
    """Read everything, once it is known to be fit to publish.

    Args:
        root: The checkout, with `data/`.
        built: The day the site is built.

    Raises:
        DataError: the data isn't fit to publish; every problem is named.
    """
    data = root / "data"
    if problems := check.problems(data, built):
        raise DataError(problems)
    return Site(
        root=root,
        language=LANGUAGE,
        built=built,
        rules=facts.rules(data),
        sources=facts.sources(data),
        messages=Messages(
            load.flat(data, f"messages/{LANGUAGE}") | load.flat(data, f"pages/{LANGUAGE}")
        ),
        examples=facts.examples(data),
        guide={name: load.data_file(data, name, reader) for name, reader in guide.FILES.items()},
    )
