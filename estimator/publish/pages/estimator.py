"""The estimator's own page: form, worked example, the states of the page; and the examples."""

from __future__ import annotations

import json
from pathlib import Path
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
DRAWINGS = Path(__file__).parents[1] / "drawings"


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
    filled = clinic.answers()
    notes = {}
    if clinic.networks:
        joined = ", ".join(clinic.networks)
        notes["network"] = messages.say("form.networks", clinic=clinic.name, networks=joined)
    basics, *more = (
        view.questions(group, messages, site.rules.plans, filled, clinic.name, notes)
        for group in facts.form(site.data())
    )
    card = tag(
        "details",
        tag("summary", escape(messages.say("form.card"))),
        tag("figure", Html((DRAWINGS / "card.svg").read_text("utf-8"))),
        class_="card-help",
    )
    found = written_out(estimate(example.given, site.rules, site.built), messages)
    answer = view.answer(found, messages, site.sources, example=example)
    megabytes = f"{int(str(runtime['download'])) / _BYTES_IN_MB:.1f}"
    return tag(
        "div",
        # On a phone the answer follows the first three questions.
        tag(
            "form",
            tag("div", basics, card, class_="ask"),
            tag(
                "div",
                _states(messages, megabytes),
                tag("div", answer, id="estimator-answer"),
                _actions(messages),
                class_="tell",
            ),
            tag("div", *more, _end(messages), class_="more"),
            id="estimator-form",
            novalidate=True,
            autocomplete="off",
        ),
        _bar(messages),
        id="estimator",
        data_state="static",
        data_runtime=f"../runtime/{runtime['folder']}/",
        data_worker="../assets/estimator/worker.py",
        data_built=site.built.isoformat(),
        data_language=LANGUAGE,
        data_example=example.id,
        data_filled=json.dumps(filled),
        data_copied=messages.say("action.copied"),
        data_not_copied=messages.say("action.not_copied"),
    )


def _bar(messages: Messages) -> Html:
    """What stays in reach at the foot of the screen once there is an answer."""
    say = messages.say
    result = tag("a", href="#estimator-answer", data_result=say("action.result"))
    buttons = (
        _button(messages, name, action)
        for name, action in (("call", "call"), ("print", "packet"), ("link", "keep"))
    )
    return tag("nav", result, *buttons, class_="bar", aria_label=say("action.bar"), hidden=True)


def _button(messages: Messages, name: str, action: str) -> Html:
    return tag("button", escape(messages.say(f"action.{name}")), type="button", class_="plain",
               data_action=action)  # fmt: skip


def _end(messages: Messages) -> Html:
    """Below the questions: those that are folded away, keeping the answers, starting over."""
    say = messages.say
    everything = tag("button", escape(say("form.show_all")), type="button", class_="plain",
                     data_action="show-all", hidden=True)  # fmt: skip
    box = tag("input", type="checkbox", data_remember=True, aria_describedby="about-remembering")
    remember = tag(
        "div",
        tag("label", box, tag("span", escape(say("form.remember"))), class_="choice"),
        tag("p", escape(say("form.remember_note")), id="about-remembering", class_="hint"),
        class_="remember",
        hidden=True,
    )
    forget = tag("button", escape(say("form.clear")), type="reset", class_="plain")
    return join(tag("p", everything), remember, tag("p", forget))


def _actions(messages: Messages) -> Html:
    """What can be done with an answer: copy or share its link, print the packet."""
    say = messages.say
    buttons = (_button(messages, name, name) for name in ("copy", "share", "packet"))
    return tag(
        "section",
        tag("h2", escape(say("action.title")), id="keep", tabindex="-1"),
        tag("p", *buttons, class_="buttons"),
        tag("p", escape(say("action.packet_note")), class_="hint"),
        tag("p", tag("a", href="#", data_link=True), class_="the-link"),
        tag("p", data_holds=True, class_="hint"),
        tag("p", role="status", data_done=True),
        class_="actions",
        hidden=True,
    )  # fmt: skip


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
        tag("p", role="status", class_="notice", data_notice=True),
        class_="states",
    )  # fmt: skip


def _example(site: Site, example: Example) -> Html:
    """A worked example for a guide page: its sentence of dollars and its table of visits."""
    found = written_out(estimate(example.given, site.rules, site.built), site.messages)
    return tag("div", view.summary(example, found, site.messages), class_="example")
