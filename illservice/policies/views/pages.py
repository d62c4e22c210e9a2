"""Pages of heads and administrators: all policies of the library, and which one wins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.policies.forms import QuestionForm
from illservice.policies.models import Policy
from illservice.policies.rules import Candidate
from illservice.policies.selectors import (
    candidates_of,
    decide_for,
    policies_of,
    policy_numbers,
    policy_of,
)
from illservice.policies.services import MAY_SET_POLICIES
from illservice.policies.terms import Side
from illservice.policies.views.words import WHY, meant_for
from patrons.selectors import categories_of


@require_safe
@staff_page(roles=MAY_SET_POLICIES)
def index(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/policies/<slug>/: both sides' policies, what is in force, and the question which one wins."""
    today = clock.local_date(clock.now(), library.timezone)
    policies = list(policies_of(library))
    sides = [
        {"code": side.value, "rows": _rows(library, side, policies, today)}
        for side in (Side.BORROWING, Side.LENDING)
    ]
    asked = "kind" in request.GET
    form = QuestionForm(request.GET if asked else None, library=library)
    context = {"library": library, "sides": sides, "form": form}
    if asked and form.is_valid():
        context["verdict"] = _verdict(library, form.cleaned_data, today)
    return render(request, "policies/index.html", context)


def _rows(library: Library, side: Side, policies: list[Policy], today: Any) -> list[dict[str, Any]]:
    newest: dict[int, Candidate] = {}
    for each in candidates_of(library.pk, side):
        known = newest.get(each.policy_id)
        if known is None or each.number > known.number:
            newest[each.policy_id] = each
    names = dict(categories_of(library))
    return [
        {
            "policy": policy,
            "meant_for": meant_for(policy, names),
            "version": newest.get(policy.pk),
            "today": today,
        }
        for policy in policies
        if policy.side == side
    ]


def _verdict(library: Library, data: dict[str, Any], today: Any) -> dict[str, Any]:
    """Who wins for what was typed in, and why the others do not."""
    partner = data["partner"]
    verdict = decide_for(
        library.pk,
        data["side"],
        on=data["on"] or today,
        partner_id=partner.pk if partner else None,
        category=data["category"],
        material=data["material"],
        kind=data["kind"],
    )
    numbers = policy_numbers(library)
    losers = [
        {"name": each.name, "version": each.number, "number": numbers[each.policy_id], "why": WHY[why]}
        for each, why in verdict.losers
    ]
    winner = verdict.winner
    number = numbers[winner.policy_id] if winner else None
    return {
        "winner": winner,
        "number": number,
        "meant_for": meant_for(policy_of(library, number), dict(categories_of(library))) if number else "",
        "losers": losers,
        "on": data["on"] or today,
    }
