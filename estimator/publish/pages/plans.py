"""The pages of plan types: who may treat, what is asked for, the figures, and a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.model import COST_SHARING
from estimator.money import as_dollars, as_percent
from estimator.publish.pages.pieces import bullets, confirm, door, foot, said
from estimator.publish.pages.policies import in_short, published
from estimator.publish.pages.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from estimator.model import Assumption, PlanLine, StateRules
    from estimator.publish.pages.site import Site

# A sentence and the sources it rests on.
type Told = tuple[str, tuple[str, ...]]

# The page that tells of each plan line, in `docs/<language>/plans/`.
PAGE_OF = {
    "commercial-ppo": "ppo",
    "commercial-hmo": "hmo",
    "commercial-epo": "epo",
    "commercial-pos": "pos",
    "commercial-hdhp": "hdhp",
    "medicare-original": "medicare-original",
    "medicare-advantage": "medicare-advantage",
    "medicaid": "medicaid",
    "va-community-care": "va",
    "tricare": "tricare",
    "fehb": "federal-employees",
    "auto-pip": "auto",
    "auto-medpay": "auto",
    "workers-comp": "workers-comp",
    "self-pay": "none",
}
# What a page's own sentences rest on, beside what its plan line and its texts name.
_ALSO = {
    "ppo": ("hcgov-plan-types", "insurer-policies", "wa-every-category"),
    "hmo": ("insurer-policies", "wa-every-category"),
    "epo": ("hcgov-plan-types", "insurer-policies", "aca-oop-benefits"),
    "pos": ("insurer-policies", "sbc-plan-year"),
    "hdhp": ("hsa-2026", "hdhp-notice-2026-5", "hdhp-embedded", "fica-2026"),
    "medicare-original": (
        *("part-b-2026", "medicare-kx", "medicare-plan-of-care", "medicare-therapy-orders"),
        *("qmb", "medicare-filing"),
    ),
    "medicaid": ("medicaid-missed-visit",),
    "va": ("va-massage-criteria", "va-copay"),
    "federal-employees": ("our-search-2026-11",),
    "auto": ("fl-627-736", "oregon-pip-massage", "pip-minimums", "at-fault-bills"),
    "workers-comp": ("fl-workers-comp", "ny-workers-comp", "ca-labor-4604-5"),
    "none": ("gfe-timing", "gfe-dispute"),
}
# Years of these amounts stand on a page, in this order.
_YEARS = {
    "hdhp": (
        *("hdhp_deductible_self", "hdhp_deductible_family", "hdhp_oop_self", "hdhp_oop_family"),
        *("hsa_self", "hsa_family", "hsa_catch_up"),
    ),
    "medicare-original": (
        *("medicare_part_b_deductible", "medicare_kx_threshold", "medicare_kx_review"),
    ),
}
_NO_NETWORK = ("auto-pip", "auto-medpay", "workers-comp", "medicare-original", "self-pay")
_NOTHING_OUTSIDE = ("auto-pip", "auto-medpay", "self-pay")
_INJURY = ("auto-pip", "auto-medpay", "workers-comp")
# What else a line's own rules make one ask.
_ASKS_ALSO = {
    "auto-pip": ("plan_paid", "medpay_max"),
    "auto-medpay": ("medpay_max",),
    "medicare-original": ("secondary",),
    "workers-comp": ("after_mmi",),
}


def parts(site: Site) -> dict[str, Html]:
    """For each plan line its parts, for each page its foot; the tables of years and of states."""
    found = {"plans-comparison.html": _comparison(site), "plans-find.html": _find(site)}
    for plan in site.rules.plans.values():
        name = f"plan-{plan.id}"
        found[f"{name}-glance.html"] = _glance(site, plan)
        found[f"{name}-requires.html"] = _requires(site, plan)
        found[f"{name}-figures.html"] = _figures(site, plan)
        found[f"{name}-asks.html"] = _asks(site, plan)
        found[f"{name}-door.html"] = _door(site, plan)
    for page in dict.fromkeys(PAGE_OF.values()):
        found[f"plan-{page}-foot.html"] = _foot(site, page)
    for page, names in _YEARS.items():
        found[f"plan-{page}-years.html"] = amounts_by_year(site, "plans.years", names)
    found["plans-foot.html"] = _foot(site, *dict.fromkeys(PAGE_OF.values()))
    found["plan-auto-states.html"] = _states(site, _auto_rules)
    found["plan-workers-comp-states.html"] = _states(site, _work_rules)
    return found | _facts(site)


def _door(site: Site, plan: PlanLine) -> Html:
    """The link to the estimator, with the line chosen; it names the line where a page has two."""
    own = f"plans.door.{plan.id}"
    words = site.messages.say(own) if site.messages.has(own) else None
    return door(site, {"plan": plan.id}, depth=2, words=words)


# --- at a glance ----------------------------------------------------------------------------------


def _glance(site: Site, plan: PlanLine) -> Html:
    """Who may treat, what is paid outside the network, what may be billed."""
    rows = {"who": who(site, plan), "outside": outside(site, plan), "billed": billed(site, plan)}
    if plan.id in _NOTHING_OUTSIDE:
        del rows["outside"]
    heads = ((site.messages.say(f"plans.head.{name}"), escape(row)) for name, row in rows.items())
    return tag("div", said(heads), class_="glance")


def _own(site: Site, topic: str, plan: PlanLine, usual: str) -> str:
    """The key of a plan line's own sentence, or of the usual one."""
    own = f"plans.{topic}.{plan.id}"
    return own if site.messages.has(own) else f"plans.{topic}.{usual}"


