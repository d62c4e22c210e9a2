"""The help page: the lending workflow's own table, in words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.desk.workflow_help import help_context
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from lending.workflow import TABLE
from lending.workflow.states import NextActor, Wording

_WHO = {
    **{role.value: role.label for role in Role},
    ActorKind.PARTNER.value: _("the borrower"),
    ActorKind.CLOCK.value: _("the clock"),
    ActorKind.IMPORT.value: _("an import"),
}


@require_safe
@staff_page
def show(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """GET /lend/<slug>/help/workflow/."""
    context = help_context(
        TABLE,
        wording=lambda code: Wording(code).label,
        next_actor=lambda code: NextActor(code).label,
        who=_WHO,
    )
    return render(request, "desk/workflow.html", context | {"reads": _("The borrower reads")})
