"""The desk asks for a patron: who, what kind of thing, the details, what speaks against it, done."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from illservice.citations.forms.staff import Checked
from illservice.citations.kinds import Material
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.forms import show_refusal
from illservice.core.errors import InvalidInput
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from patrons.eligibility import Severity
from patrons.models import Patron
from patrons.selectors import findings_for, patron_by_barcode, search_patrons
from requests_app.discovery import duplicates_of
from requests_app.forms.desk import CreateForm, FindPatronForm
from requests_app.selectors import open_count, patrons_seen_by
from requests_app.services.deciding import open_limit
from requests_app.services.submit import submit
from requests_app.views.links import request_url
from requests_app.workflow.rights import DESK
from requests_app.workflow.states import Wording

_NOT_OFFERED = frozenset({Material.OTHER})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=DESK)
def new(request: HttpRequest, library: Library, actor: Actor) -> HttpResponseBase:
    """/desk/<slug>/new/: the steps follow from what is known already: `patron` (card number) and `material`."""
    values = request.POST if request.method == "POST" else request.GET
    seen, card = patrons_seen_by(library, actor), values.get("patron", "")
    patron = patron_by_barcode(library, card, among=seen) if card else None
    material = values.get("material", "")
    if patron is None:
        return _find(request, library, seen, unknown=card)
    if material not in Material.values:
        return _choose(request, library, patron)
    if request.method == "POST":
        return _submit(request, library, actor, patron, material)
    form = CreateForm(patron=patron, material=material, initial={"token": uuid4().hex})
    return _form_page(request, library, patron, form)


def _find(
    request: HttpRequest, library: Library, seen: QuerySet[Patron], *, unknown: str
) -> HttpResponseBase:
    """Who is it for? A card that is scanned goes straight on."""
    words = request.GET.get("q", "").strip()[:200]
    exact = patron_by_barcode(library, words, among=seen) if words else None
    if exact is not None:
        return HttpResponseRedirect(_here(library, patron=exact.barcode))
    found = list(search_patrons(library, words, among=seen)) if words else []
    context = {
        "form": FindPatronForm(initial={"q": words}),
        "words": words or unknown[:60],
        "found": [
            {
                "name": each.name,
                "barcode": each.barcode,
                "category": each.category.name,
                "department": each.department,
                "url": _here(library, patron=each.barcode),
            }
            for each in found
        ],
        "searched": bool(words or unknown),
    }
    return render(request, "desk/create_patron.html", context)


def _here(library: Library, **query: str) -> str:
    return f"{reverse('desk:new', args=[library.slug])}?{urlencode(query)}"


def _choose(request: HttpRequest, library: Library, patron: Patron) -> HttpResponse:
    """What kind of thing is it?"""
    context = {
        "who": patron.name,
        "detail": f"{patron.barcode} · {patron.category.name}",
        "start_label": _("Another patron"),
        "materials": [
            {
                "label": material.patron_label,
                "url": _here(library, patron=patron.barcode, material=material.value),
            }
            for material in Material
        ],
        "start_url": reverse("desk:new", args=[library.slug]),
        "findings": _findings(patron, wanted="", material=""),
    }
    return render(request, "desk/create_material.html", context)


def _findings(patron: Patron, *, wanted: str, material: str) -> list[Any]:
    at = clock.now()
    return findings_for(
        patron,
        wanted=wanted,
        material=material,
        open_requests=open_count(patron.pk),
        limit=open_limit(patron, wanted=wanted, material=material, at=at),
        at=at,
    )


def _form_page(
    request: HttpRequest,
    library: Library,
    patron: Patron,
    form: CreateForm,
    *,
    checked: Checked | None = None,
) -> HttpResponse:
    wrong = form.is_bound and form.errors
    context = {
        "form": form,
        "who": patron.name,
        "detail": f"{patron.barcode} · {patron.category.name} · {form.kind_of_thing.patron_label}",
        "start_label": _("Another patron"),
        "checked": checked,
        "asks_why": True,
        "again_because": request.POST.get("again_because", ""),
        "change_url": _here(library, patron=patron.barcode),
        "start_url": reverse("desk:new", args=[library.slug]),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "desk/create.html", context, status=status)


def _submit(
    request: HttpRequest, library: Library, actor: Actor, patron: Patron, material: str
) -> HttpResponseBase:
    form = CreateForm(request.POST, patron=patron, material=material)
    if not form.is_valid():
        return _form_page(request, library, patron, form)
    if not request.POST.get("confirmed"):
        checked = _check(form, library, patron)
        if checked:
            return _form_page(request, library, patron, form, checked=checked)
    try:
        number = submit(
            patron_id=patron.pk,
            new=form.new_request(again_because=request.POST.get("again_because", "").strip()[:1000]),
            actor=actor,
            at=clock.now(),
            key=form.cleaned_data["token"],
        )
    except InvalidInput as refusal:
        show_refusal(form, refusal)
        return _form_page(request, library, patron, form)
    messages.success(request, _("Request %(number)s is in.") % {"number": number})
    return HttpResponseRedirect(request_url(library.slug, number))


def _check(form: CreateForm, library: Library, patron: Patron) -> Checked:
    """What the desk should see before it sends the request in."""
    data = form.cleaned_data
    findings = _findings(patron, wanted=data["wanted"], material=data["material"])
    return Checked(
        findings=tuple(each.words for each in findings if each.severity == Severity.HOLD),
        twins=tuple(
            {
                "number": twin.number,
                "url": request_url(library.slug, twin.number),
                "words": _("The patron has asked for this: %(words)s, %(day)s")
                % {
                    "words": Wording(twin.wording).label,
                    "day": date_format(twin.submitted_at, "DATE_FORMAT"),
                },
            }
            for twin in duplicates_of(patron.pk, form.citation, at=clock.now())
        ),
        missing=form.missing(),
        wrong_identifiers=form.wrong_identifiers(),
    )
