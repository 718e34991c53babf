"""HTML, made in one place: everything a person types or a file says is escaped here."""

from __future__ import annotations

from typing import NewType

Html = NewType("Html", str)
_VOID = ("input", "br", "hr")


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
