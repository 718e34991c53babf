"""What paying from a tax-advantaged account saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.model import TaxSaving
from estimator.money import ZERO, cents

if TYPE_CHECKING:
    from decimal import Decimal

    from estimator.model import Case

# Through payroll, wages are never taxed for it; paid in directly, they already were.
_SAVES_PAYROLL_TAX = ("hsa-payroll", "fsa")


def tax_saving(case: Case, keeps_paying: Decimal, payroll_tax: Decimal | None) -> TaxSaving | None:
    """What an account saves on what the patient keeps paying after reimbursement.

    The saving is the amount times the federal and state marginal rates, plus the employee's
    share of payroll tax where wages escape it. An unknown rate counts as nothing, so the
    saving is the least it can be. Without a letter of medical necessity, and for massage to
    relax, nothing is saved: it isn't a medical expense.

    Args:
        case: Its `account`, `federal_rate`, `state_rate`, `lmn` and `purpose` count.
        keeps_paying: USD for the course, >= 0.
        payroll_tax: The employee's share of Social Security and Medicare taxes, a fraction;
            None where we know of none.

    Returns:
        None where no account is named.

    Sources: fica-2026, irs-general-health, lmn-fsafeds
    """
    if case.account in (None, "none"):
        return None
    if case.purpose == "relaxation":
        return TaxSaving(ZERO, "relaxation")
    if case.lmn != "yes":
        return TaxSaving(ZERO, "no-letter")
    rate = (case.federal_rate or ZERO) + (case.state_rate or ZERO)
    known = case.federal_rate is not None and case.state_rate is not None
    if case.account in _SAVES_PAYROLL_TAX:
        rate += payroll_tax or ZERO
        known = known and payroll_tax is not None
    return TaxSaving(cents(keeps_paying * rate), str(case.account) if known else "rates-unknown")
