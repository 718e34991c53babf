"""Codes on the bill, in our own words: what each is, pairs, units, modifiers, who sends them."""

from __future__ import annotations

from itertools import count, groupby, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from estimator import facts, load
from estimator.markup import Html, escape, join, tag
from estimator.model import Service
from estimator.publish.pages.pieces import confirm, door, foot
from estimator.publish.pages.plans import listed
from estimator.publish.pages.tables import table
from estimator.units import MASSAGE, RULES, units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from estimator.model import BillingCode
    from estimator.publish.pages.site import Site

# So many rows has the table of units; a visit of more is rare.
_MOST_UNITS = 8
# Visits of two codes on which the two rules of counting agree, and on which they don't.
_MIXED = (
    (Service("97140", 30), Service("97110", 15)),
    (Service("97140", 20), Service("97110", 20)),
    (Service("97140", 10), Service("97110", 5)),
    (Service("97140", 8), Service("97110", 8)),
)


def parts(site: Site) -> dict[str, Html]:
    """The tables of the page on codes, its door and its foot."""
    codes = site.rules.codes.values()
    return {
        "codes-massage.html": _codes(site, (code for code in codes if "lmt" in code.billed_by)),
        "codes-other.html": _codes(site, (code for code in codes if "lmt" not in code.billed_by)),
        "code-pairs-file.html": _pairs_file(site),
        "code-pairs.html": _pairs(site),
        "units.html": _units(site),
        "units-mixed.html": _mixed(site),
        "modifiers.html": _modifiers(site),
        "taxonomy.html": _taxonomy(site),
        "codes-door.html": door(site, {"purpose": "diagnosed", "provider": "lmt"}, depth=2),
        "codes-foot.html": _foot(site),
    }


def _codes(site: Site, codes: Iterable[BillingCode]) -> Html:
    """Billing codes in our own words."""
    heads = ("code", "plain", "unit", "daily", "who", "massage")
    rows = ((code.code, _what(site, code), _unit(site, code), _daily(site, code),
             _who(site, code), _is_massage(site, code)) for code in codes)  # fmt: skip
    names = [site.messages.say(f"codes.head.{name}") for name in heads]
    return table(names, (map(escape, row) for row in rows))


def _what(site: Site, code: BillingCode) -> str:
    plain = f"{code.plain[0].upper()}{code.plain[1:]}."
    return f"{plain} {code.note[site.language]}" if code.note else plain


def _unit(site: Site, code: BillingCode) -> str:
    if code.unit_minutes is None:
        return site.messages.say("codes.untimed")
    return site.messages.say("codes.timed", minutes=code.unit_minutes)


def _daily(site: Site, code: BillingCode) -> str:
    return site.messages.say("codes.no_daily") if code.daily_max is None else str(code.daily_max)


def _who(site: Site, code: BillingCode) -> str:
    names = (site.messages.say(f"plans.provider.{who}") for who in code.billed_by)
    return listed(site, names, "or")


def _is_massage(site: Site, code: BillingCode) -> str:
    answer = "yes" if "lmt" in code.billed_by else "no"
    for name in ("active", "bundled"):
        answer = name if getattr(code, name) else answer
    return site.messages.say(f"codes.massage.{answer}")


# --- pairs ----------------------------------------------------------------------------------------


def _pairs(site: Site) -> Html:
    """Which code Medicare pays of two on one day; pairs that read alike stand in one row."""
    say = site.messages.say
    by_paid: dict[tuple[str, str, str], list[str]] = {}
    for pair in site.rules.code_pairs:
        note = pair.note.get(site.language, "")
        by_paid.setdefault((pair.paid, pair.modifier, note), []).append(pair.not_paid)
    alike: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    for (code, modifier, note), codes in by_paid.items():
        alike.setdefault((tuple(codes), modifier, note), []).append(code)
    rows = [
        (listed(site, paid, "or"), listed(site, others, "or"),
         f"{say(f'codes.pairs.{modifier}')}. {note}")
        for (others, modifier, note), paid in alike.items()
    ]  # fmt: skip
    heads = [say(f"codes.pairs.{name}") for name in ("paid", "not_paid", "modifier")]
    return table(heads, (map(escape, row) for row in rows))


