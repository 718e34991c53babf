"""How hard the pages for clients are to read: their own sentences, and their school grade.

`python -m tests.reading` lists the pages with their words and grades, the hardest first.
"""

import re
from html.parser import HTMLParser

import textstat

from tests.conftest import ROOT

SITE = ROOT / "site"
# For clinics, maintainers, a frame on somebody else's page, and slips of an address.
NOT_FOR_CLIENTS = ("404.html", "clinics/", "decisions/", "embed/", "maintain/")
# The glossary's marks: its terms are links, and their explanations follow the article.
_MARK = re.compile(r'<a [^>]*class="term"[^>]*>(.*?)</a>', re.DOTALL)
_NOTE = re.compile(r'<template id="term-.*?</template>', re.DOTALL)
# What nobody reads as sentences.
NOT_READ = set("code figure footer form nav pre script style summary svg table template".split())
NOT_READ_CLASSES = {"cites", "reading-time"}  # numbers of sources, and a page's minutes
READ = {"li", "p"}
VOID = set("area base br col embed hr img input link meta source track wbr".split())
HARDEST = 8


class Article(HTMLParser):
    """A page's article.

    `lines`: the sentences of each paragraph and list item; `text`: all it says but the notes of
    its terms; `elements`: each with its attributes and the names of those around it.
    """

    def __init__(self, html):
        super().__init__()
        self.lines, self.elements, self._text, self._open, self._blocks = [], [], [], [], []
        found = re.search(r"<article[^>]*>(.*?)</article>", html, re.DOTALL)
        self.feed(found[1] if found else "")
        self.close()

    @property
    def text(self):
        return " ".join("".join(self._text).split())

    @property
    def _is_read(self):
        return not any(unread for _, unread in self._open)

    def handle_starttag(self, name, attrs):
        attributes = dict(attrs)
        self.elements.append((name, attributes, tuple(around for around, _ in self._open)))
        if name in VOID:
            return
        classes = set((attributes.get("class") or "").split())
        self._open.append((name, name in NOT_READ or bool(classes & NOT_READ_CLASSES)))
        if name in READ and self._is_read:
            self._blocks.append(len(self.lines))
            self.lines.append("")

    def handle_startendtag(self, name, attrs):
        self.elements.append((name, dict(attrs), tuple(around for around, _ in self._open)))

    def handle_endtag(self, name):
        if name not in [around for around, _ in self._open]:
            return
        while True:
            closed = self._open[-1][0]
            if closed in READ and self._is_read:
                self._blocks.pop()
            self._open.pop()
            if closed == name:
                return

    def handle_data(self, data):
        if "template" not in [around for around, _ in self._open]:
            self._text.append(data)
        if self._blocks and self._is_read:
            self.lines[self._blocks[-1]] += data


def unmarked(html):
    """A page as it was before its terms were marked."""
    return _MARK.sub(r"\1", _NOTE.sub("", html))


def sentences(html):
    """The article's sentences as one text; a line without a full stop is given one."""
    lines = [" ".join(line.split()) for line in Article(html).lines]
    return " ".join(line if line[-1] in ".?:" else f"{line}." for line in lines if line)


def grade(html):
    """The Flesch-Kincaid grade: the school year in which one can read it."""
    # A dollar's cents and a code's point end no sentence.
    text = re.sub(r"(\d)[.,](\w)", r"\1\2", sentences(html))
    return textstat.flesch_kincaid_grade(text)


def client_pages():
    """Every page of the built site that is for clients, by its path."""
    names = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    return [name for name in names if not name.startswith(NOT_FOR_CLIENTS)]


def main():
    """Print each page for clients with its words and its grade, the hardest first."""
    pages = [(name, (SITE / name).read_text("utf-8")) for name in client_pages()]
    rows = [(grade(html), len(sentences(html).split()), name) for name, html in pages]
    lines = [
        f"{hard:5.1f}  {words:5}  {name.removesuffix('index.html') or '(home)'}"
        for hard, words, name in sorted(rows, reverse=True)
    ]
    foot = f"{len(rows)} pages; the hardest: {max(rows)[0]:.1f}"
    print("\n".join(["grade  words  page", *lines, foot]))  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
