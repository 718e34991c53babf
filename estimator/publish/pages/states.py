"""The states: a page for each, and the overview to choose from.

What a page says of a state comes from ``data/states/``, the sentences around it from
``data/state-pages.yaml``. A topic that nobody has checked is said to be so, never left out.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import confirm, foot
from estimator.publish.pages.state_page import StatePage
from estimator.publish.pages.state_words import (
    Words,
    everywhere,
    least,
    license_in_short,
    pip,
    slug,
    special,
    to_plan,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from estimator.model import StateRules
    from estimator.publish.pages.site import Site

# Each state where it lies, in a grid: close enough to the map that people find theirs.
MAP = (
    "AK .. .. .. .. .. .. .. .. .. ME",
    ".. .. .. .. .. .. .. .. .. VT NH",
    "WA ID MT ND MN IL WI MI NY RI MA",
    "OR NV WY SD IA IN OH PA NJ CT ..",
    "CA UT CO NE MO KY WV VA MD DE ..",
    ".. AZ NM KS AR TN NC SC DC .. ..",
    ".. .. .. OK LA MS AL GA .. .. ..",
    "HI .. .. TX .. .. .. .. FL .. ..",
)
_PIP = ("required", "optional", "none", "unknown")


def pages(site: Site) -> dict[str, str]:
    """A page for each state and DC, as Markdown by path."""
    states = site.rules.states.values()
    return {f"states/{slug(state)}.md": StatePage(site, state).markdown() for state in states}


def parts(site: Site) -> dict[str, Html]:
    """What the overview is made of."""
    states = sorted(site.rules.states.values(), key=lambda state: state.name)
    words = Words(site)
    return {
        "states-answer.html": _answer(states, words),
        "states-pip.html": _about_pip(states, words),
        "states-map.html": _map(site, words),
        "states-letters.html": _letters(states, words),
        "states-table.html": _table(states, words),
        "states-everywhere.html": _everywhere(site),
        "states-foot.html": foot(site, min(s.reviewed for s in states), _sources(site, words)),
    }


def _sources(site: Site, words: Words) -> Iterator[str]:
    """The sources of all that the overview says."""
    for state in site.rules.states.values():
        for held in (state.auto, state.massage_license):
            yield from () if held is None else held.sources
        for ids in special(state, words).values():
            yield from ids
    for note in everywhere(site).values():
        yield from note.sources


def _answer(states: list[StateRules], words: Words) -> Html:
    """The answer in two sentences, and the states whose law opens health plans."""
    opened = [state.name for state in states if state.every_category]
    told = [words.say("overview")]
    if opened:
        told.append(words.say("overview.every-category", states=", ".join(opened)))
    lead = tag("strong", escape(words.say("overview.answer")))
    return tag("div", tag("p", lead, escape(" " + " ".join(told))), class_="answer-first")


def _about_pip(states: list[StateRules], words: Words) -> Html:
    """What PIP is, and where it never pays for massage."""
    never = [state.name for state in states if state.pip_excludes_massage]
    told = [words.say("overview.pip")]
    if never:
        told.append(words.say("overview.never", states=", ".join(never)))
    return tag("p", escape(" ".join(told)))


def _everywhere(site: Site) -> Html:
    """What holds in each state, by kind of plan."""
    items = []
    for plan, note in everywhere(site).items():
        name = Html("") if plan == "self-funded" else join(to_plan(site, plan, 1), escape(". "))
        text = escape(getattr(note, site.language) or note.en)
        items.append(tag("li", name, text, escape(" "), confirm(site, note.ask)))
    return tag("ul", *items, class_="notes")


def _map(site: Site, words: Words) -> Html:
    """The states as tiles, each a link that says its rule on PIP; and what the tiles mean."""
    tiles = []
    for row, line in enumerate(MAP, 1):
        for column, name in enumerate(line.split(), 1):
            if name == "..":
                continue
            state = site.rules.states[name]
            rule = pip(state)
            heard = tag("span", escape(f", {state.name}: PIP"), class_="heard")
            tile = tag(
                "a",
                tag("b", escape(name)),
                heard,
                escape(" "),
                tag("span", escape(words.say(f"tile.{rule}")), class_="word"),
                href=f"{slug(state)}/",
                class_=rule,
            )
            tiles.append(tag("li", tile, class_=f"row-{row} column-{column}"))
    counts = Counter(pip(state) for state in site.rules.states.values())
    legend = [
        tag("li", tag("span", class_=f"swatch {rule}", aria_hidden="true"),
            escape(words.say(f"legend.{rule}", count=counts[rule])))
        for rule in _PIP
        if counts[rule]
    ]  # fmt: skip
    return tag(
        "div",
        tag("nav", tag("ul", *tiles, class_="tiles"), aria_label=words.say("map")),
        tag("ul", *legend, class_="legend"),
        class_="states-map",
    )


def _letters(states: list[StateRules], words: Words) -> Html:
    """Links to the first row of each letter in the table."""
    letters = dict.fromkeys(state.name[0] for state in states)
    jumps = [tag("li", tag("a", escape(x), href=f"#states-{x.lower()}")) for x in letters]
    return tag("nav", tag("ul", *jumps), class_="letters", aria_label=words.say("letters"))


def _table(states: list[StateRules], words: Words) -> Html:
    """The states in a table that a phone shows as a list."""
    columns = ("state", "auto", "minimum", "license", "notes")
    heads = [tag("th", escape(words.say(f"column.{name}")), scope="col") for name in columns]
    rows, last = [], ""
    for state in states:
        letter = state.name[0].lower()
        anchor = None if letter == last else f"states-{letter}"
        rows.append(tag("tr", *_cells(state, words), id=anchor))
        last = letter
    head = tag("thead", tag("tr", *heads))
    return tag("table", head, tag("tbody", *rows), class_="states")


def _cells(state: StateRules, words: Words) -> Iterator[Html]:
    """A state's row."""
    yield tag("th", tag("a", escape(state.name), href=f"{slug(state)}/"), scope="row")
    rule = pip(state)
    yield tag("td", tag("span", class_=f"swatch {rule}", aria_hidden="true"),
              escape(words.say(f"auto.{rule}")))  # fmt: skip
    held = "" if state.auto is None else least(state.auto, words)
    for text in (held, license_in_short(state, words), "; ".join(special(state, words))):
        yield tag("td", escape(text)) if text else tag("td", class_="empty")
