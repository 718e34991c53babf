"""Files that are read part by part, when something of them is asked for."""

import json

import pytest

from estimator import facts, load
from estimator.model import DataError
from tests.conftest import ROOT

DATA = ROOT / "data"
SPOKEN = ("messages/en", "packet/en", "pages/en", "tools/en")


@pytest.mark.parametrize("name", SPOKEN)
def test_sentences_read_by_parts_are_those_of_the_whole_file(name):
    assert dict(load.Sentences(DATA, name)) == load.flat(DATA, name)


@pytest.mark.parametrize("name", SPOKEN)
def test_each_sentence_is_found_by_itself(name):
    for key, sentence in load.flat(DATA, name).items():
        assert load.Sentences(DATA, name)[key] == sentence


def test_asking_for_one_sentence_reads_no_other_part(monkeypatch):
    read = []
    whole = load.text_tree
    monkeypatch.setattr(load, "text_tree", lambda *given: read.append(given[0]) or whole(*given))
    sentences = load.Sentences(DATA, "messages/en")
    assert sentences["verdict.covered.word"]
    assert len(read) == 1
    assert len(read[0]) < 300  # of some 50,000 bytes
    assert sentences["verdict.covered.sentence"]
    assert len(read) == 1


def test_a_sentence_that_is_not_there_is_a_key_error():
    sentences = load.Sentences(DATA, "messages/en")
    for key in ("no.such.key", "verdict", "verdict.covered", "verdict.covered.nothing"):
        assert key not in sentences
        with pytest.raises(KeyError):
            sentences[key]


def test_entries_read_one_by_one_are_those_of_the_whole_file():
    entries = load.Entries(DATA, "sources", facts.FILES["sources"])
    assert dict(entries) == facts.sources(DATA)
    assert len(entries) == len(facts.sources(DATA))
    assert "no-such-source" not in entries


def test_a_file_with_braces_for_lines_is_read_as_well(tmp_path):
    (tmp_path / "en.yaml").write_text(json.dumps(load.flat(DATA, "tools/en")))
    assert dict(load.Sentences(tmp_path, "en")) == load.flat(DATA, "tools/en")
    source = {"title": "A", "publisher": "B", "retrieved": "2026-11-21", "grade": "P"}
    (tmp_path / "sources.yaml").write_text("\n" + json.dumps({"one": source, "two": source}))
    entries = load.Entries(tmp_path, "sources", facts.FILES["sources"])
    assert (len(entries), entries["two"].title) == (2, "A")


def test_a_paragraph_inside_a_sentence_stays_one(tmp_path):
    (tmp_path / "en.yaml").write_text("# Why\n\na:\n  # How\n  b: >-\n    One.\n\n    Two.\n")
    assert dict(load.Sentences(tmp_path, "en")) == {"a.b": "One.\nTwo."}


@pytest.mark.parametrize("kind", ["sentences", "entries"])
def test_a_file_that_is_not_there_is_told(kind, tmp_path):
    def opened():
        if kind == "sentences":
            return load.Sentences(tmp_path, "en")
        return load.Entries(tmp_path, "en", facts.FILES["sources"])

    with pytest.raises(DataError, match=r"en\.yaml: can't be opened: No such file"):
        opened()


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "en.yaml").write_bytes(b"good: One.\nbad: \xff\n")
    with pytest.raises(DataError, match=r"en\.yaml: line 2: expected UTF-8 text"):
        load.Sentences(tmp_path, "en")


def test_a_part_that_is_no_yaml_is_told_when_it_is_asked_for(tmp_path):
    (tmp_path / "en.yaml").write_text("good:\n  one: A sentence.\nbad:\n  two: *alias\n")
    sentences = load.Sentences(tmp_path, "en")
    assert sentences["good.one"] == "A sentence."
    with pytest.raises(DataError, match=r"en\.yaml: line 2: write the value out"):
        sentences["bad.two"]
