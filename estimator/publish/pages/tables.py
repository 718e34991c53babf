"""Tables of a page, in a form that a phone can show as cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape, tag

if TYPE_CHECKING:
    from collections.abc import Iterable


def table(heads: Iterable[str], rows: Iterable[Iterable[Html]], kind: str = "") -> Html:
    """A table whose cells name their column, so that a phone can show rows as cards.

    Args:
        heads: The columns' names.
        rows: A cell for each column, already HTML: use `escape` for text.
        kind: A class of its own, where its columns need their widths set; ``small`` stays a
            table on a phone, because its cells are short.
    """
    names = tuple(heads)
    body = []
    for row in rows:
        first, *rest = row
        cells = [
            tag("td", content, data_label=name)
            for name, content in zip(names[1:], rest, strict=True)
        ]
        body.append(tag("tr", tag("th", first, scope="row"), *cells))
    head = tag("tr", *(tag("th", escape(name), scope="col") for name in names))
    look = "small" if kind == "small" else f"cards {kind}".rstrip()
    return tag("table", tag("thead", head), tag("tbody", *body), class_=look)
