"""The command line: estimates, units, codes, and whether the data is fit to publish.

One of the three edges where the clock is read. Bad input ends with status 2 and a line for
each problem on standard error; nothing is printed until everything is known to be right.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from estimator import check, diagnosis, facts, guide, load, read
from estimator.engine import estimate
from estimator.messages import Messages, as_data, written_out
from estimator.model import DataError, Service
from estimator.money import as_dollars
from estimator.units import RULES, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimator.model import Case, Estimate
    from estimator.read import Tree

BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        The exit status: 0, 1 when `check` or `stale` found something, 2 for bad input.
    """
    parsed = _parser().parse_args(arguments)
    try:
        status: int = parsed.run(parsed)
    except DataError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return BAD_INPUT
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m estimator",
        description="Estimate whether insurance pays for massage, and what the patient pays.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    one = commands.add_parser("estimate", help="estimate one case, or each of a list")
    one.add_argument("file", help="a YAML or JSON file, or - for standard input")
    one.add_argument("--as-of", help="the day to work from, YYYY-MM-DD (default: today)")
    _add_format(one)
    one.set_defaults(run=_estimate)

    one = commands.add_parser("units", help="minutes to billing units: 97124=45 97140=15")
    one.add_argument("minutes", nargs="+", metavar="CODE=MINUTES")
    one.add_argument("--rule", default="cms", help="cms (the default) or ama")
    _add_format(one)
    one.set_defaults(run=_units)

    one = commands.add_parser("code", help="look a diagnosis code up")
    one.add_argument("code")
    one.add_argument("--on", help="the day of the visit, YYYY-MM-DD (default: today)")
    _add_format(one)
    one.set_defaults(run=_code)

    one = commands.add_parser("check", help="check the data: every problem at once")
    one.add_argument("folder", nargs="?", type=Path, help="default: the estimator's own data")
    one.set_defaults(run=_check)

    one = commands.add_parser("stale", help="list facts whose review date has passed")
    one.add_argument("--on", help="the day to look from, YYYY-MM-DD (default: today)")
    one.set_defaults(run=_stale)
    return parser


def _add_format(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=("text", "json"), default="text")


def _day(given: str | None, where: str) -> date:
    """The day on the command line, or today."""
    return date.today() if given is None else read.day(given, where)  # noqa: DTZ011


def _estimate(parsed: argparse.Namespace) -> int:
    as_of = _day(parsed.as_of, "--as-of")
    if parsed.file == "-":
        tree = load.text_tree(sys.stdin.buffer.read(), "standard input")
    else:
        tree = load.file_tree(Path(parsed.file), parsed.file)
    folder = load.data_folder()
    rules = facts.rules(folder)
    messages = Messages(load.flat(folder, "messages/en"))
    problems: list[str] = []
    found = []
    for where, case in _cases(tree):
        with read.collected(problems):
            try:
                found.append(written_out(estimate(case, rules, as_of), messages))
            except DataError as error:
                raise DataError([f"{where}: {line}" for line in error.problems]) from None
    if problems:
        raise DataError(problems)
    if parsed.format == "json":
        data = [as_data(item) for item in found]
        _print_json(data if isinstance(tree, list) else data[0])
    else:
        print("\n\n".join(_in_words(item, messages) for item in found))
    return 0


def _cases(tree: Tree) -> list[tuple[str, Case]]:
    """The cases of a file: one mapping, or a list; an item's ``given`` is read through."""
    entries = tree if isinstance(tree, list) else [tree]
    if not entries:
        raise DataError(["cases: expected at least one case, got an empty list"])
    problems: list[str] = []
    found = []
    for number, entry in enumerate(entries, 1):
        given = entry["given"] if isinstance(entry, dict) and "given" in entry else entry
        with read.collected(problems):
            found.append((f"case {number}", read.case(given, f"case {number}")))
    if problems:
        raise DataError(problems)
    return found


def _in_words(found: Estimate, messages: Messages) -> str:
    """An estimate as text for a terminal."""
    money = found.range
    count = len(found.scenarios["likely"].visits)
    course = messages.say("answer.visits_one" if count == 1 else "answer.visits_many", count=count)
    lines = [
        messages.say(f"verdict.{found.verdict}.word"),
        *(step.text for step in found.steps if step.id in found.reasons),
        *(f"- {item.text}" for item in found.conditions),
        f"{messages.say('answer.likely')} {as_dollars(money.likely)} {course}.",
        messages.say("answer.range", low=money.low, high=money.high)
        if money.low != money.high
        else messages.say("answer.exact"),
        f"{messages.say('answer.denied')}: {as_dollars(found.if_denied)}.",
        messages.say("answer.promise"),
        "",
        *(f"{f'{step.visit}. ' if step.visit else ''}{step.text}" for step in found.steps),
    ]
    return "\n".join(lines)


def _units(parsed: argparse.Namespace) -> int:
    problems: list[str] = []
    services = []
    if parsed.rule not in RULES:
        problems.append(f"--rule: expected cms or ama, got {read.shown(parsed.rule)}")
    for item in parsed.minutes:
        code, _, minutes = item.partition("=")
        with read.collected(problems):
            services.append(Service(read.code(code, item), read.count(minutes, item, 1, 1440)))
    if problems:
        raise DataError(problems)
    by_code = units(services, parsed.rule, facts.codes(load.data_folder()))
    total = sum(by_code.values())
    if parsed.format == "json":
        _print_json({"units": total, "by_code": by_code})
    else:
        print(f"{total} units", *(f"{code}: {count}" for code, count in by_code.items()), sep="\n")
    return 0


def _code(parsed: argparse.Namespace) -> int:
    code = read.diagnosis(diagnosis.tidied(parsed.code), "code")
    held = guide.diagnoses(load.data_folder())
    found = diagnosis.look_up(held, code, _day(parsed.on, "--on"))
    told = {
        "code": found.code,
        "status": found.status,
        "replaced_by": list(found.replaced_by),
        "since": found.since.isoformat() if found.since else None,
    }
    if parsed.format == "json":
        _print_json(told)
    else:
        print(_code_in_words(found, held.release))
    return 0


def _code_in_words(found: diagnosis.Finding, release: str) -> str:
    since = f" since {found.since}" if found.since else ""
    words = {
        "billable": "can be billed",
        "outdated": f"outdated{since}",
        "incomplete": "incomplete: a further character is missing",
        "unknown": f"not in use before {found.since}"
        if found.since
        else "not among the codes we hold; that doesn't make it wrong",
    }
    use = f"; use {', '.join(found.replaced_by)}" if found.replaced_by else ""
    if found.mistaken_for:
        use = f", but it does not mean {found.mistaken_for['en']}; that is {', '.join(found.use)}"
    return f"{found.code}: {words[found.status]}{use} (checked against {release})"


def _check(parsed: argparse.Namespace) -> int:
    folder = parsed.folder or load.data_folder()
    if not folder.is_dir():
        raise DataError([f"{folder}: expected a folder of data files"])
    found = check.problems(folder, date.today())  # noqa: DTZ011
    if found:
        raise DataError(found)
    print(f"{folder.name}: no problems")
    return 0


def _stale(parsed: argparse.Namespace) -> int:
    on = _day(parsed.on, "--on")
    folder = load.data_folder()
    due, soon = check.stale(folder, on), check.coming(folder, on)
    print("\n".join(due) if due else f"Nothing is past its review date on {on}.")
    if soon:
        print("", "Coming up:", *soon, sep="\n")
    return 1 if due else 0


def _print_json(data: object) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False))
