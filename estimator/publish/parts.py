"""The generated pieces of pages: what Markdown includes, made by the estimator itself.

Every figure on a page comes through here from the data, so that page and estimator can't
disagree.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from estimator import facts, view
from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.messages import written_out
from estimator.money import as_dollars, as_percent
from estimator.publish.dictionary import dictionary
from estimator.publish.site import LANGUAGE
from estimator.publish.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from estimator.messages import Messages
    from estimator.model import Assumption, BillingCode, Example, PlanLine, Rules, Source
    from estimator.publish.site import Site

_BYTES_IN_MB = 1_000_000


def write_parts(site: Site, out: Path) -> None:
    """Write every part that a page includes.

    Args:
        site: The site, with a finished `build/runtime/` in its root.
        out: The folder to write to; what was in it before is removed.
    """
    runtime = json.loads((site.root / "build" / "runtime" / "runtime.json").read_text())
    parts = {
        "estimator.html": _estimator(site, site.examples[0], runtime),
        **{f"example-{example.id}.html": _example(site, example) for example in site.examples},
        "codes.html": _codes(site.rules),
        "dictionary.html": dictionary(site.data()),
        "calendar.html": _calendar(site),
    }
    for plan in site.rules.plans.values():
        parts[f"plan-{plan.id}-figures.html"] = _figures(site, plan)
        parts[f"plan-{plan.id}-asks.html"] = _asks(plan, site.messages)
        parts[f"plan-{plan.id}-foot.html"] = _foot(site, plan.reviewed, _plan_sources(plan))
    out.mkdir(parents=True, exist_ok=True)
    for path in out.iterdir():
        path.unlink()
    for name, html in parts.items():
        (out / name).write_text(html + "\n", encoding="utf-8")


def _estimator(site: Site, example: Example, runtime: Mapping[str, object]) -> Html:
    """The whole tool as it stands before Python: form, worked example, and the page's states."""
    messages = site.messages
    clinic = facts.clinic(site.data())
    filled = {"fee": clinic.price["fee"]} if "fee" in clinic.price else {}
    basics, *more = (
        view.questions(group, messages, site.rules.plans, filled, clinic.name)
        for group in facts.form(site.data())
    )
    clear = tag("button", escape(messages.say("form.clear")), type="reset", class_="plain")
    found = written_out(estimate(example.given, site.rules, site.built), messages)
    answer = view.answer(found, messages, site.sources, example=example)
    megabytes = f"{int(str(runtime['download'])) / _BYTES_IN_MB:.1f}"
    return tag(
        "div",
        # On a phone the answer follows the first three questions.
        tag(
            "form",
            tag("div", basics, class_="ask"),
            tag(
                "div",
                _states(messages, megabytes),
                tag("div", answer, id="estimator-answer"),
                class_="tell",
            ),
            tag("div", *more, tag("p", clear), class_="more"),
            id="estimator-form",
            novalidate=True,
            autocomplete="off",
        ),
        id="estimator",
        data_state="static",
        data_runtime=f"../runtime/{runtime['folder']}/",
        data_worker="../assets/estimator/worker.py",
        data_built=site.built.isoformat(),
        data_language=LANGUAGE,
        data_example=example.id,
        data_filled=json.dumps(filled),
    )


def _states(messages: Messages, megabytes: str) -> Html:
    """What each state of the page says; the styles show the one that is current."""
    say = messages.say
    progress = tag("progress", max=1, value=0, aria_label=say("status.loading"))
    counted = say("status.progress", loaded="\0", total=megabytes).split("\0")
    of_bytes = join(
        escape(counted[0]), tag("span", escape("0.0"), data_loaded=True), escape(counted[1])
    )
    retry = tag("button", escape(say("status.retry")), type="button", data_action="start")
    start = tag("button", escape(say("status.start")), type="button", data_action="start")
    part = say("status.failed_part", part="\0").split("\0")
    named = join(escape(part[0]), tag("code", data_part=True), escape(part[1]))
    return tag(
        "div",
        tag("noscript", tag("p", escape(say("status.no_script")))),
        tag("p", escape(say("form.privacy")), class_="privacy"),
        tag("div", escape(say("status.wait", size=megabytes) + " "), start, class_="on-waiting"),
        tag("div", escape(say("status.loading") + " "), progress, of_bytes, class_="on-loading"),
        tag("p", escape(say("status.slow")), class_="on-slow"),
        tag("div", tag("p", tag("strong", escape(say("status.failed"))), escape(" "), named),
            tag("p", escape(say("status.failed_help"))), retry, class_="on-failed", role="alert"),
        tag("p", role="status", class_="said", data_said=True),
        class_="states",
    )  # fmt: skip


