"""Claims: the superbill, the steps to being paid, and what to do after a no."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.money import as_dollars
from estimator.publish.pages import deadlines, letters
from estimator.publish.pages.before import print_button
from estimator.publish.pages.figures import figure
from estimator.publish.pages.pieces import bullets, confirm, door, foot
from estimator.publish.pages.tables import table
from estimator.publish.pages.words import finder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimator.guide import ClaimStep, Deadline, Denial
    from estimator.publish.pages.site import Site

_EXAMPLE = "out-of-network-superbill"
# Where a paper is explained, from a page two folders deep.
_PAPERS = {
    "appeal": "#write-the-letter",
    "letter-of-medical-necessity": "../../pay/hsa-fsa/#the-letter",
    "order": "../../before/doctor/#what-the-order-must-say",
    "soap-note": "../../glossary/#soap-note",
    "superbill": "../superbill/#what-it-must-hold",
}
_INTERNAL = (
    "internal-appeal",
    "supply-missing-facts",
    "appeal-decision-before-care",
    "appeal-decision-after-care",
    "appeal-decision-urgent",
)
_EXTERNAL = ("external-review", "external-review-decision", "external-review-urgent")
# Appeals against programs with rules of their own.
_OTHERS = (
    "medicare-appeal",
    "medicare-appeal-decision",
    "medicare-advantage-appeal",
    "fehb-appeal",
    "fehb-appeal-decision",
    "fehb-opm-review",
    "tricare-appeal",
    "medicaid-appeal",
)
# When a claim that a client sent has to be answered.
_AFTER_SENDING = ("decision-after-care", "decision-after-care-extended", "supply-missing-facts")


def parts(site: Site) -> dict[str, Html]:
    """The parts of the pages on superbills, steps and denials."""
    return {**_superbill(site), **_steps(site), **_denied(site)}


def _denials(site: Site) -> Mapping[str, Denial]:
    found: Mapping[str, Denial] = site.guide["denials"]["denials"]
    return found


def _claim_steps(site: Site) -> tuple[ClaimStep, ...]:
    found: tuple[ClaimStep, ...] = site.guide["claim"]["steps"]
    return found


# --- superbill ------------------------------------------------------------------------------------


def _superbill(site: Site) -> dict[str, Html]:
    letter = letters.held(site)["superbill"]
    step = next(item for item in _claim_steps(site) if item.id == "claim")
    by_client = [item for item in step.deadlines if deadlines.held(site)[item].who == "you"]
    by_client = [item for item in by_client if item.startswith(("claim-", "tricare-"))]
    answers = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo",
               "network": "out"}  # fmt: skip
    cited = [*letters.sources(letter), *step.sources,
             *deadlines.sources(site, [*by_client, *_AFTER_SENDING])]  # fmt: skip
    reviewed = min(site.guide["letters"]["reviewed"], site.guide["claim"]["reviewed"])
    return {
        "superbill-money.html": _money_back(site),
        "superbill-not-for.html": _no_use(site),
        "superbill-send.html": bullets(step.do[site.language], ordered=True),
        "superbill-deadlines.html": deadlines.listed(site, by_client),
        "superbill-answer.html": deadlines.listed(site, _AFTER_SENDING),
        "superbill-foot.html": join(door(site, answers, depth=2), foot(site, reviewed, cited)),
    }


def _money_back(site: Site) -> Html:
    """What is paid at the visits, what comes back, and what of the rest is made."""
    example = next(item for item in site.examples if item.id == _EXAMPLE)
    total = estimate(example.given, site.rules, site.built).scenarios["likely"].total
    say = site.messages.say
    made_of = ("deductible", "copay", "coinsurance", "balance_bill", "not_covered")
    rest = ", ".join(
        say(f"answer.{name}", amount=getattr(total, name))
        for name in made_of
        if getattr(total, name)
    )
    rows = (
        (say("guide.superbill.pay"), total.pay_at_visit, say("guide.superbill.pay_note")),
        (say("guide.superbill.back"), total.reimbursed, say("guide.superbill.back_note")),
        (say("guide.superbill.keep"), total.patient, f"{rest[0].upper()}{rest[1:]}."),
    )
    heads = [say(f"guide.superbill.{name}") for name in ("what", "amount", "why")]
    return table(
        heads,
        ((escape(what), escape(as_dollars(amount)), escape(why)) for what, amount, why in rows),
    )


def _no_use(site: Site) -> Html:
    """The kinds of coverage that pay a client nothing back out of network."""
    plans = [
        plan.id
        for plan in site.rules.plans.values()
        if plan.pays_out_of_network == "no" and plan.id != "self-pay"
    ]
    return tag(
        "ul", *(tag("li", escape(site.messages.say(f"guide.plan.{plan}"))) for plan in plans)
    )


# --- the seven steps ------------------------------------------------------------------------------


def _steps(site: Site) -> dict[str, Html]:
    steps, say = _claim_steps(site), site.messages.say
    blocks = []
    for number, step in enumerate(steps, 1):
        blocks += [
            f"## {number}. {escape(step.title[site.language])} {{#{step.id}}}",
            _step(site, step),
        ]
    held = deadlines.held(site)
    cited = [*chain.from_iterable(step.sources for step in steps), *deadlines.sources(site, held)]
    reviewed = min(site.guide["claim"]["reviewed"], site.guide["deadlines"]["reviewed"])
    return {
        "claim-steps-drawing.html": figure("claim-steps", say("guide.drawing.claim_steps")),
        "claim-steps.md": Html("\n\n".join(blocks)),
        "claim-deadlines.html": _all_deadlines(site),
        "claim-steps-print.html": print_button(site),
        "claim-steps-foot.html": join(
            door(site, {"purpose": "diagnosed", "provider": "lmt"}, depth=2),
            foot(site, reviewed, cited),
        ),
    }


def _step(site: Site, step: ClaimStep) -> Html:
    """What to do, with which papers, by when."""
    say = site.messages.say
    found = [
        bullets(step.do[site.language], ordered=True),
        tag("p", tag("strong", escape(say("guide.step.papers")))),
        tag("ul", *(tag("li", escape(paper)) for paper in step.papers[site.language]),
            class_="checklist"),
    ]  # fmt: skip
    if step.deadlines:
        title = tag("summary", escape(say("guide.step.deadlines", count=len(step.deadlines))))
        found.append(tag("details", title, deadlines.listed(site, step.deadlines)))
    return tag("div", *found, class_="step")


def _all_deadlines(site: Site) -> Html:
    """Every deadline, by whose job it is."""
    say = site.messages.say
    heads = [say(f"guide.deadlines.{name}") for name in ("what", "time", "plans")]
    found = []
    for who in ("you", "plan", "provider", "reviewer"):
        rows = [
            (escape(item.what[site.language]), _time(site, item), escape(_for_plans(site, item)))
            for item in deadlines.held(site).values()
            if item.who == who
        ]
        title = tag("summary", escape(say(f"guide.deadlines.{who}", count=len(rows))))
        found.append(tag("details", title, table(heads, rows)))
    return join(*found)


def _time(site: Site, deadline: Deadline) -> Html:
    """How long it is and from when; what rests on a weak source says so."""
    start = site.messages.say(f"guide.counts_from.{deadline.counts_from}")
    words = [
        tag("strong", escape(deadlines.span(deadline, site.messages))),
        escape(f" {site.messages.say('guide.from', start=start)} "),
        confirm(site, deadline.ask),
    ]
    return join(*words)


def _for_plans(site: Site, deadline: Deadline) -> str:
    if not deadline.plans:
        return site.messages.say("guide.deadlines.all")
    return letters.payers(site, deadline.plans)


# --- denials --------------------------------------------------------------------------------------


def _denied(site: Site) -> dict[str, Html]:
    held, denials = deadlines.held(site), _denials(site)
    say = site.messages.say
    letter = letters.held(site)["appeal"]
    ladder = {
        "internal": deadlines.length(held["internal-appeal"], site.messages),
        "external": deadlines.length(held["external-review"], site.messages),
    }
    appeals = (*_INTERNAL, *_EXTERNAL, *_OTHERS)
    cited = [
        *chain.from_iterable(item.sources for item in denials.values()),
        *deadlines.sources(site, appeals),
        *letters.sources(letter),
    ]
    names = ("denials", "deadlines", "letters")
    reviewed = min(site.guide[name]["reviewed"] for name in names)
    answers = {"purpose": "diagnosed", "provider": "pt-ot"}
    return {
        "denied-find.html": finder(site, "reasons"),
        "denied-reasons.html": tag("div", *(_denial(site, item) for item in denials.values())),
        "denied-ladder.html": figure("appeal-ladder", say("guide.drawing.ladder"), **ladder),
        "denied-internal.html": deadlines.listed(site, _INTERNAL),
        "denied-external.html": deadlines.listed(site, _EXTERNAL),
        "denied-others.html": _other_appeals(site),
        "denied-fixed.html": _rarely(site),
        "denied-print.html": print_button(site),
        "denied-foot.html": join(
            door(site, answers, depth=2, words=say("guide.denied.door")),
            foot(site, reviewed, cited),
        ),
    }


def _denial(site: Site, denial: Denial) -> Html:
    """A reason as the letter may put it; unfolded, what it means and what to do."""
    say, language = site.messages.say, site.language
    first, *others = (escape(f"“{line}”") for line in denial.reads[language])
    also = tag("span", *(tag("span", line) for line in others), class_="also")
    told = [
        tag("p", escape(denial.means[language] + " "), confirm(site, denial.ask)),
        tag("h3", escape(say("guide.denied.do"))),
        bullets(denial.do[language], ordered=True),
        tag("h3", escape(say("guide.denied.can_appeal"))),
        tag("p", escape(say(f"guide.appeal.{denial.appeal}"))),
    ]
    if denial.deadlines:
        told += [tag("h3", escape(say("guide.denied.deadlines"))),
                 deadlines.listed(site, denial.deadlines, has_notes=False)]  # fmt: skip
    if denial.bring:
        told += [tag("h3", escape(say("guide.denied.bring"))), _papers(site, denial.bring)]
    title = tag("summary", tag("strong", first), also)
    return tag("details", title, *told, id=denial.id, class_="denial", data_findable=True)


def _papers(site: Site, ids: Iterable[str]) -> Html:
    """Papers to send along, each linked to where it is explained."""
    held = letters.held(site)
    return tag(
        "ul",
        *(
            tag("li", tag("a", escape(held[item].title[site.language]), href=_PAPERS[item]))
            for item in ids
        ),
    )


def _other_appeals(site: Site) -> Html:
    """Appeals to programs that have their own rules."""
    heads = [site.messages.say(f"guide.deadlines.{name}") for name in ("what", "time")]
    rows = []
    for item in (deadlines.held(site)[name] for name in _OTHERS):
        words = (item.what, item.note)
        told = " ".join(found[site.language] for found in words if found)
        rows.append((escape(told), _time(site, item)))
    return table(heads, rows)


def _rarely(site: Site) -> Html:
    """The reasons that an appeal rarely changes, each linked to its entry."""
    found = [item for item in _denials(site).values() if item.appeal == "rarely"]
    return tag(
        "ul",
        *(
            tag("li", tag("a", escape(f"“{item.reads[site.language][0]}”"), href=f"#{item.id}"))
            for item in found
        ),
    )
