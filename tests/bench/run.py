"""How long until the first live estimate, how many bytes, how long the page is held up.

Measured on the built site against the bare runtime: a page that loads the stock Pyodide files and
adds 1 + 1. Pages take turns, each time in a fresh browser that has stood for a while; the figures
are medians of the turns in which the machine had its processors. The phone is a slow line, made by
the server, and half a core, made by a quota on the whole browser.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from math import ceil
from os import cpu_count, environ
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from estimator import load  # noqa: E402
from estimator.browser import as_typed  # noqa: E402
from tests.bench.calm import CALM, calmest  # noqa: E402
from tests.bench.pages import rows as page_rows  # noqa: E402
from tests.bench.slow import NoQuotaError, limited  # noqa: E402
from tests.bench.table import Row, print_table  # noqa: E402
from tests.kept_memory import IS_THERE  # noqa: E402
from tests.serving import Line, TestSite, serving  # noqa: E402

DEADLINE = 180  # seconds for one start
# A browser that has just opened is at work for itself: it loads its own panels ahead.
STANDING = 4  # seconds on a whole core
EDITS = 20
READING = 4  # seconds a person reads the first answer before typing
LATER = 5  # later visits
MEGABYTE = 1_000_000
PHONE_SCREEN = {"width": 390, "height": 844}

BARE_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bare</title>
<link rel="icon" href="data:,"></head><body><div id="estimator" data-state="loading"></div>
<script type="module">
import { loadPyodide } from "./pyodide.mjs";
const python = await loadPyodide();
if (python.runPython("1 + 1") === 2) document.querySelector("#estimator").dataset.state = "live";
</script></body></html>"""

# Notes when the state of the tool changes, and the long tasks of the main thread.
WATCH = """
window.bench = { states: {}, tasks: [] };
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.bench.tasks.push([task.startTime, task.duration]);
}).observe({ type: "longtask", buffered: true });
new MutationObserver(() => {
  const state = document.querySelector("#estimator")?.dataset.state;
  if (state) window.bench.states[state] ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
"""

# Answers the whole form, and waits until that is painted.
FILL = """(answers) => {
  for (const [name, value] of Object.entries(answers)) {
    const control = document.querySelector(`#estimator [name="${name}"]`)?.form.elements[name];
    if (control) control.value = value;
  }
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}"""

# Types another amount and waits until another figure is painted. Answers in milliseconds.
EDIT = """(amount) => new Promise((resolve, reject) => {
  const root = document.querySelector("#estimator");
  const figure = () => root.querySelector('[data-output="range.likely"]').dataset.value;
  const input = root.querySelector('[name="allowed"]');
  const before = figure();
  const timer = setTimeout(() => reject(new Error(`no new figure for ${amount}`)), 10000);
  const begin = performance.now();
  new MutationObserver((_, observer) => {
    if (figure() === before) return;
    observer.disconnect();
    clearTimeout(timer);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)));
  }).observe(root, { subtree: true, childList: true, attributeFilter: ["data-value"] });
  input.value = amount;
  input.dispatchEvent(new Event("input", { bubbles: true }));
})"""


@dataclass
class Profile:
    """How fast the line and the processor are."""

    name: str
    goal: float  # our time to the bare one's
    later: float | None = None  # a later visit's time to the first one's
    line: Line | None = None
    percent: int = 0  # of one core; 0 is no limit

    @property
    def standing(self) -> float:
        """Seconds until a browser that has just opened is done with itself."""
        return STANDING * 100 / (self.percent or 100)


@dataclass
class Visit:
    """What one start in a fresh browser showed."""

    seconds: float
    megabytes: float
    longest: float  # milliseconds, while Python starts
    edits: list[float] = field(default_factory=list)  # milliseconds
    again: float = 0.0  # seconds of a later visit with the server stopped


@dataclass
class Subject:
    """A page to start."""

    folder: Path
    path: str
    edits: int = 0
    answers: dict[str, str] = field(default_factory=dict)


