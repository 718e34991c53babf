"""A worked example that has a page and a card of its own: its estimate, its words, its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import load, view
from estimator.dates import in_force
from estimator.engine import estimate
from estimator.messages import written_out
from estimator.model import KEYS, DataError
from estimator.money import as_dollars, as_whole_dollars
from estimator.publish.cards import Card, Figures
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from estimator.guide import Situation, Situations
    from estimator.model import Estimate, Example
    from estimator.publish.pages.site import Site

# Where the pages stand, below the site's root.
FOLDER = "situations"


class Landing(Record, kw_only=True):
    """A worked example with its estimate, and what fills the placeholders of its page's words."""

    site: Site
    example: Example
    about: Situation
    estimate: Estimate
    told: Mapping[str, object]

    @property
    def path(self) -> str:
        """The page's folder below the site's root."""
        return f"{FOLDER}/{self.example.id}"

    def page(self, name: str, /, **inputs: object) -> str:
        """A heading or a sentence that all landing pages share."""
        words: str = self.site.guide["situations"].page[name][self.site.language]
        return self.site.messages.fill(words, **{**self.told, **inputs})

    def line(self, words: str) -> str:
        """A sentence of this page with the example's figures in it.

        Raises:
            DataError: it names a figure that the example doesn't have.
        """
        try:
            return self.site.messages.fill(words, **self.told)
        except KeyError as error:
            where = f"data/situations.yaml: situations.{self.example.id}"
            problem = f"{where}: this example has no {error.args[0]}: {words!r}"
            raise DataError([problem]) from None

    def own(self, name: str) -> str:
        """This page's own sentence of a name, such as ``answer``."""
        return self.line(getattr(self.about, name)[self.site.language])

    def lines(self, name: str) -> tuple[str, ...]:
        """This page's own sentences of a name, such as ``next``."""
        return tuple(map(self.line, getattr(self.about, name)[self.site.language]))

    def answers(self) -> dict[str, str]:
        """The example's answers as its file writes them; lists have no room in a link."""
        name = f"examples/{self.example.id}.yaml"
        tree = load.file_tree(self.site.data() / name, f"data/{name}")
        if not isinstance(tree, dict) or not isinstance(given := tree["given"], dict):
            raise TypeError(name)
        return {key: value for key, value in given.items() if isinstance(value, str)}


def landings(site: Site) -> Iterator[Landing]:
    """Every landing page, in the order of their examples."""
    held: Situations = site.guide["situations"]
    for example in site.examples:
        if example.id not in held.situations:
            continue
        found = written_out(estimate(example.given, site.rules, site.built), site.messages)
        yield Landing(
            site=site,
            example=example,
            about=held.situations[example.id],
            estimate=found,
            told=_told(site, example, found),
        )


def _told(site: Site, example: Example, found: Estimate) -> dict[str, object]:
    """What words of a page may name: the answers, the estimate, the first visit's year."""
    answers = {key.name: getattr(example.given, key.name) for key in KEYS}
    first = found.scenarios["likely"].visits[0].date
    year = site.rules.years.get(first.year)
    law = {
        name: dated.value
        for name, series in site.rules.standing.items()
        if (dated := in_force(series, first))
    }
    told: dict[str, object] = {
        **answers,
        **({name: item.value for name, item in year.amounts.items()} if year else {}),
        **law,
        "low": found.range.low,
        "likely": found.range.likely,
        "high": found.range.high,
        "if_denied": found.if_denied,
        "plan_pays": found.scenarios["likely"].total.plan,
    }
    if found.tax_saving is not None:
        told["saving"] = found.tax_saving.amount
    return {name: value for name, value in told.items() if value is not None}


def cards(site: Site) -> dict[str, Card]:
    """The card of each landing page, with its example's figures."""
    return {item.path: _card(item) for item in landings(site)}


def _card(landing: Landing) -> Card:
    return Card(question=landing.own("title"), guide=landing.site.name, figures=figures(landing))


def figures(landing: Landing) -> Figures:
    """The example's figures in few words, never the likely one without what a no would cost."""
    found, messages = landing.estimate, landing.site.messages
    is_exact = found.range.low == found.range.high
    shown = Figures(
        verdict=found.verdict,
        word=messages.say(f"verdict.{found.verdict}.word"),
        lead=view.lead(found, messages),
        figure=(as_dollars if is_exact else as_whole_dollars)(found.range.likely),
        course=view.for_visits(found, messages),
        spread="" if is_exact else landing.page("spread"),
        below=landing.page("if-denied"),
        promise=landing.page("promise"),
        bars=tuple((visit.patient, visit.plan) for visit in found.scenarios["likely"].visits),
        legend=(messages.say("picture.legend.you"), messages.say("picture.legend.plan")),
    )
    if landing.example.given.plan == "self-pay":
        return _own_figures(landing, shown)
    if found.verdict == "not-covered":
        return shown.replace(lead=landing.page("price"), below=landing.page("refused"))
    return shown


def _own_figures(landing: Landing, shown: Figures) -> Figures:
    """The figures of a person whom no plan pays: the price, or what an account saves of it."""
    saving = landing.estimate.tax_saving
    word = landing.site.guide["situations"].groups[landing.about.group][landing.site.language]
    own = shown.replace(verdict="own", word=word)
    if saving is None or not saving.amount:
        return own.replace(lead=landing.page("price"), below=landing.page("own-price"))
    return own.replace(
        lead=landing.page("account"),
        figure=as_whole_dollars(saving.amount),
        course=landing.page("in-tax", course=shown.course),
        below=landing.page("account-price"),
    )
