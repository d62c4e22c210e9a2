"""Copyright over a year: copies by journal, royalties and their batches, the same as files; and a library's rules."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from illservice.citations.text import clean_text
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.csvfile import csv_lines
from illservice.core.desk.forms import show_refusal
from illservice.core.errors import InvalidInput, Refused
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from requests_app.copyright.rules import law_of
from requests_app.forms.copyright import CopyrightRulesForm, PaidForm
from requests_app.models import RoyaltyState
from requests_app.selectors.copyright import report, royalties
from requests_app.selectors.copyright.rules import copyright_rules, settings_of
from requests_app.selectors.declarations import jurisdiction_of
from requests_app.services.copyright import royalties as paying
from requests_app.services.copyright.rules import MAY_SET_COPYRIGHT, set_copyright_rules
from requests_app.views.links import LINKS, request_url
from requests_app.workflow.rights import COPYRIGHT_DESK

SHOWN = 200
"""Titles and royalties that the page names; the files have all."""

ROYALTY_HEADER = (
    gettext_lazy("Request"), gettext_lazy("Requested on"), gettext_lazy("Filled on"), gettext_lazy("ISSN"),
    gettext_lazy("Journal"), gettext_lazy("Article"), gettext_lazy("Author"), gettext_lazy("Volume"),
    gettext_lazy("Issue"), gettext_lazy("Year"), gettext_lazy("Page numbers"), gettext_lazy("Pages"),
    gettext_lazy("Copies"), gettext_lazy("Fee for the article"), gettext_lazy("Fee for each page"),
    gettext_lazy("Fee in all"), gettext_lazy("Currency"), gettext_lazy("Publisher or rightsholder"),
    gettext_lazy("Number of the title there"), gettext_lazy("State"), gettext_lazy("Batch"), gettext_lazy("Paid on"),
)  # fmt: skip
COUNT_HEADER = (
    gettext_lazy("Year"), gettext_lazy("Journal or work"), gettext_lazy("ISSN"), gettext_lazy("Copies that came"),
    gettext_lazy("Still open"), gettext_lazy("Limit"), gettext_lazy("Over the limit"),
    gettext_lazy("Copies that count nothing"), gettext_lazy("Royalties"), gettext_lazy("Currency"),
    gettext_lazy("Paid for copies got elsewhere"),
)  # fmt: skip


def _year(request: HttpRequest, library: Library) -> int:
    """The year asked for, else the present one in the library's zone."""
    text = request.GET.get("year", "")
    if len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2199:
        return int(text)
    return _today(library).year


def _today(library: Library) -> date:
    return clock.local_date(clock.now(), library.timezone)


