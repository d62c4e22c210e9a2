"""Forgetting at the desk: the library's rules, and a person who comes to ask what is held or to be erased."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.forms import show_refusal
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.retention import all_held, reasons_against, told_to
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from patrons.models import Patron
from patrons.selectors import categories_of, erasures_of, patron_by_barcode, privacy_rules
from patrons.services import erase_person, person_of, set_privacy_rules
from patrons.services.erasing import MAY_ERASE
from patrons.services.privacy import MAY_SET_RULES
from requests_app.forms.privacy import PrivacyRulesForm
from requests_app.selectors.held import finished_count
from requests_app.views.held import as_file, kept_without_person, sections_of
from requests_app.views.patron_privacy import unlinked_words


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_SET_RULES)
def rules(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/privacy/: how long people and titles are kept, what is held at all, and who was erased when."""
    data = request.POST if request.method == "POST" else None
    form = PrivacyRulesForm.of(privacy_rules(library), categories_of(library), data)
    if data is not None and form.is_valid():
        try:
            set_privacy_rules(library_id=library.pk, values=form.cleaned_data, actor=actor, at=clock.now())
        except InvalidInput as refusal:
            show_refusal(form, refusal)
        else:
            words = _("The rules are kept. What is over already follows them within minutes.")
            messages.success(request, words)
            return redirect("desk:privacy", library.slug)
    context = {
        "form": form,
        "held": [{"label": each.label, "why": each.why, "until": each.until} for each in all_held()],
        "erasures": list(erasures_of(library)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/privacy.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_ERASE)
def held(request: HttpRequest, library: Library, actor: Actor, barcode: str) -> HttpResponse:
    """/desk/<slug>/data/<card>/: all that is held about a patron, to be printed; POST erases what can be erased."""
    found = _patron(library, barcode)
    person = person_of(found)
    if request.method == "POST":
        done = erase_person(patron_id=found.pk, actor=actor, at=clock.now())
        if done.complete:
            messages.success(request, _("Erased. Nothing here names this person any more."))
            return HttpResponseRedirect(reverse("desk:patrons", args=[library.slug]))
        messages.success(request, unlinked_words(done.unlinked))
        return redirect("desk:data", library.slug, barcode)
    reasons = reasons_against(person)
    context = {
        "patron": found,
        "slug": library.slug,
        "sections": sections_of(told_to(person)),
        "reasons": reasons,
        "finished": finished_count(person, reasons),
        "kept": kept_without_person(),
    }
    return render(request, "desk/data.html", context)


@require_safe
@staff_page(roles=MAY_ERASE)
def file(_request: HttpRequest, library: Library, _actor: Actor, barcode: str) -> HttpResponse:
    """/desk/<slug>/data-file/<card>/: the same as JSON, to be handed to the person."""
    found = _patron(library, barcode)
    return as_file(found, told_to(person_of(found)), clock.now())


def _patron(library: Library, barcode: str) -> Patron:
    found = patron_by_barcode(library, barcode)
    if found is None:
        raise NotFound()
    return found
