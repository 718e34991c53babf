"""Our quicker scanner reads what PyYAML's own reads, to the last mark, or fails in its words."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from estimator.scanner import Loader
from tests.conftest import ROOT
from tests.test_fuzz import HOSTILE_FILES, made, tries

DATA = sorted((ROOT / "data").rglob("*.yaml"))
LONGEST = 20_000


def mark(of):
    return of and (of.index, of.line, of.column)


def described(event):
    """All that an event says, with where it begins and ends."""
    said = {key: value for key, value in vars(event).items() if not key.endswith("_mark")}
    return type(event).__name__, said, mark(event.start_mark), mark(event.end_mark)


def events(text, loader):
    """What comes out of a text: its events, and the complaint that ended them if one did."""
    found = []
    try:
        found.extend(map(described, yaml.parse(text, Loader=loader)))
    except yaml.YAMLError as error:
        found.append(str(error))
    return found


def assert_same(text):
    assert events(text, Loader) == events(text, yaml.BaseLoader)


@pytest.mark.parametrize("path", DATA, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_ours_is_read_the_same(path: Path):
    assert_same(path.read_text("utf-8"))


@pytest.mark.parametrize("case", HOSTILE_FILES, ids=lambda case: case["what"])
def test_a_hostile_file_is_read_the_same(case):
    assert_same(made(case).decode("utf-8", "replace")[:LONGEST])


letters = st.sampled_from(list("ab1é \n\t\r\x85\u2028\u2029\ufeff:#-?,[]{}|>'\"&*!%@`.~\\"))
marks = st.sampled_from(
    ["\n", "\n\n", "\n  ", "\n    ", "\n  - ", "\n- ", "- ", ": ", ":\n", ":\n  ", " #", " # b\n", "# c\n",
     "a b", "a  b ", "a: b", "a#b", "b:c", "'d'", '"e"', "--- ", "\n---\n", "\n...\n", "? ", "| \n ", ">-\n  ",
     "{a: b}", "[a, b]", "{", "}", "[", "]", ", ", "&a ", "*a", "!t ", "%YAML 1.1\n", "\r\n", "x" * 1030]
)  # fmt: skip
texts = st.lists(marks | letters, max_size=30).map("".join)


@tries(1500, 100_000)
@example("a: b\n\ufeffc: d\n")
@example("a:\n  b c\n  d\n--- e\n")
@example("a: b\n  # c\nd\n")
@example("[a b,\n c: d, e ? f, {g: h i\n j}]\n")
@example("a\r\nb: c\r\n")
@given(texts)
def test_any_text_is_read_the_same(text):
    assert_same(text)
