"""The estimator's own page: form, worked example, the states of the page; and the examples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from estimator import facts, view
from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.messages import written_out
from estimator.publish.pages.site import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from estimator.messages import Messages
    from estimator.model import Example
    from estimator.publish.pages.site import Site

_BYTES_IN_MB = 1_000_000


def parts(site: Site) -> dict[str, Html]:
    """The tool as it stands before Python, and each worked example."""
    runtime = json.loads((site.root / "build" / "runtime" / "runtime.json").read_text())
    return {
        "estimator.html": _estimator(site, site.examples[0], runtime),
        **{f"example-{example.id}.html": _example(site, example) for example in site.examples},
    }


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
