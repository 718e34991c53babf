"""Names that say what is in them: a page finds the very files it was built with, or none.

Our styles, scripts and fonts move to a folder named after their contents, as the runtime and the
theme's own files are. Whatever a browser, a host or the service worker kept of another version
has another address, so no page ever runs with half of another's files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from estimator.load import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

# The folders of `assets/` that move. The others keep their addresses: pictures, which other sites
# show, and the script that other sites load.
MOVED = ("estimator", "fonts", "guide", "styles")
_REFERENCE = re.compile(
    rf'(\s(?:src|href|data-worker)="[^":]*?\bassets/)(?=(?:{"|".join(MOVED)})/)'
)
_NAMED = re.compile(r"runtime/[0-9a-f]{16}/|assets/[0-9a-f]{12}/|.*\.[0-9a-f]{8}\.min\.\w+$")


def move_assets(site: Path) -> str:
    """Move our own files to a folder named after their contents, and return its name.

    Args:
        site: The built site, with every file in `assets/`; changed in place.
    """
    assets = site / "assets"
    files = [path for name in MOVED for path in (assets / name).rglob("*") if path.is_file()]
    folder = fingerprint({path.relative_to(assets).as_posix(): path.read_bytes() for path in files})
    (assets / folder).mkdir()
    for name in MOVED:
        (assets / name).rename(assets / folder / name)
    return folder


def renamed(html: str, folder: str) -> str:
    """A page whose references to our own files lead to their folder."""
    return _REFERENCE.sub(rf"\g<1>{folder}/", html)


def says_its_contents(path: str) -> bool:
    """Whether a file's path, from the site's root, changes whenever the file does."""
    return _NAMED.match(path) is not None
