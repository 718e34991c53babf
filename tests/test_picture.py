"""The picture of an estimate: true to its figures, small, readable, and safe."""

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from estimator import load
from estimator.cost import add_up
from estimator.messages import Messages
from estimator.money import as_dollars
from estimator.picture import Frame, changes, course
from tests.tables import OWN, estimated, table

HOSTILE = "<img src=x onerror=alert(1)>\"'&"
PLAN = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo", "network": "in",
        "benefit": "covered", "prescription": "yes", "prior_auth": "not-needed",
        "oop_max": "none", "visit_limit": "none", "visit_cap": "none", "plan_pays_max": "none",
        "fee": "105.00", "allowed": "80.00", "start": "2027-01-05"}  # fmt: skip
# Three visits and 60 of the fourth's 80 dollars fill the deductible: 60 + 20% of 20.
DEDUCTIBLE = {**PLAN, "cost_sharing": "deductible-coinsurance", "deductible": "300.00",
              "deductible_met": "0.00", "coinsurance": "0.20", "visits": "6"}  # fmt: skip
COPAY = {**PLAN, "cost_sharing": "copay", "copay": "30.00", "visits": "12"}
ALL_CASES = [
    pytest.param(case["given"], id=case["id"])
    for name in ("published", *OWN)
    for case in table(name)
]


@pytest.fixture(scope="module")
def messages():
    return Messages(load.flat(load.data_folder(), "messages/en"))


def parsed(svg):
    return ET.fromstring(svg)


def words(svg):
    """What a screen reader hears of the picture."""
    return parsed(svg).findtext("desc")


def shown(svg):
    """The words drawn."""
    return [item.text for item in parsed(svg).iter("text")]


def boxes(svg, kind):
    """Left edge, foot, width and height of each rectangle of what one side pays."""
    path = parsed(svg).find(f"path[@class='{kind}']")
    found = re.findall(
        r"M([\d.]+) ([-\d.]+)v-([\d.]+)h([\d.]+)v\3z", "" if path is None else path.get("d")
    )
    return [(Decimal(x), -Decimal(y), Decimal(w), Decimal(h)) for x, y, h, w in found]


def heights(svg, kind):
    return [box[3] for box in boxes(svg, kind)]


def mark_lines(svg):
    """Where the marks' lines stand, from left to right."""
    lines = parsed(svg).findall("g[@class='mark']/path[@class='halo']")
    return sorted(Decimal(re.match(r"M([\d.]+)", line.get("d"))[1]) for line in lines)


def kinds(given):
    return [(mark.kind, mark.number, mark.place) for mark in changes(estimated(given))]


def test_heights_are_proportional_to_the_amounts(messages):
    svg = course(estimated(DEDUCTIBLE), messages)
    # 80 dollars stand 120 high: 64 stand 96, 16 stand 24.
    assert heights(svg, "you") == [120, 120, 120, 96, 24, 24]
    assert heights(svg, "plan") == [24, 96, 96]


def test_what_the_plan_pays_stands_on_what_the_client_pays(messages):
    svg = course(estimated(DEDUCTIBLE), messages)
    you = {x: (foot, height) for x, foot, _, height in boxes(svg, "you")}
    assert {foot for foot, _ in you.values()} == {0}
    for x, foot, _, _ in boxes(svg, "plan"):
        assert you[x] == (0, foot)


@pytest.mark.parametrize("given", ALL_CASES)
def test_every_bar_of_every_case_is_as_high_as_its_amount(messages, given):
    found = estimated(given)
    visits = found.scenarios["likely"].visits
    if len(visits) > 24:
        return
    top = max(visit.patient + visit.plan for visit in visits) or Decimal(1)
    svg = course(found, messages)
    for kind, amounts in (("you", [v.patient for v in visits]), ("plan", [v.plan for v in visits])):
        wanted = [amount * 120 / top for amount in amounts if amount]
        assert heights(svg, kind) == pytest.approx(wanted, abs=Decimal("0.005"))


