"""What a guide page weighs, what Lighthouse says of pages, and how long the site takes to build."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.calm import calmest
from tests.bench.table import Row
from tests.serving import TestSite, serving

ROOT = Path(__file__).resolve().parents[2]
LIGHTHOUSE = ROOT / "node_modules" / ".bin" / "lighthouse"
# Without the last, this browser holds the first paint back for two seconds here, as it does on no visit of a person.
FLAGS = (
    "--headless=new --no-sandbox --disable-background-networking --disable-features=PaintHolding"
)
CATEGORIES = {"performance": 0, "accessibility": 100, "best-practices": 100, "seo": 100}
# A guide page is nearly text; the estimator's page also starts Python.
PERFORMANCE = {"plans/ppo/": 95, "estimator/": 90}
KILOBYTE = 1000
BUILD_GOAL = 60  # seconds, on two cores
AUDITS = 3  # of a page; the median counts


def rows(browser: str, folder: Path) -> Iterator[Row]:
    """Measure, one after the other."""
    with serving(TestSite(folder)) as site:
        site.warm_up()
        yield guide_page(browser, site)
        for path, goal in PERFORMANCE.items():
            yield from audits(browser, site, path, goal)
    yield build()


def guide_page(browser: str, site: TestSite) -> Row:
    """Bytes of one page to read, into an empty cache."""
    site.requests.clear()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_context(service_workers="block").new_page()
        page.goto(site.address + "plans/ppo/", wait_until="networkidle")
        chromium.close()
    assert not [sent.path for sent in site.requests if "runtime/" in sent.path], "Python on a page"
    size = site.bytes_sent / KILOBYTE
    return Row("guide page, bytes", f"{size:.0f} KB", None, 150, "KB", size)


def audits(browser: str, site: TestSite, path: str, goal: int) -> Iterator[Row]:
    """Lighthouse's scores on its simulated phone."""
    page = f"Lighthouse, {path.rstrip('/')}"
    found, _ = calmest(page, AUDITS, lambda _: audit(browser, site.address + path))
    scores = sorted(found, key=lambda scores: scores["performance"])[AUDITS // 2]
    for name, least in {**CATEGORIES, "performance": goal}.items():
        figure = f"{page}, {name}"
        yield Row(figure, str(scores[name]), None, least, "", scores[name], at_least=True)


def audit(browser: str, address: str) -> dict[str, int]:
    """Each category's score, of 100."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            [LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={report.name}",
             "--no-enable-error-reporting", f"--only-categories={','.join(CATEGORIES)}",
             f"--chrome-flags={FLAGS}"],
            check=True, capture_output=True, env={**os.environ, "CHROME_PATH": browser},
        )  # fmt: skip
        told = json.loads(Path(report.name).read_text("utf-8"))["categories"]
    return {name: round(100 * told[name]["score"]) for name in CATEGORIES}


def build() -> Row:
    """The whole site once more, after one page has changed; what it takes for each page."""
    (ROOT / "docs" / "en" / "index.md").touch()
    begun = time.monotonic()
    subprocess.run(["make", "--no-print-directory", "build"], cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip
    seconds = time.monotonic() - begun
    count = len(list((ROOT / "site").rglob("index.html")))
    value = f"{seconds:.0f} s ({1000 * seconds / count:.0f} ms for each of {count} pages)"
    return Row("build of the site, runtime there", value, None, BUILD_GOAL, "s", seconds)
