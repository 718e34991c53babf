"""The landing pages: each answers a question that people type, by a worked example; their list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from estimator import picture, view
from estimator.markup import Html, escape, join, tag
from estimator.money import as_whole_dollars
from estimator.publish.pages.landing import Landing, figures, landings
from estimator.publish.pages.pieces import bullets, confirm, door, foot, said
from estimator.publish.pages.state_words import slug
from estimator.publish.pages.written import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from estimator.guide import DeskQuestion
    from estimator.publish.pages.site import Site

_DEPTH = 2
# The page of each plan line.
_PLAN_PAGES = {
    "commercial-ppo": "plans/ppo.md",
    "commercial-hmo": "plans/hmo.md",
    "commercial-epo": "plans/epo.md",
    "commercial-pos": "plans/pos.md",
    "commercial-hdhp": "plans/hdhp.md",
    "medicare-original": "plans/medicare-original.md",
    "medicare-advantage": "plans/medicare-advantage.md",
    "medicaid": "plans/medicaid.md",
    "va-community-care": "plans/va.md",
    "tricare": "plans/tricare.md",
    "fehb": "plans/federal-employees.md",
    "auto-pip": "plans/auto.md",
    "auto-medpay": "plans/auto.md",
    "workers-comp": "plans/workers-comp.md",
    "self-pay": "plans/none.md",
}
# It says that the example's dates lie behind us, which its table of visits shows anyway.
_UNSAID = ("visits-are-past",)


def parts(site: Site) -> dict[str, Html]:
    """The list of situations, in its groups."""
    found = list(landings(site))
    groups = []
    for name, title in site.guide["situations"].groups.items():
        items = [_listed(item) for item in found if item.about.group == name]
        heading = tag("h2", escape(title[site.language]), id=name)
        groups.append(join(heading, tag("ul", *items, class_="situations")))
    return {"situations.html": join(*groups)}


def _listed(landing: Landing) -> Html:
    """A situation in the list: the question, the verdict, the dollars."""
    shown = figures(landing)
    link = tag("a", escape(landing.own("title")), href=f"{landing.example.id}/")
    amount = tag("strong", escape(shown.figure))
    course = f"{shown.course}, {shown.spread}" if shown.spread else shown.course
    told = join(escape(f"{shown.word}. {shown.lead} "), amount, escape(f" {course}. {shown.below}"))
    return tag("li", link, tag("br"), told)


def pages(site: Site) -> dict[str, str]:
    """Each landing page as Markdown, by its path."""
    return {f"{item.path}.md": _page(item) for item in landings(site)}


def _page(landing: Landing) -> str:
    """One landing page: its front matter, then a heading and HTML for each section."""
    head = {
        "title": landing.own("title"),
        "description": landing.own("description"),
        "styles": ["situations"],
    }
    # What JSON writes, YAML reads.
    front = "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items())
    sections = [(title, html) for title, html in _sections(landing) if html]
    body = "\n\n".join(f"## {escape(title)}\n\n{html}" for title, html in sections)
    title = escape(landing.own("title"))
    answer = tag("div", tag("p", escape(landing.own("answer"))), class_="answer-first")
    return f"---\n{front}\n---\n\n# {title}\n\n{answer}\n\n{body}\n\n{_foot(landing)}\n"


def _sections(landing: Landing) -> Iterator[tuple[str, Html]]:
    """The sections of a page with their headings; an empty one is left out."""
    yield landing.page("cost"), _example(landing)
    yield landing.page("depends"), _depends(landing)
    yield landing.page("asks"), _asks(landing)
    yield landing.page("next"), bullets(landing.lines("next"), ordered=True)
    yield landing.page("know"), _know(landing)
    yield landing.site.messages.say("answer.others"), _others(landing)
    yield landing.page("denied"), _denied(landing)
    yield landing.page("asked"), _asked(landing)
    yield landing.page("related"), _related(landing)


def _example(landing: Landing) -> Html:
    """The estimate: what it takes as given, the dollars, the picture, visit by visit."""
    site, found = landing.site, landing.estimate
    drawn = tag("figure", picture.course(found, site.messages))
    return join(
        tag("div", view.summary(landing.example, found, site.messages, drawn), class_="example"),
        tag("p", escape(site.messages.say("answer.promise")), class_="promise"),
        door(site, landing.answers(), depth=_DEPTH, words=landing.page("question")),
    )


def _depends(landing: Landing) -> Html:
    """The verdict, what led to it, and what still has to be true."""
    found, say = landing.estimate, landing.site.messages.say
    open_ids = {item.id for item in found.conditions}
    reasons = [s.text for s in found.steps if s.id in found.reasons and s.id not in open_ids]
    notes = [item.text for item in found.warnings if item.id not in _UNSAID]
    parts = [bullets(reasons)]
    if landing.example.given.plan != "self-pay":
        parts.insert(0, tag("p", escape(say(f"verdict.{found.verdict}.sentence"))))
    if found.conditions:
        parts.append(tag("h3", escape(say("answer.conditions"))))
        parts.append(bullets(item.text for item in found.conditions))
    if notes:
        parts += [tag("h3", escape(say("answer.caveats"))), bullets(notes)]
    return join(*parts)


def _asks(landing: Landing) -> Html:
    """The estimator's questions with their dollars, then this page's own."""
    found, say = landing.estimate, landing.site.messages.say
    worth = [item for item in found.questions if item.swing]
    rest = [item.text for item in found.questions if not item.swing]
    lines = [
        tag("li", escape(f"{item.text} "),
            tag("span", escape(say("answer.swing", amount=item.swing)), class_="swing"))
        for item in worth
    ]  # fmt: skip
    folded = tag("details", tag("summary", escape(say("answer.more_questions"))), bullets(rest))
    return join(
        tag("p", escape(landing.page("dollars" if worth else "closed"))),
        tag("ol", *lines, class_="asks") if worth else Html(""),
        bullets(landing.lines("asks")),
        folded if rest else Html(""),
    )


def _know(landing: Landing) -> Html:
    """What is known: this page's own paragraphs, then what the data says of the case."""
    about = landing.about
    *paragraphs, last = landing.lines("know")
    return join(
        *(tag("p", escape(line)) for line in paragraphs),
        tag("p", escape(f"{last} "), confirm(landing.site, about.ask)),
        *_law(landing),
        *_conditions(landing),
        *_policies(landing),
        *_letters(landing),
    )


