"""The words everything else is written in: a case, the rules it meets, the estimate that comes out.

Nothing here computes. Every value is frozen, so that the same case and the same rules
always give the same estimate. A field of a case that is ``None`` is *unknown*, never zero
and never "no".
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from estimator.record import EMPTY, Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal


class Absent(Enum):
    """The answer "there is no such limit", which is not the same as not knowing it."""

    NONE = "none"


NONE = Absent.NONE

Verdict = Literal["covered", "conditional", "not-covered", "unknown"]
Basis = Literal["given", "rule", "assumed"]

STATES = tuple(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ"
    " NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split()
)
PLANS = (
    "commercial-ppo",
    "commercial-hmo",
    "commercial-epo",
    "commercial-pos",
    "commercial-hdhp",
    "medicare-original",
    "medicare-advantage",
    "medicaid",
    "va-community-care",
    "tricare",
    "fehb",
    "auto-pip",
    "auto-medpay",
    "workers-comp",
    "self-pay",
)
# Which of the person's numbers each order of cost-sharing uses, in the order they are taken.
COST_SHARING: dict[str, tuple[str, ...]] = {
    "deductible-coinsurance": ("deductible", "coinsurance"),
    "copay": ("copay",),
    "deductible-copay": ("deductible", "copay"),
    "copay-coinsurance": ("copay", "coinsurance"),
    "copay-deductible-coinsurance": ("copay", "deductible", "coinsurance"),
    "deductible-copay-coinsurance": ("deductible", "copay", "coinsurance"),
    "none": (),
}
YES_NO = ("yes", "no")


class Key(Record):
    """One word of the case's vocabulary: its name and what it may hold.

    Attributes:
        name: The key in a case, the form field's name, the key in a link.
        kind: How its text is read: choice, money, rate, count, number, date, month-day,
            code, codes, visits, packages.
        values: For a choice, the values it may take.
        none: Whether ``none`` ("the plan has no such limit") is an answer.
        low: The smallest whole number a count may be.
        high: The largest.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    none: bool = False
    low: int = 0
    high: int = 1_000_000


KEYS = (
    Key("purpose", "choice", ("diagnosed", "symptom", "relaxation")),
    Key("provider", "choice", ("lmt", "pt-ot", "chiropractor", "physician")),
    Key("plan", "choice", PLANS),
    Key("funding", "choice", ("insured", "self-funded")),
    Key("state", "choice", STATES),
    Key("network", "choice", ("in", "out")),
    Key("benefit", "choice", ("covered", "therapy-only", "excluded")),
    Key("prescription", "choice", YES_NO),
    Key("referral", "choice", ("yes", "no", "not-needed")),
    Key("prior_auth", "choice", ("approved", "not-needed", "needed", "denied")),
    Key("claim", "choice", ("accepted", "pending", "denied")),
    Key("after_mmi", "choice", YES_NO),
    Key("medpay_max", "money"),
    Key("secondary", "choice", ("none", "medigap", "medicaid", "other")),
    Key("diagnosis", "code"),
    Key("minutes", "count", low=1, high=1440),
    Key("codes", "codes"),
    Key("unit_rule", "choice", ("cms", "ama")),
    Key("fee", "money"),
    Key("allowed", "money"),
    Key("allowed_low", "money"),
    Key("allowed_high", "money"),
    Key("price_per", "choice", ("visit", "unit")),
    Key("cost_sharing", "choice", tuple(COST_SHARING)),
    Key("coinsurance_base", "choice", ("net-of-copay", "full-allowed")),
    Key("deductible", "money", none=True),
    Key("deductible_met", "money"),
    Key("copay", "money"),
    Key("coinsurance", "rate"),
    Key("oop_max", "money", none=True),
    Key("oop_met", "money"),
    Key("family_deductible", "money", none=True),
    Key("family_deductible_met", "money"),
    Key("family_oop_max", "money", none=True),
    Key("family_oop_met", "money"),
    Key("deductible_type", "choice", ("embedded", "aggregate")),
    Key("visit_cap", "money", none=True),
    Key("plan_pays_max", "money", none=True),
    Key("plan_paid", "money"),
    Key("visit_limit", "count", none=True),
    Key("visits_used", "count"),
    Key("deductible_visits_count", "choice", YES_NO),
    Key("visits", "visits", low=1, high=366),
    Key("start", "date"),
    Key("per_week", "number"),
    Key("plan_year_start", "month-day"),
    Key("account", "choice", ("none", "hsa-payroll", "hsa-direct", "fsa")),
    Key("federal_rate", "rate"),
    Key("state_rate", "rate"),
    Key("lmn", "choice", YES_NO),
    Key("packages", "packages"),
)


class Service(Record):
    """A billing code and the minutes of hands-on time spent on it."""

    code: str
    minutes: int


