"""How hard a page is to read: its own sentences, without tables, forms, code, drawings and foot."""

import re
from html.parser import HTMLParser

import textstat

# The glossary's marks: its terms are links, and their explanations follow the article.
_MARK = re.compile(r'<a [^>]*class="term"[^>]*>(.*?)</a>', re.DOTALL)
_NOTE = re.compile(r'<template id="term-.*?</template>', re.DOTALL)
# What nobody reads as sentences.
NOT_READ = {"table", "pre", "code", "form", "svg", "figure", "footer", "summary", "script", "style"}
READ = {"p", "li"}


class Article(HTMLParser):
    """The sentences of a page's article: each of its paragraphs and list items."""

    def __init__(self, html):
        super().__init__()
        self.lines, self._open, self._skipped, self._inside = [], 0, 0, False
        self.feed(html)

    def handle_starttag(self, name, attrs):  # noqa: ARG002 - the parser's own names
        if name == "article":
            self._inside = True
        if name in NOT_READ:
            self._skipped += 1
        elif name in READ and self._inside and not self._skipped:
            self.lines.append("")
            self._open += 1

    def handle_endtag(self, name):
        if name == "article":
            self._inside = False
        if name in NOT_READ:
            self._skipped -= 1
        elif name in READ and self._open and not self._skipped:
            self._open -= 1

    def handle_data(self, data):
        if self._open and self._inside and not self._skipped:
            self.lines[-1] += data


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
