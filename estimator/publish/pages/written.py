"""What written pages say of themselves, above their text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from estimator import load
from estimator.model import DataError

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site

_ABOVE = re.compile(rb"---\n(.+?\n)---\n", re.DOTALL)


def front_matter(content: bytes, name: str) -> dict[str, Any]:
    """The front matter of a Markdown page, as text.

    Args:
        content: The page.
        name: Its path, for messages.

    Raises:
        DataError: it has none, or no title.
    """
    above = _ABOVE.match(content)
    try:
        tree = load.text_tree(above[1], name) if above else None
    except DataError as error:
        # MkDocs would say nothing, show these lines as text, and leave the page without a title.
        hint = "Text with a colon in it needs quotes around it"
        raise DataError([f"{problem}. {hint}" for problem in error.problems]) from None
    if not isinstance(tree, dict) or not isinstance(tree.get("title"), str):
        raise DataError([f"{name}: expected a title between two lines of --- at its top"])
    return tree


def title_of(site: Site, page: str) -> str:
    """A written page's title.

    Args:
        site: The site.
        page: The page's path below the folder of its language, such as ``plans/ppo.md``.

    Raises:
        DataError: there is no such page.
    """
    path = site.root / "docs" / site.language / page
    if not path.is_file():
        raise DataError([f"docs/{site.language}/{page}: a page leads here, and it isn't there"])
    title: str = front_matter(path.read_bytes(), f"docs/{site.language}/{page}")["title"]
    return title
