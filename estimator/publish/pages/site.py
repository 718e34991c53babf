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
        address: Where it will be, ending in "/"; empty where nobody has said.
        name: On every page: the clinic's, or the guide's own.
    """

    root: Path
    language: str
    built: date
    rules: Rules
    sources: Mapping[str, Source]
    messages: Messages
    examples: tuple[Example, ...]
    guide: Mapping[str, Any]
    address: str
    name: str

    def data(self) -> Path:
        """The folder of the facts."""
        return self.root / "data"


def open_site(root: Path, built: date, address: str = "") -> Site:
    """Read everything, once it is known to be fit to publish.

    Args:
        root: The checkout, with `data/`.
        built: The day the site is built.
        address: Where it will be; empty where nobody has said.

    Raises:
        DataError: the data isn't fit to publish; every problem is named.
    """
    data = root / "data"
    if problems := check.problems(data, built):
        raise DataError(problems)
    shown = {name: load.data_file(data, name, reader) for name, reader in guide.FILES.items()}
    sentences = load.flat(data, f"messages/{LANGUAGE}")
    return Site(
        root=root,
        language=LANGUAGE,
        built=built,
        rules=facts.rules(data),
        sources=facts.sources(data),
        messages=Messages(
            {
                **sentences,
                **load.flat(data, f"pages/{LANGUAGE}"),
                **guide.captions(shown["situations"], LANGUAGE),
            }
        ),
        examples=facts.examples(data),
        guide=shown,
        name=facts.clinic(data).name,
        address=f"{address.rstrip('/')}/" if address else "",
    )