def main() -> int:
    options = parse()
    browser = options.chromium or find_browser()
    if not browser:
        print("no Chromium found: set CHROMIUM=/path/to/it", file=sys.stderr)
        return 1
    if not (options.site / "estimator" / "index.html").is_file():
        print(f"{options.site}: no estimator page: run make build first", file=sys.stderr)
        return 1
    visits, kept_back = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        subjects = {
            "bare": bare_subject(folder / "bare"),
            "ours": Subject(options.site, "estimator/", EDITS, example_answers()),
        }
        for profile in profiles():
            if options.profile in {profile.name, "all"}:
                try:
                    visits[profile.name], kept_back[profile.name] = measure(
                        browser, folder, profile, subjects, options.runs
                    )
                except NoQuotaError as error:
                    print(f"{profile.name} left out: {error}", file=sys.stderr)
    rows = [row for make in ROWS for row in make(visits)]
    rows += calm_rows(kept_back)
    rows += page_rows(browser, options.site)
    print_table(rows)
    report(options.output, rows, visits, browser)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench.json")
    parser.add_argument("--profile", choices=["all", "full speed", "phone"], default="all")
    parser.add_argument("--chromium", default=environ.get("CHROMIUM"))
    return parser.parse_args()


def find_browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


def profiles() -> list[Profile]:
    return [
        Profile("full speed", goal=0.48),
        Profile("phone", goal=0.55, later=0.50, line=Line(9_000_000, 0.060), percent=50),
    ]


def example_answers() -> dict[str, str]:
    """What a visitor would type for the first worked example."""
    paths = sorted((ROOT / "data" / "examples").glob("*.yaml"))
    trees = [load.file_tree(path, path.name) for path in paths]
    return as_typed(min(trees, key=lambda tree: tree["order"])["given"])


def bare_subject(folder: Path) -> Subject:
    """Write the page that everyone starts from."""
    shutil.copytree(ROOT / "node_modules" / "pyodide", folder)
    (folder / "index.html").write_text(BARE_PAGE, encoding="utf-8")
    return Subject(folder, "")


# --- visits ---------------------------------------------------------------------------------------


def measure(
    browser: str, folder: Path, profile: Profile, subjects: dict[str, Subject], runs: int
) -> tuple[dict[str, list[Visit]], float]:
    """All visits of a profile by page, and the largest share that the host kept back in one of them."""
    with ExitStack() as stack:
        if profile.percent:
            browser = stack.enter_context(limited(browser, folder, profile.percent))
        visits, kept_back = compare(browser, profile, subjects, runs)
        visits["later"], kept_back_later = calmest(
            f"{profile.name}, later visit",
            min(runs, LATER),
            lambda run: later_visit(browser, profile, run),
        )
    return visits, max(kept_back, kept_back_later)


def compare(
    browser: str, profile: Profile, subjects: dict[str, Subject], runs: int
) -> tuple[dict[str, list[Visit]], float]:
    """Visit the pages in turn."""
    with ExitStack() as stack:
        sites = {
            name: stack.enter_context(serving(TestSite(subject.folder, line=profile.line)))
            for name, subject in subjects.items()
        }
        for site in sites.values():
            site.warm_up()

        def turn(run: int) -> dict[str, Visit]:
            found = {}
            for name, subject in subjects.items():
                found[name] = visit(browser, sites[name], subject, profile)
                seconds = found[name].seconds
                print(f"{profile.name}, turn {run}: {name} {seconds:.2f} s", file=sys.stderr)
            return found

        turns, kept_back = calmest(profile.name, runs, turn)
    return {name: [found[name] for found in turns] for name in subjects}, kept_back


KEPT = """() => navigator.serviceWorker.getRegistration().then(
    (found) => found?.active?.state === "activated" && !found.installing)"""


