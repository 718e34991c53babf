"""The drawings that pages show: SVG inside the page, so that it follows the page's colors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from estimator.markup import Html

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site

_FOLDER = Path(__file__).parents[1] / "drawings"
# Those that need no figures filled in.
_READY = ("chain", "deductible", "visit-limit")


def parts(_site: Site) -> dict[str, Html]:
    """Each drawing that is complete as it stands; at most once a page, because of its ids."""
    return {f"drawing-{name}.html": drawing(name) for name in _READY}


def drawing(name: str) -> Html:
    """A drawing as it is stored: our own file, so nothing in it needs escaping."""
    return Html((_FOLDER / f"{name}.svg").read_text("utf-8").strip())
