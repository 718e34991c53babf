"""A case's answers as a short text for a link's fragment, and back.

The text is letters and digits only, so that no mail or chat program cuts, wraps or escapes it:
the format's version, how many answers follow, then each answer as its key's code in capitals
and its value in small letters and digits, and ``Z`` as the last letter. An amount of 96.50 is
``96p50``, "the plan has none" is ``n``. `codes`, `packages` and listed visits stay out of
links: they have no room in one, and the form doesn't ask for them.

A link comes from anybody. What is read from it is looked up in the table below or read by
`read.value`, and must then be written again as it stood: nothing else gets through.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from estimator import read
from estimator.model import KEYS, NONE, STATES, DataError, Key
from estimator.money import as_text
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

# The format's version, not the vocabulary's: a code more in the table leaves it as it is.
VERSION = "1"
LONGEST = 2_000
_YES_NO = "yes=y no=n"

# For each key its code, and for a choice the code of each value. Links live on in mails and
# chats: a code never changes and is never used again for something else, also when its key or
# value is gone. New ones are only added. A lone Z is the end of a link.
CODES = {
    "purpose": "P diagnosed=d symptom=s relaxation=r",
    "provider": "G lmt=l pt-ot=p chiropractor=c physician=m",
    "plan": (
        "L commercial-ppo=p commercial-hmo=h commercial-epo=e commercial-pos=s commercial-hdhp=d"
        " medicare-original=o medicare-advantage=a medicaid=m va-community-care=v tricare=t"
        " fehb=f auto-pip=i auto-medpay=y workers-comp=w self-pay=c"
    ),
    "funding": "I insured=i self-funded=s",
    "state": " ".join(["S", *(f"{state}={state.lower()}" for state in STATES)]),
    "network": "N in=i out=o",
    "benefit": "B covered=c therapy-only=t excluded=e",
    "prescription": f"X {_YES_NO}",
    "referral": f"R {_YES_NO} not-needed=x",
    "prior_auth": "J approved=a not-needed=x needed=n denied=d",
    "claim": "CL accepted=a pending=p denied=d",
    "after_mmi": f"AM {_YES_NO}",
    "medpay_max": "MP",
    "secondary": "E none=n medigap=g medicaid=m other=o",
    "diagnosis": "DX",
    "minutes": "MN",
    "unit_rule": "UR cms=c ama=a",
    "fee": "F",
    "allowed": "A",
    "allowed_low": "AL",
    "allowed_high": "AH",
    "price_per": "PU visit=v unit=u",
    "cost_sharing": (
        "H deductible-coinsurance=di copay=c deductible-copay=dc copay-coinsurance=ci"
        " copay-deductible-coinsurance=cdi deductible-copay-coinsurance=dci none=n"
    ),
    "coinsurance_base": "CB net-of-copay=n full-allowed=f",
    "deductible": "D",
    "deductible_met": "M",
    "copay": "K",
    "coinsurance": "C",
    "oop_max": "O",
    "oop_met": "Q",
    "family_deductible": "FD",
    "family_deductible_met": "FM",
    "family_oop_max": "FL",
    "family_oop_met": "FQ",
    "deductible_type": "DT embedded=e aggregate=a",
    "visit_cap": "VC",
    "plan_pays_max": "PM",
    "plan_paid": "PP",
    "visit_limit": "VL",
    "visits_used": "U",
    "deductible_visits_count": f"DV {_YES_NO}",
    "visits": "V",
    "start": "T",
    "per_week": "W",
    "plan_year_start": "Y",
    "account": "AC none=n hsa-payroll=p hsa-direct=d fsa=f",
    "federal_rate": "FR",
    "state_rate": "SR",
    "lmn": f"LN {_YES_NO}",
}
_KEY_CODES = {name: row.split()[0] for name, row in CODES.items()}
_VALUE_CODES = {
    name: dict(pair.split("=") for pair in row.split()[1:]) for name, row in CODES.items()
}
_KEYS_BY_CODE = {_KEY_CODES[key.name]: key for key in KEYS if key.name in CODES}

_END = re.compile(r"(?<![A-Z])Z(?![A-Z])")
_START = re.compile(r"(?<![A-Z])(?=[A-Z])")
_COUNT = re.compile(r"[0-9]{1,2}")
_PART = re.compile(r"([A-Z]+)([0-9a-z]+)")


class Decoded(Record):
    """What could be read from a link.

    Attributes:
        answers: A case's text by key, each value as `encode` was given it or equal to it:
            amounts with two decimals, rates as fractions. Each could be in a case; whether
            they contradict each other is the case's to say.
        dropped: How many answers are missing: not understood, out of range, or cut off.
        newer: Made by a later version of the format; then there are no answers.
    """

    answers: Mapping[str, str]
    dropped: int
    newer: bool


def encode(answers: Mapping[str, str], *, with_diagnosis: bool = False) -> str:
    """The answers as a link's text: letters and digits, always the same for the same answers.

    A full form takes some 180 of them, all keys with the largest amounts there are some 430.

    Args:
        answers: A case's text by key. What is blank, unknown, no word of the vocabulary, not
            readable or a list is left out.
        with_diagnosis: Whether the person has chosen to put the diagnosis in.
    """
    parts = _parts(answers, with_diagnosis=with_diagnosis)
    body = "".join(_KEY_CODES[name] + code for name, code in parts.items())
    return f"{VERSION}{len(parts)}{body}Z"


def contents(answers: Mapping[str, str], *, with_diagnosis: bool = False) -> tuple[str, ...]:
    """The keys that a link with these answers carries, in the vocabulary's order."""
    return tuple(_parts(answers, with_diagnosis=with_diagnosis))