def listed(site: Site, words: Iterable[str], last: str = "and") -> str:
    """Words as a person lists them: ``a, b and c``."""
    *first, end = words
    if not first:
        return end
    return site.messages.say(f"plans.{last}", first=", ".join(first), last=end)


def _kinds(site: Site, providers: Iterable[str], last: str = "or") -> str:
    names = (site.messages.say(f"plans.provider.{provider}") for provider in providers)
    return listed(site, names, last)


def who(site: Site, plan: PlanLine) -> str:
    """Who may give the massage, by the line's own rules and the states'."""
    say = site.messages.say
    if site.messages.has(f"plans.who.{plan.id}"):
        return say(f"plans.who.{plan.id}")
    if not plan.pays_by_rule:
        return say("plans.who.ask")
    sentences = [say("plans.who.pays", who=_kinds(site, plan.pays_by_rule))]
    if plan.never_pays:
        sentences.append(say("plans.who.never", who=_kinds(site, plan.never_pays)))
    if "lmt" not in {*plan.pays_by_rule, *plan.never_pays}:
        sentences.append(say("plans.who.others", who=say("plans.provider.lmt")))
    if plan.id == "auto-pip":
        sentences += _who_by_state(site)
    if site.messages.has(f"plans.who.more.{plan.id}"):
        sentences.append(say(f"plans.who.more.{plan.id}"))
    return " ".join(sentences)


def _who_by_state(site: Site) -> Iterator[str]:
    held = site.rules.states.values()
    paid = [state.name for state in held if state.pip_pays_massage_therapists]
    left_out = [state.name for state in held if state.pip_excludes_massage]
    for key, names in (("by_state", paid), ("nobody", left_out)):
        if names:
            yield site.messages.say(f"plans.who.{key}", states=listed(site, names))


def outside(site: Site, plan: PlanLine) -> str:
    """What the line pays outside its network."""
    return site.messages.say(_own(site, "outside", plan, plan.pays_out_of_network))


def billed(site: Site, plan: PlanLine) -> str:
    """What a provider may bill the client."""
    usual = "any_out" if plan.pays_out_of_network == "yes" else "any_in"
    if plan.balance_bill is not None:
        usual = "fraction" if plan.balance_bill else "nothing"
    return site.messages.say(_own(site, "billed", plan, usual), rate=plan.balance_bill)


def referral(site: Site, plan: PlanLine) -> str:
    """Whether the line wants a referral."""
    usual = "yes" if "referral" in plan.requires else "no"
    return site.messages.say(_own(site, "referral", plan, usual))


def approval(site: Site, plan: PlanLine) -> str:
    """Whether the line wants to approve the visits first, or to accept a claim."""
    usual = "no"
    if "prior_auth" in plan.requires:
        usual = "always" if plan.settled_by.get("prior_auth") == ("approved",) else "ask"
    if "claim" in plan.requires:
        usual = "claim_and_approval" if "prior_auth" in plan.requires else "claim"
    return site.messages.say(_own(site, "approval", plan, usual))


def _find(site: Site) -> Html:
    """A link to each line's page."""
    say = site.messages.say
    links = (
        tag("li", tag("a", escape(say(f"plans.name.{plan}")), href=f"{PAGE_OF[plan]}/"))
        for plan in site.rules.plans
    )
    return tag("ul", *links, class_="find")


def _comparison(site: Site) -> Html:
    """All plan lines side by side."""
    say = site.messages.say
    tellers = {"who": who, "referral": referral, "approval": approval, "outside": outside,
               "billed": billed}  # fmt: skip
    heads = [say(f"plans.head.{name}") for name in ("plan", *tellers, "published")]
    rows = []
    for plan in site.rules.plans.values():
        name = tag("a", escape(say(f"plans.name.{plan.id}")), href=f"{PAGE_OF[plan.id]}/")
        cells = [teller(site, plan) for teller in tellers.values()]
        rows.append((name, *map(escape, (*cells, in_short(site, plan.id)))))
    return table(heads, rows, "plans")


