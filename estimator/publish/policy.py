"""What a page may do: its content security policy, and the headers that only a host can send."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"?application/(?:ld\+)?json)[^>]*>(.*?)</script>",
    re.DOTALL,
)
# The estimator's page and those of the tools say where the worker's file is.
_STARTS_PYTHON = re.compile(r' data-worker="')
# What a browser could let a page do, and ours never ask for.
_NEVER_ASKED = (
    "accelerometer camera display-capture geolocation gyroscope hid idle-detection"
    " magnetometer microphone midi payment screen-wake-lock serial usb xr-spatial-tracking"
).split()
_ALWAYS_FRESH = "  Cache-Control: no-cache\n"
_EVERYWHERE = f"""\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Permissions-Policy: {", ".join(f"{name}=()" for name in _NEVER_ASKED)}
/service-worker.js
{_ALWAYS_FRESH}"""
_FOR_GOOD = "  Cache-Control: public, max-age=31536000, immutable\n"
_FRAMED = f"  Content-Security-Policy: frame-ancestors *\n{_ALWAYS_FRESH}"
_UNFRAMED = f"  Content-Security-Policy: frame-ancestors 'self'\n{_ALWAYS_FRESH}"


def policy(html: str) -> str:
    """The strictest policy a page works under; only a page that runs Python may run WebAssembly.

    Args:
        html: The page, with the inline scripts that its theme brings.
    """
    hashes = sorted({_hash(script) for script in _INLINE.findall(html)})
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


def headers(pages: Collection[str], framed: Collection[str], unchanging: Collection[str]) -> str:
    """The `_headers` file, which Netlify and Cloudflare Pages read.

    These hosts add up all rules that fit a path, and not each of them can take a header back. So
    the rules about frames and about keeping pages name every folder.

    Args:
        pages: The paths of all pages, such as ``plans/ppo/index.html``.
        framed: The folders of the pages that any site may frame, such as ``embed``.
        unchanging: The folders whose names say what is in them, such as ``runtime``.
    """
    rules = [f"/{folder}/*\n{_FOR_GOOD}" for folder in unchanging]
    rules += [f"/{folder}/*\n{_FRAMED}" for folder in framed]
    rules += [f"{path}\n{_UNFRAMED}" for path in _around(framed, pages, "")]
    return _EVERYWHERE + "".join(rules)


def _around(framed: Collection[str], pages: Collection[str], folder: str) -> Iterator[str]:
    """Rules' paths that cover all pages below a folder ("" or ending in "/") but the framed."""
    inside = sorted(page.removeprefix(folder) for page in pages if page.startswith(folder))
    yield f"/{folder}"
    yield from (f"/{folder}{name}" for name in inside if "/" not in name)
    for name in sorted({page.partition("/")[0] for page in inside if "/" in page}):
        path = folder + name
        if path in framed:
            continue
        if any(other.startswith(f"{path}/") for other in framed):
            yield from _around(framed, pages, f"{path}/")
        else:
            yield f"/{path}/*"
