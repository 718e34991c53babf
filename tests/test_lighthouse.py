"""Lighthouse, on a simulated phone, for one page of each kind that a search leads to.

Speed is not judged here: beside other tests, the machine is what it would measure.
"""

import json
import os
import shutil
import subprocess

import pytest

from tests.conftest import BROWSERS, ROOT
from tests.kinds import KINDS
from tests.serving import TestSite, serving

LIGHTHOUSE = ROOT / "node_modules" / ".bin" / "lighthouse"
PERFECT = ("accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-background-networking"


@pytest.fixture(scope="module")
def site():
    with serving(TestSite(ROOT / "site")) as served:
        served.warm_up()
        yield served


def scores(address, folder):
    """Each category's score, of 100, and the audits that cost points."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)))
    report = folder / "report.json"
    subprocess.run(
        [LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={report}",
         "--no-enable-error-reporting", f"--only-categories={','.join(PERFECT)}",
         f"--chrome-flags={FLAGS}"],
        check=True, timeout=120, capture_output=True, env={**os.environ, "CHROME_PATH": program},
    )  # fmt: skip
    told = json.loads(report.read_text("utf-8"))
    assert told.get("runtimeError") is None
    lost = [
        f"{audit['id']}: {audit.get('displayValue') or audit['title']}"
        for audit in told["audits"].values()
        if audit["score"] is not None and audit["score"] < 1
    ]
    return {name: round(100 * told["categories"][name]["score"]) for name in PERFECT}, lost


KINDS_JUDGED = ["plan", *(
    pytest.param(kind, marks=pytest.mark.thorough)
    for kind in ("home", "article", "state", "situation", "tool")
)]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS_JUDGED)
def test_lighthouse_finds_no_fault(site, tmp_path, kind):
    found, lost = scores(site.address + KINDS[kind], tmp_path)
    assert found == dict.fromkeys(PERFECT, 100), lost
