"""What many visitors cost: bytes of a visit, traffic of a month, limits of hosts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from estimator import load, read
from estimator.markup import Html, escape, tag
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site
    from estimator.read import Read

# tests/test_site.py holds pages to it.
GUIDE_PAGE = 150_000
_VISITS = (1_000, 100_000, 10_000_000)
_MEGABYTE = 1_000_000
_GIGABYTE = 1_000_000_000
_HOST: Read[dict[str, Any]] = read.record(
    dict,
    {"name": read.words, "says": read.words, "source": read.words, "read": read.day},
    {"gigabytes": read.whole(1, 1_000_000)},
)


def parts(site: Site) -> dict[str, Html]:
    """The three tables of the page."""
    runtime = json.loads((site.root / "build" / "runtime" / "runtime.json").read_text("utf-8"))
    size, files = runtime["download"], len(runtime["files"])
    path = site.root / "docs" / "hosts.yaml"
    hosts = read.listed(_HOST, 1)(load.file_tree(path, path.name), path.name)
    return {
        "scale-visit.html": _visit(size, files),
        "scale-month.html": _month(GUIDE_PAGE + size, hosts),
        "scale-hosts.html": _hosts(hosts),
    }


def _visit(size: int, files: int) -> Html:
    """What each kind of visit loads."""
    page, both = _megabytes(GUIDE_PAGE), _megabytes(GUIDE_PAGE + size)
    rows = [
        ("A guide page, the first time", f"at most {page} MB", "none"),
        ("The estimator, the first time", f"at most {both} MB", f"{files} files"),
        ("Any page, once the browser keeps the guide", "the page alone", "none"),
    ]
    heads = ("Visit", "Traffic", "Of the runtime")
    return table(heads, (map(escape, row) for row in rows))


def _month(bytes_: int, hosts: tuple[dict[str, Any], ...]) -> Html:
    """What first visits add up to, and which hosts' limits that passes."""
    rows = []
    for visits in _VISITS:
        traffic = visits * bytes_
        passed = [
            host["name"]
            for host in hosts
            if "gigabytes" in host and traffic > host["gigabytes"] * _GIGABYTE
        ]
        rows.append(
            (f"{visits:,}", f"{traffic // _GIGABYTE:,} GB", ", ".join(passed) or "none we know")
        )
    heads = ("First visits in a month", "Traffic", "Limits that it passes")
    return table(heads, (map(escape, row) for row in rows))


def _hosts(hosts: tuple[dict[str, Any], ...]) -> Html:
    """What each host says, where, and when it was read."""
    rows = [
        (
            escape(host["name"]),
            escape(host["says"]),
            tag("a", escape("its own page"), href=host["source"]),
            escape(host["read"].isoformat()),
        )
        for host in hosts
    ]
    return table(("Host", "What it says", "Where", "Read"), rows)


def _megabytes(size: int) -> str:
    """Megabytes with one decimal, rounded up."""
    tenths = -(-size * 10 // _MEGABYTE)
    return f"{tenths // 10}.{tenths % 10}"
