"""What a patron accepted of copyright, on the request's page and word for word on a page of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from illservice.citations.kinds import Kind
from illservice.core.actors import Actor
from illservice.core.desk.page import fact, filled
from illservice.core.errors import NotFound
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.copyright.rules import law_of
from requests_app.models import BorrowingRequest
from requests_app.selectors.declarations import acceptance_of, signature_of, texts_of


@require_safe
@staff_page
def show(request: HttpRequest, _library: Library, _actor: Actor, version: str) -> HttpResponse:
    """GET /desk/<slug>/copyright-texts/<version>/: every wording of a version that was accepted."""
    texts = texts_of(version)
    if not texts:
        raise NotFound(version=version)
    return render(request, "desk/copyright_text.html", {"version": version, "texts": texts})


def acceptance_part(one: BorrowingRequest, slug: str, *, persons: bool) -> dict[str, Any] | None:
    """What was accepted, when and how; None for a loan. A copy without it is worth a look."""
    accepted = acceptance_of(one)
    if accepted is None:
        return {"missing": True} if one.kind == Kind.COPY else None
    signed = signature_of(accepted)
    url = reverse("desk:copyright_text", args=[slug, accepted.text.version])
    lines = [
        fact(_("Text"), str(accepted.text), url=url),
        fact(_("Country of law"), law_of(accepted.text.jurisdiction)),
        fact(_("Accepted"), date_format(localtime(accepted.at), "DATETIME_FORMAT")),
        fact(_("Declared"), accepted.get_how_display()),
    ]
    if signed is not None:
        lines += [
            fact(_("Signed by"), signed.signature if persons else ""),
            fact(_("Signed on"), date_format(signed.signed_on, "DATE_FORMAT")),
        ]
    return {"missing": False, "facts": filled(lines)}
