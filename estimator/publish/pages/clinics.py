"""Pages for clinics: their one file, and what they put on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import check
from estimator.markup import Html, escape, tag
from estimator.publish.pages import letters
from estimator.publish.pages.dictionary import keys, meaning, meanings
from estimator.publish.pages.pieces import foot
from estimator.publish.pages.tables import table
from estimator.publish.pages.words import question_sources
from estimator.publish.schemas import in_words

if TYPE_CHECKING:
    from estimator.publish.pages.site import Site

_PRIVACY_SOURCES = ("ocr-tracking-2024", "ocr-tracking", "wa-my-health-my-data")
# What the front desk is asked to promise; the answers are among its questions.
_PROMISES = (
    "told-covered-then-denied",
    "pay-cash-in-network",
    "bill-it-as-pt",
    "use-the-code-that-pays",
    "change-the-papers",
    "waive-the-copay",
    "keep-it-from-my-plan",
)
_MORE_PROMISES = ("hold-harmless", "gfe-timing", "good-faith-estimate")


def parts(site: Site) -> dict[str, Html]:
    """The clinic's file with its keys, and the feet of the pages."""
    superbill, note = (letters.held(site)[name] for name in ("superbill", "soap-note"))
    reviewed = site.guide["letters"]["reviewed"]
    return {
        "clinic-file.html": _file(site),
        "clinic-keys.html": _keys(site),
        "clinic-promises-foot.html": foot(
            site,
            site.guide["desk-questions"]["reviewed"],
            [*question_sources(site, _PROMISES), *_MORE_PROMISES],
        ),
        "clinic-papers-foot.html": foot(
            site, reviewed, [*letters.sources(superbill), *letters.sources(note)]
        ),
        "clinic-privacy-foot.html": foot(
            site, min(site.sources[item].retrieved for item in _PRIVACY_SOURCES), _PRIVACY_SOURCES
        ),
    }


def _file(site: Site) -> Html:
    """The file as it stands, with its comments."""
    text = (site.data() / "clinic.yaml").read_text("utf-8")
    return tag("pre", tag("code", escape(text.strip())))


def _keys(site: Site) -> Html:
    """Every key the file may hold, with what to write and what it does."""
    told = meanings(site.data())
    heads = ("Key", "Needed", "What to write", "What it does")
    rows = [
        (
            tag("code", escape(key.path)),
            escape("yes" if key.needed else "no"),
            escape(in_words(key.reader)),
            escape(meaning(told, "clinic", key.name())),
        )
        for key in keys(check.FILES["clinic"])
    ]
    return table(heads, rows)
