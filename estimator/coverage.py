"""Whether a plan pays for this massage at all, and what still has to be true.

The chain is walked in a fixed order: the hard rules first, then what the insurer said, then
what the plan line and the state ask for. The first link that breaks decides; a link nobody
has checked leaves the answer open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator.model import Condition, Step
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from estimator.model import Basis, Case, PlanLine, Rules, StateRules, Verdict, VisitRule

# Who may give the care when the insurer pays for massage "only from a therapist".
THERAPY_PROVIDERS = ("pt-ot", "chiropractor")
# Plans that a state regulates, unless the employer pays the claims itself.
STATE_REGULATED = (
    "commercial-ppo",
    "commercial-hmo",
    "commercial-epo",
    "commercial-pos",
    "commercial-hdhp",
)
# For each requirement, the answers that settle it and the one by which the payer refused.
_SETTLED = {
    "prescription": ("yes",),
    "prior_auth": ("approved", "not-needed"),
    "referral": ("yes", "not-needed"),
    "claim": ("accepted",),
}
_REFUSED = {"prior_auth": "denied", "claim": "denied"}


class Decision(Record):
    """The verdict, the steps that led to it, and what is still open.

    Attributes:
        pays: Whether to count on the plan's money: True unless it is refused or we hold no
            rules for the case.
    """

    verdict: Verdict
    pays: bool
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The ids of the steps that led to the verdict."""
        return tuple(step.id for step in self.steps)


class _Link(Record):
    """One link of the chain: its rule, the keys it looks at, and the sources it rests on."""

    name: str
    keys: tuple[str, ...]
    sources: tuple[str, ...] = ()


def decide_coverage(case: Case, plan: PlanLine | None, rules: Rules) -> Decision:
    """Decide whether the plan pays, in the order of the chain.

    Args:
        case: The person's answers; an unknown one never counts as a yes or a no.
        plan: What we know of their plan line; None where we hold no rules for it.
        rules: The data: the state's rules and the sources of ours.

    Returns:
        ``not-covered`` when a link is broken, ``unknown`` when the insurer's word on massage
        is missing or we hold no rules, ``conditional`` when links are open, else ``covered``.

    Sources: irs-general-health, medicare-policy-15-230, fl-627-736, wa-every-category
    """
    state = rules.states.get(case.state or "")
    if broken := _broken_link(case, plan, state):
        return Decision("not-covered", pays=False, steps=(_step(broken, case, rules),))
    if missing := _missing_rules(case, plan, state):
        return Decision("unknown", pays=False, steps=(_step(missing, case, rules),))
    if plan is None:
        raise TypeError(plan)
    conditions = _open_links(case, plan, state)
    links = [_Link(_name(item), (item.key,)) for item in conditions]
    by_rule = _paid_by_rule(case, plan, state)
    if case.benefit is None and by_rule is None:
        step = _step(_Link("benefit-unknown", ("benefit",)), case, rules)
        return Decision("unknown", pays=True, steps=(step,), conditions=conditions)
    said = by_rule or _Link("", ())
    if case.benefit is not None:
        said = _Link(f"benefit-{case.benefit}", ("benefit",))
    steps = tuple(_step(link, case, rules) for link in (said, *links))
    verdict: Verdict = "conditional" if conditions else "covered"
    return Decision(verdict, pays=True, steps=steps, conditions=conditions)


def with_renewals(
    decision: Decision, case: Case, plan: PlanLine | None, rules: Rules, days: Sequence[date]
) -> Decision:
    """Add what a long course has to renew: an authorization, a report, a further approval.

    Past these points the care is conditional, never the patient's own: a new authorization
    can still be had.

    Args:
        decision: As the chain decided it.
        case: The person's answers.
        plan: Their plan line.
        rules: The data.
        days: The dates of the visits.

    Sources: va-massage-2025, wa-lni-massage, ca-labor-4604-5
    """
    if plan is None or not decision.pays:
        return decision
    state = rules.states.get(case.state or "")
    due = [("episode-renewal", plan.episode)]
    if case.plan == "workers-comp" and state is not None:
        due.append(("report-due", state.workers_comp_report_after))
        due.append(("visit-cap-reached", state.workers_comp_visit_cap))
    for name, rule in due:
        if rule is None or not _is_due(rule, case, days):
            continue
        open_link = Condition(f"coverage.{name}-open", "prior_auth")
        step = _step(_Link(f"{name}-open", ("prior_auth",), rule.sources), case, rules)
        verdict: Verdict = "conditional" if decision.verdict == "covered" else decision.verdict
        decision = decision.replace(
            verdict=verdict,
            steps=(*decision.steps, step),
            conditions=(*decision.conditions, open_link),
        )
    return decision


def _is_due(rule: VisitRule, case: Case, days: Sequence[date]) -> bool:
    """Whether a course goes past a rule's visits or days."""
    if rule.providers and case.provider not in rule.providers:
        return False
    too_long = rule.days is not None and (days[-1] - days[0]).days >= rule.days
    return len(days) > rule.visits or too_long


