"""Policies in the words of staff."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from illservice.citations.kinds import Kind, Material
from illservice.core.actors import Actor
from illservice.core.desk.page import Fact, day_words, fact, money_words
from illservice.policies.models import Policy, PolicyVersion
from illservice.policies.services import MAY_SET_POLICIES
from illservice.policies.services.explaining import WHY
from illservice.policies.services.preview import Hit
from illservice.policies.terms import OverdueStep

__all__ = [
    "KINDS",
    "WHY",
    "changes_of",
    "fee_policies",
    "ladder_words",
    "meant_for",
    "policy_fact",
    "version_words",
]

KINDS: dict[str, Any] = {
    "due": gettext_lazy("another due date"),
    "fee": gettext_lazy("another fee"),
    "block": gettext_lazy("a block on another day"),
    "notice": gettext_lazy("notices on other days"),
}


def meant_for(policy: Policy, categories: Mapping[str, str]) -> str:
    """For whom and for what a policy is, in one line. `categories` are the names of the library's categories of patrons
    by their codes."""
    parts = [
        policy.partner.name if policy.partner else "",
        policy.agreement.name if policy.agreement else "",
        categories.get(policy.category, policy.category),
        Material(policy.material).label if policy.material else "",
        Kind(policy.kind).label if policy.kind else "",
    ]
    return " · ".join(str(part) for part in parts if part) or _("everything")


def version_words(version: PolicyVersion) -> str:
    """A version by the name of its policy and its number."""
    return _("%(name)s, version %(version)d") % {"name": version.policy.name, "version": version.number}


def fee_policies(request: Any) -> dict[int, str]:
    """The versions that set fees of a request, by their keys, in words. Needs charges and policy at hand; one statement
    where another version than the one that decides it now set one."""
    set_by = {each.policy_id for each in request.charges.all() if each.policy_id}
    known = {request.policy_id: request.policy} if request.policy_id else {}
    if others := set_by - set(known):
        known |= PolicyVersion.objects.select_related("policy").in_bulk(others)
    return {key: version_words(known[key]) for key in set_by}


def policy_fact(version: PolicyVersion | None, slug: str, actor: Actor) -> Fact:
    """The line that names the policy of a request; with a link for those who may change policies."""
    if version is None:
        return fact(_("Loan policy"), _("none: the service’s own rules"))
    words = version_words(version)
    opens = actor.roles & MAY_SET_POLICIES
    url = reverse("policies:edit", args=[slug, version.policy.number]) if opens else ""
    return fact(_("Loan policy"), words, url=url)


def ladder_words(steps: Iterable[OverdueStep]) -> str:
    """The ladder in one line: `1: tell; 14: tell, block`."""
    lines = []
    for step in steps:
        acts = ((step.notice, _("tell")), (step.block, _("block")), (step.bill, _("bill")))
        lines.append(f"{step.day}: {', '.join(words for done, words in acts if done)}")
    return "; ".join(lines)


def changes_of(hit: Hit, currency: str) -> list[dict[str, Any]]:
    """What would change for a request, line by line: what, before and after; a dash for nothing."""
    return [
        {
            "what": KINDS[kind],
            "before": _value(getattr(hit.before, kind), currency),
            "after": _value(getattr(hit.after, kind), currency),
        }
        for kind in hit.kinds
    ]


def _value(value: Any, currency: str) -> str:
    if isinstance(value, tuple):
        return " · ".join(day_words(day) for day in value) or "–"
    words = day_words(value) if isinstance(value, date) else money_words(value, currency)
    return words or "–"
