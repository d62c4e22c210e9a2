"""Entering public holidays as closed days: again and again with the same end, and never over what a library decided."""

import logging
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from illservice.core.clock import local_date
from illservice.core.errors import IllError
from illservice.directory.calendars import public_holidays
from illservice.directory.models import Calendar, ClosedDay, ClosedSource, Library

logger = logging.getLogger(__name__)

YEARS_AHEAD = 2
"""Years after this one whose holidays are entered: no due date lies farther away."""


def enter(calendar: Calendar, at: datetime) -> int:
    """Make the library's holidays from today on what its place says, inside the caller's transaction. How many are new.

    1. Days over are history and stay. 2. A day that is no holiday any more goes. 3. A known day gets its name of today
    and stays on or off. 4. A new day is on, unless the same holiday was off the last time before it.
    """
    library: Library = calendar.library
    today = local_date(at, library.timezone)
    years = range(today.year, today.year + YEARS_AHEAD + 1)
    found: dict[date, str] = {}
    if calendar.country:
        names = public_holidays(calendar.country, calendar.region, years=years, language=library.language)
        found = {day: name for day, name in names.items() if day >= today}
    holidays = ClosedDay.objects.filter(library=library, source=ClosedSource.HOLIDAY)
    holidays.filter(date__gte=today).exclude(date__in=found).delete()
    rows = list(holidays.order_by("date"))
    known = {row.date: row for row in rows}
    for day, name in found.items():
        row = known.get(day)
        if row is not None and row.name != name:
            row.name = name
            row.save(update_fields=["name"])
    new = _new_rows(library, rows, {day: name for day, name in found.items() if day not in known})
    ClosedDay.objects.bulk_create(new)
    calendar.holidays_until = years[-1] if calendar.country else None
    calendar.save(update_fields=["holidays_until"])
    return len(new)


def _new_rows(library: Library, rows: list[ClosedDay], days: dict[date, str]) -> list[ClosedDay]:
    """Rows for days not known yet, each as the same holiday was the last time before it."""
    new: list[ClosedDay] = []
    for day, name in sorted(days.items()):
        before = [row for row in (*rows, *new) if row.name == name and row.date < day]
        last = max(before, key=lambda row: row.date, default=None)
        counts = last.counts if last is not None else True
        new.append(
            ClosedDay(library=library, source=ClosedSource.HOLIDAY, date=day, name=name, counts=counts)
        )
    return new


def enter_due_holidays(at: datetime) -> int:
    """The clock's part, once a year: enter what is missing for every library that works here. How many libraries.

    A place that the package does not know any more is logged and passed over until the next year.
    """
    year = at.year + YEARS_AHEAD
    due = Calendar.objects.filter(
        Q(holidays_until__lt=year) | Q(holidays_until__isnull=True),
        library__is_tenant=True,
        library__is_active=True,
    ).exclude(country="")
    keys = list(due.values_list("pk", flat=True))
    for key in keys:
        try:
            with transaction.atomic():
                enter(_locked(key), at)
        except IllError:
            logger.exception("holidays of calendar %s could not be entered", key)
            with transaction.atomic():
                Calendar.objects.filter(pk=key).update(holidays_until=year)
    return len(keys)


def enter_again(*, at: datetime, library_id: int | None = None) -> dict[str, int]:
    """Enter the holidays of one library, or of all, anew. How many were new, by the library's short name."""
    calendars = Calendar.objects.filter(library__is_tenant=True, library__is_active=True).exclude(country="")
    if library_id is not None:
        calendars = calendars.filter(library_id=library_id)
    found = {}
    for key in calendars.order_by("library__slug").values_list("pk", flat=True):
        with transaction.atomic():
            calendar = _locked(key)
            found[calendar.library.slug] = enter(calendar, at)
    return found


def _locked(key: int) -> Calendar:
    calendar = Calendar.objects.get(pk=key)
    calendar.library = Library.objects.select_for_update(no_key=True).get(pk=calendar.library_id)
    return calendar
