"""The last step of a build: what MkDocs can't do, done to the finished site.

Adds the runtime and the fonts, the tags of each page's card, a content security policy with the
hash of each inline script the theme brings, and the headers that only a host can send.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from typing import TYPE_CHECKING

from estimator.publish import social

if TYPE_CHECKING:
    from pathlib import Path

_WORKER = "estimator/publish/worker.py"
_FONT = "node_modules/@fontsource-variable/source-sans-3/files"
_FONT_FILES = ("source-sans-3-latin-wght-normal.woff2", "source-sans-3-latin-ext-wght-normal.woff2")
_INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"?application/(?:ld\+)?json)[^>]*>(.*?)</script>",
    re.DOTALL,
)
# The estimator's page and those of the tools say where the worker's file is.
_STARTS_PYTHON = re.compile(r' data-worker="')
_RUNTIME = re.compile(r'data-runtime="([^"]+)"')
# On the estimator's page the downloads begin while the theme still loads its own files; on a
# line where every megabyte counts, download.mjs does nothing.
_EARLY = (
    '<script type="module" async src="{runtime}download.mjs"></script>'
    '<link rel="modulepreload" href="../assets/estimator/runtime.js">'
)
_SEARCH = 'data-md-component="search" role="dialog"'
_HEADERS = """\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  X-Frame-Options: SAMEORIGIN
/runtime/*
  Cache-Control: public, max-age=31536000, immutable
"""


class FinishError(Exception):
    """The site MkDocs built isn't what this step expects."""


def finish(root: Path, site: Path) -> None:
    """Finish a site that MkDocs has just built.

    Args:
        root: The checkout, with `build/runtime/` and `node_modules/`.
        site: The built site; changed in place.

    Raises:
        FinishError: a page or a file isn't as expected.
    """
    shutil.copytree(root / "build" / "runtime", site / "runtime", dirs_exist_ok=True)
    fonts = site / "assets" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for name in _FONT_FILES:
        shutil.copyfile(root / _FONT / name, fonts / name)
    # MkDocs leaves Python files out of a theme's assets.
    shutil.copyfile(root / _WORKER, site / "assets" / "estimator" / "worker.py")
    manifest = social.read_manifest(root / "build")
    pages = sorted(site.rglob("*.html"))
    if not pages:
        raise FinishError(f"{site.name}: no pages to finish")
    for page in pages:
        name = page.relative_to(site).as_posix()
        tagged = social.with_tags(page.read_text(encoding="utf-8"), name, manifest)
        page.write_text(finish_page(tagged, name), encoding="utf-8")
    (site / "_headers").write_text(_HEADERS, encoding="utf-8")


def finish_page(html: str, name: str) -> str:
    """A page with its policy, and with a name for the theme's search dialog.

    Args:
        html: The page as MkDocs wrote it.
        name: Its path in the site, for messages.

    Raises:
        FinishError: the page has no place for the policy.
    """
    if html.count("<head>") != 1:
        raise FinishError(f"{name}: expected one <head>, found {html.count('<head>')}")
    if _SEARCH in html:
        html = html.replace(_SEARCH, f'{_SEARCH} aria-label="Search"')
    hashes = sorted({_hash(script) for script in _INLINE.findall(html)})
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html, hashes)}">'
    if found := _RUNTIME.search(html):
        meta += _EARLY.format(runtime=found[1])
    return html.replace("<head>", f"<head>{meta}", 1)


def policy(html: str, hashes: list[str]) -> str:
    """The strictest policy a page works under; only those that start Python run WebAssembly."""
    scripts, workers = ["'self'", *hashes], "'self'"
    if _STARTS_PYTHON.search(html):
        scripts.insert(1, "'wasm-unsafe-eval'")
        workers = "'self' blob:"
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(scripts),
        "worker-src": workers,
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "style-src": "'self'",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
