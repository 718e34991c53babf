"""Markup in any text of any data file, or in any answer, is shown as text and never becomes markup."""

import json
import shutil
from datetime import date
from html.parser import HTMLParser
from importlib import import_module

import pytest

from estimator import browser, check, load, tools
from estimator.browser import respond
from estimator.publish import parts, runtime
from estimator.publish.pages import posts
from estimator.publish.pages.site import open_site
from estimator.read import shape_of
from tests.conftest import ROOT

TODAY = date(2026, 11, 21)
# Behind each text: it closes a quoted attribute, an element and a script, and opens one of its own.
MARK = """ '"></p></script><hostile onhostile=1>&amp;"""
SHOWN = "&lt;hostile onhostile=1&gt;&amp;amp;"
FREE = ("words", "text", "sentences")
# These name things: another text there is another thing.
NAMES = {"id", "see"}


class Seen(HTMLParser):
    """The elements and attributes of some HTML."""

    def __init__(self, html):
        super().__init__()
        self.names = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names |= {tag, *(name for name, _ in attrs)}


def marked(reader, tree, key=""):
    """A tree with markup behind each text that people read."""
    shape = shape_of(reader)
    match shape["kind"]:
        case "record":
            readers = {**shape["required"], **shape["optional"]}
            return {name: marked(readers[name], item, name) for name, item in tree.items()}
        case "map":
            return {name: marked(shape["item"](name), item, name) for name, item in tree.items()}
        case "list":
            return [marked(shape["item"], item, key) for item in tree]
        case kind if kind in FREE and key not in NAMES:
            return behind(tree)
        case _:
            return tree


def behind(tree):
    """Text, or sentences below their keys, with the mark behind each."""
    if isinstance(tree, dict):
        return {name: behind(item) for name, item in tree.items()}
    return tree + MARK


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A checkout whose data says hostile things wherever it says anything in words."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "data", folder / "data")
    for name in ("build", "docs", "node_modules", "package-lock.json", "requirements"):
        (folder / name).symlink_to(ROOT / name)
    for path in sorted((folder / "data").rglob("*.yaml")):
        name = path.relative_to(folder / "data").with_suffix("").as_posix()
        pattern = check.pattern_of(name)
        if pattern is None:
            continue
        tree = marked(check.FILES[pattern], load.file_tree(path, name))
        path.write_text(json.dumps(tree), "utf-8")  # what JSON writes, YAML reads
    return folder


@pytest.fixture(scope="module")
def site(root):
    """The site as the build opens it: fit to publish, whatever its words say."""
    return open_site(root, TODAY, "https://guide.test/")


def body(page):
    """A page without its front matter, which is YAML."""
    return page.split("---\n", 2)[2] if page.startswith("---\n") else page


def told(html):
    """Assert that the mark is text wherever it stands; answer with how often it does."""
    assert not {"hostile", "onhostile"} & Seen(html).names
    assert "<hostile" not in html
    return html.count(SHOWN)


@pytest.mark.parametrize("make", parts.PARTS, ids=lambda make: make.__module__.rpartition(".")[2])
def test_no_part_of_a_page_takes_what_a_file_says_for_markup(site, make):
    shown = sum(told(html) for html in make(site).values())
    # Drawings, links and measurements hold no words of the data's own.
    assert shown or make.__module__.endswith(("drawings", "embedding", "scale", "speed")), (
        "the mark is nowhere"
    )


@pytest.mark.parametrize("make", parts.PAGES, ids=lambda make: make.__module__.rpartition(".")[2])
def test_no_whole_page_takes_what_a_file_says_for_markup(site, make):
    pages = make(site)
    assert pages
    shown = sum(told(body(page)) for page in pages.values())
    assert shown or make is posts.pages, "the mark is nowhere"


@pytest.fixture
def hostile_data(root, monkeypatch):
    """The estimator and the tools, reading that data."""
    monkeypatch.setattr(load, "data_folder", lambda: root / "data")
    forget()
    yield
    forget()


def forget():
    """Let go of the data that was read before."""
    for module in (
        browser,
        tools,
        *(import_module(f"estimator.tools.{name}") for name in tools.TOOLS.values()),
    ):
        for found in vars(module).values():
            if hasattr(found, "cache_clear"):
                found.cache_clear()


@pytest.mark.usefixtures("hostile_data")
def test_no_answer_takes_what_a_file_says_for_markup():
    shown = 0
    for request in runtime.exercise_requests(ROOT / "data"):
        reply = json.loads(respond(request))
        shown += told(reply["html"])
        # The page puts these into text, never into HTML.
        assert isinstance(reply["status"], str)
    assert shown > 1000
