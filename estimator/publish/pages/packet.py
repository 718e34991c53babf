"""The blank print packet: for the front desk, and on the estimator's page until Python is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import keep, packet
from estimator.markup import Html, tag
from estimator.publish.pages.before import print_button

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site


def parts(site: Site) -> dict[str, Html]:
    """The blank packet: to be seen on a page of its own, and out of sight on the estimator's."""
    data = site.data()
    paper = keep.paper(
        data, site.messages, site.language, on=site.built, address=site.address.rstrip("/")
    )
    sheets = packet.blank(paper)
    return {
        "packet.html": _wrapped(sheets, hidden=True),
        "packet-shown.html": _wrapped(sheets, hidden=False),
        "packet-print.html": print_button(site),
    }


def _wrapped(sheets: Html, *, hidden: bool) -> Html:
    """The element that scripts fill and styles print.

    The theme's search would list each line of a packet as the page's own. It looks for the end
    of what it leaves out by the element's name, so no other div may stand inside.
    """
    return tag("div", sheets, id="estimator-packet", class_="packet", hidden=hidden,
               data_search_exclude=True)  # fmt: skip