def decode(text: str) -> Decoded:
    """The answers in a link's text, whoever wrote it; what isn't understood is counted.

    Of a link that was cut off, the last answer goes too: 1200 may have been 120050. What
    follows the end, such as a bracket of the sentence around the link, is no part of it.
    Only the first 2,000 characters are read. Never raises.
    """
    body, *after = _END.split(text[:LONGEST], maxsplit=1)
    head, *parts = _START.split(body)
    if "2" <= head[:1] <= "9":
        return Decoded({}, 0, newer=True)
    if head[:1] != VERSION:
        return Decoded({}, 1 if text else 0, newer=False)
    unread = 0 if after else 1
    answers: dict[str, str] = {}
    for part in parts if after else parts[:-1]:
        found = _answer(part)
        if found is None or found[0] in answers:
            unread += 1
        else:
            answers[found[0]] = found[1]
    # Without a readable count something is wrong, and how much of it can't be known.
    missing = int(head[1:]) - len(answers) if _COUNT.fullmatch(head[1:]) else 1
    return Decoded(answers, max(unread, missing), newer=False)


def _parts(answers: Mapping[str, str], *, with_diagnosis: bool) -> dict[str, str]:
    """The code of each answer that goes into a link, in the vocabulary's order."""
    parts = {}
    for key in KEYS:
        if key.name not in CODES or (key.name == "diagnosis" and not with_diagnosis):
            continue
        if written := _written(key, answers.get(key.name)):
            parts[key.name] = _code(key, written)
    return parts


def _answer(part: str) -> tuple[str, str] | None:
    """The key and the text of one answer; None unless it stands exactly as we write it."""
    found = _PART.fullmatch(part)
    key = _KEYS_BY_CODE.get(found[1]) if found else None
    if found is None or key is None:
        return None
    written = _written(key, _text(key, found[2]))
    return (key.name, written) if written and _code(key, written) == found[2] else None


def _written(key: Key, text: object) -> str | None:
    """The one way to write an answer in a case; None where there is none that can be read."""
    if not isinstance(text, str):
        return None
    try:
        value = read.value(key, text, key.name)
    except DataError:
        return None
    match value:
        case None:
            return None
        case Decimal():
            return as_text(value) if key.kind == "money" else f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case (int(month), int(day)):
            return f"{month:02}-{day:02}"
        case _:
            return "none" if value is NONE else str(value)


def _code(key: Key, written: str) -> str:
    """The small letters and digits that stand for an answer."""
    if key.none and written == "none":
        return "n"
    match key.kind:
        case "choice":
            return _VALUE_CODES[key.name][written]
        case "date" | "month-day":
            return written.replace("-", "")
        case "code":
            return written.replace(".", "").lower()
        case _:
            return written.removesuffix(".00").replace(".", "p")


def _text(key: Key, code: str) -> str:
    """What a code may stand for, still to be read; blank where it stands for nothing."""
    if key.none and code == "n":
        return "none"
    match key.kind:
        case "choice":
            return next((v for v, c in _VALUE_CODES[key.name].items() if c == code), "")
        case "date":
            return f"{code[:4]}-{code[4:6]}-{code[6:]}"
        case "month-day":
            return f"{code[:2]}-{code[2:]}"
        case "code":
            return f"{code[:3]}.{code[3:]}".removesuffix(".")
        case _:
            return code.replace("p", ".")
