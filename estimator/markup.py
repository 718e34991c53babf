"""HTML, made in one place: everything a person types or a file says is escaped here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Iterable

Html = NewType("Html", str)
_VOID = ("input", "br", "hr", "img", "meta")


def escape(text: str) -> Html:
    """Text as HTML shows it, safe inside an element and inside a quoted attribute."""
    return Html(
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def tag(name: str, /, *children: Html, **attributes: str | int | bool | None) -> Html:
    """An element.

    Args:
        name: Its name.
        children: What is inside, already HTML: use `escape` for text.
        attributes: Values are escaped; ``class_`` is written ``class``, ``data_value``
            ``data-value``; True is a bare attribute, None and False are left out.
    """
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = key.rstrip("_").replace("_", "-")
        parts.append(f" {written}" if value is True else f' {written}="{escape(str(value))}"')
    parts.append(">")
    if name not in _VOID:
        parts += [*children, f"</{name}>"]
    return Html("".join(parts))


def join(*parts: Html) -> Html:
    """Pieces of HTML one after the other."""
    return Html("".join(parts))


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