@require_safe
@staff_page(roles=COPYRIGHT_DESK)
def overview(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/desk/<slug>/copyright/report/: a year of the entity's counts, and what the library owes."""
    year = _year(request, library)
    settings, today = settings_of(copyright_rules(library), library), _today(library)
    titles = report.year_by_title(library, year, settings, today=today)
    due, settled = royalties.due_royalties(library.pk), royalties.settled_apart(library.pk, year)
    context = {
        "library": library,
        "year": year,
        "years": [
            {"year": each, "current": each == year}
            for each in report.years_of(library, settings, today=today)
        ],
        "limit": settings.contu_limit if settings.contu_enabled else "",
        "titles": titles[:SHOWN],
        "more": max(len(titles) - SHOWN, 0),
        "hit": [each for each in titles if each.at_limit(settings.contu_limit)]
        if settings.contu_enabled
        else [],
        "sums": royalties.sums_of(due),
        "due": [_due(each, library) for each in royalties.with_citation(due)[:SHOWN]],
        "settled": [_due(each, library) for each in royalties.with_citation(settled)[:SHOWN]],
        "waiting": royalties.open_royalties(library.pk),
        "batches": royalties.batches_of(library.pk),
        "paid_form": PaidForm(initial={"paid_on": today}),
        "states": [(each.value, each.label) for each in (RoyaltyState.ELSEWHERE, RoyaltyState.WAIVED)],
        "desk_url": LINKS.page("copyright", library.slug),
    }
    return render(request, "desk/copyright_report.html", context)


def _due(royalty: Any, library: Library) -> dict[str, Any]:
    record = royalty.record
    return {
        "number": record.request.number,
        "url": request_url(library.slug, record.request.number),
        "title": record.request.title,
        "filled_on": record.filled_on,
        "fee": royalty.fee,
        "currency": royalty.currency,
        "rightsholder": royalty.rightsholder,
        "state": RoyaltyState(royalty.status).label,
    }


@require_safe
@staff_page(roles=COPYRIGHT_DESK)
def royalty_file(request: HttpRequest, library: Library, _actor: Actor) -> StreamingHttpResponse:
    """/desk/<slug>/copyright/royalties/?year=: royalties of copies that came, as CSV; `batch` narrows it to one."""
    batch, year = request.GET.get("batch", ""), _year(request, library)
    found = royalties.royalties_of_year(library.pk, year)
    name = f"royalties-{library.slug}-{year}"
    if batch.isdecimal() and len(batch) < 10:
        found = royalties.royalties_of(library.pk).filter(batch=int(batch))
        name = f"royalties-{library.slug}-batch-{int(batch)}"
    rows = (royalties.as_record(each) for each in royalties.page_by_page(found))
    return _csv(name, csv_lines(ROYALTY_HEADER, rows))


@require_safe
@staff_page(roles=COPYRIGHT_DESK)
def count_file(request: HttpRequest, library: Library, _actor: Actor) -> StreamingHttpResponse:
    """/desk/<slug>/copyright/counts/?year=: copies by journal as CSV, a line for each currency that was paid."""
    year, settings = _year(request, library), settings_of(copyright_rules(library), library)
    limit = settings.contu_limit if settings.contu_enabled else ""
    rows = (
        (year, each.title, each.issns, each.counted, each.open_, limit, each.over, each.free, *sums)
        for each in report.year_by_title(library, year, settings, today=_today(library))
        for sums in _sums(each)
    )
    return _csv(f"copyright-{library.slug}-{year}", csv_lines(COUNT_HEADER, rows))


def _sums(one: report.TitleYear) -> list[tuple[str, str, str]]:
    """Royalties, currency, and what was paid elsewhere: a line for each currency, one of nothing without any."""
    royalties, elsewhere = one.royalties, one.elsewhere
    return [
        (str(royalties.get(each, "")), each, str(elsewhere.get(each, "")))
        for each in sorted({*royalties, *elsewhere})
    ] or [("", "", "")]


def _csv(name: str, lines: Any) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _make(request: HttpRequest, library: Library, common: dict[str, Any]) -> str:
    batch = paying.make_batch(currency=clean_text(request.POST.get("currency", "")), **common)
    return _("Batch %(number)s was made.") % {"number": batch.pk}


def _apart(request: HttpRequest, library: Library, common: dict[str, Any]) -> str:
    paying.take_apart(batch_id=_number(request), **common)
    return _("The batch was taken apart. Its royalties are to be paid as before.")


def _pay(request: HttpRequest, library: Library, common: dict[str, Any]) -> str:
    form = PaidForm(request.POST)
    if not form.is_valid():
        raise InvalidInput({"paid_on": _("Say when it was paid.")})
    paying.pay_batch(batch_id=_number(request), paid_on=form.cleaned_data["paid_on"], **common)
    return _("The batch is paid.")


def _unpay(request: HttpRequest, library: Library, common: dict[str, Any]) -> str:
    paying.unpay_batch(batch_id=_number(request), **common)
    return _("The batch is not paid any more.")


def _settle(request: HttpRequest, library: Library, common: dict[str, Any]) -> str:
    state = request.POST.get("state", "")
    paying.settle_royalty(number=clean_text(request.POST.get("number", "")), state=state, **common)
    return str(RoyaltyState(state).label).capitalize()


def _number(request: HttpRequest) -> int:
    text = request.POST.get("batch", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


_DOES: dict[str, Callable[[HttpRequest, Library, dict[str, Any]], str]] = {
    "make": _make,
    "apart": _apart,
    "pay": _pay,
    "unpay": _unpay,
    "settle": _settle,
}


@require_POST
@staff_page(roles=COPYRIGHT_DESK)
def pay(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """POST `do` (make, apart, pay, unpay, settle): what becomes of royalties. Each has its way back on the page."""
    does = _DOES.get(request.POST.get("do", ""))
    if does is None:
        raise InvalidInput({"do": _("Say what shall be done.")})
    common = {"library_id": library.pk, "actor": actor, "at": clock.now()}
    try:
        messages.success(request, does(request, library, common))
    except (InvalidInput, Refused) as refusal:
        fields = refusal.fields if isinstance(refusal, InvalidInput) else {}
        messages.error(request, " ".join(str(each) for each in fields.values()) or str(refusal))
    return redirect("desk:copyright_report", library.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_SET_COPYRIGHT)
def rules(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """/desk/<slug>/copyright/rules/: how copies are counted. What was decided stays as it was decided."""
    data = request.POST if request.method == "POST" else None
    form = CopyrightRulesForm.of(copyright_rules(library), data)
    if data is not None and form.is_valid():
        try:
            set_copyright_rules(library_id=library.pk, values=form.cleaned_data, actor=actor, at=clock.now())
        except InvalidInput as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The rules are kept. They hold for what is decided from now on."))
            return redirect("desk:copyright_rules", library.slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {
        "form": form,
        "entity": library.entity,
        "law": law_of(jurisdiction_of(library)),
        "desk_url": LINKS.page("copyright", library.slug),
    }
    return render(request, "desk/copyright_rules.html", context, status=status)
