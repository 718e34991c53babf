"""The data: fit to publish, every source resolved; and a validator that does refuse."""

import re
import shutil
from datetime import date

import pytest

from estimator import check, load
from estimator.model import DataError
from tests.conftest import ROOT

TODAY = date(2026, 11, 21)
SOURCES_LINE = re.compile(r"^\s*Sources: (.+)$", re.MULTILINE)


@pytest.fixture
def data(tmp_path):
    """A copy of the data that a test may break."""
    return shutil.copytree(ROOT / "data", tmp_path / "data")


def test_the_data_has_no_problems():
    assert check.problems(ROOT / "data", TODAY) == []


def test_every_source_named_in_a_docstring_is_in_the_list():
    known = load.sources(ROOT / "data")
    named = {
        item.strip()
        for path in (ROOT / "estimator").rglob("*.py")
        for line in SOURCES_LINE.findall(path.read_text("utf-8"))
        for item in line.split(",")
    }
    assert named
    assert named - set(known) == set()


def test_every_diagnosis_code_we_hold_is_there_once():
    held = load.diagnoses(ROOT / "data")
    listed = [code for codes in held.billable.values() for code in codes]
    assert len(listed) == len(set(listed)) == 185
    assert not set(listed) & set(held.not_billable)


PPO = "plans/commercial-ppo.yaml"
# file, what to replace, with what, and what the message must say
BROKEN = [
    (PPO, "id: commercial-ppo", "id: commercial-pp", "data/plans/commercial-ppo.yaml: id: expected"),
    (PPO, "reviewed: 2026-11-21", "reviewed: 21.11.2026",
     "data/plans/commercial-ppo.yaml: reviewed: expected a date YYYY-MM-DD, got '21.11.2026'"),
    (PPO, "requires:", "require:", "require: unknown key. Did you mean requires?"),
    (PPO, "  likely: in\n", "  likely: inside\n", "network.likely: expected one of in, out"),
    (PPO, "plausible: [in, out]", "plausible: [out]", "network.plausible: expected in, the likely"),
    (PPO, 'likely: "0.20"', 'likely: "20"',
     "assumed.in.coinsurance[0].likely: expected a fraction from 0 to 1, got '20'. Did you mean 0.20"),
    (PPO, 'likely: "1787.00"\n        high: "2575.00"', 'likely: "2787.00"\n        high: "2575.00"',
     "assumed.in.deductible[0]: expected low, likely and high to rise"),
    (PPO, "[kff-2024-deductible]", "[kff-2024-deductable]",
     "no source kff-2024-deductable in data/sources.yaml. Did you mean kff-2024-deductible?"),
    (PPO, "[kff-2024-deductible]", "[]", "sources: expected at least 1 items, got 0"),
    (PPO, "    - from: 2027-01-01\n      until: 2027-12-31",
     "    - from: 2027-02-01\n      until: 2027-12-31",
     "plausible_limits.oop_max[1].from: leaves a gap after 2026-12-31"),
    (PPO, "    - from: 2027-01-01\n      until: 2027-12-31",
     "    - from: 2026-12-01\n      until: 2027-12-31",
     "plausible_limits.oop_max[1].from: overlaps the entry before it"),
    (PPO, 'pays_out_of_network: "yes"', "pays_out_of_network: maybe", "expected one of yes, no, ask"),
    (PPO, "  visit_limit:", "  visit_limt:", "visit_limt: unknown key. Did you mean visit_limit?"),
    ("sources.yaml", "grade: P", "grade: Z", "grade: expected one of P, M, S, K, got 'Z'"),
    ("sources.yaml", "https://", "http://", "expected an address that begins with https://"),
    ("sources.yaml", "retrieved: 2026-11-21\n  grade: P", "grade: P", "retrieved: missing"),
    ("sources.yaml", "hcgov-coinsurance:", "hcgov-total-costs:",
     "the key 'hcgov-total-costs' is there twice"),
    ("assumptions.yaml", "fee:", "fees:", "data/assumptions.yaml: fees: unknown key. Did you mean fee"),
    ("assumptions.yaml", 'low: "60.00"', 'low: "60.005"', "fee[0].low: expected an amount from 0.00"),
    ("assumptions.yaml", "    why: The lengths", "    # The lengths", "why: missing"),
    ("rules.yaml", "[insurer-policies, irs", "[insurer-policy, irs", "Did you mean insurer-policies?"),
    ("codes.yaml", '"97124":', '"9712":', "data/codes.yaml: 9712: expected a billing code of five"),
    ("codes.yaml", 'unit_minutes: "15"', 'unit_minutes: "1O"', "expected a whole number from 1 to 60"),
    ("clinic.yaml", "name: ", "nam: ", "data/clinic.yaml: nam: unknown key. Did you mean name?"),  # codespell:ignore nam
    ("clinic.yaml", "# state: OH", "state: Ohio", "state: expected a two-letter US state or DC"),
    ("form.yaml", "key: purpose", "key: purpos", "Did you mean purpose?"),
    ("form.yaml", "key: provider", "key: purpose", "groups: purpose is asked twice"),
    ("form.yaml", "control: radios", "control: slider", "control: expected one of radios, select"),
    ("diagnoses.yaml", "M54.50:", "M5450x:", "expected a diagnosis code, like M54.50"),
    ("diagnoses.yaml", "status: outdated", "status: old", "expected one of outdated, incomplete"),
    ("examples/out-of-network-superbill.yaml", "fee:", "fees:", "given.fees: unknown key. Did you mean"),
    ("messages/en.yaml", "{low:dollars} and", "{low:dolars} and", "answer.range: expected placeholders"),
    ("messages/en.yaml", '    deductible: "{left', '    deductibl: "{left',
     "data/messages/en.yaml: step.cost.deductible: missing"),
    ("messages/en.yaml", "    label: Your deductible\n", "", "field.deductible.label: missing"),
    ("messages/en.yaml", "months: January", 'months: "January', "data/messages/en.yaml: line"),
    ("states/fl.yaml", "state: FL", "state: GA", "data/states/fl.yaml: state: expected FL, the file's"),
    ("states/wa.yaml", 'minimum: "10000.00"', 'minimum: "10.000"', "auto.minimum: expected an amount"),
    ("states/ca.yaml", "[pt-ot, chiropractor]", "[pt]", "providers[0]: expected one of lmt, pt-ot"),
    ("years/2026.yaml", 'year: "2026"', 'year: "2062"', "year: expected 2026, the file's name, got 2062"),
    ("years/2025.yaml", "hsa_self:", "hsa_sefl:", "amounts.hsa_sefl: unknown key. Did you mean hsa_self?"),
    ("years/2025.yaml", "[part-b-2026]", "[part-b-206]", "Did you mean part-b-2026?"),
    ("plans/medicare-original.yaml", 'balance_bill: "0.15"', "balance_bill: some", "balance_bill: expected"),
    ("plans/medicare-original.yaml", "    coinsurance:", "    coinsurence:", "Did you mean coinsurance?"),
    ("plans/va-community-care.yaml", 'visits: "12"', 'visits: "-1"', "episode.visits: expected a whole"),
    (PPO, "assumed:\n", "assumed: &a\n", "leave out the anchor '&'"),
    (PPO, "id: commercial-ppo", "id: !!str commercial-ppo", "leave out the tag '!'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "message"), BROKEN)
def test_a_broken_file_is_refused_with_its_name_its_place_and_what_was_expected(
    data, name, old, new, message
):
    path = data / name
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    found = check.problems(data, TODAY)
    assert message in "\n".join(found)
    assert all(line.startswith("data/") for line in found)


def test_problems_of_several_files_are_named_at_once(data):
    for name, old, new, _ in (BROKEN[1], BROKEN[13], BROKEN[22], BROKEN[25]):
        path = data / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    named = {line.split(":")[0] for line in check.problems(data, TODAY)}
    assert named >= {"data/plans/commercial-ppo.yaml", "data/sources.yaml", "data/codes.yaml",
                     "data/form.yaml"}  # fmt: skip


def test_a_file_nothing_reads_is_named(data):
    (data / "codess.yaml").write_text("a: b\n")
    assert check.problems(data, TODAY) == [
        "data/codess.yaml: nothing reads this file. Did you mean codes.yaml?"
    ]


def test_a_missing_file_is_named(data):
    (data / "codes.yaml").unlink()
    assert "data/codes.yaml: can't be opened: No such file or directory" in check.problems(
        data, TODAY
    )


def test_a_plan_nobody_knows_is_refused(data):
    shutil.copy(data / PPO, data / "plans" / "commercial-pposs.yaml")
    assert "not a plan we know" in "\n".join(check.problems(data, TODAY))


def test_an_unreadable_file_is_an_error_a_person_can_act_on():
    with pytest.raises(DataError, match="line 2: expected UTF-8 text"):
        load.text_tree(b"a: b\nc: \xff\n", "data/x.yaml")


def test_the_version_changes_with_the_data(data):
    before = load.version(data)
    (data / "clinic.yaml").write_text("name: Another\n")
    assert load.version(data) != before


def test_a_year_between_two_others_cannot_be_missing(data):
    (data / "years" / "2026.yaml").unlink()
    assert "data/years: no file for 2026, between two others" in check.problems(data, TODAY)


def test_a_state_that_is_none_is_refused(data):
    shutil.copy(data / "states" / "fl.yaml", data / "states" / "zz.yaml")
    assert "data/states/zz.yaml: not a state or DC" in check.problems(data, TODAY)
