"""Every code that a page names is in the data: nothing is made up, and nothing is out of date unsaid."""

import re
from html.parser import HTMLParser

import pytest

from estimator import facts, guide, load
from tests.conftest import ROOT

SITE = ROOT / "site"
DATA = ROOT / "data"
NAMES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
DIAGNOSES = guide.diagnoses(DATA)
GUIDE = {name: load.data_file(DATA, name, reader) for name, reader in guide.FILES.items()}
BILLED = set(facts.codes(DATA))
MODIFIERS = set(GUIDE["modifiers"]["modifiers"])
KNOWN = {
    *DIAGNOSES.titles(), *DIAGNOSES.not_billable, *DIAGNOSES.wrong_disease,
    *(code for old in DIAGNOSES.not_billable.values() for code in old.replaced_by),
}  # fmt: skip
# Codes that can't stand beside others are told by how they begin.
STARTS = {start for rule in DIAGNOSES.excludes for start in (rule.code, *rule.not_with)}

BILLING = re.compile(r"(?<![\w$.,/-])(?:\d{5}|[A-V]\d{4})(?![\w/-]|[.,]\d)")
DIAGNOSIS = re.compile(r"(?<![\w-])[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![\w-])")
MODIFIER = re.compile(r"\b[Mm]odifiers? ([A-Z][A-Z0-9]|\d\d)\b")
# Numbers of that shape that are no codes, by the word before them.
NUMBERED = re.compile(r"\b(?:[Bb]ill(?: of \d{4} \()?|[Ii]ndication|[Tt]ransmittal) ?$")


class Words(HTMLParser):
    """A page's words, without its sources, whose titles carry numbers of all kinds."""

    def __init__(self, html):
        super().__init__()
        self._found, self._skipped = [], 0
        self.feed(html)

    def handle_starttag(self, name, attrs):  # noqa: ARG002 - the parser's own names
        self._skipped += name in ("footer", "kbd", "script", "style")

    def handle_endtag(self, name):
        self._skipped -= name in ("footer", "kbd", "script", "style")

    def handle_data(self, data):
        if not self._skipped:
            self._found.append(data)

    def __str__(self):
        return " ".join(" ".join(self._found).split())


def unknown(text):
    """Each code of a text that the data doesn't know."""
    found = [
        code[0]
        for code in BILLING.finditer(text)
        if code[0] not in BILLED and not NUMBERED.search(text[: code.start()])
    ]
    found += [code for code in MODIFIER.findall(text) if code not in MODIFIERS]
    for code in DIAGNOSIS.findall(text):
        begins_one = any(whole.startswith(code) for whole in KNOWN)
        if code not in KNOWN and code not in STARTS and not begins_one:
            found.append(code)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_code_of_a_page_is_in_the_data(name):
    assert unknown(str(Words((SITE / name).read_text("utf-8")))) == []


def test_the_pages_name_most_of_the_codes():
    said = " ".join(str(Words((SITE / name).read_text("utf-8"))) for name in NAMES)
    assert len(set(BILLING.findall(said)) & BILLED) > 10
    assert len(set(DIAGNOSIS.findall(said)) & KNOWN) > 150
    assert "KX" in MODIFIER.findall(said)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Bill 97124 with 97140, not 97998.", ["97998"]),
        ("It costs $12,000, or $97139.50 in the year 20261.", ["20261"]),
        ("M54.50 replaced M54.5; M54.51 and M54.57 too.", ["M54.57"]),
        ("Ask for modifier GP, modifier ZZ or G9999.", ["G9999", "ZZ"]),
        ("A bill of 2009 (S1975), and indication 00036", []),
    ],
)
def test_an_unknown_code_is_found(text, codes):
    assert unknown(text) == codes


def test_every_link_into_the_glossary_names_one_of_its_terms():
    terms = GUIDE["glossary"]["terms"]
    linked = {
        anchor
        for name in NAMES
        for anchor in re.findall(r'href="[./]*glossary/#([^"]+)"', (SITE / name).read_text("utf-8"))
    }
    assert len(linked) > 30
    assert not {anchor for anchor in linked if len(anchor) > 1} - set(terms)