# --- what it asks for, and what to ask ------------------------------------------------------------


def _requires(site: Site, plan: PlanLine) -> Html:
    """What has to be true before the line pays, in the order one would settle it."""
    keys = ["purpose", *plan.requires]
    if not plan.pays_by_rule:
        keys.append("provider")
    if plan.pays_out_of_network != "yes" and plan.id not in _NO_NETWORK:
        keys.append("network")
    return tag("ol", *(_requirement(site, plan, key) for key in keys))


def _requirement(site: Site, plan: PlanLine, key: str) -> Html:
    own = f"plans.requires.{plan.id}.{key}"
    name = own if site.messages.has(f"{own}.what") else f"plans.requires.{key}"
    what, how = (site.messages.say(f"{name}.{part}") for part in ("what", "how"))
    return tag("li", tag("strong", escape(what)), escape(f" {how}"))


def asked(plan: PlanLine) -> tuple[str, ...]:
    """The case keys to ask a plan line about, in the order of a call."""
    if plan.id == "self-pay":
        return ("fee", "minutes")
    uses = [key for order in plan.cost_sharing.plausible for key in COST_SHARING[order]]
    keys = [] if plan.pays_by_rule else ["benefit"]
    if plan.id not in _NO_NETWORK:
        keys.append("network")
    keys += plan.requires
    if len(plan.cost_sharing.plausible) > 1:
        keys.append("cost_sharing")
    keys += [key for key in ("deductible", "deductible_met", "copay", "coinsurance")
             if key.removesuffix("_met") in uses]  # fmt: skip
    if uses and plan.id not in _INJURY:
        keys.append("allowed")
    keys.append("visit_limit")
    if uses:
        keys.append("oop_max")
    keys += _ASKS_ALSO.get(plan.id, ())
    fixed = plan.fixed.answers if plan.fixed is not None else None
    return tuple(key for key in dict.fromkeys(keys) if fixed is None or getattr(fixed, key) is None)


def _asks(site: Site, plan: PlanLine) -> Html:
    """What to ask, in the words the estimator uses unless the line has its own."""
    lines = []
    for key in asked(plan):
        own = f"plans.asks.{plan.id}.{key}"
        lines.append(site.messages.say(own if site.messages.has(own) else f"question.{key}"))
    return bullets(lines, ordered=True)


# --- figures --------------------------------------------------------------------------------------


def _figures(site: Site, plan: PlanLine) -> Html:
    """What we take a plan's unknown numbers to be, with where each comes from."""
    say = site.messages.say
    sides = ("in", "out") if plan.assumed.keys() >= {"in", "out"} else ("in",)
    uses = {key for order in plan.cost_sharing.plausible for key in COST_SHARING[order]}
    names = [say(f"plans.figures.{name}") for name in (sides if len(sides) > 1 else ("only",))]
    heads = [say("plans.figures.number"), *names, say("plans.figures.since"),
             say("plans.figures.source")]  # fmt: skip
    rows = []
    for key in ("deductible", "coinsurance", "copay", "fee", "allowed"):
        if key in ("deductible", "coinsurance", "copay") and not _is_assumed(plan, key, uses):
            continue
        found = [_taken(site, plan, side, key) for side in sides]
        cited = _titles(site, (item for one in found for item in one.sources))
        spread = (_spread(site, key, one) for one in found)
        rows.append((say(f"name.{key}"), *spread, str(found[0].since.year), cited))
    return table(heads, (map(escape, row) for row in rows))


def _is_assumed(plan: PlanLine, key: str, uses: Iterable[str]) -> bool:
    """Whether a number of the plan is ever assumed: used, and not set by the line itself."""
    is_fixed = plan.fixed is not None and getattr(plan.fixed.answers, key) is not None
    of_year = key == "deductible" and plan.deductible_of_year is not None
    return key in uses and not is_fixed and not of_year


def _taken(site: Site, plan: PlanLine, side: str, key: str) -> Assumption:
    dated = plan.assumed.get(side, {}).get(key) or site.rules.assumed[key]
    return dated[-1]


def _spread(site: Site, key: str, item: Assumption) -> str:
    """Low to high with the likely value, and whether it is to be confirmed."""
    write = as_percent if key == "coinsurance" else as_dollars
    low, likely, high = map(write, (item.low, item.likely, item.high))
    ends = site.messages.say("plans.figures.spread", low=low, likely=likely, high=high)
    return f"{ends} {site.messages.say('plans.figures.confirm')}" if item.confirm else ends


def _titles(site: Site, ids: Iterable[str]) -> str:
    named = (site.sources[item] for item in dict.fromkeys(ids))
    return "; ".join(sorted(f"{source.title}, {source.publisher}" for source in named))


