"""Pages of heads and administrators: when the library is closed, and when it is away."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.forms import FIRST_YEAR, LAST_YEAR, show_refusal
from illservice.core.errors import InvalidInput, NotFound
from illservice.directory.doors import staff_page
from illservice.directory.forms import ClosureForm, UsualDaysForm, VacationForm
from illservice.directory.models import Library
from illservice.directory.selectors import calendar_of
from illservice.directory.services import calendar as services
from illservice.directory.views.calendar_year import span_words, year_of

UNDO_KEY = "calendar_undo"
"""What was removed last, kept in the session until the next step: enough to put it back."""


@require_safe
@staff_page(roles=services.MAY_SET_CALENDAR)
def index(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/calendar/<slug>/: one year (`year`, usual: this one), month by month, and what can be done with it."""
    today = clock.local_date(clock.now(), library.timezone)
    year = _year(request.GET.get("year", ""), today)
    here = reverse("directory:calendar", args=[library.slug])
    context = {
        "library": library,
        "calendar": calendar_of(library),
        "year": year_of(library, year),
        "is_now": year == today.year,
        "before_url": f"{here}?year={year - 1}" if year > FIRST_YEAR else "",
        "after_url": f"{here}?year={year + 1}" if year < LAST_YEAR else "",
        "removed": _removed(request, library),
    }
    return render(request, "directory/calendar.html", context)


def _year(text: str, today: date) -> int:
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    return asked if FIRST_YEAR <= asked <= LAST_YEAR else today.year


def _removed(request: HttpRequest, library: Library) -> dict[str, Any] | None:
    """The banner with the way back (components/_undo.html); it stays until something else is done here."""
    kept = request.session.get(UNDO_KEY)
    if kept is None or kept["library"] != library.pk:
        return None
    return {
        "text": kept["text"],
        "url": reverse("directory:calendar_restore", args=[library.slug]),
        "until": None,
    }


def _back(library: Library, day: date | None = None) -> HttpResponse:
    """To the year in which it happened."""
    url = reverse("directory:calendar", args=[library.slug])
    return redirect(f"{url}?year={day.year}" if day else url)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=services.MAY_SET_CALENDAR)
