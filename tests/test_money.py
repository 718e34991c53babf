"""Amounts, rates and units as people and cases write them; packages against insurance."""

from decimal import Decimal

import pytest

from estimator.model import DataError, Service
from estimator.money import (
    as_dollars,
    as_percent,
    as_text,
    as_whole_dollars,
    cents,
    midpoint,
)
from estimator.units import units
from tests.tables import estimated, rules


@pytest.mark.parametrize(
    ("write", "amount", "written"),
    [
        (as_text, "1500", "1500.00"),
        (as_text, "2.525", "2.53"),
        (as_dollars, "1500.00", "$1,500"),
        (as_dollars, "96.5", "$96.50"),
        (as_dollars, "1234567.89", "$1,234,567.89"),
        (as_dollars, "0.994", "$0.99"),
        (as_dollars, "0.996", "$1"),
        (as_dollars, "0.00", "$0"),
        (as_whole_dollars, "545.22", "$545"),
        (as_whole_dollars, "544.50", "$545"),
        (as_whole_dollars, "545.50", "$546"),
        (as_whole_dollars, "1260.49", "$1,260"),
        (as_percent, "0.20", "20%"),
        (as_percent, "0.125", "12.5%"),
        (as_percent, "1", "100%"),
        (as_percent, "0", "0%"),
    ],
)
def test_amounts_are_written_as_people_read_them(write, amount, written):
    assert write(Decimal(amount)) == written


def test_half_a_cent_goes_up():
    assert [cents(Decimal(text)) for text in ("0.005", "0.015", "0.0149")] == [
        Decimal("0.01"), Decimal("0.02"), Decimal("0.01"),
    ]  # fmt: skip
    assert midpoint(Decimal("80.00"), Decimal("100.01")) == Decimal("90.01")


@pytest.mark.parametrize(
    ("minutes", "rule", "expected"),
    [
        ({"97124": 15}, "cms", {"97124": 1}),
        ({"97124": 7}, "cms", {"97124": 0}),
        ({"97124": 8}, "cms", {"97124": 1}),
        ({"97124": 22}, "ama", {"97124": 1}),
        ({"97124": 23}, "ama", {"97124": 2}),
        # The rest of both makes one more unit; it goes to the one with more minutes left over.
        ({"97110": 33, "97140": 7}, "cms", {"97110": 2, "97140": 1}),
        ({"97140": 18, "97110": 25}, "cms", {"97140": 1, "97110": 2}),
        # On a tie it goes to the one named first.
        ({"97140": 5, "97110": 5}, "cms", {"97140": 1, "97110": 0}),
        ({"97110": 5, "97140": 5}, "cms", {"97110": 1, "97140": 0}),
        # Three codes share what is left by the minutes they have left over.
        ({"97110": 20, "97124": 24, "97140": 23}, "cms", {"97110": 1, "97124": 2, "97140": 1}),
        # A pack earns no units by minutes, and its minutes help no other code.
        ({"97124": 7, "97010": 15}, "cms", {"97124": 0}),
        ({"97010": 15}, "ama", {}),
    ],
)
def test_minutes_become_units(minutes, rule, expected):
    services = [Service(code, spent) for code, spent in minutes.items()]
    found = units(services, rule, rules().codes)
    assert list(found.items()) == list(expected.items())


def test_a_code_named_twice_is_added_up():
    services = [Service("97124", 7), Service("97124", 8)]
    assert units(services, "cms", rules().codes) == {"97124": 1}
    assert units(services, "ama", rules().codes) == {"97124": 1}
    assert units([Service("97124", 15)] * 3, "cms", rules().codes) == {"97124": 3}


def test_a_code_nobody_knows_is_refused():
    with pytest.raises(DataError) as refused:
        units([Service("99999", 15)], "cms", rules().codes)
    assert refused.value.problems == ["codes: we hold no rules for the code 99999"]


PAID = {"plan": "commercial-ppo", "purpose": "diagnosed", "provider": "lmt", "network": "out",
        "benefit": "covered", "prescription": "yes", "prior_auth": "not-needed",
        "cost_sharing": "deductible-coinsurance", "coinsurance": "0.20", "fee": "100.00",
        "allowed": "100.00"}  # fmt: skip


def package(given, visits="4", price="340.00"):
    case = {**PAID, **given, "packages": [{"visits": visits, "price": price}]}
    found = {item.id: item for item in estimated(case).alternatives}
    return found.get(f"package-{visits}")


def test_the_visit_at_which_insurance_overtakes_the_package_is_named():
    # Insurance: 100, 100, 100, 20, 20, ... Package: 100, 200, 300, 340, 440, 540, 640, 680.
    found = package({"deductible": "300.00", "deductible_met": "0.00", "visits": "8"})
    assert found.patient == Decimal("680.00")
    assert found.inputs == {"visits": "4", "price": "340.00", "overtakes": "4"}


def test_insurance_that_is_cheaper_from_the_first_visit_overtakes_there():
    found = package({"deductible": "none", "visits": "4"})
    assert found.inputs["overtakes"] == "1"


def test_insurance_that_never_overtakes_is_not_said_to():
    found = package({"deductible": "9000.00", "deductible_met": "0.00", "visits": "8"})
    assert found.inputs == {"visits": "4", "price": "340.00"}


def test_a_package_begun_counts_at_most_its_price():
    # A package of 150 for four: two single visits would be 200, so one buys the package.
    found = package({"deductible": "200.00", "deductible_met": "0.00", "visits": "5"},
                    price="150.00")  # fmt: skip
    # Insurance: 100, 200, 220, 240, 260. Cash: 100, 150, 150, 150, 250.
    assert "overtakes" not in found.inputs


def test_the_single_visits_after_a_package_are_the_last_ones():
    visits = [{"fee": fee} for fee in ("100.00", "100.00", "70.00")]
    found = package({"deductible": "none", "visits": visits}, visits="2", price="150.00")
    assert found.patient == Decimal("220.00")


def test_a_package_is_offered_when_it_fits_exactly():
    assert package({"deductible": "none", "visits": "4"}) is not None
    assert package({"deductible": "none", "visits": "3"}) is None
