"""The table of files that are wrong: `broken.yaml`."""

from estimator import load
from tests.conftest import ROOT


def broken():
    path = ROOT / "tests" / "broken.yaml"
    return load.file_tree(path, path.name)


def broken_id(case):
    return f"{case['file']}: {case['says'][:50]}"


def break_file(folder, case):
    """Break a file of a data folder as a case of the table says."""
    path = folder / case["file"]
    before = path.read_text("utf-8")
    assert case["replace"] in before
    path.write_text(before.replace(case["replace"], case["by"], 1), encoding="utf-8")
