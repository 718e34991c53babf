"""What a shared link shows and leads to: cards, tags, landing pages, and the clinics' posts."""

import json
import re
import shutil
import struct
from datetime import date
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from estimator import check, guide, link, load, read
from estimator.engine import estimate
from estimator.markup import escape
from estimator.messages import written_out
from estimator.model import DataError
from estimator.money import as_dollars, as_whole_dollars
from estimator.publish import cards, social
from estimator.publish.pages import landing, posts, situations, written
from estimator.publish.pages.site import open_site
from tests.conftest import ROOT
from tests.reading import sentences, unmarked

SITE = ROOT / "site"
TODAY = date.today()  # noqa: DTZ011 - the built site's own day
HTML = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
PAGES = [name for name in HTML if name != "404.html"]
DATA = ROOT / "data"
LANDINGS = guide.situations(DATA).situations
FACE = cards.Face(ROOT)
HOSTILE = '</script><img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def site():
    return open_site(ROOT, TODAY)


@pytest.fixture(scope="module")
def manifest():
    return social.read_manifest(ROOT / "build")


@pytest.fixture(scope="module")
def made(site):
    """Each landing page by its name."""
    return {item.example.id: item for item in landing.landings(site)}


def html(name):
    return (SITE / name).read_text("utf-8")


def page(name):
    return unmarked(html(f"situations/{name}/index.html"))


def is_sized(content):
    """A PNG's width and height stand in its first bytes."""
    return content.startswith(b"\x89PNG") and struct.unpack(">II", content[16:24])


# --- cards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_its_card(name, manifest):
    shared = manifest.pages[social.page_name(name)]
    content = (SITE / shared.image.partition("?")[0]).read_bytes()
    assert is_sized(content) == (1200, 630)
    assert len(content) < 60_000
    assert shared.title
    assert shared.title in shared.alt


def test_a_card_changes_its_address_when_it_changes(manifest):
    addresses = [shared.image for shared in manifest.pages.values()]
    assert all(re.fullmatch(r"assets/social/[\w/-]+\.png\?v=[0-9a-f]{8}", a) for a in addresses)
    assert len({a.partition("?v=")[2] for a in addresses}) == len(addresses)


@pytest.mark.parametrize("name", ["six-visits-after-a-deductible", "tricare"])
def test_the_same_card_is_the_same_bytes_each_time(name, site):
    card = landing.cards(site)[f"situations/{name}"]
    first, second = cards.picture(card, FACE), cards.picture(card, cards.Face(ROOT))
    assert first == second
    assert first == (SITE / f"assets/social/situations/{name}.png").read_bytes()


