"""How long an article takes to read, said below its heading."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from estimator.markup import escape, tag

if TYPE_CHECKING:
    from estimator.messages import Messages

WORDS_PER_MINUTE = 230  # of silent reading, by grown-ups
# Pages for others than clients, and pages that one fills in or looks something up on.
_NOT_ON = (
    "404.html", "clinics/", "decisions/", "embed/", "estimator/", "glossary/", "maintain/",
    "offline/", "tools/",
)  # fmt: skip
_ARTICLE = re.compile(r"<article\b[^>]*>(.*?)</article>", re.DOTALL)
_HEADING_END = "</h1>"
# What is folded away, filled in, drawn or only looked up is not read through.
_NOT_READ = frozenset("details footer form script style svg table template".split())


class _Text(HTMLParser):
    """An article's text, without what nobody reads through."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipped = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's own
        self._skipped += tag in _NOT_READ

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in _NOT_READ

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.found.append(data)


def minutes(article: str) -> int:
    """The minutes that an article takes, at least one.

    Args:
        article: Its HTML.
    """
    words = " ".join(_Text(article).found).split()
    return max(1, round(len(words) / WORDS_PER_MINUTE))


def with_reading_time(html: str, name: str, messages: Messages) -> str:
    """A page that says below its heading how long it takes to read, where it is an article.

    Args:
        html: The page as MkDocs wrote it.
        name: Its path in the site, such as ``claims/denied/index.html``.
        messages: The sentences.
    """
    article = _ARTICLE.search(html)
    if article is None or name.startswith(_NOT_ON):
        return html
    said = messages.say("guide.reading_time", minutes=minutes(article[1]))
    line = tag("p", escape(said), class_="reading-time")
    end = html.index(_HEADING_END, article.start()) + len(_HEADING_END)
    return html[:end] + line + html[end:]
