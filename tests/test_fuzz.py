"""Whatever arrives in a link, a form or a file: an answer or a message, soon, and no markup.

`make test` tries some hundreds of inputs, `make fuzz` a hundred thousand.
"""

import json
import os
import re
import string
import time
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from estimator import facts, load
from estimator.browser import respond
from estimator.model import KEYS, DataError
from estimator.publish.runtime import exercise_requests
from estimator.tools import TOOLS
from tests.conftest import ROOT
from tests.test_link import check as check_link

HOSTILE = "<img src=x onerror=alert(1)>\"'&"
# Markup that isn't ours, in HTML that is: an element nobody makes here, or a handler.
FOREIGN = re.compile(
    r"<(?:img|script|iframe|object|embed|base|style)\b|\son\w+\s*=|javascript:", re.IGNORECASE
)
SLOW = 5.0  # seconds for one answer; it takes a hundredth of one
BIG = 64_000_000  # bytes that one answer may take, and 20 times what it does
FULL = os.environ.get("FUZZ") == "full"


def tries(few, many):
    """How many inputs a test takes now, and in `make fuzz`."""
    return settings(
        max_examples=many if FULL else few, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip


# --- what people, and others, type ----------------------------------------------------------------

FIELDS = sorted({field.key for group in facts.form(load.data_folder()) for field in group.fields})
VALUES = sorted({value for key in KEYS for value in key.values})
EXERCISES = [json.loads(request) for request in exercise_requests(ROOT / "data")]
TOOL_FIELDS = {
    name: sorted({key for request in EXERCISES if request.get("tool") == name for key in request["answers"]})
    for name in TOOLS
}  # fmt: skip

anything = st.text(max_size=60) | st.sampled_from(
    [HOSTILE, "\0", "\u202e1", "\ud800", "٣", "1e999999", "NaN", "-0", "9" * 5000, "$" * 100_000,
     "{{7*7}}", "%s%n", "{verdict}", "2026-02-30", "0000-00-00", "99-99", "1" + "0" * 39, "__proto__"]
)  # fmt: skip
numbers = st.decimals(allow_nan=True, allow_infinity=True).map(str) | st.integers().map(str)
near = st.decimals(0, 5000, places=2).map(str) | st.integers(0, 400).map(str)
words = st.sampled_from(VALUES)
days = st.dates().map(str)
values = anything | numbers | near | words | days
links = (
    st.text(max_size=80)
    | st.text(string.ascii_letters + string.digits + "Zpn159", max_size=80).map(lambda text: f"19{text}Z")
    | st.tuples(
        st.sampled_from(["117PdGlLpSorNiBcXyJxF120A96p50HdiD1500M1250C0p2OnV6T20261201Z"]),
        st.integers(0, 60), st.text(max_size=6), st.integers(0, 5),
    ).map(lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + parts[3] :])
)  # fmt: skip


def answered(request):
    """Ask as the page does; the answer comes soon, and nothing of what was typed is markup."""
    began = time.perf_counter()
    reply = json.loads(respond(json.dumps(request)))
    assert time.perf_counter() - began < SLOW, request
    assert not FOREIGN.search(reply["html"]), FOREIGN.search(reply["html"])
    assert HOSTILE not in reply["html"]
    return reply


@tries(300, 60_000)
@given(links)
def test_a_link_says_nothing_but_words_of_the_form(text):
    check_link(text)


@tries(150, 20_000)
@given(
    st.dictionaries(st.sampled_from(FIELDS) | anything, values, max_size=12),
    st.none() | links,
    st.booleans(),
)
@example(dict.fromkeys(FIELDS, HOSTILE), HOSTILE, True)
@example(dict.fromkeys(FIELDS, "9" * 40), None, False)
@example(dict.fromkeys(FIELDS[:3], "1" * 1000000), "1" * 1_000_000, False)
def test_the_form_is_answered_whatever_is_typed(answers, fragment, is_remembered):
    request = {"answers": answers, "built": "2026-11-21", "filled": {}}
    if fragment is not None:
        request |= {"link": fragment, "fields": FIELDS, "remembered": is_remembered}
    reply = answered(request)
    assert set(reply["errors"]) <= set(answers) | set(reply["fill"]) | set(FIELDS)
    assert 'data-output="verdict"' in reply["html"]


@tries(100, 10_000)
@given(st.data())
def test_a_tool_answers_whatever_is_typed(data):
    name = data.draw(st.sampled_from(sorted(TOOLS)))
    keys = st.sampled_from(TOOL_FIELDS[name]) | anything
    answers = data.draw(st.dictionaries(keys, values, max_size=10))
    answered({"tool": name, "answers": answers, "built": "2026-11-21"})


@pytest.mark.parametrize("unit", ["9", "a", "<", "1Z", "\0", "🂆"])
def test_an_answer_of_a_million_letters_takes_no_more_memory_than_any(unit):
    text = unit * 1_000_000
    answered({"answers": {"fee": "1"}, "built": "2026-11-21"})  # the data is read once
    tracemalloc.start()
    try:
        answered(
            {
                "answers": {"fee": text, "plan": text},
                "built": "2026-11-21",
                "link": text,
                "fields": FIELDS,
            }
        )
        assert tracemalloc.get_traced_memory()[1] < BIG
    finally:
        tracemalloc.stop()


# --- files ----------------------------------------------------------------------------------------

yaml_pieces = st.lists(
    st.sampled_from(
        ["a: ", "- ", "&a ", "*a", "!!python/object:os.system ", "!x ", "<<: ", "? ", ": ", "{", "}", "[", "]", "|\n",
         ">\n", "\n", "  ", "\t", "---\n", "...\n", "%YAML 1.1\n", "#", "'", '"', "\\x00", "\ufeff", "\u2028", "\u0085",
         "x", "1", "~", "@", "`", ","]
    ) | st.text(max_size=4),
    max_size=40,
).map("".join)  # fmt: skip


@tries(200, 10_000)
@given(
    st.binary(max_size=200) | yaml_pieces.map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_a_file_is_a_tree_of_text_or_refused_in_words(content):
    with suppress(DataError):
        assert_plain(load.text_tree(content, "data/x.yaml"))


def assert_plain(tree):
    """Only mappings, lists and text."""
    if isinstance(tree, dict):
        assert all(isinstance(key, str) for key in tree)
        tree = list(tree.values())
    if isinstance(tree, list):
        for item in tree:
            assert_plain(item)
    else:
        assert isinstance(tree, str)


HOSTILE_FILES = load.file_tree(ROOT / "tests" / "hostile" / "files.yaml", "files.yaml")


def made(case):
    """The bytes of a case: its text, repeated where it says so, in its encoding, or its bytes."""
    if "bytes" in case:
        return bytes.fromhex(case["bytes"])
    text = (
        case.get("before", "") + case["text"] * int(case.get("times", "1")) + case.get("after", "")
    )
    return text.encode(case.get("encoding", "utf-8"), "surrogatepass")


@pytest.mark.parametrize("case", HOSTILE_FILES, ids=lambda case: case["what"])
def test_a_hostile_file_is_refused_in_words_or_is_only_text(case):
    began = time.perf_counter()
    if "says" in case:
        with pytest.raises(DataError) as refused:
            load.text_tree(made(case), "x.yaml")
        assert refused.value.problems == [f"x.yaml: {case['says']}"]
    else:
        assert load.text_tree(made(case), "x.yaml") == case["reads"]
    assert time.perf_counter() - began < 2 * SLOW
