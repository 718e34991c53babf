"""For clinics: links, pictures and texts for posts, and a QR code for the front desk."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import segno

from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.landing import landings

if TYPE_CHECKING:
    from estimator.publish.pages.landing import Landing
    from estimator.publish.pages.site import Site

# What the code leads to, and where the pictures are, below the site's root.
_TOOL = "estimator/"
_PICTURES = "assets/social"
_CODE = f"{_PICTURES}/estimator-code.svg"
# Printed, it has to be read from a step away, and with a thumbprint on it.
_CORRECTION = "q"
_UP = "../../"


def parts(site: Site) -> dict[str, Html]:
    """A post for each landing page, and the code."""
    return {
        "posts.html": tag("div", *map(_post, landings(site)), class_="posts"),
        "code.html": _code(site),
    }


def pages(site: Site) -> dict[str, str]:
    """The code as a drawing; none while nobody knows where the site will stand."""
    return {_CODE: code(site.address + _TOOL)} if site.address else {}


def code(address: str) -> str:
    """A QR code as SVG: dark on white with its quiet edge, also where a page is dark.

    Args:
        address: What it leads to.
    """
    drawn = BytesIO()
    made = segno.make(address, error=_CORRECTION, micro=False)
    made.save(drawn, kind="svg", border=4, scale=8, dark="#000000", light="#ffffff",
              xmldecl=False, svgclass=None, lineclass=None, title=address)  # fmt: skip
    return drawn.getvalue().decode()


def _post(landing: Landing) -> Html:
    """A picture to download, a text to copy, and the link."""
    site, page = landing.site, f"{landing.path}/"
    picture = f"{_UP}{_PICTURES}/{landing.path}.png"
    shown = tag("img", src=picture, alt="", width=300, height=158, loading="lazy")
    words = site.guide["situations"].page["picture"][site.language]
    link = tag("a", escape(site.address + page), href=_UP + page)
    return tag(
        "section",
        tag("h3", escape(landing.own("title"))),
        tag("p", tag("a", shown, tag("br"), escape(words), href=picture,
                     download=f"{landing.example.id}.png")),
        tag("p", escape(landing.own("post")), tag("br"), link, class_="post"),
    )  # fmt: skip


def _code(site: Site) -> Html:
    """The code with its address, or how it comes to be there."""
    words = site.guide["situations"].page
    if not site.address:
        return tag("p", escape(words["no-address"][site.language]))
    address = site.address + _TOOL
    drawn = tag("img", src=_UP + _CODE, alt=address, width=240, height=240)
    return tag(
        "figure",
        tag("a", drawn, href=_UP + _CODE, download="estimator-code.svg"),
        tag("figcaption", join(escape(words["scan"][site.language]), tag("br"), escape(address))),
        class_="code",
    )
