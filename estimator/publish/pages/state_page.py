"""One state's page: what we know by topic, what nobody has checked, and whom to ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from estimator.engine import estimate
from estimator.markup import Html, escape, join, tag
from estimator.messages import written_out
from estimator.money import as_dollars, as_whole_dollars
from estimator.publish.pages.pieces import confirm, door, foot
from estimator.publish.pages.state_words import (
    Words,
    auto_in_short,
    everywhere,
    license_in_short,
    pip,
    provider_law,
    to_plan,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from estimator.guide import Policy
    from estimator.model import Estimate, Note, StateExample, StateRules
    from estimator.publish.pages.site import Site

# Kinds of plans that follow federal rules in each state.
FEDERAL = ("medicare-original", "medicare-advantage", "va-community-care", "tricare", "fehb")
# A page's sections in their order, each with its place in the page's address.
_TOPICS = {"provider_law": "health-plan", "auto": "car-crash", "workers_comp": "work-injury",
           "massage": "license"}  # fmt: skip
# A page's address ends with a slash: it lies one folder deeper than its file.
_DEPTH = 2


class StatePage:
    """One state's page in the making; it remembers which sources it has cited."""

    def __init__(self, site: Site, state: StateRules) -> None:
        """Begin the page of a state."""
        self._site = site
        self._state = state
        self._words = Words(site)
        self._cited: list[str] = []
        self._place = f"the {state.name}" if state.state == "DC" else state.name

    def markdown(self) -> str:
        """The whole page."""
        say = self._words.say
        title = say("title", place=self._place)
        auto = auto_in_short(self._state, self._words)
        described = say("description", place=self._state.name, auto=auto)
        matter = {"title": title, "description": described, "styles": ["states"]}
        head = (f"{key}: {json.dumps(value)}" for key, value in matter.items())
        lines = ["\n".join(("---", *head, "---")), f"# {escape(title)}", self._answer(),
                 self._glance(), self._doors()]  # fmt: skip
        for topic, anchor in _TOPICS.items():
            lines += [f"## {escape(say(f'head.{topic}'))} {{#{anchor}}}", *self._section(topic)]
        lines += [f"## {escape(say('head.asks'))} {{#ask data-search-exclude}}", self._asks()]
        lines += [
            f"## {escape(say('head.read-on'))} {{#read-on data-search-exclude}}",
            *self._end(),
        ]
        return "\n\n".join(line for line in lines if line) + "\n"

    # The head of the page.

    def _answer(self) -> Html:
        """The answer in two or three sentences, from what is known and what isn't."""
        told = [self._short("provider_law"), self._short("auto")]
        lead = tag("strong", escape(self._words.say("answer")))
        return tag("div", tag("p", lead, escape(" " + " ".join(told))), class_="answer-first")

    def _short(self, topic: str) -> str:
        """A topic in a sentence or two: the state's own, else that of its rule."""
        state = self._state
        if topic == "auto" and state.pip_excludes_massage:
            return self._words.say("answer.auto.never")
        if topic in state.in_short:
            return self._words.fill(state.in_short[topic], self._file(f"in_short.{topic}"))
        if topic == "provider_law":
            return self._words.say(f"answer.provider_law.{provider_law(state)}")
        if state.pip_pays_massage_therapists:
            rule = "pays"
        elif state.medpay_minimum is not None:
            rule = "medpay"
        else:
            rule = "unchecked" if "auto" in state.not_checked else pip(state)
        return self._words.say(f"answer.auto.{rule}")

    def _glance(self) -> Html:
        """Each topic in a few words, with a link to its section."""
        say, state = self._words.say, self._state
        auto = [auto_in_short(state, self._words)]
        if state.pip_excludes_massage:
            auto.append(say("auto.never.here"))
        work = say("unchecked" if "workers_comp" in state.not_checked else "workers_comp.told")
        if "workers_comp" in state.in_short:
            work = self._words.fill(state.in_short["workers_comp"], self._file("in_short"))
        told = {
            "provider_law": say(f"provider_law.{provider_law(state)}"),
            "auto": ". ".join(auto),
            "workers_comp": work,
            "massage": license_in_short(state, self._words),
        }
        rows = []
        for topic, text in told.items():
            to_section = tag("a", escape(say(f"glance.{topic}")), href=f"#{_TOPICS[topic]}")
            rows.append(tag("div", tag("dt", to_section), tag("dd", escape(text))))
        return tag("dl", *rows, class_="glance", data_search_exclude=True)

    def _doors(self) -> Html:
        """Ways into the estimator: any plan here; a crash here, where PIP or MedPay is known."""
        doors = (self._door("door"), *self._crash_doors())
        return tag("div", *doors, class_="ways", data_search_exclude=True)

    def _crash_doors(self) -> list[Html]:
        state, found = self._state, []
        if pip(state) in {"required", "optional"}:
            found.append(self._door("door.auto-pip", plan="auto-pip"))
        if state.medpay_minimum is not None:
            found.append(self._door("door.auto-medpay", plan="auto-medpay"))
        return found

    def _door(self, key: str, **answers: str) -> Html:
        words = self._words.say(key, place=self._place)
        return door(self._site, {"state": self._state.state, **answers}, depth=_DEPTH, words=words)

    # Its sections.

    def _section(self, topic: str) -> Iterator[Html | str]:
        """What we know of a topic, or whom to ask; then what goes with it."""
        state, say = self._state, self._words.say
        if topic in state.not_checked:
            who = self._site.messages.say(f"ask.{state.not_checked[topic]}")
            told = escape(say(f"unchecked.{topic}", who=who))
            yield tag("p", told, class_="unchecked", data_search_exclude=True)
        else:
            yield self._notes(self._note(note) for note in state.notes[topic])
        if topic == "auto" and state.auto is not None:
            yield from self._of_auto()
        if topic in state.examples:
            yield self._example(state.examples[topic], topic)
        if topic == "provider_law":
            if policies := self._policies():
                yield f"### {escape(say('head.policies'))}"
                yield policies
            yield f"### {escape(say('head.everywhere'))} {{data-search-exclude}}"
            yield self._everywhere()

    def _of_auto(self) -> Iterator[Html]:
        auto = self._state.auto
        if auto is not None and auto.pip == "none":
            yield tag("p", escape(self._words.say("not-your-policy")))
        if auto is not None and auto.minimum is not None:
            yield tag("p", escape(self._words.say("shared")))

    def _notes(self, items: Iterable[Html]) -> Html:
        return tag("ul", *(tag("li", item) for item in items), class_="notes")

    def _note(self, note: Note) -> Html:
        text = getattr(note, self._site.language) or note.en
        return join(escape(text), self._doubt(note.ask), self._cite(note.sources))

    def _doubt(self, ask: str | None) -> Html:
        return Html("") if ask is None else join(escape(" "), confirm(self._site, ask))

    def _cite(self, ids: Iterable[str]) -> Html:
        """The numbers of sources, in the order of the page's foot, each a link to it."""
        links = []
        for item in ids:
            if item not in self._cited:
                self._cited.append(item)
            number = str(self._cited.index(item) + 1)
            heard = self._words.say("source", number=number)
            links.append(tag("a", escape(number), href=f"#source-{item}", aria_label=heard))
        return join(
            escape("\N{NO-BREAK SPACE}"),
            tag("span", *links, class_="cites", data_search_exclude=True),
        )

    def _policies(self) -> Html:
        """What insurers have published for this state and no note here has told."""
        noted = {i for notes in self._state.notes.values() for note in notes for i in note.sources}
        found: list[Policy] = [
            policy
            for policy in self._site.guide["policies"].policies.values()
            if self._state.state in policy.states and not noted & set(policy.sources)
        ]
        if not found:
            return Html("")
        items = [
            join(
                tag("strong", escape(policy.insurer)),
                escape(f" ({self._dated(policy.dated)}). " if policy.dated else ". "),
                escape(policy.says[self._site.language]),
                self._doubt(policy.ask),
                self._cite(policy.sources),
            )
            for policy in found
        ]
        return join(tag("p", escape(self._words.say("policies"))), self._notes(items))

    def _dated(self, text: str) -> str:
        """A policy's year, month or day in words."""
        year, *rest = map(int, text.split("-"))
        if not rest:
            return str(year)
        month = self._site.messages.month(rest[0])
        return f"{month} {year}" if len(rest) == 1 else f"{month} {rest[1]}, {year}"

    def _everywhere(self) -> Html:
        """Plans that a state's law doesn't change, and the ways on to the federal ones."""
        messages, held = self._site.messages, everywhere(self._site)
        plans = [to_plan(self._site, plan, _DEPTH) for plan in FEDERAL]
        links = [item for plan in plans for item in (plan, escape(", "))][:-1]
        items = [
            self._note(held["self-funded"]),
            join(escape(self._words.say("everywhere") + " "), *links, escape(".")),
        ]
        notes = [note for topic in self._state.notes.values() for note in topic]
        if not any(note.ask == "medicaid" for note in notes):
            who = messages.say("ask.medicaid")
            items.append(escape(self._words.say("medicaid", who=who)))
        return self._notes(items)

    def _example(self, example: StateExample, topic: str) -> Html:
        """A case of the state's own, worked out by the estimator."""
        messages, say = self._site.messages, self._words.say
        where = self._file(f"examples.{topic}.says")
        given = example.given
        found = written_out(estimate(given, self._site.rules, self._site.built), messages)
        title = tag("h3", escape(say("example")))
        takes = tag("p", escape(self._words.fill(example.says, where, **given.known())))
        word = tag("strong", escape(messages.say(f"verdict.{found.verdict}.word")))
        lines = [title, takes, tag("p", word, escape(". "), *self._dollars(found))]
        if found.conditions:
            lines += [
                tag("p", escape(say("example.when"))),
                tag("ul", *(tag("li", escape(item.text)) for item in found.conditions)),
            ]
        lines.append(tag("p", escape(messages.say("answer.promise"))))
        return tag("div", *lines, class_=f"example {found.verdict}")

    def _dollars(self, found: Estimate) -> Iterator[Html]:
        """What the client pays, and what they pay if nobody else does."""
        say, count = self._words.say, len(found.scenarios["likely"].visits)
        name = "answer.visits_one" if count == 1 else "answer.visits_many"
        course = self._site.messages.say(name, count=count)
        denied = as_dollars(found.if_denied)
        if found.verdict == "not-covered":
            yield escape(say("example.refused", amount=denied, course=course))
            return
        low, likely, high = found.range.low, found.range.likely, found.range.high
        if low == high:
            yield escape(say("example.pays", amount=as_dollars(likely), course=course))
        else:
            yield escape(say("example.may-pay", amount=as_whole_dollars(likely), course=course,
                             low=as_whole_dollars(low), high=as_whole_dollars(high)))  # fmt: skip
        yield escape(f" {say('example.if-not', amount=denied)}")

    # Its end.

    def _asks(self) -> Html:
        """What to ask, and whom, as an ordered list."""
        say, question = self._words.say, self._site.messages.say
        asked = (
            ("ask.insurer", question("question.benefit")),
            ("ask.insurer", say("ask.provider")),
            ("ask.insurer", question("question.network")),
            ("ask.employer", question("question.funding")),
            ("ask.adjuster", say("ask.auto")),
        )
        items = [tag("li", escape(f"{say(who)} “{words}”")) for who, words in asked]
        return join(tag("ol", *items), tag("p", escape(say("ask.writing"))))

    def _end(self) -> Iterator[Html | str]:
        """The foot: related pages, the estimator, the day of the check and the sources."""
        pages = {"call": "../before/call.md", "denied": "../claims/denied.md", "all": "index.md"}
        yield "\n".join(
            f"- [{escape(self._words.say(f'read-on.{name}'))}]({path})"
            for name, path in pages.items()
        )
        yield door(self._site, {"state": self._state.state}, depth=_DEPTH)
        reviewed = min(self._state.reviewed, self._site.guide["state-pages"]["reviewed"])
        yield foot(self._site, reviewed, self._cited, is_open=True)

    def _file(self, key: str) -> str:
        """Where a key of this state stands, for an error."""
        return f"data/states/{self._state.state.lower()}.yaml: {key}"
