"""The editor's schemas say what the readers say, for files that are right and files that aren't."""

import json
import re
import shutil

import jsonschema
import pytest
import yaml

from estimator import check, load
from estimator.model import DataError
from estimator.publish.schemas import schema_name, schemas, write_schemas
from tests.broken import break_file, broken, broken_id
from tests.conftest import ROOT

DATA = ROOT / "data"
FILES = sorted(path for path in DATA.rglob("*.yaml") if "templates" not in path.parts)


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: 12 is a number and true is a truth, NO and dates are text."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"null|Null|NULL|~|", ["n", "N", "~", ""]),
):
    EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first)
    )


def validator(name):
    text = schemas()[check.pattern_of(name)]
    return jsonschema.Draft202012Validator(
        json.loads(text), format_checker=jsonschema.FormatChecker()
    )


def name_of(path):
    return path.relative_to(DATA).with_suffix("").as_posix()


def test_the_schemas_in_the_repository_are_those_the_readers_make(tmp_path):
    shutil.copytree(DATA / "schemas", tmp_path / "data" / "schemas")
    write_schemas(tmp_path)
    made = {path.name: path.read_text() for path in (tmp_path / "data" / "schemas").iterdir()}
    assert made == {path.name: path.read_text() for path in (DATA / "schemas").iterdir()}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_each_file_names_its_schema_in_its_first_line(path):
    first = path.read_text("utf-8").splitlines()[0]
    kind = schema_name(check.pattern_of(name_of(path)))
    up = "../" * (len(path.relative_to(DATA).parts) - 1)
    assert first == f"# yaml-language-server: $schema={up}schemas/{kind}.json"
    assert (DATA / "schemas" / f"{kind}.json").is_file()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_the_reader_accepts_no_editor_underlines(path):
    name = name_of(path)
    as_text = load.file_tree(path, name)
    as_editor = yaml.load(path.read_text("utf-8"), Loader=EditorLoader)
    for tree in (as_text, as_editor):
        assert [error.message for error in validator(name).iter_errors(tree)] == []


@pytest.mark.parametrize("case", broken(), ids=broken_id)
def test_what_the_reader_refuses_an_editor_underlines_where_one_file_can_show_it(case, tmp_path):
    (tmp_path / case["file"]).parent.mkdir(exist_ok=True)
    shutil.copy(DATA / case["file"], tmp_path / case["file"])
    break_file(tmp_path, case)
    name = case["file"].removesuffix(".yaml")
    try:
        tree = load.file_tree(tmp_path / case["file"], name)
    except DataError:
        is_refused = True  # no YAML as we allow it: an editor's parser comes before its schema
    else:
        is_refused = bool(list(validator(name).iter_errors(tree)))
    assert is_refused == (case["editor"] == "yes")