# --- units ----------------------------------------------------------------------------------------


def _total(site: Site, services: tuple[Service, ...], rule: str) -> int:
    return sum(units(services, rule, site.rules.codes).values())


def _units(site: Site) -> Html:
    """How the minutes of one code become units, under both rules."""
    say = site.messages.say
    earned = (
        (tuple(_total(site, (Service(MASSAGE, minutes),), rule) for rule in RULES), minutes)
        for minutes in count(1)
    )
    few = takewhile(lambda one: max(one[0]) <= _MOST_UNITS, earned)
    rows = []
    for by_rule, group in groupby(few, key=itemgetter(0)):
        minutes = [minutes for _, minutes in group]
        spread = say("codes.units.from_to", low=minutes[0], high=minutes[-1])
        rows.append((spread, *map(str, by_rule)))
    heads = [say("codes.units.minutes"), *(say(f"codes.units.{rule}") for rule in RULES)]
    return table(heads, (map(escape, row) for row in rows), "small")


def _mixed(site: Site) -> Html:
    """Visits of two codes: the units of each, under both rules."""
    say = site.messages.say
    rows = []
    for services in _MIXED:
        done = [say("codes.units.minutes_of", minutes=one.minutes, code=one.code)
                for one in services]  # fmt: skip
        rows.append((listed(site, done), *(_earned(site, services, rule) for rule in RULES)))
    heads = [say("codes.units.case"), *(say(f"codes.units.{rule}") for rule in RULES)]
    return table(heads, (map(escape, row) for row in rows))


def _earned(site: Site, services: tuple[Service, ...], rule: str) -> str:
    """The units of a visit, and of which codes they are."""
    say = site.messages.say
    earned = units(services, rule, site.rules.codes)
    each = [say("codes.units.part", units=n, code=code) for code, n in earned.items()]
    return say("codes.units.total", total=sum(earned.values()), parts=", ".join(each))


# --- modifiers, kinds of providers, the foot ------------------------------------------------------


def _modifiers(site: Site) -> Html:
    say, language = site.messages.say, site.language
    rows = []
    for one in site.guide["modifiers"]["modifiers"].values():
        who = one.who.get(language, say("codes.modifier.unknown"))
        told = join(escape(who), escape(" "), confirm(site, one.ask))
        rows.append((escape(one.id), escape(one.plain[language]), told))
    return table([say(f"codes.modifier.{name}") for name in ("code", "plain", "who")], rows)


def _taxonomy(site: Site) -> Html:
    say, language = site.messages.say, site.language
    rows = (
        (one.id, " ".join(filter(None, (f"{one.plain[language]}.", one.note.get(language)))))
        for one in site.guide["taxonomy"]["taxonomy"].values()
    )
    heads = [say(f"codes.taxonomy.{name}") for name in ("code", "plain")]
    return table(heads, (map(escape, row) for row in rows))


def _held(site: Site, name: str) -> Any:  # noqa: ANN401 - FILES knows the type
    """A whole file of which `Rules` holds the entries alone."""
    return load.data_file(site.data(), name, facts.FILES[name])


def _pairs_file(site: Site) -> Html:
    """Which published list the pairs were read from, and its date."""
    return tag("p", escape(_held(site, "code-pairs")["file"][site.language]))


def _foot(site: Site) -> Html:
    """The oldest day one of the page's files was checked, and the sources of them all."""
    pairs, guide = _held(site, "code-pairs"), site.guide
    modifiers, taxonomy = guide["modifiers"], guide["taxonomy"]
    reviewed = [_held(site, "codes")["reviewed"], guide["diagnoses"].reviewed]
    reviewed += [held["reviewed"] for held in (pairs, modifiers, taxonomy)]
    entries: list[Any] = [*site.rules.codes.values(), *site.rules.code_pairs]
    entries += [*modifiers["modifiers"].values(), *taxonomy["taxonomy"].values()]
    ids = [source for entry in entries for source in entry.sources]
    ids += ["cms-claims-manual-5", "ama-midpoint", *pairs["sources"]]
    return foot(site, min(reviewed), [*ids, *guide["diagnoses"].sources])
