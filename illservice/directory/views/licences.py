"""What the library's licences say of interlibrary loan: the lending desk is told before a copy leaves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from illservice.citations import selectors
from illservice.citations.forms.titles import LicenceForm
from illservice.citations.models import LicenceTerms
from illservice.citations.services import holdings
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import Refused
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.directory.views.journals import done, form_page
from illservice.directory.views.titles import MAY_IMPORT_TITLES


@require_safe
@staff_page(roles=MAY_IMPORT_TITLES)
def index(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/titles/<slug>/licences/: all licences of the library."""
    rows = [
        {
            "name": each.name,
            "terms": each.get_terms_display(),
            "starts": each.starts,
            "ends": each.ends,
            "named": vars(each)["named"],
            "url": reverse("directory:licence", args=[library.slug, each.pk]),
            "remove_url": reverse("directory:licence_remove", args=[library.slug, each.pk]),
        }
        for each in selectors.licences_of(library.pk)
    ]
    return render(request, "directory/licences.html", {"library": library, "licences": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def new(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/licences/new/: another licence."""
    return _form(request, library, actor, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def change(request: HttpRequest, library: Library, actor: Actor, licence: int) -> HttpResponse:
    """…/licences/<key>/: other terms."""
    return _form(request, library, actor, selectors.licence_of(library.pk, licence))


def _form(request: HttpRequest, library: Library, actor: Actor, row: LicenceTerms | None) -> HttpResponse:
    form = LicenceForm(request.POST if request.method == "POST" else None, row=row)

    def save() -> Any:
        return holdings.save_licence(
            library_id=library.pk,
            licence_id=row.pk if row else None,
            facts=form.facts,
            seen=form.cleaned_data["seen"],
            actor=actor,
            at=clock.now(),
        )

    back = reverse("directory:licences", args=[library.slug])
    if form.is_bound and form.is_valid() and done(form, save):
        messages.success(request, _("The licence is saved."))
        return redirect(back)
    return form_page(request, library, form, row.name if row else _("New licence"), back)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def remove(request: HttpRequest, library: Library, actor: Actor, licence: int) -> HttpResponse:
    """…/licences/<key>/remove/: asks first, then takes it away."""
    row = selectors.licence_of(library.pk, licence)
    back = reverse("directory:licences", args=[library.slug])
    if request.method != "POST":
        title = _("Take the licence “%(name)s” away?") % {"name": row.name}
        context = {"library": library, "title": title, "back_url": back}
        return render(request, "directory/title_remove.html", context)
    try:
        holdings.remove_licence(library_id=library.pk, licence_id=row.pk, actor=actor, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is taken away."))
    return redirect(back)