def later_visit(browser: str, profile: Profile, run: int) -> Visit:
    """Start the page in a fresh browser, wait until the browser keeps it, and start it without a server."""
    with (
        serving(TestSite(ROOT / "site", line=profile.line)) as site,
        opened(browser, profile, service_workers="allow") as page,
    ):
        site.warm_up()
        page.goto(site.address + "estimator/", wait_until="commit", timeout=DEADLINE * 1000)
        first = wait_until_live(page)
        end = time.monotonic() + DEADLINE
        while not (page.evaluate(KEPT) and page.evaluate(f"() => {IS_THERE}")):
            if time.monotonic() > end:
                raise SystemExit("the browser does not keep the guide")
            time.sleep(0.2)
        time.sleep(READING)  # a later visit doesn't begin while the browser still keeps the first
        site.stop()
        page.goto(site.address + "estimator/?later", wait_until="commit", timeout=DEADLINE * 1000)
        again = wait_until_live(page)
    found = Visit(first["live"] / 1000, 0, 0, again=again["live"] / 1000)
    print(
        f"{profile.name}, later visit {run}: {found.seconds:.2f}, {found.again:.2f} s",
        file=sys.stderr,
    )
    return found


def visit(browser: str, site: TestSite, subject: Subject, profile: Profile) -> Visit:
    """Start the page in a fresh browser and wait until it is live."""
    site.requests.clear()
    with opened(browser, profile) as page:
        page.goto(site.address + subject.path, wait_until="commit", timeout=DEADLINE * 1000)
        states = wait_until_live(page)
        sent = site.bytes_sent
        tasks = page.evaluate("() => window.bench.tasks")
        if subject.edits:
            time.sleep(READING)
        page.evaluate(FILL, subject.answers)
        edits = [page.evaluate(EDIT, f"{70 + i}.00") for i in range(subject.edits)]
    starts = states.get("loading", 0)
    during = [
        length for start, length in tasks if starts <= start + length and start <= states["live"]
    ]
    return Visit(states["live"] / 1000, sent / MEGABYTE, max(during, default=0), edits)


@contextmanager
def opened(
    browser: str, profile: Profile, service_workers: Literal["allow", "block"] = "block"
) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox"], timeout=DEADLINE * 1000
        )
        try:
            # What the service worker keeps for a later visit isn't part of this one.
            context = chromium.new_context(viewport=PHONE_SCREEN, service_workers=service_workers)
            page = context.new_page()
            page.set_default_timeout(DEADLINE * 1000)
            page.add_init_script(WATCH)
            time.sleep(profile.standing)
            yield page
        finally:
            chromium.close()


def wait_until_live(page: Page) -> dict[str, float]:
    """Return when each state began, in milliseconds from the start of the navigation."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        states: dict[str, float] = page.evaluate("() => window.bench.states")
        if "live" in states:
            return states
        if "failed" in states:
            raise SystemExit(f"{page.url} failed: {page.inner_text('#estimator')[:300]}")
        time.sleep(0.1)
    raise SystemExit(f"{page.url} is not live after {DEADLINE} s")


# --- figures --------------------------------------------------------------------------------------

Visits = dict[str, dict[str, list[Visit]]]  # by profile, by page


def median(visits: list[Visit], value: Callable[[Visit], float]) -> float:
    return statistics.median(map(value, visits))


def start_rows(visits: Visits) -> Iterator[Row]:
    for profile in profiles():
        if profile.name in visits:
            bare, ours = (
                median(visits[profile.name][p], lambda v: v.seconds) for p in ("bare", "ours")
            )
            figure = f"first live estimate, {profile.name}"
            value = f"{ours:.2f} s (bare {bare:.2f} s)"
            yield Row(figure, value, ours / bare, profile.goal, "of bare", ours / bare)


def byte_rows(visits: Visits) -> Iterator[Row]:
    for pages in list(visits.values())[:1]:
        bare, ours = (median(pages[p], lambda v: v.megabytes) for p in ("bare", "ours"))
        value = f"{ours:.2f} MB (bare {bare:.2f} MB)"
        yield Row("bytes before the first live estimate", value, ours / bare, 4.7, "MB", ours)


def task_rows(visits: Visits) -> Iterator[Row]:
    for name, pages in visits.items():
        longest = median(pages["ours"], lambda v: v.longest)
        # The goal is set for a whole core: a quota stretches every task.
        if name == "full speed":
            yield Row("longest main-thread task", f"{longest:.0f} ms", None, 100, "ms", longest)


def later_rows(visits: Visits) -> Iterator[Row]:
    for profile in profiles():
        if profile.name in visits:
            later = visits[profile.name]["later"]
            first, again = median(later, lambda v: v.seconds), median(later, lambda v: v.again)
            figure = f"later visit, server stopped, {profile.name}"
            value = f"{again:.2f} s (first {first:.2f} s)"
            yield Row(figure, value, again / first, profile.later, "of first", again / first)


def edit_rows(visits: Visits) -> Iterator[Row]:
    for name, pages in visits.items():
        edits = sorted(edit for visit in pages["ours"] for edit in visit.edits)
        if edits:
            late = edits[ceil(len(edits) * 0.95) - 1]
            value = f"{late:.0f} ms (median {statistics.median(edits):.0f} ms)"
            yield Row(f"edit to new figures, p95, {name}", value, None, 50, "ms", late)


def calm_rows(kept_back: dict[str, float]) -> Iterator[Row]:
    for name, most in kept_back.items():
        figure = f"processors kept back, {name}"
        yield Row(figure, f"{most:.0%}", None, 100 * CALM, "%", 100 * most)


ENGINE = """
import json
import time
from datetime import date

