"""Cost-sharing written a second time, as plainly as can be, to check the first by.

It shares no code with the estimator and works in whole cents.
"""

from fractions import Fraction


def cents_of(amount):
    return int(amount * 100)


def half_up(amount):
    return int(amount + Fraction(1, 2))


def plain_course(
    *, order, full_base, balance_rate, amounts, visit_limit, aggregate, all_visits_count,
    year_starts, used, course,
):  # fmt: skip
    """What patient and plan pay at each visit."""
    rate = Fraction(amounts["coinsurance"])
    limit = {key: None if value is None else cents_of(value) for key, value in amounts.items()}
    spent = {key: value if key == "visits" else cents_of(value) for key, value in used.items()}
    answers, last_year = [], None
    for day, fee, allowed in course:
        year = day.year if (day.month, day.day) >= year_starts else day.year - 1
        if last_year is not None and year != last_year:
            spent = dict.fromkeys(spent, 0)
        last_year = year
        patient, plan = one_visit(
            order, full_base, balance_rate, limit, rate, visit_limit, aggregate, all_visits_count,
            spent, cents_of(fee), cents_of(allowed),
        )  # fmt: skip
        answers.append((Fraction(patient, 100), Fraction(plan, 100)))
    return answers


def one_visit(
    order, full_base, balance_rate, limit, rate, visit_limit, aggregate, all_visits_count, spent,
    fee, allowed,
):  # fmt: skip
    if visit_limit is not None and spent["visits"] >= visit_limit:
        return fee, 0
    if limit["plan_pays_max"] is not None and spent["plan"] >= limit["plan_pays_max"]:
        return fee, 0
    accepted = min(fee, allowed)
    base = accepted if limit["visit_cap"] is None else min(accepted, limit["visit_cap"])

    open_deductible = max(0, limit["deductible"] - spent["deductible"])
    if limit["family_deductible"] is not None:
        family = max(0, limit["family_deductible"] - spent["family_deductible"])
        open_deductible = family if aggregate else min(open_deductible, family)

    names = order.split("-") if order != "none" else []
    taken = {"deductible": 0, "copay": 0, "coinsurance": 0}
    left = base
    for name in names:
        if name == "deductible":
            taken[name] = min(open_deductible, left)
        elif name == "copay":
            taken[name] = min(limit["copay"], left)
        else:
            reckoned = base - taken["deductible"] - (0 if full_base else taken["copay"])
            taken[name] = min(half_up(reckoned * rate), left)
        left -= taken[name]

    caps = [
        max(0, limit[cap] - spent[counter])
        for cap, counter in (("oop_max", "oop"), ("family_oop_max", "family_oop"))
        if limit[cap] is not None
    ]
    if caps:
        too_much = max(0, sum(taken.values()) - min(caps))
        for name in ("coinsurance", "copay", "deductible"):
            cut = min(too_much, taken[name])
            taken[name] -= cut
            too_much -= cut

    plan = base - sum(taken.values())
    if limit["plan_pays_max"] is not None:
        plan = min(plan, limit["plan_pays_max"] - spent["plan"])
    for counter in ("deductible", "family_deductible"):
        spent[counter] += taken["deductible"]
    for counter in ("oop", "family_oop"):
        spent[counter] += sum(taken.values())
    spent["plan"] += plan
    whole_deductible = taken["deductible"] == base and base > 0
    spent["visits"] += 1 if all_visits_count or not whole_deductible else 0

    extra = fee - accepted
    if balance_rate is not None:
        extra = min(extra, half_up(accepted * Fraction(balance_rate)))
    return accepted - plan + extra, plan