def test_a_package_dearer_than_every_visit_makes_the_bars_lower(messages):
    svg = course(estimated(DEDUCTIBLE), messages, Decimal(160))
    assert heights(svg, "you")[0] == 60
    line = parsed(svg).find("g[@class='cash']/path")
    assert " -120H" in line.get("d")
    assert {"package", "$160"} <= set(shown(svg))
    assert words(svg).endswith("Paid in cash as a package, each visit costs $160.")


def test_without_a_package_there_is_no_line_for_one(messages):
    svg = course(estimated(DEDUCTIBLE), messages)
    assert "cash" not in svg
    assert "package" not in svg


def test_the_words_say_what_the_bars_show(messages):
    svg = course(estimated(DEDUCTIBLE), messages)
    assert parsed(svg).findtext("title") == "What you and your plan likely pay at each of 6 visits"
    assert words(svg) == (
        "At each of visits 1 to 3 you pay $80 and your plan pays $0."
        " At visit 4 you pay $64 and your plan pays $16."
        " At each of visits 5 to 6 you pay $16 and your plan pays $64."
        " Your deductible is met at visit 4."
    )


@pytest.mark.parametrize("given", ALL_CASES)
def test_the_words_add_up_to_the_engine_s_figures(messages, given):
    found = estimated(given)
    svg = course(found, messages, Decimal(90))
    told = re.findall(
        r"(?:visit |visits (\d+) to )(\d+) you pay \$([\d,.]+) and your plan pays \$([\d,.]+)\.(?= |$)",
        words(svg),
    )
    total = found.scenarios["likely"].total
    if "More changes follow" in words(svg):
        assert len(told) == 12
        return
    count = [int(last) - int(first or last) + 1 for first, last, _, _ in told]
    for place, wanted in ((2, total.patient), (3, total.plan)):
        amounts = [Decimal(row[place].replace(",", "")) for row in told]
        assert sum(n * amount for n, amount in zip(count, amounts, strict=True)) == wanted


def test_the_amounts_are_written_under_the_visits_they_fit_under(messages):
    assert shown(course(estimated(DEDUCTIBLE), messages)).count("$80") == 4  # and on the axis
    many = shown(course(estimated({**COPAY, "visit_limit": "8", "visits_used": "0"}), messages))
    assert many.count("$30 each") == many.count("$105 each") == 1


def test_a_deductible_that_ends_inside_a_visit_is_marked_on_its_bar(messages):
    assert kinds(DEDUCTIBLE) == [("deductible", 4, Decimal("3.5"))]
    svg = course(estimated(DEDUCTIBLE), messages)
    x, _, width, _ = boxes(svg, "you")[3]
    assert mark_lines(svg) == pytest.approx([x + width / 2], abs=Decimal("0.01"))
    assert "deductible met" in shown(svg)


def test_a_deductible_that_a_visit_fills_wholly_is_marked_after_it():
    assert kinds({**DEDUCTIBLE, "deductible": "240.00"}) == [("deductible", 3, 3)]


def test_a_deductible_that_is_met_already_or_never_has_no_mark():
    assert kinds({**DEDUCTIBLE, "deductible_met": "300.00"}) == []
    assert kinds({**DEDUCTIBLE, "deductible": "5000.00"}) == []


def test_a_visit_limit_is_marked_after_the_last_visit_the_plan_pays(messages):
    given = {**COPAY, "visit_limit": "8", "visits_used": "0"}
    assert kinds(given) == [("limit", 9, 8)]
    svg = course(estimated(given), messages)
    assert "plan's limit reached" in shown(svg)
    assert "From visit 9 on, your plan's limit is reached." in words(svg)


def test_a_limit_used_up_before_the_first_visit_is_marked_there():
    assert kinds({**COPAY, "visit_limit": "8", "visits_used": "8"}) == [("limit", 1, 0)]


def test_a_yearly_maximum_that_runs_out_inside_a_visit_is_marked_on_its_bar():
    # The plan pays 50 a visit: 125 last for two visits and a half.
    given = {**COPAY, "plan_pays_max": "125.00", "plan_paid": "0.00"}
    assert kinds(given) == [("limit", 3, Decimal("2.5"))]


