"""What a clinic puts on its own website: a frame that fits, a plain frame, a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape, tag

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site

HEIGHT = 900  # pixels of a frame that nobody fits
# Where a website takes styles out, a link is left.
BUTTON = (
    "display: inline-block; padding: 12px 20px; border-radius: 8px;"
    " background: #0f5c5c; color: #fff; text-decoration: none"
)


def parts(site: Site) -> dict[str, Html]:
    """Each snippet with a button that copies it."""
    say = site.messages.say
    address = site.address or say("embed.placeholder")
    link, button = (
        tag("a", escape(say("embed.link")), href=f"{address}estimator/", style=style)
        for style in (None, BUTTON)
    )
    frame = tag(
        "iframe",
        # What is left where a website takes frames out.
        link,
        src=f"{address}embed/",
        title=say("embed.title"),
        width="100%",
        height=HEIGHT,
        style="border: 0",
        loading="lazy",
        allow="clipboard-write",
    )
    script = tag("script", src=f"{address}assets/embed/embed.js", async_=True)
    return {
        "embed-fitted.html": _snippet(site, "fitted", f"{frame}\n{script}"),
        "embed-frame.html": _snippet(site, "frame", frame),
        "embed-link.html": _snippet(site, "link", button),
    }


def _snippet(site: Site, name: str, text: str) -> Html:
    say = site.messages.say
    code = tag("code", escape(text), id=f"snippet-{name}")
    button = tag(
        "button",
        escape(say("copy.button")),
        type="button",
        hidden=True,  # it needs JavaScript
        data_copy=f"snippet-{name}",
        data_done=say("copy.done"),
        data_failed=say("copy.failed"),
        aria_describedby=f"snippet-{name}",
    )
    return tag("div", tag("pre", code), button, tag("span", role="status"), class_="snippet")
