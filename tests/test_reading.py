"""Every page for clients is easy to read, and an article says how long it takes."""

import re

import pytest

from estimator import load
from estimator.messages import Messages
from estimator.publish.reading_time import WORDS_PER_MINUTE, minutes, with_reading_time
from tests.conftest import ROOT
from tests.reading import HARDEST, NOT_FOR_CLIENTS, SITE, client_pages, grade, sentences, unmarked

NAMES = client_pages()
MESSAGES = Messages(load.flat(ROOT / "data", "messages/en"))
SAID = re.compile(r'</h1><p class="reading-time">(\d+) min read</p>')


def html(name):
    return (SITE / name).read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_client_page_can_be_read_by_a_twelve_year_old(name):
    # The page shown without a network is a few lines, and the estimator mostly a form.
    assert len(sentences(html(name)).split()) >= (15 if name.startswith("offline/") else 60)
    assert grade(html(name)) <= HARDEST


# How often plans pay, nobody has counted: a page that says so has no source.
UNCOUNTED = re.compile(
    r"\b(almost always|almost never|usually covered|most (plans|insurers) (cover|pay|want)"
    r"|success rates?|appeals? (\w+ ){0,3}wins?)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_does_not_say_how_often_plans_pay(name):
    assert UNCOUNTED.findall(unmarked(html(name))) == []


@pytest.mark.parametrize(
    "text", ["Massage is usually covered.", "Most plans pay.", "Appeals rarely win."]
)
def test_a_frequency_without_a_source_is_found(text):
    assert UNCOUNTED.search(text)


def test_pages_for_clients_are_most_of_the_site():
    assert {"index.html", "estimator/index.html", "states/ohio/index.html"} <= set(NAMES)
    assert len(NAMES) > 100
    assert not [name for name in NAMES if name.startswith(NOT_FOR_CLIENTS)]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The dog ran to the cat. The cat sat on a mat.", -5, 1),
        ("Utilization review necessitates documentation of functional improvement.", 20, 40),
    ],
)
def test_what_is_hard_to_read_is_found(text, least, most):
    assert least <= grade(f"<article><p>{text}</p></article>") <= most


def test_what_nobody_reads_as_a_sentence_is_left_out():
    page = """<p>Before it.</p><article><h1>Head</h1><p class="reading-time">3 min read</p>
        <p>One <a>two</a> <code>97124</code>.</p><ul><li>Three<ul><li>four</li></ul></li></ul>
        <table><tr><td><p>cell</p></td></tr></table><form><p>field</p></form>
        <footer><p>foot</p></footer><template><p>note</p></template>
        <p>Five<span class="cites"> 1</span></p></article>"""
    assert sentences(page) == "One two . Three. four. Five."


@pytest.mark.parametrize("name", NAMES)
def test_an_article_says_how_long_it_takes_to_read(name):
    said = SAID.findall(html(name))
    looked_up = name.startswith(("estimator/", "glossary/", "offline/", "tools/"))
    assert len(said) == (0 if looked_up else 1)
    if said:
        words = len(sentences(html(name)).split())
        assert 1 <= int(said[0]) <= 2 + words / 100


@pytest.mark.parametrize(
    ("words", "expected"),
    [(1, 1), (WORDS_PER_MINUTE, 1), (2 * WORDS_PER_MINUTE, 2), (5 * WORDS_PER_MINUTE, 5)],
)
def test_minutes_are_words_by_the_speed_of_reading(words, expected):
    folded = "<details><p>" + "word " * 5000 + "</p></details>"
    assert minutes("<p>" + "word " * words + f"</p>{folded}") == expected


def test_the_time_stands_below_the_heading_of_an_article_alone():
    page = "<h1>Site</h1><article><h1>Plan</h1><p>Words.</p></article>"
    timed = with_reading_time(page, "plans/ppo/index.html", MESSAGES)
    assert timed == page.replace(
        "Plan</h1>", 'Plan</h1><p class="reading-time">1 min read</p>'
    )  # fmt: skip
    assert with_reading_time(page, "maintain/facts/index.html", MESSAGES) == page
    assert with_reading_time("<p>No article</p>", "x/index.html", MESSAGES) == "<p>No article</p>"