def test_a_cap_on_each_visit_is_no_limit_that_is_reached():
    assert kinds({**COPAY, "visit_cap": "60.00"}) == []
    given = {**COPAY, "visit_cap": "60.00", "plan_pays_max": "75.00", "plan_paid": "0.00"}
    assert kinds(given) == [("limit", 3, Decimal("2.5"))]


def test_an_out_of_pocket_limit_is_marked_where_it_starts_to_spare_the_client():
    given = {**COPAY, "oop_met": "0.00"}
    assert kinds({**given, "oop_max": "100.00"}) == [("out_of_pocket", 4, Decimal("3.5"))]
    assert kinds({**given, "oop_max": "90.00"}) == [("out_of_pocket", 4, 3)]


def test_an_out_of_pocket_limit_below_the_deductible_does_not_meet_it():
    given = {**DEDUCTIBLE, "oop_max": "280.00", "oop_met": "0.00"}
    assert kinds(given) == [("out_of_pocket", 4, Decimal("3.5"))]


def test_each_plan_year_is_marked_and_counts_anew():
    given = {**DEDUCTIBLE, "visits": "10", "start": "2026-12-01"}
    assert kinds(given) == [
        ("deductible", 4, Decimal("3.5")), ("plan_year", 6, 5), ("deductible", 9, Decimal("8.5")),
    ]  # fmt: skip


def test_where_the_plan_never_pays_there_is_no_limit_to_reach(messages):
    for given in ({**COPAY, "benefit": "excluded"}, {"plan": "self-pay"}, {}):
        assert kinds(given) == []
        svg = course(estimated(given), messages)
        assert "Your plan pays" not in shown(svg)
        assert parsed(svg).find("path[@class='plan']") is None


@pytest.mark.parametrize("given", ALL_CASES)
def test_a_line_stands_where_the_engine_says_and_its_words_meet_no_others(messages, given):
    found = estimated(given)
    svg = course(found, messages)
    told = {mark.kind for mark in changes(found)}
    assert len(mark_lines(svg)) == len(told)
    of_mark = parsed(svg).findall("g[@class='mark']/text")
    assert len(of_mark) == len(told)


def test_four_marks_close_together_keep_apart(messages):
    given = {**DEDUCTIBLE, "visits": "20", "start": "2026-10-20", "oop_max": "340.00",
             "oop_met": "0.00", "visit_limit": "8", "visits_used": "0"}  # fmt: skip
    root = parsed(course(estimated(given), messages, Decimal(120)))
    texts = root.findall("g[@class='mark']/text")
    assert [text.text for text in texts] == [
        "deductible met", "out-of-pocket limit met", "plan's limit reached", "new plan year",
    ]  # fmt: skip
    assert len({text.get("y") for text in texts}) == 4
    # Each line is left of its words and of all words below, so that none is crossed.
    places = [Decimal(text.get("x")) for text in texts]
    assert places == sorted(places)
    rows = [Decimal(text.get("y")) for text in texts]
    assert rows == sorted(rows)


def test_one_visit_is_drawn(messages):
    svg = course(estimated({**DEDUCTIBLE, "visits": "1"}), messages)
    assert len(boxes(svg, "you")) == 1
    assert boxes(svg, "you")[0][2] == 48
    assert parsed(svg).findtext("title") == "What you and your plan likely pay for the visit"
    assert words(svg) == "At visit 1 you pay $80 and your plan pays $0."


def test_nothing_to_pay_is_drawn_without_bars(messages):
    free = {**COPAY, "fee": "0.00", "allowed": "0.00", "copay": "0.00", "visits": "6"}
    svg = course(estimated(free), messages)
    assert boxes(svg, "you") == boxes(svg, "plan") == []
    assert words(svg) == "At each of visits 1 to 6 you pay $0 and your plan pays $0."


