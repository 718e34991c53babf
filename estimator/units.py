"""How hands-on minutes become billing units, under the two rules in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.model import DataError, Service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from estimator.model import BillingCode, Case, CodePair

UNIT_MINUTES = 15
# Eight minutes are more than half a unit: both rules start counting there.
_HALF_UNIT = 7
MASSAGE = "97124"
RULES = ("cms", "ama")


def units(
    services: Sequence[Service], rule: str, codes: Mapping[str, BillingCode]
) -> dict[str, int]:
    """Count the billing units that each code earns in one visit.

    Under ``cms`` all timed minutes are added first, and a unit is earned for each full 15
    minutes and for a rest of 8 or more; what the codes don't fill alone goes to those with
    the most minutes left over, the one named first on a tie. Under ``ama`` each code is
    counted alone. Untimed codes earn no units by minutes.

    Args:
        services: Codes with their minutes, each 1 to 1440; a code named twice is added up.
        rule: ``cms`` or ``ama``.
        codes: What is known of each code.

    Returns:
        Units for each timed code, in the order they were named.

    Raises:
        DataError: a code isn't in the list.

    Sources: cms-claims-manual-5, ama-midpoint
    """
    minutes: dict[str, int] = {}
    for service in services:
        if service.code not in codes:
            raise DataError([f"codes: we hold no rules for the code {service.code}"])
        if codes[service.code].unit_minutes:
            minutes[service.code] = minutes.get(service.code, 0) + service.minutes
    if rule == "ama":
        return {code: (spent + _HALF_UNIT) // UNIT_MINUTES for code, spent in minutes.items()}
    earned = {code: spent // UNIT_MINUTES for code, spent in minutes.items()}
    left = (sum(minutes.values()) + _HALF_UNIT) // UNIT_MINUTES - sum(earned.values())
    # sorted() is stable, so a tie stays in the order the codes were named.
    by_rest = sorted(minutes, key=lambda code: -(minutes[code] % UNIT_MINUTES))
    for code in by_rest[:left]:
        earned[code] += 1
    return earned


def billable(
    earned: Mapping[str, int],
    named: Sequence[str],
    codes: Mapping[str, BillingCode],
    pairs: Sequence[CodePair],
    on: date,
    plan: str | None,
) -> tuple[dict[str, int], tuple[tuple[str, str], ...]]:
    """Which of the units can be billed: a second step, after the minutes are counted.

    Under Medicare a code isn't paid beside one that a pair edit puts before it, where no
    modifier helps, and no more than its daily maximum is expected. Many commercial plans copy
    these rules and some don't: there they only warn. A bundled code is paid by nobody alone.

    Args:
        earned: Units by code, as `units` counted them.
        named: All codes of the visit, untimed ones too.
        codes: What is known of each code.
        pairs: The pair edits.
        on: The day of the visit: an edit counts while it is in force.
        plan: The plan line.

    Returns:
        Billable units by code, and warnings as pairs of id and code.

    Sources: ncci-2024-q3
    """
    is_medicare = (plan or "").startswith("medicare")
    found, warnings = {}, []
    for code in dict.fromkeys(named):
        entry, count = codes[code], earned.get(code, 0)
        if entry.bundled:
            warnings.append(("code-bundled", code))
            continue
        if set(named) & {
            pair.paid
            for pair in pairs
            if pair.not_paid == code and pair.modifier == "never" and holds(pair, on)
        }:
            warnings.append(("code-pair", code))
            count = 0 if is_medicare else count
        if entry.daily_max is not None and count > entry.daily_max:
            warnings.append(("code-daily-max", code))
            count = entry.daily_max if is_medicare else count
        if code in earned:
            found[code] = count
    return found, tuple(warnings)


def holds(pair: CodePair, on: date) -> bool:
    """Whether an edit is in force on a day; an end that isn't known is none."""
    has_begun = pair.since is None or pair.since <= on
    return has_begun and (pair.until is None or on <= pair.until)


def visit_units(
    case: Case,
    minutes: int,
    codes: Mapping[str, BillingCode],
    pairs: Sequence[CodePair],
    on: date,
) -> tuple[int, tuple[tuple[str, str], ...]]:
    """How many units one visit of a case is billed as, and what to warn of.

    Args:
        case: Its `codes` count; without them its minutes are counted as massage.
        minutes: The visit's hands-on minutes where the case lists no codes.
        codes: What is known of each code.
        pairs: The pair edits.
        on: The day of the visit.

    Raises:
        DataError: a code isn't in the list.
    """
    services = case.codes or (Service(MASSAGE, minutes),)
    earned = units(services, case.unit_rule or "cms", codes)
    named = [item.code for item in services]
    can_be, warnings = billable(earned, named, codes, pairs, on, case.plan)
    return sum(can_be.values()), warnings
