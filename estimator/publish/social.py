"""What a shared link shows: a card for each page, and the tags in the page that name it.

The cards are made before MkDocs runs, which carries them into the site; the tags are put into the
finished pages, whatever generator made them. Everything absolute hangs on the site's address: a
page whose address isn't known names no picture, because a wrong host is worse than none.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from estimator import read
from estimator.markup import Html, join, tag
from estimator.model import DataError
from estimator.publish.cards import HEIGHT, WIDTH, Card, draw_cards
from estimator.publish.pages.written import front_matter
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from estimator.publish.pages.site import Site

FOLDER = "assets/social"
MANIFEST = "cards.json"
_HOME = "index"
_LOCALES = {"en": "en_US", "es": "es_US"}
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')
_LANGUAGE = re.compile(r'<html[^>]* lang="([a-z]+)')
_SITE_NAME = re.compile(r"^site_name: *(.+?) *$", re.MULTILINE)
_SHORTEST_VERSION = 8


class Shared(Record, kw_only=True):
    """A page as a shared link shows it.

    Attributes:
        title: The page's.
        description: Below it.
        image: The card's path below the site's root, with a version that changes as it does.
        alt: The card in words.
    """

    title: str
    description: str
    image: str
    alt: str


class Manifest(Record, kw_only=True):
    """What the tags of all pages are made from.

    Attributes:
        name: The site's.
        clinic: The clinic's name; blank where nobody has put one in.
        pages: Each page by `page_name`.
    """

    name: str
    clinic: str
    pages: Mapping[str, Shared]


def page_name(path: str) -> str:
    """A page's name, from the path of its Markdown or of its HTML: ``plans/ppo``.

    The home page is ``index``.
    """
    bare = path.removesuffix(".md").removesuffix(".html").removesuffix("index").rstrip("/")
    return bare or _HOME


def write_cards(site: Site, made: Mapping[str, Card], out: Path) -> None:
    """Make a card for each page that MkDocs is going to read, and note what they say.

    Args:
        site: The site.
        made: The cards that pages bring themselves, by the page's name.
        out: The build folder, with the pages in its `docs/`.

    Raises:
        DataError: pages have no title, or a front matter that can't be read; all are named.
    """
    pages: dict[str, Mapping[str, str]] = {}
    problems: list[str] = []
    for path in sorted((out / "docs").rglob("*.md")):
        name = path.relative_to(out / "docs").as_posix()
        with read.collected(problems):
            pages[page_name(name)] = front_matter(path.read_bytes(), name)
    if problems:
        raise DataError(problems)
    cards = {
        name: made.get(name)
        or Card(question=front["title"], guide=site.name, about=front.get("description", ""))
        for name, front in pages.items()
    }
    draw_cards(cards, site.root, out / "docs" / FOLDER)
    noted = {
        name: {
            "title": front["title"],
            "description": front.get("description", ""),
            "image": _versioned(f"{FOLDER}/{name}.png", out / "docs"),
            "alt": cards[name].said(),
        }
        for name, front in pages.items()
    }
    names = _SITE_NAME.findall((site.root / "mkdocs.yml").read_text("utf-8"))
    clinic = "" if site.name in names else site.name
    manifest = {"name": site.name, "clinic": clinic, "pages": noted}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _versioned(path: str, folder: Path) -> str:
    """A file's path with a few characters that change when the file does."""
    digest = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    return f"{path}?v={digest[:_SHORTEST_VERSION]}"


def read_manifest(out: Path) -> Manifest:
    """What `write_cards` noted in the build folder."""
    noted = json.loads((out / MANIFEST).read_text("utf-8"))
    pages = {name: Shared(**page) for name, page in noted["pages"].items()}
    return Manifest(name=noted["name"], clinic=noted["clinic"], pages=pages)


def with_tags(html: str, name: str, manifest: Manifest) -> str:
    """A page with the tags of its card; unchanged if it has none, like the page for errors.

    Args:
        html: The page as MkDocs wrote it; its canonical link says where the site stands.
        name: Its path in the site.
        manifest: What `write_cards` noted.
    """
    shared = manifest.pages.get(page_name(name))
    if shared is None:
        return html
    canonical = _CANONICAL.search(html)
    address = canonical[1] if canonical else ""
    language = _LANGUAGE.search(html)
    made = [
        *_open_graph(shared, manifest, name, address, language[1] if language else ""),
        *_structured(name, manifest, address),
    ]
    return html.replace("</head>", f"{join(*made)}</head>", 1)


def _root(name: str, address: str) -> str:
    """Where the site stands, from where one of its pages does."""
    return address.removesuffix(name.removesuffix("index.html"))


def _open_graph(
    shared: Shared, manifest: Manifest, name: str, address: str, language: str
) -> Iterator[Html]:
    """The tags by which chats and social sites show a link."""
    told = {
        "og:type": "website",
        "og:site_name": manifest.name,
        "og:locale": _LOCALES.get(language),
        "og:title": shared.title,
        "og:description": shared.description,
    }
    if address:
        image = f"{_root(name, address)}{shared.image}"
        told |= {
            "og:url": address,
            "og:image": image,
            "og:image:type": "image/png",
            "og:image:width": str(WIDTH),
            "og:image:height": str(HEIGHT),
            "og:image:alt": shared.alt,
        }
    yield from (tag("meta", property=key, content=text) for key, text in told.items() if text)
    named = {"twitter:card": "summary_large_image" if address else "summary",
             "twitter:title": shared.title, "twitter:description": shared.description}  # fmt: skip
    if address:
        named |= {"twitter:image": image, "twitter:image:alt": shared.alt}
    yield from (tag("meta", name=key, content=text) for key, text in named.items())


def _structured(name: str, manifest: Manifest, address: str) -> Iterator[Html]:
    """What a search engine may know: the way to the page, and on the home page whose it is."""
    if not address:
        return
    root = _root(name, address)
    page = page_name(name)
    if page != _HOME:
        above = page.split("/")
        steps = ["/".join(above[:count]) for count in range(1, len(above) + 1)]
        trail = [(manifest.name, root)]
        trail += [
            (manifest.pages[step].title, f"{root}{step}/")
            for step in steps
            if step in manifest.pages
        ]
        yield _data({"@type": "BreadcrumbList", "itemListElement": [
            {"@type": "ListItem", "position": position, "name": title, "item": where}
            for position, (title, where) in enumerate(trail, 1)
        ]})  # fmt: skip
    elif manifest.clinic:
        yield _data({"@type": "Organization", "name": manifest.clinic, "url": root})


def _data(thing: Mapping[str, object]) -> Html:
    """Structured data; ``<`` is written so that nothing in it can end the element."""
    written = json.dumps({"@context": "https://schema.org", **thing}).replace("<", "\\u003c")
    return tag("script", Html(written), type="application/ld+json")
