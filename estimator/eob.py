"""Whether the numbers of an explanation of benefits (EOB) add up, and which step explains a gap.

From the clinic's price down: what lies above the plan's price, what the plan paid of its price,
and what is left for the patient. All money is USD as Decimal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.money import ZERO, cents
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

PARTS = ("deductible", "copay", "coinsurance")
MAIN = ("billed", "allowed", "paid", "owed")
AMOUNTS = (*MAIN, *PARTS, "not_covered")
# Steps at which the paper contradicts itself, or the rules of a network.
_WRONG = {"paid-over", "parts-short", "parts-over", "owed-less", "owed-more", "owed-written-off",
          "owed-balance-barred"}  # fmt: skip


class Eob(Record, kw_only=True):
    """The amounts a person found on the paper; None is not given, and never 0.

    `allowed` is the most the plan counts, `owed` what the paper says the patient owes.
    `balance` is how much of the allowed amount may be billed on top of it out of network, as a
    fraction: None for any amount, 0 for nothing. `network` is ``in``, ``out`` or None.
    """

    billed: Decimal | None = None
    allowed: Decimal | None = None
    paid: Decimal | None = None
    owed: Decimal | None = None
    deductible: Decimal | None = None
    copay: Decimal | None = None
    coinsurance: Decimal | None = None
    not_covered: Decimal | None = None
    network: str | None = None
    balance: Decimal | None = None


class Step(Record):
    """One step of the explanation: its id, and the amounts its sentence needs."""

    id: str
    amounts: Mapping[str, Decimal]


class Explained(Record, kw_only=True):
    """What came out.

    Attributes:
        verdict: ``adds-up``, ``balance`` (it adds up once what lies above the plan's price is
            counted), ``denied`` (the plan counted nothing), ``ask`` (something doesn't add up),
            or ``incomplete`` (a number is missing, and nothing that is there is wrong).
        steps: In the order of the paper.
        asks: What to ask, by id, with the amounts the question needs.
        missing: The main amounts that weren't given.
    """

    verdict: str
    steps: tuple[Step, ...]
    asks: tuple[Step, ...]
    missing: tuple[str, ...]


def explain(eob: Eob) -> Explained:
    """Go through the paper from the price down, and say what each gap is.

    Sources: uniform-glossary, hcgov-balance-billing, hcgov-total-costs
    """
    steps, asks = _above(eob)
    for more_steps, more_asks in (_share(eob), _parts(eob), _owed(eob)):
        steps += more_steps
        asks += more_asks
    missing = tuple(name for name in MAIN if getattr(eob, name) is None)
    return Explained(
        verdict=_verdict({step.id for step in steps}, is_whole=not missing),
        steps=tuple(steps),
        asks=tuple(asks),
        missing=missing,
    )


def _verdict(found: set[str], *, is_whole: bool) -> str:
    if "nothing-allowed" in found:
        return "denied"
    if found & _WRONG:
        return "ask"
    if not is_whole:
        return "incomplete"
    return "balance" if "owed-balance" in found else "adds-up"


type _Both = tuple[list[Step], list[Step]]


def _above(eob: Eob) -> _Both:
    """The step from the clinic's price to the plan's."""
    if eob.billed is None or eob.allowed is None:
        return [], []
    told = {"billed": eob.billed, "allowed": eob.allowed, "above": eob.billed - eob.allowed,
            "most": _most_above(eob, eob.allowed)}  # fmt: skip
    if eob.allowed == 0 < eob.billed:
        return [Step("nothing-allowed", told)], [Step("why-nothing", told)]
    if eob.allowed > eob.billed:
        # The clinic's price is then what counts; some contracts pay the plan's all the same.
        return [Step("allowed-above-billed", told)], []
    if eob.allowed == eob.billed:
        return [Step("nothing-above", told)], []
    return [Step(f"above-{_who_bears(eob)}", told)], []


def _who_bears(eob: Eob) -> str:
    """Who bears what lies above the plan's price."""
    if eob.network == "in":
        return "written-off"
    if eob.balance is not None:
        return "limited" if eob.balance else "not-billed"
    return "may-be-billed" if eob.network == "out" else "unknown"


def _most_above(eob: Eob, base: Decimal) -> Decimal:
    """The most that may be billed above a price, where the kind of plan sets a limit."""
    return cents((eob.balance or ZERO) * base)


def _base(eob: Eob) -> Decimal | None:
    """What the plan worked with: its own price, or the clinic's where that is lower."""
    if eob.allowed is None or eob.billed is None:
        return eob.allowed
    return min(eob.allowed, eob.billed)


def _share(eob: Eob) -> _Both:
    """The step from the plan's price to what it paid: the rest is the patient's share."""
    base = _base(eob)
    if base is None or eob.paid is None:
        return [], []
    told = {"base": base, "paid": eob.paid, "share": base - eob.paid, "over": eob.paid - base}
    if eob.paid > base:
        return [Step("paid-over", told)], [Step("why-over", told)]
    if eob.allowed == 0 and eob.billed:
        return [], []
    return [Step("share" if told["share"] else "no-share", told)], []


def _parts(eob: Eob) -> _Both:
    """Whether deductible, copay and coinsurance make up the patient's share."""
    given = {name: amount for name in PARTS if (amount := getattr(eob, name)) is not None}
    base = _base(eob)
    if not given or base is None or eob.paid is None or eob.paid > base:
        return [], []
    total, share = sum(given.values(), ZERO), base - eob.paid
    told = {"total": total, "share": share, "rest": abs(share - total)}
    # A plan may show what it doesn't cover inside its price, or beside it.
    if share in (total, total + (eob.not_covered or ZERO)):
        return [Step("parts-match", told)], []
    which = "parts-short" if total < share else "parts-over"
    return [Step(which, told)], [Step(f"why-{which}", told)]


def _owed(eob: Eob) -> _Both:
    """Whether what the paper says is owed is the share, or the share and something else."""
    base = _base(eob)
    if eob.owed is None or base is None or eob.paid is None or eob.paid > base:
        return [], []
    share, not_covered = base - eob.paid, eob.not_covered or ZERO
    above = max(eob.billed - base, ZERO) if eob.billed is not None else ZERO
    expected = share + not_covered
    told = {"owed": eob.owed, "share": share, "not_covered": not_covered, "above": above,
            "expected": expected, "rest": abs(eob.owed - expected)}  # fmt: skip
    if base == 0 and eob.billed:
        return [Step("owed-all" if eob.owed else "owed-nothing", told)], []
    # A plan may show what it doesn't cover inside its price, or beside it.
    if eob.owed == share:
        return [Step("owed-share", told)], []
    if eob.owed == expected:
        return [Step("owed-not-covered", told)], [Step("why-not-covered", told)]
    if above and eob.owed == share + above:
        return _balance(eob, base, told)
    which = "owed-less" if eob.owed < expected else "owed-more"
    return [Step(which, told)], [Step(f"why-{which}", told)]


def _balance(eob: Eob, base: Decimal, told: Mapping[str, Decimal]) -> _Both:
    """What is owed holds all that lies above the plan's price: may it?"""
    if eob.network == "in":
        return [Step("owed-written-off", told)], [Step("why-written-off", told)]
    if eob.balance is not None and told["above"] > _most_above(eob, base):
        return [Step("owed-balance-barred", told)], [Step("why-balance-barred", told)]
    asks = [Step("network-first", told)] if eob.network is None else []
    return [Step("owed-balance", told)], asks
