"""Words and questions: the glossary, and what people ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.guide import QUESTION_GROUPS
from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import confirm, door, foot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.guide import DeskQuestion, Term
    from estimator.publish.pages.site import Site

# The pages that questions send people to, by the name the data gives them.
PAGES = {
    "Auto PIP and MedPay": "plans/",
    "Before you book": "before/call/",
    "Claims step by step": "claims/steps/",
    "Codes": "coverage/codes/",
    "Conditions": "coverage/conditions/",
    "Denied?": "claims/denied/",
    "Estimator": "estimator/",
    "Is it covered?": "coverage/is-it-covered/",
    "Medicaid": "plans/",
    "Medical or spa massage": "coverage/medical-or-spa/",
    "Medicare Advantage": "plans/",
    "Original Medicare": "plans/",
    "Paying with HSA or FSA": "pay/hsa-fsa/",
    "Paying yourself": "pay/paying-yourself/",
    "States": "states/",
    "Superbill": "claims/superbill/",
    "Talking to your doctor": "before/doctor/",
    "VA community care": "plans/",
    "What it costs": "costs/what-it-costs/",
    "Workers' compensation": "plans/",
}


def parts(site: Site) -> dict[str, Html]:
    """The glossary's terms, and the questions with their answers."""
    held, terms = _questions(site), glossary(site)
    term_sources = [source for term in terms.values() for source in term.sources]
    return {
        "glossary.html": _glossary(site, terms),
        "glossary-find.html": finder(site, "terms"),
        "glossary-foot.html": foot(site, site.guide["glossary"]["reviewed"], term_sources),
        "questions.md": _grouped(site),
        "questions-find.html": finder(site, "questions"),
        "questions-foot.html": join(
            door(site, {}, depth=1),
            foot(site, site.guide["desk-questions"]["reviewed"], question_sources(site, held)),
        ),
    }


def glossary(site: Site) -> Mapping[str, Term]:
    """Every term by its id."""
    found: Mapping[str, Term] = site.guide["glossary"]["terms"]
    return found


def _questions(site: Site) -> Mapping[str, DeskQuestion]:
    found: Mapping[str, DeskQuestion] = site.guide["desk-questions"]["questions"]
    return found


def finder(site: Site, what: str) -> Html:
    """A box that shows only the entries with the words typed; the script shows it.

    Args:
        site: The site.
        what: What is looked for, a key of the messages: ``terms``, ``questions``, ``reasons``.
    """
    say = site.messages.say
    label = tag("label", escape(say(f"guide.find.{what}.label")), for_="find")
    box = tag("input", type="search", id="find", autocomplete="off", spellcheck="false")
    status = tag(
        "p",
        role="status",
        data_one=say(f"guide.find.{what}.one"),
        data_many=say(f"guide.find.{what}.many", count="#"),
        data_none=say(f"guide.find.{what}.none"),
    )
    return tag("div", label, box, status, class_="finder", data_find=True, hidden=True)


def _glossary(site: Site, terms: Mapping[str, Term]) -> Html:
    """Every term in the order of the alphabet, each with an id to link to."""
    language = site.language
    ordered = sorted(terms.values(), key=lambda term: term.term[language].lower())
    entries = []
    for term in ordered:
        told = [tag("p", escape(term.means[language] + " "), confirm(site, term.ask))]
        if term.also:
            also = ", ".join(term.also[language])
            told.append(tag("p", escape(site.messages.say("guide.also", also=also)), class_="soft"))
        if term.see:
            linked = [
                tag("a", escape(terms[item].term[language]), href=f"#{item}") for item in term.see
            ]
            told.append(_listed_links(site.messages.say("guide.see"), linked))
        named = tag("dt", escape(term.term[language]))
        entries.append(tag("div", named, tag("dd", *told), id=term.id, data_findable=True))
    return join(_letters(site, ordered), tag("dl", *entries, class_="glossary"))


def _letters(site: Site, ordered: Iterable[Term]) -> Html:
    """A link to the first term of each letter."""
    first: dict[str, str] = {}
    for term in ordered:
        first.setdefault(term.term[site.language][0].upper(), term.id)
    linked = (tag("a", escape(letter), href=f"#{item}") for letter, item in first.items())
    return tag("nav", *linked, class_="letters", aria_label=site.messages.say("guide.letters"))


def _listed_links(before: str, linked: Iterable[Html]) -> Html:
    """Links in one line, after a word that says what they are."""
    parts = [Html(f"{escape(', ') if place else ''}{item}") for place, item in enumerate(linked)]
    return tag("p", escape(f"{before} "), *parts, escape("."), class_="soft")


def _grouped(site: Site) -> Html:
    """The questions by what they are about, as Markdown: its headings reach the contents."""
    held = _questions(site)
    blocks = []
    for group in QUESTION_GROUPS:
        ids = [item.id for item in held.values() if item.group == group]
        blocks += [
            f"## {escape(site.messages.say(f'guide.questions.{group}'))}",
            answers(site, ids, depth=1),
        ]
    return Html("\n\n".join(blocks))


def answers(site: Site, ids: Iterable[str], *, depth: int) -> Html:
    """Questions, each with its answer folded away.

    Args:
        site: The site.
        ids: Which of the questions of the front desk, in order.
        depth: How many folders the page lies below the site's root.
    """
    held = _questions(site)
    return tag("div", *(_answer(site, held[item], depth) for item in ids), class_="questions-asked")


def _answer(site: Site, asked: DeskQuestion, depth: int) -> Html:
    language = site.language
    told = [tag("p", escape(asked.answer[language] + " "), confirm(site, asked.ask))]
    if asked.see:
        linked = [tag("a", escape(name), href="../" * depth + PAGES[name]) for name in asked.see]
        told.append(_listed_links(site.messages.say("guide.read_on"), linked))
    title = tag("summary", escape(asked.asks[language]))
    return tag("details", title, *told, id=asked.id, data_findable=True)


def question_sources(site: Site, ids: Iterable[str]) -> list[str]:
    """The sources of some answers."""
    held = _questions(site)
    return [source for item in ids for source in held[item].sources]
