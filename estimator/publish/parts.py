"""The generated pieces of pages and whole generated pages, written before MkDocs runs.

Every figure on a page comes through here from the data, so that page and estimator can't
disagree. MkDocs reads `build/docs/`: the written pages with the generated ones among them.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from estimator.publish import social
from estimator.publish.pages import (
    before,
    claims,
    clinics,
    codes,
    costs,
    coverage,
    diagnoses,
    drawings,
    embedding,
    estimator,
    landing,
    letters,
    maintain,
    packet,
    paying,
    plans,
    policies,
    posts,
    scale,
    situations,
    speed,
    states,
    tools,
    words,
    workings,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from estimator.publish.pages.site import Site

# Each module's parts(site): HTML by file name, included by Markdown.
PARTS = (
    estimator.parts,
    packet.parts,
    plans.parts,
    codes.parts,
    maintain.parts,
    states.parts,
    tools.parts,
    claims.parts,
    words.parts,
    situations.parts,
    before.parts,
    clinics.parts,
    costs.parts,
    coverage.parts,
    diagnoses.parts,
    drawings.parts,
    embedding.parts,
    letters.parts,
    paying.parts,
    policies.parts,
    posts.parts,
    scale.parts,
    speed.parts,
    workings.parts,
)
# Each module's pages(site): Markdown by path, for pages that are many and alike.
PAGES: tuple[Callable[[Site], dict[str, str]], ...] = (
    states.pages,
    situations.pages,
    posts.pages,
)

# Each module's cards(site), by page: the cards that show figures. The others say what a page tells.
CARDS = (landing.cards,)


def write_parts(site: Site, out: Path) -> None:
    """Write every part that a page includes, and the folder of pages MkDocs reads.

    Args:
        site: The site, with a finished `build/runtime/` in its root.
        out: The build folder; what was in its `parts/` and `docs/` before is removed.
    """
    for name in ("parts", "docs"):
        shutil.rmtree(out / name, ignore_errors=True)
    (out / "parts").mkdir(parents=True)
    for make_parts in PARTS:
        for name, html in make_parts(site).items():
            (out / "parts" / name).write_text(html + "\n", encoding="utf-8")
    shutil.copytree(site.root / "docs" / site.language, out / "docs")
    for make_pages in PAGES:
        for name, markdown in make_pages(site).items():
            path = out / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(markdown, encoding="utf-8")
    made = {name: card for make_cards in CARDS for name, card in make_cards(site).items()}
    social.write_cards(site, made, out)