def _example(site: Site, example: Example) -> Html:
    """A worked example for a guide page: its sentence of dollars and its table of visits."""
    found = written_out(estimate(example.given, site.rules, site.built), site.messages)
    return tag("div", view.summary(example, found, site.messages), class_="example")


def _figures(site: Site, plan: PlanLine) -> Html:
    """What we take a plan's unknown numbers to be, with where each comes from."""
    heads = ("Number", "In network", "Out of network", "Since", "Where it comes from")
    rows = []
    for key in ("deductible", "coinsurance", "copay", "fee", "allowed"):
        both = [
            dated[-1]
            for side in ("in", "out")
            if (dated := plan.assumed.get(side, {}).get(key) or site.rules.assumed.get(key))
        ]
        if len(both) == len(("in", "out")):
            cited = _titles({item for one in both for item in one.sources}, site.sources)
            rows.append((_label(key, site.messages), *(_spread(key, one) for one in both),
                         str(both[0].since.year), cited))  # fmt: skip
    return table(heads, (map(escape, row) for row in rows))


def _label(key: str, messages: Messages) -> str:
    return messages.say(f"name.{key}")


def _spread(key: str, item: Assumption) -> str:
    """Low to high with the likely value, and whether it is to be confirmed."""
    write = as_percent if key == "coinsurance" else as_dollars
    ends = f"{write(item.low)} to {write(item.high)}, likely {write(item.likely)}"
    return f"{ends} (confirm)" if item.confirm else ends


def _titles(ids: Iterable[str], sources: Mapping[str, Source]) -> str:
    return "; ".join(sorted(f"{sources[i].title}, {sources[i].publisher}" for i in ids))


def _asks(plan: PlanLine, messages: Messages) -> Html:
    """What to ask the insurer, in the words the estimator uses."""
    keys = ("benefit", "network", *plan.requires, "cost_sharing", "deductible", "deductible_met",
            "coinsurance", "allowed", "visit_limit", "oop_max")  # fmt: skip
    return tag("ol", *(tag("li", escape(messages.say(f"question.{key}"))) for key in keys))


def _codes(rules: Rules) -> Html:
    """The billing codes in our own words."""
    heads = ("Code", "What it is", "Unit", "Most units a day (Medicare)", "Massage?")
    rows = [
        (
            code.code,
            code.plain,
            f"{code.unit_minutes} minutes" if code.unit_minutes else "not timed",
            str(code.daily_max),
            _is_massage(code),
        )
        for code in rules.codes.values()
    ]
    return table(heads, (map(escape, row) for row in rows))


def _calendar(site: Site) -> Html:
    """What changes by the calendar, and where to look it up."""
    heads = ("When", "What changes", "Where to look", "Files")
    rows = []
    for change in site.guide["calendar"]["changes"].values():
        month, day = change.on
        when = f"{site.messages.month(month)} {day}"
        if change.every == "quarter":
            when += " and every three months"
        rows.append((when, change.what["en"], change.look_at["en"], ", ".join(change.files)))
    return table(heads, (map(escape, row) for row in rows))


def _is_massage(code: BillingCode) -> str:
    if code.active:
        return "No: you do the moving"
    return "No: never paid on its own" if code.bundled else "Yes"


def _plan_sources(plan: PlanLine) -> tuple[str, ...]:
    named = [item for ids in plan.requires.values() for item in ids]
    named += [*plan.network.sources, *plan.cost_sharing.sources]
    for numbers in (*plan.assumed.values(), plan.plausible_limits):
        named += [source for dated in numbers.values() for item in dated for source in item.sources]
    return tuple(dict.fromkeys(named))


def _foot(site: Site, reviewed: date, ids: Iterable[str]) -> Html:
    """The foot of a page: when a person last checked it, and its sources."""
    items = []
    for item in ids:
        source = site.sources[item]
        title = escape(source.title)
        linked = tag("a", title, href=source.url, rel="noreferrer") if source.url else title
        more = f", {source.publisher}" + (f": {source.section}" if source.section else "")
        read_on = f"{more}. Read {site.messages.day(source.retrieved)}."
        items.append(tag("li", linked, escape(read_on)))
    checked = tag("p", escape(f"Checked on {site.messages.day(reviewed)}."))
    listed = tag("details", tag("summary", escape("Sources")), tag("ul", *items))
    return tag("footer", checked, listed, class_="page-foot")
