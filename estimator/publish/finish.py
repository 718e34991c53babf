"""The last step of a build: what MkDocs can't do, done to the finished site.

Adds the runtime and the fonts, the tags of each page's card, the time it takes to read, names that
say what is in a file, a content security policy for every page, the service worker with its list,
and the headers that only a host can send.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from estimator.load import fingerprint
from estimator.markup import escape, tag
from estimator.publish import naming, policy, precache, social, vendored
from estimator.publish.pages.site import LANGUAGE
from estimator.publish.reading_time import with_reading_time
from estimator.publish.terms import mark_terms, read_glossary

if TYPE_CHECKING:
    from pathlib import Path

    from estimator.markup import Html
    from estimator.messages import Messages

_WORKER = "estimator/publish/worker.py"
_FONT = "node_modules/@fontsource-variable/source-sans-3/files"
_FONT_FILES = ("source-sans-3-latin-wght-normal.woff2", "source-sans-3-latin-ext-wght-normal.woff2")
_RUNTIME = re.compile(r' data-runtime="([^"]+)"')
# What the estimator's script imports, named ahead: else each would wait for the one before it.
_IMPORTED = (
    '<link rel="modulepreload" href="../assets/estimator/runtime.js">'
    '<link rel="modulepreload" href="../assets/estimator/print.js">'
    '<link rel="modulepreload" href="../assets/estimator/save.js">'
    '<link rel="modulepreload" href="../assets/estimator/theme.js">'
    '<link rel="modulepreload" href="{0}download.mjs">'
)
# What makes pages handier: explanations beside words, finding in a list, printing.
_HANDY = re.compile(r'class="term"|data-find[ =>]|data-print[ =>]')
_HANDY_SCRIPT = '<script type="module" src="{up}assets/guide/guide.js"></script>'
# Firefox would fetch the next page ahead; the policy forbids that, with a complaint on each page.
_NEXT = re.compile(r'\s*<link rel="next"[^>]*>')
_SEARCH = 'data-md-component="search" role="dialog"'
_FRAMED = '<div class="embed '  # docs/theme/embed.html


class FinishError(Exception):
    """The site MkDocs built isn't what this step expects."""


def finish(root: Path, site: Path, messages: Messages, address: str = "") -> None:
    """Finish a site that MkDocs has just built.

    Args:
        root: The checkout, with `build/runtime/` and `node_modules/`.
        site: The built site; changed in place.
        messages: The sentences.
        address: Where the site will be; empty where nobody has said.

    Raises:
        FinishError: a page isn't as expected.
        VendoredError: the runtime isn't as it was listed.
    """
    _add_files(root, site)
    manifest = social.read_manifest(root / "build")
    glossary = read_glossary(root / "data", LANGUAGE)
    found = {}
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).as_posix()
        tagged = social.with_tags(page.read_text(encoding="utf-8"), name, manifest)
        timed = with_reading_time(tagged, name, messages)
        found[name] = mark_terms(timed, name, glossary)
    if not found:
        raise FinishError(f"{site.name}: no pages to finish")
    folder = naming.move_assets(site)
    pages = {name: naming.renamed(finish_page(html, name), folder) for name, html in found.items()}
    version = fingerprint({name: html.encode() for name, html in pages.items()})
    for name, html in pages.items():
        stamped = html.replace("</head>", f"{precache.stamp(version)}</head>", 1)
        if precache.works_offline(html):
            stamped = stamped.replace("</body>", f"{_notice(name, messages)}</body>", 1)
        (site / name).write_text(stamped, encoding="utf-8")
    precache.write_service_worker(site, pages, version)
    framed = [name.rpartition("/")[0] for name, html in pages.items() if _FRAMED in html]
    runtime = [f"runtime/{path.name}" for path in (site / "runtime").iterdir() if path.is_dir()]
    headers = policy.headers(pages, framed, [*runtime, f"assets/{folder}"])
    (site / "_headers").write_text(headers, encoding="utf-8")
    (site / vendored.NOTICES).write_text(vendored.notices(vendored.components(root)), "utf-8")
    vendored.check(site)
    (site / "robots.txt").write_text(_robots(address), encoding="utf-8")


def _add_files(root: Path, site: Path) -> None:
    """Add what pages load and MkDocs doesn't bring: the runtime, the fonts, the worker's file."""
    shutil.copytree(root / "build" / "runtime", site / "runtime", dirs_exist_ok=True)
    fonts = site / "assets" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for name in _FONT_FILES:
        shutil.copyfile(root / _FONT / name, fonts / name)
    # MkDocs leaves Python files out of a theme's assets.
    shutil.copyfile(root / _WORKER, site / "assets" / "estimator" / "worker.py")


def finish_page(html: str, name: str) -> str:
    """A page with its policy, a name for the theme's search dialog, and nothing to fetch ahead.

    Args:
        html: The page as MkDocs wrote it.
        name: Its path in the site, for messages.

    Raises:
        FinishError: the page has no place for the policy.
    """
    if html.count("<head>") != 1:
        raise FinishError(f"{name}: expected one <head>, found {html.count('<head>')}")
    html = _NEXT.sub("", html)
    if _SEARCH in html:
        html = html.replace(_SEARCH, f'{_SEARCH} aria-label="Search"')
    if _HANDY.search(html):
        script = _HANDY_SCRIPT.format(up="../" * name.count("/"))
        html = html.replace("</body>", f"{script}</body>", 1)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy.policy(html)}">'
    if found := _RUNTIME.search(html):
        meta += _IMPORTED.format(found[1])
    return html.replace("<head>", f"<head>{meta}", 1)


def _notice(name: str, messages: Messages) -> Html:
    """What offline.js shows when a newer version has come; until then, a screen reader's status."""
    words = tag("p", escape(messages.say("update.ready")))
    reload = tag("button", escape(messages.say("update.reload")), type="button", value="reload")
    later = tag("button", escape(messages.say("update.later")), type="button", value="later")
    card = tag("div", words, tag("p", reload, later), class_="update")
    worker = "../" * name.count("/") + precache.WORKER
    return tag("div", tag("template", card), role="status", data_service_worker=worker)


def _robots(address: str) -> str:
    """Everything may be read; pages that aren't to be listed say so themselves."""
    listed = f"Sitemap: {address.rstrip('/')}/sitemap.xml\n" if address else ""
    return f"User-agent: *\nAllow: /\n{listed}"