def test_trillions_stay_inside_the_picture(messages):
    huge = {**COPAY, "fee": "1000000000000.00", "allowed": "999999999999.99",
            "copay": "300000000000.55", "visits": "24"}  # fmt: skip
    svg = course(estimated(huge), messages, Decimal(900_000_000_000))
    assert "$999,999,999,999.99" in shown(svg)
    edges = [(x, x + width) for x, _, width, _ in boxes(svg, "you")]
    assert all(0 < left < right < 360 for left, right in edges)
    assert all(right < left for (_, right), (left, _) in pairwise(edges))


@pytest.mark.parametrize("visits", ["25", "60", "366"])
def test_many_visits_are_drawn_in_blocks_of_equal_amounts(messages, visits):
    given = {**COPAY, "visits": visits, "per_week": "7", "visit_limit": "20", "visits_used": "0"}
    svg = course(estimated(given), messages, Decimal(90))
    found = boxes(svg, "you")
    # 105 dollars stand 120 high.
    assert found[0][3] == pytest.approx(Decimal(30) * 120 / 105, abs=Decimal("0.005"))
    assert found[1][3] == 120
    whole = Frame(
        left=found[0][0], right=found[-1][0] + found[-1][2], count=int(visits), top=Decimal(1)
    )
    assert found[0][2] == pytest.approx(whole.x(20) - whole.left, abs=Decimal("0.02"))
    numbers = [
        item.text for item in parsed(svg).findall("g[@class='axis']/text") if item.text.isdigit()
    ]
    assert numbers[-1] == visits
    assert len(numbers) <= 13


def test_366_visits_over_many_plan_years_stay_small(messages):
    given = {**DEDUCTIBLE, "visits": "366", "per_week": "1", "visit_limit": "30",
             "visits_used": "0", "oop_max": "500.00", "oop_met": "0.00"}  # fmt: skip
    svg = course(estimated(given), messages, Decimal(90))
    assert len(svg.encode()) < 8000
    assert "The table of visits has every amount." in words(svg)
    assert svg.count('class="year"') == 6


@pytest.mark.parametrize("given", ALL_CASES)
def test_the_picture_of_every_case_is_small_and_needs_no_inline_style(messages, given):
    svg = course(estimated(given), messages, Decimal("89.99"))
    assert len(svg.encode()) < 8000
    assert "style" not in svg
    assert "script" not in svg
    root = parsed(svg)
    assert (root.get("role"), root.get("class")) == ("img", "picture")
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(ids) == len(set(ids)) == 3
    assert {root.get("aria-labelledby"), root.get("aria-describedby")} <= set(ids)
    assert set(re.findall(r"url\(#(.*?)\)", svg)) <= set(ids)


def test_two_pictures_on_a_page_have_ids_of_their_own(messages):
    ids = [
        parsed(course(estimated(given), messages, package)).find("title").get("id")
        for given, package in (
            (DEDUCTIBLE, None), (DEDUCTIBLE, Decimal(90)), (COPAY, None), ({}, None),
        )
    ]  # fmt: skip
    assert len(set(ids)) == len(ids)


def test_everything_a_file_says_is_escaped(messages):
    hostile = Messages(
        {
            key: HOSTILE if key.startswith("picture.") else template
            for key, template in messages._templates.items()
        }
    )
    svg = course(estimated(DEDUCTIBLE), hostile, Decimal(90))
    assert "<img" not in svg
    assert parsed(svg).findtext("title") == HOSTILE
    assert shown(svg).count(HOSTILE) >= 5


def test_visits_that_all_differ_are_drawn_as_they_are(messages):
    found = estimated({**COPAY, "visits": "60"})
    likely = found.scenarios["likely"]
    visits = tuple(
        visit.replace(patient=Decimal(visit.number), plan=Decimal(60 - visit.number))
        for visit in likely.visits
    )
    scenario = likely.replace(visits=visits, total=add_up(visits, pays_fee_first=False))
    svg = course(found.replace(scenarios={"likely": scenario}), messages)
    assert heights(svg, "you") == [2 * number for number in range(1, 61)]
    assert as_dollars(Decimal(60)) in shown(svg)
