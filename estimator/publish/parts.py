"""The generated pieces of pages: what Markdown includes, made by the estimator itself.

Every figure on a page comes through here from the data, so that page and estimator can't
disagree.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from estimator import load, view
from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.messages import Messages, written_out
from estimator.money import as_dollars, as_percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from estimator.model import Assumption, BillingCode, Example, PlanLine, Rules, Source

LANGUAGE = "en"
_BYTES_IN_MB = 1_000_000


def write_parts(root: Path, out: Path, built: date) -> None:
    """Write every part that a page includes.

    Args:
        root: The checkout, with `data/` and a finished `build/runtime/`.
        out: The folder to write to; what was in it before is removed.
        built: The day the site is built: no figure older than it is shown in the browser.

    Raises:
        DataError: the data isn't fit to publish.
    """
    data = root / "data"
    rules = load.rules(data)
    messages = Messages(load.flat(data, f"messages/{LANGUAGE}"))
    examples = load.examples(data)
    runtime = json.loads((root / "build" / "runtime" / "runtime.json").read_text())
    parts = {
        "estimator.html": _estimator(data, rules, messages, examples[0], runtime, built),
        **{f"example-{e.id}.html": _example(e, rules, messages, built) for e in examples},
        "codes.html": _codes(rules),
    }
    for plan in rules.plans.values():
        parts[f"plan-{plan.id}-figures.html"] = _figures(plan, rules, messages)
        parts[f"plan-{plan.id}-asks.html"] = _asks(plan, messages)
        parts[f"plan-{plan.id}-foot.html"] = _foot(
            plan.reviewed, _plan_sources(plan), rules, messages
        )
    out.mkdir(parents=True, exist_ok=True)
    for path in out.iterdir():
        path.unlink()
    for name, html in parts.items():
        (out / name).write_text(html + "\n", encoding="utf-8")


def _estimator(
    data: Path,
    rules: Rules,
    messages: Messages,
    example: Example,
    runtime: Mapping[str, object],
    built: date,
) -> Html:
    """The whole tool as it stands before Python: form, worked example, and the page's states."""
    clinic = load.clinic(data)
    filled = {"fee": clinic.price["fee"]} if "fee" in clinic.price else {}
    basics, *more = (
        view.questions(group, messages, rules.plans, filled, clinic.name)
        for group in load.form(data)
    )
    clear = tag("button", escape(messages.say("form.clear")), type="reset", class_="plain")
    found = written_out(estimate(example.given, rules, built), messages)
    answer = view.answer(found, messages, rules.sources, example=example)
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
        data_built=built.isoformat(),
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


def _example(example: Example, rules: Rules, messages: Messages, built: date) -> Html:
    """A worked example for a guide page: its sentence of dollars and its table of visits."""
    found = written_out(estimate(example.given, rules, built), messages)
    return tag("div", view.summary(example, found, messages), class_="example")


def _figures(plan: PlanLine, rules: Rules, messages: Messages) -> Html:
    """What we take a plan's unknown numbers to be, with where each comes from."""
    heads = ("Number", "In network", "Out of network", "Since", "Where it comes from")
    rows = []
    for key in ("deductible", "coinsurance", "copay", "fee", "allowed"):
        both = [
            dated[-1]
            for side in ("in", "out")
            if (dated := plan.assumed.get(side, {}).get(key) or rules.assumed.get(key))
        ]
        if len(both) == len(("in", "out")):
            cited = _titles({item for one in both for item in one.sources}, rules.sources)
            rows.append((_label(key, messages), *(_spread(key, one) for one in both),
                         str(both[0].since.year), cited))  # fmt: skip
    return _table(heads, rows)


def _label(key: str, messages: Messages) -> str:
    return messages.say(f"name.{key}")


def _spread(key: str, item: Assumption) -> str:
    """Low to high with the likely value, and whether it is to be confirmed."""
    write = as_percent if key == "coinsurance" else as_dollars
    ends = f"{write(item.low)} to {write(item.high)}, likely {write(item.likely)}"
    return f"{ends} (confirm)" if item.confirm else ends


def _titles(ids: Iterable[str], sources: Mapping[str, Source]) -> str:
    return "; ".join(sorted(f"{sources[i].title}, {sources[i].publisher}" for i in ids))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Html:
    """A table whose cells name their column, so that a phone can show rows as cards."""
    names = tuple(heads)
    body = []
    for row in rows:
        first, *rest = row
        cells = [
            tag("td", escape(text), data_label=name)
            for name, text in zip(names[1:], rest, strict=True)
        ]
        body.append(tag("tr", tag("th", escape(first), scope="row"), *cells))
    head = tag("tr", *(tag("th", escape(name), scope="col") for name in names))
    return tag("table", tag("thead", head), tag("tbody", *body), class_="cards")


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
    return _table(heads, rows)


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


def _foot(reviewed: date, ids: Iterable[str], rules: Rules, messages: Messages) -> Html:
    """The foot of a page: when a person last checked it, and its sources."""
    items = []
    for item in ids:
        source = rules.sources[item]
        title = escape(source.title)
        linked = tag("a", title, href=source.url, rel="noreferrer") if source.url else title
        more = f", {source.publisher}" + (f": {source.section}" if source.section else "")
        items.append(tag("li", linked, escape(f"{more}. Read {messages.day(source.retrieved)}.")))
    checked = tag("p", escape(f"Checked on {messages.day(reviewed)}."))
    listed = tag("details", tag("summary", escape("Sources")), tag("ul", *items))
    return tag("footer", checked, listed, class_="page-foot")
