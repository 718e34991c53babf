"""The page about speed is made from what `make bench` wrote."""

import json
import re
from types import SimpleNamespace

import pytest

from estimator.model import DataError
from estimator.publish.pages import speed
from tests.bench.table import Row
from tests.conftest import ROOT

FIRST = Row("first live estimate, phone", "9.2 s (bare 13.8 s)", 0.67, 0.55, "of bare", 0.67)
TASK = Row("longest main-thread task", "76 ms", None, 100, "ms", 76)
LIGHT = Row("Lighthouse, plans/ppo, performance", "98", None, 95, "", 98, at_least=True)


def run(day, *rows):
    told = [row.told for row in rows]
    return {"measured": day, "browser": "Chromium 156", "cores": 2, "rows": told}


@pytest.fixture
def site(tmp_path):
    (tmp_path / "docs" / "bench").mkdir(parents=True)
    return SimpleNamespace(root=tmp_path)


def keep(site, found):
    path = site.root / "docs" / "bench" / f"{found['measured']}.json"
    path.write_text(json.dumps(found), encoding="utf-8")


def cells(html):
    body = html.partition("<tbody>")[2]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", body)]


def test_a_goal_is_reached_from_the_side_it_is_set_for():
    assert [row.told["verdict"] for row in (FIRST, TASK, LIGHT)] == ["miss", "ok", "ok"]
    assert [row.told["goal"] for row in (FIRST, TASK, LIGHT)] == [
        "≤ 0.55 of bare",
        "≤ 100 ms",
        "≥ 95",
    ]


def test_a_figure_without_a_goal_is_neither_reached_nor_missed(site):
    keep(site, run("2026-11-22", Row("later visit", "1.1 s (first 1.3 s)", 0.88, None, "of first")))
    assert cells(speed.parts(site)["speed.html"]) == [
        "later visit", "1.1 s (first 1.3 s)", "0.88", "-", "-"
    ]  # fmt: skip


def test_the_newest_figures_are_shown_and_the_ratios_of_all_days(site):
    keep(site, run("2026-11-22", FIRST, TASK))
    faster = Row("first live estimate, phone", "7.0 s (bare 14.0 s)", 0.5, 0.55, "of bare", 0.5)
    keep(site, run("2026-12-01", faster, TASK, LIGHT))
    parts = speed.parts(site)
    assert cells(parts["speed.html"])[:5] == [
        "first live estimate, phone", "7.0 s (bare 14.0 s)", "0.50", "≤ 0.55 of bare", "reached"
    ]  # fmt: skip
    assert "2026-12-01 with Chromium 156 on 2 cores" in parts["speed-where.html"]
    assert cells(parts["speed-history.html"]) == ["2026-12-01", "0.50", "2026-11-22", "0.67"]


def test_a_figure_that_missed_its_goal_is_said_to_have_missed(site):
    keep(site, run("2026-11-22", FIRST))
    assert cells(speed.parts(site)["speed.html"])[-1] == "missed"


def test_no_measurement_says_what_to_run(site):
    with pytest.raises(DataError, match="run make bench"):
        speed.parts(site)


def test_a_file_of_another_shape_is_refused_by_name(site):
    wrong = run("2026-11-22", FIRST)
    wrong["rows"][0]["verdict"] = "okay"
    keep(site, wrong)
    with pytest.raises(DataError, match=r"2026-11-22\.json.*verdict"):
        speed.parts(site)


def test_the_page_shows_the_newest_file():
    newest = max((ROOT / "docs" / "bench").glob("*.json"))
    page = (ROOT / "site" / "maintain" / "speed" / "index.html").read_text("utf-8")
    for row in json.loads(newest.read_text("utf-8"))["rows"]:
        assert row["figure"] in page
