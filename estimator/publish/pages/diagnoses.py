"""Diagnosis codes: those that can be billed by group, and beside them those that can't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import bullets, confirm, door, foot
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from estimator.guide import Condition, Conditions, Diagnoses
    from estimator.publish.pages.site import Site


def parts(site: Site) -> dict[str, Html]:
    """The conditions with their codes, and the look-up table of all groups."""
    held: Diagnoses = site.guide["diagnoses"]
    told: Conditions = site.guide["conditions"]
    sources = [source for one in told.conditions.values() for source in one.sources]
    always = (escape(told.always["says"][site.language]), escape(" "),
              confirm(site, told.always.get("ask")))  # fmt: skip
    release = site.messages.say("conditions.release", release=held.release)
    return {
        "conditions-always.html": tag("p", *always),
        "conditions-find.html": _jumps(told.conditions, site.language),
        "conditions.md": join(*(_condition(site, one) for one in told.conditions.values())),
        "conditions-door.html": door(site, {"purpose": "diagnosed"}, depth=2),
        "conditions-foot.html": foot(
            site,
            min(told.reviewed, held.reviewed),
            [*told.always["sources"], *sources, *held.sources],
        ),
        "diagnoses-release.html": tag("p", escape(release)),
        "diagnoses.html": join(*(_group(site, name) for name in held.billable)),
        "diagnoses-apart.html": bullets(_apart(site)),
    }


# --- conditions -----------------------------------------------------------------------------------


def _jumps(conditions: Mapping[str, Condition], language: str) -> Html:
    """A link to each condition, for a phone, where the table of contents is folded away."""
    links = (
        tag("li", tag("a", escape(one.name[language]), href=f"#{one.id}"))
        for one in conditions.values()
    )
    return tag("ul", *links, class_="find")


def _condition(site: Site, one: Condition) -> Html:
    """A condition as Markdown: a heading of the page, then what is said of it.

    The heading is Markdown, so that the page's table of contents lists it.
    """
    say, language = site.messages.say, site.language
    count = sum(len(site.guide["diagnoses"].billable[group]) for group in one.groups)
    shown = tag(
        "div",
        _said(say("conditions.supports"), one.supports[language], confirm(site, one.ask)),
        _said(say("conditions.careful"), one.careful[language]) if one.careful else Html(""),
        tag(
            "details",
            tag("summary", escape(say("conditions.codes", count=count))),
            _codes(site, one.groups),
        ),
    )
    return Html(f"\n\n## {escape(one.name[language])} {{: #{one.id} }}\n\n{shown}\n")


def _said(lead: str, words: str, *notes: Html) -> Html:
    return tag("p", tag("strong", escape(f"{lead}:")), escape(f" {words} "), *notes)


# --- codes ----------------------------------------------------------------------------------------


def _group(site: Site, name: str) -> Html:
    """A group's codes, folded away under its name."""
    count = len(site.guide["diagnoses"].billable[name])
    summary = tag("summary", escape(f"{name} ({count})"))
    return tag("details", summary, _codes(site, (name,)))


def _codes(site: Site, groups: Iterable[str]) -> Html:
    """The codes of groups in order, with those that can't be billed where they would be sought."""
    held: Diagnoses = site.guide["diagnoses"]
    titles = {code: title for group in groups for code, title in held.billable[group].items()}
    rows = {code: (title, _billable(site, code)) for code, title in titles.items()}
    for code, old in held.not_billable.items():
        if titles.keys() & set(old.replaced_by):
            rows[code] = (old.title, _retired(site, code))
    for code, wrong in held.wrong_disease.items():
        if titles.keys() & set(wrong.use):
            rows[code] = (wrong.title, _wrong(site, code))
    heads = [site.messages.say(f"conditions.head.{name}") for name in ("code", "title", "status")]
    ordered = ((escape(code), escape(rows[code][0]), rows[code][1]) for code in sorted(rows))
    return table(heads, ordered)


def _billable(site: Site, code: str) -> Html:
    begins = site.guide["diagnoses"].begins.get(code)
    if begins is None:
        return escape(site.messages.say("conditions.status.billable"))
    return escape(site.messages.say("conditions.status.begins", day=begins))


def _retired(site: Site, code: str) -> Html:
    """Why a code can't stand on a claim, since when, and what to choose from instead."""
    old = site.guide["diagnoses"].not_billable[code]
    key = old.status
    if key == "outdated" and old.since is None:
        key = "outdated_undated"
    codes = ", ".join(old.replaced_by)
    words = site.messages.say(f"conditions.status.{key}", day=old.since, codes=codes)
    shown = tag("strong", escape(words)) if old.status == "outdated" else escape(words)
    return join(shown, escape(" "), confirm(site, old.ask))


def _wrong(site: Site, code: str) -> Html:
    wrong = site.guide["diagnoses"].wrong_disease[code]
    words = site.messages.say(
        "conditions.status.wrong",
        mistaken=wrong.mistaken_for[site.language],
        codes=", ".join(wrong.use),
    )
    return tag("strong", escape(words))


def _apart(site: Site) -> Iterator[str]:
    """Codes that can't stand beside others on one claim."""
    for one in site.guide["diagnoses"].excludes:
        name = one.name.get(site.language, one.code)
        yield site.messages.say(
            "codes.look_up.apart", name=name, code=one.code, others=", ".join(one.not_with)
        )