from estimator import facts, load, read
from estimator.engine import estimate

rules = facts.rules(load.data_folder())


def best(visits, runs):
    given = {"plan": "commercial-ppo", "purpose": "diagnosed", "provider": "lmt",
             "network": "out", "visits": visits}
    case, seconds = read.case(given), []
    for _ in range(runs):
        begun = time.perf_counter()
        estimate(case, rules, date(2026, 11, 21))
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


result = json.dumps([best("12", 15), best("366", 7)])
"""


def engine_rows(_: Visits) -> Iterator[Row]:
    """One estimate with its range, questions and alternatives, in both Pythons."""
    here: dict[str, str] = {}
    exec(ENGINE, here)
    listing = ROOT / "build" / "runtime" / "runtime.json"
    runtime = listing.parent / json.loads(listing.read_text("utf-8"))["folder"]
    with tempfile.NamedTemporaryFile("w", suffix=".py") as program:
        program.write(ENGINE)
        program.flush()
        node = ["node", ROOT / "estimator" / "publish" / "node.mjs", runtime, program.name]
        there = subprocess.run(node, input="", capture_output=True, text=True, check=True).stdout
    for name, found, goal in (("CPython", here["result"], 15), ("Pyodide", there, 60)):
        twelve, year = (seconds * 1000 for seconds in json.loads(found))
        yield Row(f"12 visits, {name}", f"{twelve:.1f} ms", None, goal, "ms", twelve)
        figure = f"366 visits to 12, {name}"
        yield Row(figure, f"{year:.0f} ms", year / twelve, 35, "times", year / twelve)


ROWS: list[Callable[[Visits], Iterator[Row]]] = [
    start_rows,
    byte_rows,
    later_rows,
    task_rows,
    edit_rows,
    engine_rows,
]


def report(path: Path, rows: list[Row], visits: Visits, browser: str) -> None:
    """Write the table, as `docs/bench/` keeps it, and beside it what each visit showed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([browser, "--version"], capture_output=True, text=True, check=True)
    table = {
        "measured": date.today().isoformat(),  # noqa: DTZ011
        "browser": " ".join(version.stdout.split()[:2]),
        "cores": cpu_count(),
        "rows": [row.told for row in rows],
    }
    path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    each = {
        profile: {page: [asdict(v) for v in found] for page, found in pages.items()}
        for profile, pages in visits.items()
    }
    beside = path.with_name(f"{path.stem}-visits.json")
    beside.write_text(json.dumps(each, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
