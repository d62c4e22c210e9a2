"""The patron says whether something is still needed whose day has passed."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import Refused, StaleVersion, WrongState
from patrons.models import Patron
from requests_app.forms.patron_needed import StillNeededForm
from requests_app.models import BorrowingRequest
from requests_app.selectors import request_for_patron
from requests_app.services.silence import still_needed
from requests_app.views.patron_moves import asks_still_needed, seen_version
from requests_app.views.patron_pages import card_page


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def needed(request: HttpRequest, patron: Patron, actor: Actor, number: str) -> HttpResponse:
    """/my/requests/<number>/needed/: yes, and until when; a "no" is the patron's own way of cancelling."""
    at = clock.now()
    found = request_for_patron(patron, number)
    if not asks_still_needed(found):
        # Answered already, by this patron or by what happened meanwhile: the page says how it stands.
        return redirect("patron:request", found.number)
    today = clock.local_date(at, patron.library.timezone)
    form = StillNeededForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        return _keep(request, found, form, actor, at)
    return render(request, "patron/needed.html", {"asked": found, "form": form})


def _keep(
    request: HttpRequest, found: BorrowingRequest, form: StillNeededForm, actor: Actor, at: datetime
) -> HttpResponse:
    need_by, version = form.cleaned_data["need_by"], seen_version(request)
    try:
        still_needed(request_id=found.pk, need_by=need_by, actor=actor, at=at, version=version)
    except StaleVersion:
        messages.warning(request, _("Your request has moved on. Please read this again."))
        return redirect("patron:needed", found.number)
    except (WrongState, Refused):
        # Twice at once, or it was sent meanwhile: the page says how it stands.
        return redirect("patron:request", found.number)
    messages.success(request, _("Thank you. We go on looking for it."))
    return redirect("patron:request", found.number)
