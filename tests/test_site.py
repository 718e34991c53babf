"""The built site: complete, self-contained, under its policy, with the engine's own figures."""

import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from estimator import facts, guide, link
from estimator.engine import estimate
from estimator.money import as_dollars, as_whole_dollars
from estimator.publish.finish import FinishError, finish_page
from estimator.publish.pages.scale import GUIDE_PAGE
from estimator.tools import TOOLS
from tests.conftest import ROOT
from tests.serving import TestSite
from tests.tables import AS_OF, rules

SITE = ROOT / "site"
PAGES = sorted(SITE.rglob("*.html"))
NAMES = [page.relative_to(SITE).as_posix() for page in PAGES]
LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of each inline script."""

    def __init__(self, html):
        super().__init__()
        self.found, self.scripts, self._script = [], [], None
        self.feed(html)

    def handle_starttag(self, name, attributes):
        self.found.append((name, dict(attributes)))
        if name == "script" and "src" not in dict(attributes):
            self._script = dict(attributes).get("type", "text/javascript")

    def handle_data(self, data):
        if self._script and "json" not in self._script:
            self.scripts.append(data)

    def handle_endtag(self, name):
        if name == "script":
            self._script = None


def text(name):
    return (SITE / name).read_text("utf-8")


def test_the_site_has_its_pages():
    assert {"index.html", "estimator/index.html", "plans/ppo/index.html", "404.html"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loads_nothing_from_another_host(name):
    for tag, attributes in Elements(text(name)).found:
        address = attributes.get(LOADS.get(tag, ""), "") or ""
        if tag == "link" and attributes.get("rel") in ("canonical", "prev", "next"):
            continue
        assert urlsplit(address).netloc == "", f"{tag} {address}"
        assert not {"srcset", "imagesrcset", "poster", "data"} & set(attributes), tag


def test_no_file_of_ours_names_a_host_to_load_from():
    ours = [path for path in (SITE / "assets").rglob("*.js") if "javascripts" not in path.parts]
    assert len(ours) > 5
    for path in [*SITE.rglob("*.css"), *ours]:
        found = re.findall(
            r"(?:url\(|from |import\()\s*[\"']?(https?:)?//", path.read_text("utf-8")
        )
        assert found == [], path.name


@pytest.mark.parametrize("name", NAMES)
def test_a_page_carries_its_policy_before_the_first_script(name):
    html = text(name)
    policies = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert len(policies) == 1
    assert html.index("Content-Security-Policy") < html.index("<script")
    rules_of = dict(part.strip().split(" ", 1) for part in policies[0].split(";"))
    assert "unsafe-inline" not in policies[0]
    assert "'unsafe-eval'" not in policies[0]
    assert rules_of["default-src"] == "'none'"
    assert rules_of["connect-src"] == "'self'"
    starts_python = name in {
        "estimator/index.html",
        "embed/index.html",
        *(f"tools/{tool}/index.html" for tool in TOOLS),
    }
    assert ("'wasm-unsafe-eval'" in rules_of["script-src"]) == starts_python
    for script in Elements(html).scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules_of["script-src"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_inline_style_or_handler(name):
    for tag, attributes in Elements(text(name)).found:
        assert "style" not in attributes, tag
        assert not [key for key in attributes if key.startswith("on")], tag


@pytest.mark.parametrize("name", [name for name in NAMES if name != "404.html"])
def test_every_link_inside_the_site_leads_somewhere(name):
    base = f"https://site.test/{name.removesuffix('index.html')}"
    for tag, attributes in Elements(text(name)).found:
        address = attributes.get("href") or attributes.get("src")
        if tag not in ("a", "link", "script", "img") or not address:
            continue
        parts = urlsplit(urljoin(base, address))
        if parts.netloc != "site.test" or parts.scheme != "https":
            continue
        target = SITE / parts.path.lstrip("/")
        target = target / "index.html" if target.is_dir() else target
        assert target.is_file(), address
        if parts.fragment.startswith("e="):
            assert link.decode(parts.fragment.removeprefix("e=")).dropped == 0, address
        elif parts.fragment and target.suffix == ".html":
            assert f'id="{parts.fragment}"' in target.read_text("utf-8"), address


@pytest.mark.parametrize("name", [name for name in NAMES if name != "404.html"])
def test_a_page_has_one_heading_a_title_and_a_description(name):
    elements = Elements(text(name)).found
    assert len([tag for tag, _ in elements if tag == "h1"]) == 1
    described = [item["content"] for tag, item in elements
                 if tag == "meta" and item.get("name") == "description"]  # fmt: skip
    assert len(described) == 1
    assert 40 <= len(described[0]) <= 200


LANDINGS = guide.situations(ROOT / "data").situations
EXAMPLES = [item for item in facts.examples(ROOT / "data") if item.id in LANDINGS]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda item: item.id)
def test_a_worked_example_shows_the_engine_s_figures(example):
    found = estimate(example.given, rules(), AS_OF)
    likely = found.scenarios["likely"]
    page = text(f"situations/{example.id}/index.html")
    shown = page[page.index('class="example"') :]
    write = as_dollars if found.range.low == found.range.high else as_whole_dollars
    assert f"ou&#39;d likely pay <strong>{write(likely.total.patient)}</strong>" in shown
    for visit in likely.visits:
        patient, plan = as_dollars(visit.patient), as_dollars(visit.plan)
        cells = f'<td data-label="You pay">{patient}</td><td data-label="Plan pays">{plan}</td>'
        assert cells in shown


def test_the_static_form_asks_what_the_data_asks():
    page = text("estimator/index.html")
    names = [item.get("name") for tag, item in Elements(page).found if tag in ("input", "select")]
    asked = {field.key for group in facts.form(ROOT / "data") for field in group.fields}
    assert asked <= set(names)


def test_the_example_stands_in_the_answer_before_python():
    page = text("estimator/index.html")
    for path, value in {
        "range.likely": "336.00",
        "if_denied": "600.00",
        "verdict": "covered",
    }.items():
        assert page.count(f'data-output="{path}" data-value="{value}"') == 1


def test_figures_on_the_plan_page_come_from_the_data():
    page = text("plans/ppo/index.html")
    for side in rules().plans["commercial-ppo"].assumed.values():
        for dated in side.values():
            assert dated[-1].sources
    assert "$0 to $2,575, likely $1,787 (confirm)" in page
    assert "Checked on November 21, 2026." in page


HEADERS = (SITE / "_headers").read_text("utf-8")
SENT = TestSite(SITE, headers=HEADERS)
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", NAMES)
def test_a_host_sends_what_a_page_cannot_say_itself(name):
    ancestors = "frame-ancestors *" if name == "embed/index.html" else "frame-ancestors 'self'"
    for path in {name, name.removesuffix("index.html")}:
        sent = SENT.headers_of(f"/{path}")
        assert sent["Content-Security-Policy"] == ancestors
        assert sent["Cache-Control"] == "no-cache"
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert sent["Referrer-Policy"] == "no-referrer"
        for feature in ("camera", "geolocation", "microphone", "payment"):
            assert f"{feature}=()" in sent["Permissions-Policy"]


def test_only_files_named_after_their_contents_are_kept_for_good():
    files = [path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()]
    kept = {path for path in files
            if SENT.headers_of(f"/{path}").get("Cache-Control") == KEPT_FOR_GOOD}  # fmt: skip
    assert {path for path in files if re.match(r"(runtime|assets)/[0-9a-f]{12,16}/", path)} == kept
    assert len(kept) > 20
    assert SENT.headers_of("/service-worker.js")["Cache-Control"] == "no-cache"


def test_the_headers_file_keeps_to_what_its_hosts_read():
    """Cloudflare Pages reads 100 rules, and 2,000 characters of a line."""
    assert len(SENT.headers) <= 100
    assert max(map(len, HEADERS.splitlines())) <= 2000


def test_a_page_without_a_head_is_refused():
    with pytest.raises(FinishError, match=r"x.html: expected one <head>, found 0"):
        finish_page("<html></html>", "x.html")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "404.html"])
def test_a_page_is_small(name):
    """Without the browser's cache, before Python, and without pictures to download."""
    page = text(name)
    paths = set()
    for tag, item in Elements(page).found:
        if tag == "script" and item.get("src"):
            paths.add(item["src"])
        if tag == "link" and item.get("rel") in ("stylesheet", "preload", "icon"):
            paths.add(item["href"])
    size = len(gzip.compress(page.encode()))
    for path in paths:
        file = (SITE / name).parent / path
        content = file.read_bytes()
        size += len(content) if file.suffix == ".woff2" else len(gzip.compress(content))
    assert size < GUIDE_PAGE, sorted(paths)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_other_page_fetched_ahead(name):
    rels = {item.get("rel") for tag, item in Elements(text(name)).found if tag == "link"}
    assert not rels & {"next", "prefetch", "prerender", "dns-prefetch", "preconnect"}
