"""Whether a plan pays for this massage at all, and what still has to be true.

The chain is walked in a fixed order: the hard rules first, then what the insurer said, then
what the plan line asks for. The first link that breaks decides; a link nobody has checked
leaves the answer open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimator.model import Condition, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from estimator.model import Basis, Case, PlanLine, Verdict

# Who may give the care when the insurer pays for massage "only from a therapist".
THERAPY_PROVIDERS = ("pt-ot", "chiropractor")
# For each requirement, the answers that settle it and the one by which the plan refused.
_SETTLED = {
    "prescription": ("yes",),
    "prior_auth": ("approved", "not-needed"),
    "referral": ("yes", "not-needed"),
}
_REFUSED = {"prior_auth": "denied"}


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, the steps that led to it, and what is still open.

    Attributes:
        pays: Whether to count on the plan's money: True unless it is refused or we hold no
            rules for the plan line.
    """

    verdict: Verdict
    pays: bool
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The ids of the steps that led to the verdict."""
        return tuple(step.id for step in self.steps)


def decide_coverage(
    case: Case, plan: PlanLine | None, sources: Mapping[str, tuple[str, ...]]
) -> Decision:
    """Decide whether the plan pays, in the order of the chain.

    Args:
        case: The person's answers; an unknown one never counts as a yes or a no.
        plan: What we know of their plan line; None where we hold no rules for it.
        sources: For each rule, the ids of its sources.

    Returns:
        ``not-covered`` when a link is broken, ``unknown`` when the insurer's word on massage
        is missing or we hold no rules, ``conditional`` when links are open, else ``covered``.

    Sources: irs-general-health, medicare-policy-15-230, fl-627-736
    """
    if broken := _broken_link(case, plan):
        return Decision("not-covered", pays=False, steps=(_step(broken, case, sources),))
    if case.plan is None:
        return Decision("unknown", pays=False, steps=(_step("plan-unknown", case, sources),))
    if plan is None:
        return Decision("unknown", pays=False, steps=(_step("no-rules", case, sources),))
    conditions = _open_links(case, plan)
    if case.benefit is None:
        steps = (_step("benefit-unknown", case, sources),)
        return Decision("unknown", pays=True, steps=steps, conditions=conditions)
    said = _step(f"benefit-{case.benefit}", case, sources)
    if not conditions:
        return Decision("covered", pays=True, steps=(said,))
    opened = tuple(_step(item.id.removeprefix("coverage."), case, sources) for item in conditions)
    return Decision("conditional", pays=True, steps=(said, *opened), conditions=conditions)


def _broken_link(case: Case, plan: PlanLine | None) -> str | None:
    """The rule by which this massage is surely not paid for, or None."""
    if case.purpose == "relaxation":
        return "relaxation"
    if case.plan == "medicare-original" and case.provider == "lmt":
        return "medicare-lmt"
    if case.plan == "auto-pip" and case.state == "FL":
        return "florida-pip"
    if case.benefit == "excluded":
        return "benefit-excluded"
    therapist_only = case.benefit == "therapy-only"
    if therapist_only and case.provider and case.provider not in THERAPY_PROVIDERS:
        return "therapy-only-provider"
    if plan is None:
        return None
    if case.network == "out" and not plan.pays_out_of_network:
        return "network-out"
    for key, refusal in _REFUSED.items():
        if key in plan.requires and getattr(case, key) == refusal:
            return f"{key.replace('_', '-')}-refused"
    return None


def _open_links(case: Case, plan: PlanLine) -> tuple[Condition, ...]:
    """What still has to be true, in the order a person would settle it."""
    found = []
    if case.provider is None:
        found.append("provider")
    if case.purpose != "diagnosed":
        found.append("purpose")
    # For a massage therapist "covered" is true of this one, at this place, or of nobody.
    if case.network is None and (case.provider == "lmt" or not plan.pays_out_of_network):
        found.append("network")
    found += [key for key in plan.requires if getattr(case, key) not in _SETTLED[key]]
    return tuple(Condition(f"coverage.{key.replace('_', '-')}-open", key) for key in found)


def _step(name: str, case: Case, sources: Mapping[str, tuple[str, ...]]) -> Step:
    """The explanation's line for one link of the chain."""
    rule = f"coverage.{name}"
    told = ("purpose", "provider", "plan", "state", "network", "benefit", "prescription",
            "referral", "prior_auth")  # fmt: skip
    inputs = {key: getattr(case, key) or "unknown" for key in told if _bears_on(key, name)}
    basis: Basis = "given" if name.startswith("benefit-") and case.benefit else "rule"
    return Step(
        id=rule,
        visit=None,
        rule=rule,
        inputs=inputs,
        value=name,
        basis=basis,
        sources=sources.get(rule, ()),
    )


_BEARS_ON = {
    "relaxation": ("purpose",),
    "medicare-lmt": ("plan", "provider"),
    "florida-pip": ("plan", "state"),
    "plan-unknown": ("plan",),
    "no-rules": ("plan",),
    "therapy-only-provider": ("benefit", "provider"),
    "network-out": ("network", "plan"),
}


def _bears_on(key: str, name: str) -> bool:
    """Whether an answer belongs among the inputs of a link's step."""
    if name in _BEARS_ON:
        return key in _BEARS_ON[name]
    return name.replace("-", "_").startswith(key)