def _law(landing: Landing) -> Iterator[Html]:
    """What the example's state says on the topics that matter here."""
    site, given = landing.site, landing.example.given
    if not landing.about.notes or given.state is None:
        return
    state = site.rules.states[given.state]
    yield tag("h3", escape(landing.page("law", state=state.name)))
    notes = [note for topic in landing.about.notes for note in state.notes.get(topic, ())]
    yield tag(
        "ul", *(tag("li", escape(note.en), escape(" "), confirm(site, note.ask)) for note in notes)
    )


def _conditions(landing: Landing) -> Iterator[Html]:
    """What supports the need for massage with a condition, and its trap."""
    site = landing.site
    for name in landing.about.conditions:
        item = site.guide["conditions"].conditions[name]
        yield tag("h3", escape(landing.page("condition", name=item.name[site.language])))
        yield tag("p", escape(item.supports[site.language]))
        if item.careful:
            yield tag("p", escape(item.careful[site.language]))


def _policies(landing: Landing) -> Iterator[Html]:
    """What insurers have published that bears on the case."""
    site, language = landing.site, landing.site.language
    if not landing.about.policies:
        return
    held = site.guide["policies"]
    pairs = []
    for name in landing.about.policies:
        item = held.policies[name]
        title = landing.page("published", insurer=item.insurer, document=item.document)
        if item.dated:
            title = f"{title}, {landing.page('dated', date=item.dated)}"
        told = join(escape(f"{item.says[language]} "), confirm(site, item.ask))
        pairs.append((title, told))
    yield tag("h3", escape(landing.page("policies")))
    yield said(pairs)
    yield tag("p", escape(held.about[language]))


def _letters(landing: Landing) -> Iterator[Html]:
    """What a letter must say; what only helps is left to the letter's own page."""
    site, language = landing.site, landing.site.language
    for name in landing.about.letters:
        letter = site.guide["letters"]["letters"][name]
        yield tag("h3", escape(landing.page("letter", name=letter.title[language])))
        yield tag("p", escape(letter.purpose[language]))
        yield bullets(item.label[language] for item in letter.items if item.needed == "must")
        if letter.careful:
            yield tag("p", escape(letter.careful[language]))


