"""Tables of a page, in a form that a phone can show as cards: the same that the browser makes."""

from __future__ import annotations

from estimator.markup import table

__all__ = ["table"]