class Booking(Record):
    """One visit of a course as a person lists it; what is None follows the case's own answer."""

    date: date | None = None
    fee: Decimal | None = None
    allowed: Decimal | None = None


class Package(Record):
    """A bundle of visits sold for one cash price, in USD."""

    visits: int
    price: Decimal


class Case(Record, kw_only=True):
    """What one person has told us. None means unknown; NONE means the plan has no such limit.

    Money is USD as Decimal with at most two decimals, rates are fractions from 0 to 1,
    coinsurance is the patient's part. `KEYS` says what each field may hold.
    """

    purpose: str | None = None
    provider: str | None = None
    plan: str | None = None
    funding: str | None = None
    state: str | None = None
    network: str | None = None
    benefit: str | None = None
    prescription: str | None = None
    referral: str | None = None
    prior_auth: str | None = None
    claim: str | None = None
    after_mmi: str | None = None
    medpay_max: Decimal | None = None
    secondary: str | None = None
    diagnosis: str | None = None
    minutes: int | None = None
    codes: tuple[Service, ...] | None = None
    unit_rule: str | None = None
    fee: Decimal | None = None
    allowed: Decimal | None = None
    allowed_low: Decimal | None = None
    allowed_high: Decimal | None = None
    price_per: str | None = None
    cost_sharing: str | None = None
    coinsurance_base: str | None = None
    deductible: Decimal | Absent | None = None
    deductible_met: Decimal | None = None
    copay: Decimal | None = None
    coinsurance: Decimal | None = None
    oop_max: Decimal | Absent | None = None
    oop_met: Decimal | None = None
    family_deductible: Decimal | Absent | None = None
    family_deductible_met: Decimal | None = None
    family_oop_max: Decimal | Absent | None = None
    family_oop_met: Decimal | None = None
    deductible_type: str | None = None
    visit_cap: Decimal | Absent | None = None
    plan_pays_max: Decimal | Absent | None = None
    plan_paid: Decimal | None = None
    visit_limit: int | Absent | None = None
    visits_used: int | None = None
    deductible_visits_count: str | None = None
    visits: int | tuple[Booking, ...] | None = None
    start: date | None = None
    per_week: Decimal | None = None
    plan_year_start: tuple[int, int] | None = None
    account: str | None = None
    federal_rate: Decimal | None = None
    state_rate: Decimal | None = None
    lmn: str | None = None
    packages: tuple[Package, ...] | None = None

    def known(self) -> dict[str, object]:
        """The answers that were given, by key."""
        return {key: value for key in self.names() if (value := getattr(self, key)) is not None}


class Source(Record):
    """Where a fact was read: data/sources.yaml holds each once."""

    id: str
    title: str
    publisher: str
    grade: str
    retrieved: date
    section: str = ""
    url: str = ""


class Assumption(Record):
    """What an unanswered number is taken to be: its plausible ends and its likely value.

    In force from `since` to `until`, both inclusive; `until` None means still in force.
    """

    low: Decimal
    likely: Decimal
    high: Decimal
    since: date
    until: date | None
    sources: tuple[str, ...]
    confirm: bool = False


class Choice(Record):
    """What an unanswered choice is taken to be: its likely value and each plausible one."""

    likely: str
    plausible: tuple[str, ...]
    sources: tuple[str, ...]


class Fixed(Record):
    """Answers that a plan line sets for everybody, where the person hasn't said otherwise."""

    answers: Case
    sources: tuple[str, ...]


class Amount(Record):
    """An amount in USD and the ids of its sources; `ask` is whom to confirm it with."""

    value: Decimal
    sources: tuple[str, ...]
    confirm: bool = False
    ask: str | None = None


class Dated(Record, kw_only=True):
    """An amount or a rate that holds from a day until a law changes it, both days inclusive."""

    value: Decimal
    since: date
    until: date | None
    sources: tuple[str, ...]
    confirm: bool = False
    ask: str | None = None


class Bracket(Record, kw_only=True):
    """The marginal tax rate on income from an amount of USD upward."""

    since: Decimal
    rate: Decimal


class Note(Record, kw_only=True):
    """What a page tells in a sentence or two; `ask` is whom to confirm it with."""

    en: str
    sources: tuple[str, ...]
    es: str = ""
    confirm: bool = False
    ask: str | None = None


class License(Record, kw_only=True):
    """Whether a massage therapist needs a license: required, certificate, register or none.

    Under `certificate` and `register` a therapist may have one, and nobody must have a license.
    """

    status: str
    sources: tuple[str, ...]
    confirm: bool = False
    ask: str | None = None


class StateExample(Record, kw_only=True):
    """A case that shows a state's rule at work; `says` tells what it takes as given."""

    says: Mapping[str, str]
    given: Case


