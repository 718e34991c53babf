"""The same tables inside the browser's own Python, on the library that visitors get."""

import json
import subprocess

import pytest

from estimator.load import data_folder, flat
from estimator.messages import Messages, as_data, written_out
from tests.conftest import ROOT
from tests.tables import AS_OF, OWN, differences, estimated, table

PROGRAM = f"""
import json
from datetime import date

from estimator import facts, load, read
from estimator.engine import estimate
from estimator.messages import Messages, as_data, written_out

folder = load.data_folder()
rules = facts.rules(folder)
messages = Messages(load.flat(folder, "messages/en"))


def answer(given):
    found = estimate(read.case(given), rules, date({AS_OF.year}, {AS_OF.month}, {AS_OF.day}))
    return as_data(written_out(found, messages))


result = json.dumps([answer(given) for given in json.loads(stdin_text)])
"""


@pytest.fixture(scope="module")
def answers(runtime, tmp_path_factory):
    """Each table's cases with what the browser's Python made of them."""
    cases = [(name, case) for name in ("published", *OWN) for case in table(name)]
    program = tmp_path_factory.mktemp("program") / "tables.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        ["node", ROOT / "estimator" / "publish" / "node.mjs", runtime, program],
        input=json.dumps([case["given"] for _, case in cases]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [(*pair, found) for pair, found in zip(cases, json.loads(done.stdout), strict=True)]


def test_published_and_own_cases_come_out_to_the_cent_in_the_browser_s_python(answers):
    assert len([name for name, _, _ in answers if name == "published"]) == 55
    wrong = {
        case["id"]: found_differences
        for _, case, found in answers
        if (found_differences := differences(found, case["expect"]))
    }
    assert wrong == {}


def test_both_pythons_give_the_same_estimate_to_the_last_word(answers):
    messages = Messages(flat(data_folder(), "messages/en"))
    for _, case, found in answers:
        expected = as_data(written_out(estimated(case["given"]), messages))
        assert found == json.loads(json.dumps(expected)), case["id"]
