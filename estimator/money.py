"""Dollars and cents: exact decimals, rounded in one place."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
# More than any plan's figures by far; beyond it a number is a slip of the finger.
LARGEST = Decimal("1000000000000.00")


def cents(amount: Decimal) -> Decimal:
    """Round an amount to whole cents, half up: the only place where money is rounded."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def midpoint(low: Decimal, high: Decimal) -> Decimal:
    """The likely amount between a low and a high one: their midpoint, half up to the cent."""
    return cents((low + high) / 2)


def as_text(amount: Decimal) -> str:
    """An amount as a case or a result carries it: two decimals, no sign of currency."""
    return f"{cents(amount):f}"


def as_dollars(amount: Decimal) -> str:
    """An amount as a person reads it: ``$1,500`` when whole, ``$96.50`` when not."""
    rounded = cents(amount)
    return f"${rounded:,.0f}" if rounded == rounded.to_integral_value() else f"${rounded:,.2f}"


def as_whole_dollars(amount: Decimal) -> str:
    """An amount that is only roughly known, as a person reads it: ``$545``."""
    return f"${amount.quantize(Decimal(1), ROUND_HALF_UP):,f}"


def as_percent(rate: Decimal) -> str:
    """A fraction as a person reads it: ``0.20`` is ``20%``."""
    percent = (rate * 100).normalize()
    return f"{percent:f}%"