class VisitRule(Record, kw_only=True):
    """A number of visits after which a payer asks for more; to all providers, or to some."""

    visits: int
    sources: tuple[str, ...]
    days: int | None = None
    providers: tuple[str, ...] = ()
    confirm: bool = False
    ask: str | None = None


class PlanLine(Record, kw_only=True):
    """What one kind of coverage asks for and what its unknown numbers are taken to be.

    Attributes:
        requires: Case keys that must be settled before the plan pays, with their sources.
        settled_by: For some of them, the only answers that settle it.
        pays_out_of_network: Whether it pays a provider outside its network: yes, no or ask.
        balance_bill: The most a provider may bill above the allowed amount out of network, as
            a fraction of it; None for any amount.
        never_pays: Kinds of providers it never pays for massage, with the sources.
        pays_by_rule: Kinds of providers it pays by its own rules, without an insurer's word.
        episode: After how many visits or days a new authorization is due.
        fixed: Answers it sets itself.
        deductible_of_year: The yearly amount that stands for an unknown deductible.
        assumed: For each side of the network (`in`, `out`), what each number is taken to be.
        plausible_limits: Limits that are never applied unasked; used to say what the answer
            could change.
    """

    id: str
    reviewed: date
    pays_out_of_network: str
    balance_bill: Decimal | None
    requires: Mapping[str, tuple[str, ...]]
    network: Choice
    cost_sharing: Choice
    assumed: Mapping[str, Mapping[str, tuple[Assumption, ...]]]
    plausible_limits: Mapping[str, tuple[Assumption, ...]]
    settled_by: Mapping[str, tuple[str, ...]] = EMPTY
    never_pays: Mapping[str, tuple[str, ...]] = EMPTY
    pays_by_rule: Mapping[str, tuple[str, ...]] = EMPTY
    episode: VisitRule | None = None
    fixed: Fixed | None = None
    deductible_of_year: str | None = None


class AutoInjury(Record, kw_only=True):
    """A state's personal injury protection: required, optional, none or unknown.

    `minimum` is the least a policy holds, in USD; None where we know of none. `system` says
    whose insurance pays first: no-fault, choice, add-on or fault. `levels` is whether what a
    policy holds depends on its level, which some people may go without.
    """

    pip: str
    sources: tuple[str, ...]
    system: str | None = None
    minimum: Decimal | None = None
    levels: bool = False
    confirm: bool = False
    ask: str | None = None


class StateRules(Record, kw_only=True):
    """What a state's law says that matters for massage; what is absent is not known.

    Only pages tell the last five: whether massage is licensed, a topic `in_short`, worked
    `examples` and `notes` by topic; `not_checked` names whom to ask about the other topics.
    """

    state: str
    name: str
    reviewed: date
    auto: AutoInjury | None = None
    pip_excludes_massage: tuple[str, ...] = ()
    pip_pays_massage_therapists: tuple[str, ...] = ()
    every_category: tuple[str, ...] = ()
    medpay_minimum: Amount | None = None
    workers_comp_copay_after_mmi: Amount | None = None
    workers_comp_report_after: VisitRule | None = None
    workers_comp_visit_cap: VisitRule | None = None
    workers_comp_unauthorized: Mapping[str, tuple[str, ...]] = EMPTY
    massage_license: License | None = None
    in_short: Mapping[str, Mapping[str, str]] = EMPTY
    examples: Mapping[str, StateExample] = EMPTY
    notes: Mapping[str, tuple[Note, ...]] = EMPTY
    not_checked: Mapping[str, str] = EMPTY


class YearAmounts(Record):
    """The amounts that hold in one calendar year; what is absent is not known.

    `federal_brackets` holds the tax brackets of `single` and `joint` filers, with `sources`.
    """

    year: int
    reviewed: date
    amounts: Mapping[str, Amount]
    federal_brackets: Mapping[str, Any] = EMPTY


class BillingCode(Record):
    """A CPT or HCPCS code in our own words; `unit_minutes` None means it is not timed.

    `daily_max` is the most units Medicare expects in a day; `bundled` is never paid on its own;
    `billed_by` are the kinds of providers it is for; `note` is by language.
    """

    code: str
    plain: str
    sources: tuple[str, ...]
    unit_minutes: int | None = None
    daily_max: int | None = None
    active: bool = False
    bundled: bool = False
    billed_by: tuple[str, ...] = ()
    medicare_status: str = ""
    note: Mapping[str, str] = EMPTY


class CodePair(Record, kw_only=True):
    """Two codes on one day, of which Medicare pays one.

    `modifier` says if a modifier lets both be paid: never, allowed, or none (there is no such
    edit). In force from `since` to `until`, both inclusive; None where it has no end or the
    day isn't known.
    """

    paid: str
    not_paid: str
    modifier: str
    since: date | None = None
    until: date | None = None
    note: Mapping[str, str] = EMPTY
    sources: tuple[str, ...] = ()


