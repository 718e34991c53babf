"""The pages as other programs' judges see them: valid HTML, and no link that leads nowhere."""

import json
import os
import subprocess

import pytest

from tests.conftest import ROOT

SITE = ROOT / "site"
TOOLS = ROOT / "node_modules" / ".bin"
# html-validate's recommended rules, but for what the theme writes and what forms here are.
RULES = {
    "root": True,
    "extends": ["html-validate:recommended"],
    "rules": {
        "doctype-style": "off",  # the theme's, in small letters
        "no-trailing-whitespace": "off",  # the theme's templates leave it
        "no-raw-characters": ["error", {"relaxed": True}],  # L&I is no entity
        "unique-landmark": "off",  # the theme's navigation, one inside the other
        "valid-autocomplete": "off",  # the theme's hidden checkboxes
        "valid-id": ["error", {"relaxed": True}],  # the theme's begin with __
        "wcag/h32": "off",  # forms here answer while one types: there is nothing to send
    },
}


def run(program, *arguments, seconds=240):
    """What a tool of node_modules prints."""
    done = subprocess.run(
        [TOOLS / program, *map(str, arguments)],
        capture_output=True, text=True, timeout=seconds, check=False, cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    return done.stdout, done.stderr


def validated(folder, *pages):
    """Each fault that html-validate finds in pages, with its place."""
    config = folder / "rules.json"
    config.write_text(json.dumps(RULES), "utf-8")
    told, complaint = run("html-validate", "--config", config, "--formatter", "json", *pages)
    assert told.startswith("["), complaint
    return [
        f"{page['filePath']}:{fault['line']}: {fault['message']} ({fault['ruleId']})"
        for page in json.loads(told)
        for fault in page["messages"]
    ]


def test_every_page_is_valid_html(tmp_path):
    pages = sorted(SITE.rglob("*.html"))
    assert len(pages) > 100
    assert validated(tmp_path, *pages) == []


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("<ul><p>One</p></ul>", "element-permitted-content"),
        ('<p id="a">One</p><p id="a">two</p>', "no-dup-id"),
        ('<img src="a.png">', "wcag/h37"),
        ("<button>Go</button>", "no-implicit-button-type"),
    ],
)
def test_what_is_wrong_is_found(tmp_path, wrong, rule):
    page = tmp_path / "page.html"
    page.write_text(f'<!doctype html><html lang="en"><head><title>x</title></head><body>{wrong}')
    assert f"({rule})" in " ".join(validated(tmp_path, page))


def dead_links(folder):
    """What hyperlink can't find when it follows every link from the home page, and what it saw."""
    # The estimator's links carry answers after #e=, not the name of a place on the page.
    told, complaint = run(
        "hyperlink", "--root", folder, "--recursive", "--internal", "--skip", "/#e=",
        folder / "index.html",
    )  # fmt: skip
    lines = told.splitlines()
    assert any(line.startswith("# tests") for line in lines), complaint
    return [line for line in lines if line.startswith("not ok")], lines


@pytest.mark.thorough
def test_no_link_or_place_on_a_page_is_dead():
    dead, seen = dead_links(SITE)
    assert dead == []
    assert len([line for line in seen if "fragment-check" in line]) > 500


@pytest.mark.thorough
def test_a_dead_link_and_a_dead_place_are_found(tmp_path):
    (tmp_path / "index.html").write_text(
        '<!doctype html><title>x</title><a href="b.html#there">b</a> <a href="c.html">c</a>'
    )
    (tmp_path / "b.html").write_text('<!doctype html><title>b</title><p id="here">b</p>')
    dead, _ = dead_links(tmp_path)
    assert len(dead) == 2, dead