def _others(landing: Landing) -> Html:
    """Other ways to pay, as the estimator names them."""
    lines = [
        tag("li", tag("strong", escape(f"{item.label}: {as_whole_dollars(item.patient)}")),
            escape(f". {item.note}"))
        for item in landing.estimate.alternatives
    ]  # fmt: skip
    return tag("ul", *lines) if lines else Html("")


def _denied(landing: Landing) -> Html:
    """What to do when the plan says no, from the reasons that fit."""
    site, language = landing.site, landing.site.language
    found = []
    for name in landing.about.denials:
        item = site.guide["denials"]["denials"][name]
        found += [tag("p", escape(item.means[language])), bullets(item.do[language])]
    return join(*found)


def _asked(landing: Landing) -> Html:
    """Questions of the front desk with their answers."""
    site, language = landing.site, landing.site.language
    found = []
    for item in _desk_questions(landing):
        told = join(escape(f"{item.answer[language]} "), confirm(site, item.ask))
        found += [tag("h3", escape(item.asks[language])), tag("p", told)]
    return join(*found)


def _desk_questions(landing: Landing) -> Iterator[DeskQuestion]:
    held = landing.site.guide["desk-questions"]["questions"]
    yield from (held[name] for name in landing.about.questions)


def _related(landing: Landing) -> Html:
    """Other situations, pages of the guide, and the words people look for it by."""
    site, language = landing.site, landing.site.language
    held = site.guide["situations"].situations
    links = [
        tag("a", escape(held[name].title[language]), href=f"../{name}/")
        for name in landing.about.related
    ]
    for page in (*landing.about.see, *_own_pages(landing)):
        href = f"{'../' * _DEPTH}{page.removesuffix('.md')}/"
        links.append(tag("a", escape(title_of(site, page)), href=href))
    if landing.example.given.state is not None:
        state = site.rules.states[landing.example.given.state]
        href = f"{'../' * _DEPTH}states/{slug(state)}/"
        links.append(tag("a", escape(landing.page("law", state=state.name)), href=href))
    words = "; ".join(f"“{line}”" for line in landing.about.search[language])
    return join(
        tag("ul", *(tag("li", link) for link in links)),
        tag("p", escape(landing.page("also", words=words)), class_="also"),
    )


def _own_pages(landing: Landing) -> Iterator[str]:
    """The written page of the example's plan, where there is one."""
    page = _PLAN_PAGES.get(landing.example.given.plan or "", "")
    if page and (landing.site.root / "docs" / landing.site.language / page).is_file():
        yield page


def _foot(landing: Landing) -> Html:
    """When it was checked, the sources of all it says, and the day of its figures."""
    as_of = landing.site.messages.say("answer.as_of", date=landing.estimate.as_of)
    return join(
        tag("p", escape(as_of), class_="as-of"),
        foot(landing.site, min(_reviewed(landing)), _sources(landing)),
    )


def _reviewed(landing: Landing) -> Iterator[date]:
    """When each file behind the page was last checked."""
    site, given = landing.site, landing.example.given
    yield site.guide["situations"].reviewed
    names = [f"plans/{given.plan}", f"states/{(given.state or '').lower()}", "assumptions"]
    yield from (site.rules.reviewed[name] for name in names if name in site.rules.reviewed)
    for name in ("conditions", "policies"):
        if getattr(landing.about, name):
            yield site.guide[name].reviewed
    for name, key in (
        ("letters", "letters"),
        ("denials", "denials"),
        ("questions", "desk-questions"),
    ):
        if getattr(landing.about, name):
            yield site.guide[key]["reviewed"]


def _sources(landing: Landing) -> Iterator[str]:
    """The sources of the page's words, then of what it shows, then of the estimate's steps."""
    site, about = landing.site, landing.about
    yield from about.sources
    shown: Iterable[Any] = (
        *(site.guide["conditions"].conditions[name] for name in about.conditions),
        *(site.guide["policies"].policies[name] for name in about.policies),
        *(site.guide["letters"]["letters"][name] for name in about.letters),
        *(site.guide["denials"]["denials"][name] for name in about.denials),
        *_desk_questions(landing),
        *landing.estimate.steps,
    )
    if about.notes and landing.example.given.state:
        notes = site.rules.states[landing.example.given.state].notes
        shown = (*(note for topic in about.notes for note in notes.get(topic, ())), *shown)
    for item in shown:
        yield from item.sources
