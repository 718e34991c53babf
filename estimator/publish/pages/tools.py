"""The tools beside the estimator: their worked examples, the states of their pages, their feet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from estimator import facts, load
from estimator.markup import Html, escape, join, tag
from estimator.publish.pages.pieces import door, foot
from estimator.publish.pages.tool_forms import form_of
from estimator.tools import TOOLS, desk_of, respond
from estimator.tools.eob import INSURED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from estimator.guide import Deadline, Diagnoses, Letter, Term, ToolExample
    from estimator.publish.pages.site import Site
    from estimator.tools.form import Desk

_BYTES_IN_MB = 1_000_000
# How deep the tools' pages lie in the site, and so the way back to its root.
_DEPTH = 2
_ROOT = "../" * _DEPTH


def parts(site: Site) -> dict[str, Html]:
    """For each tool the tool itself, as it stands before Python, and its page's foot."""
    desk = desk_of(site.language, site.built)
    runtime = json.loads((site.root / "build" / "runtime" / "runtime.json").read_text())
    found = {}
    for name in TOOLS:
        example = site.guide["tool-examples"]["examples"][name]
        form = form_of(name, site, desk)
        found[f"tool-{name}.html"] = _tool(site, desk, name, form, example, runtime)
        found[f"tool-{name}-foot.html"] = _foot(site, name)
    return found


def _tool(
    site: Site,
    desk: Desk,
    name: str,
    form: Html,
    example: ToolExample,
    runtime: Mapping[str, object],
) -> Html:
    """One tool: its form, its states, and the worked example where the answer will stand."""
    clear = tag("button", escape(desk.say("clear")), type="reset", class_="plain")
    megabytes = f"{int(str(runtime['download'])) / _BYTES_IN_MB:.1f}"
    return tag(
        "div",
        tag(
            "form",
            tag("div", form, tag("p", clear), class_="ask"),
            tag(
                "div",
                _states(desk, megabytes),
                tag("div", _example(name, example, desk), id="tool-answer", tabindex="-1"),
                class_="tell",
            ),
            id="tool-form",
            novalidate=True,
            autocomplete="off",
        ),
        id="tool",
        data_tool=name,
        data_state="static",
        data_python=f"{_ROOT}runtime/{runtime['folder']}/",
        data_worker=f"{_ROOT}assets/estimator/worker.py",
        data_built=site.built.isoformat(),
        data_language=site.language,
    )


def _example(name: str, example: ToolExample, desk: Desk) -> Html:
    """What the tool answers to its example, labeled as one."""
    asked = {"tool": name, "answers": example.answers, "language": desk.language, "example": True}
    reply = json.loads(respond(asked, example.as_of))
    title = tag("strong", escape(desk.say("example")))
    day = desk.say("example_day", date=example.as_of)
    note = tag(
        "div",
        tag("p", title, escape(f". {desk.say('example_note')}")),
        tag("p", escape(f"{desk.told(example.says)} {day}")),
        class_="example-note",
    )
    return join(note, Html(reply["html"]))


def _states(desk: Desk, megabytes: str) -> Html:
    """What each state of the page says; the styles show the one that is current."""
    say, common = desk.say, desk.messages.say
    progress = tag("progress", max=1, value=0, aria_label=common("status.loading"))
    before, after = common("status.progress", loaded="\0", total=megabytes).split("\0")
    loaded = tag("span", escape("0.0"), data_loaded=True)
    retry = tag("button", escape(common("status.retry")), type="button", data_action="start")
    part = common("status.failed_part", part="\0").split("\0")
    named = join(escape(part[0]), tag("code", data_part=True), escape(part[1]))
    return tag(
        "div",
        tag("noscript", tag("p", escape(say("no_script")))),
        tag("p", escape(say("privacy")), class_="privacy"),
        tag("p", escape(say("size", size=megabytes)), class_="on-static"),
        tag("div", escape(common("status.loading") + " "), progress,
            escape(before), loaded, escape(after), class_="on-loading"),
        tag("p", escape(say("slow")), class_="on-slow"),
        tag("div", tag("p", tag("strong", escape(common("status.failed"))), escape(" "), named),
            tag("p", escape(say("failed_help"))), retry, class_="on-failed", role="alert"),
        tag("p", role="status", class_="said", data_said=True, data_live=say("live")),
        class_="states",
    )  # fmt: skip


def _foot(site: Site, name: str) -> Html:
    """The estimator with the tool's situation, when its facts were checked, and their sources."""
    reviewed, sources = _FACTS[name](site)
    return join(door(site, _SITUATIONS[name], depth=_DEPTH), foot(site, reviewed, sources))


type _Facts = tuple[date, list[str]]


def _units_facts(site: Site) -> _Facts:
    held = [
        load.data_file(site.data(), name, facts.FILES[name]) for name in ("codes", "code-pairs")
    ]
    codes, pairs = held
    # The rules of counting have no file: `units.units` names their sources.
    cited = ["cms-claims-manual-5", "ama-midpoint", *pairs["sources"]]
    cited += [source for code in codes["codes"].values() for source in code.sources]
    return min(item["reviewed"] for item in held), cited


def _code_facts(site: Site) -> _Facts:
    held: Diagnoses = site.guide["diagnoses"]
    cited = [*held.sources]
    for item in held.wrong_disease.values():
        cited += item.sources
    for trap in held.excludes:
        cited += trap.sources
    for second in held.secondary:
        cited += second.sources
    return held.reviewed, cited


def _letter_facts(site: Site) -> _Facts:
    letters: Mapping[str, Letter] = site.guide["letters"]["letters"]
    cited = [source for letter in letters.values() for source in letter.sources]
    cited += [s for letter in letters.values() for item in letter.items for s in item.sources]
    return site.guide["letters"]["reviewed"], cited


def _dates_facts(site: Site) -> _Facts:
    held: Mapping[str, Deadline] = site.guide["deadlines"]["deadlines"]
    cited = [source for item in held.values() if item.rung for source in item.sources]
    return site.guide["deadlines"]["reviewed"], cited


def _eob_facts(site: Site) -> _Facts:
    """The words on the paper, and which plans let a clinic bill more than the patient's share."""
    terms: Mapping[str, Term] = site.guide["glossary"]["terms"]
    cited = [source for name in _TERMS for source in terms[name].sources]
    plans = [site.rules.plans[name] for name in INSURED]
    cited += [source for plan in plans for source in plan.network.sources]
    reviewed = min([site.guide["glossary"]["reviewed"], *(plan.reviewed for plan in plans)])
    return reviewed, cited


# The words that an explanation of benefits is made of, as the glossary has them.
_TERMS = (
    "allowed-amount",
    "write-off",
    "balance-bill",
    "deductible",
    "copay",
    "coinsurance",
    "eob",
)
_FACTS: dict[str, Callable[[Site], _Facts]] = {
    "units": _units_facts,
    "diagnosis-code": _code_facts,
    "letter": _letter_facts,
    "appeal-dates": _dates_facts,
    "eob": _eob_facts,
}
# What the estimator is opened with: what everybody on that page has in common.
_SITUATIONS: dict[str, dict[str, str]] = {
    "units": {"purpose": "diagnosed"},
    "diagnosis-code": {"purpose": "diagnosed"},
    "letter": {"purpose": "diagnosed", "prescription": "yes"},
    "appeal-dates": {"purpose": "diagnosed"},
    "eob": {"purpose": "diagnosed"},
}