class Rules(Record, kw_only=True):
    """All data an estimate needs, already read: no file is opened after this exists."""

    version: str
    plans: Mapping[str, PlanLine]
    assumed: Mapping[str, tuple[Assumption, ...]]
    rule_sources: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, BillingCode]
    code_pairs: tuple[CodePair, ...]
    states: Mapping[str, StateRules]
    years: Mapping[int, YearAmounts]
    standing: Mapping[str, tuple[Dated, ...]]
    reviewed: Mapping[str, date]
    packages: tuple[Package, ...] = ()


class Visit(Record, kw_only=True):
    """One visit's money, in USD and whole cents.

    ``patient == deductible + copay + coinsurance + balance_bill + not_covered`` and
    ``patient + plan + write_off == fee``. `allowed` is the lower of fee and allowed amount.
    """

    number: int
    date: date
    fee: Decimal
    allowed: Decimal
    deductible: Decimal
    copay: Decimal
    coinsurance: Decimal
    balance_bill: Decimal
    not_covered: Decimal
    write_off: Decimal
    patient: Decimal
    plan: Decimal
    deductible_met_after: Decimal
    oop_met_after: Decimal
    family_deductible_met_after: Decimal
    family_oop_met_after: Decimal
    visits_used_after: int
    plan_paid_after: Decimal


class Total(Record, kw_only=True):
    """The course's money, each the sum of the visits' own, in USD."""

    fee: Decimal
    allowed: Decimal
    deductible: Decimal
    copay: Decimal
    coinsurance: Decimal
    balance_bill: Decimal
    not_covered: Decimal
    write_off: Decimal
    patient: Decimal
    plan: Decimal
    pay_at_visit: Decimal
    reimbursed: Decimal


class Scenario(Record, kw_only=True):
    """One way the course could go: its visits, their total, and when the plan starts to pay."""

    visits: tuple[Visit, ...]
    total: Total
    first_paid_visit: int | None
    uncovered_visits: int


class Step(Record, kw_only=True):
    """One line of the explanation: which rule gave which value from which inputs."""

    id: str
    visit: int | None
    rule: str
    inputs: Mapping[str, str]
    value: str
    basis: Basis
    sources: tuple[str, ...] = ()
    text: str = ""


class Condition(Record):
    """Something that still has to be true before the plan pays."""

    id: str
    key: str
    text: str = ""


class Question(Record):
    """An unanswered key, and by how many dollars its answer could move the patient's total."""

    key: str
    swing: Decimal
    text: str = ""


class Alternative(Record):
    """Another way to get the same care paid, and what the patient would pay for the course."""

    id: str
    patient: Decimal
    label: str = ""
    note: str = ""
    inputs: Mapping[str, str] = EMPTY


class Caveat(Record):
    """Something the person should know beside the result; `inputs` fill its sentence."""

    id: str
    key: str
    inputs: Mapping[str, str] = EMPTY
    text: str = ""


class TaxSaving(Record):
    """What paying from a tax-advantaged account saves, in USD, and on which basis."""

    amount: Decimal
    basis: str


class Range(Record):
    """The patient's total for the course, in USD, if the plan pays as described."""

    low: Decimal
    likely: Decimal
    high: Decimal


class Estimate(Record, kw_only=True):
    """The whole answer. The same case, rules and date always give the same one."""

    verdict: Verdict
    reasons: tuple[str, ...]
    conditions: tuple[Condition, ...]
    range: Range
    if_denied: Decimal
    scenarios: Mapping[str, Scenario]
    tax_saving: TaxSaving | None
    steps: tuple[Step, ...]
    gaps: tuple[str, ...]
    questions: tuple[Question, ...]
    alternatives: tuple[Alternative, ...]
    warnings: tuple[Caveat, ...]
    as_of: date
    data_version: str


class Example(Record, kw_only=True):
    """A worked example: a case whose numbers are computed when the site is built."""

    id: str
    order: int
    given: Case


class Field(Record):
    """One question of the form: which key it asks for and with which control."""

    key: str
    control: str


class Group(Record):
    """Questions that stand together; `is_open` unfolds them from the start."""

    id: str
    fields: tuple[Field, ...]
    is_open: bool = False


class DataError(Exception):
    """Something a person wrote can't be used as it stands; every problem found is listed.

    Attributes:
        problems: One finished sentence each: where, what was expected, what was found.
    """

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems; the message is all of them, one a line."""
        super().__init__("\n".join(problems))
        self.problems = problems


class NoValueError(DataError):
    """A dated value is needed for a day we hold none for."""
