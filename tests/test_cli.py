"""The command line: what it prints, and how it refuses."""

import io
import json
import sys

import pytest

from estimator.cli import main


def run(monkeypatch, capsys, *arguments, stdin=b""):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    status = main(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture
def command(monkeypatch, capsys):
    return lambda *arguments, stdin=b"": run(monkeypatch, capsys, *arguments, stdin=stdin)


def test_one_case_gives_one_estimate_with_the_published_keys(command):
    status, out, err = command("estimate", "-", "--format", "json", stdin=b"plan: commercial-ppo")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert list(found) == [
        "verdict", "reasons", "conditions", "range", "if_denied", "scenarios", "tax_saving",
        "steps", "gaps", "questions", "alternatives", "warnings", "as_of", "data_version",
    ]  # fmt: skip
    assert list(found["scenarios"]["likely"]["visits"][0]) == [
        "number", "date", "fee", "allowed", "deductible", "copay", "coinsurance", "balance_bill",
        "not_covered", "write_off", "patient", "plan", "deductible_met_after", "oop_met_after",
        "family_deductible_met_after", "family_oop_met_after", "visits_used_after",
        "plan_paid_after",
    ]  # fmt: skip


def test_a_list_comes_back_as_a_list_and_given_is_read_through(command):
    stdin = b"- {given: {fee: '10.00', visits: 1}}\n- {fee: '20.00', visits: 2}\n"
    _, out, _ = command("estimate", "-", "--format", "json", stdin=stdin)
    assert [item["if_denied"] for item in json.loads(out)] == ["10.00", "40.00"]


def test_an_empty_mapping_is_the_verdict_unknown(command):
    status, out, _ = command("estimate", "-", "--format", "json", stdin=b"{}")
    assert (status, json.loads(out)["verdict"]) == (0, "unknown")


def test_unknown_and_blank_are_the_same_as_absent(command):
    as_of = ("--as-of", "2026-11-21", "--format", "json")
    _, absent, _ = command("estimate", "-", *as_of, stdin=b"plan: commercial-ppo")
    stdin = b"plan: commercial-ppo\nfee: unknown\nnetwork:\n"
    _, unknown, _ = command("estimate", "-", *as_of, stdin=stdin)
    assert unknown == absent


BAD = [
    (b"", "standard input: the file is empty"),
    (b"# only a comment\n", "standard input: the file is empty"),
    (b"[]", "cases: expected at least one case, got an empty list"),
    (b"just words", "case 1: expected keys with values, got 'just words'"),
    (b"copai: 3", "case 1: copai: unknown key. Did you mean copay?"),
    (b"coinsurance: 20",
     "case 1: coinsurance: expected a fraction from 0 to 1, got '20'. Did you mean 0.20?"),
    (b"fee: -5", "case 1: fee: expected an amount from 0.00 to 1000000000000.00, got '-5'."
     " Did you mean 5.00?"),
    (b"fee: $1,500", "case 1: fee: expected an amount from 0.00 to 1000000000000.00,"
     " got '$1,500'. Did you mean 1500.00?"),
    (b"fee: '1.005'", "case 1: fee: expected an amount from 0.00 to 1000000000000.00,"
     " got '1.005'. Did you mean 1.01?"),
    (b"fee: '1000000000000.01'", "case 1: fee: expected an amount from 0.00 to 1000000000000.00,"
     " got '1000000000000.01'"),
    (b"fee: none", "case 1: fee: expected an amount from 0.00 to 1000000000000.00, got 'none'"),
    (b"start: 2026-02-30", "case 1: start: expected a date that exists, YYYY-MM-DD,"
     " got '2026-02-30'"),
    (b"start: tomorrow", "case 1: start: expected a date YYYY-MM-DD, got 'tomorrow'"),
    (b"plan: commercial-pp",
     "case 1: plan: expected one of commercial-ppo, commercial-hmo, commercial-epo,"
     " commercial-pos, commercial-hdhp, medicare-original, medicare-advantage, medicaid,"
     " va-community-care, tricare, fehb, auto-pip, auto-medpay, workers-comp, self-pay,"
     " got 'commercial-pp'. Did you mean commercial-ppo?"),
    (b"state: Ohio", "case 1: state: expected a two-letter US state or DC, got 'Ohio'"),
    (b"visits: 0", "case 1: visits: expected a whole number from 1 to 366, got '0'"),
    (b"visits: 367", "case 1: visits: expected a whole number from 1 to 366, got '367'"),
    (b"visits: []", "case 1: visits: expected 1 to 366 items, got 0"),
    (b"visits: [{fe: 1}]", "case 1: visits[0].fe: unknown key. Did you mean fee?"),
    (b"visits: [{date: 2026-01-02}, {date: 2026-01-01}]",
     "case 1: visits: expected dates in the order of the visits"),
    (b"visits: [{date: 2026-01-02}, {}]",
     "case 1: visits: expected a date for each visit, or for none"),
    (b"plan_year_start: 02-29",
     "case 1: plan_year_start: expected a day that every year has, MM-DD, got '02-29'."
     " Did you mean 03-01?"),
    (b"per_week: 0", "case 1: per_week: expected a number above 0 and up to 7, got '0'"),
    (b"{deductible: '100.00', deductible_met: '100.01'}",
     "case 1: deductible_met: expected at most the deductible of 100.00, got '100.01'."
     " Check both numbers"),
    (b"{visit_limit: 3, visits_used: 4}",
     "case 1: visits_used: expected at most the visit_limit of 3, got '4'. Check both numbers"),
    (b"{allowed_low: '9.00', allowed_high: '8.00'}",
     "case 1: allowed_low: expected at most the allowed_high of 8.00, got '9.00'"),
    (b"allowed_low: '9.00'", "case 1: allowed_low: expected allowed_high beside it"),
    (b"codes: [{code: massage}]", "case 1: codes[0].minutes: missing"),
    (b"fee: [1]", "case 1: fee: expected one value, got a list"),
    (b"fee: 1\nfee: 2", "standard input: line 2: the key 'fee' is there twice"),
    (b"fee: &a 1", "standard input: line 1: leave out the anchor '&'"),
    (b"{fee: &a 1, copay: *a}", "standard input: line 1: leave out the anchor '&'"),
    (b"fee: !!python/object:os.system 1", "standard input: line 1: leave out the tag '!'"),
    (b"a: 1\n---\nb: 2", "standard input: line 2: expected one document, but a second begins"),
    (b"fee: [1", "standard input: line 1: expected YAML, but"),
    (b"[" * 50, "standard input: line 1: expected at most 20 levels of nesting"),
    (b"fee: \xff", "standard input: line 1: expected UTF-8 text, got other bytes"),
    (b"fee: \x07", "standard input: expected YAML, but"),
    (b"#" * 10_000_000, "standard input: expected at most 5 MB, got 10,000,000 bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("stdin", "message"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_bad_input_ends_with_status_2_a_line_for_each_problem_and_nothing_else(
    command, stdin, message
):
    status, out, err = command("estimate", "-", "--format", "json", stdin=stdin)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_every_problem_of_every_case_is_named_and_no_result_is_half_printed(command):
    stdin = b"- {fee: '10.00'}\n- {fee: x, copai: 1}\n- {coinsurance: 20}\n"
    status, out, err = command("estimate", "-", stdin=stdin)
    assert (status, out) == (2, "")
    assert [line.split(":")[:2] for line in err.splitlines()] == [
        ["case 2", " copai"], ["case 2", " fee"], ["case 3", " coinsurance"],
    ]  # fmt: skip


def test_a_file_that_is_not_there_is_named(command):
    status, _, err = command("estimate", "no-such-file.yaml")
    assert (status, err) == (2, "no-such-file.yaml: can't be opened: No such file or directory\n")


def test_a_day_without_figures_is_refused_by_name(command):
    stdin = b"{plan: commercial-ppo, visits: 1, fee: '100.00'}"
    status, _, err = command("estimate", "-", "--as-of", "2001-01-01", stdin=stdin)
    assert status == 2
    assert err.startswith("case 1: deductible: we hold no figure for 2001-01-01")


def test_units_are_counted_by_both_rules(command):
    _, out, _ = command("units", "97110=8", "97140=8", "--format", "json")
    assert json.loads(out) == {"units": 1, "by_code": {"97110": 1, "97140": 0}}
    _, out, _ = command("units", "97110=8", "97140=8", "--rule", "ama", "--format", "json")
    assert json.loads(out) == {"units": 2, "by_code": {"97110": 1, "97140": 1}}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["97124"], "97124: expected a whole number from 1 to 1440, got ''"),
        (["97124=x"], "97124=x: expected a whole number from 1 to 1440, got 'x'"),
        (["massage=15"], "massage=15: expected a billing code of five characters"),
        (["99999=15"], "codes: we hold no rules for the code 99999"),
        (["97124=15", "--rule", "x"], "--rule: expected cms or ama, got 'x'"),
    ],
)
def test_units_refuse_what_they_do_not_know(command, arguments, message):
    status, out, err = command("units", *arguments)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("M54.50", None, ("billable", [], None)),
        ("m54.50", None, ("billable", [], None)),
        ("M54.5", None, ("outdated", ["M54.50", "M54.51", "M54.59"], "2021-10-01")),
        ("M54.5", "2021-09-30", ("billable", [], None)),
        ("M54.5", "2021-10-01", ("outdated", ["M54.50", "M54.51", "M54.59"], "2021-10-01")),
        ("S13.4", None, ("incomplete", ["S13.4XXA", "S13.4XXD", "S13.4XXS"], None)),
        ("Z99.9", None, ("unknown", [], None)),
    ],
)
def test_a_diagnosis_code_is_looked_up_for_its_day(command, code, on, expected):
    day = ("--on", on) if on else ()
    _, out, _ = command("code", code, *day, "--format", "json")
    found = json.loads(out)
    assert (found["status"], found["replaced_by"], found["since"]) == expected


def test_the_data_is_fit_to_publish(command):
    assert command("check") == (0, "data: no problems\n", "")


def test_stale_lists_what_nobody_has_looked_at_for_a_year(command):
    status, out, _ = command("stale", "--on", "2026-11-21")
    assert status == 0
    assert out.startswith(
        "Nothing is past its review date on 2026-11-21.\n\nComing up:\n2027-01-01: "
    )
    status, out, _ = command("stale", "--on", "2028-01-01")
    assert status == 1
    assert "data/plans/commercial-ppo.yaml: last checked on 2026-11-21" in out
