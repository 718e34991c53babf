"""The tools beside the estimator: a form's answers in, HTML out, in the browser and at build time.

Each tool is a module with one function, `answer`. Only the one that is asked for is imported,
and none of this when the estimator starts.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from estimator import load
from estimator.messages import Messages
from estimator.model import DataError
from estimator.read import nearest
from estimator.tools.form import Desk, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

# Each tool's name, as its page has it, and its module.
TOOLS = {
    "units": "units",
    "diagnosis-code": "code",
    "letter": "letter",
    "appeal-dates": "dates",
    "eob": "eob",
}


@cache
def _messages(language: str) -> Messages:
    """The estimator's sentences and the tools' own."""
    folder = load.data_folder()
    shared = Messages(load.Sentences(folder, f"messages/{language}"))
    return shared.with_more(load.flat(folder, f"tools/{language}"))


def respond(asked: Mapping[str, Any], as_of: date) -> str:
    """Answer one request of a tool's page.

    Args:
        asked: ``tool`` (its name), ``answers`` (the form's fields as text, by name),
            ``language``, and ``example`` where the build makes a worked example.
        as_of: Today.

    Returns:
        JSON with ``html`` (the answer; empty while nothing is filled in), ``status`` (what a
        screen reader says once), ``errors`` (a message for each field that was left out) and
        ``file`` (name, type and text of what the page offers to save, or null).

    Raises:
        DataError: there is no such tool.
    """
    name = str(asked["tool"])
    if name not in TOOLS:
        near = nearest(name, TOOLS)
        raise DataError([f"tool: no tool {name!r}" + (f". Did you mean {near}?" if near else "")])
    language = asked.get("language", "en")
    desk = desk_of(language, as_of, is_example=bool(asked.get("example")))
    reply: Reply = import_module(f"estimator.tools.{TOOLS[name]}").answer(asked["answers"], desk)
    if reply.errors:
        said = f"{reply.status} {desk.messages.say('status.check')}".strip()
        reply = reply.replace(status=said)
    return reply.as_json()


def desk_of(language: str, as_of: date, *, is_example: bool = False) -> Desk:
    """What a tool works with, in a language, on a day."""
    return Desk(
        data=load.data_folder(),
        messages=_messages(language),
        language=language,
        as_of=as_of,
        is_example=is_example,
    )
