"""The page of administrators and of those who answer for copyright: journals and subscriptions come in from files."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from illservice.accounts.roles import Role
from illservice.citations.selectors import licences_of, titles_held
from illservice.citations.services import TitlesReport, import_titles
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput
from illservice.directory.doors import staff_page
from illservice.directory.forms import TitlesForm
from illservice.directory.models import Library

MAY_IMPORT_TITLES = frozenset({Role.COPYRIGHT, Role.HEAD, Role.ADMINISTRATOR})
SHOWN = 50
"""Rejected lines that the page names."""

_WARNINGS = {
    "identifier_invalid": _("ISSNs that are none were left out"),
    "free_title": _("free for everybody: journal kept, no subscription"),
    "not_full_text": _("not in full text: journal kept, no subscription"),
    "monograph": _("books were passed over"),
    "book": _("books were passed over"),
    "embargo_unreadable": _("embargoes that cannot be read were left out"),
    "unknown_column": _("columns that nobody knows were passed over"),
    "encoding_cp1252": _("lines are not in UTF-8; they were read as Windows-1252"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def titles(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/titles/<slug>/: bring a file, look what it would do, take it over."""
    licences = [each.name for each in licences_of(library.pk)]
    form, report = TitlesForm(licences=licences), None
    if request.method == "POST":
        form = TitlesForm(request.POST, request.FILES, licences=licences)
        report = _read(form, library, actor) if form.is_valid() else None
    refused = form.is_bound and report is None
    context = {
        "library": library,
        "form": form,
        "report": _in_words(report) if report else None,
        "held": titles_held(library.pk),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "directory/titles.html", context, status=status)


def _read(form: TitlesForm, library: Library, actor: Actor) -> TitlesReport | None:
    data = form.cleaned_data
    try:
        return import_titles(
            data["file"],
            library_id=library.pk,
            actor=actor,
            at=clock.now(),
            source=data["package"],
            usual=form.usual,
            dry_run=not data["for_good"],
        )
    except InvalidInput as refusal:
        form.add_error("file", str(refusal))
        return None


def _in_words(report: TitlesReport) -> dict[str, Any]:
    """The report as the page shows it."""
    known = ((_WARNINGS.get(code, code), count) for code, count in sorted(report.warnings.items()))
    words = ngettext("%(count)s line was read.", "%(count)s lines were read.", report.read)
    return {
        "dry_run": report.dry_run,
        "read": words % {"count": report.read},
        "counts": (
            (_("New journals"), report.journals),
            (_("New lines"), report.created),
            (_("Changed lines"), report.updated),
            (_("Lines as before"), report.unchanged),
            (_("Passed over"), report.passed_over),
            (_("Rejected"), len(report.rejected)),
        ),
        "warnings": [(words, count) for words, count in known],
        "rejected": report.rejected[:SHOWN],
        "more": max(len(report.rejected) - SHOWN, 0),
    }
