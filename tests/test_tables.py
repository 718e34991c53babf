"""Every case table, case by case, in CPython."""

import pytest

from estimator import load
from estimator.cli import main
from estimator.messages import as_data
from estimator.read import services
from estimator.units import units
from tests.tables import OWN, differences, estimated, rules, table


def cases(name):
    return [pytest.param(case, id=case["id"]) for case in table(name)]


@pytest.mark.parametrize("case", cases("published"))
def test_published_cases_come_out_to_the_cent(case):
    assert differences(as_data(estimated(case["given"])), case["expect"]) == []


@pytest.mark.parametrize("case", [case for name in OWN for case in cases(name)])
def test_our_own_cases_come_out_to_the_cent(case):
    assert differences(as_data(estimated(case["given"])), case["expect"]) == []


@pytest.mark.parametrize("name", OWN)
def test_each_case_says_why(name):
    assert [case["id"] for case in table(name) if not case.get("why")] == []


@pytest.mark.parametrize("case", cases("published-units"))
def test_published_minutes_become_units(case):
    codes = rules().codes
    given = [{"code": code, "minutes": spent} for code, spent in case["given"]["minutes"].items()]
    found = units(services(given, "codes"), case["given"]["rule"], codes)
    assert str(sum(found.values())) == case["expect"]["units"]


def test_a_table_is_input_for_the_command_line(capsys):
    path = load.Path(__file__).parent / "cases" / "commercial-ppo.yaml"
    assert main(["estimate", str(path), "--format", "json", "--as-of", "2026-11-21"]) == 0
    assert capsys.readouterr().out.count('"verdict"') == len(table("commercial-ppo"))
