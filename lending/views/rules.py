"""Pages on which a library says whom it lends to and how."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.forms import show_refusal
from illservice.core.desk.links import back_to
from illservice.core.errors import InvalidInput
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.directory.services import set_standing
from lending.forms.partner import StandingForm
from lending.forms.rules import RulesForm
from lending.selectors.page import desk_of_library
from lending.services.rules import MAY_SET_RULES, set_rules
from lending.views.links import LINKS
from lending.workflow.rights import DESK


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_SET_RULES)
def rules(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/lend/<slug>/rules/: what is lent."""
    desk = desk_of_library(library)
    form = RulesForm.of(desk, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_rules(library_id=library.pk, values=form.cleaned_data, actor=actor, at=clock.now())
        except InvalidInput as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The rules are kept. They count from the next request on."))
            return HttpResponseRedirect(LINKS.page("rules", library.slug))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "lending/rules.html", {"form": form, "library": library}, status=status)


@require_POST
@staff_page(roles=DESK)
def standing(request: HttpRequest, library: Library, actor: Actor, partner: str) -> HttpResponse:
    """POST standing, suspended_until, back: whether we lend to a partner."""
    form = StandingForm(request.POST)
    home = back_to(request, LINKS.page("queue", library.slug))
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return HttpResponseRedirect(home)
    changed = set_standing(
        library_id=library.pk,
        partner=partner,
        standing=form.cleaned_data["standing"],
        until=form.cleaned_data["suspended_until"],
        actor=actor,
        at=clock.now(),
    )
    words = _("%(name)s: %(standing)s. It counts from the next request on.")
    messages.success(
        request, words % {"name": changed.partner.name, "standing": changed.get_standing_display()}
    )
    return HttpResponseRedirect(home)