def usual(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/usual/: the weekly closed days, and whose public holidays count."""
    known = calendar_of(library)
    form = UsualDaysForm(request.POST if request.method == "POST" else None, calendar=known)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        try:
            services.set_usual_days(library_id=library.pk, actor=actor, at=clock.now(), **facts)
        except InvalidInput as refusal:
            show_refusal(form, refusal)
        else:
            return _saved(request, library, moved=facts["country"] != known.country)
    return _form_page(request, library, form, _("Usual closed days and holidays"))


def _saved(request: HttpRequest, library: Library, *, moved: bool) -> HttpResponse:
    """Regions can be offered only once the country is known."""
    if moved and "region" in UsualDaysForm(calendar=calendar_of(library)).fields:
        messages.success(request, _("The holidays are entered. Choose the region, if yours has its own."))
        return redirect("directory:calendar_usual", library.slug)
    messages.success(request, _("The calendar is saved. It counts for every date from now on."))
    return _back(library)


def _form_page(
    request: HttpRequest, library: Library, form: forms.Form, title: str, **more: Any
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"library": library, "form": form, "title": title}
    return render(request, "directory/calendar_form.html", context | more, status=status)


@require_POST
@staff_page(roles=services.MAY_SET_CALENDAR)
def holidays(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/holidays/: enter the holidays of this year and the next ones anew."""
    try:
        count = services.enter_holidays(library_id=library.pk, actor=actor, at=clock.now())
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
        return redirect("directory:calendar_usual", library.slug)
    words = ngettext("%(count)s holiday is new.", "%(count)s holidays are new.", count)
    messages.success(request, words % {"count": count})
    return _back(library)


@require_POST
@staff_page(roles=services.MAY_SET_CALENDAR)
def holiday(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/holiday/ (`day`, `closed`: yes or no): whether the library is closed on a public holiday."""
    day, closed = _day(request), request.POST.get("closed") == "yes"
    changed = services.switch_holiday(
        library_id=library.pk, day=day, closed=closed, actor=actor, at=clock.now()
    )
    words = (
        _("%(name)s: the library is closed, in later years too.")
        if closed
        else _("%(name)s: the library is open, in later years too.")
    )
    messages.success(request, words % {"name": changed.name})
    return _back(library, day)


def _day(request: HttpRequest) -> date:
    """The day that a button of the page names."""
    try:
        return date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise NotFound(day="") from None


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=services.MAY_SET_CALENDAR)
def closure(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/closure/: closed once, for a day or more."""

    def add(form: ClosureForm) -> date:
        added = services.add_closure(library_id=library.pk, actor=actor, at=clock.now(), **form.cleaned_data)
        messages.success(
            request, _("The library is closed: %(days)s.") % {"days": span_words(added.date, added.last)}
        )
        return added.date

    form = ClosureForm(request.POST if request.method == "POST" else None)
    return _add(request, library, form, add) or _form_page(request, library, form, _("Add a closure"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=services.MAY_SET_CALENDAR)
def vacation(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/vacation/: borrowing, lending or both stop for a time."""

    def add(form: VacationForm) -> date:
        added = services.add_vacation(library_id=library.pk, actor=actor, at=clock.now(), **form.facts())
        messages.success(
            request,
            _("The library is away: %(days)s.") % {"days": span_words(added.first_day, added.last_day)},
        )
        return added.first_day

    form = VacationForm(request.POST if request.method == "POST" else None)
    lede = _("Due dates are set so that none falls into this time.")
    return _add(request, library, form, add) or _form_page(
        request, library, form, _("Add a vacation"), lede=lede
    )


def _add(
    request: HttpRequest, library: Library, form: Any, add: Callable[[Any], date]
) -> HttpResponse | None:
    """Add what the form says and go to its year; None while the form must be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        first = add(form)
    except InvalidInput as refusal:
        show_refusal(form, refusal)
        return None
    request.session.pop(UNDO_KEY, None)
    return _back(library, first)


@require_POST
@staff_page(roles=services.MAY_SET_CALENDAR)
def remove(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/remove/ (`day` of a closure, or `vacation`): take it out, with a way back."""
    key = request.POST.get("vacation", "")
    about: dict[str, Any] = {"library_id": library.pk, "actor": actor, "at": clock.now()}
    if key:
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
        gone = services.remove_vacation(vacation_id=number, **about)
        first, last, what = gone.first_day, gone.last_day, "vacation"
        names = ("stops_borrowing", "stops_lending", "patron_words", "partner_words")
        facts = {name: getattr(gone, name) for name in names}
        text = _("The vacation %(days)s is removed.")
    else:
        closed = services.remove_closure(first_day=_day(request), **about)
        first, last, what = closed.date, closed.until, "closure"
        facts, text = {"name": closed.name}, _("The closure %(days)s is removed.")
    request.session[UNDO_KEY] = {
        "library": library.pk,
        "what": what,
        "facts": facts | {"first_day": first.isoformat(), "last_day": last.isoformat() if last else ""},
        "text": text % {"days": span_words(first, last or (first if what == "closure" else None))},
    }
    return _back(library, first)


@require_POST
@staff_page(roles=services.MAY_SET_CALENDAR)
def restore(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/restore/: put back what was removed last."""
    kept = request.session.pop(UNDO_KEY, None)
    if kept is None or kept["library"] != library.pk:
        messages.info(request, _("There is nothing to put back."))
        return _back(library)
    facts = dict(kept["facts"])
    first, last = date.fromisoformat(facts["first_day"]), facts["last_day"]
    facts |= {"first_day": first, "last_day": date.fromisoformat(last) if last else None}
    add: Callable[..., Any] = services.add_vacation if kept["what"] == "vacation" else services.add_closure
    try:
        add(library_id=library.pk, actor=actor, at=clock.now(), **facts)
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is back: %(days)s.") % {"days": date_format(first, "DATE_FORMAT")})
    return _back(library, first)
