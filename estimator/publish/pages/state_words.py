"""What a state's page and the overview both say of a state, in a few words each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimator import link
from estimator.markup import Html, escape, tag
from estimator.model import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from estimator.model import AutoInjury, Note, StateRules
    from estimator.publish.pages.site import Site


# Plans whose page has a shorter name than theirs.
PLAN_PAGES = {"va-community-care": "va", "fehb": "federal-employees", "auto-pip": "auto"}


class Words:
    """The sentences of ``data/state-pages.yaml`` in the site's language."""

    def __init__(self, site: Site) -> None:
        """Take them from the site's guide files."""
        self._held = site.guide["state-pages"]["words"]
        self._site = site

    def say(self, key: str, **inputs: object) -> str:
        """A sentence with its placeholders filled in.

        Raises:
            DataError: there is no such sentence, or a placeholder has no value.
        """
        where = f"data/state-pages.yaml: words.{key}"
        if key not in self._held:
            raise DataError([f"{where}: missing"])
        return self.fill(self._held[key], where, **inputs)

    def fill(self, text: Mapping[str, str], where: str, **inputs: object) -> str:
        """A text by language, in the site's language and filled in.

        Raises:
            DataError: a placeholder has no value; it names `where` the text stands.
        """
        template = text.get(self._site.language, text["en"])
        try:
            return self._site.messages.fill(template, **inputs)
        except KeyError as error:
            raise DataError([f"{where}: nothing to fill in for {{{error.args[0]}}}"]) from None


def slug(state: StateRules) -> str:
    """A state's name as its page's address has it: ``new-york``."""
    return state.name.lower().replace(" ", "-")


def pip(state: StateRules) -> str:
    """Personal injury protection in a state: required, optional, none or unknown."""
    return "unknown" if state.auto is None else state.auto.pip


def provider_law(state: StateRules) -> str:
    """What we know of laws on health plans: every-category, told (in notes) or unchecked."""
    if "provider_law" in state.not_checked:
        return "unchecked"
    return "every-category" if state.every_category else "told"


def auto_in_short(state: StateRules, words: Words) -> str:
    """What auto insurance holds: PIP or not, the least of it, and MedPay where it is required."""
    found = [words.say(f"auto.{pip(state)}")]
    if state.auto is not None and state.auto.minimum is not None:
        found.append(least(state.auto, words))
    if state.medpay_minimum is not None:
        found.append(words.say("auto.medpay", minimum=state.medpay_minimum.value))
    return ", ".join(found)


def least(auto: AutoInjury, words: Words) -> str:
    """The least that PIP holds; blank where we know of no figure."""
    if auto.minimum is None:
        return ""
    return words.say("auto.levels" if auto.levels else "auto.minimum", minimum=auto.minimum)


def license_in_short(state: StateRules, words: Words) -> str:
    """Whether massage needs a license."""
    held = state.massage_license
    return words.say("unchecked" if held is None else f"license.{held.status}")


def special(state: StateRules, words: Words) -> dict[str, tuple[str, ...]]:
    """The rules that few states have, each with its sources."""
    found = {}
    if state.pip_excludes_massage:
        found[words.say("auto.never")] = state.pip_excludes_massage
    if state.pip_pays_massage_therapists:
        found[words.say("auto.pays")] = state.pip_pays_massage_therapists
    if state.medpay_minimum is not None:
        told = words.say("auto.medpay", minimum=state.medpay_minimum.value)
        found[told] = state.medpay_minimum.sources
    if state.every_category:
        found[words.say("provider_law.every-category")] = state.every_category
    return found


def everywhere(site: Site) -> Mapping[str, Note]:
    """What holds in each state, by the kind of plan that state law doesn't decide."""
    found: Mapping[str, Note] = site.guide["state-pages"]["everywhere"]
    return found


def to_plan(site: Site, plan: str, depth: int) -> Html:
    """A kind of plan's name as a link: to its page, or to the estimator with that plan chosen.

    Args:
        site: The site.
        plan: The kind of plan.
        depth: How many folders the page lies below the site's root.
    """
    page = PLAN_PAGES.get(plan, plan)
    if (site.root / "docs" / site.language / "plans" / f"{page}.md").is_file():
        href = f"{'../' * depth}plans/{page}/"
    else:
        href = f"{'../' * depth}estimator/#e={link.encode({'plan': plan})}"
    return tag("a", escape(site.messages.option("plan", plan)), href=href)
