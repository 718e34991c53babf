"""Explanations beside words: the first time a page uses a term of the glossary, it says what it is.

A term becomes a link to its entry in the glossary, so that it works by touch and by keyboard
without JavaScript, in print and in a browser's reader view (which throws buttons away, words and
all). Where scripts run, `guide.js` shows the explanation on the page instead, from a template at
the end of the article.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from estimator import guide, load
from estimator.markup import Html, escape, join, tag
from estimator.messages import Messages
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from estimator.guide import Term

MOST = 8  # a page
# Pages for others than clients, the glossary itself, and forms, which explain each field.
_NOT_ON = (
    "404.html", "clinics/", "decisions/", "estimator/", "glossary/", "maintain/", "tools/",
)  # fmt: skip
_NOT_FOR_READERS = re.compile(r'<meta name="robots" content="[^"]*noindex')
_ARTICLE = re.compile(r"<article\b[^>]*>(.*?)</article>", re.DOTALL)
# Terms are marked inside these, unless inside those.
_TEXT = frozenset(("p", "li"))
_NO_TEXT = frozenset(
    "a button code dl figure footer form h1 h2 h3 h4 h5 h6 label nav noscript pre script select"
    " style summary svg table template textarea".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Glossary(Record, kw_only=True):
    """The terms that pages mark, and the words around an explanation."""

    terms: Mapping[str, Term]
    by_word: Mapping[str, str]
    pattern: re.Pattern[str]
    language: str
    messages: Messages


def read_glossary(data: Path, language: str) -> Glossary:
    """The glossary, ready to be looked for in pages.

    Args:
        data: The data folder.
        language: Of the site's pages.
    """
    terms = load.data_file(data, "glossary", guide.FILES["glossary"])["terms"]
    by_word = {word: term.id for term in terms.values() for word in term.mark.get(language, ())}
    return Glossary(
        terms=terms,
        by_word=by_word,
        pattern=_pattern(by_word),
        language=language,
        messages=Messages(load.flat(data, f"messages/{language}")),
    )


def _pattern(words: Mapping[str, str]) -> re.Pattern[str]:
    """Any of the words, the longest first; small letters stand for capitals as well."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    found = [f"(?i:{re.escape(word)})" if word.islower() else re.escape(word) for word in ordered]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(found)})(?=s?(?![\w-]))")


def mark_terms(html: str, name: str, glossary: Glossary) -> str:
    """A page with its first mention of each term marked, up to `MOST` of them.

    Args:
        html: The page as MkDocs wrote it.
        name: Its path in the site, such as ``claims/denied/index.html``.
        glossary: What to look for.
    """
    article = _ARTICLE.search(html)
    if article is None or name.startswith(_NOT_ON) or _NOT_FOR_READERS.search(html):
        return html
    content, end = article[1], 0
    up = "../" * name.count("/")
    written: list[str] = []
    chosen = _chosen(_mentions(content, glossary))
    for mention in chosen:
        words = content[mention.start : mention.stop]
        written += [content[end : mention.start], _marked(Html(words), mention.term, up)]
        end = mention.stop
    notes = join(*(_note(glossary, glossary.terms[mention.term], up) for mention in chosen))
    marked = "".join([*written, content[end:], notes])
    return html[: article.start(1)] + marked + html[article.end(1) :]


class Mention(Record):
    """Where a term stands in an article, and whether that is folded away at first."""

    start: int
    stop: int
    term: str
    is_folded: bool


def _chosen(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions to mark, in their order: the first of each term, sooner one that is in view."""
    first: dict[str, Mention] = {}
    for mention in sorted(mentions, key=lambda item: (item.is_folded, item.start)):
        first.setdefault(mention.term, mention)
    return sorted(list(first.values())[:MOST], key=lambda item: item.start)


def _mentions(content: str, glossary: Glossary) -> list[Mention]:
    """Every term in the text of paragraphs and lists."""
    reader = _Reader(content, glossary)
    reader.feed(content)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Reads an article and notes where its text mentions a term."""

    def __init__(self, content: str, glossary: Glossary) -> None:
        super().__init__(convert_charrefs=False)
        self._glossary = glossary
        self._open: list[str] = []
        self._lines = [0, *(found.end() for found in re.finditer("\n", content))]
        self.found: list[Mention] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's own
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Nothing stands inside."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        around = set(self._open)
        if not around & _TEXT or around & _NO_TEXT:
            return
        line, column = self.getpos()
        offset = self._lines[line - 1] + column
        for found in self._glossary.pattern.finditer(data):
            words = found[0]
            term = self._glossary.by_word.get(words) or self._glossary.by_word[words.lower()]
            at = offset + found.start()
            self.found.append(Mention(at, at + len(words), term, "details" in around))


def _marked(words: Html, term: str, up: str) -> Html:
    return tag("a", words, href=f"{up}glossary/#{term}", class_="term", data_note=f"term-{term}")


def _note(glossary: Glossary, term: Term, up: str) -> Html:
    """What the script shows beside the term."""
    say, language = glossary.messages.say, glossary.language
    told = [
        tag("strong", escape(term.term[language])),
        tag("span", escape(term.means[language])),
    ]
    if term.ask is not None:
        told.append(tag("span", escape(say("page.confirm", who=say(f"ask.{term.ask}")))))
    told.append(tag("a", escape(say("guide.term.more")), href=f"{up}glossary/#{term.id}"))
    return tag("template", tag("span", *told, class_="term-note"), id=f"term-{term.id}")
