"""Codes on the bill: what each is, in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from estimator.model import BillingCode, Rules
    from estimator.publish.pages.site import Site


def parts(site: Site) -> dict[str, Html]:
    """The table of billing codes."""
    return {"codes.html": _codes(site.rules)}


def _codes(rules: Rules) -> Html:
    """The billing codes in our own words."""
    heads = ("Code", "What it is", "Unit", "Most units a day (Medicare)", "Massage?")
    rows = [
        (
            code.code,
            code.plain,
            f"{code.unit_minutes} minutes" if code.unit_minutes else "not timed",
            str(code.daily_max),
            _is_massage(code),
        )
        for code in rules.codes.values()
    ]
    return table(heads, (map(escape, row) for row in rows))


def _is_massage(code: BillingCode) -> str:
    if code.active:
        return "No: you do the moving"
    return "No: never paid on its own" if code.bundled else "Yes"