def test_what_was_drawn_once_is_not_drawn_again(tmp_path, monkeypatch):
    for name in ("node_modules", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    card = cards.Card(question="Will it pay?", guide="A guide", about="About it.")
    cards.draw_cards({"a/b": card}, tmp_path, tmp_path / "out")
    first = (tmp_path / "out/a/b.png").read_bytes()
    monkeypatch.setattr(cards, "picture", lambda *_: pytest.fail("drawn again"))
    cards.draw_cards({"c": card}, tmp_path, tmp_path / "out")
    assert (tmp_path / "out/c.png").read_bytes() == first
    monkeypatch.undo()
    other = card.replace(question="Will it not?")
    cards.draw_cards({"c": other}, tmp_path, tmp_path / "out")
    assert (tmp_path / "out/c.png").read_bytes() != first
    assert len(list((tmp_path / "build/cache/cards").iterdir())) == 1


class Texts(HTMLParser):
    """The words of a drawing, each with where it begins, its size and its weight."""

    def __init__(self, drawing):
        super().__init__()
        self.found, self._open = [], None
        self.feed(drawing)

    def handle_starttag(self, name, attributes):
        self._open = dict(attributes) if name == "text" else None

    def handle_data(self, data):
        if self._open is not None:
            self.found.append((data, self._open))


@pytest.mark.parametrize("name", sorted(LANDINGS))
def test_a_card_s_figures_are_the_engine_s(name, made, site):
    item = made[name]
    found = estimate(item.example.given, site.rules, TODAY)
    likely = found.scenarios["likely"]
    drawn = [words for words, _ in Texts(cards.svg(landing.cards(site)[item.path], FACE)).found]
    write = as_dollars if found.range.low == found.range.high else as_whole_dollars
    course = f"for {len(likely.visits)} visits"
    last = " ".join(drawn)
    if found.tax_saving is not None and found.tax_saving.amount:
        assert as_whole_dollars(found.tax_saving.amount) in drawn
        assert f"in tax, {course}" in drawn
        assert f"The price is {as_dollars(found.if_denied)}." in last
    else:
        assert course in drawn
        assert write(found.range.likely) in drawn
    if found.verdict in ("conditional", "unknown"):
        assert "If your plan pays, you'd likely pay" in drawn
    if found.verdict != "not-covered":
        assert f"{as_dollars(found.if_denied)} if your plan pays nothing." in last
    if found.range.low != found.range.high:
        ends = (
            f"between {as_whole_dollars(found.range.low)} and {as_whole_dollars(found.range.high)}"
        )
        assert ends in drawn
    assert "An estimate, not a promise." in last


def all_cards(site):
    own = landing.cards(site)
    docs = ROOT / "build" / "docs"
    for path in sorted(docs.rglob("*.md")):
        name = path.relative_to(docs).as_posix()
        front = written.front_matter(path.read_bytes(), name)
        plain = cards.Card(question=front["title"], guide=site.name, about=front["description"])
        yield social.page_name(name), own.get(social.page_name(name), plain)


def test_every_word_of_every_card_is_inside_it_and_in_the_font(site):
    for name, card in all_cards(site):
        for words, place in Texts(cards.svg(card, FACE)).found:
            weight = int(place["font-weight"])
            if "x" in place:
                right = int(place["x"]) + FACE.width(words, int(place["font-size"]), weight)
                assert right <= cards.WIDTH - 48, (name, words)
            assert FACE.has(words), (name, words)


def test_words_do_not_run_into_the_bars(site):
    for name, card in all_cards(site):
        drawing = cards.svg(card, FACE)
        if 'id="hatch"' not in drawing:
            continue
        for words, place in Texts(drawing).found:
            if 310 < int(place.get("y", 0)) < 545 and int(place.get("x", 999)) < 700:
                width = FACE.width(words, int(place["font-size"]), int(place["font-weight"]))
                assert int(place["x"]) + width < 772, (name, words)


def test_a_question_that_never_fits_is_cut_with_a_sign():
    card = cards.Card(question="Coverage " * 60, guide="A guide", about="Words " * 200)
    drawn = [words for words, _ in Texts(cards.svg(card, FACE)).found]
    assert len(drawn) <= 1 + 3 + 3
    assert drawn[3].endswith("…")
    assert drawn[-1].endswith("…")


def test_what_a_card_says_cannot_break_the_drawing():
    drawing = cards.svg(cards.Card(question=HOSTILE, guide="A & B", about="x"), FACE)
    assert "<img" not in drawing
    assert is_sized(cards.picture(cards.Card(question=HOSTILE, guide="A & B"), FACE))


def test_a_clinic_s_colors_are_the_cards(tmp_path):
    for name in (
        cards._LOGO,
        cards._STYLES,
        *(f"{cards._FONTS}/{f}.woff2" for f in cards._FONT_FILES),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    styles = tmp_path / cards._STYLES
    styles.write_text(styles.read_text().replace("--accent: #0f5c5c", "--accent: #663399", 1))
    own = cards.Face(tmp_path)
    assert own.colors["accent"] == "#663399"
    assert own.key != FACE.key


# --- tags -----------------------------------------------------------------------------------------

SHARED = social.Shared(title="Is it covered?", description="What decides it.",
                       image="assets/social/plans/hmo.png?v=01234567", alt="Is it covered? Maybe.")  # fmt: skip
HOME = SHARED.replace(title="Home", image="assets/social/index.png?v=89abcdef")
KNOWN = social.Manifest(
    name="A guide", clinic="", pages={"index": HOME, "plans": SHARED, "plans/hmo": SHARED}
)
ADDRESS = "https://clinic.example/guide/"


def finished(name, address=ADDRESS, known=KNOWN):
    where = f'<link rel="canonical" href="{address}{name.removesuffix("index.html")}">'
    bare = (
        f'<html lang="en" class="no-js"><head>{where if address else ""}</head><body></body></html>'
    )
    return social.with_tags(bare, name, known)


class Tags(HTMLParser):
    """What a page's head says, by property or name; and its structured data."""

    def __init__(self, text):
        super().__init__()
        self.said, self.data, self._is_data = {}, [], False
        self.feed(text)

    def handle_starttag(self, name, attributes):
        told = dict(attributes)
        if name == "meta" and (key := told.get("property") or told.get("name")):
            assert key not in self.said, key
            self.said[key] = told["content"]
        self._is_data = name == "script" and told.get("type") == "application/ld+json"

    def handle_data(self, data):
        if self._is_data:
            self.data.append(json.loads(data))
            self._is_data = False


def test_a_page_with_an_address_names_its_picture_by_a_whole_one():
    said = Tags(finished("plans/hmo/index.html")).said
    image = "https://clinic.example/guide/assets/social/plans/hmo.png?v=01234567"
    assert said["og:image"] == said["twitter:image"] == image
    assert said["og:url"] == "https://clinic.example/guide/plans/hmo/"
    assert said["og:title"] == said["twitter:title"] == "Is it covered?"
    assert said["og:description"] == said["twitter:description"] == "What decides it."
    assert said["og:image:alt"] == said["twitter:image:alt"] == "Is it covered? Maybe."
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert said["twitter:card"] == "summary_large_image"
    assert said["og:locale"] == "en_US"


def test_a_page_without_an_address_names_no_host_and_no_picture():
    text = finished("plans/hmo/index.html", address="")
    said = Tags(text).said
    assert not [key for key in said if "image" in key or key == "og:url"]
    assert said["twitter:card"] == "summary"
    assert said["og:title"] == "Is it covered?"
    assert "http" not in text.replace("https://schema.org", "")


def test_the_way_to_a_page_is_told_from_the_top():
    [trail] = Tags(finished("plans/hmo/index.html")).data
    assert trail["@type"] == "BreadcrumbList"
    assert [(i["position"], i["name"], i["item"]) for i in trail["itemListElement"]] == [
        (1, "A guide", ADDRESS),
        (2, "Is it covered?", f"{ADDRESS}plans/"),
        (3, "Is it covered?", f"{ADDRESS}plans/hmo/"),
    ]


def test_a_way_leaves_out_a_folder_that_has_no_page():
    known = KNOWN.replace(pages={"index": HOME, "plans/hmo": SHARED})
    [trail] = Tags(finished("plans/hmo/index.html", known=known)).data
    assert [i["item"] for i in trail["itemListElement"]] == [ADDRESS, f"{ADDRESS}plans/hmo/"]


def test_only_a_clinic_with_a_name_is_said_to_be_an_organization():
    assert Tags(finished("index.html")).data == []
    [told] = Tags(finished("index.html", known=KNOWN.replace(clinic="Good Hands"))).data
    assert told == {"@context": "https://schema.org", "@type": "Organization",
                    "name": "Good Hands", "url": ADDRESS}  # fmt: skip


def test_a_page_without_a_card_stays_as_it_is():
    assert "og:" not in finished("404.html")


def test_no_title_can_end_a_tag():
    known = KNOWN.replace(pages={"plans/hmo": SHARED.replace(title=HOSTILE, alt=HOSTILE)})
    text = finished("plans/hmo/index.html", known=known)
    assert "<img" not in text
    assert Tags(text).said["og:title"] == HOSTILE
    assert Tags(text).data[0]["itemListElement"][-1]["name"] == HOSTILE


@pytest.mark.parametrize("name", PAGES)
def test_a_built_page_has_its_tags_and_a_picture_only_beside_its_address(name, manifest):
    text = html(name)
    said = Tags(text).said
    address = re.search(r'<link rel="canonical" href="([^"]+)"', text)
    assert said["og:title"] == manifest.pages[social.page_name(name)].title
    assert said["og:description"] == said["description"]
    assert ("og:image" in said) == bool(address)
    if address:
        assert said["og:url"] == address[1]
        assert urlsplit(address[1]).query == ""
        assert urlsplit(said["og:image"]).netloc == urlsplit(address[1]).netloc
        assert (SITE / said["og:image"].partition("/assets/")[2].join(["assets/", ""])
                .partition("?")[0]).is_file()  # fmt: skip


def test_a_page_s_name_is_the_same_from_its_markdown_and_its_html():
    for markdown, built in [
        ("index.md", "index.html"),
        ("plans/index.md", "plans/index.html"),
        ("plans/hmo.md", "plans/hmo/index.html"),
    ]:
        assert social.page_name(markdown) == social.page_name(built)
    assert social.page_name("index.md") == "index"


def test_a_front_matter_that_mkdocs_would_not_read_is_named_with_what_to_do():
    with pytest.raises(DataError, match=r"x.md: line 2: .*Text with a colon in it needs quotes"):
        written.front_matter(b"---\ntitle: A page\ndescription: One: two\n---\n# A page", "x.md")
    for content in (b"# A page", b"---\ndescription: B\n---\n", b"---\n---\n"):
        with pytest.raises(DataError, match=r"x.md: expected a title between two lines of ---"):
            written.front_matter(content, "x.md")


def test_a_page_that_leads_to_a_missing_one_is_named(site):
    with pytest.raises(DataError, match=r"docs/en/plans/nowhere.md: a page leads here"):
        written.title_of(site, "plans/nowhere.md")


# --- landing pages --------------------------------------------------------------------------------


def test_a_dozen_situations_and_more_have_their_page():
    assert len(LANDINGS) >= 12
    assert {f"situations/{name}/index.html" for name in LANDINGS} <= set(PAGES)


def test_every_kind_of_plan_has_a_situation(made, site):
    assert {item.example.given.plan for item in made.values()} == set(site.rules.plans)


def test_no_two_landing_pages_have_the_same_title_or_description():
    for name in ("title", "description", "answer", "post"):
        told = [getattr(item, name)["en"] for item in LANDINGS.values()]
        assert len(set(told)) == len(told), name


@pytest.mark.parametrize("name", sorted(LANDINGS))
def test_a_landing_page_is_not_thin(name):
    assert len(sentences(page(name)).split()) >= 250


@pytest.mark.parametrize("name", sorted(LANDINGS))
def test_a_landing_page_says_what_the_engine_says(name, made, site):
    item = made[name]
    found = written_out(estimate(item.example.given, site.rules, TODAY), site.messages)
    text = page(name)
    for condition in found.conditions:
        assert f"<li>{escape(condition.text)}</li>" in text
    for question in found.questions:
        asked = f"<li>{escape(question.text)}"
        if question.swing:
            worth = site.messages.say("answer.swing", amount=question.swing)
            asked += f' <span class="swing">{escape(worth)}</span>'
        assert f"{asked}</li>" in text
    for other in found.alternatives:
        assert f"<strong>{escape(other.label)}: {as_whole_dollars(other.patient)}</strong>" in text
    assert text.count('class="swing"') == len([q for q in found.questions if q.swing])
    assert 'class="picture"' in text
    assert escape(site.messages.say("answer.promise")) in text


@pytest.mark.parametrize("name", sorted(LANDINGS))
def test_a_landing_page_s_link_carries_the_example_s_answers_and_no_query(name):
    [href] = re.findall(r'<a href="([^"]+)" class="door">', page(name))
    where, _, text = href.partition("#e=")
    assert where == "../../estimator/"
    given = load.file_tree(DATA / "examples" / f"{name}.yaml", name)["given"]
    lists = [key for key, value in given.items() if not isinstance(value, str)]
    decoded = link.decode(text)
    assert (decoded.dropped, decoded.newer) == (0, False)
    told = {key: value for key, value in given.items() if key not in lists}
    assert read.case(decoded.answers) == read.case(told)
    assert not set(decoded.answers) & {"diagnosis"}


@pytest.mark.parametrize("name", sorted(LANDINGS))
def test_no_figure_is_typed_into_a_landing_page_s_words(name):
    item = LANDINGS[name]
    words = [item.title, item.description, item.answer, item.caption, item.post]
    lines = [line for told in words for line in told.values()]
    for told in (item.know, item.next, item.asks, item.search):
        lines += [line for several in told.values() for line in several]
    for line in lines:
        assert not re.search(r"[$%]|\d", re.sub(r"\b97124\b", "", line)), line


@pytest.mark.parametrize("name", sorted(LANDINGS))
def test_a_description_fits_where_it_is_shown(name, made):
    assert 40 <= len(made[name].own("description")) <= 200
    assert len(made[name].own("answer")) <= 240


def test_every_situation_stands_in_the_list_with_what_a_no_would_cost(made):
    text = html("situations/index.html")
    for name, item in made.items():
        assert f'<a href="{name}/">{escape(item.own("title"))}</a>' in text
        if item.estimate.verdict != "not-covered":
            assert f"{as_dollars(item.estimate.if_denied)} if your plan pays nothing." in text


def test_a_sentence_with_a_figure_that_its_example_lacks_is_named(made):
    with pytest.raises(DataError, match=r"situations.tricare: this example has no copay"):
        made["tricare"].line("You pay {copay:money}.")


def test_situations_that_cannot_be_shown_are_named():
    text = (DATA / "situations.yaml").read_text("utf-8")

    def problems(old, new):
        reader = guide.FILES["situations"]
        reader(load.text_tree(text.replace(old, new).encode(), "x"), "x")

    with pytest.raises(DataError, match=r"x: page.cost: missing"):
        problems("\n  cost: {", "\n  costs: {")
    with pytest.raises(DataError, match=r"situations.tricare.group: expected one of plan, public"):
        problems("  tricare:\n    group: public", "  tricare:\n    group: publik")


def test_a_situation_without_its_example_is_named(tmp_path):
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "examples" / "tricare.yaml").unlink()
    assert check.problems(tmp_path / "data", TODAY) == [
        "data/situations.yaml: situations.tricare: no file data/examples/tricare.yaml"
    ]


def test_each_plan_s_page_is_named_as_it_is_written(site):
    written_pages = {path.name for path in (ROOT / "docs" / "en" / "plans").glob("*.md")}
    named = {path.partition("/")[2] for path in situations._PLAN_PAGES.values()}
    assert written_pages - {"index.md"} <= named
    assert set(situations._PLAN_PAGES) == set(site.rules.plans)


# --- posts ----------------------------------------------------------------------------------------


def test_a_clinic_finds_a_link_a_text_and_a_picture_for_each_situation(made):
    text = html("clinics/social/index.html")
    for name, item in made.items():
        assert f'href="../../situations/{name}/"' in text
        assert f'href="../../assets/social/situations/{name}.png" download="{name}.png"' in text
        assert escape(item.own("post")) in text


@pytest.mark.parametrize("name", sorted(LANDINGS))
def test_a_post_promises_nothing_and_quotes_nobody(name):
    words = unescape(LANDINGS[name].post["en"]).lower()
    for claim in ("guarantee", "free ", "will pay", "will cover", "success", "!", '"', "“", "#"):
        assert claim not in words, claim


def test_the_code_for_the_front_desk_is_plain_and_the_same_each_time():
    drawn = posts.code("https://clinic.example/guide/estimator/")
    assert drawn == posts.code("https://clinic.example/guide/estimator/")
    assert drawn != posts.code("https://clinic.example/other/estimator/")
    assert drawn.startswith("<svg")
    assert "<title>https://clinic.example/guide/estimator/</title>" in drawn
    assert "#fff" in drawn
    assert "style=" not in drawn


def test_without_an_address_there_is_no_code_but_what_to_do(site):
    assert posts.pages(site) == {}
    assert "SITE_URL" in posts.parts(site)["code.html"]
    there = site.replace(address=ADDRESS)
    assert list(posts.pages(there)) == ["assets/social/estimator-code.svg"]
    assert f"{ADDRESS}estimator/" in posts.parts(there)["code.html"]
    assert f"{ADDRESS}situations/tricare/" in posts.parts(there)["posts.html"]
