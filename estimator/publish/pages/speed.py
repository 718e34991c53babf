"""The page about speed: the newest measurement as a table, and what came before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from estimator import load, read
from estimator.markup import escape
from estimator.model import DataError
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from estimator.markup import Html
    from estimator.publish.pages.site import Site
    from estimator.read import Read

_VERDICTS = {"ok": "reached", "miss": "missed", "": "-"}  # a figure may have no goal
_ROW: Read[dict[str, Any]] = read.record(
    dict,
    {
        "figure": read.words,
        "value": read.words,
        "ratio": read.text,
        "goal": read.text,
        "verdict": read.one_of(*_VERDICTS),
    },
)
_RUN: Read[dict[str, Any]] = read.record(
    dict,
    {
        "measured": read.day,
        "browser": read.words,
        "cores": read.whole(1, 1000),
        "rows": read.listed(_ROW, 1),
    },
)


def parts(site: Site) -> dict[str, Html]:
    """The newest table, where it was measured, and every table's ratios by day.

    Raises:
        DataError: `docs/bench/` holds no measurement, or one that isn't as `make bench` writes it.
    """
    # What JSON writes, YAML reads.
    paths = sorted((site.root / "docs" / "bench").glob("*.json"))
    if not paths:
        raise DataError(
            ["docs/bench: no measurement: run make bench, and put build/bench.json there"]
        )
    runs = [_RUN(load.file_tree(path, f"docs/bench/{path.name}"), path.name) for path in paths]
    newest = runs[-1]
    return {
        "speed.html": _rows(newest["rows"]),
        "speed-where.html": escape(
            f"Measured on {newest['measured'].isoformat()} with {newest['browser']}"
            f" on {newest['cores']} cores."
        ),
        "speed-history.html": _history(runs),
    }


def _rows(rows: tuple[dict[str, Any], ...]) -> Html:
    heads = ("What", "Measured", "To the baseline", "Goal", "Reached or missed")
    return table(
        heads,
        (
            (
                *map(
                    escape, (row["figure"], row["value"], row["ratio"] or "-", row["goal"] or "-")
                ),
                escape(_VERDICTS[row["verdict"]]),
            )
            for row in rows
        ),
    )


def _history(runs: list[dict[str, Any]]) -> Html:
    """The ratios, day by day: they hold from machine to machine, and seconds don't."""
    figures = [row["figure"] for row in runs[-1]["rows"] if row["ratio"]]
    lines = []
    for run in reversed(runs):
        ratios = {row["figure"]: row["ratio"] for row in run["rows"]}
        lines.append([run["measured"].isoformat(), *(ratios.get(name) or "-" for name in figures)])
    return table(("Day", *figures), (map(escape, line) for line in lines))
