"""The words: templates from ``data/messages/<language>.yaml``, filled with a result's values."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from estimator.money import as_dollars, as_percent, as_text, as_whole_dollars
from estimator.record import Record
from estimator.settle import NOT_APPLIED

if TYPE_CHECKING:
    from estimator.model import Alternative, Caveat, Condition, Estimate, Step

PLACEHOLDER = re.compile(r"\{(\w+)(?::(money|dollars|percent|date))?\}")
LANGUAGES = ("en",)


class Messages:
    """One language's sentences, by dotted key."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        """Take the templates as `load.flat` reads them."""
        self._templates = templates
        self._months = templates["months"].split()

    def with_more(self, templates: Mapping[str, str]) -> Messages:
        """These sentences and others, such as those of a tool that is read when it is asked for."""
        return Messages(ChainMap(dict(templates), self._templates))  # type: ignore[arg-type] # only read

    def has(self, key: str) -> bool:
        """Whether there is a sentence under a key."""
        return key in self._templates

    def say(self, key: str, **inputs: object) -> str:
        """A sentence with its placeholders filled in.

        Args:
            key: Such as ``answer.likely``.
            inputs: A value for each placeholder; money and rates as Decimal or text.

        Raises:
            KeyError: there is no such sentence, or a placeholder has no value.
        """
        return self.fill(self._templates[key], **inputs)

    def fill(self, template: str, /, **inputs: object) -> str:
        """A sentence that stands elsewhere, such as in a state's file, filled in the same way.

        Raises:
            KeyError: a placeholder has no value.
        """
        if "{" not in template:  # most have nothing to fill in
            return template
        return PLACEHOLDER.sub(lambda match: self._written(inputs[match[1]], match[2]), template)

    def _written(self, value: object, kind: str | None) -> str:
        if kind == "money":
            return as_dollars(Decimal(str(value)))
        if kind == "dollars":
            return as_whole_dollars(Decimal(str(value)))
        if kind == "percent":
            return as_percent(Decimal(str(value)))
        if kind == "date":
            return self.day(value if isinstance(value, date) else date.fromisoformat(str(value)))
        return str(value)

    def day(self, on: date) -> str:
        """A date as people write it: ``December 1, 2026``."""
        return f"{self._months[on.month - 1]} {on.day}, {on.year}"

    def month(self, number: int) -> str:
        """A month's name, from 1 for January."""
        return self._months[number - 1]

    def option(self, key: str, value: str) -> str:
        """An answer in words; the answer itself where it needs none."""
        name = f"option.{key}.{value}"
        return self._templates.get(name, value)


def written_out(estimate: Estimate, messages: Messages, *, is_whole: bool = True) -> Estimate:
    """The same estimate with a sentence beside every id that has one.

    Where it needn't be whole, of its steps only those that are reasons for the verdict have one.
    """
    return estimate.replace(
        conditions=tuple(
            item.replace(text=_condition_text(item, messages)) for item in estimate.conditions
        ),
        alternatives=tuple(_alternative(item, messages) for item in estimate.alternatives),
        questions=tuple(
            item.replace(text=messages.say(f"question.{item.key}")) for item in estimate.questions
        ),
        steps=tuple(
            step.replace(text=_step_text(step, messages))
            if is_whole or step.id in estimate.reasons
            else step
            for step in estimate.steps
        ),
        warnings=tuple(
            item.replace(text=_caveat_text(item, messages)) for item in estimate.warnings
        ),
    )


def _step_text(step: Step, messages: Messages) -> str:
    value = step.value
    group, _, key = step.rule.partition(".")
    name = f"step.{step.rule}"
    if group in ("assumed", "ruled") and value != NOT_APPLIED:
        value = messages.option(key, value)
        if step.rule == "assumed.plan_pays_max":
            name = "step.assumed.plan_pays_minimum"
    return messages.say(name, **{**step.inputs, "value": value})


def _condition_text(condition: Condition, messages: Messages) -> str:
    """A condition's own sentence, or that of the key it hangs on."""
    name = condition.id.removeprefix("coverage.").removesuffix("-open")
    own = f"condition.{name}"
    return messages.say(own if messages.has(own) else f"condition.{condition.key}")


def _alternative(item: Alternative, messages: Messages) -> Alternative:
    name = "package" if item.id.startswith("package-") else item.id
    note = "note_overtakes" if "overtakes" in item.inputs else "note"
    return item.replace(
        label=messages.say(f"alternative.{name}.label", **item.inputs),
        note=messages.say(f"alternative.{name}.{note}", **item.inputs),
    )


def _caveat_text(caveat: Caveat, messages: Messages) -> str:
    # Several files can be stale, several figures missing: one sentence serves each kind.
    kinds = ("stale-plans", "stale-states", "no-figure", "code-pair", "code-bundled",
             "code-daily-max")  # fmt: skip
    name = next((kind for kind in kinds if caveat.id.startswith(kind)), caveat.id)
    return messages.say(f"caveat.{name}", **caveat.inputs)


def as_data(estimate: Estimate) -> dict[str, object]:
    """An estimate as plain mappings, lists and text, ready for JSON; money has two decimals."""
    found = _plain(estimate)
    if not isinstance(found, dict):
        raise TypeError(type(found))
    return found


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return as_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Record):
        return {name: _plain(getattr(value, name)) for name in value.names()}
    return value
