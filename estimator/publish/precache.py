"""What a later visit needs without a network, and the service worker that keeps it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from estimator.publish.naming import says_its_contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORKER = "service-worker.js"
_TEMPLATE = Path(__file__).parent / WORKER
# The script that registers the service worker.
_REGISTERS = re.compile(r'<script [^>]*src="[^"]*/estimator/offline\.js"')
# Where a person comes in, and what is said where a page was never read.
_ALWAYS = ("index.html", "offline/index.html")
_INDEX = "search/search_index.json"
_LOADS = {"script": "src", "img": "src", "link": "href"}
_LINKS = frozenset({"stylesheet", "preload", "modulepreload", "icon"})


class PrecacheError(Exception):
    """The service worker can't keep what a page needs."""


def stamp(version: str) -> str:
    """The element by which a page says which version of the site it belongs to."""
    return f'<meta name="version" content="{version}">'


def works_offline(html: str) -> bool:
    """Whether a page registers the service worker: then it has to work without a network."""
    return _REGISTERS.search(html) is not None


def write_service_worker(site: Path, pages: Mapping[str, str], version: str) -> None:
    """Write the service worker with what it keeps from the start.

    Args:
        site: The finished site.
        pages: Its pages' HTML by path, such as ``plans/ppo/index.html``.
        version: The site's version, which every page carries.

    Raises:
        PrecacheError: a page to be kept, or a file that it loads, isn't there.
    """
    kept = [*_ALWAYS, *(name for name, html in pages.items() if works_offline(html))]
    wanted = {path for name in kept for path in _loads(pages[name], name)}
    # Our scripts and styles load each other, and the runtime its parts.
    wanted |= {path for path in _files(site) if re.match(r"(runtime|assets)/[0-9a-f]{12,}/", path)}
    if missing := sorted(path for path in wanted if not (site / path).is_file()):
        raise PrecacheError(f"pages load what the site doesn't have: {', '.join(missing)}")
    lists = {
        "VERSION": version,
        "FILES": sorted(filter(says_its_contents, wanted)),
        "PAGES": sorted({name.removesuffix("index.html") for name in kept}),
        "DATA": sorted(path for path in wanted if not says_its_contents(path)),
    }
    script = _TEMPLATE.read_text("utf-8")
    for name, value in lists.items():
        script, count = re.subn(
            rf"^const {name} = (?:\"\"|\[\]);", f"const {name} = {json.dumps(value)};", script,
            flags=re.MULTILINE,
        )  # fmt: skip
        if count != 1:
            raise PrecacheError(f"{WORKER}: expected one empty {name}, found {count}")
    (site / WORKER).write_text(script, encoding="utf-8")


def _files(site: Path) -> Iterator[str]:
    return (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


class _Loads(HTMLParser):
    """The addresses of what a page loads by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._config = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element loads."""
        given = dict(attrs)
        self._config = given.get("id") == "__config"
        address = given.get(_LOADS.get(tag, ""))
        if tag == "link" and given.get("rel") not in _LINKS:
            return
        self.found += filter(None, [address, given.get("data-worker")])

    def handle_data(self, data: str) -> None:
        """Note what the theme's script loads for its search."""
        if self._config and data.strip():
            config = json.loads(data)
            self.found += [config["search"], f"{config['base']}/{_INDEX}"]


def _loads(html: str, name: str) -> Iterator[str]:
    """The paths, from the site's root, of what a page loads."""
    for address in _Loads(html).found:
        parts = urlsplit(address)
        if not parts.scheme and not parts.netloc:
            yield normpath(f"{name}/../{parts.path}")