def _broken_link(case: Case, plan: PlanLine | None, state: StateRules | None) -> _Link | None:
    """The link by which this massage is surely not paid for, or None."""
    if case.purpose == "relaxation":
        return _Link("relaxation", ("purpose",))
    if case.plan == "self-pay":
        return _Link("self-pay", ("plan",))
    if plan is not None and case.provider is not None and case.provider in plan.never_pays:
        return _Link("never-pays", ("plan", "provider"), plan.never_pays[case.provider])
    if case.plan == "auto-pip" and state is not None and state.pip_excludes_massage:
        return _Link("pip-excludes-massage", ("plan", "state"), state.pip_excludes_massage)
    if case.benefit == "excluded":
        return _Link("benefit-excluded", ("benefit",))
    if _is_wrong_provider(case) and not _every_category(case, state):
        return _Link("therapy-only-provider", ("benefit", "provider"))
    return _refusal(case, plan)


def _refusal(case: Case, plan: PlanLine | None) -> _Link | None:
    """The plan line's own reason to refuse, or None."""
    if plan is None:
        return None
    if case.network == "out" and plan.pays_out_of_network == "no":
        return _Link("network-out", ("network", "plan"))
    for key, refusal in _REFUSED.items():
        if key in plan.requires and getattr(case, key) == refusal:
            return _Link(f"{key.replace('_', '-')}-refused", (key,))
    return None


def _missing_rules(case: Case, plan: PlanLine | None, state: StateRules | None) -> _Link | None:
    """Why we can't say anything about the plan's money, or None when we can."""
    if case.plan is None:
        return _Link("plan-unknown", ("plan",))
    if plan is None:
        return _Link("no-rules", ("plan",))
    has_own_limit = case.plan_pays_max is not None
    if (
        case.plan == "auto-pip"
        and not has_own_limit
        and (state is None or state.auto is None or state.auto.minimum is None)
    ):
        return _Link("pip-state-unknown", ("plan", "state"))
    return None


def _paid_by_rule(case: Case, plan: PlanLine, state: StateRules | None) -> _Link | None:
    """The plan line's or the state's own rule by which this provider is paid, or None."""
    if case.provider is not None and case.provider in plan.pays_by_rule:
        return _Link("pays-by-rule", ("plan", "provider"), plan.pays_by_rule[case.provider])
    pays_massage = state.pip_pays_massage_therapists if state is not None else ()
    if case.plan == "auto-pip" and case.provider == "lmt" and pays_massage:
        return _Link("pip-pays-massage-therapists", ("plan", "provider", "state"), pays_massage)
    return None


def _is_wrong_provider(case: Case) -> bool:
    """Whether the insurer pays only therapists, and somebody else gives the massage."""
    known = case.provider is not None
    return case.benefit == "therapy-only" and known and case.provider not in THERAPY_PROVIDERS


def _every_category(case: Case, state: StateRules | None) -> bool:
    """Whether a state's law opens a therapists-only benefit to massage therapists.

    It reaches plans that the state regulates: not those an employer pays itself, nor federal
    ones. The state is the one that issued the policy.
    """
    return (
        state is not None
        and bool(state.every_category)
        and case.provider == "lmt"
        and case.plan in STATE_REGULATED
        and case.funding != "self-funded"
    )


def _open_links(case: Case, plan: PlanLine, state: StateRules | None) -> tuple[Condition, ...]:
    """What still has to be true, in the order a person would settle it."""
    found = []
    if case.provider is None:
        found.append("provider")
    if case.purpose != "diagnosed":
        found.append("purpose")
    if _is_wrong_provider(case):
        found.append("every-category" if case.funding == "insured" else "funding")
    # For a massage therapist "covered" is true of this one, at this place, or of nobody. Auto
    # and workers' compensation coverage has no network to be in.
    stays_inside = plan.pays_out_of_network != "yes"
    has_network = case.plan not in ("auto-pip", "auto-medpay", "workers-comp")
    if case.network is None and has_network and (case.provider == "lmt" or stays_inside):
        found.append("network")
    if case.network == "out" and plan.pays_out_of_network == "ask":
        found.append("network-out")
    found += [key for key in plan.requires if getattr(case, key) not in _settling(plan, key)]
    if _is_unauthorized(case, state):
        found.append("provider-unauthorized")
    return tuple(_condition(name) for name in found)


def _settling(plan: PlanLine, key: str) -> tuple[str, ...]:
    return plan.settled_by.get(key, _SETTLED[key])


def _is_unauthorized(case: Case, state: StateRules | None) -> bool:
    """Whether the state has not authorized this kind of provider for workers' compensation."""
    refused = state.workers_comp_unauthorized if state is not None else {}
    return case.plan == "workers-comp" and case.provider in refused


# The key whose answer would settle a condition that isn't named after it.
_KEY_OF = {
    "every-category": "benefit",
    "network-out": "network",
    "provider-unauthorized": "prior_auth",
}


def _condition(name: str) -> Condition:
    return Condition(f"coverage.{name.replace('_', '-')}-open", _KEY_OF.get(name, name))


def _name(condition: Condition) -> str:
    return condition.id.removeprefix("coverage.")


def _step(link: _Link, case: Case, rules: Rules) -> Step:
    """The explanation's line for one link of the chain."""
    rule = f"coverage.{link.name}"
    basis: Basis = "given" if link.name.startswith("benefit-") and case.benefit else "rule"
    return Step(
        id=rule,
        visit=None,
        rule=rule,
        inputs={key: getattr(case, key) or "unknown" for key in link.keys},
        value=link.name,
        basis=basis,
        sources=link.sources or rules.rule_sources.get(rule, ()),
    )