def amounts_by_year(site: Site, words: str, names: Iterable[str]) -> Html:
    """Amounts that change each year: a row for each amount, a column for each year we hold.

    Args:
        site: The site.
        words: The section of the messages with a name for each amount, and ``year``.
        names: The amounts, as ``data/years/`` calls them.
    """
    say, years = site.messages.say, site.rules.years
    rows = []
    for name in names:
        held = [year.amounts.get(name) for year in years.values()]
        cells = (
            say("plans.years.unknown") if one is None else as_dollars(one.value) for one in held
        )
        rows.append((escape(say(f"{words}.{name}")), *map(escape, cells)))
    return table((say(f"{words}.year"), *map(str, years)), rows, "small")


def _facts(site: Site) -> dict[str, Html]:
    """Single figures that a page's sentences hold."""
    say, plans = site.messages.say, site.rules.plans
    found = {}
    if (episode := plans["va-community-care"].episode) is not None:
        words = say("plans.episode", visits=episode.visits, days=episode.days)
        found["fact-va-episode.html"] = escape(words)
    fixed = plans["medicare-original"].fixed
    if fixed is not None:
        words = say("plans.medicare_share", share=fixed.answers.coinsurance)
        found["fact-medicare-share.html"] = escape(words)
    hdhp = site.guide["glossary"]["terms"]["hdhp"]
    found["fact-hdhp.html"] = escape(hdhp.means[site.language])
    found["fact-auto-states.html"] = escape(" ".join(_who_by_state(site)))
    own = next(item for item in site.examples if item.given.plan == "self-pay")
    total = estimate(own.given, site.rules, site.built).range.likely
    told = say("plans.none_worked", visits=own.given.visits, fee=own.given.fee, total=total)
    return found | {"plan-none-worked.html": tag("p", escape(told))}


# --- states ---------------------------------------------------------------------------------------


def _states(site: Site, rules_of: Callable[[Site, StateRules], Iterator[Told]]) -> Html:
    """The states whose rules we hold, each with what they say."""
    say = site.messages.say
    rows = []
    for state in site.rules.states.values():
        lines = tuple(rules_of(site, state))
        if lines:
            told = (_line(site, words, sources) for words, sources in lines)
            rows.append((escape(state.name), join(*told)))
    return table((say("plans.states.state"), say("plans.states.rule")), rows)


def _line(site: Site, words: str, sources: Iterable[str]) -> Html:
    """A state's rule; the adjuster is to confirm it unless its text itself was read."""
    is_read = all(site.sources[item].grade == "P" for item in sources)
    note = confirm(site, None if is_read else "adjuster")
    return join(escape(words), escape(" "), note, escape(" "))


def _auto_rules(site: Site, state: StateRules) -> Iterator[Told]:
    """What a state's law says of massage under auto injury coverage."""
    for name, sources in (
        ("pays", state.pip_pays_massage_therapists),
        ("nobody", state.pip_excludes_massage),
    ):
        if sources:
            yield site.messages.say(f"plans.states.{name}"), sources


def _work_rules(site: Site, state: StateRules) -> Iterator[Told]:
    """What a state's law says of massage after a work injury."""
    say = site.messages.say
    if (report := state.workers_comp_report_after) is not None:
        yield say("plans.states.report", visits=report.visits), report.sources
    if (cap := state.workers_comp_visit_cap) is not None:
        kinds = _kinds(site, cap.providers, "and")
        yield say("plans.states.cap", visits=cap.visits, who=kinds), cap.sources
    for provider, sources in state.workers_comp_unauthorized.items():
        name = site.messages.option("provider", provider)
        yield say("plans.states.unauthorized", who=name), sources
    if (copay := state.workers_comp_copay_after_mmi) is not None:
        yield say("plans.states.after_mmi", value=copay.value), copay.sources


# --- the foot -------------------------------------------------------------------------------------


def _foot(site: Site, *pages: str) -> Html:
    """The foot of one page, or of the page that compares them all."""
    reviewed, ids = [], []
    for plan in site.rules.plans.values():
        if PAGE_OF[plan.id] not in pages:
            continue
        texts = published(site, plan.id)
        reviewed += [plan.reviewed, *([site.guide["policies"].reviewed] if texts else [])]
        ids += _plan_sources(plan)
        ids += [source for text in texts for source in text.sources]
    ids += [source for page in pages for source in _ALSO.get(page, ())]
    return foot(site, min(reviewed), ids)


def _plan_sources(plan: PlanLine) -> list[str]:
    named = [item for ids in plan.requires.values() for item in ids]
    for by_provider in (plan.pays_by_rule, plan.never_pays):
        named += [item for ids in by_provider.values() for item in ids]
    named += [*plan.network.sources, *plan.cost_sharing.sources]
    for numbers in (*plan.assumed.values(), plan.plausible_limits):
        named += [source for dated in numbers.values() for item in dated for source in item.sources]
    return named
